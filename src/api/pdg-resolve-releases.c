#include "config.h"
#include "api/pdg-resolve.h"

/* Releases (PdgRelease), each with the range that it was asked for. */

static char *
make_release_cursor (gconstpointer node)
{
  const PdgRelease *release = node;

  return pdg_resolve_make_time_cursor (release->first_seen_usec, release->release_no);
}

static void
project_releases (PdgGqlCall *call)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  g_autofree gint32 *projects = pdg_resolve_dup_project_nos (call);
  gint64 from, to;
  PdgStorePage page;
  GError *error = NULL;
  GPtrArray *lists;

  if (queries == NULL || !pdg_resolve_get_range (call, &from, &to) || !pdg_resolve_get_page (call, &page))
    return;
  lists = pdg_queries_list_releases (queries, projects, pdg_gql_call_get_n (call), from, to, &page, &error);
  pdg_resolve_set_pages (call, lists, &error, make_release_cursor);
}

static void
release_sessions (PdgGqlCall *call)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  guint n = pdg_gql_call_get_n (call);
  g_autofree const PdgRelease **releases = g_new (const PdgRelease *, n + 1);
  PdgStorePage page;
  GError *error = NULL;
  GPtrArray *lists;

  if (queries == NULL || !pdg_resolve_get_page (call, &page))
    return;
  for (guint i = 0; i < n; i++)
    releases[i] = pdg_gql_call_get_source (call, i);
  lists = pdg_queries_list_release_sessions (queries, releases, n, &page, pdg_resolve_get_session_parts (call, TRUE), &error);
  pdg_resolve_set_pages (call, lists, &error, pdg_resolve_make_session_cursor);
}

PDG_RESOLVE_MEMBER (release_version, PdgRelease, pdg_gql_call_set_borrowed_string (call, i, source->version))
PDG_RESOLVE_MEMBER (release_first_seen_at, PdgRelease, pdg_gql_call_set_int64 (call, i, source->first_seen_usec))
PDG_RESOLVE_MEMBER (release_last_seen_at, PdgRelease, pdg_gql_call_set_int64 (call, i, source->last_seen_usec))
PDG_RESOLVE_MEMBER (release_session_count, PdgRelease, pdg_gql_call_set_int64 (call, i, source->sessions))

static const PdgGqlBinding bindings[] = {
  { "Project.releases", project_releases },
  PDG_RESOLVE_CONNECTION ("Release"),
  { "Release.version", release_version },
  { "Release.firstSeenAt", release_first_seen_at },
  { "Release.lastSeenAt", release_last_seen_at },
  { "Release.sessionCount", release_session_count },
  { "Release.sessions", release_sessions },
};

PdgResolveTable
pdg_resolve_release_table (void)
{
  return (PdgResolveTable) PDG_RESOLVE_TABLE (bindings);
}
