#pragma once

#include "canvas/pdg-scene-draw.h"
#include "canvas/pdg-scene-private.h"
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
  guint8 *flags;          /* by card */
} PdgDraw;

/* Cards narrower than this are drawn with straight edges, no tips, no dashes. */
#define PDG_SIMPLE_PX 34.0

void pdg_draw_set_source (cairo_t *cr, const PdgRgba *color);
void pdg_draw_rounded (cairo_t *cr, double x, double y, double width, double height, double radius);

/* Edges that @visible meets, in rising order: the busiest first. (transfer full) (element-type guint32) */
GArray *pdg_draw_list_edges (const PdgDraw *draw, guint max_edges);

void pdg_draw_edges (const PdgDraw *draw, const GArray *edges);
void pdg_draw_labels (const PdgDraw *draw, const GArray *edges);
void pdg_draw_cards (const PdgDraw *draw, const GArray *cards);

/* Outlines of what is hovered, focused and selected, above everything. */
void pdg_draw_outlines (const PdgDraw *draw, const GArray *cards);

G_END_DECLS
