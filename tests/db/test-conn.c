#include "config.h"

#include <math.h>
#include <string.h>

#include "pdg-test-db.h"

static PdgDbConn *conn;

static void
test_conn_session (void)
{
  g_autoptr (PdgDbTx) tx = test_begin (conn);
  static const struct
  {
    const char *sql;
    const char *expected;
  } rows[] = {
    { "SELECT current_setting('TimeZone')", "UTC" },
    { "SELECT current_setting('search_path')", "productgraph, public" },
    { "SELECT current_setting('jit')", "off" },
    { "SELECT current_setting('server_encoding')", "UTF8" },
    { "SELECT current_setting('application_name')", "test" },
    { "SELECT current_user::text", "productgraph_owner" },
    { "SELECT current_setting('listen_addresses')", "" },
    { "SELECT current_setting('unix_socket_permissions')", "0700" },
  };

  g_assert_cmpint (pdg_db_conn_get_server_version (conn), >=, 150000);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (PdgDbResult) result = test_query (tx, rows[i].sql, NULL);

      g_assert_cmpstr (pdg_db_result_get_text (result, 0, 0), ==, rows[i].expected);
    }
}

static void
test_conn_role (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgDbConn) other = pdg_db_conn_open (pdg_test_cluster_get_owner_uri (), "productgraph_app", "test", &error);
  g_autoptr (PdgDbTx) tx = NULL;
  g_autoptr (PdgDbResult) result = NULL;

  g_assert_no_error (error);
  tx = test_begin (other);
  result = test_query (tx, "SELECT current_user::text", NULL);
  g_assert_cmpstr (pdg_db_result_get_text (result, 0, 0), ==, "productgraph_app");
}

