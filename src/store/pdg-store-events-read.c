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

/* The columns of the event e of the owner p. The data is taken apart only when it is asked for, and a table that is not needed is
 * not named: each costs a look at its policy. */
static void
append_select (PdgStoreQuery *query, PdgEventParts parts)
{
  g_string_append (query->sql, "SELECT p.place, e.project_id, e.session_no, e.ts, e.received_at, e.seq, e.flags, e.event_key, e.event_id, e.page_title, ");
  g_string_append (query->sql, parts & PDG_EVENT_TERM
                                 ? "t.event_type, t.event_name, t.component, t.component_path, t.journey_id, t.step_id, t.screen_no, "
                                 : "NULL::text, NULL::text, NULL::text, NULL::text, NULL::text, NULL::text, NULL::int4, ");
  g_string_append (query->sql, parts & PDG_EVENT_PAGE_PATH ? "coalesce(e.page_path, sc.path), " : "NULL::text, ");
  g_string_append (query->sql, parts & PDG_EVENT_RELEASE ? "r.version, " : "NULL::text, ");
  g_string_append (query->sql, parts & PDG_EVENT_DATA ? "(e.data::jsonb - 'metadata')::text, (e.data::jsonb -> 'metadata')::text" : "NULL::text, NULL::text");
}

static void
append_joins (PdgStoreQuery *query, PdgEventParts parts)
{
  if (parts & (PDG_EVENT_TERM | PDG_EVENT_PAGE_PATH))
    g_string_append (query->sql, " LEFT JOIN term t ON t.project_id = e.project_id AND t.term_no = e.term_no");
  if (parts & PDG_EVENT_PAGE_PATH)
    g_string_append (query->sql, " LEFT JOIN screen sc ON sc.project_id = t.project_id AND sc.screen_no = t.screen_no");
  if (parts & PDG_EVENT_RELEASE)
    g_string_append (query->sql, " LEFT JOIN release r ON r.project_id = e.project_id AND r.release_no = e.release_no");
}

static PdgStoredEvent *
read_event (const PdgDbResult *result, guint row)
{
  PdgStoredEvent *event = g_new0 (PdgStoredEvent, 1);
  const char *id = pdg_db_result_get_text (result, row, 8);

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
  event->type = g_strdup (pdg_db_result_get_text (result, row, 10));
  event->name = g_strdup (pdg_db_result_get_text (result, row, 11));
  event->component = g_strdup (pdg_db_result_get_text (result, row, 12));
  event->component_path = g_strdup (pdg_db_result_get_text (result, row, 13));
  event->journey = g_strdup (pdg_db_result_get_text (result, row, 14));
  event->step = g_strdup (pdg_db_result_get_text (result, row, 15));
  event->screen_no = pdg_db_result_get_int4 (result, row, 16);
  event->page_path = g_strdup (pdg_db_result_get_text (result, row, 17));
  event->release = g_strdup (pdg_db_result_get_text (result, row, 18));
  event->properties = g_strdup (pdg_db_result_get_text (result, row, 19));
  event->metadata = g_strdup (pdg_db_result_get_text (result, row, 20));
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

/* Runs the statement and deals its rows out to @n lists. */
static GPtrArray *
run (PdgDbTx *tx, PdgStoreQuery *query, guint n, GError **error)
{
  g_autoptr (PdgDbResult) result = pdg_db_tx_query (tx, query->sql->str, query->params, error);
  GPtrArray *lists;

  if (result == NULL)
    return NULL;
  lists = pdg_store_make_lists (n, (GDestroyNotify) pdg_stored_event_free);
  for (guint row = 0; row < pdg_db_result_get_n_rows (result); row++)
    g_ptr_array_add (lists->pdata[pdg_db_result_get_int8 (result, row, 0) - 1], read_event (result, row));
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
  g_string_append_printf (query.sql, " ORDER BY p.place, %s", order);
  return run (tx, &query, n, error);
}
