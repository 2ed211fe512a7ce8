#include "config.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http-fixture.h"
#include "http/pdg-http-body-stream.h"

#define KEY "dGhlIHNhbXBsZSBub25jZQ==" /* of RFC 6455, with its answer */
#define ACCEPT "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
#define UPGRADE "GET /socket HTTP/1.1\r\nHost: h\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" \
                "Sec-WebSocket-Key: " KEY "\r\nSec-WebSocket-Protocol: other, echo\r\n\r\n"
#define QUEUE_BYTES 65536

/* A server with an echoing WebSocket at /socket and an event stream at /events. */
typedef struct
{
  PdgHttpServer *server;
  guint16 port;
  GAsyncQueue *sockets; /* a reference each */
  GAsyncQueue *streams;
  int n_closed; /* atomic */
  int n_open;
} Streams;

static void
message_cb (PdgHttpWebSocket *socket, const char *text, gsize len, gpointer user_data)
{
  g_assert_cmpuint (strlen (text), ==, len);
  pdg_http_web_socket_send_text (socket, text, len);
}

static void
socket_closed_cb (PdgHttpWebSocket *socket, gpointer user_data)
{
  g_atomic_int_inc (&((Streams *) user_data)->n_closed);
}

static void
open_cb (PdgHttpWebSocket *socket, gpointer user_data)
{
  Streams *self = user_data;

  g_atomic_int_inc (&self->n_open);
  pdg_http_web_socket_set_handlers (socket, message_cb, socket_closed_cb, self);
  g_async_queue_push (self->sockets, pdg_http_web_socket_ref (socket));
}

static void
stream_closed_cb (PdgHttpBodyStream *stream, gpointer user_data)
{
  g_atomic_int_inc (&((Streams *) user_data)->n_closed);
}

static void
events_cb (PdgHttpRequest *request, gpointer user_data)
{
  Streams *self = user_data;
  g_autoptr (GBytes) keep_alive = g_bytes_new_static (":\n\n", 3);
  PdgHttpBodyStream *stream;

  pdg_http_request_add_response_header (request, "Cache-Control", "no-store");
  stream = pdg_http_request_respond_start (request, 200, "text/event-stream", keep_alive, stream_closed_cb, self);
  g_assert_nonnull (stream);
  g_assert_null (pdg_http_request_respond_start (request, 200, "text/event-stream", NULL, NULL, NULL));
  g_assert_false (pdg_http_request_respond (request, 204, NULL, NULL));
  g_async_queue_push (self->streams, stream);
}

static Streams *
streams_new (const PdgHttpLimits *limits)
{
  static const char *const protocols[] = { "echo", NULL };
  Streams *self = g_new0 (Streams, 1);
  g_autoptr (GError) error = NULL;

  self->server = pdg_http_server_new (limits);
  self->sockets = g_async_queue_new_full ((GDestroyNotify) pdg_http_web_socket_unref);
  self->streams = g_async_queue_new_full ((GDestroyNotify) pdg_http_body_stream_unref);
  pdg_http_server_add_websocket (self->server, "/socket", protocols, 100000, NULL, open_cb, self, NULL);
  pdg_http_server_add_route (self->server, "GET", "/events", 0, NULL, events_cb, self, NULL);
  g_assert_true (pdg_http_server_start (self->server, "127.0.0.1", 0, 1, &error));
  self->port = pdg_http_server_get_port (self->server);
  return self;
}

/* Every socket and stream is told that it is over, exactly once. */
static void
streams_free (Streams *self)
{
  int n_streams = g_async_queue_length (self->streams);

  g_async_queue_unref (self->sockets);
  g_async_queue_unref (self->streams);
  pdg_http_server_stop (self->server, 5000);
  g_assert_cmpint (g_atomic_int_get (&self->n_closed), >=, g_atomic_int_get (&self->n_open) + n_streams);
  pdg_http_server_free (self->server);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Streams, streams_free)

