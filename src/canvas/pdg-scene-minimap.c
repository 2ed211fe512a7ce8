#include "config.h"
#include "canvas/pdg-scene-draw-private.h"

#define PADDING PDG_SPACE_BETWEEN
#define MIN_CARD_PX 2.0

PdgCamera
pdg_scene_get_minimap_camera (const PdgScene *scene, int width, int height)
{
  PdgRect bounds = scene->bounds;

  return pdg_camera_fit (&bounds, width, height, PADDING, 0.125);
}

static void
add_card (const PdgScene *scene, cairo_t *cr, const PdgCamera *map, guint card, int scale_factor)
{
  PdgRect rect = pdg_camera_rect_to_screen (map, &scene->cards[card]);
  double x = pdg_snap (rect.x, scale_factor);
  double y = pdg_snap (rect.y, scale_factor);

  pdg_draw_rounded (cr, x, y, MAX (pdg_snap (rect.width, scale_factor), MIN_CARD_PX),
                    MAX (pdg_snap (rect.height, scale_factor), MIN_CARD_PX), rect.width > 12 ? 2 : 0);
}

static void
draw_groups (const PdgScene *scene, cairo_t *cr, const PdgCamera *map, int scale_factor, const PdgTheme *theme)
{
  PdgRgba fill = *pdg_theme_get (theme, PDG_COLOR_TEXT);
  guint n = 0;
  const PdgGroup *groups = scene->grouping != NULL ? pdg_grouping_get_groups (scene->grouping, &n) : NULL;

  for (guint i = 0; i < n; i++)
    {
      PdgRect rect = pdg_camera_rect_to_screen (map, &scene->group_rects[i]);

      if (!groups[i].folded && rect.width >= MIN_CARD_PX)
        cairo_rectangle (cr, pdg_snap (rect.x, scale_factor), pdg_snap (rect.y, scale_factor), pdg_snap (rect.width, scale_factor),
                         pdg_snap (rect.height, scale_factor));
    }
  fill.alpha = 0.07;
  pdg_draw_set_source (cr, &fill);
  cairo_fill (cr);
}

static void
draw_view (cairo_t *cr, const PdgCamera *map, const PdgRect *visible, int width, int height, const PdgTheme *theme)
{
  PdgRect view = pdg_camera_rect_to_screen (map, visible);
  double left = CLAMP (view.x, 2, width - 2);
  double top = CLAMP (view.y, 2, height - 2);
  double right = CLAMP (view.x + view.width, 2, width - 2);
  double bottom = CLAMP (view.y + view.height, 2, height - 2);
  PdgRgba fill = *pdg_theme_get (theme, PDG_COLOR_ACCENT);

  pdg_draw_rounded (cr, left, top, MAX (right - left, 4), MAX (bottom - top, 4), 3);
  fill.alpha = 0.06;
  pdg_draw_set_source (cr, &fill);
  cairo_fill_preserve (cr);
  fill.alpha = 1;
  pdg_draw_set_source (cr, &fill);
  cairo_set_line_width (cr, 1.5);
  cairo_stroke (cr);
}

void
pdg_scene_draw_minimap (const PdgScene *scene, cairo_t *cr, int width, int height, int scale_factor,
                        const PdgCamera *camera, int view_width, int view_height, const PdgTheme *theme,
                        const PdgSceneStyle *style)
{
  PdgCamera map = pdg_scene_get_minimap_camera (scene, width, height);

  cairo_save (cr);
  cairo_rectangle (cr, 0, 0, width, height);
  cairo_clip (cr);
  draw_groups (scene, cr, &map, MAX (scale_factor, 1), theme);
  for (guint i = 0; i < scene->n_cards; i++)
    add_card (scene, cr, &map, i, MAX (scale_factor, 1));
  pdg_draw_set_source (cr, pdg_theme_get (theme, PDG_COLOR_EDGE));
  cairo_fill (cr);
  for (guint i = 0; style != NULL && style->selected_ids != NULL && style->selected_ids[i] != NULL; i++)
    {
      int card = pdg_scene_lookup_card (scene, style->selected_ids[i]);

      if (card >= 0)
        add_card (scene, cr, &map, (guint) card, MAX (scale_factor, 1));
    }
  pdg_draw_set_source (cr, pdg_theme_get (theme, PDG_COLOR_ACCENT));
  cairo_fill (cr);
  if (camera != NULL && pdg_camera_is_valid (camera))
    {
      PdgRect visible = pdg_camera_get_visible (camera, view_width, view_height);

      draw_view (cr, &map, &visible, width, height, theme);
    }
  cairo_restore (cr);
}
