#include "config.h"
#include "canvas/pdg-group.h"

#include "graph-fixture.h"

#include <string.h>

/* A graph of paths: the nth screen has 100 - n visits, entries on the first, and each leads to the next. */
static PdgJourneyGraph *
make_graph (const char *const *paths)
{
  PdgJourneyGraph *graph = pdg_journey_graph_new ();
  guint n = g_strv_length ((char **) paths);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *id = g_strdup_printf ("s%u", i);
      PdgJourneyScreen screen = { .id = id, .path = (char *) paths[i], .name = (char *) paths[i], .load_p75_ms = -1, .dwell_median_ms = -1 };

      screen.visits = 100 - i;
      screen.entries = i == 0 ? 100 : 0;
      screen.exits = i + 1 < n ? 1 : 100 - i;
      pdg_journey_graph_add_screen (graph, &screen);
    }
  for (guint32 i = 0; i + 1 < n; i++)
    pdg_journey_graph_add_transition (graph, &(PdgJourneyTransition) { i, i + 1, 99 - i, -1 });
  return graph;
}

static void
append_group (GString *text, const PdgGrouping *grouping, guint group)
{
  guint n_groups, n, n_screens;
  const guint32 *members = pdg_grouping_get_members (grouping, group, &n);
  const PdgJourneyScreen *screens = pdg_journey_graph_get_screens (pdg_grouping_get_graph (grouping), &n_screens);

  g_string_append_printf (text, "%s%s:", text->len > 0 ? "; " : "", pdg_grouping_get_groups (grouping, &n_groups)[group].title);
  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, " %s", screens[members[i]].path);
}

static void
test_path (void)
{
  static const struct
  {
    const char *paths[12];
    const char *groups;
  } cases[] = {
    { { NULL }, "" },
    { { "/" }, "" },
    { { "/", "/cart", "/help" }, "" },
    { { "/", "/checkout/pay", "/cart", "/checkout", "/checkout/done" }, "/checkout: /checkout/pay /checkout /checkout/done" },
    { { "/a/1", "/b/1", "/a/2", "/b/2" }, "/a: /a/1 /a/2; /b: /b/1 /b/2" },
    /* one word before all of them says nothing: the next one does */
    { { "/app/a/1", "/app/b/1", "/app/a/2", "/app/b/2", "/app" }, "/app/a: /app/a/1 /app/a/2; /app/b: /app/b/1 /app/b/2" },
    { { "/app/x/a/1", "/app/x/b/1", "/app/x/a/2", "/app/x/b/2" }, "/app/x/a: /app/x/a/1 /app/x/a/2; /app/x/b: /app/x/b/1 /app/x/b/2" },
    { { "/app/a", "/app/b", "/app/c" }, "/app: /app/a /app/b /app/c" },
    { { "/a?x=1", "//a//b/", "a/c#d", "/A" }, "/a: /a?x=1 //a//b/ a/c#d" },
    { { "", "/", "//" }, "/:  / //" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PdgJourneyGraph) graph = make_graph (cases[i].paths);
      g_autoptr (PdgGrouping) grouping = pdg_grouping_new (graph, PDG_GROUP_BY_PATH, NULL);
      g_autoptr (GString) text = g_string_new (NULL);
      guint n;

      pdg_grouping_get_groups (grouping, &n);
      for (guint j = 0; j < n; j++)
        append_group (text, grouping, j);
      g_assert_cmpstr (text->str, ==, cases[i].groups);
      g_assert_true (pdg_grouping_get_shown (grouping) == graph);
    }
}

