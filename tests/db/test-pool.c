#include "config.h"

#include <string.h>

#include "db/pdg-db-pool.h"
#include "pdg-test-db.h"

static PdgPrincipal *principal;

static PdgDbPool *
make_pool (guint n_threads, guint max_queued)
{
  return pdg_db_pool_new (pdg_test_cluster_get_server_uri (), NULL, "test pool", n_threads, max_queued);
}

/* Runs the SQL of its job data; the result is the text of the first value. */
static gpointer
sql_job (PdgDbConn *conn, gpointer job_data, GCancellable *cancellable, GError **error)
{
  g_autoptr (PdgDbTx) tx = pdg_db_tx_begin (conn, principal, PDG_DB_TX_READ_WRITE, error);
  g_autoptr (PdgDbResult) result = tx != NULL ? pdg_db_tx_query (tx, job_data, NULL, error) : NULL;

  if (result == NULL || !pdg_db_tx_commit (tx, error))
    return NULL;
  return g_strdup (pdg_db_result_get_text (result, 0, 0));
}

static char *
run (PdgDbPool *pool, const char *sql, GError **error)
{
  return pdg_db_pool_run_sync (pool, PDG_DB_PRIORITY_INTERACTIVE, sql_job, (gpointer) sql, NULL, error);
}

/* A job that holds its thread until it is let go. */
typedef struct
{
  GMutex lock;
  GCond changed;
  gboolean entered;
  gboolean let_go;
  GString *order;
} Gate;

static gpointer
gate_job (PdgDbConn *conn, gpointer job_data, GCancellable *cancellable, GError **error)
{
  Gate *gate = job_data;

  g_mutex_lock (&gate->lock);
  gate->entered = TRUE;
  g_cond_broadcast (&gate->changed);
  while (!gate->let_go)
    g_cond_wait (&gate->changed, &gate->lock);
  g_mutex_unlock (&gate->lock);
  return NULL;
}

static void
gate_wait_entered (Gate *gate)
{
  g_mutex_lock (&gate->lock);
  while (!gate->entered)
    g_cond_wait (&gate->changed, &gate->lock);
  g_mutex_unlock (&gate->lock);
}

static void
gate_open (Gate *gate)
{
  g_mutex_lock (&gate->lock);
  gate->let_go = TRUE;
  g_cond_broadcast (&gate->changed);
  g_mutex_unlock (&gate->lock);
}

typedef struct
{
  PdgDbPool *pool;
  guint n_done;
  guint n_errors[PDG_DB_ERROR_CLOSED + 1];
  char *last;
} Tally;

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Tally *tally = user_data;
  g_autoptr (GError) error = NULL;

  g_free (tally->last);
  tally->last = pdg_db_pool_run_finish (tally->pool, result, &error);
  tally->n_done++;
  if (error != NULL)
    {
      g_assert_cmpstr (g_quark_to_string (error->domain), ==, g_quark_to_string (PDG_DB_ERROR));
      tally->n_errors[error->code]++;
    }
}

static void
iterate_until (Tally *tally, guint n_done)
{
  gint64 deadline = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;

  while (tally->n_done < n_done)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      if (!g_main_context_iteration (NULL, FALSE))
        g_usleep (500);
    }
}

static void
test_pool_runs (void)
{
  g_autoptr (PdgDbPool) pool = make_pool (3, 1000);
  Tally tally = { pool };
  g_autoptr (GError) error = NULL;
  g_autofree char *text = run (pool, "SELECT current_setting('app.current_org_id')", &error);

  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, TEST_ORG);
  for (int i = 0; i < 500; i++)
    pdg_db_pool_run_async (pool, i % 2, sql_job, g_strdup ("SELECT 'x'"), g_free, g_free, NULL, on_done, &tally);
  iterate_until (&tally, 500);
  g_assert_cmpstr (tally.last, ==, "x");
  for (guint i = 0; i < G_N_ELEMENTS (tally.n_errors); i++)
    g_assert_cmpuint (tally.n_errors[i], ==, 0);
  g_free (tally.last);
}

static gpointer
order_job (PdgDbConn *conn, gpointer job_data, GCancellable *cancellable, GError **error)
{
  return job_data;
}

static void
on_ordered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GString *order = user_data;

  g_string_append (order, pdg_db_pool_run_finish (NULL, result, NULL));
}

static void
test_pool_priorities (void)
{
  g_autoptr (PdgDbPool) pool = make_pool (1, 100);
  g_autoptr (GString) order = g_string_new (NULL);
  Gate gate = { 0 };
  Tally tally = { pool };

  pdg_db_pool_run_async (pool, PDG_DB_PRIORITY_BACKGROUND, gate_job, &gate, NULL, NULL, NULL, on_done, &tally);
  gate_wait_entered (&gate);
  pdg_db_pool_run_async (pool, PDG_DB_PRIORITY_BACKGROUND, order_job, "a", NULL, NULL, NULL, on_ordered, order);
  pdg_db_pool_run_async (pool, PDG_DB_PRIORITY_BACKGROUND, order_job, "b", NULL, NULL, NULL, on_ordered, order);
  pdg_db_pool_run_async (pool, PDG_DB_PRIORITY_INTERACTIVE, order_job, "C", NULL, NULL, NULL, on_ordered, order);
  pdg_db_pool_run_async (pool, PDG_DB_PRIORITY_INTERACTIVE, order_job, "D", NULL, NULL, NULL, on_ordered, order);
  g_assert_cmpuint (pdg_db_pool_get_n_queued (pool), ==, 4);
  gate_open (&gate);
  pdg_db_pool_close (pool);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpstr (order->str, ==, "CDab");
}

