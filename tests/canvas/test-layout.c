#include "canvas/pdg-layout-private.h"
#include "canvas/pdg-layout.h"
#include "graph-fixture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define N_MANY 5000
#define N_COST_ROUNDS 5
#define WHOLE_MS 150.0
#define INSERT_MS 2.0

static const guint sizes[] = { 2, 6, 14, 60, 200, 1000 };

static void
assert_no_overlap (const PdgLayout *layout)
{
  guint n;
  const PdgLayoutPosition *all = pdg_layout_get_positions (layout, &n);

  for (guint i = 0; i < n; i++)
    for (guint j = i + 1; j < n; j++)
      if (fabs (all[i].x - all[j].x) < PDG_CARD_WIDTH && fabs (all[i].y - all[j].y) < PDG_CARD_HEIGHT)
        g_error ("%s at %g, %g lies over %s at %g, %g", all[i].screen_id, all[i].x, all[i].y, all[j].screen_id, all[j].x,
                 all[j].y);
}

static void
assert_same (const PdgLayout *a, const PdgLayout *b)
{
  guint n_a, n_b;
  const PdgLayoutPosition *one = pdg_layout_get_positions (a, &n_a);
  const PdgLayoutPosition *two = pdg_layout_get_positions (b, &n_b);

  g_assert_cmpuint (n_a, ==, n_b);
  for (guint i = 0; i < n_a; i++)
    {
      g_assert_cmpstr (one[i].screen_id, ==, two[i].screen_id);
      g_assert_cmpfloat (one[i].x, ==, two[i].x);
      g_assert_cmpfloat (one[i].y, ==, two[i].y);
      g_assert_cmpuint (one[i].rank, ==, two[i].rank);
      g_assert_cmpuint (one[i].order, ==, two[i].order);
      g_assert_true (one[i].pinned == two[i].pinned);
    }
}

static void
test_no_overlap (void)
{
  g_autoptr (PdgJourneyGraph) scattered = graph_fixture_new_scattered ();
  g_autoptr (PdgLayout) packed = pdg_layout_new (scattered, NULL);

  assert_no_overlap (packed);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (guint32 seed = 1; seed <= (sizes[i] > 200 ? 1 : 4); seed++)
      {
        g_autoptr (PdgJourneyGraph) graph = graph_fixture_new (sizes[i], seed, FALSE);
        g_autoptr (PdgLayout) layout = pdg_layout_new (graph, NULL);
        guint n;

        pdg_layout_get_positions (layout, &n);
        g_assert_cmpuint (n, ==, sizes[i]);
        assert_no_overlap (layout);
      }
}

static void
test_deterministic (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (PdgJourneyGraph) one = graph_fixture_new (sizes[i], 3, FALSE);
      g_autoptr (PdgJourneyGraph) two = graph_fixture_new (sizes[i], 3, FALSE);
      g_autoptr (PdgLayout) a = pdg_layout_new (one, NULL);
      g_autoptr (PdgLayout) b = pdg_layout_new (two, NULL);
      g_autoptr (PdgLayout) again = pdg_layout_new (one, a);

      assert_same (a, b);
      assert_same (a, again);
    }
}

/* Most of the traffic runs to the right, and the whole is about as wide as a screen. */
static void
test_reads_left_to_right (void)
{
  for (guint i = 1; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (PdgJourneyGraph) graph = graph_fixture_new (sizes[i], 5, FALSE);
      g_autoptr (PdgLayout) layout = pdg_layout_new (graph, NULL);
      guint n_screens, n_transitions, n;
      const PdgJourneyScreen *screens = pdg_journey_graph_get_screens (graph, &n_screens);
      const PdgJourneyTransition *transitions = pdg_journey_graph_get_transitions (graph, &n_transitions);
      const PdgLayoutPosition *all = pdg_layout_get_positions (layout, &n);
      double forward = 0, back = 0, right = 0, bottom = 0;

      for (guint j = 0; j < n_transitions; j++)
        {
          guint32 from = pdg_layout_lookup (layout, screens[transitions[j].from].id)->rank;
          guint32 to = pdg_layout_lookup (layout, screens[transitions[j].to].id)->rank;

          if (from < to)
            forward += transitions[j].count;
          else if (from > to)
            back += transitions[j].count;
        }
      g_assert_cmpfloat (forward, >, 2.5 * back);
      for (guint j = 0; j < n; j++)
        {
          right = MAX (right, all[j].x + PDG_CARD_WIDTH);
          bottom = MAX (bottom, all[j].y + PDG_CARD_HEIGHT);
        }
      g_assert_cmpfloat (right / bottom, >, 0.7);
      g_assert_cmpfloat (right / bottom, <, 4);
    }
}

