#include "config.h"

#include "service/event-writer.h"
#include "service/pdg-queries.h"

#include <string.h>

/* Lists of events, sessions and actors, walked page by page, against the order that a plain statement says: nothing left out, nothing
 * twice, whatever is tied, and while events are being added. */

#define N_SESSIONS 200
#define N_EVENTS 800
#define PAGE 19

static Tenant *tenant;
static PdgProject *second;
static PdgIngest *ingest;
static PdgDbConn *server;
static gint64 base_usec;
static guint n_made;

/* Few instants, so that most are tied; some months ago, which another partition holds. */
static void
add_events (GRand *rand, guint n)
{
  static const char *const types[] = { "page.view", "ui.click", "error", "custom" };
  static const int days[] = { 0, 0, 0, 1, 2, 5, 60, 61, 400 };

  for (guint done = 0; done < n; done += 500)
    {
      GString *body = body_new ();
      g_autofree char *finished = NULL;
      g_auto (Verdict) verdict = { 0 };
      guint n_batch = MIN (500, n - done);

      for (guint i = 0; i < n_batch; i++)
        {
          guint session = (guint) g_rand_int_range (rand, 0, N_SESSIONS);
          g_autofree char *id = g_strdup_printf ("e%u", n_made++), *session_id = g_strdup_printf ("s%u", session);
          gint64 ts = base_usec - days[session % G_N_ELEMENTS (days)] * G_TIME_SPAN_DAY + g_rand_int_range (rand, 0, 5) * G_TIME_SPAN_SECOND;
          g_autofree char *sequence = g_rand_boolean (rand) ? g_strdup_printf (",\"event.sequence\":%d", g_rand_int_range (rand, -1, 3)) : g_strdup ("");
          g_autofree char *user = session % 3 == 0 ? g_strdup_printf (",\"user.id\":\"u%u\"", session % 40) : g_strdup ("");

          body_add (body, session % 5 == 0 ? "proj_two" : "proj_one", id, session_id, types[g_rand_int_range (rand, 0, 4)], ts, "%s%s", sequence, user);
        }
      finished = body_finish (body);
      fixture_store (ingest, tenant->admin, finished, &verdict);
      assert_stored (verdict, n_batch, 0, 0);
    }
}

static PdgQueries *
begin (void)
{
  g_autoptr (GError) error = NULL;
  PdgQueries *queries = pdg_queries_begin (server, tenant->admin, 30000, &error);

  g_assert_no_error (error);
  return queries;
}

/* What a list of items in order reads as. */
static char *
expect (const char *format, ...)
{
  g_autoptr (PdgDbConn) owner = fixture_open (pdg_test_cluster_get_owner_uri (), NULL);
  g_autofree char *sql = NULL;
  va_list args;

  va_start (args, format);
  sql = g_strdup_vprintf (format, args);
  va_end (args);
  return fixture_text (owner, sql);
}

/* ---- Walks */

typedef void (*BetweenPages) (void);

/* All events of the owners, a line for each owner. @sessions: NULL = of the projects. */
static char *
walk_events (const gint32 *project_nos, const PdgStoreSessionKey *sessions, guint owner, PdgStoreEventQuery query, BetweenPages between)
{
  GString *seen = g_string_new (NULL);
  g_autoptr (PdgArena) arena = pdg_arena_new (0);
  PdgEventPlace place;
  gboolean more = TRUE;

  query.limit = PAGE + 1;
  query.parts = PDG_EVENT_ALL;
  query.arena = arena;
  while (more)
    {
      g_autoptr (PdgQueries) queries = begin ();
      g_autoptr (GError) error = NULL;
      g_autoptr (GPtrArray) lists = sessions != NULL ? pdg_queries_list_session_events (queries, sessions, 2, &query, &error)
                                                     : pdg_queries_list_events (queries, project_nos, 2, &query, &error);
      GPtrArray *page;

      g_assert_no_error (error);
      g_assert_cmpuint (lists->len, ==, 2);
      page = lists->pdata[owner];
      more = page->len > PAGE;
      for (guint i = 0; i < MIN (page->len, PAGE); i++)
        {
          const PdgStoredEvent *event = page->pdata[i];

          g_string_append_printf (seen, "%s%s", seen->len > 0 ? " " : "", event->id);
          place = (PdgEventPlace) { event->ts_usec, event->session_no, event->sequence, { 0 } };
          memcpy (place.key, event->key, sizeof place.key);
          query.after = &place;
        }
      g_clear_pointer (&queries, pdg_queries_free);
      if (more && between != NULL)
        between ();
    }
  return g_string_free (seen, FALSE);
}

