#pragma once

#include <gtk/gtk.h>

#include "app/pdg-workspace.h"

G_BEGIN_DECLS

#define PDG_TYPE_EMPTY_PANE (pdg_empty_pane_get_type ())
G_DECLARE_FINAL_TYPE (PdgEmptyPane, pdg_empty_pane, PDG, EMPTY_PANE, GtkWidget)

/* A project without events: the line that sends the first one, and the demo. */
void pdg_empty_pane_bind (PdgEmptyPane *self, PdgWorkspace *workspace);

G_END_DECLS
