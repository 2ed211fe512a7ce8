#include "config.h"
#include "analytics/pdg-trends-private.h"

#include "analytics/pdg-scan-private.h"
#include "base/pdg-buckets.h"

#include <string.h>

#define MAX_SLOTS 64
#define NO_SLOT MAX_SLOTS

/* Of each actor of a block the bits of the values it has in its newest bucket, and in the range. A value has a slot; slot 64 takes what does not
 * count. */
typedef struct
{
  const PdgTrendsOptions *options;
  guint n_slots;
  guint32 values[MAX_SLOTS];
  guint8 *slots; /* by key, as many as a key of two bytes can be */
  guint32 n_slot_keys;
  guint64 bit_of[MAX_SLOTS + 1];
  guint64 (*events)[MAX_SLOTS + 1]; /* by bucket */
  guint64 (*actors)[MAX_SLOTS];
  guint64 total_actors[MAX_SLOTS];
  guint32 bucket[PDG_BLOCK_ACTORS];
  guint64 now[PDG_BLOCK_ACTORS];
  guint64 ever[PDG_BLOCK_ACTORS];
} Bits;

static gboolean
is_plain (const PdgTrendsOptions *options)
{
  return options->first == PDG_TRENDS_ANY_TIME && options->measures == 0 && options->window_starts == NULL && options->key_amounts == NULL
         && options->unit_func == NULL && (options->masks == NULL || pdg_masks_get_n_tables (options->masks) == 1)
         && (options->breakdown.of == PDG_PROPERTY_NONE || options->breakdown.of == PDG_PROPERTY_OF_KEY);
}

static guint8
slot_of (Bits *bits, guint32 value)
{
  const PdgTrendsOptions *options = bits->options;
  guint slot = 0;

  if (options->keep != NULL && options->breakdown.of != PDG_PROPERTY_NONE)
    {
      guint i = 0;

      while (i < options->n_keep && options->keep[i] != value)
        i++;
      if (i == options->n_keep)
        value = PDG_TRENDS_OTHER;
    }
  while (slot < bits->n_slots && bits->values[slot] != value)
    slot++;
  if (slot == bits->n_slots && slot < MAX_SLOTS)
    bits->values[bits->n_slots++] = value;
  return (guint8) slot;
}

/* FALSE when there are more values than slots. */
static gboolean
make_slots (Bits *bits)
{
  const PdgTrendsOptions *options = bits->options;
  const PdgMasks *masks = options->masks;

  bits->n_slot_keys = MAX (MAX (masks != NULL ? masks->n_keys : 0, options->breakdown.of == PDG_PROPERTY_OF_KEY ? options->breakdown.n_values : 0),
                           G_MAXUINT16)
                      + 1;
  bits->slots = g_malloc (bits->n_slot_keys);
  for (guint32 key = 0; key < bits->n_slot_keys; key++)
    {
      gboolean counts = masks == NULL || (masks->table[MIN (key, masks->n_keys)] & PDG_TRENDS_COUNTED) != 0;

      bits->slots[key] = counts ? slot_of (bits, pdg_property_get (&options->breakdown, 0, 0, key)) : NO_SLOT;
      if (counts && bits->slots[key] == NO_SLOT)
        return FALSE;
    }
  for (guint slot = 0; slot < MAX_SLOTS; slot++)
    bits->bit_of[slot] = G_GUINT64_CONSTANT (1) << slot;
  return TRUE;
}

static inline void
end_bucket (Bits *bits, guint32 actor)
{
  guint64 *actors = bits->actors[bits->bucket[actor]];

  bits->ever[actor] |= bits->now[actor];
  for (guint64 left = bits->now[actor]; left != 0; left &= left - 1)
    actors[__builtin_ctzll (left)]++;
  bits->now[actor] = 0;
}

/* Events [from, to) of one actor, all in the bucket. Keys beyond the slots are like the last. */
static inline void
take (Bits *bits, const PdgPart *part, guint32 actor, guint bucket, guint32 from, guint32 to)
{
  guint64 *events = bits->events[bucket];
  guint64 found = 0;

  if (part->key16 != NULL)
    for (guint32 i = from; i < to; i++)
      {
        guint8 slot = bits->slots[part->key16[i]];

        events[slot]++;
        found |= bits->bit_of[slot];
      }
  else
    for (guint32 i = from; i < to; i++)
      {
        guint8 slot = bits->slots[MIN (part->key32[i], bits->n_slot_keys - 1)];

        events[slot]++;
        found |= bits->bit_of[slot];
      }
  if (bits->bucket[actor] != bucket)
    {
      end_bucket (bits, actor);
      bits->bucket[actor] = bucket;
    }
  bits->now[actor] |= found;
}

