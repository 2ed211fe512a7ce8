#include "config.h"
#include "db/pdg-db-cluster-private.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/pdg-id.h"
#include "db/pdg-db-private.h"

/* One life of the server process: clearing up after the one before, starting, waiting until it is ready, stopping. */

#define SOCKET_FILE "/.s.PGSQL.5432"
#define POLL_USEC 1000

/* Of pages that are logged whole: with pglz, which every build has, this was a sixth of PostgreSQL's CPU time while events stream in. */
#define WAL_COMPRESSION "lz4"
#define WAL_COMPRESSION_ANYWHERE "pglz"

/* A server that is alive recovers as long as it needs (up to max_wal_size of log after a crash). */
#define READY_TIMEOUT_USEC (300 * G_USEC_PER_SEC)

/* Processes left from the life before: they stop by themselves, then are asked, then killed. */
#define LEFTOVER_PATIENCE_USEC (8 * G_USEC_PER_SEC)
#define LEFTOVER_PATIENCE_CRASHED_USEC (G_USEC_PER_SEC / 4)
#define LEFTOVER_KILL_USEC (3 * G_USEC_PER_SEC)
#define LEFTOVER_GIVE_UP_USEC (6 * G_USEC_PER_SEC)

#define STOP_FAST_USEC (10 * G_USEC_PER_SEC)
#define STOP_IMMEDIATE_USEC (5 * G_USEC_PER_SEC)

#define LOG_LIMIT_BYTES (4 * 1024 * 1024)
#define LOG_LIMIT_AT_START_BYTES (512 * 1024)
#define LOG_KEPT_BYTES (256 * 1024)

void
pdg_db_layout_init (PdgDbLayout *layout, const char *root, int major)
{
  layout->major = major;
  layout->root = g_strdup (root);
  layout->data = g_strdup_printf ("%s/%d", root, major);
  layout->data_new = g_strdup_printf ("%s/%d.new", root, major);
  layout->incomplete = g_strdup_printf ("%s/%d.incomplete", root, major);
  layout->lock = g_strdup_printf ("%s/%d.lock", root, major);
  layout->running = g_strdup_printf ("%s/%d.running", root, major);
  layout->address = g_strdup_printf ("%s/%d.address", root, major);
  layout->secrets = g_strdup_printf ("%s/%d.secrets", root, major);
  layout->log = g_strdup_printf ("%s/%d.log", root, major);
}

void
pdg_db_layout_clear (PdgDbLayout *layout)
{
  if (layout->sync != NULL)
    g_thread_join (layout->sync);
  g_free (layout->bindir);
  g_free (layout->root);
  g_free (layout->data);
  g_free (layout->data_new);
  g_free (layout->incomplete);
  g_free (layout->lock);
  g_free (layout->running);
  g_free (layout->address);
  g_free (layout->secrets);
  g_free (layout->log);
  g_free (layout->socket_dir);
}

gboolean
pdg_db_make_private_dir (const char *path, const PdgDbIdentity *identity)
{
  struct stat st;

  if (mkdir (path, 0700) != 0 && errno != EEXIST)
    return FALSE;
  if (lstat (path, &st) != 0 || !S_ISDIR (st.st_mode))
    return FALSE;
  if (identity->kind == PDG_DB_IDENTITY_DROP)
    return (st.st_uid == identity->uid || st.st_uid == geteuid ())
           && chown (path, identity->uid, identity->gid) == 0 && chmod (path, 0700) == 0;
  return st.st_uid == geteuid () && ((st.st_mode & 07777) == 0700 || chmod (path, 0700) == 0);
}

static gboolean
fits_socket_path (const char *folder)
{
  return strlen (folder) + strlen (SOCKET_FILE) < sizeof ((struct sockaddr_un *) NULL)->sun_path;
}

/* $XDG_RUNTIME_DIR/productgraph/<of the data folder>, so that two data folders never meet; NULL when that cannot be. */
static char *
make_runtime_socket_dir (const PdgDbLayout *layout)
{
  const char *runtime = g_getenv ("XDG_RUNTIME_DIR");
  const char *flatpak = g_getenv ("FLATPAK_ID");
  g_autofree char *hash = pdg_sha256_hex (layout->data, strlen (layout->data));
  g_autofree char *parent = NULL;
  g_autofree char *folder = NULL;
  PdgDbIdentity ours = { PDG_DB_IDENTITY_SAME };

  /* another user cannot pass through a folder that is root's own */
  if (runtime == NULL || !g_path_is_absolute (runtime) || layout->identity.kind == PDG_DB_IDENTITY_DROP)
    return NULL;
  /* inside a Flatpak only this part of it is shared between the instances of one app */
  parent = flatpak != NULL ? g_build_filename (runtime, "app", flatpak, "productgraph", NULL)
                           : g_build_filename (runtime, "productgraph", NULL);
  folder = g_strdup_printf ("%s/%.12s", parent, hash);
  if (!fits_socket_path (folder) || !pdg_db_make_private_dir (parent, &ours) || !pdg_db_make_private_dir (folder, &layout->identity))
    return NULL;
  return g_steal_pointer (&folder);
}

