#pragma once

#include "codec/pdg-snapshot-form.h"
#include "db/pdg-db-conn.h"
#include "model/pdg-principal.h"
#include "store/pdg-store-snapshots.h"

G_BEGIN_DECLS

/* A picture that was looked at. A plain value, borrowed. */
typedef struct
{
  GBytes *image;
  const char *media_type;
  const PdgStoreLevel *levels;
  guint n_levels;
  int width, height; /* pixels */
} PdgPicture;

/* A picture of a screen; numbers the screen when it is new. Needs the role editor. Errors: PDG_SERVICE_ERROR, PDG_DB_ERROR. A database thread. */
gboolean pdg_commands_add_snapshot (PdgDbConn *conn, PdgPrincipal *principal, gint32 project_no, const char *screen_path, const PdgPicture *picture,
                                    gint64 taken_usec, GError **error);

/* A plain value. */
typedef struct
{
  gint64 snapshot_no;
  gint32 project_no;
  gboolean is_new; /* FALSE: the same one was there */
} PdgReceivedSnapshot;

/* The same for one that came from outside: numbers its session, too. Needs the role ingest. */
gboolean pdg_commands_receive_snapshot (PdgDbConn *conn, PdgPrincipal *principal, const PdgSnapshotForm *form, const PdgPicture *picture,
                                        PdgReceivedSnapshot *received, GError **error);

G_END_DECLS
