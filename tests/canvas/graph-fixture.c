#include "graph-fixture.h"

#include <string.h>

#define MAX_STEPS 24

typedef struct
{
  const char *path;
  const char *name;
  double error_share;
} FixtureScreen;

typedef struct
{
  int from;   /* -1: enters */
  int to;     /* -1: leaves */
  double weight;
} FixtureStep;

static const FixtureScreen shop[] = {
  { "/", "Home", 0 },
  { "/product/:id", "Product", 0.004 },
  { "/cart", "Cart", 0 },
  { "/checkout/payment", "Payment", 0.143 },
  { "/search", "Search", 0.01 },
  { "/checkout/done", "Done", 0 },
  { "/category/:name", "Category", 0 },
  { "/checkout/shipping", "Shipping address", 0.021 },
  { "/account", "Account", 0 },
  { "/login", "Sign in", 0.06 },
  { "/wishlist", "Wishlist", 0 },
  { "/account/orders/:id", "Order details and returns, all of them", 0 },
  { "/help", "Help", 0 },
  { "/offers/:campaign", "Offers", 0 },
};

static const FixtureStep steps[] = {
  { -1, 0, 68 }, { -1, 1, 16 }, { -1, 13, 10 }, { -1, 4, 6 }, { -1, 12, 3 },
  { 0, 4, 30 }, { 0, 1, 24 }, { 0, 6, 22 }, { 0, 13, 6 }, { 0, 9, 5 }, { 0, 12, 2 }, { 0, 2, 2 }, { 0, -1, 16 },
  { 1, 2, 36 }, { 1, 1, 12 }, { 1, 10, 5 }, { 1, 4, 8 }, { 1, 6, 6 }, { 1, 0, 4 }, { 1, -1, 18 },
  { 2, 7, 52 }, { 2, 1, 14 }, { 2, 9, 8 }, { 2, 3, 6 }, { 2, -1, 11 },
  { 3, 5, 70 }, { 3, 3, 6 }, { 3, 2, 4 }, { 3, -1, 22 },
  { 4, 1, 62 }, { 4, 4, 14 }, { 4, 6, 6 }, { 4, -1, 9 },
  { 5, 0, 14 }, { 5, 11, 9 }, { 5, -1, 70 },
  { 6, 1, 60 }, { 6, 6, 8 }, { 6, 0, 7 }, { 6, -1, 12 },
  { 7, 3, 80 }, { 7, 2, 6 }, { 7, -1, 8 },
  { 8, 11, 40 }, { 8, 10, 10 }, { 8, 0, 12 }, { 8, -1, 30 },
  { 9, 8, 60 }, { 9, 7, 18 }, { 9, 9, 8 }, { 9, -1, 10 },
  { 10, 1, 40 }, { 10, 2, 22 }, { 10, -1, 30 },
  { 11, 12, 12 }, { 11, -1, 60 },
  { 12, 0, 14 }, { 12, -1, 50 },
  { 13, 1, 58 }, { 13, 6, 10 }, { 13, -1, 30 },
};

typedef struct
{
  guint n;
  GArray *steps;          /* FixtureStep */
  guint32 *visits;
  guint32 *entries;
  guint32 *exits;
  GHashTable *counts;     /* from << 16 | to -> count */
  guint32 state;
} Walk;

/* Numerical Recipes' quick generator: the same everywhere. */
static double
next_random (Walk *walk)
{
  walk->state = walk->state * 1664525u + 1013904223u;
  return (walk->state >> 8) / 16777216.0;
}

static int
choose_next (Walk *walk, int from)
{
  double total = 0, pick;

  for (guint i = 0; i < walk->steps->len; i++)
    if (g_array_index (walk->steps, FixtureStep, i).from == from)
      total += g_array_index (walk->steps, FixtureStep, i).weight;
  pick = next_random (walk) * total;
  for (guint i = 0; i < walk->steps->len; i++)
    {
      const FixtureStep *step = &g_array_index (walk->steps, FixtureStep, i);

      if (step->from != from)
        continue;
      pick -= step->weight;
      if (pick < 0)
        return step->to;
    }
  return -1;
}

static void
walk_once (Walk *walk)
{
  int at = choose_next (walk, -1);

  walk->entries[at]++;
  for (guint i = 0; ; i++)
    {
      int next = i + 1 < MAX_STEPS ? choose_next (walk, at) : -1;

      walk->visits[at]++;
      if (next < 0)
        break;

      gpointer key = GUINT_TO_POINTER ((guint) at << 16 | (guint) next);

      g_hash_table_insert (walk->counts, key,
                           GUINT_TO_POINTER (GPOINTER_TO_UINT (g_hash_table_lookup (walk->counts, key)) + 1));
      at = next;
    }
  walk->exits[at]++;
}

/* More screens: each reached from one or two earlier ones, some leading back. */
static void
add_made_up (Walk *walk)
{
  for (guint i = G_N_ELEMENTS (shop); i < walk->n; i++)
    {
      guint reach = MIN (i, 40);
      int parent = (int) (i - 1 - (guint) (next_random (walk) * reach));
      FixtureStep in = { parent, (int) i, 20 + 30 * next_random (walk) };
      FixtureStep out = { (int) i, -1, 25 };
      FixtureStep back = { (int) i, next_random (walk) < 0.5 ? 0 : parent, 6 };
      FixtureStep enter = { -1, (int) i, 2 };

      g_array_append_val (walk->steps, in);
      g_array_append_val (walk->steps, out);
      g_array_append_val (walk->steps, enter);
      if (next_random (walk) < 0.35)
        g_array_append_val (walk->steps, back);
      if (next_random (walk) < 0.3)
        {
          FixtureStep more = { (int) (i - 1 - (guint) (next_random (walk) * reach)), (int) i, 8 };

          g_array_append_val (walk->steps, more);
        }
    }
}

