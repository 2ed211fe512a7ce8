#include "config.h"
#include "canvas/pdg-scene.h"
#include "canvas/pdg-scene-private.h"

#include <math.h>

/* Of the ground, this share at most is covered by lines of one pixel; more are no longer told apart, and each costs. */
#define MAX_INK 0.07
/* But so many are always drawn. */
#define MIN_EDGES 400

double
pdg_text_scale (double zoom)
{
  return zoom <= 1 ? 1 : sqrt (zoom);
}

double
pdg_edge_width_at (double width, double zoom)
{
  return MAX (1.0, width * (zoom <= 1 ? pow (zoom, 0.75) : sqrt (zoom)));
}

static double
share_of (guint32 part, guint32 visits)
{
  return visits > 0 ? MIN (1.0, (double) part / visits) : 0;
}

double
pdg_screen_get_entry_share (const PdgJourneyScreen *screen)
{
  return share_of (screen->entries, screen->visits);
}

double
pdg_screen_get_exit_share (const PdgJourneyScreen *screen)
{
  return share_of (screen->exits, screen->visits);
}

double
pdg_screen_get_error_share (const PdgJourneyScreen *screen)
{
  return share_of (screen->errors, screen->visits);
}

static gboolean
knows_all (const PdgScene *scene, const PdgLayout *layout)
{
  for (guint i = 0; i < scene->n_cards; i++)
    if (pdg_scene_get_position (scene, layout, i) == NULL)
      return FALSE;
  return TRUE;
}

static void
place_cards (PdgScene *scene, const PdgLayout *layout)
{
  g_autoptr (PdgLayout) whole = NULL;

  if (layout == NULL || !knows_all (scene, layout))
    layout = whole = pdg_layout_new (scene->grouping != NULL ? pdg_grouping_get_graph (scene->grouping) : scene->graph, layout);
  for (guint i = 0; i < scene->n_cards; i++)
    {
      const PdgLayoutPosition *position = pdg_scene_get_position (scene, layout, i);

      scene->cards[i] = (PdgRect) { position->x, position->y, PDG_CARD_WIDTH, PDG_CARD_HEIGHT };
      scene->max_visits = MAX (scene->max_visits, scene->screens[i].visits);
    }
}

static void
measure_bounds (PdgScene *scene)
{
  if (scene->n_cards > 0)
    scene->bounds = scene->cards[0];
  for (guint i = 1; i < scene->n_cards; i++)
    scene->bounds = pdg_rect_union (&scene->bounds, &scene->cards[i]);
  for (guint i = 0; i < scene->n_edges; i++)
    scene->bounds = pdg_rect_union (&scene->bounds, &scene->routes[i].bounds);
  pdg_scene_frame_groups (scene);
}

static void
measure_edges (PdgScene *scene)
{
  scene->edge_lengths = g_new0 (double, scene->n_edges + 1);
  for (guint i = 0; i < scene->n_edges; i++)
    scene->edge_lengths[i + 1] = scene->edge_lengths[i] + scene->routes[i].length;
}

/* It depends on the zoom alone, never on the view: pieces drawn apart must fit together. */
guint
pdg_scene_get_edge_limit (const PdgScene *scene, double zoom)
{
  double most = MAX_INK * scene->bounds.width * scene->bounds.height * zoom;
  guint low = MIN (MIN_EDGES, scene->n_edges), high = scene->n_edges;

  while (low < high)
    {
      guint middle = low + (high - low + 1) / 2;

      if (scene->edge_lengths[middle] <= most)
        low = middle;
      else
        high = middle - 1;
    }
  return low;
}

static PdgScene *
scene_new (PdgJourneyGraph *graph, PdgGrouping *grouping, const PdgLayout *layout)
{
  PdgScene *scene = g_atomic_rc_box_new0 (PdgScene);

  scene->graph = pdg_journey_graph_ref (graph);
  scene->grouping = grouping != NULL ? pdg_grouping_ref (grouping) : NULL;
  scene->screens = pdg_journey_graph_get_screens (graph, &scene->n_cards);
  pdg_journey_graph_get_transitions (graph, &scene->n_edges);
  scene->cards = g_new0 (PdgRect, scene->n_cards + 1);
  scene->edges = g_new0 (PdgSceneEdge, scene->n_edges + 1);
  scene->routes = g_new0 (PdgRoute, scene->n_edges + 1);
  scene->curves = g_array_new (FALSE, FALSE, sizeof (PdgCurve));
  scene->points = g_array_new (FALSE, FALSE, sizeof (double));
  place_cards (scene, layout);
  pdg_scene_route (scene);
  measure_bounds (scene);
  measure_edges (scene);
  pdg_scene_index (scene);
  pdg_scene_place_labels (scene);
  return scene;
}

PdgScene *
pdg_scene_new (PdgJourneyGraph *graph, const PdgLayout *layout)
{
  return scene_new (graph, NULL, layout);
}

