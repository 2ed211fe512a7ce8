#include "config.h"

#include "model/pdg-journey-graph.h"

/* home -> cart twice, cart -> home once, one entry at home, one exit at cart */
static PdgJourneyGraph *
make_graph (guint32 cart_exits)
{
  PdgJourneyGraph *graph = pdg_journey_graph_new ();

  g_assert_cmpuint (pdg_journey_graph_add_screen (graph, &(PdgJourneyScreen) { .id = (char *) "s1", .path = (char *) "/",
                                                  .name = (char *) "Home", .visits = 2, .entries = 1, .exits = 0 }), ==, 0);
  g_assert_cmpuint (pdg_journey_graph_add_screen (graph, &(PdgJourneyScreen) { .id = (char *) "s2", .path = (char *) "/cart",
                                                  .visits = 2, .exits = cart_exits, .snapshot_id = (char *) "blob" }), ==, 1);
  pdg_journey_graph_add_transition (graph, &(PdgJourneyTransition) { .from = 0, .to = 1, .count = 2, .dwell_median_ms = 10 });
  pdg_journey_graph_add_transition (graph, &(PdgJourneyTransition) { .from = 1, .to = 0, .count = 1 });
  return graph;
}

static void
test_properties (void)
{
  PdgJourneyGraph *graph = make_graph (1), *second = pdg_journey_graph_ref (graph);
  const PdgJourneyScreen *screens;
  const PdgJourneyTransition *transitions;
  guint n;

  pdg_journey_graph_set_totals (graph, 1, 9);
  pdg_journey_graph_unref (graph);
  screens = pdg_journey_graph_get_screens (second, &n);
  g_assert_cmpuint (n, ==, 2);
  g_assert_cmpstr (screens[0].name, ==, "Home");
  g_assert_null (screens[1].name);
  g_assert_cmpstr (screens[1].snapshot_id, ==, "blob");
  transitions = pdg_journey_graph_get_transitions (second, &n);
  g_assert_cmpuint (n, ==, 2);
  g_assert_cmpuint (transitions[0].count, ==, 2);
  g_assert_cmpuint (pdg_journey_graph_get_n_sessions (second), ==, 1);
  g_assert_cmpuint (pdg_journey_graph_get_n_events (second), ==, 9);
  g_assert_cmpint (pdg_journey_graph_lookup (second, "s1"), ==, 0);
  g_assert_cmpint (pdg_journey_graph_lookup (second, "s2"), ==, 1);
  g_assert_cmpint (pdg_journey_graph_lookup (second, "s3"), ==, -1);
  pdg_journey_graph_unref (second);
  pdg_journey_graph_unref (NULL);
}

static void
test_conserved (void)
{
  g_autoptr (PdgJourneyGraph) empty = pdg_journey_graph_new ();
  g_autoptr (PdgJourneyGraph) whole = make_graph (1);
  g_autoptr (PdgJourneyGraph) broken = make_graph (2);
  guint screen = 99;

  g_assert_true (pdg_journey_graph_is_conserved (empty, &screen));
  g_assert_true (pdg_journey_graph_is_conserved (whole, &screen));
  g_assert_cmpuint (screen, ==, 99);
  g_assert_false (pdg_journey_graph_is_conserved (broken, &screen));
  g_assert_cmpuint (screen, ==, 1);
  g_assert_false (pdg_journey_graph_is_conserved (broken, NULL));
}

static void
test_bad_transition (void)
{
  g_autoptr (PdgJourneyGraph) graph = make_graph (1);
  guint n;

  g_test_expect_message ("pdg-model", G_LOG_LEVEL_CRITICAL, "*from < *");
  pdg_journey_graph_add_transition (graph, &(PdgJourneyTransition) { .from = 0, .to = 2, .count = 1 });
  g_test_assert_expected_messages ();
  pdg_journey_graph_get_transitions (graph, &n);
  g_assert_cmpuint (n, ==, 2);
}

/* Filled in any order it is the same graph: busiest first, then by path, then by id; moves by count, then by their ends. */
static void
test_sort (void)
{
  static const PdgJourneyScreen screens[] = {
    { .id = (char *) "d", .path = (char *) "/a", .visits = 9 }, { .id = (char *) "c", .path = (char *) "/b", .visits = 9 },
    { .id = (char *) "a", .path = (char *) "/c", .visits = 4 }, { .id = (char *) "b", .path = (char *) "/c", .visits = 4 },
  };
  static const PdgJourneyTransition moves[] = { { 1, 2, 7, 1 }, { 0, 3, 5, 2 }, { 2, 0, 5, 3 }, { 2, 3, 5, 4 } };
  const guint n = G_N_ELEMENTS (screens);

  for (guint first = 0; first < n; first++)
    for (guint step = 1; step < n; step += 2)
      {
        g_autoptr (PdgJourneyGraph) graph = pdg_journey_graph_new ();
        const PdgJourneyScreen *sorted;
        const PdgJourneyTransition *sorted_moves;
        guint at[G_N_ELEMENTS (screens)], n_sorted;

        for (guint i = 0; i < n; i++)
          at[(first + i * step) % n] = pdg_journey_graph_add_screen (graph, &screens[(first + i * step) % n]);
        for (guint i = 0; i < G_N_ELEMENTS (moves); i++)
          {
            PdgJourneyTransition move = moves[(first + i * step) % G_N_ELEMENTS (moves)];

            move.from = at[move.from];
            move.to = at[move.to];
            pdg_journey_graph_add_transition (graph, &move);
          }
        pdg_journey_graph_sort (graph);
        sorted = pdg_journey_graph_get_screens (graph, &n_sorted);
        for (guint i = 0; i < n; i++)
          {
            g_assert_cmpstr (sorted[i].id, ==, screens[i].id);
            g_assert_cmpint (pdg_journey_graph_lookup (graph, screens[i].id), ==, i);
          }
        sorted_moves = pdg_journey_graph_get_transitions (graph, &n_sorted);
        for (guint i = 0; i < G_N_ELEMENTS (moves); i++)
          {
            g_assert_cmpuint (sorted_moves[i].from, ==, moves[i].from);
            g_assert_cmpuint (sorted_moves[i].to, ==, moves[i].to);
            g_assert_cmpfloat (sorted_moves[i].dwell_median_ms, ==, moves[i].dwell_median_ms);
          }
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/journey-graph/properties", test_properties);
  g_test_add_func ("/model/journey-graph/sort", test_sort);
  g_test_add_func ("/model/journey-graph/conserved", test_conserved);
  g_test_add_func ("/model/journey-graph/bad-transition", test_bad_transition);
  return g_test_run ();
}
