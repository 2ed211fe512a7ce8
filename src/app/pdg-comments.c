#include "config.h"
#include "app/pdg-comments.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "app/pdg-documents.h"
#include "app/pdg-json.h"
#include "app/pdg-throttle.h"

#define INTERVAL_MS 1000

struct _PdgComments
{
  GObject parent_instance;
  PdgWorkspace *workspace; /* not owned: it owns this */
  JsonNode *threads; /* NULL before the first answer */
  JsonArray *pages;  /* of those that are being read, the pages so far */
  PdgThrottle *throttle;
  GCancellable *cancellable;
  guint64 generation;
};

G_DEFINE_FINAL_TYPE (PdgComments, pdg_comments, G_TYPE_OBJECT)

static guint changed_signal;

typedef struct
{
  PdgComments *self;
  guint64 generation;
  PdgCommentsFunc func; /* of a change */
  gpointer user_data;
} Load;

static void read_page (PdgComments *self, const char *after);

/* What is the same is not shown again. */
static void
show_pages (PdgComments *self)
{
  g_autoptr (JsonNode) threads = json_node_init_array (json_node_alloc (), self->pages);

  if (self->threads != NULL && json_node_equal (threads, self->threads))
    return;
  g_clear_pointer (&self->threads, json_node_unref);
  self->threads = g_steal_pointer (&threads);
  g_signal_emit (self, changed_signal, 0);
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Load *load = user_data;
  g_autoptr (PdgComments) self = load->self;
  g_autoptr (JsonNode) response = pdg_client_execute_finish (PDG_CLIENT (source), result, NULL);
  JsonObject *data = response != NULL ? pdg_json_get_data (response, NULL) : NULL;
  JsonObject *page = pdg_json_get_object (pdg_json_get_object (data, "project"), "commentThreads");
  JsonArray *nodes = pdg_json_get_array (page, "nodes");
  JsonObject *info = pdg_json_get_object (page, "pageInfo");

  if (load->generation != self->generation)
    return;
  for (guint i = 0; i < pdg_json_get_length (nodes); i++)
    json_array_add_object_element (self->pages, json_object_ref (pdg_json_get_element (nodes, i)));
  if (pdg_json_get_bool (info, "hasNextPage") && json_array_get_length (self->pages) < PDG_COMMENTS_MAX_THREADS)
    {
      read_page (self, pdg_json_get_string (info, "endCursor"));
      return;
    }
  if (nodes != NULL) /* what could not be read leaves what was there */
    show_pages (self);
  pdg_throttle_finished (self->throttle);
}

static Load *
load_new (PdgComments *self)
{
  Load *load = g_new0 (Load, 1);

  load->self = g_object_ref (self);
  load->generation = self->generation;
  return load;
}

static void
read_page (PdgComments *self, const char *after)
{
  PdgProject *project = pdg_workspace_get_project (self->workspace);
  g_autoptr (JsonNode) variables = pdg_json_new_variables ("id", project != NULL ? pdg_project_get_id (project) : "", "after", after, NULL);

  pdg_client_execute_async (pdg_workspace_get_client (self->workspace), PDG_DOCUMENT_COMMENTS, variables, self->cancellable, loaded_cb,
                            load_new (self));
}

static void
load_threads (gpointer user_data)
{
  PdgComments *self = user_data;

  g_clear_pointer (&self->pages, json_array_unref);
  self->pages = json_array_new ();
  read_page (self, NULL);
}

static void
project_cb (PdgComments *self)
{
  self->generation++;
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  pdg_throttle_reset (self->throttle);
  g_clear_pointer (&self->threads, json_node_unref);
  g_signal_emit (self, changed_signal, 0);
}

/* Whoever changes something tells all that look at the project, who then read the graph anew. */
static void
graph_cb (PdgComments *self)
{
  if (pdg_workspace_get_graph (self->workspace) != NULL)
    pdg_throttle_queue (self->throttle);
}

static void
pdg_comments_dispose (GObject *object)
{
  PdgComments *self = PDG_COMMENTS (object);

  self->generation++;
  g_cancellable_cancel (self->cancellable);
  g_clear_pointer (&self->throttle, pdg_throttle_free);
  g_clear_pointer (&self->threads, json_node_unref);
  g_clear_pointer (&self->pages, json_array_unref);
  G_OBJECT_CLASS (pdg_comments_parent_class)->dispose (object);
}

