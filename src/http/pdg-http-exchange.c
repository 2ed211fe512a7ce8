#include "config.h"
#include "http/pdg-http-private.h"

#include <string.h>

#define FIRST_BODY_BYTES (256 * 1024)

static PdgHttpExchange *
exchange_new (PdgHttpConnection *connection, SoupServerMessage *message)
{
  PdgHttpExchange *self = g_new0 (PdgHttpExchange, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->worker = pdg_http_worker_ref (connection->worker);
  self->connection = connection;
  self->message = g_object_ref (message);
  self->start_usec = g_get_monotonic_time ();
  self->worker->n_in_flight++;
  PDG_HTTP_COUNT (self->worker->server->counters.requests_in_flight, 1);
  return self;
}

PdgHttpExchange *
pdg_http_exchange_ref (PdgHttpExchange *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
pdg_http_exchange_unref (PdgHttpExchange *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_clear_object (&self->cancellable);
  pdg_http_worker_unref (self->worker);
  g_free (self);
}

static gboolean
may_have_body (PdgHttpExchange *self)
{
  return soup_message_headers_get_encoding (soup_server_message_get_request_headers (self->message)) != SOUP_ENCODING_NONE;
}

static gboolean
is_chunked (PdgHttpExchange *self)
{
  return soup_message_headers_get_encoding (soup_server_message_get_request_headers (self->message)) == SOUP_ENCODING_CHUNKED;
}

static gboolean
expects_continue (PdgHttpExchange *self)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (self->message);

  return (soup_message_headers_get_expectations (headers) & SOUP_EXPECTATION_CONTINUE) != 0;
}

/* Puts @request's answer on the message; libsoup sends it. */
static void
exchange_apply (PdgHttpExchange *self, PdgHttpRequest *request, gboolean close_after)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (self->message);
  SoupMessageBody *body = soup_server_message_get_response_body (self->message);
  gsize body_bytes = request->response_body != NULL ? g_bytes_get_size (request->response_body) : 0;
  gboolean bodyless = request->status == 204 || request->status == 304;

  self->status = request->status;
  soup_server_message_set_status (self->message, request->status, NULL);
  for (guint i = 0; request->response_headers != NULL && i + 1 < request->response_headers->len; i += 2)
    soup_message_headers_append (headers, g_ptr_array_index (request->response_headers, i),
                                 g_ptr_array_index (request->response_headers, i + 1));
  if (request->response_type != NULL)
    soup_message_headers_replace (headers, "Content-Type", request->response_type);
  /* Behind a chunked body libsoup may hold bytes that PdgHttpHead has not looked at. */
  if (close_after || self->worker->stopping || is_chunked (self))
    soup_message_headers_replace (headers, "Connection", "close");
  if (soup_message_headers_get_one (headers, "Date") == NULL) /* gone after an interim response */
    {
      g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
      g_autofree char *date = soup_date_time_to_string (now, SOUP_DATE_HTTP);

      soup_message_headers_replace (headers, "Date", date);
    }

  /* Not accumulating also keeps libsoup from answering Range by itself, many overlapping ones included. */
  soup_message_body_set_accumulate (body, FALSE);
  if (request->status == 304)
    soup_message_headers_set_encoding (headers, SOUP_ENCODING_NONE);
  if (body_bytes > 0 && !bodyless)
    {
      soup_message_body_append_bytes (body, request->response_body);
      if (request->method != SOUP_METHOD_HEAD)
        pdg_http_stream_join_writes (self->connection->stream);
    }
}

