#include "config.h"

#include <string.h>

#include "pdg-test-db.h"

static PdgDbConn *owner;
static PdgDbConn *server;

static PdgDbTx *
begin_as (const char *org, PdgDbTxFlags flags, GError **error)
{
  g_autoptr (PdgPrincipal) principal = pdg_principal_new (org, 1, PDG_ROLE_ADMIN, 0, "test");

  return pdg_db_tx_begin (server, principal, flags, error);
}

static void
empty_notes (void)
{
  g_autoptr (PdgDbTx) tx = test_begin (owner);
  g_autoptr (GError) error = NULL;

  pdg_db_tx_exec_script (tx, "TRUNCATE note", &error);
  g_assert_no_error (error);
  pdg_db_tx_commit (tx, &error);
  g_assert_no_error (error);
}

static void
test_tx_sees_its_organisation (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgDbTx) tx = NULL;

  empty_notes ();
  pdg_test_cluster_run_sql ("INSERT INTO note (id, org, body) VALUES (1, '" TEST_ORG "', 'mine'), (2, '" TEST_OTHER_ORG "', 'theirs')");
  tx = begin_as (TEST_ORG, PDG_DB_TX_READ_ONLY, &error);
  g_assert_no_error (error);
  g_assert_cmpint (test_query_int8 (tx, "SELECT count(*) FROM note"), ==, 1);
  g_assert_cmpint (test_query_int8 (tx, "SELECT id FROM note"), ==, 1);
  g_clear_pointer (&tx, pdg_db_tx_free);

  /* the organisation ends with its transaction */
  tx = pdg_db_tx_begin_maintenance (server, &error);
  g_assert_no_error (error);
  g_assert_cmpint (test_query_int8 (tx, "SELECT count(*) FROM note"), ==, 0);
}

static void
test_tx_refuses_organisation (void)
{
  static const struct
  {
    const char *org;
    int code;
  } rows[] = {
    { TEST_OTHER_ORG, PDG_DB_ERROR_PERMISSION },
    { "not a uuid", PDG_DB_ERROR_INVALID },
    { "", PDG_DB_ERROR_INVALID },
    { "0192f3a4-1111-7222-8333-44445555666'", PDG_DB_ERROR_INVALID },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (PdgDbTx) tx = begin_as (rows[i].org, PDG_DB_TX_READ_WRITE, &error);
      g_autoptr (PdgDbTx) next = NULL;

      g_assert_null (tx);
      g_assert_error (error, PDG_DB_ERROR, rows[i].code);
      /* and the connection is free for the next one */
      g_clear_error (&error);
      next = begin_as (TEST_ORG, PDG_DB_TX_READ_WRITE, &error);
      g_assert_no_error (error);
    }
}

