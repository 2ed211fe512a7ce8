#include "canvas/pdg-scene-draw.h"
#include "graph-fixture.h"
#include "picture-fixture.h"

#include <cairo-pdf.h>
#include <math.h>
#include <string.h>

#define WIDTH 1440
#define HEIGHT 900

const char *__lsan_default_suppressions (void);

/* Read by the leak sanitizer when there is one: fontconfig keeps its patterns until the process ends. */
const char *
__lsan_default_suppressions (void)
{
  return "leak:libfontconfig";
}

/* One drawing of the shop of 14 screens. */
typedef struct
{
  PdgScene *scene;
  PdgTheme *theme;
  PdgCamera camera;
  cairo_surface_t *surface;
  int scale;
} Shot;

static void
shot_paint (Shot *shot, const PdgSceneStyle *style, PdgImageStore *images)
{
  cairo_t *cr = cairo_create (shot->surface);

  cairo_set_source_rgb (cr, 1, 0, 1);
  cairo_paint (cr);
  pdg_scene_draw (shot->scene, cr, &shot->camera, WIDTH, HEIGHT, shot->scale, shot->theme, style, images);
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  cairo_destroy (cr);
  cairo_surface_flush (shot->surface);
}

static void
shot_init (Shot *shot, PdgThemeKind kind, int scale, double zoom, gboolean pictures)
{
  g_autoptr (PdgJourneyGraph) graph = graph_fixture_new (14, 7, pictures);

  shot->scene = pdg_scene_new (graph, NULL);
  shot->theme = pdg_theme_new (kind);
  shot->scale = scale;

  PdgRect bounds = pdg_scene_get_bounds (shot->scene);
  PdgRect card = pdg_scene_get_card_rect (shot->scene, 0);

  shot->camera = zoom > 0 ? pdg_camera_centred (card.x + 160, card.y + 100, zoom, WIDTH, HEIGHT)
                          : pdg_camera_fit (&bounds, WIDTH, HEIGHT, 64, 1);
  pdg_camera_snap (&shot->camera, scale);
  shot->surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, WIDTH * scale, HEIGHT * scale);
  cairo_surface_set_device_scale (shot->surface, scale, scale);
}

static void
shot_clear (Shot *shot)
{
  cairo_surface_destroy (shot->surface);
  pdg_theme_unref (shot->theme);
  pdg_scene_unref (shot->scene);
}

/* The device pixel at a logical place. */
static guint32
pixel_at (const Shot *shot, double x, double y)
{
  int px = (int) floor (x * shot->scale), py = (int) floor (y * shot->scale);
  const guint8 *row = cairo_image_surface_get_data (shot->surface) + py * cairo_image_surface_get_stride (shot->surface);

  return ((const guint32 *) (const void *) row)[px] & 0xffffff;
}

static guint32
pixel_of_world (const Shot *shot, double x_world, double y_world)
{
  double x, y;

  pdg_camera_to_screen (&shot->camera, x_world, y_world, &x, &y);
  return pixel_at (shot, x, y);
}

static int
distance (guint32 pixel, const PdgRgba *color)
{
  int red = (int) (pixel >> 16 & 0xff) - (int) (color->red * 255 + 0.5);
  int green = (int) (pixel >> 8 & 0xff) - (int) (color->green * 255 + 0.5);
  int blue = (int) (pixel & 0xff) - (int) (color->blue * 255 + 0.5);

  return MAX (abs (red), MAX (abs (green), abs (blue)));
}

/* How many pixels of a screen rectangle are near @color. */
static guint
count_near (const Shot *shot, double x, double y, double width, double height, const PdgRgba *color)
{
  guint n = 0;

  for (double py = MAX (y, 0); py < MIN (y + height, HEIGHT); py += 1.0 / shot->scale)
    for (double px = MAX (x, 0); px < MIN (x + width, WIDTH); px += 1.0 / shot->scale)
      n += distance (pixel_at (shot, px, py), color) <= 24;
  return n;
}

static const struct
{
  PdgThemeKind kind;
  int scale;
  double zoom;
} shots[] = {
  { PDG_THEME_LIGHT, 1, 0 }, { PDG_THEME_LIGHT, 2, 0 }, { PDG_THEME_DARK, 1, 0 }, { PDG_THEME_DARK, 2, 0 },
  { PDG_THEME_LIGHT, 1, 1 }, { PDG_THEME_DARK, 2, 1.37 }, { PDG_THEME_LIGHT, 1, 3 },
};

