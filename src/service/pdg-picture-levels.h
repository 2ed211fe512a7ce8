#pragma once

#include "canvas/pdg-image-store.h"
#include "store/pdg-store-snapshots.h"

G_BEGIN_DECLS

#define PDG_PICTURE_MAX_LEVELS 3

/* Makes the smaller pictures that are stored beside one: as WebP, at least 640, 320 and 80 pixels wide, as far as @image is wider.
 * Returns how many; pdg_picture_clear_levels() frees them. Slow: not on a thread that others wait for. */
guint pdg_picture_make_levels (PdgImage *image, PdgStoreLevel levels[PDG_PICTURE_MAX_LEVELS]);
void  pdg_picture_clear_levels (PdgStoreLevel *levels, guint n_levels);

G_END_DECLS
