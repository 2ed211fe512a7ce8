#pragma once

#include "model/pdg-journey-graph.h"

G_BEGIN_DECLS

#define PDG_FLOW_LIST_MAX 5

/* One row: @count of @base went by @name. A plain value; texts are copied. */
typedef struct
{
  const char *screen_id;
  const char *name;
  guint64 count;
  guint64 base; /* 0: no share is shown, only the count */
} PdgFlow;

/* What the inspector computes from a graph. Pure; the texts of the flows belong to the graph. */

/* Sums over all screens. A plain value. */
typedef struct
{
  guint64 visits;
  guint64 entries;
  guint64 exits;
  guint64 errors;
} PdgFlowTotals;

PdgFlowTotals pdg_flows_sum (const PdgJourneyGraph *graph);

/* The busiest screens after (@forward) or before @screen with their share of its visits, repeats of itself included.
 * Returns how many were written to @flows. */
guint         pdg_flows_list_around (const PdgJourneyGraph *graph, guint screen, gboolean forward, PdgFlow flows[PDG_FLOW_LIST_MAX]);

/* The screens where most sessions begin (@entries) or end, with their share of all. */
guint         pdg_flows_list_ends (const PdgJourneyGraph *graph, gboolean entries, PdgFlow flows[PDG_FLOW_LIST_MAX]);

/* The transition between two screens; NULL when there is none. */
const PdgJourneyTransition *pdg_flows_lookup (const PdgJourneyGraph *graph, const char *from_id, const char *to_id);

/* Whether visits of @screen end there significantly more often than visits of all screens do: its 95 % interval lies above. */
gboolean      pdg_flows_exits_stand_out (const PdgJourneyGraph *graph, guint screen);

G_END_DECLS
