#include "config.h"
#include "api/pdg-api-private.h"

#include "base/pdg-time.h"
#include "service/pdg-commands.h"

#include <string.h>

/* The resolvers of schema.graphql. Sources: Query and Mutation have none; Project is a PdgProject; the others are the
 * plain values below. */

#define MAX_PAGE 100

typedef struct
{
  GPtrArray *nodes;
  gboolean has_next;
  char *end_cursor;
} Page;

typedef struct
{
  PdgJourneyGraph *graph;
  gint64 as_of_usec;
  GArray *transitions; /* TransitionSource, once asked for */
} GraphSource;

typedef struct
{
  const PdgJourneyTransition *transition;
  const char *from;
  const char *to;
} TransitionSource;

static void
page_free (gpointer data)
{
  Page *page = data;

  g_ptr_array_unref (page->nodes);
  g_free (page->end_cursor);
  g_free (page);
}

static void
graph_source_free (gpointer data)
{
  GraphSource *source = data;

  pdg_journey_graph_unref (source->graph);
  g_clear_pointer (&source->transitions, g_array_unref);
  g_free (source);
}

static PdgQueries *
get_queries (PdgGqlCall *call)
{
  GError *error = NULL;
  PdgQueries *queries = pdg_api_context_get_queries (pdg_gql_call_get_context (call), &error);

  if (queries == NULL)
    pdg_gql_call_fail_all (call, error);
  return queries;
}

/* @first of a page; 0 when it was refused. */
static guint
get_first (PdgGqlCall *call)
{
  gint64 first = pdg_gql_call_arg_int (call, "first");

  if (first >= 1 && first <= MAX_PAGE)
    return (guint) first;
  pdg_gql_call_fail_all (call, g_error_new (PDG_SERVICE_ERROR, PDG_SERVICE_ERROR_INVALID, "first: ask for 1 to %d at a time", MAX_PAGE));
  return 0;
}

static void
set_time (PdgGqlCall *call, guint index, gint64 usec)
{
  if (usec == PDG_TIME_NONE)
    pdg_gql_call_set_null (call, index);
  else
    pdg_gql_call_set_int64 (call, index, usec);
}

static void
set_unless_negative (PdgGqlCall *call, guint index, double value)
{
  if (value < 0)
    pdg_gql_call_set_null (call, index);
  else
    pdg_gql_call_set_double (call, index, value);
}

/* One resolver a member: a loop over the parents that sets what @SET says of @source. */
#define MEMBER(name, Type, SET)                                       \
  static void name (PdgGqlCall *call)                                 \
  {                                                                   \
    for (guint i = 0; i < pdg_gql_call_get_n (call); i++)             \
      {                                                               \
        const Type *source = pdg_gql_call_get_source (call, i);       \
        SET;                                                          \
      }                                                               \
  }

/* ---- Query */

static void
query_version (PdgGqlCall *call)
{
  pdg_gql_call_set_string (call, 0, PDG_VERSION);
}

static void
query_self (PdgGqlCall *call)
{
  pdg_gql_call_set_object (call, 0, pdg_gql_call_get_context (call), NULL);
}

static void
query_projects (PdgGqlCall *call)
{
  PdgQueries *queries = get_queries (call);
  guint first = queries != NULL ? get_first (call) : 0;
  GError *error = NULL;
  Page *page;

  if (first == 0)
    return;
  page = g_new0 (Page, 1);
  page->nodes = pdg_queries_list_projects (queries, pdg_gql_call_arg_string (call, "after"), first + 1, &error);
  if (page->nodes == NULL)
    {
      g_free (page);
      pdg_gql_call_fail_all (call, error);
      return;
    }
  page->has_next = page->nodes->len > first;
  if (page->has_next)
    g_ptr_array_set_size (page->nodes, (gint) first);
  if (page->nodes->len > 0)
    page->end_cursor = g_strdup (((PdgProject *) page->nodes->pdata[page->nodes->len - 1])->id);
  pdg_gql_call_set_object (call, 0, page, page_free);
}

static void
query_project (PdgGqlCall *call)
{
  PdgQueries *queries = get_queries (call);
  GError *error = NULL;
  PdgProject *project;

  if (queries == NULL)
    return;
  project = pdg_queries_lookup_project (queries, pdg_gql_call_arg_string (call, "id"), &error);
  if (error != NULL)
    pdg_gql_call_fail_all (call, error);
  else
    pdg_gql_call_set_object (call, 0, project, (GDestroyNotify) pdg_project_free);
}

