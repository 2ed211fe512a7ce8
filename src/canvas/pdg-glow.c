#include "config.h"
#include "canvas/pdg-glow.h"

#include <math.h>

#define RIM 0.45 /* how strong the light is at the edge of a dot */

typedef struct
{
  cairo_surface_t *surface;
  guint8 *data;
  int stride;
  int width;
  int height;
  int red;
  int green;
  int blue;
} Picture;

static Picture
open_picture (cairo_surface_t *surface, const PdgRgba *color)
{
  return (Picture) {
    surface, cairo_image_surface_get_data (surface), cairo_image_surface_get_stride (surface), cairo_image_surface_get_width (surface),
    cairo_image_surface_get_height (surface), (int) lround (color->red * 255), (int) lround (color->green * 255),
    (int) lround (color->blue * 255),
  };
}

static inline void
blend (const Picture *picture, int x, int y, double alpha)
{
  guint32 *pixel = (guint32 *) (void *) (picture->data + (gssize) y * picture->stride) + x;
  int share = (int) (alpha * 256), rest = 256 - share;
  int red = (int) (*pixel >> 16 & 255), green = (int) (*pixel >> 8 & 255), blue = (int) (*pixel & 255);

  red = (red * rest + picture->red * share) >> 8;
  green = (green * rest + picture->green * share) >> 8;
  blue = (blue * rest + picture->blue * share) >> 8;
  *pixel = 0xff000000u | (guint32) red << 16 | (guint32) green << 8 | (guint32) blue;
}

/* The light at @distance outside of an edge. */
static inline double
fade (double distance, double reach)
{
  double left = 1 - distance / reach;

  return left > 0 ? left * left : 0;
}

/* How much of a disc of that radius covers a pixel whose middle lies at that distance from its edge. */
static inline double
cover (double distance)
{
  return CLAMP (0.5 - distance, 0, 1);
}

void
pdg_glow_dot (cairo_surface_t *target, double x, double y, const PdgGlowDot *dot, double alpha)
{
  Picture light = open_picture (target, dot->color), rim = open_picture (target, dot->rim_color);
  double outer = dot->radius + MAX (dot->reach, dot->rim + 0.5), full = MAX (dot->radius - 0.5, 0);
  int x0, y0, x1, y1;

  if (!isfinite (x) || !isfinite (y) || x + outer < 0 || y + outer < 0 || x - outer > light.width || y - outer > light.height)
    return;
  x0 = MAX ((int) floor (x - outer), 0);
  y0 = MAX ((int) floor (y - outer), 0);
  x1 = MIN ((int) ceil (x + outer), light.width);
  y1 = MIN ((int) ceil (y + outer), light.height);
  for (int row = y0; row < y1; row++)
    for (int column = x0; column < x1; column++)
      {
        double dx = column + 0.5 - x, dy = row + 0.5 - y, square = dx * dx + dy * dy, distance;

        if (square >= outer * outer)
          continue;
        if (square <= full * full)
          {
            blend (&light, column, row, alpha);
            continue;
          }
        distance = sqrt (square) - dot->radius;
        if (distance < dot->reach)
          blend (&light, column, row, alpha * RIM * fade (MAX (distance, 0), dot->reach));
        if (distance - dot->rim < 0.5)
          blend (&rim, column, row, alpha * cover (distance - dot->rim));
        if (distance < 0.5)
          blend (&light, column, row, alpha * cover (distance));
      }
}

static void
light_line (const Picture *picture, int x0, int x1, int y, double alpha)
{
  if (y < 0 || y >= picture->height || alpha <= 1 / 256.0)
    return;
  for (int x = MAX (x0, 0); x < MIN (x1, picture->width); x++)
    blend (picture, x, y, alpha);
}

static void
light_column (const Picture *picture, int x, int y0, int y1, double alpha)
{
  if (x < 0 || x >= picture->width || alpha <= 1 / 256.0)
    return;
  for (int y = MAX (y0, 0); y < MIN (y1, picture->height); y++)
    blend (picture, x, y, alpha);
}

/* The quarter of a ring around @x, @y that lies in the rectangle. */
static void
light_corner (const Picture *picture, int x, int y, int x0, int y0, int size, double radius, double reach, double alpha)
{
  for (int row = MAX (y0, 0); row < MIN (y0 + size, picture->height); row++)
    for (int column = MAX (x0, 0); column < MIN (x0 + size, picture->width); column++)
      {
        double dx = column + 0.5 - x, dy = row + 0.5 - y, distance = sqrt (dx * dx + dy * dy) - radius;

        if (distance > -0.5 && distance < reach)
          blend (picture, column, row, alpha * fade (MAX (distance, 0), reach) * MIN (distance + 0.5, 1));
      }
}

void
pdg_glow_ring (cairo_surface_t *target, double x, double y, double width, double height, double radius, double reach, const PdgRgba *color,
               double alpha)
{
  Picture picture = open_picture (target, color);
  int corner, band, left, top, right, bottom;

  if (!isfinite (x + y + width + height) || x + width + reach < 0 || y + height + reach < 0 || x - reach > picture.width
      || y - reach > picture.height)
    return;
  left = (int) lround (MAX (x, -1e6));
  top = (int) lround (MAX (y, -1e6));
  right = (int) lround (MIN (x + width, 1e6));
  bottom = (int) lround (MIN (y + height, 1e6));
  corner = (int) MIN (lround (radius), MIN ((right - left) / 2, (bottom - top) / 2));
  band = (int) ceil (reach);
  for (int i = 0; i < band; i++)
    {
      double light = alpha * fade (i + 0.5, reach);

      light_line (&picture, left + corner, right - corner, top - 1 - i, light);
      light_line (&picture, left + corner, right - corner, bottom + i, light);
      light_column (&picture, left - 1 - i, top + corner, bottom - corner, light);
      light_column (&picture, right + i, top + corner, bottom - corner, light);
    }
  light_corner (&picture, left + corner, top + corner, left - band, top - band, corner + band, corner, reach, alpha);
  light_corner (&picture, right - corner, top + corner, right - corner, top - band, corner + band, corner, reach, alpha);
  light_corner (&picture, left + corner, bottom - corner, left - band, bottom - corner, corner + band, corner, reach, alpha);
  light_corner (&picture, right - corner, bottom - corner, right - corner, bottom - corner, corner + band, corner, reach, alpha);
}
