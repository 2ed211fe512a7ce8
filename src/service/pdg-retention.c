#include "config.h"
#include "service/pdg-retention.h"

#include "db/pdg-db-error.h"
#include "store/pdg-store-retention.h"

#define SESSIONS_AT_ONCE 500
#define ROWS_AT_ONCE 1000
#define WORK_USEC (20 * G_USEC_PER_SEC) /* of one call: others want the connection, too */

struct _PdgRetention
{
  PdgRetentionLimits limits;
  guint every_seconds;
  GMutex lock;
  PdgRetentionMetrics metrics;
};

PdgRetention *
pdg_retention_new (const PdgRetentionLimits *limits, guint every_seconds)
{
  PdgRetention *self = g_new0 (PdgRetention, 1);

  g_mutex_init (&self->lock);
  self->limits = *limits;
  self->every_seconds = every_seconds;
  for (guint i = 0; i < PDG_N_DATA_KINDS; i++)
    self->metrics.held_bytes[i] = -1;
  return self;
}

void
pdg_retention_free (PdgRetention *self)
{
  if (self == NULL)
    return;
  g_mutex_clear (&self->lock);
  g_free (self);
}

const PdgRetentionLimits *
pdg_retention_get_limits (PdgRetention *self)
{
  return &self->limits;
}

void
pdg_retention_get_metrics (PdgRetention *self, PdgRetentionMetrics *metrics)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  *metrics = self->metrics;
}

/* The bounds of one call. */
typedef struct
{
  PdgRetention *self;
  PdgDbConn *conn;
  GCancellable *cancellable;
  gint64 deadline_usec;
} Work;

static gboolean
is_over (const Work *work)
{
  return g_cancellable_is_cancelled (work->cancellable) || g_get_monotonic_time () > work->deadline_usec;
}

/* Up to when no project keeps events any more, as each task of events says; G_MININT64 = from the first one on. */
static gint64
find_shared_cutoff (GPtrArray *tasks)
{
  gint64 server = G_MININT64, projects = G_MAXINT64;

  for (guint i = 0; i < tasks->len; i++)
    {
      const PdgRetentionTask *task = tasks->pdata[i];

      if (task->kind != PDG_DATA_EVENTS)
        continue;
      if (task->org_no == 0)
        server = task->cutoff_usec;
      else
        projects = MIN (projects, task->cutoff_usec);
    }
  return projects == G_MAXINT64 ? server : MAX (server, projects);
}

static void
note_day (PdgRetention *self, const PdgEventDay *day)
{
  g_mutex_lock (&self->lock);
  self->metrics.dropped_days++;
  self->metrics.dropped_bytes += day->bytes;
  g_mutex_unlock (&self->lock);
  g_message ("dropped %s, the events of a day that nobody keeps: %" G_GINT64_FORMAT " bytes", day->name, day->bytes);
}

