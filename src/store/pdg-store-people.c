#include "config.h"
#include "store/pdg-store-people.h"

#include "store/pdg-store-lists.h"

#define OWNERS "FROM unnest($1::int4[], $2::int4[]) WITH ORDINALITY p (project_id, number, place) "
/* The owner p itself and what counts as it. */
#define SELVES                                                                                                           \
  OWNERS "CROSS JOIN LATERAL (SELECT s.actor_no, s.kind, s.id FROM actor s WHERE s.project_id = p.project_id "           \
         "AND s.actor_no = p.number UNION ALL SELECT s.actor_no, s.kind, s.id FROM actor s "                             \
         "WHERE s.project_id = p.project_id AND s.merged_into = p.number) a "
#define LIST_IDS                                                                                                         \
  "SELECT place, id FROM (SELECT p.place, a.id, row_number() OVER (PARTITION BY p.place ORDER BY a.actor_no = p.number "   \
  "DESC, a.id) AS nth " SELVES "WHERE a.kind = $3) x WHERE nth <= $4 ORDER BY place, nth"
/* Of several values of one name the last that was said; failing those, the first of those that were to be set once. */
#define PICK_TRAITS(columns)                                                                                             \
  "SELECT x.place, '{' || string_agg(to_json(x.name)::text || ':' || x.value, ',' ORDER BY x.name) || '}' FROM ("        \
  "SELECT DISTINCT ON (" columns ", t.name) p.place, t.name, t.value "
#define PICK_ORDER(columns)                                                                                              \
  "ORDER BY " columns ", t.name, t.is_first, CASE WHEN NOT t.is_first THEN t.said_at END DESC, t.said_at, "              \
  "CASE WHEN NOT t.is_first THEN t.event_key END DESC, t.event_key) x GROUP BY x.place"
#define LIST_ACTOR_TRAITS                                                                                                \
  PICK_TRAITS ("p.place")                                                                                                \
  SELVES "JOIN identity_trait t ON t.project_id = p.project_id AND t.actor_no = a.actor_no " PICK_ORDER ("p.place")
#define LIST_GROUP_TRAITS                                                                                                \
  PICK_TRAITS ("p.place")                                                                                                \
  OWNERS "JOIN identity_group_trait t ON t.project_id = p.project_id AND t.group_no = p.number " PICK_ORDER ("p.place")
#define LIST_ACTOR_GROUPS                                                                                                \
  "SELECT place, project_id, group_no, type, id FROM (SELECT p.place, g.project_id, g.group_no, g.type, g.id, "          \
  "row_number() OVER (PARTITION BY p.place ORDER BY g.type, g.id) AS nth " OWNERS                                        \
  "JOIN identity_group g ON g.project_id = p.project_id AND g.group_no IN (SELECT m.group_no FROM identity_member m "    \
  "JOIN actor a ON a.project_id = m.project_id AND a.actor_no = m.actor_no "                                             \
  "WHERE m.project_id = p.project_id AND (a.actor_no = p.number OR a.merged_into = p.number))) x WHERE nth <= $3 ORDER BY place, nth"
#define LIST_MERGES                                                                                                      \
  "SELECT x.place, x.kind, x.id, x.reason, x.merged_at FROM (SELECT p.place, a.kind, a.id, m.reason, m.merged_at, m.merge_no, " \
  "row_number() OVER (PARTITION BY p.place ORDER BY m.merge_no) AS nth " OWNERS                                          \
  "JOIN identity_merge m ON m.project_id = p.project_id AND m.into_no = p.number "                                       \
  "JOIN actor a ON a.project_id = m.project_id AND a.actor_no = m.actor_no) x WHERE x.nth <= $3 ORDER BY x.place, x.nth"
#define GROUPS "SELECT p.place, g.project_id, g.group_no, g.type, g.id FROM unnest($1::int4[]) WITH ORDINALITY p (project_id, place) "
#define LIST_GROUPS                                                                                                      \
  GROUPS "CROSS JOIN LATERAL (SELECT * FROM identity_group g WHERE g.project_id = p.project_id "                         \
         "AND ($2::text IS NULL OR g.type = $2) AND ($3::text IS NULL OR (g.id, g.group_no) > ($3 COLLATE \"C\", $4)) "  \
         "ORDER BY g.id, g.group_no LIMIT $5) g ORDER BY p.place, g.id, g.group_no"
