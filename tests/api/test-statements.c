#include "config.h"

#include "api/api-fixture.h"
#include "base/pdg-time.h"

#include <string.h>

/* N+1 cannot happen: PostgreSQL itself is asked, by its log, how many statements a nested query took, and it takes as many for many
 * parents as for two. */

#define N_SESSIONS 12
#define N_EVENTS 8
#define MARK "/* the end of a query */"
#define TERMS "FROM (SELECT DISTINCT * FROM unnest($1::int4[], $2::int4[])) u (project_id, term_no)"

static ApiFixture *fixture;
static PdgDbConn *owner;
static char *log_path;

/* Documents that reach every list and every object that has parents; $n rows of each list. Statements: reads of one request, without
 * BEGIN and what sets a transaction up. */
static const struct
{
  const char *name, *document;
  guint n_statements;
} cases[] = {
  { "one-row", "{project(id:\"proj_demo\"){id name}}", 1 },
  { "one-row-below-another", "{project(id:\"proj_demo\"){id session(id:\"s1\"){id startedAt eventCount entryPath release}}}", 1 },
  { "two-rows-below-another", "{project(id:\"proj_demo\"){id a:session(id:\"s1\"){id} b:session(id:\"s2\"){id}}}", 3 },
  /* projects and their sessions by one */
  { "three-levels", "query($n:Int!){projects(first:$n){nodes{id sessions(first:$n){nodes{id events(first:$n){nodes{id}}}}}}}", 2 },
  { "events", "query($n:Int!){project(id:\"proj_demo\"){events(first:$n){nodes{id session{id} screen{id} actor{id sessionCount lastSeenAt}}}}}", 6 },
  { "actors",
    "query($n:Int!){project(id:\"proj_demo\"){actors(first:$n){nodes{id firstSeenAt sessionCount sessions(first:$n){nodes{id events(first:$n){nodes{"
    "id type pagePath}}}}}}}}",
    5 },
  { "projects", "query($n:Int!){projects(first:$n){nodes{newestEventAt keys(first:$n){nodes{id}} journeys(first:$n){nodes{id steps{id screen{id}} "
                "transitions{from}}}}}}", 7 },
  { "screens", "query($n:Int!){projects(first:$n){nodes{screens(first:$n){nodes{id snapshot{id} snapshots(first:$n){nodes{id screen{id} session{id}}}}} "
               "snapshots(first:$n){nodes{id}}}}}", 7 },
  { "releases", "query($n:Int!){projects(first:$n){nodes{releases(first:$n){nodes{version sessions(first:$n){nodes{id actor{id}}}}}}}}", 4 },
  { "graphs", "query($n:Int!){projects(first:$n){nodes{journeyGraph{eventCount screens{id} sessions(first:$n){nodes{id}} actors(first:$n){nodes{id}}} "
              "live{activeSessions sessions(first:$n){nodes{id}}}}}}", 10 },
  { "people", "query($n:Int!){organisation{members(first:$n){nodes{id}} tokens(first:$n){nodes{id member{id}}}}}", 3 },
};

/* Lines "… LOG:  execute NAME: SELECT …", without those that set a transaction up and those that read terms, once a connection. */
static guint
count_reads (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  guint n = 0;

  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *execute = strstr (lines[i], "LOG:  execute "), *sql = execute != NULL ? strstr (execute + 6, ": ") : NULL;

      n += sql != NULL && g_str_has_prefix (sql, ": SELECT ") && strstr (sql, "set_current_org") == NULL && strstr (sql, "set_config") == NULL
           && strstr (sql, TERMS) == NULL && strstr (sql, MARK) == NULL;
    }
  return n;
}

/* What PostgreSQL logged from @offset to a statement of our own that ends it. */
static char *
read_log_since (gsize offset)
{
  g_autofree char *text = NULL;
  const char *found = NULL;

  fixture_run (owner, "SELECT 1 " MARK);
  while (found == NULL)
    {
      gsize len;

      g_clear_pointer (&text, g_free);
      g_assert_true (g_file_get_contents (log_path, &text, &len, NULL));
      found = len > offset ? strstr (text + offset, MARK) : NULL;
    }
  return g_strdup (text + offset);
}

