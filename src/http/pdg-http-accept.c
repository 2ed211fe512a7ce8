#include "config.h"
#include "http/pdg-http-private.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define ACCEPTS_A_TURN 32
#define BACK_OFF_USEC G_GINT64_CONSTANT (50000)
#define N_REFUSED_LINGERING_MAX 64
#define PEEKED_BYTES 4096

static gboolean
watch_one (PdgHttpWorker *worker, int operation, int fd)
{
  struct epoll_event event = { .events = EPOLLIN, .data.ptr = worker };

  return epoll_ctl (worker->epoll_fd, operation, fd, &event) == 0;
}

gboolean
pdg_http_worker_watch_listeners (PdgHttpWorker *worker)
{
  for (guint i = 0; i < worker->listeners.n_fds; i++)
    if (!watch_one (worker, EPOLL_CTL_ADD, worker->listeners.fds[i]))
      return FALSE;
  worker->accept_again_usec = 0;
  return TRUE;
}

/* Closes the connection that has been idle longest, if it has nothing to say. */
static gboolean
evict_idle (PdgHttpWorker *worker)
{
  PdgHttpConnection *oldest = g_queue_peek_head (&worker->deadlines[PDG_HTTP_PHASE_IDLE]);
  gint64 due_usec = oldest != NULL && !pdg_http_stream_has_unread (oldest->stream) ? oldest->deadline_usec : G_MAXINT64;

  if (worker->server->lane != NULL && pdg_http_lane_evict (worker->server->lane, due_usec))
    {
      PDG_HTTP_COUNT (worker->server->counters.connections_evicted, 1);
      return TRUE;
    }
  if (oldest == NULL || pdg_http_stream_has_unread (oldest->stream))
    return FALSE;
  pdg_http_connection_set_phase (oldest, PDG_HTTP_PHASE_WORK);
  pdg_http_stream_abandon (oldest->stream);
  PDG_HTTP_COUNT (worker->server->counters.connections_evicted, 1);
  return TRUE;
}

/* Out of descriptors or memory: what waits in the backlog keeps waiting, and we do not spin on it. */
static void
back_off (PdgHttpWorker *worker, gint64 now_usec, int code)
{
  PDG_HTTP_COUNT (worker->server->counters.accept_errors, 1);
  g_debug ("accept: %s; trying again in a moment", g_strerror (code));
  evict_idle (worker);
  for (guint i = 0; i < worker->listeners.n_fds; i++)
    watch_one (worker, EPOLL_CTL_DEL, worker->listeners.fds[i]);
  worker->accept_again_usec = now_usec + BACK_OFF_USEC;
  pdg_http_worker_arm (worker, worker->accept_again_usec);
}

static GSocketAddress *
local_address_of (int fd)
{
  struct sockaddr_storage storage;
  socklen_t len = sizeof storage;

  return getsockname (fd, (struct sockaddr *) &storage, &len) == 0 ? g_socket_address_new_from_native (&storage, len) : NULL;
}

static void
refuse (PdgHttpWorker *worker, PdgHttpConnection *connection)
{
  g_autoptr (GPtrArray) headers = g_ptr_array_new ();
  char *json = pdg_http_dup_error_json ("the server has too many connections open: try again in a moment");
  g_autoptr (GBytes) body = g_bytes_new_take (json, strlen (json));

  PDG_HTTP_COUNT (worker->server->counters.connections_refused, 1);
  g_ptr_array_add (headers, (char *) "Retry-After");
  g_ptr_array_add (headers, (char *) "1");
  pdg_http_connection_reject (connection, 503, "application/json", body, headers);
  if (worker->n_lingering < N_REFUSED_LINGERING_MAX)
    pdg_http_connection_linger (connection);
  else
    pdg_http_connection_free (connection);
}

