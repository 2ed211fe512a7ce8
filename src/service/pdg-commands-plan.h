#pragma once

#include "db/pdg-db-conn.h"
#include "model/pdg-directory.h"
#include "model/pdg-plan.h"
#include "model/pdg-principal.h"
#include "service/pdg-queries.h"
#include "service/pdg-service-error.h"

G_BEGIN_DECLS

/* What events are to look like. Need the role editor. Errors: PDG_SERVICE_ERROR, PDG_DB_ERROR. A database thread. */

typedef struct
{
  const char *project_id;
  const char *event_type;
  const char *definition; /* JSON; NULL = that of @version stays */
  gint32 version;
  PdgSchemaMode mode;
} PdgSchemaInput;

/* Uses a definition for the events of a type from now on, or changes the mode of a version. What it is now. (transfer full) */
PdgEventSchemaRecord *pdg_commands_set_schema (PdgDbConn *conn, PdgPrincipal *principal, const PdgSchemaInput *input, GError **error);

/* As the functions of pdg-store-plan.h. */
GPtrArray *pdg_queries_list_schemas (PdgQueries *queries, const gint32 *project_nos, guint n, const char *event_type, GError **error);
GPtrArray *pdg_queries_list_findings (PdgQueries *queries, const gint32 *project_nos, guint n, GError **error);
GPtrArray *pdg_queries_list_unplanned (PdgQueries *queries, const gint32 *project_nos, guint n, gint64 from_usec, gint64 to_usec, GError **error);

G_END_DECLS
