#include "config.h"
#include "demo/pdg-demo-kit.h"

#include "demo/pdg-demo-random.h"

void
pdg_kit_draw_cart (PdgKit *kit)
{
  static const struct
  {
    guint product;
    const char *text;
    const char *quantity;
  } lines[] = {
    { 0, "Sand, from Studio Ødegaard", "1" },
    { 10, "Oat, 140 by 200 cm", "1" },
    { 6, "Jar of 250 g, from Lüneburg Heath", "1" },
  };

  pdg_kit_page (kit, INK_PAPER);
  pdg_kit_header (kit, -1, NULL, 3);
  pdg_kit_text (kit, 48, 700, INK_TEXT, 48, 152, "Your cart");
  pdg_kit_text (kit, 17, 400, INK_TEXT_2, 290, 150, "3 things, ready to go");
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      double y = 184 + i * 176.0;
      guint product = lines[i].product;
      g_autofree char *price = pdg_kit_format_price (pdg_demo_products[product].price_cents);

      pdg_kit_card (kit, 48, y, 776, 160);
      pdg_kit_tile (kit, product, 62, y + 14, 172, 132, 10);
      pdg_kit_text (kit, 21, 700, INK_TEXT, 262, y + 52, pdg_demo_products[product].name);
      pdg_kit_text (kit, 15, 400, INK_TEXT_2, 262, y + 80, lines[i].text);
      pdg_kit_mark (kit, PART_CART_LINE, 48, y, 776, 160);
      pdg_kit_text (kit, 14, 600, INK_TEXT_3, 262, y + 122, "Remove");
      pdg_kit_mark (kit, PART_CART_REMOVE, 258, y + 106, 62, 24);
      pdg_kit_box (kit, INK_CREAM, 542, y + 58, 124, 44, 22);
      pdg_kit_text_aligned (kit, ALIGN_CENTER, 20, 500, INK_TEXT_2, 566, y + 87, "−");
      pdg_kit_text_aligned (kit, ALIGN_CENTER, 17, 700, INK_TEXT, 604, y + 86, lines[i].quantity);
      pdg_kit_text_aligned (kit, ALIGN_CENTER, 20, 500, INK_TEXT_2, 642, y + 87, "+");
      pdg_kit_mark (kit, PART_CART_QUANTITY, 542, y + 58, 124, 44);
      pdg_kit_text_aligned (kit, ALIGN_RIGHT, 21, 700, INK_TEXT, 796, y + 87, price);
    }
  pdg_kit_text (kit, 16, 600, INK_GREEN, 48, 748, "‹  Continue shopping");
  pdg_kit_mark (kit, PART_CART_CONTINUE, 44, 730, 174, 28);
  pdg_kit_summary (kit, 856, 184, PART_CART_CHECKOUT, "Check out");
}

static void
draw_delivery (PdgKit *kit, double y, gboolean chosen, const char *name, const char *text, const char *price)
{
  pdg_kit_box (kit, chosen ? INK_GREEN_SOFT : INK_WHITE, 80, y, 712, 64, 12);
  pdg_kit_frame (kit, chosen ? INK_GREEN : INK_SAND, 80, y, 712, 64, 12, chosen ? 2 : 1.25);
  pdg_kit_disc (kit, chosen ? INK_GREEN : INK_SAND_DEEP, 108, y + 32, 10);
  pdg_kit_disc (kit, INK_WHITE, 108, y + 32, chosen ? 4 : 8.5);
  pdg_kit_text (kit, 16, 600, INK_TEXT, 134, y + 28, name);
  pdg_kit_text (kit, 14, 400, INK_TEXT_2, 134, y + 49, text);
  pdg_kit_text_aligned (kit, ALIGN_RIGHT, 16, 600, INK_TEXT, 770, y + 38, price);
  pdg_kit_mark (kit, PART_SHIPPING_METHOD, 80, y, 712, 64);
}

