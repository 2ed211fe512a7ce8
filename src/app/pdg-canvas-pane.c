#include "config.h"
#include "app/pdg-canvas-pane.h"

#include <glib/gi18n-lib.h>

#include "app/pdg-canvas.h"
#include "app/pdg-empty-pane.h"
#include "app/pdg-format.h"
#include "app/pdg-legend.h"
#include "app/pdg-live-bar.h"
#include "app/pdg-minimap.h"
#include "app/pdg-skeleton.h"

#define SKELETON_DELAY_MS 150
#define FLOAT_MARGIN 16
#define BAR_HEIGHT 60 /* with the margin below it */
#define NARROW 680 /* the map goes above the bar */

struct _PdgCanvasPane
{
  GtkWidget parent_instance;
  GtkOverlay *overlay;
  PdgCanvas *canvas;
  GtkWidget *bar;
  GtkWidget *zoom_button;
  GtkLabel *zoom_label;
  PdgLegend *legend;
  PdgMinimap *minimap;
  PdgLiveBar *live_bar;
  GtkStack *states;
  PdgSkeleton *skeleton;
  PdgEmptyPane *empty_pane;
  GtkSpinner *message_spinner;
  GtkWidget *message_icon;
  GtkLabel *message_title;
  GtkLabel *message_body;
  GtkButton *message_button;

  PdgWorkspace *workspace;
  PdgSceneModel *scenes;
  guint skeleton_source;
  PdgRect map_area; /* where the map lies on the canvas */
};

G_DEFINE_FINAL_TYPE (PdgCanvasPane, pdg_canvas_pane, GTK_TYPE_WIDGET)

static void update_minimap (PdgCanvasPane *self);

/* ---- what stands in for the canvas ---- */

static void
show_state (PdgCanvasPane *self, const char *name)
{
  gboolean canvas = g_str_equal (name, "none");

  gtk_stack_set_visible_child_name (self->states, name);
  gtk_widget_set_visible (GTK_WIDGET (self->states), !canvas);
  gtk_widget_set_visible (self->bar, canvas);
  gtk_widget_set_opacity (GTK_WIDGET (self->legend), canvas ? 1.0 : 0.0);
  gtk_widget_set_visible (GTK_WIDGET (self->live_bar), canvas);
  update_minimap (self);
}

/* The target first: GTK warns when a name and its target do not fit, if only for a moment. */
static void
set_action (GtkButton *button, const char *detailed)
{
  g_autofree char *name = NULL;
  g_autoptr (GVariant) target = NULL;

  if (!g_action_parse_detailed_name (detailed, &name, &target, NULL))
    g_return_if_reached ();
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), NULL);
  gtk_actionable_set_action_target_value (GTK_ACTIONABLE (button), target);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), name);
}

static void
show_message (PdgCanvasPane *self, gboolean busy, const char *title, const char *body, const char *button, const char *action)
{
  gtk_spinner_set_spinning (self->message_spinner, busy);
  gtk_widget_set_visible (GTK_WIDGET (self->message_spinner), busy);
  gtk_widget_set_visible (self->message_icon, !busy && action != NULL && g_str_equal (action, "win.refresh"));
  gtk_label_set_text (self->message_title, title);
  gtk_label_set_text (self->message_body, body != NULL ? body : "");
  gtk_widget_set_visible (GTK_WIDGET (self->message_body), body != NULL && *body != '\0');
  gtk_widget_set_visible (GTK_WIDGET (self->message_button), button != NULL);
  if (button != NULL)
    {
      gtk_button_set_label (self->message_button, button);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->message_button), GTK_ACCESSIBLE_PROPERTY_LABEL, button, -1);
      set_action (self->message_button, action);
    }
  show_state (self, "message");
}

static void
show_empty_range (PdgCanvasPane *self)
{
  gint64 newest_usec = pdg_workspace_get_newest_event (self->workspace);
  PdgTimeRange range = pdg_workspace_get_range (self->workspace);
  PdgJourneyGraph *graph = pdg_workspace_get_graph (self->workspace);
  g_autofree char *date = pdg_format_date (newest_usec);
  g_autofree char *body = NULL;

  if (graph != NULL && pdg_journey_graph_get_n_events (graph) > 0)
    {
      body = g_strdup (_ ("There are events in this range, but no page view among them. Screens are made of events of the type page.view."));
      show_message (self, FALSE, _ ("No screens yet"), body, range != PDG_TIME_RANGE_ALL ? _ ("Show all time") : NULL, "win.range::all");
      return;
    }
  body = g_strdup_printf (_ ("The newest event of this project is from %s."), date);
  show_message (self, FALSE, _ ("Nothing happened in this range"), body, range != PDG_TIME_RANGE_ALL ? _ ("Show all time") : NULL,
                "win.range::all");
}

