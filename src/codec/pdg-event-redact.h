#pragma once

#include "codec/pdg-event-data.h"
#include "codec/pdg-redact.h"

G_BEGIN_DECLS

/* Private to codec/: applies a project's rules to the members of an event, before they are judged and kept. What changes points into
 * @batch afterwards. TRUE when something was taken out. */
gboolean pdg_event_redact (const PdgRedactRules *rules, PdgEventMembers *members, PdgEventBatch *batch);

G_END_DECLS
