#include "config.h"
#include "db/pdg-db-pool.h"

#include "db/pdg-db-private.h"

/* How long a job waits for a connection that cannot be opened (the private server restarts in less); the jobs after it
 * fail at once until one attempt succeeds. */
#define PATIENCE_USEC (5 * G_USEC_PER_SEC)
#define FIRST_PAUSE_USEC (20 * 1000)
#define LONGEST_PAUSE_USEC (500 * 1000)

/* A cancel that arrives between two statements is lost, so it is sent again until the job has ended. */
#define CANCEL_AGAIN_USEC (50 * 1000)

/* A connection that has answered within this time is not asked whether it is still there. */
#define FRESH_USEC (100 * 1000)

typedef struct _Worker Worker;

typedef enum
{
  JOB_NEW,
  JOB_QUEUED,
  JOB_RUNNING,
  JOB_DONE,
} JobState;

typedef struct
{
  int ref_count; /* atomic */
  PdgDbPool *pool; /* not owned: the pool outlives its jobs, except that a canceller's reference may be dropped later */
  PdgDbPriority priority;
  PdgDbJobFunc func;
  gpointer data;
  GDestroyNotify data_destroy;
  GDestroyNotify result_destroy;
  GCancellable *cancellable;
  gulong cancel_id;
  GTask *task; /* NULL: somebody waits in run_sync, or in run_here */
  gboolean here; /* runs where it was given, with a borrowed connection */
  GCond lent;    /* it has one, or never will */

  /* guarded by the pool's lock */
  JobState state;
  GList link;
  Worker *worker;
  gboolean finished;
  gpointer result;
  GError *error;
} Job;

struct _Worker
{
  PdgDbPool *pool;
  GThread *thread;
  PdgDbConn *conn;     /* made once; afterwards reset, so that a cancel may always touch it */
  gboolean cancelling; /* guarded by the pool's lock: a cancel is being sent, the job must not end yet */
  gboolean busy;       /* the same: its thread runs a job */
  gboolean lent;       /* the same: another thread has its connection */
  gboolean waiting;    /* the same: its thread waits for it to come back */
  gboolean failing;    /* the last attempt to connect failed */
  gint64 last_attempt_usec;
  gint64 last_used_usec; /* of whoever has the connection */
};

struct _PdgDbPool
{
  int ref_count; /* atomic */
  char *uri;
  char *set_role;
  char *application_name;
  guint max_queued;
  guint n_workers;
  Worker *workers;

  GMutex lock;
  GCond work;    /* a job was queued: one worker wakes up */
  GCond changed; /* anything else */
  GQueue queues[2];
  gboolean closing;
  gboolean closed;
  GQueue cancelled; /* of Job, each with a reference */
  GThread *canceller;
  gboolean canceller_quits;
};

static Job *
job_ref (Job *job)
{
  g_atomic_int_inc (&job->ref_count);
  return job;
}

static void
job_unref (gpointer data)
{
  Job *job = data;

  if (!g_atomic_int_dec_and_test (&job->ref_count))
    return;
  g_clear_object (&job->cancellable);
  g_clear_object (&job->task);
  g_clear_error (&job->error);
  g_free (job);
}

/* The end of every job, on whatever thread it comes; without the lock. */
static void
finish_job (PdgDbPool *pool, Job *job, gpointer result, GError *error)
{
  if (job->cancel_id != 0)
    g_cancellable_disconnect (job->cancellable, job->cancel_id);
  if (job->data_destroy != NULL)
    job->data_destroy (job->data);
  if (job->task != NULL)
    {
      if (error != NULL)
        g_task_return_error (job->task, error);
      else
        g_task_return_pointer (job->task, result, job->result_destroy);
    }
  else
    {
      g_mutex_lock (&pool->lock);
      job->result = result;
      job->error = error;
      job->finished = TRUE;
      g_cond_signal (&job->lent);
      g_cond_broadcast (&pool->changed);
      g_mutex_unlock (&pool->lock);
    }
  job_unref (job);
}

static GError *
make_error (PdgDbError code, const char *message)
{
  GError *error = NULL;

  pdg_db_error_set (&error, code, NULL, NULL, "%s", message);
  return error;
}

