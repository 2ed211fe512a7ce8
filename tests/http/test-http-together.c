#include "config.h"

#include <string.h>
#include <unistd.h>

#include "http-fixture.h"

/* Requests of the short way that come at the same moment: a handler may leave them to each other. */

#define WAITS "GET /waits HTTP/1.1\r\nHost: h\r\n\r\n"
#define CLIENTS 6
#define ROUNDS_MAX 2000

typedef struct
{
  PdgHttpServer *server;
  int fds[CLIENTS];
  GMutex lock;
  GCond changed;
  guint n_most;   /* that were answered together */
  guint n_before; /* that had been left when one had to wait */
  guint n_left;   /* and not yet answered */
  gboolean open;
} Together;

static void
answer (PdgHttpRequest *request, const char *text)
{
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));

  pdg_http_request_respond (request, 200, "text/plain", body);
}

static void
left (PdgHttpRequest *request, gpointer user_data)
{
  Together *self = user_data;

  if (!pdg_http_request_may_defer (request))
    {
      pdg_http_request_expect_others (request);
      answer (request, pdg_http_request_get_query (request));
      return;
    }
  g_mutex_lock (&self->lock);
  self->n_left++;
  g_mutex_unlock (&self->lock);
  pdg_http_request_defer (request, request);
}

/* One of them gets no answer now and then. */
static void
together (gpointer *deferred, guint n, gpointer user_data)
{
  Together *self = user_data;

  g_mutex_lock (&self->lock);
  self->n_most = MAX (self->n_most, n);
  self->n_left -= n;
  g_mutex_unlock (&self->lock);
  for (guint i = 0; i < n; i++)
    if (!g_str_equal (pdg_http_request_get_query (deferred[i]), "silent"))
      answer (deferred[i], pdg_http_request_get_query (deferred[i]));
}

static void
waits (PdgHttpRequest *request, gpointer user_data)
{
  Together *self = user_data;

  g_mutex_lock (&self->lock);
  self->n_before = MAX (self->n_before, self->n_left);
  g_mutex_unlock (&self->lock);
  pdg_http_request_begin_wait (request);
  g_mutex_lock (&self->lock);
  while (!self->open)
    g_cond_wait (&self->changed, &self->lock);
  self->open = FALSE;
  g_mutex_unlock (&self->lock);
  answer (request, "waited");
}

static Together *
together_new (void)
{
  Together *self = g_new0 (Together, 1);
  PdgHttpLimits limits = PDG_HTTP_LIMITS_DEFAULT;
  g_autoptr (GError) error = NULL;

  limits.lane_threads = 3;
  limits.lane_ready_threads = 1;
  self->server = pdg_http_server_new (&limits);
  pdg_http_server_add_route (self->server, "GET", "/left", 0, NULL, left, self, NULL);
  pdg_http_server_add_route (self->server, "GET", "/waits", 0, NULL, waits, self, NULL);
  pdg_http_server_let_wait (self->server, "/left", NULL, together);
  pdg_http_server_let_wait (self->server, "/waits", NULL, NULL);
  pdg_http_server_start (self->server, "127.0.0.1", 0, 1, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < CLIENTS; i++)
    self->fds[i] = raw_connect (pdg_http_server_get_port (self->server));
  return self;
}

static void
together_free (Together *self)
{
  for (guint i = 0; i < CLIENTS; i++)
    close (self->fds[i]);
  g_assert_true (pdg_http_server_stop (self->server, 5000));
  {
    g_autoptr (PdgHttpMetrics) metrics = pdg_http_server_get_metrics (self->server);

    g_assert_cmpuint (metrics->connections_open, ==, 0);
    g_assert_cmpuint (metrics->requests_in_flight, ==, 0);
  }
  pdg_http_server_free (self->server);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Together, together_free)

static void
send_left (int fd, const char *query)
{
  g_autofree char *request = g_strdup_printf ("GET /left?%s HTTP/1.1\r\nHost: h\r\n\r\n", query);

  raw_send (fd, request);
}

static void
assert_answer (int fd, guint status, const char *body)
{
  g_autoptr (RawAnswer) found = raw_read (fd, FALSE);

  g_assert_nonnull (found);
  g_assert_cmpuint (found->status, ==, status);
  if (body != NULL)
    g_assert_cmpstr (found->body, ==, body);
}

