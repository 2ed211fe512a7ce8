#include "config.h"
#include "canvas/pdg-scene-private.h"

#include <math.h>

#define MIN_CELL 1024.0
#define MAX_CELLS_A_SIDE 256

gboolean
pdg_scene_get_cells (const PdgScene *scene, const PdgRect *area, guint *x0, guint *y0, guint *x1, guint *y1)
{
  const PdgRect *bounds = &scene->bounds;

  if (scene->n_x == 0 || !pdg_rect_intersects (area, bounds))
    return FALSE;
  *x0 = (guint) CLAMP ((area->x - bounds->x) / scene->cell_size, 0, scene->n_x - 1);
  *y0 = (guint) CLAMP ((area->y - bounds->y) / scene->cell_size, 0, scene->n_y - 1);
  *x1 = (guint) CLAMP ((area->x + area->width - bounds->x) / scene->cell_size, 0, scene->n_x - 1);
  *y1 = (guint) CLAMP ((area->y + area->height - bounds->y) / scene->cell_size, 0, scene->n_y - 1);
  return TRUE;
}

/* Adds @index to every cell of @rect: counts it when there is no list yet. */
static void
add_to_cells (const PdgScene *scene, PdgCellLists *cells, guint32 *fill, const PdgRect *rect, guint32 index)
{
  guint x0, y0, x1, y1;
  /* A line without extent still lies somewhere. */
  PdgRect area = pdg_rect_expand (rect, 0.5);

  if (!pdg_scene_get_cells (scene, &area, &x0, &y0, &x1, &y1))
    return;
  for (guint y = y0; y <= y1; y++)
    for (guint x = x0; x <= x1; x++)
      {
        guint cell = y * scene->n_x + x;

        if (cells->list == NULL)
          cells->first[cell + 1]++;
        else if (fill[cell] == cells->first[cell] || cells->list[fill[cell] - 1] != index)
          cells->list[fill[cell]++] = index;
      }
}

static PdgRect
get_curve_bounds (const PdgCurve *curve, double half)
{
  double left = MIN (MIN (curve->x[0], curve->x[1]), MIN (curve->x[2], curve->x[3]));
  double right = MAX (MAX (curve->x[0], curve->x[1]), MAX (curve->x[2], curve->x[3]));
  double top = MIN (MIN (curve->y[0], curve->y[1]), MIN (curve->y[2], curve->y[3]));
  double bottom = MAX (MAX (curve->y[0], curve->y[1]), MAX (curve->y[2], curve->y[3]));

  return (PdgRect) { left - half, top - half, right - left + 2 * half, bottom - top + 2 * half };
}

static void
add_all (PdgScene *scene, gboolean edges, PdgCellLists *cells, guint32 *fill)
{
  for (guint32 i = 0; !edges && i < scene->n_cards; i++)
    add_to_cells (scene, cells, fill, &scene->cards[i], i);
  for (guint32 i = 0; edges && i < scene->n_edges; i++)
    for (guint32 j = 0; j < scene->routes[i].n_curves; j++)
      {
        const PdgCurve *curve = &g_array_index (scene->curves, PdgCurve, scene->routes[i].first_curve + j);
        PdgRect bounds = get_curve_bounds (curve, scene->edges[i].width / 2);

        add_to_cells (scene, cells, fill, &bounds, i);
      }
}

/* The lists may have room left over where an edge crosses a cell with two of its curves: @last closes it. */
static void
fill_cells (PdgScene *scene, gboolean edges, PdgCellLists *cells)
{
  guint n_cells = scene->n_x * scene->n_y;
  g_autofree guint32 *fill = g_new (guint32, n_cells + 1);
  guint32 n = 0;

  cells->first = g_new0 (guint32, n_cells + 1);
  add_all (scene, edges, cells, fill);
  for (guint i = 0; i < n_cells; i++)
    cells->first[i + 1] += cells->first[i];
  cells->list = g_new (guint32, cells->first[n_cells] + 1);
  memcpy (fill, cells->first, (n_cells + 1) * sizeof *fill);
  add_all (scene, edges, cells, fill);

  for (guint i = 0; i < n_cells; i++)
    {
      guint32 first = cells->first[i];
      guint32 length = fill[i] - first;

      memmove (cells->list + n, cells->list + first, length * sizeof *cells->list);
      cells->first[i] = n;
      n += length;
    }
  cells->first[n_cells] = n;
}

void
pdg_scene_index (PdgScene *scene)
{
  double longest = MAX (scene->bounds.width, scene->bounds.height);

  scene->cell_size = MAX (MIN_CELL, longest / MAX_CELLS_A_SIDE);
  if (scene->n_cards > 0)
    {
      scene->n_x = (guint) (scene->bounds.width / scene->cell_size) + 1;
      scene->n_y = (guint) (scene->bounds.height / scene->cell_size) + 1;
    }
  fill_cells (scene, FALSE, &scene->card_cells);
  fill_cells (scene, TRUE, &scene->edge_cells);
}

static double
distance_to_segment (const double *a, double x, double y)
{
  double dx = a[2] - a[0], dy = a[3] - a[1];
  double square = dx * dx + dy * dy;
  double t = square > 0 ? ((x - a[0]) * dx + (y - a[1]) * dy) / square : 0;

  t = CLAMP (t, 0, 1);
  return hypot (x - a[0] - t * dx, y - a[1] - t * dy);
}

static double
distance_to_edge (const PdgScene *scene, guint edge, double x, double y)
{
  guint n;
  const double *points = pdg_scene_get_edge_points (scene, edge, &n);
  double best = G_MAXDOUBLE;

  for (guint i = 0; i + 1 < n; i++)
    best = MIN (best, distance_to_segment (points + 2 * i, x, y));
  return best;
}

