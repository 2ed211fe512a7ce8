#include "config.h"
#include "analytics/pdg-journey-builder.h"

#include "model/pdg-event.h"

#include <stdlib.h>

#define MINUTE G_GINT64_CONSTANT (60000000)

static void
add (PdgJourneyBuilder *builder, gint32 session, gint32 screen, gint64 ts, gint32 seq, PdgJourneyRowKind kind, double value)
{
  PdgJourneyRow row = { ts, value, session, screen, seq, kind };

  pdg_journey_builder_add (builder, &row);
}

static const PdgJourneyScreen *
screen_of (PdgJourneyGraph *graph, const char *id)
{
  guint n;
  const PdgJourneyScreen *screens = pdg_journey_graph_get_screens (graph, &n);
  int i = pdg_journey_graph_lookup (graph, id);

  return i < 0 ? NULL : &screens[i];
}

static guint32
count_of (PdgJourneyGraph *graph, const char *from, const char *to)
{
  guint n;
  const PdgJourneyTransition *transitions = pdg_journey_graph_get_transitions (graph, &n);
  int a = pdg_journey_graph_lookup (graph, from), b = pdg_journey_graph_lookup (graph, to);

  for (guint i = 0; i < n; i++)
    if ((int) transitions[i].from == a && (int) transitions[i].to == b)
      return transitions[i].count;
  return 0;
}

static void
test_one_session (void)
{
  g_autoptr (PdgJourneyBuilder) builder = pdg_journey_builder_new ();
  g_autoptr (PdgJourneyGraph) graph = NULL;
  PdgJourneyScreenInfo infos[] = { { 1, "/", "Home", "abc" }, { 2, "/cart", NULL, NULL } };
  const PdgJourneyScreen *home, *cart;

  /* Home, Home again (collapsed), Cart with two errors, Home; out of order on purpose. */
  add (builder, 7, 2, 2 * MINUTE, PDG_SEQUENCE_NONE, PDG_JOURNEY_VIEW, 0);
  add (builder, 7, 1, 0, PDG_SEQUENCE_NONE, PDG_JOURNEY_VIEW, 0);
  add (builder, 7, 1, 1 * MINUTE, PDG_SEQUENCE_NONE, PDG_JOURNEY_VIEW, 0);
  add (builder, 7, 0, 3 * MINUTE, PDG_SEQUENCE_NONE, PDG_JOURNEY_ERROR, 0);
  add (builder, 7, 0, 4 * MINUTE, PDG_SEQUENCE_NONE, PDG_JOURNEY_ERROR, 0);
  add (builder, 7, 1, 5 * MINUTE, PDG_SEQUENCE_NONE, PDG_JOURNEY_VIEW, 0);
  add (builder, 7, 1, 0, PDG_SEQUENCE_NONE, PDG_JOURNEY_LOAD, 100);
  add (builder, 7, 1, 1, PDG_SEQUENCE_NONE, PDG_JOURNEY_LOAD, 200);
  graph = pdg_journey_builder_finish (builder, infos, G_N_ELEMENTS (infos));

  home = screen_of (graph, "1");
  cart = screen_of (graph, "2");
  g_assert_cmpuint (home->visits, ==, 2);
  g_assert_cmpuint (home->entries, ==, 1);
  g_assert_cmpuint (home->exits, ==, 1);
  g_assert_cmpuint (home->sessions, ==, 1);
  g_assert_cmpuint (home->errors, ==, 0);
  g_assert_cmpstr (home->name, ==, "Home");
  g_assert_cmpstr (home->snapshot_id, ==, "abc");
  g_assert_cmpfloat_with_epsilon (home->load_p75_ms, 175, 1e-9);
  g_assert_cmpfloat_with_epsilon (home->dwell_median_ms, 120000, 1e-9);
  g_assert_cmpuint (cart->visits, ==, 1);
  g_assert_cmpuint (cart->errors, ==, 1);
  g_assert_cmpstr (cart->name, ==, "/cart");
  g_assert_cmpfloat (cart->load_p75_ms, <, 0);
  g_assert_cmpuint (count_of (graph, "1", "2"), ==, 1);
  g_assert_cmpuint (count_of (graph, "2", "1"), ==, 1);
  g_assert_cmpuint (count_of (graph, "1", "1"), ==, 0);
  g_assert_cmpuint (pdg_journey_graph_get_n_sessions (graph), ==, 1);
  g_assert_true (pdg_journey_graph_is_conserved (graph, NULL));
}

