#include "config.h"
#include "app/pdg-shot-strip.h"

#include <glib/gi18n-lib.h>

#include "app/pdg-format.h"
#include "app/pdg-json.h"
#include "app/pdg-shot.h"
#include "app/pdg-shot-window.h"

#define SHOT_WIDTH 96

struct _PdgShotStrip
{
  GtkWidget parent_instance;
  GtkWidget *box;
  PdgPictureLoader *pictures;
  JsonArray *snapshots;
  char *title;
};

G_DEFINE_FINAL_TYPE (PdgShotStrip, pdg_shot_strip, GTK_TYPE_WIDGET)

static void
pdg_shot_strip_dispose (GObject *object)
{
  PdgShotStrip *self = PDG_SHOT_STRIP (object);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->pictures);
  g_clear_pointer (&self->snapshots, json_array_unref);
  g_clear_pointer (&self->title, g_free);
  G_OBJECT_CLASS (pdg_shot_strip_parent_class)->dispose (object);
}

static void
pdg_shot_strip_class_init (PdgShotStripClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = pdg_shot_strip_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
}

static void
pdg_shot_strip_init (PdgShotStrip *self)
{
  GtkWidget *heading = gtk_label_new (_ ("Newest pictures"));
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  gtk_orientable_set_orientation (GTK_ORIENTABLE (gtk_widget_get_layout_manager (GTK_WIDGET (self))), GTK_ORIENTATION_VERTICAL);
  gtk_label_set_xalign (GTK_LABEL (heading), 0);
  gtk_widget_add_css_class (heading, "strong");
  gtk_widget_add_css_class (heading, "heading");
  gtk_widget_set_parent (heading, GTK_WIDGET (self));
  self->box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  gtk_widget_set_margin_bottom (self->box, 8);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), self->box);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_AUTOMATIC, GTK_POLICY_NEVER);
  gtk_widget_set_parent (scrolled, GTK_WIDGET (self));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

GtkWidget *
pdg_shot_strip_new (PdgPictureLoader *pictures)
{
  PdgShotStrip *self = g_object_new (PDG_TYPE_SHOT_STRIP, NULL);

  self->pictures = g_object_ref (pictures);
  return GTK_WIDGET (self);
}

char *
pdg_shot_strip_describe (JsonObject *snapshot)
{
  gint64 width = pdg_json_get_int (snapshot, "viewportWidth", 0), height = pdg_json_get_int (snapshot, "viewportHeight", 0);
  double scale = pdg_json_get_double (snapshot, "deviceScale", 0);
  gint64 taken = pdg_json_get_time (snapshot, "takenAt");
  const char *actor = pdg_json_get_string (pdg_json_get_object (pdg_json_get_object (snapshot, "session"), "actor"), "id");
  g_autofree char *date = pdg_format_date (taken), *clock = pdg_format_clock (taken);
  GString *text = g_string_new (NULL);

  if (width > 0 && height > 0)
    g_string_append_printf (text, "%d × %d", (int) width, (int) height);
  else
    g_string_append_printf (text, _ ("%d × %d pixels"), (int) pdg_json_get_int (snapshot, "width", 0), (int) pdg_json_get_int (snapshot, "height", 0));
  if (width > 0 && scale > 0)
    g_string_append_printf (text, _ (" at %gx"), scale);
  g_string_append_printf (text, " · %s, %s", date, clock);
  if (actor != NULL)
    g_string_append_printf (text, " · %s", actor);
  return g_string_free (text, FALSE);
}

static void
clicked_cb (PdgShotStrip *self, GtkWidget *button)
{
  pdg_shot_strip_open (self, GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "pdg-index")));
}

static void
add_shot (PdgShotStrip *self, guint index)
{
  JsonObject *snapshot = pdg_json_get_element (self->snapshots, index);
  g_autofree char *text = pdg_shot_strip_describe (snapshot);
  g_autofree char *label = g_strdup_printf (_ ("Picture %u: %s"), index + 1, text);
  GtkWidget *button = gtk_button_new ();
  PdgShot *shot = g_object_new (PDG_TYPE_SHOT, NULL);

  pdg_shot_set_loader (shot, self->pictures);
  pdg_shot_set_snapshot (shot, pdg_json_get_string (snapshot, "blobId"), label);
  pdg_shot_set_natural_width (shot, SHOT_WIDTH);
  gtk_widget_add_css_class (GTK_WIDGET (shot), "shot");
  gtk_button_set_child (GTK_BUTTON (button), GTK_WIDGET (shot));
  gtk_widget_set_tooltip_text (button, text);
  gtk_widget_add_css_class (button, "picture");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  g_object_set_data (G_OBJECT (button), "pdg-index", GUINT_TO_POINTER (index));
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (clicked_cb), self);
  gtk_box_append (GTK_BOX (self->box), button);
}

void
pdg_shot_strip_set_snapshots (PdgShotStrip *self, JsonArray *snapshots, const char *title)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->box)) != NULL)
    gtk_box_remove (GTK_BOX (self->box), child);
  g_clear_pointer (&self->snapshots, json_array_unref);
  self->snapshots = snapshots != NULL ? json_array_ref (snapshots) : NULL;
  g_free (self->title);
  self->title = g_strdup (title);
  for (guint i = 0; i < pdg_json_get_length (snapshots); i++)
    add_shot (self, i);
  gtk_widget_set_visible (GTK_WIDGET (self), pdg_json_get_length (snapshots) > 0);
}

gboolean
pdg_shot_strip_open (PdgShotStrip *self, guint index)
{
  GtkWidget *window;

  if (index >= pdg_json_get_length (self->snapshots))
    return FALSE;
  window = pdg_shot_window_new (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), self->pictures, self->snapshots, index, self->title);
  gtk_window_present (GTK_WINDOW (window));
  return TRUE;
}
