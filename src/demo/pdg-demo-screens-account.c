#include "config.h"
#include "demo/pdg-demo-kit.h"

void
pdg_kit_draw_sign_in (PdgKit *kit)
{
  pdg_kit_page (kit, INK_PAPER);
  pdg_kit_box (kit, INK_GREEN, 0, 0, 600, 800, 0);
  pdg_kit_disc (kit, INK_GREEN_DEEP, 300, 506, 236);
  pdg_kit_logo (kit, INK_WHITE, 56, 48);
  pdg_kit_text (kit, 44, 700, INK_CREAM, 56, 172, "Good things");
  pdg_kit_text (kit, 44, 700, INK_CREAM, 56, 224, "keep their place.");
  for (int row = 0; row < 2; row++)
    {
      static const guint goods[2][3] = { { 3, 17, 0 }, { 20, 15, 6 } };
      double y = 500 + row * 212;

      for (int i = 0; i < 3; i++)
        pdg_kit_art (kit, goods[row][i], 84 + i * 148, y - 136, 154);
      pdg_kit_box (kit, INK_WOOD, 64, y, 472, 14, 4);
      pdg_kit_box (kit, INK_WOOD_DEEP, 64, y + 10, 472, 4, 2);
    }

  pdg_kit_text (kit, 48, 700, INK_TEXT, 718, 194, "Welcome back");
  pdg_kit_text (kit, 17, 400, INK_TEXT_2, 720, 230, "Sign in to see your orders and your wish list.");
  pdg_kit_field (kit, PART_SIGN_IN_EMAIL, 720, 266, 440, "E-mail", "clara@lindqvist.example", FALSE);
  pdg_kit_field (kit, PART_SIGN_IN_PASSWORD, 720, 358, 440, "Password", "••••••••", TRUE);
  pdg_kit_check (kit, 720, 448, TRUE, "Keep me signed in", "");
  pdg_kit_text_aligned (kit, ALIGN_RIGHT, 14, 600, INK_GREEN, 1160, 462, "Forgotten?");
  pdg_kit_button (kit, PART_SIGN_IN_SUBMIT, TRUE, 720, 492, 440, 54, "Sign in");
  pdg_kit_rule (kit, 720, 578, 196);
  pdg_kit_text_aligned (kit, ALIGN_CENTER, 14, 400, INK_TEXT_3, 940, 583, "or");
  pdg_kit_rule (kit, 964, 578, 196);
  pdg_kit_button (kit, PART_SIGN_IN_GUEST, FALSE, 720, 606, 440, 54, "Continue as guest");
  pdg_kit_text (kit, 15, 400, INK_TEXT_2, 790, 704, "New here?");
  pdg_kit_text (kit, 15, 600, INK_GREEN, 872, 704, "Create an account");
  pdg_kit_mark (kit, PART_SIGN_IN_CREATE, 868, 686, 144, 26);
  pdg_kit_text_aligned (kit, ALIGN_RIGHT, 15, 500, INK_TEXT_2, 1232, 66, "Help");
  pdg_kit_mark (kit, PART_HELP_LINK, 1192, 48, 44, 26);
}

void
pdg_kit_draw_create_account (PdgKit *kit)
{
  static const struct
  {
    PdgKitIcon icon;
    const char *title;
    const char *text;
  } reasons[] = {
    { ICON_TRUCK, "Follow every parcel", "From the kiln to your door" },
    { ICON_HEART, "Keep a wish list", "And share it before birthdays" },
    { ICON_RETURN, "Send back with one tap", "Thirty days, no questions" },
  };

  pdg_kit_page (kit, INK_CLAY_SOFT);
  pdg_kit_logo (kit, INK_TEXT, 56, 48);
  pdg_kit_card (kit, 56, 116, 600, 636);
  pdg_kit_text (kit, 44, 700, INK_TEXT, 102, 194, "Make yourself");
  pdg_kit_text (kit, 44, 700, INK_TEXT, 102, 246, "at home");
  pdg_kit_field (kit, PART_CREATE_NAME, 104, 282, 504, "Full name", "Clara Lindqvist", FALSE);
  pdg_kit_field (kit, PART_CREATE_EMAIL, 104, 372, 504, "E-mail", "clara@lindqvist.example", FALSE);
  pdg_kit_field (kit, PART_CREATE_PASSWORD, 104, 462, 504, "Password", "••••••••••", TRUE);
  for (int i = 0; i < 4; i++)
    pdg_kit_box (kit, i < 3 ? INK_SAGE_DEEP : INK_LINE, 104 + i * 128, 542, 120, 5, 2.5);
  pdg_kit_check (kit, 104, 572, TRUE, "Send me the Sunday letter", "");
  pdg_kit_button (kit, PART_CREATE_SUBMIT, TRUE, 104, 616, 504, 54, "Create account");
  pdg_kit_text_aligned (kit, ALIGN_CENTER, 15, 600, INK_GREEN, 356, 712, "I have an account");
  pdg_kit_mark (kit, PART_CREATE_SIGN_IN, 286, 694, 140, 26);

  pdg_kit_disc (kit, INK_BLUSH, 960, 290, 210);
  pdg_kit_disc (kit, INK_CLAY, 960, 300, 168);
  pdg_kit_art (kit, 0, 834, 146, 292);
  pdg_kit_art (kit, 19, 778, 246, 178);
  pdg_kit_art (kit, 12, 974, 236, 190);
  pdg_kit_box (kit, INK_CLAY_DEEP, 760, 402, 400, 12, 6);
  for (guint i = 0; i < G_N_ELEMENTS (reasons); i++)
    {
      double y = 500 + i * 88.0;

      pdg_kit_disc (kit, INK_WHITE, 800, y + 24, 30);
      pdg_kit_icon (kit, reasons[i].icon, INK_CLAY, 786, y + 10, 28);
      pdg_kit_text (kit, 20, 700, INK_TEXT, 852, y + 20, reasons[i].title);
      pdg_kit_text (kit, 16, 400, INK_TEXT_2, 852, y + 46, reasons[i].text);
    }
  pdg_kit_text_aligned (kit, ALIGN_RIGHT, 15, 500, INK_TEXT_2, 1232, 66, "Help");
  pdg_kit_mark (kit, PART_HELP_LINK, 1192, 48, 44, 26);
}

