#include "config.h"
#include "http/pdg-http-client.h"

#include <libsoup/soup.h>

#include "http/pdg-http-server.h"

#define TIMEOUT_MS_DEFAULT 30000
#define MAX_BODY_BYTES_DEFAULT (64 * 1024 * 1024)
#define READ_BYTES (64 * 1024)

struct _PdgHttpClient
{
  guint timeout_ms;
  gsize max_body_bytes;
  gboolean idempotent;
  GMainContext *sync_context; /* waiting requests run here, so that the caller's sources do not */
  SoupSession *sync_session;
  SoupSession *async_session;
};

struct _PdgHttpAnswer
{
  guint status;
  GBytes *body;
  SoupMessageHeaders *headers;
};

/* One request under way. */
typedef struct
{
  SoupMessage *message;
  gsize max_body_bytes;
  GByteArray *body;
  GInputStream *stream;
  GCancellable *inner; /* the caller's cancellable and the deadline both lead here */
  GCancellable *outer;
  gulong outer_id;
  GSource *deadline;
  gboolean too_late;
} Transfer;

static SoupSession *
session_new (void)
{
  SoupSession *session = soup_session_new ();

  /* Our own server on this machine is the usual other end: a proxy from the environment would only be in the way. */
  soup_session_set_proxy_resolver (session, NULL);
  return session;
}

PdgHttpClient *
pdg_http_client_new (guint timeout_ms)
{
  PdgHttpClient *self = g_new0 (PdgHttpClient, 1);

  self->timeout_ms = timeout_ms > 0 ? timeout_ms : TIMEOUT_MS_DEFAULT;
  self->max_body_bytes = MAX_BODY_BYTES_DEFAULT;
  return self;
}

void
pdg_http_client_free (PdgHttpClient *self)
{
  if (self->async_session != NULL)
    soup_session_abort (self->async_session);
  g_clear_object (&self->async_session);
  if (self->sync_context != NULL)
    {
      g_main_context_push_thread_default (self->sync_context);
      soup_session_abort (self->sync_session);
      g_clear_object (&self->sync_session);
      while (g_main_context_iteration (self->sync_context, FALSE))
        ;
      g_main_context_pop_thread_default (self->sync_context);
      g_main_context_unref (self->sync_context);
    }
  g_free (self);
}

void
pdg_http_client_set_max_body_bytes (PdgHttpClient *self, gsize max_body_bytes)
{
  self->max_body_bytes = max_body_bytes;
}

void
pdg_http_client_set_idempotent (PdgHttpClient *self, gboolean idempotent)
{
  self->idempotent = idempotent;
}

guint
pdg_http_answer_get_status (PdgHttpAnswer *answer)
{
  return answer->status;
}

GBytes *
pdg_http_answer_get_body (PdgHttpAnswer *answer)
{
  return answer->body;
}

const char *
pdg_http_answer_get_header (PdgHttpAnswer *answer, const char *name)
{
  return soup_message_headers_get_one (answer->headers, name);
}

void
pdg_http_answer_free (PdgHttpAnswer *answer)
{
  g_bytes_unref (answer->body);
  soup_message_headers_unref (answer->headers);
  g_free (answer);
}

static void
transfer_free (gpointer data)
{
  Transfer *self = data;

  if (self->outer != NULL)
    g_cancellable_disconnect (self->outer, self->outer_id);
  if (self->deadline != NULL)
    g_source_destroy (self->deadline);
  g_clear_pointer (&self->deadline, g_source_unref);
  g_clear_object (&self->outer);
  g_clear_object (&self->inner);
  g_clear_object (&self->stream);
  g_clear_object (&self->message);
  g_byte_array_unref (self->body);
  g_free (self);
}

static gboolean
deadline_cb (gpointer user_data)
{
  Transfer *self = user_data;

  self->too_late = TRUE;
  g_cancellable_cancel (self->inner);
  return G_SOURCE_REMOVE;
}

static void
outer_cancelled_cb (GCancellable *outer, gpointer user_data)
{
  g_cancellable_cancel (G_CANCELLABLE (user_data));
}

/* libsoup aborts when a stream ends under another main context than it began under, so not later than this. */
static void
transfer_close (Transfer *self)
{
  g_clear_object (&self->stream);
}

/* Consumes @error and @task. */
static void
transfer_fail (GTask *task, GError *error)
{
  Transfer *self = g_task_get_task_data (task);
  const char *host = g_uri_get_host (soup_message_get_uri (self->message));

  transfer_close (self);
  if (self->too_late)
    g_task_return_new_error (task, PDG_HTTP_ERROR, PDG_HTTP_ERROR_CLIENT, "%s gave no answer in time: is the server busy?", host);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_new_error (task, PDG_HTTP_ERROR, PDG_HTTP_ERROR_CLIENT, "no answer from %s: %s", host, error->message);
  g_clear_error (&error);
  g_object_unref (task);
}

