#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A wire that can be cut: it takes connections, passes what comes on to a server and back, and breaks all of them off when it is
 * told, in the middle of whatever they were at. */
typedef struct _PdgCutter PdgCutter;

/* Listens on a TCP port of loopback, for a server on @port of loopback. (transfer full) */
PdgCutter *pdg_cutter_new_tcp (guint16 port);

/* Listens on the socket @name in @folder, for the server whose socket has that name in @server_folder. (transfer full) */
PdgCutter *pdg_cutter_new_unix (const char *folder, const char *server_folder, const char *name);

/* The TCP port that it listens on. */
guint16    pdg_cutter_get_port (PdgCutter *cutter);

/* Resets every connection, half of them after some more bytes. Returns how many there were. */
guint      pdg_cutter_cut (PdgCutter *cutter);

void       pdg_cutter_free (PdgCutter *cutter);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgCutter, pdg_cutter_free)

G_END_DECLS
