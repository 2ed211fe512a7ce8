#include "config.h"
#include "canvas/pdg-arrange.h"

#include <math.h>

#include "canvas/pdg-scene-draw-private.h"

#define MARK_PX 20.0
#define MARK_INSET_PX 8.0
/* Below this width a card has no room for a mark. */
#define MARK_CARD_PX 86.0

void
pdg_arrange_draw_guides (cairo_t *cr, const PdgSnap *snap, const PdgCamera *camera, int scale_factor, const PdgTheme *theme)
{
  double half = 0.5 / scale_factor;

  cairo_save (cr);
  pdg_draw_set_source (cr, pdg_theme_get (theme, PDG_COLOR_ACCENT));
  cairo_set_line_width (cr, 1.0 / scale_factor);
  for (guint i = 0; i < snap->n_guides; i++)
    {
      const PdgGuide *guide = &snap->guides[i];
      double x0, y0, x1, y1;

      pdg_camera_to_screen (camera, guide->vertical ? guide->at : guide->from, guide->vertical ? guide->from : guide->at, &x0, &y0);
      pdg_camera_to_screen (camera, guide->vertical ? guide->at : guide->to, guide->vertical ? guide->to : guide->at, &x1, &y1);
      cairo_move_to (cr, pdg_snap (x0, scale_factor) + half, pdg_snap (y0, scale_factor) + half);
      cairo_line_to (cr, pdg_snap (x1, scale_factor) + half, pdg_snap (y1, scale_factor) + half);
    }
  cairo_stroke (cr);
  cairo_restore (cr);
}

void
pdg_arrange_draw_veil (cairo_t *cr, const PdgRect *rects, guint n, const PdgCamera *camera, const PdgTheme *theme)
{
  PdgRgba ground = *pdg_theme_get (theme, PDG_COLOR_CANVAS);

  ground.alpha = 0.7;
  cairo_save (cr);
  pdg_draw_set_source (cr, &ground);
  for (guint i = 0; i < n; i++)
    {
      PdgRect screen = pdg_camera_rect_to_screen (camera, &rects[i]);

      pdg_draw_rounded (cr, screen.x - 1, screen.y - 1, screen.width + 2, screen.height + 2, PDG_RADIUS_CARD);
    }
  cairo_fill (cr);
  cairo_restore (cr);
}

void
pdg_arrange_draw_outlines (cairo_t *cr, const PdgRect *rects, guint n, const PdgCamera *camera, int scale_factor, const PdgTheme *theme)
{
  cairo_save (cr);
  pdg_draw_set_source (cr, pdg_theme_get (theme, PDG_COLOR_ACCENT));
  cairo_set_line_width (cr, 1.0);
  for (guint i = 0; i < n; i++)
    {
      PdgRect screen = pdg_camera_rect_to_screen (camera, &rects[i]);

      cairo_rectangle (cr, pdg_snap (screen.x, scale_factor) + 0.5, pdg_snap (screen.y, scale_factor) + 0.5, screen.width, screen.height);
    }
  cairo_stroke (cr);
  cairo_restore (cr);
}

static void
draw_padlock (cairo_t *cr, double x, double y)
{
  cairo_new_sub_path (cr);
  cairo_arc (cr, x, y - 1.5, 2.5, G_PI, 0);
  cairo_rel_line_to (cr, 0, 2);
  cairo_move_to (cr, x - 2.5, y - 1.5);
  cairo_rel_line_to (cr, 0, 2);
  cairo_stroke (cr);
  cairo_rectangle (cr, x - 4, y, 8, 5.5);
  cairo_fill (cr);
}

static void
draw_pin (cairo_t *cr, double x, double y)
{
  cairo_rectangle (cr, x - 2, y - 5, 4, 5);
  cairo_rectangle (cr, x - 4, y - 0.5, 8, 1.5);
  cairo_fill (cr);
  cairo_move_to (cr, x, y + 1);
  cairo_line_to (cr, x, y + 5.5);
  cairo_stroke (cr);
}

void
pdg_arrange_draw_mark (cairo_t *cr, const PdgRect *card, const PdgCamera *camera, int scale_factor, gboolean locked,
                       const PdgTheme *theme)
{
  PdgRect screen = pdg_camera_rect_to_screen (camera, card);
  double x = pdg_snap (screen.x + MARK_INSET_PX, scale_factor), y = pdg_snap (screen.y + MARK_INSET_PX, scale_factor);
  double half = 0.5 / scale_factor;

  if (screen.width < MARK_CARD_PX)
    return;
  cairo_save (cr);
  pdg_draw_rounded (cr, x + half, y + half, MARK_PX - 2 * half, MARK_PX - 2 * half, PDG_RADIUS_CONTROL);
  pdg_draw_set_source (cr, pdg_theme_get (theme, PDG_COLOR_RAISED));
  cairo_fill_preserve (cr);
  pdg_draw_set_source (cr, pdg_theme_get (theme, PDG_COLOR_LINE));
  cairo_set_line_width (cr, 2 * half);
  cairo_stroke (cr);
  pdg_draw_set_source (cr, pdg_theme_get (theme, PDG_COLOR_TEXT_2));
  cairo_set_line_width (cr, 1.5);
  if (locked)
    draw_padlock (cr, x + MARK_PX / 2, y + MARK_PX / 2);
  else
    draw_pin (cr, x + MARK_PX / 2, y + MARK_PX / 2);
  cairo_restore (cr);
}
