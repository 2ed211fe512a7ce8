#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define PDG_CAMERA_MIN_ZOOM 0.01
#define PDG_CAMERA_MAX_ZOOM 8.0

/* A plain value: an axis-aligned rectangle, in world units or in logical pixels as the function says. */
typedef struct
{
  double x;
  double y;
  double width;
  double height;
} PdgRect;

/* A plain value: the viewport. screen = world * zoom + offset, screen in logical pixels from the canvas's top left.
 * Every function keeps it finite and the zoom within PDG_CAMERA_MIN_ZOOM..PDG_CAMERA_MAX_ZOOM; arguments that are
 * not finite leave it as it was. All are pure and may be called on any thread. */
typedef struct
{
  double offset_x;
  double offset_y;
  double zoom;
} PdgCamera;

#define PDG_CAMERA_INIT { 0.0, 0.0, 1.0 }

/* World point to screen point and back. */
void      pdg_camera_to_screen (const PdgCamera *camera, double x_world, double y_world, double *x, double *y);
void      pdg_camera_to_world (const PdgCamera *camera, double x, double y, double *x_world, double *y_world);

/* World rectangle to screen rectangle, and the part of the world that a @width x @height canvas shows. */
PdgRect   pdg_camera_rect_to_screen (const PdgCamera *camera, const PdgRect *world);
PdgRect   pdg_camera_get_visible (const PdgCamera *camera, double width, double height);

/* Sets the zoom and keeps the world point under the screen point (@x, @y) where it is. */
void      pdg_camera_zoom_at (PdgCamera *camera, double x, double y, double zoom);

/* Multiplies the zoom by 2^@octaves at the screen point (@x, @y). */
void      pdg_camera_zoom_by (PdgCamera *camera, double x, double y, double octaves);

/* Exactly 1 when @zoom is within 1 % of it: what a wheel or a pinch passes comes to rest there. */
double    pdg_camera_snap_zoom (double zoom);

/* The next power of two above (@direction > 0) or below @zoom, for the + and - keys. */
double    pdg_camera_step_zoom (double zoom, int direction);

/* Moves the picture by (@dx, @dy) logical pixels. */
void      pdg_camera_pan (PdgCamera *camera, double dx, double dy);

/* The camera that shows the world rectangle @bounds whole and centred in @width x @height logical pixels with
 * @padding pixels around, at no more than @max_zoom. An empty rectangle is centred at min (1, @max_zoom). */
PdgCamera pdg_camera_fit (const PdgRect *bounds, double width, double height, double padding, double max_zoom);

/* The camera that puts the world point in the middle of @width x @height at @zoom. */
PdgCamera pdg_camera_centred (double x_world, double y_world, double zoom, double width, double height);

/* A flight from @from to @to over a @width x @height canvas: @progress 0..1 linear in time, eased out here.
 * The zoom runs geometrically, the middle of the view runs so that the picture seems to move evenly. */
PdgCamera pdg_camera_interpolate (const PdgCamera *from, const PdgCamera *to, double progress, double width, double height);

/* 1 - (1 - t)^3 with t clamped to 0..1. */
double    pdg_ease_out (double t);

/* Rounds the offset to whole device pixels, so that a pan never blurs. */
void      pdg_camera_snap (PdgCamera *camera, int scale_factor);

/* Rounds a logical coordinate to a device pixel edge, halves up: a shift by whole pixels never changes the picture. */
double    pdg_snap (double value, int scale_factor);

/* TRUE when each field is finite and the zoom is in range. */
gboolean  pdg_camera_is_valid (const PdgCamera *camera);
gboolean  pdg_camera_equal (const PdgCamera *a, const PdgCamera *b);

/* The smallest rectangle around both. */
PdgRect   pdg_rect_union (const PdgRect *a, const PdgRect *b);

/* Here because they are called millions of times for one large scene. */

static inline gboolean
pdg_rect_intersects (const PdgRect *a, const PdgRect *b)
{
  return a->x < b->x + b->width && b->x < a->x + a->width && a->y < b->y + b->height && b->y < a->y + a->height;
}

static inline gboolean
pdg_rect_contains (const PdgRect *rect, double x, double y)
{
  return x >= rect->x && x < rect->x + rect->width && y >= rect->y && y < rect->y + rect->height;
}

static inline PdgRect
pdg_rect_expand (const PdgRect *rect, double by)
{
  return (PdgRect) { rect->x - by, rect->y - by, rect->width + 2 * by, rect->height + 2 * by };
}

G_END_DECLS
