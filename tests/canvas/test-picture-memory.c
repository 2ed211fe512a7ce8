#include "config.h"

#include "canvas/pdg-pixels.h"

#include <string.h>

#define SIDE 512
#define SIDE_BYTES (SIDE * SIDE * 4)
#define MAX_FREE_BYTES (32 * 1024 * 1024)

static cairo_surface_t *
make (int height)
{
  cairo_surface_t *surface = pdg_pixels_create (CAIRO_FORMAT_RGB24, SIDE, height);

  g_assert_cmpint (cairo_surface_status (surface), ==, CAIRO_STATUS_SUCCESS);
  g_assert_cmpint (cairo_image_surface_get_width (surface), ==, SIDE);
  g_assert_cmpint (cairo_image_surface_get_height (surface), ==, height);
  return surface;
}

/* Memory that ends is handed on, black again, to a picture of about the size, and to no other. */
static void
test_handed_on (void)
{
  cairo_surface_t *first, *next;
  const struct { int height; gboolean fits; } rows[] = {
    { SIDE, TRUE }, { SIDE - SIDE / 8, TRUE }, { SIDE + SIDE / 8, FALSE }, { SIDE / 2, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const guchar *data;

      first = make (SIDE);
      data = cairo_image_surface_get_data (first);
      memset (cairo_image_surface_get_data (first), 0xa5, SIDE_BYTES);
      cairo_surface_destroy (first);
      next = make (rows[i].height);
      g_assert_cmpint (cairo_image_surface_get_data (next) == data, ==, rows[i].fits);
      for (gsize k = 0; k < (gsize) SIDE * 4 * (gsize) rows[i].height; k++)
        if (cairo_image_surface_get_data (next)[k] != 0)
          g_error ("%d rows: byte %" G_GSIZE_FORMAT " is not black", rows[i].height, k);
      cairo_surface_destroy (next);
    }
}

/* What waits is bounded. */
static void
test_bound (void)
{
  cairo_surface_t *surfaces[100];

  for (guint i = 0; i < G_N_ELEMENTS (surfaces); i++)
    surfaces[i] = make (SIDE);
  for (guint i = 0; i < G_N_ELEMENTS (surfaces); i++)
    cairo_surface_destroy (surfaces[i]);
  g_assert_cmpuint (pdg_pixels_get_free_bytes (), <=, MAX_FREE_BYTES);
  g_assert_cmpuint (pdg_pixels_get_free_bytes (), >, MAX_FREE_BYTES - SIDE_BYTES);
}

/* A picture that no image surface can be is refused as cairo refuses it. */
static void
test_impossible (void)
{
  cairo_surface_t *surface = pdg_pixels_create (CAIRO_FORMAT_RGB24, G_MAXINT, 1);

  g_assert_cmpint (cairo_surface_status (surface), !=, CAIRO_STATUS_SUCCESS);
  cairo_surface_destroy (surface);
  surface = pdg_pixels_create (CAIRO_FORMAT_RGB24, 8192, 100000);
  g_assert_cmpint (cairo_surface_status (surface), !=, CAIRO_STATUS_SUCCESS);
  cairo_surface_destroy (surface);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/canvas/picture-memory/handed-on", test_handed_on);
  g_test_add_func ("/canvas/picture-memory/bound", test_bound);
  g_test_add_func ("/canvas/picture-memory/impossible", test_impossible);
  return g_test_run ();
}
