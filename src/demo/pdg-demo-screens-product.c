#include "config.h"
#include "demo/pdg-demo-kit.h"

static void
draw_gallery (PdgKit *kit)
{
  static const guint views[] = { 0, PDG_KIT_MOSS_VASE, PDG_KIT_CLAY_VASE };

  for (int i = 0; i < 3; i++)
    {
      pdg_kit_tile (kit, views[i], 48, 144 + i * 98, 84, 84, 12);
      if (i == 0)
        pdg_kit_frame (kit, INK_GREEN, 48, 144, 84, 84, 12, 2.5);
    }
  pdg_kit_box (kit, INK_BLUSH, 150, 144, 570, 520, 22);
  cairo_save (kit->cr);
  pdg_kit_round_path (kit, 150, 144, 570, 520, 22);
  cairo_clip (kit->cr);
  pdg_kit_disc (kit, INK_CLAY_SOFT, 446, 392, 214);
  pdg_kit_box (kit, INK_SAND, 150, 572, 570, 100, 0);
  pdg_kit_ink_alpha (kit, INK_TEXT, 0.1);
  cairo_save (kit->cr);
  cairo_translate (kit->cr, 462, 602);
  cairo_scale (kit->cr, 1, 0.1);
  cairo_new_path (kit->cr);
  cairo_arc (kit->cr, 0, 0, 160, 0, 2 * G_PI);
  cairo_restore (kit->cr);
  cairo_fill (kit->cr);
  pdg_kit_art (kit, 0, 208, 182, 476);
  cairo_restore (kit->cr);
  pdg_kit_chip (kit, INK_WHITE, INK_CLAY_DEEP, 172, 166, "Made in small batches");
  pdg_kit_mark (kit, PART_PRODUCT_GALLERY, 150, 144, 570, 520);
}

static void
draw_buy_box (PdgKit *kit)
{
  static const PdgKitInk colours[] = { INK_CREAM, INK_SAGE_DEEP, INK_CLAY };
  static const char *const notes[] = { "In your hands by Wednesday", "30 days to change your mind" };

  pdg_kit_text (kit, 15, 600, INK_CLAY_DEEP, 772, 170, "Studio Ødegaard, Bergen");
  pdg_kit_text (kit, 48, 700, INK_TEXT, 770, 228, "Stoneware vase");
  pdg_kit_stars (kit, 772, 250, 19, 4.7);
  pdg_kit_text (kit, 15, 500, INK_TEXT_2, 892, 266, "4.7 from 128 reviews");
  pdg_kit_mark (kit, PART_PRODUCT_REVIEWS, 772, 246, 280, 28);
  pdg_kit_text (kit, 32, 700, INK_TEXT, 771, 322, "€ 48.00");
  pdg_kit_paragraph (kit, 16, 400, INK_TEXT_2, 772, 358, 440, 25,
                     "A round belly, a narrow neck and one clay line: made for three twigs from the hedge. Glazed inside, raw outside.");
  pdg_kit_text (kit, 14, 600, INK_TEXT, 772, 446, "Colour: sand");
  for (int i = 0; i < 3; i++)
    {
      if (i == 0)
        pdg_kit_disc (kit, INK_GREEN, 790 + i * 52, 478, 20);
      pdg_kit_disc (kit, INK_WHITE, 790 + i * 52, 478, 17.5);
      pdg_kit_disc (kit, INK_SAND_DEEP, 790 + i * 52, 478, 15);
      pdg_kit_disc (kit, colours[i], 790 + i * 52, 478, 14);
    }
  pdg_kit_mark (kit, PART_PRODUCT_VARIANT, 770, 458, 144, 40);
  pdg_kit_button (kit, PART_PRODUCT_ADD, TRUE, 772, 518, 344, 56, "Add to cart");
  pdg_kit_box (kit, INK_WHITE, 1132, 518, 56, 56, 10);
  pdg_kit_frame (kit, INK_SAND_DEEP, 1132, 518, 56, 56, 10, 1.5);
  pdg_kit_icon (kit, ICON_HEART, INK_CLAY, 1147, 533, 26);
  pdg_kit_mark (kit, PART_PRODUCT_WISH, 1132, 518, 56, 56);
  for (int i = 0; i < 2; i++)
    {
      pdg_kit_icon (kit, i == 0 ? ICON_TRUCK : ICON_RETURN, INK_GREEN, 772, 600 + i * 34, 22);
      pdg_kit_text (kit, 15, 400, INK_TEXT_2, 806, 616 + i * 34, notes[i]);
    }
}

