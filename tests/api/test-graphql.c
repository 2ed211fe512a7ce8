#include "config.h"

#include "api/api-fixture.h"
#include "service/pdg-commands-snapshots.h"
#include "base/pdg-id.h"

#include <string.h>

/* GraphQL over HTTP: who may ask, what they get, and that nobody sees another organisation. */

static ApiFixture *fixture;

#define N_SESSIONS 57

static char *
bearer (const char *token)
{
  return g_strdup_printf ("Authorization: Bearer %s\r\n", token);
}

typedef struct
{
  const char *name, *method, *headers, *body;
  guint status;
  const char *contains;
} Case;

static const Case cases[] = {
  { "plain", "POST", JSON_TYPE, "{\"query\":\"{version}\"}", 200, "{\"data\":{\"version\":\"" PDG_VERSION "\"}}" },
  { "operation-name", "POST", JSON_TYPE, "{\"query\":\"query A{version} query B{collector{keyless}}\",\"operationName\":\"B\"}", 200, "\"keyless\":true" },
  { "null-members", "POST", JSON_TYPE, "{\"query\":\"{version}\",\"operationName\":null,\"variables\":null,\"extensions\":{}}", 200, "\"data\"" },
  { "not-json", "POST", JSON_TYPE, "{version}", 400, "query" },
  { "empty", "POST", JSON_TYPE, "", 400, "query" },
  { "array", "POST", JSON_TYPE, "[]", 400, "one request at a time" },
  { "no-query", "POST", JSON_TYPE, "{}", 400, "query" },
  { "query-number", "POST", JSON_TYPE, "{\"query\":1}", 400, "query" },
  { "variables-text", "POST", JSON_TYPE, "{\"query\":\"{version}\",\"variables\":\"x\"}", 400, "variables must be an object" },
  { "operation-number", "POST", JSON_TYPE, "{\"query\":\"{version}\",\"operationName\":1}", 400, "operationName must be a string" },
  { "no-type", "POST", "", "{\"query\":\"{version}\"}", 415, "application/json" },
  { "text-plain", "POST", "Content-Type: text/plain\r\n", "{\"query\":\"{version}\"}", 415, "application/json" },
  { "form", "POST", "Content-Type: application/x-www-form-urlencoded\r\n", "query={version}", 415, "application/json" },
  { "get", "GET", "", NULL, 400, "query" },
  { "put", "PUT", JSON_TYPE, "{}", 405, "Allow: " },
  { "syntax", "POST", JSON_TYPE, "{\"query\":\"{version\"}", 200, "GRAPHQL_PARSE_FAILED" },
  { "unknown-field", "POST", JSON_TYPE, "{\"query\":\"{nothing}\"}", 200, "GRAPHQL_VALIDATION_FAILED" },
  { "subscription", "POST", JSON_TYPE, "{\"query\":\"subscription{demoProgress{done}}\"}", 200, "BAD_USER_INPUT" },
  { "too-deep", "POST", JSON_TYPE,
    "{\"query\":\"{__type(name:\\\"Query\\\"){fields{type{ofType{ofType{ofType{ofType{ofType{ofType{ofType{ofType{ofType{ofType{ofType{ofType{ofType{ofType"
    "{ofType{ofType{ofType{ofType{ofType{name}}}}}}}}}}}}}}}}}}}}}}}\"}", 200, "QUERY_TOO_COMPLEX" },
  { "page-too-large", "POST", JSON_TYPE, "{\"query\":\"{projects(first:101){nodes{id}}}\"}", 200, "BAD_USER_INPUT" },
  { "page-zero", "POST", JSON_TYPE, "{\"query\":\"{projects(first:0){nodes{id}}}\"}", 200, "BAD_USER_INPUT" },
  { "bad-cursor", "POST", JSON_TYPE, "{\"query\":\"{project(id:\\\"proj_demo\\\"){sessions(range:{},after:\\\"x\\\"){nodes{id}}}}\"}", 200, "BAD_USER_INPUT" },
  { "extreme-cursor", "POST", JSON_TYPE,
    "{\"query\":\"{project(id:\\\"proj_demo\\\"){sessions(range:{},after:\\\"-9223372036854775807.1\\\"){nodes{id}}}}\"}", 200, "\"nodes\":[]" },
  { "range-backwards", "POST", JSON_TYPE,
    "{\"query\":\"{project(id:\\\"proj_demo\\\"){journeyGraph(range:{from:\\\"2026-01-02T00:00:00Z\\\",to:\\\"2026-01-01T00:00:00Z\\\"}){eventCount}}}\"}",
    200, "BAD_USER_INPUT" },
  { "range-extremes", "POST", JSON_TYPE,
    "{\"query\":\"{project(id:\\\"proj_demo\\\"){journeyGraph(range:{from:\\\"0001-01-01T00:00:00Z\\\",to:\\\"9999-12-31T23:59:59Z\\\"}){eventCount}}}\"}",
    200, "{\"data\"" },
  { "bad-time", "POST", JSON_TYPE, "{\"query\":\"{project(id:\\\"proj_demo\\\"){journeyGraph(range:{from:\\\"yesterday\\\"}){eventCount}}}\"}", 200, "RFC 3339" },
  { "missing-project", "POST", JSON_TYPE, "{\"query\":\"{project(id:\\\"missing\\\"){name}}\"}", 200, "{\"data\":{\"project\":null}}" },
  { "project-of-b", "POST", JSON_TYPE, "{\"query\":\"{project(id:\\\"proj_b\\\"){name}}\"}", 200, "{\"data\":{\"project\":null}}" },
  { "odd-ids", "POST", JSON_TYPE, "{\"query\":\"{a:project(id:\\\"\\\"){name} b:project(id:\\\"'; --\\\"){name}}\"}", 200, "\"data\"" },
  /* what a page of another site can make a browser send */
  { "rebound-host", "POST", JSON_TYPE "Host: evil.example\r\n", "{\"query\":\"{organisation{name}}\"}", 401, "token" },
  { "rebound-host-with-port", "POST", JSON_TYPE "Host: localhost.evil.example:8080\r\n", "{\"query\":\"{organisation{name}}\"}", 401, "token" },
  { "foreign-origin", "POST", JSON_TYPE "Origin: https://evil.example\r\n", "{\"query\":\"{organisation{name}}\"}", 401, "token" },
  { "null-origin", "POST", JSON_TYPE "Origin: null\r\n", "{\"query\":\"{organisation{name}}\"}", 401, "token" },
  { "tricky-origin", "POST", JSON_TYPE "Origin: https://evil.example/?://localhost\r\n", "{\"query\":\"{organisation{name}}\"}", 401, "token" },
  { "user-in-origin", "POST", JSON_TYPE "Origin: http://localhost@evil.example\r\n", "{\"query\":\"{organisation{name}}\"}", 401, "token" },
  { "user-with-port-in-origin", "POST", JSON_TYPE "Origin: http://localhost:80@evil.example\r\n", "{\"query\":\"{organisation{name}}\"}", 401, "token" },
  { "through-a-proxy", "POST", JSON_TYPE "X-Forwarded-For: 9.9.9.9\r\n", "{\"query\":\"{organisation{name}}\"}", 401, "token" },
  { "own-origin", "POST", JSON_TYPE "Origin: http://localhost:3000\r\n", "{\"query\":\"{organisation{name}}\"}", 200, "Org A" },
  { "loopback-host", "POST", JSON_TYPE "Host: 127.0.0.1:8080\r\n", "{\"query\":\"{organisation{name}}\"}", 200, "Org A" },
  { "ipv6-host", "POST", JSON_TYPE "Host: [::1]:8080\r\n", "{\"query\":\"{organisation{name}}\"}", 200, "Org A" },
};

