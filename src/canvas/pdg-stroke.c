#include "config.h"
#include "canvas/pdg-stroke.h"

#include <math.h>

/* Beyond this a corner is cut. */
#define MAX_MITER 2.0

/* For each pixel, how much the coverage changes from its left neighbour to it. All 0 but in the rows' touched parts. */
struct _PdgStroke
{
  int width, height;
  int stride;
  float *changes;
  gsize n_allocated;
  int *first, *last;     /* of each row: the touched columns */
  gsize n_rows_allocated;
  int top, bottom;       /* touched rows */
  GArray *sides;         /* double: the offset points of a line, left and right in turn */
};

static void
stroke_free (gpointer data)
{
  PdgStroke *stroke = data;

  g_free (stroke->changes);
  g_free (stroke->first);
  g_free (stroke->last);
  g_array_unref (stroke->sides);
  g_free (stroke);
}

PdgStroke *
pdg_stroke_get (int width, int height)
{
  static GPrivate kept = G_PRIVATE_INIT (stroke_free);
  PdgStroke *stroke = g_private_get (&kept);
  gsize n = (gsize) (width + 2) * (gsize) height;

  if (stroke == NULL)
    {
      stroke = g_new0 (PdgStroke, 1);
      stroke->sides = g_array_new (FALSE, FALSE, sizeof (double));
      g_private_set (&kept, stroke);
    }
  if (stroke->n_allocated < n)
    {
      g_free (stroke->changes);
      stroke->changes = g_new0 (float, n);
      stroke->n_allocated = n;
    }
  if (stroke->n_rows_allocated < (gsize) height)
    {
      stroke->first = g_renew (int, stroke->first, height);
      stroke->last = g_renew (int, stroke->last, height);
      stroke->n_rows_allocated = (gsize) height;
    }
  stroke->width = width;
  stroke->height = height;
  stroke->stride = width + 2;
  for (int y = 0; y < height; y++)
    {
      stroke->first[y] = G_MAXINT;
      stroke->last[y] = -1;
    }
  stroke->top = G_MAXINT;
  stroke->bottom = -1;
  return stroke;
}

/* The part of a side within one row, from @left to @right inside of it, @cover of its height with sign. */
static void
add_inside (PdgStroke *stroke, int y, double left, double right, double cover)
{
  float *row = stroke->changes + (gsize) y * (gsize) stroke->stride;
  int from = (int) left, to = (int) right;

  stroke->first[y] = MIN (stroke->first[y], from);
  stroke->last[y] = MAX (stroke->last[y], to + 1);
  if (from == to)
    {
      double beside = (left + right) / 2 - from;

      row[from] += (float) (cover * (1 - beside));
      row[from + 1] += (float) (cover * beside);
      return;
    }

  /* It crosses several pixels: the coverage of each is what of the side lies left of it, on average. */
  double slope = cover / (right - left);
  double before = slope * (from + 1 - left) * (from + 1 - left) / 2;
  double end = slope * ((right - left) * (right - left) - (to - left) * (to - left)) / 2 + cover * (to + 1 - right);

  row[from] += (float) before;
  for (int x = from + 1; x < to; x++)
    {
      double here = slope * (x + 0.5 - left);

      row[x] += (float) (here - before);
      before = here;
    }
  row[to] += (float) (end - before);
  row[to + 1] += (float) (cover - end);
}

/* The same with what lies outside: to the left it covers the whole row, to the right nothing, but the row is covered up
 * to there. */
static void
add_to_row (PdgStroke *stroke, int y, double x0, double x1, double cover)
{
  double left = MIN (x0, x1), right = MAX (x0, x1);
  double from = CLAMP (left, 0, stroke->width), to = CLAMP (right, 0, stroke->width);
  double slope = right > left ? cover / (right - left) : 0;

  if (left < 0)
    add_inside (stroke, y, 0, 0, right > 0 ? -left * slope : cover);
  if (right > stroke->width)
    {
      stroke->first[y] = MIN (stroke->first[y], stroke->width);
      stroke->last[y] = MAX (stroke->last[y], stroke->width);
    }
  if (right > 0 && left < stroke->width)
    add_inside (stroke, y, from, to, right > left ? (to - from) * slope : cover);
}

static void
add_side (PdgStroke *stroke, double x0, double y0, double x1, double y1)
{
  double sign = 1, slope;
  int top, bottom;

  if (y0 > y1)
    {
      double x = x0, y = y0;

      x0 = x1;
      y0 = y1;
      x1 = x;
      y1 = y;
      sign = -1;
    }
  if (y1 <= 0 || y0 >= stroke->height || y0 == y1)
    return;
  slope = (x1 - x0) / (y1 - y0);
  top = (int) MAX (floor (y0), 0);
  bottom = (int) MIN (ceil (y1), stroke->height);
  stroke->top = MIN (stroke->top, top);
  stroke->bottom = MAX (stroke->bottom, bottom - 1);
  for (int y = top; y < bottom; y++)
    {
      double from = MAX (y, y0), to = MIN (y + 1, y1);

      add_to_row (stroke, y, x0 + (from - y0) * slope, x0 + (to - y0) * slope, sign * (to - from));
    }
}