static void
test_tx_flags (void)
{
  static const struct
  {
    PdgDbTxFlags flags;
    const char *isolation;
    const char *read_only;
  } rows[] = {
    { PDG_DB_TX_READ_WRITE, "read committed", "off" },
    { PDG_DB_TX_READ_ONLY, "read committed", "on" },
    { PDG_DB_TX_REPEATABLE_READ, "repeatable read", "off" },
    { PDG_DB_TX_READ_ONLY | PDG_DB_TX_REPEATABLE_READ, "repeatable read", "on" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (PdgDbTx) tx = begin_as (TEST_ORG, rows[i].flags, &error);
      g_autoptr (PdgDbResult) result = test_query (tx, "SELECT current_setting('transaction_isolation'), current_setting('transaction_read_only')", NULL);

      g_assert_cmpstr (pdg_db_result_get_text (result, 0, 0), ==, rows[i].isolation);
      g_assert_cmpstr (pdg_db_result_get_text (result, 0, 1), ==, rows[i].read_only);
    }
}

static void
test_tx_commit_and_rollback (void)
{
  g_autoptr (GError) error = NULL;
  gint64 n_rows = 0;

  empty_notes ();
  for (int keep = 0; keep < 2; keep++)
    {
      g_autoptr (PdgDbTx) tx = begin_as (TEST_ORG, PDG_DB_TX_READ_WRITE, &error);
      g_autoptr (PdgDbParams) params = pdg_db_params_new ();

      pdg_db_params_add_int4 (params, keep);
      pdg_db_params_add_text (params, TEST_ORG, -1);
      pdg_db_tx_exec_count (tx, "INSERT INTO note (id, org) VALUES ($1, $2::uuid), ($1 + 10, $2::uuid)", params, &n_rows, &error);
      g_assert_no_error (error);
      g_assert_cmpint (n_rows, ==, 2);
      if (keep)
        pdg_db_tx_commit (tx, &error);
      g_assert_no_error (error);
    }
  {
    g_autoptr (PdgDbTx) tx = begin_as (TEST_ORG, PDG_DB_TX_READ_ONLY, &error);

    g_assert_cmpint (test_query_int8 (tx, "SELECT sum(id)::int8 FROM note"), ==, 12);
  }
}

static void
test_tx_error_codes (void)
{
  static const struct
  {
    const char *sql;
    int code;
    const char *sqlstate;
    const char *constraint;
  } rows[] = {
    { "INSERT INTO note (id, org) VALUES (1, '" TEST_ORG "'), (1, '" TEST_ORG "')", PDG_DB_ERROR_UNIQUE_VIOLATION, "23505", "note_pkey" },
    { "INSERT INTO note (id, org, body) VALUES (1, '" TEST_ORG "', repeat('x', 200))", PDG_DB_ERROR_INVALID, "23514", "note_body_is_short" },
    { "INSERT INTO note (id, org) VALUES (NULL, '" TEST_ORG "')", PDG_DB_ERROR_INVALID, "23502", NULL },
    { "INSERT INTO note (id, org) VALUES (1, '" TEST_OTHER_ORG "')", PDG_DB_ERROR_PERMISSION, "42501", NULL },
    { "SELECT 1 / (random() * 0)::int", PDG_DB_ERROR_INVALID, "22012", NULL },
    { "SELECT * FROM secret_table", PDG_DB_ERROR_NOT_FOUND, "42P01", NULL },
    { "SELECT pg_sleep(30)", PDG_DB_ERROR_TIMEOUT, "57014", NULL },
    { "DO $$ BEGIN RAISE EXCEPTION 'say this'; END $$", PDG_DB_ERROR_INVALID, "P0001", NULL },
    { "SELEC secret_word", PDG_DB_ERROR_FAILED, "42601", NULL },
    { "CREATE ROLE more", PDG_DB_ERROR_PERMISSION, "42501", NULL },
    { "DO $$ BEGIN RAISE serialization_failure; END $$", PDG_DB_ERROR_SERIALIZATION, "40001", NULL },
    { "DO $$ BEGIN RAISE disk_full; END $$", PDG_DB_ERROR_FAILED, "53100", NULL },
  };

  empty_notes ();
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (PdgDbTx) tx = begin_as (TEST_ORG, PDG_DB_TX_READ_WRITE, &error);

      pdg_db_tx_set_timeout (tx, 100, &error);
      g_assert_no_error (error);
      g_assert_false (pdg_db_tx_exec (tx, rows[i].sql, NULL, &error));
      g_assert_error (error, PDG_DB_ERROR, rows[i].code);
      g_assert_cmpstr (pdg_db_error_get_sqlstate (error), ==, rows[i].sqlstate);
      g_assert_cmpstr (pdg_db_error_get_constraint (error), ==, rows[i].constraint);
      g_assert_nonnull (pdg_db_error_get_detail (error));
      g_assert_null (strstr (error->message, "secret"));
      g_assert_null (strstr (error->message, "note"));

      /* what comes after fails too, and the commit says that nothing was saved */
      g_clear_error (&error);
      g_assert_false (pdg_db_tx_exec (tx, "SELECT 1", NULL, &error));
      g_assert_cmpstr (pdg_db_error_get_sqlstate (error), ==, "25P02");
      g_clear_error (&error);
      g_assert_false (pdg_db_tx_commit (tx, &error));
      g_assert_cmpstr (pdg_db_error_get_sqlstate (error), ==, "25P02");
    }
}