static void
test_case (gconstpointer data)
{
  const Case *test = data;
  g_autoptr (RawAnswer) answer = api_send (fixture, 0, test->method, "/graphql", test->headers, test->body);

  g_test_message ("%s%s", answer->head, answer->body);
  g_assert_cmpuint (answer->status, ==, test->status);
  if (test->contains != NULL)
    g_assert_true (strstr (answer->body, test->contains) != NULL || strstr (answer->head, test->contains) != NULL);
}

static void
test_body_too_large (void)
{
  g_autofree char *spaces = g_strnfill (40 * 1024, ' '), *body = g_strdup_printf ("{\"query\":\"{version}%s\"}", spaces);
  g_autoptr (RawAnswer) answer = api_send (fixture, 0, "POST", "/graphql", JSON_TYPE, body);

  g_assert_cmpuint (answer->status, ==, 413);
}

/* Where every request needs a token. */
static void
test_tokens (void)
{
  const struct
  {
    const char *token;
    guint status;
    const char *organisation; /* NULL = refused */
  } rows[] = {
    { NULL, 401, NULL }, { "pgt_wrong", 401, NULL }, { fixture->viewer_a, 200, "Org A" }, { fixture->editor_a, 200, "Org A" },
    { fixture->admin_a, 200, "Org A" }, { fixture->viewer_b, 200, "Org B" }, { fixture->key_a, 403, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *headers = rows[i].token != NULL ? g_strdup_printf (JSON_TYPE "Authorization: Bearer %s\r\n", rows[i].token) : g_strdup (JSON_TYPE);
      g_autoptr (RawAnswer) answer = api_send (fixture, pdg_http_server_get_port (fixture->keyed_server), "POST", "/graphql", headers,
                                               "{\"query\":\"{organisation{name}}\"}");
      g_autoptr (JsonNode) node = json_from_string (answer->body, NULL);
      g_autofree char *name = json_dup_at (node, "data.organisation.name");

      g_assert_cmpuint (answer->status, ==, rows[i].status);
      if (rows[i].status == 401)
        g_assert_nonnull (strstr (answer->head, "WWW-Authenticate: Bearer"));
      else if (rows[i].organisation == NULL)
        assert_error_code (node, "FORBIDDEN");
      else
        g_assert_cmpstr (name, ==, rows[i].organisation);
    }
}

static void
assert_typed_error (JsonNode *response, const char *code)
{
  g_autofree char *got = json_dup_at (response, "data.createProject.errors.0.code");

  assert_no_errors (response);
  g_assert_cmpstr (got, ==, code);
  g_assert_true (JSON_NODE_HOLDS_NULL (json_at (response, "data.createProject.project")));
}

static void
test_roles (void)
{
  static const char create[] = "mutation($n:String!){createProject(input:{name:$n}){project{id name} errors{code}}}";
  g_autofree char *viewer = bearer (fixture->viewer_a), *editor = bearer (fixture->editor_a);
  g_autoptr (JsonNode) refused = api_query (fixture, viewer, create, "{\"n\":\"Viewer's\"}");
  g_autoptr (JsonNode) demo = api_query (fixture, viewer, "mutation{loadDemo{running}}", NULL);
  g_autoptr (JsonNode) made = api_query (fixture, editor, create, "{\"n\":\"  Ünïcode & Co.  \"}");
  g_autoptr (JsonNode) again = api_query (fixture, editor, create, "{\"n\":\"Ünïcode & Co.\"}");
  g_autoptr (JsonNode) empty = api_query (fixture, editor, create, "{\"n\":\"  \"}");
  g_autofree char *id = NULL, *name = NULL;

  assert_typed_error (refused, "FORBIDDEN");
  assert_error_code (demo, "FORBIDDEN");
  assert_no_errors (made);
  id = json_dup_at (made, "data.createProject.project.id");
  name = json_dup_at (made, "data.createProject.project.name");
  g_assert_cmpstr (name, ==, "Ünïcode & Co.");
  g_assert_cmpstr (id, ==, "proj_unicode_co");
  assert_typed_error (again, "CONFLICT");
  assert_typed_error (empty, "INVALID");
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM project WHERE name LIKE 'Viewer%%' OR name LIKE 'Key%%'"), ==, 0);
}

/* The same id may be taken in each organisation, and neither sees the other's. */
static void
test_same_id_in_two_organisations (void)
{
  g_autofree char *editor = bearer (fixture->editor_a), *viewer_b = bearer (fixture->viewer_b);
  g_autoptr (JsonNode) made = api_query (fixture, editor, "mutation{createProject(input:{id:\"proj_b\",name:\"A's\"}){project{id}}}", NULL);
  g_autoptr (JsonNode) seen = api_query (fixture, viewer_b, "{project(id:\"proj_b\"){name}}", NULL);
  g_autofree char *name = NULL;

  assert_no_errors (made);
  name = json_dup_at (seen, "data.project.name");
  g_assert_cmpstr (name, ==, "Org B");
}

static void
test_organisations_are_apart (void)
{
  g_autofree char *viewer_b = bearer (fixture->viewer_b);
  g_autoptr (JsonNode) of_b = api_query (fixture, viewer_b, "{projects{nodes{id sessions(range:{}){nodes{id}}} pageInfo{hasNextPage}} "
                                                            "project(id:\"proj_demo\"){name}}", NULL);
  g_autofree char *text = json_to_string (of_b, FALSE);

  assert_no_errors (of_b);
  g_assert_cmpstr (text, ==, "{\"data\":{\"projects\":{\"nodes\":[{\"id\":\"proj_b\",\"sessions\":{\"nodes\":[]}}],\"pageInfo\":{\"hasNextPage\":false}},"
                             "\"project\":null}}");
}

/* Every session exactly once, newest first, whatever the page's size; also when ties span pages. */
static void
test_session_pages (void)
{
  static const int sizes[] = { 1, 7, 20, 56, 57, 58, 100 };

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      g_autofree char *after = NULL, *last_started = NULL;
      gboolean more = TRUE;
      guint n_pages = 0;

      while (more)
        {
          g_autofree char *cursor = after != NULL ? g_strdup_printf ("\"%s\"", after) : g_strdup ("null");
          g_autofree char *variables = g_strdup_printf ("{\"n\":%d,\"after\":%s}", sizes[i], cursor), *has_next = NULL;
          g_autoptr (JsonNode) page = api_query (fixture, NULL, "query($n:Int!,$after:String){project(id:\"proj_demo\"){"
                                                                "sessions(range:{},first:$n,after:$after)"
                                                                "{nodes{id startedAt} pageInfo{hasNextPage endCursor}}}}", variables);
          JsonNode *nodes = json_at (page, "data.project.sessions.nodes");

          assert_no_errors (page);
          for (guint k = 0; k < json_array_get_length (json_node_get_array (nodes)); k++)
            {
              JsonNode *node = json_array_get_element (json_node_get_array (nodes), k);
              g_autofree char *started = json_dup_at (node, "startedAt");

              g_assert_true (g_hash_table_add (seen, json_dup_at (node, "id")));
              if (last_started != NULL)
                g_assert_cmpstr (started, <=, last_started);
              g_free (last_started);
              last_started = g_steal_pointer (&started);
            }
          has_next = json_dup_at (page, "data.project.sessions.pageInfo.hasNextPage");
          g_free (after);
          after = json_dup_at (page, "data.project.sessions.pageInfo.endCursor");
          more = g_str_equal (has_next, "true");
          n_pages++;
        }
      g_assert_cmpuint (g_hash_table_size (seen), ==, N_SESSIONS);
      g_assert_cmpuint (n_pages, ==, (N_SESSIONS + sizes[i] - 1) / sizes[i]);
    }
}

