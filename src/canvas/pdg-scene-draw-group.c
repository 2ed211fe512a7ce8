#include "config.h"
#include "canvas/pdg-scene-draw-private.h"

#include <math.h>

#define FRAME_RADIUS 16.0
#define FRAME_MIN_PX 6.0
/* A frame that is larger than the view is cut off so far outside of it. */
#define BEYOND_PX 64.0

/* Titles in logical pixels, the same at every zoom. */
#define TITLE_HEIGHT 24.0
#define TITLE_GAP 6.0
#define TITLE_PADDING 8.0
#define TITLE_MIN_PX 44.0
#define TITLE_MAX_PX 420.0
#define CHEVRON 22.0
#define EDGE 8.0
#define STACK_STEP 5.0

/* ---- frames: they lie still, under everything ---- */

static void
draw_frame (const PdgDraw *draw, const PdgRect *world)
{
  PdgRect rect = pdg_camera_rect_to_screen (&draw->camera, world);
  double left = MAX (pdg_snap (rect.x, draw->scale_factor), -BEYOND_PX);
  double top = MAX (pdg_snap (rect.y, draw->scale_factor), -BEYOND_PX);
  double right = MIN (pdg_snap (rect.x + rect.width, draw->scale_factor), draw->width + BEYOND_PX);
  double bottom = MIN (pdg_snap (rect.y + rect.height, draw->scale_factor), draw->height + BEYOND_PX);
  double radius = FRAME_RADIUS * MIN (1, sqrt (draw->camera.zoom)), half = 0.5 / draw->scale_factor;
  PdgRgba fill = *pdg_theme_get (draw->theme, PDG_COLOR_TEXT);

  if (right - left < FRAME_MIN_PX || bottom - top < FRAME_MIN_PX)
    return;
  fill.alpha = pdg_theme_get_kind (draw->theme) == PDG_THEME_DARK ? 0.045 : 0.035;
  pdg_draw_rounded (draw->cr, left, top, right - left, bottom - top, radius);
  pdg_draw_set_source (draw->cr, &fill);
  cairo_fill (draw->cr);
  pdg_draw_rounded (draw->cr, left + half, top + half, right - left - 2 * half, bottom - top - 2 * half, radius - half);
  pdg_draw_set_source (draw->cr, pdg_theme_get (draw->theme, PDG_COLOR_LINE));
  cairo_set_line_width (draw->cr, 2 * half);
  cairo_stroke (draw->cr);
}

void
pdg_draw_frames (const PdgDraw *draw)
{
  PdgRect reach = pdg_rect_expand (&draw->visible, BEYOND_PX / draw->camera.zoom);
  guint n = 0;
  const PdgGroup *groups = draw->scene->grouping != NULL ? pdg_grouping_get_groups (draw->scene->grouping, &n) : NULL;

  for (guint i = 0; i < n; i++)
    if (!groups[i].folded && draw->scene->group_rects[i].width > 0 && pdg_rect_intersects (&draw->scene->group_rects[i], &reach))
      draw_frame (draw, &draw->scene->group_rects[i]);
}

void
pdg_draw_stack (const PdgDraw *draw, double x, double y, double width, double radius)
{
  double step = STACK_STEP * CLAMP (width / 160, 0.4, pdg_text_scale (draw->camera.zoom));
  double half = 0.5 / draw->scale_factor;

  for (int i = 2; i > 0; i--)
    {
      double inset = pdg_snap (1.6 * step * i, draw->scale_factor), up = pdg_snap (step * i, draw->scale_factor);
      PdgRgba fill = pdg_rgba_mix (pdg_theme_get (draw->theme, PDG_COLOR_SURFACE), pdg_theme_get (draw->theme, PDG_COLOR_TEXT), 0.05 * i);

      pdg_draw_rounded (draw->cr, x + inset + half, y - up + half, width - 2 * inset - 2 * half, 3 * radius + up, radius);
      pdg_draw_set_source (draw->cr, &fill);
      cairo_fill_preserve (draw->cr);
      pdg_draw_set_source (draw->cr, pdg_theme_get (draw->theme, PDG_COLOR_LINE));
      cairo_set_line_width (draw->cr, 2 * half);
      cairo_stroke (draw->cr);
    }
}

