#pragma once

#include "app/pdg-workspace.h"
#include "canvas/pdg-traffic.h"

G_BEGIN_DECLS

#define PDG_TYPE_TRAFFIC_FEED (pdg_traffic_feed_get_type ())
G_DECLARE_FINAL_TYPE (PdgTrafficFeed, pdg_traffic_feed, PDG, TRAFFIC_FEED, GObject)

/* The live traffic of the workspace's project, and what of it is under way. Property "paused": it is held as it is, and goes on with
 * what is the case then. Signal "changed" after each message. UI thread. */
PdgTrafficFeed *pdg_traffic_feed_new (PdgWorkspace *workspace);

/* (transfer none) */
PdgTraffic     *pdg_traffic_feed_get_traffic (PdgTrafficFeed *self);

gboolean        pdg_traffic_feed_get_paused (PdgTrafficFeed *self);
void            pdg_traffic_feed_set_paused (PdgTrafficFeed *self, gboolean paused);

/* Of the newest message: who is active, when it was read (unix microseconds; 0 before the first), and how many events a second there
 * were lately, the newest last. */
#define PDG_TRAFFIC_FEED_SECONDS 40
guint           pdg_traffic_feed_get_active_sessions (PdgTrafficFeed *self);
guint           pdg_traffic_feed_get_active_actors (PdgTrafficFeed *self);
gint64          pdg_traffic_feed_get_as_of (PdgTrafficFeed *self);
const guint    *pdg_traffic_feed_get_rates (PdgTrafficFeed *self, gint64 now_usec);

/* Events that messages told, dots or not, and those that they left out. */
guint64         pdg_traffic_feed_get_n_events (PdgTrafficFeed *self);
guint64         pdg_traffic_feed_get_n_skipped (PdgTrafficFeed *self);

G_END_DECLS
