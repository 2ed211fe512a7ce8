#include "config.h"

#include "api/api-fixture.h"
#include "service/pdg-keeper.h"

#include <string.h>

/* Consent, over the wire, in the database and back. */

static ApiFixture *fixture;
static PdgDbConn *owner;

#define TIME "\"event.timestamp\":\"2026-11-22T10:30:00Z\""
#define DENIED "\"consent.state\":\"denied\""
#define BROWSER "User-Agent: fox\r\n"

static void
set_rules (const char *denied, const char *unknown, gboolean headers)
{
  g_autofree char *document = g_strdup_printf ("mutation{setConsentRules(input:{projectId:\"proj_demo\",denied:%s,unknown:%s,headers:%s}){errors{message}}}",
                                               denied, unknown, headers ? "true" : "false");
  g_autoptr (JsonNode) response = api_query (fixture, fixture->as_admin, document, NULL);
  g_autofree char *errors = json_dup_at (response, "data.setConsentRules.errors");

  g_assert_cmpstr (errors, ==, "[]");
}

static void
assert_sent (const char *headers, const char *path, const char *body, const char *expected)
{
  g_autofree char *all = g_strconcat (JSON_TYPE, headers, NULL);
  g_autoptr (RawAnswer) answer = api_send (fixture, 0, "POST", path, all, body);

  g_assert_cmpuint (answer->status / 100, ==, 2);
  g_assert_cmpstr (answer->body, ==, expected);
}

/* Events of our own, the members of one each, separated by '|'. */
static void
assert_events (const char *headers, const char *events, const char *expected)
{
  g_auto (GStrv) list = g_strsplit (events, "|", -1);
  g_autoptr (GString) body = g_string_new ("{\"events\":[");

  for (guint i = 0; list[i] != NULL; i++)
    g_string_append_printf (body, "%s{\"project_id\":\"proj_demo\",\"session.id\":\"secret-session\",\"user.id\":\"secret-user\",\"event.type\":\"page.view\","
                            TIME ",%s}", i > 0 ? "," : "", list[i]);
  g_string_append (body, "]}");
  assert_sent (headers, "/v1/events", body->str, expected);
}

/* How many rows of any table hold the text anywhere. */
static gint64
count_rows_with (const char *text)
{
  g_autofree char *names = fixture_text (owner, "SELECT string_agg(c.relname, ' ') FROM pg_class c WHERE c.relnamespace = 'productgraph'::regnamespace "
                                                "AND c.relkind IN ('r', 'p') AND NOT c.relispartition");
  g_auto (GStrv) tables = g_strsplit (names, " ", -1);
  gint64 n = 0;

  for (guint i = 0; tables[i] != NULL; i++)
    n += fixture_owner_int ("SELECT count(*) FROM %s t WHERE t::text LIKE '%%%s%%' OR t::text LIKE '%%' || encode('%s', 'hex') || '%%'", tables[i], text,
                            text);
  return n;
}

static gint64
count_visitors (void)
{
  return fixture_owner_int ("SELECT count(*) FROM actor WHERE id LIKE 'cookieless-%%'");
}

/* Nothing is stored of who denied it, and accepted + rejected is what was sent. */
static void
test_withheld (void)
{
  assert_events ("", "\"event_id\":\"w1\"," DENIED "|\"event_id\":\"w2\"," DENIED ",\"metadata\":{\"a\":\"secret\"}",
                 "{\"accepted\":2,\"rejected\":0,\"withheld\":2,\"errors\":[]}");
  g_assert_cmpint (count_rows_with ("secret"), ==, 0);
  g_assert_cmpint (count_rows_with ("w1"), ==, 0);
  assert_events ("", "\"event_id\":\"w3\"," DENIED "|\"event_id\":\"w4\",\"event.type\":\"\"|\"event_id\":\"w5\",\"session.id\":\"open\",\"user.id\":\"open\"",
                 "{\"accepted\":2,\"rejected\":1,\"withheld\":1,\"errors\":[{\"index\":1,\"error\":\"event.type: required\"}]}");
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM event"), ==, 1);
  fixture_run (owner, "DELETE FROM dead_letter");
}

/* Counted: pages and visitors add up, and nothing tells who it was. */
static void
test_counted (void)
{
  gint64 before = fixture_owner_int ("SELECT count(*) FROM event"), sessions = fixture_owner_int ("SELECT count(*) FROM session");

  set_rules ("COUNT", "STORE", FALSE);
  assert_events (BROWSER,
                 "\"event_id\":\"c1\"," DENIED ",\"page.path\":\"/user/4711\",\"page.title\":\"secret\",\"metadata\":{\"a\":\"secret\"}|"
                 "\"event_id\":\"c2\"," DENIED ",\"page.url\":\"https://a.example/cart?secret\",\"session.id\":\"secret-2\",\"user.id\":\"secret-2\"",
                 "{\"accepted\":2,\"rejected\":0,\"counted\":2,\"errors\":[]}");
  assert_events ("User-Agent: cat\r\n", "\"event_id\":\"c3\"," DENIED, "{\"accepted\":1,\"rejected\":0,\"counted\":1,\"errors\":[]}");
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM event"), ==, before + 3);
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM session"), ==, sessions + 2);
  g_assert_cmpint (count_visitors (), ==, 2);
  g_assert_cmpint (count_rows_with ("secret"), ==, 0);
  g_assert_cmpint (count_rows_with ("4711"), ==, 0);
  g_assert_cmpint (count_rows_with ("127.0.0.1"), ==, 0);
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM event WHERE event_id IN ('c1', 'c2', 'c3')"), ==, 0);
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM screen WHERE path IN ('/user/:id', '/cart')"), ==, 2);
}