/* Answers before the body is read. libsoup can only do that when it need not wait for much of the body. */
static void
exchange_refuse (PdgHttpExchange *self, PdgHttpRequest *request, gboolean in_body)
{
  PdgHttpConnection *connection = self->connection;
  const PdgHttpLimits *limits = &self->worker->server->limits;
  gboolean has_body = may_have_body (self);
  gboolean expecting = !in_body && expects_continue (self);
  gboolean short_body = request->content_length >= 0 && (gsize) request->content_length <= limits->drain_bytes;

  self->refused = TRUE;
  if (!has_body || expecting || (short_body && !in_body && !self->worker->stopping))
    {
      exchange_apply (self, request, expecting);
      if (has_body && !expecting)
        pdg_http_connection_set_phase (connection, PDG_HTTP_PHASE_BODY);
      else
        pdg_http_connection_set_phase (connection, PDG_HTTP_PHASE_WRITE);
      return;
    }

  self->status = request->status;
  soup_server_message_set_status (self->message, request->status, NULL);
  soup_message_headers_replace (soup_server_message_get_response_headers (self->message), "Connection", "close");
  pdg_http_connection_reject (connection, request->status, request->response_type, request->response_body,
                              request->response_headers);
}

static void
refuse_method (PdgHttpExchange *self, PdgHttpRequest *request)
{
  g_autofree char *allow = pdg_http_router_dup_allow (self->worker->router, request->path);

  pdg_http_request_add_response_header (request, "Allow", allow);
  if (g_str_equal (request->method, "OPTIONS"))
    {
      pdg_http_request_respond (request, 204, NULL, NULL);
      return;
    }
  g_autofree char *text = g_strdup_printf ("%s is not possible here: use %s", request->method, allow);
  pdg_http_request_respond_error (request, 405, text);
}

static void
refuse_length (PdgHttpExchange *self, PdgHttpRequest *request)
{
  g_autofree char *text = g_strdup_printf ("the body is longer than the %" G_GSIZE_FORMAT " bytes taken here: send less at once",
                                           self->max_body_bytes);

  pdg_http_request_respond_error (request, 413, text);
}

static void
refuse_while_stopping (PdgHttpRequest *request)
{
  pdg_http_request_add_response_header (request, "Retry-After", "1");
  pdg_http_request_respond_error (request, 503, "the server is stopping: try again in a moment");
}

/* Everything that can be said before the body. Leaves @request answered when it is refused. */
static void
exchange_decide (PdgHttpExchange *self, PdgHttpRequest *request, gboolean path_valid)
{
  PdgHttpServer *server = self->worker->server;
  PdgHttpRoute *upgrade;
  gboolean path_known = FALSE;
  guint soup_status = soup_server_message_get_status (self->message);

  self->route = path_valid ? pdg_http_router_lookup (server->router, request->method, request->path, &path_known) : NULL;
  if (self->route != NULL)
    {
      request->route_path = self->route->path;
      request->path_rest = self->route->is_prefix ? request->path + self->route->path_len : "";
      self->max_body_bytes = self->route->max_body_bytes;
    }
  if (path_valid && pdg_http_web_socket_is_asked_for (request)
      && (upgrade = pdg_http_router_lookup_web_socket (server->router, request->path)) != NULL)
    {
      path_known = TRUE;
      self->route = upgrade;
      request->route_path = upgrade->path;
      self->max_body_bytes = 0;
    }
  if (server->filter != NULL)
    server->filter (request, server->filter_data);
  if (request->answered)
    return;

  if (self->worker->stopping)
    refuse_while_stopping (request);
  else if (soup_status != 0 || !path_valid)
    pdg_http_request_respond_error (request, 400, "the request line or a header is not valid HTTP/1.1: check the client");
  else if (soup_server_message_is_options_ping (self->message))
    refuse_method (self, request);
  else if (!path_known)
    pdg_http_request_respond_error (request, 404, "there is nothing at this path: check the URL");
  else if (self->route == NULL)
    refuse_method (self, request);
  else if (request->content_length > 0 && (gsize) request->content_length > self->max_body_bytes)
    refuse_length (self, request);
  else if (self->route->open != NULL && !pdg_http_web_socket_check (request))
    ; /* and told why */
  else if (self->route->early != NULL)
    self->route->early (request, self->route->user_data);
}

