#include "config.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "app/pdg-first-event.h"
#include "app/pdg-flows.h"
#include "app/pdg-format.h"
#include "app/pdg-settings.h"
#include "app/pdg-time-range.h"
#include "base/pdg-time.h"

#define NOW G_GINT64_CONSTANT (1795345400000000) /* 2026-11-22T11:03:20Z */

static void
test_count (void)
{
  static const struct
  {
    guint64 count;
    const char *exact;
    const char *brief;
  } rows[] = {
    { 0, "0", "0" },
    { 999, "999", "999" },
    { 1000, "1,000", "1,000" },
    { 9999, "9,999", "9,999" },
    { 10000, "10,000", "10.0 k" },
    { 12034, "12,034", "12.0 k" },
    { 99949, "99,949", "99.9 k" },
    { 99951, "99,951", "100 k" },
    { 999499, "999,499", "999 k" },
    { 999500, "999,500", "1.0 M" },
    { 12345678, "12,345,678", "12.3 M" },
    { G_GUINT64_CONSTANT (7100000000), "7,100,000,000", "7.1 bn" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *exact = pdg_format_count (rows[i].count);
      g_autofree char *brief = pdg_format_short_count (rows[i].count);

      g_assert_cmpstr (exact, ==, rows[i].exact);
      g_assert_cmpstr (brief, ==, rows[i].brief);
    }
}

static void
test_share (void)
{
  static const struct
  {
    guint64 count;
    guint64 base;
    const char *text;
  } rows[] = {
    { 0, 0, "–" },
    { 0, 10, "0 %" },
    { 10, 10, "100 %" },
    { 24, 100, "24 %" },
    { 88, 1000, "8.8 %" },
    { 1, 3, "33 %" },
    { 1, 100000, "< 0.1 %" },
    { 1, 1000, "0.1 %" },
    { 99999, 100000, "> 99.9 %" },
    { 995, 1000, "99.5 %" },
    { 996, 10000, "10 %" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = pdg_format_share (rows[i].count, rows[i].base);

      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

static void
test_duration (void)
{
  static const struct
  {
    double ms;
    const char *text;
  } rows[] = {
    { -1, "–" },
    { NAN, "–" },
    { INFINITY, "–" },
    { 0, "0 ms" },
    { 840.4, "840 ms" },
    { 999.6, "1.00 s" },
    { 1240, "1.24 s" },
    { 9999, "10 s" },
    { 48000, "48 s" },
    { 59600, "1 min 00 s" },
    { 125000, "2 min 05 s" },
    { 3599600, "1 h 00 min" },
    { 12000000, "3 h 20 min" },
    { 5e8, "5 days" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = pdg_format_duration_ms (rows[i].ms);

      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

static void
test_age (void)
{
  static const struct
  {
    gint64 seconds;
    const char *text;
  } rows[] = {
    { -5, "just now" },
    { 59, "just now" },
    { 60, "1 min ago" },
    { 3599, "59 min ago" },
    { 3600, "1 h ago" },
    { 86399, "23 h ago" },
    { 2 * 86400, "Fri 11:03" },
    { 30 * 86400, "23 Oct 2026" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = pdg_format_age (NOW - rows[i].seconds * PDG_USEC_PER_SEC, NOW);

      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

static void
test_range (void)
{
  gint64 start_usec = 7;

  g_assert_false (pdg_time_range_get_start (PDG_TIME_RANGE_ALL, NOW, &start_usec));
  g_assert_cmpint (start_usec, ==, 7);
  g_assert_true (pdg_time_range_get_start (PDG_TIME_RANGE_DAY, NOW + 12345678, &start_usec));
  g_assert_cmpint (start_usec, ==, NOW - PDG_USEC_PER_DAY - 20 * PDG_USEC_PER_SEC);
  for (guint i = 0; i < PDG_N_TIME_RANGES; i++)
    g_assert_cmpint (pdg_time_range_from_nick (pdg_time_range_get_nick (i)), ==, i);
  g_assert_cmpint (pdg_time_range_from_nick (NULL), ==, PDG_TIME_RANGE_WEEK);
  g_assert_cmpint (pdg_time_range_from_nick ("fortnight"), ==, PDG_TIME_RANGE_WEEK);
}

/* ---- what the inspector computes ---- */

static void
add_screen (PdgJourneyGraph *graph, const char *id, guint32 visits, guint32 entries, guint32 exits)
{
  const PdgJourneyScreen screen = {
    .id = (char *) id,
    .path = (char *) id,
    .name = (char *) id,
    .visits = visits,
    .entries = entries,
    .exits = exits,
    .errors = 2,
  };

  pdg_journey_graph_add_screen (graph, &screen);
}

static PdgJourneyGraph *
make_graph (void)
{
  PdgJourneyGraph *graph = pdg_journey_graph_new ();
  static const PdgJourneyTransition transitions[] = { { 0, 1, 60, 100 }, { 0, 0, 20, 50 }, { 1, 0, 10, 10 }, { 1, 2, 30, 5 } };

  add_screen (graph, "home", 110, 80, 30);
  add_screen (graph, "cart", 60, 0, 20);
  add_screen (graph, "done", 30, 0, 30);
  for (guint i = 0; i < G_N_ELEMENTS (transitions); i++)
    pdg_journey_graph_add_transition (graph, &transitions[i]);
  g_assert_true (pdg_journey_graph_is_conserved (graph, NULL));
  return graph;
}

static void
test_flows (void)
{
  g_autoptr (PdgJourneyGraph) graph = make_graph ();
  PdgFlow flows[PDG_FLOW_LIST_MAX];
  PdgFlowTotals totals = pdg_flows_sum (graph);

  g_assert_cmpuint (totals.visits, ==, 200);
  g_assert_cmpuint (totals.entries, ==, 80);
  g_assert_cmpuint (totals.exits, ==, 80);
  g_assert_cmpuint (totals.errors, ==, 6);
  g_assert_cmpuint (pdg_flows_list_around (graph, 0, TRUE, flows), ==, 2);
  g_assert_cmpstr (flows[0].screen_id, ==, "cart");
  g_assert_cmpuint (flows[0].count, ==, 60);
  g_assert_cmpuint (flows[0].base, ==, 110);
  g_assert_cmpstr (flows[1].screen_id, ==, "home");
  g_assert_cmpuint (pdg_flows_list_around (graph, 0, FALSE, flows), ==, 2);
  g_assert_cmpstr (flows[1].screen_id, ==, "cart");
  g_assert_cmpuint (pdg_flows_list_around (graph, 2, TRUE, flows), ==, 0);
  g_assert_cmpuint (pdg_flows_list_ends (graph, TRUE, flows), ==, 1);
  g_assert_cmpuint (pdg_flows_list_ends (graph, FALSE, flows), ==, 3);
  g_assert_cmpstr (flows[0].screen_id, ==, "home"); /* of equal ones the first stays first */
  g_assert_cmpstr (flows[2].screen_id, ==, "cart");
  g_assert_cmpuint (pdg_flows_lookup (graph, "home", "cart")->count, ==, 60);
  g_assert_null (pdg_flows_lookup (graph, "done", "cart"));
  g_assert_null (pdg_flows_lookup (graph, "done", "nowhere"));
  g_assert_true (pdg_flows_exits_stand_out (graph, 2));
  g_assert_false (pdg_flows_exits_stand_out (graph, 0));
}

/* More ways than rows: the busiest stay, in order. */
static void
test_flows_many (void)
{
  g_autoptr (PdgJourneyGraph) graph = pdg_journey_graph_new ();
  static const guint32 counts[] = { 3, 9, 1, 7, 5, 8, 2, 6 };
  PdgFlow flows[PDG_FLOW_LIST_MAX];

  add_screen (graph, "hub", 41, 41, 0);
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      g_autofree char *id = g_strdup_printf ("leaf%u", counts[i]);

      add_screen (graph, id, counts[i], 0, counts[i]);
      pdg_journey_graph_add_transition (graph, &(PdgJourneyTransition){ 0, i + 1, counts[i], 0 });
    }
  g_assert_cmpuint (pdg_flows_list_around (graph, 0, TRUE, flows), ==, PDG_FLOW_LIST_MAX);
  for (guint i = 0; i < PDG_FLOW_LIST_MAX; i++)
    g_assert_cmpuint (flows[i].count, ==, 9 - i);
}

/* ---- settings ---- */

static void
test_settings (void)
{
  g_autofree char *folder = g_dir_make_tmp ("pdg-settings-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "deep", "er", "app.ini", NULL);
  g_autoptr (PdgSettings) first = pdg_settings_load (path);
  g_autoptr (PdgSettings) second = NULL;
  g_autoptr (PdgSettings) third = NULL;
  GError *error = NULL;

  g_assert_cmpint (first->range, ==, PDG_TIME_RANGE_WEEK);
  g_assert_cmpint (first->appearance, ==, PDG_APPEARANCE_SYSTEM);
  g_assert_true (first->rail_visible);
  g_assert_null (first->project_id);
  g_assert_cmpint (first->width, ==, 1440);

  first->width = 1111;
  first->height = 777;
  first->maximized = TRUE;
  first->rail_visible = FALSE;
  first->project_id = g_strdup ("proj_x");
  first->range = PDG_TIME_RANGE_QUARTER;
  first->appearance = PDG_APPEARANCE_DARK;
  g_assert_true (pdg_settings_save (first, path, &error));
  g_assert_no_error (error);
  second = pdg_settings_load (path);
  g_assert_cmpint (second->width, ==, 1111);
  g_assert_cmpint (second->height, ==, 777);
  g_assert_true (second->maximized);
  g_assert_false (second->rail_visible);
  g_assert_cmpstr (second->project_id, ==, "proj_x");
  g_assert_cmpint (second->range, ==, PDG_TIME_RANGE_QUARTER);
  g_assert_cmpint (second->appearance, ==, PDG_APPEARANCE_DARK);

  g_assert_true (g_file_set_contents (path, "[window]\nwidth=-4\nheight=99999999\nrange=never\nappearance=pink\nrail=maybe\n", -1, NULL));
  third = pdg_settings_load (path);
  g_assert_cmpint (third->width, ==, 1440);
  g_assert_cmpint (third->height, ==, 900);
  g_assert_cmpint (third->range, ==, PDG_TIME_RANGE_WEEK);
  g_assert_cmpint (third->appearance, ==, PDG_APPEARANCE_SYSTEM);
}

/* The command of the empty state is the seed's, for this project and of now; its body is what the collector takes. */
static void
test_command (void)
{
  g_autofree char *command = pdg_first_event_new_command ("http://localhost:9/v1/events", "proj_x", NOW + 123456);

  const char *body = strstr (command, "-d '");
  g_autofree char *json = body != NULL ? g_strndup (body + 4, strlen (body + 4) - 1) : NULL;
  g_autoptr (JsonNode) node = json != NULL ? json_from_string (json, NULL) : NULL;

  g_assert_nonnull (node);
  g_assert_true (g_str_has_prefix (command, "curl -X POST http://localhost:9/v1/events \\\n"));
  g_assert_nonnull (strstr (command, "\"project_id\": \"proj_x\""));
  g_assert_nonnull (strstr (command, "\"event.timestamp\": \"2026-11-22T11:03:20Z\""));
}

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "UTC", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/format/count", test_count);
  g_test_add_func ("/app/format/share", test_share);
  g_test_add_func ("/app/format/duration", test_duration);
  g_test_add_func ("/app/format/age", test_age);
  g_test_add_func ("/app/time-range/start-and-nick", test_range);
  g_test_add_func ("/app/flows/around-and-ends", test_flows);
  g_test_add_func ("/app/flows/keeps-the-busiest", test_flows_many);
  g_test_add_func ("/app/settings/round-trip-and-nonsense", test_settings);
  g_test_add_func ("/app/empty/command", test_command);
  return g_test_run ();
}