/* One round over the cancelled jobs, with the lock held (it is let go meanwhile); keeps those that still run. */
static void
cancel_round (PdgDbPool *pool)
{
  GQueue again = G_QUEUE_INIT;
  Job *job;

  while ((job = g_queue_pop_head (&pool->cancelled)) != NULL)
    {
      if (job->state == JOB_QUEUED)
        {
          g_queue_unlink (&pool->queues[job->priority], &job->link);
          job->state = JOB_DONE;
          g_mutex_unlock (&pool->lock);
          finish_job (pool, job, NULL, make_error (PDG_DB_ERROR_CANCELLED, "The operation was cancelled"));
          job_unref (job);
          g_mutex_lock (&pool->lock);
          continue;
        }
      if (job->state == JOB_RUNNING && job->worker->conn != NULL && !job->worker->cancelling)
        {
          Worker *worker = job->worker;

          worker->cancelling = TRUE;
          g_mutex_unlock (&pool->lock);
          pdg_db_conn_cancel (worker->conn);
          g_mutex_lock (&pool->lock);
          worker->cancelling = FALSE;
          g_cond_broadcast (&pool->changed);
        }
      if (job->state == JOB_DONE)
        job_unref (job);
      else
        g_queue_push_tail (&again, job);
    }
  pool->cancelled = again;
}

/* Sends cancels: that talks to the server, so it is not for the thread that cancels, which may be the UI's. */
static gpointer
canceller_thread (gpointer data)
{
  PdgDbPool *pool = data;

  g_mutex_lock (&pool->lock);
  while (!pool->canceller_quits)
    {
      if (g_queue_is_empty (&pool->cancelled))
        {
          g_cond_wait (&pool->changed, &pool->lock);
          continue;
        }
      cancel_round (pool);
      if (!g_queue_is_empty (&pool->cancelled))
        g_cond_wait_until (&pool->changed, &pool->lock, g_get_monotonic_time () + CANCEL_AGAIN_USEC);
    }
  g_mutex_unlock (&pool->lock);
  return NULL;
}

static void
on_cancelled (GCancellable *cancellable, gpointer data)
{
  Job *job = data;
  PdgDbPool *pool = job->pool;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&pool->lock);

  if (job->state == JOB_DONE || pool->canceller_quits)
    return;
  g_queue_push_tail (&pool->cancelled, job_ref (job));
  if (pool->canceller == NULL)
    pool->canceller = g_thread_new ("pdg-db-cancel", canceller_thread, pool);
  g_cond_broadcast (&pool->changed);
}

/* Waits until @until_usec, shorter when the pool closes or the job is cancelled; FALSE then. */
static gboolean
pause_worker (PdgDbPool *pool, Job *job, gint64 until_usec)
{
  gboolean go_on;

  g_mutex_lock (&pool->lock);
  while (!pool->closing && !g_cancellable_is_cancelled (job->cancellable)
         && g_cond_wait_until (&pool->changed, &pool->lock, until_usec))
    ;
  go_on = !pool->closing && !g_cancellable_is_cancelled (job->cancellable);
  g_mutex_unlock (&pool->lock);
  return go_on;
}

static gboolean
connect_once (Worker *worker, GError **error)
{
  PdgDbPool *pool = worker->pool;
  PdgDbConn *conn;

  worker->last_attempt_usec = g_get_monotonic_time ();
  if (worker->conn != NULL)
    return pdg_db_conn_reset (worker->conn, error);
  conn = pdg_db_conn_open (pool->uri, pool->set_role, pool->application_name, error);
  g_mutex_lock (&pool->lock);
  worker->conn = conn;
  g_mutex_unlock (&pool->lock);
  return conn != NULL;
}

