#include "config.h"
#include "ingest-peers.h"

#include "base/pdg-clock.h"
#include "base/pdg-id.h"
#include "db/pdg-db-tx.h"

#include <string.h>

#define INSERT_ONE                                                                                                        \
  "INSERT INTO event (ts, received_at, org_id, project_id, session_no, actor_no, term_no, seq, flags, event_key, page_title, data, " \
  "payload_hash) VALUES ($1, $2, 1, $3, $4, 1, 1, $5, 4::int2, $6, $7, $8, 1) ON CONFLICT DO NOTHING"

/* The parts of "postgresql://USER:PASSWORD@/DATABASE?host=FOLDER&port=PORT&…" as libpq's variables. */
static GStrv
make_environment (const char *owner_uri, guint16 port)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GUri) uri = g_uri_parse (owner_uri, G_URI_FLAGS_HAS_PASSWORD, &error);
  g_autoptr (GHashTable) query = NULL;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  g_assert_no_error (error);
  query = g_uri_parse_params (g_uri_get_query (uri), -1, "&", G_URI_PARAMS_NONE, &error);
  g_assert_no_error (error);
  g_strv_builder_add_many (builder, "NODE_ENV=production", NULL);
#define ADD(...)                                          \
  G_STMT_START                                            \
  {                                                       \
    g_autofree char *line = g_strdup_printf (__VA_ARGS__); \
    g_strv_builder_add (builder, line);                   \
  }                                                       \
  G_STMT_END
  ADD ("PORT=%u", port);
  ADD ("PGUSER=%s", g_uri_get_user (uri));
  ADD ("PGPASSWORD=%s", g_uri_get_password (uri));
  ADD ("PGDATABASE=%s", g_uri_get_path (uri) + 1);
  ADD ("PGHOST=%s", (const char *) g_hash_table_lookup (query, "host"));
  ADD ("PGPORT=%s", (const char *) g_hash_table_lookup (query, "port"));
#undef ADD
  return g_strv_builder_end (builder);
}

PdgProgram *
ingest_peer_start_node (const char *owner_uri, guint16 port)
{
  const char *folder = g_getenv ("PDG_BENCH_COLLECTOR"), *node = g_getenv ("PDG_BENCH_NODE");
  g_autofree char *script = NULL, *packages = NULL, *database = NULL, *sql = NULL;
  g_auto (GStrv) environment = NULL;
  g_autoptr (GError) error = NULL;
  PdgProgram *program;

  if (folder == NULL || node == NULL)
    return NULL;
  script = g_build_filename (folder, "collector.mjs", NULL);
  packages = g_build_filename (folder, "node_modules", "fastify", NULL);
  database = g_build_filename (folder, "database.sql", NULL);
  if (!g_file_test (packages, G_FILE_TEST_IS_DIR))
    return NULL;
  g_file_get_contents (database, &sql, NULL, &error);
  g_assert_no_error (error);
  pdg_system_exec (owner_uri, sql);
  environment = make_environment (owner_uri, port);
  program = pdg_program_start ((const char *[]) { node, script, NULL }, (const char *const *) environment);
  pdg_program_wait_for_output (program, "collector ready");
  return program;
}

double
ingest_peer_insert_one_by_one (PdgDbConn *conn, gint64 usec)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  gint64 began = g_get_monotonic_time (), now;
  guint n = 0;

  while ((now = g_get_monotonic_time ()) < began + usec)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (PdgDbTx) tx = pdg_db_tx_begin_writer (conn, NULL, &error);
      PdgDbStatement statement = { INSERT_ONE, params };
      guint8 key[16];

      pdg_uuid_make_v7 (key);
      pdg_db_params_clear (params);
      pdg_db_params_add_timestamptz (params, pdg_clock_now_usec ());
      pdg_db_params_add_timestamptz (params, pdg_clock_now_usec ());
      pdg_db_params_add_int4 (params, g_random_int_range (1, 60));
      pdg_db_params_add_int4 (params, g_random_int_range (1, 400));
      pdg_db_params_add_int4 (params, (gint32) n);
      pdg_db_params_add_uuid (params, key);
      pdg_db_params_add_text (params, "The shop: a page of it", -1);
      pdg_db_params_add_text (params, "{\"metadata\":{\"experiment\":\"checkout-b\",\"price\":31.50,\"tags\":[\"sale\",\"winter\"],"
                                      "\"user_agent\":\"Mozilla/5.0 (X11; Linux x86_64)\"},\"page.url\":\"https://shop.example/cart?step=1\"}", -1);
      pdg_db_tx_query_all (tx, &statement, 1, TRUE, NULL, &error);
      g_assert_no_error (error);
      n++;
    }
  return n * 1e6 / (double) (now - began);
}
