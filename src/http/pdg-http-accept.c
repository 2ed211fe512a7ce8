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

static void
take_connection (PdgHttpWorker *worker, int fd, struct sockaddr_storage *peer, socklen_t peer_len)
{
  PdgHttpServer *server = worker->server;
  struct epoll_event event = { .events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET };
  int on = 1;
  g_autoptr (GSocketAddress) remote = g_socket_address_new_from_native (peer, peer_len); /* maps ::ffff:a.b.c.d to IPv4 */
  g_autoptr (GSocketAddress) local = local_address_of (fd);
  g_autoptr (GIOStream) stream = NULL;
  PdgHttpConnection *connection;

  if (remote == NULL || local == NULL)
    {
      close (fd);
      return;
    }
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  connection = pdg_http_connection_new (worker, fd, remote);
  event.data.ptr = connection;
  if (epoll_ctl (worker->epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0)
    {
      pdg_http_connection_free (connection);
      return;
    }

  if (PDG_HTTP_COUNT (server->counters.connections_open, 1) >= (int) server->limits.max_connections && !evict_idle (worker))
    {
      PDG_HTTP_COUNT (server->counters.connections_open, -1);
      refuse (worker, connection);
      return;
    }
  connection->is_counted = TRUE;
  PDG_HTTP_COUNT (server->counters.connections_accepted, 1);
  stream = G_IO_STREAM (g_object_ref (connection->stream));
  pdg_http_connection_set_phase (connection, PDG_HTTP_PHASE_HEADERS);
  soup_server_accept_iostream (worker->soup, stream, local, remote, NULL);
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
