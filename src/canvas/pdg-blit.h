#pragma once

#include <cairo.h>
#include <glib.h>

G_BEGIN_DECLS

/* Quick copies between RGB24 image surfaces, in device pixels whatever their device scale. Any thread, while nobody else
 * writes to either surface. */

/* Puts the top left of @source at @x, @y of @target, within @clip only. */
void pdg_blit_copy (cairo_surface_t *target, const cairo_rectangle_int_t *clip, cairo_surface_t *source, int x, int y);

/* The same, @source being @scale times as large, from bilinear samples; beyond its edge it goes on as it ends. Fills all
 * of @clip. */
void pdg_blit_scale (cairo_surface_t *target, const cairo_rectangle_int_t *clip, cairo_surface_t *source, double x, double y,
                     double scale);

/* Moves the picture in @surface by @dx, @dy; what is uncovered keeps what it was. */
void pdg_blit_scroll (cairo_surface_t *surface, int dx, int dy);

/* Fills @clip with one colour, 0xRRGGBB. */
void pdg_blit_fill (cairo_surface_t *target, const cairo_rectangle_int_t *clip, guint32 rgb);

/* Makes every pixel of an ARGB32 surface opaque: the fourth byte of RGB24 means nothing. */
void pdg_blit_make_opaque (cairo_surface_t *surface);

G_END_DECLS
