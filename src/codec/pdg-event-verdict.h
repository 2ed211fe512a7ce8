#pragma once

#include "codec/pdg-event-data.h"

G_BEGIN_DECLS

/* Private to codec/: turns the members of one event into @event, whose slices point into the members' text or into
 * @batch. Returns why it is refused, "field: reason" (transfer full), or NULL when it is accepted. */
char *pdg_event_verdict (const PdgEventMembers *members, guint max_depth, PdgEventBatch *batch, PdgEvent *event);

G_END_DECLS
