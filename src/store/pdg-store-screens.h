#pragma once

#include "db/pdg-db-tx.h"
#include "model/pdg-records.h"

G_BEGIN_DECLS

/* Screens of projects, one statement for all that are asked about. Tenant transactions. Errors: PDG_DB_ERROR. A database thread. */

/* The screens with these numbers: @n of them, NULL where the project has none. (transfer full) (element-type PdgScreen) */
GPtrArray *pdg_store_lookup_screens (PdgDbTx *tx, const gint32 *project_nos, const gint32 *screen_nos, guint n, GError **error);

/* For each project its screens by path, after @after_path when it is not NULL, at most @limit; only those with @search in path or
 * title, whatever the case, when it is not NULL. (transfer full) (element-type GPtrArray of PdgScreen) */
GPtrArray *pdg_store_list_project_screens (PdgDbTx *tx, const gint32 *project_nos, guint n, const char *search, const char *after_path,
                                           guint limit, GError **error);

G_END_DECLS
