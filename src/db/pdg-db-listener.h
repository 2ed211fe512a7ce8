#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* LISTEN on one channel, driven by a GMainContext; connects again by itself after a loss. Belongs to the thread of its context. */
typedef struct _PdgDbListener PdgDbListener;

/* One notification. On the listener's context. */
typedef void (*PdgDbNotifyFunc) (const char *payload, gpointer user_data);

/* TRUE when listening (again): whatever happened until now may have been missed, so read the tables. FALSE when away. */
typedef void (*PdgDbListenerStateFunc) (gboolean connected, gpointer user_data);

/* Starts to connect. @context: (nullable) = the default one. @state: (nullable). Any thread. (transfer full) */
PdgDbListener *pdg_db_listener_new (const char *uri, const char *channel, GMainContext *context,
                                    PdgDbNotifyFunc notify, PdgDbListenerStateFunc state, gpointer user_data);

/* On the context's thread (or when that has ended); no callback runs afterwards. */
void           pdg_db_listener_free (PdgDbListener *listener);
gboolean       pdg_db_listener_is_connected (PdgDbListener *listener);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgDbListener, pdg_db_listener_free)

G_END_DECLS
