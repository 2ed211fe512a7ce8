#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define PDG_TYPE_COMPONENT_NODE (pdg_component_node_get_type ())
G_DECLARE_FINAL_TYPE (PdgComponentNode, pdg_component_node, PDG, COMPONENT_NODE, GObject)

/* A component that was on a screen. Texts are borrowed. UI thread, once it is read. */

/* Reads what a program sent as its tree, in whatever form: objects with a name (or component, displayName, type) and children, or keys
 * that name what lies below them. The root has no name; NULL when there is nothing to show. Any thread. (transfer full) (nullable) */
PdgComponentNode *pdg_component_node_read (JsonNode *tree);

const char       *pdg_component_node_get_name (PdgComponentNode *self);
/* Its other values: "disabled: true · size: 3"; nullable. */
const char       *pdg_component_node_get_detail (PdgComponentNode *self);
/* The names that lead to it: "ProductPage / ProductCard". */
const char       *pdg_component_node_get_path (PdgComponentNode *self);
/* What is in it; PdgComponentNode items; NULL when nothing is. (transfer none) (nullable) */
GListModel       *pdg_component_node_list_children (PdgComponentNode *self);
/* Where it is, in logical pixels of the viewport. FALSE when that was not said. */
gboolean          pdg_component_node_get_bounds (PdgComponentNode *self, double *x, double *y, double *width, double *height);

/* Those at or below it whose name or path contains @text, whatever the case, at most @limit, appended to @found (PdgComponentNode). */
void              pdg_component_node_search (PdgComponentNode *self, const char *text, guint limit, GListStore *found);

G_END_DECLS
