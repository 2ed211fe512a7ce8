#include "canvas/pdg-compositor.h"
#include "graph-fixture.h"
#include "picture-fixture.h"

#include <math.h>
#include <string.h>

#define WIDTH 900
#define HEIGHT 620
#define FRAME_USEC 16667
#define BLANK 0xffff00ff
/* Room for the frame, for each of its scale, and not for what lies around: that is half of all tiles, and not looked at. */
#define FRAME_BYTES (16u << 20)

const char *__lsan_default_suppressions (void);

/* Read by the leak sanitizer when there is one: fontconfig keeps its patterns until the process ends. */
const char *
__lsan_default_suppressions (void)
{
  return "leak:libfontconfig";
}

/* A compositor with a target and a clock of its own. */
typedef struct
{
  PdgCompositor *compositor;
  PdgScene *scene;
  PdgTheme *theme;
  cairo_surface_t *target;
  gint64 now_usec;
  guint n_ready;
  int scale, width, height;
} Stage;

static void
ready_cb (gpointer user_data)
{
  ((Stage *) user_data)->n_ready++;
}

static void
stage_init_sized (Stage *stage, PdgCompositorWay way, PdgScene *scene, PdgThemeKind kind, int scale, PdgImageStore *images, gsize budget_bytes)
{
  *stage = (Stage) { .scale = scale, .now_usec = G_USEC_PER_SEC };
  /* as many pixels at scale 3 as at 2: beyond, the kernel's work for fresh memory is most of the test's */
  stage->width = WIDTH * MIN (scale, 2) / scale;
  stage->height = HEIGHT * MIN (scale, 2) / scale;
  stage->compositor = pdg_compositor_new (way, 2, budget_bytes, NULL, ready_cb, stage);
  stage->scene = pdg_scene_ref (scene);
  stage->theme = pdg_theme_new (kind);
  stage->target = cairo_image_surface_create (CAIRO_FORMAT_RGB24, stage->width * scale, stage->height * scale);
  cairo_surface_set_device_scale (stage->target, scale, scale);
  pdg_compositor_set_scene (stage->compositor, scene);
  pdg_compositor_set_look (stage->compositor, stage->theme, scale, PDG_EDGE_TINT_NONE, 0);
  pdg_compositor_set_images (stage->compositor, images);
}

static void
stage_init (Stage *stage, PdgCompositorWay way, PdgScene *scene, PdgThemeKind kind, int scale, PdgImageStore *images)
{
  stage_init_sized (stage, way, scene, kind, scale, images, PDG_COMPOSITOR_BUDGET_BYTES);
}

static void
stage_clear (Stage *stage)
{
  pdg_compositor_free (stage->compositor);
  pdg_scene_unref (stage->scene);
  pdg_theme_unref (stage->theme);
  cairo_surface_destroy (stage->target);
}

static guint32 *
get_row (cairo_surface_t *surface, int y)
{
  return (guint32 *) (void *) (cairo_image_surface_get_data (surface) + y * cairo_image_surface_get_stride (surface));
}

/* Fills the target with what is never drawn, then draws; no pixel may be left. */
static gint64
stage_draw (Stage *stage, const PdgCamera *camera)
{
  gint64 wake;

  cairo_surface_flush (stage->target);
  for (int y = 0; y < stage->height * stage->scale; y++)
    {
      guint32 *row = get_row (stage->target, y);

      for (int x = 0; x < stage->width * stage->scale; x++)
        row[x] = BLANK;
    }
  wake = pdg_compositor_draw (stage->compositor, stage->target, camera, stage->width, stage->height, stage->now_usec);
  for (int y = 0; y < stage->height * stage->scale; y++)
    {
      const guint32 *row = get_row (stage->target, y);
      guint n_blank = 0;

      for (int x = 0; x < stage->width * stage->scale; x++)
        n_blank += (row[x] & 0xffffff) == (BLANK & 0xffffff);
      g_assert_cmpuint (n_blank, ==, 0);
    }

  PdgCompositorStats stats = pdg_compositor_get_stats (stage->compositor);

  g_assert_cmpuint (stats.exact + stats.direct + stats.scaled + stats.other + stats.overview, ==,
                    (guint64) (stage->width * stage->scale) * (guint64) (stage->height * stage->scale));
  return wake;
}

