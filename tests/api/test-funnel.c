#include "config.h"

#include "api/api-fixture.h"
#include "base/pdg-time.h"

#include <string.h>

/* Funnels from the wire to the answer. */

#define MINUTE (G_GINT64_CONSTANT (60) * G_USEC_PER_SEC)
#define N_RANDOM 4000
#define N_ACTORS 300

static ApiFixture *fixture;
static gint64 base_usec; /* of all events: days ago, so that no window is open */

/* Events of one user as letters, each at its second; steps as letters; how far one comes by entry and order. */
typedef struct
{
  const char *name, *events;
  gint64 seconds[8];
  const char *steps;
  int window_seconds;
  guint best, first, strict, unordered;
} Golden;

static const Golden golden[] = {
  { "G1", "AABC", { 0, 1800, 2700, 4500 }, "ABC", 3600, 3, 2, 3, 3 },
  { "G2", "ABDCDE", { 0, 60, 120, 180, 240, 300 }, "ABCDE", 86400, 5, 5, 2, 5 },
  { "G3", "BA", { 0, 300 }, "AB", 3600, 1, 1, 1, 2 },
  { "G4", "AB", { 0, 3600 }, "AB", 3600, 2, 2, 2, 2 },
  { "G4b", "AB", { 0, 3601 }, "AB", 3600, 1, 1, 1, 1 },
  { "G5", "AXB", { 0, 60, 120 }, "AB", 3600, 2, 2, 1, 2 },
  { "G6", "A", { 0 }, "AA", 3600, 1, 1, 1, 1 },
  { "G7", "ABC", { 0, 3000, 6000 }, "ABC", 3600, 2, 2, 2, 2 },
  { "G8", "ABABC", { 0, 600, 4200, 4800, 5400 }, "ABC", 3600, 3, 2, 3, 3 },
};

static void
add_event (GString *body, const char *user, guint n, const char *session, const char *type, char letter, gint64 usec)
{
  g_autofree char *id = g_strdup_printf ("%s-%u", user, n);

  body_add (body, "proj_demo", id, session, type, usec, ",\"event.name\":\"%c\",\"user.id\":\"%s\"", letter, user);
}

static void
store (GString *body, guint n)
{
  g_autofree char *text = body_finish (body);
  g_auto (Verdict) verdict = { 0 };

  fixture_store (fixture->ingest, fixture->a->admin, text, &verdict);
  assert_stored (verdict, n, 0, 0);
}

static void
make_golden (void)
{
  GString *body = body_new ();
  guint n = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (golden); i++)
    for (guint k = 0; golden[i].events[k] != '\0'; k++, n++)
      add_event (body, golden[i].name, k, golden[i].name, "custom", golden[i].events[k], base_usec + golden[i].seconds[k] * G_USEC_PER_SEC);
  store (body, n);
}

/* "[{event:{name:{is:\"A\"}}},…]" (transfer full) */
static char *
make_steps (const char *letters)
{
  g_autoptr (GString) out = g_string_new ("[");

  for (guint k = 0; letters[k] != '\0'; k++)
    g_string_append_printf (out, "%s{event:{name:{is:\"%c\"}}}", k > 0 ? "," : "", letters[k]);
  g_string_append_c (out, ']');
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* (transfer full) */
static JsonNode *
ask (const char *arguments, const char *selection)
{
  g_autofree char *document = g_strdup_printf ("{project(id:\"proj_demo\"){funnel(%s){%s}}}", arguments, selection);

  return api_query (fixture, fixture->as_viewer, document, NULL);
}

static guint
count_steps (const Golden *row, const char *options)
{
  g_autofree char *steps = make_steps (row->steps);
  g_autofree char *arguments = g_strdup_printf ("steps:%s,windowSeconds:%d,filter:{userId:{is:\"%s\"}}%s", steps, row->window_seconds, row->name, options);
  g_autoptr (JsonNode) response = ask (arguments, "steps{number count}");
  JsonArray *counts;
  guint depth = 0;

  assert_no_errors (response);
  counts = json_node_get_array (json_at (response, "data.project.funnel.steps"));
  g_assert_cmpuint (json_array_get_length (counts), ==, strlen (row->steps));
  for (guint k = 0; k < json_array_get_length (counts); k++)
    depth += json_object_get_int_member (json_array_get_object_element (counts, k), "count") > 0;
  return depth;
}

static void
test_golden (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (golden); i++)
    {
      g_test_message ("%s", golden[i].name);
      g_assert_cmpuint (count_steps (&golden[i], ""), ==, golden[i].best);
      g_assert_cmpuint (count_steps (&golden[i], ",entry:FIRST"), ==, golden[i].first);
      g_assert_cmpuint (count_steps (&golden[i], ",order:STRICT"), ==, golden[i].strict);
      g_assert_cmpuint (count_steps (&golden[i], ",order:UNORDERED"), ==, golden[i].unordered);
    }
}

