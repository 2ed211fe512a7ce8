#pragma once

#include <gtk/gtk.h>

#include "app/pdg-workspace.h"

G_BEGIN_DECLS

#define PDG_TYPE_KEYS_PANE (pdg_keys_pane_get_type ())
G_DECLARE_FINAL_TYPE (PdgKeysPane, pdg_keys_pane, PDG, KEYS_PANE, GtkWidget)

/* The place of the project's ingest keys: a list, and what can be done with each. Reads them whenever it is shown. */
void pdg_keys_pane_bind (PdgKeysPane *self, PdgWorkspace *workspace);

/* Ends what is under way; before the client stops. */
void pdg_keys_pane_close (PdgKeysPane *self);

/* Gives it the keyboard. */
void pdg_keys_pane_focus (PdgKeysPane *self);

G_END_DECLS
