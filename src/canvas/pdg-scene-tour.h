#pragma once

#include "canvas/pdg-scene.h"

G_BEGIN_DECLS

/* The cards that a presentation shows, in order. Of @cards, when there are two or more: these, in reading order. Of one: the journey
 * from there along the busiest path that does not lead back, as long as at least 3 % go on. Of none: the same from where most
 * sessions enter. (transfer full) (element-type guint32) Any thread. */
GArray *pdg_scene_list_tour (const PdgScene *scene, const guint32 *cards, guint n_cards);

G_END_DECLS
