#include "config.h"
#include "base/pdg-memo.h"

typedef struct
{
  PdgMemo *memo;
  gpointer value;
  gint64 until_usec; /* monotonic */
} Entry;

struct _PdgMemo
{
  PdgMemoRefFunc ref;
  GDestroyNotify unref;
  guint seconds;
  guint max_entries;
  GMutex lock; /* what follows */
  GHashTable *entries; /* text -> Entry */
  guint n_forgotten;
};

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  if (entry->value != NULL)
    entry->memo->unref (entry->value);
  g_free (entry);
}

PdgMemo *
pdg_memo_new (guint seconds, guint max_entries, PdgMemoRefFunc ref, GDestroyNotify unref)
{
  PdgMemo *self = g_new0 (PdgMemo, 1);

  self->ref = ref;
  self->unref = unref;
  self->seconds = seconds;
  self->max_entries = max_entries;
  g_mutex_init (&self->lock);
  self->entries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, entry_free);
  return self;
}

void
pdg_memo_free (PdgMemo *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->entries);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static gpointer
take_ref (PdgMemo *self, gpointer value)
{
  return value != NULL ? self->ref (value) : NULL;
}

gboolean
pdg_memo_lookup (PdgMemo *self, const char *key, gpointer *value)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  const Entry *entry = g_hash_table_lookup (self->entries, key);

  *value = NULL;
  if (entry == NULL || entry->until_usec < g_get_monotonic_time ())
    return FALSE;
  *value = take_ref (self, entry->value);
  return TRUE;
}

gpointer
pdg_memo_lookup_old (PdgMemo *self, const char *key)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  const Entry *entry = g_hash_table_lookup (self->entries, key);

  return entry != NULL ? take_ref (self, entry->value) : NULL;
}

guint
pdg_memo_begin (PdgMemo *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return self->n_forgotten;
}

void
pdg_memo_remember (PdgMemo *self, guint began, const char *key, gpointer value)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  Entry *entry;

  if (began != self->n_forgotten)
    return;
  if (g_hash_table_size (self->entries) >= self->max_entries)
    g_hash_table_remove_all (self->entries);
  entry = g_new (Entry, 1);
  *entry = (Entry) { self, take_ref (self, value), g_get_monotonic_time () + self->seconds * G_USEC_PER_SEC };
  g_hash_table_replace (self->entries, g_strdup (key), entry);
}

void
pdg_memo_forget (PdgMemo *self, PdgMemoMatchFunc func, gpointer user_data)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  GHashTableIter iter;
  gpointer key, entry;

  self->n_forgotten++;
  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, &key, &entry))
    if (func (key, ((const Entry *) entry)->value, user_data))
      g_hash_table_iter_remove (&iter);
}
