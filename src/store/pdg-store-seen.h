#pragma once

#include "db/pdg-db-tx.h"

G_BEGIN_DECLS

/* What a transaction saw, so that a later one can tell what was committed in between. A plain value that owns its text. */
typedef struct
{
  char *snapshot; /* pg_snapshot as text */
  gint64 at_usec;
} PdgStoreSeen;

/* What this transaction sees. Errors: PDG_DB_ERROR. A database thread. (transfer full) */
PdgStoreSeen *pdg_store_load_seen (PdgDbTx *tx, GError **error);
PdgStoreSeen *pdg_store_seen_copy (const PdgStoreSeen *seen);
void          pdg_store_seen_free (PdgStoreSeen *seen);

/* Appends " AND …" that holds for the rows of @alias that @now sees and @before did not. FALSE, and nothing is appended, when @before
 * is not of this server's past: it was set up anew. */
gboolean      pdg_store_append_unseen (GString *sql, PdgDbParams *params, const char *alias, const PdgStoreSeen *before, const PdgStoreSeen *now);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgStoreSeen, pdg_store_seen_free)

G_END_DECLS
