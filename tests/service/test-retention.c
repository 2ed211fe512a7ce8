#include "config.h"

#include "service/event-writer.h"
#include "service/pdg-commands-retention.h"
#include "service/pdg-retention.h"

#include <string.h>

/* What is not to be kept goes, all of it and nothing else, and what stays fits together. The tests go on from one another: days that
 * were dropped are gone for all of them. */

#define DAY G_TIME_SPAN_DAY

static Tenant *a, *b;
static PdgDbConn *owner, *server;
static PdgHub *hub;
static PdgIngest *ingest;
static gint64 today_usec;

static void
store (Tenant *tenant, const char *id, const char *session, gint64 usec)
{
  GString *out = body_new ();
  g_autofree char *body = NULL;
  g_auto (Verdict) verdict = { 0 };

  body_add (out, tenant->project->id, id, session, "page.view", usec, ",\"page.path\":\"/%s\"", session);
  body = body_finish (out);
  fixture_store (ingest, tenant->admin, body, &verdict);
  assert_stored (verdict, 1, 0, 0);
}

/* A session of each age, one that goes on over a midnight, one that nobody but itself is known by. */
static void
fill (Tenant *tenant)
{
  static const int ages[] = { 40, 30, 20, 12, 6, 3, 0 };

  for (gsize i = 0; i < G_N_ELEMENTS (ages); i++)
    {
      g_autofree char *session = g_strdup_printf ("s-%d", ages[i]), *second = g_strdup_printf ("%s-2", session);

      store (tenant, session, session, today_usec - ages[i] * DAY + 1000000);
      store (tenant, second, session, today_usec - ages[i] * DAY + 2000000);
    }
  store (tenant, "x-1", "s-across-10", today_usec - 10 * DAY - 1000000);
  store (tenant, "x-2", "s-across-10", today_usec - 10 * DAY + 1000000);
}

/* (transfer full) */
static char *
list_sessions (Tenant *tenant)
{
  g_autofree char *sql = g_strdup_printf ("SELECT coalesce(string_agg(format('%%s:%%s', id, events), ' ' ORDER BY started_at), '') FROM session "
                                          "WHERE project_id = %d", tenant->project->project_no);

  return fixture_text (owner, sql);
}

/* Nothing points to what is gone, and every number of a session is that of its events. */
static void
assert_fits (void)
{
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM event e WHERE NOT EXISTS (SELECT FROM session s WHERE s.project_id = e.project_id "
                                      "AND s.session_no = e.session_no)"), ==, 0);
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM session s WHERE s.events <> (SELECT count(*) FROM event e WHERE e.project_id = s.project_id "
                                      "AND e.session_no = s.session_no)"), ==, 0);
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM session s WHERE s.started_at <> (SELECT min(e.ts) FROM event e "
                                      "WHERE e.project_id = s.project_id AND e.session_no = s.session_no)"), ==, 0);
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM actor a WHERE a.kind = 0 AND NOT EXISTS (SELECT FROM session s "
                                      "WHERE s.project_id = a.project_id AND s.id = a.id)"), ==, 0);
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM replay_chunk c WHERE NOT EXISTS (SELECT FROM session s "
                                      "WHERE s.project_id = c.project_id AND s.id = c.session_id)"), ==, 0);
}

static gint64
count_days (void)
{
  return fixture_owner_int ("SELECT count(*) FROM pg_inherits WHERE inhparent = 'event'::regclass");
}

static void
work (const PdgRetentionLimits *limits, gboolean expect_done, PdgRetentionMetrics *metrics)
{
  g_autoptr (PdgRetention) retention = pdg_retention_new (limits, 60);
  g_autoptr (GError) error = NULL;
  gboolean ran = FALSE, is_done = FALSE;

  pdg_retention_work_now (retention, server, g_get_real_time (), &ran, &is_done, &error);
  if (error != NULL)
    g_test_message ("%s", pdg_db_error_get_detail (error));
  g_assert_no_error (error);
  g_assert_true (ran);
  g_assert_true (is_done == expect_done);
  pdg_retention_get_metrics (retention, metrics);
  assert_fits ();
}

static void
limit (Tenant *tenant, PdgDataKind kind, gint32 days, gint64 bytes)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgProject) project = pdg_commands_set_retention (server, tenant->admin, tenant->project->id, kind, days, bytes, &error);

  g_assert_no_error (error);
}

