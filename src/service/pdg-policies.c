#include "config.h"
#include "service/pdg-policies.h"

#include "base/pdg-memo.h"
#include "store/pdg-store-consent.h"
#include "store/pdg-store-guard.h"
#include "store/pdg-store-plan.h"

#define REMEMBER_SECONDS 5
#define MAX_REMEMBERED 4096

struct _PdgPolicies
{
  PdgMemo *memo; /* organisation number -> PdgEventPolicies */
  PdgDbPool *pool;
};

typedef struct
{
  PdgPolicies *self;
  PdgPrincipal *principal;
  PdgEventPolicies *before; /* (nullable) */
  char *key;
  guint began;
} Question;

static void
question_free (gpointer data)
{
  Question *question = data;

  pdg_principal_unref (question->principal);
  pdg_event_policies_unref (question->before);
  g_free (question->key);
  g_free (question);
}

static char *
make_key (const PdgPrincipal *principal)
{
  return g_strdup_printf ("%d", pdg_principal_get_org_no (principal));
}

PdgPolicies *
pdg_policies_new (PdgDbPool *pool)
{
  PdgPolicies *self = g_new0 (PdgPolicies, 1);

  self->memo = pdg_memo_new (REMEMBER_SECONDS, MAX_REMEMBERED, (PdgMemoRefFunc) pdg_event_policies_ref, (GDestroyNotify) pdg_event_policies_unref);
  self->pool = pdg_db_pool_ref (pool);
  return self;
}

void
pdg_policies_free (PdgPolicies *self)
{
  if (self == NULL)
    return;
  pdg_db_pool_unref (self->pool);
  pdg_memo_free (self->memo);
  g_free (self);
}

PdgEventPolicies *
pdg_policies_peek (PdgPolicies *self, PdgPrincipal *principal)
{
  g_autofree char *key = make_key (principal);
  gpointer policies;

  return pdg_memo_lookup (self->memo, key, &policies) ? policies : NULL;
}

static gboolean
is_of_organisation (const char *key, gpointer policies, gpointer org_key)
{
  return g_str_equal (key, org_key);
}

void
pdg_policies_forget (PdgPolicies *self, gint32 org_no)
{
  g_autofree char *key = g_strdup_printf ("%d", org_no);

  pdg_memo_forget (self->memo, is_of_organisation, key);
}

/* A definition that cannot be read, of a newer program, asks for nothing. */
static void
add_schemas (PdgEventPolicies *policies, const GPtrArray *records, const PdgEventPolicies *before)
{
  for (guint i = 0; i < records->len; i++)
    {
      const PdgEventSchemaRecord *record = records->pdata[i];
      g_autoptr (GError) error = NULL;
      g_autoptr (PdgEventSchema) schema = NULL;

      if (record->definition == NULL)
        schema = pdg_event_schema_ref (pdg_event_policies_lookup_schema (before, record->schema_no));
      else
        schema = pdg_event_schema_new (record->definition, -1, &error);
      if (schema != NULL)
        pdg_event_policies_add_schema (policies, record, schema);
      else
        g_warning ("version %d of the schema of %s in the project %s: %s", record->version, record->event_type, record->project_id, error->message);
    }
}

PdgEventPolicies *
pdg_policies_read (PdgDbConn *conn, PdgPrincipal *principal, const PdgEventPolicies *before, GError **error)
{
  g_autofree gint32 *known = NULL;
  guint n_known = before != NULL ? pdg_event_policies_list_schemas (before, &known) : 0;
  g_autoptr (PdgDbTx) tx = pdg_db_tx_begin (conn, principal, PDG_DB_TX_READ_ONLY, error);
  g_autoptr (GPtrArray) records = tx != NULL ? pdg_store_list_used_rules (tx, error) : NULL;
  g_autoptr (GPtrArray) consents = records != NULL ? pdg_store_list_consent_rules (tx, error) : NULL;
  g_autoptr (GPtrArray) schemas = consents != NULL ? pdg_store_list_used_schemas (tx, known, n_known, error) : NULL;
  PdgEventPolicies *policies;

  if (schemas == NULL)
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
  add_schemas (policies, schemas, before);
  return policies;
}

static gpointer
load_job (PdgDbConn *conn, gpointer job_data, GCancellable *cancellable, GError **error)
{
  Question *question = job_data;

  return pdg_policies_read (conn, question->principal, question->before, error);
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
  pdg_memo_remember (question->self->memo, question->began, question->key, policies);
  g_task_return_pointer (task, policies, (GDestroyNotify) pdg_event_policies_unref);
}

void
pdg_policies_load_async (PdgPolicies *self, PdgPrincipal *principal, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Question *question = g_new0 (Question, 1);

  question->self = self;
  question->principal = pdg_principal_ref (principal);
  question->key = make_key (principal);
  question->began = pdg_memo_begin (self->memo);
  question->before = pdg_memo_lookup_old (self->memo, question->key);
  g_task_set_task_data (task, question, question_free);
  pdg_db_pool_run_async (self->pool, PDG_DB_PRIORITY_INTERACTIVE, load_job, question, NULL, (GDestroyNotify) pdg_event_policies_unref, cancellable,
                         loaded_cb, g_steal_pointer (&task));
}

PdgEventPolicies *
pdg_policies_load_finish (PdgPolicies *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
