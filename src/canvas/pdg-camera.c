#include "config.h"
#include "canvas/pdg-camera.h"

#include <math.h>

/* Beyond this a double keeps less than a thousandth of a pixel. */
#define MAX_OFFSET 1e12

static gboolean
all_finite (double a, double b, double c)
{
  return isfinite (a) && isfinite (b) && isfinite (c);
}

static double
clamp_zoom (double zoom)
{
  return CLAMP (zoom, PDG_CAMERA_MIN_ZOOM, PDG_CAMERA_MAX_ZOOM);
}

static void
set_offset (PdgCamera *camera, double x, double y)
{
  camera->offset_x = CLAMP (x, -MAX_OFFSET, MAX_OFFSET);
  camera->offset_y = CLAMP (y, -MAX_OFFSET, MAX_OFFSET);
}

void
pdg_camera_to_screen (const PdgCamera *camera, double x_world, double y_world, double *x, double *y)
{
  *x = x_world * camera->zoom + camera->offset_x;
  *y = y_world * camera->zoom + camera->offset_y;
}

void
pdg_camera_to_world (const PdgCamera *camera, double x, double y, double *x_world, double *y_world)
{
  *x_world = (x - camera->offset_x) / camera->zoom;
  *y_world = (y - camera->offset_y) / camera->zoom;
}

PdgRect
pdg_camera_rect_to_screen (const PdgCamera *camera, const PdgRect *world)
{
  PdgRect rect;

  pdg_camera_to_screen (camera, world->x, world->y, &rect.x, &rect.y);
  rect.width = world->width * camera->zoom;
  rect.height = world->height * camera->zoom;
  return rect;
}

PdgRect
pdg_camera_get_visible (const PdgCamera *camera, double width, double height)
{
  PdgRect rect;

  pdg_camera_to_world (camera, 0, 0, &rect.x, &rect.y);
  rect.width = width / camera->zoom;
  rect.height = height / camera->zoom;
  return rect;
}

void
pdg_camera_zoom_at (PdgCamera *camera, double x, double y, double zoom)
{
  if (!all_finite (x, y, zoom))
    return;

  double next = clamp_zoom (zoom);
  double ratio = next / camera->zoom;

  set_offset (camera, x - (x - camera->offset_x) * ratio, y - (y - camera->offset_y) * ratio);
  camera->zoom = next;
}

void
pdg_camera_zoom_by (PdgCamera *camera, double x, double y, double octaves)
{
  if (isfinite (octaves))
    pdg_camera_zoom_at (camera, x, y, camera->zoom * exp2 (CLAMP (octaves, -16, 16)));
}

double
pdg_camera_snap_zoom (double zoom)
{
  return fabs (zoom - 1) <= 0.01 ? 1 : zoom;
}

double
pdg_camera_step_zoom (double zoom, int direction)
{
  if (!isfinite (zoom) || zoom <= 0)
    return 1.0;

  /* A zoom that is nearly a power of two counts as that power. */
  double octave = log2 (zoom);
  double next = direction > 0 ? floor (octave + 0.02) + 1 : ceil (octave - 0.02) - 1;

  return clamp_zoom (exp2 (next));
}

void
pdg_camera_pan (PdgCamera *camera, double dx, double dy)
{
  if (all_finite (dx, dy, 0))
    set_offset (camera, camera->offset_x + dx, camera->offset_y + dy);
}

PdgCamera
pdg_camera_centred (double x_world, double y_world, double zoom, double width, double height)
{
  PdgCamera camera = PDG_CAMERA_INIT;

  if (!all_finite (x_world, y_world, zoom) || !all_finite (width, height, 0))
    return camera;
  camera.zoom = clamp_zoom (zoom);
  set_offset (&camera, width / 2 - x_world * camera.zoom, height / 2 - y_world * camera.zoom);
  return camera;
}

PdgCamera
pdg_camera_fit (const PdgRect *bounds, double width, double height, double padding, double max_zoom)
{
  double inner_width = MAX (width - 2 * padding, 1);
  double inner_height = MAX (height - 2 * padding, 1);
  double zoom = max_zoom;

  if (bounds->width > 0)
    zoom = MIN (zoom, inner_width / bounds->width);
  if (bounds->height > 0)
    zoom = MIN (zoom, inner_height / bounds->height);
  if (bounds->width <= 0 && bounds->height <= 0)
    zoom = MIN (1.0, max_zoom);
  return pdg_camera_centred (bounds->x + bounds->width / 2, bounds->y + bounds->height / 2, zoom, width, height);
}

double
pdg_ease_out (double t)
{
  if (!(t > 0))
    return 0;
  if (t >= 1)
    return 1;
  return 1 - (1 - t) * (1 - t) * (1 - t);
}

PdgCamera
pdg_camera_interpolate (const PdgCamera *from, const PdgCamera *to, double progress, double width, double height)
{
  double t = pdg_ease_out (progress);

  if (!all_finite (width, height, 0) || t >= 1)
    return *to;
  if (t <= 0)
    return *from;

  double from_x, from_y, to_x, to_y;
  double zoom = from->zoom * pow (to->zoom / from->zoom, t);
  double share = t;

  pdg_camera_to_world (from, width / 2, height / 2, &from_x, &from_y);
  pdg_camera_to_world (to, width / 2, height / 2, &to_x, &to_y);
  /* Moving the middle in proportion to 1/zoom keeps one point of the screen fixed during a pure zoom. */
  if (fabs (1 / to->zoom - 1 / from->zoom) > 1e-9)
    share = (1 / zoom - 1 / from->zoom) / (1 / to->zoom - 1 / from->zoom);
  return pdg_camera_centred (from_x + (to_x - from_x) * share, from_y + (to_y - from_y) * share, zoom, width, height);
}

double
pdg_snap (double value, int scale_factor)
{
  /* Halves are common, and a last bit must not decide about them. */
  return floor (value * scale_factor + 0.5 + 1e-7) / scale_factor;
}

void
pdg_camera_snap (PdgCamera *camera, int scale_factor)
{
  camera->offset_x = pdg_snap (camera->offset_x, MAX (scale_factor, 1));
  camera->offset_y = pdg_snap (camera->offset_y, MAX (scale_factor, 1));
}

gboolean
pdg_camera_is_valid (const PdgCamera *camera)
{
  return all_finite (camera->offset_x, camera->offset_y, camera->zoom) && camera->zoom >= PDG_CAMERA_MIN_ZOOM &&
         camera->zoom <= PDG_CAMERA_MAX_ZOOM;
}

gboolean
pdg_camera_equal (const PdgCamera *a, const PdgCamera *b)
{
  return a->offset_x == b->offset_x && a->offset_y == b->offset_y && a->zoom == b->zoom;
}

PdgRect
pdg_rect_union (const PdgRect *a, const PdgRect *b)
{
  double left = MIN (a->x, b->x);
  double top = MIN (a->y, b->y);
  double right = MAX (a->x + a->width, b->x + b->width);
  double bottom = MAX (a->y + a->height, b->y + b->height);

  return (PdgRect) { left, top, right - left, bottom - top };
}
