#include "config.h"
#include "canvas/pdg-image-store.h"

/* A picture is had in two parts: its levels up to SMALL_PX, and those above, which take nearly all of the memory and are only needed
 * for the few pictures that are seen large. Each kind has a budget of its own, so that neither drives the other out. */
#define SMALL_PX 480

enum
{
  SMALL,
  LARGE,
  N_PARTS,
};

/* The widths of the levels that can be asked for, and last the picture as it came. */
static const int level_px[] = { 80, 320, 640, 0 };

#define WHOLE (G_N_ELEMENTS (level_px) - 1)

typedef struct _Entry Entry;

typedef struct
{
  Entry *entry;
  PdgImage *image; /* NULL: not there */
  GList link;
} Part;

/* One id: what is there of its picture, what was asked for, or the fact that it failed. */
struct _Entry
{
  char *id;
  Part parts[N_PARTS];
  int whole_px;  /* width of the picture as it came; 0 = not known */
  int needed_px; /* width asked for last */
  guint asked;   /* a bit for each of level_px */
  gboolean failed;
};

struct _PdgImageStore
{
  GMutex mutex;
  GHashTable *entries;    /* id (of the entry) -> Entry */
  GQueue used[N_PARTS];   /* the parts that are there, the most recently used first */
  gsize size_bytes[N_PARTS];
  GQueue wanted;          /* PdgImageWant */
  gsize budget_bytes;
};

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  for (guint i = 0; i < N_PARTS; i++)
    pdg_image_unref (entry->parts[i].image);
  g_free (entry->id);
  g_free (entry);
}

static void
want_free (gpointer data)
{
  PdgImageWant *want = data;

  g_free (want->id);
  g_free (want);
}

PdgImageStore *
pdg_image_store_new (gsize budget_bytes)
{
  PdgImageStore *store = g_atomic_rc_box_new0 (PdgImageStore);

  g_mutex_init (&store->mutex);
  store->entries = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, entry_free);
  for (guint i = 0; i < N_PARTS; i++)
    g_queue_init (&store->used[i]);
  g_queue_init (&store->wanted);
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
  g_queue_clear_full (&store->wanted, want_free);
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
      for (guint i = 0; i < N_PARTS; i++)
        {
          entry->parts[i].entry = entry;
          entry->parts[i].link.data = &entry->parts[i];
        }
      g_hash_table_insert (store->entries, entry->id, entry);
    }
  return entry;
}

static int
get_part_px (const Part *part)
{
  return part->image != NULL ? pdg_image_get_width (part->image) : 0;
}

/* Puts @image (transfer full, nullable) into the place of what was there, as the most recently used. */
static void
take_part (PdgImageStore *store, guint kind, Part *part, PdgImage *image)
{
  if (part->image != NULL)
    {
      g_queue_unlink (&store->used[kind], &part->link);
      store->size_bytes[kind] -= pdg_image_get_size_bytes (part->image);
      pdg_image_unref (part->image);
    }
  part->image = image;
  if (image == NULL)
    return;
  g_queue_push_head_link (&store->used[kind], &part->link);
  store->size_bytes[kind] += pdg_image_get_size_bytes (image);
}

/* The smallest level that is at least @width_px wide. */
static guint
find_level (int width_px)
{
  guint level = 0;

  while (level < WHOLE && level_px[level] < width_px)
    level++;
  return level;
}

static void
ask (PdgImageStore *store, Entry *entry, int width_px)
{
  guint level = find_level (width_px);
  PdgImageWant *want;

  if (entry->failed || (entry->asked >> level) != 0)
    return;
  want = g_new (PdgImageWant, 1);
  *want = (PdgImageWant) { g_strdup (entry->id), level_px[level] };
  g_queue_push_tail (&store->wanted, want);
  entry->asked |= 1u << level;
}

/* The smallest part that is at least @width_px wide, or the largest; NULL when there is none. */
static Part *
choose_part (Entry *entry, int width_px)
{
  Part *small = &entry->parts[SMALL], *large = &entry->parts[LARGE];

  if (large->image == NULL || (small->image != NULL && get_part_px (small) >= width_px))
    return small->image != NULL ? small : NULL;
  return large;
}

