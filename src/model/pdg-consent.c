#include "config.h"
#include "model/pdg-consent.h"

#include <string.h>

static const char *const consents[] = { "unknown", "granted", "denied" };
static const char *const actions[] = { "store", "count", "drop" };

PdgConsentRules *
pdg_consent_rules_new (void)
{
  PdgConsentRules *rules = g_new0 (PdgConsentRules, 1);

  rules->categories = g_new0 (char *, 1);
  rules->denied = PDG_CONSENT_DROP;
  rules->unknown = PDG_CONSENT_STORE;
  return rules;
}

void
pdg_consent_rules_free (PdgConsentRules *rules)
{
  if (rules == NULL)
    return;
  g_free (rules->project_id);
  g_strfreev (rules->categories);
  g_free (rules);
}

gboolean
pdg_consent_parse (const char *text, gsize len, PdgConsent *consent)
{
  for (guint i = 0; i < G_N_ELEMENTS (consents); i++)
    if (strlen (consents[i]) == len && g_ascii_strncasecmp (consents[i], text, len) == 0)
      {
        *consent = (PdgConsent) i;
        return TRUE;
      }
  return FALSE;
}

const char *
pdg_consent_to_string (PdgConsent consent)
{
  return consents[consent];
}

const char *
pdg_consent_action_to_string (PdgConsentAction action)
{
  return actions[action];
}
