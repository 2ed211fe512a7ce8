#include "config.h"
#include "api/pdg-api-private.h"

#include "api/pdg-api-error.h"
#include "api/pdg-api-stream.h"

#include <string.h>

#define ANSWERED_ONCE (PDG_API_MEDIA_JSON | PDG_API_MEDIA_GRAPHQL)

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

/* A GraphQL request under way: from when it may run until it is answered. */
typedef struct
{
  PdgApi *api;
  PdgHttpRequest *request;
  PdgApiMedia media;
  char *key;                 /* whose concurrency it counts for */
  GCancellable *cancellable; /* when the client goes away, and when the time is up */
  gulong gone_id;
  GSource *timer;
  gboolean late;
} Running;

static void
running_free (Running *running)
{
  g_source_destroy (running->timer);
  g_source_unref (running->timer);
  g_cancellable_disconnect (pdg_http_request_get_cancellable (running->request), running->gone_id);
  g_object_unref (running->cancellable);
  pdg_http_request_unref (running->request);
  g_free (running->key);
  g_free (running);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Running, running_free)

/* The one place that answers. */
static void
respond (PdgApi *api, PdgHttpRequest *request, PdgApiMedia media, PdgApiOutcome outcome, GBytes *response)
{
  if (outcome == PDG_API_OUTCOME_METHOD)
    pdg_http_request_add_response_header (request, "Allow", "POST");
  if (outcome == PDG_API_OUTCOME_BUSY)
    pdg_http_request_add_response_header (request, "Retry-After", "1");
  pdg_http_request_add_response_header (request, "Vary", "Accept");
  pdg_http_request_respond (request, pdg_api_outcome_get_status (outcome, media, api->options.graphql_draft),
                            pdg_api_media_get_type (media), response);
}

static void
respond_error (PdgApi *api, PdgHttpRequest *request, PdgApiMedia media, PdgApiOutcome outcome, const char *message, const char *code)
{
  g_autoptr (GBytes) response = pdg_gql_error_response (message, code);

  respond (api, request, media, outcome, response);
}

static void
executed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Running) running = user_data;
  PdgApi *api = running->api;
  PdgApiOutcome outcome = PDG_API_OUTCOME_DATA;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) response = pdg_api_run_finish (api, result, &outcome, &error);

  pdg_api_guards_leave (api->guards, running->key); /* before the answer: the client may ask again at once */
  if (running->late)
    {
      g_autofree char *message = g_strdup_printf ("the request took longer than %u ms; ask for less at once", api->options.graphql_timeout_ms);

      pdg_api_guards_count (api->guards, "time");
      respond_error (api, running->request, running->media, PDG_API_OUTCOME_TIME, message, "TIMEOUT");
    }
  else if (response != NULL)
    respond (api, running->request, running->media, outcome, response);
  else
    respond_with_error (running->request, error);
}

static void
gone_cb (GCancellable *cancellable, gpointer user_data)
{
  g_cancellable_cancel (user_data);
}

static gboolean
late_cb (gpointer user_data)
{
  Running *running = user_data;

  running->late = TRUE;
  g_cancellable_cancel (running->cancellable);
  return G_SOURCE_REMOVE;
}

/* On the context of the request's thread, where executed_cb() will run too. */
static Running *
running_new (PdgApi *api, PdgHttpRequest *request, PdgApiMedia media, const char *key)
{
  Running *running = g_new0 (Running, 1);

  running->api = api;
  running->request = pdg_http_request_ref (request);
  running->media = media;
  running->key = g_strdup (key);
  running->cancellable = g_cancellable_new ();
  running->timer = g_timeout_source_new (api->options.graphql_timeout_ms);
  g_source_set_callback (running->timer, late_cb, running, NULL);
  g_source_attach (running->timer, g_main_context_get_thread_default ());
  running->gone_id = g_cancellable_connect (pdg_http_request_get_cancellable (request), G_CALLBACK (gone_cb),
                                            g_object_ref (running->cancellable), g_object_unref);
  return running;
}

static char *
get_query_param (gpointer source, const char *name)
{
  return pdg_http_request_dup_query_param (source, name);
}

static void
run (PdgApi *api, PdgHttpRequest *request, PdgPrincipal *principal, PdgApiMedia media, const PdgApiParameters *parameters, gboolean read_only)
{
  g_autofree char *key = g_strdup_printf ("%d/%s", pdg_principal_get_org_no (principal), pdg_principal_get_label (principal));
  PdgApiRun what = {
    .query = parameters->query, .operation_name = parameters->operation_name, .hash = parameters->hash,
    .variables = parameters->variables, .read_only = read_only,
    .deadline_usec = g_get_monotonic_time () + (gint64) api->options.graphql_timeout_ms * 1000,
  };
  Running *running;

  if (!pdg_api_guards_enter (api->guards, key))
    {
      respond_error (api, request, media, PDG_API_OUTCOME_BUSY, "too many requests at once: wait for the answers of the others", "TOO_MANY_REQUESTS");
      return;
    }
  running = running_new (api, request, media, key);
  pdg_api_run_async (api, principal, &what, running->cancellable, executed_cb, running);
}

static void
execute (PdgApi *api, PdgHttpRequest *request, PdgPrincipal *principal)
{
  PdgApiMedia media = pdg_api_media_choose (pdg_http_request_get_header (request, "Accept"), ANSWERED_ONCE);
  gboolean by_post = g_str_equal (pdg_http_request_get_method (request), "POST");
  g_auto (PdgApiParameters) parameters = { 0 };
  PdgApiOutcome outcome;
  const char *message = NULL;

  if (by_post ? pdg_api_parameters_read_body (&parameters, pdg_http_request_get_body (request), &outcome, &message)
              : pdg_api_parameters_read_query (&parameters, get_query_param, request, &outcome, &message))
    {
      run (api, request, principal, media, &parameters, !by_post);
      return;
    }
  if (outcome == PDG_API_OUTCOME_BATCH)
    pdg_api_guards_count (api->guards, "batch");
  respond_error (api, request, PDG_API_MEDIA_JSON, outcome, message, "BAD_REQUEST"); /* no GraphQL was read yet */
}

static void
early_cb (PdgHttpRequest *request, gpointer user_data)
{
  if (g_str_equal (pdg_http_request_get_method (request), "POST")
      && !pdg_api_is_json_type (pdg_http_request_get_header (request, "Content-Type")))
    pdg_http_request_respond_error (request, 415, "send the request as JSON in UTF-8, with Content-Type: application/json");
  else if (!pdg_api_stream_is_wanted (request)
           && pdg_api_media_choose (pdg_http_request_get_header (request, "Accept"), ANSWERED_ONCE) == PDG_API_MEDIA_NONE)
    pdg_http_request_respond_error (request, 406, "accept application/graphql-response+json or application/json");
}

static void
graphql_cb (PdgHttpRequest *request, gpointer user_data)
{
  PdgApi *api = user_data;

  if (pdg_api_stream_is_wanted (request))
    pdg_api_stream_respond (api, request);
  else
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
  pdg_http_server_add_route (server, "GET, POST", "/graphql", api->options.graphql_body_bytes, early_cb, graphql_cb, api, NULL);
  pdg_http_server_add_route (server, "GET", "/v1/blobs/*", 0, NULL, blobs_cb, api, NULL);
}