/* TRUE also when somebody was in the way; then *@is_done is FALSE. */
static gboolean
drop_days (const Work *work, gint64 cutoff_usec, gboolean *is_done, GError **error)
{
  gboolean dropped = cutoff_usec != G_MININT64;

  while (dropped)
    {
      g_autoptr (PdgDbTx) tx = NULL;
      g_autoptr (GError) local = NULL;
      PdgEventDay day;

      if (is_over (work))
        {
          *is_done = FALSE;
          return TRUE;
        }
      tx = pdg_db_tx_begin_maintenance (work->conn, error);
      if (tx == NULL || !pdg_db_tx_set_timeout (tx, 0, error))
        return FALSE;
      if (!pdg_store_drop_event_day (tx, cutoff_usec, &dropped, &day, &local))
        {
          *is_done = FALSE;
          if (g_error_matches (local, PDG_DB_ERROR, PDG_DB_ERROR_TIMEOUT) || g_error_matches (local, PDG_DB_ERROR, PDG_DB_ERROR_SERIALIZATION))
            return TRUE;
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      if (!pdg_db_tx_commit (tx, error))
        return FALSE;
      if (dropped)
        note_day (work->self, &day);
    }
  return TRUE;
}

static gboolean
expire (const Work *work, const PdgRetentionTask *task, gint64 cutoff_usec, gboolean *is_done, GError **error)
{
  g_autoptr (PdgPrincipal) principal = pdg_principal_new (task->org_uuid, task->org_no, PDG_ROLE_ADMIN, 0, "collector");
  guint at_most = task->kind == PDG_DATA_EVENTS ? SESSIONS_AT_ONCE : ROWS_AT_ONCE;
  gint64 n_removed, n_events;

  do
    {
      g_autoptr (PdgDbTx) tx = NULL;

      if (is_over (work))
        {
          *is_done = FALSE;
          return TRUE;
        }
      tx = pdg_db_tx_begin (work->conn, principal, PDG_DB_TX_READ_WRITE, error);
      if (tx == NULL || !pdg_db_tx_set_timeout (tx, 0, error)
          || !pdg_store_expire (tx, task->project_no, task->kind, cutoff_usec, at_most, &n_removed, &n_events, error)
          || !pdg_db_tx_commit (tx, error))
        return FALSE;
      g_mutex_lock (&work->self->lock);
      work->self->metrics.removed[task->kind] += task->kind == PDG_DATA_EVENTS ? n_events : n_removed;
      g_mutex_unlock (&work->self->lock);
    }
  while (n_removed >= at_most);
  return TRUE;
}

static GPtrArray *
plan (PdgRetention *self, PdgDbConn *conn, gint64 now_usec, GError **error)
{
  g_autoptr (PdgDbTx) tx = pdg_db_tx_begin_maintenance (conn, error);

  return tx != NULL && pdg_db_tx_set_timeout (tx, 0, error) ? pdg_store_plan_retention (tx, now_usec, &self->limits, error) : NULL;
}

/* The start of the first day that has a partition, G_MAXINT64 when there is none that would go: what is older lies in no partition. */
static gboolean
find_first_day (const Work *work, gint64 cutoff_usec, gint64 *first_usec, GError **error)
{
  g_autoptr (PdgDbTx) tx = pdg_db_tx_begin_maintenance (work->conn, error);
  g_autoptr (GPtrArray) days = tx != NULL ? pdg_store_list_due_event_days (tx, cutoff_usec, error) : NULL;

  if (days == NULL)
    return FALSE;
  *first_usec = days->len > 0 ? ((PdgEventDay *) days->pdata[0])->starts_usec : G_MAXINT64;
  return TRUE;
}

/* What lies before the first day, then day by day, then what single projects do not keep as long as the others do. */
static gboolean
sweep (const Work *work, gint64 now_usec, gboolean *is_done, GError **error)
{
  g_autoptr (GPtrArray) tasks = plan (work->self, work->conn, now_usec, error);
  gint64 shared, before;

  if (tasks == NULL)
    return FALSE;
  shared = find_shared_cutoff (tasks);
  if (shared != G_MININT64)
    {
      if (!find_first_day (work, shared, &before, error))
        return FALSE;
      before = MIN (before, shared);
      for (guint i = 0; i < tasks->len; i++)
        {
          const PdgRetentionTask *task = tasks->pdata[i];

          if (task->kind == PDG_DATA_EVENTS && task->org_no != 0 && !expire (work, task, before, is_done, error))
            return FALSE;
        }
      if (*is_done && !drop_days (work, shared, is_done, error))
        return FALSE;
    }
  for (guint i = 0; *is_done && i < tasks->len; i++)
    {
      const PdgRetentionTask *task = tasks->pdata[i];

      if (task->org_no != 0 && task->cutoff_usec != G_MININT64 && !expire (work, task, task->cutoff_usec, is_done, error))
        return FALSE;
    }
  return TRUE;
}

/* Space that is in use just now is given back another time. */
static gboolean
clean_up (const Work *work, GError **error)
{
  g_autoptr (PdgDbTx) tx = pdg_db_tx_begin_maintenance (work->conn, error);
  g_autoptr (GError) local = NULL;

  if (tx == NULL || !pdg_store_forget_old (tx, error) || !pdg_db_tx_commit (tx, error))
    return FALSE;
  g_clear_pointer (&tx, pdg_db_tx_free);
  tx = pdg_db_tx_begin_maintenance (work->conn, error);
  if (tx == NULL)
    return FALSE;
  if (pdg_store_trim_default_events (tx, &local))
    return pdg_db_tx_commit (tx, error);
  if (g_error_matches (local, PDG_DB_ERROR, PDG_DB_ERROR_TIMEOUT))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gboolean
look (PdgRetention *self, PdgDbConn *conn, GError **error)
{
  g_autoptr (PdgDbTx) tx = pdg_db_tx_begin_maintenance (conn, error);
  gint64 bytes[PDG_N_DATA_KINDS] = { 0 };

  if (tx == NULL || !pdg_store_load_server_holdings (tx, bytes, error))
    return FALSE;
  g_mutex_lock (&self->lock);
  for (guint i = 0; i < PDG_N_DATA_KINDS; i++)
    self->metrics.held_bytes[i] = bytes[i];
  g_mutex_unlock (&self->lock);
  return TRUE;
}

static gboolean
begin (guint every_seconds, PdgDbConn *conn, gboolean *may, GError **error)
{
  g_autoptr (PdgDbTx) tx = pdg_db_tx_begin_maintenance (conn, error);

  return tx != NULL && pdg_store_begin_sweep (tx, every_seconds, may, error) && pdg_db_tx_commit (tx, error);
}

static gboolean
end (PdgDbConn *conn, gboolean is_done, GError **error)
{
  g_autoptr (PdgDbTx) tx = pdg_db_tx_begin_maintenance (conn, error);

  return tx != NULL && pdg_store_end_sweep (tx, is_done, error) && pdg_db_tx_commit (tx, error);
}

static gboolean
go_through (const Work *work, guint every_seconds, gint64 now_usec, gboolean *ran, gboolean *is_done, GError **error)
{
  gboolean worked;

  *is_done = TRUE;
  if (!begin (every_seconds, work->conn, ran, error))
    return FALSE;
  if (!*ran)
    return look (work->self, work->conn, error);
  worked = sweep (work, now_usec, is_done, error) && clean_up (work, error);
  if (!worked)
    end (work->conn, FALSE, NULL); /* the connection may be gone, and the lock with it */
  else
    worked = end (work->conn, *is_done, error) && look (work->self, work->conn, error);
  return worked;
}

gboolean
pdg_retention_work (PdgRetention *self, PdgDbConn *conn, gint64 now_usec, GCancellable *cancellable, gboolean *ran, GError **error)
{
  const Work work = { self, conn, cancellable, g_get_monotonic_time () + WORK_USEC };
  gboolean here, is_done;

  return go_through (&work, self->every_seconds, now_usec, ran != NULL ? ran : &here, &is_done, error);
}

gboolean
pdg_retention_work_now (PdgRetention *self, PdgDbConn *conn, gint64 now_usec, gboolean *ran, gboolean *is_done, GError **error)
{
  const Work work = { self, conn, NULL, g_get_monotonic_time () + WORK_USEC };

  return go_through (&work, 0, now_usec, ran, is_done, error);
}

GPtrArray *
pdg_retention_list_due_days (PdgRetention *self, PdgDbConn *conn, gint64 now_usec, GError **error)
{
  g_autoptr (GPtrArray) tasks = plan (self, conn, now_usec, error);
  g_autoptr (PdgDbTx) tx = tasks != NULL ? pdg_db_tx_begin_maintenance (conn, error) : NULL;

  return tx != NULL ? pdg_store_list_due_event_days (tx, find_shared_cutoff (tasks), error) : NULL;
}
