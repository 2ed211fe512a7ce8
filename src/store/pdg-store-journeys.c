#include "config.h"
#include "store/pdg-store-journeys.h"

#include "model/pdg-event.h"
#include "store/pdg-store-event-filter.h"

/* Flags as PdgEventFlags: 4 page view, 8 error, 16 performance, whose largest contentful paint is the load time: as text, since a
 * number on the wire may be larger than float8 takes. Terms are looked up here and not joined, unless a filter asks for them: right
 * after a bulk load the planner knows nothing of the table and joins badly. */
#define ROWS                                                                                                             \
  "SELECT e.project_id, e.session_no, e.term_no, e.ts, e.seq, e.flags, "                                                 \
  "CASE WHEN (e.flags & 16) <> 0 THEN e.data::jsonb ->> 'performance.lcp_ms' END FROM event e "
#define ROWS_KINDS " AND (e.flags & 28) <> 0"
#define ROWS_ORDER " ORDER BY e.session_no, e.ts, e.event_key"
#define ROWS_ORDER_OF_MANY " ORDER BY e.project_id, e.session_no, e.ts, e.event_key"
#define LIST_TERMS "SELECT project_id, term_no, screen_no FROM term WHERE project_id = ANY ($1) AND screen_no IS NOT NULL"
#define COUNT_EVENTS "SELECT e.project_id, count(*) FROM event e "
#define LIST_SCREENS                                                                                                     \
  "SELECT s.project_id, s.screen_no, s.path, s.title, encode(n.sha256, 'hex') FROM screen s "                            \
  "LEFT JOIN LATERAL (SELECT sha256 FROM snapshot WHERE project_id = s.project_id AND screen_no = s.screen_no "          \
  "ORDER BY taken_at DESC LIMIT 1) n ON true WHERE s.project_id = ANY ($1)"
#define EVENT_SPANS                                                                                                      \
  "SELECT x.oldest, x.newest FROM unnest($1) WITH ORDINALITY p (project_id, place) CROSS JOIN LATERAL "                   \
  "(SELECT min(s.started_at) AS oldest, max(s.ended_at) AS newest FROM session s WHERE s.project_id = p.project_id "      \
  "AND s.events > 0) x ORDER BY p.place"
#define LIVE_BEGIN                                                                                                       \
  "WITH recent AS (SELECT e.project_id, e.session_no, "                                                                  \
  "count(*) FILTER (WHERE e.ts > $2::timestamptz - interval '1 minute') AS events FROM event e "
#define LIVE_WHERE                                                                                                       \
  "WHERE e.project_id = ANY ($1) AND e.ts > $2::timestamptz - interval '5 minutes' AND e.ts <= $2::timestamptz + interval '1 minute'"
#define LIVE_END                                                                                                         \
  " GROUP BY e.project_id, e.session_no) "                                                                               \
  "SELECT r.project_id, sum(r.events)::int8, count(*), count(DISTINCT s.actor_no), "                                     \
  "CASE WHEN $3 THEN array_agg(r.session_no ORDER BY r.session_no) END FROM recent r "                                                         \
  "JOIN session s ON s.project_id = r.project_id AND s.session_no = r.session_no GROUP BY r.project_id"

#define MAX_LOAD_MS 1e9

typedef struct
{
  GHashTable *screens; /* project number -> (term number -> screen number) */
  GHashTable *of_project;
  gint32 project_no;
  PdgStoreJourneyRowFunc func;
  gpointer user_data;
} EachRow;

static gint32
find_screen (EachRow *each, gint32 project_no, gint32 term_no)
{
  if (each->of_project == NULL || each->project_no != project_no)
    {
      each->project_no = project_no;
      each->of_project = g_hash_table_lookup (each->screens, GINT_TO_POINTER (project_no));
    }
  return each->of_project != NULL ? GPOINTER_TO_INT (g_hash_table_lookup (each->of_project, GINT_TO_POINTER (term_no))) : 0;
}

