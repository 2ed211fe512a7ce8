#include "config.h"
#include "app/pdg-workspace.h"

#include <glib/gi18n-lib.h>

#include "app/pdg-documents.h"
#include "app/pdg-json.h"
#include "app/pdg-throttle.h"
#include "app/pdg-workspace-load.h"
#include "base/pdg-clock.h"
#include "base/pdg-time.h"

/* New events move the picture at most this often, and activity is asked for this often when nothing happens. */
#define REFRESH_INTERVAL_MS 100
#define LIVE_INTERVAL_MS 4000

struct _PdgWorkspace
{
  GObject parent_instance;

  PdgClient *client;
  GListStore *projects;
  PdgProject *project;
  char *wanted_project_id; /* to be shown when the list has it */
  PdgTimeRange range;
  PdgSelection *selection;

  /* What was asked for last; answers of an older generation are dropped. */
  guint64 generation;
  GCancellable *cancellable;
  PdgThrottle *throttle;
  guint64 projects_generation;
  guint subscription;
  guint live_source;
  gboolean live_running;

  PdgPhase phase;
  char *error_message;
  char *events_url;
  PdgJourneyGraph *graph;
  gint64 as_of_usec;
  gint64 newest_event_usec;
  gint events_per_minute;
  gint active_sessions;
  gboolean answered; /* the graph is of this project and range */
  gboolean closed;
};

G_DEFINE_FINAL_TYPE (PdgWorkspace, pdg_workspace, G_TYPE_OBJECT)

enum
{
  PROP_PROJECT = 1,
  PROP_RANGE,
  PROP_PHASE,
  PROP_ERROR_MESSAGE,
  PROP_GRAPH,
  PROP_LIVE,
  PROP_EVENTS_URL,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];
static guint reveal_signal;

static void load_projects (PdgWorkspace *self);

static void
set_text (char **text, const char *value)
{
  char *copy = g_strdup (value);

  g_free (*text);
  *text = copy;
}

static void
notify (PdgWorkspace *self, guint prop)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[prop]);
}

static void
update_phase (PdgWorkspace *self)
{
  PdgClientState state = pdg_client_get_state (self->client);
  guint n_screens = 0;
  PdgPhase phase;

  if (self->graph != NULL)
    pdg_journey_graph_get_screens (self->graph, &n_screens);
  if (state == PDG_CLIENT_FAILED)
    phase = PDG_PHASE_FAILED;
  else if (self->answered && n_screens > 0)
    phase = PDG_PHASE_READY;
  else if (self->answered)
    phase = self->newest_event_usec == 0 ? PDG_PHASE_EMPTY : PDG_PHASE_EMPTY_RANGE;
  else if (self->error_message != NULL && state != PDG_CLIENT_STARTING)
    phase = PDG_PHASE_ERROR;
  else
    phase = state == PDG_CLIENT_STARTING ? PDG_PHASE_STARTING : PDG_PHASE_LOADING;
  if (phase == self->phase)
    return;
  self->phase = phase;
  notify (self, PROP_PHASE);
}

static void
set_error_message (PdgWorkspace *self, const char *message)
{
  if (g_strcmp0 (message, self->error_message) == 0)
    return;
  set_text (&self->error_message, message);
  notify (self, PROP_ERROR_MESSAGE);
}

static void
set_activity (PdgWorkspace *self, const PdgWorkspaceAnswer *answer)
{
  self->newest_event_usec = answer->newest_event_usec;
  self->events_per_minute = answer->events_per_minute;
  self->active_sessions = answer->active_sessions;
  notify (self, PROP_LIVE);
}

/* ---- the graph ---- */

typedef struct
{
  PdgWorkspace *self;
  guint64 generation;
} Load;

static Load *
load_new (PdgWorkspace *self, guint64 generation)
{
  Load *load = g_new0 (Load, 1);

  load->self = g_object_ref (self);
  load->generation = generation;
  return load;
}

static void
load_free (Load *load)
{
  g_object_unref (load->self);
  g_free (load);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Load, load_free)

