#include "config.h"
#include "api/pdg-resolve-graph.h"

#include "api/pdg-resolve-members.h"

/* JourneyGraph is a GraphSource, Live a PdgLive. */

typedef struct
{
  PdgJourneyReport *report;
  GArray *transitions; /* PdgResolveTransition, once asked for */
} GraphSource;

static void
graph_source_free (gpointer data)
{
  GraphSource *source = data;

  pdg_journey_report_unref (source->report);
  g_clear_pointer (&source->transitions, g_array_unref);
  g_free (source);
}

static void
project_journey_graph (PdgGqlCall *call)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  g_autofree gint32 *projects = pdg_resolve_dup_project_nos (call);
  g_autoptr (PdgEventFilter) filter = NULL;
  g_autoptr (GPtrArray) reports = NULL;
  PdgJourneyQuestion question;
  GError *error = NULL;

  if (queries == NULL || !pdg_resolve_get_journey_question (call, &question, &filter))
    return;
  reports = pdg_queries_load_journeys (queries, projects, pdg_gql_call_get_n (call), &question, &error);
  if (reports == NULL)
    {
      pdg_gql_call_fail_all (call, error);
      return;
    }
  for (guint i = 0; i < reports->len; i++)
    {
      GraphSource *source = g_new0 (GraphSource, 1);

      source->report = pdg_journey_report_ref (reports->pdata[i]);
      pdg_gql_call_set_object (call, i, source, graph_source_free);
    }
}

gboolean
pdg_resolve_get_journey_question (PdgGqlCall *call, PdgJourneyQuestion *question, PdgEventFilter **filter)
{
  gboolean refused = FALSE;

  if (!pdg_resolve_get_range (call, &question->from_usec, &question->to_usec))
    return FALSE;
  *filter = pdg_resolve_get_filter (call, &refused);
  question->filter = *filter;
  question->with_event_count = pdg_gql_call_selects (call, "eventCount");
  question->with_members = pdg_gql_call_selects (call, "sessions") || pdg_gql_call_selects (call, "actors");
  return !refused;
}

PDG_RESOLVE_MEMBER (graph_as_of, GraphSource, pdg_gql_call_set_int64 (call, i, source->report->as_of_usec))
PDG_RESOLVE_MEMBER (graph_session_count, GraphSource, pdg_gql_call_set_int64 (call, i, (gint64) pdg_journey_graph_get_n_sessions (source->report->graph)))
PDG_RESOLVE_MEMBER (graph_events, GraphSource, pdg_gql_call_set_int64 (call, i, (gint64) pdg_journey_graph_get_n_events (source->report->graph)))

static void
graph_screens (PdgGqlCall *call)
{
  for (guint i = 0; i < pdg_gql_call_get_n (call); i++)
    {
      GraphSource *source = pdg_gql_call_get_source (call, i);
      guint n;
      const PdgJourneyScreen *screens = pdg_journey_graph_get_screens (source->report->graph, &n);
      g_autofree gpointer *items = g_new (gpointer, n + 1);

      for (guint k = 0; k < n; k++)
        items[k] = (gpointer) &screens[k];
      pdg_gql_call_set_borrowed_list (call, i, items, n);
    }
}

GArray *
pdg_resolve_make_transitions (PdgJourneyGraph *graph)
{
  guint n, n_screens;
  const PdgJourneyTransition *transitions = pdg_journey_graph_get_transitions (graph, &n);
  const PdgJourneyScreen *screens = pdg_journey_graph_get_screens (graph, &n_screens);
  GArray *sources = g_array_sized_new (FALSE, FALSE, sizeof (PdgResolveTransition), n);

  for (guint i = 0; i < n; i++)
    {
      PdgResolveTransition source = { &transitions[i], screens[transitions[i].from].id, screens[transitions[i].to].id };

      g_array_append_val (sources, source);
    }
  return sources;
}

static void
graph_transitions (PdgGqlCall *call)
{
  for (guint i = 0; i < pdg_gql_call_get_n (call); i++)
    {
      GraphSource *source = pdg_gql_call_get_source (call, i);
      g_autofree gpointer *items = NULL;

      if (source->transitions == NULL)
        source->transitions = pdg_resolve_make_transitions (source->report->graph);
      items = g_new (gpointer, source->transitions->len + 1);
      for (guint k = 0; k < source->transitions->len; k++)
        items[k] = &g_array_index (source->transitions, PdgResolveTransition, k);
      pdg_gql_call_set_borrowed_list (call, i, items, source->transitions->len);
    }
}

