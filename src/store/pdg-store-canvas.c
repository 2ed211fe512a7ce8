#include "config.h"
#include "store/pdg-store-canvas.h"

#include "store/pdg-store-flush.h"
#include "store/pdg-store-lists.h"

#define OWN "(SELECT current_org_id())"
#define LOAD                                                                                                             \
  "SELECT u.place, u.project_id, coalesce((SELECT sum(c.revision) FROM canvas_node c WHERE c.org_id = " OWN              \
  " AND c.project_id = u.project_id), 0)::int8 FROM unnest($1::int4[]) WITH ORDINALITY u (project_id, place)"
#define LIST                                                                                                             \
  "SELECT u.place, c.screen_no, c.x, c.y, c.is_pinned, c.is_locked, c.revision, c.changed_by, c.changed_at "             \
  "FROM unnest($1::int4[]) WITH ORDINALITY u (project_id, place) JOIN canvas_node c ON c.org_id = " OWN                  \
  " AND c.project_id = u.project_id ORDER BY u.place, c.screen_no"
/* "canv", and the project: one writer of a project's places at a time. */
#define HOLD "SELECT pg_advisory_xact_lock(1667329654, $1)"
#define ADD                                                                                                              \
  "INSERT INTO canvas_node (org_id, project_id, screen_no, x, y) SELECT s.org_id, s.project_id, s.screen_no, 0, 0 "      \
  "FROM screen s WHERE s.org_id = " OWN " AND s.project_id = $1 AND s.screen_no = ANY($2::int4[]) "                      \
  "ON CONFLICT (org_id, project_id, screen_no) DO NOTHING"
/* A locked one may be unlocked where it is, and stays otherwise. */
#define CHANGE                                                                                                           \
  "UPDATE canvas_node c SET x = u.x, y = u.y, is_pinned = u.is_pinned, is_locked = u.is_locked, "                        \
  "revision = c.revision + 1, changed_by = $9, changed_at = clock_timestamp() "                                          \
  "FROM unnest($2::int4[], $3::float8[], $4::float8[], $5::bool[], $6::bool[], $7::int4[], $8::bool[]) "                 \
  "u (screen_no, x, y, is_pinned, is_locked, base_revision, keeps_newer) "                                               \
  "WHERE c.org_id = " OWN " AND c.project_id = $1 AND c.screen_no = u.screen_no "                                        \
  "AND (c.revision = u.base_revision OR NOT u.keeps_newer) "                                                             \
  "AND (NOT c.is_locked OR (c.x = u.x AND c.y = u.y AND (u.is_pinned OR NOT u.is_locked)))"
/* Rows that were only made to be changed, and were not. */
#define CLEAN "DELETE FROM canvas_node WHERE org_id = " OWN " AND project_id = $1 AND revision = 0"
#define NOTIFY "SELECT pg_notify('" PDG_STORE_CHANNEL "', format('%s %s %s', current_org_id(), $1::int4, $2::text))"

static gpointer
read_canvas (const PdgDbResult *result, guint row)
{
  PdgCanvasRecord *canvas = g_new0 (PdgCanvasRecord, 1);

  canvas->project_no = pdg_db_result_get_int4 (result, row, 1);
  canvas->revision = pdg_db_result_get_int8 (result, row, 2);
  return canvas;
}

GPtrArray *
pdg_store_load_canvases (PdgDbTx *tx, const gint32 *project_nos, guint n, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();

  pdg_db_params_add_int4_array (params, project_nos, NULL, n);
  return pdg_store_query_each_one (tx, LOAD, params, n, read_canvas, g_free, error);
}

static gpointer
read_node (const PdgDbResult *result, guint row)
{
  PdgCanvasNode *node = g_new0 (PdgCanvasNode, 1);

  node->screen_no = pdg_db_result_get_int4 (result, row, 1);
  node->x = pdg_db_result_get_double (result, row, 2);
  node->y = pdg_db_result_get_double (result, row, 3);
  node->is_pinned = pdg_db_result_get_bool (result, row, 4);
  node->is_locked = pdg_db_result_get_bool (result, row, 5);
  node->revision = pdg_db_result_get_int4 (result, row, 6);
  node->changed_by = g_strdup (pdg_db_result_get_text (result, row, 7));
  node->changed_usec = pdg_db_result_get_usec (result, row, 8);
  return node;
}

GPtrArray *
pdg_store_list_canvas_nodes (PdgDbTx *tx, const gint32 *project_nos, guint n, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();

  pdg_db_params_add_int4_array (params, project_nos, NULL, n);
  return pdg_store_query_lists (tx, LIST, params, n, read_node, (GDestroyNotify) pdg_canvas_node_free, error);
}

static PdgDbParams *
project_params (gint32 project_no)
{
  PdgDbParams *params = pdg_db_params_new ();

  pdg_db_params_add_int4 (params, project_no);
  return params;
}

static PdgDbParams *
change_params (gint32 project_no, const PdgCanvasChange *changes, guint n, const char *changed_by)
{
  PdgDbParams *params = project_params (project_no);
  g_autofree gint32 *screens = g_new (gint32, n + 1), *bases = g_new (gint32, n + 1);
  g_autofree double *x = g_new (double, n + 1), *y = g_new (double, n + 1);
  g_autofree guint8 *pinned = g_new (guint8, n + 1), *locked = g_new (guint8, n + 1), *keeps = g_new (guint8, n + 1);

  for (guint i = 0; i < n; i++)
    {
      screens[i] = changes[i].screen_no;
      x[i] = changes[i].x;
      y[i] = changes[i].y;
      locked[i] = changes[i].is_locked != FALSE;
      pinned[i] = changes[i].is_pinned || changes[i].is_locked;
      bases[i] = changes[i].base_revision;
      keeps[i] = changes[i].keeps_newer != FALSE;
    }
  pdg_db_params_add_int4_array (params, screens, NULL, n);
  if (changed_by == NULL)
    return params;
  pdg_db_params_add_double_array (params, x, NULL, n);
  pdg_db_params_add_double_array (params, y, NULL, n);
  pdg_db_params_add_bool_array (params, pinned, NULL, n);
  pdg_db_params_add_bool_array (params, locked, NULL, n);
  pdg_db_params_add_int4_array (params, bases, NULL, n);
  pdg_db_params_add_bool_array (params, keeps, NULL, n);
  pdg_db_params_add_text (params, changed_by, -1);
  return params;
}

gboolean
pdg_store_change_canvas_nodes (PdgDbTx *tx, gint32 project_no, const PdgCanvasChange *changes, guint n, const char *changed_by,
                               const char *origin, guint *n_made, GError **error)
{
  g_autoptr (PdgDbParams) project = project_params (project_no);
  g_autoptr (PdgDbParams) added = change_params (project_no, changes, n, NULL);
  g_autoptr (PdgDbParams) changed = change_params (project_no, changes, n, changed_by);
  g_autoptr (PdgDbParams) told = project_params (project_no);
  gint64 n_rows = 0;

  pdg_db_params_add_text (told, origin, -1);
  if (!pdg_db_tx_exec (tx, HOLD, project, error) || !pdg_db_tx_exec (tx, ADD, added, error)
      || !pdg_db_tx_exec_count (tx, CHANGE, changed, &n_rows, error) || !pdg_db_tx_exec (tx, CLEAN, project, error))
    return FALSE;
  *n_made = (guint) n_rows;
  return n_rows == 0 || pdg_db_tx_exec (tx, NOTIFY, told, error);
}
