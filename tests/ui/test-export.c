#include "config.h"
#include "pdg-ui.h"

#include <glib/gstdio.h>
#include <string.h>

/* What leaves the window: files by way of the dialogs, and the screens one by one on the full screen. */

static PdgUi *ui;
static char *folder;

static gboolean
is_there (PdgUi *unused, gpointer user_data)
{
  return g_file_test (user_data, G_FILE_TEST_EXISTS);
}

/* Also where the tree says that it is covered: the caption lets the pointer through, and no window manager stacks the dialogs. */
static void
expect (const char *role, const char *name)
{
  g_autoptr (PdgUiNode) node = pdg_ui_find_any (ui, role, name);

  g_assert_nonnull (node);
}

/* In the file chooser. (transfer full) */
static char *
answer_chooser (const char *name)
{
  char *path = g_build_filename (folder, name, NULL);

  expect ("text", "Name:");
  pdg_ui_key (ui, "ctrl+a");
  pdg_ui_xdotool (ui, "type", "--delay", "5", path, NULL);
  pdg_ui_key (ui, "Return");
  return path;
}

static GBytes *
export_as (const char *button, const char *name)
{
  g_autofree char *path = NULL;
  g_autofree char *text = NULL;
  gsize size;

  pdg_ui_key (ui, "ctrl+shift+e");
  pdg_ui_expect (ui, "button", "Export…");
  pdg_ui_press (ui, button);
  pdg_ui_key (ui, "Return");
  path = answer_chooser (name);
  pdg_ui_wait (ui, "the file", is_there, path);
  pdg_ui_expect_window_gone (ui, "Export");
  g_assert_true (g_file_get_contents (path, &text, &size, NULL));
  return g_bytes_new (text, size);
}

static void
test_files (void)
{
  g_autoptr (GBytes) png = export_as ("2×", "a.png");
  g_autoptr (GBytes) pdf = export_as ("PDF", "a.pdf");
  g_autoptr (GBytes) svg = export_as ("SVG", "a.svg");

  g_assert_true (memcmp (g_bytes_get_data (png, NULL), "\x89PNG", 4) == 0);
  g_assert_true (memcmp (g_bytes_get_data (pdf, NULL), "%PDF", 4) == 0);
  g_assert_nonnull (g_strstr_len (g_bytes_get_data (svg, NULL), (gssize) g_bytes_get_size (svg), ">Payment</text>"));
}

/* Out, in, and out again: the same bytes. */
static void
test_board (void)
{
  g_autoptr (GBytes) live = export_as ("JSON", "a.json");
  g_autoptr (GBytes) again = NULL;
  g_autofree char *path = NULL;

  pdg_ui_key (ui, "ctrl+o");
  expect ("label", "Open");
  path = g_build_filename (folder, "a.json", NULL);
  pdg_ui_xdotool (ui, "type", "--delay", "5", path, NULL);
  pdg_ui_key (ui, "Return");
  expect ("label", "From a file, read only · *");
  again = export_as ("JSON", "b.json");
  g_assert_true (g_bytes_equal (live, again));
  pdg_ui_key (ui, "alt+F4");
}

static gboolean
has_focus (PdgUi *unused, gpointer user_data)
{
  g_autoptr (PdgUiNode) node = pdg_ui_lookup (ui, NULL, user_data);
  AtspiStateSet *states = node != NULL ? atspi_accessible_get_state_set (node) : NULL;
  gboolean focused = states != NULL && atspi_state_set_contains (states, ATSPI_STATE_FOCUSED);

  g_clear_object (&states);
  return focused;
}

/* By Tab, as long as it takes. */
static void
focus_on (char *name)
{
  for (guint i = 0; i < 20 && !has_focus (ui, name); i++)
    {
      pdg_ui_key (ui, "Tab");
      g_usleep (G_USEC_PER_SEC / 10);
    }
  pdg_ui_wait (ui, name, has_focus, name);
}

/* From nothing to a file without a pointer: find a screen, go on to the next one on its way, select it too, look at it, and write the two. */
static void
test_keys_only (void)
{
  g_autofree char *path = NULL, *text = NULL;

  pdg_ui_xdotool (ui, "mousemove", "1430", "890", NULL);
  pdg_ui_key (ui, "f");
  pdg_ui_xdotool (ui, "type", "--delay", "5", "paym", NULL);
  pdg_ui_key (ui, "Return");
  pdg_ui_expect (ui, "label", "/checkout/payment");
  pdg_ui_key (ui, "Escape");
  pdg_ui_key (ui, "alt+Left");
  pdg_ui_expect_gone (ui, "label", "/checkout/payment");
  pdg_ui_key (ui, "alt+Right");
  pdg_ui_expect (ui, "label", "/checkout/payment");
  pdg_ui_key (ui, "Return");
  pdg_ui_key (ui, "ctrl+shift+e");
  pdg_ui_expect (ui, "button", "Export…");
  focus_on ("SVG");
  pdg_ui_key (ui, "space");
  focus_on ("Export…");
  pdg_ui_key (ui, "space");
  path = answer_chooser ("keys.svg");
  pdg_ui_wait (ui, "the file", is_there, path);
  pdg_ui_expect_window_gone (ui, "Export");
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, ">Payment</text>")); /* what is selected */
  g_assert_null (strstr (text, ">Cart</text>"));
}

static void
test_presentation (void)
{
  pdg_ui_key (ui, "ctrl+alt+Return");
  expect ("label", "1 / *");
  pdg_ui_key (ui, "Right");
  expect ("label", "2 / *");
  expect ("label", "Home");
  pdg_ui_key (ui, "Page_Down");
  expect ("label", "3 / *");
  pdg_ui_key (ui, "Left");
  expect ("label", "2 / *");
  pdg_ui_key (ui, "plus"); /* the speaker looks closer, and goes on */
  pdg_ui_key (ui, "space");
  expect ("label", "3 / *");
  pdg_ui_key (ui, "Home");
  expect ("label", "1 / *");
  pdg_ui_key (ui, "Escape");
  pdg_ui_expect_window_gone (ui, "Presentation");
}

int
main (int argc, char *argv[])
{
  int code;

  pdg_ui_init (&argc, &argv);
  folder = g_dir_make_tmp (NULL, NULL);
  ui = pdg_ui_start_demo (300);
  g_test_add_func ("/ui/export/presentation", test_presentation);
  g_test_add_func ("/ui/export/keys-only", test_keys_only);
  g_test_add_func ("/ui/export/files", test_files);
  g_test_add_func ("/ui/export/board", test_board);
  code = g_test_run ();
  pdg_ui_stop (ui);
  g_free (folder);
  return code;
}