static void
test_journey (void)
{
  static const PdgJourneyTransition moves[] = {
    { 0, 1, 60, -1 }, { 1, 2, 50, -1 }, { 1, 0, 45, -1 }, { 3, 1, 30, -1 }, { 3, 4, 20, -1 }, { 2, 5, 4, -1 }, { 0, 0, 3, -1 },
  };
  static const guint32 visits[] = { 100, 95, 90, 50, 40, 30 }, entries[] = { 50, 0, 0, 45, 0, 0 };
  g_autoptr (PdgJourneyGraph) graph = pdg_journey_graph_new ();
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (PdgGrouping) grouping = NULL;
  guint n;

  for (guint i = 0; i < G_N_ELEMENTS (visits); i++)
    {
      char name[] = { (char) ('A' + (int) i), '\0' };

      pdg_journey_graph_add_screen (graph, &(PdgJourneyScreen) { .id = name, .path = name, .name = name, .visits = visits[i], .entries = entries[i] });
    }
  for (guint i = 0; i < G_N_ELEMENTS (moves); i++)
    pdg_journey_graph_add_transition (graph, &moves[i]);
  grouping = pdg_grouping_new (graph, PDG_GROUP_BY_JOURNEY, NULL);
  pdg_grouping_get_groups (grouping, &n);
  for (guint i = 0; i < n; i++)
    append_group (text, grouping, i);
  /* D goes to E, since A's journey has B; F gets less than a tenth of C's visits. */
  g_assert_cmpstr (text->str, ==, "A → C: A B C; D → E: D E");
  g_assert_cmpint (pdg_grouping_lookup (grouping, "group:journey:D"), ==, 1);
  g_assert_cmpint (pdg_grouping_lookup_screen (grouping, "F"), ==, -1);
}

/* In, out and in between: nothing is lost and nothing is counted twice, whatever is folded. */
static void
check_sums (const PdgGrouping *grouping)
{
  PdgJourneyGraph *shown = pdg_grouping_get_shown (grouping);
  guint n_groups, n, n_all, n_moves, n_all_moves;
  const PdgGroup *groups = pdg_grouping_get_groups (grouping, &n_groups);
  const PdgJourneyScreen *screens = pdg_journey_graph_get_screens (shown, &n);
  const PdgJourneyScreen *all = pdg_journey_graph_get_screens (pdg_grouping_get_graph (grouping), &n_all);
  const PdgJourneyTransition *moves = pdg_journey_graph_get_transitions (shown, &n_moves);
  const PdgJourneyTransition *all_moves = pdg_journey_graph_get_transitions (pdg_grouping_get_graph (grouping), &n_all_moves);
  g_autofree guint64 *in = g_new0 (guint64, n + 1), *out = g_new0 (guint64, n + 1);
  guint64 sums[2][4] = { { 0 } }, counts[2] = { 0 };

  for (guint i = 0; i < n_moves; i++)
    {
      g_assert_true (i == 0 || moves[i - 1].count >= moves[i].count);
      out[moves[i].from] += moves[i].count;
      in[moves[i].to] += moves[i].count;
      counts[0] += moves[i].count;
    }
  for (guint i = 0; i < n_all_moves; i++)
    counts[1] += all_moves[i].count;
  for (guint i = 0; i < n; i++)
    {
      int group = pdg_grouping_lookup (grouping, screens[i].id);
      guint64 inner = group >= 0 ? groups[group].inner : 0;

      g_assert_true (i == 0 || screens[i - 1].visits >= screens[i].visits);
      g_assert_cmpuint (screens[i].visits, ==, in[i] + inner + screens[i].entries);
      g_assert_cmpuint (screens[i].visits, ==, out[i] + inner + screens[i].exits);
      if (group >= 0)
        {
          g_assert_true (groups[group].folded);
          g_assert_cmpuint (in[i], ==, groups[group].in);
          g_assert_cmpuint (out[i], ==, groups[group].out);
          counts[0] += inner;
        }
    }
  for (guint i = 0; i < MAX (n, n_all); i++)
    for (guint j = 0; j < 2; j++)
      {
        const PdgJourneyScreen *screen = j == 0 ? (i < n ? &screens[i] : NULL) : i < n_all ? &all[i] : NULL;

        sums[j][0] += screen != NULL ? screen->visits : 0;
        sums[j][1] += screen != NULL ? screen->entries : 0;
        sums[j][2] += screen != NULL ? screen->exits : 0;
        sums[j][3] += screen != NULL ? screen->errors : 0;
      }
  g_assert_cmpmem (sums[0], sizeof sums[0], sums[1], sizeof sums[1]);
  g_assert_cmpuint (counts[0], ==, counts[1]);
}

