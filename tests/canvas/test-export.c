#include "config.h"
#include "canvas/pdg-export.h"

#include "canvas/pdg-scene-board.h"
#include "codec/pdg-board-json.h"
#include "graph-fixture.h"
#include "picture-fixture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

/* Mean difference of a channel, of 255, between what others draw of the file and the PNG: lines and letters lie a part of a pixel elsewhere. */
#define MAX_MEAN_DIFFERENCE 0.6

typedef struct
{
  guint n_asked;
  guint n_told;
  double done;
  GCancellable *cancel_after_first;
} Watch;

static PdgScene *
make_scene (guint n)
{
  g_autoptr (PdgJourneyGraph) graph = graph_fixture_new (n, 7, TRUE);
  g_autoptr (PdgLayout) layout = pdg_layout_new (graph, NULL);

  return pdg_scene_new (graph, layout);
}

static PdgImage *
picture_cb (const char *snapshot_id, gpointer user_data)
{
  Watch *watch = user_data;
  g_autoptr (GBytes) png = picture_fixture_new_png (640, 400, g_str_hash (snapshot_id) % 7);

  watch->n_asked++;
  return pdg_image_store_decode (png, NULL);
}

static void
progress_cb (double done, gpointer user_data)
{
  Watch *watch = user_data;

  g_assert_cmpfloat (done, >=, watch->done);
  g_assert_cmpfloat (done, <=, 1);
  watch->done = done;
  watch->n_told++;
  if (watch->cancel_after_first != NULL)
    g_cancellable_cancel (watch->cancel_after_first);
}

static GBytes *
write_export (const PdgScene *scene, const PdgTheme *theme, const PdgExportOptions *options, Watch *watch, GCancellable *cancellable, GError **error)
{
  g_autoptr (GOutputStream) stream = g_memory_output_stream_new_resizable ();
  PdgExportHooks hooks = { picture_cb, progress_cb, watch };

  if (!pdg_export_write (scene, theme, options, watch != NULL ? &hooks : NULL, stream, cancellable, error))
    return NULL;
  g_output_stream_close (stream, NULL, NULL);
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (stream));
}

typedef struct
{
  GBytes *bytes;
  gsize at;
} Source;

static cairo_status_t
read_cb (void *closure, unsigned char *data, unsigned int length)
{
  Source *source = closure;
  gsize size;
  const guint8 *from = g_bytes_get_data (source->bytes, &size);

  if (length > size - source->at)
    return CAIRO_STATUS_READ_ERROR;
  memcpy (data, from + source->at, length);
  source->at += length;
  return CAIRO_STATUS_SUCCESS;
}

static cairo_surface_t *
read_png (GBytes *bytes)
{
  Source source = { bytes, 0 };
  cairo_surface_t *surface = cairo_image_surface_create_from_png_stream (read_cb, &source);

  g_assert_cmpint (cairo_surface_status (surface), ==, CAIRO_STATUS_SUCCESS);
  return surface;
}

/* ---- PNG ---- */

/* The whole in one piece, as the strips have to be. */
static cairo_surface_t *
draw_whole (const PdgScene *scene, const PdgTheme *theme, const PdgExportOptions *options, int width, int height)
{
  int factor = MAX (1, (int) options->scale);
  double zoom = factor > 1 ? 1 : options->scale;
  PdgRect bounds = pdg_scene_get_bounds (scene);
  PdgCamera camera = { -floor (bounds.x - 72) * zoom, -floor (bounds.y - 72) * zoom, zoom };
  PdgSceneStyle style = PDG_SCENE_STYLE_INIT;
  cairo_surface_t *surface = cairo_image_surface_create (options->transparent ? CAIRO_FORMAT_ARGB32 : CAIRO_FORMAT_RGB24, width, height);
  cairo_t *cr;

  style.no_dots = TRUE;
  style.no_ground = options->transparent;
  cairo_surface_set_device_scale (surface, factor, factor);
  cr = cairo_create (surface);
  pdg_scene_draw_base (scene, cr, &camera, width / factor, height / factor, factor, theme, &style, NULL);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  return surface;
}

