#include "config.h"
#include "canvas/pdg-text.h"

#include "canvas/pdg-camera.h"

#include <math.h>
#include <pango/pangocairo.h>

/* Kept layouts of one style and thread; beyond it all are dropped and made again as needed. */
#define MAX_KEPT 2048
#define MASK_PAD 2

/* One way to set a text: whole, or cut off at a width. */
typedef struct
{
  PangoLayout *layout;
  double limit;
  cairo_surface_t *mask;
  int mask_scale;
} Setting;

typedef struct
{
  char *text;
  double width;
  double baseline;
  double height;
  Setting whole;
  Setting cut;
} Line;

typedef struct
{
  PangoContext *context;
  PangoAttrList *attributes;
  PangoFontDescription *fonts[PDG_N_TEXTS];
  GHashTable *lines[PDG_N_TEXTS];   /* text (of the line) -> Line */
} TextCache;

static const struct
{
  double size;
  PangoWeight weight;
} text_styles[PDG_N_TEXTS] = {
  [PDG_TEXT_TITLE] = { PDG_FONT_SIZE_BASE, PANGO_WEIGHT_SEMIBOLD },
  [PDG_TEXT_TITLE_SMALL] = { PDG_FONT_SIZE_TINY, PANGO_WEIGHT_SEMIBOLD },
  [PDG_TEXT_SECOND] = { PDG_FONT_SIZE_SMALL, PANGO_WEIGHT_NORMAL },
  [PDG_TEXT_LABEL] = { PDG_FONT_SIZE_TINY, PANGO_WEIGHT_NORMAL },
  [PDG_TEXT_INITIAL] = { 2 * PDG_FONT_SIZE_DISPLAY, PANGO_WEIGHT_SEMIBOLD },
};

static void
setting_clear (Setting *setting)
{
  g_clear_object (&setting->layout);
  g_clear_pointer (&setting->mask, cairo_surface_destroy);
}

static void
line_free (gpointer data)
{
  Line *line = data;

  setting_clear (&line->whole);
  setting_clear (&line->cut);
  g_free (line->text);
  g_free (line);
}

static void
text_cache_free (gpointer data)
{
  TextCache *cache = data;

  for (guint i = 0; i < PDG_N_TEXTS; i++)
    {
      g_hash_table_unref (cache->lines[i]);
      pango_font_description_free (cache->fonts[i]);
    }
  pango_attr_list_unref (cache->attributes);
  g_object_unref (cache->context);
  g_free (cache);
}

static TextCache *
text_cache_new (const PdgTheme *theme)
{
  TextCache *cache = g_new0 (TextCache, 1);
  cairo_font_options_t *options = cairo_font_options_create ();

  /* Widths must not jump between zooms. */
  cairo_font_options_set_hint_style (options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics (options, CAIRO_HINT_METRICS_OFF);
  cairo_font_options_set_antialias (options, CAIRO_ANTIALIAS_GRAY);
  cache->context = pango_font_map_create_context (pango_cairo_font_map_get_default ());
  pango_cairo_context_set_font_options (cache->context, options);
  pango_cairo_context_set_resolution (cache->context, 96);
  pango_context_set_round_glyph_positions (cache->context, FALSE);
  cairo_font_options_destroy (options);

  cache->attributes = pango_attr_list_new ();
  pango_attr_list_insert (cache->attributes, pango_attr_font_features_new ("tnum=1"));
  for (guint i = 0; i < PDG_N_TEXTS; i++)
    {
      cache->fonts[i] = pango_font_description_new ();
      pango_font_description_set_family (cache->fonts[i], pdg_theme_get_font_family (theme));
      pango_font_description_set_weight (cache->fonts[i], text_styles[i].weight);
      pango_font_description_set_absolute_size (cache->fonts[i], text_styles[i].size * PANGO_SCALE);
      cache->lines[i] = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, line_free);
    }
  return cache;
}