static PdgJourneyGraph *
copy_with_new (const PdgJourneyGraph *graph, guint n_new)
{
  PdgJourneyGraph *copy = pdg_journey_graph_new ();
  guint n_screens, n_transitions;
  const PdgJourneyScreen *screens = pdg_journey_graph_get_screens (graph, &n_screens);
  const PdgJourneyTransition *transitions = pdg_journey_graph_get_transitions (graph, &n_transitions);

  for (guint i = 0; i < n_screens; i++)
    pdg_journey_graph_add_screen (copy, &screens[i]);
  for (guint i = 0; i < n_transitions; i++)
    pdg_journey_graph_add_transition (copy, &transitions[i]);
  for (guint i = 0; i < n_new; i++)
    {
      g_autofree char *id = g_strdup_printf ("new-%u", i);
      PdgJourneyScreen screen = { 0 };
      PdgJourneyTransition in = { (i * 7) % n_screens, n_screens + i, 3, -1 };

      screen.id = screen.path = screen.name = id;
      screen.visits = 3;
      pdg_journey_graph_add_screen (copy, &screen);
      if (i % 5 != 4)
        pdg_journey_graph_add_transition (copy, &in);
    }
  return copy;
}

/* Old cards keep rank and order, few move, none far. */
static void
test_stable (void)
{
  for (guint i = 2; i < 5; i++)
    {
      g_autoptr (PdgJourneyGraph) graph = graph_fixture_new (sizes[i], 9, FALSE);
      g_autoptr (PdgLayout) before = pdg_layout_new (graph, NULL);
      g_autoptr (PdgJourneyGraph) grown = copy_with_new (graph, 5);
      g_autoptr (PdgLayout) after = pdg_layout_new (grown, before);
      guint n, n_all, n_moved = 0;
      const PdgLayoutPosition *old = pdg_layout_get_positions (before, &n);

      pdg_layout_get_positions (after, &n_all);
      g_assert_cmpuint (n_all, ==, n + 5);
      assert_no_overlap (after);
      for (guint j = 0; j < n; j++)
        {
          const PdgLayoutPosition *now = pdg_layout_lookup (after, old[j].screen_id);

          g_assert_cmpuint (now->rank, ==, old[j].rank);
          g_assert_cmpfloat (now->x, ==, old[j].x);
          g_assert_cmpfloat (fabs (now->y - old[j].y), <, 2 * (PDG_CARD_HEIGHT + PDG_LAYOUT_ROW_GAP));
          n_moved += now->y != old[j].y;
          if (j > 0 && old[j - 1].rank == old[j].rank && old[j - 1].x == old[j].x)
            g_assert_cmpfloat (pdg_layout_lookup (after, old[j - 1].screen_id)->y, <, now->y);
        }
      g_assert_cmpuint (n_moved, <=, n * 2 / 5);
    }
}

/* Kendall's tau of the heights of the old cards, column by column: 1 when every two of a column are as they were. */
static double
get_tau (const PdgLayout *before, const PdgLayout *after)
{
  guint n;
  const PdgLayoutPosition *old = pdg_layout_get_positions (before, &n);
  double n_same = 0, n_other = 0;

  for (guint i = 0; i < n; i++)
    for (guint j = i + 1; j < n && old[j].rank == old[i].rank; j++)
      {
        double then = old[j].y - old[i].y;
        double now = pdg_layout_lookup (after, old[j].screen_id)->y - pdg_layout_lookup (after, old[i].screen_id)->y;

        if (then == 0 || old[j].x != old[i].x)
          continue;
        if (then * now > 0)
          n_same++;
        else
          n_other++;
      }
  return (n_same - n_other) / MAX (n_same + n_other, 1);
}

