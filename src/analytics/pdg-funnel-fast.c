#include "config.h"
#include "analytics/pdg-funnel-fast.h"

#include <stdlib.h>
#include <string.h>

#define STEPS (PDG_FUNNEL_STEP (PDG_FUNNEL_MAX_STEPS) - 1)
#define MAX_CLASSES 255
#define NO_CLASS 255
#define NEVER (G_MININT64 / 2)

/* A chosen event as one number that orders like the funnel: actor of the block, time of the day (27 bits), class of its mask. */
#define ENTRY_ACTOR(entry) ((guint32) ((entry) >> 35))
#define ENTRY_TIME(entry) ((gint64) ((entry) >> 8 & 0x7ffffff))

typedef struct
{
  const PdgFunnelOptions *options;
  gint64 window_ms;
  guint n_steps;
  guint32 masks[MAX_CLASSES];
  guint8 *classes; /* by key, as many as a key of two bytes can be */
  guint32 n_classes_room;
  gint64 *starts; /* n_steps an actor of the block */
  guint8 depths[PDG_BLOCK_ACTORS];
  guint64 *entries;
  gsize room;
} Fast;

static gboolean
is_plain (const PdgFunnelOptions *options)
{
  gboolean plain = options->order == PDG_FUNNEL_ORDERED && options->entry == PDG_FUNNEL_BEST_ENTRY && options->counting == PDG_FUNNEL_UNIQUES
                   && options->n_exclusions == 0 && options->n_hold == 0 && options->breakdown.of == PDG_PROPERTY_NONE && options->time_to == 0
                   && options->bucket_edges == NULL && options->unit_func == NULL && !options->within_session && options->grace_ms == 0
                   && options->segment == NULL && options->masks == NULL;

  for (guint k = 0; k < options->n_steps; k++)
    plain = plain && !options->steps[k].optional && options->steps[k].first == PDG_FUNNEL_ANY_TIME
            && (k == 0 || options->steps[k].window_ms == PDG_FUNNEL_NO_WINDOW);
  return plain;
}

/* Orders masks as ties are: by the lowest step, then by the mask. */
static int
compare_masks (gconstpointer a, gconstpointer b)
{
  guint32 x = *(const guint32 *) a, y = *(const guint32 *) b;
  int low_x = __builtin_ctz (x), low_y = __builtin_ctz (y);

  return low_x != low_y ? low_x - low_y : (x < y ? -1 : x > y);
}

/* FALSE when there are too many different masks. */
static gboolean
make_classes (Fast *fast)
{
  const PdgFunnelOptions *options = fast->options;
  guint n = 0;

  fast->n_classes_room = MAX (options->n_keys, G_MAXUINT16 + 1);
  fast->classes = g_malloc (fast->n_classes_room);
  memset (fast->classes, NO_CLASS, fast->n_classes_room);
  for (guint32 key = 0; key < options->n_keys; key++)
    {
      guint32 mask = options->key_masks[key] & STEPS;
      guint i = 0;

      while (mask != 0 && i < n && fast->masks[i] != mask)
        i++;
      if (mask == 0 || i < n)
        continue;
      if (n == MAX_CLASSES)
        return FALSE;
      fast->masks[n++] = mask;
    }
  qsort (fast->masks, n, sizeof (guint32), compare_masks);
  for (guint32 key = 0; key < options->n_keys; key++)
    for (guint i = 0; i < n; i++)
      if (fast->masks[i] == (options->key_masks[key] & STEPS))
        fast->classes[key] = (guint8) i;
  return TRUE;
}

static gsize
choose (Fast *fast, const PdgPart *part, guint32 from_run, guint32 to_run, guint64 actor)
{
  const guint8 *classes = fast->classes;
  guint64 *entries;
  gsize n = 0, room = part->run_first[to_run] - part->run_first[from_run] + 1;

  if (room > fast->room)
    {
      g_free (fast->entries);
      fast->entries = g_new (guint64, 2 * room);
      fast->room = 2 * room;
    }
  entries = fast->entries;
  for (guint32 run = from_run; run < to_run; run++)
    {
      guint64 high = (guint64) (part->run_actor[run] - actor) << 35;
      guint32 end = part->run_first[run + 1];

      if (part->key16 != NULL)
        {
          for (guint32 i = part->run_first[run]; i < end; i++)
            {
              guint8 class = classes[part->key16[i]];

              entries[n] = high | (guint64) part->ts[i] << 8 | class;
              n += class != NO_CLASS;
            }
          continue;
        }
      for (guint32 i = part->run_first[run]; i < end; i++)
        {
          guint8 class = part->key32[i] < fast->n_classes_room ? classes[part->key32[i]] : NO_CLASS;

          entries[n] = high | (guint64) part->ts[i] << 8 | class;
          n += class != NO_CLASS;
        }
    }
  return n;
}

