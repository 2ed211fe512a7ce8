#include "config.h"
#include "store/pdg-store-journeys.h"

#include "model/pdg-event.h"

/* Flags as PdgEventFlags: 4 page view, 8 error, 16 performance, whose largest contentful paint is the load time: as text, since a
 * number on the wire may be larger than float8 takes. Terms are looked up here and not joined: right after a bulk load the planner
 * knows nothing of the table and joins badly. */
#define EACH_ROW                                                                                                         \
  "SELECT session_no, term_no, ts, seq, flags, "                                                                         \
  "CASE WHEN (flags & 16) <> 0 THEN data::jsonb ->> 'performance.lcp_ms' END "                                           \
  "FROM event WHERE project_id = $1 AND ts >= $2 AND ts < $3 AND (flags & 28) <> 0 ORDER BY session_no, ts, event_key"
#define LIST_TERMS "SELECT term_no, screen_no FROM term WHERE project_id = $1 AND screen_no IS NOT NULL"
#define COUNT_EVENTS "SELECT count(*) FROM event WHERE project_id = $1 AND ts >= $2 AND ts < $3"
#define LIST_SCREENS                                                                                                     \
  "SELECT s.screen_no, s.path, s.title, encode(n.sha256, 'hex') FROM screen s "                                          \
  "LEFT JOIN LATERAL (SELECT sha256 FROM snapshot WHERE project_id = s.project_id AND screen_no = s.screen_no "          \
  "ORDER BY taken_at DESC LIMIT 1) n ON true WHERE s.project_id = $1"
#define EVENT_SPAN "SELECT min(started_at), max(ended_at) FROM session WHERE project_id = $1 AND events > 0"
#define LIVE                                                                                                             \
  "SELECT count(*) FILTER (WHERE ts > $2::timestamptz - interval '1 minute')::int4, count(DISTINCT session_no)::int4 "   \
  "FROM event WHERE project_id = $1 AND ts > $2::timestamptz - interval '5 minutes' AND ts <= $2::timestamptz + interval '1 minute'"

#define MAX_LOAD_MS 1e9

typedef struct
{
  GHashTable *screens; /* term number -> screen number */
  PdgStoreJourneyRowFunc func;
  gpointer user_data;
} EachRow;

static gboolean
each_row_cb (const PdgDbResult *row, gpointer user_data)
{
  const EachRow *each = user_data;
  int flags = pdg_db_result_get_int4 (row, 0, 4);
  PdgStoreJourneyRowKind kind = flags & PDG_EVENT_IS_PAGE_VIEW ? PDG_STORE_ROW_VIEW
                                : flags & PDG_EVENT_IS_ERROR ? PDG_STORE_ROW_ERROR
                                                             : PDG_STORE_ROW_LOAD;
  const char *load = pdg_db_result_get_text (row, 0, 5);
  double load_ms = kind == PDG_STORE_ROW_LOAD && load != NULL ? g_ascii_strtod (load, NULL) : -1;

  if (kind == PDG_STORE_ROW_LOAD && (load_ms < 0 || load_ms > MAX_LOAD_MS))
    return TRUE;
  each->func (pdg_db_result_get_int4 (row, 0, 0),
              GPOINTER_TO_INT (g_hash_table_lookup (each->screens, GINT_TO_POINTER (pdg_db_result_get_int4 (row, 0, 1)))),
              pdg_db_result_get_usec (row, 0, 2),
              pdg_db_result_is_null (row, 0, 3) ? PDG_SEQUENCE_NONE : pdg_db_result_get_int4 (row, 0, 3), kind,
              load_ms, each->user_data);
  return TRUE;
}

static GHashTable *
load_term_screens (PdgDbTx *tx, gint32 project_no, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  g_autoptr (PdgDbResult) result = NULL;
  GHashTable *screens;

  pdg_db_params_add_int4 (params, project_no);
  result = pdg_db_tx_query (tx, LIST_TERMS, params, error);
  if (result == NULL)
    return NULL;
  screens = g_hash_table_new (NULL, NULL);
  for (guint row = 0; row < pdg_db_result_get_n_rows (result); row++)
    g_hash_table_insert (screens, GINT_TO_POINTER (pdg_db_result_get_int4 (result, row, 0)),
                         GINT_TO_POINTER (pdg_db_result_get_int4 (result, row, 1)));
  return screens;
}

