#pragma once

#include "api/pdg-api-documents.h"
#include "api/pdg-api-graphql-protocol.h"
#include "api/pdg-api-guards.h"
#include "api/pdg-api-rates.h"
#include "api/pdg-api-stream-memory.h"
#include "api/pdg-api.h"
#include "base/pdg-timeouts.h"
#include "graphql/pdg-graphql.h"
#include "service/pdg-plan-report.h"
#include "service/pdg-policies.h"
#include "service/pdg-project-finder.h"
#include "service/pdg-queries.h"

G_BEGIN_DECLS

struct _PdgApi
{
  PdgApiOptions options;
  PdgPrincipal *local_ingest; /* the local principal as it sends events */
  PdgGqlSchema *schema;
  PdgGqlLimits limits;
  PdgApiDocuments *documents;
  PdgApiGuards *guards;
  PdgTimeouts *timeouts; /* of requests under way */
  PdgProjectFinder *projects;
  PdgPolicies *policies;
  PdgApiRates *rates;
  gconstpointer asked; /* atomic, as the next: the document of the newest question, only to be compared */
  gint64 asked_usec;
  GThreadPool *pictures; /* looks at them and stores them: of snapshots on their way */
  PdgPlanReport *plan_report;
  guint64 replay_chunks;         /* atomic */
  guint64 replay_chunks_ignored; /* atomic */
  guint64 events_withheld;       /* atomic */
  guint64 events_counted;        /* atomic */
  guint64 events_redacted;       /* atomic */
  guint64 events_unfit;          /* atomic: refused by schemas */
  GMutex lock; /* what follows */
  PdgHttpServer *server;
  char *events_url;
  gboolean listening;
  GHashTable *subscriptions; /* id -> Subscription, each used on its own context */
  guint last_subscription;
};

/* A project that is looked up by its id, with a session of it when that is asked for. */
typedef struct
{
  const char *id;
  PdgGqlCall *ahead;      /* the look-ahead at its session (nullable) = without */
  const char *session_id; /* the same */
  PdgSessionParts parts;
  gboolean is_all; /* the operation asks for nothing that needs another statement */
} PdgApiLookup;

/* What the resolvers of one execution share. */
typedef struct
{
  PdgApi *api;
  PdgPrincipal *principal;
  PdgDbConn *conn;
  gint64 deadline_usec; /* monotonic; 0 = none */
  PdgQueries *queries; /* opened by the first that reads */
  gboolean reads_once; /* and that with one statement */
  gconstpointer ahead_of; /* the selection whose values were read with those above it: see pdg_resolve_read_ahead() */
  GPtrArray *ahead;       /* one a parent */
  const PdgApiLookup *key;   /* the only thing that it looks up, when that was looked up before (nullable), and what was found: */
  PdgProject *project;    /* (nullable) taken by its resolver, as the next */
  PdgSessionSummary *session; /* (nullable) */
} PdgApiContext;

/* The event of a subscription: its root source. A plain value. */
typedef struct
{
  const char *project_id;
  gint64 sequence;
  gint64 at_usec;
  gint32 project_no; /* 0 = of none */
  PdgApiStreamMemory *memory;
} PdgApiChange;

/* The reads of this execution, opened when first asked for; a mutation ends them first. NULL with an error. */
PdgQueries *pdg_api_context_get_queries (PdgApiContext *context, GError **error);

/* What is to be run; a plain value, borrowed during the call only. */
typedef struct
{
  const char *query;          /* (nullable) when there is a hash */
  const char *operation_name; /* (nullable) */
  const char *hash;           /* SHA-256 of the document in hexadecimal (nullable) */
  JsonNode *variables;        /* (nullable) an object */
  gboolean read_only;         /* mutations are refused */
  gboolean trusted;           /* of this program itself: the allow-list does not bind it */
  gint64 deadline_usec;       /* monotonic; 0 = none but that of each statement */
} PdgApiRun;

/* Finds the document among those that are known, or parses and validates it, and reads the variables. Counts what a guard
 * refuses. NULL with the whole response and the outcome. Any thread. (transfer full) */
PdgGqlOperation *pdg_api_prepare (PdgApi *api, const PdgApiRun *run, PdgApiOutcome *outcome, GBytes **refusal);

/* The same for what is known already and costs nothing to find: NULL without a refusal when it is not. (transfer full) */
PdgGqlOperation *pdg_api_prepare_known (PdgApi *api, const PdgApiRun *run, PdgApiOutcome *outcome, GBytes **refusal);

/* The response and outcome of a refusal that has only one text. Returns NULL. */
gpointer    pdg_api_refuse (PdgApiOutcome why, PdgApiOutcome *outcome, GBytes **response);

/* As pdg_api_execute_async(), and says what became of it. */
void        pdg_api_run_async (PdgApi *api, PdgPrincipal *principal, const PdgApiRun *run, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data);
/* The same of an operation that is prepared; @change: (nullable) what a subscription is run for, copied. */
void        pdg_api_run_operation_async (PdgApi *api, PdgPrincipal *principal, PdgGqlOperation *operation, const PdgApiChange *change,
                                         gint64 deadline_usec, GCancellable *cancellable, GAsyncReadyCallback callback,
                                         gpointer user_data);
/* The same on the calling thread, which may wait. @operation: (nullable) that of @run when it is prepared. @has_likes: (out) whether others
 * may be answered together with it: it only looked up something by its key, or the same was asked a moment ago, too. (transfer full) */
