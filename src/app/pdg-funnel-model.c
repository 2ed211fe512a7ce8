#include "config.h"
#include "app/pdg-funnel-model.h"

#include <glib/gi18n-lib.h>

#include "app/pdg-documents.h"
#include "app/pdg-json.h"
#include "app/pdg-session-model.h"
#include "app/pdg-throttle.h"
#include "base/pdg-decimal.h"

#define DEBOUNCE_MS 150
#define INTERVAL_MS 5000 /* of following the project */
#define FIRST_STEPS 4
#define MAX_UNDO 100
#define DEFAULT_WINDOW 2

static const int windows[PDG_N_FUNNEL_WINDOWS] = { 3600, 86400, 7 * 86400, 30 * 86400, 0 /* any time */ };
static const char *const orders[PDG_N_FUNNEL_ORDERS] = { "ORDERED", "STRICT", "UNORDERED" };
static const char *const countings[PDG_N_FUNNEL_COUNTINGS] = { "ACTORS", "ATTEMPTS", "SESSIONS" };

/* ---- the model ---- */

/* What is asked. */
typedef struct
{
  GPtrArray *steps; /* PdgFunnelStep */
  guint window, order, counting;
} Plan;

struct _PdgFunnelModel
{
  GObject parent_instance;
  PdgWorkspace *workspace;
  GListStore *steps;   /* those of the plan */
  GListStore *choices;
  GListStore *people;
  guint window, order, counting;
  GPtrArray *undo, *redo; /* Plan */
  gboolean touched;       /* the user has changed it: it is not made anew of the graph */
  gboolean active;

  JsonNode *response;
  char *error_message;
  PdgFunnelState state;
  GCancellable *cancellable;
  guint64 generation;
  guint debounce_source;
  PdgThrottle *throttle;

  guint people_number; /* 0 = none */
  gboolean people_stopped;
  gboolean people_loading;
  GCancellable *people_cancellable;
  guint64 people_generation;
};

G_DEFINE_FINAL_TYPE (PdgFunnelModel, pdg_funnel_model, G_TYPE_OBJECT)

static guint changed_signal, answered_signal, people_signal;

typedef struct
{
  PdgFunnelModel *self;
  guint64 generation;
} Load;

static Load *
load_new (PdgFunnelModel *self, guint64 generation)
{
  Load *load = g_new0 (Load, 1);

  load->self = g_object_ref (self);
  load->generation = generation;
  return load;
}

static void
plan_free (gpointer data)
{
  Plan *plan = data;

  g_ptr_array_unref (plan->steps);
  g_free (plan);
}

static Plan *
plan_new (PdgFunnelModel *self)
{
  Plan *plan = g_new0 (Plan, 1);

  plan->steps = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->steps)); i++)
    g_ptr_array_add (plan->steps, g_list_model_get_item (G_LIST_MODEL (self->steps), i));
  plan->window = self->window;
  plan->order = self->order;
  plan->counting = self->counting;
  return plan;
}

/* ---- asking ---- */

static void
set_state (PdgFunnelModel *self, PdgFunnelState state, const char *message)
{
  g_free (self->error_message);
  self->error_message = g_strdup (message);
  self->state = state;
  g_signal_emit (self, answered_signal, 0);
}

static JsonNode *
make_variables (PdgFunnelModel *self)
{
  JsonNode *variables = pdg_workspace_new_variables (self->workspace);
  JsonObject *object = json_node_get_object (variables);
  JsonArray *steps = json_array_new ();

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->steps)); i++)
    {
      g_autoptr (PdgFunnelStep) step = g_list_model_get_item (G_LIST_MODEL (self->steps), i);

      json_array_add_object_element (steps, pdg_funnel_step_to_input (step));
    }
  json_object_set_array_member (object, "steps", steps);
  if (windows[self->window] > 0)
    json_object_set_int_member (object, "window", windows[self->window]);
  else
    json_object_set_null_member (object, "window");
  json_object_set_string_member (object, "order", orders[self->order]);
  json_object_set_string_member (object, "counting", countings[self->counting]);
  return variables;
}

static JsonObject *
find_funnel (JsonNode *response)
{
  JsonObject *data = response != NULL ? pdg_json_get_data (response, NULL) : NULL;

  return pdg_json_get_object (pdg_json_get_object (data, "project"), "funnel");
}