/* Latest start of each step: a later start can do all that an earlier one can. */
static void
take_entries (Fast *fast, gint64 base_ms, gsize n)
{
  const gint64 from_ms = fast->options->from_ms, to_ms = fast->options->to_ms;
  const guint n_steps = fast->n_steps;
  guint64 *entries = fast->entries;

  for (gsize i = 1; i < n; i++)
    if (G_UNLIKELY (entries[i] < entries[i - 1]))
      {
        guint64 entry = entries[i];
        gsize j = i;

        for (; j > 0 && entries[j - 1] > entry; j--)
          entries[j] = entries[j - 1];
        entries[j] = entry;
      }
  for (gsize i = 0; i < n; i++)
    {
      guint32 actor = ENTRY_ACTOR (entries[i]);
      gint64 *starts = &fast->starts[actor * n_steps];
      gint64 t = base_ms + ENTRY_TIME (entries[i]);
      guint32 mask = fast->masks[entries[i] & 0xff];

      while (mask != 0)
        {
          guint k = 31 - (guint) __builtin_clz (mask);
          gint64 start = k > 0 ? starts[k - 1] : (t >= from_ms && t < to_ms ? t : NEVER);

          mask &= ~PDG_FUNNEL_STEP (k);
          if (start >= t - fast->window_ms && start != NEVER)
            {
              starts[k] = start;
              fast->depths[actor] = MAX (fast->depths[actor], (guint8) (k + 1));
            }
        }
    }
}

static void
count_depths (const Fast *fast, PdgFunnelRow *out)
{
  for (guint a = 0; a < PDG_BLOCK_ACTORS; a++)
    {
      guint depth = fast->depths[a];

      for (guint k = 0; k < depth; k++)
        out->counts[k]++;
      if (depth > 0)
        out->stopped[depth - 1]++;
      out->pending += depth > 0 && depth < fast->n_steps && fast->starts[a * fast->n_steps] + fast->window_ms >= fast->options->now_ms;
    }
}

gboolean
pdg_funnel_run_fast (const PdgScan *scan, const PdgFunnelOptions *options, guint64 actor, guint64 actor_end, PdgFunnelRow *out)
{
  Fast *fast;
  gint64 last_ms;

  if (!is_plain (options))
    return FALSE;
  fast = g_new0 (Fast, 1);
  fast->options = options;
  fast->n_steps = options->n_steps;
  fast->window_ms = options->window_ms == PDG_FUNNEL_NO_WINDOW ? G_MAXINT64 / 8 : options->window_ms;
  last_ms = options->window_ms == PDG_FUNNEL_NO_WINDOW ? G_MAXINT64 : options->to_ms - 1 + options->window_ms;
  if (!make_classes (fast))
    {
      g_free (fast->classes);
      g_free (fast);
      return FALSE;
    }
  fast->starts = g_new (gint64, PDG_BLOCK_ACTORS * options->n_steps);
  for (; actor < actor_end; actor += PDG_BLOCK_ACTORS)
    {
      guint64 end = MIN (actor + PDG_BLOCK_ACTORS, actor_end);

      memset (fast->depths, 0, sizeof (fast->depths));
      for (gsize i = 0; i < (gsize) PDG_BLOCK_ACTORS * options->n_steps; i++)
        fast->starts[i] = NEVER;
      for (guint p = 0; p < scan->n_parts; p++)
        {
          const PdgPart *part = scan->parts[p];

          if (part->base_ms <= last_ms && part->base_ms + PDG_MS_PER_DAY > options->from_ms)
            take_entries (fast, part->base_ms, choose (fast, part, pdg_part_find_run (part, actor), pdg_part_find_run (part, end), actor));
        }
      count_depths (fast, out);
    }
  g_free (fast->entries);
  g_free (fast->starts);
  g_free (fast->classes);
  g_free (fast);
  return TRUE;
}
