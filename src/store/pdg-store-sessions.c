#include "config.h"
#include "store/pdg-store-sessions-private.h"

#include "store/pdg-store-event-filter.h"

/* What nobody asked for is not read, and a table that is not needed is not named: each costs a look at its policy. */
void
pdg_store_append_session_columns (PdgStoreQuery *query, PdgSessionParts parts)
{
  g_string_append (query->sql, "x.project_id, x.session_no, x.id, x.started_at, x.ended_at");
  if (parts & PDG_SESSION_COUNTS)
    g_string_append (query->sql, ", x.events, x.page_views, x.errors");
  if (parts & PDG_SESSION_ACTOR)
    g_string_append (query->sql, ", a.actor_no, a.kind, a.id");
  if (parts & PDG_SESSION_PATHS)
    g_string_append (query->sql, ", entry.path, leave.path");
  if (parts & PDG_SESSION_RELEASE)
    g_string_append (query->sql, ", r.version");
}

void
pdg_store_append_session_joins (PdgStoreQuery *query, PdgSessionParts parts)
{
  if (parts & PDG_SESSION_ACTOR)
    g_string_append (query->sql, " LEFT JOIN actor a ON a.project_id = x.project_id AND a.actor_no = x.actor_no");
  if (parts & PDG_SESSION_PATHS)
    g_string_append (query->sql, " LEFT JOIN screen entry ON entry.project_id = x.project_id AND entry.screen_no = x.entry_screen_no"
                                 " LEFT JOIN screen leave ON leave.project_id = x.project_id AND leave.screen_no = x.exit_screen_no");
  if (parts & PDG_SESSION_RELEASE)
    g_string_append (query->sql, " LEFT JOIN release r ON r.project_id = x.project_id AND r.release_no = x.release_no");
}

/* The actor at @column; a session without one stands for it. */
static void
read_actor (PdgSessionSummary *session, const PdgDbResult *result, guint row, guint column)
{
  session->actor.project_no = session->project_no;
  session->actor.actor_no = pdg_db_result_get_int4 (result, row, column);
  session->actor.kind = (gint16) pdg_db_result_get_int4 (result, row, column + 1);
  session->actor.id = g_strdup (pdg_db_result_is_null (result, row, column + 2) ? session->id : pdg_db_result_get_text (result, row, column + 2));
  session->actor.has_figures = session->actor.actor_no == 0;
  session->actor.first_seen_usec = session->started_usec;
  session->actor.last_seen_usec = session->ended_usec;
  session->actor.sessions = 1;
}

PdgSessionSummary *
pdg_store_read_session (const PdgDbResult *result, guint row, guint column, PdgSessionParts parts)
{
  PdgSessionSummary *session = g_new0 (PdgSessionSummary, 1);

  session->project_no = pdg_db_result_get_int4 (result, row, column++);
  session->session_no = pdg_db_result_get_int4 (result, row, column++);
  session->id = g_strdup (pdg_db_result_get_text (result, row, column++));
  session->started_usec = pdg_db_result_get_usec (result, row, column++);
  session->ended_usec = pdg_db_result_get_usec (result, row, column++);
  if (parts & PDG_SESSION_COUNTS)
    {
      session->events = pdg_db_result_get_int4 (result, row, column++);
      session->page_views = pdg_db_result_get_int4 (result, row, column++);
      session->errors = pdg_db_result_get_int4 (result, row, column++);
    }
  if (parts & PDG_SESSION_ACTOR)
    {
      read_actor (session, result, row, column);
      column += 3;
    }
  if (parts & PDG_SESSION_PATHS)
    {
      session->entry_path = g_strdup (pdg_db_result_get_text (result, row, column++));
      session->exit_path = g_strdup (pdg_db_result_get_text (result, row, column++));
    }
  if (parts & PDG_SESSION_RELEASE)
    session->release = g_strdup (pdg_db_result_get_text (result, row, column));
  return session;
}

int
pdg_store_compare_sessions (gconstpointer a, gconstpointer b)
{
  const PdgSessionSummary *x = *(const PdgSessionSummary *const *) a, *y = *(const PdgSessionSummary *const *) b;

  if (x->started_usec != y->started_usec)
    return x->started_usec > y->started_usec ? -1 : 1;
  return x->session_no != y->session_no ? (x->session_no > y->session_no ? -1 : 1) : 0;
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
  if (filter->filter != NULL)
    {
      g_string_append (query->sql, " AND ");
      pdg_store_append_any_event (query->sql, query->params, filter->filter, from, to);
    }
}

void
pdg_store_append_session_page (PdgStoreQuery *query, const char *owner, const char *more, const PdgStoreSessionFilter *filter)
{
  g_string_append_printf (query->sql, "(SELECT x.* FROM session x WHERE x.project_id = %s.project_id%s", owner, more);
  append_conditions (query, filter);
  g_string_append_printf (query->sql, " ORDER BY x.started_at DESC, x.session_no DESC LIMIT $%u) x",
                          pdg_store_query_add_int4 (query, (gint32) filter->limit));
}

gboolean
pdg_store_session_page_is_plain (const PdgStoreSessionFilter *filter)
{
  return filter->filter == NULL && filter->screen_no == 0;
}

static void
append_select (PdgStoreQuery *query, PdgSessionParts parts)
{
  g_string_append (query->sql, "SELECT p.place, ");
  pdg_store_append_session_columns (query, parts);
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
  g_string_append (query.sql, " CROSS JOIN LATERAL ");
  pdg_store_append_session_page (&query, "p", actor_nos != NULL ? " AND x.actor_no = p.number" : "", filter);
  pdg_store_append_session_joins (&query, filter->parts);
  result = pdg_store_session_page_is_plain (filter) ? pdg_db_tx_query_planned (tx, query.sql->str, query.params, error)
                                                    : pdg_db_tx_query (tx, query.sql->str, query.params, error);
  if (result == NULL)
    return NULL;
  lists = pdg_store_make_lists (n, (GDestroyNotify) pdg_session_summary_free);
  for (guint row = 0; row < pdg_db_result_get_n_rows (result); row++)
    g_ptr_array_add (lists->pdata[pdg_db_result_get_int8 (result, row, 0) - 1], pdg_store_read_session (result, row, 1, filter->parts));
  for (guint i = 0; i < n; i++)
    pdg_store_sort_list (lists->pdata[i], pdg_store_compare_sessions);
  return lists;
}

/* Runs a query that finds at most one session an owner. */
static GPtrArray *
find_one_each (PdgDbTx *tx, PdgStoreQuery *query, PdgSessionParts parts, guint n, GError **error)
{
  g_autoptr (PdgDbResult) result = NULL;
  GPtrArray *sessions;

  pdg_store_append_session_joins (query, parts);
  g_string_append (query->sql, " WHERE x.events > 0");
  result = pdg_db_tx_query_planned (tx, query->sql->str, query->params, error);
  if (result == NULL)
    return NULL;
  sessions = g_ptr_array_new_full (n, (GDestroyNotify) pdg_session_summary_free);
  g_ptr_array_set_size (sessions, (gint) n);
  for (guint row = 0; row < pdg_db_result_get_n_rows (result); row++)
    sessions->pdata[pdg_db_result_get_int8 (result, row, 0) - 1] = pdg_store_read_session (result, row, 1, parts);
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
