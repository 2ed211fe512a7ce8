#include "config.h"
#include "app/pdg-empty-pane.h"

#include <glib/gi18n-lib.h>

#include "app/pdg-demo-job.h"
#include "app/pdg-first-event.h"
#include "base/pdg-clock.h"

#define DEFAULT_EVENTS_URL "http://localhost:8080/v1/events"
#define DEFAULT_PROJECT_ID "proj_demo"
#define FEEDBACK_MS 2000

struct _PdgEmptyPane
{
  GtkWidget parent_instance;
  GtkLabel *code_label;
  GtkWidget *copy_button;
  GtkImage *copy_image;
  GtkLabel *copy_label;
  GtkWidget *demo_button;
  GtkWidget *progress_box;
  GtkProgressBar *progress_bar;
  GtkLabel *progress_label;
  GtkLabel *error_label;

  PdgWorkspace *workspace;
  PdgDemoJob *demo;
  guint feedback_source;
};

G_DEFINE_FINAL_TYPE (PdgEmptyPane, pdg_empty_pane, GTK_TYPE_WIDGET)

static void
update_command (PdgEmptyPane *self)
{
  PdgProject *project = pdg_workspace_get_project (self->workspace);
  const char *url = pdg_workspace_get_events_url (self->workspace);
  g_autofree char *command = pdg_first_event_new_command (url != NULL ? url : DEFAULT_EVENTS_URL,
                                                          project != NULL ? pdg_project_get_id (project) : DEFAULT_PROJECT_ID,
                                                          pdg_clock_now_usec ());

  gtk_label_set_text (self->code_label, command);
}

static void
show_copied (PdgEmptyPane *self, gboolean copied)
{
  const char *text = copied ? _ ("Copied") : _ ("Copy the command");

  gtk_image_set_from_icon_name (self->copy_image, copied ? "pdg-check-symbolic" : "pdg-copy-symbolic");
  gtk_label_set_text (self->copy_label, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->copy_button), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

static gboolean
feedback_over_cb (gpointer user_data)
{
  PdgEmptyPane *self = user_data;

  self->feedback_source = 0;
  show_copied (self, FALSE);
  return G_SOURCE_REMOVE;
}

static void
copy_cb (PdgEmptyPane *self)
{
  update_command (self); /* with the time of now */
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), gtk_label_get_text (self->code_label));
  show_copied (self, TRUE);
  g_clear_handle_id (&self->feedback_source, g_source_remove);
  self->feedback_source = g_timeout_add (FEEDBACK_MS, feedback_over_cb, self);
}

static void
demo_cb (PdgEmptyPane *self)
{
  const char *error_message = pdg_demo_job_get_error_message (self->demo);
  gboolean running = pdg_demo_job_is_running (self->demo);
  g_autofree char *progress = pdg_demo_job_dup_progress_text (self->demo);
  g_autofree char *failure = error_message != NULL ? g_strdup_printf (_ ("The demo data could not be loaded: %s"), error_message) : NULL;

  gtk_widget_set_sensitive (self->demo_button, !running);
  gtk_widget_set_visible (self->progress_box, running);
  gtk_progress_bar_set_fraction (self->progress_bar, pdg_demo_job_get_fraction (self->demo));
  gtk_label_set_text (self->progress_label, progress != NULL ? progress : _ ("Starting…"));
  gtk_label_set_text (self->error_label, failure != NULL ? failure : "");
  gtk_widget_set_visible (GTK_WIDGET (self->error_label), failure != NULL);
}

static void
pdg_empty_pane_dispose (GObject *object)
{
  PdgEmptyPane *self = PDG_EMPTY_PANE (object);
  GtkWidget *child;

  g_clear_handle_id (&self->feedback_source, g_source_remove);
  if (self->workspace != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->workspace, self);
      g_signal_handlers_disconnect_by_data (self->demo, self);
    }
  g_clear_object (&self->workspace);
  g_clear_object (&self->demo);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (pdg_empty_pane_parent_class)->dispose (object);
}

static void
pdg_empty_pane_class_init (PdgEmptyPaneClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pdg_empty_pane_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/productgraph/ProductGraph/pdg-empty-pane.ui");
  gtk_widget_class_bind_template_child (widget_class, PdgEmptyPane, code_label);
  gtk_widget_class_bind_template_child (widget_class, PdgEmptyPane, copy_button);
  gtk_widget_class_bind_template_child (widget_class, PdgEmptyPane, copy_image);
  gtk_widget_class_bind_template_child (widget_class, PdgEmptyPane, copy_label);
  gtk_widget_class_bind_template_child (widget_class, PdgEmptyPane, demo_button);
  gtk_widget_class_bind_template_child (widget_class, PdgEmptyPane, progress_box);
  gtk_widget_class_bind_template_child (widget_class, PdgEmptyPane, progress_bar);
  gtk_widget_class_bind_template_child (widget_class, PdgEmptyPane, progress_label);
  gtk_widget_class_bind_template_child (widget_class, PdgEmptyPane, error_label);
}

static void
pdg_empty_pane_init (PdgEmptyPane *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_swapped (self->copy_button, "clicked", G_CALLBACK (copy_cb), self);
}

void
pdg_empty_pane_bind (PdgEmptyPane *self, PdgWorkspace *workspace)
{
  g_return_if_fail (self->workspace == NULL);
  self->workspace = g_object_ref (workspace);
  self->demo = pdg_demo_job_new (workspace);
  g_signal_connect_object (self->demo_button, "clicked", G_CALLBACK (pdg_demo_job_start), self->demo, G_CONNECT_SWAPPED);
  g_signal_connect_swapped (self->demo, "notify", G_CALLBACK (demo_cb), self);
  g_signal_connect_swapped (workspace, "notify::project", G_CALLBACK (update_command), self);
  g_signal_connect_swapped (workspace, "notify::events-url", G_CALLBACK (update_command), self);
  update_command (self);
  demo_cb (self);
}
