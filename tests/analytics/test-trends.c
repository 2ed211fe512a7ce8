#include "config.h"
#include "analytics/pdg-activity.h"
#include "analytics/pdg-flow.h"
#include "analytics/pdg-funnel.h"
#include "analytics/pdg-sessions.h"
#include "analytics/pdg-tally.h"

#define DAY 20780
#define BASE_MS ((gint64) DAY * PDG_MS_PER_DAY)
#define MINUTE G_GINT64_CONSTANT (60000)

/* A part a day; @rows ascend by time. */
static PdgScan *
make_scan (const PdgPartRow *rows, gsize n)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func ((GDestroyNotify) pdg_part_unref);
  PdgScan *scan;

  for (gsize from = 0, to = 0; from < n; from = to)
    {
      PdgPartId id = { 1, 2, (gint32) (rows[from].ts_ms / PDG_MS_PER_DAY) };
      g_autoptr (GBytes) bytes = NULL;

      while (to < n && rows[to].ts_ms / PDG_MS_PER_DAY == id.day)
        to++;
      bytes = pdg_part_pack (id, rows + from, to - from);
      g_ptr_array_add (parts, pdg_part_open (bytes, id, NULL));
    }
  scan = pdg_scan_new ((PdgPart *const *) parts->pdata, parts->len, NULL);
  g_assert_nonnull (scan);
  return scan;
}

static const guint active_days[] = { 1, 2, 4, 5, 8 };

static PdgScan *
make_active (void)
{
  PdgPartRow rows[G_N_ELEMENTS (active_days)];

  for (gsize i = 0; i < G_N_ELEMENTS (active_days); i++)
    rows[i] = (PdgPartRow) { BASE_MS + active_days[i] * (gint64) PDG_MS_PER_DAY + 5, 1, 1, 0 };
  return make_scan (rows, G_N_ELEMENTS (rows));
}

/* The vector of semantics.md section 3. */
static void
test_lifecycle (void)
{
  static const int expected[10] = { -1, PDG_LIFECYCLE_NEW, PDG_LIFECYCLE_RETURNING, PDG_LIFECYCLE_DORMANT, PDG_LIFECYCLE_RESURRECTING,
                                    PDG_LIFECYCLE_RETURNING, PDG_LIFECYCLE_DORMANT, -1, PDG_LIFECYCLE_RESURRECTING, PDG_LIFECYCLE_DORMANT };
  g_autoptr (PdgScan) scan = make_active ();
  gint64 edges[11];
  guint64 counts[10][PDG_LIFECYCLE_N] = { 0 };
  PdgActivityOptions options = { .edges = edges, .n_buckets = 10 };

  for (guint i = 0; i < 11; i++)
    edges[i] = BASE_MS + i * (gint64) PDG_MS_PER_DAY;
  pdg_lifecycle_run (scan, &options, 0, G_MAXUINT64, counts);
  for (guint b = 0; b < 10; b++)
    for (int what = 0; what < PDG_LIFECYCLE_N; what++)
      g_assert_cmpuint (counts[b][what], ==, what == expected[b]);
}

static void
test_stickiness (void)
{
  g_autoptr (PdgScan) scan = make_active ();
  gint64 edges[11];
  guint64 counts[10] = { 0 };
  PdgActivityOptions options = { .edges = edges, .n_buckets = 10 };

  for (guint i = 0; i < 11; i++)
    edges[i] = BASE_MS + i * (gint64) PDG_MS_PER_DAY;
  pdg_stickiness_run (scan, &options, 0, G_MAXUINT64, counts);
  for (guint k = 0; k < 10; k++)
    g_assert_cmpuint (counts[k], ==, k == 4);
  pdg_stickiness_cumulate (counts, 10);
  for (guint k = 0; k < 10; k++)
    g_assert_cmpuint (counts[k], ==, k <= 4);
}

