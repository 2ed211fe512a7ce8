#include "config.h"
#include "api/pdg-resolve.h"

char *
pdg_resolve_make_session_cursor (gconstpointer node)
{
  const PdgSessionSummary *session = node;

  return pdg_resolve_make_time_cursor (session->started_usec, session->session_no);
}

PdgSessionParts
pdg_resolve_get_session_parts (PdgGqlCall *call, gboolean is_page)
{
  gboolean (*selects) (PdgGqlCall *, const char *) = is_page ? pdg_resolve_selects_node : pdg_gql_call_selects;

  return (selects (call, "actor") ? PDG_SESSION_ACTOR : 0) | (selects (call, "entryPath") || selects (call, "exitPath") ? PDG_SESSION_PATHS : 0)
         | (selects (call, "release") ? PDG_SESSION_RELEASE : 0)
         | (selects (call, "eventCount") || selects (call, "pageViewCount") || selects (call, "errorCount") ? PDG_SESSION_COUNTS : 0);
}

gboolean
pdg_resolve_get_session_page (PdgGqlCall *call, PdgStoreSessionFilter *filter)
{
  PdgStorePage page;

  if (!pdg_resolve_get_page (call, &page))
    return FALSE;
  *filter = (PdgStoreSessionFilter) {
    .from_usec = G_MININT64, .to_usec = G_MAXINT64, .before_started_usec = page.before_usec,
    .before_session_no = (gint32) CLAMP (page.before_no, G_MININT32, G_MAXINT32), .limit = page.limit,
    .parts = pdg_resolve_get_session_parts (call, TRUE),
  };
  return TRUE;
}

gboolean
pdg_resolve_get_session_filter (PdgGqlCall *call, PdgStoreSessionFilter *filter, PdgEventFilter **events)
{
  const char *screen = pdg_gql_call_arg_string (call, "screenId");
  gboolean refused = FALSE;

  if (!pdg_resolve_get_session_page (call, filter) || !pdg_resolve_get_range (call, &filter->from_usec, &filter->to_usec))
    return FALSE;
  filter->with_errors = pdg_gql_call_arg_bool (call, "withErrors");
  if (screen != NULL)
    {
      gint64 screen_no = g_ascii_strtoll (screen, NULL, 10);

      filter->screen_no = screen_no > 0 && screen_no <= G_MAXINT32 ? (gint32) screen_no : -1;
    }
  *events = pdg_resolve_get_filter (call, &refused);
  filter->filter = *events;
  return !refused;
}

static void
project_sessions (PdgGqlCall *call)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  g_autofree gint32 *project_nos = pdg_resolve_dup_project_nos (call);
  g_autoptr (PdgEventFilter) events = NULL;
  PdgStoreSessionFilter filter;
  GPtrArray *ahead = pdg_resolve_take_ahead (call);
  GError *error = NULL;

  if (ahead != NULL)
    pdg_resolve_set_pages (call, ahead, &error, pdg_resolve_make_session_cursor);
  else if (queries != NULL && pdg_resolve_get_session_filter (call, &filter, &events))
    pdg_resolve_set_pages (call, pdg_queries_list_sessions (queries, project_nos, NULL, pdg_gql_call_get_n (call), &filter, &error), &error,
                           pdg_resolve_make_session_cursor);
}

static void
project_session (PdgGqlCall *call)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  g_autofree gint32 *project_nos = pdg_resolve_dup_project_nos (call);
  GPtrArray *ahead = pdg_resolve_take_ahead (call);
  GError *error = NULL;

  if (ahead != NULL)
    pdg_resolve_set_objects (call, ahead, &error);
  else if (queries != NULL)
    pdg_resolve_set_objects (call,
                             pdg_queries_find_sessions (queries, project_nos, pdg_gql_call_get_n (call), pdg_gql_call_arg_string (call, "id"),
                                                        pdg_resolve_get_session_parts (call, FALSE), &error),
                             &error);
}

PDG_RESOLVE_MEMBER (session_id, PdgSessionSummary, pdg_gql_call_set_borrowed_string (call, i, source->id))
PDG_RESOLVE_MEMBER (session_actor, PdgSessionSummary, pdg_gql_call_set_object (call, i, (gpointer) &source->actor, NULL))
PDG_RESOLVE_MEMBER (session_started_at, PdgSessionSummary, pdg_gql_call_set_int64 (call, i, source->started_usec))
PDG_RESOLVE_MEMBER (session_ended_at, PdgSessionSummary, pdg_gql_call_set_int64 (call, i, source->ended_usec))
PDG_RESOLVE_MEMBER (session_duration, PdgSessionSummary,
                    pdg_gql_call_set_double (call, i, (double) (source->ended_usec - source->started_usec) / G_TIME_SPAN_MILLISECOND))
PDG_RESOLVE_MEMBER (session_events, PdgSessionSummary, pdg_gql_call_set_int (call, i, source->events))
PDG_RESOLVE_MEMBER (session_page_views, PdgSessionSummary, pdg_gql_call_set_int (call, i, source->page_views))
PDG_RESOLVE_MEMBER (session_errors, PdgSessionSummary, pdg_gql_call_set_int (call, i, source->errors))
PDG_RESOLVE_MEMBER (session_entry_path, PdgSessionSummary, pdg_gql_call_set_borrowed_string (call, i, source->entry_path))
PDG_RESOLVE_MEMBER (session_exit_path, PdgSessionSummary, pdg_gql_call_set_borrowed_string (call, i, source->exit_path))
PDG_RESOLVE_MEMBER (session_release, PdgSessionSummary, pdg_gql_call_set_borrowed_string (call, i, source->release))

static const PdgGqlBinding bindings[] = {
  { "Project.sessions", project_sessions },
  { "Project.session", project_session },
  PDG_RESOLVE_CONNECTION ("Session"),
  { "Session.id", session_id },
  { "Session.actor", session_actor },
  { "Session.startedAt", session_started_at },
  { "Session.endedAt", session_ended_at },
  { "Session.durationMs", session_duration },
  { "Session.eventCount", session_events },
  { "Session.pageViewCount", session_page_views },
  { "Session.errorCount", session_errors },
  { "Session.entryPath", session_entry_path },
  { "Session.exitPath", session_exit_path },
  { "Session.release", session_release },
};

PdgResolveTable
pdg_resolve_session_table (void)
{
  return (PdgResolveTable) PDG_RESOLVE_TABLE (bindings);
}
