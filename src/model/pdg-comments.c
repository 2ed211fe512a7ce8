#include "config.h"
#include "model/pdg-comments.h"

void
pdg_comment_thread_free (PdgCommentThread *thread)
{
  if (thread == NULL)
    return;
  g_free (thread->resolved_by);
  g_free (thread);
}

void
pdg_comment_free (PdgComment *comment)
{
  if (comment == NULL)
    return;
  g_free (comment->author);
  g_free (comment->body);
  g_free (comment);
}
