#include "config.h"
#include "store/pdg-store-comments.h"

#include "model/pdg-records.h"
#include "store/pdg-store-lists.h"

#define OWN "(SELECT current_org_id())"
#define THREAD                                                                                                            \
  "t.project_id, t.thread_no, t.screen_no, t.to_screen_no, t.x, t.y, t.created_at, t.updated_at, t.resolved_at, "           \
  "t.resolved_by, c.comments, c.unread "
/* @reader: the parameter that says who asks */
#define COUNTS(reader)                                                                                                    \
  "CROSS JOIN LATERAL (SELECT count(*)::int4 AS comments, count(*) FILTER (WHERE c.author <> " reader " AND c.comment_no > "  \
  "coalesce((SELECT r.comment_no FROM comment_read r WHERE r.org_id = t.org_id AND r.thread_no = t.thread_no "              \
  "AND r.reader = " reader "), 0))::int4 AS unread FROM comment c WHERE c.org_id = t.org_id AND c.thread_no = t.thread_no) c "
#define LIST_COUNTS COUNTS ("$2")
#define LOOKUP_COUNTS COUNTS ("$3")
#define LIST_THREADS                                                                                                      \
  "SELECT u.place, t.* FROM unnest($1::int4[]) WITH ORDINALITY u (project_id, place) CROSS JOIN LATERAL ("                  \
  "SELECT " THREAD "FROM comment_thread t " LIST_COUNTS "WHERE t.org_id = " OWN " AND t.project_id = u.project_id "       \
  "AND ($3 = 0 OR t.screen_no = $3 OR t.to_screen_no = $3) AND CASE $4 WHEN 1 THEN t.resolved_at IS NULL "                   \
  "WHEN 2 THEN t.resolved_at IS NOT NULL WHEN 3 THEN c.unread > 0 ELSE true END "                                           \
  "AND (t.updated_at < $5 OR (t.updated_at = $5 AND t.thread_no < $6)) "                                                    \
  "ORDER BY t.updated_at DESC, t.thread_no DESC LIMIT $7) t ORDER BY u.place, t.updated_at DESC, t.thread_no DESC"
#define LOOKUP_THREAD                                                                                                     \
  "SELECT 1::int8, " THREAD "FROM comment_thread t " LOOKUP_COUNTS "WHERE t.org_id = " OWN " AND t.project_id = $1 AND t.thread_no = $2"
#define COMMENT "c.comment_no, c.thread_no, c.author_name, c.body, c.created_at, c.edited_at, c.author = $2 "
#define LIST_COMMENTS                                                                                                     \
  "SELECT u.place, c.* FROM unnest($1::int8[]) WITH ORDINALITY u (thread_no, place) CROSS JOIN LATERAL ("                   \
  "SELECT " COMMENT "FROM comment c WHERE c.org_id = " OWN " AND c.thread_no = u.thread_no AND c.comment_no > $3 "          \
  "ORDER BY c.comment_no LIMIT $4) c ORDER BY u.place, c.comment_no"
#define LIST_NEWEST                                                                                                       \
  "SELECT u.place, c.* FROM unnest($1::int8[]) WITH ORDINALITY u (thread_no, place) CROSS JOIN LATERAL ("                   \
  "SELECT " COMMENT "FROM comment c WHERE c.org_id = " OWN " AND c.thread_no = u.thread_no "                                \
  "ORDER BY c.comment_no DESC LIMIT $3) c ORDER BY u.place, c.comment_no"
#define LOOKUP_COMMENT                                                                                                    \
  "SELECT 1::int8, " COMMENT "FROM comment c JOIN comment_thread t ON t.org_id = c.org_id AND t.thread_no = c.thread_no "   \
  "WHERE c.org_id = " OWN " AND c.comment_no = $3 AND t.project_id = $1"
#define ADD_THREAD                                                                                                        \
  "INSERT INTO comment_thread (org_id, project_id, screen_no, to_screen_no, x, y) SELECT current_org_id(), $1, nullif($2, 0), " \
  "nullif($3, 0), $4, $5 WHERE (SELECT count(*) FROM comment_thread t WHERE t.org_id = " OWN " AND t.project_id = $1) < $6 " \
  "RETURNING thread_no"
#define ADD_COMMENT                                                                                                       \
  "INSERT INTO comment (org_id, thread_no, author, author_name, body) SELECT t.org_id, t.thread_no, $3, $4, $5 "            \
  "FROM comment_thread t WHERE t.org_id = " OWN " AND t.project_id = $1 AND t.thread_no = $2 "                              \
  "AND (SELECT count(*) FROM comment c WHERE c.org_id = t.org_id AND c.thread_no = t.thread_no) < $6 RETURNING comment_no"
