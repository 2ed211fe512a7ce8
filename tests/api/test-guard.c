#include "config.h"

#include "api/api-fixture.h"

#include <string.h>

/* Redaction and dead letters, over the wire, in the database and back. */

static ApiFixture *fixture;
static const char *editor, *viewer, *admin; /* headers */

#define TIME "\"event.timestamp\":\"2026-11-22T10:30:00Z\""

static RawAnswer *
send_to (const char *path, const char *headers, const char *body)
{
  g_autofree char *all = g_strconcat (JSON_TYPE, headers, NULL);

  return api_send (fixture, 0, "POST", path, all, body);
}

/* Sends events (members without braces of one each) of the project; what the collector answers. (transfer full) */
static char *
send_event (const char *id, const char *members)
{
  g_autofree char *body = g_strdup_printf ("{\"events\":[{\"event_id\":\"%s\",\"project_id\":\"proj_demo\",\"session.id\":\"guard\","
                                           "\"event.type\":\"custom\"%s}]}", id, members);
  g_autoptr (RawAnswer) answer = send_to ("/v1/events", "", body);

  g_assert_cmpuint (answer->status, ==, 202);
  return g_strdup (answer->body);
}

/* How many rows of the tables hold the text anywhere. */
static gint64
count_rows_with (const char *text)
{
  g_autofree char *sql = g_strdup_printf (
      "SELECT (SELECT count(*) FROM event t WHERE t::text LIKE '%%%s%%') + (SELECT count(*) FROM screen t WHERE t::text LIKE '%%%s%%') "
      "+ (SELECT count(*) FROM term t WHERE t::text LIKE '%%%s%%') + (SELECT count(*) FROM session t WHERE t::text LIKE '%%%s%%') "
      "+ (SELECT count(*) FROM actor t WHERE t::text LIKE '%%%s%%') "
      "+ (SELECT count(*) FROM dead_letter t WHERE convert_from(t.raw, 'UTF8') LIKE '%%%s%%' OR t::text LIKE '%%%s%%')",
      text, text, text, text, text, text, text);

  return fixture_owner_int ("%s", sql);
}

static void
test_redacted (void)
{
  g_autofree char *answer = send_event ("redacted", "," TIME ",\"page.url\":\"https://a.example/hidden@example.com?token=hidden1\","
                                                    "\"ui.state.after\":\"{\\\"password\\\":\\\"hidden2\\\"}\",\"metadata\":{\"n\":[\"4111111111111111\"]}");

  g_assert_nonnull (strstr (answer, "\"accepted\":1"));
  assert_asked (fixture, NULL, "{project(id:\"proj_demo\"){event(id:\"redacted\"){metadata}}}", "data.project.event.metadata.n.0", "[card]");
  assert_asked (fixture, NULL, "{project(id:\"proj_demo\"){event(id:\"redacted\"){redactionVersion}}}", "data.project.event.redactionVersion", "1");
  g_assert_cmpint (count_rows_with ("hidden"), ==, 0);
  g_assert_cmpint (count_rows_with ("4111111111111111"), ==, 0);
  g_assert_cmpint (count_rows_with ("[card]"), ==, 1);
}

/* Other rules hold from the next request on. */
static void
test_own_rules (void)
{
  g_autofree char *first = send_event ("before", "," TIME ",\"metadata\":{\"plan\":\"gold\",\"mail\":\"seen@example.org\"}"), *second = NULL;

  assert_asked (fixture, editor, "mutation{setRedactionRules(input:{projectId:\"proj_demo\",patterns:[],keys:[\"plan\"]}){errors{code}}}",
                "data.setRedactionRules.errors.0.code", "FORBIDDEN");
  assert_asked (fixture, admin, "mutation{setRedactionRules(input:{projectId:\"proj_demo\",patterns:[],keys:[\"plan\",\"--\"]}){errors{code field}}}",
                "data.setRedactionRules.errors.0.field", "[\"input\",\"keys\",\"1\"]");
  assert_asked (fixture, admin, "mutation{setRedactionRules(input:{projectId:\"proj_demo\",patterns:[],keys:[\"plan\"]}){project{redaction{version}}}}",
                "data.setRedactionRules.project.redaction.version", "2");
  second = send_event ("after", "," TIME ",\"metadata\":{\"plan\":\"gold\",\"mail\":\"seen@example.org\"}");
  assert_asked (fixture, NULL, "{project(id:\"proj_demo\"){event(id:\"before\"){metadata}}}", "data.project.event.metadata.mail", "[email]");
  assert_asked (fixture, NULL, "{project(id:\"proj_demo\"){event(id:\"after\"){metadata}}}", "data.project.event.metadata.mail", "seen@example.org");
  assert_asked (fixture, NULL, "{project(id:\"proj_demo\"){event(id:\"after\"){metadata}}}", "data.project.event.metadata.plan", "[redacted]");
  assert_asked (fixture, NULL, "{project(id:\"proj_demo\"){event(id:\"after\"){redactionVersion}}}", "data.project.event.redactionVersion", "2");
}

