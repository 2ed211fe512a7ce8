#include "config.h"
#include "api/pdg-api-clients-private.h"

#include "api/pdg-api-error.h"
#include "base/pdg-clock.h"
#include "codec/pdg-body.h"
#include "service/pdg-client-keeper.h"

#include <string.h>

#define METRICS_PATH "/v1/metrics"
#define EVENTS_FACTOR 10 /* their batches are larger than ours, and they do not split them when they are told to */
#define OWN_KEY_PREFIX "pg" /* of keys (pgk_) and tokens (pgt_) */
#define NO_KEY "a valid ingest key of the project is needed; docs/clients.md says where each client has it"

/* A request goes: early_cb (headers), call_cb (body unpacked, key found), resolved_cb (who), found_cb (which project), kept_cb (what came
 * before, when that matters), stored_cb. */

static const PdgClientPath paths[] = {
  { "/v1/logs", PDG_CLIENT_OTLP, PDG_OTLP_LOGS, NULL },
  { "/v1/traces", PDG_CLIENT_OTLP, PDG_OTLP_TRACES, NULL },
  { METRICS_PATH, PDG_CLIENT_OTLP, PDG_OTLP_LOGS, NULL },
  { "/v1/batch", PDG_CLIENT_SEGMENT, 0, NULL },
  { "/v1/b", PDG_CLIENT_SEGMENT, 0, NULL },
  { "/v1/batch/v1/batch", PDG_CLIENT_SEGMENT, 0, NULL }, /* RudderStack's client, given the whole URL */
  { "/v1/import", PDG_CLIENT_SEGMENT, 0, NULL },
  { "/v1/track", PDG_CLIENT_SEGMENT, 0, "track" },
  { "/v1/page", PDG_CLIENT_SEGMENT, 0, "page" },
  { "/v1/screen", PDG_CLIENT_SEGMENT, 0, "screen" },
  { "/v1/identify", PDG_CLIENT_SEGMENT, 0, "identify" },
  { "/v1/group", PDG_CLIENT_SEGMENT, 0, "group" },
  { "/v1/alias", PDG_CLIENT_SEGMENT, 0, "alias" },
  { "/v1/t", PDG_CLIENT_SEGMENT, 0, "track" },
  { "/v1/p", PDG_CLIENT_SEGMENT, 0, "page" },
  { "/v1/s", PDG_CLIENT_SEGMENT, 0, "screen" },
  { "/v1/i", PDG_CLIENT_SEGMENT, 0, "identify" },
  { "/v1/g", PDG_CLIENT_SEGMENT, 0, "group" },
  { "/v1/a", PDG_CLIENT_SEGMENT, 0, "alias" },
  { "/batch", PDG_CLIENT_POSTHOG, 0, NULL },
  { "/e", PDG_CLIENT_POSTHOG, 0, NULL },
  { "/i/v0/e", PDG_CLIENT_POSTHOG, 0, NULL },
  { "/i/v1/analytics/events", PDG_CLIENT_POSTHOG_V1, 0, NULL },
  { "/capture", PDG_CLIENT_POSTHOG, 0, NULL },
  { "/s", PDG_CLIENT_POSTHOG, 0, NULL },
  { "/track", PDG_CLIENT_MIXPANEL, PDG_MIXPANEL_TRACK, NULL },
  { "/import", PDG_CLIENT_MIXPANEL_IMPORT, PDG_MIXPANEL_TRACK, NULL },
  { "/engage", PDG_CLIENT_MIXPANEL, PDG_MIXPANEL_ENGAGE, NULL },
  { "/groups", PDG_CLIENT_MIXPANEL, PDG_MIXPANEL_GROUPS, NULL },
  { "/2/httpapi", PDG_CLIENT_AMPLITUDE, 0, NULL },
};

/* PostHog's old clients use a path of Mixpanel's. */
static const PdgClientPath old_posthog = { "/track", PDG_CLIENT_POSTHOG, 0, NULL };

/* And Amplitude has PostHog's path for many events. */
static const PdgClientPath amplitude_batch = { "/batch", PDG_CLIENT_AMPLITUDE, 0, NULL };

typedef struct
{
  PdgApi *api;
  const PdgClientPath *path;
} Route;

static void
call_free (PdgClientCall *call)
{
  pdg_http_request_unref (call->request);
  g_clear_pointer (&call->body, g_bytes_unref);
  pdg_event_batch_unref (call->batch);
  pdg_principal_unref (call->principal);
  g_free (call->key);
  g_free (call->project);
  g_free (call);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgClientCall, call_free)