#define EVENTS_IN_ORDER                                                                                                              \
  "SELECT coalesce(string_agg(e.event_id, ' ' ORDER BY %s), '') FROM event e JOIN term t USING (project_id, term_no) WHERE e.project_id = %d AND %s"
#define ASCENDING "e.ts, e.session_no, coalesce(e.seq, -2147483648), e.event_key"
#define DESCENDING "e.ts DESC, e.session_no DESC, coalesce(e.seq, -2147483648) DESC, e.event_key DESC"

static void
test_events (void)
{
  const gint32 project_nos[] = { tenant->project->project_no, second->project_no };
  const char *const error[] = { "error", NULL };
  g_autoptr (PdgEventFilter) filter = pdg_event_filter_new_text (PDG_FILTER_FIELD_TYPE, NULL, PDG_FILTER_IS, error);
  gint64 from = base_usec - 5 * G_TIME_SPAN_DAY + 2 * G_TIME_SPAN_SECOND, to = base_usec + 3 * G_TIME_SPAN_SECOND;

  for (guint owner = 0; owner < 2; owner++)
    for (guint shape = 0; shape < 8; shape++)
      {
        PdgStoreEventQuery query = { .from_usec = shape & 4 ? from : G_MININT64, .to_usec = shape & 4 ? to : G_MAXINT64,
                                     .filter = shape & 2 ? filter : NULL, .newest_first = (shape & 1) != 0 };
        g_autofree char *range = g_strdup_printf ("%s AND e.ts >= to_timestamp(%f) AND e.ts < to_timestamp(%f)", shape & 2 ? "t.event_type = 'error'" : "true",
                                                  shape & 4 ? (double) from / 1e6 : 0.0, shape & 4 ? (double) to / 1e6 : 1e10);
        g_autofree char *expected = expect (EVENTS_IN_ORDER, shape & 1 ? DESCENDING : ASCENDING, project_nos[owner], range);
        g_autofree char *walked = walk_events (project_nos, NULL, owner, query, NULL);

        g_assert_cmpuint (strlen (expected), >, 20);
        g_assert_cmpstr (walked, ==, expected);
      }
}

static void
test_session_events (void)
{
  g_autoptr (PdgQueries) queries = begin ();
  g_autoptr (GError) error = NULL;
  const gint32 project_nos[] = { tenant->project->project_no, second->project_no };
  PdgStoreSessionFilter filter = { .from_usec = G_MININT64, .to_usec = G_MAXINT64, .before_started_usec = G_MAXINT64, .limit = 100 };
  g_autoptr (GPtrArray) lists = pdg_queries_list_sessions (queries, project_nos, NULL, 2, &filter, &error);

  g_assert_no_error (error);
  g_clear_pointer (&queries, pdg_queries_free);
  for (guint k = 0; k < 24; k += 8)
    {
      PdgStoreSessionKey keys[2];

      for (guint owner = 0; owner < 2; owner++)
        {
          const PdgSessionSummary *session = ((GPtrArray *) lists->pdata[owner])->pdata[k];

          keys[owner] = (PdgStoreSessionKey) { session->started_usec, session->ended_usec, session->project_no, session->session_no };
        }
      for (guint owner = 0; owner < 2; owner++)
        for (guint newest_first = 0; newest_first < 2; newest_first++)
          {
            PdgStoreEventQuery query = { .from_usec = G_MININT64, .to_usec = G_MAXINT64, .newest_first = newest_first != 0 };
            g_autofree char *where = g_strdup_printf ("e.session_no = %d", keys[owner].session_no);
            g_autofree char *expected = expect (EVENTS_IN_ORDER, newest_first ? DESCENDING : ASCENDING, project_nos[owner], where);
            g_autofree char *walked = walk_events (NULL, keys, owner, query, NULL);

            g_assert_cmpstr (walked, ==, expected);
          }
    }
}

/* @n events of one session at one time, in no order. */
static void
add_tied (const char *session, gint64 ts, guint n)
{
  GString *body = body_new ();
  g_autofree char *finished = NULL;
  g_auto (Verdict) verdict = { 0 };

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *id = g_strdup_printf ("e%u", n_made++);

      body_add (body, "proj_one", id, session, "custom", ts, ",\"event.sequence\":%u", i * 37 % n);
    }
  finished = body_finish (body);
  fixture_store (ingest, tenant->admin, finished, &verdict);
  assert_stored (verdict, n, 0, 0);
}

