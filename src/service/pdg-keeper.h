#pragma once

#include "db/pdg-db-pool.h"
#include "service/pdg-credentials.h"
#include "service/pdg-retention.h"

G_BEGIN_DECLS

/* What a collector does by itself, now and then: it finishes what was begun for people and cut off, notes which keys were used, and removes
 * what is not to be kept. Two collectors may both do so: the request, and the removal, is held by one of them. */
typedef struct _PdgKeeper PdgKeeper;

/* Works on @context, every @interval_ms. @pool: kept; the others are borrowed, and must stay until the pool is closed. (transfer full) */
PdgKeeper *pdg_keeper_new (PdgDbPool *pool, PdgCredentials *credentials, PdgRetention *retention, GMainContext *context, guint interval_ms);

/* No work begins any more; what runs ends soon, with the pool at the latest. */
void       pdg_keeper_free (PdgKeeper *keeper);

/* The requests of people that are not finished. A database thread. Errors: PDG_DB_ERROR, PDG_SERVICE_ERROR. */
gboolean   pdg_keeper_work (PdgDbConn *conn, GError **error);

G_END_DECLS
