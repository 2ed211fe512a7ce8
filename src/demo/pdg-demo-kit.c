#include "config.h"
#include "demo/pdg-demo-kit.h"

#include <math.h>

#define FAMILY "Inter, Cantarell, sans-serif"

/* The shop's look. It is a picture of another product, so it does not follow ProductGraph's own theme. */
static const guint32 inks[N_INKS] = {
  [INK_PAPER] = 0xfbf8f3,  [INK_WHITE] = 0xffffff,   [INK_TEXT] = 0x2a2521,       [INK_TEXT_2] = 0x6b625a,
  [INK_TEXT_3] = 0x9c9288, [INK_LINE] = 0xe8e0d4,    [INK_GREEN] = 0x2f5d50,      [INK_GREEN_DEEP] = 0x23463d,
  [INK_GREEN_SOFT] = 0xdfe8dd, [INK_CLAY] = 0xc8643c, [INK_CLAY_DEEP] = 0xa64e2b, [INK_CLAY_SOFT] = 0xf6e3d7,
  [INK_MUSTARD] = 0xdba43a, [INK_MUSTARD_SOFT] = 0xf8eacb, [INK_SAND] = 0xdcc7a6, [INK_SAND_DEEP] = 0xc2a67c,
  [INK_BLUSH] = 0xf1d9cc,  [INK_SAGE] = 0xcdd8c4,    [INK_SAGE_DEEP] = 0x7e9a7c,  [INK_MIST] = 0xd5e0e3,
  [INK_MIST_DEEP] = 0x6f8f9a, [INK_PLUM] = 0x6d4a5b, [INK_WOOD] = 0xb98a5e,       [INK_WOOD_DEEP] = 0x8a6240,
  [INK_CRUST] = 0xc68a4c,  [INK_CRUMB] = 0xf3ddb3,   [INK_BRASS] = 0xc99b3f,      [INK_CREAM] = 0xf7efe2,
};

void
pdg_kit_ink_alpha (PdgKit *kit, PdgKitInk ink, double alpha)
{
  guint32 rgb = inks[ink];

  cairo_set_source_rgba (kit->cr, (rgb >> 16) / 255.0, (rgb >> 8 & 0xff) / 255.0, (rgb & 0xff) / 255.0, alpha);
}

void
pdg_kit_ink (PdgKit *kit, PdgKitInk ink)
{
  pdg_kit_ink_alpha (kit, ink, 1.0);
}

void
pdg_kit_mark (PdgKit *kit, PdgDemoPartId part, double x, double y, double width, double height)
{
  PdgKitMark mark = { part, (int) x, (int) y, (int) width, (int) height };

  if (kit->marks != NULL)
    g_array_append_val (kit->marks, mark);
}

void
pdg_kit_round_path (PdgKit *kit, double x, double y, double width, double height, double radius)
{
  double r = MIN (radius, MIN (width, height) / 2);

  cairo_new_sub_path (kit->cr);
  cairo_arc (kit->cr, x + width - r, y + r, r, -G_PI_2, 0);
  cairo_arc (kit->cr, x + width - r, y + height - r, r, 0, G_PI_2);
  cairo_arc (kit->cr, x + r, y + height - r, r, G_PI_2, G_PI);
  cairo_arc (kit->cr, x + r, y + r, r, G_PI, 3 * G_PI_2);
  cairo_close_path (kit->cr);
}

void
pdg_kit_box (PdgKit *kit, PdgKitInk ink, double x, double y, double width, double height, double radius)
{
  pdg_kit_ink (kit, ink);
  pdg_kit_round_path (kit, x, y, width, height, radius);
  cairo_fill (kit->cr);
}

void
pdg_kit_frame (PdgKit *kit, PdgKitInk ink, double x, double y, double width, double height, double radius, double line)
{
  pdg_kit_ink (kit, ink);
  pdg_kit_round_path (kit, x + line / 2, y + line / 2, width - line, height - line, radius - line / 2);
  cairo_set_line_width (kit->cr, line);
  cairo_stroke (kit->cr);
}