GBytes     *pdg_api_run_here (PdgApi *api, PdgPrincipal *principal, const PdgApiRun *run, PdgGqlOperation *operation, GCancellable *cancellable,
                              PdgApiOutcome *outcome, gboolean *has_likes, GError **error);

/* What became of an operation that was executed. */
PdgApiOutcome pdg_api_outcome_of (GBytes *response);
GBytes     *pdg_api_run_finish (PdgApi *api, GAsyncResult *result, PdgApiOutcome *outcome, GError **error);

/* Answers a GraphQL request, with the status and headers of @outcome. */
void        pdg_api_respond (PdgApi *api, PdgHttpRequest *request, PdgApiMedia media, PdgApiOutcome outcome, GBytes *response);

/* The same with the response of pdg_api_refuse(). */
void        pdg_api_respond_refusal (PdgApi *api, PdgHttpRequest *request, PdgApiMedia media, PdgApiOutcome why);

/* Binds every resolver. */
gboolean    pdg_api_bind_resolvers (PdgGqlSchema *schema, GError **error);

/* Routes of their own files. */
void        pdg_api_add_ingest_routes (PdgApi *api, PdgHttpServer *server);
void        pdg_api_add_blob_routes (PdgApi *api, PdgHttpServer *server);
void        pdg_api_add_client_routes (PdgApi *api, PdgHttpServer *server);
void        pdg_api_add_graphiql_routes (PdgApi *api, PdgHttpServer *server);
void        pdg_api_add_graphql_routes (PdgApi *api, PdgHttpServer *server);
void        pdg_api_add_replay_routes (PdgApi *api, PdgHttpServer *server);
void        pdg_api_add_snapshot_routes (PdgApi *api, PdgHttpServer *server);
GThreadPool *pdg_api_snapshots_pool_new (void);
void        pdg_api_add_status_routes (PdgApi *api, PdgHttpServer *server);

/* Calls @func with what the projects of @principal ask for, at once when that is remembered; NULL with an error when the database
 * cannot say. The request is kept until then. */
typedef void (*PdgApiPoliciesFunc) (PdgEventPolicies *policies, const GError *error, gpointer user_data);
void        pdg_api_with_policies (PdgApi *api, PdgHttpRequest *request, PdgPrincipal *principal, PdgApiPoliciesFunc func, gpointer user_data);

/* Answers with the status and message of @error, and Retry-After where it may go away. */
void        pdg_api_respond_with_error (PdgHttpRequest *request, const GError *error);

#define PDG_API_RETRY_AFTER_SECONDS "1"
#define PDG_API_CORS_HEADERS "Content-Type, Authorization, X-PG-API-Key"

/* Whether a request without a key may send events: from loopback while the server listens there only. Unlike reading, any
 * page may do so, since navigator.sendBeacon () and plain fetch () come from the page's own origin. */
gboolean    pdg_api_is_keyless (PdgApi *api, PdgHttpRequest *request);

/* Lets the page that sent @request read the answer; answers a preflight. */
void        pdg_api_add_cors_headers (PdgHttpRequest *request);
void        pdg_api_preflight (PdgHttpRequest *request, const char *methods, const char *headers);

/* Whether who sends @request may send @n_events now: the page's origin is one of the project's, and the key has as many left. Else the
 * status to refuse with, and why; with the header Retry-After set where it is only for now. @reason: (out) (transfer full). */
gboolean    pdg_api_may_send (PdgApi *api, PdgHttpRequest *request, const PdgPrincipal *principal, guint n_events, guint *status, char **reason);

/* Whether the browser that sends @request was told that its user wants no tracking (DNT, Sec-GPC). */
gboolean    pdg_api_is_opted_out (PdgHttpRequest *request);

/* Whom the events of a request come from, to be hashed: its address and program. (transfer full) */
char       *pdg_api_dup_client (PdgHttpRequest *request);

/* Counts what became of a batch that is stored, by consent, redaction and schemas. */
void        pdg_api_note_stored (PdgApi *api, PdgPrincipal *principal, const PdgEventBatch *batch);

/* The key or token of a request: the header X-PG-API-Key, Authorization: Bearer, or ?key=. (transfer full) (nullable) */
char       *pdg_api_dup_credential (PdgHttpRequest *request);

/* Whose guards a principal is counted by: its organisation and label. (transfer full) */
char       *pdg_api_dup_key (const PdgPrincipal *principal);

/* Whether both may do the same, under the same name. */
gboolean    pdg_api_is_same_principal (const PdgPrincipal *a, const PdgPrincipal *b);

/* Whether a request without a credential acts as the local principal: from loopback, to a loopback name, and not sent by
 * a page of another origin. */
gboolean    pdg_api_is_local_request (PdgApi *api, PdgHttpRequest *request);

/* Calls @func with who sends the request, or answers it with 401 or 503. The request is kept until then. */
typedef void (*PdgApiAuthorisedFunc) (PdgApi *api, PdgHttpRequest *request, PdgPrincipal *principal);
void        pdg_api_authorise (PdgApi *api, PdgHttpRequest *request, PdgPrincipal *local, PdgApiAuthorisedFunc func);

/* The same for GraphQL: a key that may only send events is answered with 403. */
void        pdg_api_authorise_graphql (PdgApi *api, PdgHttpRequest *request, PdgApiAuthorisedFunc func);

G_END_DECLS
