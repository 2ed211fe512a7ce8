#include "config.h"
#include "api/pdg-api-clients-private.h"

#ifdef PDG_HAVE_POSTHOG
#include "api/pdg-api-posthog-packages.h"
#endif

#include <string.h>

#define MAX_QUESTION_BYTES (1024 * 1024)
#define STATIC_PREFIX "/org/productgraph/posthog/"

/* posthog-js records clicks, vitals, exceptions and sessions only when it is told to. */
#define POSTHOG_CONFIG                                                                                                     \
  "{\"supportedCompression\":[\"gzip\",\"gzip-js\"],\"autocapture_opt_out\":false,\"hasFeatureFlags\":false," \
  "\"sessionRecording\":{\"endpoint\":\"/s/\",\"version\":\"v2\",\"sampleRate\":null,\"minimumDurationMilliseconds\":0}," \
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

/* /static/VERSION/NAME.js or /static/NAME.js: the parts that posthog-js loads when it needs them. Those of one version serve the others
 * of that time; the files are the same for everybody, and tell nothing. */
static void
static_cb (PdgHttpRequest *request, gpointer user_data)
{
  const char *rest = pdg_http_request_get_path_rest (request), *slash = strrchr (rest, '/');
  g_autofree char *path = g_strconcat (STATIC_PREFIX, slash != NULL ? slash + 1 : rest, NULL);
  g_autoptr (GBytes) bytes = NULL;

  if (answer_preflight (request))
    return;
#ifdef PDG_HAVE_POSTHOG
  if (g_str_has_suffix (path, ".js"))
    bytes = g_resource_lookup_data (pdg_api_posthog_packages_get_resource (), path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
#endif
  if (bytes == NULL)
    {
      pdg_http_request_respond_error (request, 404, "this program was built without that part of PostHog's client");
      return;
    }
  pdg_http_request_add_response_header (request, "Cache-Control", "public, max-age=86400");
  pdg_http_request_add_response_header (request, "X-Content-Type-Options", "nosniff");
  pdg_http_request_respond (request, 200, "text/javascript; charset=utf-8", bytes);
}

/* A text of a request as JSON, without what could end a script element. (transfer full) */
static char *
quote (const char *text)
{
  g_autoptr (JsonNode) node = json_node_init_string (json_node_alloc (), text);
  g_autofree char *json = json_to_string (node, FALSE);
  GString *safe = g_string_new (json);

  g_string_replace (safe, "<", "\\u003c", 0);
  return g_string_free (safe, FALSE);
}

/* The same configuration as a script, which is what posthog-js asks for first. */
static void
respond_config_script (PdgHttpRequest *request, const char *rest)
{
  g_autofree char *token = g_strndup (rest, strcspn (rest, "/")), *quoted = quote (token);
  g_autofree char *script = g_strdup_printf ("(function(c){c[%s]={\"config\":%s,\"siteApps\":[]}})"
                                             "(window._POSTHOG_REMOTE_CONFIG=window._POSTHOG_REMOTE_CONFIG||{});",
                                             quoted, POSTHOG_CONFIG);
  g_autoptr (GBytes) body = g_bytes_new (script, strlen (script));

  pdg_http_request_add_response_header (request, "X-Content-Type-Options", "nosniff");
  pdg_http_request_respond (request, 200, "text/javascript; charset=utf-8", body);
}

/* /array/TOKEN/config and config.js. */
static void
array_cb (PdgHttpRequest *request, gpointer user_data)
{
  const char *rest = pdg_http_request_get_path_rest (request);

  if (answer_preflight (request))
    return;
  if (g_str_has_suffix (rest, "/config") || g_str_has_suffix (rest, "/config/"))
    respond_json (request, POSTHOG_CONFIG);
  else if (g_str_has_suffix (rest, "/config.js"))
    respond_config_script (request, rest);
  else
    pdg_http_request_respond_error (request, 404, "only /array/TOKEN/config and /array/TOKEN/config.js are answered");
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

/* /sourceConfig?writeKey=KEY: what RudderStack's browser client wants to know of its source before it sends. */
static void
source_cb (PdgHttpRequest *request, gpointer user_data)
{
  g_autofree char *asked = pdg_http_request_dup_query_param (request, "writeKey"), *key = quote (asked != NULL ? asked : ""), *text = NULL;

  if (answer_preflight (request))
    return;
  text = g_strdup_printf ("{\"source\":{\"id\":%s,\"name\":\"productgraph\",\"writeKey\":%s,\"enabled\":true,\"workspaceId\":\"productgraph\","
                          "\"config\":{\"statsCollection\":{\"errors\":{\"enabled\":false},\"metrics\":{\"enabled\":false}}},"
                          "\"dataplanes\":{},\"connections\":[],\"destinations\":[]}}",
                          key, key);
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
      g_autofree char *files = g_strconcat (prefixes[p], "/static/*", NULL), *source = g_strconcat (prefixes[p], "/sourceConfig", NULL);
      g_autofree char *source_slash = g_strconcat (source, "/", NULL);

      for (gsize i = 0; i < G_N_ELEMENTS (flags); i++)
        {
          g_autofree char *path = g_strconcat (prefixes[p], flags[i], NULL);

          pdg_http_server_add_route (server, "GET, POST, OPTIONS", path, MAX_QUESTION_BYTES, NULL, flags_cb, api, NULL);
        }
      pdg_http_server_add_route (server, "GET, OPTIONS", array, 0, NULL, array_cb, api, NULL);
      pdg_http_server_add_route (server, "GET, OPTIONS", settings, 0, NULL, settings_cb, api, NULL);
      pdg_http_server_add_route (server, "GET, OPTIONS", files, 0, NULL, static_cb, api, NULL);
      pdg_http_server_add_route (server, "GET, OPTIONS", source, 0, NULL, source_cb, api, NULL);
      pdg_http_server_add_route (server, "GET, OPTIONS", source_slash, 0, NULL, source_cb, api, NULL);
    }
}
