#pragma once

#include "db/pdg-db-tx.h"
#include "model/pdg-client-needs.h"

G_BEGIN_DECLS

/* What is kept for the clients of other products (migration 0006). In transactions of their organisation; @project is the public id.
 * Errors: PDG_DB_ERROR. */

/* The salts by which clients are told apart, today's and yesterday's. @has_old: (out): whether there is the latter. */
gboolean   pdg_store_load_client_salts (PdgDbTx *tx, guint8 salt[16], guint8 old_salt[16], gboolean *has_old, GError **error);

/* Finds or begins the session of each of @needs, and notes it there. */
gboolean   pdg_store_derive_sessions (PdgDbTx *tx, const char *project, PdgDerivedSession *needs, guint n, GError **error);

/* Notes the pages of sessions, and what each report makes of them. @session_keys: for each report the fingerprint of its session. */
gboolean   pdg_store_trace_pages (PdgDbTx *tx, const char *project, PdgPageReport *pages, const PdgEvent *events,
                                  const guint8 (*session_keys)[16], guint n, GError **error);

/* Stores a piece of a recording, gzipped. @kept: (out): FALSE when it was stored before, when the session has more than
 * @max_session_bytes with it, or when there is no such project. */
gboolean   pdg_store_add_replay_chunk (PdgDbTx *tx, const char *project, const PdgReplayChunk *chunk, gint64 max_session_bytes, gboolean *kept,
                                       GError **error);

/* The pieces of each session from its beginning, after a time and number, without their bytes. One statement. (transfer full)
 * (element-type GPtrArray of PdgReplayChunk) */
GPtrArray *pdg_store_list_replay_chunks (PdgDbTx *tx, const gint32 *project_nos, const char *const *session_ids, guint n, gint64 after_usec,
                                         gint64 after_no, guint limit, GError **error);

/* The bytes of a piece; NULL without an error when there is none. (transfer full) */
GBytes    *pdg_store_load_replay_chunk (PdgDbTx *tx, gint64 chunk_no, GError **error);

G_END_DECLS
