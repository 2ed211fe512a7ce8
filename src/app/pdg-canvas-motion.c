#include "config.h"
#include "app/pdg-canvas-private.h"

#include <math.h>

#include "canvas/pdg-layout.h"
#include "canvas/pdg-scene-legend.h"

/* Camera flights, gliding after a scroll, cards on their way to new places: all on the frame clock, which runs only meanwhile. */

#define FIT_PADDING 56.0 /* entry and exit shares stand beside the outermost cards */
/* What floats at the bottom lies on nothing that was fitted. */
#define BAR_HEIGHT 60.0
#define REVEAL_MARGIN 48.0
#define GLIDE_DECAY_SEC 0.325
#define GLIDE_STOP 8.0

gboolean
pdg_canvas_is_animated (PdgCanvas *self)
{
  gboolean enabled;

  g_object_get (gtk_widget_get_settings (GTK_WIDGET (self)), "gtk-enable-animations", &enabled, NULL);
  return enabled && gtk_widget_get_mapped (GTK_WIDGET (self));
}

static void
apply_camera (PdgCanvas *self, const PdgCamera *camera)
{
  self->camera = *camera;
  pdg_canvas_queue_nodes (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  pdg_canvas_emit_camera_changed (self);
}

static gboolean
tick_flight (PdgCanvas *self, gint64 now_usec)
{
  double progress = (double) (now_usec - self->flight_start_usec) / (PDG_MOTION_FLIGHT_MS * 1000.0);
  PdgCamera camera;

  if (self->flight_start_usec == 0)
    return FALSE;
  if (progress >= 1.0)
    {
      self->flight_start_usec = 0;
      apply_camera (self, &self->flight_to);
      pdg_canvas_update_hover (self);
      return FALSE;
    }
  camera = pdg_camera_interpolate (&self->flight_from, &self->flight_to, MAX (progress, 0.0), gtk_widget_get_width (GTK_WIDGET (self)),
                                   gtk_widget_get_height (GTK_WIDGET (self)));
  apply_camera (self, &camera);
  return TRUE;
}

static gboolean
tick_glide (PdgCanvas *self, gint64 now_usec)
{
  double seconds = MIN (0.1, (double) (now_usec - self->glide_usec) / G_USEC_PER_SEC);
  double keep = exp (-seconds / GLIDE_DECAY_SEC);
  PdgCamera camera = self->camera;

  if (hypot (self->glide_x, self->glide_y) < GLIDE_STOP)
    {
      self->glide_x = self->glide_y = 0;
      return FALSE;
    }
  pdg_camera_pan (&camera, -self->glide_x * seconds, -self->glide_y * seconds);
  self->glide_x *= keep;
  self->glide_y *= keep;
  self->glide_usec = now_usec;
  apply_camera (self, &camera);
  return TRUE;
}

void
pdg_canvas_set_scene (PdgCanvas *self, PdgScene *scene)
{
  pdg_scene_ref (scene);
  pdg_scene_unref (self->scene);
  self->scene = scene;
  self->usual_share = pdg_scene_get_usual_share (scene);
  /* Live updates often bring what is there already. */
  if (!pdg_compositor_set_scene (self->compositor, scene) && self->hovered_kind == PDG_HIT_NOTHING)
    return;
  self->hovered_kind = PDG_HIT_NOTHING;
  pdg_canvas_queue_nodes (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* The scene that is to come, its cards on the way from where they were. */
static PdgScene *
scene_between (PdgScene *from, PdgScene *to, double progress)
{
  PdgJourneyGraph *graph = pdg_scene_get_graph (to);
  guint n = pdg_scene_get_n_cards (to);
  g_autofree PdgLayoutPosition *positions = g_new0 (PdgLayoutPosition, n);
  g_autoptr (PdgLayout) layout = NULL;

  for (guint i = 0; i < n; i++)
    {
      const char *id = pdg_scene_get_screen (to, i)->id;
      int old = pdg_scene_lookup_card (from, id);
      PdgRect end = pdg_scene_get_card_rect (to, i);
      PdgRect start = old >= 0 ? pdg_scene_get_card_rect (from, (guint) old) : end;

      positions[i].screen_id = id;
      positions[i].x = start.x + (end.x - start.x) * progress;
      positions[i].y = start.y + (end.y - start.y) * progress;
    }
  layout = pdg_layout_new_from_positions (positions, n);
  return pdg_scene_get_grouping (to) != NULL ? pdg_scene_new_grouped (pdg_scene_get_grouping (to), layout) : pdg_scene_new (graph, layout);
}

void
pdg_canvas_end_move (PdgCanvas *self)
{
  g_clear_pointer (&self->move_from, pdg_scene_unref);
  g_clear_pointer (&self->move_to, pdg_scene_unref);
}

static gboolean
tick_move (PdgCanvas *self, gint64 now_usec)
{
  double progress = (double) (now_usec - self->move_start_usec) / (PDG_MOTION_MOVE_MS * 1000.0);

  if (self->move_to == NULL)
    return FALSE;
  if (progress >= 1.0)
    {
      pdg_canvas_set_scene (self, self->move_to);
      pdg_canvas_end_move (self);
      pdg_canvas_update_hover (self);
      return FALSE;
    }
  {
    g_autoptr (PdgScene) between = scene_between (self->move_from, self->move_to, pdg_ease_out (progress));

    pdg_canvas_set_scene (self, between);
  }
  return TRUE;
}

static gboolean
tick_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  PdgCanvas *self = PDG_CANVAS (widget);
  gint64 now_usec = gdk_frame_clock_get_frame_time (clock);
  gboolean flying = tick_flight (self, now_usec);
  gboolean gliding = tick_glide (self, now_usec);
  gboolean zooming = pdg_canvas_tick_wheel (self, now_usec);
  gboolean moving = tick_move (self, now_usec);
  gboolean live = pdg_canvas_tick_live (self);
  gboolean dragging = pdg_canvas_tick_cards (self, now_usec);

  if (flying || gliding || zooming || moving || live || dragging)
    return G_SOURCE_CONTINUE;
  self->tick = 0;
  return G_SOURCE_REMOVE;
}

gint64
pdg_canvas_start_ticking (PdgCanvas *self)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (self));

  if (self->tick == 0)
    self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), tick_cb, NULL, NULL);
  return clock != NULL ? gdk_frame_clock_get_frame_time (clock) : g_get_monotonic_time ();
}

