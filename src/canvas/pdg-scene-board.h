#pragma once

#include "canvas/pdg-layout.h"
#include "canvas/pdg-scene.h"
#include "model/pdg-board.h"

G_BEGIN_DECLS

/* The scene of these cards alone, where they lie, and of the edges among them; their numbers stay what they are.
 * (transfer full) Any thread. */
PdgScene *pdg_scene_new_part (const PdgScene *scene, const guint32 *cards, guint n_cards);

/* What @scene shows, to be kept in a file; @layout (nullable) knows what is pinned. (transfer full) Any thread. */
PdgBoard *pdg_scene_dup_board (const PdgScene *scene, const PdgLayout *layout, const char *project, const char *range, gint64 as_of_usec);

/* The same of these cards alone: of a folded group all its screens. (transfer full) Any thread. */
PdgBoard *pdg_scene_dup_part_board (const PdgScene *scene, const guint32 *cards, guint n_cards, const PdgLayout *layout, const char *project,
                                    const char *range, gint64 as_of_usec);

/* The scene of a board, as it was. About as slow as pdg_scene_new(). (transfer full) Any thread. */
PdgScene *pdg_scene_new_from_board (const PdgBoard *board);

G_END_DECLS
