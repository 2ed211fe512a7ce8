#include "config.h"
#include "service/pdg-queries-private.h"

#include "store/pdg-store-keys.h"
#include "store/pdg-store-members.h"
#include "store/pdg-store-project-sessions.h"

PdgPrincipal *
pdg_queries_get_principal (PdgQueries *queries)
{
  return queries->principal;
}

PdgOrganisation *
pdg_queries_load_organisation (PdgQueries *queries, GError **error)
{
  PdgOrganisation *organisation = pdg_store_load_organisation (queries->tx, error);

  if (organisation == NULL && error != NULL && *error == NULL)
    pdg_service_error_set (error, PDG_SERVICE_ERROR_NOT_FOUND, NULL, "your organisation is not there any more");
  return organisation;
}

GPtrArray *
pdg_queries_list_projects (PdgQueries *queries, const PdgStoreProjectFilter *filter, GError **error)
{
  PdgStoreProjectFilter bound = *filter;

  bound.only_project_no = pdg_principal_get_project_no (queries->principal);
  return pdg_store_list_projects (queries->tx, &bound, error);
}

PdgProject *
pdg_queries_lookup_project (PdgQueries *queries, const char *id, GError **error)
{
  gint32 bound = pdg_principal_get_project_no (queries->principal);
  g_autoptr (PdgProject) project = pdg_store_lookup_project (queries->tx, id, error);

  return project != NULL && (bound == 0 || bound == project->project_no) ? g_steal_pointer (&project) : NULL;
}

PdgProject *
pdg_queries_lookup_project_and_session (PdgQueries *queries, const char *id, const char *session_id, PdgSessionParts parts,
                                        GPtrArray **sessions, GError **error)
{
  gint32 bound = pdg_principal_get_project_no (queries->principal);
  g_autoptr (PdgProject) project = pdg_store_lookup_project_and_session (queries->tx, id, session_id, parts, sessions, error);

  if (project == NULL || bound == 0 || bound == project->project_no)
    return g_steal_pointer (&project);
  g_clear_pointer (sessions, g_ptr_array_unref);
  return NULL;
}

GPtrArray *
pdg_queries_lookup_projects (PdgQueries *queries, const char *const *ids, const char *const *session_ids, guint n, PdgSessionParts parts,
                             GPtrArray **sessions, GError **error)
{
  gint32 bound = pdg_principal_get_project_no (queries->principal);
  GPtrArray *projects = pdg_store_lookup_projects (queries->tx, ids, session_ids, n, parts, sessions, error);

  for (guint i = 0; projects != NULL && bound != 0 && i < n; i++)
    {
      const PdgProject *project = projects->pdata[i];

      if (project == NULL || project->project_no == bound)
        continue;
      g_clear_pointer ((PdgProject **) &projects->pdata[i], pdg_project_free);
      if (session_ids != NULL)
        g_clear_pointer ((PdgSessionSummary **) &(*sessions)->pdata[i], pdg_session_summary_free);
    }
  return projects;
}

GPtrArray *
pdg_queries_list_projects_and_sessions (PdgQueries *queries, const PdgStoreProjectFilter *projects, const PdgStoreSessionFilter *sessions,
                                        GPtrArray **lists, GError **error)
{
  PdgStoreProjectFilter bound = *projects;

  bound.only_project_no = pdg_principal_get_project_no (queries->principal);
  return pdg_store_list_projects_and_sessions (queries->tx, &bound, sessions, lists, error);
}

char *
pdg_queries_dup_bound_project_id (PdgQueries *queries, GError **error)
{
  gint32 bound = pdg_principal_get_project_no (queries->principal);

  return bound != 0 ? pdg_store_lookup_project_id (queries->tx, bound, error) : NULL;
}

/* Who may do what is the organisation's, and its admins'. */
gboolean
pdg_queries_check_admin (PdgQueries *queries, gboolean of_organisation, GError **error)
{
  if (!pdg_principal_may (queries->principal, PDG_ROLE_ADMIN))
    pdg_service_error_set (error, PDG_SERVICE_ERROR_FORBIDDEN, NULL, "this needs the role admin; yours is %s",
                           pdg_role_to_string (pdg_principal_get_role (queries->principal)));
  else if (of_organisation && pdg_principal_get_project_no (queries->principal) != 0)
    pdg_service_error_set (error, PDG_SERVICE_ERROR_FORBIDDEN, NULL, "you may see one project only, and this is of the whole organisation");
  else
    return TRUE;
  return FALSE;
}

GPtrArray *
pdg_queries_list_members (PdgQueries *queries, gint64 after_usec, const char *after_id, guint limit, GError **error)
{
  return pdg_queries_check_admin (queries, TRUE, error) ? pdg_store_list_members (queries->tx, after_usec, after_id, limit, error) : NULL;
}

GPtrArray *
pdg_queries_list_tokens (PdgQueries *queries, gint32 after, guint limit, GError **error)
{
  return pdg_queries_check_admin (queries, TRUE, error) ? pdg_store_list_tokens (queries->tx, after, limit, error) : NULL;
}

GPtrArray *
pdg_queries_list_api_keys (PdgQueries *queries, const gint32 *project_nos, guint n, gint32 after, guint limit, GError **error)
{
  return pdg_queries_check_admin (queries, FALSE, error) ? pdg_store_list_api_keys (queries->tx, project_nos, n, after, limit, error) : NULL;
}

GPtrArray *
pdg_queries_list_journeys (PdgQueries *queries, const gint32 *project_nos, guint n, const PdgStoreJourneyFilter *filter, GError **error)
{
  return pdg_store_list_journeys (queries->tx, project_nos, n, filter, error);
}

GPtrArray *
pdg_queries_lookup_journeys (PdgQueries *queries, const gint32 *project_nos, guint n, const char *id, const PdgJourneyKind *kind,
                             GError **error)
{
  return pdg_store_lookup_journeys (queries->tx, project_nos, n, id, kind, error);
}

GPtrArray *
pdg_queries_list_journey_steps (PdgQueries *queries, const gint32 *journey_nos, guint n, GError **error)
{
  return pdg_store_list_journey_steps (queries->tx, journey_nos, n, error);
}

GPtrArray *
pdg_queries_list_journey_links (PdgQueries *queries, const gint32 *journey_nos, guint n, GError **error)
{
  return pdg_store_list_journey_links (queries->tx, journey_nos, n, error);
}
