#include "config.h"
#include "model/pdg-journey-graph.h"

#include <stdlib.h>

struct _PdgJourneyGraph
{
  GArray *screens;
  GArray *transitions;
  GHashTable *by_id; /* id (borrowed) -> index + 1 */
  guint64 n_sessions;
  guint64 n_events;
};

static void
screen_clear (gpointer data)
{
  PdgJourneyScreen *screen = data;

  g_free (screen->id);
  g_free (screen->path);
  g_free (screen->name);
  g_free (screen->snapshot_id);
}

PdgJourneyGraph *
pdg_journey_graph_new (void)
{
  PdgJourneyGraph *graph = g_atomic_rc_box_new0 (PdgJourneyGraph);

  graph->screens = g_array_new (FALSE, FALSE, sizeof (PdgJourneyScreen));
  g_array_set_clear_func (graph->screens, screen_clear);
  graph->transitions = g_array_new (FALSE, FALSE, sizeof (PdgJourneyTransition));
  graph->by_id = g_hash_table_new (g_str_hash, g_str_equal);
  return graph;
}

PdgJourneyGraph *
pdg_journey_graph_ref (PdgJourneyGraph *graph)
{
  return g_atomic_rc_box_acquire (graph);
}

static void
graph_clear (gpointer data)
{
  PdgJourneyGraph *graph = data;

  g_hash_table_unref (graph->by_id);
  g_array_unref (graph->screens);
  g_array_unref (graph->transitions);
}

void
pdg_journey_graph_unref (PdgJourneyGraph *graph)
{
  if (graph != NULL)
    g_atomic_rc_box_release_full (graph, graph_clear);
}

guint
pdg_journey_graph_add_screen (PdgJourneyGraph *graph, const PdgJourneyScreen *screen)
{
  PdgJourneyScreen copy = *screen;

  copy.id = g_strdup (screen->id);
  copy.path = g_strdup (screen->path);
  copy.name = g_strdup (screen->name);
  copy.snapshot_id = g_strdup (screen->snapshot_id);
  g_array_append_val (graph->screens, copy);
  g_hash_table_insert (graph->by_id, copy.id, GUINT_TO_POINTER (graph->screens->len));
  return graph->screens->len - 1;
}

void
pdg_journey_graph_add_transition (PdgJourneyGraph *graph, const PdgJourneyTransition *transition)
{
  g_return_if_fail (transition->from < graph->screens->len && transition->to < graph->screens->len);
  g_array_append_val (graph->transitions, *transition);
}

typedef struct
{
  PdgJourneyScreen screen;
  guint32 index; /* before */
} Placed;

static int
compare_placed (gconstpointer a, gconstpointer b)
{
  const PdgJourneyScreen *one = &((const Placed *) a)->screen, *two = &((const Placed *) b)->screen;
  int order;

  if (one->visits != two->visits)
    return one->visits > two->visits ? -1 : 1;
  order = g_strcmp0 (one->path, two->path);
  return order != 0 ? order : g_strcmp0 (one->id, two->id);
}

static int
compare_transitions (gconstpointer a, gconstpointer b)
{
  const PdgJourneyTransition *one = a, *two = b;

  if (one->count != two->count)
    return one->count > two->count ? -1 : 1;
  if (one->from != two->from)
    return one->from < two->from ? -1 : 1;
  return one->to < two->to ? -1 : one->to > two->to;
}

void
pdg_journey_graph_sort (PdgJourneyGraph *graph)
{
  guint n = graph->screens->len;
  g_autofree Placed *placed = g_new (Placed, n + 1);
  g_autofree guint32 *index = g_new (guint32, n + 1);

  for (guint32 i = 0; i < n; i++)
    placed[i] = (Placed) { g_array_index (graph->screens, PdgJourneyScreen, i), i };
  qsort (placed, n, sizeof *placed, compare_placed);
  for (guint32 i = 0; i < n; i++)
    {
      g_array_index (graph->screens, PdgJourneyScreen, i) = placed[i].screen;
      index[placed[i].index] = i;
      g_hash_table_insert (graph->by_id, placed[i].screen.id, GUINT_TO_POINTER (i + 1));
    }
  for (guint i = 0; i < graph->transitions->len; i++)
    {
      PdgJourneyTransition *transition = &g_array_index (graph->transitions, PdgJourneyTransition, i);

      transition->from = index[transition->from];
      transition->to = index[transition->to];
    }
  g_array_sort (graph->transitions, compare_transitions);
}

void
pdg_journey_graph_set_totals (PdgJourneyGraph *graph, guint64 n_sessions, guint64 n_events)
{
  graph->n_sessions = n_sessions;
  graph->n_events = n_events;
}

guint64
pdg_journey_graph_get_n_sessions (const PdgJourneyGraph *graph)
{
  return graph->n_sessions;
}

guint64
pdg_journey_graph_get_n_events (const PdgJourneyGraph *graph)
{
  return graph->n_events;
}

const PdgJourneyScreen *
pdg_journey_graph_get_screens (const PdgJourneyGraph *graph, guint *n_screens)
{
  *n_screens = graph->screens->len;
  return (const PdgJourneyScreen *) (void *) graph->screens->data;
}

const PdgJourneyTransition *
pdg_journey_graph_get_transitions (const PdgJourneyGraph *graph, guint *n_transitions)
{
  *n_transitions = graph->transitions->len;
  return (const PdgJourneyTransition *) (void *) graph->transitions->data;
}

int
pdg_journey_graph_lookup (const PdgJourneyGraph *graph, const char *id)
{
  return (int) GPOINTER_TO_UINT (g_hash_table_lookup (graph->by_id, id)) - 1;
}

gboolean
pdg_journey_graph_is_conserved (const PdgJourneyGraph *graph, guint *screen)
{
  guint n_screens, n_transitions;
  const PdgJourneyScreen *screens = pdg_journey_graph_get_screens (graph, &n_screens);
  const PdgJourneyTransition *transitions = pdg_journey_graph_get_transitions (graph, &n_transitions);
  g_autofree guint64 *in = g_new0 (guint64, n_screens + 1);
  g_autofree guint64 *out = g_new0 (guint64, n_screens + 1);

  for (guint i = 0; i < n_transitions; i++)
    {
      out[transitions[i].from] += transitions[i].count;
      in[transitions[i].to] += transitions[i].count;
    }
  for (guint i = 0; i < n_screens; i++)
    if (in[i] + screens[i].entries != screens[i].visits || out[i] + screens[i].exits != screens[i].visits)
      {
        if (screen != NULL)
          *screen = i;
        return FALSE;
      }
  return TRUE;
}
