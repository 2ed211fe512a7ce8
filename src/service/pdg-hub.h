#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Who wants to hear of what: topics by number (a project's number), subscribers each on their own context, at most one
 * message every 100 ms for each, the first at once, and the last never lost. Any thread. */
typedef struct _PdgHub PdgHub;

/* On the subscriber's context. @sequence grows with every message of this subscription. */
typedef void (*PdgHubFunc) (gint32 topic, gint64 sequence, gpointer user_data);

#define PDG_HUB_TOPIC_DEMO (-1)

PdgHub *pdg_hub_new (void);
PdgHub *pdg_hub_ref (PdgHub *hub);
void    pdg_hub_unref (PdgHub *hub);

/* @context: where @func and @destroy run; NULL = the thread's default. Returns an id > 0. */
guint   pdg_hub_subscribe (PdgHub *hub, gint32 topic, GMainContext *context, PdgHubFunc func, gpointer user_data, GDestroyNotify destroy);

/* After it returns on the subscriber's context, @func is not called any more. */
void    pdg_hub_unsubscribe (PdgHub *hub, guint id);

/* Something changed; also when another process told so. */
void    pdg_hub_publish (PdgHub *hub, gint32 topic);

/* The channel of NOTIFY on which the writers of every process tell of their commits, and what such a payload says. */
const char *pdg_hub_get_channel (void);
void    pdg_hub_publish_notification (PdgHub *hub, const char *payload);

/* The mark of this hub's own writers in such payloads: they publish by themselves, and are not told a second time. */
const char *pdg_hub_get_origin (PdgHub *hub);

/* Something may have been missed (the connection was away): everybody is told. */
void    pdg_hub_publish_all (PdgHub *hub);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgHub, pdg_hub_unref)

G_END_DECLS
