#include "config.h"
#include "db/pdg-db-cluster.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "db/pdg-db-cluster-private.h"
#include "db/pdg-db-private.h"

/* How long to wait for another process that owns the folder: it may just be making the cluster. */
#define ATTACH_TIMEOUT_USEC (60 * G_USEC_PER_SEC)
#define ATTACH_AGAIN_TIMEOUT_USEC (10 * G_USEC_PER_SEC)

/* The owner's lock cannot be waited for together with anything else, so an attached process looks now and then; its
 * pools ask at once by ensure_running () when their connections break. */
#define OWNER_POLL_MS 1000
#define HOUSEKEEPING_MS (5 * 60 * 1000)
#define CHILD_POLL_MS 200 /* only where there is no pidfd */

/* A server that dies sooner than this is not started again at once. */
#define SHORT_LIFE_USEC (5 * G_USEC_PER_SEC)
#define FIRST_PAUSE_USEC (200 * 1000)
#define LONGEST_PAUSE_USEC (30 * G_USEC_PER_SEC)

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

static gboolean
is_running (PdgDbCluster *cluster)
{
  int status;

  if (cluster->pid == 0)
    return cluster->attached && !pdg_db_cluster_try_own (cluster) && cluster->state == PDG_DB_CLUSTER_RUNNING;
  if (!pdg_db_process_reap (cluster->pid, &status))
    return TRUE;
  pdg_db_cluster_forget_server (cluster);
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

  if (pdg_db_cluster_own_or_attach (cluster, ATTACH_AGAIN_TIMEOUT_USEC, !attached, &error))
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

  if (!asked || (cluster->pid == 0 && pdg_db_cluster_answers (cluster)))
    return TRUE;
  while (is_running (cluster) && cluster->pid != 0)
    {
      if (pdg_db_cluster_answers (cluster) || g_get_monotonic_time () > deadline || g_atomic_int_get (&cluster->stopping))
        return TRUE;
      g_usleep (PDG_DB_ATTACH_POLL_USEC);
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
      pdg_db_cluster_forget_server (cluster);
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
  gboolean ok = pdg_db_cluster_prepare (cluster, &error) && pdg_db_cluster_own_or_attach (cluster, ATTACH_TIMEOUT_USEC, FALSE, &error);

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
