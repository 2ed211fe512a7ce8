#include "config.h"
#include "codec/pdg-event-consent.h"

#include "codec/pdg-json-read.h"
#include "model/pdg-screen-path.h"

#include <string.h>

#define BIT(field) (G_GUINT64_CONSTANT (1) << (field))
#define COUNTED_FIELDS                                                                                                          \
  (BIT (PDG_FIELD_AT_EVENT_ID) | BIT (PDG_FIELD_AT_PROJECT_ID) | BIT (PDG_FIELD_AT_SESSION_ID) | BIT (PDG_FIELD_AT_TYPE)          \
   | BIT (PDG_FIELD_AT_TIMESTAMP) | BIT (PDG_FIELD_AT_PAGE_PATH) | BIT (PDG_FIELD_AT_PAGE_URL) | BIT (PDG_FIELD_AT_RELEASE))

static PdgConsent
get_consent (const PdgEventMembers *members)
{
  const PdgJsonSpan *span = &members->fields[PDG_FIELD_AT_CONSENT];
  PdgConsent consent = PDG_CONSENT_UNKNOWN;

  if ((members->seen & BIT (PDG_FIELD_AT_CONSENT)) != 0 && span->kind == PDG_JSON_STRING)
    pdg_consent_parse (span->text + 1, span->len - 2, &consent);
  return consent;
}

/* Types that say who somebody is, and nothing else: without that there is nothing to count. */
static gboolean
says_who (const PdgEventMembers *members)
{
  static const char *const types[] = { "identify", "alias", "group" };

  for (gsize i = 0; (members->seen & BIT (PDG_FIELD_AT_TYPE)) != 0 && i < G_N_ELEMENTS (types); i++)
    if (pdg_json_is (&members->fields[PDG_FIELD_AT_TYPE], types[i]))
      return TRUE;
  return FALSE;
}

PdgConsentAction
pdg_event_consent_judge (const PdgConsentRules *rules, const PdgEventMembers *members, gboolean opted_out)
{
  PdgConsent consent = get_consent (members);
  PdgConsentAction action = PDG_CONSENT_STORE;

  if (consent == PDG_CONSENT_UNKNOWN && opted_out && rules->headers)
    consent = PDG_CONSENT_DENIED;
  if (consent == PDG_CONSENT_DENIED)
    action = rules->denied;
  else if (consent == PDG_CONSENT_UNKNOWN)
    action = rules->unknown;
  return action == PDG_CONSENT_COUNT && says_who (members) ? PDG_CONSENT_DROP : action;
}

void
pdg_event_consent_strip (PdgEventMembers *members)
{
  static const char session[] = "\"cookieless\"";

  members->seen = (members->seen & COUNTED_FIELDS) | BIT (PDG_FIELD_AT_SESSION_ID);
  members->fields[PDG_FIELD_AT_SESSION_ID] = (PdgJsonSpan) { session, sizeof session - 1, PDG_JSON_STRING, 0 };
  g_array_set_size (members->unknown, 0);
}

PdgSlice
pdg_event_consent_make_path (PdgSlice path, PdgEventBatch *batch)
{
  char screen[PDG_SCREEN_PATH_MAX_BYTES + 1];
  gsize len;
  char *copy;

  if (path.data == NULL)
    return path;
  len = pdg_screen_path_normalise (path.data, path.len, screen);
  copy = pdg_event_batch_alloc (batch, len);
  memcpy (copy, screen, len);
  return (PdgSlice) { copy, (guint32) len };
}
