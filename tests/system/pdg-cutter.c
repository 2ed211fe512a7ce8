#include "config.h"
#include "pdg-cutter.h"

#include <errno.h>
#include <gio/gunixsocketaddress.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_WIRES 256
#define BUFFER_BYTES 16384
#define POLL_MSEC 5

/* Two sockets; what came from one waits in its buffer for the other. */
typedef struct
{
  int fds[2];
  char *buffers[2];
  gsize starts[2], ends[2];
} Wire;

struct _PdgCutter
{
  GSocketAddress *server;
  GSocket *listener;
  GThread *thread;
  GMutex mutex; /* wires */
  GPtrArray *wires;
  gint stopping;
};

static void
wire_free (Wire *wire)
{
  for (int i = 0; i < 2; i++)
    {
      close (wire->fds[i]);
      g_free (wire->buffers[i]);
    }
  g_free (wire);
}

/* A reset, not an orderly end: what is on its way is lost. */
static void
cut_wire (Wire *wire)
{
  static const struct linger at_once = { .l_onoff = 1, .l_linger = 0 };

  for (int i = 0; i < 2; i++)
    setsockopt (wire->fds[i], SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

static int
connect_to (GSocketAddress *address)
{
  struct sockaddr_storage native;
  gssize len = g_socket_address_get_native_size (address);
  int fd = socket (g_socket_address_get_family (address), SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_true (g_socket_address_to_native (address, &native, sizeof native, NULL));
  if (connect (fd, (struct sockaddr *) &native, (socklen_t) len) == 0)
    return fd;
  close (fd);
  return -1;
}

static void
take_connection (PdgCutter *cutter)
{
  int client = accept4 (g_socket_get_fd (cutter->listener), NULL, NULL, SOCK_CLOEXEC);
  int server = client >= 0 ? connect_to (cutter->server) : -1;
  Wire *wire;

  if (server < 0)
    {
      if (client >= 0)
        close (client);
      return;
    }
  wire = g_new0 (Wire, 1);
  wire->fds[0] = client;
  wire->fds[1] = server;
  for (int i = 0; i < 2; i++)
    wire->buffers[i] = g_malloc (BUFFER_BYTES);
  g_ptr_array_add (cutter->wires, wire);
}

/* Takes from side @i when its buffer is empty, and gives to the other side. FALSE at an end or an error. */
static gboolean
pass_on (Wire *wire, int i, gboolean readable)
{
  gssize n;

  if (readable && wire->starts[i] == wire->ends[i])
    {
      n = recv (wire->fds[i], wire->buffers[i], BUFFER_BYTES, MSG_DONTWAIT);
      if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
        return FALSE;
      wire->starts[i] = 0;
      wire->ends[i] = (gsize) MAX (n, 0);
    }
  if (wire->starts[i] < wire->ends[i])
    {
      n = send (wire->fds[1 - i], wire->buffers[i] + wire->starts[i], wire->ends[i] - wire->starts[i], MSG_DONTWAIT | MSG_NOSIGNAL);
      if (n < 0 && errno != EAGAIN && errno != EINTR)
        return FALSE;
      wire->starts[i] += (gsize) MAX (n, 0);
    }
  return TRUE;
}

static guint
fill_polls (PdgCutter *cutter, struct pollfd *polls)
{
  guint n = 0;

  polls[n++] = (struct pollfd) { g_socket_get_fd (cutter->listener), cutter->wires->len < MAX_WIRES ? POLLIN : 0, 0 };
  for (guint w = 0; w < cutter->wires->len; w++)
    {
      Wire *wire = g_ptr_array_index (cutter->wires, w);

      for (int i = 0; i < 2; i++)
        {
          gboolean is_empty = wire->starts[i] == wire->ends[i];
          gboolean owes = wire->starts[1 - i] < wire->ends[1 - i];

          polls[n++] = (struct pollfd) { wire->fds[i], (short) ((is_empty ? POLLIN : 0) | (owes ? POLLOUT : 0)), 0 };
        }
    }
  return n;
}

static void
serve_once (PdgCutter *cutter)
{
  struct pollfd polls[1 + 2 * MAX_WIRES];
  guint n_wires;

  g_mutex_lock (&cutter->mutex);
  n_wires = cutter->wires->len;
  (void) fill_polls (cutter, polls);
  g_mutex_unlock (&cutter->mutex);
  poll (polls, 1 + 2 * n_wires, POLL_MSEC);
  g_mutex_lock (&cutter->mutex);
  /* after a cut these are others */
  if (n_wires == cutter->wires->len)
    for (guint w = n_wires; w-- > 0;)
      {
        Wire *wire = g_ptr_array_index (cutter->wires, w);

        if (!pass_on (wire, 0, polls[1 + 2 * w].revents != 0) || !pass_on (wire, 1, polls[2 + 2 * w].revents != 0))
          g_ptr_array_remove_index_fast (cutter->wires, w);
      }
  if (polls[0].revents & POLLIN)
    take_connection (cutter);
  g_mutex_unlock (&cutter->mutex);
}

static gpointer
cutter_thread (gpointer data)
{
  PdgCutter *cutter = data;

  while (!g_atomic_int_get (&cutter->stopping))
    serve_once (cutter);
  return NULL;
}

static PdgCutter *
cutter_new (GSocketAddress *own, GSocketAddress *server)
{
  PdgCutter *cutter = g_new0 (PdgCutter, 1);
  g_autoptr (GError) error = NULL;

  g_mutex_init (&cutter->mutex);
  cutter->wires = g_ptr_array_new_with_free_func ((GDestroyNotify) wire_free);
  cutter->server = server;
  cutter->listener = g_socket_new (g_socket_address_get_family (own), G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, &error);
  g_assert_no_error (error);
  g_socket_bind (cutter->listener, own, TRUE, &error);
  g_assert_no_error (error);
  g_socket_listen (cutter->listener, &error);
  g_assert_no_error (error);
  g_object_unref (own);
  cutter->thread = g_thread_new ("cutter", cutter_thread, cutter);
  return cutter;
}

PdgCutter *
pdg_cutter_new_tcp (guint16 port)
{
  return cutter_new (g_inet_socket_address_new_from_string ("127.0.0.1", 0), g_inet_socket_address_new_from_string ("127.0.0.1", port));
}

PdgCutter *
pdg_cutter_new_unix (const char *folder, const char *server_folder, const char *name)
{
  g_autofree char *own = g_build_filename (folder, name, NULL);
  g_autofree char *server = g_build_filename (server_folder, name, NULL);

  return cutter_new (g_unix_socket_address_new (own), g_unix_socket_address_new (server));
}

guint16
pdg_cutter_get_port (PdgCutter *cutter)
{
  g_autoptr (GSocketAddress) address = g_socket_get_local_address (cutter->listener, NULL);

  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
}

guint
pdg_cutter_cut (PdgCutter *cutter)
{
  guint n;

  g_mutex_lock (&cutter->mutex);
  n = cutter->wires->len;
  for (guint w = 0; w < n; w++)
    {
      Wire *wire = g_ptr_array_index (cutter->wires, w);

      for (int i = 0; w % 2 == 0 && i < 2; i++)
        pass_on (wire, i, TRUE);
      cut_wire (wire);
    }
  g_ptr_array_set_size (cutter->wires, 0);
  g_mutex_unlock (&cutter->mutex);
  return n;
}

void
pdg_cutter_free (PdgCutter *cutter)
{
  if (cutter == NULL)
    return;
  g_atomic_int_set (&cutter->stopping, TRUE);
  g_thread_join (cutter->thread);
  g_ptr_array_unref (cutter->wires);
  g_object_unref (cutter->listener);
  g_object_unref (cutter->server);
  g_mutex_clear (&cutter->mutex);
  g_free (cutter);
}
