#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define PDG_COMMENT_MAX_LEN 4000 /* characters */

/* What a thread is pinned to. A plain value. */
typedef struct
{
  gint32 screen_no;    /* 0 = none */
  gint32 to_screen_no; /* 0 = none; else the transition from the one to the other */
  gboolean has_point;
  double x, y;         /* without a screen in the canvas's units, on one as a share of its card, 0 to 1 */
} PdgCommentPlace;

/* Plain records; each owns its texts. */
typedef struct
{
  gint64 thread_no;
  gint32 project_no;
  PdgCommentPlace place;
  gint64 created_usec;
  gint64 updated_usec;  /* when the last comment came */
  gint64 resolved_usec; /* PDG_TIME_NONE = it is open */
  char *resolved_by;    /* (nullable) */
  gint32 comments;
  gint32 unread; /* of others, by whoever asks */
} PdgCommentThread;

typedef struct
{
  gint64 comment_no;
  gint64 thread_no;
  gint32 project_no; /* 0 where it is read with its thread */
  char *author; /* the name */
  char *body;
  gint64 created_usec;
  gint64 edited_usec; /* PDG_TIME_NONE = never */
  gboolean is_own;    /* by whoever asks */
} PdgComment;

void pdg_comment_thread_free (PdgCommentThread *thread);
void pdg_comment_free (PdgComment *comment);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgCommentThread, pdg_comment_thread_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgComment, pdg_comment_free)

G_END_DECLS
