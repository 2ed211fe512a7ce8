#include "config.h"
#include "pdg-senders.h"
#include "pdg-system.h"

#include <string.h>

/* A stop loses nothing and leaves nothing behind. */

#define STOP_USEC (15 * PDG_SYSTEM_SECONDS)

static void
assert_nothing_left (const char *dir)
{
  g_assert_cmpuint (pdg_system_count_postgres (dir), ==, 0);
  g_assert_cmpint (pdg_system_find_postmaster (dir), ==, 0);
}

static void
test_under_load (gconstpointer data)
{
  static const PdgSendersOptions options = { .n_threads = 6, .n_batch = 50 };
  int signal_number = GPOINTER_TO_INT (data);
  g_autofree char *dir = pdg_system_make_dir ();
  g_autofree char *uri = NULL;
  guint16 port = pdg_system_find_port ();
  g_autoptr (PdgProgram) server = pdg_program_serve (dir, port, NULL);
  g_autoptr (PdgSenders) senders = NULL;
  g_autofree char *output = NULL;
  guint n_acknowledged;

  pdg_system_wait_ready (server, port, 200);
  senders = pdg_senders_start (port, &options);
  pdg_senders_wait_for (senders, 1000);
  pdg_program_signal (server, signal_number);
  g_assert_cmpint (pdg_program_wait (server, STOP_USEC), ==, 0);
  assert_nothing_left (dir);
  n_acknowledged = pdg_senders_get_n_acknowledged (senders);
  g_assert_cmpuint (n_acknowledged, >=, 1000);
  output = pdg_program_dup_output (server);
  g_assert_null (strstr (output, "CRITICAL"));
  g_assert_null (strstr (output, "WARNING"));
  g_clear_pointer (&server, pdg_program_free);
  /* the senders go on where they were: a second start finds everything, and takes the rest */
  server = pdg_program_serve (dir, port, NULL);
  pdg_system_wait_ready (server, port, 200);
  pdg_senders_finish (senders, FALSE);
  uri = pdg_system_dup_owner_uri (dir);
  pdg_senders_assert_stored (senders, uri);
  pdg_system_assert_sessions (uri);
  pdg_program_signal (server, signal_number);
  g_assert_cmpint (pdg_program_wait (server, STOP_USEC), ==, 0);
  assert_nothing_left (dir);
}

/* A signal at any moment of a first start: it ends in time, and the next start is as good as any. */
static void
test_during_start (void)
{
  static const guint delays_ms[] = { 0, 20, 60, 150, 300, 500, 800, 1200 };
  guint16 port = pdg_system_find_port ();

  for (gsize i = 0; i < G_N_ELEMENTS (delays_ms); i++)
    {
      g_autofree char *dir = pdg_system_make_dir ();
      g_autoptr (PdgProgram) server = pdg_program_serve (dir, port, NULL);
      int code;

      g_usleep (delays_ms[i] * 1000);
      pdg_program_signal (server, SIGTERM);
      code = pdg_program_wait (server, STOP_USEC);
      /* before the program has said what to do with it, the signal does what it always does */
      g_assert_true (code == 0 || code == -SIGTERM);
      pdg_system_wait_postgres_gone (dir);
      g_clear_pointer (&server, pdg_program_free);
      server = pdg_program_serve (dir, port, NULL);
      pdg_system_wait_ready (server, port, 200);
      pdg_program_signal (server, SIGTERM);
      g_assert_cmpint (pdg_program_wait (server, STOP_USEC), ==, 0);
      assert_nothing_left (dir);
    }
}

/* A client that never ends its request does not hold the stop up for longer than its deadline. */
static void
test_with_slow_client (void)
{
  g_autofree char *dir = pdg_system_make_dir ();
  guint16 port = pdg_system_find_port ();
  g_autoptr (PdgProgram) server = pdg_program_serve (dir, port, (const char *[]) { "PRODUCTGRAPH_STOP_DEADLINE=500", NULL });
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = NULL;
  const char *half = "POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{";
  gint64 began;

  pdg_system_wait_ready (server, port, 200);
  connection = g_socket_client_connect_to_host (client, "127.0.0.1", port, NULL, NULL);
  g_assert_nonnull (connection);
  g_assert_true (g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), half, strlen (half), NULL, NULL, NULL));
  pdg_system_wait_ready (server, port, 200);
  began = g_get_monotonic_time ();
  pdg_program_signal (server, SIGTERM);
  g_assert_cmpint (pdg_program_wait (server, STOP_USEC), ==, 0);
  g_assert_cmpint (g_get_monotonic_time () - began, <, 10 * PDG_SYSTEM_SECONDS);
  assert_nothing_left (dir);
}

int
main (int argc, char *argv[])
{
  pdg_system_init (&argc, &argv);
  g_test_add_data_func ("/system/stop/sigterm-under-load", GINT_TO_POINTER (SIGTERM), test_under_load);
  g_test_add_data_func ("/system/stop/sigint-under-load", GINT_TO_POINTER (SIGINT), test_under_load);
  g_test_add_func ("/system/stop/during-start", test_during_start);
  g_test_add_func ("/system/stop/slow-client", test_with_slow_client);
  return g_test_run ();
}
