#include "config.h"
#include "service/pdg-queries-private.h"

#include "store/pdg-store-directory.h"
#include "store/pdg-store-journeys.h"
#include "store/pdg-store-snapshots.h"

G_DEFINE_QUARK (pdg-service-error-quark, pdg_service_error)

PdgQueries *
pdg_queries_begin (PdgDbConn *conn, PdgPrincipal *principal, guint timeout_ms, GError **error)
{
  g_autoptr (PdgQueries) queries = NULL;

  if (!pdg_principal_may (principal, PDG_ROLE_VIEWER))
    {
      g_set_error_literal (error, PDG_SERVICE_ERROR, PDG_SERVICE_ERROR_FORBIDDEN,
                           "this key may only send events; reading needs a token with the role viewer");
      return NULL;
    }
  queries = g_new0 (PdgQueries, 1);
  queries->principal = pdg_principal_ref (principal);
  queries->tx = pdg_db_tx_begin (conn, principal, PDG_DB_TX_READ_ONLY | PDG_DB_TX_REPEATABLE_READ, error);
  if (queries->tx == NULL || !pdg_db_tx_set_timeout (queries->tx, timeout_ms, error))
    return NULL;
  return g_steal_pointer (&queries);
}

void
pdg_queries_free (PdgQueries *queries)
{
  if (queries == NULL)
    return;
  pdg_db_tx_free (queries->tx);
  pdg_principal_unref (queries->principal);
  g_free (queries);
}

char *
pdg_queries_dup_organisation_name (PdgQueries *queries, GError **error)
{
  return pdg_store_dup_organisation_name (queries->tx, error);
}

/* A principal bound to one project sees no other. */
static gboolean
may_see (PdgQueries *queries, const PdgProject *project)
{
  gint32 bound = pdg_principal_get_project_no (queries->principal);

  return bound == 0 || bound == project->project_no;
}

GPtrArray *
pdg_queries_list_projects (PdgQueries *queries, const char *after_id, guint limit, GError **error)
{
  GPtrArray *projects = pdg_store_list_projects (queries->tx, after_id, limit, error);

  for (guint i = projects != NULL ? projects->len : 0; i > 0; i--)
    if (!may_see (queries, projects->pdata[i - 1]))
      g_ptr_array_remove_index (projects, i - 1);
  return projects;
}

PdgProject *
pdg_queries_lookup_project (PdgQueries *queries, const char *id, GError **error)
{
  g_autoptr (PdgProject) project = pdg_store_lookup_project (queries->tx, id, error);

  return project != NULL && may_see (queries, project) ? g_steal_pointer (&project) : NULL;
}

gboolean
pdg_queries_get_event_span (PdgQueries *queries, gint32 project_no, gint64 *oldest_usec, gint64 *newest_usec, GError **error)
{
  return pdg_store_get_event_span (queries->tx, project_no, oldest_usec, newest_usec, error);
}

GBytes *
pdg_queries_load_blob (PdgQueries *queries, const char *id, char **media_type, GError **error)
{
  return pdg_store_load_blob (queries->tx, id, media_type, error);
}
