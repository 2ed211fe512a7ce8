#pragma once

#include "db/pdg-db-pool.h"

G_BEGIN_DECLS

/* What a collector does by itself, now and then: it finishes what was begun for people and cut off. Two collectors may both do so: the
 * request is held by one of them. */
typedef struct _PdgKeeper PdgKeeper;

/* Works on @context, every @interval_ms. @pool: kept. (transfer full) */
PdgKeeper *pdg_keeper_new (PdgDbPool *pool, GMainContext *context, guint interval_ms);

/* No work begins any more; what runs ends with the pool. */
void       pdg_keeper_free (PdgKeeper *keeper);

/* The work, once. A database thread. Errors: PDG_DB_ERROR, PDG_SERVICE_ERROR. */
gboolean   pdg_keeper_work (PdgDbConn *conn, GError **error);

G_END_DECLS
