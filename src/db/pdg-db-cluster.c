#include "config.h"
#include "db/pdg-db-cluster.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "db/pdg-db-cluster-private.h"
#include "db/pdg-db-conn.h"
#include "db/pdg-db-private.h"

/* How long to wait for another process that owns the folder: it may just be making the cluster. */
#define ATTACH_TIMEOUT_USEC (60 * G_USEC_PER_SEC)
#define ATTACH_AGAIN_TIMEOUT_USEC (10 * G_USEC_PER_SEC)
#define ATTACH_POLL_USEC (10 * 1000)

/* The owner's lock cannot be waited for together with anything else, so an attached process looks now and then; its
 * pools ask at once by ensure_running () when their connections break. */
#define OWNER_POLL_MS 1000
#define HOUSEKEEPING_MS (5 * 60 * 1000)
#define CHILD_POLL_MS 200 /* only where there is no pidfd */

/* A server that dies sooner than this is not started again at once. */
#define SHORT_LIFE_USEC (5 * G_USEC_PER_SEC)
#define FIRST_PAUSE_USEC (200 * 1000)
#define LONGEST_PAUSE_USEC (30 * G_USEC_PER_SEC)

/* One thread does everything and lives as long as the cluster, since the server gets its death signal when the thread
 * that forked it ends. The others only set what is guarded by the lock, and wake it up. */
struct _PdgDbCluster
{
  PdgDbLayout layout; /* the thread's own, but for reading what never changes */
  char *data_dir;
  PdgDbClusterFlags flags;
  GThread *thread;
  int wake_fd;
  int stopping; /* atomic */

  /* the thread's own */
  int owner_fd; /* the descriptor of the lock file; locked when we are the owner */
  pid_t pid;    /* 0 = no server of ours */
  int pid_fd;
  gint64 started_usec;
  gint64 pause_usec;
  gint64 next_try_usec;

  GMutex lock;
  GCond changed;
  /* guarded by the lock */
  char *owner_uri;
  char *server_uri;
  char *writer_uri;
  gboolean started;
  gboolean attached;
  PdgDbClusterState state;
  guint64 n_asked;
  guint64 n_answered;
  GError *error; /* of the start, or of the last attempt */
  PdgDbClusterStateFunc state_func;
  gpointer state_data;
};

static void
set_state (PdgDbCluster *cluster, PdgDbClusterState state, const char *message)
{
  PdgDbClusterStateFunc func = NULL;
  gpointer data;

  g_mutex_lock (&cluster->lock);
  if (cluster->state != state)
    func = cluster->state_func;
  data = cluster->state_data;
  cluster->state = state;
  g_mutex_unlock (&cluster->lock);
  if (func != NULL)
    func (state, message, data);
}

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

static gboolean
prepare_layout (PdgDbCluster *cluster, GError **error)
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

/* Whether we own the folder now; asking takes it when it is free. */
static gboolean
try_own (PdgDbCluster *cluster)
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

static void
forget_server (PdgDbCluster *cluster)
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
      forget_server (cluster);
      return FALSE;
    }
  set_uris (cluster, secrets);
  return TRUE;
}

static gboolean
answers (PdgDbCluster *cluster)
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
    return answers (cluster);
  if (g_file_test (layout->incomplete, G_FILE_TEST_EXISTS) || (folder = read_address (cluster)) == NULL
      || (secrets = pdg_db_secrets_load (layout, NULL)) == NULL)
    return FALSE;
  g_free (layout->socket_dir);
  layout->socket_dir = g_steal_pointer (&folder);
  set_uris (cluster, secrets);
  if (answers (cluster))
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

/* Owns the folder or attaches to who does, whichever is possible first. */
static gboolean
own_or_attach (PdgDbCluster *cluster, gint64 timeout_usec, gboolean crashed, GError **error)
{
  gint64 deadline = g_get_monotonic_time () + timeout_usec;

  for (;;)
    {
      if (try_own (cluster))
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
      g_usleep (ATTACH_POLL_USEC);
    }
}

static gboolean
is_running (PdgDbCluster *cluster)
{
  int status;

  if (cluster->pid == 0)
    return cluster->attached && !try_own (cluster) && cluster->state == PDG_DB_CLUSTER_RUNNING;
  if (!pdg_db_process_reap (cluster->pid, &status))
    return TRUE;
  forget_server (cluster);
  return FALSE;
}

static void
plan_next_try (PdgDbCluster *cluster)
{
  cluster->next_try_usec = g_get_monotonic_time () + cluster->pause_usec;
  cluster->pause_usec = MIN (cluster->pause_usec * 2, LONGEST_PAUSE_USEC);
}

