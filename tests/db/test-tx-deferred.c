#include "config.h"

#include "db/pdg-db-pool.h"
#include "pdg-test-db.h"

/* Transactions that start with their first statement, and those of one statement, which leave something set. */

#define THIRD_ORG "0192f3a4-5555-7222-8333-444455556666"
#define DEFERRED (PDG_DB_TX_READ_ONLY | PDG_DB_TX_REPEATABLE_READ | PDG_DB_TX_DEFERRED)
#define ALONE (DEFERRED | PDG_DB_TX_ONE_STATEMENT)

static const PdgDbTxFlags both[] = { DEFERRED, ALONE };

static PdgDbConn *server;

static PdgDbTx *
begin_on (PdgDbConn *conn, const char *org, PdgDbTxFlags flags)
{
  g_autoptr (PdgPrincipal) principal = pdg_principal_new (org, 1, PDG_ROLE_VIEWER, 0, "test");
  g_autoptr (GError) error = NULL;
  PdgDbTx *tx = pdg_db_tx_begin (conn, principal, flags, &error);

  g_assert_no_error (error);
  return tx;
}

static gint64
count_notes (PdgDbTx *tx)
{
  return test_query_int8 (tx, "SELECT coalesce(sum(id), 0)::int8 FROM note");
}

/* Whatever came before on the connection, a transaction sees its organisation and no other. */
static void
test_deferred_tenancy (void)
{
  static const struct
  {
    const char *org; /* NULL = maintenance */
    PdgDbTxFlags flags;
    gint64 sum;
  } kinds[] = {
    { TEST_ORG, ALONE, 1 },
    { THIRD_ORG, ALONE, 20 },
    { TEST_ORG, DEFERRED, 1 },
    { THIRD_ORG, DEFERRED, 20 },
    { TEST_ORG, PDG_DB_TX_READ_ONLY, 1 },
    { THIRD_ORG, PDG_DB_TX_READ_WRITE, 20 },
    { NULL, 0, 0 },
  };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 400; i++)
    {
      guint k = (guint) g_test_rand_int_range (0, G_N_ELEMENTS (kinds));
      g_autoptr (PdgDbTx) tx = kinds[k].org != NULL ? begin_on (server, kinds[k].org, kinds[k].flags) : test_begin (server);

      if (g_test_rand_int_range (0, 8) == 0)
        continue; /* nothing is run in it */
      if (g_test_rand_int_range (0, 8) == 0)
        {
          g_assert_null (pdg_db_tx_query (tx, "SELECT 1 / (random() * 0)::int", NULL, &error));
          g_assert_error (error, PDG_DB_ERROR, PDG_DB_ERROR_INVALID);
          g_clear_error (&error);
          continue;
        }
      if (g_test_rand_int_range (0, 2) == 0)
        g_assert_cmpint (count_notes (tx), ==, kinds[k].sum);
      else
        {
          g_autoptr (PdgDbResult) result = pdg_db_tx_query_planned (tx, "SELECT sum(id)::int8 FROM note", NULL, &error);

          g_assert_no_error (error);
          g_assert_cmpint (pdg_db_result_get_int8 (result, 0, 0), ==, kinds[k].sum);
        }
      if (kinds[k].flags == DEFERRED)
        g_assert_cmpint (count_notes (tx), ==, kinds[k].sum);
    }
}