static guint
run_and_count (const char *document, guint n)
{
  g_autofree char *variables = g_strdup_printf ("{\"n\":%u}", n);
  g_autoptr (JsonNode) response = NULL;
  g_autofree char *before = read_log_since (0), *after = NULL;
  gsize offset = strlen (before);

  response = api_query (fixture, NULL, document, variables);
  assert_no_errors (response);
  after = read_log_since (offset);
  g_test_message ("%s", after);
  return count_reads (after);
}

static void
test_statements (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  guint first = run_and_count (cases[i].document, 10);

  g_assert_cmpuint (run_and_count (cases[i].document, 2), ==, first);
  g_assert_cmpuint (first, ==, cases[i].n_statements);
}

/* However often events are asked for, the terms of a project are read once a connection; the fixture has three. */
static void
test_terms (void)
{
  static const char document[] = "{project(id:\"proj_demo\"){events(first:50){nodes{id type name pagePath journeyId journeyStepId}}}}";
  g_autofree char *before = read_log_since (0), *after = NULL, *first = NULL;
  guint n = 0;

  for (guint i = 0; i < 12; i++)
    {
      g_autoptr (JsonNode) response = api_query (fixture, NULL, document, NULL);
      g_autofree char *text = json_to_string (response, FALSE);

      assert_no_errors (response);
      if (first == NULL)
        first = g_steal_pointer (&text);
      else
        g_assert_cmpstr (text, ==, first);
    }
  g_assert_nonnull (strstr (first, "page.view"));
  g_assert_nonnull (strstr (first, "/p7"));
  after = read_log_since (strlen (before));
  for (const char *at = after; (at = strstr (at, "LOG:  execute ")) != NULL; at++)
    {
      g_autofree char *line = g_strndup (at, strcspn (at, "\n"));

      n += strstr (line, TERMS) != NULL;
    }
  g_assert_cmpuint (n, <=, 3);
}

#define TOGETHER "WITH ORDINALITY k (id"
#define PROJECT "{\"query\":\"{project(id:\\\"%s\\\"){id name}}\"}"
#define SESSION "{\"query\":\"{project(id:\\\"%s\\\"){id session(id:\\\"%s\\\"){id eventCount startedAt}}}\"}"
#define CLIENTS 8
#define STOP_MS 10000

/* Who asks for what. The other organisation has sessions of the same names. */
typedef struct
{
  const char *token, *project, *session; /* session: nullable */
} Lookup;

static char *
make_lookup (const Lookup *lookup)
{
  g_autofree char *body = lookup->session != NULL ? g_strdup_printf (SESSION, lookup->project, lookup->session)
                                                  : g_strdup_printf (PROJECT, lookup->project);

  return g_strdup_printf ("POST /graphql HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n" JSON_TYPE "Content-Length: %zu\r\n\r\n%s",
                          lookup->token, strlen (body), body);
}

static char *
read_body (int fd)
{
  g_autoptr (RawAnswer) answer = raw_read (fd, FALSE);

  g_assert_nonnull (answer);
  g_assert_cmpuint (answer->status, ==, 200);
  return g_strdup (answer->body);
}

/* One that remembers documents, as those of lookups that are answered together must be. */
static PdgApi *
serve_known (PdgHttpServer **server)
{
  PdgApiOptions options = api_fixture_get_options (fixture);

  options.graphql_documents = 100;
  return api_fixture_serve (&options, server);
}

