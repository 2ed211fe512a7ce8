#include "config.h"
#include "app/pdg-keys.h"

#include <glib/gi18n-lib.h>

#include "app/pdg-documents.h"
#include "app/pdg-json.h"

struct _PdgKeys
{
  GObject parent_instance;
  PdgClient *client;
  GCancellable *cancellable; /* of what is being read */
  GListStore *store;
  GPtrArray *pages; /* PdgKey of the pages read so far, the oldest first */
  char *project_id;
  char *error_message;
  PdgKeysPhase phase;
};

G_DEFINE_FINAL_TYPE (PdgKeys, pdg_keys, G_TYPE_OBJECT)

enum
{
  PROP_PHASE = 1,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

static void
set_phase (PdgKeys *self, PdgKeysPhase phase, const char *error_message)
{
  g_free (self->error_message);
  self->error_message = g_strdup (error_message);
  self->phase = phase;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PHASE]);
}

static void loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data);

static void
read_page (PdgKeys *self, const char *after)
{
  g_autoptr (JsonNode) variables = pdg_json_new_variables ("id", self->project_id, "after", after, NULL);

  pdg_client_execute_async (self->client, PDG_DOCUMENT_KEYS, variables, self->cancellable, loaded_cb, g_object_ref (self));
}

/* The newest first. */
static void
show_pages (PdgKeys *self)
{
  guint n = self->pages->len;

  for (guint i = 0; i < n / 2; i++)
    {
      gpointer key = self->pages->pdata[i];

      self->pages->pdata[i] = self->pages->pdata[n - 1 - i];
      self->pages->pdata[n - 1 - i] = key;
    }
  g_list_store_splice (self->store, 0, g_list_model_get_n_items (G_LIST_MODEL (self->store)), self->pages->pdata, n);
  set_phase (self, n > 0 ? PDG_KEYS_READY : PDG_KEYS_EMPTY, NULL);
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PdgKeys) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) response = pdg_client_execute_finish (PDG_CLIENT (source), result, &error);
  JsonObject *data = response != NULL ? pdg_json_get_data (response, &error) : NULL;
  JsonObject *keys = pdg_json_get_object (pdg_json_get_object (data, "project"), "keys");
  JsonObject *page = pdg_json_get_object (keys, "pageInfo");
  JsonArray *nodes = pdg_json_get_array (keys, "nodes");
  const char *message = response != NULL ? pdg_json_get_error_message (response) : NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (nodes == NULL)
    {
      set_phase (self, PDG_KEYS_ERROR, error != NULL ? error->message : message != NULL ? message : _ ("There is no such project any more."));
      return;
    }
  for (guint i = 0; i < pdg_json_get_length (nodes); i++)
    g_ptr_array_add (self->pages, pdg_key_new (pdg_json_get_element (nodes, i)));
  if (pdg_json_get_bool (page, "hasNextPage"))
    read_page (self, pdg_json_get_string (page, "endCursor"));
  else
    show_pages (self);
}

void
pdg_keys_load (PdgKeys *self, const char *project_id)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (g_strcmp0 (project_id, self->project_id) != 0 || self->phase != PDG_KEYS_READY)
    {
      char *copy = g_strdup (project_id); /* it may be our own */

      g_free (self->project_id);
      self->project_id = copy;
      g_list_store_remove_all (self->store);
      set_phase (self, PDG_KEYS_LOADING, NULL);
    }
  if (self->project_id == NULL)
    return;
  self->cancellable = g_cancellable_new ();
  g_ptr_array_set_size (self->pages, 0);
  read_page (self, NULL);
}

/* ---- changes ---- */

static const struct
{
  const char *document;
  const char *payload;
} changes[] = {
  [PDG_KEY_CHANGE_CREATE] = { PDG_DOCUMENT_CREATE_KEY, "createApiKey" },
  [PDG_KEY_CHANGE_ROTATE] = { PDG_DOCUMENT_ROTATE_KEY, "rotateApiKey" },
  [PDG_KEY_CHANGE_LIMIT] = { PDG_DOCUMENT_LIMIT_KEY, "limitApiKey" },
  [PDG_KEY_CHANGE_REVOKE] = { PDG_DOCUMENT_REVOKE_KEY, "revokeApiKey" },
};

