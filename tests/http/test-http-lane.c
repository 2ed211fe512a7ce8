#include "config.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http-fixture.h"

/* The short way: which requests take it, how connections leave it, and what holds there. */

#define PLAIN "GET /way HTTP/1.1\r\nHost: h\r\n\r\n"
#define GATE "GET /gate HTTP/1.1\r\nHost: h\r\n\r\n"
#define ELSEWHERE "GET /elsewhere HTTP/1.1\r\nHost: h\r\n\r\n"

typedef struct
{
  PdgHttpServer *server;
  guint16 port;
  GMutex lock;
  GCond changed;
  guint n_entered, n_cancelled; /* of /gate */
  gboolean open;
} Lane;

/* Says which way the request came, and what it brought. */
static void
way (PdgHttpRequest *request, gpointer user_data)
{
  g_autoptr (GString) text = g_string_new (pdg_http_request_may_wait (request) ? "short" : "long");
  GBytes *body = pdg_http_request_get_body (request);
  const char *query = pdg_http_request_get_query (request);

  if (query != NULL)
    g_string_append_printf (text, "?%s", query);
  g_string_append_len (text, g_bytes_get_data (body, NULL), (gssize) g_bytes_get_size (body));
  g_autoptr (GBytes) bytes = g_bytes_new (text->str, text->len);
  pdg_http_request_respond (request, 200, "text/plain", bytes);
}

static void
cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  Lane *self = user_data;

  g_mutex_lock (&self->lock);
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

/* Waits until the test opens it or nobody waits for the answer. */
static void
gate (PdgHttpRequest *request, gpointer user_data)
{
  Lane *self = user_data;
  GCancellable *cancellable = pdg_http_request_get_cancellable (request);
  gulong id;

  if (!pdg_http_request_may_wait (request))
    {
      way (request, self);
      return;
    }
  id = g_cancellable_connect (cancellable, G_CALLBACK (cancelled_cb), self, NULL);
  g_mutex_lock (&self->lock);
  self->n_entered++;
  g_cond_broadcast (&self->changed);
  while (!self->open && !g_cancellable_is_cancelled (cancellable))
    g_cond_wait (&self->changed, &self->lock);
  self->n_cancelled += g_cancellable_is_cancelled (cancellable) ? 1 : 0;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  g_cancellable_disconnect (cancellable, id);
  way (request, self);
}

static gboolean
wants_short (PdgHttpRequest *request, gpointer user_data)
{
  return pdg_http_request_get_header (request, "X-Long") == NULL;
}

static Lane *
lane_new (guint n_threads)
{
  Lane *self = g_new0 (Lane, 1);
  PdgHttpLimits limits = PDG_HTTP_LIMITS_DEFAULT;
  g_autoptr (GError) error = NULL;

  limits.lane_threads = n_threads;
  limits.lane_ready_threads = 1;
  self->server = pdg_http_server_new (&limits);
  pdg_http_server_add_route (self->server, "GET, POST", "/way", 1 << 20, NULL, way, self, NULL);
  pdg_http_server_add_route (self->server, "GET", "/gate", 0, NULL, gate, self, NULL);
  pdg_http_server_add_route (self->server, "GET", "/elsewhere", 0, NULL, way, self, NULL);
  pdg_http_server_let_wait (self->server, "/way", wants_short, NULL);
  pdg_http_server_let_wait (self->server, "/gate", NULL, NULL);
  pdg_http_server_start (self->server, "127.0.0.1", 0, 1, &error);
  g_assert_no_error (error);
  self->port = pdg_http_server_get_port (self->server);
  return self;
}

static void
lane_free (Lane *self)
{
  pdg_http_server_stop (self->server, 5000);
  {
    g_autoptr (PdgHttpMetrics) metrics = pdg_http_server_get_metrics (self->server);

    g_assert_cmpuint (metrics->connections_open, ==, 0);
    g_assert_cmpuint (metrics->requests_in_flight, ==, 0);
  }
  pdg_http_server_free (self->server);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Lane, lane_free)

