#include "config.h"
#include "store/pdg-store-releases.h"

#include "store/pdg-store-lists.h"

/* A session belongs to the release of its newest event that names one. */
#define LIST_RELEASES                                                                                                    \
  "SELECT u.place, u.project_id, g.release_no, r.version, g.first_at, g.last_at, g.sessions "                            \
  "FROM unnest($1::int4[]) WITH ORDINALITY u (project_id, place) CROSS JOIN LATERAL ("                                   \
  "SELECT s.release_no, min(s.started_at) AS first_at, max(s.ended_at) AS last_at, "                                     \
  "count(*) FILTER (WHERE s.started_at < $3 AND s.ended_at >= $2) AS sessions FROM session s "                           \
  "WHERE s.project_id = u.project_id AND s.events > 0 AND s.release_no IS NOT NULL GROUP BY s.release_no "               \
  "HAVING count(*) FILTER (WHERE s.started_at < $3 AND s.ended_at >= $2) > 0 "                                           \
  "AND (min(s.started_at) < $4 OR (min(s.started_at) = $4 AND s.release_no < $5)) "                                      \
  "ORDER BY min(s.started_at) DESC, s.release_no DESC LIMIT $6) g "                                                      \
  "JOIN release r ON r.project_id = u.project_id AND r.release_no = g.release_no "                                       \
  "ORDER BY u.place, g.first_at DESC, g.release_no DESC"

static gpointer
read_release (const PdgDbResult *result, guint row)
{
  PdgRelease *release = g_new0 (PdgRelease, 1);

  release->project_no = pdg_db_result_get_int4 (result, row, 1);
  release->release_no = pdg_db_result_get_int4 (result, row, 2);
  release->version = g_strdup (pdg_db_result_get_text (result, row, 3));
  release->first_seen_usec = pdg_db_result_get_usec (result, row, 4);
  release->last_seen_usec = pdg_db_result_get_usec (result, row, 5);
  release->sessions = pdg_db_result_get_int8 (result, row, 6);
  return release;
}

GPtrArray *
pdg_store_list_releases (PdgDbTx *tx, const gint32 *project_nos, guint n, gint64 from_usec, gint64 to_usec, const PdgStorePage *page,
                         GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  GPtrArray *lists;

  pdg_db_params_add_int4_array (params, project_nos, NULL, n);
  pdg_db_params_add_timestamptz (params, from_usec);
  pdg_db_params_add_timestamptz (params, to_usec);
  pdg_db_params_add_timestamptz (params, page->before_usec);
  pdg_db_params_add_int8 (params, page->before_no);
  pdg_db_params_add_int4 (params, (gint32) page->limit);
  lists = pdg_store_query_lists (tx, LIST_RELEASES, params, n, read_release, (GDestroyNotify) pdg_release_free, error);
  for (guint i = 0; lists != NULL && i < n; i++)
    for (guint k = 0; k < ((GPtrArray *) lists->pdata[i])->len; k++)
      {
        PdgRelease *release = ((GPtrArray *) lists->pdata[i])->pdata[k];

        release->from_usec = from_usec;
        release->to_usec = to_usec;
      }
  return lists;
}
