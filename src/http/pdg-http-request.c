#include "config.h"
#include "http/pdg-http-request.h"

#include <string.h>

#include "base/pdg-context.h"
#include "http/pdg-http-private.h"

static char *
dup_media_type (const char *type)
{
  char *name;

  if (type == NULL)
    return NULL;
  name = g_ascii_strdown (type, (gssize) strcspn (type, ";"));
  return g_strchomp (name);
}

PdgHttpRequest *
pdg_http_request_new (PdgHttpExchange *exchange, SoupServerMessage *message, const char *path)
{
  PdgHttpRequest *self = g_new0 (PdgHttpRequest, 1);
  GUri *uri = soup_server_message_get_uri (message);

  g_atomic_ref_count_init (&self->ref_count);
  self->exchange = pdg_http_exchange_ref (exchange);
  self->headers = soup_message_headers_ref (soup_server_message_get_request_headers (message));
  self->method = soup_server_message_get_method (message);
  self->path = g_strdup (path);
  self->query = uri != NULL ? g_strdup (g_uri_get_query (uri)) : NULL;
  self->path_rest = "";
  self->remote = g_ref_string_acquire (exchange->connection->remote);
  self->is_loopback = exchange->connection->is_loopback;
  self->is_http_1_1 = soup_server_message_get_http_version (message) != SOUP_HTTP_1_0;
  self->stream_queue_bytes = exchange->worker->server->limits.stream_queue_bytes;
  self->stream_queue_messages = exchange->worker->server->limits.stream_queue_messages;
  self->start_usec = g_get_monotonic_time ();
  self->content_length = soup_message_headers_get_one (self->headers, "Content-Length") != NULL
                           ? (gint64) soup_message_headers_get_content_length (self->headers)
                           : -1;
  self->content_type = dup_media_type (soup_message_headers_get_one (self->headers, "Content-Type"));
  return self;
}

