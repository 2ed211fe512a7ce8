#include "config.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http-fixture.h"

#define N_CLIENTS 16
#define N_REQUESTS 60

static const char hold_request[] = "POST /hold HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody";

static void
test_from_another_thread (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL, 1);
  int fd = raw_connect (fixture->port);

  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (PdgHttpRequest) request = NULL;
      g_autoptr (RawAnswer) answer = NULL;
      g_autofree char *value = NULL;

      raw_send (fd, hold_request);
      request = http_fixture_next_held (fixture);
      g_assert_cmpstr (pdg_http_request_get_method (request), ==, "POST");
      g_assert_cmpmem (g_bytes_get_data (pdg_http_request_get_body (request), NULL),
                       g_bytes_get_size (pdg_http_request_get_body (request)), "body", 4);
      g_assert_false (pdg_http_request_is_answered (request));
      pdg_http_request_add_response_header (request, "X-Mark", "yes");
      g_assert_true (pdg_http_request_respond (request, 202, "text/plain", pdg_http_request_get_body (request)));
      answer = raw_read (fd, FALSE);
      g_assert_cmpuint (answer->status, ==, 202);
      g_assert_cmpstr (answer->body, ==, "body");
      value = raw_header (answer, "X-Mark");
      g_assert_cmpstr (value, ==, "yes");
    }
  close (fd);
}

static void
test_only_once (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL, 1);
  int fd = raw_connect (fixture->port);

  raw_send (fd, hold_request);
  g_autoptr (PdgHttpRequest) request = http_fixture_next_held (fixture);
  g_assert_true (pdg_http_request_respond_error (request, 418, "first"));
  g_assert_false (pdg_http_request_respond_error (request, 500, "second"));
  g_assert_true (pdg_http_request_is_answered (request));
  g_autoptr (RawAnswer) answer = raw_read (fd, FALSE);
  g_assert_cmpuint (answer->status, ==, 418);
  raw_send (fd, "GET /hello HTTP/1.1\r\nHost: h\r\n\r\n");
  g_autoptr (RawAnswer) next = raw_read (fd, FALSE);
  g_assert_cmpstr (next->body, ==, "hello");
  g_assert_false (pdg_http_request_respond_error (request, 500, "third"));
  close (fd);
}

static gpointer
race_thread (gpointer data)
{
  return GINT_TO_POINTER (pdg_http_request_respond_error (data, 418, "raced"));
}

/* Several threads answer at once: one wins. */
static void
test_race (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL, 1);
  int fd = raw_connect (fixture->port);

  for (guint i = 0; i < 50; i++)
    {
      g_autoptr (PdgHttpRequest) request = NULL;
      g_autoptr (RawAnswer) answer = NULL;
      GThread *threads[4];
      int n_won = 0;

      raw_send (fd, hold_request);
      request = http_fixture_next_held (fixture);
      for (guint t = 0; t < 4; t++)
        threads[t] = g_thread_new ("race", race_thread, request);
      for (guint t = 0; t < 4; t++)
        n_won += GPOINTER_TO_INT (g_thread_join (threads[t]));
      g_assert_cmpint (n_won, ==, 1);
      answer = raw_read (fd, FALSE);
      g_assert_cmpuint (answer->status, ==, 418);
    }
  close (fd);
}

static void
test_dropped (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL, 1);
  int fd = raw_connect (fixture->port);

  raw_send (fd, hold_request);
  pdg_http_request_unref (http_fixture_next_held (fixture));
  g_autoptr (RawAnswer) answer = raw_read (fd, FALSE);
  g_assert_cmpuint (answer->status, ==, 500);
  g_assert_cmpstr (answer->body, ==, "{\"error\":\"the server gave no answer to this request: try again, and report it\"}");
  raw_send (fd, "GET /hello HTTP/1.1\r\nHost: h\r\n\r\n");
  g_autoptr (RawAnswer) next = raw_read (fd, FALSE);
  g_assert_cmpuint (next->status, ==, 200);
  close (fd);
}

static void
wait_cancelled (GCancellable *cancellable)
{
  gint64 until = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;

  while (!g_cancellable_is_cancelled (cancellable))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, until);
      g_usleep (1000);
    }
}

static void
test_client_gone (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL, 1);
  int fd = raw_connect (fixture->port);
  struct linger reset = { 1, 0 };

  /* Asked for before the client goes. */
  raw_send (fd, hold_request);
  g_autoptr (PdgHttpRequest) request = http_fixture_next_held (fixture);
  GCancellable *cancellable = pdg_http_request_get_cancellable (request);
  g_assert_true (cancellable == pdg_http_request_get_cancellable (request));
  g_assert_false (g_cancellable_is_cancelled (cancellable));
  close (fd);
  wait_cancelled (cancellable);
  g_assert_true (pdg_http_request_respond (request, 200, NULL, NULL));
  http_fixture_wait_for (fixture, connections_open, ==, 0);

  /* Asked for afterwards, and the client left by a reset. */
  fd = raw_connect (fixture->port);
  raw_send (fd, hold_request);
  g_autoptr (PdgHttpRequest) second = http_fixture_next_held (fixture);
  setsockopt (fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  close (fd);
  http_fixture_wait_for (fixture, clients_gone, ==, 2);
  g_assert_true (g_cancellable_is_cancelled (pdg_http_request_get_cancellable (second)));
  g_assert_true (pdg_http_request_respond (second, 200, NULL, NULL));
  http_fixture_wait_for (fixture, connections_open, ==, 0);
}

