#include "config.h"
#include "model/pdg-guard.h"

void
pdg_redaction_record_free (PdgRedactionRecord *record)
{
  if (record == NULL)
    return;
  g_free (record->project_id);
  g_strfreev (record->keys);
  g_free (record->created_by);
  g_free (record);
}

void
pdg_dead_letter_free (PdgDeadLetter *letter)
{
  if (letter == NULL)
    return;
  g_clear_pointer (&letter->raw, g_bytes_unref);
  g_free (letter->project_id);
  g_free (letter->source);
  g_free (letter->field);
  g_free (letter->reason);
  g_free (letter);
}

void
pdg_letter_reason_free (PdgLetterReason *reason)
{
  if (reason == NULL)
    return;
  g_free (reason->field);
  g_free (reason->reason);
  g_free (reason);
}

const char *
pdg_letter_kind_to_string (PdgLetterKind kind)
{
  static const char *const names[PDG_N_LETTER_KINDS] = { "required", "invalid", "schema", "project", "id_conflict" };

  return names[kind];
}