static void
refuse_error (PdgClientCall *call, const GError *error)
{
  pdg_api_client_refuse (call->request, call->path, pdg_api_verdict_for (error)->http_status, pdg_api_error_message (error));
}

/* The user of HTTP Basic, whose password is empty. */
static char *
dup_basic_user (PdgHttpRequest *request)
{
  const char *authorization = pdg_http_request_get_header (request, "Authorization");
  g_autofree char *text = NULL;
  g_autofree guchar *decoded = NULL;
  gsize len = 0;

  if (authorization == NULL || g_ascii_strncasecmp (authorization, "Basic ", 6) != 0)
    return NULL;
  decoded = g_base64_decode (authorization + 6, &len);
  text = g_strndup ((const char *) decoded, len);
  text[strcspn (text, ":")] = '\0';
  return *text != '\0' && g_utf8_validate (text, -1, NULL) ? g_steal_pointer (&text) : NULL;
}

/* The key where it can stand before the body: a header, or the query. */
static char *
dup_early_key (PdgHttpRequest *request)
{
  static const char *const parameters[] = { "api_key", "token", "writeKey" };
  g_autofree char *key = pdg_api_dup_credential (request);

  if (key == NULL)
    key = dup_basic_user (request);
  for (gsize i = 0; key == NULL && i < G_N_ELEMENTS (parameters); i++)
    key = pdg_http_request_dup_query_param (request, parameters[i]);
  return key != NULL && *key != '\0' ? g_steal_pointer (&key) : NULL;
}

static char *
dup_key (PdgClientCall *call)
{
  char *key = dup_early_key (call->request);

  return key == NULL && call->path->family != PDG_CLIENT_OTLP ? pdg_dialect_dup_key (call->body) : key;
}

/* From this machine, a text that is no key of ours (their clients must have some) names a project or nothing. */
static gboolean
is_keyless (PdgApi *api, PdgHttpRequest *request, const char *key)
{
  gboolean own_key = key != NULL && g_str_has_prefix (key, OWN_KEY_PREFIX) && strlen (key) > 4 && key[3] == '_';

  return !own_key && pdg_api_is_keyless (api, request);
}

static PdgEventBatch *
read_batch (PdgClientCall *call, const PdgDialectContext *context, GError **error)
{
  switch (call->path->family)
    {
    case PDG_CLIENT_OTLP:
      return pdg_otlp_read (call->body, (PdgOtlpSignal) call->path->kind, call->encoding, context, error);
    case PDG_CLIENT_SEGMENT:
      return pdg_segment_read (call->body, call->path->detail, context, error);
    case PDG_CLIENT_POSTHOG:
    case PDG_CLIENT_POSTHOG_V1:
      return pdg_posthog_read (call->body, context, error);
    case PDG_CLIENT_MIXPANEL:
    case PDG_CLIENT_MIXPANEL_IMPORT:
      return pdg_mixpanel_read (call->body, (PdgMixpanelKind) call->path->kind, context, error);
    case PDG_CLIENT_AMPLITUDE:
      return pdg_amplitude_read (call->body, context, error);
    }
  g_assert_not_reached ();
}

/* On the writer's thread: the batch is durable, or refused. */
static void
stored_cb (const PdgIngestResult *result, const GError *error, gpointer user_data)
{
  g_autoptr (PdgClientCall) call = user_data;
  PdgIngestResult whole;

  if (result == NULL)
    {
      refuse_error (call, error);
      return;
    }
  whole = *result;
  whole.n_accepted += pdg_event_batch_get_n_withheld (call->batch);
  pdg_api_note_stored (call->api, call->principal, call->batch);
  pdg_api_client_respond (call, &whole);
}

static void
submit (PdgClientCall *owned)
{
  g_autoptr (PdgClientCall) call = owned;
  g_autoptr (GError) error = NULL;

  if (pdg_ingest_submit (call->api->options.ingest, call->principal, call->batch, stored_cb, call, &error))
    g_steal_pointer (&call);
  else
    refuse_error (call, error);
}

static void
kept_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  PdgClientCall *call = user_data;
  g_autoptr (GError) error = NULL;
  guint n_replays, n_ignored;

  if (!pdg_client_keeper_run_finish (result, &n_replays, &n_ignored, &error))
    {
      refuse_error (call, error);
      call_free (call);
      return;
    }
  __atomic_fetch_add (&call->api->replay_chunks, n_replays, __ATOMIC_RELAXED);
  __atomic_fetch_add (&call->api->replay_chunks_ignored, n_ignored, __ATOMIC_RELAXED);
  submit (call);
}

