#include "config.h"

#include "api/api-fixture.h"

#include <string.h>

/* Events, sessions and actors through GraphQL: every argument, every condition of a filter, and that nobody sees another's. */

static ApiFixture *fixture;

#define AT(seconds) "\"event.timestamp\":\"2024-01-15T10:00:0" #seconds "Z\""
#define EVENT(id, session, type, seconds, more) \
  "{\"event_id\":\"" id "\",\"project_id\":\"PROJECT\",\"session.id\":\"" session "\",\"event.type\":\"" type "\"," AT (seconds) more "}"

static const char template[] =
  "{\"events\":["
  EVENT ("e1", "s1", "page.view", 1, ",\"page.path\":\"/product/42\",\"page.title\":\"Teapot\",\"event.sequence\":1,\"anonymous.id\":\"a1\","
                                     "\"app.version\":\"1.0\"") ","
  EVENT ("e2", "s1", "ui.click", 2, ",\"event.name\":\"Buy\",\"ui.component.name\":\"BuyButton\",\"event.sequence\":2,\"user.id\":\"u1\","
                                    "\"anonymous.id\":\"a1\","
                                    "\"metadata\":{\"plan\":\"pro\",\"cart\":{\"items\":[{\"price\":12.5}],\"gift\":true,\"note\":null}}") ","
  EVENT ("e3", "s1", "api.response", 3, ",\"api.path\":\"/pay\",\"api.status_code\":503,\"api.duration_ms\":840,\"user.id\":\"u1\",\"x.trace\":\"t-9\"") ","
  EVENT ("e4", "s2", "page.view", 4, ",\"page.path\":\"/product/7\",\"anonymous.id\":\"a2\"") ","
  EVENT ("e5", "s2", "error", 5, ",\"error.message\":\"it broke\",\"anonymous.id\":\"a2\"") ","
  EVENT ("e6", "s3", "page.view", 6, ",\"page.path\":\"/help\"")
  "]}";

/* Stores the six events in a project; ids begin with @mark. */
static void
store (const Tenant *tenant, const char *project, const char *mark)
{
  g_autoptr (GString) body = g_string_new (template);
  g_autofree char *id = g_strconcat ("\"event_id\":\"", mark, NULL), *session = g_strconcat ("\"session.id\":\"", mark, NULL);
  g_auto (Verdict) verdict = { 0 };

  g_string_replace (body, "PROJECT", project, 0);
  g_string_replace (body, "\"event_id\":\"", id, 0);
  g_string_replace (body, "\"session.id\":\"", session, 0);
  fixture_store (fixture->ingest, tenant->admin, body->str, &verdict);
  assert_stored (verdict, 6, 0, 0);
}

/* The answer of a project as JSON text. */
static char *
ask_as (const char *token, const char *project, const char *selection)
{
  g_autofree char *document = g_strdup_printf ("{project(id:\"%s\"){%s}}", project, selection);
  g_autofree char *headers = token != NULL ? g_strdup_printf ("Authorization: Bearer %s\r\n", token) : NULL;
  g_autoptr (JsonNode) response = api_query (fixture, headers, document, NULL);

  assert_no_errors (response);
  return json_to_string (json_at (response, "data.project"), FALSE);
}

static char *
ask (const char *selection)
{
  return ask_as (NULL, "proj_demo", selection);
}

/* ---- Which, and in which order */

typedef struct
{
  const char *arguments, *ids;
} Case;

static void
check_ids (const char *field, const Case *test)
{
  g_autofree char *selection = g_strdup_printf ("%s(%s){nodes{id}}", field, test->arguments);
  g_autofree char *document = g_strdup_printf ("{project(id:\"proj_demo\"){%s}}", selection);
  g_autoptr (JsonNode) response = api_query (fixture, NULL, document, NULL);
  g_autofree char *path = g_strconcat ("data.project.", field, ".nodes", NULL);
  g_autoptr (GString) ids = g_string_new (NULL);
  JsonArray *nodes;

  g_test_message ("%s", selection);
  assert_no_errors (response);
  nodes = json_node_get_array (json_at (response, path));
  for (guint i = 0; i < json_array_get_length (nodes); i++)
    {
      g_autofree char *id = json_dup_at (json_array_get_element (nodes, i), "id");

      g_string_append_printf (ids, "%s%s", i > 0 ? " " : "", id);
    }
  g_assert_cmpstr (ids->str, ==, test->ids);
}

#define FILTER(members) "order:OLDEST_FIRST,filter:{" members "}"

