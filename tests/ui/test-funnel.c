#include "config.h"
#include "pdg-ui.h"

#include <string.h>

/* A funnel in the app over the demo shop, by pointer and keys: its numbers are those of the server. */

static PdgUi *ui;

static JsonObject *
get_project (JsonNode *data)
{
  return json_object_get_object_member (json_node_get_object (data), "project");
}

/* The count of a step of the funnel Home, Cart over the last seven days, as the server says. */
static gint64
ask_count (guint step, const char *paths[2])
{
  gint64 from = g_get_real_time () - 7 * 24 * G_TIME_SPAN_HOUR;
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (from / G_USEC_PER_SEC / 60 * 60);
  g_autofree char *text = g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ");
  g_autofree char *document = g_strdup_printf ("{project(id:\"proj_shop\"){funnel(range:{from:\"%s\"},steps:["
                                               "{event:{type:{is:\"page.view\"},screenPath:{is:\"%s\"}}},"
                                               "{event:{type:{is:\"page.view\"},screenPath:{is:\"%s\"}}}]){steps{count}}}}", text, paths[0], paths[1]);
  g_autoptr (JsonNode) data = pdg_system_graphql (pdg_ui_get_port (ui), NULL, document);
  JsonArray *steps = json_object_get_array_member (json_object_get_object_member (get_project (data), "funnel"), "steps");

  return json_object_get_int_member (json_array_get_object_element (steps, step), "count");
}

/* "Step 2, Cart: 612 of 1,204, 50.8 % ± 2.8" */
static void
expect_step (guint step, const char *name, gint64 count)
{
  g_autofree char *digits = count < 1000 ? g_strdup_printf ("%d", (int) count) : g_strdup_printf ("%d,%03d", (int) (count / 1000), (int) (count % 1000));
  g_autofree char *label = g_strdup_printf ("Step %u, %s: %s of *", step, name, digits);

  pdg_ui_expect (ui, "button", label);
}

static void
click (const char *role, const char *name)
{
  PdgUiRect rect = pdg_ui_get_rect (ui, role, name);

  pdg_ui_click_at (ui, rect.x + rect.width / 2, rect.y + rect.height / 2);
}

/* The first step, of @n. A press that is pressed again before it was let go is one. */
static void
take_out (guint n)
{
  g_autofree char *last = g_strdup_printf ("Step %u, *", n);

  pdg_ui_press (ui, "Take out");
  pdg_ui_expect_gone (ui, "button", last);
}

/* The busiest way at first; its numbers, its people, and back. */
static void
test_numbers (void)
{
  const char *paths[] = { "/", NULL };
  g_autofree char *second = NULL, *name = NULL, *path = NULL;
  g_autofree char *document = NULL;
  g_autoptr (JsonNode) data = NULL;
  JsonArray *screens;

  pdg_ui_activate (ui, "win.place", "funnel");
  pdg_ui_expect (ui, "button", "Step 1, Home: * of *, 100*");
  second = pdg_ui_dup_name (ui, "button", "Step 2, *");
  name = g_strndup (second + strlen ("Step 2, "), strcspn (second + strlen ("Step 2, "), ":"));
  data = pdg_system_graphql (pdg_ui_get_port (ui), NULL, "{project(id:\"proj_shop\"){screens(first:50){nodes{name path}}}}");
  screens = json_object_get_array_member (json_object_get_object_member (get_project (data), "screens"), "nodes");
  for (guint i = 0; i < json_array_get_length (screens); i++)
    if (strcmp (json_object_get_string_member (json_array_get_object_element (screens, i), "name"), name) == 0)
      path = g_strdup (json_object_get_string_member (json_array_get_object_element (screens, i), "path"));
  g_assert_nonnull (path);
  paths[1] = path;
  g_assert_cmpint (ask_count (1, paths), >, 0);
  expect_step (1, "Home", ask_count (0, paths));
  expect_step (2, name, ask_count (1, paths));

  click ("button", "Step 2, *");
  pdg_ui_expect (ui, "label", "Came to *");
  pdg_ui_expect (ui, "list item", "*");
  pdg_ui_key (ui, "Escape");
  pdg_ui_expect_gone (ui, "label", "Came to *");
  click ("button", "▼ * came no further *");
  pdg_ui_expect (ui, "label", "Came no further than Home");
  pdg_ui_press (ui, "Close the list of people");
  pdg_ui_expect_gone (ui, "label", "Came no further than *");

  /* two steps, sessions instead of users: another question, whose numbers are the server's, too */
  take_out (4);
  take_out (3);
  click ("combo box", "Count");
  pdg_ui_key (ui, "End");
  pdg_ui_key (ui, "Return");
  {
    g_autofree char *now = pdg_ui_dup_name (ui, "button", "Step 2, *");

    g_assert_true (g_str_has_prefix (now, "Step 2, "));
  }
  pdg_ui_key (ui, "ctrl+z");
  pdg_ui_key (ui, "ctrl+z");
  pdg_ui_key (ui, "ctrl+z");
  pdg_ui_expect (ui, "button", "Step 4, *");
  expect_step (2, name, ask_count (1, paths));
}

/* By keys alone: a step more, and one less. */
static void
test_keys (void)
{
  pdg_ui_activate (ui, "win.place", "canvas");
  pdg_ui_activate (ui, "win.place", "funnel"); /* the first step has the focus */
  pdg_ui_expect (ui, "button", "Step 4, *");
  pdg_ui_press (ui, "Add a step");
  pdg_ui_expect (ui, "button", "Step 5, *");
  pdg_ui_key (ui, "ctrl+z");
  pdg_ui_expect_gone (ui, "button", "Step 5, *");
  pdg_ui_key (ui, "ctrl+shift+z");
  pdg_ui_expect (ui, "button", "Step 5, *");
  pdg_ui_key (ui, "ctrl+z");
  pdg_ui_expect_gone (ui, "button", "Step 5, *");
}

/* Two screens of the canvas: the funnel from the one to the other. */
static void
test_of_selection (void)
{
  PdgUiRect cart, payment;

  pdg_ui_key (ui, "ctrl+1");
  cart = pdg_ui_get_rect (ui, "button", "Cart, * visits, * exit*");
  payment = pdg_ui_get_rect (ui, "button", "Payment, * visits, * exit*");
  pdg_ui_click_at (ui, payment.x + payment.width / 2, payment.y + payment.height / 2);
  pdg_ui_expect (ui, "label", "/checkout/payment");
  pdg_ui_xdotool (ui, "keydown", "shift", NULL);
  pdg_ui_click_at (ui, cart.x + cart.width / 2, cart.y + cart.height / 2);
  pdg_ui_xdotool (ui, "keyup", "shift", NULL);
  pdg_ui_expect (ui, "label", "2 screens");
  pdg_ui_key (ui, "ctrl+shift+f");
  pdg_ui_expect (ui, "button", "Step 1, Cart: *"); /* where it lies, not when it was chosen, decides */
  pdg_ui_expect (ui, "button", "Step 2, Payment: *");
  pdg_ui_expect_gone (ui, "button", "Step 3, *");
}

int
main (int argc, char *argv[])
{
  int code;

  pdg_ui_init (&argc, &argv);
  ui = pdg_ui_start_demo (300);
  g_test_add_func ("/ui/funnel/numbers", test_numbers);
  g_test_add_func ("/ui/funnel/keys", test_keys);
  g_test_add_func ("/ui/funnel/of-selection", test_of_selection);
  code = g_test_run ();
  pdg_ui_stop (ui);
  return code;
}