gboolean
pdg_db_layout_choose_socket_dir (PdgDbLayout *layout, const char *previous, GError **error)
{
  g_autofree char *folder = make_runtime_socket_dir (layout);

  if (folder == NULL && previous != NULL && fits_socket_path (previous) && pdg_db_make_private_dir (previous, &layout->identity))
    folder = g_strdup (previous);
  if (folder == NULL)
    {
      folder = g_strdup ("/tmp/productgraph-XXXXXX");
      if (mkdtemp (folder) == NULL || !pdg_db_make_private_dir (folder, &layout->identity))
        {
          pdg_db_error_set (error, PDG_DB_ERROR_PERMISSION, NULL, NULL,
                            "No folder for the database's socket: set XDG_RUNTIME_DIR, or make /tmp writable");
          return FALSE;
        }
    }
  g_free (layout->socket_dir);
  layout->socket_dir = g_steal_pointer (&folder);
  return TRUE;
}

char *
pdg_db_layout_make_uri (const PdgDbLayout *layout, const char *role, const char *password, const char *database)
{
  g_autofree char *host = g_uri_escape_string (layout->socket_dir, NULL, FALSE);

  /* the last three: no PG* variable of the user may ask this socket for encryption */
  return g_strdup_printf ("postgresql://%s:%s@/%s?host=%s&port=5432&sslmode=disable&gssencmode=disable&channel_binding=disable",
                          role, password, database, host);
}

/* The lines of postmaster.pid: 0 pid, 3 port, 4 socket folder, 6 shared memory "key id", 7 status. (nullable) */
static char **
read_pid_file (const PdgDbLayout *layout)
{
  g_autofree char *path = g_build_filename (layout->data, "postmaster.pid", NULL);
  g_autofree char *text = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return NULL;
  return g_strsplit (text, "\n", -1);
}

/* Whether the shared memory that postmaster.pid names still has users: PostgreSQL's own guard against two servers on one
 * folder, which deleting the file would switch off. It also sees servers in other PID namespaces. */
static gboolean
is_shared_memory_in_use (const PdgDbLayout *layout)
{
  g_auto (GStrv) lines = read_pid_file (layout);
  unsigned long key = 0, id = 0;
  struct shmid_ds info;

  if (lines == NULL || g_strv_length (lines) < 7 || sscanf (lines[6], "%lu %lu", &key, &id) != 2)
    return FALSE;
  return shmctl ((int) id, IPC_STAT, &info) == 0 && (unsigned int) info.shm_perm.__key == (unsigned int) key && info.shm_nattch > 0;
}

static gboolean
is_server_alive (const PdgDbLayout *layout)
{
  return pdg_db_process_signal_in (layout->data, 0) > 0 || is_shared_memory_in_use (layout);
}

static void
set_in_use (const PdgDbLayout *layout, GError **error)
{
  pdg_db_error_set (error, PDG_DB_ERROR_IN_USE, NULL, NULL,
                    "The database in %s is in use by another PostgreSQL: stop that one, then try again", layout->data);
}