#define DRY_RUN(patterns, key) \
  "{redactionDryRun(projectId:\"proj_demo\",rules:{patterns:[" patterns "],keys:[\"" key "\"]}){affectedEvents rules{rule hits} keys{path rule hits examples}}}"

/* Of what the test before has stored: one address, and one plan that was not taken out. */
static void
test_dry_run (void)
{
  assert_asked (fixture, NULL, DRY_RUN ("EMAIL", "plan"), "data.redactionDryRun.affectedEvents", "2");
  assert_asked (fixture, NULL, DRY_RUN ("EMAIL", "plan"), "data.redactionDryRun.rules.0.hits", "1");
  assert_asked (fixture, NULL, DRY_RUN ("EMAIL", "plan"), "data.redactionDryRun.keys.0.path", "metadata.mail");
  assert_asked (fixture, NULL, DRY_RUN ("EMAIL", "plan"), "data.redactionDryRun.keys.0.examples.0", "se**@*******.*rg");
  assert_asked (fixture, NULL, DRY_RUN ("EMAIL", "plan"), "data.redactionDryRun.keys.1.rule", "KEY");
  assert_asked (fixture, NULL, DRY_RUN ("CARD", "nothing"), "data.redactionDryRun.affectedEvents", "0");
  assert_asked (fixture, NULL, "{redactionDryRun(projectId:\"proj_b\",rules:{patterns:[],keys:[]}){events}}", "data.redactionDryRun", "");
}

