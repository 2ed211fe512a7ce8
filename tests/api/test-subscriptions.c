#include "config.h"

#include "api/subscription-fixture.h"
#include "base/pdg-id.h"

#include <string.h>

/* What subscriptions tell: every event once whoever wrote it, figures as a fresh count gives them, and a graph that follows. */

/* ---- liveEvents */

/* Every id that was told, none twice; each message in the order of time. Returns how many older ones were left out. */
static guint
gather (const Ear *ear, GHashTable *ids, guint most)
{
  guint n_skipped = 0;

  for (guint i = 0; i < ear->messages->len; i++)
    {
      JsonNode *message = ear->messages->pdata[i];
      JsonArray *events = NULL;
      g_autofree char *skipped = NULL, *before = NULL;

      assert_no_errors (message);
      events = json_node_get_array (json_at (message, "data.liveEvents.events"));
      skipped = json_dup_at (message, "data.liveEvents.skippedCount");
      n_skipped += (guint) g_ascii_strtoull (skipped, NULL, 10);
      g_assert_cmpuint (json_array_get_length (events), <=, most);
      for (guint k = 0; k < json_array_get_length (events); k++)
        {
          g_autofree char *at = json_dup_at (json_array_get_element (events, k), "timestamp");

          g_assert_cmpstr (before != NULL ? before : "", <=, at);
          g_assert_true (g_hash_table_add (ids, json_dup_at (json_array_get_element (events, k), "id")));
          g_free (before);
          before = g_steal_pointer (&at);
        }
    }
  return n_skipped;
}

static guint
count_told (const Ear *ear)
{
  g_autoptr (GHashTable) ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  return gather (ear, ids, 100) + g_hash_table_size (ids);
}

#define LIVE_EVENTS "liveEvents(projectId:\"%s\",first:%d){events{id timestamp session{id}} skippedCount asOf}"

/* Two collectors write at the same time, one of them in another process; nothing is lost and nothing is told twice. */
static void
test_live_events_union (void)
{
  g_autoptr (PdgProject) project = make_project ("proj_union");
  g_autoptr (Ear) ear = NULL;
  g_autoptr (GHashTable) sent = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Verdict verdicts[60] = { 0 };
  GHashTableIter iter;
  const char *id;

  store_view (fixture->ingest, "proj_union", "before", "s", "/before", g_get_real_time ()); /* is not told */
  ear = listen_to (LIVE_EVENTS, "proj_union", 100);
  g_assert_cmpuint (count_told (ear), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (verdicts); i++)
    {
      GString *body = body_new ();
      g_autofree char *text = NULL;
      int n = g_test_rand_int_range (1, 5);

      for (int k = 0; k < n; k++)
        {
          g_autofree char *event = g_strdup_printf ("u-%u-%d", i, k), *session = g_strdup_printf ("s-%d", g_test_rand_int_range (0, 9));

          body_add (body, "proj_union", event, session, "page.view", g_get_real_time () - g_test_rand_int_range (0, 600) * G_TIME_SPAN_SECOND,
                    ",\"page.path\":\"/p\"");
          g_hash_table_add (sent, g_steal_pointer (&event));
        }
      text = body_finish (body);
      g_assert_true (fixture_submit (i % 2 == 0 ? fixture->ingest : other_ingest, fixture->a->admin, text, &verdicts[i]));
      for (int k = 0; k < g_test_rand_int_range (0, 40); k++) /* some reads fall between the commits */
        g_main_context_iteration (NULL, FALSE);
      if (i % 12 == 11) /* at most 48 at once, so that none is left out */
        fixture_wait (count_told (ear) == g_hash_table_size (sent));
    }
  for (guint i = 0; i < G_N_ELEMENTS (verdicts); i++)
    {
      fixture_wait (g_atomic_int_get (&verdicts[i].answered));
      g_assert_no_error (verdicts[i].error);
      verdict_clear (&verdicts[i]);
    }
  g_assert_cmpuint (gather (ear, told, 100), ==, 0);
  g_assert_cmpuint (g_hash_table_size (told), ==, g_hash_table_size (sent));
  g_hash_table_iter_init (&iter, told);
  while (g_hash_table_iter_next (&iter, (gpointer *) &id, NULL))
    g_assert_true (g_hash_table_contains (sent, id));
}

