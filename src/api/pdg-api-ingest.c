#include "config.h"
#include "api/pdg-api-private.h"

#include "api/pdg-api-error.h"
#include "base/pdg-clock.h"
#include "codec/pdg-body.h"
#include "codec/pdg-event-json.h"
#include "service/pdg-client-keeper.h"

#include <string.h>

#define EVENTS_PATH "/v1/events"

gboolean
pdg_api_is_keyless (PdgApi *api, PdgHttpRequest *request)
{
  return api->options.keyless && api->local_ingest != NULL && pdg_http_request_is_loopback (request);
}

void
pdg_api_add_cors_headers (PdgHttpRequest *request)
{
  const char *origin = pdg_http_request_get_header (request, "Origin");

  if (origin == NULL)
    return;
  pdg_http_request_add_response_header (request, "Access-Control-Allow-Origin", origin);
  pdg_http_request_add_response_header (request, "Vary", "Origin");
  pdg_http_request_add_response_header (request, "Access-Control-Expose-Headers", "Retry-After");
}

/* Before the body is read: the type, the encoding, and a key that is known to be bad. */
static void
early_cb (PdgHttpRequest *request, gpointer user_data)
{
  PdgApi *api = user_data;
  const char *type = pdg_http_request_get_content_type (request);
  const char *encoding = pdg_http_request_get_header (request, "Content-Encoding");
  g_autofree char *credential = pdg_api_dup_credential (request);
  g_autoptr (PdgPrincipal) principal = NULL;

  if (g_str_equal (pdg_http_request_get_method (request), "OPTIONS"))
    return;
  pdg_api_add_cors_headers (request);
  if (type == NULL || (!g_str_equal (type, "application/json") && !g_str_equal (type, "text/plain")))
    pdg_http_request_respond_error (request, 415, "send the events as JSON, with Content-Type: application/json (or text/plain)");
  else if (!pdg_body_is_known_coding (encoding))
    pdg_http_request_respond_error (request, 415, "Content-Encoding: only gzip and deflate are understood; send it so, or without");
  else if (credential == NULL ? !pdg_api_is_keyless (api, request)
                              : pdg_credentials_peek (api->options.credentials, credential, &principal) == PDG_CREDENTIAL_BAD)
    {
      pdg_http_request_add_response_header (request, "WWW-Authenticate", "Bearer");
      pdg_http_request_respond_error (request, 401, "a valid ingest key of the project is needed, as X-PG-API-Key: KEY (or "
                                                    "Authorization: Bearer KEY, or ?key=KEY)");
    }
  else if (!pdg_ingest_is_connected (api->options.ingest))
    {
      pdg_http_request_add_response_header (request, "Retry-After", PDG_API_RETRY_AFTER_SECONDS);
      pdg_http_request_respond_error (request, 503, "the database is away; send the same events again");
    }
}

void
pdg_api_preflight (PdgHttpRequest *request, const char *methods, const char *headers)
{
  pdg_api_add_cors_headers (request);
  pdg_http_request_add_response_header (request, "Access-Control-Allow-Methods", methods);
  pdg_http_request_add_response_header (request, "Access-Control-Allow-Headers", headers);
  pdg_http_request_add_response_header (request, "Access-Control-Max-Age", "86400");
  if (pdg_http_request_get_header (request, "Access-Control-Request-Private-Network") != NULL)
    pdg_http_request_add_response_header (request, "Access-Control-Allow-Private-Network", "true");
  pdg_http_request_respond (request, 204, NULL, NULL);
}

void
pdg_api_respond_with_error (PdgHttpRequest *request, const GError *error)
{
  guint status = pdg_api_verdict_for (error)->http_status;

  if (status == 503)
    pdg_http_request_add_response_header (request, "Retry-After", PDG_API_RETRY_AFTER_SECONDS);
  pdg_http_request_respond_error (request, status, pdg_api_error_message (error));
}