static PdgDbParams *
range_params (gint32 project_no, gint64 from_usec, gint64 to_usec)
{
  PdgDbParams *params = pdg_db_params_new ();

  pdg_db_params_add_int4 (params, project_no);
  pdg_db_params_add_timestamptz (params, from_usec);
  pdg_db_params_add_timestamptz (params, to_usec);
  return params;
}

gboolean
pdg_store_each_journey_row (PdgDbTx *tx, gint32 project_no, gint64 from_usec, gint64 to_usec, PdgStoreJourneyRowFunc func,
                            gpointer user_data, GError **error)
{
  g_autoptr (PdgDbParams) params = range_params (project_no, from_usec, to_usec);
  g_autoptr (GHashTable) screens = load_term_screens (tx, project_no, error);
  EachRow each = { screens, func, user_data };

  return screens != NULL && pdg_db_tx_query_each (tx, EACH_ROW, params, each_row_cb, &each, error);
}

gboolean
pdg_store_count_events (PdgDbTx *tx, gint32 project_no, gint64 from_usec, gint64 to_usec, guint64 *n_events, GError **error)
{
  g_autoptr (PdgDbParams) params = range_params (project_no, from_usec, to_usec);
  g_autoptr (PdgDbResult) result = pdg_db_tx_query (tx, COUNT_EVENTS, params, error);

  if (result == NULL)
    return FALSE;
  *n_events = (guint64) pdg_db_result_get_int8 (result, 0, 0);
  return TRUE;
}

static void
screen_free (gpointer data)
{
  PdgStoreScreen *screen = data;

  g_free (screen->path);
  g_free (screen->title);
  g_free (screen->snapshot_id);
  g_free (screen);
}

GPtrArray *
pdg_store_list_screens (PdgDbTx *tx, gint32 project_no, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  g_autoptr (PdgDbResult) result = NULL;
  GPtrArray *screens;

  pdg_db_params_add_int4 (params, project_no);
  result = pdg_db_tx_query (tx, LIST_SCREENS, params, error);
  if (result == NULL)
    return NULL;
  screens = g_ptr_array_new_with_free_func (screen_free);
  for (guint row = 0; row < pdg_db_result_get_n_rows (result); row++)
    {
      PdgStoreScreen *screen = g_new0 (PdgStoreScreen, 1);

      screen->screen_no = pdg_db_result_get_int4 (result, row, 0);
      screen->path = g_strdup (pdg_db_result_get_text (result, row, 1));
      screen->title = g_strdup (pdg_db_result_get_text (result, row, 2));
      screen->snapshot_id = g_strdup (pdg_db_result_get_text (result, row, 3));
      g_ptr_array_add (screens, screen);
    }
  return screens;
}

gboolean
pdg_store_get_event_span (PdgDbTx *tx, gint32 project_no, gint64 *oldest_usec, gint64 *newest_usec, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  g_autoptr (PdgDbResult) result = NULL;

  pdg_db_params_add_int4 (params, project_no);
  result = pdg_db_tx_query (tx, EVENT_SPAN, params, error);
  if (result == NULL)
    return FALSE;
  *oldest_usec = pdg_db_result_is_null (result, 0, 0) ? PDG_TIME_NONE : pdg_db_result_get_usec (result, 0, 0);
  *newest_usec = pdg_db_result_is_null (result, 0, 1) ? PDG_TIME_NONE : pdg_db_result_get_usec (result, 0, 1);
  return TRUE;
}

gboolean
pdg_store_get_live (PdgDbTx *tx, gint32 project_no, gint64 now_usec, PdgLive *live, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  g_autoptr (PdgDbResult) result = NULL;

  pdg_db_params_add_int4 (params, project_no);
  pdg_db_params_add_timestamptz (params, now_usec);
  result = pdg_db_tx_query (tx, LIVE, params, error);
  if (result == NULL)
    return FALSE;
  live->as_of_usec = now_usec;
  live->events_per_minute = pdg_db_result_get_int4 (result, 0, 0);
  live->active_sessions = pdg_db_result_get_int4 (result, 0, 1);
  return TRUE;
}
