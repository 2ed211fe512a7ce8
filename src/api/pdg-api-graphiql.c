#include "config.h"
#include "api/pdg-api-private.h"

#include "api/pdg-api-graphiql-resources.h"
#ifdef PDG_HAVE_GRAPHIQL
#include "api/pdg-api-graphiql-packages.h"
#endif

/* GraphiQL at /graphiql, from this program alone: nothing is loaded from elsewhere, and nothing inline runs. */

#define PREFIX "/org/productgraph/graphiql/"
#define POLICY "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; " \
               "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

static const struct
{
  const char *suffix;
  const char *type;
} types[] = {
  { ".html", "text/html; charset=utf-8" },
  { ".js", "text/javascript; charset=utf-8" },
  { ".css", "text/css; charset=utf-8" },
  { ".json", "application/json; charset=utf-8" },
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

static void
respond_file (PdgHttpRequest *request, guint status, const char *name)
{
  g_autoptr (GBytes) bytes = lookup (name);
  const char *type = "application/octet-stream";

  if (bytes == NULL)
    {
      pdg_http_request_respond_error (request, 404, "GraphiQL has no such file; its page is /graphiql");
      return;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_str_has_suffix (name, types[i].suffix))
      type = types[i].type;
  pdg_http_request_add_response_header (request, "Content-Security-Policy", POLICY);
  pdg_http_request_add_response_header (request, "X-Content-Type-Options", "nosniff");
  pdg_http_request_add_response_header (request, "Referrer-Policy", "no-referrer");
  pdg_http_request_add_response_header (request, "Cache-Control", "no-cache");
  pdg_http_request_respond (request, status, type, bytes);
}

static void
respond_page (PdgApi *api, PdgHttpRequest *request, PdgPrincipal *principal)
{
#ifdef PDG_HAVE_GRAPHIQL
  respond_file (request, 200, "index.html");
#else
  respond_file (request, 404, "missing.html");
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
  respond_file (request, 200, pdg_http_request_get_path_rest (request));
}

void
pdg_api_add_graphiql_routes (PdgApi *api, PdgHttpServer *server)
{
  pdg_http_server_add_route (server, "GET", "/graphiql", 0, NULL, page_cb, api, NULL);
  pdg_http_server_add_route (server, "GET", "/graphiql/*", 0, NULL, file_cb, api, NULL);
}
