#include "config.h"
#include "app/pdg-canvas-private.h"

#include <math.h>

#define WHEEL_PAN_PX 72.0 /* one notch */
#define WHEEL_ZOOM_OCTAVES 0.25 /* one notch */
#define SURFACE_ZOOM_PX 160.0 /* touchpad travel for one octave */
#define HIT_TOLERANCE_PX 6.0

/* ---- hover and cursor ---- */

static gboolean
is_panning_tool (PdgCanvas *self)
{
  return self->hand_tool || self->space_held;
}

void
pdg_canvas_update_cursor (PdgCanvas *self)
{
  const char *name = NULL;

  if (self->drag == PDG_CANVAS_DRAG_PAN)
    name = "grabbing";
  else if (self->drag == PDG_CANVAS_DRAG_CARDS && self->cards != NULL)
    name = "move";
  else if (is_panning_tool (self))
    name = "grab";
  else if (self->drag == PDG_CANVAS_DRAG_NONE && self->over_pin)
    name = "pointer";
  else if (pdg_canvas_is_comment_tool (self))
    name = "crosshair";
  else if (self->drag == PDG_CANVAS_DRAG_NONE && self->hovered_kind != PDG_HIT_NOTHING)
    name = "pointer";
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), name);
}

PdgHitKind
pdg_canvas_hit_test (PdgCanvas *self, double x, double y, guint *index)
{
  double x_world, y_world;
  gboolean on_chevron;
  int title = pdg_canvas_hit_title (self, x, y, &on_chevron);

  if (title >= 0)
    {
      *index = (guint) title;
      return PDG_HIT_TITLE;
    }
  pdg_camera_to_world (&self->camera, x, y, &x_world, &y_world);
  return pdg_scene_hit_test (self->scene, x_world, y_world, self->camera.zoom, HIT_TOLERANCE_PX / self->camera.zoom, index);
}

void
pdg_canvas_update_hover (PdgCanvas *self)
{
  PdgHitKind kind = PDG_HIT_NOTHING;
  gboolean over_pin = pdg_canvas_has_pin_at (self, self->pointer_x, self->pointer_y);
  guint index = 0;

  if (over_pin != self->over_pin)
    gtk_widget_queue_draw (GTK_WIDGET (self));
  self->over_pin = over_pin;
  if (self->pointer_x >= 0 && !over_pin && self->drag == PDG_CANVAS_DRAG_NONE && !is_panning_tool (self) && self->scene != NULL)
    kind = pdg_canvas_hit_test (self, self->pointer_x, self->pointer_y, &index);
  if (kind != self->hovered_kind || index != self->hovered_index)
    {
      self->hovered_kind = kind;
      self->hovered_index = index;
      gtk_widget_queue_draw (GTK_WIDGET (self));
    }
  pdg_canvas_update_cursor (self);
}

static void
motion_cb (GtkEventControllerMotion *controller, double x, double y, gpointer user_data)
{
  PdgCanvas *self = user_data;

  if (x == self->pointer_x && y == self->pointer_y)
    return;
  self->pointer_x = x;
  self->pointer_y = y;
  pdg_canvas_update_hover (self);
}

static void
leave_cb (GtkEventControllerMotion *controller, gpointer user_data)
{
  PdgCanvas *self = user_data;

  self->pointer_x = self->pointer_y = -1;
  pdg_canvas_update_hover (self);
}

/* ---- scrolling and pinching ---- */

/* Where the wheel alone zooms, the keys make it move the canvas. */
static gboolean
scroll_zooms (PdgCanvas *self, GdkModifierType state, gboolean wheel)
{
  gboolean asked = (state & (GDK_CONTROL_MASK | GDK_SUPER_MASK)) != 0;

  return wheel && self->wheel_zooms && !(state & GDK_SHIFT_MASK) ? !asked : asked;
}

