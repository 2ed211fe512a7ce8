#include "config.h"
#include "pdg-senders.h"
#include "pdg-system.h"

#include <glib/gstdio.h>
#include <pwd.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* The private database through the eyes of a person who starts the program. */

static void
assert_starts_and_stops (const char *dir, guint16 port, const char *const *environment)
{
  g_autoptr (PdgProgram) server = pdg_program_serve (dir, port, environment);

  pdg_system_wait_ready (server, port, 200);
  pdg_program_signal (server, SIGTERM);
  g_assert_cmpint (pdg_program_wait (server, PDG_SYSTEM_STOP_USEC), ==, 0);
  g_assert_cmpuint (pdg_system_count_postgres (dir), ==, 0);
}

static void
test_first_and_second_start (void)
{
  g_autofree char *base = pdg_system_make_dir ();
  g_autofree char *dir = g_build_filename (base, "not", "there", "yet", NULL);
  guint16 port = pdg_system_find_port ();

  assert_starts_and_stops (dir, port, NULL);
  assert_starts_and_stops (dir, port, NULL);
}

/* serve and demo on one folder: what demo commits is seen by serve; and when serve leaves, the other goes on. */
static void
test_two_processes (void)
{
  g_autofree char *dir = pdg_system_make_dir ();
  g_autofree char *dir_option = g_strdup_printf ("--data-dir=%s", dir);
  g_autofree char *uri = NULL;
  g_autofree char *output = NULL;
  guint16 ports[] = { pdg_system_find_port (), pdg_system_find_port () };
  g_autoptr (PdgProgram) one = pdg_program_serve (dir, ports[0], NULL);
  g_autoptr (PdgProgram) two = NULL;
  gint64 n_events, deadline;

  pdg_system_wait_ready (one, ports[0], 200);
  g_assert_cmpint (pdg_system_count_events (ports[0], NULL, "proj_shop"), ==, -1);
  g_assert_cmpint (pdg_system_run ((const char *[]) { "demo", dir_option, "--sessions", "200", "--days", "2", NULL }, NULL, &output, NULL),
                   ==, 0);
  uri = pdg_system_dup_owner_uri (dir);
  n_events = pdg_system_query (uri, "SELECT count(*) FROM event");
  g_assert_cmpint (n_events, >, 1000);
  g_assert_cmpint (pdg_system_count_events (ports[0], NULL, "proj_shop"), ==, n_events);

  two = pdg_program_serve (dir, ports[1], NULL);
  pdg_system_wait_ready (two, ports[1], 200);
  pdg_program_signal (one, SIGTERM);
  g_assert_cmpint (pdg_program_wait (one, PDG_SYSTEM_STOP_USEC), ==, 0);
  /* it notices that the database went with the first, and runs it itself */
  deadline = g_get_monotonic_time () + PDG_SYSTEM_READY_USEC;
  while (pdg_system_find_postmaster (dir) == 0)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_usleep (2000);
    }
  pdg_system_wait_ready (two, ports[1], 200);
  {
    static const PdgSendersOptions options = { .n_threads = 2, .n_batch = 20 };
    g_autoptr (PdgSenders) senders = pdg_senders_start (ports[1], &options);

    pdg_senders_wait_for (senders, 200);
    pdg_senders_finish (senders, FALSE);
    pdg_senders_assert_stored (senders, uri);
    g_assert_cmpint (pdg_system_count_events (ports[1], NULL, "proj_shop"), ==, n_events);
    g_assert_cmpint (pdg_system_count_events (ports[1], NULL, "proj_demo"), ==, pdg_senders_get_n_acknowledged (senders));
  }
  pdg_program_signal (two, SIGTERM);
  g_assert_cmpint (pdg_program_wait (two, PDG_SYSTEM_STOP_USEC), ==, 0);
  g_assert_cmpuint (pdg_system_count_postgres (dir), ==, 0);
}

/* kill -9 of the program and of every process of its database: the next start clears what they left. */
static void
test_stale_files (void)
{
  g_autofree char *dir = pdg_system_make_dir ();
  g_autofree char *cluster = NULL;
  g_autofree char *pid_file = NULL;
  guint16 port = pdg_system_find_port ();
  g_autoptr (PdgProgram) server = pdg_program_serve (dir, port, NULL);
  pid_t postmaster, backend;

  pdg_system_wait_ready (server, port, 200);
  cluster = pdg_system_find_cluster (dir);
  pid_file = g_build_filename (cluster, "postmaster.pid", NULL);
  postmaster = pdg_system_find_postmaster (dir);
  pdg_program_signal (server, SIGSTOP);
  g_assert_cmpint (kill (postmaster, SIGSTOP), ==, 0);
  while ((backend = pdg_system_find_backend (postmaster)) != 0)
    {
      kill (backend, SIGKILL);
      g_usleep (1000);
    }
  pdg_program_signal (server, SIGKILL);
  g_assert_cmpint (kill (postmaster, SIGKILL), ==, 0);
  g_assert_cmpint (pdg_program_wait (server, PDG_SYSTEM_STOP_USEC), ==, -SIGKILL);
  pdg_system_wait_postgres_gone (dir);
  g_assert_true (g_file_test (pid_file, G_FILE_TEST_EXISTS));
  assert_starts_and_stops (dir, port, NULL);
}

static int
run_serve (const char *dir, guint16 port, const char *const *environment, char **errors)
{
  g_autofree char *dir_option = g_strdup_printf ("--data-dir=%s", dir);
  g_autofree char *port_option = g_strdup_printf ("--port=%u", port);
  g_autofree char *output = NULL;

  return pdg_system_run ((const char *[]) { "serve", dir_option, port_option, NULL }, environment, &output, errors);
}

