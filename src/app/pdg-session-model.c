#include "config.h"
#include "app/pdg-session-model.h"

#include <glib/gi18n-lib.h>

#include "app/pdg-documents.h"
#include "app/pdg-format.h"
#include "app/pdg-json.h"
#include "app/pdg-throttle.h"
#include "base/pdg-clock.h"
#include "canvas/pdg-group.h"

#define INTERVAL_MS 1000

struct _PdgSessionRow
{
  GObject parent_instance;
  char *id;
  char *title;
  char *age;
  char *summary;
  guint n_errors;
};

G_DEFINE_FINAL_TYPE (PdgSessionRow, pdg_session_row, G_TYPE_OBJECT)

static void
pdg_session_row_finalize (GObject *object)
{
  PdgSessionRow *self = PDG_SESSION_ROW (object);

  g_free (self->id);
  g_free (self->title);
  g_free (self->age);
  g_free (self->summary);
  G_OBJECT_CLASS (pdg_session_row_parent_class)->finalize (object);
}

static void
pdg_session_row_class_init (PdgSessionRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = pdg_session_row_finalize;
}

static void
pdg_session_row_init (PdgSessionRow *self)
{
}

PdgSessionRow *
pdg_session_row_new (JsonObject *session)
{
  PdgSessionRow *self = g_object_new (PDG_TYPE_SESSION_ROW, NULL);
  gint64 started_usec = pdg_json_get_time (session, "startedAt");
  gint64 ended_usec = pdg_json_get_time (session, "endedAt");
  int pages = (int) CLAMP (pdg_json_get_int (session, "pageViewCount", 0), 0, G_MAXINT);
  g_autofree char *duration = pdg_format_duration_ms ((double) (ended_usec - started_usec) / 1000);
  g_autofree char *count = g_strdup_printf (ngettext ("%d page", "%d pages", (gulong) pages), pages);
  const char *release = pdg_json_get_string (session, "release");
  const char *actor = pdg_json_get_string (pdg_json_get_object (session, "actor"), "id");

  self->id = g_strdup (pdg_json_get_string (session, "id"));
  self->title = g_strdup (actor != NULL ? actor : "–");
  self->age = pdg_format_age (ended_usec, pdg_clock_now_usec ());
  self->summary = release != NULL ? g_strdup_printf ("%s · %s · %s", count, duration, release)
                                  : g_strdup_printf ("%s · %s", count, duration);
  self->n_errors = (guint) CLAMP (pdg_json_get_int (session, "errorCount", 0), 0, G_MAXINT);
  return self;
}

const char *
pdg_session_row_get_id (PdgSessionRow *self)
{
  return self->id;
}

const char *
pdg_session_row_get_title (PdgSessionRow *self)
{
  return self->title;
}

const char *
pdg_session_row_get_age (PdgSessionRow *self)
{
  return self->age;
}

const char *
pdg_session_row_get_summary (PdgSessionRow *self)
{
  return self->summary;
}

guint
pdg_session_row_get_n_errors (PdgSessionRow *self)
{
  return self->n_errors;
}

/* ---- the model ---- */

struct _PdgSessionModel
{
  GObject parent_instance;
  PdgWorkspace *workspace;
  GListStore *store;
  char *screen_id; /* whose sessions are shown or asked for; or of a transition, */
  char *from_id;   /* from here */
  char *to_id;
  GCancellable *cancellable;
  PdgThrottle *throttle;
  guint64 generation;
  PdgSessionState state;
};

G_DEFINE_FINAL_TYPE (PdgSessionModel, pdg_session_model, G_TYPE_OBJECT)

enum
{
  PROP_STATE = 1,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

typedef struct
{
  PdgSessionModel *self;
  guint64 generation;
} Load;

static void
set_state (PdgSessionModel *self, PdgSessionState state)
{
  if (state == self->state)
    return;
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
}

static gboolean
rows_equal (const PdgSessionRow *a, const PdgSessionRow *b)
{
  return g_strcmp0 (a->id, b->id) == 0 && g_strcmp0 (a->title, b->title) == 0 && g_strcmp0 (a->age, b->age) == 0
         && g_strcmp0 (a->summary, b->summary) == 0 && a->n_errors == b->n_errors;
}

static gboolean
has_rows (PdgSessionModel *self, GPtrArray *rows)
{
  gboolean same = g_list_model_get_n_items (G_LIST_MODEL (self->store)) == rows->len;

  for (guint i = 0; same && i < rows->len; i++)
    {
      g_autoptr (PdgSessionRow) row = g_list_model_get_item (G_LIST_MODEL (self->store), i);

      same = rows_equal (row, rows->pdata[i]);
    }
  return same;
}

static void
take_sessions (PdgSessionModel *self, JsonArray *nodes)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < pdg_json_get_length (nodes); i++)
    g_ptr_array_add (rows, pdg_session_row_new (pdg_json_get_element (nodes, i)));
  if (has_rows (self, rows)) /* focus and what was opened stay */
    return;
  g_list_store_splice (self->store, 0, g_list_model_get_n_items (G_LIST_MODEL (self->store)), rows->pdata, rows->len);
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Load *load = user_data;
  g_autoptr (PdgSessionModel) self = load->self;
  g_autoptr (JsonNode) response = pdg_client_execute_finish (PDG_CLIENT (source), result, NULL);
  JsonObject *data = response != NULL ? pdg_json_get_data (response, NULL) : NULL;
  JsonObject *project = pdg_json_get_object (data, "project");
  JsonObject *sessions = pdg_json_get_object (self->from_id != NULL ? pdg_json_get_object (project, "journeyGraph") : project, "sessions");
  JsonArray *nodes = pdg_json_get_array (sessions, "nodes");

  if (load->generation != self->generation || self->workspace == NULL)
    return;
  if (nodes != NULL)
    take_sessions (self, nodes);
  set_state (self, nodes != NULL ? PDG_SESSION_STATE_READY : PDG_SESSION_STATE_ERROR);
  pdg_throttle_finished (self->throttle);
}

