#include "config.h"
#include "store/pdg-store-screen-signs.h"

/* From the sessions to the events, so that the work has a bound whatever the project holds: each session's events lie together in the
 * index. What an event says beside its term is JSON, and taken apart only for the events that count. */
#define EACH                                                                                                              \
  "SELECT u.place, r.session_no, r.ts, left(r.d ->> ($6::text[])[1], 500), left(r.d ->> ($6::text[])[2], 500), "           \
  "left(r.d ->> ($6::text[])[3], 500), left(r.d ->> ($6::text[])[4], 500) "                                                \
  "FROM unnest($1::int4[], $2::int4[]) WITH ORDINALITY u (project_id, screen_no, place) "                                  \
  "CROSS JOIN LATERAL (SELECT array_agg(t.term_no) AS terms FROM term t "                                                  \
  "WHERE t.project_id = u.project_id AND t.screen_no = u.screen_no AND t.event_type = $5) k "                              \
  "CROSS JOIN LATERAL (SELECT e.session_no, e.ts, e.data::jsonb AS d "                                                     \
  "FROM (SELECT s.session_no, s.started_at, s.ended_at FROM session s WHERE s.project_id = u.project_id "                  \
  "AND s.started_at < $4 AND s.ended_at >= $3 ORDER BY s.started_at DESC LIMIT 5000) s "                                   \
  "JOIN event e ON e.project_id = u.project_id AND e.session_no = s.session_no AND e.ts >= s.started_at "                  \
  "AND e.ts <= s.ended_at AND e.ts >= $3 AND e.ts < $4 "                                                                   \
  "WHERE e.term_no = ANY (k.terms) LIMIT 20000) r WHERE k.terms IS NOT NULL"

static const struct
{
  const char *type;
  const char *keys[PDG_STORE_SIGN_TEXTS];
} kinds[] = {
  [PDG_STORE_SIGN_CALL] = { "api.response", { "api.method", "api.path", "api.status_code", "api.duration_ms" } },
  [PDG_STORE_SIGN_ERROR] = { "error", { "error.type", "error.message", "error.component", "" } },
  [PDG_STORE_SIGN_STATE] = { "state.change", { "ui.state.key", "ui.state.after", "", "" } },
};

typedef struct
{
  PdgStoreSignFunc func;
  gpointer user_data;
} EachSign;

static gboolean
each_sign_cb (const PdgDbResult *row, gpointer user_data)
{
  const EachSign *each = user_data;
  const char *texts[PDG_STORE_SIGN_TEXTS];

  for (guint i = 0; i < PDG_STORE_SIGN_TEXTS; i++)
    texts[i] = pdg_db_result_get_text (row, 0, 3 + i);
  each->func ((guint) pdg_db_result_get_int8 (row, 0, 0) - 1, pdg_db_result_get_int4 (row, 0, 1), pdg_db_result_get_usec (row, 0, 2), texts,
              each->user_data);
  return TRUE;
}

gboolean
pdg_store_each_screen_sign (PdgDbTx *tx, const gint32 *project_nos, const gint32 *screen_nos, guint n, PdgStoreSignKind kind, gint64 from_usec,
                            gint64 to_usec, PdgStoreSignFunc func, gpointer user_data, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  EachSign each = { func, user_data };

  pdg_db_params_add_int4_array (params, project_nos, NULL, n);
  pdg_db_params_add_int4_array (params, screen_nos, NULL, n);
  pdg_db_params_add_timestamptz (params, from_usec);
  pdg_db_params_add_timestamptz (params, to_usec);
  pdg_db_params_add_text (params, kinds[kind].type, -1);
  pdg_db_params_add_text_array (params, kinds[kind].keys, NULL, PDG_STORE_SIGN_TEXTS);
  return pdg_db_tx_query_each (tx, EACH, params, each_sign_cb, &each, error);
}
