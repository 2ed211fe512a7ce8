#include "config.h"
#include "demo/pdg-demo-kit.h"

#define WIDTH PDG_DEMO_SCREEN_WIDTH
#define HEADER_HEIGHT 76

void
pdg_kit_page (PdgKit *kit, PdgKitInk ground)
{
  pdg_kit_ink (kit, ground);
  cairo_paint (kit->cr);
  pdg_kit_mark (kit, PART_NONE, 0, 0, WIDTH, PDG_DEMO_SCREEN_HEIGHT);
}

/* A loaf whose crust is woven, and the name. */
void
pdg_kit_logo (PdgKit *kit, PdgKitInk ink, double x, double y)
{
  cairo_t *cr = kit->cr;

  cairo_save (cr);
  pdg_kit_round_path (kit, x, y, 34, 34, 11);
  pdg_kit_ink (kit, ink == INK_WHITE ? INK_CLAY : INK_GREEN);
  cairo_fill_preserve (cr);
  cairo_clip (cr);
  pdg_kit_ink (kit, INK_CREAM);
  cairo_set_line_width (cr, 2.6);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  for (int i = 0; i < 3; i++)
    {
      cairo_move_to (cr, x + 9 + i * 8, y + 10);
      cairo_line_to (cr, x + 9 + i * 8, y + 24);
    }
  cairo_stroke (cr);
  for (int i = 0; i < 2; i++)
    {
      cairo_move_to (cr, x + 6, y + 14 + i * 7);
      cairo_curve_to (cr, x + 13, y + 9 + i * 7, x + 20, y + 20 + i * 7, x + 28, y + 13 + i * 7);
    }
  pdg_kit_ink (kit, INK_MUSTARD);
  cairo_stroke (cr);
  cairo_restore (cr);
  pdg_kit_text (kit, 21, 700, ink, x + 45, y + 24.5, "Larder & Loom");
  pdg_kit_mark (kit, PART_LOGO, x, y, 205, 34);
}

static void
draw_navigation (PdgKit *kit, int active)
{
  double x = 296;

  for (int i = 0; i < N_CATEGORIES; i++)
    {
      gboolean is_active = i == active;
      double width = pdg_kit_text (kit, 15, is_active ? 600 : 500, is_active ? INK_GREEN : INK_TEXT_2, x, 44, pdg_demo_categories[i].name);

      if (is_active)
        pdg_kit_box (kit, INK_GREEN, x, HEADER_HEIGHT - 3, width, 3, 1.5);
      x += width + 30;
    }
  pdg_kit_mark (kit, PART_NAVIGATION, 296, 26, x - 326, 26);
}

void
pdg_kit_header (PdgKit *kit, int active_category, const char *search, int cart_items)
{
  g_autofree char *count = g_strdup_printf ("%d", cart_items);

  pdg_kit_box (kit, INK_WHITE, 0, 0, WIDTH, HEADER_HEIGHT, 0);
  pdg_kit_rule (kit, 0, HEADER_HEIGHT - 1, WIDTH);
  pdg_kit_mark (kit, PART_HEADER, 0, 0, WIDTH, HEADER_HEIGHT);
  pdg_kit_logo (kit, INK_TEXT, 48, 21);
  draw_navigation (kit, active_category);

  pdg_kit_box (kit, INK_PAPER, 804, 18, 216, 40, 20);
  pdg_kit_frame (kit, search != NULL ? INK_GREEN : INK_LINE, 804, 18, 216, 40, 20, search != NULL ? 2 : 1);
  pdg_kit_icon (kit, ICON_SEARCH, search != NULL ? INK_GREEN : INK_TEXT_3, 818, 28, 20);
  pdg_kit_text (kit, 15, 400, search != NULL ? INK_TEXT : INK_TEXT_3, 846, 43.5, search != NULL ? search : "Search the shop");
  pdg_kit_mark (kit, PART_SEARCH_FIELD, 804, 18, 216, 40);

  pdg_kit_text (kit, 15, 500, INK_TEXT_2, 1040, 43.5, "Help");
  pdg_kit_mark (kit, PART_HELP_LINK, 1036, 26, 42, 26);
  pdg_kit_icon (kit, ICON_HEART, INK_TEXT, 1096, 26, 24);
  pdg_kit_mark (kit, PART_WISH_LIST_LINK, 1092, 22, 32, 32);
  pdg_kit_icon (kit, ICON_PERSON, INK_TEXT, 1142, 26, 24);
  pdg_kit_mark (kit, PART_ACCOUNT_LINK, 1138, 22, 32, 32);
  pdg_kit_icon (kit, ICON_BAG, INK_TEXT, 1190, 25, 26);
  pdg_kit_mark (kit, PART_CART_BUTTON, 1186, 18, 46, 40);
  if (cart_items == 0)
    return;
  pdg_kit_disc (kit, INK_CLAY, 1219, 27, 10);
  pdg_kit_text_aligned (kit, ALIGN_CENTER, 12, 700, INK_WHITE, 1219, 31.5, count);
}

