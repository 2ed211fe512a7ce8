#include "config.h"
#include "api/pdg-resolve.h"

/* The caller, its organisation and its projects. */

static void
query_version (PdgGqlCall *call)
{
  pdg_gql_call_set_string (call, 0, PDG_VERSION);
}

static void
query_collector (PdgGqlCall *call)
{
  pdg_gql_call_set_object (call, 0, pdg_gql_call_get_context (call), NULL);
}

static void
query_viewer (PdgGqlCall *call)
{
  PdgQueries *queries = pdg_resolve_get_queries (call); /* refuses who may not read */

  if (queries != NULL)
    pdg_gql_call_set_object (call, 0, pdg_queries_get_principal (queries), NULL);
}

static void
viewer_project_id (PdgGqlCall *call)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  GError *error = NULL;
  char *id;

  if (queries == NULL)
    return;
  id = pdg_queries_dup_bound_project_id (queries, &error);
  if (error != NULL)
    pdg_gql_call_fail_all (call, error);
  else
    pdg_gql_call_take_string (call, 0, id);
}

static void
query_organisation (PdgGqlCall *call)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  GError *error = NULL;
  PdgOrganisation *organisation = queries != NULL ? pdg_queries_load_organisation (queries, &error) : NULL;

  if (organisation != NULL)
    pdg_gql_call_set_object (call, 0, organisation, (GDestroyNotify) pdg_organisation_free);
  else if (error != NULL)
    pdg_gql_call_fail_all (call, error);
}

/* An id has no point, a name may. */
static char *
make_project_cursor (gconstpointer node)
{
  const PdgProject *project = node;

  return g_strconcat (project->id, ".", project->name, NULL);
}

/* With a page of sessions of each, when that is asked for once. */
static GPtrArray *
list_projects (PdgGqlCall *call, PdgQueries *queries, const PdgStoreProjectFilter *filter, GError **error)
{
  PdgGqlCall *ahead = pdg_gql_call_look_ahead (call, "nodes.sessions");
  g_autoptr (PdgEventFilter) events = NULL;
  PdgStoreSessionFilter sessions;
  GPtrArray *projects, *lists = NULL;

  if (ahead == NULL || !pdg_resolve_get_session_filter (ahead, &sessions, &events))
    return pdg_queries_list_projects (queries, filter, error);
  projects = pdg_queries_list_projects_and_sessions (queries, filter, &sessions, &lists, error);
  if (projects != NULL)
    pdg_resolve_read_ahead (ahead, lists);
  return projects;
}

static void
query_projects (PdgGqlCall *call)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  guint limit = queries != NULL ? pdg_resolve_get_limit (call) : 0;
  const char *after = pdg_gql_call_arg_string (call, "after");
  g_auto (GStrv) parts = after != NULL ? g_strsplit (after, ".", 2) : NULL;
  PdgStoreProjectFilter filter = { .search = pdg_gql_call_arg_string (call, "search"), .limit = limit };
  GError *error = NULL;
  GPtrArray *projects;

  if (limit == 0)
    return;
  if (parts != NULL)
    {
      if (g_strv_length (parts) != 2)
        {
          pdg_resolve_refuse (call, "after: pass the endCursor of the page before");
          return;
        }
      filter.after_id = parts[0];
      filter.after_name = parts[1];
    }
  projects = list_projects (call, queries, &filter, &error);
  if (projects == NULL)
    pdg_gql_call_fail_all (call, error);
  else
    pdg_resolve_set_page (call, 0, projects, make_project_cursor);
}

/* With a session of it, when one is asked for. */
static PdgProject *
lookup_project (const PdgApiLookup *key, PdgQueries *queries, GError **error)
{
  GPtrArray *sessions = NULL;
  PdgProject *project;

  if (key->ahead == NULL)
    return pdg_queries_lookup_project (queries, key->id, error);
  project = pdg_queries_lookup_project_and_session (queries, key->id, key->session_id, key->parts, &sessions, error);
  if (project != NULL)
    pdg_resolve_read_ahead (key->ahead, sessions);
  return project;
}

/* What was looked up before the execution. */
static PdgProject *
take_found (PdgApiContext *context)
{
  if (context->project != NULL && context->key->ahead != NULL)
    {
      GPtrArray *sessions = g_ptr_array_new_with_free_func ((GDestroyNotify) pdg_session_summary_free);

      g_ptr_array_add (sessions, g_steal_pointer (&context->session));
      pdg_resolve_read_ahead (context->key->ahead, sessions);
    }
  return g_steal_pointer (&context->project);
}

#define MEMBERS "__typename", "id", "name", "createdAt"

void
pdg_resolve_get_key (PdgGqlCall *call, PdgApiLookup *key)
{
  static const char *const members[] = { MEMBERS, NULL };
  static const char *const members_with_session[] = {
    MEMBERS, "session.__typename", "session.id", "session.startedAt", "session.endedAt", "session.durationMs", "session.eventCount",
    "session.pageViewCount", "session.errorCount", "session.entryPath", "session.exitPath", "session.release", "session.actor.id", NULL,
  };
  PdgGqlCall *ahead = pdg_gql_call_look_ahead (call, "session");

  *key = (PdgApiLookup) { .id = pdg_gql_call_arg_string (call, "id"), .ahead = ahead };
  if (ahead != NULL)
    {
      key->session_id = pdg_gql_call_arg_string (ahead, "id");
      key->parts = pdg_resolve_get_session_parts (ahead, FALSE);
    }
  key->is_all = pdg_gql_call_is_all (call, ahead != NULL ? members_with_session : members);
}

