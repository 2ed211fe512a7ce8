#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* One line of the requests-by-route-and-status table. */
typedef struct
{
  const char *route; /* path as added, borrowed from the server; "" = no route, or not a readable request */
  guint       status;
  guint64     count;
} PdgHttpRouteCount;

/* The upper ends of the buckets of durations, in microseconds; above the last there is one more. */
#define PDG_HTTP_N_DURATIONS 13
extern const gint64 pdg_http_durations[PDG_HTTP_N_DURATIONS];

/* How long the requests of a route took, from their head to the end of their answer. */
typedef struct
{
  const char *route; /* as above */
  guint64     counts[PDG_HTTP_N_DURATIONS + 1]; /* of each bucket alone */
  guint64     usec;  /* of all of them */
} PdgHttpRouteTimes;

/* A copy of a server's counters at one moment. A plain value; totals since start unless said otherwise. */
typedef struct
{
  guint              connections_open; /* now */
  guint              requests_in_flight; /* now: headers read, response not yet written */
  guint64            connections_accepted;
  guint64            connections_refused;  /* answered 503 because of max_connections */
  guint64            connections_evicted;  /* idle ones closed in favour of a new one */
  guint64            accept_errors;        /* out of file descriptors or memory */
  guint64            deadlines_missed;     /* slow senders and readers, not idle connections */
  guint64            clients_gone;         /* left before their response */
  guint64            bytes_in;
  guint64            bytes_out;
  guint              n_routes;
  PdgHttpRouteCount *routes;               /* only lines with a count */
  guint              n_times;
  PdgHttpRouteTimes *times;                /* only of routes with a count */
} PdgHttpMetrics;

void pdg_http_metrics_free (PdgHttpMetrics *metrics);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgHttpMetrics, pdg_http_metrics_free)

G_END_DECLS