static gpointer
pop (GAsyncQueue *queue)
{
  gpointer item = g_async_queue_timeout_pop (queue, 10 * G_USEC_PER_SEC);

  g_assert_nonnull (item);
  return item;
}

static void
wait_for_closed (Streams *self, int n)
{
  gint64 until = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;

  while (g_atomic_int_get (&self->n_closed) < n)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, until);
      g_usleep (1000);
    }
}

static int
open_socket (Streams *self)
{
  int fd = raw_connect (self->port);
  g_autofree char *head = NULL;

  raw_send (fd, UPGRADE);
  head = raw_read_head (fd);
  g_assert_true (g_str_has_prefix (head, "HTTP/1.1 101 "));
  g_assert_nonnull (strstr (head, "Sec-WebSocket-Accept: " ACCEPT "\r\n"));
  g_assert_nonnull (strstr (head, "Sec-WebSocket-Protocol: echo\r\n"));
  return fd;
}

static void
assert_text (int fd, const char *expected)
{
  guint opcode;
  gsize len;
  g_autofree char *payload = raw_read_frame (fd, &opcode, &len);

  g_assert_cmpuint (opcode, ==, 1);
  g_assert_cmpstr (payload, ==, expected);
}

/* Text before it is skipped, and pings. */
static void
assert_close (int fd, guint code)
{
  guint opcode;
  gsize len;

  do
    {
      g_autofree guint8 *payload = (guint8 *) raw_read_frame (fd, &opcode, &len);

      if (opcode == 8)
        {
          g_assert_cmpuint (len, >=, 2);
          g_assert_cmpuint (payload[0] << 8 | payload[1], ==, code);
        }
    }
  while (opcode != 8);
  g_assert_true (raw_is_closed (fd));
  close (fd);
}

static void
test_echo (void)
{
  g_autoptr (Streams) streams = streams_new (NULL);
  g_autofree char *big = g_strnfill (60000, 'x');
  int fd = open_socket (streams);
  g_autofree char *pong = NULL;
  guint opcode;
  gsize len;

  raw_send_frame (fd, 0x81, "hello", 5);
  assert_text (fd, "hello");
  raw_send_frame (fd, 0x81, "", 0);
  assert_text (fd, "");
  raw_send_frame (fd, 0x01, "fö", 3); /* in three parts, a ping between */
  raw_send_frame (fd, 0x89, "ping", 4);
  raw_send_frame (fd, 0x00, "\xe2\x82", 2);
  raw_send_frame (fd, 0x80, "\xac", 1);
  pong = raw_read_frame (fd, &opcode, &len);
  g_assert_cmpuint (opcode, ==, 10);
  g_assert_cmpstr (pong, ==, "ping");
  assert_text (fd, "fö€");
  raw_send_frame (fd, 0x81, big, 60000);
  assert_text (fd, big);
  raw_send_frame (fd, 0x88, "\x0f\xa0over", 6); /* 4000 */
  assert_close (fd, 4000);
  wait_for_closed (streams, 1);
}

static void
test_violations (void)
{
  static const struct
  {
    const char *name, *bytes;
    gsize len;
    guint code;
  } cases[] = {
    { "unmasked", "\x81\x01x", 3, 1002 },
    { "reserved bit", "\xc1\x80\0\0\0\0", 6, 1002 },
    { "reserved opcode", "\x83\x80\0\0\0\0", 6, 1002 },
    { "reserved control", "\x8b\x80\0\0\0\0", 6, 1002 },
    { "long control", "\x89\xfe\0\x7e\0\0\0\0", 8, 1002 },
    { "control in parts", "\x09\x80\0\0\0\0", 6, 1002 },
    { "continuation of nothing", "\x80\x80\0\0\0\0", 6, 1002 },
    { "text within text", "\x01\x80\0\0\0\0\x81\x80\0\0\0\0", 12, 1002 },
    { "length not the shortest", "\x81\xfe\0\x01\0\0\0\0x", 9, 1002 },
    { "length without end", "\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\0", 14, 1002 },
    { "close of one byte", "\x88\x81\0\0\0\0\x03", 7, 1002 },
    { "close code that is none", "\x88\x82\0\0\0\0\x03\xed", 8, 1002 },
    { "binary", "\x82\x80\0\0\0\0", 6, 1003 },
    { "not UTF-8", "\x81\x82\0\0\0\0\xc3\x28", 8, 1007 },
    { "surrogate", "\x81\x83\0\0\0\0\xed\xa0\x80", 9, 1007 },
    { "too long", "\x81\xff\0\0\0\0\0\x01\x86\xa1\0\0\0\0", 14, 1009 },
  };
  g_autoptr (Streams) streams = streams_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      int fd = open_socket (streams);

      g_test_message ("%s", cases[i].name);
      raw_send_bytes (fd, cases[i].bytes, cases[i].len);
      assert_close (fd, cases[i].code);
    }
  wait_for_closed (streams, G_N_ELEMENTS (cases));
}