static void
organisation_name (PdgGqlCall *call)
{
  PdgQueries *queries = get_queries (call);
  GError *error = NULL;
  char *name;

  if (queries == NULL)
    return;
  name = pdg_queries_dup_organisation_name (queries, &error);
  if (name == NULL)
    pdg_gql_call_fail_all (call, error);
  else
    pdg_gql_call_take_string (call, 0, name);
}

MEMBER (organisation_id, PdgApiContext, pdg_gql_call_set_string (call, i, pdg_principal_get_org_uuid (source->principal)))
MEMBER (collector_keyless, PdgApiContext, pdg_gql_call_set_bool (call, i, source->api->options.keyless))

static void
collector_events_url (PdgGqlCall *call)
{
  PdgApiContext *context = pdg_gql_call_get_context (call);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&context->api->lock);

  pdg_gql_call_set_string (call, 0, context->api->events_url);
}

/* ---- Pages */

static void
page_nodes (PdgGqlCall *call)
{
  for (guint i = 0; i < pdg_gql_call_get_n (call); i++)
    {
      Page *page = pdg_gql_call_get_source (call, i);

      pdg_gql_call_set_borrowed_list (call, i, page->nodes->pdata, page->nodes->len);
    }
}

MEMBER (page_info, Page, pdg_gql_call_set_object (call, i, (gpointer) source, NULL))
MEMBER (page_has_next, Page, pdg_gql_call_set_bool (call, i, source->has_next))
MEMBER (page_end_cursor, Page, pdg_gql_call_set_borrowed_string (call, i, source->end_cursor))

/* ---- Project */

MEMBER (project_id, PdgProject, pdg_gql_call_set_borrowed_string (call, i, source->id))
MEMBER (project_name, PdgProject, pdg_gql_call_set_borrowed_string (call, i, source->name))
MEMBER (project_created_at, PdgProject, pdg_gql_call_set_int64 (call, i, source->created_usec))

static void
set_span_end (PdgGqlCall *call, gboolean newest)
{
  PdgQueries *queries = get_queries (call);

  for (guint i = 0; queries != NULL && i < pdg_gql_call_get_n (call); i++)
    {
      const PdgProject *project = pdg_gql_call_get_source (call, i);
      gint64 from = 0, to = 0;
      GError *error = NULL;

      if (pdg_queries_get_event_span (queries, project->project_no, &from, &to, &error))
        set_time (call, i, newest ? to : from);
      else
        pdg_gql_call_set_error (call, i, error);
    }
}

static void
project_newest_event_at (PdgGqlCall *call)
{
  set_span_end (call, TRUE);
}

static void
project_oldest_event_at (PdgGqlCall *call)
{
  set_span_end (call, FALSE);
}

/* The half-open range of the argument "range". */
static gboolean
get_range (PdgGqlCall *call, gint64 *from_usec, gint64 *to_usec)
{
  const PdgGqlValue *range = pdg_gql_call_arg_value (call, "range");

  *from_usec = pdg_gql_value_get_int (pdg_gql_value_lookup (range, "from"), G_MININT64);
  *to_usec = pdg_gql_value_get_int (pdg_gql_value_lookup (range, "to"), G_MAXINT64);
  if (*from_usec <= *to_usec)
    return TRUE;
  pdg_gql_call_fail_all (call, g_error_new (PDG_SERVICE_ERROR, PDG_SERVICE_ERROR_INVALID, "range: from is later than to"));
  return FALSE;
}

static void
project_journey_graph (PdgGqlCall *call)
{
  PdgQueries *queries = get_queries (call);
  gint64 from, to;

  if (queries == NULL || !get_range (call, &from, &to))
    return;
  for (guint i = 0; i < pdg_gql_call_get_n (call); i++)
    {
      const PdgProject *project = pdg_gql_call_get_source (call, i);
      GError *error = NULL;
      PdgJourneyGraph *graph = pdg_queries_load_journey_graph (queries, project->project_no, from, to, &error);
      GraphSource *source;

      if (graph == NULL)
        {
          pdg_gql_call_set_error (call, i, error);
          continue;
        }
      source = g_new0 (GraphSource, 1);
      source->graph = graph;
      source->as_of_usec = g_get_real_time ();
      pdg_gql_call_set_object (call, i, source, graph_source_free);
    }
}

