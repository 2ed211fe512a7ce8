#include "config.h"

#include "db/pdg-db-pool.h"
#include "pdg-test-db.h"

/* Jobs that run on the thread that gives them. */

static gpointer
sql_job (PdgDbConn *conn, gpointer job_data, GCancellable *cancellable, GError **error)
{
  g_autoptr (PdgDbTx) tx = pdg_db_tx_begin_maintenance (conn, error);
  g_autoptr (PdgDbResult) result = tx != NULL ? pdg_db_tx_query (tx, job_data, NULL, error) : NULL;

  return result != NULL ? g_strdup (pdg_db_result_get_text (result, 0, 0)) : NULL;
}

static gpointer
thread_job (PdgDbConn *conn, gpointer job_data, GCancellable *cancellable, GError **error)
{
  return g_thread_self ();
}

static PdgDbPool *
make_pool (guint n_threads, guint max_queued)
{
  return pdg_db_pool_new (pdg_test_cluster_get_server_uri (), NULL, "test pool here", n_threads, max_queued);
}

static char *
run_here (PdgDbPool *pool, const char *sql, GCancellable *cancellable, GError **error)
{
  return pdg_db_pool_run_here (pool, PDG_DB_PRIORITY_INTERACTIVE, sql_job, (gpointer) sql, cancellable, error);
}

static void
test_runs (void)
{
  g_autoptr (PdgDbPool) pool = make_pool (2, 100);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *text = run_here (pool, "SELECT 'x'", NULL, &error);
      gpointer other;

      g_assert_no_error (error);
      g_assert_cmpstr (text, ==, "x");
      g_assert_true (pdg_db_pool_run_here (pool, PDG_DB_PRIORITY_INTERACTIVE, thread_job, NULL, NULL, &error) == g_thread_self ());
      other = pdg_db_pool_run_sync (pool, PDG_DB_PRIORITY_INTERACTIVE, thread_job, NULL, NULL, &error);
      g_assert_true (other != NULL && other != g_thread_self ());
    }
  {
    g_autofree char *text = run_here (pool, "SELECT 1 / 0", NULL, &error);

    g_assert_null (text);
    g_assert_error (error, PDG_DB_ERROR, PDG_DB_ERROR_INVALID);
  }
}

typedef struct
{
  PdgDbPool *pool;
  guint n_runs;
  gboolean by_turns;
  int *n_at_once; /* atomic */
} Load;

static gpointer
count_job (PdgDbConn *conn, gpointer job_data, GCancellable *cancellable, GError **error)
{
  Load *load = job_data;
  g_autofree char *text = NULL;

  g_assert_cmpint (g_atomic_int_add (load->n_at_once, 1), <, 2);
  text = sql_job (conn, (gpointer) "SELECT pg_backend_pid()::text", cancellable, error);
  g_atomic_int_add (load->n_at_once, -1);
  return GINT_TO_POINTER (text != NULL);
}

static gpointer
load_thread (gpointer data)
{
  Load *load = data;

  for (guint i = 0; i < load->n_runs; i++)
    {
      g_autoptr (GError) error = NULL;
      gpointer ok = load->by_turns && i % 2 != 0
                      ? pdg_db_pool_run_sync (load->pool, i % 4 / 2, count_job, load, NULL, &error)
                      : pdg_db_pool_run_here (load->pool, i % 4 / 2, count_job, load, NULL, &error);

      g_assert_no_error (error);
      g_assert_nonnull (ok);
    }
  return NULL;
}

