#include "config.h"

#include "api/api-fixture.h"

#include <string.h>

/* What events are to look like, over the wire, in the database and back. */

static ApiFixture *fixture;
static const char *editor, *viewer; /* headers */

#define DEFINITION                                                                                                             \
  "{\\\"required\\\":[\\\"metadata\\\"],\\\"properties\\\":{\\\"metadata\\\":{\\\"required\\\":[\\\"plan\\\"],"                \
  "\\\"properties\\\":{\\\"plan\\\":{\\\"enum\\\":[\\\"free\\\",\\\"pro\\\"]}}}}}"

static void
set_mode (int version, const char *mode)
{
  g_autofree char *document = g_strdup_printf ("mutation{setEventSchemaMode(input:{projectId:\"proj_demo\",eventType:\"signup\",version:%d,mode:%s})"
                                               "{schema{mode} errors{message}}}", version, mode);

  assert_asked (fixture, editor, document, "data.setEventSchemaMode.schema.mode", mode);
}

/* Sends an event of the type; the answer. (transfer full) */
static char *
send_signup (const char *id, const char *members)
{
  g_autofree char *body = g_strdup_printf ("{\"events\":[{\"event_id\":\"%s\",\"project_id\":\"proj_demo\",\"session.id\":\"plan\",\"event.type\":\"signup\","
                                           "\"event.timestamp\":\"2026-11-22T10:30:00Z\",%s}]}", id, members);
  g_autoptr (RawAnswer) answer = api_send (fixture, 0, "POST", "/v1/events", JSON_TYPE, body);

  g_assert_cmpuint (answer->status, ==, 202);
  return g_strdup (answer->body);
}

static void
assert_answer (const char *id, const char *members, const char *expected)
{
  g_autofree char *answer = send_signup (id, members);

  g_assert_cmpstr (answer, ==, expected);
}

#define TAKEN "{\"accepted\":1,\"rejected\":0,\"errors\":[]}"

/* Before there is a schema its type is one that nobody planned. */
static void
test_unplanned (void)
{
  assert_answer ("before", "\"metadata\":{\"plan\":\"gold\"}", TAKEN);
  assert_asked (fixture, viewer, "{project(id:\"proj_demo\"){unplannedEvents{eventType events}}}", "data.project.unplannedEvents",
                "[{\"eventType\":\"signup\",\"events\":1}]");
  assert_asked (fixture, viewer, "{project(id:\"proj_demo\"){unplannedEvents(range:{to:\"2026-11-22T10:30:00Z\"}){eventType}}}",
                "data.project.unplannedEvents", "[]");
}

