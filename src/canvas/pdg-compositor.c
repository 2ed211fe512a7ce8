#include "config.h"
#include "canvas/pdg-compositor.h"

#include "canvas/pdg-blit.h"
#include "canvas/pdg-compositor-private.h"

struct _PdgCompositor
{
  PdgPainter *painter;
  PdgScene *scene;
  PdgTheme *theme;
  PdgImageStore *images;
  PdgEdgeTint tint;
  double tint_reference;
  int scale_factor;
  PdgTileView *view;
  PdgCompositorStats stats;

  GMainContext *context;
  PdgCompositorReadyFunc ready;
  gpointer user_data;
  GMutex mutex;
  GSource *told;    /* @ready is about to be called; under the mutex */
};

static gboolean
tell_cb (gpointer user_data)
{
  PdgCompositor *self = user_data;

  g_mutex_lock (&self->mutex);
  g_clear_pointer (&self->told, g_source_unref);
  g_mutex_unlock (&self->mutex);
  self->ready (self->user_data);
  return G_SOURCE_REMOVE;
}

/* On a worker, or within a frame. */
static void
ready_cb (gpointer user_data)
{
  PdgCompositor *self = user_data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  if (self->told != NULL || self->ready == NULL)
    return;
  self->told = g_idle_source_new ();
  g_source_set_priority (self->told, G_PRIORITY_DEFAULT);
  g_source_set_static_name (self->told, "tiles");
  g_source_set_callback (self->told, tell_cb, self, NULL);
  g_source_attach (self->told, self->context);
}

PdgCompositor *
pdg_compositor_new (PdgCompositorWay way, guint n_workers, gsize budget_bytes, GMainContext *context,
                    PdgCompositorReadyFunc ready, gpointer user_data)
{
  PdgCompositor *self = g_new0 (PdgCompositor, 1);

  self->context = context != NULL ? g_main_context_ref (context) : NULL;
  self->ready = ready;
  self->user_data = user_data;
  self->scale_factor = 1;
  g_mutex_init (&self->mutex);
  if (n_workers == 0)
    n_workers = MAX (g_get_num_processors (), 2) - 1;
  if (way == PDG_COMPOSITOR_TILES)
    self->painter = pdg_painter_new_tiles (n_workers, budget_bytes, ready_cb, self);
  else if (way == PDG_COMPOSITOR_SCROLL)
    self->painter = pdg_painter_new_scroll ();
  else
    self->painter = pdg_painter_new_direct ();
  return self;
}

