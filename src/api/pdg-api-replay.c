#include "config.h"
#include "api/pdg-api-private.h"

#include "api/pdg-api-error.h"

/* GET /v1/replay/ID: the rrweb events of a piece of a recording (Session.replayChunks), unpacked. */

#define UNPACKED_FACTOR 16 /* of the limit of a body, in which a piece came with its large parts packed */

typedef struct
{
  PdgApi *api;
  PdgHttpRequest *request;
  PdgPrincipal *principal;
  gint64 chunk_no;
} Pending;

static void
pending_free (gpointer data)
{
  Pending *pending = data;

  pdg_http_request_unref (pending->request);
  pdg_principal_unref (pending->principal);
  g_free (pending);
}

static gpointer
load_job (PdgDbConn *conn, gpointer job_data, GCancellable *cancellable, GError **error)
{
  Pending *pending = job_data;
  const PdgApiOptions *options = &pending->api->options;
  g_autoptr (PdgQueries) queries = pdg_queries_begin_once (conn, pending->principal, options->graphql_timeout_ms, error);

  return queries != NULL ? pdg_queries_load_replay_chunk (queries, pending->chunk_no, options->ingest_body_bytes * UNPACKED_FACTOR, error) : NULL;
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PdgHttpRequest) request = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = pdg_db_pool_run_finish (NULL, result, &error);

  if (error != NULL)
    pdg_api_respond_with_error (request, error);
  else if (bytes == NULL)
    pdg_http_request_respond_error (request, 404, "there is no such piece of a recording in your organisation");
  else
    {
      pdg_http_request_add_response_header (request, "Cache-Control", "private, max-age=31536000, immutable");
      pdg_http_request_add_response_header (request, "X-Content-Type-Options", "nosniff");
      pdg_http_request_respond (request, 200, "application/json", bytes);
    }
}

static void
load (PdgApi *api, PdgHttpRequest *request, PdgPrincipal *principal)
{
  const char *rest = pdg_http_request_get_path_rest (request);
  Pending *pending = g_new0 (Pending, 1);
  guint64 number = 0;

  g_ascii_string_to_unsigned (rest, 10, 1, G_MAXINT64, &number, NULL); /* 0 is no piece */
  pending->api = api;
  pending->request = pdg_http_request_ref (request);
  pending->principal = pdg_principal_ref (principal);
  pending->chunk_no = (gint64) number;
  pdg_db_pool_run_async (api->options.pool, PDG_DB_PRIORITY_INTERACTIVE, load_job, pending, pending_free, (GDestroyNotify) g_bytes_unref,
                         pdg_http_request_get_cancellable (request), loaded_cb, pdg_http_request_ref (request));
}

static void
replay_cb (PdgHttpRequest *request, gpointer user_data)
{
  PdgApi *api = user_data;

  pdg_api_authorise (api, request, pdg_api_is_local_request (api, request) ? api->options.local : NULL, load);
}

void
pdg_api_add_replay_routes (PdgApi *api, PdgHttpServer *server)
{
  pdg_http_server_add_route (server, "GET", "/v1/replay/*", 0, NULL, replay_cb, api, NULL);
}
