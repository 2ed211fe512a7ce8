#pragma once

#include "codec/pdg-event-data.h"
#include "model/pdg-consent.h"

G_BEGIN_DECLS

/* Private to codec/: what becomes of an event by the consent of its person, before it is judged. @opted_out: the request's headers
 * deny. */
PdgConsentAction pdg_event_consent_judge (const PdgConsentRules *rules, const PdgEventMembers *members, gboolean opted_out);

/* Leaves of the members only what counts: id, project, type, time, page and release; and a session to be made. */
void             pdg_event_consent_strip (PdgEventMembers *members);

/* The page of an event that is only counted: the path of its screen, in @batch. */
PdgSlice         pdg_event_consent_make_path (PdgSlice path, PdgEventBatch *batch);

G_END_DECLS
