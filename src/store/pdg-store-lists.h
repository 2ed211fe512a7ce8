#pragma once

#include "db/pdg-db-tx.h"

G_BEGIN_DECLS

/* Lists of many parents from one statement, whose column 0 is the place of the parent, from 1, as WITH ORDINALITY gives it. */

/* Makes what the row says. (transfer full) */
typedef gpointer (*PdgStoreReadFunc) (const PdgDbResult *result, guint row);

/* Runs @sql and puts what @read makes of each row into the list of its parent, in the order of the rows: @n lists.
 * Errors: PDG_DB_ERROR. (transfer full) (element-type GPtrArray) */
GPtrArray *pdg_store_query_lists (PdgDbTx *tx, const char *sql, PdgDbParams *params, guint n, PdgStoreReadFunc read, GDestroyNotify destroy,
                                  GError **error);

/* The same where a parent has one at most: @n of them, NULL where there is none. (transfer full) */
GPtrArray *pdg_store_query_each_one (PdgDbTx *tx, const char *sql, PdgDbParams *params, guint n, PdgStoreReadFunc read, GDestroyNotify destroy,
                                     GError **error);

G_END_DECLS