static void
answered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Load *load = user_data;
  g_autoptr (PdgFunnelModel) self = load->self;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) response = pdg_client_execute_finish (PDG_CLIENT (source), result, &error);
  const char *refusal = response != NULL ? pdg_json_get_error_message (response) : NULL;

  if (load->generation != self->generation || self->workspace == NULL)
    return;
  if (find_funnel (response) != NULL)
    {
      g_clear_pointer (&self->response, json_node_unref);
      self->response = g_steal_pointer (&response);
      set_state (self, PDG_FUNNEL_READY, NULL);
    }
  else if (self->state != PDG_FUNNEL_READY) /* what is there stays: it is asked for again with the next change */
    set_state (self, PDG_FUNNEL_FAILED,
               error != NULL ? error->message : refusal != NULL ? refusal : _ ("The project is not there any more."));
  pdg_throttle_finished (self->throttle);
}

static gboolean
can_ask (PdgFunnelModel *self)
{
  return pdg_workspace_get_project (self->workspace) != NULL && g_list_model_get_n_items (G_LIST_MODEL (self->steps)) >= 2;
}

static void
load_funnel (gpointer user_data)
{
  PdgFunnelModel *self = user_data;
  g_autoptr (JsonNode) variables = make_variables (self);

  pdg_client_execute_async (pdg_workspace_get_client (self->workspace), PDG_DOCUMENT_FUNNEL, variables, self->cancellable, answered_cb,
                            load_new (self, self->generation));
}

static gboolean
debounce_cb (gpointer user_data)
{
  PdgFunnelModel *self = user_data;

  self->debounce_source = 0;
  pdg_throttle_queue (self->throttle);
  return G_SOURCE_REMOVE;
}

/* Something else is asked: what is under way is not wanted any more. */
static void
ask_anew (PdgFunnelModel *self)
{
  self->generation++;
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  pdg_throttle_reset (self->throttle);
  g_clear_handle_id (&self->debounce_source, g_source_remove);
  g_clear_pointer (&self->response, json_node_unref);
  pdg_funnel_model_show_people (self, 0, FALSE);
  set_state (self, can_ask (self) ? PDG_FUNNEL_LOADING : PDG_FUNNEL_EMPTY, NULL);
  if (self->active && can_ask (self))
    self->debounce_source = g_timeout_add (DEBOUNCE_MS, debounce_cb, self);
}

/* ---- what can be asked ---- */

static void
update_choices (PdgFunnelModel *self, PdgJourneyGraph *graph)
{
  g_autoptr (GPtrArray) choices = pdg_funnel_step_list_choices (graph, G_LIST_MODEL (self->steps));
  guint n_old = g_list_model_get_n_items (G_LIST_MODEL (self->choices));
  gboolean same = n_old == choices->len;

  for (guint i = 0; same && i < n_old; i++)
    {
      g_autoptr (PdgFunnelStep) old = g_list_model_get_item (G_LIST_MODEL (self->choices), i);

      same = pdg_funnel_step_equal (old, choices->pdata[i])
             && g_str_equal (pdg_funnel_step_get_label (old), pdg_funnel_step_get_label (choices->pdata[i]));
    }
  if (!same)
    g_list_store_splice (self->choices, 0, n_old, choices->pdata, choices->len);
}

static gboolean
has_step (PdgFunnelModel *self, PdgFunnelStep *step)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->steps)); i++)
    {
      g_autoptr (PdgFunnelStep) each = g_list_model_get_item (G_LIST_MODEL (self->steps), i);

      if (pdg_funnel_step_equal (each, step))
        return TRUE;
    }
  return FALSE;
}

static void
graph_cb (PdgFunnelModel *self)
{
  PdgJourneyGraph *graph = pdg_workspace_get_graph (self->workspace);

  update_choices (self, graph);
  if (graph == NULL)
    return;
  if (!self->touched && g_list_model_get_n_items (G_LIST_MODEL (self->steps)) == 0)
    {
      g_autoptr (GPtrArray) busiest = pdg_funnel_step_list_busiest (graph, FIRST_STEPS);

      g_list_store_splice (self->steps, 0, 0, busiest->pdata, busiest->len);
      g_signal_emit (self, changed_signal, 0);
      ask_anew (self);
    }
  else if (self->active && can_ask (self) && self->debounce_source == 0)
    pdg_throttle_queue (self->throttle);
}

static void
project_cb (PdgFunnelModel *self)
{
  g_list_store_remove_all (self->steps);
  g_ptr_array_set_size (self->undo, 0);
  g_ptr_array_set_size (self->redo, 0);
  self->touched = FALSE;
  self->window = DEFAULT_WINDOW;
  self->order = self->counting = 0;
  g_signal_emit (self, changed_signal, 0);
  ask_anew (self);
}

/* ---- changes ---- */

