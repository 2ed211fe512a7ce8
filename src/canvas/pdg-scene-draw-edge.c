#include "config.h"
#include "canvas/pdg-scene-draw-private.h"

#include <math.h>

/* Beyond this many in sight, edges get cairo's coarser and much quicker coverage. */
#define MAX_FINE_EDGES 80

/* Labels need this much of their edge to be seen. */
#define MIN_LABELLED_PX 40.0

static gboolean
is_lit (const PdgDraw *draw, guint32 edge_index)
{
  const PdgSceneEdge *edge = &draw->scene->edges[edge_index];
  gboolean hovered = (draw->style->hovered_kind == PDG_HIT_EDGE || draw->style->hovered_kind == PDG_HIT_LABEL) &&
                     draw->style->hovered_index == edge_index;

  return hovered || ((draw->flags[edge->from] | draw->flags[edge->to]) & PDG_CARD_LIT) != 0;
}

static gboolean
is_tinted (const PdgDraw *draw, guint32 edge_index)
{
  return draw->style->edge_tint == PDG_EDGE_TINT_CONVERSION && !draw->scene->routes[edge_index].quiet;
}

static const PdgRgba *
get_tint (const PdgDraw *draw, guint32 edge_index)
{
  gboolean good = draw->scene->edges[edge_index].share >= draw->style->tint_reference;

  return pdg_theme_get (draw->theme, good ? PDG_COLOR_GOOD : PDG_COLOR_BAD);
}

static PdgRgba
get_color (const PdgDraw *draw, guint32 edge_index)
{
  const PdgRgba *neutral = pdg_theme_get (draw->theme, PDG_COLOR_EDGE);

  if (is_tinted (draw, edge_index))
    return pdg_rgba_mix (neutral, get_tint (draw, edge_index), 0.85);
  if (is_lit (draw, edge_index))
    return pdg_rgba_mix (neutral, pdg_theme_get (draw->theme, PDG_COLOR_ACCENT), 0.8);
  if (draw->scene->routes[edge_index].dashed)
    return pdg_rgba_mix (neutral, pdg_theme_get (draw->theme, PDG_COLOR_TEXT_3), 0.35);
  return *neutral;
}

static int
compare_numbers (gconstpointer a, gconstpointer b)
{
  guint32 one = *(const guint32 *) a;
  guint32 two = *(const guint32 *) b;

  return one < two ? -1 : one > two;
}

GArray *
pdg_draw_list_edges (const PdgDraw *draw, guint max_edges)
{
  const PdgScene *scene = draw->scene;
  GArray *found = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autofree guint8 *seen = g_new0 (guint8, scene->n_edges + 1);
  guint x0, y0, x1, y1;

  if (!pdg_scene_get_cells (scene, &draw->visible, &x0, &y0, &x1, &y1))
    return found;
  for (guint y = y0; y <= y1; y++)
    for (guint x = x0; x <= x1; x++)
      {
        guint cell = y * scene->n_x + x;

        for (guint32 i = scene->edge_cells.first[cell]; i < scene->edge_cells.first[cell + 1]; i++)
          {
            guint32 edge = scene->edge_cells.list[i];

            if (!seen[edge] && pdg_rect_intersects (&scene->routes[edge].bounds, &draw->visible))
              g_array_append_val (found, edge);
            seen[edge] = 1;
          }
      }
  g_array_sort (found, compare_numbers);
  if (found->len > max_edges)
    g_array_set_size (found, max_edges);
  return found;
}

/* The y of a straight drop's upper end: under the text of its card, which is as high at every zoom. */
static double
get_text_bottom (const PdgDraw *draw, guint32 card)
{
  const PdgRect *rect = &draw->scene->cards[card];
  double text = draw->detail == PDG_DETAIL_FULL ? PDG_TEXT_BLOCK : draw->detail == PDG_DETAIL_TITLE ? 22 : 4;

  return rect->y + PDG_CARD_PICTURE_HEIGHT + text * pdg_text_scale (draw->camera.zoom) / draw->camera.zoom;
}

static PdgCurve
get_drop (const PdgDraw *draw, guint32 edge_index)
{
  const PdgScene *scene = draw->scene;
  const PdgSceneEdge *edge = &scene->edges[edge_index];
  PdgCurve curve = g_array_index (scene->curves, PdgCurve, scene->routes[edge_index].first_curve);
  gboolean down = curve.y[3] > curve.y[0];
  double text = get_text_bottom (draw, down ? edge->from : edge->to);

  curve.y[down ? 0 : 3] = text;
  curve.y[1] = curve.y[0] + (curve.y[3] - curve.y[0]) / 3;
  curve.y[2] = curve.y[3] - (curve.y[3] - curve.y[0]) / 3;
  return curve;
}

