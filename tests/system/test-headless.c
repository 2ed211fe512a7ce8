#include "config.h"
#include "pdg-system.h"

#include <string.h>

/* The desktop program where there is no screen. */

static void
check_collects (const char *const *options, const char *said)
{
  g_autofree char *dir = pdg_system_make_dir ();
  guint16 port = pdg_system_find_port ();
  g_autofree char *port_option = g_strdup_printf ("--port=%u", port);
  g_autofree char *dir_option = g_strdup_printf ("--data-dir=%s", dir);
  const char *argv[] = { pdg_system_get_desktop (), port_option, dir_option, options[0], NULL };
  const char *headers[] = { "Content-Type", "application/json", NULL };
  g_autoptr (PdgProgram) program = pdg_program_start (argv, NULL);
  g_autofree char *answer = NULL;
  g_autofree char *output = NULL;

  pdg_system_wait_ready (program, port, 200);
  g_assert_cmpuint (pdg_system_request (port, "POST", "/v1/events", headers,
                                        "{\"events\":[{\"event_id\":\"e1\",\"project_id\":\"proj_demo\",\"session.id\":\"s\","
                                        "\"event.type\":\"page.view\",\"event.timestamp\":\"2026-11-01T00:00:00Z\",\"page.path\":\"/\"}]}",
                                        &answer), ==, 202);
  g_assert_nonnull (strstr (answer, "\"accepted\":1"));
  g_assert_cmpint (pdg_system_count_events (port, NULL, "proj_demo"), ==, 1);
  output = pdg_program_dup_output (program);
  g_assert_cmpint (strstr (output, "no display") != NULL, ==, said != NULL);
  g_assert_nonnull (strstr (output, "listens on http://localhost:"));
  pdg_program_signal (program, SIGTERM);
  g_assert_cmpint (pdg_program_wait (program, PDG_SYSTEM_STOP_USEC), ==, 0);
  g_assert_cmpuint (pdg_system_count_postgres (dir), ==, 0);
}

static void
test_no_display (void)
{
  check_collects ((const char *[]) { NULL }, "no display");
}

static void
test_headless_option (void)
{
  check_collects ((const char *[]) { "--headless", NULL }, NULL);
}

int
main (int argc, char *argv[])
{
  pdg_system_init (&argc, &argv);
  if (pdg_system_get_desktop () != NULL)
    {
      g_test_add_func ("/system/headless/no-display", test_no_display);
      g_test_add_func ("/system/headless/option", test_headless_option);
    }
  return g_test_run ();
}
