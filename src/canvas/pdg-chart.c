#include "config.h"
#include "canvas/pdg-chart.h"

#include "canvas/pdg-pixels.h"
#include "canvas/pdg-scene-draw-private.h"

#include <math.h>

#define RADIUS 4.0
#define HATCH_STEP 7.0
#define WHISKER 10.0 /* height of its ends */
#define MIN_WIDTH 2.0

static void
hatch (cairo_t *cr, double x, double width, double height, const PdgRgba *color)
{
  cairo_save (cr);
  cairo_rectangle (cr, x, 0, width, height);
  cairo_clip (cr);
  for (double at = x - height; at < x + width; at += HATCH_STEP)
    {
      cairo_move_to (cr, at, height);
      cairo_line_to (cr, at + height, 0);
    }
  pdg_draw_set_source (cr, color);
  cairo_set_line_width (cr, 1.25);
  cairo_stroke (cr);
  cairo_restore (cr);
}

void
pdg_chart_draw_funnel_bar (cairo_t *cr, double width, double height, double share, double before, double low, double high, gboolean lit,
                           int scale_factor, const PdgTheme *theme)
{
  double filled = share > 0 ? MAX (pdg_snap (width * CLAMP (share, 0, 1), scale_factor), MIN_WIDTH) : 0;
  double lost = MAX (pdg_snap (width * CLAMP (before, 0, 1), scale_factor), filled);
  double left = pdg_snap (width * CLAMP (low, 0, 1), scale_factor), right = pdg_snap (width * CLAMP (high, 0, 1), scale_factor);
  double middle = pdg_snap (height / 2, scale_factor) + 0.5;
  PdgRgba hatched = *pdg_theme_get (theme, PDG_COLOR_TEXT_3), ground = *pdg_theme_get (theme, PDG_COLOR_TEXT);
  PdgRgba fill = *pdg_theme_get (theme, PDG_COLOR_ACCENT);

  cairo_save (cr);
  pdg_draw_rounded (cr, 0, 0, width, height, RADIUS);
  cairo_clip (cr);
  ground.alpha = 0.05;
  pdg_draw_set_source (cr, &ground);
  cairo_paint (cr);
  hatched.alpha = 0.55;
  if (lost > filled)
    hatch (cr, filled, lost - filled, height, &hatched);
  if (lit)
    fill = pdg_rgba_mix (&fill, pdg_theme_get (theme, PDG_COLOR_TEXT), 0.15);
  pdg_draw_set_source (cr, &fill);
  cairo_rectangle (cr, 0, 0, filled, height);
  cairo_fill (cr);
  cairo_restore (cr);
  if (right - left < 2)
    return;
  cairo_move_to (cr, left, middle);
  cairo_line_to (cr, right, middle);
  cairo_move_to (cr, left + 0.5, middle - WHISKER / 2);
  cairo_line_to (cr, left + 0.5, middle + WHISKER / 2);
  cairo_move_to (cr, right - 0.5, middle - WHISKER / 2);
  cairo_line_to (cr, right - 0.5, middle + WHISKER / 2);
  pdg_draw_set_source (cr, pdg_theme_get (theme, PDG_COLOR_TEXT));
  cairo_set_line_width (cr, 1);
  cairo_stroke (cr);
}
