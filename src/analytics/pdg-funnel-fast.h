#pragma once

#include "analytics/pdg-funnel.h"
#include "analytics/pdg-scan-private.h"

G_BEGIN_DECLS

/* The funnel that is asked most: in order, best entry, actors once, a window, no other option. Chooses events without a branch, then keeps the
 * latest start of each step for a block of actors. FALSE, and nothing done, when the options ask for more. */
gboolean pdg_funnel_run_fast (const PdgScan *scan, const PdgFunnelOptions *options, guint64 actor, guint64 actor_end, PdgFunnelRow *out);

G_END_DECLS
