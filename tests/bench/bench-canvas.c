/* CPU time of the canvas: layout, scene, frames at 1600 x 1000. Prints one line a case; the budgets are in milliseconds. */

#include "canvas/pdg-scene-draw.h"
#include "graph-fixture.h"
#include "picture-fixture.h"

#include <time.h>

#define WIDTH 1600
#define HEIGHT 1000
#define N_FRAMES 15

static double
cpu_ms (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double one = *(const double *) a, two = *(const double *) b;

  return one < two ? -1 : one > two;
}

/* Median over frames of a slow pan. */
static double
measure_frames (const PdgScene *scene, const PdgTheme *theme, PdgImageStore *images, PdgCamera camera)
{
  double frames[N_FRAMES];
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, WIDTH, HEIGHT);

  for (guint i = 0; i < N_FRAMES; i++)
    {
      cairo_t *cr = cairo_create (surface);
      double start = cpu_ms ();

      pdg_camera_pan (&camera, -3, 2);
      pdg_scene_draw (scene, cr, &camera, WIDTH, HEIGHT, 1, theme, NULL, images);
      frames[i] = cpu_ms () - start;
      cairo_destroy (cr);
    }
  cairo_surface_destroy (surface);
  qsort (frames, N_FRAMES, sizeof *frames, compare_doubles);
  return frames[N_FRAMES / 2];
}

static void
bench (guint n_screens, gboolean pictures)
{
  g_autoptr (PdgTheme) theme = pdg_theme_new (PDG_THEME_LIGHT);
  g_autoptr (PdgJourneyGraph) graph = graph_fixture_new (n_screens, 7, pictures);
  g_autoptr (PdgImageStore) images = pdg_image_store_new (256 << 20);
  double start = cpu_ms ();
  g_autoptr (PdgLayout) layout = pdg_layout_new (graph, NULL);
  double laid = cpu_ms ();
  g_autoptr (PdgScene) scene = pdg_scene_new (graph, layout);
  double built = cpu_ms ();
  PdgRect bounds = pdg_scene_get_bounds (scene);
  PdgRect card = pdg_scene_get_card_rect (scene, 0);
  static const double zooms[] = { 0.02, 0.1, 0.2, 0.4, 1.0, 3.0 };

  if (pictures)
    picture_fixture_fill (images, graph);
  g_print ("%5u screens %5u edges%s: layout %6.2f  scene %6.2f  fit-all %6.2f ", n_screens, pdg_scene_get_n_edges (scene),
           pictures ? " pictures" : "", laid - start, built - laid,
           measure_frames (scene, theme, images, pdg_camera_fit (&bounds, WIDTH, HEIGHT, 64, 1)));
  for (guint i = 0; i < G_N_ELEMENTS (zooms); i++)
    g_print (" %gx %5.2f", zooms[i],
             measure_frames (scene, theme, images, pdg_camera_centred (card.x + 800, card.y, zooms[i], WIDTH, HEIGHT)));
  g_print ("\n");
}

int
main (void)
{
  bench (14, FALSE);
  bench (14, TRUE);
  bench (60, TRUE);
  bench (200, FALSE);
  bench (200, TRUE);
  bench (1000, FALSE);
  bench (5000, FALSE);
  return 0;
}
