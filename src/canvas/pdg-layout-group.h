#pragma once

#include "canvas/pdg-group.h"
#include "canvas/pdg-layout.h"

G_BEGIN_DECLS

/* Lays all screens out so that those of a group are near each other and no group lies in another one: each group as pdg_layout_new() would
 * lay it out alone, the groups (and screens without one) from left to right as if each were one card. What is pinned in @places
 * (nullable) stays where it is there. The same for the same input. (transfer full) Any thread, possibly long. */
PdgLayout *pdg_layout_new_grouped (const PdgGrouping *grouping, GHashTable *places);

G_END_DECLS