/* The lock is free only when no process is left, backends and those of an initdb included: only then may files be deleted. */
int
pdg_db_postmaster_take_lock (const PdgDbLayout *layout, gboolean crashed, GError **error)
{
  int fd = open (layout->running, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  gint64 quit = g_get_monotonic_time () + (crashed ? LEFTOVER_PATIENCE_CRASHED_USEC : LEFTOVER_PATIENCE_USEC);
  int sent = 0;

  if (fd < 0)
    {
      pdg_db_error_set (error, PDG_DB_ERROR_PERMISSION, NULL, NULL, "%s cannot be opened: %s", layout->running, g_strerror (errno));
      return -1;
    }
  while (flock (fd, LOCK_EX | LOCK_NB) != 0)
    {
      gint64 late = g_get_monotonic_time () - quit;

      if (late > LEFTOVER_GIVE_UP_USEC || g_atomic_int_get (layout->stopping))
        {
          set_in_use (layout, error);
          close (fd);
          return -1;
        }
      /* SIGQUIT is PostgreSQL's immediate shutdown; after SIGKILL too it recovers from its log */
      if (late > LEFTOVER_KILL_USEC && sent != SIGKILL)
        pdg_db_process_signal_in (layout->data, sent = SIGKILL);
      else if (late > 0 && sent == 0)
        pdg_db_process_signal_in (layout->data, sent = SIGQUIT);
      g_usleep (POLL_USEC);
    }
  return fd;
}

/* Removes what a dead server leaves: its pid may belong to another process by now (in a PID namespace that is likely),
 * and PostgreSQL would then refuse to start for ever. */
static gboolean
clear_stale_files (const PdgDbLayout *layout, GError **error)
{
  g_autofree char *pid_file = g_build_filename (layout->data, "postmaster.pid", NULL);
  g_autofree char *socket_file = g_strconcat (layout->socket_dir, SOCKET_FILE, NULL);
  g_autofree char *socket_lock = g_strconcat (socket_file, ".lock", NULL);
  gint64 deadline = g_get_monotonic_time () + G_USEC_PER_SEC;

  if (g_file_test (pid_file, G_FILE_TEST_EXISTS))
    {
      /* the lock is ours, so only a server that somebody started by hand can be alive, or one that is just ending */
      while (is_server_alive (layout))
        {
          if (g_get_monotonic_time () > deadline)
            {
              set_in_use (layout, error);
              return FALSE;
            }
          g_usleep (POLL_USEC);
        }
      unlink (pid_file);
    }
  unlink (socket_file);
  unlink (socket_lock);
  return TRUE;
}

static char *
quote_folder (const char *folder)
{
  g_auto (GStrv) parts = g_strsplit (folder, "\"", -1);
  g_autofree char *doubled = g_strjoinv ("\"\"", parts);

  return g_strdup_printf ("unix_socket_directories=\"%s\"", doubled);
}

static pid_t
spawn_postmaster (const PdgDbLayout *layout, const char *wal_compression, int lock_fd, int log_fd, GError **error)
{
  g_autofree char *compression_setting = g_strconcat ("wal_compression=", wal_compression, NULL);
  g_autofree char *program = g_build_filename (layout->bindir, "postgres", NULL);
  g_autofree char *sockets = quote_folder (layout->socket_dir);
  const char *fsync_setting = layout->throwaway ? "fsync=off" : "fsync=on";
  const char *full_pages = layout->throwaway ? "full_page_writes=off" : "full_page_writes=on";
  const char *argv[] = {
    program, "-D", layout->data,
    "-c", "listen_addresses=", "-c", "port=5432", "-c", sockets, "-c", "unix_socket_permissions=0700",
    "-c", "max_connections=50", "-c", "max_wal_senders=0", "-c", "shared_buffers=128MB", "-c", "work_mem=16MB",
    "-c", "jit=off", "-c", "random_page_cost=1.1",
    "-c", fsync_setting, "-c", full_pages,
    /* wal_buffers would otherwise shrink to one of our small segments; while one process waits for the disk, another fills them */
    "-c", compression_setting, "-c", "wal_buffers=16MB", "-c", "min_wal_size=64MB", "-c", "max_wal_size=1GB",
    "-c", "password_encryption=scram-sha-256", "-c", "ssl=off",
    /* "log": starting, stopping, recovery and crashes; no statement and no value of a user comes into the file */
    "-c", "logging_collector=off", "-c", "log_destination=stderr", "-c", "log_min_messages=log",
    "-c", "log_min_error_statement=panic", "-c", "log_statement=none", "-c", "log_checkpoints=off",
    "-c", "log_line_prefix=%m [%p] ", "-c", "lc_messages=C",
    NULL
  };
  PdgDbSpawn spawn = {
    .argv = argv,
    .identity = layout->identity,
    .must_reach = layout->data,
    .output_fd = log_fd,
    .kept_fd = -1,
    .lock_fd = lock_fd,
    /* SIGINT is a fast shutdown: however this process ends, the server ends in order */
    .death_signal = SIGINT,
  };

  return pdg_db_spawn (&spawn, error);
}

/* The last complaint in the log since @offset. (nullable) */
static char *
read_complaint (const PdgDbLayout *layout, off_t offset)
{
  g_autofree char *text = NULL;
  gsize len = 0;
  char *found = NULL;

  if (!g_file_get_contents (layout->log, &text, &len, NULL) || (gsize) offset > len)
    return NULL;
  for (char *p = text + offset; (p = strstr (p, "FATAL:  ")) != NULL; p++)
    found = p;
  if (found == NULL)
    return NULL;
  found += strlen ("FATAL:  ");
  return g_strndup (found, strcspn (found, "\n"));
}

static gboolean
is_ready (const PdgDbLayout *layout)
{
  g_auto (GStrv) lines = read_pid_file (layout);

  return lines != NULL && g_strv_length (lines) >= 8 && g_str_has_prefix (lines[7], "ready");
}

/* Reads postmaster.pid as pg_ctl does: trying to connect would leave an error in the log for each try. */
static gboolean
wait_until_ready (const PdgDbLayout *layout, pid_t pid, off_t log_offset, GError **error)
{
  gint64 deadline = g_get_monotonic_time () + READY_TIMEOUT_USEC;
  int status = 0;

  while (!is_ready (layout))
    {
      if (pdg_db_process_reap (pid, &status))
        {
          g_autofree char *complaint = read_complaint (layout, log_offset);

          pdg_db_error_set (error, PDG_DB_ERROR_FAILED, NULL, NULL, "PostgreSQL did not start: %s (its log is %s)",
                            complaint != NULL ? complaint : "it ended without a word", layout->log);
          return FALSE;
        }
      if (g_get_monotonic_time () > deadline || g_atomic_int_get (layout->stopping))
        {
          pdg_db_postmaster_stop (pid);
          pdg_db_error_set (error, PDG_DB_ERROR_TIMEOUT, NULL, NULL, "PostgreSQL did not become ready (its log is %s)", layout->log);
          return FALSE;
        }
      g_usleep (POLL_USEC);
    }
  return TRUE;
}

static int
open_log (const PdgDbLayout *layout, off_t *offset)
{
  g_autofree char *older = g_strconcat (layout->log, ".1", NULL);
  struct stat st = { 0 };
  int fd;

  if (stat (layout->log, &st) == 0 && st.st_size > LOG_LIMIT_AT_START_BYTES && rename (layout->log, older) == 0)
    st.st_size = 0;
  fd = open (layout->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
  *offset = st.st_size;
  return fd;
}

static pid_t
start_with (const PdgDbLayout *layout, const char *wal_compression, int lock_fd, GError **error)
{
  off_t log_offset = 0;
  int log_fd = open_log (layout, &log_offset);
  pid_t pid;

  if (log_fd < 0)
    {
      pdg_db_error_set (error, PDG_DB_ERROR_PERMISSION, NULL, NULL, "%s cannot be written: %s", layout->log, g_strerror (errno));
      return -1;
    }
  pid = spawn_postmaster (layout, wal_compression, lock_fd, log_fd, error);
  close (log_fd);
  return pid > 0 && wait_until_ready (layout, pid, log_offset, error) ? pid : -1;
}

pid_t
pdg_db_postmaster_start (const PdgDbLayout *layout, gboolean crashed, GError **error)
{
  g_autoptr (GError) local = NULL;
  int lock_fd = pdg_db_postmaster_take_lock (layout, crashed, error);
  pid_t pid = -1;

  if (lock_fd < 0)
    return -1;
  if (clear_stale_files (layout, error))
    {
      pid = start_with (layout, WAL_COMPRESSION, lock_fd, &local);
      /* a server that was built without it says so at once */
      if (pid < 0 && strstr (local->message, "wal_compression") != NULL)
        {
          g_clear_error (&local);
          pid = start_with (layout, WAL_COMPRESSION_ANYWHERE, lock_fd, &local);
        }
      if (local != NULL)
        g_propagate_error (error, g_steal_pointer (&local));
    }
  /* from here on only the server holds the lock */
  close (lock_fd);
  return pid;
}

static gboolean
wait_for_end (pid_t pid, gint64 timeout_usec)
{
  gint64 deadline = g_get_monotonic_time () + timeout_usec;
  int status;

  while (!pdg_db_process_reap (pid, &status))
    {
      if (g_get_monotonic_time () > deadline)
        return FALSE;
      g_usleep (POLL_USEC);
    }
  return TRUE;
}

void
pdg_db_postmaster_stop (pid_t pid)
{
  kill (pid, SIGINT);
  if (wait_for_end (pid, STOP_FAST_USEC))
    return;
  g_warning ("PostgreSQL takes long to stop");
  kill (pid, SIGQUIT);
  if (wait_for_end (pid, STOP_IMMEDIATE_USEC))
    return;
  kill (pid, SIGKILL);
  wait_for_end (pid, STOP_IMMEDIATE_USEC);
}

void
pdg_db_postmaster_bound_log (const PdgDbLayout *layout)
{
  g_autofree char *older = g_strconcat (layout->log, ".1", NULL);
  g_autofree char *text = NULL;
  struct stat st;
  gsize len = 0;

  if (stat (layout->log, &st) != 0 || st.st_size <= LOG_LIMIT_BYTES || !g_file_get_contents (layout->log, &text, &len, NULL))
    return;
  /* the server appends to the file it has open, so it is cut rather than renamed */
  g_file_set_contents_full (older, text + len - MIN (len, LOG_KEPT_BYTES), MIN (len, LOG_KEPT_BYTES),
                            G_FILE_SET_CONTENTS_NONE, 0600, NULL);
  if (truncate (layout->log, 0) != 0)
    g_debug ("cannot cut %s: %s", layout->log, g_strerror (errno));
}
