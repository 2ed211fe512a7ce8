#include "canvas/pdg-image-store.h"
#include "picture-fixture.h"

#include <string.h>

static PdgImage *
make_image (int width, int height)
{
  g_autoptr (GBytes) png = picture_fixture_new_png (width, height, 2);
  g_autoptr (GError) error = NULL;
  PdgImage *image = pdg_image_store_decode (png, &error);

  g_assert_no_error (error);
  return image;
}

static guint32
pixel_at (cairo_surface_t *surface, int x, int y)
{
  const guint8 *row = cairo_image_surface_get_data (surface) + y * cairo_image_surface_get_stride (surface);

  return ((const guint32 *) (const void *) row)[x] & 0xffffff;
}

static void
test_levels (void)
{
  g_autoptr (PdgImage) image = make_image (1280, 800);
  const struct { int needed, got; } rows[] = {
    { 5000, 1280 }, { 1280, 1280 }, { 1279, 1280 }, { 640, 640 }, { 321, 640 }, { 320, 320 }, { 100, 160 }, { 1, 20 },
  };

  g_assert_cmpint (pdg_image_get_width (image), ==, 1280);
  g_assert_cmpint (pdg_image_get_height (image), ==, 800);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      cairo_surface_t *surface = pdg_image_get_surface (image, rows[i].needed);

      g_assert_cmpint (cairo_image_surface_get_width (surface), ==, rows[i].got);
      g_assert_cmpint (cairo_image_surface_get_format (surface), ==, CAIRO_FORMAT_RGB24);

      /* A plain area keeps its colour at every level: the form's button. */
      int width = cairo_image_surface_get_width (surface), height = cairo_image_surface_get_height (surface);

      if (width >= 160)
        g_assert_cmphex (pixel_at (surface, width / 2, height * 163 / 200), ==, 0x3b5bdb);
    }
}

static cairo_status_t
write_cb (void *closure, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

static void
test_transparent_is_white (void)
{
  GByteArray *array = g_byte_array_new ();
  cairo_surface_t *clear = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, 40, 30);

  cairo_surface_write_to_png_stream (clear, write_cb, array);
  cairo_surface_destroy (clear);

  g_autoptr (GBytes) png = g_byte_array_free_to_bytes (array);
  g_autoptr (PdgImage) image = pdg_image_store_decode (png, NULL);

  g_assert_nonnull (image);
  g_assert_cmphex (pixel_at (pdg_image_get_surface (image, 40), 20, 15), ==, 0xffffff);
}

static void
test_refuses (void)
{
  g_autoptr (GBytes) png = picture_fixture_new_png (320, 200, 0);
  gsize size;
  const guint8 *data = g_bytes_get_data (png, &size);
  g_autofree guint8 *huge = g_memdup2 (data, size);
  g_autofree guint8 *broken = g_memdup2 (data, size);

  memcpy (huge + 16, "\x00\x00\x7f\x00\x00\x00\x7f\x00", 8);
  memset (broken + size / 2, 0xa5, 20);

  const struct { const void *data; gsize size; PdgImageError code; } rows[] = {
    { "", 0, PDG_IMAGE_ERROR_FORMAT },
    { "GIF89a, surely a picture, longer than a header", 46, PDG_IMAGE_ERROR_FORMAT },
    { data, 40, PDG_IMAGE_ERROR_FORMAT },
    { data, size / 2, PDG_IMAGE_ERROR_FORMAT },
    { broken, size, PDG_IMAGE_ERROR_FORMAT },
    { huge, size, PDG_IMAGE_ERROR_TOO_LARGE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GBytes) bytes = g_bytes_new (rows[i].data, rows[i].size);
      g_autoptr (GError) error = NULL;

      g_assert_null (pdg_image_store_decode (bytes, &error));
      g_assert_error (error, PDG_IMAGE_ERROR, (int) rows[i].code);
    }
}

static guint
count_wanted (PdgImageStore *store)
{
  g_auto (GStrv) wanted = pdg_image_store_take_wanted (store);

  return g_strv_length (wanted);
}

