#pragma once

#include "store/pdg-store-query.h"
#include "store/pdg-store-sessions.h"

G_BEGIN_DECLS

/* The pieces of statements that read sessions. */

/* The columns of a session x; what else they need is joined later. */
void               pdg_store_append_session_columns (PdgStoreQuery *query, PdgSessionParts parts);
void               pdg_store_append_session_joins (PdgStoreQuery *query, PdgSessionParts parts);

/* The sessions of one @owner (a table's alias) as a subquery x; @more: conditions of the caller's. */
void               pdg_store_append_session_page (PdgStoreQuery *query, const char *owner, const char *more, const PdgStoreSessionFilter *filter);

/* Whether the best plan of such a page is the same for all values: by the index, unless it depends on how many events match. */
gboolean           pdg_store_session_page_is_plain (const PdgStoreSessionFilter *filter);

/* Reads those columns, of which @column is the first. (transfer full) */
PdgSessionSummary *pdg_store_read_session (const PdgDbResult *result, guint row, guint column, PdgSessionParts parts);

/* Newest first; for g_ptr_array_sort (). */
int                pdg_store_compare_sessions (gconstpointer a, gconstpointer b);

G_END_DECLS