/* Sent again it counts once, with the events of others in the same request. */
static void
test_again (void)
{
  gint64 before = fixture_owner_int ("SELECT count(*) FROM event");

  assert_events (BROWSER,
                 "\"event_id\":\"c2\"," DENIED ",\"page.url\":\"https://a.example/cart?secret\"|"
                 "\"event_id\":\"open2\",\"session.id\":\"open\",\"user.id\":\"open\"",
                 "{\"accepted\":2,\"rejected\":0,\"duplicates\":1,\"counted\":1,\"errors\":[]}");
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM event"), ==, before + 1);
}

static void
test_asked (void)
{
  static const char document[] = "{project(id:\"proj_demo\"){consent{denied unknown headers categories} events(first:10){nodes{isCounted}}}}";
  g_autoptr (JsonNode) response = api_query (fixture, fixture->as_viewer, document, NULL);
  g_autofree char *denied = json_dup_at (response, "data.project.consent.denied"), *text = json_to_string (response, FALSE), *refused = NULL;
  g_autoptr (JsonNode) wrong = api_query (fixture, fixture->as_admin, "mutation{setConsentRules(input:{projectId:\"proj_demo\",denied:STORE,unknown:STORE})"
                                                          "{errors{code field}}}", NULL);

  g_assert_cmpstr (denied, ==, "COUNT");
  g_assert_nonnull (strstr (text, "\"isCounted\":true"));
  g_assert_nonnull (strstr (text, "\"isCounted\":false"));
  refused = json_dup_at (wrong, "data.setConsentRules.errors.0.field");
  g_assert_cmpstr (refused, ==, "[\"input\",\"denied\"]");
}

/* A header denies where the project says so, and not against the event. */
static void
test_headers (void)
{
  set_rules ("DROP", "STORE", FALSE);
  assert_events ("Sec-GPC: 1\r\n", "\"event_id\":\"h1\",\"session.id\":\"open\",\"user.id\":\"open\"", "{\"accepted\":1,\"rejected\":0,\"errors\":[]}");
  set_rules ("DROP", "STORE", TRUE);
  assert_events ("Sec-GPC: 1\r\n", "\"event_id\":\"h2\"", "{\"accepted\":1,\"rejected\":0,\"withheld\":1,\"errors\":[]}");
  assert_events ("DNT: 1\r\n", "\"event_id\":\"h3\"", "{\"accepted\":1,\"rejected\":0,\"withheld\":1,\"errors\":[]}");
  assert_events ("DNT: 0\r\n", "\"event_id\":\"h4\",\"session.id\":\"open\",\"user.id\":\"open\"", "{\"accepted\":1,\"rejected\":0,\"errors\":[]}");
  assert_events ("Sec-GPC: 1\r\n", "\"event_id\":\"h5\",\"consent.state\":\"granted\",\"session.id\":\"open\",\"user.id\":\"open\"",
                 "{\"accepted\":1,\"rejected\":0,\"errors\":[]}");
}

/* Other clients' events, each answered as before. */
static void
test_clients (void)
{
  gint64 before, visitors = count_visitors ();

  set_rules ("COUNT", "STORE", TRUE);
  before = fixture_owner_int ("SELECT count(*) FROM event");
  assert_sent (BROWSER, "/v1/track", "{\"writeKey\":\"proj_demo\",\"event\":\"Bought\",\"userId\":\"secret\",\"messageId\":\"s1\",\"timestamp\":"
                                     "\"2026-11-22T10:31:00Z\",\"context\":{\"consent\":{\"categoryPreferences\":{\"Ads\":false}}}}", "{\"success\":true}");
  assert_sent (BROWSER, "/batch/", "{\"api_key\":\"proj_demo\",\"batch\":[{\"event\":\"$pageview\",\"uuid\":\"0195f8a1-0000-7000-8000-000000000001\","
                                   "\"timestamp\":"
                                   "\"2026-11-22T10:32:00Z\",\"properties\":{\"distinct_id\":\"$posthog_cookieless\",\"$cookieless_mode\":true,"
                                   "\"$current_url\":\"https://a.example/secret-less\"}}]}", "{\"status\":\"Ok\"}");
  assert_sent (BROWSER "DNT: 1\r\n", "/track", "[{\"event\":\"bought\",\"properties\":{\"token\":\"proj_demo\",\"distinct_id\":\"secret\","
                                               "\"time\":1795343460}}]",
               "1");
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM event"), ==, before + 3);
  g_assert_cmpint (count_visitors (), ==, visitors); /* the browser of before */
  g_assert_cmpint (count_rows_with ("secret\""), ==, 0);
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM actor WHERE id IN ('secret', '$posthog_cookieless')"), ==, 0);
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM derived_session d WHERE d.key NOT IN (SELECT substr(a.id, 12)::uuid FROM actor a "
                                      "WHERE a.id LIKE 'cookieless-%%')"), ==, 0);
}

