#include "config.h"
#include "pdg-senders.h"
#include "pdg-shared.h"

#include <string.h>

#include "db/pdg-db-error.h"
#include "db/pdg-db-tx.h"

/* One PostgreSQL that is nobody's own: several collectors and two organisations on it, by DATABASE_URL. */

/* Two first starts at once on an empty database: both serve, and there is one organisation and one project. */
static void
test_racing_starts (void)
{
  guint16 ports[] = { pdg_system_find_port (), pdg_system_find_port () };
  g_autoptr (PdgProgram) one = NULL;
  g_autoptr (PdgProgram) two = NULL;

  pdg_shared_make_database ("racing");
  one = pdg_shared_serve (ports[0], NULL);
  two = pdg_shared_serve (ports[1], NULL);
  pdg_system_wait_ready (one, ports[0], 200);
  pdg_system_wait_ready (two, ports[1], 200);
  g_assert_cmpint (pdg_system_query (pdg_shared_get_owner_uri (), "SELECT count(*) FROM organisation"), ==, 1);
  g_assert_cmpint (pdg_system_query (pdg_shared_get_owner_uri (), "SELECT count(*) FROM project"), ==, 1);
  g_assert_cmpint (pdg_system_query (pdg_shared_get_owner_uri (), "SELECT count(*) - max(version) FROM schema_migration"), ==, 0);
}

static guint
post_with_key (guint16 port, const char *key, const char *project, char **answer)
{
  const char *headers[] = { "Content-Type", "application/json", key != NULL ? "X-PG-API-Key" : NULL, key, NULL };
  g_autofree char *body = g_strdup_printf ("{\"events\":[{\"event_id\":\"x\",\"project_id\":\"%s\",\"session.id\":\"s\",\"event.type\":\"page.view\","
                                           "\"event.timestamp\":\"2026-01-01T00:00:00Z\",\"page.path\":\"/\"}]}", project);

  return pdg_system_request (port, "POST", "/v1/events", headers, body, answer);
}

static guint
ask_with (guint16 port, const char *credential, char **answer)
{
  g_autofree char *authorization = g_strconcat ("Bearer ", credential != NULL ? credential : "", NULL);
  const char *headers[] = { "Content-Type", "application/json", credential != NULL ? "Authorization" : NULL, authorization, NULL };

  return pdg_system_request (port, "POST", "/graphql", headers, "{\"query\":\"{organisation{name} projects{nodes{id}}}\"}", answer);
}

static void
check_api_isolation (guint16 port, const char *const *keys, const char *const *tokens)
{
  static const char *const names[] = { "First", "Second" };
  g_autofree char *answer = NULL;

  for (int i = 0; i < 2; i++)
    {
      g_autoptr (JsonNode) data = pdg_system_graphql (port, tokens[i], "{organisation{name} projects{nodes{id}}}");
      g_autofree char *text = json_to_string (data, FALSE);

      g_assert_nonnull (strstr (text, names[i]));
      g_assert_null (strstr (text, names[1 - i]));
      g_assert_nonnull (strstr (text, i == 0 ? "shop_a" : "shop_b"));
      g_assert_null (strstr (text, i == 0 ? "shop_b" : "shop_a"));
      g_assert_cmpint (pdg_system_count_events (port, tokens[i], i == 0 ? "shop_b" : "shop_a"), ==, -1);
      /* an ingest key may only write */
      g_free (answer);
      ask_with (port, keys[i], &answer);
      if (strstr (answer, "errors") == NULL || strstr (answer, "shop_") != NULL || strstr (answer, names[i]) != NULL)
        g_error ("an ingest key reads: %s", answer);
    }
  g_clear_pointer (&answer, g_free);
  g_assert_cmpuint (ask_with (port, NULL, NULL), ==, 401);
  g_assert_cmpuint (ask_with (port, "pt_wrong", NULL), ==, 401);
  g_assert_cmpuint (post_with_key (port, NULL, "shop_a", NULL), ==, 401);
  g_assert_cmpuint (post_with_key (port, "pk_wrong", "shop_a", NULL), ==, 401);
  g_assert_cmpuint (post_with_key (port, tokens[0], "shop_a", NULL), ==, 403);
  /* a key of one organisation cannot name the other's project: it does not exist there */
  g_assert_cmpuint (post_with_key (port, keys[0], "shop_b", &answer), ==, 202);
  g_assert_nonnull (strstr (answer, "\"accepted\":0,\"rejected\":1"));
}