/* Ground, card, edge and title have the theme's colours where the scene says that they are. */
static void
test_colours (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (shots); i++)
    {
      Shot shot;

      shot_init (&shot, shots[i].kind, shots[i].scale, shots[i].zoom, FALSE);
      shot_paint (&shot, NULL, NULL);

      const PdgRgba *ground = pdg_theme_get (shot.theme, PDG_COLOR_CANVAS);
      PdgRect card = pdg_scene_get_card_rect (shot.scene, 0);
      PdgRect picture = pdg_scene_get_picture_rect (shot.scene, 0);
      PdgRect on_screen = pdg_camera_rect_to_screen (&shot.camera, &picture);

      guint n_ground = 0;

      for (guint y = 0; y < HEIGHT; y += 5)
        for (guint x = 0; x < WIDTH; x += 5)
          n_ground += distance (pixel_at (&shot, x, y), ground) <= 1;
      g_assert_cmpuint (n_ground * 4, >, WIDTH * HEIGHT / 25);

      /* A tint of a placeholder is near the surface, and not the ground. */
      guint32 body = pixel_of_world (&shot, card.x + 20, card.y + 180);

      g_assert_cmpint (distance (body, pdg_theme_get (shot.theme, PDG_COLOR_SURFACE)), <=, 48);
      g_assert_cmpint (distance (body, ground), >, 3);

      /* The title is there, in the colour of text, and nothing of it beside its place. */
      g_assert_cmpuint (count_near (&shot, on_screen.x, on_screen.y + on_screen.height + 6, on_screen.width, 20,
                                    pdg_theme_get (shot.theme, PDG_COLOR_TEXT)), >, 20);
      shot_clear (&shot);
    }
}

/* Every edge in sight is drawn along the points that are hit. */
static void
test_edges_drawn_where_hit (void)
{
  Shot shot;
  guint n_checked = 0;

  shot_init (&shot, PDG_THEME_LIGHT, 2, 0, FALSE);
  shot_paint (&shot, NULL, NULL);
  for (guint e = 0; e < pdg_scene_get_n_edges (shot.scene); e++)
    {
      const PdgSceneEdge *edge = pdg_scene_get_edge (shot.scene, e);
      guint n_on = 0, n = 0;

      if (edge->kind != PDG_EDGE_FORWARD)
        continue;
      for (double t = 0.05; t < 0.95; t += 0.01)
        {
          double x, y;

          pdg_scene_get_edge_point (shot.scene, e, t, &x, &y);
          if (pdg_scene_hit_test (shot.scene, x, y, shot.camera.zoom, 0, NULL) == PDG_HIT_LABEL)
            continue;
          n_on += distance (pixel_of_world (&shot, x, y), pdg_theme_get (shot.theme, PDG_COLOR_CANVAS)) > 6;
          n++;
        }
      g_assert_cmpuint (n_on, ==, n);
      n_checked++;
    }
  g_assert_cmpuint (n_checked, >, 12);
  shot_clear (&shot);
}

static void
test_selection (void)
{
  static const char *const selected[] = { "screen-3", "no such screen", NULL };
  const double zooms[] = { 0, 1 };

  for (guint i = 0; i < G_N_ELEMENTS (zooms); i++)
    {
      PdgSceneStyle style = PDG_SCENE_STYLE_INIT;
      Shot shot;

      shot_init (&shot, PDG_THEME_LIGHT, 1, 0, FALSE);

      guint card = (guint) pdg_scene_lookup_card (shot.scene, "screen-3");
      PdgRect picture = pdg_scene_get_picture_rect (shot.scene, card);

      if (zooms[i] > 0)
        shot.camera = pdg_camera_centred (picture.x + 160, picture.y + 100, zooms[i], WIDTH, HEIGHT);
      pdg_camera_snap (&shot.camera, 1);

      PdgRect rect = pdg_camera_rect_to_screen (&shot.camera, &picture);
      double x = round (rect.x) - 3, y = rect.y + rect.height * 0.3;
      const PdgRgba *accent = pdg_theme_get (shot.theme, PDG_COLOR_ACCENT);

      shot_paint (&shot, &style, NULL);
      g_assert_cmpint (distance (pixel_at (&shot, x, y), accent), >, 60);
      style.selected_ids = selected;
      shot_paint (&shot, &style, NULL);

      /* Two pixels wide, two outside the card, whatever the zoom. */
      g_assert_cmpint (distance (pixel_at (&shot, x, y), accent), <=, 4);
      g_assert_cmpint (distance (pixel_at (&shot, x - 1, y), accent), <=, 4);
      g_assert_cmpint (distance (pixel_at (&shot, x - 2, y), accent), >, 60);
      g_assert_cmpint (distance (pixel_at (&shot, x + 1, y), accent), >, 60);
      shot_clear (&shot);
    }
}