/* Never more at once than there are connections, whichever way the jobs come; and all of them run. */
static void
test_share (void)
{
  g_autoptr (PdgDbPool) pool = make_pool (2, 100);
  int n_at_once = 0;
  Load loads[6];
  GThread *threads[G_N_ELEMENTS (loads)];

  for (guint i = 0; i < G_N_ELEMENTS (loads); i++)
    {
      loads[i] = (Load) { pool, 200, i % 2 != 0, &n_at_once };
      threads[i] = g_thread_new ("load", load_thread, &loads[i]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (loads); i++)
    g_thread_join (threads[i]);
  g_assert_cmpuint (pdg_db_pool_get_n_queued (pool), ==, 0);
}

typedef struct
{
  PdgDbPool *pool;
  const char *sql;
  GCancellable *cancellable;
  GError *error;
  char *text;
} Call;

static gpointer
call_thread (gpointer data)
{
  Call *call = data;

  call->text = run_here (call->pool, call->sql, call->cancellable, &call->error);
  return NULL;
}

static void
wait_for_sleepers (PdgDbConn *owner, gint64 n)
{
  gint64 until_usec = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;

  for (;;)
    {
      g_autoptr (PdgDbTx) tx = test_begin (owner);

      if (test_query_int8 (tx, "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'SELECT pg_sleep%'") == n)
        return;
      g_assert_cmpint (g_get_monotonic_time (), <, until_usec);
    }
}

/* A statement that runs is cancelled, a job that waits for a connection is taken out, and the queue has its limit. */
static void
test_cancel (void)
{
  g_autoptr (PdgDbPool) pool = make_pool (1, 1);
  g_autoptr (PdgDbConn) owner = test_open (pdg_test_cluster_get_owner_uri ());
  g_autoptr (GCancellable) running = g_cancellable_new ();
  g_autoptr (GCancellable) waiting = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  Call calls[2] = { { pool, "SELECT pg_sleep(60)::text", running, NULL, NULL }, { pool, "SELECT 'x'", waiting, NULL, NULL } };
  GThread *threads[2];
  g_autofree char *refused = NULL;
  g_autofree char *text = NULL;

  threads[0] = g_thread_new ("running", call_thread, &calls[0]);
  wait_for_sleepers (owner, 1);
  threads[1] = g_thread_new ("waiting", call_thread, &calls[1]);
  while (pdg_db_pool_get_n_queued (pool) == 0)
    g_thread_yield ();
  refused = run_here (pool, "SELECT 'x'", NULL, &error);
  g_assert_error (error, PDG_DB_ERROR, PDG_DB_ERROR_BUSY);
  g_clear_error (&error);

  g_cancellable_cancel (waiting);
  g_thread_join (threads[1]);
  g_assert_error (calls[1].error, PDG_DB_ERROR, PDG_DB_ERROR_CANCELLED);
  wait_for_sleepers (owner, 1);
  g_cancellable_cancel (running);
  g_thread_join (threads[0]);
  g_assert_error (calls[0].error, PDG_DB_ERROR, PDG_DB_ERROR_CANCELLED);
  text = run_here (pool, "SELECT 'still works'", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, "still works");
  for (guint i = 0; i < 2; i++)
    g_error_free (calls[i].error);
}

/* Closing waits for whoever has a connection, and lets in nobody else. */
static void
test_close (void)
{
  g_autoptr (PdgDbPool) pool = make_pool (2, 10);
  g_autoptr (PdgDbConn) owner = test_open (pdg_test_cluster_get_owner_uri ());
  g_autoptr (GError) error = NULL;
  Call call = { pool, "SELECT pg_sleep(0.2)::text", NULL, NULL, NULL };
  GThread *thread = g_thread_new ("running", call_thread, &call);

  wait_for_sleepers (owner, 1);
  pdg_db_pool_close (pool);
  g_assert_null (run_here (pool, "SELECT 'x'", NULL, &error));
  g_assert_error (error, PDG_DB_ERROR, PDG_DB_ERROR_CLOSED);
  g_thread_join (thread);
  g_assert_no_error (call.error);
  g_assert_nonnull (call.text);
  g_free (call.text);
}

/* Its server ended the connection just now: the job finds another. */
static void
test_reconnects (void)
{
  g_autoptr (PdgDbPool) pool = make_pool (1, 10);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *text = run_here (pool, "SELECT 'x'", NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (text, ==, "x");
      pdg_test_cluster_run_sql ("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'test pool here'");
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  pdg_test_cluster_run_sql (test_schema_sql);
  g_test_add_func ("/db/pool-here/runs", test_runs);
  g_test_add_func ("/db/pool-here/share", test_share);
  g_test_add_func ("/db/pool-here/cancel", test_cancel);
  g_test_add_func ("/db/pool-here/close", test_close);
  g_test_add_func ("/db/pool-here/reconnects", test_reconnects);
  return g_test_run ();
}
