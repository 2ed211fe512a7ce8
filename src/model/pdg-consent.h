#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a person said to being measured, and what a project does with the events of each (docs/ingestion.md). */

typedef enum
{
  PDG_CONSENT_UNKNOWN,
  PDG_CONSENT_GRANTED,
  PDG_CONSENT_DENIED,
} PdgConsent;

typedef enum
{
  PDG_CONSENT_STORE,
  PDG_CONSENT_COUNT, /* without anything that tells who it was */
  PDG_CONSENT_DROP,
} PdgConsentAction;

#define PDG_CONSENT_MAX_CATEGORIES 50
#define PDG_CONSENT_MAX_CATEGORY_BYTES 200

/* A project's rules. Owns its texts. */
typedef struct
{
  char *project_id;         /* (nullable) */
  char **categories;        /* of other clients' consent, that all have to be granted; empty = all that it names */
  PdgConsentAction denied;  /* never PDG_CONSENT_STORE */
  PdgConsentAction unknown;
  gboolean headers;         /* DNT: 1 and Sec-GPC: 1 deny where the event itself says nothing */
} PdgConsentRules;

/* Those of a project that has set none: denied events are dropped, unknown ones stored. (transfer full) */
PdgConsentRules *pdg_consent_rules_new (void);
void             pdg_consent_rules_free (PdgConsentRules *rules);

/* Reads "granted", "denied" or "unknown", whatever the case. FALSE when it is none of them. */
gboolean         pdg_consent_parse (const char *text, gsize len, PdgConsent *consent);

/* The constant text of each: "denied", "drop". */
const char      *pdg_consent_to_string (PdgConsent consent);
const char      *pdg_consent_action_to_string (PdgConsentAction action);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgConsentRules, pdg_consent_rules_free)

G_END_DECLS
