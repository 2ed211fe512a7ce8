#pragma once

#include "canvas/pdg-scene-draw.h"

G_BEGIN_DECLS

/* How many comments there are at a place of the scene. A plain value, borrowed. */
typedef struct
{
  const char *screen_id;    /* NULL = a point */
  const char *to_screen_id; /* (nullable) then the transition from the one to the other */
  double x, y;              /* of a point, world units */
  guint count;
  gboolean unread;          /* a dot says so */
} PdgSceneBadge;

/* Draws them above the scene, of one size at every zoom; those of one place are counted together, and those out of sight cost nothing to
 * draw. Below a zoom at which cards are chips there are none. Any thread. */
void pdg_scene_draw_badges (const PdgScene *scene, cairo_t *cr, const PdgCamera *camera, int width, int height, int scale_factor,
                            const PdgTheme *theme, const PdgSceneBadge *badges, guint n_badges);

G_END_DECLS