/* Draws until the view has come to rest: what one sees when nothing moves. */
static void
stage_rest (Stage *stage, const PdgCamera *camera)
{
  for (guint i = 0; i < 20; i++)
    {
      gint64 wake = stage_draw (stage, camera);

      if (wake == 0 && pdg_compositor_is_exact (stage->compositor))
        return;
      pdg_compositor_wait (stage->compositor);
      stage->now_usec = MAX (wake, stage->now_usec + FRAME_USEC);
    }
  g_assert_not_reached ();
}

static int
get_difference (cairo_surface_t *a, cairo_surface_t *b)
{
  int most = 0, width = cairo_image_surface_get_width (a);

  for (int y = 0; y < cairo_image_surface_get_height (a); y++)
    {
      const guint32 *one = get_row (a, y), *other = get_row (b, y);

      for (int x = 0; x < width; x++)
        for (int shift = 0; shift < 24 && ((one[x] ^ other[x]) & 0xffffff) != 0; shift += 8)
          most = MAX (most, abs ((int) (one[x] >> shift & 0xff) - (int) (other[x] >> shift & 0xff)));
    }
  return most;
}

static PdgScene *
make_scene (guint n_screens, gboolean pictures, guint32 seed)
{
  g_autoptr (PdgJourneyGraph) graph = graph_fixture_new (n_screens, seed, pictures);

  return pdg_scene_new (graph, NULL);
}

static PdgCamera
get_camera (const PdgScene *scene, double zoom, double x, double y)
{
  PdgRect card = pdg_scene_get_card_rect (scene, 0);

  return pdg_camera_centred (card.x + 160 + x, card.y + 100 + y, zoom, WIDTH, HEIGHT);
}

static const struct
{
  guint n_screens;
  PdgThemeKind kind;
  int scale;
} looks[] = {
  { 14, PDG_THEME_LIGHT, 1 }, { 14, PDG_THEME_DARK, 2 }, { 160, PDG_THEME_DARK, 1 }, { 160, PDG_THEME_LIGHT, 2 },
  { 60, PDG_THEME_LIGHT, 3 },
};
static const double zooms[] = { 1.0 / 64, 0.03, 0.1, 0.19, 0.25, 0.33, 0.5, 0.77, 1, 1.37, 2, 5.3 };

/* At rest the three ways show the same, wherever they came from: tiles after zooming, scrolling after panning. */
static void
test_same_pixels (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (looks); i++)
    {
      g_autoptr (PdgScene) scene = make_scene (looks[i].n_screens, TRUE, 7);
      g_autoptr (PdgImageStore) images = pdg_image_store_new (64 << 20);
      Stage tiles, scroll, direct;

      if (i % 2 == 0)
        picture_fixture_fill (images, pdg_scene_get_graph (scene));
      stage_init_sized (&tiles, PDG_COMPOSITOR_TILES, scene, looks[i].kind, looks[i].scale, images, FRAME_BYTES * (gsize) looks[i].scale);
      stage_init (&scroll, PDG_COMPOSITOR_SCROLL, scene, looks[i].kind, looks[i].scale, images);
      stage_init (&direct, PDG_COMPOSITOR_DIRECT, scene, looks[i].kind, looks[i].scale, images);
      for (guint j = 0; j < G_N_ELEMENTS (zooms); j++)
        {
          PdgCamera camera = get_camera (scene, zooms[j], 0, 0);

          stage_draw (&scroll, &camera);
          pdg_camera_pan (&camera, -177, 93);
          stage_draw (&scroll, &camera);
          pdg_camera_pan (&camera, 64.3, -200.7);
          stage_draw (&scroll, &camera);
          stage_draw (&direct, &camera);
          stage_rest (&tiles, &camera);
          g_test_message ("%u screens, scale %d, zoom %g", looks[i].n_screens, looks[i].scale, zooms[j]);
          g_assert_cmpint (get_difference (direct.target, scroll.target), <=, 2);
          g_assert_cmpint (get_difference (direct.target, tiles.target), <=, 2);
        }
      stage_clear (&tiles);
      stage_clear (&scroll);
      stage_clear (&direct);
    }
}

