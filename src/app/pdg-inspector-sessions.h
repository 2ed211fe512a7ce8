#pragma once

#include <gtk/gtk.h>

#include "app/pdg-session-model.h"

G_BEGIN_DECLS

#define PDG_TYPE_INSPECTOR_SESSIONS (pdg_inspector_sessions_get_type ())
G_DECLARE_FINAL_TYPE (PdgInspectorSessions, pdg_inspector_sessions, PDG, INSPECTOR_SESSIONS, GtkWidget)

/* The newest sessions through what is selected, under a heading. One that is activated shows its steps in place, until it is again. */
void pdg_inspector_sessions_bind (PdgInspectorSessions *self, PdgWorkspace *workspace, PdgSessionModel *sessions);

G_END_DECLS
