#include "config.h"
#include "canvas/pdg-export-private.h"

#include "canvas/pdg-image-encode.h"
#include "canvas/pdg-layout.h"
#include "canvas/pdg-text.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <math.h>
#include <string.h>

/* Pictures of all cards together have at most so many pixels: cairo keeps them until the end. */
#define MAX_PICTURE_PIXELS 4.8e7
#define MAX_PICTURE_WIDTH (2 * PDG_CARD_WIDTH)
#define MIN_PICTURE_WIDTH 48.0
#define PICTURE_ASPECT (PDG_CARD_PICTURE_HEIGHT / PDG_CARD_WIDTH)

/* A page's longest side in points, by the PDF specification's limit for readers. */
#define MAX_PAGE_POINTS 14400.0
#define POINTS_PER_PIXEL 0.75

/* Pictures take this share of the time, as far as is known before. */
#define LOADING_SHARE 0.7

#define SVG_END "</svg>\n"

/* What cairo writes goes to the stream; of SVG the end is held back, for the text. */
typedef struct
{
  PdgExport *export;
  GError *error;
  char tail[sizeof SVG_END - 1];
  gsize n_tail;
  gboolean holds_back;
} Sink;

static gboolean
sink_write (Sink *sink, gconstpointer data, gsize size)
{
  return sink->error == NULL
         && g_output_stream_write_all (sink->export->stream, data, size, NULL, sink->export->cancellable, &sink->error);
}

static cairo_status_t
write_cb (void *closure, const unsigned char *data, unsigned int length)
{
  Sink *sink = closure;
  gsize room = sizeof sink->tail;
  gsize keep = MIN (length, room);
  gsize leave = sink->n_tail + keep > room ? sink->n_tail + keep - room : 0;
  gboolean fine;

  if (!sink->holds_back)
    return sink_write (sink, data, length) ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
  /* Of the old end and the new bytes, the last few stay. */
  fine = sink_write (sink, sink->tail, leave) && sink_write (sink, data, length - keep);
  memmove (sink->tail, sink->tail + leave, sink->n_tail - leave);
  sink->n_tail -= leave;
  memcpy (sink->tail + sink->n_tail, data + length - keep, keep);
  sink->n_tail += keep;
  return fine ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

/* ---- pictures ---- */

/* The file holds it as JPEG, not as pixels. */
static void
attach_jpeg (cairo_surface_t *surface)
{
  g_autoptr (GBytes) jpeg = pdg_image_encode_jpeg (surface);
  gsize size;
  const guchar *data;

  if (jpeg == NULL)
    return;
  data = g_bytes_get_data (jpeg, &size);
  if (cairo_surface_set_mime_data (surface, CAIRO_MIME_TYPE_JPEG, data, size, (cairo_destroy_func_t) g_bytes_unref, jpeg) == CAIRO_STATUS_SUCCESS)
    g_steal_pointer (&jpeg);
}

/* Device pixels of a card's width for which pictures are kept. */
static double
get_picture_width (const PdgScene *scene)
{
  guint n = 0;

  for (guint i = 0; i < pdg_scene_get_n_cards (scene); i++)
    n += pdg_scene_get_screen (scene, i)->snapshot_id != NULL;
  return CLAMP (sqrt (MAX_PICTURE_PIXELS / (MAX (n, 1) * PICTURE_ASPECT)), MIN_PICTURE_WIDTH, MAX_PICTURE_WIDTH);
}

static gboolean
has_picture (PdgImageStore *store, const char *id)
{
  cairo_surface_t *surface = pdg_image_store_peek (store, id, 1);

  if (surface == NULL)
    return FALSE;
  cairo_surface_destroy (surface);
  return TRUE;
}

/* NULL when it was cancelled. (transfer full) */
static PdgImageStore *
load_pictures (const PdgExport *export, int width_px, GError **error)
{
  g_autoptr (PdgImageStore) store = pdg_image_store_new (G_MAXSIZE);
  guint n = pdg_scene_get_n_cards (export->scene);

  for (guint i = 0; i < n; i++)
    {
      const char *id = pdg_scene_get_screen (export->scene, i)->snapshot_id;
      g_autoptr (PdgImage) image = NULL;

      if (g_cancellable_set_error_if_cancelled (export->cancellable, error))
        return NULL;
      pdg_export_tell (export, LOADING_SHARE * i / n);
      if (id == NULL || has_picture (store, id))
        continue;
      image = pdg_export_load (export, i, width_px);
      if (image == NULL)
        continue;
      attach_jpeg (pdg_image_get_surface (image, width_px));
      pdg_image_store_insert (store, id, image);
    }
  return g_steal_pointer (&store);
}

/* ---- text of an SVG ---- */

static void
append_number (GString *svg, const char *name, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_printf (svg, " %s=\"%s\"", name, g_ascii_formatd (text, sizeof text, "%.2f", value));
}

/* XML has no control characters, whichever way they are written. */
static void
append_escaped (GString *svg, const char *text)
{
  g_autofree char *plain = g_utf8_make_valid (text, -1);
  g_autofree char *escaped = NULL;

  for (char *p = plain; *p != '\0'; p++)
    if ((guchar) *p < 0x20 || *p == 0x7f)
      *p = ' ';
  escaped = g_markup_escape_text (plain, -1);
  g_string_append (svg, escaped);
}

static void
append_line (GString *svg, const PdgTextLine *line)
{
  const PdgRgba *color = &line->color;

  g_string_append (svg, "<text");
  append_number (svg, "x", line->x);
  append_number (svg, "y", line->baseline);
  append_number (svg, "font-size", line->size);
  append_number (svg, "textLength", line->width);
  g_string_append_printf (svg, " fill=\"#%02x%02x%02x\"", (guint) (color->red * 255 + 0.5), (guint) (color->green * 255 + 0.5),
                          (guint) (color->blue * 255 + 0.5));
  if (line->semibold)
    g_string_append (svg, " font-weight=\"600\"");
  g_string_append_c (svg, '>');
  append_escaped (svg, line->text);
  g_string_append (svg, "</text>\n");
}

static gboolean
write_text (Sink *sink, const GArray *lines)
{
  g_autoptr (GString) svg = g_string_new ("<g xml:space=\"preserve\" style=\"font-variant-numeric:tabular-nums\" font-family=\"");

  append_escaped (svg, pdg_theme_get_font_family (sink->export->theme));
  g_string_append (svg, "-serif\">\n");
  if (sink->export->options->title != NULL)
    {
      g_string_append (svg, "<title>");
      append_escaped (svg, sink->export->options->title);
      g_string_append (svg, "</title>\n");
    }
  for (guint i = 0; i < lines->len; i++)
    append_line (svg, &g_array_index (lines, PdgTextLine, i));
  g_string_append (svg, "</g>\n");
  return sink_write (sink, svg->str, svg->len) && sink_write (sink, sink->tail, sink->n_tail);
}

/* ---- the document ---- */

static cairo_surface_t *
make_surface (PdgExport *export, Sink *sink, double *unit)
{
  cairo_surface_t *surface;

  if (export->options->format == PDG_EXPORT_SVG)
    {
      *unit = 1;
      surface = cairo_svg_surface_create_for_stream (write_cb, sink, export->area.width, export->area.height);
      cairo_svg_surface_set_document_unit (surface, CAIRO_SVG_UNIT_PX);
      return surface;
    }
  *unit = MIN (POINTS_PER_PIXEL, MAX_PAGE_POINTS / MAX (export->area.width, export->area.height));
  surface = cairo_pdf_surface_create_for_stream (write_cb, sink, export->area.width * *unit, export->area.height * *unit);
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_CREATOR, "ProductGraph");
  if (export->options->title != NULL)
    cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_TITLE, export->options->title);
  return surface;
}

