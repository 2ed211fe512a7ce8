#include "config.h"
#include "store/pdg-store-actors.h"

#include "store/pdg-store-event-filter.h"
#include "store/pdg-store-query.h"

#define FIGURES "min(x.started_at) AS first_at, max(x.ended_at) AS last_at, count(*)::int4 AS sessions"

static PdgActor *
read_actor (const PdgDbResult *result, guint row)
{
  PdgActor *actor = g_new0 (PdgActor, 1);

  actor->project_no = pdg_db_result_get_int4 (result, row, 1);
  actor->actor_no = pdg_db_result_get_int4 (result, row, 2);
  actor->kind = (gint16) pdg_db_result_get_int4 (result, row, 3);
  actor->id = g_strdup (pdg_db_result_get_text (result, row, 4));
  return actor;
}

static void
read_figures (const PdgDbResult *result, guint row, guint col, PdgActor *actor)
{
  actor->has_figures = TRUE;
  actor->first_seen_usec = pdg_db_result_get_usec (result, row, col);
  actor->last_seen_usec = pdg_db_result_get_usec (result, row, col + 1);
  actor->sessions = pdg_db_result_get_int4 (result, row, col + 2);
}

/* Whether the session x has an event in the range. Its first or its last event proves it for all sessions but those that run across
 * the whole range, or when the events have to match. */
static void
append_any_event (PdgStoreQuery *query, const PdgStoreActorFilter *filter, guint from, guint to)
{
  if (filter->filter == NULL && (filter->from_usec == G_MININT64 || filter->to_usec == G_MAXINT64))
    return;
  g_string_append (query->sql, " AND (");
  if (filter->filter == NULL)
    g_string_append_printf (query->sql, "x.started_at >= $%u OR x.ended_at < $%u OR ", from, to);
  pdg_store_append_any_event (query->sql, query->params, filter->filter, from, to);
  g_string_append_c (query->sql, ')');
}

GPtrArray *
pdg_store_list_actors (PdgDbTx *tx, const gint32 *project_nos, guint n, const PdgStoreActorFilter *filter, GError **error)
{
  g_auto (PdgStoreQuery) query = PDG_STORE_QUERY_INIT;
  g_autoptr (PdgDbResult) result = NULL;
  GPtrArray *lists;
  guint from, to;

  g_string_append (query.sql, "SELECT p.place, a.project_id, a.actor_no, a.kind, a.id, y.active_at");
  pdg_store_query_append_owners (&query, project_nos, NULL, n);
  from = pdg_store_query_add_time (&query, filter->from_usec);
  to = pdg_store_query_add_time (&query, filter->to_usec);
  g_string_append_printf (query.sql,
                          " CROSS JOIN LATERAL (SELECT x.actor_no, max(x.ended_at) AS active_at FROM session x WHERE x.project_id = p.project_id"
                          " AND x.events > 0 AND x.started_at < $%u AND x.ended_at >= $%u",
                          to, from);
  append_any_event (&query, filter, from, to);
  g_string_append (query.sql, " GROUP BY x.actor_no");
  if (filter->before_active_usec != G_MAXINT64)
    {
      guint active = pdg_store_query_add_time (&query, filter->before_active_usec), number = pdg_store_query_add_int4 (&query, filter->before_actor_no);

      g_string_append_printf (query.sql, " HAVING (max(x.ended_at), x.actor_no) < ($%u, $%u)", active, number);
    }
  g_string_append_printf (query.sql,
                          " ORDER BY active_at DESC, x.actor_no DESC LIMIT $%u) y"
                          " JOIN actor a ON a.project_id = p.project_id AND a.actor_no = y.actor_no ORDER BY p.place, y.active_at DESC, y.actor_no DESC",
                          pdg_store_query_add_int4 (&query, (gint32) filter->limit));
  result = pdg_db_tx_query (tx, query.sql->str, query.params, error);
  if (result == NULL)
    return NULL;
  lists = pdg_store_make_lists (n, (GDestroyNotify) pdg_actor_free);
  for (guint row = 0; row < pdg_db_result_get_n_rows (result); row++)
    {
      PdgActor *actor = read_actor (result, row);

      actor->active_usec = pdg_db_result_get_usec (result, row, 5);
      g_ptr_array_add (lists->pdata[pdg_db_result_get_int8 (result, row, 0) - 1], actor);
    }
  return lists;
}

GPtrArray *
pdg_store_find_actors (PdgDbTx *tx, const gint32 *project_nos, guint n, const char *id, int kind, GError **error)
{
  static const gint16 kinds[] = { 0, 1, 2 };
  g_auto (PdgStoreQuery) query = PDG_STORE_QUERY_INIT;
  g_autoptr (PdgDbResult) result = NULL;
  GPtrArray *actors;

  g_string_append (query.sql, "SELECT p.place, y.project_id, y.actor_no, y.kind, y.id, y.first_at, y.last_at, y.sessions");
  pdg_store_query_append_owners (&query, project_nos, NULL, n);
  pdg_db_params_add_int2_array (query.params, kind < 0 ? kinds : &kinds[kind], NULL, kind < 0 ? G_N_ELEMENTS (kinds) : 1);
  pdg_store_query_add_text (&query, id);
  g_string_append (query.sql, " CROSS JOIN LATERAL (SELECT a.project_id, a.actor_no, a.kind, a.id, f.* FROM actor n JOIN actor a ON a.project_id = n.project_id"
                              " AND a.actor_no = coalesce(n.merged_into, n.actor_no) CROSS JOIN LATERAL (SELECT " FIGURES
                              " FROM session x WHERE x.project_id = a.project_id AND x.actor_no = a.actor_no AND x.events > 0) f"
                              " WHERE n.project_id = p.project_id AND n.kind = ANY ($2) AND n.id = $3 AND f.sessions > 0"
                              " ORDER BY n.kind DESC LIMIT 1) y");
  result = pdg_db_tx_query (tx, query.sql->str, query.params, error);
  if (result == NULL)
    return NULL;
  actors = g_ptr_array_new_full (n, (GDestroyNotify) pdg_actor_free);
  g_ptr_array_set_size (actors, (gint) n);
  for (guint row = 0; row < pdg_db_result_get_n_rows (result); row++)
    {
      PdgActor *actor = read_actor (result, row);

      read_figures (result, row, 5, actor);
      actors->pdata[pdg_db_result_get_int8 (result, row, 0) - 1] = actor;
    }
  return actors;
}

gboolean
pdg_store_load_actor_figures (PdgDbTx *tx, PdgActor *const *actors, guint n, GError **error)
{
  g_auto (PdgStoreQuery) query = PDG_STORE_QUERY_INIT;
  g_autoptr (PdgDbResult) result = NULL;
  g_autofree gint32 *project_nos = g_new (gint32, n), *actor_nos = g_new (gint32, n);

  for (guint i = 0; i < n; i++)
    {
      project_nos[i] = actors[i]->project_no;
      actor_nos[i] = actors[i]->actor_no;
    }
  g_string_append (query.sql, "SELECT p.place, " FIGURES);
  pdg_store_query_append_owners (&query, project_nos, actor_nos, n);
  g_string_append (query.sql, " JOIN session x ON x.project_id = p.project_id AND x.actor_no = p.number WHERE x.events > 0 GROUP BY p.place");
  result = pdg_db_tx_query (tx, query.sql->str, query.params, error);
  if (result == NULL)
    return FALSE;
  for (guint row = 0; row < pdg_db_result_get_n_rows (result); row++)
    read_figures (result, row, 1, actors[pdg_db_result_get_int8 (result, row, 0) - 1]);
  return TRUE;
}
