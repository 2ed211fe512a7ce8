#include "config.h"
#include "demo/pdg-demo-kit.h"

#include <math.h>

/* The goods, flat shapes in a box of 100 units that stand on y = 88; light comes from the left. */

typedef void (*DrawFunc) (PdgKit *kit, PdgKitInk body, PdgKitInk detail);

/* Fills the path and darkens its right side. */
static void
fill_shaded (PdgKit *kit, PdgKitInk ink)
{
  cairo_t *cr = kit->cr;
  double x1, y1, x2, y2, third;

  cairo_path_extents (cr, &x1, &y1, &x2, &y2);
  third = (x2 - x1) * 0.34;
  pdg_kit_ink (kit, ink);
  cairo_fill_preserve (cr);
  cairo_save (cr);
  cairo_clip (cr);
  pdg_kit_ink_alpha (kit, INK_TEXT, 0.09);
  cairo_move_to (cr, x2 - third, y1);
  cairo_curve_to (cr, x2 - third * 0.35, y1 + (y2 - y1) * 0.35, x2 - third * 0.35, y1 + (y2 - y1) * 0.65, x2 - third * 1.2, y2);
  cairo_line_to (cr, x2, y2);
  cairo_line_to (cr, x2, y1);
  cairo_fill (cr);
  cairo_restore (cr);
}

/* The same with a band painted around the body, sagging by a little. */
static void
fill_banded (PdgKit *kit, PdgKitInk ink, PdgKitInk band, double y, double width)
{
  cairo_path_t *path = cairo_copy_path (kit->cr);

  fill_shaded (kit, ink);
  cairo_save (kit->cr);
  cairo_new_path (kit->cr);
  cairo_append_path (kit->cr, path);
  cairo_clip (kit->cr);
  cairo_move_to (kit->cr, 20, y);
  cairo_curve_to (kit->cr, 38, y + 6, 62, y + 6, 80, y);
  cairo_set_line_width (kit->cr, width);
  pdg_kit_ink (kit, band);
  cairo_stroke (kit->cr);
  cairo_restore (kit->cr);
  cairo_path_destroy (path);
}

static void
ellipse (PdgKit *kit, double x, double y, double rx, double ry)
{
  cairo_save (kit->cr);
  cairo_translate (kit->cr, x, y);
  cairo_scale (kit->cr, rx, ry);
  cairo_new_sub_path (kit->cr);
  cairo_arc (kit->cr, 0, 0, 1, 0, 2 * G_PI);
  cairo_restore (kit->cr);
}

static void
stroke (PdgKit *kit, PdgKitInk ink, double width)
{
  cairo_set_line_width (kit->cr, width);
  cairo_set_line_cap (kit->cr, CAIRO_LINE_CAP_ROUND);
  pdg_kit_ink (kit, ink);
  cairo_stroke (kit->cr);
}

static void
leaf (PdgKit *kit, PdgKitInk ink, double x, double y, double length, double angle)
{
  cairo_t *cr = kit->cr;

  cairo_save (cr);
  cairo_translate (cr, x, y);
  cairo_rotate (cr, angle);
  cairo_move_to (cr, 0, 0);
  cairo_curve_to (cr, length * 0.3, -length * 0.36, length * 0.8, -length * 0.3, length, 0);
  cairo_curve_to (cr, length * 0.8, length * 0.3, length * 0.3, length * 0.36, 0, 0);
  pdg_kit_ink (kit, ink);
  cairo_fill (cr);
  cairo_restore (cr);
}

static void
twig (PdgKit *kit, PdgKitInk ink, double x, double y, double dx, double dy)
{
  cairo_move_to (kit->cr, x, y);
  cairo_curve_to (kit->cr, x, y + dy * 0.5, x + dx * 0.6, y + dy * 0.7, x + dx, y + dy);
  stroke (kit, INK_SAGE_DEEP, 1.2);
  for (int i = 1; i <= 4; i++)
    {
      double t = i / 4.0, px = x + dx * t * t, py = y + dy * t;

      leaf (kit, ink, px, py, 11 - i, -0.5);
      leaf (kit, ink, px, py, 11 - i, G_PI + 0.5);
    }
}

