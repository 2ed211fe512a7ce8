#include "config.h"

#include "api/api-fixture.h"
#include "base/pdg-time.h"

#include <string.h>

/* Every number of a report opens who is behind it, for many projects at once. */

static ApiFixture *fixture;

#define N_PROJECTS 3
#define N_SESSIONS 7

static const char *const projects[N_PROJECTS] = { "proj_demo", "proj_two", "proj_three" };

/* Session i goes "/a", "/b", and with an odd number "/a" again, where a number that 3 divides has an error; users are shared by two. The
 * release is "1" below 4 and "2" from there on; projects differ by how many sessions there are. */
static void
add_session (GString *body, const char *project, int i, gint64 now)
{
  g_autofree char *session = g_strdup_printf ("s-%d", i);
  g_autofree char *more = g_strdup_printf (",\"user.id\":\"u-%d\",\"app.version\":\"%d\"", i / 2, i < 4 ? 1 : 2);
  gint64 ts = now - (N_SESSIONS - i) * G_TIME_SPAN_SECOND - (i < 4 ? G_TIME_SPAN_DAY : 0);
  static const char *const paths[] = { "/a", "/b", "/a" };

  for (int k = 0; k < (i % 2 == 1 ? 3 : 2); k++)
    {
      g_autofree char *id = g_strdup_printf ("%s-%d-%d", project, i, k);

      body_add (body, project, id, session, "page.view", ts + k * G_TIME_SPAN_MILLISECOND, ",\"page.path\":\"%s\"%s", paths[k], more);
    }
  if (i % 2 == 1 && i % 3 == 0)
    {
      g_autofree char *id = g_strdup_printf ("%s-%d-e", project, i);

      body_add (body, project, id, session, "error", ts + 5 * G_TIME_SPAN_MILLISECOND, "%s", more);
    }
}

static void
make_data (void)
{
  g_autoptr (PdgDbConn) owner = fixture_open (pdg_test_cluster_get_owner_uri (), NULL);
  gint64 now = g_get_real_time ();

  for (int p = 0; p < N_PROJECTS; p++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (PdgProject) project = p > 0 ? pdg_commands_create_project (owner, fixture->a->admin, projects[p], projects[p], &error) : NULL;
      GString *body = body_new ();
      g_autofree char *text = NULL;
      g_auto (Verdict) verdict = { 0 };

      g_assert_no_error (error);
      for (int i = 0; i < N_SESSIONS - p; i++)
        add_session (body, projects[p], i, now);
      text = body_finish (body);
      fixture_store (fixture->ingest, fixture->a->admin, text, &verdict);
      assert_stored (verdict, p == 0 ? 18 : p == 1 ? 16 : 13, 0, 0);
    }
}

static char *
dup_ids (JsonNode *response, const char *at)
{
  JsonNode *list = json_at (response, at);
  GString *out = g_string_new (NULL);

  g_assert_nonnull (list);
  for (guint i = 0; i < json_array_get_length (json_node_get_array (list)); i++)
    {
      g_autofree char *id = json_dup_at (json_array_get_element (json_node_get_array (list), i), "id");

      g_string_append_printf (out, "%s%s", i > 0 ? " " : "", id);
    }
  return g_string_free (out, FALSE);
}

static char *
dup_screen_id (const char *project, const char *path)
{
  g_autofree char *document = g_strdup_printf ("{project(id:\"%s\"){screens(search:\"%s\"){nodes{id}}}}", project, path);
  g_autoptr (JsonNode) response = api_query (fixture, NULL, document, NULL);

  return json_dup_at (response, "data.project.screens.nodes.0.id");
}

