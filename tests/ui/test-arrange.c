#include "config.h"
#include "pdg-ui.h"

#include <stdlib.h>

/* Screens moved by hand: with pointer, keyboard and menu, on the demo shop. One app for all tests; each leaves the screens
 * where it likes. */

#define PAYMENT "Payment, * visits, * exit*"
#define CART "Cart, * visits, * exit*"

static PdgUi *ui;

static void
reset (void)
{
  pdg_ui_move (ui, 230, 840);
  pdg_ui_key (ui, "Escape");
  pdg_ui_key (ui, "shift+1");
  pdg_ui_expect (ui, "label", "All journeys");
}

static PdgUiRect
get_card (const char *name)
{
  return pdg_ui_get_rect (ui, "button", name);
}

typedef struct
{
  const char *card;
  int x, y, tolerance;
} Place;

static gboolean
is_at (PdgUi *unused, gpointer user_data)
{
  const Place *place = user_data;
  PdgUiRect card = get_card (place->card);

  return abs (card.x - place->x) <= place->tolerance && abs (card.y - place->y) <= place->tolerance;
}

static void
expect_card_at (const char *card, int x, int y, int tolerance)
{
  Place place = { card, x, y, tolerance };
  g_autofree char *what = g_strdup_printf ("%s at %d, %d", card, x, y);

  pdg_ui_wait (ui, what, is_at, &place);
}

static void
click_card (const char *name)
{
  PdgUiRect card = get_card (name);

  pdg_ui_click_at (ui, card.x + card.width / 2, card.y + card.height / 2);
}

/* Takes the card and moves the pointer by so many pixels without letting it go. */
static void
take_card (const char *name, int dx, int dy)
{
  PdgUiRect card = get_card (name);

  pdg_ui_move (ui, card.x + card.width / 2, card.y + card.height / 2);
  pdg_ui_xdotool (ui, "mousedown", "1", NULL);
  for (int i = 1; i <= 8; i++)
    pdg_ui_move (ui, card.x + card.width / 2 + dx * i / 8, card.y + card.height / 2 + dy * i / 8);
}

static void
let_go (void)
{
  pdg_ui_xdotool (ui, "mouseup", "1", NULL);
}

/* Not pdg_ui_key(), which would let go of the button first. */
static void
escape (void)
{
  pdg_ui_xdotool (ui, "key", "Escape", NULL);
}

/* What the nearest line may add, with rounding on both sides. */
#define SNAP_PX 8

/* The same user starts the app again. */
static void
restart (void)
{
  g_autofree char *config_dir = g_strdup (pdg_ui_get_config_dir (ui)), *data_dir = g_strdup (pdg_ui_get_data_dir (ui));

  pdg_ui_stop (ui);
  ui = pdg_ui_start (&(PdgUiOptions) { .data_dir = data_dir, .config_dir = config_dir });
  pdg_ui_expect (ui, "button", PAYMENT);
}

static void
test_drag (void)
{
  PdgUiRect card, other;

  reset ();
  card = get_card (CART);
  other = get_card (PAYMENT);
  /* To the lower left, where nothing is: the other tests find it uncovered. */
  take_card (CART, 320 - card.x, 700 - card.y);
  let_go ();
  expect_card_at (CART, 320, 700, SNAP_PX);
  expect_card_at (PAYMENT, other.x, other.y, 1);
}

/* A movement below the threshold is a click. */
static void
test_click (void)
{
  PdgUiRect card;

  reset ();
  card = get_card (PAYMENT);
  take_card (PAYMENT, 2, 2);
  let_go ();
  pdg_ui_expect (ui, "label", "/checkout/payment");
  expect_card_at (PAYMENT, card.x, card.y, 0);
}

static void
test_no_snap (void)
{
  PdgUiRect card;

  reset ();
  card = get_card (CART);
  pdg_ui_xdotool (ui, "keydown", "ctrl", NULL);
  take_card (CART, -37, 21);
  let_go ();
  pdg_ui_xdotool (ui, "keyup", "ctrl", NULL);
  expect_card_at (CART, card.x - 37, card.y + 21, 1);
}

static void
test_cancel (void)
{
  PdgUiRect card;

  reset ();
  card = get_card (CART);
  take_card (CART, 60, 60);
  escape ();
  let_go ();
  expect_card_at (CART, card.x, card.y, 0);
  pdg_ui_key (ui, "Left"); /* the selection is still there: it moves */
  expect_card_at (CART, card.x - 3, card.y, 3);
}

/* Both of a selection move, whichever is taken. */
static void
test_drag_selection (void)
{
  PdgUiRect cart, payment;

  reset ();
  cart = get_card (CART);
  payment = get_card (PAYMENT);
  click_card (CART);
  pdg_ui_xdotool (ui, "keydown", "shift", NULL);
  click_card (PAYMENT);
  pdg_ui_xdotool (ui, "keyup", "shift", NULL);
  pdg_ui_xdotool (ui, "keydown", "ctrl", NULL);
  take_card (CART, 16, -24);
  let_go ();
  pdg_ui_xdotool (ui, "keyup", "ctrl", NULL);
  expect_card_at (CART, cart.x + 16, cart.y - 24, 1);
  expect_card_at (PAYMENT, payment.x + 16, payment.y - 24, 1);
}

static void
test_arrows (void)
{
  PdgUiRect card;

  reset ();
  click_card (CART);
  pdg_ui_key (ui, "shift+2");
  pdg_ui_key (ui, "ctrl+0"); /* a step is 8 pixels */
  pdg_ui_expect (ui, "button", "Zoom 100 %, press for 100 %");
  card = get_card (CART);
  pdg_ui_key (ui, "Right");
  expect_card_at (CART, card.x + 8, card.y, 1);
  pdg_ui_key (ui, "shift+Down");
  expect_card_at (CART, card.x + 8, card.y + 80, 1);
  pdg_ui_key (ui, "shift+Up");
  pdg_ui_key (ui, "Left");
  expect_card_at (CART, card.x, card.y, 1);
}

