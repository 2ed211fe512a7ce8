#pragma once

#include "canvas/pdg-camera.h"
#include "canvas/pdg-theme.h"

#include <cairo.h>

G_BEGIN_DECLS

/* Geometry of moving cards by hand. All functions are pure; any thread. */

/* World units between the places on which a dragged card comes to rest, and by which an arrow key moves it. */
#define PDG_ARRANGE_GRID 8.0

typedef enum
{
  PDG_ALIGN_LEFT,
  PDG_ALIGN_CENTRE,   /* one above the other */
  PDG_ALIGN_RIGHT,
  PDG_ALIGN_TOP,
  PDG_ALIGN_MIDDLE,   /* side by side */
  PDG_ALIGN_BOTTOM
} PdgAlign;

#define PDG_N_ALIGNS (PDG_ALIGN_BOTTOM + 1)

/* "left", "centre", "right", "top", "middle", "bottom"; FALSE for another word. */
gboolean pdg_align_from_nick (const char *nick, PdgAlign *align);

/* Moves the rectangles to one line of their common bounds. Those that are @fixed (nullable: none is) stay, and the line is theirs. */
void     pdg_arrange_align (PdgRect *rects, const gboolean *fixed, guint n, PdgAlign align);

/* Makes the gaps between neighbours equal, along x when @horizontal, without moving the outermost two; fewer than three
 * stay as they are. Where there is no room for gaps they overlap equally. Fixed ones (nullable) stay. */
void     pdg_arrange_distribute (PdgRect *rects, const gboolean *fixed, guint n, gboolean horizontal);

/* One line that a dragged rectangle has been drawn to; a plain value. */
typedef struct
{
  gboolean vertical;
  double at;      /* x of a vertical line, y of the others */
  double from;    /* its ends along the other axis: it reaches over all rectangles that it touches */
  double to;
} PdgGuide;

#define PDG_MAX_GUIDES 6

/* A plain value: how much further a dragged rectangle is moved. */
typedef struct
{
  double dx;
  double dy;
  guint n_guides;
  PdgGuide guides[PDG_MAX_GUIDES];
} PdgSnap;

/* Where @moving comes to rest: with an edge or its middle on the same of one of @others when that is within @tolerance, else on the
 * grid. Each axis by itself. */
PdgSnap  pdg_arrange_snap (const PdgRect *moving, const PdgRect *others, guint n_others, double tolerance);

/* How far the view moves within a second, in logical pixels, while something is dragged at (@x, @y) near or beyond the edge of
 * a @width x @height canvas. */
void     pdg_arrange_get_edge_pan (double x, double y, double width, double height, double *dx, double *dy);

/* Draws the lines, one device pixel wide, for @camera. */
void     pdg_arrange_draw_guides (cairo_t *cr, const PdgSnap *snap, const PdgCamera *camera, int scale_factor, const PdgTheme *theme);

/* Pales the world rectangles: where dragged cards were. */
void     pdg_arrange_draw_veil (cairo_t *cr, const PdgRect *rects, guint n, const PdgCamera *camera, const PdgTheme *theme);

/* Outlines the world rectangles as selected ones. */
void     pdg_arrange_draw_outlines (cairo_t *cr, const PdgRect *rects, guint n, const PdgCamera *camera, int scale_factor,
                                    const PdgTheme *theme);

/* The mark at the upper left of a card that is held in its place: a pin, or a padlock when @locked. */
void     pdg_arrange_draw_mark (cairo_t *cr, const PdgRect *card, const PdgCamera *camera, int scale_factor, gboolean locked,
                                const PdgTheme *theme);

G_END_DECLS