/* Of events at one time as many as are asked for, in their order: few ties, which are cut here, and more than are read. */
static void
test_ties (void)
{
  static const guint limits[] = { 1, 5, 29, 30, 31, 60, 89, 90, 100, 119, 120, 121, 200 };
  g_autoptr (PdgArena) arena = pdg_arena_new (0);
  g_autoptr (PdgQueries) queries = NULL;
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GError) error = NULL;
  const PdgSessionSummary *session;
  PdgStoreSessionKey key;

  add_tied ("tied", base_usec, 90);
  add_tied ("tied", base_usec + G_TIME_SPAN_SECOND, 30);
  queries = begin ();
  found = pdg_queries_find_sessions (queries, &tenant->project->project_no, 1, "tied", 0, &error);
  g_assert_no_error (error);
  session = found->pdata[0];
  key = (PdgStoreSessionKey) { session->started_usec, session->ended_usec, session->project_no, session->session_no };
  for (guint newest_first = 0; newest_first < 2; newest_first++)
    for (gsize i = 0; i < G_N_ELEMENTS (limits); i++)
      {
        PdgStoreEventQuery query = { .from_usec = G_MININT64, .to_usec = G_MAXINT64, .newest_first = newest_first != 0, .limit = limits[i], .arena = arena };
        g_autoptr (GPtrArray) lists = pdg_queries_list_session_events (queries, &key, 1, &query, &error);
        const GPtrArray *list = lists != NULL ? lists->pdata[0] : NULL;
        g_autofree char *expected = expect ("SELECT string_agg(e.event_id, ' ' ORDER BY e.n) FROM (SELECT e.event_id, row_number() OVER (ORDER BY %s) AS n "
                                            "FROM event e WHERE e.project_id = %d AND e.session_no = %d) e WHERE e.n <= %u",
                                            newest_first ? DESCENDING : ASCENDING, key.project_no, key.session_no, limits[i]);
        g_autoptr (GString) seen = g_string_new (NULL);

        g_assert_no_error (error);
        for (guint k = 0; k < list->len; k++)
          g_string_append_printf (seen, "%s%s", k > 0 ? " " : "", ((const PdgStoredEvent *) list->pdata[k])->id);
        g_assert_cmpstr (seen->str, ==, expected);
      }
}

/* Whatever the whole list is, so is each session's part of it; and a session matches when one of its events of the range does. */
static char *
walk_sessions (gint32 project_no, PdgStoreSessionFilter filter)
{
  GString *seen = g_string_new (NULL);
  gboolean more = TRUE;

  filter.before_started_usec = G_MAXINT64;
  filter.before_session_no = G_MAXINT32;
  filter.limit = PAGE + 1;
  while (more)
    {
      g_autoptr (PdgQueries) queries = begin ();
      g_autoptr (GError) error = NULL;
      g_autoptr (GPtrArray) lists = pdg_queries_list_sessions (queries, &project_no, NULL, 1, &filter, &error);
      GPtrArray *page;

      g_assert_no_error (error);
      page = lists->pdata[0];
      more = page->len > PAGE;
      for (guint i = 0; i < MIN (page->len, PAGE); i++)
        {
          const PdgSessionSummary *session = page->pdata[i];

          g_string_append_printf (seen, "%s%s", seen->len > 0 ? " " : "", session->id);
          filter.before_started_usec = session->started_usec;
          filter.before_session_no = session->session_no;
        }
    }
  return g_string_free (seen, FALSE);
}

#define SESSIONS_IN_ORDER                                                                                                            \
  "SELECT coalesce(string_agg(s.id, ' ' ORDER BY s.started_at DESC, s.session_no DESC), '') FROM session s WHERE s.project_id = %d "  \
  "AND s.events > 0 "