static void
test_sums (void)
{
  for (guint seed = 1; seed <= 40; seed++)
    for (PdgGroupBy by = PDG_GROUP_BY_NONE; by < PDG_N_GROUP_BYS; by++)
      {
        g_autoptr (PdgJourneyGraph) graph = graph_fixture_new (8 + seed * 3, seed, TRUE);
        g_autoptr (PdgGrouping) open = pdg_grouping_new (graph, by, NULL);
        g_autoptr (GHashTable) folded = g_hash_table_new (g_str_hash, g_str_equal);
        guint n;
        const PdgGroup *groups = pdg_grouping_get_groups (open, &n);

        g_assert_true (by != PDG_GROUP_BY_NONE || n == 0);
        g_assert_true (by == PDG_GROUP_BY_NONE || n > 0);
        check_sums (open);
        for (guint i = 0; i < n; i++)
          {
            g_autoptr (PdgGrouping) grouping = NULL;

            g_hash_table_add (folded, groups[i].id);
            grouping = pdg_grouping_new (graph, by, folded);
            check_sums (grouping);
          }
      }
}

/* What is folded and opened again is the graph that it was; an id that is no group's does nothing. */
static void
test_fold (void)
{
  g_autoptr (PdgJourneyGraph) graph = graph_fixture_new (14, 7, TRUE);
  g_autoptr (GHashTable) folded = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (PdgGrouping) closed = NULL, open = NULL;
  PdgJourneyGraph *shown;
  guint n, n_shown;
  const PdgGroup *groups;
  const PdgJourneyScreen *screens, *all = pdg_journey_graph_get_screens (graph, &n);
  int card, lead;

  g_hash_table_add (folded, (gpointer) "group:path:/checkout");
  g_hash_table_add (folded, (gpointer) "group:path:/nowhere");
  closed = pdg_grouping_new (graph, PDG_GROUP_BY_PATH, folded);
  shown = pdg_grouping_get_shown (closed);
  screens = pdg_journey_graph_get_screens (shown, &n_shown);
  g_assert_cmpuint (n_shown, ==, n - 2);
  card = pdg_grouping_lookup_shown (closed, "group:path:/checkout");
  g_assert_cmpint (card, >=, 0);
  g_assert_cmpstr (screens[card].name, ==, "/checkout");
  g_assert_true (pdg_group_is_id (screens[card].id));
  g_assert_cmpfloat (screens[card].load_p75_ms, <, 0);
  groups = pdg_grouping_get_groups (closed, &n);
  lead = (int) groups[pdg_grouping_lookup (closed, screens[card].id)].lead;
  g_assert_cmpstr (screens[card].snapshot_id, ==, all[lead].snapshot_id);
  /* its screens are found in it, others where they are */
  g_assert_cmpint (pdg_grouping_lookup_shown (closed, all[lead].id), ==, card);
  g_assert_cmpint (pdg_grouping_lookup_shown (closed, "nobody"), ==, -1);
  g_assert_cmpstr (screens[pdg_grouping_lookup_shown (closed, all[0].id)].id, ==, all[0].id);

  g_hash_table_remove (folded, "group:path:/checkout");
  open = pdg_grouping_new (graph, PDG_GROUP_BY_PATH, folded);
  g_assert_true (pdg_grouping_get_shown (open) == graph);
}

