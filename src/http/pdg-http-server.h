#pragma once

#include <gio/gio.h>

#include "http/pdg-http-limits.h"
#include "http/pdg-http-metrics.h"
#include "http/pdg-http-request.h"
#include "http/pdg-http-websocket.h"

G_BEGIN_DECLS

#define PDG_HTTP_ERROR (pdg_http_error_quark ())
GQuark pdg_http_error_quark (void);

typedef enum
{
  PDG_HTTP_ERROR_ADDRESS, /* the host is not one to listen on */
  PDG_HTTP_ERROR_IN_USE,  /* the port is taken, or not allowed to this user */
  PDG_HTTP_ERROR_CLIENT,  /* the client could not reach the server, or it took too long */
  PDG_HTTP_ERROR_FAILED,
} PdgHttpError;

/* An HTTP/1.1 server on threads of its own. Set it up (filter, routes), start it once, stop it once. The functions below are
 * called by the owner, on one thread that is not the server's, unless they say otherwise. */
typedef struct _PdgHttpServer PdgHttpServer;

/* Called on one of the server's threads (several may call it at once) when the headers are in and the body is not. It may answer,
 * which refuses the request: the body is then not delivered to anyone. @request is borrowed and must not be kept. */
typedef void (*PdgHttpEarlyFunc) (PdgHttpRequest *request, gpointer user_data);

/* Called on one of the server's threads (several may call it at once) with the whole body. It answers now, or keeps a reference
 * and answers later from any thread; it never waits for IO. @request is borrowed. */
typedef void (*PdgHttpHandlerFunc) (PdgHttpRequest *request, gpointer user_data);

/* @limits: copied; NULL = PDG_HTTP_LIMITS_DEFAULT. (transfer full) */
PdgHttpServer *pdg_http_server_new (const PdgHttpLimits *limits);

/* Frees it; stops it first, without waiting for requests, when it still runs. */
void           pdg_http_server_free (PdgHttpServer *server);

/* One function that sees every request first, also those without a route: it may add response headers (CORS) and may answer
 * (a preflight). Before start. */
void           pdg_http_server_set_filter (PdgHttpServer *server, PdgHttpEarlyFunc filter, gpointer user_data,
                                           GDestroyNotify destroy);

/* Adds a route. Before start.
 * @methods: "POST" or "GET, POST"; GET brings HEAD with it; OPTIONS is answered 204 with Allow when it is not named here.
 * @path: compared exactly, "/v1/events"; or a prefix that ends in slash and asterisk. The longest match wins.
 * @max_body_bytes: a longer body is answered 413; 0 allows none.
 * @early: nullable. @destroy: called with @user_data when the server is freed, nullable. */
void           pdg_http_server_add_route (PdgHttpServer *server, const char *methods, const char *path, gsize max_body_bytes,
                                          PdgHttpEarlyFunc early, PdgHttpHandlerFunc handler, gpointer user_data,
                                          GDestroyNotify destroy);

/* Whether the handler may wait with this request. */
typedef gboolean (*PdgHttpMayWaitFunc) (PdgHttpRequest *request, gpointer user_data);

/* Answers @n requests, each of which its handler left with one of @deferred (pdg_http_request_defer()). Called on the thread of these
 * handlers, which may wait; what is not answered when it returns is answered 500. */
typedef void (*PdgHttpTogetherFunc) (gpointer *deferred, guint n, gpointer user_data);

/* Lets the handlers of exactly @path wait for IO: plain requests that @may_wait (nullable: all of them) lets pass come to them on
 * threads where pdg_http_request_may_wait() is TRUE, if limits.lane_threads says so. There a handler answers before it returns,
 * and keeps no reference; or leaves it to @together (nullable: then none may). All others come as ever. Before start, after the
 * routes were added. */
void           pdg_http_server_let_wait (PdgHttpServer *server, const char *path, PdgHttpMayWaitFunc may_wait, PdgHttpTogetherFunc together);

/* The same for handlers which may also return without an answer, keep a reference, and answer from any thread later. What they keep has
 * no header but with pdg_http_request_continue(), and hears of no client that goes away. */
void           pdg_http_server_let_leave (PdgHttpServer *server, const char *path);

/* Adds a WebSocket at exactly @path, beside the routes of that path: requests with Upgrade: websocket go there. Before start.
 * @protocols: NULL-terminated, what is spoken; a client that offers others only is let in without one. @max_message_bytes: a
 * longer message closes the socket with 1009. @early: nullable. @destroy: called with @user_data when the server is freed. */
void           pdg_http_server_add_websocket (PdgHttpServer *server, const char *path, const char *const *protocols,
                                              gsize max_message_bytes, PdgHttpEarlyFunc early, PdgHttpWebSocketOpenFunc open,
                                              gpointer user_data, GDestroyNotify destroy);

/* Listens and returns.
 * @host: "127.0.0.1", "::1", "localhost" (both loopbacks), "0.0.0.0", "::" (both families) or another numeric address.
 * @port: 0 takes any free one. @n_threads: 1 to 64. FALSE with an error of PDG_HTTP_ERROR that says what to do. */
gboolean       pdg_http_server_start (PdgHttpServer *server, const char *host, guint16 port, guint n_threads, GError **error);

/* The port it listens on; 0 before start. Any thread. */
guint16        pdg_http_server_get_port (PdgHttpServer *server);

/* The main context of thread @index (0 to n_threads - 1), for sources that shall live there, or NULL when it does not run.
 * (transfer none); their owner destroys them before stop. */
GMainContext  *pdg_http_server_get_context (PdgHttpServer *server, guint index);

/* Stops: closes the listening sockets, answers new requests on open connections 503 with Connection: close, waits up to
 * @timeout_ms for requests in flight (those left over are cancelled and answered 503), closes everything, joins the threads.
 * Answers that come later go nowhere, harmlessly. TRUE when nothing had to be cut off. Idempotent. */
/* "GET /path", one a method and route but WebSockets. (transfer full) */
char         **pdg_http_server_list_routes (PdgHttpServer *server);

gboolean       pdg_http_server_stop (PdgHttpServer *server, guint timeout_ms);

/* What happened so far. (transfer full) Any thread. */
PdgHttpMetrics *pdg_http_server_get_metrics (PdgHttpServer *server);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgHttpServer, pdg_http_server_free)

G_END_DECLS