static void
test_session_filters (void)
{
  g_autoptr (JsonNode) graph = api_query (fixture, NULL, "{project(id:\"proj_demo\"){journeyGraph(range:{}){screens{id path sessionCount}}}}", NULL);
  JsonArray *screens;

  assert_no_errors (graph);
  screens = json_node_get_array (json_at (graph, "data.project.journeyGraph.screens"));
  g_assert_cmpuint (json_array_get_length (screens), ==, 2);
  for (guint i = 0; i < 2; i++)
    {
      JsonNode *screen = json_array_get_element (screens, i);
      g_autofree char *id = json_dup_at (screen, "id"), *sessions = json_dup_at (screen, "sessionCount");
      g_autofree char *variables = g_strdup_printf ("{\"screen\":\"%s\"}", id);
      g_autoptr (JsonNode) filtered = api_query (fixture, NULL, "query($screen:ID){project(id:\"proj_demo\"){"
                                                                "sessions(range:{},first:100,screenId:$screen){nodes{id}}}}", variables);

      assert_no_errors (filtered);
      g_assert_cmpuint (json_array_get_length (json_node_get_array (json_at (filtered, "data.project.sessions.nodes"))), ==,
                        g_ascii_strtoull (sessions, NULL, 10));
    }
  {
    static const struct
    {
      const char *arguments;
      guint n;
    } rows[] = {
      { "withErrors:true", N_SESSIONS / 5 + 1 }, { "screenId:\"999999\"", 0 }, { "screenId:\"x\"", 0 }, { "screenId:\"-1\"", 0 },
    };

    for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
      {
        g_autofree char *document = g_strdup_printf ("{project(id:\"proj_demo\"){sessions(range:{},first:100,%s){nodes{id}}}}", rows[i].arguments);
        g_autoptr (JsonNode) filtered = api_query (fixture, NULL, document, NULL);

        assert_no_errors (filtered);
        g_assert_cmpuint (json_array_get_length (json_node_get_array (json_at (filtered, "data.project.sessions.nodes"))), ==, rows[i].n);
      }
  }
}

