#include "config.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http-fixture.h"

/* One request, one answer. "%" in the body column stands for anything. */
static const struct
{
  const char *name, *request;
  guint status;
  const char *body, *header, *value;
} exchanges[] = {
  { "get", "GET /hello HTTP/1.1\r\nHost: h\r\n\r\n", 200, "hello", "Content-Type", "text/plain" },
  { "head", "HEAD /hello HTTP/1.1\r\nHost: h\r\n\r\n", 200, "", "Content-Length", "5" },
  { "http-1.0", "GET /hello HTTP/1.0\r\n\r\n", 200, "hello", NULL, NULL },
  { "absolute-url", "GET http://h/hello HTTP/1.1\r\nHost: h\r\n\r\n", 200, "hello", NULL, NULL },
  { "escaped-path", "GET /%68ello HTTP/1.1\r\nHost: h\r\n\r\n", 200, "hello", NULL, NULL },
  { "post", "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc", 200, "abc", "Content-Length", "3" },
  { "post-without-body", "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n", 200, "", "Content-Length", "0" },
  { "two-methods-two-routes", "GET /echo HTTP/1.1\r\nHost: h\r\n\r\n", 200, "hello", NULL, NULL },
  { "chunked", "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n", 200,
    "abcde", NULL, NULL },
  { "prefix", "GET /files/a/b.png HTTP/1.1\r\nHost: h\r\n\r\n", 200, "a/b.png", NULL, NULL },
  { "exact-before-prefix", "GET /files/special HTTP/1.1\r\nHost: h\r\n\r\n", 200, "hello", NULL, NULL },
  { "query", "GET /info?x=1&name=a+b%21 HTTP/1.1\r\nHost: h\r\n\r\n", 200, "GET|/info|a b!|127.0.0.1|1|/info|-", NULL, NULL },
  { "content-type", "GET /info HTTP/1.1\r\nHost: h\r\nContent-Type: Application/JSON ; charset=utf-8\r\n\r\n", 200,
    "GET|/info|-|127.0.0.1|1|/info|application/json", NULL, NULL },
  { "forwarded-is-not-loopback", "GET /info HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: 127.0.0.1\r\n\r\n", 200,
    "GET|/info|-|127.0.0.1|0|/info|-", NULL, NULL },
  { "longer-path", "GET /helloX HTTP/1.1\r\nHost: h\r\n\r\n", 404, "%", "Content-Type", "application/json" },
  { "deeper-path", "GET /hello/foo HTTP/1.1\r\nHost: h\r\n\r\n", 404, "%", NULL, NULL },
  { "not-found-with-origin", "GET /nope HTTP/1.1\r\nHost: h\r\nOrigin: http://o\r\n\r\n", 404,
    "{\"error\":\"there is nothing at this path: check the URL\"}", "Access-Control-Allow-Origin", "http://o" },
  { "dot-dot", "GET /files/../hello HTTP/1.1\r\nHost: h\r\n\r\n", 200, "hello", NULL, NULL },
  { "escaped-dot-dot", "GET /files/..%2fhello HTTP/1.1\r\nHost: h\r\n\r\n", 400, "%", NULL, NULL },
  { "wrong-method", "DELETE /hello HTTP/1.1\r\nHost: h\r\n\r\n", 405, "%", "Allow", "GET, HEAD, OPTIONS" },
  { "wrong-method-says-what", "POST /hello HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nxx", 405,
    "{\"error\":\"POST is not possible here: use GET, HEAD, OPTIONS\"}", "Allow", "GET, HEAD, OPTIONS" },
  { "connect", "CONNECT h:80 HTTP/1.1\r\nHost: h\r\n\r\n", 404, "%", NULL, NULL },
  { "options", "OPTIONS /echo HTTP/1.1\r\nHost: h\r\n\r\n", 204, "", "Allow", "GET, HEAD, POST, OPTIONS" },
  { "options-star", "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", 204, "", "Allow", "GET, HEAD, POST, OPTIONS" },
  { "preflight", "OPTIONS /echo HTTP/1.1\r\nHost: h\r\nOrigin: http://o\r\n\r\n", 204, "", "Access-Control-Allow-Methods", "POST" },
  { "cross-origin", "GET /hello HTTP/1.1\r\nHost: h\r\nOrigin: http://o\r\n\r\n", 200, "hello", "Access-Control-Allow-Origin",
    "http://o" },
  { "early-passes", "POST /checked HTTP/1.1\r\nHost: h\r\nX-Key: good\r\nContent-Length: 2\r\n\r\nab", 200, "principal", NULL, NULL },
  { "early-refuses", "POST /checked HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab", 401,
    "{\"error\":\"this needs a key: send it as \\\"X-Key\\\"\"}", NULL, NULL },
  { "range-is-ignored", "GET /hello HTTP/1.1\r\nHost: h\r\nRange: bytes=0-1,0-1,0-1\r\n\r\n", 200, "hello", NULL, NULL },
  { "dropped-get", "GET /drop HTTP/1.1\r\nHost: h\r\n\r\n", 500, "%", "Content-Type", "application/json" },
  { "dropped-post", "POST /drop HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab", 500, "%", NULL, NULL },
};

