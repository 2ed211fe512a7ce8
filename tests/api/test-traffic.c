#include "config.h"

#include "api/subscription-fixture.h"
#include "base/pdg-time.h"

#include <stdlib.h>
#include <string.h>

/* What liveTraffic tells: every event once, and who is where as the events say it. */

#define TRAFFIC "liveTraffic(projectId:\"%s\"){asOf isWhole eventCount skippedCount activeSessions activeActors steps{from to count elapsedMs} " \
                "pulses{screenId count} screens{screenId activeSessions activeActors}}"

/* From the events alone: the screen of a session is that of its newest page view. */
#define RECOUNT                                                                                                          \
  "WITH active AS (SELECT DISTINCT e.project_id, e.session_no FROM event e JOIN project p USING (project_id) WHERE p.id = $1 "     \
  "AND e.ts > $2::timestamptz - interval '5 minutes' AND e.ts <= $2::timestamptz + interval '1 minute'), "                         \
  "here AS (SELECT a.session_no, s.actor_no, (SELECT t.screen_no FROM event v JOIN term t USING (project_id, term_no) "            \
  "WHERE v.project_id = a.project_id AND v.session_no = a.session_no AND (v.flags & 4) <> 0 ORDER BY v.ts DESC, "                  \
  "coalesce(v.seq, -2147483648) DESC, v.event_key DESC LIMIT 1) AS screen_no FROM active a JOIN session s USING (project_id, session_no)) " \
  "SELECT coalesce(string_agg(c.line, ';' ORDER BY c.screen_no), '') FROM (SELECT screen_no, format('%s:%s,%s', screen_no, "    \
  "count(*), count(DISTINCT actor_no)) AS line FROM here WHERE screen_no IS NOT NULL GROUP BY screen_no) c"

static char *
dup_recount (const char *project, const char *as_of)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgDbTx) tx = pdg_db_tx_begin_maintenance (owner, &error);
  g_autoptr (PdgDbResult) result = NULL;
  gint64 as_of_usec = 0;

  g_assert_true (pdg_time_parse_rfc3339 (as_of, strlen (as_of), &as_of_usec));
  pdg_db_params_add_text (params, project, -1);
  pdg_db_params_add_timestamptz (params, as_of_usec);
  result = pdg_db_tx_query (tx, RECOUNT, params, &error);
  g_assert_no_error (error);
  return g_strdup (pdg_db_result_get_text (result, 0, 0));
}

static guint
get_count (JsonNode *node, const char *member)
{
  g_autofree char *text = json_dup_at (node, member);

  return (guint) atoi (text);
}

static guint
sum_counts (JsonNode *message, const char *list)
{
  JsonArray *items = json_node_get_array (json_at (message, list));
  guint sum = 0;

  for (guint i = 0; i < json_array_get_length (items); i++)
    sum += get_count (json_array_get_element (items, i), "count");
  return sum;
}

static int
compare_numbers (gconstpointer a, gconstpointer b)
{
  return GPOINTER_TO_INT (a) - GPOINTER_TO_INT (b);
}

/* What all messages together say, as the recount says it; @n_events: all that were told, each in one of the lists. */
static char *
dup_counters (const Ear *ear, guint *n_events)
{
  g_autoptr (GHashTable) lines = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GList) numbers = NULL;

  *n_events = 0;
  for (guint i = 0; i < ear->messages->len; i++)
    {
      JsonNode *message = json_at (ear->messages->pdata[i], "data.liveTraffic");
      JsonArray *screens = json_node_get_array (json_at (message, "screens"));

      assert_no_errors (ear->messages->pdata[i]);
      g_assert_cmpuint (get_count (message, "eventCount"), ==,
                        sum_counts (message, "steps") + sum_counts (message, "pulses") + get_count (message, "skippedCount"));
      *n_events += get_count (message, "eventCount");
      for (guint k = 0; k < json_array_get_length (screens); k++)
        {
          JsonNode *screen = json_array_get_element (screens, k);
          gpointer number = GUINT_TO_POINTER (get_count (screen, "screenId"));
          guint n = get_count (screen, "activeSessions");

          if (n == 0)
            g_hash_table_remove (lines, number);
          else
            g_hash_table_replace (lines, number, g_strdup_printf ("%u:%u,%u", GPOINTER_TO_UINT (number), n, get_count (screen, "activeActors")));
        }
    }
  numbers = g_list_sort (g_hash_table_get_keys (lines), compare_numbers);
  for (GList *link = numbers; link != NULL; link = link->next)
    g_string_append_printf (text, "%s%s", text->len > 0 ? ";" : "", (const char *) g_hash_table_lookup (lines, link->data));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static gboolean
is_traffic_told (const Ear *ear, const char *project, guint n_stored)
{
  g_autofree char *as_of = json_dup_at (last_message (ear), "data.liveTraffic.asOf");
  guint n_told = 0;
  g_autofree char *told = dup_counters (ear, &n_told), *cold = NULL;

  g_assert_cmpuint (n_told, <=, n_stored);
  if (n_told < n_stored)
    return FALSE;
  cold = dup_recount (project, as_of);
  g_assert_cmpstr (told, ==, cold);
  return TRUE;
}

