#include "canvas/pdg-image-decode.h"
#include "picture-fixture.h"

#include <stdio.h>
#include <string.h>

#include <jpeglib.h>
#include <webp/encode.h>

#define WIDTH 320
#define HEIGHT 200
#define CHANNELS 3

/* The fixture's page as red, green and blue bytes. (transfer full) */
static guint8 *
draw_rgb (void)
{
  g_autoptr (GBytes) png = picture_fixture_new_png (WIDTH, HEIGHT, 2);
  cairo_surface_t *surface = pdg_image_decode (png, NULL);
  guint8 *rgb = g_malloc (WIDTH * HEIGHT * CHANNELS);

  for (int y = 0; y < HEIGHT; y++)
    {
      const guint32 *row = (const guint32 *) (const void *)
        (cairo_image_surface_get_data (surface) + y * cairo_image_surface_get_stride (surface));

      for (int x = 0; x < WIDTH; x++)
        for (int channel = 0; channel < CHANNELS; channel++)
          rgb[(y * WIDTH + x) * CHANNELS + channel] = row[x] >> (16 - 8 * channel) & 0xff;
    }
  cairo_surface_destroy (surface);
  return rgb;
}

typedef enum { PLAIN, PROGRESSIVE, MANY_SCANS, GREY, CMYK } JpegKind;

static GBytes *
new_jpeg (const guint8 *rgb, JpegKind kind)
{
  struct jpeg_compress_struct jpeg;
  struct jpeg_error_mgr errors;
  jpeg_scan_info scans[1 + 63 * CHANNELS];
  unsigned char *data = NULL;
  unsigned long size = 0;
  g_autofree guint8 *line = g_malloc0 (WIDTH * 4);
  GBytes *bytes;

  jpeg.err = jpeg_std_error (&errors);
  jpeg_create_compress (&jpeg);
  jpeg_mem_dest (&jpeg, &data, &size);
  jpeg.image_width = WIDTH;
  jpeg.image_height = HEIGHT;
  jpeg.input_components = kind == GREY ? 1 : kind == CMYK ? 4 : CHANNELS;
  jpeg.in_color_space = kind == GREY ? JCS_GRAYSCALE : kind == CMYK ? JCS_CMYK : JCS_RGB;
  jpeg_set_defaults (&jpeg);
  jpeg_set_quality (&jpeg, 97, TRUE);
  if (kind == PROGRESSIVE)
    jpeg_simple_progression (&jpeg);
  if (kind == MANY_SCANS)
    {
      jpeg.num_scans = G_N_ELEMENTS (scans);
      jpeg.scan_info = scans;
      scans[0] = (jpeg_scan_info) { CHANNELS, { 0, 1, 2 }, 0, 0, 0, 0 };
      for (int i = 0; i < 63 * CHANNELS; i++)
        scans[1 + i] = (jpeg_scan_info) { 1, { i % CHANNELS }, 1 + i / CHANNELS, 1 + i / CHANNELS, 0, 0 };
    }
  jpeg_start_compress (&jpeg, TRUE);
  for (int y = 0; y < HEIGHT; y++)
    {
      JSAMPROW row = kind == CMYK || kind == GREY ? line : (JSAMPROW) rgb + y * WIDTH * CHANNELS;

      for (int x = 0; x < WIDTH && kind == GREY; x++)
        line[x] = rgb[(y * WIDTH + x) * CHANNELS + 1];
      jpeg_write_scanlines (&jpeg, &row, 1);
    }
  jpeg_finish_compress (&jpeg);
  jpeg_destroy_compress (&jpeg);
  bytes = g_bytes_new (data, size);
  free (data);
  return bytes;
}

static GBytes *
new_webp (const guint8 *rgb, gboolean lossless)
{
  uint8_t *data = NULL;
  gsize size = lossless ? WebPEncodeLosslessRGB (rgb, WIDTH, HEIGHT, WIDTH * CHANNELS, &data)
                        : WebPEncodeRGB (rgb, WIDTH, HEIGHT, WIDTH * CHANNELS, 95, &data);
  GBytes *bytes = g_bytes_new (data, size);

  g_assert_cmpuint (size, >, 0);
  WebPFree (data);
  return bytes;
}

