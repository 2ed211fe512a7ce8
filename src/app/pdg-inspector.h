#pragma once

#include <gtk/gtk.h>

#include "app/pdg-picture-loader.h"
#include "app/pdg-workspace.h"

G_BEGIN_DECLS

#define PDG_TYPE_INSPECTOR (pdg_inspector_get_type ())
G_DECLARE_FINAL_TYPE (PdgInspector, pdg_inspector, PDG, INSPECTOR, GtkWidget)

/* The figures of what is selected: a screen, a path, several screens, or the whole graph. */
void pdg_inspector_bind (PdgInspector *self, PdgWorkspace *workspace, PdgPictureLoader *pictures);

G_END_DECLS