static void
draw_account_menu (PdgKit *kit)
{
  static const struct
  {
    PdgKitIcon icon;
    const char *name;
  } items[] = {
    { ICON_BOX, "Orders" }, { ICON_HEART, "Wish list" }, { ICON_PIN, "Addresses" }, { ICON_CARD, "Payment" }, { ICON_CHAT, "Messages" },
  };

  pdg_kit_disc (kit, INK_PLUM, 76, 142, 28);
  pdg_kit_text_aligned (kit, ALIGN_CENTER, 18, 700, INK_WHITE, 76, 148.5, "CL");
  pdg_kit_text (kit, 17, 700, INK_TEXT, 118, 138, "Clara Lindqvist");
  pdg_kit_text (kit, 14, 400, INK_TEXT_3, 118, 160, "With us since 2023");
  for (guint i = 0; i < G_N_ELEMENTS (items); i++)
    {
      double y = 196 + i * 52.0;

      if (i == 0)
        pdg_kit_box (kit, INK_GREEN_SOFT, 48, y, 240, 46, 10);
      pdg_kit_icon (kit, items[i].icon, i == 0 ? INK_GREEN : INK_TEXT_2, 64, y + 12, 22);
      pdg_kit_text (kit, 16, i == 0 ? 700 : 500, i == 0 ? INK_GREEN_DEEP : INK_TEXT_2, 100, y + 28.5, items[i].name);
    }
}

static void
draw_order (PdgKit *kit, double y, double height, const char *number, const char *date, const char *total, const guint *products,
            int n_products, PdgKitInk ground, PdgKitInk ink, const char *status)
{
  pdg_kit_card (kit, 328, y, 904, height);
  pdg_kit_mark (kit, PART_ORDERS_ROW, 328, y, 904, height);
  pdg_kit_text (kit, 20, 700, INK_TEXT, 356, y + 42, number);
  pdg_kit_text (kit, 15, 400, INK_TEXT_2, 356, y + 66, date);
  pdg_kit_chip (kit, ground, ink, 500, y + 21, status);
  pdg_kit_text_aligned (kit, ALIGN_RIGHT, 20, 700, INK_TEXT, 1204, y + 42, total);
  for (int i = 0; i < n_products; i++)
    pdg_kit_tile (kit, products[i], 356 + i * 92, y + height - 100, 80, 80, 10);
  pdg_kit_button (kit, PART_ORDERS_HELP, FALSE, 948, y + height - 78, 116, 44, "Get help");
  pdg_kit_button (kit, PART_ORDERS_AGAIN, FALSE, 1076, y + height - 78, 128, 44, "Buy again");
}