static gboolean
each_row_cb (const PdgDbResult *row, gpointer user_data)
{
  EachRow *each = user_data;
  gint32 project_no = pdg_db_result_get_int4 (row, 0, 0);
  int flags = pdg_db_result_get_int4 (row, 0, 5);
  PdgStoreJourneyRowKind kind = flags & PDG_EVENT_IS_PAGE_VIEW ? PDG_STORE_ROW_VIEW
                                : flags & PDG_EVENT_IS_ERROR ? PDG_STORE_ROW_ERROR
                                                             : PDG_STORE_ROW_LOAD;
  const char *load = pdg_db_result_get_text (row, 0, 6);
  double load_ms = kind == PDG_STORE_ROW_LOAD && load != NULL ? g_ascii_strtod (load, NULL) : -1;

  if (kind == PDG_STORE_ROW_LOAD && (load_ms < 0 || load_ms > MAX_LOAD_MS))
    return TRUE;
  each->func (project_no, pdg_db_result_get_int4 (row, 0, 1), find_screen (each, project_no, pdg_db_result_get_int4 (row, 0, 2)),
              pdg_db_result_get_usec (row, 0, 3),
              pdg_db_result_is_null (row, 0, 4) ? PDG_SEQUENCE_NONE : pdg_db_result_get_int4 (row, 0, 4), kind,
              load_ms, each->user_data);
  return TRUE;
}

static PdgDbParams *
project_params (const PdgStoreEventScope *scope)
{
  PdgDbParams *params = pdg_db_params_new ();

  pdg_db_params_add_int4_array (params, scope->project_nos, NULL, scope->n_projects);
  return params;
}

static GHashTable *
load_term_screens (PdgDbTx *tx, const PdgStoreEventScope *scope, GError **error)
{
  g_autoptr (PdgDbParams) params = project_params (scope);
  g_autoptr (PdgDbResult) result = pdg_db_tx_query (tx, LIST_TERMS, params, error);
  GHashTable *screens;

  if (result == NULL)
    return NULL;
  screens = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_hash_table_unref);
  for (guint row = 0; row < pdg_db_result_get_n_rows (result); row++)
    {
      gpointer project = GINT_TO_POINTER (pdg_db_result_get_int4 (result, row, 0));
      GHashTable *of_project = g_hash_table_lookup (screens, project);

      if (of_project == NULL)
        {
          of_project = g_hash_table_new (NULL, NULL);
          g_hash_table_insert (screens, project, of_project);
        }
      g_hash_table_insert (of_project, GINT_TO_POINTER (pdg_db_result_get_int4 (result, row, 1)),
                           GINT_TO_POINTER (pdg_db_result_get_int4 (result, row, 2)));
    }
  return screens;
}

/* Appends the joins and conditions of the scope. One project, which is the usual case, is compared by =, so that the rows can come
 * from the index in their order. */
static PdgDbParams *
append_scope (GString *sql, const PdgStoreEventScope *scope)
{
  PdgDbParams *params = pdg_db_params_new ();

  if (scope->filter != NULL)
    g_string_append (sql, PDG_STORE_EVENT_JOINS);
  if (scope->n_projects == 1)
    pdg_db_params_add_int4 (params, scope->project_nos[0]);
  else
    pdg_db_params_add_int4_array (params, scope->project_nos, NULL, scope->n_projects);
  pdg_db_params_add_timestamptz (params, scope->from_usec);
  pdg_db_params_add_timestamptz (params, scope->to_usec);
  g_string_append_printf (sql, "WHERE e.project_id = %s AND e.ts >= $2 AND e.ts < $3", scope->n_projects == 1 ? "$1" : "ANY ($1)");
  pdg_store_append_event_filter (sql, params, scope->filter);
  return params;
}

gboolean
pdg_store_each_journey_row (PdgDbTx *tx, const PdgStoreEventScope *scope, PdgStoreJourneyRowFunc func, gpointer user_data, GError **error)
{
  g_autoptr (GString) sql = g_string_new (ROWS);
  g_autoptr (PdgDbParams) params = append_scope (sql, scope);
  g_autoptr (GHashTable) screens = load_term_screens (tx, scope, error);
  EachRow each = { screens, NULL, 0, func, user_data };

  g_string_append (sql, scope->n_projects == 1 ? ROWS_KINDS ROWS_ORDER : ROWS_KINDS ROWS_ORDER_OF_MANY);
  return screens != NULL && pdg_db_tx_query_each (tx, sql->str, params, each_row_cb, &each, error);
}

