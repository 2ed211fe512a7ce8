#include "config.h"

#include "service/event-writer.h"

#include <string.h>

static Tenant *a, *b;
static PdgHub *hub;
static PdgIngest *ingest;
static gint64 now_usec;

static PdgIngest *
start (guint max_queued)
{
  return fixture_ingest_new (pdg_test_cluster_get_writer_uri (), NULL, hub, max_queued, 5000);
}

static PdgIngestMetrics
read_metrics (PdgIngest *of)
{
  PdgIngestMetrics metrics;

  pdg_ingest_get_metrics (of, &metrics);
  return metrics;
}

static gint64
count (const char *session)
{
  return fixture_owner_int ("SELECT count(*) FROM event e JOIN session s USING (project_id, session_no) WHERE s.id = '%s'", session);
}

static void
assert_session_events (const char *session, gint64 n)
{
  g_assert_cmpint (count (session), ==, n);
  g_assert_cmpint (fixture_owner_int ("SELECT events FROM session WHERE id = '%s'", session), ==, n);
}

static void
test_counts (void)
{
  GString *out = body_new ();
  g_autofree char *body = NULL;
  g_auto (Verdict) verdict = { 0 };
  PdgIngestMetrics before = read_metrics (ingest), after;

  body_add (out, "proj_a", "counts-1", "counts", "page.view", now_usec, "%s", "");
  body_add (out, "proj_a", "counts-2", "counts", "page.view", now_usec, ",\"event.sequence\":\"x\"");
  body_add (out, "missing", "counts-3", "counts", "page.view", now_usec, "%s", "");
  body_add (out, "proj_a", "counts-1", "counts", "page.view", now_usec, "%s", "");
  body_add (out, "proj_b", "counts-4", "counts", "page.view", now_usec, "%s", "");
  body_add (out, "proj_a", "counts-5", "counts", "custom", now_usec, "%s", "");
  body = body_finish (out);
  fixture_store (ingest, a->admin, body, &verdict);
  assert_stored (verdict, 3, 1, 3);
  g_assert_cmpstr (verdict.issues, ==,
                   "1 event.sequence: must be an integer\n"
                   "2 project_id: there is no project \"missing\"; make it in the app or with productgraphd project create\n"
                   "4 project_id: there is no project \"proj_b\"; make it in the app or with productgraphd project create\n");
  assert_session_events ("counts", 2);
  after = read_metrics (ingest);
  g_assert_cmpuint (after.accepted - before.accepted, ==, 3);
  g_assert_cmpuint (after.duplicates - before.duplicates, ==, 1);
  g_assert_cmpuint (after.rejected - before.rejected, ==, 3);
}

static void
test_empty (void)
{
  g_auto (Verdict) verdict = { 0 };

  fixture_store (ingest, a->admin, "{\"events\":[]}", &verdict);
  assert_stored (verdict, 0, 0, 0);
}

static void
test_key_of_another_project (void)
{
  g_autoptr (PdgPrincipal) key = pdg_principal_new (a->organisation->uuid, a->organisation->org_no, PDG_ROLE_INGEST,
                                                    a->project->project_no + 1000, "key");
  g_autofree char *body = body_with_one ("proj_a", "other-key", "other-key", now_usec);
  g_auto (Verdict) verdict = { 0 };

  fixture_store (ingest, key, body, &verdict);
  assert_stored (verdict, 0, 0, 1);
  g_assert_cmpstr (verdict.issues, ==, "0 project_id: this key belongs to another project\n");
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM session WHERE id = 'other-key'"), ==, 0);
}

/* A project that was missing is found once it is made. */
static void
test_project_is_made_later (void)
{
  g_autoptr (PdgDbConn) owner = fixture_open (pdg_test_cluster_get_owner_uri (), NULL);
  g_autofree char *body = body_with_one ("proj_later", "later", "later", now_usec);
  g_autoptr (PdgProject) project = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (Verdict) verdict = { 0 };

  fixture_store (ingest, a->admin, body, &verdict);
  assert_stored (verdict, 0, 0, 1);
  project = pdg_commands_create_project (owner, a->admin, "proj_later", "Later", &error);
  g_assert_no_error (error);
  fixture_store (ingest, a->admin, body, &verdict);
  assert_stored (verdict, 1, 0, 0);
}

