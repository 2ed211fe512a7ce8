#include "picture-fixture.h"

#define N_VARIANTS 12 /* four grounds, three pages */

static void
add_bar (cairo_t *cr, double x, double y, double width, double height, guint32 rgb)
{
  cairo_set_source_rgb (cr, (rgb >> 16 & 0xff) / 255.0, (rgb >> 8 & 0xff) / 255.0, (rgb & 0xff) / 255.0);
  cairo_rectangle (cr, x, y, width, height);
  cairo_fill (cr);
}

/* A page of a shop: a list, tiles or a form. */
static void
draw_page (cairo_t *cr, guint variant)
{
  static const guint32 grounds[] = { 0xeef1fd, 0xfdf1e7, 0xe8f6ef, 0xf5eefd };

  add_bar (cr, 0, 0, 320, 200, grounds[variant % 4]);
  add_bar (cr, 0, 0, 320, 26, 0xffffff);
  add_bar (cr, 13, 9, 42, 9, 0x3b5bdb);
  add_bar (cr, 244, 9, 62, 9, 0xc9ccd8);
  for (guint i = 0; i < 6 && variant % 3 == 0; i++)
    add_bar (cr, 16 + (i % 3) * 98, 42 + (i / 3) * 78, 88, 54, 0xffffff);
  for (guint i = 0; i < 4 && variant % 3 == 1; i++)
    {
      add_bar (cr, 18, 40 + i * 38, 28, 28, 0xffffff);
      add_bar (cr, 62, 44 + i * 38, 120, 8, 0xc9ccd8);
      add_bar (cr, 62, 58 + i * 38, 76, 6, 0xd9dbe5);
    }
  for (guint i = 0; i < 3 && variant % 3 == 2; i++)
    add_bar (cr, 64, 44 + i * 34, 192, 22, 0xffffff);
  if (variant % 3 == 2)
    add_bar (cr, 64, 150, 192, 26, 0x3b5bdb);
}

static cairo_status_t
write_cb (void *closure, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

GBytes *
picture_fixture_new_png (int width, int height, guint variant)
{
  GByteArray *bytes = g_byte_array_new ();
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
  cairo_t *cr = cairo_create (surface);

  cairo_scale (cr, width / 320.0, height / 200.0);
  draw_page (cr, variant);
  cairo_destroy (cr);
  cairo_surface_write_to_png_stream (surface, write_cb, bytes);
  cairo_surface_destroy (surface);
  return g_byte_array_free_to_bytes (bytes);
}

void
picture_fixture_fill (PdgImageStore *images, const PdgJourneyGraph *graph)
{
  guint n;
  const PdgJourneyScreen *screens = pdg_journey_graph_get_screens (graph, &n);
  PdgImage *variants[N_VARIANTS] = { NULL };

  for (guint i = 0; i < n; i++)
    {
      PdgImage **image = &variants[i % N_VARIANTS];

      if (*image == NULL)
        {
          g_autoptr (GBytes) png = picture_fixture_new_png (640, 400, i);

          *image = pdg_image_store_decode (png, NULL);
          g_assert_nonnull (*image);
        }
      if (screens[i].snapshot_id != NULL)
        pdg_image_store_insert (images, screens[i].snapshot_id, *image);
    }
  for (guint i = 0; i < N_VARIANTS; i++)
    g_clear_pointer (&variants[i], pdg_image_unref);
}
