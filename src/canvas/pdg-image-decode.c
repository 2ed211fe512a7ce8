#include "config.h"
#include "canvas/pdg-image-decode.h"

#include "canvas/pdg-pixels.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>
#include <jerror.h>
#include <webp/decode.h>

/* A progressive JPEG of so many scans is made to be slow. */
#define MAX_JPEG_SCANS 100

G_DEFINE_QUARK (pdg-image-error-quark, pdg_image_error)

static gboolean
refuse (GError **error, const char *why)
{
  g_set_error (error, PDG_IMAGE_ERROR, PDG_IMAGE_ERROR_FORMAT, "The picture cannot be read: %s", why);
  return FALSE;
}

/* Before anything is allocated for it. */
static gboolean
check_size (gint64 width, gint64 height, GError **error)
{
  if (width >= 1 && height >= 1 && width <= 32767 && height <= 32767 && width * height <= PDG_IMAGE_MAX_PIXELS)
    return TRUE;
  g_set_error (error, PDG_IMAGE_ERROR, PDG_IMAGE_ERROR_TOO_LARGE,
               "The picture is %" G_GINT64_FORMAT " x %" G_GINT64_FORMAT " pixels; up to %u in all, and 32767 on a side, are taken", width, height,
               PDG_IMAGE_MAX_PIXELS);
  return FALSE;
}

/* ---- PNG ---- */

typedef struct
{
  const guint8 *data;
  gsize left;
} Reader;

static cairo_status_t
read_cb (void *closure, unsigned char *data, unsigned int length)
{
  Reader *reader = closure;

  if (length > reader->left)
    return CAIRO_STATUS_READ_ERROR;
  memcpy (data, reader->data, length);
  reader->data += length;
  reader->left -= length;
  return CAIRO_STATUS_SUCCESS;
}

static guint32
read_be32 (const guint8 *data)
{
  return (guint32) data[0] << 24 | (guint32) data[1] << 16 | (guint32) data[2] << 8 | data[3];
}

static gboolean
png_is (const guint8 *data, gsize size)
{
  static const guint8 magic[] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n' };

  return size >= sizeof magic && memcmp (data, magic, sizeof magic) == 0;
}

static gboolean
png_peek (const guint8 *data, gsize size, PdgImageInfo *info, GError **error)
{
  static const guint8 header[] = { 0, 0, 0, 13, 'I', 'H', 'D', 'R' };

  if (size < 33 || memcmp (data + 8, header, sizeof header) != 0)
    return refuse (error, "it ends, or its PNG header is broken");
  if (!check_size (read_be32 (data + 16), read_be32 (data + 20), error))
    return FALSE;
  info->width = (int) read_be32 (data + 16);
  info->height = (int) read_be32 (data + 20);
  return TRUE;
}

static cairo_surface_t *
png_decode (const guint8 *data, gsize size, const PdgImageInfo *info, GError **error)
{
  Reader reader = { data, size };
  cairo_surface_t *surface = cairo_image_surface_create_from_png_stream (read_cb, &reader);

  if (cairo_surface_status (surface) == CAIRO_STATUS_SUCCESS)
    return surface;
  refuse (error, cairo_status_to_string (cairo_surface_status (surface)));
  cairo_surface_destroy (surface);
  return NULL;
}

/* ---- JPEG ---- */

typedef struct
{
  struct jpeg_error_mgr manager;
  struct jpeg_progress_mgr progress;
  jmp_buf leave;
  char message[JMSG_LENGTH_MAX];
} JpegErrors;

static void
jpeg_fail (j_common_ptr common)
{
  JpegErrors *errors = (JpegErrors *) common->err;

  common->err->format_message (common, errors->message);
  longjmp (errors->leave, 1);
}

/* What is only warned of is damage, such as an end that is missing. */
static void
jpeg_warn (j_common_ptr common, int level)
{
  if (level < 0)
    jpeg_fail (common);
}

static void
jpeg_limit_scans (j_common_ptr common)
{
  if (((j_decompress_ptr) common)->input_scan_number > MAX_JPEG_SCANS)
    ERREXIT (common, JERR_BAD_PROGRESSION);
}

static gboolean
jpeg_is (const guint8 *data, gsize size)
{
  return size >= 3 && data[0] == 0xff && data[1] == 0xd8 && data[2] == 0xff;
}

/* Reads the header; a setjmp() of the caller is where errors go. */
static void
jpeg_begin (struct jpeg_decompress_struct *jpeg, JpegErrors *errors, const guint8 *data, gsize size)
{
  jpeg_create_decompress (jpeg);
  errors->progress = (struct jpeg_progress_mgr) { .progress_monitor = jpeg_limit_scans };
  jpeg->progress = &errors->progress;
  jpeg_mem_src (jpeg, data, size);
  jpeg_read_header (jpeg, TRUE);
}

static void
jpeg_init_errors (struct jpeg_decompress_struct *jpeg, JpegErrors *errors)
{
  jpeg->err = jpeg_std_error (&errors->manager);
  errors->manager.error_exit = jpeg_fail;
  errors->manager.emit_message = jpeg_warn;
}

static gboolean
jpeg_peek (const guint8 *data, gsize size, PdgImageInfo *info, GError **error)
{
  struct jpeg_decompress_struct jpeg = { 0 };
  JpegErrors errors = { 0 };
  gboolean fits;

  jpeg_init_errors (&jpeg, &errors);
  if (setjmp (errors.leave) != 0)
    {
      jpeg_destroy_decompress (&jpeg);
      return refuse (error, errors.message);
    }
  jpeg_begin (&jpeg, &errors, data, size);
  info->width = (int) jpeg.image_width;
  info->height = (int) jpeg.image_height;
  fits = check_size (jpeg.image_width, jpeg.image_height, error);
  if (fits && jpeg.num_components != 1 && jpeg.num_components != 3)
    fits = refuse (error, "it is a JPEG in CMYK; send it in RGB");
  jpeg_destroy_decompress (&jpeg);
  return fits;
}

