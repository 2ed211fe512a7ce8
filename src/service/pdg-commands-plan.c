#include "config.h"
#include "service/pdg-commands-plan.h"

#include "codec/pdg-event-schema.h"
#include "service/pdg-commands-private.h"
#include "service/pdg-queries-private.h"
#include "store/pdg-store-plan.h"

#include <string.h>

static gboolean
check_input (const PdgSchemaInput *input, GError **error)
{
  gsize len = strlen (input->event_type);
  g_autoptr (PdgEventSchema) schema = NULL;
  g_autoptr (GError) local = NULL;

  if (len == 0 || len > PDG_EVENT_SCHEMA_MAX_TYPE_BYTES)
    {
      pdg_service_error_set (error, PDG_SERVICE_ERROR_INVALID, "eventType", "eventType: use 1 to %d bytes", PDG_EVENT_SCHEMA_MAX_TYPE_BYTES);
      return FALSE;
    }
  if (input->definition == NULL)
    return TRUE;
  schema = pdg_event_schema_new (input->definition, -1, &local);
  if (schema == NULL)
    pdg_service_error_set (error, PDG_SERVICE_ERROR_INVALID, "definition", "definition: %s", local->message);
  return schema != NULL;
}

static gboolean
set_definition (PdgDbTx *tx, gint32 project_no, const PdgSchemaInput *input, const char *author, gint32 *version, GError **error)
{
  g_autofree char *definition = pdg_event_schema_dup_definition (input->definition, -1);

  if (!pdg_store_set_schema (tx, project_no, input->event_type, definition, input->mode, author, version, error))
    return FALSE;
  if (*version == 0)
    pdg_service_error_set (error, PDG_SERVICE_ERROR_CONFLICT, NULL, "this project has as many schemas as it may; use one of them again");
  return *version > 0;
}

static gboolean
set_mode (PdgDbTx *tx, gint32 project_no, const PdgSchemaInput *input, GError **error)
{
  gboolean found;

  if (!pdg_store_set_schema_mode (tx, project_no, input->event_type, input->version, input->mode, &found, error))
    return FALSE;
  if (!found)
    pdg_service_error_set (error, PDG_SERVICE_ERROR_NOT_FOUND, "version", "the type %s has no version %d of its schema", input->event_type, input->version);
  return found;
}

/* (transfer full) */
static PdgEventSchemaRecord *
load_version (PdgDbTx *tx, gint32 project_no, const char *event_type, gint32 version, GError **error)
{
  g_autoptr (GPtrArray) lists = pdg_store_list_schemas (tx, &project_no, 1, event_type, error);
  GPtrArray *versions = lists != NULL ? lists->pdata[0] : NULL;

  for (guint i = 0; versions != NULL && i < versions->len; i++)
    if (((const PdgEventSchemaRecord *) versions->pdata[i])->version == version)
      return g_steal_pointer (&versions->pdata[i]);
  return NULL;
}

PdgEventSchemaRecord *
pdg_commands_set_schema (PdgDbConn *conn, PdgPrincipal *principal, const PdgSchemaInput *input, GError **error)
{
  g_autoptr (PdgDbTx) tx = pdg_commands_begin (conn, principal, PDG_ROLE_EDITOR, error);
  g_autoptr (PdgProject) project = tx != NULL ? pdg_commands_find_project (tx, principal, input->project_id, "projectId", error) : NULL;
  g_autoptr (PdgEventSchemaRecord) record = NULL;
  gint32 version = input->version;

  if (project == NULL || !check_input (input, error)
      || !(input->definition != NULL ? set_definition (tx, project->project_no, input, pdg_principal_get_label (principal), &version, error)
                                     : set_mode (tx, project->project_no, input, error)))
    return NULL;
  record = load_version (tx, project->project_no, input->event_type, version, error);
  if (record == NULL
      || !pdg_commands_commit (tx, principal, error, "set version %d of the schema of %s in the project %s to %s", version, input->event_type,
                               input->project_id, pdg_schema_mode_to_string (input->mode)))
    return NULL;
  return g_steal_pointer (&record);
}

GPtrArray *
pdg_queries_list_schemas (PdgQueries *queries, const gint32 *project_nos, guint n, const char *event_type, GError **error)
{
  return pdg_store_list_schemas (queries->tx, project_nos, n, event_type, error);
}

GPtrArray *
pdg_queries_list_findings (PdgQueries *queries, const gint32 *project_nos, guint n, GError **error)
{
  return pdg_store_list_findings (queries->tx, project_nos, n, error);
}

GPtrArray *
pdg_queries_list_unplanned (PdgQueries *queries, const gint32 *project_nos, guint n, gint64 from_usec, gint64 to_usec, GError **error)
{
  return pdg_store_list_unplanned (queries->tx, project_nos, n, from_usec, to_usec, error);
}