/* (transfer full) */
static GPtrArray *
list_held (Tenant *tenant, const PdgRetentionLimits *limits, const PdgRetentionLimits *proposed)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgQueries) queries = pdg_queries_begin (server, tenant->admin, 0, &error);
  g_autoptr (GPtrArray) lists = NULL;

  g_assert_no_error (error);
  lists = pdg_queries_list_held_data (queries, &tenant->project->project_no, 1, limits, proposed, &error);
  g_assert_no_error (error);
  return g_ptr_array_ref (lists->pdata[0]);
}

#define held_of(list, kind) ((const PdgHeldData *) (list)->pdata[kind])

static void
test_for_ever (void)
{
  const PdgRetentionLimits none = { 0 };
  g_autoptr (GPtrArray) held = list_held (a, &none, NULL);
  gint64 days = count_days ();
  PdgRetentionMetrics metrics;

  work (&none, TRUE, &metrics);
  g_assert_cmpint (metrics.dropped_days, ==, 0);
  g_assert_cmpint (metrics.removed[PDG_DATA_EVENTS], ==, 0);
  g_assert_cmpint (metrics.held_bytes[PDG_DATA_EVENTS], >, 0);
  g_assert_cmpint (count_days (), ==, days);
  g_assert_cmpint (held_of (held, PDG_DATA_EVENTS)->rows, ==, 16);
  g_assert_cmpint (held_of (held, PDG_DATA_EVENTS)->bytes, >, 1600);
  g_assert_cmpint (held_of (held, PDG_DATA_EVENTS)->due_rows, ==, 0);
  g_assert_cmpint (held_of (held, PDG_DATA_EVENTS)->cutoff_usec, ==, G_MININT64);
  g_assert_cmpint (held_of (held, PDG_DATA_EVENTS)->oldest_usec, ==, today_usec - 40 * DAY + 1000000);
}

/* One project keeps less than the other: its rows go, and no day does. What was said before is what goes. */
static void
test_one_project (void)
{
  const PdgRetentionLimits none = { 0 }, proposed = { .days = { 15 } };
  g_autoptr (GPtrArray) trial = list_held (a, &none, &proposed), held = NULL;
  g_autofree char *before = list_sessions (b), *after = NULL, *left = NULL;
  gint64 days = count_days ();
  PdgRetentionMetrics metrics;

  g_assert_cmpint (held_of (trial, PDG_DATA_EVENTS)->due_rows, ==, 6);
  limit (a, PDG_DATA_EVENTS, 15, 0);
  held = list_held (a, &none, NULL);
  g_assert_cmpint (held_of (held, PDG_DATA_EVENTS)->due_rows, ==, 6);
  g_assert_cmpint (held_of (held, PDG_DATA_EVENTS)->max_days, ==, 15);
  work (&none, TRUE, &metrics);
  g_assert_cmpint (metrics.removed[PDG_DATA_EVENTS], ==, 6);
  g_assert_cmpint (metrics.dropped_days, ==, 0);
  g_assert_cmpint (count_days (), ==, days);
  left = list_sessions (a);
  after = list_sessions (b);
  g_assert_cmpstr (left, ==, "s-12:2 s-across-10:2 s-6:2 s-3:2 s-0:2");
  g_assert_cmpstr (after, ==, before);
}

/* Somebody reads for long: nothing waits for the drop, nothing is half done, and the next time it is. */
static void
test_in_the_way (void)
{
  const PdgRetentionLimits limits = { .days = { 10 } };
  g_autoptr (PdgDbConn) reader = fixture_open (pdg_test_cluster_get_owner_uri (), NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgDbTx) tx = pdg_db_tx_begin_maintenance (reader, &error);
  g_autofree char *during = NULL;
  gint64 days = count_days ();
  PdgRetentionMetrics metrics;

  g_assert_no_error (error);
  g_assert_true (pdg_db_tx_exec_script (tx, "LOCK TABLE event IN ACCESS SHARE MODE", &error));
  work (&limits, FALSE, &metrics);
  g_assert_cmpint (metrics.dropped_days, ==, 0);
  g_assert_cmpint (count_days (), ==, days);
  during = list_sessions (b);
  g_assert_cmpstr (during, ==, "s-30:2 s-20:2 s-12:2 s-across-10:2 s-6:2 s-3:2 s-0:2"); /* the oldest lay in no partition */
}