static TextCache *
ensure_cache (const PdgTheme *theme)
{
  static GPrivate private_cache = G_PRIVATE_INIT (text_cache_free);
  TextCache *cache = g_private_get (&private_cache);

  if (cache == NULL)
    {
      cache = text_cache_new (theme);
      g_private_set (&private_cache, cache);
    }
  return cache;
}

static PangoLayout *
make_layout (TextCache *cache, PdgTextStyle style, const char *text)
{
  PangoLayout *layout = pango_layout_new (cache->context);

  pango_layout_set_font_description (layout, cache->fonts[style]);
  pango_layout_set_attributes (layout, cache->attributes);
  pango_layout_set_single_paragraph_mode (layout, TRUE);
  pango_layout_set_text (layout, text, -1);
  return layout;
}

static Line *
ensure_line (const PdgTheme *theme, PdgTextStyle style, const char *text)
{
  TextCache *cache = ensure_cache (theme);
  Line *line = g_hash_table_lookup (cache->lines[style], text);
  int width, height;

  if (line != NULL)
    return line;
  if (g_hash_table_size (cache->lines[style]) >= MAX_KEPT)
    g_hash_table_remove_all (cache->lines[style]);

  line = g_new0 (Line, 1);
  line->text = g_strdup (text);
  line->whole.layout = make_layout (cache, style, text);
  pango_layout_get_size (line->whole.layout, &width, &height);
  line->width = (double) width / PANGO_SCALE;
  line->height = (double) height / PANGO_SCALE;
  line->baseline = (double) pango_layout_get_baseline (line->whole.layout) / PANGO_SCALE;
  g_hash_table_insert (cache->lines[style], line->text, line);
  return line;
}

double
pdg_text_measure (const PdgTheme *theme, PdgTextStyle style, const char *text)
{
  return ensure_line (theme, style, text)->width;
}

/* The setting of @line for @limit, made anew when the cut is at another place. */
static Setting *
ensure_setting (const PdgTheme *theme, PdgTextStyle style, Line *line, double limit)
{
  if (limit < 0 || line->width <= limit)
    return &line->whole;
  if (line->cut.layout == NULL)
    {
      line->cut.layout = make_layout (ensure_cache (theme), style, line->text);
      pango_layout_set_ellipsize (line->cut.layout, PANGO_ELLIPSIZE_END);
      line->cut.limit = -1;
    }
  if (line->cut.limit != limit)
    {
      pango_layout_set_width (line->cut.layout, (int) (limit * PANGO_SCALE));
      line->cut.limit = limit;
      g_clear_pointer (&line->cut.mask, cairo_surface_destroy);
    }
  return &line->cut;
}

/* Cairo 1.16 puts glyphs on whole pixels, which makes small type uneven; outlines keep their places. */
static cairo_surface_t *
ensure_mask (const Line *line, Setting *setting, int scale_factor)
{
  double wanted = setting->limit > 0 ? setting->limit : line->width;
  int width = (int) ceil (wanted) + 2 * MASK_PAD;
  int height = (int) ceil (line->height) + 2 * MASK_PAD;

  if (setting->mask != NULL && setting->mask_scale == scale_factor)
    return setting->mask;
  g_clear_pointer (&setting->mask, cairo_surface_destroy);
  setting->mask = cairo_image_surface_create (CAIRO_FORMAT_A8, width * scale_factor, height * scale_factor);
  setting->mask_scale = scale_factor;
  cairo_surface_set_device_scale (setting->mask, scale_factor, scale_factor);

  cairo_t *cr = cairo_create (setting->mask);

  /* The baseline lies on a whole pixel. */
  cairo_move_to (cr, MASK_PAD, MASK_PAD + ceil (line->baseline) - line->baseline);
  pango_cairo_layout_path (cr, setting->layout);
  cairo_fill (cr);
  cairo_destroy (cr);
  return setting->mask;
}

gboolean
pdg_text_is_vector (cairo_t *cr)
{
  switch (cairo_surface_get_type (cairo_get_target (cr)))
    {
    case CAIRO_SURFACE_TYPE_PDF:
    case CAIRO_SURFACE_TYPE_PS:
    case CAIRO_SURFACE_TYPE_SVG:
    case CAIRO_SURFACE_TYPE_SCRIPT:
      return TRUE;
    default:
      return FALSE;
    }
}