/* Each gets its own answer, alone or with others. */
static void
test_answers (void)
{
  g_autoptr (Together) self = together_new ();

  for (guint round = 0; self->n_most < CLIENTS - 1; round++)
    {
      g_assert_cmpuint (round, <, ROUNDS_MAX);
      for (guint i = 0; i < CLIENTS; i++)
        {
          g_autofree char *query = g_strdup_printf ("%u-%u", round, i);

          send_left (self->fds[i], query);
        }
      for (guint i = 0; i < CLIENTS; i++)
        {
          g_autofree char *query = g_strdup_printf ("%u-%u", round, i);

          assert_answer (self->fds[i], 200, query);
        }
    }
}

/* Several on one connection, in their order; and one that nobody answers, which spoils no other. */
static void
test_mixed (void)
{
  g_autoptr (Together) self = together_new ();

  for (guint round = 0; self->n_most < CLIENTS - 1 || round < 50; round++)
    {
      g_assert_cmpuint (round, <, ROUNDS_MAX);
      raw_send (self->fds[0], "GET /left?a HTTP/1.1\r\nHost: h\r\n\r\nGET /left?b HTTP/1.1\r\nHost: h\r\n\r\nGET /left?c HTTP/1.1\r\nHost: h\r\n\r\n");
      send_left (self->fds[1], "d");
      raw_send (self->fds[2], "GET /left?e HTTP/1.1\r\nHo");
      for (guint i = 3; i < CLIENTS; i++)
        send_left (self->fds[i], i == 4 && round % 3 == 0 ? "silent" : "f");
      raw_send (self->fds[2], "st: h\r\n\r\n");
      assert_answer (self->fds[0], 200, "a");
      assert_answer (self->fds[0], 200, "b");
      assert_answer (self->fds[0], 200, "c");
      assert_answer (self->fds[1], 200, "d");
      assert_answer (self->fds[2], 200, "e");
      for (guint i = 3; i < CLIENTS; i++)
        {
          g_autoptr (RawAnswer) found = raw_read (self->fds[i], FALSE);

          g_assert_nonnull (found);
          g_assert_true (found->status == 200 || (found->status == 500 && i == 4 && round % 3 == 0)); /* alone it has an answer */
        }
    }
}

/* One that has to wait keeps nobody waiting: neither those that were left before it, nor those that came with it. */
static void
test_one_waits (void)
{
  g_autoptr (Together) self = together_new ();

  for (guint round = 0; self->n_before < 2; round++)
    {
      g_assert_cmpuint (round, <, ROUNDS_MAX);
      for (guint i = 0; i < CLIENTS; i++)
        if (i == 3)
          raw_send (self->fds[i], WAITS);
        else
          send_left (self->fds[i], "x");
      for (guint i = 0; i < CLIENTS; i++)
        if (i != 3)
          assert_answer (self->fds[i], 200, "x");
      g_mutex_lock (&self->lock);
      self->open = TRUE;
      g_cond_signal (&self->changed);
      g_mutex_unlock (&self->lock);
      assert_answer (self->fds[3], 200, "waited");
    }
}

/* Clients that leave, at any moment. */
static void
test_clients_leave (void)
{
  g_autoptr (Together) self = together_new ();

  for (guint round = 0; self->n_most < 2 || round < 200; round++)
    {
      g_assert_cmpuint (round, <, ROUNDS_MAX);
      for (guint i = 0; i < CLIENTS; i++)
        send_left (self->fds[i], "x");
      for (guint i = 0; i < CLIENTS; i++)
        if (i % 2 == 0)
          {
            close (self->fds[i]);
            self->fds[i] = raw_connect (pdg_http_server_get_port (self->server));
          }
        else
          assert_answer (self->fds[i], 200, "x");
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
  g_test_add_func ("/http/together/answers", test_answers);
  g_test_add_func ("/http/together/mixed", test_mixed);
  g_test_add_func ("/http/together/one-waits", test_one_waits);
  g_test_add_func ("/http/together/clients-leave", test_clients_leave);
  return g_test_run ();
}
