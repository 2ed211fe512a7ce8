#pragma once

#include <gtk/gtk.h>

#include "app/pdg-workspace.h"

G_BEGIN_DECLS

#define PDG_TYPE_SESSION_LIST (pdg_session_list_get_type ())
G_DECLARE_FINAL_TYPE (PdgSessionList, pdg_session_list, PDG, SESSION_LIST, GtkWidget)

/* Sessions as rows, each of which opens to its steps; one at a time. */

/* Once. @sessions: PdgSessionRow items. @label: what the list is called. */
void pdg_session_list_bind (PdgSessionList *self, PdgWorkspace *workspace, GListModel *sessions, const char *label);

G_END_DECLS
