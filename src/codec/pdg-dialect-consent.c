#include "config.h"
#include "codec/pdg-dialect-private.h"

#include "codec/pdg-event-consent.h"

#include <string.h>

/* How other clients say what a person consented to. */

static const PdgConsentRules *
get_rules (const PdgDialectReader *reader)
{
  const PdgEventJsonLimits *limits = &reader->context->limits;
  PdgSlice project = { reader->context->project, (guint32) strlen (reader->context->project) };

  return limits->policies != NULL ? pdg_event_policies_find (limits->policies, project)->consent : NULL;
}

void
pdg_dialect_set_consent (PdgDialectReader *reader, PdgConsent consent)
{
  if (consent != PDG_CONSENT_UNKNOWN && !pdg_event_builder_has (&reader->builder, "consent.state"))
    pdg_event_builder_set_consent (&reader->builder, consent);
}

gboolean
pdg_dialect_may_record (PdgDialectReader *reader)
{
  const PdgConsentRules *rules = get_rules (reader);

  return rules == NULL
         || pdg_event_consent_judge (rules, &reader->builder.members, reader->context->limits.opted_out) == PDG_CONSENT_STORE;
}

/* The categories that matter and were named, so far. */
typedef struct
{
  const char *const *wanted; /* empty = all */
  guint n_granted;
  guint n_denied;
} Tally;

static void
tally_add (Tally *tally, const PdgJsonSpan *name, gboolean is_granted)
{
  g_autofree char *text = pdg_json_dup_text (name);

  if (text == NULL || (tally->wanted[0] != NULL && !g_strv_contains (tally->wanted, text)))
    return;
  if (is_granted)
    tally->n_granted++;
  else
    tally->n_denied++;
}

/* {"Analytics": true} */
static void
tally_preferences (Tally *tally, const PdgJsonSpan *preferences)
{
  g_auto (PdgJsonIter) iter = { 0 };
  PdgJsonMember member;

  if (preferences->kind != PDG_JSON_OBJECT)
    return;
  pdg_json_iter_init (&iter, preferences, 0, G_MAXUINT);
  while (pdg_json_iter_next (&iter, &member))
    if (member.value.kind == PDG_JSON_TRUE || member.value.kind == PDG_JSON_FALSE)
      tally_add (tally, &member.key, member.value.kind == PDG_JSON_TRUE);
}

/* ["Analytics"] */
static void
tally_list (Tally *tally, const PdgJsonSpan *list, gboolean is_granted)
{
  g_auto (PdgJsonIter) iter = { 0 };
  PdgJsonMember member;

  if (list->kind != PDG_JSON_ARRAY)
    return;
  pdg_json_iter_init (&iter, list, 0, G_MAXUINT);
  while (pdg_json_iter_next (&iter, &member))
    tally_add (tally, &member.value, is_granted);
}

void
pdg_dialect_take_categories (PdgDialectReader *reader, const PdgJsonSpan *context)
{
  static const char *const none[] = { NULL };
  const PdgConsentRules *rules = get_rules (reader);
  Tally tally = { rules != NULL ? (const char *const *) rules->categories : none, 0, 0 };
  guint n_wanted = g_strv_length ((char **) tally.wanted);
  PdgJsonSpan consent, value;

  if (context->kind != PDG_JSON_OBJECT)
    return;
  if (pdg_json_get (context, "consent", &consent) && consent.kind == PDG_JSON_OBJECT && pdg_json_get (&consent, "categoryPreferences", &value))
    tally_preferences (&tally, &value);
  if (pdg_json_get (context, "consentManagement", &consent) && consent.kind == PDG_JSON_OBJECT)
    {
      if (pdg_json_get (&consent, "allowedConsentIds", &value))
        tally_list (&tally, &value, TRUE);
      if (pdg_json_get (&consent, "deniedConsentIds", &value))
        tally_list (&tally, &value, FALSE);
    }
  if (tally.n_denied > 0)
    pdg_dialect_set_consent (reader, PDG_CONSENT_DENIED);
  else if (tally.n_granted >= MAX (n_wanted, 1))
    pdg_dialect_set_consent (reader, PDG_CONSENT_GRANTED);
}
