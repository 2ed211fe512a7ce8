#include "config.h"
#include "db/pdg-db-cluster-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/pdg-id.h"
#include "db/pdg-db-conn.h"
#include "db/pdg-db-private.h"

/* Making a cluster so that it either is there as a whole, on the disk, or is made again.
 *
 * initdb's own sync costs 0.4 s of the first start. It is left out; instead
 *   1. NN.incomplete is written and synced before anything else;
 *   2. initdb works in NN.new, which is then renamed to NN;
 *   3. a thread calls syncfs () while the server starts and the roles are made; what the server itself writes is safe
 *      through its own log;
 *   4. only when that is done NN.incomplete is removed, the removal synced, and the cluster reported as started.
 * Whoever finds NN.incomplete knows that nobody was ever told that anything is stored here, deletes both folders and
 * starts again: after a killed initdb, after a crash between two roles, and after a power cut alike. A folder without
 * that mark is never deleted. */

#define N_PASSWORD_BYTES 24
#define N_SALT_BYTES 16
#define SHA256_BYTES 32

void
pdg_db_secrets_free (PdgDbSecrets *secrets)
{
  if (secrets == NULL)
    return;
  g_free (secrets->owner);
  g_free (secrets->server);
  g_free (secrets->writer);
  g_free (secrets);
}

PdgDbSecrets *
pdg_db_secrets_load (const PdgDbLayout *layout, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (PdgDbSecrets) secrets = g_new0 (PdgDbSecrets, 1);

  if (g_key_file_load_from_file (file, layout->secrets, G_KEY_FILE_NONE, NULL))
    {
      secrets->owner = g_key_file_get_string (file, "passwords", "owner", NULL);
      secrets->server = g_key_file_get_string (file, "passwords", "server", NULL);
      secrets->writer = g_key_file_get_string (file, "passwords", "writer", NULL);
    }
  if (secrets->owner == NULL || secrets->server == NULL || secrets->writer == NULL)
    {
      pdg_db_error_set (error, PDG_DB_ERROR_NOT_FOUND, NULL, NULL,
                        "The database in %s cannot be opened without its passwords: restore %s from a backup",
                        layout->data, layout->secrets);
      return NULL;
    }
  return g_steal_pointer (&secrets);
}

static gboolean
save_secrets (const PdgDbLayout *layout, const PdgDbSecrets *secrets, GError **error)
{
  g_autofree char *text = g_strdup_printf ("[passwords]\nowner=%s\nserver=%s\nwriter=%s\n",
                                           secrets->owner, secrets->server, secrets->writer);
  g_autoptr (GError) local_error = NULL;

  if (g_file_set_contents_full (layout->secrets, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &local_error)
      && g_chmod (layout->secrets, 0600) == 0)
    return TRUE;
  pdg_db_error_set (error, PDG_DB_ERROR_PERMISSION, NULL, NULL, "The passwords cannot be saved: %s",
                    local_error != NULL ? local_error->message : g_strerror (errno));
  return FALSE;
}

static void
hmac (const guint8 *key, gsize key_len, const void *data, gsize len, guint8 out[SHA256_BYTES])
{
  GHmac *mac = g_hmac_new (G_CHECKSUM_SHA256, key, key_len);
  gsize out_len = SHA256_BYTES;

  g_hmac_update (mac, data, len);
  g_hmac_get_digest (mac, out, &out_len);
  g_hmac_unref (mac);
}

/* The server's form of a SCRAM-SHA-256 password (RFC 5802, RFC 7677), with one iteration: many of them slow down the
 * guessing of weak passwords, and would here only cost each connection 5 ms, for 192 random bits. */
static char *
make_verifier (const char *password)
{
  guint8 salt[N_SALT_BYTES + 4] = { 0 }, salted[SHA256_BYTES], client[SHA256_BYTES], stored[SHA256_BYTES], server[SHA256_BYTES];
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree char *salt_text = NULL;
  g_autofree char *stored_text = NULL;
  g_autofree char *server_text = NULL;
  gsize len = SHA256_BYTES;

  if (getrandom (salt, N_SALT_BYTES, 0) != N_SALT_BYTES)
    g_error ("no random numbers: %s", g_strerror (errno));
  salt[N_SALT_BYTES + 3] = 1; /* the number of the block, for PBKDF2 */
  hmac ((const guint8 *) password, strlen (password), salt, sizeof salt, salted);
  hmac (salted, sizeof salted, "Client Key", strlen ("Client Key"), client);
  g_checksum_update (sum, client, sizeof client);
  g_checksum_get_digest (sum, stored, &len);
  hmac (salted, sizeof salted, "Server Key", strlen ("Server Key"), server);
  salt_text = g_base64_encode (salt, N_SALT_BYTES);
  stored_text = g_base64_encode (stored, sizeof stored);
  server_text = g_base64_encode (server, sizeof server);
  return g_strdup_printf ("SCRAM-SHA-256$1:%s$%s:%s", salt_text, stored_text, server_text);
}

