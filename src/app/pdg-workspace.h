#pragma once

#include "app/pdg-project.h"
#include "app/pdg-selection.h"
#include "app/pdg-time-range.h"
#include "client/pdg-client.h"
#include "model/pdg-journey-graph.h"

G_BEGIN_DECLS

/* What the window shows. */
typedef enum
{
  PDG_PHASE_STARTING,    /* the client is not connected yet */
  PDG_PHASE_LOADING,     /* the first answer for this project and range is under way */
  PDG_PHASE_READY,       /* there is a graph with screens */
  PDG_PHASE_EMPTY,       /* the project never had an event */
  PDG_PHASE_EMPTY_RANGE, /* it had events, but no screens in the range */
  PDG_PHASE_ERROR,       /* nothing could be read; error-message says why */
  PDG_PHASE_FAILED,      /* the client could not start; its state-message says why */
} PdgPhase;

#define PDG_TYPE_WORKSPACE (pdg_workspace_get_type ())
G_DECLARE_FINAL_TYPE (PdgWorkspace, pdg_workspace, PDG, WORKSPACE, GObject)

/* The state that all panes share: client, project, range, graph, selection. Panes bind to it and never call each other.
 * Properties, all notifying: "project" (PdgProject, nullable), "range" (PdgTimeRange as int), "phase" (PdgPhase as int),
 * "error-message" (string: why the newest load failed, NULL when it did not), "graph" (pointer, PdgJourneyGraph),
 * "live" (changed figures of activity), "events-url" (string).
 * Signal "reveal": the selection is to be brought into view. UI thread. */
PdgWorkspace    *pdg_workspace_new (PdgClient *client);

/* Ends subscriptions and drops what is under way; before the client stops. */
void             pdg_workspace_close (PdgWorkspace *self);

PdgClient       *pdg_workspace_get_client (PdgWorkspace *self);
PdgSelection    *pdg_workspace_get_selection (PdgWorkspace *self);
PdgPhase         pdg_workspace_get_phase (PdgWorkspace *self);
const char      *pdg_workspace_get_error_message (PdgWorkspace *self);

/* PdgProject items. (transfer none) */
GListModel      *pdg_workspace_list_projects (PdgWorkspace *self);
PdgProject      *pdg_workspace_get_project (PdgWorkspace *self);

/* Shows the project with this id: now, or as soon as the list of projects is there. Unknown ids are ignored. */
void             pdg_workspace_set_project_id (PdgWorkspace *self, const char *id);

/* Loads the list of projects anew and then shows @id (nullable: stays). */
void             pdg_workspace_reload_projects (PdgWorkspace *self, const char *id);

PdgTimeRange     pdg_workspace_get_range (PdgWorkspace *self);
void             pdg_workspace_set_range (PdgWorkspace *self, PdgTimeRange range);

/* Variables {id, range} for documents about the chosen project and range. (transfer full) */
JsonNode        *pdg_workspace_new_variables (PdgWorkspace *self);

/* The graph shown; NULL before the first. (transfer none) */
PdgJourneyGraph *pdg_workspace_get_graph (PdgWorkspace *self);

/* When the graph's figures were read, unix microseconds; 0 when there is none. */
gint64           pdg_workspace_get_as_of (PdgWorkspace *self);

/* Time of the project's newest event; 0 when it has none. */
gint64           pdg_workspace_get_newest_event (PdgWorkspace *self);

/* Events of the last minute; negative while unknown. */
gint             pdg_workspace_get_events_per_minute (PdgWorkspace *self);
gint             pdg_workspace_get_active_sessions (PdgWorkspace *self);

/* Where to send events; NULL when this installation does not collect or is not asked yet. */
const char      *pdg_workspace_get_events_url (PdgWorkspace *self);

/* Asks again for everything shown; what the retry buttons do. */
void             pdg_workspace_refresh (PdgWorkspace *self);

/* Asks the panes to bring the selection into view. */
void             pdg_workspace_reveal_selection (PdgWorkspace *self);

/* Makes a project of this name and shows it. FALSE and an error of PDG_CLIENT_ERROR from finish when it was refused. */
void             pdg_workspace_create_project_async (PdgWorkspace *self, const char *name, GAsyncReadyCallback callback,
                                                     gpointer user_data);
gboolean         pdg_workspace_create_project_finish (PdgWorkspace *self, GAsyncResult *result, GError **error);

G_END_DECLS