static gboolean
scroll_cb (GtkEventControllerScroll *controller, double dx, double dy, gpointer user_data)
{
  PdgCanvas *self = user_data;
  GdkModifierType state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (controller));
  gboolean wheel = gtk_event_controller_scroll_get_unit (controller) == GDK_SCROLL_UNIT_WHEEL;
  PdgCamera camera = self->camera;

  if (scroll_zooms (self, state, wheel))
    pdg_canvas_zoom_by_wheel (self, wheel ? -CLAMP (dy, -1.0, 1.0) * WHEEL_ZOOM_OCTAVES : -dy / SURFACE_ZOOM_PX, wheel);
  else
    {
      double factor = wheel ? WHEEL_PAN_PX : 1.0;

      if ((state & GDK_SHIFT_MASK) && dx == 0)
        {
          dx = dy;
          dy = 0;
        }
      pdg_camera_pan (&camera, -dx * factor, -dy * factor);
      pdg_canvas_set_camera (self, &camera);
    }
  pdg_canvas_update_hover (self);
  return GDK_EVENT_STOP;
}

static void
decelerate_cb (GtkEventControllerScroll *controller, double velocity_x, double velocity_y, gpointer user_data)
{
  GdkModifierType state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (controller));

  if (!(state & (GDK_CONTROL_MASK | GDK_SUPER_MASK)))
    pdg_canvas_glide (user_data, velocity_x, velocity_y);
}

static void
pinch_begin_cb (GtkGesture *gesture, GdkEventSequence *sequence, gpointer user_data)
{
  double x, y;

  if (gtk_gesture_get_bounding_box_center (gesture, &x, &y))
    pdg_canvas_begin_pinch (user_data, x, y);
}

static void
pinch_cb (GtkGestureZoom *gesture, double scale, gpointer user_data)
{
  double x, y;

  if (gtk_gesture_get_bounding_box_center (GTK_GESTURE (gesture), &x, &y))
    pdg_canvas_pinch (user_data, x, y, scale);
}

/* ---- pressing and dragging ---- */

static void
select_hit (PdgCanvas *self, PdgHitKind kind, guint index, gboolean toggle)
{
  if (kind == PDG_HIT_CARD)
    {
      const char *id = pdg_scene_get_screen (self->scene, index)->id;

      if (toggle)
        pdg_selection_toggle_screen (self->selection, id);
      else
        pdg_selection_select_screen (self->selection, id);
    }
  else if (kind == PDG_HIT_EDGE || kind == PDG_HIT_LABEL)
    {
      const PdgSceneEdge *edge = pdg_scene_get_edge (self->scene, index);

      pdg_selection_select_edge (self->selection, pdg_scene_get_screen (self->scene, edge->from)->id,
                                 pdg_scene_get_screen (self->scene, edge->to)->id);
    }
}

static void
pressed_cb (GtkGestureClick *gesture, int n_press, double x, double y, gpointer user_data)
{
  PdgCanvas *self = user_data;
  GdkModifierType state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture));
  guint index;
  PdgHitKind kind;

  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (is_panning_tool (self))
    return;
  if (pdg_canvas_press_pin (self, x, y))
    {
      gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
      return;
    }
  if (pdg_canvas_press_title (self, x, y, n_press))
    return;
  kind = pdg_canvas_hit_test (self, x, y, &index);
  self->press_kept = n_press == 1 && kind == PDG_HIT_CARD && !(state & GDK_SHIFT_MASK)
                     && pdg_selection_contains_screen (self->selection, pdg_scene_get_screen (self->scene, index)->id);
  if (n_press == 1 && !self->press_kept)
    select_hit (self, kind, index, (state & GDK_SHIFT_MASK) != 0);
  else if (n_press == 2 && kind == PDG_HIT_CARD)
    pdg_canvas_zoom_to_selected (self);
}

static gboolean
is_touch (GtkGesture *gesture)
{
  GdkDevice *device = gtk_event_controller_get_current_event_device (GTK_EVENT_CONTROLLER (gesture));

  return device != NULL && gdk_device_get_source (device) == GDK_SOURCE_TOUCHSCREEN;
}

