#pragma once

#include "db/pdg-db-tx.h"
#include "model/pdg-comments.h"

G_BEGIN_DECLS

/* Comments on the canvas. @reader and @author tell people apart (pdg_principal_get_author()). Tenant transactions. Errors: PDG_DB_ERROR. */

typedef enum
{
  PDG_COMMENTS_ALL,
  PDG_COMMENTS_OPEN,
  PDG_COMMENTS_RESOLVED,
  PDG_COMMENTS_UNREAD,
} PdgCommentsStatus;

/* Which threads: a plain value, borrowed. */
typedef struct
{
  const char *reader;
  PdgCommentsStatus status;
  gint32 screen_no;   /* 0 = any; else pinned to it or to a transition from or to it */
  gint64 before_usec; /* paging: G_MAXINT64 = from the newest */
  gint64 before_no;
  guint limit;
} PdgStoreThreadFilter;

/* The threads of each project, the last commented first. One statement. (transfer full) (element-type GPtrArray of PdgCommentThread) */
GPtrArray        *pdg_store_list_threads (PdgDbTx *tx, const gint32 *project_nos, guint n, const PdgStoreThreadFilter *filter, GError **error);

/* NULL without an error when the project has none such. (transfer full) */
PdgCommentThread *pdg_store_lookup_thread (PdgDbTx *tx, gint32 project_no, gint64 thread_no, const char *reader, GError **error);

/* The comments of each thread, the oldest first, after the number @after. One statement. (transfer full) (element-type GPtrArray of PdgComment) */
GPtrArray        *pdg_store_list_comments (PdgDbTx *tx, const gint64 *thread_nos, guint n, const char *reader, gint64 after, guint limit, GError **error);

/* The newest comments of each thread, the oldest of them first. One statement. (transfer full) (element-type GPtrArray of PdgComment) */
GPtrArray        *pdg_store_list_newest_comments (PdgDbTx *tx, const gint64 *thread_nos, guint n, const char *reader, guint limit, GError **error);

/* NULL without an error when the project has none such. (transfer full) */
PdgComment       *pdg_store_lookup_comment (PdgDbTx *tx, gint32 project_no, gint64 comment_no, const char *reader, GError **error);

/* A thread without comments; its number, 0 with an error, or without one when the project has @max already. */
gint64            pdg_store_add_thread (PdgDbTx *tx, gint32 project_no, const PdgCommentPlace *place, gint64 max, GError **error);

/* A comment of the thread; its number, 0 with an error, or without one when the project has no such thread, or that has @max already. */
gint64            pdg_store_add_comment (PdgDbTx *tx, gint32 project_no, gint64 thread_no, const char *author, const char *author_name,
                                         const char *body, gint64 max, GError **error);

gboolean          pdg_store_edit_comment (PdgDbTx *tx, gint64 comment_no, const char *body, GError **error);

/* A thread without any goes, too. */
gboolean          pdg_store_delete_comment (PdgDbTx *tx, gint64 comment_no, GError **error);

/* @by: NULL = it is open again. */
gboolean          pdg_store_resolve_thread (PdgDbTx *tx, gint64 thread_no, const char *by, GError **error);

/* All that is there now. */
gboolean          pdg_store_mark_thread_read (PdgDbTx *tx, gint64 thread_no, const char *reader, GError **error);

G_END_DECLS