/* The same event in two batches that one transaction stores. */
static void
test_twice_in_one_flush (void)
{
  g_autofree char *plug = body_with_one ("proj_a", "plug-1", "plug", now_usec);
  g_autofree char *body = body_with_one ("proj_a", "flush-1", "flush", now_usec);
  g_auto (Verdict) plugged = { 0 }, first = { 0 }, second = { 0 };
  WriterHold *hold = writer_hold_new (pdg_test_cluster_get_owner_uri ());
  guint64 flushes = read_metrics (ingest).flushes;

  g_assert_true (fixture_submit (ingest, a->admin, plug, &plugged));
  fixture_wait (read_metrics (ingest).queued_events == 0);
  g_assert_true (fixture_submit (ingest, a->admin, body, &first));
  g_assert_true (fixture_submit (ingest, a->admin, body, &second));
  g_assert_cmpint (g_atomic_int_get (&plugged.answered), ==, 0); /* nothing is answered before it is durable */
  writer_hold_free (hold);
  fixture_wait (g_atomic_int_get (&first.answered) && g_atomic_int_get (&second.answered) && g_atomic_int_get (&plugged.answered));
  assert_stored (first, 1, 0, 0);
  assert_stored (second, 1, 1, 0);
  fixture_wait (read_metrics (ingest).flushes == flushes + 2);
  assert_session_events ("flush", 1);
}

static void
test_across_flushes_and_restart (void)
{
  g_autofree char *body = body_with_one ("proj_a", "again-1", "again", now_usec);
  g_autofree char *more = NULL;
  g_auto (Verdict) verdict = { 0 };
  guint64 slow = read_metrics (ingest).slow_flushes;
  g_autoptr (PdgIngest) second = NULL;
  GString *out = body_new ();

  fixture_store (ingest, a->admin, body, &verdict);
  assert_stored (verdict, 1, 0, 0);
  fixture_store (ingest, a->admin, body, &verdict);
  assert_stored (verdict, 1, 1, 0);
  g_assert_cmpuint (read_metrics (ingest).slow_flushes, ==, slow);
  assert_session_events ("again", 1);

  /* a writer that remembers nothing */
  second = start (1000);
  fixture_store (second, a->admin, body, &verdict);
  assert_stored (verdict, 1, 1, 0);
  g_assert_cmpuint (read_metrics (second).slow_flushes, ==, 1);
  assert_session_events ("again", 1);
  /* and an old one among new ones */
  body_add (out, "proj_a", "again-2", "again", "ui.click", now_usec + 1, "%s", "");
  body_add (out, "proj_a", "again-1", "again", "page.view", now_usec, ",\"page.path\":\"/one\"");
  body_add (out, "proj_a", "again-3", "again", "error", now_usec + 2, "%s", "");
  more = body_finish (out);
  g_clear_pointer (&second, pdg_ingest_free);
  second = start (1000);
  fixture_store (second, a->admin, more, &verdict);
  assert_stored (verdict, 3, 1, 0);
  assert_session_events ("again", 3);
  g_assert_cmpint (fixture_owner_int ("SELECT page_views * 10 + errors FROM session WHERE id = 'again'"), ==, 11);
}

/* Ids that are UUIDs are kept as they were sent. */
static void
test_ids (void)
{
  static const char *const ids[] = { "0192f3a4-1111-7222-8333-444455556666", "0192F3A4-1111-7222-8333-AAAABBBBCCCC", "x", "€ – id" };
  GString *out = body_new ();
  g_autofree char *body = NULL;
  g_auto (Verdict) verdict = { 0 };

  for (gsize i = 0; i < G_N_ELEMENTS (ids); i++)
    body_add (out, "proj_a", ids[i], "ids", "custom", now_usec + (gint64) i, "%s", "");
  body = body_finish (out);
  fixture_store (ingest, a->admin, body, &verdict);
  assert_stored (verdict, 4, 0, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (ids); i++)
    g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM events WHERE session_id = 'ids' AND event_id = '%s'", ids[i]), ==, 1);
}

