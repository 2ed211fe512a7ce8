#include "config.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http-fixture.h"

#define HELLO "GET /hello HTTP/1.1\r\nHost: h\r\n\r\n"

static void
assert_hello (int fd)
{
  g_autoptr (RawAnswer) answer = NULL;

  raw_send (fd, HELLO);
  answer = raw_read (fd, FALSE);
  g_assert_nonnull (answer);
  g_assert_cmpstr (answer->body, ==, "hello");
}

/* Out of descriptors: accept fails, the server waits instead of dying or spinning, and goes on when there are some again. */
static void
test_out_of_descriptors (void)
{
  PdgHttpLimits limits = PDG_HTTP_LIMITS_DEFAULT;

  limits.header_deadline_ms = 0;
  g_autoptr (HttpFixture) fixture = http_fixture_new (&limits, 1);
  struct rlimit before, lowered;
  int fds[64];
  guint n_fds = count_open_fds ();

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &before), ==, 0);
  lowered = before;
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++) /* our ends exist already; only accept() will be short */
    fds[i] = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  lowered.rlim_cur = n_fds + G_N_ELEMENTS (fds) + 8;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &lowered), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    {
      struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons (fixture->port) };

      address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
      g_assert_cmpint (connect (fds[i], (struct sockaddr *) &address, sizeof address), ==, 0);
    }
  http_fixture_wait_for (fixture, accept_errors, >=, 3); /* it tries again and again, but does not spin */
  {
    g_autoptr (PdgHttpMetrics) metrics = http_fixture_metrics (fixture);

    g_assert_cmpuint (metrics->accept_errors, <, 200);
    g_assert_cmpuint (metrics->connections_open, <, G_N_ELEMENTS (fds));
  }
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &before), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    {
      assert_hello (fds[i]);
      close (fds[i]);
    }
  raw_answer_free (raw_exchange (fixture->port, HELLO));
}

/* The same without lifting the limit: connections that close give their descriptors to those that wait. */
static void
test_out_of_descriptors_until_some_close (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL, 1);
  struct rlimit before, lowered;
  int fds[20];

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &before), ==, 0);
  lowered = before;
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    fds[i] = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  lowered.rlim_cur = count_open_fds () + 4;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &lowered), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    {
      struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons (fixture->port) };

      address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
      g_assert_cmpint (connect (fds[i], (struct sockaddr *) &address, sizeof address), ==, 0);
    }
  http_fixture_wait_for (fixture, accept_errors, >=, 1);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    {
      assert_hello (fds[i]);
      close (fds[i]);
    }
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &before), ==, 0);
}

static void
test_too_many (void)
{
  PdgHttpLimits limits = PDG_HTTP_LIMITS_DEFAULT;

  limits.max_connections = 3;
  g_autoptr (HttpFixture) fixture = http_fixture_new (&limits, 1);
  int busy[3];
  PdgHttpRequest *held[3];

  for (guint i = 0; i < 3; i++)
    {
      busy[i] = raw_connect (fixture->port);
      raw_send (busy[i], "GET /hold HTTP/1.1\r\nHost: h\r\n\r\n");
      held[i] = http_fixture_next_held (fixture);
    }
  for (guint i = 0; i < 5; i++)
    {
      g_autoptr (RawAnswer) answer = raw_exchange (fixture->port, HELLO);
      g_autofree char *retry = raw_header (answer, "Retry-After");

      g_assert_cmpuint (answer->status, ==, 503);
      g_assert_cmpstr (retry, ==, "1");
      g_assert_true (g_str_has_prefix (answer->body, "{\"error\":"));
    }
  for (guint i = 0; i < 3; i++)
    {
      pdg_http_request_respond (held[i], 204, NULL, NULL);
      pdg_http_request_unref (held[i]);
      raw_answer_free (raw_read (busy[i], FALSE));
    }
  close (busy[0]);
  http_fixture_wait_for (fixture, connections_open, ==, 2);
  g_autoptr (RawAnswer) answer = raw_exchange (fixture->port, HELLO);
  g_assert_cmpuint (answer->status, ==, 200);
  close (busy[1]);
  close (busy[2]);
  g_autoptr (PdgHttpMetrics) metrics = http_fixture_metrics (fixture);
  g_assert_cmpuint (metrics->connections_refused, ==, 5);
}

