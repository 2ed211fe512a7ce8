#include "canvas/pdg-blit.h"
#include "canvas/pdg-stroke.h"

#include <math.h>
#include <stdlib.h>

/* What puts pixels in their places by itself: copies, scaled copies, thick lines. */

static guint32 *
get_row (cairo_surface_t *surface, int y)
{
  return (guint32 *) (void *) (cairo_image_surface_get_data (surface) + y * cairo_image_surface_get_stride (surface));
}

static cairo_surface_t *
make_noise (int width, int height, guint32 seed)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      get_row (surface, y)[x] = g_rand_int (random) | 0xff000000;
  cairo_surface_mark_dirty (surface);
  return surface;
}

static double
get_channel (cairo_surface_t *surface, int x, int y, int shift)
{
  x = CLAMP (x, 0, cairo_image_surface_get_width (surface) - 1);
  y = CLAMP (y, 0, cairo_image_surface_get_height (surface) - 1);
  return get_row (surface, y)[x] >> shift & 0xff;
}

/* Bilinear samples as they are defined, slowly. */
static double
get_sample (cairo_surface_t *surface, double x, double y, int shift)
{
  int left = (int) floor (x), top = (int) floor (y);
  double right_share = x - left, bottom_share = y - top;

  return (get_channel (surface, left, top, shift) * (1 - right_share) + get_channel (surface, left + 1, top, shift) * right_share) *
         (1 - bottom_share) +
         (get_channel (surface, left, top + 1, shift) * (1 - right_share) +
          get_channel (surface, left + 1, top + 1, shift) * right_share) * bottom_share;
}

static void
test_scale (void)
{
  static const double scales[] = { 0.71, 0.9, 1, 1.19, 1.41, 6.5 };
  static const int sizes[] = { 1, 2, 37 };

  for (guint i = 0; i < G_N_ELEMENTS (scales) * G_N_ELEMENTS (sizes); i++)
    {
      double scale = scales[i % G_N_ELEMENTS (scales)];
      int size = sizes[i / G_N_ELEMENTS (scales)];
      cairo_surface_t *source = make_noise (size, size, i), *target = make_noise (64, 50, 99);
      cairo_surface_t *untouched = make_noise (64, 50, 99);
      cairo_rectangle_int_t clip = { 3, 5, 41, 38 };

      pdg_blit_scale (target, &clip, source, 5.3, 2.8, scale);
      for (int y = 0; y < 50; y++)
        for (int x = 0; x < 64; x++)
          for (int shift = 0; shift < 24; shift += 8)
            {
              gboolean inside = x >= 3 && x < 44 && y >= 5 && y < 43;
              double at_x = CLAMP ((x + 0.5 - 5.3) / scale - 0.5, 0, size - 1);
              double at_y = CLAMP ((y + 0.5 - 2.8) / scale - 0.5, 0, size - 1);
              double wanted = inside ? get_sample (source, at_x, at_y, shift) : get_channel (untouched, x, y, shift);

              g_assert_cmpfloat_with_epsilon (get_channel (target, x, y, shift), wanted, inside ? 3 : 0.5);
            }
      cairo_surface_destroy (source);
      cairo_surface_destroy (target);
      cairo_surface_destroy (untouched);
    }
}

static void
test_copy_and_scroll (void)
{
  static const int moves[][2] = { { 0, 0 }, { 5, 3 }, { -7, 2 }, { 4, -9 }, { -3, -3 }, { 40, 0 }, { 0, 100 } };
  const cairo_rectangle_int_t all = { -5, -5, 100, 100 };

  for (guint i = 0; i < G_N_ELEMENTS (moves); i++)
    {
      cairo_surface_t *scrolled = make_noise (31, 23, 1), *copied = make_noise (31, 23, 1), *from = make_noise (31, 23, 1);

      pdg_blit_scroll (scrolled, moves[i][0], moves[i][1]);
      pdg_blit_copy (copied, &all, from, moves[i][0], moves[i][1]);
      for (int y = 0; y < 23; y++)
        for (int x = 0; x < 31; x++)
          {
            int from_x = x - moves[i][0], from_y = y - moves[i][1];
            gboolean inside = from_x >= 0 && from_x < 31 && from_y >= 0 && from_y < 23;

            g_assert_cmphex (get_row (copied, y)[x], ==, inside ? get_row (from, from_y)[from_x] : get_row (from, y)[x]);
            if (inside)
              g_assert_cmphex (get_row (scrolled, y)[x], ==, get_row (from, from_y)[from_x]);
          }
      cairo_surface_destroy (scrolled);
      cairo_surface_destroy (copied);
      cairo_surface_destroy (from);
    }
}

