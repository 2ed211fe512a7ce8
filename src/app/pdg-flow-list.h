#pragma once

#include <gtk/gtk.h>

#include "app/pdg-flows.h"

G_BEGIN_DECLS

#define PDG_TYPE_FLOW_LIST (pdg_flow_list_get_type ())
G_DECLARE_FINAL_TYPE (PdgFlowList, pdg_flow_list, PDG, FLOW_LIST, GtkWidget)

/* The busiest screens next to something, with their share; each row can be pressed.
 * Property "nothing": the text when there are none. Signal "activated" (screen id). */

/* Shows the first PDG_FLOW_LIST_MAX of @flows; rows are changed in place, so that focus and pointer stay. */
void pdg_flow_list_set_flows (PdgFlowList *self, const PdgFlow *flows, guint n_flows);

G_END_DECLS
