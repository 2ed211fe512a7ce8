#include "config.h"
#include "app/pdg-minimap.h"

#include <glib/gi18n-lib.h>

#include "canvas/pdg-scene-draw.h"

#define WIDTH 156
#define HEIGHT 116
#define ZOOM_OCTAVES 0.25
#define CORNER 11.0

struct _PdgMinimap
{
  GtkWidget parent_instance;
  PdgCanvas *canvas;
  PdgSelection *selection;
  PdgSceneModel *scenes;
  PdgStyle *style;
  cairo_surface_t *picture; /* of the scene without the view; NULL = to be drawn */
};

G_DEFINE_FINAL_TYPE (PdgMinimap, pdg_minimap, GTK_TYPE_WIDGET)

static void
drop_picture (PdgMinimap *self)
{
  g_clear_pointer (&self->picture, cairo_surface_destroy);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
scene_cb (PdgMinimap *self)
{
  PdgScene *scene = pdg_scene_model_get_scene (self->scenes);

  gtk_widget_set_visible (GTK_WIDGET (self), scene != NULL && pdg_scene_get_n_cards (scene) > 1);
  drop_picture (self);
}

static void
draw_picture (PdgMinimap *self, PdgScene *scene, int width, int height, int scale)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();
  PdgSceneStyle style = PDG_SCENE_STYLE_INIT;
  cairo_t *cr;

  for (guint i = 0; i < pdg_selection_get_n_screens (self->selection); i++)
    g_ptr_array_add (ids, (gpointer) pdg_selection_get_screen (self->selection, i));
  g_ptr_array_add (ids, NULL);
  style.selected_ids = (const char *const *) ids->pdata;
  self->picture = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width * scale, height * scale);
  cairo_surface_set_device_scale (self->picture, scale, scale);
  cr = cairo_create (self->picture);
  pdg_scene_draw_minimap (scene, cr, width, height, scale, NULL, 0, 0, pdg_style_get_theme (self->style), &style);
  cairo_destroy (cr);
}

/* The part of the world that the canvas shows, as a frame that stays inside the map. */
static void
draw_view (PdgMinimap *self, cairo_t *cr, PdgScene *scene, int width, int height, int scale)
{
  const PdgRgba *accent = pdg_theme_get (pdg_style_get_theme (self->style), PDG_COLOR_ACCENT);
  PdgCamera map = pdg_scene_get_minimap_camera (scene, width, height);
  PdgRect visible = pdg_camera_get_visible (pdg_canvas_get_camera (self->canvas), gtk_widget_get_width (GTK_WIDGET (self->canvas)),
                                            gtk_widget_get_height (GTK_WIDGET (self->canvas)));
  PdgRect view = pdg_camera_rect_to_screen (&map, &visible);
  double line = scale > 1 ? 1.5 : 1.0;
  double left = CLAMP (pdg_snap (view.x, scale), 3, width - 8) + line / 2;
  double top = CLAMP (pdg_snap (view.y, scale), 3, height - 8) + line / 2;
  double right = CLAMP (pdg_snap (view.x + view.width, scale), 8, width - 3) - line / 2;
  double bottom = CLAMP (pdg_snap (view.y + view.height, scale), 8, height - 3) - line / 2;

  cairo_rectangle (cr, left, top, MAX (right - left, 3), MAX (bottom - top, 3));
  cairo_set_source_rgba (cr, accent->red, accent->green, accent->blue, 0.07);
  cairo_fill_preserve (cr);
  cairo_set_source_rgb (cr, accent->red, accent->green, accent->blue);
  cairo_set_line_width (cr, line);
  cairo_stroke (cr);
}

static void
clip_round (cairo_t *cr, double width, double height)
{
  cairo_new_sub_path (cr);
  cairo_arc (cr, width - CORNER, CORNER, CORNER, -G_PI / 2, 0);
  cairo_arc (cr, width - CORNER, height - CORNER, CORNER, 0, G_PI / 2);
  cairo_arc (cr, CORNER, height - CORNER, CORNER, G_PI / 2, G_PI);
  cairo_arc (cr, CORNER, CORNER, CORNER, G_PI, 3 * G_PI / 2);
  cairo_close_path (cr);
  cairo_clip (cr);
}

