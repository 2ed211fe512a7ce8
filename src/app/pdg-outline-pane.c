#include "config.h"
#include "app/pdg-outline-pane.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "app/pdg-format.h"
#include "app/pdg-screen-row.h"

struct _PdgOutlinePane
{
  GtkWidget parent_instance;
  GtkEntry *filter_entry;
  GtkLabel *count_label;
  GtkLabel *nothing_label;
  GtkListView *list;

  PdgWorkspace *workspace;
  GListStore *store;
  GtkFilterListModel *filtered;
  GtkSingleSelection *selection;
  char *needle; /* folded; NULL = all */
  gboolean syncing;
};

G_DEFINE_FINAL_TYPE (PdgOutlinePane, pdg_outline_pane, GTK_TYPE_WIDGET)

/* ---- filter ---- */

static gboolean
contains_folded (const char *text, const char *needle)
{
  g_autofree char *folded = g_utf8_casefold (text, -1);

  return strstr (folded, needle) != NULL;
}

static gboolean
match_row (gpointer item, gpointer user_data)
{
  PdgOutlinePane *self = user_data;

  return self->needle == NULL || contains_folded (pdg_screen_row_get_name (item), self->needle)
         || contains_folded (pdg_screen_row_get_path (item), self->needle);
}

static void
update_nothing (PdgOutlinePane *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->filtered));
  guint n_all = g_list_model_get_n_items (G_LIST_MODEL (self->store));
  PdgPhase phase = pdg_workspace_get_phase (self->workspace);
  g_autofree char *count = n_all > 0 ? pdg_format_count (n_all) : g_strdup ("");

  gtk_label_set_text (self->count_label, count);
  gtk_widget_set_visible (GTK_WIDGET (self->nothing_label), n == 0 && (n_all > 0 || phase == PDG_PHASE_EMPTY));
  gtk_label_set_text (self->nothing_label, n_all > 0 ? _ ("No screen has this in its name or path.")
                                                     : _ ("Screens appear here with the first page view."));
}

static void sync_from_workspace (PdgOutlinePane *self);

static void
filter_changed_cb (PdgOutlinePane *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->filter_entry));

  g_free (self->needle);
  self->needle = *text != '\0' ? g_utf8_casefold (text, -1) : NULL;
  gtk_entry_set_icon_from_icon_name (self->filter_entry, GTK_ENTRY_ICON_SECONDARY, *text != '\0' ? "pdg-close-symbolic" : NULL);
  self->syncing = TRUE;
  gtk_filter_changed (gtk_filter_list_model_get_filter (self->filtered), GTK_FILTER_CHANGE_DIFFERENT);
  self->syncing = FALSE;
  sync_from_workspace (self);
  update_nothing (self);
}

static void
filter_icon_cb (PdgOutlinePane *self, GtkEntryIconPosition position)
{
  if (position == GTK_ENTRY_ICON_SECONDARY)
    gtk_editable_set_text (GTK_EDITABLE (self->filter_entry), "");
}

static void
select_position (PdgOutlinePane *self, guint position)
{
  g_autoptr (PdgScreenRow) row = g_list_model_get_item (G_LIST_MODEL (self->filtered), position);

  if (row == NULL)
    return;
  pdg_selection_select_screen (pdg_workspace_get_selection (self->workspace), pdg_screen_row_get_id (row));
  pdg_workspace_reveal_selection (self->workspace);
}

/* Enter takes the first hit, and the next one when it is taken already. */
static void
filter_activate_cb (PdgOutlinePane *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->filtered));
  guint selected = gtk_single_selection_get_selected (self->selection);

  if (n > 0)
    select_position (self, selected == GTK_INVALID_LIST_POSITION ? 0 : (selected + 1) % n);
}

static gboolean
filter_escape_cb (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  PdgOutlinePane *self = user_data;

  gtk_widget_activate_action (widget, "win.find-back", NULL);
  if (self->needle == NULL)
    return FALSE;
  gtk_editable_set_text (GTK_EDITABLE (self->filter_entry), "");
  return TRUE;
}

/* ---- in step with the workspace ---- */

static void
sync_from_workspace (PdgOutlinePane *self)
{
  const char *id = pdg_selection_get_primary (pdg_workspace_get_selection (self->workspace));
  guint position = GTK_INVALID_LIST_POSITION;

  for (guint i = 0; id != NULL && i < g_list_model_get_n_items (G_LIST_MODEL (self->filtered)); i++)
    {
      g_autoptr (PdgScreenRow) row = g_list_model_get_item (G_LIST_MODEL (self->filtered), i);

      if (g_str_equal (pdg_screen_row_get_id (row), id))
        position = i;
    }
  if (position == gtk_single_selection_get_selected (self->selection))
    return; /* nor scrolled: the user may be looking elsewhere */
  self->syncing = TRUE;
  gtk_single_selection_set_selected (self->selection, position);
  self->syncing = FALSE;
  if (position != GTK_INVALID_LIST_POSITION)
    gtk_widget_activate_action (GTK_WIDGET (self->list), "list.scroll-to-item", "u", position);
}

static void
selected_cb (PdgOutlinePane *self)
{
  if (!self->syncing)
    select_position (self, gtk_single_selection_get_selected (self->selection));
}

static void
activated_cb (PdgOutlinePane *self, guint position)
{
  select_position (self, position);
}

static void
graph_cb (PdgOutlinePane *self)
{
  self->syncing = TRUE;
  pdg_screen_row_update_store (self->store, pdg_workspace_get_graph (self->workspace));
  self->syncing = FALSE;
  sync_from_workspace (self);
  update_nothing (self);
}