cairo_surface_t *
pdg_image_store_get (PdgImageStore *store, const char *id, int width_px)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&store->mutex);
  Entry *entry = ensure_entry (store, id);
  Part *part = choose_part (entry, width_px);
  int have_px = part != NULL ? get_part_px (part) : 0;

  entry->needed_px = width_px;
  if (have_px < width_px && (entry->whole_px == 0 || have_px < entry->whole_px))
    ask (store, entry, width_px);
  for (guint i = 0; i < N_PARTS; i++)
    if (part == &entry->parts[i])
      {
        g_queue_unlink (&store->used[i], &part->link);
        g_queue_push_head_link (&store->used[i], &part->link);
      }
  return part != NULL ? cairo_surface_reference (pdg_image_get_surface (part->image, width_px)) : NULL;
}

cairo_surface_t *
pdg_image_store_peek (PdgImageStore *store, const char *id, int width_px)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&store->mutex);
  Entry *entry = g_hash_table_lookup (store->entries, id);
  Part *part = entry != NULL ? choose_part (entry, width_px) : NULL;

  return part != NULL ? cairo_surface_reference (pdg_image_get_surface (part->image, width_px)) : NULL;
}

/* What is larger than was needed last goes first; the place in the queue stays. */
static void
shrink_part (PdgImageStore *store, guint kind, Part *part)
{
  PdgImage *smaller = pdg_image_dup_smaller (part->image, part->entry->needed_px);

  store->size_bytes[kind] -= pdg_image_get_size_bytes (part->image) - pdg_image_get_size_bytes (smaller);
  pdg_image_unref (part->image);
  part->image = smaller;
}

/* The newest picture stays even if it alone is over the budget: else it would be fetched for ever. */
static void
keep_budget (PdgImageStore *store, guint kind)
{
  GList *link = store->used[kind].tail;

  while (link != NULL && store->size_bytes[kind] > store->budget_bytes)
    {
      Part *part = link->data;

      link = link->prev;
      if (kind == LARGE && get_part_px (&part->entry->parts[SMALL]) >= part->entry->needed_px)
        take_part (store, kind, part, NULL);
      else
        shrink_part (store, kind, part);
    }
  while (store->size_bytes[kind] > store->budget_bytes && store->used[kind].length > 1)
    take_part (store, kind, store->used[kind].tail->data, NULL);
}

void
pdg_image_store_insert_level (PdgImageStore *store, const char *id, PdgImage *image, int asked_px)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&store->mutex);
  Entry *entry = ensure_entry (store, id);
  PdgImage *parts[N_PARTS];

  entry->asked &= ~(1u << (asked_px > 0 ? find_level (asked_px) : WHOLE));
  entry->failed = FALSE;
  if (asked_px == 0 || pdg_image_get_width (image) < asked_px)
    entry->whole_px = pdg_image_get_width (image);
  pdg_image_split (image, SMALL_PX, &parts[LARGE], &parts[SMALL]);
  for (guint i = 0; i < N_PARTS; i++)
    if (parts[i] != NULL && pdg_image_get_width (parts[i]) >= get_part_px (&entry->parts[i]))
      take_part (store, i, &entry->parts[i], parts[i]);
    else
      pdg_image_unref (parts[i]);
  for (guint i = 0; i < N_PARTS; i++)
    keep_budget (store, i);
}

void
pdg_image_store_insert (PdgImageStore *store, const char *id, PdgImage *image)
{
  pdg_image_store_insert_level (store, id, image, 0);
}

void
pdg_image_store_mark_failed (PdgImageStore *store, const char *id)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&store->mutex);
  Entry *entry = ensure_entry (store, id);

  entry->asked = 0;
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

gboolean
pdg_image_store_pop_wanted (PdgImageStore *store, PdgImageWant *want)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&store->mutex);
  g_autofree PdgImageWant *first = g_queue_pop_head (&store->wanted);

  if (first == NULL)
    return FALSE;
  *want = *first;
  return TRUE;
}

void
pdg_image_store_forget_request (PdgImageStore *store, const char *id, int width_px)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&store->mutex);
  Entry *entry = g_hash_table_lookup (store->entries, id);

  if (entry != NULL)
    entry->asked &= ~(1u << (width_px > 0 ? find_level (width_px) : WHOLE));
}

gsize
pdg_image_store_get_size_bytes (PdgImageStore *store)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&store->mutex);

  return store->size_bytes[SMALL] + store->size_bytes[LARGE];
}