/* The hovered card has an accent hairline, and its neighbour has not. */
static void
test_hover (void)
{
  PdgSceneStyle style = PDG_SCENE_STYLE_INIT;
  Shot shot;

  shot_init (&shot, PDG_THEME_DARK, 1, 0, FALSE);
  style.hovered_kind = PDG_HIT_CARD;
  style.hovered_index = 0;
  shot_paint (&shot, &style, NULL);
  for (guint card = 0; card < 2; card++)
    {
      PdgRect picture = pdg_scene_get_picture_rect (shot.scene, card);
      PdgRect rect = pdg_camera_rect_to_screen (&shot.camera, &picture);
      int off = distance (pixel_at (&shot, rect.x + rect.width / 2, round (rect.y + rect.height) - 1),
                          pdg_theme_get (shot.theme, PDG_COLOR_ACCENT));

      if (card == 0)
        g_assert_cmpint (off, <=, 4);
      else
        g_assert_cmpint (off, >, 40);
    }
  shot_clear (&shot);
}

static void
test_pictures (void)
{
  g_autoptr (PdgImageStore) images = pdg_image_store_new (64 << 20);
  Shot shot;

  shot_init (&shot, PDG_THEME_LIGHT, 1, 1, TRUE);
  shot_paint (&shot, NULL, images);

  PdgImageWant want;
  gboolean has_first = FALSE;
  guint n = 0;

  for (; pdg_image_store_pop_wanted (images, &want); n++)
    {
      has_first |= g_str_equal (want.id, pdg_scene_get_screen (shot.scene, 0)->snapshot_id);
      g_assert_cmpint (want.width_px, ==, 320);
      g_free (want.id);
    }
  /* Only what is in sight is wanted, and no larger than it is seen. */
  g_assert_cmpuint (n, >=, 1);
  g_assert_cmpuint (n, <, 14);
  g_assert_true (has_first);

  picture_fixture_fill (images, pdg_scene_get_graph (shot.scene));
  shot_paint (&shot, NULL, images);

  PdgRect card = pdg_scene_get_card_rect (shot.scene, 0);
  const PdgRgba white = { 1, 1, 1, 1 };

  /* The first picture's tiles. */
  g_assert_cmpint (distance (pixel_of_world (&shot, card.x + 60, card.y + 70), &white), <=, 2);
  shot_clear (&shot);
}

static void
overlay_cb (cairo_t *cr, const PdgScene *scene, const PdgCamera *camera, int width, int height, const PdgTheme *theme,
            gpointer user_data)
{
  guint *n = user_data;

  g_assert_cmpint (width, ==, WIDTH);
  g_assert_true (pdg_camera_is_valid (camera));
  (*n)++;
}

/* Style, detail and vector output: nothing fails, and the ground is left out when asked. */
static void
test_ways_to_draw (void)
{
  const double zooms[] = { 1.0 / 64, 0.03, 0.1, 0.2, 0.4, 1, 2.5, 64 };
  PdgSceneStyle style = PDG_SCENE_STYLE_INIT;
  guint n_overlays = 0;

  style.overlay = overlay_cb;
  style.overlay_data = &n_overlays;
  style.focused_id = "screen-1";
  style.edge_tint = PDG_EDGE_TINT_CONVERSION;
  style.tint_reference = 0.3;
  for (guint i = 0; i < G_N_ELEMENTS (zooms); i++)
    {
      Shot shot;

      shot_init (&shot, PDG_THEME_LIGHT, 1, zooms[i], FALSE);
      style.reduced_detail = i % 2 == 1;
      style.no_ground = FALSE;
      style.hovered_kind = PDG_HIT_EDGE;
      style.hovered_index = i;
      shot_paint (&shot, &style, NULL);
      g_assert_cmphex (pixel_at (&shot, 1, 1), !=, 0xff00ff);

      cairo_surface_t *pdf = cairo_pdf_surface_create_for_stream (NULL, NULL, WIDTH, HEIGHT);
      cairo_t *cr = cairo_create (pdf);

      pdg_scene_draw (shot.scene, cr, &shot.camera, WIDTH, HEIGHT, 1, shot.theme, &style, NULL);
      g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
      cairo_destroy (cr);
      cairo_surface_destroy (pdf);
      if (zooms[i] < 1)
        {
          style.no_ground = TRUE;
          shot_paint (&shot, &style, NULL);
          g_assert_cmphex (pixel_at (&shot, 1, 1), ==, 0xff00ff);
        }
      shot_clear (&shot);
    }
  g_assert_cmpuint (n_overlays, >=, 2 * G_N_ELEMENTS (zooms));
}