static void
test_pool_full (void)
{
  g_autoptr (PdgDbPool) pool = make_pool (1, 2);
  Gate gate = { 0 };
  Tally tally = { pool };

  pdg_db_pool_run_async (pool, PDG_DB_PRIORITY_INTERACTIVE, gate_job, &gate, NULL, NULL, NULL, on_done, &tally);
  gate_wait_entered (&gate);
  for (int i = 0; i < 5; i++)
    pdg_db_pool_run_async (pool, PDG_DB_PRIORITY_INTERACTIVE, sql_job, g_strdup ("SELECT 'x'"), g_free, g_free, NULL, on_done, &tally);
  iterate_until (&tally, 3);
  g_assert_cmpuint (tally.n_errors[PDG_DB_ERROR_BUSY], ==, 3);
  gate_open (&gate);
  iterate_until (&tally, 6);
  g_assert_cmpuint (tally.n_errors[PDG_DB_ERROR_BUSY], ==, 3);
  g_free (tally.last);
}

static void
test_pool_close_drains (void)
{
  g_autoptr (PdgDbPool) pool = make_pool (2, 1000);
  g_autoptr (GError) error = NULL;
  Tally tally = { pool };
  g_autofree char *text = NULL;

  for (int i = 0; i < 200; i++)
    pdg_db_pool_run_async (pool, PDG_DB_PRIORITY_BACKGROUND, sql_job, g_strdup ("SELECT 'x'"), g_free, g_free, NULL, on_done, &tally);
  pdg_db_pool_close (pool);
  pdg_db_pool_close (pool);
  iterate_until (&tally, 200);
  for (guint i = 0; i < G_N_ELEMENTS (tally.n_errors); i++)
    g_assert_cmpuint (tally.n_errors[i], ==, 0);
  text = run (pool, "SELECT 'x'", &error);
  g_assert_null (text);
  g_assert_error (error, PDG_DB_ERROR, PDG_DB_ERROR_CLOSED);
  g_free (tally.last);
}

static void
test_pool_cancel (void)
{
  g_autoptr (PdgDbPool) pool = make_pool (1, 100);
  g_autoptr (GCancellable) running = g_cancellable_new ();
  g_autoptr (GCancellable) waiting = g_cancellable_new ();
  g_autoptr (GCancellable) before = g_cancellable_new ();
  g_autoptr (PdgDbConn) owner = test_open (pdg_test_cluster_get_owner_uri ());
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  Tally tally = { pool };
  gint64 start = g_get_monotonic_time ();

  pdg_db_pool_run_async (pool, PDG_DB_PRIORITY_INTERACTIVE, sql_job, g_strdup ("SELECT pg_sleep(60)::text"), g_free, g_free, running, on_done, &tally);
  pdg_db_pool_run_async (pool, PDG_DB_PRIORITY_INTERACTIVE, sql_job, g_strdup ("SELECT 'x'"), g_free, g_free, waiting, on_done, &tally);
  g_cancellable_cancel (before);
  pdg_db_pool_run_async (pool, PDG_DB_PRIORITY_INTERACTIVE, sql_job, g_strdup ("SELECT 'x'"), g_free, g_free, before, on_done, &tally);
  iterate_until (&tally, 1);
  g_assert_cmpuint (tally.n_errors[PDG_DB_ERROR_CANCELLED], ==, 1);
  /* it leaves the queue though the only thread is busy */
  g_cancellable_cancel (waiting);
  iterate_until (&tally, 2);
  g_assert_cmpuint (tally.n_errors[PDG_DB_ERROR_CANCELLED], ==, 2);
  for (;;)
    {
      g_autoptr (PdgDbTx) tx = test_begin (owner);

      if (test_query_int8 (tx, "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'SELECT pg_sleep%'") == 1)
        break;
      g_assert_cmpint (g_get_monotonic_time () - start, <, 20 * G_USEC_PER_SEC);
    }
  g_cancellable_cancel (running);
  iterate_until (&tally, 3);
  g_assert_cmpuint (tally.n_errors[PDG_DB_ERROR_CANCELLED], ==, 3);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 20 * G_USEC_PER_SEC);
  text = run (pool, "SELECT 'still works'", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, "still works");
  g_free (tally.last);
}