static void
assert_at (JsonNode *response, const char *path, const char *expected)
{
  g_autofree char *value = json_dup_at (response, path);

  g_assert_cmpstr (value, ==, expected);
}

/* Three enter: one converts, one stops at the second step, one at the first; rates, intervals, times, and who they are. */
static void
test_answer (void)
{
  GString *body = body_new ();
  g_autoptr (JsonNode) response = NULL;

  add_event (body, "ada", 0, "ada1", "funnel", 'A', base_usec);
  add_event (body, "ada", 1, "ada1", "funnel", 'B', base_usec + MINUTE);
  add_event (body, "ada", 2, "ada2", "funnel", 'C', base_usec + 3 * MINUTE);
  add_event (body, "bob", 0, "bob1", "funnel", 'A', base_usec + MINUTE);
  add_event (body, "bob", 1, "bob1", "funnel", 'B', base_usec + 4 * MINUTE);
  add_event (body, "cyd", 0, "cyd1", "funnel", 'A', base_usec + 2 * MINUTE);
  store (body, 6);
  response = ask ("steps:[{event:{name:{is:\"A\"}},name:\"Begin\"},{event:{name:{is:\"B\"}}},{event:{name:{is:\"C\"}}}],filter:{type:{is:\"funnel\"}}",
                  "conversion{count of share low high} pendingCount excludedCount timeToConvert{count medianMs}"
                  " steps{name count rate{share} stepRate{share of} stoppedCount timeFromPrevious{count medianMs minMs maxMs}"
                  " reached:sessions{nodes{id}} stopped:actors(outcome:STOPPED){nodes{id}}}");
  assert_no_errors (response);
  assert_at (response, "data.project.funnel.conversion.count", "1");
  assert_at (response, "data.project.funnel.conversion.of", "3");
  assert_at (response, "data.project.funnel.pendingCount", "0");
  assert_at (response, "data.project.funnel.timeToConvert.count", "1");
  g_assert_cmpfloat (json_node_get_double (json_at (response, "data.project.funnel.timeToConvert.medianMs")), ==, 180000);
  assert_at (response, "data.project.funnel.steps.0.name", "Begin");
  assert_at (response, "data.project.funnel.steps.1.name", "Step 2");
  assert_at (response, "data.project.funnel.steps.0.stepRate", "");
  assert_at (response, "data.project.funnel.steps.1.count", "2");
  assert_at (response, "data.project.funnel.steps.1.stepRate.of", "3");
  assert_at (response, "data.project.funnel.steps.0.stoppedCount", "1");
  assert_at (response, "data.project.funnel.steps.2.stoppedCount", "0");
  g_assert_cmpfloat (json_node_get_double (json_at (response, "data.project.funnel.steps.1.timeFromPrevious.medianMs")), ==, 120000);
  assert_at (response, "data.project.funnel.steps.0.stopped.nodes.0.id", "cyd");
  assert_at (response, "data.project.funnel.steps.1.stopped.nodes.0.id", "bob");
  assert_at (response, "data.project.funnel.steps.2.reached.nodes.0.id", "ada1"); /* the session of the first step */
  g_assert_cmpuint (json_array_get_length (json_node_get_array (json_at (response, "data.project.funnel.steps.0.reached.nodes"))), ==, 3);
  /* Wilson's interval of 1 in 3 */
  g_assert_cmpfloat_with_epsilon (json_node_get_double (json_at (response, "data.project.funnel.conversion.low")), 0.0615, 0.0005);
  g_assert_cmpfloat_with_epsilon (json_node_get_double (json_at (response, "data.project.funnel.conversion.high")), 0.7923, 0.0005);

  /* Ada's last step was in another session. */
  assert_asked (fixture, fixture->as_viewer,
                "{project(id:\"proj_demo\"){funnel(withinSession:true,steps:[{event:{name:{is:\"A\"}}},{event:{name:{is:\"B\"}}},{event:{name:{is:\"C\"}}}],"
                "filter:{type:{is:\"funnel\"}}){conversion{count}}}}", "data.project.funnel.conversion.count", "0");
}

