#include "config.h"

#include "service/event-writer.h"

/* The row of a session, kept up to date by two collectors at once from events that come late, tied, twice and in any order,
 * equals what a cold look at the stored events says. */

#define N_SESSIONS 200
#define N_BATCHES 40

/* Per session, from the event rows alone. */
static const char cold_sql[] =
  "SELECT count(*) FROM session s LEFT JOIN LATERAL ("
  " SELECT count(*) AS events, count(*) FILTER (WHERE e.flags & 4 <> 0) AS page_views, count(*) FILTER (WHERE e.flags & 8 <> 0) AS errors,"
  "  min(e.ts) AS started_at, max(e.ts) AS ended_at, max(a.kind) AS actor_kind,"
  "  (array_agg(t.screen_no ORDER BY e.ts, coalesce(e.seq, -2147483648), t.screen_no)"
  "   FILTER (WHERE e.flags & 4 <> 0 AND t.screen_no IS NOT NULL))[1] AS entry_screen_no,"
  "  (array_agg(t.screen_no ORDER BY e.ts DESC, coalesce(e.seq, -2147483648) DESC, t.screen_no DESC)"
  "   FILTER (WHERE e.flags & 4 <> 0 AND t.screen_no IS NOT NULL))[1] AS exit_screen_no,"
  "  (array_agg(e.release_no ORDER BY e.ts DESC, e.release_no DESC) FILTER (WHERE e.release_no IS NOT NULL))[1] AS release_no,"
  "  (array_agg(e.actor_no ORDER BY a.kind DESC, e.ts, e.actor_no))[1] AS actor_no"
  " FROM event e JOIN term t USING (project_id, term_no) JOIN actor a USING (project_id, actor_no)"
  " WHERE e.project_id = s.project_id AND e.session_no = s.session_no) c ON true "
  "WHERE (s.events, s.page_views, s.errors, s.started_at, s.ended_at, s.actor_kind, s.entry_screen_no, s.exit_screen_no, s.release_no, s.sent_actor_no)"
  " IS DISTINCT FROM (c.events, c.page_views, c.errors, c.started_at, c.ended_at, c.actor_kind, c.entry_screen_no, c.exit_screen_no, c.release_no, c.actor_no)"
  " OR s.actor_no IS DISTINCT FROM (SELECT coalesce(x.merged_into, x.actor_no) FROM actor x"
  " WHERE x.project_id = s.project_id AND x.actor_no = s.sent_actor_no)";

/* Anonymous ids that are not their first user's, from the event rows alone. */
static const char cold_links_sql[] =
  "SELECT count(*) FROM actor n LEFT JOIN LATERAL (SELECT e.actor_no FROM event e JOIN actor u USING (project_id, actor_no)"
  " WHERE e.project_id = n.project_id AND e.anonymous_id = n.id AND u.kind = 2 ORDER BY e.ts, u.id LIMIT 1) f ON true"
  " WHERE n.kind = 1 AND n.merged_into IS DISTINCT FROM f.actor_no";

/* One event as text, so that batches can be put together in any order. */
static char *
make_event (GRand *rand, guint session, guint i, gint64 base_usec)
{
  static const char *const types[] = { "page.view", "page.view", "page.view", "ui.click", "error", "api.response", "custom", "performance" };
  static const char *const screens[] = { "/", "/cart", "/checkout", "/product/1", "/product/2", "/help" };
  static const int late_days[] = { 0, 0, 0, 0, 0, 1, 29, 31, 500 };
  gint64 late = late_days[g_rand_int_range (rand, 0, G_N_ELEMENTS (late_days))] * G_TIME_SPAN_DAY;
  /* few instants, so that many are tied */
  gint64 ts = base_usec - late + g_rand_int_range (rand, 0, 8) * G_TIME_SPAN_SECOND;
  const char *type = types[g_rand_int_range (rand, 0, G_N_ELEMENTS (types))];
  GString *more = g_string_new (NULL);
  g_autofree char *id = g_strdup_printf ("e-%u-%u", session, i), *session_id = g_strdup_printf ("s-%u", session);
  g_autoptr (GString) body = g_string_new ("[");

  if (g_rand_int_range (rand, 0, 3) > 0)
    g_string_append_printf (more, ",\"page.path\":\"%s\"", screens[g_rand_int_range (rand, 0, G_N_ELEMENTS (screens))]);
  if (g_rand_boolean (rand))
    g_string_append_printf (more, ",\"event.sequence\":%d", g_rand_int_range (rand, -2, 4));
  if (g_rand_int_range (rand, 0, 3) == 0)
    g_string_append_printf (more, ",\"app.version\":\"%d.0\"", g_rand_int_range (rand, 1, 5));
  if (g_rand_int_range (rand, 0, 3) == 0)
    g_string_append_printf (more, ",\"user.id\":\"u-%d\"", g_rand_int_range (rand, 0, 50));
  if (g_rand_int_range (rand, 0, 3) == 0)
    g_string_append_printf (more, ",\"anonymous.id\":\"a-%d\"", g_rand_int_range (rand, 0, 50));
  if (g_str_equal (type, "api.response"))
    g_string_append_printf (more, ",\"api.status_code\":%d", g_rand_boolean (rand) ? 503 : 200);
  body_add (body, session % 3 == 0 ? "proj_2" : "proj_1", id, session_id, type, ts, "%s", more->str);
  g_string_free (more, TRUE);
  return g_strdup (body->str + 1);
}

