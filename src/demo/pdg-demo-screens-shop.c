#include "config.h"
#include "demo/pdg-demo-kit.h"

#include <string.h>

#define WIDTH PDG_DEMO_SCREEN_WIDTH

/* The laid table of the home page, in a panel whose lower right part is free for it. */
static void
draw_still_life (PdgKit *kit)
{
  cairo_t *cr = kit->cr;

  cairo_save (cr);
  pdg_kit_round_path (kit, 48, 100, 1184, 352, 24);
  cairo_clip (cr);
  pdg_kit_disc (kit, INK_SAGE_DEEP, 960, 322, 250);
  pdg_kit_disc (kit, INK_SAGE, 1010, 350, 220);
  pdg_kit_box (kit, INK_CLAY, 620, 400, 640, 60, 0);
  pdg_kit_box (kit, INK_CLAY_DEEP, 620, 400, 640, 6, 0);
  pdg_kit_art (kit, 16, 752, 92, 150);
  pdg_kit_art (kit, 0, 914, 134, 306);
  pdg_kit_art (kit, 5, 676, 211, 216);
  pdg_kit_art (kit, 2, 852, 298, 118);
  pdg_kit_art (kit, 6, 1098, 260, 162);
  cairo_restore (cr);
}

void
pdg_kit_draw_home (PdgKit *kit)
{
  static const guint faces[N_CATEGORIES] = { 1, 7, 12, 15, 19 };
  static const guint highlights[] = { 17, 3, 21, 16 };

  pdg_kit_page (kit, INK_PAPER);
  pdg_kit_header (kit, -1, NULL, 2);

  pdg_kit_box (kit, INK_GREEN, 48, 100, 1184, 352, 24);
  pdg_kit_mark (kit, PART_HOME_HERO, 48, 100, 1184, 352);
  draw_still_life (kit);
  pdg_kit_text (kit, 15, 600, INK_MUSTARD, 104, 156, "The autumn table");
  pdg_kit_text (kit, 60, 700, INK_CREAM, 102, 222, "Slow mornings,");
  pdg_kit_text (kit, 60, 700, INK_CREAM, 102, 286, "well set.");
  pdg_kit_paragraph (kit, 17, 400, INK_SAGE, 104, 324, 430, 25, "Stoneware, linen and bread from forty small workshops and bakeries.");
  pdg_kit_box (kit, INK_CREAM, 104, 380, 226, 48, 24);
  pdg_kit_text_aligned (kit, ALIGN_CENTER, 16, 600, INK_GREEN_DEEP, 217, 409.5, "Shop the autumn table");
  pdg_kit_mark (kit, PART_HOME_SHOP, 104, 380, 226, 48);

  for (int i = 0; i < N_CATEGORIES; i++)
    {
      double x = 48 + i * 240.5;

      pdg_kit_tile (kit, faces[i], x, 474, 222, 112, 16);
      pdg_kit_text (kit, 16, 600, INK_TEXT, x + 4, 610, pdg_demo_categories[i].name);
      pdg_kit_icon (kit, ICON_CHEVRON, INK_TEXT_3, x + 204, 598, 15);
      pdg_kit_mark (kit, PART_HOME_TILE, x, 474, 222, 142);
    }
  pdg_kit_text (kit, 24, 700, INK_TEXT, 48, 664, "Fresh from the workshops");
  pdg_kit_text_aligned (kit, ALIGN_RIGHT, 15, 600, INK_GREEN, 1232, 663, "See everything");
  for (int i = 0; i < 4; i++)
    pdg_kit_product (kit, PART_HOME_CARD, highlights[i], 48 + i * 301, 682, 281, 200);
}

static void
draw_filters (PdgKit *kit)
{
  static const PdgKitInk colours[] = { INK_CREAM, INK_SAND, INK_CLAY, INK_MUSTARD, INK_GREEN, INK_MIST_DEEP, INK_PLUM };

  pdg_kit_text (kit, 15, 700, INK_TEXT, 48, 202, "Category");
  pdg_kit_check (kit, 48, 220, TRUE, "Textiles", "12");
  pdg_kit_check (kit, 48, 250, FALSE, "Ceramics", "3");
  pdg_kit_check (kit, 48, 280, FALSE, "Baskets", "2");
  pdg_kit_check (kit, 48, 310, FALSE, "Lighting", "1");
  pdg_kit_text (kit, 14, 600, INK_GREEN, 48, 358, "All textiles");
  pdg_kit_mark (kit, PART_SEARCH_CATEGORY, 48, 342, 90, 24);
  pdg_kit_rule (kit, 48, 384, 220);
  pdg_kit_text (kit, 15, 700, INK_TEXT, 48, 420, "Price");
  pdg_kit_box (kit, INK_SAND, 48, 446, 220, 5, 2.5);
  pdg_kit_box (kit, INK_GREEN, 74, 446, 118, 5, 2.5);
  for (int i = 0; i < 2; i++)
    {
      pdg_kit_disc (kit, INK_GREEN, 74 + i * 118, 448.5, 11);
      pdg_kit_disc (kit, INK_WHITE, 74 + i * 118, 448.5, 8);
    }
  pdg_kit_mark (kit, PART_SEARCH_FILTER, 48, 436, 220, 26);
  pdg_kit_text (kit, 14, 400, INK_TEXT_2, 48, 486, "€ 15");
  pdg_kit_text_aligned (kit, ALIGN_RIGHT, 14, 400, INK_TEXT_2, 268, 486, "€ 90");
  pdg_kit_rule (kit, 48, 510, 220);
  pdg_kit_text (kit, 15, 700, INK_TEXT, 48, 546, "Colour");
  for (int i = 0; i < 7; i++)
    {
      pdg_kit_disc (kit, INK_SAND_DEEP, 61 + i * 32, 574, 12);
      pdg_kit_disc (kit, colours[i], 61 + i * 32, 574, 11);
    }
  pdg_kit_rule (kit, 48, 606, 220);
  pdg_kit_text (kit, 15, 700, INK_TEXT, 48, 642, "Rating");
  for (int i = 0; i < 3; i++)
    pdg_kit_stars (kit, 48, 660 + i * 30, 17, 5 - i);
}