static void
test_same_twice (void)
{
  Shot one, two;

  shot_init (&one, PDG_THEME_LIGHT, 1, 0, FALSE);
  shot_init (&two, PDG_THEME_LIGHT, 1, 0, FALSE);
  shot_paint (&one, NULL, NULL);
  shot_paint (&two, NULL, NULL);
  g_assert_cmpint (memcmp (cairo_image_surface_get_data (one.surface), cairo_image_surface_get_data (two.surface),
                           (gsize) cairo_image_surface_get_stride (one.surface) * HEIGHT), ==, 0);
  shot_clear (&one);
  shot_clear (&two);
}

static void
test_detail (void)
{
  g_assert_cmpint (pdg_scene_get_detail (1), ==, PDG_DETAIL_FULL);
  g_assert_cmpint (pdg_scene_get_detail (0.27), ==, PDG_DETAIL_FULL);
  g_assert_cmpint (pdg_scene_get_detail (0.2), ==, PDG_DETAIL_TITLE);
  g_assert_cmpint (pdg_scene_get_detail (0.1), ==, PDG_DETAIL_THUMBNAIL);
  g_assert_cmpint (pdg_scene_get_detail (1.0 / 64), ==, PDG_DETAIL_CHIP);
}

static void
test_minimap (void)
{
  PdgSceneStyle style = PDG_SCENE_STYLE_INIT;
  static const char *const selected[] = { "screen-0", NULL };
  Shot shot;
  double x, y;

  shot_init (&shot, PDG_THEME_LIGHT, 1, 1, FALSE);
  style.selected_ids = selected;

  PdgCamera map = pdg_scene_get_minimap_camera (shot.scene, 320, 240);
  int home = pdg_scene_lookup_card (shot.scene, "screen-0");
  PdgRect card = pdg_scene_get_card_rect (shot.scene, (guint) home);
  PdgRect other = pdg_scene_get_card_rect (shot.scene, home == 5 ? 6 : 5);
  cairo_t *cr = cairo_create (shot.surface);

  pdg_scene_draw_minimap (shot.scene, cr, 320, 240, 1, NULL, 0, 0, shot.theme, &style);
  cairo_surface_flush (shot.surface);
  pdg_camera_to_screen (&map, card.x + 160, card.y + 120, &x, &y);
  g_assert_cmpint (distance (pixel_at (&shot, x, y), pdg_theme_get (shot.theme, PDG_COLOR_ACCENT)), <=, 2);
  pdg_camera_to_screen (&map, other.x + 160, other.y + 120, &x, &y);
  g_assert_cmpint (distance (pixel_at (&shot, x, y), pdg_theme_get (shot.theme, PDG_COLOR_EDGE)), <=, 2);
  pdg_scene_draw_minimap (shot.scene, cr, 320, 240, 1, &shot.camera, WIDTH, HEIGHT, shot.theme, &style);
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  cairo_destroy (cr);
  shot_clear (&shot);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/canvas/draw/colours", test_colours);
  g_test_add_func ("/canvas/draw/edges-drawn-where-hit", test_edges_drawn_where_hit);
  g_test_add_func ("/canvas/draw/selection", test_selection);
  g_test_add_func ("/canvas/draw/hover", test_hover);
  g_test_add_func ("/canvas/draw/pictures", test_pictures);
  g_test_add_func ("/canvas/draw/ways-to-draw", test_ways_to_draw);
  g_test_add_func ("/canvas/draw/same-twice", test_same_twice);
  g_test_add_func ("/canvas/draw/detail", test_detail);
  g_test_add_func ("/canvas/draw/minimap", test_minimap);
  return g_test_run ();
}