static cairo_user_data_key_t gather_key;

static void
text_line_clear (gpointer data)
{
  PdgTextLine *line = data;

  g_free (line->text);
}

GArray *
pdg_text_new_lines (void)
{
  GArray *lines = g_array_new (FALSE, TRUE, sizeof (PdgTextLine));

  g_array_set_clear_func (lines, text_line_clear);
  return lines;
}

void
pdg_text_gather (cairo_surface_t *surface, GArray *lines)
{
  cairo_surface_set_user_data (surface, &gather_key, lines, NULL);
}

/* What of @text is seen within @limit, with the ellipsis. (transfer full) */
static char *
dup_cut (const PdgTheme *theme, PdgTextStyle style, const char *text, double limit)
{
  glong low = 0, high = g_utf8_strlen (text, -1);

  while (low < high)
    {
      glong middle = low + (high - low + 1) / 2;
      g_autofree char *start = g_utf8_substring (text, 0, middle);
      g_autofree char *cut = g_strconcat (start, "…", NULL);

      if (pdg_text_measure (theme, style, cut) <= limit)
        low = middle;
      else
        high = middle - 1;
    }
  {
    g_autofree char *start = g_utf8_substring (text, 0, low);

    return g_strconcat (start, "…", NULL);
  }
}

static void
gather_line (GArray *lines, cairo_t *cr, const PdgTheme *theme, PdgTextStyle style, const char *text, double x, double baseline,
             double limit, double scale, const PdgRgba *color)
{
  gboolean whole = limit < 0 || pdg_text_measure (theme, style, text) <= limit;
  PdgTextLine line = { .text = whole ? g_strdup (text) : dup_cut (theme, style, text, limit), .color = *color };
  double unit = scale, zero = 0;

  cairo_user_to_device_distance (cr, &zero, &unit);
  cairo_user_to_device (cr, &x, &baseline);
  line.x = x;
  line.baseline = baseline;
  line.size = text_styles[style].size * unit;
  line.width = pdg_text_measure (theme, style, line.text) * unit;
  line.semibold = text_styles[style].weight == PANGO_WEIGHT_SEMIBOLD;
  g_array_append_val (lines, line);
}

void
pdg_text_draw (cairo_t *cr, const PdgTheme *theme, PdgTextStyle style, const char *text, double x, double baseline,
               double max_width, double scale, int scale_factor, const PdgRgba *color)
{
  Line *line = ensure_line (theme, style, text);

  /* Cut at whole pixels, so that a slow zoom does not set the line anew each frame. */
  double limit = max_width < 0 ? -1 : floor (max_width / scale);
  Setting *setting = ensure_setting (theme, style, line, limit);

  GArray *lines = cairo_surface_get_user_data (cairo_get_target (cr), &gather_key);
  gboolean is_text = style != PDG_TEXT_INITIAL; /* that one is a picture of a letter */

  if (max_width >= 0 && limit < 8)
    return;
  if (lines != NULL && is_text)
    {
      gather_line (lines, cr, theme, style, text, x, baseline, limit, scale, color);
      return;
    }
  cairo_set_source_rgba (cr, color->red, color->green, color->blue, color->alpha);
  if (scale == 1 && !pdg_text_is_vector (cr))
    {
      cairo_mask_surface (cr, ensure_mask (line, setting, scale_factor), pdg_snap (x, scale_factor) - MASK_PAD,
                          pdg_snap (baseline, scale_factor) - MASK_PAD - ceil (line->baseline));
      return;
    }
  cairo_save (cr);
  cairo_translate (cr, x, baseline);
  cairo_scale (cr, scale, scale);
  cairo_move_to (cr, 0, -line->baseline);
  if (pdg_text_is_vector (cr) && is_text)
    pango_cairo_show_layout (cr, setting->layout);
  else
    {
      pango_cairo_layout_path (cr, setting->layout);
      cairo_fill (cr);
    }
  cairo_restore (cr);
}