static void
test_screens (void)
{
  static const struct
  {
    const char *id, *path, *title;
    int offset;
    const char *screen, *name;
  } rows[] = {
    { "s1", "/cart", "Cart", 10, "/cart", "Cart" },
    { "s2", "/cart/", "Older", 5, "/cart", "Cart" },
    { "s3", "/cart?step=2", "Your cart", 20, "/cart", "Your cart" },
    { "s4", "/cart", "Cart", 30, "/cart", "Cart" }, /* a title that comes back */
    { "s5", "/product/17", "Lamp", 40, "/product/:id", NULL },
    { "s6", "/product/18", "Chair", 50, "/product/:id", NULL },
    { "s7", "/help", NULL, 60, "/help", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *title = rows[i].title != NULL ? g_strdup_printf (",\"page.title\":\"%s\"", rows[i].title) : g_strdup ("");
      GString *out = body_new ();
      g_autofree char *body = NULL;
      g_auto (Verdict) verdict = { 0 };

      body_add (out, "proj_a", rows[i].id, "screens", "page.view", now_usec + rows[i].offset, ",\"page.path\":\"%s\"%s", rows[i].path, title);
      body = body_finish (out);
      fixture_store (ingest, a->admin, body, &verdict);
      assert_stored (verdict, 1, 0, 0);
      g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM screen WHERE project_id = %d AND path = '%s' AND title IS NOT DISTINCT FROM %s%s%s",
                                          a->project->project_no, rows[i].screen, rows[i].name != NULL ? "'" : "",
                                          rows[i].name != NULL ? rows[i].name : "NULL", rows[i].name != NULL ? "'" : ""),
                       ==, 1);
      g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM events WHERE event_id = '%s' AND page_path = '%s'", rows[i].id, rows[i].path), ==, 1);
    }
}

