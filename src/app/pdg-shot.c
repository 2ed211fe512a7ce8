#include "config.h"
#include "app/pdg-shot.h"

#include <math.h>

#include "canvas/pdg-theme.h"

#define ASPECT (320.0 / 200.0)
#define NATURAL_WIDTH 268

struct _PdgShot
{
  GtkWidget parent_instance;
  PdgPictureLoader *loader;
  char *snapshot_id;
  int natural_width;
  double aspect; /* of the whole picture; 0 = its top is shown, in a frame as all have it */
};

G_DEFINE_FINAL_TYPE (PdgShot, pdg_shot, GTK_TYPE_WIDGET)

static void
rounded_rectangle (cairo_t *cr, double width, double height, double radius)
{
  cairo_new_sub_path (cr);
  cairo_arc (cr, width - radius, radius, radius, -G_PI / 2, 0);
  cairo_arc (cr, width - radius, height - radius, radius, 0, G_PI / 2);
  cairo_arc (cr, radius, height - radius, radius, G_PI / 2, G_PI);
  cairo_arc (cr, radius, radius, radius, G_PI, 3 * G_PI / 2);
  cairo_close_path (cr);
}

static void
draw_picture (cairo_t *cr, cairo_surface_t *picture, double width, double height, gboolean whole)
{
  double picture_width = cairo_image_surface_get_width (picture);
  double picture_height = cairo_image_surface_get_height (picture);
  double scale = whole ? MIN (width / picture_width, height / picture_height) : MAX (width / picture_width, height / picture_height);

  if (whole)
    {
      cairo_translate (cr, floor ((width - picture_width * scale) / 2), floor ((height - picture_height * scale) / 2));
      width = picture_width * scale;
      height = picture_height * scale;
    }
  rounded_rectangle (cr, width, height, MIN (PDG_RADIUS_CARD - 1, width / 8));
  cairo_clip (cr);
  cairo_translate (cr, (width - picture_width * scale) / 2, 0); /* the top of a page says most */
  cairo_scale (cr, scale, scale);
  cairo_set_source_surface (cr, picture, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_GOOD);
  cairo_pattern_set_extend (cairo_get_source (cr), CAIRO_EXTEND_PAD);
  cairo_paint (cr);
}

static void
pdg_shot_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  PdgShot *self = PDG_SHOT (widget);
  int width = gtk_widget_get_width (widget);
  int height = gtk_widget_get_height (widget);
  cairo_surface_t *picture;

  if (self->snapshot_id == NULL || self->loader == NULL || width <= 0 || height <= 0)
    return;
  picture = pdg_image_store_get (pdg_picture_loader_get_store (self->loader), self->snapshot_id,
                                 width * gtk_widget_get_scale_factor (widget));
  if (picture == NULL)
    {
      pdg_picture_loader_queue_wanted (self->loader);
      return;
    }
  {
    cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));

    draw_picture (cr, picture, width, height, self->aspect > 0);
    cairo_destroy (cr);
  }
  cairo_surface_destroy (picture);
}

static GtkSizeRequestMode
pdg_shot_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
pdg_shot_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline,
                  int *natural_baseline)
{
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = 80;
      *natural = PDG_SHOT (widget)->natural_width;
    }
  else if (PDG_SHOT (widget)->aspect > 0)
    {
      *minimum = 50;
      *natural = (int) ceil ((for_size > 0 ? for_size : PDG_SHOT (widget)->natural_width) / PDG_SHOT (widget)->aspect);
    }
  else
    *minimum = *natural = (int) ceil ((for_size > 0 ? for_size : PDG_SHOT (widget)->natural_width) / ASPECT);
}

static void
loaded_cb (PdgShot *self, const char *id)
{
  if (g_strcmp0 (id, self->snapshot_id) == 0)
    gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
pdg_shot_dispose (GObject *object)
{
  PdgShot *self = PDG_SHOT (object);

  pdg_shot_set_loader (self, NULL);
  g_clear_pointer (&self->snapshot_id, g_free);
  G_OBJECT_CLASS (pdg_shot_parent_class)->dispose (object);
}

static void
pdg_shot_class_init (PdgShotClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pdg_shot_dispose;
  widget_class->snapshot = pdg_shot_snapshot;
  widget_class->measure = pdg_shot_measure;
  widget_class->get_request_mode = pdg_shot_get_request_mode;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
pdg_shot_init (PdgShot *self)
{
  self->natural_width = NATURAL_WIDTH;
}

void
pdg_shot_set_loader (PdgShot *self, PdgPictureLoader *loader)
{
  if (self->loader != NULL)
    g_signal_handlers_disconnect_by_data (self->loader, self);
  g_set_object (&self->loader, loader);
  if (loader != NULL)
    g_signal_connect_swapped (loader, "loaded", G_CALLBACK (loaded_cb), self);
}

void
pdg_shot_set_natural_width (PdgShot *self, int width)
{
  self->natural_width = width;
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

void
pdg_shot_set_whole (PdgShot *self, int width, int height)
{
  self->aspect = (double) MAX (width, 1) / MAX (height, 1);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

void
pdg_shot_set_snapshot (PdgShot *self, const char *snapshot_id, const char *label)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  if (g_strcmp0 (snapshot_id, self->snapshot_id) == 0)
    return;
  g_free (self->snapshot_id);
  self->snapshot_id = g_strdup (snapshot_id);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