/* Long edges are mostly out of sight, and cairo would work on all of them. */
static gboolean
is_in_sight (const PdgDraw *draw, const PdgCurve *curve, double head)
{
  double margin = (PDG_EDGE_MAX_WIDTH + head) / draw->camera.zoom;
  double left = MIN (MIN (curve->x[0], curve->x[1]), MIN (curve->x[2], curve->x[3]));
  double right = MAX (MAX (curve->x[0], curve->x[1]), MAX (curve->x[2], curve->x[3]));
  double top = MIN (MIN (curve->y[0], curve->y[1]), MIN (curve->y[2], curve->y[3]));
  double bottom = MAX (MAX (curve->y[0], curve->y[1]), MAX (curve->y[2], curve->y[3]));
  const PdgRect *visible = &draw->visible;

  return left - margin < visible->x + visible->width && right + margin > visible->x &&
         top - margin < visible->y + visible->height && bottom + margin > visible->y;
}

/* Keeps the part of a curve up to @t (de Casteljau): what stays lies where it lay, so that what is drawn is what is hit. */
static void
cut_end (double x[4], double y[4], double t)
{
  for (guint step = 1; step < 4; step++)
    for (guint i = 3; i >= step; i--)
      {
        x[i] = x[i - 1] + (x[i] - x[i - 1]) * t;
        y[i] = y[i - 1] + (y[i] - y[i - 1]) * t;
      }
}

/* Adds what is in sight of the edge to the path, in logical pixels; at its end stays room of @head for the tip, whose
 * place and direction are filled in if it is in sight. */
static void
add_path (const PdgDraw *draw, guint32 edge_index, double head, double *x, double *y, double *dx, double *dy)
{
  const PdgScene *scene = draw->scene;
  const PdgRoute *route = &scene->routes[edge_index];
  const PdgCamera *camera = &draw->camera;
  gboolean broken = TRUE;

  for (guint i = 0; i < route->n_curves; i++)
    {
      PdgCurve curve = route->drops ? get_drop (draw, edge_index)
                                    : g_array_index (scene->curves, PdgCurve, route->first_curve + i);
      double sx[4], sy[4];

      if (!is_in_sight (draw, &curve, head))
        {
          broken = TRUE;
          continue;
        }
      for (guint j = 0; j < 4; j++)
        pdg_camera_to_screen (camera, curve.x[j], curve.y[j], &sx[j], &sy[j]);
      if (broken)
        cairo_move_to (draw->cr, sx[0], sy[0]);
      broken = FALSE;
      if (i + 1 == route->n_curves)
        {
          double length = MAX (hypot (sx[3] - sx[2], sy[3] - sy[2]), 1e-6);

          *dx = (sx[3] - sx[2]) / length;
          *dy = (sy[3] - sy[2]) / length;
          *x = sx[3];
          *y = sy[3];
          cut_end (sx, sy, CLAMP (1 - head / (3 * length), 0.2, 1));
        }
      if (draw->simple && route->n_curves > 1)
        cairo_line_to (draw->cr, sx[3], sy[3]);
      else
        cairo_curve_to (draw->cr, sx[1], sy[1], sx[2], sy[2], sx[3], sy[3]);
    }
}

static void
add_tip (cairo_t *cr, double x, double y, double dx, double dy, double length, double half)
{
  cairo_move_to (cr, x, y);
  cairo_line_to (cr, x - dx * length - dy * half, y - dy * length + dx * half);
  cairo_line_to (cr, x - dx * length + dy * half, y - dy * length - dx * half);
  cairo_close_path (cr);
}

static void
draw_edge (const PdgDraw *draw, guint32 edge_index)
{
  static const double dashes[] = { 5, 4 };
  cairo_t *cr = draw->cr;
  const PdgRoute *route = &draw->scene->routes[edge_index];
  const PdgSceneEdge *edge = &draw->scene->edges[edge_index];
  PdgRgba color = get_color (draw, edge_index);
  double width = pdg_edge_width_at (edge->width, draw->camera.zoom);
  gboolean tip = !draw->simple;
  double half = MAX (3.5, width / 2 + 1.5);
  double length = tip ? MAX (6, width * 0.7) : 0;
  double x = -G_MAXDOUBLE, y = 0, dx = 1, dy = 0;

  if (edge->kind == PDG_EDGE_LOOP && draw->simple)
    return;
  pdg_draw_set_source (cr, &color);
  cairo_set_line_width (cr, width);
  if (route->dashed && !draw->simple)
    cairo_set_dash (cr, dashes, 2, 0);
  /* The line reaches half a pixel into the tip: no seam. */
  add_path (draw, edge_index, MAX (length - 0.5, 0), &x, &y, &dx, &dy);
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0);
  if (tip && x > -G_MAXDOUBLE)
    {
      add_tip (cr, x, y, dx, dy, length, half);
      cairo_fill (cr);
    }
}

