#include "config.h"
#include "service/pdg-policies.h"

#include "store/pdg-store-consent.h"
#include "store/pdg-store-guard.h"

#define REMEMBER_USEC (5 * G_USEC_PER_SEC)
#define MAX_REMEMBERED 4096

typedef struct
{
  PdgEventPolicies *policies;
  gint64 until_usec;
} Entry;

struct _PdgPolicies
{
  GMutex lock;
  GHashTable *entries; /* organisation number -> Entry */
  guint64 generation;  /* grows when something is forgotten */
  PdgDbPool *pool;
};

typedef struct
{
  PdgPolicies *self;
  PdgPrincipal *principal;
  guint64 generation;
} Question;

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  pdg_event_policies_unref (entry->policies);
  g_free (entry);
}

static void
question_free (gpointer data)
{
  Question *question = data;

  pdg_principal_unref (question->principal);
  g_free (question);
}

PdgPolicies *
pdg_policies_new (PdgDbPool *pool)
{
  PdgPolicies *self = g_new0 (PdgPolicies, 1);

  g_mutex_init (&self->lock);
  self->entries = g_hash_table_new_full (NULL, NULL, NULL, entry_free);
  self->pool = pdg_db_pool_ref (pool);
  return self;
}

void
pdg_policies_free (PdgPolicies *self)
{
  if (self == NULL)
    return;
  pdg_db_pool_unref (self->pool);
  g_hash_table_unref (self->entries);
  g_mutex_clear (&self->lock);
  g_free (self);
}

PdgEventPolicies *
pdg_policies_peek (PdgPolicies *self, PdgPrincipal *principal)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  Entry *entry = g_hash_table_lookup (self->entries, GINT_TO_POINTER (pdg_principal_get_org_no (principal)));

  return entry != NULL && entry->until_usec >= g_get_monotonic_time () ? pdg_event_policies_ref (entry->policies) : NULL;
}

/* What was asked before something was forgotten may be old already. */
static void
remember (PdgPolicies *self, const Question *question, PdgEventPolicies *policies)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  Entry *entry;

  if (self->generation != question->generation)
    return;
  entry = g_new (Entry, 1);
  entry->policies = pdg_event_policies_ref (policies);
  entry->until_usec = g_get_monotonic_time () + REMEMBER_USEC;
  if (g_hash_table_size (self->entries) >= MAX_REMEMBERED)
    g_hash_table_remove_all (self->entries);
  g_hash_table_replace (self->entries, GINT_TO_POINTER (pdg_principal_get_org_no (question->principal)), entry);
}

void
pdg_policies_forget (PdgPolicies *self, gint32 org_no)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->generation++;
  g_hash_table_remove (self->entries, GINT_TO_POINTER (org_no));
}

PdgEventPolicies *
pdg_policies_read (PdgDbConn *conn, PdgPrincipal *principal, GError **error)
{
  g_autoptr (PdgDbTx) tx = pdg_db_tx_begin (conn, principal, PDG_DB_TX_READ_ONLY, error);
  g_autoptr (GPtrArray) records = tx != NULL ? pdg_store_list_used_rules (tx, error) : NULL;
  g_autoptr (GPtrArray) consents = records != NULL ? pdg_store_list_consent_rules (tx, error) : NULL;
  PdgEventPolicies *policies;

  if (consents == NULL)
    return NULL;
  policies = pdg_event_policies_new ();
  for (guint i = 0; i < records->len; i++)
    {
      const PdgRedactionRecord *record = records->pdata[i];
      g_autoptr (PdgRedactRules) rules = pdg_redact_rules_new (record->version, record->patterns, (const char *const *) record->keys);

      pdg_event_policies_set_redaction (policies, record->project_id, rules);
    }
  for (guint i = 0; i < consents->len; i++)
    {
      PdgConsentRules *rules = g_steal_pointer (&consents->pdata[i]);

      pdg_event_policies_take_consent (policies, rules->project_id, rules);
    }
  return policies;
}

static gpointer
load_job (PdgDbConn *conn, gpointer job_data, GCancellable *cancellable, GError **error)
{
  Question *question = job_data;

  return pdg_policies_read (conn, question->principal, error);
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Question *question = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  PdgEventPolicies *policies = pdg_db_pool_run_finish (question->self->pool, result, &error);

  if (policies == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  remember (question->self, question, policies);
  g_task_return_pointer (task, policies, (GDestroyNotify) pdg_event_policies_unref);
}

void
pdg_policies_load_async (PdgPolicies *self, PdgPrincipal *principal, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Question *question = g_new0 (Question, 1);

  question->self = self;
  question->principal = pdg_principal_ref (principal);
  g_mutex_lock (&self->lock);
  question->generation = self->generation;
  g_mutex_unlock (&self->lock);
  g_task_set_task_data (task, question, question_free);
  pdg_db_pool_run_async (self->pool, PDG_DB_PRIORITY_INTERACTIVE, load_job, question, NULL, (GDestroyNotify) pdg_event_policies_unref, cancellable,
                         loaded_cb, g_steal_pointer (&task));
}

PdgEventPolicies *
pdg_policies_load_finish (PdgPolicies *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