/* After 1, 20 and 200 new screens the old ones are where one looks for them. */
static void
test_inserts (void)
{
  static const guint inserts[] = { 1, 20, 200 }, n_screens[] = { 1000, N_MANY };

  for (guint i = 0; i < G_N_ELEMENTS (inserts) * G_N_ELEMENTS (n_screens); i++)
    {
      guint n_new = inserts[i % G_N_ELEMENTS (inserts)], n_old = n_screens[i / G_N_ELEMENTS (inserts)];
      g_autoptr (PdgJourneyGraph) graph = graph_fixture_new (n_old, 9, FALSE);
      g_autoptr (PdgLayout) before = pdg_layout_new (graph, NULL);
      g_autoptr (PdgJourneyGraph) grown = copy_with_new (graph, n_new);
      g_autoptr (PdgLayout) after = pdg_layout_new (grown, before);
      guint n;
      const PdgLayoutPosition *old = pdg_layout_get_positions (before, &n);
      double worst = 0, sum = 0, tau = get_tau (before, after);

      for (guint j = 0; j < n; j++)
        {
          const PdgLayoutPosition *now = pdg_layout_lookup (after, old[j].screen_id);
          double moved = hypot (now->x - old[j].x, now->y - old[j].y);

          worst = MAX (worst, moved);
          sum += moved;
        }
      g_test_message ("%u inserts among %u: tau %.4f, moved %.1f on average, %.0f at most", n_new, n_old, tau, sum / n, worst);
      g_assert_cmpfloat (tau, >=, 0.98);
      g_assert_cmpfloat (sum / n, <=, PDG_CARD_HEIGHT);
      g_assert_cmpfloat (worst, <=, 4 * (PDG_CARD_HEIGHT + PDG_LAYOUT_ROW_GAP));
    }
}

static void
test_pinned_stay (void)
{
  g_autoptr (PdgJourneyGraph) graph = graph_fixture_new (14, 7, FALSE);
  g_autoptr (PdgLayout) first = pdg_layout_new (graph, NULL);
  const PdgLayoutPosition *home = pdg_layout_lookup (first, "screen-0");
  g_autoptr (PdgLayout) moved = pdg_layout_move (first, "screen-3", home->x + 10, home->y + 900);
  g_autoptr (PdgJourneyGraph) grown = copy_with_new (graph, 6);
  g_autoptr (PdgLayout) after = pdg_layout_new (grown, moved);
  const PdgLayoutPosition *pinned = pdg_layout_lookup (after, "screen-3");
  PdgLayoutPosition only = { "screen-3", 500, 300, 0, 0, TRUE };
  g_autoptr (PdgLayout) few = pdg_layout_new_from_positions (&only, 1);
  g_autoptr (PdgLayout) around = pdg_layout_new (graph, few);

  g_assert_true (pinned->pinned);
  g_assert_cmpfloat (pinned->x, ==, home->x + 10);
  g_assert_cmpfloat (pinned->y, ==, home->y + 900);
  assert_no_overlap (after);

  g_assert_cmpfloat (pdg_layout_lookup (around, "screen-3")->x, ==, 500);
  g_assert_cmpfloat (pdg_layout_lookup (around, "screen-3")->y, ==, 300);
  assert_no_overlap (around);

  g_autoptr (PdgLayout) loose = pdg_layout_unpin (moved);

  g_assert_false (pdg_layout_lookup (loose, "screen-3")->pinned);
}

static void
test_round_trip (void)
{
  g_autoptr (PdgJourneyGraph) graph = graph_fixture_new (60, 7, FALSE);
  g_autoptr (PdgLayout) layout = pdg_layout_new (graph, NULL);
  guint n;
  const PdgLayoutPosition *positions = pdg_layout_get_positions (layout, &n);
  g_autoptr (PdgLayout) back = pdg_layout_new_from_positions (positions, n);
  const PdgLayoutPosition bad[] = {
    { "a", NAN, 0, 0, 0, FALSE }, { "b", 0, INFINITY, 0, 0, FALSE }, { "", 0, 0, 0, 0, FALSE }, { NULL, 0, 0, 0, 0, FALSE },
    { "c", 1e9, 0, 0, 0, FALSE }, { "d", 1, 2, 0, 0, FALSE }, { "d", 3, 4, 0, 0, FALSE },
  };
  g_autoptr (PdgLayout) kept = pdg_layout_new_from_positions (bad, G_N_ELEMENTS (bad));

  assert_same (layout, back);
  pdg_layout_get_positions (kept, &n);
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpfloat (pdg_layout_lookup (kept, "d")->x, ==, 3);
  g_assert_null (pdg_layout_lookup (kept, "a"));
}

