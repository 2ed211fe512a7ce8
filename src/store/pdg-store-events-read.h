#pragma once

#include "base/pdg-arena.h"
#include "db/pdg-db-tx.h"
#include "model/pdg-event-filter.h"
#include "model/pdg-records.h"
#include "store/pdg-store-seen.h"

G_BEGIN_DECLS

/* What to read of each event beside its time and its identity. What is left out reads as absent. */
typedef enum
{
  PDG_EVENT_TYPE = 1 << 0,
  PDG_EVENT_TERM = 1 << 1,      /* name, component, journey, step, screen number */
  PDG_EVENT_PAGE_PATH = 1 << 2, /* as it was sent */
  PDG_EVENT_RELEASE = 1 << 3,
  PDG_EVENT_DATA = 1 << 4, /* properties and metadata */
  PDG_EVENT_ARRIVAL = 1 << 5, /* when it was received, and its flags */
  PDG_EVENT_PAGE_TITLE = 1 << 6,
  PDG_EVENT_ALL = 127,
} PdgEventParts;

/* Where an event stands in the order of time; ties are told apart by session, sequence and key. */
typedef struct
{
  gint64 ts_usec;
  gint32 session_no;
  gint32 sequence; /* G_MININT32 = none */
  guint8 key[16];
} PdgEventPlace;

/* Which events: a plain value. Times in microseconds, half-open. */
typedef struct
{
  gint64 from_usec; /* G_MININT64 = open */
  gint64 to_usec;   /* G_MAXINT64 = open */
  const PdgEventFilter *filter; /* nullable */
  const PdgEventPlace *after;   /* nullable: only what comes after this place */
  gboolean newest_first;
  guint limit; /* for each owner */
  PdgEventParts parts;
  PdgArena *arena; /* where the events are made: they live as long as it */
} PdgStoreEventQuery;

/* A session whose events are wanted; the times are those of its row. */
typedef struct
{
  gint64 started_usec;
  gint64 ended_usec;
  gint32 project_no;
  gint32 session_no;
} PdgStoreSessionKey;

/* Events of @n projects by one statement: a list for each, in their order. Here as below, a term that this connection has not read yet
 * (pdg-store-terms.h) costs one more. Tenant transaction. Errors: PDG_DB_ERROR. (transfer full) (element-type GPtrArray(PdgStoredEvent)) */
GPtrArray *pdg_store_list_events (PdgDbTx *tx, const gint32 *project_nos, guint n, const PdgStoreEventQuery *query, GError **error);

/* The event with this id in each of @n projects, the newest when several sessions or times used it; NULL items where there is none.
 * (transfer full) (element-type PdgStoredEvent) */
GPtrArray *pdg_store_find_events (PdgDbTx *tx, const gint32 *project_nos, guint n, const char *id, PdgEventParts parts, PdgArena *arena,
                                  GError **error);

/* Events of @n sessions by one statement: a list for each, in their order. Tenant transaction. Errors: PDG_DB_ERROR.
 * (transfer full) (element-type GPtrArray(PdgStoredEvent)) */
GPtrArray *pdg_store_list_session_events (PdgDbTx *tx, const PdgStoreSessionKey *sessions, guint n, const PdgStoreEventQuery *query, GError **error);

/* The events of a project that @now sees and @before did not, of @asked: the newest of them up to its limit, oldest first. Its range
 * says how old they are at most, its order and place do not count. *@n_all: how many there are. (transfer full)
 * (element-type PdgStoredEvent) */
GPtrArray *pdg_store_list_fresh_events (PdgDbTx *tx, gint32 project_no, const PdgStoreSeen *before, const PdgStoreSeen *now,
                                        const PdgStoreEventQuery *asked, gint64 *n_all, GError **error);

G_END_DECLS