static void
draw_vase (PdgKit *kit, PdgKitInk body, PdgKitInk detail)
{
  cairo_t *cr = kit->cr;

  twig (kit, INK_SAGE_DEEP, 50, 38, -15, -32);
  twig (kit, INK_GREEN, 51, 38, 14, -28);
  cairo_move_to (cr, 43, 34);
  cairo_line_to (cr, 57, 34);
  cairo_curve_to (cr, 56, 46, 72, 48, 72, 66);
  cairo_curve_to (cr, 72, 80, 64, 88, 58, 88);
  cairo_line_to (cr, 42, 88);
  cairo_curve_to (cr, 36, 88, 28, 80, 28, 66);
  cairo_curve_to (cr, 28, 48, 44, 46, 43, 34);
  fill_banded (kit, body, detail, 61, 2.6);
}

static void
draw_bowl (PdgKit *kit, PdgKitInk body, PdgKitInk detail)
{
  cairo_t *cr = kit->cr;

  cairo_rectangle (cr, 40, 78, 20, 10);
  fill_shaded (kit, detail);
  cairo_move_to (cr, 16, 50);
  cairo_curve_to (cr, 18, 72, 34, 80, 50, 80);
  cairo_curve_to (cr, 66, 80, 82, 72, 84, 50);
  cairo_close_path (cr);
  fill_shaded (kit, body);
  ellipse (kit, 50, 50, 34, 7);
  pdg_kit_ink (kit, detail);
  cairo_fill (cr);
  pdg_kit_disc (kit, INK_CLAY, 40, 45, 9);
  pdg_kit_disc (kit, INK_MUSTARD, 57, 44, 10);
}

static void
draw_cup (PdgKit *kit, PdgKitInk body, PdgKitInk detail)
{
  cairo_t *cr = kit->cr;

  ellipse (kit, 48, 84, 34, 5);
  fill_shaded (kit, detail);
  cairo_arc (cr, 72, 60, 10, -G_PI_2, G_PI_2);
  stroke (kit, body, 5);
  cairo_move_to (cr, 24, 44);
  cairo_line_to (cr, 72, 44);
  cairo_curve_to (cr, 72, 68, 66, 82, 48, 82);
  cairo_curve_to (cr, 30, 82, 24, 68, 24, 44);
  fill_shaded (kit, body);
  for (int i = 0; i < 2; i++)
    {
      cairo_move_to (cr, 42 + i * 12, 36);
      cairo_curve_to (cr, 36 + i * 12, 29, 48 + i * 12, 24, 42 + i * 12, 16);
      stroke (kit, INK_WHITE, 2.4);
    }
}

static void
draw_jug (PdgKit *kit, PdgKitInk body, PdgKitInk detail)
{
  cairo_t *cr = kit->cr;

  cairo_move_to (cr, 64, 36);
  cairo_curve_to (cr, 88, 34, 86, 66, 68, 68);
  stroke (kit, detail, 5);
  cairo_move_to (cr, 30, 24);
  cairo_line_to (cr, 62, 26);
  cairo_curve_to (cr, 60, 44, 74, 50, 74, 70);
  cairo_curve_to (cr, 74, 82, 66, 88, 60, 88);
  cairo_line_to (cr, 42, 88);
  cairo_curve_to (cr, 34, 88, 28, 82, 28, 70);
  cairo_curve_to (cr, 28, 50, 42, 44, 38, 34);
  cairo_close_path (cr);
  fill_banded (kit, body, detail, 69, 3);
}

static void
draw_plate (PdgKit *kit, PdgKitInk body, PdgKitInk detail)
{
  ellipse (kit, 50, 52, 37, 37);
  fill_shaded (kit, body);
  ellipse (kit, 50, 52, 30, 30);
  stroke (kit, detail, 1.6);
  ellipse (kit, 50, 52, 22, 22);
  pdg_kit_ink (kit, detail);
  cairo_fill (kit->cr);
  leaf (kit, INK_GREEN, 40, 60, 24, -0.8);
  leaf (kit, INK_SAGE_DEEP, 42, 60, 18, -0.1);
}