/* The mean difference of a channel, and of the green one alone. */
static void
measure (cairo_surface_t *surface, const guint8 *rgb, double *all, double *green)
{
  guint64 sum[CHANNELS] = { 0 };

  for (int y = 0; y < HEIGHT; y++)
    {
      const guint32 *row = (const guint32 *) (const void *)
        (cairo_image_surface_get_data (surface) + y * cairo_image_surface_get_stride (surface));

      for (int x = 0; x < WIDTH; x++)
        for (int channel = 0; channel < CHANNELS; channel++)
          sum[channel] += (guint64) ABS ((int) (row[x] >> (16 - 8 * channel) & 0xff) - rgb[(y * WIDTH + x) * CHANNELS + channel]);
    }
  *all = (double) (sum[0] + sum[1] + sum[2]) / (WIDTH * HEIGHT * CHANNELS);
  *green = (double) sum[1] / (WIDTH * HEIGHT);
}

static void
test_formats (void)
{
  g_autofree guint8 *rgb = draw_rgb ();
  const struct { const char *media_type; GBytes *bytes; double all, green; } rows[] = {
    { "image/png", picture_fixture_new_png (WIDTH, HEIGHT, 2), 0, 0 },
    { "image/jpeg", new_jpeg (rgb, PLAIN), 3, 3 },
    { "image/jpeg", new_jpeg (rgb, PROGRESSIVE), 3, 3 },
    { "image/jpeg", new_jpeg (rgb, GREY), 60, 1 },
    { "image/webp", new_webp (rgb, TRUE), 0, 0 },
    { "image/webp", new_webp (rgb, FALSE), 4, 4 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      PdgImageInfo info = { 0 };
      cairo_surface_t *surface;
      double all, green;

      g_assert_true (pdg_image_peek (rows[i].bytes, &info, &error));
      g_assert_no_error (error);
      g_assert_cmpstr (info.media_type, ==, rows[i].media_type);
      g_assert_cmpint (info.width, ==, WIDTH);
      g_assert_cmpint (info.height, ==, HEIGHT);
      surface = pdg_image_decode (rows[i].bytes, &error);
      g_assert_no_error (error);
      g_assert_cmpint (cairo_image_surface_get_format (surface), ==, CAIRO_FORMAT_RGB24);
      measure (surface, rgb, &all, &green);
      g_test_message ("row %u: %.2f %.2f", i, all, green);
      g_assert_cmpfloat (all, <=, rows[i].all);
      g_assert_cmpfloat (green, <=, rows[i].green);
      cairo_surface_destroy (surface);
      g_bytes_unref (rows[i].bytes);
    }
}

/* Half transparent red: premultiplied, as cairo has it. */
static void
test_alpha (void)
{
  guint8 rgba[16 * 16 * 4];
  uint8_t *data = NULL;
  gsize size;
  g_autoptr (GBytes) bytes = NULL;
  cairo_surface_t *surface;

  for (guint i = 0; i < sizeof rgba; i += 4)
    memcpy (rgba + i, "\xff\x00\x00\x80", 4);
  size = WebPEncodeLosslessRGBA (rgba, 16, 16, 16 * 4, &data);
  bytes = g_bytes_new (data, size);
  WebPFree (data);
  surface = pdg_image_decode (bytes, NULL);
  g_assert_cmpint (cairo_image_surface_get_format (surface), ==, CAIRO_FORMAT_ARGB32);
  g_assert_cmphex (*(const guint32 *) (const void *) cairo_image_surface_get_data (surface), ==, 0x80800000);
  cairo_surface_destroy (surface);
}

static void
expect_refusal (const guint8 *data, gsize size, PdgImageError code, const char *word)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GError) error = NULL;
  cairo_surface_t *surface = pdg_image_decode (bytes, &error);

  g_assert_null (surface);
  g_assert_error (error, PDG_IMAGE_ERROR, (int) code);
  g_assert_nonnull (strstr (error->message, word));
}

/* Cut off anywhere, it is not taken for whole. */
static void
test_cut_off (void)
{
  g_autofree guint8 *rgb = draw_rgb ();
  GBytes *files[] = {
    picture_fixture_new_png (WIDTH, HEIGHT, 2), new_jpeg (rgb, PLAIN), new_jpeg (rgb, PROGRESSIVE), new_webp (rgb, TRUE), new_webp (rgb, FALSE),
  };

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      gsize size;
      const guint8 *data = g_bytes_get_data (files[i], &size);

      for (guint part = 0; part < 100; part++)
        expect_refusal (data, size * part / 100, PDG_IMAGE_ERROR_FORMAT, "cannot be read");
      expect_refusal (data, size - 2, PDG_IMAGE_ERROR_FORMAT, "cannot be read");
      g_bytes_unref (files[i]);
    }
}