static void
project_live (PdgGqlCall *call)
{
  PdgQueries *queries = get_queries (call);

  for (guint i = 0; queries != NULL && i < pdg_gql_call_get_n (call); i++)
    {
      const PdgProject *project = pdg_gql_call_get_source (call, i);
      PdgLive *live = g_new0 (PdgLive, 1);
      GError *error = NULL;

      if (pdg_queries_get_live (queries, project->project_no, live, &error))
        {
          pdg_gql_call_set_object (call, i, live, g_free);
          continue;
        }
      g_free (live);
      pdg_gql_call_set_error (call, i, error);
    }
}

/* "usec.number" of the last session of a page. */
static gboolean
parse_session_cursor (const char *cursor, PdgStoreSessionFilter *filter)
{
  char *end = NULL;

  filter->before_started_usec = g_ascii_strtoll (cursor, &end, 10);
  if (end == cursor || *end != '.')
    return FALSE;
  filter->before_session_no = (gint32) g_ascii_strtoll (end + 1, &end, 10);
  return *end == '\0';
}

static gboolean
get_session_filter (PdgGqlCall *call, PdgStoreSessionFilter *filter)
{
  const char *after = pdg_gql_call_arg_string (call, "after");
  const char *screen = pdg_gql_call_arg_string (call, "screenId");
  guint first = get_first (call);

  *filter = (PdgStoreSessionFilter) { .before_started_usec = G_MAXINT64, .before_session_no = G_MAXINT32, .limit = first + 1 };
  if (first == 0 || !get_range (call, &filter->from_usec, &filter->to_usec))
    return FALSE;
  filter->with_errors = pdg_gql_call_arg_bool (call, "withErrors");
  if (screen != NULL)
    {
      gint64 screen_no = g_ascii_strtoll (screen, NULL, 10);

      filter->screen_no = screen_no > 0 && screen_no <= G_MAXINT32 ? (gint32) screen_no : -1;
    }
  if (after == NULL || parse_session_cursor (after, filter))
    return TRUE;
  pdg_gql_call_fail_all (call, g_error_new (PDG_SERVICE_ERROR, PDG_SERVICE_ERROR_INVALID, "after: pass the endCursor of the page before"));
  return FALSE;
}

static void
project_sessions (PdgGqlCall *call)
{
  PdgQueries *queries = get_queries (call);
  PdgStoreSessionFilter filter;

  if (queries == NULL || !get_session_filter (call, &filter))
    return;
  for (guint i = 0; i < pdg_gql_call_get_n (call); i++)
    {
      const PdgProject *project = pdg_gql_call_get_source (call, i);
      GError *error = NULL;
      GPtrArray *sessions = pdg_queries_list_sessions (queries, project->project_no, &filter, &error);
      Page *page;

      if (sessions == NULL)
        {
          pdg_gql_call_set_error (call, i, error);
          continue;
        }
      page = g_new0 (Page, 1);
      page->nodes = sessions;
      page->has_next = sessions->len >= filter.limit;
      if (page->has_next)
        g_ptr_array_set_size (sessions, (gint) filter.limit - 1);
      if (sessions->len > 0)
        {
          const PdgSessionSummary *last = sessions->pdata[sessions->len - 1];

          page->end_cursor = g_strdup_printf ("%" G_GINT64_FORMAT ".%d", last->started_usec, last->session_no);
        }
      pdg_gql_call_set_object (call, i, page, page_free);
    }
}

static void
project_releases (PdgGqlCall *call)
{
  PdgQueries *queries = get_queries (call);
  guint first = queries != NULL ? get_first (call) : 0;

  for (guint i = 0; first > 0 && i < pdg_gql_call_get_n (call); i++)
    {
      const PdgProject *project = pdg_gql_call_get_source (call, i);
      GError *error = NULL;
      GPtrArray *releases = pdg_queries_list_releases (queries, project->project_no, first, &error);

      if (releases != NULL)
        pdg_gql_call_set_list (call, i, releases);
      else
        pdg_gql_call_set_error (call, i, error);
    }
}

/* ---- JourneyGraph */

