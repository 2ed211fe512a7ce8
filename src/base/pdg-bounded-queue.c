#include "config.h"
#include "base/pdg-bounded-queue.h"

typedef struct
{
  gpointer item;
  gsize weight;
} Entry;

struct _PdgBoundedQueue
{
  GMutex lock;
  GCond filled;
  GQueue entries;
  GDestroyNotify free_item;
  gsize max_weight;
  gsize weight;
  gboolean closed;
};

PdgBoundedQueue *
pdg_bounded_queue_new (gsize max_weight, GDestroyNotify free_item)
{
  PdgBoundedQueue *queue = g_new0 (PdgBoundedQueue, 1);

  g_mutex_init (&queue->lock);
  g_cond_init (&queue->filled);
  g_queue_init (&queue->entries);
  queue->max_weight = max_weight;
  queue->free_item = free_item;
  return queue;
}

void
pdg_bounded_queue_free (PdgBoundedQueue *queue)
{
  Entry *entry;

  if (queue == NULL)
    return;
  while ((entry = g_queue_pop_head (&queue->entries)) != NULL)
    {
      if (queue->free_item != NULL)
        queue->free_item (entry->item);
      g_free (entry);
    }
  g_mutex_clear (&queue->lock);
  g_cond_clear (&queue->filled);
  g_free (queue);
}

gboolean
pdg_bounded_queue_try_push (PdgBoundedQueue *queue, gpointer item, gsize weight)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&queue->lock);
  Entry *entry;

  if (queue->closed)
    return FALSE;
  if (!g_queue_is_empty (&queue->entries) && (queue->weight > queue->max_weight || weight > queue->max_weight - queue->weight))
    return FALSE;
  entry = g_new (Entry, 1);
  entry->item = item;
  entry->weight = weight;
  g_queue_push_tail (&queue->entries, entry);
  queue->weight += weight;
  g_cond_signal (&queue->filled);
  return TRUE;
}

guint
pdg_bounded_queue_pop_many (PdgBoundedQueue *queue, GPtrArray *items, gsize max_weight, gint64 timeout_usec)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&queue->lock);
  gint64 deadline = timeout_usec < 0 ? 0 : g_get_monotonic_time () + timeout_usec;
  gsize taken = 0;
  guint n = 0;

  while (g_queue_is_empty (&queue->entries) && !queue->closed)
    {
      if (timeout_usec < 0)
        g_cond_wait (&queue->filled, &queue->lock);
      else if (!g_cond_wait_until (&queue->filled, &queue->lock, deadline))
        break;
    }
  while (!g_queue_is_empty (&queue->entries))
    {
      Entry *entry = g_queue_peek_head (&queue->entries);

      if (n > 0 && taken + entry->weight > max_weight)
        break;
      g_queue_pop_head (&queue->entries);
      taken += entry->weight;
      queue->weight -= entry->weight;
      g_ptr_array_add (items, entry->item);
      g_free (entry);
      n++;
    }
  return n;
}

void
pdg_bounded_queue_close (PdgBoundedQueue *queue)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&queue->lock);

  queue->closed = TRUE;
  g_cond_broadcast (&queue->filled);
}

gboolean
pdg_bounded_queue_is_closed (PdgBoundedQueue *queue)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&queue->lock);

  return queue->closed;
}

gsize
pdg_bounded_queue_get_weight (PdgBoundedQueue *queue)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&queue->lock);

  return queue->weight;
}
