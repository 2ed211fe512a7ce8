#pragma once

#include "db/pdg-db-conn.h"
#include "model/pdg-principal.h"
#include "model/pdg-records.h"
#include "service/pdg-queries.h"

G_BEGIN_DECLS

/* What changes something: each checks the principal and is one transaction. Synchronous, on a database thread.
 * Errors: PDG_SERVICE_ERROR, PDG_DB_ERROR. */

/* Needs the role editor. @id: NULL makes one from the name. (transfer full) */
PdgProject      *pdg_commands_create_project (PdgDbConn *conn, PdgPrincipal *principal, const char *id, const char *name, GError **error);

/* The project with this id, made when it is not there. Needs the role editor. (transfer full) */
PdgProject      *pdg_commands_ensure_project (PdgDbConn *conn, PdgPrincipal *principal, const char *id, const char *name, GError **error);

/* A picture of a screen; numbers the screen when it is new. Needs the role editor. */
gboolean         pdg_commands_add_snapshot (PdgDbConn *conn, PdgPrincipal *principal, gint32 project_no, const char *screen_path,
                                            GBytes *image, const char *media_type, int width, int height, gint64 taken_usec, GError **error);

/* An ingest key for a project, shown this once: only its hash is stored. Needs the role admin. (transfer full) */
char            *pdg_commands_create_api_key (PdgDbConn *conn, PdgPrincipal *principal, const char *project_id, const char *label, GError **error);

/* Ends the keys whose shown beginning this is. Needs the role admin. */
gboolean         pdg_commands_revoke_api_key (PdgDbConn *conn, PdgPrincipal *principal, const char *project_id, const char *prefix,
                                              GError **error);

/* Administration, with the connection of the schema's owner: no principal exists yet. */

/* (transfer full) */
PdgOrganisation *pdg_commands_create_organisation (PdgDbConn *owner, const char *name, GError **error);

/* (transfer full) (element-type PdgOrganisation) */
GPtrArray       *pdg_commands_list_organisations (PdgDbConn *conn, GError **error);

/* Whether this login may take the role of the event writer. */
gboolean         pdg_commands_may_be_writer (PdgDbConn *conn, gboolean *may, GError **error);

/* A token, shown this once. (transfer full) */
char            *pdg_commands_create_token (PdgDbConn *owner, gint32 org_no, PdgRole role, const char *label, GError **error);

/* Lets a login of the database read one organisation directly. */
gboolean         pdg_commands_grant_login (PdgDbConn *owner, const char *login, gint32 org_no, GError **error);

G_END_DECLS