static void
changed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PdgKeys *self = g_task_get_source_object (task);
  PdgKeyChange change = (PdgKeyChange) GPOINTER_TO_INT (g_task_get_task_data (task));
  GError *error = NULL;
  g_autoptr (JsonNode) response = pdg_client_execute_finish (PDG_CLIENT (source), result, &error);
  JsonObject *data = response != NULL ? pdg_json_get_data (response, &error) : NULL;
  JsonObject *payload = pdg_json_get_object (data, changes[change].payload);
  JsonArray *refusals = pdg_json_get_array (payload, "errors");
  const char *refusal = pdg_json_get_length (refusals) > 0 ? pdg_json_get_string (pdg_json_get_element (refusals, 0), "message") : NULL;

  if (error == NULL && pdg_json_get_object (payload, "key") == NULL)
    error = g_error_new_literal (PDG_CLIENT_ERROR, refusal != NULL ? PDG_CLIENT_ERROR_REFUSED : PDG_CLIENT_ERROR_RESPONSE,
                                 refusal != NULL ? refusal : _ ("The key could not be changed."));
  if (error != NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  pdg_keys_load (self, self->project_id);
  g_task_return_pointer (task, g_strdup (pdg_json_get_string (payload, "secret")), g_free);
}

void
pdg_keys_change_async (PdgKeys *self, PdgKeyChange change, PdgKey *key, const char *text, int number, GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_autoptr (JsonNode) variables = pdg_json_new_variables (NULL, NULL);
  GTask *task = g_task_new (self, NULL, callback, user_data);
  JsonObject *input;

  g_task_set_source_tag (task, pdg_keys_change_async);
  g_task_set_task_data (task, GINT_TO_POINTER (change), NULL);
  pdg_json_set_nested (variables, "input", "projectId", self->project_id);
  input = pdg_json_get_object (json_node_get_object (variables), "input");
  if (key != NULL)
    json_object_set_string_member (input, "id", pdg_key_get_id (key));
  if (change == PDG_KEY_CHANGE_CREATE)
    json_object_set_string_member (input, "label", text);
  if (change == PDG_KEY_CHANGE_ROTATE)
    json_object_set_int_member (input, "overlapSeconds", number);
  if (change == PDG_KEY_CHANGE_LIMIT && number >= 0)
    json_object_set_int_member (input, "eventsPerSecond", number);
  if (change == PDG_KEY_CHANGE_LIMIT && pdg_key_get_burst_events (key) > 0)
    json_object_set_int_member (input, "burstEvents", pdg_key_get_burst_events (key));
  pdg_client_execute_async (self->client, changes[change].document, variables, NULL, changed_cb, task);
}

gboolean
pdg_keys_change_finish (PdgKeys *self, GAsyncResult *result, char **secret, GError **error)
{
  g_autoptr (GError) local = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  *secret = g_task_propagate_pointer (G_TASK (result), &local);
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* ---- the object ---- */

PdgKeysPhase
pdg_keys_get_phase (PdgKeys *self)
{
  return self->phase;
}

const char *
pdg_keys_get_error_message (PdgKeys *self)
{
  return self->error_message;
}

GListModel *
pdg_keys_get_model (PdgKeys *self)
{
  return G_LIST_MODEL (self->store);
}

void
pdg_keys_close (PdgKeys *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}

static void
pdg_keys_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_PHASE)
    g_value_set_int (value, (int) PDG_KEYS (object)->phase);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
pdg_keys_finalize (GObject *object)
{
  PdgKeys *self = PDG_KEYS (object);

  pdg_keys_close (self);
  g_clear_object (&self->client);
  g_clear_object (&self->store);
  g_ptr_array_unref (self->pages);
  g_free (self->project_id);
  g_free (self->error_message);
  G_OBJECT_CLASS (pdg_keys_parent_class)->finalize (object);
}

static void
pdg_keys_class_init (PdgKeysClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = pdg_keys_finalize;
  object_class->get_property = pdg_keys_get_property;
  props[PROP_PHASE] = g_param_spec_int ("phase", NULL, NULL, PDG_KEYS_LOADING, PDG_KEYS_ERROR, PDG_KEYS_LOADING,
                                        G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
pdg_keys_init (PdgKeys *self)
{
  self->store = g_list_store_new (PDG_TYPE_KEY);
  self->pages = g_ptr_array_new_with_free_func (g_object_unref);
}

PdgKeys *
pdg_keys_new (PdgClient *client)
{
  PdgKeys *self = g_object_new (PDG_TYPE_KEYS, NULL);

  self->client = g_object_ref (client);
  return self;
}