static const Case events[] = {
  { "first:50", "e6 e5 e4 e3 e2 e1" },
  { "order:OLDEST_FIRST", "e1 e2 e3 e4 e5 e6" },
  { "first:2", "e6 e5" },
  { "range:{from:\"2024-01-15T10:00:02Z\",to:\"2024-01-15T10:00:05Z\"}", "e4 e3 e2" },
  { "range:{from:\"2024-01-15T10:00:05Z\"}", "e6 e5" },
  { "range:null", "e6 e5 e4 e3 e2 e1" },
  { FILTER (""), "e1 e2 e3 e4 e5 e6" },
  { FILTER ("type:{}"), "e1 e2 e3 e4 e5 e6" },
  { FILTER ("type:null"), "e1 e2 e3 e4 e5 e6" },
  { FILTER ("type:{is:\"page.view\"}"), "e1 e4 e6" },
  { FILTER ("type:{isNot:\"page.view\"}"), "e2 e3 e5" },
  { FILTER ("type:{in:[\"error\",\"ui.click\"]}"), "e2 e5" },
  { FILTER ("type:{in:[]}"), "" },
  { FILTER ("type:{notIn:[\"error\",\"ui.click\"]}"), "e1 e3 e4 e6" },
  { FILTER ("name:{isNot:\"Buy\"}"), "e1 e3 e4 e5 e6" },
  { FILTER ("name:{exists:true}"), "e2" },
  { FILTER ("name:{exists:false}"), "e1 e3 e4 e5 e6" },
  { FILTER ("pagePath:{contains:\"duct/4\"}"), "e1" },
  { FILTER ("pagePath:{startsWith:\"/product\",endsWith:\"7\"}"), "e4" },
  { FILTER ("pagePath:{contains:\"%\"}"), "" },
  { FILTER ("screenPath:{is:\"/product/:id\"}"), "e1 e4" },
  { FILTER ("pageTitle:{is:\"Teapot\"}"), "e1" },
  { FILTER ("componentName:{startsWith:\"Buy\"}"), "e2" },
  { FILTER ("userId:{is:\"u1\"}"), "e1 e2 e3" }, /* e1 by its anonymous id, which e2 names together with the user */
  { FILTER ("anonymousId:{is:\"a1\"}"), "e1 e2" },
  { FILTER ("sessionId:{is:\"s2\"}"), "e4 e5" },
  { FILTER ("appVersion:{is:\"1.0\"}"), "e1" },
  { FILTER ("sequence:{atLeast:2}"), "e2" },
  { FILTER ("apiStatusCode:{is:503}"), "e3" },
  { FILTER ("apiStatusCode:{isNot:503}"), "e1 e2 e4 e5 e6" },
  { FILTER ("apiDurationMs:{greaterThan:839.5,lessThan:840.5}"), "e3" },
  { FILTER ("apiDurationMs:{atMost:839}"), "" },
  { FILTER ("errorMessage:{endsWith:\"broke\"}"), "e5" },
  { FILTER ("metadata:[{path:[\"plan\"],text:{is:\"pro\"}}]"), "e2" },
  { FILTER ("metadata:[{path:[\"cart\",\"items\",\"0\",\"price\"],number:{atLeast:12.5}}]"), "e2" },
  { FILTER ("metadata:[{path:[\"cart\",\"gift\"],bool:true}]"), "e2" },
  { FILTER ("metadata:[{path:[\"cart\",\"gift\"],bool:false}]"), "" },
  { FILTER ("metadata:[{path:[\"cart\",\"note\"],exists:true}]"), "" },
  { FILTER ("metadata:[{path:[\"cart\"],exists:true},{path:[\"plan\"],text:{isNot:\"free\"}}]"), "e2" },
  { FILTER ("metadata:[{path:[\"x.trace\"],text:{is:\"t-9\"}}]"), "e3" },
  { FILTER ("not:{type:{is:\"page.view\"}},sessionId:{is:\"s1\"}"), "e2 e3" },
  { FILTER ("or:[{type:{is:\"error\"}},{name:{is:\"Buy\"}}]"), "e2 e5" },
  { FILTER ("or:[]"), "" },
  { FILTER ("and:[{type:{is:\"page.view\"}},{pagePath:{contains:\"7\"}}]"), "e4" },
  { FILTER ("and:[]"), "e1 e2 e3 e4 e5 e6" },
};

