#pragma once

#include "db/pdg-db-conn.h"
#include "model/pdg-directory.h"
#include "model/pdg-principal.h"
#include "model/pdg-records.h"
#include "service/pdg-queries.h"

G_BEGIN_DECLS

/* What changes something: each checks the principal, is one transaction, and writes to the log who did what. Synchronous,
 * on a database thread. Errors: PDG_SERVICE_ERROR (with the field of the input), PDG_DB_ERROR. */

/* ---- The organisation and its projects */

/* Needs the role admin. (transfer full) */
PdgOrganisation *pdg_commands_update_organisation (PdgDbConn *conn, PdgPrincipal *principal, const char *name, GError **error);

/* Needs the role editor. @id: NULL makes one from the name. (transfer full) */
PdgProject      *pdg_commands_create_project (PdgDbConn *conn, PdgPrincipal *principal, const char *id, const char *name, GError **error);

/* The project with this id, made when it is not there. Needs the role editor. (transfer full) */
PdgProject      *pdg_commands_ensure_project (PdgDbConn *conn, PdgPrincipal *principal, const char *id, const char *name, GError **error);

/* What is to be changed of a project: NULL and -1 leave it. A plain value. */
typedef struct
{
  const char *name;
  const char *time_zone; /* a name of the IANA database, in any case */
  int week_start;        /* 0 Sunday to 6 Saturday */
} PdgProjectChange;

/* Needs the role editor. (transfer full) */
PdgProject      *pdg_commands_update_project (PdgDbConn *conn, PdgPrincipal *principal, const char *id, const PdgProjectChange *change,
                                              GError **error);

/* Removes everything of a project, for good; @confirm_name has to be its name. Needs the role admin. */
gboolean         pdg_commands_delete_project (PdgDbConn *conn, PdgPrincipal *principal, const char *id, const char *confirm_name, GError **error);

/* ---- Members, keys and tokens: all need the role admin. Who revokes something forgets the credentials that he remembers. */

/* @name: "" = none. (transfer full) */
PdgMember       *pdg_commands_add_member (PdgDbConn *conn, PdgPrincipal *principal, const char *email, const char *name, PdgRole role, GError **error);

/* NULL leaves the name or the role. A lower role lowers the member's tokens. (transfer full) */
PdgMember       *pdg_commands_update_member (PdgDbConn *conn, PdgPrincipal *principal, const char *id, const char *name, const PdgRole *role,
                                             GError **error);

/* Revokes the member's tokens. */
gboolean         pdg_commands_remove_member (PdgDbConn *conn, PdgPrincipal *principal, const char *id, GError **error);

/* An ingest key for a project, with its secret, shown this once: only its hash is stored. (transfer full) */
PdgApiKey       *pdg_commands_create_api_key (PdgDbConn *conn, PdgPrincipal *principal, const char *project_id, const char *label, GError **error);

/* (transfer full) */
PdgApiKey       *pdg_commands_revoke_api_key (PdgDbConn *conn, PdgPrincipal *principal, const char *project_id, gint32 key_no, GError **error);

/* A new key in place of one, which stays good for @overlap_seconds more: both are valid until then. With its secret. (transfer full) */
PdgApiKey       *pdg_commands_rotate_api_key (PdgDbConn *conn, PdgPrincipal *principal, const char *project_id, gint32 key_no,
                                              gint64 overlap_seconds, GError **error);

/* @events_per_second: 0 = any, -1 = as the collector is set; @burst_events: 0 = the same. (transfer full) */
PdgApiKey       *pdg_commands_limit_api_key (PdgDbConn *conn, PdgPrincipal *principal, const char *project_id, gint32 key_no, int events_per_second,
                                             int burst_events, GError **error);

/* The origins from which pages may send to a project; NULL = as the collector is set. */
gboolean         pdg_commands_set_origins (PdgDbConn *conn, PdgPrincipal *principal, const char *project_id, const char *const *origins, GError **error);

/* Ends the keys whose shown beginning this is. */
gboolean         pdg_commands_revoke_api_keys_by_prefix (PdgDbConn *conn, PdgPrincipal *principal, const char *project_id, const char *prefix,
                                                         GError **error);

/* A token with its secret, shown this once. @member_id: NULL = of a service; @expires_usec: PDG_TIME_NONE = never. (transfer full) */
PdgAccessToken  *pdg_commands_create_token (PdgDbConn *conn, PdgPrincipal *principal, PdgRole role, const char *label, const char *member_id,
                                            gint64 expires_usec, GError **error);

/* (transfer full) */
PdgAccessToken  *pdg_commands_revoke_token (PdgDbConn *conn, PdgPrincipal *principal, gint32 token_no, GError **error);

/* ---- Administration, with the connection of the schema's owner: no principal exists yet. */

/* (transfer full) */
PdgOrganisation *pdg_commands_create_organisation (PdgDbConn *owner, const char *name, GError **error);

/* (transfer full) (element-type PdgOrganisation) */
GPtrArray       *pdg_commands_list_organisations (PdgDbConn *conn, GError **error);

/* Whether this login may take the role of the event writer. */
gboolean         pdg_commands_may_be_writer (PdgDbConn *conn, gboolean *may, GError **error);

/* Lets a login of the database read one organisation directly. */
gboolean         pdg_commands_grant_login (PdgDbConn *owner, const char *login, gint32 org_no, GError **error);

G_END_DECLS
