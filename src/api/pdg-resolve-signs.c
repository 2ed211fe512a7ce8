#include "config.h"
#include "api/pdg-resolve.h"

#include "service/pdg-queries-signs.h"

/* What events and pictures tell of a screen (PdgApiCalls, PdgErrorGroup, PdgStateValue). */

typedef GPtrArray *(*ListFunc) (PdgQueries *queries, const gint32 *project_nos, const gint32 *screen_nos, guint n, gint64 from_usec, gint64 to_usec,
                                guint limit, GError **error);

/* Answers each screen with its list. */
static void
set_lists (PdgGqlCall *call, ListFunc list)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  guint n = pdg_gql_call_get_n (call), limit = queries != NULL ? pdg_resolve_get_limit (call) : 0;
  g_autofree gint32 *projects = g_new (gint32, n + 1), *screens = g_new (gint32, n + 1);
  g_autoptr (GPtrArray) lists = NULL;
  gint64 from_usec, to_usec;
  GError *error = NULL;

  if (limit == 0 || !pdg_resolve_get_range (call, &from_usec, &to_usec))
    return;
  for (guint i = 0; i < n; i++)
    {
      const PdgScreen *screen = pdg_gql_call_get_source (call, i);

      projects[i] = screen->project_no;
      screens[i] = screen->screen_no;
    }
  lists = list (queries, projects, screens, n, from_usec, to_usec, limit, &error);
  if (lists == NULL)
    pdg_gql_call_fail_all (call, error);
  for (guint i = 0; lists != NULL && i < lists->len; i++)
    pdg_gql_call_set_list (call, i, g_ptr_array_ref (lists->pdata[i]));
}

static void
screen_calls (PdgGqlCall *call)
{
  set_lists (call, pdg_queries_list_screen_calls);
}

static void
screen_errors (PdgGqlCall *call)
{
  set_lists (call, pdg_queries_list_screen_errors);
}

static void
screen_states (PdgGqlCall *call)
{
  set_lists (call, pdg_queries_list_screen_states);
}

PDG_RESOLVE_MEMBER (calls_method, PdgApiCalls, pdg_gql_call_set_borrowed_string (call, i, source->method))
PDG_RESOLVE_MEMBER (calls_route, PdgApiCalls, pdg_gql_call_set_borrowed_string (call, i, source->route))
PDG_RESOLVE_MEMBER (calls_count, PdgApiCalls, pdg_gql_call_set_int (call, i, (int) source->count))
PDG_RESOLVE_MEMBER (calls_failures, PdgApiCalls, pdg_gql_call_set_int (call, i, (int) source->failures))
PDG_RESOLVE_MEMBER (calls_duration, PdgApiCalls, pdg_resolve_set_measure (call, i, source->duration_p75_ms))
PDG_RESOLVE_MEMBER (calls_last_at, PdgApiCalls, pdg_resolve_set_time (call, i, source->last_usec))
PDG_RESOLVE_MEMBER (error_type, PdgErrorGroup, pdg_gql_call_set_borrowed_string (call, i, source->type))
PDG_RESOLVE_MEMBER (error_message, PdgErrorGroup, pdg_gql_call_set_borrowed_string (call, i, source->message))
PDG_RESOLVE_MEMBER (error_component, PdgErrorGroup, pdg_gql_call_set_borrowed_string (call, i, source->component))
PDG_RESOLVE_MEMBER (error_count, PdgErrorGroup, pdg_gql_call_set_int (call, i, (int) source->count))
PDG_RESOLVE_MEMBER (error_sessions, PdgErrorGroup, pdg_gql_call_set_int (call, i, (int) source->sessions))
PDG_RESOLVE_MEMBER (error_last_at, PdgErrorGroup, pdg_resolve_set_time (call, i, source->last_usec))
PDG_RESOLVE_MEMBER (state_path, PdgStateValue, pdg_gql_call_set_borrowed_string (call, i, source->path))
PDG_RESOLVE_MEMBER (state_last, PdgStateValue, pdg_gql_call_set_borrowed_string (call, i, source->last))
PDG_RESOLVE_MEMBER (state_count, PdgStateValue, pdg_gql_call_set_int (call, i, (int) source->count))
PDG_RESOLVE_MEMBER (state_distinct, PdgStateValue, pdg_gql_call_set_int (call, i, (int) source->distinct))
PDG_RESOLVE_MEMBER (state_last_at, PdgStateValue, pdg_resolve_set_time (call, i, source->last_usec))

static const PdgGqlBinding bindings[] = {
  { "Screen.apiCalls", screen_calls },
  { "Screen.errors", screen_errors },
  { "Screen.stateValues", screen_states },
  { "ApiCalls.method", calls_method },
  { "ApiCalls.route", calls_route },
  { "ApiCalls.count", calls_count },
  { "ApiCalls.failureCount", calls_failures },
  { "ApiCalls.durationP75Ms", calls_duration },
  { "ApiCalls.lastAt", calls_last_at },
  { "ErrorGroup.type", error_type },
  { "ErrorGroup.message", error_message },
  { "ErrorGroup.component", error_component },
  { "ErrorGroup.count", error_count },
  { "ErrorGroup.sessionCount", error_sessions },
  { "ErrorGroup.lastAt", error_last_at },
  { "StateValue.path", state_path },
  { "StateValue.lastValue", state_last },
  { "StateValue.count", state_count },
  { "StateValue.distinctCount", state_distinct },
  { "StateValue.lastAt", state_last_at },
};

PdgResolveTable
pdg_resolve_sign_table (void)
{
  return (PdgResolveTable) PDG_RESOLVE_TABLE (bindings);
}
