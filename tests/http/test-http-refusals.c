#include "config.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http-fixture.h"

#define N_MUTATIONS 1500

static const struct
{
  const char *name, *request;
  guint status;
} refusals[] = {
  { "rubbish", "rubbish\r\n\r\n", 400 },
  { "binary", "\x16\x03\x01\x02\x01\x01\x01\x03\r\n\r\n", 400 },
  { "no-host", "GET /hello HTTP/1.1\r\n\r\n", 400 },
  { "host-with-slash", "GET /hello HTTP/1.1\r\nHost: a/b\r\n\r\n", 400 },
  { "http-3", "GET /hello HTTP/3.0\r\nHost: h\r\n\r\n", 505 },
  { "http-2-preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505 },
  { "no-version", "GET /hello\r\nHost: h\r\n\r\n", 400 },
  { "other-scheme", "GET ftp://h/hello HTTP/1.1\r\nHost: h\r\n\r\n", 400 },
  { "bad-escape", "GET /he%zzllo HTTP/1.1\r\nHost: h\r\n\r\n", 400 },
  { "escaped-nul", "GET /hello%00 HTTP/1.1\r\nHost: h\r\n\r\n", 400 },
  { "unknown-transfer-encoding", "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\n\r\n", 501 },
  { "length-and-chunked", "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400 },
  { "two-lengths", "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef", 400 },
  { "negative-length", "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: -5\r\n\r\n", 400 },
  { "signed-length", "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: +5\r\n\r\nabcde", 400 },
  { "folded-header", "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding:\r\n gzip\r\n\r\n", 501 },
  { "folded-other-header", "GET /hello HTTP/1.1\r\nHost: h\r\nX: y\r\n z\r\n\r\n", 400 },
  { "space-before-colon", "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length : 5\r\n\r\nabcde", 400 },
  { "header-without-colon", "GET /hello HTTP/1.1\r\nHost: h\r\nnonsense\r\n\r\n", 400 },
  { "unknown-expectation", "POST /echo HTTP/1.1\r\nHost: h\r\nExpect: miracles\r\nContent-Length: 0\r\n\r\n", 417 },
  { "pipelined-unknown-transfer-encoding", "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab"
    "GET /hello HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: x\r\n\r\n", 501 },
  { "huge-length", "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999999999999999\r\n\r\n", 400 },
  { "length-not-a-number", "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: five\r\n\r\n", 400 },
  { "too-long", "POST /small HTTP/1.1\r\nHost: h\r\nContent-Length: 101\r\n\r\n", 413 },
  { "much-too-long", "POST /small HTTP/1.1\r\nHost: h\r\nContent-Length: 10000000000\r\n\r\n", 413 },
  { "body-on-get", "GET /hello HTTP/1.1\r\nHost: h\r\nContent-Length: 900000\r\n\r\n", 413 },
  { "nowhere-with-long-body", "POST /nope HTTP/1.1\r\nHost: h\r\nContent-Length: 900000\r\n\r\n", 404 },
  { "nowhere-chunked", "POST /nope HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n", 404 },
  { "early-with-long-body", "POST /checked HTTP/1.1\r\nHost: h\r\nContent-Length: 900000\r\n\r\n", 401 },
};

/* Each is refused with a JSON body before any more bytes come, and none reaches a handler. */
static void
test_refusal (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL, 1);
  int fd = raw_connect (fixture->port);
  gsize sent = strlen (refusals[i].request);

  raw_send_bytes (fd, refusals[i].request, sent);
  if (refusals[i].status == 413 && strstr (refusals[i].request, ": 101") != NULL)
    raw_send (fd, "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789x");
  g_autoptr (RawAnswer) answer = raw_read (fd, FALSE);
  g_assert_nonnull (answer);
  g_assert_cmpuint (answer->status, ==, refusals[i].status);
  g_assert_true (g_str_has_prefix (answer->body, "{\"error\":\""));
  g_assert_true (g_str_has_suffix (answer->body, "\"}"));
  g_autofree char *type = raw_header (answer, "Content-Type");
  g_assert_cmpstr (type, ==, "application/json");
  g_assert_cmpint (fixture->n_calls, ==, 0);
  close (fd);
  http_fixture_wait_for (fixture, connections_open, ==, 0);
}

/* A client that writes everything before it reads still gets the answer, though the server closes. */
static void
test_answer_survives_close (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL, 1);
  gsize size = 4 << 20;
  g_autofree char *data = g_malloc0 (size);
  g_autofree char *head = g_strdup_printf ("POST /checked HTTP/1.1\r\nHost: h\r\nOrigin: http://o\r\nContent-Length: %zu\r\n\r\n", size);

  for (guint i = 0; i < 10; i++)
    {
      int fd = raw_connect (fixture->port);

      raw_send (fd, head);
      raw_send_bytes (fd, data, size);
      g_autoptr (RawAnswer) answer = raw_read (fd, FALSE);
      g_assert_cmpuint (answer->status, ==, 413);
      g_autofree char *connection = raw_header (answer, "Connection");
      g_assert_cmpstr (connection, ==, "close");
      g_autofree char *origin = raw_header (answer, "Access-Control-Allow-Origin");
      g_assert_cmpstr (origin, ==, "http://o");
      g_assert_true (raw_is_closed (fd));
      close (fd);
    }
}