/* Largest difference of a channel; premultiplying rounds. */
static int
get_difference (cairo_surface_t *a, cairo_surface_t *b, gboolean alpha)
{
  int width = cairo_image_surface_get_width (a), height = cairo_image_surface_get_height (a), worst = 0;

  g_assert_cmpint (width, ==, cairo_image_surface_get_width (b));
  g_assert_cmpint (height, ==, cairo_image_surface_get_height (b));
  for (int y = 0; y < height; y++)
    {
      const guint8 *one = cairo_image_surface_get_data (a) + (gsize) y * (gsize) cairo_image_surface_get_stride (a);
      const guint8 *two = cairo_image_surface_get_data (b) + (gsize) y * (gsize) cairo_image_surface_get_stride (b);

      for (int i = 0; i < 4 * width; i++)
        if (alpha || i % 4 != 3)
          worst = MAX (worst, abs (one[i] - two[i]));
    }
  return worst;
}

static void
test_png (void)
{
  static const struct
  {
    guint n_screens;
    double scale;
    gboolean transparent;
    PdgThemeKind theme;
  } cases[] = {
    { 14, 1, FALSE, PDG_THEME_LIGHT }, { 14, 2, FALSE, PDG_THEME_DARK }, { 14, 3, FALSE, PDG_THEME_LIGHT }, { 60, 1, FALSE, PDG_THEME_LIGHT },
    { 60, 0.37, FALSE, PDG_THEME_DARK }, { 14, 1, TRUE, PDG_THEME_LIGHT }, { 2, 2, TRUE, PDG_THEME_DARK },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PdgScene) scene = make_scene (cases[i].n_screens);
      g_autoptr (PdgTheme) theme = pdg_theme_new (cases[i].theme);
      PdgExportOptions options = PDG_EXPORT_OPTIONS_INIT;
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) bytes = NULL;
      cairo_surface_t *got, *wanted;
      int width, height;

      options.scale = cases[i].scale;
      options.transparent = cases[i].transparent;
      g_assert_true (pdg_export_get_size (scene, options.scale, &width, &height, NULL, &error));
      bytes = write_export (scene, theme, &options, NULL, NULL, &error);
      g_assert_no_error (error);
      got = read_png (bytes);
      wanted = draw_whole (scene, theme, &options, width, height);
      g_test_message ("%u screens at %g: %d x %d", cases[i].n_screens, options.scale, width, height);
      g_assert_cmpint (cairo_image_surface_get_format (got), ==, options.transparent ? CAIRO_FORMAT_ARGB32 : CAIRO_FORMAT_RGB24);
      g_assert_cmpint (get_difference (got, wanted, options.transparent), <=, options.transparent ? 1 : 0);
      cairo_surface_destroy (got);
      cairo_surface_destroy (wanted);
    }
}

/* Strips: 500 MB of pixels pass through a few. */
static void
test_png_memory (void)
{
  g_autoptr (PdgScene) scene = make_scene (300);
  g_autoptr (PdgTheme) theme = pdg_theme_new (PDG_THEME_LIGHT);
  PdgExportOptions options = PDG_EXPORT_OPTIONS_INIT;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFileIOStream) io = NULL;
  g_autoptr (GFile) file = g_file_new_tmp (NULL, &io, &error);
  struct rusage before, after;
  int width, height;

  g_assert_true (pdg_export_get_size (scene, options.scale, &width, &height, NULL, &error));
  getrusage (RUSAGE_SELF, &before);
  g_assert_true (pdg_export_write (scene, theme, &options, NULL, g_io_stream_get_output_stream (G_IO_STREAM (io)), NULL, &error));
  getrusage (RUSAGE_SELF, &after);
  g_test_message ("%d x %d pixels, %ld KiB more memory", width, height, after.ru_maxrss - before.ru_maxrss);
  g_assert_cmpint ((gint64) width * height * 4, >, 200 << 20);
  g_assert_cmpint (after.ru_maxrss - before.ru_maxrss, <, 48 << 10);
  g_file_delete (file, NULL, NULL);
}