#define COPY_OF_ONE                                                                                                      \
  "INSERT INTO productgraph.event (ts, received_at, org_id, project_id, session_no, actor_no, term_no, flags, event_key, event_id, data) " \
  "SELECT now(), now(), org_id, project_id, session_no, actor_no, term_no, flags, gen_random_uuid(), 'slow', data "      \
  "FROM productgraph.event WHERE event_id = 'first-of-slow'"

/* A transaction that began before others and commits after them: its rows are told then, though theirs were before. */
static void
test_live_events_slow_commit (void)
{
  g_autoptr (PdgProject) project = make_project ("proj_slow");
  g_autoptr (Ear) ear = listen_to (LIVE_EVENTS, "proj_slow", 100);
  g_autoptr (PdgDbConn) writer = fixture_open (pdg_test_cluster_get_owner_uri (), NULL);
  g_autoptr (GHashTable) told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgDbTx) tx = NULL;

  store_view (fixture->ingest, "proj_slow", "first-of-slow", "s", "/", g_get_real_time ());
  fixture_wait (count_told (ear) == 1);
  tx = pdg_db_tx_begin_maintenance (writer, &error);
  g_assert_no_error (error);
  pdg_db_tx_exec_script (tx, COPY_OF_ONE, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *id = g_strdup_printf ("fast-%u", i);

      store_view (i % 2 == 0 ? fixture->ingest : other_ingest, "proj_slow", id, "s", "/", g_get_real_time ());
      fixture_wait (count_told (ear) == 2 + i);
    }
  pdg_db_tx_commit (tx, &error);
  g_assert_no_error (error);
  pdg_hub_publish (fixture->hub, project->project_no);
  fixture_wait (count_told (ear) == 5);
  gather (ear, told, 100);
  g_assert_true (g_hash_table_contains (told, "slow"));
  g_assert_cmpuint (g_hash_table_size (told), ==, 5);
}

static void
test_live_events_skipped (void)
{
  g_autoptr (PdgProject) project = make_project ("proj_skip");
  g_autoptr (Ear) ear = listen_to (LIVE_EVENTS, "proj_skip", 3);
  GString *body = body_new ();
  g_autofree char *text = NULL, *first = NULL, *last = NULL, *skipped = NULL;
  g_auto (Verdict) verdict = { 0 };
  gint64 now = g_get_real_time ();

  for (int i = 0; i < 10; i++)
    {
      g_autofree char *id = g_strdup_printf ("k-%d", i);

      body_add (body, "proj_skip", id, "s", "page.view", now + i * G_TIME_SPAN_MILLISECOND, ",\"page.path\":\"/\"");
    }
  text = body_finish (body);
  fixture_store (fixture->ingest, fixture->a->admin, text, &verdict);
  fixture_wait (count_told (ear) == 10);
  g_assert_cmpuint (ear->messages->len, ==, 2); /* they were one commit */
  first = json_dup_at (last_message (ear), "data.liveEvents.events.0.id");
  last = json_dup_at (last_message (ear), "data.liveEvents.events.2.id");
  skipped = json_dup_at (last_message (ear), "data.liveEvents.skippedCount");
  g_assert_cmpstr (first, ==, "k-7");
  g_assert_cmpstr (last, ==, "k-9");
  g_assert_cmpstr (skipped, ==, "7");
}

/* Only what matches and is not older than live means. */
static void
test_live_events_filter (void)
{
  g_autoptr (PdgProject) project = make_project ("proj_filter");
  g_autoptr (Ear) ear = listen_to ("liveEvents(projectId:\"proj_filter\",filter:{pagePath:{startsWith:\"/cart\"}}){events{id timestamp} skippedCount}");
  g_autoptr (GHashTable) told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gint64 now = g_get_real_time ();

  store_view (fixture->ingest, "proj_filter", "no", "s", "/", now);
  store_view (fixture->ingest, "proj_filter", "old", "s", "/cart", now - 2 * G_TIME_SPAN_HOUR);
  store_view (fixture->ingest, "proj_filter", "ten-minutes", "s", "/cart", now - 10 * G_TIME_SPAN_MINUTE);
  store_view (fixture->ingest, "proj_filter", "yes", "s", "/cart/2", now);
  fixture_wait (count_told (ear) == 2);
  gather (ear, told, 50);
  g_assert_true (g_hash_table_contains (told, "ten-minutes") && g_hash_table_contains (told, "yes"));
}