/* No length is declared; the limit holds while the chunks come. */
static void
test_chunked_too_long (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL, 1);
  int fd = raw_connect (fixture->port);

  raw_send (fd, "POST /small HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (guint i = 0; i < 11; i++)
    raw_try_send (fd, "a\r\n0123456789\r\n", 15);
  g_autoptr (RawAnswer) answer = raw_read (fd, FALSE);
  g_assert_cmpuint (answer->status, ==, 413);
  g_assert_true (raw_is_closed (fd));
  close (fd);
  g_assert_cmpint (fixture->n_calls, ==, 0);

  /* Exactly the limit passes. */
  fd = raw_connect (fixture->port);
  raw_send (fd, "POST /small HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (guint i = 0; i < 10; i++)
    raw_send (fd, "a\r\n0123456789\r\n");
  raw_send (fd, "0\r\n\r\n");
  g_autoptr (RawAnswer) second = raw_read (fd, FALSE);
  g_assert_cmpuint (second->status, ==, 200);
  g_assert_cmpuint (second->body_len, ==, 100);
  close (fd);
}

static void
test_chunked_in_one_piece_too_long (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL, 1);
  g_autofree char *filling = g_strnfill (200, 'x');
  g_autofree char *text = g_strdup_printf ("POST /small HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nc8\r\n%s\r\n0\r\n\r\n",
                                           filling);
  int fd = raw_connect (fixture->port);

  raw_send (fd, text);
  g_autoptr (RawAnswer) answer = raw_read (fd, FALSE);
  g_assert_cmpuint (answer->status, ==, 413);
  g_assert_true (raw_is_closed (fd));
  close (fd);
}

/* libsoup takes this one for a connection that stays. */
static void
test_refused_and_kept (void)
{
  PdgHttpLimits limits = PDG_HTTP_LIMITS_DEFAULT;

  limits.write_deadline_ms = 60;
  g_autoptr (HttpFixture) fixture = http_fixture_new (&limits, 1);
  int fd = raw_connect (fixture->port);

  raw_send (fd, "OPTIONS * HTTP/1.1\r\nConnection: Upgr\"de\r\nUpgrade: websocket\r\n\r\n");
  g_autoptr (RawAnswer) answer = raw_read (fd, FALSE);
  g_assert_cmpuint (answer->status, ==, 400);
  g_assert_true (raw_is_closed (fd));
  http_fixture_wait_for (fixture, connections_open, ==, 0);
  close (fd);
}

static void
test_chunked_after_continue_too_long (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL, 1);
  g_autofree char *filling = g_strnfill (200, 'x');
  g_autofree char *chunk = g_strdup_printf ("c8\r\n%s\r\n", filling);
  int fd = raw_connect (fixture->port);

  raw_send (fd, "POST /small HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n");
  g_autoptr (RawAnswer) interim = raw_read (fd, TRUE);
  g_assert_cmpuint (interim->status, ==, 100);
  raw_send (fd, chunk);
  g_autoptr (RawAnswer) answer = raw_read (fd, FALSE);
  g_assert_cmpuint (answer->status, ==, 413);
  g_assert_true (raw_is_closed (fd));
  close (fd);
}

static void
test_long_headers (void)
{
  PdgHttpLimits limits = PDG_HTTP_LIMITS_DEFAULT;
  g_autofree char *line = g_strnfill (1000, 'x');
  g_autofree char *header = g_strdup_printf ("X-%s: %s\r\n", line, line);

  limits.max_header_bytes = 20000;
  g_autoptr (HttpFixture) fixture = http_fixture_new (&limits, 1);
  int fd = raw_connect (fixture->port);

  raw_send (fd, "GET /hello HTTP/1.1\r\nHost: h\r\n");
  for (guint i = 0; i < 8; i++)
    raw_send (fd, header);
  raw_send (fd, "\r\n");
  g_autoptr (RawAnswer) passed = raw_read (fd, FALSE);
  g_assert_cmpuint (passed->status, ==, 200);

  /* The second request of a connection is judged like the first. */
  raw_send (fd, "GET /hello HTTP/1.1\r\nHost: h\r\n");
  for (guint i = 0; i < 100 && raw_try_send (fd, header, strlen (header)); i++)
    ;
  g_autoptr (RawAnswer) answer = raw_read (fd, FALSE);
  g_assert_cmpuint (answer->status, ==, 431);
  g_assert_true (raw_is_closed (fd));
  close (fd);
  http_fixture_wait_for (fixture, connections_open, ==, 0);
}

