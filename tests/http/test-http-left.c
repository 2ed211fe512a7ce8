#include "config.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http-fixture.h"

/* Requests of the short way whose handler returns without an answer, which another thread gives. */

#define ASK "POST /ask HTTP/1.1\r\nHost: h\r\nX-Word: heard\r\nContent-Length: 3\r\n\r\nabc"
#define DROP "POST /drop HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n"
#define GO_ON "POST /continue HTTP/1.1\r\nHost: h\r\nX-Word: kept\r\nContent-Length: 0\r\n\r\n"
#define N_CLIENTS 8
#define N_ROUNDS 500

typedef struct
{
  PdgHttpServer *server;
  guint16 port;
  GAsyncQueue *asked; /* PdgHttpRequest, a reference each */
} Left;

static void
answer (PdgHttpRequest *request, const char *text)
{
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));

  pdg_http_request_respond (request, 200, "text/plain", body);
}

static void
ask (PdgHttpRequest *request, gpointer user_data)
{
  Left *self = user_data;

  g_assert_true (pdg_http_request_may_wait (request));
  g_assert_cmpstr (pdg_http_request_get_header (request, "X-Word"), ==, "heard");
  g_async_queue_push (self->asked, pdg_http_request_ref (request));
}

static void
drop (PdgHttpRequest *request, gpointer user_data)
{
}

static void
go_on (gpointer data)
{
  g_autoptr (PdgHttpRequest) request = data;

  g_assert_nonnull (g_main_context_get_thread_default ());
  answer (request, pdg_http_request_get_header (request, "X-Word"));
}

static void
unref_request (gpointer data)
{
  pdg_http_request_unref (data);
}

static void
continues (PdgHttpRequest *request, gpointer user_data)
{
  g_assert_null (g_main_context_get_thread_default ());
  pdg_http_request_continue (request, go_on, pdg_http_request_ref (request), unref_request);
}

static Left *
left_new (void)
{
  Left *self = g_new0 (Left, 1);
  PdgHttpLimits limits = PDG_HTTP_LIMITS_DEFAULT;
  g_autoptr (GError) error = NULL;

  limits.lane_threads = 2;
  limits.lane_ready_threads = 2;
  self->asked = g_async_queue_new ();
  self->server = pdg_http_server_new (&limits);
  pdg_http_server_add_route (self->server, "POST", "/ask", 1 << 20, NULL, ask, self, NULL);
  pdg_http_server_add_route (self->server, "POST", "/drop", 0, NULL, drop, self, NULL);
  pdg_http_server_add_route (self->server, "POST", "/continue", 0, NULL, continues, self, NULL);
  pdg_http_server_let_leave (self->server, "/ask");
  pdg_http_server_let_leave (self->server, "/drop");
  pdg_http_server_let_leave (self->server, "/continue");
  pdg_http_server_start (self->server, "127.0.0.1", 0, 1, &error);
  g_assert_no_error (error);
  self->port = pdg_http_server_get_port (self->server);
  return self;
}

static void
left_free (Left *self)
{
  pdg_http_server_stop (self->server, 5000);
  {
    g_autoptr (PdgHttpMetrics) metrics = pdg_http_server_get_metrics (self->server);

    g_assert_cmpuint (metrics->connections_open, ==, 0);
    g_assert_cmpuint (metrics->requests_in_flight, ==, 0);
  }
  pdg_http_server_free (self->server);
  g_async_queue_unref (self->asked);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Left, left_free)

static PdgHttpRequest *
next_asked (Left *self)
{
  PdgHttpRequest *request = g_async_queue_timeout_pop (self->asked, 10 * G_USEC_PER_SEC);

  g_assert_nonnull (request);
  return request;
}

static void
assert_answer (int fd, guint status, const char *body)
{
  g_autoptr (RawAnswer) got = raw_read (fd, FALSE);

  g_assert_nonnull (got);
  g_assert_cmpuint (got->status, ==, status);
  if (body != NULL)
    g_assert_cmpstr (got->body, ==, body);
}

