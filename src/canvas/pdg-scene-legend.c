#include "config.h"
#include "canvas/pdg-scene-legend.h"

#include "canvas/pdg-scene-draw-private.h"

#include <math.h>

#define PADDING      PDG_SPACE_BETWEEN
#define LINE_LENGTH  40.0
#define ROW_HEIGHT   20.0
#define LINE_GAP     4.0
#define GLYPH        7.0

static const char title[] = "Moves between screens";

/* As the edges are routed: loops are as wide as they are. */
static guint32
get_most (const PdgScene *scene)
{
  for (guint i = 0; i < scene->n_edges; i++)
    if (scene->edges[i].kind != PDG_EDGE_LOOP)
      return MAX (scene->edges[i].count, 1);
  return 1;
}

/* The largest of 1, 2, 5, 10, 20, … that is not above @count. */
static guint32
round_down (guint32 count)
{
  static const guint64 digits[] = { 5, 2, 1 };
  guint64 power = 1;

  while (count / 10 >= power)
    power *= 10;
  for (guint i = 0; i < G_N_ELEMENTS (digits); i++)
    if (digits[i] * power <= count)
      return (guint32) (digits[i] * power);
  return 1;
}

guint
pdg_scene_get_legend (const PdgScene *scene, PdgLegendStep steps[PDG_LEGEND_MAX_STEPS])
{
  guint n = 0;

  if (scene->n_edges == 0)
    return 0;
  for (guint32 most = get_most (scene), count = round_down (most); n < PDG_LEGEND_MAX_STEPS; count = round_down (count / 5))
    {
      steps[n++] = (PdgLegendStep) { count, PDG_EDGE_MIN_WIDTH + (PDG_EDGE_MAX_WIDTH - PDG_EDGE_MIN_WIDTH) * sqrt ((double) count / most) };
      if (count < 5)
        break;
    }
  return n;
}

double
pdg_scene_get_usual_share (const PdgScene *scene)
{
  double sum = 0, weight = 0;

  for (guint i = 0; i < scene->n_edges; i++)
    if (!scene->routes[i].quiet)
      {
        sum += scene->edges[i].share * scene->edges[i].count;
        weight += scene->edges[i].count;
      }
  return weight > 0 ? sum / weight : 0;
}

/* "▲ above 42 %"; the glyph is drawn. */
static void
format_side (const PdgSceneStyle *style, gboolean above, char *text, gsize size)
{
  char percent[16];

  pdg_format_percent (style->tint_reference, percent, sizeof percent);
  g_snprintf (text, size, above ? "%s go on, or more" : "fewer than %s", percent);
}

/* As high as its line is wide. */
static double
get_row_height (const PdgLegendStep *step, double zoom)
{
  return MAX (ROW_HEIGHT, ceil (pdg_edge_width_at (step->width, zoom)) + LINE_GAP);
}

void
pdg_scene_measure_legend (const PdgScene *scene, double zoom, const PdgTheme *theme, const PdgSceneStyle *style, int *width, int *height)
{
  PdgLegendStep steps[PDG_LEGEND_MAX_STEPS];
  guint n_steps = pdg_scene_get_legend (scene, steps);
  double rows = ROW_HEIGHT;
  double widest = pdg_text_measure (theme, PDG_TEXT_LABEL, title);

  if (style->edge_tint == PDG_EDGE_TINT_CONVERSION)
    for (gboolean above = FALSE; above <= TRUE; above++)
      {
        char text[48];

        format_side (style, above, text, sizeof text);
        widest = MAX (widest, GLYPH + PDG_SPACE_INSIDE + pdg_text_measure (theme, PDG_TEXT_LABEL, text));
        rows += ROW_HEIGHT;
      }
  *width = (int) ceil (widest + 2 * PADDING);
  for (guint i = 0; i < n_steps; i++)
    rows += get_row_height (&steps[i], zoom);
  *height = (int) ceil (rows + 2 * PDG_SPACE_INSIDE);
}

static void
draw_text (cairo_t *cr, const PdgTheme *theme, const char *text, double x, double middle, int scale_factor, PdgColor color)
{
  pdg_text_draw (cr, theme, PDG_TEXT_LABEL, text, x, middle + 4, -1, 1, scale_factor, pdg_theme_get (theme, color));
}

static void
draw_step (cairo_t *cr, const PdgTheme *theme, const PdgLegendStep *step, double zoom, double middle, int scale_factor)
{
  char count[24];

  cairo_set_line_width (cr, pdg_edge_width_at (step->width, zoom));
  pdg_draw_set_source (cr, pdg_theme_get (theme, PDG_COLOR_EDGE));
  cairo_move_to (cr, PADDING, middle);
  cairo_line_to (cr, PADDING + LINE_LENGTH, middle);
  cairo_stroke (cr);
  g_snprintf (count, sizeof count, step->count >= 1000000 ? "%.0f M" : step->count >= 10000 ? "%.0f k" : "%.0f",
              step->count >= 1000000 ? step->count / 1e6 : step->count >= 10000 ? step->count / 1e3 : step->count);
  draw_text (cr, theme, count, PADDING + LINE_LENGTH + PDG_SPACE_INSIDE, middle, scale_factor, PDG_COLOR_TEXT);
}

static void
draw_side (cairo_t *cr, const PdgTheme *theme, const PdgSceneStyle *style, gboolean above, double middle, int scale_factor)
{
  double tip = above ? -GLYPH / 2 : GLYPH / 2;
  char text[48];

  pdg_draw_set_source (cr, pdg_theme_get (theme, above ? PDG_COLOR_GOOD : PDG_COLOR_BAD));
  cairo_move_to (cr, PADDING + GLYPH / 2, middle + tip);
  cairo_line_to (cr, PADDING + GLYPH, middle - tip);
  cairo_line_to (cr, PADDING, middle - tip);
  cairo_close_path (cr);
  cairo_fill (cr);
  format_side (style, above, text, sizeof text);
  draw_text (cr, theme, text, PADDING + GLYPH + PDG_SPACE_INSIDE, middle, scale_factor, PDG_COLOR_TEXT);
}

void
pdg_scene_draw_legend (const PdgScene *scene, cairo_t *cr, double zoom, int scale_factor, const PdgTheme *theme, const PdgSceneStyle *style)
{
  PdgLegendStep steps[PDG_LEGEND_MAX_STEPS];
  guint n = pdg_scene_get_legend (scene, steps);
  double top = PDG_SPACE_INSIDE + ROW_HEIGHT;

  draw_text (cr, theme, title, PADDING, top - ROW_HEIGHT / 2, scale_factor, PDG_COLOR_TEXT_2);
  for (guint i = 0; i < n; i++)
    {
      double height = get_row_height (&steps[i], zoom);

      draw_step (cr, theme, &steps[i], zoom, top + height / 2, scale_factor);
      top += height;
    }
  if (style->edge_tint != PDG_EDGE_TINT_CONVERSION)
    return;
  draw_side (cr, theme, style, TRUE, top + ROW_HEIGHT / 2, scale_factor);
  draw_side (cr, theme, style, FALSE, top + 3 * ROW_HEIGHT / 2, scale_factor);
}
