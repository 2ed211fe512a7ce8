#pragma once

#include <gtk/gtk.h>

#include "app/pdg-component-node.h"

G_BEGIN_DECLS

#define PDG_TYPE_COMPONENT_TREE (pdg_component_tree_get_type ())
G_DECLARE_FINAL_TYPE (PdgComponentTree, pdg_component_tree, PDG, COMPONENT_TREE, GtkWidget)

/* The components of a screen: a tree that opens and closes, and a field that finds some of them. */
GtkWidget *pdg_component_tree_new (void);

/* @root: nullable, as pdg_component_node_read() gives it: then nothing is seen of the widget. */
void       pdg_component_tree_set_root (PdgComponentTree *self, PdgComponentNode *root);

G_END_DECLS