/* ---- rows ---- */

static void
setup_row_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *name = gtk_label_new (NULL);
  GtkWidget *visits = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (name, TRUE);
  gtk_widget_add_css_class (name, "row-name");
  gtk_widget_add_css_class (visits, "row-count");
  gtk_widget_add_css_class (visits, "numeric");
  gtk_box_append (GTK_BOX (box), name);
  gtk_box_append (GTK_BOX (box), visits);
  gtk_list_item_set_child (item, box);
}

static void
update_row_label_cb (PdgScreenRow *row, GParamSpec *pspec, GtkWidget *box)
{
  GtkWidget *name = gtk_widget_get_first_child (box);
  GtkWidget *visits = gtk_widget_get_next_sibling (name);
  g_autofree char *name_text = NULL;
  g_autofree char *visits_text = NULL;
  g_autofree char *path = NULL;
  g_autofree char *label = NULL;

  g_object_get (row, "name", &name_text, "visits", &visits_text, "path", &path, "label", &label, NULL);
  gtk_label_set_text (GTK_LABEL (name), name_text);
  gtk_label_set_text (GTK_LABEL (visits), visits_text);
  gtk_widget_set_tooltip_text (box, path);
  gtk_accessible_update_property (GTK_ACCESSIBLE (name), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

static void
bind_row_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  GtkWidget *box = gtk_list_item_get_child (item);
  PdgScreenRow *row = gtk_list_item_get_item (item);

  g_signal_connect (row, "notify", G_CALLBACK (update_row_label_cb), box);
  update_row_label_cb (row, NULL, box);
}

static void
unbind_row_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  g_signal_handlers_disconnect_by_data (gtk_list_item_get_item (item), gtk_list_item_get_child (item));
}

/* ---- the widget ---- */

static void
pdg_outline_pane_dispose (GObject *object)
{
  PdgOutlinePane *self = PDG_OUTLINE_PANE (object);
  GtkWidget *child;

  if (self->workspace != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->workspace, self);
      g_signal_handlers_disconnect_by_data (pdg_workspace_get_selection (self->workspace), self);
      g_signal_handlers_disconnect_by_data (self->selection, self);
    }
  g_clear_object (&self->workspace);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->selection);
  g_clear_object (&self->filtered);
  g_clear_object (&self->store);
  g_clear_pointer (&self->needle, g_free);
  G_OBJECT_CLASS (pdg_outline_pane_parent_class)->dispose (object);
}

static void
pdg_outline_pane_class_init (PdgOutlinePaneClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pdg_outline_pane_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/productgraph/ProductGraph/pdg-outline-pane.ui");
  gtk_widget_class_bind_template_child (widget_class, PdgOutlinePane, filter_entry);
  gtk_widget_class_bind_template_child (widget_class, PdgOutlinePane, count_label);
  gtk_widget_class_bind_template_child (widget_class, PdgOutlinePane, nothing_label);
  gtk_widget_class_bind_template_child (widget_class, PdgOutlinePane, list);
}

static void
add_escape (PdgOutlinePane *self)
{
  GtkEventController *controller = gtk_shortcut_controller_new ();
  GtkShortcut *shortcut = gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0),
                                            gtk_callback_action_new (filter_escape_cb, self, NULL));

  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (controller), shortcut);
  gtk_widget_add_controller (GTK_WIDGET (self->filter_entry), controller);
}

static void
pdg_outline_pane_init (PdgOutlinePane *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("List of screens"), -1);
  g_signal_connect (factory, "setup", G_CALLBACK (setup_row_cb), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_row_cb), NULL);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind_row_cb), NULL);
  gtk_list_view_set_factory (self->list, factory);
  g_object_unref (factory);

  self->store = g_list_store_new (PDG_TYPE_SCREEN_ROW);
  self->filtered = gtk_filter_list_model_new (g_object_ref (G_LIST_MODEL (self->store)),
                                              GTK_FILTER (gtk_custom_filter_new (match_row, self, NULL)));
  self->selection = gtk_single_selection_new (g_object_ref (G_LIST_MODEL (self->filtered)));
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  gtk_single_selection_set_selected (self->selection, GTK_INVALID_LIST_POSITION);
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (self->selection));

  g_signal_connect_swapped (self->selection, "notify::selected", G_CALLBACK (selected_cb), self);
  g_signal_connect_swapped (self->list, "activate", G_CALLBACK (activated_cb), self);
  g_signal_connect_swapped (self->filter_entry, "changed", G_CALLBACK (filter_changed_cb), self);
  g_signal_connect_swapped (self->filter_entry, "activate", G_CALLBACK (filter_activate_cb), self);
  g_signal_connect_swapped (self->filter_entry, "icon-press", G_CALLBACK (filter_icon_cb), self);
  add_escape (self);
}

void
pdg_outline_pane_bind (PdgOutlinePane *self, PdgWorkspace *workspace)
{
  g_return_if_fail (self->workspace == NULL);
  self->workspace = g_object_ref (workspace);
  g_signal_connect_swapped (workspace, "notify::graph", G_CALLBACK (graph_cb), self);
  g_signal_connect_swapped (workspace, "notify::phase", G_CALLBACK (update_nothing), self);
  g_signal_connect_swapped (pdg_workspace_get_selection (workspace), "changed", G_CALLBACK (sync_from_workspace), self);
  graph_cb (self);
}

void
pdg_outline_pane_focus_filter (PdgOutlinePane *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->filter_entry));
}
