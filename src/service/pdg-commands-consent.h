#pragma once

#include "db/pdg-db-conn.h"
#include "model/pdg-consent.h"
#include "model/pdg-directory.h"
#include "model/pdg-principal.h"
#include "service/pdg-queries.h"
#include "service/pdg-service-error.h"

G_BEGIN_DECLS

/* Does this with the project's events from now on. Needs the role admin. Errors: PDG_SERVICE_ERROR, PDG_DB_ERROR. A database thread.
 * (transfer full) */
PdgProject *pdg_commands_set_consent (PdgDbConn *conn, PdgPrincipal *principal, const char *project_id, const PdgConsentRules *rules,
                                      GError **error);

/* The rules of each project. (transfer full) (element-type PdgConsentRules) */
GPtrArray  *pdg_queries_load_consent (PdgQueries *queries, const gint32 *project_nos, guint n, GError **error);

G_END_DECLS
