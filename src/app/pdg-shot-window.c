#include "config.h"
#include "app/pdg-shot-window.h"

#include <glib/gi18n-lib.h>

#include "app/pdg-json.h"
#include "app/pdg-shot.h"
#include "app/pdg-shot-strip.h"

#define DEFAULT_WIDTH 960
#define DEFAULT_HEIGHT 680

struct _PdgShotWindow
{
  GtkWindow parent_instance;
  PdgShot *shot;
  GtkLabel *place;
  GtkLabel *caption;
  GSimpleActionGroup *actions;
  JsonArray *snapshots;
  guint index;
};

G_DEFINE_FINAL_TYPE (PdgShotWindow, pdg_shot_window, GTK_TYPE_WINDOW)

static void
set_enabled (PdgShotWindow *self, const char *name, gboolean enabled)
{
  g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self->actions), name)), enabled);
}

static void
show_picture (PdgShotWindow *self, guint index)
{
  JsonObject *snapshot = pdg_json_get_element (self->snapshots, index);
  guint n = pdg_json_get_length (self->snapshots);
  g_autofree char *caption = pdg_shot_strip_describe (snapshot);
  g_autofree char *place = g_strdup_printf (_ ("%u of %u"), index + 1, n);

  self->index = index;
  pdg_shot_set_whole (self->shot, (int) pdg_json_get_int (snapshot, "width", 1), (int) pdg_json_get_int (snapshot, "height", 1));
  pdg_shot_set_snapshot (self->shot, pdg_json_get_string (snapshot, "blobId"), caption);
  gtk_label_set_text (self->caption, caption);
  gtk_label_set_text (self->place, place);
  set_enabled (self, "previous", index > 0);
  set_enabled (self, "next", index + 1 < n);
}

static void
previous_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  PdgShotWindow *self = user_data;

  show_picture (self, self->index - 1);
}

static void
next_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  PdgShotWindow *self = user_data;

  show_picture (self, self->index + 1);
}

static void
pdg_shot_window_dispose (GObject *object)
{
  PdgShotWindow *self = PDG_SHOT_WINDOW (object);

  g_clear_pointer (&self->snapshots, json_array_unref);
  g_clear_object (&self->actions);
  G_OBJECT_CLASS (pdg_shot_window_parent_class)->dispose (object);
}

static void
pdg_shot_window_class_init (PdgShotWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pdg_shot_window_dispose;
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Left, 0, "picture.previous", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Right, 0, "picture.next", NULL);
}

static GtkWidget *
new_button (const char *icon, const char *action, const char *label)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  gtk_widget_set_tooltip_text (button, label);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "icon");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  return button;
}

static void
pdg_shot_window_init (PdgShotWindow *self)
{
  const GActionEntry entries[] = { { "previous", previous_cb }, { "next", next_cb } };
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 4);

  self->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries), self);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "picture", G_ACTION_GROUP (self->actions));
  gtk_widget_add_css_class (GTK_WIDGET (self), "pdg");
  gtk_widget_add_css_class (GTK_WIDGET (self), "dialog");
  self->shot = g_object_new (PDG_TYPE_SHOT, "vexpand", TRUE, "hexpand", TRUE, NULL);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->shot));
  self->caption = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (self->caption, 0);
  gtk_label_set_ellipsize (self->caption, PANGO_ELLIPSIZE_END);
  gtk_label_set_selectable (self->caption, TRUE);
  gtk_widget_set_can_focus (GTK_WIDGET (self->caption), FALSE);
  gtk_widget_set_hexpand (GTK_WIDGET (self->caption), TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self->caption), "second");
  gtk_widget_add_css_class (GTK_WIDGET (self->caption), "numeric");
  self->place = GTK_LABEL (gtk_label_new (NULL));
  gtk_widget_add_css_class (GTK_WIDGET (self->place), "second");
  gtk_widget_add_css_class (GTK_WIDGET (self->place), "numeric");
  gtk_box_append (GTK_BOX (line), GTK_WIDGET (self->caption));
  gtk_box_append (GTK_BOX (line), new_button ("pdg-back-symbolic", "picture.previous", _ ("Newer picture")));
  gtk_box_append (GTK_BOX (line), GTK_WIDGET (self->place));
  gtk_box_append (GTK_BOX (line), new_button ("pdg-forward-symbolic", "picture.next", _ ("Older picture")));
  gtk_box_append (GTK_BOX (box), line);
  gtk_widget_add_css_class (box, "body");
  gtk_window_set_child (GTK_WINDOW (self), box);
  gtk_window_set_default_size (GTK_WINDOW (self), DEFAULT_WIDTH, DEFAULT_HEIGHT);
}

GtkWidget *
pdg_shot_window_new (GtkWindow *parent, PdgPictureLoader *pictures, JsonArray *snapshots, guint index, const char *title)
{
  PdgShotWindow *self = g_object_new (PDG_TYPE_SHOT_WINDOW, "transient-for", parent, "destroy-with-parent", TRUE, "modal", TRUE, "title", title, NULL);

  self->snapshots = json_array_ref (snapshots);
  pdg_shot_set_loader (self->shot, pictures);
  show_picture (self, index);
  return GTK_WIDGET (self);
}
