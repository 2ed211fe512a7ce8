#include "config.h"

#include "db/pdg-db-migrator.h"
#include "service/event-writer.h"
#include "service/pdg-queries.h"
#include "store/pdg-store-events.h"

#include <string.h>

/* The writer on shared databases, whose owner is no superuser: with a role that bypasses row-level security (COPY), and without one
 * (by way of a temporary table, or by arrays where it may make none; one organisation a transaction). All store the same. */

typedef struct
{
  const char *name;
  const char *login;
  const char *attributes;
  const char *prepare; /* by the administrator of the server, before the product comes */
  gboolean by_array;
} Mode;

static const Mode modes[] = {
  { "under-row-security", "owner_plain", "", "GRANT productgraph_app, productgraph_ingest TO owner_plain; ALTER ROLE productgraph_ingest NOBYPASSRLS", FALSE },
  { "bypassing", "owner_copy", "", "GRANT productgraph_app, productgraph_ingest TO owner_copy; ALTER ROLE productgraph_ingest BYPASSRLS", FALSE },
  { "may-make-roles", "owner_roles", "CREATEROLE", "ALTER ROLE productgraph_ingest NOBYPASSRLS", FALSE },
  { "no-temporary-tables", "owner_array", "",
    "GRANT productgraph_app, productgraph_ingest TO owner_array; ALTER ROLE productgraph_ingest NOBYPASSRLS; "
    "REVOKE TEMPORARY ON DATABASE shared_owner_array FROM PUBLIC", TRUE },
};

/* An event of another content under the id of the first one, and a new one. */
static char *
other_content (gint64 now)
{
  GString *out = body_new ();

  body_add (out, "proj_a", "a-0", "one", "page.view", now, ",\"page.path\":\"/page-0\",\"page.title\":\"other\"");
  body_add (out, "proj_a", "a-9", "nine", "page.view", now, ",\"page.path\":\"/page-0\"");
  return body_finish (out);
}

static void
test_mode (gconstpointer data)
{
  const Mode *mode = data;
  g_autofree char *database = g_strdup_printf ("shared_%s", mode->login);
  g_autofree char *admin_uri = pdg_test_cluster_make_database (database);
  g_autofree char *uri = fixture_make_login (mode->login, mode->attributes, database);
  g_autofree char *give = g_strdup_printf ("ALTER DATABASE %s OWNER TO %s", database, mode->login);
  g_autofree char *plug = NULL, *body_a = NULL, *body_b = NULL, *other = NULL;
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
  if (mode->by_array)
    g_assert_cmpuint (metrics.slow_flushes, >=, 2); /* one an organisation */
  else
    g_assert_cmpuint (metrics.slow_flushes, ==, 0);

  /* a writer without memory */
  g_clear_pointer (&ingest, pdg_ingest_free);
  ingest = fixture_ingest_new (uri, "productgraph_ingest", hub, 1000, 1000);
  fixture_store (ingest, a->admin, body_a, &va);
  assert_stored (va, 5, 5, 0);
  pdg_ingest_get_metrics (ingest, &metrics);
  g_assert_cmpuint (metrics.slow_flushes, ==, 1);
  /* and another event under an id that is taken */
  g_clear_pointer (&ingest, pdg_ingest_free);
  ingest = fixture_ingest_new (uri, "productgraph_ingest", hub, 1000, 1000);
  other = other_content (now);
  fixture_store (ingest, a->admin, other, &va);
  assert_stored (va, 1, 0, 1);

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
    g_assert_cmpuint (pdg_journey_graph_get_n_events (graph), ==, 6);
  }
  owner = fixture_open (admin_uri, NULL);
  g_assert_cmpint (fixture_int (owner, "SELECT count(*) FROM event"), ==, 7);
  g_assert_cmpint (fixture_int (owner, "SELECT count(*) FROM screen WHERE title IS NOT NULL"), ==, 4);
  g_assert_cmpint (fixture_int (owner, "SELECT count(*) FROM journey_step"), ==, 4);
  g_assert_cmpint (fixture_int (owner, "SELECT events FROM session WHERE id = 'one' AND events > 1"), ==, 4);
  /* another organisation's project is not there, either way */
  fixture_store (ingest, b->admin, body_a, &vb);
  assert_stored (vb, 0, 0, 5);
}

/* The staged rows of another organisation are refused by its policy, not by what the writer knows. */
static void
test_stage_keeps_to_the_organisation (void)
{
  static const char prepare[] = "GRANT productgraph_app, productgraph_ingest TO owner_stage; ALTER ROLE productgraph_ingest NOBYPASSRLS";
  g_autofree char *admin_uri = pdg_test_cluster_make_database ("shared_stage");
  g_autofree char *uri = fixture_make_login ("owner_stage", "", "shared_stage");
  g_autoptr (Tenant) a = NULL, b = NULL;
  g_autoptr (PdgDbConn) writer = NULL;
  g_autoptr (PdgDbCopyBuffer) buffer = pdg_db_copy_buffer_new (0);
  PdgEvent event = { .event_id = PDG_SLICE_LITERAL ("forged"), .timestamp_usec = g_get_real_time (), .sequence = PDG_SEQUENCE_NONE, .payload_hash = 1 };

  pdg_test_cluster_run_sql (prepare);
  pdg_test_cluster_run_sql ("ALTER DATABASE shared_stage OWNER TO owner_stage");
  fixture_migrate (uri);
  a = tenant_new (uri, "Org A", "proj_a");
  b = tenant_new (uri, "Org B", "proj_b");
  writer = fixture_open (uri, "productgraph_ingest");
  for (int i = 0; i < 2; i++)
    {
      const Tenant *whose = i == 0 ? a : b;
      g_autoptr (GError) error = NULL;
      g_autoptr (PdgDbTx) tx = pdg_db_tx_begin_writer (writer, a->admin, &error);
      PdgEventRow row = { .event = &event, .received_usec = event.timestamp_usec, .org_no = whose->organisation->org_no,
                          .project_no = whose->project->project_no, .session_no = 1, .actor_no = 1, .term_no = 1 };

      g_assert_true (pdg_store_events_make_stage (tx, &error));
      if (pdg_store_events_stage (tx, buffer, &row, 1, &error) != (i == 0))
        g_test_fail_printf ("%s", error != NULL ? error->message : "stored");
      if (i == 1)
        g_assert_error (error, PDG_DB_ERROR, PDG_DB_ERROR_PERMISSION);
    }
  g_assert_nonnull (admin_uri);
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
  g_test_add_func ("/service/ingest-modes/stage-keeps-to-the-organisation", test_stage_keeps_to_the_organisation);
  g_test_add_func ("/service/ingest-modes/groups-are-missing", test_groups_are_missing);
  return g_test_run ();
}
