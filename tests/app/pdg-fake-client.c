#include "config.h"
#include "pdg-fake-client.h"

typedef struct
{
  char *response;
  PdgFakeAnswerFunc func;
  gpointer user_data;
  GQueue waiting; /* GTask, oldest first */
  char *variables;
  guint n_asked;
  gboolean held;
} Operation;

typedef struct
{
  guint id;
  char *operation;
  PdgClientEventFunc func;
  gpointer user_data;
  GDestroyNotify destroy;
} Subscription;

struct _PdgFakeClient
{
  PdgClient parent_instance;
  GHashTable *operations;
  GPtrArray *subscriptions;
  PdgFakeBlobFunc blob_func;
  gpointer blob_data;
  guint next_id;
  guint delay_ms;
};

G_DEFINE_FINAL_TYPE (PdgFakeClient, pdg_fake_client, PDG_TYPE_CLIENT)

static void
operation_free (gpointer data)
{
  Operation *operation = data;

  g_queue_clear_full (&operation->waiting, g_object_unref);
  g_free (operation->response);
  g_free (operation->variables);
  g_free (operation);
}

static void
subscription_free (gpointer data)
{
  Subscription *subscription = data;

  if (subscription->destroy != NULL)
    subscription->destroy (subscription->user_data);
  g_free (subscription->operation);
  g_free (subscription);
}

static Operation *
ensure_operation (PdgFakeClient *self, const char *name)
{
  Operation *operation = g_hash_table_lookup (self->operations, name);

  if (operation == NULL)
    {
      operation = g_new0 (Operation, 1);
      g_queue_init (&operation->waiting);
      g_hash_table_insert (self->operations, g_strdup (name), operation);
    }
  return operation;
}

/* "query Graph($id…" is "Graph". */
static char *
dup_operation_name (const char *document)
{
  const char *start = strchr (document, ' ');
  gsize len;

  g_assert_nonnull (start);
  start++;
  len = strcspn (start, "( {");
  return g_strndup (start, len);
}

static void
answer (Operation *operation, GTask *task)
{
  g_autofree char *made = operation->func != NULL ? operation->func (g_task_get_task_data (task), operation->user_data) : NULL;
  const char *response = operation->func != NULL ? made : operation->response;
  JsonNode *node;

  if (g_task_return_error_if_cancelled (task))
    return;
  if (response == NULL)
    {
      g_task_return_new_error (task, PDG_CLIENT_ERROR, PDG_CLIENT_ERROR_AWAY, "The server cannot be reached.");
      return;
    }
  node = json_from_string (response, NULL);
  g_assert_nonnull (node);
  g_task_return_pointer (task, node, (GDestroyNotify) json_node_unref);
}

typedef struct
{
  PdgFakeClient *self;
  char *name;
  GTask *task;
} Later;

static gboolean
later_cb (gpointer user_data)
{
  Later *later = user_data;

  answer (ensure_operation (later->self, later->name), later->task);
  return G_SOURCE_REMOVE;
}

static void
later_free (gpointer data)
{
  Later *later = data;

  g_object_unref (later->task);
  g_object_unref (later->self);
  g_free (later->name);
  g_free (later);
}

static void
pdg_fake_client_execute_async (PdgClient *client, const char *document, JsonNode *variables, GTask *task)
{
  PdgFakeClient *self = PDG_FAKE_CLIENT (client);
  g_autofree char *name = dup_operation_name (document);
  Operation *operation = ensure_operation (self, name);
  Later *later;

  operation->n_asked++;
  g_free (operation->variables);
  operation->variables = variables != NULL ? json_to_string (variables, FALSE) : NULL;
  if (variables != NULL)
    g_task_set_task_data (task, json_node_copy (variables), (GDestroyNotify) json_node_unref);
  if (operation->held)
    {
      g_queue_push_tail (&operation->waiting, task);
      return;
    }
  later = g_new0 (Later, 1);
  later->self = g_object_ref (self);
  later->name = g_strdup (name);
  later->task = task;
  g_timeout_add_full (G_PRIORITY_DEFAULT, self->delay_ms, later_cb, later, later_free);
}

static guint
pdg_fake_client_subscribe (PdgClient *client, const char *document, JsonNode *variables, PdgClientEventFunc func, gpointer user_data,
                           GDestroyNotify destroy)
{
  PdgFakeClient *self = PDG_FAKE_CLIENT (client);
  Subscription *subscription = g_new0 (Subscription, 1);

  subscription->id = ++self->next_id;
  subscription->operation = dup_operation_name (document);
  subscription->func = func;
  subscription->user_data = user_data;
  subscription->destroy = destroy;
  g_ptr_array_add (self->subscriptions, subscription);
  return subscription->id;
}

