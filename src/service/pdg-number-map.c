#include "config.h"
#include "service/pdg-number-map.h"

#include <string.h>

#define FIRST_SLOTS 1024

typedef struct
{
  guint8 key[16];
  gint32 number; /* 0 = free */
} Slot;

/* Open addressing; at most half full. */
typedef struct
{
  Slot *slots;
  gsize n_slots; /* a power of two, or 0 */
  gsize n_used;
} Generation;

struct _PdgNumberMap
{
  Generation young;
  Generation old;
  gsize max_entries;
};

PdgNumberMap *
pdg_number_map_new (gsize max_entries)
{
  PdgNumberMap *map = g_new0 (PdgNumberMap, 1);

  map->max_entries = MAX (max_entries, FIRST_SLOTS / 2);
  return map;
}

void
pdg_number_map_free (PdgNumberMap *map)
{
  if (map == NULL)
    return;
  g_free (map->young.slots);
  g_free (map->old.slots);
  g_free (map);
}

static Slot *
find_slot (const Generation *generation, const guint8 key[16])
{
  gsize mask = generation->n_slots - 1, i;

  if (generation->n_slots == 0)
    return NULL;
  memcpy (&i, key, sizeof i);
  for (i &= mask; generation->slots[i].number != 0; i = (i + 1) & mask)
    if (memcmp (generation->slots[i].key, key, 16) == 0)
      break;
  return &generation->slots[i];
}

static void
grow (Generation *generation)
{
  Generation larger = { NULL, generation->n_slots == 0 ? FIRST_SLOTS : generation->n_slots * 2, generation->n_used };

  larger.slots = g_new0 (Slot, larger.n_slots);
  for (gsize i = 0; i < generation->n_slots; i++)
    if (generation->slots[i].number != 0)
      *find_slot (&larger, generation->slots[i].key) = generation->slots[i];
  g_free (generation->slots);
  *generation = larger;
}

static void
prefetch (const Generation *generation, gsize hash)
{
  if (generation->n_slots > 0)
    __builtin_prefetch (&generation->slots[hash & (generation->n_slots - 1)]);
}

void
pdg_number_map_prefetch (const PdgNumberMap *map, const guint8 key[16])
{
  gsize hash;

  memcpy (&hash, key, sizeof hash);
  prefetch (&map->young, hash);
  prefetch (&map->old, hash);
}

gint32
pdg_number_map_lookup (PdgNumberMap *map, const guint8 key[16])
{
  Slot *slot = find_slot (&map->young, key);

  if (slot != NULL && slot->number != 0)
    return slot->number;
  slot = find_slot (&map->old, key);
  if (slot == NULL || slot->number == 0)
    return 0;
  pdg_number_map_insert (map, key, slot->number);
  slot = find_slot (&map->young, key);
  return slot->number;
}

void
pdg_number_map_insert (PdgNumberMap *map, const guint8 key[16], gint32 number)
{
  guint8 copy[16]; /* the key may lie in a generation that goes */
  Slot *slot;

  g_return_if_fail (number > 0);
  memcpy (copy, key, 16);
  if (map->young.n_used >= map->max_entries)
    {
      g_free (map->old.slots);
      map->old = map->young;
      map->young = (Generation) { NULL, 0, 0 };
    }
  if ((map->young.n_used + 1) * 2 > map->young.n_slots)
    grow (&map->young);
  slot = find_slot (&map->young, copy);
  if (slot->number == 0)
    map->young.n_used++;
  memcpy (slot->key, copy, 16);
  slot->number = number;
}
