#include "config.h"
#include "demo-fixture.h"

#include "demo/pdg-demo-picture.h"

#include <string.h>

/* Fontconfig keeps its cache until the process ends; only AddressSanitizer asks. */
const char *__lsan_default_suppressions (void);

const char *
__lsan_default_suppressions (void)
{
  return "leak:libfontconfig\n";
}

typedef struct
{
  const guint8 *data;
  gsize len;
} Reader;

static cairo_status_t
read_cb (void *closure, unsigned char *data, unsigned int length)
{
  Reader *reader = closure;

  if (reader->len < length)
    return CAIRO_STATUS_READ_ERROR;
  memcpy (data, reader->data, length);
  reader->data += length;
  reader->len -= length;
  return CAIRO_STATUS_SUCCESS;
}

static cairo_surface_t *
decode (GBytes *png)
{
  Reader reader;

  reader.data = g_bytes_get_data (png, &reader.len);
  return cairo_image_surface_create_from_png_stream (read_cb, &reader);
}

/* How many different colours there are on a grid of every fourth pixel. */
static guint
count_colours (cairo_surface_t *surface)
{
  g_autoptr (GHashTable) colours = g_hash_table_new (NULL, NULL);
  const guint8 *data = cairo_image_surface_get_data (surface);
  int stride = cairo_image_surface_get_stride (surface);

  for (int y = 0; y < PDG_DEMO_SCREEN_HEIGHT; y += 4)
    for (int x = 0; x < PDG_DEMO_SCREEN_WIDTH; x += 4)
      {
        guint32 pixel;

        memcpy (&pixel, data + y * stride + x * 4, sizeof (pixel));
        g_hash_table_add (colours, GUINT_TO_POINTER (pixel & 0xffffff));
      }
  return g_hash_table_size (colours);
}

static void
test_pictures (void)
{
  g_autoptr (GHashTable) digests = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  g_assert_cmpuint (pdg_demo_get_n_screens (), >=, 14);
  for (guint i = 0; i < pdg_demo_get_n_screens (); i++)
    {
      gint64 start = g_get_monotonic_time ();
      g_autoptr (GBytes) png = pdg_demo_draw_screen (i);
      double ms = (double) (g_get_monotonic_time () - start) / 1000;
      cairo_surface_t *surface = decode (png);

      g_test_message ("%s: %.1f ms, %" G_GSIZE_FORMAT " bytes", pdg_demo_get_screen (i)->title, ms, g_bytes_get_size (png));
      g_assert_cmpint (cairo_surface_status (surface), ==, CAIRO_STATUS_SUCCESS);
      g_assert_cmpint (cairo_image_surface_get_width (surface), ==, PDG_DEMO_SCREEN_WIDTH);
      g_assert_cmpint (cairo_image_surface_get_height (surface), ==, PDG_DEMO_SCREEN_HEIGHT);
      if (g_test_perf () && i > 0) /* the first one loads the fonts */
        g_assert_cmpfloat (ms, <, 60);
      g_assert_cmpuint (count_colours (surface), >, 100);
      g_assert_cmpuint (g_bytes_get_size (png), <, 150 * 1000);
      g_assert_true (g_hash_table_add (digests, g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, png)));
      cairo_surface_destroy (surface);
    }
}

/* Drawing again, or into another context, gives the same pixels. */
static void
test_repeatable (void)
{
  for (guint i = 0; i < pdg_demo_get_n_screens (); i++)
    {
      cairo_surface_t *a = pdg_demo_create_screen_surface (i), *b = pdg_demo_create_screen_surface (i);

      g_assert_cmpmem (cairo_image_surface_get_data (a), (gsize) cairo_image_surface_get_stride (a) * PDG_DEMO_SCREEN_HEIGHT,
                       cairo_image_surface_get_data (b), (gsize) cairo_image_surface_get_stride (b) * PDG_DEMO_SCREEN_HEIGHT);
      cairo_surface_destroy (a);
      cairo_surface_destroy (b);
    }
}

static gpointer
draw_all (gpointer data)
{
  for (guint i = 0; i < pdg_demo_get_n_screens (); i++)
    g_bytes_unref (pdg_demo_draw_screen (i));
  return NULL;
}

static void
test_threads (void)
{
  GThread *threads[3];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("draw", draw_all, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

/* Whatever a visitor clicks or fills in is a part of that screen's picture. */
static void
test_components (void)
{
  PdgDemoOptions options = { .seed = 4, .end_usec = DEMO_END_USEC, .n_sessions = 1500 };
  g_autoptr (PdgDemo) demo = pdg_demo_new (&options);
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GBytes *body;
  guint n;

  for (guint i = 0; i < pdg_demo_get_n_screens (); i++)
    {
      guint n_components;
      g_autofree PdgDemoComponent *components = pdg_demo_list_components (i, &n_components);

      g_assert_cmpuint (n_components, >=, 5);
      g_assert_cmpstr (components[0].path, ==, pdg_demo_get_screen (i)->component);
      for (guint k = 0; k < n_components; k++)
        {
          g_assert_cmpint (components[k].width, >, 0);
          g_assert_cmpint (components[k].height, >, 0);
          g_assert_cmpint (components[k].x, >=, 0);
          g_assert_cmpint (components[k].x + components[k].width, <=, PDG_DEMO_SCREEN_WIDTH);
          g_assert_cmpint (components[k].y, <, 1000);
          g_hash_table_add (known, g_strdup (components[k].path));
        }
    }
  while ((body = pdg_demo_next_batch (demo, 1000, &n)) != NULL)
    {
      JsonArray *events = demo_parse_events (parser, body, n);

      for (guint i = 0; i < n; i++)
        {
          const char *path = demo_get_text (json_array_get_object_element (events, i), "ui.component.path");

          if (path != NULL && !g_hash_table_contains (known, path))
            g_error ("%s is in no picture", path);
        }
      g_bytes_unref (body);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/demo/pictures/decode-and-are-not-blank", test_pictures);
  g_test_add_func ("/demo/pictures/repeatable", test_repeatable);
  g_test_add_func ("/demo/pictures/any-thread", test_threads);
  g_test_add_func ("/demo/pictures/hold-every-clicked-component", test_components);
  return g_test_run ();
}