void
pdg_kit_checkout_header (PdgKit *kit, int step)
{
  static const char *const names[] = { "Cart", "Shipping", "Payment", "Review" };

  pdg_kit_box (kit, INK_WHITE, 0, 0, WIDTH, HEADER_HEIGHT, 0);
  pdg_kit_rule (kit, 0, HEADER_HEIGHT - 1, WIDTH);
  pdg_kit_mark (kit, PART_HEADER, 0, 0, WIDTH, HEADER_HEIGHT);
  pdg_kit_logo (kit, INK_TEXT, 48, 21);
  for (int i = 0; i < 4; i++)
    {
      double x = 404 + i * 142;
      g_autofree char *number = g_strdup_printf ("%d", i + 1);

      if (i > 0)
        pdg_kit_box (kit, i <= step ? INK_GREEN : INK_SAND, x - 48, 37, 26, 2, 1);
      pdg_kit_disc (kit, i <= step ? INK_GREEN : INK_CREAM, x, 38, 13);
      if (i < step)
        pdg_kit_icon (kit, ICON_CHECK, INK_WHITE, x - 7.5, 30.5, 15);
      else
        pdg_kit_text_aligned (kit, ALIGN_CENTER, 13, 700, i == step ? INK_WHITE : INK_TEXT_3, x, 42.5, number);
      pdg_kit_text (kit, 15, i == step ? 700 : 500, i <= step ? INK_TEXT : INK_TEXT_3, x + 21, 43.5, names[i]);
    }
  pdg_kit_mark (kit, PART_STEPS, 391, 22, 530, 32);
  pdg_kit_text (kit, 15, 500, INK_TEXT_2, 1066, 43.5, "Help");
  pdg_kit_mark (kit, PART_HELP_LINK, 1062, 26, 42, 26);
  pdg_kit_icon (kit, ICON_LOCK, INK_TEXT_2, 1128, 29, 18);
  pdg_kit_text (kit, 15, 500, INK_TEXT_2, 1152, 43.5, "Secure");
}

void
pdg_kit_product (PdgKit *kit, PdgDemoPartId part, guint product, double x, double y, double width, double height)
{
  const PdgDemoProduct *sold = pdg_kit_get_product (product);
  g_autofree char *price = pdg_kit_format_price (sold->price_cents);

  pdg_kit_tile (kit, product, x, y, width, height, 14);
  pdg_kit_disc (kit, INK_WHITE, x + width - 26, y + 26, 16);
  pdg_kit_icon (kit, product % 5 == 0 ? ICON_HEART_FULL : ICON_HEART, product % 5 == 0 ? INK_CLAY : INK_TEXT_2, x + width - 35, y + 17, 18);
  pdg_kit_text (kit, 16, 600, INK_TEXT, x, y + height + 26, sold->name);
  pdg_kit_text_aligned (kit, ALIGN_RIGHT, 16, 600, INK_TEXT, x + width, y + height + 26, price);
  pdg_kit_stars (kit, x, y + height + 37, 14, 4.7 - (product * 7 % 14) / 12.0);
  pdg_kit_mark (kit, part, x, y, width, height + 54);
}

