#pragma once

#include "base/pdg-arena.h"
#include "db/pdg-db-conn.h"
#include "db/pdg-db-copy-buffer.h"
#include "service/pdg-ingest.h"
#include "service/pdg-number-map.h"
#include "store/pdg-store-events.h"
#include "store/pdg-store-flush.h"

G_BEGIN_DECLS

typedef guint8 PdgIngestKey[16];

/* One queued batch and its verdicts. */
typedef struct
{
  PdgPrincipal *principal;
  PdgEventBatch *batch;
  PdgIngestDoneFunc done;
  gpointer user_data;
  GArray *issues; /* PdgEventIssue: the batch's own (texts borrowed) and those found here (texts in texts) */
  GPtrArray *texts;
  GArray *conflicts; /* guint32: those of the issues' indexes whose events have the id of another one, with another content */
  guint n_duplicates;
} PdgIngestRequest;

void pdg_ingest_request_free (gpointer request);

/* Forgets the verdicts of an attempt that failed, so that the next one starts clean. */
void pdg_ingest_request_reset (PdgIngestRequest *request);

/* Refuses one event. @text: (transfer full) */
void pdg_ingest_request_refuse (PdgIngestRequest *request, const PdgEvent *event, char *text);

/* Puts the issues in the order of their events. */
void pdg_ingest_request_sort_issues (PdgIngestRequest *request);

/* The one place that learns of an event whose id another event has: the first is kept, and this one is refused and noted. */
void pdg_ingest_note_conflict (PdgIngestRequest *request, const PdgEvent *event);

/* What is remembered of the database: numbers of texts, and the events that were stored lately. The numbers belong to the thread
 * that prepares; what both it and those that store use is behind the lock. What is remembered of a project is found under the epoch
 * that it was learnt in, so nothing is found any more once the project has another one. */
typedef struct
{
  PdgNumberMap *projects, *sessions, *screens, *releases, *actors, *terms;
  PdgNumberMap *epochs; /* of projects, plus one */
  PdgNumberMap *links;  /* that were told, and the second they were said at (pdg-ingest-identity.c) */
  guint64 seed; /* of the keys in this process, so that nobody can aim at a collision */
  GMutex lock;
  PdgNumberMap *titles; /* of screens: a number that stands for the text */
  PdgNumberMap *stored; /* identities of events committed lately: the hash of the content */
} PdgIngestMemory;

typedef enum
{
  PDG_INGEST_KEY_PROJECT,
  PDG_INGEST_KEY_SESSION,
  PDG_INGEST_KEY_SCREEN,
  PDG_INGEST_KEY_RELEASE,
  PDG_INGEST_KEY_ACTOR,
  PDG_INGEST_KEY_TERM,
  PDG_INGEST_KEY_TITLE,
  PDG_INGEST_KEY_EVENT,
  PDG_INGEST_KEY_EPOCH,
  PDG_INGEST_KEY_LINK,
} PdgIngestKeyKind;

PdgIngestMemory *pdg_ingest_memory_new (void);
void             pdg_ingest_memory_free (PdgIngestMemory *memory);

/* Asks for all numbers anew: some that are remembered were taken back. The preparer's. */
void             pdg_ingest_memory_forget (PdgIngestMemory *memory);

/* The last known epoch of a project; -1 = not remembered. The preparer's. */
void             pdg_ingest_memory_remember_epoch (PdgIngestMemory *memory, gint32 project_no, gint32 epoch);
gint32           pdg_ingest_memory_find_epoch (const PdgIngestMemory *memory, gint32 project_no);

/* @scope: whose the text is, an organisation's, a project's, or one epoch's of a project. */
void             pdg_ingest_memory_make_key (const PdgIngestMemory *memory, PdgIngestKeyKind kind, guint64 scope, const void *text, gsize len,
                                             PdgIngestKey key);

static inline guint64
pdg_ingest_scope (gint32 project_no, gint32 epoch)
{
  return (guint64) (guint32) epoch << 32 | (guint32) project_no;
}

