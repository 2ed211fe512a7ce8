#include "config.h"
#include "pdg-ui.h"

#include <gtk/gtk.h>
#include <string.h>

/* A newcomer: nothing is there, then the first event, then one by another program, then the demo. */

#define SHOWN_USEC G_USEC_PER_SEC
#define LATER_EVENT                                                                                                   \
  "{\"events\":[{\"event_id\":\"ui_%s\",\"project_id\":\"proj_demo\",\"session.id\":\"ui_%s\",\"event.type\":\"page.view\"," \
  "\"event.timestamp\":\"%s\",\"page.path\":\"/%s\",\"page.title\":\"%s\"}]}"

static char *
dup_now (void)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();

  return g_date_time_format (now, "%Y-%m-%dT%H:%M:%SZ");
}

/* What stands between the quotes that the shell would take off. */
static char *
dup_body (const char *command)
{
  const char *start = strstr (command, "-d '");
  const char *end = strrchr (command, '\'');

  g_assert_nonnull (start);
  g_assert_true (end > start + 4);
  return g_strndup (start + 4, (gsize) (end - start - 4));
}

static void
post (guint16 port, const char *body)
{
  const char *headers[] = { "Content-Type", "application/json", NULL };
  g_autofree char *answer = NULL;

  g_assert_cmpuint (pdg_system_request (port, "POST", "/v1/events", headers, body, &answer), ==, 202);
  g_assert_nonnull (strstr (answer, "\"accepted\":1"));
}

static void
got_text_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  char **text = user_data;

  *text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);
  if (*text == NULL)
    *text = g_strdup ("");
}

/* As another program would paste it. */
static char *
dup_clipboard (void)
{
  gint64 deadline = g_get_monotonic_time () + PDG_UI_WAIT_USEC;
  char *text = NULL;

  gdk_clipboard_read_text_async (gdk_display_get_clipboard (gdk_display_get_default ()), NULL, got_text_cb, &text);
  while (text == NULL)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_main_context_iteration (NULL, TRUE);
    }
  return text;
}

/* From the answer, which comes after the commit, to the card in the tree: at most a second. */
static void
post_and_time (PdgUi *ui, guint16 port, const char *body, const char *name)
{
  g_autoptr (PdgUiNode) canvas = pdg_ui_find_any (ui, "panel", "Canvas of user journeys");
  gint64 began, took;

  post (port, body);
  began = g_get_monotonic_time ();
  pdg_ui_expect_inside (ui, canvas, "button", name);
  took = g_get_monotonic_time () - began;
  g_test_message ("%s: in the tree %" G_GINT64_FORMAT " ms after the answer of port %u", name, took / 1000, port);
  g_assert_cmpint (took, <=, SHOWN_USEC);
}

static void
test_first_event (void)
{
  static const char *const later[] = { "Basket", "Payment", "Thanks" };
  g_autoptr (PdgUi) ui = pdg_ui_start (NULL);
  g_autoptr (PdgProgram) other = NULL;
  g_autofree char *url = g_strdup_printf ("curl -X POST http://localhost:%u/v1/events ", pdg_ui_get_port (ui));
  g_autofree char *command = pdg_ui_dup_name (ui, "label", "curl *");
  g_autofree char *body = dup_body (command);
  guint16 other_port = pdg_system_find_port ();

  g_assert_true (g_str_has_prefix (command, url));
  g_assert_nonnull (strstr (command, "\"project_id\": \"proj_demo\""));
  g_assert_cmpuint (pdg_ui_count (ui, "button", "*Checkout*"), ==, 0);
  post_and_time (ui, pdg_ui_get_port (ui), body, "Checkout, 1 visit, 1 exit");
  pdg_ui_expect (ui, "button", "Checkout, 1 visit, 1 exit");
  pdg_ui_expect_gone (ui, "label", "curl *");

  /* the same database, another process */
  other = pdg_program_serve (pdg_ui_get_data_dir (ui), other_port, NULL);
  pdg_system_wait_ready (other, other_port, 200);
  for (guint i = 0; i < G_N_ELEMENTS (later); i++)
    {
      g_autofree char *now = dup_now ();
      g_autofree char *event = g_strdup_printf (LATER_EVENT, later[i], later[i], now, later[i], later[i]);
      g_autofree char *name = g_strdup_printf ("%s, 1 visit, 1 exit", later[i]);

      post_and_time (ui, other_port, event, name);
    }
  pdg_program_signal (other, SIGTERM);
  g_assert_cmpint (pdg_program_wait (other, PDG_SYSTEM_STOP_USEC), ==, 0);
}

static void
test_copy (void)
{
  g_autoptr (PdgUi) ui = pdg_ui_start (NULL);
  g_autoptr (PdgUiNode) button = pdg_ui_find (ui, "button", "Copy the command");
  g_autofree char *copied = NULL;
  g_autofree char *shown = NULL;

  pdg_ui_press (ui, "Copy the command");
  pdg_ui_expect_name (ui, button, "Copied");
  shown = pdg_ui_dup_name (ui, "label", "curl *");
  copied = dup_clipboard ();
  g_assert_cmpstr (copied, ==, shown);
  pdg_ui_expect_name (ui, button, "Copy the command");
}

static void
test_demo (void)
{
  g_autoptr (PdgUi) ui = pdg_ui_start (NULL);

  pdg_ui_expect (ui, "button", "Load demo data"); /* its page is listed before it is shown */
  pdg_ui_press (ui, "Load demo data");
  g_object_unref (pdg_ui_find_any (ui, "progress bar", "Loading the demo data"));
  pdg_ui_expect (ui, "label", "* of * events");
  pdg_ui_expect (ui, "frame", "Demo shop – ProductGraph");
  pdg_ui_expect_figure (ui, "Screens", "15");
  pdg_ui_expect (ui, "button", "Payment, * visits, * exit*");
  g_assert_cmpuint (pdg_ui_count (ui, "button", "* visits, * exit*"), ==, 15);
}

int
main (int argc, char *argv[])
{
  pdg_ui_init (&argc, &argv);
  g_setenv ("GTK_A11Y", "none", TRUE); /* of this program, for the clipboard */
  gtk_init ();
  g_test_add_func ("/ui/first-event/within-a-second", test_first_event);
  g_test_add_func ("/ui/first-event/copy", test_copy);
  g_test_add_func ("/ui/first-event/demo", test_demo);
  return g_test_run ();
}
