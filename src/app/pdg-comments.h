#pragma once

#include "app/pdg-workspace.h"

G_BEGIN_DECLS

#define PDG_TYPE_COMMENTS (pdg_comments_get_type ())
G_DECLARE_FINAL_TYPE (PdgComments, pdg_comments, PDG, COMMENTS, GObject)

/* The comments on the project that is shown: its threads, the last commented first. Kept up to date as the graph is. Signal "changed" after
 * every change. UI thread. */

#define PDG_COMMENTS_MAX_THREADS 1000 /* and what a page brings beyond */

/* The one of the workspace, made when there is none. (transfer none) */
PdgComments *pdg_comments_get (PdgWorkspace *workspace);

/* Objects of the type CommentThread as PDG_DOCUMENT_COMMENTS asks for them. (transfer none) (nullable) */
JsonArray   *pdg_comments_get_threads (PdgComments *self);

/* The thread with this id, or NULL. (transfer none) */
JsonObject  *pdg_comments_find (PdgComments *self, const char *thread_id);

/* Where a thread is pinned to: a screen, with @to_id the transition from it, or a point. On a screen x and y are shares of its card, else
 * world units. A plain value that borrows its ids. */
typedef struct
{
  const char *screen_id; /* nullable */
  const char *to_id;     /* nullable */
  gboolean has_point;
  double x, y;
} PdgThreadPlace;

PdgThreadPlace pdg_comments_get_place (JsonObject *thread);

/* "Comment by Ada: Why do so many leave? 3 comments, 1 unread": what a screen reader says of it. (transfer full) */
char        *pdg_comments_dup_summary (JsonObject *thread);

/* Whether the thread is pinned to this screen, or with @to_id (nullable) to this transition. */
gboolean     pdg_comments_is_pinned_to (JsonObject *thread, const char *screen_id, const char *to_id);

typedef enum
{
  PDG_COMMENTS_SHOW_OPEN,
  PDG_COMMENTS_SHOW_UNREAD,
  PDG_COMMENTS_SHOW_RESOLVED,
} PdgCommentsFilter;

gboolean     pdg_comments_matches (JsonObject *thread, PdgCommentsFilter filter);

/* Each of these is done by the server; then the threads are read anew. @message: why it was not done, NULL when it was. */
typedef void (*PdgCommentsFunc) (const char *message, gpointer user_data);

void         pdg_comments_add_thread (PdgComments *self, const PdgThreadPlace *place, const char *body, PdgCommentsFunc func, gpointer user_data);
void         pdg_comments_reply (PdgComments *self, const char *thread_id, const char *body, PdgCommentsFunc func, gpointer user_data);
void         pdg_comments_edit (PdgComments *self, const char *comment_id, const char *body, PdgCommentsFunc func, gpointer user_data);
void         pdg_comments_delete (PdgComments *self, const char *comment_id, PdgCommentsFunc func, gpointer user_data);
void         pdg_comments_resolve (PdgComments *self, const char *thread_id, gboolean resolved, PdgCommentsFunc func, gpointer user_data);
/* Without an answer. */
void         pdg_comments_mark_read (PdgComments *self, const char *thread_id);

G_END_DECLS