static void
test_exchange (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL, 1);
  g_autoptr (RawAnswer) answer = raw_exchange (fixture->port, exchanges[i].request);

  g_assert_nonnull (answer);
  g_assert_cmpuint (answer->status, ==, exchanges[i].status);
  if (!g_str_equal (exchanges[i].body, "%"))
    g_assert_cmpstr (answer->body, ==, exchanges[i].body);
  else
    g_assert_true (g_str_has_prefix (answer->body, "{\"error\":\""));
  if (exchanges[i].header != NULL)
    {
      g_autofree char *value = raw_header (answer, exchanges[i].header);

      g_assert_cmpstr (value, ==, exchanges[i].value);
    }
}

/* All of them on one connection, which must survive each (but for HTTP/1.0 and chunked bodies, which end it). */
static void
test_keep_alive (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL, 1);
  int fd = raw_connect (fixture->port);

  for (guint round = 0; round < 3; round++)
    for (guint i = 0; i < G_N_ELEMENTS (exchanges); i++)
      {
        g_autoptr (RawAnswer) answer = NULL;

        if (g_str_equal (exchanges[i].name, "http-1.0") || g_str_equal (exchanges[i].name, "chunked"))
          continue;
        raw_send (fd, exchanges[i].request);
        answer = raw_read (fd, g_str_has_prefix (exchanges[i].request, "HEAD "));
        g_test_message ("%s", exchanges[i].name);
        g_assert_nonnull (answer);
        g_assert_cmpuint (answer->status, ==, exchanges[i].status);
      }
  close (fd);
  g_autoptr (PdgHttpMetrics) metrics = http_fixture_metrics (fixture);
  g_assert_cmpuint (metrics->connections_accepted, ==, 1);
}

static void
test_pipelined (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL, 1);
  g_autoptr (GString) text = g_string_new (NULL);
  int fd = raw_connect (fixture->port);

  for (guint i = 0; i < 200; i++)
    g_string_append_printf (text, "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n%05u", i);
  raw_send (fd, text->str);
  for (guint i = 0; i < 200; i++)
    {
      g_autoptr (RawAnswer) answer = raw_read (fd, FALSE);
      g_autofree char *expected = g_strdup_printf ("%05u", i);

      g_assert_cmpstr (answer->body, ==, expected);
    }
  close (fd);
}

/* Pipelined behind one that is answered late: order stays. */
static void
test_pipelined_behind_held (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL, 1);
  int fd = raw_connect (fixture->port);

  raw_send (fd, "GET /hold HTTP/1.1\r\nHost: h\r\n\r\nGET /hello HTTP/1.1\r\nHost: h\r\n\r\n");
  g_autoptr (PdgHttpRequest) held = http_fixture_next_held (fixture);
  g_assert_cmpint (g_atomic_int_get (&fixture->n_calls), ==, 0);
  g_assert_true (pdg_http_request_respond_error (held, 418, "late"));
  g_autoptr (RawAnswer) first = raw_read (fd, FALSE);
  g_autoptr (RawAnswer) second = raw_read (fd, FALSE);
  g_assert_cmpuint (first->status, ==, 418);
  g_assert_cmpstr (second->body, ==, "hello");
  close (fd);
}

static void
test_byte_by_byte (void)
{
  static const char text[] = "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n3\r\nbcd\r\n0\r\n\r\n";
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL, 1);
  int fd = raw_connect (fixture->port);

  for (gsize i = 0; i < strlen (text); i++)
    raw_send_bytes (fd, text + i, 1);
  g_autoptr (RawAnswer) answer = raw_read (fd, FALSE);
  g_assert_cmpstr (answer->body, ==, "abcd");
  g_assert_true (raw_is_closed (fd));
  close (fd);
}

/* Nothing that follows a chunked request on its connection is read as a request. */
static void
test_nothing_behind_chunks (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL, 1);
  int fd = raw_connect (fixture->port);

  raw_send (fd, "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nA: b\r\nC: d\r\n\r\n"
                "GET /hello HTTP/1.1\r\nHost: h\r\n\r\n");
  g_autoptr (RawAnswer) answer = raw_read (fd, FALSE);
  g_assert_cmpstr (answer->body, ==, "a");
  g_autofree char *connection = raw_header (answer, "Connection");
  g_assert_cmpstr (connection, ==, "close");
  g_assert_true (raw_is_closed (fd));
  close (fd);
  g_assert_cmpint (fixture->n_calls, ==, 1);
}

