#pragma once

#include "codec/pdg-event-data.h"
#include "codec/pdg-event-json.h"

G_BEGIN_DECLS

/* Private to codec/: turns the members of one event, after the project's redaction, into @event, whose slices point into the
 * members' text or into @batch. Returns why it is refused, "field: reason" (transfer full), or NULL when it is accepted. */
char *pdg_event_verdict (PdgEventMembers *members, const PdgEventJsonLimits *limits, PdgEventBatch *batch, PdgEvent *event);

/* Judges the members as the request's event @index: adds it to the batch, or an issue for it, which keeps the event when the limits
 * have policies, by which it was redacted. */
void  pdg_event_verdict_add (PdgEventMembers *members, const PdgEventJsonLimits *limits, PdgEventBatch *batch, guint32 index);

G_END_DECLS
