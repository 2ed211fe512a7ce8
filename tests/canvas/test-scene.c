#include "canvas/pdg-scene-private.h"
#include "canvas/pdg-scene.h"
#include "graph-fixture.h"

#include <math.h>

static const guint sizes[] = { 6, 14, 60, 200 };
static const double zooms[] = { 0.375, 0.42, 0.5, 0.64, 0.8, 1.0, 1.7, 4.0 };

static PdgScene *
make_scene (guint n_screens, guint32 seed)
{
  g_autoptr (PdgJourneyGraph) graph = graph_fixture_new (n_screens, seed, FALSE);

  return pdg_scene_new (graph, NULL);
}

/* Labels touch neither cards, with their text and marks, nor each other, at any zoom; and most edges have one. */
static void
test_labels_apart (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (PdgScene) scene = make_scene (sizes[i], 7);

      for (guint j = 0; j < G_N_ELEMENTS (zooms); j++)
        {
          g_autoptr (GArray) labels = g_array_new (FALSE, FALSE, sizeof (PdgRect));
          guint n_wanted = 0, n_shown = 0;

          for (guint edge = 0; edge < pdg_scene_get_n_edges (scene); edge++)
            {
              PdgRect label;

              n_wanted += !scene->routes[edge].quiet;
              if (!pdg_scene_get_label_rect (scene, edge, zooms[j], &label))
                continue;
              n_shown += !scene->routes[edge].quiet;
              for (guint k = 0; k < labels->len; k++)
                g_assert_false (pdg_rect_intersects (&label, &g_array_index (labels, PdgRect, k)));
              for (guint card = 0; card < pdg_scene_get_n_cards (scene); card++)
                {
                  PdgRect rect = pdg_scene_get_card_rect (scene, card);

                  rect.height = MAX (rect.height, PDG_CARD_PICTURE_HEIGHT +
                                                    PDG_TEXT_BLOCK * pdg_text_scale (zooms[j]) / zooms[j]);
                  g_assert_false (pdg_rect_intersects (&label, &rect));
                }
              g_array_append_val (labels, label);
            }
          g_assert_cmpuint (n_shown * 10, >=, n_wanted * (zooms[j] < 0.5 ? 5 : sizes[i] <= 14 ? 8 : 6));
        }
    }
}

/* Forward and back edges of small graphs keep off the cards between their ends. */
static void
test_routes_keep_off_cards (void)
{
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (PdgScene) scene = make_scene (sizes[i], 7);

      for (guint e = 0; e < pdg_scene_get_n_edges (scene); e++)
        {
          const PdgSceneEdge *edge = pdg_scene_get_edge (scene, e);
          guint n;
          const double *points = pdg_scene_get_edge_points (scene, e, &n);

          for (guint j = 0; j < n; j++)
            for (guint card = 0; card < pdg_scene_get_n_cards (scene); card++)
              {
                PdgRect rect = pdg_scene_get_card_rect (scene, card);
                PdgRect inner = pdg_rect_expand (&rect, -2);

                if (card != edge->from && card != edge->to)
                  g_assert_false (pdg_rect_contains (&inner, points[2 * j], points[2 * j + 1]));
              }
        }
    }
}

static void
test_edges_meet_cards (void)
{
  g_autoptr (PdgScene) scene = make_scene (200, 7);
  guint n_kinds[4] = { 0 };

  for (guint e = 0; e < pdg_scene_get_n_edges (scene); e++)
    {
      const PdgSceneEdge *edge = pdg_scene_get_edge (scene, e);
      PdgRect from = pdg_scene_get_card_rect (scene, edge->from);
      PdgRect to = pdg_scene_get_card_rect (scene, edge->to);
      guint n;
      const double *points = pdg_scene_get_edge_points (scene, e, &n);
      const double *last = points + 2 * (n - 1);

      n_kinds[edge->kind]++;
      g_assert_cmpfloat (edge->width, >=, 1);
      g_assert_cmpfloat (edge->width, <=, 14);
      g_assert_cmpfloat (edge->share, >, 0);
      g_assert_cmpfloat (edge->share, <=, 1);
      if (edge->kind == PDG_EDGE_FORWARD)
        {
          g_assert_cmpfloat (points[0], ==, from.x + from.width);
          g_assert_cmpfloat (last[0], ==, to.x);
          g_assert_cmpfloat (points[1], >=, from.y);
          g_assert_cmpfloat (last[1], <=, to.y + PDG_CARD_PICTURE_HEIGHT);
        }
      else if (edge->kind == PDG_EDGE_BACK)
        {
          g_assert_cmpfloat (points[0], ==, from.x);
          g_assert_cmpfloat (last[0], ==, to.x + to.width);
        }
    }
  for (guint i = 0; i < G_N_ELEMENTS (n_kinds); i++)
    g_assert_cmpuint (n_kinds[i], >, 0);
}

