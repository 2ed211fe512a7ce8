#include "config.h"
#include "canvas/pdg-export-private.h"

#include "canvas/pdg-layout.h"
#include "canvas/pdg-png-writer.h"

#include <math.h>

#define STRIP_BYTES (8 << 20)

/* The pictures of the strip that is drawn: those that the next one does not need are dropped. */
typedef struct
{
  GHashTable *images; /* snapshot id (of the graph) -> PdgImage, or NULL where there is none */
  PdgImageStore *store;
} Pictures;

static void
image_clear (gpointer image)
{
  pdg_image_unref (image);
}

static GHashTable *
new_table (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, NULL, image_clear);
}

/* FALSE when it was cancelled meanwhile. */
static gboolean
load_pictures (const PdgExport *export, Pictures *pictures, const PdgRect *area, int width_px, GError **error)
{
  g_autoptr (GArray) cards = g_array_new (FALSE, FALSE, sizeof (guint32));
  GHashTable *images = new_table ();

  pdg_image_store_unref (pictures->store);
  pictures->store = pdg_image_store_new (G_MAXSIZE);
  pdg_scene_query_cards (export->scene, area, FALSE, cards);
  for (guint i = 0; i < cards->len && !g_cancellable_is_cancelled (export->cancellable); i++)
    {
      guint32 card = g_array_index (cards, guint32, i);
      const char *id = pdg_scene_get_screen (export->scene, card)->snapshot_id;
      PdgImage *image = NULL;

      if (id == NULL || g_hash_table_contains (images, id))
        continue;
      if (!g_hash_table_steal_extended (pictures->images, id, NULL, (gpointer *) &image))
        image = pdg_export_load (export, card, width_px);
      g_hash_table_insert (images, (gpointer) id, image);
      if (image != NULL)
        pdg_image_store_insert (pictures->store, id, image);
    }
  g_hash_table_unref (pictures->images);
  pictures->images = images;
  return !g_cancellable_set_error_if_cancelled (export->cancellable, error);
}

static void
draw_strip (const PdgExport *export, cairo_surface_t *surface, const PdgCamera *camera, int width, int height, int factor, PdgImageStore *store)
{
  cairo_t *cr = cairo_create (surface);

  cairo_set_operator (cr, CAIRO_OPERATOR_CLEAR);
  cairo_paint (cr);
  cairo_set_operator (cr, CAIRO_OPERATOR_OVER);
  pdg_scene_draw_base (export->scene, cr, camera, width, height, factor, export->theme, &export->style, store);
  pdg_scene_draw_titles (export->scene, cr, camera, width, height, factor, export->theme);
  cairo_destroy (cr);
}

static gboolean
write_strips (const PdgExport *export, PdgPngWriter *writer, cairo_surface_t *surface, int width, int height, int strip, int factor,
              GError **error)
{
  double zoom = factor > 1 ? 1 : export->options->scale; /* larger: the same, of more pixels */
  Pictures pictures = { new_table (), pdg_image_store_new (0) };
  gboolean fine = TRUE;

  for (int y = 0; y < height && fine; y += strip)
    {
      int n_rows = MIN (strip, height - y);
      PdgCamera camera = { -export->area.x * zoom, -export->area.y * zoom - y, zoom };
      PdgRect visible = pdg_camera_get_visible (&camera, width, n_rows);

      pdg_export_tell (export, (double) y / height);
      fine = load_pictures (export, &pictures, &visible, (int) ceil (PDG_CARD_WIDTH * zoom * factor), error);
      if (!fine)
        break;
      draw_strip (export, surface, &camera, width, strip, factor, pictures.store);
      fine = pdg_png_writer_write (writer, surface, n_rows * factor, export->cancellable, error);
    }
  g_hash_table_unref (pictures.images);
  pdg_image_store_unref (pictures.store);
  return fine;
}

gboolean
pdg_export_write_png (PdgExport *export, GError **error)
{
  double scale = export->options->scale;
  int factor = MAX (1, (int) scale);
  gboolean alpha = export->options->transparent;
  int width_px, height_px, width, height, strip;
  g_autoptr (PdgPngWriter) writer = NULL;
  cairo_surface_t *surface;
  gboolean fine;

  if (!pdg_export_get_size (export->scene, factor > 1 ? factor : MIN (scale, 1), &width_px, &height_px, NULL, error))
    return FALSE;
  width = width_px / factor;
  height = height_px / factor;
  strip = CLAMP (STRIP_BYTES / (4 * width_px * factor), 16, MAX (height, 16));
  surface = cairo_image_surface_create (alpha ? CAIRO_FORMAT_ARGB32 : CAIRO_FORMAT_RGB24, width_px, strip * factor);
  if (cairo_surface_status (surface) != CAIRO_STATUS_SUCCESS)
    {
      g_set_error (error, PDG_EXPORT_ERROR, PDG_EXPORT_ERROR_DRAWING, "The picture cannot be drawn: %s",
                   cairo_status_to_string (cairo_surface_status (surface)));
      cairo_surface_destroy (surface);
      return FALSE;
    }
  cairo_surface_set_device_scale (surface, factor, factor);
  writer = pdg_png_writer_new (export->stream, (guint32) width_px, (guint32) height_px, alpha, factor > 1 ? factor : 1);
  fine = write_strips (export, writer, surface, width, height, strip, factor, error)
         && pdg_png_writer_finish (writer, export->cancellable, error);
  cairo_surface_destroy (surface);
  if (fine)
    pdg_export_tell (export, 1);
  return fine;
}
