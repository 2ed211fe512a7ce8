#include "config.h"

#include "api/api-fixture.h"
#include "client/pdg-local-client.h"
#include "db/pdg-db-cluster.h"
#include "runtime/pdg-runtime.h"

#include <string.h>
#include <unistd.h>

/* The whole product started and stopped in this process, on a private database and on shared ones. */

static PdgConfig *
make_config (const char *data_dir, const char *database_url, const char *port)
{
  g_autoptr (GError) error = NULL;
  PdgConfig *config = pdg_config_load (NULL, &error);

  g_assert_no_error (error);
  if (data_dir != NULL)
    g_assert_true (pdg_config_set (config, "data-dir", data_dir, &error));
  if (database_url != NULL)
    g_assert_true (pdg_config_set (config, "database-url", database_url, &error));
  g_assert_true (pdg_config_set (config, "port", port, &error));
  g_assert_no_error (error);
  return config;
}

static guint16
port_of (PdgRuntime *runtime)
{
  const char *url = pdg_runtime_get_url (runtime);

  g_assert_nonnull (url);
  g_assert_true (g_str_has_prefix (url, "http://localhost:"));
  return (guint16) g_ascii_strtoull (url + strlen ("http://localhost:"), NULL, 10);
}

static RawAnswer *
ask (PdgRuntime *runtime, const char *method, const char *path, const char *headers, const char *body)
{
  return api_send (NULL, port_of (runtime), method, path, headers, body);
}

static char *
post_event (PdgRuntime *runtime, const char *id, guint status)
{
  static gint64 ts_usec; /* an event that is sent again is the same one */
  g_autofree char *body = body_with_one ("proj_demo", id, "runtime", ts_usec = ts_usec != 0 ? ts_usec : g_get_real_time ());
  g_autoptr (RawAnswer) answer = ask (runtime, "POST", "/v1/events", JSON_TYPE, body);

  g_assert_cmpuint (answer->status, ==, status);
  return g_strdup (answer->body);
}

typedef struct
{
  gint n_connected, n_away;
} States;

static void
state_cb (gboolean connected, const char *message, gpointer user_data)
{
  States *states = user_data;

  g_assert_true (connected == (message == NULL));
  g_atomic_int_inc (connected ? &states->n_connected : &states->n_away);
}

static void
wait_until_ready (PdgRuntime *runtime)
{
  gint64 deadline = g_get_monotonic_time () + FIXTURE_DEADLINE_USEC;
  guint status = 0;

  while (status != 200)
    {
      g_autoptr (RawAnswer) answer = ask (runtime, "GET", "/ready", NULL, NULL);

      status = answer->status;
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    }
}

/* The first start makes the organisation and its project; the second finds them, and the events. */
static void
test_twice (void)
{
  g_autofree char *dir = g_build_filename (pdg_test_get_tmp_dir (), "twice", NULL);
  g_autofree char *first_uuid = NULL;

  for (int round = 0; round < 2; round++)
    {
      g_autoptr (PdgConfig) config = make_config (dir, NULL, "0");
      g_autoptr (GError) error = NULL;
      States states = { 0 };
      PdgRuntime *runtime = pdg_runtime_start (config, PDG_RUNTIME_DEFAULT, state_cb, &states, &error);
      g_autofree char *stored = NULL, *again = NULL;
      g_autoptr (RawAnswer) seen = NULL;
      const char *uuid;

      g_assert_no_error (error);
      uuid = pdg_principal_get_org_uuid (pdg_runtime_get_principal (runtime));
      if (round == 0)
        first_uuid = g_strdup (uuid);
      g_assert_cmpstr (uuid, ==, first_uuid);
      g_assert_null (pdg_runtime_get_not_serving_reason (runtime));
      wait_until_ready (runtime);
      fixture_wait (g_atomic_int_get (&states.n_connected) == 1);
      stored = post_event (runtime, round == 0 ? "one" : "two", 202);
      g_assert_cmpstr (stored, ==, "{\"accepted\":1,\"rejected\":0,\"errors\":[]}");
      again = post_event (runtime, "one", 202);
      seen = ask (runtime, "POST", "/graphql", JSON_TYPE,
                  "{\"query\":\"{organisation{name} projects{nodes{id name}} project(id:\\\"proj_demo\\\"){journeyGraph(range:{}){eventCount}} "
                  "collector{keyless}}\"}");
      {
        g_autofree char *expected = g_strdup_printf (
          "{\"data\":{\"organisation\":{\"name\":\"My organisation\"},\"projects\":{\"nodes\":[{\"id\":\"proj_demo\","
          "\"name\":\"Demo project\"}]},\"project\":{\"journeyGraph\":{\"eventCount\":%d}},\"collector\":{\"keyless\":true}},\"extensions\"", round + 1);

        g_test_message ("%s", seen->body);
        g_assert_true (g_str_has_prefix (seen->body, expected));
      }
      pdg_runtime_stop (runtime);
      g_assert_cmpint (states.n_away, ==, 0); /* stopping is no loss */
    }
}