/* Nobody keeps them: the days go as a whole, and no row on its own but of the session over midnight. */
static void
test_days (void)
{
  const PdgRetentionLimits limits = { .days = { 10 } };
  g_autofree char *left_a = NULL, *left_b = NULL, *late = NULL;
  g_auto (Verdict) verdict = { 0 };
  gint64 days = count_days ();
  PdgRetentionMetrics metrics;

  pdg_test_cluster_run_sql ("INSERT INTO productgraph.replay_chunk (org_id, project_id, session_id, chunk_key, started_at, ended_at, events, bytes) "
                            "SELECT org_id, project_id, id, gen_random_uuid(), started_at, ended_at, 1, 'x' FROM productgraph.session");
  work (&limits, TRUE, &metrics);
  g_assert_cmpint (metrics.dropped_days, ==, 25);
  g_assert_cmpint (metrics.dropped_bytes, >, 0);
  g_assert_cmpint (metrics.removed[PDG_DATA_EVENTS], ==, 0);
  g_assert_cmpint (count_days (), ==, days - 25);
  left_a = list_sessions (a);
  left_b = list_sessions (b);
  g_assert_cmpstr (left_a, ==, "s-across-10:1 s-6:2 s-3:2 s-0:2");
  g_assert_cmpstr (left_b, ==, left_a);
  /* A day that was dropped is not made again, and what still comes for it goes, too. */
  pdg_test_cluster_run_sql ("DO $$ BEGIN EXECUTE format('DROP TABLE productgraph.event_%s', "
                            "to_char((now() AT TIME ZONE 'UTC')::date + 2, 'YYYYMMDD')); END $$");
  g_assert_cmpint (fixture_owner_int ("SELECT ensure_event_partitions()"), ==, 1);
  store (b, "late", "s-late", today_usec - 20 * DAY);
  store (b, "late-2", "s-20", today_usec - 20 * DAY);
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM event_default"), ==, 2);
  work (&limits, TRUE, &metrics);
  g_assert_cmpint (metrics.removed[PDG_DATA_EVENTS], ==, 2);
  late = list_sessions (b);
  g_assert_cmpstr (late, ==, left_b);
  g_assert_cmpint (fixture_owner_int ("SELECT pg_relation_size('event_default')"), ==, 0);
}

/* A writer that remembers the numbers of sessions that went asks again. */
static void
test_comes_again (void)
{
  g_autofree char *left = NULL;

  store (b, "again", "s-12", today_usec + 3000000);
  left = list_sessions (b);
  g_assert_cmpstr (left, ==, "s-across-10:1 s-6:2 s-3:2 s-0:2 s-12:1");
  assert_fits ();
}

/* All projects limit themselves: their days are dropped when the last of them lets them go. */
static void
test_all_projects (void)
{
  const PdgRetentionLimits none = { 0 };
  g_autofree char *left_a = NULL, *left_b = NULL;
  gint64 days = count_days ();
  PdgRetentionMetrics metrics;

  limit (a, PDG_DATA_EVENTS, 2, 0);
  limit (b, PDG_DATA_EVENTS, 5, 0);
  work (&none, TRUE, &metrics);
  g_assert_cmpint (metrics.dropped_days, ==, 5);
  g_assert_cmpint (count_days (), ==, days - 5);
  g_assert_cmpint (metrics.removed[PDG_DATA_EVENTS], ==, 2); /* of a, three days ago */
  left_a = list_sessions (a);
  left_b = list_sessions (b);
  g_assert_cmpstr (left_a, ==, "s-0:2");
  g_assert_cmpstr (left_b, ==, "s-3:2 s-0:2 s-12:1");
}

/* By bytes: whole days, the oldest first, and never today's. */
static void
test_bytes (void)
{
  const PdgRetentionLimits none = { 0 }, one = { .bytes = { 1 } };
  g_autofree char *left = NULL, *last = NULL;
  PdgRetentionMetrics metrics;

  limit (b, PDG_DATA_EVENTS, 0, 700);
  work (&none, TRUE, &metrics);
  left = list_sessions (b);
  g_assert_cmpstr (left, ==, "s-0:2 s-12:1");
  g_assert_cmpint (metrics.dropped_days, ==, 3);
  work (&one, TRUE, &metrics); /* of all together */
  g_assert_cmpint (metrics.dropped_days, ==, 2);
  last = list_sessions (b);
  g_assert_cmpstr (last, ==, left);
  g_assert_cmpint (count_days (), ==, 4); /* today and two to come, and the default */
  limit (a, PDG_DATA_EVENTS, 0, 0);
  limit (b, PDG_DATA_EVENTS, 0, 0);
}