#define FIND_GROUPS GROUPS "JOIN identity_group g ON g.project_id = p.project_id AND g.type = $2 AND g.id = $3"
#define GROUP_ACTORS                                                                                                     \
  OWNERS "JOIN identity_member m ON m.project_id = p.project_id AND m.group_no = p.number "                              \
         "JOIN actor n ON n.project_id = m.project_id AND n.actor_no = m.actor_no "                                      \
         "JOIN session s ON s.project_id = n.project_id AND s.actor_no = coalesce(n.merged_into, n.actor_no) AND s.events > 0 "
#define COUNT_GROUP_ACTORS "SELECT p.place, count(DISTINCT s.actor_no) " GROUP_ACTORS "GROUP BY p.place"
#define LIST_GROUP_ACTORS                                                                                                \
  "SELECT x.place, x.project_id, a.actor_no, a.kind, a.id, x.active_at FROM (SELECT g.*, row_number() OVER (PARTITION BY g.place " \
  "ORDER BY g.active_at DESC, g.actor_no DESC) AS nth FROM (SELECT p.place, p.project_id, s.actor_no, max(s.ended_at) AS active_at " \
  GROUP_ACTORS "GROUP BY p.place, p.project_id, s.actor_no) g "                                                          \
  "WHERE g.active_at < $3 OR (g.active_at = $3 AND g.actor_no < $4)) x "                                                 \
  "JOIN actor a ON a.project_id = x.project_id AND a.actor_no = x.actor_no WHERE x.nth <= $5 ORDER BY x.place, x.nth"

static PdgDbParams *
actor_params (const PdgActor *const *actors, guint n)
{
  PdgDbParams *params = pdg_db_params_new ();
  g_autofree gint32 *projects = g_new (gint32, n), *numbers = g_new (gint32, n);

  for (guint i = 0; i < n; i++)
    {
      projects[i] = actors[i]->project_no;
      numbers[i] = actors[i]->actor_no;
    }
  pdg_db_params_add_int4_array (params, projects, NULL, n);
  pdg_db_params_add_int4_array (params, numbers, NULL, n);
  return params;
}

static PdgDbParams *
group_params (const PdgGroup *const *groups, guint n)
{
  PdgDbParams *params = pdg_db_params_new ();
  g_autofree gint32 *projects = g_new (gint32, n), *numbers = g_new (gint32, n);

  for (guint i = 0; i < n; i++)
    {
      projects[i] = groups[i]->project_no;
      numbers[i] = groups[i]->group_no;
    }
  pdg_db_params_add_int4_array (params, projects, NULL, n);
  pdg_db_params_add_int4_array (params, numbers, NULL, n);
  return params;
}

static gpointer
read_text (const PdgDbResult *result, guint row)
{
  return g_strdup (pdg_db_result_get_text (result, row, 1));
}

static gpointer
read_group (const PdgDbResult *result, guint row)
{
  PdgGroup *group = g_new0 (PdgGroup, 1);

  group->project_no = pdg_db_result_get_int4 (result, row, 1);
  group->group_no = pdg_db_result_get_int4 (result, row, 2);
  group->type = g_strdup (pdg_db_result_get_text (result, row, 3));
  group->id = g_strdup (pdg_db_result_get_text (result, row, 4));
  return group;
}

static gpointer
read_merge (const PdgDbResult *result, guint row)
{
  PdgMerge *merge = g_new0 (PdgMerge, 1);

  merge->kind = (gint16) pdg_db_result_get_int4 (result, row, 1);
  merge->id = g_strdup (pdg_db_result_get_text (result, row, 2));
  merge->is_alias = g_strcmp0 (pdg_db_result_get_text (result, row, 3), "alias") == 0;
  merge->merged_usec = pdg_db_result_get_usec (result, row, 4);
  return merge;
}

static gpointer
read_actor (const PdgDbResult *result, guint row)
{
  PdgActor *actor = g_new0 (PdgActor, 1);

  actor->project_no = pdg_db_result_get_int4 (result, row, 1);
  actor->actor_no = pdg_db_result_get_int4 (result, row, 2);
  actor->kind = (gint16) pdg_db_result_get_int4 (result, row, 3);
  actor->id = g_strdup (pdg_db_result_get_text (result, row, 4));
  actor->active_usec = pdg_db_result_get_usec (result, row, 5);
  return actor;
}