static cairo_surface_t *
jpeg_decode (const guint8 *data, gsize size, const PdgImageInfo *info, GError **error)
{
  struct jpeg_decompress_struct jpeg = { 0 };
  JpegErrors errors = { 0 };
  cairo_surface_t *surface = pdg_pixels_create (CAIRO_FORMAT_RGB24, info->width, info->height);
  guint8 *pixels = cairo_image_surface_get_data (surface);
  gsize stride = (gsize) cairo_image_surface_get_stride (surface);

  jpeg_init_errors (&jpeg, &errors);
  if (pixels == NULL || setjmp (errors.leave) != 0)
    {
      refuse (error, pixels == NULL ? "there is not enough memory for it" : errors.message);
      jpeg_destroy_decompress (&jpeg);
      cairo_surface_destroy (surface);
      return NULL;
    }
  jpeg_begin (&jpeg, &errors, data, size);
  jpeg.out_color_space = G_BYTE_ORDER == G_LITTLE_ENDIAN ? JCS_EXT_BGRX : JCS_EXT_XRGB;
  jpeg_start_decompress (&jpeg);
  while (jpeg.output_scanline < jpeg.output_height)
    {
      JSAMPROW row = pixels + stride * jpeg.output_scanline;

      jpeg_read_scanlines (&jpeg, &row, 1);
    }
  jpeg_finish_decompress (&jpeg);
  jpeg_destroy_decompress (&jpeg);
  cairo_surface_mark_dirty (surface);
  return surface;
}

/* ---- WebP ---- */

static gboolean
webp_is (const guint8 *data, gsize size)
{
  return size >= 12 && memcmp (data, "RIFF", 4) == 0 && memcmp (data + 8, "WEBP", 4) == 0;
}

static gboolean
webp_peek (const guint8 *data, gsize size, PdgImageInfo *info, GError **error)
{
  WebPBitstreamFeatures features;

  if (WebPGetFeatures (data, size, &features) != VP8_STATUS_OK)
    return refuse (error, "it ends, or its WebP header is broken");
  if (features.has_animation)
    return refuse (error, "it is an animated WebP; send a still one");
  info->width = features.width;
  info->height = features.height;
  return check_size (features.width, features.height, error);
}

static cairo_surface_t *
webp_decode (const guint8 *data, gsize size, const PdgImageInfo *info, GError **error)
{
  cairo_surface_t *surface;
  WebPDecoderConfig config;

  if (!WebPInitDecoderConfig (&config) || WebPGetFeatures (data, size, &config.input) != VP8_STATUS_OK)
    {
      refuse (error, "its WebP header is broken");
      return NULL;
    }
  surface = pdg_pixels_create (config.input.has_alpha ? CAIRO_FORMAT_ARGB32 : CAIRO_FORMAT_RGB24, info->width, info->height);
  config.output.colorspace = G_BYTE_ORDER == G_LITTLE_ENDIAN ? MODE_bgrA : MODE_Argb;
  config.output.is_external_memory = 1;
  config.output.u.RGBA.rgba = cairo_image_surface_get_data (surface);
  config.output.u.RGBA.stride = cairo_image_surface_get_stride (surface);
  config.output.u.RGBA.size = (gsize) config.output.u.RGBA.stride * (gsize) info->height;
  if (cairo_surface_status (surface) == CAIRO_STATUS_SUCCESS && WebPDecode (data, size, &config) == VP8_STATUS_OK)
    {
      cairo_surface_mark_dirty (surface);
      return surface;
    }
  refuse (error, "its WebP data is broken, or ends");
  cairo_surface_destroy (surface);
  return NULL;
}

/* ---- all ---- */

typedef struct
{
  const char *media_type;
  gboolean (*is) (const guint8 *data, gsize size);
  gboolean (*peek) (const guint8 *data, gsize size, PdgImageInfo *info, GError **error);
  cairo_surface_t *(*decode) (const guint8 *data, gsize size, const PdgImageInfo *info, GError **error);
} Format;

static const Format formats[] = {
  { "image/png", png_is, png_peek, png_decode },
  { "image/jpeg", jpeg_is, jpeg_peek, jpeg_decode },
  { "image/webp", webp_is, webp_peek, webp_decode },
};

static const Format *
find_format (GBytes *bytes, PdgImageInfo *info, GError **error)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  if (size > PDG_IMAGE_MAX_BYTES)
    {
      g_set_error (error, PDG_IMAGE_ERROR, PDG_IMAGE_ERROR_TOO_LARGE, "The picture has %" G_GSIZE_FORMAT " bytes; up to %u are taken", size,
                   PDG_IMAGE_MAX_BYTES);
      return NULL;
    }
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    if (formats[i].is (data, size))
      {
        info->media_type = formats[i].media_type;
        return formats[i].peek (data, size, info, error) ? &formats[i] : NULL;
      }
  refuse (error, "it is neither a PNG nor a JPEG nor a WebP file");
  return NULL;
}

gboolean
pdg_image_peek (GBytes *bytes, PdgImageInfo *info, GError **error)
{
  return find_format (bytes, info, error) != NULL;
}

cairo_surface_t *
pdg_image_decode (GBytes *bytes, GError **error)
{
  PdgImageInfo info = { 0 };
  const Format *format = find_format (bytes, &info, error);
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  return format != NULL ? format->decode (data, size, &info, error) : NULL;
}
