#include "config.h"
#include "pdg-ui.h"

#include <stdlib.h>
#include <string.h>

/* Starts, stops and what comes between: the database goes away, the desktop is dark, pixels are small. */

/* @define-color surface and canvas in data/style.css and data/style-dark.css: read, so that they cannot drift apart. */
static guint32
read_color (const char *file, const char *name)
{
  g_autofree char *path = g_build_filename (g_getenv ("PDG_SOURCE_DIR"), "data", file, NULL);
  g_autofree char *key = g_strdup_printf ("@define-color %s #", name);
  g_autofree char *text = NULL;
  const char *found;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  found = strstr (text, key);
  g_assert_nonnull (found);
  return (guint32) strtoul (found + strlen (key), NULL, 16);
}

typedef struct
{
  int x, y;
  guint32 color;
} Pixel;

static gboolean
has_pixel (PdgUi *ui, gpointer user_data)
{
  const Pixel *pixel = user_data;

  return pdg_ui_get_pixel (pixel->x, pixel->y) == pixel->color;
}

/* The header between its buttons, and the canvas' ground in its upper left corner between two dots. */
static void
assert_theme (PdgUi *ui, const char *file, int scale)
{
  Pixel header = { 600 * scale, 20 * scale, read_color (file, "surface") };
  Pixel ground = { 219 * scale, 51 * scale, read_color (file, "canvas") };

  pdg_ui_wait (ui, "the header's colour", has_pixel, &header);
  pdg_ui_wait (ui, "the ground's colour", has_pixel, &ground);
}

static void
test_light (void)
{
  g_autoptr (PdgUi) ui = pdg_ui_start (NULL);

  pdg_ui_expect (ui, "label", "curl *");
  assert_theme (ui, "style.css", 1);
}

static void
test_dark (void)
{
  g_autoptr (PdgUi) ui = pdg_ui_start (&(PdgUiOptions) { .dark = TRUE });

  pdg_ui_expect (ui, "label", "curl *");
  assert_theme (ui, "style-dark.css", 1);
}

static void
test_double_scale (void)
{
  const char *environment[] = { "GDK_SCALE=2", NULL };
  g_autofree char *data_dir = pdg_ui_make_demo_dir (60);
  g_autoptr (PdgUi) ui = pdg_ui_start (&(PdgUiOptions) { .data_dir = data_dir, .environment = environment });
  PdgUiRect window;

  pdg_ui_expect (ui, "button", "Payment, * exit*");
  window = pdg_ui_get_window (ui);
  g_assert_cmpint (window.width % 2, ==, 0);
  assert_theme (ui, "style.css", 2);
}

/* ---- the database ---- */

/* The database is back within a fraction of a second, which is easily missed: so it is killed until the app was seen to
 * tell of it. */
static gboolean
tells_of_kill (PdgUi *ui, gpointer user_data)
{
  pid_t *last = user_data;
  pid_t postmaster = pdg_system_find_postmaster (pdg_ui_get_data_dir (ui));

  if (postmaster > 0 && postmaster != *last && kill (postmaster, SIGKILL) == 0)
    *last = postmaster;
  return pdg_ui_count (ui, "label", "The connection is lost*") > 0;
}

static void
test_database_away (void)
{
  g_autofree char *data_dir = pdg_ui_make_demo_dir (60);
  g_autoptr (PdgUi) ui = pdg_ui_start (&(PdgUiOptions) { .data_dir = data_dir });
  pid_t killed = 0;

  pdg_ui_expect (ui, "button", "Payment, * exit*");
  g_assert_cmpuint (pdg_ui_count (ui, "label", "The connection is lost*"), ==, 0);
  pdg_ui_wait (ui, "the app tells that the database is away", tells_of_kill, &killed);
  /* the last picture stays */
  pdg_ui_expect (ui, "button", "Payment, * exit*");
  pdg_ui_expect_gone (ui, "label", "The connection is lost*");
  pdg_system_wait_ready (pdg_ui_get_program (ui), pdg_ui_get_port (ui), 200);
  g_assert_cmpint (pdg_system_find_postmaster (data_dir), !=, killed);
  pdg_ui_expect (ui, "label", "no traffic");
}

/* ---- ends, and the next start ---- */

static void
test_close_and_restore (void)
{
  g_autofree char *data_dir = pdg_ui_make_demo_dir (60);
  g_autofree char *config_dir = NULL;
  PdgUi *ui = pdg_ui_start (&(PdgUiOptions) { .data_dir = data_dir });
  PdgUiRect window;

  config_dir = g_strdup (pdg_ui_get_config_dir (ui));
  pdg_ui_expect (ui, "button", "Payment, * exit*");
  pdg_ui_activate (ui, "win.range", "30d");
  pdg_ui_activate (ui, "win.project", "proj_demo");
  pdg_ui_expect (ui, "frame", "Demo project – ProductGraph");
  pdg_ui_resize (ui, 1120, 740);
  pdg_ui_press (ui, "Close");
  pdg_ui_wait_end (ui);
  pdg_ui_stop (ui);

  ui = pdg_ui_start (&(PdgUiOptions) { .data_dir = data_dir, .config_dir = config_dir });
  pdg_ui_expect (ui, "frame", "Demo project – ProductGraph");
  pdg_ui_expect (ui, "label", "Last 30 days");
  window = pdg_ui_get_window (ui);
  g_assert_cmpint (window.width, ==, 1120);
  g_assert_cmpint (window.height, ==, 740);
  pdg_ui_stop (ui);
}

static void
test_sigterm (void)
{
  const char *headers[] = { "Content-Type", "application/json", NULL };
  g_autofree char *data_dir = pdg_system_make_dir ();
  PdgUi *ui = pdg_ui_start (&(PdgUiOptions) { .data_dir = data_dir });

  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *body = g_strdup_printf ("{\"events\":[{\"event_id\":\"%u\",\"project_id\":\"proj_demo\",\"session.id\":\"s\","
                                               "\"event.type\":\"page.view\",\"event.timestamp\":\"2026-01-15T10:00:%02uZ\","
                                               "\"page.path\":\"/p\"}]}",
                                               i, i);

      g_assert_cmpuint (pdg_system_request (pdg_ui_get_port (ui), "POST", "/v1/events", headers, body, NULL), ==, 202);
    }
  pdg_program_signal (pdg_ui_get_program (ui), SIGTERM);
  pdg_ui_wait_end (ui);
  pdg_ui_stop (ui);
  ui = pdg_ui_start (&(PdgUiOptions) { .data_dir = data_dir });
  g_assert_cmpint (pdg_system_count_events (pdg_ui_get_port (ui), NULL, "proj_demo"), ==, 20);
  pdg_ui_stop (ui);
}

int
main (int argc, char *argv[])
{
  pdg_ui_init (&argc, &argv);
  g_test_add_func ("/ui/life/light", test_light);
  g_test_add_func ("/ui/life/dark", test_dark);
  g_test_add_func ("/ui/life/double-scale", test_double_scale);
  g_test_add_func ("/ui/life/database-away", test_database_away);
  g_test_add_func ("/ui/life/close-and-restore", test_close_and_restore);
  g_test_add_func ("/ui/life/sigterm", test_sigterm);
  return g_test_run ();
}
