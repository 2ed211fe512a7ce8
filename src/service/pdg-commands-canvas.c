#include "config.h"
#include "service/pdg-commands-canvas.h"

#include <math.h>

#include "service/pdg-commands-private.h"
#include "service/pdg-queries-private.h"
#include "store/pdg-store-canvas.h"

static gboolean
check (const PdgCanvasChange *changes, guint n, GError **error)
{
  g_autoptr (GHashTable) screens = g_hash_table_new (NULL, NULL);

  if (n == 0 || n > PDG_CANVAS_MAX_CHANGES)
    {
      pdg_service_error_set (error, PDG_SERVICE_ERROR_INVALID, "changes", "changes: send 1 to %d at once", PDG_CANVAS_MAX_CHANGES);
      return FALSE;
    }
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *field = g_strdup_printf ("changes.%u", i);

      if (!isfinite (changes[i].x) || !isfinite (changes[i].y) || fabs (changes[i].x) > PDG_CANVAS_MAX_COORDINATE
          || fabs (changes[i].y) > PDG_CANVAS_MAX_COORDINATE)
        pdg_service_error_set (error, PDG_SERVICE_ERROR_INVALID, field, "%s: use coordinates from -10,000,000 to 10,000,000", field);
      else if (!g_hash_table_add (screens, GINT_TO_POINTER (changes[i].screen_no)))
        pdg_service_error_set (error, PDG_SERVICE_ERROR_INVALID, field, "%s: this screen is there already; change each once", field);
      else
        continue;
      return FALSE;
    }
  return TRUE;
}

PdgCanvasRecord *
pdg_commands_arrange_canvas (PdgDbConn *conn, PdgPrincipal *principal, PdgHub *hub, const char *project_id, const PdgCanvasChange *changes,
                             guint n, GError **error)
{
  g_autoptr (PdgDbTx) tx = pdg_commands_begin (conn, principal, PDG_ROLE_EDITOR, error);
  g_autoptr (PdgProject) project = tx != NULL ? pdg_commands_find_project (tx, principal, project_id, "projectId", error) : NULL;
  g_autoptr (GPtrArray) canvases = NULL;
  guint n_made = 0;

  if (project == NULL || !check (changes, n, error)
      || !pdg_store_change_canvas_nodes (tx, project->project_no, changes, n, pdg_principal_get_label (principal), pdg_hub_get_origin (hub),
                                         &n_made, error))
    return NULL;
  canvases = pdg_store_load_canvases (tx, &project->project_no, 1, error);
  if (canvases == NULL || !pdg_commands_commit (tx, principal, error, "put %u screens of the project %s elsewhere", n_made, project_id))
    return NULL;
  if (n_made > 0)
    pdg_hub_publish (hub, project->project_no);
  return g_memdup2 (canvases->pdata[0], sizeof (PdgCanvasRecord));
}

GPtrArray *
pdg_queries_load_canvases (PdgQueries *queries, const gint32 *project_nos, guint n, GError **error)
{
  return pdg_store_load_canvases (queries->tx, project_nos, n, error);
}

GPtrArray *
pdg_queries_list_canvas_nodes (PdgQueries *queries, const gint32 *project_nos, guint n, GError **error)
{
  return pdg_store_list_canvas_nodes (queries->tx, project_nos, n, error);
}

gboolean
pdg_queries_may_arrange (PdgQueries *queries)
{
  return pdg_principal_may (queries->principal, PDG_ROLE_EDITOR);
}