/* Idle connections make room for new ones, the longest idle first. */
static void
test_evicts_idle (void)
{
  PdgHttpLimits limits = PDG_HTTP_LIMITS_DEFAULT;

  limits.max_connections = 3;
  g_autoptr (HttpFixture) fixture = http_fixture_new (&limits, 1);
  int fds[4];

  for (guint i = 0; i < 3; i++)
    {
      fds[i] = raw_connect (fixture->port);
      assert_hello (fds[i]);
    }
  assert_hello (fds[0]); /* so that the second one is the longest idle */
  fds[3] = raw_connect (fixture->port);
  assert_hello (fds[3]);
  g_assert_true (raw_is_closed (fds[1]));
  assert_hello (fds[0]);
  assert_hello (fds[2]);
  g_autoptr (PdgHttpMetrics) metrics = http_fixture_metrics (fixture);
  g_assert_cmpuint (metrics->connections_evicted, ==, 1);
  g_assert_cmpuint (metrics->connections_refused, ==, 0);
  for (guint i = 0; i < 4; i++)
    close (fds[i]);
}

/* libsoup keeps connections that a client closed while they were idle; ours must not. */
static void
test_closed_while_idle (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL, 2);

  for (guint i = 0; i < 50; i++)
    {
      int fd = raw_connect (fixture->port);
      struct linger reset = { 1, 0 };

      assert_hello (fd);
      if (i % 2 != 0)
        setsockopt (fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
      close (fd);
    }
  http_fixture_wait_for (fixture, connections_open, ==, 0);
  g_assert_cmpuint (http_fixture_count (fixture, "/hello", 200), ==, 50);
  g_assert_cmpuint (http_fixture_count (fixture, "", 400), ==, 0);
}

typedef struct
{
  HttpFixture *fixture;
  gboolean clean;
} Stop;

static gpointer
stop_thread (gpointer data)
{
  Stop *stop = data;

  stop->clean = pdg_http_server_stop (stop->fixture->server, 8000);
  return NULL;
}

static void
test_graceful_stop (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL, 1);
  Stop stop = { fixture, FALSE };
  int working = raw_connect (fixture->port);
  int kept = raw_connect (fixture->port);
  int kept_post = raw_connect (fixture->port);
  int half = raw_connect (fixture->port);
  gint64 until = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;

  assert_hello (kept);
  assert_hello (kept_post);
  raw_send (half, "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nab");
  raw_send (working, "GET /hold HTTP/1.1\r\nHost: h\r\n\r\n");
  g_autoptr (PdgHttpRequest) held = http_fixture_next_held (fixture);
  http_fixture_wait_for (fixture, requests_in_flight, ==, 2);
  GThread *thread = g_thread_new ("stop", stop_thread, &stop);
  while (raw_can_connect (fixture->port))
    g_assert_cmpint (g_get_monotonic_time (), <, until);

  /* New work on an open connection is turned away ... */
  raw_send (kept, HELLO);
  g_autoptr (RawAnswer) refused = raw_read (kept, FALSE);
  g_assert_cmpuint (refused->status, ==, 503);
  g_autofree char *connection = raw_header (refused, "Connection");
  g_assert_cmpstr (connection, ==, "close");
  g_assert_true (raw_is_closed (kept));
  raw_send (kept_post, "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 500000\r\n\r\nab");
  g_autoptr (RawAnswer) refused_post = raw_read (kept_post, FALSE);
  g_assert_cmpuint (refused_post->status, ==, 503);
  g_assert_true (raw_is_closed (kept_post));

  /* ... what has begun is finished. */
  raw_send (half, "cd");
  g_autoptr (RawAnswer) echoed = raw_read (half, FALSE);
  g_assert_cmpstr (echoed->body, ==, "abcd");
  g_autofree char *last = raw_header (echoed, "Connection");
  g_assert_cmpstr (last, ==, "close");
  pdg_http_request_respond_error (held, 418, "done");
  g_autoptr (RawAnswer) answer = raw_read (working, FALSE);
  g_assert_cmpuint (answer->status, ==, 418);
  g_thread_join (thread);
  g_assert_true (stop.clean);
  close (working);
  close (kept);
  close (kept_post);
  close (half);
}

static void
test_stop_without_work_is_quick (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL, 2);
  int idle = raw_connect (fixture->port);
  int silent = raw_connect (fixture->port);
  gint64 before;

  assert_hello (idle);
  before = g_get_monotonic_time ();
  g_assert_true (pdg_http_server_stop (fixture->server, 5000));
  g_assert_cmpint (g_get_monotonic_time () - before, <, 2 * G_USEC_PER_SEC);
  g_assert_true (raw_is_closed (idle));
  g_assert_true (raw_is_closed (silent));
  g_assert_true (pdg_http_server_stop (fixture->server, 5000));
  close (idle);
  close (silent);
}