/* ---- liveCounts */

#define LIVE "eventsPerMinute activeSessions activeActors"

/* Whether the last message says what a fresh count says. */
static gboolean
is_counted (const Ear *ear, const char *project)
{
  g_autofree char *document = g_strdup_printf ("{project(id:\"%s\"){live{" LIVE "}}}", project);
  g_autoptr (JsonNode) cold = api_query (fixture, NULL, document, NULL);
  g_autofree char *fresh = NULL, *told = NULL;

  assert_no_errors (cold);
  assert_no_errors (last_message (ear));
  fresh = json_to_string (json_at (cold, "data.project.live"), FALSE);
  told = json_to_string (json_at (last_message (ear), "data.liveCounts"), FALSE);
  return g_str_equal (fresh, told);
}

static void
test_live_counts (void)
{
  g_autoptr (PdgProject) project = make_project ("proj_counts");
  g_autoptr (Ear) ear = listen_to ("liveCounts(projectId:\"proj_counts\"){" LIVE "}");
  g_autofree char *first = json_dup_at (last_message (ear), "data.liveCounts.activeSessions");

  g_assert_cmpstr (first, ==, "0");
  for (guint i = 0; i < 8; i++)
    {
      g_autofree char *id = g_strdup_printf ("c-%u", i), *session = g_strdup_printf ("s-%u", i / 2);

      store_view (i % 2 == 0 ? fixture->ingest : other_ingest, "proj_counts", id, session, "/",
                  g_get_real_time () - (i % 3 == 0 ? 2 * G_TIME_SPAN_MINUTE : 0));
      fixture_wait (is_counted (ear, "proj_counts"));
    }
  g_assert_cmpuint (ear->messages->len, >=, 5);
}

/* Figures that fall as time goes by are told without a commit; figures that stay are not told again. */
static void
test_live_counts_fall (void)
{
  g_autoptr (PdgProject) project = make_project ("proj_fall");
  g_autoptr (Ear) ear = listen_to ("liveCounts(projectId:\"proj_fall\"){" LIVE "}");
  g_autofree char *before = NULL;
  guint n;

  store_view (fixture->ingest, "proj_fall", "f", "s", "/", g_get_real_time () - 57 * G_TIME_SPAN_SECOND);
  fixture_wait (ear->messages->len == 2);
  before = json_dup_at (last_message (ear), "data.liveCounts.eventsPerMinute");
  g_assert_cmpstr (before, ==, "1");
  for (int i = 0; i < 5; i++)
    pdg_hub_publish (fixture->hub, project->project_no);
  fixture_wait (ear->messages->len == 3);
  n = ear->messages->len;
  g_assert_true (is_counted (ear, "proj_fall"));
  g_assert_cmpuint (n, ==, 3);
  g_free (before);
  before = json_dup_at (last_message (ear), "data.liveCounts.eventsPerMinute");
  g_assert_cmpstr (before, ==, "0");
}

/* ---- journeyGraphChanged */

#define SCREEN "id path name visits entries exits sessionCount errors loadP75Ms dwellMedianMs snapshotId"
#define TRANSITION "from to count dwellMedianMs"

/* A graph as its parts, by what names them. */
typedef struct
{
  GHashTable *screens, *transitions; /* name -> JSON text */
  char *counts;
} Parts;

static void
parts_init (Parts *parts)
{
  parts->screens = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  parts->transitions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  parts->counts = NULL;
}

static void
parts_clear (Parts *parts)
{
  g_hash_table_unref (parts->screens);
  g_hash_table_unref (parts->transitions);
  g_free (parts->counts);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Parts, parts_clear)

static char *
dup_name (JsonNode *transition)
{
  g_autofree char *from = json_dup_at (transition, "from"), *to = json_dup_at (transition, "to");

  return g_strdup_printf ("%s>%s", from, to);
}

