#include "config.h"
#include "app/pdg-workspace-load.h"

#include <glib/gi18n-lib.h>

#include "app/pdg-documents.h"
#include "app/pdg-graph-reader.h"
#include "app/pdg-json.h"

void
pdg_workspace_answer_free (PdgWorkspaceAnswer *answer)
{
  pdg_journey_graph_unref (answer->graph);
  g_free (answer);
}

void
pdg_workspace_answer_read_activity (PdgWorkspaceAnswer *answer, JsonObject *project)
{
  JsonObject *live = pdg_json_get_object (project, "live");

  answer->newest_event_usec = pdg_json_get_time (project, "newestEventAt");
  answer->events_per_minute = (gint) CLAMP (pdg_json_get_int (live, "eventsPerMinute", -1), -1, G_MAXINT);
  answer->active_sessions = (gint) CLAMP (pdg_json_get_int (live, "activeSessions", -1), -1, G_MAXINT);
}

static void
read_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  g_autoptr (PdgWorkspaceAnswer) answer = g_new0 (PdgWorkspaceAnswer, 1);
  g_autoptr (GError) error = NULL;
  JsonObject *data = pdg_json_get_data (task_data, &error);
  JsonObject *project = pdg_json_get_object (data, "project");
  JsonObject *graph = pdg_json_get_object (project, "journeyGraph");

  if (data != NULL && project == NULL)
    {
      const char *message = pdg_json_get_error_message (task_data);

      error = g_error_new_literal (PDG_CLIENT_ERROR, PDG_CLIENT_ERROR_REFUSED,
                                   message != NULL ? message : _ ("This project does not exist any more. Choose another one."));
    }
  if (error == NULL)
    {
      pdg_workspace_answer_read_activity (answer, project);
      answer->as_of_usec = pdg_json_get_time (graph, "asOf");
      answer->graph = pdg_graph_reader_read (graph, &error);
    }
  if (error != NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_pointer (task, g_steal_pointer (&answer), (GDestroyNotify) pdg_workspace_answer_free);
}

static void
executed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  JsonNode *response = pdg_client_execute_finish (PDG_CLIENT (source), result, &error);

  if (response == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_task_set_task_data (task, response, (GDestroyNotify) json_node_unref);
  g_task_run_in_thread (task, read_worker);
}

void
pdg_workspace_load_async (PdgClient *client, JsonNode *variables, GCancellable *cancellable, GAsyncReadyCallback callback,
                          gpointer user_data)
{
  /* No source object: a task that ends on a worker must not hold one. */
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, pdg_workspace_load_async);
  pdg_client_execute_async (client, PDG_DOCUMENT_GRAPH, variables, cancellable, executed_cb, task);
}

PdgWorkspaceAnswer *
pdg_workspace_load_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
