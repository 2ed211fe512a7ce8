#pragma once

#include "base/pdg-arena.h"
#include "db/pdg-db-conn.h"
#include "db/pdg-db-copy-buffer.h"
#include "service/pdg-ingest.h"
#include "service/pdg-number-map.h"
#include "store/pdg-store-events.h"

G_BEGIN_DECLS

/* One queued batch and its verdicts. */
typedef struct
{
  PdgPrincipal *principal;
  PdgEventBatch *batch;
  PdgIngestDoneFunc done;
  gpointer user_data;
  GArray *issues; /* PdgEventIssue: the batch's own (texts borrowed) and those found here (texts in texts) */
  GPtrArray *texts;
  guint n_duplicates;
} PdgIngestRequest;

/* A row of a flush, and the request it came from. */
typedef struct
{
  PdgEventRow row;
  PdgIngestRequest *request;
} PdgFlushRow;

/* The numbers that the writer remembers, and the events it stored lately. */
typedef struct
{
  PdgNumberMap *projects, *sessions, *screens, *releases, *actors, *terms, *titles;
  PdgNumberMap *epochs; /* of projects, plus one: since when the numbers are good */
  PdgNumberMap *links;  /* that were told, and the second they were said at (pdg-ingest-identity.c) */
  PdgNumberMap *stored; /* identities of events committed lately */
  guint64 seed;         /* of the keys in this process, so that nobody can aim at a collision */
} PdgIngestMemory;

/* One transaction's worth of requests. */
typedef struct
{
  PdgArena *arena;
  GArray *rows;       /* PdgFlushRow, without duplicates; sorted once they have numbers */
  GArray *identities; /* guint8[16] of each row, for PdgIngestMemory.stored */
} PdgFlush;

PdgIngestMemory *pdg_ingest_memory_new (void);
void             pdg_ingest_memory_free (PdgIngestMemory *memory);

/* Asks for all numbers anew: some that are remembered were taken back. */
void             pdg_ingest_memory_forget (PdgIngestMemory *memory);

/* Makes the rows of the requests, with their numbers (new ones are committed in transactions of their own), leaving out
 * what is stored already and what has no project. Errors: PDG_DB_ERROR. */
PdgFlush        *pdg_flush_new (PdgIngestMemory *memory, PdgDbConn *conn, gboolean bypasses_rls, PdgIngestRequest **requests,
                                guint n_requests, GError **error);
void             pdg_flush_free (PdgFlush *flush);

/* What the rows (where @inserted, nullable, is set) add to their sessions. (transfer full) (element-type PdgSessionDelta) */
GArray          *pdg_flush_list_session_deltas (PdgFlush *flush, const guint8 *inserted);

/* After the commit: the events are remembered as stored. */
void             pdg_flush_remember (PdgFlush *flush, PdgIngestMemory *memory);

/* Stores who is who, as the rows say it, in a transaction of its own that is committed. */
gboolean         pdg_ingest_store_identities (PdgFlush *flush, PdgIngestMemory *memory, PdgDbConn *conn, gboolean bypasses_rls,
                                              PdgPrincipal *principal, GError **error);

/* Since which epoch the numbers of a project are good; the first that is remembered of it counts. */
void             pdg_ingest_remember_epoch (PdgIngestMemory *memory, gint32 project_no, gint32 epoch);

/* Holds the projects of the rows while @tx stores them. */
gboolean         pdg_ingest_hold_projects (PdgDbTx *tx, PdgFlush *flush, PdgIngestMemory *memory, GError **error);

/* Begins a transaction for one organisation's rows: scoped when the connection is under row-level security. */
PdgDbTx         *pdg_ingest_begin (PdgDbConn *conn, gboolean bypasses_rls, PdgPrincipal *principal, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgFlush, pdg_flush_free)

G_END_DECLS
