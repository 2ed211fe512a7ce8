#pragma once

#include "model/pdg-event.h"
#include "model/pdg-guard.h"
#include "model/pdg-principal.h"
#include "service/pdg-hub.h"

G_BEGIN_DECLS

/* The way of events into the database: a bounded queue, group commit, and threads of its own with a connection each. A batch is
 * answered when the transaction that holds it is durable, or was refused; never before. */
typedef struct _PdgIngest PdgIngest;

#define PDG_INGEST_ERROR (pdg_ingest_error_quark ())
GQuark pdg_ingest_error_quark (void);

typedef enum
{
  PDG_INGEST_ERROR_FULL,   /* the queue is full: send the same again a little later */
  PDG_INGEST_ERROR_AWAY,   /* the database is away: send the same again later */
  PDG_INGEST_ERROR_FAILED, /* this batch could not be stored */
} PdgIngestError;

typedef struct
{
  const char *uri;
  const char *set_role; /* nullable */
  guint max_queued_events;
  guint max_flush_events;
  gint64 max_letters; /* of refused events that a project keeps; 0 = none */
  gint64 max_letter_bytes;
} PdgIngestOptions;

/* What became of a batch. Borrowed during the callback. accepted + n_issues = events that were sent. */
typedef struct
{
  guint n_accepted;   /* stored now or before */
  guint n_duplicates; /* of them, stored before */
  guint n_issues;
  const PdgEventIssue *issues;
} PdgIngestResult;

/* On a thread of the ingest. @result is NULL when @error (PDG_INGEST_ERROR) is set. */
typedef void (*PdgIngestDoneFunc) (const PdgIngestResult *result, const GError *error, gpointer user_data);

/* Totals since the start; a plain value. */
typedef struct
{
  guint64 accepted, duplicates, rejected, conflicts, flushes, slow_flushes, failed_flushes;
  guint64 flush_usec; /* time in flushes */
  guint64 letters[PDG_N_LETTER_KINDS], lost_letters; /* dead letters: those that were made, and of them those that could not be written */
  gsize queued_events;
  gboolean connected;
} PdgIngestMetrics;

/* Starts its threads, which connect by themselves, again and again. (transfer full) */
PdgIngest *pdg_ingest_new (const PdgIngestOptions *options, PdgHub *hub);

/* Stores what is queued (or answers it when the database is away), then ends its threads. */
void       pdg_ingest_free (PdgIngest *ingest);

/* Whether a batch may be queued now; FALSE as pdg_ingest_submit () would, and before its events are read. Any thread. */
gboolean   pdg_ingest_check_room (PdgIngest *ingest, GError **error);

/* Queues a batch; @done is called exactly once if this returns TRUE, and never if it returns FALSE (PDG_INGEST_ERROR_FULL
 * or _AWAY). Any thread; never waits. */
gboolean   pdg_ingest_submit (PdgIngest *ingest, PdgPrincipal *principal, PdgEventBatch *batch, PdgIngestDoneFunc done,
                              gpointer user_data, GError **error);

/* Whether the writer has its connection. Any thread. */
gboolean   pdg_ingest_is_connected (PdgIngest *ingest);
void       pdg_ingest_get_metrics (PdgIngest *ingest, PdgIngestMetrics *metrics);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgIngest, pdg_ingest_free)

G_END_DECLS