static void
test_large_bodies (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL, 1);
  gsize size = 1 << 20;
  g_autofree char *data = g_malloc (size);
  g_autofree char *head = g_strdup_printf ("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: %zu\r\n\r\n", size);
  int fd = raw_connect (fixture->port);

  for (gsize i = 0; i < size; i++)
    data[i] = (char) (i * 31 + i / 4096);
  raw_send (fd, head);
  raw_send_bytes (fd, data, size);
  g_autoptr (RawAnswer) answer = raw_read (fd, FALSE);
  g_assert_cmpmem (answer->body, answer->body_len, data, size);

  raw_send (fd, "GET /big HTTP/1.1\r\nHost: h\r\n\r\n");
  g_autoptr (RawAnswer) second = raw_read (fd, FALSE);
  g_assert_cmpuint (second->body_len, ==, 8 << 20);
  g_assert_cmpint (second->body[(8 << 20) - 1], ==, 'a' + ((8 << 20) - 1) % 23);
  close (fd);
}

static void
test_expect_continue (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL, 1);
  int fd = raw_connect (fixture->port);

  raw_send (fd, "POST /checked HTTP/1.1\r\nHost: h\r\nX-Key: good\r\nOrigin: http://o\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
  g_autoptr (RawAnswer) interim = raw_read (fd, TRUE);
  g_assert_cmpuint (interim->status, ==, 100);
  raw_send (fd, "abc");
  g_autoptr (RawAnswer) answer = raw_read (fd, FALSE);
  g_assert_cmpuint (answer->status, ==, 200);
  g_assert_cmpstr (answer->body, ==, "principal");
  g_autofree char *origin = raw_header (answer, "Access-Control-Allow-Origin");
  g_assert_cmpstr (origin, ==, "http://o");
  g_autofree char *date = raw_header (answer, "Date");
  g_assert_nonnull (date);

  /* Refused: no interim answer, and the body is not waited for. */
  raw_send (fd, "POST /checked HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 900000\r\n\r\n");
  g_autoptr (RawAnswer) refusal = raw_read (fd, FALSE);
  g_assert_cmpuint (refusal->status, ==, 401);
  g_assert_true (raw_is_closed (fd));
  close (fd);
}

static void
test_half_closed (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL, 1);
  int fd = raw_connect (fixture->port);

  raw_send (fd, "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nok");
  shutdown (fd, SHUT_WR);
  g_autoptr (RawAnswer) answer = raw_read (fd, FALSE);
  g_assert_cmpstr (answer->body, ==, "ok");
  g_assert_true (raw_is_closed (fd));
  close (fd);
}

static void
test_counts (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL, 1);

  for (guint i = 0; i < 3; i++)
    raw_answer_free (raw_exchange (fixture->port, "GET /hello HTTP/1.1\r\nHost: h\r\n\r\n"));
  raw_answer_free (raw_exchange (fixture->port, "GET /nope HTTP/1.1\r\nHost: h\r\n\r\n"));
  raw_answer_free (raw_exchange (fixture->port, "PUT /hello HTTP/1.1\r\nHost: h\r\n\r\n"));
  raw_answer_free (raw_exchange (fixture->port, "rubbish\r\n\r\n"));
  raw_answer_free (raw_exchange (fixture->port, "POST /small HTTP/1.1\r\nHost: h\r\nContent-Length: 999999\r\n\r\n"));
  http_fixture_wait_for (fixture, requests_in_flight, ==, 0);
  g_assert_cmpuint (http_fixture_count (fixture, "/hello", 200), ==, 3);
  g_assert_cmpuint (http_fixture_count (fixture, "", 404), ==, 1);
  g_assert_cmpuint (http_fixture_count (fixture, "", 405), ==, 1);
  g_assert_cmpuint (http_fixture_count (fixture, "", 400), ==, 1);
  g_assert_cmpuint (http_fixture_count (fixture, "/small", 413), ==, 1);
  g_autoptr (PdgHttpMetrics) metrics = http_fixture_metrics (fixture);
  g_assert_cmpuint (metrics->connections_accepted, ==, 7);
  g_assert_cmpuint (metrics->bytes_in, >, 200);
  g_assert_cmpuint (metrics->bytes_out, >, 500);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (exchanges); i++)
    {
      g_autofree char *path = g_strdup_printf ("/http/requests/%s", exchanges[i].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_exchange);
    }
  g_test_add_func ("/http/requests/keeps-the-connection", test_keep_alive);
  g_test_add_func ("/http/requests/pipelined", test_pipelined);
  g_test_add_func ("/http/requests/pipelined-behind-a-late-answer", test_pipelined_behind_held);
  g_test_add_func ("/http/requests/byte-by-byte", test_byte_by_byte);
  g_test_add_func ("/http/requests/nothing-behind-chunks", test_nothing_behind_chunks);
  g_test_add_func ("/http/requests/large-bodies", test_large_bodies);
  g_test_add_func ("/http/requests/expect-continue", test_expect_continue);
  g_test_add_func ("/http/requests/half-closed-client-gets-its-answer", test_half_closed);
  g_test_add_func ("/http/requests/counts-by-route-and-status", test_counts);
  return g_test_run ();
}