static void
store_by_policies (PdgEventPolicies *policies, const GError *cause, gpointer user_data)
{
  PdgClientCall *call = user_data;
  const PdgApiOptions *options = &call->api->options;
  g_autofree char *client = pdg_api_dup_client (call->request);
  g_autoptr (PdgClientNeeds) needs = pdg_client_needs_new ();
  PdgDialectContext context = { .project = call->project, .needs = needs, .host = pdg_http_request_get_header (call->request, "Host"),
                                .received_usec = pdg_clock_now_usec () };
  PdgClientKeeperTask task = { .project = call->project, .client = client, .max_session_bytes = (gint64) options->replay_bytes };
  g_autoptr (GError) error = NULL;
  g_autofree char *reason = NULL;
  guint n_events, status;

  if (policies == NULL)
    {
      refuse_error (call, cause);
      call_free (call);
      return;
    }
  context.limits = PDG_EVENT_JSON_LIMITS_DEFAULT;
  context.limits.policies = policies;
  context.limits.opted_out = pdg_api_is_opted_out (call->request);
  context.limits.max_body_bytes = options->ingest_body_bytes;
  context.limits.max_events = options->ingest_events * EVENTS_FACTOR;
  context.limits.max_event_bytes = options->ingest_event_bytes;
  call->batch = read_batch (call, &context, &error);
  if (call->batch == NULL)
    {
      refuse_error (call, error);
      call_free (call);
    }
  else if (pdg_event_batch_get_events (call->batch, &n_events),
           !pdg_api_may_send (call->api, call->request, call->principal, n_events, &status, &reason))
    {
      pdg_api_client_refuse (call->request, call->path, status, reason);
      call_free (call);
    }
  else if (pdg_client_needs_is_empty (needs) && pdg_event_batch_get_n_counted (call->batch) == 0)
    submit (call);
  else
    pdg_client_keeper_run_async (options->pool, call->principal, &task, call->batch, g_steal_pointer (&needs),
                                 pdg_http_request_get_cancellable (call->request), kept_cb, call);
}

static void
found_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  PdgClientCall *call = user_data;
  g_autoptr (GError) error = NULL;

  call->project = pdg_project_finder_find_finish (call->api->projects, result, &error);
  if (call->project == NULL && error == NULL && call->keyless)
    call->project = g_strdup (call->api->options.keyless_project);
  if (call->project != NULL)
    {
      pdg_api_with_policies (call->api, call->request, call->principal, store_by_policies, call);
      return;
    }
  if (error != NULL)
    refuse_error (call, error);
  else
    pdg_api_client_refuse (call->request, call->path, 403, "this token is not of one project; send events with an ingest key of the project");
  call_free (call);
}

static void
find_project (PdgClientCall *call)
{
  if (!pdg_principal_may (call->principal, PDG_ROLE_INGEST))
    {
      pdg_api_client_refuse (call->request, call->path, 403, "this is a token for reading; send events with an ingest key of the project");
      call_free (call);
      return;
    }
  pdg_project_finder_find_async (call->api->projects, call->principal, call->keyless ? call->key : NULL,
                                 pdg_http_request_get_cancellable (call->request), found_cb, call);
}

static void
resolved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  PdgClientCall *call = user_data;
  g_autoptr (GError) error = NULL;

  call->principal = pdg_credentials_resolve_finish (call->api->options.credentials, result, &error);
  if (call->principal != NULL)
    {
      find_project (call);
      return;
    }
  if (error != NULL)
    refuse_error (call, error);
  else
    pdg_api_client_refuse (call->request, call->path, 401, NO_KEY);
  call_free (call);
}

static void
authorise (PdgClientCall *call)
{
  if (is_keyless (call->api, call->request, call->key))
    {
      call->keyless = TRUE;
      call->principal = pdg_principal_ref (call->api->local_ingest);
      find_project (call);
    }
  else if (call->key == NULL)
    {
      pdg_api_client_refuse (call->request, call->path, 401, NO_KEY);
      call_free (call);
    }
  else
    pdg_credentials_resolve_async (call->api->options.credentials, call->key, pdg_http_request_get_cancellable (call->request),
                                   resolved_cb, call);
}

