#include "config.h"
#include "canvas/pdg-image-store.h"

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* What is taken has levels of half the size each, down to a small one, and bytes for them. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgImage) image = pdg_image_store_decode (bytes, &error);

  if (image == NULL)
    {
      g_assert_true (error != NULL && error->domain == PDG_IMAGE_ERROR);
      return 0;
    }
  g_assert_no_error (error);
  g_assert_cmpint (pdg_image_get_width (image), >, 0);
  g_assert_cmpint (pdg_image_get_height (image), >, 0);
  g_assert_cmpuint (pdg_image_get_size_bytes (image), <, 2 * 4 * (gsize) PDG_IMAGE_MAX_PIXELS);
  g_assert_cmpint (cairo_image_surface_get_width (pdg_image_get_surface (image, 1)), <=, pdg_image_get_width (image));
  return 0;
}