static void
test_refused (void)
{
  static const struct
  {
    const char *request;
    guint status;
  } cases[] = {
    { "GET /socket HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", 405 },
    { "GET /nowhere HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", 404 },
    { "POST /socket HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 0\r\n\r\n", 405 },
    { "GET /socket HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 8\r\n\r\n", 426 },
    { "GET /socket HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n", 400 },
    { "GET /socket HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Key: c2hvcnQ=\r\n\r\n",
      400 },
    { "GET /socket HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " KEY "\r\n\r\n", 400 },
  };
  g_autoptr (Streams) streams = streams_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (RawAnswer) answer = raw_exchange (streams->port, cases[i].request);

      g_assert_nonnull (answer);
      g_assert_cmpuint (answer->status, ==, cases[i].status);
    }
  g_assert_cmpint (streams->n_open, ==, 0);
}

/* Who does not read is closed, and what waits for it stays within the limit. */
static void
test_slow_reader (void)
{
  PdgHttpLimits limits = PDG_HTTP_LIMITS_DEFAULT;
  g_autofree char *text = g_strnfill (10000, 'x');
  gsize most = 0;
  guint n_sent = 0;

  limits.stream_queue_bytes = QUEUE_BYTES;
  g_autoptr (Streams) streams = streams_new (&limits);
  int fd = open_socket (streams);
  g_autoptr (PdgHttpWebSocket) socket = pop (streams->sockets);

  while (pdg_http_web_socket_send_text (socket, text, 10000))
    {
      most = MAX (most, pdg_http_web_socket_get_queued_bytes (socket));
      if (pdg_http_web_socket_get_queued_bytes (socket) > QUEUE_BYTES / 2)
        g_usleep (100); /* let it flow as long as it does */
      g_assert_cmpuint (++n_sent, <, 10000);
    }
  g_assert_cmpuint (most, <=, QUEUE_BYTES);
  g_assert_cmpuint (pdg_http_web_socket_get_queued_bytes (socket), <=, QUEUE_BYTES);
  g_assert_false (pdg_http_web_socket_send_text (socket, "more", 4));
  assert_close (fd, PDG_HTTP_CLOSE_TRY_AGAIN_LATER);
  wait_for_closed (streams, 1);
}

/* A client that floods with pings and reads no answers is not read on, so nothing piles up. */
static void
test_ping_flood (void)
{
  PdgHttpLimits limits = PDG_HTTP_LIMITS_DEFAULT;
  guint8 pings[13100];
  gsize most = 0;

  limits.stream_queue_bytes = QUEUE_BYTES;
  limits.stream_queue_messages = 1000;
  g_autoptr (Streams) streams = streams_new (&limits);
  int fd = open_socket (streams);
  g_autoptr (PdgHttpWebSocket) socket = pop (streams->sockets);

  memset (pings, 0, sizeof pings);
  for (gsize i = 0; i < sizeof pings; i += 131)
    {
      pings[i] = 0x89;
      pings[i + 1] = 0x80 | 125;
    }
  for (guint i = 0; i < 2000; i++)
    {
      if (send (fd, pings, sizeof pings, MSG_DONTWAIT | MSG_NOSIGNAL) < (gssize) sizeof pings)
        break;
      most = MAX (most, pdg_http_web_socket_get_queued_bytes (socket));
    }
  g_assert_cmpuint (most, <=, QUEUE_BYTES);
  close (fd);
  wait_for_closed (streams, 1);
}

