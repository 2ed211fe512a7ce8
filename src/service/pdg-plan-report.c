#include "config.h"
#include "service/pdg-plan-report.h"

#include "db/pdg-db-tx.h"
#include "store/pdg-store-plan.h"

#define MAX_GATHERED 10000 /* different ones of an organisation: while the database is away others are lost */

/* What was found of one organisation. */
typedef struct
{
  PdgPrincipal *principal;
  GHashTable *findings; /* a text of all that tells them apart -> PdgSchemaFinding */
} Gathered;

struct _PdgPlanReport
{
  PdgDbPool *pool;
  GMutex lock; /* what follows */
  GHashTable *gathered; /* organisation number -> Gathered */
  guint64 n_findings;
  gboolean is_writing;
};

static void
gathered_free (gpointer data)
{
  Gathered *gathered = data;

  pdg_principal_unref (gathered->principal);
  g_hash_table_unref (gathered->findings);
  g_free (gathered);
}

static GHashTable *
make_table (void)
{
  return g_hash_table_new_full (NULL, NULL, NULL, gathered_free);
}

PdgPlanReport *
pdg_plan_report_new (PdgDbPool *pool)
{
  PdgPlanReport *self = g_atomic_rc_box_new0 (PdgPlanReport);

  self->pool = pdg_db_pool_ref (pool);
  g_mutex_init (&self->lock);
  self->gathered = make_table ();
  return self;
}

static void
report_clear (gpointer data)
{
  PdgPlanReport *self = data;

  pdg_db_pool_unref (self->pool);
  g_hash_table_unref (self->gathered);
  g_mutex_clear (&self->lock);
}

void
pdg_plan_report_unref (PdgPlanReport *self)
{
  if (self != NULL)
    g_atomic_rc_box_release_full (self, report_clear);
}

/* Under the lock. */
static GHashTable *
ensure_findings (PdgPlanReport *self, PdgPrincipal *principal)
{
  gint32 org_no = pdg_principal_get_org_no (principal);
  Gathered *gathered = g_hash_table_lookup (self->gathered, GINT_TO_POINTER (org_no));

  if (gathered == NULL)
    {
      gathered = g_new (Gathered, 1);
      gathered->principal = pdg_principal_ref (principal);
      gathered->findings = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) pdg_schema_finding_free);
      g_hash_table_insert (self->gathered, GINT_TO_POINTER (org_no), gathered);
    }
  return gathered->findings;
}

/* @finding: (transfer full). */
static void
merge (GHashTable *findings, PdgSchemaFinding *finding)
{
  g_autofree char *key = g_strdup_printf ("%s\n%s\n%d\n%s\n%s", finding->project_id, finding->event_type, finding->version, finding->field,
                                          finding->expected);
  PdgSchemaFinding *before = g_hash_table_lookup (findings, key);

  if (before == NULL && g_hash_table_size (findings) < MAX_GATHERED)
    {
      g_hash_table_insert (findings, g_steal_pointer (&key), finding);
      return;
    }
  if (before != NULL)
    {
      before->events += finding->events;
      before->first_usec = MIN (before->first_usec, finding->first_usec);
      before->last_usec = MAX (before->last_usec, finding->last_usec);
    }
  pdg_schema_finding_free (finding);
}

static gboolean
write_gathered (PdgDbConn *conn, const Gathered *gathered, GError **error)
{
  g_autoptr (PdgDbTx) tx = pdg_db_tx_begin (conn, gathered->principal, PDG_DB_TX_READ_WRITE, error);
  guint n = g_hash_table_size (gathered->findings), i = 0;
  g_autofree const PdgSchemaFinding **findings = g_new (const PdgSchemaFinding *, n);
  GHashTableIter iter;
  gpointer finding;

  g_hash_table_iter_init (&iter, gathered->findings);
  while (g_hash_table_iter_next (&iter, NULL, &finding))
    findings[i++] = finding;
  return tx != NULL && pdg_store_add_findings (tx, findings, n, error) && pdg_db_tx_commit (tx, error);
}

/* What could not be written is gathered with the next. */
static void
put_back (PdgPlanReport *self, const Gathered *gathered)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  GHashTable *findings = ensure_findings (self, gathered->principal);
  GHashTableIter iter;
  gpointer finding;

  g_hash_table_iter_init (&iter, gathered->findings);
  while (g_hash_table_iter_next (&iter, NULL, &finding))
    {
      g_hash_table_iter_steal (&iter);
      merge (findings, finding);
    }
}

/* What is there by now; NULL when there is nothing, and then nobody is writing any more. (transfer full) */
static GHashTable *
take_all (PdgPlanReport *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  GHashTable *all = self->gathered;

  self->is_writing = g_hash_table_size (all) > 0;
  if (!self->is_writing)
    return NULL;
  self->gathered = make_table ();
  return all;
}

static void
stop_writing (PdgPlanReport *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->is_writing = FALSE;
}

static gpointer
write_job (PdgDbConn *conn, gpointer job_data, GCancellable *cancellable, GError **error)
{
  PdgPlanReport *self = job_data;
  g_autoptr (GHashTable) all = NULL;

  while ((all = take_all (self)) != NULL)
    {
      GHashTableIter iter;
      gpointer gathered;
      gboolean failed = FALSE;

      g_hash_table_iter_init (&iter, all);
      while (g_hash_table_iter_next (&iter, NULL, &gathered))
        {
          g_autoptr (GError) local = NULL;

          if (write_gathered (conn, gathered, &local))
            continue;
          g_warning ("how events looked is not written yet: %s", local->message);
          put_back (self, gathered);
          failed = TRUE;
        }
      g_clear_pointer (&all, g_hash_table_unref);
      if (failed)
        {
          stop_writing (self);
          return NULL;
        }
    }
  return NULL;
}

/* The job is over, run or not. */
static void
job_done (gpointer data)
{
  stop_writing (data);
  pdg_plan_report_unref (data);
}

static char *
dup_slice (PdgSlice slice)
{
  return g_strndup (slice.data, slice.len);
}

void
pdg_plan_report_add (PdgPlanReport *self, PdgPrincipal *principal, const PdgEventBatch *batch)
{
  guint n;
  const PdgEventFinding *findings = pdg_event_batch_get_findings (batch, &n);
  gint64 received_usec = pdg_event_batch_get_received_usec (batch);
  gboolean starts;
  GHashTable *table;

  if (n == 0)
    return;
  g_mutex_lock (&self->lock);
  table = ensure_findings (self, principal);
  for (guint i = 0; i < n; i++)
    {
      PdgSchemaFinding *finding = g_new0 (PdgSchemaFinding, 1);

      finding->project_id = dup_slice (findings[i].project);
      finding->event_type = dup_slice (findings[i].type);
      finding->field = dup_slice (findings[i].field);
      finding->expected = dup_slice (findings[i].expected);
      finding->version = findings[i].version;
      finding->events = 1;
      finding->first_usec = finding->last_usec = received_usec;
      merge (table, finding);
    }
  self->n_findings += n;
  starts = !self->is_writing;
  self->is_writing = TRUE;
  g_mutex_unlock (&self->lock);
  if (starts)
    pdg_db_pool_run_async (self->pool, PDG_DB_PRIORITY_BACKGROUND, write_job, g_atomic_rc_box_acquire (self), job_done, NULL, NULL, NULL, NULL);
}

guint64
pdg_plan_report_get_n_findings (PdgPlanReport *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return self->n_findings;
}
