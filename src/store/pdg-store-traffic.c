#include "config.h"
#include "store/pdg-store-traffic.h"

#define MEMBERS "s.session_no, s.actor_no, s.exit_screen_no, s.exit_at"
#define LIST_ACTIVE                                                                                                      \
  "SELECT " MEMBERS ", r.newest FROM (SELECT e.session_no, max(e.ts) AS newest FROM event e "                            \
  "WHERE e.project_id = $1 AND e.ts > $2 AND e.ts <= $3 GROUP BY e.session_no LIMIT $4) r "                              \
  "JOIN session s ON s.project_id = $1 AND s.session_no = r.session_no"
#define LOOKUP "SELECT " MEMBERS " FROM session s WHERE s.project_id = $1 AND s.session_no = ANY ($2)"

static GArray *
query_whereabouts (PdgDbTx *tx, const char *sql, PdgDbParams *params, gboolean with_newest, GError **error)
{
  g_autoptr (PdgDbResult) result = pdg_db_tx_query (tx, sql, params, error);
  GArray *found;
  guint n;

  if (result == NULL)
    return NULL;
  n = pdg_db_result_get_n_rows (result);
  found = g_array_sized_new (FALSE, FALSE, sizeof (PdgStoreWhereabouts), n);
  for (guint row = 0; row < n; row++)
    {
      PdgStoreWhereabouts where = {
        .session_no = pdg_db_result_get_int4 (result, row, 0),
        .actor_no = pdg_db_result_is_null (result, row, 1) ? 0 : pdg_db_result_get_int4 (result, row, 1),
        .screen_no = pdg_db_result_is_null (result, row, 2) ? 0 : pdg_db_result_get_int4 (result, row, 2),
        .viewed_usec = pdg_db_result_is_null (result, row, 3) ? 0 : pdg_db_result_get_usec (result, row, 3),
        .newest_usec = with_newest ? pdg_db_result_get_usec (result, row, 4) : 0,
      };

      g_array_append_val (found, where);
    }
  return found;
}

GArray *
pdg_store_list_active_sessions (PdgDbTx *tx, gint32 project_no, gint64 after_usec, gint64 until_usec, guint limit, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();

  pdg_db_params_add_int4 (params, project_no);
  pdg_db_params_add_timestamptz (params, after_usec);
  pdg_db_params_add_timestamptz (params, until_usec);
  pdg_db_params_add_int4 (params, (gint32) limit);
  return query_whereabouts (tx, LIST_ACTIVE, params, TRUE, error);
}

GArray *
pdg_store_lookup_whereabouts (PdgDbTx *tx, gint32 project_no, const gint32 *session_nos, guint n, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();

  pdg_db_params_add_int4 (params, project_no);
  pdg_db_params_add_int4_array (params, session_nos, NULL, n);
  return query_whereabouts (tx, LOOKUP, params, FALSE, error);
}
