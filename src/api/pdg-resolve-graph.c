#include "config.h"
#include "api/pdg-resolve.h"

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
graph_source_free (gpointer data)
{
  GraphSource *source = data;

  pdg_journey_graph_unref (source->graph);
  g_clear_pointer (&source->transitions, g_array_unref);
  g_free (source);
}

static void
project_journey_graph (PdgGqlCall *call)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  gint64 from, to;

  if (queries == NULL || !pdg_resolve_get_range (call, &from, &to))
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

PDG_RESOLVE_MEMBER (graph_as_of, GraphSource, pdg_gql_call_set_int64 (call, i, source->as_of_usec))
PDG_RESOLVE_MEMBER (graph_sessions, GraphSource, pdg_gql_call_set_int64 (call, i, (gint64) pdg_journey_graph_get_n_sessions (source->graph)))
PDG_RESOLVE_MEMBER (graph_events, GraphSource, pdg_gql_call_set_int64 (call, i, (gint64) pdg_journey_graph_get_n_events (source->graph)))

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
PDG_RESOLVE_MEMBER (transition_from, TransitionSource, pdg_gql_call_set_borrowed_string (call, i, source->from))
PDG_RESOLVE_MEMBER (transition_to, TransitionSource, pdg_gql_call_set_borrowed_string (call, i, source->to))
PDG_RESOLVE_MEMBER (transition_count, TransitionSource, pdg_gql_call_set_int64 (call, i, source->transition->count))
PDG_RESOLVE_MEMBER (transition_dwell, TransitionSource, pdg_gql_call_set_double (call, i, MAX (0, source->transition->dwell_median_ms)))

/* ---- Live */

static void
project_live (PdgGqlCall *call)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);

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

PDG_RESOLVE_MEMBER (live_events, PdgLive, pdg_gql_call_set_int (call, i, source->events_per_minute))
PDG_RESOLVE_MEMBER (live_sessions, PdgLive, pdg_gql_call_set_int (call, i, source->active_sessions))
PDG_RESOLVE_MEMBER (live_as_of, PdgLive, pdg_gql_call_set_int64 (call, i, source->as_of_usec))

static const PdgGqlBinding bindings[] = {
  { "Project.journeyGraph", project_journey_graph },
  { "Project.live", project_live },
  { "JourneyGraph.asOf", graph_as_of },
  { "JourneyGraph.sessionCount", graph_sessions },
  { "JourneyGraph.eventCount", graph_events },
  { "JourneyGraph.screens", graph_screens },
  { "JourneyGraph.transitions", graph_transitions },
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
  { "Live.activeSessions", live_sessions },
  { "Live.asOf", live_as_of },
};

PdgResolveTable
pdg_resolve_graph_table (void)
{
  return (PdgResolveTable) PDG_RESOLVE_TABLE (bindings);
}
