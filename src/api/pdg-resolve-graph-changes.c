#include "config.h"
#include "api/pdg-resolve-graph.h"

/* What changed in a journey graph between two runs of a subscription. JourneyGraphChange is a ChangeSource. */

/* Building a graph reads every event of the range, so it is not done more often. */
#define AT_EARLIEST_MS 1000

typedef struct
{
  PdgJourneyReport *report;
  GArray *transitions;            /* PdgResolveTransition, of the graph now */
  GArray *old_transitions;        /* of the graph before */
  GPtrArray *changed_screens;     /* PdgJourneyScreen, borrowed */
  GPtrArray *changed_transitions; /* PdgResolveTransition, borrowed */
  GPtrArray *removed_screens;     /* ids, borrowed; NULL-terminated */
  GPtrArray *removed_transitions; /* PdgResolveTransition, borrowed */
  gboolean is_whole;
} ChangeSource;

static void
change_source_free (gpointer data)
{
  ChangeSource *source = data;

  g_ptr_array_unref (source->changed_screens);
  g_ptr_array_unref (source->changed_transitions);
  g_ptr_array_unref (source->removed_screens);
  g_ptr_array_unref (source->removed_transitions);
  g_array_unref (source->transitions);
  g_clear_pointer (&source->old_transitions, g_array_unref);
  pdg_journey_report_unref (source->report);
  g_free (source);
}

/* Both are -1 when unknown; the same rows give the same bits. */
static gboolean
same_measure (double a, double b)
{
  return !(a < b) && !(a > b);
}

static gboolean
same_screen (const PdgJourneyScreen *a, const PdgJourneyScreen *b)
{
  return g_strcmp0 (a->path, b->path) == 0 && g_strcmp0 (a->name, b->name) == 0 && g_strcmp0 (a->snapshot_id, b->snapshot_id) == 0
         && a->visits == b->visits && a->entries == b->entries && a->exits == b->exits && a->sessions == b->sessions
         && a->errors == b->errors && same_measure (a->load_p75_ms, b->load_p75_ms) && same_measure (a->dwell_median_ms, b->dwell_median_ms);
}

static void
compare_screens (ChangeSource *source, const PdgJourneyGraph *before)
{
  guint n, n_before = 0;
  const PdgJourneyScreen *screens = pdg_journey_graph_get_screens (source->report->graph, &n);
  const PdgJourneyScreen *old = before != NULL ? pdg_journey_graph_get_screens (before, &n_before) : NULL;

  for (guint i = 0; i < n; i++)
    {
      int place = before != NULL ? pdg_journey_graph_lookup (before, screens[i].id) : -1;

      if (place < 0 || !same_screen (&screens[i], &old[place]))
        g_ptr_array_add (source->changed_screens, (gpointer) &screens[i]);
    }
  for (guint i = 0; i < n_before; i++)
    if (pdg_journey_graph_lookup (source->report->graph, old[i].id) < 0)
      g_ptr_array_add (source->removed_screens, old[i].id);
}

static guint
transition_hash (gconstpointer key)
{
  const PdgResolveTransition *transition = key;

  return g_str_hash (transition->from) * 31 + g_str_hash (transition->to);
}

static gboolean
transition_equal (gconstpointer a, gconstpointer b)
{
  const PdgResolveTransition *x = a, *y = b;

  return g_str_equal (x->from, y->from) && g_str_equal (x->to, y->to);
}

static GHashTable *
index_transitions (const GArray *transitions)
{
  GHashTable *index = g_hash_table_new (transition_hash, transition_equal);

  for (guint i = 0; transitions != NULL && i < transitions->len; i++)
    g_hash_table_add (index, &g_array_index (transitions, PdgResolveTransition, i));
  return index;
}

static void
compare_transitions (ChangeSource *source)
{
  g_autoptr (GHashTable) now = index_transitions (source->transitions), before = index_transitions (source->old_transitions);

  for (guint i = 0; i < source->transitions->len; i++)
    {
      PdgResolveTransition *transition = &g_array_index (source->transitions, PdgResolveTransition, i);
      const PdgResolveTransition *old = g_hash_table_lookup (before, transition);

      if (old == NULL || old->transition->count != transition->transition->count
          || !same_measure (old->transition->dwell_median_ms, transition->transition->dwell_median_ms))
        g_ptr_array_add (source->changed_transitions, transition);
    }
  for (guint i = 0; source->old_transitions != NULL && i < source->old_transitions->len; i++)
    if (!g_hash_table_contains (now, &g_array_index (source->old_transitions, PdgResolveTransition, i)))
      g_ptr_array_add (source->removed_transitions, &g_array_index (source->old_transitions, PdgResolveTransition, i));
}