/* Random events of few sessions, out of order and late too, by two collectors: each is told once, and at every pause the counters are
 * those that the events give. */
static void
test_live_traffic (void)
{
  g_autoptr (PdgProject) project = make_project ("proj_traffic");
  g_autoptr (Ear) ear = listen_to (TRAFFIC, "proj_traffic");
  guint n_stored = 0;
  gint64 n_gaps, took_usec;

  for (guint round = 0; round < 8; round++)
    {
      for (guint i = 0; i < 10; i++)
        {
          g_autofree char *id = g_strdup_printf ("t-%u", n_stored++), *session = g_strdup_printf ("s-%d", g_test_rand_int_range (0, 6));
          g_autofree char *path = g_strdup_printf ("/%d", g_test_rand_int_range (0, 5));
          gint64 age = g_test_rand_int_range (0, 4) == 0 ? g_test_rand_int_range (0, 240) * G_TIME_SPAN_SECOND : 0;

          store_view (i % 2 == 0 ? fixture->ingest : other_ingest, "proj_traffic", id, session, path, g_get_real_time () - age);
        }
      fixture_wait (is_traffic_told (ear, "proj_traffic", n_stored));
    }
  /* Not gap by gap: a message that comes late is near the next one. */
  n_gaps = ear->times->len - 2;
  took_usec = g_array_index (ear->times, gint64, ear->times->len - 1) - g_array_index (ear->times, gint64, 1);
  g_assert_cmpint (n_gaps, >, 2);
  g_assert_cmpint (took_usec, >, (n_gaps - 1) * 200 * G_TIME_SPAN_MILLISECOND);
}

/* From one screen to the next, and what is no step; who falls silent leaves without a commit. */
static void
test_live_traffic_steps (void)
{
  g_autoptr (PdgProject) project = make_project ("proj_steps");
  g_autoptr (Ear) ear = listen_to (TRAFFIC, "proj_steps");
  gint64 base = g_get_real_time () - 5 * G_TIME_SPAN_MINUTE + 5 * G_TIME_SPAN_SECOND;
  g_autofree char *from = NULL, *to = NULL, *elapsed = NULL, *whole = NULL, *left = NULL;

  store_view (fixture->ingest, "proj_steps", "a", "s", "/a", base);
  fixture_wait (is_traffic_told (ear, "proj_steps", 1));
  g_assert_cmpuint (sum_counts (json_at (last_message (ear), "data.liveTraffic"), "pulses"), ==, 1);
  store_view (fixture->ingest, "proj_steps", "b", "s", "/b", base + 1500 * G_TIME_SPAN_MILLISECOND);
  fixture_wait (is_traffic_told (ear, "proj_steps", 2));
  from = json_dup_at (last_message (ear), "data.liveTraffic.steps.0.from");
  to = json_dup_at (last_message (ear), "data.liveTraffic.steps.0.to");
  elapsed = json_dup_at (last_message (ear), "data.liveTraffic.steps.0.elapsedMs");
  whole = json_dup_at (last_message (ear), "data.liveTraffic.isWhole");
  g_assert_cmpstr (from, ==, "1");
  g_assert_cmpstr (to, ==, "2");
  g_assert_cmpfloat (g_ascii_strtod (elapsed, NULL), ==, 1500);
  g_assert_cmpstr (whole, ==, "false");
  fixture_wait (get_count (last_message (ear), "data.liveTraffic.activeSessions") == 0);
  left = json_dup_at (last_message (ear), "data.liveTraffic.screens.0.activeSessions");
  g_assert_cmpstr (left, ==, "0");
  g_assert_true (is_traffic_told (ear, "proj_steps", 2));
}

/* More than a message takes: the newest are told, the others are counted, and the counters are right all the same. */
static void
test_live_traffic_many (void)
{
  g_autoptr (PdgProject) project = make_project ("proj_many");
  g_autoptr (Ear) ear = listen_to (TRAFFIC, "proj_many");
  guint n_skipped = 0;

  for (guint i = 0; i < 12; i++)
    {
      GString *body = body_new ();
      g_autofree char *text = NULL;
      g_auto (Verdict) verdict = { 0 };

      for (guint k = 0; k < 500; k++)
        {
          g_autofree char *id = g_strdup_printf ("m-%u-%u", i, k), *session = g_strdup_printf ("s-%u-%u", i, k / 4);

          body_add (body, "proj_many", id, session, "page.view", g_get_real_time () + k, ",\"page.path\":\"/%u\"", k % 7);
        }
      text = body_finish (body);
      fixture_store (other_ingest, fixture->a->admin, text, &verdict);
      assert_stored (verdict, 500, 0, 0);
    }
  fixture_wait (is_traffic_told (ear, "proj_many", 6000));
  for (guint i = 0; i < ear->messages->len; i++)
    n_skipped += get_count (ear->messages->pdata[i], "data.liveTraffic.skippedCount");
  g_test_message ("%u of 6,000 were skipped", n_skipped);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  subscription_fixture_init ();
  g_test_add_func ("/api/traffic/equals-a-fresh-count", test_live_traffic);
  g_test_add_func ("/api/traffic/steps", test_live_traffic_steps);
  g_test_add_func ("/api/traffic/many", test_live_traffic_many);
  return subscription_fixture_run ();
}
