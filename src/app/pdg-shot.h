#pragma once

#include <gtk/gtk.h>

#include "app/pdg-picture-loader.h"

G_BEGIN_DECLS

#define PDG_TYPE_SHOT (pdg_shot_get_type ())
G_DECLARE_FINAL_TYPE (PdgShot, pdg_shot, PDG, SHOT, GtkWidget)

/* The picture of one screen, as wide as there is room, 16:10, rounded. */
void pdg_shot_set_loader (PdgShot *self, PdgPictureLoader *loader);

/* How wide it is where it may choose. */
void pdg_shot_set_natural_width (PdgShot *self, int width);

/* From now on the whole picture is shown, of these pixels, as large as it fits. */
void pdg_shot_set_whole (PdgShot *self, int width, int height);

/* @snapshot_id: nullable; @label: what a screen reader says. */
void pdg_shot_set_snapshot (PdgShot *self, const char *snapshot_id, const char *label);

G_END_DECLS