/* By hand: (10 + 0 - 4) / 2 = 3 for the first two, which the third pushes no further; (100 + 3 * 95) / 4 = 96.25. */
static void
test_separate (void)
{
  double y[] = { 10, 0, 5, 100, 99 };
  const double weight[] = { 1, 1, 2, 1, 3 };
  const double separation[] = { 4, 4, 4, 4 };
  double a[] = { 0, 0 };
  const double a_weight[] = { 3, 1 };
  const double a_separation[] = { 8 };

  pdg_layout_separate (y, weight, separation, 5);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpfloat (y[i + 1] - y[i], >=, separation[i] - 1e-9);
  g_assert_cmpfloat_with_epsilon (y[1] - y[0], 4, 1e-9);
  g_assert_cmpfloat_with_epsilon (y[3], 96.25, 1e-9);
  g_assert_cmpfloat_with_epsilon (y[4], 100.25, 1e-9);

  /* Two at the same place part by their weights: 2 and 6. */
  pdg_layout_separate (a, a_weight, a_separation, 2);
  g_assert_cmpfloat_with_epsilon (a[0], -2, 1e-9);
  g_assert_cmpfloat_with_epsilon (a[1], 6, 1e-9);
}

static void
test_empty (void)
{
  g_autoptr (PdgJourneyGraph) graph = pdg_journey_graph_new ();
  g_autoptr (PdgLayout) layout = pdg_layout_new (graph, NULL);
  guint n = 1;

  pdg_layout_get_positions (layout, &n);
  g_assert_cmpuint (n, ==, 0);
}

/* The thread's CPU time: what others do on the machine does not count. */
static double
cpu_ms (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (double) now.tv_sec * 1e3 + (double) now.tv_nsec / 1e6;
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double one = *(const double *) a, two = *(const double *) b;

  return (one > two) - (one < two);
}

/* The median of N_COST_ROUNDS layouts of @graph. */
static double
get_cost (const PdgJourneyGraph *graph, const PdgLayout *previous)
{
  double costs[N_COST_ROUNDS];

  for (guint i = 0; i < N_COST_ROUNDS; i++)
    {
      double before = cpu_ms ();
      g_autoptr (PdgLayout) layout = pdg_layout_new (graph, previous);

      costs[i] = cpu_ms () - before;
    }
  qsort (costs, N_COST_ROUNDS, sizeof *costs, compare_doubles);
  return costs[N_COST_ROUNDS / 2];
}

static void
test_cost (void)
{
  g_autoptr (PdgJourneyGraph) graph = graph_fixture_new (N_MANY, 9, FALSE);
  g_autoptr (PdgLayout) layout = pdg_layout_new (graph, NULL);
  g_autoptr (PdgJourneyGraph) grown = copy_with_new (graph, 1);
  double whole = get_cost (graph, NULL), insert = get_cost (grown, layout);

  g_test_message ("5,000 screens: %.1f ms of CPU; one more: %.2f ms", whole, insert);
  g_assert_cmpfloat (whole, <=, WHOLE_MS);
  g_assert_cmpfloat (insert, <=, INSERT_MS);
}

