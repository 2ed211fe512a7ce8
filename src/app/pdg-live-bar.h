#pragma once

#include <gtk/gtk.h>

#include "app/pdg-style.h"
#include "app/pdg-traffic-feed.h"

G_BEGIN_DECLS

#define PDG_TYPE_LIVE_BAR (pdg_live_bar_get_type ())
G_DECLARE_FINAL_TYPE (PdgLiveBar, pdg_live_bar, PDG, LIVE_BAR, GtkBox)

/* Who is active now and how many events come in, with the button that holds the traffic (canvas.pause-live). */

/* Once, before it is shown. */
void pdg_live_bar_bind (PdgLiveBar *self, PdgTrafficFeed *feed, PdgStyle *style);

G_END_DECLS
