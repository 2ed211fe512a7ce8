#include "config.h"
#include "client/pdg-local-client.h"

#include "api/pdg-api-error.h"

/* A document that runs, or waits for the API. */
typedef struct
{
  char *document;
  JsonNode *variables;
  char *blob_id; /* a blob instead of a document */
  int min_width;
} Question;

/* What a subscriber asked for; api_id is 0 while there is no API. */
typedef struct
{
  PdgLocalClient *client;
  char *document;
  JsonNode *variables;
  PdgClientEventFunc func;
  gpointer user_data;
  GDestroyNotify destroy;
  guint api_id;
} Subscription;

struct _PdgLocalClient
{
  PdgClient parent_instance;
  PdgApi *api;
  gboolean gone;
  GQueue waiting; /* GTask with a Question */
  GHashTable *subscriptions;
  guint last_id;
};

G_DEFINE_FINAL_TYPE (PdgLocalClient, pdg_local_client, PDG_TYPE_CLIENT)

static void
question_free (gpointer data)
{
  Question *question = data;

  g_free (question->document);
  g_free (question->blob_id);
  g_clear_pointer (&question->variables, json_node_unref);
  g_free (question);
}

static void
subscription_free (gpointer data)
{
  Subscription *subscription = data;

  if (subscription->destroy != NULL)
    subscription->destroy (subscription->user_data);
  g_free (subscription->document);
  g_clear_pointer (&subscription->variables, json_node_unref);
  g_free (subscription);
}

/* Our errors in the client's words. */
static void
return_error (GTask *task, const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || pdg_api_verdict_for (error)->http_status == PDG_API_STATUS_CANCELLED)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "%s", error->message);
  else
    g_task_return_new_error (task, PDG_CLIENT_ERROR, PDG_CLIENT_ERROR_AWAY, "%s", error->message);
}

static JsonNode *
parse_response (GBytes *response, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();

  if (!json_parser_load_from_data (parser, g_bytes_get_data (response, NULL), (gssize) g_bytes_get_size (response), error))
    return NULL;
  return json_parser_steal_root (parser);
}

/* A response may be large: it is parsed on a worker. */
static void
parse_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GError *error = NULL;
  JsonNode *node = parse_response (task_data, &error);

  if (node != NULL)
    g_task_return_pointer (task, node, (GDestroyNotify) json_node_unref);
  else
    g_task_return_error (task, error);
}

static void
parsed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  JsonNode *node = g_task_propagate_pointer (G_TASK (result), &error);

  if (node != NULL)
    g_task_return_pointer (task, node, (GDestroyNotify) json_node_unref);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_new_error (task, PDG_CLIENT_ERROR, PDG_CLIENT_ERROR_RESPONSE, "%s", error->message);
}

static void
executed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  GBytes *response = pdg_api_execute_finish (NULL, result, &error);
  g_autoptr (GTask) parse = NULL;

  if (response == NULL)
    {
      return_error (task, error);
      return;
    }
  parse = g_task_new (g_task_get_source_object (task), g_task_get_cancellable (task), parsed_cb, g_object_ref (task));
  g_task_set_task_data (parse, response, (GDestroyNotify) g_bytes_unref);
  g_task_run_in_thread (parse, parse_worker);
}

static void
blob_loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  GBytes *bytes = pdg_api_load_blob_finish (NULL, result, NULL, &error);

  if (bytes != NULL)
    g_task_return_pointer (task, bytes, (GDestroyNotify) g_bytes_unref);
  else if (error != NULL)
    return_error (task, error);
  else
    g_task_return_new_error (task, PDG_CLIENT_ERROR, PDG_CLIENT_ERROR_REFUSED, "there is no such picture");
}

static void
ask (PdgLocalClient *self, GTask *task)
{
  Question *question = g_task_get_task_data (task);
  PdgPrincipal *principal = pdg_api_get_local_principal (self->api);

  if (question->blob_id != NULL)
    pdg_api_load_blob_async (self->api, principal, question->blob_id, question->min_width, g_task_get_cancellable (task), blob_loaded_cb, task);
  else
    pdg_api_execute_async (self->api, principal, question->document, NULL, question->variables, g_task_get_cancellable (task),
                           executed_cb, task);
}

/* Takes the task: asks now, later, or never. */
static void
take_question (PdgLocalClient *self, GTask *task, Question *question)
{
  g_task_set_task_data (task, question, question_free);
  if (self->api != NULL)
    ask (self, task);
  else if (!self->gone)
    g_queue_push_tail (&self->waiting, task);
  else
    {
      g_task_return_new_error (task, PDG_CLIENT_ERROR, PDG_CLIENT_ERROR_AWAY, "the program is stopping");
      g_object_unref (task);
    }
}

static void
pdg_local_client_execute_async (PdgClient *client, const char *document, JsonNode *variables, GTask *task)
{
  Question *question = g_new0 (Question, 1);

  question->document = g_strdup (document);
  question->variables = variables != NULL ? json_node_copy (variables) : NULL;
  take_question (PDG_LOCAL_CLIENT (client), task, question);
}

