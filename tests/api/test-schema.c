#include "config.h"

#include "api/api-fixture.h"

#include <string.h>

/* The schema as a stranger finds it: everything is described, and every field can be asked for and answers, on the data of
 * the demo shop. */

#define DEEPEST_PAGE 8 /* its nodes have to fit into graphql-depth */

static ApiFixture *fixture;
static JsonNode *schema;

#define INTROSPECT                                                                                                                \
  "{__schema{types{kind name description fields(includeDeprecated:true){name description args{name description type{kind name "    \
  "ofType{kind name ofType{kind name ofType{kind name}}}} defaultValue} type{kind name ofType{kind name ofType{kind name "         \
  "ofType{kind name}}}}} inputFields{name description} enumValues{name description}}}}"

static gboolean
is_ours (JsonNode *type)
{
  g_autofree char *name = json_dup_at (type, "name");

  return !g_str_has_prefix (name, "__");
}

static void
check_described (JsonNode *node, const char *where)
{
  g_autofree char *name = json_dup_at (node, "name"), *description = json_dup_at (node, "description");

  if (description == NULL || *description == '\0')
    g_error ("%s%s%s has no description", where != NULL ? where : "", where != NULL ? "." : "", name);
}

static void
each (JsonNode *node, const char *member, const char *where)
{
  JsonNode *list = json_at (node, member);

  for (guint i = 0; list != NULL && JSON_NODE_HOLDS_ARRAY (list) && i < json_array_get_length (json_node_get_array (list)); i++)
    {
      JsonNode *item = json_array_get_element (json_node_get_array (list), i);
      g_autofree char *name = json_dup_at (item, "name"), *inner = g_strdup_printf ("%s.%s", where, name);

      check_described (item, where);
      each (item, "args", inner);
    }
}

static void
test_described (void)
{
  JsonArray *types = json_node_get_array (json_at (schema, "data.__schema.types"));

  g_assert_cmpuint (json_array_get_length (types), >, 15);
  for (guint i = 0; i < json_array_get_length (types); i++)
    {
      JsonNode *type = json_array_get_element (types, i);
      g_autofree char *name = json_dup_at (type, "name");

      if (!is_ours (type))
        continue;
      check_described (type, NULL);
      each (type, "fields", name);
      each (type, "inputFields", name);
      each (type, "enumValues", name);
    }
}

static JsonNode *
find_type (const char *name)
{
  JsonArray *types = json_node_get_array (json_at (schema, "data.__schema.types"));

  for (guint i = 0; i < json_array_get_length (types); i++)
    {
      g_autofree char *found = json_dup_at (json_array_get_element (types, i), "name");

      if (g_str_equal (found, name))
        return json_array_get_element (types, i);
    }
  g_assert_not_reached ();
}

static char *
dup_named_type (JsonNode *type)
{
  char *name = json_dup_at (type, "name");

  while (name == NULL || *name == '\0')
    {
      g_free (name);
      type = json_at (type, "ofType");
      g_assert_nonnull (type);
      name = json_dup_at (type, "name");
    }
  return name;
}

