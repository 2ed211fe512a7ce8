#pragma once

#include <gtk/gtk.h>

#include "app/pdg-style.h"
#include "app/pdg-workspace.h"

G_BEGIN_DECLS

#define PDG_TYPE_FUNNEL_PANE (pdg_funnel_pane_get_type ())
G_DECLARE_FINAL_TYPE (PdgFunnelPane, pdg_funnel_pane, PDG, FUNNEL_PANE, GtkWidget)

/* A funnel: its steps at the left, its numbers in the middle, and at the right who is behind one of them. It asks while it is shown. */

/* Once, before the widget is shown. */
void pdg_funnel_pane_bind (PdgFunnelPane *self, PdgWorkspace *workspace, PdgStyle *style);

/* A funnel of these screens, in this order; FALSE when fewer than two of them are in the graph. */
gboolean pdg_funnel_pane_set_screens (PdgFunnelPane *self, const char *const *screen_ids, guint n);

void pdg_funnel_pane_focus (PdgFunnelPane *self);

G_END_DECLS