/* Opens the connection, again and again for PATIENCE_USEC when it was well before. */
static gboolean
connect_worker (Worker *worker, Job *job, GError **error)
{
  gint64 give_up = g_get_monotonic_time () + PATIENCE_USEC;
  gint64 pause = FIRST_PAUSE_USEC;

  if (worker->failing && g_get_monotonic_time () - worker->last_attempt_usec < LONGEST_PAUSE_USEC)
    {
      pdg_db_error_set (error, PDG_DB_ERROR_CONNECTION, NULL, NULL,
                        "The database cannot be reached: check that it runs and that its address is right");
      return FALSE;
    }
  for (;;)
    {
      g_autoptr (GError) local_error = NULL;
      gint64 next;

      if (connect_once (worker, &local_error))
        {
          worker->failing = FALSE;
          return TRUE;
        }
      next = g_get_monotonic_time () + pause;
      pause = MIN (pause * 2, LONGEST_PAUSE_USEC);
      if (worker->failing || next > give_up || !g_error_matches (local_error, PDG_DB_ERROR, PDG_DB_ERROR_CONNECTION)
          || !pause_worker (worker->pool, job, next))
        {
          worker->failing = TRUE;
          if (g_cancellable_is_cancelled (job->cancellable))
            {
              g_clear_error (&local_error);
              local_error = make_error (PDG_DB_ERROR_CANCELLED, "The operation was cancelled");
            }
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
    }
}

static gboolean
is_connected (Worker *worker)
{
  if (worker->conn == NULL)
    return FALSE;
  if (g_get_monotonic_time () - worker->last_used_usec < FRESH_USEC && pdg_db_conn_seems_usable (worker->conn))
    return TRUE;
  return pdg_db_conn_is_usable (worker->conn);
}

static gpointer
run_job (Worker *worker, Job *job, GError **error)
{
  gpointer result = NULL;

  for (int attempt = 0; attempt < 2; attempt++)
    {
      g_autoptr (GError) local_error = NULL;
      guint64 n_answered;

      if (!is_connected (worker) && !connect_worker (worker, job, error))
        return NULL;
      n_answered = pdg_db_conn_get_n_answered (worker->conn);
      pdg_db_conn_set_cancellable (worker->conn, job->cancellable);
      result = job->func (worker->conn, job->data, job->cancellable, &local_error);
      pdg_db_conn_set_cancellable (worker->conn, NULL);
      worker->last_used_usec = g_get_monotonic_time ();
      if (local_error == NULL)
        return result;
      if (attempt == 0 && g_error_matches (local_error, PDG_DB_ERROR, PDG_DB_ERROR_CONNECTION)
          && n_answered == pdg_db_conn_get_n_answered (worker->conn) && !pdg_db_conn_is_usable (worker->conn))
        continue;
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }
  return result;
}

/* With the lock held. */
static gboolean
has_queued (PdgDbPool *pool)
{
  return pool->queues[0].length + pool->queues[1].length > 0;
}

/* With the lock held. (nullable) */
static Job *
pop_job (PdgDbPool *pool)
{
  GList *link = g_queue_pop_head_link (&pool->queues[PDG_DB_PRIORITY_INTERACTIVE]);

  if (link == NULL)
    link = g_queue_pop_head_link (&pool->queues[PDG_DB_PRIORITY_BACKGROUND]);
  return link != NULL ? link->data : NULL;
}

/* With the lock held. */
static void
start_job (Job *job, Worker *worker)
{
  job->state = JOB_RUNNING;
  job->worker = worker;
  worker->lent = job->here;
}

/* With the lock held. */
static void
end_job (PdgDbPool *pool, Job *job)
{
  while (job->worker->cancelling)
    g_cond_wait (&pool->changed, &pool->lock);
  job->state = JOB_DONE;
}

/* With the lock held: the next job of the queue, unless the connection is lent. */
static void
wait_for_work (Worker *worker)
{
  PdgDbPool *pool = worker->pool;

  if (!worker->lent)
    {
      g_cond_wait (&pool->work, &pool->lock);
      return;
    }
  if (has_queued (pool)) /* the signal may have been for another */
    g_cond_signal (&pool->work);
  worker->waiting = TRUE;
  g_cond_wait (&pool->changed, &pool->lock);
  worker->waiting = FALSE;
}

static gpointer
worker_thread (gpointer data)
{
  Worker *worker = data;
  PdgDbPool *pool = worker->pool;

  g_mutex_lock (&pool->lock);
  for (;;)
    {
      Job *job = worker->lent ? NULL : pop_job (pool);
      GError *error = NULL;
      gpointer result;

      if (job == NULL && pool->closing && !worker->lent)
        break;
      if (job == NULL)
        {
          wait_for_work (worker);
          continue;
        }
      start_job (job, worker);
      if (job->here)
        {
          g_cond_signal (&job->lent);
          continue;
        }
      worker->busy = TRUE;
      g_mutex_unlock (&pool->lock);

      result = run_job (worker, job, &error);

      g_mutex_lock (&pool->lock);
      end_job (pool, job);
      worker->busy = FALSE;
      g_mutex_unlock (&pool->lock);

      finish_job (pool, job, result, error);
      g_mutex_lock (&pool->lock);
    }
  g_mutex_unlock (&pool->lock);
  g_clear_pointer (&worker->conn, pdg_db_conn_free);
  return NULL;
}

PdgDbPool *
pdg_db_pool_new (const char *uri, const char *set_role, const char *application_name, guint n_threads, guint max_queued)
{
  PdgDbPool *pool;

  g_return_val_if_fail (n_threads > 0, NULL);

  pool = g_new0 (PdgDbPool, 1);
  pool->ref_count = 1;
  pool->uri = g_strdup (uri);
  pool->set_role = g_strdup (set_role);
  pool->application_name = g_strdup (application_name);
  pool->max_queued = max_queued;
  g_mutex_init (&pool->lock);
  g_cond_init (&pool->work);
  g_cond_init (&pool->changed);
  g_queue_init (&pool->queues[0]);
  g_queue_init (&pool->queues[1]);
  g_queue_init (&pool->cancelled);
  pool->n_workers = n_threads;
  pool->workers = g_new0 (Worker, n_threads);
  for (guint i = 0; i < n_threads; i++)
    {
      char name[16];

      g_snprintf (name, sizeof name, "pdg-db-%u", i);
      pool->workers[i].pool = pool;
      pool->workers[i].thread = g_thread_new (name, worker_thread, &pool->workers[i]);
    }
  return pool;
}

PdgDbPool *
pdg_db_pool_ref (PdgDbPool *pool)
{
  g_atomic_int_inc (&pool->ref_count);
  return pool;
}

void
pdg_db_pool_close (PdgDbPool *pool)
{
  GThread *canceller;
  Job *job;

  g_mutex_lock (&pool->lock);
  if (pool->closing)
    {
      while (!pool->closed)
        g_cond_wait (&pool->changed, &pool->lock);
      g_mutex_unlock (&pool->lock);
      return;
    }
  pool->closing = TRUE;
  g_cond_broadcast (&pool->work);
  g_cond_broadcast (&pool->changed);
  g_mutex_unlock (&pool->lock);

  for (guint i = 0; i < pool->n_workers; i++)
    g_thread_join (pool->workers[i].thread);

  g_mutex_lock (&pool->lock);
  pool->canceller_quits = TRUE;
  canceller = g_steal_pointer (&pool->canceller);
  g_cond_broadcast (&pool->changed);
  g_mutex_unlock (&pool->lock);
  if (canceller != NULL)
    g_thread_join (canceller);

  g_mutex_lock (&pool->lock);
  while ((job = g_queue_pop_head (&pool->cancelled)) != NULL)
    job_unref (job);
  pool->closed = TRUE;
  g_cond_broadcast (&pool->changed);
  g_mutex_unlock (&pool->lock);
}

void
pdg_db_pool_unref (PdgDbPool *pool)
{
  if (pool == NULL || !g_atomic_int_dec_and_test (&pool->ref_count))
    return;
  pdg_db_pool_close (pool);
  g_mutex_clear (&pool->lock);
  g_cond_clear (&pool->work);
  g_cond_clear (&pool->changed);
  g_free (pool->workers);
  g_free (pool->uri);
  g_free (pool->set_role);
  g_free (pool->application_name);
  g_free (pool);
}

guint
pdg_db_pool_get_n_queued (PdgDbPool *pool)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&pool->lock);

  return pool->queues[0].length + pool->queues[1].length;
}

