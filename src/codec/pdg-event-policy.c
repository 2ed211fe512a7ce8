#include "config.h"
#include "codec/pdg-event-policy.h"

#include <string.h>

#define MAX_ID_BYTES 64

struct _PdgEventPolicies
{
  PdgEventPolicy standard;
  GHashTable *projects; /* id -> PdgEventPolicy; its consent is the standard's or its own */
  GPtrArray *consents;  /* PdgConsentRules: all of them */
  GHashTable *schemas;  /* schema number -> PdgEventSchema */
};

static void
policy_free (gpointer data)
{
  PdgEventPolicy *policy = data;

  pdg_redact_rules_unref (policy->redaction);
  g_clear_pointer (&policy->schemas, g_hash_table_unref);
  g_free (policy);
}

PdgEventPolicies *
pdg_event_policies_new (void)
{
  PdgEventPolicies *policies = g_atomic_rc_box_new0 (PdgEventPolicies);

  policies->standard.redaction = pdg_redact_rules_new_default ();
  policies->consents = g_ptr_array_new_with_free_func ((GDestroyNotify) pdg_consent_rules_free);
  policies->standard.consent = pdg_consent_rules_new ();
  g_ptr_array_add (policies->consents, policies->standard.consent);
  policies->schemas = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) pdg_event_schema_unref);
  policies->projects = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, policy_free);
  return policies;
}

PdgEventPolicies *
pdg_event_policies_ref (PdgEventPolicies *policies)
{
  return g_atomic_rc_box_acquire (policies);
}

static void
policies_clear (gpointer data)
{
  PdgEventPolicies *policies = data;

  pdg_redact_rules_unref (policies->standard.redaction);
  g_hash_table_unref (policies->projects);
  g_ptr_array_unref (policies->consents);
  g_hash_table_unref (policies->schemas);
}

void
pdg_event_policies_unref (PdgEventPolicies *policies)
{
  if (policies != NULL)
    g_atomic_rc_box_release_full (policies, policies_clear);
}

static PdgEventPolicy *
ensure_policy (PdgEventPolicies *policies, const char *project_id)
{
  PdgEventPolicy *policy = g_hash_table_lookup (policies->projects, project_id);

  if (policy == NULL)
    {
      policy = g_new0 (PdgEventPolicy, 1);
      policy->redaction = pdg_redact_rules_ref (policies->standard.redaction);
      policy->consent = policies->standard.consent;
      g_hash_table_insert (policies->projects, g_strdup (project_id), policy);
    }
  return policy;
}

void
pdg_event_policies_set_redaction (PdgEventPolicies *policies, const char *project_id, PdgRedactRules *rules)
{
  PdgEventPolicy *policy = ensure_policy (policies, project_id);

  pdg_redact_rules_unref (policy->redaction);
  policy->redaction = pdg_redact_rules_ref (rules);
}

void
pdg_event_policies_take_consent (PdgEventPolicies *policies, const char *project_id, PdgConsentRules *rules)
{
  ensure_policy (policies, project_id)->consent = rules;
  g_ptr_array_add (policies->consents, rules);
}

static int
compare_versions (gconstpointer a, gconstpointer b)
{
  const PdgEventPolicySchema *x = a, *y = b;

  return (x->version < y->version) - (x->version > y->version);
}

void
pdg_event_policies_add_schema (PdgEventPolicies *policies, const PdgEventSchemaRecord *record, PdgEventSchema *schema)
{
  PdgEventPolicy *policy = ensure_policy (policies, record->project_id);
  PdgEventPolicySchema entry = { schema, record->mode, record->version };
  GArray *versions;

  g_hash_table_insert (policies->schemas, GINT_TO_POINTER (record->schema_no), pdg_event_schema_ref (schema));
  if (policy->schemas == NULL)
    policy->schemas = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_array_unref);
  versions = g_hash_table_lookup (policy->schemas, record->event_type);
  if (versions == NULL)
    {
      versions = g_array_new (FALSE, FALSE, sizeof (PdgEventPolicySchema));
      g_hash_table_insert (policy->schemas, g_strdup (record->event_type), versions);
    }
  g_array_append_val (versions, entry);
  g_array_sort (versions, compare_versions);
}

guint
pdg_event_policies_list_schemas (const PdgEventPolicies *policies, gint32 **numbers)
{
  GHashTableIter iter;
  gpointer number;
  guint n = 0;

  *numbers = g_new (gint32, g_hash_table_size (policies->schemas) + 1);
  g_hash_table_iter_init (&iter, policies->schemas);
  while (g_hash_table_iter_next (&iter, &number, NULL))
    (*numbers)[n++] = GPOINTER_TO_INT (number);
  return n;
}

PdgEventSchema *
pdg_event_policies_lookup_schema (const PdgEventPolicies *policies, gint32 schema_no)
{
  return g_hash_table_lookup (policies->schemas, GINT_TO_POINTER (schema_no));
}

const PdgEventPolicySchema *
pdg_event_policy_find_schema (const PdgEventPolicy *policy, PdgSlice type, gint32 version)
{
  char name[PDG_EVENT_SCHEMA_MAX_TYPE_BYTES + 1];
  const GArray *versions;

  if (policy->schemas == NULL || type.len > PDG_EVENT_SCHEMA_MAX_TYPE_BYTES)
    return NULL;
  memcpy (name, type.data, type.len);
  name[type.len] = '\0';
  versions = g_hash_table_lookup (policy->schemas, name);
  for (guint i = 0; versions != NULL && i < versions->len; i++)
    if (version == 0 || g_array_index (versions, PdgEventPolicySchema, i).version == version)
      return &g_array_index (versions, PdgEventPolicySchema, i);
  return NULL;
}

const PdgEventPolicy *
pdg_event_policies_find (const PdgEventPolicies *policies, PdgSlice project_id)
{
  char id[MAX_ID_BYTES + 1];
  const PdgEventPolicy *policy = NULL;

  if (g_hash_table_size (policies->projects) > 0 && project_id.data != NULL && project_id.len <= MAX_ID_BYTES)
    {
      memcpy (id, project_id.data, project_id.len);
      id[project_id.len] = '\0';
      policy = g_hash_table_lookup (policies->projects, id);
    }
  return policy != NULL ? policy : &policies->standard;
}
