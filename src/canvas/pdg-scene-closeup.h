#pragma once

#include "canvas/pdg-scene.h"
#include "canvas/pdg-theme.h"

#include <cairo.h>

G_BEGIN_DECLS

#define PDG_CLOSEUP_COLUMNS 3
#define PDG_CLOSEUP_MIN_ZOOM 2.0   /* from here on a card opens */
#define PDG_CLOSEUP_FULL_ZOOM 2.4  /* from here on it stands open */

/* Plain values, borrowed: what is told of a screen by lines of text. */
typedef struct
{
  const char *text;
  const char *value;   /* (nullable) at the right */
  guint indent;        /* levels */
  gboolean heading;
  gboolean bad;        /* the value is in the colour of what is wrong, too */
} PdgCloseupLine;

typedef struct
{
  const PdgCloseupLine *lines;
  guint n_lines;
} PdgCloseupColumn;

typedef struct
{
  PdgCloseupColumn columns[PDG_CLOSEUP_COLUMNS];
  const char *message; /* (nullable) instead of the columns */
} PdgCloseup;

/* Where the close-up of @card lies on a canvas of this size, in logical pixels: over the lower part of the picture, of which the upper one
 * stays in sight, and above @bottom_inset pixels of the view that something else covers. The closer, the larger. FALSE when the card is too
 * far away, out of sight, or the part in sight too small. Any thread. */
gboolean pdg_scene_get_closeup_rect (const PdgScene *scene, guint card, const PdgCamera *camera, int width, int height, int bottom_inset,
                                     PdgRect *rect);

/* Draws it at the bottom of @rect, no higher than its lines: text of one size at every zoom, so more lines the closer; of what has no
 * room the last line tells how many. @closeup NULL: what is told is not there yet. Any thread. */
void     pdg_scene_draw_closeup (cairo_t *cr, const PdgRect *rect, const PdgCloseup *closeup, const PdgCamera *camera, int scale_factor,
                                 const PdgTheme *theme);

G_END_DECLS