/* Before each change. */
static void
remember (PdgFunnelModel *self)
{
  if (self->undo->len == MAX_UNDO)
    g_ptr_array_remove_index (self->undo, 0);
  g_ptr_array_add (self->undo, plan_new (self));
  g_ptr_array_set_size (self->redo, 0);
  self->touched = TRUE;
}

static void
changed (PdgFunnelModel *self)
{
  g_signal_emit (self, changed_signal, 0);
  ask_anew (self);
}

static gboolean
step_back (PdgFunnelModel *self, GPtrArray *from, GPtrArray *to)
{
  Plan *plan;

  if (from->len == 0)
    return FALSE;
  g_ptr_array_add (to, plan_new (self));
  plan = g_ptr_array_steal_index (from, from->len - 1);
  g_list_store_splice (self->steps, 0, g_list_model_get_n_items (G_LIST_MODEL (self->steps)), plan->steps->pdata, plan->steps->len);
  self->window = plan->window;
  self->order = plan->order;
  self->counting = plan->counting;
  plan_free (plan);
  changed (self);
  return TRUE;
}

gboolean
pdg_funnel_model_undo (PdgFunnelModel *self)
{
  return step_back (self, self->undo, self->redo);
}

gboolean
pdg_funnel_model_redo (PdgFunnelModel *self)
{
  return step_back (self, self->redo, self->undo);
}

void
pdg_funnel_model_set_step (PdgFunnelModel *self, guint index, PdgFunnelStep *step)
{
  g_autoptr (PdgFunnelStep) old = g_list_model_get_item (G_LIST_MODEL (self->steps), index);
  gpointer item = step;

  if (old == NULL || pdg_funnel_step_equal (old, step))
    return;
  remember (self);
  g_list_store_splice (self->steps, index, 1, &item, 1);
  changed (self);
}

gboolean
pdg_funnel_model_set_screens (PdgFunnelModel *self, const char *const *screen_ids, guint n)
{
  PdgJourneyGraph *graph = pdg_workspace_get_graph (self->workspace);
  g_autoptr (GPtrArray) steps = graph != NULL ? pdg_funnel_step_list_screens (graph, screen_ids, n, PDG_FUNNEL_MODEL_MAX_STEPS) : NULL;

  if (steps == NULL || steps->len < 2)
    return FALSE;
  remember (self);
  g_list_store_splice (self->steps, 0, g_list_model_get_n_items (G_LIST_MODEL (self->steps)), steps->pdata, steps->len);
  changed (self);
  return TRUE;
}

/* The first choice that is no step yet: the most visited screen. */
void
pdg_funnel_model_add_step (PdgFunnelModel *self)
{
  g_autoptr (PdgFunnelStep) step = NULL;

  if (g_list_model_get_n_items (G_LIST_MODEL (self->steps)) >= PDG_FUNNEL_MODEL_MAX_STEPS)
    return;
  for (guint i = 0; step == NULL && i < g_list_model_get_n_items (G_LIST_MODEL (self->choices)); i++)
    {
      g_autoptr (PdgFunnelStep) choice = g_list_model_get_item (G_LIST_MODEL (self->choices), i);

      if (!has_step (self, choice))
        step = g_steal_pointer (&choice);
    }
  if (step == NULL)
    return;
  remember (self);
  g_list_store_append (self->steps, step);
  changed (self);
}

void
pdg_funnel_model_remove_step (PdgFunnelModel *self, guint index)
{
  if (index >= g_list_model_get_n_items (G_LIST_MODEL (self->steps)))
    return;
  remember (self);
  g_list_store_remove (self->steps, index);
  changed (self);
}

void
pdg_funnel_model_move_step (PdgFunnelModel *self, guint index, int by)
{
  int n = (int) g_list_model_get_n_items (G_LIST_MODEL (self->steps)), to = (int) index + by;
  g_autoptr (PdgFunnelStep) step = g_list_model_get_item (G_LIST_MODEL (self->steps), index);

  if (step == NULL || to < 0 || to >= n || by == 0)
    return;
  remember (self);
  g_list_store_remove (self->steps, index);
  g_list_store_insert (self->steps, (guint) to, step);
  changed (self);
}

static void
set_choice (PdgFunnelModel *self, guint *member, guint value, guint n)
{
  if (value >= n || *member == value)
    return;
  remember (self);
  *member = value;
  changed (self);
}

void
pdg_funnel_model_set_window (PdgFunnelModel *self, guint window)
{
  set_choice (self, &self->window, window, PDG_N_FUNNEL_WINDOWS);
}

void
pdg_funnel_model_set_order (PdgFunnelModel *self, guint order)
{
  set_choice (self, &self->order, order, PDG_N_FUNNEL_ORDERS);
}

