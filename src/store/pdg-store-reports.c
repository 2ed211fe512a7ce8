#include "config.h"
#include "store/pdg-store-reports.h"

#include "store/pdg-store-event-filter.h"

#define MATCHES                                                                                                          \
  "SELECT x.project_id, x.actor_no, x.session_no, x.ts, x.matches FROM "                                                 \
  "(SELECT e.project_id, coalesce(a.merged_into, e.actor_no) AS actor_no, e.session_no, e.ts, "
#define MATCHES_FROM " AS matches FROM event e " PDG_STORE_EVENT_JOINS
#define MATCHES_END ") x"

typedef struct
{
  PdgStoreMatchFunc func;
  gpointer user_data;
} EachMatch;

static gboolean
each_match_cb (const PdgDbResult *row, gpointer user_data)
{
  const EachMatch *each = user_data;

  each->func (pdg_db_result_get_int4 (row, 0, 0), pdg_db_result_get_int4 (row, 0, 1), pdg_db_result_get_int4 (row, 0, 2),
              pdg_db_result_get_usec (row, 0, 3), (guint32) pdg_db_result_get_int4 (row, 0, 4), each->user_data);
  return TRUE;
}

/* A sum of bits, one for each filter. Where a filter is NULL in SQL's sense, it does not match. */
static void
append_bits (GString *sql, PdgDbParams *params, const PdgEventFilter *const *filters, guint n_filters)
{
  g_string_append_c (sql, '0');
  for (guint i = 0; i < n_filters; i++)
    {
      g_string_append (sql, " + CASE WHEN TRUE");
      pdg_store_append_event_filter (sql, params, filters[i]);
      g_string_append_printf (sql, " THEN %u ELSE 0 END", 1u << i);
    }
}

gboolean
pdg_store_each_match (PdgDbTx *tx, const PdgStoreEventScope *scope, const PdgEventFilter *const *filters, guint n_filters, gboolean all,
                      PdgStoreMatchFunc func, gpointer user_data, GError **error)
{
  g_autoptr (GString) sql = g_string_new (MATCHES);
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  EachMatch each = { func, user_data };

  g_return_val_if_fail (n_filters <= PDG_STORE_MAX_MATCHERS, FALSE);
  pdg_db_params_add_int4_array (params, scope->project_nos, NULL, scope->n_projects);
  pdg_db_params_add_timestamptz (params, scope->from_usec);
  pdg_db_params_add_timestamptz (params, scope->to_usec);
  append_bits (sql, params, filters, n_filters);
  g_string_append (sql, MATCHES_FROM "WHERE e.project_id = ANY ($1) AND e.ts >= $2 AND e.ts < $3");
  pdg_store_append_event_filter (sql, params, scope->filter);
  g_string_append (sql, all ? MATCHES_END : MATCHES_END " WHERE x.matches <> 0");
  return pdg_db_tx_query_each (tx, sql->str, params, each_match_cb, &each, error);
}