/* A clock that jumps back must not turn the order of the sequence round. */
static void
test_sequence_rules (void)
{
  g_autoptr (PdgJourneyBuilder) builder = pdg_journey_builder_new ();
  g_autoptr (PdgJourneyGraph) graph = NULL;

  add (builder, 1, 10, 5 * MINUTE, 1, PDG_JOURNEY_VIEW, 0);
  add (builder, 1, 30, 6 * MINUTE, 3, PDG_JOURNEY_VIEW, 0);
  add (builder, 1, 20, 1 * MINUTE, 2, PDG_JOURNEY_VIEW, 0);
  graph = pdg_journey_builder_finish (builder, NULL, 0);
  g_assert_cmpuint (count_of (graph, "10", "20"), ==, 1);
  g_assert_cmpuint (count_of (graph, "20", "30"), ==, 1);
  g_assert_cmpuint (screen_of (graph, "10")->entries, ==, 1);
  g_assert_cmpuint (screen_of (graph, "30")->exits, ==, 1);
}

static void
test_empty (void)
{
  g_autoptr (PdgJourneyBuilder) builder = pdg_journey_builder_new ();
  g_autoptr (PdgJourneyGraph) graph = pdg_journey_builder_finish (builder, NULL, 0);
  guint n;

  pdg_journey_graph_get_screens (graph, &n);
  g_assert_cmpuint (n, ==, 0);
  g_assert_cmpuint (pdg_journey_graph_get_n_sessions (graph), ==, 0);
}

/* The sum of a broken graph must be noticed, or the property below could not fail. */
static void
test_conservation_can_fail (void)
{
  g_autoptr (PdgJourneyGraph) graph = pdg_journey_graph_new ();
  PdgJourneyScreen screen = { .id = (char *) "1", .path = (char *) "/", .name = (char *) "/", .visits = 2, .entries = 1, .exits = 2 };
  guint broken = 99;

  pdg_journey_graph_add_screen (graph, &screen);
  g_assert_false (pdg_journey_graph_is_conserved (graph, &broken));
  g_assert_cmpuint (broken, ==, 0);
}

/* Random sessions with repeats, ties, sequences and errors: every screen is conserved, and entries = exits = sessions. */
static void
test_conserved (void)
{
  for (guint round = 0; round < 2000; round++)
    {
      g_autoptr (GRand) rand = g_rand_new_with_seed (round);
      g_autoptr (PdgJourneyBuilder) builder = pdg_journey_builder_new ();
      g_autoptr (PdgJourneyGraph) graph = NULL;
      int n_sessions = g_rand_int_range (rand, 0, 20), with_views = 0;
      guint n, entries = 0, exits = 0;
      const PdgJourneyScreen *screens;

      for (int session = 0; session < n_sessions; session++)
        {
          int n_rows = g_rand_int_range (rand, 1, 30);
          gboolean has_seq = g_rand_boolean (rand), seen = FALSE;

          for (int i = 0; i < n_rows; i++)
            {
              PdgJourneyRowKind kind = (PdgJourneyRowKind) MAX (0, g_rand_int_range (rand, -4, 3));

              seen |= kind == PDG_JOURNEY_VIEW;
              add (builder, session, g_rand_int_range (rand, 1, 7), g_rand_int_range (rand, 0, 40) * MINUTE,
                   has_seq ? i : PDG_SEQUENCE_NONE, kind, g_rand_double (rand));
            }
          with_views += seen;
        }
      graph = pdg_journey_builder_finish (builder, NULL, 0);
      g_assert_true (pdg_journey_graph_is_conserved (graph, NULL));
      screens = pdg_journey_graph_get_screens (graph, &n);
      for (guint i = 0; i < n; i++)
        {
          entries += screens[i].entries;
          exits += screens[i].exits;
          g_assert_cmpuint (screens[i].errors, <=, screens[i].visits);
          g_assert_cmpuint (screens[i].sessions, <=, screens[i].visits);
        }
      g_assert_cmpint ((int) entries, ==, with_views);
      g_assert_cmpint ((int) exits, ==, with_views);
      g_assert_cmpuint (pdg_journey_graph_get_n_sessions (graph), ==, with_views);
    }
}

/* Whether the list of a cell has the session, and no session twice. */
static gboolean
has_member (PdgJourneyMembers *members, PdgJourneyCellKind kind, gint32 screen, gint32 to, gint32 session)
{
  guint n, found = 0;
  const gint32 *sessions = pdg_journey_members_get (members, (PdgJourneyCell) { kind, screen, to }, &n);

  for (guint i = 0; i < n; i++)
    found += sessions[i] == session;
  g_assert_cmpuint (found, <=, 1);
  return found == 1;
}

static guint
count_members (PdgJourneyMembers *members, PdgJourneyCellKind kind, gint32 screen, gint32 to)
{
  guint n;

  pdg_journey_members_get (members, (PdgJourneyCell) { kind, screen, to }, &n);
  return n;
}

#define MAX_ROWS  30
#define N_SCREENS 7 /* 1 to 6 */

