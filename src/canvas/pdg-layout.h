#pragma once

#include "canvas/pdg-edit.h"
#include "model/pdg-journey-graph.h"

#include <glib.h>

G_BEGIN_DECLS

/* World units. A card is a picture with two lines of text below it. */
#define PDG_CARD_WIDTH          320.0
#define PDG_CARD_HEIGHT         240.0
#define PDG_CARD_PICTURE_HEIGHT 200.0
#define PDG_LAYOUT_COLUMN_GAP   192.0
#define PDG_LAYOUT_ROW_GAP      120.0

/* A plain value: where one screen's card lies; @x and @y are its top left in world units. */
typedef struct
{
  const char *screen_id;
  double x;
  double y;
  guint32 rank;      /* column, from the left */
  guint32 order;     /* place in the column, from the top */
  gboolean pinned;   /* placed by a person: stays where it is */
} PdgLayoutPosition;

/* Positions of the cards by screen id. Immutable, atomically counted; any thread. */
typedef struct _PdgLayout PdgLayout;

/* Lays @graph out from left to right, the same for the same input. Screens that @previous (nullable) knows keep
 * their column and their order and move little; pinned ones do not move. Pure and possibly long (some 10 ms for 1,000
 * screens): run it on a compute thread. (transfer full) */
PdgLayout               *pdg_layout_new (const PdgJourneyGraph *graph, const PdgLayout *previous);

/* From stored positions: copies @positions; those with an empty id or a coordinate that is not finite or beyond
 * 1e7 units are left out, of the same id the last one counts. (transfer full) Any thread. */
PdgLayout               *pdg_layout_new_from_positions (const PdgLayoutPosition *positions, guint n_positions);

/* A copy with @screen_id pinned at (@x, @y), added when it was not there. (transfer full) Any thread. */
PdgLayout               *pdg_layout_move (const PdgLayout *layout, const char *screen_id, double x, double y);

/* A copy in which nothing is pinned, to be given as previous for "tidy up"; with NULL as previous all is laid anew. */
PdgLayout               *pdg_layout_unpin (const PdgLayout *layout);

/* A copy of @layout (nullable: of none) in which the cards lie where people have put them: the pinned ones of @places always, the others
 * where their place is not the one they had in @applied (nullable), the table that the layout took before: these the layout may
 * have moved since. (transfer full) Any thread. */
PdgLayout               *pdg_layout_with_places (const PdgLayout *layout, GHashTable *places, GHashTable *applied);

/* Lays out anew: the screens of @screen_ids (NULL-terminated) among the others, which move little; with NULL all that are not
 * pinned. What is locked in @places stays. (transfer full) Any thread, possibly long. */
PdgLayout               *pdg_layout_tidy (const PdgJourneyGraph *graph, const PdgLayout *layout, const char *const *screen_ids,
                                          GHashTable *places);

PdgLayout               *pdg_layout_ref (PdgLayout *layout);
void                     pdg_layout_unref (PdgLayout *layout);

/* All positions, to be stored; sorted by rank, then order, then id. (transfer none) Any thread. */
const PdgLayoutPosition *pdg_layout_get_positions (const PdgLayout *layout, guint *n_positions);

/* The position of @screen_id. (transfer none) (nullable) Any thread. */
const PdgLayoutPosition *pdg_layout_lookup (const PdgLayout *layout, const char *screen_id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgLayout, pdg_layout_unref)

G_END_DECLS
