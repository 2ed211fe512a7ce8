#include "config.h"
#include "api/pdg-api-private.h"

#include "api/pdg-api-error.h"

#include <string.h>

#define MAX_WIDTH 32767

/* ---- Reading one */

typedef struct
{
  PdgApi *api;
  PdgPrincipal *principal;
  char *id;
  int min_width;
} LoadJob;

static void
load_job_free (gpointer data)
{
  LoadJob *job = data;

  pdg_principal_unref (job->principal);
  g_free (job->id);
  g_free (job);
}

/* A picture and its type. */
typedef struct
{
  GBytes *bytes;
  char *media_type;
} Blob;

static void
blob_free (gpointer data)
{
  Blob *blob = data;

  g_clear_pointer (&blob->bytes, g_bytes_unref);
  g_free (blob->media_type);
  g_free (blob);
}

static gpointer
load_job (PdgDbConn *conn, gpointer job_data, GCancellable *cancellable, GError **error)
{
  LoadJob *job = job_data;
  g_autoptr (PdgQueries) queries = pdg_queries_begin (conn, job->principal, job->api->options.graphql_timeout_ms, error);
  g_autoptr (GError) local = NULL;
  Blob *blob;

  if (queries == NULL)
    return NULL;
  blob = g_new0 (Blob, 1);
  blob->bytes = pdg_queries_load_blob (queries, job->id, job->min_width, &blob->media_type, &local);
  if (local == NULL)
    return blob;
  blob_free (blob);
  g_propagate_error (error, g_steal_pointer (&local));
  return NULL;
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  Blob *blob = pdg_db_pool_run_finish (NULL, result, &error); /* the API may be gone by now */

  if (blob != NULL)
    g_task_return_pointer (task, blob, blob_free);
  else
    g_task_return_error (task, error);
}

void
pdg_api_load_blob_async (PdgApi *api, PdgPrincipal *principal, const char *id, int min_width, GCancellable *cancellable,
                         GAsyncReadyCallback callback, gpointer user_data)
{
  LoadJob *job = g_new0 (LoadJob, 1);
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);

  job->api = api;
  job->principal = pdg_principal_ref (principal);
  job->id = g_strdup (id);
  job->min_width = min_width;
  pdg_db_pool_run_async (api->options.pool, PDG_DB_PRIORITY_INTERACTIVE, load_job, job, load_job_free, blob_free, cancellable, loaded_cb, task);
}

GBytes *
pdg_api_load_blob_finish (PdgApi *api, GAsyncResult *result, char **media_type, GError **error)
{
  Blob *blob = g_task_propagate_pointer (G_TASK (result), error);
  GBytes *bytes;

  if (blob == NULL)
    return NULL;
  bytes = g_steal_pointer (&blob->bytes);
  if (media_type != NULL)
    *media_type = g_steal_pointer (&blob->media_type);
  blob_free (blob);
  return bytes;
}

/* ---- GET /v1/blobs/ID */

typedef struct
{
  PdgApi *api;
  PdgHttpRequest *request;
  char *etag;
} Pending;

static void
pending_free (Pending *pending)
{
  pdg_http_request_unref (pending->request);
  g_free (pending->etag);
  g_free (pending);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Pending, pending_free)

static void
respond_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Pending) pending = user_data;
  g_autofree char *media_type = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = pdg_api_load_blob_finish (pending->api, result, &media_type, &error);
  const char *known = pdg_http_request_get_header (pending->request, "If-None-Match");

  if (error != NULL)
    {
      pdg_api_respond_with_error (pending->request, error);
      return;
    }
  if (bytes == NULL)
    {
      pdg_http_request_respond_error (pending->request, 404, "there is no such picture in your organisation");
      return;
    }
  pdg_http_request_add_response_header (pending->request, "ETag", pending->etag);
  pdg_http_request_add_response_header (pending->request, "Cache-Control", "private, max-age=31536000, immutable");
  pdg_http_request_add_response_header (pending->request, "X-Content-Type-Options", "nosniff");
  if (known != NULL && strstr (known, pending->etag) != NULL)
    pdg_http_request_respond (pending->request, 304, NULL, NULL);
  else
    pdg_http_request_respond (pending->request, 200, media_type, bytes);
}

static void
respond (PdgApi *api, PdgHttpRequest *request, PdgPrincipal *principal)
{
  g_autofree char *width = pdg_http_request_dup_query_param (request, "width");
  const char *id = pdg_http_request_get_path_rest (request);
  guint64 min_width = 0;
  Pending *pending;

  if (width != NULL && !g_ascii_string_to_unsigned (width, 10, 1, MAX_WIDTH, &min_width, NULL))
    {
      pdg_http_request_respond_error (request, 400, "width: use a number of pixels from 1 to 32767, or leave it out for the picture as it came");
      return;
    }
  pending = g_new0 (Pending, 1);
  pending->api = api;
  pending->request = pdg_http_request_ref (request);
  pending->etag = min_width > 0 ? g_strdup_printf ("\"%s-%u\"", id, (guint) min_width) : g_strdup_printf ("\"%s\"", id);
  pdg_api_load_blob_async (api, principal, id, (int) min_width, pdg_http_request_get_cancellable (request), respond_cb, pending);
}

static void
blobs_cb (PdgHttpRequest *request, gpointer user_data)
{
  PdgApi *api = user_data;

  pdg_api_authorise (api, request, pdg_api_is_local_request (api, request) ? api->options.local : NULL, respond);
}

void
pdg_api_add_blob_routes (PdgApi *api, PdgHttpServer *server)
{
  pdg_http_server_add_route (server, "GET", "/v1/blobs/*", 0, NULL, blobs_cb, api, NULL);
}
