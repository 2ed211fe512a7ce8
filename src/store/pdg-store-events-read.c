#include "config.h"
#include "store/pdg-store-events-read.h"

#include "base/pdg-id.h"
#include "base/pdg-time.h"
#include "model/pdg-event.h"
#include "store/pdg-store-event-filter.h"
#include "store/pdg-store-query.h"
#include "store/pdg-store-terms.h"

#include <string.h>

/* The order of time, and of events at one time. An event without a sequence comes before the others. */
#define ASCENDING "e.ts, e.session_no, coalesce(e.seq, -2147483648), e.event_key"
#define DESCENDING "e.ts DESC, e.session_no DESC, coalesce(e.seq, -2147483648) DESC, e.event_key DESC"

/* More events of one session at one time than this are sorted in the database. */
#define MAX_TIES 64

/* See append_days(). */
#define MAX_DAYS 2

#define MEMBERS_OF_TERM (PDG_EVENT_TYPE | PDG_EVENT_TERM | PDG_EVENT_PAGE_PATH)

/* The columns of the event e of the owner p, after its place: only those that are asked for, as each costs something in every row.
 * read_event() reads them in this order. What its term has is not joined: terms do not change, see pdg-store-terms.h. */
static void
append_select (PdgStoreQuery *query, PdgEventParts parts, gboolean of_sessions)
{
  g_string_append (query->sql, "SELECT p.place, e.ts, e.seq, e.event_key, e.event_id");
  if (!of_sessions)
    g_string_append (query->sql, ", e.project_id, e.session_no");
  if (parts & PDG_EVENT_ARRIVAL)
    g_string_append (query->sql, ", e.received_at, e.flags");
  if (parts & PDG_EVENT_PAGE_TITLE)
    g_string_append (query->sql, ", e.page_title");
  if (parts & MEMBERS_OF_TERM)
    g_string_append (query->sql, ", e.term_no");
  if (parts & PDG_EVENT_PAGE_PATH)
    g_string_append (query->sql, ", e.page_path");
  if (parts & PDG_EVENT_RELEASE)
    g_string_append (query->sql, ", r.version");
  if (parts & PDG_EVENT_DATA)
    g_string_append (query->sql, ", (e.data::jsonb - 'metadata')::text, (e.data::jsonb -> 'metadata')::text");
}

/* A table that is not needed is not named: each costs a look at its policy. */
static void
append_joins (PdgStoreQuery *query, PdgEventParts parts)
{
  if (parts & PDG_EVENT_RELEASE)
    g_string_append (query->sql, " LEFT JOIN release r ON r.project_id = e.project_id AND r.release_no = e.release_no");
}

static const char *
dup_text (PdgArena *arena, const PdgDbResult *result, guint row, guint col)
{
  gsize len = 0;
  const char *text = pdg_db_result_get_text_len (result, row, col, &len);

  return text != NULL ? pdg_arena_strndup (arena, text, len) : NULL;
}

static const char *
dup_id (PdgArena *arena, const guint8 key[16])
{
  char *id = pdg_arena_alloc (arena, PDG_UUID_TEXT_BYTES);

  pdg_uuid_format (key, id);
  return id;
}

