#include "config.h"
#include "canvas/pdg-image-store.h"

/* One id: its picture, or the fact that it was asked for or failed. Entries with a picture lie in the queue,
 * the most recently used first. */
typedef struct
{
  char *id;
  PdgImage *image;
  GList link;
  int full_width;     /* of the picture as it was inserted */
  int needed_px;      /* width asked for last */
  gboolean requested;
  gboolean failed;
} Entry;

struct _PdgImageStore
{
  GMutex mutex;
  GHashTable *entries;   /* id (of the entry) -> Entry */
  GQueue used;
  GPtrArray *wanted;
  gsize budget_bytes;
  gsize size_bytes;
};

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  pdg_image_unref (entry->image);
  g_free (entry->id);
  g_free (entry);
}

PdgImageStore *
pdg_image_store_new (gsize budget_bytes)
{
  PdgImageStore *store = g_atomic_rc_box_new0 (PdgImageStore);

  g_mutex_init (&store->mutex);
  store->entries = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, entry_free);
  g_queue_init (&store->used);
  store->wanted = g_ptr_array_new_with_free_func (g_free);
  store->budget_bytes = budget_bytes;
  return store;
}

PdgImageStore *
pdg_image_store_ref (PdgImageStore *store)
{
  return g_atomic_rc_box_acquire (store);
}

static void
store_clear (gpointer data)
{
  PdgImageStore *store = data;

  g_hash_table_unref (store->entries);
  g_ptr_array_unref (store->wanted);
  g_mutex_clear (&store->mutex);
}

void
pdg_image_store_unref (PdgImageStore *store)
{
  if (store != NULL)
    g_atomic_rc_box_release_full (store, store_clear);
}

static Entry *
ensure_entry (PdgImageStore *store, const char *id)
{
  Entry *entry = g_hash_table_lookup (store->entries, id);

  if (entry == NULL)
    {
      entry = g_new0 (Entry, 1);
      entry->id = g_strdup (id);
      entry->link.data = entry;
      g_hash_table_insert (store->entries, entry->id, entry);
    }
  return entry;
}

/* Forgets @entry's picture, so that it is asked for again when needed. */
static void
drop_image (PdgImageStore *store, Entry *entry)
{
  g_queue_unlink (&store->used, &entry->link);
  store->size_bytes -= pdg_image_get_size_bytes (entry->image);
  g_clear_pointer (&entry->image, pdg_image_unref);
}

static void
touch (PdgImageStore *store, Entry *entry)
{
  g_queue_unlink (&store->used, &entry->link);
  g_queue_push_head_link (&store->used, &entry->link);
}

cairo_surface_t *
pdg_image_store_get (PdgImageStore *store, const char *id, int width_px)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&store->mutex);
  Entry *entry = ensure_entry (store, id);
  int have_px = entry->image != NULL ? pdg_image_get_width (entry->image) : 0;

  entry->needed_px = width_px;
  if ((entry->image == NULL || have_px < MIN (width_px, entry->full_width)) && !entry->requested && !entry->failed)
    {
      entry->requested = TRUE;
      g_ptr_array_add (store->wanted, g_strdup (id));
    }
  if (entry->image == NULL)
    return NULL;
  touch (store, entry);
  return cairo_surface_reference (pdg_image_get_surface (entry->image, width_px));
}

cairo_surface_t *
pdg_image_store_peek (PdgImageStore *store, const char *id, int width_px)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&store->mutex);
  const Entry *entry = g_hash_table_lookup (store->entries, id);

  if (entry == NULL || entry->image == NULL)
    return NULL;
  return cairo_surface_reference (pdg_image_get_surface (entry->image, width_px));
}

static void
shrink_image (PdgImageStore *store, Entry *entry)
{
  PdgImage *smaller = pdg_image_dup_smaller (entry->image, entry->needed_px);

  store->size_bytes -= pdg_image_get_size_bytes (entry->image) - pdg_image_get_size_bytes (smaller);
  pdg_image_unref (entry->image);
  entry->image = smaller;
}

/* The newest picture stays even if it alone is over the budget: else it would be fetched for ever. */
static void
keep_budget (PdgImageStore *store)
{
  for (GList *link = store->used.tail; link != NULL && store->size_bytes > store->budget_bytes; link = link->prev)
    shrink_image (store, link->data);
  while (store->size_bytes > store->budget_bytes && store->used.length > 1)
    drop_image (store, store->used.tail->data);
}

void
pdg_image_store_insert (PdgImageStore *store, const char *id, PdgImage *image)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&store->mutex);
  Entry *entry = ensure_entry (store, id);

  if (entry->image != NULL)
    drop_image (store, entry);
  entry->image = pdg_image_ref (image);
  entry->full_width = pdg_image_get_width (image);
  entry->requested = FALSE;
  entry->failed = FALSE;
  g_queue_push_head_link (&store->used, &entry->link);
  store->size_bytes += pdg_image_get_size_bytes (image);
  keep_budget (store);
}

void
pdg_image_store_mark_failed (PdgImageStore *store, const char *id)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&store->mutex);
  Entry *entry = ensure_entry (store, id);

  entry->requested = FALSE;
  entry->failed = TRUE;
}

void
pdg_image_store_clear_failed (PdgImageStore *store)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&store->mutex);
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, store->entries);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    ((Entry *) value)->failed = FALSE;
}

char **
pdg_image_store_take_wanted (PdgImageStore *store)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&store->mutex);
  GPtrArray *wanted = g_steal_pointer (&store->wanted);

  store->wanted = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (wanted, NULL);
  return (char **) g_ptr_array_free (wanted, FALSE);
}

void
pdg_image_store_forget_request (PdgImageStore *store, const char *id)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&store->mutex);
  Entry *entry = g_hash_table_lookup (store->entries, id);

  if (entry != NULL)
    entry->requested = FALSE;
}

gboolean
pdg_image_store_contains (PdgImageStore *store, const char *id)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&store->mutex);
  const Entry *entry = g_hash_table_lookup (store->entries, id);

  return entry != NULL && entry->image != NULL;
}

gsize
pdg_image_store_get_size_bytes (PdgImageStore *store)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&store->mutex);

  return store->size_bytes;
}
