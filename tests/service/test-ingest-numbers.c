#include "config.h"

#include "service/event-writer.h"

/* What the writer remembers of numbers, and what it reads to add to sessions. */

#define N_PROJECTS 8200 /* more than both generations of remembered projects have */
#define N_SESSIONS 20000
#define N_TEXTS 100000

static PdgHub *hub;
static PdgDbConn *owner;
static gint64 now_usec;

static PdgIngest *
start (void)
{
  return fixture_ingest_new (pdg_test_cluster_get_writer_uri (), NULL, hub, 100000, 1000);
}

static void
store_one (PdgIngest *ingest, const Tenant *tenant, const char *id, const char *session)
{
  g_autofree char *body = body_with_one (tenant->project->id, id, session, now_usec);
  g_auto (Verdict) verdict = { 0 };

  fixture_store (ingest, tenant->admin, body, &verdict);
  assert_stored (verdict, 1, 0, 0);
}

static void G_GNUC_PRINTF (1, 2)
run (const char *format, ...)
{
  g_autofree char *sql = NULL;
  va_list args;

  va_start (args, format);
  sql = g_strdup_vprintf (format, args);
  va_end (args);
  fixture_run (owner, sql);
}

/* The numbers of a project were taken back, and it was forgotten since: it is learnt anew, and with it the numbers of its texts. */
static void
test_forgotten_project (void)
{
  g_autoptr (Tenant) tenant = tenant_new (NULL, "Forgotten", "proj_forgotten");
  g_autoptr (PdgIngest) ingest = start ();
  gint32 org_no = tenant->organisation->org_no;

  store_one (ingest, tenant, "before", "s");
  run ("UPDATE session SET id = 'erased' WHERE org_id = %d", org_no);
  run ("UPDATE project SET epoch = epoch + 1 WHERE org_id = %d", org_no);
  run ("INSERT INTO project (org_id, id, name) SELECT %1$d, 'other_' || i, 'Other' FROM generate_series(1, " G_STRINGIFY (N_PROJECTS) ") i", org_no);
  for (guint first = 1; first <= N_PROJECTS; first += 500)
    {
      GString *out = body_new ();
      g_autofree char *body = NULL;
      g_auto (Verdict) verdict = { 0 };
      guint end = MIN (first + 500, N_PROJECTS + 1);

      for (guint i = first; i < end; i++)
        {
          g_autofree char *project = g_strdup_printf ("other_%u", i);

          body_add (out, project, "e", "s", "custom", now_usec, "%s", "");
        }
      body = body_finish (out);
      fixture_store (ingest, tenant->admin, body, &verdict);
      assert_stored (verdict, end - first, 0, 0);
    }
  store_one (ingest, tenant, "after", "s");
  g_assert_cmpint (fixture_owner_int ("SELECT events FROM session WHERE org_id = %d AND id = 'erased'", org_no), ==, 1);
  g_assert_cmpint (fixture_owner_int ("SELECT events FROM session WHERE project_id = %d AND id = 's'", tenant->project->project_no), ==, 1);
}

static gint64
count_reads (const char *table)
{
  return fixture_owner_int ("SELECT (SELECT sum(idx_tup_read) FROM pg_stat_user_indexes WHERE relname = '%1$s') + "
                            "(SELECT seq_tup_read FROM pg_stat_user_tables WHERE relname = '%1$s')", table);
}

/* The writer's connections say what they read when they end. */
static void
end (PdgIngest *ingest)
{
  pdg_ingest_free (ingest);
  fixture_wait (fixture_owner_int ("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'productgraph writer'") == 0);
}

/* A connection that began with an empty table, and was told so, goes on looking up each session alone. */
static void
test_growing_table (void)
{
  g_autoptr (Tenant) tenant = tenant_new (NULL, "Growing", "proj_growing");
  PdgIngest *ingest;
  gint64 before;

  run ("DELETE FROM session WHERE org_id <> %d", tenant->organisation->org_no);
  fixture_run (owner, "ANALYZE session");
  ingest = start ();
  for (guint i = 0; i < 12; i++)
    {
      g_autofree char *id = g_strdup_printf ("small-%u", i);

      store_one (ingest, tenant, id, "s");
    }
  run ("INSERT INTO session (org_id, project_id, session_no, id) SELECT p.org_id, p.project_id, 1000 + i, 'more-' || i "
       "FROM project p, generate_series(1, " G_STRINGIFY (N_SESSIONS) ") i WHERE p.org_id = %d", tenant->organisation->org_no);
  fixture_run (owner, "SELECT pg_stat_force_next_flush()"); /* what that read is not the writer's */
  before = count_reads ("session");
  store_one (ingest, tenant, "large", "s");
  store_one (ingest, tenant, "new", "t");
  end (ingest);
  g_assert_cmpint (count_reads ("session") - before, <, N_SESSIONS / 2);
  g_assert_cmpint (fixture_owner_int ("SELECT events FROM session WHERE id = 's' AND project_id = %d", tenant->project->project_no), ==, 13);
}

