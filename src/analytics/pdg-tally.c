#include "config.h"
#include "analytics/pdg-tally.h"

#include <math.h>

typedef struct
{
  gint64 value;
  guint64 count; /* 0 = the place is free */
} Entry;

/* Open addressing while numbers are added; sorted and dense after a question, until the next is added. */
struct _PdgTally
{
  Entry *entries;
  gsize room; /* a power of two, or 0 */
  gsize n;    /* different values */
  gboolean sorted;
};

PdgTally *
pdg_tally_new (void)
{
  return g_new0 (PdgTally, 1);
}

void
pdg_tally_free (PdgTally *tally)
{
  if (tally == NULL)
    return;
  g_free (tally->entries);
  g_free (tally);
}

/* Fibonacci hashing (D. E. Knuth, 6.4) */
static Entry *
find (const PdgTally *tally, gint64 value)
{
  gsize at = (gsize) (((guint64) value * G_GUINT64_CONSTANT (11400714819323198485)) >> 20) & (tally->room - 1);

  while (tally->entries[at].count != 0 && tally->entries[at].value != value)
    at = (at + 1) & (tally->room - 1);
  return &tally->entries[at];
}

static void
rebuild (PdgTally *tally, gsize room)
{
  Entry *old = tally->entries;
  gsize n = tally->sorted ? tally->n : tally->room;

  tally->entries = g_new0 (Entry, room);
  tally->room = room;
  for (gsize i = 0; i < n; i++)
    if (old[i].count != 0)
      *find (tally, old[i].value) = old[i];
  tally->sorted = FALSE;
  g_free (old);
}

void
pdg_tally_add (PdgTally *tally, gint64 value, guint64 count)
{
  Entry *entry;

  if (count == 0)
    return;
  if (tally->sorted || 4 * (tally->n + 1) > 3 * tally->room)
    rebuild (tally, MAX (8, 4 * (tally->n + 1) > 3 * tally->room ? 2 * tally->room : tally->room));
  entry = find (tally, value);
  tally->n += entry->count == 0;
  entry->value = value;
  entry->count += count;
}

void
pdg_tally_add_all (PdgTally *tally, const PdgTally *other)
{
  gsize n = other->sorted ? other->n : other->room;

  for (gsize i = 0; i < n; i++)
    pdg_tally_add (tally, other->entries[i].value, other->entries[i].count);
}

PdgTallyStats
pdg_tally_get_stats (const PdgTally *tally)
{
  PdgTallyStats stats = { .mean = (double) NAN };
  gsize n = tally->sorted ? tally->n : tally->room;

  for (gsize i = 0; i < n; i++)
    {
      const Entry *entry = &tally->entries[i];

      if (entry->count == 0)
        continue;
      stats.min = stats.n == 0 ? entry->value : MIN (stats.min, entry->value);
      stats.max = stats.n == 0 ? entry->value : MAX (stats.max, entry->value);
      stats.n += entry->count;
      stats.sum += (gint64) entry->count * entry->value;
    }
  if (stats.n > 0)
    stats.mean = (double) stats.sum / (double) stats.n;
  return stats;
}

static int
compare_entries (gconstpointer a, gconstpointer b, gpointer data)
{
  const Entry *x = a, *y = b;

  return x->value < y->value ? -1 : x->value > y->value;
}

static void
sort (PdgTally *tally)
{
  gsize n = 0;

  if (tally->sorted)
    return;
  for (gsize i = 0; i < tally->room; i++)
    if (tally->entries[i].count != 0)
      tally->entries[n++] = tally->entries[i];
  g_qsort_with_data (tally->entries, (gint) n, sizeof (Entry), compare_entries, NULL);
  tally->sorted = TRUE;
}

/* The value at a place of the sorted row of all that was seen. */
static gint64
value_at (const PdgTally *tally, guint64 place)
{
  gsize i = 0;

  for (; place >= tally->entries[i].count; i++)
    place -= tally->entries[i].count;
  return tally->entries[i].value;
}

double
pdg_tally_get_quantile (PdgTally *tally, double q)
{
  guint64 n = pdg_tally_get_stats (tally).n;
  double place, below, above;

  if (n == 0)
    return (double) NAN;
  sort (tally);
  place = q * (double) (n - 1);
  below = (double) value_at (tally, (guint64) place);
  above = (double) value_at (tally, MIN ((guint64) place + 1, n - 1));
  return below + (above - below) * (place - floor (place));
}

static gint64
floor_seconds (gint64 ms)
{
  return ms / 1000 - (ms % 1000 < 0);
}

void
pdg_tally_get_histogram (PdgTally *tally, guint bins, PdgTallyHistogram *out)
{
  PdgTallyStats stats = pdg_tally_get_stats (tally);
  gint64 low = floor_seconds (stats.min), high = -floor_seconds (-stats.max), width;

  *out = (PdgTallyHistogram) { 0 };
  if (stats.n == 0)
    return;
  if (bins == 0)
    {
      guint64 root = (guint64) cbrt ((double) stats.n);

      while (root * root * root < stats.n)
        root++;
      while (root > 1 && (root - 1) * (root - 1) * (root - 1) >= stats.n)
        root--;
      bins = (guint) CLAMP (root, 1, 60);
    }
  bins = MIN (bins, PDG_TALLY_MAX_BINS);
  width = (high - low + bins - 1) / bins;
  width = width == 0 ? 60 : width;
  out->low_ms = low * 1000;
  out->width_ms = width * 1000;
  out->n_bins = bins + 1;
  sort (tally);
  for (gsize i = 0; i < tally->n; i++)
    out->counts[MIN ((guint64) (tally->entries[i].value - out->low_ms) / (guint64) out->width_ms, bins)] += tally->entries[i].count;
}
