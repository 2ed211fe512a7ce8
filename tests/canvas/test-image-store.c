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
  PdgImageWant want;
  guint n = 0;

  for (; pdg_image_store_pop_wanted (store, &want); n++)
    g_free (want.id);
  return n;
}

/* The width that is shown of @id, 0 for none. */
static int
get_px (PdgImageStore *store, const char *id, int width_px)
{
  cairo_surface_t *surface = pdg_image_store_get (store, id, width_px);
  int width = surface != NULL ? cairo_image_surface_get_width (surface) : 0;

  if (surface != NULL)
    cairo_surface_destroy (surface);
  return width;
}

/* The level of "a" that is asked for, and no other thing; -1 for nothing. */
static int
take_asked_px (PdgImageStore *store)
{
  PdgImageWant want;

  if (!pdg_image_store_pop_wanted (store, &want))
    return -1;
  g_assert_cmpstr (want.id, ==, "a");
  g_free (want.id);
  g_assert_cmpuint (count_wanted (store), ==, 0);
  return want.width_px;
}

/* What is needed is asked for, and until it comes the next smaller one is shown. */
static void
test_asks_for_the_level (void)
{
  g_autoptr (PdgImageStore) store = pdg_image_store_new (64 << 20);
  const struct { int needed_px, shown_px, asked_px, comes_px; } rows[] = {
    { 80, 0, 80, 90 },      /* a level may be wider than was asked for */
    { 85, 90, -1, 0 },
    { 200, 90, 320, 360 },
    { 60, 90, -1, 0 },
    { 361, 360, 640, 720 },
    { 721, 720, 0, 1440 },
    { 1400, 1440, -1, 0 },
    { 3000, 1440, -1, 0 },  /* there is no more */
    { 100, 180, -1, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_assert_cmpint (get_px (store, "a", rows[i].needed_px), ==, rows[i].shown_px);
      g_assert_cmpint (take_asked_px (store), ==, rows[i].asked_px);
      g_assert_cmpint (get_px (store, "a", rows[i].needed_px), ==, rows[i].shown_px);
      g_assert_cmpint (take_asked_px (store), ==, -1);
      if (rows[i].comes_px > 0)
        {
          g_autoptr (PdgImage) image = make_image (rows[i].comes_px, rows[i].comes_px * 5 / 8);

          pdg_image_store_insert_level (store, "a", image, rows[i].asked_px);
          g_assert_cmpint (get_px (store, "a", rows[i].needed_px), ==, rows[i].comes_px);
          g_assert_cmpint (take_asked_px (store), ==, -1);
        }
    }
}

/* A picture that is narrower than the level is whole; one that comes late does not take the place of a larger one. */
static void
test_late_and_small (void)
{
  g_autoptr (PdgImageStore) store = pdg_image_store_new (64 << 20);
  g_autoptr (PdgImage) small = make_image (320, 200), large = make_image (500, 312);

  get_px (store, "a", 320);
  get_px (store, "a", 600);
  g_assert_cmpuint (count_wanted (store), ==, 2);
  pdg_image_store_insert_level (store, "a", large, 640);
  g_assert_cmpint (get_px (store, "a", 600), ==, 500);
  pdg_image_store_insert_level (store, "a", small, 320);
  g_assert_cmpint (get_px (store, "a", 600), ==, 500);
  g_assert_cmpint (get_px (store, "a", 2000), ==, 500);
  g_assert_cmpint (take_asked_px (store), ==, -1);
}

/* Large ones do not drive out the small ones, nor the other way round. */
static void
test_budget_of_each (void)
{
  g_autoptr (PdgImage) whole = make_image (1280, 800), level = make_image (320, 200);
  g_autoptr (PdgImageStore) store = pdg_image_store_new (2 * pdg_image_get_size_bytes (whole));
  char id[16];

  for (guint i = 0; i < 20; i++)
    {
      g_snprintf (id, sizeof id, "picture-%u", i);
      g_assert_cmpint (get_px (store, id, 320), ==, 0);
      pdg_image_store_insert_level (store, id, level, 320);
    }
  for (guint i = 0; i < 8; i++)
    {
      g_snprintf (id, sizeof id, "picture-%u", i);
      g_assert_cmpint (get_px (store, id, 1280), ==, 320);
      pdg_image_store_insert (store, id, whole);
    }
  for (guint i = 0; i < 20; i++)
    {
      cairo_surface_t *surface;

      g_snprintf (id, sizeof id, "picture-%u", i);
      surface = pdg_image_store_peek (store, id, 1280);
      g_assert_cmpint (cairo_image_surface_get_width (surface), ==, i == 6 || i == 7 ? 1280 : 320);
      cairo_surface_destroy (surface);
    }
  g_assert_cmpuint (pdg_image_store_get_size_bytes (store), <=, 4 * pdg_image_get_size_bytes (whole));
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

  pdg_image_store_forget_request (store, "a", 320);
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
      g_assert_cmpuint (pdg_image_store_get_size_bytes (store), <=, 6 * one);
    }
  for (guint i = 0; i < 40; i++)
    {
      g_autofree char *id = g_strdup_printf ("picture-%u", i);
      cairo_surface_t *surface = pdg_image_store_peek (store, id, 80);

      g_assert_cmpint (cairo_image_surface_get_width (surface), ==, 80);
      cairo_surface_destroy (surface);
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
  g_assert_cmpint (get_px (store, "a", 640), ==, 640);
  g_assert_cmpint (get_px (store, "b", 640), ==, 320); /* the small levels cost next to nothing */
  g_assert_cmpint (get_px (store, "c", 640), ==, 640);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/canvas/image-store/levels", test_levels);
  g_test_add_func ("/canvas/image-store/transparent-is-white", test_transparent_is_white);
  g_test_add_func ("/canvas/image-store/refuses", test_refuses);
  g_test_add_func ("/canvas/image-store/wanted-once", test_wanted_once);
  g_test_add_func ("/canvas/image-store/asks-for-the-level", test_asks_for_the_level);
  g_test_add_func ("/canvas/image-store/late-and-small", test_late_and_small);
  g_test_add_func ("/canvas/image-store/budget", test_budget);
  g_test_add_func ("/canvas/image-store/budget-of-each", test_budget_of_each);
  g_test_add_func ("/canvas/image-store/drops-oldest", test_drops_oldest);
  return g_test_run ();
}