/* user > anonymous > session, whatever the order; within a kind the first one. */
static void
test_actors (void)
{
  static const struct
  {
    const char *more;
    int offset;
    const char *actor;
  } rows[] = {
    { "", 10, "actors" },
    { ",\"anonymous.id\":\"anon\"", 20, "anon" },
    { ",\"user.id\":\"late-user\",\"anonymous.id\":\"anon\"", 40, "late-user" },
    { ",\"anonymous.id\":\"other\"", 1, "late-user" },
    { ",\"user.id\":\"user\"", 30, "user" },
    { ",\"user.id\":\"anon\"", 50, "user" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *id = g_strdup_printf ("actors-%" G_GSIZE_FORMAT, i);
      GString *out = body_new ();
      g_autofree char *body = NULL;
      g_auto (Verdict) verdict = { 0 };

      body_add (out, "proj_a", id, "actors", "ui.click", now_usec + rows[i].offset, "%s", rows[i].more);
      body = body_finish (out);
      fixture_store (ingest, a->admin, body, &verdict);
      assert_stored (verdict, 1, 0, 0);
      g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM sessions WHERE session_id = 'actors' AND actor = '%s'", rows[i].actor), ==, 1);
    }
  /* an anonymous id that is not the actor is kept, and is the user's, in history too */
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM events WHERE user_id = 'late-user' AND anonymous_id = 'anon'"), ==, 2);
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM events WHERE user_id IS NULL AND anonymous_id = 'anon'"), ==, 0);
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM events WHERE user_id IS NULL AND anonymous_id = 'other'"), ==, 1);
}

static void
test_releases (void)
{
  GString *out = body_new ();
  g_autofree char *body = NULL;
  g_auto (Verdict) verdict = { 0 };

  body_add (out, "proj_a", "r1", "releases", "custom", now_usec + 30, ",\"app.version\":\"2.0\"");
  body_add (out, "proj_a", "r2", "releases", "custom", now_usec + 10, ",\"app.version\":\"1.0\"");
  body_add (out, "proj_a", "r3", "releases", "custom", now_usec + 40, "%s", "");
  body = body_finish (out);
  fixture_store (ingest, a->admin, body, &verdict);
  assert_stored (verdict, 3, 0, 0);
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM sessions WHERE session_id = 'releases' AND app_version = '2.0'"), ==, 1);
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM events WHERE session_id = 'releases' AND app_version IS NULL"), ==, 1);
}

static void
test_times (void)
{
  static const struct
  {
    const char *id, *time;
    int flags; /* late, clamped */
    const char *stored; /* SQL */
  } rows[] = {
    { "t1", NULL, 1, "now() - interval '40 days'" },
    { "t2", "2024-02-29T23:59:59.999999Z", 1, "'2024-02-29 23:59:59.999999+00'" },
    { "t3", "0001-01-01T00:00:00Z", 1, "'0001-01-01 00:00:00+00'" },
    { "t4", "9999-12-31T23:59:59Z", 2, "now()" },
    { "t5", "2031-01-01T00:00:00+14:00", 2, "now()" },
  };
  gint64 forty_days_ago = g_get_real_time () - 40 * G_TIME_SPAN_DAY;
  g_autoptr (GDateTime) old = g_date_time_new_from_unix_utc (forty_days_ago / G_USEC_PER_SEC);
  g_autofree char *old_text = g_date_time_format_iso8601 (old);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *body = g_strdup_printf ("{\"events\":[{\"event_id\":\"%s\",\"project_id\":\"proj_a\",\"session.id\":\"times\","
                                               "\"event.type\":\"custom\",\"event.timestamp\":\"%s\"}]}",
                                               rows[i].id, rows[i].time != NULL ? rows[i].time : old_text);
      g_auto (Verdict) verdict = { 0 };

      fixture_store (ingest, a->admin, body, &verdict);
      assert_stored (verdict, 1, 0, 0);
      g_assert_cmpint (fixture_owner_int ("SELECT flags & 3 FROM event WHERE event_id = '%s'", rows[i].id), ==, rows[i].flags);
      g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM event WHERE event_id = '%s' AND abs(extract(epoch FROM ts - (%s)::timestamptz)) < 60",
                                          rows[i].id, rows[i].stored),
                       ==, 1);
      if (rows[i].flags == 2)
        g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM event WHERE event_id = '%s' AND data LIKE '%%%s%%'", rows[i].id, rows[i].time), ==, 1);
    }
  /* today has a partition of its own, 2024 has not */
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM event_default WHERE event_id = 't2'"), ==, 1);
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM event_default WHERE event_id = 't4'"), ==, 0);
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM sessions WHERE session_id = 'times' AND started_at = '0001-01-01 00:00:00+00'"), ==, 1);
}

static void
test_full (void)
{
  g_autoptr (PdgIngest) small = start (3);
  WriterHold *hold = writer_hold_new (pdg_test_cluster_get_owner_uri ());
  Verdict verdicts[5] = { 0 };
  g_auto (Verdict) refused = { 0 };

  for (guint i = 0; i < 4; i++)
    {
      g_autofree char *id = g_strdup_printf ("full-%u", i);
      g_autofree char *body = body_with_one ("proj_a", id, "full", now_usec + i);

      g_assert_true (fixture_submit (small, a->admin, body, &verdicts[i]));
      if (i == 0)
        fixture_wait (read_metrics (small).queued_events == 0);
    }
  {
    g_autofree char *body = body_with_one ("proj_a", "full-9", "full", now_usec);

    g_assert_false (fixture_submit (small, a->admin, body, &refused));
    g_assert_error (refused.error, PDG_INGEST_ERROR, PDG_INGEST_ERROR_FULL);
    g_assert_cmpuint (read_metrics (small).queued_events, ==, 3);
    writer_hold_free (hold);
    for (guint i = 0; i < 4; i++)
      {
        fixture_wait (g_atomic_int_get (&verdicts[i].answered));
        assert_stored (verdicts[i], 1, 0, 0);
        verdict_clear (&verdicts[i]);
      }
    fixture_store (small, a->admin, body, &refused);
    assert_stored (refused, 1, 0, 0);
  }
  assert_session_events ("full", 5);
}

