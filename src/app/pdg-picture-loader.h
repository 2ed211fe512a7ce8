#pragma once

#include "canvas/pdg-image-store.h"
#include "client/pdg-client.h"

G_BEGIN_DECLS

#define PDG_TYPE_PICTURE_LOADER (pdg_picture_loader_get_type ())
G_DECLARE_FINAL_TYPE (PdgPictureLoader, pdg_picture_loader, PDG, PICTURE_LOADER, GObject)

/* Fetches the pictures that an image store lacks, decodes them on workers, puts them in. A few at a time.
 * Signal "loaded" (snapshot id) when one more can be drawn. UI thread. */
PdgPictureLoader *pdg_picture_loader_new (PdgClient *client);

/* Draw from this store, then call pdg_picture_loader_queue_wanted(). (transfer none) */
PdgImageStore    *pdg_picture_loader_get_store (PdgPictureLoader *self);

/* Starts loading what the last drawing found missing; cheap when nothing is. */
void              pdg_picture_loader_queue_wanted (PdgPictureLoader *self);

G_END_DECLS
