#pragma once

#include "db/pdg-db-tx.h"
#include "model/pdg-event-filter.h"
#include "model/pdg-records.h"

G_BEGIN_DECLS

/* What to read of each session beside its id and its times. What is left out reads as absent. */
typedef enum
{
  PDG_SESSION_ACTOR = 1 << 0,
  PDG_SESSION_PATHS = 1 << 1,
  PDG_SESSION_RELEASE = 1 << 2,
  PDG_SESSION_COUNTS = 1 << 3, /* of events, page views and errors */
  PDG_SESSION_ALL = 15,
} PdgSessionParts;

/* Which sessions: a plain value. Times in microseconds, half-open; a session counts when it began before the end and
 * ended at or after the start. */
typedef struct
{
  gint64 from_usec; /* G_MININT64 = open */
  gint64 to_usec;   /* G_MAXINT64 = open */
  const PdgEventFilter *filter; /* nullable: an event of the session within the range matches it */
  gint32 screen_no; /* 0 = any */
  gboolean with_errors;
  gint64 before_started_usec; /* paging: sessions that come after this place; G_MAXINT64 = from the newest */
  gint32 before_session_no;
  guint limit;      /* for each owner */
  PdgSessionParts parts;
} PdgStoreSessionFilter;

/* Sessions of @n projects, or (with @actor_nos) of an actor of each, newest first, by one statement: a list for each, in
 * their order. Tenant transaction. Errors: PDG_DB_ERROR. (transfer full) (element-type GPtrArray(PdgSessionSummary)) */
GPtrArray *pdg_store_list_sessions (PdgDbTx *tx, const gint32 *project_nos, const gint32 *actor_nos, guint n,
                                    const PdgStoreSessionFilter *filter, GError **error);

/* The session with this id in each of @n projects; NULL items where there is none. (transfer full)
 * (element-type PdgSessionSummary) */
GPtrArray *pdg_store_find_sessions (PdgDbTx *tx, const gint32 *project_nos, guint n, const char *id, PdgSessionParts parts, GError **error);

/* Sessions by their numbers; NULL items where there is none. (transfer full) (element-type PdgSessionSummary) */
GPtrArray *pdg_store_lookup_sessions (PdgDbTx *tx, const gint32 *project_nos, const gint32 *session_nos, guint n, PdgSessionParts parts,
                                      GError **error);

G_END_DECLS
