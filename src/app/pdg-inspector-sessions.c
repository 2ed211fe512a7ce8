#include "config.h"
#include "app/pdg-inspector-sessions.h"

#include <glib/gi18n-lib.h>

#include "app/pdg-session-list.h"

struct _PdgInspectorSessions
{
  GtkWidget parent_instance;
  GtkLabel *heading;
  GtkLabel *note;
  PdgSessionList *list;
  PdgSessionModel *sessions;
};

G_DEFINE_FINAL_TYPE (PdgInspectorSessions, pdg_inspector_sessions, GTK_TYPE_WIDGET)

static void
update (PdgInspectorSessions *self)
{
  PdgSessionState state = pdg_session_model_get_state (self->sessions);
  guint n = g_list_model_get_n_items (pdg_session_model_list_sessions (self->sessions));
  const char *note = state == PDG_SESSION_STATE_ERROR     ? _ ("The sessions could not be read. They are asked for again with the next event.")
                     : state == PDG_SESSION_STATE_LOADING ? _ ("Loading…")
                                                          : _ ("No session in this range.");

  gtk_label_set_text (self->note, note);
  gtk_widget_set_visible (GTK_WIDGET (self->note), n == 0);
  gtk_widget_set_visible (GTK_WIDGET (self->list), n > 0);
}

/* ---- the widget ---- */

static void
pdg_inspector_sessions_dispose (GObject *object)
{
  PdgInspectorSessions *self = PDG_INSPECTOR_SESSIONS (object);
  GtkWidget *child;

  if (self->sessions != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->sessions, self);
      g_signal_handlers_disconnect_by_data (pdg_session_model_list_sessions (self->sessions), self);
    }
  g_clear_object (&self->sessions);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (pdg_inspector_sessions_parent_class)->dispose (object);
}

static void
pdg_inspector_sessions_class_init (PdgInspectorSessionsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = pdg_inspector_sessions_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
}

static void
pdg_inspector_sessions_init (PdgInspectorSessions *self)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (gtk_widget_get_layout_manager (GTK_WIDGET (self))), GTK_ORIENTATION_VERTICAL);
  self->heading = GTK_LABEL (gtk_label_new (_ ("Newest sessions through here")));
  gtk_label_set_xalign (self->heading, 0);
  gtk_label_set_ellipsize (self->heading, PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (GTK_WIDGET (self->heading), "strong");
  gtk_widget_add_css_class (GTK_WIDGET (self->heading), "heading");
  self->note = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (self->note, 0);
  gtk_label_set_wrap (self->note, TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self->note), "second");
  self->list = g_object_new (PDG_TYPE_SESSION_LIST, NULL);
  gtk_widget_set_parent (GTK_WIDGET (self->heading), GTK_WIDGET (self));
  gtk_widget_set_parent (GTK_WIDGET (self->note), GTK_WIDGET (self));
  gtk_widget_set_parent (GTK_WIDGET (self->list), GTK_WIDGET (self));
}

void
pdg_inspector_sessions_bind (PdgInspectorSessions *self, PdgWorkspace *workspace, PdgSessionModel *sessions)
{
  g_return_if_fail (self->sessions == NULL);
  self->sessions = g_object_ref (sessions);
  pdg_session_list_bind (self->list, workspace, pdg_session_model_list_sessions (sessions), _ ("Newest sessions through here"));
  g_signal_connect_swapped (sessions, "notify::state", G_CALLBACK (update), self);
  g_signal_connect_swapped (pdg_session_model_list_sessions (sessions), "items-changed", G_CALLBACK (update), self);
  update (self);
}