static const Case sessions[] = {
  { "first:50", "s3 s2 s1" },
  { "first:1", "s3" },
  { "range:{to:\"2024-01-15T10:00:04Z\"}", "s1" },
  { "range:{from:\"2024-01-15T10:00:05Z\"}", "s3 s2" },
  { "withErrors:true", "s2 s1" },
  { "screenId:\"99999\"", "" },
  { "filter:{type:{is:\"error\"}}", "s2" },
  { "filter:{type:{is:\"error\"}},range:{to:\"2024-01-15T10:00:05Z\"}", "" },
  { "filter:{not:{type:{is:\"page.view\"}}}", "s2 s1" },
};

static const Case actors[] = {
  { "first:50", "s3 a2 u1" },
  { "first:1", "s3" },
  { "range:{to:\"2024-01-15T10:00:04Z\"}", "u1" },
  { "filter:{type:{is:\"error\"}}", "a2" },
};

static void
test_which (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (events); i++)
    check_ids ("events", &events[i]);
  for (gsize i = 0; i < G_N_ELEMENTS (sessions); i++)
    check_ids ("sessions", &sessions[i]);
  for (gsize i = 0; i < G_N_ELEMENTS (actors); i++)
    check_ids ("actors", &actors[i]);
}

/* ---- What they say */

static void
test_fields (void)
{
  static const struct
  {
    const char *selection, *answer;
  } cases[] = {
    { "event(id:\"e2\"){id type name timestamp sequence isLate isClamped isCounted pagePath pageTitle componentName componentPath journeyId journeyStepId release "
      "properties session{id} actor{id kind}}",
      "{\"event\":{\"id\":\"e2\",\"type\":\"ui.click\",\"name\":\"Buy\",\"timestamp\":\"2024-01-15T10:00:02Z\",\"sequence\":2,\"isLate\":true,"
      "\"isClamped\":false,\"isCounted\":false,\"pagePath\":null,\"pageTitle\":null,\"componentName\":\"BuyButton\",\"componentPath\":null,\"journeyId\":null,"
      "\"journeyStepId\":null,\"release\":null,\"properties\":{},\"session\":{\"id\":\"s1\"},\"actor\":{\"id\":\"u1\",\"kind\":\"USER\"}}}" },
    { "event(id:\"e3\"){pagePath sequence properties metadata}",
      "{\"event\":{\"pagePath\":null,\"sequence\":null,\"properties\":{\"api.path\":\"/pay\",\"api.duration_ms\":840,\"api.status_code\":503},"
      "\"metadata\":{\"x.trace\":\"t-9\"}}}" },
    { "event(id:\"e1\"){pagePath pageTitle release properties metadata}",
      "{\"event\":{\"pagePath\":\"/product/42\",\"pageTitle\":\"Teapot\",\"release\":\"1.0\",\"properties\":{},\"metadata\":null}}" },
    { "event(id:\"e2\"){metadata}",
      "{\"event\":{\"metadata\":{\"cart\":{\"gift\":true,\"note\":null,\"items\":[{\"price\":12.5}]},\"plan\":\"pro\"}}}" },
    { "event(id:\"nothing\"){id}", "{\"event\":null}" },
    { "session(id:\"s1\"){id startedAt endedAt durationMs eventCount pageViewCount errorCount entryPath exitPath release actor{id kind}}",
      "{\"session\":{\"id\":\"s1\",\"startedAt\":\"2024-01-15T10:00:01Z\",\"endedAt\":\"2024-01-15T10:00:03Z\",\"durationMs\":2000,\"eventCount\":3,"
      "\"pageViewCount\":1,\"errorCount\":1,\"entryPath\":\"/product/:id\",\"exitPath\":\"/product/:id\",\"release\":\"1.0\","
      "\"actor\":{\"id\":\"u1\",\"kind\":\"USER\"}}}" },
    { "session(id:\"s1\"){events{nodes{id}}}", "{\"session\":{\"events\":{\"nodes\":[{\"id\":\"e1\"},{\"id\":\"e2\"},{\"id\":\"e3\"}]}}}" },
    { "session(id:\"s1\"){events(order:NEWEST_FIRST,first:2){nodes{id} pageInfo{hasNextPage}}}",
      "{\"session\":{\"events\":{\"nodes\":[{\"id\":\"e3\"},{\"id\":\"e2\"}],\"pageInfo\":{\"hasNextPage\":true}}}}" },
    { "session(id:\"s1\"){events(filter:{userId:{exists:false}}){nodes{id}}}", "{\"session\":{\"events\":{\"nodes\":[]}}}" },
    { "session(id:\"s2\"){events(filter:{userId:{exists:false}},first:1){nodes{id}}}", "{\"session\":{\"events\":{\"nodes\":[{\"id\":\"e4\"}]}}}" },
    { "session(id:\"nothing\"){id}", "{\"session\":null}" },
    { "sessions(first:2){edges{node{id release entryPath actor{id kind} events(first:1){edges{node{type pagePath}}}}}}",
      "{\"sessions\":{\"edges\":[{\"node\":{\"id\":\"s3\",\"release\":null,\"entryPath\":\"/help\",\"actor\":{\"id\":\"s3\",\"kind\":\"SESSION\"},"
      "\"events\":{\"edges\":[{\"node\":{\"type\":\"page.view\",\"pagePath\":\"/help\"}}]}}},{\"node\":{\"id\":\"s2\",\"release\":null,"
      "\"entryPath\":\"/product/:id\",\"actor\":{\"id\":\"a2\",\"kind\":\"ANONYMOUS\"},\"events\":{\"edges\":[{\"node\":{\"type\":\"page.view\","
      "\"pagePath\":\"/product/7\"}}]}}}]}}" },
    { "actor(id:\"u1\"){id kind firstSeenAt lastSeenAt sessionCount sessions{nodes{id}}}",
      "{\"actor\":{\"id\":\"u1\",\"kind\":\"USER\",\"firstSeenAt\":\"2024-01-15T10:00:01Z\",\"lastSeenAt\":\"2024-01-15T10:00:03Z\",\"sessionCount\":1,"
      "\"sessions\":{\"nodes\":[{\"id\":\"s1\"}]}}}" },
    { "actors{nodes{id sessionCount lastSeenAt sessions{nodes{id}}}}",
      "{\"actors\":{\"nodes\":[{\"id\":\"s3\",\"sessionCount\":1,\"lastSeenAt\":\"2024-01-15T10:00:06Z\",\"sessions\":{\"nodes\":[{\"id\":\"s3\"}]}},"
      "{\"id\":\"a2\",\"sessionCount\":1,\"lastSeenAt\":\"2024-01-15T10:00:05Z\",\"sessions\":{\"nodes\":[{\"id\":\"s2\"}]}},"
      "{\"id\":\"u1\",\"sessionCount\":1,\"lastSeenAt\":\"2024-01-15T10:00:03Z\",\"sessions\":{\"nodes\":[{\"id\":\"s1\"}]}}]}}" },
    { "actor(id:\"u1\",kind:ANONYMOUS){id}", "{\"actor\":null}" },
    { "actor(id:\"a2\",kind:ANONYMOUS){id}", "{\"actor\":{\"id\":\"a2\"}}" },
    { "actor(id:\"a1\"){id}", "{\"actor\":{\"id\":\"u1\"}}" }, /* whom it counts as */
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *answer = ask (cases[i].selection);

      g_test_message ("%s", cases[i].selection);
      g_assert_cmpstr (answer, ==, cases[i].answer);
    }
}

