#pragma once

#include "db/pdg-db-tx.h"
#include "model/pdg-records.h"

G_BEGIN_DECLS

/* Organisations, projects, keys, tokens and grants. Functions marked "administration" want a maintenance transaction of
 * the schema's owner; the others a tenant transaction. Errors: PDG_DB_ERROR. A database thread. */

/* The organisations that this login may act for; a maintenance transaction of any login. (transfer full)
 * (element-type PdgOrganisation) */
GPtrArray  *pdg_store_list_organisations (PdgDbTx *tx, GError **error);

/* Whether this login may take the role of the event writer; a maintenance transaction of any login. */
gboolean    pdg_store_may_be_writer (PdgDbTx *tx, gboolean *may, GError **error);

/* Administration: a new organisation. (transfer full) */
PdgOrganisation *pdg_store_create_organisation (PdgDbTx *tx, const char *name, GError **error);

/* Administration: lets a login read and write one organisation directly; the login must exist. */
gboolean    pdg_store_grant_login (PdgDbTx *tx, const char *login, gint32 org_no, GError **error);

/* Name of the transaction's organisation. (transfer full) */
char       *pdg_store_dup_organisation_name (PdgDbTx *tx, GError **error);

/* Projects by name; those after @after_id's place when it is not NULL; at most @limit. (transfer full) (element-type PdgProject) */
GPtrArray  *pdg_store_list_projects (PdgDbTx *tx, const char *after_id, guint limit, GError **error);

/* By public id; NULL without an error when there is none. (transfer full) */
PdgProject *pdg_store_lookup_project (PdgDbTx *tx, const char *id, GError **error);

/* PDG_DB_ERROR_UNIQUE_VIOLATION when the id is taken. (transfer full) */
PdgProject *pdg_store_create_project (PdgDbTx *tx, const char *id, const char *name, GError **error);

/* Stores a key's hash for a project, and shows it as @prefix. */
gboolean    pdg_store_create_api_key (PdgDbTx *tx, gint32 project_no, const guint8 hash[32], const char *prefix, const char *label,
                                      GError **error);
/* Ends every key of the project with this prefix; *@n_revoked how many. */
gboolean    pdg_store_revoke_api_key (PdgDbTx *tx, gint32 project_no, const char *prefix, gint64 *n_revoked, GError **error);

/* Administration: an access token with a role. */
gboolean    pdg_store_create_token (PdgDbTx *tx, gint32 org_no, const char *role, const guint8 hash[32], const char *prefix,
                                    const char *label, GError **error);

/* What a key or token stands for, by its SHA-256: a principal, or NULL without an error when it is none.
 * A maintenance transaction of the server's login. (transfer full) */
PdgPrincipal *pdg_store_resolve_credential (PdgDbTx *tx, const guint8 hash[32], GError **error);

G_END_DECLS