static void
drag_begin_cb (GtkGestureDrag *gesture, double x, double y, gpointer user_data)
{
  PdgCanvas *self = user_data;
  guint button = gtk_gesture_single_get_current_button (GTK_GESTURE_SINGLE (gesture));
  PdgHitKind kind;
  gboolean on_chevron = FALSE;
  guint index;

  self->drag_x = x;
  self->drag_y = y;
  pdg_canvas_begin_trail (self);
  if (button == GDK_BUTTON_MIDDLE || (button == GDK_BUTTON_PRIMARY && (is_panning_tool (self) || is_touch (GTK_GESTURE (gesture)))))
    self->drag = PDG_CANVAS_DRAG_PAN;
  else if (pdg_canvas_is_comment_tool (self) || pdg_canvas_has_pin_at (self, x, y))
    gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_DENIED);
  else if (button == GDK_BUTTON_PRIMARY && (kind = pdg_canvas_hit_test (self, x, y, &index)) == PDG_HIT_NOTHING)
    {
      self->drag = PDG_CANVAS_DRAG_MARQUEE;
      self->marquee = (PdgRect){ x, y, 0, 0 };
    }
  else if (button == GDK_BUTTON_PRIMARY
           && (kind == PDG_HIT_CARD || (kind == PDG_HIT_TITLE && pdg_canvas_hit_title (self, x, y, &on_chevron) >= 0 && !on_chevron)))
    self->drag = PDG_CANVAS_DRAG_CARDS;
  else
    gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_DENIED);
  pdg_canvas_update_hover (self);
}

static void
select_marquee (PdgCanvas *self, gboolean enclosed)
{
  g_autoptr (GArray) cards = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();
  PdgRect world;

  pdg_camera_to_world (&self->camera, self->marquee.x, self->marquee.y, &world.x, &world.y);
  world.width = self->marquee.width / self->camera.zoom;
  world.height = self->marquee.height / self->camera.zoom;
  pdg_scene_query_cards (self->scene, &world, enclosed, cards);
  for (guint i = 0; i < cards->len; i++)
    g_ptr_array_add (ids, pdg_scene_get_screen (self->scene, g_array_index (cards, guint32, i))->id);
  g_ptr_array_add (ids, NULL);
  pdg_selection_set_screens (self->selection, (const char *const *) ids->pdata);
}

static void
update_cards (PdgCanvas *self, double dx, double dy, GdkModifierType state)
{
  if (self->cards == NULL)
    {
      if (!gtk_drag_check_threshold (GTK_WIDGET (self), 0, 0, (int) dx, (int) dy))
        return;
      if (!pdg_canvas_begin_cards (self, self->drag_x, self->drag_y))
        {
          self->drag = PDG_CANVAS_DRAG_NONE;
          return;
        }
      pdg_canvas_update_hover (self);
    }
  pdg_canvas_drag_cards (self, self->drag_x + dx, self->drag_y + dy, (state & GDK_CONTROL_MASK) != 0);
}

static void
drag_update_cb (GtkGestureDrag *gesture, double dx, double dy, gpointer user_data)
{
  PdgCanvas *self = user_data;
  double start_x, start_y;

  if (!gtk_gesture_drag_get_start_point (gesture, &start_x, &start_y))
    return;
  if (self->drag == PDG_CANVAS_DRAG_PAN)
    {
      PdgCamera camera = self->camera;

      pdg_camera_pan (&camera, start_x + dx - self->drag_x, start_y + dy - self->drag_y);
      self->drag_x = start_x + dx;
      self->drag_y = start_y + dy;
      pdg_canvas_add_to_trail (self, self->drag_x, self->drag_y);
      pdg_canvas_set_camera (self, &camera);
    }
  else if (self->drag == PDG_CANVAS_DRAG_CARDS)
    update_cards (self, dx, dy, gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture)));
  else if (self->drag == PDG_CANVAS_DRAG_MARQUEE && !gtk_drag_check_threshold (GTK_WIDGET (self), 0, 0, (int) dx, (int) dy)
           && self->marquee.width == 0 && self->marquee.height == 0)
    return;
  else if (self->drag == PDG_CANVAS_DRAG_MARQUEE)
    {
      GdkModifierType state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture));

      self->marquee = (PdgRect){ MIN (start_x, start_x + dx), MIN (start_y, start_y + dy), fabs (dx), fabs (dy) };
      select_marquee (self, (state & GDK_ALT_MASK) != 0);
      gtk_widget_queue_draw (GTK_WIDGET (self));
    }
}

static void
drag_end_cb (GtkGestureDrag *gesture, double dx, double dy, gpointer user_data)
{
  PdgCanvas *self = user_data;
  GdkModifierType state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture));

  /* A press on empty ground that did not become a marquee lets go of the selection. */
  if (self->drag == PDG_CANVAS_DRAG_MARQUEE && self->marquee.width == 0 && self->marquee.height == 0 && !(state & GDK_SHIFT_MASK))
    pdg_selection_clear (self->selection);
  if (self->drag == PDG_CANVAS_DRAG_PAN)
    pdg_canvas_throw (self);
  if (self->drag == PDG_CANVAS_DRAG_CARDS && self->cards != NULL)
    pdg_canvas_drop_cards (self);
  else if (self->drag == PDG_CANVAS_DRAG_CARDS && self->press_kept)
    {
      guint index;
      PdgHitKind kind = pdg_canvas_hit_test (self, self->drag_x, self->drag_y, &index);

      select_hit (self, kind, index, FALSE); /* it was a click: of several, this one alone */
    }
  self->drag = PDG_CANVAS_DRAG_NONE;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  pdg_canvas_update_hover (self);
}

