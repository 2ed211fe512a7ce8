#pragma once

#include <gtk/gtk.h>

#include "app/pdg-workspace.h"

G_BEGIN_DECLS

#define PDG_TYPE_OUTLINE_PANE (pdg_outline_pane_get_type ())
G_DECLARE_FINAL_TYPE (PdgOutlinePane, pdg_outline_pane, PDG, OUTLINE_PANE, GtkWidget)

/* The left rail: all screens with their visits, in step with the selection; a filter that finds as you type. */
void pdg_outline_pane_bind (PdgOutlinePane *self, PdgWorkspace *workspace);
void pdg_outline_pane_focus_filter (PdgOutlinePane *self);

G_END_DECLS
