#include "config.h"
#include "app/pdg-board-client.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/pdg-time.h"

#define PROJECT_ID "board"

struct _PdgBoardClient
{
  PdgClient parent_instance;
  PdgBoard *board;
  PdgClient *pictures;
  guint n_subscriptions;
};

G_DEFINE_FINAL_TYPE (PdgBoardClient, pdg_board_client, PDG_TYPE_CLIENT)

static JsonObject *
add_object (JsonObject *object, const char *name)
{
  JsonObject *child = json_object_new ();

  json_object_set_object_member (object, name, child);
  return child;
}

static void
set_time (JsonObject *object, const char *name, gint64 usec)
{
  char text[PDG_RFC3339_BYTES];

  pdg_time_format_rfc3339 (usec, text);
  json_object_set_string_member (object, name, text);
}

static void
set_ms (JsonObject *object, const char *name, double ms)
{
  if (ms >= 0)
    json_object_set_double_member (object, name, ms);
  else
    json_object_set_null_member (object, name);
}

static void
add_screens (JsonObject *graph_object, PdgJourneyGraph *graph)
{
  guint n;
  const PdgJourneyScreen *screens = pdg_journey_graph_get_screens (graph, &n);
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < n; i++)
    {
      JsonObject *object = json_object_new ();

      json_object_set_string_member (object, "id", screens[i].id);
      json_object_set_string_member (object, "path", screens[i].path);
      json_object_set_string_member (object, "name", screens[i].name);
      json_object_set_int_member (object, "visits", screens[i].visits);
      json_object_set_int_member (object, "entries", screens[i].entries);
      json_object_set_int_member (object, "exits", screens[i].exits);
      json_object_set_int_member (object, "errors", screens[i].errors);
      json_object_set_int_member (object, "sessionCount", screens[i].sessions);
      set_ms (object, "loadP75Ms", screens[i].load_p75_ms);
      set_ms (object, "dwellMedianMs", screens[i].dwell_median_ms);
      if (screens[i].snapshot_id != NULL)
        json_object_set_string_member (object, "snapshotId", screens[i].snapshot_id);
      else
        json_object_set_null_member (object, "snapshotId");
      json_array_add_object_element (array, object);
    }
  json_object_set_array_member (graph_object, "screens", array);
}

static void
add_transitions (JsonObject *graph_object, PdgJourneyGraph *graph)
{
  guint n, n_screens;
  const PdgJourneyScreen *screens = pdg_journey_graph_get_screens (graph, &n_screens);
  const PdgJourneyTransition *transitions = pdg_journey_graph_get_transitions (graph, &n);
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < n; i++)
    {
      JsonObject *object = json_object_new ();

      json_object_set_string_member (object, "from", screens[transitions[i].from].id);
      json_object_set_string_member (object, "to", screens[transitions[i].to].id);
      json_object_set_int_member (object, "count", transitions[i].count);
      set_ms (object, "dwellMedianMs", transitions[i].dwell_median_ms);
      json_array_add_object_element (array, object);
    }
  json_object_set_array_member (graph_object, "transitions", array);
}

static void
fill_project (PdgBoardClient *self, JsonObject *project, gboolean with_graph)
{
  PdgJourneyGraph *graph = pdg_board_get_graph (self->board);
  JsonObject *object;

  json_object_set_string_member (project, "id", PROJECT_ID);
  json_object_set_string_member (project, "name", pdg_board_get_project (self->board));
  set_time (project, "newestEventAt", pdg_board_get_as_of (self->board));
  json_object_set_null_member (project, "live");
  if (!with_graph)
    return;
  object = add_object (project, "journeyGraph");
  set_time (object, "asOf", pdg_board_get_as_of (self->board));
  json_object_set_int_member (object, "sessionCount", (gint64) pdg_journey_graph_get_n_sessions (graph));
  json_object_set_int_member (object, "eventCount", (gint64) pdg_journey_graph_get_n_events (graph));
  add_screens (object, graph);
  add_transitions (object, graph);
}

static JsonNode *
make_answer (PdgBoardClient *self, gboolean with_graph)
{
  JsonObject *root = json_object_new ();
  JsonObject *data = add_object (root, "data");
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  if (with_graph)
    fill_project (self, add_object (data, "project"), TRUE);
  else
    {
      JsonArray *nodes = json_array_new ();
      JsonObject *project = json_object_new ();

      fill_project (self, project, FALSE);
      json_array_add_object_element (nodes, project);
      json_object_set_array_member (add_object (data, "projects"), "nodes", nodes);
      json_object_set_null_member (data, "collector");
    }
  json_node_take_object (node, root);
  return node;
}

static void
execute_async (PdgClient *client, const char *document, JsonNode *variables, GTask *task)
{
  gboolean graph = g_str_has_prefix (document, "query Graph(");

  if (graph || g_str_has_prefix (document, "query Projects "))
    g_task_return_pointer (task, make_answer (PDG_BOARD_CLIENT (client), graph), (GDestroyNotify) json_node_unref);
  else
    g_task_return_new_error (task, PDG_CLIENT_ERROR, PDG_CLIENT_ERROR_REFUSED, _ ("The file of a board has only screens, numbers and places."));
}

/* Nothing ever happens in a file. */
static guint
subscribe (PdgClient *client, const char *document, JsonNode *variables, PdgClientEventFunc func, gpointer user_data, GDestroyNotify destroy)
{
  if (destroy != NULL)
    destroy (user_data);
  return ++PDG_BOARD_CLIENT (client)->n_subscriptions;
}

static void
unsubscribe (PdgClient *client, guint id)
{
}

static void
fetched_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  GBytes *bytes = pdg_client_fetch_blob_finish (PDG_CLIENT (source), result, &error);

  if (bytes != NULL)
    g_task_return_pointer (task, bytes, (GDestroyNotify) g_bytes_unref);
  else
    g_task_return_error (task, error);
}

static void
fetch_blob_async (PdgClient *client, const char *id, int min_width, GTask *task)
{
  PdgBoardClient *self = PDG_BOARD_CLIENT (client);

  if (self->pictures != NULL)
    pdg_client_fetch_blob_async (self->pictures, id, min_width, g_task_get_cancellable (task), fetched_cb, g_object_ref (task));
  else
    g_task_return_new_error (task, PDG_CLIENT_ERROR, PDG_CLIENT_ERROR_REFUSED, _ ("The picture is not in the file."));
}

static void
pdg_board_client_dispose (GObject *object)
{
  PdgBoardClient *self = PDG_BOARD_CLIENT (object);

  g_clear_object (&self->pictures);
  g_clear_pointer (&self->board, pdg_board_unref);
  G_OBJECT_CLASS (pdg_board_client_parent_class)->dispose (object);
}

static void
pdg_board_client_class_init (PdgBoardClientClass *klass)
{
  PdgClientClass *client_class = PDG_CLIENT_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pdg_board_client_dispose;
  client_class->execute_async = execute_async;
  client_class->subscribe = subscribe;
  client_class->unsubscribe = unsubscribe;
  client_class->fetch_blob_async = fetch_blob_async;
}

static void
pdg_board_client_init (PdgBoardClient *self)
{
  pdg_client_set_state (PDG_CLIENT (self), PDG_CLIENT_CONNECTED, NULL);
}

PdgClient *
pdg_board_client_new (PdgBoard *board, PdgClient *pictures)
{
  PdgBoardClient *self = g_object_new (PDG_TYPE_BOARD_CLIENT, NULL);

  self->board = pdg_board_ref (board);
  self->pictures = pictures != NULL ? g_object_ref (pictures) : NULL;
  return PDG_CLIENT (self);
}
