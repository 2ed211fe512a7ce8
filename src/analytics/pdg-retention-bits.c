#include "config.h"
#include "analytics/pdg-retention-private.h"

#include "analytics/pdg-scan-private.h"
#include "base/pdg-buckets.h"

#include <string.h>

#define BOTH (PDG_RETENTION_START | PDG_RETENTION_RETURN)
#define MAX_BUCKETS 512
#define N_WORDS (PDG_BLOCK_ACTORS / 64)

/* Of a block a bit for each actor and bucket: whether it did A there, and B. A word is 64 actors in a bucket; the buckets of the same actors lie
 * together. */
typedef struct
{
  const PdgRetentionOptions *options;
  guint n_buckets;  /* that count */
  guint8 *classes;  /* by key, as many as a key of two bytes can be */
  guint32 n_classes;
  guint64 *counts;  /* of cells, then of cohorts */
  guint64 *starts;  /* N_WORDS times n_buckets */
  guint64 *returns; /* the same memory where every event is A and B */
  guint64 before[N_WORDS]; /* who did A before the first bucket */
} Bits;

/* On-or-before needs to know of returns in the bucket of the start, which come behind it or not; the others grant that interval. */
static gboolean
is_plain (const PdgRetentionOptions *options)
{
  return options->time == PDG_RETENTION_CALENDAR && options->cohort != PDG_RETENTION_FIRST_EVER && options->zero == PDG_RETENTION_ZERO_WHOLE
         && options->criterion != PDG_RETENTION_ON_OR_BEFORE && options->widths == NULL && options->min_returns <= 1
         && options->masks == NULL && options->key_amounts == NULL && options->breakdown.of == PDG_PROPERTY_NONE && options->unit_func == NULL
         && options->n_cohorts + options->n_intervals - 1 <= MAX_BUCKETS;
}

static inline guint32
class_at (const Bits *bits, const PdgPart *part, guint32 i)
{
  guint32 key = pdg_part_key_at (part, i);

  return key < bits->n_classes ? bits->classes[key] : 0;
}

/* What any of these events is. */
static inline guint32
classes_of (const Bits *bits, const PdgPart *part, guint32 from, guint32 to)
{
  guint32 found = bits->options->every_event & BOTH;

  if (found == BOTH)
    return found;
  if (part->key16 != NULL)
    for (guint32 i = from; i < to; i++)
      found |= bits->classes[part->key16[i]];
  else
    for (guint32 i = from; i < to; i++)
      found |= class_at (bits, part, i);
  return found;
}

static inline void
mark (Bits *bits, guint32 actor, guint bucket, guint32 found)
{
  const gsize word = (gsize) (actor / 64) * bits->n_buckets + bucket;

  bits->starts[word] |= (guint64) (found & PDG_RETENTION_START) << actor % 64;
  bits->returns[word] |= (guint64) ((found & PDG_RETENTION_RETURN) != 0) << actor % 64;
}

/* A run of a day that an edge divides. */
static void
mark_run (Bits *bits, const PdgPart *part, guint32 run, guint32 actor)
{
  const gint64 *edges = bits->options->edges;
  guint32 at = part->run_first[run], end = part->run_first[run + 1];

  while (at < end)
    {
      gint64 t = part->base_ms + part->ts[at];
      guint bucket = pdg_buckets_find (edges, bits->n_buckets, t);
      gint64 until = t < edges[0] ? edges[0] : bucket < bits->n_buckets ? edges[bucket + 1] : G_MAXINT64;
      guint32 next = at;

      if (part->base_ms + part->ts[end - 1] < until)
        next = end;
      while (next < end && part->base_ms + part->ts[next] < until)
        next++;
      if (t < edges[0])
        bits->before[actor / 64] |= (guint64) (classes_of (bits, part, at, next) & PDG_RETENTION_START) << actor % 64;
      else if (bucket < bits->n_buckets)
        mark (bits, actor, bucket, classes_of (bits, part, at, next));
      at = next;
    }
}

static void
mark_part (Bits *bits, const PdgPart *part, guint32 from_run, guint32 to_run, guint64 actor)
{
  const gint64 *edges = bits->options->edges;
  guint bucket = pdg_buckets_find (edges, bits->n_buckets, part->base_ms);

  if (bucket == bits->n_buckets || part->base_ms + PDG_MS_PER_DAY > edges[bucket + 1])
    {
      for (guint32 run = from_run; run < to_run; run++)
        mark_run (bits, part, run, (guint32) (part->run_actor[run] - actor));
      return;
    }
  if (bits->returns == bits->starts)
    {
      for (guint32 run = from_run; run < to_run; run++)
        {
          guint32 a = (guint32) (part->run_actor[run] - actor);

          bits->starts[(gsize) (a / 64) * bits->n_buckets + bucket] |= G_GUINT64_CONSTANT (1) << a % 64;
        }
      return;
    }
  for (guint32 run = from_run; run < to_run; run++)
    mark (bits, (guint32) (part->run_actor[run] - actor), bucket, classes_of (bits, part, part->run_first[run], part->run_first[run + 1]));
}