/* A body that ends before its length reaches no handler. */
static void
test_truncated (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL, 1);
  int fd = raw_connect (fixture->port);

  raw_send (fd, "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc");
  shutdown (fd, SHUT_WR);
  g_assert_true (raw_is_closed (fd));
  close (fd);
  fd = raw_connect (fixture->port);
  raw_send (fd, "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc");
  shutdown (fd, SHUT_WR);
  g_assert_true (raw_is_closed (fd));
  close (fd);
  fd = raw_connect (fixture->port);
  raw_send (fd, "POST /echo HTT");
  close (fd);
  http_fixture_wait_for (fixture, connections_open, ==, 0);
  g_assert_cmpint (fixture->n_calls, ==, 0);
}

/* What a slow client sent before it fell silent, and what it gets. 0 = the connection ends without a word. */
static const struct
{
  const char *name, *first, *then;
  guint status;
} slow[] = {
  { "says-nothing", "", NULL, 0 },
  { "half-a-line", "GET /hel", NULL, 408 },
  { "half-the-headers", "GET /hello HTTP/1.1\r\nHost: h\r\n", NULL, 408 },
  { "half-the-body", "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc", NULL, 408 },
  { "half-a-chunk", "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", NULL, 408 },
  { "no-body-of-a-refused-one", "POST /nope HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n", NULL, 408 },
  { "idle-after-one", "GET /hello HTTP/1.1\r\nHost: h\r\n\r\n", "", 0 },
  { "half-a-second-line", "GET /hello HTTP/1.1\r\nHost: h\r\n\r\n", "GET /hel", 408 },
  { "half-the-second-headers", "GET /hello HTTP/1.1\r\nHost: h\r\n\r\n", "GET /hello HTTP/1.1\r\n", 408 },
};

static void
test_slow (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  PdgHttpLimits limits = PDG_HTTP_LIMITS_DEFAULT;

  limits.header_deadline_ms = limits.body_deadline_ms = limits.idle_deadline_ms = 60;
  g_autoptr (HttpFixture) fixture = http_fixture_new (&limits, 1);
  int fd = raw_connect (fixture->port);

  raw_send (fd, slow[i].first);
  if (slow[i].then != NULL)
    {
      g_autoptr (RawAnswer) first = raw_read (fd, FALSE);

      g_assert_cmpuint (first->status, ==, 200);
      raw_send (fd, slow[i].then);
    }
  if (slow[i].status != 0)
    {
      g_autoptr (RawAnswer) answer = raw_read (fd, FALSE);

      g_assert_nonnull (answer);
      g_assert_cmpuint (answer->status, ==, slow[i].status);
      g_assert_true (g_str_has_prefix (answer->body, "{\"error\":\""));
    }
  g_assert_true (raw_is_closed (fd));
  http_fixture_wait_for (fixture, connections_open, ==, 0);
  g_autoptr (PdgHttpMetrics) metrics = http_fixture_metrics (fixture);
  g_assert_cmpuint (metrics->deadlines_missed, ==, slow[i].status != 0 ? 1 : 0);
  close (fd);
}

/* A trickle does not reset the deadline. */
static void
test_trickle (void)
{
  PdgHttpLimits limits = PDG_HTTP_LIMITS_DEFAULT;

  limits.header_deadline_ms = 150;
  g_autoptr (HttpFixture) fixture = http_fixture_new (&limits, 1);
  int fd = raw_connect (fixture->port);
  gint64 until = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;

  raw_send (fd, "GET /hello HTTP/1.1\r\n");
  while (raw_try_send (fd, "X: y\r\n", 6))
    {
      char c;

      g_assert_cmpint (g_get_monotonic_time (), <, until);
      if (recv (fd, &c, 1, MSG_PEEK | MSG_DONTWAIT) == 1)
        break;
      g_usleep (5000);
    }
  g_autoptr (RawAnswer) answer = raw_read (fd, FALSE);
  g_assert_cmpuint (answer->status, ==, 408);
  close (fd);
}

/* A client that asks for much and reads nothing does not keep its connection. */
static void
test_slow_reader (void)
{
  PdgHttpLimits limits = PDG_HTTP_LIMITS_DEFAULT;

  limits.write_deadline_ms = 100;
  g_autoptr (HttpFixture) fixture = http_fixture_new (&limits, 1);
  int fd = raw_connect (fixture->port);

  raw_send (fd, "GET /big HTTP/1.1\r\nHost: h\r\n\r\nGET /big HTTP/1.1\r\nHost: h\r\n\r\n");
  http_fixture_wait_for (fixture, deadlines_missed, ==, 1);
  http_fixture_wait_for (fixture, connections_open, ==, 0);
  close (fd);
}

