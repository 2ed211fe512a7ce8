#include "config.h"
#include "canvas/pdg-scene-closeup.h"

#include "canvas/pdg-scene-draw-private.h"

#include <math.h>

/* Logical pixels. */
#define MARGIN 8.0        /* to the picture's sides */
#define PADDING 12.0
#define COLUMN_GAP 24.0
#define COLUMN_MIN 180.0
#define ROW 19.0
#define BASELINE 14.0     /* below a row's top */
#define INDENT 12.0
#define MIN_WIDTH (COLUMN_MIN + 2 * PADDING)
#define MIN_HEIGHT (2 * ROW + 2 * PADDING)

#define MAX_SHARE 0.55    /* of the picture, and of what is in sight of it */
#define VALUE_SHARE 0.55  /* of a column */
#define GROUND_ALPHA 0.96
#define N_BONES 4

/* 0 far away, 1 open. */
static double
get_opening (double zoom)
{
  double t = CLAMP ((zoom - PDG_CLOSEUP_MIN_ZOOM) / (PDG_CLOSEUP_FULL_ZOOM - PDG_CLOSEUP_MIN_ZOOM), 0, 1);

  return t * t * (3 - 2 * t);
}

gboolean
pdg_scene_get_closeup_rect (const PdgScene *scene, guint card, const PdgCamera *camera, int width, int height, int bottom_inset,
                            PdgRect *rect)
{
  double opening = get_opening (camera->zoom);
  PdgRect world = pdg_scene_get_picture_rect (scene, card);
  PdgRect picture = pdg_camera_rect_to_screen (camera, &world);
  double left = MAX (picture.x, 0) + MARGIN, right = MIN (picture.x + picture.width, width) - MARGIN;
  double top = MAX (picture.y, 0) + MARGIN, bottom = MIN (picture.y + picture.height, height - bottom_inset) - MARGIN;
  double full = MIN (bottom - top, picture.height) * MAX_SHARE;

  if (opening <= 0 || right - left < MIN_WIDTH || full < MIN_HEIGHT)
    return FALSE;
  *rect = (PdgRect) { left, bottom - full * opening, right - left, full * opening };
  return TRUE;
}

/* No higher than its lines. */
static double
get_height (const PdgRect *rect, const PdgCloseup *closeup)
{
  guint n_rows = closeup == NULL ? N_BONES : 1;

  for (guint i = 0; closeup != NULL && closeup->message == NULL && i < PDG_CLOSEUP_COLUMNS; i++)
    n_rows = MAX (n_rows, closeup->columns[i].n_lines);
  return MIN (rect->height, n_rows * ROW + 2 * PADDING);
}

/* How many rows of the column are drawn, of @room; where not all of them have one, the last says how many are missing. */
static guint
count_rows (guint n_lines, guint room)
{
  return n_lines <= room ? n_lines : MAX (room, 1) - 1;
}

static void
draw_line (cairo_t *cr, const PdgCloseupLine *line, double x, double baseline, double width, int scale_factor, const PdgTheme *theme)
{
  double indent = MIN (line->indent * INDENT, width / 2), value_width = 0;
  PdgTextStyle style = line->heading ? PDG_TEXT_TITLE_SMALL : PDG_TEXT_LABEL;

  if (line->value != NULL)
    {
      value_width = MIN (pdg_text_measure (theme, PDG_TEXT_LABEL, line->value), width * VALUE_SHARE);
      pdg_text_draw (cr, theme, PDG_TEXT_LABEL, line->value, x + width - value_width, baseline, value_width + 1, 1, scale_factor,
                     pdg_theme_get (theme, line->bad ? PDG_COLOR_BAD : PDG_COLOR_TEXT_2));
      value_width += PDG_SPACE_INSIDE;
    }
  pdg_text_draw (cr, theme, style, line->text, x + indent, baseline, width - indent - value_width, 1, scale_factor,
                 pdg_theme_get (theme, line->heading ? PDG_COLOR_TEXT_2 : PDG_COLOR_TEXT));
}

static void
draw_column (cairo_t *cr, const PdgCloseupColumn *column, double x, double top, double width, guint room, int scale_factor,
             const PdgTheme *theme)
{
  guint n = count_rows (column->n_lines, room);

  for (guint i = 0; i < n; i++)
    draw_line (cr, &column->lines[i], x, top + i * ROW + BASELINE, width, scale_factor, theme);
  if (n < column->n_lines)
    {
      char more[32];

      g_snprintf (more, sizeof more, "and %u more", column->n_lines - n);
      pdg_text_draw (cr, theme, PDG_TEXT_LABEL, more, x, top + n * ROW + BASELINE, width, 1, scale_factor,
                     pdg_theme_get (theme, PDG_COLOR_TEXT_3));
    }
}

