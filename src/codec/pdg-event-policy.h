#pragma once

#include "codec/pdg-redact.h"
#include "model/pdg-consent.h"
#include "model/pdg-event.h"

G_BEGIN_DECLS

/* What the projects of an organisation ask for when their events are read. A project that is not named asks for the default.
 * Immutable once it is used, atomically counted. Any thread. */
typedef struct _PdgEventPolicies PdgEventPolicies;

/* What one project asks for. A plain value, borrowed from its policies. */
typedef struct
{
  PdgRedactRules *redaction;
  PdgConsentRules *consent;
} PdgEventPolicy;

/* (transfer full) */
PdgEventPolicies     *pdg_event_policies_new (void);
PdgEventPolicies     *pdg_event_policies_ref (PdgEventPolicies *policies);
void                  pdg_event_policies_unref (PdgEventPolicies *policies);

/* Before they are used: the project's own rules. @rules of consent: (transfer full). */
void                  pdg_event_policies_set_redaction (PdgEventPolicies *policies, const char *project_id, PdgRedactRules *rules);

void                  pdg_event_policies_take_consent (PdgEventPolicies *policies, const char *project_id, PdgConsentRules *rules);

/* Never NULL. */
const PdgEventPolicy *pdg_event_policies_find (const PdgEventPolicies *policies, PdgSlice project_id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgEventPolicies, pdg_event_policies_unref)

G_END_DECLS