/* Small files that would be large pictures, or slow ones. */
static void
test_bombs (void)
{
  g_autofree guint8 *rgb = draw_rgb ();
  g_autoptr (GBytes) png = picture_fixture_new_png (WIDTH, HEIGHT, 2), jpeg = new_jpeg (rgb, PLAIN), webp = new_webp (rgb, TRUE);
  g_autoptr (GBytes) slow = new_jpeg (rgb, MANY_SCANS), cmyk = new_jpeg (rgb, CMYK);
  gsize png_size, jpeg_size, webp_size, size;
  g_autofree guint8 *large_png = g_memdup2 (g_bytes_get_data (png, &png_size), g_bytes_get_size (png));
  g_autofree guint8 *large_jpeg = g_memdup2 (g_bytes_get_data (jpeg, &jpeg_size), g_bytes_get_size (jpeg));
  g_autofree guint8 *large_webp = g_memdup2 (g_bytes_get_data (webp, &webp_size), g_bytes_get_size (webp));
  guint8 *frame = memmem (large_jpeg, jpeg_size, "\xff\xc0\x00\x11", 4);
  const guint8 *data;

  memcpy (large_png + 16, "\x00\x00\x7f\x00\x00\x00\x7f\x00", 8);
  expect_refusal (large_png, png_size, PDG_IMAGE_ERROR_TOO_LARGE, "32512 x 32512");
  g_assert_nonnull (frame);
  memcpy (frame + 5, "\xff\x00\xff\x00", 4);
  expect_refusal (large_jpeg, jpeg_size, PDG_IMAGE_ERROR_TOO_LARGE, "65280 x 65280");
  memcpy (large_webp + 21, "\xff\xff\xff\x0f", 4);
  expect_refusal (large_webp, webp_size, PDG_IMAGE_ERROR_TOO_LARGE, "16384 x 16384");
  data = g_bytes_get_data (slow, &size);
  expect_refusal (data, size, PDG_IMAGE_ERROR_FORMAT, "cannot be read");
  data = g_bytes_get_data (cmyk, &size);
  expect_refusal (data, size, PDG_IMAGE_ERROR_FORMAT, "CMYK");
}

/* Two pictures, one after the other. */
static GBytes *
new_animation (const guint8 *rgb)
{
  g_autoptr (GBytes) still = new_webp (rgb, TRUE);
  gsize size;
  const guint8 *data = g_bytes_get_data (still, &size);
  GByteArray *file = g_byte_array_new ();
  guint32 length, frame_length = GUINT32_TO_LE ((guint32) (size - 12 + 16));
  static const guint8 extended[] = { 'V', 'P', '8', 'X', 10, 0, 0, 0, 2, 0, 0, 0, 63, 1, 0, 199, 0, 0 };
  static const guint8 animation[] = { 'A', 'N', 'I', 'M', 6, 0, 0, 0, 0, 0, 0, 0, 0, 0 };
  static const guint8 frame[] = { 0, 0, 0, 0, 0, 0, 63, 1, 0, 199, 0, 0, 100, 0, 0, 0 };

  g_byte_array_append (file, data, 12);
  g_byte_array_append (file, extended, sizeof extended);
  g_byte_array_append (file, animation, sizeof animation);
  for (guint i = 0; i < 2; i++)
    {
      g_byte_array_append (file, (const guint8 *) "ANMF", 4);
      g_byte_array_append (file, (const guint8 *) &frame_length, 4);
      g_byte_array_append (file, frame, sizeof frame);
      g_byte_array_append (file, data + 12, (guint) size - 12);
    }
  length = GUINT32_TO_LE (file->len - 8);
  memcpy (file->data + 4, &length, 4);
  return g_byte_array_free_to_bytes (file);
}

static void
test_animation (void)
{
  g_autofree guint8 *rgb = draw_rgb ();
  g_autoptr (GBytes) file = new_animation (rgb);
  gsize size;
  const guint8 *data = g_bytes_get_data (file, &size);

  expect_refusal (data, size, PDG_IMAGE_ERROR_FORMAT, "animated");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/canvas/image-decode/formats", test_formats);
  g_test_add_func ("/canvas/image-decode/alpha", test_alpha);
  g_test_add_func ("/canvas/image-decode/cut-off", test_cut_off);
  g_test_add_func ("/canvas/image-decode/bombs", test_bombs);
  g_test_add_func ("/canvas/image-decode/animation", test_animation);
  return g_test_run ();
}
