#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

#include "http/pdg-http-server.h"
#include "model/pdg-principal.h"
#include "service/pdg-credentials.h"
#include "service/pdg-demo-player.h"
#include "service/pdg-hub.h"
#include "service/pdg-ingest.h"
#include "service/pdg-retention.h"

G_BEGIN_DECLS

/* Everything that programs see of the product: the GraphQL schema with its resolvers, and the HTTP routes. */
typedef struct _PdgApi PdgApi;

/* Limits, and what stands behind the API; a plain value. The objects are borrowed and must outlive the API. */
typedef struct
{
  PdgDbPool *pool;
  PdgIngest *ingest;
  PdgHub *hub;
  PdgCredentials *credentials;
  PdgDemoPlayer *demo;
  PdgRetention *retention;
  PdgPrincipal *local; /* who the desktop, and a request from loopback without a key, acts as; NULL = nobody */
  gboolean keyless;    /* requests from loopback need no key */
  const char *keyless_project; /* (nullable) where the events of other clients go that come so; a constant text */
  gsize ingest_body_bytes;
  guint ingest_events;
  gsize ingest_event_bytes;
  gsize replay_bytes;  /* of one session's recordings, as they are stored */
  guint ingest_key_rate;  /* events a second of one key; 0 = any */
  guint ingest_key_burst;
  gboolean listed_origins; /* pages may send only from the origins that their project lists */
  gsize graphql_body_bytes;
  guint graphql_tokens;
  guint graphql_nesting;
  guint graphql_fields;
  guint graphql_overlap;
  guint graphql_depth;
  guint graphql_aliases;
  guint graphql_directives;
  guint graphql_root_fields;
  guint graphql_introspection_lists;
  guint graphql_introspection_depth;
  guint graphql_errors;
  guint graphql_cost;
  guint graphql_page_size;
  guint graphql_key_requests; /* of one key at once */
  guint graphql_requests;     /* of all of them */
  guint graphql_key_streams;  /* connections of one key that stay open */
  guint graphql_streams;      /* of all of them */
  guint graphql_stream_operations; /* on one of them at once */
  guint graphql_init_ms;      /* for connection_init to come; 0 = as long as it wants, as for the next two */
  guint graphql_reservation_ms; /* for a reserved event stream to be opened */
  guint graphql_recheck_ms;   /* between two looks at the key of such a connection */
  guint graphql_documents;    /* kept parsed and validated */
  gboolean graphql_draft;     /* statuses as the draft of GraphQL over HTTP has them */
  const char *graphql_persisted; /* (nullable) folder of the documents of the allow-list, read by pdg_api_new() */
  gboolean graphql_only_persisted;
  guint graphql_timeout_ms;   /* of a request by HTTP, and of each statement */
} PdgApiOptions;

/* Reads the schema and binds it; fails when a field has no resolver. (transfer full) */
PdgApi *pdg_api_new (const PdgApiOptions *options, GError **error);

/* After the HTTP server stopped and every subscription ended. */
void    pdg_api_free (PdgApi *api);

/* Adds the routes; before the server starts. The API must outlive it. */
void    pdg_api_add_routes (PdgApi *api, PdgHttpServer *server);

/* Where the server that has the routes listens, for Collector.eventsUrl and /metrics; NULL when there is none any more. */
void    pdg_api_set_server (PdgApi *api, PdgHttpServer *server, const char *events_url);

/* Whether the listener for other processes' commits is connected, for /ready. Any thread. */
void    pdg_api_set_listening (PdgApi *api, gboolean listening);

/* Runs a document for @principal; the callback gets the response {"data":…,"errors":…}. Errors: PDG_DB_ERROR when the
 * database is away or busy. @operation_name and @variables (an object): nullable. Any thread with a main context. */
void    pdg_api_execute_async (PdgApi *api, PdgPrincipal *principal, const char *document, const char *operation_name,
                               JsonNode *variables, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GBytes *pdg_api_execute_finish (PdgApi *api, GAsyncResult *result, GError **error);

/* One response of a subscription, borrowed; on the context that subscribed. */
typedef void (*PdgApiEventFunc) (GBytes *response, gpointer user_data);

/* Runs a subscription on the calling thread's default context: the first response comes at once, one more for each
 * change. A document that is refused gives one response with its errors. Returns an id > 0. */
guint   pdg_api_subscribe (PdgApi *api, PdgPrincipal *principal, const char *document, JsonNode *variables, PdgApiEventFunc func,
                           gpointer user_data, GDestroyNotify destroy);

/* On the context that subscribed; @func is not called afterwards. */
void    pdg_api_unsubscribe (PdgApi *api, guint id);

/* Bytes of a picture, or with @min_width > 0 of a smaller one that is as wide; NULL without an error when there is none that the
 * principal may see. @media_type of finish: (out) (optional) (transfer full). */
void    pdg_api_load_blob_async (PdgApi *api, PdgPrincipal *principal, const char *id, int min_width, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer user_data);
GBytes *pdg_api_load_blob_finish (PdgApi *api, GAsyncResult *result, char **media_type, GError **error);

PdgPrincipal *pdg_api_get_local_principal (PdgApi *api);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgApi, pdg_api_free)

G_END_DECLS