/* ---- titles: above the scene, in view as long as their group is ---- */

typedef struct
{
  const char *title; /* nullable */
  char second[96];   /* may be empty */
  double title_width;
  double second_width;
  PdgRect rect;
} Title;

/* The longest that fits. */
static void
choose_text (const PdgTheme *theme, const PdgGroup *group, double room, Title *title)
{
  char visits[16], screens[16], exits[16];
  double chrome = CHEVRON + TITLE_PADDING;

  pdg_scene_format_count (group->n_members, screens, sizeof screens);
  pdg_scene_format_count (group->visits, visits, sizeof visits);
  pdg_format_percent (group->visits > 0 ? (double) group->exits / group->visits : 0, exits, sizeof exits);
  title->title = group->folded ? NULL : group->title;
  title->title_width = title->title != NULL ? ceil (pdg_text_measure (theme, PDG_TEXT_TITLE, title->title)) : -TITLE_PADDING;
  for (int form = group->folded ? 2 : 0; form < 4; form++)
    {
      if (form == 0)
        g_snprintf (title->second, sizeof title->second, "%s screens · %s visits · exit %s", screens, visits, exits);
      else if (form == 1)
        g_snprintf (title->second, sizeof title->second, "%s screens · %s visits", screens, visits);
      else if (form == 2)
        g_snprintf (title->second, sizeof title->second, "%s screens", screens);
      else
        g_snprintf (title->second, sizeof title->second, "%s", group->folded ? screens : "");
      title->second_width = *title->second != '\0' ? ceil (pdg_text_measure (theme, PDG_TEXT_LABEL, title->second)) : -TITLE_PADDING;
      if (chrome + title->title_width + TITLE_PADDING + title->second_width <= room)
        break;
    }
  title->title_width = MIN (title->title_width, room - chrome - TITLE_PADDING - title->second_width);
  title->rect.width = chrome + title->title_width + TITLE_PADDING + title->second_width;
}

static gboolean
get_title (const PdgScene *scene, guint index, const PdgCamera *camera, int width, int height, gboolean keep, const PdgTheme *theme, Title *title)
{
  guint n;
  const PdgGroup *group = &pdg_grouping_get_groups (scene->grouping, &n)[index];
  PdgRect rect = pdg_camera_rect_to_screen (camera, &scene->group_rects[index]);
  double above = TITLE_GAP + (group->folded ? 2 * STACK_STEP * pdg_text_scale (camera->zoom) : 0);

  if (rect.width < TITLE_MIN_PX || rect.x > width || rect.x + rect.width < 0 || rect.y - above - TITLE_HEIGHT > height || rect.y + rect.height < 0)
    return FALSE;
  choose_text (theme, group, MIN (rect.width, TITLE_MAX_PX), title);
  title->rect.height = TITLE_HEIGHT;
  title->rect.x = rect.x;
  title->rect.y = rect.y - above - TITLE_HEIGHT;
  if (keep)
    {
      title->rect.x = MAX (rect.x, MIN (EDGE, rect.x + rect.width - title->rect.width));
      title->rect.y = MAX (title->rect.y, MIN (EDGE, rect.y + rect.height - TITLE_HEIGHT));
    }
  return TRUE;
}

gboolean
pdg_scene_get_title_rect (const PdgScene *scene, guint group, const PdgCamera *camera, int width, int height, const PdgTheme *theme,
                          PdgRect *rect)
{
  PdgRect world;
  Title title;

  if (!pdg_scene_get_group_rect (scene, group, &world) || !get_title (scene, group, camera, width, height, TRUE, theme, &title))
    return FALSE;
  *rect = title.rect;
  return TRUE;
}