MEMBER (graph_as_of, GraphSource, pdg_gql_call_set_int64 (call, i, source->as_of_usec))
MEMBER (graph_sessions, GraphSource, pdg_gql_call_set_int64 (call, i, (gint64) pdg_journey_graph_get_n_sessions (source->graph)))
MEMBER (graph_events, GraphSource, pdg_gql_call_set_int64 (call, i, (gint64) pdg_journey_graph_get_n_events (source->graph)))

static void
graph_screens (PdgGqlCall *call)
{
  for (guint i = 0; i < pdg_gql_call_get_n (call); i++)
    {
      GraphSource *source = pdg_gql_call_get_source (call, i);
      guint n;
      const PdgJourneyScreen *screens = pdg_journey_graph_get_screens (source->graph, &n);
      g_autofree gpointer *items = g_new (gpointer, n + 1);

      for (guint k = 0; k < n; k++)
        items[k] = (gpointer) &screens[k];
      pdg_gql_call_set_borrowed_list (call, i, items, n);
    }
}

static void
graph_transitions (PdgGqlCall *call)
{
  for (guint i = 0; i < pdg_gql_call_get_n (call); i++)
    {
      GraphSource *source = pdg_gql_call_get_source (call, i);
      guint n, n_screens;
      const PdgJourneyTransition *transitions = pdg_journey_graph_get_transitions (source->graph, &n);
      const PdgJourneyScreen *screens = pdg_journey_graph_get_screens (source->graph, &n_screens);
      g_autofree gpointer *items = g_new (gpointer, n + 1);

      g_clear_pointer (&source->transitions, g_array_unref);
      source->transitions = g_array_sized_new (FALSE, FALSE, sizeof (TransitionSource), n);
      g_array_set_size (source->transitions, n);
      for (guint k = 0; k < n; k++)
        {
          g_array_index (source->transitions, TransitionSource, k) = (TransitionSource) {
            &transitions[k], screens[transitions[k].from].id, screens[transitions[k].to].id,
          };
          items[k] = &g_array_index (source->transitions, TransitionSource, k);
        }
      pdg_gql_call_set_borrowed_list (call, i, items, n);
    }
}

MEMBER (screen_id, PdgJourneyScreen, pdg_gql_call_set_borrowed_string (call, i, source->id))
MEMBER (screen_path, PdgJourneyScreen, pdg_gql_call_set_borrowed_string (call, i, source->path))
MEMBER (screen_name, PdgJourneyScreen, pdg_gql_call_set_borrowed_string (call, i, source->name))
MEMBER (screen_visits, PdgJourneyScreen, pdg_gql_call_set_int64 (call, i, source->visits))
MEMBER (screen_entries, PdgJourneyScreen, pdg_gql_call_set_int64 (call, i, source->entries))
MEMBER (screen_exits, PdgJourneyScreen, pdg_gql_call_set_int64 (call, i, source->exits))
MEMBER (screen_sessions, PdgJourneyScreen, pdg_gql_call_set_int64 (call, i, source->sessions))
MEMBER (screen_errors, PdgJourneyScreen, pdg_gql_call_set_int64 (call, i, source->errors))
MEMBER (screen_load, PdgJourneyScreen, set_unless_negative (call, i, source->load_p75_ms))
MEMBER (screen_dwell, PdgJourneyScreen, set_unless_negative (call, i, source->dwell_median_ms))
MEMBER (screen_snapshot, PdgJourneyScreen, pdg_gql_call_set_borrowed_string (call, i, source->snapshot_id))
MEMBER (transition_from, TransitionSource, pdg_gql_call_set_borrowed_string (call, i, source->from))
MEMBER (transition_to, TransitionSource, pdg_gql_call_set_borrowed_string (call, i, source->to))
MEMBER (transition_count, TransitionSource, pdg_gql_call_set_int64 (call, i, source->transition->count))
MEMBER (transition_dwell, TransitionSource, pdg_gql_call_set_double (call, i, MAX (0, source->transition->dwell_median_ms)))

/* ---- Live, sessions, releases */

