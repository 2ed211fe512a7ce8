#include "config.h"

#include "db/pdg-db-migrator.h"
#include "service/event-writer.h"
#include "service/pdg-queries.h"

#include <string.h>

/* The writer on shared databases, whose owner is no superuser: with a role that bypasses row-level security (COPY), and
 * without one (row by row, one organisation a transaction). Both store the same. */

typedef struct
{
  const char *name;
  const char *login;
  const char *attributes;
  const char *prepare; /* by the administrator of the server, before the product comes */
  gboolean copies;
} Mode;

static const Mode modes[] = {
  { "under-row-security", "owner_plain", "", "GRANT productgraph_app, productgraph_ingest TO owner_plain; ALTER ROLE productgraph_ingest NOBYPASSRLS", FALSE },
  { "bypassing", "owner_copy", "", "GRANT productgraph_app, productgraph_ingest TO owner_copy; ALTER ROLE productgraph_ingest BYPASSRLS", TRUE },
  { "may-make-roles", "owner_roles", "CREATEROLE", "ALTER ROLE productgraph_ingest NOBYPASSRLS", FALSE },
};

static void
test_mode (gconstpointer data)
{
  const Mode *mode = data;
  g_autofree char *database = g_strdup_printf ("shared_%s", mode->login);
  g_autofree char *admin_uri = pdg_test_cluster_make_database (database);
  g_autofree char *uri = fixture_make_login (mode->login, mode->attributes, database);
  g_autofree char *give = g_strdup_printf ("ALTER DATABASE %s OWNER TO %s", database, mode->login);
  g_autofree char *plug = NULL, *body_a = NULL, *body_b = NULL;
  g_autoptr (Tenant) a = NULL, b = NULL;
  g_autoptr (PdgHub) hub = pdg_hub_new ();
  g_autoptr (PdgIngest) ingest = NULL;
  g_autoptr (PdgDbConn) owner = NULL, app = NULL;
  g_auto (Verdict) vp = { 0 }, va = { 0 }, vb = { 0 };
  g_autoptr (GError) error = NULL;
  PdgIngestMetrics metrics;
  gint64 now = g_get_real_time ();
  GString *out;
  WriterHold *hold;

  pdg_test_cluster_run_sql (mode->prepare);
  pdg_test_cluster_run_sql (give);
  fixture_migrate (uri);
  a = tenant_new (uri, "Org A", "proj_a");
  b = tenant_new (uri, "Org B", "proj_b");
  ingest = fixture_ingest_new (uri, "productgraph_ingest", hub, 1000, 1000);

  /* two organisations in one queue, with journeys, titles, releases and an event that comes twice */
  plug = body_with_one ("proj_a", "plug", "plug", now);
  hold = writer_hold_new (admin_uri);
  g_assert_true (fixture_submit (ingest, a->admin, plug, &vp));
  out = body_new ();
  for (int i = 0; i < 5; i++)
    {
      g_autofree char *id = g_strdup_printf ("a-%d", i % 4);

      body_add (out, "proj_a", id, "one", "page.view", now + i % 4, ",\"page.path\":\"/page-%d\",\"page.title\":\"T%d\",\"app.version\":\"1\","
                "\"gen_ai.journey.id\":\"j\",\"gen_ai.journey.step.id\":\"s%d\"", i % 4, i % 4, i % 4);
    }
  body_a = body_finish (out);
  body_b = body_with_one ("proj_b", "a-0", "one", now);
  g_assert_true (fixture_submit (ingest, a->admin, body_a, &va));
  g_assert_true (fixture_submit (ingest, b->admin, body_b, &vb));
  writer_hold_free (hold);
  fixture_wait (g_atomic_int_get (&va.answered) && g_atomic_int_get (&vb.answered) && g_atomic_int_get (&vp.answered));
  assert_stored (vp, 1, 0, 0);
  assert_stored (va, 5, 1, 0);
  assert_stored (vb, 1, 0, 0);
  pdg_ingest_get_metrics (ingest, &metrics);
  if (mode->copies)
    g_assert_cmpuint (metrics.slow_flushes, ==, 0);
  else
    g_assert_cmpuint (metrics.slow_flushes, >=, 2); /* one an organisation */

  /* a writer without memory */
  g_clear_pointer (&ingest, pdg_ingest_free);
  ingest = fixture_ingest_new (uri, "productgraph_ingest", hub, 1000, 1000);
  fixture_store (ingest, a->admin, body_a, &va);
  assert_stored (va, 5, 5, 0);

  /* what the app reads, under row-level security, as this login */
  app = fixture_open (uri, "productgraph_app");
  g_assert_cmpint (fixture_int (app, "SELECT count(*) FROM event"), ==, 0);
  {
    g_autoptr (PdgQueries) queries = pdg_queries_begin (app, a->admin, 10000, &error);
    g_autoptr (PdgJourneyGraph) graph = NULL;
    guint n;

    g_assert_no_error (error);
    graph = fixture_load_graph (queries, a->project->project_no, G_MININT64, G_MAXINT64);
    g_assert_no_error (error);
    pdg_journey_graph_get_screens (graph, &n);
    g_assert_cmpuint (n, ==, 5);
    g_assert_cmpuint (pdg_journey_graph_get_n_events (graph), ==, 5);
  }
  owner = fixture_open (admin_uri, NULL);
  g_assert_cmpint (fixture_int (owner, "SELECT count(*) FROM event"), ==, 6);
  g_assert_cmpint (fixture_int (owner, "SELECT count(*) FROM screen WHERE title IS NOT NULL"), ==, 4);
  g_assert_cmpint (fixture_int (owner, "SELECT count(*) FROM journey_step"), ==, 4);
  g_assert_cmpint (fixture_int (owner, "SELECT events FROM session WHERE id = 'one' AND events > 1"), ==, 4);
  /* another organisation's project is not there, either way */
  fixture_store (ingest, b->admin, body_a, &vb);
  assert_stored (vb, 0, 0, 5);
}

/* An administrator who made nothing is told what to do. */
static void
test_groups_are_missing (void)
{
  g_autofree char *admin_uri = pdg_test_cluster_make_database ("shared_missing");
  g_autofree char *uri = fixture_make_login ("owner_missing", "", "shared_missing");
  g_autoptr (PdgDbConn) owner = NULL;
  g_autoptr (GError) error = NULL;
  const PdgDbMigration *migrations;
  guint n;

  pdg_test_cluster_run_sql ("ALTER DATABASE shared_missing OWNER TO owner_missing");
  owner = fixture_open (uri, NULL);
  migrations = pdg_db_migrations_from_resource (&n);
  g_assert_false (pdg_db_migrate (owner, migrations, n, NULL, &error));
  g_assert_nonnull (error);
  g_test_message ("%s (%s)", error->message, pdg_db_error_get_detail (error));
  g_assert_nonnull (strstr (error->message, "productgraph_app"));
  g_assert_nonnull (admin_uri);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (modes); i++)
    {
      g_autofree char *path = g_strconcat ("/service/ingest-modes/", modes[i].name, NULL);

      g_test_add_data_func (path, &modes[i], test_mode);
    }
  g_test_add_func ("/service/ingest-modes/groups-are-missing", test_groups_are_missing);
  return g_test_run ();
}