static void
pdg_fake_client_unsubscribe (PdgClient *client, guint id)
{
  PdgFakeClient *self = PDG_FAKE_CLIENT (client);

  for (guint i = 0; i < self->subscriptions->len; i++)
    if (((Subscription *) g_ptr_array_index (self->subscriptions, i))->id == id)
      {
        g_ptr_array_remove_index (self->subscriptions, i);
        return;
      }
  g_assert_not_reached ();
}

static void
pdg_fake_client_fetch_blob_async (PdgClient *client, const char *id, int min_width, GTask *task)
{
  PdgFakeClient *self = PDG_FAKE_CLIENT (client);
  GBytes *bytes = self->blob_func != NULL ? self->blob_func (id, min_width, self->blob_data) : NULL;

  if (bytes != NULL)
    g_task_return_pointer (task, bytes, (GDestroyNotify) g_bytes_unref);
  else
    g_task_return_new_error (task, PDG_CLIENT_ERROR, PDG_CLIENT_ERROR_REFUSED, "There is no such picture.");
  g_object_unref (task);
}

static void
pdg_fake_client_finalize (GObject *object)
{
  PdgFakeClient *self = PDG_FAKE_CLIENT (object);

  g_hash_table_unref (self->operations);
  g_ptr_array_unref (self->subscriptions);
  G_OBJECT_CLASS (pdg_fake_client_parent_class)->finalize (object);
}

static void
pdg_fake_client_class_init (PdgFakeClientClass *klass)
{
  PdgClientClass *client_class = PDG_CLIENT_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = pdg_fake_client_finalize;
  client_class->execute_async = pdg_fake_client_execute_async;
  client_class->subscribe = pdg_fake_client_subscribe;
  client_class->unsubscribe = pdg_fake_client_unsubscribe;
  client_class->fetch_blob_async = pdg_fake_client_fetch_blob_async;
}

static void
pdg_fake_client_init (PdgFakeClient *self)
{
  self->operations = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, operation_free);
  self->subscriptions = g_ptr_array_new_with_free_func (subscription_free);
}

PdgFakeClient *
pdg_fake_client_new (void)
{
  return g_object_new (PDG_TYPE_FAKE_CLIENT, NULL);
}

void
pdg_fake_client_set_answer (PdgFakeClient *self, const char *name, const char *response)
{
  Operation *operation = ensure_operation (self, name);

  g_free (operation->response);
  operation->response = g_strdup (response);
  operation->func = NULL;
}

void
pdg_fake_client_set_answer_func (PdgFakeClient *self, const char *name, PdgFakeAnswerFunc func, gpointer user_data)
{
  Operation *operation = ensure_operation (self, name);

  operation->func = func;
  operation->user_data = user_data;
}

void
pdg_fake_client_set_blob_func (PdgFakeClient *self, PdgFakeBlobFunc func, gpointer user_data)
{
  self->blob_func = func;
  self->blob_data = user_data;
}

void
pdg_fake_client_set_held (PdgFakeClient *self, const char *name, gboolean held)
{
  ensure_operation (self, name)->held = held;
}

gboolean
pdg_fake_client_release (PdgFakeClient *self, const char *name)
{
  Operation *operation = ensure_operation (self, name);
  g_autoptr (GTask) task = g_queue_pop_head (&operation->waiting);

  if (task == NULL)
    return FALSE;
  answer (operation, task);
  return TRUE;
}

void
pdg_fake_client_set_delay (PdgFakeClient *self, guint delay_ms)
{
  self->delay_ms = delay_ms;
}

guint
pdg_fake_client_get_n_asked (PdgFakeClient *self, const char *name)
{
  return ensure_operation (self, name)->n_asked;
}

guint
pdg_fake_client_get_n_waiting (PdgFakeClient *self, const char *name)
{
  return ensure_operation (self, name)->waiting.length;
}

const char *
pdg_fake_client_get_variables (PdgFakeClient *self, const char *name)
{
  return ensure_operation (self, name)->variables;
}

guint
pdg_fake_client_emit (PdgFakeClient *self, const char *name, const char *response)
{
  g_autoptr (JsonNode) node = json_from_string (response, NULL);
  guint n = 0;

  for (guint i = 0; i < self->subscriptions->len; i++)
    {
      Subscription *subscription = g_ptr_array_index (self->subscriptions, i);

      if (g_str_equal (subscription->operation, name))
        {
          subscription->func (node, subscription->user_data);
          n++;
        }
    }
  return n;
}

guint
pdg_fake_client_get_n_subscriptions (PdgFakeClient *self)
{
  return self->subscriptions->len;
}
