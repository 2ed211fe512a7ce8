#include "config.h"
#include "canvas/pdg-compositor-private.h"

#include "canvas/pdg-blit.h"
#include "canvas/pdg-pixels.h"

#include <stdlib.h>

/* The last frame, moved along with the camera. */
typedef struct
{
  PdgPainter painter;
  cairo_surface_t *kept;
  gboolean valid;
  double zoom;
  int x, y;
} Scroll;

static void
scroll_free (PdgPainter *painter)
{
  Scroll *self = (Scroll *) painter;

  g_clear_pointer (&self->kept, cairo_surface_destroy);
  g_free (self);
}

static void
scroll_changed (PdgPainter *painter, PdgTileView *view, const PdgSceneDiff *diff)
{
  ((Scroll *) painter)->valid = FALSE;
}

static void
ensure_size (Scroll *self, const cairo_rectangle_int_t *area)
{
  if (self->kept != NULL && (cairo_image_surface_get_width (self->kept) != area->width ||
                             cairo_image_surface_get_height (self->kept) != area->height))
    g_clear_pointer (&self->kept, cairo_surface_destroy);
  if (self->kept != NULL)
    return;
  self->kept = pdg_pixels_create (CAIRO_FORMAT_RGB24, area->width, area->height);
  self->valid = FALSE;
}

/* Draws the strips that came in at the sides. */
static void
draw_strips (Scroll *self, const PdgFrame *frame, int dx, int dy, PdgCompositorStats *stats)
{
  int width = frame->area.width, height = frame->area.height;
  cairo_rectangle_int_t beside = { dx > 0 ? 0 : width + dx, 0, abs (dx), height };
  cairo_rectangle_int_t above = { MAX (dx, 0), dy > 0 ? 0 : height + dy, width - abs (dx), abs (dy) };

  pdg_frame_draw_direct (frame, self->kept, &beside);
  pdg_frame_draw_direct (frame, self->kept, &above);
  stats->direct = (guint64) beside.width * (guint64) beside.height + (guint64) above.width * (guint64) above.height;
}

static gint64
scroll_draw (PdgPainter *painter, const PdgFrame *frame, PdgCompositorStats *stats)
{
  Scroll *self = (Scroll *) painter;
  guint64 all = (guint64) frame->area.width * (guint64) frame->area.height;
  gint64 dx = (gint64) frame->x - self->x, dy = (gint64) frame->y - self->y;

  ensure_size (self, &frame->area);
  if (!self->valid || self->zoom != frame->camera.zoom || ABS (dx) >= frame->area.width || ABS (dy) >= frame->area.height)
    {
      pdg_frame_draw_direct (frame, self->kept, &frame->area);
      stats->direct = all;
    }
  else if (dx != 0 || dy != 0)
    {
      pdg_blit_scroll (self->kept, (int) dx, (int) dy);
      draw_strips (self, frame, (int) dx, (int) dy, stats);
    }
  stats->exact = all - stats->direct;
  stats->size_bytes = all * 4;
  self->valid = TRUE;
  self->zoom = frame->camera.zoom;
  self->x = frame->x;
  self->y = frame->y;
  pdg_blit_copy (frame->target, &frame->area, self->kept, 0, 0);
  return 0;
}

PdgPainter *
pdg_painter_new_scroll (void)
{
  static const PdgPainterClass klass = { scroll_free, scroll_changed, scroll_draw, NULL };
  Scroll *self = g_new0 (Scroll, 1);

  self->painter.klass = &klass;
  return &self->painter;
}
