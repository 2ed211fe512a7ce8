#include "config.h"
#include "daemon/pdg-command.h"

#include "service/pdg-service-error.h"

void
pdg_desk_close (PdgDesk *desk)
{
  g_clear_pointer (&desk->project, pdg_project_free);
  g_clear_pointer (&desk->queries, pdg_queries_free);
  g_clear_pointer (&desk->principal, pdg_principal_unref);
  g_clear_pointer (&desk->conn, pdg_db_conn_free);
  g_clear_pointer (&desk->database, pdg_database_close);
}

gboolean
pdg_desk_open (PdgDesk *desk, PdgConfig *config, const char *project_id, GError **error)
{
  const PdgOrganisation *organisation;

  desk->database = pdg_database_open (config, error);
  if (desk->database == NULL)
    return FALSE;
  organisation = pdg_database_get_organisation (desk->database);
  desk->principal = pdg_principal_new (organisation->uuid, organisation->org_no, PDG_ROLE_ADMIN, 0, "command line");
  desk->conn = pdg_db_conn_open (pdg_database_get_reader_uri (desk->database), pdg_database_get_reader_role (desk->database),
                                 "productgraph administration", error);
  desk->queries = desk->conn != NULL ? pdg_queries_begin (desk->conn, desk->principal, 0, error) : NULL;
  if (desk->queries == NULL)
    return FALSE;
  if (project_id == NULL)
    return TRUE;
  desk->project = pdg_queries_lookup_project (desk->queries, project_id, error);
  if (desk->project == NULL && (error == NULL || *error == NULL))
    pdg_service_error_set (error, PDG_SERVICE_ERROR_NOT_FOUND, NULL, "there is no project \"%s\" in this organisation", project_id);
  return desk->project != NULL;
}