static void
test_conn_refused (void)
{
  g_auto (GStrv) parts = g_strsplit (pdg_test_cluster_get_server_uri (), "@", 2);
  g_autofree char *wrong_password = g_strconcat ("postgresql://productgraph_server:wrong@", parts[1], NULL);
  g_auto (GStrv) database = g_strsplit (pdg_test_cluster_get_server_uri (), "/productgraph?", 2);
  g_autofree char *wrong_database = g_strjoinv ("/nothing_here?", database);
  const struct
  {
    const char *uri;
    int code;
    const char *sqlstate;
  } rows[] = {
    { wrong_password, PDG_DB_ERROR_PERMISSION, "28P01" },
    { wrong_database, PDG_DB_ERROR_NOT_FOUND, "3D000" },
    { "postgresql://u:secret@/db?host=/nonexistent", PDG_DB_ERROR_CONNECTION, "" },
    { "postgresql://u:secret@127.0.0.1:1/db", PDG_DB_ERROR_CONNECTION, "" },
    { "this is not an address: secret", PDG_DB_ERROR_INVALID, "" },
    { "postgresql://u:secret@h/db?no_such_option=1", PDG_DB_ERROR_INVALID, "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (PdgDbConn) other = pdg_db_conn_open (rows[i].uri, NULL, "test", &error);

      g_assert_null (other);
      g_assert_error (error, PDG_DB_ERROR, rows[i].code);
      g_assert_cmpstr (pdg_db_error_get_sqlstate (error), ==, rows[i].sqlstate);
      g_assert_null (strstr (error->message, "secret"));
      g_assert_null (strstr (error->message, "wrong"));
    }
}

static void
test_conn_scalars (void)
{
  g_autoptr (PdgDbTx) tx = test_begin (conn);
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  g_autoptr (PdgDbResult) result = NULL;
  static const guint8 uuid[16] = { 0x01, 0x92, 0xf3, 0xa4, 0x11, 0x11, 0x72, 0x22, 0x83, 0x33, 0x44, 0x44, 0x55, 0x55, 0x66, 0x66 };
  gsize len = 0;

  pdg_db_params_add_bool (params, TRUE);
  pdg_db_params_add_int2 (params, -2);
  pdg_db_params_add_int4 (params, G_MININT32);
  pdg_db_params_add_int8 (params, G_MAXINT64);
  pdg_db_params_add_double (params, -1.5e300);
  pdg_db_params_add_text (params, "Wörld€", -1);
  pdg_db_params_add_text (params, "cut here", 3);
  pdg_db_params_add_text (params, NULL, -1);
  pdg_db_params_add_text (params, "", 0);
  pdg_db_params_add_bytea (params, "\0\1\2", 3);
  pdg_db_params_add_uuid (params, uuid);
  pdg_db_params_add_timestamptz (params, G_GINT64_CONSTANT (1795343400123456));
  pdg_db_params_add_null (params);
  pdg_db_params_add_bytea (params, NULL, 0);
  pdg_db_params_add_uuid (params, NULL);
  g_assert_cmpuint (pdg_db_params_get_n (params), ==, 15);
  result = test_query (tx,
                       "SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13::int4, $14, $15,"
                       " $11::text = '" TEST_ORG "', $12 = '2026-11-22 10:30:00.123456+00'::timestamptz",
                       params);
  g_assert_cmpuint (pdg_db_result_get_n_rows (result), ==, 1);
  g_assert_cmpuint (pdg_db_result_get_n_columns (result), ==, 17);
  g_assert_true (pdg_db_result_get_bool (result, 0, 0));
  g_assert_cmpint (pdg_db_result_get_int4 (result, 0, 1), ==, -2);
  g_assert_cmpint (pdg_db_result_get_int8 (result, 0, 1), ==, -2);
  g_assert_cmpint (pdg_db_result_get_int4 (result, 0, 2), ==, G_MININT32);
  g_assert_cmpint (pdg_db_result_get_int8 (result, 0, 3), ==, G_MAXINT64);
  g_assert_cmpfloat (pdg_db_result_get_double (result, 0, 4), ==, -1.5e300);
  g_assert_cmpstr (pdg_db_result_get_text (result, 0, 5), ==, "Wörld€");
  g_assert_cmpstr (pdg_db_result_get_text_len (result, 0, 6, &len), ==, "cut");
  g_assert_cmpuint (len, ==, 3);
  g_assert_true (pdg_db_result_is_null (result, 0, 7));
  g_assert_null (pdg_db_result_get_text (result, 0, 7));
  g_assert_false (pdg_db_result_is_null (result, 0, 8));
  g_assert_cmpstr (pdg_db_result_get_text (result, 0, 8), ==, "");
  g_assert_cmpmem (pdg_db_result_get_bytea (result, 0, 9, &len), 3, "\0\1\2", 3);
  g_assert_cmpuint (len, ==, 3);
  g_assert_cmpmem (pdg_db_result_get_uuid (result, 0, 10), 16, uuid, 16);
  g_assert_cmpint (pdg_db_result_get_usec (result, 0, 11), ==, G_GINT64_CONSTANT (1795343400123456));
  g_assert_true (pdg_db_result_is_null (result, 0, 12));
  g_assert_true (pdg_db_result_is_null (result, 0, 13));
  g_assert_true (pdg_db_result_is_null (result, 0, 14));
  g_assert_true (pdg_db_result_get_bool (result, 0, 15));
  g_assert_true (pdg_db_result_get_bool (result, 0, 16));
}

static void
test_conn_lone_empty_text (void)
{
  g_autoptr (PdgDbTx) tx = test_begin (conn);
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  g_autoptr (PdgDbResult) result = NULL;

  pdg_db_params_add_text (params, "", 0);
  result = test_query (tx, "SELECT $1 IS NULL", params);
  g_assert_false (pdg_db_result_get_bool (result, 0, 0));
}

static void
test_conn_results (void)
{
  static const struct
  {
    const char *expression;
    double value;
  } numbers[] = {
    { "12.25::numeric", 12.25 },
    { "0::numeric", 0 },
    { "-98765432109876.5::numeric", -98765432109876.5 },
    { "0.00001234::numeric", 0.00001234 },
    { "1e20::numeric", 1e20 },
    { "sum(x) FROM generate_series(1::int8, 100) x", 5050 },
    { "1.5::float4", 1.5 },
    { "7::int2", 7 },
    { "'infinity'::float8", INFINITY },
    { "avg(x) FROM generate_series(1, 4) x", 2.5 },
  };
  g_autoptr (PdgDbTx) tx = test_begin (conn);
  g_autoptr (PdgDbResult) result = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      g_autofree char *sql = g_strconcat ("SELECT ", numbers[i].expression, NULL);
      g_autoptr (PdgDbResult) number = test_query (tx, sql, NULL);

      g_assert_cmpfloat (pdg_db_result_get_double (number, 0, 0), ==, numbers[i].value);
    }
  result = test_query (tx,
                       "SELECT '{\"a\": 1}'::jsonb, '2000-01-02'::date, 'infinity'::timestamptz, '-infinity'::date,"
                       " '1969-12-31 23:59:59'::timestamp, 'name'::name, '1'::oid, '[1]'::json, ' x'::char(3)",
                       NULL);
  g_assert_cmpstr (pdg_db_result_get_text (result, 0, 0), ==, "{\"a\": 1}");
  g_assert_cmpint (pdg_db_result_get_usec (result, 0, 1), ==, G_GINT64_CONSTANT (946771200000000));
  g_assert_cmpint (pdg_db_result_get_usec (result, 0, 2), ==, G_MAXINT64);
  g_assert_cmpint (pdg_db_result_get_usec (result, 0, 3), ==, G_MININT64);
  g_assert_cmpint (pdg_db_result_get_usec (result, 0, 4), ==, -1000000);
  g_assert_cmpstr (pdg_db_result_get_text (result, 0, 5), ==, "name");
  g_assert_cmpint (pdg_db_result_get_int8 (result, 0, 6), ==, 1);
  g_assert_cmpstr (pdg_db_result_get_text (result, 0, 7), ==, "[1]");
}