void
pdg_stroke_add_triangle (PdgStroke *stroke, const double points[6])
{
  double area = (points[2] - points[0]) * (points[5] - points[1]) - (points[4] - points[0]) * (points[3] - points[1]);

  /* Turning as lines do, or what overlaps would cancel out. */
  for (guint i = 0; i < 3; i++)
    {
      const double *a = points + 2 * i, *b = points + 2 * ((i + 1) % 3);

      if (area < 0)
        add_side (stroke, a[0], a[1], b[0], b[1]);
      else
        add_side (stroke, b[0], b[1], a[0], a[1]);
    }
}

/* The direction from one point to the next, as long as 1. */
static gboolean
get_direction (const double *points, double *dx, double *dy)
{
  double length = hypot (points[2] - points[0], points[3] - points[1]);

  if (!(length > 1e-9))
    return FALSE;
  *dx = (points[2] - points[0]) / length;
  *dy = (points[3] - points[1]) / length;
  return TRUE;
}

static void
add_sides (PdgStroke *stroke, const double *points, guint n, double half)
{
  double in_x = 0, in_y = 0;

  for (guint i = 0; i < n; i++)
    {
      double out_x = in_x, out_y = in_y, x, y, length;

      if (i + 1 < n && !get_direction (points + 2 * i, &out_x, &out_y))
        {
          if (i > 0)
            continue;
          out_x = 1;
        }
      x = i > 0 ? in_x + out_x : 2 * out_x;
      y = i > 0 ? in_y + out_y : 2 * out_y;
      length = x * x + y * y;
      /* Both sides of a corner meet: 2 / length is 1 / cos of half the turn, squared. */
      length = MIN (length > 0 ? 2 / length : MAX_MITER, MAX_MITER);

      double side[4] = {
        points[2 * i] - y * length * half, points[2 * i + 1] + x * length * half,
        points[2 * i] + y * length * half, points[2 * i + 1] - x * length * half,
      };

      g_array_append_vals (stroke->sides, side, 4);
      in_x = out_x;
      in_y = out_y;
    }
}

void
pdg_stroke_add_line (PdgStroke *stroke, const double *points, guint n, double width)
{
  const double *sides;
  guint n_sides;

  if (n < 2)
    return;
  g_array_set_size (stroke->sides, 0);
  add_sides (stroke, points, n, width / 2);
  sides = (const double *) (const void *) stroke->sides->data;
  n_sides = stroke->sides->len / 4;
  for (guint i = 0; i + 1 < n_sides; i++)
    {
      const double *a = sides + 4 * i, *b = sides + 4 * (i + 1);

      add_side (stroke, a[0], a[1], b[0], b[1]);
      add_side (stroke, b[2], b[3], a[2], a[3]);
    }

  const double *end = sides + 4 * (n_sides - 1);

  add_side (stroke, end[0], end[1], end[2], end[3]);
  add_side (stroke, sides[2], sides[3], sides[0], sides[1]);
}

static inline guint32
lay_over (guint32 under, guint red, guint green, guint blue, guint share)
{
  guint keep = 256 - share;

  return 0xff000000 | (((under >> 16 & 0xff) * keep + red * share + 128) >> 8) << 16 |
         (((under >> 8 & 0xff) * keep + green * share + 128) >> 8) << 8 | (((under & 0xff) * keep + blue * share + 128) >> 8);
}

void
pdg_stroke_paint (PdgStroke *stroke, cairo_surface_t *surface, const PdgRgba *color)
{
  guint red = (guint) (color->red * 255 + 0.5), green = (guint) (color->green * 255 + 0.5);
  guint blue = (guint) (color->blue * 255 + 0.5);
  float alpha = (float) (color->alpha * 256);
  guint8 *data = cairo_image_surface_get_data (surface);
  gsize stride = (gsize) cairo_image_surface_get_stride (surface);

  for (int y = MAX (stroke->top, 0); y <= stroke->bottom; y++)
    {
      float *row = stroke->changes + (gsize) y * (gsize) stroke->stride;
      guint32 *out = (guint32 *) (void *) (data + (gsize) y * stride);
      float sum = 0;

      for (int x = stroke->first[y]; x <= stroke->last[y]; x++)
        {
          guint share;

          sum += row[x];
          row[x] = 0;
          share = (guint) (MIN (fabsf (sum), 1.0f) * alpha + 0.5f);
          if (share > 0 && x < stroke->width)
            out[x] = lay_over (out[x], red, green, blue, share);
        }
      stroke->first[y] = G_MAXINT;
      stroke->last[y] = -1;
    }
  stroke->top = G_MAXINT;
  stroke->bottom = -1;
  cairo_surface_mark_dirty (surface);
}