static void
test_tx_own_words (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgDbTx) tx = begin_as (TEST_ORG, PDG_DB_TX_READ_WRITE, &error);

  g_assert_false (pdg_db_tx_exec (tx, "DO $$ BEGIN RAISE EXCEPTION 'say this' USING HINT = 'do that'; END $$", NULL, &error));
  g_assert_cmpstr (error->message, ==, "say this");
  g_assert_cmpstr (pdg_db_error_get_detail (error), ==, "say this: do that");
}

static void
test_tx_serialization (void)
{
  g_autoptr (PdgDbConn) other = test_open (pdg_test_cluster_get_server_uri ());
  g_autoptr (PdgPrincipal) principal = test_principal ();
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgDbTx) first = NULL;
  g_autoptr (PdgDbTx) second = NULL;

  empty_notes ();
  pdg_test_cluster_run_sql ("INSERT INTO note (id, org) VALUES (1, '" TEST_ORG "')");
  first = begin_as (TEST_ORG, PDG_DB_TX_REPEATABLE_READ, &error);
  g_assert_cmpint (test_query_int8 (first, "SELECT count(*) FROM note"), ==, 1);
  second = pdg_db_tx_begin (other, principal, PDG_DB_TX_READ_WRITE, &error);
  pdg_db_tx_exec (second, "UPDATE note SET body = 'b'", NULL, &error);
  g_assert_no_error (error);
  pdg_db_tx_commit (second, &error);
  g_assert_no_error (error);
  g_assert_false (pdg_db_tx_exec (first, "UPDATE note SET body = 'a'", NULL, &error));
  g_assert_error (error, PDG_DB_ERROR, PDG_DB_ERROR_SERIALIZATION);
}

static void
test_tx_plan_is_stale (void)
{
  g_autoptr (GError) error = NULL;
  static const char sql[] = "SELECT * FROM changing";

  pdg_test_cluster_run_sql ("CREATE TABLE productgraph.changing (a int); GRANT SELECT ON productgraph.changing TO productgraph_app");
  for (int i = 0; i < 3; i++)
    {
      g_autoptr (PdgDbTx) tx = begin_as (TEST_ORG, PDG_DB_TX_READ_ONLY, &error);

      g_clear_pointer (&error, g_error_free);
      if (pdg_db_tx_exec (tx, sql, NULL, &error))
        {
          g_assert_cmpint (i, !=, 1);
          g_assert_true (pdg_db_tx_commit (tx, &error)); /* lets go of the table */
        }
      else
        {
          g_assert_cmpint (i, ==, 1);
          g_assert_error (error, PDG_DB_ERROR, PDG_DB_ERROR_SERIALIZATION);
        }
      g_clear_error (&error);
      if (i == 0)
        pdg_test_cluster_run_sql ("ALTER TABLE productgraph.changing ADD b text");
    }
}

static gboolean
add_row (const PdgDbResult *row, gpointer user_data)
{
  gint64 *sum = user_data;

  g_assert_cmpuint (pdg_db_result_get_n_rows (row), ==, 1);
  *sum += pdg_db_result_get_int8 (row, 0, 0);
  return *sum < 1000000;
}

static void
test_tx_query_each (void)
{
  g_autoptr (PdgDbTx) tx = test_begin (owner);
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  g_autoptr (GError) error = NULL;
  static const char sql[] = "SELECT x FROM generate_series(1::int8, $1) x";
  gint64 sum = 0;

  pdg_db_params_add_int8 (params, 1000);
  g_assert_true (pdg_db_tx_query_each (tx, sql, params, add_row, &sum, &error));
  g_assert_no_error (error);
  g_assert_cmpint (sum, ==, 500500);
  g_assert_true (pdg_db_tx_query_each (tx, sql, params, add_row, &sum, &error));
  g_assert_cmpint (sum, ==, 1000000);
  g_assert_cmpint (test_query_int8 (tx, "SELECT 7::int8"), ==, 7);
  g_assert_false (pdg_db_tx_query_each (tx, "SELECT 1::int8 / (x - 5) FROM generate_series(1::int8, 10) x", NULL, add_row, &sum, &error));
  g_assert_error (error, PDG_DB_ERROR, PDG_DB_ERROR_INVALID);
}