/* The other kinds, of one project by age and of the other by bytes. */
static void
test_rows (void)
{
  static const char fill_sql[] =
    "DO $$ DECLARE p record; hash bytea; BEGIN "
    "FOR p IN SELECT * FROM productgraph.project LOOP "
    "FOR i IN 1..10 LOOP hash := sha256(convert_to(p.project_id || '-' || i / 2, 'UTF8')); "
    "INSERT INTO productgraph.screen (org_id, project_id, screen_no, path) VALUES (p.org_id, p.project_id, 1000, '/made') ON CONFLICT DO NOTHING; "
    "INSERT INTO productgraph.blob (org_id, sha256, media_type, bytes) VALUES (p.org_id, hash, 'image/png', convert_to(repeat('x', 100), 'UTF8')) "
    "ON CONFLICT DO NOTHING; "
    "INSERT INTO productgraph.snapshot (org_id, project_id, screen_no, taken_at, sha256, width, height) "
    "VALUES (p.org_id, p.project_id, 1000, now() - i * interval '1 day', hash, 1, 1); "
    "INSERT INTO productgraph.replay_chunk (org_id, project_id, session_id, chunk_key, started_at, ended_at, events, bytes, received_at) "
    "VALUES (p.org_id, p.project_id, 's-0', gen_random_uuid(), now(), now(), 1, convert_to(repeat('x', 100), 'UTF8'), now() - i * interval '1 day'); "
    "INSERT INTO productgraph.identity_trait (org_id, project_id, actor_no, name, is_first, value, said_at, event_key) "
    "VALUES (p.org_id, p.project_id, 1, 'n' || i, false, '1', now() - i * interval '1 day', gen_random_uuid()); "
    "INSERT INTO productgraph.derived_session (org_id, project_id, key, began_at, first_at, last_at, touched_on) "
    "VALUES (p.org_id, p.project_id, gen_random_uuid(), now(), now(), now(), current_date - i * 5); "
    "END LOOP; "
    "PERFORM productgraph.add_dead_letters(array_fill(p.org_id, '{10}'), array_fill(p.project_id, '{10}'), array_fill(p.id, '{10}'), "
    "ARRAY(SELECT now() - i * interval '1 day' FROM generate_series(10, 1, -1) i), array_fill(NULL::int4, '{10}'), array_fill('events'::text, '{10}'), "
    "array_fill('f'::text, '{10}'), array_fill('r'::text, '{10}'), array_fill(convert_to(repeat('x', 100), 'UTF8'), '{10}'), 100, 100000); "
    "INSERT INTO productgraph.client_salt (org_id, day) VALUES (p.org_id, current_date - 2) ON CONFLICT DO NOTHING; "
    "END LOOP; END $$";
  const PdgRetentionLimits limits = { .days = { [PDG_DATA_CLIENT_STATE] = 32 }, .bytes = { [PDG_DATA_SNAPSHOTS] = 350 } };
  g_autoptr (GPtrArray) before = NULL, after = NULL, other = NULL;
  PdgRetentionMetrics metrics;

  pdg_test_cluster_run_sql ("DELETE FROM productgraph.replay_chunk");
  pdg_test_cluster_run_sql (fill_sql);
  limit (a, PDG_DATA_SNAPSHOTS, 5, 0);
  limit (a, PDG_DATA_RECORDINGS, 5, 0);
  limit (a, PDG_DATA_DEAD_LETTERS, 5, 0);
  limit (a, PDG_DATA_TRAITS, 5, 0);
  limit (b, PDG_DATA_RECORDINGS, 0, 350);
  limit (b, PDG_DATA_DEAD_LETTERS, 0, 350);
  before = list_held (a, &limits, NULL);
  for (PdgDataKind kind = PDG_DATA_SNAPSHOTS; kind <= PDG_DATA_TRAITS; kind++)
    {
      g_test_message ("%s", pdg_data_kind_to_string (kind));
      g_assert_cmpint (held_of (before, kind)->rows, ==, 10);
      g_assert_cmpint (held_of (before, kind)->due_rows, ==, 5);
    }
  g_assert_cmpint (held_of (before, PDG_DATA_SNAPSHOTS)->bytes, ==, 600); /* some share theirs */
  work (&limits, TRUE, &metrics);
  after = list_held (a, &limits, NULL);
  other = list_held (b, &limits, NULL);
  for (PdgDataKind kind = PDG_DATA_SNAPSHOTS; kind <= PDG_DATA_CLIENT_STATE; kind++)
    {
      g_test_message ("%s", pdg_data_kind_to_string (kind));
      g_assert_cmpint (held_of (after, kind)->due_rows, ==, 0);
      g_assert_cmpint (held_of (other, kind)->due_rows, ==, 0);
      g_assert_cmpint (held_of (after, kind)->rows, ==, kind == PDG_DATA_CLIENT_STATE ? 6 : 5);
      g_assert_cmpint (held_of (other, kind)->rows, ==, ((int[]) { 0, 5, 3, 3, 10, 6 })[kind]);
    }
  g_assert_cmpint (metrics.removed[PDG_DATA_SNAPSHOTS], ==, 10);
  g_assert_cmpint (metrics.removed[PDG_DATA_DEAD_LETTERS], ==, 12);
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM blob b WHERE NOT EXISTS (SELECT FROM snapshot s WHERE s.sha256 = b.sha256)"), ==, 0);
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM letter_box x WHERE x.letters <> (SELECT count(*) FROM dead_letter l "
                                      "WHERE l.project_id = x.project_id)"), ==, 0);
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM client_salt WHERE day < current_date - 1"), ==, 0);
}

