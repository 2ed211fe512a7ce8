#include "config.h"
#include "api/api-fixture.h"

#include <string.h>
#include <unistd.h>

PdgApiOptions
api_fixture_get_options (ApiFixture *self)
{
  return (PdgApiOptions) {
    .pool = self->pool, .ingest = self->ingest, .hub = self->hub, .credentials = self->credentials, .demo = self->demo, .local = self->a->admin,
    .retention = self->retention,
    .keyless = TRUE, .keyless_project = "proj_demo", .ingest_body_bytes = 64 * 1024, .ingest_events = 1000, .ingest_event_bytes = 16 * 1024,
    .replay_bytes = 1024 * 1024, .graphql_body_bytes = 32 * 1024,
    .graphql_tokens = 5000, .graphql_nesting = 100, .graphql_depth = 10, .graphql_fields = 5000, .graphql_aliases = 30,
    .graphql_introspection_depth = 20, .graphql_timeout_ms = 10000,
  };
}

PdgApi *
api_fixture_serve (const PdgApiOptions *options, PdgHttpServer **server)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *url = NULL;
  const char *lane = g_getenv ("PDG_TEST_LANE");
  PdgHttpLimits limits = PDG_HTTP_LIMITS_DEFAULT;
  PdgApi *api = pdg_api_new (options, &error);

  g_assert_no_error (error);
  limits.lane_threads = lane != NULL ? (guint) g_ascii_strtoull (lane, NULL, 10) : 4; /* as the program has it, or none */
  limits.lane_ready_threads = 2;
  *server = pdg_http_server_new (&limits);
  pdg_api_add_routes (api, *server);
  pdg_http_server_start (*server, "127.0.0.1", 0, 2, &error);
  g_assert_no_error (error);
  url = g_strdup_printf ("http://localhost:%u/v1/events", pdg_http_server_get_port (*server));
  pdg_api_set_server (api, *server, url);
  pdg_api_set_listening (api, TRUE);
  return api;
}

ApiFixture *
api_fixture_new (void)
{
  ApiFixture *self = g_new0 (ApiFixture, 1);
  PdgApiOptions options;
  g_autoptr (PdgDbConn) owner = NULL;

  self->a = tenant_new (NULL, "Org A", "proj_demo");
  self->b = tenant_new (NULL, "Org B", "proj_b");
  owner = fixture_open (pdg_test_cluster_get_owner_uri (), NULL);
  self->key_a = fixture_make_key (owner, self->a->admin, "proj_demo", "a");
  self->key_b = fixture_make_key (owner, self->b->admin, "proj_b", "b");
  self->viewer_a = fixture_make_token (owner, self->a->admin, PDG_ROLE_VIEWER, "test");
  self->editor_a = fixture_make_token (owner, self->a->admin, PDG_ROLE_EDITOR, "test");
  self->admin_a = fixture_make_token (owner, self->a->admin, PDG_ROLE_ADMIN, "test");
  self->viewer_b = fixture_make_token (owner, self->b->admin, PDG_ROLE_VIEWER, "test");
  self->as_viewer = g_strdup_printf ("Authorization: Bearer %s\r\n", self->viewer_a);
  self->as_editor = g_strdup_printf ("Authorization: Bearer %s\r\n", self->editor_a);
  self->as_admin = g_strdup_printf ("Authorization: Bearer %s\r\n", self->admin_a);
  self->hub = pdg_hub_new ();
  self->pool = pdg_db_pool_new (pdg_test_cluster_get_server_uri (), NULL, "test reader", 3, 64);
  self->ingest = fixture_ingest_new (pdg_test_cluster_get_writer_uri (), NULL, self->hub, 10000, 5000);
  self->credentials = pdg_credentials_new (self->pool);
  self->demo = pdg_demo_player_new (self->pool, self->ingest, self->hub);
  self->retention = pdg_retention_new (&(PdgRetentionLimits) { 0 }, 60);
  options = api_fixture_get_options (self);
  self->api = api_fixture_serve (&options, &self->server);
  options.keyless = FALSE;
  self->keyed_api = api_fixture_serve (&options, &self->keyed_server);
  return self;
}

void
api_fixture_free (ApiFixture *self)
{
  g_assert_true (pdg_http_server_stop (self->server, 10000));
  g_assert_true (pdg_http_server_stop (self->keyed_server, 10000));
  pdg_demo_player_free (self->demo);
  pdg_retention_free (self->retention);
  pdg_ingest_free (self->ingest);
  pdg_db_pool_close (self->pool);
  pdg_http_server_free (self->server);
  pdg_http_server_free (self->keyed_server);
  pdg_api_free (self->api);
  pdg_api_free (self->keyed_api);
  pdg_credentials_free (self->credentials);
  pdg_db_pool_unref (self->pool);
  pdg_hub_unref (self->hub);
  tenant_free (self->a);
  tenant_free (self->b);
  g_free (self->key_a);
  g_free (self->key_b);
  g_free (self->viewer_a);
  g_free (self->editor_a);
  g_free (self->admin_a);
  g_free (self->viewer_b);
  g_free (self->as_viewer);
  g_free (self->as_editor);
  g_free (self->as_admin);
  g_free (self);
}

struct _TableLock
{
  PdgDbConn *conn;
  PdgDbTx *tx;
};

