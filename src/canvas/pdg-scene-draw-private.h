#pragma once

#include "canvas/pdg-scene-draw.h"
#include "canvas/pdg-scene-private.h"
#include "canvas/pdg-stroke.h"
#include "canvas/pdg-text.h"

G_BEGIN_DECLS

/* Bits of PdgDraw.flags. */
#define PDG_CARD_SELECTED 1u
#define PDG_CARD_LIT      2u   /* its edges stand out */

/* One drawing. */
typedef struct
{
  const PdgScene *scene;
  cairo_t *cr;
  PdgCamera camera;       /* snapped to device pixels */
  int width;
  int height;
  int scale_factor;
  const PdgTheme *theme;
  const PdgSceneStyle *style;
  PdgImageStore *images;  /* (nullable) */
  PdgDetail detail;
  gboolean simple;        /* cards are narrower than PDG_SIMPLE_PX */
  PdgRect visible;        /* world */
  PdgStroke *stroke;      /* edges are drawn by it: onto a picture that lies as the view does; NULL: by cairo */
  const guint8 *flags;    /* by card; NULL: nothing is lit, selected or hovered */
} PdgDraw;

/* Cards narrower than this are drawn with straight edges, no tips, no dashes. */
#define PDG_SIMPLE_PX 34.0

void pdg_draw_set_source (cairo_t *cr, const PdgRgba *color);
void pdg_draw_rounded (cairo_t *cr, double x, double y, double width, double height, double radius);

/* Fills @draw for @camera rounded to device pixels; @style may be NULL. */
void   pdg_draw_init (PdgDraw *draw, const PdgScene *scene, cairo_t *cr, const PdgCamera *camera, int width, int height,
                      int scale_factor, const PdgTheme *theme, const PdgSceneStyle *style, PdgImageStore *images);

/* Edges that @visible meets, in rising order: the busiest first, and only they where there are too many to be told
 * apart. (transfer full) (element-type guint32) */
GArray *pdg_draw_list_edges (const PdgDraw *draw);

/* Whether the edge stands out: it or one of its cards is pointed at or selected. */
gboolean pdg_draw_is_lit (const PdgDraw *draw, guint32 edge_index);

/* Whether the edge's label is drawn, and where, in world units. */
gboolean pdg_draw_has_label (const PdgDraw *draw, guint32 edge_index, PdgRect *rect);

/* The device pixels that a card takes with its text and marks, cut out of @region. */
void     pdg_draw_subtract_card (const PdgDraw *draw, guint32 card, cairo_region_t *region);

/* Device pixels of the rectangle of logical pixels, grown to whole ones. */
cairo_rectangle_int_t pdg_draw_get_pixels (const PdgDraw *draw, double x, double y, double width, double height);

void pdg_draw_edges (const PdgDraw *draw, const GArray *edges);
void pdg_draw_labels (const PdgDraw *draw, const GArray *edges);
void pdg_draw_cards (const PdgDraw *draw, const GArray *cards);

/* Frames of groups; their titles, @keep: moved into view; the sheets behind a folded group's picture. */
void pdg_draw_frames (const PdgDraw *draw);
void pdg_draw_titles (const PdgDraw *draw, gboolean keep);
void pdg_draw_stack (const PdgDraw *draw, double x, double y, double width, double radius);

/* Outlines of what is hovered, focused and selected, above everything. */
void pdg_draw_outlines (const PdgDraw *draw, const GArray *cards);

G_END_DECLS
