#include "config.h"
#include "app/pdg-screen-details.h"

#include <glib/gi18n-lib.h>

#include "app/pdg-documents.h"
#include "app/pdg-json.h"
#include "app/pdg-throttle.h"

#define INTERVAL_MS 5000

struct _PdgScreenDetails
{
  GObject parent_instance;
  PdgWorkspace *workspace;
  char *screen_id;
  JsonNode *response;
  JsonArray *steps;
  PdgComponentNode *components;
  char *error_message;
  GCancellable *cancellable;
  PdgThrottle *throttle;
  guint64 generation;
  PdgDetailsState state;
};

G_DEFINE_FINAL_TYPE (PdgScreenDetails, pdg_screen_details, G_TYPE_OBJECT)

static guint changed_signal;

typedef struct
{
  PdgScreenDetails *self;
  guint64 generation;
} Load;

static JsonObject *
get_project (PdgScreenDetails *self)
{
  return self->response != NULL ? pdg_json_get_object (pdg_json_get_data (self->response, NULL), "project") : NULL;
}

static void
drop_answer (PdgScreenDetails *self)
{
  g_clear_pointer (&self->response, json_node_unref);
  g_clear_pointer (&self->steps, json_array_unref);
  g_clear_object (&self->components);
  g_clear_pointer (&self->error_message, g_free);
}

static void
set_state (PdgScreenDetails *self, PdgDetailsState state)
{
  self->state = state;
  g_signal_emit (self, changed_signal, 0);
}

static void
add_step (PdgScreenDetails *self, JsonObject *journey, JsonObject *step, guint n_steps)
{
  JsonObject *out = json_object_new ();

  json_object_set_string_member (out, "journey", pdg_json_get_string (journey, "name"));
  json_object_set_string_member (out, "name", pdg_json_get_string (step, "name"));
  json_object_set_int_member (out, "place", pdg_json_get_int (step, "place", 0));
  json_object_set_int_member (out, "count", n_steps);
  json_object_set_boolean_member (out, "designed", g_strcmp0 (pdg_json_get_string (journey, "kind"), "DESIGNED") == 0);
  json_array_add_object_element (self->steps, out);
}

/* The steps that are bound to the screen. */
static void
collect_steps (PdgScreenDetails *self)
{
  JsonArray *journeys = pdg_json_get_array (pdg_json_get_object (get_project (self), "journeys"), "nodes");
  const char *path = pdg_json_get_string (pdg_screen_details_get_screen (self), "path");

  self->steps = json_array_new ();
  for (guint i = 0; i < pdg_json_get_length (journeys); i++)
    {
      JsonObject *journey = pdg_json_get_element (journeys, i);
      JsonArray *steps = pdg_json_get_array (journey, "steps");

      for (guint k = 0; k < pdg_json_get_length (steps); k++)
        {
          JsonObject *step = pdg_json_get_element (steps, k);

          if (path != NULL && g_strcmp0 (pdg_json_get_string (step, "screenPath"), path) == 0)
            add_step (self, journey, step, pdg_json_get_length (steps));
        }
    }
}

static void
take_response (PdgScreenDetails *self, JsonNode *response)
{
  JsonObject *snapshot;

  drop_answer (self);
  self->response = response;
  collect_steps (self);
  snapshot = pdg_json_get_object (pdg_screen_details_get_screen (self), "snapshot");
  if (snapshot != NULL && json_object_has_member (snapshot, "componentTree"))
    self->components = pdg_component_node_read (json_object_get_member (snapshot, "componentTree"));
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Load *load = user_data;
  g_autoptr (PdgScreenDetails) self = load->self;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) response = pdg_client_execute_finish (PDG_CLIENT (source), result, &error);
  JsonObject *data = response != NULL ? pdg_json_get_data (response, &error) : NULL;

  if (load->generation != self->generation || self->workspace == NULL)
    return;
  if (data != NULL && pdg_json_get_object (pdg_json_get_object (data, "project"), "screen") != NULL)
    {
      /* What is the same is not shown again: focus and what was opened stay. */
      if (self->state != PDG_DETAILS_READY || !json_node_equal (response, self->response))
        {
          take_response (self, g_steal_pointer (&response));
          set_state (self, PDG_DETAILS_READY);
        }
    }
  else if (self->state != PDG_DETAILS_READY)
    {
      const char *refusal = error == NULL ? pdg_json_get_error_message (response) : error->message;

      drop_answer (self);
      self->error_message = g_strdup (refusal != NULL ? refusal : _ ("The screen is not there any more."));
      set_state (self, PDG_DETAILS_ERROR);
    }
  pdg_throttle_finished (self->throttle);
}

