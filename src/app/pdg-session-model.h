#pragma once

#include "app/pdg-workspace.h"

G_BEGIN_DECLS

#define PDG_TYPE_SESSION_ROW (pdg_session_row_get_type ())
G_DECLARE_FINAL_TYPE (PdgSessionRow, pdg_session_row, PDG, SESSION_ROW, GObject)

/* One session as a list shows it: texts borrowed from the row. Made of a Session with id, actor {id}, startedAt, endedAt, pageViewCount,
 * errorCount and release. */
PdgSessionRow *pdg_session_row_new (JsonObject *session);
const char *pdg_session_row_get_id (PdgSessionRow *self);
const char *pdg_session_row_get_title (PdgSessionRow *self);   /* who: "user_1042" */
const char *pdg_session_row_get_age (PdgSessionRow *self);     /* when it ended: "4 min ago" */
const char *pdg_session_row_get_summary (PdgSessionRow *self); /* "5 pages · 2 min 05 s" */
guint       pdg_session_row_get_n_errors (PdgSessionRow *self);

#define PDG_TYPE_SESSION_MODEL (pdg_session_model_get_type ())
G_DECLARE_FINAL_TYPE (PdgSessionModel, pdg_session_model, PDG, SESSION_MODEL, GObject)

/* The newest sessions through the selected screen or transition, at most 20; kept up to date at most once a second while active.
 * Property "state" (PdgSessionState as int). UI thread. */
typedef enum
{
  PDG_SESSION_STATE_NONE,    /* neither exactly one screen nor a transition is selected */
  PDG_SESSION_STATE_LOADING,
  PDG_SESSION_STATE_READY,
  PDG_SESSION_STATE_ERROR,
} PdgSessionState;

PdgSessionModel *pdg_session_model_new (PdgWorkspace *workspace);
PdgSessionState  pdg_session_model_get_state (PdgSessionModel *self);

/* PdgSessionRow items. (transfer none) */
GListModel      *pdg_session_model_list_sessions (PdgSessionModel *self);

G_END_DECLS