/* One transaction's worth of requests, ready to be stored. */
typedef struct
{
  PdgArena *arena;
  GArray *rows;       /* PdgEventRow of each event that has a project and is not stored yet, by project, session and time; owner is its request */
  GArray *identities; /* PdgIngestKey and hash of each row, for PdgIngestMemory.stored */
  GArray *projects;   /* PdgTouchedProject: those of the rows, sorted, each with the epoch that its numbers are of */

  /* Since it was stored, until it is settled. */
  GArray *titles;     /* PdgScreenTitle that were given to screens */
  GArray *old;        /* PdgEventRow that were there already */
  GArray *old_hashes; /* gint32: of the contents that are stored of these; 0 = not known */
} PdgFlush;

typedef struct
{
  PdgIngestKey key;
  gint32 payload_hash;
} PdgFlushIdentity;

/* Makes the rows of the requests, with their numbers (new ones are committed in transactions of their own), leaving out
 * what is stored already and what has no project. Errors: PDG_DB_ERROR. */
PdgFlush *pdg_flush_new  (PdgIngestMemory *memory, PdgDbConn *conn, gboolean bypasses_rls, PdgIngestRequest **requests,
                          guint n_requests, GError **error);
void      pdg_flush_free (PdgFlush *flush);

/* Numbers for the texts of the rows. */
gboolean  pdg_flush_assign_numbers (PdgFlush *flush, PdgIngestMemory *memory, PdgDbConn *conn, PdgPrincipal *principal, GError **error);

/* What the rows (where inserted[i] is set) add to their sessions. (transfer full) (element-type PdgSessionDelta) */
GArray   *pdg_flush_list_session_deltas (const PdgFlush *flush, const guint8 *inserted);

/* The newest title of each screen, where it is news. (transfer full) (element-type PdgScreenTitle) */
GArray   *pdg_flush_list_titles (const PdgFlush *flush, PdgIngestMemory *memory);

/* That they are stored; the lock is held. */
void      pdg_ingest_memory_remember_titles (PdgIngestMemory *memory, const GArray *titles);

/* Stores who is who, as the rows say it, in a transaction of its own that is committed: before the rows are handed to a storer, so that
 * whoever sees an event finds what it says. */
gboolean  pdg_ingest_store_identities (const PdgFlush *flush, PdgIngestMemory *memory, PdgDbConn *conn, PdgPrincipal *principal,
                                       GError **error);

/* Once what the flush stored is durable: it is remembered, and each request's duplicates and conflicts are counted. */
void      pdg_flush_settle (PdgFlush *flush, PdgIngestMemory *memory);

/* A connection that stores. */
typedef enum
{
  PDG_INGEST_BY_COPY,  /* row-level security does not bind it */
  PDG_INGEST_BY_STAGE, /* it does: by way of a temporary table */
  PDG_INGEST_BY_ARRAY, /* and it may not make one */
} PdgIngestMode;

typedef struct
{
  PdgDbConn *conn;
  PdgIngestMode mode;
  guint n_connected; /* times */
  gboolean may_flush_log; /* so that commits need not wait for the disk, each for itself */
  PdgDbCopyBuffer *buffer;
  PdgIngestMemory *memory; /* borrowed */
  const char *origin;      /* borrowed */
} PdgIngestStorer;

/* Makes a new connection fit for storing, and finds out how it may. */
gboolean pdg_ingest_storer_prepare (PdgIngestStorer *storer, GError **error);

/* The same where it has none that is usable. */
gboolean pdg_ingest_storer_connect (PdgIngestStorer *storer, const char *uri, const char *set_role, GError **error);
void     pdg_ingest_storer_clear (PdgIngestStorer *storer);

/* Stores the rows in one transaction; @principal: of one of the requests, all of one organisation unless the mode is
 * PDG_INGEST_BY_COPY. @durable_later: a crash of the database may still undo it, until a connection that was there before has flushed the
 * log. *slow: whether events were there already. */
gboolean pdg_ingest_storer_store (PdgIngestStorer *storer, PdgFlush *flush, PdgPrincipal *principal, gboolean durable_later, gboolean *slow,
                                  GError **error);

/* Takes all that was committed since this connection was made to the disk. */
gboolean pdg_ingest_storer_flush_log (PdgIngestStorer *storer, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgFlush, pdg_flush_free)

G_END_DECLS