static void
pdg_minimap_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  PdgMinimap *self = PDG_MINIMAP (widget);
  PdgScene *scene = self->scenes != NULL ? pdg_scene_model_get_scene (self->scenes) : NULL;
  int width = gtk_widget_get_width (widget);
  int height = gtk_widget_get_height (widget);
  int scale = gtk_widget_get_scale_factor (widget);
  cairo_t *cr;

  if (scene == NULL || width <= 0 || height <= 0)
    return;
  if (self->picture != NULL && cairo_image_surface_get_width (self->picture) != width * scale)
    g_clear_pointer (&self->picture, cairo_surface_destroy);
  if (self->picture == NULL)
    draw_picture (self, scene, width, height, scale);
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  clip_round (cr, width, height);
  cairo_set_source_surface (cr, self->picture, 0, 0);
  cairo_paint (cr);
  draw_view (self, cr, scene, width, height, scale);
  cairo_destroy (cr);
}

static void
go_to (PdgMinimap *self, double x, double y)
{
  PdgScene *scene = pdg_scene_model_get_scene (self->scenes);
  double x_world, y_world;
  PdgCamera map;

  if (scene == NULL)
    return;
  map = pdg_scene_get_minimap_camera (scene, gtk_widget_get_width (GTK_WIDGET (self)), gtk_widget_get_height (GTK_WIDGET (self)));
  pdg_camera_to_world (&map, x, y, &x_world, &y_world);
  pdg_canvas_centre_on (self->canvas, x_world, y_world);
}

static void
drag_begin_cb (GtkGestureDrag *gesture, double x, double y, gpointer user_data)
{
  go_to (user_data, x, y);
}

static void
drag_update_cb (GtkGestureDrag *gesture, double dx, double dy, gpointer user_data)
{
  double x, y;

  if (gtk_gesture_drag_get_start_point (gesture, &x, &y))
    go_to (user_data, x + dx, y + dy);
}

static gboolean
scroll_cb (GtkEventControllerScroll *controller, double dx, double dy, gpointer user_data)
{
  PdgMinimap *self = user_data;

  pdg_canvas_zoom_by (self->canvas, -CLAMP (dy, -1.0, 1.0) * ZOOM_OCTAVES);
  return GDK_EVENT_STOP;
}

static void
pdg_minimap_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline,
                     int *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? WIDTH : HEIGHT;
}

static void
pdg_minimap_dispose (GObject *object)
{
  PdgMinimap *self = PDG_MINIMAP (object);

  if (self->canvas != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->canvas, self);
      g_signal_handlers_disconnect_by_data (self->selection, self);
      g_signal_handlers_disconnect_by_data (self->scenes, self);
      g_signal_handlers_disconnect_by_data (self->style, self);
    }
  g_clear_object (&self->canvas);
  g_clear_object (&self->selection);
  g_clear_object (&self->scenes);
  g_clear_object (&self->style);
  g_clear_pointer (&self->picture, cairo_surface_destroy);
  G_OBJECT_CLASS (pdg_minimap_parent_class)->dispose (object);
}

static void
pdg_minimap_class_init (PdgMinimapClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pdg_minimap_dispose;
  widget_class->snapshot = pdg_minimap_snapshot;
  widget_class->measure = pdg_minimap_measure;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
pdg_minimap_init (PdgMinimap *self)
{
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkEventController *scroll = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_VERTICAL);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Map of the canvas"), -1);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (drag_begin_cb), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (drag_update_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  g_signal_connect (scroll, "scroll", G_CALLBACK (scroll_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), scroll);
}

void
pdg_minimap_bind (PdgMinimap *self, PdgCanvas *canvas, PdgWorkspace *workspace, PdgSceneModel *scenes, PdgStyle *style)
{
  g_return_if_fail (self->canvas == NULL);
  self->canvas = g_object_ref (canvas);
  self->selection = g_object_ref (pdg_workspace_get_selection (workspace));
  self->scenes = g_object_ref (scenes);
  self->style = g_object_ref (style);
  g_signal_connect_swapped (canvas, "camera-changed", G_CALLBACK (gtk_widget_queue_draw), self);
  g_signal_connect_swapped (self->selection, "changed", G_CALLBACK (drop_picture), self);
  g_signal_connect_swapped (scenes, "changed", G_CALLBACK (scene_cb), self);
  g_signal_connect_swapped (style, "notify::dark", G_CALLBACK (drop_picture), self);
  scene_cb (self);
}
