#include "config.h"

#include "db/pdg-db-process.h"
#include "pdg-test-helper.h"

/* The life of one real cluster, with fsync and all; the tests run in order, on the same data. */

static char *data_dir;
static int major;

static PdgDbCluster *
start (gint64 *usec)
{
  g_autoptr (GError) error = NULL;
  gint64 before = g_get_monotonic_time ();
  PdgDbCluster *cluster = pdg_db_cluster_start (data_dir, PDG_DB_CLUSTER_DEFAULT, &error);

  g_assert_no_error (error);
  if (usec != NULL)
    *usec = g_get_monotonic_time () - before;
  return cluster;
}

static void
test_cluster_first_start (void)
{
  gint64 usec = 0;
  g_autoptr (PdgDbCluster) cluster = start (&usec);
  g_autofree char *data = NULL;
  g_autofree char *secrets = NULL;
  g_autofree char *incomplete = NULL;
  static const char *const facts[] = {
    "current_setting('fsync') = 'on' AND current_setting('full_page_writes') = 'on'",
    "current_setting('listen_addresses') = '' AND current_setting('unix_socket_permissions') = '0700'",
    "current_setting('max_connections') = '50' AND current_setting('shared_buffers') = '128MB'",
    "current_setting('wal_segment_size') = '4MB' AND current_setting('wal_compression') <> 'off'",
    "(SELECT rolsuper FROM pg_roles WHERE rolname = 'productgraph_owner')",
    "(SELECT rolcanlogin AND NOT rolsuper AND NOT rolbypassrls AND NOT rolcreaterole FROM pg_roles WHERE rolname = 'productgraph_server')",
    "(SELECT rolcanlogin AND NOT rolsuper AND rolbypassrls AND NOT rolcreaterole FROM pg_roles WHERE rolname = 'productgraph_writer')",
    "(SELECT bool_and(NOT rolcanlogin) AND count(*) = 2 FROM pg_roles WHERE rolname IN ('productgraph_app', 'productgraph_ingest'))",
    "pg_has_role('productgraph_server', 'productgraph_app', 'MEMBER') AND NOT pg_has_role('productgraph_server', 'productgraph_ingest', 'MEMBER')",
    "pg_has_role('productgraph_writer', 'productgraph_ingest', 'MEMBER') AND NOT pg_has_role('productgraph_writer', 'productgraph_app', 'MEMBER')",
    "(SELECT pg_get_userbyid(datdba) = 'productgraph_owner' AND pg_encoding_to_char(encoding) = 'UTF8' FROM pg_database WHERE datname = 'productgraph')",
    "(SELECT bool_and(rolpassword LIKE 'SCRAM-SHA-256$%') FROM pg_authid WHERE rolcanlogin)",
    "NOT EXISTS (SELECT FROM pg_hba_file_rules WHERE auth_method NOT IN ('scram-sha-256', 'reject'))",
  };

  g_test_message ("first start to ready: %.2f s", usec / 1e6);
  major = pdg_db_cluster_get_major (cluster);
  g_assert_cmpint (pdg_db_cluster_get_state (cluster), ==, PDG_DB_CLUSTER_RUNNING);
  g_assert_false (pdg_db_cluster_is_attached (cluster));
  data = pg_path (data_dir, major, "");
  secrets = pg_path (data_dir, major, ".secrets");
  incomplete = pg_path (data_dir, major, ".incomplete");
  assert_mode (data, 0700);
  assert_mode (secrets, 0600);
  g_assert_false (g_file_test (incomplete, G_FILE_TEST_EXISTS));
  for (guint i = 0; i < G_N_ELEMENTS (facts); i++)
    {
      g_autofree char *sql = g_strdup_printf ("SELECT coalesce(%s, false)::int", facts[i]);

      g_test_message ("%s", facts[i]);
      g_assert_cmpint (query_uri (pdg_db_cluster_get_owner_uri (cluster), sql), ==, 1);
    }
  g_assert_cmpint (query_uri (pdg_db_cluster_get_server_uri (cluster), "SELECT 1"), ==, 1);
  g_assert_cmpint (query_uri (pdg_db_cluster_get_writer_uri (cluster), "SELECT 1"), ==, 1);
  run_uri (pdg_db_cluster_get_owner_uri (cluster), "CREATE TABLE public.kept AS SELECT 42 AS x");
}

