#include "config.h"
#include "pdg-ui.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/pdg-clock.h"
#include "base/pdg-time.h"

/* The demo shop on the canvas, by pointer, keyboard and accessibility tree. One app for all tests: each begins with
 * nothing selected and all in sight. */

#define PROJECT "proj_shop"
#define PAYMENT "Payment, * visits, * exit*"
#define CART "Cart, * visits, * exit*"
#define N_SCREENS 15

static PdgUi *ui;

static int
get_zoom (void)
{
  g_autofree char *name = pdg_ui_dup_name (ui, "button", "Zoom *press for 100 %");

  return atoi (name + strlen ("Zoom "));
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
  PdgUiRect last;
} Place;

static gboolean
is_at (PdgUi *unused, gpointer user_data)
{
  Place *place = user_data;
  PdgUiRect card = get_card (place->card);

  if (card.x != place->last.x || card.y != place->last.y)
    g_test_message ("%s is at %d, %d", place->card, card.x, card.y);
  place->last = card;
  return abs (card.x - place->x) <= place->tolerance && abs (card.y - place->y) <= place->tolerance;
}

static void
expect_card_at (const char *card, int x, int y, int tolerance)
{
  Place place = { card, x, y, tolerance, { 0 } };
  g_autofree char *what = g_strdup_printf ("%s at %d, %d", card, x, y);

  pdg_ui_wait (ui, what, is_at, &place);
}

/* All in sight is where the cards were when the app came up: what a test measures after this is not the place of a moment
 * before the key was heard. */
static void
reset (void)
{
  static PdgUiRect home;

  if (home.width == 0)
    home = get_card (CART);
  pdg_ui_activate (ui, "win.place", "canvas");
  pdg_ui_move (ui, 230, 840);
  pdg_ui_key (ui, "Escape");
  pdg_ui_expect (ui, "label", "All journeys");
  pdg_ui_key (ui, "shift+1");
  expect_card_at (CART, home.x, home.y, 0);
}

static gboolean
has_zoom (PdgUi *unused, gpointer user_data)
{
  return abs (get_zoom () - GPOINTER_TO_INT (user_data)) <= 2;
}

static void
expect_zoom (int percent)
{
  pdg_ui_wait (ui, "the zoom", has_zoom, GINT_TO_POINTER (percent));
}

static void
click_card (const char *name)
{
  PdgUiRect card = get_card (name);

  pdg_ui_click_at (ui, card.x + card.width / 2, card.y + card.height / 2);
}

/* ---- what the server says ---- */

static JsonNode *
read_graph (int n_days)
{
  gint64 from = pdg_clock_now_usec () - n_days * PDG_USEC_PER_DAY;
  char text[PDG_RFC3339_BYTES];
  g_autofree char *range = NULL;
  g_autofree char *document = NULL;

  pdg_time_format_rfc3339 (from - from % (60 * PDG_USEC_PER_SEC), text);
  range = n_days > 0 ? g_strdup_printf ("{from:\"%s\"}", text) : g_strdup ("{}");
  document = g_strdup_printf ("{project(id:\"" PROJECT "\"){journeyGraph(range:%s){sessionCount eventCount"
                              " screens{id name path visits entries exits errors} transitions{from to count}}}}",
                              range);
  return pdg_system_graphql (pdg_ui_get_port (ui), NULL, document);
}

static JsonObject *
get_graph (JsonNode *data)
{
  return json_object_get_object_member (json_object_get_object_member (json_node_get_object (data), "project"), "journeyGraph");
}

static JsonObject *
get_screen (JsonNode *data, const char *name)
{
  JsonArray *screens = json_object_get_array_member (get_graph (data), "screens");

  for (guint i = 0; i < json_array_get_length (screens); i++)
    {
      JsonObject *screen = json_array_get_object_element (screens, i);

      if (strcmp (json_object_get_string_member (screen, "name"), name) == 0)
        return screen;
    }
  g_error ("no screen %s", name);
}

