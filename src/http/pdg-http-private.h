#pragma once

#include <libsoup/soup.h>

#include "http/pdg-http-channel.h"
#include "http/pdg-http-head.h"
#include "http/pdg-http-lane.h"
#include "http/pdg-http-listen.h"
#include "http/pdg-http-plain.h"
#include "http/pdg-http-router.h"
#include "http/pdg-http-server.h"
#include "http/pdg-http-stream.h"

G_BEGIN_DECLS

/* The life of one request, told once. (Of one that libsoup reads; plain ones of some routes have a shorter: pdg-http-lane.h.)
 *
 * A worker is a thread with a main context, a SoupServer and an epoll set. Its poller source (pdg-http-worker.c) accepts sockets
 * and wraps each in a PdgHttpStream owned by a PdgHttpConnection, which is handed to libsoup by soup_server_accept_iostream().
 * libsoup parses; on "got-headers" an exchange is made (pdg-http-exchange.c), the filter, the route and the early function decide,
 * and either the request is refused or its body is gathered. With the whole body the handler gets the PdgHttpRequest. An answer
 * inside the handler is applied at once; else the message is paused, the answer is put on the worker's list from whatever
 * thread, one eventfd write wakes the worker, and the message goes on. "request-finished" or the closed stream ends the exchange.
 *
 * Who holds what: the worker its connections; a connection its exchange while there is one; the exchange its message; the
 * request (which user code may hold for ever, on any thread) the exchange. Nothing points from the exchange back to the request
 * once the handler has it, so dropping the last reference is seen, and answered 500.
 *
 * With a lane, a connection's first bytes decide whose it is (pdg_http_connection_decide()); the lane's come back as a
 * PdgHttpHandover, with what was read, and libsoup reads that first.
 *
 * Before libsoup sees a byte of a request's head, PdgHttpHead has: it refuses what libsoup reads too lightly.
 *
 * libsoup cannot answer before it has read the whole body, and has no deadlines. In these cases the connection writes the
 * response itself (pdg_http_connection_reject()), and lets libsoup's next read fail.
 *
 * WebSockets and streaming responses take the socket away from libsoup (pdg_http_connection_take_over()): its stream is left
 * abandoned, and a PdgHttpChannel reads and writes the socket in PDG_HTTP_PHASE_OPEN, woken by the same epoll set. Its queue has
 * bounds, which libsoup's have not. The connection holds a reference to its channel, users hold others; a worker that stops tells
 * its channels, then runs its loop until the last reference has gone or the time is up. */

typedef struct _PdgHttpWorker PdgHttpWorker;
typedef struct _PdgHttpConnection PdgHttpConnection;
typedef struct _PdgHttpExchange PdgHttpExchange;

/* Each phase but the first has a deadline; all connections of a phase have the same, so a queue keeps them in order. */
typedef enum
{
  PDG_HTTP_PHASE_WORK, /* somebody on our side is busy */
  PDG_HTTP_PHASE_IDLE,
  PDG_HTTP_PHASE_HEADERS,
  PDG_HTTP_PHASE_BODY,
  PDG_HTTP_PHASE_WRITE,
  PDG_HTTP_PHASE_OPEN,   /* a channel has the socket; the deadline is its next tick */
  PDG_HTTP_PHASE_LINGER, /* libsoup has gone; the rest of the client's bytes is thrown away so that it reads our answer */
  PDG_HTTP_N_PHASES,
} PdgHttpPhase;

typedef struct
{
  int connections_open;
  int requests_in_flight;
  guint64 connections_accepted;
  guint64 connections_refused;
  guint64 connections_evicted;
  guint64 accept_errors;
  guint64 deadlines_missed;
  guint64 clients_gone;
  guint64 bytes_in;
  guint64 bytes_out;
} PdgHttpCounters;

#define PDG_HTTP_COUNT(counter, n) __atomic_fetch_add (&(counter), (n), __ATOMIC_RELAXED)

/* What a worker is to do with a connection that comes from the lane. */
typedef enum
{
  PDG_HTTP_HANDOVER_FRESH,  /* libsoup reads on */
  PDG_HTTP_HANDOVER_DUE,    /* the request did not come in time */
  PDG_HTTP_HANDOVER_LINGER, /* it has been answered for the last time */
} PdgHttpHandoverKind;

typedef struct
{
  PdgHttpHandoverKind kind;
  int fd;
  GSocketAddress *remote_address;
  GBytes *text;        /* what has been read (nullable) */
  PdgHttpRoute *route; /* when the whole head is among it (nullable) */
} PdgHttpHandover;

struct _PdgHttpServer
{
  PdgHttpLimits limits;
  PdgHttpRouter *router;
  PdgHttpEarlyFunc filter;
  gpointer filter_data;
  GDestroyNotify filter_destroy;
  PdgHttpCounters counters;
  GPtrArray *workers;
  PdgHttpLane *lane; /* nullable */
  guint16 port;
  gboolean stopped;
};