/* Another server is at it, or was a moment ago. */
static void
test_two_servers (void)
{
  const PdgRetentionLimits none = { 0 };
  g_autoptr (PdgRetention) retention = pdg_retention_new (&none, 60);
  g_autoptr (PdgDbConn) other = fixture_open (pdg_test_cluster_get_server_uri (), NULL);
  g_autoptr (GError) error = NULL;
  gboolean ran = TRUE, is_done;

  fixture_run (owner, "UPDATE retention_state SET swept_at = '-infinity'");
  fixture_run (other, "SELECT begin_sweep('0')");
  g_assert_true (pdg_retention_work (retention, server, g_get_real_time (), NULL, &ran, &error));
  g_assert_no_error (error);
  g_assert_false (ran);
  fixture_run (other, "SELECT end_sweep(false)");
  g_assert_true (pdg_retention_work (retention, server, g_get_real_time (), NULL, &ran, &error));
  g_assert_true (ran);
  g_assert_true (pdg_retention_work (retention, server, g_get_real_time (), NULL, &ran, &error));
  g_assert_false (ran);
  g_assert_true (pdg_retention_work_now (retention, server, g_get_real_time (), &ran, &is_done, &error));
  g_assert_true (ran && is_done);
  /* It ends with its connection, too. */
  fixture_run (other, "SELECT begin_sweep('0')");
  g_clear_pointer (&other, pdg_db_conn_free);
  do
    g_assert_true (pdg_retention_work_now (retention, server, g_get_real_time (), &ran, &is_done, &error));
  while (!ran);
}

static void
test_refused (void)
{
  g_autoptr (PdgPrincipal) editor = pdg_principal_new (a->organisation->uuid, a->organisation->org_no, PDG_ROLE_EDITOR, 0, "editor");
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgQueries) queries = NULL;
  const PdgRetentionLimits none = { 0 };

  g_assert_null (pdg_commands_set_retention (server, editor, a->project->id, PDG_DATA_EVENTS, 1, 0, &error));
  g_assert_error (error, PDG_SERVICE_ERROR, PDG_SERVICE_ERROR_FORBIDDEN);
  g_clear_error (&error);
  queries = pdg_queries_begin (server, editor, 0, &error);
  g_assert_no_error (error);
  g_assert_null (pdg_queries_list_held_data (queries, &a->project->project_no, 1, &none, NULL, &error));
  g_assert_error (error, PDG_SERVICE_ERROR, PDG_SERVICE_ERROR_FORBIDDEN);
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  a = tenant_new (NULL, "A", "proj_a");
  b = tenant_new (NULL, "B", "proj_b");
  owner = fixture_open (pdg_test_cluster_get_owner_uri (), NULL);
  server = fixture_open (pdg_test_cluster_get_server_uri (), NULL);
  hub = pdg_hub_new ();
  ingest = fixture_ingest_new (pdg_test_cluster_get_writer_uri (), NULL, hub, 1000, 1000);
  today_usec = g_get_real_time () / DAY * DAY;
  fill (a);
  fill (b);
  g_test_add_func ("/service/retention/for-ever", test_for_ever);
  g_test_add_func ("/service/retention/one-project", test_one_project);
  g_test_add_func ("/service/retention/in-the-way", test_in_the_way);
  g_test_add_func ("/service/retention/days", test_days);
  g_test_add_func ("/service/retention/comes-again", test_comes_again);
  g_test_add_func ("/service/retention/all-projects", test_all_projects);
  g_test_add_func ("/service/retention/bytes", test_bytes);
  g_test_add_func ("/service/retention/rows", test_rows);
  g_test_add_func ("/service/retention/two-servers", test_two_servers);
  g_test_add_func ("/service/retention/refused", test_refused);
  status = g_test_run ();
  pdg_ingest_free (ingest);
  pdg_hub_unref (hub);
  pdg_db_conn_free (server);
  pdg_db_conn_free (owner);
  tenant_free (a);
  tenant_free (b);
  return status;
}
