#include "config.h"
#include "api/pdg-resolve.h"

#include "service/pdg-commands.h"
#include "service/pdg-queries-people.h"

/* Keys that are rotated or limited, and the origins of projects. */

static void
forget_credentials (PdgApiContext *context)
{
  pdg_credentials_forget (context->api->options.credentials, pdg_principal_get_org_no (context->principal));
}

static void
mutation_rotate_key (PdgGqlCall *call)
{
  const PdgGqlValue *input;
  PdgApiContext *context = pdg_resolve_begin_mutation (call, &input);
  GError *error = NULL;
  PdgApiKey *key = pdg_commands_rotate_api_key (context->conn, context->principal, pdg_resolve_input_string (input, "projectId"),
                                                pdg_resolve_parse_number (pdg_resolve_input_string (input, "id")),
                                                pdg_gql_value_get_int (pdg_gql_value_lookup (input, "overlapSeconds"), 0), &error);

  if (key != NULL)
    forget_credentials (context);
  pdg_resolve_set_payload (call, key, (GDestroyNotify) pdg_api_key_free, error);
}

static void
mutation_limit_key (PdgGqlCall *call)
{
  const PdgGqlValue *input;
  PdgApiContext *context = pdg_resolve_begin_mutation (call, &input);
  GError *error = NULL;
  PdgApiKey *key = pdg_commands_limit_api_key (context->conn, context->principal, pdg_resolve_input_string (input, "projectId"),
                                               pdg_resolve_parse_number (pdg_resolve_input_string (input, "id")),
                                               (int) pdg_gql_value_get_int (pdg_gql_value_lookup (input, "eventsPerSecond"), -1),
                                               (int) pdg_gql_value_get_int (pdg_gql_value_lookup (input, "burstEvents"), 0), &error);

  if (key != NULL)
    forget_credentials (context);
  pdg_resolve_set_payload (call, key, (GDestroyNotify) pdg_api_key_free, error);
}

/* The texts of a list of the input; NULL when it is absent or null. (transfer full) */
static GStrv
dup_input_strings (const PdgGqlValue *input, const char *member)
{
  const PdgGqlValue *list = pdg_gql_value_lookup (input, member);
  g_autoptr (GStrvBuilder) texts = g_strv_builder_new ();

  if (list == NULL || pdg_gql_value_get_kind (list) != PDG_GQL_VALUE_LIST)
    return NULL;
  for (guint i = 0; i < pdg_gql_value_get_length (list); i++)
    g_strv_builder_add (texts, pdg_gql_value_get_string (pdg_gql_value_get_item (list, i)));
  return g_strv_builder_end (texts);
}

static void
mutation_set_origins (PdgGqlCall *call)
{
  const PdgGqlValue *input;
  PdgApiContext *context = pdg_resolve_begin_mutation (call, &input);
  g_auto (GStrv) origins = dup_input_strings (input, "origins");
  GError *error = NULL;
  gboolean done = pdg_commands_set_origins (context->conn, context->principal, pdg_resolve_input_string (input, "projectId"),
                                            (const char *const *) origins, &error);

  if (done)
    forget_credentials (context);
  pdg_resolve_set_payload (call, done ? g_strjoinv (" ", origins != NULL ? origins : (char *[]) { NULL }) : NULL, g_free, error);
}

static void
set_origins (PdgGqlCall *call, guint index, const char *text)
{
  g_auto (GStrv) list = text != NULL && *text != '\0' ? g_strsplit (text, " ", -1) : NULL;

  if (text == NULL)
    pdg_gql_call_set_null (call, index);
  else
    pdg_gql_call_set_strings (call, index, list != NULL ? (const char *const *) list : (const char *const[]) { NULL });
}

static void
payload_origins (PdgGqlCall *call)
{
  set_origins (call, 0, ((PdgResolvePayload *) pdg_gql_call_get_source (call, 0))->object);
}

static void
project_origins (PdgGqlCall *call)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  g_autofree gint32 *projects = pdg_resolve_dup_project_nos (call);
  g_autoptr (GPtrArray) texts = NULL;
  GError *error = NULL;

  if (queries == NULL)
    return;
  texts = pdg_queries_list_origins (queries, projects, pdg_gql_call_get_n (call), &error);
  if (texts == NULL)
    {
      pdg_gql_call_fail_all (call, error);
      return;
    }
  for (guint i = 0; i < texts->len; i++)
    set_origins (call, i, texts->pdata[i]);
}

static void
key_secret (PdgGqlCall *call)
{
  const PdgApiKey *key = ((PdgResolvePayload *) pdg_gql_call_get_source (call, 0))->object;

  pdg_gql_call_set_borrowed_string (call, 0, key != NULL ? key->secret : NULL);
}

static void
key_events_per_second (PdgGqlCall *call)
{
  for (guint i = 0; i < pdg_gql_call_get_n (call); i++)
    {
      const PdgApiKey *key = pdg_gql_call_get_source (call, i);

      if (key->events_per_second >= 0)
        pdg_gql_call_set_int (call, i, key->events_per_second);
      else
        pdg_gql_call_set_null (call, i);
    }
}

static void
key_burst_events (PdgGqlCall *call)
{
  for (guint i = 0; i < pdg_gql_call_get_n (call); i++)
    {
      const PdgApiKey *key = pdg_gql_call_get_source (call, i);

      if (key->burst_events > 0)
        pdg_gql_call_set_int (call, i, key->burst_events);
      else
        pdg_gql_call_set_null (call, i);
    }
}

PDG_RESOLVE_MEMBER (key_last_used_at, PdgApiKey, pdg_resolve_set_time (call, i, source->used_usec))
PDG_RESOLVE_MEMBER (key_ends_at, PdgApiKey, pdg_resolve_set_time (call, i, source->ends_usec))

static const PdgGqlBinding bindings[] = {
  { "Mutation.rotateApiKey", mutation_rotate_key },
  { "Mutation.limitApiKey", mutation_limit_key },
  { "Mutation.setOrigins", mutation_set_origins },
  PDG_RESOLVE_PAYLOAD ("RotateApiKey", "key", pdg_resolve_payload_object),
  { "RotateApiKeyPayload.secret", key_secret },
  PDG_RESOLVE_PAYLOAD ("LimitApiKey", "key", pdg_resolve_payload_object),
  PDG_RESOLVE_PAYLOAD ("SetOrigins", "origins", payload_origins),
  { "ApiKey.endsAt", key_ends_at },
  { "ApiKey.lastUsedAt", key_last_used_at },
  { "ApiKey.eventsPerSecond", key_events_per_second },
  { "ApiKey.burstEvents", key_burst_events },
  { "Project.origins", project_origins },
};

PdgResolveTable
pdg_resolve_key_mutation_table (void)
{
  return (PdgResolveTable) PDG_RESOLVE_TABLE (bindings);
}
