#include "config.h"
#include "codec/pdg-event-redact.h"

#include "codec/pdg-json-read.h"
#include "codec/pdg-redact-rules.h"

#include <string.h>

/* Replaces @span by what the rules leave of it; @path is made when it is needed. */
static gboolean
redact_span (const PdgRedactRules *rules, const char *path, const PdgJsonSpan *key, PdgJsonSpan *span, PdgEventBatch *batch)
{
  g_autoptr (GString) out = NULL;
  g_autofree char *name = NULL, *whole = NULL;
  PdgJsonScan scan;
  char *copy;

  if ((span->flags & PDG_JSON_TOO_DEEP) != 0 || !pdg_redact_is_suspect (rules, span))
    return FALSE;
  out = g_string_sized_new (span->len + 32);
  if (key != NULL)
    {
      name = pdg_json_dup_text (key);
      whole = g_strdup_printf ("%s.%s", path, name != NULL ? name : "");
    }
  if (!pdg_redact_span (rules, whole != NULL ? whole : path, span, out, NULL, NULL))
    return FALSE;
  copy = pdg_event_batch_alloc (batch, out->len);
  memcpy (copy, out->str, out->len);
  pdg_json_scan_init (&scan, copy, out->len, G_MAXUINT);
  if (pdg_json_scan_value (&scan, scan.begin, 0, span) == NULL)
    g_assert_not_reached ();
  pdg_json_scan_clear (&scan);
  return TRUE;
}

static PdgRedactVerdict
judge_unknown (const PdgRedactRules *rules, const PdgEventMember *member)
{
  g_autofree char *name = NULL;

  if (member->value.kind < PDG_JSON_NUMBER)
    return PDG_REDACT_KEEP;
  if ((member->key.flags & PDG_JSON_ESCAPED) == 0)
    return pdg_redact_rules_judge (rules, "metadata", member->key.text + 1, member->key.len - 2);
  name = pdg_json_dup_text (&member->key);
  return name != NULL ? pdg_redact_rules_judge (rules, "metadata", name, strlen (name)) : PDG_REDACT_KEEP;
}

/* *drop: the member goes altogether. */
static gboolean
redact_unknown (const PdgRedactRules *rules, PdgEventMember *member, gboolean *drop, PdgEventBatch *batch)
{
  static const char replacement[] = "\"[redacted]\"";
  PdgRedactVerdict verdict = judge_unknown (rules, member);
  gboolean changed;

  *drop = verdict == PDG_REDACT_DROP_ADDRESS && pdg_redact_is_address (&member->value);
  if (*drop)
    return TRUE;
  changed = verdict == PDG_REDACT_DENY;
  if (changed)
    member->value = (PdgJsonSpan) { replacement, sizeof replacement - 1, PDG_JSON_STRING, 0 };
  else
    changed = redact_span (rules, "metadata", &member->key, &member->value, batch);
  return redact_span (rules, "metadata", NULL, &member->key, batch) || changed;
}

gboolean
pdg_event_redact (const PdgRedactRules *rules, PdgEventMembers *members, PdgEventBatch *batch)
{
  gboolean changed = (members->seen & rules->denied_fields) != 0;

  members->seen &= ~rules->denied_fields;
  for (guint64 left = members->seen & pdg_event_fields_text; left != 0; left &= left - 1)
    {
      guint i = (guint) __builtin_ctzll (left);

      if (members->fields[i].kind >= PDG_JSON_NUMBER)
        changed |= redact_span (rules, pdg_event_fields[i].name, NULL, &members->fields[i], batch);
    }
  for (guint i = 0; i < members->unknown->len; i++)
    {
      gboolean drop;

      changed |= redact_unknown (rules, &g_array_index (members->unknown, PdgEventMember, i), &drop, batch);
      if (drop)
        g_array_remove_index (members->unknown, i--);
    }
  return changed;
}
