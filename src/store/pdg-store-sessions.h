#pragma once

#include "db/pdg-db-tx.h"
#include "model/pdg-records.h"

G_BEGIN_DECLS

/* Which sessions: a plain value. Times in microseconds, half-open; a session counts when it began before the end and
 * ended at or after the start. */
typedef struct
{
  gint64 from_usec; /* G_MININT64 = open */
  gint64 to_usec;   /* G_MAXINT64 = open */
  gint32 screen_no; /* 0 = any */
  gboolean with_errors;
  gint64 before_started_usec; /* paging: sessions that come after this place; G_MAXINT64 = from the newest */
  gint32 before_session_no;
  guint limit;
} PdgStoreSessionFilter;

/* Newest first. Tenant transaction. Errors: PDG_DB_ERROR. (transfer full) (element-type PdgSessionSummary) */
GPtrArray *pdg_store_list_sessions (PdgDbTx *tx, gint32 project_no, const PdgStoreSessionFilter *filter, GError **error);

/* Releases, newest first. (transfer full) (element-type PdgRelease) */
GPtrArray *pdg_store_list_releases (PdgDbTx *tx, gint32 project_no, guint limit, GError **error);

G_END_DECLS
