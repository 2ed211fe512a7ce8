#include "config.h"
#include "store/pdg-store-events-read.h"

#include "base/pdg-id.h"
#include "model/pdg-event.h"
#include "store/pdg-store-event-filter.h"
#include "store/pdg-store-query.h"

#include <string.h>

/* The order of time, and of events at one time. An event without a sequence comes before the others. */
#define ASCENDING "e.ts, e.session_no, coalesce(e.seq, -2147483648), e.event_key"
#define DESCENDING "e.ts DESC, e.session_no DESC, coalesce(e.seq, -2147483648) DESC, e.event_key DESC"

/* The columns of the event e of the owner p, after its place: only those that are asked for, as each costs something in every row.
 * read_event() reads them in this order. The data is taken apart only when it is asked for, and a table that is not needed is not
 * named: each costs a look at its policy. */
static void
append_select (PdgStoreQuery *query, PdgEventParts parts)
{
  g_string_append (query->sql, "SELECT p.place, e.project_id, e.session_no, e.ts, e.received_at, e.seq, e.flags, e.event_key, e.event_id, e.page_title");
  if (parts & PDG_EVENT_TYPE)
    g_string_append (query->sql, ", t.event_type");
  if (parts & PDG_EVENT_TERM)
    g_string_append (query->sql, ", t.event_name, t.component, t.component_path, t.journey_id, t.step_id, t.screen_no");
  if (parts & PDG_EVENT_PAGE_PATH)
    g_string_append (query->sql, ", coalesce(e.page_path, sc.path)");
  if (parts & PDG_EVENT_RELEASE)
    g_string_append (query->sql, ", r.version");
  if (parts & PDG_EVENT_DATA)
    g_string_append (query->sql, ", (e.data::jsonb - 'metadata')::text, (e.data::jsonb -> 'metadata')::text");
}

static void
append_joins (PdgStoreQuery *query, PdgEventParts parts)
{
  if (parts & (PDG_EVENT_TYPE | PDG_EVENT_TERM | PDG_EVENT_PAGE_PATH))
    g_string_append (query->sql, " LEFT JOIN term t ON t.project_id = e.project_id AND t.term_no = e.term_no");
  if (parts & PDG_EVENT_PAGE_PATH)
    g_string_append (query->sql, " LEFT JOIN screen sc ON sc.project_id = t.project_id AND sc.screen_no = t.screen_no");
  if (parts & PDG_EVENT_RELEASE)
    g_string_append (query->sql, " LEFT JOIN release r ON r.project_id = e.project_id AND r.release_no = e.release_no");
}

