#include "config.h"
#include "api/pdg-api-private.h"

#include "base/pdg-clock.h"
#include "canvas/pdg-image-store.h"
#include "codec/pdg-snapshot-form.h"
#include "service/pdg-commands-snapshots.h"
#include "service/pdg-picture-levels.h"

/* POST /v1/snapshots (docs/wire.md): the head of a picture is looked at when it is there; decoding and storing it is done by few threads,
 * one picture each, so that pictures take neither the events' processors nor their connections. */

#define SNAPSHOTS_PATH "/v1/snapshots"
#define MAX_THREADS 2
#define MAX_WAITING 16
#define IMAGE_BYTES (5u * 1024u * 1024u)
/* Beside the picture: two JSON texts of 1 MiB, and the form. */
#define BODY_BYTES (IMAGE_BYTES + 3u * 1024u * 1024u)

typedef struct
{
  PdgApi *api;
  PdgHttpRequest *request;
  PdgPrincipal *principal;
  PdgSnapshotForm *form;
  PdgPicture picture;
  PdgReceivedSnapshot received;
  PdgImageInfo info;
} Upload;

static void
upload_free (Upload *upload)
{
  pdg_http_request_unref (upload->request);
  pdg_principal_unref (upload->principal);
  pdg_snapshot_form_free (upload->form);
  g_free (upload);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Upload, upload_free)

/* ---- On a thread of the pool */

static gpointer
store_job (PdgDbConn *conn, gpointer job_data, GCancellable *cancellable, GError **error)
{
  Upload *upload = job_data;

  return GINT_TO_POINTER (pdg_commands_receive_snapshot (conn, upload->principal, upload->form, &upload->picture, &upload->received, error));
}

static void
respond_stored (Upload *upload)
{
  g_autofree char *sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, upload->form->image);
  g_autofree char *text = g_strdup_printf ("{\"snapshot_id\":\"%" G_GINT64_FORMAT "\",\"image\":\"/v1/blobs/%s\",\"media_type\":\"%s\","
                                           "\"width\":%d,\"height\":%d,\"duplicate\":%s}",
                                           upload->received.snapshot_no, sha256, upload->info.media_type, upload->info.width, upload->info.height,
                                           upload->received.is_new ? "false" : "true");
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));

  pdg_http_request_respond (upload->request, upload->received.is_new ? 201 : 200, "application/json", body);
}

static void
receive_worker (gpointer data, gpointer user_data)
{
  g_autoptr (Upload) upload = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgImage) image = pdg_image_store_decode (upload->form->image, &error);
  PdgStoreLevel levels[PDG_PICTURE_MAX_LEVELS];

  if (image == NULL)
    {
      pdg_http_request_respond_error (upload->request, 422, error->message);
      return;
    }
  upload->picture = (PdgPicture) {
    .image = upload->form->image, .media_type = upload->info.media_type, .levels = levels, .n_levels = pdg_picture_make_levels (image, levels),
    .width = upload->info.width, .height = upload->info.height,
  };
  if (pdg_db_pool_run_sync (upload->api->options.pool, PDG_DB_PRIORITY_BACKGROUND, store_job, upload,
                            pdg_http_request_get_cancellable (upload->request), &error))
    {
      pdg_hub_publish (upload->api->options.hub, upload->received.project_no);
      respond_stored (upload);
    }
  else
    pdg_api_respond_with_error (upload->request, error);
  pdg_picture_clear_levels (levels, upload->picture.n_levels);
}

/* ---- On the server's thread */

/* Whether the head of the picture is that of one, and of the one that its part says. */
static gboolean
check_picture (Upload *upload)
{
  g_autoptr (GError) error = NULL;
  const char *claimed = upload->form->media_type;
  g_autofree char *text = NULL;

  if (g_bytes_get_size (upload->form->image) > IMAGE_BYTES)
    pdg_http_request_respond_error (upload->request, 413, "image: the picture has more than 5 MiB; send it smaller, or as WebP");
  else if (!pdg_image_peek (upload->form->image, &upload->info, &error))
    pdg_http_request_respond_error (upload->request, g_error_matches (error, PDG_IMAGE_ERROR, PDG_IMAGE_ERROR_TOO_LARGE) ? 413 : 422, error->message);
  else if (claimed != NULL && g_str_has_prefix (claimed, "image/") && !g_str_equal (claimed, upload->info.media_type))
    {
      text = g_strdup_printf ("image: its part says %s, its bytes are %s; say what it is", claimed, upload->info.media_type);
      pdg_http_request_respond_error (upload->request, 415, text);
    }
  else
    return TRUE;
  return FALSE;
}

/* Takes out what must not be kept; FALSE never leaves a text half done. */
static void
redact (const PdgEventPolicies *policies, PdgSnapshotForm *form)
{
  const PdgSlice project = { form->project, (guint32) strlen (form->project) };
  const PdgEventPolicy *policy = pdg_event_policies_find (policies, project);
  struct { const char *path; char **text; } texts[] = { { "component_tree", &form->component_tree }, { "state", &form->state } };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GString) out = g_string_new (NULL);

      if (*texts[i].text == NULL || !pdg_redact_json (policy->redaction, texts[i].path, *texts[i].text, strlen (*texts[i].text), out, NULL, NULL))
        continue;
      g_free (*texts[i].text);
      *texts[i].text = g_strdup (out->str);
    }
}