static void
test_too_large (void)
{
  g_autoptr (PdgScene) scene = make_scene (600);
  g_autoptr (PdgScene) none = pdg_scene_new_part (scene, NULL, 0);
  g_autoptr (PdgTheme) theme = pdg_theme_new (PDG_THEME_LIGHT);
  PdgExportOptions options = PDG_EXPORT_OPTIONS_INIT;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  double fitting = 0;
  int width, height;

  options.scale = 3;
  bytes = write_export (scene, theme, &options, NULL, NULL, &error);
  g_assert_null (bytes);
  g_assert_error (error, PDG_EXPORT_ERROR, PDG_EXPORT_ERROR_TOO_LARGE);
  g_assert_true (g_pattern_match_simple ("At 3× this is * × * pixels, and a picture has at most 32767 each way: *× would do, or a selection, or SVG or PDF",
                                         error->message));
  g_clear_error (&error);
  g_assert_false (pdg_export_get_size (scene, 3, &width, &height, &fitting, NULL));
  g_assert_true (pdg_export_get_size (scene, fitting, &width, &height, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (MAX (width, height), <=, PDG_EXPORT_MAX_PIXELS);
  g_assert_false (pdg_export_get_size (scene, fitting + (fitting >= 1 ? 1 : 0.02), &width, &height, NULL, NULL));

  for (guint format = PDG_EXPORT_PNG; format <= PDG_EXPORT_PDF; format++)
    {
      options.format = (PdgExportFormat) format;
      options.scale = 1;
      g_assert_null (write_export (none, theme, &options, NULL, NULL, &error));
      g_assert_error (error, PDG_EXPORT_ERROR, PDG_EXPORT_ERROR_EMPTY);
      g_clear_error (&error);
    }
}

/* ---- SVG and PDF, as other programs read them ---- */

static GBytes *
run (GBytes *input, const char *const *argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process = g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  GBytes *output = NULL;

  g_assert_no_error (error);
  g_subprocess_communicate (process, input, NULL, &output, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_successful (process));
  return output;
}

static char *
dup_text (GBytes *bytes)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);

  return g_strndup (data, size);
}

/* Text of all <text> elements, a line each. */
static void
text_cb (GMarkupParseContext *context, const char *text, gsize len, gpointer user_data, GError **error)
{
  if (g_str_equal (g_markup_parse_context_get_element (context), "text"))
    g_string_append_printf (user_data, "%.*s\n", (int) len, text);
}

static char *
read_svg_text (GBytes *bytes)
{
  static const GMarkupParser parser = { NULL, NULL, text_cb, NULL, NULL };
  g_autoptr (GString) found = g_string_new (NULL);
  g_autoptr (GMarkupParseContext) context = g_markup_parse_context_new (&parser, 0, found, NULL);
  g_autoptr (GError) error = NULL;
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);

  g_markup_parse_context_parse (context, data, (gssize) size, &error);
  g_assert_no_error (error);
  g_markup_parse_context_end_parse (context, &error);
  g_assert_no_error (error);
  return g_string_free (g_steal_pointer (&found), FALSE);
}

static double
get_mean_difference (cairo_surface_t *a, cairo_surface_t *b)
{
  int width = MIN (cairo_image_surface_get_width (a), cairo_image_surface_get_width (b));
  int height = MIN (cairo_image_surface_get_height (a), cairo_image_surface_get_height (b));
  guint64 sum = 0;

  g_assert_cmpint (abs (cairo_image_surface_get_width (a) - cairo_image_surface_get_width (b)), <=, 1);
  g_assert_cmpint (abs (cairo_image_surface_get_height (a) - cairo_image_surface_get_height (b)), <=, 1);
  for (int y = 0; y < height; y++)
    {
      const guint8 *one = cairo_image_surface_get_data (a) + (gsize) y * (gsize) cairo_image_surface_get_stride (a);
      const guint8 *two = cairo_image_surface_get_data (b) + (gsize) y * (gsize) cairo_image_surface_get_stride (b);

      for (int i = 0; i < 4 * width; i++)
        sum += i % 4 != 3 ? (guint64) abs (one[i] - two[i]) : 0;
    }
  return (double) sum / (3.0 * width * height);
}

