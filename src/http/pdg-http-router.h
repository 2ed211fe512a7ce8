#pragma once

#include "http/pdg-http-metrics.h"
#include "http/pdg-http-server.h"

G_BEGIN_DECLS

#define PDG_HTTP_STATUS_MIN 100
#define PDG_HTTP_STATUS_END 600

/* One path with its methods. Internal to this module; immutable once the server runs, but for the counters. */
typedef struct
{
  char *path;        /* as added */
  gsize path_len;    /* of what is compared: without the asterisk */
  gboolean is_prefix;
  char **methods;
  gsize max_body_bytes;
  PdgHttpEarlyFunc early;
  PdgHttpHandlerFunc handler;
  PdgHttpMayWaitFunc may_wait; /* for which requests the handler may wait; nullable */
  gboolean leaves; /* the handler need not answer before it returns */
  PdgHttpTogetherFunc together; /* answers what it left; nullable */
  PdgHttpWebSocketOpenFunc open; /* of a WebSocket route, which has no handler */
  char **protocols;
  gpointer user_data;
  GDestroyNotify destroy;
  guint64 by_status[PDG_HTTP_STATUS_END - PDG_HTTP_STATUS_MIN];
  guint64 by_duration[PDG_HTTP_N_DURATIONS + 1];
  guint64 usec;
} PdgHttpRoute;

/* The table of routes. Reference-counted, since late requests still name their route. */
typedef struct _PdgHttpRouter PdgHttpRouter;

PdgHttpRouter *pdg_http_router_new   (void);
PdgHttpRouter *pdg_http_router_ref   (PdgHttpRouter *router);
void           pdg_http_router_unref (PdgHttpRouter *router);

/* Calls every route's destroy function, once; the table stays readable. */
void           pdg_http_router_release_handlers (PdgHttpRouter *router);

/* Returns the new route, to be filled in. (transfer none) */
PdgHttpRoute  *pdg_http_router_add (PdgHttpRouter *router, const char *methods, const char *path);

/* Finds the route of @method and decoded @path. NULL with @path_known set when only the method does not fit.
 * HEAD falls back on GET. (transfer none) */
PdgHttpRoute  *pdg_http_router_lookup (PdgHttpRouter *router, const char *method, const char *path, gboolean *path_known);

/* Lets the handlers of exactly @path wait. */
void           pdg_http_router_let_wait (PdgHttpRouter *router, const char *path, PdgHttpMayWaitFunc may_wait, PdgHttpTogetherFunc together);

/* The same, and they may leave the answer to later. */
void           pdg_http_router_let_leave (PdgHttpRouter *router, const char *path);

/* The route of exactly @path whose handler may wait, or NULL. (transfer none) */
PdgHttpRoute  *pdg_http_router_lookup_waiting (PdgHttpRouter *router, const char *method, const char *path, gsize path_len);

/* Adds the WebSocket of @path, beside the routes of that path. (transfer none) */
PdgHttpRoute  *pdg_http_router_add_web_socket (PdgHttpRouter *router, const char *path);

/* The route of a WebSocket at exactly @path, or NULL. (transfer none) */
PdgHttpRoute  *pdg_http_router_lookup_web_socket (PdgHttpRouter *router, const char *path);

/* The methods of @path, "GET, HEAD, OPTIONS", for Allow. (transfer full) */
char          *pdg_http_router_dup_allow (PdgHttpRouter *router, const char *path);

/* Counts one response; @route NULL = no route; @start_usec: when its request began (monotonic), 0 = not known. Any thread. */
void           pdg_http_router_count (PdgHttpRouter *router, PdgHttpRoute *route, guint status, gint64 start_usec);

/* The non-zero counters, as an array of PdgHttpRouteCount. (transfer full) */
GArray        *pdg_http_router_get_counts (PdgHttpRouter *router);

/* How long requests took, as an array of PdgHttpRouteTimes. (transfer full) */
GArray        *pdg_http_router_get_times (PdgHttpRouter *router);

/* "GET /path", one a method and route but WebSockets. (transfer full) */
char         **pdg_http_router_list (PdgHttpRouter *router);

/* Decodes the path of a request target: percent escapes once, valid UTF-8 only, no NUL, no "." and ".." segments. NULL when
 * it breaks a rule. (transfer full) */
char          *pdg_http_decode_path (const char *raw);

/* First value of @name in a raw query string, decoded, or NULL. (transfer full) */
char          *pdg_http_query_dup_value (const char *query, const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgHttpRouter, pdg_http_router_unref)

G_END_DECLS