static void
expect_count (const char *label, gint64 count)
{
  g_autofree char *text = count < 1000 ? g_strdup_printf ("%d", (int) count)
                                       : g_strdup_printf ("%d,%03d", (int) (count / 1000), (int) (count % 1000));

  pdg_ui_expect_figure (ui, label, text);
}

/* "33.3 % ± 9.9" is the share with half the width of Wilson's interval, worked out here once more. */
static void
assert_share (const char *label, gint64 count, gint64 base)
{
  g_autofree char *text = pdg_ui_dup_figure (ui, label);
  double n = (double) base, p = (double) count / n, z = 1.959964;
  double half = z * sqrt (p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n);
  const char *number, *plus_minus;

  g_assert_nonnull (text);
  number = text + strcspn (text, "0123456789");
  plus_minus = strstr (text, "± ");
  g_assert_nonnull (plus_minus);
  g_assert_cmpfloat_with_epsilon (g_ascii_strtod (number, NULL), 100 * p, 0.06);
  g_assert_cmpfloat_with_epsilon (g_ascii_strtod (plus_minus + strlen ("± "), NULL), 100 * half, 0.06);
}

/* ---- tests ---- */

static void
test_cards (void)
{
  g_autoptr (JsonNode) data = NULL;
  JsonArray *screens;

  reset ();
  data = read_graph (7);
  screens = json_object_get_array_member (get_graph (data), "screens");
  g_assert_cmpuint (json_array_get_length (screens), ==, N_SCREENS);
  for (guint i = 0; i < N_SCREENS; i++)
    {
      JsonObject *screen = json_array_get_object_element (screens, i);
      int visits = (int) json_object_get_int_member (screen, "visits"), exits = (int) json_object_get_int_member (screen, "exits");
      g_autofree char *name = g_strdup_printf ("%s, %d visit%s, %d exit%s", json_object_get_string_member (screen, "name"), visits,
                                               visits == 1 ? "" : "s", exits, exits == 1 ? "" : "s");

      pdg_ui_expect (ui, "button", name);
    }
}

static void
test_activate (void)
{
  reset ();
  pdg_ui_press (ui, CART);
  pdg_ui_expect (ui, "label", "Cart");
  pdg_ui_expect (ui, "label", "/cart");
}

static void
test_select (void)
{
  g_autoptr (JsonNode) data = NULL;
  g_autofree char *errors = NULL;
  JsonObject *payment;
  gint64 visits;

  reset ();
  click_card (PAYMENT);
  pdg_ui_expect (ui, "label", "/checkout/payment");
  pdg_ui_expect (ui, "label", "Payment");
  data = read_graph (7);
  payment = get_screen (data, "Payment");
  visits = json_object_get_int_member (payment, "visits");
  g_assert_cmpint (visits, >, 0);
  expect_count ("Visits", visits);
  assert_share ("Exit here", json_object_get_int_member (payment, "exits"), visits);
  assert_share ("Entries", json_object_get_int_member (payment, "entries"), visits);
  errors = g_strdup_printf ("*%d in %d", (int) json_object_get_int_member (payment, "errors"), (int) visits);
  pdg_ui_expect_figure (ui, "Errors", errors);
  pdg_ui_key (ui, "Escape");
  pdg_ui_expect (ui, "label", "All journeys");
  g_assert_cmpuint (pdg_ui_count (ui, "label", "/checkout/payment"), ==, 0);
}

static gboolean
shows_edge (PdgUi *unused, gpointer user_data)
{
  return pdg_ui_count (ui, "label", "* → *") > 0;
}