static const struct
{
  const char *name, *host;
  int code;
  const char *says;
} bad_hosts[] = {
  { "name", "example.org", PDG_HTTP_ERROR_ADDRESS, "use 127.0.0.1, ::1, localhost, 0.0.0.0 or :: with --host" },
  { "empty", "", PDG_HTTP_ERROR_ADDRESS, "not an address to listen on" },
  { "foreign", "192.0.2.1", PDG_HTTP_ERROR_ADDRESS, "choose another with --host" },
};

static void
test_bad_host (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (PdgHttpServer) server = pdg_http_server_new (NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (pdg_http_server_start (server, bad_hosts[i].host, 0, 2, &error));
  g_assert_error (error, PDG_HTTP_ERROR, bad_hosts[i].code);
  g_assert_nonnull (strstr (error->message, bad_hosts[i].says));
}

/* Sharing the port among our own threads must not let a second server of this user join it. */
static void
test_port_in_use (void)
{
  for (guint n_threads = 1; n_threads <= 2; n_threads++)
    for (guint n_second = 1; n_second <= 2; n_second++)
      {
        g_autoptr (HttpFixture) fixture = http_fixture_new (NULL, n_threads);
        g_autoptr (PdgHttpServer) second = pdg_http_server_new (NULL);
        g_autoptr (PdgHttpServer) third = pdg_http_server_new (NULL);
        g_autoptr (GError) error = NULL;
        g_autofree char *expected = g_strdup_printf ("port %u is in use on 127.0.0.1: stop the program that has it, or choose "
                                                     "another with --port", fixture->port);

        g_assert_false (pdg_http_server_start (second, "127.0.0.1", fixture->port, n_second, &error));
        g_assert_error (error, PDG_HTTP_ERROR, PDG_HTTP_ERROR_IN_USE);
        g_assert_cmpstr (error->message, ==, expected);
        g_clear_error (&error);
        g_assert_false (pdg_http_server_start (third, "localhost", fixture->port, n_second, &error));
        g_assert_error (error, PDG_HTTP_ERROR, PDG_HTTP_ERROR_IN_USE);
      }
}

/* A stopped server's port can be taken at once, connections in TIME_WAIT or not. */
static void
test_port_again (void)
{
  guint16 port = 0;

  for (guint i = 0; i < 5; i++)
    {
      g_autoptr (PdgHttpServer) server = pdg_http_server_new (NULL);
      g_autoptr (GError) error = NULL;
      int fd;

      pdg_http_server_start (server, "127.0.0.1", port, 2, &error);
      g_assert_no_error (error);
      port = pdg_http_server_get_port (server);
      fd = raw_connect (port);
      raw_send (fd, HELLO);
      g_autoptr (RawAnswer) answer = raw_read (fd, FALSE);
      g_assert_cmpuint (answer->status, ==, 404);
      pdg_http_server_stop (server, 1000);
      close (fd);
    }
}

static gboolean
try_connect (int family, const char *host, guint16 port)
{
  struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons (port) };
  struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons (port) };
  int fd = socket (family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  gboolean ok = FALSE;

  if (fd < 0)
    return FALSE;
  if (family == AF_INET)
    {
      inet_pton (AF_INET, host, &v4.sin_addr);
      ok = connect (fd, (struct sockaddr *) &v4, sizeof v4) == 0;
    }
  else
    {
      inet_pton (AF_INET6, host, &v6.sin6_addr);
      ok = connect (fd, (struct sockaddr *) &v6, sizeof v6) == 0;
    }
  if (ok)
    {
      raw_send (fd, HELLO);
      g_autoptr (RawAnswer) answer = raw_read (fd, FALSE);
      g_assert_cmpuint (answer->status, ==, 404);
    }
  close (fd);
  return ok;
}

static gboolean
has_ipv6 (void)
{
  struct sockaddr_in6 address = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT };
  int fd = socket (AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  gboolean ok = fd >= 0 && bind (fd, (struct sockaddr *) &address, sizeof address) == 0;

  if (fd >= 0)
    close (fd);
  return ok;
}

static const struct
{
  const char *host;
  gboolean v4, v6;
} hosts[] = {
  { "127.0.0.1", TRUE, FALSE }, { "localhost", TRUE, TRUE }, { "0.0.0.0", TRUE, FALSE },
  { "::1", FALSE, TRUE }, { "::", TRUE, TRUE },
};

static void
test_hosts (void)
{
  gboolean ipv6 = has_ipv6 ();

  for (guint i = 0; i < G_N_ELEMENTS (hosts); i++)
    for (guint n_threads = 1; n_threads <= 3; n_threads += 2)
      {
        g_autoptr (PdgHttpServer) server = NULL;
        g_autoptr (GError) error = NULL;
        guint16 port;

        if (!ipv6 && hosts[i].host[0] == ':')
          continue;
        server = pdg_http_server_new (NULL);
        pdg_http_server_start (server, hosts[i].host, 0, n_threads, &error);
        g_assert_no_error (error);
        port = pdg_http_server_get_port (server);
        g_assert_cmpint (try_connect (AF_INET, "127.0.0.1", port), ==, hosts[i].v4);
        g_assert_cmpint (try_connect (AF_INET6, "::1", port), ==, hosts[i].v6 && ipv6);
      }
}