static void
assert_message (const char *errors, const char *part)
{
  if (!g_str_has_prefix (errors, "productgraphd: ") || strstr (errors, part) == NULL || strchr (errors, '\n') != strrchr (errors, '\n'))
    g_error ("not a clear message about \"%s\": %s", part, errors);
}

static void
test_not_writable (void)
{
  g_autofree char *base = pdg_system_make_dir ();
  g_autofree char *file = g_build_filename (base, "file", NULL);
  g_autofree char *below_file = g_build_filename (file, "data", NULL);
  g_autofree char *errors = NULL;

  g_assert_true (g_file_set_contents (file, "", 0, NULL));
  g_assert_cmpint (run_serve (below_file, pdg_system_find_port (), NULL, &errors), ==, 1);
  assert_message (errors, below_file);
  g_clear_pointer (&errors, g_free);
  g_assert_cmpint (run_serve ("/proc/productgraph", pdg_system_find_port (), NULL, &errors), ==, 1);
  assert_message (errors, "/proc/productgraph");
}

static void
test_port_in_use (void)
{
  g_autofree char *dir = pdg_system_make_dir ();
  g_autofree char *other_dir = pdg_system_make_dir ();
  g_autofree char *port_text = NULL;
  g_autofree char *errors = NULL;
  guint16 port = pdg_system_find_port ();
  g_autoptr (PdgProgram) server = pdg_program_serve (dir, port, NULL);

  pdg_system_wait_ready (server, port, 200);
  port_text = g_strdup_printf ("%u", port);
  /* on a folder of its own and on the same one */
  g_assert_cmpint (run_serve (other_dir, port, NULL, &errors), ==, 1);
  assert_message (errors, port_text);
  g_assert_cmpuint (pdg_system_count_postgres (other_dir), ==, 0);
  g_clear_pointer (&errors, g_free);
  g_assert_cmpint (run_serve (dir, port, NULL, &errors), ==, 1);
  assert_message (errors, port_text);
  g_assert_cmpuint (pdg_system_request (port, "GET", "/ready", NULL, NULL, NULL), ==, 200);
}

static void
test_no_postgres (void)
{
  g_autofree char *dir = pdg_system_make_dir ();
  g_autofree char *errors = NULL;

  g_assert_cmpint (run_serve (dir, pdg_system_find_port (), (const char *[]) { "PRODUCTGRAPH_PG_BINDIR=/nowhere/bin", NULL }, &errors), ==, 1);
  assert_message (errors, "PRODUCTGRAPH_PG_BINDIR is /nowhere/bin");
}

/* As another user, with a folder of its own. */
static void
test_other_user (void)
{
  g_autofree char *dir = NULL;
  g_autofree char *home_variable = NULL, *runtime_variable = NULL, *config_variable = NULL;
  g_autofree char *port_option = NULL, *dir_option = NULL;
  g_autofree char *runuser = g_find_program_in_path ("runuser");
  const struct passwd *nobody = getpwnam ("nobody");
  guint16 port = pdg_system_find_port ();
  g_autoptr (PdgProgram) server = NULL;

  if (getuid () != 0 || runuser == NULL || nobody == NULL)
    {
      g_test_message ("not root: every other test here runs as a normal user");
      return;
    }
  dir = pdg_system_make_dir ();
  g_assert_cmpint (chown (dir, nobody->pw_uid, nobody->pw_gid), ==, 0);
  home_variable = g_strconcat ("HOME=", dir, NULL);
  runtime_variable = g_strconcat ("XDG_RUNTIME_DIR=", dir, NULL);
  config_variable = g_strconcat ("XDG_CONFIG_HOME=", dir, NULL);
  port_option = g_strdup_printf ("--port=%u", port);
  dir_option = g_strdup_printf ("--data-dir=%s/data", dir);
  {
    g_autofree char *copy = g_build_filename (dir, "productgraphd", NULL);
    g_autoptr (GFile) from = g_file_new_for_path (pdg_system_get_daemon ());
    g_autoptr (GFile) to = g_file_new_for_path (copy);
    const char *argv[] = { runuser, "-u", "nobody", "--", copy, "serve", port_option, dir_option, NULL };
    struct stat st;
    g_autofree char *data = g_build_filename (dir, "data", NULL);

    /* the build folder may be out of that user's reach */
    g_assert_true (g_file_copy (from, to, G_FILE_COPY_NONE, NULL, NULL, NULL, NULL));
    server = pdg_program_start (argv, (const char *[]) { home_variable, runtime_variable, config_variable, NULL });
    pdg_system_wait_ready (server, port, 200);
    g_assert_cmpint (g_stat (data, &st), ==, 0);
    g_assert_cmpuint (st.st_uid, ==, nobody->pw_uid);
    g_assert_cmphex (st.st_mode & 0777, ==, 0700);
    pdg_program_signal (server, SIGTERM);
    pdg_program_wait (server, PDG_SYSTEM_STOP_USEC);
    pdg_system_wait_postgres_gone (data);
  }
}

int
main (int argc, char *argv[])
{
  pdg_system_init (&argc, &argv);
  g_test_add_func ("/system/embedded/first-and-second-start", test_first_and_second_start);
  g_test_add_func ("/system/embedded/two-processes", test_two_processes);
  g_test_add_func ("/system/embedded/stale-files", test_stale_files);
  g_test_add_func ("/system/embedded/not-writable", test_not_writable);
  g_test_add_func ("/system/embedded/port-in-use", test_port_in_use);
  g_test_add_func ("/system/embedded/no-postgres", test_no_postgres);
  g_test_add_func ("/system/embedded/other-user", test_other_user);
  return g_test_run ();
}