typedef struct
{
  guint32 index;
  guint32 visits;
} Busy;

static int
compare_busy (gconstpointer a, gconstpointer b)
{
  const Busy *one = a;
  const Busy *two = b;

  if (one->visits != two->visits)
    return one->visits > two->visits ? -1 : 1;
  return one->index < two->index ? -1 : one->index > two->index;
}

static void
add_screen (PdgJourneyGraph *graph, const Walk *walk, guint32 index, gboolean pictures)
{
  g_autofree char *id = g_strdup_printf ("screen-%u", index);
  g_autofree char *path = index < G_N_ELEMENTS (shop) ? g_strdup (shop[index].path)
                                                      : g_strdup_printf ("/section/%u", index);
  g_autofree char *name = index < G_N_ELEMENTS (shop) ? g_strdup (shop[index].name)
                                                      : g_strdup_printf ("Section %u", index);
  g_autofree char *snapshot = pictures ? g_strdup_printf ("picture-%u", index) : NULL;
  PdgJourneyScreen screen = { 0 };

  screen.id = id;
  screen.path = path;
  screen.name = name;
  screen.snapshot_id = snapshot;
  screen.visits = walk->visits[index];
  screen.entries = walk->entries[index];
  screen.exits = walk->exits[index];
  screen.sessions = MAX (1, walk->visits[index] * 3 / 4);
  screen.errors = index < G_N_ELEMENTS (shop) ? (guint32) (shop[index].error_share * screen.visits) : 0;
  screen.load_p75_ms = index % 5 == 4 ? -1.0 : 310.0 + 173 * (index % 13);
  screen.dwell_median_ms = -1;
  pdg_journey_graph_add_screen (graph, &screen);
}

static int
compare_transitions (gconstpointer a, gconstpointer b)
{
  const PdgJourneyTransition *one = a;
  const PdgJourneyTransition *two = b;

  if (one->count != two->count)
    return one->count > two->count ? -1 : 1;
  if (one->from != two->from)
    return one->from < two->from ? -1 : 1;
  return one->to < two->to ? -1 : one->to > two->to;
}

static void
add_transitions (PdgJourneyGraph *graph, const Walk *walk, const guint32 *place)
{
  g_autoptr (GArray) transitions = g_array_new (FALSE, FALSE, sizeof (PdgJourneyTransition));
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, walk->counts);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      PdgJourneyTransition transition = {
        place[GPOINTER_TO_UINT (key) >> 16], place[GPOINTER_TO_UINT (key) & 0xffff], GPOINTER_TO_UINT (value), -1,
      };

      g_array_append_val (transitions, transition);
    }
  g_array_sort (transitions, compare_transitions);
  for (guint i = 0; i < transitions->len; i++)
    pdg_journey_graph_add_transition (graph, &g_array_index (transitions, PdgJourneyTransition, i));
}

PdgJourneyGraph *
graph_fixture_new (guint n_screens, guint32 seed, gboolean pictures)
{
  PdgJourneyGraph *graph = pdg_journey_graph_new ();
  Walk walk = { 0 };
  guint n_sessions = n_screens <= 1000 ? 6000 : 8000;
  g_autofree Busy *busy = g_new0 (Busy, n_screens);
  g_autofree guint32 *place = g_new0 (guint32, n_screens);

  walk.n = n_screens;
  walk.steps = g_array_new (FALSE, FALSE, sizeof (FixtureStep));
  walk.visits = g_new0 (guint32, n_screens);
  walk.entries = g_new0 (guint32, n_screens);
  walk.exits = g_new0 (guint32, n_screens);
  walk.counts = g_hash_table_new (g_direct_hash, g_direct_equal);
  walk.state = seed;
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    if (steps[i].from < (int) n_screens && steps[i].to < (int) n_screens)
      g_array_append_val (walk.steps, steps[i]);
  add_made_up (&walk);
  for (guint i = 0; i < n_sessions; i++)
    walk_once (&walk);

  for (guint32 i = 0; i < n_screens; i++)
    busy[i] = (Busy) { i, walk.visits[i] };
  qsort (busy, n_screens, sizeof *busy, compare_busy);
  for (guint32 i = 0; i < n_screens; i++)
    {
      place[busy[i].index] = i;
      add_screen (graph, &walk, busy[i].index, pictures);
    }
  add_transitions (graph, &walk, place);
  pdg_journey_graph_set_totals (graph, n_sessions, n_sessions * 8);

  g_array_unref (walk.steps);
  g_free (walk.visits);
  g_free (walk.entries);
  g_free (walk.exits);
  g_hash_table_unref (walk.counts);
  return graph;
}

PdgJourneyGraph *
graph_fixture_new_scattered (void)
{
  PdgJourneyGraph *graph = pdg_journey_graph_new ();
  PdgJourneyTransition transitions[] = { { 0, 1, 40, -1 }, { 1, 2, 20, -1 }, { 3, 4, 8, -1 } };

  for (guint i = 0; i < 12; i++)
    {
      g_autofree char *id = g_strdup_printf ("lone-%u", i);
      PdgJourneyScreen screen = { 0 };

      screen.id = screen.path = screen.name = id;
      screen.visits = 100 - i;
      pdg_journey_graph_add_screen (graph, &screen);
    }
  for (guint i = 0; i < G_N_ELEMENTS (transitions); i++)
    pdg_journey_graph_add_transition (graph, &transitions[i]);
  return graph;
}