static void
test_tx_script_line (void)
{
  g_autoptr (PdgDbTx) tx = test_begin (owner);
  g_autoptr (GError) error = NULL;

  g_assert_true (pdg_db_tx_exec_script (tx, "-- only a comment", &error));
  g_assert_no_error (error);
  g_assert_false (pdg_db_tx_exec_script (tx, "SELECT 1;\n-- ä\nSELECT 'ö';\nSELECT nothing_here;", &error));
  g_assert_true (g_str_has_prefix (error->message, "Line 4: "));
}

static void
test_tx_connection_dies_inside (void)
{
  g_autoptr (PdgDbConn) victim = test_open (pdg_test_cluster_get_server_uri ());
  g_autofree char *kill_sql = g_strdup_printf ("SELECT pg_terminate_backend(%d, 5000)", pdg_db_conn_get_backend_pid (victim));
  g_autoptr (PdgPrincipal) principal = test_principal ();
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgDbTx) tx = pdg_db_tx_begin (victim, principal, PDG_DB_TX_READ_WRITE, &error);

  g_assert_no_error (error);
  pdg_test_cluster_run_sql (kill_sql);
  /* prepared, not prepared, simple and COPY: none of them may crash or hang */
  g_assert_false (pdg_db_tx_exec (tx, "SELECT 'new statement'", NULL, &error));
  g_assert_error (error, PDG_DB_ERROR, PDG_DB_ERROR_CONNECTION);
  g_clear_error (&error);
  g_assert_false (pdg_db_tx_exec (tx, "SELECT 'another statement'", NULL, &error));
  g_assert_error (error, PDG_DB_ERROR, PDG_DB_ERROR_CONNECTION);
  g_clear_error (&error);
  g_assert_false (pdg_db_tx_exec_script (tx, "SELECT 1", &error));
  g_clear_error (&error);
  g_assert_false (pdg_db_tx_copy_begin (tx, "COPY note FROM STDIN BINARY", &error));
  g_clear_error (&error);
  g_assert_false (pdg_db_tx_commit (tx, &error));
  g_assert_error (error, PDG_DB_ERROR, PDG_DB_ERROR_CONNECTION);
}

static void
test_tx_lock_timeout (void)
{
  g_autoptr (PdgDbTx) holder = test_begin (owner);
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgDbTx) tx = begin_as (TEST_ORG, PDG_DB_TX_READ_WRITE, &error);

  pdg_db_tx_exec_script (holder, "LOCK TABLE note", &error);
  g_assert_no_error (error);
  g_assert_false (pdg_db_tx_exec_script (tx, "SET LOCAL lock_timeout TO '50ms'; SELECT * FROM note", &error));
  g_assert_error (error, PDG_DB_ERROR, PDG_DB_ERROR_TIMEOUT);
  g_assert_cmpstr (pdg_db_error_get_sqlstate (error), ==, "55P03");
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  pdg_test_cluster_run_sql (test_schema_sql);
  owner = test_open (pdg_test_cluster_get_owner_uri ());
  server = test_open (pdg_test_cluster_get_server_uri ());
  g_test_add_func ("/db/tx/sees-its-organisation", test_tx_sees_its_organisation);
  g_test_add_func ("/db/tx/refuses-organisation", test_tx_refuses_organisation);
  g_test_add_func ("/db/tx/flags", test_tx_flags);
  g_test_add_func ("/db/tx/commit-and-rollback", test_tx_commit_and_rollback);
  g_test_add_func ("/db/tx/error-codes", test_tx_error_codes);
  g_test_add_func ("/db/tx/own-words", test_tx_own_words);
  g_test_add_func ("/db/tx/serialization", test_tx_serialization);
  g_test_add_func ("/db/tx/plan-is-stale", test_tx_plan_is_stale);
  g_test_add_func ("/db/tx/query-each", test_tx_query_each);
  g_test_add_func ("/db/tx/script-line", test_tx_script_line);
  g_test_add_func ("/db/tx/connection-dies-inside", test_tx_connection_dies_inside);
  g_test_add_func ("/db/tx/lock-timeout", test_tx_lock_timeout);
  result = g_test_run ();
  pdg_db_conn_free (owner);
  pdg_db_conn_free (server);
  return result;
}
