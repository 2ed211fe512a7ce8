#pragma once

#include "db/pdg-db-tx.h"
#include "model/pdg-guard.h"
#include "store/pdg-store-lists.h"

G_BEGIN_DECLS

/* What protects a project's events: its rules of redaction, and the letters of refused events. Errors: PDG_DB_ERROR. A database
 * thread. */

/* The rules that each project of the organisation uses, where it has made some. (transfer full) (element-type PdgRedactionRecord) */
GPtrArray *pdg_store_list_used_rules (PdgDbTx *tx, GError **error);

/* The rules that each of these projects uses; NULL for one that has made none. (transfer full) (element-type PdgRedactionRecord) */
GPtrArray *pdg_store_load_used_rules (PdgDbTx *tx, const gint32 *project_nos, guint n, GError **error);

/* Uses these rules from now on; *@version is 0 when the project has too many sets of rules, or is not there. */
gboolean   pdg_store_set_rules (PdgDbTx *tx, gint32 project_no, guint patterns, const char *const *keys, const char *author, guint *version,
                                GError **error);

/* The texts that redaction looks at of stored events, newest first, at most @limit. FALSE ends the reading. */
typedef gboolean (*PdgStoreEventTextFunc) (const char *data, const char *page_path, const char *page_title, gpointer user_data);
gboolean   pdg_store_each_event_text (PdgDbTx *tx, gint32 project_no, gint64 from_usec, gint64 to_usec, guint limit, PdgStoreEventTextFunc func,
                                      gpointer user_data, GError **error);

/* Letters to keep, each with the project that its key is bound to (0 = none). The writer's or a tenant's transaction. */
gboolean   pdg_store_add_letters (PdgDbTx *tx, const PdgDeadLetter *const *letters, guint n, gint64 max_letters, gint64 max_bytes, GError **error);

/* Takes letters of a project away; *@n_taken (nullable): how many were there. */
gboolean   pdg_store_take_letters (PdgDbTx *tx, gint32 project_no, const gint64 *letter_nos, guint n, gint64 *n_taken, GError **error);

/* Letters of each project, newest first, below the number @before; @reason (nullable): only those of a reason. One statement.
 * (transfer full) (element-type GPtrArray of PdgDeadLetter) */
GPtrArray *pdg_store_list_letters (PdgDbTx *tx, const gint32 *project_nos, guint n, const char *reason, gint64 before, guint limit, GError **error);

/* Those of these numbers that are there. (transfer full) (element-type PdgDeadLetter) */
GPtrArray *pdg_store_load_letters (PdgDbTx *tx, gint32 project_no, const gint64 *letter_nos, guint n, GError **error);

/* How many letters each project has of each field and reason, most first, at most 100. One statement. (transfer full)
 * (element-type GPtrArray of PdgLetterReason) */
GPtrArray *pdg_store_list_letter_reasons (PdgDbTx *tx, const gint32 *project_nos, guint n, GError **error);

/* How many letters of each project had to go. (transfer full) */
gint64    *pdg_store_load_dropped_letters (PdgDbTx *tx, const gint32 *project_nos, guint n, GError **error);

G_END_DECLS