void
pdg_kit_draw_search (PdgKit *kit)
{
  static const struct
  {
    guint product;
    const char *text;
    double rating;
    const char *reviews;
  } results[] = {
    { 10, "Stonewashed linen, woven in Flanders. 140 by 200 cm.", 4.8, "128 reviews" },
    { 13, "Pure linen with a mustard edge. 45 by 180 cm.", 4.6, "64 reviews" },
    { 11, "Half linen, three stripes, two loops. Gets better with age.", 4.9, "311 reviews" },
    { 14, "Waffle linen with a deep pocket and long ties.", 4.4, "47 reviews" },
  };

  pdg_kit_page (kit, INK_PAPER);
  pdg_kit_header (kit, -1, "linen", 2);
  pdg_kit_text (kit, 40, 700, INK_TEXT, 48, 142, "18 finds for “linen”");
  draw_filters (kit);
  pdg_kit_text_aligned (kit, ALIGN_RIGHT, 15, 500, INK_TEXT_2, 1232, 138, "Best match first");
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      guint product = results[i].product;
      double y = 178 + i * 168.0;
      g_autofree char *price = pdg_kit_format_price (pdg_demo_products[product].price_cents);

      pdg_kit_card (kit, 316, y, 916, 152);
      pdg_kit_tile (kit, product, 328, y + 12, 176, 128, 10);
      pdg_kit_text (kit, 22, 700, INK_TEXT, 532, y + 50, pdg_demo_products[product].name);
      pdg_kit_text (kit, 15, 400, INK_TEXT_2, 532, y + 78, results[i].text);
      pdg_kit_stars (kit, 532, y + 98, 17, results[i].rating);
      pdg_kit_text (kit, 14, 400, INK_TEXT_3, 640, y + 112, results[i].reviews);
      pdg_kit_text_aligned (kit, ALIGN_RIGHT, 22, 700, INK_TEXT, 1204, y + 50, price);
      pdg_kit_button (kit, PART_NONE, i == 0, 1072, y + 88, 132, 42, "View");
      pdg_kit_mark (kit, PART_SEARCH_RESULT, 316, y, 916, 152);
    }
}

void
pdg_kit_draw_category (PdgKit *kit)
{
  static const guint products[] = { 0, 1, 2, 3, PDG_KIT_MOSS_VASE, 4, PDG_KIT_CLAY_VASE, PDG_KIT_PLUM_CUP };
  static const char *const tabs[] = { "All", "Vases", "Tableware", "Cups", "Jugs", "Seconds" };
  double x = 48;

  pdg_kit_page (kit, INK_PAPER);
  pdg_kit_header (kit, 0, NULL, 2);

  pdg_kit_box (kit, INK_BLUSH, 0, 76, WIDTH, 176, 0);
  pdg_kit_mark (kit, PART_CATEGORY_BANNER, 0, 76, WIDTH, 176);
  cairo_save (kit->cr);
  cairo_rectangle (kit->cr, 0, 76, WIDTH, 176);
  cairo_clip (kit->cr);
  pdg_kit_disc (kit, INK_CLAY, 1010, 262, 132);
  pdg_kit_box (kit, INK_CLAY_DEEP, 720, 242, 560, 10, 0);
  pdg_kit_art (kit, 3, 780, 108, 152);
  pdg_kit_art (kit, 0, 910, 82, 182);
  pdg_kit_art (kit, 1, 1064, 118, 141);
  cairo_restore (kit->cr);
  pdg_kit_text (kit, 56, 700, INK_TEXT, 48, 172, "Ceramics");
  pdg_kit_text (kit, 17, 400, INK_TEXT_2, 50, 208, "Thrown, glazed and fired by hand. No two are alike.");

  for (guint i = 0; i < G_N_ELEMENTS (tabs); i++)
    {
      double width = 34 + (double) strlen (tabs[i]) * 8.4;

      pdg_kit_box (kit, i == 0 ? INK_TEXT : INK_WHITE, x, 274, width, 38, 19);
      if (i > 0)
        pdg_kit_frame (kit, INK_LINE, x, 274, width, 38, 19, 1);
      pdg_kit_text_aligned (kit, ALIGN_CENTER, 15, 600, i == 0 ? INK_WHITE : INK_TEXT, x + width / 2, 298.5, tabs[i]);
      x += width + 10;
    }
  pdg_kit_mark (kit, PART_CATEGORY_OTHER, 48, 274, x - 58, 38);
  pdg_kit_text_aligned (kit, ALIGN_RIGHT, 15, 500, INK_TEXT_2, 1208, 298.5, "Newest first");
  cairo_save (kit->cr);
  cairo_translate (kit->cr, 1232, 285);
  cairo_rotate (kit->cr, G_PI_2);
  pdg_kit_icon (kit, ICON_CHEVRON, INK_TEXT_2, 0, 0, 16);
  cairo_restore (kit->cr);
  pdg_kit_mark (kit, PART_CATEGORY_SORT, 1100, 274, 132, 38);

  for (int i = 0; i < 8; i++)
    pdg_kit_product (kit, PART_CATEGORY_CARD, products[i], 48 + (i % 4) * 301, 334 + (i / 4) * 290, 281, 216);
}