static void
got_headers_cb (SoupServerMessage *message, gpointer user_data)
{
  PdgHttpConnection *connection = user_data;
  PdgHttpExchange *self = exchange_new (connection, message);
  g_autofree char *path = pdg_http_decode_path (g_uri_get_path (soup_server_message_get_uri (message)));
  PdgHttpRequest *request = pdg_http_request_new (self, message, path != NULL ? path : "");

  connection->exchange = self;
  self->reading = request;
  soup_message_body_set_accumulate (soup_server_message_get_request_body (message), FALSE);

  self->dispatching = TRUE;
  exchange_decide (self, request, path != NULL);
  self->dispatching = FALSE;

  if (request->answered)
    {
      exchange_refuse (self, request, FALSE);
      return;
    }
  /* What libsoup itself would answer (a bad scheme) has been answered above, so from here on the status is ours. */
  pdg_http_connection_set_phase (connection, may_have_body (self) ? PDG_HTTP_PHASE_BODY : PDG_HTTP_PHASE_WORK);
}

static void
got_chunk_cb (SoupServerMessage *message, GBytes *chunk, gpointer user_data)
{
  PdgHttpConnection *connection = user_data;
  PdgHttpExchange *self = connection->exchange;
  gsize size = g_bytes_get_size (chunk);

  if (self == NULL || self->refused)
    return;

  self->body_bytes += size;
  if (self->body_bytes > self->max_body_bytes)
    {
      self->dispatching = TRUE;
      refuse_length (self, self->reading);
      self->dispatching = FALSE;
      exchange_refuse (self, self->reading, TRUE);
      return;
    }
  if (self->first_chunk == NULL && self->body == NULL)
    {
      self->first_chunk = g_bytes_ref (chunk);
      return;
    }
  if (self->body == NULL)
    {
      gsize expected = MAX (self->reading->content_length, 0);

      self->body = g_byte_array_sized_new (CLAMP (expected, self->body_bytes, MAX (FIRST_BODY_BYTES, self->body_bytes)));
      g_byte_array_append (self->body, g_bytes_get_data (self->first_chunk, NULL), g_bytes_get_size (self->first_chunk));
      g_clear_pointer (&self->first_chunk, g_bytes_unref);
    }
  g_byte_array_append (self->body, g_bytes_get_data (chunk, NULL), size);
}

/* libsoup goes on with a message that nobody sees. */
static void
exchange_let_go (PdgHttpExchange *self, guint status)
{
  PdgHttpConnection *connection = self->connection;

  self->status = status;
  soup_server_message_set_status (self->message, 500, NULL);
  soup_message_headers_replace (soup_server_message_get_response_headers (self->message), "Connection", "close");
  pdg_http_exchange_finish (connection);
}

static void
exchange_upgrade (PdgHttpConnection *connection, PdgHttpRequest *request)
{
  g_atomic_int_set (&request->answered, TRUE);
  exchange_let_go (connection->exchange, 101);
  pdg_http_web_socket_accept (request, connection);
}

/* The answer is a stream, which gets the connection. */
static void
exchange_stream (PdgHttpExchange *self, PdgHttpRequest *request)
{
  g_autoptr (PdgHttpChannel) channel = g_steal_pointer (&request->channel);
  PdgHttpConnection *connection = self->connection;

  exchange_let_go (self, request->status);
  pdg_http_channel_attach (channel, connection);
}