static void
pdg_local_client_fetch_blob_async (PdgClient *client, const char *id, int min_width, GTask *task)
{
  Question *question = g_new0 (Question, 1);

  question->blob_id = g_strdup (id);
  question->min_width = min_width;
  take_question (PDG_LOCAL_CLIENT (client), task, question);
}

static void
event_cb (GBytes *response, gpointer user_data)
{
  Subscription *subscription = user_data;
  g_autoptr (JsonNode) node = parse_response (response, NULL);

  if (node != NULL)
    subscription->func (node, subscription->user_data);
}

static void
start_subscription (PdgLocalClient *self, Subscription *subscription)
{
  subscription->api_id = pdg_api_subscribe (self->api, pdg_api_get_local_principal (self->api), subscription->document,
                                            subscription->variables, event_cb, subscription, NULL);
}

static guint
pdg_local_client_subscribe (PdgClient *client, const char *document, JsonNode *variables, PdgClientEventFunc func, gpointer user_data,
                            GDestroyNotify destroy)
{
  PdgLocalClient *self = PDG_LOCAL_CLIENT (client);
  Subscription *subscription = g_new0 (Subscription, 1);

  subscription->client = self;
  subscription->document = g_strdup (document);
  subscription->variables = variables != NULL ? json_node_copy (variables) : NULL;
  subscription->func = func;
  subscription->user_data = user_data;
  subscription->destroy = destroy;
  g_hash_table_insert (self->subscriptions, GUINT_TO_POINTER (++self->last_id), subscription);
  if (self->api != NULL)
    start_subscription (self, subscription);
  return self->last_id;
}

static void
pdg_local_client_unsubscribe (PdgClient *client, guint id)
{
  PdgLocalClient *self = PDG_LOCAL_CLIENT (client);
  Subscription *subscription = g_hash_table_lookup (self->subscriptions, GUINT_TO_POINTER (id));

  if (subscription == NULL)
    return;
  if (subscription->api_id > 0)
    pdg_api_unsubscribe (self->api, subscription->api_id);
  g_hash_table_remove (self->subscriptions, GUINT_TO_POINTER (id));
}

static void
stop_subscriptions (PdgLocalClient *self)
{
  GHashTableIter iter;
  Subscription *subscription;

  g_hash_table_iter_init (&iter, self->subscriptions);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &subscription))
    {
      if (subscription->api_id > 0)
        pdg_api_unsubscribe (self->api, subscription->api_id);
      subscription->api_id = 0;
    }
}

static void
fail_waiting (PdgLocalClient *self)
{
  GTask *task;

  while ((task = g_queue_pop_head (&self->waiting)) != NULL)
    {
      g_task_return_new_error (task, PDG_CLIENT_ERROR, PDG_CLIENT_ERROR_AWAY, "the program is stopping");
      g_object_unref (task);
    }
}

void
pdg_local_client_set_api (PdgLocalClient *self, PdgApi *api)
{
  GHashTableIter iter;
  Subscription *subscription;
  GTask *task;

  g_return_if_fail (PDG_IS_LOCAL_CLIENT (self));
  if (api == NULL)
    {
      stop_subscriptions (self);
      self->api = NULL;
      self->gone = TRUE;
      fail_waiting (self);
      return;
    }
  self->api = api;
  self->gone = FALSE;
  pdg_client_set_state (PDG_CLIENT (self), PDG_CLIENT_CONNECTED, NULL);
  while ((task = g_queue_pop_head (&self->waiting)) != NULL)
    ask (self, task);
  g_hash_table_iter_init (&iter, self->subscriptions);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &subscription))
    if (subscription->api_id == 0)
      start_subscription (self, subscription);
}

static void
pdg_local_client_finalize (GObject *object)
{
  PdgLocalClient *self = PDG_LOCAL_CLIENT (object);

  stop_subscriptions (self);
  fail_waiting (self);
  g_hash_table_unref (self->subscriptions);
  G_OBJECT_CLASS (pdg_local_client_parent_class)->finalize (object);
}

static void
pdg_local_client_class_init (PdgLocalClientClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  PdgClientClass *client_class = PDG_CLIENT_CLASS (klass);

  object_class->finalize = pdg_local_client_finalize;
  client_class->execute_async = pdg_local_client_execute_async;
  client_class->fetch_blob_async = pdg_local_client_fetch_blob_async;
  client_class->subscribe = pdg_local_client_subscribe;
  client_class->unsubscribe = pdg_local_client_unsubscribe;
}

static void
pdg_local_client_init (PdgLocalClient *self)
{
  g_queue_init (&self->waiting);
  self->subscriptions = g_hash_table_new_full (NULL, NULL, NULL, subscription_free);
}

PdgLocalClient *
pdg_local_client_new (void)
{
  return g_object_new (PDG_TYPE_LOCAL_CLIENT, NULL);
}