static void
test_cluster_warm_start (void)
{
  gint64 usec = 0;
  g_autoptr (PdgDbCluster) cluster = start (&usec);
  g_autofree char *address = pg_path (data_dir, major, ".address");

  g_test_message ("warm start to ready: %.3f s", usec / 1e6);
  g_assert_cmpint (query_uri (pdg_db_cluster_get_owner_uri (cluster), "SELECT x FROM public.kept"), ==, 42);
  g_assert_true (g_file_test (address, G_FILE_TEST_EXISTS));
  pdg_db_cluster_stop (cluster);
  pdg_db_cluster_stop (cluster);
  g_assert_cmpint (pdg_db_cluster_get_state (cluster), ==, PDG_DB_CLUSTER_STOPPED);
  g_assert_false (pdg_db_cluster_ensure_running (cluster, NULL));
  g_assert_cmpint (read_postmaster_pid (data_dir, major), ==, 0);
  g_assert_false (g_file_test (address, G_FILE_TEST_EXISTS));
}

static void
test_cluster_app_is_killed (void)
{
  Helper helper = helper_start (data_dir, NULL);
  g_autofree char *said = helper_read (&helper);
  g_autofree char *pid_file = pg_path (data_dir, major, "/postmaster.pid");
  g_autoptr (PdgDbCluster) cluster = NULL;

  g_assert_true (g_str_has_prefix (said, "owner "));
  helper_end (&helper, SIGKILL);
  /* its server follows, in order: it removes its file itself */
  wait_until_gone (pid_file);
  cluster = start (NULL);
  g_assert_cmpint (query_uri (pdg_db_cluster_get_owner_uri (cluster), "SELECT x FROM public.kept"), ==, 42);
}

static void
test_cluster_taken_over_at_once (void)
{
  Helper helper = helper_start (data_dir, NULL);
  g_autofree char *said = helper_read (&helper);
  g_autoptr (PdgDbCluster) cluster = NULL;

  helper_end (&helper, SIGKILL);
  /* the dead one's server may just be shutting down */
  cluster = start (NULL);
  g_assert_false (pdg_db_cluster_is_attached (cluster));
  g_assert_cmpint (query_uri (pdg_db_cluster_get_owner_uri (cluster), "SELECT x FROM public.kept"), ==, 42);
}

static void
test_cluster_stale_files (void)
{
  Helper helper = helper_start (data_dir, NULL);
  g_autofree char *said = helper_read (&helper);
  g_autofree char *pid_file = pg_path (data_dir, major, "/postmaster.pid");
  g_autofree char *text = NULL;
  g_autofree char *stale = NULL;
  g_auto (GStrv) lines = NULL;
  g_autofree char *socket_lock = NULL;
  g_autofree char *own_pid = g_strdup_printf ("%d", getpid ());
  g_autoptr (PdgDbCluster) cluster = NULL;
  pid_t pid = read_postmaster_pid (data_dir, major);

  g_assert_cmpint (pid, >, 0);
  g_assert_true (g_file_get_contents (pid_file, &text, NULL, NULL));
  /* both at once, so that nobody tidies up */
  g_subprocess_send_signal (helper.process, SIGSTOP);
  kill (pid, SIGKILL);
  helper_end (&helper, SIGKILL);
  g_assert_true (g_file_test (pid_file, G_FILE_TEST_EXISTS));
  /* and the dead server's pid is that of a process that lives: ours */
  lines = g_strsplit (text, "\n", 2);
  stale = g_strdup_printf ("%s\n%s", own_pid, lines[1]);
  g_assert_true (g_file_set_contents (pid_file, stale, -1, NULL));
  {
    g_auto (GStrv) all = g_strsplit (text, "\n", -1);

    socket_lock = g_strconcat (all[4], "/.s.PGSQL.5432.lock", NULL);
    g_assert_true (g_file_set_contents (socket_lock, stale, -1, NULL));
  }
  cluster = start (NULL);
  g_assert_cmpint (query_uri (pdg_db_cluster_get_owner_uri (cluster), "SELECT x FROM public.kept"), ==, 42);
}

typedef struct
{
  GMutex lock;
  GString *states;
} States;

static void
on_state (PdgDbClusterState state, const char *message, gpointer user_data)
{
  States *states = user_data;

  g_assert_nonnull (message);
  g_mutex_lock (&states->lock);
  g_string_append_c (states->states, "SRD"[state]);
  g_mutex_unlock (&states->lock);
}