PDG_RESOLVE_MEMBER (screen_id, PdgJourneyScreen, pdg_gql_call_set_borrowed_string (call, i, source->id))
PDG_RESOLVE_MEMBER (screen_path, PdgJourneyScreen, pdg_gql_call_set_borrowed_string (call, i, source->path))
PDG_RESOLVE_MEMBER (screen_name, PdgJourneyScreen, pdg_gql_call_set_borrowed_string (call, i, source->name))
PDG_RESOLVE_MEMBER (screen_visits, PdgJourneyScreen, pdg_gql_call_set_int64 (call, i, source->visits))
PDG_RESOLVE_MEMBER (screen_entries, PdgJourneyScreen, pdg_gql_call_set_int64 (call, i, source->entries))
PDG_RESOLVE_MEMBER (screen_exits, PdgJourneyScreen, pdg_gql_call_set_int64 (call, i, source->exits))
PDG_RESOLVE_MEMBER (screen_sessions, PdgJourneyScreen, pdg_gql_call_set_int64 (call, i, source->sessions))
PDG_RESOLVE_MEMBER (screen_errors, PdgJourneyScreen, pdg_gql_call_set_int64 (call, i, source->errors))
PDG_RESOLVE_MEMBER (screen_load, PdgJourneyScreen, pdg_resolve_set_measure (call, i, source->load_p75_ms))
PDG_RESOLVE_MEMBER (screen_dwell, PdgJourneyScreen, pdg_resolve_set_measure (call, i, source->dwell_median_ms))
PDG_RESOLVE_MEMBER (screen_snapshot, PdgJourneyScreen, pdg_gql_call_set_borrowed_string (call, i, source->snapshot_id))
PDG_RESOLVE_MEMBER (transition_from, PdgResolveTransition, pdg_gql_call_set_borrowed_string (call, i, source->from))
PDG_RESOLVE_MEMBER (transition_to, PdgResolveTransition, pdg_gql_call_set_borrowed_string (call, i, source->to))
PDG_RESOLVE_MEMBER (transition_count, PdgResolveTransition, pdg_gql_call_set_int64 (call, i, source->transition->count))
PDG_RESOLVE_MEMBER (transition_dwell, PdgResolveTransition, pdg_gql_call_set_double (call, i, MAX (0, source->transition->dwell_median_ms)))

/* ---- Who is behind the numbers */

/* The argument "cell", all of the graph when it is absent. */
static PdgJourneyCell
get_cell (PdgGqlCall *call)
{
  static const struct
  {
    const char *name;
    PdgJourneyCellKind kind;
  } measures[] = {
    { "VISITS", PDG_JOURNEY_CELL_VISITS },
    { "ENTRIES", PDG_JOURNEY_CELL_ENTRIES },
    { "EXITS", PDG_JOURNEY_CELL_EXITS },
    { "ERRORS", PDG_JOURNEY_CELL_ERRORS },
  };
  const PdgGqlValue *cell = pdg_gql_call_arg_value (call, "cell");
  const PdgGqlValue *screen = pdg_gql_value_lookup (cell, "screen"), *transition = pdg_gql_value_lookup (cell, "transition");
  const char *measure = pdg_gql_value_get_string (pdg_gql_value_lookup (screen, "measure"));

  if (!pdg_gql_value_is_null (transition))
    return (PdgJourneyCell) {
      PDG_JOURNEY_CELL_TRANSITION, pdg_resolve_parse_number (pdg_gql_value_get_string (pdg_gql_value_lookup (transition, "from"))),
      pdg_resolve_parse_number (pdg_gql_value_get_string (pdg_gql_value_lookup (transition, "to"))),
    };
  for (gsize i = 0; i < G_N_ELEMENTS (measures); i++)
    if (g_strcmp0 (measure, measures[i].name) == 0)
      return (PdgJourneyCell) { measures[i].kind, pdg_resolve_parse_number (pdg_gql_value_get_string (pdg_gql_value_lookup (screen, "id"))), 0 };
  return (PdgJourneyCell) { PDG_JOURNEY_CELL_GRAPH, 0, 0 };
}

static void
gather_of_graphs (PdgGqlCall *call, PdgResolveMembers *members)
{
  PdgJourneyCell cell = get_cell (call);

  for (guint i = 0; i < pdg_gql_call_get_n (call); i++)
    {
      const GraphSource *source = pdg_gql_call_get_source (call, i);
      guint n;
      const gint32 *sessions = pdg_journey_members_get (source->report->members, cell, &n);

      for (guint k = 0; k < n; k++)
        pdg_resolve_members_add (members, i, source->report->project_no, sessions[k]);
    }
}