/* A run of a day that an edge divides. */
static void
take_run (Bits *bits, const PdgPart *part, guint32 run, guint32 actor)
{
  const gint64 *edges = bits->options->edges;
  guint32 at = part->run_first[run], end = part->run_first[run + 1];

  while (at < end)
    {
      gint64 t = part->base_ms + part->ts[at];
      guint bucket = pdg_buckets_find (edges, bits->options->n_buckets, t);
      gint64 until = t < edges[0] ? edges[0] : bucket < bits->options->n_buckets ? edges[bucket + 1] : G_MAXINT64;
      guint32 next = at + 1;

      while (next < end && part->base_ms + part->ts[next] < until)
        next++;
      if (t >= edges[0] && bucket < bits->options->n_buckets)
        take (bits, part, actor, bucket, at, next);
      at = next;
    }
}

static void
take_part (Bits *bits, const PdgPart *part, guint32 from_run, guint32 to_run, guint64 actor)
{
  const gint64 *edges = bits->options->edges;
  guint bucket = pdg_buckets_find (edges, bits->options->n_buckets, part->base_ms);
  gboolean divided = bucket == bits->options->n_buckets || part->base_ms + PDG_MS_PER_DAY > edges[bucket + 1];

  for (guint32 run = from_run; run < to_run; run++)
    {
      guint32 a = (guint32) (part->run_actor[run] - actor);

      if (divided)
        take_run (bits, part, run, a);
      else
        take (bits, part, a, bucket, part->run_first[run], part->run_first[run + 1]);
    }
}

static void
end_block (Bits *bits)
{
  for (guint32 a = 0; a < PDG_BLOCK_ACTORS; a++)
    {
      end_bucket (bits, a);
      for (guint64 left = bits->ever[a]; left != 0; left &= left - 1)
        bits->total_actors[__builtin_ctzll (left)]++;
    }
}

static void
take_counts (const Bits *bits, PdgTrendsResult *result)
{
  for (guint slot = 0; slot < bits->n_slots; slot++)
    {
      PdgTrendsCell *cells;

      if (bits->total_actors[slot] == 0)
        continue;
      cells = pdg_trends_result_ensure_row (result, bits->values[slot])->cells;
      cells[result->n_buckets].actors = bits->total_actors[slot];
      for (guint bucket = 0; bucket < result->n_buckets; bucket++)
        {
          cells[bucket].events = bits->events[bucket][slot];
          cells[bucket].actors = bits->actors[bucket][slot];
          cells[result->n_buckets].events += bits->events[bucket][slot];
        }
    }
}

static void
run_blocks (Bits *bits, const PdgScan *scan, guint64 actor, guint64 actor_end)
{
  const gint64 *edges = bits->options->edges;

  for (; actor < actor_end; actor += PDG_BLOCK_ACTORS)
    {
      guint64 end = MIN (actor + PDG_BLOCK_ACTORS, actor_end);

      memset (bits->now, 0, sizeof (bits->now));
      memset (bits->ever, 0, sizeof (bits->ever));
      for (guint p = 0; p < scan->n_parts; p++)
        {
          const PdgPart *part = scan->parts[p];

          if (part->base_ms < edges[bits->options->n_buckets] && part->base_ms + PDG_MS_PER_DAY > edges[0])
            take_part (bits, part, pdg_part_find_run (part, actor), pdg_part_find_run (part, end), actor);
        }
      end_block (bits);
    }
}

gboolean
pdg_trends_run_bits (const PdgScan *scan, const PdgTrendsOptions *options, guint64 actor, guint64 actor_end, PdgTrendsResult *result)
{
  Bits *bits;
  gboolean fits;

  if (!is_plain (options))
    return FALSE;
  bits = g_new0 (Bits, 1);
  bits->options = options;
  fits = make_slots (bits);
  if (fits)
    {
      bits->events = g_malloc0_n (options->n_buckets, sizeof (*bits->events));
      bits->actors = g_malloc0_n (options->n_buckets, sizeof (*bits->actors));
      run_blocks (bits, scan, actor, actor_end);
      take_counts (bits, result);
    }
  g_free (bits->events);
  g_free (bits->actors);
  g_free (bits->slots);
  g_free (bits);
  return fits;
}