/* A login of PostgreSQL that was granted one organisation: whatever it SETs, it reads that one alone. */
static void
check_direct_login (const char *const *organisations, gint64 n_own)
{
  const char *host = strstr (pdg_shared_get_owner_uri (), "@/");
  g_autofree char *uri = g_strconcat ("postgresql://analyst_a:secret@", host + 1, NULL);
  g_autofree char *granted = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgDbConn) conn = NULL;

  pdg_system_exec (pdg_shared_get_owner_uri (), "CREATE ROLE analyst_a LOGIN PASSWORD 'secret' IN ROLE productgraph_app");
  granted = pdg_shared_run_word (organisations[0], (const char *[]) { "login", "grant", "analyst_a", NULL });
  conn = pdg_db_conn_open (uri, NULL, "analyst", &error);
  g_assert_no_error (error);
  for (int i = 0; i < 2; i++)
    {
      g_autoptr (PdgDbTx) tx = pdg_db_tx_begin_maintenance (conn, &error);
      g_autofree char *sql = g_strdup_printf ("SET LOCAL app.current_org_id = '%s'", organisations[i]);
      g_autoptr (PdgDbResult) result = NULL;

      pdg_db_tx_exec_script (tx, sql, &error);
      g_assert_no_error (error);
      result = pdg_db_tx_query (tx, "SELECT count(*) FROM events", NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpint (pdg_db_result_get_int8 (result, 0, 0), ==, i == 0 ? n_own : 0);
    }
  {
    g_autoptr (PdgDbTx) tx = pdg_db_tx_begin_maintenance (conn, &error);
    g_autofree char *sql = g_strdup_printf ("SELECT set_current_org('%s')", organisations[1]);

    g_assert_false (pdg_db_tx_exec_script (tx, sql, &error));
    g_assert_error (error, PDG_DB_ERROR, PDG_DB_ERROR_PERMISSION);
  }
}

/* Two collectors, two organisations, events of each through both collectors at once. */
static void
test_two_organisations (void)
{
  static const char *const projects[] = { "shop_a", "shop_b" };
  guint16 ports[] = { pdg_system_find_port (), pdg_system_find_port () };
  g_autofree char *organisations[2] = { NULL, NULL };
  g_autofree char *first_key = NULL, *second_key = NULL, *first_token = NULL, *second_token = NULL;
  g_autoptr (PdgProgram) one = NULL;
  g_autoptr (PdgProgram) two = NULL;
  PdgSenders *senders[4];
  guint counts[2] = { 0, 0 };
  char *keys[2], *tokens[2];

  pdg_shared_make_database ("shared");
  for (int i = 0; i < 2; i++)
    {
      organisations[i] = pdg_shared_run_word (NULL, (const char *[]) { "org", "create", i == 0 ? "First" : "Second", NULL });
      g_free (pdg_shared_run_word (organisations[i], (const char *[]) { "project", "create", "Shop", projects[i], NULL }));
      keys[i] = pdg_shared_run_word (organisations[i], (const char *[]) { "key", "create", projects[i], NULL });
      tokens[i] = pdg_shared_run_word (organisations[i], (const char *[]) { "token", "create", "viewer", NULL });
    }
  first_key = keys[0], second_key = keys[1], first_token = tokens[0], second_token = tokens[1];
  one = pdg_shared_serve (ports[0], organisations[0]);
  two = pdg_shared_serve (ports[1], organisations[1]);
  pdg_system_wait_ready (one, ports[0], 200);
  pdg_system_wait_ready (two, ports[1], 200);
  for (int i = 0; i < 4; i++)
    {
      PdgSendersOptions options = { .n_threads = 2, .n_batch = 30, .project = projects[i % 2], .key = keys[i % 2] };

      senders[i] = pdg_senders_start (ports[i / 2], &options);
    }
  for (int i = 0; i < 4; i++)
    pdg_senders_wait_for (senders[i], 600);
  for (int i = 0; i < 4; i++)
    {
      pdg_senders_finish (senders[i], FALSE);
      g_assert_cmpuint (pdg_senders_get_n_broken (senders[i]) + pdg_senders_get_n_refused (senders[i]), ==, 0);
      pdg_senders_assert_stored (senders[i], pdg_shared_get_owner_uri ());
      counts[i % 2] += pdg_senders_get_n_acknowledged (senders[i]);
      pdg_senders_free (senders[i]);
    }
  pdg_system_assert_sessions (pdg_shared_get_owner_uri ());
  for (int i = 0; i < 4; i++)
    g_assert_cmpint (pdg_system_count_events (ports[i / 2], tokens[i % 2], projects[i % 2]), ==, counts[i % 2]);
  check_api_isolation (ports[0], (const char *const *) keys, (const char *const *) tokens);
  check_api_isolation (ports[1], (const char *const *) keys, (const char *const *) tokens);
  check_direct_login ((const char *const *) organisations, counts[0]);
}

/* A server that is away when asked: a clear message without the password. */
static void
test_unreachable (void)
{
  g_autofree char *dir = pdg_system_make_dir ();
  g_autofree char *variable = g_strdup_printf ("DATABASE_URL=postgresql://somebody:hunter2@/productgraph?host=%s", dir);
  g_autofree char *output = NULL;
  g_autofree char *errors = NULL;

  g_assert_cmpint (pdg_system_run ((const char *[]) { "migrate", NULL }, (const char *[]) { variable, NULL }, &output, &errors), ==, 1);
  g_assert_cmpstr (output, ==, "");
  g_assert_true (g_str_has_prefix (errors, "productgraphd: "));
  g_assert_null (strstr (errors, "hunter2"));
}

int
main (int argc, char *argv[])
{
  pdg_system_init (&argc, &argv);
  g_test_add_func ("/system/shared/racing-first-starts", test_racing_starts);
  g_test_add_func ("/system/shared/two-organisations", test_two_organisations);
  g_test_add_func ("/system/shared/unreachable", test_unreachable);
  return g_test_run ();
}