/* What the session alone counts says which lists it has to be in. */
static void
check_session_alone (const PdgJourneyRow *rows, guint n_rows, PdgJourneyMembers *members)
{
  g_autoptr (PdgJourneyBuilder) builder = pdg_journey_builder_new ();
  g_autoptr (PdgJourneyGraph) alone = NULL;
  gint32 session = rows[0].session_no;

  for (guint i = 0; i < n_rows; i++)
    pdg_journey_builder_add (builder, &rows[i]);
  alone = pdg_journey_builder_finish (builder, NULL, 0);
  g_assert_cmpint (has_member (members, PDG_JOURNEY_CELL_GRAPH, 0, 0, session), ==, pdg_journey_graph_get_n_sessions (alone) == 1);
  for (gint32 from = 1; from < N_SCREENS; from++)
    {
      g_autofree char *from_id = g_strdup_printf ("%d", from);
      const PdgJourneyScreen *screen = screen_of (alone, from_id);

      g_assert_cmpint (has_member (members, PDG_JOURNEY_CELL_VISITS, from, 0, session), ==, screen != NULL);
      g_assert_cmpint (has_member (members, PDG_JOURNEY_CELL_ENTRIES, from, 0, session), ==, screen != NULL && screen->entries > 0);
      g_assert_cmpint (has_member (members, PDG_JOURNEY_CELL_EXITS, from, 0, session), ==, screen != NULL && screen->exits > 0);
      g_assert_cmpint (has_member (members, PDG_JOURNEY_CELL_ERRORS, from, 0, session), ==, screen != NULL && screen->errors > 0);
      for (gint32 to = 1; to < N_SCREENS; to++)
        {
          g_autofree char *to_id = g_strdup_printf ("%d", to);

          g_assert_cmpint (has_member (members, PDG_JOURNEY_CELL_TRANSITION, from, to, session), ==,
                           screen != NULL && screen_of (alone, to_id) != NULL && count_of (alone, from_id, to_id) > 0);
        }
    }
}

static void
check_sums (PdgJourneyGraph *graph, PdgJourneyMembers *members)
{
  guint n;
  const PdgJourneyScreen *screens = pdg_journey_graph_get_screens (graph, &n);

  g_assert_cmpuint (count_members (members, PDG_JOURNEY_CELL_GRAPH, 0, 0), ==, pdg_journey_graph_get_n_sessions (graph));
  for (guint i = 0; i < n; i++)
    {
      gint32 screen = atoi (screens[i].id);

      g_assert_cmpuint (count_members (members, PDG_JOURNEY_CELL_VISITS, screen, 0), ==, screens[i].sessions);
      g_assert_cmpuint (count_members (members, PDG_JOURNEY_CELL_ENTRIES, screen, 0), ==, screens[i].entries);
      g_assert_cmpuint (count_members (members, PDG_JOURNEY_CELL_EXITS, screen, 0), ==, screens[i].exits);
      g_assert_cmpuint (count_members (members, PDG_JOURNEY_CELL_ERRORS, screen, 0), <=, screens[i].errors);
    }
}

/* Random sessions: each is in the list of each number that it counts in, once, and in no other. */
static void
test_members (void)
{
  for (guint round = 0; round < 300; round++)
    {
      g_autoptr (GRand) rand = g_rand_new_with_seed (round);
      g_autoptr (PdgJourneyMembers) members = pdg_journey_members_new ();
      g_autoptr (PdgJourneyBuilder) builder = pdg_journey_builder_new ();
      g_autoptr (PdgJourneyGraph) graph = NULL;
      PdgJourneyRow rows[12][MAX_ROWS];
      guint n_sessions = (guint) g_rand_int_range (rand, 0, 12), n_rows[12];

      pdg_journey_builder_set_members (builder, members);
      for (guint session = 0; session < n_sessions; session++)
        {
          gboolean has_seq = g_rand_boolean (rand);

          n_rows[session] = (guint) g_rand_int_range (rand, 1, MAX_ROWS);
          for (guint i = 0; i < n_rows[session]; i++)
            {
              rows[session][i] = (PdgJourneyRow) {
                g_rand_int_range (rand, 0, 40) * MINUTE, 1, (gint32) session + 100, g_rand_int_range (rand, 1, N_SCREENS),
                has_seq ? (gint32) i : PDG_SEQUENCE_NONE, (PdgJourneyRowKind) MAX (0, g_rand_int_range (rand, -4, 3)),
              };
              pdg_journey_builder_add (builder, &rows[session][i]);
            }
        }
      graph = pdg_journey_builder_finish (builder, NULL, 0);
      for (guint session = 0; session < n_sessions; session++)
        check_session_alone (rows[session], n_rows[session], members);
      check_sums (graph, members);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/analytics/journey-builder/one-session", test_one_session);
  g_test_add_func ("/analytics/journey-builder/sequence-rules", test_sequence_rules);
  g_test_add_func ("/analytics/journey-builder/empty", test_empty);
  g_test_add_func ("/analytics/journey-builder/conservation-can-fail", test_conservation_can_fail);
  g_test_add_func ("/analytics/journey-builder/conserved-in-2000-random-sets", test_conserved);
  g_test_add_func ("/analytics/journey-builder/members-of-300-random-sets", test_members);
  return g_test_run ();
}
