#include "config.h"
#include "pdg-ui.h"

/* What a screen is made of, in the side panel: the demo shop, by pointer and keyboard. */

#define PAYMENT "Payment, * visits, * exit*"

static PdgUi *ui;

static void
select_payment (void)
{
  PdgUiRect card;

  pdg_ui_key (ui, "Escape");
  pdg_ui_key (ui, "shift+1");
  card = pdg_ui_get_rect (ui, "button", PAYMENT);
  pdg_ui_click_at (ui, card.x + card.width / 2, card.y + card.height / 2);
  pdg_ui_expect (ui, "label", "Payment");
}

/* Turns the wheel over the panel. */
static void
scroll (int n_steps)
{
  g_autofree char *steps = g_strdup_printf ("%d", n_steps);
  PdgUiRect window = pdg_ui_get_window (ui);

  pdg_ui_move (ui, window.width - 100, window.height / 2);
  pdg_ui_xdotool (ui, "click", "--repeat", steps, "--delay", "10", "5", NULL);
}

static void
expect_somewhere (const char *name)
{
  g_autoptr (PdgUiNode) node = pdg_ui_find_any (ui, NULL, name);
}

/* Calls, errors and state of the events; a failed call is marked. */
static void
test_facts (void)
{
  select_payment ();
  expect_somewhere ("POST /api/payments, * call*");
  expect_somewhere ("POST /api/payments answered 502, * session*");
  expect_somewhere ("payment.*");
}

/* The newest picture opens large, and Escape closes it. */
static void
test_picture (void)
{
  select_payment ();
  expect_somewhere ("Picture 1: *");
  scroll (12);
  pdg_ui_press (ui, "Picture 1: *");
  pdg_ui_expect (ui, "frame", "Payment");
  pdg_ui_key (ui, "Right"); /* it is the only one */
  pdg_ui_key (ui, "Escape");
  pdg_ui_expect_window_gone (ui, "Payment");
}

/* Where the row lies once the panel has stopped moving. */
static PdgUiRect
get_resting_rect (const char *role, const char *name)
{
  gint64 until_usec = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;
  PdgUiRect last, rect = pdg_ui_get_rect (ui, role, name);

  do
    {
      last = rect;
      g_usleep (G_USEC_PER_SEC / 4);
      rect = pdg_ui_get_rect (ui, role, name);
    }
  while ((rect.x != last.x || rect.y != last.y) && g_get_monotonic_time () < until_usec);
  return rect;
}

/* A session shows its steps in place, and hides them again. */
static void
test_session (void)
{
  PdgUiRect row;

  select_payment ();
  expect_somewhere ("Newest sessions through here");
  scroll (80);
  row = get_resting_rect ("list item", "*page*·*");
  for (guint i = 0; i < 40 && row.y < 100; i++) /* above what the panel shows */
    {
      pdg_ui_xdotool (ui, "click", "4", NULL);
      row = get_resting_rect ("list item", "*page*·*");
    }
  pdg_ui_click_at (ui, row.x + row.width / 2, row.y + 12);
  expect_somewhere ("Viewed *"); /* a long one goes on after what is shown, so not this screen of all */
  pdg_ui_key (ui, "Return"); /* the row has the focus */
  pdg_ui_expect_gone (ui, "label", "Viewed *");
}

int
main (int argc, char *argv[])
{
  int code;

  pdg_ui_init (&argc, &argv);
  ui = pdg_ui_start_demo (300);
  g_test_add_func ("/ui/inspector/facts", test_facts);
  g_test_add_func ("/ui/inspector/picture", test_picture);
  g_test_add_func ("/ui/inspector/session", test_session);
  code = g_test_run ();
  pdg_ui_stop (ui);
  return code;
}