static void
test_deferred_settings (void)
{
  static const char sql[] = "SELECT current_setting('transaction_isolation'), current_setting('transaction_read_only'), "
                            "current_setting('statement_timeout'), current_setting('plan_cache_mode')";
  static const char *const expected[][4] = {
    { "repeatable read", "on", "7s", "auto" },
    { "read committed", "on", "7s", "auto" },
  };
  g_autoptr (PdgDbConn) conn = test_open (pdg_test_cluster_get_server_uri ());

  for (guint i = 0; i < 4; i++)
    {
      g_autoptr (PdgDbTx) tx = begin_on (conn, TEST_ORG, both[i % 2]);
      g_autoptr (PdgDbTx) next = NULL;
      g_autoptr (PdgDbResult) result = NULL;
      g_autoptr (GError) error = NULL;

      pdg_db_tx_set_timeout (tx, 7000, &error);
      g_assert_no_error (error);
      result = test_query (tx, sql, NULL);
      for (guint c = 0; c < 4; c++)
        g_assert_cmpstr (pdg_db_result_get_text (result, 0, c), ==, expected[i % 2][c]);
      g_clear_pointer (&result, pdg_db_result_free);
      g_clear_pointer (&tx, pdg_db_tx_free);

      /* and what comes after is as it was */
      next = begin_on (conn, TEST_ORG, PDG_DB_TX_READ_WRITE);
      result = test_query (next, sql, NULL);
      g_assert_cmpstr (pdg_db_result_get_text (result, 0, 0), ==, "read committed");
      g_assert_cmpstr (pdg_db_result_get_text (result, 0, 1), ==, "off");
      g_assert_cmpstr (pdg_db_result_get_text (result, 0, 2), ==, "0");
      g_assert_cmpstr (pdg_db_result_get_text (result, 0, 3), ==, "auto");
    }
}

static void
test_deferred_refuses_organisation (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (both); i++)
    {
      g_autoptr (PdgDbConn) conn = test_open (pdg_test_cluster_get_server_uri ());
      g_autoptr (PdgDbTx) tx = begin_on (conn, TEST_OTHER_ORG, both[i]);
      g_autoptr (PdgDbTx) next = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_null (pdg_db_tx_query (tx, "SELECT count(*) FROM note", NULL, &error));
      g_assert_error (error, PDG_DB_ERROR, PDG_DB_ERROR_PERMISSION);
      g_clear_pointer (&tx, pdg_db_tx_free);
      next = begin_on (conn, TEST_ORG, both[i]);
      g_assert_cmpint (count_notes (next), ==, 1);
    }
}

static void
test_deferred_error_in_the_middle (void)
{
  g_autoptr (PdgDbTx) tx = begin_on (server, TEST_ORG, DEFERRED);
  g_autoptr (PdgDbTx) next = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (pdg_db_tx_query (tx, "SELECT nothing_here", NULL, &error));
  g_assert_cmpstr (pdg_db_error_get_sqlstate (error), ==, "42703");
  g_clear_error (&error);
  g_assert_null (pdg_db_tx_query (tx, "SELECT 1", NULL, &error));
  g_assert_cmpstr (pdg_db_error_get_sqlstate (error), ==, "25P02");
  g_clear_pointer (&tx, pdg_db_tx_free);
  next = begin_on (server, TEST_ORG, DEFERRED);
  g_assert_cmpint (count_notes (next), ==, 1);
}

static void
test_deferred_timeout (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (both); i++)
    {
      g_autoptr (PdgDbTx) tx = begin_on (server, TEST_ORG, both[i]);
      g_autoptr (GError) error = NULL;

      pdg_db_tx_set_timeout (tx, 50, &error);
      g_assert_no_error (error);
      g_assert_null (pdg_db_tx_query (tx, "SELECT pg_sleep(30)", NULL, &error));
      g_assert_error (error, PDG_DB_ERROR, PDG_DB_ERROR_TIMEOUT);
    }
}

/* One snapshot for all statements. */
static void
test_deferred_snapshot (void)
{
  g_autoptr (PdgDbTx) tx = begin_on (server, TEST_ORG, DEFERRED);

  g_assert_cmpint (count_notes (tx), ==, 1);
  pdg_test_cluster_run_sql ("INSERT INTO note (id, org) VALUES (100, '" TEST_ORG "')");
  g_assert_cmpint (count_notes (tx), ==, 1);
  pdg_test_cluster_run_sql ("DELETE FROM note WHERE id = 100");
}

static gboolean
add_row (const PdgDbResult *row, gpointer user_data)
{
  *(gint64 *) user_data += pdg_db_result_get_int8 (row, 0, 0);
  return TRUE;
}

