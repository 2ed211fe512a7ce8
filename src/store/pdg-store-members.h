#pragma once

#include "db/pdg-db-tx.h"
#include "model/pdg-directory.h"

G_BEGIN_DECLS

/* The members of the transaction's organisation. Who may is the caller's to check. A tenant transaction of the product's
 * own server, which alone may change members. Errors: PDG_DB_ERROR. A database thread. */

/* What became of a change. */
typedef enum
{
  PDG_STORE_MEMBER_DONE,
  PDG_STORE_MEMBER_MISSING,
  PDG_STORE_MEMBER_LAST_ADMIN, /* the members would be left without an admin */
} PdgStoreMemberState;

/* In the order in which they joined, after the one that joined at @after_usec with the UUID @after_id (NULL = from the first).
 * (transfer full) (element-type PdgMember) */
GPtrArray *pdg_store_list_members (PdgDbTx *tx, gint64 after_usec, const char *after_id, guint limit, GError **error);

/* NULL without an error when there is none. @id: any text. (transfer full) */
PdgMember *pdg_store_lookup_member (PdgDbTx *tx, const char *id, GError **error);

/* NULL without an error when this address belongs to a member already. (transfer full) */
PdgMember *pdg_store_add_member (PdgDbTx *tx, const char *email, const char *name, PdgRole role, GError **error);

/* NULL leaves the name or the role. Tokens of his with a greater role are lowered. */
gboolean   pdg_store_update_member (PdgDbTx *tx, const char *id, const char *name, const PdgRole *role, PdgStoreMemberState *state,
                                    GError **error);

/* His tokens are revoked. */
gboolean   pdg_store_remove_member (PdgDbTx *tx, const char *id, PdgStoreMemberState *state, GError **error);

/* Reads the columns id, email, name, role and created_at from @column on; NULL when the id is an SQL null. (transfer full) */
PdgMember *pdg_store_read_member (const PdgDbResult *result, guint row, guint column);

G_END_DECLS