/* "https://shop.example": scheme and authority, without case; "*." stands for any labels before what follows. */
static gboolean
is_origin_of (const char *pattern, const char *origin)
{
  const char *wild = strstr (pattern, "://*."), *authority = strstr (origin, "://");
  gsize scheme_len;

  if (g_str_equal (pattern, "*"))
    return TRUE;
  if (wild == NULL || authority == NULL)
    return g_ascii_strcasecmp (pattern, origin) == 0;
  scheme_len = (gsize) (wild - pattern) + 3;
  return g_ascii_strncasecmp (pattern, origin, scheme_len) == 0 && strlen (origin) > strlen (pattern) - 1
         && g_ascii_strcasecmp (origin + strlen (origin) - strlen (wild + 4), wild + 4) == 0;
}

/* A page of the very host that it sends to is of no other origin. */
static gboolean
is_own_origin (PdgHttpRequest *request, const char *origin)
{
  const char *host = pdg_http_request_get_header (request, "Host"), *authority = strstr (origin, "://");

  return host != NULL && authority != NULL && g_ascii_strcasecmp (authority + 3, host) == 0;
}

static gboolean
is_origin_allowed (PdgApi *api, PdgHttpRequest *request, const PdgPrincipal *principal)
{
  const char *origin = pdg_http_request_get_header (request, "Origin"), *list = pdg_principal_get_origins (principal);
  g_auto (GStrv) patterns = NULL;

  if (origin == NULL || pdg_principal_get_key_no (principal) == 0 || is_own_origin (request, origin))
    return TRUE;
  if (list == NULL)
    return !api->options.listed_origins;
  patterns = g_strsplit (list, " ", -1);
  for (guint i = 0; patterns[i] != NULL; i++)
    if (is_origin_of (patterns[i], origin))
      return TRUE;
  return FALSE;
}

gboolean
pdg_api_may_send (PdgApi *api, PdgHttpRequest *request, const PdgPrincipal *principal, guint n_events, guint *status, char **reason)
{
  g_autofree char *wait = NULL;
  guint seconds;

  if (!is_origin_allowed (api, request, principal))
    {
      *status = 403;
      *reason = g_strdup_printf ("pages of %s may not send to this project; list the origin with productgraphd project origins, or setOrigins",
                                 pdg_http_request_get_header (request, "Origin"));
      return FALSE;
    }
  seconds = pdg_api_rates_take (api->rates, principal, n_events);
  if (seconds == 0)
    return TRUE;
  wait = g_strdup_printf ("%u", seconds);
  pdg_http_request_add_response_header (request, "Retry-After", wait);
  *status = 429;
  *reason = g_strdup ("this key sends more events than it may; send the same again after the seconds of Retry-After");
  return FALSE;
}

typedef struct
{
  PdgApi *api;
  PdgHttpRequest *request;
  PdgPrincipal *principal;
  PdgApiPoliciesFunc func;
  gpointer user_data;
} Waiting;

/* (transfer full): @waiting */
static void
go_on (Waiting *waiting, PdgEventPolicies *policies, const GError *error)
{
  waiting->func (policies, error, waiting->user_data);
  pdg_http_request_unref (waiting->request);
  pdg_principal_unref (waiting->principal);
  g_free (waiting);
}

static void
policies_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Waiting *waiting = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgEventPolicies) policies = pdg_policies_load_finish (waiting->api->policies, result, &error);

  go_on (waiting, policies, error);
}

static void
load_policies (gpointer data)
{
  Waiting *waiting = data;

  pdg_policies_load_async (waiting->api->policies, waiting->principal, pdg_http_request_get_cancellable (waiting->request), policies_cb, waiting);
}

/* The server ends. */
static void
waiting_drop (gpointer data)
{
  g_autoptr (GError) error = g_error_new_literal (PDG_INGEST_ERROR, PDG_INGEST_ERROR_AWAY, "the server is stopping; send the same events again");

  go_on (data, NULL, error);
}

