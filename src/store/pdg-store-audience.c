#include "config.h"
#include "store/pdg-store-audience.h"

#include "store/pdg-store-lists.h"

#define MEMBERS "unnest($1::int4[], $2::int4[], $3::int4[]) m (place, project_id, session_no) "
#define BEFORE(time, number) "(" time " < $4 OR (" time " = $4 AND " number " < $5)) "
#define PICK_SESSIONS                                                                                                    \
  "SELECT place, project_id, session_no FROM (SELECT m.place, s.project_id, s.session_no, s.started_at, "                \
  "row_number() OVER (PARTITION BY m.place ORDER BY s.started_at DESC, s.session_no DESC) AS nth FROM " MEMBERS          \
  "JOIN session s ON s.project_id = m.project_id AND s.session_no = m.session_no "                                       \
  "WHERE " BEFORE ("s.started_at", "s.session_no") ") x WHERE nth <= $6 ORDER BY place, nth"
#define PICK_RELEASE_SESSIONS                                                                                            \
  "SELECT u.place::int4, s.project_id, s.session_no FROM unnest($1::int4[], $2::int4[]) "                                \
  "WITH ORDINALITY u (project_id, release_no, place) CROSS JOIN LATERAL (SELECT * FROM session s "                       \
  "WHERE s.project_id = u.project_id AND s.release_no = u.release_no AND s.events > 0 "                                  \
  "AND s.started_at < $7 AND s.ended_at >= $3 AND " BEFORE ("s.started_at", "s.session_no")                              \
  "ORDER BY s.started_at DESC, s.session_no DESC LIMIT $6) s ORDER BY u.place, s.started_at DESC, s.session_no DESC"
#define LIST_ACTORS                                                                                                      \
  "SELECT x.place, x.project_id, a.actor_no, a.kind, a.id, x.active_at FROM ("                                           \
  "SELECT g.*, row_number() OVER (PARTITION BY g.place ORDER BY g.active_at DESC, g.actor_no DESC) AS nth FROM ("        \
  "SELECT m.place, s.project_id, s.actor_no, max(s.ended_at) AS active_at FROM " MEMBERS                                 \
  "JOIN session s ON s.project_id = m.project_id AND s.session_no = m.session_no "                                       \
  "GROUP BY m.place, s.project_id, s.actor_no) g WHERE " BEFORE ("g.active_at", "g.actor_no") ") x "                     \
  "JOIN actor a ON a.project_id = x.project_id AND a.actor_no = x.actor_no WHERE x.nth <= $6 ORDER BY x.place, x.nth"

static PdgDbParams *
member_params (const PdgStoreAudience *audience, const PdgStorePage *page)
{
  PdgDbParams *params = pdg_db_params_new ();

  pdg_db_params_add_int4_array (params, audience->places, NULL, audience->n);
  pdg_db_params_add_int4_array (params, audience->project_nos, NULL, audience->n);
  pdg_db_params_add_int4_array (params, audience->session_nos, NULL, audience->n);
  pdg_db_params_add_timestamptz (params, page->before_usec);
  pdg_db_params_add_int8 (params, page->before_no);
  pdg_db_params_add_int4 (params, (gint32) page->limit);
  return params;
}

static GArray *
query_picks (PdgDbTx *tx, const char *sql, PdgDbParams *params, GError **error)
{
  g_autoptr (PdgDbResult) result = pdg_db_tx_query (tx, sql, params, error);
  GArray *picks;

  if (result == NULL)
    return NULL;
  picks = g_array_new (FALSE, FALSE, sizeof (PdgStorePick));
  for (guint row = 0; row < pdg_db_result_get_n_rows (result); row++)
    {
      PdgStorePick pick = {
        pdg_db_result_get_int4 (result, row, 0), pdg_db_result_get_int4 (result, row, 1), pdg_db_result_get_int4 (result, row, 2),
      };

      g_array_append_val (picks, pick);
    }
  return picks;
}

GArray *
pdg_store_pick_sessions (PdgDbTx *tx, const PdgStoreAudience *audience, const PdgStorePage *page, GError **error)
{
  g_autoptr (PdgDbParams) params = member_params (audience, page);

  return query_picks (tx, PICK_SESSIONS, params, error);
}

GArray *
pdg_store_pick_release_sessions (PdgDbTx *tx, const gint32 *project_nos, const gint32 *release_nos, guint n, gint64 from_usec, gint64 to_usec,
                                 const PdgStorePage *page, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();

  pdg_db_params_add_int4_array (params, project_nos, NULL, n);
  pdg_db_params_add_int4_array (params, release_nos, NULL, n);
  pdg_db_params_add_timestamptz (params, from_usec);
  pdg_db_params_add_timestamptz (params, page->before_usec);
  pdg_db_params_add_int8 (params, page->before_no);
  pdg_db_params_add_int4 (params, (gint32) page->limit);
  pdg_db_params_add_timestamptz (params, to_usec);
  return query_picks (tx, PICK_RELEASE_SESSIONS, params, error);
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
pdg_store_list_audience_actors (PdgDbTx *tx, const PdgStoreAudience *audience, guint n_owners, const PdgStorePage *page, GError **error)
{
  g_autoptr (PdgDbParams) params = member_params (audience, page);

  return pdg_store_query_lists (tx, LIST_ACTORS, params, n_owners, read_actor, (GDestroyNotify) pdg_actor_free, error);
}
