#include "config.h"
#include "canvas/pdg-scene-badges.h"

#include "canvas/pdg-text.h"

#include <math.h>

#define HEIGHT 20.0
#define PADDING 7.0
#define TAIL 5.0
#define DOT 4.0
#define MARGIN 40.0

static int
find_edge (const PdgScene *scene, guint card, const char *to_id)
{
  int to = pdg_scene_lookup_card (scene, to_id);
  guint n;
  const guint32 *outgoing = pdg_scene_get_outgoing (scene, card, &n);

  for (guint i = 0; i < n; i++)
    if ((int) pdg_scene_get_edge (scene, outgoing[i])->to == to)
      return (int) outgoing[i];
  return -1;
}

/* Where the badge stands on the screen; FALSE when its place is not in the scene. */
static gboolean
get_place (const PdgScene *scene, const PdgCamera *camera, const PdgSceneBadge *badge, double *x, double *y)
{
  double x_world = badge->x, y_world = badge->y;
  int card = badge->screen_id != NULL ? pdg_scene_lookup_card (scene, badge->screen_id) : -1;
  int edge;

  if (badge->screen_id != NULL && card < 0)
    return FALSE;
  if (badge->to_screen_id != NULL)
    {
      edge = find_edge (scene, (guint) card, badge->to_screen_id);
      if (edge < 0 && pdg_scene_lookup_card (scene, badge->to_screen_id) != card)
        return FALSE;
      if (edge < 0) /* between two screens of a folded group */
        return get_place (scene, camera, &(PdgSceneBadge) { .screen_id = badge->screen_id }, x, y);
      pdg_scene_get_edge_point (scene, (guint) edge, 0.35, &x_world, &y_world); /* the label rides in the middle */
    }
  else if (card >= 0)
    {
      PdgRect picture = pdg_scene_get_picture_rect (scene, (guint) card);

      x_world = picture.x + picture.width;
      y_world = picture.y;
    }
  pdg_camera_to_screen (camera, x_world, y_world, x, y);
  return TRUE;
}

static void
set_color (cairo_t *cr, const PdgRgba *color)
{
  cairo_set_source_rgba (cr, color->red, color->green, color->blue, color->alpha);
}

/* A speech bubble with its tail at @x, @y. */
static void
draw_badge (cairo_t *cr, double x, double y, const char *text, gboolean unread, int scale_factor, const PdgTheme *theme)
{
  double text_width = ceil (pdg_text_measure (theme, PDG_TEXT_LABEL, text));
  double width = MAX (text_width + 2 * PADDING, HEIGHT), radius = HEIGHT / 2;
  double left = round (x - 6) + 0.5, top = round (y - HEIGHT - TAIL) + 0.5, right = left + width, bottom = top + HEIGHT;

  cairo_new_sub_path (cr);
  cairo_arc (cr, right - radius, top + radius, radius, -G_PI / 2, G_PI / 2);
  cairo_line_to (cr, left + radius + 4, bottom);
  cairo_line_to (cr, left + 4, bottom + TAIL - 1);
  cairo_line_to (cr, left + 3, bottom - 4);
  cairo_arc (cr, left + radius, top + radius, radius, G_PI * 0.8, 3 * G_PI / 2);
  cairo_close_path (cr);
  set_color (cr, pdg_theme_get (theme, PDG_COLOR_RAISED));
  cairo_fill_preserve (cr);
  set_color (cr, pdg_theme_get (theme, unread ? PDG_COLOR_ACCENT : PDG_COLOR_TEXT_3));
  cairo_set_line_width (cr, unread ? 1.5 : 1);
  cairo_stroke (cr);
  pdg_text_draw (cr, theme, PDG_TEXT_LABEL, text, left + (width - text_width) / 2, top + 14, -1, 1, scale_factor, pdg_theme_get (theme, PDG_COLOR_TEXT));
  if (!unread)
    return;
  cairo_arc (cr, right - 2, top + 2, DOT, 0, 2 * G_PI);
  set_color (cr, pdg_theme_get (theme, PDG_COLOR_ACCENT));
  cairo_fill (cr);
}

static gboolean
is_same_card (const PdgScene *scene, const char *a, const char *b)
{
  int card;

  if (g_strcmp0 (a, b) == 0)
    return TRUE;
  if (a == NULL || b == NULL || pdg_scene_get_grouping (scene) == NULL)
    return FALSE;
  card = pdg_scene_lookup_card (scene, a);
  return card >= 0 && card == pdg_scene_lookup_card (scene, b);
}

/* Also of two screens of a folded group. */
static gboolean
is_same_place (const PdgScene *scene, const PdgSceneBadge *a, const PdgSceneBadge *b)
{
  return a->screen_id != NULL && is_same_card (scene, a->screen_id, b->screen_id) && is_same_card (scene, a->to_screen_id, b->to_screen_id);
}

void
pdg_scene_draw_badges (const PdgScene *scene, cairo_t *cr, const PdgCamera *camera, int width, int height, int scale_factor,
                       const PdgTheme *theme, const PdgSceneBadge *badges, guint n_badges)
{
  if (pdg_scene_get_detail (camera->zoom) == PDG_DETAIL_CHIP)
    return;
  for (guint i = 0; i < n_badges; i++)
    {
      guint count = badges[i].count;
      gboolean unread = badges[i].unread, was_drawn = FALSE;
      char text[16];
      double x, y;

      for (guint k = 0; k < n_badges && !was_drawn; k++)
        if (k != i && is_same_place (scene, &badges[k], &badges[i]))
          {
            was_drawn = k < i;
            count += badges[k].count;
            unread |= badges[k].unread;
          }
      if (was_drawn || !get_place (scene, camera, &badges[i], &x, &y) || x < -MARGIN || y < -MARGIN || x > width + MARGIN || y > height + MARGIN)
        continue;
      g_snprintf (text, sizeof text, "%u", count);
      draw_badge (cr, x, y, text, unread, scale_factor, theme);
    }
}