/* @sessions: (nullable) the owners, which then stand for what is not in the row. @term_no: (out). */
static void
read_event (PdgStoredEvent *event, PdgArena *arena, const PdgDbResult *result, guint row, PdgEventParts parts, const PdgStoreSessionKey *sessions,
            gint32 *term_no)
{
  guint column = 5;

  memset (event, 0, sizeof *event);
  event->ts_usec = pdg_db_result_get_usec (result, row, 1);
  event->sequence = pdg_db_result_is_null (result, row, 2) ? PDG_SEQUENCE_NONE : pdg_db_result_get_int4 (result, row, 2);
  memcpy (event->key, pdg_db_result_get_uuid (result, row, 3), sizeof event->key);
  event->id = dup_text (arena, result, row, 4);
  if (event->id == NULL)
    event->id = dup_id (arena, event->key);
  if (sessions != NULL)
    {
      const PdgStoreSessionKey *session = &sessions[pdg_db_result_get_int8 (result, row, 0) - 1];

      event->project_no = session->project_no;
      event->session_no = session->session_no;
    }
  else
    {
      event->project_no = pdg_db_result_get_int4 (result, row, column++);
      event->session_no = pdg_db_result_get_int4 (result, row, column++);
    }
  if (parts & PDG_EVENT_ARRIVAL)
    {
      event->received_usec = pdg_db_result_get_usec (result, row, column++);
      event->flags = (guint) pdg_db_result_get_int4 (result, row, column++);
    }
  if (parts & PDG_EVENT_PAGE_TITLE)
    event->page_title = dup_text (arena, result, row, column++);
  if (parts & MEMBERS_OF_TERM)
    *term_no = pdg_db_result_get_int4 (result, row, column++);
  if (parts & PDG_EVENT_PAGE_PATH)
    event->page_path = dup_text (arena, result, row, column++);
  if (parts & PDG_EVENT_RELEASE)
    event->release = dup_text (arena, result, row, column++);
  if (parts & PDG_EVENT_DATA)
    {
      event->properties = dup_text (arena, result, row, column++);
      event->metadata = dup_text (arena, result, row, column);
    }
}

static const char *
copy_text (PdgArena *arena, const char *text)
{
  return text != NULL ? pdg_arena_strndup (arena, text, strlen (text)) : NULL;
}

static void
set_term (PdgStoredEvent *event, PdgArena *arena, const PdgStoreTerm *term, PdgEventParts parts)
{
  if (parts & PDG_EVENT_TYPE)
    event->type = copy_text (arena, term->type);
  if (parts & PDG_EVENT_TERM)
    {
      event->name = copy_text (arena, term->name);
      event->component = copy_text (arena, term->component);
      event->component_path = copy_text (arena, term->component_path);
      event->journey = copy_text (arena, term->journey);
      event->step = copy_text (arena, term->step);
      event->screen_no = term->screen_no;
    }
  if ((parts & PDG_EVENT_PAGE_PATH) && event->page_path == NULL)
    event->page_path = copy_text (arena, term->screen_path);
}

/* The rows of @result as events, in its order, with what their terms say; NULL with an error. */
static PdgStoredEvent *
read_events (PdgDbTx *tx, const PdgDbResult *result, const PdgStoreEventQuery *asked, const PdgStoreSessionKey *sessions, GError **error)
{
  guint n = pdg_db_result_get_n_rows (result);
  PdgStoredEvent *events = pdg_arena_alloc (asked->arena, (n + 1) * sizeof *events);
  g_autofree gint32 *project_nos = g_new (gint32, n + 1), *term_nos = g_new (gint32, n + 1);
  g_autofree const PdgStoreTerm **terms = NULL;

  for (guint row = 0; row < n; row++)
    {
      read_event (&events[row], asked->arena, result, row, asked->parts, sessions, &term_nos[row]);
      project_nos[row] = events[row].project_no;
    }
  if ((asked->parts & MEMBERS_OF_TERM) == 0)
    return events;
  terms = g_new (const PdgStoreTerm *, n + 1);
  if (!pdg_store_load_terms (tx, project_nos, term_nos, n, terms, error))
    return NULL;
  for (guint row = 0; row < n; row++)
    if (terms[row] != NULL)
      set_term (&events[row], asked->arena, terms[row], asked->parts);
  return events;
}

/* The range, narrowed to what can come after the place, so that whole partitions are left out. */
static void
get_bounds (const PdgStoreEventQuery *asked, gint64 *from, gint64 *to)
{
  *from = asked->from_usec;
  *to = asked->to_usec;
  if (asked->after == NULL)
    return;
  if (asked->newest_first)
    *to = MIN (*to, asked->after->ts_usec == G_MAXINT64 ? G_MAXINT64 : asked->after->ts_usec + 1);
  else
    *from = MAX (*from, asked->after->ts_usec);
}

