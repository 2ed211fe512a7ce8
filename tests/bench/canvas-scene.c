#include "config.h"
#include "canvas-scene.h"

#include <math.h>

#include "picture-fixture.h"

#define N_PICTURES 64
#define PICTURE_WIDTH 320
#define PICTURE_HEIGHT 200

static double
get_random (guint32 *state)
{
  *state = *state * 1664525u + 1013904223u;
  return (*state >> 8) / 16777216.0;
}

/* A journey-like graph: 1.5 edges a node, mostly to near ones, some back, traffic by Zipf. */
static PdgJourneyGraph *
make_graph (guint n_nodes)
{
  PdgJourneyGraph *graph = pdg_journey_graph_new ();
  guint32 state = 7;

  for (guint i = 0; i < n_nodes; i++)
    {
      g_autofree char *id = g_strdup_printf ("node-%u", i);
      g_autofree char *path = g_strdup_printf ("/section/%u", i);
      g_autofree char *name = g_strdup_printf ("Section %u", i);
      g_autofree char *snapshot = g_strdup_printf ("picture-%u", i % N_PICTURES);
      PdgJourneyScreen screen = { 0 };

      screen.id = id;
      screen.path = path;
      screen.name = name;
      screen.snapshot_id = snapshot;
      screen.visits = 4000000 / (i + 1);
      screen.entries = i % 9 == 0 ? screen.visits / 3 : 0;
      screen.exits = screen.visits / (2 + i % 7);
      screen.load_p75_ms = screen.dwell_median_ms = -1;
      pdg_journey_graph_add_screen (graph, &screen);
    }
  for (guint i = 0; i < n_nodes + n_nodes / 2; i++)
    {
      guint to = i < n_nodes ? i : (guint) (get_random (&state) * n_nodes);
      guint reach = MIN (to, 40);
      guint from = to > 0 ? to - 1 - (guint) (get_random (&state) * (reach - 1)) : 0;
      PdgJourneyTransition transition = { from, to, 1 + 2000000 / (i + 1), -1 };

      if (i % 11 == 0)
        transition = (PdgJourneyTransition) { to, from, 1 + 1000000 / (i + 1), -1 };
      pdg_journey_graph_add_transition (graph, &transition);
    }
  pdg_journey_graph_set_totals (graph, 100000, 800000);
  return graph;
}

PdgScene *
canvas_scene_new (guint n_nodes)
{
  g_autoptr (PdgJourneyGraph) graph = make_graph (n_nodes);
  g_autofree PdgLayoutPosition *positions = g_new0 (PdgLayoutPosition, n_nodes);
  g_autoptr (PdgLayout) layout = NULL;
  guint n, n_columns = (guint) ceil (sqrt (n_nodes));
  const PdgJourneyScreen *screens = pdg_journey_graph_get_screens (graph, &n);

  for (guint i = 0; i < n_nodes; i++)
    positions[i] = (PdgLayoutPosition) {
      .screen_id = screens[i].id,
      .x = (i / n_columns) * (PDG_CARD_WIDTH + PDG_LAYOUT_COLUMN_GAP),
      .y = (i % n_columns) * (PDG_CARD_HEIGHT + PDG_LAYOUT_ROW_GAP),
    };
  layout = pdg_layout_new_from_positions (positions, n_nodes);
  return pdg_scene_new (graph, layout);
}

PdgImageStore *
canvas_images_new (void)
{
  PdgImageStore *images = pdg_image_store_new (64 << 20);

  for (guint i = 0; i < N_PICTURES; i++)
    {
      g_autofree char *id = g_strdup_printf ("picture-%u", i);
      g_autoptr (GBytes) png = picture_fixture_new_png (PICTURE_WIDTH, PICTURE_HEIGHT, i);
      g_autoptr (PdgImage) image = pdg_image_store_decode (png, NULL);

      pdg_image_store_insert (images, id, image);
    }
  return images;
}

char *
canvas_pictures_dup_path (const char *folder, const char *id)
{
  return g_strdup_printf ("%s/%s.png", folder, id);
}

gboolean
canvas_pictures_write (const char *folder, GError **error)
{
  for (guint i = 0; i < N_PICTURES; i++)
    {
      g_autofree char *id = g_strdup_printf ("picture-%u", i), *path = canvas_pictures_dup_path (folder, id);
      g_autoptr (GBytes) png = picture_fixture_new_png (PICTURE_WIDTH, PICTURE_HEIGHT, i);

      if (!g_file_set_contents (path, g_bytes_get_data (png, NULL), (gssize) g_bytes_get_size (png), error))
        return FALSE;
    }
  return TRUE;
}

PdgCamera
canvas_scene_get_camera (const PdgScene *scene, CanvasPhase phase, double t, int width, int height)
{
  PdgRect bounds = pdg_scene_get_bounds (scene);
  PdgCamera fit = pdg_camera_fit (&bounds, width, height, 64, 1);
  double x = bounds.x + bounds.width / 2, y = bounds.y + bounds.height / 2, turn = 2 * G_PI * t;
  double zoom = phase == CANVAS_PHASE_PAN_100  ? 1
                : phase == CANVAS_PHASE_PAN_25 ? 0.25
                : phase == CANVAS_PHASE_ZOOM   ? pow (fit.zoom, sin (turn / 2) * sin (turn / 2))
                                               : fit.zoom * (1 + 0.2 * sin (turn));
  double radius = phase == CANVAS_PHASE_PAN_100 ? 450 : phase == CANVAS_PHASE_PAN_25 ? 1800 : 0;

  return pdg_camera_centred (x + radius * (cos (turn) - 1), y + radius * sin (turn), zoom, width, height);
}
