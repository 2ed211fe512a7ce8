#pragma once

#include <gtk/gtk.h>

#include "app/pdg-keys.h"

G_BEGIN_DECLS

#define PDG_TYPE_KEY_WINDOW (pdg_key_window_get_type ())
G_DECLARE_FINAL_TYPE (PdgKeyWindow, pdg_key_window, PDG, KEY_WINDOW, GtkWindow)

/* Asks for what a change needs, does it and closes; of a new key it shows the secret first, this once. @key: NULL when one is made.
 * (transfer none): GTK owns windows. */
GtkWindow *pdg_key_window_new (GtkWindow *parent, PdgKeys *keys, PdgKeyChange change, PdgKey *key);

G_END_DECLS