/* Name and value in one line of the order's sum. */
static void
draw_sum (PdgKit *kit, double x, double y, const char *name, const char *value, gboolean total)
{
  pdg_kit_text (kit, total ? 18 : 15, total ? 700 : 400, total ? INK_TEXT : INK_TEXT_2, x, y, name);
  pdg_kit_text_aligned (kit, ALIGN_RIGHT, total ? 20 : 15, total ? 700 : 500, INK_TEXT, x + 328, y, value);
}

void
pdg_kit_promises (PdgKit *kit, double x, double y)
{
  static const struct
  {
    PdgKitIcon icon;
    const char *text;
  } promises[] = {
    { ICON_RETURN, "30 days to send it back" },
    { ICON_LEAF, "Packed without plastic" },
    { ICON_CHAT, "A person answers until eight" },
  };

  pdg_kit_box (kit, INK_GREEN_SOFT, x, y, 376, 200, 14);
  for (guint i = 0; i < G_N_ELEMENTS (promises); i++)
    {
      pdg_kit_disc (kit, INK_WHITE, x + 46, y + 46 + i * 54, 20);
      pdg_kit_icon (kit, promises[i].icon, INK_GREEN, x + 35, y + 35 + i * 54, 22);
      pdg_kit_text (kit, 15, 600, INK_GREEN_DEEP, x + 82, y + 51.5 + i * 54, promises[i].text);
    }
}

void
pdg_kit_summary (PdgKit *kit, double x, double y, PdgDemoPartId part, const char *button)
{
  static const guint products[] = { 0, 10, 6 };
  double height = button == NULL ? 452 : part == PART_CART_CHECKOUT ? 500 : 524;

  pdg_kit_card (kit, x, y, 376, height);
  pdg_kit_mark (kit, PART_SUMMARY, x, y, 376, height);
  pdg_kit_text (kit, 20, 700, INK_TEXT, x + 24, y + 42, "Your order");
  if (part == PART_CART_CHECKOUT)
    {
      pdg_kit_field (kit, PART_CART_VOUCHER, x + 24, y + 66, 218, "Voucher code", "", FALSE);
      pdg_kit_button (kit, PART_NONE, FALSE, x + 254, y + 88, 98, 48, "Apply");
      pdg_kit_box (kit, INK_GREEN_SOFT, x + 24, y + 160, 328, 60, 10);
      pdg_kit_icon (kit, ICON_TRUCK, INK_GREEN, x + 40, y + 178, 24);
      pdg_kit_text (kit, 14, 500, INK_GREEN_DEEP, x + 76, y + 195, "Free delivery from € 75");
    }
  else
    {
      pdg_kit_text_aligned (kit, ALIGN_RIGHT, 14, 600, INK_GREEN, x + 352, y + 41, "Edit cart");
      pdg_kit_mark (kit, PART_SUMMARY_CART, x + 284, y + 24, 70, 24);
      for (int i = 0; i < 3; i++)
        {
          g_autofree char *price = pdg_kit_format_price (pdg_demo_products[products[i]].price_cents);

          pdg_kit_tile (kit, products[i], x + 24, y + 62 + i * 66, 54, 54, 9);
          pdg_kit_text (kit, 15, 600, INK_TEXT, x + 92, y + 86 + i * 66, pdg_demo_products[products[i]].name);
          pdg_kit_text (kit, 13, 400, INK_TEXT_3, x + 92, y + 106 + i * 66, "1 piece");
          pdg_kit_text_aligned (kit, ALIGN_RIGHT, 15, 500, INK_TEXT, x + 352, y + 94 + i * 66, price);
        }
    }
  y += part == PART_CART_CHECKOUT ? 10 : 34;
  pdg_kit_rule (kit, x + 24, y + 240, 328);
  draw_sum (kit, x + 24, y + 274, "Goods", "€ 148.50", FALSE);
  draw_sum (kit, x + 24, y + 304, "Delivery", "Free", FALSE);
  draw_sum (kit, x + 24, y + 334, "VAT, included", "€ 23.71", FALSE);
  pdg_kit_rule (kit, x + 24, y + 352, 328);
  draw_sum (kit, x + 24, y + 386, "Total", "€ 148.50", TRUE);
  if (button != NULL)
    pdg_kit_button (kit, part, TRUE, x + 24, y + 414, 328, 52, button);
}