/* With the lock held: one whose connection nobody needs. (nullable) */
static Worker *
find_idle (PdgDbPool *pool)
{
  for (guint i = 0; i < pool->n_workers && !has_queued (pool); i++)
    if (!pool->workers[i].busy && !pool->workers[i].lent)
      return &pool->workers[i];
  return NULL;
}

/* Takes over the caller's reference to @job. TRUE when it has a connection already. */
static gboolean
submit (PdgDbPool *pool, Job *job)
{
  Worker *idle = NULL;
  GError *error = NULL;

  if (job->cancellable != NULL && !g_cancellable_is_cancelled (job->cancellable))
    job->cancel_id = g_cancellable_connect (job->cancellable, G_CALLBACK (on_cancelled), job_ref (job), job_unref);

  g_mutex_lock (&pool->lock);
  if (pool->closing)
    error = make_error (PDG_DB_ERROR_CLOSED, "The program is stopping");
  else if (g_cancellable_is_cancelled (job->cancellable))
    error = make_error (PDG_DB_ERROR_CANCELLED, "The operation was cancelled");
  else if (pool->queues[0].length + pool->queues[1].length >= pool->max_queued)
    error = make_error (PDG_DB_ERROR_BUSY, "The database is busy: try again in a moment");
  if (error == NULL && job->here && (idle = find_idle (pool)) != NULL)
    start_job (job, idle);
  else if (error == NULL)
    {
      job->state = JOB_QUEUED;
      job->link.data = job;
      g_queue_push_tail_link (&pool->queues[job->priority], &job->link);
      g_cond_signal (&pool->work);
    }
  else
    job->state = JOB_DONE;
  g_mutex_unlock (&pool->lock);
  if (error != NULL)
    finish_job (pool, job, NULL, error);
  return idle != NULL;
}

