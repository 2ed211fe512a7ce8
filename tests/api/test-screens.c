#include "config.h"

#include "api/api-fixture.h"
#include "service/pdg-commands-snapshots.h"

#include <string.h>

/* Screens and their pictures: pages, search, and many parents at once. */

static ApiFixture *fixture;

static const struct
{
  const char *path, *title;
} screens[] = {
  { "/", "Home" },
  { "/about", "Über uns" },
  { "/cart", "Your CART" },
  { "/cart/empty", NULL },
  { "/checkout", "Pay 100%" },
  { "/product/:id", NULL },
};

#define N_PICTURES 3

static void
make_data (void)
{
  g_autoptr (PdgDbConn) owner = fixture_open (pdg_test_cluster_get_owner_uri (), NULL);
  GString *body = body_new ();
  g_autofree char *text = NULL;
  g_auto (Verdict) verdict = { 0 };
  gint64 now = g_get_real_time ();

  for (gsize i = 0; i < G_N_ELEMENTS (screens); i++)
    {
      g_autofree char *id = g_strdup_printf ("e%" G_GSIZE_FORMAT, i);
      g_autofree char *title = screens[i].title != NULL ? g_strdup_printf (",\"page.title\":\"%s\"", screens[i].title) : g_strdup ("");
      g_autofree char *path = g_str_has_suffix (screens[i].path, ":id") ? g_strdup ("/product/12") : g_strdup (screens[i].path);

      body_add (body, "proj_demo", id, "s1", "page.view", now + (gint64) i, ",\"page.path\":\"%s\"%s", path, title);
    }
  text = body_finish (body);
  fixture_store (fixture->ingest, fixture->a->admin, text, &verdict);
  assert_stored (verdict, G_N_ELEMENTS (screens), 0, 0);
  for (guint i = 0; i < N_PICTURES; i++)
    {
      g_autofree char *bytes = g_strdup_printf ("picture %u", i / 2); /* the first two are the same */
      g_autoptr (GBytes) image = g_bytes_new (bytes, strlen (bytes));
      g_autoptr (GError) error = NULL;
      PdgPicture picture = { .image = image, .media_type = "image/png", .width = 100 + (int) i, .height = 50 };

      pdg_commands_add_snapshot (owner, fixture->a->admin, fixture->a->project->project_no, i == 2 ? "/checkout" : "/cart", &picture,
                                 (gint64) (i + 1) * G_USEC_PER_SEC, &error);
      g_assert_no_error (error);
    }
  fixture_run (owner, "UPDATE productgraph.snapshot SET component_tree = '{\"a\":[1, 2.50]}', state = 'null' WHERE width = 100");
  fixture_run (owner, "UPDATE productgraph.snapshot p SET session_no = s.session_no FROM productgraph.session s WHERE s.id = 's1' AND width = 101");
  fixture_run (owner, "UPDATE productgraph.snapshot SET component_tree = '{}}', state = '\"x\"' WHERE width = 102");
}

static char *
dup_paths (JsonNode *response, const char *at, const char *member)
{
  JsonArray *nodes = json_node_get_array (json_at (response, at));
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < json_array_get_length (nodes); i++)
    {
      g_autofree char *path = json_dup_at (json_array_get_element (nodes, i), member);

      g_string_append_printf (out, "%s%s", i > 0 ? " " : "", path);
    }
  return g_string_free (out, FALSE);
}

static void
test_pages (void)
{
  g_autofree char *after = g_strdup ("null");
  g_autoptr (GString) all = g_string_new (NULL);

  for (guint page = 0; page < 3; page++)
    {
      g_autofree char *document = g_strdup_printf ("{project(id:\"proj_demo\"){screens(first:2,after:%s){nodes{path} edges{cursor node{path}} "
                                                   "pageInfo{hasNextPage hasPreviousPage endCursor}}}}", after);
      g_autoptr (JsonNode) response = api_query (fixture, NULL, document, NULL);
      g_autofree char *paths = NULL, *more = NULL, *end = NULL;

      assert_no_errors (response);
      paths = dup_paths (response, "data.project.screens.nodes", "path");
      more = json_dup_at (response, "data.project.screens.pageInfo.hasNextPage");
      end = json_dup_at (response, "data.project.screens.pageInfo.endCursor");
      g_assert_cmpstr (more, ==, page < 2 ? "true" : "false");
      g_string_append_printf (all, "%s|", paths);
      g_free (after);
      after = g_strdup_printf ("\"%s\"", end);
    }
  g_assert_cmpstr (all->str, ==, "/ /about|/cart /cart/empty|/checkout /product/:id|");
}