PdgScene *
pdg_scene_new_grouped (PdgGrouping *grouping, const PdgLayout *layout)
{
  return scene_new (pdg_grouping_get_shown (grouping), grouping, layout);
}

double
pdg_scene_get_thin_zoom (const PdgScene *scene)
{
  double area = scene->bounds.width * scene->bounds.height;

  return scene->n_edges > MIN_EDGES && area > 0 ? scene->edge_lengths[scene->n_edges] / (MAX_INK * area) : 0;
}

PdgScene *
pdg_scene_ref (PdgScene *scene)
{
  return g_atomic_rc_box_acquire (scene);
}

static void
scene_clear (gpointer data)
{
  PdgScene *scene = data;

  for (guint i = 0; i < PDG_N_LABEL_ZOOMS; i++)
    g_free (scene->labels[i]);
  g_free (scene->cards);
  g_free (scene->edges);
  g_free (scene->routes);
  g_free (scene->edge_lengths);
  g_array_unref (scene->curves);
  g_array_unref (scene->points);
  g_free (scene->card_cells.first);
  g_free (scene->card_cells.list);
  g_free (scene->edge_cells.first);
  g_free (scene->edge_cells.list);
  g_free (scene->reading_order);
  g_free (scene->out_first);
  g_free (scene->out);
  g_free (scene->in_first);
  g_free (scene->in);
  g_free (scene->group_rects);
  pdg_grouping_unref (scene->grouping);
  pdg_journey_graph_unref (scene->graph);
}

void
pdg_scene_unref (PdgScene *scene)
{
  if (scene != NULL)
    g_atomic_rc_box_release_full (scene, scene_clear);
}

PdgJourneyGraph *
pdg_scene_get_graph (const PdgScene *scene)
{
  return scene->graph;
}

PdgRect
pdg_scene_get_bounds (const PdgScene *scene)
{
  return scene->bounds;
}

PdgRect
pdg_scene_get_cards_bounds (const PdgScene *scene, const guint32 *cards, guint n_cards)
{
  PdgRect bounds = { 0 };
  gboolean any = FALSE;

  for (guint i = 0; i < n_cards; i++)
    {
      if (cards[i] >= scene->n_cards)
        continue;
      bounds = any ? pdg_rect_union (&bounds, &scene->cards[cards[i]]) : scene->cards[cards[i]];
      any = TRUE;
    }
  return bounds;
}

guint
pdg_scene_get_n_cards (const PdgScene *scene)
{
  return scene->n_cards;
}

guint
pdg_scene_get_n_edges (const PdgScene *scene)
{
  return scene->n_edges;
}

PdgRect
pdg_scene_get_card_rect (const PdgScene *scene, guint card)
{
  g_return_val_if_fail (card < scene->n_cards, (PdgRect) { 0 });
  return scene->cards[card];
}

PdgRect
pdg_scene_get_picture_rect (const PdgScene *scene, guint card)
{
  PdgRect rect = pdg_scene_get_card_rect (scene, card);

  rect.height = PDG_CARD_PICTURE_HEIGHT;
  return rect;
}

int
pdg_scene_lookup_card (const PdgScene *scene, const char *screen_id)
{
  return scene->grouping != NULL ? pdg_grouping_lookup_shown (scene->grouping, screen_id) : pdg_journey_graph_lookup (scene->graph, screen_id);
}

const PdgJourneyScreen *
pdg_scene_get_screen (const PdgScene *scene, guint card)
{
  g_return_val_if_fail (card < scene->n_cards, NULL);
  return &scene->screens[card];
}

const PdgSceneEdge *
pdg_scene_get_edge (const PdgScene *scene, guint edge)
{
  g_return_val_if_fail (edge < scene->n_edges, NULL);
  return &scene->edges[edge];
}

const double *
pdg_scene_get_edge_points (const PdgScene *scene, guint edge, guint *n_points)
{
  g_return_val_if_fail (edge < scene->n_edges, NULL);
  *n_points = scene->routes[edge].n_points;
  return &g_array_index (scene->points, double, 2 * scene->routes[edge].first_point);
}

void
pdg_scene_get_edge_point (const PdgScene *scene, guint edge, double t, double *x_world, double *y_world)
{
  guint n;
  const double *points = pdg_scene_get_edge_points (scene, edge, &n);

  g_return_if_fail (points != NULL);

  double left = (t > 0 ? MIN (t, 1) : 0) * scene->routes[edge].length;

  for (guint i = 0; i + 1 < n; i++)
    {
      const double *a = points + 2 * i;
      double dx = a[2] - a[0], dy = a[3] - a[1], length = sqrt (dx * dx + dy * dy);

      if (left <= length && length > 0)
        {
          *x_world = a[0] + dx * left / length;
          *y_world = a[1] + dy * left / length;
          return;
        }
      left -= length;
    }
  *x_world = points[2 * (n - 1)];
  *y_world = points[2 * (n - 1) + 1];
}