void
pdg_kit_draw_product (PdgKit *kit)
{
  static const guint related[] = { 17, 3, 21, 2 };

  pdg_kit_page (kit, INK_PAPER);
  pdg_kit_header (kit, 0, NULL, 2);
  pdg_kit_text (kit, 14, 400, INK_TEXT_3, 48, 118, "Shop   ›   Ceramics   ›   Stoneware vase");
  pdg_kit_mark (kit, PART_PRODUCT_CRUMB, 48, 102, 260, 24);
  draw_gallery (kit);
  draw_buy_box (kit);
  pdg_kit_text (kit, 22, 700, INK_TEXT, 48, 718, "Goes well with it");
  for (int i = 0; i < 4; i++)
    pdg_kit_product (kit, PART_PRODUCT_RELATED, related[i], 48 + i * 301, 736, 281, 200);
}

static void
draw_rating_bars (PdgKit *kit)
{
  static const double shares[] = { 0.78, 0.14, 0.05, 0.02, 0.01 };

  for (int i = 0; i < 5; i++)
    {
      double y = 614 + i * 29;
      g_autofree char *stars = g_strdup_printf ("%d", 5 - i), *share = g_strdup_printf ("%.0f %%", shares[i] * 100);

      pdg_kit_text (kit, 15, 600, INK_TEXT_2, 76, y + 9, stars);
      pdg_kit_box (kit, INK_CREAM, 98, y, 220, 9, 4.5);
      pdg_kit_box (kit, INK_MUSTARD, 98, y, MAX (9, 220 * shares[i]), 9, 4.5);
      pdg_kit_text_aligned (kit, ALIGN_RIGHT, 14, 400, INK_TEXT_3, 372, y + 9, share);
    }
  pdg_kit_mark (kit, PART_REVIEWS_BARS, 72, 606, 304, 140);
}

void
pdg_kit_draw_reviews (PdgKit *kit)
{
  static const struct
  {
    const char *initials;
    PdgKitInk ink;
    double rating;
    const char *title;
    const char *by;
    const char *text;
  } reviews[] = {
    { "MH", INK_CLAY, 5, "Better than in the picture", "Marta H., three days ago",
      "The glaze changes with the light. It stands on the window sill and guests keep asking where it is from." },
    { "JO", INK_MIST_DEEP, 5, "A present that stayed", "Jonas O., last week",
      "Bought for my sister, kept it, ordered a second one. Packed in wood wool without any plastic." },
    { "AL", INK_PLUM, 4, "Lovely, a little smaller than I thought", "Amélie L., in October",
      "Three tulips fill it. The line around the belly is a bit paler than shown, which I like." },
    { "TS", INK_GREEN, 5, "Heavy and quiet", "Tom S., in October",
      "It does not tip over with long branches, even with two cats in the house." },
  };

  pdg_kit_page (kit, INK_CREAM);
  pdg_kit_header (kit, 0, NULL, 2);
  pdg_kit_card (kit, 48, 104, 352, 672);
  pdg_kit_tile (kit, 0, 64, 120, 320, 236, 10);
  pdg_kit_text (kit, 22, 700, INK_TEXT, 76, 398, "Stoneware vase");
  pdg_kit_button (kit, PART_REVIEWS_BACK, FALSE, 76, 418, 296, 44, "Back to product");
  pdg_kit_text (kit, 76, 700, INK_TEXT, 72, 566, "4.7");
  pdg_kit_stars (kit, 206, 516, 24, 4.7);
  pdg_kit_text (kit, 15, 400, INK_TEXT_2, 206, 564, "128 reviews");
  draw_rating_bars (kit);

  pdg_kit_text (kit, 40, 700, INK_TEXT, 440, 150, "What people say");
  for (guint i = 0; i < G_N_ELEMENTS (reviews); i++)
    {
      double y = 178 + i * 152.0;

      pdg_kit_card (kit, 440, y, 792, 138);
      pdg_kit_disc (kit, reviews[i].ink, 490, y + 48, 25);
      pdg_kit_text_aligned (kit, ALIGN_CENTER, 16, 700, INK_WHITE, 490, y + 54, reviews[i].initials);
      pdg_kit_text (kit, 19, 700, INK_TEXT, 534, y + 40, reviews[i].title);
      pdg_kit_text (kit, 14, 400, INK_TEXT_3, 534, y + 63, reviews[i].by);
      pdg_kit_stars (kit, 1094, y + 26, 20, reviews[i].rating);
      pdg_kit_paragraph (kit, 15.5, 400, INK_TEXT_2, 534, y + 94, 670, 23, reviews[i].text);
      pdg_kit_mark (kit, PART_REVIEWS_ITEM, 440, y, 792, 138);
    }
}