/* The writer's connection dies with a batch under way, and nobody lets it in again for a while. */
static void
test_away (void)
{
  g_autoptr (PdgIngest) own = start (1000);
  g_autofree char *body = body_with_one ("proj_a", "away-1", "away", now_usec);
  g_autofree char *plug = body_with_one ("proj_a", "away-0", "away", now_usec);
  g_auto (Verdict) flying = { 0 }, verdict = { 0 };
  WriterHold *hold = writer_hold_new (pdg_test_cluster_get_owner_uri ());

  g_assert_true (fixture_submit (own, a->admin, plug, &flying));
  fixture_wait (fixture_owner_int ("SELECT count(*) FROM pg_stat_activity WHERE usename = 'productgraph_writer' AND wait_event_type = 'Lock'") > 0);
  pdg_test_cluster_run_sql ("ALTER ROLE productgraph_writer NOLOGIN");
  pdg_test_cluster_run_sql ("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'productgraph_writer'");
  fixture_wait (g_atomic_int_get (&flying.answered));
  g_assert_error (flying.error, PDG_INGEST_ERROR, PDG_INGEST_ERROR_AWAY);
  writer_hold_free (hold);
  fixture_wait (!pdg_ingest_is_connected (own));
  g_assert_false (fixture_submit (own, a->admin, body, &verdict));
  g_assert_error (verdict.error, PDG_INGEST_ERROR, PDG_INGEST_ERROR_AWAY);
  g_assert_null (strstr (verdict.error->message, "postgresql:"));
  pdg_test_cluster_run_sql ("ALTER ROLE productgraph_writer LOGIN");
  fixture_wait (pdg_ingest_is_connected (own));
  fixture_store (own, a->admin, body, &verdict);
  assert_stored (verdict, 1, 0, 0);
  fixture_store (own, a->admin, plug, &verdict);
  assert_stored (verdict, 1, 0, 0);
  assert_session_events ("away", 2);
  /* the one whose connection was idle comes back by itself, too */
  fixture_wait (pdg_ingest_is_connected (ingest));
}

/* A writer that finds its idle connection dead loses nothing of the next batch. */
static void
test_idle_connection_dies (void)
{
  g_autofree char *body = body_with_one ("proj_a", "idle-1", "idle", now_usec);
  g_auto (Verdict) verdict = { 0 };

  fixture_wait (pdg_ingest_is_connected (ingest));
  pdg_test_cluster_run_sql ("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'productgraph_writer'");
  fixture_wait (fixture_owner_int ("SELECT count(*) FROM pg_stat_activity WHERE usename = 'productgraph_writer' AND state = 'active'") == 0);
  do
    fixture_store (ingest, a->admin, body, &verdict);
  while (g_error_matches (verdict.error, PDG_INGEST_ERROR, PDG_INGEST_ERROR_AWAY));
  g_assert_no_error (verdict.error);
  assert_session_events ("idle", 1);
}

static void
heard_cb (gint32 topic, gint64 sequence, gpointer user_data)
{
  ++*(int *) user_data;
}

static void
test_publishes (void)
{
  int n_a = 0, n_b = 0;
  guint id_a = pdg_hub_subscribe (hub, a->project->project_no, NULL, heard_cb, &n_a, NULL);
  guint id_b = pdg_hub_subscribe (hub, b->project->project_no, NULL, heard_cb, &n_b, NULL);
  g_autofree char *body = body_with_one ("proj_a", "publish-1", "publish", now_usec);
  g_auto (Verdict) verdict = { 0 };

  fixture_store (ingest, a->admin, body, &verdict);
  fixture_wait (n_a == 1);
  g_assert_cmpint (n_b, ==, 0);
  pdg_hub_unsubscribe (hub, id_a);
  pdg_hub_unsubscribe (hub, id_b);
}

