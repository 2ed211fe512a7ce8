#pragma once

#include "db/pdg-db-tx.h"
#include "model/pdg-records.h"
#include "store/pdg-store-audience.h"

G_BEGIN_DECLS

/* The releases that sessions active in [from, to) ran, for each project by the time each was first seen, newest first: @n lists.
 * G_MININT64 and G_MAXINT64 are open ends. One statement. Tenant transaction. Errors: PDG_DB_ERROR. (transfer full)
 * (element-type GPtrArray of PdgRelease) */
GPtrArray *pdg_store_list_releases (PdgDbTx *tx, const gint32 *project_nos, guint n, gint64 from_usec, gint64 to_usec, const PdgStorePage *page,
                                    GError **error);

G_END_DECLS
