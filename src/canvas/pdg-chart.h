#pragma once

#include "canvas/pdg-theme.h"

#include <cairo.h>

G_BEGIN_DECLS

/* Parts of charts, drawn on whole device pixels in the colours of a theme. Pure; any thread. */

/* A bar of a funnel, from the left over the whole width of @width x @height logical pixels: @share of it is filled, what of @before is lost
 * since the step before is hatched, and the 95 % interval @low to @high is a whisker; all 0 to 1. @lit: under the pointer or open. */
void pdg_chart_draw_funnel_bar (cairo_t *cr, double width, double height, double share, double before, double low, double high, gboolean lit,
                                int scale_factor, const PdgTheme *theme);

G_END_DECLS
