#include "config.h"
#include "pdg-ui-private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STILL_USEC 120000

void
pdg_ui_press (PdgUi *ui, const char *name)
{
  g_autoptr (PdgUiNode) node = pdg_ui_find_any (ui, "button", name);
  g_autoptr (PdgUiAction) action = atspi_accessible_get_action_iface (node);

  g_assert_nonnull (action);
  g_assert_true (atspi_action_do_action (action, 0, NULL));
}

void
pdg_ui_type_into (PdgUi *ui, const char *name, const char *text)
{
  g_autoptr (PdgUiNode) node = pdg_ui_find_any (ui, "text", name);
  g_autoptr (PdgUiEditableText) entry = atspi_accessible_get_editable_text_iface (node);

  g_assert_nonnull (entry);
  g_assert_true (atspi_editable_text_set_text_contents (entry, text, NULL));
}

static gboolean
read_rect (PdgUi *ui, const char *role, const char *name, PdgUiRect *rect)
{
  g_autoptr (PdgUiNode) node = pdg_ui_lookup (ui, role, name);

  return node != NULL && pdg_ui_get_extents (node, rect);
}

PdgUiRect
pdg_ui_get_rect (PdgUi *ui, const char *role, const char *name)
{
  gint64 deadline = g_get_monotonic_time () + PDG_UI_WAIT_USEC;
  gint64 since = 0;
  PdgUiRect last = { 0 };

  for (;;)
    {
      PdgUiRect rect;
      gint64 now = g_get_monotonic_time ();
      gboolean known = read_rect (ui, role, name, &rect);

      if (!known || memcmp (&rect, &last, sizeof rect) != 0)
        since = now;
      if (known && now - since >= STILL_USEC)
        return rect;
      if (now > deadline)
        pdg_ui_fail (ui, "The place of", name);
      if (known)
        last = rect;
      g_usleep (POLL_USEC);
    }
}

static char *
run (const char *const *argv, gsize *out_size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process = g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  g_autoptr (GBytes) output = NULL;

  g_assert_no_error (error);
  g_subprocess_communicate (process, NULL, NULL, &output, NULL, &error);
  g_assert_no_error (error);
  if (!g_subprocess_get_successful (process))
    g_error ("%s %s failed", argv[0], argv[1]);
  if (out_size != NULL)
    *out_size = g_bytes_get_size (output);
  return g_strndup (g_bytes_get_data (output, NULL), g_bytes_get_size (output));
}

void
pdg_ui_xdotool (PdgUi *ui, const char *word, ...)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autofree char *output = NULL;
  va_list words;

  g_ptr_array_add (argv, (gpointer) "xdotool");
  va_start (words, word);
  for (const char *each = word; each != NULL; each = va_arg (words, const char *))
    g_ptr_array_add (argv, (gpointer) each);
  va_end (words);
  g_ptr_array_add (argv, NULL);
  output = run ((const char *const *) argv->pdata, NULL);
}

void
pdg_ui_move (PdgUi *ui, int x, int y)
{
  g_autofree char *x_text = g_strdup_printf ("%d", x);
  g_autofree char *y_text = g_strdup_printf ("%d", y);

  pdg_ui_xdotool (ui, "mousemove", "--window", ui->window, x_text, y_text, NULL);
}

void
pdg_ui_click_at (PdgUi *ui, int x, int y)
{
  pdg_ui_move (ui, x, y);
  pdg_ui_xdotool (ui, "click", "1", NULL);
}

void
pdg_ui_key (PdgUi *ui, const char *key)
{
  pdg_ui_xdotool (ui, "key", "--clearmodifiers", key, NULL);
}

void
pdg_ui_activate (PdgUi *ui, const char *action, const char *parameter)
{
  gboolean of_window = g_str_has_prefix (action, "win.");
  const char *path = of_window ? "/org/productgraph/ProductGraph/window/1" : "/org/productgraph/ProductGraph";
  g_autofree char *argument = parameter != NULL ? g_strdup_printf ("[<'%s'>]", parameter) : g_strdup ("[]");
  const char *argv[] = { "gdbus",   "call",  "--session", "--dest", PDG_APP_ID, "--object-path", path, "--method", "org.gtk.Actions.Activate",
                         strchr (action, '.') + 1, argument, "{}", NULL };
  g_autofree char *output = run (argv, NULL);
}

PdgUiRect
pdg_ui_get_window (PdgUi *ui)
{
  const char *argv[] = { "xdotool", "getwindowgeometry", "--shell", ui->window, NULL };
  g_autofree char *text = run (argv, NULL);
  PdgUiRect rect = { 0 };
  int n = sscanf (text, "WINDOW=%*s\nX=%d\nY=%d\nWIDTH=%d\nHEIGHT=%d", &rect.x, &rect.y, &rect.width, &rect.height);

  g_assert_cmpint (n, ==, 4);
  return rect;
}

guint32
pdg_ui_get_pixel (int x, int y)
{
  g_autofree char *crop = g_strdup_printf ("1x1+%d+%d", x, y);
  const char *argv[] = { "import", "-silent", "-window", "root", "-crop", crop, "-depth", "8", "rgb:-", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process = g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  g_autoptr (GBytes) output = NULL;
  const guint8 *rgb;

  g_assert_no_error (error);
  g_subprocess_communicate (process, NULL, NULL, &output, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (output), ==, 3);
  rgb = g_bytes_get_data (output, NULL);
  return (guint32) (rgb[0] << 16 | rgb[1] << 8 | rgb[2]);
}

static gboolean
has_no_window (PdgUi *ui, gpointer user_data)
{
  g_autofree char *pid = g_strdup_printf ("%d", (int) pdg_program_get_pid (ui->program));
  const char *argv[] = { "xdotool", "search", "--onlyvisible", "--all", "--pid", pid, "--name", user_data, NULL };
  g_autoptr (GSubprocess) process = g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, NULL);
  g_autofree char *output = NULL;

  g_assert_true (g_subprocess_communicate_utf8 (process, NULL, NULL, &output, NULL, NULL));
  return *g_strstrip (output) == '\0';
}

void
pdg_ui_expect_window_gone (PdgUi *ui, const char *title)
{
  g_autofree char *pattern = g_strdup_printf ("^%s$", title);

  pdg_ui_wait (ui, "the window closes", has_no_window, pattern);
}

static gboolean
has_size (PdgUi *ui, gpointer user_data)
{
  const PdgUiRect *wanted = user_data;
  PdgUiRect window = pdg_ui_get_window (ui);

  return window.width == wanted->width && window.height == wanted->height;
}

void
pdg_ui_resize (PdgUi *ui, int width, int height)
{
  PdgUiRect wanted = { 0, 0, width, height };
  g_autofree char *width_text = g_strdup_printf ("%d", width);
  g_autofree char *height_text = g_strdup_printf ("%d", height);

  pdg_ui_xdotool (ui, "windowsize", ui->window, width_text, height_text, NULL);
  pdg_ui_wait (ui, "the window's size", has_size, &wanted);
}