/* Statements that are no plain query start it as well. */
static void
test_deferred_other_statements (void)
{
  for (guint i = 0; i < 2 * G_N_ELEMENTS (both); i++)
    {
      g_autoptr (PdgDbTx) tx = begin_on (server, TEST_ORG, both[i / 2]);
      g_autoptr (GError) error = NULL;
      gint64 sum = 0;

      if (i % 2 == 0)
        g_assert_true (pdg_db_tx_query_each (tx, "SELECT id::int8 FROM note", NULL, add_row, &sum, &error));
      else
        g_assert_true (pdg_db_tx_exec_count (tx, "SELECT id FROM note", NULL, &sum, &error));
      g_assert_no_error (error);
      g_assert_cmpint (sum, ==, 1);
      g_assert_false (pdg_db_tx_exec (tx, "INSERT INTO note (id, org) VALUES (5, '" TEST_ORG "')", NULL, &error));
      g_assert_error (error, PDG_DB_ERROR, PDG_DB_ERROR_PERMISSION); /* it is read only */
    }
}

/* What comes after rows that came one by one, and begins with a statement that is prepared already and has a row: it has another
 * plan_cache_mode than what was before. */
static void
test_deferred_after_rows (void)
{
  static const char sums[] = "SELECT sum(id)::int8 FROM note";

  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (PdgDbTx) tx = begin_on (server, TEST_ORG, DEFERRED);
      g_autoptr (PdgDbResult) before = NULL, after = NULL;
      g_autoptr (GError) error = NULL;
      gint64 sum = 0;

      before = pdg_db_tx_query_planned (tx, sums, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpint (count_notes (tx), ==, 1);
      g_assert_true (pdg_db_tx_query_each (tx, "SELECT id::int8 FROM note", NULL, add_row, &sum, &error));
      g_assert_no_error (error);
      g_assert_cmpint (sum, ==, 1);
      after = pdg_db_tx_query_planned (tx, sums, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpint (pdg_db_result_get_int8 (after, 0, 0), ==, 1);
    }
}

static void
test_alone_is_over (void)
{
  g_autoptr (PdgDbTx) tx = begin_on (server, TEST_ORG, ALONE);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (count_notes (tx), ==, 1);
  g_test_expect_message ("pdg-db", G_LOG_LEVEL_CRITICAL, "*transaction is over*");
  g_assert_null (pdg_db_tx_query (tx, "SELECT 1", NULL, &error));
  g_test_assert_expected_messages ();
  g_assert_error (error, PDG_DB_ERROR, PDG_DB_ERROR_FAILED);
}

static void
test_deferred_connection_dies (void)
{
  for (guint i = 0; i < 3 * G_N_ELEMENTS (both); i++)
    {
      g_autoptr (PdgDbConn) victim = test_open (pdg_test_cluster_get_server_uri ());
      g_autofree char *kill_sql = g_strdup_printf ("SELECT pg_terminate_backend(%d, 5000)", pdg_db_conn_get_backend_pid (victim));
      g_autoptr (PdgDbTx) tx = begin_on (victim, TEST_ORG, both[i % 2]);
      g_autoptr (GError) error = NULL;

      if (i / 2 == 0) /* before anything was sent */
        {
          pdg_test_cluster_run_sql (kill_sql);
          g_assert_null (pdg_db_tx_query (tx, "SELECT 1", NULL, &error));
          g_assert_error (error, PDG_DB_ERROR, PDG_DB_ERROR_CONNECTION);
        }
      else if (i / 2 == 1) /* between the statement and the end */
        {
          g_assert_cmpint (count_notes (tx), ==, 1);
          pdg_test_cluster_run_sql (kill_sql);
        }
      else /* when the answer of the end is not yet read */
        {
          g_assert_cmpint (count_notes (tx), ==, 1);
          g_clear_pointer (&tx, pdg_db_tx_free);
          pdg_test_cluster_run_sql (kill_sql);
        }
      g_clear_pointer (&tx, pdg_db_tx_free);
      g_assert_false (pdg_db_conn_is_usable (victim));
      g_clear_error (&error);
      g_assert_true (pdg_db_conn_reset (victim, &error));
      tx = begin_on (victim, TEST_ORG, both[i % 2]);
      g_assert_cmpint (count_notes (tx), ==, 1);
    }
}

typedef struct
{
  PdgDbTxFlags flags;
  const char *sql;
} Question;

static gpointer
ask_job (PdgDbConn *conn, gpointer job_data, GCancellable *cancellable, GError **error)
{
  const Question *question = job_data;
  g_autoptr (PdgPrincipal) principal = test_principal ();
  g_autoptr (PdgDbTx) tx = pdg_db_tx_begin (conn, principal, question->flags, error);
  g_autoptr (PdgDbResult) result = tx != NULL ? pdg_db_tx_query (tx, question->sql, NULL, error) : NULL;

  return result != NULL ? g_strdup (pdg_db_result_get_text (result, 0, 0)) : NULL;
}

static gpointer
cancel_soon (gpointer data)
{
  g_usleep ((gulong) g_random_int_range (0, 3000));
  g_cancellable_cancel (data);
  return NULL;
}

/* A cancel ends its own statement, early or late, and never the one of the next transaction on the connection. */
static void
test_deferred_cancel (void)
{
  g_autoptr (PdgDbPool) pool = pdg_db_pool_new (pdg_test_cluster_get_server_uri (), NULL, "test pool", 1, 10);

  for (guint i = 0; i < 60; i++)
    {
      Question slow = { both[i % 2], i % 3 == 0 ? "SELECT 'quick'" : "SELECT pg_sleep(30)::text" };
      Question next = { both[i / 2 % 2], "SELECT sum(id)::text FROM note" };
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GError) error = NULL;
      GThread *thread = g_thread_new ("cancel", cancel_soon, cancellable);
      g_autofree char *answer = pdg_db_pool_run_sync (pool, PDG_DB_PRIORITY_INTERACTIVE, ask_job, &slow, cancellable, &error);
      g_autofree char *sum = NULL;

      if (answer == NULL)
        g_assert_error (error, PDG_DB_ERROR, PDG_DB_ERROR_CANCELLED);
      else
        g_assert_cmpstr (answer, ==, "quick");
      g_clear_error (&error);
      sum = pdg_db_pool_run_sync (pool, PDG_DB_PRIORITY_INTERACTIVE, ask_job, &next, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (sum, ==, "1");
      g_thread_join (thread);
    }
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  pdg_test_cluster_run_sql (test_schema_sql);
  pdg_test_cluster_run_sql ("INSERT INTO note (id, org) VALUES (1, '" TEST_ORG "'), (20, '" THIRD_ORG "')");
  server = test_open (pdg_test_cluster_get_server_uri ());
  g_test_add_func ("/db/tx-deferred/tenancy", test_deferred_tenancy);
  g_test_add_func ("/db/tx-deferred/settings", test_deferred_settings);
  g_test_add_func ("/db/tx-deferred/refuses-organisation", test_deferred_refuses_organisation);
  g_test_add_func ("/db/tx-deferred/error-in-the-middle", test_deferred_error_in_the_middle);
  g_test_add_func ("/db/tx-deferred/timeout", test_deferred_timeout);
  g_test_add_func ("/db/tx-deferred/snapshot", test_deferred_snapshot);
  g_test_add_func ("/db/tx-deferred/other-statements", test_deferred_other_statements);
  g_test_add_func ("/db/tx-deferred/after-rows", test_deferred_after_rows);
  g_test_add_func ("/db/tx-deferred/alone-is-over", test_alone_is_over);
  g_test_add_func ("/db/tx-deferred/connection-dies", test_deferred_connection_dies);
  g_test_add_func ("/db/tx-deferred/cancel", test_deferred_cancel);
  result = g_test_run ();
  pdg_db_conn_free (server);
  return result;
}