struct _PdgHttpWorker
{
  gatomicrefcount ref_count;
  PdgHttpServer *server; /* valid while the thread runs */
  PdgHttpRouter *router;
  GThread *thread;
  GMainContext *context;

  /* the thread's own */
  SoupServer *soup;
  int keep_alive_fd;
  PdgHttpListeners listeners;
  int epoll_fd;
  int event_fd;
  GSource *poller;
  gpointer epoll_tag;
  GQueue connections;
  GQueue deadlines[PDG_HTTP_N_PHASES];
  gint64 armed_usec;
  gint64 accept_again_usec; /* 0 = accepting */
  gint64 stop_usec;
  GQueue events; /* connections that the poller has news for */
  guint n_in_flight;
  guint n_lingering;
  guint accept_ready : 1;
  guint woken : 1;
  guint answered_here : 1;
  guint stopping : 1;
  guint closing_all : 1;
  guint cut_off : 1;

  /* under the lock */
  GMutex lock;
  GPtrArray *answered;
  GPtrArray *dirty_channels;
  GPtrArray *handovers;
  guint n_channels; /* not yet finalized */
  gint64 stop_requested_usec; /* 0 = no */
  gboolean closed;
};

struct _PdgHttpConnection
{
  PdgHttpWorker *worker;
  PdgHttpStream *stream;
  GSocketAddress *remote_address;
  char *remote; /* a GRefString */
  PdgHttpExchange *exchange;
  PdgHttpRoute *route; /* whose answer is counted when there is no exchange (nullable) */
  PdgHttpChannel *channel; /* which then has the socket */
  GList link;
  GList deadline_link;
  GList event_link;
  PdgHttpPhase phase;
  gint64 deadline_usec;
  PdgHttpHead head;
  gsize lingered_bytes;
  int linger_fd;
  int channel_fd;
  guint is_loopback : 1;
  guint is_counted : 1;
  guint has_event : 1;
  guint rejected : 1;
  guint undecided : 1; /* whether it is libsoup's or the lane's */
};

struct _PdgHttpExchange
{
  gatomicrefcount ref_count;
  PdgHttpWorker *worker;

  /* the worker's thread */
  PdgHttpConnection *connection; /* NULL when it is over */
  SoupServerMessage *message;
  PdgHttpRoute *route;
  gint64 start_usec;
  PdgHttpRequest *reading; /* until the handler gets it */
  GBytes *first_chunk;
  GByteArray *body;
  gsize body_bytes;
  gsize max_body_bytes;
  guint status;
  guint dispatching : 1;
  guint answered_inline : 1;
  guint refused : 1;

  /* under the worker's lock */
  GCancellable *cancellable;
  gboolean client_gone;
};

struct _PdgHttpRequest
{
  gatomicrefcount ref_count;
  int answered; /* atomic */
  PdgHttpExchange *exchange;   /* NULL on the lane */
  SoupMessageHeaders *headers; /* the same */
  PdgHttpLaneConnection *lane; /* NULL elsewhere */
  const PdgHttpPlain *plain;   /* the same */
  PdgHttpPlain *own_plain;     /* nullable, as the next */
  GStringChunk *own_texts;     /* what it points into */
  GCancellable *own_cancellable; /* atomic: of one that may be left (nullable) */
  gboolean may_leave;
  int left;                    /* atomic: a PdgHttpLeft */
  const char *method;
  const char *route_path;
  const char *path_rest;
  char *path;
  char *query;
  char *content_type;
  char *remote;
  GBytes *body;
  gint64 content_length;
  gint64 start_usec;
  gboolean is_loopback;
  gboolean is_http_1_1;
  gsize stream_queue_bytes;
  guint stream_queue_messages;
  gpointer data;
  GDestroyNotify data_destroy;
  gpointer deferred; /* what its route answers it by, together with others (nullable) */

  PdgHttpChannel *channel; /* of a streaming response, until it has the connection */
  guint status;
  char *response_type;
  GBytes *response_body;
  GPtrArray *response_headers; /* name, value, …; nullable */
};

/* pdg-http-worker.c */
PdgHttpWorker *pdg_http_worker_new     (PdgHttpServer *server, const PdgHttpListeners *listeners);
gboolean       pdg_http_worker_start   (PdgHttpWorker *worker, guint index, GError **error);
void           pdg_http_worker_request_stop (PdgHttpWorker *worker, gint64 until_usec);
gboolean       pdg_http_worker_join    (PdgHttpWorker *worker);
PdgHttpWorker *pdg_http_worker_ref     (PdgHttpWorker *worker);
void           pdg_http_worker_unref   (PdgHttpWorker *worker);
/* Takes a reference to an answered request to the worker's thread; any thread. FALSE when the thread has ended. */
gboolean       pdg_http_worker_push_answered (PdgHttpWorker *worker, PdgHttpRequest *request);
/* Sees to it that the poller looks at the deadlines no later than @usec. */
void           pdg_http_worker_arm     (PdgHttpWorker *worker, gint64 usec);
/* Under the worker's lock, which must not be closed. */
void           pdg_http_worker_wake_up (PdgHttpWorker *worker);
/* The same without the lock, whatever it is. */
void           pdg_http_worker_nudge   (PdgHttpWorker *worker);
/* Takes a connection of the lane; any thread. A worker that has ended closes it. (transfer full) */
void           pdg_http_worker_hand_over (PdgHttpWorker *worker, PdgHttpHandover *handover);

