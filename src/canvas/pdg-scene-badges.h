#pragma once

#include "canvas/pdg-scene-draw.h"

G_BEGIN_DECLS

/* A thread of comments at a place of the scene. A plain value, borrowed. */
typedef struct
{
  const char *screen_id;    /* NULL = a point */
  const char *to_screen_id; /* (nullable) then the transition from the one to the other */
  gboolean has_point;
  double x, y;              /* of a point, world units; on a screen, shares of its card */
  guint count;              /* comments; 0 = one that is being written */
  gboolean unread;          /* a dot says so */
  gboolean open;            /* shown by the accent */
} PdgSceneBadge;

/* Badges that stand together, as one is drawn for them. A plain value. */
typedef struct
{
  double x, y;              /* logical pixels: where its tail points to */
  PdgRect rect;             /* its bubble */
  guint n_badges;
  guint count;
  gboolean unread;
  gboolean open;
} PdgSceneBadgeGroup;

/* Where the badges stand on a canvas of this size: of one size at every zoom, those that would lie on one another together. @groups has room
 * for @n_badges, @group_of (nullable) says of each badge in which it is, -1 when it is out of sight or its place is not in the scene.
 * The same input gives the same groups. Returns how many there are. Any thread. */
guint pdg_scene_group_badges (const PdgScene *scene, const PdgCamera *camera, int width, int height, const PdgTheme *theme,
                              const PdgSceneBadge *badges, guint n_badges, PdgSceneBadgeGroup *groups, int *group_of);

/* Draws one above the scene; @hovered: under the pointer. Any thread. */
void  pdg_scene_draw_badge (cairo_t *cr, const PdgSceneBadgeGroup *group, gboolean hovered, int scale_factor, const PdgTheme *theme);

G_END_DECLS