/* What stands for lines that are not there yet. */
static void
draw_bones (cairo_t *cr, double x, double top, double width, guint room, const PdgTheme *theme)
{
  static const double shares[N_BONES] = { 0.3, 0.75, 0.6, 0.7 };

  pdg_draw_set_source (cr, pdg_theme_get (theme, PDG_COLOR_LINE));
  for (guint i = 0; i < MIN (room, N_BONES); i++)
    {
      pdg_draw_rounded (cr, x, top + i * ROW + 5, width * shares[i], 9, 4);
      cairo_fill (cr);
    }
}

static void
draw_ground (cairo_t *cr, const PdgRect *rect, int scale_factor, const PdgTheme *theme)
{
  double pixel = 1.0 / scale_factor;
  PdgRgba ground = *pdg_theme_get (theme, PDG_COLOR_RAISED);

  for (guint i = 1; i <= 2; i++)
    {
      pdg_draw_rounded (cr, rect->x, rect->y + i, rect->width, rect->height, PDG_RADIUS_CARD);
      pdg_draw_set_source (cr, pdg_theme_get (theme, PDG_COLOR_SHADOW));
      cairo_fill (cr);
    }
  ground.alpha = GROUND_ALPHA;
  pdg_draw_rounded (cr, rect->x, rect->y, rect->width, rect->height, PDG_RADIUS_CARD);
  pdg_draw_set_source (cr, &ground);
  cairo_fill (cr);
  pdg_draw_rounded (cr, rect->x + pixel / 2, rect->y + pixel / 2, rect->width - pixel, rect->height - pixel, PDG_RADIUS_CARD - pixel / 2);
  pdg_draw_set_source (cr, pdg_theme_get (theme, PDG_COLOR_LINE));
  cairo_set_line_width (cr, pixel);
  cairo_stroke (cr);
}

static void
draw_columns (cairo_t *cr, const PdgRect *inside, const PdgCloseup *closeup, int scale_factor, const PdgTheme *theme)
{
  guint n = (guint) CLAMP ((inside->width + COLUMN_GAP) / (COLUMN_MIN + COLUMN_GAP), 1, PDG_CLOSEUP_COLUMNS);
  double width = (inside->width - (n - 1) * COLUMN_GAP) / n;
  guint room = (guint) MAX (inside->height / ROW, 0);

  for (guint i = 0; i < n && room > 0; i++)
    {
      double x = pdg_snap (inside->x + i * (width + COLUMN_GAP), scale_factor);

      if (closeup == NULL)
        draw_bones (cr, x, inside->y, width, room, theme);
      else
        draw_column (cr, &closeup->columns[i], x, inside->y, width, room, scale_factor, theme);
    }
}

void
pdg_scene_draw_closeup (cairo_t *cr, const PdgRect *rect, const PdgCloseup *closeup, const PdgCamera *camera, int scale_factor,
                        const PdgTheme *theme)
{
  double opening = get_opening (camera->zoom);
  double left = pdg_snap (rect->x, scale_factor), top = pdg_snap (rect->y + rect->height - get_height (rect, closeup), scale_factor);
  double bottom = pdg_snap (rect->y + rect->height, scale_factor);
  PdgRect ground;
  PdgRect inside;

  if (opening <= 0)
    return;
  ground = (PdgRect) { left, top, pdg_snap (rect->x + rect->width, scale_factor) - left, bottom - top };
  inside = (PdgRect) { left + PADDING, top + PADDING, ground.width - 2 * PADDING, ground.height - 2 * PADDING };
  cairo_save (cr);
  if (opening < 1)
    cairo_push_group (cr);
  draw_ground (cr, &ground, scale_factor, theme);
  if (closeup != NULL && closeup->message != NULL)
    pdg_text_draw (cr, theme, PDG_TEXT_LABEL, closeup->message, inside.x, inside.y + BASELINE, inside.width, 1, scale_factor,
                   pdg_theme_get (theme, PDG_COLOR_TEXT_2));
  else
    draw_columns (cr, &inside, closeup, scale_factor, theme);
  if (opening < 1)
    {
      cairo_pop_group_to_source (cr);
      cairo_paint_with_alpha (cr, opening);
    }
  cairo_restore (cr);
}
