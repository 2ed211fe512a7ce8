#pragma once

#include <gtk/gtk.h>

#include "app/pdg-comments.h"

G_BEGIN_DECLS

#define PDG_TYPE_COMMENTS_PANE (pdg_comments_pane_get_type ())
G_DECLARE_FINAL_TYPE (PdgCommentsPane, pdg_comments_pane, PDG, COMMENTS_PANE, GtkWidget)

/* The threads on what is selected, or all of them when nothing is: read, answered, resolved, begun. Ctrl+Enter sends, Escape gives up. */
void     pdg_comments_pane_bind (PdgCommentsPane *self, PdgWorkspace *workspace);

/* Puts the cursor where a comment is written. FALSE when nothing is selected that it could be pinned to. */
gboolean pdg_comments_pane_begin (PdgCommentsPane *self);

/* The same for a popover over the canvas: certain threads, or a new one at a place. Signal "done": there is nothing more to be done here.
 * Instead of pdg_comments_pane_bind(). */
void     pdg_comments_pane_bind_floating (PdgCommentsPane *self, PdgWorkspace *workspace);

/* Shows these, which are read thereby; of one alone a reply is written at once. */
void     pdg_comments_pane_show_threads (PdgCommentsPane *self, const char *const *thread_ids);

/* Shows nothing but where a thread at @place is written. */
void     pdg_comments_pane_write_at (PdgCommentsPane *self, const PdgThreadPlace *place);

/* The cursor to where is written, else the focus to the first thing that can have it. */
void     pdg_comments_pane_focus (PdgCommentsPane *self);

G_END_DECLS
