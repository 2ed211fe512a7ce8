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
  gint32 epoch;            /* of the project, that the numbers are of (pdg_store_find_project ()) */
  gint32 session_no;
  gint32 actor_no;
  gint32 term_no;
  gint32 release_no;       /* 0 = none */
  gint32 screen_no;        /* 0 = none; for the session, not stored in the row */
  gint16 actor_kind;
  gboolean screen_is_pattern; /* the screen stands for many pages; its titles are theirs */
  gboolean has_page_path;  /* the page path is not the screen's path, so it is stored */
  gboolean has_anonymous;  /* the anonymous id is not the actor's id, so it is stored */
  gpointer owner;          /* the caller's own */
} PdgEventRow;

/* Whether this connection may COPY into the table: it may insert, and row-level security does not bind it. */
gboolean pdg_store_events_may_copy (PdgDbTx *tx, gboolean *may, GError **error);

/* Appends @rows by COPY; @buffer is scratch space. PDG_DB_ERROR_UNIQUE_VIOLATION when one of them is stored already
 * (the transaction is then lost). */
gboolean pdg_store_events_copy (PdgDbTx *tx, PdgDbCopyBuffer *buffer, const PdgEventRow *rows, guint n, GError **error);

/* The way of a connection that row-level security binds: COPY into a temporary table of its own, made once with make_stage (), and
 * from there INSERT … SELECT. Fails as COPY does. */
gboolean pdg_store_events_make_stage (PdgDbTx *tx, GError **error);
gboolean pdg_store_events_stage (PdgDbTx *tx, PdgDbCopyBuffer *buffer, const PdgEventRow *rows, guint n, GError **error);

/* The slow way: inserts those that are new and sets inserted[i] for them. */
gboolean pdg_store_events_insert (PdgDbTx *tx, const PdgEventRow *rows, guint n, guint8 *inserted, GError **error);

/* The hashes of the contents of the stored events that have the identities of @rows; 0 = not stored, or stored without. */
gboolean pdg_store_events_find_payloads (PdgDbTx *tx, const PdgEventRow *rows, guint n, gint32 *hashes, GError **error);

/* Makes the partitions of the days around now. */
gboolean pdg_store_events_ensure_partitions (PdgDbTx *tx, GError **error);

G_END_DECLS