static void
take_answer (PdgWorkspace *self, PdgWorkspaceAnswer *answer)
{
  pdg_journey_graph_unref (self->graph);
  self->graph = g_steal_pointer (&answer->graph);
  self->as_of_usec = answer->as_of_usec;
  self->answered = TRUE;
  set_activity (self, answer);
  set_error_message (self, NULL);
  pdg_selection_prune (self->selection, self->graph);
  notify (self, PROP_GRAPH);
  update_phase (self);
}

static void
graph_loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Load) load = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgWorkspaceAnswer) answer = pdg_workspace_load_finish (result, &error);
  PdgWorkspace *self = load->self;

  if (load->generation != self->generation || self->closed)
    return;
  if (answer != NULL)
    take_answer (self, answer);
  else
    {
      set_error_message (self, error->message);
      update_phase (self);
    }
  pdg_throttle_finished (self->throttle);
}

static void
load_graph (gpointer user_data)
{
  PdgWorkspace *self = user_data;
  g_autoptr (JsonNode) variables = pdg_workspace_new_variables (self);

  pdg_workspace_load_async (self->client, variables, self->cancellable, graph_loaded_cb, load_new (self, self->generation));
}

static gboolean
can_ask (PdgWorkspace *self)
{
  return !self->closed && self->project != NULL && pdg_client_get_state (self->client) == PDG_CLIENT_CONNECTED;
}

/* Another project or range: what is under way answers a question that nobody asks any more. */
static void
begin_generation (PdgWorkspace *self)
{
  self->generation++;
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  pdg_throttle_reset (self->throttle);
  self->answered = FALSE;
  set_error_message (self, NULL);
  if (can_ask (self))
    pdg_throttle_queue (self->throttle);
  update_phase (self);
}

static void
project_changed_cb (JsonNode *response, gpointer user_data)
{
  PdgWorkspace *self = user_data;

  if (can_ask (self))
    pdg_throttle_queue (self->throttle);
}

static void
unsubscribe (PdgWorkspace *self)
{
  if (self->subscription != 0)
    pdg_client_unsubscribe (self->client, self->subscription);
  self->subscription = 0;
}

static void
subscribe (PdgWorkspace *self)
{
  g_autoptr (JsonNode) variables = pdg_json_new_variables ("id", pdg_project_get_id (self->project), NULL);

  unsubscribe (self);
  self->subscription = pdg_client_subscribe (self->client, PDG_DOCUMENT_PROJECT_CHANGED, variables, project_changed_cb, self, NULL);
}

/* ---- activity while nothing else asks ---- */

static void
live_loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Load) load = user_data;
  PdgWorkspace *self = load->self;
  g_autoptr (JsonNode) response = pdg_client_execute_finish (PDG_CLIENT (source), result, NULL);
  JsonObject *project = pdg_json_get_object (response != NULL ? pdg_json_get_data (response, NULL) : NULL, "project");
  PdgWorkspaceAnswer answer = { 0 };
  gboolean behind;

  self->live_running = FALSE;
  if (project == NULL || load->generation != self->generation || self->closed)
    return;
  pdg_workspace_answer_read_activity (&answer, project);
  behind = self->answered && answer.newest_event_usec > self->newest_event_usec;
  set_activity (self, &answer);
  if (behind) /* a message was lost on the way */
    pdg_throttle_queue (self->throttle);
}

static gboolean
live_cb (gpointer user_data)
{
  PdgWorkspace *self = user_data;
  g_autoptr (JsonNode) variables = NULL;

  if (!can_ask (self) || self->live_running || pdg_throttle_is_running (self->throttle))
    return G_SOURCE_CONTINUE;
  if (self->error_message != NULL) /* the last load failed: this is the time to try again */
    {
      pdg_throttle_queue (self->throttle);
      return G_SOURCE_CONTINUE;
    }
  self->live_running = TRUE;
  variables = pdg_json_new_variables ("id", pdg_project_get_id (self->project), NULL);
  pdg_client_execute_async (self->client, PDG_DOCUMENT_LIVE, variables, NULL, live_loaded_cb, load_new (self, self->generation));
  return G_SOURCE_CONTINUE;
}

/* ---- projects ---- */

