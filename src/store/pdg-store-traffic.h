#pragma once

#include "db/pdg-db-tx.h"

G_BEGIN_DECLS

/* Where a session is now. */
typedef struct
{
  gint64 newest_usec; /* its newest event of those that are looked at; 0 when these were not */
  gint64 viewed_usec; /* its newest page view; 0 when it has none */
  gint32 session_no;
  gint32 actor_no;    /* 0 when it has none */
  gint32 screen_no;   /* of its newest page view; 0 when it has none */
} PdgStoreWhereabouts;

/* The sessions with an event in (@after_usec, @until_usec], at most @limit. One statement. Tenant transaction. Errors: PDG_DB_ERROR.
 * (transfer full) (element-type PdgStoreWhereabouts) */
GArray *pdg_store_list_active_sessions (PdgDbTx *tx, gint32 project_no, gint64 after_usec, gint64 until_usec, guint limit, GError **error);

/* Those of these sessions that there are, in any order. One statement. Tenant transaction. Errors: PDG_DB_ERROR. (transfer full)
 * (element-type PdgStoreWhereabouts) */
GArray *pdg_store_lookup_whereabouts (PdgDbTx *tx, gint32 project_no, const gint32 *session_nos, guint n, GError **error);

G_END_DECLS