/* The same screens and transitions, added in another order. */
static PdgJourneyGraph *
shuffle (const PdgJourneyGraph *graph, guint32 seed)
{
  PdgJourneyGraph *shuffled = pdg_journey_graph_new ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  guint n_screens, n_transitions;
  const PdgJourneyScreen *screens = pdg_journey_graph_get_screens (graph, &n_screens);
  const PdgJourneyTransition *transitions = pdg_journey_graph_get_transitions (graph, &n_transitions);
  g_autofree guint *order = g_new (guint, n_screens + n_transitions);
  g_autofree guint32 *place = g_new (guint32, n_screens);

  for (guint i = 0; i < n_screens; i++)
    order[i] = i;
  for (guint i = n_screens; i > 1; i--)
    {
      guint j = (guint) g_rand_int_range (rand, 0, (gint32) i), kept = order[i - 1];

      order[i - 1] = order[j];
      order[j] = kept;
    }
  for (guint i = 0; i < n_screens; i++)
    place[order[i]] = pdg_journey_graph_add_screen (shuffled, &screens[order[i]]);
  for (guint i = 0; i < n_transitions; i++)
    order[i] = i;
  for (guint i = n_transitions; i > 1; i--)
    {
      guint j = (guint) g_rand_int_range (rand, 0, (gint32) i), kept = order[i - 1];

      order[i - 1] = order[j];
      order[j] = kept;
    }
  for (guint i = 0; i < n_transitions; i++)
    {
      PdgJourneyTransition transition = transitions[order[i]];

      transition.from = place[transition.from];
      transition.to = place[transition.to];
      pdg_journey_graph_add_transition (shuffled, &transition);
    }
  return shuffled;
}

/* The order in which a graph was filled says nothing once it is sorted, as every one that the app gets is. */
static void
test_shuffled (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (PdgJourneyGraph) graph = graph_fixture_new (sizes[i], 3, FALSE);
      g_autoptr (PdgJourneyGraph) shuffled = shuffle (graph, sizes[i]);
      g_autoptr (PdgLayout) a = NULL, b = NULL, grown_a = NULL, grown_b = NULL;
      g_autoptr (PdgJourneyGraph) grown = copy_with_new (graph, 7), grown_shuffled = shuffle (grown, 2 * sizes[i]);

      pdg_journey_graph_sort (graph);
      pdg_journey_graph_sort (shuffled);
      pdg_journey_graph_sort (grown);
      pdg_journey_graph_sort (grown_shuffled);
      a = pdg_layout_new (graph, NULL);
      b = pdg_layout_new (shuffled, NULL);
      g_test_message ("%u screens", sizes[i]);
      assert_same (a, b);
      grown_a = pdg_layout_new (grown, a);
      grown_b = pdg_layout_new (grown_shuffled, b);
      assert_same (grown_a, grown_b);
    }
}

/* The UI waits for no layout: whoever asks for one in the thread that runs the default context is told off, as other threads are not. */
static gpointer
lay_out (gpointer graph)
{
  return pdg_layout_new (graph, NULL);
}

static void
test_thread (void)
{
  g_autoptr (PdgJourneyGraph) graph = graph_fixture_new (14, 7, FALSE);
  g_autoptr (GHashTable) places = pdg_places_new ();
  g_autoptr (PdgLayout) there = NULL, here = NULL, tidied = NULL, read = NULL;

  g_assert_true (g_main_context_acquire (NULL));
  there = g_thread_join (g_thread_new ("layout", lay_out, graph));
  read = pdg_layout_new_from_positions (NULL, 0);
  g_test_expect_message ("pdg-canvas", G_LOG_LEVEL_CRITICAL, "pdg_layout_new: *");
  here = pdg_layout_new (graph, NULL);
  g_test_assert_expected_messages ();
  g_test_expect_message ("pdg-canvas", G_LOG_LEVEL_CRITICAL, "pdg_layout_new: *");
  tidied = pdg_layout_tidy (graph, there, NULL, places);
  g_test_assert_expected_messages ();
  g_main_context_release (NULL);
  assert_same (here, there);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/canvas/layout/no-overlap", test_no_overlap);
  g_test_add_func ("/canvas/layout/deterministic", test_deterministic);
  g_test_add_func ("/canvas/layout/reads-left-to-right", test_reads_left_to_right);
  g_test_add_func ("/canvas/layout/stable", test_stable);
  g_test_add_func ("/canvas/layout/inserts", test_inserts);
  g_test_add_func ("/canvas/layout/cost", test_cost);
  g_test_add_func ("/canvas/layout/shuffled", test_shuffled);
  g_test_add_func ("/canvas/layout/thread", test_thread);
  g_test_add_func ("/canvas/layout/pinned-stay", test_pinned_stay);
  g_test_add_func ("/canvas/layout/round-trip", test_round_trip);
  g_test_add_func ("/canvas/layout/separate", test_separate);
  g_test_add_func ("/canvas/layout/empty", test_empty);
  return g_test_run ();
}
