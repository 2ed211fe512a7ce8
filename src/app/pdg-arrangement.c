#include "config.h"
#include "app/pdg-arrangement.h"

#include "app/pdg-documents.h"
#include "app/pdg-group-view.h"
#include "app/pdg-history-file.h"
#include "app/pdg-json.h"
#include "app/pdg-throttle.h"

/* While much happens in the project, it is asked this often whether somebody has moved a screen. */
#define ASK_INTERVAL_MS 300
/* What one mutation takes. */
#define MAX_CHANGES 500

/* What is to be sent. */
typedef struct
{
  PdgPlace place;
  gboolean keeps_newer;
} Change;

struct _PdgArrangement
{
  GObject parent_instance;
  PdgWorkspace *workspace;
  PdgHistoryFile *history;
  PdgGroupView *groups;
  char *project_id;      /* nullable */
  GHashTable *places;    /* what is shown. Others may hold it: replaced, never changed */
  GHashTable *revisions; /* id -> of the server's node */
  GHashTable *waiting;   /* id -> Change */
  GHashTable *sent;      /* the same, under way; NULL when nothing is */
  PdgThrottle *throttle;
  GCancellable *cancellable; /* of this project's questions */
  double revision;       /* of the whole canvas; negative = not asked yet */
  gboolean ready;
  gboolean writable;
};

G_DEFINE_FINAL_TYPE (PdgArrangement, pdg_arrangement, G_TYPE_OBJECT)

static guint changed_signal, history_signal;

static void send_changes (PdgArrangement *self);

static GHashTable *
changes_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

static void
take_places (PdgArrangement *self, GHashTable *places)
{
  g_hash_table_unref (self->places);
  self->places = places;
  g_signal_emit (self, changed_signal, 0);
}

/* ---- what the server says ---- */

static void
overlay (GHashTable *places, GHashTable *changes)
{
  GHashTableIter iter;
  gpointer id, change;

  g_hash_table_iter_init (&iter, changes);
  while (g_hash_table_iter_next (&iter, &id, &change))
    pdg_places_set (places, id, &((const Change *) change)->place);
}

static gboolean
are_equal (GHashTable *a, GHashTable *b)
{
  GHashTableIter iter;
  gpointer id, place;

  if (g_hash_table_size (a) != g_hash_table_size (b))
    return FALSE;
  g_hash_table_iter_init (&iter, a);
  while (g_hash_table_iter_next (&iter, &id, &place))
    {
      const PdgPlace *other = pdg_places_lookup (b, id);

      if (other == NULL || !pdg_place_equal (place, other))
        return FALSE;
    }
  return TRUE;
}

/* What is not stored yet stands above it. */
static void
take_nodes (PdgArrangement *self, JsonArray *nodes)
{
  g_autoptr (GHashTable) places = pdg_places_new ();

  g_hash_table_remove_all (self->revisions);
  for (guint i = 0; i < pdg_json_get_length (nodes); i++)
    {
      JsonObject *node = pdg_json_get_element (nodes, i);
      const char *id = pdg_json_get_string (node, "screenId");
      PdgPlace place = { pdg_json_get_double (node, "x", 0), pdg_json_get_double (node, "y", 0), pdg_json_get_bool (node, "isPinned"),
                         pdg_json_get_bool (node, "isLocked") };

      if (id == NULL)
        continue;
      pdg_places_set (places, id, &place);
      g_hash_table_replace (self->revisions, g_strdup (id), GINT_TO_POINTER ((int) pdg_json_get_int (node, "revision", 0)));
    }
  if (self->sent != NULL)
    overlay (places, self->sent);
  overlay (places, self->waiting);
  if (!are_equal (places, self->places))
    take_places (self, g_steal_pointer (&places));
}

static void
set_ready (PdgArrangement *self, gboolean writable)
{
  gboolean news = !self->ready || writable != self->writable;

  self->ready = TRUE;
  self->writable = writable;
  if (news)
    g_signal_emit (self, changed_signal, 0);
}

static void
take_canvas (PdgArrangement *self, JsonObject *canvas)
{
  JsonArray *nodes = pdg_json_get_array (canvas, "nodes");
  double revision = pdg_json_get_double (canvas, "revision", -1);

  /* An answer may come after a newer one. */
  if (nodes != NULL && revision >= self->revision)
    {
      self->revision = revision;
      take_nodes (self, nodes);
    }
  set_ready (self, pdg_json_get_bool (canvas, "mayEdit"));
}

