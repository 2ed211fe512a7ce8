#include "config.h"
#include "api/pdg-api-private.h"

#include "api/pdg-api-error.h"
#include "base/pdg-clock.h"
#include "codec/pdg-event-json.h"

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
  else if (encoding != NULL && g_ascii_strcasecmp (encoding, "identity") != 0)
    pdg_http_request_respond_error (request, 415, "send the body without a Content-Encoding");
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

static void
respond_with_error (PdgHttpRequest *request, const GError *error)
{
  guint status = pdg_api_verdict_for (error)->http_status;

  if (status == 503)
    pdg_http_request_add_response_header (request, "Retry-After", PDG_API_RETRY_AFTER_SECONDS);
  pdg_http_request_respond_error (request, status, pdg_api_error_message (error));
}

/* On the writer's thread: the batch is durable, or refused. */
static void
stored_cb (const PdgIngestResult *result, const GError *error, gpointer user_data)
{
  g_autoptr (PdgHttpRequest) request = user_data;
  g_autoptr (GBytes) body = NULL;

  if (result == NULL)
    {
      respond_with_error (request, error);
      return;
    }
  body = pdg_event_json_write_result (result->n_accepted, result->issues, result->n_issues, result->n_duplicates);
  pdg_http_request_respond (request, 202, "application/json", body);
}

static void
store_events (PdgApi *api, PdgHttpRequest *request, PdgPrincipal *principal)
{
  PdgEventJsonLimits limits = PDG_EVENT_JSON_LIMITS_DEFAULT;
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgEventBatch) batch = NULL;

  if (!pdg_principal_may (principal, PDG_ROLE_INGEST))
    {
      pdg_http_request_respond_error (request, 403, "this is a token for reading; send events with an ingest key of the project");
      return;
    }
  if (!pdg_ingest_check_room (api->options.ingest, &error))
    {
      respond_with_error (request, error);
      return;
    }
  limits.max_body_bytes = api->options.ingest_body_bytes;
  limits.max_events = api->options.ingest_events;
  limits.max_event_bytes = api->options.ingest_event_bytes;
  batch = pdg_event_json_parse (pdg_http_request_get_body (request), pdg_clock_now_usec (), &limits, &error);
  if (batch == NULL)
    {
      respond_with_error (request, error);
      return;
    }
  pdg_http_request_ref (request);
  if (pdg_ingest_submit (api->options.ingest, principal, batch, stored_cb, request, &error))
    return;
  respond_with_error (request, error);
  pdg_http_request_unref (request);
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
}
