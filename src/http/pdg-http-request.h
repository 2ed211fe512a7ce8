#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* One request and its answer. Reference-counted; every function may be called on any thread, except where it says so.
 * Exactly one response: the first pdg_http_request_respond() counts, later ones are ignored and told so; a request whose
 * last reference goes without one is answered 500. */
typedef struct _PdgHttpRequest PdgHttpRequest;

PdgHttpRequest *pdg_http_request_ref   (PdgHttpRequest *request);
void            pdg_http_request_unref (PdgHttpRequest *request);

/* "GET", "POST", … An interned string. (transfer none) */
const char     *pdg_http_request_get_method (PdgHttpRequest *request);

/* Decoded path without the query, "/v1/events". (transfer none) */
const char     *pdg_http_request_get_path (PdgHttpRequest *request);

/* The path of the route as it was added, or NULL when none matched (only a filter sees that). (transfer none) */
const char     *pdg_http_request_get_route (PdgHttpRequest *request);

/* What follows a prefix route's path, without the leading slash: "abc" for "/v1/blob/abc" on the route "/v1/blob/" followed
 * by an asterisk; "" on an exact route. (transfer none) */
const char     *pdg_http_request_get_path_rest (PdgHttpRequest *request);

/* Raw query string, still encoded, or NULL. (transfer none) */
const char     *pdg_http_request_get_query (PdgHttpRequest *request);

/* First value of the query parameter @name, decoded, or NULL when it is absent or not valid UTF-8. (transfer full) */
char           *pdg_http_request_dup_query_param (PdgHttpRequest *request, const char *name);

/* Value of the header @name (any case), the last one when it is repeated; NULL when absent. (transfer none) */
const char     *pdg_http_request_get_header (PdgHttpRequest *request, const char *name);

/* Content-Type in lower case without parameters, "application/json"; NULL when absent. (transfer none) */
const char     *pdg_http_request_get_content_type (PdgHttpRequest *request);

/* The whole body; empty, never NULL, once the handler runs; empty in filters and early functions. Content-Encoding is not
 * undone. (transfer none) */
GBytes         *pdg_http_request_get_body (PdgHttpRequest *request);

/* Numeric address of the peer, "127.0.0.1" (an IPv4 peer of an IPv6 socket is shown as IPv4). (transfer none) */
const char     *pdg_http_request_get_remote (PdgHttpRequest *request);

/* Whether the request comes from this machine and not by way of a proxy: the peer is a loopback address, and the request has
 * no forwarding header (those are never believed, but their presence takes the privilege away). */
gboolean        pdg_http_request_is_loopback (PdgHttpRequest *request);

/* A value of the caller's that travels with the request: the early function leaves a principal, the handler finds it.
 * Replacing it destroys the old one. Filter, early function and handler only, or whoever the handler gave the request to. */
void            pdg_http_request_set_data (PdgHttpRequest *request, gpointer data, GDestroyNotify destroy);
gpointer        pdg_http_request_get_data (PdgHttpRequest *request);

/* Cancelled, on the server's thread, when the client goes away before the response or the server stops waiting for it. Give it
 * to the work that the client waits for. (transfer none), lives as long as the request. */
GCancellable   *pdg_http_request_get_cancellable (PdgHttpRequest *request);

/* Whether the handler may wait here, and must answer before it returns. */
gboolean        pdg_http_request_may_wait (PdgHttpRequest *request);

/* Whether others came with this request, so that its handler may leave it to the route's PdgHttpTogetherFunc. */
gboolean        pdg_http_request_may_defer (PdgHttpRequest *request);

/* What the one before it left, or NULL when there is none. (nullable) */
gpointer        pdg_http_request_get_deferred_before (PdgHttpRequest *request);

/* The request was one that could be answered together with others: from now on its thread looks for those that came with it. */
void            pdg_http_request_expect_others (PdgHttpRequest *request);

/* Leaves it to that: @data is the request for it, and not NULL. The handler returns without an answer. */
void            pdg_http_request_defer (PdgHttpRequest *request, gpointer data);

/* The handler of a request that may wait is about to do so: those that were left before it are answered first, and those that came
 * after it go to other threads. */
void            pdg_http_request_begin_wait (PdgHttpRequest *request);

/* Runs @func where work may begin that comes back to its main context, such as that of a GTask: at once, or, for a request that may wait, soon
 * on a thread that has one; from then on the request has its headers as long as it lives. @data is given to @func, or freed with
 * @destroy. The handler only; it returns without an answer. */
typedef void (*PdgHttpContinueFunc) (gpointer data);
void            pdg_http_request_continue (PdgHttpRequest *request, PdgHttpContinueFunc func, gpointer data, GDestroyNotify destroy);

/* Adds a header to whatever response will follow, also one that the server makes. Not after pdg_http_request_respond(). Refuses
 * (with a critical) names and values with line breaks. Filter, early function, handler, or whoever the handler gave it to. */
void            pdg_http_request_add_response_header (PdgHttpRequest *request, const char *name, const char *value);

/* Answers. @content_type: NULL when there is no body. @body: borrowed, NULL = empty; for HEAD only its length is sent.
 * FALSE when the request had been answered already (this call then does nothing). */
gboolean        pdg_http_request_respond (PdgHttpRequest *request, guint status, const char *content_type, GBytes *body);

/* Answers {"error":"@message"} as application/json; @message says what to do. */
gboolean        pdg_http_request_respond_error (PdgHttpRequest *request, guint status, const char *message);

/* Whether somebody has answered. */
gboolean        pdg_http_request_is_answered (PdgHttpRequest *request);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgHttpRequest, pdg_http_request_unref)

G_END_DECLS