/* A value for each argument that the schema knows, by "field.argument" or by the argument alone; a new one has to be added here. */
static const char *
find_value (const char *field, const char *argument)
{
  static const struct
  {
    const char *name, *value;
  } values[] = {
    { "project.id", "\"proj_shop\"" },
    { "first", "2" },
    { "after", "null" },
    { "range", "{}" },
    { "cell", "{screen:{id:\"1\"}}" },
    { "journey.id", "\"design\"" },
    { "kind", "null" },
    { "screen.id", "\"1\"" },
    { "screenId", "null" },
    { "search", "null" },
    { "steps", "[{event:{type:{is:\"page.view\"}}},{event:{type:{is:\"ui.click\"}},name:\"Click\"}]" },
    { "windowSeconds", "3600" },
    { "funnel.order", "ORDERED" },
    { "counting", "ACTORS" },
    { "entry", "BEST" },
    { "withinSession", "false" },
    { "exclusions", "[{event:{type:{is:\"error\"}},to:2}]" },
    { "outcome", "REACHED" },
    { "session.id", "\"nowhere\"" },
    { "event.id", "\"nowhere\"" },
    { "actor.id", "\"nobody\"" },
    { "type", "\"company\"" },
    { "group.id", "\"acme\"" },
    { "filter", "{}" },
    { "order", "OLDEST_FIRST" },
    { "withErrors", "false" },
    { "projectId", "\"proj_shop\"" },
    { "rules", "{patterns:[EMAIL,CARD,IBAN,JWT],keys:[\"plan\"]}" },
    { "reason", "null" },
    { "limits", "[{kind:EVENTS,maxDays:30}]" },
    { "eventType", "null" },
    { "status", "null" },
    { "url.width", "320" },
  };
  g_autofree char *full = g_strdup_printf ("%s.%s", field, argument);

  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    if (g_str_equal (values[i].name, full) || g_str_equal (values[i].name, argument))
      return values[i].value;
  g_error ("no value for the argument %s", full);
}

static void
append_arguments (GString *out, JsonNode *field)
{
  g_autofree char *field_name = json_dup_at (field, "name");
  JsonArray *arguments = json_node_get_array (json_at (field, "args"));

  for (guint i = 0; i < json_array_get_length (arguments); i++)
    {
      g_autofree char *name = json_dup_at (json_array_get_element (arguments, i), "name");

      g_string_append_printf (out, "%s%s:%s", i == 0 ? "(" : ",", name, find_value (field_name, name));
    }
  if (json_array_get_length (arguments) > 0)
    g_string_append_c (out, ')');
}

/* Each type's fields are asked for once, where the type is met first. */
static void
append_selection (GString *out, const char *type_name, GHashTable *asked, guint depth)
{
  JsonNode *type = find_type (type_name), *fields = json_at (type, "fields");

  if (!JSON_NODE_HOLDS_ARRAY (fields))
    return;
  g_assert_cmpuint (depth, <, 10);
  /* a page this deep is asked for where it is met again, or missed by check_all_asked() */
  if (depth >= DEEPEST_PAGE && g_str_has_suffix (type_name, "Connection"))
    {
      g_string_append (out, "{__typename}");
      return;
    }
  if (!g_hash_table_add (asked, g_strdup (type_name)))
    {
      g_string_append (out, "{__typename}");
      return;
    }
  g_string_append_c (out, '{');
  for (guint i = 0; i < json_array_get_length (json_node_get_array (fields)); i++)
    {
      JsonNode *field = json_array_get_element (json_node_get_array (fields), i);
      g_autofree char *name = json_dup_at (field, "name"), *inner = dup_named_type (json_at (field, "type"));

      g_hash_table_add (asked, g_strdup_printf ("%s.%s", type_name, name));
      g_string_append_printf (out, " %s", name);
      append_arguments (out, field);
      append_selection (out, inner, asked, depth + 1);
    }
  g_string_append_c (out, '}');
}

/* Every object type that is not a root of something else was reached from Query or named here. */
static void
check_all_asked (GHashTable *asked)
{
  JsonArray *types = json_node_get_array (json_at (schema, "data.__schema.types"));
  static const char *const elsewhere[] = { "Mutation", "Subscription", "MutationError", "DemoProgress", "ProjectChange", "LiveEvents", "JourneyGraphChange",
                                           "RemovedTransition", "LiveTraffic", "LiveStep", "LivePulse", "ScreenActivity", NULL };

  for (guint i = 0; i < json_array_get_length (types); i++)
    {
      JsonNode *type = json_array_get_element (types, i), *fields = json_at (type, "fields");
      g_autofree char *type_name = json_dup_at (type, "name");

      if (!is_ours (type) || !JSON_NODE_HOLDS_ARRAY (fields) || g_strv_contains (elsewhere, type_name)
          || g_str_has_suffix (type_name, "Payload")) /* test-mutations.c asks for each field of each */
        continue;
      for (guint k = 0; k < json_array_get_length (json_node_get_array (fields)); k++)
        {
          g_autofree char *name = json_dup_at (json_array_get_element (json_node_get_array (fields), k), "name");
          g_autofree char *full = g_strdup_printf ("%s.%s", type_name, name);

          if (!g_hash_table_contains (asked, full))
            g_error ("%s was not asked for", full);
        }
    }
}

