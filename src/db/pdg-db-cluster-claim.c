#include "config.h"
#include "db/pdg-db-cluster-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "db/pdg-db-conn.h"
#include "db/pdg-db-private.h"

/* Claiming a data folder: becoming its owner and starting the server, or attaching to the process that is. All of it on
 * the cluster's thread. */

/* Which major the folder holds: the newest with data, since older ones are what somebody has left behind; 0 = none. */
static int
find_data_major (const char *root)
{
  g_autoptr (GDir) dir = g_dir_open (root, 0, NULL);
  const char *name;
  int newest = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *version = g_build_filename (root, name, "PG_VERSION", NULL);
      g_autofree char *incomplete = g_strdup_printf ("%s/%s.incomplete", root, name);
      char *end = NULL;
      gint64 major = g_ascii_strtoll (name, &end, 10);

      if (*end == '\0' && major > newest && g_file_test (version, G_FILE_TEST_EXISTS)
          && !g_file_test (incomplete, G_FILE_TEST_EXISTS))
        newest = major;
    }
  return newest;
}

gboolean
pdg_db_cluster_prepare (PdgDbCluster *cluster, GError **error)
{
  g_autofree char *root = g_build_filename (cluster->data_dir, "pg", NULL);
  g_autofree char *bindir = NULL;
  int data_major, major = 0;

  if (g_mkdir_with_parents (root, 0700) != 0)
    {
      pdg_db_error_set (error, PDG_DB_ERROR_PERMISSION, NULL, NULL,
                        "The data folder %s cannot be made: %s. Choose a folder that you may write to", root, g_strerror (errno));
      return FALSE;
    }
  data_major = find_data_major (root);
  bindir = pdg_db_cluster_find_binaries (data_major, &major, error);
  if (bindir == NULL)
    {
      if (data_major != 0)
        g_prefix_error (error, "The data in %s was written by PostgreSQL %d. ", root, data_major);
      return FALSE;
    }
  pdg_db_layout_init (&cluster->layout, root, major);
  cluster->layout.bindir = g_steal_pointer (&bindir);
  cluster->layout.throwaway = (cluster->flags & PDG_DB_CLUSTER_THROWAWAY) != 0;
  cluster->layout.stopping = &cluster->stopping;

  cluster->owner_fd = open (cluster->layout.lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (cluster->owner_fd < 0)
    {
      pdg_db_error_set (error, PDG_DB_ERROR_PERMISSION, NULL, NULL,
                        "The data folder %s cannot be written: %s. Choose a folder that you may write to", root, g_strerror (errno));
      return FALSE;
    }
  return TRUE;
}

static gboolean
take_identity (PdgDbCluster *cluster, GError **error)
{
  PdgDbLayout *layout = &cluster->layout;
  struct stat st;
  uid_t data_uid = stat (layout->data, &st) == 0 ? st.st_uid : (uid_t) -1;

  if (!pdg_db_identity_choose (data_uid, (cluster->flags & PDG_DB_CLUSTER_NO_USER_NS) == 0, &layout->identity, error))
    return FALSE;
  /* root's own data, but no namespace to keep it so */
  if (layout->identity.kind == PDG_DB_IDENTITY_DROP && data_uid == 0
      && !pdg_db_chown_tree (layout->data, layout->identity.uid, layout->identity.gid))
    {
      pdg_db_error_set (error, PDG_DB_ERROR_PERMISSION, NULL, NULL,
                        "%s cannot be given to the user that PostgreSQL runs as: start ProductGraph as a normal user", layout->data);
      return FALSE;
    }
  /* that user has to pass through the folder, and sees nothing in it but what is its own */
  if (layout->identity.kind == PDG_DB_IDENTITY_DROP && chmod (layout->root, 0711) != 0)
    g_debug ("cannot change the mode of %s", layout->root);
  return TRUE;
}

static char *
read_address (PdgDbCluster *cluster)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();

  if (!g_key_file_load_from_file (file, cluster->layout.address, G_KEY_FILE_NONE, NULL))
    return NULL;
  return g_key_file_get_string (file, "server", "socket_folder", NULL);
}

static gboolean
write_address (PdgDbCluster *cluster, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *text = NULL;
  gsize len = 0;

  g_key_file_set_string (file, "server", "socket_folder", cluster->layout.socket_dir);
  g_key_file_set_integer (file, "server", "owner_pid", getpid ());
  text = g_key_file_to_data (file, &len, NULL);
  if (g_file_set_contents_full (cluster->layout.address, text, len, G_FILE_SET_CONTENTS_NONE, 0600, NULL))
    return TRUE;
  pdg_db_error_set (error, PDG_DB_ERROR_PERMISSION, NULL, NULL, "%s cannot be written: %s", cluster->layout.address, g_strerror (errno));
  return FALSE;
}

gboolean
pdg_db_cluster_try_own (PdgDbCluster *cluster)
{
  return flock (cluster->owner_fd, LOCK_EX | LOCK_NB) == 0;
}

static void
set_uris (PdgDbCluster *cluster, const PdgDbSecrets *secrets)
{
  const PdgDbLayout *layout = &cluster->layout;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&cluster->lock);

  /* the socket's folder stays the same through restarts and take-overs, so they are made once */
  if (cluster->owner_uri != NULL)
    return;
  cluster->owner_uri = pdg_db_layout_make_uri (layout, PDG_DB_OWNER_ROLE, secrets->owner, PDG_DB_DATABASE);
  cluster->server_uri = pdg_db_layout_make_uri (layout, PDG_DB_SERVER_ROLE, secrets->server, PDG_DB_DATABASE);
  cluster->writer_uri = pdg_db_layout_make_uri (layout, PDG_DB_WRITER_ROLE, secrets->writer, PDG_DB_DATABASE);
}

