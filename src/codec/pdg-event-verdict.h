#pragma once

#include "codec/pdg-event-data.h"
#include "codec/pdg-event-json.h"

G_BEGIN_DECLS

/* Private to codec/: judges the members of one event as the request's event @index. With the limits' policies: by the consent of its
 * person first, then after redaction. Adds it to the batch, with slices that point into the members' text or into the batch; or an issue
 * for it, which keeps the event where there are policies; or counts it as withheld. */
void pdg_event_verdict_add (PdgEventMembers *members, const PdgEventJsonLimits *limits, PdgEventBatch *batch, guint32 index);

G_END_DECLS
