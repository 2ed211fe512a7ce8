#include "config.h"
#include "store/pdg-store-sessions.h"

#include "store/pdg-store-event-filter.h"
#include "store/pdg-store-query.h"

#define LIST_RELEASES                                                                                                    \
  "SELECT r.version, min(s.started_at), count(*)::int4 FROM session s "                                                  \
  "JOIN release r ON r.project_id = s.project_id AND r.release_no = s.release_no "                                       \
  "WHERE s.project_id = $1 AND s.events > 0 GROUP BY r.version ORDER BY min(s.started_at) DESC LIMIT $2"

/* The columns of a session x of the owner p, and where they come from up to that. A table that is not needed is not named: each
 * costs a look at its policy. */
static void
append_select (PdgStoreQuery *query, PdgSessionParts parts)
{
  g_string_append (query->sql, "SELECT p.place, x.project_id, x.session_no, x.id, x.started_at, x.ended_at, x.events, x.page_views, x.errors, ");
  g_string_append (query->sql, parts & PDG_SESSION_ACTOR ? "a.actor_no, a.kind, a.id, " : "NULL::int4, NULL::int2, NULL::text, ");
  g_string_append (query->sql, parts & PDG_SESSION_PATHS ? "entry.path, leave.path, " : "NULL::text, NULL::text, ");
  g_string_append (query->sql, parts & PDG_SESSION_RELEASE ? "r.version" : "NULL::text");
}

static void
append_joins (PdgStoreQuery *query, PdgSessionParts parts)
{
  if (parts & PDG_SESSION_ACTOR)
    g_string_append (query->sql, " LEFT JOIN actor a ON a.project_id = x.project_id AND a.actor_no = x.actor_no");
  if (parts & PDG_SESSION_PATHS)
    g_string_append (query->sql, " LEFT JOIN screen entry ON entry.project_id = x.project_id AND entry.screen_no = x.entry_screen_no"
                                 " LEFT JOIN screen leave ON leave.project_id = x.project_id AND leave.screen_no = x.exit_screen_no");
  if (parts & PDG_SESSION_RELEASE)
    g_string_append (query->sql, " LEFT JOIN release r ON r.project_id = x.project_id AND r.release_no = x.release_no");
}

static PdgSessionSummary *
read_session (const PdgDbResult *result, guint row)
{
  PdgSessionSummary *session = g_new0 (PdgSessionSummary, 1);

  session->project_no = pdg_db_result_get_int4 (result, row, 1);
  session->session_no = pdg_db_result_get_int4 (result, row, 2);
  session->id = g_strdup (pdg_db_result_get_text (result, row, 3));
  session->started_usec = pdg_db_result_get_usec (result, row, 4);
  session->ended_usec = pdg_db_result_get_usec (result, row, 5);
  session->events = pdg_db_result_get_int4 (result, row, 6);
  session->page_views = pdg_db_result_get_int4 (result, row, 7);
  session->errors = pdg_db_result_get_int4 (result, row, 8);
  session->actor.project_no = session->project_no;
  session->actor.actor_no = pdg_db_result_get_int4 (result, row, 9);
  session->actor.kind = (gint16) pdg_db_result_get_int4 (result, row, 10);
  session->actor.id = g_strdup (pdg_db_result_is_null (result, row, 11) ? session->id : pdg_db_result_get_text (result, row, 11));
  session->entry_path = g_strdup (pdg_db_result_get_text (result, row, 12));
  session->exit_path = g_strdup (pdg_db_result_get_text (result, row, 13));
  session->release = g_strdup (pdg_db_result_get_text (result, row, 14));
  return session;
}

/* At least one event of the session x in its part of the range. */
static void
append_any_event (PdgStoreQuery *query, const PdgStoreSessionFilter *filter, guint from, guint to)
{
  if (filter->filter == NULL)
    return;
  g_string_append_printf (query->sql,
                          " AND EXISTS (SELECT FROM event e " PDG_STORE_EVENT_JOINS "WHERE e.project_id = x.project_id AND e.session_no = x.session_no"
                          " AND e.ts >= x.started_at AND e.ts <= x.ended_at AND e.ts >= $%u AND e.ts < $%u",
                          from, to);
  pdg_store_append_event_filter (query->sql, query->params, filter->filter);
  g_string_append_c (query->sql, ')');
}