/* Edges leave a card in the middle of its right side. */
static void
test_edge (void)
{
  g_autoptr (JsonNode) data = NULL;
  g_autofree char *title = NULL;
  g_autofree char *share = NULL;
  g_auto (GStrv) names = NULL;
  const char *from, *to;
  JsonArray *transitions;
  PdgUiRect cart;
  gint64 count = -1;

  reset ();
  cart = get_card (CART);
  for (int dy = 0; dy <= 24 && !shows_edge (ui, NULL); dy = dy > 0 ? -dy : 4 - dy)
    pdg_ui_click_at (ui, cart.x + cart.width + 14, cart.y + cart.height / 2 + dy);
  pdg_ui_wait (ui, "an edge in the side panel", shows_edge, NULL);
  title = pdg_ui_dup_name (ui, "label", "* → *");
  names = g_strsplit (title, " → ", 2);
  data = read_graph (7);
  from = json_object_get_string_member (get_screen (data, names[0]), "id");
  to = json_object_get_string_member (get_screen (data, names[1]), "id");
  transitions = json_object_get_array_member (get_graph (data), "transitions");
  for (guint i = 0; i < json_array_get_length (transitions); i++)
    {
      JsonObject *each = json_array_get_object_element (transitions, i);

      if (strcmp (json_object_get_string_member (each, "from"), from) == 0 && strcmp (json_object_get_string_member (each, "to"), to) == 0)
        count = json_object_get_int_member (each, "count");
    }
  g_test_message ("%s: %d", title, (int) count);
  g_assert_cmpint (count, >, 0);
  expect_count ("Visits that went this way", count);
  share = g_strdup_printf ("Of visits to %s", names[0]);
  assert_share (share, count, json_object_get_int_member (get_screen (data, names[0]), "visits"));
  pdg_ui_key (ui, "Escape");
  pdg_ui_expect (ui, "label", "All journeys");
}

static void
test_zoom (void)
{
  PdgUiRect before, after;
  int zoom, x, y;

  reset ();
  before = get_card (PAYMENT);
  zoom = get_zoom ();
  x = before.x + before.width / 4;
  y = before.y + before.height / 4;
  pdg_ui_move (ui, x, y);
  pdg_ui_xdotool (ui, "keydown", "ctrl", "click", "--repeat", "4", "4", "keyup", "ctrl", NULL);
  expect_zoom (2 * zoom); /* four notches are an octave */
  after = get_card (PAYMENT);
  g_assert_cmpint (abs (after.width - 2 * before.width), <=, 3);
  g_assert_cmpint (abs (x - after.x - after.width / 4), <=, 3);
  g_assert_cmpint (abs (y - after.y - after.height / 4), <=, 3);
  pdg_ui_xdotool (ui, "keydown", "ctrl", "click", "--repeat", "2", "5", "keyup", "ctrl", NULL);
  expect_zoom ((int) (zoom * 1.414));
  pdg_ui_key (ui, "shift+1");
  expect_zoom (zoom);
  expect_card_at (PAYMENT, before.x, before.y, 2);
}

static void
test_pan (void)
{
  PdgUiRect card;

  reset ();
  card = get_card (CART);
  pdg_ui_move (ui, 230, 840);
  pdg_ui_xdotool (ui, "click", "--repeat", "2", "5", NULL); /* two notches down: what is shown moves up */
  expect_card_at (CART, card.x, card.y - 2 * 72, 2);
  pdg_ui_key (ui, "Left");
  expect_card_at (CART, card.x + 64, card.y - 2 * 72, 2);
  pdg_ui_xdotool (ui, "mousedown", "2", "mousemove_relative", "60", "20", "mousemove_relative", "40", "20", NULL);
  expect_card_at (CART, card.x + 64 + 100, card.y - 2 * 72 + 40, 2);
  pdg_ui_xdotool (ui, "mouseup", "2", NULL);
}

static void
test_keyboard (void)
{
  reset ();
  pdg_ui_click_at (ui, 230, 840); /* empty ground: the canvas has the keys */
  pdg_ui_key (ui, "Tab");
  pdg_ui_expect (ui, "label", "/"); /* the first in reading order is where sessions begin */
  pdg_ui_key (ui, "Tab");
  pdg_ui_expect_gone (ui, "label", "/");
  pdg_ui_key (ui, "shift+Tab");
  pdg_ui_expect (ui, "label", "/");
  pdg_ui_key (ui, "alt+Right");
  pdg_ui_expect_gone (ui, "label", "/");
  pdg_ui_key (ui, "alt+Left");
  pdg_ui_key (ui, "Escape");
  pdg_ui_expect (ui, "label", "All journeys");
}