#define TOUCH "UPDATE comment_thread SET updated_at = clock_timestamp() WHERE org_id = " OWN " AND thread_no = $1"
#define EDIT "UPDATE comment SET body = $2, edited_at = clock_timestamp() WHERE org_id = " OWN " AND comment_no = $1"
#define DELETE "DELETE FROM comment WHERE org_id = " OWN " AND comment_no = $1 RETURNING thread_no"
#define DELETE_EMPTY                                                                                                      \
  "DELETE FROM comment_thread t WHERE t.org_id = " OWN " AND t.thread_no = $1 "                                             \
  "AND NOT EXISTS (SELECT FROM comment c WHERE c.org_id = t.org_id AND c.thread_no = t.thread_no)"
#define RESOLVE                                                                                                           \
  "UPDATE comment_thread SET resolved_at = CASE WHEN $2::text IS NOT NULL THEN clock_timestamp() END, resolved_by = $2 "    \
  "WHERE org_id = " OWN " AND thread_no = $1"
#define MARK_READ                                                                                                         \
  "INSERT INTO comment_read AS r (org_id, thread_no, reader, comment_no) SELECT c.org_id, c.thread_no, $2, max(c.comment_no) " \
  "FROM comment c WHERE c.org_id = " OWN " AND c.thread_no = $1 GROUP BY c.org_id, c.thread_no "                             \
  "ON CONFLICT (org_id, thread_no, reader) DO UPDATE SET comment_no = greatest(r.comment_no, excluded.comment_no)"

static gpointer
read_thread (const PdgDbResult *result, guint row)
{
  PdgCommentThread *thread = g_new0 (PdgCommentThread, 1);

  thread->project_no = pdg_db_result_get_int4 (result, row, 1);
  thread->thread_no = pdg_db_result_get_int8 (result, row, 2);
  thread->place.screen_no = pdg_db_result_get_int4 (result, row, 3);
  thread->place.to_screen_no = pdg_db_result_get_int4 (result, row, 4);
  thread->place.has_point = !pdg_db_result_is_null (result, row, 5);
  thread->place.x = pdg_db_result_get_double (result, row, 5);
  thread->place.y = pdg_db_result_get_double (result, row, 6);
  thread->created_usec = pdg_db_result_get_usec (result, row, 7);
  thread->updated_usec = pdg_db_result_get_usec (result, row, 8);
  thread->resolved_usec = pdg_db_result_is_null (result, row, 9) ? PDG_TIME_NONE : pdg_db_result_get_usec (result, row, 9);
  thread->resolved_by = g_strdup (pdg_db_result_get_text (result, row, 10));
  thread->comments = pdg_db_result_get_int4 (result, row, 11);
  thread->unread = pdg_db_result_get_int4 (result, row, 12);
  return thread;
}

static gpointer
read_comment (const PdgDbResult *result, guint row)
{
  PdgComment *comment = g_new0 (PdgComment, 1);

  comment->comment_no = pdg_db_result_get_int8 (result, row, 1);
  comment->thread_no = pdg_db_result_get_int8 (result, row, 2);
  comment->author = g_strdup (pdg_db_result_get_text (result, row, 3));
  comment->body = g_strdup (pdg_db_result_get_text (result, row, 4));
  comment->created_usec = pdg_db_result_get_usec (result, row, 5);
  comment->edited_usec = pdg_db_result_is_null (result, row, 6) ? PDG_TIME_NONE : pdg_db_result_get_usec (result, row, 6);
  comment->is_own = pdg_db_result_get_bool (result, row, 7);
  return comment;
}

/* The first of a list of one, or NULL. */
static gpointer
take_one (GPtrArray *found)
{
  gpointer record = found != NULL ? g_steal_pointer (&found->pdata[0]) : NULL;

  if (found != NULL)
    {
      g_ptr_array_set_free_func (found, NULL);
      g_ptr_array_unref (found);
    }
  return record;
}

GPtrArray *
pdg_store_list_threads (PdgDbTx *tx, const gint32 *project_nos, guint n, const PdgStoreThreadFilter *filter, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();

  pdg_db_params_add_int4_array (params, project_nos, NULL, n);
  pdg_db_params_add_text (params, filter->reader, -1);
  pdg_db_params_add_int4 (params, filter->screen_no);
  pdg_db_params_add_int4 (params, (gint32) filter->status);
  pdg_db_params_add_timestamptz (params, filter->before_usec);
  pdg_db_params_add_int8 (params, filter->before_no);
  pdg_db_params_add_int4 (params, (gint32) filter->limit);
  return pdg_store_query_lists (tx, LIST_THREADS, params, n, read_thread, (GDestroyNotify) pdg_comment_thread_free, error);
}

PdgCommentThread *
pdg_store_lookup_thread (PdgDbTx *tx, gint32 project_no, gint64 thread_no, const char *reader, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();

  pdg_db_params_add_int4 (params, project_no);
  pdg_db_params_add_int8 (params, thread_no);
  pdg_db_params_add_text (params, reader, -1);
  return take_one (pdg_store_query_each_one (tx, LOOKUP_THREAD, params, 1, read_thread, (GDestroyNotify) pdg_comment_thread_free, error));
}

