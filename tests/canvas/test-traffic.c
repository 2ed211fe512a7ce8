#include "config.h"

#include "canvas/pdg-traffic.h"
#include "graph-fixture.h"

#include <string.h>

/* Events as dots: each is in one place until it arrives, whatever is done meanwhile, and what is drawn is where it should be. */

#define WIDTH 900
#define HEIGHT 600
#define FRAME_USEC 16667
#define SECONDS G_USEC_PER_SEC

static PdgJourneyGraph *graph;
static PdgScene *scene;

static PdgScene *
make_scene (guint n_screens)
{
  g_autoptr (PdgJourneyGraph) other = graph_fixture_new (n_screens, 7, FALSE);
  g_autoptr (PdgLayout) layout = pdg_layout_new (other, NULL);

  return pdg_scene_new (other, layout);
}

static const char *
get_id (guint screen)
{
  guint n;

  return pdg_journey_graph_get_screens (graph, &n)[screen % n].id;
}

static void
assert_conserved (const PdgTraffic *traffic, guint64 n_sent)
{
  g_assert_cmpuint (pdg_traffic_get_n_in (traffic), ==, n_sent);
  g_assert_cmpuint (pdg_traffic_get_n_moving (traffic) + pdg_traffic_get_n_arrived (traffic), ==, n_sent);
  g_assert_cmpuint (pdg_traffic_get_n_dots (traffic), <=, PDG_TRAFFIC_MAX_DOTS);
}

/* 1,000 events a second and more, for ten seconds of frames. */
static void
test_conserved (void)
{
  g_autoptr (PdgTraffic) traffic = pdg_traffic_new ();
  g_autoptr (PdgScene) larger = make_scene (40);
  guint64 n_sent = 0;
  gint64 now = 1;
  guint n_most = 0;

  pdg_traffic_set_scene (traffic, scene);
  for (guint frame = 0; frame < 600; frame++, now += FRAME_USEC)
    {
      for (guint i = 0; frame % 12 == 0 && i < 40; i++)
        {
          guint count = (guint) g_test_rand_int_range (1, 12);

          n_sent += count;
          if (i % 3 == 0)
            pdg_traffic_add_pulse (traffic, i % 6 == 0 ? get_id (i) : i % 9 == 0 ? "unknown" : NULL, count, now);
          else
            pdg_traffic_add_step (traffic, get_id ((guint) g_test_rand_int_range (0, 14)), i % 11 == 0 ? "unknown" : get_id (i), count,
                                  g_test_rand_double_range (0, 9000), now);
        }
      if (frame == 200)
        pdg_traffic_set_scene (traffic, larger);
      if (frame == 300)
        pdg_traffic_set_paused (traffic, TRUE, now);
      if (frame == 340)
        pdg_traffic_set_paused (traffic, FALSE, now);
      pdg_traffic_advance (traffic, now);
      n_most = MAX (n_most, pdg_traffic_get_n_dots (traffic));
      assert_conserved (traffic, n_sent);
    }
  g_assert_cmpuint (n_most, >, 100);
  for (guint frame = 0; pdg_traffic_advance (traffic, now); frame++, now += FRAME_USEC)
    g_assert_cmpuint (frame, <, 600);
  g_assert_cmpuint (pdg_traffic_get_n_arrived (traffic), ==, n_sent);
}

/* More than there is room for is gathered, and is not lost. */
static void
test_bounded (void)
{
  g_autoptr (PdgTraffic) traffic = pdg_traffic_new ();

  pdg_traffic_set_scene (traffic, scene);
  for (guint i = 0; i < 5 * PDG_TRAFFIC_MAX_DOTS; i++)
    pdg_traffic_add_step (traffic, get_id (i), get_id (i / 14 + 1), 3, 2000, 1);
  assert_conserved (traffic, 15 * PDG_TRAFFIC_MAX_DOTS);
  g_assert_cmpuint (pdg_traffic_get_n_dots (traffic), >, PDG_TRAFFIC_MAX_DOTS / 2);
  while (pdg_traffic_advance (traffic, 10 * SECONDS))
    pdg_traffic_advance (traffic, 12 * SECONDS);
  assert_conserved (traffic, 15 * PDG_TRAFFIC_MAX_DOTS);
  g_assert_cmpuint (pdg_traffic_get_n_moving (traffic), ==, 0);
}

static cairo_surface_t *
draw (const PdgTraffic *traffic, const PdgCamera *camera)
{
  g_autoptr (PdgTheme) theme = pdg_theme_new (PDG_THEME_LIGHT);
  cairo_surface_t *target = cairo_image_surface_create (CAIRO_FORMAT_RGB24, WIDTH, HEIGHT);
  cairo_t *cr = cairo_create (target);

  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_paint (cr);
  pdg_traffic_draw (traffic, cr, camera, WIDTH, HEIGHT, 1, theme);
  cairo_destroy (cr);
  cairo_surface_flush (target);
  return target;
}

static guint
get_darkness (cairo_surface_t *picture, int x, int y)
{
  const guint8 *row = cairo_image_surface_get_data (picture) + (gsize) y * (gsize) cairo_image_surface_get_stride (picture);

  g_assert_true (x >= 0 && y >= 0 && x < WIDTH && y < HEIGHT);
  return 255 * 3 - row[4 * x] - row[4 * x + 1] - row[4 * x + 2];
}