static void
test_outline (void)
{
  reset ();
  pdg_ui_key (ui, "ctrl+f");
  pdg_ui_xdotool (ui, "type", "--delay", "5", "paym", NULL);
  pdg_ui_expect_gone (ui, "label", "Cart, * visits, * exit*");
  pdg_ui_expect (ui, "label", PAYMENT);
  g_assert_cmpuint (pdg_ui_count (ui, "list item", "*"), ==, 1);
  pdg_ui_key (ui, "Return");
  pdg_ui_expect (ui, "label", "/checkout/payment");
  pdg_ui_key (ui, "Escape"); /* the filter's */
  pdg_ui_expect (ui, "label", "Cart, * visits, * exit*");
  pdg_ui_expect (ui, "label", "/checkout/payment");
}

/* F finds: Enter flies to the screen, which then lies in the middle of the canvas, and to the next one; Escape flies back to where one was. */
static void
test_find (void)
{
  PdgUiRect canvas, cart, payment;

  reset ();
  canvas = pdg_ui_get_rect (ui, NULL, "Canvas of user journeys");
  cart = get_card (CART);
  pdg_ui_key (ui, "f");
  pdg_ui_xdotool (ui, "type", "--delay", "5", "paym", NULL);
  pdg_ui_expect (ui, "label", PAYMENT);
  pdg_ui_key (ui, "Return");
  pdg_ui_expect (ui, "label", "/checkout/payment");
  payment = get_card (PAYMENT);
  expect_card_at (PAYMENT, canvas.x + (canvas.width - payment.width) / 2, canvas.y + (canvas.height - payment.height) / 2, 2);
  g_assert_cmpint (abs (get_card (CART).x - cart.x) + abs (get_card (CART).y - cart.y), >, 20);
  pdg_ui_key (ui, "Escape");
  expect_card_at (CART, cart.x, cart.y, 1);
  pdg_ui_expect (ui, "label", "/checkout/payment"); /* what was found stays selected */
}

static void
expect_range (const char *nick, int n_days)
{
  g_autoptr (JsonNode) data = NULL;

  pdg_ui_activate (ui, "win.range", nick);
  data = read_graph (n_days);
  expect_count ("Events", json_object_get_int_member (get_graph (data), "eventCount"));
  expect_count ("Sessions", json_object_get_int_member (get_graph (data), "sessionCount"));
}

static void
test_range (void)
{
  g_autofree char *week = NULL;
  g_autofree char *all = NULL;
  PdgUiRect dropdown;

  reset ();
  week = pdg_ui_dup_figure (ui, "Events");
  dropdown = pdg_ui_get_rect (ui, "combo box", "Time range");
  pdg_ui_click_at (ui, dropdown.x + dropdown.width / 2, dropdown.y + dropdown.height / 2);
  pdg_ui_key (ui, "End"); /* all time */
  pdg_ui_key (ui, "Return");
  pdg_ui_expect (ui, "label", "All time · as of *");
  expect_range ("all", 0);
  all = pdg_ui_dup_figure (ui, "Events");
  g_assert_cmpstr (week, !=, all);
  expect_range ("24h", 1);
  expect_range ("7d", 7);
}

int
main (int argc, char *argv[])
{
  int code;

  pdg_ui_init (&argc, &argv);
  ui = pdg_ui_start_demo (300);
  g_test_add_func ("/ui/canvas/cards", test_cards);
  g_test_add_func ("/ui/canvas/activate", test_activate);
  g_test_add_func ("/ui/canvas/select", test_select);
  g_test_add_func ("/ui/canvas/edge", test_edge);
  g_test_add_func ("/ui/canvas/zoom", test_zoom);
  g_test_add_func ("/ui/canvas/pan", test_pan);
  g_test_add_func ("/ui/canvas/keyboard", test_keyboard);
  g_test_add_func ("/ui/canvas/outline", test_outline);
  g_test_add_func ("/ui/canvas/find", test_find);
  g_test_add_func ("/ui/canvas/range", test_range);
  code = g_test_run ();
  pdg_ui_stop (ui);
  return code;
}
