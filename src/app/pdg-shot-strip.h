#pragma once

#include <gtk/gtk.h>
#include <json-glib/json-glib.h>

#include "app/pdg-picture-loader.h"

G_BEGIN_DECLS

#define PDG_TYPE_SHOT_STRIP (pdg_shot_strip_get_type ())
G_DECLARE_FINAL_TYPE (PdgShotStrip, pdg_shot_strip, PDG, SHOT_STRIP, GtkWidget)

/* The newest pictures of a screen side by side; one that is pressed opens large, in a window in which the arrow keys go on to the others.
 * Without pictures nothing is seen of it. */
GtkWidget *pdg_shot_strip_new (PdgPictureLoader *pictures);

/* @snapshots: (nullable) objects of the type Snapshot, the newest first; kept. @title: the screen's name. */
void       pdg_shot_strip_set_snapshots (PdgShotStrip *self, JsonArray *snapshots, const char *title);

/* Opens the picture at @index large. FALSE when there is none. */
gboolean   pdg_shot_strip_open (PdgShotStrip *self, guint index);

/* "1280 × 800 at 2x · 23 Nov 2026, 12:03:20 · user_12": what is known of a snapshot. (transfer full) */
char      *pdg_shot_strip_describe (JsonObject *snapshot);

G_END_DECLS