/* Names that differ only in case, or not at all, are all there, once. */
static void
test_project_pages (void)
{
  static const char *const names[] = { "Same", "same", "Same", "SAME", "Zebra", "äpfel" };
  g_autofree char *editor = bearer (fixture->editor_a);
  gint64 n = fixture_owner_int ("SELECT count(*) FROM project WHERE org_id = %d", fixture->a->organisation->org_no) + G_N_ELEMENTS (names);

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *document = g_strdup_printf ("mutation{createProject(input:{id:\"page_%" G_GSIZE_FORMAT "\",name:\"%s\"}){project{id}}}", i, names[i]);
      g_autoptr (JsonNode) made = api_query (fixture, editor, document, NULL);

      assert_no_errors (made);
    }
  for (int size = 1; size <= 4; size++)
    {
      g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      g_autofree char *after = NULL;
      gboolean more = TRUE;

      while (more)
        {
          g_autofree char *cursor = after != NULL ? g_strdup_printf ("\"%s\"", after) : g_strdup ("null");
          g_autofree char *variables = g_strdup_printf ("{\"n\":%d,\"after\":%s}", size, cursor), *has_next = NULL;
          g_autoptr (JsonNode) page = api_query (fixture, NULL, "query($n:Int!,$after:String){projects(first:$n,after:$after){nodes{id} "
                                                                "pageInfo{hasNextPage endCursor}}}", variables);
          JsonNode *nodes = json_at (page, "data.projects.nodes");

          assert_no_errors (page);
          for (guint k = 0; k < json_array_get_length (json_node_get_array (nodes)); k++)
            g_assert_true (g_hash_table_add (seen, json_dup_at (json_array_get_element (json_node_get_array (nodes), k), "id")));
          has_next = json_dup_at (page, "data.projects.pageInfo.hasNextPage");
          g_free (after);
          after = json_dup_at (page, "data.projects.pageInfo.endCursor");
          more = g_str_equal (has_next, "true");
        }
      g_assert_cmpuint (g_hash_table_size (seen), ==, n);
    }
}

