#include "config.h"

#include "api/api-fixture.h"
#include "base/pdg-time.h"

#include <string.h>

/* N+1 cannot happen: PostgreSQL itself is asked, by its log, how many statements a nested query took, and it takes as many for many
 * parents as for two. */

#define N_SESSIONS 12
#define N_EVENTS 8
#define MARK "/* the end of a query */"

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
  { "three-levels", "query($n:Int!){projects(first:$n){nodes{id sessions(first:$n){nodes{id events(first:$n){nodes{id}}}}}}}", 3 },
};

/* Lines "… LOG:  execute NAME: SELECT …", without those that choose the organisation. */
static guint
count_reads (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  guint n = 0;

  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *execute = strstr (lines[i], "LOG:  execute "), *sql = execute != NULL ? strstr (execute + 6, ": ") : NULL;

      n += sql != NULL && g_str_has_prefix (sql, ": SELECT ") && strstr (sql, "set_current_org") == NULL && strstr (sql, MARK) == NULL;
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
store_events (void)
{
  g_autoptr (GString) body = body_new ();
  g_auto (Verdict) verdict = { 0 };
  g_autofree char *text = NULL;
  gint64 now = g_get_real_time ();

  for (guint i = 0; i < N_SESSIONS; i++)
    for (guint k = 0; k < N_EVENTS; k++)
      {
        g_autofree char *id = g_strdup_printf ("e%u.%u", i, k), *session = g_strdup_printf ("s%u", i);

        body_add (body, "proj_demo", id, session, "page.view", now - (gint64) (i * N_EVENTS + k) * PDG_USEC_PER_SEC,
                  ",\"page.path\":\"/p%u\",\"user.id\":\"u%u\",\"app.version\":\"%u\"", k, i / 2, i / 4);
      }
  text = body_finish (g_steal_pointer (&body));
  fixture_store (fixture->ingest, fixture->a->admin, text, &verdict);
  assert_stored (verdict, N_SESSIONS * N_EVENTS, 0, 0);
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
  store_events ();
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/api/statements/", cases[i].name, NULL);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_statements);
    }
  status = g_test_run ();
  pdg_db_conn_free (owner);
  g_free (log_path);
  api_fixture_free (fixture);
  return status;
}