static void
asked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PdgArrangement) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) response = pdg_client_execute_finish (PDG_CLIENT (source), result, &error);
  JsonObject *canvas;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->workspace == NULL)
    return;
  canvas = pdg_json_get_object (pdg_json_get_object (response != NULL ? pdg_json_get_data (response, NULL) : NULL, "project"), "canvas");
  if (canvas != NULL)
    take_canvas (self, canvas);
  else if (!self->ready) /* the screens are shown in any case; nothing can be kept */
    set_ready (self, FALSE);
  pdg_throttle_finished (self->throttle);
  if (canvas != NULL && pdg_json_get_double (canvas, "revision", -1) > self->revision && self->sent == NULL)
    {
      self->revision = -1;
      pdg_throttle_queue (self->throttle);
    }
  else if (canvas != NULL)
    send_changes (self);
}

static void
ask (gpointer user_data)
{
  PdgArrangement *self = user_data;
  g_autoptr (JsonNode) variables = pdg_json_new_variables ("id", self->project_id, NULL);

  /* The places are read again only when they have changed: then self->revision is negative. */
  json_object_set_boolean_member (json_node_get_object (variables), "all", self->revision < 0);
  pdg_client_execute_async (pdg_workspace_get_client (self->workspace), PDG_DOCUMENT_CANVAS, variables, self->cancellable, asked_cb,
                            g_object_ref (self));
}

/* ---- what is told to the server ---- */

/* It is not cancelled: what was done counts, also when another project is shown by now. */
typedef struct
{
  PdgArrangement *self;
  char *project_id;
} Send;

static void
send_free (Send *send)
{
  g_object_unref (send->self);
  g_free (send->project_id);
  g_free (send);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Send, send_free)

static void
sent_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Send) send = user_data;
  PdgArrangement *self = send->self;
  g_autoptr (JsonNode) response = pdg_client_execute_finish (PDG_CLIENT (source), result, NULL);
  g_autoptr (GHashTable) sent = NULL;
  JsonObject *canvas;

  if (self->workspace == NULL || g_strcmp0 (send->project_id, self->project_id) != 0 || self->sent == NULL)
    return;
  sent = g_steal_pointer (&self->sent);
  if (response == NULL) /* away: once more when it is back, below what was done meanwhile */
    {
      GHashTableIter iter;
      gpointer id, change;

      g_hash_table_iter_init (&iter, sent);
      while (g_hash_table_iter_next (&iter, &id, &change))
        if (!g_hash_table_contains (self->waiting, id))
          g_hash_table_insert (self->waiting, g_strdup (id), g_memdup2 (change, sizeof (Change)));
      return;
    }
  canvas = pdg_json_get_object (pdg_json_get_object (pdg_json_get_data (response, NULL), "arrangeCanvas"), "canvas");
  if (canvas != NULL)
    take_canvas (self, canvas);
  else /* refused: what is stored is what counts */
    {
      self->revision = -1;
      pdg_throttle_queue (self->throttle);
    }
  send_changes (self);
}

static void
add_change (PdgArrangement *self, JsonArray *list, const char *id, const Change *change)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "screenId", id);
  json_object_set_double_member (object, "x", change->place.x);
  json_object_set_double_member (object, "y", change->place.y);
  json_object_set_boolean_member (object, "isPinned", change->place.pinned);
  json_object_set_boolean_member (object, "isLocked", change->place.locked);
  json_object_set_int_member (object, "baseRevision", GPOINTER_TO_INT (g_hash_table_lookup (self->revisions, id)));
  json_object_set_boolean_member (object, "keepsNewer", change->keeps_newer);
  json_array_add_object_element (list, object);
}

/* One request at a time, so that what was done first comes first. */
static void
send_changes (PdgArrangement *self)
{
  g_autoptr (JsonNode) variables = NULL;
  JsonArray *list;
  JsonObject *input, *object;
  Send *send;
  GHashTableIter iter;
  gpointer id, change;

  if (self->sent != NULL || g_hash_table_size (self->waiting) == 0 || self->project_id == NULL || self->revision < 0)
    return;
  self->sent = changes_new ();
  list = json_array_new ();
  g_hash_table_iter_init (&iter, self->waiting);
  while (json_array_get_length (list) < MAX_CHANGES && g_hash_table_iter_next (&iter, &id, &change))
    {
      add_change (self, list, id, change);
      g_hash_table_iter_steal (&iter);
      g_hash_table_insert (self->sent, id, change);
    }
  input = json_object_new ();
  json_object_set_string_member (input, "projectId", self->project_id);
  json_object_set_array_member (input, "changes", list);
  object = json_object_new ();
  json_object_set_object_member (object, "input", input);
  variables = json_node_new (JSON_NODE_OBJECT);
  json_node_take_object (variables, object);
  send = g_new0 (Send, 1);
  send->self = g_object_ref (self);
  send->project_id = g_strdup (self->project_id);
  pdg_client_execute_async (pdg_workspace_get_client (self->workspace), PDG_DOCUMENT_ARRANGE, variables, NULL, sent_cb, send);
}