static void
test_search (void)
{
  static const struct
  {
    const char *search, *paths;
  } rows[] = {
    { "cart", "/cart /cart/empty" }, { "CART", "/cart /cart/empty" }, { "über", "/about" }, { "ÜBER", "/about" }, { "%", "/checkout" },
    { "_", "" }, { "100%", "/checkout" }, { "/P", "/product/:id" }, { "\\\\", "" }, { "nothing", "" }, { "", "/ /about /cart /cart/empty /checkout /product/:id" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *document = g_strdup_printf ("{project(id:\"proj_demo\"){screens(search:\"%s\"){nodes{path}}}}", rows[i].search);
      g_autoptr (JsonNode) response = api_query (fixture, NULL, document, NULL);
      g_autofree char *paths = NULL;

      assert_no_errors (response);
      paths = dup_paths (response, "data.project.screens.nodes", "path");
      g_assert_cmpstr (paths, ==, rows[i].paths);
    }
}

static void
test_screen (void)
{
  g_autoptr (JsonNode) list = api_query (fixture, NULL, "{project(id:\"proj_demo\"){screens(search:\"/product\"){nodes{id name title snapshot{id}}}}}", NULL);
  g_autofree char *id = json_dup_at (list, "data.project.screens.nodes.0.id"), *name = json_dup_at (list, "data.project.screens.nodes.0.name");
  g_autofree char *title = json_dup_at (list, "data.project.screens.nodes.0.title"), *document = NULL, *path = NULL;
  g_autoptr (JsonNode) response = NULL;
  static const char *const none[] = { "0", "-1", "x", "", "1x", " 1", "99999999999999999999", "4294967297" };

  g_assert_cmpstr (name, ==, "Product");
  g_assert_cmpstr (title, ==, "");
  document = g_strdup_printf ("{project(id:\"proj_demo\"){screen(id:%s){path}}}", id);
  response = api_query (fixture, NULL, document, NULL);
  assert_no_errors (response);
  path = json_dup_at (response, "data.project.screen.path");
  g_assert_cmpstr (path, ==, "/product/:id");
  for (gsize i = 0; i < G_N_ELEMENTS (none); i++)
    {
      g_autofree char *ask = g_strdup_printf ("{project(id:\"proj_demo\"){screen(id:\"%s\"){path}}}", none[i]);
      g_autoptr (JsonNode) nothing = api_query (fixture, NULL, ask, NULL);

      assert_no_errors (nothing);
      g_assert_true (JSON_NODE_HOLDS_NULL (json_at (nothing, "data.project.screen")));
    }
}

/* Each screen has the pictures that are its own, in one page for every parent. */
static void
test_snapshots (void)
{
  g_autoptr (JsonNode) response = api_query (fixture, NULL,
    "{project(id:\"proj_demo\"){screens{nodes{path snapshot{width} snapshots(first:1){nodes{width screen{path}} pageInfo{hasNextPage endCursor}}}}"
    " all:snapshots{nodes{width session{id eventCount} takenAt mediaType blobId url}}"
    " late:snapshots(range:{from:\"1970-01-01T00:00:02Z\",to:\"1970-01-01T00:00:03Z\"}){nodes{width}}"
    " none:snapshots(screenId:\"77\"){nodes{width}} two:snapshots(first:2){pageInfo{endCursor}}}}", NULL);
  g_autofree char *newest = NULL, *all = NULL, *late = NULL, *none = NULL, *url = NULL, *blob = NULL, *end = NULL, *rest = NULL, *same = NULL;
  g_autofree char *document = NULL, *path = NULL, *more = NULL, *session = NULL;
  g_autoptr (JsonNode) second = NULL;
  g_autoptr (RawAnswer) answer = NULL;

  assert_no_errors (response);
  newest = dup_paths (response, "data.project.screens.nodes", "snapshot.width");
  all = dup_paths (response, "data.project.all.nodes", "width");
  late = dup_paths (response, "data.project.late.nodes", "width");
  none = dup_paths (response, "data.project.none.nodes", "width");
  g_assert_cmpstr (newest, ==, "(null) (null) 101 (null) 102 (null)");
  g_assert_cmpstr (all, ==, "102 101 100");
  g_assert_cmpstr (late, ==, "101");
  g_assert_cmpstr (none, ==, "");
  path = json_dup_at (response, "data.project.screens.nodes.2.snapshots.nodes.0.screen.path");
  more = json_dup_at (response, "data.project.screens.nodes.2.snapshots.pageInfo.hasNextPage");
  g_assert_cmpstr (path, ==, "/cart");
  g_assert_cmpstr (more, ==, "true");
  blob = json_dup_at (response, "data.project.all.nodes.1.blobId");
  same = json_dup_at (response, "data.project.all.nodes.2.blobId");
  url = json_dup_at (response, "data.project.all.nodes.1.url");
  g_assert_cmpstr (blob, ==, same);
  session = json_dup_at (response, "data.project.all.nodes.1.session.id");
  g_assert_cmpstr (session, ==, "s1");
  g_assert_true (JSON_NODE_HOLDS_NULL (json_at (response, "data.project.all.nodes.2.session")));
  answer = api_send (fixture, 0, "GET", url, NULL, NULL);
  g_assert_cmpuint (answer->status, ==, 200);
  g_assert_cmpstr (answer->body, ==, "picture 0");
  end = json_dup_at (response, "data.project.two.pageInfo.endCursor");
  document = g_strdup_printf ("{project(id:\"proj_demo\"){snapshots(after:\"%s\"){nodes{width}}}}", end);
  second = api_query (fixture, NULL, document, NULL);
  assert_no_errors (second);
  rest = dup_paths (second, "data.project.snapshots.nodes", "width");
  g_assert_cmpstr (rest, ==, "100");
}

/* What was stored as text stands in the response as it is, and cannot break it. */
static void
test_json (void)
{
  g_autoptr (JsonNode) response = api_query (fixture, NULL, "{project(id:\"proj_demo\"){snapshots{nodes{width componentTree state}}}}", NULL);
  JsonArray *errors = json_node_get_array (json_at (response, "errors"));
  g_autofree char *tree = json_dup_at (response, "data.project.snapshots.nodes.2.componentTree.a.1");
  g_autofree char *state = json_dup_at (response, "data.project.snapshots.nodes.0.state"), *message = json_dup_at (response, "errors.0.message");

  g_assert_cmpuint (json_array_get_length (errors), ==, 1);
  g_assert_nonnull (strstr (message, "no JSON"));
  g_assert_cmpstr (tree, ==, "2.5");
  g_assert_cmpstr (state, ==, "x");
  g_assert_true (JSON_NODE_HOLDS_NULL (json_at (response, "data.project.snapshots.nodes.0.componentTree")));
  g_assert_true (JSON_NODE_HOLDS_NULL (json_at (response, "data.project.snapshots.nodes.1.componentTree")));
}

static void
test_refused (void)
{
  static const char *const documents[] = {
    "{project(id:\"proj_demo\"){screens(first:0){nodes{id}}}}",
    "{project(id:\"proj_demo\"){screens(first:101){nodes{id}}}}",
    "{project(id:\"proj_demo\"){snapshots(after:\"x\"){nodes{id}}}}",
    "{project(id:\"proj_demo\"){snapshots(after:\"1.\"){nodes{id}}}}",
    "{project(id:\"proj_demo\"){snapshots(after:\"1.2x\"){nodes{id}}}}",
    "{project(id:\"proj_demo\"){snapshots(range:{from:\"2026-01-02T00:00:00Z\",to:\"2026-01-01T00:00:00Z\"}){nodes{id}}}}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (documents); i++)
    {
      g_autoptr (JsonNode) response = api_query (fixture, NULL, documents[i], NULL);

      assert_error_code (response, "BAD_USER_INPUT");
    }
}

/* What events and pictures tell of a screen: grouped, newest values, and only those of the range. */
static void
test_signs (void)
{
  g_autoptr (PdgDbConn) owner = fixture_open (pdg_test_cluster_get_owner_uri (), NULL);
  GString *body = body_new ();
  g_autofree char *text = NULL, *got = NULL;
  g_auto (Verdict) verdict = { 0 };
  g_autoptr (JsonNode) list = NULL, response = NULL;
  g_autofree char *id = NULL, *document = NULL;
  gint64 now = g_get_real_time () - 60 * G_USEC_PER_SEC;
  static const struct { const char *session, *type, *rest; } events[] = {
    { "s1", "api.response", ",\"api.method\":\"GET\",\"api.path\":\"/api/items/7\",\"api.status_code\":200,\"api.duration_ms\":100" },
    { "s2", "api.response", ",\"api.method\":\"GET\",\"api.path\":\"/api/items/8?x=1\",\"api.status_code\":404,\"api.duration_ms\":200" },
    { "s2", "api.response", ",\"api.method\":\"GET\",\"api.path\":\"/api/items/9\",\"api.status_code\":502,\"api.duration_ms\":300" },
    { "s2", "api.response", ",\"api.path\":\"/api/cart\"" },
    { "s1", "error", ",\"error.type\":\"E\",\"error.message\":\"It broke\",\"error.component\":\"Old\"" },
    { "s2", "error", ",\"error.type\":\"E\",\"error.message\":\"It broke\",\"error.component\":\"New\"" },
    { "s2", "error", ",\"error.type\":\"E\",\"error.message\":\"It broke\",\"error.component\":\"New\"" },
    { "s2", "error", "" },
    { "s1", "state.change", ",\"ui.state.key\":\"cart.items\",\"ui.state.after\":\"1\"" },
    { "s2", "state.change", ",\"ui.state.key\":\"cart.items\",\"ui.state.after\":\"2\"" },
    { "s2", "state.change", ",\"ui.state.key\":\"cart.items\",\"ui.state.after\":\"1\"" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (events); i++)
    {
      g_autofree char *event_id = g_strdup_printf ("sign%u", i);

      body_add (body, "proj_demo", event_id, events[i].session, events[i].type, now + i * G_USEC_PER_SEC, ",\"page.path\":\"/cart\"%s", events[i].rest);
    }
  text = body_finish (body);
  fixture_store (fixture->ingest, fixture->a->admin, text, &verdict);
  assert_stored (verdict, G_N_ELEMENTS (events), 0, 0);
  fixture_run (owner, "UPDATE productgraph.snapshot SET state = '{\"cart\":{\"total\":{\"eur\":9.5}},\"ok\":true}' WHERE width = 101");
  list = api_query (fixture, NULL, "{project(id:\"proj_demo\"){screens(search:\"/cart\"){nodes{id}}}}", NULL);
  id = json_dup_at (list, "data.project.screens.nodes.0.id");
  document = g_strdup_printf ("{project(id:\"proj_demo\"){screen(id:\"%s\"){"
                              "apiCalls{method route count failureCount durationP75Ms} errors{type message component count sessionCount} "
                              "stateValues{path lastValue count distinctCount} "
                              "none:apiCalls(range:{to:\"2001-01-01T00:00:00Z\"}){route} one:errors(first:1){message}}}}", id);
  response = api_query (fixture, NULL, document, NULL);
  assert_no_errors (response);
  got = json_to_string (json_at (response, "data.project.screen"), FALSE);
  g_assert_cmpstr (got, ==,
                   "{\"apiCalls\":[{\"method\":\"GET\",\"route\":\"/api/items/:id\",\"count\":3,\"failureCount\":2,\"durationP75Ms\":250},"
                   "{\"method\":null,\"route\":\"/api/cart\",\"count\":1,\"failureCount\":0,\"durationP75Ms\":null}],"
                   "\"errors\":[{\"type\":\"E\",\"message\":\"It broke\",\"component\":\"New\",\"count\":3,\"sessionCount\":2},"
                   "{\"type\":null,\"message\":null,\"component\":null,\"count\":1,\"sessionCount\":1}],"
                   "\"stateValues\":[{\"path\":\"cart.items\",\"lastValue\":\"1\",\"count\":3,\"distinctCount\":2},"
                   "{\"path\":\"cart.total.eur\",\"lastValue\":\"9.5\",\"count\":1,\"distinctCount\":1},"
                   "{\"path\":\"ok\",\"lastValue\":\"true\",\"count\":1,\"distinctCount\":1}],\"none\":[],\"one\":[{\"message\":\"It broke\"}]}");
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  fixture = api_fixture_new ();
  make_data ();
  g_test_add_func ("/api/screens/pages", test_pages);
  g_test_add_func ("/api/screens/search", test_search);
  g_test_add_func ("/api/screens/screen", test_screen);
  g_test_add_func ("/api/screens/snapshots", test_snapshots);
  g_test_add_func ("/api/screens/signs", test_signs);
  g_test_add_func ("/api/screens/json", test_json);
  g_test_add_func ("/api/screens/refused", test_refused);
  status = g_test_run ();
  api_fixture_free (fixture);
  return status;
}
