#include "config.h"
#include "api/pdg-api-private.h"

#include <string.h>

static const struct
{
  PdgApiOutcome outcome;
  const char *code;
  const char *message;
} refusals[] = {
  { PDG_API_OUTCOME_UNKNOWN, "PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound" },
  { PDG_API_OUTCOME_FORBIDDEN, "DOCUMENT_NOT_ALLOWED", "this server runs only the documents that its administrator has listed; this one is not among them" },
  { PDG_API_OUTCOME_INGEST, "FORBIDDEN", "this key may only send events; to read, use an access token" },
  { PDG_API_OUTCOME_BUSY, "TOO_MANY_REQUESTS", "too many requests at once: wait for the answers of the others" },
  { PDG_API_OUTCOME_METHOD, "BAD_USER_INPUT", "a mutation must be sent by POST" },
  { PDG_API_OUTCOME_STREAM, "BAD_USER_INPUT", "a subscription needs a connection that stays open; this one answers once" },
};

gpointer
pdg_api_refuse (PdgApiOutcome why, PdgApiOutcome *outcome, GBytes **response)
{
  *outcome = why;
  for (gsize i = 0; i < G_N_ELEMENTS (refusals); i++)
    if (refusals[i].outcome == why)
      *response = pdg_gql_error_response (refusals[i].message, refusals[i].code);
  return NULL;
}

static gpointer
refuse_by_engine (PdgApi *api, const PdgGqlRefusal *refusal, PdgApiOutcome *outcome)
{
  static const PdgApiOutcome outcomes[] = {
    [PDG_GQL_REFUSED_SYNTAX] = PDG_API_OUTCOME_SYNTAX,
    [PDG_GQL_REFUSED_VALIDATION] = PDG_API_OUTCOME_INVALID,
    [PDG_GQL_REFUSED_INPUT] = PDG_API_OUTCOME_INPUT,
    [PDG_GQL_REFUSED_LIMIT] = PDG_API_OUTCOME_LIMIT,
  };

  pdg_api_guards_count (api->guards, refusal->guard);
  *outcome = outcomes[refusal->kind];
  return NULL;
}

/* The document by its hash, which is computed when there is a text; a new one is known from now on. */
static PdgGqlChecked *
find_by_hash (PdgApi *api, const PdgApiRun *run, const PdgGqlRequest *request, PdgApiOutcome *outcome, GBytes **response)
{
  g_autofree char *computed = run->query != NULL ? g_compute_checksum_for_string (G_CHECKSUM_SHA256, run->query, -1) : NULL;
  const char *hash = computed != NULL ? computed : run->hash;
  PdgGqlRefusal refusal;
  PdgGqlChecked *checked;

  if (computed != NULL && run->hash != NULL && strcmp (computed, run->hash) != 0)
    {
      *response = pdg_gql_error_response ("provided sha does not match query", "BAD_USER_INPUT");
      *outcome = PDG_API_OUTCOME_MALFORMED;
      return NULL;
    }
  if (api->options.graphql_only_persisted && !run->trusted && !pdg_api_documents_allows (api->documents, hash))
    {
      pdg_api_guards_count (api->guards, "persisted");
      return pdg_api_refuse (PDG_API_OUTCOME_FORBIDDEN, outcome, response);
    }
  checked = pdg_api_documents_lookup (api->documents, hash);
  if (checked != NULL)
    return checked;
  if (run->query == NULL && !pdg_api_documents_keeps (api->documents))
    {
      *response = pdg_gql_error_response ("PersistedQueryNotSupported", "PERSISTED_QUERY_NOT_SUPPORTED");
      *outcome = PDG_API_OUTCOME_UNKNOWN;
      return NULL;
    }
  if (run->query == NULL)
    return pdg_api_refuse (PDG_API_OUTCOME_UNKNOWN, outcome, response);
  checked = pdg_gql_check (api->schema, request, &refusal, response);
  if (checked == NULL)
    return refuse_by_engine (api, &refusal, outcome);
  pdg_api_documents_insert (api->documents, hash, run->query, strlen (run->query), checked);
  return checked;
}

/* A text that is known needs no SHA-256, unless that is what the client or the allow-list names it by. */
static PdgGqlChecked *
find_by_text (PdgApi *api, const PdgApiRun *run)
{
  gboolean by_text = run->query != NULL && run->hash == NULL && (!api->options.graphql_only_persisted || run->trusted);

  return by_text ? pdg_api_documents_lookup_text (api->documents, run->query, strlen (run->query)) : NULL;
}

static PdgGqlRequest
make_request (PdgApi *api, const PdgApiRun *run)
{
  return (PdgGqlRequest) {
    .query = run->query, .query_len = -1, .operation_name = run->operation_name, .variables = run->variables,
    .limits = &api->limits, .suggest = TRUE,
  };
}

static PdgGqlOperation *
prepare_checked (PdgApi *api, const PdgApiRun *run, PdgGqlChecked *checked, const PdgGqlRequest *request, PdgApiOutcome *outcome, GBytes **refusal)
{
  g_autoptr (PdgGqlOperation) operation = NULL;
  PdgGqlRefusal why;

  operation = pdg_gql_checked_prepare (checked, request, &why, refusal);
  if (operation == NULL)
    return refuse_by_engine (api, &why, outcome);
  if (run->read_only && pdg_gql_operation_get_kind (operation) == PDG_GQL_MUTATION)
    return pdg_api_refuse (PDG_API_OUTCOME_METHOD, outcome, refusal);
  return g_steal_pointer (&operation);
}

PdgGqlOperation *
pdg_api_prepare (PdgApi *api, const PdgApiRun *run, PdgApiOutcome *outcome, GBytes **refusal)
{
  PdgGqlRequest request = make_request (api, run);
  g_autoptr (PdgGqlChecked) checked = find_by_text (api, run);

  if (checked == NULL)
    checked = find_by_hash (api, run, &request, outcome, refusal);
  return checked != NULL ? prepare_checked (api, run, checked, &request, outcome, refusal) : NULL;
}

PdgGqlOperation *
pdg_api_prepare_known (PdgApi *api, const PdgApiRun *run, PdgApiOutcome *outcome, GBytes **refusal)
{
  PdgGqlRequest request = make_request (api, run);
  g_autoptr (PdgGqlChecked) checked = find_by_text (api, run);

  return checked != NULL ? prepare_checked (api, run, checked, &request, outcome, refusal) : NULL;
}
