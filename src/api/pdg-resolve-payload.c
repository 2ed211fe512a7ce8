#include "config.h"
#include "api/pdg-resolve.h"

#include <string.h>

/* Payloads of mutations, and their errors (GError of the service). */

static void
payload_free (gpointer data)
{
  PdgResolvePayload *payload = data;

  if (payload->object != NULL)
    payload->destroy (payload->object);
  g_clear_error (&payload->error);
  g_free (payload);
}

PdgApiContext *
pdg_resolve_begin_mutation (PdgGqlCall *call, const PdgGqlValue **input)
{
  PdgApiContext *context = pdg_gql_call_get_context (call);

  g_clear_pointer (&context->queries, pdg_queries_free);
  *input = pdg_gql_call_arg_value (call, "input");
  return context;
}

const char *
pdg_resolve_input_string (const PdgGqlValue *input, const char *member)
{
  return pdg_gql_value_get_string (pdg_gql_value_lookup (input, member));
}

void
pdg_resolve_set_payload (PdgGqlCall *call, gpointer object, GDestroyNotify destroy, GError *error)
{
  PdgResolvePayload *payload;

  if (object == NULL && (error == NULL || error->domain != PDG_SERVICE_ERROR))
    {
      pdg_gql_call_fail_all (call, error != NULL ? error : g_error_new (PDG_SERVICE_ERROR, PDG_SERVICE_ERROR_NOT_FOUND, "it is not there any more"));
      return;
    }
  payload = g_new (PdgResolvePayload, 1);
  *payload = (PdgResolvePayload) { object, destroy, error };
  pdg_gql_call_set_object (call, 0, payload, payload_free);
}

void
pdg_resolve_payload_object (PdgGqlCall *call)
{
  pdg_gql_call_set_object (call, 0, ((PdgResolvePayload *) pdg_gql_call_get_source (call, 0))->object, NULL);
}

void
pdg_resolve_payload_id (PdgGqlCall *call)
{
  pdg_gql_call_set_borrowed_string (call, 0, ((PdgResolvePayload *) pdg_gql_call_get_source (call, 0))->object);
}

void
pdg_resolve_payload_errors (PdgGqlCall *call)
{
  PdgResolvePayload *payload = pdg_gql_call_get_source (call, 0);
  gpointer error = payload->error;

  pdg_gql_call_set_borrowed_list (call, 0, &error, error != NULL ? 1 : 0);
}

static void
error_code (PdgGqlCall *call)
{
  static const char *const names[] = {
    [PDG_SERVICE_ERROR_FORBIDDEN] = "FORBIDDEN",
    [PDG_SERVICE_ERROR_NOT_FOUND] = "NOT_FOUND",
    [PDG_SERVICE_ERROR_INVALID] = "INVALID",
    [PDG_SERVICE_ERROR_CONFLICT] = "CONFLICT",
  };

  for (guint i = 0; i < pdg_gql_call_get_n (call); i++)
    pdg_gql_call_set_string (call, i, names[((const GError *) pdg_gql_call_get_source (call, i))->code]);
}

PDG_RESOLVE_MEMBER (error_message, GError, pdg_gql_call_set_borrowed_string (call, i, source->message))

/* "steps.3.id" is [input, steps, 3, id]. */
static void
error_field (PdgGqlCall *call)
{
  for (guint i = 0; i < pdg_gql_call_get_n (call); i++)
    {
      const char *field = pdg_service_error_get_field (pdg_gql_call_get_source (call, i));
      g_autofree char *path = field != NULL ? g_strconcat ("input.", field, NULL) : NULL;
      g_auto (GStrv) steps = path != NULL ? g_strsplit (path, ".", -1) : NULL;

      if (steps != NULL)
        pdg_gql_call_set_strings (call, i, (const char *const *) steps);
      else
        pdg_gql_call_set_null (call, i);
    }
}

static const PdgGqlBinding bindings[] = {
  { "MutationError.code", error_code },
  { "MutationError.message", error_message },
  { "MutationError.field", error_field },
};

PdgResolveTable
pdg_resolve_payload_table (void)
{
  return (PdgResolveTable) PDG_RESOLVE_TABLE (bindings);
}