/* Pings; and who never answers one is left. */
static void
test_silence (void)
{
  PdgHttpLimits limits = PDG_HTTP_LIMITS_DEFAULT;
  g_autofree char *ping = NULL;
  guint opcode;
  gsize len;

  limits.stream_keep_alive_ms = 50;
  limits.stream_silence_ms = 150;
  g_autoptr (Streams) streams = streams_new (&limits);
  int fd = open_socket (streams);

  ping = raw_read_frame (fd, &opcode, &len);
  g_assert_cmpuint (opcode, ==, 9);
  assert_close (fd, PDG_HTTP_CLOSE_GOING_AWAY);
  wait_for_closed (streams, 1);
}

static void
test_client_gone (void)
{
  g_autoptr (Streams) streams = streams_new (NULL);
  int fd = open_socket (streams);
  g_autoptr (PdgHttpWebSocket) socket = pop (streams->sockets);

  close (fd);
  wait_for_closed (streams, 1);
  g_assert_false (pdg_http_web_socket_send_text (socket, "late", 4));
  pdg_http_web_socket_close (socket, 1000, NULL);
}

static gpointer
stop_thread (gpointer data)
{
  return GINT_TO_POINTER (pdg_http_server_stop (data, 5000));
}

/* Sockets hear 1001, streams end well, and the server has not waited for its deadline. */
static void
test_stop (void)
{
  g_autoptr (Streams) streams = streams_new (NULL);
  int fd = open_socket (streams);
  int events = raw_connect (streams->port);
  gint64 began;
  GThread *thread;
  g_autofree char *head = NULL;
  char last[5];

  raw_send (events, "GET /events HTTP/1.1\r\nHost: h\r\n\r\n");
  head = raw_read_head (events);
  pdg_http_web_socket_unref (pop (streams->sockets));
  pdg_http_body_stream_unref (pop (streams->streams));
  began = g_get_monotonic_time ();
  thread = g_thread_new ("stop", stop_thread, streams->server);
  assert_close (fd, PDG_HTTP_CLOSE_GOING_AWAY);
  raw_read_exactly (events, last, 5);
  g_assert_cmpmem (last, 5, "0\r\n\r\n", 5);
  close (events);
  g_assert_true (GPOINTER_TO_INT (g_thread_join (thread)));
  g_assert_cmpint (g_get_monotonic_time () - began, <, 4 * G_USEC_PER_SEC);
  g_assert_cmpint (g_atomic_int_get (&streams->n_closed), ==, 2);
}

static void
assert_bytes (int fd, const char *expected)
{
  g_autofree char *buffer = g_malloc0 (strlen (expected) + 1);

  raw_read_exactly (fd, buffer, strlen (expected));
  g_assert_cmpstr (buffer, ==, expected);
}

static void
test_events (void)
{
  PdgHttpLimits limits = PDG_HTTP_LIMITS_DEFAULT;

  limits.stream_keep_alive_ms = 300;
  g_autoptr (Streams) streams = streams_new (&limits);
  int fd = raw_connect (streams->port);
  g_autofree char *head = NULL;
  g_autoptr (PdgHttpBodyStream) stream = NULL;

  raw_send (fd, "GET /events HTTP/1.1\r\nHost: h\r\n\r\n");
  stream = pop (streams->streams);
  head = raw_read_head (fd);
  g_assert_true (g_str_has_prefix (head, "HTTP/1.1 200 OK\r\n"));
  g_assert_nonnull (strstr (head, "Content-Type: text/event-stream\r\n"));
  g_assert_nonnull (strstr (head, "Cache-Control: no-store\r\n"));
  g_assert_true (pdg_http_body_stream_write (stream, "data: 1\n\n", 9)); /* from another thread than the server's */
  assert_bytes (fd, "9\r\ndata: 1\n\n\r\n");
  assert_bytes (fd, "3\r\n:\n\n\r\n");
  g_assert_true (pdg_http_body_stream_write (stream, "data: 2\n\n", 9));
  pdg_http_body_stream_end (stream);
  g_assert_false (pdg_http_body_stream_write (stream, "data: 3\n\n", 9));
  assert_bytes (fd, "9\r\ndata: 2\n\n\r\n0\r\n\r\n");
  g_assert_true (raw_is_closed (fd));
  close (fd);
  wait_for_closed (streams, 1);
}