static void
append_after (PdgStoreQuery *query, const PdgStoreEventQuery *asked)
{
  guint ts, session, seq;

  if (asked->after == NULL)
    return;
  ts = pdg_store_query_add_time (query, asked->after->ts_usec);
  session = pdg_store_query_add_int4 (query, asked->after->session_no);
  seq = pdg_store_query_add_int4 (query, asked->after->sequence);
  pdg_db_params_add_uuid (query->params, asked->after->key);
  g_string_append_printf (query->sql, " AND (" ASCENDING ") %c ($%u, $%u, $%u, $%u)", asked->newest_first ? '<' : '>', ts, session, seq, seq + 1);
}

static int
compare_events (gconstpointer a, gconstpointer b)
{
  const PdgStoredEvent *x = *(const PdgStoredEvent *const *) a, *y = *(const PdgStoredEvent *const *) b;

  if (x->ts_usec != y->ts_usec)
    return x->ts_usec < y->ts_usec ? -1 : 1;
  if (x->session_no != y->session_no)
    return x->session_no < y->session_no ? -1 : 1;
  if (x->sequence != y->sequence)
    return x->sequence < y->sequence ? -1 : 1;
  return memcmp (x->key, y->key, sizeof x->key);
}

static int
compare_newest_first (gconstpointer a, gconstpointer b)
{
  return compare_events (b, a);
}

/* Deals the rows out to @n lists, and sorts each: a join may have mixed them, and to sort all rows in the database costs more than the
 * few of each list here. */
static GPtrArray *
deal_out (PdgDbTx *tx, const PdgDbResult *result, const PdgStoreEventQuery *asked, const PdgStoreSessionKey *sessions, guint n, GError **error)
{
  PdgStoredEvent *events = read_events (tx, result, asked, sessions, error);
  GPtrArray *lists;

  if (events == NULL)
    return NULL;
  lists = pdg_store_make_lists (n, NULL);
  for (guint row = 0; row < pdg_db_result_get_n_rows (result); row++)
    g_ptr_array_add (lists->pdata[pdg_db_result_get_int8 (result, row, 0) - 1], &events[row]);
  for (guint i = 0; i < n; i++)
    pdg_store_sort_list (lists->pdata[i], asked->newest_first ? compare_newest_first : compare_events);
  return lists;
}

/* The sessions as the table p; the span of all of them goes into @from and @to, which say at the start what partitions matter. */
static void
append_sessions (PdgStoreQuery *query, const PdgStoreSessionKey *sessions, guint n, gint64 *from, gint64 *to)
{
  g_autofree gint32 *project_nos = g_new (gint32, n), *session_nos = g_new (gint32, n);
  g_autofree gint64 *starts = g_new (gint64, n), *ends = g_new (gint64, n);
  gint64 first = G_MAXINT64, last = G_MININT64;

  for (guint i = 0; i < n; i++)
    {
      project_nos[i] = sessions[i].project_no;
      session_nos[i] = sessions[i].session_no;
      starts[i] = sessions[i].started_usec;
      ends[i] = sessions[i].ended_usec;
      first = MIN (first, starts[i]);
      last = MAX (last, ends[i]);
    }
  *from = MAX (*from, first);
  *to = last < G_MAXINT64 ? MIN (*to, last + 1) : *to;
  pdg_db_params_add_int4_array (query->params, project_nos, NULL, n);
  pdg_db_params_add_int4_array (query->params, session_nos, NULL, n);
  pdg_db_params_add_timestamptz_array (query->params, starts, NULL, n);
  pdg_db_params_add_timestamptz_array (query->params, ends, NULL, n);
  g_string_append (query->sql, " FROM unnest($1, $2, $3, $4) WITH ORDINALITY p (project_id, session_no, started_at, ended_at, place)");
}

