#pragma once

#include "db/pdg-db-conn.h"
#include "service/pdg-queries.h"
#include "store/pdg-store-comments.h"

G_BEGIN_DECLS

/* Comments on the canvas. Errors: PDG_SERVICE_ERROR, PDG_DB_ERROR. A database thread. */

/* As the store has them, for whoever reads. (transfer full) */
GPtrArray        *pdg_queries_list_threads (PdgQueries *queries, const gint32 *project_nos, guint n, PdgStoreThreadFilter *filter, GError **error);
GPtrArray        *pdg_queries_list_comments (PdgQueries *queries, const gint64 *thread_nos, guint n, gint64 after, guint limit, GError **error);

/* (transfer full) */
GPtrArray        *pdg_queries_list_newest_comments (PdgQueries *queries, const gint64 *thread_nos, guint n, guint limit, GError **error);

/* Begins a thread with its first comment, which its author has read. Screens that the project does not have are refused. Needs the role
 * editor. (transfer full) */
PdgCommentThread *pdg_commands_add_thread (PdgDbConn *conn, PdgPrincipal *principal, const char *project_id, const PdgCommentPlace *place,
                                           const char *body, GError **error);

/* A reply. Needs the role editor. (transfer full) */
PdgComment       *pdg_commands_add_comment (PdgDbConn *conn, PdgPrincipal *principal, const char *project_id, gint64 thread_no, const char *body,
                                            GError **error);

/* Changes a comment of one's own. Needs the role editor. (transfer full) */
PdgComment       *pdg_commands_edit_comment (PdgDbConn *conn, PdgPrincipal *principal, const char *project_id, gint64 comment_no, const char *body,
                                             GError **error);

/* Removes a comment of one's own, and a thread with its last comment; an admin removes those of others, too. Needs the role editor. The number
 * of the project; 0 with an error. */
gint32            pdg_commands_delete_comment (PdgDbConn *conn, PdgPrincipal *principal, const char *project_id, gint64 comment_no, GError **error);

/* Resolves the thread or opens it again. Needs the role editor. (transfer full) */
PdgCommentThread *pdg_commands_resolve_thread (PdgDbConn *conn, PdgPrincipal *principal, const char *project_id, gint64 thread_no, gboolean resolved,
                                               GError **error);

/* Whoever asks has read the thread as it is now. Needs the role viewer. (transfer full) */
PdgCommentThread *pdg_commands_mark_thread_read (PdgDbConn *conn, PdgPrincipal *principal, const char *project_id, gint64 thread_no, GError **error);

G_END_DECLS