/* A wild ride: no pixel is left out (stage_draw () looks), and each zoom ends exact. */
static void
test_never_blank (void)
{
  g_autoptr (PdgScene) scene = make_scene (160, FALSE, 7);
  PdgCamera camera = get_camera (scene, 1, 0, 0);
  Stage stage;
  guint64 n_other = 0;

  stage_init (&stage, PDG_COMPOSITOR_TILES, scene, PDG_THEME_LIGHT, 1, NULL);
  for (guint i = 0; i < 360; i++)
    {
      if (i % 120 < 50)
        pdg_camera_pan (&camera, 37 * cos (i / 9.0), 61 * sin (i / 9.0));
      else if (i % 120 < 100)
        pdg_camera_zoom_by (&camera, 300 + i, 200, i < 120 ? -0.11 : 0.07);
      else
        camera = get_camera (scene, i < 240 ? 0.02 : 3, 700.0 * i, -150.0 * i);
      stage_draw (&stage, &camera);
      n_other += pdg_compositor_get_stats (stage.compositor).other;
      stage.now_usec += FRAME_USEC;
      if (i % 7 == 0)
        pdg_compositor_wait (stage.compositor);
    }
  g_assert_cmpuint (n_other, >, 0);
  stage_rest (&stage, &camera);
  stage_clear (&stage);
}

/* The same with nothing kept: a new canvas, or another appearance in the middle of a movement, and no time for the workers. */
static void
test_never_blank_cold (void)
{
  static const double octaves[] = { 0, -0.13, 0.09 };
  g_autoptr (PdgScene) scene = make_scene (160, FALSE, 7), other = make_scene (90, FALSE, 3);
  g_autoptr (PdgTheme) dark = pdg_theme_new (PDG_THEME_DARK);

  for (guint i = 0; i < 2 * G_N_ELEMENTS (octaves); i++)
    {
      PdgCamera camera = get_camera (scene, i % 2 == 0 ? 1 : 0.2, 300.0 * i, 0);
      Stage stage;

      stage_init (&stage, PDG_COMPOSITOR_TILES, scene, PDG_THEME_LIGHT, 1, NULL);
      for (guint frame = 0; frame < 30; frame++, stage.now_usec += FRAME_USEC)
        {
          pdg_camera_pan (&camera, 41, -23);
          pdg_camera_zoom_by (&camera, 300, 200, octaves[i / 2]);
          if (frame % 10 == 5)
            pdg_compositor_set_look (stage.compositor, frame % 20 == 5 ? dark : stage.theme, 1, PDG_EDGE_TINT_NONE, 0);
          if (frame == 22)
            pdg_compositor_set_scene (stage.compositor, other);
          stage_draw (&stage, &camera);
        }
      stage_rest (&stage, &camera);
      stage_clear (&stage);
    }
}

