#include "config.h"

#include "api/stream-client.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* Who may ask over the ways that stay open, and for how long; and what, where only listed documents may be asked. */

static ApiFixture *fixture;

#define CHANGED "subscription{projectChanged(projectId:\"proj_demo\"){sequence}}"

static char *
make_token (const char *label)
{
  g_autoptr (PdgDbConn) owner = fixture_open (pdg_test_cluster_get_owner_uri (), NULL);

  return fixture_make_token (owner, fixture->a->admin, PDG_ROLE_VIEWER, label);
}

/* Each way ends for who is not allowed any more; others stay. */
static void
test_revoked (void)
{
  static const char *const changes[] = {
    "UPDATE access_token SET revoked_at = now() WHERE label = '%s'",
    "UPDATE access_token SET expires_at = now() WHERE label = '%s'",
    "UPDATE access_token SET role = 'editor' WHERE label = '%s'",
  };
  PdgApiOptions options = api_fixture_get_options (fixture);
  g_autofree char *mine = NULL, *still = NULL;
  Service service;
  Client other;

  options.keyless = FALSE;
  options.graphql_recheck_ms = 20;
  service_start (&service, &options);
  other = ask (SOCKET, service.port, fixture->viewer_a, CHANGED);
  mine = hear (other.fd);
  for (gsize i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_autofree char *label = g_strdup_printf ("revoked-%zu", i), *token = make_token (label);
      g_autoptr (GString) sql = g_string_new (changes[i]);
      Client clients[N_WAYS];

      for (Way way = 0; way < N_WAYS; way++)
        {
          g_autofree char *first = NULL;

          clients[way] = ask (way, service.port, token, CHANGED);
          first = read_until (&clients[way], "\"sequence\":1}");
        }
      g_string_replace (sql, "%s", label, 0);
      {
        g_autoptr (PdgDbConn) owner = fixture_open (pdg_test_cluster_get_owner_uri (), NULL);

        fixture_run (owner, sql->str);
      }
      for (Way way = 0; way < N_WAYS; way++)
        {
          g_autofree char *end = read_until (&clients[way], way == SOCKET ? "4403 Forbidden" : way == PARTS ? "--graphql--" : "event: complete");

          g_assert_true (way == SOCKET || strstr (end, "UNAUTHENTICATED") != NULL);
          if (way != SOCKET)
            {
              g_autofree char *last = read_until (&clients[way], THE_END);

              g_assert_true (raw_is_closed (clients[way].fd));
            }
          drop (&clients[way]);
        }
      g_assert_cmpuint (count_refusals (&service, "credentials"), ==, N_WAYS * (i + 1));
    }
  say (other.fd, "{\"type\":\"ping\"}");
  still = hear (other.fd);
  g_assert_cmpstr (still, ==, "{\"type\":\"pong\"}");
  drop (&other);
  service_stop (&service);
}

static const struct
{
  const char *method, *path, *headers, *body;
} asks[] = {
  { "POST", "/graphql", "", "{\"query\":\"{organisatio projec}\"}" },
  { "GET", "/graphql?query={organisatio}", "", "" },
  { "GET", "/graphql?query={__schema{types{name}}}", "Accept: application/graphql-response+json\r\n", "" },
  { "POST", "/graphql", "Accept: text/event-stream\r\n", "{\"query\":\"{organisatio}\"}" },
  { "GET", "/graphql?query={organisatio}", "Accept: text/event-stream\r\n", "" },
  { "POST", "/graphql", "Accept: multipart/mixed;subscriptionSpec=1.0\r\n", "{\"query\":\"{organisatio}\"}" },
  { "POST", "/graphql/stream", "", "{\"query\":\"{organisatio}\"}" },
  { "GET", "/graphql/stream?query={organisatio}", "", "" },
  { "PUT", "/graphql/stream", "", "" },
};