void
pdg_api_with_policies (PdgApi *api, PdgHttpRequest *request, PdgPrincipal *principal, PdgApiPoliciesFunc func, gpointer user_data)
{
  g_autoptr (PdgEventPolicies) policies = pdg_policies_peek (api->policies, principal);
  Waiting *waiting;

  if (policies != NULL)
    {
      func (policies, NULL, user_data);
      return;
    }
  waiting = g_new (Waiting, 1);
  *waiting = (Waiting) { api, pdg_http_request_ref (request), pdg_principal_ref (principal), func, user_data };
  pdg_http_request_continue (request, load_policies, waiting, waiting_drop);
}

gboolean
pdg_api_is_opted_out (PdgHttpRequest *request)
{
  return g_strcmp0 (pdg_http_request_get_header (request, "Sec-GPC"), "1") == 0 || g_strcmp0 (pdg_http_request_get_header (request, "DNT"), "1") == 0;
}

char *
pdg_api_dup_client (PdgHttpRequest *request)
{
  const char *agent = pdg_http_request_get_header (request, "User-Agent");

  return g_strdup_printf ("%s\n%s", pdg_http_request_get_remote (request), agent != NULL ? agent : "");
}

void
pdg_api_note_stored (PdgApi *api, PdgPrincipal *principal, const PdgEventBatch *batch)
{
  pdg_plan_report_add (api->plan_report, principal, batch);
  __atomic_fetch_add (&api->events_redacted, pdg_event_batch_get_n_redacted (batch), __ATOMIC_RELAXED);
  __atomic_fetch_add (&api->events_unfit, pdg_event_batch_get_n_refused_by_schemas (batch), __ATOMIC_RELAXED);
  __atomic_fetch_add (&api->events_withheld, pdg_event_batch_get_n_withheld (batch), __ATOMIC_RELAXED);
  __atomic_fetch_add (&api->events_counted, pdg_event_batch_get_n_counted (batch), __ATOMIC_RELAXED);
}

/* A request whose sender is known. */
typedef struct
{
  PdgApi *api;
  PdgHttpRequest *request;
  PdgPrincipal *principal;
  PdgEventBatch *batch;
} Sent;

static void
sent_free (Sent *sent)
{
  pdg_http_request_unref (sent->request);
  pdg_principal_unref (sent->principal);
  pdg_event_batch_unref (sent->batch);
  g_free (sent);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Sent, sent_free)

/* On the writer's thread: the batch is durable, or refused. */
static void
stored_cb (const PdgIngestResult *result, const GError *error, gpointer user_data)
{
  g_autoptr (Sent) sent = user_data;
  PdgEventJsonParts parts = { .n_withheld = pdg_event_batch_get_n_withheld (sent->batch), .n_counted = pdg_event_batch_get_n_counted (sent->batch) };
  g_autoptr (GBytes) body = NULL;

  if (result == NULL)
    {
      pdg_api_respond_with_error (sent->request, error);
      return;
    }
  pdg_api_note_stored (sent->api, sent->principal, sent->batch);
  parts.n_duplicates = result->n_duplicates;
  body = pdg_event_json_write_result (result->n_accepted + parts.n_withheld, result->issues, result->n_issues, parts);
  pdg_http_request_respond (sent->request, 202, "application/json", body);
}

static void
submit (Sent *owned)
{
  g_autoptr (Sent) sent = owned;
  g_autoptr (GError) error = NULL;

  if (pdg_ingest_submit (sent->api->options.ingest, sent->principal, sent->batch, stored_cb, sent, &error))
    g_steal_pointer (&sent);
  else
    pdg_api_respond_with_error (sent->request, error);
}

static void
counted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Sent) sent = user_data;
  g_autoptr (GError) error = NULL;
  guint n_replays, n_ignored;

  if (pdg_client_keeper_run_finish (result, &n_replays, &n_ignored, &error))
    submit (g_steal_pointer (&sent));
  else
    pdg_api_respond_with_error (sent->request, error);
}