static void
wait_for_count (Lane *self, guint *count, guint n)
{
  gint64 until_usec = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;

  g_mutex_lock (&self->lock);
  while (*count < n)
    g_assert_true (g_cond_wait_until (&self->changed, &self->lock, until_usec));
  g_mutex_unlock (&self->lock);
}

static void
open_gate (Lane *self)
{
  g_mutex_lock (&self->lock);
  self->open = TRUE;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

static void
assert_answer (int fd, const char *body)
{
  g_autoptr (RawAnswer) answer = raw_read (fd, FALSE);

  g_assert_nonnull (answer);
  g_assert_cmpuint (answer->status, ==, 200);
  g_assert_cmpstr (answer->body, ==, body);
}

/* --- which way ---------------------------------------------------------------------------------------------------- */

static const struct
{
  const char *name, *request, *body;
} ways[] = {
  { "get", PLAIN, "short" },
  { "query", "GET /way?a=%20b&c HTTP/1.1\r\nHost: h\r\n\r\n", "short?a=%20b&c" },
  { "post", "POST /way HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc", "shortabc" },
  { "empty-post", "POST /way HTTP/1.1\r\nHost: h:80\r\nContent-Length: 0\r\n\r\n", "short" },
  { "keep-alive", "GET /way HTTP/1.1\r\nHost: [::1]:80\r\nconnection: Keep-Alive\r\n\r\n", "short" },
  { "unwanted", "GET /way HTTP/1.1\r\nHost: h\r\nX-Long: 1\r\n\r\n", "long" },
  { "unwanted-with-spaces", "GET /way HTTP/1.1\r\nHost: h \t\r\nX-Long:  1 \r\n\r\n", "long" },
  { "close", "GET /way HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", "long" },
  { "http-1.0", "GET /way HTTP/1.0\r\nHost: h\r\nConnection: keep-alive\r\n\r\n", "long" },
  { "absolute", "GET http://h/way HTTP/1.1\r\nHost: h\r\n\r\n", "long" },
  { "escaped", "GET /w%61y HTTP/1.1\r\nHost: h\r\n\r\n", "long" },
  { "chunked", "POST /way HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", "longabc" },
  { "upgrade", "GET /way HTTP/1.1\r\nHost: h\r\nUpgrade: h2c\r\n\r\n", "long" },
  { "bare-line-feeds", "GET /way HTTP/1.1\nHost: h\n\n", "long" },
  { "not-ascii", "GET /way HTTP/1.1\r\nHost: h\r\nX: \xc3\xa4\r\n\r\n", "long" },
  { "elsewhere", ELSEWHERE, "long" },
};

static void
test_way (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (Lane) lane = lane_new (2);
  int fresh = raw_connect (lane->port);
  int kept = raw_connect (lane->port);

  raw_send (fresh, ways[i].request);
  assert_answer (fresh, ways[i].body);
  raw_send (kept, PLAIN); /* and behind another on the same connection */
  assert_answer (kept, "short");
  raw_send (kept, ways[i].request);
  assert_answer (kept, ways[i].body);
  close (fresh);
  close (kept);
}

static void
test_long_body (void)
{
  g_autoptr (Lane) lane = lane_new (2);
  g_autoptr (GString) request = g_string_new ("POST /way HTTP/1.1\r\nHost: h\r\nContent-Length: 70000\r\n\r\n");
  int fd = raw_connect (lane->port);

  raw_send (fd, PLAIN);
  assert_answer (fd, "short");
  for (guint i = 0; i < 70000; i++)
    g_string_append_c (request, (char) ('a' + i % 26));
  raw_send (fd, request->str);
  g_autoptr (RawAnswer) answer = raw_read (fd, FALSE);
  g_assert_cmpuint (answer->body_len, ==, 70004);
  g_assert_true (g_str_has_prefix (answer->body, "longabc"));
  close (fd);
}

/* --- a connection ------------------------------------------------------------------------------------------------- */

static void
test_split (void)
{
  static const char request[] = "POST /way?q HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nabcde";
  g_autoptr (Lane) lane = lane_new (2);
  int fd = raw_connect (lane->port);

  raw_send (fd, PLAIN);
  assert_answer (fd, "short");
  for (gsize cut = 1; cut < strlen (request); cut++)
    {
      raw_send_bytes (fd, request, cut);
      g_thread_yield ();
      raw_send_bytes (fd, request + cut, strlen (request) - cut);
      assert_answer (fd, "short?qabcde");
    }
  for (gsize i = 0; i < strlen (request); i++)
    raw_send_bytes (fd, request + i, 1);
  assert_answer (fd, "short?qabcde");
  close (fd);
}

static void
test_pipelined (void)
{
  g_autoptr (Lane) lane = lane_new (2);
  int fd = raw_connect (lane->port);

  raw_send (fd, PLAIN "GET /way?2 HTTP/1.1\r\nHost: h\r\n\r\nPOST /way HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\n3GET /way?4 HT");
  assert_answer (fd, "short");
  assert_answer (fd, "short?2");
  assert_answer (fd, "short3");
  raw_send (fd, "TP/1.1\r\nHost: h\r\n\r\n" PLAIN ELSEWHERE PLAIN);
  assert_answer (fd, "long?4"); /* what comes with a request for libsoup goes there with it */
  assert_answer (fd, "long");
  assert_answer (fd, "long");
  assert_answer (fd, "long");
  close (fd);
}

static void
test_handed_over (void)
{
  g_autoptr (Lane) lane = lane_new (2);
  int fd = raw_connect (lane->port);

  raw_send (fd, PLAIN);
  assert_answer (fd, "short");
  raw_send (fd, "GET /elsewhere HT");
  raw_send (fd, "TP/1.1\r\nHost: h\r\n\r\n");
  assert_answer (fd, "long");
  raw_send (fd, PLAIN); /* there it stays */
  assert_answer (fd, "long");
  close (fd);
  g_autoptr (PdgHttpMetrics) metrics = pdg_http_server_get_metrics (lane->server);
  g_assert_cmpuint (metrics->bytes_in, ==, 2 * strlen (PLAIN) + strlen (ELSEWHERE));
  g_assert_cmpuint (metrics->connections_accepted, ==, 1);
}

static void
test_half_closed (void)
{
  g_autoptr (Lane) lane = lane_new (2);

  for (guint i = 0; i < 50; i++)
    {
      int fd = raw_connect (lane->port);

      raw_send (fd, i % 2 == 0 ? PLAIN : PLAIN PLAIN "GET /wa");
      shutdown (fd, SHUT_WR);
      assert_answer (fd, "short");
      if (i % 2 != 0)
        assert_answer (fd, "short");
      raw_is_closed (fd);
      close (fd);
    }
}

/* --- what runs ---------------------------------------------------------------------------------------------------- */

static void
test_client_gone (void)
{
  g_autoptr (Lane) lane = lane_new (2);
  int fd = raw_connect (lane->port);

  raw_send (fd, GATE);
  wait_for_count (lane, &lane->n_entered, 1);
  close (fd);
  wait_for_count (lane, &lane->n_cancelled, 1);
  http_fixture_wait_for ((&(HttpFixture) { .server = lane->server }), clients_gone, ==, 1);
}

/* As many as may run, though one thread alone is ready for quick ones; the next are libsoup's. */
static void
test_full (void)
{
  g_autoptr (Lane) lane = lane_new (4);
  int fds[4], next = raw_connect (lane->port);

  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    {
      fds[i] = raw_connect (lane->port);
      raw_send (fds[i], GATE);
    }
  wait_for_count (lane, &lane->n_entered, G_N_ELEMENTS (fds));
  for (guint i = 0; i < 3; i++)
    {
      raw_send (next, i == 1 ? GATE : PLAIN);
      assert_answer (next, "long");
    }
  open_gate (lane);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    {
      assert_answer (fds[i], "short");
      close (fds[i]);
    }
  close (next);
  next = raw_connect (lane->port);
  raw_send (next, PLAIN);
  assert_answer (next, "short");
  close (next);
}

typedef struct
{
  Lane *lane;
  guint timeout_ms;
  gboolean clean;
} Stop;

static gpointer
stop_thread (gpointer data)
{
  Stop *stop = data;

  stop->clean = pdg_http_server_stop (stop->lane->server, stop->timeout_ms);
  return NULL;
}

static void
assert_last_answer (int fd, guint status)
{
  g_autoptr (RawAnswer) answer = raw_read (fd, FALSE);
  g_autofree char *connection = NULL;

  g_assert_nonnull (answer);
  connection = raw_header (answer, "Connection");
  g_assert_cmpuint (answer->status, ==, status);
  g_assert_cmpstr (connection, ==, "close");
  g_assert_true (raw_is_closed (fd));
  close (fd);
}

/* What runs is waited for; what comes meanwhile is turned away. */
static void
test_stop (void)
{
  g_autoptr (Lane) lane = lane_new (2);
  Stop stop = { lane, 10000, FALSE };
  int running = raw_connect (lane->port);
  int kept = raw_connect (lane->port);
  gint64 until_usec = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;
  GThread *thread;

  raw_send (kept, PLAIN);
  assert_answer (kept, "short");
  raw_send (running, GATE);
  wait_for_count (lane, &lane->n_entered, 1);
  thread = g_thread_new ("stop", stop_thread, &stop);
  while (raw_can_connect (lane->port))
    g_assert_cmpint (g_get_monotonic_time (), <, until_usec);
  raw_send (kept, PLAIN);
  assert_last_answer (kept, 503);
  open_gate (lane);
  assert_last_answer (running, 200);
  g_thread_join (thread);
  g_assert_true (stop.clean);
}

/* What does not end in time is cancelled, and what had only begun is not waited for any longer. */
static void
test_cut_off (void)
{
  g_autoptr (Lane) lane = lane_new (2);
  Stop stop = { lane, 50, TRUE };
  int running = raw_connect (lane->port);
  int half = raw_connect (lane->port);

  raw_send (half, "POST /way HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nab");
  http_fixture_wait_for ((&(HttpFixture) { .server = lane->server }), requests_in_flight, ==, 1);
  raw_send (running, GATE);
  wait_for_count (lane, &lane->n_entered, 1);
  stop_thread (&stop);
  g_assert_false (stop.clean);
  g_assert_cmpuint (lane->n_cancelled, ==, 1);
  assert_last_answer (running, 503);
  assert_last_answer (half, 503);
}

typedef struct
{
  guint16 port;
  guint seed;
} Client;

static gpointer
client_thread (gpointer data)
{
  const Client *client = data;
  g_autoptr (GRand) rand = g_rand_new_with_seed (client->seed);

  for (guint i = 0; i < 30; i++)
    {
      int fd = raw_connect (client->port);
      gboolean is_long = FALSE;

      for (int n = g_rand_int_range (rand, 1, 12); n > 0; n--)
        {
          is_long |= g_rand_int_range (rand, 0, 10) == 0;
          raw_send (fd, is_long ? ELSEWHERE : PLAIN);
          assert_answer (fd, is_long ? "long" : "short");
        }
      if (g_rand_boolean (rand))
        raw_send (fd, "GET /way HTT");
      close (fd);
    }
  return NULL;
}

static void
test_many (void)
{
  g_autoptr (Lane) lane = lane_new (8);
  Client clients[6];
  GThread *threads[G_N_ELEMENTS (clients)];

  for (guint i = 0; i < G_N_ELEMENTS (clients); i++)
    {
      clients[i] = (Client) { lane->port, i + 1 };
      threads[i] = g_thread_new ("client", client_thread, &clients[i]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (clients); i++)
    g_thread_join (threads[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      g_autofree char *path = g_strdup_printf ("/http/lane/way/%s", ways[i].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_way);
    }
  g_test_add_func ("/http/lane/way/long-body", test_long_body);
  g_test_add_func ("/http/lane/split", test_split);
  g_test_add_func ("/http/lane/pipelined", test_pipelined);
  g_test_add_func ("/http/lane/handed-over", test_handed_over);
  g_test_add_func ("/http/lane/half-closed", test_half_closed);
  g_test_add_func ("/http/lane/client-gone", test_client_gone);
  g_test_add_func ("/http/lane/full", test_full);
  g_test_add_func ("/http/lane/stop", test_stop);
  g_test_add_func ("/http/lane/cut-off", test_cut_off);
  g_test_add_func ("/http/lane/many-clients", test_many);
  return g_test_run ();
}