MEMBER (live_events, PdgLive, pdg_gql_call_set_int (call, i, source->events_per_minute))
MEMBER (live_sessions, PdgLive, pdg_gql_call_set_int (call, i, source->active_sessions))
MEMBER (live_as_of, PdgLive, pdg_gql_call_set_int64 (call, i, source->as_of_usec))
MEMBER (session_id, PdgSessionSummary, pdg_gql_call_set_borrowed_string (call, i, source->id))
MEMBER (session_actor, PdgSessionSummary, pdg_gql_call_set_borrowed_string (call, i, source->actor != NULL ? source->actor : source->id))
MEMBER (session_started_at, PdgSessionSummary, pdg_gql_call_set_int64 (call, i, source->started_usec))
MEMBER (session_ended_at, PdgSessionSummary, pdg_gql_call_set_int64 (call, i, source->ended_usec))
MEMBER (session_events, PdgSessionSummary, pdg_gql_call_set_int (call, i, source->events))
MEMBER (session_page_views, PdgSessionSummary, pdg_gql_call_set_int (call, i, source->page_views))
MEMBER (session_errors, PdgSessionSummary, pdg_gql_call_set_int (call, i, source->errors))
MEMBER (session_entry_path, PdgSessionSummary, pdg_gql_call_set_borrowed_string (call, i, source->entry_path))
MEMBER (session_exit_path, PdgSessionSummary, pdg_gql_call_set_borrowed_string (call, i, source->exit_path))
MEMBER (session_release, PdgSessionSummary, pdg_gql_call_set_borrowed_string (call, i, source->release))
MEMBER (release_version, PdgRelease, pdg_gql_call_set_borrowed_string (call, i, source->version))
MEMBER (release_first_seen_at, PdgRelease, pdg_gql_call_set_int64 (call, i, source->first_seen_usec))
MEMBER (release_sessions, PdgRelease, pdg_gql_call_set_int (call, i, source->sessions))

/* ---- Mutations */

static void
mutation_create_project (PdgGqlCall *call)
{
  PdgApiContext *context = pdg_gql_call_get_context (call);
  const PdgGqlValue *input = pdg_gql_call_arg_value (call, "input");
  GError *error = NULL;
  PdgProject *project;

  g_clear_pointer (&context->queries, pdg_queries_free);
  project = pdg_commands_create_project (context->conn, context->principal, pdg_gql_value_get_string (pdg_gql_value_lookup (input, "id")),
                                         pdg_gql_value_get_string (pdg_gql_value_lookup (input, "name")), &error);
  if (project == NULL)
    pdg_gql_call_fail_all (call, error);
  else
    pdg_gql_call_set_object (call, 0, project, (GDestroyNotify) pdg_project_free);
}

MEMBER (create_project_payload_project, PdgProject, pdg_gql_call_set_object (call, i, (gpointer) source, NULL))

static void
progress_free (gpointer data)
{
  PdgDemoProgress *progress = data;

  g_free (progress->error);
  g_free (progress);
}

static void
set_progress (PdgGqlCall *call)
{
  PdgApiContext *context = pdg_gql_call_get_context (call);
  PdgDemoProgress *progress = g_new0 (PdgDemoProgress, 1);

  pdg_demo_player_get_progress (context->api->options.demo, progress);
  pdg_gql_call_set_object (call, 0, progress, progress_free);
}

static void
mutation_load_demo (PdgGqlCall *call)
{
  PdgApiContext *context = pdg_gql_call_get_context (call);
  PdgDemoOptions options = { .end_usec = g_get_real_time () };

  if (!pdg_principal_may (context->principal, PDG_ROLE_EDITOR))
    {
      pdg_gql_call_fail_all (call, g_error_new (PDG_SERVICE_ERROR, PDG_SERVICE_ERROR_FORBIDDEN, "this needs the role editor"));
      return;
    }
  pdg_demo_player_start (context->api->options.demo, context->principal, &options);
  set_progress (call);
}

MEMBER (progress_project_id, PdgDemoProgress, (void) source; pdg_gql_call_set_string (call, i, PDG_DEMO_PROJECT_ID))
MEMBER (progress_done, PdgDemoProgress, pdg_gql_call_set_int64 (call, i, (gint64) source->done))
MEMBER (progress_total, PdgDemoProgress, pdg_gql_call_set_int64 (call, i, (gint64) source->total))
MEMBER (progress_running, PdgDemoProgress, pdg_gql_call_set_bool (call, i, source->running))
MEMBER (progress_error, PdgDemoProgress, pdg_gql_call_set_borrowed_string (call, i, source->error))

/* ---- Subscriptions: the root source is the change */