/* While the zoom changes, frames come from the levels; a rest later they are exact. */
static void
test_levels (void)
{
  g_autoptr (PdgScene) scene = make_scene (160, FALSE, 7);
  PdgCamera camera = get_camera (scene, 0.4, 0, 0);
  Stage stage;

  stage_init (&stage, PDG_COMPOSITOR_TILES, scene, PDG_THEME_LIGHT, 1, NULL);
  stage_rest (&stage, &camera);
  pdg_compositor_wait (stage.compositor);
  for (guint i = 0; i < 60; i++)
    {
      gint64 wake;

      stage.now_usec += FRAME_USEC;
      pdg_camera_zoom_by (&camera, 450, 310, 0.02);
      wake = stage_draw (&stage, &camera);
      g_assert_cmpint (wake, ==, stage.now_usec + PDG_COMPOSITOR_REST_USEC);
      g_assert_false (pdg_compositor_is_exact (stage.compositor));
      pdg_compositor_wait (stage.compositor);
      if (i > 3 && i % 15 != 0)
        g_assert_cmpuint (pdg_compositor_get_stats (stage.compositor).overview, ==, 0);
    }
  stage.now_usec += PDG_COMPOSITOR_REST_USEC;
  g_assert_cmpint (stage_draw (&stage, &camera), ==, 0);
  pdg_compositor_wait (stage.compositor);
  stage_draw (&stage, &camera);
  g_assert_true (pdg_compositor_is_exact (stage.compositor));
  stage_clear (&stage);
}

/* The graph again, one screen with other figures. */
static PdgJourneyGraph *
change_screen (PdgJourneyGraph *graph, guint changed)
{
  PdgJourneyGraph *other = pdg_journey_graph_new ();
  guint n;
  const PdgJourneyScreen *screens = pdg_journey_graph_get_screens (graph, &n);

  for (guint i = 0; i < n; i++)
    {
      PdgJourneyScreen screen = screens[i];

      if (i == changed)
        screen.name = (char *) "Another name";
      pdg_journey_graph_add_screen (other, &screen);
    }

  const PdgJourneyTransition *transitions = pdg_journey_graph_get_transitions (graph, &n);

  for (guint i = 0; i < n; i++)
    pdg_journey_graph_add_transition (other, &transitions[i]);
  return other;
}

/* After a small edit of a large scene most of the frame is still exact, and the rest becomes so. */
static void
test_edit (void)
{
  g_autoptr (PdgJourneyGraph) graph = graph_fixture_new (900, 7, FALSE);
  g_autoptr (PdgLayout) layout = pdg_layout_new (graph, NULL);
  g_autoptr (PdgScene) scene = pdg_scene_new (graph, layout);
  g_autoptr (PdgJourneyGraph) changed = change_screen (graph, 0);
  g_autoptr (PdgScene) edited = pdg_scene_new (changed, layout);
  PdgCamera camera = get_camera (scene, 0.4, 1500, 0);
  PdgCompositorStats stats;
  Stage stage, direct;

  stage_init (&stage, PDG_COMPOSITOR_TILES, scene, PDG_THEME_LIGHT, 1, NULL);
  stage_init (&direct, PDG_COMPOSITOR_DIRECT, edited, PDG_THEME_LIGHT, 1, NULL);
  stage_rest (&stage, &camera);
  pdg_compositor_wait (stage.compositor);
  camera = get_camera (scene, 0.4, 600, 0);
  stage_rest (&stage, &camera);
  pdg_compositor_set_scene (stage.compositor, edited);
  stage_draw (&stage, &camera);
  stats = pdg_compositor_get_stats (stage.compositor);
  if (stats.direct == 0)
    {
      g_assert_cmpuint (stats.other, >, 0);
      g_assert_cmpuint (stats.exact, >, stats.other);
    }
  stage_rest (&stage, &camera);
  stage_draw (&direct, &camera);
  g_assert_cmpint (get_difference (stage.target, direct.target), <=, 2);
  stage_clear (&stage);
  stage_clear (&direct);
}

