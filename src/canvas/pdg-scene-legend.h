#pragma once

#include "canvas/pdg-scene-draw.h"

G_BEGIN_DECLS

#define PDG_LEGEND_MAX_STEPS 3

/* A round number of moves, and the width at 100 % of an edge of so many. A plain value. */
typedef struct
{
  guint32 count;
  double width;
} PdgLegendStep;

/* What widths mean in @scene, the largest first; returns how many steps there are: 0 without edges. Any thread. */
guint  pdg_scene_get_legend (const PdgScene *scene, PdgLegendStep steps[PDG_LEGEND_MAX_STEPS]);

/* The share of visits that take one of the edges with a label, weighed by traffic: what PDG_EDGE_TINT_CONVERSION compares with. */
double pdg_scene_get_usual_share (const PdgScene *scene);

/* The size of the legend in logical pixels, and the legend itself, without a ground, as wide as the lines are at @zoom. */
void   pdg_scene_measure_legend (const PdgScene *scene, double zoom, const PdgTheme *theme, const PdgSceneStyle *style, int *width, int *height);
void   pdg_scene_draw_legend (const PdgScene *scene, cairo_t *cr, double zoom, int scale_factor, const PdgTheme *theme, const PdgSceneStyle *style);

G_END_DECLS
