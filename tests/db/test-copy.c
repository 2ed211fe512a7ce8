#include "config.h"

#include <string.h>

#include "db/pdg-db-copy-buffer.h"
#include "pdg-test-db.h"

static PdgDbConn *writer;
static PdgDbConn *owner;

static const char copy_sql[] = "COPY sample (b, i2, i4, i8, d, at, u, t, blob) FROM STDIN BINARY";

static void
add_sample (PdgDbCopyBuffer *buffer, gint32 i)
{
  guint8 uuid[16] = { 0 };

  uuid[15] = i;
  pdg_db_copy_buffer_begin_row (buffer, 9);
  pdg_db_copy_buffer_add_bool (buffer, i & 1);
  pdg_db_copy_buffer_add_int2 (buffer, -i);
  pdg_db_copy_buffer_add_int4 (buffer, i);
  pdg_db_copy_buffer_add_int8 (buffer, (gint64) i << 33);
  pdg_db_copy_buffer_add_double (buffer, i + 0.5);
  pdg_db_copy_buffer_add_timestamptz (buffer, i * G_GINT64_CONSTANT (1000000));
  pdg_db_copy_buffer_add_uuid (buffer, uuid);
  pdg_db_copy_buffer_add_text (buffer, i == 3 ? NULL : "tëxt", strlen ("tëxt"));
  pdg_db_copy_buffer_add_bytea (buffer, i == 3 ? NULL : "\0\1", 2);
}

static void
empty_sample (void)
{
  pdg_test_cluster_run_sql ("DROP TABLE IF EXISTS productgraph.sample;"
                            "CREATE TABLE productgraph.sample (b bool, i2 int2, i4 int4 PRIMARY KEY, i8 int8, d float8, at timestamptz,"
                            " u uuid, t text, blob bytea);"
                            "GRANT INSERT ON productgraph.sample TO productgraph_ingest");
}

static gint64
count_sample (const char *condition)
{
  g_autofree char *sql = g_strconcat ("SELECT count(*) FROM sample WHERE ", condition, NULL);
  g_autoptr (PdgDbTx) tx = test_begin (owner);

  return test_query_int8 (tx, sql);
}

static void
test_copy_every_type (void)
{
  g_autoptr (PdgDbCopyBuffer) buffer = pdg_db_copy_buffer_new (1);
  g_autoptr (PdgDbCopyBuffer) rows = pdg_db_copy_buffer_new (0);
  g_autoptr (PdgDbTx) tx = NULL;
  g_autoptr (GError) error = NULL;
  gint64 n_rows = 0;

  empty_sample ();
  pdg_db_copy_buffer_add_header (buffer);
  for (int i = 0; i < 4; i++)
    add_sample (buffer, i);
  add_sample (rows, 4);
  add_sample (rows, 5);
  pdg_db_copy_buffer_append (buffer, pdg_db_copy_buffer_get_data (rows), pdg_db_copy_buffer_get_length (rows));
  pdg_db_copy_buffer_append (buffer, NULL, 0);
  pdg_db_copy_buffer_add_trailer (buffer);

  tx = test_begin (writer);
  g_assert_true (pdg_db_tx_copy_begin (tx, copy_sql, &error));
  g_assert_true (pdg_db_tx_copy_put (tx, pdg_db_copy_buffer_get_data (buffer), pdg_db_copy_buffer_get_length (buffer), &error));
  g_assert_true (pdg_db_tx_copy_end (tx, &n_rows, &error));
  g_assert_no_error (error);
  g_assert_cmpint (n_rows, ==, 6);
  g_assert_true (pdg_db_tx_commit (tx, &error));
  g_assert_cmpint (count_sample ("b = (i4 % 2 = 1) AND i2 = -i4 AND i8 = i4::int8 << 33 AND d = i4 + 0.5"
                                 " AND at = to_timestamp(i4) AND u::text LIKE '%00000' || i4"),
                   ==, 6);
  g_assert_cmpint (count_sample ("t = 'tëxt' AND blob = '\\x0001'"), ==, 5);
  g_assert_cmpint (count_sample ("t IS NULL AND blob IS NULL"), ==, 1);
}

