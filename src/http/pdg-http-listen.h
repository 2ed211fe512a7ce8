#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define PDG_HTTP_LISTENERS_MAX 2

/* The listening sockets of one worker: one, or two for "localhost". */
typedef struct
{
  int fds[PDG_HTTP_LISTENERS_MAX];
  guint n_fds;
} PdgHttpListeners;

/* Opens the sockets of @n_workers workers on @host and @port (0 = any, the same for all; written back to @out_port). With
 * several workers each has its own socket on the same port (SO_REUSEPORT), which stays closed to a second server.
 * FALSE with PDG_HTTP_ERROR; nothing stays open then. */
gboolean pdg_http_listen (const char *host, guint16 port, PdgHttpListeners *workers, guint n_workers, guint16 *out_port,
                          GError **error);

void     pdg_http_listeners_close (PdgHttpListeners *listeners);

G_END_DECLS