/* What was accepted is stored by the time it has stopped; a client of it learns that it is gone. */
static void
test_stop_with_a_client (void)
{
  g_autofree char *dir = g_build_filename (pdg_test_get_tmp_dir (), "twice", NULL);
  g_autoptr (PdgConfig) config = make_config (dir, NULL, "0");
  g_autoptr (PdgLocalClient) client = pdg_local_client_new ();
  g_autoptr (GError) error = NULL;
  PdgRuntime *runtime = pdg_runtime_start (config, PDG_RUNTIME_NO_SERVER, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_null (pdg_runtime_get_url (runtime));
  pdg_local_client_set_api (client, pdg_runtime_get_api (runtime));
  for (int i = 0; i < 20; i++)
    pdg_client_execute_async (PDG_CLIENT (client), "{organisation{name} projects{nodes{id}}}", NULL, NULL, NULL, NULL);
  pdg_local_client_set_api (client, NULL);
  pdg_runtime_stop (runtime);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
test_port_is_taken (void)
{
  g_autofree char *dir = g_build_filename (pdg_test_get_tmp_dir (), "twice", NULL);
  g_autoptr (PdgConfig) config = make_config (dir, NULL, "0");
  g_autoptr (GError) error = NULL;
  PdgRuntime *first = pdg_runtime_start (config, PDG_RUNTIME_DEFAULT, NULL, NULL, &error), *second;
  g_autofree char *port = NULL;
  g_autoptr (PdgConfig) same_port = NULL;
  g_autoptr (GBytes) nothing = NULL;

  g_assert_no_error (error);
  port = g_strdup_printf ("%u", port_of (first));
  same_port = make_config (dir, NULL, port);
  second = pdg_runtime_start (same_port, PDG_RUNTIME_DEFAULT, NULL, NULL, &error);
  g_assert_null (second);
  g_assert_error (error, PDG_HTTP_ERROR, PDG_HTTP_ERROR_IN_USE);
  g_assert_nonnull (strstr (error->message, port));
  g_clear_error (&error);
  second = pdg_runtime_start (same_port, PDG_RUNTIME_MAY_SHARE | PDG_RUNTIME_DESKTOP, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_null (pdg_runtime_get_url (second));
  g_assert_nonnull (strstr (pdg_runtime_get_not_serving_reason (second), port));
  wait_until_ready (first); /* the failed one took nothing with it */
  pdg_runtime_stop (second);
  g_free (post_event (first, "shared-port", 202));
  pdg_runtime_stop (first);
}

typedef struct
{
  const char *name;
  const char *login; /* NULL = the administrator */
} Mode;

static const Mode modes[] = {
  { "superuser", NULL },
  { "restricted", "runtime_plain" },
};

/* By DATABASE_URL: every request needs a key, whoever sends it. */
static void
test_shared (gconstpointer data)
{
  const Mode *mode = data;
  g_autofree char *database = g_strdup_printf ("runtime_%s", mode->name);
  g_autofree char *admin_uri = pdg_test_cluster_make_database (database);
  g_autofree char *uri = NULL, *refused = NULL, *headers = NULL, *key = NULL, *body = NULL, *stored = NULL;
  g_autoptr (PdgConfig) config = NULL;
  g_autoptr (PdgDbConn) conn = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (RawAnswer) answer = NULL;
  PdgIngestMetrics metrics;
  States states = { 0 };
  PdgRuntime *runtime;

  if (mode->login != NULL)
    {
      g_autofree char *give = g_strdup_printf ("GRANT productgraph_app, productgraph_ingest TO %s; ALTER DATABASE %s OWNER TO %s; "
                                               "ALTER ROLE productgraph_ingest NOBYPASSRLS", mode->login, database, mode->login);

      uri = fixture_make_login (mode->login, "", database);
      pdg_test_cluster_run_sql (give);
    }
  config = make_config (NULL, uri != NULL ? uri : admin_uri, "0");
  runtime = pdg_runtime_start (config, PDG_RUNTIME_DEFAULT, state_cb, &states, &error);
  g_assert_no_error (error);
  wait_until_ready (runtime);
  refused = post_event (runtime, "no-key", 401);
  conn = fixture_open (uri != NULL ? uri : admin_uri, NULL);
  key = fixture_make_key (conn, pdg_runtime_get_principal (runtime), "proj_demo", "test");
  headers = g_strdup_printf (JSON_TYPE "X-PG-API-Key: %s\r\n", key);
  body = body_with_one ("proj_demo", "shared", "shared", g_get_real_time ());
  answer = ask (runtime, "POST", "/v1/events", headers, body);
  g_assert_cmpstr (answer->body, ==, "{\"accepted\":1,\"rejected\":0,\"errors\":[]}");
  pdg_ingest_get_metrics (pdg_runtime_get_ingest (runtime), &metrics);
  g_assert_cmpuint (metrics.slow_flushes, ==, 0); /* nothing was there before */
  pdg_runtime_stop (runtime);
  g_assert_cmpint (states.n_away, ==, 0);
  g_assert_cmpint (fixture_int (conn, "SELECT count(*) FROM organisation"), ==, 1);

  /* started again, it makes nothing */
  runtime = pdg_runtime_start (config, PDG_RUNTIME_NO_SERVER, NULL, NULL, &error);
  g_assert_no_error (error);
  pdg_runtime_stop (runtime);
  g_assert_cmpint (fixture_int (conn, "SELECT count(*) FROM organisation"), ==, 1);
  g_assert_cmpint (fixture_int (conn, "SELECT count(*) FROM project"), ==, 1);
}

/* The one to act for, by id or by name; one that is not there is named in the error. */
static void
test_organisation (void)
{
  g_autofree char *uri = pdg_test_cluster_make_database ("runtime_orgs");
  g_autoptr (Tenant) a = NULL, b = NULL;
  g_autoptr (GError) error = NULL;

  fixture_migrate (uri);
  a = tenant_new (uri, "First", "proj_a");
  b = tenant_new (uri, "Second", "proj_b");
  {
    const struct
    {
      const char *wanted, *uuid;
    } rows[] = {
      { "", a->organisation->uuid }, { "Second", b->organisation->uuid }, { b->organisation->uuid, b->organisation->uuid }, { "Third", NULL },
    };

    for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
      {
        g_autoptr (PdgConfig) config = make_config (NULL, uri, "0");
        PdgRuntime *runtime;

        g_assert_true (pdg_config_set (config, "organisation", rows[i].wanted, NULL));
        runtime = pdg_runtime_start (config, PDG_RUNTIME_NO_SERVER, NULL, NULL, &error);
        if (rows[i].uuid == NULL)
          {
            g_assert_error (error, PDG_SERVICE_ERROR, PDG_SERVICE_ERROR_NOT_FOUND);
            g_assert_nonnull (strstr (error->message, "\"Third\""));
            g_clear_error (&error);
            continue;
          }
        g_assert_no_error (error);
        g_assert_cmpstr (pdg_principal_get_org_uuid (pdg_runtime_get_principal (runtime)), ==, rows[i].uuid);
        pdg_runtime_stop (runtime);
      }
  }
}

static void
test_cannot_start (void)
{
  const struct
  {
    const char *dir, *url;
  } rows[] = {
    { NULL, "postgresql://nobody:secret@/nowhere?host=/nonexistent" },
    { NULL, "postgresql://" },
    { NULL, "nonsense" },
    { "/dev/null/data", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (PdgConfig) config = make_config (rows[i].dir, rows[i].url, "0");
      g_autoptr (GError) error = NULL;

      g_assert_null (pdg_runtime_start (config, PDG_RUNTIME_DEFAULT, NULL, NULL, &error));
      g_assert_nonnull (error);
      g_test_message ("%s", error->message);
      g_assert_null (strstr (error->message, "secret"));
      g_assert_cmpuint (strlen (error->message), >, 10);
    }
}

/* The database is lost and comes back while it runs. */
static void
test_database_lost (void)
{
  g_autofree char *uri = pdg_test_cluster_make_database ("runtime_lost");
  g_autoptr (PdgConfig) config = make_config (NULL, uri, "0");
  g_autoptr (GError) error = NULL;
  States states = { 0 };
  PdgRuntime *runtime = pdg_runtime_start (config, PDG_RUNTIME_DEFAULT, state_cb, &states, &error);

  g_assert_no_error (error);
  fixture_wait (g_atomic_int_get (&states.n_connected) == 1);
  pdg_test_cluster_run_sql ("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'runtime_lost'");
  fixture_wait (g_atomic_int_get (&states.n_away) >= 1 && g_atomic_int_get (&states.n_connected) >= 2);
  fixture_wait (pdg_ingest_is_connected (pdg_runtime_get_ingest (runtime)));
  wait_until_ready (runtime);
  pdg_runtime_stop (runtime);
}

int
main (int argc, char *argv[])
{
  static const char *const variables[] = { "PORT", "DATABASE_URL", "PRODUCTGRAPH_DATA_DIR", "PRODUCTGRAPH_HOST", "PRODUCTGRAPH_ORGANISATION" };
  int status;

  for (gsize i = 0; i < G_N_ELEMENTS (variables); i++)
    g_unsetenv (variables[i]);
  g_setenv ("XDG_CONFIG_HOME", pdg_test_get_tmp_dir (), TRUE);
  g_setenv ("XDG_RUNTIME_DIR", pdg_test_get_tmp_dir (), TRUE);
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL); /* a lost database is a warning */
  g_test_add_func ("/runtime/runtime/twice", test_twice);
  g_test_add_func ("/runtime/runtime/stop-with-a-client", test_stop_with_a_client);
  g_test_add_func ("/runtime/runtime/port-is-taken", test_port_is_taken);
  for (gsize i = 0; i < G_N_ELEMENTS (modes); i++)
    {
      g_autofree char *path = g_strconcat ("/runtime/runtime/shared-", modes[i].name, NULL);

      g_test_add_data_func (path, &modes[i], test_shared);
    }
  g_test_add_func ("/runtime/runtime/organisation", test_organisation);
  g_test_add_func ("/runtime/runtime/cannot-start", test_cannot_start);
  g_test_add_func ("/runtime/runtime/database-lost", test_database_lost);
  status = g_test_run ();
  return status;
}
