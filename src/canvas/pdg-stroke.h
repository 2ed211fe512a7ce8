#pragma once

#include "canvas/pdg-theme.h"

#include <cairo.h>

G_BEGIN_DECLS

/* Fills thick lines on an image surface by the exact share of each pixel that they cover: two to three times as quick as
 * cairo for a curve, and the same for a pixel wherever the surface ends (cairo's depends on what else lies in its row). */
typedef struct _PdgStroke PdgStroke;

/* The calling thread's, for a surface of @width x @height device pixels; nothing is in it. (transfer none) */
PdgStroke *pdg_stroke_get (int width, int height);

/* Adds a line through @n points (x and y in turn, device pixels), with butt ends; the other, a triangle. */
void       pdg_stroke_add_line (PdgStroke *stroke, const double *points, guint n, double width);
void       pdg_stroke_add_triangle (PdgStroke *stroke, const double points[6]);

/* Lays @color over what was added on @surface, RGB24 or ARGB32, and empties. What overlaps counts once. */
void       pdg_stroke_paint (PdgStroke *stroke, cairo_surface_t *surface, const PdgRgba *color);

G_END_DECLS
