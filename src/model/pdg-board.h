#pragma once

#include "model/pdg-journey-graph.h"

G_BEGIN_DECLS

/* Where one screen's card lies on the canvas, in world units, and its place in the layout. A plain value. */
typedef struct
{
  double x;
  double y;
  guint32 column;
  guint32 row;
  gboolean pinned;
} PdgBoardPlace;

/* What a canvas shows, to be kept in a file: a journey graph and where its screens lie. Immutable, atomically counted. */
typedef struct _PdgBoard PdgBoard;

/* @places: one for each screen of @graph, copied. @as_of_usec: when the numbers were read, 0: unknown. @range: such as "7d".
 * (transfer full) Any thread. */
PdgBoard            *pdg_board_new (const char *project, const char *range, gint64 as_of_usec, PdgJourneyGraph *graph,
                                    const PdgBoardPlace *places);
PdgBoard            *pdg_board_ref (PdgBoard *board);
void                 pdg_board_unref (PdgBoard *board);

/* All (transfer none). Any thread. */
const char          *pdg_board_get_project (const PdgBoard *board);
const char          *pdg_board_get_range (const PdgBoard *board);
gint64               pdg_board_get_as_of (const PdgBoard *board);
PdgJourneyGraph     *pdg_board_get_graph (const PdgBoard *board);

/* One for each screen of the graph, in its order. */
const PdgBoardPlace *pdg_board_get_places (const PdgBoard *board);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgBoard, pdg_board_unref)

G_END_DECLS