static gboolean
skeleton_cb (gpointer user_data)
{
  PdgCanvasPane *self = user_data;

  self->skeleton_source = 0;
  if (pdg_workspace_get_phase (self->workspace) == PDG_PHASE_LOADING)
    show_state (self, "loading");
  return G_SOURCE_REMOVE;
}

static void
phase_cb (PdgCanvasPane *self)
{
  PdgClient *client = pdg_workspace_get_client (self->workspace);
  const char *state_message = pdg_client_get_state_message (client);

  g_clear_handle_id (&self->skeleton_source, g_source_remove);
  switch (pdg_workspace_get_phase (self->workspace))
    {
    case PDG_PHASE_STARTING:
      show_message (self, TRUE, state_message != NULL ? state_message : _ ("Starting…"), NULL, NULL, NULL);
      break;
    case PDG_PHASE_LOADING: /* what is there stays until the wait is worth showing */
      self->skeleton_source = g_timeout_add (SKELETON_DELAY_MS, skeleton_cb, self);
      if (pdg_workspace_get_graph (self->workspace) == NULL)
        show_state (self, "none");
      break;
    case PDG_PHASE_READY:
      show_state (self, "none");
      break;
    case PDG_PHASE_EMPTY:
      show_state (self, "empty");
      break;
    case PDG_PHASE_EMPTY_RANGE:
      show_empty_range (self);
      break;
    case PDG_PHASE_ERROR:
      show_message (self, FALSE, _ ("The journeys could not be read"), pdg_workspace_get_error_message (self->workspace), _ ("Try again"),
                    "win.refresh");
      break;
    case PDG_PHASE_FAILED:
      show_message (self, FALSE, _ ("ProductGraph could not start"), state_message, _ ("Try again"), "app.restart");
      gtk_widget_set_visible (self->message_icon, TRUE);
      break;
    }
}

static void
refresh_message_cb (PdgCanvasPane *self)
{
  PdgPhase phase = pdg_workspace_get_phase (self->workspace);

  if (phase == PDG_PHASE_STARTING || phase == PDG_PHASE_ERROR || phase == PDG_PHASE_FAILED || phase == PDG_PHASE_EMPTY_RANGE)
    phase_cb (self);
}

/* The map gives way when everything is in view anyway and it would lie on a card. */
static void
update_minimap (PdgCanvasPane *self)
{
  gboolean useful = gtk_widget_get_visible (self->bar);

  if (useful)
    useful = !pdg_canvas_shows_all (self->canvas) || !pdg_canvas_has_card_in (self->canvas, &self->map_area);
  gtk_widget_set_opacity (GTK_WIDGET (self->minimap), useful ? 1.0 : 0.0);
  gtk_widget_set_can_target (GTK_WIDGET (self->minimap), useful);
}

static gboolean
place_overlay_cb (PdgCanvasPane *self, GtkWidget *widget, GdkRectangle *allocation)
{
  int width = gtk_widget_get_width (GTK_WIDGET (self->overlay));
  int height = gtk_widget_get_height (GTK_WIDGET (self->overlay));
  GtkRequisition size;

  if (widget == GTK_WIDGET (self->legend))
    gtk_widget_set_opacity (widget, width < NARROW || !gtk_widget_get_visible (self->bar) ? 0.0 : 1.0);
  if (widget != GTK_WIDGET (self->minimap))
    return FALSE;
  gtk_widget_get_preferred_size (widget, NULL, &size);
  allocation->x = MAX (0, width - size.width - FLOAT_MARGIN);
  allocation->y = MAX (0, height - size.height - FLOAT_MARGIN - (width < NARROW ? BAR_HEIGHT : 0));
  allocation->width = size.width;
  allocation->height = size.height;
  self->map_area = (PdgRect){ allocation->x, allocation->y, size.width, size.height };
  update_minimap (self);
  return TRUE;
}