static void
note_server (PdgDbCluster *cluster, pid_t pid)
{
  cluster->pid = pid;
  cluster->started_usec = g_get_monotonic_time ();
#ifdef SYS_pidfd_open
  cluster->pid_fd = syscall (SYS_pidfd_open, pid, 0);
#endif
}

void
pdg_db_cluster_forget_server (PdgDbCluster *cluster)
{
  if (cluster->pid_fd >= 0)
    close (cluster->pid_fd);
  cluster->pid_fd = -1;
  cluster->pid = 0;
}

/* The folder is ours: makes the cluster when there is none, and starts the server. */
static gboolean
start_own (PdgDbCluster *cluster, gboolean crashed, GError **error)
{
  PdgDbLayout *layout = &cluster->layout;
  g_autoptr (PdgDbSecrets) secrets = NULL;
  g_autofree char *previous = layout->socket_dir != NULL ? g_strdup (layout->socket_dir) : read_address (cluster);
  gboolean made = FALSE;
  pid_t pid;

  if (!take_identity (cluster, error) || !pdg_db_cluster_is_made (layout, &made, error))
    return FALSE;
  secrets = made ? pdg_db_secrets_load (layout, error) : pdg_db_cluster_make_files (layout, error);
  if (secrets == NULL)
    return FALSE;
  if (cluster->owner_uri == NULL ? !pdg_db_layout_choose_socket_dir (layout, previous, error)
                                 : !pdg_db_make_private_dir (layout->socket_dir, &layout->identity))
    {
      if (error != NULL && *error == NULL)
        pdg_db_error_set (error, PDG_DB_ERROR_PERMISSION, NULL, NULL,
                          "The folder %s of the database's socket cannot be made again: restart ProductGraph", layout->socket_dir);
      return FALSE;
    }
  pid = pdg_db_postmaster_start (layout, crashed, error);
  if (pid < 0)
    return FALSE;
  note_server (cluster, pid);
  if ((!made && !pdg_db_cluster_make_roles (layout, secrets, error)) || !write_address (cluster, error))
    {
      pdg_db_postmaster_stop (pid);
      pdg_db_cluster_forget_server (cluster);
      return FALSE;
    }
  set_uris (cluster, secrets);
  return TRUE;
}

gboolean
pdg_db_cluster_answers (PdgDbCluster *cluster)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgDbConn) conn = pdg_db_conn_open (cluster->server_uri, NULL, "productgraph check", &error);

  /* one that refuses us because it is full runs as well */
  return conn != NULL || strcmp (pdg_db_error_get_sqlstate (error), "53300") == 0;
}

/* The folder is another process's: its address and passwords, and a connection as proof. */
static gboolean
try_attach (PdgDbCluster *cluster)
{
  PdgDbLayout *layout = &cluster->layout;
  g_autoptr (PdgDbSecrets) secrets = NULL;
  g_autofree char *folder = NULL;

  if (cluster->owner_uri != NULL)
    return pdg_db_cluster_answers (cluster);
  if (g_file_test (layout->incomplete, G_FILE_TEST_EXISTS) || (folder = read_address (cluster)) == NULL
      || (secrets = pdg_db_secrets_load (layout, NULL)) == NULL)
    return FALSE;
  g_free (layout->socket_dir);
  layout->socket_dir = g_steal_pointer (&folder);
  set_uris (cluster, secrets);
  if (pdg_db_cluster_answers (cluster))
    return TRUE;
  /* an address from before: what the owner writes next may differ */
  g_mutex_lock (&cluster->lock);
  g_clear_pointer (&cluster->owner_uri, g_free);
  g_clear_pointer (&cluster->server_uri, g_free);
  g_clear_pointer (&cluster->writer_uri, g_free);
  g_mutex_unlock (&cluster->lock);
  g_clear_pointer (&layout->socket_dir, g_free);
  return FALSE;
}

static void
set_attached (PdgDbCluster *cluster, gboolean attached)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&cluster->lock);

  cluster->attached = attached;
}

gboolean
pdg_db_cluster_own_or_attach (PdgDbCluster *cluster, gint64 timeout_usec, gboolean crashed, GError **error)
{
  gint64 deadline = g_get_monotonic_time () + timeout_usec;

  for (;;)
    {
      if (pdg_db_cluster_try_own (cluster))
        {
          set_attached (cluster, FALSE);
          if (start_own (cluster, crashed, error))
            return TRUE;
          /* another process may have more luck, or the same error to tell */
          flock (cluster->owner_fd, LOCK_UN);
          return FALSE;
        }
      if (try_attach (cluster))
        {
          set_attached (cluster, TRUE);
          return TRUE;
        }
      if (g_get_monotonic_time () > deadline || g_atomic_int_get (&cluster->stopping))
        {
          pdg_db_error_set (error, PDG_DB_ERROR_IN_USE, NULL, NULL,
                            "Another ProductGraph uses %s, but its database does not answer: stop that one, then try again",
                            cluster->layout.root);
          return FALSE;
        }
      g_usleep (PDG_DB_ATTACH_POLL_USEC);
    }
}