static void
query_project (PdgGqlCall *call)
{
  PdgApiContext *context = pdg_gql_call_get_context (call);
  GError *error = NULL;
  PdgProject *project;
  PdgQueries *queries;
  PdgApiLookup key;

  if (context->key != NULL)
    {
      pdg_gql_call_set_object (call, 0, take_found (context), (GDestroyNotify) pdg_project_free);
      return;
    }
  pdg_resolve_get_key (call, &key);
  context->reads_once = key.is_all;
  queries = pdg_resolve_get_queries (call);
  if (queries == NULL)
    return;
  project = lookup_project (&key, queries, &error);
  if (error != NULL)
    pdg_gql_call_fail_all (call, error);
  else
    pdg_gql_call_set_object (call, 0, project, (GDestroyNotify) pdg_project_free);
}

PDG_RESOLVE_MEMBER (viewer_name, PdgPrincipal, pdg_gql_call_set_string (call, i, pdg_principal_get_label (source)))
PDG_RESOLVE_MEMBER (viewer_role, PdgPrincipal, pdg_gql_call_set_string (call, i, pdg_resolve_role_name (pdg_principal_get_role (source))))
PDG_RESOLVE_MEMBER (organisation_id, PdgOrganisation, pdg_gql_call_set_borrowed_string (call, i, source->uuid))
PDG_RESOLVE_MEMBER (organisation_name, PdgOrganisation, pdg_gql_call_set_borrowed_string (call, i, source->name))
PDG_RESOLVE_MEMBER (organisation_created_at, PdgOrganisation, pdg_gql_call_set_int64 (call, i, source->created_usec))
PDG_RESOLVE_MEMBER (collector_keyless, PdgApiContext, pdg_gql_call_set_bool (call, i, source->api->options.keyless))

static void
collector_events_url (PdgGqlCall *call)
{
  PdgApiContext *context = pdg_gql_call_get_context (call);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&context->api->lock);

  pdg_gql_call_set_string (call, 0, context->api->events_url);
}

/* ---- Project */

static const char *const days[] = { "SUNDAY", "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY" };

const char *
pdg_resolve_day_name (int day)
{
  return days[CLAMP (day, 0, 6)];
}

int
pdg_resolve_parse_day (const char *name)
{
  for (int day = 0; name != NULL && day < (int) G_N_ELEMENTS (days); day++)
    if (g_str_equal (days[day], name))
      return day;
  return -1;
}

PDG_RESOLVE_MEMBER (project_id, PdgProject, pdg_gql_call_set_borrowed_string (call, i, source->id))
PDG_RESOLVE_MEMBER (project_name, PdgProject, pdg_gql_call_set_borrowed_string (call, i, source->name))
PDG_RESOLVE_MEMBER (project_created_at, PdgProject, pdg_gql_call_set_int64 (call, i, source->created_usec))
PDG_RESOLVE_MEMBER (project_time_zone, PdgProject, pdg_gql_call_set_borrowed_string (call, i, source->time_zone))
PDG_RESOLVE_MEMBER (project_week_start, PdgProject, pdg_gql_call_set_string (call, i, pdg_resolve_day_name (source->week_start)))

static void
set_span_end (PdgGqlCall *call, gboolean newest)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  g_autofree gint32 *project_nos = pdg_resolve_dup_project_nos (call);
  g_autoptr (GArray) spans = NULL;
  GError *error = NULL;

  if (queries == NULL)
    return;
  spans = pdg_queries_load_event_spans (queries, project_nos, pdg_gql_call_get_n (call), &error);
  if (spans == NULL)
    pdg_gql_call_fail_all (call, error);
  for (guint i = 0; spans != NULL && i < spans->len; i++)
    {
      const PdgEventSpan *span = &g_array_index (spans, PdgEventSpan, i);

      pdg_resolve_set_time (call, i, newest ? span->newest_usec : span->oldest_usec);
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
  { "Query.viewer", query_viewer },
  { "Query.organisation", query_organisation },
  { "Query.projects", query_projects },
  { "Query.project", query_project },
  { "Query.collector", query_collector },
  { "Organisation.id", organisation_id },
  { "Organisation.name", organisation_name },
  { "Organisation.createdAt", organisation_created_at },
  { "Viewer.name", viewer_name },
  { "Viewer.role", viewer_role },
  { "Viewer.projectId", viewer_project_id },
  { "Collector.eventsUrl", collector_events_url },
  { "Collector.keyless", collector_keyless },
  PDG_RESOLVE_CONNECTION ("Project"),
  { "Project.id", project_id },
  { "Project.name", project_name },
  { "Project.createdAt", project_created_at },
  { "Project.timeZone", project_time_zone },
  { "Project.weekStart", project_week_start },
  { "Project.newestEventAt", project_newest_event_at },
  { "Project.oldestEventAt", project_oldest_event_at },
};

PdgResolveTable
pdg_resolve_directory_table (void)
{
  return (PdgResolveTable) PDG_RESOLVE_TABLE (bindings);
}