/* An event with a screen, a release and a term of its own. */
static void
store_texts (PdgIngest *ingest, const Tenant *tenant, const char *id)
{
  GString *out = body_new ();
  g_autofree char *body = NULL;
  g_auto (Verdict) verdict = { 0 };

  body_add (out, tenant->project->id, id, "texts", "custom", now_usec,
            ",\"page.path\":\"/%s\",\"app.version\":\"%s\",\"ui.component.name\":\"%s\"", id, id, id);
  body = body_finish (out);
  fixture_store (ingest, tenant->admin, body, &verdict);
  assert_stored (verdict, 1, 0, 0);
}

/* The same for the other texts, from one row of each on. */
static void
test_growing_texts (void)
{
  static const char *const tables[] = { "screen", "release", "term" };
  g_autoptr (Tenant) tenant = tenant_new (NULL, "Growing texts", "proj_texts");
  PdgIngest *ingest;
  gint64 before[G_N_ELEMENTS (tables)];

  run ("TRUNCATE event");
  for (int i = G_N_ELEMENTS (tables) - 1; i >= 0; i--)
    {
      run ("DELETE FROM %s", tables[i]);
      run ("ANALYZE %s", tables[i]);
    }
  ingest = start ();
  store_texts (ingest, tenant, "first");
  for (gsize i = 0; i < G_N_ELEMENTS (tables); i++)
    {
      g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM %s", tables[i]), ==, 1);
      run ("ANALYZE %s", tables[i]);
    }
  for (guint i = 0; i < 12; i++)
    {
      g_autofree char *id = g_strdup_printf ("small-%c", 'a' + i);

      store_texts (ingest, tenant, id);
    }
  run ("INSERT INTO screen (org_id, project_id, screen_no, path) SELECT p.org_id, p.project_id, 1000 + i, '/more-' || i "
       "FROM project p, generate_series(1, " G_STRINGIFY (N_TEXTS) ") i WHERE p.id = 'proj_texts'");
  run ("INSERT INTO release (org_id, project_id, release_no, version) SELECT p.org_id, p.project_id, 1000 + i, 'more-' || i "
       "FROM project p, generate_series(1, " G_STRINGIFY (N_TEXTS) ") i WHERE p.id = 'proj_texts'");
  run ("INSERT INTO term (org_id, project_id, term_no, fingerprint, event_type) SELECT p.org_id, p.project_id, 1000 + i, gen_random_uuid(), 'more' "
       "FROM project p, generate_series(1, " G_STRINGIFY (N_TEXTS) ") i WHERE p.id = 'proj_texts'");
  fixture_run (owner, "SELECT pg_stat_force_next_flush()");
  for (gsize i = 0; i < G_N_ELEMENTS (tables); i++)
    before[i] = count_reads (tables[i]);
  store_texts (ingest, tenant, "large-a");
  store_texts (ingest, tenant, "large-b");
  end (ingest);
  for (gsize i = 0; i < G_N_ELEMENTS (tables); i++)
    {
      gint64 n = count_reads (tables[i]) - before[i];

      g_test_message ("%s: %" G_GINT64_FORMAT " rows read", tables[i], n);
      g_assert_cmpint (n, >, 0);
      g_assert_cmpint (n, <, N_TEXTS / 100);
    }
}

/* The database is as it was before these sessions were first stored: their commits are lost, as in a crash when commits do not wait for
 * the disk, or where a replica that was behind takes over. */
static void
lose_sessions (const Tenant *tenant)
{
  gint32 project_no = tenant->project->project_no;

  run ("DELETE FROM event WHERE project_id = %d", project_no);
  run ("DELETE FROM session WHERE project_id = %d", project_no);
  run ("UPDATE project_counter SET sessions = 0 WHERE project_id = %d", project_no);
}