static void
project_cb (PdgArrangement *self)
{
  PdgProject *project = pdg_workspace_get_project (self->workspace);
  const char *id = project != NULL ? pdg_project_get_id (project) : NULL;

  if (g_strcmp0 (id, self->project_id) == 0)
    return;
  send_changes (self);
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  g_free (self->project_id);
  self->project_id = g_strdup (id);
  g_hash_table_remove_all (self->revisions);
  g_hash_table_remove_all (self->waiting);
  g_clear_pointer (&self->sent, g_hash_table_unref);
  self->revision = -1;
  self->ready = FALSE;
  pdg_throttle_reset (self->throttle);
  pdg_history_file_open (self->history, id);
  pdg_group_view_open (self->groups, id);
  take_places (self, pdg_places_new ());
  g_signal_emit (self, history_signal, 0);
  if (id != NULL)
    pdg_throttle_queue (self->throttle);
}

/* Something has happened in the project. */
static void
graph_cb (PdgArrangement *self)
{
  if (self->project_id != NULL && pdg_workspace_get_graph (self->workspace) != NULL)
    pdg_throttle_queue (self->throttle);
}

/* ---- the user's edits ---- */

GHashTable *
pdg_arrangement_get_places (PdgArrangement *self)
{
  return self->places;
}

const PdgPlace *
pdg_arrangement_lookup (PdgArrangement *self, const char *screen_id)
{
  return pdg_places_lookup (self->places, screen_id);
}

gboolean
pdg_arrangement_is_locked (PdgArrangement *self, const char *screen_id)
{
  const PdgPlace *place = pdg_places_lookup (self->places, screen_id);

  return place != NULL && place->locked;
}

gboolean
pdg_arrangement_has_pinned (PdgArrangement *self)
{
  GHashTableIter iter;
  gpointer place;

  g_hash_table_iter_init (&iter, self->places);
  while (g_hash_table_iter_next (&iter, NULL, &place))
    if (((const PdgPlace *) place)->pinned)
      return TRUE;
  return FALSE;
}

gboolean
pdg_arrangement_is_ready (PdgArrangement *self)
{
  return self->ready;
}

gboolean
pdg_arrangement_is_writable (PdgArrangement *self)
{
  return self->writable;
}

static void
change_place (PdgArrangement *self, GHashTable *places, const char *id, const PdgPlace *place, gboolean keeps_newer)
{
  Change *change;

  if (pdg_group_is_id (id)) /* a matter of this user alone */
    {
      pdg_group_view_set_folded (self->groups, id, place->pinned);
      return;
    }
  change = g_new0 (Change, 1);
  change->place = *place;
  change->keeps_newer = keeps_newer;
  g_hash_table_replace (self->waiting, g_strdup (id), change);
  pdg_places_set (places, id, place);
}

void
pdg_arrangement_apply (PdgArrangement *self, PdgEdit *edit, gboolean joins)
{
  g_autoptr (GHashTable) places = NULL;
  const PdgEditChange *changes;
  guint n;

  changes = pdg_edit_get_changes (edit, &n);
  if (n == 0 || !(self->writable || pdg_group_is_id (changes[0].screen_id)))
    return;
  places = pdg_places_copy (self->places);
  for (guint i = 0; i < n; i++)
    change_place (self, places, changes[i].screen_id, &changes[i].after, FALSE);
  pdg_history_add (pdg_history_file_get (self->history), edit, joins, g_get_monotonic_time ());
  pdg_history_file_changed (self->history);
  take_places (self, g_steal_pointer (&places));
  g_signal_emit (self, history_signal, 0);
  send_changes (self);
}

/* Back, or forth again, as far as the screens are as the step left them: else somebody else was there. */
static gboolean
retrace (PdgArrangement *self, const PdgEdit *edit, gboolean back)
{
  g_autoptr (GHashTable) places = pdg_places_copy (self->places);
  gboolean any = FALSE;
  guint n;
  const PdgEditChange *changes = pdg_edit_get_changes (edit, &n);

  for (guint i = 0; i < n; i++)
    {
      PdgPlace fold = { 0, 0, g_hash_table_contains (pdg_group_view_get_folded (self->groups), changes[i].screen_id), FALSE };
      const PdgPlace *now = pdg_group_is_id (changes[i].screen_id) ? &fold : pdg_places_lookup (places, changes[i].screen_id);
      const PdgPlace *from = back ? &changes[i].after : &changes[i].before;

      if (now == NULL || !pdg_place_equal (now, from))
        continue;
      change_place (self, places, changes[i].screen_id, back ? &changes[i].before : &changes[i].after, TRUE);
      any = TRUE;
    }
  if (any)
    take_places (self, g_steal_pointer (&places));
  return any;
}

