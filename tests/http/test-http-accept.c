#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libsoup/soup.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http-fixture.h"

/* Why the server accepts connections itself: SoupServer's own listener stops for good at the first accept that fails, here for want of
 * descriptors. Both servers are treated the same; ours goes on. (A SoupServer of a later libsoup that goes on too is no failure.) */

#define HELLO "GET /hello HTTP/1.1\r\nHost: h\r\n\r\n"
#define N_CLIENTS 20
#define FREE_DESCRIPTORS 4
#define ANSWER_MS 3000

typedef struct
{
  GMainContext *context;
  GMainLoop *loop;
  SoupServer *server;
  guint16 port;
  GAsyncQueue *ready;
} Plain;

static void
hello_cb (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer user_data)
{
  soup_server_message_set_status (message, 200, NULL);
  soup_server_message_set_response (message, "text/plain", SOUP_MEMORY_STATIC, "hello", 5);
}

static gpointer
plain_thread (gpointer data)
{
  Plain *self = data;
  g_autoptr (GError) error = NULL;
  g_autoslist (GUri) uris = NULL;

  g_main_context_push_thread_default (self->context);
  self->server = soup_server_new (NULL, NULL);
  soup_server_add_handler (self->server, "/hello", hello_cb, NULL, NULL);
  soup_server_listen_local (self->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (self->server);
  self->port = (guint16) g_uri_get_port (uris->data);
  g_async_queue_push (self->ready, self);
  g_main_loop_run (self->loop);
  soup_server_disconnect (self->server);
  g_clear_object (&self->server);
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

/* Starts to connect; a listener that accepts nothing any more lets nobody in when its queue is full. */
static void
start_connecting (int fd, guint16 port)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons (port) };

  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  if (connect (fd, (struct sockaddr *) &address, sizeof address) != 0)
    g_assert_cmpint (errno, ==, EINPROGRESS);
}

static gboolean
wait_for (int fd, short events)
{
  struct pollfd poller = { fd, events, 0 };

  return poll (&poller, 1, ANSWER_MS) > 0 && (poller.revents & events) != 0;
}

/* Whether a new connection is answered in time. */
static gboolean
answers (guint16 port)
{
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  char start[16] = "";
  gboolean answered;

  start_connecting (fd, port);
  answered = wait_for (fd, POLLOUT) && send (fd, HELLO, strlen (HELLO), MSG_NOSIGNAL) > 0 && wait_for (fd, POLLIN)
             && recv (fd, start, sizeof start - 1, 0) > 0 && g_str_has_prefix (start, "HTTP/1.1 200");
  close (fd);
  return answered;
}

/* More clients than the process has descriptors for come, and go away; @failed waits until an accept has failed. */
static void
run_out_of_descriptors (guint16 port, void (*failed) (gpointer user_data), gpointer user_data)
{
  struct rlimit before, lowered;
  int fds[N_CLIENTS];
  int highest = 0;

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &before), ==, 0);
  for (guint i = 0; i < N_CLIENTS; i++) /* our ends exist already; only accept() will be short */
    {
      fds[i] = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
      highest = MAX (highest, fds[i]);
    }
  lowered = before;
  lowered.rlim_cur = (rlim_t) highest + 1 + FREE_DESCRIPTORS;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &lowered), ==, 0);
  for (guint i = 0; i < N_CLIENTS; i++)
    start_connecting (fds[i], port);
  failed (user_data);
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &before), ==, 0);
  for (guint i = 0; i < N_CLIENTS; i++)
    close (fds[i]);
}

static gboolean
push_turn (gpointer data)
{
  g_async_queue_push (data, data);
  return G_SOURCE_REMOVE;
}

/* Every turn of its context accepts one connection: after as many turns as there are clients, one has failed. */
static void
plain_failed (gpointer data)
{
  Plain *self = data;

  for (guint i = 0; i < 2 * N_CLIENTS; i++)
    {
      g_main_context_invoke_full (self->context, G_PRIORITY_LOW, push_turn, self->ready, NULL);
      g_assert_nonnull (g_async_queue_timeout_pop (self->ready, 10 * G_USEC_PER_SEC));
    }
}

static void
test_soup_server_dies (void)
{
  Plain plain = { .context = g_main_context_new (), .ready = g_async_queue_new () };
  GThread *thread;
  gboolean lives;

  plain.loop = g_main_loop_new (plain.context, FALSE);
  thread = g_thread_new ("plain", plain_thread, &plain);
  g_async_queue_pop (plain.ready);
  g_assert_true (answers (plain.port));
  run_out_of_descriptors (plain.port, plain_failed, &plain);
  lives = answers (plain.port);
  g_test_message ("SoupServer of libsoup %u.%u.%u %s", soup_get_major_version (), soup_get_minor_version (), soup_get_micro_version (),
                  lives ? "goes on" : "accepts no connection any more");
  if (!soup_check_version (3, 6, 7))
    g_assert_false (lives);
  g_main_loop_quit (plain.loop);
  g_thread_join (thread);
  g_main_loop_unref (plain.loop);
  g_main_context_unref (plain.context);
  g_async_queue_unref (plain.ready);
}

static void
ours_failed (gpointer data)
{
  HttpFixture *fixture = data;

  http_fixture_wait_for (fixture, accept_errors, >=, 1);
}

static void
test_ours_lives (void)
{
  g_autoptr (HttpFixture) fixture = http_fixture_new (NULL, 1);

  g_assert_true (answers (fixture->port));
  run_out_of_descriptors (fixture->port, ours_failed, fixture);
  g_assert_true (answers (fixture->port));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  /* SoupServer complains of the failed accept */
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
  g_test_add_func ("/http/accept/soup-server-dies", test_soup_server_dies);
  g_test_add_func ("/http/accept/ours-lives", test_ours_lives);
  return g_test_run ();
}