static void
test_copy_refused_row (void)
{
  g_autoptr (PdgDbCopyBuffer) buffer = pdg_db_copy_buffer_new (0);
  g_autoptr (GError) error = NULL;

  empty_sample ();
  pdg_db_copy_buffer_add_header (buffer);
  add_sample (buffer, 1);
  add_sample (buffer, 1);
  pdg_db_copy_buffer_add_trailer (buffer);
  {
    g_autoptr (PdgDbTx) tx = test_begin (writer);

    g_assert_true (pdg_db_tx_copy_begin (tx, copy_sql, &error));
    g_assert_true (pdg_db_tx_copy_put (tx, pdg_db_copy_buffer_get_data (buffer), pdg_db_copy_buffer_get_length (buffer), &error));
    g_assert_false (pdg_db_tx_copy_end (tx, NULL, &error));
    g_assert_error (error, PDG_DB_ERROR, PDG_DB_ERROR_UNIQUE_VIOLATION);
    g_assert_cmpstr (pdg_db_error_get_constraint (error), ==, "sample_pkey");
  }
  g_assert_true (pdg_db_conn_is_usable (writer));
  g_assert_cmpint (count_sample ("true"), ==, 0);
}

static void
test_copy_given_up (void)
{
  g_autoptr (PdgDbCopyBuffer) buffer = pdg_db_copy_buffer_new (0);
  g_autoptr (GError) error = NULL;

  empty_sample ();
  pdg_db_copy_buffer_add_header (buffer);
  add_sample (buffer, 1);
  {
    g_autoptr (PdgDbTx) tx = test_begin (writer);

    g_assert_true (pdg_db_tx_copy_begin (tx, copy_sql, &error));
    g_assert_true (pdg_db_tx_copy_put (tx, pdg_db_copy_buffer_get_data (buffer), pdg_db_copy_buffer_get_length (buffer), &error));
  }
  g_assert_true (pdg_db_conn_is_usable (writer));
  {
    g_autoptr (PdgDbTx) tx = test_begin (writer);

    g_assert_cmpint (test_query_int8 (tx, "SELECT 1"), ==, 1);
  }
  g_assert_cmpint (count_sample ("true"), ==, 0);
}

static void
test_copy_many (void)
{
  enum { N_STATEMENTS = 20, N_ROWS = 5000 };
  g_autoptr (PdgDbCopyBuffer) buffer = pdg_db_copy_buffer_new (0);
  g_autoptr (GError) error = NULL;
  gint64 encoding_usec = 0, start = g_get_monotonic_time (), total_usec;

  empty_sample ();
  for (int s = 0; s < N_STATEMENTS; s++)
    {
      g_autoptr (PdgDbTx) tx = test_begin (writer);
      gint64 before = g_get_monotonic_time ();

      pdg_db_copy_buffer_truncate (buffer, 0);
      pdg_db_copy_buffer_add_header (buffer);
      for (int i = 0; i < N_ROWS; i++)
        add_sample (buffer, s * N_ROWS + i);
      pdg_db_copy_buffer_add_trailer (buffer);
      encoding_usec += g_get_monotonic_time () - before;
      pdg_db_tx_copy_begin (tx, copy_sql, &error);
      pdg_db_tx_copy_put (tx, pdg_db_copy_buffer_get_data (buffer), pdg_db_copy_buffer_get_length (buffer), &error);
      pdg_db_tx_copy_end (tx, NULL, &error);
      pdg_db_tx_commit (tx, &error);
      g_assert_no_error (error);
    }
  total_usec = g_get_monotonic_time () - start;
  g_assert_cmpint (count_sample ("true"), ==, N_STATEMENTS * N_ROWS);
  g_test_message ("COPY: %.0f rows/s with one index, of which encoding %.0f ns a row",
                  N_STATEMENTS * N_ROWS * 1e6 / total_usec, encoding_usec * 1e3 / (N_STATEMENTS * N_ROWS));
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  pdg_test_cluster_run_sql (test_schema_sql);
  owner = test_open (pdg_test_cluster_get_owner_uri ());
  writer = test_open (pdg_test_cluster_get_writer_uri ());
  g_test_add_func ("/db/copy/every-type", test_copy_every_type);
  g_test_add_func ("/db/copy/refused-row", test_copy_refused_row);
  g_test_add_func ("/db/copy/given-up", test_copy_given_up);
  g_test_add_func ("/db/copy/many", test_copy_many);
  result = g_test_run ();
  pdg_db_conn_free (owner);
  pdg_db_conn_free (writer);
  return result;
}