/* The server died, or the attached one's owner left: down it is, and either at once or soon it is tried again. */
static void
lose (PdgDbCluster *cluster)
{
  gboolean short_life = g_get_monotonic_time () - cluster->started_usec < SHORT_LIFE_USEC;

  if (cluster->attached || !short_life)
    cluster->pause_usec = FIRST_PAUSE_USEC;
  cluster->next_try_usec = 0;
  if (!cluster->attached && short_life)
    plan_next_try (cluster);
  set_state (cluster, PDG_DB_CLUSTER_DOWN, cluster->attached ? "The program that ran the database has ended: starting it here"
                                                             : "The database has stopped: starting it again");
}

/* One attempt to bring a dead or lost server back. */
static void
recover (PdgDbCluster *cluster)
{
  g_autoptr (GError) error = NULL;
  gboolean attached = cluster->attached;

  if (own_or_attach (cluster, ATTACH_AGAIN_TIMEOUT_USEC, !attached, &error))
    set_state (cluster, PDG_DB_CLUSTER_RUNNING, "The database runs");
  else
    {
      g_message ("%s", error->message);
      plan_next_try (cluster);
    }
  g_mutex_lock (&cluster->lock);
  g_clear_error (&cluster->error);
  cluster->error = g_steal_pointer (&error);
  g_mutex_unlock (&cluster->lock);
}

/* Who asks has seen a connection break. An attached server can be gone while its owner is still there, and restarts it.
 * Our own can be about to end, or restart its backends after one crashed. FALSE when it has to be started again. */
static gboolean
answers_when_asked (PdgDbCluster *cluster, gboolean asked)
{
  gint64 deadline = g_get_monotonic_time () + ATTACH_TIMEOUT_USEC;

  if (!asked || (cluster->pid == 0 && answers (cluster)))
    return TRUE;
  while (is_running (cluster) && cluster->pid != 0)
    {
      if (answers (cluster) || g_get_monotonic_time () > deadline || g_atomic_int_get (&cluster->stopping))
        return TRUE;
      g_usleep (ATTACH_POLL_USEC);
    }
  return FALSE;
}

static void
answer_asked (PdgDbCluster *cluster, guint64 n_asked)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&cluster->lock);

  cluster->n_answered = n_asked;
  if (cluster->state == PDG_DB_CLUSTER_RUNNING)
    g_clear_error (&cluster->error);
  g_cond_broadcast (&cluster->changed);
}

static int
compute_timeout_ms (PdgDbCluster *cluster)
{
  if (cluster->state != PDG_DB_CLUSTER_RUNNING)
    return MAX (0, (cluster->next_try_usec - g_get_monotonic_time ()) / 1000 + 1);
  if (cluster->pid == 0)
    return OWNER_POLL_MS;
  return cluster->pid_fd >= 0 ? HOUSEKEEPING_MS : CHILD_POLL_MS;
}

static void
supervise (PdgDbCluster *cluster)
{
  while (!g_atomic_int_get (&cluster->stopping))
    {
      struct pollfd fds[2] = { { cluster->wake_fd, POLLIN, 0 }, { cluster->pid_fd, POLLIN, 0 } };
      guint64 n_asked, count;
      gboolean asked;

      poll (fds, 2, compute_timeout_ms (cluster));
      if (fds[0].revents != 0 && read (cluster->wake_fd, &count, sizeof count) < 0)
        g_debug ("nothing to read");
      if (g_atomic_int_get (&cluster->stopping))
        break;
      g_mutex_lock (&cluster->lock);
      n_asked = cluster->n_asked;
      asked = n_asked != cluster->n_answered;
      g_mutex_unlock (&cluster->lock);

      if (cluster->state == PDG_DB_CLUSTER_RUNNING && (!is_running (cluster) || !answers_when_asked (cluster, asked)))
        lose (cluster);
      if (cluster->state != PDG_DB_CLUSTER_RUNNING && (asked || g_get_monotonic_time () >= cluster->next_try_usec))
        recover (cluster);
      if (asked)
        answer_asked (cluster, n_asked);
      if (cluster->pid != 0)
        pdg_db_postmaster_bound_log (&cluster->layout);
    }
}

static void
leave (PdgDbCluster *cluster)
{
  if (cluster->pid != 0)
    {
      pdg_db_postmaster_stop (cluster->pid);
      forget_server (cluster);
      g_unlink (cluster->layout.address);
      g_rmdir (cluster->layout.socket_dir);
    }
  /* lets the folder go: after everything is stopped, so that whoever takes it over finds it quiet */
  if (cluster->owner_fd >= 0)
    close (cluster->owner_fd);
  cluster->owner_fd = -1;
  set_state (cluster, PDG_DB_CLUSTER_STOPPED, "The database is stopped");
}

