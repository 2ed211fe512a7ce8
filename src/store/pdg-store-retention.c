#include "config.h"
#include "store/pdg-store-retention.h"

#include "base/pdg-id.h"
#include "store/pdg-store-lists.h"

#define HELD                                                                                                             \
  "SELECT place, kind, n_rows, bytes, oldest, max_days, max_bytes, cutoff, due_rows, due_bytes FROM held_data($1, $2, $3, $4, $5, $6) ORDER BY place, kind"
#define CLEAR_LIMIT "DELETE FROM retention_limit WHERE org_id = (SELECT current_org_id()) AND project_id = $1 AND kind = $2"
#define ADD_LIMIT                                                                                                        \
  "INSERT INTO retention_limit (org_id, project_id, kind, max_days, max_bytes) SELECT p.org_id, p.project_id, $2, nullif($3, 0), nullif($4, 0) " \
  "FROM project p WHERE p.org_id = (SELECT current_org_id()) AND p.project_id = $1"
#define BEGIN_SWEEP "SELECT begin_sweep(make_interval(secs => $1))"
#define END_SWEEP "SELECT end_sweep($1)"
#define PLAN "SELECT org, org_id, project_id, kind, cutoff FROM plan_retention($1, $2, $3)"
#define EXPIRE_EVENTS "SELECT n_sessions, n_events FROM expire_events($1, $2, $3)"
#define EXPIRE_ROWS "SELECT expire_rows($1, $2, $3, $4)"
#define DROP_DAY "SELECT partition_name, bytes, starts FROM drop_event_day($1)"
#define LIST_DAYS "SELECT partition_name, bytes, starts FROM due_event_days($1)"
#define FORGET_OLD "SELECT forget_old()"
#define TRIM_DEFAULT "SELECT trim_default_events()"
#define LOAD_HOLDINGS "SELECT kind, bytes FROM server_holdings()"

static void
add_limits (PdgDbParams *params, const PdgRetentionLimits *limits)
{
  if (limits == NULL)
    {
      pdg_db_params_add_null (params);
      pdg_db_params_add_null (params);
      return;
    }
  pdg_db_params_add_int4_array (params, limits->days, NULL, PDG_N_DATA_KINDS);
  pdg_db_params_add_int8_array (params, limits->bytes, NULL, PDG_N_DATA_KINDS);
}

static gint64
read_time (const PdgDbResult *result, guint row, guint column)
{
  return pdg_db_result_is_null (result, row, column) ? G_MININT64 : pdg_db_result_get_usec (result, row, column);
}

static gpointer
read_held (const PdgDbResult *result, guint row)
{
  PdgHeldData *held = g_new0 (PdgHeldData, 1);

  held->kind = (PdgDataKind) pdg_db_result_get_int4 (result, row, 1);
  held->rows = pdg_db_result_get_int8 (result, row, 2);
  held->bytes = pdg_db_result_get_int8 (result, row, 3);
  held->oldest_usec = read_time (result, row, 4);
  held->max_days = pdg_db_result_get_int4 (result, row, 5);
  held->max_bytes = pdg_db_result_get_int8 (result, row, 6);
  held->cutoff_usec = read_time (result, row, 7);
  held->due_rows = pdg_db_result_get_int8 (result, row, 8);
  held->due_bytes = pdg_db_result_get_int8 (result, row, 9);
  return held;
}

GPtrArray *
pdg_store_list_held_data (PdgDbTx *tx, const gint32 *project_nos, guint n, gint64 now_usec, const PdgRetentionLimits *server,
                          const PdgRetentionLimits *proposed, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();

  pdg_db_params_add_int4_array (params, project_nos, NULL, n);
  pdg_db_params_add_timestamptz (params, now_usec);
  add_limits (params, server);
  add_limits (params, proposed);
  return pdg_store_query_lists (tx, HELD, params, n, read_held, g_free, error);
}

gboolean
pdg_store_set_retention (PdgDbTx *tx, gint32 project_no, PdgDataKind kind, gint32 max_days, gint64 max_bytes, GError **error)
{
  g_autoptr (PdgDbParams) which = pdg_db_params_new (), params = pdg_db_params_new ();
  gint64 n_rows = 0;

  pdg_db_params_add_int4 (which, project_no);
  pdg_db_params_add_int2 (which, (gint16) kind);
  pdg_db_params_add_int4 (params, project_no);
  pdg_db_params_add_int2 (params, (gint16) kind);
  pdg_db_params_add_int4 (params, max_days);
  pdg_db_params_add_int8 (params, max_bytes);
  return pdg_db_tx_exec (tx, CLEAR_LIMIT, which, error) && pdg_db_tx_exec_count (tx, ADD_LIMIT, params, &n_rows, error) && n_rows == 1;
}

gboolean
pdg_store_begin_sweep (PdgDbTx *tx, guint every_seconds, gboolean *may, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  g_autoptr (PdgDbResult) result = NULL;

  pdg_db_params_add_double (params, every_seconds);
  result = pdg_db_tx_query (tx, BEGIN_SWEEP, params, error);
  if (result == NULL)
    return FALSE;
  *may = pdg_db_result_get_bool (result, 0, 0);
  return TRUE;
}

