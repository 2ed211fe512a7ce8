#include "config.h"
#include "canvas/pdg-image-encode.h"

#include <stdio.h>

#include <jpeglib.h>
#include <webp/encode.h>

#define QUALITY 80
/* The least effort: a picture is made smaller while its sender waits, and the others behind it. */
#define METHOD 2
#define JPEG_QUALITY 90

GBytes *
pdg_image_encode_webp (cairo_surface_t *surface)
{
  g_autofree WebPPicture *picture = g_new0 (WebPPicture, 1);
  WebPMemoryWriter writer;
  WebPConfig config;
  GBytes *bytes = NULL;

  g_return_val_if_fail (cairo_image_surface_get_format (surface) == CAIRO_FORMAT_RGB24, NULL);
  if (!WebPConfigPreset (&config, WEBP_PRESET_DRAWING, QUALITY) || !WebPPictureInit (picture))
    return NULL;
  config.method = METHOD;
  WebPMemoryWriterInit (&writer);
  picture->width = cairo_image_surface_get_width (surface);
  picture->height = cairo_image_surface_get_height (surface);
  picture->writer = WebPMemoryWrite;
  picture->custom_ptr = &writer;
  /* Native words 0xXXRRGGBB: these bytes in memory, or the other way round. */
  if ((G_BYTE_ORDER == G_LITTLE_ENDIAN ? WebPPictureImportBGRX (picture, cairo_image_surface_get_data (surface), cairo_image_surface_get_stride (surface))
                                       : 0)
      && WebPEncode (&config, picture))
    bytes = g_bytes_new (writer.mem, writer.size);
  WebPPictureFree (picture);
  WebPMemoryWriterClear (&writer);
  return bytes;
}

GBytes *
pdg_image_encode_jpeg (cairo_surface_t *surface)
{
  struct jpeg_compress_struct jpeg = { 0 };
  struct jpeg_error_mgr errors; /* out of memory is all that can happen: that ends the program, as it does elsewhere */
  guint8 *pixels = cairo_image_surface_get_data (surface);
  gsize stride = (gsize) cairo_image_surface_get_stride (surface);
  unsigned char *data = NULL;
  unsigned long size = 0;

  g_return_val_if_fail (cairo_image_surface_get_format (surface) == CAIRO_FORMAT_RGB24, NULL);
  if (cairo_image_surface_get_width (surface) > JPEG_MAX_DIMENSION || cairo_image_surface_get_height (surface) > JPEG_MAX_DIMENSION)
    return NULL;
  jpeg.err = jpeg_std_error (&errors);
  jpeg_create_compress (&jpeg);
  jpeg_mem_dest (&jpeg, &data, &size);
  jpeg.image_width = (JDIMENSION) cairo_image_surface_get_width (surface);
  jpeg.image_height = (JDIMENSION) cairo_image_surface_get_height (surface);
  jpeg.input_components = 4;
  jpeg.in_color_space = G_BYTE_ORDER == G_LITTLE_ENDIAN ? JCS_EXT_BGRX : JCS_EXT_XRGB;
  jpeg_set_defaults (&jpeg);
  jpeg_set_quality (&jpeg, JPEG_QUALITY, TRUE);
  jpeg.comp_info[0].h_samp_factor = jpeg.comp_info[0].v_samp_factor = 1; /* thin coloured text stays readable */
  jpeg_start_compress (&jpeg, TRUE);
  while (jpeg.next_scanline < jpeg.image_height)
    {
      JSAMPROW row = pixels + stride * jpeg.next_scanline;

      jpeg_write_scanlines (&jpeg, &row, 1);
    }
  jpeg_finish_compress (&jpeg);
  jpeg_destroy_compress (&jpeg);
  return g_bytes_new_with_free_func (data, size, free, data);
}