static void
shuffle (GRand *rand, GPtrArray *items)
{
  for (guint i = items->len; i > 1; i--)
    {
      guint k = (guint) g_rand_int_range (rand, 0, (gint32) i);
      gpointer swap = items->pdata[i - 1];

      items->pdata[i - 1] = items->pdata[k];
      items->pdata[k] = swap;
    }
}

static void
test_sessions_equal_cold (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed ((guint32) g_test_rand_int ());
  g_autoptr (GPtrArray) events = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (Tenant) tenant = tenant_new (NULL, "Sessions", "proj_1");
  g_autoptr (PdgDbConn) owner = fixture_open (pdg_test_cluster_get_owner_uri (), NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgProject) second = pdg_commands_create_project (owner, tenant->admin, "proj_2", "Second", &error);
  g_autoptr (PdgHub) hub = pdg_hub_new ();
  PdgIngest *collectors[2];
  Verdict verdicts[2 * N_BATCHES] = { 0 };
  gint64 base_usec = g_get_real_time () - G_TIME_SPAN_HOUR;
  guint n_events, n_accepted = 0, n_duplicates = 0, per_batch;

  g_assert_no_error (error);
  for (guint session = 0; session < N_SESSIONS; session++)
    for (guint i = 0, n = (guint) g_rand_int_range (rand, 1, 25); i < n; i++)
      g_ptr_array_add (events, make_event (rand, session, i, base_usec));
  n_events = events->len;
  for (gsize i = 0; i < 2; i++)
    collectors[i] = fixture_ingest_new (pdg_test_cluster_get_writer_uri (), NULL, hub, 100000, 400);

  /* every event is sent once, and every third batch a second time, to the other collector */
  shuffle (rand, events);
  per_batch = n_events / N_BATCHES + 1;
  for (guint batch = 0; batch < N_BATCHES; batch++)
    {
      GString *out = body_new ();
      g_autofree char *body = NULL;
      guint which = (guint) g_rand_int_range (rand, 0, 2);

      for (guint i = batch * per_batch; i < MIN ((batch + 1) * per_batch, n_events); i++)
        g_string_append_printf (out, "%s%s", out->str[out->len - 1] == '}' ? "," : "", (char *) events->pdata[i]);
      body = body_finish (out);
      g_assert_true (fixture_submit (collectors[which], tenant->admin, body, &verdicts[2 * batch]));
      if (batch % 3 == 0)
        g_assert_true (fixture_submit (collectors[1 - which], tenant->admin, body, &verdicts[2 * batch + 1]));
      else
        verdicts[2 * batch + 1].answered = 1;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (verdicts); i++)
    {
      fixture_wait (g_atomic_int_get (&verdicts[i].answered));
      g_assert_no_error (verdicts[i].error);
      g_assert_cmpuint (verdicts[i].n_rejected, ==, 0);
      n_accepted += verdicts[i].n_accepted;
      n_duplicates += verdicts[i].n_duplicates;
      verdict_clear (&verdicts[i]);
    }
  pdg_ingest_free (collectors[0]);
  pdg_ingest_free (collectors[1]);

  g_assert_cmpuint (n_accepted - n_duplicates, ==, n_events);
  g_assert_cmpuint (n_duplicates, >, 0);
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM event"), ==, n_events);
  g_assert_cmpint (fixture_owner_int ("SELECT sum(events) FROM session"), ==, n_events);
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM session WHERE events > 0"), ==, N_SESSIONS);
  g_assert_cmpint (fixture_int (owner, cold_sql), ==, 0);
  g_assert_cmpint (fixture_int (owner, cold_links_sql), ==, 0);
  g_assert_cmpint (fixture_int (owner, "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"), ==, 0);
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM actor WHERE merged_into IS NOT NULL"), >, 10);
  /* the comparison sees a difference */
  pdg_test_cluster_run_sql ("UPDATE productgraph.session SET exit_screen_no = exit_screen_no + 1 WHERE session_no = (SELECT min(session_no) FROM "
                            "productgraph.session WHERE exit_screen_no IS NOT NULL)");
  g_assert_cmpint (fixture_int (owner, cold_sql), >, 0);
}

/* Numbers are dense within a project, and each text has one, whoever asked first. */
static void
test_numbers_are_dense (void)
{
  static const struct
  {
    const char *table, *number, *text;
  } rows[] = {
    { "session", "session_no", "id" }, { "actor", "actor_no", "kind || id" }, { "screen", "screen_no", "path" },
    { "release", "release_no", "version" }, { "term", "term_no", "fingerprint" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM (SELECT 1 FROM %s GROUP BY project_id HAVING max(%s) <> count(*) OR min(%s) <> 1) x",
                                          rows[i].table, rows[i].number, rows[i].number), ==, 0);
      g_assert_cmpint (fixture_owner_int ("SELECT count(*) - count(DISTINCT (project_id, %s)) FROM %s", rows[i].text, rows[i].table), ==, 0);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/service/sessions/equal-cold", test_sessions_equal_cold);
  g_test_add_func ("/service/sessions/numbers-are-dense", test_numbers_are_dense);
  return g_test_run ();
}