/* Who enters in the range is followed behind its end; who enters before it is not in it. What ends a way, and what may be left out. */
static void
test_options (void)
{
  GString *body = body_new ();
  static const struct
  {
    const char *arguments, *expected;
  } rows[] = {
    { "steps:[{event:{name:{is:\"A\"}}},{event:{name:{is:\"B\"}}}]", "1/1" },
    { "steps:[{event:{name:{is:\"A\"}}},{event:{name:{is:\"B\"}}}],windowSeconds:3600", "0/1" },
    { "steps:[{event:{name:{is:\"A\"}}},{event:{name:{is:\"B\"}},windowSeconds:3600}]", "0/1" },
    { "steps:[{event:{name:{is:\"A\"}}},{event:{name:{is:\"B\"}}}],exclusions:[{event:{name:{is:\"E\"}},to:2}]", "0/1" },
    { "steps:[{event:{name:{is:\"A\"}}},{event:{name:{is:\"Z\"}},optional:true},{event:{name:{is:\"B\"}}}]", "1/1" },
    { "steps:[{event:{name:{is:\"A\"}}},{event:{name:{is:\"Z\"}}},{event:{name:{is:\"B\"}}}]", "0/1" },
    { "steps:[{event:{}},{event:{name:{is:\"B\"}}}]", "1/1" },
    { "steps:[{event:{name:{in:[\"A\",\"E\"]}}},{event:{name:{in:[\"E\",\"B\"]}}},{event:{name:{is:\"B\"}}}],windowSeconds:null", "1/1" },
  };

  add_event (body, "eve", 0, "eve1", "option", 'A', base_usec);
  add_event (body, "eve", 1, "eve1", "option", 'E', base_usec + MINUTE);
  add_event (body, "eve", 2, "eve2", "option", 'B', base_usec + 24 * 60 * MINUTE);
  store (body, 3);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      char from[PDG_RFC3339_BYTES], to[PDG_RFC3339_BYTES];
      g_autofree char *arguments = NULL, *count = NULL, *of = NULL, *both = NULL;
      g_autoptr (JsonNode) response = NULL;

      pdg_time_format_rfc3339 (base_usec, from);
      pdg_time_format_rfc3339 (base_usec + 2 * MINUTE, to);
      arguments = g_strdup_printf ("%s,filter:{type:{is:\"option\"}},range:{from:\"%s\",to:\"%s\"}", rows[i].arguments, from, to);
      response = ask (arguments, "conversion{count of}");
      assert_no_errors (response);
      count = json_dup_at (response, "data.project.funnel.conversion.count");
      of = json_dup_at (response, "data.project.funnel.conversion.of");
      both = g_strdup_printf ("%s/%s", count, of);
      g_test_message ("%s", rows[i].arguments);
      g_assert_cmpstr (both, ==, rows[i].expected);
    }
  {
    char from[PDG_RFC3339_BYTES];
    g_autofree char *arguments = NULL;
    g_autoptr (JsonNode) response = NULL;

    pdg_time_format_rfc3339 (base_usec + MINUTE, from);
    arguments = g_strdup_printf ("steps:[{event:{name:{is:\"A\"}}},{event:{name:{is:\"B\"}}}],filter:{type:{is:\"option\"}},range:{from:\"%s\"}", from);
    response = ask (arguments, "conversion{count} steps{count rate{share}}");
    assert_no_errors (response);
    assert_at (response, "data.project.funnel.conversion", "");
    assert_at (response, "data.project.funnel.steps.0.rate", "");
  }
}