/* The nearest edge in reach; TRUE when there is one. */
static gboolean
hit_edges (const PdgScene *scene, double x, double y, double zoom, double tolerance, guint *index)
{
  PdgRect area = { x - tolerance, y - tolerance, 2 * tolerance, 2 * tolerance };
  guint x0, y0, x1, y1;
  double best = G_MAXDOUBLE;

  if (!pdg_scene_get_cells (scene, &area, &x0, &y0, &x1, &y1))
    return FALSE;
  for (guint row = y0; row <= y1; row++)
    for (guint column = x0; column <= x1; column++)
      {
        guint cell = row * scene->n_x + column;

        for (guint32 i = scene->edge_cells.first[cell]; i < scene->edge_cells.first[cell + 1]; i++)
          {
            guint32 edge = scene->edge_cells.list[i];
            double half = pdg_edge_width_at (scene->edges[edge].width, zoom) / zoom / 2;
            PdgRect reach = pdg_rect_expand (&scene->routes[edge].bounds, tolerance);

            if (!pdg_rect_contains (&reach, x, y))
              continue;

            double distance = MAX (0, distance_to_edge (scene, edge, x, y) - half);

            if (distance <= tolerance && distance < best)
              {
                best = distance;
                *index = edge;
              }
          }
      }
  return best < G_MAXDOUBLE;
}

static gboolean
hit_cards (const PdgScene *scene, double x, double y, guint *index)
{
  PdgRect area = { x, y, 1e-6, 1e-6 };
  guint x0, y0, x1, y1;

  if (!pdg_scene_get_cells (scene, &area, &x0, &y0, &x1, &y1))
    return FALSE;

  guint cell = y0 * scene->n_x + x0;

  /* Cards are drawn in rising order: the last one lies on top. */
  for (guint32 i = scene->card_cells.first[cell + 1]; i > scene->card_cells.first[cell]; i--)
    {
      guint32 card = scene->card_cells.list[i - 1];

      if (pdg_rect_contains (&scene->cards[card], x, y))
        {
          *index = card;
          return TRUE;
        }
    }
  return FALSE;
}

static gboolean
hit_labels (const PdgScene *scene, double x, double y, double zoom, guint *index)
{
  double reach = 64 / zoom;
  PdgRect area = { x - reach, y - reach, 2 * reach, 2 * reach };
  guint x0, y0, x1, y1;

  if (zoom < PDG_LABEL_MIN_ZOOM || !pdg_scene_get_cells (scene, &area, &x0, &y0, &x1, &y1))
    return FALSE;
  for (guint row = y0; row <= y1; row++)
    for (guint column = x0; column <= x1; column++)
      {
        guint cell = row * scene->n_x + column;

        for (guint32 i = scene->edge_cells.first[cell]; i < scene->edge_cells.first[cell + 1]; i++)
          {
            guint32 edge = scene->edge_cells.list[i];
            PdgRect label;

            if (!scene->routes[edge].quiet && pdg_scene_get_label_rect (scene, edge, zoom, &label) &&
                pdg_rect_contains (&label, x, y))
              {
                *index = edge;
                return TRUE;
              }
          }
      }
  return FALSE;
}

PdgHitKind
pdg_scene_hit_test (const PdgScene *scene, double x_world, double y_world, double zoom, double tolerance_world,
                    guint *index)
{
  guint hit = 0;
  PdgHitKind kind = PDG_HIT_NOTHING;

  if (!isfinite (x_world) || !isfinite (y_world) || !(zoom > 0) || !(tolerance_world >= 0))
    return PDG_HIT_NOTHING;
  if (hit_labels (scene, x_world, y_world, zoom, &hit))
    kind = PDG_HIT_LABEL;
  else if (hit_cards (scene, x_world, y_world, &hit))
    kind = PDG_HIT_CARD;
  else if (hit_edges (scene, x_world, y_world, zoom, tolerance_world, &hit))
    kind = PDG_HIT_EDGE;
  if (index != NULL)
    *index = hit;
  return kind;
}

static int
compare_numbers (gconstpointer a, gconstpointer b)
{
  guint32 one = *(const guint32 *) a;
  guint32 two = *(const guint32 *) b;

  return one < two ? -1 : one > two;
}

static gboolean
is_inside (const PdgRect *outer, const PdgRect *inner)
{
  return inner->x >= outer->x && inner->y >= outer->y && inner->x + inner->width <= outer->x + outer->width &&
         inner->y + inner->height <= outer->y + outer->height;
}

void
pdg_scene_query_cards (const PdgScene *scene, const PdgRect *area, gboolean enclosed, GArray *cards)
{
  guint x0, y0, x1, y1;
  guint start = cards->len, kept = cards->len;

  if (!pdg_scene_get_cells (scene, area, &x0, &y0, &x1, &y1))
    return;
  for (guint row = y0; row <= y1; row++)
    for (guint column = x0; column <= x1; column++)
      {
        guint cell = row * scene->n_x + column;

        for (guint32 i = scene->card_cells.first[cell]; i < scene->card_cells.first[cell + 1]; i++)
          {
            guint32 card = scene->card_cells.list[i];
            const PdgRect *rect = &scene->cards[card];

            if (enclosed ? is_inside (area, rect) : pdg_rect_intersects (area, rect))
              g_array_append_val (cards, card);
          }
      }

  guint32 *found = &g_array_index (cards, guint32, start);

  qsort (found, cards->len - start, sizeof *found, compare_numbers);
  for (guint i = start; i < cards->len; i++)
    if (i == start || g_array_index (cards, guint32, i) != g_array_index (cards, guint32, kept - 1))
      g_array_index (cards, guint32, kept++) = g_array_index (cards, guint32, i);
  g_array_set_size (cards, kept);
}
