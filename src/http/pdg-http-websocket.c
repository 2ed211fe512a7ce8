#include "config.h"
#include "http/pdg-http-websocket.h"

#include <string.h>

#include "http/pdg-http-frame.h"
#include "http/pdg-http-private.h"

#define KEY_GUID "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
#define REASON_BYTES_MAX 123

struct _PdgHttpWebSocket
{
  gatomicrefcount ref_count;
  PdgHttpChannel *channel;
  PdgHttpRequest *request;
  const char *protocol; /* the route's */

  PdgHttpWebSocketMessageFunc message;
  PdgHttpWebSocketClosedFunc closed;
  gpointer user_data;

  PdgHttpFrameReader reader; /* the worker's thread */
  int closing;               /* atomic */
  int close_code;            /* atomic */
};

PdgHttpWebSocket *
pdg_http_web_socket_ref (PdgHttpWebSocket *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
pdg_http_web_socket_unref (PdgHttpWebSocket *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  pdg_http_request_unref (self->request);
  pdg_http_frame_reader_clear (&self->reader);
  pdg_http_channel_unref (self->channel);
  g_free (self);
}

void
pdg_http_web_socket_set_handlers (PdgHttpWebSocket *self, PdgHttpWebSocketMessageFunc message, PdgHttpWebSocketClosedFunc closed,
                                  gpointer user_data)
{
  self->message = message;
  self->closed = closed;
  self->user_data = user_data;
}

PdgHttpRequest *
pdg_http_web_socket_get_request (PdgHttpWebSocket *self)
{
  return self->request;
}

const char *
pdg_http_web_socket_get_protocol (PdgHttpWebSocket *self)
{
  return self->protocol;
}

guint
pdg_http_web_socket_get_close_code (PdgHttpWebSocket *self)
{
  return (guint) g_atomic_int_get (&self->close_code);
}

gsize
pdg_http_web_socket_get_queued_bytes (PdgHttpWebSocket *self)
{
  return pdg_http_channel_get_queued_bytes (self->channel);
}

/* --- sending ------------------------------------------------------------------------------------------------------ */

/* A code that may not stand in a frame (1005, 1006) becomes an empty one. */
static GBytes *
close_frame (guint16 code, const char *reason)
{
  guint8 payload[2 + REASON_BYTES_MAX] = { (guint8) (code >> 8), (guint8) code };
  gsize len = reason != NULL ? strlen (reason) : 0;

  if (code == 0)
    return pdg_http_frame_new (PDG_HTTP_FRAME_OPCODE_CLOSE, NULL, 0);
  if (len > REASON_BYTES_MAX)
    {
      const char *end;

      g_utf8_validate (reason, REASON_BYTES_MAX, &end);
      len = (gsize) (end - reason);
    }
  if (len > 0)
    memcpy (payload + 2, reason, len);
  return pdg_http_frame_new (PDG_HTTP_FRAME_OPCODE_CLOSE, payload, 2 + len);
}

static void
close_with (PdgHttpWebSocket *self, guint16 code, const char *reason, gboolean at_once)
{
  g_autoptr (GBytes) frame = NULL;

  if (!g_atomic_int_compare_and_exchange (&self->closing, FALSE, TRUE))
    return;
  g_atomic_int_set (&self->close_code, code);
  frame = close_frame (code, reason);
  if (at_once)
    {
      pdg_http_channel_cut_short (self->channel, frame);
      return;
    }
  pdg_http_channel_send (self->channel, frame, TRUE);
  pdg_http_channel_finish (self->channel);
}

void
pdg_http_web_socket_close (PdgHttpWebSocket *self, guint16 code, const char *reason)
{
  close_with (self, code, reason, FALSE);
}

gboolean
pdg_http_web_socket_send_text (PdgHttpWebSocket *self, const char *text, gsize len)
{
  g_autoptr (GBytes) frame = NULL;
  PdgHttpSendResult result;

  if (g_atomic_int_get (&self->closing))
    return FALSE;
  frame = pdg_http_frame_new (PDG_HTTP_FRAME_OPCODE_TEXT, text, len);
  result = pdg_http_channel_send (self->channel, frame, FALSE);
  if (result == PDG_HTTP_SEND_FULL)
    close_with (self, PDG_HTTP_CLOSE_TRY_AGAIN_LATER, "messages come faster than they are read: subscribe to less", TRUE);
  return result == PDG_HTTP_SEND_OK;
}

/* --- what the channel tells --------------------------------------------------------------------------------------- */

static gboolean
is_valid_close_code (guint code)
{
  return (code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006) || (code >= 3000 && code <= 4999);
}

static void
take_close (PdgHttpWebSocket *self)
{
  guint code = self->reader.control_len >= 2 ? (guint) self->reader.control[0] << 8 | self->reader.control[1] : 0;
  gboolean valid = self->reader.control_len == 0
                   || (is_valid_close_code (code)
                       && g_utf8_validate_len ((const char *) self->reader.control + 2, self->reader.control_len - 2, NULL));

  close_with (self, valid ? (guint16) code : PDG_HTTP_CLOSE_PROTOCOL_ERROR, NULL, FALSE);
}

static const char *
reason_of (guint code)
{
  switch (code)
    {
    case PDG_HTTP_CLOSE_UNSUPPORTED:
      return "send text, not binary messages";
    case PDG_HTTP_CLOSE_INVALID_TEXT:
      return "the text is not valid UTF-8";
    case PDG_HTTP_CLOSE_TOO_BIG:
      return "the message is too long: send less at once";
    default:
      return "this is not how WebSocket frames look (RFC 6455)";
    }
}

static void
take_event (PdgHttpWebSocket *self, PdgHttpFrameEvent event, guint close_code)
{
  g_autoptr (GBytes) pong = NULL;

  switch (event)
    {
    case PDG_HTTP_FRAME_TEXT:
      if (self->message != NULL)
        self->message (self, (const char *) self->reader.message->data, self->reader.message->len, self->user_data);
      break;
    case PDG_HTTP_FRAME_PING:
      pong = pdg_http_frame_new (PDG_HTTP_FRAME_OPCODE_PONG, self->reader.control, self->reader.control_len);
      pdg_http_channel_send (self->channel, pong, FALSE);
      break;
    case PDG_HTTP_FRAME_CLOSE:
      take_close (self);
      break;
    case PDG_HTTP_FRAME_ERROR:
      close_with (self, (guint16) close_code, reason_of (close_code), FALSE);
      break;
    case PDG_HTTP_FRAME_PONG:
    case PDG_HTTP_FRAME_MORE:
    default:
      break;
    }
}

static gboolean
received_cb (gpointer owner, guint8 *data, gsize len)
{
  g_autoptr (PdgHttpWebSocket) self = pdg_http_web_socket_ref (owner);

  while (len > 0 && !g_atomic_int_get (&self->closing))
    {
      gsize used;
      guint close_code = 0;
      PdgHttpFrameEvent event = pdg_http_frame_reader_feed (&self->reader, data, len, &used, &close_code);

      take_event (self, event, close_code);
      data += used;
      len -= used;
    }
  return !g_atomic_int_get (&self->closing);
}

static void
tick_cb (gpointer owner, gint64 silent_usec)
{
  PdgHttpWebSocket *self = owner;
  gint64 silence_usec = self->request->exchange->worker->server->limits.stream_silence_ms * G_GINT64_CONSTANT (1000);
  g_autoptr (GBytes) ping = pdg_http_frame_new (PDG_HTTP_FRAME_OPCODE_PING, NULL, 0);

  if (silence_usec > 0 && silent_usec > silence_usec)
    close_with (self, PDG_HTTP_CLOSE_GOING_AWAY, "nothing was heard from this client, no pongs either", TRUE);
  else
    pdg_http_channel_send (self->channel, ping, FALSE);
}

static void
stopping_cb (gpointer owner)
{
  close_with (owner, PDG_HTTP_CLOSE_GOING_AWAY, "the server is stopping: connect again in a moment", FALSE);
}

static void
closed_cb (gpointer owner)
{
  PdgHttpWebSocket *self = owner;

  g_atomic_int_set (&self->closing, TRUE);
  if (self->closed != NULL)
    self->closed (self, self->user_data);
  pdg_http_web_socket_unref (self); /* the channel's */
}

static const PdgHttpChannelFuncs channel_funcs = { received_cb, tick_cb, stopping_cb, closed_cb };

/* --- the handshake ------------------------------------------------------------------------------------------------ */

static gboolean
has_word (const char *list, const char *word)
{
  g_auto (GStrv) words = g_strsplit (list != NULL ? list : "", ",", -1);

  for (guint i = 0; words[i] != NULL; i++)
    if (g_ascii_strcasecmp (g_strstrip (words[i]), word) == 0)
      return TRUE;
  return FALSE;
}

gboolean
pdg_http_web_socket_is_asked_for (PdgHttpRequest *request)
{
  return g_str_equal (request->method, "GET") && has_word (pdg_http_request_get_header (request, "Upgrade"), "websocket");
}

gboolean
pdg_http_web_socket_check (PdgHttpRequest *request)
{
  const char *key = pdg_http_request_get_header (request, "Sec-WebSocket-Key");
  g_autofree guchar *nonce = NULL;
  gsize nonce_len = 0;

  if (g_strcmp0 (pdg_http_request_get_header (request, "Sec-WebSocket-Version"), "13") != 0)
    {
      pdg_http_request_add_response_header (request, "Sec-WebSocket-Version", "13");
      pdg_http_request_respond_error (request, 426, "this version of WebSocket is not spoken here: use 13");
      return FALSE;
    }
  if (key != NULL && strlen (key) == 24)
    nonce = g_base64_decode (key, &nonce_len);
  if (nonce_len != 16 || !has_word (pdg_http_request_get_header (request, "Connection"), "upgrade")
      || request->content_length > 0 || soup_message_headers_get_encoding (request->headers) == SOUP_ENCODING_CHUNKED)
    {
      pdg_http_request_respond_error (request, 400, "this is not how a WebSocket is opened (RFC 6455): check the client");
      return FALSE;
    }
  return TRUE;
}

/* The first of the client's that we speak. */
static const char *
choose_protocol (PdgHttpRequest *request, char **ours)
{
  const char *theirs = soup_message_headers_get_list (request->headers, "Sec-WebSocket-Protocol");
  g_auto (GStrv) words = g_strsplit (theirs != NULL ? theirs : "", ",", -1);

  for (guint i = 0; words[i] != NULL; i++)
    for (guint j = 0; ours != NULL && ours[j] != NULL; j++)
      if (g_str_equal (g_strstrip (words[i]), ours[j]))
        return ours[j];
  return NULL;
}

static GBytes *
handshake_new (PdgHttpRequest *request, const char *protocol)
{
  g_autofree char *salted = g_strconcat (pdg_http_request_get_header (request, "Sec-WebSocket-Key"), KEY_GUID, NULL);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  g_autofree char *accept = NULL;
  GString *text = g_string_new ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n");
  guint8 digest[20];
  gsize digest_len = sizeof digest;

  g_checksum_update (checksum, (const guchar *) salted, -1);
  g_checksum_get_digest (checksum, digest, &digest_len);
  accept = g_base64_encode (digest, digest_len);
  g_string_append_printf (text, "Sec-WebSocket-Accept: %s\r\n", accept);
  if (protocol != NULL)
    g_string_append_printf (text, "Sec-WebSocket-Protocol: %s\r\n", protocol);
  g_string_append (text, "\r\n");
  return g_string_free_to_bytes (text);
}

/* The connection may have gone when it returns. */
void
pdg_http_web_socket_accept (PdgHttpRequest *request, PdgHttpConnection *connection)
{
  g_autoptr (PdgHttpWebSocket) self = g_new0 (PdgHttpWebSocket, 1);
  PdgHttpWorker *worker = connection->worker;
  PdgHttpRoute *route = pdg_http_router_lookup_web_socket (worker->router, request->path);
  PdgHttpChannelLimits limits = { worker->server->limits.stream_queue_bytes, worker->server->limits.stream_queue_messages };
  g_autoptr (GBytes) handshake = NULL;

  g_atomic_ref_count_init (&self->ref_count);
  self->request = pdg_http_request_ref (request);
  self->protocol = choose_protocol (request, route->protocols);
  self->reader.max_message_bytes = route->max_body_bytes;
  self->channel = pdg_http_channel_new (worker, &channel_funcs, pdg_http_web_socket_ref (self), &limits);
  handshake = handshake_new (request, self->protocol);
  pdg_http_channel_send (self->channel, handshake, TRUE);
  route->open (self, route->user_data);
  pdg_http_channel_attach (self->channel, connection);
}