void
pdg_kit_draw_shipping (PdgKit *kit)
{
  pdg_kit_page (kit, INK_CREAM);
  pdg_kit_checkout_header (kit, 1);
  pdg_kit_card (kit, 48, 104, 776, 672);
  pdg_kit_text (kit, 36, 700, INK_TEXT, 80, 166, "Where shall it go?");
  pdg_kit_disc (kit, INK_CLAY_SOFT, 752, 154, 32);
  pdg_kit_icon (kit, ICON_PIN, INK_CLAY, 734, 136, 36);
  pdg_kit_field (kit, PART_SHIPPING_NAME, 80, 198, 712, "Full name", "Clara Lindqvist", FALSE);
  pdg_kit_field (kit, PART_SHIPPING_STREET, 80, 288, 712, "Street and number", "Kastanienallee 21", TRUE);
  pdg_kit_field (kit, PART_NONE, 80, 378, 200, "Postcode", "10435", FALSE);
  pdg_kit_field (kit, PART_SHIPPING_CITY, 300, 378, 240, "City", "Berlin", FALSE);
  pdg_kit_field (kit, PART_NONE, 560, 378, 232, "Country", "Germany", FALSE);
  pdg_kit_text (kit, 19, 700, INK_TEXT, 80, 504, "Delivery");
  draw_delivery (kit, 524, TRUE, "Standard", "Wednesday, by bicycle where there is one", "Free");
  draw_delivery (kit, 600, FALSE, "Express", "Tomorrow before noon", "€ 9.00");
  pdg_kit_button (kit, PART_SHIPPING_SUBMIT, TRUE, 540, 696, 252, 52, "Continue to payment");
  pdg_kit_summary (kit, 856, 104, PART_NONE, NULL);
  pdg_kit_promises (kit, 856, 576);
}

static void
draw_bank_card (PdgKit *kit)
{
  cairo_t *cr = kit->cr;

  cairo_save (cr);
  pdg_kit_round_path (kit, 80, 282, 330, 204, 20);
  pdg_kit_ink (kit, INK_GREEN);
  cairo_fill_preserve (cr);
  cairo_clip (cr);
  pdg_kit_disc (kit, INK_GREEN_DEEP, 380, 480, 150);
  pdg_kit_ink_alpha (kit, INK_SAGE, 0.16);
  cairo_arc (cr, 130, 270, 110, 0, 2 * G_PI);
  cairo_fill (cr);
  cairo_restore (cr);
  pdg_kit_box (kit, INK_BRASS, 106, 318, 48, 36, 7);
  pdg_kit_box (kit, INK_MUSTARD_SOFT, 128, 318, 2, 36, 0);
  pdg_kit_box (kit, INK_MUSTARD_SOFT, 106, 335, 48, 2, 0);
  pdg_kit_text (kit, 21, 600, INK_CREAM, 106, 412, "5412  7534  ••••  ••••");
  pdg_kit_text (kit, 14, 500, INK_SAGE, 106, 458, "Clara Lindqvist");
  pdg_kit_text_aligned (kit, ALIGN_RIGHT, 14, 500, INK_SAGE, 384, 458, "09 / 29");
  pdg_kit_disc (kit, INK_CLAY, 348, 322, 18);
  pdg_kit_ink_alpha (kit, INK_MUSTARD, 0.9);
  cairo_new_path (cr);
  cairo_arc (cr, 370, 322, 18, 0, 2 * G_PI);
  cairo_fill (cr);
}

