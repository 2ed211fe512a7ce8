#pragma once

#include "db/pdg-db-tx.h"
#include "model/pdg-directory.h"

G_BEGIN_DECLS

/* Ingest keys of projects and access tokens of the transaction's organisation. Of a secret only the hash is stored, and a
 * beginning to show. Tenant transactions. Errors: PDG_DB_ERROR. A database thread. */

/* For each project its keys as they were made, after number @after, at most @limit. One statement. (transfer full)
 * (element-type GPtrArray of PdgApiKey) */
GPtrArray *pdg_store_list_api_keys (PdgDbTx *tx, const gint32 *project_nos, guint n, gint32 after, guint limit, GError **error);

/* (transfer full) */
PdgApiKey *pdg_store_create_api_key (PdgDbTx *tx, gint32 project_no, const guint8 hash[32], const char *prefix, const char *label,
                                     GError **error);

/* Ends a key; one that ended before stays as it is. NULL without an error when the project has none. (transfer full) */
PdgApiKey *pdg_store_revoke_api_key (PdgDbTx *tx, gint32 project_no, gint32 key_no, GError **error);

/* Lets a key that is good end at a time, or before if it did so already. NULL without an error when there is no such key. (transfer full) */
PdgApiKey *pdg_store_end_api_key (PdgDbTx *tx, gint32 project_no, gint32 key_no, gint64 ends_usec, GError **error);

/* @events_per_second: 0 = any, -1 = as the collector is set; @burst_events: 0 = the same. As above. */
PdgApiKey *pdg_store_limit_api_key (PdgDbTx *tx, gint32 project_no, gint32 key_no, int events_per_second, int burst_events, GError **error);

/* The origins from which pages may send to a project; NULL = as the collector is set. The list has one text for each of @n projects, with
 * spaces between the origins, NULL where none are set. */
gboolean   pdg_store_set_origins (PdgDbTx *tx, gint32 project_no, const char *const *origins, GError **error);
GPtrArray *pdg_store_list_origins (PdgDbTx *tx, const gint32 *project_nos, guint n, GError **error);

/* Ends every key of the project with this prefix; *@n_revoked how many. */
gboolean   pdg_store_revoke_api_keys_by_prefix (PdgDbTx *tx, gint32 project_no, const char *prefix, gint64 *n_revoked, GError **error);

/* When these keys, of any organisation, were used last. A maintenance transaction of the server's login. */
gboolean   pdg_store_note_key_uses (PdgDbTx *tx, const gint32 *key_nos, const gint64 *usec, guint n, GError **error);

/* As they were made, after number @after. (transfer full) (element-type PdgAccessToken) */
GPtrArray *pdg_store_list_tokens (PdgDbTx *tx, gint32 after, guint limit, GError **error);

/* Of a member, or of a service when @member is NULL; @expires_usec: PDG_TIME_NONE = never. A role above the member's is
 * PDG_DB_ERROR_INVALID. The product's own server only. (transfer full) */
PdgAccessToken *pdg_store_create_token (PdgDbTx *tx, const PdgMember *member, PdgRole role, const guint8 hash[32], const char *prefix,
                                        const char *label, gint64 expires_usec, GError **error);

/* As pdg_store_revoke_api_key(). (transfer full) */
PdgAccessToken *pdg_store_revoke_token (PdgDbTx *tx, gint32 token_no, GError **error);

/* What a key or token stands for, by its SHA-256: a principal, or NULL without an error when it is none.
 * A maintenance transaction of the server's login. (transfer full) */
PdgPrincipal *pdg_store_resolve_credential (PdgDbTx *tx, const guint8 hash[32], GError **error);

G_END_DECLS
