#include "config.h"
#include "service/pdg-commands-retention.h"

#include "base/pdg-clock.h"
#include "service/pdg-commands-private.h"
#include "service/pdg-queries-private.h"
#include "store/pdg-store-retention.h"

#define MAX_DAYS 36500
#define MAX_CLIENT_STATE_DAYS 32
#define MAX_BYTES (G_GINT64_CONSTANT (1) << 50)

gboolean
pdg_retention_check_limit (PdgDataKind kind, gint64 max_days, gint64 max_bytes, GError **error)
{
  int most = kind == PDG_DATA_CLIENT_STATE ? MAX_CLIENT_STATE_DAYS : MAX_DAYS;

  if (max_days < 0 || max_days > most)
    pdg_service_error_set (error, PDG_SERVICE_ERROR_INVALID, "maxDays", "maxDays: use 1 to %d, or none", most);
  else if (max_bytes < 0 || max_bytes > MAX_BYTES)
    pdg_service_error_set (error, PDG_SERVICE_ERROR_INVALID, "maxBytes", "maxBytes: use 1 to %" G_GINT64_FORMAT ", or none", MAX_BYTES);
  else if (max_bytes > 0 && !pdg_data_kind_has_bytes (kind))
    pdg_service_error_set (error, PDG_SERVICE_ERROR_INVALID, "maxBytes", "maxBytes: %s are limited by age only; use maxDays", pdg_data_kind_to_string (kind));
  else
    return TRUE;
  return FALSE;
}

PdgProject *
pdg_commands_set_retention (PdgDbConn *conn, PdgPrincipal *principal, const char *project_id, PdgDataKind kind, gint32 max_days, gint64 max_bytes,
                            GError **error)
{
  g_autoptr (PdgDbTx) tx = pdg_commands_begin (conn, principal, PDG_ROLE_ADMIN, error);
  g_autoptr (PdgProject) project = tx != NULL ? pdg_commands_find_project (tx, principal, project_id, "projectId", error) : NULL;

  if (project == NULL || !pdg_retention_check_limit (kind, max_days, max_bytes, error)
      || !pdg_store_set_retention (tx, project->project_no, kind, max_days, max_bytes, error))
    return NULL;
  return pdg_commands_commit (tx, principal, error, "keeps %s of the project %s for %d days and up to %" G_GINT64_FORMAT " bytes (0 is any)",
                              pdg_data_kind_to_string (kind), project_id, max_days, max_bytes)
           ? g_steal_pointer (&project)
           : NULL;
}

GPtrArray *
pdg_queries_list_held_data (PdgQueries *queries, const gint32 *project_nos, guint n, const PdgRetentionLimits *server,
                            const PdgRetentionLimits *proposed, GError **error)
{
  return pdg_queries_check_admin (queries, FALSE, error)
           ? pdg_store_list_held_data (queries->tx, project_nos, n, pdg_clock_now_usec (), server, proposed, error)
           : NULL;
}