PdgHttpRequest *
pdg_http_request_new_plain (PdgHttpLaneConnection *lane, const PdgHttpRoute *route, const PdgHttpPlain *plain)
{
  PdgHttpRequest *self = g_new0 (PdgHttpRequest, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->lane = lane;
  self->plain = plain;
  self->may_leave = route->leaves;
  self->method = plain->is_post ? "POST" : "GET";
  self->route_path = route->path;
  self->path = g_strndup (plain->path, plain->path_len);
  self->query = plain->query != NULL ? g_strndup (plain->query, plain->query_len) : NULL;
  self->path_rest = "";
  self->remote = g_ref_string_acquire (pdg_http_lane_connection_get_remote (lane, &self->is_loopback));
  self->is_http_1_1 = TRUE;
  self->start_usec = g_get_monotonic_time ();
  self->content_length = plain->is_post ? (gint64) plain->body_bytes : -1;
  self->content_type = dup_media_type (pdg_http_request_get_header (self, "Content-Type"));
  return self;
}

static void
request_free (PdgHttpRequest *self)
{
  pdg_http_request_set_data (self, NULL, NULL);
  g_clear_pointer (&self->exchange, pdg_http_exchange_unref);
  g_clear_pointer (&self->headers, soup_message_headers_unref);
  g_ref_string_release (self->remote);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_clear_pointer (&self->response_body, g_bytes_unref);
  g_clear_pointer (&self->channel, pdg_http_channel_unref);
  g_clear_pointer (&self->response_headers, g_ptr_array_unref);
  g_clear_pointer (&self->own_plain, g_free);
  g_clear_pointer (&self->own_texts, g_string_chunk_free);
  g_clear_object (&self->own_cancellable);
  g_free (self->content_type);
  g_free (self->response_type);
  g_free (self->path);
  g_free (self->query);
  g_free (self);
}

PdgHttpRequest *
pdg_http_request_ref (PdgHttpRequest *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/* The last reference of an unanswered request becomes the answer's. */
void
pdg_http_request_unref (PdgHttpRequest *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  if (!g_atomic_int_get (&self->answered))
    {
      g_atomic_ref_count_init (&self->ref_count);
      pdg_http_request_respond_error (self, 500, "the server gave no answer to this request: try again, and report it");
      pdg_http_request_unref (self);
      return;
    }
  request_free (self);
}

/* Nobody will see an answer any more: its connection has gone before the handler saw it. */
void
pdg_http_request_cancel (PdgHttpRequest *self)
{
  g_atomic_int_set (&self->answered, TRUE);
}

const char *
pdg_http_request_get_method (PdgHttpRequest *self)
{
  return self->method;
}

const char *
pdg_http_request_get_path (PdgHttpRequest *self)
{
  return self->path;
}

const char *
pdg_http_request_get_route (PdgHttpRequest *self)
{
  return self->route_path;
}

const char *
pdg_http_request_get_path_rest (PdgHttpRequest *self)
{
  return self->path_rest;
}

const char *
pdg_http_request_get_query (PdgHttpRequest *self)
{
  return self->query;
}

char *
pdg_http_request_dup_query_param (PdgHttpRequest *self, const char *name)
{
  return pdg_http_query_dup_value (self->query, name);
}

const char *
pdg_http_request_get_header (PdgHttpRequest *self, const char *name)
{
  const PdgHttpPlainField *field;

  if (self->headers != NULL)
    return soup_message_headers_get_one (self->headers, name);
  if (self->plain == NULL)
    return NULL;
  field = pdg_http_plain_lookup (self->plain, name);
  return field != NULL ? field->value : NULL;
}

const char *
pdg_http_request_get_content_type (PdgHttpRequest *self)
{
  return self->content_type;
}

GBytes *
pdg_http_request_get_body (PdgHttpRequest *self)
{
  static GBytes *empty;

  if (self->body != NULL)
    return self->body;
  if (g_once_init_enter (&empty))
    g_once_init_leave (&empty, g_bytes_new_static ("", 0));
  return empty;
}

const char *
pdg_http_request_get_remote (PdgHttpRequest *self)
{
  return self->remote;
}

gboolean
pdg_http_request_is_loopback (PdgHttpRequest *self)
{
  static const char *const forwarding[] = { "X-Forwarded-For", "Forwarded", "X-Real-IP", "Via" };

  if (!self->is_loopback)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (forwarding); i++)
    if (pdg_http_request_get_header (self, forwarding[i]) != NULL)
      return FALSE;
  return TRUE;
}

void
pdg_http_request_set_data (PdgHttpRequest *self, gpointer data, GDestroyNotify destroy)
{
  gpointer old_data = self->data;
  GDestroyNotify old_destroy = self->data_destroy;

  self->data = data;
  self->data_destroy = destroy;
  if (old_destroy != NULL)
    old_destroy (old_data);
}

gpointer
pdg_http_request_get_data (PdgHttpRequest *self)
{
  return self->data;
}

/* Nobody cancels it: its connection may have gone when it is asked for. */
static GCancellable *
get_own_cancellable (PdgHttpRequest *self)
{
  g_autoptr (GCancellable) fresh = NULL;

  if (g_atomic_pointer_get (&self->own_cancellable) == NULL)
    {
      fresh = g_cancellable_new ();
      if (g_atomic_pointer_compare_and_exchange (&self->own_cancellable, NULL, fresh))
        g_steal_pointer (&fresh);
    }
  return g_atomic_pointer_get (&self->own_cancellable);
}

GCancellable *
pdg_http_request_get_cancellable (PdgHttpRequest *self)
{
  PdgHttpExchange *exchange = self->exchange;
  GCancellable *cancellable;
  gboolean gone;

  if (self->may_leave)
    return get_own_cancellable (self);
  if (self->lane != NULL)
    return pdg_http_lane_connection_get_cancellable (self->lane);
  g_mutex_lock (&exchange->worker->lock);
  if (exchange->cancellable == NULL)
    exchange->cancellable = g_cancellable_new ();
  cancellable = exchange->cancellable;
  gone = exchange->client_gone;
  g_mutex_unlock (&exchange->worker->lock);
  if (gone)
    g_cancellable_cancel (cancellable);
  return cancellable;
}

/* The fields lie in a text that is the lane's. */
static void
own_fields (PdgHttpRequest *self)
{
  self->own_plain = g_memdup2 (self->plain, sizeof *self->plain);
  self->own_texts = g_string_chunk_new (1024);
  for (guint i = 0; i < self->own_plain->n_fields; i++)
    {
      PdgHttpPlainField *field = &self->own_plain->fields[i];

      field->name = g_string_chunk_insert_len (self->own_texts, field->name, field->name_len);
      field->value = g_string_chunk_insert_len (self->own_texts, field->value, field->value_len);
    }
  self->plain = self->own_plain;
}

typedef struct
{
  PdgHttpContinueFunc func;
  gpointer data; /* NULL once @func has it */
  GDestroyNotify destroy;
} Continuation;

static gboolean
continue_cb (gpointer user_data)
{
  Continuation *continuation = user_data;

  continuation->func (g_steal_pointer (&continuation->data));
  return G_SOURCE_REMOVE;
}

static void
continuation_free (gpointer user_data)
{
  Continuation *continuation = user_data;

  if (continuation->data != NULL)
    continuation->destroy (continuation->data);
  g_free (continuation);
}

void
pdg_http_request_continue (PdgHttpRequest *self, PdgHttpContinueFunc func, gpointer data, GDestroyNotify destroy)
{
  Continuation *continuation;

  if (self->lane == NULL || self->own_plain != NULL)
    {
      func (data);
      return;
    }
  own_fields (self);
  continuation = g_new (Continuation, 1);
  *continuation = (Continuation) { func, data, destroy };
  pdg_context_post (pdg_http_lane_connection_get_worker (self->lane)->context, continue_cb, continuation, continuation_free);
}

void
pdg_http_request_add_response_header (PdgHttpRequest *self, const char *name, const char *value)
{
  g_return_if_fail (!g_atomic_int_get (&self->answered));
  g_return_if_fail (name != NULL && *name != '\0' && strpbrk (name, "\r\n: ") == NULL);
  g_return_if_fail (value != NULL && strpbrk (value, "\r\n") == NULL);

  if (self->response_headers == NULL)
    self->response_headers = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (self->response_headers, g_strdup (name));
  g_ptr_array_add (self->response_headers, g_strdup (value));
}

gboolean
pdg_http_request_deliver (PdgHttpRequest *self)
{
  PdgHttpExchange *exchange = self->exchange;

  if (self->lane != NULL)
    {
      pdg_http_lane_answer_left (self);
      return TRUE;
    }
  if (g_thread_self () != exchange->worker->thread || !exchange->dispatching)
    return pdg_http_worker_push_answered (exchange->worker, self);
  exchange->answered_inline = TRUE;
  return TRUE;
}

gboolean
pdg_http_request_respond (PdgHttpRequest *self, guint status, const char *content_type, GBytes *body)
{
  g_return_val_if_fail (status >= 200 && status < PDG_HTTP_STATUS_END, FALSE);
  g_return_val_if_fail (content_type != NULL || body == NULL || g_bytes_get_size (body) == 0, FALSE);
  g_return_val_if_fail (content_type == NULL || strpbrk (content_type, "\r\n") == NULL, FALSE);

  if (!g_atomic_int_compare_and_exchange (&self->answered, FALSE, TRUE))
    return FALSE;
  self->status = status;
  self->response_type = g_strdup (content_type);
  self->response_body = body != NULL ? g_bytes_ref (body) : NULL;

  pdg_http_request_deliver (self);
  return TRUE;
}

/* A JSON string escapes the quotes, the backslash and the controls; @message is UTF-8. */
char *
pdg_http_dup_error_json (const char *message)
{
  GString *json = g_string_new ("{\"error\":\"");

  for (const char *p = message; *p != '\0'; p++)
    {
      if (*p == '"' || *p == '\\')
        g_string_append_printf (json, "\\%c", *p);
      else if ((guchar) *p < 0x20)
        g_string_append_printf (json, "\\u%04x", (guchar) *p);
      else
        g_string_append_c (json, *p);
    }
  g_string_append (json, "\"}");
  return g_string_free (json, FALSE);
}

gboolean
pdg_http_request_respond_error (PdgHttpRequest *self, guint status, const char *message)
{
  g_autofree char *valid = g_utf8_make_valid (message, -1);
  char *json = pdg_http_dup_error_json (valid);
  g_autoptr (GBytes) body = g_bytes_new_take (json, strlen (json));

  return pdg_http_request_respond (self, status, "application/json", body);
}

void
pdg_http_request_replace_error (PdgHttpRequest *self, guint status, const char *message)
{
  g_clear_pointer (&self->response_type, g_free);
  g_clear_pointer (&self->response_body, g_bytes_unref);
  g_clear_pointer (&self->response_headers, g_ptr_array_unref);
  g_atomic_int_set (&self->answered, FALSE);
  pdg_http_request_respond_error (self, status, message);
}

gboolean
pdg_http_request_may_wait (PdgHttpRequest *self)
{
  return self->lane != NULL;
}

gboolean
pdg_http_request_is_answered (PdgHttpRequest *self)
{
  return g_atomic_int_get (&self->answered);
}
