#include "config.h"
#include "pdg-ui.h"

#include <gtk/gtk.h>
#include <string.h>

/* The page of keys, by keyboard alone: made, copied, used, limited, rotated, revoked. */

#define SECRET "pgk_????????????????????????????????" /* the list shows ten characters of it */

/* The status of an event that is sent with a key. */
static guint
send_with (PdgUi *ui, const char *key)
{
  static guint number;
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *time = g_date_time_format (now, "%Y-%m-%dT%H:%M:%SZ"), *body = NULL, *answer = NULL;
  const char *headers[] = { "Content-Type", "application/json", "X-PG-API-Key", key, NULL };

  body = g_strdup_printf ("{\"events\":[{\"event_id\":\"keys_%u\",\"project_id\":\"proj_demo\",\"session.id\":\"keys\",\"event.type\":\"page.view\","
                          "\"event.timestamp\":\"%s\",\"page.path\":\"/keys\"}]}",
                          ++number, time);
  return pdg_system_request (pdg_ui_get_port (ui), "POST", "/v1/events", headers, body, &answer);
}

/* Gives a window of the app the keyboard, as a window manager would, which is not there. */
static void
focus_window (PdgUi *ui, const char *title)
{
  g_autofree char *pid = g_strdup_printf ("%d", (int) pdg_program_get_pid (pdg_ui_get_program (ui)));
  g_autofree char *pattern = g_strdup_printf ("^%s$", title);

  pdg_ui_xdotool (ui, "search", "--sync", "--onlyvisible", "--all", "--pid", pid, "--name", pattern, "windowfocus", "--sync", NULL);
}

static void
type (PdgUi *ui, const char *text)
{
  pdg_ui_xdotool (ui, "type", "--delay", "10", text, NULL);
}

static void
press_in (PdgUi *ui, const char *title, const char *key)
{
  focus_window (ui, title);
  pdg_ui_key (ui, key);
}

static void
got_text_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  char **text = user_data;

  *text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);
  if (*text == NULL)
    *text = g_strdup ("");
}

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

/* The secret as it is shown, which is also what is copied. Closes the window. */
static char *
take_secret (PdgUi *ui)
{
  g_autoptr (PdgUiNode) button = pdg_ui_find_any (ui, "button", "Copy the key"), label = pdg_ui_find_any (ui, "label", SECRET);
  g_autofree char *shown = atspi_accessible_get_name (label, NULL), *copied = NULL;

  press_in (ui, "The new key", "Return"); /* on Copy */
  pdg_ui_expect_name (ui, button, "Copied");
  copied = dup_clipboard ();
  g_assert_cmpstr (copied, ==, shown);
  press_in (ui, "The new key", "Escape");
  pdg_ui_expect_window_gone (ui, "The new key");
  return g_steal_pointer (&copied);
}

