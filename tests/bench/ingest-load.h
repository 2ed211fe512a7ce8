#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Events like a web client's, 544 bytes on average, with ids that never repeat; and a closed loop of connections that
 * send them over loopback. One thread at a time. */
typedef struct _IngestLoad IngestLoad;

typedef struct
{
  guint64 n_events; /* acknowledged */
  gint64 usec;
  guint64 n_steady_events; /* of these, within the steady time */
  gint64 steady_usec;
  gint64 p50_usec;  /* of a request */
  gint64 p99_usec;
  guint n_refused;  /* requests that were answered 503 with Retry-After */
  gint64 refused_p99_usec; /* from the end of such a request to its answer */
} IngestLoadResult;

typedef struct
{
  guint n_connections;
  guint n_batch;
  gint64 usec; /* from the first request on */
  gint64 steady_usec; /* > 0: instead, so long from when every connection has had an answer */
  guint64 max_events;
  gint64 backoff_usec; /* > 0: what is refused is sent again after so long, until the time is over; 0: it ends the program */
} IngestLoadOptions;

#define INGEST_LOAD_PROJECTS 60
#define INGEST_LOAD_SESSIONS 24000

/* @run: how many events in a row come from one session. (transfer full) */
IngestLoad *ingest_load_new  (guint run);
void        ingest_load_free (IngestLoad *load);

/* The public id of a project, 0 to INGEST_LOAD_PROJECTS - 1. (transfer full) */
char       *ingest_load_dup_project (guint i);

/* The body of a request with @n events. (transfer full) */
GBytes     *ingest_load_make_body (IngestLoad *load, guint n);

/* Keeps the connections busy with requests for the time, or until @max_events were sent (which no steady time may meet); then waits for the
 * last answers. At the start nothing can be answered yet, and at the end there is ever less to do at once: a rate is taken of the steady
 * time alone, in which every connection has a request under way. Ends the program when a request is not answered with 202 for all of it, or
 * with 503 and Retry-After where that is allowed. */
void        ingest_load_run (IngestLoad *load, guint16 port, const IngestLoadOptions *options, IngestLoadResult *result);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (IngestLoad, ingest_load_free)

G_END_DECLS