/* An answered request's cancellable stays quiet when the client leaves. */
static void
test_gone_after_answer (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL, 1);
  int fd = raw_connect (fixture->port);

  raw_send (fd, hold_request);
  g_autoptr (PdgHttpRequest) request = http_fixture_next_held (fixture);
  GCancellable *cancellable = pdg_http_request_get_cancellable (request);
  pdg_http_request_respond (request, 204, NULL, NULL);
  g_autoptr (RawAnswer) answer = raw_read (fd, FALSE);
  g_assert_cmpuint (answer->status, ==, 204);
  close (fd);
  http_fixture_wait_for (fixture, connections_open, ==, 0);
  g_assert_false (g_cancellable_is_cancelled (cancellable));
}

static void
test_error_text (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL, 1);
  int fd = raw_connect (fixture->port);

  raw_send (fd, hold_request);
  g_autoptr (PdgHttpRequest) request = http_fixture_next_held (fixture);
  pdg_http_request_respond_error (request, 422, "say \"hi\" \\ and\nnew\tline é \xff");
  g_autoptr (RawAnswer) answer = raw_read (fd, FALSE);
  g_assert_cmpstr (answer->body, ==, "{\"error\":\"say \\\"hi\\\" \\\\ and\\u000anew\\u0009line é \xef\xbf\xbd\"}");
  close (fd);
}

/* Held, unanswered when the server stops: cancelled, the client hears 503, and what is answered later goes nowhere. */
static void
test_after_stop (void)
{
  HttpFixture *fixture = http_fixture_new (NULL, 1);
  int fd = raw_connect (fixture->port);
  int other = raw_connect (fixture->port);
  PdgHttpRequest *answered_late;
  PdgHttpRequest *dropped_late;

  raw_send (fd, hold_request);
  answered_late = http_fixture_next_held (fixture);
  raw_send (other, hold_request);
  dropped_late = http_fixture_next_held (fixture);
  g_assert_false (pdg_http_server_stop (fixture->server, 30));
  g_autoptr (RawAnswer) answer = raw_read (fd, FALSE);
  g_assert_cmpuint (answer->status, ==, 503);
  g_assert_true (g_cancellable_is_cancelled (pdg_http_request_get_cancellable (answered_late)));
  close (fd);
  close (other);
  http_fixture_free (fixture);

  g_assert_cmpstr (pdg_http_request_get_route (answered_late), ==, "/hold");
  g_assert_cmpstr (pdg_http_request_get_header (answered_late, "host"), ==, "h");
  g_assert_true (pdg_http_request_respond (answered_late, 200, NULL, NULL));
  pdg_http_request_unref (answered_late);
  pdg_http_request_unref (dropped_late);
}

typedef struct
{
  HttpFixture *fixture;
  int n_left; /* atomic */
} Load;

/* Answers held requests in its own thread: every fourth is dropped instead. */
static gpointer
answer_thread (gpointer data)
{
  Load *load = data;
  guint n = 0;

  while (g_atomic_int_get (&load->n_left) > 0)
    {
      g_autoptr (PdgHttpRequest) request = g_async_queue_timeout_pop (load->fixture->held, 20000);

      if (request != NULL && ++n % 4 != 0)
        pdg_http_request_respond (request, 200, "text/plain", pdg_http_request_get_body (request));
    }
  return NULL;
}

static gpointer
client_thread (gpointer data)
{
  Load *load = data;
  int fd = -1;

  for (guint i = 0; i < N_REQUESTS; i++)
    {
      g_autoptr (RawAnswer) answer = NULL;

      if (fd < 0)
        fd = raw_connect (load->fixture->port);
      raw_send (fd, hold_request);
      if (i % 7 == 6) /* does not wait */
        {
          close (fd);
          fd = -1;
          continue;
        }
      answer = raw_read (fd, FALSE);
      g_assert_nonnull (answer);
      g_assert_true (answer->status == 200 || answer->status == 500);
      if (answer->status == 200)
        g_assert_cmpstr (answer->body, ==, "body");
    }
  if (fd >= 0)
    close (fd);
  g_atomic_int_dec_and_test (&load->n_left);
  return NULL;
}

/* Two server threads, three answering threads, clients that come and go. */
static void
test_load (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL, 2);
  Load load = { fixture, N_CLIENTS };
  GThread *clients[N_CLIENTS];
  GThread *answerers[3];

  for (guint i = 0; i < G_N_ELEMENTS (answerers); i++)
    answerers[i] = g_thread_new ("answer", answer_thread, &load);
  for (guint i = 0; i < N_CLIENTS; i++)
    clients[i] = g_thread_new ("client", client_thread, &load);
  for (guint i = 0; i < N_CLIENTS; i++)
    g_thread_join (clients[i]);
  for (guint i = 0; i < G_N_ELEMENTS (answerers); i++)
    g_thread_join (answerers[i]);
  while (TRUE)
    {
      g_autoptr (PdgHttpRequest) left = g_async_queue_try_pop (fixture->held);

      if (left == NULL)
        break;
    }
  http_fixture_wait_for (fixture, connections_open, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http/answers/from-another-thread", test_from_another_thread);
  g_test_add_func ("/http/answers/only-once", test_only_once);
  g_test_add_func ("/http/answers/only-once-in-a-race", test_race);
  g_test_add_func ("/http/answers/dropped-is-500", test_dropped);
  g_test_add_func ("/http/answers/client-gone-cancels", test_client_gone);
  g_test_add_func ("/http/answers/gone-after-the-answer-cancels-nothing", test_gone_after_answer);
  g_test_add_func ("/http/answers/error-text-is-json", test_error_text);
  g_test_add_func ("/http/answers/after-stop-goes-nowhere", test_after_stop);
  g_test_add_func ("/http/answers/many-threads", test_load);
  return g_test_run ();
}
