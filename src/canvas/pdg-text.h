#pragma once

#include "canvas/pdg-theme.h"

#include <cairo.h>

G_BEGIN_DECLS

typedef enum
{
  PDG_TEXT_TITLE,        /* 13/600 */
  PDG_TEXT_TITLE_SMALL,  /* 11/600 */
  PDG_TEXT_SECOND,       /* 12/400 */
  PDG_TEXT_LABEL,        /* 11/400 */
  PDG_TEXT_INITIAL,      /* a single large letter */
  PDG_N_TEXTS
} PdgTextStyle;

/* Natural width in logical pixels at scale 1. Any thread; the layouts are kept by thread. */
double pdg_text_measure (const PdgTheme *theme, PdgTextStyle style, const char *text);

/* Draws one line with its left end at @x and its baseline at @baseline, @scale times its size, cut off with an ellipsis
 * where it is wider than @max_width logical pixels (on the screen, negative: never). On a raster of @scale_factor
 * device pixels to one, at scale 1, it is a kept mask put on whole device pixels; elsewhere it is drawn as it is. */
void   pdg_text_draw (cairo_t *cr, const PdgTheme *theme, PdgTextStyle style, const char *text, double x, double baseline,
                      double max_width, double scale, int scale_factor, const PdgRgba *color);

/* A line of text as it was drawn, in the device's units. */
typedef struct
{
  char *text;
  double x;
  double baseline;
  double size;
  double width;
  gboolean semibold;
  PdgRgba color;
} PdgTextLine;

/* From now on lines for @surface are not drawn but gathered in @lines (of PdgTextLine, which clears itself), which lives as long as
 * the surface: for files that keep text as text. */
void   pdg_text_gather (cairo_surface_t *surface, GArray *lines);
/* (transfer full) (element-type PdgTextLine) */
GArray *pdg_text_new_lines (void);

/* Whether @cr draws for print or to a file of shapes, not to pixels. */
gboolean pdg_text_is_vector (cairo_t *cr);

G_END_DECLS