static void
test_blobs (void)
{
  g_autoptr (PdgDbConn) server = fixture_open (pdg_test_cluster_get_server_uri (), NULL);
  g_autoptr (GBytes) image = g_bytes_new_static ("picture of a", 12);
  g_autofree char *id = pdg_sha256_hex ("picture of a", 12), *path = g_strconcat ("/v1/blobs/", id, NULL);
  g_autofree char *known = g_strdup_printf ("If-None-Match: \"%s\"\r\n", id), *other = g_strdup_printf ("If-None-Match: \"%s\"\r\n", "00");
  g_autofree char *viewer_b = bearer (fixture->viewer_b), *key = bearer (fixture->key_a), *viewer_a = bearer (fixture->viewer_a);
  g_autofree char *missing = g_strdup ("/v1/blobs/0000000000000000000000000000000000000000000000000000000000000000");
  g_autoptr (GError) error = NULL;
  g_autofree char *foreign_body = NULL;
  PdgPicture picture = { .image = image, .media_type = "image/png", .width = 1, .height = 1 };
  const struct
  {
    const char *path, *headers;
    guint status;
  } rows[] = {
    { path, NULL, 200 }, { path, viewer_a, 200 }, { path, known, 304 }, { path, other, 200 }, { missing, viewer_b, 404 }, { path, viewer_b, 404 },
    { path, key, 403 }, { "/v1/blobs/", NULL, 404 }, { "/v1/blobs/x", NULL, 404 }, { "/v1/blobs/../../etc/passwd", NULL, 404 },
    { path, "Origin: https://evil.example\r\n", 401 }, { path, "Host: evil.example\r\n", 401 },
  };

  pdg_commands_add_snapshot (server, fixture->a->admin, fixture->a->project->project_no, "/blob", &picture, 0, &error);
  g_assert_no_error (error);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (RawAnswer) answer = api_send (fixture, 0, "GET", rows[i].path, rows[i].headers, NULL);
      g_autofree char *etag = raw_header (answer, "ETag"), *type = raw_header (answer, "Content-Type"), *cache = raw_header (answer, "Cache-Control");

      g_test_message ("%s %s", rows[i].path, answer->head);
      g_assert_cmpuint (answer->status, ==, rows[i].status);
      if (rows[i].status == 404 && g_str_has_prefix (rows[i].path, "/v1/blobs/0"))
        foreign_body = g_strdup (answer->body);
      if (rows[i].status == 404 && rows[i].headers == viewer_b)
        g_assert_cmpstr (answer->body, ==, foreign_body); /* the same answer as for one that is nowhere */
      if (rows[i].status != 200)
        continue;
      g_assert_cmpmem (answer->body, answer->body_len, "picture of a", 12);
      g_assert_cmpstr (type, ==, "image/png");
      g_assert_nonnull (strstr (etag, id));
      g_assert_nonnull (strstr (cache, "immutable"));
      g_assert_nonnull (strstr (cache, "private"));
    }
}