static void
test_sessions (void)
{
  const char *const error[] = { "error", NULL };
  g_autoptr (PdgEventFilter) filter = pdg_event_filter_new_text (PDG_FILTER_FIELD_TYPE, NULL, PDG_FILTER_IS, error);
  gint64 from = base_usec - 2 * G_TIME_SPAN_DAY + 2 * G_TIME_SPAN_SECOND, to = base_usec + 2 * G_TIME_SPAN_SECOND;
  PdgStoreSessionFilter all = { .from_usec = G_MININT64, .to_usec = G_MAXINT64 };
  PdgStoreSessionFilter some = { .from_usec = from, .to_usec = to };
  PdgStoreSessionFilter matching = { .from_usec = from, .to_usec = to, .filter = filter };
  gint32 project_no = tenant->project->project_no;
  double from_s = (double) from / 1e6, to_s = (double) to / 1e6;
  g_autofree char *all_expected = expect (SESSIONS_IN_ORDER, project_no);
  g_autofree char *some_expected = expect (SESSIONS_IN_ORDER "AND s.started_at < to_timestamp(%f) AND s.ended_at >= to_timestamp(%f)",
                                           project_no, to_s, from_s);
  g_autofree char *matching_expected = expect (SESSIONS_IN_ORDER "AND EXISTS (SELECT FROM event e JOIN term t USING (project_id, term_no) WHERE "
                                                                 "e.project_id = s.project_id AND e.session_no = s.session_no AND t.event_type = 'error' "
                                                                 "AND e.ts >= to_timestamp(%f) AND e.ts < to_timestamp(%f))",
                                               project_no, from_s, to_s);
  g_autofree char *all_walked = walk_sessions (project_no, all);
  g_autofree char *some_walked = walk_sessions (project_no, some);
  g_autofree char *matching_walked = walk_sessions (project_no, matching);

  g_assert_cmpstr (all_walked, ==, all_expected);
  g_assert_cmpstr (some_walked, ==, some_expected);
  g_assert_cmpstr (matching_walked, ==, matching_expected);
  g_assert_cmpuint (strlen (all_expected), >, strlen (some_expected));
  g_assert_cmpuint (strlen (some_expected), >, strlen (matching_expected));
  g_assert_cmpuint (strlen (matching_expected), >, 20);
}

static char *
walk_actors (gint32 project_no, PdgStoreActorFilter filter)
{
  GString *seen = g_string_new (NULL);
  gboolean more = TRUE;

  filter.before_active_usec = G_MAXINT64;
  filter.limit = PAGE + 1;
  while (more)
    {
      g_autoptr (PdgQueries) queries = begin ();
      g_autoptr (GError) error = NULL;
      g_autoptr (GPtrArray) lists = pdg_queries_list_actors (queries, &project_no, 1, &filter, &error);
      GPtrArray *page;

      g_assert_no_error (error);
      page = lists->pdata[0];
      more = page->len > PAGE;
      for (guint i = 0; i < MIN (page->len, PAGE); i++)
        {
          const PdgActor *actor = page->pdata[i];

          g_string_append_printf (seen, "%s%s", seen->len > 0 ? " " : "", actor->id);
          filter.before_active_usec = actor->active_usec;
          filter.before_actor_no = actor->actor_no;
        }
    }
  return g_string_free (seen, FALSE);
}

#define ACTORS_IN_ORDER                                                                                                              \
  "SELECT coalesce(string_agg(x.id, ' ' ORDER BY x.active DESC, x.actor_no DESC), '') FROM (SELECT a.id, a.actor_no, "                \
  "max(s.ended_at) AS active FROM session s JOIN actor a USING (project_id, actor_no) WHERE s.project_id = %d AND EXISTS (SELECT "    \
  "FROM event e JOIN term t USING (project_id, term_no) WHERE e.project_id = s.project_id AND e.session_no = s.session_no "           \
  "AND e.ts >= to_timestamp(%f) AND e.ts < to_timestamp(%f) AND %s) GROUP BY a.id, a.actor_no) x"

static void
test_actors (void)
{
  const char *const error[] = { "error", NULL };
  g_autoptr (PdgEventFilter) filter = pdg_event_filter_new_text (PDG_FILTER_FIELD_TYPE, NULL, PDG_FILTER_IS, error);
  gint64 from = base_usec + G_TIME_SPAN_SECOND, to = base_usec + 2 * G_TIME_SPAN_SECOND; /* most sessions run across it */
  gint32 project_no = tenant->project->project_no;

  for (guint shape = 0; shape < 4; shape++)
    {
      PdgStoreActorFilter wanted = { .from_usec = shape & 1 ? from : G_MININT64, .to_usec = shape & 1 ? to : G_MAXINT64, .filter = shape & 2 ? filter : NULL };
      g_autofree char *expected = expect (ACTORS_IN_ORDER, project_no, shape & 1 ? (double) from / 1e6 : 0, shape & 1 ? (double) to / 1e6 : 1e10,
                                          shape & 2 ? "t.event_type = 'error'" : "true");
      g_autofree char *walked = walk_actors (project_no, wanted);

      g_assert_cmpuint (strlen (expected), >, 10);
      g_assert_cmpstr (walked, ==, expected);
    }
}