static void
test_vector (gconstpointer data)
{
  PdgExportFormat format = (PdgExportFormat) GPOINTER_TO_INT (data);
  static const char *const rsvg[] = { "rsvg-convert", "--unlimited", NULL };
  static const char *const raster[] = { "pdftoppm", "-r", "96", "-png", "-", NULL };
  static const char *const text_of[] = { "pdftotext", "-layout", "-", "-", NULL };
  g_autoptr (PdgScene) scene = make_scene (14);

  for (guint kind = PDG_THEME_LIGHT; kind <= PDG_THEME_DARK; kind++)
    {
      g_autoptr (PdgTheme) theme = pdg_theme_new ((PdgThemeKind) kind);
      PdgExportOptions options = PDG_EXPORT_OPTIONS_INIT;
      g_autoptr (GError) error = NULL;
      Watch watch = { 0 };
      g_autoptr (GBytes) png = write_export (scene, theme, &options, &(Watch){ 0 }, NULL, &error);
      g_autoptr (GBytes) file = NULL, drawn = NULL, words = NULL;
      g_autofree char *text = NULL;
      cairo_surface_t *wanted, *got;

      options.format = format;
      options.title = "A <shop> & more";
      file = write_export (scene, theme, &options, &watch, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (watch.n_asked, ==, 14);
      g_assert_cmpfloat (watch.done, ==, 1);
      words = format == PDG_EXPORT_PDF ? run (file, text_of) : NULL;
      text = format == PDG_EXPORT_PDF ? dup_text (words) : read_svg_text (file);
      g_assert_nonnull (strstr (text, "Shipping address"));
      g_assert_nonnull (strstr (text, "7,519 visits · exit 20 %"));
      g_assert_nonnull (strstr (text, "Order details and returns, all of them"));
      drawn = run (file, format == PDG_EXPORT_PDF ? raster : rsvg);
      wanted = read_png (png);
      got = read_png (drawn);
      g_test_message ("mean difference %.2f", get_mean_difference (wanted, got));
      g_assert_cmpfloat (get_mean_difference (wanted, got), <, MAX_MEAN_DIFFERENCE);
      cairo_surface_destroy (wanted);
      cairo_surface_destroy (got);
    }
}

/* Names that XML or the width of a card would break. */
static void
test_hard_text (void)
{
  g_autoptr (PdgJourneyGraph) graph = pdg_journey_graph_new ();
  PdgJourneyScreen odd = { .id = (char *) "a", .path = (char *) "/", .name = (char *) "<b>\"&\x01\x7f</b> 中文", .visits = 1 };
  g_autofree char *long_name = g_strnfill (70, 'w');
  PdgJourneyScreen wide = { .id = (char *) "b", .path = (char *) "/w", .name = long_name, .visits = 1 };
  g_autoptr (PdgTheme) theme = pdg_theme_new (PDG_THEME_LIGHT);
  PdgExportOptions options = PDG_EXPORT_OPTIONS_INIT;
  g_autoptr (PdgScene) scene = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) file = NULL;
  g_autofree char *text = NULL;

  pdg_journey_graph_add_screen (graph, &odd);
  pdg_journey_graph_add_screen (graph, &wide);
  scene = pdg_scene_new (graph, NULL);
  options.format = PDG_EXPORT_SVG;
  file = write_export (scene, theme, &options, NULL, NULL, &error);
  g_assert_no_error (error);
  text = read_svg_text (file);
  g_assert_nonnull (strstr (text, "<b>\"&  </b> 中文"));
  g_assert_nonnull (strstr (text, "wwwwww"));
  g_assert_nonnull (strstr (text, "…"));
  g_assert_null (strstr (text, wide.name));
}

/* ---- stopping ---- */

