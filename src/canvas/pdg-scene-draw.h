#pragma once

#include "canvas/pdg-camera.h"
#include "canvas/pdg-image-store.h"
#include "canvas/pdg-scene.h"
#include "canvas/pdg-theme.h"

#include <cairo.h>

G_BEGIN_DECLS

typedef enum
{
  PDG_EDGE_TINT_NONE,        /* neutral */
  PDG_EDGE_TINT_CONVERSION   /* share against PdgSceneStyle.tint_reference: good above, bad below, with a glyph in the label */
} PdgEdgeTint;

typedef enum
{
  PDG_DETAIL_FULL,        /* picture, both lines, marks, edge labels */
  PDG_DETAIL_TITLE,       /* picture and title */
  PDG_DETAIL_THUMBNAIL,   /* small picture */
  PDG_DETAIL_CHIP         /* a coloured chip whose size tells the traffic */
} PdgDetail;

/* Called last by pdg_scene_draw_live(), in logical pixels: what moves above the scene. */
typedef void (*PdgSceneOverlayFunc) (cairo_t *cr, const PdgScene *scene, const PdgCamera *camera, int width, int height,
                                     const PdgTheme *theme, gpointer user_data);

/* A plain value: what the viewer's state adds to a scene. Start from PDG_SCENE_STYLE_INIT. */
typedef struct
{
  const char *const *selected_ids;   /* (nullable) screen ids, NULL-terminated */
  const char *focused_id;            /* (nullable) the card with the keyboard focus: a dashed ring */
  PdgHitKind hovered_kind;
  guint hovered_index;
  gboolean reduced_detail;           /* while moving on a slow machine: no labels, no marks, quick image filter */
  gboolean no_ground;                /* leave ground and dots out: transparent exports */
  gboolean no_dots;                  /* the ground without its dots */
  gboolean no_requests;              /* pictures that are not there are not asked for */
  PdgEdgeTint edge_tint;
  double tint_reference;             /* 0..1 */
  PdgSceneOverlayFunc overlay;       /* (nullable) */
  gpointer overlay_data;
  guint focused_title;               /* the group whose title has the keyboard focus, + 1; 0: none */
} PdgSceneStyle;

#define PDG_SCENE_STYLE_INIT { NULL, NULL, PDG_HIT_NOTHING, 0, FALSE, FALSE, FALSE, FALSE, PDG_EDGE_TINT_NONE, 0.0, NULL, NULL, 0 }

/* Draws what @camera shows of @scene into the logical pixels 0, 0, @width, @height of @cr, whose device has
 * @scale_factor pixels to one of them. @style and @images may be NULL. Text layouts are cached by thread; any thread
 * may draw, each on its own @cr. */
void      pdg_scene_draw (const PdgScene *scene, cairo_t *cr, const PdgCamera *camera, int width, int height,
                          int scale_factor, const PdgTheme *theme, const PdgSceneStyle *style, PdgImageStore *images);

/* The two parts of pdg_scene_draw(): what lies still, and above it what changes with pointer, focus and selection (lit
 * edges, outlines, @style's overlay). The base is the same pixels wherever the view is cut and at any zoom above 0: a
 * picture of it may be kept, moved by whole device pixels and put together from pieces. Of @style it takes
 * reduced_detail, no_ground, no_requests and the tint. @style and @images may be NULL. Any thread, as above. */
void      pdg_scene_draw_base (const PdgScene *scene, cairo_t *cr, const PdgCamera *camera, int width, int height,
                               int scale_factor, const PdgTheme *theme, const PdgSceneStyle *style, PdgImageStore *images);
void      pdg_scene_draw_live (const PdgScene *scene, cairo_t *cr, const PdgCamera *camera, int width, int height,
                               int scale_factor, const PdgTheme *theme, const PdgSceneStyle *style);

/* The titles of groups where they stand when all is in view, for files: pdg_scene_draw_live() keeps them in view. Any thread. */
void      pdg_scene_draw_titles (const PdgScene *scene, cairo_t *cr, const PdgCamera *camera, int width, int height, int scale_factor,
                                 const PdgTheme *theme);

/* Where the group's title is drawn now, in logical pixels; FALSE when it is out of view or the group too small for one. */
gboolean  pdg_scene_get_title_rect (const PdgScene *scene, guint group, const PdgCamera *camera, int width, int height, const PdgTheme *theme,
                                    PdgRect *rect);

/* The group whose title lies at these logical pixels, or -1. @on_chevron: whether its fold mark does. */
int       pdg_scene_hit_title (const PdgScene *scene, double x, double y, const PdgCamera *camera, int width, int height,
                               const PdgTheme *theme, gboolean *on_chevron);

/* How many cards and edges pdg_scene_draw_base() would draw, about: what it costs. Any thread. */
guint     pdg_scene_count_visible (const PdgScene *scene, const PdgCamera *camera, int width, int height);

/* How much of a card is shown at @zoom. */
PdgDetail pdg_scene_get_detail (double zoom);

/* Draws the whole scene small into @width x @height logical pixels, with the part that @camera shows of a
 * @view_width x @view_height canvas outlined. Draws no ground of its own. @camera and @style may be NULL. */
void      pdg_scene_draw_minimap (const PdgScene *scene, cairo_t *cr, int width, int height, int scale_factor,
                                  const PdgCamera *camera, int view_width, int view_height,
                                  const PdgTheme *theme, const PdgSceneStyle *style);

/* The camera by which pdg_scene_draw_minimap() maps the world: pdg_camera_to_world() of it turns a click to a place. */
PdgCamera pdg_scene_get_minimap_camera (const PdgScene *scene, int width, int height);

G_END_DECLS