static void
draw_bread (PdgKit *kit, PdgKitInk body, PdgKitInk detail)
{
  cairo_t *cr = kit->cr;

  pdg_kit_box (kit, INK_WOOD_DEEP, 6, 82, 88, 7, 3.5);
  cairo_move_to (cr, 12, 68);
  cairo_curve_to (cr, 12, 42, 34, 34, 50, 34);
  cairo_curve_to (cr, 66, 34, 88, 42, 88, 68);
  cairo_curve_to (cr, 88, 80, 80, 83, 50, 83);
  cairo_curve_to (cr, 20, 83, 12, 80, 12, 68);
  fill_shaded (kit, body);
  for (int i = 0; i < 3; i++)
    {
      cairo_save (cr);
      cairo_translate (cr, 27 + i * 18, 66);
      cairo_rotate (cr, -1.0);
      cairo_scale (cr, 1, 0.45);
      leaf (kit, detail, 0, 0, 26, 0);
      cairo_restore (cr);
    }
}

static void
draw_jar (PdgKit *kit, PdgKitInk body, PdgKitInk detail)
{
  pdg_kit_round_path (kit, 30, 36, 40, 52, 9);
  fill_shaded (kit, body);
  pdg_kit_round_path (kit, 33, 25, 34, 12, 3);
  fill_shaded (kit, detail);
  pdg_kit_box (kit, INK_CREAM, 30, 52, 40, 22, 0);
  leaf (kit, INK_GREEN, 43, 68, 15, -0.9);
  pdg_kit_box (kit, INK_TEXT_3, 40, 69, 20, 1.6, 0.8);
}

static void
draw_packet (PdgKit *kit, PdgKitInk body, PdgKitInk detail)
{
  cairo_t *cr = kit->cr;

  cairo_move_to (cr, 28, 28);
  cairo_line_to (cr, 72, 28);
  cairo_line_to (cr, 74, 88);
  cairo_line_to (cr, 26, 88);
  cairo_close_path (cr);
  fill_shaded (kit, body);
  pdg_kit_round_path (kit, 26, 18, 48, 14, 2);
  fill_shaded (kit, detail);
  pdg_kit_disc (kit, INK_CREAM, 50, 58, 14);
  for (int i = 0; i < 3; i++)
    {
      leaf (kit, INK_MUSTARD, 50, 66 - i * 6, 8, -0.7);
      leaf (kit, INK_MUSTARD, 50, 66 - i * 6, 8, G_PI + 0.7);
    }
}

static void
draw_folded (PdgKit *kit, PdgKitInk body, PdgKitInk detail)
{
  for (int i = 0; i < 3; i++)
    {
      double y = 70 - i * 17, inset = i * 2;

      pdg_kit_round_path (kit, 12 + inset, y, 76 - inset * 2, 18, 9);
      fill_shaded (kit, i == 1 ? detail : body);
      pdg_kit_box (kit, i == 1 ? body : detail, 22 + inset, y + 8, 50 - inset, 1.8, 0.9);
    }
}

static void
draw_towel (PdgKit *kit, PdgKitInk body, PdgKitInk detail)
{
  pdg_kit_box (kit, INK_WOOD, 14, 18, 72, 5, 2.5);
  cairo_rectangle (kit->cr, 26, 20, 48, 66);
  fill_shaded (kit, body);
  for (int i = 0; i < 3; i++)
    pdg_kit_box (kit, detail, 26, 62 + i * 7, 48, i == 1 ? 4 : 2, 0);
  for (int i = 0; i < 8; i++)
    pdg_kit_box (kit, body, 27.5 + i * 6, 86, 2.4, 5, 0);
}