/* A locked card stays whatever is tried, until it is unlocked. */
static void
test_lock (void)
{
  PdgUiRect card;

  reset ();
  click_card (CART);
  pdg_ui_key (ui, "ctrl+shift+l");
  card = get_card (CART);
  take_card (CART, 50, 50);
  let_go ();
  pdg_ui_key (ui, "shift+Left");
  expect_card_at (CART, card.x, card.y, 0);
  pdg_ui_key (ui, "ctrl+shift+l");
  pdg_ui_xdotool (ui, "keydown", "ctrl", NULL);
  take_card (CART, 30, 30);
  let_go ();
  pdg_ui_xdotool (ui, "keyup", "ctrl", NULL);
  expect_card_at (CART, card.x + 30, card.y + 30, 1);
}

static gboolean
are_level (PdgUi *unused, gpointer user_data)
{
  return abs (get_card (CART).y - get_card (PAYMENT).y) <= 1;
}

static void
test_align (void)
{
  reset ();
  click_card (CART);
  pdg_ui_key (ui, "shift+Up");
  reset ();
  click_card (CART);
  pdg_ui_xdotool (ui, "keydown", "shift", NULL);
  click_card (PAYMENT);
  pdg_ui_xdotool (ui, "keyup", "shift", NULL);
  g_assert_false (are_level (ui, NULL));
  pdg_ui_key (ui, "alt+w");
  pdg_ui_wait (ui, "both at one height", are_level, NULL);
}

static gboolean
is_right_of (PdgUi *unused, gpointer user_data)
{
  /* On a slow machine it has gone out of sight by now. */
  return pdg_ui_count (ui, "button", PAYMENT) == 0 || get_card (PAYMENT).x >= GPOINTER_TO_INT (user_data) + 4;
}

/* Near the edge of the canvas the picture comes along. */
static void
test_edge_pan (void)
{
  PdgUiRect before, other;

  reset ();
  before = get_card (CART);
  other = get_card (PAYMENT);
  take_card (CART, 230 - before.x - before.width / 2, 0); /* to the left edge, beside the list */
  for (int i = 0; i < 8; i++)
    pdg_ui_move (ui, 226 + i % 2, before.y + before.height / 2);
  escape ();
  let_go ();
  pdg_ui_wait (ui, "the others to move to the right", is_right_of, GINT_TO_POINTER (other.x));
}

static void
test_menu (void)
{
  PdgUiRect card;

  reset ();
  card = get_card (PAYMENT);
  pdg_ui_move (ui, card.x + card.width / 2, card.y + card.height / 2);
  pdg_ui_xdotool (ui, "click", "3", NULL);
  pdg_ui_expect (ui, NULL, "Tidy up");
  pdg_ui_expect (ui, NULL, "Align and distribute");
  pdg_ui_expect (ui, "label", "/checkout/payment");
  pdg_ui_key (ui, "Escape");
  pdg_ui_expect_gone (ui, NULL, "Tidy up");
}

/* Back and forth, also after the app was started anew: the steps are the user's, the places the project's. */
static void
test_undo (void)
{
  PdgUiRect before, after;

  /* First to where nothing is: a screen that lies under it would make room in the next layout, which is that after the restart. */
  reset ();
  before = get_card (CART);
  take_card (CART, 320 - before.x, 700 - before.y);
  let_go ();
  expect_card_at (CART, 320, 700, SNAP_PX);
  reset ();
  before = get_card (CART);
  pdg_ui_xdotool (ui, "keydown", "ctrl", NULL);
  take_card (CART, 24, -16);
  let_go ();
  pdg_ui_xdotool (ui, "keyup", "ctrl", NULL);
  expect_card_at (CART, before.x + 24, before.y - 16, 1);
  pdg_ui_key (ui, "ctrl+z");
  expect_card_at (CART, before.x, before.y, 1);
  pdg_ui_key (ui, "ctrl+y");
  expect_card_at (CART, before.x + 24, before.y - 16, 1);
  pdg_ui_key (ui, "ctrl+z");
  expect_card_at (CART, before.x, before.y, 1);
  pdg_ui_key (ui, "ctrl+shift+z");
  expect_card_at (CART, before.x + 24, before.y - 16, 1);
  reset ();
  after = get_card (CART);
  restart ();
  expect_card_at (CART, after.x, after.y, 2);
  reset ();
  pdg_ui_click_at (ui, 230, 840);
  pdg_ui_key (ui, "ctrl+z");
  expect_card_at (CART, after.x - 24, after.y + 16, 6);
}

int
main (int argc, char *argv[])
{
  int code;

  pdg_ui_init (&argc, &argv);
  ui = pdg_ui_start_demo (300);
  g_test_add_func ("/ui/arrange/arrows", test_arrows);
  g_test_add_func ("/ui/arrange/drag", test_drag);
  g_test_add_func ("/ui/arrange/click", test_click);
  g_test_add_func ("/ui/arrange/no-snap", test_no_snap);
  g_test_add_func ("/ui/arrange/cancel", test_cancel);
  g_test_add_func ("/ui/arrange/drag-selection", test_drag_selection);
  g_test_add_func ("/ui/arrange/lock", test_lock);
  g_test_add_func ("/ui/arrange/align", test_align);
  g_test_add_func ("/ui/arrange/edge-pan", test_edge_pan);
  g_test_add_func ("/ui/arrange/menu", test_menu);
  g_test_add_func ("/ui/arrange/undo", test_undo);
  code = g_test_run ();
  pdg_ui_stop (ui);
  return code;
}
