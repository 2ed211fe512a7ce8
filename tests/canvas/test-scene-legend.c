#include "config.h"
#include "canvas/pdg-scene-legend.h"

#include "graph-fixture.h"

#include <math.h>

static PdgScene *
make_scene (const guint32 *counts, guint n)
{
  g_autoptr (PdgJourneyGraph) graph = pdg_journey_graph_new ();

  for (guint i = 0; i <= n; i++)
    {
      g_autofree char *id = g_strdup_printf ("s%u", i);
      PdgJourneyScreen screen = { .id = id, .path = id, .name = id, .visits = 1000000, .load_p75_ms = -1, .dwell_median_ms = -1 };

      pdg_journey_graph_add_screen (graph, &screen);
    }
  for (guint i = 0; i < n; i++)
    pdg_journey_graph_add_transition (graph, &(PdgJourneyTransition) { i, i + 1, counts[i], -1 });
  return pdg_scene_new (graph, NULL);
}

/* Round counts, falling, none above the most; as wide as an edge of so many would be: width grows with the square root. */
static void
test_steps (void)
{
  static const struct
  {
    guint32 most;
    guint32 steps[PDG_LEGEND_MAX_STEPS];
    guint n;
  } cases[] = {
    { 1, { 1 }, 1 }, { 3, { 2 }, 1 }, { 7, { 5, 1 }, 2 }, { 99, { 50, 10, 2 }, 3 }, { 100, { 100, 20, 2 }, 3 }, { 4200, { 2000, 200, 20 }, 3 },
    { 4294967295u, { 2000000000u, 200000000u, 20000000u }, 3 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PdgScene) scene = make_scene (&cases[i].most, 1);
      PdgLegendStep steps[PDG_LEGEND_MAX_STEPS];
      guint n = pdg_scene_get_legend (scene, steps);
      const PdgSceneEdge *edge = pdg_scene_get_edge (scene, 0);

      for (guint j = 0; j < n; j++)
        {
          g_test_message ("%u: %u", cases[i].most, steps[j].count);
          g_assert_cmpuint (steps[j].count, <=, j > 0 ? steps[j - 1].count - 1 : cases[i].most);
          g_assert_cmpfloat_with_epsilon (steps[j].width - 1, (edge->width - 1) * sqrt ((double) steps[j].count / edge->count), 1e-6);
        }
      g_assert_cmpuint (n, ==, cases[i].n);
      g_assert_cmpuint (steps[0].count, ==, cases[i].steps[0]);
    }
}

static void
test_nothing (void)
{
  g_autoptr (PdgScene) scene = make_scene (NULL, 0);
  PdgLegendStep steps[PDG_LEGEND_MAX_STEPS];

  g_assert_cmpuint (pdg_scene_get_legend (scene, steps), ==, 0);
  g_assert_cmpfloat (pdg_scene_get_usual_share (scene), ==, 0);
}

/* Between the least and the greatest share, and nearer to those that many take. */
static void
test_usual_share (void)
{
  const guint32 counts[] = { 800000, 100000 };
  g_autoptr (PdgScene) scene = make_scene (counts, 2);

  g_assert_cmpfloat_with_epsilon (pdg_scene_get_usual_share (scene), (0.8 * 800000 + 0.1 * 100000) / 900000, 1e-9);
}

/* Nothing is cut off: the last pixels of the measured size are empty. */
static void
test_size (void)
{
  g_autoptr (PdgJourneyGraph) graph = graph_fixture_new (14, 7, FALSE);
  g_autoptr (PdgScene) scene = pdg_scene_new (graph, NULL);
  g_autoptr (PdgTheme) theme = pdg_theme_new (PDG_THEME_LIGHT);
  PdgSceneStyle style = PDG_SCENE_STYLE_INIT;

  static const double zooms[] = { 1, 8 };

  for (guint i = 0; i < 4; i++)
    {
      double zoom = zooms[i / 2];
      gboolean tint = i % 2 != 0;
      cairo_surface_t *surface;
      const guint8 *data;
      int width, height, stride;
      guint n_drawn = 0;
      cairo_t *cr;

      style.edge_tint = tint ? PDG_EDGE_TINT_CONVERSION : PDG_EDGE_TINT_NONE;
      style.tint_reference = 0.3;
      pdg_scene_measure_legend (scene, zoom, theme, &style, &width, &height);
      surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);
      cr = cairo_create (surface);
      pdg_scene_draw_legend (scene, cr, zoom, 1, theme, &style);
      cairo_destroy (cr);
      cairo_surface_flush (surface);
      data = cairo_image_surface_get_data (surface);
      stride = cairo_image_surface_get_stride (surface);
      for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
          {
            gboolean drawn = data[y * stride + 4 * x + 3] != 0;

            n_drawn += drawn;
            g_assert_false (drawn && (x < 4 || y < 4 || x >= width - 4 || y >= height - 4));
          }
      g_assert_cmpuint (n_drawn, >, 500);
      cairo_surface_destroy (surface);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/canvas/scene-legend/steps", test_steps);
  g_test_add_func ("/canvas/scene-legend/nothing", test_nothing);
  g_test_add_func ("/canvas/scene-legend/usual-share", test_usual_share);
  g_test_add_func ("/canvas/scene-legend/size", test_size);
  return g_test_run ();
}
