#include "config.h"
#include "model/pdg-plan.h"

void
pdg_event_schema_record_free (PdgEventSchemaRecord *record)
{
  if (record == NULL)
    return;
  g_free (record->project_id);
  g_free (record->event_type);
  g_free (record->definition);
  g_free (record->created_by);
  g_free (record);
}

void
pdg_schema_finding_free (PdgSchemaFinding *finding)
{
  if (finding == NULL)
    return;
  g_free (finding->project_id);
  g_free (finding->event_type);
  g_free (finding->field);
  g_free (finding->expected);
  g_free (finding);
}

void
pdg_unplanned_type_free (PdgUnplannedType *type)
{
  if (type == NULL)
    return;
  g_free (type->event_type);
  g_free (type);
}

const char *
pdg_schema_mode_to_string (PdgSchemaMode mode)
{
  static const char *const names[] = { "off", "warn", "enforce" };

  return names[mode];
}