static void
draw (const PdgExport *export, cairo_surface_t *surface, double unit, int factor, PdgImageStore *store)
{
  PdgCamera camera = { -export->area.x, -export->area.y, 1 };
  cairo_t *cr = cairo_create (surface);

  cairo_scale (cr, unit, unit);
  pdg_scene_draw_base (export->scene, cr, &camera, (int) export->area.width, (int) export->area.height, factor, export->theme, &export->style,
                       store);
  pdg_scene_draw_titles (export->scene, cr, &camera, (int) export->area.width, (int) export->area.height, factor, export->theme);
  cairo_show_page (cr);
  cairo_destroy (cr);
}

gboolean
pdg_export_write_vector (PdgExport *export, GError **error)
{
  double picture_width = get_picture_width (export->scene);
  int factor = picture_width > PDG_CARD_WIDTH ? 2 : 1;
  gboolean svg = export->options->format == PDG_EXPORT_SVG;
  g_autoptr (PdgImageStore) store = load_pictures (export, (int) picture_width, error);
  g_autoptr (GArray) lines = pdg_text_new_lines ();
  Sink sink = { .export = export, .holds_back = svg };
  cairo_surface_t *surface;
  cairo_status_t status;
  double unit;

  if (store == NULL)
    return FALSE;
  surface = make_surface (export, &sink, &unit);
  if (svg)
    pdg_text_gather (surface, lines);
  draw (export, surface, unit, factor, store);
  pdg_export_tell (export, (1 + LOADING_SHARE) / 2);
  cairo_surface_finish (surface);
  status = cairo_surface_status (surface);
  cairo_surface_destroy (surface);
  if (status == CAIRO_STATUS_SUCCESS && svg)
    write_text (&sink, lines);
  if (sink.error != NULL)
    {
      g_propagate_error (error, sink.error);
      return FALSE;
    }
  if (status != CAIRO_STATUS_SUCCESS)
    {
      g_set_error (error, PDG_EXPORT_ERROR, PDG_EXPORT_ERROR_DRAWING, "The document cannot be drawn: %s", cairo_status_to_string (status));
      return FALSE;
    }
  pdg_export_tell (export, 1);
  return !g_cancellable_set_error_if_cancelled (export->cancellable, error);
}
