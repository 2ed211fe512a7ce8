#include "config.h"
#include "client/pdg-client.h"

#include "base/pdg-context.h"

typedef struct
{
  GMainContext *context;
  char *state_message;
  PdgClientState state;
} PdgClientPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (PdgClient, pdg_client, G_TYPE_OBJECT)
G_DEFINE_QUARK (pdg-client-error-quark, pdg_client_error)

enum
{
  PROP_STATE = 1,
  PROP_STATE_MESSAGE,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

static void
pdg_client_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PdgClientPrivate *priv = pdg_client_get_instance_private (PDG_CLIENT (object));

  switch (id)
    {
    case PROP_STATE:
      g_value_set_int (value, priv->state);
      break;
    case PROP_STATE_MESSAGE:
      g_value_set_string (value, priv->state_message);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
pdg_client_finalize (GObject *object)
{
  PdgClientPrivate *priv = pdg_client_get_instance_private (PDG_CLIENT (object));

  g_main_context_unref (priv->context);
  g_free (priv->state_message);
  G_OBJECT_CLASS (pdg_client_parent_class)->finalize (object);
}

static void
pdg_client_class_init (PdgClientClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = pdg_client_get_property;
  object_class->finalize = pdg_client_finalize;

  props[PROP_STATE] = g_param_spec_int ("state", NULL, NULL, PDG_CLIENT_STARTING, PDG_CLIENT_FAILED, PDG_CLIENT_STARTING,
                                        G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  props[PROP_STATE_MESSAGE] = g_param_spec_string ("state-message", NULL, NULL, NULL,
                                                   G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
pdg_client_init (PdgClient *self)
{
  PdgClientPrivate *priv = pdg_client_get_instance_private (self);

  priv->context = g_main_context_ref_thread_default ();
}

void
pdg_client_execute_async (PdgClient *self, const char *document, JsonNode *variables, GCancellable *cancellable,
                          GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task;

  g_return_if_fail (PDG_IS_CLIENT (self));
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, pdg_client_execute_async);
  PDG_CLIENT_GET_CLASS (self)->execute_async (self, document, variables, task);
}

JsonNode *
pdg_client_execute_finish (PdgClient *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

guint
pdg_client_subscribe (PdgClient *self, const char *document, JsonNode *variables, PdgClientEventFunc func, gpointer user_data,
                      GDestroyNotify destroy)
{
  g_return_val_if_fail (PDG_IS_CLIENT (self), 0);
  return PDG_CLIENT_GET_CLASS (self)->subscribe (self, document, variables, func, user_data, destroy);
}

void
pdg_client_unsubscribe (PdgClient *self, guint id)
{
  g_return_if_fail (PDG_IS_CLIENT (self));
  PDG_CLIENT_GET_CLASS (self)->unsubscribe (self, id);
}

void
pdg_client_fetch_blob_async (PdgClient *self, const char *id, int min_width, GCancellable *cancellable, GAsyncReadyCallback callback,
                             gpointer user_data)
{
  GTask *task;

  g_return_if_fail (PDG_IS_CLIENT (self));
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, pdg_client_fetch_blob_async);
  PDG_CLIENT_GET_CLASS (self)->fetch_blob_async (self, id, min_width, task);
}

GBytes *
pdg_client_fetch_blob_finish (PdgClient *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

PdgClientState
pdg_client_get_state (PdgClient *self)
{
  PdgClientPrivate *priv = pdg_client_get_instance_private (self);

  return priv->state;
}

const char *
pdg_client_get_state_message (PdgClient *self)
{
  PdgClientPrivate *priv = pdg_client_get_instance_private (self);

  return priv->state_message;
}

void
pdg_client_set_state (PdgClient *self, PdgClientState state, const char *message)
{
  PdgClientPrivate *priv = pdg_client_get_instance_private (self);

  PDG_ASSERT_CONTEXT (priv->context);
  if (priv->state == state && g_strcmp0 (priv->state_message, message) == 0)
    return;
  priv->state = state;
  g_free (priv->state_message);
  priv->state_message = g_strdup (message);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE_MESSAGE]);
}