static void
test_roles_and_errors (void)
{
  static const struct
  {
    const char *input, *path, *expected;
  } rows[] = {
    { "projectId:\"proj_demo\",eventType:\"signup\",definition:\"{\\\"oneOf\\\":[]}\",mode:WARN", "field", "[\"input\",\"definition\"]" },
    { "projectId:\"proj_demo\",eventType:\"signup\",definition:\"{\",mode:WARN", "code", "INVALID" },
    { "projectId:\"proj_demo\",eventType:\"\",definition:\"{}\",mode:WARN", "field", "[\"input\",\"eventType\"]" },
    { "projectId:\"proj_b\",eventType:\"signup\",definition:\"{}\",mode:WARN", "code", "NOT_FOUND" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *document = g_strdup_printf ("mutation{setEventSchema(input:{%s}){schema{version} errors{code message field}}}", rows[i].input);
      g_autofree char *path = g_strconcat ("data.setEventSchema.errors.0.", rows[i].path, NULL);

      assert_asked (fixture, editor, document, path, rows[i].expected);
    }
  assert_asked (fixture, viewer, "mutation{setEventSchema(input:{projectId:\"proj_demo\",eventType:\"signup\",definition:\"{}\",mode:WARN}){errors{code}}}",
                "data.setEventSchema.errors.0.code", "FORBIDDEN");
  assert_asked (fixture, editor, "mutation{setEventSchemaMode(input:{projectId:\"proj_demo\",eventType:\"signup\",version:1,mode:WARN}){errors{field}}}",
                "data.setEventSchemaMode.errors.0.field", "[\"input\",\"version\"]");
}

/* What does not look like it is stored, and counted by type and field. */
static void
test_warn (void)
{
  gint64 deadline = g_get_monotonic_time () + FIXTURE_DEADLINE_USEC;

  assert_asked (fixture, editor, "mutation{setEventSchema(input:{projectId:\"proj_demo\",eventType:\"signup\",mode:WARN,definition:\"" DEFINITION "\"})"
                        "{schema{version mode definition}}}", "data.setEventSchema.schema.version", "1");
  assert_answer ("w1", "\"metadata\":{\"plan\":\"gold\"}", TAKEN);
  assert_answer ("w2", "\"metadata\":{\"plan\":\"silver\"}", TAKEN);
  assert_answer ("w3", "\"metadata\":{\"plan\":\"pro\",\"unknown\":{\"keys\":\"never block\"}}", TAKEN);
  assert_answer ("w4", "\"page.path\":\"/\"", TAKEN);
  while (fixture_owner_int ("SELECT coalesce(sum(events), 0)::int8 FROM schema_finding") < 3)
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
  assert_asked (fixture, viewer, "{project(id:\"proj_demo\"){schemaFindings{eventType version field expected events}}}", "data.project.schemaFindings",
                "[{\"eventType\":\"signup\",\"version\":1,\"field\":\"metadata.plan\",\"expected\":\"must be one of \\\"free\\\", \\\"pro\\\"\",\"events\":2},"
                "{\"eventType\":\"signup\",\"version\":1,\"field\":\"metadata\",\"expected\":\"required\",\"events\":1}]");
  assert_asked (fixture, viewer, "{project(id:\"proj_demo\"){unplannedEvents{eventType}}}", "data.project.unplannedEvents", "[]");
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM dead_letter"), ==, 0);
}

/* What does not look like it is refused with the reason, and a letter keeps it until the schema says otherwise. */
static void
test_enforce (void)
{
  static const char refused[] = "{\"accepted\":0,\"rejected\":1,\"errors\":[{\"index\":0,\"error\":"
                                "\"metadata.plan: must be one of \\\"free\\\", \\\"pro\\\" (version 1 of its schema)\"}]}";
  static const char redrive[] = "mutation{redriveDeadLetters(input:{projectId:\"proj_demo\"}){stored refused}}";
  gint64 deadline = g_get_monotonic_time () + FIXTURE_DEADLINE_USEC;
  g_autoptr (RawAnswer) answer = NULL;

  set_mode (1, "ENFORCE");
  assert_answer ("e1", "\"metadata\":{\"plan\":\"gold\"}", refused);
  assert_answer ("e2", "\"metadata\":{\"plan\":\"free\"}", TAKEN);
  while (fixture_owner_int ("SELECT count(*) FROM dead_letter") < 1)
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
  assert_asked (fixture, editor, "{project(id:\"proj_demo\"){deadLetters{nodes{field reason schemaVersion}}}}", "data.project.deadLetters.nodes",
                "[{\"field\":\"metadata.plan\",\"reason\":\"must be one of \\\"free\\\", \\\"pro\\\" (version 1 of its schema)\",\"schemaVersion\":1}]");
  answer = api_send (fixture, 0, "GET", "/metrics", "", NULL);
  g_assert_nonnull (strstr (answer->body, "\nproductgraph_dead_letters_total{reason=\"schema\"} 1\n"));
  assert_asked (fixture, editor, redrive, "data.redriveDeadLetters.refused", "1");
  set_mode (1, "OFF");
  assert_asked (fixture, editor, redrive, "data.redriveDeadLetters.stored", "1");
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM event WHERE event_id = 'e1'"), ==, 1);
  assert_answer ("e3", "\"metadata\":{\"plan\":\"gold\"}", TAKEN);
}

/* Other clients' events are judged as they were translated. */
static void
test_clients (void)
{
  g_autoptr (RawAnswer) answer = NULL;

  set_mode (1, "ENFORCE");
  answer = api_send (fixture, 0, "POST", "/v1/batch", JSON_TYPE,
                     "{\"writeKey\":\"proj_demo\",\"batch\":[{\"type\":\"track\",\"event\":\"signup\",\"userId\":\"u\",\"messageId\":\"c1\","
                     "\"properties\":{\"plan\":\"free\"}},"
                     "{\"type\":\"track\",\"event\":\"signup\",\"userId\":\"u\",\"messageId\":\"c2\",\"properties\":{\"plan\":\"gold\"}}]}");
  g_assert_cmpuint (answer->status, ==, 200);
  g_assert_nonnull (strstr (answer->body, "\"index\":1"));
  g_assert_null (strstr (answer->body, "\"index\":0"));
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM event WHERE event_id IN ('c1', 'c2')"), ==, 1);
}

/* A definition never changes: another is another version, and the same again is the same. */
static void
test_versions (void)
{
#define SET(definition) \
  "mutation{setEventSchema(input:{projectId:\"proj_demo\",eventType:\"signup\",mode:ENFORCE,definition:\"" definition "\"}){schema{version}}}"
  assert_asked (fixture, editor, SET ("{\\\"required\\\":[\\\"page.path\\\"]}"), "data.setEventSchema.schema.version", "2");
  assert_asked (fixture, editor, SET (" { \\\"required\\\" : [\\\"page.path\\\"] } "), "data.setEventSchema.schema.version", "2");
  assert_answer ("v1", "\"metadata\":{\"plan\":\"gold\"},\"page.path\":\"/\"", TAKEN);
  assert_answer ("v2", "\"metadata\":{\"plan\":\"free\"}",
                 "{\"accepted\":0,\"rejected\":1,\"errors\":[{\"index\":0,\"error\":\"page.path: required (version 2 of its schema)\"}]}");
  assert_answer ("v3", "\"metadata\":{\"plan\":\"free\"},\"event.version\":1", TAKEN);
  assert_asked (fixture, viewer, "{project(id:\"proj_demo\"){eventSchemas(eventType:\"signup\"){version mode}}}", "data.project.eventSchemas",
                "[{\"version\":2,\"mode\":\"ENFORCE\"},{\"version\":1,\"mode\":\"ENFORCE\"}]");
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  fixture = api_fixture_new ();
  editor = fixture->as_editor;
  viewer = fixture->as_viewer;
  g_test_add_func ("/api/plan/unplanned", test_unplanned);
  g_test_add_func ("/api/plan/roles-and-errors", test_roles_and_errors);
  g_test_add_func ("/api/plan/warn", test_warn);
  g_test_add_func ("/api/plan/enforce", test_enforce);
  g_test_add_func ("/api/plan/clients", test_clients);
  g_test_add_func ("/api/plan/versions", test_versions);
  status = g_test_run ();
  api_fixture_free (fixture);
  return status;
}
