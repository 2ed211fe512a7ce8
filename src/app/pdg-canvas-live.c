#include "config.h"
#include "app/pdg-canvas-private.h"

/* Live traffic over the scene: it is drawn with each frame, and wants frames only while something moves. */

static void
overlay (cairo_t *cr, const PdgScene *scene, const PdgCamera *camera, int width, int height, const PdgTheme *theme, gpointer user_data)
{
  PdgCanvas *self = user_data;

  pdg_traffic_draw (pdg_traffic_feed_get_traffic (self->feed), cr, camera, width, height, gtk_widget_get_scale_factor (GTK_WIDGET (self)), theme);
}

static void
changed_cb (PdgCanvas *self)
{
  PdgTraffic *traffic = pdg_traffic_feed_get_traffic (self->feed);

  pdg_traffic_set_still (traffic, !pdg_canvas_is_animated (self));
  if (pdg_traffic_advance (traffic, g_get_monotonic_time ()))
    pdg_canvas_start_ticking (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
pdg_canvas_init_live (PdgCanvas *self)
{
  self->feed = pdg_traffic_feed_new (self->workspace);
  g_signal_connect_swapped (self->feed, "changed", G_CALLBACK (changed_cb), self);
}

void
pdg_canvas_clear_live (PdgCanvas *self)
{
  if (self->feed != NULL)
    g_signal_handlers_disconnect_by_data (self->feed, self);
  g_clear_object (&self->feed);
}

void
pdg_canvas_style_live (PdgCanvas *self, PdgSceneStyle *style)
{
  PdgTraffic *traffic = pdg_traffic_feed_get_traffic (self->feed);

  pdg_traffic_set_scene (traffic, self->scene);
  pdg_traffic_advance (traffic, g_get_monotonic_time ());
  style->overlay = overlay;
  style->overlay_data = self;
}

gboolean
pdg_canvas_tick_live (PdgCanvas *self)
{
  if (!pdg_traffic_advance (pdg_traffic_feed_get_traffic (self->feed), g_get_monotonic_time ()))
    return FALSE;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  return TRUE;
}

void
pdg_canvas_pause_live (GSimpleAction *action, GVariant *state, gpointer user_data)
{
  PdgCanvas *self = user_data;

  if (self->feed == NULL)
    return;
  g_simple_action_set_state (action, state);
  pdg_traffic_feed_set_paused (self->feed, g_variant_get_boolean (state));
}

PdgTrafficFeed *
pdg_canvas_get_feed (PdgCanvas *self)
{
  return self->feed;
}