static void
draw_cushion (PdgKit *kit, PdgKitInk body, PdgKitInk detail)
{
  cairo_t *cr = kit->cr;

  cairo_move_to (cr, 13, 26);
  cairo_curve_to (cr, 36, 33, 64, 33, 87, 26);
  cairo_curve_to (cr, 80, 46, 80, 66, 87, 88);
  cairo_curve_to (cr, 64, 81, 36, 81, 13, 88);
  cairo_curve_to (cr, 20, 66, 20, 46, 13, 26);
  fill_shaded (kit, body);
  for (int i = 0; i < 3; i++)
    {
      cairo_move_to (cr, 36 + i * 14, 38);
      cairo_line_to (cr, 36 + i * 14, 76);
      stroke (kit, detail, 2.2);
    }
}

static void
draw_apron (PdgKit *kit, PdgKitInk body, PdgKitInk detail)
{
  cairo_t *cr = kit->cr;

  cairo_move_to (cr, 38, 28);
  cairo_curve_to (cr, 38, 6, 62, 6, 62, 28);
  stroke (kit, detail, 2.6);
  cairo_move_to (cr, 37, 26);
  cairo_line_to (cr, 63, 26);
  cairo_curve_to (cr, 64, 40, 68, 46, 76, 48);
  cairo_line_to (cr, 78, 90);
  cairo_line_to (cr, 22, 90);
  cairo_line_to (cr, 24, 48);
  cairo_curve_to (cr, 32, 46, 36, 40, 37, 26);
  fill_shaded (kit, body);
  pdg_kit_frame (kit, detail, 36, 58, 28, 18, 3, 2);
}

static void
draw_table_lamp (PdgKit *kit, PdgKitInk body, PdgKitInk detail)
{
  cairo_t *cr = kit->cr;

  pdg_kit_ink_alpha (kit, INK_MUSTARD_SOFT, 0.5);
  cairo_move_to (cr, 28, 46);
  cairo_line_to (cr, 72, 46);
  cairo_line_to (cr, 92, 88);
  cairo_line_to (cr, 8, 88);
  cairo_fill (cr);
  pdg_kit_box (kit, body, 48, 44, 4, 40, 0);
  pdg_kit_round_path (kit, 36, 82, 28, 6, 3);
  fill_shaded (kit, body);
  cairo_move_to (cr, 38, 14);
  cairo_line_to (cr, 62, 14);
  cairo_line_to (cr, 75, 47);
  cairo_line_to (cr, 25, 47);
  cairo_close_path (cr);
  fill_shaded (kit, detail);
}

static void
draw_pendant (PdgKit *kit, PdgKitInk body, PdgKitInk detail)
{
  cairo_t *cr = kit->cr;

  pdg_kit_box (kit, INK_TEXT_2, 49.3, 0, 1.4, 24, 0);
  pdg_kit_box (kit, INK_TEXT_2, 46, 20, 8, 6, 2);
  ellipse (kit, 50, 52, 34, 29);
  fill_shaded (kit, body);
  for (int i = -1; i <= 1; i++)
    {
      double h = i == 0 ? 34 : 30.5;

      cairo_move_to (cr, 50 - h, 52 + i * 12);
      cairo_curve_to (cr, 30, 57 + i * 13, 70, 57 + i * 13, 50 + h, 52 + i * 12);
      stroke (kit, detail, 1.3);
    }
}

static void
draw_candles (PdgKit *kit, PdgKitInk body, PdgKitInk detail)
{
  static const double tops[] = { 40, 28, 48 };

  for (int i = 0; i < 3; i++)
    {
      double x = 28 + i * 22;

      pdg_kit_round_path (kit, x - 5, tops[i], 10, 84 - tops[i], 3);
      fill_shaded (kit, body);
      pdg_kit_round_path (kit, x - 9, 80, 18, 8, 3);
      fill_shaded (kit, detail);
      leaf (kit, INK_MUSTARD, x, tops[i] - 1, 15, -G_PI_2);
      leaf (kit, INK_CLAY, x, tops[i] - 1, 8, -G_PI_2);
    }
}