/* While a handler works there is no deadline of ours. */
static void
test_work_has_no_deadline (void)
{
  PdgHttpLimits limits = PDG_HTTP_LIMITS_DEFAULT;

  limits.header_deadline_ms = limits.body_deadline_ms = limits.idle_deadline_ms = limits.write_deadline_ms = 40;
  g_autoptr (HttpFixture) fixture = http_fixture_new (&limits, 1);
  int fd = raw_connect (fixture->port);
  int other = raw_connect (fixture->port);

  raw_send (fd, "GET /hold HTTP/1.1\r\nHost: h\r\n\r\n");
  g_autoptr (PdgHttpRequest) held = http_fixture_next_held (fixture);
  g_assert_true (raw_is_closed (other)); /* so at least one deadline has passed */
  g_usleep (60000);
  pdg_http_request_respond (held, 200, NULL, NULL);
  g_autoptr (RawAnswer) answer = raw_read (fd, FALSE);
  g_assert_cmpuint (answer->status, ==, 200);
  close (fd);
  close (other);
}

/* Random damage to well-formed requests: whatever comes back, the server stays whole and answers the next client. */
static void
test_mutations (void)
{
  static const char *const seeds[] = {
    "GET /info?name=a%20b&x=1 HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: 1.2.3.4\r\n\r\n",
    "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nhello world",
    "POST /small HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;ext=1\r\n world\r\n0\r\nT: x\r\n\r\n",
    "POST /checked HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nX-Key: good\r\nContent-Length: 2\r\n\r\nok",
    "OPTIONS * HTTP/1.1\r\nHost: h\r\nOrigin: http://o\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
    "GET /hello HTTP/1.1\r\nHost: h\r\nRange: bytes=0-1,2-3\r\n\r\nHEAD /files/%41 HTTP/1.0\r\n\r\n",
  };
  PdgHttpLimits limits = PDG_HTTP_LIMITS_DEFAULT;

  limits.write_deadline_ms = 60;
  g_autoptr (HttpFixture) fixture = http_fixture_new (&limits, 2);
  g_autoptr (GRand) random = g_rand_new_with_seed (g_test_rand_int ());

  for (guint i = 0; i < N_MUTATIONS; i++)
    {
      const char *seed = seeds[g_rand_int_range (random, 0, G_N_ELEMENTS (seeds))];
      gsize len = strlen (seed);
      g_autofree char *text = g_strdup (seed);
      int fd = raw_connect (fixture->port);
      char sink[4096];

      for (int n = g_rand_int_range (random, 1, 6); n > 0; n--)
        {
          static const char interesting[] = "\r\n\0 :;,%/?-+0159aZ\xff\x80\t\"";

          text[g_rand_int_range (random, 0, len)] = interesting[g_rand_int_range (random, 0, sizeof interesting)];
        }
      if (g_rand_int_range (random, 0, 4) == 0)
        len = g_rand_int_range (random, 1, len);
      raw_try_send (fd, text, len);
      shutdown (fd, SHUT_WR);
      if (i % 3 != 0)
        while (recv (fd, sink, sizeof sink, 0) > 0)
          ;
      close (fd);
    }
  g_autoptr (RawAnswer) answer = raw_exchange (fixture->port, "GET /hello HTTP/1.1\r\nHost: h\r\n\r\n");
  g_assert_cmpstr (answer->body, ==, "hello");
  http_fixture_wait_for (fixture, connections_open, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      g_autofree char *path = g_strdup_printf ("/http/refusals/%s", refusals[i].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_refusal);
    }
  for (guint i = 0; i < G_N_ELEMENTS (slow); i++)
    {
      g_autofree char *path = g_strdup_printf ("/http/deadlines/%s", slow[i].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_slow);
    }
  g_test_add_func ("/http/refusals/answer-survives-the-close", test_answer_survives_close);
  g_test_add_func ("/http/refusals/chunked-too-long", test_chunked_too_long);
  g_test_add_func ("/http/refusals/chunked-in-one-piece-too-long", test_chunked_in_one_piece_too_long);
  g_test_add_func ("/http/refusals/chunked-after-continue-too-long", test_chunked_after_continue_too_long);
  g_test_add_func ("/http/refusals/refused-and-kept", test_refused_and_kept);
  g_test_add_func ("/http/refusals/long-headers", test_long_headers);
  g_test_add_func ("/http/refusals/truncated", test_truncated);
  g_test_add_func ("/http/refusals/mutations", test_mutations);
  g_test_add_func ("/http/deadlines/trickle", test_trickle);
  g_test_add_func ("/http/deadlines/slow-reader", test_slow_reader);
  g_test_add_func ("/http/deadlines/none-while-a-handler-works", test_work_has_no_deadline);
  return g_test_run ();
}