/* The end of one page is where the next begins. */
static void
test_cursors (void)
{
  static const struct
  {
    const char *field, *more, *ids;
  } cases[] = {
    { "events", "", "e6 e5 e4 e3 e2 e1" }, { "events", ",order:OLDEST_FIRST", "e1 e2 e3 e4 e5 e6" },
    { "events", ",filter:{type:{is:\"page.view\"}}", "e6 e4 e1" }, { "sessions", "", "s3 s2 s1" }, { "actors", "", "s3 a2 u1" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GString) walked = g_string_new (NULL);
      g_autofree char *after = g_strdup ("null"), *has_next = g_strdup ("true");

      while (g_str_equal (has_next, "true"))
        {
          g_autofree char *document = g_strdup_printf ("{project(id:\"proj_demo\"){x:%s(first:1,after:%s%s){edges{cursor node{id}}pageInfo{hasNextPage "
                                                       "endCursor}}}}", cases[i].field, after, cases[i].more);
          g_autoptr (JsonNode) response = api_query (fixture, NULL, document, NULL);
          g_autofree char *id = json_dup_at (response, "data.project.x.edges.0.node.id"), *cursor = json_dup_at (response, "data.project.x.edges.0.cursor");
          g_autofree char *end = json_dup_at (response, "data.project.x.pageInfo.endCursor");

          assert_no_errors (response);
          g_assert_cmpstr (cursor, ==, end);
          g_string_append_printf (walked, "%s%s", walked->len > 0 ? " " : "", id);
          g_free (after);
          g_free (has_next);
          after = g_strdup_printf ("\"%s\"", end);
          has_next = json_dup_at (response, "data.project.x.pageInfo.hasNextPage");
        }
      g_assert_cmpstr (walked->str, ==, cases[i].ids);
    }
}