/* Replaces what the message names and drops what it calls removed. Returns how many transitions that were. */
static guint
parts_apply (Parts *parts, JsonNode *graph)
{
  JsonArray *screens = json_node_get_array (json_at (graph, "screens")), *transitions = json_node_get_array (json_at (graph, "transitions"));
  JsonNode *gone_screens = json_at (graph, "removedScreens"), *gone = json_at (graph, "removedTransitions");
  g_autofree char *sessions = json_dup_at (graph, "sessionCount"), *events = json_dup_at (graph, "eventCount");

  for (guint i = 0; i < json_array_get_length (screens); i++)
    g_hash_table_replace (parts->screens, json_dup_at (json_array_get_element (screens, i), "id"),
                          json_to_string (json_array_get_element (screens, i), FALSE));
  for (guint i = 0; i < json_array_get_length (transitions); i++)
    g_hash_table_replace (parts->transitions, dup_name (json_array_get_element (transitions, i)),
                          json_to_string (json_array_get_element (transitions, i), FALSE));
  g_free (parts->counts);
  parts->counts = g_strdup_printf ("%s %s", sessions, events);
  if (gone == NULL)
    return 0;
  for (guint i = 0; i < json_array_get_length (json_node_get_array (gone_screens)); i++)
    g_assert_true (g_hash_table_remove (parts->screens, json_array_get_string_element (json_node_get_array (gone_screens), i)));
  for (guint i = 0; i < json_array_get_length (json_node_get_array (gone)); i++)
    {
      g_autofree char *name = dup_name (json_array_get_element (json_node_get_array (gone), i));

      g_assert_true (g_hash_table_remove (parts->transitions, name));
    }
  return json_array_get_length (json_node_get_array (gone));
}

static gboolean
same_table (GHashTable *a, GHashTable *b)
{
  GHashTableIter iter;
  const char *key, *value;

  g_hash_table_iter_init (&iter, a);
  while (g_hash_table_iter_next (&iter, (gpointer *) &key, (gpointer *) &value))
    if (g_strcmp0 (g_hash_table_lookup (b, key), value) != 0)
      return FALSE;
  return g_hash_table_size (a) == g_hash_table_size (b);
}

/* Whether all messages applied in their order give the graph that a fresh query gives. */
static gboolean
is_followed (const Ear *ear, const char *project, const char *arguments, guint *n_removed)
{
  g_autofree char *document = g_strdup_printf ("{project(id:\"%s\"){journeyGraph%s{sessionCount eventCount screens{" SCREEN "} "
                                               "transitions{" TRANSITION "}}}}", project, arguments);
  g_autoptr (JsonNode) cold = api_query (fixture, NULL, document, NULL);
  g_auto (Parts) told = { 0 }, fresh = { 0 };

  assert_no_errors (cold);
  parts_init (&told);
  parts_init (&fresh);
  *n_removed = 0;
  for (guint i = 0; i < ear->messages->len; i++)
    {
      g_autofree char *whole = NULL;

      assert_no_errors (ear->messages->pdata[i]);
      whole = json_dup_at (ear->messages->pdata[i], "data.journeyGraphChanged.isWhole");
      g_assert_cmpstr (whole, ==, i == 0 ? "true" : "false");
      *n_removed += parts_apply (&told, json_at (ear->messages->pdata[i], "data.journeyGraphChanged"));
    }
  parts_apply (&fresh, json_at (cold, "data.project.journeyGraph"));
  return same_table (told.screens, fresh.screens) && same_table (told.transitions, fresh.transitions) && g_str_equal (told.counts, fresh.counts);
}

#define CHANGES "isWhole sessionCount eventCount screens{" SCREEN "} transitions{" TRANSITION "} removedScreens removedTransitions{from to}"

