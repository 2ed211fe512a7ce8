#include "config.h"
#include "app/pdg-legend.h"

#include <glib/gi18n-lib.h>

#include "canvas/pdg-scene-legend.h"

struct _PdgLegend
{
  GtkWidget parent_instance;
  PdgCanvas *canvas;
  PdgSceneModel *scenes;
  PdgStyle *style;
  double zoom; /* it was drawn at */
};

G_DEFINE_FINAL_TYPE (PdgLegend, pdg_legend, GTK_TYPE_WIDGET)

static PdgScene *
get_scene (PdgLegend *self)
{
  return self->scenes != NULL ? pdg_scene_model_get_scene (self->scenes) : NULL;
}

static void
update (PdgLegend *self)
{
  PdgScene *scene = get_scene (self);
  PdgLegendStep steps[PDG_LEGEND_MAX_STEPS];
  g_autofree char *label = NULL;

  gtk_widget_set_visible (GTK_WIDGET (self), scene != NULL && pdg_scene_get_n_edges (scene) > 0);
  if (!gtk_widget_get_visible (GTK_WIDGET (self)))
    return;
  pdg_scene_get_legend (scene, steps);
  label = g_strdup_printf (_ ("Legend: the widest lines are about %u moves between screens"), steps[0].count);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_widget_queue_resize (GTK_WIDGET (self));
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
camera_cb (PdgLegend *self)
{
  if (pdg_canvas_get_camera (self->canvas)->zoom == self->zoom)
    return;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  if (MAX (pdg_canvas_get_camera (self->canvas)->zoom, self->zoom) > 1) /* wide lines need higher rows */
    gtk_widget_queue_resize (GTK_WIDGET (self));
}

static void
pdg_legend_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline,
                    int *natural_baseline)
{
  PdgLegend *self = PDG_LEGEND (widget);
  PdgScene *scene = get_scene (self);
  PdgSceneStyle style = PDG_SCENE_STYLE_INIT;
  int width = 0, height = 0;

  if (scene != NULL)
    {
      pdg_canvas_fill_tint (self->canvas, &style);
      pdg_scene_measure_legend (scene, pdg_canvas_get_camera (self->canvas)->zoom, pdg_style_get_theme (self->style), &style, &width, &height);
    }
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? width : height;
}

static void
pdg_legend_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  PdgLegend *self = PDG_LEGEND (widget);
  PdgScene *scene = get_scene (self);
  PdgSceneStyle style = PDG_SCENE_STYLE_INIT;
  cairo_t *cr;

  if (scene == NULL)
    return;
  self->zoom = pdg_canvas_get_camera (self->canvas)->zoom;
  pdg_canvas_fill_tint (self->canvas, &style);
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, gtk_widget_get_width (widget), gtk_widget_get_height (widget)));
  pdg_scene_draw_legend (scene, cr, self->zoom, gtk_widget_get_scale_factor (widget), pdg_style_get_theme (self->style), &style);
  cairo_destroy (cr);
}

static void
pdg_legend_dispose (GObject *object)
{
  PdgLegend *self = PDG_LEGEND (object);

  g_clear_object (&self->canvas);
  g_clear_object (&self->scenes);
  g_clear_object (&self->style);
  G_OBJECT_CLASS (pdg_legend_parent_class)->dispose (object);
}

static void
pdg_legend_class_init (PdgLegendClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pdg_legend_dispose;
  widget_class->snapshot = pdg_legend_snapshot;
  widget_class->measure = pdg_legend_measure;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
pdg_legend_init (PdgLegend *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  gtk_widget_set_can_target (GTK_WIDGET (self), FALSE);
}

void
pdg_legend_bind (PdgLegend *self, PdgCanvas *canvas, PdgSceneModel *scenes, PdgStyle *style)
{
  g_return_if_fail (self->canvas == NULL);
  self->canvas = g_object_ref (canvas);
  self->scenes = g_object_ref (scenes);
  self->style = g_object_ref (style);
  g_signal_connect_object (canvas, "camera-changed", G_CALLBACK (camera_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (pdg_canvas_get_actions (canvas), "action-state-changed::conversion", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (scenes, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (style, "notify::dark", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}
