#pragma once

#include "db/pdg-db-conn.h"
#include "model/pdg-canvas-node.h"
#include "model/pdg-principal.h"
#include "service/pdg-hub.h"
#include "service/pdg-queries.h"

G_BEGIN_DECLS

/* Where people have put the screens of a project on the canvas. Errors: PDG_SERVICE_ERROR, PDG_DB_ERROR. A database thread. */

#define PDG_CANVAS_MAX_CHANGES 500

/* Changes places as pdg_store_change_canvas_nodes() and tells who listens. Needs the role editor. (transfer full) */
PdgCanvasRecord *pdg_commands_arrange_canvas (PdgDbConn *conn, PdgPrincipal *principal, PdgHub *hub, const char *project_id,
                                              const PdgCanvasChange *changes, guint n, GError **error);

/* As pdg_store_load_canvases() and pdg_store_list_canvas_nodes(). */
GPtrArray       *pdg_queries_load_canvases (PdgQueries *queries, const gint32 *project_nos, guint n, GError **error);
GPtrArray       *pdg_queries_list_canvas_nodes (PdgQueries *queries, const gint32 *project_nos, guint n, GError **error);

/* Whether the principal may change places. */
gboolean         pdg_queries_may_arrange (PdgQueries *queries);

G_END_DECLS
