#include "config.h"
#include "pdg-senders.h"
#include "pdg-system.h"

/* What was acknowledged survives kill -9: of the server, of PostgreSQL, of one of its backends. */

#define N_SERVER_KILLS 20
#define N_POSTGRES_KILLS 6

static const PdgSendersOptions senders_options = { .n_threads = 4, .n_batch = 20 };

static void
sleep_randomly (void)
{
  g_usleep ((gulong) g_random_int_range (20 * 1000, 300 * 1000));
}

static void
test_server (void)
{
  g_autofree char *dir = pdg_system_make_dir ();
  g_autofree char *uri = NULL;
  guint16 port = pdg_system_find_port ();
  g_autoptr (PdgProgram) server = pdg_program_serve (dir, port, NULL);
  g_autoptr (PdgSenders) senders = NULL;

  pdg_system_wait_ready (server, port, 200);
  uri = pdg_system_dup_owner_uri (dir);
  senders = pdg_senders_start (port, &senders_options);
  for (guint i = 0; i < pdg_system_get_rounds (N_SERVER_KILLS); i++)
    {
      /* some rounds also hit the start */
      if (i % 4 != 3)
        pdg_senders_wait_for (senders, 1);
      sleep_randomly ();
      pdg_program_signal (server, SIGKILL);
      g_assert_cmpint (pdg_program_wait (server, PDG_SYSTEM_STOP_USEC), ==, -SIGKILL);
      g_clear_pointer (&server, pdg_program_free);
      server = pdg_program_serve (dir, port, NULL);
    }
  pdg_system_wait_ready (server, port, 200);
  pdg_senders_finish (senders, FALSE);
  g_test_message ("%u events, %u requests cut off", pdg_senders_get_n_acknowledged (senders), pdg_senders_get_n_broken (senders));
  g_assert_cmpuint (pdg_senders_get_n_broken (senders), >=, N_SERVER_KILLS);
  pdg_senders_assert_stored (senders, uri);
  pdg_system_assert_sessions (uri);
}

/* The control: a sender that does not send again what was cut off does lose events, so the kills hit requests. */
static void
test_server_control (void)
{
  static const PdgSendersOptions options = { .n_threads = 8, .n_batch = 20, .careless = TRUE };
  g_autofree char *dir = pdg_system_make_dir ();
  g_autofree char *uri = NULL;
  guint16 port = pdg_system_find_port ();
  g_autoptr (PdgProgram) server = pdg_program_serve (dir, port, NULL);
  g_autoptr (PdgSenders) senders = NULL;

  pdg_system_wait_ready (server, port, 200);
  senders = pdg_senders_start (port, &options);
  pdg_senders_wait_for (senders, 200);
  pdg_program_signal (server, SIGKILL);
  pdg_program_wait (server, PDG_SYSTEM_STOP_USEC);
  g_usleep (20 * 1000);
  pdg_senders_finish (senders, TRUE);
  g_clear_pointer (&server, pdg_program_free);
  server = pdg_program_serve (dir, port, NULL);
  pdg_system_wait_ready (server, port, 200);
  uri = pdg_system_dup_owner_uri (dir);
  g_assert_cmpuint (pdg_senders_count_lost (senders, uri), >, 0);
  g_assert_cmpint (pdg_system_query (uri, "SELECT count(*) - count(DISTINCT event_key) FROM event"), ==, 0);
  pdg_system_assert_sessions (uri);
}

static pid_t
wait_for_postmaster (const char *dir, pid_t other_than)
{
  gint64 deadline = g_get_monotonic_time () + PDG_SYSTEM_READY_USEC;
  pid_t pid;

  while ((pid = pdg_system_find_postmaster (dir)) == 0 || pid == other_than)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_usleep (2000);
    }
  return pid;
}

/* Kills the postmaster in even rounds and any of its children in odd ones. Returns whether /ready was seen to say 503. */
static gboolean
kill_postgres (const char *dir, PdgProgram *server, guint16 port, guint round)
{
  pid_t postmaster = wait_for_postmaster (dir, 0);
  pid_t victim = round % 2 == 0 ? postmaster : pdg_system_find_backend (postmaster);

  g_assert_cmpint (victim, >, 0);
  g_assert_cmpint (kill (victim, SIGKILL), ==, 0);
  if (victim == postmaster)
    pdg_system_wait_ready (server, port, 503);
  pdg_system_wait_ready (server, port, 200);
  g_assert_true (pdg_program_is_running (server));
  return victim == postmaster;
}

static void
test_postgres (void)
{
  g_autofree char *dir = pdg_system_make_dir ();
  g_autofree char *uri = NULL;
  guint16 port = pdg_system_find_port ();
  g_autoptr (PdgProgram) server = pdg_program_serve (dir, port, NULL);
  g_autoptr (PdgSenders) senders = NULL;

  pdg_system_wait_ready (server, port, 200);
  uri = pdg_system_dup_owner_uri (dir);
  senders = pdg_senders_start (port, &senders_options);
  for (guint i = 0; i < pdg_system_get_rounds (N_POSTGRES_KILLS); i++)
    {
      pdg_senders_wait_for (senders, 100);
      sleep_randomly ();
      kill_postgres (dir, server, port, i);
    }
  pdg_senders_wait_for (senders, 100);
  pdg_senders_finish (senders, FALSE);
  g_test_message ("%u events, %u refused, %u cut off", pdg_senders_get_n_acknowledged (senders), pdg_senders_get_n_refused (senders),
                  pdg_senders_get_n_broken (senders));
  g_assert_cmpuint (pdg_senders_get_n_refused (senders), >, 0);
  /* the server itself was never away */
  g_assert_cmpuint (pdg_senders_get_n_broken (senders), ==, 0);
  pdg_senders_assert_stored (senders, uri);
  pdg_system_assert_sessions (uri);
}

/* The control: when commits do not wait for the disk, the same kill loses what was acknowledged. */
static void
test_postgres_control (void)
{
  g_autofree char *dir = pdg_system_make_dir ();
  g_autofree char *uri = NULL;
  guint16 port = pdg_system_find_port ();
  g_autoptr (PdgProgram) server = pdg_program_serve (dir, port, NULL);
  guint n_lost = 0;

  pdg_system_wait_ready (server, port, 200);
  uri = pdg_system_dup_owner_uri (dir);
  pdg_system_exec (uri, "ALTER ROLE productgraph_writer SET synchronous_commit = off");
  for (int i = 0; i < 10 && n_lost == 0; i++)
    {
      g_autoptr (PdgSenders) senders = NULL;

      /* the setting counts from the next connection on */
      kill_postgres (dir, server, port, 0);
      senders = pdg_senders_start (port, &senders_options);
      pdg_senders_wait_for (senders, 100);
      kill_postgres (dir, server, port, 0);
      pdg_senders_finish (senders, FALSE);
      n_lost = pdg_senders_count_lost (senders, uri);
    }
  g_test_message ("lost %u", n_lost);
  g_assert_cmpuint (n_lost, >, 0);
}

int
main (int argc, char *argv[])
{
  pdg_system_init (&argc, &argv);
  g_test_add_func ("/system/crash/server-20-times", test_server);
  g_test_add_func ("/system/crash/server-control", test_server_control);
  g_test_add_func ("/system/crash/postgres", test_postgres);
  g_test_add_func ("/system/crash/postgres-control", test_postgres_control);
  return g_test_run ();
}
