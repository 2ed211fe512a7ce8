#pragma once

#include "db/pdg-db-tx.h"
#include "model/pdg-records.h"

G_BEGIN_DECLS

/* A smaller picture of the same, as WebP. A plain value. */
typedef struct
{
  GBytes *image;
  int width; /* pixels */
} PdgStoreLevel;

/* A picture of a screen, to be stored. A plain value, borrowed. */
typedef struct
{
  GBytes *image;
  const char *media_type;
  const PdgStoreLevel *levels;
  guint n_levels;
  const char *journey, *step; /* nullable, as the next */
  const char *component_tree; /* JSON text, as the next */
  const char *state;
  gint64 taken_usec;
  double device_scale; /* 0 = not known, as the next */
  gint32 viewport_width, viewport_height;
  gint32 project_no;
  gint32 screen_no;
  gint32 session_no; /* 0 = none */
  int width, height; /* pixels */
} PdgStoreSnapshot;

/* Stores the picture, its bytes once for the organisation. @snapshot_no: (out); @is_new: (out): FALSE when the same picture of the same
 * screen, session and time was there. Tenant transaction. Errors: PDG_DB_ERROR. */
gboolean pdg_store_add_snapshot (PdgDbTx *tx, const PdgStoreSnapshot *snapshot, gint64 *snapshot_no, gboolean *is_new, GError **error);

/* Bytes by SHA-256 in hexadecimal; NULL without an error when there are none. @min_width: 0 = the picture itself; else the smallest of
 * its levels that is as wide, or the picture. @media_type: (out) (transfer full). Tenant transaction. (transfer full) */
GBytes  *pdg_store_load_blob (PdgDbTx *tx, const char *sha256_hex, int min_width, char **media_type, GError **error);

/* Which pictures: a plain value. */
typedef struct
{
  gint64 from_usec; /* half-open; G_MININT64 and G_MAXINT64 are open ends */
  gint64 to_usec;
  gint64 before_taken_usec; /* paging: those that come after this place; G_MAXINT64 = from the newest */
  gint64 before_snapshot_no;
  guint limit;
} PdgStoreSnapshotFilter;

/* For each project, or with @screen_nos (nullable) for each of its screens, the pictures, newest first: @n lists. One statement.
 * Tenant transaction. (transfer full) (element-type GPtrArray of PdgSnapshot) */
GPtrArray *pdg_store_list_snapshots (PdgDbTx *tx, const gint32 *project_nos, const gint32 *screen_nos, guint n,
                                     const PdgStoreSnapshotFilter *filter, GError **error);

/* The pictures with these numbers: @n of them, NULL where the project has none such. One statement. Tenant transaction. (transfer full)
 * (element-type PdgSnapshot) */
GPtrArray *pdg_store_lookup_snapshots (PdgDbTx *tx, const gint32 *project_nos, const gint64 *snapshot_nos, guint n, GError **error);

typedef enum
{
  PDG_STORE_SNAPSHOT_COMPONENT_TREE,
  PDG_STORE_SNAPSHOT_STATE,
} PdgStoreSnapshotText;

/* That text of each picture, NULL where there is none: @n of them. One statement. Tenant transaction. (transfer full)
 * (element-type utf8) */
GPtrArray *pdg_store_load_snapshot_texts (PdgDbTx *tx, const gint64 *snapshot_nos, guint n, PdgStoreSnapshotText which, GError **error);

G_END_DECLS
