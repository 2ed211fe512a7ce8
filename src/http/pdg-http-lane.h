#pragma once

#include <gio/gio.h>

#include "http/pdg-http-server.h"

G_BEGIN_DECLS

/* The short way of a request: one thread reads it, runs its handler to the end and writes the answer, so that nobody is woken up in
 * between. For plain requests (pdg-http-plain.h) of routes whose handler may wait. Whatever else comes on such a connection goes to
 * libsoup, on the worker that accepted it, with all the bytes that were read. Internal to this module.
 *
 * The threads share one epoll set, where each connection is armed for one event: whoever gets it has the connection until it arms
 * it again. A thread of its own watches them all: for deadlines, and for clients that go away while their request runs. */
typedef struct _PdgHttpLane PdgHttpLane;
typedef struct _PdgHttpLaneConnection PdgHttpLaneConnection;
typedef struct _PdgHttpWorker PdgHttpWorker;

PdgHttpLane  *pdg_http_lane_new        (PdgHttpServer *server);
gboolean      pdg_http_lane_start      (PdgHttpLane *lane, GError **error);

/* Not once the threads run, nor after the end. */
void          pdg_http_lane_free       (PdgHttpLane *lane);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgHttpLane, pdg_http_lane_free)

/* Whether a connection that begins with these bytes belongs here. Any thread. */
gboolean      pdg_http_lane_wants      (PdgHttpLane *lane, const char *text, gsize len);

/* Takes a connection: its socket, and that it is counted as open. Any thread. */
void          pdg_http_lane_adopt      (PdgHttpLane *lane, PdgHttpWorker *worker, int fd, GSocketAddress *remote_address);

/* Closes the connection that has been idle longest, if its deadline is before @due_usec. Any thread. */
gboolean      pdg_http_lane_evict      (PdgHttpLane *lane, gint64 due_usec);

/* What is under way goes on, what is new is left to the workers. */
void          pdg_http_lane_begin_stop (PdgHttpLane *lane);
gboolean      pdg_http_lane_is_busy    (PdgHttpLane *lane);

/* Cancels what is under way, closes everything, joins the threads. FALSE when something was cut off. */
gboolean      pdg_http_lane_end        (PdgHttpLane *lane);

/* The peer, borrowed. */
char         *pdg_http_lane_connection_get_remote (PdgHttpLaneConnection *connection, gboolean *is_loopback);

/* A request of a route that may leave it has its answer. Any thread. */
void          pdg_http_lane_answer_left (PdgHttpRequest *request);

/* The worker that accepted it, borrowed. */
PdgHttpWorker *pdg_http_lane_connection_get_worker (PdgHttpLaneConnection *connection);

/* Of the request that runs on it. */
GCancellable *pdg_http_lane_connection_get_cancellable (PdgHttpLaneConnection *connection);

G_END_DECLS
