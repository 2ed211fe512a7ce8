#include "config.h"
#include "canvas/pdg-scene-draw-private.h"

#include <math.h>

/* Lines are drawn in pieces of this length at most, as near as this to their curve. */
#define PIECE_PX     64.0
#define MAX_ERROR_PX 0.1
#define MAX_PIECES   8192

/* Labels need this much of their edge to be seen. */
#define MIN_LABELLED_PX 40.0

static gboolean
is_hovered (const PdgDraw *draw, guint32 edge_index)
{
  return draw->flags != NULL && draw->style->hovered_index == edge_index &&
         (draw->style->hovered_kind == PDG_HIT_EDGE || draw->style->hovered_kind == PDG_HIT_LABEL);
}

gboolean
pdg_draw_is_lit (const PdgDraw *draw, guint32 edge_index)
{
  const PdgSceneEdge *edge = &draw->scene->edges[edge_index];

  return is_hovered (draw, edge_index) ||
         (draw->flags != NULL && ((draw->flags[edge->from] | draw->flags[edge->to]) & PDG_CARD_LIT) != 0);
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
  if (pdg_draw_is_lit (draw, edge_index))
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
pdg_draw_list_edges (const PdgDraw *draw)
{
  const PdgScene *scene = draw->scene;
  GArray *found = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autofree guint8 *seen = g_new0 (guint8, scene->n_edges + 1);
  PdgRect area = pdg_rect_expand (&draw->visible, pdg_scene_get_overhang (draw->camera.zoom));
  guint limit = pdg_scene_get_edge_limit (scene, draw->camera.zoom);
  guint x0, y0, x1, y1;

  if (!pdg_scene_get_cells (scene, &area, &x0, &y0, &x1, &y1))
    return found;
  for (guint y = y0; y <= y1; y++)
    for (guint x = x0; x <= x1; x++)
      {
        guint cell = y * scene->n_x + x;

        for (guint32 i = scene->edge_cells.first[cell]; i < scene->edge_cells.first[cell + 1]; i++)
          {
            guint32 edge = scene->edge_cells.list[i];

            if (edge >= limit)
              break;
            if (!seen[edge] && pdg_rect_intersects (&scene->routes[edge].bounds, &area))
              g_array_append_val (found, edge);
            seen[edge] = 1;
          }
      }
  g_array_sort (found, compare_numbers);
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

/* Puts an edge's curve and tip where they are drawn: on a cairo path, or, for what lies still on a picture, in a stroke. */
typedef struct
{
  const PdgDraw *draw;
  gboolean dashed;
  double width;
  double x, y;        /* where it is */
  double length;      /* so far, when dashed */
  double run_length;  /* where the points begin */
  GArray *points;     /* double, device pixels: a run in sight (NULL: cairo draws) */
} Pen;

static const double dash_lengths[] = { 5, 4 };

static void
add_point (Pen *pen, double x, double y)
{
  double point[2] = { x * pen->draw->scale_factor, y * pen->draw->scale_factor };

  g_array_append_vals (pen->points, point, 2);
}

/* The parts of the run that dashes cover. */
static void
add_dashes (Pen *pen)
{
  const double *points = (const double *) (const void *) pen->points->data;
  g_autoptr (GArray) dash = g_array_new (FALSE, FALSE, sizeof (double));
  double scale = pen->draw->scale_factor;
  double at = fmod (pen->run_length, dash_lengths[0] + dash_lengths[1]) * scale;
  gboolean on = at < dash_lengths[0] * scale;
  double left = (on ? dash_lengths[0] * scale : (dash_lengths[0] + dash_lengths[1]) * scale) - at;

  g_array_append_vals (dash, points, 2);
  for (guint i = 0; i + 1 < pen->points->len / 2; i++)
    {
      const double *a = points + 2 * i;
      double length = hypot (a[2] - a[0], a[3] - a[1]), done = 0;

      while (length - done >= left)
        {
          double t = (done + left) / length;
          double point[2] = { a[0] + (a[2] - a[0]) * t, a[1] + (a[3] - a[1]) * t };

          g_array_append_vals (dash, point, 2);
          if (on)
            pdg_stroke_add_line (pen->draw->stroke, (const double *) (const void *) dash->data, dash->len / 2, pen->width * scale);
          g_array_set_size (dash, 0);
          g_array_append_vals (dash, point, 2);
          done += left;
          on = !on;
          left = dash_lengths[on ? 0 : 1] * scale;
        }
      left -= length - done;
      g_array_append_vals (dash, a + 2, 2);
    }
  if (on)
    pdg_stroke_add_line (pen->draw->stroke, (const double *) (const void *) dash->data, dash->len / 2, pen->width * scale);
}

static void
end_run (Pen *pen)
{
  if (pen->points == NULL || pen->points->len == 0)
    return;
  if (pen->dashed)
    add_dashes (pen);
  else
    pdg_stroke_add_line (pen->draw->stroke, (const double *) (const void *) pen->points->data, pen->points->len / 2,
                         pen->width * pen->draw->scale_factor);
  g_array_set_size (pen->points, 0);
}

static void
line_to (Pen *pen, double x, double y)
{
  const PdgDraw *draw = pen->draw;
  double reach = pen->width + 2;

  if (MAX (pen->x, x) < -reach || MIN (pen->x, x) > draw->width + reach || MAX (pen->y, y) < -reach ||
      MIN (pen->y, y) > draw->height + reach)
    end_run (pen);
  else
    {
      if (pen->points->len == 0)
        {
          pen->run_length = pen->length;
          add_point (pen, pen->x, pen->y);
        }
      add_point (pen, x, y);
    }
  if (pen->dashed)
    pen->length += hypot (x - pen->x, y - pen->y);
  pen->x = x;
  pen->y = y;
}

/* Lies within a tenth of a pixel of the curve; long ones in pieces, of which those out of sight cost next to nothing. */
static void
follow_curve (Pen *pen, const double x[4], const double y[4])
{
  double length = hypot (x[1] - x[0], y[1] - y[0]) + hypot (x[2] - x[1], y[2] - y[1]) + hypot (x[3] - x[2], y[3] - y[2]);
  double bend = MAX (hypot (x[0] - 2 * x[1] + x[2], y[0] - 2 * y[1] + y[2]),
                     hypot (x[1] - 2 * x[2] + x[3], y[1] - 2 * y[2] + y[3]));
  int n = (int) CLAMP (ceil (MAX (length / PIECE_PX, sqrt (0.75 * bend / MAX_ERROR_PX))), 1, MAX_PIECES);

  for (int i = 1; i <= n; i++)
    {
      double t = (double) i / n, s = 1 - t;
      double a = s * s * s, b = 3 * s * s * t, c = 3 * s * t * t, d = t * t * t;

      line_to (pen, a * x[0] + b * x[1] + c * x[2] + d * x[3], a * y[0] + b * y[1] + c * y[2] + d * y[3]);
    }
}

static void
follow (Pen *pen, const double x[4], const double y[4], gboolean straight)
{
  if (pen->points == NULL && straight)
    cairo_line_to (pen->draw->cr, x[3], y[3]);
  else if (pen->points == NULL)
    cairo_curve_to (pen->draw->cr, x[1], y[1], x[2], y[2], x[3], y[3]);
  else if (straight)
    line_to (pen, x[3], y[3]);
  else
    follow_curve (pen, x, y);
}

static void
start_at (Pen *pen, double x, double y)
{
  end_run (pen);
  pen->x = x;
  pen->y = y;
  if (pen->points == NULL)
    cairo_move_to (pen->draw->cr, x, y);
}

/* Follows what is in sight of the edge; at its end stays room of @head for the tip, whose place and direction are filled
 * in if it is in sight. Dashes lie where they lie however much of the edge is in sight. */
static void
follow_edge (Pen *pen, guint32 edge_index, double head, double *x, double *y, double *dx, double *dy)
{
  const PdgDraw *draw = pen->draw;
  const PdgScene *scene = draw->scene;
  const PdgRoute *route = &scene->routes[edge_index];
  gboolean broken = TRUE;

  for (guint i = 0; i < route->n_curves; i++)
    {
      PdgCurve curve = route->drops ? get_drop (draw, edge_index)
                                    : g_array_index (scene->curves, PdgCurve, route->first_curve + i);
      double sx[4], sy[4];

      if (!pen->dashed && !is_in_sight (draw, &curve, head))
        {
          broken = TRUE;
          continue;
        }
      for (guint j = 0; j < 4; j++)
        pdg_camera_to_screen (&draw->camera, curve.x[j], curve.y[j], &sx[j], &sy[j]);
      if (broken)
        start_at (pen, sx[0], sy[0]);
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
      follow (pen, sx, sy, draw->simple && route->n_curves > 1);
    }
  end_run (pen);
}

static void
add_tip (const Pen *pen, double x, double y, double dx, double dy, double length, double half)
{
  cairo_t *cr = pen->draw->cr;
  double scale = pen->draw->scale_factor;
  const double points[6] = {
    x, y, x - dx * length - dy * half, y - dy * length + dx * half, x - dx * length + dy * half, y - dy * length - dx * half,
  };

  if (pen->points != NULL)
    {
      double device[6];

      for (guint i = 0; i < 6; i++)
        device[i] = points[i] * scale;
      pdg_stroke_add_triangle (pen->draw->stroke, device);
      return;
    }
  cairo_move_to (cr, points[0], points[1]);
  cairo_line_to (cr, points[2], points[3]);
  cairo_line_to (cr, points[4], points[5]);
  cairo_close_path (cr);
  cairo_fill (cr);
}

static void
draw_edge (const PdgDraw *draw, guint32 edge_index, GArray *points)
{
  cairo_t *cr = draw->cr;
  const PdgSceneEdge *edge = &draw->scene->edges[edge_index];
  PdgRgba color = get_color (draw, edge_index);
  double width = pdg_edge_width_at (edge->width, draw->camera.zoom);
  gboolean tip = !draw->simple;
  double half = MAX (3.5, width / 2 + 1.5);
  double length = tip ? MAX (6, width * 0.7) : 0;
  double x = -G_MAXDOUBLE, y = 0, dx = 1, dy = 0;
  Pen pen = { draw, draw->scene->routes[edge_index].dashed && !draw->simple, width, 0, 0, 0, 0, points };

  if (edge->kind == PDG_EDGE_LOOP && draw->simple)
    return;
  pdg_draw_set_source (cr, &color);
  /* The line reaches half a pixel into the tip: no seam. */
  follow_edge (&pen, edge_index, MAX (length - 0.5, 0), &x, &y, &dx, &dy);
  if (points == NULL)
    {
      cairo_set_line_width (cr, width);
      cairo_set_dash (cr, dash_lengths, pen.dashed ? 2 : 0, 0);
      cairo_stroke (cr);
    }
  if (tip && x > -G_MAXDOUBLE)
    add_tip (&pen, x, y, dx, dy, length, half);
  if (points != NULL)
    pdg_stroke_paint (draw->stroke, cairo_get_target (cr), &color);
}

void
pdg_draw_edges (const PdgDraw *draw, const GArray *edges)
{
  cairo_t *cr = draw->cr;
  g_autoptr (GArray) points = draw->stroke != NULL ? g_array_new (FALSE, FALSE, sizeof (double)) : NULL;

  cairo_save (cr);
  cairo_surface_flush (cairo_get_target (cr));
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_BUTT);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  if (draw->simple)
    {
      cairo_set_antialias (cr, CAIRO_ANTIALIAS_FAST);
      cairo_set_tolerance (cr, 0.35);
    }

  /* What is quiet lies below, what stands out above. */
  for (int pass = 0; pass < 3; pass++)
    for (guint i = 0; i < edges->len; i++)
      {
        guint32 edge = g_array_index (edges, guint32, i);
        int layer = pdg_draw_is_lit (draw, edge) ? 2 : draw->scene->routes[edge].dashed ? 0 : 1;

        if (layer == pass)
          draw_edge (draw, edge, points);
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
  gboolean hovered = is_hovered (draw, edge_index);
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

gboolean
pdg_draw_has_label (const PdgDraw *draw, guint32 edge_index, PdgRect *rect)
{
  /* Snapped, a label may lie a pixel beside its place. */
  PdgRect area = pdg_rect_expand (&draw->visible, 2 / draw->camera.zoom);
  const PdgRoute *route = &draw->scene->routes[edge_index];

  return (!route->quiet || pdg_draw_is_lit (draw, edge_index)) && route->length * draw->camera.zoom >= MIN_LABELLED_PX &&
         pdg_scene_get_label_rect (draw->scene, edge_index, draw->camera.zoom, rect) && pdg_rect_intersects (rect, &area);
}

void
pdg_draw_labels (const PdgDraw *draw, const GArray *edges)
{
  for (guint i = 0; i < edges->len; i++)
    {
      guint32 edge = g_array_index (edges, guint32, i);
      PdgRect rect;

      if (pdg_draw_has_label (draw, edge, &rect))
        draw_label (draw, edge, &rect);
    }
}