static void
fill (void)
{
  GString *out = body_new ();
  g_autofree char *body = NULL;
  g_auto (Verdict) verdict = { 0 };
  gint64 base_usec = g_get_real_time () - G_TIME_SPAN_HOUR;

  for (int i = 0; i < N_SESSIONS; i++)
    {
      g_autofree char *session = g_strdup_printf ("page-%d", i), *view = g_strdup_printf ("page-view-%d", i), *fault = g_strdup_printf ("page-error-%d", i);

      /* seven at a time began at the same instant */
      body_add (out, "proj_demo", view, session, "page.view", base_usec + (i / 7) * G_TIME_SPAN_SECOND, ",\"page.path\":\"/%s\"", i % 3 == 0 ? "one" : "two");
      if (i % 5 == 0)
        body_add (out, "proj_demo", fault, session, "error", base_usec + G_TIME_SPAN_MINUTE, "%s", "");
    }
  body = body_finish (out);
  fixture_store (fixture->ingest, fixture->a->admin, body, &verdict);
  g_assert_no_error (verdict.error);
  g_assert_cmpuint (verdict.n_rejected, ==, 0);
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  fixture = api_fixture_new ();
  fill ();
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/api/graphql/", cases[i].name, NULL);

      g_test_add_data_func (path, &cases[i], test_case);
    }
  g_test_add_func ("/api/graphql/body-too-large", test_body_too_large);
  g_test_add_func ("/api/graphql/tokens", test_tokens);
  g_test_add_func ("/api/graphql/organisations-are-apart", test_organisations_are_apart);
  g_test_add_func ("/api/graphql/session-pages", test_session_pages);
  g_test_add_func ("/api/graphql/session-filters", test_session_filters);
  g_test_add_func ("/api/graphql/roles", test_roles);
  g_test_add_func ("/api/graphql/same-id-in-two-organisations", test_same_id_in_two_organisations);
  g_test_add_func ("/api/graphql/project-pages", test_project_pages);
  g_test_add_func ("/api/graphql/blobs", test_blobs);
  status = g_test_run ();
  api_fixture_free (fixture);
  return status;
}