/* What is drawn is hit: every card at its middle and corners, every label, every point of a lone edge. */
static void
test_hit_drawn (void)
{
  g_autoptr (PdgScene) scene = make_scene (60, 7);
  guint index;

  for (guint card = 0; card < pdg_scene_get_n_cards (scene); card++)
    {
      PdgRect rect = pdg_scene_get_card_rect (scene, card);

      g_assert_cmpint (pdg_scene_hit_test (scene, rect.x + 160, rect.y + 120, 1, 6, &index), ==, PDG_HIT_CARD);
      g_assert_cmpuint (index, ==, card);
      g_assert_cmpint (pdg_scene_hit_test (scene, rect.x + 1, rect.y + 1, 1, 6, &index), ==, PDG_HIT_CARD);
      g_assert_cmpuint (index, ==, card);
    }
  for (guint edge = 0; edge < pdg_scene_get_n_edges (scene); edge++)
    {
      PdgRect label;
      guint n_points;
      const double *points = pdg_scene_get_edge_points (scene, edge, &n_points);

      if (!scene->routes[edge].quiet && pdg_scene_get_label_rect (scene, edge, 0.5, &label))
        {
          g_assert_cmpint (pdg_scene_hit_test (scene, label.x + label.width / 2, label.y + label.height / 2, 0.5, 6, &index),
                           ==, PDG_HIT_LABEL);
          g_assert_cmpuint (index, ==, edge);
        }
      for (guint i = 0; i < n_points; i++)
        g_assert_cmpint (pdg_scene_hit_test (scene, points[2 * i], points[2 * i + 1], 1, 2, &index), !=, PDG_HIT_NOTHING);
    }
}

/* The grid finds the same as looking at everything. */
static void
test_hit_equals_brute_force (void)
{
  g_autoptr (PdgScene) scene = make_scene (200, 7);
  PdgRect bounds = pdg_scene_get_bounds (scene);

  for (guint i = 0; i < 4000; i++)
    {
      double x = bounds.x + bounds.width * fmod (i * 0.618034, 1);
      double y = bounds.y + bounds.height * fmod (i * 0.754877, 1);
      guint index = 0, n_near = 0;
      PdgHitKind kind = pdg_scene_hit_test (scene, x, y, 0.2, 20, &index);
      int card = -1;

      for (guint j = 0; j < pdg_scene_get_n_cards (scene); j++)
        {
          PdgRect rect = pdg_scene_get_card_rect (scene, j);

          if (pdg_rect_contains (&rect, x, y))
            card = (int) j;
        }
      for (guint e = 0; e < pdg_scene_get_n_edges (scene); e++)
        {
          guint n;
          const double *points = pdg_scene_get_edge_points (scene, e, &n);

          for (guint j = 0; j < n; j++)
            n_near += hypot (points[2 * j] - x, points[2 * j + 1] - y) < 20;
        }
      if (card >= 0)
        {
          g_assert_cmpint (kind, ==, PDG_HIT_CARD);
          g_assert_cmpint ((int) index, ==, card);
        }
      else if (n_near > 0)
        g_assert_cmpint (kind, ==, PDG_HIT_EDGE);
      else
        g_assert_cmpint (kind, !=, PDG_HIT_CARD);
    }
  g_assert_cmpint (pdg_scene_hit_test (scene, NAN, 0, 1, 1, NULL), ==, PDG_HIT_NOTHING);
  g_assert_cmpint (pdg_scene_hit_test (scene, bounds.x - 1e6, 0, 1, 1, NULL), ==, PDG_HIT_NOTHING);
}

