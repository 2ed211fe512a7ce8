#pragma once

#include "canvas/pdg-group.h"

G_BEGIN_DECLS

/* What pdg_grouping_new() finds groups with. Each writes to @groups (one for each screen of @graph) the number of the screen's group, or
 * -1, and adds to @keys (of char *) what each group is known by and to @titles what it is called. */
void pdg_group_find_paths (const PdgJourneyGraph *graph, int *groups, GPtrArray *keys, GPtrArray *titles);
void pdg_group_find_journeys (const PdgJourneyGraph *graph, int *groups, GPtrArray *keys, GPtrArray *titles);

G_END_DECLS