static void
test_cancel (void)
{
  g_autoptr (PdgScene) scene = make_scene (60);
  g_autoptr (PdgTheme) theme = pdg_theme_new (PDG_THEME_LIGHT);

  for (guint format = PDG_EXPORT_PNG; format <= PDG_EXPORT_PDF; format++)
    {
      PdgExportOptions options = PDG_EXPORT_OPTIONS_INIT;
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GError) error = NULL;
      Watch watch = { .cancel_after_first = cancellable };

      options.format = (PdgExportFormat) format;
      g_assert_null (write_export (scene, theme, &options, &watch, cancellable, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_cmpuint (watch.n_asked, <=, 1);
    }
}

/* ---- parts and boards ---- */

static void
test_part (void)
{
  g_autoptr (PdgScene) scene = make_scene (30);
  const guint32 cards[] = { 9, 2, 2, 5, 1000 };
  g_autoptr (PdgScene) part = pdg_scene_new_part (scene, cards, G_N_ELEMENTS (cards));
  guint n_among = 0;

  g_assert_cmpuint (pdg_scene_get_n_cards (part), ==, 3);
  for (guint i = 0; i < 3; i++)
    {
      const PdgJourneyScreen *screen = pdg_scene_get_screen (part, i);
      int card = pdg_scene_lookup_card (scene, screen->id);
      PdgRect here = pdg_scene_get_card_rect (part, i), there = pdg_scene_get_card_rect (scene, (guint) card);

      g_assert_true (card == 2 || card == 5 || card == 9);
      g_assert_true (here.x == there.x && here.y == there.y);
      g_assert_cmpuint (screen->visits, ==, pdg_scene_get_screen (scene, (guint) card)->visits);
    }
  for (guint i = 0; i < pdg_scene_get_n_edges (scene); i++)
    {
      const PdgSceneEdge *edge = pdg_scene_get_edge (scene, i);

      n_among += (edge->from == 2 || edge->from == 5 || edge->from == 9) && (edge->to == 2 || edge->to == 5 || edge->to == 9);
    }
  g_assert_cmpuint (n_among, >, 0);
  g_assert_cmpuint (pdg_scene_get_n_edges (part), ==, n_among);
}

/* By way of a file, a scene comes back as it was: each pixel. */
static void
test_board (void)
{
  g_autoptr (PdgScene) scene = make_scene (30);
  g_autoptr (PdgBoard) board = pdg_scene_dup_board (scene, NULL, "Shop", "7d", 1763800000000000);
  g_autoptr (GBytes) file = pdg_board_json_write (board);
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgBoard) read = pdg_board_json_read (file, &error);
  g_autoptr (PdgScene) again = NULL;
  g_autoptr (PdgBoard) board_again = NULL;
  g_autoptr (GBytes) file_again = NULL, one = NULL, two = NULL;
  g_autoptr (PdgTheme) theme = pdg_theme_new (PDG_THEME_LIGHT);
  PdgExportOptions options = PDG_EXPORT_OPTIONS_INIT;

  g_assert_no_error (error);
  again = pdg_scene_new_from_board (read);
  board_again = pdg_scene_dup_board (again, NULL, pdg_board_get_project (read), pdg_board_get_range (read), pdg_board_get_as_of (read));
  file_again = pdg_board_json_write (board_again);
  g_assert_true (g_bytes_equal (file, file_again));
  one = write_export (scene, theme, &options, NULL, NULL, NULL);
  two = write_export (again, theme, &options, NULL, NULL, NULL);
  g_assert_true (g_bytes_equal (one, two));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/canvas/export/png-memory", test_png_memory); /* first: it looks at the most memory ever taken */
  g_test_add_func ("/canvas/export/png", test_png);
  g_test_add_func ("/canvas/export/too-large", test_too_large);
  g_test_add_data_func ("/canvas/export/svg", GINT_TO_POINTER (PDG_EXPORT_SVG), test_vector);
  g_test_add_data_func ("/canvas/export/pdf", GINT_TO_POINTER (PDG_EXPORT_PDF), test_vector);
  g_test_add_func ("/canvas/export/hard-text", test_hard_text);
  g_test_add_func ("/canvas/export/cancel", test_cancel);
  g_test_add_func ("/canvas/export/part", test_part);
  g_test_add_func ("/canvas/export/board", test_board);
  return g_test_run ();
}