/* Who leaves an optional step out has not stopped before it, and is not among its people; several attempts of a session are one session. */
static void
test_left_out (void)
{
  GString *body = body_new ();
  g_autoptr (JsonNode) response = NULL;
  g_autoptr (JsonNode) attempts = NULL;

  add_event (body, "opt1", 0, "opt1", "leave", 'A', base_usec);
  add_event (body, "opt1", 1, "opt1", "leave", 'B', base_usec + MINUTE);
  add_event (body, "opt1", 2, "opt1", "leave", 'A', base_usec + 10 * MINUTE);
  add_event (body, "opt1", 3, "opt1", "leave", 'B', base_usec + 11 * MINUTE);
  add_event (body, "opt2", 0, "opt2", "leave", 'A', base_usec + MINUTE);
  add_event (body, "opt2", 1, "opt2", "leave", 'Z', base_usec + 2 * MINUTE);
  add_event (body, "opt2", 2, "opt2", "leave", 'B', base_usec + 3 * MINUTE);
  add_event (body, "opt3", 0, "opt3", "leave", 'A', base_usec + MINUTE);
  add_event (body, "opt3", 1, "opt3", "leave", 'Z', base_usec + 2 * MINUTE);
  add_event (body, "opt4", 0, "opt4", "leave", 'A', base_usec);
  store (body, 10);
  response = ask ("steps:[{event:{name:{is:\"A\"}}},{event:{name:{is:\"Z\"}},optional:true},{event:{name:{is:\"B\"}}}],filter:{type:{is:\"leave\"}}",
                  "steps{count stepRate{count of} stoppedCount timeFromPrevious{count} sessions{nodes{id}} gone:sessions(outcome:STOPPED){nodes{id}}}");
  assert_no_errors (response);
  assert_at (response, "data.project.funnel.steps.0.count", "4");
  assert_at (response, "data.project.funnel.steps.1.count", "2");
  assert_at (response, "data.project.funnel.steps.2.count", "2");
  assert_at (response, "data.project.funnel.steps.2.stepRate.of", "4"); /* not of those who took the optional one */
  assert_at (response, "data.project.funnel.steps.2.timeFromPrevious.count", "2");
  assert_at (response, "data.project.funnel.steps.0.stoppedCount", "1");
  assert_at (response, "data.project.funnel.steps.1.stoppedCount", "1");
  assert_at (response, "data.project.funnel.steps.0.gone.nodes.0.id", "opt4");
  assert_at (response, "data.project.funnel.steps.1.gone.nodes.0.id", "opt3");
  for (guint k = 0; k < 3; k++)
    {
      g_autofree char *nodes = g_strdup_printf ("data.project.funnel.steps.%u.sessions.nodes", k);
      g_autofree char *count = g_strdup_printf ("data.project.funnel.steps.%u.count", k);
      g_autofree char *expected = g_strdup_printf ("%u", json_array_get_length (json_node_get_array (json_at (response, nodes))));

      assert_at (response, count, expected); /* the people are those who are counted */
    }
  attempts = ask ("steps:[{event:{name:{is:\"A\"}}},{event:{name:{is:\"B\"}}}],counting:ATTEMPTS,filter:{type:{is:\"leave\"},userId:{is:\"opt1\"}}",
                  "steps{count sessions{nodes{id}}}");
  assert_no_errors (attempts);
  assert_at (attempts, "data.project.funnel.steps.1.count", "2");
  g_assert_cmpuint (json_array_get_length (json_node_get_array (json_at (attempts, "data.project.funnel.steps.1.sessions.nodes"))), ==, 1);
}

/* One who was anonymous and is known now is one; whose window is open is pending. */
static void
test_people (void)
{
  GString *body = body_new ();
  g_autoptr (JsonNode) response = NULL;

  body_add (body, "proj_demo", "m1", "m1", "merge", base_usec, ",\"event.name\":\"A\",\"anonymous.id\":\"anon\"");
  body_add (body, "proj_demo", "m2", "m2", "identify", base_usec + MINUTE, ",\"anonymous.id\":\"anon\",\"user.id\":\"mia\"");
  body_add (body, "proj_demo", "m3", "m3", "merge", base_usec + 2 * MINUTE, ",\"event.name\":\"B\",\"user.id\":\"mia\"");
  body_add (body, "proj_demo", "m4", "m4", "merge", g_get_real_time () - MINUTE, ",\"event.name\":\"A\",\"user.id\":\"now\"");
  store (body, 4);
  response = ask ("steps:[{event:{name:{is:\"A\"}}},{event:{name:{is:\"B\"}}}],filter:{type:{is:\"merge\"}}", "conversion{count of} pendingCount");
  assert_no_errors (response);
  assert_at (response, "data.project.funnel.conversion.count", "1");
  assert_at (response, "data.project.funnel.conversion.of", "2");
  assert_at (response, "data.project.funnel.pendingCount", "1");
}

