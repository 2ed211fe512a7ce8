#include "config.h"
#include "canvas/pdg-scene-draw-private.h"

#include <math.h>
#include <string.h>

/* Lit edges at most, the busiest: they are drawn anew in each frame. */
#define MAX_LIT_EDGES 200

cairo_rectangle_int_t
pdg_draw_get_pixels (const PdgDraw *draw, double x, double y, double width, double height)
{
  double scale = draw->scale_factor;
  int left = (int) floor (CLAMP (x, -1e6, 1e6) * scale), top = (int) floor (CLAMP (y, -1e6, 1e6) * scale);

  return (cairo_rectangle_int_t) {
    left, top, (int) ceil (CLAMP (x + width, -1e6, 1e6) * scale) - left,
    (int) ceil (CLAMP (y + height, -1e6, 1e6) * scale) - top,
  };
}

/* NULL when nothing is selected, focused or pointed at. */
static guint8 *
make_flags (const PdgScene *scene, const PdgSceneStyle *style)
{
  guint8 *flags;

  if ((style->selected_ids == NULL || style->selected_ids[0] == NULL) && style->focused_id == NULL &&
      style->hovered_kind == PDG_HIT_NOTHING)
    return NULL;
  flags = g_new0 (guint8, scene->n_cards + 1);
  for (guint i = 0; style->selected_ids != NULL && style->selected_ids[i] != NULL; i++)
    {
      int card = pdg_scene_lookup_card (scene, style->selected_ids[i]);

      if (card >= 0)
        flags[card] |= PDG_CARD_SELECTED | PDG_CARD_LIT;
    }
  if (style->hovered_kind == PDG_HIT_CARD && style->hovered_index < scene->n_cards)
    flags[style->hovered_index] |= PDG_CARD_LIT;
  return flags;
}

static GArray *
list_lit (const PdgDraw *draw)
{
  GArray *edges = pdg_draw_list_edges (draw);
  guint kept = 0;

  for (guint i = 0; i < edges->len && kept < MAX_LIT_EDGES; i++)
    {
      guint32 edge = g_array_index (edges, guint32, i);

      if (pdg_draw_is_lit (draw, edge))
        g_array_index (edges, guint32, kept++) = edge;
    }
  g_array_set_size (edges, kept);
  return edges;
}

static PdgRect
get_area (const PdgDraw *draw, const GArray *edges)
{
  PdgRect area = draw->scene->routes[g_array_index (edges, guint32, 0)].bounds;

  for (guint i = 1; i < edges->len; i++)
    area = pdg_rect_union (&area, &draw->scene->routes[g_array_index (edges, guint32, i)].bounds);
  return pdg_rect_expand (&area, pdg_scene_get_overhang (draw->camera.zoom));
}

static void
subtract_labels (const PdgDraw *draw, cairo_region_t *region)
{
  g_autoptr (GArray) edges = pdg_draw_list_edges (draw);

  for (guint i = 0; i < edges->len; i++)
    {
      guint32 edge = g_array_index (edges, guint32, i);
      PdgRect rect;

      if (!pdg_draw_is_lit (draw, edge) && pdg_draw_has_label (draw, edge, &rect))
        {
          PdgRect screen = pdg_camera_rect_to_screen (&draw->camera, &rect);
          cairo_rectangle_int_t pixels = pdg_draw_get_pixels (draw, screen.x, screen.y, screen.width, screen.height);

          cairo_region_subtract_rectangle (region, &pixels);
        }
    }
}

/* Lit edges lie under the cards and the other labels, which are drawn already: so these are cut out. */
static void
clip_to_ground (const PdgDraw *draw, const PdgRect *area, const GArray *cards)
{
  cairo_rectangle_int_t all = pdg_draw_get_pixels (draw, 0, 0, draw->width, draw->height);
  cairo_region_t *region = cairo_region_create_rectangle (&all);

  for (guint i = 0; i < cards->len; i++)
    {
      guint32 card = g_array_index (cards, guint32, i);

      if (pdg_rect_intersects (&draw->scene->cards[card], area))
        pdg_draw_subtract_card (draw, card, region);
    }
  if (draw->detail == PDG_DETAIL_FULL && !draw->style->reduced_detail)
    subtract_labels (draw, region);
  for (int i = 0; i < cairo_region_num_rectangles (region); i++)
    {
      double scale = draw->scale_factor;
      cairo_rectangle_int_t rect;

      cairo_region_get_rectangle (region, i, &rect);
      cairo_rectangle (draw->cr, rect.x / scale, rect.y / scale, rect.width / scale, rect.height / scale);
    }
  cairo_clip (draw->cr);
  cairo_region_destroy (region);
}

static void
draw_lit (const PdgDraw *draw, const GArray *cards)
{
  g_autoptr (GArray) edges = list_lit (draw);
  PdgRect area;

  if (edges->len == 0)
    return;
  area = get_area (draw, edges);
  cairo_save (draw->cr);
  clip_to_ground (draw, &area, cards);
  pdg_draw_edges (draw, edges);
  cairo_restore (draw->cr);
  if (draw->detail == PDG_DETAIL_FULL && !draw->style->reduced_detail)
    pdg_draw_labels (draw, edges);
}

void
pdg_scene_draw_live (const PdgScene *scene, cairo_t *cr, const PdgCamera *camera, int width, int height, int scale_factor,
                     const PdgTheme *theme, const PdgSceneStyle *style)
{
  g_autoptr (GArray) cards = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autofree guint8 *flags = NULL;
  PdgDraw draw;

  if (width <= 0 || height <= 0)
    return;
  pdg_draw_init (&draw, scene, cr, camera, width, height, scale_factor, theme, style, NULL);
  draw.flags = flags = make_flags (scene, draw.style);
  cairo_save (cr);
  cairo_rectangle (cr, 0, 0, width, height);
  cairo_clip (cr);
  if (flags != NULL)
    {
      PdgRect reach = pdg_rect_expand (&draw.visible, pdg_scene_get_overhang (draw.camera.zoom));

      pdg_scene_query_cards (scene, &reach, FALSE, cards);
      draw_lit (&draw, cards);
      pdg_draw_outlines (&draw, cards);
    }
  pdg_draw_titles (&draw, TRUE);
  cairo_restore (cr);
  if (draw.style->overlay != NULL)
    draw.style->overlay (cr, scene, &draw.camera, width, height, theme, draw.style->overlay_data);
}

guint
pdg_scene_count_visible (const PdgScene *scene, const PdgCamera *camera, int width, int height)
{
  PdgRect visible = pdg_camera_get_visible (camera, width, height);
  guint limit = pdg_scene_get_edge_limit (scene, camera->zoom);
  guint x0, y0, x1, y1, n = 0;

  if (!pdg_scene_get_cells (scene, &visible, &x0, &y0, &x1, &y1))
    return 0;
  for (guint y = y0; y <= y1; y++)
    for (guint x = x0; x <= x1; x++)
      {
        guint cell = y * scene->n_x + x;

        n += scene->card_cells.first[cell + 1] - scene->card_cells.first[cell];
        n += MIN (limit, scene->edge_cells.first[cell + 1] - scene->edge_cells.first[cell]);
      }
  return n;
}