void
pdg_kit_rule (PdgKit *kit, double x, double y, double width)
{
  pdg_kit_box (kit, INK_LINE, x, y, width, 1, 0);
}

void
pdg_kit_disc (PdgKit *kit, PdgKitInk ink, double x, double y, double radius)
{
  pdg_kit_ink (kit, ink);
  cairo_new_sub_path (kit->cr);
  cairo_arc (kit->cr, x, y, radius, 0, 2 * G_PI);
  cairo_fill (kit->cr);
}

void
pdg_kit_card (PdgKit *kit, double x, double y, double width, double height)
{
  pdg_kit_box (kit, INK_WHITE, x, y, width, height, 14);
  pdg_kit_frame (kit, INK_LINE, x, y, width, height, 14, 1);
}

static void
set_text (PdgKit *kit, double size, int weight, const char *text)
{
  PangoFontDescription *font = pango_font_description_from_string (FAMILY);
  PangoAttrList *attributes = pango_attr_list_new ();

  pango_font_description_set_absolute_size (font, size * PANGO_SCALE);
  pango_font_description_set_weight (font, (PangoWeight) weight);
  /* Large type is set tighter. */
  pango_attr_list_insert (attributes, pango_attr_letter_spacing_new (size >= 24 ? (int) (-0.02 * size * PANGO_SCALE) : 0));
  pango_layout_set_attributes (kit->layout, attributes);
  pango_layout_set_font_description (kit->layout, font);
  pango_layout_set_text (kit->layout, text, -1);
  pango_attr_list_unref (attributes);
  pango_font_description_free (font);
}

double
pdg_kit_text_aligned (PdgKit *kit, PdgKitAlign align, double size, int weight, PdgKitInk ink, double x, double y, const char *text)
{
  PangoRectangle logical;
  double width;

  pango_layout_set_width (kit->layout, -1);
  set_text (kit, size, weight, text);
  pango_layout_get_extents (kit->layout, NULL, &logical);
  width = (double) logical.width / PANGO_SCALE;
  x -= align == ALIGN_CENTER ? width / 2 : align == ALIGN_RIGHT ? width : 0;
  pdg_kit_ink (kit, ink);
  cairo_move_to (kit->cr, x, y - (double) pango_layout_get_baseline (kit->layout) / PANGO_SCALE);
  pango_cairo_show_layout (kit->cr, kit->layout);
  return width;
}

double
pdg_kit_text (PdgKit *kit, double size, int weight, PdgKitInk ink, double x, double y, const char *text)
{
  return pdg_kit_text_aligned (kit, ALIGN_LEFT, size, weight, ink, x, y, text);
}

double
pdg_kit_paragraph (PdgKit *kit, double size, int weight, PdgKitInk ink, double x, double y, double width, double line, const char *text)
{
  int n;

  pango_layout_set_width (kit->layout, (int) (width * PANGO_SCALE));
  set_text (kit, size, weight, text);
  pdg_kit_ink (kit, ink);
  n = pango_layout_get_line_count (kit->layout);
  for (int i = 0; i < n; i++)
    {
      cairo_move_to (kit->cr, x, y + i * line);
      pango_cairo_show_layout_line (kit->cr, pango_layout_get_line_readonly (kit->layout, i));
    }
  return y + n * line;
}