GPtrArray *
pdg_store_list_actor_ids (PdgDbTx *tx, const PdgActor *const *actors, guint n, int kind, GError **error)
{
  g_autoptr (PdgDbParams) params = actor_params (actors, n);

  pdg_db_params_add_int2 (params, (gint16) kind);
  pdg_db_params_add_int4 (params, PDG_STORE_MAX_IDS);
  return pdg_store_query_lists (tx, LIST_IDS, params, n, read_text, g_free, error);
}

GPtrArray *
pdg_store_list_actor_traits (PdgDbTx *tx, const PdgActor *const *actors, guint n, GError **error)
{
  g_autoptr (PdgDbParams) params = actor_params (actors, n);

  return pdg_store_query_each_one (tx, LIST_ACTOR_TRAITS, params, n, read_text, g_free, error);
}

GPtrArray *
pdg_store_list_group_traits (PdgDbTx *tx, const PdgGroup *const *groups, guint n, GError **error)
{
  g_autoptr (PdgDbParams) params = group_params (groups, n);

  return pdg_store_query_each_one (tx, LIST_GROUP_TRAITS, params, n, read_text, g_free, error);
}

GPtrArray *
pdg_store_list_actor_groups (PdgDbTx *tx, const PdgActor *const *actors, guint n, guint limit, GError **error)
{
  g_autoptr (PdgDbParams) params = actor_params (actors, n);

  pdg_db_params_add_int4 (params, (gint32) limit);
  return pdg_store_query_lists (tx, LIST_ACTOR_GROUPS, params, n, read_group, (GDestroyNotify) pdg_group_free, error);
}

GPtrArray *
pdg_store_list_actor_merges (PdgDbTx *tx, const PdgActor *const *actors, guint n, guint limit, GError **error)
{
  g_autoptr (PdgDbParams) params = actor_params (actors, n);

  pdg_db_params_add_int4 (params, (gint32) limit);
  return pdg_store_query_lists (tx, LIST_MERGES, params, n, read_merge, (GDestroyNotify) pdg_merge_free, error);
}

GPtrArray *
pdg_store_list_groups (PdgDbTx *tx, const gint32 *project_nos, guint n, const char *type, const char *after_id, gint32 after_no, guint limit,
                       GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();

  pdg_db_params_add_int4_array (params, project_nos, NULL, n);
  pdg_db_params_add_text (params, type, -1);
  pdg_db_params_add_text (params, after_id, -1);
  pdg_db_params_add_int4 (params, after_no);
  pdg_db_params_add_int4 (params, (gint32) limit);
  return pdg_store_query_lists (tx, LIST_GROUPS, params, n, read_group, (GDestroyNotify) pdg_group_free, error);
}

GPtrArray *
pdg_store_find_groups (PdgDbTx *tx, const gint32 *project_nos, guint n, const char *type, const char *id, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();

  pdg_db_params_add_int4_array (params, project_nos, NULL, n);
  pdg_db_params_add_text (params, type, -1);
  pdg_db_params_add_text (params, id, -1);
  return pdg_store_query_each_one (tx, FIND_GROUPS, params, n, read_group, (GDestroyNotify) pdg_group_free, error);
}

GArray *
pdg_store_count_group_actors (PdgDbTx *tx, const PdgGroup *const *groups, guint n, GError **error)
{
  g_autoptr (PdgDbParams) params = group_params (groups, n);
  g_autoptr (PdgDbResult) result = pdg_db_tx_query (tx, COUNT_GROUP_ACTORS, params, error);
  GArray *counts;

  if (result == NULL)
    return NULL;
  counts = g_array_new (FALSE, TRUE, sizeof (gint64));
  g_array_set_size (counts, n);
  for (guint row = 0; row < pdg_db_result_get_n_rows (result); row++)
    g_array_index (counts, gint64, pdg_db_result_get_int8 (result, row, 0) - 1) = pdg_db_result_get_int8 (result, row, 1);
  return counts;
}

GPtrArray *
pdg_store_list_group_actors (PdgDbTx *tx, const PdgGroup *const *groups, guint n, const PdgStorePage *page, GError **error)
{
  g_autoptr (PdgDbParams) params = group_params (groups, n);

  pdg_db_params_add_timestamptz (params, page->before_usec);
  pdg_db_params_add_int8 (params, page->before_no);
  pdg_db_params_add_int4 (params, (gint32) page->limit);
  return pdg_store_query_lists (tx, LIST_GROUP_ACTORS, params, n, read_actor, (GDestroyNotify) pdg_actor_free, error);
}
