#include "config.h"
#include "canvas/pdg-image-decode.h"
#include "canvas/pdg-image-store.h"
#include "canvas/pdg-pixels.h"

/* Level 0 is the picture, each further one half as large, down to about 20 pixels. */
#define MAX_LEVELS 12
#define SMALLEST_WIDTH 20

struct _PdgImage
{
  cairo_surface_t *levels[MAX_LEVELS];
  guint n_levels;
  gsize size_bytes;
};

/* An opaque copy on white; RGB24 blits are the quick ones. */
static cairo_surface_t *
flatten (cairo_surface_t *source)
{
  int width = cairo_image_surface_get_width (source);
  int height = cairo_image_surface_get_height (source);

  if (cairo_image_surface_get_format (source) == CAIRO_FORMAT_RGB24)
    return cairo_surface_reference (source);

  cairo_surface_t *flat = pdg_pixels_create (CAIRO_FORMAT_RGB24, width, height);
  cairo_t *cr = cairo_create (flat);

  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_paint (cr);
  cairo_set_source_surface (cr, source, 0, 0);
  cairo_paint (cr);
  cairo_destroy (cr);
  cairo_surface_flush (flat);
  return flat;
}

/* Mean of four pixels, two channels at a time. */
static guint32
mean4 (guint32 a, guint32 b, guint32 c, guint32 d)
{
  guint32 even = (a & 0xff00ff) + (b & 0xff00ff) + (c & 0xff00ff) + (d & 0xff00ff) + 0x20002;
  guint32 odd = ((a >> 8) & 0xff) + ((b >> 8) & 0xff) + ((c >> 8) & 0xff) + ((d >> 8) & 0xff) + 2;

  return ((even >> 2) & 0xff00ff) | ((odd << 6) & 0xff00) | 0xff000000;
}

static cairo_surface_t *
halve (cairo_surface_t *source)
{
  int from_width = cairo_image_surface_get_width (source);
  int from_height = cairo_image_surface_get_height (source);
  int width = MAX (from_width / 2, 1);
  int height = MAX (from_height / 2, 1);
  cairo_surface_t *half = pdg_pixels_create (CAIRO_FORMAT_RGB24, width, height);

  if (cairo_surface_status (half) != CAIRO_STATUS_SUCCESS)
    return half;

  const guint8 *from = cairo_image_surface_get_data (source);
  guint8 *to = cairo_image_surface_get_data (half);
  int from_stride = cairo_image_surface_get_stride (source);
  int to_stride = cairo_image_surface_get_stride (half);

  for (int y = 0; y < height; y++)
    {
      const guint32 *row = (const guint32 *) (const void *) (from + (gsize) from_stride * (gsize) (2 * y));
      const guint32 *next = (const guint32 *) (const void *)
        (from + (gsize) from_stride * (gsize) MIN (2 * y + 1, from_height - 1));
      guint32 *out = (guint32 *) (void *) (to + (gsize) to_stride * (gsize) y);

      for (int x = 0; x < width; x++)
        {
          int right = MIN (2 * x + 1, from_width - 1);

          out[x] = mean4 (row[2 * x], row[right], next[2 * x], next[right]);
        }
    }
  cairo_surface_mark_dirty (half);
  return half;
}

/* Takes @surface as the next level. */
static gboolean
add_level (PdgImage *image, cairo_surface_t *surface)
{
  if (cairo_surface_status (surface) != CAIRO_STATUS_SUCCESS)
    {
      cairo_surface_destroy (surface);
      return FALSE;
    }
  image->levels[image->n_levels++] = surface;
  image->size_bytes += (gsize) cairo_image_surface_get_stride (surface) *
                       (gsize) cairo_image_surface_get_height (surface);
  return TRUE;
}

PdgImage *
pdg_image_store_decode (GBytes *bytes, GError **error)
{
  cairo_surface_t *decoded = pdg_image_decode (bytes, error);

  if (decoded == NULL)
    return NULL;

  g_autoptr (PdgImage) image = g_atomic_rc_box_new0 (PdgImage);
  gboolean made = add_level (image, flatten (decoded));

  cairo_surface_destroy (decoded);
  while (made && image->n_levels < MAX_LEVELS &&
         cairo_image_surface_get_width (image->levels[image->n_levels - 1]) >= 2 * SMALLEST_WIDTH)
    made = add_level (image, halve (image->levels[image->n_levels - 1]));
  if (!made)
    {
      g_set_error_literal (error, PDG_IMAGE_ERROR, PDG_IMAGE_ERROR_TOO_LARGE, "Not enough memory for the picture");
      return NULL;
    }
  return g_steal_pointer (&image);
}

PdgImage *
pdg_image_ref (PdgImage *image)
{
  return g_atomic_rc_box_acquire (image);
}

static void
image_clear (gpointer data)
{
  PdgImage *image = data;

  for (guint i = 0; i < image->n_levels; i++)
    cairo_surface_destroy (image->levels[i]);
}

void
pdg_image_unref (PdgImage *image)
{
  if (image != NULL)
    g_atomic_rc_box_release_full (image, image_clear);
}

int
pdg_image_get_width (const PdgImage *image)
{
  return cairo_image_surface_get_width (image->levels[0]);
}

int
pdg_image_get_height (const PdgImage *image)
{
  return cairo_image_surface_get_height (image->levels[0]);
}

gsize
pdg_image_get_size_bytes (const PdgImage *image)
{
  return image->size_bytes;
}

static guint
find_level (const PdgImage *image, int width_px)
{
  guint level = 0;

  while (level + 1 < image->n_levels && cairo_image_surface_get_width (image->levels[level + 1]) >= width_px)
    level++;
  return level;
}

cairo_surface_t *
pdg_image_get_surface (PdgImage *image, int width_px)
{
  return image->levels[find_level (image, width_px)];
}

/* The levels from @first to before @end; NULL when there are none. */
static PdgImage *
dup_levels (PdgImage *image, guint first, guint end)
{
  PdgImage *part;

  if (first >= end)
    return NULL;
  if (first == 0 && end == image->n_levels)
    return pdg_image_ref (image);
  part = g_atomic_rc_box_new0 (PdgImage);
  for (guint i = first; i < end; i++)
    add_level (part, cairo_surface_reference (image->levels[i]));
  return part;
}

PdgImage *
pdg_image_dup_smaller (PdgImage *image, int width_px)
{
  return dup_levels (image, find_level (image, width_px), image->n_levels);
}

void
pdg_image_split (PdgImage *image, int width_px, PdgImage **larger, PdgImage **rest)
{
  guint first = 0;

  while (first < image->n_levels && cairo_image_surface_get_width (image->levels[first]) > width_px)
    first++;
  *larger = dup_levels (image, 0, first);
  *rest = dup_levels (image, first, image->n_levels);
}
