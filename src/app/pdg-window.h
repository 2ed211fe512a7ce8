#pragma once

#include <gtk/gtk.h>

#include "app/pdg-settings.h"
#include "app/pdg-style.h"
#include "app/pdg-workspace.h"

G_BEGIN_DECLS

#define PDG_TYPE_WINDOW (pdg_window_get_type ())
G_DECLARE_FINAL_TYPE (PdgWindow, pdg_window, PDG, WINDOW, GtkApplicationWindow)

/* The one window. It shows @client; size, project and range are taken from @settings. (transfer none): GTK owns windows. */
PdgWindow *pdg_window_new (GtkApplication *application, PdgClient *client, PdgStyle *style, const PdgSettings *settings);

/* Writes what is to be remembered (all but the appearance) into @settings. */
void       pdg_window_store_settings (PdgWindow *self, PdgSettings *settings);

G_END_DECLS
