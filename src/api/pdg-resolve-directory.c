#include "config.h"
#include "api/pdg-resolve.h"

/* The caller, its organisation and its projects. */

static void
query_version (PdgGqlCall *call)
{
  pdg_gql_call_set_string (call, 0, PDG_VERSION);
}

static void
query_self (PdgGqlCall *call)
{
  pdg_gql_call_set_object (call, 0, pdg_gql_call_get_context (call), NULL);
}

static char *
make_project_cursor (gconstpointer node)
{
  return g_strdup (((const PdgProject *) node)->id);
}

static void
query_projects (PdgGqlCall *call)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  guint first = queries != NULL ? pdg_resolve_get_first (call) : 0;
  GError *error = NULL;
  GPtrArray *projects;

  if (first == 0)
    return;
  projects = pdg_queries_list_projects (queries, pdg_gql_call_arg_string (call, "after"), first + 1, &error);
  if (projects == NULL)
    pdg_gql_call_fail_all (call, error);
  else
    pdg_resolve_set_page (call, 0, projects, first, make_project_cursor);
}

static void
query_project (PdgGqlCall *call)
{
  static const char *const members[] = { "__typename", "id", "name", "createdAt", NULL };
  PdgQueries *queries = pdg_resolve_get_queries_once (call, members);
  GError *error = NULL;
  PdgProject *project;

  if (queries == NULL)
    return;
  project = pdg_queries_lookup_project (queries, pdg_gql_call_arg_string (call, "id"), &error);
  if (error != NULL)
    pdg_gql_call_fail_all (call, error);
  else
    pdg_gql_call_set_object (call, 0, project, (GDestroyNotify) pdg_project_free);
}

static void
organisation_name (PdgGqlCall *call)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  GError *error = NULL;
  char *name;

  if (queries == NULL)
    return;
  name = pdg_queries_dup_organisation_name (queries, &error);
  if (name == NULL)
    pdg_gql_call_fail_all (call, error);
  else
    pdg_gql_call_take_string (call, 0, name);
}

PDG_RESOLVE_MEMBER (organisation_id, PdgApiContext, pdg_gql_call_set_string (call, i, pdg_principal_get_org_uuid (source->principal)))
PDG_RESOLVE_MEMBER (collector_keyless, PdgApiContext, pdg_gql_call_set_bool (call, i, source->api->options.keyless))

static void
collector_events_url (PdgGqlCall *call)
{
  PdgApiContext *context = pdg_gql_call_get_context (call);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&context->api->lock);

  pdg_gql_call_set_string (call, 0, context->api->events_url);
}

/* ---- Project */

PDG_RESOLVE_MEMBER (project_id, PdgProject, pdg_gql_call_set_borrowed_string (call, i, source->id))
PDG_RESOLVE_MEMBER (project_name, PdgProject, pdg_gql_call_set_borrowed_string (call, i, source->name))
PDG_RESOLVE_MEMBER (project_created_at, PdgProject, pdg_gql_call_set_int64 (call, i, source->created_usec))

static void
set_span_end (PdgGqlCall *call, gboolean newest)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);

  for (guint i = 0; queries != NULL && i < pdg_gql_call_get_n (call); i++)
    {
      const PdgProject *project = pdg_gql_call_get_source (call, i);
      gint64 from = 0, to = 0;
      GError *error = NULL;

      if (pdg_queries_get_event_span (queries, project->project_no, &from, &to, &error))
        pdg_resolve_set_time (call, i, newest ? to : from);
      else
        pdg_gql_call_set_error (call, i, error);
    }
}

static void
project_newest_event_at (PdgGqlCall *call)
{
  set_span_end (call, TRUE);
}

static void
project_oldest_event_at (PdgGqlCall *call)
{
  set_span_end (call, FALSE);
}

static const PdgGqlBinding bindings[] = {
  { "Query.version", query_version },
  { "Query.organisation", query_self },
  { "Query.projects", query_projects },
  { "Query.project", query_project },
  { "Query.collector", query_self },
  { "Organisation.id", organisation_id },
  { "Organisation.name", organisation_name },
  { "Collector.eventsUrl", collector_events_url },
  { "Collector.keyless", collector_keyless },
  PDG_RESOLVE_CONNECTION ("Project"),
  { "Project.id", project_id },
  { "Project.name", project_name },
  { "Project.createdAt", project_created_at },
  { "Project.newestEventAt", project_newest_event_at },
  { "Project.oldestEventAt", project_oldest_event_at },
};

PdgResolveTable
pdg_resolve_directory_table (void)
{
  return (PdgResolveTable) PDG_RESOLVE_TABLE (bindings);
}