int
pdg_scene_hit_title (const PdgScene *scene, double x, double y, const PdgCamera *camera, int width, int height, const PdgTheme *theme,
                     gboolean *on_chevron)
{
  guint n = 0;

  if (scene->grouping != NULL)
    pdg_grouping_get_groups (scene->grouping, &n);
  for (guint i = 0; i < n; i++)
    {
      PdgRect rect;

      if (!pdg_scene_get_title_rect (scene, i, camera, width, height, theme, &rect) || x < rect.x || y < rect.y || x >= rect.x + rect.width ||
          y >= rect.y + rect.height)
        continue;
      *on_chevron = x < rect.x + CHEVRON;
      return (int) i;
    }
  return -1;
}

static void
draw_chevron (const PdgDraw *draw, double x, double y, gboolean folded)
{
  double a = folded ? 2 : 4, b = folded ? 4 : 2;

  if (folded)
    {
      cairo_move_to (draw->cr, x - a, y - b);
      cairo_line_to (draw->cr, x + a, y);
      cairo_line_to (draw->cr, x - a, y + b);
    }
  else
    {
      cairo_move_to (draw->cr, x - a, y - b);
      cairo_line_to (draw->cr, x, y + b);
      cairo_line_to (draw->cr, x + a, y - b);
    }
  pdg_draw_set_source (draw->cr, pdg_theme_get (draw->theme, PDG_COLOR_TEXT_2));
  cairo_set_line_width (draw->cr, 1.5);
  cairo_stroke (draw->cr);
}

static void
draw_title (const PdgDraw *draw, const Title *title, gboolean folded, gboolean hovered, gboolean focused)
{
  double x = pdg_snap (title->rect.x, draw->scale_factor), y = pdg_snap (title->rect.y, draw->scale_factor), half = 0.5 / draw->scale_factor;
  double width = title->rect.width, baseline = y + 16.5;

  pdg_draw_rounded (draw->cr, x + half, y + half, width - 2 * half, TITLE_HEIGHT - 2 * half, PDG_RADIUS_CONTROL);
  pdg_draw_set_source (draw->cr, pdg_theme_get (draw->theme, PDG_COLOR_SURFACE));
  cairo_fill_preserve (draw->cr);
  pdg_draw_set_source (draw->cr, pdg_theme_get (draw->theme, hovered || focused ? PDG_COLOR_ACCENT : PDG_COLOR_LINE));
  cairo_set_line_width (draw->cr, focused ? 2 : 2 * half);
  cairo_stroke (draw->cr);
  draw_chevron (draw, x + CHEVRON / 2, y + TITLE_HEIGHT / 2, folded);
  if (title->title != NULL)
    pdg_text_draw (draw->cr, draw->theme, PDG_TEXT_TITLE, title->title, x + CHEVRON, baseline, title->title_width, 1, draw->scale_factor,
                   pdg_theme_get (draw->theme, PDG_COLOR_TEXT));
  if (title->second_width > 0)
    pdg_text_draw (draw->cr, draw->theme, PDG_TEXT_LABEL, title->second, x + CHEVRON + title->title_width + TITLE_PADDING, baseline - 0.5, -1, 1,
                   draw->scale_factor, pdg_theme_get (draw->theme, PDG_COLOR_TEXT_2));
}

/* The busiest last, so that it lies above the others. */
void
pdg_draw_titles (const PdgDraw *draw, gboolean keep)
{
  guint n = 0;
  const PdgGroup *groups = draw->scene->grouping != NULL ? pdg_grouping_get_groups (draw->scene->grouping, &n) : NULL;

  for (guint i = n; i > 0; i--)
    {
      Title title;

      if (draw->scene->group_rects[i - 1].width > 0 &&
          get_title (draw->scene, i - 1, &draw->camera, draw->width, draw->height, keep, draw->theme, &title))
        draw_title (draw, &title, groups[i - 1].folded,
                    draw->style->hovered_kind == PDG_HIT_TITLE && draw->style->hovered_index == i - 1, draw->style->focused_title == i);
    }
}

void
pdg_scene_draw_titles (const PdgScene *scene, cairo_t *cr, const PdgCamera *camera, int width, int height, int scale_factor,
                       const PdgTheme *theme)
{
  PdgDraw draw;

  pdg_draw_init (&draw, scene, cr, camera, width, height, scale_factor, theme, NULL, NULL);
  pdg_draw_titles (&draw, FALSE);
}