static void
test_keyboard (void)
{
  g_autoptr (PdgUi) ui = pdg_ui_start (NULL);
  g_autofree char *first = NULL, *second = NULL, *old = NULL, *label = NULL;

  pdg_ui_expect (ui, "frame", "Demo project – ProductGraph");
  press_in (ui, "Demo project – ProductGraph", "ctrl+shift+k");
  pdg_ui_expect (ui, "label", "Keys of Demo project");
  pdg_ui_expect (ui, "label", "No key yet");

  /* made: the button has the keyboard */
  pdg_ui_key (ui, "Return");
  g_object_unref (pdg_ui_find_any (ui, NULL, "New key"));
  focus_window (ui, "New key");
  type (ui, "web");
  pdg_ui_key (ui, "Return");
  first = take_secret (ui);
  g_assert_true (g_str_has_prefix (first, "pgk_"));
  old = g_strndup (first, 10);
  label = g_strdup_printf ("web, %s…, Valid", old);
  pdg_ui_expect (ui, "list item", label);
  g_assert_cmpuint (send_with (ui, first), ==, 202);

  /* limited: what is no number is refused */
  pdg_ui_press (ui, "Limit the key web*");
  g_object_unref (pdg_ui_find_any (ui, NULL, "Limit the key"));
  focus_window (ui, "Limit the key");
  type (ui, "many");
  g_object_unref (pdg_ui_find_any (ui, "label", "Use a whole number*"));
  pdg_ui_key (ui, "ctrl+a");
  type (ui, "5000");
  pdg_ui_key (ui, "Return");
  pdg_ui_expect_window_gone (ui, "Limit the key");
  pdg_ui_expect (ui, "label", "Made * · up to 5,000 events a second");

  /* rotated: both are good */
  pdg_ui_press (ui, "Rotate the key web*");
  g_object_unref (pdg_ui_find_any (ui, NULL, "Rotate the key"));
  focus_window (ui, "Rotate the key");
  pdg_ui_key (ui, "Tab");
  pdg_ui_key (ui, "Tab");
  pdg_ui_key (ui, "Return");
  second = take_secret (ui);
  g_assert_cmpstr (second, !=, first);
  g_free (label);
  label = g_strdup_printf ("web, %s…, Ends in 2* h * min", old);
  pdg_ui_expect (ui, "list item", label);
  g_assert_cmpuint (send_with (ui, first), ==, 202);
  g_assert_cmpuint (send_with (ui, second), ==, 202);

  /* revoked: not without being asked */
  g_free (label);
  label = g_strdup_printf ("Revoke the key web, %s…", old);
  pdg_ui_press (ui, label);
  g_object_unref (pdg_ui_find_any (ui, NULL, "Revoke the key"));
  press_in (ui, "Revoke the key", "Escape");
  pdg_ui_expect_window_gone (ui, "Revoke the key");
  g_assert_cmpuint (send_with (ui, first), ==, 202);
  pdg_ui_press (ui, label);
  g_object_unref (pdg_ui_find_any (ui, NULL, "Revoke the key"));
  pdg_ui_press (ui, "Revoke");
  pdg_ui_expect_window_gone (ui, "Revoke the key");
  g_free (label);
  label = g_strdup_printf ("web, %s…, Revoked *", old);
  pdg_ui_expect (ui, "list item", label);
  g_assert_cmpuint (send_with (ui, first), ==, 401);
  g_assert_cmpuint (send_with (ui, second), ==, 202);

  /* back */
  press_in (ui, "Demo project – ProductGraph", "Escape");
  pdg_ui_expect_gone (ui, "label", "Keys of Demo project");
  pdg_ui_expect (ui, "panel", "Canvas of user journeys");
}

/* By the pointer, from the menu of the project. */
static void
test_pointer (void)
{
  g_autoptr (PdgUi) ui = pdg_ui_start (NULL);
  PdgUiRect chooser, entry;

  pdg_ui_expect (ui, "frame", "Demo project – ProductGraph");
  chooser = pdg_ui_get_rect (ui, "button", "Project: Demo project");
  pdg_ui_click_at (ui, chooser.x + chooser.width / 2, chooser.y + chooser.height / 2);
  g_object_unref (pdg_ui_find_any (ui, "button", "Keys of this project"));
  pdg_ui_press (ui, "Keys of this project");
  pdg_ui_expect (ui, "label", "No key yet");
  entry = pdg_ui_get_rect (ui, "button", "New key…");
  pdg_ui_click_at (ui, entry.x + entry.width / 2, entry.y + entry.height / 2);
  g_object_unref (pdg_ui_find_any (ui, NULL, "New key"));
  press_in (ui, "New key", "Escape");
  pdg_ui_expect_window_gone (ui, "New key");
  pdg_ui_expect (ui, "label", "No key yet");
}

int
main (int argc, char *argv[])
{
  pdg_ui_init (&argc, &argv);
  gtk_init ();
  g_test_add_func ("/ui/keys/keyboard", test_keyboard);
  g_test_add_func ("/ui/keys/pointer", test_pointer);
  return g_test_run ();
}
