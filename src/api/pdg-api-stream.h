#pragma once

#include "api/pdg-api-private.h"

G_BEGIN_DECLS

/* One operation of any kind as a stream of responses: what WebSocket, event streams and the desktop have in common. */
typedef enum
{
  PDG_API_STREAM_NEXT,     /* a response: of a query the only one, of a subscription one of many */
  PDG_API_STREAM_REFUSED,  /* nothing was executed; the response has only errors. The last call */
  PDG_API_STREAM_COMPLETE, /* no response. The last call */
} PdgApiStreamEvent;

/* On the context that started it, never before pdg_api_stream_start() returned. @response: borrowed. */
typedef void (*PdgApiStreamFunc) (PdgApiStreamEvent event, GBytes *response, gpointer user_data);

/* Runs it on the calling thread's default context. @destroy: called there when nothing refers to @user_data any more, which may
 * be after pdg_api_unsubscribe(). The id is for pdg_api_unsubscribe(), which is needed also after the last call. */
guint pdg_api_stream_start (PdgApi *api, PdgPrincipal *principal, const PdgApiRun *run, PdgApiStreamFunc func, gpointer user_data,
                            GDestroyNotify destroy);

/* Whether a connection with @n_operations must not begin another, which is counted. */
gboolean pdg_api_stream_is_full (PdgApi *api, guint n_operations);

/* Whether the client prefers a stream to one answer. */
gboolean pdg_api_stream_is_wanted (PdgHttpRequest *request);

/* Answers a request at /graphql with a stream of its own. */
void     pdg_api_stream_respond (PdgApi *api, PdgHttpRequest *request);

/* WebSocket at /graphql, event streams at /graphql/stream. */
void     pdg_api_add_web_socket_routes (PdgApi *api, PdgHttpServer *server);
void     pdg_api_add_event_stream_routes (PdgApi *api, PdgHttpServer *server);

G_END_DECLS