/* The figures of an actor are those of its sessions, and its sessions are its own. */
static void
test_actor_figures (void)
{
  g_autoptr (PdgQueries) queries = begin ();
  g_autoptr (GError) error = NULL;
  gint32 project_no = tenant->project->project_no;
  g_autofree char *busiest = expect ("SELECT a.id FROM session s JOIN actor a USING (project_id, actor_no) WHERE s.project_id = %d AND a.kind = 2 "
                                     "GROUP BY a.id ORDER BY count(*) DESC, a.id LIMIT 1", project_no);
  g_autoptr (GPtrArray) found = pdg_queries_find_actors (queries, &project_no, 1, busiest, -1, &error);
  PdgStoreSessionFilter filter = { .from_usec = G_MININT64, .to_usec = G_MAXINT64, .before_started_usec = G_MAXINT64, .limit = 100 };
  g_autofree char *expected = expect ("SELECT string_agg(s.id, ' ' ORDER BY s.started_at DESC, s.session_no DESC) FROM session s JOIN actor a USING "
                                      "(project_id, actor_no) WHERE s.project_id = %d AND a.kind = 2 AND a.id = '%s'",
                                      project_no, busiest);
  g_autoptr (GString) listed = g_string_new (NULL);
  g_autoptr (GPtrArray) lists = NULL;
  const PdgActor *actor;

  g_assert_no_error (error);
  actor = found->pdata[0];
  g_assert_nonnull (actor);
  g_assert_cmpint (actor->kind, ==, 2);
  lists = pdg_queries_list_sessions (queries, &project_no, &actor->actor_no, 1, &filter, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < ((GPtrArray *) lists->pdata[0])->len; i++)
    {
      const PdgSessionSummary *session = ((GPtrArray *) lists->pdata[0])->pdata[i];

      g_string_append_printf (listed, "%s%s", i > 0 ? " " : "", session->id);
    }
  g_assert_cmpstr (listed->str, ==, expected);
  g_assert_cmpint (actor->sessions, ==, ((GPtrArray *) lists->pdata[0])->len);
  g_assert_cmpint (actor->sessions, >, 1);
}

/* ---- While events are being added */

static GRand *adder;

static void
add_some (void)
{
  add_events (adder, 20);
}

/* Everything that was there at the start is seen once, in order, whatever else is seen. */
static void
test_while_adding (void)
{
  const gint32 project_nos[] = { second->project_no, tenant->project->project_no };

  for (guint newest_first = 0; newest_first < 2; newest_first++)
    {
      PdgStoreEventQuery query = { .from_usec = G_MININT64, .to_usec = G_MAXINT64, .newest_first = newest_first != 0 };
      g_autofree char *before = expect (EVENTS_IN_ORDER, newest_first ? DESCENDING : ASCENDING, second->project_no, "true");
      g_autofree char *walked = walk_events (project_nos, NULL, 0, query, add_some);
      g_auto (GStrv) wanted = g_strsplit (before, " ", -1), seen = g_strsplit (walked, " ", -1);
      g_autoptr (GHashTable) once = g_hash_table_new (g_str_hash, g_str_equal);
      gsize at = 0;

      for (gsize i = 0; seen[i] != NULL; i++)
        {
          g_assert_true (g_hash_table_add (once, seen[i]));
          if (wanted[at] != NULL && g_str_equal (seen[i], wanted[at]))
            at++;
        }
      g_assert_null (wanted[at]);
      g_assert_cmpuint (g_strv_length (seen), >, g_strv_length (wanted));
    }
}

int
main (int argc, char *argv[])
{
  g_autoptr (PdgHub) hub = pdg_hub_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgDbConn) owner = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  adder = g_rand_new_with_seed ((guint32) g_test_rand_int ());
  base_usec = g_get_real_time () / G_TIME_SPAN_SECOND * G_TIME_SPAN_SECOND - G_TIME_SPAN_HOUR;
  tenant = tenant_new (NULL, "Paging", "proj_one");
  owner = fixture_open (pdg_test_cluster_get_owner_uri (), NULL);
  second = pdg_commands_create_project (owner, tenant->admin, "proj_two", "Second", &error);
  g_assert_no_error (error);
  ingest = fixture_ingest_new (pdg_test_cluster_get_writer_uri (), NULL, hub, 10000, 1000);
  server = fixture_open (pdg_test_cluster_get_server_uri (), NULL);
  add_events (adder, N_EVENTS);
  g_test_add_func ("/service/paging/events", test_events);
  g_test_add_func ("/service/paging/session-events", test_session_events);
  g_test_add_func ("/service/paging/sessions", test_sessions);
  g_test_add_func ("/service/paging/actors", test_actors);
  g_test_add_func ("/service/paging/actor-figures", test_actor_figures);
  g_test_add_func ("/service/paging/while-adding", test_while_adding);
  g_test_add_func ("/service/paging/ties", test_ties);
  status = g_test_run ();
  pdg_ingest_free (ingest);
  pdg_db_conn_free (server);
  pdg_project_free (second);
  tenant_free (tenant);
  g_rand_free (adder);
  return status;
}
