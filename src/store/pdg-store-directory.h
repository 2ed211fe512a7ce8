#pragma once

#include "db/pdg-db-tx.h"
#include "model/pdg-records.h"

G_BEGIN_DECLS

/* Organisations, projects and grants. Functions marked "administration" want a maintenance transaction of the schema's
 * owner; the others a tenant transaction. Errors: PDG_DB_ERROR. A database thread. */

/* The organisations that this login may act for; a maintenance transaction of any login. (transfer full)
 * (element-type PdgOrganisation) */
GPtrArray  *pdg_store_list_organisations (PdgDbTx *tx, GError **error);

/* Whether this login may take the role of the event writer; a maintenance transaction of any login. */
gboolean    pdg_store_may_be_writer (PdgDbTx *tx, gboolean *may, GError **error);

/* Administration: a new organisation. (transfer full) */
PdgOrganisation *pdg_store_create_organisation (PdgDbTx *tx, const char *name, GError **error);

/* Administration: lets a login read and write one organisation directly; the login must exist. */
gboolean    pdg_store_grant_login (PdgDbTx *tx, const char *login, gint32 org_no, GError **error);

/* The transaction's organisation; and with another name. (transfer full) */
PdgOrganisation *pdg_store_load_organisation (PdgDbTx *tx, GError **error);
PdgOrganisation *pdg_store_rename_organisation (PdgDbTx *tx, const char *name, GError **error);

/* Which projects; a plain value. They come by name and id. */
typedef struct
{
  gint32 only_project_no; /* 0 = all of the organisation */
  const char *search;     /* (nullable) part of the name or the id, in any case */
  const char *after_name; /* (nullable) those that come after this name and id */
  const char *after_id;
  guint limit;
} PdgStoreProjectFilter;

/* (transfer full) (element-type PdgProject) */
GPtrArray  *pdg_store_list_projects (PdgDbTx *tx, const PdgStoreProjectFilter *filter, GError **error);

/* By public id; NULL without an error when there is none. (transfer full) */
PdgProject *pdg_store_lookup_project (PdgDbTx *tx, const char *id, GError **error);

/* The public id of a number; NULL without an error when there is none. (transfer full) */
char       *pdg_store_lookup_project_id (PdgDbTx *tx, gint32 project_no, GError **error);

/* PDG_DB_ERROR_UNIQUE_VIOLATION when the id is taken. (transfer full) */
PdgProject *pdg_store_create_project (PdgDbTx *tx, const char *id, const char *name, GError **error);

/* NULL leaves the name or the time zone, -1 the day. NULL without an error when there is no such project. (transfer full) */
PdgProject *pdg_store_update_project (PdgDbTx *tx, gint32 project_no, const char *name, const char *time_zone, int week_start,
                                      GError **error);

/* The time zone of this name in any case, as it is written; NULL without an error when there is none. (transfer full) */
char       *pdg_store_lookup_time_zone (PdgDbTx *tx, const char *name, GError **error);

/* Removes a project with everything of it; *@deleted whether it was there. Waits for the events that are being stored. */
gboolean    pdg_store_delete_project (PdgDbTx *tx, gint32 project_no, gboolean *deleted, GError **error);

G_END_DECLS
