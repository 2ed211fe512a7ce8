#include "config.h"
#include "canvas/pdg-scene-badges.h"

#include "canvas/pdg-text.h"

#include <math.h>

#define HEIGHT 24.0
#define PADDING 8.0
#define TAIL 5.0
#define DOT 4.0
#define MARGIN 40.0
#define GAP 2.0         /* between two bubbles */
#define EDGE_SHARE 0.35 /* the label rides in the middle */

/* Where the badge points to, in world units; FALSE when its place is not in the scene. A screen of a folded group has no place of its own: then
 * it is the corner of the stack. */
static gboolean
get_place (const PdgScene *scene, const PdgSceneBadge *badge, double *x, double *y)
{
  int card = badge->screen_id != NULL ? pdg_scene_lookup_card (scene, badge->screen_id) : -1;
  int to = badge->to_screen_id != NULL ? pdg_scene_lookup_card (scene, badge->to_screen_id) : card;
  int edge = to != card ? pdg_scene_find_edge (scene, card, to) : -1;

  if ((badge->screen_id != NULL && card < 0) || (to != card && edge < 0))
    return FALSE;
  if (edge >= 0)
    pdg_scene_get_edge_point (scene, (guint) edge, EDGE_SHARE, x, y);
  else if (card >= 0)
    {
      gboolean inside = badge->has_point && g_str_equal (pdg_scene_get_screen (scene, (guint) card)->id, badge->screen_id);
      PdgRect rect = inside ? pdg_scene_get_card_rect (scene, (guint) card) : pdg_scene_get_picture_rect (scene, (guint) card);

      *x = rect.x + rect.width * (inside ? badge->x : 1);
      *y = rect.y + rect.height * (inside ? badge->y : 0);
    }
  else
    {
      *x = badge->x;
      *y = badge->y;
    }
  return TRUE;
}

static void
format_count (char text[16], guint count)
{
  if (count == 0)
    g_strlcpy (text, "+", 16);
  else
    g_snprintf (text, 16, "%u", count);
}

static void
set_rect (PdgSceneBadgeGroup *group, const PdgTheme *theme)
{
  char text[16];

  format_count (text, group->count);
  group->rect.width = MAX (ceil (pdg_text_measure (theme, PDG_TEXT_TITLE_SMALL, text)) + 2 * PADDING, HEIGHT);
  group->rect.height = HEIGHT;
  group->rect.x = round (group->x - 6);
  group->rect.y = round (group->y - HEIGHT - TAIL);
}

/* The first one that a bubble there would lie on. */
static int
find_group (const PdgSceneBadgeGroup *groups, guint n_groups, const PdgRect *rect)
{
  PdgRect reach = pdg_rect_expand (rect, GAP);

  for (guint i = 0; i < n_groups; i++)
    if (pdg_rect_intersects (&groups[i].rect, &reach))
      return (int) i;
  return -1;
}

guint
pdg_scene_group_badges (const PdgScene *scene, const PdgCamera *camera, int width, int height, const PdgTheme *theme,
                        const PdgSceneBadge *badges, guint n_badges, PdgSceneBadgeGroup *groups, int *group_of)
{
  guint n_groups = 0;

  for (guint i = 0; i < n_badges; i++)
    {
      PdgSceneBadgeGroup own = { .n_badges = 1, .count = badges[i].count, .unread = badges[i].unread, .open = badges[i].open };
      int with;

      if (group_of != NULL)
        group_of[i] = -1;
      if (!get_place (scene, &badges[i], &own.x, &own.y))
        continue;
      pdg_camera_to_screen (camera, own.x, own.y, &own.x, &own.y);
      if (!(own.x >= -MARGIN && own.y >= -MARGIN && own.x <= width + MARGIN && own.y <= height + MARGIN))
        continue;
      set_rect (&own, theme);
      with = find_group (groups, n_groups, &own.rect);
      if (with < 0)
        groups[with = (int) n_groups++] = own;
      else
        {
          groups[with].n_badges++;
          groups[with].count += own.count;
          groups[with].unread |= own.unread;
          groups[with].open |= own.open;
          set_rect (&groups[with], theme);
        }
      if (group_of != NULL)
        group_of[i] = with;
    }
  return n_groups;
}

static void
set_color (cairo_t *cr, const PdgRgba *color)
{
  cairo_set_source_rgba (cr, color->red, color->green, color->blue, color->alpha);
}

/* A speech bubble with its tail at the lower left, moved down by @dy. */
static void
bubble (cairo_t *cr, const PdgRect *rect, double dy)
{
  double left = rect->x + 0.5, top = rect->y + 0.5 + dy, right = left + rect->width, bottom = top + rect->height, radius = rect->height / 2;

  cairo_new_sub_path (cr);
  cairo_arc (cr, right - radius, top + radius, radius, -G_PI / 2, G_PI / 2);
  cairo_line_to (cr, left + radius + 2, bottom);
  cairo_line_to (cr, left + 5.5, bottom + TAIL - 1);
  cairo_line_to (cr, left + 3.5, bottom - 5);
  cairo_arc (cr, left + radius, top + radius, radius, G_PI * 0.8, 3 * G_PI / 2);
  cairo_close_path (cr);
}

void
pdg_scene_draw_badge (cairo_t *cr, const PdgSceneBadgeGroup *group, gboolean hovered, int scale_factor, const PdgTheme *theme)
{
  const PdgRect *rect = &group->rect;
  gboolean lit = group->open || group->count == 0;
  char text[16];

  format_count (text, group->count);
  cairo_save (cr);
  for (guint i = 1; i <= 2; i++)
    {
      bubble (cr, rect, i);
      set_color (cr, pdg_theme_get (theme, PDG_COLOR_SHADOW));
      cairo_fill (cr);
    }
  bubble (cr, rect, 0);
  set_color (cr, pdg_theme_get (theme, lit ? PDG_COLOR_ACCENT : PDG_COLOR_RAISED));
  cairo_fill_preserve (cr);
  set_color (cr, pdg_theme_get (theme, lit || hovered || group->unread ? PDG_COLOR_ACCENT : PDG_COLOR_TEXT_3));
  cairo_set_line_width (cr, lit || hovered || group->unread ? 1.5 : 1);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_stroke (cr);
  pdg_text_draw (cr, theme, PDG_TEXT_TITLE_SMALL, text, rect->x + 0.5 + (rect->width - pdg_text_measure (theme, PDG_TEXT_TITLE_SMALL, text)) / 2,
                 rect->y + 16, -1, 1, scale_factor, pdg_theme_get (theme, lit ? PDG_COLOR_ON_ACCENT : PDG_COLOR_TEXT));
  if (group->unread)
    {
      cairo_arc (cr, rect->x + rect->width - 2, rect->y + 3, DOT + 1.5, 0, 2 * G_PI);
      set_color (cr, pdg_theme_get (theme, PDG_COLOR_CANVAS));
      cairo_fill (cr);
      cairo_arc (cr, rect->x + rect->width - 2, rect->y + 3, DOT, 0, 2 * G_PI);
      set_color (cr, pdg_theme_get (theme, PDG_COLOR_ACCENT));
      cairo_fill (cr);
    }
  cairo_restore (cr);
}