/* What comes at the same moment is read by one statement, and each gets what it would get alone: its own, of its own organisation. */
static void
test_together (void)
{
  const Lookup lookups[] = {
    { fixture->viewer_a, "proj_demo", NULL },      { fixture->viewer_b, "proj_b", NULL },       { fixture->viewer_b, "proj_demo", NULL },
    { fixture->viewer_a, "proj_b", NULL },         { fixture->viewer_a, "nowhere", NULL },      { fixture->viewer_a, "proj_demo", "s1" },
    { fixture->viewer_a, "proj_demo", "s2" },      { fixture->viewer_a, "proj_demo", "nothing" }, { fixture->viewer_b, "proj_demo", "s1" },
    { fixture->viewer_a, "proj_b", "s1" },         { fixture->admin_a, "proj_demo", "s1" },     { fixture->viewer_a, "proj_demo ", NULL },
    { fixture->viewer_a, "proj_two", "s1" },
  };
  g_autofree char *before = read_log_since (0), *after = NULL;
  g_autoptr (GPtrArray) requests = g_ptr_array_new_with_free_func (g_free), alone = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (PdgHttpServer) server = NULL;
  g_autoptr (PdgApi) api = serve_known (&server);
  int fds[CLIENTS];

  for (guint i = 0; i < CLIENTS; i++)
    fds[i] = raw_connect (pdg_http_server_get_port (server));
  for (guint i = 0; i < G_N_ELEMENTS (lookups); i++)
    {
      g_ptr_array_add (requests, make_lookup (&lookups[i]));
      raw_send (fds[0], requests->pdata[i]);
      g_ptr_array_add (alone, read_body (fds[0]));
    }
  g_assert_nonnull (strstr (alone->pdata[5], "startedAt"));
  g_assert_null (strstr (alone->pdata[3], "proj_b"));
  g_assert_null (strstr (alone->pdata[8], "startedAt"));
  for (guint round = 0; round < 200; round++)
    {
      guint asked[CLIENTS];

      for (guint i = 0; i < CLIENTS; i++)
        {
          asked[i] = (guint) g_test_rand_int_range (0, G_N_ELEMENTS (lookups));
          raw_send (fds[i], requests->pdata[asked[i]]);
        }
      for (guint i = 0; i < CLIENTS; i++)
        {
          g_autofree char *body = read_body (fds[i]);

          g_assert_cmpstr (body, ==, alone->pdata[asked[i]]);
        }
    }
  after = read_log_since (strlen (before));
  g_assert_nonnull (strstr (after, TOGETHER));
  for (guint i = 0; i < CLIENTS; i++)
    close (fds[i]);
  pdg_http_server_stop (server, STOP_MS); /* the API goes before the server does */
}

/* Those that leave take nothing from those that stay; when all have left, nothing goes on. */
static void
test_together_leave (void)
{
  const Lookup lookup = { fixture->viewer_a, "proj_demo", "s1" };
  g_autofree char *request = make_lookup (&lookup), *expected = NULL;
  g_autoptr (PdgHttpServer) server = NULL;
  g_autoptr (PdgApi) api = serve_known (&server);
  int fds[CLIENTS];

  for (guint i = 0; i < CLIENTS; i++)
    fds[i] = raw_connect (pdg_http_server_get_port (server));
  raw_send (fds[0], request);
  expected = read_body (fds[0]);
  for (guint round = 0; round < 5; round++)
    {
      TableLock *lock = table_lock_new ("session");

      for (guint i = 0; i < CLIENTS; i++)
        raw_send (fds[i], request);
      fixture_wait (count_waiting_readers () > 0);
      for (guint i = 0; i < CLIENTS; i += round == 4 ? 1 : 2)
        close (fds[i]);
      if (round == 4)
        fixture_wait (count_waiting_readers () == 0);
      table_lock_free (lock);
      for (guint i = 0; i < CLIENTS && round < 4; i++)
        {
          g_autofree char *body = i % 2 == 1 ? read_body (fds[i]) : NULL;

          if (body != NULL)
            g_assert_cmpstr (body, ==, expected);
          else
            fds[i] = raw_connect (pdg_http_server_get_port (server));
        }
    }
  pdg_http_server_stop (server, STOP_MS);
}

static void
change (const char *format, ...)
{
  g_autoptr (JsonNode) response = NULL;
  g_autofree char *document = NULL;
  va_list args;

  va_start (args, format);
  document = g_strdup_vprintf (format, args);
  va_end (args);
  response = api_query (fixture, NULL, document, NULL);
  assert_no_errors (response);
}

static char *
make_question (const char *token, const char *document, guint n)
{
  g_autofree char *body = g_strdup_printf ("{\"query\":\"query($n:Int!){projects(first:$n){nodes{%s}}}\",\"variables\":{\"n\":%u}}", document, n);

  return g_strdup_printf ("POST /graphql HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n" JSON_TYPE "Content-Length: %zu\r\n\r\n%s",
                          token, strlen (body), body);
}