/* A picture that arrives is shown. */
static void
test_picture (void)
{
  g_autoptr (PdgScene) scene = make_scene (14, TRUE, 7);
  g_autoptr (PdgImageStore) images = pdg_image_store_new (64 << 20);
  PdgCamera camera = get_camera (scene, 1, 0, 0);
  Stage stage, direct;

  stage_init (&stage, PDG_COMPOSITOR_TILES, scene, PDG_THEME_DARK, 1, images);
  stage_init (&direct, PDG_COMPOSITOR_DIRECT, scene, PDG_THEME_DARK, 1, images);
  stage_rest (&stage, &camera);
  pdg_compositor_wait (stage.compositor);
  picture_fixture_fill (images, pdg_scene_get_graph (scene));
  stage_draw (&direct, &camera);
  stage_rest (&stage, &camera);
  g_assert_cmpint (get_difference (stage.target, direct.target), >, 2);
  for (guint i = 0; i < 14; i++)
    pdg_compositor_picture_loaded (stage.compositor, pdg_scene_get_screen (scene, i)->snapshot_id);
  stage_rest (&stage, &camera);
  g_assert_cmpint (get_difference (stage.target, direct.target), <=, 2);
  stage_clear (&stage);
  stage_clear (&direct);
}

/* What is kept stays within the budget, give or take the frame in view. */
static void
test_budget (void)
{
  g_autoptr (PdgScene) scene = make_scene (160, FALSE, 7);
  PdgCamera camera = get_camera (scene, 1, 0, 0);
  Stage stage;

  stage_init (&stage, PDG_COMPOSITOR_TILES, scene, PDG_THEME_LIGHT, 1, NULL);
  pdg_compositor_free (stage.compositor);
  stage.compositor = pdg_compositor_new (PDG_COMPOSITOR_TILES, 2, 12 << 20, NULL, NULL, NULL);
  pdg_compositor_set_scene (stage.compositor, scene);
  pdg_compositor_set_look (stage.compositor, stage.theme, 1, PDG_EDGE_TINT_NONE, 0);
  for (guint i = 0; i < 80; i++)
    {
      pdg_camera_pan (&camera, -211, -97);
      stage_rest (&stage, &camera);
      stage.now_usec += FRAME_USEC;
      g_assert_cmpuint (pdg_compositor_get_stats (stage.compositor).size_bytes, <=, 13 << 20);
    }
  stage_clear (&stage);
}

/* Once a frame is exact, nothing asks for another. */
static void
test_idle (void)
{
  g_autoptr (PdgScene) scene = make_scene (160, FALSE, 7);
  PdgCamera camera = get_camera (scene, 0.6, 0, 0);
  Stage stage;
  guint n;

  stage_init (&stage, PDG_COMPOSITOR_TILES, scene, PDG_THEME_LIGHT, 1, NULL);
  stage_rest (&stage, &camera);
  /* The first frame is drawn at once; what is zoomed comes from the pictures of the workers. */
  pdg_compositor_wait (stage.compositor);
  pdg_camera_zoom_by (&camera, 300, 300, 1.3);
  stage_draw (&stage, &camera);
  g_assert_false (pdg_compositor_is_exact (stage.compositor));
  pdg_compositor_wait (stage.compositor);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_cmpuint (stage.n_ready, ==, 1);   /* many tiles, one call */
  stage.now_usec += PDG_COMPOSITOR_REST_USEC;
  stage_rest (&stage, &camera);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  n = stage.n_ready;
  pdg_compositor_wait (stage.compositor);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_cmpuint (stage.n_ready, ==, n);
  stage_clear (&stage);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/canvas/compositor/same-pixels", test_same_pixels);
  g_test_add_func ("/canvas/compositor/never-blank", test_never_blank);
  g_test_add_func ("/canvas/compositor/never-blank-cold", test_never_blank_cold);
  g_test_add_func ("/canvas/compositor/levels", test_levels);
  g_test_add_func ("/canvas/compositor/edit", test_edit);
  g_test_add_func ("/canvas/compositor/picture", test_picture);
  g_test_add_func ("/canvas/compositor/budget", test_budget);
  g_test_add_func ("/canvas/compositor/idle", test_idle);
  return g_test_run ();
}
