#include "config.h"
#include "app/pdg-canvas-private.h"

#include <math.h>

/* Zooming by wheel and pinch, and the swing of a canvas that is let go. */

#define WHEEL_MSEC 120
#define TRAIL_USEC (100 * G_TIME_SPAN_MILLISECOND)
#define REST_USEC (40 * G_TIME_SPAN_MILLISECOND) /* held still so long, it is not thrown */
#define MIN_THROW 120.0                          /* logical pixels a second */
#define MAX_THROW 6000.0

/* ---- the wheel ---- */

/* Where the zoom is going: what was asked for, also where 100 % holds it back a little. */
static double
get_goal (PdgCanvas *self)
{
  gboolean is_on_the_way = self->wheel_start_usec != 0 || pdg_camera_snap_zoom (self->wheel_goal) == self->camera.zoom;

  return is_on_the_way && self->wheel_goal > 0 ? self->wheel_goal : self->camera.zoom;
}

static void
zoom_at_pointer (PdgCanvas *self, double zoom)
{
  PdgCamera camera = self->camera;
  double goal = self->wheel_goal, from = self->wheel_from;
  gint64 start_usec = self->wheel_start_usec;

  pdg_camera_zoom_at (&camera, self->pointer_x, self->pointer_y, zoom);
  pdg_canvas_set_camera (self, &camera); /* which ends all motion: this one goes on */
  self->wheel_goal = goal;
  self->wheel_from = from;
  self->wheel_start_usec = start_usec;
}

void
pdg_canvas_zoom_by_wheel (PdgCanvas *self, double octaves, gboolean eased)
{
  double goal = CLAMP (get_goal (self) * exp2 (octaves), PDG_CAMERA_MIN_ZOOM, PDG_CAMERA_MAX_ZOOM);

  self->wheel_goal = goal;
  if (!eased || !pdg_canvas_is_animated (self))
    {
      self->wheel_start_usec = 0;
      zoom_at_pointer (self, pdg_camera_snap_zoom (goal));
      return;
    }
  pdg_canvas_stop (self);
  self->wheel_goal = goal;
  self->wheel_from = self->camera.zoom;
  self->wheel_start_usec = pdg_canvas_start_ticking (self);
  self->touched = TRUE;
}

gboolean
pdg_canvas_tick_wheel (PdgCanvas *self, gint64 now_usec)
{
  double progress = (double) (now_usec - self->wheel_start_usec) / (WHEEL_MSEC * 1000.0);
  double to = pdg_camera_snap_zoom (self->wheel_goal);

  if (self->wheel_start_usec == 0)
    return FALSE;
  if (progress >= 1)
    self->wheel_start_usec = 0;
  zoom_at_pointer (self, progress >= 1 ? to : self->wheel_from * pow (to / self->wheel_from, pdg_ease_out (progress)));
  pdg_canvas_update_hover (self);
  return self->wheel_start_usec != 0;
}

/* ---- two fingers ---- */

void
pdg_canvas_begin_pinch (PdgCanvas *self, double x, double y)
{
  pdg_canvas_stop (self);
  self->pinch_camera = self->camera;
  self->pinch_x = x;
  self->pinch_y = y;
}

void
pdg_canvas_pinch (PdgCanvas *self, double x, double y, double scale)
{
  PdgCamera camera = self->pinch_camera;

  pdg_camera_zoom_at (&camera, self->pinch_x, self->pinch_y, pdg_camera_snap_zoom (self->pinch_camera.zoom * scale));
  pdg_camera_pan (&camera, x - self->pinch_x, y - self->pinch_y);
  pdg_canvas_set_camera (self, &camera);
}

/* ---- letting go ---- */

void
pdg_canvas_begin_trail (PdgCanvas *self)
{
  pdg_canvas_stop (self);
  self->n_trail = 0;
}

void
pdg_canvas_add_to_trail (PdgCanvas *self, double x, double y)
{
  self->trail[self->n_trail++ % PDG_CANVAS_TRAIL] = (PdgCanvasTrail) { x, y, g_get_monotonic_time () };
}

void
pdg_canvas_throw (PdgCanvas *self)
{
  gint64 now_usec = g_get_monotonic_time ();
  guint n = MIN (self->n_trail, PDG_CANVAS_TRAIL);
  const PdgCanvasTrail *last, *first;
  double seconds, x, y, speed;

  if (n < 2)
    return;
  last = first = &self->trail[(self->n_trail - 1) % PDG_CANVAS_TRAIL];
  for (guint i = 1; i <= n; i++)
    {
      const PdgCanvasTrail *each = &self->trail[(self->n_trail - i) % PDG_CANVAS_TRAIL];

      if (now_usec - each->usec > TRAIL_USEC)
        break;
      first = each;
    }
  seconds = (double) (last->usec - first->usec) / G_USEC_PER_SEC;
  if (now_usec - last->usec > REST_USEC || seconds <= 0)
    return;
  x = (last->x - first->x) / seconds;
  y = (last->y - first->y) / seconds;
  speed = hypot (x, y);
  if (speed < MIN_THROW)
    return;
  pdg_canvas_glide (self, -x * MIN (1, MAX_THROW / speed), -y * MIN (1, MAX_THROW / speed));
}