void
pdg_draw_edges (const PdgDraw *draw, const GArray *edges)
{
  cairo_t *cr = draw->cr;

  cairo_save (cr);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_BUTT);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  if (draw->simple || edges->len > MAX_FINE_EDGES)
    {
      cairo_set_antialias (cr, CAIRO_ANTIALIAS_FAST);
      cairo_set_tolerance (cr, 0.35);
    }

  /* What is quiet lies below, what stands out above. */
  for (int pass = 0; pass < 3; pass++)
    for (guint i = 0; i < edges->len; i++)
      {
        guint32 edge = g_array_index (edges, guint32, i);
        int layer = is_lit (draw, edge) ? 2 : draw->scene->routes[edge].dashed ? 0 : 1;

        if (layer == pass)
          draw_edge (draw, edge);
      }
  cairo_restore (cr);
}

/* Up for better than the reference, down for worse: never colour alone. */
static void
add_trend (cairo_t *cr, double x, double y, double size, gboolean up)
{
  double tip = up ? -size / 2 : size / 2;

  cairo_move_to (cr, x, y + tip);
  cairo_line_to (cr, x + size / 2, y - tip);
  cairo_line_to (cr, x - size / 2, y - tip);
  cairo_close_path (cr);
}

static void
draw_label (const PdgDraw *draw, guint32 edge_index, const PdgRect *world)
{
  cairo_t *cr = draw->cr;
  const PdgSceneEdge *edge = &draw->scene->edges[edge_index];
  PdgRect rect = pdg_camera_rect_to_screen (&draw->camera, world);
  double scale = pdg_text_scale (draw->camera.zoom);
  double pixel = 1.0 / draw->scale_factor;
  double x = pdg_snap (rect.x, draw->scale_factor);
  double y = pdg_snap (rect.y, draw->scale_factor);
  double width = pdg_snap (rect.width, draw->scale_factor);
  double height = pdg_snap (rect.height, draw->scale_factor);
  gboolean tinted = is_tinted (draw, edge_index);
  gboolean hovered = (draw->style->hovered_kind == PDG_HIT_LABEL || draw->style->hovered_kind == PDG_HIT_EDGE) &&
                     draw->style->hovered_index == edge_index;
  const PdgRgba *color = pdg_theme_get (draw->theme, edge->share < 0.05 ? PDG_COLOR_TEXT_2 : PDG_COLOR_TEXT);
  char text[16];

  pdg_format_percent (edge->share, text, sizeof text);
  pdg_draw_set_source (cr, pdg_theme_get (draw->theme, PDG_COLOR_SURFACE));
  pdg_draw_rounded (cr, x, y, width, height, height / 2);
  cairo_fill (cr);
  pdg_draw_set_source (cr, pdg_theme_get (draw->theme, hovered ? PDG_COLOR_ACCENT : PDG_COLOR_LINE));
  cairo_set_line_width (cr, pixel);
  pdg_draw_rounded (cr, x + pixel / 2, y + pixel / 2, width - pixel, height - pixel, height / 2 - pixel / 2);
  cairo_stroke (cr);

  double text_width = pdg_text_measure (draw->theme, PDG_TEXT_LABEL, text) * scale;
  double text_x = x + (width - text_width) / 2;

  if (tinted)
    {
      color = get_tint (draw, edge_index);
      pdg_draw_set_source (cr, color);
      add_trend (cr, x + 8.5 * scale, y + height / 2, 4.5 * scale, edge->share >= draw->style->tint_reference);
      cairo_fill (cr);
      text_x += 4.5 * scale;
    }
  pdg_text_draw (cr, draw->theme, PDG_TEXT_LABEL, text, text_x, y + height / 2 + 4 * scale, -1, scale,
                 draw->scale_factor, color);
}

void
pdg_draw_labels (const PdgDraw *draw, const GArray *edges)
{
  for (guint i = 0; i < edges->len; i++)
    {
      guint32 edge = g_array_index (edges, guint32, i);
      PdgRect rect;

      if ((draw->scene->routes[edge].quiet && !is_lit (draw, edge)) ||
          draw->scene->routes[edge].length * draw->camera.zoom < MIN_LABELLED_PX ||
          !pdg_scene_get_label_rect (draw->scene, edge, draw->camera.zoom, &rect) ||
          !pdg_rect_intersects (&rect, &draw->visible))
        continue;
      draw_label (draw, edge, &rect);
    }
}