static void
test_cluster_server_is_killed (void)
{
  g_autoptr (PdgDbCluster) cluster = start (NULL);
  g_autofree char *uri = g_strdup (pdg_db_cluster_get_owner_uri (cluster));
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) seen = g_string_new (NULL);
  States states = { .states = seen };
  gint64 deadline = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;
  pid_t pid = read_postmaster_pid (data_dir, major), next = pid;

  pdg_db_cluster_set_state_func (cluster, on_state, &states);
  /* by itself */
  kill (pid, SIGKILL);
  while (next == pid || next == 0 || pdg_db_cluster_get_state (cluster) != PDG_DB_CLUSTER_RUNNING)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_usleep (1000);
      next = read_postmaster_pid (data_dir, major);
    }
  g_assert_cmpint (query_uri (uri, "SELECT x FROM public.kept"), ==, 42);

  /* and when asked, without the pause that a server which dies young gets */
  kill (next, SIGKILL);
  g_assert_true (pdg_db_cluster_ensure_running (cluster, &error));
  g_assert_no_error (error);
  g_assert_cmpint (query_uri (uri, "SELECT x FROM public.kept"), ==, 42);
  g_assert_cmpstr (uri, ==, pdg_db_cluster_get_owner_uri (cluster));
  pdg_db_cluster_set_state_func (cluster, NULL, NULL);
  g_assert_cmpstr (seen->str, ==, "DRDR");
}

static gpointer
spin (gpointer data)
{
  g_autoptr (PdgDbConn) conn = test_open (data);
  g_autoptr (PdgDbTx) tx = test_begin (conn);
  g_autoptr (GError) error = NULL;

  /* does not look at signals of a dead postmaster while it computes */
  g_assert_false (pdg_db_tx_exec_script (tx, "DO $$ BEGIN LOOP END LOOP; END $$ /* spinning */", &error));
  g_assert_error (error, PDG_DB_ERROR, PDG_DB_ERROR_CONNECTION);
  return NULL;
}

static void
test_cluster_busy_backend_is_left (void)
{
  g_autoptr (PdgDbCluster) cluster = start (NULL);
  const char *uri = pdg_db_cluster_get_owner_uri (cluster);
  g_autoptr (GError) error = NULL;
  GThread *thread = g_thread_new ("spin", spin, (gpointer) uri);
  gint64 deadline = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;

  while (query_uri (uri, "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%spinning *%' AND query LIKE 'DO%'") == 0)
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
  kill (read_postmaster_pid (data_dir, major), SIGKILL);
  g_assert_true (pdg_db_cluster_ensure_running (cluster, &error));
  g_assert_no_error (error);
  /* only when the old one was gone: its connection is broken */
  g_thread_join (thread);
  g_assert_cmpint (query_uri (uri, "SELECT x FROM public.kept"), ==, 42);
}

static void
test_cluster_attach_and_take_over (void)
{
  Helper helper = helper_start (data_dir, NULL);
  g_autofree char *said = helper_read (&helper);
  g_autoptr (PdgDbCluster) cluster = start (NULL);
  g_autofree char *uri = g_strdup (pdg_db_cluster_get_owner_uri (cluster));
  g_autoptr (GError) error = NULL;
  g_autofree char *again = NULL;
  Helper third;

  g_assert_true (g_str_has_prefix (said, "owner "));
  g_assert_cmpstr (said + strlen ("owner "), ==, uri);
  g_assert_true (pdg_db_cluster_is_attached (cluster));
  g_assert_cmpint (query_uri (uri, "SELECT x FROM public.kept"), ==, 42);
  g_assert_true (pdg_db_cluster_ensure_running (cluster, &error));
  g_assert_true (pdg_db_cluster_is_attached (cluster));

  /* the owner leaves in order: its server stops, and ours takes its place at the same address */
  helper_end (&helper, 0);
  g_assert_true (pdg_db_cluster_ensure_running (cluster, &error));
  g_assert_no_error (error);
  g_assert_false (pdg_db_cluster_is_attached (cluster));
  g_assert_cmpstr (uri, ==, pdg_db_cluster_get_owner_uri (cluster));
  g_assert_cmpint (query_uri (uri, "SELECT x FROM public.kept"), ==, 42);

  /* now the other way round, without asking: the watch notices */
  third = helper_start (data_dir, NULL);
  g_free (said);
  said = helper_read (&third);
  g_assert_true (g_str_has_prefix (said, "attached "));
  pdg_db_cluster_stop (cluster);
  g_clear_pointer (&cluster, pdg_db_cluster_free);
  again = helper_ask (&third, "ensure\n");
  g_assert_true (g_str_has_prefix (again, "owner "));
  helper_end (&third, 0);
}