static void
show_project (PdgWorkspace *self, PdgProject *project)
{
  g_clear_pointer (&self->wanted_project_id, g_free);
  if (!g_set_object (&self->project, project))
    return;
  self->newest_event_usec = 0;
  self->events_per_minute = -1;
  self->active_sessions = -1;
  g_clear_pointer (&self->graph, pdg_journey_graph_unref);
  pdg_selection_clear (self->selection);
  notify (self, PROP_PROJECT);
  notify (self, PROP_GRAPH);
  notify (self, PROP_LIVE);
  if (!self->closed)
    subscribe (self);
  begin_generation (self);
}

/* Without a wish of the user: a project that has events before one that has none. */
static PdgProject *
choose_project (PdgWorkspace *self, JsonArray *nodes)
{
  PdgProject *project = pdg_project_lookup (G_LIST_MODEL (self->projects), self->wanted_project_id);

  if (project == NULL && self->project != NULL)
    project = pdg_project_lookup (G_LIST_MODEL (self->projects), pdg_project_get_id (self->project));
  for (guint i = 0; project == NULL && i < pdg_json_get_length (nodes); i++)
    if (pdg_json_get_time (pdg_json_get_element (nodes, i), "newestEventAt") != 0)
      project = pdg_project_lookup (G_LIST_MODEL (self->projects),
                                    pdg_json_get_string (pdg_json_get_element (nodes, i), "id"));
  if (project == NULL)
    {
      g_autoptr (PdgProject) first = g_list_model_get_item (G_LIST_MODEL (self->projects), 0);

      project = first; /* the store keeps it */
    }
  return project;
}

static void
projects_loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Load) load = user_data;
  PdgWorkspace *self = load->self;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) response = pdg_client_execute_finish (PDG_CLIENT (source), result, &error);
  JsonObject *data = response != NULL ? pdg_json_get_data (response, &error) : NULL;
  JsonArray *nodes = pdg_json_get_array (pdg_json_get_object (data, "projects"), "nodes");
  PdgProject *project;

  if (load->generation != self->projects_generation || self->closed)
    return;
  if (nodes == NULL)
    {
      set_error_message (self, error != NULL ? error->message : _ ("The list of projects could not be read."));
      update_phase (self);
      return;
    }
  set_text (&self->events_url, pdg_json_get_string (pdg_json_get_object (data, "collector"), "eventsUrl"));
  notify (self, PROP_EVENTS_URL);
  pdg_project_update_store (self->projects, nodes);
  project = choose_project (self, nodes);
  if (project != NULL && project != self->project)
    show_project (self, project);
  else if (project != NULL)
    pdg_throttle_queue (self->throttle);
  else
    {
      self->answered = TRUE; /* no project at all is as empty as can be */
      update_phase (self);
    }
}

static void
load_projects (PdgWorkspace *self)
{
  if (self->closed || pdg_client_get_state (self->client) != PDG_CLIENT_CONNECTED)
    return;
  self->projects_generation++;
  pdg_client_execute_async (self->client, PDG_DOCUMENT_PROJECTS, NULL, NULL, projects_loaded_cb,
                            load_new (self, self->projects_generation));
}

static void
client_state_cb (PdgWorkspace *self)
{
  if (self->closed)
    return;
  if (pdg_client_get_state (self->client) == PDG_CLIENT_CONNECTED)
    {
      /* What was under way when the connection went may never be answered. */
      self->generation++;
      pdg_throttle_reset (self->throttle);
      set_error_message (self, NULL);
      load_projects (self);
    }
  update_phase (self);
}

/* ---- the object ---- */

void
pdg_workspace_close (PdgWorkspace *self)
{
  if (self->closed)
    return;
  self->closed = TRUE;
  unsubscribe (self);
  g_clear_handle_id (&self->live_source, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  pdg_throttle_reset (self->throttle);
  g_signal_handlers_disconnect_by_data (self->client, self);
}

static void
pdg_workspace_dispose (GObject *object)
{
  PdgWorkspace *self = PDG_WORKSPACE (object);

  if (self->client != NULL)
    pdg_workspace_close (self);
  g_clear_object (&self->client);
  g_clear_object (&self->projects);
  g_clear_object (&self->project);
  g_clear_object (&self->selection);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->throttle, pdg_throttle_free);
  g_clear_pointer (&self->graph, pdg_journey_graph_unref);
  G_OBJECT_CLASS (pdg_workspace_parent_class)->dispose (object);
}

