#include "config.h"
#include "service/pdg-queries-private.h"

/* Sessions, events and actors. Numbers of projects come from projects that the principal was shown. */

GPtrArray *
pdg_queries_list_sessions (PdgQueries *queries, const gint32 *project_nos, const gint32 *actor_nos, guint n, const PdgStoreSessionFilter *filter,
                           GError **error)
{
  return pdg_store_list_sessions (queries->tx, project_nos, actor_nos, n, filter, error);
}

GPtrArray *
pdg_queries_find_sessions (PdgQueries *queries, const gint32 *project_nos, guint n, const char *id, PdgSessionParts parts, GError **error)
{
  return pdg_store_find_sessions (queries->tx, project_nos, n, id, parts, error);
}

GPtrArray *
pdg_queries_lookup_sessions (PdgQueries *queries, const gint32 *project_nos, const gint32 *session_nos, guint n, PdgSessionParts parts,
                             GError **error)
{
  return pdg_store_lookup_sessions (queries->tx, project_nos, session_nos, n, parts, error);
}

GPtrArray *
pdg_queries_list_session_events (PdgQueries *queries, const PdgStoreSessionKey *sessions, guint n, const PdgStoreEventQuery *query, GError **error)
{
  return pdg_store_list_session_events (queries->tx, sessions, n, query, error);
}

GPtrArray *
pdg_queries_list_events (PdgQueries *queries, const gint32 *project_nos, guint n, const PdgStoreEventQuery *query, GError **error)
{
  return pdg_store_list_events (queries->tx, project_nos, n, query, error);
}

GPtrArray *
pdg_queries_find_events (PdgQueries *queries, const gint32 *project_nos, guint n, const char *id, PdgEventParts parts, PdgArena *arena,
                         GError **error)
{
  return pdg_store_find_events (queries->tx, project_nos, n, id, parts, arena, error);
}

GPtrArray *
pdg_queries_list_actors (PdgQueries *queries, const gint32 *project_nos, guint n, const PdgStoreActorFilter *filter, GError **error)
{
  return pdg_store_list_actors (queries->tx, project_nos, n, filter, error);
}

GPtrArray *
pdg_queries_find_actors (PdgQueries *queries, const gint32 *project_nos, guint n, const char *id, int kind, GError **error)
{
  return pdg_store_find_actors (queries->tx, project_nos, n, id, kind, error);
}

gboolean
pdg_queries_load_actor_figures (PdgQueries *queries, PdgActor *const *actors, guint n, GError **error)
{
  return pdg_store_load_actor_figures (queries->tx, actors, n, error);
}