/* HTTP/1.0 has no chunks: the body ends with the connection. */
static void
test_events_old (void)
{
  g_autoptr (Streams) streams = streams_new (NULL);
  int fd = raw_connect (streams->port);
  g_autofree char *head = NULL;
  g_autoptr (PdgHttpBodyStream) stream = NULL;

  raw_send (fd, "GET /events HTTP/1.0\r\n\r\n");
  stream = pop (streams->streams);
  head = raw_read_head (fd);
  g_assert_null (strstr (head, "chunked"));
  pdg_http_body_stream_write (stream, "data: 1\n\n", 9);
  pdg_http_body_stream_end (stream);
  assert_bytes (fd, "data: 1\n\n");
  g_assert_true (raw_is_closed (fd));
  close (fd);
  wait_for_closed (streams, 1);
}

static void
test_events_slow_reader (void)
{
  PdgHttpLimits limits = PDG_HTTP_LIMITS_DEFAULT;
  g_autofree char *text = g_strnfill (10000, 'x');
  gsize most = 0;
  guint n_sent = 0;

  limits.stream_queue_bytes = QUEUE_BYTES;
  limits.stream_stall_ms = 200;
  limits.stream_keep_alive_ms = 50;
  g_autoptr (Streams) streams = streams_new (&limits);
  int fd = raw_connect (streams->port);
  g_autoptr (PdgHttpBodyStream) stream = NULL;

  raw_send (fd, "GET /events HTTP/1.1\r\nHost: h\r\n\r\n");
  stream = pop (streams->streams);
  while (pdg_http_body_stream_write (stream, text, 10000))
    {
      most = MAX (most, pdg_http_body_stream_get_queued_bytes (stream));
      if (pdg_http_body_stream_get_queued_bytes (stream) > QUEUE_BYTES / 2)
        g_usleep (100);
      g_assert_cmpuint (++n_sent, <, 10000);
    }
  g_assert_cmpuint (most, <=, QUEUE_BYTES);
  wait_for_closed (streams, 1); /* also without the client reading on */
  close (fd);
}

static void
test_events_client_gone (void)
{
  g_autoptr (Streams) streams = streams_new (NULL);
  int fd = raw_connect (streams->port);
  g_autoptr (PdgHttpBodyStream) stream = NULL;

  raw_send (fd, "GET /events HTTP/1.1\r\nHost: h\r\n\r\n");
  stream = pop (streams->streams);
  close (fd);
  wait_for_closed (streams, 1);
  g_assert_false (pdg_http_body_stream_write (stream, "late", 4));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http/websocket/echo", test_echo);
  g_test_add_func ("/http/websocket/violations", test_violations);
  g_test_add_func ("/http/websocket/refused", test_refused);
  g_test_add_func ("/http/websocket/slow-reader", test_slow_reader);
  g_test_add_func ("/http/websocket/ping-flood", test_ping_flood);
  g_test_add_func ("/http/websocket/silence", test_silence);
  g_test_add_func ("/http/websocket/client-gone", test_client_gone);
  g_test_add_func ("/http/streams/stop", test_stop);
  g_test_add_func ("/http/events/chunks", test_events);
  g_test_add_func ("/http/events/http-1-0", test_events_old);
  g_test_add_func ("/http/events/slow-reader", test_events_slow_reader);
  g_test_add_func ("/http/events/client-gone", test_events_client_gone);
  return g_test_run ();
}
