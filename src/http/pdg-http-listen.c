#include "config.h"
#include "http/pdg-http-listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/pdg-http-server.h"

#define LISTEN_BACKLOG 1024
#define SAME_PORT_ATTEMPTS 16

typedef union
{
  struct sockaddr any;
  struct sockaddr_in v4;
  struct sockaddr_in6 v6;
} Address;

static gboolean
address_parse (const char *host, Address *address)
{
  memset (address, 0, sizeof *address);
  if (inet_pton (AF_INET, host, &address->v4.sin_addr) == 1)
    address->any.sa_family = AF_INET;
  else if (inet_pton (AF_INET6, host, &address->v6.sin6_addr) == 1)
    address->any.sa_family = AF_INET6;
  else
    return FALSE;
  return TRUE;
}

static socklen_t
address_len (const Address *address)
{
  return address->any.sa_family == AF_INET ? sizeof address->v4 : sizeof address->v6;
}

static guint16
address_get_port (const Address *address)
{
  return ntohs (address->any.sa_family == AF_INET ? address->v4.sin_port : address->v6.sin6_port);
}

static void
address_set_port (Address *address, guint16 port)
{
  if (address->any.sa_family == AF_INET)
    address->v4.sin_port = htons (port);
  else
    address->v6.sin6_port = htons (port);
}

static void
set_bind_error (const char *host, guint16 port, int code, GError **error)
{
  switch (code)
    {
    case EADDRINUSE:
      g_set_error (error, PDG_HTTP_ERROR, PDG_HTTP_ERROR_IN_USE,
                   "port %u is in use on %s: stop the program that has it, or choose another with --port", port, host);
      break;
    case EACCES:
    case EPERM:
      g_set_error (error, PDG_HTTP_ERROR, PDG_HTTP_ERROR_IN_USE,
                   "port %u is not allowed to this user: choose one above 1023 with --port", port);
      break;
    case EADDRNOTAVAIL:
    case EAFNOSUPPORT:
      g_set_error (error, PDG_HTTP_ERROR, PDG_HTTP_ERROR_ADDRESS,
                   "this machine has no address %s: choose another with --host, for example 127.0.0.1", host);
      break;
    default:
      g_set_error (error, PDG_HTTP_ERROR, PDG_HTTP_ERROR_FAILED, "cannot listen on %s port %u: %s", host, port,
                   g_strerror (code));
    }
}

/* Several sockets share a port only when each has SO_REUSEPORT; but a first bind with it would also join the port of another
 * server of this user, silently. So the first one binds without (and fails when anybody has the port) and gets it afterwards. */
static int
open_listener (const Address *address, gboolean first, gboolean shared)
{
  int on = 1;
  int off = 0;
  int fd = socket (address->any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  int code;

  if (fd < 0)
    return -1;
  setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (address->any.sa_family == AF_INET6)
    setsockopt (fd, IPPROTO_IPV6, IPV6_V6ONLY, IN6_IS_ADDR_UNSPECIFIED (&address->v6.sin6_addr) ? &off : &on, sizeof on);
  if (shared && !first)
    setsockopt (fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  if (bind (fd, &address->any, address_len (address)) == 0)
    {
      if (shared && first)
        setsockopt (fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
      if (listen (fd, LISTEN_BACKLOG) == 0)
        return fd;
    }
  code = errno;
  close (fd);
  errno = code;
  return -1;
}

/* One socket a worker on @address; the port found is written back. FALSE with errno. */
static gboolean
open_for_all (Address *address, PdgHttpListeners *workers, guint n_workers)
{
  for (guint i = 0; i < n_workers; i++)
    {
      int fd = open_listener (address, i == 0, n_workers > 1);
      socklen_t len = sizeof *address;

      if (fd < 0)
        return FALSE;
      workers[i].fds[workers[i].n_fds++] = fd;
      if (getsockname (fd, &address->any, &len) != 0)
        return FALSE;
    }
  return TRUE;
}

void
pdg_http_listeners_close (PdgHttpListeners *listeners)
{
  for (guint i = 0; i < listeners->n_fds; i++)
    close (listeners->fds[i]);
  listeners->n_fds = 0;
}

static void
close_all (PdgHttpListeners *workers, guint n_workers)
{
  for (guint i = 0; i < n_workers; i++)
    pdg_http_listeners_close (&workers[i]);
}

static gboolean
listen_on_loopbacks (guint16 port, PdgHttpListeners *workers, guint n_workers, guint16 *out_port, GError **error)
{
  for (guint attempt = 0;; attempt++)
    {
      Address v4;
      Address v6;
      int code;

      address_parse ("127.0.0.1", &v4);
      address_set_port (&v4, port);
      if (!open_for_all (&v4, workers, n_workers))
        {
          set_bind_error ("localhost", port, errno, error);
          close_all (workers, n_workers);
          return FALSE;
        }
      *out_port = address_get_port (&v4);

      address_parse ("::1", &v6);
      address_set_port (&v6, *out_port);
      if (open_for_all (&v6, workers, n_workers) || errno == EADDRNOTAVAIL || errno == EAFNOSUPPORT)
        return TRUE;
      code = errno;
      close_all (workers, n_workers);
      if (port != 0 || code != EADDRINUSE || attempt == SAME_PORT_ATTEMPTS)
        {
          set_bind_error ("localhost", *out_port, code, error);
          return FALSE;
        }
    }
}

gboolean
pdg_http_listen (const char *host, guint16 port, PdgHttpListeners *workers, guint n_workers, guint16 *out_port,
                 GError **error)
{
  Address address;

  if (g_str_equal (host, "localhost"))
    return listen_on_loopbacks (port, workers, n_workers, out_port, error);
  if (!address_parse (host, &address))
    {
      g_set_error (error, PDG_HTTP_ERROR, PDG_HTTP_ERROR_ADDRESS,
                   "“%s” is not an address to listen on: use 127.0.0.1, ::1, localhost, 0.0.0.0 or :: with --host", host);
      return FALSE;
    }
  address_set_port (&address, port);
  if (!open_for_all (&address, workers, n_workers))
    {
      set_bind_error (host, port, errno, error);
      close_all (workers, n_workers);
      return FALSE;
    }
  *out_port = address_get_port (&address);
  return TRUE;
}