/* A connection of the worker, in its epoll set; NULL: @fd was closed. */
static PdgHttpConnection *
watch_connection (PdgHttpWorker *worker, int fd, GSocketAddress *remote)
{
  PdgHttpConnection *connection = pdg_http_connection_new (worker, fd, remote);
  struct epoll_event event = { .events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = connection };

  if (epoll_ctl (worker->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0)
    return connection;
  pdg_http_connection_free (connection);
  return NULL;
}

static void
give_to_soup (PdgHttpConnection *connection)
{
  g_autoptr (GSocketAddress) remote = g_object_ref (connection->remote_address);
  g_autoptr (GSocketAddress) local = local_address_of (pdg_http_stream_get_fd (connection->stream));
  g_autoptr (GIOStream) stream = G_IO_STREAM (g_object_ref (connection->stream));

  if (local != NULL)
    soup_server_accept_iostream (connection->worker->soup, stream, local, remote, NULL);
  else
    pdg_http_connection_free (connection);
}

static void
take_connection (PdgHttpWorker *worker, int fd, struct sockaddr_storage *peer, socklen_t peer_len)
{
  PdgHttpServer *server = worker->server;
  int on = 1;
  g_autoptr (GSocketAddress) remote = g_socket_address_new_from_native (peer, peer_len); /* maps ::ffff:a.b.c.d to IPv4 */
  PdgHttpConnection *connection;

  if (remote == NULL)
    {
      close (fd);
      return;
    }
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  connection = watch_connection (worker, fd, remote);
  if (connection == NULL)
    return;

  if (PDG_HTTP_COUNT (server->counters.connections_open, 1) >= (int) server->limits.max_connections && !evict_idle (worker))
    {
      PDG_HTTP_COUNT (server->counters.connections_open, -1);
      refuse (worker, connection);
      return;
    }
  connection->is_counted = TRUE;
  PDG_HTTP_COUNT (server->counters.connections_accepted, 1);
  pdg_http_connection_set_phase (connection, PDG_HTTP_PHASE_HEADERS);
  if (server->lane != NULL && !worker->stopping)
    connection->undecided = TRUE;
  else
    give_to_soup (connection);
}

void
pdg_http_connection_decide (PdgHttpConnection *self)
{
  PdgHttpWorker *worker = self->worker;
  char text[PEEKED_BYTES];
  gssize n;

  if (!pdg_http_stream_has_unread (self->stream)) /* it can be written to, no more */
    return;
  n = recv (pdg_http_stream_get_fd (self->stream), text, sizeof text, MSG_PEEK | MSG_DONTWAIT);
  self->undecided = FALSE;
  if (n > 0 && !worker->stopping && pdg_http_lane_wants (worker->server->lane, text, (gsize) n))
    {
      g_autoptr (GSocketAddress) remote = g_object_ref (self->remote_address);
      int fd = pdg_http_stream_steal_fd (self->stream);

      epoll_ctl (worker->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
      self->is_counted = FALSE;
      pdg_http_connection_free (self);
      pdg_http_lane_adopt (worker->server->lane, worker, fd, remote);
    }
  else
    give_to_soup (self);
}

void
pdg_http_worker_take_handover (PdgHttpWorker *worker, PdgHttpHandover *handover)
{
  PdgHttpConnection *connection = watch_connection (worker, handover->fd, handover->remote_address);

  handover->fd = -1;
  if (connection == NULL)
    {
      PDG_HTTP_COUNT (worker->server->counters.connections_open, -1);
      return;
    }
  connection->is_counted = TRUE;
  pdg_http_connection_set_phase (connection, handover->kind == PDG_HTTP_HANDOVER_DUE && handover->route != NULL ? PDG_HTTP_PHASE_BODY : PDG_HTTP_PHASE_HEADERS);
  if (handover->kind == PDG_HTTP_HANDOVER_FRESH)
    {
      pdg_http_stream_unread (connection->stream, handover->text);
      give_to_soup (connection);
      return;
    }
  if (handover->kind == PDG_HTTP_HANDOVER_DUE)
    {
      gsize len;
      const char *text = g_bytes_get_data (handover->text, &len);

      connection->route = handover->route;
      pdg_http_head_feed (&connection->head, text, len, worker->server->limits.max_header_bytes);
      pdg_http_connection_expire (connection);
    }
  if (pdg_http_connection_may_linger (connection))
    pdg_http_connection_linger (connection);
  else
    pdg_http_connection_free (connection);
}

void
pdg_http_worker_accept (PdgHttpWorker *worker, gint64 now_usec)
{
  for (guint i = 0; i < worker->listeners.n_fds; i++)
    for (guint turn = 0; turn < ACCEPTS_A_TURN; turn++)
      {
        struct sockaddr_storage peer;
        socklen_t peer_len = sizeof peer;
        int fd = accept4 (worker->listeners.fds[i], (struct sockaddr *) &peer, &peer_len, SOCK_NONBLOCK | SOCK_CLOEXEC);

        if (fd >= 0)
          take_connection (worker, fd, &peer, peer_len);
        else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
          {
            back_off (worker, now_usec, errno);
            return;
          }
        else if (errno == EAGAIN)
          break;
        /* Anything else concerns one connection that failed before it was ours. */
      }
}

/* Connections that wait in the backlog are taken first: closing the socket would reset them. */
void
pdg_http_worker_close_listeners (PdgHttpWorker *worker)
{
  if (worker->listeners.n_fds > 0 && worker->accept_again_usec == 0)
    pdg_http_worker_accept (worker, g_get_monotonic_time ());
  pdg_http_listeners_close (&worker->listeners);
  worker->accept_again_usec = 0;
  worker->accept_ready = FALSE;
}
