#pragma once

#include "db/pdg-db-tx.h"

G_BEGIN_DECLS

/* A picture of a screen, to be stored. A plain value, borrowed. */
typedef struct
{
  GBytes *image;
  const char *media_type;
  const char *component_tree; /* nullable: JSON text */
  gint64 taken_usec;
  gint32 project_no;
  gint32 screen_no;
  int width, height; /* pixels */
} PdgStoreSnapshot;

/* Stores the picture, its bytes once for the organisation. Tenant transaction. Errors: PDG_DB_ERROR. */
gboolean pdg_store_add_snapshot (PdgDbTx *tx, const PdgStoreSnapshot *snapshot, GError **error);

/* Bytes by SHA-256 in hexadecimal; NULL without an error when there are none. @media_type: (out) (transfer full).
 * Tenant transaction. (transfer full) */
GBytes  *pdg_store_load_blob (PdgDbTx *tx, const char *sha256_hex, char **media_type, GError **error);

G_END_DECLS