/* Random views, late ones too, of which a filter takes some; every pause finds the graph that a fresh query gives. */
static void
test_graph_follows (void)
{
  static const char filter[] = "filter:{not:{pagePath:{is:\"/4\"}}}";
  g_autoptr (PdgProject) project = make_project ("proj_graph");
  g_autoptr (Ear) all = NULL, some = NULL;
  g_autofree char *arguments = g_strdup_printf ("(%s)", filter);
  gint64 base = g_get_real_time () - G_TIME_SPAN_HOUR;
  guint n_removed = 0, n_ids = 0;

  store_view (fixture->ingest, "proj_graph", "first", "s-0", "/0", base);
  all = listen_to ("journeyGraphChanged(projectId:\"proj_graph\"){" CHANGES "}");
  some = listen_to ("journeyGraphChanged(projectId:\"proj_graph\",%s){" CHANGES "}", filter);
  for (guint round = 0; round < 6; round++)
    {
      for (int i = 0; i < 5; i++)
        {
          g_autofree char *id = g_strdup_printf ("g-%u", n_ids++), *session = g_strdup_printf ("s-%d", g_test_rand_int_range (0, 3));
          g_autofree char *path = g_strdup_printf ("/%d", g_test_rand_int_range (0, 6));

          store_view (i % 2 == 0 ? fixture->ingest : other_ingest, "proj_graph", id, session, path,
                      base + g_test_rand_int_range (1, 3000) * G_TIME_SPAN_SECOND);
        }
      fixture_wait (is_followed (some, "proj_graph", arguments, &n_removed));
      fixture_wait (is_followed (all, "proj_graph", "", &n_removed));
    }
  /* not more than one run a second */
  for (guint i = 2; i < all->times->len; i++)
    g_assert_cmpint (g_array_index (all->times, gint64, i) - g_array_index (all->times, gint64, i - 1), >, 700 * G_TIME_SPAN_MILLISECOND);
}

/* A late view comes between two others: the transition between them is gone. */
static void
test_graph_removes (void)
{
  g_autoptr (PdgProject) project = make_project ("proj_late");
  g_autoptr (Ear) ear = listen_to ("journeyGraphChanged(projectId:\"proj_late\"){" CHANGES "}");
  gint64 base = g_get_real_time () - G_TIME_SPAN_MINUTE;
  guint n_removed = 0, n_messages;

  store_view (fixture->ingest, "proj_late", "a", "s", "/a", base);
  store_view (fixture->ingest, "proj_late", "c", "s", "/c", base + 10 * G_TIME_SPAN_SECOND);
  fixture_wait (is_followed (ear, "proj_late", "", &n_removed));
  g_assert_cmpuint (n_removed, ==, 0);
  n_messages = ear->messages->len;
  pdg_hub_publish (fixture->hub, project->project_no); /* nothing changed, so nothing is told */
  store_view (fixture->ingest, "proj_late", "b", "s", "/b", base + 5 * G_TIME_SPAN_SECOND);
  fixture_wait (is_followed (ear, "proj_late", "", &n_removed));
  g_assert_cmpuint (n_removed, ==, 1);
  g_assert_cmpuint (ear->messages->len, ==, n_messages + 1);
}

static void
test_refused (void)
{
  static const struct
  {
    const char *field, *code;
  } rows[] = {
    { "liveEvents(projectId:\"proj_demo\",first:0){skippedCount}", "BAD_USER_INPUT" },
    { "liveEvents(projectId:\"proj_demo\",first:101){skippedCount}", "BAD_USER_INPUT" },
    { "liveEvents(projectId:\"proj_b\"){skippedCount}", "NOT_FOUND" },
    { "liveCounts(projectId:\"nowhere\"){activeSessions}", "NOT_FOUND" },
    { "liveTraffic(projectId:\"proj_b\"){activeSessions}", "NOT_FOUND" },
    { "journeyGraphChanged(projectId:\"proj_demo\",range:{from:\"2026-01-02T00:00:00Z\",to:\"2026-01-01T00:00:00Z\"}){asOf}", "BAD_USER_INPUT" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (Ear) ear = listen_to ("%s", rows[i].field);

      assert_error_code (last_message (ear), rows[i].code);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  subscription_fixture_init ();
  g_test_add_func ("/api/subscriptions/live-events/union", test_live_events_union);
  g_test_add_func ("/api/subscriptions/live-events/slow-commit", test_live_events_slow_commit);
  g_test_add_func ("/api/subscriptions/live-events/skipped", test_live_events_skipped);
  g_test_add_func ("/api/subscriptions/live-events/filter", test_live_events_filter);
  g_test_add_func ("/api/subscriptions/live-counts/equal-a-fresh-count", test_live_counts);
  g_test_add_func ("/api/subscriptions/live-counts/fall", test_live_counts_fall);
  g_test_add_func ("/api/subscriptions/graph/follows", test_graph_follows);
  g_test_add_func ("/api/subscriptions/graph/removes", test_graph_removes);
  g_test_add_func ("/api/subscriptions/refused", test_refused);
  return subscription_fixture_run ();
}