void
pdg_funnel_model_set_counting (PdgFunnelModel *self, guint counting)
{
  set_choice (self, &self->counting, counting, PDG_N_FUNNEL_COUNTINGS);
}

guint
pdg_funnel_model_get_window (PdgFunnelModel *self)
{
  return self->window;
}

guint
pdg_funnel_model_get_order (PdgFunnelModel *self)
{
  return self->order;
}

guint
pdg_funnel_model_get_counting (PdgFunnelModel *self)
{
  return self->counting;
}

void
pdg_funnel_model_set_active (PdgFunnelModel *self, gboolean active)
{
  if (self->active == active)
    return;
  self->active = active;
  if (active)
    ask_anew (self);
}

/* ---- people ---- */

static void
people_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Load *load = user_data;
  g_autoptr (PdgFunnelModel) self = load->self;
  g_autoptr (JsonNode) response = pdg_client_execute_finish (PDG_CLIENT (source), result, NULL);
  JsonArray *steps = pdg_json_get_array (find_funnel (response), "steps");
  JsonObject *step = NULL;
  JsonArray *nodes;

  if (load->generation != self->people_generation || self->people_number == 0)
    return;
  step = pdg_json_get_element (steps, self->people_number - 1);
  nodes = pdg_json_get_array (pdg_json_get_object (step, self->people_stopped ? "stopped" : "reached"), "nodes");
  for (guint i = 0; i < pdg_json_get_length (nodes); i++)
    {
      g_autoptr (PdgSessionRow) row = pdg_session_row_new (pdg_json_get_element (nodes, i));

      g_list_store_append (self->people, row);
    }
  self->people_loading = FALSE;
  g_signal_emit (self, people_signal, 0);
}

void
pdg_funnel_model_show_people (PdgFunnelModel *self, guint number, gboolean stopped)
{
  g_autoptr (JsonNode) variables = NULL;

  if (number == 0 && self->people_number == 0)
    return;
  self->people_generation++;
  g_cancellable_cancel (self->people_cancellable);
  g_object_unref (self->people_cancellable);
  self->people_cancellable = g_cancellable_new ();
  g_list_store_remove_all (self->people);
  self->people_number = number;
  self->people_stopped = stopped;
  self->people_loading = number > 0;
  g_signal_emit (self, people_signal, 0);
  if (number == 0)
    return;
  variables = make_variables (self);
  json_object_set_boolean_member (json_node_get_object (variables), "stopped", stopped);
  pdg_client_execute_async (pdg_workspace_get_client (self->workspace), PDG_DOCUMENT_FUNNEL_PEOPLE, variables, self->people_cancellable, people_cb,
                            load_new (self, self->people_generation));
}

guint
pdg_funnel_model_get_people (PdgFunnelModel *self, gboolean *stopped)
{
  if (stopped != NULL)
    *stopped = self->people_stopped;
  return self->people_number;
}

gboolean
pdg_funnel_model_is_loading_people (PdgFunnelModel *self)
{
  return self->people_loading;
}

GListModel *
pdg_funnel_model_list_people (PdgFunnelModel *self)
{
  return G_LIST_MODEL (self->people);
}

/* ---- the answer ---- */

PdgFunnelState
pdg_funnel_model_get_state (PdgFunnelModel *self)
{
  return self->state;
}

const char *
pdg_funnel_model_get_error_message (PdgFunnelModel *self)
{
  return self->error_message;
}

JsonObject *
pdg_funnel_model_get_funnel (PdgFunnelModel *self)
{
  return find_funnel (self->response);
}

void
pdg_funnel_model_retry (PdgFunnelModel *self)
{
  ask_anew (self);
}

/* A text as a field: RFC 4180. What a spreadsheet would take for a formula is text. */
static void
append_text (GString *csv, const char *text)
{
  gboolean formula = text[0] != '\0' && strchr ("=+-@\t\r", text[0]) != NULL;

  g_string_append (csv, formula ? "\"'" : "\"");
  for (const char *p = text; *p != '\0'; p++)
    g_string_append_printf (csv, *p == '"' ? "\"\"" : "%c", *p);
  g_string_append_c (csv, '"');
}

static void
append_number (GString *csv, JsonObject *object, const char *member)
{
  double value = pdg_json_get_double (object, member, -1);
  char text[PDG_DECIMAL_BYTES];

  g_string_append_c (csv, ',');
  if (value >= 0)
    g_string_append (csv, pdg_decimal_format (value, text));
}