static Job *
job_new (PdgDbPool *pool, PdgDbPriority priority, PdgDbJobFunc func, gpointer job_data, GCancellable *cancellable)
{
  Job *job = g_new0 (Job, 1);

  job->ref_count = 1;
  job->pool = pool;
  job->priority = priority;
  job->func = func;
  job->data = job_data;
  job->cancellable = cancellable != NULL ? g_object_ref (cancellable) : NULL;
  return job;
}

void
pdg_db_pool_run_async (PdgDbPool *pool, PdgDbPriority priority, PdgDbJobFunc func, gpointer job_data,
                       GDestroyNotify job_data_destroy, GDestroyNotify result_destroy,
                       GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  Job *job;

  g_return_if_fail (pool != NULL && func != NULL);

  job = job_new (pool, priority, func, job_data, cancellable);
  job->data_destroy = job_data_destroy;
  job->result_destroy = result_destroy;
  job->task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (job->task, pdg_db_pool_run_async);
  /* the job tells how it ended: a change that was committed is not reported as cancelled */
  g_task_set_check_cancellable (job->task, FALSE);
  submit (pool, job);
}

gpointer
pdg_db_pool_run_finish (PdgDbPool *pool, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, pdg_db_pool_run_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* Takes the last reference of whoever waited for @job. */
static gpointer
take_result (Job *job, GError **error)
{
  gpointer result = job->result;

  if (job->error != NULL)
    g_propagate_error (error, g_steal_pointer (&job->error));
  job_unref (job);
  return result;
}

gpointer
pdg_db_pool_run_sync (PdgDbPool *pool, PdgDbPriority priority, PdgDbJobFunc func, gpointer job_data,
                      GCancellable *cancellable, GError **error)
{
  Job *job;

  g_return_val_if_fail (pool != NULL && func != NULL, NULL);

  job = job_new (pool, priority, func, job_data, cancellable);
  submit (pool, job_ref (job));
  g_mutex_lock (&pool->lock);
  while (!job->finished)
    g_cond_wait (&pool->changed, &pool->lock);
  g_mutex_unlock (&pool->lock);
  return take_result (job, error);
}

/* With the lock held: to the next that waits for one, else to its own thread. */
static void
give_back (Worker *worker)
{
  PdgDbPool *pool = worker->pool;
  GList *next = g_queue_peek_head_link (&pool->queues[PDG_DB_PRIORITY_INTERACTIVE]);

  worker->lent = FALSE;
  if (next != NULL && ((Job *) next->data)->here)
    {
      Job *job = pop_job (pool);

      start_job (job, worker);
      g_cond_signal (&job->lent);
    }
  else if (worker->waiting)
    g_cond_broadcast (&pool->changed);
  else if (has_queued (pool))
    g_cond_signal (&pool->work);
}

gpointer
pdg_db_pool_run_here (PdgDbPool *pool, PdgDbPriority priority, PdgDbJobFunc func, gpointer job_data,
                      GCancellable *cancellable, GError **error)
{
  Job *job;

  g_return_val_if_fail (pool != NULL && func != NULL, NULL);

  job = job_new (pool, priority, func, job_data, cancellable);
  job->here = TRUE;
  if (!submit (pool, job_ref (job)))
    {
      g_mutex_lock (&pool->lock);
      while (job->worker == NULL && !job->finished)
        g_cond_wait (&job->lent, &pool->lock);
      g_mutex_unlock (&pool->lock);
    }
  if (job->worker != NULL)
    {
      job->result = run_job (job->worker, job, &job->error);
      g_mutex_lock (&pool->lock);
      end_job (pool, job);
      give_back (job->worker);
      g_mutex_unlock (&pool->lock);
      if (job->cancel_id != 0)
        g_cancellable_disconnect (job->cancellable, job->cancel_id);
      job_unref (job); /* that of running */
    }
  return take_result (job, error);
}