void
pdg_kit_stars (PdgKit *kit, double x, double y, double size, double rating)
{
  for (int i = 0; i < 5; i++)
    {
      double cx = x + size * (i * 1.15 + 0.5), cy = y + size * 0.5;

      for (int part = 0; part < 2; part++) /* the empty star, then the full part of it */
        {
          cairo_save (kit->cr);
          if (part == 1)
            {
              cairo_rectangle (kit->cr, cx - size / 2, y - 1, size * CLAMP (rating - i, 0, 1), size + 2);
              cairo_clip (kit->cr);
            }
          cairo_new_path (kit->cr); /* text leaves a current point */
          for (int corner = 0; corner < 10; corner++)
            {
              double radius = size * (corner % 2 == 0 ? 0.52 : 0.23), angle = -G_PI_2 + corner * G_PI / 5;

              cairo_line_to (kit->cr, cx + radius * cos (angle), cy + radius * sin (angle));
            }
          cairo_close_path (kit->cr);
          pdg_kit_ink (kit, part == 0 ? INK_LINE : INK_MUSTARD);
          cairo_fill (kit->cr);
          cairo_restore (kit->cr);
        }
    }
}

void
pdg_kit_button (PdgKit *kit, PdgDemoPartId part, gboolean primary, double x, double y, double width, double height, const char *label)
{
  if (primary)
    pdg_kit_box (kit, INK_GREEN, x, y, width, height, 10);
  else
    {
      pdg_kit_box (kit, INK_WHITE, x, y, width, height, 10);
      pdg_kit_frame (kit, INK_SAND_DEEP, x, y, width, height, 10, 1.5);
    }
  pdg_kit_text_aligned (kit, ALIGN_CENTER, height >= 44 ? 16 : 14, 600, primary ? INK_WHITE : INK_TEXT, x + width / 2,
                        y + height / 2 + 5.5, label);
  if (part != PART_NONE)
    pdg_kit_mark (kit, part, x, y, width, height);
}

void
pdg_kit_field (PdgKit *kit, PdgDemoPartId part, double x, double y, double width, const char *label, const char *value, gboolean focused)
{
  double text_width;

  pdg_kit_text (kit, 13, 600, INK_TEXT_2, x, y + 12, label);
  pdg_kit_box (kit, INK_WHITE, x, y + 22, width, 48, 10);
  pdg_kit_frame (kit, focused ? INK_GREEN : INK_SAND, x, y + 22, width, 48, 10, focused ? 2 : 1.25);
  text_width = pdg_kit_text (kit, 16, 400, INK_TEXT, x + 16, y + 52, value);
  if (focused)
    pdg_kit_box (kit, INK_GREEN, x + 18 + text_width, y + 35, 1.5, 22, 0);
  if (part != PART_NONE)
    pdg_kit_mark (kit, part, x, y + 22, width, 48);
}

void
pdg_kit_check (PdgKit *kit, double x, double y, gboolean checked, const char *label, const char *count)
{
  if (checked)
    {
      pdg_kit_box (kit, INK_GREEN, x, y, 18, 18, 5);
      pdg_kit_icon (kit, ICON_CHECK, INK_WHITE, x + 2, y + 2, 14);
    }
  else
    {
      pdg_kit_box (kit, INK_WHITE, x, y, 18, 18, 5);
      pdg_kit_frame (kit, INK_SAND_DEEP, x, y, 18, 18, 5, 1.25);
    }
  pdg_kit_text (kit, 15, checked ? 600 : 400, INK_TEXT, x + 28, y + 14.5, label);
  pdg_kit_text_aligned (kit, ALIGN_RIGHT, 13, 400, INK_TEXT_3, x + 216, y + 14, count);
}

void
pdg_kit_chip (PdgKit *kit, PdgKitInk ground, PdgKitInk ink, double x, double y, const char *label)
{
  PangoRectangle logical;

  pango_layout_set_width (kit->layout, -1);
  set_text (kit, 13, 600, label);
  pango_layout_get_extents (kit->layout, NULL, &logical);
  pdg_kit_box (kit, ground, x, y, (double) logical.width / PANGO_SCALE + 24, 28, 14);
  pdg_kit_text (kit, 13, 600, ink, x + 12, y + 18.5, label);
}

char *
pdg_kit_format_price (guint cents)
{
  return g_strdup_printf ("€ %u.%02u", cents / 100, cents % 100);
}