/* Tomorrow nobody can tell who yesterday's visitors were: the salt is gone from the database, and of the same browser there is another id. */
static void
test_salt_is_destroyed (void)
{
  g_autofree char *salt = fixture_text (owner, "SELECT encode(salt, 'hex') FROM cookieless_salt"), *next = NULL;
  gint64 visitors = count_visitors ();

  g_assert_cmpuint (strlen (salt), ==, 64);
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM cookieless_salt"), ==, 1);
  fixture_run (owner, "UPDATE cookieless_salt SET day = day - 1");
  assert_events (BROWSER, "\"event_id\":\"d1\"," DENIED, "{\"accepted\":1,\"rejected\":0,\"counted\":1,\"errors\":[]}");
  g_assert_cmpint (count_visitors (), ==, visitors + 1);
  next = fixture_text (owner, "SELECT encode(salt, 'hex') FROM cookieless_salt");
  g_assert_cmpstr (next, !=, salt);
  g_assert_cmpint (count_rows_with (salt), ==, 0);
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM cookieless_salt"), ==, 1);
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM pg_class WHERE relname = 'cookieless_salt' AND relpersistence = 'u'"), ==, 1);
}

/* Also when nobody is counted any more. */
static void
test_salt_is_destroyed_without_events (void)
{
  g_autoptr (PdgDbConn) server = fixture_open (pdg_test_cluster_get_server_uri (), NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (pdg_keeper_work (server, &error));
  g_assert_no_error (error);
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM cookieless_salt"), ==, 1);
  fixture_run (owner, "UPDATE cookieless_salt SET day = day - 1");
  g_assert_true (pdg_keeper_work (server, &error));
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM cookieless_salt"), ==, 0);
}

/* Two collectors count one visitor as one; another project's is another. */
static void
test_two_collectors (void)
{
  g_autoptr (PdgApi) api = NULL;
  PdgHttpServer *server = NULL;
  PdgApiOptions options = api_fixture_get_options (fixture);
  gint64 visitors = count_visitors ();
  static const char body[] =
      "{\"events\":[{\"event_id\":\"t2\",\"project_id\":\"proj_demo\",\"session.id\":\"x\",\"event.type\":\"page.view\"," TIME "," DENIED "}]}";
  g_autoptr (RawAnswer) answer = NULL;

  api = api_fixture_serve (&options, &server);
  assert_events (BROWSER, "\"event_id\":\"t1\"," DENIED, "{\"accepted\":1,\"rejected\":0,\"counted\":1,\"errors\":[]}");
  answer = api_send (fixture, pdg_http_server_get_port (server), "POST", "/v1/events", JSON_TYPE BROWSER, body);
  g_assert_cmpuint (answer->status, ==, 202);
  g_assert_cmpint (count_visitors (), ==, visitors + 1);
  pdg_http_server_free (server);
}

/* Numbers for the monitoring system. */
static void
test_metrics (void)
{
  g_autoptr (RawAnswer) answer = api_send (fixture, 0, "GET", "/metrics", "", NULL);

  g_assert_null (strstr (answer->body, "productgraph_events_withheld_total 0\n"));
  g_assert_nonnull (strstr (answer->body, "productgraph_events_withheld_total 5\n"));
  g_assert_null (strstr (answer->body, "productgraph_events_counted_total 0\n"));
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  fixture = api_fixture_new ();
  owner = fixture_open (pdg_test_cluster_get_owner_uri (), NULL);
  g_test_add_func ("/api/consent/withheld", test_withheld);
  g_test_add_func ("/api/consent/counted", test_counted);
  g_test_add_func ("/api/consent/again", test_again);
  g_test_add_func ("/api/consent/asked", test_asked);
  g_test_add_func ("/api/consent/headers", test_headers);
  g_test_add_func ("/api/consent/clients", test_clients);
  g_test_add_func ("/api/consent/salt-is-destroyed", test_salt_is_destroyed);
  g_test_add_func ("/api/consent/salt-is-destroyed-without-events", test_salt_is_destroyed_without_events);
  g_test_add_func ("/api/consent/two-collectors", test_two_collectors);
  g_test_add_func ("/api/consent/metrics", test_metrics);
  status = g_test_run ();
  pdg_db_conn_free (owner);
  api_fixture_free (fixture);
  return status;
}