static void
gather_of_lives (PdgGqlCall *call, PdgResolveMembers *members)
{
  for (guint i = 0; i < pdg_gql_call_get_n (call); i++)
    {
      const PdgLive *live = pdg_gql_call_get_source (call, i);

      for (gsize k = 0; k < live->n_session_nos; k++)
        pdg_resolve_members_add (members, i, live->project_no, (gint32) live->session_nos[k]);
    }
}

static void
graph_sessions (PdgGqlCall *call)
{
  g_auto (PdgResolveMembers) members = PDG_RESOLVE_MEMBERS_INIT;

  gather_of_graphs (call, &members);
  pdg_resolve_members_set_sessions (call, &members);
}

static void
graph_actors (PdgGqlCall *call)
{
  g_auto (PdgResolveMembers) members = PDG_RESOLVE_MEMBERS_INIT;

  gather_of_graphs (call, &members);
  pdg_resolve_members_set_actors (call, &members);
}

static void
live_sessions (PdgGqlCall *call)
{
  g_auto (PdgResolveMembers) members = PDG_RESOLVE_MEMBERS_INIT;

  gather_of_lives (call, &members);
  pdg_resolve_members_set_sessions (call, &members);
}

static void
live_actors (PdgGqlCall *call)
{
  g_auto (PdgResolveMembers) members = PDG_RESOLVE_MEMBERS_INIT;

  gather_of_lives (call, &members);
  pdg_resolve_members_set_actors (call, &members);
}

/* ---- Live */

static void
project_live (PdgGqlCall *call)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  g_autofree gint32 *projects = pdg_resolve_dup_project_nos (call);
  g_autoptr (PdgEventFilter) filter = NULL;
  gboolean refused = FALSE, with_sessions = pdg_gql_call_selects (call, "sessions") || pdg_gql_call_selects (call, "actors");
  GError *error = NULL;

  if (queries == NULL)
    return;
  filter = pdg_resolve_get_filter (call, &refused);
  if (!refused)
    pdg_resolve_set_objects (call, pdg_queries_load_live (queries, projects, pdg_gql_call_get_n (call), filter, with_sessions, &error), &error);
}

PDG_RESOLVE_MEMBER (live_events, PdgLive, pdg_gql_call_set_int64 (call, i, source->events_per_minute))
PDG_RESOLVE_MEMBER (live_session_count, PdgLive, pdg_gql_call_set_int64 (call, i, source->active_sessions))
PDG_RESOLVE_MEMBER (live_actor_count, PdgLive, pdg_gql_call_set_int64 (call, i, source->active_actors))
PDG_RESOLVE_MEMBER (live_as_of, PdgLive, pdg_gql_call_set_int64 (call, i, source->as_of_usec))

static const PdgGqlBinding bindings[] = {
  { "Project.journeyGraph", project_journey_graph },
  { "Project.live", project_live },
  { "JourneyGraph.asOf", graph_as_of },
  { "JourneyGraph.sessionCount", graph_session_count },
  { "JourneyGraph.eventCount", graph_events },
  { "JourneyGraph.screens", graph_screens },
  { "JourneyGraph.transitions", graph_transitions },
  { "JourneyGraph.sessions", graph_sessions },
  { "JourneyGraph.actors", graph_actors },
  { "ScreenVisits.id", screen_id },
  { "ScreenVisits.path", screen_path },
  { "ScreenVisits.name", screen_name },
  { "ScreenVisits.visits", screen_visits },
  { "ScreenVisits.entries", screen_entries },
  { "ScreenVisits.exits", screen_exits },
  { "ScreenVisits.sessionCount", screen_sessions },
  { "ScreenVisits.errors", screen_errors },
  { "ScreenVisits.loadP75Ms", screen_load },
  { "ScreenVisits.dwellMedianMs", screen_dwell },
  { "ScreenVisits.snapshotId", screen_snapshot },
  { "Transition.from", transition_from },
  { "Transition.to", transition_to },
  { "Transition.count", transition_count },
  { "Transition.dwellMedianMs", transition_dwell },
  { "Live.eventsPerMinute", live_events },
  { "Live.activeSessions", live_session_count },
  { "Live.activeActors", live_actor_count },
  { "Live.asOf", live_as_of },
  { "Live.sessions", live_sessions },
  { "Live.actors", live_actors },
};

PdgResolveTable
pdg_resolve_graph_table (void)
{
  return (PdgResolveTable) PDG_RESOLVE_TABLE (bindings);
}