static void
test_query (void)
{
  g_autoptr (PdgScene) scene = make_scene (60, 7);
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (guint32));
  PdgRect bounds = pdg_scene_get_bounds (scene);
  PdgRect card = pdg_scene_get_card_rect (scene, 5);
  PdgRect inside = pdg_rect_expand (&card, -10);

  pdg_scene_query_cards (scene, &bounds, TRUE, found);
  g_assert_cmpuint (found->len, ==, 60);
  for (guint i = 0; i < found->len; i++)
    g_assert_cmpuint (g_array_index (found, guint32, i), ==, i);

  g_array_set_size (found, 0);
  pdg_scene_query_cards (scene, &inside, FALSE, found);
  g_assert_cmpuint (found->len, ==, 1);
  g_assert_cmpuint (g_array_index (found, guint32, 0), ==, 5);
  pdg_scene_query_cards (scene, &inside, TRUE, found);
  g_assert_cmpuint (found->len, ==, 1);
}

static void
test_walk (void)
{
  g_autoptr (PdgScene) scene = make_scene (14, 7);
  guint n;
  const guint32 *order = pdg_scene_get_reading_order (scene, &n);
  int card = -1;
  int home = pdg_scene_lookup_card (scene, "screen-0");

  g_assert_cmpuint (n, ==, 14);
  for (guint i = 0; i < n; i++)
    {
      card = pdg_scene_step (scene, card, 1);
      g_assert_cmpint (card, ==, (int) order[i]);
    }
  g_assert_cmpint (pdg_scene_step (scene, card, 1), ==, (int) order[0]);
  g_assert_cmpint (pdg_scene_step (scene, -1, -1), ==, (int) order[13]);
  g_assert_cmpint (pdg_scene_step (scene, (int) order[0], -1), ==, (int) order[13]);
  g_assert_cmpint ((int) order[0], ==, home);

  const guint32 *out = pdg_scene_get_outgoing (scene, (guint) home, &n);

  g_assert_cmpuint (n, >, 3);
  for (guint i = 0; i < n; i++)
    {
      g_assert_cmpuint (pdg_scene_get_edge (scene, out[i])->from, ==, (guint) home);
      g_assert_cmpuint (pdg_scene_get_edge (scene, out[i])->to, !=, (guint) home);
      if (i > 0)
        g_assert_cmpuint (pdg_scene_get_edge (scene, out[i - 1])->count, >=, pdg_scene_get_edge (scene, out[i])->count);
    }
  const guint32 *in = pdg_scene_get_incoming (scene, (guint) home, &n);

  for (guint i = 0; i < n; i++)
    g_assert_cmpuint (pdg_scene_get_edge (scene, in[i])->to, ==, (guint) home);

  int right = pdg_scene_get_neighbor (scene, (guint) home, 1, 0);

  g_assert_cmpint (right, >=, 0);
  g_assert_cmpfloat (pdg_scene_get_card_rect (scene, (guint) right).x, >,
                     pdg_scene_get_card_rect (scene, (guint) home).x);
  g_assert_cmpint (pdg_scene_get_neighbor (scene, (guint) home, -1, 0), ==, -1);
}

static void
test_edge_point (void)
{
  g_autoptr (PdgScene) scene = make_scene (14, 7);

  for (guint edge = 0; edge < pdg_scene_get_n_edges (scene); edge++)
    {
      guint n;
      const double *points = pdg_scene_get_edge_points (scene, edge, &n);
      double x, y, last_x = points[0], last_y = points[1], way = 0;

      for (guint i = 0; i <= 200; i++)
        {
          pdg_scene_get_edge_point (scene, edge, i / 200.0, &x, &y);
          way += hypot (x - last_x, y - last_y);
          last_x = x;
          last_y = y;
        }
      g_assert_cmpfloat_with_epsilon (x, points[2 * n - 2], 1e-6);
      g_assert_cmpfloat_with_epsilon (y, points[2 * n - 1], 1e-6);
      g_assert_cmpfloat (fabs (way - scene->routes[edge].length), <, 0.02 * scene->routes[edge].length);
      pdg_scene_get_edge_point (scene, edge, NAN, &x, &y);
      g_assert_cmpfloat (x, ==, points[0]);
    }
}

