#pragma once

#include "store/pdg-store-directory.h"
#include "store/pdg-store-sessions.h"

G_BEGIN_DECLS

/* Projects and sessions of theirs by one statement, for those who want both. Tenant transaction. Errors: PDG_DB_ERROR. */

/* The project with this id, and its session with @session_id; NULL without an error when there is no such project. *@sessions: one item,
 * NULL when the project has no such session. @sessions: (out) (transfer full) (element-type PdgSessionSummary). (transfer full) */
PdgProject *pdg_store_lookup_project_and_session (PdgDbTx *tx, const char *id, const char *session_id, PdgSessionParts parts,
                                                  GPtrArray **sessions, GError **error);

/* The same of @n ids at once: an item for each, NULL where there is none. Without @session_ids (nullable) no sessions are looked for.
 * @sessions: (out) (optional) (transfer full) (element-type PdgSessionSummary). (transfer full) (element-type PdgProject) */
GPtrArray  *pdg_store_lookup_projects (PdgDbTx *tx, const char *const *ids, const char *const *session_ids, guint n, PdgSessionParts parts,
                                       GPtrArray **sessions, GError **error);

/* The projects, and for each a list of sessions. @lists: (out) (transfer full) (element-type GPtrArray(PdgSessionSummary)).
 * (transfer full) (element-type PdgProject) */
GPtrArray  *pdg_store_list_projects_and_sessions (PdgDbTx *tx, const PdgStoreProjectFilter *projects, const PdgStoreSessionFilter *sessions,
                                                  GPtrArray **lists, GError **error);

G_END_DECLS