static void
test_pool_cancel_storm (void)
{
  g_autoptr (PdgDbPool) pool = make_pool (3, 1000);
  Tally tally = { pool };
  guint n_errors = 0;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  for (int i = 0; i < 300; i++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();

      pdg_db_pool_run_async (pool, PDG_DB_PRIORITY_INTERACTIVE, sql_job, g_strdup ("SELECT pg_sleep(0.002)::text"), g_free, g_free,
                             cancellable, on_done, &tally);
      if (i % 3 == 0)
        g_main_context_iteration (NULL, FALSE);
      if (i % 2 == 0)
        g_cancellable_cancel (cancellable);
    }
  iterate_until (&tally, 300);
  for (guint i = 0; i < G_N_ELEMENTS (tally.n_errors); i++)
    n_errors += i == PDG_DB_ERROR_CANCELLED ? 0 : tally.n_errors[i];
  g_assert_cmpuint (n_errors, ==, 0);
  g_assert_cmpuint (tally.n_errors[PDG_DB_ERROR_CANCELLED], >, 0);
  g_assert_cmpuint (tally.n_errors[PDG_DB_ERROR_CANCELLED], <=, 150);
  text = run (pool, "SELECT 'still works'", &error);
  g_assert_no_error (error);
  g_free (tally.last);
}

static void
test_pool_reconnects (void)
{
  g_autoptr (PdgDbPool) pool = make_pool (2, 100);
  g_autoptr (GError) error = NULL;

  for (int i = 0; i < 3; i++)
    {
      g_autofree char *text = run (pool, "SELECT 'x'", &error);

      g_assert_no_error (error);
      g_assert_cmpstr (text, ==, "x");
      pdg_test_cluster_run_sql ("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'test pool'");
    }
}

static void
test_pool_job_error (void)
{
  g_autoptr (PdgDbPool) pool = make_pool (1, 100);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = run (pool, "SELECT 1 / 0", &error);
  g_autofree char *next = NULL;

  g_assert_error (error, PDG_DB_ERROR, PDG_DB_ERROR_INVALID);
  g_clear_error (&error);
  next = run (pool, "SELECT 'x'", &error);
  g_assert_no_error (error);
}

static void
test_pool_no_server (void)
{
  g_autoptr (PdgDbPool) pool = pdg_db_pool_new ("postgresql://u:p@/d?host=/nonexistent", NULL, "test", 1, 100);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  Tally tally = { pool };

  /* it would wait for seconds; the cancel ends the waiting, and so does closing */
  pdg_db_pool_run_async (pool, PDG_DB_PRIORITY_INTERACTIVE, sql_job, "SELECT 1", NULL, NULL, cancellable, on_done, &tally);
  g_cancellable_cancel (cancellable);
  iterate_until (&tally, 1);
  g_assert_cmpuint (tally.n_errors[PDG_DB_ERROR_CANCELLED], ==, 1);
  pdg_db_pool_run_async (pool, PDG_DB_PRIORITY_INTERACTIVE, sql_job, "SELECT 1", NULL, NULL, NULL, on_done, &tally);
  pdg_db_pool_close (pool);
  iterate_until (&tally, 2);
  g_assert_cmpuint (tally.n_errors[PDG_DB_ERROR_CONNECTION], ==, 1);
}

static void
test_pool_speed (void)
{
  enum { N = 2000 };
  g_autoptr (PdgDbPool) pool = make_pool (1, 10);
  g_autoptr (PdgDbConn) conn = test_open (pdg_test_cluster_get_server_uri ());
  g_autoptr (GError) error = NULL;
  gint64 start = g_get_monotonic_time ();

  for (int i = 0; i < N; i++)
    g_free (sql_job (conn, "SELECT 'x'", NULL, &error));
  g_assert_no_error (error);
  g_test_message ("tenant transaction, one statement, commit: %.1f us", (g_get_monotonic_time () - start) / (double) N);
  start = g_get_monotonic_time ();
  for (int i = 0; i < N; i++)
    g_free (run (pool, "SELECT 'x'", &error));
  g_assert_no_error (error);
  g_test_message ("the same through the pool: %.1f us", (g_get_monotonic_time () - start) / (double) N);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  pdg_test_cluster_run_sql (test_schema_sql);
  principal = test_principal ();
  g_test_add_func ("/db/pool/runs", test_pool_runs);
  g_test_add_func ("/db/pool/priorities", test_pool_priorities);
  g_test_add_func ("/db/pool/full", test_pool_full);
  g_test_add_func ("/db/pool/close-drains", test_pool_close_drains);
  g_test_add_func ("/db/pool/cancel", test_pool_cancel);
  g_test_add_func ("/db/pool/cancel-storm", test_pool_cancel_storm);
  g_test_add_func ("/db/pool/reconnects", test_pool_reconnects);
  g_test_add_func ("/db/pool/job-error", test_pool_job_error);
  g_test_add_func ("/db/pool/no-server", test_pool_no_server);
  g_test_add_func ("/db/pool/speed", test_pool_speed);
  result = g_test_run ();
  pdg_principal_unref (principal);
  return result;
}