void
pdg_kit_draw_payment (PdgKit *kit)
{
  static const char *const methods[] = { "Card", "PayPal", "Invoice" };

  pdg_kit_page (kit, INK_CREAM);
  pdg_kit_checkout_header (kit, 2);
  pdg_kit_card (kit, 48, 104, 776, 672);
  pdg_kit_text (kit, 36, 700, INK_TEXT, 80, 166, "How would you like to pay?");
  for (int i = 0; i < 3; i++)
    {
      double x = 80 + i * 241;

      pdg_kit_box (kit, i == 0 ? INK_GREEN_SOFT : INK_WHITE, x, 196, 230, 58, 12);
      pdg_kit_frame (kit, i == 0 ? INK_GREEN : INK_SAND, x, 196, 230, 58, 12, i == 0 ? 2 : 1.25);
      pdg_kit_disc (kit, i == 0 ? INK_GREEN : INK_SAND_DEEP, x + 30, 225, 10);
      pdg_kit_disc (kit, INK_WHITE, x + 30, 225, i == 0 ? 4 : 8.5);
      pdg_kit_text (kit, 17, 600, INK_TEXT, x + 54, 231, methods[i]);
    }
  pdg_kit_mark (kit, PART_PAYMENT_METHOD, 80, 196, 712, 58);
  draw_bank_card (kit);
  pdg_kit_text (kit, 20, 700, INK_TEXT, 446, 322, "Safe and simple");
  pdg_kit_paragraph (kit, 16, 400, INK_TEXT_2, 446, 354, 330, 25,
                     "Your card is charged only when the parcel leaves the workshop. We never see its number.");
  pdg_kit_icon (kit, ICON_LOCK, INK_GREEN, 446, 444, 22);
  pdg_kit_text (kit, 15, 500, INK_GREEN, 476, 460, "Encrypted from end to end");
  pdg_kit_field (kit, PART_PAYMENT_NUMBER, 80, 512, 712, "Card number", "5412 7534 •••• ••••", TRUE);
  pdg_kit_field (kit, PART_NONE, 80, 602, 344, "Name on the card", "Clara Lindqvist", FALSE);
  pdg_kit_field (kit, PART_PAYMENT_EXPIRY, 444, 602, 164, "Expires", "09 / 29", FALSE);
  pdg_kit_field (kit, PART_PAYMENT_CODE, 628, 602, 164, "Security code", "•••", FALSE);
  pdg_kit_text (kit, 16, 600, INK_GREEN, 80, 732, "‹  Back to shipping");
  pdg_kit_mark (kit, PART_PAYMENT_BACK, 76, 714, 160, 28);
  pdg_kit_button (kit, PART_PAYMENT_SUBMIT, TRUE, 540, 700, 252, 52, "Review order");
  pdg_kit_summary (kit, 856, 104, PART_NONE, NULL);
  pdg_kit_promises (kit, 856, 576);
}

static void
draw_fact (PdgKit *kit, double x, PdgKitIcon icon, const char *title, const char *line, const char *line2, PdgDemoPartId part)
{
  pdg_kit_card (kit, x, 186, 380, 136);
  pdg_kit_disc (kit, INK_GREEN_SOFT, x + 44, 232, 24);
  pdg_kit_icon (kit, icon, INK_GREEN, x + 31, 219, 26);
  pdg_kit_text (kit, 18, 700, INK_TEXT, x + 84, 230, title);
  pdg_kit_text (kit, 15, 400, INK_TEXT_2, x + 84, 260, line);
  pdg_kit_text (kit, 15, 400, INK_TEXT_2, x + 84, 284, line2);
  pdg_kit_text_aligned (kit, ALIGN_RIGHT, 14, 600, INK_GREEN, x + 356, 230, "Change");
  pdg_kit_mark (kit, part, x + 298, 214, 60, 24);
}

void
pdg_kit_draw_review_order (PdgKit *kit)
{
  static const guint products[] = { 0, 10, 6 };

  pdg_kit_page (kit, INK_CREAM);
  pdg_kit_checkout_header (kit, 3);
  pdg_kit_text (kit, 40, 700, INK_TEXT, 48, 152, "One last look");
  draw_fact (kit, 48, ICON_PIN, "Goes to", "Clara Lindqvist, Kastanienallee 21", "10435 Berlin, Germany", PART_REVIEW_ADDRESS);
  draw_fact (kit, 444, ICON_CARD, "Paid with", "Card ending in 2210", "Charged when it leaves", PART_REVIEW_METHOD);
  pdg_kit_card (kit, 48, 342, 776, 434);
  pdg_kit_mark (kit, PART_REVIEW_LINES, 48, 342, 776, 434);
  pdg_kit_text (kit, 20, 700, INK_TEXT, 72, 384, "Arrives on Wednesday, 25 November");
  for (int i = 0; i < 3; i++)
    {
      double x = 72 + i * 251;
      g_autofree char *price = pdg_kit_format_price (pdg_demo_products[products[i]].price_cents);

      pdg_kit_tile (kit, products[i], x, 408, 226, 246, 14);
      pdg_kit_text (kit, 17, 600, INK_TEXT, x, 684, pdg_demo_products[products[i]].name);
      pdg_kit_text_aligned (kit, ALIGN_RIGHT, 17, 600, INK_TEXT, x + 226, 684, price);
      pdg_kit_text (kit, 14, 400, INK_TEXT_3, x, 706, "1 piece");
    }
  pdg_kit_icon (kit, ICON_LEAF, INK_GREEN, 72, 732, 20);
  pdg_kit_text (kit, 14, 400, INK_TEXT_2, 100, 747, "Packed in wood wool and paper, without plastic");
  pdg_kit_summary (kit, 856, 186, PART_REVIEW_SUBMIT, "Place order");
}