static const PdgRgba white = { 1, 1, 1, 1 };

static cairo_surface_t *
make_black (int size)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, size, size);

  cairo_surface_flush (surface);
  return surface;
}

/* All that is covered adds up to the line's length times its width, at every angle. */
static void
test_line_area (void)
{
  for (guint i = 0; i < 64; i++)
    {
      double angle = i * G_PI / 32, width = 0.6 + i % 7;
      double points[] = { 60, 60, 60 + 20 * cos (angle), 60 + 20 * sin (angle), 60 + 45 * cos (angle), 60 + 45 * sin (angle) };
      cairo_surface_t *surface = make_black (120);
      PdgStroke *stroke = pdg_stroke_get (120, 120);
      double sum = 0;

      pdg_stroke_add_line (stroke, points, 3, width);
      pdg_stroke_paint (stroke, surface, &white);
      for (int y = 0; y < 120; y++)
        for (int x = 0; x < 120; x++)
          sum += get_channel (surface, x, y, 8) / 255;
      g_assert_cmpfloat_with_epsilon (sum, 45 * width, 0.01 * 45 * width + 0.6);
      cairo_surface_destroy (surface);
    }
}

/* Like cairo's, to what its samples can tell; nothing is left for the next one. */
static void
test_line_like_cairo (void)
{
  cairo_surface_t *ours = make_black (200), *theirs = make_black (200);
  PdgStroke *stroke = pdg_stroke_get (200, 200);
  double points[2 * 41];
  double tip[] = { 100, 20, 130, 35, 105, 60 };
  cairo_t *cr = cairo_create (theirs);
  guint n_far = 0;

  for (guint i = 0; i <= 40; i++)
    {
      points[2 * i] = 6.0 * i - 20;
      points[2 * i + 1] = 100 + 70 * sin (i / 6.0);
      cairo_line_to (cr, points[2 * i], points[2 * i + 1]);
    }
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_set_line_width (cr, 5);
  cairo_stroke (cr);
  for (guint i = 0; i < 3; i++)
    cairo_line_to (cr, tip[2 * i], tip[2 * i + 1]);
  cairo_fill (cr);
  cairo_destroy (cr);
  pdg_stroke_add_line (stroke, points, 41, 5);
  pdg_stroke_add_triangle (stroke, tip);
  pdg_stroke_paint (stroke, ours, &white);
  pdg_stroke_paint (stroke, ours, &white);
  cairo_surface_flush (theirs);
  for (int y = 0; y < 200; y++)
    for (int x = 0; x < 200; x++)
      n_far += fabs (get_channel (ours, x, y, 8) - get_channel (theirs, x, y, 8)) > 20;
  g_assert_cmpuint (n_far, <=, 12);
  cairo_surface_destroy (ours);
  cairo_surface_destroy (theirs);
}

/* Cut by the sides of the surface, what is left is the same. */
static void
test_line_is_cut (void)
{
  double points[] = { -300, 20, 90, 61.3, 400, -77, 20, 500 };
  double moved[8];
  cairo_surface_t *large = make_black (160), *small = make_black (60);
  PdgStroke *stroke = pdg_stroke_get (160, 160);

  pdg_stroke_add_line (stroke, points, 4, 3.3);
  pdg_stroke_paint (stroke, large, &white);
  for (guint i = 0; i < 8; i++)
    moved[i] = points[i] - 50;
  stroke = pdg_stroke_get (60, 60);
  pdg_stroke_add_line (stroke, moved, 4, 3.3);
  pdg_stroke_paint (stroke, small, &white);
  for (int y = 0; y < 60; y++)
    for (int x = 2; x < 60; x++)
      g_assert_cmpfloat_with_epsilon (get_channel (small, x, y, 8), get_channel (large, x + 50, y + 50, 8), 1);
  cairo_surface_destroy (large);
  cairo_surface_destroy (small);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/canvas/pixels/scale", test_scale);
  g_test_add_func ("/canvas/pixels/copy-and-scroll", test_copy_and_scroll);
  g_test_add_func ("/canvas/pixels/line-area", test_line_area);
  g_test_add_func ("/canvas/pixels/line-like-cairo", test_line_like_cairo);
  g_test_add_func ("/canvas/pixels/line-is-cut", test_line_is_cut);
  return g_test_run ();
}
