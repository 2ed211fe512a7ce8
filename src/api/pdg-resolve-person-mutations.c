#include "config.h"
#include "api/pdg-resolve.h"

#include "service/pdg-commands-people.h"
#include "service/pdg-queries-people.h"

/* What a person may ask for: mutations, and the requests (PdgPersonRequest) that were made. */

#define MAX_LINES 1000
#define FINISH_TIMEOUT_MS 4000 /* then the collector goes on by itself */

static int
parse_kind (const char *name)
{
  static const char *const kinds[] = { "SESSION", "ANONYMOUS", "USER" };

  for (gsize i = 0; name != NULL && i < G_N_ELEMENTS (kinds); i++)
    if (g_str_equal (kinds[i], name))
      return (int) i;
  return -1;
}

static PdgPersonKey
get_person (const PdgGqlValue *input)
{
  PdgPersonKey key = { pdg_resolve_input_string (input, "projectId"), pdg_resolve_input_string (input, "id") };

  key.kind = parse_kind (pdg_resolve_input_string (input, "kind"));
  return key;
}

static void
erase (PdgGqlCall *call, gboolean keep_counts)
{
  const PdgGqlValue *input;
  PdgApiContext *context = pdg_resolve_begin_mutation (call, &input);
  PdgPersonKey person = get_person (input);
  GError *error = NULL;
  PdgPersonRequest *request = pdg_commands_erase_person (context->conn, context->principal, &person, keep_counts, FINISH_TIMEOUT_MS, &error);

  pdg_resolve_set_payload (call, request, (GDestroyNotify) pdg_person_request_free, error);
}

static void
mutation_delete_person (PdgGqlCall *call)
{
  erase (call, FALSE);
}

static void
mutation_anonymise_person (PdgGqlCall *call)
{
  erase (call, TRUE);
}

static gboolean
line_cb (const char *line, gpointer user_data)
{
  g_ptr_array_add (user_data, g_strdup (line));
  return TRUE;
}

static void
mutation_export_person (PdgGqlCall *call)
{
  const PdgGqlValue *input;
  PdgApiContext *context = pdg_resolve_begin_mutation (call, &input);
  PdgPersonKey person = get_person (input);
  gint64 skip = pdg_gql_value_get_int (pdg_gql_value_lookup (input, "skip"), 0);
  gint64 first = pdg_gql_value_get_int (pdg_gql_value_lookup (input, "first"), MAX_LINES);
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  GError *error = NULL;
  gboolean done;

  if (first < 1 || first > MAX_LINES || skip < 0)
    {
      pdg_resolve_refuse (call, "exportPerson: use 1 to %d for first, and 0 or more for skip", MAX_LINES);
      return;
    }
  done = pdg_commands_export_person (context->conn, context->principal, &person, skip, first, line_cb, lines, &error);
  g_ptr_array_add (lines, NULL);
  pdg_resolve_set_payload (call, done ? g_ptr_array_ref (lines) : NULL, (GDestroyNotify) g_ptr_array_unref, error);
}

static void
export_lines (PdgGqlCall *call)
{
  GPtrArray *lines = ((PdgResolvePayload *) pdg_gql_call_get_source (call, 0))->object;

  if (lines != NULL)
    pdg_gql_call_set_strings (call, 0, (const char *const *) lines->pdata);
  else
    pdg_gql_call_set_null (call, 0);
}

static void
project_person_requests (PdgGqlCall *call)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  guint first = queries != NULL ? pdg_resolve_get_first (call) : 0;
  g_autofree gint32 *projects = pdg_resolve_dup_project_nos (call);
  g_autoptr (GPtrArray) lists = NULL;
  GError *error = NULL;

  if (first == 0)
    return;
  lists = pdg_queries_list_person_requests (queries, projects, pdg_gql_call_get_n (call), first, &error);
  if (lists == NULL)
    {
      pdg_gql_call_fail_all (call, error);
      return;
    }
  for (guint i = 0; i < lists->len; i++)
    pdg_gql_call_set_list (call, i, g_ptr_array_ref (lists->pdata[i]));
}

static void
request_kind (PdgGqlCall *call)
{
  for (guint i = 0; i < pdg_gql_call_get_n (call); i++)
    {
      const PdgPersonRequest *request = pdg_gql_call_get_source (call, i);
      g_autofree char *name = g_ascii_strup (request->kind, -1);

      pdg_gql_call_set_string (call, i, name);
    }
}

static void
request_id (PdgGqlCall *call)
{
  for (guint i = 0; i < pdg_gql_call_get_n (call); i++)
    {
      g_autofree char *id = g_strdup_printf ("%d", ((const PdgPersonRequest *) pdg_gql_call_get_source (call, i))->request_no);

      pdg_gql_call_set_string (call, i, id);
    }
}

PDG_RESOLVE_MEMBER (request_requested_by, PdgPersonRequest, pdg_gql_call_set_borrowed_string (call, i, source->requested_by))
PDG_RESOLVE_MEMBER (request_requested_at, PdgPersonRequest, pdg_resolve_set_time (call, i, source->requested_usec))
PDG_RESOLVE_MEMBER (request_done_at, PdgPersonRequest, pdg_resolve_set_time (call, i, source->done_usec))
PDG_RESOLVE_MEMBER (request_pseudonym, PdgPersonRequest, pdg_gql_call_set_borrowed_string (call, i, source->pseudonym))
PDG_RESOLVE_MEMBER (request_event_count, PdgPersonRequest, pdg_gql_call_set_int64 (call, i, source->events))
PDG_RESOLVE_MEMBER (request_session_count, PdgPersonRequest, pdg_gql_call_set_int64 (call, i, source->sessions))

static const PdgGqlBinding bindings[] = {
  { "Mutation.deletePerson", mutation_delete_person },
  { "Mutation.anonymisePerson", mutation_anonymise_person },
  { "Mutation.exportPerson", mutation_export_person },
  PDG_RESOLVE_PAYLOAD ("DeletePerson", "request", pdg_resolve_payload_object),
  PDG_RESOLVE_PAYLOAD ("AnonymisePerson", "request", pdg_resolve_payload_object),
  PDG_RESOLVE_PAYLOAD ("ExportPerson", "lines", export_lines),
  { "Project.personRequests", project_person_requests },
  { "PersonRequest.id", request_id },
  { "PersonRequest.kind", request_kind },
  { "PersonRequest.requestedBy", request_requested_by },
  { "PersonRequest.requestedAt", request_requested_at },
  { "PersonRequest.doneAt", request_done_at },
  { "PersonRequest.pseudonym", request_pseudonym },
  { "PersonRequest.eventCount", request_event_count },
  { "PersonRequest.sessionCount", request_session_count },
};

PdgResolveTable
pdg_resolve_person_mutation_table (void)
{
  return (PdgResolveTable) PDG_RESOLVE_TABLE (bindings);
}