static void
pdg_workspace_finalize (GObject *object)
{
  PdgWorkspace *self = PDG_WORKSPACE (object);

  g_free (self->wanted_project_id);
  g_free (self->error_message);
  g_free (self->events_url);
  G_OBJECT_CLASS (pdg_workspace_parent_class)->finalize (object);
}

static void
pdg_workspace_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PdgWorkspace *self = PDG_WORKSPACE (object);

  switch (id)
    {
    case PROP_PROJECT:
      g_value_set_object (value, self->project);
      break;
    case PROP_RANGE:
      g_value_set_int (value, self->range);
      break;
    case PROP_PHASE:
      g_value_set_int (value, self->phase);
      break;
    case PROP_ERROR_MESSAGE:
      g_value_set_string (value, self->error_message);
      break;
    case PROP_GRAPH:
      g_value_set_pointer (value, self->graph);
      break;
    case PROP_LIVE:
      g_value_set_int (value, self->events_per_minute);
      break;
    case PROP_EVENTS_URL:
      g_value_set_string (value, self->events_url);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
pdg_workspace_class_init (PdgWorkspaceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = pdg_workspace_dispose;
  object_class->finalize = pdg_workspace_finalize;
  object_class->get_property = pdg_workspace_get_property;
  props[PROP_PROJECT] = g_param_spec_object ("project", NULL, NULL, PDG_TYPE_PROJECT, flags);
  props[PROP_RANGE] = g_param_spec_int ("range", NULL, NULL, 0, PDG_N_TIME_RANGES - 1, PDG_TIME_RANGE_DEFAULT, flags);
  props[PROP_PHASE] = g_param_spec_int ("phase", NULL, NULL, PDG_PHASE_STARTING, PDG_PHASE_FAILED, PDG_PHASE_STARTING, flags);
  props[PROP_ERROR_MESSAGE] = g_param_spec_string ("error-message", NULL, NULL, NULL, flags);
  props[PROP_GRAPH] = g_param_spec_pointer ("graph", NULL, NULL, flags);
  props[PROP_LIVE] = g_param_spec_int ("live", NULL, NULL, -1, G_MAXINT, -1, flags);
  props[PROP_EVENTS_URL] = g_param_spec_string ("events-url", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
  reveal_signal = g_signal_new ("reveal", PDG_TYPE_WORKSPACE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
pdg_workspace_init (PdgWorkspace *self)
{
  self->projects = g_list_store_new (PDG_TYPE_PROJECT);
  self->selection = pdg_selection_new ();
  self->cancellable = g_cancellable_new ();
  self->throttle = pdg_throttle_new (REFRESH_INTERVAL_MS, load_graph, self);
  self->range = PDG_TIME_RANGE_DEFAULT;
  self->events_per_minute = -1;
  self->active_sessions = -1;
  self->live_source = g_timeout_add (LIVE_INTERVAL_MS, live_cb, self);
}

PdgWorkspace *
pdg_workspace_new (PdgClient *client)
{
  PdgWorkspace *self;

  g_return_val_if_fail (PDG_IS_CLIENT (client), NULL);
  self = g_object_new (PDG_TYPE_WORKSPACE, NULL);
  self->client = g_object_ref (client);
  g_signal_connect_swapped (client, "notify::state", G_CALLBACK (client_state_cb), self);
  client_state_cb (self);
  return self;
}

PdgClient *
pdg_workspace_get_client (PdgWorkspace *self)
{
  return self->client;
}

PdgSelection *
pdg_workspace_get_selection (PdgWorkspace *self)
{
  return self->selection;
}

PdgPhase
pdg_workspace_get_phase (PdgWorkspace *self)
{
  return self->phase;
}

const char *
pdg_workspace_get_error_message (PdgWorkspace *self)
{
  return self->error_message;
}

GListModel *
pdg_workspace_list_projects (PdgWorkspace *self)
{
  return G_LIST_MODEL (self->projects);
}

PdgProject *
pdg_workspace_get_project (PdgWorkspace *self)
{
  return self->project;
}

void
pdg_workspace_set_project_id (PdgWorkspace *self, const char *id)
{
  PdgProject *project = pdg_project_lookup (G_LIST_MODEL (self->projects), id);

  if (project != NULL)
    show_project (self, project);
  else if (g_list_model_get_n_items (G_LIST_MODEL (self->projects)) == 0)
    set_text (&self->wanted_project_id, id);
}

void
pdg_workspace_reload_projects (PdgWorkspace *self, const char *id)
{
  if (id != NULL)
    set_text (&self->wanted_project_id, id);
  load_projects (self);
}

PdgTimeRange
pdg_workspace_get_range (PdgWorkspace *self)
{
  return self->range;
}

void
pdg_workspace_set_range (PdgWorkspace *self, PdgTimeRange range)
{
  if (range == self->range)
    return;
  self->range = range;
  notify (self, PROP_RANGE);
  begin_generation (self);
}

JsonNode *
pdg_workspace_new_variables (PdgWorkspace *self)
{
  JsonNode *variables = pdg_json_new_variables ("id", self->project != NULL ? pdg_project_get_id (self->project) : NULL, NULL);
  char start[PDG_RFC3339_BYTES];
  gint64 start_usec;

  if (pdg_time_range_get_start (self->range, pdg_clock_now_usec (), &start_usec))
    {
      pdg_time_format_rfc3339 (start_usec, start);
      pdg_json_set_nested (variables, "range", "from", start);
    }
  else
    pdg_json_set_nested (variables, "range", "from", NULL);
  return variables;
}

PdgJourneyGraph *
pdg_workspace_get_graph (PdgWorkspace *self)
{
  return self->graph;
}

gint64
pdg_workspace_get_as_of (PdgWorkspace *self)
{
  return self->as_of_usec;
}

gint64
pdg_workspace_get_newest_event (PdgWorkspace *self)
{
  return self->newest_event_usec;
}

gint
pdg_workspace_get_events_per_minute (PdgWorkspace *self)
{
  return self->events_per_minute;
}

gint
pdg_workspace_get_active_sessions (PdgWorkspace *self)
{
  return self->active_sessions;
}

const char *
pdg_workspace_get_events_url (PdgWorkspace *self)
{
  return self->events_url;
}

void
pdg_workspace_refresh (PdgWorkspace *self)
{
  set_error_message (self, NULL);
  update_phase (self);
  load_projects (self);
}

void
pdg_workspace_reveal_selection (PdgWorkspace *self)
{
  g_signal_emit (self, reveal_signal, 0);
}

static void
created_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PdgWorkspace *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (JsonNode) response = pdg_client_execute_finish (PDG_CLIENT (source), result, &error);
  JsonObject *data = response != NULL ? pdg_json_get_data (response, &error) : NULL;
  JsonObject *payload = pdg_json_get_object (data, "createProject");
  const char *id = pdg_json_get_string (pdg_json_get_object (payload, "project"), "id");
  JsonArray *refusals = pdg_json_get_array (payload, "errors");
  const char *refusal = pdg_json_get_length (refusals) > 0 ? pdg_json_get_string (pdg_json_get_element (refusals, 0), "message") : NULL;

  if (id == NULL && error == NULL && refusal != NULL)
    error = g_error_new_literal (PDG_CLIENT_ERROR, PDG_CLIENT_ERROR_REFUSED, refusal);
  else if (id == NULL && error == NULL)
    error = g_error_new_literal (PDG_CLIENT_ERROR, PDG_CLIENT_ERROR_RESPONSE, _ ("The project could not be made."));
  if (error != NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  pdg_workspace_reload_projects (self, id);
  g_task_return_boolean (task, TRUE);
}

void
pdg_workspace_create_project_async (PdgWorkspace *self, const char *name, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (JsonNode) variables = pdg_json_new_variables (NULL, NULL);
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, pdg_workspace_create_project_async);
  pdg_json_set_nested (variables, "input", "name", name);
  pdg_client_execute_async (self->client, PDG_DOCUMENT_CREATE_PROJECT, variables, NULL, created_cb, task);
}

gboolean
pdg_workspace_create_project_finish (PdgWorkspace *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