/* No client's way of telling a person's address gets it into the database. */
static void
test_no_addresses (void)
{
  static const struct
  {
    const char *path, *body;
  } requests[] = {
    { "/v1/events", "{\"events\":[{\"event_id\":\"ip1\",\"project_id\":\"proj_demo\",\"session.id\":\"ip\",\"event.type\":\"custom\"," TIME
                    ",\"client.address\":\"203.0.113.77\",\"metadata\":{\"ip\":\"203.0.113.77\",\"request\":{\"remoteAddress\":\"203.0.113.77:80\"}}}]}" },
    { "/batch/", "{\"api_key\":\"proj_demo\",\"batch\":[{\"event\":\"signed up\",\"distinct_id\":\"d1\",\"timestamp\":\"2026-11-22T10:30:00Z\","
                 "\"properties\":{\"$ip\":\"203.0.113.77\",\"$session_id\":\"ip\"}}]}" },
    { "/v1/batch", "{\"writeKey\":\"proj_demo\",\"batch\":[{\"type\":\"track\",\"event\":\"signed up\",\"userId\":\"u1\",\"messageId\":\"ip3\","
                   "\"timestamp\":\"2026-11-22T10:30:00Z\",\"context\":{\"ip\":\"203.0.113.77\"}}]}" },
    { "/v1/logs", "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{\"timeUnixNano\":\"1795343400000000000\",\"eventName\":\"custom\","
                  "\"attributes\":[{\"key\":\"session.id\",\"value\":{\"stringValue\":\"ip\"}},{\"key\":\"client.address\",\"value\":{\"stringValue\":"
                  "\"203.0.113.77\"}},{\"key\":\"net.sock.peer.addr\",\"value\":{\"stringValue\":\"203.0.113.77\"}}]}]}]}]}" },
    { "/track", "[{\"event\":\"signed up\",\"properties\":{\"token\":\"proj_demo\",\"distinct_id\":\"d2\",\"time\":1795343400,\"ip\":\"203.0.113.77\","
                "\"$insert_id\":\"ip5\"}}]" },
    { "/2/httpapi", "{\"api_key\":\"proj_demo\",\"events\":[{\"event_type\":\"signed up\",\"user_id\":\"user6\",\"time\":1795343400000,\"insert_id\":\"ip6\","
                    "\"ip\":\"203.0.113.77\"}]}" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (requests); i++)
    {
      gint64 before = fixture_owner_int ("SELECT count(*) FROM event");
      g_autoptr (RawAnswer) answer = send_to (requests[i].path, "", requests[i].body);

      g_test_message ("%s: %u %s", requests[i].path, answer->status, answer->body);
      g_assert_cmpuint (answer->status / 100, ==, 2);
      g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM event"), ==, before + 1);
      g_assert_cmpint (count_rows_with ("203.0.113.77"), ==, 0);
    }
}

/* ---- Dead letters */

static void
wait_for_letters (gint64 n)
{
  fixture_wait (fixture_owner_int ("SELECT count(*) FROM dead_letter") == n);
}

static void
test_kept (void)
{
  g_autofree char *answer = send_event ("refused", ",\"metadata\":{\"plan\":\"platinum\"}"), *raw = NULL;
  g_autofree char *key = NULL;
  g_autoptr (RawAnswer) other = NULL, client = NULL;

  g_assert_nonnull (strstr (answer, "\"rejected\":1"));
  wait_for_letters (1);
  assert_asked (fixture, editor, "{project(id:\"proj_demo\"){deadLetters{nodes{field}}}}", "data.project.deadLetters.nodes.0.field", "event.timestamp");
  assert_asked (fixture, editor, "{project(id:\"proj_demo\"){deadLetters{nodes{reason}}}}", "data.project.deadLetters.nodes.0.reason", "required");
  assert_asked (fixture, editor, "{project(id:\"proj_demo\"){deadLetters{nodes{source}}}}", "data.project.deadLetters.nodes.0.source", "events");
  raw = api_ask (fixture, editor, "{project(id:\"proj_demo\"){deadLetters{nodes{raw}}}}", "data.project.deadLetters.nodes.0.raw");
  g_assert_cmpstr (raw, ==, "{\"event_id\":\"refused\",\"project_id\":\"proj_demo\",\"session.id\":\"guard\",\"event.type\":\"custom\","
                            "\"metadata\":{\"plan\":\"[redacted]\"}}");
  g_assert_cmpint (count_rows_with ("platinum"), ==, 0);
  /* what only the writer can refuse */
  key = g_strdup_printf ("X-PG-API-Key: %s\r\n", fixture->key_a);
  other = send_to ("/v1/events", key, "{\"events\":[{\"event_id\":\"elsewhere\",\"project_id\":\"nowhere\",\"session.id\":\"s\","
                                      "\"event.type\":\"custom\"," TIME ",\"event.sequence\":3,\"metadata\":{\"a\":1}}]}");
  wait_for_letters (2);
  assert_asked (fixture, editor, "{project(id:\"proj_demo\"){deadLetters{nodes{raw}}}}", "data.project.deadLetters.nodes.0.raw",
                "{\"event_id\":\"elsewhere\",\"project_id\":\"nowhere\",\"session.id\":\"s\",\"event.type\":\"custom\"," TIME
                ",\"event.sequence\":3,\"metadata\":{\"a\":1}}");
  /* of another client */
  client = send_to ("/v1/batch", "", "{\"writeKey\":\"proj_demo\",\"batch\":[{\"type\":\"track\",\"event\":\"x\",\"userId\":\"u1\",\"messageId\":\"m\","
                                     "\"timestamp\":\"no time\"}]}");
  wait_for_letters (3);
  assert_asked (fixture, editor, "{project(id:\"proj_demo\"){deadLetters{nodes{source}}}}", "data.project.deadLetters.nodes.0.source", "segment");
}

static void
test_rights (void)
{
  g_autofree char *other = g_strdup_printf ("Authorization: Bearer %s\r\n", fixture->viewer_b);

  assert_asked (fixture, viewer, "{project(id:\"proj_demo\"){deadLetters{nodes{id}}}}", "data.project.deadLetters", "");
  assert_asked (fixture, viewer, "{project(id:\"proj_demo\"){deadLetterReasons{letters}}}", "errors.0.extensions.code", "FORBIDDEN");
  assert_asked (fixture, viewer, "mutation{redriveDeadLetters(input:{projectId:\"proj_demo\"}){errors{code}}}",
                "data.redriveDeadLetters.errors.0.code", "FORBIDDEN");
  assert_asked (fixture, other, "{project(id:\"proj_demo\"){id}}", "data.project", "");
}

/* A letter as an older rule would have left it: the event is good by today's. */
static void
add_good_letter (const char *id)
{
  g_autofree char *sql = g_strdup_printf (
      "SELECT productgraph.add_dead_letters(ARRAY[p.org_id], ARRAY[p.project_id], ARRAY[p.id], ARRAY['2026-11-20 08:00:00+00'::timestamptz], "
      "ARRAY[NULL::int4], ARRAY['events'], ARRAY['event'], ARRAY['an old rule'], "
      "ARRAY[convert_to('{\"event_id\":\"%s\",\"project_id\":\"proj_demo\",\"session.id\":\"s\","
      "\"event.type\":\"custom\",\"event.timestamp\":\"2026-11-20T07:59:00Z\"}', 'UTF8')], 1000, 1000000) FROM productgraph.project p WHERE p.id = 'proj_demo'",
      id);

  g_assert_cmpint (fixture_owner_int ("%s", sql), ==, 1);
}

#define REDRIVE "mutation{redriveDeadLetters(input:{projectId:\"proj_demo\",reason:\"an old rule\"}){stored refused errors{message}}}"
#define COUNT_LETTERS "SELECT count(*) FROM dead_letter WHERE reason = 'an old rule'"

static void
test_redriven (void)
{
  add_good_letter ("again");
  assert_asked (fixture, editor, REDRIVE, "data.redriveDeadLetters.stored", "1");
  g_assert_cmpint (fixture_owner_int (COUNT_LETTERS), ==, 0);
  assert_asked (fixture, NULL, "{project(id:\"proj_demo\"){event(id:\"again\"){receivedAt}}}", "data.project.event.receivedAt", "2026-11-20T08:00:00Z");
  /* what is stored already ends its letter, too, and is not stored twice */
  add_good_letter ("again");
  assert_asked (fixture, editor, REDRIVE, "data.redriveDeadLetters.stored", "1");
  g_assert_cmpint (fixture_owner_int (COUNT_LETTERS), ==, 0);
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM event WHERE event_id = 'again'"), ==, 1);
  /* what is refused again stays */
  assert_asked (fixture, editor, "mutation{redriveDeadLetters(input:{projectId:\"proj_demo\",reason:\"required\"}){stored refused}}",
                "data.redriveDeadLetters.refused", "1");
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM dead_letter WHERE reason = 'required'"), ==, 1);
  assert_asked (fixture, editor, "mutation{redriveDeadLetters(input:{projectId:\"proj_demo\",ids:[\"999999\"]}){missing}}",
                "data.redriveDeadLetters.missing", "1");
}

static gpointer
redrive_thread (gpointer data)
{
  g_autofree char *headers = g_strconcat (JSON_TYPE, editor, NULL);
  static const char body[] = "{\"query\":\"mutation{redriveDeadLetters(input:{projectId:\\\"proj_demo\\\",reason:\\\"an old rule\\\"})"
                             "{errors{message}}}\"}";
  g_autoptr (RawAnswer) answer = api_send (fixture, 0, "POST", "/graphql", headers, body);

  return GUINT_TO_POINTER (answer->status);
}

static void
test_redriven_at_once (void)
{
  GThread *threads[4];

  for (int i = 0; i < 20; i++)
    {
      g_autofree char *id = g_strdup_printf ("once-%d", i);

      add_good_letter (id);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("redrive", redrive_thread, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    g_assert_cmpuint (GPOINTER_TO_UINT (g_thread_join (threads[i])), ==, 200);
  g_assert_cmpint (fixture_owner_int (COUNT_LETTERS), ==, 0);
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM event WHERE event_id LIKE 'once-%%'"), ==, 20);
  g_assert_cmpint (fixture_owner_int ("SELECT letters - (SELECT count(*) FROM dead_letter) FROM letter_box WHERE letters > 0"), ==, 0);
}

static void
test_dropped (void)
{
  assert_asked (fixture, editor, "mutation{dropDeadLetters(input:{projectId:\"proj_demo\",reason:\"required\"}){dropped}}",
                "data.dropDeadLetters.dropped", "1");
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM dead_letter WHERE reason = 'required'"), ==, 0);
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  fixture = api_fixture_new ();
  editor = fixture->as_editor;
  viewer = fixture->as_viewer;
  admin = fixture->as_admin;
  g_test_add_func ("/api/guard/redacted", test_redacted);
  g_test_add_func ("/api/guard/no-addresses", test_no_addresses);
  g_test_add_func ("/api/guard/own-rules", test_own_rules);
  g_test_add_func ("/api/guard/dry-run", test_dry_run);
  g_test_add_func ("/api/guard/kept", test_kept);
  g_test_add_func ("/api/guard/rights", test_rights);
  g_test_add_func ("/api/guard/redriven", test_redriven);
  g_test_add_func ("/api/guard/redriven-at-once", test_redriven_at_once);
  g_test_add_func ("/api/guard/dropped", test_dropped);
  status = g_test_run ();
  api_fixture_free (fixture);
  return status;
}