/* Who has no key learns no name of the schema, whatever way is tried. */
static void
test_unauthenticated (void)
{
  static const char *const tokens[] = { NULL, "pgt_wrong" };
  guint16 port = pdg_http_server_get_port (fixture->keyed_server);

  for (gsize t = 0; t < G_N_ELEMENTS (tokens); t++)
    {
      int fd = open_socket (port);
      g_autofree char *before = NULL, *closed = NULL;

      for (gsize i = 0; i < G_N_ELEMENTS (asks); i++)
        {
          g_autoptr (RawAnswer) answer = request (port, asks[i].method, asks[i].path, tokens[t], asks[i].headers, asks[i].body);

          g_test_message ("%s %s: %u %s", asks[i].method, asks[i].path, answer->status, answer->body);
          g_assert_cmpuint (answer->status, ==, 401);
          g_assert_null (strstr (answer->body, "rganisation"));
          g_assert_null (strstr (answer->body, "roject"));
          g_assert_null (strstr (answer->body, "Did you mean"));
        }
      say (fd, "{\"id\":\"a\",\"type\":\"subscribe\",\"payload\":{\"query\":\"{organisatio}\"}}");
      before = hear (fd);
      g_assert_cmpstr (before, ==, "4401 Unauthorized");
      close (fd);
      fd = open_socket (port);
      closed = introduce (fd, tokens[t]);
      g_assert_true (g_str_has_prefix (closed, "4403 Forbidden"));
      close (fd);
    }
}

/* A key that may only send events is told so before anything is read. */
static void
test_ingest_key (void)
{
  guint16 port = pdg_http_server_get_port (fixture->server);
  g_autofree char *closed = NULL;
  int fd = open_socket (port);

  for (gsize i = 0; i < G_N_ELEMENTS (asks); i++)
    {
      g_autoptr (RawAnswer) answer = request (port, asks[i].method, asks[i].path, fixture->key_a, asks[i].headers, asks[i].body);

      g_test_message ("%s %s: %u %s", asks[i].method, asks[i].path, answer->status, answer->body);
      g_assert_cmpuint (answer->status, ==, 403);
      g_assert_nonnull (strstr (answer->body, "use an access token"));
      g_assert_nonnull (strstr (answer->body, "\"FORBIDDEN\""));
    }
  closed = introduce (fd, fixture->key_a);
  g_assert_cmpstr (closed, ==, "4403 Forbidden: this key may only send events; to read, use an access token");
  close (fd);
}

/* --- the allow-list ----------------------------------------------------------------------------------------------- */

static void
test_only_persisted (void)
{
  g_autofree char *folder = g_dir_make_tmp ("pdg-persisted-XXXXXX", NULL);
  g_autofree char *query_file = g_build_filename (folder, "query.graphql", NULL), *changed_file = g_build_filename (folder, "changed.graphql", NULL);
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, "{version}", -1);
  g_autofree char *by_id = g_strdup_printf ("{\"documentId\":\"sha256:%s\"}", hash);
  g_autofree char *by_hash = g_strdup_printf ("{\"extensions\":{\"persistedQuery\":{\"version\":1,\"sha256Hash\":\"%s\"}}}", hash);
  PdgApiOptions options = api_fixture_get_options (fixture);
  Service service;

  g_assert_true (g_file_set_contents (query_file, "{version}", -1, NULL));
  g_assert_true (g_file_set_contents (changed_file, CHANGED, -1, NULL));
  options.graphql_persisted = folder;
  options.graphql_only_persisted = TRUE;
  service_start (&service, &options);
  for (Way way = 0; way < N_WAYS; way++)
    {
      Client query = ask (way, service.port, fixture->viewer_a, "{ version }"), subscription, listed, changed, id;
      g_autofree char *text = NULL, *first = NULL, *named = NULL;

      assert_refused (&query, "DOCUMENT_NOT_ALLOWED");
      subscription = ask (way, service.port, fixture->viewer_a, CHANGED " ");
      assert_refused (&subscription, "DOCUMENT_NOT_ALLOWED");
      listed = ask (way, service.port, fixture->viewer_a, "{version}");
      text = read_until (&listed, "{\"version\":\"");
      changed = ask (way, service.port, fixture->viewer_a, CHANGED);
      first = read_until (&changed, "\"sequence\":1}");
      id = ask_body (way, service.port, fixture->viewer_a, way == SHARED || way == SOCKET ? by_id : by_hash);
      named = read_until (&id, "{\"version\":\"");
      drop (&query);
      drop (&subscription);
      drop (&listed);
      drop (&changed);
      drop (&id);
    }
  g_assert_cmpuint (count_refusals (&service, "persisted"), ==, 2 * N_WAYS);
  service_stop (&service);
  g_unlink (query_file);
  g_unlink (changed_file);
  g_rmdir (folder);
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
  fixture = api_fixture_new ();
  g_test_add_func ("/api/access/revoked", test_revoked);
  g_test_add_func ("/api/access/unauthenticated", test_unauthenticated);
  g_test_add_func ("/api/access/ingest-key", test_ingest_key);
  g_test_add_func ("/api/access/only-persisted", test_only_persisted);
  status = g_test_run ();
  api_fixture_free (fixture);
  return status;
}
