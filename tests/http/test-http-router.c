#include "config.h"

#include "http/pdg-http-router.h"

static const struct
{
  const char *raw, *decoded;
} paths[] = {
  { "", "/" },
  { "/", "/" },
  { "/v1/events", "/v1/events" },
  { "/%76%31/events", "/v1/events" },
  { "/a%2Fb", "/a/b" },
  { "/caf%C3%A9", "/café" },
  { "/a/..b/...", "/a/..b/..." },
  { "/a/../b", NULL },
  { "/a/%2e%2e/b", NULL },
  { "/..", NULL },
  { "/a/.", NULL },
  { "/a%00b", NULL },
  { "/a%zz", NULL },
  { "/a%", NULL },
  { "/%ff", NULL },
  { "v1", NULL },
};

static void
test_paths (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autofree char *decoded = pdg_http_decode_path (paths[i].raw);

      g_test_message ("%s", paths[i].raw);
      g_assert_cmpstr (decoded, ==, paths[i].decoded);
    }
}

static const struct
{
  const char *query, *name, *value;
} queries[] = {
  { NULL, "a", NULL },
  { "", "a", NULL },
  { "a=1", "a", "1" },
  { "b=2&a=1&a=3", "a", "1" },
  { "a", "a", "" },
  { "a=", "a", "" },
  { "aa=1", "a", NULL },
  { "a=x+y%20z", "a", "x y z" },
  { "%61=1", "a", "1" },
  { "a=b=c", "a", "b=c" },
  { "a=%ff", "a", NULL },
  { "a=%00", "a", NULL },
  { "a=%4", "a", NULL },
  { "&&a=1&", "a", "1" },
  { "a=%26%3d", "a", "&=" },
};

static void
test_queries (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (queries); i++)
    {
      g_autofree char *value = pdg_http_query_dup_value (queries[i].query, queries[i].name);

      g_test_message ("%s", queries[i].query != NULL ? queries[i].query : "(none)");
      g_assert_cmpstr (value, ==, queries[i].value);
    }
}

static const struct
{
  const char *method, *path, *route;
  gboolean path_known;
} lookups[] = {
  { "POST", "/v1/events", "/v1/events", TRUE },
  { "GET", "/v1/events", NULL, TRUE },
  { "POST", "/v1/eventsX", NULL, FALSE },
  { "POST", "/v1/events/", NULL, FALSE },
  { "POST", "/v1/events/foo", NULL, FALSE },
  { "POST", "/v1", NULL, FALSE },
  { "GET", "/both", "/both", TRUE },
  { "HEAD", "/both", "/both", TRUE },
  { "POST", "/both", "/both", TRUE },
  { "GET", "/files/", "/files/*", TRUE },
  { "GET", "/files/a/b", "/files/*", TRUE },
  { "GET", "/files", NULL, FALSE },
  { "GET", "/files/deep/x", "/files/deep/*", TRUE },
  { "GET", "/files/exact", "/files/exact", TRUE },
  { "get", "/both", NULL, TRUE },
};

static PdgHttpRouter *
make_router (void)
{
  PdgHttpRouter *router = pdg_http_router_new ();

  pdg_http_router_add (router, "GET", "/files/*");
  pdg_http_router_add (router, "POST", "/v1/events");
  pdg_http_router_add (router, "GET", "/both");
  pdg_http_router_add (router, "POST,DELETE", "/both");
  pdg_http_router_add (router, "GET", "/files/deep/*");
  pdg_http_router_add (router, "GET", "/files/exact");
  return router;
}

static void
test_lookup (void)
{
  g_autoptr (PdgHttpRouter) router = make_router ();

  for (guint i = 0; i < G_N_ELEMENTS (lookups); i++)
    {
      gboolean path_known;
      PdgHttpRoute *route = pdg_http_router_lookup (router, lookups[i].method, lookups[i].path, &path_known);

      g_test_message ("%s %s", lookups[i].method, lookups[i].path);
      g_assert_cmpstr (route != NULL ? route->path : NULL, ==, lookups[i].route);
      g_assert_cmpint (path_known, ==, lookups[i].path_known);
    }
}

static void
test_allow (void)
{
  static const struct
  {
    const char *path, *allow;
  } cases[] = {
    { "/both", "GET, HEAD, POST, DELETE, OPTIONS" },
    { "/v1/events", "POST, OPTIONS" },
    { "/nothing", "GET, HEAD, POST, DELETE, OPTIONS" },
  };
  g_autoptr (PdgHttpRouter) router = make_router ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *allow = pdg_http_router_dup_allow (router, cases[i].path);

      g_assert_cmpstr (allow, ==, cases[i].allow);
    }
}

static void
test_counts (void)
{
  g_autoptr (PdgHttpRouter) router = make_router ();
  gboolean known;
  PdgHttpRoute *route = pdg_http_router_lookup (router, "POST", "/v1/events", &known);
  g_autoptr (GArray) rows = NULL;

  pdg_http_router_count (router, route, 202, 0);
  pdg_http_router_count (router, route, 202, 0);
  pdg_http_router_count (router, NULL, 404, 0);
  pdg_http_router_count (router, NULL, 1000, 0);
  rows = pdg_http_router_get_counts (router);
  g_assert_cmpuint (rows->len, ==, 2);
  g_assert_cmpstr (g_array_index (rows, PdgHttpRouteCount, 0).route, ==, "/v1/events");
  g_assert_cmpuint (g_array_index (rows, PdgHttpRouteCount, 0).status, ==, 202);
  g_assert_cmpuint (g_array_index (rows, PdgHttpRouteCount, 0).count, ==, 2);
  g_assert_cmpstr (g_array_index (rows, PdgHttpRouteCount, 1).route, ==, "");
}

/* Each request in the bucket of its duration; what began at no known time is in none. */
static void
test_times (void)
{
  g_autoptr (PdgHttpRouter) router = make_router ();
  gboolean known;
  PdgHttpRoute *route = pdg_http_router_lookup (router, "POST", "/v1/events", &known);
  gint64 now = g_get_monotonic_time ();
  g_autoptr (GArray) rows = NULL;
  const PdgHttpRouteTimes *times;

  pdg_http_router_count (router, route, 202, now - 700 * 1000);
  pdg_http_router_count (router, route, 202, now - G_GINT64_CONSTANT (60) * G_USEC_PER_SEC);
  pdg_http_router_count (router, route, 202, 0);
  rows = pdg_http_router_get_times (router);
  g_assert_cmpuint (rows->len, ==, 1);
  times = &g_array_index (rows, PdgHttpRouteTimes, 0);
  g_assert_cmpstr (times->route, ==, "/v1/events");
  for (guint i = 0; i <= PDG_HTTP_N_DURATIONS; i++)
    g_assert_cmpuint (times->counts[i], ==, i == PDG_HTTP_N_DURATIONS || (i > 0 && i < PDG_HTTP_N_DURATIONS && pdg_http_durations[i] == 1000000));
  g_assert_cmpuint (times->usec, >=, 60700000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http/router/decodes-paths", test_paths);
  g_test_add_func ("/http/router/decodes-queries", test_queries);
  g_test_add_func ("/http/router/finds-the-route", test_lookup);
  g_test_add_func ("/http/router/lists-methods", test_allow);
  g_test_add_func ("/http/router/counts-by-status", test_counts);
  g_test_add_func ("/http/router/times-requests", test_times);
  return g_test_run ();
}
