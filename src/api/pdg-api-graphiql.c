#include "config.h"
#include "api/pdg-api-private.h"

#include "base/pdg-id.h"

#include "api/pdg-api-graphiql-resources.h"
#ifdef PDG_HAVE_GRAPHIQL
#include "api/pdg-api-graphiql-packages.h"
#endif

/* GraphiQL at /graphiql, from this program alone: nothing is loaded from elsewhere, and nothing inline runs. The one style
 * sheet that it makes itself, for its dialogs, carries the nonce of the page. */

#define PREFIX "/org/productgraph/graphiql/"
#define POLICY "default-src 'none'; script-src 'self'; style-src 'self'%s; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; " \
               "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
#define NONCE_HOLE "@NONCE@"
#define NONCE_BYTES 16

static const struct
{
  const char *suffix;
  const char *type;
} types[] = {
  { ".html", "text/html; charset=utf-8" },
  { ".js", "text/javascript; charset=utf-8" },
  { ".css", "text/css; charset=utf-8" },
  { ".json", "application/json; charset=utf-8" },
  { ".svg", "image/svg+xml" },
};

static GBytes *
lookup (const char *name)
{
  g_autofree char *path = g_strconcat (PREFIX, name, NULL);
  GBytes *bytes = g_resource_lookup_data (pdg_api_graphiql_get_resource (), path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

#ifdef PDG_HAVE_GRAPHIQL
  if (bytes == NULL)
    bytes = g_resource_lookup_data (pdg_api_graphiql_packages_get_resource (), path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
#endif
  return bytes;
}

/* @style_source is allowed to make style sheets, besides those of the program. */
static void
respond_bytes (PdgHttpRequest *request, guint status, const char *name, GBytes *bytes, const char *style_source)
{
  g_autofree char *policy = g_strdup_printf (POLICY, style_source);
  const char *type = "application/octet-stream";

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_str_has_suffix (name, types[i].suffix))
      type = types[i].type;
  pdg_http_request_add_response_header (request, "Content-Security-Policy", policy);
  pdg_http_request_add_response_header (request, "X-Content-Type-Options", "nosniff");
  pdg_http_request_add_response_header (request, "Referrer-Policy", "no-referrer");
  pdg_http_request_add_response_header (request, "Cache-Control", "no-cache");
  pdg_http_request_respond (request, status, type, bytes);
}

static void
respond_page (PdgApi *api, PdgHttpRequest *request, PdgPrincipal *principal)
{
#ifdef PDG_HAVE_GRAPHIQL
  g_autoptr (GBytes) page = lookup ("index.html");
  g_autofree char *nonce = pdg_random_token (NONCE_BYTES);
  g_autofree char *source = g_strdup_printf (" 'nonce-%s'", nonce);
  GString *text = g_string_new_len (g_bytes_get_data (page, NULL), (gssize) g_bytes_get_size (page));
  g_autoptr (GBytes) filled = NULL;

  g_string_replace (text, NONCE_HOLE, nonce, 0);
  filled = g_string_free_to_bytes (text);
  respond_bytes (request, 200, "index.html", filled, source);
#else
  g_autoptr (GBytes) page = lookup ("missing.html");

  respond_bytes (request, 404, "missing.html", page, "");
#endif
}

static void
page_cb (PdgHttpRequest *request, gpointer user_data)
{
  PdgApi *api = user_data;

  pdg_api_authorise (api, request, pdg_api_is_local_request (api, request) ? api->options.local : NULL, respond_page);
}

/* The files are the same for everybody, and tell nothing. */
static void
file_cb (PdgHttpRequest *request, gpointer user_data)
{
  const char *name = pdg_http_request_get_path_rest (request);
  g_autoptr (GBytes) bytes = lookup (name);

  if (bytes == NULL)
    pdg_http_request_respond_error (request, 404, "GraphiQL has no such file; its page is /graphiql");
  else
    respond_bytes (request, 200, name, bytes, "");
}

void
pdg_api_add_graphiql_routes (PdgApi *api, PdgHttpServer *server)
{
  pdg_http_server_add_route (server, "GET", "/graphiql", 0, NULL, page_cb, api, NULL);
  pdg_http_server_add_route (server, "GET", "/graphiql/*", 0, NULL, file_cb, api, NULL);
}