static void
append_conditions (PdgStoreQuery *query, const PdgStoreSessionFilter *filter)
{
  guint from = pdg_store_query_add_time (query, filter->from_usec), to = pdg_store_query_add_time (query, filter->to_usec);

  g_string_append_printf (query->sql, " AND x.events > 0 AND x.started_at < $%u AND x.ended_at >= $%u", to, from);
  if (filter->with_errors)
    g_string_append (query->sql, " AND x.errors > 0");
  if (filter->before_started_usec != G_MAXINT64)
    {
      guint started = pdg_store_query_add_time (query, filter->before_started_usec), number = pdg_store_query_add_int4 (query, filter->before_session_no);

      g_string_append_printf (query->sql, " AND x.started_at <= $%u AND (x.started_at, x.session_no) < ($%u, $%u)", started, started, number);
    }
  if (filter->screen_no != 0)
    g_string_append_printf (query->sql,
                            " AND EXISTS (SELECT FROM event e JOIN term t ON t.project_id = e.project_id AND t.term_no = e.term_no"
                            " WHERE e.project_id = x.project_id AND e.session_no = x.session_no AND e.ts >= x.started_at AND e.ts <= x.ended_at"
                            " AND (e.flags & 4) <> 0 AND t.screen_no = $%u)",
                            pdg_store_query_add_int4 (query, filter->screen_no));
  append_any_event (query, filter, from, to);
}

GPtrArray *
pdg_store_list_sessions (PdgDbTx *tx, const gint32 *project_nos, const gint32 *actor_nos, guint n, const PdgStoreSessionFilter *filter,
                         GError **error)
{
  g_auto (PdgStoreQuery) query = PDG_STORE_QUERY_INIT;
  g_autoptr (PdgDbResult) result = NULL;
  GPtrArray *lists;

  append_select (&query, filter->parts);
  pdg_store_query_append_owners (&query, project_nos, actor_nos, n);
  g_string_append (query.sql, " CROSS JOIN LATERAL (SELECT x.* FROM session x WHERE x.project_id = p.project_id");
  if (actor_nos != NULL)
    g_string_append (query.sql, " AND x.actor_no = p.number");
  append_conditions (&query, filter);
  g_string_append_printf (query.sql, " ORDER BY x.started_at DESC, x.session_no DESC LIMIT $%u) x", pdg_store_query_add_int4 (&query, (gint32) filter->limit));
  append_joins (&query, filter->parts);
  g_string_append (query.sql, " ORDER BY p.place, x.started_at DESC, x.session_no DESC");
  result = pdg_db_tx_query (tx, query.sql->str, query.params, error);
  if (result == NULL)
    return NULL;
  lists = pdg_store_make_lists (n, (GDestroyNotify) pdg_session_summary_free);
  for (guint row = 0; row < pdg_db_result_get_n_rows (result); row++)
    g_ptr_array_add (lists->pdata[pdg_db_result_get_int8 (result, row, 0) - 1], read_session (result, row));
  return lists;
}

/* Runs a query that finds at most one session an owner. */
static GPtrArray *
find_one_each (PdgDbTx *tx, PdgStoreQuery *query, PdgSessionParts parts, guint n, GError **error)
{
  g_autoptr (PdgDbResult) result = NULL;
  GPtrArray *sessions;

  append_joins (query, parts);
  g_string_append (query->sql, " WHERE x.events > 0");
  result = pdg_db_tx_query (tx, query->sql->str, query->params, error);
  if (result == NULL)
    return NULL;
  sessions = g_ptr_array_new_full (n, (GDestroyNotify) pdg_session_summary_free);
  g_ptr_array_set_size (sessions, (gint) n);
  for (guint row = 0; row < pdg_db_result_get_n_rows (result); row++)
    sessions->pdata[pdg_db_result_get_int8 (result, row, 0) - 1] = read_session (result, row);
  return sessions;
}

GPtrArray *
pdg_store_find_sessions (PdgDbTx *tx, const gint32 *project_nos, guint n, const char *id, PdgSessionParts parts, GError **error)
{
  g_auto (PdgStoreQuery) query = PDG_STORE_QUERY_INIT;

  append_select (&query, parts);
  pdg_store_query_append_owners (&query, project_nos, NULL, n);
  pdg_store_query_add_text (&query, id);
  g_string_append (query.sql, " JOIN session x ON x.project_id = p.project_id AND x.id = $2");
  return find_one_each (tx, &query, parts, n, error);
}

GPtrArray *
pdg_store_lookup_sessions (PdgDbTx *tx, const gint32 *project_nos, const gint32 *session_nos, guint n, PdgSessionParts parts, GError **error)
{
  g_auto (PdgStoreQuery) query = PDG_STORE_QUERY_INIT;

  append_select (&query, parts);
  pdg_store_query_append_owners (&query, project_nos, session_nos, n);
  g_string_append (query.sql, " JOIN session x ON x.project_id = p.project_id AND x.session_no = p.number");
  return find_one_each (tx, &query, parts, n, error);
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