static void
test_conn_arrays (void)
{
  g_autoptr (PdgDbTx) tx = test_begin (conn);
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  g_autoptr (PdgDbResult) result = NULL;
  static const guint8 nulls[] = { 0, 1, 0 };
  static const guint8 uuids[2][16] = { { 0 }, { 0xff } };
  const char *const texts[] = { "a", NULL, "longer", "" };
  const gssize lens[] = { -1, 0, 4, 0 };
  const gconstpointer blobs[] = { "\0x", NULL };
  const gsize blob_lens[] = { 2, 0 };
  g_auto (GStrv) back = NULL;
  g_autofree gint64 *ints = NULL;
  gsize n = 0;

  pdg_db_params_add_bool_array (params, (const guint8[]) { 1, 0, 0 }, nulls, 3);
  pdg_db_params_add_int2_array (params, (const gint16[]) { 1, 2, -3 }, nulls, 3);
  pdg_db_params_add_int4_array (params, (const gint32[]) { 1, 2, -3 }, NULL, 3);
  pdg_db_params_add_int8_array (params, (const gint64[]) { 1, 2, -3 }, nulls, 3);
  pdg_db_params_add_double_array (params, (const double[]) { 0.5, 2, -3 }, nulls, 3);
  pdg_db_params_add_timestamptz_array (params, (const gint64[]) { 0, G_MAXINT64 }, NULL, 2);
  pdg_db_params_add_uuid_array (params, uuids, NULL, 2);
  pdg_db_params_add_text_array (params, texts, lens, 4);
  pdg_db_params_add_bytea_array (params, blobs, blob_lens, 2);
  pdg_db_params_add_int4_array (params, NULL, NULL, 0);
  result = test_query (tx,
                       "SELECT $1::text, $2::text, $3::text, $4::text, $5::text, $6::text, $7::text, $8::text, $9::text, $10::text,"
                       " $3, $8, $10, (SELECT count(*) FROM unnest($8))",
                       params);
  g_assert_cmpstr (pdg_db_result_get_text (result, 0, 0), ==, "{t,NULL,f}");
  g_assert_cmpstr (pdg_db_result_get_text (result, 0, 1), ==, "{1,NULL,-3}");
  g_assert_cmpstr (pdg_db_result_get_text (result, 0, 2), ==, "{1,2,-3}");
  g_assert_cmpstr (pdg_db_result_get_text (result, 0, 3), ==, "{1,NULL,-3}");
  g_assert_cmpstr (pdg_db_result_get_text (result, 0, 4), ==, "{0.5,NULL,-3}");
  g_assert_cmpstr (pdg_db_result_get_text (result, 0, 5), ==, "{\"1970-01-01 00:00:00+00\",infinity}");
  g_assert_cmpstr (pdg_db_result_get_text (result, 0, 6), ==,
                   "{00000000-0000-0000-0000-000000000000,ff000000-0000-0000-0000-000000000000}");
  g_assert_cmpstr (pdg_db_result_get_text (result, 0, 7), ==, "{a,NULL,long,\"\"}");
  g_assert_cmpstr (pdg_db_result_get_text (result, 0, 8), ==, "{\"\\\\x0078\",NULL}");
  g_assert_cmpstr (pdg_db_result_get_text (result, 0, 9), ==, "{}");
  ints = pdg_db_result_dup_int8_array (result, 0, 10, &n);
  g_assert_cmpuint (n, ==, 3);
  g_assert_cmpint (ints[2], ==, -3);
  back = pdg_db_result_dup_text_array (result, 0, 11, &n);
  g_assert_cmpuint (n, ==, 4);
  g_assert_cmpstr (back[0], ==, "a");
  g_assert_cmpstr (back[1], ==, "");
  g_assert_cmpstr (back[2], ==, "long");
  g_assert_cmpint (pdg_db_result_get_int8 (result, 0, 13), ==, 4);
}

