#pragma once

#include "db/pdg-db-copy-buffer.h"
#include "db/pdg-db-tx.h"
#include "model/pdg-event.h"

G_BEGIN_DECLS

/* An event with its numbers, ready for the table. The event is borrowed. */
typedef struct
{
  const PdgEvent *event;
  gint64 received_usec;
  gint32 org_no;
  gint32 project_no;
  gint32 session_no;
  gint32 actor_no;
  gint32 term_no;
  gint32 release_no;       /* 0 = none */
  gint32 screen_no;        /* 0 = none; for the session, not stored in the row */
  gint16 actor_kind;
  gboolean screen_is_pattern; /* the screen stands for many pages; its titles are theirs */
  gboolean has_page_path;  /* the page path is not the screen's path, so it is stored */
  gboolean has_anonymous;  /* the anonymous id is not the actor's id, so it is stored */
} PdgEventRow;

/* What one flush adds to one session. Times in microseconds; G_MAXINT64 = there was none. */
typedef struct
{
  gint32 project_no, session_no;
  gint32 events, page_views, errors;
  gint64 start_usec, end_usec;
  gint32 entry_screen_no, entry_seq, exit_screen_no, exit_seq; /* screen 0 = no page view */
  gint64 entry_usec, exit_usec;
  gint32 release_no, actor_no; /* release 0 = none */
  gint64 release_usec, actor_usec;
  gint16 actor_kind;
} PdgSessionDelta;

/* Whether this connection may COPY into the table: it may insert, and row-level security does not bind it. */
gboolean pdg_store_events_may_copy (PdgDbTx *tx, gboolean *may, GError **error);

/* Appends @rows by COPY; @buffer is scratch space. PDG_DB_ERROR_UNIQUE_VIOLATION when one of them is stored already
 * (the transaction is then lost). */
gboolean pdg_store_events_copy (PdgDbTx *tx, PdgDbCopyBuffer *buffer, const PdgEventRow *rows, guint n, GError **error);

/* The slow way: inserts those that are new and sets inserted[i] for them. */
gboolean pdg_store_events_insert (PdgDbTx *tx, const PdgEventRow *rows, guint n, guint8 *inserted, GError **error);

/* Adds to the sessions, in the transaction of the events. */
gboolean pdg_store_events_apply_sessions (PdgDbTx *tx, const PdgSessionDelta *deltas, guint n, gint64 received_usec, GError **error);

/* Gives screens their newest titles. */
gboolean pdg_store_events_name_screens (PdgDbTx *tx, const gint32 *projects, const gint32 *screens, const PdgSlice *titles,
                                        const gint64 *times, guint n, GError **error);

/* Tells every process, when the transaction commits, that the projects have new events. @orgs: the organisation of each.
 * @origin: who tells, so that it need not listen to itself. */
gboolean pdg_store_events_notify (PdgDbTx *tx, const gint32 *orgs, const gint32 *projects, guint n, const char *origin, GError **error);

/* Makes the partitions of the days around now. */
gboolean pdg_store_events_ensure_partitions (PdgDbTx *tx, GError **error);

#define PDG_STORE_CHANNEL "productgraph"

/* Reads a notification's payload. FALSE when it is none of ours. @origin: (out) in @payload. */
gboolean pdg_store_parse_notification (const char *payload, gint32 *org_no, gint32 *project_no, const char **origin);

G_END_DECLS