/* The connection is kept, and what is sent meanwhile waits for its turn. */
static void
test_later (void)
{
  g_autoptr (Left) left = left_new ();
  int fd = raw_connect (left->port);

  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (PdgHttpRequest) first = NULL, second = NULL;

      raw_send (fd, ASK);
      first = next_asked (left);
      raw_send (fd, ASK);
      g_assert_null (g_async_queue_timeout_pop (left->asked, 20 * 1000));
      answer (first, "one");
      assert_answer (fd, 200, "one");
      second = next_asked (left);
      g_assert_cmpuint (g_bytes_get_size (pdg_http_request_get_body (second)), ==, 3);
      answer (second, "two");
      assert_answer (fd, 200, "two");
      g_assert_false (pdg_http_request_respond (second, 200, NULL, NULL));
    }
  close (fd);
}

/* Nobody answers: the last one who might have done does. */
static void
test_dropped (void)
{
  g_autoptr (Left) left = left_new ();
  int fd = raw_connect (left->port);

  raw_send (fd, DROP);
  assert_answer (fd, 500, NULL);
  raw_send (fd, ASK);
  pdg_http_request_unref (next_asked (left));
  assert_answer (fd, 500, NULL);
  raw_send (fd, GO_ON);
  assert_answer (fd, 200, "kept");
  close (fd);
}

/* What the client goes away from is answered in vain. */
static void
test_gone (void)
{
  g_autoptr (Left) left = left_new ();
  struct linger abort = { .l_onoff = 1 };
  int fd = raw_connect (left->port), other = raw_connect (left->port);
  g_autoptr (PdgHttpRequest) request = NULL;

  raw_send (fd, ASK);
  request = next_asked (left);
  g_assert_cmpint (setsockopt (fd, SOL_SOCKET, SO_LINGER, &abort, sizeof abort), ==, 0);
  close (fd);
  raw_send (other, DROP);
  assert_answer (other, 500, NULL);
  answer (request, "in vain");
  raw_send (other, DROP);
  assert_answer (other, 500, NULL);
  close (other);
}

/* A server that ends waits; and in the end it says so, and who answers then does no harm. */
static void
test_stopped (void)
{
  Left *left = left_new ();
  int fd = raw_connect (left->port);
  g_autoptr (PdgHttpRequest) request = NULL;
  g_autoptr (GAsyncQueue) asked = g_async_queue_ref (left->asked);

  raw_send (fd, ASK);
  request = next_asked (left);
  g_assert_false (pdg_http_server_stop (left->server, 50));
  assert_answer (fd, 503, NULL);
  left_free (left);
  answer (request, "too late");
  close (fd);
}

static gpointer
answerer_thread (gpointer data)
{
  Left *self = data;

  for (guint i = 0; i < N_CLIENTS * N_ROUNDS; i++)
    {
      g_autoptr (PdgHttpRequest) request = next_asked (self);

      answer (request, "now");
    }
  return NULL;
}

/* Answers that race with the handler's return: each comes once, to the one who asked. */
static void
test_race (void)
{
  g_autoptr (Left) left = left_new ();
  GThread *answerer = g_thread_new ("answer", answerer_thread, left);
  int fds[N_CLIENTS];

  for (guint i = 0; i < N_CLIENTS; i++)
    fds[i] = raw_connect (left->port);
  for (guint round = 0; round < N_ROUNDS; round++)
    {
      for (guint i = 0; i < N_CLIENTS; i++)
        raw_send (fds[i], ASK);
      for (guint i = 0; i < N_CLIENTS; i++)
        assert_answer (fds[i], 200, "now");
    }
  g_thread_join (answerer);
  for (guint i = 0; i < N_CLIENTS; i++)
    close (fds[i]);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http/left/later", test_later);
  g_test_add_func ("/http/left/dropped", test_dropped);
  g_test_add_func ("/http/left/gone", test_gone);
  g_test_add_func ("/http/left/stopped", test_stopped);
  g_test_add_func ("/http/left/race", test_race);
  return g_test_run ();
}