/* One request with an event of each of two sessions. */
static char *
body_with_two (const Tenant *tenant, const char *id)
{
  GString *out = body_new ();

  for (guint i = 1; i <= 2; i++)
    {
      g_autofree char *event = g_strdup_printf ("%s-%u", id, i), *session = g_strdup_printf ("s%u", i);

      body_add (out, tenant->project->id, event, session, "custom", now_usec, "%s", "");
    }
  return body_finish (out);
}

/* More than one lost session in one request is refused by the database in another way than a single one. */
static void
test_lost_sessions (void)
{
  g_autoptr (Tenant) tenant = tenant_new (NULL, "Lost", "proj_lost");
  g_autoptr (PdgIngest) ingest = start ();
  g_autofree char *before = body_with_two (tenant, "before"), *after = body_with_two (tenant, "after");
  g_auto (Verdict) first = { 0 }, second = { 0 };

  fixture_store (ingest, tenant->admin, before, &first);
  assert_stored (first, 2, 0, 0);
  lose_sessions (tenant);
  fixture_store (ingest, tenant->admin, after, &second);
  assert_stored (second, 2, 0, 0);
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM sessions WHERE project_id = 'proj_lost' AND events = 1"), ==, 2);
}

/* A number that was lost with the connections is another session's by now. */
static void
test_lost_with_connections (void)
{
  g_autoptr (Tenant) tenant = tenant_new (NULL, "Fallen over", "proj_over");
  g_autoptr (PdgIngest) ingest = start ();

  store_one (ingest, tenant, "one", "s1");
  store_one (ingest, tenant, "two", "s2");
  fixture_run (owner, "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'productgraph writer'");
  fixture_wait (fixture_owner_int ("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'productgraph writer'") == 0);
  lose_sessions (tenant);
  fixture_wait (pdg_ingest_is_connected (ingest));
  /* what was acknowledged and lost is sent again */
  store_one (ingest, tenant, "two", "s2");
  store_one (ingest, tenant, "one", "s1");
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM events WHERE project_id = 'proj_over' "
                                      "AND (event_id, session_id) IN (('one', 's1'), ('two', 's2'))"),
                   ==, 2);
}

/* The same where a storer meets it first: the one connection that reads the numbers is still there, and another collector has given them
 * to other sessions meanwhile. */
static void
test_lost_with_storers (void)
{
  static const char gone[] = "FROM pg_stat_activity WHERE application_name = 'productgraph writer' AND pid <> ALL ('%s'::int4[])";
  g_autoptr (Tenant) tenant = tenant_new (NULL, "Half gone", "proj_half");
  g_autoptr (PdgIngest) ingest = start (), other = NULL;
  g_autofree char *readers = fixture_text (owner, "SELECT array_agg(pid)::text FROM pg_stat_activity WHERE application_name = 'productgraph writer'");
  g_autofree char *storers = g_strdup_printf (gone, readers);

  store_one (ingest, tenant, "one", "s1"); /* storers connect when they store */
  store_one (ingest, tenant, "two", "s2");
  writer_make_both (ingest, tenant, now_usec);
  run ("SELECT count(pg_terminate_backend(pid)) %s", storers);
  fixture_wait (fixture_owner_int ("SELECT count(*) %s", storers) == 0);
  lose_sessions (tenant);
  other = start ();
  store_one (other, tenant, "two", "s2");
  store_one (other, tenant, "one", "s1");
  store_one (ingest, tenant, "three", "s1");
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM events WHERE project_id = 'proj_half' AND event_id = 'three' AND session_id = 's1'"), ==, 1);
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM sessions WHERE project_id = 'proj_half' AND session_id = 's2' AND events = 1"), ==, 1);
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  hub = pdg_hub_new ();
  now_usec = g_get_real_time ();
  fixture_migrate (pdg_test_cluster_get_owner_uri ());
  owner = fixture_open (pdg_test_cluster_get_owner_uri (), NULL);
  g_test_add_func ("/service/ingest-numbers/forgotten-project", test_forgotten_project);
  g_test_add_func ("/service/ingest-numbers/growing-table", test_growing_table);
  g_test_add_func ("/service/ingest-numbers/growing-texts", test_growing_texts);
  g_test_add_func ("/service/ingest-numbers/lost-sessions", test_lost_sessions);
  g_test_add_func ("/service/ingest-numbers/lost-with-connections", test_lost_with_connections);
  g_test_add_func ("/service/ingest-numbers/lost-with-storers", test_lost_with_storers);
  status = g_test_run ();
  pdg_db_conn_free (owner);
  pdg_hub_unref (hub);
  return status;
}