/* The vector of semantics.md section 7: 13:00, 13:10, 13:50, 14:10, 14:25 are two sessions of 10 and 35 minutes. */
static void
test_sessions (void)
{
  static const guint minutes[] = { 780, 790, 830, 850, 865 };
  gint64 edges[] = { BASE_MS, BASE_MS + PDG_MS_PER_DAY };
  PdgPartRow rows[G_N_ELEMENTS (minutes)];
  PdgFilter *every[] = { NULL, NULL };
  g_autoptr (PdgMasks) masks = pdg_masks_new (every, 2, 1, NULL);
  PdgSessionsOptions options = { .masks = masks, .edges = edges, .n_buckets = 1, .gap_ms = 30 * MINUTE };
  g_autoptr (PdgScan) scan = NULL;
  g_autoptr (PdgSessionsResult) result = NULL;
  g_autoptr (GPtrArray) list = NULL;
  const PdgSessionsCell *cell;

  for (gsize i = 0; i < G_N_ELEMENTS (minutes); i++)
    rows[i] = (PdgPartRow) { BASE_MS + minutes[i] * MINUTE, 1, 1, 0 };
  scan = make_scan (rows, G_N_ELEMENTS (rows));
  result = pdg_sessions_run (scan, &options, 0, G_MAXUINT64);
  list = pdg_sessions_result_list_rows (result);
  g_assert_cmpuint (list->len, ==, 1);
  cell = &((PdgSessionsRow *) list->pdata[0])->cells[0];
  g_assert_cmpuint (cell->sessions, ==, 2);
  g_assert_cmpuint (cell->bounces, ==, 0);
  g_assert_cmpint (pdg_tally_get_stats (cell->durations).min, ==, 10 * MINUTE);
  g_assert_cmpint (pdg_tally_get_stats (cell->durations).max, ==, 35 * MINUTE);
}

/* For every screen visits = in + entries = out + exits, also of those that are folded. */
static void
test_conserved (void)
{
  enum { N_SCREENS = 6, N_ROWS = 3000 };
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  g_autofree PdgPartRow *rows = g_new (PdgPartRow, N_ROWS);
  guint32 screens[] = { 1, 2, 3, 4, 5, 6 };
  guint8 keep[N_SCREENS + 1] = { 1, 1, 0, 1, 0, 0, 1 };
  PdgFilter *every = NULL;
  g_autoptr (PdgMasks) masks = pdg_masks_new (&every, 1, N_SCREENS, NULL);
  PdgFlowOptions options = { .masks = masks, .key_screens = screens, .n_keys = N_SCREENS, .n_screens = N_SCREENS, .from_ms = BASE_MS,
                             .to_ms = BASE_MS + PDG_MS_PER_DAY };
  PdgFlowScreen folded[N_SCREENS + 1];
  g_autoptr (PdgScan) scan = NULL;
  g_autoptr (PdgFlowResult) result = NULL;

  for (guint i = 0; i < N_ROWS; i++)
    rows[i] = (PdgPartRow) { BASE_MS + i * MINUTE / 4, g_rand_int_range (rand, 0, 50), g_rand_int_range (rand, 0, 200), g_rand_int_range (rand, 0, N_SCREENS) };
  scan = make_scan (rows, N_ROWS);
  result = pdg_flow_run (scan, &options, 0, G_MAXUINT64);
  for (guint round = 0; round < 2; round++)
    {
      g_autoptr (GArray) edges = round == 0 ? pdg_flow_result_list_edges (result, 0) : pdg_flow_result_fold (result, keep, folded);
      const PdgFlowScreen *of = round == 0 ? pdg_flow_result_get_screens (result) : folded;
      guint64 in[N_SCREENS + 1] = { 0 }, out[N_SCREENS + 1] = { 0 };

      for (guint i = 0; i < edges->len; i++)
        {
          const PdgFlowEdge *edge = &g_array_index (edges, PdgFlowEdge, i);

          out[edge->from] += edge->count;
          in[edge->to] += edge->count;
        }
      for (guint i = 0; i <= N_SCREENS; i++)
        {
          g_assert_cmpuint (of[i].visits, ==, in[i] + of[i].entries);
          g_assert_cmpuint (of[i].visits, ==, out[i] + of[i].exits);
        }
    }
}