/* A span of few days goes into the text of the statement, whole days: so its plan has the tables of these days alone, where a plan for
 * any time names one a day, and locks all of them each time. There are as many texts as days that are asked for, and the oldest ones
 * are forgotten. */
static void
append_days (PdgStoreQuery *query, gint64 from, gint64 to)
{
  gint64 first, end;
  char first_text[PDG_RFC3339_BYTES], end_text[PDG_RFC3339_BYTES];

  if (from < 0 || to <= from || to - from > MAX_DAYS * PDG_USEC_PER_DAY)
    return;
  first = pdg_time_get_utc_day (from);
  end = pdg_time_get_utc_day (to - 1) + 1;
  if (end - first > MAX_DAYS)
    return;
  pdg_time_format_rfc3339 (first * PDG_USEC_PER_DAY, first_text);
  pdg_time_format_rfc3339 (end * PDG_USEC_PER_DAY, end_text);
  g_string_append_printf (query->sql, " AND e.ts >= '%s' AND e.ts < '%s'", first_text, end_text);
}

/* @tied: each list comes by the time alone, which the index gives without a sort, and ends with all events of its last time, but for
 * MAX_TIES. */
static PdgDbResult *
query_session_events (PdgDbTx *tx, const PdgStoreSessionKey *sessions, guint n, const PdgStoreEventQuery *asked, gboolean tied, GError **error)
{
  g_auto (PdgStoreQuery) query = PDG_STORE_QUERY_INIT;
  gint64 from, to;
  guint from_n, limit_n;

  get_bounds (asked, &from, &to);
  append_select (&query, asked->parts, TRUE);
  append_sessions (&query, sessions, n, &from, &to);
  from_n = pdg_store_query_add_time (&query, from);
  pdg_store_query_add_time (&query, to);
  g_string_append (query.sql, tied ? " CROSS JOIN LATERAL (SELECT * FROM (SELECT e.* FROM event e " : " CROSS JOIN LATERAL (SELECT e.* FROM event e ");
  if (asked->filter != NULL)
    g_string_append (query.sql, PDG_STORE_EVENT_JOINS);
  g_string_append_printf (query.sql,
                          "WHERE e.project_id = p.project_id AND e.session_no = p.session_no AND e.ts >= p.started_at AND e.ts <= p.ended_at"
                          " AND e.ts >= $%u AND e.ts < $%u",
                          from_n, from_n + 1);
  if (tied)
    append_days (&query, from, to);
  append_after (&query, asked);
  pdg_store_append_event_filter (query.sql, query.params, asked->filter);
  limit_n = pdg_store_query_add_int4 (&query, (gint32) asked->limit);
  if (tied)
    g_string_append_printf (query.sql, " ORDER BY e.ts%s FETCH FIRST $%u ROWS WITH TIES) t LIMIT $%u + " G_STRINGIFY (MAX_TIES) ") e",
                            asked->newest_first ? " DESC" : "", limit_n, limit_n);
  else
    g_string_append_printf (query.sql, " ORDER BY %s LIMIT $%u) e", asked->newest_first ? DESCENDING : ASCENDING, limit_n);
  append_joins (&query, asked->parts);
  return asked->filter == NULL && asked->after == NULL ? pdg_db_tx_query_planned (tx, query.sql->str, query.params, error)
                                                       : pdg_db_tx_query (tx, query.sql->str, query.params, error);
}

/* Cuts lists that end with ties; FALSE when one has more ties than were read. */
static gboolean
cut_ties (GPtrArray *lists, guint limit)
{
  for (guint i = 0; i < lists->len; i++)
    {
      GPtrArray *list = lists->pdata[i];

      if (list->len >= limit + MAX_TIES)
        return FALSE;
      if (list->len > limit)
        g_ptr_array_set_size (list, (gint) limit);
    }
  return TRUE;
}