static void
test_wanted_once (void)
{
  g_autoptr (PdgImageStore) store = pdg_image_store_new (1 << 20);
  g_autoptr (PdgImage) image = make_image (320, 200);

  g_assert_null (pdg_image_store_get (store, "a", 100));
  g_assert_null (pdg_image_store_get (store, "a", 100));
  g_assert_cmpuint (count_wanted (store), ==, 1);
  g_assert_null (pdg_image_store_get (store, "a", 100));
  g_assert_cmpuint (count_wanted (store), ==, 0);

  pdg_image_store_forget_request (store, "a");
  g_assert_null (pdg_image_store_get (store, "a", 100));
  g_assert_cmpuint (count_wanted (store), ==, 1);

  pdg_image_store_mark_failed (store, "a");
  g_assert_null (pdg_image_store_get (store, "a", 100));
  g_assert_cmpuint (count_wanted (store), ==, 0);
  pdg_image_store_clear_failed (store);
  g_assert_null (pdg_image_store_get (store, "a", 100));
  g_assert_cmpuint (count_wanted (store), ==, 1);

  pdg_image_store_insert (store, "a", image);

  cairo_surface_t *surface = pdg_image_store_get (store, "a", 100);

  g_assert_cmpint (cairo_image_surface_get_width (surface), ==, 160);
  cairo_surface_destroy (surface);
  g_assert_cmpuint (count_wanted (store), ==, 0);
}

/* Over the budget the unneeded levels go first, then the pictures that were used longest ago. */
static void
test_budget (void)
{
  g_autoptr (PdgImage) image = make_image (640, 400);
  gsize one = pdg_image_get_size_bytes (image);
  g_autoptr (PdgImageStore) store = pdg_image_store_new (3 * one);

  for (guint i = 0; i < 40; i++)
    {
      g_autofree char *id = g_strdup_printf ("picture-%u", i);
      cairo_surface_t *surface = pdg_image_store_get (store, id, 80);

      g_assert_null (surface);
      pdg_image_store_insert (store, id, image);
      g_assert_cmpuint (pdg_image_store_get_size_bytes (store), <=, 3 * one);
    }
  for (guint i = 0; i < 40; i++)
    {
      g_autofree char *id = g_strdup_printf ("picture-%u", i);

      g_assert_true (pdg_image_store_contains (store, id));
    }
  g_assert_cmpuint (count_wanted (store), ==, 40);

  /* A small one that is now needed large is shown small and asked for. */
  cairo_surface_t *surface = pdg_image_store_get (store, "picture-0", 640);

  g_assert_cmpint (cairo_image_surface_get_width (surface), ==, 80);
  cairo_surface_destroy (surface);
  g_assert_cmpuint (count_wanted (store), ==, 1);
}

static void
test_drops_oldest (void)
{
  g_autoptr (PdgImage) image = make_image (640, 400);
  g_autoptr (PdgImageStore) store = pdg_image_store_new (2 * pdg_image_get_size_bytes (image));
  static const char *const ids[] = { "a", "b", "a", "c" };

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      cairo_surface_t *surface = pdg_image_store_get (store, ids[i], 640);

      if (surface != NULL)
        cairo_surface_destroy (surface);
      else
        pdg_image_store_insert (store, ids[i], image);
    }
  g_assert_true (pdg_image_store_contains (store, "a"));
  g_assert_false (pdg_image_store_contains (store, "b"));
  g_assert_true (pdg_image_store_contains (store, "c"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/canvas/image-store/levels", test_levels);
  g_test_add_func ("/canvas/image-store/transparent-is-white", test_transparent_is_white);
  g_test_add_func ("/canvas/image-store/refuses", test_refuses);
  g_test_add_func ("/canvas/image-store/wanted-once", test_wanted_once);
  g_test_add_func ("/canvas/image-store/budget", test_budget);
  g_test_add_func ("/canvas/image-store/drops-oldest", test_drops_oldest);
  return g_test_run ();
}