static void
subscription_project_changed (PdgGqlCall *call)
{
  pdg_gql_call_set_object (call, 0, pdg_gql_call_get_source (call, 0), NULL);
}

MEMBER (change_project_id, PdgApiChange, pdg_gql_call_set_borrowed_string (call, i, source->project_id))
MEMBER (change_sequence, PdgApiChange, pdg_gql_call_set_int64 (call, i, source->sequence))
MEMBER (change_at, PdgApiChange, pdg_gql_call_set_int64 (call, i, source->at_usec))

static const PdgGqlBinding bindings[] = {
  { "Query.version", query_version },
  { "Query.organisation", query_self },
  { "Query.projects", query_projects },
  { "Query.project", query_project },
  { "Query.collector", query_self },
  { "Organisation.id", organisation_id },
  { "Organisation.name", organisation_name },
  { "Collector.eventsUrl", collector_events_url },
  { "Collector.keyless", collector_keyless },
  { "ProjectConnection.nodes", page_nodes },
  { "ProjectConnection.pageInfo", page_info },
  { "SessionConnection.nodes", page_nodes },
  { "SessionConnection.pageInfo", page_info },
  { "PageInfo.hasNextPage", page_has_next },
  { "PageInfo.endCursor", page_end_cursor },
  { "Project.id", project_id },
  { "Project.name", project_name },
  { "Project.createdAt", project_created_at },
  { "Project.newestEventAt", project_newest_event_at },
  { "Project.oldestEventAt", project_oldest_event_at },
  { "Project.journeyGraph", project_journey_graph },
  { "Project.live", project_live },
  { "Project.sessions", project_sessions },
  { "Project.releases", project_releases },
  { "JourneyGraph.asOf", graph_as_of },
  { "JourneyGraph.sessions", graph_sessions },
  { "JourneyGraph.events", graph_events },
  { "JourneyGraph.screens", graph_screens },
  { "JourneyGraph.transitions", graph_transitions },
  { "ScreenVisits.id", screen_id },
  { "ScreenVisits.path", screen_path },
  { "ScreenVisits.name", screen_name },
  { "ScreenVisits.visits", screen_visits },
  { "ScreenVisits.entries", screen_entries },
  { "ScreenVisits.exits", screen_exits },
  { "ScreenVisits.sessions", screen_sessions },
  { "ScreenVisits.errors", screen_errors },
  { "ScreenVisits.loadP75Ms", screen_load },
  { "ScreenVisits.dwellMedianMs", screen_dwell },
  { "ScreenVisits.snapshotId", screen_snapshot },
  { "Transition.from", transition_from },
  { "Transition.to", transition_to },
  { "Transition.count", transition_count },
  { "Transition.dwellMedianMs", transition_dwell },
  { "Live.eventsPerMinute", live_events },
  { "Live.activeSessions", live_sessions },
  { "Live.asOf", live_as_of },
  { "Session.id", session_id },
  { "Session.actor", session_actor },
  { "Session.startedAt", session_started_at },
  { "Session.endedAt", session_ended_at },
  { "Session.events", session_events },
  { "Session.pageViews", session_page_views },
  { "Session.errors", session_errors },
  { "Session.entryPath", session_entry_path },
  { "Session.exitPath", session_exit_path },
  { "Session.release", session_release },
  { "Release.version", release_version },
  { "Release.firstSeenAt", release_first_seen_at },
  { "Release.sessions", release_sessions },
  { "Mutation.createProject", mutation_create_project },
  { "Mutation.loadDemo", mutation_load_demo },
  { "CreateProjectPayload.project", create_project_payload_project },
  { "DemoProgress.projectId", progress_project_id },
  { "DemoProgress.done", progress_done },
  { "DemoProgress.total", progress_total },
  { "DemoProgress.running", progress_running },
  { "DemoProgress.error", progress_error },
  { "Subscription.projectChanged", subscription_project_changed },
  { "Subscription.demoProgress", set_progress },
  { "ProjectChange.projectId", change_project_id },
  { "ProjectChange.sequence", change_sequence },
  { "ProjectChange.at", change_at },
};

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
  return pdg_gql_schema_bind (schema, bindings, G_N_ELEMENTS (bindings), error)
         && pdg_gql_schema_bind_scalar (schema, "DateTime", parse_date_time, serialize_date_time, error);
}