TableLock *
table_lock_new (const char *table)
{
  TableLock *lock = g_new (TableLock, 1);
  g_autofree char *sql = g_strdup_printf ("LOCK TABLE %s IN ACCESS EXCLUSIVE MODE", table);
  g_autoptr (GError) error = NULL;

  lock->conn = fixture_open (pdg_test_cluster_get_owner_uri (), NULL);
  lock->tx = pdg_db_tx_begin_maintenance (lock->conn, &error);
  g_assert_no_error (error);
  pdg_db_tx_exec_script (lock->tx, sql, &error);
  g_assert_no_error (error);
  return lock;
}

void
table_lock_free (TableLock *lock)
{
  pdg_db_tx_free (lock->tx);
  pdg_db_conn_free (lock->conn);
  g_free (lock);
}

gint64
count_waiting_readers (void)
{
  return fixture_owner_int ("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'test reader' AND wait_event_type = 'Lock'");
}

RawAnswer *
api_send (ApiFixture *self, guint16 port, const char *method, const char *path, const char *headers, const char *body)
{
  g_autoptr (GString) text = g_string_new (NULL);
  RawAnswer *answer;
  int fd = raw_connect (port != 0 ? port : pdg_http_server_get_port (self->server));

  g_string_append_printf (text, "%s %s HTTP/1.1\r\n", method, path);
  if (headers == NULL || strstr (headers, "Host:") == NULL)
    g_string_append (text, "Host: localhost\r\n");
  if (headers != NULL)
    g_string_append (text, headers);
  if (body != NULL)
    g_string_append_printf (text, "Content-Length: %" G_GSIZE_FORMAT "\r\n", strlen (body));
  g_string_append (text, "Connection: close\r\n\r\n");
  if (body != NULL)
    g_string_append (text, body);
  raw_try_send (fd, text->str, text->len);
  answer = raw_read (fd, g_str_equal (method, "HEAD"));
  close (fd);
  g_assert_nonnull (answer);
  return answer;
}

JsonNode *
api_query (ApiFixture *self, const char *headers, const char *document, const char *variables)
{
  g_autoptr (JsonNode) text = json_node_new (JSON_NODE_VALUE);
  g_autofree char *quoted = NULL, *body = NULL, *all = g_strconcat (JSON_TYPE, headers, NULL);
  g_autoptr (RawAnswer) answer = NULL;
  g_autoptr (GError) error = NULL;
  JsonNode *node;

  json_node_set_string (text, document);
  quoted = json_to_string (text, FALSE);
  body = g_strdup_printf ("{\"query\":%s,\"variables\":%s}", quoted, variables != NULL ? variables : "null");
  answer = api_send (self, 0, "POST", "/graphql", all, body);
  if (answer->status != 200)
    g_test_message ("%s%s", answer->head, answer->body);
  g_assert_cmpuint (answer->status, ==, 200);
  node = json_from_string (answer->body, &error);
  g_assert_no_error (error);
  return node;
}

JsonNode *
json_at (JsonNode *node, const char *path)
{
  g_auto (GStrv) steps = g_strsplit (path, ".", -1);

  for (gsize i = 0; steps[i] != NULL && node != NULL; i++)
    if (JSON_NODE_HOLDS_ARRAY (node))
      node = g_ascii_strtoull (steps[i], NULL, 10) < json_array_get_length (json_node_get_array (node))
               ? json_array_get_element (json_node_get_array (node), (guint) g_ascii_strtoull (steps[i], NULL, 10))
               : NULL;
    else
      node = JSON_NODE_HOLDS_OBJECT (node) ? json_object_get_member (json_node_get_object (node), steps[i]) : NULL;
  return node;
}

char *
api_ask (ApiFixture *self, const char *headers, const char *document, const char *path)
{
  g_autoptr (JsonNode) response = api_query (self, headers, document, NULL);
  g_autofree char *text = json_to_string (response, FALSE);

  g_test_message ("%s: %s", document, text);
  return json_dup_at (response, path);
}

void
assert_asked (ApiFixture *self, const char *headers, const char *document, const char *path, const char *expected)
{
  g_autofree char *found = api_ask (self, headers, document, path);

  g_assert_cmpstr (found, ==, expected);
}

char *
json_dup_at (JsonNode *node, const char *path)
{
  JsonNode *found = json_at (node, path);

  if (found == NULL)
    return NULL;
  if (JSON_NODE_HOLDS_NULL (found))
    return g_strdup ("");
  return json_node_get_value_type (found) == G_TYPE_STRING && JSON_NODE_HOLDS_VALUE (found) ? json_node_dup_string (found)
                                                                                            : json_to_string (found, FALSE);
}

void
assert_no_errors (JsonNode *response)
{
  JsonNode *errors = json_at (response, "errors");

  if (errors != NULL)
    {
      g_autofree char *text = json_to_string (errors, TRUE);

      g_error ("%s", text);
    }
}

void
assert_error_code (JsonNode *response, const char *code)
{
  g_autofree char *got = json_dup_at (response, "errors.0.extensions.code");
  g_autofree char *message = json_dup_at (response, "errors.0.message");

  if (g_strcmp0 (got, code) != 0)
    g_test_message ("%s", message);
  g_assert_cmpstr (got, ==, code);
}