/* ---- keys that are held, and those that a focused screen would take ---- */

static gboolean
key_pressed_cb (GtkEventControllerKey *controller, guint keyval, guint keycode, GdkModifierType state, gpointer user_data)
{
  PdgCanvas *self = user_data;

  if (pdg_canvas_press_title_key (self, keyval, state))
    return GDK_EVENT_STOP;
  if (keyval == GDK_KEY_Escape && self->drag == PDG_CANVAS_DRAG_CARDS)
    {
      self->drag = PDG_CANVAS_DRAG_NONE;
      pdg_canvas_clear_cards (self);
      pdg_canvas_update_hover (self);
      return GDK_EVENT_STOP;
    }
  if (state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK))
    return GDK_EVENT_PROPAGATE;
  if (pdg_canvas_key_for_pin (self, keyval))
    return GDK_EVENT_STOP;
  if (keyval == GDK_KEY_space)
    {
      self->space_held = TRUE;
      pdg_canvas_update_hover (self);
      return GDK_EVENT_STOP;
    }
  if (keyval == GDK_KEY_Return || keyval == GDK_KEY_KP_Enter || keyval == GDK_KEY_ISO_Enter)
    {
      pdg_canvas_zoom_to_selected (self);
      return GDK_EVENT_STOP;
    }
  return GDK_EVENT_PROPAGATE;
}

static void
key_released_cb (GtkEventControllerKey *controller, guint keyval, guint keycode, GdkModifierType state, gpointer user_data)
{
  PdgCanvas *self = user_data;

  if (keyval != GDK_KEY_space)
    return;
  self->space_held = FALSE;
  pdg_canvas_update_hover (self);
}

static void
focus_leave_cb (GtkEventControllerFocus *controller, gpointer user_data)
{
  PdgCanvas *self = user_data;

  self->space_held = FALSE;
  pdg_canvas_update_cursor (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
add_pointer_controllers (PdgCanvas *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkEventController *controller = gtk_event_controller_motion_new ();
  GtkGesture *gesture;

  g_signal_connect (controller, "enter", G_CALLBACK (motion_cb), self);
  g_signal_connect (controller, "motion", G_CALLBACK (motion_cb), self);
  g_signal_connect (controller, "leave", G_CALLBACK (leave_cb), self);
  gtk_widget_add_controller (widget, controller);

  controller = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES | GTK_EVENT_CONTROLLER_SCROLL_KINETIC);
  g_signal_connect (controller, "scroll", G_CALLBACK (scroll_cb), self);
  g_signal_connect (controller, "decelerate", G_CALLBACK (decelerate_cb), self);
  gtk_widget_add_controller (widget, controller);

  gesture = gtk_gesture_zoom_new ();
  g_signal_connect (gesture, "begin", G_CALLBACK (pinch_begin_cb), self);
  g_signal_connect (gesture, "scale-changed", G_CALLBACK (pinch_cb), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (gesture));
}

void
pdg_canvas_init_input (PdgCanvas *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkGesture *click = gtk_gesture_click_new ();
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();

  self->pointer_x = self->pointer_y = -1;
  add_pointer_controllers (self);

  g_signal_connect (click, "pressed", G_CALLBACK (pressed_cb), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (click));

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (drag), 0);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (drag_begin_cb), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (drag_update_cb), self);
  g_signal_connect (drag, "drag-end", G_CALLBACK (drag_end_cb), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (drag));

  /* Before a focused screen's own keys: space moves the canvas, Enter zooms. */
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (key_pressed_cb), self);
  g_signal_connect (keys, "key-released", G_CALLBACK (key_released_cb), self);
  gtk_widget_add_controller (widget, keys);

  g_signal_connect (focus, "leave", G_CALLBACK (focus_leave_cb), self);
  gtk_widget_add_controller (widget, focus);
}
