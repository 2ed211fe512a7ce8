#include "config.h"
#include "daemon/pdg-command.h"

#include "base/pdg-time.h"
#include "service/pdg-commands-plan.h"

#include <string.h>

#define SCHEMA_USAGE                                                                                                                       \
  "schema list PROJECT [TYPE] | set PROJECT TYPE FILE off|warn|enforce | mode PROJECT TYPE VERSION off|warn|enforce | report PROJECT | unplanned PROJECT"

static gboolean
parse_mode (const char *text, PdgSchemaMode *mode)
{
  for (*mode = PDG_SCHEMA_OFF; *mode <= PDG_SCHEMA_ENFORCE; (*mode)++)
    if (strcmp (text, pdg_schema_mode_to_string (*mode)) == 0)
      return TRUE;
  return FALSE;
}

static int
list_schemas (PdgDesk *desk, const char *event_type)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) lists = pdg_queries_list_schemas (desk->queries, &desk->project->project_no, 1, event_type, &error);

  if (lists == NULL)
    return pdg_command_fail (error);
  for (guint i = 0; i < ((GPtrArray *) lists->pdata[0])->len; i++)
    {
      const PdgEventSchemaRecord *record = ((GPtrArray *) lists->pdata[0])->pdata[i];

      g_print ("%s  %d  %s  %s\n", record->event_type, record->version, pdg_schema_mode_to_string (record->mode), record->definition);
    }
  return 0;
}

static int
print_report (PdgDesk *desk)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) lists = pdg_queries_list_findings (desk->queries, &desk->project->project_no, 1, &error);

  if (lists == NULL)
    return pdg_command_fail (error);
  for (guint i = 0; i < ((GPtrArray *) lists->pdata[0])->len; i++)
    {
      const PdgSchemaFinding *finding = ((GPtrArray *) lists->pdata[0])->pdata[i];

      g_print ("%8" G_GINT64_FORMAT "  %s  %d  %s: %s\n", finding->events, finding->event_type, finding->version, finding->field, finding->expected);
    }
  return 0;
}

static int
print_unplanned (PdgDesk *desk)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) lists = pdg_queries_list_unplanned (desk->queries, &desk->project->project_no, 1, G_MININT64, G_MAXINT64, &error);

  if (lists == NULL)
    return pdg_command_fail (error);
  for (guint i = 0; i < ((GPtrArray *) lists->pdata[0])->len; i++)
    {
      const PdgUnplannedType *type = ((GPtrArray *) lists->pdata[0])->pdata[i];
      char time[PDG_RFC3339_BYTES];

      pdg_time_format_rfc3339 (type->last_usec, time);
      g_print ("%8" G_GINT64_FORMAT "  %s  %s\n", type->events, time, type->event_type);
    }
  return 0;
}

static int
set_schema (PdgDesk *desk, const PdgSchemaInput *input)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgEventSchemaRecord) record = NULL;

  g_clear_pointer (&desk->queries, pdg_queries_free);
  record = pdg_commands_set_schema (desk->conn, desk->principal, input, &error);
  if (record == NULL)
    return pdg_command_fail (error);
  g_print ("%s  %d  %s\n", record->event_type, record->version, pdg_schema_mode_to_string (record->mode));
  return 0;
}

int
pdg_command_schema (PdgConfig *config, int argc, char **argv)
{
  g_auto (PdgDesk) desk = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *definition = NULL;
  const char *verb = argc >= 2 ? argv[0] : "";
  PdgSchemaInput input = { .project_id = argc >= 2 ? argv[1] : NULL, .event_type = argc >= 3 ? argv[2] : NULL };
  gboolean reads = (strcmp (verb, "list") == 0 && argc <= 3) || ((strcmp (verb, "report") == 0 || strcmp (verb, "unplanned") == 0) && argc == 2);

  if (!reads && (argc != 5 || (strcmp (verb, "set") != 0 && strcmp (verb, "mode") != 0) || !parse_mode (argv[4], &input.mode)))
    return pdg_command_usage (SCHEMA_USAGE);
  if (strcmp (verb, "set") == 0 && !g_file_get_contents (argv[3], &definition, NULL, &error))
    return pdg_command_fail (error);
  if (!pdg_desk_open (&desk, config, argv[1], &error))
    return pdg_command_fail (error);
  if (strcmp (verb, "list") == 0)
    return list_schemas (&desk, input.event_type);
  if (strcmp (verb, "report") == 0)
    return print_report (&desk);
  if (strcmp (verb, "unplanned") == 0)
    return print_unplanned (&desk);
  input.definition = definition;
  if (definition == NULL)
    input.version = (gint32) CLAMP (g_ascii_strtoll (argv[3], NULL, 10), 0, G_MAXINT32);
  return set_schema (&desk, &input);
}
