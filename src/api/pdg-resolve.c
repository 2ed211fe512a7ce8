#include "config.h"
#include "api/pdg-resolve.h"

#include "base/pdg-time.h"

#include <string.h>

PdgQueries *
pdg_resolve_get_queries (PdgGqlCall *call)
{
  GError *error = NULL;
  PdgQueries *queries = pdg_api_context_get_queries (pdg_gql_call_get_context (call), &error);

  if (queries == NULL)
    pdg_gql_call_fail_all (call, error);
  return queries;
}

void
pdg_resolve_read_ahead (PdgGqlCall *ahead, GPtrArray *values)
{
  PdgApiContext *context = pdg_gql_call_get_context (ahead);

  g_clear_pointer (&context->ahead, g_ptr_array_unref);
  context->ahead_of = pdg_gql_call_get_selection (ahead);
  context->ahead = values;
}

/* The parents of a selection that was looked ahead at are what the resolver above gave: all of them, but for one that only told that
 * others follow. */
GPtrArray *
pdg_resolve_take_ahead (PdgGqlCall *call)
{
  PdgApiContext *context = pdg_gql_call_get_context (call);
  guint n = pdg_gql_call_get_n (call);

  if (context->ahead == NULL || context->ahead_of != pdg_gql_call_get_selection (call) || context->ahead->len < n)
    return NULL;
  g_ptr_array_set_size (context->ahead, (gint) n);
  return g_steal_pointer (&context->ahead);
}

void
pdg_resolve_refuse (PdgGqlCall *call, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  pdg_gql_call_fail_all (call, g_error_new_valist (PDG_SERVICE_ERROR, PDG_SERVICE_ERROR_INVALID, format, args));
  va_end (args);
}

guint
pdg_resolve_get_first (PdgGqlCall *call)
{
  gint64 first = pdg_gql_call_arg_int (call, "first");

  if (first >= 1 && first <= PDG_RESOLVE_MAX_PAGE)
    return (guint) first;
  pdg_resolve_refuse (call, "first: ask for 1 to %d at a time", PDG_RESOLVE_MAX_PAGE);
  return 0;
}

guint
pdg_resolve_get_limit (PdgGqlCall *call)
{
  guint first = pdg_resolve_get_first (call);

  return first > 0 && pdg_gql_call_selects (call, "pageInfo.hasNextPage") ? first + 1 : first;
}

gboolean
pdg_resolve_get_range (PdgGqlCall *call, gint64 *from_usec, gint64 *to_usec)
{
  const PdgGqlValue *range = pdg_gql_call_arg_value (call, "range");

  *from_usec = pdg_gql_value_get_int (pdg_gql_value_lookup (range, "from"), G_MININT64);
  *to_usec = pdg_gql_value_get_int (pdg_gql_value_lookup (range, "to"), G_MAXINT64);
  if (*from_usec <= *to_usec)
    return TRUE;
  pdg_resolve_refuse (call, "range: from is later than to");
  return FALSE;
}

gint32
pdg_resolve_parse_number (const char *id)
{
  guint64 number = 0;

  if (id == NULL)
    return 0;
  return g_ascii_string_to_unsigned (id, 10, 1, G_MAXINT32, &number, NULL) ? (gint32) number : -1;
}

gint32 *
pdg_resolve_dup_project_nos (PdgGqlCall *call)
{
  guint n = pdg_gql_call_get_n (call);
  gint32 *project_nos = g_new (gint32, n);

  for (guint i = 0; i < n; i++)
    project_nos[i] = ((const PdgProject *) pdg_gql_call_get_source (call, i))->project_no;
  return project_nos;
}

void
pdg_resolve_set_objects (PdgGqlCall *call, GPtrArray *objects, GError **error)
{
  if (objects == NULL)
    {
      pdg_gql_call_fail_all (call, g_steal_pointer (error));
      return;
    }
  for (guint i = 0; i < objects->len; i++)
    pdg_gql_call_set_object (call, i, objects->pdata[i], NULL);
  pdg_gql_call_keep (call, objects, (GDestroyNotify) g_ptr_array_unref);
}

void
pdg_resolve_set_time (PdgGqlCall *call, guint index, gint64 usec)
{
  if (usec == PDG_TIME_NONE)
    pdg_gql_call_set_null (call, index);
  else
    pdg_gql_call_set_int64 (call, index, usec);
}

void
pdg_resolve_set_measure (PdgGqlCall *call, guint index, double value)
{
  if (value < 0)
    pdg_gql_call_set_null (call, index);
  else
    pdg_gql_call_set_double (call, index, value);
}

/* DateTime: RFC 3339 text outside, microseconds since 1970 inside. */
static const PdgGqlValue *
parse_date_time (const PdgGqlValue *input, PdgArena *arena, GError **error)
{
  const char *text = pdg_gql_value_get_kind (input) == PDG_GQL_VALUE_STRING ? pdg_gql_value_get_string (input) : NULL;
  gint64 usec;

  if (text != NULL && pdg_time_parse_rfc3339 (text, strlen (text), &usec))
    return pdg_gql_value_new_int (arena, usec);
  g_set_error_literal (error, PDG_GQL_ERROR, PDG_GQL_ERROR_VALUE, "use an RFC 3339 time such as \"2026-11-22T10:30:00Z\"");
  return NULL;
}

static gboolean
serialize_date_time (const PdgGqlValue *value, PdgGqlWriter *writer, GError **error)
{
  char text[PDG_RFC3339_BYTES];

  pdg_time_format_rfc3339 (pdg_gql_value_get_int (value, 0), text);
  pdg_gql_writer_add_string (writer, text, -1);
  return TRUE;
}

gboolean
pdg_api_bind_resolvers (PdgGqlSchema *schema, GError **error)
{
  PdgResolveTable (*const tables[]) (void) = {
    pdg_resolve_access_mutation_table,
    pdg_resolve_access_table,
    pdg_resolve_actor_table,
    pdg_resolve_canvas_table,
    pdg_resolve_directory_table,
    pdg_resolve_event_table,
    pdg_resolve_funnel_table,
    pdg_resolve_graph_change_table,
    pdg_resolve_graph_table,
    pdg_resolve_comment_table,
    pdg_resolve_consent_table,
    pdg_resolve_guard_table,
    pdg_resolve_plan_table,
    pdg_resolve_journey_mutation_table,
    pdg_resolve_journey_table,
    pdg_resolve_key_mutation_table,
    pdg_resolve_mutation_table,
    pdg_resolve_page_table,
    pdg_resolve_payload_table,
    pdg_resolve_people_table,
    pdg_resolve_person_mutation_table,
    pdg_resolve_release_table,
    pdg_resolve_replay_table,
    pdg_resolve_retention_table,
    pdg_resolve_screen_table,
    pdg_resolve_session_table,
    pdg_resolve_sign_table,
    pdg_resolve_subscription_table,
    pdg_resolve_traffic_table,
  };

  for (gsize i = 0; i < G_N_ELEMENTS (tables); i++)
    {
      PdgResolveTable table = tables[i] ();

      if (!pdg_gql_schema_bind (schema, table.bindings, table.n, error))
        return FALSE;
    }
  return pdg_gql_schema_bind_scalar (schema, "DateTime", parse_date_time, serialize_date_time, error);
}
