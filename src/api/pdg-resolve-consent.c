#include "config.h"
#include "api/pdg-resolve.h"

#include "service/pdg-commands-consent.h"

/* What is done with events by the consent of their persons (PdgConsentRules). */

static const char *const action_names[] = { "STORE", "COUNT", "DROP" };

static void
project_consent (PdgGqlCall *call)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  g_autofree gint32 *project_nos = pdg_resolve_dup_project_nos (call);
  GError *error = NULL;

  if (queries != NULL)
    pdg_resolve_set_objects (call, pdg_queries_load_consent (queries, project_nos, pdg_gql_call_get_n (call), &error), &error);
}

PDG_RESOLVE_MEMBER (consent_denied, PdgConsentRules, pdg_gql_call_set_string (call, i, action_names[source->denied]))
PDG_RESOLVE_MEMBER (consent_unknown, PdgConsentRules, pdg_gql_call_set_string (call, i, action_names[source->unknown]))
PDG_RESOLVE_MEMBER (consent_headers, PdgConsentRules, pdg_gql_call_set_bool (call, i, source->headers))
PDG_RESOLVE_MEMBER (consent_categories, PdgConsentRules, pdg_gql_call_set_strings (call, i, (const char *const *) source->categories))

static PdgConsentAction
parse_action (const char *name)
{
  guint action = 0;

  while (action + 1 < G_N_ELEMENTS (action_names) && g_strcmp0 (action_names[action], name) != 0)
    action++;
  return (PdgConsentAction) action;
}

static void
mutation_set_consent_rules (PdgGqlCall *call)
{
  const PdgGqlValue *input;
  PdgApiContext *context = pdg_resolve_begin_mutation (call, &input);
  const PdgGqlValue *categories = pdg_gql_value_lookup (input, "categories");
  g_autoptr (PdgConsentRules) rules = pdg_consent_rules_new ();
  GStrvBuilder *names = g_strv_builder_new ();
  GError *error = NULL;
  PdgProject *project;

  for (guint i = 0; i < pdg_gql_value_get_length (categories); i++)
    g_strv_builder_add (names, pdg_gql_value_get_string (pdg_gql_value_get_item (categories, i)));
  g_strfreev (rules->categories);
  rules->categories = g_strv_builder_end (names);
  g_strv_builder_unref (names);
  rules->denied = parse_action (pdg_resolve_input_string (input, "denied"));
  rules->unknown = parse_action (pdg_resolve_input_string (input, "unknown"));
  rules->headers = pdg_gql_value_get_bool (pdg_gql_value_lookup (input, "headers"), FALSE);
  project = pdg_commands_set_consent (context->conn, context->principal, pdg_resolve_input_string (input, "projectId"), rules, &error);
  if (project != NULL)
    pdg_policies_forget (context->api->policies, pdg_principal_get_org_no (context->principal));
  pdg_resolve_set_payload (call, project, (GDestroyNotify) pdg_project_free, error);
}

static const PdgGqlBinding bindings[] = {
  { "Project.consent", project_consent },
  { "ConsentRules.denied", consent_denied },
  { "ConsentRules.unknown", consent_unknown },
  { "ConsentRules.headers", consent_headers },
  { "ConsentRules.categories", consent_categories },
  { "Mutation.setConsentRules", mutation_set_consent_rules },
  PDG_RESOLVE_PAYLOAD ("SetConsentRules", "project", pdg_resolve_payload_object),
};

PdgResolveTable
pdg_resolve_consent_table (void)
{
  return (PdgResolveTable) PDG_RESOLVE_TABLE (bindings);
}