static void
draw_confetti (PdgKit *kit)
{
  static const PdgKitInk colours[] = { INK_CLAY, INK_MUSTARD, INK_SAGE_DEEP, INK_PLUM, INK_MIST_DEEP };

  PdgDemoRandom random = pdg_demo_random_make (1, 0, 0);

  for (int i = 0; i < 90; i++)
    {
      double x = pdg_demo_random_range (&random, 24, 1256), y = pdg_demo_random_range (&random, 100, 400);

      if (x > 340 && x < 940)
        continue;
      cairo_save (kit->cr);
      cairo_translate (kit->cr, x, y);
      cairo_rotate (kit->cr, i * 0.9);
      if (i % 3 == 0)
        pdg_kit_disc (kit, colours[i % 5], 0, 0, 6);
      else
        pdg_kit_box (kit, colours[i % 5], -9, -3, 18, 6, 3);
      cairo_restore (kit->cr);
    }
}

void
pdg_kit_draw_done (PdgKit *kit)
{
  static const char *const stages[] = { "Placed", "Packed", "On its way", "At home" };
  static const char *const days[] = { "today, 10:42", "Monday", "Tuesday", "Wednesday" };

  pdg_kit_page (kit, INK_GREEN_SOFT);
  pdg_kit_header (kit, -1, NULL, 0);
  draw_confetti (kit);
  pdg_kit_disc (kit, INK_GREEN, 640, 196, 64);
  pdg_kit_icon (kit, ICON_CHECK, INK_WHITE, 598, 154, 84);
  pdg_kit_text_aligned (kit, ALIGN_CENTER, 60, 700, INK_TEXT, 640, 344, "Thank you, Clara.");
  pdg_kit_text_aligned (kit, ALIGN_CENTER, 19, 400, INK_TEXT_2, 640, 388, "Order LL-20418 is with the workshops. A note is in your inbox.");

  pdg_kit_card (kit, 240, 428, 800, 306);
  pdg_kit_mark (kit, PART_DONE_CARD, 240, 428, 800, 306);
  for (int i = 0; i < 4; i++)
    {
      double x = 330 + i * 206;

      if (i > 0)
        pdg_kit_box (kit, INK_SAND, x - 186, 490, 166, 4, 2);
      pdg_kit_disc (kit, i == 0 ? INK_GREEN : INK_SAND, x, 492, 20);
      pdg_kit_disc (kit, i == 0 ? INK_GREEN : INK_WHITE, x, 492, 16);
      if (i == 0)
        pdg_kit_icon (kit, ICON_CHECK, INK_WHITE, x - 10, 482, 20);
      else
        pdg_kit_icon (kit, i == 1 ? ICON_BOX : i == 2 ? ICON_TRUCK : ICON_LEAF, INK_TEXT_3, x - 9, 483, 18);
      pdg_kit_text_aligned (kit, ALIGN_CENTER, 17, 700, i == 0 ? INK_TEXT : INK_TEXT_2, x, 544, stages[i]);
      pdg_kit_text_aligned (kit, ALIGN_CENTER, 14, 400, INK_TEXT_3, x, 567, days[i]);
    }
  pdg_kit_rule (kit, 272, 594, 736);
  pdg_kit_tile (kit, 0, 272, 616, 92, 92, 12);
  pdg_kit_tile (kit, 10, 376, 616, 92, 92, 12);
  pdg_kit_tile (kit, 6, 480, 616, 92, 92, 12);
  pdg_kit_button (kit, PART_DONE_SHOP, FALSE, 604, 636, 196, 52, "Continue shopping");
  pdg_kit_button (kit, PART_DONE_TRACK, TRUE, 814, 636, 194, 52, "Track this order");
}