/* B 1.5 s before A: 1 without grace, 2 with one of 2 s; and the grace is not more than it says. */
static void
test_grace (void)
{
  static const guint32 masks[] = { PDG_FUNNEL_STEP (0), PDG_FUNNEL_STEP (1) };
  static const guint32 depth_of[][2] = { { 0, 1 }, { 1499, 1 }, { 1500, 2 }, { 2000, 2 } };
  PdgPartRow rows[] = { { BASE_MS, 1, 1, 1 }, { BASE_MS + 1500, 1, 1, 0 } };
  PdgFunnelOptions options = { .key_masks = masks, .n_keys = 2, .n_steps = 2, .window_ms = MINUTE, .from_ms = BASE_MS, .to_ms = BASE_MS + MINUTE,
                               .now_ms = BASE_MS + MINUTE };
  g_autoptr (PdgScan) scan = make_scan (rows, 2);

  options.steps[0].window_ms = options.steps[1].window_ms = PDG_FUNNEL_NO_WINDOW;
  for (gsize i = 0; i < G_N_ELEMENTS (depth_of); i++)
    {
      g_autoptr (PdgFunnelResult) result = NULL;
      g_autoptr (GArray) list = NULL;

      options.grace_ms = depth_of[i][0];
      g_assert_true (pdg_funnel_check (&options, NULL));
      result = pdg_funnel_run (scan, &options, 0, G_MAXUINT64);
      list = pdg_funnel_result_list_rows (result, 0);
      g_assert_cmpuint (g_array_index (list, PdgFunnelRow, 0).counts[1], ==, depth_of[i][1] == 2);
    }
}

/* More questions about sessions and actors than there is room for are refused, joined ones are one; and so are depths. */
static void
test_filter_limits (void)
{
  static const guint32 values[] = { 0, 1, 2 };
  static const double numbers[] = { 0, 1, 2 };
  PdgFilterColumn of_actor = { { PDG_PROPERTY_OF_ACTOR, 3, values }, PDG_TEST_NUMBER, 3, NULL, numbers };
  PdgFilterColumn of_key = { { PDG_PROPERTY_OF_KEY, 3, values }, PDG_TEST_NUMBER, 3, NULL, numbers };
  PdgFilter *tests[9], *mixed[9], *joined;
  PdgFilter *deep = pdg_filter_new_test (&of_key, PDG_TEST_IS_SET, NULL, NULL, 0, NULL);
  g_autoptr (PdgMasks) masks = NULL, few = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (pdg_filter_new_test (&of_key, PDG_TEST_CONTAINS, NULL, numbers, 1, NULL));
  g_assert_null (pdg_filter_new_test (&of_key, PDG_TEST_IS, NULL, NULL, 0, NULL));
  for (guint i = 0; i < 9; i++)
    {
      PdgFilter *pair[] = { NULL, deep };

      tests[i] = pair[0] = pdg_filter_new_test (&of_actor, PDG_TEST_IS, NULL, &numbers[1], 1, NULL);
      mixed[i] = pdg_filter_new_any (pair, 2, NULL);
    }
  masks = pdg_masks_new (mixed, 9, 3, &error);
  g_assert_null (masks);
  g_assert_nonnull (error);
  joined = pdg_filter_new_all (tests, 9, NULL);
  few = pdg_masks_new (&joined, 1, 3, NULL);
  g_assert_nonnull (few);
  g_assert_true (pdg_filter_test (joined, 1, 0, 0));
  g_assert_false (pdg_filter_test (joined, 2, 0, 0));
  for (guint i = 1; i < PDG_TEST_MAX_DEPTH; i++)
    {
      PdgFilter *above = pdg_filter_new_not (deep, NULL);

      g_assert_nonnull (above);
      pdg_filter_unref (deep);
      deep = above;
    }
  g_assert_null (pdg_filter_new_not (deep, NULL));
  pdg_filter_unref (deep);
  pdg_filter_unref (joined);
  for (guint i = 0; i < 9; i++)
    {
      pdg_filter_unref (tests[i]);
      pdg_filter_unref (mixed[i]);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/analytics/lifecycle/golden", test_lifecycle);
  g_test_add_func ("/analytics/stickiness/golden", test_stickiness);
  g_test_add_func ("/analytics/sessions/golden", test_sessions);
  g_test_add_func ("/analytics/flow/conserved", test_conserved);
  g_test_add_func ("/analytics/funnel/grace", test_grace);
  g_test_add_func ("/analytics/filter/limits", test_filter_limits);
  return g_test_run ();
}
