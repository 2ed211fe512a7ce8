#include "config.h"
#include "service/pdg-picture-levels.h"

#include "canvas/pdg-image-encode.h"

static const int level_widths[PDG_PICTURE_MAX_LEVELS] = { 640, 320, 80 };

guint
pdg_picture_make_levels (PdgImage *image, PdgStoreLevel levels[PDG_PICTURE_MAX_LEVELS])
{
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (level_widths); i++)
    {
      cairo_surface_t *surface = pdg_image_get_surface (image, level_widths[i]);
      int width = cairo_image_surface_get_width (surface);
      GBytes *bytes;

      if (width == pdg_image_get_width (image) || (n > 0 && levels[n - 1].width == width))
        continue;
      bytes = pdg_image_encode_webp (surface);
      if (bytes != NULL)
        levels[n++] = (PdgStoreLevel) { bytes, width };
    }
  return n;
}

void
pdg_picture_clear_levels (PdgStoreLevel *levels, guint n_levels)
{
  for (guint i = 0; i < n_levels; i++)
    g_clear_pointer (&levels[i].image, g_bytes_unref);
}