/* What differs in @report from @before (nullable), whose texts the source borrows. */
static ChangeSource *
change_source_new (PdgJourneyReport *report, const PdgJourneyReport *before)
{
  ChangeSource *source = g_new0 (ChangeSource, 1);

  source->report = pdg_journey_report_ref (report);
  source->is_whole = before == NULL;
  source->transitions = pdg_resolve_make_transitions (report->graph);
  source->old_transitions = before != NULL ? pdg_resolve_make_transitions (before->graph) : NULL;
  source->changed_screens = g_ptr_array_new ();
  source->changed_transitions = g_ptr_array_new ();
  source->removed_screens = g_ptr_array_new ();
  source->removed_transitions = g_ptr_array_new ();
  compare_screens (source, before != NULL ? before->graph : NULL);
  compare_transitions (source);
  return source;
}

static gboolean
has_news (const ChangeSource *source, const PdgJourneyReport *before)
{
  return before == NULL || source->changed_screens->len > 0 || source->changed_transitions->len > 0 || source->removed_screens->len > 0
         || source->removed_transitions->len > 0
         || pdg_journey_graph_get_n_sessions (before->graph) != pdg_journey_graph_get_n_sessions (source->report->graph)
         || pdg_journey_graph_get_n_events (before->graph) != pdg_journey_graph_get_n_events (source->report->graph);
}

static void
subscription_journey_graph_changed (PdgGqlCall *call)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  const PdgApiChange *change = pdg_gql_call_get_source (call, 0);
  PdgJourneyReport *before = pdg_api_stream_memory_get (change->memory);
  g_autoptr (PdgEventFilter) filter = NULL;
  g_autoptr (GPtrArray) reports = NULL;
  PdgJourneyQuestion question;
  ChangeSource *source;
  GError *error = NULL;

  if (queries == NULL || !pdg_resolve_get_journey_question (call, &question, &filter))
    return;
  reports = pdg_queries_load_journeys (queries, &change->project_no, 1, &question, &error);
  if (reports == NULL)
    {
      pdg_gql_call_fail_all (call, error);
      return;
    }
  source = change_source_new (reports->pdata[0], before);
  if (!has_news (source, before))
    pdg_api_stream_memory_set_silent (change->memory);
  pdg_api_stream_memory_put (change->memory, pdg_journey_report_ref (reports->pdata[0]), (GDestroyNotify) pdg_journey_report_unref);
  pdg_api_stream_memory_set_rhythm (change->memory, AT_EARLIEST_MS, 0);
  pdg_gql_call_set_object (call, 0, source, change_source_free);
}

static void
change_removed_screens (PdgGqlCall *call)
{
  const ChangeSource *source = pdg_gql_call_get_source (call, 0);
  g_autoptr (GPtrArray) ids = g_ptr_array_copy (source->removed_screens, NULL, NULL);

  g_ptr_array_add (ids, NULL);
  pdg_gql_call_set_strings (call, 0, (const char *const *) ids->pdata);
}

PDG_RESOLVE_MEMBER (change_as_of, ChangeSource, pdg_gql_call_set_int64 (call, i, source->report->as_of_usec))
PDG_RESOLVE_MEMBER (change_is_whole, ChangeSource, pdg_gql_call_set_bool (call, i, source->is_whole))
PDG_RESOLVE_MEMBER (change_session_count, ChangeSource,
                    pdg_gql_call_set_int64 (call, i, (gint64) pdg_journey_graph_get_n_sessions (source->report->graph)))
PDG_RESOLVE_MEMBER (change_event_count, ChangeSource,
                    pdg_gql_call_set_int64 (call, i, (gint64) pdg_journey_graph_get_n_events (source->report->graph)))
PDG_RESOLVE_MEMBER (change_screens, ChangeSource,
                    pdg_gql_call_set_borrowed_list (call, i, source->changed_screens->pdata, source->changed_screens->len))
PDG_RESOLVE_MEMBER (change_transitions, ChangeSource,
                    pdg_gql_call_set_borrowed_list (call, i, source->changed_transitions->pdata, source->changed_transitions->len))
PDG_RESOLVE_MEMBER (change_removed_transitions, ChangeSource,
                    pdg_gql_call_set_borrowed_list (call, i, source->removed_transitions->pdata, source->removed_transitions->len))
PDG_RESOLVE_MEMBER (removed_from, PdgResolveTransition, pdg_gql_call_set_string (call, i, source->from))
PDG_RESOLVE_MEMBER (removed_to, PdgResolveTransition, pdg_gql_call_set_string (call, i, source->to))

static const PdgGqlBinding bindings[] = {
  { "Subscription.journeyGraphChanged", subscription_journey_graph_changed },
  { "JourneyGraphChange.asOf", change_as_of },
  { "JourneyGraphChange.isWhole", change_is_whole },
  { "JourneyGraphChange.sessionCount", change_session_count },
  { "JourneyGraphChange.eventCount", change_event_count },
  { "JourneyGraphChange.screens", change_screens },
  { "JourneyGraphChange.transitions", change_transitions },
  { "JourneyGraphChange.removedScreens", change_removed_screens },
  { "JourneyGraphChange.removedTransitions", change_removed_transitions },
  { "RemovedTransition.from", removed_from },
  { "RemovedTransition.to", removed_to },
};

PdgResolveTable
pdg_resolve_graph_change_table (void)
{
  return (PdgResolveTable) PDG_RESOLVE_TABLE (bindings);
}
