#pragma once

#include "codec/pdg-event-schema.h"
#include "codec/pdg-redact.h"
#include "model/pdg-consent.h"
#include "model/pdg-event.h"
#include "model/pdg-plan.h"

G_BEGIN_DECLS

/* What the projects of an organisation ask for when their events are read. A project that is not named asks for the default.
 * Immutable once it is used, atomically counted. Any thread. */
typedef struct _PdgEventPolicies PdgEventPolicies;

/* A version of the schema of an event type that is not off. */
typedef struct
{
  PdgEventSchema *schema;
  PdgSchemaMode mode;
  gint32 version;
} PdgEventPolicySchema;

/* What one project asks for. A plain value, borrowed from its policies. */
typedef struct
{
  PdgRedactRules *redaction;
  PdgConsentRules *consent;
  GHashTable *schemas; /* (nullable) none: event type -> GArray of PdgEventPolicySchema, the newest version first */
} PdgEventPolicy;

/* (transfer full) */
PdgEventPolicies     *pdg_event_policies_new (void);
PdgEventPolicies     *pdg_event_policies_ref (PdgEventPolicies *policies);
void                  pdg_event_policies_unref (PdgEventPolicies *policies);

/* Before they are used: the project's own rules. @rules of consent: (transfer full). */
void                  pdg_event_policies_set_redaction (PdgEventPolicies *policies, const char *project_id, PdgRedactRules *rules);

void                  pdg_event_policies_take_consent (PdgEventPolicies *policies, const char *project_id, PdgConsentRules *rules);

/* A version that is not off; @schema_no stands for its definition. */
void                  pdg_event_policies_add_schema (PdgEventPolicies *policies, const PdgEventSchemaRecord *record, PdgEventSchema *schema);

/* The schemas that these policies have, by number: what stays needs not be compiled again. @numbers: (out) (transfer full). */
guint                 pdg_event_policies_list_schemas (const PdgEventPolicies *policies, gint32 **numbers);
PdgEventSchema       *pdg_event_policies_lookup_schema (const PdgEventPolicies *policies, gint32 schema_no);

/* The schema of an event of this type: its own @version (0 = it names none), or else the newest. NULL when there is none. */
const PdgEventPolicySchema *pdg_event_policy_find_schema (const PdgEventPolicy *policy, PdgSlice type, gint32 version);

/* Never NULL. */
const PdgEventPolicy *pdg_event_policies_find (const PdgEventPolicies *policies, PdgSlice project_id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgEventPolicies, pdg_event_policies_unref)

G_END_DECLS