/* The cells of one cohort for the 64 actors of a word. @returns: theirs from the bucket of the cohort on. The first interval is granted. */
static void
count_cohort (const PdgRetentionOptions *options, guint64 starts, const guint64 *returns, guint64 *counts)
{
  const guint n = options->n_intervals;
  guint64 there = starts;

  counts[0] += (guint64) __builtin_popcountll (starts);
  switch (options->criterion)
    {
    case PDG_RETENTION_ON_OR_AFTER:
      there = 0;
      for (guint k = n - 1; k > 0; k--)
        {
          there |= starts & returns[k];
          counts[k] += (guint64) __builtin_popcountll (there);
        }
      break;
    case PDG_RETENTION_STREAK:
      for (guint k = 1; k < n && there != 0; k++)
        {
          there &= returns[k];
          counts[k] += (guint64) __builtin_popcountll (there);
        }
      break;
    default:
      for (guint k = 1; k < n; k++)
        counts[k] += (guint64) __builtin_popcountll (starts & returns[k]);
    }
}

static void
count_block (Bits *bits)
{
  const PdgRetentionOptions *options = bits->options;
  guint64 *sizes = bits->counts + (gsize) options->n_cohorts * options->n_intervals;

  for (guint w = 0; w < N_WORDS; w++)
    {
      const gsize first = (gsize) w * bits->n_buckets;
      guint64 seen = bits->before[w];

      for (guint c = 0; c < options->n_cohorts; c++)
        {
          guint64 starts = bits->starts[first + c];

          if (options->cohort == PDG_RETENTION_FIRST_MATCHING)
            {
              starts &= ~seen;
              seen |= starts;
            }
          sizes[c] += (guint64) __builtin_popcountll (starts);
          if (starts != 0)
            count_cohort (options, starts, &bits->returns[first + c], &bits->counts[(gsize) c * options->n_intervals]);
        }
    }
}

static void
take_counts (const Bits *bits, PdgRetentionResult *result)
{
  const gsize n_cells = (gsize) result->n_cohorts * result->n_intervals;
  PdgRetentionRow *row = NULL;

  for (guint c = 0; c < result->n_cohorts; c++)
    {
      guint64 size = bits->counts[n_cells + c];

      if (size == 0)
        continue;
      row = pdg_retention_result_ensure_row (result, 0);
      row->sizes[c] = size;
      row->total += size;
    }
  for (gsize i = 0; row != NULL && i < n_cells; i++)
    row->cells[i].actors = bits->counts[i];
}

static void
run_blocks (Bits *bits, const PdgScan *scan, guint64 actor, guint64 actor_end)
{
  const PdgRetentionOptions *options = bits->options;
  gint64 from_ms = options->cohort == PDG_RETENTION_RECURRING ? options->edges[0] : G_MININT64;
  gint64 last_ms = pdg_retention_get_last_ms (options);

  for (; actor < actor_end; actor += PDG_BLOCK_ACTORS)
    {
      guint64 end = MIN (actor + PDG_BLOCK_ACTORS, actor_end);

      memset (bits->starts, 0, N_WORDS * bits->n_buckets * sizeof (guint64));
      memset (bits->returns, 0, N_WORDS * bits->n_buckets * sizeof (guint64));
      memset (bits->before, 0, sizeof (bits->before));
      for (guint p = 0; p < scan->n_parts; p++)
        {
          const PdgPart *part = scan->parts[p];

          if (part->base_ms <= last_ms && part->base_ms + PDG_MS_PER_DAY > from_ms)
            mark_part (bits, part, pdg_part_find_run (part, actor), pdg_part_find_run (part, end), actor);
        }
      count_block (bits);
    }
}

gboolean
pdg_retention_run_bits (const PdgScan *scan, const PdgRetentionOptions *options, guint64 actor, guint64 actor_end, PdgRetentionResult *result)
{
  Bits *bits;

  if (!is_plain (options))
    return FALSE;
  bits = g_new0 (Bits, 1);
  bits->options = options;
  bits->n_buckets = options->n_cohorts + options->n_intervals - 1;
  bits->n_classes = MAX (options->n_keys, G_MAXUINT16 + 1);
  bits->classes = g_malloc0 (bits->n_classes);
  for (guint32 key = 0; key < options->n_keys; key++)
    bits->classes[key] = (guint8) (options->key_masks[key] & BOTH);
  bits->counts = g_new0 (guint64, (gsize) options->n_cohorts * options->n_intervals + options->n_cohorts);
  bits->starts = g_new (guint64, N_WORDS * bits->n_buckets);
  bits->returns = (options->every_event & BOTH) == BOTH ? bits->starts : g_new (guint64, N_WORDS * bits->n_buckets);
  run_blocks (bits, scan, actor, actor_end);
  take_counts (bits, result);
  g_free (bits->classes);
  g_free (bits->counts);
  if (bits->returns != bits->starts)
    g_free (bits->returns);
  g_free (bits->starts);
  g_free (bits);
  return TRUE;
}