static void
draw_wish (PdgKit *kit, guint product, double x, double y, double height, gboolean button)
{
  g_autofree char *price = pdg_kit_format_price (pdg_demo_products[product].price_cents);

  pdg_kit_card (kit, x, y, 284, height + 122);
  pdg_kit_tile (kit, product, x + 10, y + 10, 264, height, 10);
  pdg_kit_disc (kit, INK_WHITE, x + 246, y + 38, 18);
  pdg_kit_icon (kit, ICON_HEART_FULL, INK_CLAY, x + 236, y + 28, 20);
  pdg_kit_mark (kit, PART_WISH_CARD, x, y, 284, height + 62);
  pdg_kit_text (kit, 16, 600, INK_TEXT, x + 18, y + height + 40, pdg_demo_products[product].name);
  pdg_kit_text_aligned (kit, ALIGN_RIGHT, 16, 600, INK_TEXT, x + 266, y + height + 40, price);
  if (button)
    pdg_kit_button (kit, PART_WISH_ADD, FALSE, x + 18, y + height + 60, 248, 44, "Move to cart");
}

void
pdg_kit_draw_wish_list (PdgKit *kit)
{
  static const struct
  {
    guint product;
    double height;
  } wishes[4][2] = {
    { { 15, 300 }, { 2, 200 } },
    { { 12, 200 }, { 18, 300 } },
    { { 19, 280 }, { 6, 220 } },
    { { 16, 220 }, { 10, 280 } },
  };

  pdg_kit_page (kit, INK_MIST);
  pdg_kit_header (kit, -1, NULL, 2);
  pdg_kit_icon (kit, ICON_HEART_FULL, INK_CLAY, 46, 108, 46);
  pdg_kit_text (kit, 44, 700, INK_TEXT, 106, 146, "Wish list");
  pdg_kit_text (kit, 17, 400, INK_TEXT_2, 318, 144, "8 things for the new flat");
  pdg_kit_box (kit, INK_WHITE, 1092, 110, 140, 44, 22);
  pdg_kit_icon (kit, ICON_SHARE, INK_TEXT, 1116, 121, 20);
  pdg_kit_text (kit, 15, 600, INK_TEXT, 1146, 137.5, "Share list");
  pdg_kit_mark (kit, PART_WISH_SHARE, 1092, 110, 140, 44);
  for (int i = 0; i < 4; i++)
    {
      double x = 48 + i * 300, y = 182;

      draw_wish (kit, wishes[i][0].product, x, y, wishes[i][0].height, TRUE);
      draw_wish (kit, wishes[i][1].product, x, y + wishes[i][0].height + 138, wishes[i][1].height, TRUE);
    }
}
