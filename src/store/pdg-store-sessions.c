#include "config.h"
#include "store/pdg-store-sessions.h"

#define LIST_SESSIONS                                                                                                    \
  "SELECT s.session_no, s.id, a.id, s.started_at, s.ended_at, s.events, s.page_views, s.errors, entry.path, leave.path, " \
  "r.version FROM session s "                                                                                            \
  "LEFT JOIN actor a ON a.project_id = s.project_id AND a.actor_no = s.actor_no "                                        \
  "LEFT JOIN screen entry ON entry.project_id = s.project_id AND entry.screen_no = s.entry_screen_no "                   \
  "LEFT JOIN screen leave ON leave.project_id = s.project_id AND leave.screen_no = s.exit_screen_no "                    \
  "LEFT JOIN release r ON r.project_id = s.project_id AND r.release_no = s.release_no "                                  \
  "WHERE s.project_id = $1 AND s.events > 0 AND s.started_at < $3 AND s.ended_at >= $2 "                                 \
  "AND (NOT $5 OR s.errors > 0) "                                                                                        \
  "AND (s.started_at < $6 OR (s.started_at = $6 AND s.session_no < $7)) "                                                \
  "AND ($4 = 0 OR EXISTS (SELECT FROM event e JOIN term t ON t.project_id = e.project_id AND t.term_no = e.term_no "     \
  "WHERE e.project_id = s.project_id AND e.session_no = s.session_no AND e.ts BETWEEN s.started_at AND s.ended_at "      \
  "AND (e.flags & 4) <> 0 AND t.screen_no = $4)) "                                                                       \
  "ORDER BY s.started_at DESC, s.session_no DESC LIMIT $8"
#define LIST_RELEASES                                                                                                    \
  "SELECT r.version, min(s.started_at), count(*)::int4 FROM session s "                                                  \
  "JOIN release r ON r.project_id = s.project_id AND r.release_no = s.release_no "                                       \
  "WHERE s.project_id = $1 AND s.events > 0 GROUP BY r.version ORDER BY min(s.started_at) DESC LIMIT $2"

GPtrArray *
pdg_store_list_sessions (PdgDbTx *tx, gint32 project_no, const PdgStoreSessionFilter *filter, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  g_autoptr (PdgDbResult) result = NULL;
  GPtrArray *sessions;

  pdg_db_params_add_int4 (params, project_no);
  pdg_db_params_add_timestamptz (params, filter->from_usec);
  pdg_db_params_add_timestamptz (params, filter->to_usec);
  pdg_db_params_add_int4 (params, filter->screen_no);
  pdg_db_params_add_bool (params, filter->with_errors);
  pdg_db_params_add_timestamptz (params, filter->before_started_usec);
  pdg_db_params_add_int4 (params, filter->before_session_no);
  pdg_db_params_add_int4 (params, (gint32) filter->limit);
  result = pdg_db_tx_query_planned (tx, LIST_SESSIONS, params, error);
  if (result == NULL)
    return NULL;
  sessions = g_ptr_array_new_with_free_func ((GDestroyNotify) pdg_session_summary_free);
  for (guint row = 0; row < pdg_db_result_get_n_rows (result); row++)
    {
      PdgSessionSummary *session = g_new0 (PdgSessionSummary, 1);

      session->session_no = pdg_db_result_get_int4 (result, row, 0);
      session->id = g_strdup (pdg_db_result_get_text (result, row, 1));
      session->actor = g_strdup (pdg_db_result_get_text (result, row, 2));
      session->started_usec = pdg_db_result_get_usec (result, row, 3);
      session->ended_usec = pdg_db_result_get_usec (result, row, 4);
      session->events = pdg_db_result_get_int4 (result, row, 5);
      session->page_views = pdg_db_result_get_int4 (result, row, 6);
      session->errors = pdg_db_result_get_int4 (result, row, 7);
      session->entry_path = g_strdup (pdg_db_result_get_text (result, row, 8));
      session->exit_path = g_strdup (pdg_db_result_get_text (result, row, 9));
      session->release = g_strdup (pdg_db_result_get_text (result, row, 10));
      g_ptr_array_add (sessions, session);
    }
  return sessions;
}

GPtrArray *
pdg_store_list_releases (PdgDbTx *tx, gint32 project_no, guint limit, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  g_autoptr (PdgDbResult) result = NULL;
  GPtrArray *releases;

  pdg_db_params_add_int4 (params, project_no);
  pdg_db_params_add_int4 (params, (gint32) limit);
  result = pdg_db_tx_query (tx, LIST_RELEASES, params, error);
  if (result == NULL)
    return NULL;
  releases = g_ptr_array_new_with_free_func ((GDestroyNotify) pdg_release_free);
  for (guint row = 0; row < pdg_db_result_get_n_rows (result); row++)
    {
      PdgRelease *release = g_new0 (PdgRelease, 1);

      release->version = g_strdup (pdg_db_result_get_text (result, row, 0));
      release->first_seen_usec = pdg_db_result_get_usec (result, row, 1);
      release->sessions = pdg_db_result_get_int4 (result, row, 2);
      g_ptr_array_add (releases, release);
    }
  return releases;
}