void
pdg_arrangement_undo (PdgArrangement *self)
{
  PdgHistory *history = pdg_history_file_get (self->history);
  gboolean done = FALSE;

  while (self->writable && !done && pdg_history_get_undo (history) != NULL)
    {
      g_autoptr (PdgEdit) edit = pdg_edit_ref (pdg_history_get_undo (history));

      pdg_history_step_back (history);
      done = retrace (self, edit, TRUE);
    }
  pdg_history_file_changed (self->history);
  g_signal_emit (self, history_signal, 0);
  send_changes (self);
}

void
pdg_arrangement_redo (PdgArrangement *self)
{
  PdgHistory *history = pdg_history_file_get (self->history);
  gboolean done = FALSE;

  while (self->writable && !done && pdg_history_get_redo (history) != NULL)
    {
      g_autoptr (PdgEdit) edit = pdg_edit_ref (pdg_history_get_redo (history));

      pdg_history_step_forth (history);
      done = retrace (self, edit, FALSE);
    }
  pdg_history_file_changed (self->history);
  g_signal_emit (self, history_signal, 0);
  send_changes (self);
}

static const char *
get_name (PdgEdit *edit)
{
  return edit != NULL ? pdg_edit_get_name (edit) : NULL;
}

const char *
pdg_arrangement_get_undo_name (PdgArrangement *self)
{
  return get_name (pdg_history_get_undo (pdg_history_file_get (self->history)));
}

const char *
pdg_arrangement_get_redo_name (PdgArrangement *self)
{
  return get_name (pdg_history_get_redo (pdg_history_file_get (self->history)));
}

/* ---- groups ---- */

PdgGroupBy
pdg_arrangement_get_group_by (PdgArrangement *self)
{
  return pdg_group_view_get_by (self->groups);
}

void
pdg_arrangement_set_group_by (PdgArrangement *self, PdgGroupBy by)
{
  if (by == pdg_group_view_get_by (self->groups))
    return;
  pdg_group_view_set_by (self->groups, by);
  g_signal_emit (self, changed_signal, 0);
}

GHashTable *
pdg_arrangement_get_folded (PdgArrangement *self)
{
  return pdg_group_view_get_folded (self->groups);
}

/* ---- the object ---- */

static void
pdg_arrangement_dispose (GObject *object)
{
  PdgArrangement *self = PDG_ARRANGEMENT (object);

  if (self->workspace != NULL)
    g_signal_handlers_disconnect_by_data (self->workspace, self);
  g_cancellable_cancel (self->cancellable);
  g_clear_pointer (&self->throttle, pdg_throttle_free);
  g_clear_pointer (&self->history, pdg_history_file_free);
  g_clear_pointer (&self->groups, pdg_group_view_free);
  g_clear_object (&self->workspace);
  G_OBJECT_CLASS (pdg_arrangement_parent_class)->dispose (object);
}

static void
pdg_arrangement_finalize (GObject *object)
{
  PdgArrangement *self = PDG_ARRANGEMENT (object);

  g_hash_table_unref (self->places);
  g_hash_table_unref (self->revisions);
  g_hash_table_unref (self->waiting);
  g_clear_pointer (&self->sent, g_hash_table_unref);
  g_object_unref (self->cancellable);
  g_free (self->project_id);
  G_OBJECT_CLASS (pdg_arrangement_parent_class)->finalize (object);
}

static void
pdg_arrangement_class_init (PdgArrangementClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = pdg_arrangement_dispose;
  G_OBJECT_CLASS (klass)->finalize = pdg_arrangement_finalize;
  changed_signal = g_signal_new ("changed", PDG_TYPE_ARRANGEMENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  history_signal = g_signal_new ("history-changed", PDG_TYPE_ARRANGEMENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
pdg_arrangement_init (PdgArrangement *self)
{
  self->places = pdg_places_new ();
  self->revisions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->waiting = changes_new ();
  self->throttle = pdg_throttle_new (ASK_INTERVAL_MS, ask, self);
  self->cancellable = g_cancellable_new ();
  self->revision = -1;
}

PdgArrangement *
pdg_arrangement_new (PdgWorkspace *workspace, const char *history_dir)
{
  PdgArrangement *self = g_object_new (PDG_TYPE_ARRANGEMENT, NULL);

  self->workspace = g_object_ref (workspace);
  self->history = pdg_history_file_new (history_dir);
  self->groups = pdg_group_view_new (history_dir);
  g_signal_connect_swapped (workspace, "notify::project", G_CALLBACK (project_cb), self);
  g_signal_connect_swapped (workspace, "notify::graph", G_CALLBACK (graph_cb), self);
  project_cb (self);
  return self;
}
