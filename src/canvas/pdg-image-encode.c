#include "config.h"
#include "canvas/pdg-image-encode.h"

#include <webp/encode.h>

#define QUALITY 80
/* The least effort: a picture is made smaller while its sender waits, and the others behind it. */
#define METHOD 2

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