static void
test_conn_prepared_once (void)
{
  g_autoptr (PdgDbTx) tx = test_begin (conn);
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  static const char sql[] = "SELECT $1 + 1 /* prepared once */";
  static const char count_sql[] = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%prepared once *%' AND statement NOT LIKE '%LIKE%'";

  for (int i = 0; i < 5; i++)
    {
      g_autofree char *copy = g_strdup (sql); /* by its text, not by its address */
      g_autoptr (PdgDbResult) result = NULL;

      pdg_db_params_clear (params);
      pdg_db_params_add_int4 (params, i);
      result = test_query (tx, copy, params);
      g_assert_cmpint (pdg_db_result_get_int4 (result, 0, 0), ==, i + 1);
    }
  g_assert_cmpint (test_query_int8 (tx, count_sql), ==, 1);

  /* other types are another statement */
  pdg_db_params_clear (params);
  pdg_db_params_add_int8 (params, G_GINT64_CONSTANT (1) << 40);
  pdg_db_result_free (test_query (tx, sql, params));
  g_assert_cmpint (test_query_int8 (tx, count_sql), ==, 2);
}

static void
test_conn_statements_are_bounded (void)
{
  g_autoptr (PdgDbTx) tx = test_begin (conn);

  for (int i = 0; i < 600; i++)
    {
      g_autofree char *sql = g_strdup_printf ("SELECT %d", i);

      g_assert_cmpint (test_query_int8 (tx, sql), ==, i);
    }
  g_assert_cmpint (test_query_int8 (tx, "SELECT count(*) FROM pg_prepared_statements"), <=, 256);
  /* one that was thrown out comes back */
  g_assert_cmpint (test_query_int8 (tx, "SELECT 0"), ==, 0);
}

static void
test_conn_lost (void)
{
  g_autoptr (PdgDbConn) victim = test_open (pdg_test_cluster_get_server_uri ());
  g_autofree char *kill_sql = g_strdup_printf ("SELECT pg_terminate_backend(%d, 5000)", pdg_db_conn_get_backend_pid (victim));
  g_autoptr (PdgDbTx) dead = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgPrincipal) principal = test_principal ();
  g_autoptr (PdgDbTx) alive = NULL;

  g_assert_true (pdg_db_conn_is_usable (victim));
  {
    g_autoptr (PdgDbTx) tx = test_begin (conn);

    pdg_db_result_free (test_query (tx, kill_sql, NULL));
  }
  dead = pdg_db_tx_begin (victim, principal, PDG_DB_TX_READ_ONLY, &error);
  g_assert_null (dead);
  g_assert_error (error, PDG_DB_ERROR, PDG_DB_ERROR_CONNECTION);
  g_assert_false (pdg_db_conn_is_usable (victim));
  g_clear_error (&error);
  g_assert_true (pdg_db_conn_reset (victim, &error));
  g_assert_no_error (error);
  g_assert_true (pdg_db_conn_is_usable (victim));
  alive = pdg_db_tx_begin (victim, principal, PDG_DB_TX_READ_ONLY, &error);
  g_assert_no_error (error);
}

static void
test_conn_lost_while_idle (void)
{
  g_autoptr (PdgDbConn) victim = test_open (pdg_test_cluster_get_server_uri ());
  g_autofree char *kill_sql = g_strdup_printf ("SELECT pg_terminate_backend(%d, 5000)", pdg_db_conn_get_backend_pid (victim));
  g_autoptr (PdgDbTx) tx = test_begin (conn);
  gint64 deadline = g_get_monotonic_time () + 5 * G_USEC_PER_SEC;

  pdg_db_result_free (test_query (tx, kill_sql, NULL));
  while (pdg_db_conn_is_usable (victim))
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  pdg_test_cluster_run_sql (test_schema_sql);
  conn = test_open (pdg_test_cluster_get_owner_uri ());
  g_test_add_func ("/db/conn/session", test_conn_session);
  g_test_add_func ("/db/conn/role", test_conn_role);
  g_test_add_func ("/db/conn/refused", test_conn_refused);
  g_test_add_func ("/db/conn/scalars", test_conn_scalars);
  g_test_add_func ("/db/conn/lone-empty-text", test_conn_lone_empty_text);
  g_test_add_func ("/db/conn/results", test_conn_results);
  g_test_add_func ("/db/conn/arrays", test_conn_arrays);
  g_test_add_func ("/db/conn/prepared-once", test_conn_prepared_once);
  g_test_add_func ("/db/conn/statements-are-bounded", test_conn_statements_are_bounded);
  g_test_add_func ("/db/conn/lost", test_conn_lost);
  g_test_add_func ("/db/conn/lost-while-idle", test_conn_lost_while_idle);
  result = g_test_run ();
  pdg_db_conn_free (conn);
  return result;
}