static void
test_cluster_attached_leaves (void)
{
  g_autoptr (PdgDbCluster) cluster = start (NULL);
  Helper helper = helper_start (data_dir, NULL);
  g_autofree char *said = helper_read (&helper);

  g_assert_true (g_str_has_prefix (said, "attached "));
  helper_end (&helper, 0);
  g_assert_cmpint (query_uri (pdg_db_cluster_get_owner_uri (cluster), "SELECT x FROM public.kept"), ==, 42);
}

static void
test_cluster_foreign_server (void)
{
  g_autofree char *data = pg_path (data_dir, major, "");
  g_autofree char *sockets = g_strdup_printf ("unix_socket_directories=%s", pdg_test_get_tmp_dir ());
  g_autofree char *pid_file = pg_path (data_dir, major, "/postmaster.pid");
  g_autofree char *bindir = pdg_db_cluster_find_binaries (major, NULL, NULL);
  g_autofree char *program = g_build_filename (bindir, "postgres", NULL);
  const char *argv[] = { program, "-D", data, "-c", "listen_addresses=", "-c", sockets, NULL };
  PdgDbSpawn spawn = { .argv = argv, .output_fd = 2, .kept_fd = -1, .lock_fd = -1, .death_signal = SIGKILL };
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgDbCluster) cluster = NULL;
  gint64 deadline = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;
  struct stat st;
  pid_t pid;
  int status;

  /* somebody starts the server by hand: it must be neither killed nor joined on its files */
  g_assert_cmpint (stat (data, &st), ==, 0);
  g_assert_true (pdg_db_identity_choose (st.st_uid, TRUE, &spawn.identity, &error));
  pid = pdg_db_spawn (&spawn, &error);
  g_assert_no_error (error);
  while (!g_file_test (pid_file, G_FILE_TEST_EXISTS))
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
  cluster = pdg_db_cluster_start (data_dir, PDG_DB_CLUSTER_DEFAULT, &error);
  g_assert_null (cluster);
  g_assert_error (error, PDG_DB_ERROR, PDG_DB_ERROR_IN_USE);
  g_assert_false (pdg_db_process_reap (pid, &status));
  g_assert_true (g_file_test (pid_file, G_FILE_TEST_EXISTS));
  kill (pid, SIGINT);
  while (!pdg_db_process_reap (pid, &status))
    g_usleep (1000);
}

static void
test_cluster_log_is_bounded (void)
{
  g_autofree char *log = pg_path (data_dir, major, ".log");
  g_autoptr (PdgDbCluster) cluster = start (NULL);
  g_autofree char *junk = g_strnfill (5 * 1024 * 1024, 'x');
  g_autoptr (GError) error = NULL;
  struct stat st;
  FILE *file = fopen (log, "a");

  g_assert_nonnull (file);
  fputs (junk, file);
  fclose (file);
  g_assert_true (pdg_db_cluster_ensure_running (cluster, &error));
  /* the thread looks at the log after it has answered; asking twice waits for that */
  g_assert_true (pdg_db_cluster_ensure_running (cluster, &error));
  g_assert_cmpint (stat (log, &st), ==, 0);
  g_assert_cmpint (st.st_size, <, 1024 * 1024);
  assert_mode (log, 0600);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  data_dir = g_build_filename (pdg_test_get_tmp_dir (), "data", NULL);
  g_setenv ("XDG_RUNTIME_DIR", pdg_test_get_tmp_dir (), TRUE);
  g_test_add_func ("/db/cluster/first-start", test_cluster_first_start);
  g_test_add_func ("/db/cluster/warm-start", test_cluster_warm_start);
  g_test_add_func ("/db/cluster/app-is-killed", test_cluster_app_is_killed);
  g_test_add_func ("/db/cluster/taken-over-at-once", test_cluster_taken_over_at_once);
  g_test_add_func ("/db/cluster/stale-files", test_cluster_stale_files);
  g_test_add_func ("/db/cluster/server-is-killed", test_cluster_server_is_killed);
  g_test_add_func ("/db/cluster/busy-backend-is-left", test_cluster_busy_backend_is_left);
  g_test_add_func ("/db/cluster/attach-and-take-over", test_cluster_attach_and_take_over);
  g_test_add_func ("/db/cluster/attached-leaves", test_cluster_attached_leaves);
  g_test_add_func ("/db/cluster/foreign-server", test_cluster_foreign_server);
  g_test_add_func ("/db/cluster/log-is-bounded", test_cluster_log_is_bounded);
  result = g_test_run ();
  g_free (data_dir);
  return result;
}