static gpointer
cluster_thread (gpointer data)
{
  PdgDbCluster *cluster = data;
  GError *error = NULL;
  gboolean ok = prepare_layout (cluster, &error) && own_or_attach (cluster, ATTACH_TIMEOUT_USEC, FALSE, &error);

  if (ok)
    set_state (cluster, PDG_DB_CLUSTER_RUNNING, "The database runs");
  g_mutex_lock (&cluster->lock);
  cluster->started = TRUE;
  cluster->error = error;
  g_cond_broadcast (&cluster->changed);
  g_mutex_unlock (&cluster->lock);
  if (ok)
    supervise (cluster);
  leave (cluster);
  /* nobody waits for ever */
  g_mutex_lock (&cluster->lock);
  cluster->n_answered = G_MAXUINT64;
  g_cond_broadcast (&cluster->changed);
  g_mutex_unlock (&cluster->lock);
  return NULL;
}

PdgDbCluster *
pdg_db_cluster_start (const char *data_dir, PdgDbClusterFlags flags, GError **error)
{
  PdgDbCluster *cluster = g_new0 (PdgDbCluster, 1);

  g_return_val_if_fail (data_dir != NULL, NULL);

  cluster->data_dir = g_canonicalize_filename (data_dir, NULL);
  cluster->flags = flags;
  cluster->owner_fd = -1;
  cluster->pid_fd = -1;
  cluster->pause_usec = FIRST_PAUSE_USEC;
  cluster->wake_fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  g_mutex_init (&cluster->lock);
  g_cond_init (&cluster->changed);
  cluster->thread = g_thread_new ("pdg-db-cluster", cluster_thread, cluster);

  g_mutex_lock (&cluster->lock);
  while (!cluster->started)
    g_cond_wait (&cluster->changed, &cluster->lock);
  g_mutex_unlock (&cluster->lock);
  if (cluster->error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&cluster->error));
      g_clear_pointer (&cluster, pdg_db_cluster_free);
    }
  return cluster;
}

static void
wake (PdgDbCluster *cluster)
{
  guint64 one = 1;

  if (write (cluster->wake_fd, &one, sizeof one) < 0)
    g_debug ("cannot wake the cluster: %s", g_strerror (errno));
}

void
pdg_db_cluster_stop (PdgDbCluster *cluster)
{
  GThread *thread;

  g_atomic_int_set (&cluster->stopping, TRUE);
  wake (cluster);
  g_mutex_lock (&cluster->lock);
  thread = g_steal_pointer (&cluster->thread);
  g_mutex_unlock (&cluster->lock);
  if (thread != NULL)
    g_thread_join (thread);
}

void
pdg_db_cluster_free (PdgDbCluster *cluster)
{
  if (cluster == NULL)
    return;
  pdg_db_cluster_stop (cluster);
  pdg_db_layout_clear (&cluster->layout);
  close (cluster->wake_fd);
  g_clear_error (&cluster->error);
  g_mutex_clear (&cluster->lock);
  g_cond_clear (&cluster->changed);
  g_free (cluster->data_dir);
  g_free (cluster->owner_uri);
  g_free (cluster->server_uri);
  g_free (cluster->writer_uri);
  g_free (cluster);
}

const char *
pdg_db_cluster_get_owner_uri (PdgDbCluster *cluster)
{
  return cluster->owner_uri;
}

const char *
pdg_db_cluster_get_server_uri (PdgDbCluster *cluster)
{
  return cluster->server_uri;
}

const char *
pdg_db_cluster_get_writer_uri (PdgDbCluster *cluster)
{
  return cluster->writer_uri;
}

gboolean
pdg_db_cluster_is_attached (PdgDbCluster *cluster)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&cluster->lock);

  return cluster->attached;
}

PdgDbClusterState
pdg_db_cluster_get_state (PdgDbCluster *cluster)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&cluster->lock);

  return cluster->state;
}

int
pdg_db_cluster_get_major (PdgDbCluster *cluster)
{
  return cluster->layout.major;
}

void
pdg_db_cluster_set_state_func (PdgDbCluster *cluster, PdgDbClusterStateFunc func, gpointer user_data)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&cluster->lock);

  cluster->state_func = func;
  cluster->state_data = user_data;
}

gboolean
pdg_db_cluster_ensure_running (PdgDbCluster *cluster, GError **error)
{
  gboolean running;
  guint64 mine;

  g_mutex_lock (&cluster->lock);
  mine = ++cluster->n_asked;
  g_mutex_unlock (&cluster->lock);
  wake (cluster);
  g_mutex_lock (&cluster->lock);
  while (cluster->n_answered < mine)
    g_cond_wait (&cluster->changed, &cluster->lock);
  running = cluster->state == PDG_DB_CLUSTER_RUNNING;
  if (!running && error != NULL)
    *error = cluster->error != NULL ? g_error_copy (cluster->error)
                                    : g_error_new_literal (PDG_DB_ERROR, PDG_DB_ERROR_CONNECTION, "The database is stopped");
  g_mutex_unlock (&cluster->lock);
  return running;
}
