#include "config.h"
#include "app/pdg-flows.h"

#include "base/pdg-stats.h"

PdgFlowTotals
pdg_flows_sum (const PdgJourneyGraph *graph)
{
  PdgFlowTotals totals = { 0 };
  guint n;
  const PdgJourneyScreen *screens = pdg_journey_graph_get_screens (graph, &n);

  for (guint i = 0; i < n; i++)
    {
      totals.visits += screens[i].visits;
      totals.entries += screens[i].entries;
      totals.exits += screens[i].exits;
      totals.errors += screens[i].errors;
    }
  return totals;
}

/* Keeps the largest PDG_FLOW_LIST_MAX, falling; of equal ones the first stays first. */
static guint
insert (PdgFlow *flows, guint n, PdgFlow flow)
{
  guint at = n;

  while (at > 0 && flows[at - 1].count < flow.count)
    at--;
  if (at == PDG_FLOW_LIST_MAX)
    return n;
  n = MIN (n + 1, PDG_FLOW_LIST_MAX);
  for (guint i = n - 1; i > at; i--)
    flows[i] = flows[i - 1];
  flows[at] = flow;
  return n;
}

guint
pdg_flows_list_around (const PdgJourneyGraph *graph, guint screen, gboolean forward, PdgFlow flows[PDG_FLOW_LIST_MAX])
{
  guint n_screens, n_transitions;
  const PdgJourneyScreen *screens = pdg_journey_graph_get_screens (graph, &n_screens);
  const PdgJourneyTransition *transitions = pdg_journey_graph_get_transitions (graph, &n_transitions);
  guint n = 0;

  g_return_val_if_fail (screen < n_screens, 0);
  for (guint i = 0; i < n_transitions; i++)
    {
      guint near = forward ? transitions[i].from : transitions[i].to;
      const PdgJourneyScreen *far = &screens[forward ? transitions[i].to : transitions[i].from];

      if (near == screen)
        n = insert (flows, n, (PdgFlow){ far->id, far->name, transitions[i].count, screens[screen].visits });
    }
  return n;
}

guint
pdg_flows_list_ends (const PdgJourneyGraph *graph, gboolean entries, PdgFlow flows[PDG_FLOW_LIST_MAX])
{
  PdgFlowTotals totals = pdg_flows_sum (graph);
  guint n_screens;
  const PdgJourneyScreen *screens = pdg_journey_graph_get_screens (graph, &n_screens);
  guint n = 0;

  for (guint i = 0; i < n_screens; i++)
    {
      guint32 count = entries ? screens[i].entries : screens[i].exits;

      if (count > 0)
        n = insert (flows, n, (PdgFlow){ screens[i].id, screens[i].name, count, entries ? totals.entries : totals.exits });
    }
  return n;
}

const PdgJourneyTransition *
pdg_flows_lookup (const PdgJourneyGraph *graph, const char *from_id, const char *to_id)
{
  int from = pdg_journey_graph_lookup (graph, from_id);
  int to = pdg_journey_graph_lookup (graph, to_id);
  guint n;
  const PdgJourneyTransition *transitions = pdg_journey_graph_get_transitions (graph, &n);

  for (guint i = 0; from >= 0 && to >= 0 && i < n; i++)
    if (transitions[i].from == (guint32) from && transitions[i].to == (guint32) to)
      return &transitions[i];
  return NULL;
}

gboolean
pdg_flows_exits_stand_out (const PdgJourneyGraph *graph, guint screen)
{
  PdgFlowTotals totals = pdg_flows_sum (graph);
  guint n;
  const PdgJourneyScreen *screens = pdg_journey_graph_get_screens (graph, &n);
  double low, high;

  return screen < n && totals.visits > 0 && pdg_stats_wilson (screens[screen].exits, screens[screen].visits, &low, &high)
         && low > (double) totals.exits / (double) totals.visits;
}