GHashTable *
pdg_store_count_events (PdgDbTx *tx, const PdgStoreEventScope *scope, GError **error)
{
  g_autoptr (GString) sql = g_string_new (COUNT_EVENTS);
  g_autoptr (PdgDbParams) params = append_scope (sql, scope);
  g_autoptr (PdgDbResult) result = NULL;
  GHashTable *counts;

  g_string_append (sql, " GROUP BY e.project_id");
  result = pdg_db_tx_query (tx, sql->str, params, error);
  if (result == NULL)
    return NULL;
  counts = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  for (guint row = 0; row < pdg_db_result_get_n_rows (result); row++)
    {
      guint64 count = (guint64) pdg_db_result_get_int8 (result, row, 1);

      g_hash_table_insert (counts, GINT_TO_POINTER (pdg_db_result_get_int4 (result, row, 0)), g_memdup2 (&count, sizeof count));
    }
  return counts;
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
pdg_store_list_screens (PdgDbTx *tx, const PdgStoreEventScope *scope, GError **error)
{
  g_autoptr (PdgDbParams) params = project_params (scope);
  g_autoptr (PdgDbResult) result = pdg_db_tx_query (tx, LIST_SCREENS, params, error);
  GPtrArray *screens;

  if (result == NULL)
    return NULL;
  screens = g_ptr_array_new_with_free_func (screen_free);
  for (guint row = 0; row < pdg_db_result_get_n_rows (result); row++)
    {
      PdgStoreScreen *screen = g_new0 (PdgStoreScreen, 1);

      screen->project_no = pdg_db_result_get_int4 (result, row, 0);
      screen->screen_no = pdg_db_result_get_int4 (result, row, 1);
      screen->path = g_strdup (pdg_db_result_get_text (result, row, 2));
      screen->title = g_strdup (pdg_db_result_get_text (result, row, 3));
      screen->snapshot_id = g_strdup (pdg_db_result_get_text (result, row, 4));
      g_ptr_array_add (screens, screen);
    }
  return screens;
}

GArray *
pdg_store_load_event_spans (PdgDbTx *tx, const gint32 *project_nos, guint n, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  g_autoptr (PdgDbResult) result = NULL;
  GArray *spans;

  pdg_db_params_add_int4_array (params, project_nos, NULL, n);
  result = pdg_db_tx_query (tx, EVENT_SPANS, params, error);
  if (result == NULL)
    return NULL;
  spans = g_array_sized_new (FALSE, FALSE, sizeof (PdgEventSpan), n);
  for (guint row = 0; row < pdg_db_result_get_n_rows (result); row++)
    {
      PdgEventSpan span = {
        .oldest_usec = pdg_db_result_is_null (result, row, 0) ? PDG_TIME_NONE : pdg_db_result_get_usec (result, row, 0),
        .newest_usec = pdg_db_result_is_null (result, row, 1) ? PDG_TIME_NONE : pdg_db_result_get_usec (result, row, 1),
      };

      g_array_append_val (spans, span);
    }
  return spans;
}

GPtrArray *
pdg_store_load_live (PdgDbTx *tx, const gint32 *project_nos, guint n, gint64 now_usec, const PdgEventFilter *filter, gboolean with_sessions,
                     GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  g_autoptr (GString) sql = g_string_new (LIVE_BEGIN);
  g_autoptr (PdgDbResult) result = NULL;
  GPtrArray *found;

  pdg_db_params_add_int4_array (params, project_nos, NULL, n);
  pdg_db_params_add_timestamptz (params, now_usec);
  pdg_db_params_add_bool (params, with_sessions);
  g_string_append (sql, filter != NULL ? PDG_STORE_EVENT_JOINS LIVE_WHERE : LIVE_WHERE);
  pdg_store_append_event_filter (sql, params, filter);
  g_string_append (sql, LIVE_END);
  result = pdg_db_tx_query (tx, sql->str, params, error);
  if (result == NULL)
    return NULL;
  found = g_ptr_array_new_full (n, (GDestroyNotify) pdg_live_free);
  for (guint i = 0; i < n; i++)
    {
      PdgLive *live = g_new0 (PdgLive, 1);

      live->project_no = project_nos[i];
      live->as_of_usec = now_usec;
      g_ptr_array_add (found, live);
      for (guint row = 0; row < pdg_db_result_get_n_rows (result); row++)
        if (pdg_db_result_get_int4 (result, row, 0) == live->project_no)
          {
            live->events_per_minute = pdg_db_result_get_int8 (result, row, 1);
            live->active_sessions = pdg_db_result_get_int8 (result, row, 2);
            live->active_actors = pdg_db_result_get_int8 (result, row, 3);
            live->session_nos = pdg_db_result_dup_int8_array (result, row, 4, &live->n_session_nos);
          }
    }
  return found;
}
