#include "config.h"
#include "api/pdg-api-private.h"

#include "api/pdg-api-error.h"
#include "codec/pdg-json-scan.h"

#include <string.h>

#define MAX_NESTING 100

typedef struct
{
  PdgApi *api;
  PdgHttpRequest *request;
  char *id;
} Pending;

static Pending *
pending_new (PdgApi *api, PdgHttpRequest *request)
{
  Pending *pending = g_new0 (Pending, 1);

  pending->api = api;
  pending->request = pdg_http_request_ref (request);
  return pending;
}

static void
pending_free (Pending *pending)
{
  pdg_http_request_unref (pending->request);
  g_free (pending->id);
  g_free (pending);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Pending, pending_free)

static void
respond_with_error (PdgHttpRequest *request, const GError *error)
{
  guint status = pdg_api_verdict_for (error)->http_status;

  if (status == 503)
    pdg_http_request_add_response_header (request, "Retry-After", "1");
  pdg_http_request_respond_error (request, status, pdg_api_error_message (error));
}

static void
executed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Pending) pending = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) response = pdg_api_execute_finish (pending->api, result, &error);

  if (response != NULL)
    pdg_http_request_respond (pending->request, 200, "application/json; charset=utf-8", response);
  else
    respond_with_error (pending->request, error);
}

/* json-glib reads nested values by recursion: what is no JSON, or would exhaust the stack, never reaches it. */
static gboolean
is_shallow_json (GBytes *body)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (body, &len);
  PdgJsonScan scan;
  PdgJsonSpan span = { 0 };
  gboolean ok;

  if (len == 0)
    return FALSE;
  pdg_json_scan_init (&scan, data, len, MAX_NESTING);
  ok = pdg_json_scan_value (&scan, pdg_json_skip_space (&scan, data), 0, &span) != NULL && (span.flags & PDG_JSON_TOO_DEEP) == 0;
  pdg_json_scan_clear (&scan);
  return ok;
}

/* The members of a GraphQL request; FALSE when one has the wrong type. */
static gboolean
read_members (JsonNode *root, const char **query, const char **operation_name, JsonNode **variables)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (root) ? json_node_get_object (root) : NULL;
  JsonNode *node;

  *query = *operation_name = NULL;
  *variables = NULL;
  if (object == NULL)
    return FALSE;
  node = json_object_get_member (object, "query");
  if (node == NULL || json_node_get_value_type (node) != G_TYPE_STRING)
    return FALSE;
  *query = json_node_get_string (node);
  node = json_object_get_member (object, "operationName");
  if (node != NULL && !JSON_NODE_HOLDS_NULL (node))
    {
      if (json_node_get_value_type (node) != G_TYPE_STRING)
        return FALSE;
      *operation_name = json_node_get_string (node);
    }
  node = json_object_get_member (object, "variables");
  if (node != NULL && !JSON_NODE_HOLDS_NULL (node))
    {
      if (!JSON_NODE_HOLDS_OBJECT (node))
        return FALSE;
      *variables = node;
    }
  return TRUE;
}

static void
execute (PdgApi *api, PdgHttpRequest *request, PdgPrincipal *principal)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  GBytes *body = pdg_http_request_get_body (request);
  const char *query, *operation_name;
  JsonNode *variables;

  if (!is_shallow_json (body)
      || !json_parser_load_from_data (parser, g_bytes_get_data (body, NULL), (gssize) g_bytes_get_size (body), NULL)
      || json_parser_get_root (parser) == NULL
      || !read_members (json_parser_get_root (parser), &query, &operation_name, &variables))
    {
      pdg_http_request_respond_error (request, 400, "send {\"query\": \"…\", \"operationName\"?: \"…\", \"variables\"?: {…}} as JSON");
      return;
    }
  pdg_api_execute_async (api, principal, query, operation_name, variables, pdg_http_request_get_cancellable (request), executed_cb,
                         pending_new (api, request));
}

static void
early_cb (PdgHttpRequest *request, gpointer user_data)
{
  const char *type = pdg_http_request_get_content_type (request);

  if (type == NULL || !g_str_equal (type, "application/json"))
    pdg_http_request_respond_error (request, 415, "send the request as JSON, with Content-Type: application/json");
}

static void
graphql_cb (PdgHttpRequest *request, gpointer user_data)
{
  PdgApi *api = user_data;

  pdg_api_authorise (api, request, pdg_api_is_local_request (api, request) ? api->options.local : NULL, execute);
}

static void
blob_loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Pending) pending = user_data;
  g_autofree char *media_type = NULL;
  g_autofree char *etag = g_strdup_printf ("\"%s\"", pending->id);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = pdg_api_load_blob_finish (pending->api, result, &media_type, &error);
  const char *known = pdg_http_request_get_header (pending->request, "If-None-Match");

  if (error != NULL)
    {
      respond_with_error (pending->request, error);
      return;
    }
  if (bytes == NULL)
    {
      pdg_http_request_respond_error (pending->request, 404, "there is no such picture in your organisation");
      return;
    }
  pdg_http_request_add_response_header (pending->request, "ETag", etag);
  pdg_http_request_add_response_header (pending->request, "Cache-Control", "private, max-age=31536000, immutable");
  pdg_http_request_add_response_header (pending->request, "X-Content-Type-Options", "nosniff");
  if (known != NULL && strstr (known, etag) != NULL)
    pdg_http_request_respond (pending->request, 304, NULL, NULL);
  else
    pdg_http_request_respond (pending->request, 200, media_type, bytes);
}

static void
load_blob (PdgApi *api, PdgHttpRequest *request, PdgPrincipal *principal)
{
  Pending *pending = pending_new (api, request);

  pending->id = g_strdup (pdg_http_request_get_path_rest (request));
  pdg_api_load_blob_async (api, principal, pending->id, pdg_http_request_get_cancellable (request), blob_loaded_cb, pending);
}

static void
blobs_cb (PdgHttpRequest *request, gpointer user_data)
{
  PdgApi *api = user_data;

  pdg_api_authorise (api, request, pdg_api_is_local_request (api, request) ? api->options.local : NULL, load_blob);
}

void
pdg_api_add_graphql_routes (PdgApi *api, PdgHttpServer *server)
{
  pdg_http_server_add_route (server, "POST", "/graphql", api->options.graphql_body_bytes, early_cb, graphql_cb, api, NULL);
  pdg_http_server_add_route (server, "GET", "/v1/blobs/*", 0, NULL, blobs_cb, api, NULL);
}