/* ---- What is refused */

static char *
repeat (const char *text, guint n, const char *between)
{
  GString *out = g_string_new (text);

  for (guint i = 1; i < n; i++)
    g_string_append_printf (out, "%s%s", between, text);
  return g_string_free (out, FALSE);
}

static void
check_filter (const char *filter, const char *message)
{
  g_autofree char *variables = g_strdup_printf ("{\"f\":%s}", filter);
  g_autoptr (JsonNode) response = api_query (fixture, NULL, "query($f:EventFilterInput){project(id:\"proj_demo\"){events(filter:$f){nodes{id}}}}", variables);
  g_autofree char *got = json_dup_at (response, "errors.0.message");

  if (message == NULL)
    {
      assert_no_errors (response);
      return;
    }
  assert_error_code (response, "BAD_USER_INPUT");
  g_assert_nonnull (strstr (got, message));
}

static void
test_refused (void)
{
  g_autofree char *deep = repeat ("{\"not\":", 9, ""), *deep_end = repeat ("}", 9, "");
  g_autofree char *deep_9 = g_strconcat (deep, "{\"type\":{\"is\":\"x\"}}", deep_end, NULL);
  g_autofree char *deep_10 = g_strconcat ("{\"not\":", deep_9, "}", NULL);
  g_autofree char *hundred = repeat ("{\"type\":{\"is\":\"x\"}}", 100, ","), *or_100 = g_strconcat ("{\"or\":[", hundred, "]}", NULL);
  g_autofree char *or_101 = g_strconcat ("{\"name\":{\"exists\":true},\"or\":[", hundred, "]}", NULL);
  g_autofree char *texts = repeat ("\"x\"", 500, ","), *in_500 = g_strconcat ("{\"type\":{\"in\":[", texts, "]}}", NULL);
  g_autofree char *in_501 = g_strconcat ("{\"type\":{\"in\":[\"y\",", texts, "]}}", NULL);
  static const char *const cursors[] = {
    "x", "", "1", "1.2.3", "1.2.3.00", "1.2.3.0000000000000000000000000000000g", "1.2.3.00000000000000000000000000000000 ",
  };

  check_filter (deep_9, NULL);
  check_filter (deep_10, "nested deeper than 10");
  check_filter (or_100, NULL);
  check_filter (or_101, "more than 100 conditions");
  check_filter (in_500, NULL);
  check_filter (in_501, "at most 500");
  check_filter ("{\"metadata\":[{\"path\":[],\"exists\":true}]}", "1 to 32 keys");
  for (gsize i = 0; i < G_N_ELEMENTS (cursors); i++)
    {
      g_autofree char *document = g_strdup_printf ("{project(id:\"proj_demo\"){events(after:\"%s\"){nodes{id}}}}", cursors[i]);
      g_autoptr (JsonNode) response = api_query (fixture, NULL, document, NULL);

      assert_error_code (response, "BAD_USER_INPUT");
    }
}

/* Cursors far out of any range are places like any other. */
static void
test_extreme_cursors (void)
{
  static const char *const times[] = { "-9223372036854775808", "-9223372036854775807", "9223372036854775806", "9223372036854775807", "0" };
  static const char *const orders[] = { "NEWEST_FIRST", "OLDEST_FIRST" };

  for (gsize i = 0; i < G_N_ELEMENTS (times); i++)
    for (gsize k = 0; k < G_N_ELEMENTS (orders); k++)
      {
        gboolean all = (times[i][0] == '9') == (k == 0);
        g_autofree char *selection = g_strdup_printf ("events(order:%s,after:\"%s.1.-2147483648.ffffffffffffffffffffffffffffffff\"){nodes{id}}",
                                                      orders[k], times[i]);
        g_autofree char *answer = ask (selection);
        guint n = 0;

        for (const char *p = answer; (p = strstr (p, "\"id\"")) != NULL; p++)
          n++;
        g_test_message ("%s: %s", selection, answer);
        g_assert_cmpuint (n, ==, all ? 6 : 0);
      }
}

/* ---- Who sees what */

