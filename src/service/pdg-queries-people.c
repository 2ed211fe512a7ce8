#include "config.h"
#include "service/pdg-queries-people.h"

#include "service/pdg-queries-private.h"
#include "store/pdg-store-keys.h"

GPtrArray *
pdg_queries_list_actor_ids (PdgQueries *queries, const PdgActor *const *actors, guint n, int kind, GError **error)
{
  return pdg_store_list_actor_ids (queries->tx, actors, n, kind, error);
}

GPtrArray *
pdg_queries_list_actor_traits (PdgQueries *queries, const PdgActor *const *actors, guint n, GError **error)
{
  return pdg_store_list_actor_traits (queries->tx, actors, n, error);
}

GPtrArray *
pdg_queries_list_actor_groups (PdgQueries *queries, const PdgActor *const *actors, guint n, guint limit, GError **error)
{
  return pdg_store_list_actor_groups (queries->tx, actors, n, limit, error);
}

GPtrArray *
pdg_queries_list_actor_merges (PdgQueries *queries, const PdgActor *const *actors, guint n, guint limit, GError **error)
{
  return pdg_store_list_actor_merges (queries->tx, actors, n, limit, error);
}

GPtrArray *
pdg_queries_list_groups (PdgQueries *queries, const gint32 *project_nos, guint n, const char *type, const char *after_id, gint32 after_no,
                         guint limit, GError **error)
{
  return pdg_store_list_groups (queries->tx, project_nos, n, type, after_id, after_no, limit, error);
}

GPtrArray *
pdg_queries_find_groups (PdgQueries *queries, const gint32 *project_nos, guint n, const char *type, const char *id, GError **error)
{
  return pdg_store_find_groups (queries->tx, project_nos, n, type, id, error);
}

GPtrArray *
pdg_queries_list_group_traits (PdgQueries *queries, const PdgGroup *const *groups, guint n, GError **error)
{
  return pdg_store_list_group_traits (queries->tx, groups, n, error);
}

GArray *
pdg_queries_count_group_actors (PdgQueries *queries, const PdgGroup *const *groups, guint n, GError **error)
{
  return pdg_store_count_group_actors (queries->tx, groups, n, error);
}

GPtrArray *
pdg_queries_list_group_actors (PdgQueries *queries, const PdgGroup *const *groups, guint n, const PdgStorePage *page, GError **error)
{
  return pdg_store_list_group_actors (queries->tx, groups, n, page, error);
}

GPtrArray *
pdg_queries_list_person_requests (PdgQueries *queries, const gint32 *project_nos, guint n, guint limit, GError **error)
{
  return pdg_queries_check_admin (queries, FALSE, error)
           ? pdg_store_list_person_requests (queries->tx, project_nos, n, G_MAXINT32, limit, error)
           : NULL;
}

GPtrArray *
pdg_queries_list_origins (PdgQueries *queries, const gint32 *project_nos, guint n, GError **error)
{
  return pdg_store_list_origins (queries->tx, project_nos, n, error);
}
