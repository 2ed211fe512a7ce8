#pragma once

#include <gtk/gtk.h>
#include <json-glib/json-glib.h>

#include "app/pdg-picture-loader.h"

G_BEGIN_DECLS

#define PDG_TYPE_SHOT_WINDOW (pdg_shot_window_get_type ())
G_DECLARE_FINAL_TYPE (PdgShotWindow, pdg_shot_window, PDG, SHOT_WINDOW, GtkWindow)

/* One picture of a screen, whole and large, with what is known of it. Left and Right show the one before and after, Escape closes.
 * @snapshots: objects of the type Snapshot; kept. */
GtkWidget *pdg_shot_window_new (GtkWindow *parent, PdgPictureLoader *pictures, JsonArray *snapshots, guint index, const char *title);

G_END_DECLS
