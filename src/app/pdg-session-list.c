#include "config.h"
#include "app/pdg-session-list.h"

#include <glib/gi18n-lib.h>

#include "app/pdg-session-model.h"
#include "app/pdg-session-steps.h"

struct _PdgSessionList
{
  GtkWidget parent_instance;
  GtkListBox *list;
  PdgWorkspace *workspace;
  char *open_id; /* the session whose steps are shown */
};

G_DEFINE_FINAL_TYPE (PdgSessionList, pdg_session_list, GTK_TYPE_WIDGET)

static GtkWidget *
new_label (const char *text, double xalign, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), (float) xalign);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  return label;
}

/* ---- rows ---- */

static void
open_row (PdgSessionList *self, GtkListBoxRow *row)
{
  GtkWidget *box = gtk_list_box_row_get_child (row);

  gtk_box_append (GTK_BOX (box), pdg_session_steps_new (self->workspace, self->open_id));
  gtk_accessible_update_state (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_STATE_EXPANDED, TRUE, -1);
}

static void
close_row (GtkListBoxRow *row)
{
  GtkWidget *box = gtk_list_box_row_get_child (row), *last = gtk_widget_get_last_child (box);

  if (PDG_IS_SESSION_STEPS (last))
    gtk_box_remove (GTK_BOX (box), last);
  gtk_accessible_update_state (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_STATE_EXPANDED, FALSE, -1);
}

static void
row_activated_cb (PdgSessionList *self, GtkListBoxRow *row)
{
  const char *id = g_object_get_data (G_OBJECT (row), "pdg-session");
  gboolean was_open = g_strcmp0 (id, self->open_id) == 0;
  GtkListBoxRow *other;

  for (int i = 0; (other = gtk_list_box_get_row_at_index (self->list, i)) != NULL; i++)
    close_row (other);
  g_free (self->open_id);
  self->open_id = was_open ? NULL : g_strdup (id);
  if (!was_open)
    open_row (self, row);
}

static GtkWidget *
create_session_cb (gpointer item, gpointer user_data)
{
  PdgSessionList *self = user_data;
  guint n_errors = pdg_session_row_get_n_errors (item);
  GtkWidget *grid = gtk_grid_new ();
  GtkWidget *title = new_label (pdg_session_row_get_title (item), 0, NULL);
  GtkWidget *age = new_label (pdg_session_row_get_age (item), 1, "second");
  GtkWidget *summary = new_label (pdg_session_row_get_summary (item), 0, "second");
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  g_autofree char *label = g_strdup_printf ("%s, %s, %s", pdg_session_row_get_title (item), pdg_session_row_get_age (item),
                                            pdg_session_row_get_summary (item));

  gtk_widget_set_hexpand (title, TRUE);
  gtk_widget_add_css_class (age, "small");
  gtk_widget_add_css_class (age, "numeric");
  gtk_widget_add_css_class (summary, "small");
  gtk_widget_add_css_class (summary, "numeric");
  gtk_grid_set_column_spacing (GTK_GRID (grid), 8);
  gtk_grid_attach (GTK_GRID (grid), title, 0, 0, 1, 1);
  gtk_grid_attach (GTK_GRID (grid), age, 1, 0, 1, 1);
  gtk_grid_attach (GTK_GRID (grid), summary, 0, 1, 1, 1);
  if (n_errors > 0)
    {
      g_autofree char *text = g_strdup_printf (ngettext ("▲ %u error", "▲ %u errors", n_errors), n_errors);
      GtkWidget *errors = new_label (text, 1, "bad");

      gtk_widget_add_css_class (errors, "small");
      gtk_grid_attach (GTK_GRID (grid), errors, 1, 1, 1, 1);
    }
  gtk_widget_set_valign (grid, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (box), grid);
  gtk_widget_add_css_class (box, "session");
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  g_object_set_data_full (G_OBJECT (row), "pdg-session", g_strdup (pdg_session_row_get_id (item)), g_free);
  if (g_strcmp0 (pdg_session_row_get_id (item), self->open_id) == 0)
    open_row (self, GTK_LIST_BOX_ROW (row));
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  return row;
}

/* ---- the widget ---- */

static void
pdg_session_list_dispose (GObject *object)
{
  PdgSessionList *self = PDG_SESSION_LIST (object);
  GtkWidget *child;

  if (self->workspace != NULL)
    gtk_list_box_bind_model (self->list, NULL, NULL, NULL, NULL);
  g_clear_object (&self->workspace);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_pointer (&self->open_id, g_free);
  G_OBJECT_CLASS (pdg_session_list_parent_class)->dispose (object);
}

static void
pdg_session_list_class_init (PdgSessionListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = pdg_session_list_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
pdg_session_list_init (PdgSessionList *self)
{
  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_list_box_set_selection_mode (self->list, GTK_SELECTION_NONE);
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "sessions");
  g_signal_connect_swapped (self->list, "row-activated", G_CALLBACK (row_activated_cb), self);
  gtk_widget_set_parent (GTK_WIDGET (self->list), GTK_WIDGET (self));
}

void
pdg_session_list_bind (PdgSessionList *self, PdgWorkspace *workspace, GListModel *sessions, const char *label)
{
  g_return_if_fail (self->workspace == NULL);
  self->workspace = g_object_ref (workspace);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_list_box_bind_model (self->list, sessions, create_session_cb, self, NULL);
}
