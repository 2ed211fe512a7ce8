#pragma once

#include "db/pdg-db-tx.h"
#include "model/pdg-canvas-node.h"

G_BEGIN_DECLS

/* The places of screens on the canvas. Tenant transactions. Errors: PDG_DB_ERROR. A database thread. */

/* For each project how often its places have changed. One statement. (transfer full) (element-type PdgCanvasRecord) */
GPtrArray *pdg_store_load_canvases (PdgDbTx *tx, const gint32 *project_nos, guint n, GError **error);

/* For each project its places by screen. One statement. (transfer full) (element-type GPtrArray of PdgCanvasNode) */
GPtrArray *pdg_store_list_canvas_nodes (PdgDbTx *tx, const gint32 *project_nos, guint n, GError **error);

/* Makes the changes, each screen at most once: one after the other where several do so at once. What a lock forbids, what
 * would overwrite a newer place that it keeps, and what is of no screen of the project is left out; *n_made is how many were
 * made. Who listens is told, marked with @origin. */
gboolean   pdg_store_change_canvas_nodes (PdgDbTx *tx, gint32 project_no, const PdgCanvasChange *changes, guint n, const char *changed_by,
                                          const char *origin, guint *n_made, GError **error);

G_END_DECLS