char *
pdg_funnel_model_make_csv (PdgFunnelModel *self)
{
  JsonArray *steps = pdg_json_get_array (pdg_funnel_model_get_funnel (self), "steps");
  GString *csv;

  if (steps == NULL)
    return NULL;
  csv = g_string_new ("step,name,count,share,low,high,share_of_previous,stopped,median_ms_from_previous\r\n");
  for (guint i = 0; i < pdg_json_get_length (steps); i++)
    {
      JsonObject *step = pdg_json_get_element (steps, i), *rate = pdg_json_get_object (step, "rate");

      g_string_append_printf (csv, "%u,", i + 1);
      append_text (csv, pdg_json_get_string (step, "name") != NULL ? pdg_json_get_string (step, "name") : "");
      append_number (csv, step, "count");
      append_number (csv, rate, "share");
      append_number (csv, rate, "low");
      append_number (csv, rate, "high");
      append_number (csv, pdg_json_get_object (step, "stepRate"), "share");
      append_number (csv, step, "stoppedCount");
      append_number (csv, pdg_json_get_object (step, "timeFromPrevious"), "medianMs");
      g_string_append (csv, "\r\n");
    }
  return g_string_free (csv, FALSE);
}

GListModel *
pdg_funnel_model_list_steps (PdgFunnelModel *self)
{
  return G_LIST_MODEL (self->steps);
}

GListModel *
pdg_funnel_model_list_choices (PdgFunnelModel *self)
{
  return G_LIST_MODEL (self->choices);
}

/* ---- life ---- */

static void
pdg_funnel_model_dispose (GObject *object)
{
  PdgFunnelModel *self = PDG_FUNNEL_MODEL (object);

  self->generation++;
  self->people_generation++;
  g_cancellable_cancel (self->cancellable);
  g_cancellable_cancel (self->people_cancellable);
  g_clear_handle_id (&self->debounce_source, g_source_remove);
  if (self->workspace != NULL)
    g_signal_handlers_disconnect_by_data (self->workspace, self);
  g_clear_object (&self->workspace);
  g_clear_pointer (&self->throttle, pdg_throttle_free);
  g_clear_pointer (&self->response, json_node_unref);
  G_OBJECT_CLASS (pdg_funnel_model_parent_class)->dispose (object);
}

static void
pdg_funnel_model_finalize (GObject *object)
{
  PdgFunnelModel *self = PDG_FUNNEL_MODEL (object);

  g_object_unref (self->steps);
  g_object_unref (self->choices);
  g_object_unref (self->people);
  g_object_unref (self->cancellable);
  g_object_unref (self->people_cancellable);
  g_ptr_array_unref (self->undo);
  g_ptr_array_unref (self->redo);
  g_free (self->error_message);
  G_OBJECT_CLASS (pdg_funnel_model_parent_class)->finalize (object);
}

static void
pdg_funnel_model_class_init (PdgFunnelModelClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = pdg_funnel_model_dispose;
  G_OBJECT_CLASS (klass)->finalize = pdg_funnel_model_finalize;
  changed_signal = g_signal_new ("changed", PDG_TYPE_FUNNEL_MODEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  answered_signal = g_signal_new ("answered", PDG_TYPE_FUNNEL_MODEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  people_signal = g_signal_new ("people-changed", PDG_TYPE_FUNNEL_MODEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
pdg_funnel_model_init (PdgFunnelModel *self)
{
  self->steps = g_list_store_new (PDG_TYPE_FUNNEL_STEP);
  self->choices = g_list_store_new (PDG_TYPE_FUNNEL_STEP);
  self->people = g_list_store_new (PDG_TYPE_SESSION_ROW);
  self->undo = g_ptr_array_new_with_free_func (plan_free);
  self->redo = g_ptr_array_new_with_free_func (plan_free);
  self->cancellable = g_cancellable_new ();
  self->people_cancellable = g_cancellable_new ();
  self->throttle = pdg_throttle_new (INTERVAL_MS, load_funnel, self);
  self->window = DEFAULT_WINDOW;
}

PdgFunnelModel *
pdg_funnel_model_new (PdgWorkspace *workspace)
{
  PdgFunnelModel *self = g_object_new (PDG_TYPE_FUNNEL_MODEL, NULL);

  self->workspace = g_object_ref (workspace);
  g_signal_connect_swapped (workspace, "notify::project", G_CALLBACK (project_cb), self);
  g_signal_connect_swapped (workspace, "notify::range", G_CALLBACK (ask_anew), self);
  g_signal_connect_swapped (workspace, "notify::graph", G_CALLBACK (graph_cb), self);
  graph_cb (self);
  return self;
}