static void
receive_by_policies (PdgEventPolicies *policies, const GError *cause, gpointer user_data)
{
  g_autoptr (Upload) upload = user_data;
  PdgApi *api = upload->api;
  g_autofree char *reason = NULL;
  guint status;

  if (policies == NULL)
    pdg_api_respond_with_error (upload->request, cause);
  else if (!pdg_api_may_send (api, upload->request, upload->principal, 1, &status, &reason))
    pdg_http_request_respond_error (upload->request, status, reason);
  else if (g_thread_pool_unprocessed (api->pictures) >= MAX_WAITING)
    {
      pdg_http_request_add_response_header (upload->request, "Retry-After", PDG_API_RETRY_AFTER_SECONDS);
      pdg_http_request_respond_error (upload->request, 503, "more pictures arrive than can be stored; send the same one again a little later");
    }
  else
    {
      redact (policies, upload->form);
      g_thread_pool_push (api->pictures, g_steal_pointer (&upload), NULL);
    }
}

static PdgSnapshotForm *
read_form (PdgHttpRequest *request, GError **error)
{
  GBytes *body = pdg_http_request_get_body (request);
  const char *type = pdg_http_request_get_header (request, "Content-Type");
  g_autoptr (GArray) parts = pdg_multipart_parse (type, body, error);

  return parts != NULL ? pdg_snapshot_form_read (parts, body, pdg_clock_now_usec (), error) : NULL;
}

static void
receive (PdgApi *api, PdgHttpRequest *request, PdgPrincipal *principal)
{
  g_autoptr (Upload) upload = NULL;
  g_autoptr (GError) error = NULL;
  PdgSnapshotForm *form;

  if (!pdg_principal_may (principal, PDG_ROLE_INGEST))
    {
      pdg_http_request_respond_error (request, 403, "this is a token for reading; send pictures with an ingest key of the project");
      return;
    }
  form = read_form (request, &error);
  if (form == NULL)
    {
      pdg_api_respond_with_error (request, error);
      return;
    }
  upload = g_new0 (Upload, 1);
  *upload = (Upload) { .api = api, .request = pdg_http_request_ref (request), .principal = pdg_principal_ref (principal), .form = form };
  if (check_picture (upload))
    pdg_api_with_policies (api, request, principal, receive_by_policies, g_steal_pointer (&upload));
}

/* Before the body is read. */
static void
early_cb (PdgHttpRequest *request, gpointer user_data)
{
  PdgApi *api = user_data;
  g_autofree char *credential = pdg_api_dup_credential (request);
  g_autoptr (PdgPrincipal) principal = NULL;

  if (g_str_equal (pdg_http_request_get_method (request), "OPTIONS"))
    return;
  pdg_api_add_cors_headers (request);
  if (g_strcmp0 (pdg_http_request_get_content_type (request), "multipart/form-data") != 0)
    pdg_http_request_respond_error (request, 415, "send the picture as a form, with Content-Type: multipart/form-data "
                                                  "(curl -F image=@shot.png -F project_id=… -F page.path=…)");
  else if (pdg_http_request_get_header (request, "Content-Encoding") != NULL)
    pdg_http_request_respond_error (request, 415, "Content-Encoding: pictures are packed already; send the form without");
  else if (credential == NULL ? !pdg_api_is_keyless (api, request)
                              : pdg_credentials_peek (api->options.credentials, credential, &principal) == PDG_CREDENTIAL_BAD)
    {
      pdg_http_request_add_response_header (request, "WWW-Authenticate", "Bearer");
      pdg_http_request_respond_error (request, 401, "a valid ingest key of the project is needed, as X-PG-API-Key: KEY (or "
                                                    "Authorization: Bearer KEY, or ?key=KEY)");
    }
}

static void
snapshots_cb (PdgHttpRequest *request, gpointer user_data)
{
  PdgApi *api = user_data;

  if (g_str_equal (pdg_http_request_get_method (request), "OPTIONS"))
    pdg_api_preflight (request, "POST, OPTIONS", PDG_API_CORS_HEADERS);
  else
    pdg_api_authorise (api, request, pdg_api_is_keyless (api, request) ? api->local_ingest : NULL, receive);
}

GThreadPool *
pdg_api_snapshots_pool_new (void)
{
  return g_thread_pool_new_full (receive_worker, NULL, (GDestroyNotify) upload_free, MAX_THREADS, FALSE, NULL);
}

void
pdg_api_add_snapshot_routes (PdgApi *api, PdgHttpServer *server)
{
  pdg_http_server_add_route (server, "POST, OPTIONS", SNAPSHOTS_PATH, BODY_BYTES, early_cb, snapshots_cb, api, NULL);
}