static void
draw_reading_lamp (PdgKit *kit, PdgKitInk body, PdgKitInk detail)
{
  cairo_t *cr = kit->cr;

  pdg_kit_round_path (kit, 22, 82, 36, 6, 3);
  fill_shaded (kit, detail);
  cairo_move_to (cr, 40, 82);
  cairo_line_to (cr, 32, 48);
  cairo_line_to (cr, 60, 24);
  stroke (kit, detail, 3);
  pdg_kit_disc (kit, body, 32, 48, 4);
  cairo_save (cr);
  cairo_translate (cr, 62, 26);
  cairo_rotate (cr, 0.55);
  cairo_move_to (cr, -6, -10);
  cairo_line_to (cr, 8, -10);
  cairo_line_to (cr, 20, 18);
  cairo_line_to (cr, -18, 18);
  cairo_close_path (cr);
  fill_shaded (kit, body);
  cairo_restore (cr);
}

static void
draw_basket (PdgKit *kit, PdgKitInk body, PdgKitInk detail)
{
  cairo_t *cr = kit->cr;

  cairo_move_to (cr, 26, 48);
  cairo_curve_to (cr, 28, 6, 72, 6, 74, 48);
  stroke (kit, detail, 4);
  cairo_move_to (cr, 16, 46);
  cairo_line_to (cr, 84, 46);
  cairo_line_to (cr, 76, 88);
  cairo_line_to (cr, 24, 88);
  cairo_close_path (cr);
  fill_shaded (kit, body);
  for (int row = 0; row < 4; row++)
    for (int i = 0; i < 7; i++)
      {
        double x = 24 + i * 8 + (row % 2) * 4 + row * 0.8;

        if (x < 76 - row * 2)
          pdg_kit_box (kit, detail, x, 54 + row * 8.5, 5, 2.4, 1.2);
      }
  pdg_kit_box (kit, detail, 13, 43, 74, 6, 3);
}

static void
draw_planter (PdgKit *kit, PdgKitInk body, PdgKitInk detail)
{
  for (int i = 0; i < 7; i++)
    leaf (kit, i % 2 == 0 ? INK_GREEN : INK_SAGE_DEEP, 50, 60, 42 - abs (i - 3) * 2, -G_PI_2 + (i - 3) * 0.36);
  cairo_move_to (kit->cr, 28, 56);
  cairo_line_to (kit->cr, 72, 56);
  cairo_line_to (kit->cr, 68, 88);
  cairo_line_to (kit->cr, 32, 88);
  cairo_close_path (kit->cr);
  fill_shaded (kit, body);
  for (int i = 0; i < 3; i++)
    pdg_kit_box (kit, detail, 32, 64 + i * 7, 36, 1.8, 0.9);
}

static void
draw_bag (PdgKit *kit, PdgKitInk body, PdgKitInk detail)
{
  cairo_t *cr = kit->cr;

  cairo_move_to (cr, 34, 46);
  cairo_curve_to (cr, 34, 8, 66, 8, 66, 46);
  stroke (kit, detail, 4);
  cairo_move_to (cr, 22, 40);
  cairo_line_to (cr, 78, 40);
  cairo_line_to (cr, 82, 88);
  cairo_line_to (cr, 18, 88);
  cairo_close_path (cr);
  fill_shaded (kit, body);
  pdg_kit_disc (kit, detail, 50, 65, 12);
  leaf (kit, body, 44, 72, 17, -0.9);
}

