#include "config.h"
#include "api/pdg-api-clients-private.h"

#include <string.h>

#define MAX_QUESTION_BYTES (1024 * 1024)

/* posthog-js records clicks, vitals and exceptions only when it is told to. Replay is off: its chunks are not kept. */
#define POSTHOG_CONFIG                                                                                                     \
  "{\"supportedCompression\":[\"gzip\",\"gzip-js\"],\"autocapture_opt_out\":false,\"hasFeatureFlags\":false,\"sessionRecording\":false," \
  "\"capturePerformance\":{\"web_vitals\":true,\"network_timing\":false},\"autocaptureExceptions\":true,\"heatmaps\":false,\"surveys\":false}"
#define POSTHOG_FLAGS "{\"flags\":{},\"featureFlags\":{},\"featureFlagPayloads\":{},\"errorsWhileComputingFlags\":false}"

static void
respond_json (PdgHttpRequest *request, const char *text)
{
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));

  pdg_http_request_respond (request, 200, "application/json", body);
}

static gboolean
answer_preflight (PdgHttpRequest *request)
{
  const char *asked = pdg_http_request_get_header (request, "Access-Control-Request-Headers");

  if (!g_str_equal (pdg_http_request_get_method (request), "OPTIONS"))
    {
      pdg_api_add_cors_headers (request);
      return FALSE;
    }
  pdg_api_preflight (request, "GET, POST, OPTIONS", asked != NULL ? asked : PDG_API_CORS_HEADERS);
  return TRUE;
}

static void
flags_cb (PdgHttpRequest *request, gpointer user_data)
{
  if (!answer_preflight (request))
    respond_json (request, POSTHOG_FLAGS);
}

/* /array/TOKEN/config; its scripts are not here, and are not needed. */
static void
array_cb (PdgHttpRequest *request, gpointer user_data)
{
  const char *rest = pdg_http_request_get_path_rest (request);

  if (answer_preflight (request))
    return;
  if (g_str_has_suffix (rest, "/config") || g_str_has_suffix (rest, "/config/"))
    respond_json (request, POSTHOG_CONFIG);
  else
    pdg_http_request_respond_error (request, 404, "only /array/TOKEN/config is answered");
}

/* /v1/projects/KEY/settings: where Segment's browser client sends. */
static void
settings_cb (PdgHttpRequest *request, gpointer user_data)
{
  const char *rest = pdg_http_request_get_path_rest (request), *slash = strchr (rest, '/');
  const char *host = pdg_http_request_get_header (request, "Host");
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (JsonBuilder) builder = NULL;
  g_autofree char *key = NULL, *api_host = NULL, *text = NULL;

  if (answer_preflight (request))
    return;
  if (slash == NULL || slash == rest || strcmp (slash, "/settings") != 0)
    {
      pdg_http_request_respond_error (request, 404, "only /v1/projects/KEY/settings is answered");
      return;
    }
  key = g_strndup (rest, (gsize) (slash - rest));
  api_host = g_strdup_printf ("%s/v1", host != NULL ? host : "localhost");
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "integrations");
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "Segment.io");
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "apiKey");
  json_builder_add_string_value (builder, key);
  json_builder_set_member_name (builder, "apiHost");
  json_builder_add_string_value (builder, api_host);
  json_builder_set_member_name (builder, "protocol");
  json_builder_add_string_value (builder, pdg_http_request_is_loopback (request) ? "http" : "https");
  json_builder_end_object (builder);
  json_builder_end_object (builder);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  text = json_to_string (root, FALSE);
  respond_json (request, text);
}

void
pdg_api_add_client_settings_routes (PdgApi *api, PdgHttpServer *server)
{
  static const char *const flags[] = { "/flags", "/flags/", "/decide", "/decide/" };
  static const char *const prefixes[] = { "", "/ingest" };

  for (gsize p = 0; p < G_N_ELEMENTS (prefixes); p++)
    {
      g_autofree char *array = g_strconcat (prefixes[p], "/array/*", NULL), *settings = g_strconcat (prefixes[p], "/v1/projects/*", NULL);

      for (gsize i = 0; i < G_N_ELEMENTS (flags); i++)
        {
          g_autofree char *path = g_strconcat (prefixes[p], flags[i], NULL);

          pdg_http_server_add_route (server, "GET, POST, OPTIONS", path, MAX_QUESTION_BYTES, NULL, flags_cb, api, NULL);
        }
      pdg_http_server_add_route (server, "GET, OPTIONS", array, 0, NULL, array_cb, api, NULL);
      pdg_http_server_add_route (server, "GET, OPTIONS", settings, 0, NULL, settings_cb, api, NULL);
    }
}