void
pdg_kit_draw_orders (PdgKit *kit)
{
  static const guint first[] = { 0, 10, 6 }, second[] = { 15, 17 }, third[] = { 5, 7, 8, 20 };
  static const char *const stages[] = { "Placed", "Packed", "On its way", "At home" };

  pdg_kit_page (kit, INK_PAPER);
  pdg_kit_header (kit, -1, NULL, 0);
  draw_account_menu (kit);
  pdg_kit_text (kit, 44, 700, INK_TEXT, 328, 152, "Your orders");
  draw_order (kit, 182, 274, "LL-20418", "22 November", "€ 148.50", first, 3, INK_MUSTARD_SOFT, INK_WOOD_DEEP, "On its way");
  for (int i = 0; i < 4; i++)
    {
      double x = 368 + i * 274.6;

      if (i > 0)
        pdg_kit_box (kit, i <= 2 ? INK_GREEN : INK_SAND, x - 262, 290, 250, 4, 2);
      pdg_kit_disc (kit, i <= 2 ? INK_GREEN : INK_SAND, x, 292, 12);
      if (i <= 2)
        pdg_kit_icon (kit, ICON_CHECK, INK_WHITE, x - 7, 285, 14);
      pdg_kit_text_aligned (kit, i == 0 ? ALIGN_LEFT : i == 3 ? ALIGN_RIGHT : ALIGN_CENTER, 14, 600, i <= 2 ? INK_TEXT : INK_TEXT_3,
                            x + (i == 0 ? -12 : i == 3 ? 12 : 0), 326, stages[i]);
    }
  draw_order (kit, 476, 198, "LL-19877", "3 October", "€ 143.00", second, 2, INK_GREEN_SOFT, INK_GREEN_DEEP, "At home");
  draw_order (kit, 694, 198, "LL-18204", "12 August", "€ 48.20", third, 4, INK_GREEN_SOFT, INK_GREEN_DEEP, "At home");
}

void
pdg_kit_draw_help (PdgKit *kit)
{
  static const struct
  {
    PdgKitIcon icon;
    PdgKitInk ground;
    PdgKitInk ink;
    const char *title;
    const char *text;
  } topics[] = {
    { ICON_TRUCK, INK_GREEN_SOFT, INK_GREEN, "Delivery", "When it comes, where it is" },
    { ICON_RETURN, INK_CLAY_SOFT, INK_CLAY_DEEP, "Returns", "Thirty days, label included" },
    { ICON_CARD, INK_MUSTARD_SOFT, INK_WOOD_DEEP, "Payment", "Cards, invoices, vouchers" },
    { ICON_PERSON, INK_MIST, INK_MIST_DEEP, "Account", "Password, addresses, privacy" },
    { ICON_LEAF, INK_SAGE, INK_GREEN_DEEP, "Care", "Glazes, linen, cast iron" },
    { ICON_BOX, INK_BLUSH, INK_PLUM, "Breakages", "We replace it, send a photo" },
  };

  pdg_kit_page (kit, INK_PAPER);
  pdg_kit_header (kit, -1, NULL, 2);
  pdg_kit_box (kit, INK_MUSTARD_SOFT, 0, 76, 1280, 262, 0);
  cairo_save (kit->cr);
  cairo_rectangle (kit->cr, 0, 76, 1280, 262);
  cairo_clip (kit->cr);
  pdg_kit_disc (kit, INK_CRUMB, 1160, 350, 150);
  pdg_kit_disc (kit, INK_CRUMB, 90, 350, 150);
  pdg_kit_art (kit, 18, 1050, 146, 218);
  pdg_kit_art (kit, 2, 44, 206, 146);
  cairo_restore (kit->cr);
  pdg_kit_text_aligned (kit, ALIGN_CENTER, 52, 700, INK_TEXT, 640, 182, "How can we help?");
  pdg_kit_box (kit, INK_WHITE, 350, 222, 580, 64, 32);
  pdg_kit_icon (kit, ICON_SEARCH, INK_GREEN, 376, 241, 26);
  pdg_kit_text (kit, 18, 400, INK_TEXT_3, 418, 260, "Returns, delivery, care of stoneware…");
  pdg_kit_mark (kit, PART_HELP_SEARCH, 350, 222, 580, 64);
  for (guint i = 0; i < G_N_ELEMENTS (topics); i++)
    {
      double x = 48 + (i % 3) * 401.0, y = 366 + (i / 3) * 146.0;

      pdg_kit_card (kit, x, y, 382, 128);
      pdg_kit_box (kit, topics[i].ground, x + 22, y + 26, 76, 76, 20);
      pdg_kit_icon (kit, topics[i].icon, topics[i].ink, x + 40, y + 44, 40);
      pdg_kit_text (kit, 22, 700, INK_TEXT, x + 122, y + 60, topics[i].title);
      pdg_kit_text (kit, 15, 400, INK_TEXT_2, x + 122, y + 87, topics[i].text);
      pdg_kit_mark (kit, PART_HELP_TOPIC, x, y, 382, 128);
    }
  pdg_kit_box (kit, INK_GREEN, 48, 668, 1184, 100, 18);
  pdg_kit_icon (kit, ICON_CHAT, INK_CREAM, 84, 700, 36);
  pdg_kit_text (kit, 22, 700, INK_CREAM, 144, 714, "A person answers until eight");
  pdg_kit_text (kit, 15, 400, INK_SAGE, 144, 740, "Usually within four minutes");
  pdg_kit_button (kit, PART_HELP_ORDERS, FALSE, 880, 692, 158, 52, "Find my order");
  pdg_kit_button (kit, PART_HELP_CHAT, FALSE, 1054, 692, 146, 52, "Chat with us");
}
