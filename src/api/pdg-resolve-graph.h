#pragma once

#include "api/pdg-resolve.h"
#include "service/pdg-queries-journeys.h"

G_BEGIN_DECLS

/* What the resolvers of the journey graph share with the subscription to its changes. ScreenVisits is a PdgJourneyScreen. */

/* Transition. A plain value that borrows from its graph. */
typedef struct
{
  const PdgJourneyTransition *transition;
  const char *from; /* ids of the screens */
  const char *to;
} PdgResolveTransition;

/* All of the graph's. (transfer full) (element-type PdgResolveTransition) */
GArray  *pdg_resolve_make_transitions (PdgJourneyGraph *graph);

/* The arguments "range" and "filter", and what the selection needs; FALSE when the call was refused. @filter: (out) (transfer full)
 * (nullable) what the question borrows. */
gboolean pdg_resolve_get_journey_question (PdgGqlCall *call, PdgJourneyQuestion *question, PdgEventFilter **filter);

G_END_DECLS