gboolean
pdg_store_end_sweep (PdgDbTx *tx, gboolean is_done, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();

  pdg_db_params_add_bool (params, is_done);
  return pdg_db_tx_exec (tx, END_SWEEP, params, error);
}

GPtrArray *
pdg_store_plan_retention (PdgDbTx *tx, gint64 now_usec, const PdgRetentionLimits *server, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  g_autoptr (PdgDbResult) result = NULL;
  GPtrArray *tasks;

  pdg_db_params_add_timestamptz (params, now_usec);
  add_limits (params, server);
  result = pdg_db_tx_query (tx, PLAN, params, error);
  if (result == NULL)
    return NULL;
  tasks = g_ptr_array_new_with_free_func (g_free);
  for (guint row = 0; row < pdg_db_result_get_n_rows (result); row++)
    {
      PdgRetentionTask *task = g_new0 (PdgRetentionTask, 1);

      if (!pdg_db_result_is_null (result, row, 0))
        pdg_uuid_format (pdg_db_result_get_uuid (result, row, 0), task->org_uuid);
      task->org_no = pdg_db_result_get_int4 (result, row, 1);
      task->project_no = pdg_db_result_get_int4 (result, row, 2);
      task->kind = (PdgDataKind) pdg_db_result_get_int4 (result, row, 3);
      task->cutoff_usec = read_time (result, row, 4);
      g_ptr_array_add (tasks, task);
    }
  return tasks;
}

gboolean
pdg_store_expire (PdgDbTx *tx, gint32 project_no, PdgDataKind kind, gint64 cutoff_usec, guint at_most, gint64 *n_removed, gint64 *n_events,
                  GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  g_autoptr (PdgDbResult) result = NULL;

  pdg_db_params_add_int4 (params, project_no);
  if (kind != PDG_DATA_EVENTS)
    pdg_db_params_add_int2 (params, (gint16) kind);
  pdg_db_params_add_timestamptz (params, cutoff_usec);
  pdg_db_params_add_int4 (params, (gint32) at_most);
  result = pdg_db_tx_query (tx, kind == PDG_DATA_EVENTS ? EXPIRE_EVENTS : EXPIRE_ROWS, params, error);
  if (result == NULL)
    return FALSE;
  *n_removed = pdg_db_result_get_int8 (result, 0, 0);
  *n_events = kind == PDG_DATA_EVENTS ? pdg_db_result_get_int8 (result, 0, 1) : 0;
  return TRUE;
}

static void
read_day (const PdgDbResult *result, guint row, PdgEventDay *day)
{
  g_strlcpy (day->name, pdg_db_result_get_text (result, row, 0), sizeof day->name);
  day->bytes = pdg_db_result_get_int8 (result, row, 1);
  day->starts_usec = pdg_db_result_get_usec (result, row, 2);
}

gboolean
pdg_store_drop_event_day (PdgDbTx *tx, gint64 cutoff_usec, gboolean *dropped, PdgEventDay *day, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  g_autoptr (PdgDbResult) result = NULL;

  pdg_db_params_add_timestamptz (params, cutoff_usec);
  result = pdg_db_tx_query (tx, DROP_DAY, params, error);
  if (result == NULL)
    return FALSE;
  *dropped = pdg_db_result_get_n_rows (result) == 1;
  if (*dropped)
    read_day (result, 0, day);
  return TRUE;
}

GPtrArray *
pdg_store_list_due_event_days (PdgDbTx *tx, gint64 cutoff_usec, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  g_autoptr (PdgDbResult) result = NULL;
  GPtrArray *days;

  pdg_db_params_add_timestamptz (params, cutoff_usec);
  result = pdg_db_tx_query (tx, LIST_DAYS, params, error);
  if (result == NULL)
    return NULL;
  days = g_ptr_array_new_with_free_func (g_free);
  for (guint row = 0; row < pdg_db_result_get_n_rows (result); row++)
    {
      PdgEventDay *day = g_new0 (PdgEventDay, 1);

      read_day (result, row, day);
      g_ptr_array_add (days, day);
    }
  return days;
}

gboolean
pdg_store_forget_old (PdgDbTx *tx, GError **error)
{
  return pdg_db_tx_exec (tx, FORGET_OLD, NULL, error);
}

gboolean
pdg_store_trim_default_events (PdgDbTx *tx, GError **error)
{
  return pdg_db_tx_exec (tx, TRIM_DEFAULT, NULL, error);
}

gboolean
pdg_store_load_server_holdings (PdgDbTx *tx, gint64 bytes[PDG_N_DATA_KINDS], GError **error)
{
  g_autoptr (PdgDbResult) result = pdg_db_tx_query (tx, LOAD_HOLDINGS, NULL, error);

  if (result == NULL)
    return FALSE;
  for (guint row = 0; row < pdg_db_result_get_n_rows (result); row++)
    bytes[pdg_db_result_get_int4 (result, row, 0)] = pdg_db_result_get_int8 (result, row, 1);
  return TRUE;
}
