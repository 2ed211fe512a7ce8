#include "config.h"
#include "app/pdg-picture-loader.h"

#define STORE_BUDGET_BYTES (64u * 1024u * 1024u) /* for large levels, and as much for small ones */
#define MAX_UNDER_WAY 4

struct _PdgPictureLoader
{
  GObject parent_instance;
  PdgClient *client;
  PdgImageStore *store;
  GQueue queue; /* Load, not begun */
  GCancellable *cancellable;
  guint n_under_way;
};

G_DEFINE_FINAL_TYPE (PdgPictureLoader, pdg_picture_loader, G_TYPE_OBJECT)

static guint loaded_signal;

typedef struct
{
  PdgPictureLoader *self;
  PdgImageStore *store;
  GBytes *bytes;
  PdgImageWant want;
} Load;

static void
load_free (Load *load)
{
  pdg_image_store_unref (load->store);
  g_clear_pointer (&load->bytes, g_bytes_unref);
  g_free (load->want.id);
  g_free (load);
}

static void start_next (PdgPictureLoader *self);

static void
load_finished (PdgPictureLoader *self, const PdgImageWant *want, const GError *error)
{
  self->n_under_way--;
  if (error == NULL)
    g_signal_emit (self, loaded_signal, 0, want->id);
  else if (g_error_matches (error, PDG_CLIENT_ERROR, PDG_CLIENT_ERROR_AWAY)
           || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    pdg_image_store_forget_request (self->store, want->id, want->width_px);
  else
    {
      g_debug ("Picture %s cannot be shown: %s", want->id, error->message);
      pdg_image_store_mark_failed (self->store, want->id);
    }
  start_next (self);
}

static void
decode_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Load *load = task_data;
  GError *error = NULL;
  g_autoptr (PdgImage) image = pdg_image_store_decode (load->bytes, &error);

  if (image == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  pdg_image_store_insert_level (load->store, load->want.id, image, load->want.width_px);
  g_task_return_boolean (task, TRUE);
}

static void
decoded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PdgPictureLoader) self = user_data;
  Load *load = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;

  g_task_propagate_boolean (G_TASK (result), &error);
  load_finished (self, &load->want, error);
}

static void
fetched_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Load *load = user_data;
  PdgPictureLoader *self = g_steal_pointer (&load->self);
  g_autoptr (GError) error = NULL;
  GTask *task;

  load->bytes = pdg_client_fetch_blob_finish (PDG_CLIENT (source), result, &error);
  if (load->bytes == NULL)
    {
      load_finished (self, &load->want, error);
      load_free (load);
      g_object_unref (self);
      return;
    }
  /* No source object: the worker must not end the loader's life. @self comes back with the callback. */
  task = g_task_new (NULL, NULL, decoded_cb, self);
  g_task_set_source_tag (task, decode_worker);
  g_task_set_task_data (task, load, (GDestroyNotify) load_free);
  g_task_run_in_thread (task, decode_worker);
  g_object_unref (task);
}

static void
start_next (PdgPictureLoader *self)
{
  while (self->n_under_way < MAX_UNDER_WAY && !g_queue_is_empty (&self->queue)
         && !g_cancellable_is_cancelled (self->cancellable))
    {
      Load *load = g_queue_pop_head (&self->queue);

      load->self = g_object_ref (self);
      self->n_under_way++;
      pdg_client_fetch_blob_async (self->client, load->want.id, load->want.width_px, self->cancellable, fetched_cb, load);
    }
}

static void
client_state_cb (PdgPictureLoader *self)
{
  if (pdg_client_get_state (self->client) == PDG_CLIENT_CONNECTED)
    pdg_image_store_clear_failed (self->store);
}

static void
pdg_picture_loader_dispose (GObject *object)
{
  PdgPictureLoader *self = PDG_PICTURE_LOADER (object);

  g_cancellable_cancel (self->cancellable);
  g_queue_clear_full (&self->queue, (GDestroyNotify) load_free);
  if (self->client != NULL)
    g_signal_handlers_disconnect_by_data (self->client, self);
  g_clear_object (&self->client);
  G_OBJECT_CLASS (pdg_picture_loader_parent_class)->dispose (object);
}

static void
pdg_picture_loader_finalize (GObject *object)
{
  PdgPictureLoader *self = PDG_PICTURE_LOADER (object);

  pdg_image_store_unref (self->store);
  g_object_unref (self->cancellable);
  G_OBJECT_CLASS (pdg_picture_loader_parent_class)->finalize (object);
}

static void
pdg_picture_loader_class_init (PdgPictureLoaderClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = pdg_picture_loader_dispose;
  G_OBJECT_CLASS (klass)->finalize = pdg_picture_loader_finalize;
  loaded_signal = g_signal_new ("loaded", PDG_TYPE_PICTURE_LOADER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                G_TYPE_STRING);
}

static void
pdg_picture_loader_init (PdgPictureLoader *self)
{
  self->store = pdg_image_store_new (STORE_BUDGET_BYTES);
  self->cancellable = g_cancellable_new ();
  g_queue_init (&self->queue);
}

PdgPictureLoader *
pdg_picture_loader_new (PdgClient *client)
{
  PdgPictureLoader *self = g_object_new (PDG_TYPE_PICTURE_LOADER, NULL);

  self->client = g_object_ref (client);
  g_signal_connect_swapped (client, "notify::state", G_CALLBACK (client_state_cb), self);
  return self;
}

PdgImageStore *
pdg_picture_loader_get_store (PdgPictureLoader *self)
{
  return self->store;
}

void
pdg_picture_loader_queue_wanted (PdgPictureLoader *self)
{
  PdgImageWant want;

  while (pdg_image_store_pop_wanted (self->store, &want))
    {
      Load *load = g_new0 (Load, 1);

      load->store = pdg_image_store_ref (self->store);
      load->want = want;
      g_queue_push_tail (&self->queue, load);
    }
  start_next (self);
}