/* With the other organisation's ids, cursors and numbers, its rows are not found, and one's own are. */
static void
test_other_organisation (void)
{
  static const char *const ids[] = { "event(id:\"e1\"){id}", "session(id:\"s1\"){id}", "events(filter:{sessionId:{is:\"s1\"}}){nodes{id}}" };
  static const char *const nothing[] = { "{\"event\":null}", "{\"session\":null}", "{\"events\":{\"nodes\":[]}}" };
  g_autofree char *headers = g_strdup_printf ("Authorization: Bearer %s\r\n", fixture->viewer_b);
  g_autoptr (JsonNode) theirs = api_query (fixture, NULL, "{project(id:\"proj_demo\"){events{edges{cursor}} sessions{edges{cursor}} "
                                                          "actors{edges{cursor}}}}", NULL);
  g_autoptr (JsonNode) refused = api_query (fixture, headers, "{project(id:\"proj_demo\"){events{nodes{id}} sessions{nodes{id}}}}", NULL);
  g_autofree char *project = json_dup_at (refused, "data.project");
  static const char *const fields[] = { "events", "sessions", "actors" };

  assert_no_errors (theirs);
  g_assert_cmpstr (project, ==, "");
  for (gsize i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_autofree char *answer = ask_as (fixture->viewer_b, "proj_b", ids[i]);

      g_assert_cmpstr (answer, ==, nothing[i]);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      g_autofree char *path = g_strdup_printf ("data.project.%s.edges.0.cursor", fields[i]), *cursor = json_dup_at (theirs, path);
      g_autofree char *selection = g_strdup_printf ("%s(after:\"%s\"){nodes{id}}", fields[i], cursor);
      g_autofree char *answer = ask_as (fixture->viewer_b, "proj_b", selection);

      g_assert_nonnull (cursor);
      for (const char *p = answer; (p = strstr (p, "{\"id\":\"")) != NULL; p++)
        g_assert_true (g_str_has_prefix (p + 7, "b") || p[7] == 'u' || p[7] == 'a'); /* marked as B's; actors have the same names */
      g_assert_nonnull (strstr (answer, "{\"id\":"));
    }
}

static void
executed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  *(GBytes **) user_data = pdg_api_execute_finish (fixture->api, result, &error);
  g_assert_no_error (error);
}

/* A principal bound to one project finds no other of its organisation, neither by id nor in a list. */
static void
test_bound_to_a_project (void)
{
  const Tenant *a = fixture->a;
  g_autoptr (PdgDbConn) owner = fixture_open (pdg_test_cluster_get_owner_uri (), NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgProject) other = pdg_commands_create_project (owner, a->admin, "proj_other", "Other", &error);
  g_autoptr (PdgPrincipal) bound = pdg_principal_new (a->organisation->uuid, a->organisation->org_no, PDG_ROLE_VIEWER, a->project->project_no, "bound");
  g_autoptr (GBytes) answer = NULL;

  g_assert_no_error (error);
  store (a, "proj_other", "other-");
  pdg_api_execute_async (fixture->api, bound,
                         "{projects{nodes{id sessions(first:1){nodes{id events(first:1){nodes{id}}}}}} project(id:\"proj_other\"){events{nodes{id}}}}",
                         NULL, NULL, NULL, executed_cb, &answer);
  fixture_wait (answer != NULL);
  {
    g_autofree char *text = g_strndup (g_bytes_get_data (answer, NULL), g_bytes_get_size (answer));
    g_autoptr (JsonNode) node = json_from_string (text, NULL);
    g_autofree char *data = json_to_string (json_at (node, "data"), FALSE);

    g_test_message ("%s", text);
    g_assert_cmpstr (data, ==, "{\"projects\":{\"nodes\":[{\"id\":\"proj_demo\",\"sessions\":{\"nodes\":[{\"id\":\"s3\",\"events\":{\"nodes\":"
                               "[{\"id\":\"e6\"}]}}]}}]},\"project\":null}");
  }
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
  fixture = api_fixture_new ();
  store (fixture->a, "proj_demo", "");
  store (fixture->b, "proj_b", "b-");
  g_test_add_func ("/api/records/which", test_which);
  g_test_add_func ("/api/records/fields", test_fields);
  g_test_add_func ("/api/records/cursors", test_cursors);
  g_test_add_func ("/api/records/refused", test_refused);
  g_test_add_func ("/api/records/extreme-cursors", test_extreme_cursors);
  g_test_add_func ("/api/records/other-organisation", test_other_organisation);
  g_test_add_func ("/api/records/bound-to-a-project", test_bound_to_a_project);
  status = g_test_run ();
  api_fixture_free (fixture);
  return status;
}
