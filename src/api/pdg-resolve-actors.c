#include "config.h"
#include "api/pdg-resolve.h"

/* Actors. The source of Actor is a PdgActor, whose figures are read when they are asked for. */

static const char *const kinds[] = { "SESSION", "ANONYMOUS", "USER" };

char *
pdg_resolve_make_actor_cursor (gconstpointer node)
{
  const PdgActor *actor = node;

  return pdg_resolve_make_time_cursor (actor->active_usec, actor->actor_no);
}

static gboolean
get_actor_filter (PdgGqlCall *call, PdgStoreActorFilter *filter, PdgEventFilter **events)
{
  gboolean refused = FALSE;
  PdgStorePage page;

  if (!pdg_resolve_get_page (call, &page))
    return FALSE;
  *filter = (PdgStoreActorFilter) {
    .before_active_usec = page.before_usec, .before_actor_no = (gint32) CLAMP (page.before_no, G_MININT32, G_MAXINT32), .limit = page.limit,
  };
  if (!pdg_resolve_get_range (call, &filter->from_usec, &filter->to_usec))
    return FALSE;
  *events = pdg_resolve_get_filter (call, &refused);
  filter->filter = *events;
  return !refused;
}

static void
project_actors (PdgGqlCall *call)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  g_autofree gint32 *project_nos = pdg_resolve_dup_project_nos (call);
  g_autoptr (PdgEventFilter) events = NULL;
  PdgStoreActorFilter filter;
  GError *error = NULL;

  if (queries != NULL && get_actor_filter (call, &filter, &events))
    pdg_resolve_set_pages (call, pdg_queries_list_actors (queries, project_nos, pdg_gql_call_get_n (call), &filter, &error), &error,
                           pdg_resolve_make_actor_cursor);
}

static void
project_actor (PdgGqlCall *call)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  g_autofree gint32 *project_nos = pdg_resolve_dup_project_nos (call);
  const char *wanted = pdg_gql_call_arg_string (call, "kind");
  GError *error = NULL;
  int kind = -1;

  for (guint i = 0; wanted != NULL && i < G_N_ELEMENTS (kinds); i++)
    if (g_str_equal (kinds[i], wanted))
      kind = (int) i;
  if (queries != NULL)
    pdg_resolve_set_objects (call,
                             pdg_queries_find_actors (queries, project_nos, pdg_gql_call_get_n (call), pdg_gql_call_arg_string (call, "id"), kind, &error),
                             &error);
}

/* Reads the figures of those that have none yet; FALSE when the call was refused. */
static gboolean
ensure_figures (PdgGqlCall *call)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  guint n = pdg_gql_call_get_n (call), n_without = 0;
  g_autofree PdgActor **without = g_new (PdgActor *, n);
  GError *error = NULL;

  for (guint i = 0; i < n; i++)
    {
      PdgActor *actor = pdg_gql_call_get_source (call, i);

      if (!actor->has_figures)
        without[n_without++] = actor;
    }
  if (queries == NULL)
    return FALSE;
  if (n_without == 0 || pdg_queries_load_actor_figures (queries, without, n_without, &error))
    return TRUE;
  pdg_gql_call_fail_all (call, error);
  return FALSE;
}

PDG_RESOLVE_MEMBER (set_first_seen_at, PdgActor, pdg_gql_call_set_int64 (call, i, source->first_seen_usec))
PDG_RESOLVE_MEMBER (set_last_seen_at, PdgActor, pdg_gql_call_set_int64 (call, i, source->last_seen_usec))
PDG_RESOLVE_MEMBER (set_session_count, PdgActor, pdg_gql_call_set_int (call, i, source->sessions))

static void
actor_first_seen_at (PdgGqlCall *call)
{
  if (ensure_figures (call))
    set_first_seen_at (call);
}

static void
actor_last_seen_at (PdgGqlCall *call)
{
  if (ensure_figures (call))
    set_last_seen_at (call);
}

static void
actor_session_count (PdgGqlCall *call)
{
  if (ensure_figures (call))
    set_session_count (call);
}

static void
actor_sessions (PdgGqlCall *call)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  guint n = pdg_gql_call_get_n (call);
  g_autofree gint32 *project_nos = g_new (gint32, n), *actor_nos = g_new (gint32, n);
  PdgStoreSessionFilter filter;
  GError *error = NULL;

  for (guint i = 0; i < n; i++)
    {
      const PdgActor *actor = pdg_gql_call_get_source (call, i);

      project_nos[i] = actor->project_no;
      actor_nos[i] = actor->actor_no;
    }
  if (queries != NULL && pdg_resolve_get_session_page (call, &filter))
    pdg_resolve_set_pages (call, pdg_queries_list_sessions (queries, project_nos, actor_nos, n, &filter, &error), &error,
                           pdg_resolve_make_session_cursor);
}

PDG_RESOLVE_MEMBER (actor_id, PdgActor, pdg_gql_call_set_borrowed_string (call, i, source->id))
PDG_RESOLVE_MEMBER (actor_kind, PdgActor, pdg_gql_call_set_borrowed_string (call, i, kinds[CLAMP (source->kind, 0, 2)]))

static const PdgGqlBinding bindings[] = {
  { "Project.actors", project_actors },
  { "Project.actor", project_actor },
  PDG_RESOLVE_CONNECTION ("Actor"),
  { "Actor.id", actor_id },
  { "Actor.kind", actor_kind },
  { "Actor.firstSeenAt", actor_first_seen_at },
  { "Actor.lastSeenAt", actor_last_seen_at },
  { "Actor.sessionCount", actor_session_count },
  { "Actor.sessions", actor_sessions },
};

PdgResolveTable
pdg_resolve_actor_table (void)
{
  return (PdgResolveTable) PDG_RESOLVE_TABLE (bindings);
}
