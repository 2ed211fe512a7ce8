#include "config.h"
#include "service/pdg-hub.h"

#include "store/pdg-store-flush.h"

#define MIN_INTERVAL_MS 100

/* One subscription. It lives as long as the hub's table or a queued source refers to it. */
typedef struct
{
  PdgHub *hub; /* borrowed: a source holds a reference to the hub, too */
  GMainContext *context;
  PdgHubFunc func;
  gpointer user_data;
  GDestroyNotify destroy;
  gint32 topic;
  guint id;
  gint64 sequence;       /* on its context only */
  gint64 last_sent_usec; /* monotonic; under the lock */
  gboolean pending;      /* a source is queued; under the lock */
  gint active;
} Subscriber;

struct _PdgHub
{
  GMutex lock;
  char *origin;
  GHashTable *subscribers; /* id -> Subscriber */
  guint last_id;
};

typedef struct
{
  PdgHub *hub;
  Subscriber *subscriber;
} Delivery;

static void
subscriber_clear (gpointer data)
{
  Subscriber *subscriber = data;

  if (subscriber->destroy != NULL)
    subscriber->destroy (subscriber->user_data);
  g_main_context_unref (subscriber->context);
}

static void
subscriber_release (gpointer data)
{
  g_atomic_rc_box_release_full (data, subscriber_clear);
}

PdgHub *
pdg_hub_new (void)
{
  PdgHub *hub = g_atomic_rc_box_new0 (PdgHub);

  g_mutex_init (&hub->lock);
  hub->origin = g_uuid_string_random ();
  hub->subscribers = g_hash_table_new_full (NULL, NULL, NULL, subscriber_release);
  return hub;
}

PdgHub *
pdg_hub_ref (PdgHub *hub)
{
  return g_atomic_rc_box_acquire (hub);
}

static void
hub_clear (gpointer data)
{
  PdgHub *hub = data;

  g_hash_table_unref (hub->subscribers);
  g_mutex_clear (&hub->lock);
  g_free (hub->origin);
}

void
pdg_hub_unref (PdgHub *hub)
{
  if (hub != NULL)
    g_atomic_rc_box_release_full (hub, hub_clear);
}

static gboolean
deliver_cb (gpointer data)
{
  Delivery *delivery = data;
  Subscriber *subscriber = delivery->subscriber;

  g_mutex_lock (&delivery->hub->lock);
  subscriber->pending = FALSE;
  subscriber->last_sent_usec = g_get_monotonic_time ();
  g_mutex_unlock (&delivery->hub->lock);
  if (g_atomic_int_get (&subscriber->active))
    subscriber->func (subscriber->topic, ++subscriber->sequence, subscriber->user_data);
  return G_SOURCE_REMOVE;
}

static void
delivery_free (gpointer data)
{
  Delivery *delivery = data;

  subscriber_release (delivery->subscriber);
  pdg_hub_unref (delivery->hub);
  g_free (delivery);
}

/* Under the lock. */
static void
queue_delivery (PdgHub *hub, Subscriber *subscriber)
{
  gint64 wait_ms = MIN_INTERVAL_MS - (g_get_monotonic_time () - subscriber->last_sent_usec) / 1000;
  g_autoptr (GSource) source = NULL;
  Delivery *delivery;

  if (subscriber->pending)
    return;
  subscriber->pending = TRUE;
  delivery = g_new (Delivery, 1);
  delivery->hub = pdg_hub_ref (hub);
  delivery->subscriber = g_atomic_rc_box_acquire (subscriber);
  source = wait_ms > 0 && subscriber->last_sent_usec > 0 ? g_timeout_source_new ((guint) wait_ms) : g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, deliver_cb, delivery, delivery_free);
  g_source_attach (source, subscriber->context);
}

guint
pdg_hub_subscribe (PdgHub *hub, gint32 topic, GMainContext *context, PdgHubFunc func, gpointer user_data, GDestroyNotify destroy)
{
  Subscriber *subscriber = g_atomic_rc_box_new0 (Subscriber);
  g_autoptr (GMutexLocker) locker = NULL;

  subscriber->context = context != NULL ? g_main_context_ref (context) : g_main_context_ref_thread_default ();
  subscriber->topic = topic;
  subscriber->func = func;
  subscriber->user_data = user_data;
  subscriber->destroy = destroy;
  subscriber->active = TRUE;
  locker = g_mutex_locker_new (&hub->lock);
  subscriber->id = ++hub->last_id;
  g_hash_table_insert (hub->subscribers, GUINT_TO_POINTER (subscriber->id), subscriber);
  return subscriber->id;
}

void
pdg_hub_unsubscribe (PdgHub *hub, guint id)
{
  Subscriber *subscriber;

  g_mutex_lock (&hub->lock);
  subscriber = g_hash_table_lookup (hub->subscribers, GUINT_TO_POINTER (id));
  if (subscriber != NULL)
    {
      g_atomic_int_set (&subscriber->active, FALSE);
      g_hash_table_steal (hub->subscribers, GUINT_TO_POINTER (id));
    }
  g_mutex_unlock (&hub->lock);
  if (subscriber != NULL)
    subscriber_release (subscriber);
}

static void
publish (PdgHub *hub, gboolean all, gint32 topic)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&hub->lock);
  GHashTableIter iter;
  Subscriber *subscriber;

  g_hash_table_iter_init (&iter, hub->subscribers);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &subscriber))
    if (all || subscriber->topic == topic)
      queue_delivery (hub, subscriber);
}

void
pdg_hub_publish (PdgHub *hub, gint32 topic)
{
  publish (hub, FALSE, topic);
}

void
pdg_hub_publish_all (PdgHub *hub)
{
  publish (hub, TRUE, 0);
}

const char *
pdg_hub_get_channel (void)
{
  return PDG_STORE_CHANNEL;
}

void
pdg_hub_publish_notification (PdgHub *hub, const char *payload)
{
  g_autoptr (GArray) projects = g_array_new (FALSE, FALSE, sizeof (PdgTouchedProject));

  if (!pdg_store_parse_notification (payload, hub->origin, projects))
    return;
  for (guint i = 0; i < projects->len; i++)
    pdg_hub_publish (hub, g_array_index (projects, PdgTouchedProject, i).project_no);
}

const char *
pdg_hub_get_origin (PdgHub *hub)
{
  return hub->origin;
}