void
pdg_canvas_stop (PdgCanvas *self)
{
  self->flight_start_usec = 0;
  self->wheel_start_usec = 0;
  self->glide_x = self->glide_y = 0;
}

void
pdg_canvas_set_camera (PdgCanvas *self, const PdgCamera *camera)
{
  if (!pdg_camera_is_valid (camera))
    return;
  pdg_canvas_stop (self);
  self->touched = TRUE;
  apply_camera (self, camera);
}

void
pdg_canvas_fly_to (PdgCanvas *self, const PdgCamera *camera)
{
  pdg_canvas_stop (self);
  if (!pdg_canvas_is_animated (self))
    {
      apply_camera (self, camera);
      return;
    }
  self->flight_from = self->camera;
  self->flight_to = *camera;
  self->flight_start_usec = pdg_canvas_start_ticking (self);
}

PdgCamera
pdg_canvas_get_camera_for (PdgCanvas *self, const PdgRect *world, double max_zoom)
{
  int width = gtk_widget_get_width (GTK_WIDGET (self));
  int height = gtk_widget_get_height (GTK_WIDGET (self));

  return pdg_camera_fit (world, width, MAX (height - BAR_HEIGHT, 1), MIN (FIT_PADDING, MIN (width, height) / 8.0), max_zoom);
}

void
pdg_canvas_fly_to_rect (PdgCanvas *self, const PdgRect *world, double max_zoom)
{
  PdgCamera camera = pdg_canvas_get_camera_for (self, world, max_zoom);

  self->touched = TRUE;
  pdg_canvas_fly_to (self, &camera);
}

void
pdg_canvas_fit (PdgCanvas *self, gboolean animated)
{
  int width = gtk_widget_get_width (GTK_WIDGET (self));
  int height = gtk_widget_get_height (GTK_WIDGET (self));
  PdgScene *scene = self->move_to != NULL ? self->move_to : self->scene;
  PdgRect bounds = pdg_scene_get_bounds (scene);
  PdgCamera camera;

  if (width <= 0 || height <= 0 || pdg_scene_get_n_cards (scene) == 0)
    return;
  camera = pdg_canvas_get_camera_for (self, &bounds, 1.0);
  self->touched = FALSE;
  self->placed = TRUE;
  if (animated)
    pdg_canvas_fly_to (self, &camera);
  else
    {
      pdg_canvas_stop (self);
      apply_camera (self, &camera);
    }
}

void
pdg_canvas_glide (PdgCanvas *self, double x, double y)
{
  if (!pdg_canvas_is_animated (self))
    return;
  self->glide_x = x;
  self->glide_y = y;
  self->glide_usec = pdg_canvas_start_ticking (self);
}

void
pdg_canvas_reveal_card (PdgCanvas *self, int card, gboolean centre)
{
  int width = gtk_widget_get_width (GTK_WIDGET (self));
  int height = gtk_widget_get_height (GTK_WIDGET (self));
  PdgRect world, screen;
  PdgCamera camera;

  if (card < 0 || width <= 0 || height <= 0)
    return;
  world = pdg_scene_get_card_rect (self->scene, (guint) card);
  screen = pdg_camera_rect_to_screen (&self->camera, &world);
  if (!centre && screen.x >= REVEAL_MARGIN && screen.y >= REVEAL_MARGIN && screen.x + screen.width <= width - REVEAL_MARGIN
      && screen.y + screen.height <= height - REVEAL_MARGIN)
    return;
  camera = pdg_camera_centred (world.x + world.width / 2, world.y + world.height / 2, CLAMP (self->camera.zoom, 0.4, 2.0), width, height);
  self->touched = TRUE;
  pdg_canvas_fly_to (self, &camera);
}

void
pdg_canvas_move_to (PdgCanvas *self, PdgScene *scene)
{
  pdg_canvas_end_move (self);
  self->move_from = pdg_scene_ref (self->scene);
  self->move_to = pdg_scene_ref (scene);
  self->move_start_usec = pdg_canvas_start_ticking (self);
}

void
pdg_canvas_end_flight (PdgCanvas *self)
{
  if (self->flight_start_usec != 0)
    apply_camera (self, &self->flight_to);
  pdg_canvas_stop (self);
}

void
pdg_canvas_keep_view (PdgCanvas *self)
{
  self->kept_view = self->flight_start_usec != 0 ? self->flight_to : self->camera;
  self->has_kept_view = TRUE;
}

gboolean
pdg_canvas_return_to_view (PdgCanvas *self)
{
  if (!self->has_kept_view)
    return FALSE;
  self->has_kept_view = FALSE;
  if (!pdg_camera_equal (&self->camera, &self->kept_view))
    pdg_canvas_fly_to (self, &self->kept_view);
  return TRUE;
}
