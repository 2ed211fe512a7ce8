#include "config.h"
#include "app/pdg-component-tree.h"

#include <glib/gi18n-lib.h>

#define MAX_FOUND 200
#define MAX_HEIGHT 320
#define ROW_HEIGHT 26
#define OPEN_LEVELS 2

struct _PdgComponentTree
{
  GtkWidget parent_instance;
  GtkWidget *search;
  GtkListView *list;
  GtkLabel *nothing;
  PdgComponentNode *root;
};

G_DEFINE_FINAL_TYPE (PdgComponentTree, pdg_component_tree, GTK_TYPE_WIDGET)

static GListModel *
children_cb (gpointer item, gpointer user_data)
{
  GListModel *children = pdg_component_node_list_children (item);

  return children != NULL ? g_object_ref (children) : NULL;
}

/* The first levels stand open. */
static void
open_first (GtkTreeListModel *tree)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (tree)) && i < 100; i++)
    {
      g_autoptr (GtkTreeListRow) row = gtk_tree_list_model_get_row (tree, i);

      if (gtk_tree_list_row_get_depth (row) < OPEN_LEVELS)
        gtk_tree_list_row_set_expanded (row, TRUE);
    }
}

/* As high as its rows, up to a limit: a list asks for one row alone. */
static void
items_cb (PdgComponentTree *self, guint position, guint removed, guint added, GListModel *model)
{
  GtkScrolledWindow *scrolled = GTK_SCROLLED_WINDOW (gtk_widget_get_parent (GTK_WIDGET (self->list)));

  gtk_scrolled_window_set_min_content_height (scrolled, (int) MIN (g_list_model_get_n_items (model) * ROW_HEIGHT, MAX_HEIGHT));
}

static void
show_model (PdgComponentTree *self, GListModel *model)
{
  g_autoptr (GtkNoSelection) selection = gtk_no_selection_new (g_object_ref (model));

  g_signal_connect_object (model, "items-changed", G_CALLBACK (items_cb), self, G_CONNECT_SWAPPED);
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (selection));
  items_cb (self, 0, 0, 0, model);
  gtk_widget_set_visible (GTK_WIDGET (self->nothing), g_list_model_get_n_items (model) == 0);
  gtk_widget_set_visible (gtk_widget_get_parent (GTK_WIDGET (self->list)), g_list_model_get_n_items (model) > 0);
}

static void
update (PdgComponentTree *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->search));

  gtk_widget_set_visible (GTK_WIDGET (self), self->root != NULL);
  if (self->root == NULL)
    gtk_list_view_set_model (self->list, NULL);
  else if (*text != '\0')
    {
      g_autoptr (GListStore) found = g_list_store_new (PDG_TYPE_COMPONENT_NODE);

      pdg_component_node_search (self->root, text, MAX_FOUND, found);
      show_model (self, G_LIST_MODEL (found));
    }
  else
    {
      g_autoptr (GtkTreeListModel) tree = gtk_tree_list_model_new (g_object_ref (pdg_component_node_list_children (self->root)), FALSE, FALSE,
                                                                   children_cb, NULL, NULL);

      open_first (tree);
      show_model (self, G_LIST_MODEL (tree));
    }
}

static GtkWidget *
new_label (const char *css_class)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  return label;
}

static void
setup_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  GtkWidget *expander = gtk_tree_expander_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  gtk_box_append (GTK_BOX (box), new_label (NULL));
  gtk_box_append (GTK_BOX (box), new_label ("second"));
  gtk_tree_expander_set_child (GTK_TREE_EXPANDER (expander), box);
  gtk_list_item_set_child (item, expander);
  gtk_list_item_set_activatable (item, TRUE);
}

static void
bind_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  GtkTreeExpander *expander = GTK_TREE_EXPANDER (gtk_list_item_get_child (item));
  GtkWidget *box = gtk_tree_expander_get_child (expander);
  GtkLabel *name = GTK_LABEL (gtk_widget_get_first_child (box)), *detail = GTK_LABEL (gtk_widget_get_last_child (box));
  gpointer object = gtk_list_item_get_item (item);
  gboolean is_found = PDG_IS_COMPONENT_NODE (object);
  g_autoptr (PdgComponentNode) node = is_found ? g_object_ref (object) : PDG_COMPONENT_NODE (gtk_tree_list_row_get_item (object));

  gtk_tree_expander_set_list_row (expander, is_found ? NULL : object);
  gtk_label_set_text (name, pdg_component_node_get_name (node));
  gtk_label_set_text (detail, pdg_component_node_get_detail (node) != NULL ? pdg_component_node_get_detail (node) : "");
  gtk_widget_set_tooltip_text (box, pdg_component_node_get_path (node));
}

/* Enter opens and closes. */
static void
activate_cb (GtkListView *list, guint position, gpointer user_data)
{
  g_autoptr (GObject) item = g_list_model_get_item (G_LIST_MODEL (gtk_list_view_get_model (list)), position);

  if (GTK_IS_TREE_LIST_ROW (item))
    gtk_tree_list_row_set_expanded (GTK_TREE_LIST_ROW (item), !gtk_tree_list_row_get_expanded (GTK_TREE_LIST_ROW (item)));
}

static void
pdg_component_tree_dispose (GObject *object)
{
  PdgComponentTree *self = PDG_COMPONENT_TREE (object);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->root);
  G_OBJECT_CLASS (pdg_component_tree_parent_class)->dispose (object);
}

static void
pdg_component_tree_class_init (PdgComponentTreeClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = pdg_component_tree_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
}

static void
pdg_component_tree_init (PdgComponentTree *self)
{
  GtkWidget *heading = new_label ("strong");
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  gtk_orientable_set_orientation (GTK_ORIENTABLE (gtk_widget_get_layout_manager (GTK_WIDGET (self))), GTK_ORIENTATION_VERTICAL);
  gtk_label_set_text (GTK_LABEL (heading), _ ("Components"));
  gtk_widget_add_css_class (heading, "heading");
  gtk_widget_set_parent (heading, GTK_WIDGET (self));
  self->search = gtk_search_entry_new ();
  gtk_search_entry_set_key_capture_widget (GTK_SEARCH_ENTRY (self->search), NULL);
  g_object_set (self->search, "placeholder-text", _ ("Find a component"), NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->search), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Find a component"), -1);
  gtk_widget_set_margin_bottom (self->search, 4);
  gtk_widget_set_parent (self->search, GTK_WIDGET (self));
  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), NULL);
  self->list = GTK_LIST_VIEW (gtk_list_view_new (NULL, factory));
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "components");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Components"), -1);
  g_signal_connect (self->list, "activate", G_CALLBACK (activate_cb), NULL);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), GTK_WIDGET (self->list));
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_widget_set_parent (scrolled, GTK_WIDGET (self));
  self->nothing = GTK_LABEL (new_label ("second"));
  gtk_label_set_text (self->nothing, _ ("No component has this in its name."));
  gtk_widget_set_parent (GTK_WIDGET (self->nothing), GTK_WIDGET (self));
  g_signal_connect_swapped (self->search, "search-changed", G_CALLBACK (update), self);
  update (self);
}

GtkWidget *
pdg_component_tree_new (void)
{
  return g_object_new (PDG_TYPE_COMPONENT_TREE, NULL);
}

void
pdg_component_tree_set_root (PdgComponentTree *self, PdgComponentNode *root)
{
  if (g_set_object (&self->root, root))
    update (self);
}
