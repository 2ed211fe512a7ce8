#include "config.h"
#include "demo/pdg-demo-kit.h"

/* All icons are strokes in a box of 24 units. */

static void
line (cairo_t *cr, const double *points, guint n)
{
  cairo_move_to (cr, points[0], points[1]);
  for (guint i = 1; i < n; i++)
    cairo_line_to (cr, points[i * 2], points[i * 2 + 1]);
}

#define LINE(cr, ...) line (cr, (const double[]) { __VA_ARGS__ }, sizeof ((const double[]) { __VA_ARGS__ }) / sizeof (double) / 2)

static void
circle (cairo_t *cr, double x, double y, double radius)
{
  cairo_new_sub_path (cr);
  cairo_arc (cr, x, y, radius, 0, 2 * G_PI);
}

static void
heart (cairo_t *cr)
{
  cairo_move_to (cr, 12, 20);
  cairo_curve_to (cr, 4, 14.5, 2.5, 11, 3.2, 8);
  cairo_curve_to (cr, 4.2, 4.2, 9.6, 3.4, 12, 7.4);
  cairo_curve_to (cr, 14.4, 3.4, 19.8, 4.2, 20.8, 8);
  cairo_curve_to (cr, 21.5, 11, 20, 14.5, 12, 20);
  cairo_close_path (cr);
}

static void
trace_shop_icon (cairo_t *cr, PdgKitIcon icon)
{
  switch (icon)
    {
    case ICON_SEARCH:
      circle (cr, 10.5, 10.5, 6.5);
      LINE (cr, 15.5, 15.5, 21, 21);
      break;
    case ICON_PERSON:
      circle (cr, 12, 8, 4.2);
      cairo_move_to (cr, 4, 21);
      cairo_curve_to (cr, 4.5, 12.5, 19.5, 12.5, 20, 21);
      break;
    case ICON_BAG:
      LINE (cr, 5, 8, 19, 8, 20, 21, 4, 21, 5, 8);
      cairo_close_path (cr);
      cairo_move_to (cr, 8.5, 8);
      cairo_curve_to (cr, 8.5, 1.8, 15.5, 1.8, 15.5, 8);
      break;
    case ICON_CHECK:
      LINE (cr, 4, 12.5, 10, 18.5, 20, 6.5);
      break;
    case ICON_CHEVRON:
      LINE (cr, 9, 5, 16, 12, 9, 19);
      break;
    case ICON_SHARE:
      LINE (cr, 12, 15, 12, 3, 8, 7);
      LINE (cr, 12, 3, 16, 7);
      LINE (cr, 5, 12, 5, 21, 19, 21, 19, 12);
      break;
    default:
      heart (cr);
      break;
    }
}

static void
trace_service_icon (cairo_t *cr, PdgKitIcon icon)
{
  switch (icon)
    {
    case ICON_TRUCK:
      LINE (cr, 5, 17, 2, 17, 2, 6, 14, 6, 14, 17, 9, 17);
      LINE (cr, 14, 10, 18.5, 10, 22, 13.5, 22, 17, 20, 17);
      circle (cr, 7, 17.5, 2);
      circle (cr, 17.5, 17.5, 2);
      break;
    case ICON_RETURN:
      LINE (cr, 8, 4, 4, 8, 8, 12);
      cairo_move_to (cr, 4, 8);
      cairo_line_to (cr, 14, 8);
      cairo_curve_to (cr, 22, 8, 22, 19, 14, 19);
      cairo_line_to (cr, 8, 19);
      break;
    case ICON_CARD:
      cairo_rectangle (cr, 2.5, 5, 19, 14);
      LINE (cr, 2.5, 10, 21.5, 10);
      LINE (cr, 6, 15, 10, 15);
      break;
    case ICON_CHAT:
      LINE (cr, 3, 4, 21, 4, 21, 16, 11, 16, 7, 20.5, 7, 16, 3, 16);
      cairo_close_path (cr);
      LINE (cr, 7.5, 10, 16.5, 10);
      break;
    case ICON_LEAF:
      cairo_move_to (cr, 4, 20);
      cairo_curve_to (cr, 3, 8, 9, 4, 20, 4);
      cairo_curve_to (cr, 20.5, 15, 15, 20.5, 6.5, 17.5);
      LINE (cr, 4, 20, 13, 11);
      break;
    case ICON_BOX:
      LINE (cr, 3.5, 7.5, 12, 3, 20.5, 7.5, 20.5, 16.5, 12, 21, 3.5, 16.5, 3.5, 7.5, 12, 12, 20.5, 7.5);
      LINE (cr, 12, 12, 12, 21);
      break;
    case ICON_LOCK:
      cairo_rectangle (cr, 5, 10.5, 14, 10);
      cairo_move_to (cr, 8, 10.5);
      cairo_curve_to (cr, 7.5, 1.5, 16.5, 1.5, 16, 10.5);
      break;
    default: /* ICON_PIN */
      cairo_move_to (cr, 12, 21.5);
      cairo_curve_to (cr, 2.5, 12, 5, 3, 12, 3);
      cairo_curve_to (cr, 19, 3, 21.5, 12, 12, 21.5);
      circle (cr, 12, 9.8, 2.4);
      break;
    }
}

void
pdg_kit_icon (PdgKit *kit, PdgKitIcon icon, PdgKitInk ink, double x, double y, double size)
{
  cairo_t *cr = kit->cr;

  cairo_save (cr);
  cairo_translate (cr, x, y);
  cairo_scale (cr, size / 24, size / 24);
  cairo_new_path (cr);
  cairo_set_line_width (cr, icon == ICON_CHECK ? 2.8 : 1.7);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  pdg_kit_ink (kit, ink);
  switch (icon)
    {
    case ICON_TRUCK:
    case ICON_RETURN:
    case ICON_CARD:
    case ICON_CHAT:
    case ICON_LEAF:
    case ICON_BOX:
    case ICON_LOCK:
    case ICON_PIN:
      trace_service_icon (cr, icon);
      break;
    default:
      trace_shop_icon (cr, icon);
      break;
    }
  if (icon == ICON_HEART_FULL)
    cairo_fill_preserve (cr);
  cairo_stroke (cr);
  cairo_restore (cr);
}