static GBytes *
unpack (PdgClientCall *call, GError **error)
{
  g_autofree char *data = pdg_http_request_dup_query_param (call->request, "data");
  g_autofree char *compression = pdg_http_request_dup_query_param (call->request, "compression");
  PdgBodyHints hints = {
    .content_encoding = pdg_http_request_get_header (call->request, "Content-Encoding"),
    .query_data = data,
    .compression = compression,
    .forms = call->path->family != PDG_CLIENT_OTLP,
    .max_bytes = call->api->options.ingest_body_bytes,
  };

  return pdg_body_decode (pdg_http_request_get_body (call->request), &hints, error);
}

static gboolean
is_preflight (PdgHttpRequest *request)
{
  return g_str_equal (pdg_http_request_get_method (request), "OPTIONS");
}

static void
call_cb (PdgHttpRequest *request, gpointer user_data)
{
  const Route *route = user_data;
  const char *asked = pdg_http_request_get_header (request, "Access-Control-Request-Headers");
  g_autoptr (PdgClientCall) call = NULL;
  g_autoptr (GError) error = NULL;
  static const PdgIngestResult nothing;

  if (is_preflight (request))
    {
      pdg_api_preflight (request, "GET, POST, OPTIONS", asked != NULL ? asked : PDG_API_CORS_HEADERS);
      return;
    }
  call = g_new0 (PdgClientCall, 1);
  call->api = route->api;
  call->request = pdg_http_request_ref (request);
  call->path = route->path;
  call->encoding = g_strcmp0 (pdg_http_request_get_content_type (request), "application/x-protobuf") == 0 ? PDG_OTLP_PROTOBUF : PDG_OTLP_JSON;
  if (g_str_equal (route->path->path, METRICS_PATH))
    {
      pdg_api_client_respond (call, &nothing);
      return;
    }
  call->body = unpack (call, &error);
  if (call->body == NULL)
    {
      refuse_error (call, error);
      return;
    }
  if (call->path->family == PDG_CLIENT_MIXPANEL && pdg_dialect_is_posthog (call->body))
    call->path = &old_posthog;
  if (g_str_equal (call->path->path, amplitude_batch.path) && pdg_dialect_is_amplitude (call->body))
    call->path = &amplitude_batch;
  call->key = dup_key (call);
  authorise (g_steal_pointer (&call));
}

/* Whether it is known before the body that the key is missing or bad. */
static gboolean
is_refused_early (const Route *route, PdgHttpRequest *request)
{
  g_autofree char *key = dup_early_key (request);
  g_autoptr (PdgPrincipal) principal = NULL;

  if (is_keyless (route->api, request, key))
    return FALSE;
  if (key == NULL)
    return route->path->family == PDG_CLIENT_OTLP;
  return pdg_credentials_peek (route->api->options.credentials, key, &principal) == PDG_CREDENTIAL_BAD;
}

/* Before the body is read. */
static void
early_cb (PdgHttpRequest *request, gpointer user_data)
{
  const Route *route = user_data;
  const char *type = pdg_http_request_get_content_type (request);

  if (is_preflight (request))
    return;
  pdg_api_add_cors_headers (request);
  if (route->path->family == PDG_CLIENT_OTLP && g_strcmp0 (type, "application/json") != 0 && g_strcmp0 (type, "application/x-protobuf") != 0)
    pdg_api_client_refuse (request, route->path, 415, "send OTLP as application/json or application/x-protobuf");
  else if (is_refused_early (route, request))
    pdg_api_client_refuse (request, route->path, 401, NO_KEY);
  else if (!pdg_ingest_is_connected (route->api->options.ingest))
    pdg_api_client_refuse (request, route->path, 503, "the database is away; send the same again");
}

static void
add_route (PdgApi *api, PdgHttpServer *server, const char *prefix, const PdgClientPath *path, const char *suffix)
{
  g_autofree char *full = g_strconcat (prefix, path->path, suffix, NULL);
  Route *route = g_new (Route, 1);

  route->api = api;
  route->path = path;
  pdg_http_server_add_route (server, path->family == PDG_CLIENT_MIXPANEL ? "GET, POST, OPTIONS" : "POST, OPTIONS", full,
                             api->options.ingest_body_bytes, early_cb, call_cb, route, g_free);
}

void
pdg_api_add_client_routes (PdgApi *api, PdgHttpServer *server)
{
  static const char *const prefixes[] = { "", "/ingest" };

  for (gsize p = 0; p < G_N_ELEMENTS (prefixes); p++)
    for (gsize i = 0; i < G_N_ELEMENTS (paths); i++)
      {
        add_route (api, server, prefixes[p], &paths[i], "");
        add_route (api, server, prefixes[p], &paths[i], "/");
      }
  pdg_api_add_client_settings_routes (api, server);
}
