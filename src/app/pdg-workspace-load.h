#pragma once

#include "client/pdg-client.h"
#include "model/pdg-journey-graph.h"

G_BEGIN_DECLS

/* One answer about a project: its activity and its graph. */
typedef struct
{
  PdgJourneyGraph *graph;    /* NULL when the project is not there */
  gint64 as_of_usec;
  gint64 newest_event_usec;  /* 0 = none */
  gint events_per_minute;
  gint active_sessions;
} PdgWorkspaceAnswer;

void                pdg_workspace_answer_free (PdgWorkspaceAnswer *answer);

/* Executes PDG_DOCUMENT_GRAPH and reads the answer on a worker. UI thread. */
void                pdg_workspace_load_async (PdgClient *client, JsonNode *variables, GCancellable *cancellable,
                                              GAsyncReadyCallback callback, gpointer user_data);

/* (transfer full); NULL with an error of PDG_CLIENT_ERROR or G_IO_ERROR_CANCELLED. */
PdgWorkspaceAnswer *pdg_workspace_load_finish (GAsyncResult *result, GError **error);

/* Reads newestEventAt and live of a Project object into @answer. */
void                pdg_workspace_answer_read_activity (PdgWorkspaceAnswer *answer, JsonObject *project);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgWorkspaceAnswer, pdg_workspace_answer_free)

G_END_DECLS
