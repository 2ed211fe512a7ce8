#include "config.h"
#include "service/pdg-ingest-private.h"

#include "base/pdg-id.h"

#include <string.h>

#define REMEMBERED_PROJECTS 4096
#define REMEMBERED_NUMBERS (128 * 1024)
#define REMEMBERED_EVENTS (256 * 1024)

static void
fill (PdgIngestMemory *memory)
{
  memory->projects = pdg_number_map_new (REMEMBERED_PROJECTS);
  memory->epochs = pdg_number_map_new (REMEMBERED_PROJECTS);
  memory->links = pdg_number_map_new (REMEMBERED_NUMBERS);
  memory->sessions = pdg_number_map_new (REMEMBERED_NUMBERS);
  memory->screens = pdg_number_map_new (REMEMBERED_NUMBERS);
  memory->releases = pdg_number_map_new (4096);
  memory->actors = pdg_number_map_new (REMEMBERED_NUMBERS);
  memory->terms = pdg_number_map_new (REMEMBERED_NUMBERS);
  memory->titles = pdg_number_map_new (REMEMBERED_NUMBERS);
  memory->stored = pdg_number_map_new (REMEMBERED_EVENTS);
}

static void
clear (PdgIngestMemory *memory)
{
  pdg_number_map_free (memory->projects);
  pdg_number_map_free (memory->epochs);
  pdg_number_map_free (memory->links);
  pdg_number_map_free (memory->sessions);
  pdg_number_map_free (memory->screens);
  pdg_number_map_free (memory->releases);
  pdg_number_map_free (memory->actors);
  pdg_number_map_free (memory->terms);
  pdg_number_map_free (memory->titles);
  pdg_number_map_free (memory->stored);
}

PdgIngestMemory *
pdg_ingest_memory_new (void)
{
  PdgIngestMemory *memory = g_new0 (PdgIngestMemory, 1);
  guint8 seed[16];

  fill (memory);
  g_mutex_init (&memory->lock);
  pdg_uuid_make_v7 (seed);
  memcpy (&memory->seed, seed + 8, sizeof memory->seed);
  return memory;
}

/* What a flush that is being stored adds afterwards does no harm: its numbers were good when it was committed. */
void
pdg_ingest_memory_forget (PdgIngestMemory *memory)
{
  g_mutex_lock (&memory->lock);
  clear (memory);
  fill (memory);
  g_mutex_unlock (&memory->lock);
}

void
pdg_ingest_memory_free (PdgIngestMemory *memory)
{
  if (memory == NULL)
    return;
  clear (memory);
  g_mutex_clear (&memory->lock);
  g_free (memory);
}

void
pdg_ingest_memory_make_key (const PdgIngestMemory *memory, PdgIngestKeyKind kind, guint64 scope, const void *text, gsize len, PdgIngestKey key)
{
  pdg_hash128 (text, len, memory->seed ^ (scope << 8 | kind), key);
}

void
pdg_ingest_memory_remember_epoch (PdgIngestMemory *memory, gint32 project_no, gint32 epoch)
{
  PdgIngestKey key;

  pdg_ingest_memory_make_key (memory, PDG_INGEST_KEY_EPOCH, 0, &project_no, sizeof project_no, key);
  pdg_number_map_insert (memory->epochs, key, epoch + 1);
}

gint32
pdg_ingest_memory_find_epoch (const PdgIngestMemory *memory, gint32 project_no)
{
  PdgIngestKey key;

  pdg_ingest_memory_make_key (memory, PDG_INGEST_KEY_EPOCH, 0, &project_no, sizeof project_no, key);
  return pdg_number_map_lookup (memory->epochs, key) - 1;
}

/* What is remembered of a screen's title: under the screen, a number that stands for the text. */
static gint32
make_title_number (const PdgIngestMemory *memory, const PdgScreenTitle *title, PdgIngestKey key)
{
  PdgIngestKey hash;
  gint32 number;

  pdg_ingest_memory_make_key (memory, PDG_INGEST_KEY_TITLE, pdg_ingest_scope (title->project_no, title->epoch), &title->screen_no,
                              sizeof title->screen_no, key);
  pdg_ingest_memory_make_key (memory, PDG_INGEST_KEY_TITLE, 0, title->title.data, title->title.len, hash);
  memcpy (&number, hash, sizeof number);
  return (number & G_MAXINT32) | 1;
}

/* A screen's number and its title's place in the list. */
typedef struct
{
  gint64 screen; /* project and screen number; first: it is the key */
  guint place;
} TitlePlace;

GArray *
pdg_flush_list_titles (const PdgFlush *flush, PdgIngestMemory *memory)
{
  GArray *titles = g_array_new (FALSE, FALSE, sizeof (PdgScreenTitle));
  g_autoptr (GHashTable) places = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);

  for (guint i = 0; i < flush->rows->len; i++)
    {
      const PdgEventRow *row = &g_array_index (flush->rows, PdgEventRow, i);
      const PdgEvent *event = row->event;
      gint64 screen = (gint64) row->project_no << 32 | (guint32) row->screen_no;
      PdgScreenTitle title = { row->project_no, row->epoch, row->screen_no, event->page_title, event->timestamp_usec };
      TitlePlace *place;

      /* screens that stand for many pages take none */
      if (!(event->flags & PDG_EVENT_IS_PAGE_VIEW) || event->page_title.data == NULL || row->screen_no == 0 || row->screen_is_pattern)
        continue;
      place = g_hash_table_lookup (places, &screen);
      if (place == NULL)
        {
          place = g_memdup2 (&(TitlePlace) { screen, titles->len }, sizeof *place);
          g_hash_table_add (places, place);
          g_array_append_val (titles, title);
        }
      else if (g_array_index (titles, PdgScreenTitle, place->place).usec <= title.usec)
        g_array_index (titles, PdgScreenTitle, place->place) = title;
    }
  g_mutex_lock (&memory->lock);
  for (guint i = titles->len; i > 0; i--)
    {
      PdgIngestKey key;
      gint32 number = make_title_number (memory, &g_array_index (titles, PdgScreenTitle, i - 1), key);

      if (pdg_number_map_lookup (memory->titles, key) == number)
        g_array_remove_index_fast (titles, i - 1);
    }
  g_mutex_unlock (&memory->lock);
  return titles;
}

void
pdg_ingest_memory_remember_titles (PdgIngestMemory *memory, const GArray *titles)
{
  for (guint i = 0; i < titles->len; i++)
    {
      PdgIngestKey key;
      gint32 number = make_title_number (memory, &g_array_index (titles, PdgScreenTitle, i), key);

      pdg_number_map_insert (memory->titles, key, number);
    }
}
