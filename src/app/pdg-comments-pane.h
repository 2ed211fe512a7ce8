#pragma once

#include <gtk/gtk.h>

#include "app/pdg-workspace.h"

G_BEGIN_DECLS

#define PDG_TYPE_COMMENTS_PANE (pdg_comments_pane_get_type ())
G_DECLARE_FINAL_TYPE (PdgCommentsPane, pdg_comments_pane, PDG, COMMENTS_PANE, GtkWidget)

/* The threads on what is selected, or all of them when nothing is: read, answered, resolved, begun. Ctrl+Enter sends, Escape gives up. */
void     pdg_comments_pane_bind (PdgCommentsPane *self, PdgWorkspace *workspace);

/* Puts the cursor where a comment is written. FALSE when nothing is selected that it could be pinned to. */
gboolean pdg_comments_pane_begin (PdgCommentsPane *self);

G_END_DECLS
