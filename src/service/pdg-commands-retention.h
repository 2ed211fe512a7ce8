#pragma once

#include "db/pdg-db-conn.h"
#include "model/pdg-principal.h"
#include "model/pdg-records.h"
#include "model/pdg-retention.h"
#include "service/pdg-queries.h"

G_BEGIN_DECLS

/* How long the data of a project is kept. Errors: PDG_SERVICE_ERROR, PDG_DB_ERROR. A database thread. */

/* Limits one kind; 0 = no limit of the project's own. Needs the role admin. (transfer full) */
PdgProject *pdg_commands_set_retention (PdgDbConn *conn, PdgPrincipal *principal, const char *project_id, PdgDataKind kind, gint32 max_days,
                                        gint64 max_bytes, GError **error);

/* Whether a project may limit the kind so. */
gboolean    pdg_retention_check_limit (PdgDataKind kind, gint64 max_days, gint64 max_bytes, GError **error);

/* As pdg_store_list_held_data (), now. Needs the role admin. */
GPtrArray  *pdg_queries_list_held_data (PdgQueries *queries, const gint32 *project_nos, guint n, const PdgRetentionLimits *server,
                                        const PdgRetentionLimits *proposed, GError **error);

G_END_DECLS