static void
camera_cb (PdgCanvasPane *self)
{
  double percent = pdg_canvas_get_camera (self->canvas)->zoom * 100;
  g_autofree char *text = percent < 9.95 ? g_strdup_printf ("%.1f %%", percent) : g_strdup_printf ("%.0f %%", percent);
  g_autofree char *label = g_strdup_printf (_ ("Zoom %s, press for 100 %%"), text);

  update_minimap (self);
  gtk_label_set_text (self->zoom_label, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->zoom_button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

/* ---- the widget ---- */

static void
pdg_canvas_pane_dispose (GObject *object)
{
  PdgCanvasPane *self = PDG_CANVAS_PANE (object);
  GtkWidget *child;

  g_clear_handle_id (&self->skeleton_source, g_source_remove);
  if (self->workspace != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->workspace, self);
      g_signal_handlers_disconnect_by_data (pdg_workspace_get_client (self->workspace), self);
    }
  g_clear_object (&self->workspace);
  g_clear_object (&self->scenes);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (pdg_canvas_pane_parent_class)->dispose (object);
}

static void
pdg_canvas_pane_class_init (PdgCanvasPaneClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pdg_canvas_pane_dispose;
  g_type_ensure (PDG_TYPE_CANVAS);
  g_type_ensure (PDG_TYPE_EMPTY_PANE);
  g_type_ensure (PDG_TYPE_LEGEND);
  g_type_ensure (PDG_TYPE_LIVE_BAR);
  g_type_ensure (PDG_TYPE_MINIMAP);
  g_type_ensure (PDG_TYPE_SKELETON);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/productgraph/ProductGraph/pdg-canvas-pane.ui");
  gtk_widget_class_bind_template_child (widget_class, PdgCanvasPane, overlay);
  gtk_widget_class_bind_template_child (widget_class, PdgCanvasPane, canvas);
  gtk_widget_class_bind_template_child (widget_class, PdgCanvasPane, bar);
  gtk_widget_class_bind_template_child (widget_class, PdgCanvasPane, zoom_button);
  gtk_widget_class_bind_template_child (widget_class, PdgCanvasPane, zoom_label);
  gtk_widget_class_bind_template_child (widget_class, PdgCanvasPane, legend);
  gtk_widget_class_bind_template_child (widget_class, PdgCanvasPane, minimap);
  gtk_widget_class_bind_template_child (widget_class, PdgCanvasPane, live_bar);
  gtk_widget_class_bind_template_child (widget_class, PdgCanvasPane, states);
  gtk_widget_class_bind_template_child (widget_class, PdgCanvasPane, skeleton);
  gtk_widget_class_bind_template_child (widget_class, PdgCanvasPane, empty_pane);
  gtk_widget_class_bind_template_child (widget_class, PdgCanvasPane, message_spinner);
  gtk_widget_class_bind_template_child (widget_class, PdgCanvasPane, message_icon);
  gtk_widget_class_bind_template_child (widget_class, PdgCanvasPane, message_title);
  gtk_widget_class_bind_template_child (widget_class, PdgCanvasPane, message_body);
  gtk_widget_class_bind_template_child (widget_class, PdgCanvasPane, message_button);
}

static void
pdg_canvas_pane_init (PdgCanvasPane *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Canvas"), -1);
  g_signal_connect_object (self->overlay, "get-child-position", G_CALLBACK (place_overlay_cb), self, G_CONNECT_SWAPPED);
}

void
pdg_canvas_pane_bind (PdgCanvasPane *self, PdgWorkspace *workspace, PdgPictureLoader *pictures, PdgStyle *style)
{
  g_return_if_fail (self->workspace == NULL);
  self->workspace = g_object_ref (workspace);
  self->scenes = pdg_scene_model_new (workspace);
  pdg_canvas_bind (self->canvas, workspace, self->scenes, pictures, style);
  pdg_live_bar_bind (self->live_bar, pdg_canvas_get_feed (self->canvas), style);
  pdg_minimap_bind (self->minimap, self->canvas, workspace, self->scenes, style);
  pdg_legend_bind (self->legend, self->canvas, self->scenes, style);
  pdg_skeleton_bind (self->skeleton, style);
  pdg_empty_pane_bind (self->empty_pane, workspace);
  g_signal_connect_object (self->canvas, "camera-changed", G_CALLBACK (camera_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->scenes, "changed", G_CALLBACK (update_minimap), self, G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_swapped (workspace, "notify::phase", G_CALLBACK (phase_cb), self);
  g_signal_connect_swapped (workspace, "notify::error-message", G_CALLBACK (refresh_message_cb), self);
  g_signal_connect_swapped (workspace, "notify::range", G_CALLBACK (refresh_message_cb), self);
  g_signal_connect_swapped (workspace, "notify::graph", G_CALLBACK (refresh_message_cb), self);
  g_signal_connect_swapped (pdg_workspace_get_client (workspace), "notify::state-message", G_CALLBACK (refresh_message_cb), self);
  phase_cb (self);
  camera_cb (self);
}

GActionGroup *
pdg_canvas_pane_get_actions (PdgCanvasPane *self)
{
  return pdg_canvas_get_actions (self->canvas);
}

void
pdg_canvas_pane_focus_canvas (PdgCanvasPane *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->canvas));
}

PdgSceneModel *
pdg_canvas_pane_get_scenes (PdgCanvasPane *self)
{
  return self->scenes;
}

PdgCanvas *
pdg_canvas_pane_get_canvas (PdgCanvasPane *self)
{
  return self->canvas;
}

GMenuModel *
pdg_canvas_pane_get_steps (PdgCanvasPane *self)
{
  return pdg_canvas_get_steps (self->canvas);
}
