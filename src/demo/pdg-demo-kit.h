#pragma once

#include "demo/pdg-demo-model.h"

#include <cairo.h>
#include <pango/pangocairo.h>

G_BEGIN_DECLS

/* The made-up shop's own design system: what its screens are drawn with. */

typedef enum
{
  INK_PAPER,
  INK_WHITE,
  INK_TEXT,
  INK_TEXT_2,
  INK_TEXT_3,
  INK_LINE,
  INK_GREEN,
  INK_GREEN_DEEP,
  INK_GREEN_SOFT,
  INK_CLAY,
  INK_CLAY_DEEP,
  INK_CLAY_SOFT,
  INK_MUSTARD,
  INK_MUSTARD_SOFT,
  INK_SAND,
  INK_SAND_DEEP,
  INK_BLUSH,
  INK_SAGE,
  INK_SAGE_DEEP,
  INK_MIST,
  INK_MIST_DEEP,
  INK_PLUM,
  INK_WOOD,
  INK_WOOD_DEEP,
  INK_CRUST,
  INK_CRUMB,
  INK_BRASS,
  INK_CREAM,
  N_INKS,
} PdgKitInk;

typedef enum
{
  ALIGN_LEFT,
  ALIGN_CENTER,
  ALIGN_RIGHT,
} PdgKitAlign;

typedef enum
{
  ICON_SEARCH,
  ICON_HEART,
  ICON_HEART_FULL,
  ICON_PERSON,
  ICON_BAG,
  ICON_CHECK,
  ICON_TRUCK,
  ICON_RETURN,
  ICON_CARD,
  ICON_CHAT,
  ICON_LEAF,
  ICON_BOX,
  ICON_LOCK,
  ICON_PIN,
  ICON_CHEVRON,
  ICON_SHARE,
} PdgKitIcon;

typedef struct
{
  cairo_t *cr;
  PangoLayout *layout;
  PdgDemoScreenId screen;
  GArray *marks; /* of PdgKitMark (nullable): where the parts are */
} PdgKit;

typedef struct
{
  PdgDemoPartId part;
  int x, y, width, height;
} PdgKitMark;

/* Goods that are seen in pictures only: other glazes. */
enum
{
  PDG_KIT_MOSS_VASE = N_PRODUCTS,
  PDG_KIT_CLAY_VASE,
  PDG_KIT_PLUM_CUP,
  PDG_KIT_N_GOODS,
};

const PdgDemoProduct *pdg_kit_get_product (guint product);

void   pdg_kit_ink (PdgKit *kit, PdgKitInk ink);
void   pdg_kit_ink_alpha (PdgKit *kit, PdgKitInk ink, double alpha);
void   pdg_kit_mark (PdgKit *kit, PdgDemoPartId part, double x, double y, double width, double height);

void   pdg_kit_round_path (PdgKit *kit, double x, double y, double width, double height, double radius);
void   pdg_kit_box (PdgKit *kit, PdgKitInk ink, double x, double y, double width, double height, double radius);
void   pdg_kit_frame (PdgKit *kit, PdgKitInk ink, double x, double y, double width, double height, double radius, double line);
void   pdg_kit_rule (PdgKit *kit, double x, double y, double width);
void   pdg_kit_disc (PdgKit *kit, PdgKitInk ink, double x, double y, double radius);
void   pdg_kit_card (PdgKit *kit, double x, double y, double width, double height); /* white with a hairline */

/* One line of text; @y is its baseline. Returns its width. */
double pdg_kit_text (PdgKit *kit, double size, int weight, PdgKitInk ink, double x, double y, const char *text);
double pdg_kit_text_aligned (PdgKit *kit, PdgKitAlign align, double size, int weight, PdgKitInk ink, double x, double y, const char *text);
/* Text wrapped at @width; @y is the first baseline. Returns the baseline after the last line. */
double pdg_kit_paragraph (PdgKit *kit, double size, int weight, PdgKitInk ink, double x, double y, double width, double line, const char *text);

void   pdg_kit_icon (PdgKit *kit, PdgKitIcon icon, PdgKitInk ink, double x, double y, double size);
void   pdg_kit_stars (PdgKit *kit, double x, double y, double size, double rating);
void   pdg_kit_button (PdgKit *kit, PdgDemoPartId part, gboolean primary, double x, double y, double width, double height, const char *label);
void   pdg_kit_field (PdgKit *kit, PdgDemoPartId part, double x, double y, double width, const char *label, const char *value, gboolean focused);
void   pdg_kit_check (PdgKit *kit, double x, double y, gboolean checked, const char *label, const char *count);
void   pdg_kit_chip (PdgKit *kit, PdgKitInk ground, PdgKitInk ink, double x, double y, const char *label);

/* The page's ground, and the header of the shop or of its checkout. */
void   pdg_kit_page (PdgKit *kit, PdgKitInk ground);
void   pdg_kit_header (PdgKit *kit, int active_category, const char *search, int cart_items);
void   pdg_kit_checkout_header (PdgKit *kit, int step);
void   pdg_kit_logo (PdgKit *kit, PdgKitInk ink, double x, double y);

/* A product's illustration, drawn into a square of that size (pdg-demo-art.c), and one on its tinted ground. */
void   pdg_kit_art (PdgKit *kit, guint product, double x, double y, double size);
void   pdg_kit_tile (PdgKit *kit, guint product, double x, double y, double width, double height, double radius);
/* A tile with name, rating and price below it. */
void   pdg_kit_product (PdgKit *kit, PdgDemoPartId part, guint product, double x, double y, double width, double height);
char  *pdg_kit_format_price (guint cents);

/* Three promises below the order. */
void   pdg_kit_promises (PdgKit *kit, double x, double y);

/* The order at the right of cart and checkout. */
void   pdg_kit_summary (PdgKit *kit, double x, double y, PdgDemoPartId part, const char *button);

/* The screens. */
void   pdg_kit_draw_home (PdgKit *kit);
void   pdg_kit_draw_search (PdgKit *kit);
void   pdg_kit_draw_category (PdgKit *kit);
void   pdg_kit_draw_product (PdgKit *kit);
void   pdg_kit_draw_reviews (PdgKit *kit);
void   pdg_kit_draw_cart (PdgKit *kit);
void   pdg_kit_draw_sign_in (PdgKit *kit);
void   pdg_kit_draw_create_account (PdgKit *kit);
void   pdg_kit_draw_shipping (PdgKit *kit);
void   pdg_kit_draw_payment (PdgKit *kit);
void   pdg_kit_draw_review_order (PdgKit *kit);
void   pdg_kit_draw_done (PdgKit *kit);
void   pdg_kit_draw_orders (PdgKit *kit);
void   pdg_kit_draw_help (PdgKit *kit);
void   pdg_kit_draw_wish_list (PdgKit *kit);

G_END_DECLS
