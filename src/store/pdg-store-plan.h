#pragma once

#include "db/pdg-db-tx.h"
#include "model/pdg-plan.h"

G_BEGIN_DECLS

/* What projects plan their events to look like, and how they do. Errors: PDG_DB_ERROR. A database thread. */

/* The schemas of the organisation that are not off; without the definition of those that are @known. (transfer full)
 * (element-type PdgEventSchemaRecord) */
GPtrArray *pdg_store_list_used_schemas (PdgDbTx *tx, const gint32 *known, guint n_known, GError **error);

/* All versions of each project's schemas, by type, newest first; @event_type (nullable): of that type. One statement. (transfer full)
 * (element-type GPtrArray of PdgEventSchemaRecord) */
GPtrArray *pdg_store_list_schemas (PdgDbTx *tx, const gint32 *project_nos, guint n, const char *event_type, GError **error);

/* Uses this definition and mode from now on; *@version is 0 when the project has too many, or is not there. */
gboolean   pdg_store_set_schema (PdgDbTx *tx, gint32 project_no, const char *event_type, const char *definition, PdgSchemaMode mode,
                                 const char *author, gint32 *version, GError **error);

/* *@found: whether there is such a version. */
gboolean   pdg_store_set_schema_mode (PdgDbTx *tx, gint32 project_no, const char *event_type, gint32 version, PdgSchemaMode mode, gboolean *found,
                                      GError **error);

/* Adds to what was found; what is of no project and schema of the organisation is left out. */
gboolean   pdg_store_add_findings (PdgDbTx *tx, const PdgSchemaFinding *const *findings, guint n, GError **error);

/* What was found of each project, most events first, at most 500. One statement. (transfer full)
 * (element-type GPtrArray of PdgSchemaFinding) */
GPtrArray *pdg_store_list_findings (PdgDbTx *tx, const gint32 *project_nos, guint n, GError **error);

/* The types of each project's events in [from, to) that have no schema, or whose schemas are off; most events first, at most 500. One
 * statement. (transfer full) (element-type GPtrArray of PdgUnplannedType) */
GPtrArray *pdg_store_list_unplanned (PdgDbTx *tx, const gint32 *project_nos, guint n, gint64 from_usec, gint64 to_usec, GError **error);

G_END_DECLS