static const struct
{
  DrawFunc draw;
  PdgKitInk ground;
  PdgKitInk body;
  PdgKitInk detail;
} goods[PDG_KIT_N_GOODS] = {
  { draw_vase, INK_BLUSH, INK_CREAM, INK_CLAY },         { draw_bowl, INK_SAGE, INK_WHITE, INK_SAND },
  { draw_cup, INK_MUSTARD_SOFT, INK_MIST_DEEP, INK_MIST }, { draw_jug, INK_MIST, INK_CLAY, INK_CLAY_DEEP },
  { draw_plate, INK_CLAY_SOFT, INK_WHITE, INK_CREAM },   { draw_bread, INK_CREAM, INK_CRUST, INK_CRUMB },
  { draw_jar, INK_MUSTARD_SOFT, INK_MUSTARD, INK_WOOD }, { draw_jar, INK_BLUSH, INK_PLUM, INK_CLAY },
  { draw_packet, INK_MIST, INK_MIST_DEEP, INK_CREAM },   { draw_packet, INK_SAGE, INK_SAND, INK_WOOD },
  { draw_folded, INK_CLAY_SOFT, INK_SAND, INK_CLAY },    { draw_towel, INK_MIST, INK_WHITE, INK_CLAY },
  { draw_cushion, INK_SAGE, INK_GREEN, INK_SAGE },       { draw_folded, INK_MUSTARD_SOFT, INK_CREAM, INK_MUSTARD },
  { draw_apron, INK_BLUSH, INK_MIST_DEEP, INK_GREEN_DEEP }, { draw_table_lamp, INK_MIST, INK_BRASS, INK_MUSTARD },
  { draw_pendant, INK_BLUSH, INK_WHITE, INK_SAND },      { draw_candles, INK_SAGE, INK_CREAM, INK_BRASS },
  { draw_reading_lamp, INK_MUSTARD_SOFT, INK_GREEN, INK_BRASS }, { draw_basket, INK_GREEN_SOFT, INK_WOOD, INK_WOOD_DEEP },
  { draw_basket, INK_CREAM, INK_SAND, INK_SAND_DEEP },   { draw_planter, INK_CLAY_SOFT, INK_SAND, INK_SAND_DEEP },
  { draw_bag, INK_MUSTARD_SOFT, INK_WHITE, INK_GREEN },  { draw_basket, INK_MIST, INK_SAND_DEEP, INK_WOOD_DEEP },
  [PDG_KIT_MOSS_VASE] = { draw_vase, INK_MIST, INK_SAGE_DEEP, INK_CREAM },
  [PDG_KIT_CLAY_VASE] = { draw_vase, INK_MUSTARD_SOFT, INK_CLAY, INK_CLAY_SOFT },
  [PDG_KIT_PLUM_CUP] = { draw_cup, INK_GREEN_SOFT, INK_PLUM, INK_BLUSH },
};

static const PdgDemoProduct variants[] = {
  { 1042, 0, "Moss vase", 5200 }, { 1042, 0, "Terracotta vase", 4600 }, { 1047, 0, "Plum cup", 1900 },
};

const PdgDemoProduct *
pdg_kit_get_product (guint product)
{
  return product < N_PRODUCTS ? &pdg_demo_products[product] : &variants[product - N_PRODUCTS];
}

void
pdg_kit_art (PdgKit *kit, guint product, double x, double y, double size)
{
  cairo_save (kit->cr);
  cairo_translate (kit->cr, x, y);
  cairo_scale (kit->cr, size / 100, size / 100);
  cairo_new_path (kit->cr);
  goods[product].draw (kit, goods[product].body, goods[product].detail);
  cairo_restore (kit->cr);
}

void
pdg_kit_tile (PdgKit *kit, guint product, double x, double y, double width, double height, double radius)
{
  double size = MIN (width, height) * 0.84, left = x + (width - size) / 2, top = y + (height - size) / 2;

  cairo_save (kit->cr);
  pdg_kit_round_path (kit, x, y, width, height, radius);
  pdg_kit_ink (kit, goods[product].ground);
  cairo_fill_preserve (kit->cr);
  cairo_clip (kit->cr);
  if (goods[product].draw != draw_pendant && goods[product].draw != draw_plate && goods[product].draw != draw_towel
      && goods[product].draw != draw_apron)
    {
      pdg_kit_ink_alpha (kit, INK_TEXT, 0.10); /* the shadow that it stands on */
      ellipse (kit, x + width / 2 + size * 0.04, top + size * 0.89, size * 0.4, size * 0.035);
      cairo_fill (kit->cr);
    }
  pdg_kit_art (kit, product, left, goods[product].draw == draw_pendant ? y : top, size);
  cairo_restore (kit->cr);
}