static void
load_sessions (gpointer user_data)
{
  PdgSessionModel *self = user_data;
  g_autoptr (JsonNode) variables = pdg_workspace_new_variables (self->workspace);
  Load *load = g_new0 (Load, 1);

  if (self->from_id != NULL)
    {
      json_object_set_string_member (json_node_get_object (variables), "from", self->from_id);
      json_object_set_string_member (json_node_get_object (variables), "to", self->to_id);
    }
  else
    json_object_set_string_member (json_node_get_object (variables), "screen", self->screen_id);
  load->self = g_object_ref (self);
  load->generation = self->generation;
  pdg_client_execute_async (pdg_workspace_get_client (self->workspace),
                            self->from_id != NULL ? PDG_DOCUMENT_EDGE_SESSIONS : PDG_DOCUMENT_SESSIONS, variables, self->cancellable, loaded_cb,
                            load);
}

static gboolean
asks (PdgSessionModel *self)
{
  return self->screen_id != NULL || self->from_id != NULL;
}

static void
ask_anew (PdgSessionModel *self)
{
  self->generation++;
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  pdg_throttle_reset (self->throttle);
  g_list_store_remove_all (self->store);
  set_state (self, asks (self) ? PDG_SESSION_STATE_LOADING : PDG_SESSION_STATE_NONE);
  if (asks (self))
    pdg_throttle_queue (self->throttle);
}

static void
set_text (char **text, const char *value)
{
  g_free (*text);
  *text = g_strdup (value);
}

static void
selection_cb (PdgSessionModel *self)
{
  PdgSelection *selection = pdg_workspace_get_selection (self->workspace);
  const char *id = pdg_selection_get_n_screens (selection) == 1 ? pdg_selection_get_primary (selection) : NULL;
  const char *from_id = NULL, *to_id = NULL;

  pdg_selection_get_edge (selection, &from_id, &to_id);
  if (pdg_group_is_id (id) || pdg_group_is_id (from_id) || pdg_group_is_id (to_id)) /* the server knows screens */
    id = from_id = to_id = NULL;
  if (g_strcmp0 (id, self->screen_id) == 0 && g_strcmp0 (from_id, self->from_id) == 0 && g_strcmp0 (to_id, self->to_id) == 0)
    return;
  set_text (&self->screen_id, id);
  set_text (&self->from_id, from_id);
  set_text (&self->to_id, to_id);
  ask_anew (self);
}

static void
range_cb (PdgSessionModel *self)
{
  if (asks (self))
    ask_anew (self);
}

static void
graph_cb (PdgSessionModel *self)
{
  if (asks (self) && pdg_workspace_get_graph (self->workspace) != NULL)
    pdg_throttle_queue (self->throttle);
}

static void
pdg_session_model_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_STATE)
    g_value_set_int (value, PDG_SESSION_MODEL (object)->state);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
pdg_session_model_dispose (GObject *object)
{
  PdgSessionModel *self = PDG_SESSION_MODEL (object);

  self->generation++;
  g_cancellable_cancel (self->cancellable);
  if (self->workspace != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->workspace, self);
      g_signal_handlers_disconnect_by_data (pdg_workspace_get_selection (self->workspace), self);
    }
  g_clear_object (&self->workspace);
  g_clear_pointer (&self->throttle, pdg_throttle_free);
  G_OBJECT_CLASS (pdg_session_model_parent_class)->dispose (object);
}

static void
pdg_session_model_finalize (GObject *object)
{
  PdgSessionModel *self = PDG_SESSION_MODEL (object);

  g_object_unref (self->store);
  g_object_unref (self->cancellable);
  g_free (self->screen_id);
  g_free (self->from_id);
  g_free (self->to_id);
  G_OBJECT_CLASS (pdg_session_model_parent_class)->finalize (object);
}

static void
pdg_session_model_class_init (PdgSessionModelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = pdg_session_model_get_property;
  object_class->dispose = pdg_session_model_dispose;
  object_class->finalize = pdg_session_model_finalize;
  props[PROP_STATE] = g_param_spec_int ("state", NULL, NULL, PDG_SESSION_STATE_NONE, PDG_SESSION_STATE_ERROR, PDG_SESSION_STATE_NONE,
                                        G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
pdg_session_model_init (PdgSessionModel *self)
{
  self->store = g_list_store_new (PDG_TYPE_SESSION_ROW);
  self->cancellable = g_cancellable_new ();
  self->throttle = pdg_throttle_new (INTERVAL_MS, load_sessions, self);
}

PdgSessionModel *
pdg_session_model_new (PdgWorkspace *workspace)
{
  PdgSessionModel *self = g_object_new (PDG_TYPE_SESSION_MODEL, NULL);

  self->workspace = g_object_ref (workspace);
  g_signal_connect_swapped (pdg_workspace_get_selection (workspace), "changed", G_CALLBACK (selection_cb), self);
  g_signal_connect_swapped (workspace, "notify::range", G_CALLBACK (range_cb), self);
  g_signal_connect_swapped (workspace, "notify::graph", G_CALLBACK (graph_cb), self);
  selection_cb (self);
  return self;
}

PdgSessionState
pdg_session_model_get_state (PdgSessionModel *self)
{
  return self->state;
}

GListModel *
pdg_session_model_list_sessions (PdgSessionModel *self)
{
  return G_LIST_MODEL (self->store);
}