static gboolean
same_picture (cairo_surface_t *a, cairo_surface_t *b)
{
  return memcmp (cairo_image_surface_get_data (a), cairo_image_surface_get_data (b), (gsize) HEIGHT * (gsize) cairo_image_surface_get_stride (a)) == 0;
}

/* In the middle of its time a dot is in the middle of its edge; in a pause it stays there. */
static void
test_drawn (void)
{
  g_autoptr (PdgTraffic) traffic = pdg_traffic_new ();
  PdgRect bounds = pdg_scene_get_bounds (scene);
  PdgCamera camera = pdg_camera_fit (&bounds, WIDTH, HEIGHT, 40, 1);
  const PdgSceneEdge *edge = pdg_scene_get_edge (scene, 0);
  cairo_surface_t *before, *middle, *held, *after, *gone;
  double x, y;

  g_assert_cmpuint (edge->from, !=, edge->to);
  pdg_camera_snap (&camera, 1);
  pdg_traffic_set_scene (traffic, scene);
  before = draw (traffic, &camera);
  pdg_traffic_add_step (traffic, get_id (edge->from), get_id (edge->to), 1, 1000, 5 * SECONDS);
  g_assert_true (pdg_traffic_advance (traffic, 5 * SECONDS + SECONDS / 2));
  middle = draw (traffic, &camera);
  pdg_scene_get_edge_point (scene, 0, 0.5, &x, &y);
  pdg_camera_to_screen (&camera, x, y, &x, &y);
  g_assert_cmpuint (get_darkness (before, (int) x, (int) y), ==, 0);
  g_assert_cmpuint (get_darkness (middle, (int) x, (int) y), >, 200);

  pdg_traffic_set_paused (traffic, TRUE, 5 * SECONDS + SECONDS / 2);
  g_assert_false (pdg_traffic_advance (traffic, 90 * SECONDS));
  held = draw (traffic, &camera);
  g_assert_true (same_picture (middle, held));
  pdg_traffic_set_paused (traffic, FALSE, 90 * SECONDS);
  g_assert_true (pdg_traffic_advance (traffic, 90 * SECONDS + SECONDS / 4));
  after = draw (traffic, &camera);
  g_assert_false (same_picture (middle, after));
  pdg_traffic_advance (traffic, 91 * SECONDS);
  g_assert_false (pdg_traffic_advance (traffic, 93 * SECONDS));
  gone = draw (traffic, &camera);
  g_assert_true (same_picture (before, gone));
  cairo_surface_destroy (before);
  cairo_surface_destroy (middle);
  cairo_surface_destroy (held);
  cairo_surface_destroy (after);
  cairo_surface_destroy (gone);
}

/* Who is there is told by a halo that stands still; whoever asked for no motion gets that alone. */
static void
test_still (void)
{
  g_autoptr (PdgTraffic) traffic = pdg_traffic_new ();
  PdgRect card = pdg_scene_get_picture_rect (scene, 0);
  PdgCamera camera = pdg_camera_centred (card.x + card.width / 2, card.y + card.height / 2, 1, WIDTH, HEIGHT);
  PdgRect screen = pdg_camera_rect_to_screen (&camera, &card);
  cairo_surface_t *picture;
  guint n_sessions, n_actors;

  pdg_traffic_set_scene (traffic, scene);
  pdg_traffic_set_still (traffic, TRUE);
  pdg_traffic_add_step (traffic, get_id (0), get_id (1), 5, 1000, 1);
  pdg_traffic_add_pulse (traffic, get_id (0), 5, 1);
  g_assert_false (pdg_traffic_advance (traffic, 2));
  assert_conserved (traffic, 10);
  g_assert_cmpuint (pdg_traffic_get_n_moving (traffic), ==, 0);
  picture = draw (traffic, &camera);
  g_assert_cmpuint (get_darkness (picture, (int) screen.x - 2, HEIGHT / 2), ==, 0);
  cairo_surface_destroy (picture);

  pdg_traffic_set_counter (traffic, get_id (0), 12, 9);
  g_assert_false (pdg_traffic_advance (traffic, 3));
  pdg_traffic_get_counter (traffic, get_id (0), &n_sessions, &n_actors);
  g_assert_cmpuint (n_sessions, ==, 12);
  g_assert_cmpuint (n_actors, ==, 9);
  picture = draw (traffic, &camera);
  g_assert_cmpuint (get_darkness (picture, (int) screen.x - 2, HEIGHT / 2), >, 10);
  g_assert_cmpuint (get_darkness (picture, (int) (screen.x + screen.width - 13), (int) screen.y), >, 200);
  cairo_surface_destroy (picture);
  pdg_traffic_clear_counters (traffic);
  pdg_traffic_get_counter (traffic, get_id (0), &n_sessions, &n_actors);
  g_assert_cmpuint (n_sessions + n_actors, ==, 0);
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  graph = graph_fixture_new (14, 7, FALSE);
  scene = make_scene (14);
  g_test_add_func ("/canvas/traffic/conserved", test_conserved);
  g_test_add_func ("/canvas/traffic/bounded", test_bounded);
  g_test_add_func ("/canvas/traffic/drawn", test_drawn);
  g_test_add_func ("/canvas/traffic/still", test_still);
  status = g_test_run ();
  pdg_scene_unref (scene);
  pdg_journey_graph_unref (graph);
  return status;
}