/* The same as SQL over the rows says, of random events. */
static void
test_as_sql (void)
{
  GString *body = body_new ();
  g_autoptr (JsonNode) response = NULL;
  g_autofree char *first = NULL, *second = NULL;
  g_autofree char *sql = NULL;
  g_autoptr (PdgDbConn) owner = fixture_open (pdg_test_cluster_get_owner_uri (), NULL);

  for (guint i = 0; i < N_RANDOM; i++)
    {
      g_autofree char *user = g_strdup_printf ("r%d", g_test_rand_int_range (0, N_ACTORS));
      g_autofree char *session = g_strdup_printf ("%s-%d", user, g_test_rand_int_range (0, 3));
      g_autofree char *id = g_strdup_printf ("random-%u", i);

      body_add (body, "proj_demo", id, session, "random", base_usec + g_test_rand_int_range (0, 3 * 24 * 3600) * G_USEC_PER_SEC,
                ",\"event.name\":\"%c\",\"user.id\":\"%s\"", 'A' + g_test_rand_int_range (0, 6), user);
      if (i % 1000 == 999)
        {
          store (body, 1000);
          body = body_new ();
        }
    }
  g_string_free (body, TRUE);
  response = ask ("steps:[{event:{name:{is:\"A\"}}},{event:{name:{is:\"B\"}}}],filter:{type:{is:\"random\"}},windowSeconds:7200", "steps{count}");
  assert_no_errors (response);
  first = json_dup_at (response, "data.project.funnel.steps.0.count");
  second = json_dup_at (response, "data.project.funnel.steps.1.count");
#define OF(letter)                                                                                                     \
  "(SELECT e.actor_no, e.ts FROM productgraph.event e JOIN productgraph.term t USING (project_id, term_no) "           \
  "WHERE t.event_type = 'random' AND t.event_name = '" letter "')"
  sql = g_strdup_printf ("SELECT count(DISTINCT a.actor_no)::int8 * 100000 + count(DISTINCT b.actor_no) FROM " OF ("A") " a LEFT JOIN " OF ("B")
                         " b ON b.actor_no = a.actor_no AND b.ts >= a.ts AND b.ts <= a.ts + interval '7200 s'");
  g_assert_cmpint (fixture_int (owner, sql), ==, g_ascii_strtoll (first, NULL, 10) * 100000 + g_ascii_strtoll (second, NULL, 10));
  g_assert_cmpint (g_ascii_strtoll (second, NULL, 10), >, 10);
}

static void
test_refused (void)
{
  static const struct
  {
    const char *arguments, *says;
  } rows[] = {
    { "steps:[{event:{}}]", "2 to 20 steps" },
    { "steps:[{event:{}},{event:{}}],windowSeconds:0", "windowSeconds" },
    { "steps:[{event:{}},{event:{}}],windowSeconds:99999999", "windowSeconds" },
    { "steps:[{event:{}},{event:{},optional:true}]", "may not be optional" },
    { "steps:[{event:{}},{event:{}}],exclusions:[{event:{},to:3}]", "exclusions" },
    { "steps:[{event:{}},{event:{}}],exclusions:[{event:{},from:2,to:2}]", "exclusions" },
    { "steps:[{event:{}},{event:{},windowSeconds:5},{event:{}}],order:UNORDERED", "windows" },
  };

  {
    g_autoptr (GString) steps = g_string_new ("steps:[{event:{}}");
    g_autoptr (GString) exclusions = g_string_new ("steps:[{event:{}},{event:{}}],exclusions:[");
    g_autoptr (JsonNode) response = NULL;
    g_autoptr (JsonNode) other = NULL;

    for (guint i = 0; i < 20; i++)
      g_string_append (steps, ",{event:{}}");
    for (guint i = 0; i < 9; i++)
      g_string_append (exclusions, "{event:{},to:2}");
    g_string_append_c (steps, ']');
    g_string_append_c (exclusions, ']');
    response = ask (steps->str, "asOf");
    other = ask (exclusions->str, "asOf");
    assert_error_code (response, "BAD_USER_INPUT");
    assert_error_code (other, "BAD_USER_INPUT");
  }
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (JsonNode) response = ask (rows[i].arguments, "asOf");
      g_autofree char *message = json_dup_at (response, "errors.0.message");

      assert_error_code (response, "BAD_USER_INPUT");
      g_assert_nonnull (strstr (message, rows[i].says));
    }
  {
    g_autofree char *as_b = g_strdup_printf ("Authorization: Bearer %s\r\n", fixture->viewer_b);

    assert_asked (fixture, as_b, "{project(id:\"proj_demo\"){funnel(steps:[{event:{}},{event:{}}]){asOf}}}", "data.project", "");
  }
}

int
main (int argc, char *argv[])
{
  int code;

  g_test_init (&argc, &argv, NULL);
  fixture = api_fixture_new ();
  base_usec = g_get_real_time () - 20 * 24 * 60 * MINUTE;
  base_usec -= base_usec % G_USEC_PER_SEC;
  make_golden ();
  g_test_add_func ("/api/funnel/golden", test_golden);
  g_test_add_func ("/api/funnel/answer", test_answer);
  g_test_add_func ("/api/funnel/options", test_options);
  g_test_add_func ("/api/funnel/left-out", test_left_out);
  g_test_add_func ("/api/funnel/people", test_people);
  g_test_add_func ("/api/funnel/as-sql", test_as_sql);
  g_test_add_func ("/api/funnel/refused", test_refused);
  code = g_test_run ();
  api_fixture_free (fixture);
  return code;
}
