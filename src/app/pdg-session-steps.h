#pragma once

#include <gtk/gtk.h>

#include "app/pdg-workspace.h"

G_BEGIN_DECLS

#define PDG_TYPE_SESSION_STEPS (pdg_session_steps_get_type ())
G_DECLARE_FINAL_TYPE (PdgSessionSteps, pdg_session_steps, PDG, SESSION_STEPS, GtkWidget)

/* What happened in a session, step by step: its first 60 events, read when the widget is made. */
GtkWidget *pdg_session_steps_new (PdgWorkspace *workspace, const char *session_id);

/* "Viewed Checkout", "Clicked AddToCart", "POST /api/payments 502": an event (an object as PDG_DOCUMENT_SESSION_STEPS asks for it) in words.
 * @bad: (out). (transfer full) */
char      *pdg_session_steps_describe (JsonObject *event, gboolean *bad);

G_END_DECLS
