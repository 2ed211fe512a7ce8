#pragma once

#include "db/pdg-db-tx.h"
#include "model/pdg-event-filter.h"
#include "model/pdg-records.h"

G_BEGIN_DECLS

/* What to read of each event beside its time, its identity, its title and its flags. What is left out reads as absent. */
typedef enum
{
  PDG_EVENT_TERM = 1 << 0,      /* type, name, component, journey, step, screen number */
  PDG_EVENT_PAGE_PATH = 1 << 1, /* as it was sent */
  PDG_EVENT_RELEASE = 1 << 2,
  PDG_EVENT_DATA = 1 << 3, /* properties and metadata */
  PDG_EVENT_ALL = 15,
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
} PdgStoreEventQuery;

/* A session whose events are wanted; the times are those of its row. */
typedef struct
{
  gint64 started_usec;
  gint64 ended_usec;
  gint32 project_no;
  gint32 session_no;
} PdgStoreSessionKey;

/* Events of @n sessions by one statement: a list for each, in their order. Tenant transaction. Errors: PDG_DB_ERROR.
 * (transfer full) (element-type GPtrArray(PdgStoredEvent)) */
GPtrArray *pdg_store_list_session_events (PdgDbTx *tx, const PdgStoreSessionKey *sessions, guint n, const PdgStoreEventQuery *query, GError **error);

G_END_DECLS