/* pdg-http-accept.c: the listening sockets of a worker */
gboolean       pdg_http_worker_watch_listeners   (PdgHttpWorker *worker);
void           pdg_http_worker_accept            (PdgHttpWorker *worker, gint64 now_usec);
void           pdg_http_worker_close_listeners   (PdgHttpWorker *worker);
void           pdg_http_worker_take_handover     (PdgHttpWorker *worker, PdgHttpHandover *handover);
/* Libsoup's or the lane's, by its first bytes. */
void           pdg_http_connection_decide        (PdgHttpConnection *connection);

/* pdg-http-connection.c */
PdgHttpConnection *pdg_http_connection_new       (PdgHttpWorker *worker, int fd, GSocketAddress *remote_address);
void               pdg_http_connection_free      (PdgHttpConnection *self);
PdgHttpConnection *pdg_http_connection_of        (SoupServerMessage *message);
void               pdg_http_connection_set_phase (PdgHttpConnection *self, PdgHttpPhase phase);
void               pdg_http_connection_reject    (PdgHttpConnection *self, guint status, const char *content_type, GBytes *body,
                                                  GPtrArray *headers);
void               pdg_http_connection_reject_error (PdgHttpConnection *self, guint status, const char *message);
void               pdg_http_connection_expire    (PdgHttpConnection *self);
void               pdg_http_connection_handle_event (PdgHttpConnection *self);
gboolean           pdg_http_connection_may_linger (PdgHttpConnection *self);
void               pdg_http_connection_linger    (PdgHttpConnection *self);
/* Takes the socket away from libsoup, and @channel, a reference. */
void               pdg_http_connection_take_over (PdgHttpConnection *self, PdgHttpChannel *channel);
/* Has the poller come back to it, after the others. */
void               pdg_http_connection_look_again (PdgHttpConnection *self);

/* pdg-http-channel.c, the worker's thread but for new */
PdgHttpChannel    *pdg_http_channel_new      (PdgHttpWorker *worker, const PdgHttpChannelFuncs *funcs, gpointer owner,
                                              const PdgHttpChannelLimits *limits);
void               pdg_http_channel_attach   (PdgHttpChannel *self, PdgHttpConnection *connection);
void               pdg_http_channel_dispatch (PdgHttpChannel *self);
gboolean           pdg_http_channel_tick     (PdgHttpChannel *self);
void               pdg_http_channel_stop     (PdgHttpChannel *self);
void               pdg_http_channel_lose     (PdgHttpChannel *self);

/* pdg-http-websocket.c: answers an upgrade. FALSE when the request was refused instead. */
gboolean           pdg_http_web_socket_is_asked_for (PdgHttpRequest *request);
gboolean           pdg_http_web_socket_check  (PdgHttpRequest *request);
void               pdg_http_web_socket_accept (PdgHttpRequest *request, PdgHttpConnection *connection);

/* pdg-http-exchange.c */
void             pdg_http_exchange_watch     (PdgHttpConnection *connection, SoupServerMessage *message);
void             pdg_http_exchange_got_body  (PdgHttpConnection *connection);
void             pdg_http_exchange_complete  (PdgHttpExchange *self, PdgHttpRequest *request);
void             pdg_http_exchange_finish    (PdgHttpConnection *connection);
gboolean         pdg_http_exchange_cancel    (PdgHttpExchange *self);
void             pdg_http_exchange_client_gone (PdgHttpExchange *self);
PdgHttpExchange *pdg_http_exchange_ref       (PdgHttpExchange *self);
void             pdg_http_exchange_unref     (PdgHttpExchange *self);

/* pdg-http-request.c */
PdgHttpRequest *pdg_http_request_new         (PdgHttpExchange *exchange, SoupServerMessage *message, const char *path);
PdgHttpRequest *pdg_http_request_new_plain   (PdgHttpLaneConnection *lane, const PdgHttpRoute *route, const PdgHttpPlain *plain);
/* Takes back what was answered. */
void            pdg_http_request_replace_error (PdgHttpRequest *request, guint status, const char *message);
void            pdg_http_request_cancel      (PdgHttpRequest *request);
/* Takes what has been answered to the worker's thread. FALSE when that has ended. */
gboolean        pdg_http_request_deliver     (PdgHttpRequest *request);
char           *pdg_http_dup_error_json      (const char *message);

G_END_DECLS