static gboolean
sync_path (const char *path)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  gboolean ok = fd >= 0 && fsync (fd) == 0;

  if (fd >= 0)
    close (fd);
  return ok;
}

static gboolean
set_mark (const PdgDbLayout *layout, GError **error)
{
  int fd = open (layout->incomplete, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

  if (fd < 0)
    {
      pdg_db_error_set (error, PDG_DB_ERROR_PERMISSION, NULL, NULL,
                        "The database cannot be made in %s: %s", layout->root, g_strerror (errno));
      return FALSE;
    }
  close (fd);
  if (!layout->throwaway && (!sync_path (layout->incomplete) || !sync_path (layout->root)))
    {
      pdg_db_error_set (error, PDG_DB_ERROR_FAILED, NULL, NULL, "%s cannot be written: %s", layout->root, g_strerror (errno));
      return FALSE;
    }
  return TRUE;
}

gboolean
pdg_db_cluster_is_made (const PdgDbLayout *layout, gboolean *made, GError **error)
{
  g_autofree char *version_path = g_build_filename (layout->data, "PG_VERSION", NULL);
  g_autofree char *version = NULL;

  *made = FALSE;
  if (g_file_test (layout->incomplete, G_FILE_TEST_EXISTS))
    return TRUE;
  if (g_file_get_contents (version_path, &version, NULL, NULL))
    {
      if (g_ascii_strtoll (version, NULL, 10) != layout->major)
        {
          pdg_db_error_set (error, PDG_DB_ERROR_INVALID, NULL, NULL,
                            "%s holds a database of PostgreSQL %s, not %d: move it to the folder of that number",
                            layout->data, g_strchomp (version), layout->major);
          return FALSE;
        }
      *made = TRUE;
      return TRUE;
    }
  /* an empty folder is as good as none; anything else is somebody's */
  if (g_rmdir (layout->data) == 0 || errno == ENOENT)
    return TRUE;
  pdg_db_error_set (error, errno == EACCES ? PDG_DB_ERROR_PERMISSION : PDG_DB_ERROR_INVALID, NULL, NULL,
                    "%s is there but is not a database that can be read: move it away or correct its permissions", layout->data);
  return FALSE;
}

/* A file without a name, for what is handed to initdb and what it says. */
static int
make_memory_file (const char *text)
{
  int fd = memfd_create ("productgraph", MFD_CLOEXEC);

  if (fd >= 0 && text != NULL && (write (fd, text, strlen (text)) < 0 || lseek (fd, 0, SEEK_SET) != 0))
    {
      close (fd);
      return -1;
    }
  return fd;
}

/* The last line of initdb's output that says error. */
static char *
read_complaint (int fd)
{
  char text[8192];
  ssize_t n = pread (fd, text, sizeof text - 1, 0);
  const char *found;

  if (n <= 0)
    return g_strdup ("it ended without a word");
  text[n] = '\0';
  found = strstr (text, "error: ");
  if (found == NULL)
    found = strstr (text, "FATAL:  ");
  if (found == NULL)
    return g_strdup (g_strstrip (text));
  found = strchr (found, ':') + 1;
  return g_strstrip (g_strndup (found, strcspn (found, "\n")));
}

static gboolean
run_initdb (const PdgDbLayout *layout, int password_fd, int output_fd, int lock_fd, GError **error)
{
  g_autofree char *program = g_build_filename (layout->bindir, "initdb", NULL);
  const char *argv[] = {
    program, "-D", layout->data_new, "-U", PDG_DB_OWNER_ROLE, "-A", "scram-sha-256", "--auth-host=reject",
    "--pwfile=/proc/self/fd/3", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions", "--wal-segsize=4",
    /* from 17 on PostgreSQL has a C.UTF-8 of its own, which no update of the system's library changes */
    layout->major >= 17 ? "--locale-provider=builtin" : "--locale-provider=libc",
    NULL
  };
  PdgDbSpawn spawn = {
    .argv = argv,
    .identity = layout->identity,
    .must_reach = layout->data_new,
    .output_fd = output_fd,
    .kept_fd = password_fd,
    .lock_fd = lock_fd,
    /* an initdb that outlives us would write among the files of the next attempt; its children end with its pipes */
    .death_signal = SIGKILL,
  };
  int status = 0;
  pid_t pid = pdg_db_spawn (&spawn, error);

  if (pid < 0)
    return FALSE;
  while (waitpid (pid, &status, 0) < 0 && errno == EINTR)
    ;
  if (!WIFEXITED (status) || WEXITSTATUS (status) != 0)
    {
      g_autofree char *complaint = read_complaint (output_fd);

      pdg_db_error_set (error, PDG_DB_ERROR_FAILED, NULL, NULL, "The database cannot be made in %s: %s", layout->root, complaint);
      return FALSE;
    }
  return TRUE;
}

/* Runs initdb in an empty NN.new, when nothing of an earlier attempt is left. */
static gboolean
make_data (const PdgDbLayout *layout, const PdgDbSecrets *secrets, GError **error)
{
  g_autofree char *verifier = make_verifier (secrets->owner);
  int lock_fd = pdg_db_postmaster_take_lock (layout, FALSE, error);
  int password_fd, output_fd;
  gboolean ok = FALSE;

  if (lock_fd < 0)
    return FALSE;
  pdg_db_remove_tree (layout->data_new);
  pdg_db_remove_tree (layout->data);
  password_fd = make_memory_file (verifier);
  output_fd = make_memory_file (NULL);
  if (pdg_db_make_private_dir (layout->data_new, &layout->identity))
    ok = run_initdb (layout, password_fd, output_fd, lock_fd, error);
  else
    pdg_db_error_set (error, PDG_DB_ERROR_PERMISSION, NULL, NULL, "%s cannot be made: %s", layout->data_new, g_strerror (errno));
  close (password_fd);
  close (output_fd);
  close (lock_fd);
  return ok;
}

/* Writes the whole file system of the data folder: one commit of its journal, where syncing each of a thousand files
 * would be hundreds. */
static gpointer
sync_worker (gpointer data)
{
  const PdgDbLayout *layout = data;
  int fd = open (layout->root, O_RDONLY | O_CLOEXEC);
  int error_number = 0;

  if (fd < 0 || syncfs (fd) != 0)
    error_number = errno;
  if (fd >= 0)
    close (fd);
  return GINT_TO_POINTER (error_number);
}

PdgDbSecrets *
pdg_db_cluster_make_files (PdgDbLayout *layout, GError **error)
{
  g_autoptr (PdgDbSecrets) secrets = g_new0 (PdgDbSecrets, 1);
  gboolean ok;

  secrets->owner = pdg_random_token (N_PASSWORD_BYTES);
  secrets->server = pdg_random_token (N_PASSWORD_BYTES);
  secrets->writer = pdg_random_token (N_PASSWORD_BYTES);
  ok = set_mark (layout, error) && save_secrets (layout, secrets, error) && make_data (layout, secrets, error);
  if (ok && g_rename (layout->data_new, layout->data) != 0)
    {
      pdg_db_error_set (error, PDG_DB_ERROR_FAILED, NULL, NULL, "%s cannot be renamed: %s", layout->data_new, g_strerror (errno));
      ok = FALSE;
    }
  if (!ok)
    return NULL;
  if (!layout->throwaway)
    layout->sync = g_thread_new ("pdg-db-sync", sync_worker, layout);
  return g_steal_pointer (&secrets);
}

static gboolean
run_role_sql (const PdgDbLayout *layout, const PdgDbSecrets *secrets, GError **error)
{
  g_autofree char *uri = pdg_db_layout_make_uri (layout, PDG_DB_OWNER_ROLE, secrets->owner, "template1");
  g_autoptr (PdgDbConn) conn = pdg_db_conn_open (uri, NULL, "productgraph cluster", error);
  g_autofree char *server = make_verifier (secrets->server);
  g_autofree char *writer = make_verifier (secrets->writer);
  g_autoptr (PGresult) roles = NULL;
  g_autoptr (PGresult) database = NULL;
  g_autofree char *sql = NULL;

  if (conn == NULL)
    return FALSE;
  sql = g_strdup_printf ("CREATE ROLE productgraph_app NOLOGIN;"
                         "CREATE ROLE productgraph_ingest NOLOGIN;"
                         "CREATE ROLE " PDG_DB_SERVER_ROLE " LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD '%s';"
                         "CREATE ROLE " PDG_DB_WRITER_ROLE " LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE BYPASSRLS PASSWORD '%s';"
                         "GRANT productgraph_app TO " PDG_DB_SERVER_ROLE ";"
                         "GRANT productgraph_ingest TO " PDG_DB_WRITER_ROLE,
                         server, writer);
  roles = pdg_db_conn_execute_simple (conn, sql, error);
  if (roles == NULL)
    return FALSE;
  /* initdb made an empty one already; copying a second would cost a tenth of a second and 7 MB */
  database = pdg_db_conn_execute_simple (conn, "ALTER DATABASE postgres RENAME TO " PDG_DB_DATABASE, error);
  return database != NULL;
}

gboolean
pdg_db_cluster_make_roles (PdgDbLayout *layout, const PdgDbSecrets *secrets, GError **error)
{
  gboolean ok = run_role_sql (layout, secrets, error);
  GThread *sync = g_steal_pointer (&layout->sync);
  int error_number = sync != NULL ? GPOINTER_TO_INT (g_thread_join (sync)) : 0;

  if (!ok)
    return FALSE;
  if (error_number == 0 && g_unlink (layout->incomplete) != 0)
    error_number = errno;
  /* else the mark might come back with a power cut, and take the data with it */
  if (error_number == 0 && !layout->throwaway && !sync_path (layout->root))
    error_number = errno;
  if (error_number != 0)
    {
      pdg_db_error_set (error, PDG_DB_ERROR_FAILED, NULL, NULL, "%s cannot be written: %s", layout->root, g_strerror (error_number));
      return FALSE;
    }
  return TRUE;
}