static void
respond_with_peer (PdgHttpRequest *request, gpointer user_data)
{
  g_autofree char *text = g_strdup_printf ("%s %d", pdg_http_request_get_remote (request),
                                           pdg_http_request_is_loopback (request));
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));

  pdg_http_request_respond (request, 200, "text/plain", body);
}

/* An IPv4 client of a socket for both families is an IPv4 client. */
static void
test_mapped_peer (void)
{
  g_autoptr (PdgHttpServer) server = NULL;
  g_autoptr (GError) error = NULL;

  if (!has_ipv6 ())
    {
      g_test_skip ("this machine has no IPv6");
      return;
    }
  server = pdg_http_server_new (NULL);
  pdg_http_server_add_route (server, "GET", "/hello", 0, NULL, respond_with_peer, NULL, NULL);
  pdg_http_server_start (server, "::", 0, 1, &error);
  g_assert_no_error (error);
  g_autoptr (RawAnswer) answer = raw_exchange (pdg_http_server_get_port (server), HELLO);
  g_assert_cmpstr (answer->body, ==, "127.0.0.1 1");
}

/* The kernel spreads connections over the threads, and each thread's context takes foreign sources. */
static gboolean
count_cb (gpointer user_data)
{
  g_atomic_int_inc ((int *) user_data);
  return G_SOURCE_REMOVE;
}

static void
test_contexts (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL, 2);
  int n_run = 0;
  gint64 until = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;

  g_assert_nonnull (pdg_http_server_get_context (fixture->server, 0));
  g_assert_nonnull (pdg_http_server_get_context (fixture->server, 1));
  g_assert_null (pdg_http_server_get_context (fixture->server, 2));
  for (guint i = 0; i < 2; i++)
    g_main_context_invoke (pdg_http_server_get_context (fixture->server, i), count_cb, &n_run);
  while (g_atomic_int_get (&n_run) < 2)
    g_assert_cmpint (g_get_monotonic_time (), <, until);
  pdg_http_server_stop (fixture->server, 100);
  g_assert_null (pdg_http_server_get_context (fixture->server, 0));
}

/* Memory does not grow with the number of connections served. */
static gsize
resident_bytes (void)
{
  g_autofree char *text = NULL;
  gsize pages = 0;

  g_assert_true (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL));
  sscanf (text, "%*u %zu", &pages);
  return pages * sysconf (_SC_PAGESIZE);
}

static void
test_memory_is_flat (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL, 1);
  gsize before = 0;

  for (guint i = 0; i < 4000; i++)
    {
      int fd = raw_connect (fixture->port);

      assert_hello (fd);
      close (fd);
      if (i == 1000)
        before = resident_bytes ();
    }
  http_fixture_wait_for (fixture, connections_open, ==, 0);
  if (g_getenv ("PDG_TEST_INSTRUMENTED") == NULL)
    g_assert_cmpuint (resident_bytes (), <, before + 1024 * 1024);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (bad_hosts); i++)
    {
      g_autofree char *path = g_strdup_printf ("/http/listen/bad-host/%s", bad_hosts[i].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_bad_host);
    }
  g_test_add_func ("/http/listen/port-in-use", test_port_in_use);
  g_test_add_func ("/http/listen/port-again", test_port_again);
  g_test_add_func ("/http/listen/hosts", test_hosts);
  g_test_add_func ("/http/listen/mapped-peer", test_mapped_peer);
  g_test_add_func ("/http/connections/out-of-descriptors", test_out_of_descriptors);
  g_test_add_func ("/http/connections/out-of-descriptors-until-some-close", test_out_of_descriptors_until_some_close);
  g_test_add_func ("/http/connections/too-many", test_too_many);
  g_test_add_func ("/http/connections/evicts-the-longest-idle", test_evicts_idle);
  g_test_add_func ("/http/connections/closed-while-idle", test_closed_while_idle);
  g_test_add_func ("/http/connections/memory-is-flat", test_memory_is_flat);
  g_test_add_func ("/http/connections/contexts", test_contexts);
  g_test_add_func ("/http/stop/graceful", test_graceful_stop);
  g_test_add_func ("/http/stop/quick-without-work", test_stop_without_work_is_quick);
  return g_test_run ();
}