GPtrArray *
pdg_store_list_session_events (PdgDbTx *tx, const PdgStoreSessionKey *sessions, guint n, const PdgStoreEventQuery *asked, GError **error)
{
  for (gboolean tied = asked->filter == NULL && asked->after == NULL;; tied = FALSE)
    {
      g_autoptr (PdgDbResult) result = query_session_events (tx, sessions, n, asked, tied, error);
      g_autoptr (GPtrArray) lists = result != NULL ? deal_out (tx, result, asked, sessions, n, error) : NULL;

      if (lists == NULL || !tied || cut_ties (lists, asked->limit))
        return g_steal_pointer (&lists);
    }
}

/* The range as the table w: windows of time that follow one another in the order asked for, bounded by the starts of sessions, each of
 * about four times as many as the one before. A list reads them one after another, for as long as it needs more; so it reads little
 * when much matches, whatever the traffic is, and everything only when next to nothing does. A nested loop keeps their order. */
static void
append_windows (PdgStoreQuery *query, gboolean newest_first, guint from, guint to)
{
  const char *order = newest_first ? "DESC" : "ASC", *near = newest_first ? "upper" : "lower", *far = newest_first ? "lower" : "upper";

  g_string_append_printf (query->sql,
                          "(SELECT lag(b.at, 1, $%u) OVER () AS %s, b.at AS %s FROM (SELECT r.started_at AS at FROM"
                          " (SELECT x.started_at, row_number() OVER (ORDER BY x.started_at %s) AS n FROM session x WHERE x.project_id = p.project_id"
                          " AND x.events > 0 AND x.started_at < $%u AND x.started_at > $%u) r"
                          " WHERE r.n IN (32, 128, 512, 2048, 8192, 32768, 131072, 524288, 2097152) UNION ALL SELECT $%u) b) w",
                          newest_first ? to : from, near, far, order, to, from, newest_first ? from : to);
}

GPtrArray *
pdg_store_list_events (PdgDbTx *tx, const gint32 *project_nos, guint n, const PdgStoreEventQuery *asked, GError **error)
{
  g_auto (PdgStoreQuery) query = PDG_STORE_QUERY_INIT;
  const char *order = asked->newest_first ? DESCENDING : ASCENDING;
  g_autoptr (PdgDbResult) result = NULL;
  gint64 from, to;
  guint from_n, to_n, limit_n;

  get_bounds (asked, &from, &to);
  append_select (&query, asked->parts, FALSE);
  pdg_store_query_append_owners (&query, project_nos, NULL, n);
  from_n = pdg_store_query_add_time (&query, from);
  to_n = pdg_store_query_add_time (&query, to);
  limit_n = pdg_store_query_add_int4 (&query, (gint32) asked->limit);
  g_string_append (query.sql, " CROSS JOIN LATERAL (SELECT e.* FROM ");
  append_windows (&query, asked->newest_first, from_n, to_n);
  g_string_append (query.sql, " CROSS JOIN LATERAL (SELECT e.* FROM event e ");
  if (asked->filter != NULL)
    g_string_append (query.sql, PDG_STORE_EVENT_JOINS);
  g_string_append_printf (query.sql,
                          "WHERE e.project_id = p.project_id AND e.ts >= w.lower AND e.ts < w.upper AND e.ts >= $%u AND e.ts < $%u", from_n, to_n);
  append_after (&query, asked);
  pdg_store_append_event_filter (query.sql, query.params, asked->filter);
  g_string_append_printf (query.sql, " ORDER BY %s LIMIT $%u) e LIMIT $%u) e", order, limit_n, limit_n);
  append_joins (&query, asked->parts);
  result = pdg_db_tx_query (tx, query.sql->str, query.params, error);
  return result != NULL ? deal_out (tx, result, asked, NULL, n, error) : NULL;
}

