#include "config.h"
#include "app/pdg-new-project-window.h"

#include <glib/gi18n-lib.h>

struct _PdgNewProjectWindow
{
  GtkWindow parent_instance;
  GtkEntry *name_entry;
  GtkLabel *error_label;
  GtkWidget *create_button;
  PdgWorkspace *workspace;
  gboolean busy;
};

G_DEFINE_FINAL_TYPE (PdgNewProjectWindow, pdg_new_project_window, GTK_TYPE_WINDOW)

static char *
dup_name (PdgNewProjectWindow *self)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->name_entry))));
}

static void
update (PdgNewProjectWindow *self)
{
  g_autofree char *name = dup_name (self);

  gtk_widget_set_sensitive (self->create_button, *name != '\0' && !self->busy);
}

static void
show_error (PdgNewProjectWindow *self, const char *message)
{
  gtk_label_set_text (self->error_label, message != NULL ? message : "");
  gtk_widget_set_visible (GTK_WIDGET (self->error_label), message != NULL);
}

static void
created_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PdgNewProjectWindow) self = user_data;
  g_autoptr (GError) error = NULL;

  self->busy = FALSE;
  if (pdg_workspace_create_project_finish (PDG_WORKSPACE (source), result, &error))
    {
      gtk_window_destroy (GTK_WINDOW (self));
      return;
    }
  show_error (self, error->message);
  update (self);
}

static void
create_cb (PdgNewProjectWindow *self)
{
  g_autofree char *name = dup_name (self);

  if (*name == '\0' || self->busy)
    return;
  self->busy = TRUE;
  show_error (self, NULL);
  update (self);
  pdg_workspace_create_project_async (self->workspace, name, created_cb, g_object_ref (self));
}

static void
pdg_new_project_window_dispose (GObject *object)
{
  PdgNewProjectWindow *self = PDG_NEW_PROJECT_WINDOW (object);

  g_clear_object (&self->workspace);
  G_OBJECT_CLASS (pdg_new_project_window_parent_class)->dispose (object);
}

static void
pdg_new_project_window_class_init (PdgNewProjectWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pdg_new_project_window_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/productgraph/ProductGraph/pdg-new-project-window.ui");
  gtk_widget_class_bind_template_child (widget_class, PdgNewProjectWindow, name_entry);
  gtk_widget_class_bind_template_child (widget_class, PdgNewProjectWindow, error_label);
  gtk_widget_class_bind_template_child (widget_class, PdgNewProjectWindow, create_button);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
pdg_new_project_window_init (PdgNewProjectWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_window_set_focus (GTK_WINDOW (self), GTK_WIDGET (self->name_entry));
  g_signal_connect_swapped (self->name_entry, "changed", G_CALLBACK (update), self);
  g_signal_connect_swapped (self->create_button, "clicked", G_CALLBACK (create_cb), self);
}

GtkWindow *
pdg_new_project_window_new (GtkWindow *parent, PdgWorkspace *workspace)
{
  PdgNewProjectWindow *self = g_object_new (PDG_TYPE_NEW_PROJECT_WINDOW, "transient-for", parent, NULL);

  self->workspace = g_object_ref (workspace);
  return GTK_WINDOW (self);
}