static void
pdg_comments_finalize (GObject *object)
{
  g_object_unref (PDG_COMMENTS (object)->cancellable);
  G_OBJECT_CLASS (pdg_comments_parent_class)->finalize (object);
}

static void
pdg_comments_class_init (PdgCommentsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = pdg_comments_dispose;
  G_OBJECT_CLASS (klass)->finalize = pdg_comments_finalize;
  changed_signal = g_signal_new ("changed", PDG_TYPE_COMMENTS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
pdg_comments_init (PdgComments *self)
{
  self->cancellable = g_cancellable_new ();
  self->throttle = pdg_throttle_new (INTERVAL_MS, load_threads, self);
}

PdgComments *
pdg_comments_get (PdgWorkspace *workspace)
{
  PdgComments *self = g_object_get_data (G_OBJECT (workspace), "pdg-comments");

  if (self != NULL)
    return self;
  self = g_object_new (PDG_TYPE_COMMENTS, NULL);
  self->workspace = workspace;
  g_object_set_data_full (G_OBJECT (workspace), "pdg-comments", self, g_object_unref);
  g_signal_connect_object (workspace, "notify::project", G_CALLBACK (project_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (workspace, "notify::graph", G_CALLBACK (graph_cb), self, G_CONNECT_SWAPPED);
  graph_cb (self);
  return self;
}

JsonArray *
pdg_comments_get_threads (PdgComments *self)
{
  return self->threads != NULL ? json_node_get_array (self->threads) : NULL;
}

JsonObject *
pdg_comments_find (PdgComments *self, const char *thread_id)
{
  JsonArray *threads = pdg_comments_get_threads (self);

  for (guint i = 0; i < pdg_json_get_length (threads); i++)
    {
      JsonObject *thread = pdg_json_get_element (threads, i);

      if (g_strcmp0 (pdg_json_get_string (thread, "id"), thread_id) == 0)
        return thread;
    }
  return NULL;
}

PdgThreadPlace
pdg_comments_get_place (JsonObject *thread)
{
  double x = pdg_json_get_double (thread, "x", NAN);

  return (PdgThreadPlace) {
    .screen_id = pdg_json_get_string (pdg_json_get_object (thread, "screen"), "id"),
    .to_id = pdg_json_get_string (pdg_json_get_object (thread, "toScreen"), "id"),
    .has_point = !isnan (x),
    .x = isnan (x) ? 0 : x,
    .y = pdg_json_get_double (thread, "y", 0),
  };
}

char *
pdg_comments_dup_summary (JsonObject *thread)
{
  JsonObject *first = pdg_json_get_element (pdg_json_get_array (thread, "newestComments"), 0);
  const char *author = pdg_json_get_string (first, "author"), *body = pdg_json_get_string (first, "body");
  gint64 n = pdg_json_get_int (thread, "commentCount", 0), n_unread = pdg_json_get_int (thread, "unreadCount", 0);
  g_autofree char *count = g_strdup_printf (ngettext ("%d comment", "%d comments", (gulong) n), (int) n);
  g_autofree char *unread = n_unread > 0 ? g_strdup_printf (_ (", %d unread"), (int) n_unread) : g_strdup ("");

  /* Translators: who, what was said, how many comments, how many of them are unread: "Comment by Ada: Too long? 3 comments, 1 unread" */
  return g_strdup_printf (_ ("Comment by %s: %s %s%s"), author != NULL ? author : "–", body != NULL ? body : "", count, unread);
}

gboolean
pdg_comments_is_pinned_to (JsonObject *thread, const char *screen_id, const char *to_id)
{
  return g_strcmp0 (pdg_json_get_string (pdg_json_get_object (thread, "screen"), "id"), screen_id) == 0
         && g_strcmp0 (pdg_json_get_string (pdg_json_get_object (thread, "toScreen"), "id"), to_id) == 0;
}

gboolean
pdg_comments_matches (JsonObject *thread, PdgCommentsFilter filter)
{
  gboolean is_open = pdg_json_get_string (thread, "resolvedAt") == NULL;

  return filter == PDG_COMMENTS_SHOW_UNREAD ? pdg_json_get_int (thread, "unreadCount", 0) > 0 : is_open == (filter == PDG_COMMENTS_SHOW_OPEN);
}

/* ---- changes ---- */

static void
changed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Load *load = user_data;
  g_autoptr (PdgComments) self = load->self;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) response = pdg_client_execute_finish (PDG_CLIENT (source), result, &error);
  JsonObject *data = response != NULL ? pdg_json_get_data (response, &error) : NULL;
  JsonObject *payload = pdg_json_get_object (data, "change");
  JsonArray *errors = pdg_json_get_array (payload, "errors");
  const char *message = error != NULL ? error->message : NULL;

  if (message == NULL && pdg_json_get_length (errors) > 0)
    message = pdg_json_get_string (pdg_json_get_element (errors, 0), "message");
  if (message == NULL && payload == NULL)
    message = _ ("The server did not say what became of it.");
  if (load->func != NULL)
    load->func (message, load->user_data);
  if (self->throttle != NULL && load->generation == self->generation)
    pdg_throttle_queue (self->throttle);
}

/* Runs a mutation whose field is called "change". @input: (transfer full). */
static void
run (PdgComments *self, const char *document, JsonObject *input, PdgCommentsFunc func, gpointer user_data)
{
  PdgProject *project = pdg_workspace_get_project (self->workspace);
  g_autoptr (JsonNode) variables = json_node_new (JSON_NODE_OBJECT);
  Load *load = load_new (self);

  json_object_set_string_member (input, "projectId", project != NULL ? pdg_project_get_id (project) : "");
  json_node_take_object (variables, json_object_new ());
  json_object_set_object_member (json_node_get_object (variables), "input", input);
  load->func = func;
  load->user_data = user_data;
  pdg_client_execute_async (pdg_workspace_get_client (self->workspace), document, variables, NULL, changed_cb, load);
}

static JsonObject *
new_input (const char *name, const char *value, const char *body)
{
  JsonObject *input = json_object_new ();

  if (name != NULL)
    json_object_set_string_member (input, name, value);
  if (body != NULL)
    json_object_set_string_member (input, "body", body);
  return input;
}

void
pdg_comments_add_thread (PdgComments *self, const PdgThreadPlace *place, const char *body, PdgCommentsFunc func, gpointer user_data)
{
  JsonObject *input = new_input (place->screen_id != NULL ? "screenId" : NULL, place->screen_id, body);

  if (place->to_id != NULL)
    json_object_set_string_member (input, "toScreenId", place->to_id);
  if (place->has_point)
    {
      json_object_set_double_member (input, "x", place->x);
      json_object_set_double_member (input, "y", place->y);
    }
  run (self, PDG_DOCUMENT_ADD_THREAD, input, func, user_data);
}

void
pdg_comments_reply (PdgComments *self, const char *thread_id, const char *body, PdgCommentsFunc func, gpointer user_data)
{
  run (self, PDG_DOCUMENT_ADD_COMMENT, new_input ("threadId", thread_id, body), func, user_data);
}

void
pdg_comments_edit (PdgComments *self, const char *comment_id, const char *body, PdgCommentsFunc func, gpointer user_data)
{
  run (self, PDG_DOCUMENT_EDIT_COMMENT, new_input ("id", comment_id, body), func, user_data);
}

void
pdg_comments_delete (PdgComments *self, const char *comment_id, PdgCommentsFunc func, gpointer user_data)
{
  run (self, PDG_DOCUMENT_DELETE_COMMENT, new_input ("id", comment_id, NULL), func, user_data);
}

void
pdg_comments_resolve (PdgComments *self, const char *thread_id, gboolean resolved, PdgCommentsFunc func, gpointer user_data)
{
  JsonObject *input = new_input ("threadId", thread_id, NULL);

  json_object_set_boolean_member (input, "resolved", resolved);
  run (self, PDG_DOCUMENT_RESOLVE_THREAD, input, func, user_data);
}

void
pdg_comments_mark_read (PdgComments *self, const char *thread_id)
{
  run (self, PDG_DOCUMENT_MARK_READ, new_input ("threadId", thread_id, NULL), NULL, NULL);
}