/* Two organisations in one flush. */
static void
test_organisations_do_not_mix (void)
{
  g_autofree char *body_a = body_with_one ("proj_a", "mix", "mix", now_usec);
  g_autofree char *body_b = body_with_one ("proj_b", "mix", "mix", now_usec);
  g_autofree char *plug = body_with_one ("proj_a", "mix-plug", "mix-plug", now_usec);
  g_auto (Verdict) va = { 0 }, vb = { 0 }, vp = { 0 };
  WriterHold *hold = writer_hold_new (pdg_test_cluster_get_owner_uri ());

  g_assert_true (fixture_submit (ingest, a->admin, plug, &vp));
  fixture_wait (read_metrics (ingest).queued_events == 0);
  g_assert_true (fixture_submit (ingest, a->admin, body_a, &va));
  g_assert_true (fixture_submit (ingest, b->admin, body_b, &vb));
  writer_hold_free (hold);
  fixture_wait (g_atomic_int_get (&va.answered) && g_atomic_int_get (&vb.answered) && g_atomic_int_get (&vp.answered));
  assert_stored (va, 1, 0, 0);
  assert_stored (vb, 1, 0, 0);
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM event e JOIN project p USING (project_id) WHERE e.org_id = p.org_id AND event_id = 'mix'"), ==, 2);
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM event WHERE event_id = 'mix' AND org_id = %d", b->organisation->org_no), ==, 1);
}

/* What was queued when it stops is stored and answered. */
static void
test_stop_stores_the_queue (void)
{
  PdgIngest *own = start (1000);
  Verdict verdicts[20] = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (verdicts); i++)
    {
      g_autofree char *id = g_strdup_printf ("stop-%u", i);
      g_autofree char *body = body_with_one ("proj_a", id, "stop", now_usec + i);

      g_assert_true (fixture_submit (own, a->admin, body, &verdicts[i]));
    }
  pdg_ingest_free (own);
  for (guint i = 0; i < G_N_ELEMENTS (verdicts); i++)
    {
      g_assert_cmpint (verdicts[i].answered, ==, 1);
      assert_stored (verdicts[i], 1, 0, 0);
      verdict_clear (&verdicts[i]);
    }
  assert_session_events ("stop", 20);
}

/* It may stop while it cannot connect, and tells so. */
static void
test_stop_while_away (void)
{
  PdgIngestOptions options = { "postgresql://nobody@/nowhere?host=/nonexistent", NULL, 10, 10 };
  PdgIngest *own = pdg_ingest_new (&options, hub);
  g_autofree char *body = body_with_one ("proj_a", "x", "x", now_usec);
  g_auto (Verdict) verdict = { 0 };

  g_assert_false (fixture_submit (own, a->admin, body, &verdict));
  g_assert_error (verdict.error, PDG_INGEST_ERROR, PDG_INGEST_ERROR_AWAY);
  pdg_ingest_free (own);
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL); /* a lost database is a warning */
  now_usec = g_get_real_time ();
  hub = pdg_hub_new ();
  a = tenant_new (NULL, "Org A", "proj_a");
  b = tenant_new (NULL, "Org B", "proj_b");
  ingest = start (10000);
  g_test_add_func ("/service/ingest/counts", test_counts);
  g_test_add_func ("/service/ingest/empty", test_empty);
  g_test_add_func ("/service/ingest/key-of-another-project", test_key_of_another_project);
  g_test_add_func ("/service/ingest/project-is-made-later", test_project_is_made_later);
  g_test_add_func ("/service/ingest/twice-in-one-flush", test_twice_in_one_flush);
  g_test_add_func ("/service/ingest/across-flushes-and-restart", test_across_flushes_and_restart);
  g_test_add_func ("/service/ingest/ids", test_ids);
  g_test_add_func ("/service/ingest/screens", test_screens);
  g_test_add_func ("/service/ingest/actors", test_actors);
  g_test_add_func ("/service/ingest/releases", test_releases);
  g_test_add_func ("/service/ingest/times", test_times);
  g_test_add_func ("/service/ingest/full", test_full);
  g_test_add_func ("/service/ingest/away", test_away);
  g_test_add_func ("/service/ingest/idle-connection-dies", test_idle_connection_dies);
  g_test_add_func ("/service/ingest/publishes", test_publishes);
  g_test_add_func ("/service/ingest/organisations-do-not-mix", test_organisations_do_not_mix);
  g_test_add_func ("/service/ingest/stop-stores-the-queue", test_stop_stores_the_queue);
  g_test_add_func ("/service/ingest/stop-while-away", test_stop_while_away);
  status = g_test_run ();
  pdg_ingest_free (ingest);
  pdg_hub_unref (hub);
  tenant_free (a);
  tenant_free (b);
  return status;
}