static guint
count_in (const char *text, const char *word)
{
  guint n = 0;

  for (const char *at = text; (at = strstr (at, word)) != NULL; at++)
    n++;
  return n;
}

/* The same question of one principal at the same moment is answered once for all; of others, with other variables, or another one, never with them. */
static void
test_same_question (void)
{
  static const char deep[] = "id sessions(first:2){nodes{id eventCount}}", flat[] = "id name";
  g_autoptr (GPtrArray) requests = g_ptr_array_new_with_free_func (g_free), alone = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *before = NULL, *after = NULL;
  g_autoptr (PdgHttpServer) server = NULL;
  g_autoptr (PdgApi) api = serve_known (&server);
  guint n_deep = 0;
  int fds[CLIENTS];

  g_ptr_array_add (requests, make_question (fixture->viewer_a, deep, 2));
  g_ptr_array_add (requests, make_question (fixture->viewer_a, deep, 1));
  g_ptr_array_add (requests, make_question (fixture->viewer_b, deep, 2));
  g_ptr_array_add (requests, make_question (fixture->viewer_a, flat, 2));
  for (guint i = 0; i < CLIENTS; i++)
    fds[i] = raw_connect (pdg_http_server_get_port (server));
  for (guint i = 0; i < requests->len; i++)
    {
      raw_send (fds[0], requests->pdata[i]);
      g_ptr_array_add (alone, read_body (fds[0]));
    }
  for (guint i = 0; i < requests->len; i++)
    for (guint k = 0; k < i; k++)
      g_assert_cmpstr (alone->pdata[i], !=, alone->pdata[k]);
  before = read_log_since (0);
  for (guint round = 0; round < 200; round++)
    {
      guint asked[CLIENTS];

      for (guint i = 0; i < CLIENTS; i++)
        {
          gint32 choice = g_test_rand_int_range (-6, (gint32) requests->len); /* often the same */

          asked[i] = (guint) MAX (choice, 0);
          n_deep += asked[i] < 3;
          raw_send (fds[i], requests->pdata[asked[i]]);
        }
      for (guint i = 0; i < CLIENTS; i++)
        {
          g_autofree char *body = read_body (fds[i]);

          g_assert_cmpstr (body, ==, alone->pdata[asked[i]]);
        }
    }
  after = read_log_since (strlen (before));
  g_test_message ("%u requests for sessions, %u statements", n_deep, count_in (after, ") q LEFT JOIN LATERAL "));
  g_assert_cmpuint (count_in (after, ") q LEFT JOIN LATERAL "), <, n_deep * 9 / 10);
  for (guint i = 0; i < CLIENTS; i++)
    close (fds[i]);
  pdg_http_server_stop (server, STOP_MS); /* the API goes before the server does */
}

/* Who asks after a change sees it, whoever else asks. */
static void
test_same_question_is_fresh (void)
{
  g_autofree char *request = make_question (fixture->viewer_a, "id name", 50);
  g_autoptr (PdgHttpServer) server = NULL;
  g_autoptr (PdgApi) api = serve_known (&server);
  int fds[CLIENTS];

  for (guint i = 0; i < CLIENTS; i++)
    fds[i] = raw_connect (pdg_http_server_get_port (server));
  for (guint round = 0; round < 40; round++)
    {
      g_autofree char *name = g_strdup_printf ("Round %u", round);

      for (guint i = 1; i < CLIENTS; i++)
        raw_send (fds[i], request);
      change ("mutation{updateProject(input:{id:\"proj_two\",name:\"%s\"}){project{name}}}", name);
      raw_send (fds[0], request);
      for (guint i = 0; i < CLIENTS; i++)
        {
          g_autofree char *body = read_body (fds[i]);

          if (i == 0)
            g_assert_nonnull (strstr (body, name));
        }
    }
  for (guint i = 0; i < CLIENTS; i++)
    close (fds[i]);
  pdg_http_server_stop (server, STOP_MS); /* the API goes before the server does */
}

