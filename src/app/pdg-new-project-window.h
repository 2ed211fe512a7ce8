#pragma once

#include <gtk/gtk.h>

#include "app/pdg-workspace.h"

G_BEGIN_DECLS

#define PDG_TYPE_NEW_PROJECT_WINDOW (pdg_new_project_window_get_type ())
G_DECLARE_FINAL_TYPE (PdgNewProjectWindow, pdg_new_project_window, PDG, NEW_PROJECT_WINDOW, GtkWindow)

/* Asks for a name, makes the project, shows it and closes. (transfer none): GTK owns windows. */
GtkWindow *pdg_new_project_window_new (GtkWindow *parent, PdgWorkspace *workspace);

G_END_DECLS