GPtrArray *
pdg_store_find_events (PdgDbTx *tx, const gint32 *project_nos, guint n, const char *id, PdgEventParts parts, PdgArena *arena, GError **error)
{
  g_auto (PdgStoreQuery) query = PDG_STORE_QUERY_INIT;
  const PdgStoreEventQuery asked = { .parts = parts, .arena = arena };
  g_autoptr (PdgDbResult) result = NULL;
  PdgStoredEvent *found;
  GPtrArray *events;
  guint8 key[16];

  if (!pdg_uuid_parse (id, strlen (id), key))
    pdg_hash128 (id, strlen (id), 0, key);
  append_select (&query, parts, FALSE);
  pdg_store_query_append_owners (&query, project_nos, NULL, n);
  pdg_db_params_add_uuid (query.params, key);
  pdg_store_query_add_text (&query, id);
  g_string_append (query.sql, " CROSS JOIN LATERAL (SELECT e.* FROM event e WHERE e.project_id = p.project_id AND e.event_key = $2"
                              " AND coalesce(e.event_id, e.event_key::text) = $3 ORDER BY " DESCENDING " LIMIT 1) e");
  append_joins (&query, parts);
  result = pdg_db_tx_query (tx, query.sql->str, query.params, error);
  found = result != NULL ? read_events (tx, result, &asked, NULL, error) : NULL;
  if (found == NULL)
    return NULL;
  events = g_ptr_array_new ();
  g_ptr_array_set_size (events, (gint) n);
  for (guint row = 0; row < pdg_db_result_get_n_rows (result); row++)
    events->pdata[pdg_db_result_get_int8 (result, row, 0) - 1] = &found[row];
  return events;
}

GPtrArray *
pdg_store_list_fresh_events (PdgDbTx *tx, gint32 project_no, const PdgStoreSeen *before, const PdgStoreSeen *now, const PdgStoreEventQuery *asked,
                             gint64 *n_all, GError **error)
{
  g_auto (PdgStoreQuery) query = PDG_STORE_QUERY_INIT;
  g_autoptr (PdgDbResult) result = NULL;
  PdgStoredEvent *found;
  GPtrArray *events;
  guint from, n;

  append_select (&query, asked->parts, FALSE);
  g_string_append (query.sql, ", e.n_all");
  pdg_store_query_append_owners (&query, &project_no, NULL, 1);
  from = pdg_store_query_add_time (&query, asked->from_usec);
  g_string_append_printf (query.sql,
                          " CROSS JOIN LATERAL (SELECT e.*, count(*) OVER () AS n_all FROM event e %sWHERE e.project_id = p.project_id"
                          " AND e.ts >= $%u",
                          asked->filter != NULL ? PDG_STORE_EVENT_JOINS : "", from);
  *n_all = 0;
  if (!pdg_store_append_unseen (query.sql, query.params, "e", before, now))
    return g_ptr_array_new ();
  pdg_store_append_event_filter (query.sql, query.params, asked->filter);
  g_string_append_printf (query.sql, " ORDER BY " DESCENDING " LIMIT $%u) e", pdg_store_query_add_int4 (&query, (gint32) asked->limit));
  append_joins (&query, asked->parts);
  g_string_append (query.sql, " ORDER BY " ASCENDING);
  result = pdg_db_tx_query (tx, query.sql->str, query.params, error);
  found = result != NULL ? read_events (tx, result, asked, NULL, error) : NULL;
  if (found == NULL)
    return NULL;
  n = pdg_db_result_get_n_rows (result);
  *n_all = n > 0 ? pdg_db_result_get_int8 (result, 0, pdg_db_result_get_n_columns (result) - 1) : 0;
  events = g_ptr_array_sized_new (n);
  for (guint row = 0; row < n; row++)
    g_ptr_array_add (events, &found[row]);
  return events;
}