static void
count (gpointer data)
{
  Sent *sent = data;
  g_autofree char *client = pdg_api_dup_client (sent->request);
  const PdgClientKeeperTask task = { .client = client };

  pdg_client_keeper_run_async (sent->api->options.pool, sent->principal, &task, sent->batch, pdg_client_needs_new (),
                               pdg_http_request_get_cancellable (sent->request), counted_cb, sent);
}

static void
sent_drop (gpointer data)
{
  sent_free (data);
}

/* Events without consent get what they are counted by first. */
static void
count_and_submit (Sent *sent)
{
  if (pdg_event_batch_get_n_counted (sent->batch) == 0)
    submit (sent);
  else
    pdg_http_request_continue (sent->request, count, sent, sent_drop);
}

static void
store_by_policies (PdgEventPolicies *policies, const GError *cause, gpointer user_data)
{
  g_autoptr (Sent) sent = user_data;
  const PdgApiOptions *options = &sent->api->options;
  PdgEventJsonLimits limits = PDG_EVENT_JSON_LIMITS_DEFAULT;
  PdgBodyHints hints = { .content_encoding = pdg_http_request_get_header (sent->request, "Content-Encoding"),
                         .max_bytes = options->ingest_body_bytes };
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = NULL;
  g_autofree char *reason = NULL;
  guint n_events, status;

  if (policies == NULL)
    {
      pdg_api_respond_with_error (sent->request, cause);
      return;
    }
  if (!pdg_ingest_check_room (options->ingest, &error))
    {
      pdg_api_respond_with_error (sent->request, error);
      return;
    }
  limits.max_body_bytes = options->ingest_body_bytes;
  limits.max_events = options->ingest_events;
  limits.max_event_bytes = options->ingest_event_bytes;
  limits.policies = policies;
  limits.opted_out = pdg_api_is_opted_out (sent->request);
  body = pdg_body_decode (pdg_http_request_get_body (sent->request), &hints, &error);
  if (body != NULL)
    sent->batch = pdg_event_json_parse (body, pdg_clock_now_usec (), &limits, &error);
  if (sent->batch == NULL)
    {
      pdg_api_respond_with_error (sent->request, error);
      return;
    }
  pdg_event_batch_get_events (sent->batch, &n_events);
  if (!pdg_api_may_send (sent->api, sent->request, sent->principal, n_events, &status, &reason))
    {
      pdg_http_request_respond_error (sent->request, status, reason);
      return;
    }
  count_and_submit (g_steal_pointer (&sent));
}

static void
store_events (PdgApi *api, PdgHttpRequest *request, PdgPrincipal *principal)
{
  Sent *sent;

  if (!pdg_principal_may (principal, PDG_ROLE_INGEST))
    {
      pdg_http_request_respond_error (request, 403, "this is a token for reading; send events with an ingest key of the project");
      return;
    }
  sent = g_new (Sent, 1);
  *sent = (Sent) { api, pdg_http_request_ref (request), pdg_principal_ref (principal), NULL };
  pdg_api_with_policies (api, request, principal, store_by_policies, sent);
}

static void
events_cb (PdgHttpRequest *request, gpointer user_data)
{
  PdgApi *api = user_data;

  if (g_str_equal (pdg_http_request_get_method (request), "OPTIONS"))
    pdg_api_preflight (request, "POST, OPTIONS", PDG_API_CORS_HEADERS);
  else
    pdg_api_authorise (api, request, pdg_api_is_keyless (api, request) ? api->local_ingest : NULL, store_events);
}

void
pdg_api_add_ingest_routes (PdgApi *api, PdgHttpServer *server)
{
  pdg_http_server_add_route (server, "POST, OPTIONS", EVENTS_PATH, api->options.ingest_body_bytes, early_cb, events_cb, api, NULL);
  pdg_http_server_let_leave (server, EVENTS_PATH);
}