/* The log of the program's one PostgreSQL: DATA_DIR/pg/MAJOR.log. */
static char *
find_log (void)
{
  g_autofree char *pg = g_build_filename (pdg_test_get_tmp_dir (), "data", "pg", NULL);
  g_autoptr (GDir) dir = g_dir_open (pg, 0, NULL);
  const char *name;

  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, ".log"))
      return g_build_filename (pg, name, NULL);
  g_assert_not_reached ();
}

static void
store_events (const char *project)
{
  g_autoptr (GString) body = body_new ();
  g_auto (Verdict) verdict = { 0 };
  g_autofree char *text = NULL;
  gint64 now = g_get_real_time ();

  for (guint i = 0; i < N_SESSIONS; i++)
    for (guint k = 0; k < N_EVENTS; k++)
      {
        g_autofree char *id = g_strdup_printf ("e%u.%u", i, k), *session = g_strdup_printf ("s%u", i);

        body_add (body, project, id, session, "page.view", now - (gint64) (i * N_EVENTS + k) * PDG_USEC_PER_SEC,
                  ",\"page.path\":\"/p%u\",\"user.id\":\"u%u\",\"app.version\":\"%u\",\"gen_ai.journey.id\":\"j%u\","
                  "\"gen_ai.journey.step.id\":\"s%u\"", k, i / 2, i / 4, k / 2, k);
      }
  text = body_finish (g_steal_pointer (&body));
  fixture_store (fixture->ingest, fixture->a->admin, text, &verdict);
  assert_stored (verdict, N_SESSIONS * N_EVENTS, 0, 0);
}

/* Three projects with many of everything. */
static void
fill (void)
{
  static const char *const projects[] = { "proj_demo", "proj_two", "proj_three" };

  change ("mutation{a:createProject(input:{id:\"proj_two\",name:\"Two\"}){project{id}} "
          "b:createProject(input:{id:\"proj_three\",name:\"Three\"}){project{id}}}");
  for (gsize i = 0; i < G_N_ELEMENTS (projects); i++)
    {
      store_events (projects[i]);
      for (guint k = 0; k < 4; k++)
        {
          change ("mutation{createApiKey(input:{projectId:\"%s\"}){key{id}} addMember(input:{email:\"%zu.%u@example.org\",role:ADMIN}){member{id}} "
                  "createAccessToken(input:{role:VIEWER}){token{id}} createJourney(input:{projectId:\"%s\",name:\"%u\","
                  "steps:[{id:\"a\",name:\"A\",screenPath:\"/p1\"}]}){journey{id}}}",
                  projects[i], i, k, projects[i], k);
        }
    }
  /* pictures of every screen, taken in a session */
  fixture_run (owner, "INSERT INTO productgraph.blob (org_id, sha256, media_type, bytes) "
                      "SELECT org_id, sha256('x'), 'image/png', 'x' FROM productgraph.organisation");
  fixture_run (owner, "INSERT INTO productgraph.snapshot (org_id, project_id, screen_no, session_no, taken_at, sha256, width, height) "
                      "SELECT s.org_id, s.project_id, s.screen_no, 1, now() - n * interval '1 minute', sha256('x'), 10, 10 "
                      "FROM productgraph.screen s, generate_series(1, 4) n");
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  pdg_test_cluster_migrate ();
  pdg_test_cluster_run_sql ("ALTER ROLE productgraph_server SET log_statement TO 'all'");
  fixture = api_fixture_new ();
  owner = fixture_open (pdg_test_cluster_get_owner_uri (), NULL);
  fixture_run (owner, "SET log_statement TO 'all'");
  log_path = find_log ();
  fill ();
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/api/statements/", cases[i].name, NULL);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_statements);
    }
  g_test_add_func ("/api/statements/terms", test_terms);
  g_test_add_func ("/api/statements/together", test_together);
  g_test_add_func ("/api/statements/together-leave", test_together_leave);
  g_test_add_func ("/api/statements/same-question", test_same_question);
  g_test_add_func ("/api/statements/same-question-is-fresh", test_same_question_is_fresh);
  status = g_test_run ();
  pdg_db_conn_free (owner);
  g_free (log_path);
  api_fixture_free (fixture);
  return status;
}