static void
test_cells (void)
{
  g_autofree char *a = dup_screen_id ("proj_demo", "/a"), *b = dup_screen_id ("proj_demo", "/b");
  struct
  {
    char *cell;
    const char *sessions, *actors;
  } rows[] = {
    { g_strdup ("null"), "s-6 s-5 s-4 s-3 s-2 s-1 s-0", "u-3 u-2 u-1 u-0" },
    { g_strdup_printf ("{screen:{id:\"%s\"}}", a), "s-6 s-5 s-4 s-3 s-2 s-1 s-0", "u-3 u-2 u-1 u-0" },
    { g_strdup_printf ("{screen:{id:\"%s\",measure:ENTRIES}}", b), "", "" },
    { g_strdup_printf ("{screen:{id:\"%s\",measure:EXITS}}", b), "s-6 s-4 s-2 s-0", "u-3 u-2 u-1 u-0" },
    { g_strdup_printf ("{screen:{id:\"%s\",measure:EXITS}}", a), "s-5 s-3 s-1", "u-2 u-1 u-0" },
    { g_strdup_printf ("{screen:{id:\"%s\",measure:ERRORS}}", a), "s-3", "u-1" },
    { g_strdup_printf ("{transition:{from:\"%s\",to:\"%s\"}}", a, b), "s-6 s-5 s-4 s-3 s-2 s-1 s-0", "u-3 u-2 u-1 u-0" },
    { g_strdup_printf ("{transition:{from:\"%s\",to:\"%s\"}}", b, a), "s-5 s-3 s-1", "u-2 u-1 u-0" },
    { g_strdup ("{screen:{id:\"99\"}}"), "", "" },
    { g_strdup ("{screen:{id:\"x\"}}"), "", "" },
    { g_strdup ("{transition:{from:\"-3\",to:\"0\"}}"), "", "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *document = g_strdup_printf ("{project(id:\"proj_demo\"){journeyGraph{sessions(cell:%s){nodes{id actor{id} release}} "
                                                   "actors(cell:%s){nodes{id kind}}}}}", rows[i].cell, rows[i].cell);
      g_autoptr (JsonNode) response = api_query (fixture, NULL, document, NULL);
      g_autofree char *sessions = NULL, *actors = NULL;

      assert_no_errors (response);
      sessions = dup_ids (response, "data.project.journeyGraph.sessions.nodes");
      actors = dup_ids (response, "data.project.journeyGraph.actors.nodes");
      g_test_message ("%s", rows[i].cell);
      g_assert_cmpstr (sessions, ==, rows[i].sessions);
      g_assert_cmpstr (actors, ==, rows[i].actors);
      g_free (rows[i].cell);
    }
}

/* Every page of a list follows the one before, of sessions and of actors. */
static void
test_pages (void)
{
  static const char *const lists[] = { "sessions", "actors" }, *const expected[] = { "s-6 s-5|s-4 s-3|s-2 s-1|s-0|", "u-3 u-2|u-1 u-0|" };

  for (gsize i = 0; i < G_N_ELEMENTS (lists); i++)
    {
      g_autoptr (GString) all = g_string_new (NULL);
      g_autofree char *after = g_strdup ("null"), *nodes = g_strdup_printf ("data.project.journeyGraph.%s.nodes", lists[i]);
      g_autofree char *at_end = g_strdup_printf ("data.project.journeyGraph.%s.pageInfo.endCursor", lists[i]);
      g_autofree char *at_more = g_strdup_printf ("data.project.journeyGraph.%s.pageInfo.hasNextPage", lists[i]);
      gboolean more = TRUE;

      while (more)
        {
          g_autofree char *document = g_strdup_printf ("{project(id:\"proj_demo\"){journeyGraph{%s(first:2,after:%s){nodes{id} "
                                                       "pageInfo{hasNextPage endCursor}}}}}", lists[i], after);
          g_autoptr (JsonNode) response = api_query (fixture, NULL, document, NULL);
          g_autofree char *ids = NULL, *end = NULL, *next = NULL;

          assert_no_errors (response);
          ids = dup_ids (response, nodes);
          end = json_dup_at (response, at_end);
          next = json_dup_at (response, at_more);
          g_string_append_printf (all, "%s|", ids);
          g_free (after);
          after = g_strdup_printf ("\"%s\"", end);
          more = g_str_equal (next, "true");
        }
      g_assert_cmpstr (all->str, ==, expected[i]);
    }
}

/* What belongs to one project stays with it when many are asked at once. */
static void
test_many_projects (void)
{
  g_autoptr (JsonNode) response = api_query (fixture, NULL,
    "{projects{nodes{id screens{nodes{path}} journeyGraph{sessionCount eventCount screens{path sessionCount} sessions(first:2){nodes{id}} "
    "actors{nodes{id}}} live{activeSessions activeActors sessions{nodes{id}} actors{nodes{id}}} "
    "releases{nodes{version sessionCount sessions{nodes{id}}}}}}}", NULL);
  static const struct
  {
    const char *id, *sessions, *events, *newest, *actors, *live, *live_actors, *release;
  } rows[] = {
    { "proj_demo", "7", "18", "s-6 s-5", "u-3 u-2 u-1 u-0", "s-6 s-5 s-4", "u-3 u-2", "s-6 s-5 s-4" },
    { "proj_three", "5", "13", "s-4 s-3", "u-2 u-1 u-0", "s-4", "u-2", "s-4" },
    { "proj_two", "6", "16", "s-5 s-4", "u-2 u-1 u-0", "s-5 s-4", "u-2", "s-5 s-4" },
  };

  assert_no_errors (response);
  for (guint i = 0; i < json_array_get_length (json_node_get_array (json_at (response, "data.projects.nodes"))); i++)
    {
      JsonNode *node = json_array_get_element (json_node_get_array (json_at (response, "data.projects.nodes")), i);
      g_autofree char *id = json_dup_at (node, "id"), *sessions = json_dup_at (node, "journeyGraph.sessionCount");
      g_autofree char *events = json_dup_at (node, "journeyGraph.eventCount"), *newest = dup_ids (node, "journeyGraph.sessions.nodes");
      g_autofree char *actors = dup_ids (node, "journeyGraph.actors.nodes"), *live = dup_ids (node, "live.sessions.nodes");
      g_autofree char *live_actors = dup_ids (node, "live.actors.nodes"), *version = json_dup_at (node, "releases.nodes.0.version");
      g_autofree char *release = dup_ids (node, "releases.nodes.0.sessions.nodes"), *older = json_dup_at (node, "releases.nodes.1.sessionCount");
      gsize k = 0;

      while (!g_str_equal (rows[k].id, id))
        g_assert_cmpuint (++k, <, G_N_ELEMENTS (rows));
      g_assert_cmpstr (sessions, ==, rows[k].sessions);
      g_assert_cmpstr (events, ==, rows[k].events);
      g_assert_cmpstr (newest, ==, rows[k].newest);
      g_assert_cmpstr (actors, ==, rows[k].actors);
      g_assert_cmpstr (live, ==, rows[k].live);
      g_assert_cmpstr (live_actors, ==, rows[k].live_actors);
      g_assert_cmpstr (version, ==, "2");
      g_assert_cmpstr (release, ==, rows[k].release);
      g_assert_cmpstr (older, ==, "4");
    }
}

/* Only what matches is live, and only releases of the range are listed. */
static void
test_filter_and_range (void)
{
  gint64 now = g_get_real_time ();
  char time[PDG_RFC3339_BYTES];
  g_autofree char *document = NULL, *sessions = NULL, *count = NULL, *version = NULL, *more = NULL, *none = NULL;
  g_autoptr (JsonNode) response = NULL;

  pdg_time_format_rfc3339 (now - G_TIME_SPAN_HOUR, time);
  document = g_strdup_printf ("{project(id:\"proj_demo\"){live(filter:{userId:{is:\"u-3\"}}){activeSessions sessions{nodes{id}}} "
                              "releases(range:{to:\"%s\"}){nodes{version sessionCount} pageInfo{hasNextPage}} "
                              "page:releases(first:1){nodes{version} pageInfo{hasNextPage}} "
                              "none:releases(range:{to:\"2000-01-01T00:00:00Z\"}){nodes{id:version}}}}", time);
  response = api_query (fixture, NULL, document, NULL);
  assert_no_errors (response);
  sessions = dup_ids (response, "data.project.live.sessions.nodes");
  count = json_dup_at (response, "data.project.live.activeSessions");
  version = json_dup_at (response, "data.project.releases.nodes.0.version");
  more = json_dup_at (response, "data.project.page.pageInfo.hasNextPage");
  none = dup_ids (response, "data.project.none.nodes");
  g_assert_cmpstr (sessions, ==, "s-6");
  g_assert_cmpstr (count, ==, "1");
  g_assert_cmpstr (version, ==, "1");
  g_assert_cmpstr (more, ==, "true");
  g_assert_cmpstr (none, ==, "");
  g_assert_cmpuint (json_array_get_length (json_node_get_array (json_at (response, "data.project.releases.nodes"))), ==, 1);
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  fixture = api_fixture_new ();
  make_data ();
  g_test_add_func ("/api/twins/cells", test_cells);
  g_test_add_func ("/api/twins/pages", test_pages);
  g_test_add_func ("/api/twins/many-projects", test_many_projects);
  g_test_add_func ("/api/twins/filter-and-range", test_filter_and_range);
  status = g_test_run ();
  api_fixture_free (fixture);
  return status;
}