static void
test_every_field_answers (void)
{
  g_autoptr (GString) document = g_string_new (NULL);
  g_autoptr (GHashTable) asked = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (JsonNode) response = NULL;
  static const struct
  {
    const char *path, *value;
  } expected[] = {
    { "data.project.name", "Demo shop" },
    { "data.organisation.members.pageInfo.hasNextPage", "false" },
    { "data.project.screens.nodes.0.snapshot.session.actor.sessions.nodes.0.__typename", "Session" },
    { "data.organisation.name", "Org A" },
    { "data.organisation.members.nodes.0.email", "ada@example.org" },
    { "data.project.keys.nodes.0.revokedAt", "" },
    { "data.project.journey.__typename", "Journey" },
    { "data.project.journeys.nodes.0.kind", "OBSERVED" },
    { "data.project.journeys.nodes.1.steps.0.screen.__typename", "Screen" },
    { "data.project.journeys.nodes.1.transitions.0.kind", "EXPECTED" },
    { "data.viewer.role", "ADMIN" },
    { "data.collector.keyless", "true" },
  };

  append_selection (document, "Query", asked, 0);
  check_all_asked (asked);
  response = api_query (fixture, NULL, document->str, NULL);
  assert_no_errors (response);
  for (gsize i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      g_autofree char *value = json_dup_at (response, expected[i].path);

      g_assert_cmpstr (value, ==, expected[i].value);
    }
  /* the graph of the demo is not empty: pictures, names, load times, and sums that hold */
  {
    JsonArray *screens = json_node_get_array (json_at (response, "data.project.journeyGraph.screens"));
    JsonArray *transitions = json_node_get_array (json_at (response, "data.project.journeyGraph.transitions"));
    guint n_pictures = 0, n_loads = 0;

    g_assert_cmpuint (json_array_get_length (screens), >=, 5);
    for (guint i = 0; i < json_array_get_length (screens); i++)
      {
        JsonNode *screen = json_array_get_element (screens, i);
        g_autofree char *id = json_dup_at (screen, "id"), *visits = json_dup_at (screen, "visits"), *entries = json_dup_at (screen, "entries");
        g_autofree char *exits = json_dup_at (screen, "exits"), *picture = json_dup_at (screen, "snapshotId"), *load = json_dup_at (screen, "loadP75Ms");
        guint64 in = g_ascii_strtoull (entries, NULL, 10), out = g_ascii_strtoull (exits, NULL, 10);

        n_pictures += *picture != '\0';
        n_loads += *load != '\0';
        for (guint k = 0; k < json_array_get_length (transitions); k++)
          {
            JsonNode *transition = json_array_get_element (transitions, k);
            g_autofree char *from = json_dup_at (transition, "from"), *to = json_dup_at (transition, "to"), *n = json_dup_at (transition, "count");

            if (g_str_equal (from, id))
              out += g_ascii_strtoull (n, NULL, 10);
            if (g_str_equal (to, id))
              in += g_ascii_strtoull (n, NULL, 10);
          }
        g_assert_cmpuint (in, ==, g_ascii_strtoull (visits, NULL, 10));
        g_assert_cmpuint (out, ==, g_ascii_strtoull (visits, NULL, 10));
      }
    g_assert_cmpuint (n_pictures, ==, json_array_get_length (screens));
    g_assert_cmpuint (n_loads, >, 0);
  }
}