static PdgStoredEvent *
read_event (const PdgDbResult *result, guint row, PdgEventParts parts)
{
  PdgStoredEvent *event = g_new0 (PdgStoredEvent, 1);
  const char *id = pdg_db_result_get_text (result, row, 8);
  guint column = 10;

  event->project_no = pdg_db_result_get_int4 (result, row, 1);
  event->session_no = pdg_db_result_get_int4 (result, row, 2);
  event->ts_usec = pdg_db_result_get_usec (result, row, 3);
  event->received_usec = pdg_db_result_get_usec (result, row, 4);
  event->sequence = pdg_db_result_is_null (result, row, 5) ? PDG_SEQUENCE_NONE : pdg_db_result_get_int4 (result, row, 5);
  event->flags = (guint) pdg_db_result_get_int4 (result, row, 6);
  memcpy (event->key, pdg_db_result_get_uuid (result, row, 7), sizeof event->key);
  event->id = id != NULL ? g_strdup (id) : g_malloc (PDG_UUID_TEXT_BYTES);
  if (id == NULL)
    pdg_uuid_format (event->key, event->id);
  event->page_title = g_strdup (pdg_db_result_get_text (result, row, 9));
  if (parts & PDG_EVENT_TYPE)
    event->type = g_strdup (pdg_db_result_get_text (result, row, column++));
  if (parts & PDG_EVENT_TERM)
    {
      event->name = g_strdup (pdg_db_result_get_text (result, row, column++));
      event->component = g_strdup (pdg_db_result_get_text (result, row, column++));
      event->component_path = g_strdup (pdg_db_result_get_text (result, row, column++));
      event->journey = g_strdup (pdg_db_result_get_text (result, row, column++));
      event->step = g_strdup (pdg_db_result_get_text (result, row, column++));
      event->screen_no = pdg_db_result_get_int4 (result, row, column++);
    }
  if (parts & PDG_EVENT_PAGE_PATH)
    event->page_path = g_strdup (pdg_db_result_get_text (result, row, column++));
  if (parts & PDG_EVENT_RELEASE)
    event->release = g_strdup (pdg_db_result_get_text (result, row, column++));
  if (parts & PDG_EVENT_DATA)
    {
      event->properties = g_strdup (pdg_db_result_get_text (result, row, column++));
      event->metadata = g_strdup (pdg_db_result_get_text (result, row, column));
    }
  return event;
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

/* Runs the statement, deals its rows out to @n lists, and sorts each: a join may have mixed them, and to sort all rows in the
 * database costs more than the few of each list here. @planned: its best plan is the same for all values. */
static GPtrArray *
run (PdgDbTx *tx, PdgStoreQuery *query, const PdgStoreEventQuery *asked, gboolean planned, guint n, GError **error)
{
  g_autoptr (PdgDbResult) result = planned ? pdg_db_tx_query_planned (tx, query->sql->str, query->params, error)
                                           : pdg_db_tx_query (tx, query->sql->str, query->params, error);
  GPtrArray *lists;

  if (result == NULL)
    return NULL;
  lists = pdg_store_make_lists (n, (GDestroyNotify) pdg_stored_event_free);
  for (guint row = 0; row < pdg_db_result_get_n_rows (result); row++)
    g_ptr_array_add (lists->pdata[pdg_db_result_get_int8 (result, row, 0) - 1], read_event (result, row, asked->parts));
  for (guint i = 0; i < n; i++)
    g_ptr_array_sort (lists->pdata[i], asked->newest_first ? compare_newest_first : compare_events);
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

GPtrArray *
pdg_store_list_session_events (PdgDbTx *tx, const PdgStoreSessionKey *sessions, guint n, const PdgStoreEventQuery *asked, GError **error)
{
  g_auto (PdgStoreQuery) query = PDG_STORE_QUERY_INIT;
  const char *order = asked->newest_first ? DESCENDING : ASCENDING;
  gint64 from, to;
  guint from_n;

  get_bounds (asked, &from, &to);
  append_select (&query, asked->parts);
  append_sessions (&query, sessions, n, &from, &to);
  from_n = pdg_store_query_add_time (&query, from);
  pdg_store_query_add_time (&query, to);
  g_string_append (query.sql, " CROSS JOIN LATERAL (SELECT e.* FROM event e ");
  if (asked->filter != NULL)
    g_string_append (query.sql, PDG_STORE_EVENT_JOINS);
  g_string_append_printf (query.sql,
                          "WHERE e.project_id = p.project_id AND e.session_no = p.session_no AND e.ts >= p.started_at AND e.ts <= p.ended_at"
                          " AND e.ts >= $%u AND e.ts < $%u",
                          from_n, from_n + 1);
  append_after (&query, asked);
  pdg_store_append_event_filter (query.sql, query.params, asked->filter);
  g_string_append_printf (query.sql, " ORDER BY %s LIMIT $%u) e", order, pdg_store_query_add_int4 (&query, (gint32) asked->limit));
  append_joins (&query, asked->parts);
  return run (tx, &query, asked, asked->filter == NULL && asked->after == NULL, n, error);
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
  gint64 from, to;
  guint from_n, to_n, limit_n;

  get_bounds (asked, &from, &to);
  append_select (&query, asked->parts);
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
  return run (tx, &query, asked, FALSE, n, error);
}

GPtrArray *
pdg_store_find_events (PdgDbTx *tx, const gint32 *project_nos, guint n, const char *id, PdgEventParts parts, GError **error)
{
  g_auto (PdgStoreQuery) query = PDG_STORE_QUERY_INIT;
  g_autoptr (PdgDbResult) result = NULL;
  GPtrArray *events;
  guint8 key[16];

  if (!pdg_uuid_parse (id, strlen (id), key))
    pdg_hash128 (id, strlen (id), 0, key);
  append_select (&query, parts);
  pdg_store_query_append_owners (&query, project_nos, NULL, n);
  pdg_db_params_add_uuid (query.params, key);
  pdg_store_query_add_text (&query, id);
  g_string_append (query.sql, " CROSS JOIN LATERAL (SELECT e.* FROM event e WHERE e.project_id = p.project_id AND e.event_key = $2"
                              " AND coalesce(e.event_id, e.event_key::text) = $3 ORDER BY " DESCENDING " LIMIT 1) e");
  append_joins (&query, parts);
  result = pdg_db_tx_query (tx, query.sql->str, query.params, error);
  if (result == NULL)
    return NULL;
  events = g_ptr_array_new_full (n, (GDestroyNotify) pdg_stored_event_free);
  g_ptr_array_set_size (events, (gint) n);
  for (guint row = 0; row < pdg_db_result_get_n_rows (result); row++)
    events->pdata[pdg_db_result_get_int8 (result, row, 0) - 1] = read_event (result, row, parts);
  return events;
}

GPtrArray *
pdg_store_list_fresh_events (PdgDbTx *tx, gint32 project_no, const PdgStoreSeen *before, const PdgStoreSeen *now, const PdgStoreEventQuery *asked,
                             gint64 *n_all, GError **error)
{
  g_auto (PdgStoreQuery) query = PDG_STORE_QUERY_INIT;
  g_autoptr (PdgDbResult) result = NULL;
  GPtrArray *events;
  guint from;

  append_select (&query, asked->parts);
  g_string_append (query.sql, ", e.n_all");
  pdg_store_query_append_owners (&query, &project_no, NULL, 1);
  from = pdg_store_query_add_time (&query, asked->from_usec);
  g_string_append_printf (query.sql,
                          " CROSS JOIN LATERAL (SELECT e.*, count(*) OVER () AS n_all FROM event e %sWHERE e.project_id = p.project_id"
                          " AND e.ts >= $%u",
                          asked->filter != NULL ? PDG_STORE_EVENT_JOINS : "", from);
  *n_all = 0;
  if (!pdg_store_append_unseen (query.sql, query.params, "e", before, now))
    return g_ptr_array_new_with_free_func ((GDestroyNotify) pdg_stored_event_free);
  pdg_store_append_event_filter (query.sql, query.params, asked->filter);
  g_string_append_printf (query.sql, " ORDER BY " DESCENDING " LIMIT $%u) e", pdg_store_query_add_int4 (&query, (gint32) asked->limit));
  append_joins (&query, asked->parts);
  g_string_append (query.sql, " ORDER BY " ASCENDING);
  result = pdg_db_tx_query (tx, query.sql->str, query.params, error);
  if (result == NULL)
    return NULL;
  events = g_ptr_array_new_with_free_func ((GDestroyNotify) pdg_stored_event_free);
  for (guint row = 0; row < pdg_db_result_get_n_rows (result); row++)
    {
      *n_all = pdg_db_result_get_int8 (result, row, pdg_db_result_get_n_columns (result) - 1);
      g_ptr_array_add (events, read_event (result, row, asked->parts));
    }
  return events;
}