static void
transfer_succeed (GTask *task)
{
  Transfer *self = g_task_get_task_data (task);
  PdgHttpAnswer *answer = g_new0 (PdgHttpAnswer, 1);

  transfer_close (self);
  answer->status = soup_message_get_status (self->message);
  answer->body = g_byte_array_free_to_bytes (self->body);
  self->body = g_byte_array_new ();
  answer->headers = soup_message_headers_ref (soup_message_get_response_headers (self->message));
  g_task_return_pointer (task, answer, (GDestroyNotify) pdg_http_answer_free);
  g_object_unref (task);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Transfer *self = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GBytes) bytes = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);

  if (bytes == NULL)
    {
      transfer_fail (task, error);
      return;
    }
  if (g_bytes_get_size (bytes) == 0)
    {
      transfer_succeed (task);
      return;
    }
  if (self->body->len + g_bytes_get_size (bytes) > self->max_body_bytes)
    {
      transfer_fail (task, g_error_new (PDG_HTTP_ERROR, PDG_HTTP_ERROR_CLIENT, "the answer is longer than %" G_GSIZE_FORMAT
                                        " bytes", self->max_body_bytes));
      return;
    }
  g_byte_array_append (self->body, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_input_stream_read_bytes_async (self->stream, READ_BYTES, G_PRIORITY_DEFAULT, self->inner, read_cb, task);
}

static void
sent_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Transfer *self = g_task_get_task_data (task);
  GError *error = NULL;

  self->stream = soup_session_send_finish (SOUP_SESSION (source), result, &error);
  if (self->stream == NULL)
    {
      transfer_fail (task, error);
      return;
    }
  g_input_stream_read_bytes_async (self->stream, READ_BYTES, G_PRIORITY_DEFAULT, self->inner, read_cb, task);
}

static SoupMessage *
message_new (const char *method, const char *url, const char *const *headers, GBytes *body)
{
  SoupMessage *message = soup_message_new (method, url);
  const char *type = NULL;

  if (message == NULL)
    return NULL;
  for (guint i = 0; headers != NULL && headers[i] != NULL && headers[i + 1] != NULL; i += 2)
    {
      if (g_ascii_strcasecmp (headers[i], "Content-Type") == 0)
        type = headers[i + 1];
      else
        soup_message_headers_append (soup_message_get_request_headers (message), headers[i], headers[i + 1]);
    }
  if (body != NULL)
    soup_message_set_request_body_from_bytes (message, type != NULL ? type : "application/octet-stream", body);
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  return message;
}

/* Starts on the thread-default context. */
static void
client_start (PdgHttpClient *self, SoupSession *session, const char *method, const char *url, const char *const *headers,
              GBytes *body, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Transfer *transfer;
  SoupMessage *message = message_new (method, url, headers, body);

  g_task_set_source_tag (task, client_start);
  if (message == NULL)
    {
      g_task_return_new_error (task, PDG_HTTP_ERROR, PDG_HTTP_ERROR_CLIENT,
                               "“%s” is not a URL: it should look like http://127.0.0.1:8080/path", url);
      g_object_unref (task);
      return;
    }
  if (self->idempotent)
    soup_message_add_flags (message, SOUP_MESSAGE_IDEMPOTENT);
  transfer = g_new0 (Transfer, 1);
  transfer->message = message;
  transfer->max_body_bytes = self->max_body_bytes;
  transfer->body = g_byte_array_new ();
  transfer->inner = g_cancellable_new ();
  transfer->deadline = g_timeout_source_new (self->timeout_ms);
  g_task_set_task_data (task, transfer, transfer_free);
  g_source_set_callback (transfer->deadline, deadline_cb, transfer, NULL);
  g_source_attach (transfer->deadline, g_main_context_get_thread_default ());
  if (cancellable != NULL)
    {
      transfer->outer = g_object_ref (cancellable);
      transfer->outer_id = g_cancellable_connect (cancellable, G_CALLBACK (outer_cancelled_cb), transfer->inner, NULL);
    }
  soup_session_send_async (session, message, G_PRIORITY_DEFAULT, transfer->inner, sent_cb, task);
}

void
pdg_http_client_request_async (PdgHttpClient *self, const char *method, const char *url, const char *const *headers,
                               GBytes *body, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  if (self->async_session == NULL)
    self->async_session = session_new ();
  client_start (self, self->async_session, method, url, headers, body, cancellable, callback, user_data);
}

PdgHttpAnswer *
pdg_http_client_request_finish (PdgHttpClient *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, client_start), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
keep_result_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

PdgHttpAnswer *
pdg_http_client_request (PdgHttpClient *self, const char *method, const char *url, const char *const *headers, GBytes *body,
                         GCancellable *cancellable, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  PdgHttpAnswer *answer;

  if (self->sync_context == NULL)
    self->sync_context = g_main_context_new ();
  g_main_context_push_thread_default (self->sync_context);
  if (self->sync_session == NULL)
    self->sync_session = session_new ();
  client_start (self, self->sync_session, method, url, headers, body, cancellable, keep_result_cb, &result);
  while (result == NULL)
    g_main_context_iteration (self->sync_context, TRUE);
  answer = pdg_http_client_request_finish (self, result, error);
  g_clear_object (&result);
  g_main_context_pop_thread_default (self->sync_context);
  return answer;
}