static void
load_details (gpointer user_data)
{
  PdgScreenDetails *self = user_data;
  g_autoptr (JsonNode) variables = pdg_workspace_new_variables (self->workspace);
  Load *load = g_new0 (Load, 1);

  json_object_set_string_member (json_node_get_object (variables), "screen", self->screen_id);
  load->self = g_object_ref (self);
  load->generation = self->generation;
  pdg_client_execute_async (pdg_workspace_get_client (self->workspace), PDG_DOCUMENT_SCREEN, variables, self->cancellable, loaded_cb, load);
}

static void
ask_anew (PdgScreenDetails *self)
{
  self->generation++;
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  pdg_throttle_reset (self->throttle);
  drop_answer (self);
  set_state (self, self->screen_id != NULL ? PDG_DETAILS_LOADING : PDG_DETAILS_NONE);
  if (self->screen_id != NULL)
    pdg_throttle_queue (self->throttle);
}

static void
range_cb (PdgScreenDetails *self)
{
  if (self->screen_id != NULL)
    ask_anew (self);
}

static void
graph_cb (PdgScreenDetails *self)
{
  if (self->screen_id != NULL && pdg_workspace_get_graph (self->workspace) != NULL)
    pdg_throttle_queue (self->throttle);
}

static void
pdg_screen_details_dispose (GObject *object)
{
  PdgScreenDetails *self = PDG_SCREEN_DETAILS (object);

  self->generation++;
  g_cancellable_cancel (self->cancellable);
  if (self->workspace != NULL)
    g_signal_handlers_disconnect_by_data (self->workspace, self);
  g_clear_object (&self->workspace);
  g_clear_pointer (&self->throttle, pdg_throttle_free);
  drop_answer (self);
  G_OBJECT_CLASS (pdg_screen_details_parent_class)->dispose (object);
}

static void
pdg_screen_details_finalize (GObject *object)
{
  PdgScreenDetails *self = PDG_SCREEN_DETAILS (object);

  g_object_unref (self->cancellable);
  g_free (self->screen_id);
  G_OBJECT_CLASS (pdg_screen_details_parent_class)->finalize (object);
}

static void
pdg_screen_details_class_init (PdgScreenDetailsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = pdg_screen_details_dispose;
  G_OBJECT_CLASS (klass)->finalize = pdg_screen_details_finalize;
  changed_signal = g_signal_new ("changed", PDG_TYPE_SCREEN_DETAILS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
pdg_screen_details_init (PdgScreenDetails *self)
{
  self->cancellable = g_cancellable_new ();
  self->throttle = pdg_throttle_new (INTERVAL_MS, load_details, self);
}

PdgScreenDetails *
pdg_screen_details_new (PdgWorkspace *workspace)
{
  PdgScreenDetails *self = g_object_new (PDG_TYPE_SCREEN_DETAILS, NULL);

  self->workspace = g_object_ref (workspace);
  g_signal_connect_swapped (workspace, "notify::range", G_CALLBACK (range_cb), self);
  g_signal_connect_swapped (workspace, "notify::graph", G_CALLBACK (graph_cb), self);
  return self;
}

void
pdg_screen_details_set_screen_id (PdgScreenDetails *self, const char *id)
{
  if (g_strcmp0 (id, self->screen_id) == 0)
    return;
  g_free (self->screen_id);
  self->screen_id = g_strdup (id);
  ask_anew (self);
}

PdgDetailsState
pdg_screen_details_get_state (PdgScreenDetails *self)
{
  return self->state;
}

const char *
pdg_screen_details_get_screen_id (PdgScreenDetails *self)
{
  return self->screen_id;
}

const char *
pdg_screen_details_get_error_message (PdgScreenDetails *self)
{
  return self->error_message;
}

JsonObject *
pdg_screen_details_get_screen (PdgScreenDetails *self)
{
  return pdg_json_get_object (get_project (self), "screen");
}

JsonArray *
pdg_screen_details_get_steps (PdgScreenDetails *self)
{
  return self->steps;
}

PdgComponentNode *
pdg_screen_details_get_components (PdgScreenDetails *self)
{
  return self->components;
}

char *
pdg_screen_dup_call_title (JsonObject *call)
{
  const char *method = pdg_json_get_string (call, "method"), *route = pdg_json_get_string (call, "route");

  return g_strjoin (" ", method != NULL ? method : route, method != NULL ? route : NULL, NULL);
}

char *
pdg_screen_dup_error_title (JsonObject *error)
{
  const char *type = pdg_json_get_string (error, "type"), *message = pdg_json_get_string (error, "message");

  return g_strdup (message != NULL ? message : type != NULL ? type : _ ("An error without a message"));
}

void
pdg_screen_details_retry (PdgScreenDetails *self)
{
  if (self->screen_id != NULL)
    ask_anew (self);
}