/* Cards moved anywhere, even onto each other, still make a scene. */
static void
test_any_positions (void)
{
  g_autoptr (PdgJourneyGraph) graph = graph_fixture_new (60, 7, FALSE);
  guint n;
  const PdgJourneyScreen *screens = pdg_journey_graph_get_screens (graph, &n);
  g_autofree PdgLayoutPosition *positions = g_new0 (PdgLayoutPosition, n);

  for (guint round = 0; round < 4; round++)
    {
      static const double spreads[] = { 0, 300, 4000, 9e6 };

      for (guint i = 0; i < n; i++)
        positions[i] = (PdgLayoutPosition) {
          screens[i].id, spreads[round] * fmod (i * 0.618034, 1), spreads[round] * fmod (i * 0.754877, 1), 0, 0, TRUE,
        };

      g_autoptr (PdgLayout) layout = pdg_layout_new_from_positions (positions, n);
      g_autoptr (PdgScene) scene = pdg_scene_new (graph, layout);
      PdgRect bounds = pdg_scene_get_bounds (scene);

      g_assert_true (isfinite (bounds.width) && isfinite (bounds.height));
      for (guint i = 0; i < n; i++)
        {
          PdgRect card = pdg_scene_get_card_rect (scene, i);
          g_assert_cmpint (pdg_scene_hit_test (scene, card.x + 10, card.y + 10, 0.1, 1, NULL), ==, PDG_HIT_CARD);
        }
    }
}

static void
test_empty (void)
{
  g_autoptr (PdgJourneyGraph) graph = pdg_journey_graph_new ();
  g_autoptr (PdgScene) scene = pdg_scene_new (graph, NULL);
  PdgRect bounds = pdg_scene_get_bounds (scene);

  g_assert_cmpfloat (bounds.width, ==, 0);
  g_assert_cmpint (pdg_scene_step (scene, -1, 1), ==, -1);
  g_assert_cmpint (pdg_scene_hit_test (scene, 0, 0, 1, 5, NULL), ==, PDG_HIT_NOTHING);
}

/* The same screens seen in two ways, as two releases are: two graphs, one layout that knows the screens of both, and what both have lies
 * in one place. */
static void
test_shared_layout (void)
{
  g_autoptr (PdgJourneyGraph) one = graph_fixture_new (30, 1, FALSE), other = graph_fixture_new (40, 2, FALSE);
  g_autoptr (PdgLayout) layout = pdg_layout_new (other, NULL);
  g_autoptr (PdgScene) first = pdg_scene_new (one, layout), second = pdg_scene_new (other, layout), again = pdg_scene_new (one, layout);
  guint n_shared = 0;

  g_assert_true (pdg_scene_get_graph (first) == one);
  g_assert_true (pdg_scene_get_graph (second) == other);
  for (guint i = 0; i < pdg_scene_get_n_cards (first); i++)
    {
      int card = pdg_scene_lookup_card (second, pdg_scene_get_screen (first, i)->id);
      PdgRect here = pdg_scene_get_card_rect (first, i), same = pdg_scene_get_card_rect (again, i);

      g_assert_true (memcmp (&here, &same, sizeof here) == 0);
      if (card >= 0)
        {
          PdgRect there = pdg_scene_get_card_rect (second, (guint) card);

          n_shared++;
          g_assert_cmpfloat (here.x, ==, there.x);
          g_assert_cmpfloat (here.y, ==, there.y);
        }
    }
  g_assert_cmpuint (n_shared, ==, pdg_scene_get_n_cards (first));
  g_assert_cmpuint (pdg_scene_get_n_cards (second), >, n_shared);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/canvas/scene/labels-apart", test_labels_apart);
  g_test_add_func ("/canvas/scene/routes-keep-off-cards", test_routes_keep_off_cards);
  g_test_add_func ("/canvas/scene/edges-meet-cards", test_edges_meet_cards);
  g_test_add_func ("/canvas/scene/hit-drawn", test_hit_drawn);
  g_test_add_func ("/canvas/scene/hit-equals-brute-force", test_hit_equals_brute_force);
  g_test_add_func ("/canvas/scene/query", test_query);
  g_test_add_func ("/canvas/scene/walk", test_walk);
  g_test_add_func ("/canvas/scene/edge-point", test_edge_point);
  g_test_add_func ("/canvas/scene/any-positions", test_any_positions);
  g_test_add_func ("/canvas/scene/empty", test_empty);
  g_test_add_func ("/canvas/scene/shared-layout", test_shared_layout);
  return g_test_run ();
}