void
pdg_compositor_free (PdgCompositor *self)
{
  self->painter->klass->free (self->painter);
  if (self->told != NULL)
    {
      g_source_destroy (self->told);
      g_source_unref (self->told);
    }
  g_clear_pointer (&self->context, g_main_context_unref);
  pdg_tile_view_unref (self->view);
  pdg_scene_unref (self->scene);
  g_clear_pointer (&self->theme, pdg_theme_unref);
  pdg_image_store_unref (self->images);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

/* Makes the view anew; NULL: everything looks different. */
static void
update_view (PdgCompositor *self, const PdgSceneDiff *diff)
{
  if (self->scene == NULL || self->theme == NULL)
    return;
  g_clear_pointer (&self->view, pdg_tile_view_unref);
  self->view = pdg_tile_view_new (self->scene, self->theme, self->images, self->tint, self->tint_reference, self->scale_factor);
  self->painter->klass->changed (self->painter, self->view, diff);
}

gboolean
pdg_compositor_set_scene (PdgCompositor *self, PdgScene *scene)
{
  g_auto (PdgSceneDiff) diff = { 0 };
  g_autoptr (PdgScene) old = g_steal_pointer (&self->scene);

  self->scene = pdg_scene_ref (scene);
  if (old == scene)
    return FALSE;
  if (old != NULL)
    pdg_scene_diff_init (&diff, old, scene);
  if (old != NULL && diff.areas->len == 0 && !diff.all && !diff.chips && !diff.ranks)
    return FALSE;
  /* The colours of edges drawn over each other would show another order. */
  diff.all |= diff.ranks && self->tint != PDG_EDGE_TINT_NONE;
  update_view (self, old != NULL && !diff.strange ? &diff : NULL);
  return TRUE;
}

void
pdg_compositor_set_look (PdgCompositor *self, PdgTheme *theme, int scale_factor, PdgEdgeTint tint, double tint_reference)
{
  if (self->theme != NULL && pdg_theme_get_kind (self->theme) == pdg_theme_get_kind (theme) &&
      self->scale_factor == scale_factor && self->tint == tint && self->tint_reference == tint_reference)
    return;
  pdg_theme_ref (theme);
  g_clear_pointer (&self->theme, pdg_theme_unref);
  self->theme = theme;
  self->scale_factor = MAX (scale_factor, 1);
  self->tint = tint;
  self->tint_reference = tint_reference;
  update_view (self, NULL);
}

void
pdg_compositor_set_images (PdgCompositor *self, PdgImageStore *images)
{
  if (self->images == images)
    return;
  pdg_image_store_unref (self->images);
  self->images = images != NULL ? pdg_image_store_ref (images) : NULL;
  update_view (self, NULL);
}

void
pdg_compositor_picture_loaded (PdgCompositor *self, const char *snapshot_id)
{
  g_auto (PdgSceneDiff) diff = { .areas = g_array_new (FALSE, FALSE, sizeof (PdgRect)) };

  if (self->view == NULL)
    return;
  for (guint i = 0; i < pdg_scene_get_n_cards (self->scene); i++)
    if (g_strcmp0 (pdg_scene_get_screen (self->scene, i)->snapshot_id, snapshot_id) == 0)
      {
        PdgRect rect = pdg_scene_get_picture_rect (self->scene, i);

        g_array_append_val (diff.areas, rect);
      }
  if (diff.areas->len > 0)
    self->painter->klass->changed (self->painter, self->view, &diff);
}

gint64
pdg_compositor_draw (PdgCompositor *self, cairo_surface_t *target, const PdgCamera *camera, int width, int height,
                     gint64 now_usec)
{
  PdgFrame frame = { target, *camera, width, height, { 0, 0, width * self->scale_factor, height * self->scale_factor },
                     0, 0, now_usec, self->view };
  gint64 wake;

  g_return_val_if_fail (self->view != NULL && pdg_camera_is_valid (camera), 0);
  pdg_camera_snap (&frame.camera, self->scale_factor);
  frame.x = (int) CLAMP (frame.camera.offset_x * self->scale_factor, -1e9, 1e9);
  frame.y = (int) CLAMP (frame.camera.offset_y * self->scale_factor, -1e9, 1e9);
  self->stats = (PdgCompositorStats) { 0 };
  cairo_surface_flush (target);
  wake = self->painter->klass->draw (self->painter, &frame, &self->stats);
  cairo_surface_mark_dirty (target);
  if (cairo_image_surface_get_format (target) == CAIRO_FORMAT_ARGB32)
    pdg_blit_make_opaque (target);
  return wake;
}

gboolean
pdg_compositor_is_exact (PdgCompositor *self)
{
  return self->stats.scaled + self->stats.other + self->stats.overview == 0;
}

PdgCompositorStats
pdg_compositor_get_stats (PdgCompositor *self)
{
  return self->stats;
}

void
pdg_compositor_wait (PdgCompositor *self)
{
  if (self->painter->klass->wait != NULL)
    self->painter->klass->wait (self->painter);
}

/* ---- without workers ---- */

void
pdg_frame_draw_direct (const PdgFrame *frame, cairo_surface_t *target, const cairo_rectangle_int_t *clip)
{
  pdg_tile_view_draw (frame->view, &frame->view->style, &frame->camera, frame->view->scale_factor, target, clip);
}

static void
direct_free (PdgPainter *painter)
{
  g_free (painter);
}

static void
direct_changed (PdgPainter *painter, PdgTileView *view, const PdgSceneDiff *diff)
{
  /* Nothing is kept. */
}

static gint64
direct_draw (PdgPainter *painter, const PdgFrame *frame, PdgCompositorStats *stats)
{
  pdg_frame_draw_direct (frame, frame->target, &frame->area);
  stats->direct = (guint64) frame->area.width * (guint64) frame->area.height;
  return 0;
}

PdgPainter *
pdg_painter_new_direct (void)
{
  static const PdgPainterClass klass = { direct_free, direct_changed, direct_draw, NULL };
  PdgPainter *painter = g_new0 (PdgPainter, 1);

  painter->klass = &klass;
  return painter;
}