void
pdg_http_exchange_got_body (PdgHttpConnection *connection)
{
  PdgHttpExchange *self = connection->exchange;
  g_autoptr (PdgHttpRequest) request = NULL;

  if (self == NULL || self->refused)
    return;
  request = g_steal_pointer (&self->reading);
  if (self->body != NULL)
    request->body = g_byte_array_free_to_bytes (g_steal_pointer (&self->body));
  else
    request->body = g_steal_pointer (&self->first_chunk);

  pdg_http_connection_set_phase (connection, PDG_HTTP_PHASE_WORK);
  if (self->route->open != NULL)
    {
      exchange_upgrade (connection, request);
      return;
    }
  self->dispatching = TRUE;
  self->route->handler (request, self->route->user_data);
  self->dispatching = FALSE;

  if (self->answered_inline && request->channel != NULL)
    {
      exchange_stream (self, request);
      return;
    }
  if (self->answered_inline)
    {
      exchange_apply (self, request, FALSE);
      pdg_http_connection_set_phase (connection, PDG_HTTP_PHASE_WRITE);
      return;
    }
  soup_server_message_pause (self->message);
  if (pdg_http_stream_is_hung_up (connection->stream))
    pdg_http_exchange_client_gone (self);
}

/* An answer from elsewhere arrived on the worker's thread. */
void
pdg_http_exchange_complete (PdgHttpExchange *self, PdgHttpRequest *request)
{
  if (self->connection == NULL || self->status != 0)
    {
      g_autoptr (PdgHttpChannel) channel = g_steal_pointer (&request->channel);

      if (channel != NULL)
        pdg_http_channel_attach (channel, NULL);
      return;
    }
  if (request->channel != NULL)
    {
      g_autoptr (SoupServerMessage) message = g_object_ref (self->message);

      exchange_stream (self, request);
      soup_server_message_unpause (message);
      return;
    }
  exchange_apply (self, request, FALSE);
  pdg_http_connection_set_phase (self->connection, PDG_HTTP_PHASE_WRITE);
  soup_server_message_unpause (self->message);
}

/* Nobody waits for the answer any more. FALSE when that was known. */
gboolean
pdg_http_exchange_cancel (PdgHttpExchange *self)
{
  g_autoptr (GCancellable) cancellable = NULL;
  gboolean known;

  g_mutex_lock (&self->worker->lock);
  known = self->client_gone;
  self->client_gone = TRUE;
  if (self->cancellable != NULL)
    cancellable = g_object_ref (self->cancellable);
  g_mutex_unlock (&self->worker->lock);

  if (cancellable != NULL)
    g_cancellable_cancel (cancellable);
  return !known;
}

void
pdg_http_exchange_client_gone (PdgHttpExchange *self)
{
  if (pdg_http_exchange_cancel (self))
    PDG_HTTP_COUNT (self->worker->server->counters.clients_gone, 1);
}

/* The message is over, well or badly: the connection has no exchange afterwards. */
void
pdg_http_exchange_finish (PdgHttpConnection *connection)
{
  PdgHttpExchange *self = g_steal_pointer (&connection->exchange);
  PdgHttpWorker *worker;

  if (self == NULL)
    return;
  worker = self->worker;
  if (self->status != 0 && !connection->rejected)
    pdg_http_router_count (worker->router, self->route, self->status, self->start_usec);
  if (self->status == 0 || pdg_http_stream_is_broken (connection->stream))
    pdg_http_exchange_client_gone (self);

  if (self->reading != NULL)
    {
      pdg_http_request_cancel (self->reading);
      g_clear_pointer (&self->reading, pdg_http_request_unref);
    }
  g_clear_pointer (&self->first_chunk, g_bytes_unref);
  g_clear_pointer (&self->body, g_byte_array_unref);
  g_signal_handlers_disconnect_by_data (self->message, connection);
  g_clear_object (&self->message);
  self->connection = NULL;
  worker->n_in_flight--;
  PDG_HTTP_COUNT (worker->server->counters.requests_in_flight, -1);
  pdg_http_exchange_unref (self);
}

void
pdg_http_exchange_watch (PdgHttpConnection *connection, SoupServerMessage *message)
{
  g_signal_connect (message, "got-headers", G_CALLBACK (got_headers_cb), connection);
  g_signal_connect (message, "got-chunk", G_CALLBACK (got_chunk_cb), connection);
}