/* At a folded group, and between two, an edge has the moves of all their screens; how long they took is not known. */
static void
test_edges (void)
{
  static const char *const paths[] = { "/a/1", "/a/2", "/b/1", "/b/2", "/c" };
  static const char *const ids[] = { "group:path:/a", "group:path:/b", "/c" };
  g_autoptr (PdgJourneyGraph) graph = pdg_journey_graph_new ();
  guint sums[3][3] = { { 0 } };

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    pdg_journey_graph_add_screen (graph, &(PdgJourneyScreen) { .id = (char *) paths[i], .path = (char *) paths[i], .name = (char *) paths[i],
                                                               .visits = 100, .load_p75_ms = -1, .dwell_median_ms = -1 });
  for (guint32 i = 0; i < G_N_ELEMENTS (paths); i++)
    for (guint32 j = 0; j < G_N_ELEMENTS (paths); j++)
      {
        pdg_journey_graph_add_transition (graph, &(PdgJourneyTransition) { i, j, 1 + 5 * i + j, 10 });
        sums[i / 2][j / 2] += 1 + 5 * i + j;
      }
  g_assert_null (pdg_grouping_new_for_ids (graph, paths, 2));
  for (guint i = 0; i < 3; i++)
    for (guint j = 0; j < 3; j++)
      {
        const char *const ends[] = { ids[i], ids[j] };
        g_autoptr (PdgGrouping) grouping = pdg_grouping_new_for_ids (graph, ends, 2);
        const PdgJourneyTransition *moves;
        guint n, count = 0;
        int from, to;

        if (grouping == NULL)
          {
            g_assert_true (i == 2 && j == 2);
            continue;
          }
        from = pdg_grouping_lookup_shown (grouping, ids[i]);
        to = pdg_grouping_lookup_shown (grouping, ids[j]);
        g_assert_true (from >= 0 && to >= 0);
        moves = pdg_journey_graph_get_transitions (pdg_grouping_get_shown (grouping), &n);
        for (guint k = 0; k < n; k++)
          if (moves[k].from == (guint32) from && moves[k].to == (guint32) to)
            {
              g_assert_cmpuint (count, ==, 0);
              g_assert_cmpfloat (moves[k].dwell_median_ms, <, 0);
              count = moves[k].count;
            }
        g_assert_cmpuint (count, ==, i == j ? 0 : sums[i][j]); /* moves within a folded group are no edge */
      }
}

static void
test_nicks (void)
{
  PdgGroupBy by;

  for (PdgGroupBy i = PDG_GROUP_BY_NONE; i < PDG_N_GROUP_BYS; i++)
    {
      g_assert_true (pdg_group_by_from_nick (pdg_group_by_get_nick (i), &by));
      g_assert_cmpint (by, ==, i);
    }
  g_assert_false (pdg_group_by_from_nick ("colour", &by));
  g_assert_false (pdg_group_by_from_nick (NULL, &by));
}

/* So many screens must not be felt: far below what a layout of them takes. */
static void
test_large (void)
{
  g_autoptr (PdgJourneyGraph) graph = graph_fixture_new (10000, 3, FALSE);
  g_autoptr (GHashTable) folded = g_hash_table_new (g_str_hash, g_str_equal);
  gint64 start;

  g_hash_table_add (folded, (gpointer) "group:path:/section");
  for (PdgGroupBy by = PDG_GROUP_BY_PATH; by < PDG_N_GROUP_BYS; by++)
    {
      g_autoptr (PdgGrouping) grouping = NULL;
      guint n;

      start = g_get_monotonic_time ();
      grouping = pdg_grouping_new (graph, by, folded);
      pdg_grouping_get_groups (grouping, &n);
      g_test_message ("by %s: %u groups in %.1f ms", pdg_group_by_get_nick (by), n, (double) (g_get_monotonic_time () - start) / 1000);
      g_assert_cmpuint (n, >, 0);
      check_sums (grouping);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/canvas/group/path", test_path);
  g_test_add_func ("/canvas/group/journey", test_journey);
  g_test_add_func ("/canvas/group/sums", test_sums);
  g_test_add_func ("/canvas/group/fold", test_fold);
  g_test_add_func ("/canvas/group/edges", test_edges);
  g_test_add_func ("/canvas/group/nicks", test_nicks);
  g_test_add_func ("/canvas/group/large", test_large);
  return g_test_run ();
}