/* The mutation loads the shop; a second one while it runs changes nothing. */
static void
load_demo (void)
{
  g_autoptr (JsonNode) started = api_query (fixture, NULL, "mutation{loadDemo{projectId done total running error}}", NULL);
  g_autofree char *project_id = json_dup_at (started, "data.loadDemo.projectId"), *running = json_dup_at (started, "data.loadDemo.running");
  g_autoptr (GError) error = NULL;
  PdgDemoProgress progress;

  assert_no_errors (started);
  g_assert_cmpstr (project_id, ==, "proj_shop");
  g_assert_cmpstr (running, ==, "true");
  g_assert_true (pdg_demo_player_wait (fixture->demo, &error));
  g_assert_no_error (error);
  pdg_demo_player_get_progress (fixture->demo, &progress);
  g_assert_false (progress.running);
  g_assert_cmpuint (progress.done, ==, progress.total);
  g_assert_cmpuint (progress.total, >, 1000);
  g_assert_null (progress.error);
}

/* Something of each type that events do not make. */
static void
fill_directory (void)
{
  g_autoptr (JsonNode) member = api_query (fixture, NULL, "mutation{addMember(input:{email:\"ada@example.org\",role:ADMIN}){member{id}}}", NULL);
  g_autofree char *id = json_dup_at (member, "data.addMember.member.id");
  g_autofree char *rest = g_strdup_printf ("mutation{createAccessToken(input:{role:VIEWER,memberId:\"%s\"}){token{id}} "
                                           "createApiKey(input:{projectId:\"proj_shop\"}){key{id}} "
                                           "createJourney(input:{projectId:\"proj_shop\",name:\"Design\",steps:[{id:\"a\",name:\"A\",screenPath:\"/zzz\"}],"
                                           "transitions:[{from:\"a\",to:\"a\"}]}){journey{id}}}", id);
  g_autoptr (JsonNode) made = api_query (fixture, NULL, rest, NULL);

  assert_no_errors (member);
  assert_no_errors (made);
}

/* The pictures of the demo were taken in no session; here they were, so that what is below a session answers too. */
static void
give_pictures_sessions (void)
{
  g_autoptr (PdgDbConn) owner = fixture_open (pdg_test_cluster_get_owner_uri (), NULL);

  fixture_run (owner, "UPDATE productgraph.snapshot p SET session_no = "
                      "(SELECT min(s.session_no) FROM productgraph.session s WHERE s.project_id = p.project_id AND s.events > 0)");
}

static void
test_live_answers_now (void)
{
  g_autofree char *body = body_with_one ("proj_demo", "live", "live", g_get_real_time ());
  g_auto (Verdict) verdict = { 0 };
  g_autoptr (JsonNode) response = NULL;
  g_autofree char *events = NULL, *sessions = NULL;

  fixture_store (fixture->ingest, fixture->a->admin, body, &verdict);
  assert_stored (verdict, 1, 0, 0);
  response = api_query (fixture, NULL, "{project(id:\"proj_demo\"){live{eventsPerMinute activeSessions}}}", NULL);
  assert_no_errors (response);
  events = json_dup_at (response, "data.project.live.eventsPerMinute");
  sessions = json_dup_at (response, "data.project.live.activeSessions");
  g_assert_cmpstr (events, ==, "1");
  g_assert_cmpstr (sessions, ==, "1");
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  fixture = api_fixture_new ();
  load_demo ();
  fill_directory ();
  give_pictures_sessions ();
  schema = api_query (fixture, NULL, INTROSPECT, NULL);
  assert_no_errors (schema);
  g_test_add_func ("/api/schema/described", test_described);
  g_test_add_func ("/api/schema/every-field-answers", test_every_field_answers);
  g_test_add_func ("/api/schema/live-answers-now", test_live_answers_now);
  status = g_test_run ();
  json_node_unref (schema);
  api_fixture_free (fixture);
  return status;
}