GPtrArray *
pdg_store_list_comments (PdgDbTx *tx, const gint64 *thread_nos, guint n, const char *reader, gint64 after, guint limit, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();

  pdg_db_params_add_int8_array (params, thread_nos, NULL, n);
  pdg_db_params_add_text (params, reader, -1);
  pdg_db_params_add_int8 (params, after);
  pdg_db_params_add_int4 (params, (gint32) limit);
  return pdg_store_query_lists (tx, LIST_COMMENTS, params, n, read_comment, (GDestroyNotify) pdg_comment_free, error);
}

GPtrArray *
pdg_store_list_newest_comments (PdgDbTx *tx, const gint64 *thread_nos, guint n, const char *reader, guint limit, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();

  pdg_db_params_add_int8_array (params, thread_nos, NULL, n);
  pdg_db_params_add_text (params, reader, -1);
  pdg_db_params_add_int4 (params, (gint32) limit);
  return pdg_store_query_lists (tx, LIST_NEWEST, params, n, read_comment, (GDestroyNotify) pdg_comment_free, error);
}

PdgComment *
pdg_store_lookup_comment (PdgDbTx *tx, gint32 project_no, gint64 comment_no, const char *reader, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();

  pdg_db_params_add_int4 (params, project_no);
  pdg_db_params_add_text (params, reader, -1);
  pdg_db_params_add_int8 (params, comment_no);
  return take_one (pdg_store_query_each_one (tx, LOOKUP_COMMENT, params, 1, read_comment, (GDestroyNotify) pdg_comment_free, error));
}

/* The number that the statement returns; 0 when it returns none, or with an error. */
static gint64
query_number (PdgDbTx *tx, const char *sql, PdgDbParams *params, GError **error)
{
  g_autoptr (PdgDbResult) result = pdg_db_tx_query (tx, sql, params, error);

  return result != NULL && pdg_db_result_get_n_rows (result) > 0 ? pdg_db_result_get_int8 (result, 0, 0) : 0;
}

gint64
pdg_store_add_thread (PdgDbTx *tx, gint32 project_no, const PdgCommentPlace *place, gint64 max, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();

  pdg_db_params_add_int4 (params, project_no);
  pdg_db_params_add_int4 (params, place->screen_no);
  pdg_db_params_add_int4 (params, place->to_screen_no);
  if (place->has_point)
    {
      pdg_db_params_add_double (params, place->x);
      pdg_db_params_add_double (params, place->y);
    }
  else
    {
      pdg_db_params_add_null (params);
      pdg_db_params_add_null (params);
    }
  pdg_db_params_add_int8 (params, max);
  return query_number (tx, ADD_THREAD, params, error);
}

gint64
pdg_store_add_comment (PdgDbTx *tx, gint32 project_no, gint64 thread_no, const char *author, const char *author_name, const char *body,
                       gint64 max, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new (), touched = pdg_db_params_new ();
  gint64 comment_no;

  pdg_db_params_add_int4 (params, project_no);
  pdg_db_params_add_int8 (params, thread_no);
  pdg_db_params_add_text (params, author, -1);
  pdg_db_params_add_text (params, author_name, -1);
  pdg_db_params_add_text (params, body, -1);
  pdg_db_params_add_int8 (params, max);
  comment_no = query_number (tx, ADD_COMMENT, params, error);
  pdg_db_params_add_int8 (touched, thread_no);
  return comment_no > 0 && pdg_db_tx_exec (tx, TOUCH, touched, error) ? comment_no : 0;
}

gboolean
pdg_store_edit_comment (PdgDbTx *tx, gint64 comment_no, const char *body, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();

  pdg_db_params_add_int8 (params, comment_no);
  pdg_db_params_add_text (params, body, -1);
  return pdg_db_tx_exec (tx, EDIT, params, error);
}

gboolean
pdg_store_delete_comment (PdgDbTx *tx, gint64 comment_no, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new (), thread = pdg_db_params_new ();
  g_autoptr (PdgDbResult) result = NULL;

  pdg_db_params_add_int8 (params, comment_no);
  result = pdg_db_tx_query (tx, DELETE, params, error);
  if (result == NULL)
    return FALSE;
  if (pdg_db_result_get_n_rows (result) == 0)
    return TRUE;
  pdg_db_params_add_int8 (thread, pdg_db_result_get_int8 (result, 0, 0));
  return pdg_db_tx_exec (tx, DELETE_EMPTY, thread, error);
}

gboolean
pdg_store_resolve_thread (PdgDbTx *tx, gint64 thread_no, const char *by, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();

  pdg_db_params_add_int8 (params, thread_no);
  pdg_db_params_add_text (params, by, -1);
  return pdg_db_tx_exec (tx, RESOLVE, params, error);
}

gboolean
pdg_store_mark_thread_read (PdgDbTx *tx, gint64 thread_no, const char *reader, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();

  pdg_db_params_add_int8 (params, thread_no);
  pdg_db_params_add_text (params, reader, -1);
  return pdg_db_tx_exec (tx, MARK_READ, params, error);
}
