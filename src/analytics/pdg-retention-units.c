#include "config.h"
#include "analytics/pdg-retention-private.h"

#include "analytics/pdg-scan-private.h"
#include "base/pdg-buckets.h"

#include <string.h>

/* What an actor did of B in a bucket. */
typedef struct
{
  guint bucket;
  guint64 returns;
  gint64 amount;
} Active;

/* The event that enters a cohort. */
typedef struct
{
  guint32 at;
  guint cohort;
} Entry;

typedef struct
{
  const PdgRetentionOptions *options;
  PdgRetentionResult *result;
  guint span;          /* periods of all intervals */
  guint *interval_of;  /* of each period */
  guint64 *returns;    /* n_intervals, of the entry at hand, as the next two */
  gint64 *amounts;
  guint8 *counted;
  GArray *actives;
  GArray *entries;
  GArray *same; /* PdgChosen of one value */
  GHashTable *seen;
  guint32 actor;
} Run;

static inline gint64
amount_of (const Run *run, const PdgChosen *event)
{
  return run->options->key_amounts != NULL && event->key < run->options->n_keys ? run->options->key_amounts[event->key] : 0;
}

/* Whether @event is a B behind @entry. In the same ms it is when it is not itself an A: no return is lost to a tie, and none is its own. */
static inline gboolean
comes_back (const PdgChosen *entry, const PdgChosen *event)
{
  return (event->mask & PDG_RETENTION_RETURN) != 0
         && (event->t > entry->t || (event->t == entry->t && (event->mask & PDG_RETENTION_START) == 0));
}

static inline void
add_return (Run *run, guint period, guint64 returns, gint64 amount)
{
  run->returns[run->interval_of[period]] += returns;
  run->amounts[run->interval_of[period]] += amount;
}

/* The cells of the entry at hand, from its returns in each interval. */
static void
count_cells (Run *run, guint32 value, guint cohort)
{
  const PdgRetentionOptions *options = run->options;
  const guint n = options->n_intervals;
  const gboolean whole = options->zero == PDG_RETENTION_ZERO_WHOLE, sums = options->key_amounts != NULL;
  const gboolean adds = options->criterion == PDG_RETENTION_ON_OR_AFTER || options->criterion == PDG_RETENTION_ON_OR_BEFORE;
  PdgRetentionRow *row = pdg_retention_result_ensure_row (run->result, value);
  PdgRetentionCell *cells = &row->cells[(gsize) cohort * n];
  gboolean met = options->criterion == PDG_RETENTION_STREAK;
  guint64 returns = 0;
  gint64 amount = 0;

  row->sizes[cohort]++;
  row->total++;
  for (guint i = 0; i < n; i++)
    {
      guint k = options->criterion == PDG_RETENTION_ON_OR_AFTER ? n - 1 - i : i;
      gboolean hit = run->returns[k] >= MAX (options->min_returns, 1);

      returns = run->returns[k] + (adds ? returns : 0);
      amount = run->amounts[k] + (adds ? amount : 0);
      if (options->criterion == PDG_RETENTION_STREAK)
        met = met && (hit || (whole && k == 0));
      else
        met = hit || (adds && met);
      run->counted[k] = met || (whole && k == 0);
      if (run->counted[k])
        {
          cells[k].actors++;
          cells[k].returns += sums ? returns : 0;
          cells[k].amount += amount;
        }
    }
  if (options->unit_func != NULL)
    options->unit_func (run->actor, value, cohort, run->counted, options->unit_data);
}

static gint64
cut_to_hour (const PdgRetentionOptions *options, gint64 t)
{
  return options->hour_edges != NULL ? options->hour_edges[pdg_buckets_find (options->hour_edges, options->n_hours, t)] : t;
}

static void
add_rolling (Run *run, const PdgChosen *entry, const PdgChosen *events, guint32 from, guint32 n)
{
  const gint64 period_ms = run->options->period_ms, start = cut_to_hour (run->options, entry->t);

  for (guint32 i = from; i < n; i++)
    if (comes_back (entry, &events[i]))
      {
        gint64 period = (cut_to_hour (run->options, events[i].t) - start) / period_ms;

        if (period >= run->span)
          break;
        add_return (run, (guint) period, 1, amount_of (run, &events[i]));
      }
}

static void
add_calendar (Run *run, const PdgChosen *entry, guint cohort, const PdgChosen *events, guint32 from, guint32 n)
{
  const gint64 end = run->options->edges[cohort + 1];

  for (guint32 i = from; i < n && events[i].t < end; i++)
    if (comes_back (entry, &events[i]))
      add_return (run, 0, 1, amount_of (run, &events[i]));
  for (guint i = run->actives->len; i-- > 0;)
    {
      const Active *active = &g_array_index (run->actives, Active, i);

      if (active->bucket <= cohort)
        break;
      if (active->bucket - cohort < run->span)
        add_return (run, active->bucket - cohort, active->returns, active->amount);
    }
}

static void
count_entry (Run *run, const PdgChosen *events, guint32 n, Entry entry, guint32 value)
{
  const PdgRetentionOptions *options = run->options;
  guint32 from = entry.at;

  memset (run->returns, 0, options->n_intervals * sizeof (guint64));
  memset (run->amounts, 0, options->n_intervals * sizeof (gint64));
  while (from > 0 && events[from - 1].t == events[entry.at].t)
    from--;
  if (options->time == PDG_RETENTION_ROLLING)
    add_rolling (run, &events[entry.at], events, from, n);
  else
    add_calendar (run, &events[entry.at], entry.cohort, events, from, n);
  if (options->breakdown_mode == PDG_RETENTION_VALUE_AT_START)
    value = pdg_property_get (&options->breakdown, run->actor, events[entry.at].session, events[entry.at].key);
  count_cells (run, value, entry.cohort);
}

/* The one entry of an actor where there is one only; FALSE when it has none in range. */
static gboolean
find_entry (const PdgRetentionOptions *options, const PdgChosen *events, guint32 n, Entry *out)
{
  guint32 looked_at = PDG_RETENTION_START | (options->cohort == PDG_RETENTION_FIRST_EVER ? PDG_RETENTION_KIND : 0);
  guint32 i = 0;

  while (i < n && ((events[i].mask & looked_at) == 0 || (options->cohort == PDG_RETENTION_RECURRING && events[i].t < options->edges[0])))
    i++;
  if (i == n)
    return FALSE;
  /* Of the kind's events in that ms one has to pass the filters. */
  for (gint64 t = events[i].t; i < n && events[i].t == t; i++)
    if ((events[i].mask & PDG_RETENTION_START) != 0)
      {
        *out = (Entry) { i, pdg_buckets_find (options->edges, options->n_cohorts, t) };
        return out->cohort < options->n_cohorts;
      }
  return FALSE;
}

/* Returns by bucket, and the first A of each cohort. */
static void
list_buckets (Run *run, const PdgChosen *events, guint32 n)
{
  const PdgRetentionOptions *options = run->options;
  guint bucket = 0;

  g_array_set_size (run->actives, 0);
  g_array_set_size (run->entries, 0);
  for (guint32 i = 0; i < n; i++)
    {
      Active *active = run->actives->len > 0 ? &g_array_index (run->actives, Active, run->actives->len - 1) : NULL;
      const Entry *entry = run->entries->len > 0 ? &g_array_index (run->entries, Entry, run->entries->len - 1) : NULL;

      if (events[i].t < options->edges[0])
        continue;
      while (bucket < options->n_buckets && options->edges[bucket + 1] <= events[i].t)
        bucket++;
      if (bucket == options->n_buckets)
        break;
      if ((events[i].mask & PDG_RETENTION_START) != 0 && bucket < options->n_cohorts && (entry == NULL || entry->cohort != bucket))
        {
          Entry next = { i, bucket };

          g_array_append_val (run->entries, next);
        }
      if ((events[i].mask & PDG_RETENTION_RETURN) == 0)
        continue;
      if (active == NULL || active->bucket != bucket)
        {
          Active next = { bucket, 0, 0 };

          g_array_append_val (run->actives, next);
          active = &g_array_index (run->actives, Active, run->actives->len - 1);
        }
      active->returns++;
      active->amount += amount_of (run, &events[i]);
    }
}

static void
count_events (Run *run, const PdgChosen *events, guint32 n, guint32 value)
{
  const PdgRetentionOptions *options = run->options;
  Entry entry;

  if (options->time == PDG_RETENTION_CALENDAR)
    list_buckets (run, events, n);
  if (options->time == PDG_RETENTION_ROLLING || options->cohort != PDG_RETENTION_RECURRING)
    {
      if (find_entry (options, events, n, &entry))
        count_entry (run, events, n, entry, value);
      return;
    }
  for (guint i = 0; i < run->entries->len; i++)
    count_entry (run, events, n, g_array_index (run->entries, Entry, i), value);
}

static void
take_actor (guint32 actor, PdgChosen *events, guint32 n, gpointer data)
{
  Run *run = data;
  const PdgRetentionOptions *options = run->options;

  run->actor = actor;

  if (options->breakdown_mode == PDG_RETENTION_VALUE_AT_START || options->breakdown.of == PDG_PROPERTY_NONE)
    {
      count_events (run, events, n, 0);
      return;
    }
  g_hash_table_remove_all (run->seen);
  for (guint32 i = 0; i < n; i++)
    {
      guint32 value = pdg_property_get (&options->breakdown, run->actor, events[i].session, events[i].key);

      if (value == 0 || !g_hash_table_add (run->seen, GUINT_TO_POINTER (value)))
        continue;
      g_array_set_size (run->same, 0);
      for (guint32 j = i; j < n; j++)
        if (pdg_property_get (&options->breakdown, run->actor, events[j].session, events[j].key) == value)
          g_array_append_vals (run->same, &events[j], 1);
      count_events (run, (const PdgChosen *) (void *) run->same->data, run->same->len, value);
    }
}

static void
run_init (Run *run, const PdgRetentionOptions *options, PdgRetentionResult *result)
{
  const guint n = options->n_intervals;

  *run = (Run) { .options = options, .result = result };
  run->span = (guint) pdg_retention_get_offset (options, n);
  run->interval_of = g_new (guint, run->span);
  for (guint k = 0, period = 0; k < n; k++)
    for (guint i = 0; i < (options->widths != NULL ? options->widths[k] : 1); i++)
      run->interval_of[period++] = k;
  run->returns = g_new (guint64, n);
  run->amounts = g_new (gint64, n);
  run->counted = g_new (guint8, n);
  run->actives = g_array_new (FALSE, FALSE, sizeof (Active));
  run->entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  run->same = g_array_new (FALSE, FALSE, sizeof (PdgChosen));
  run->seen = g_hash_table_new (NULL, NULL);
}

static void
run_clear (Run *run)
{
  g_free (run->interval_of);
  g_free (run->returns);
  g_free (run->amounts);
  g_free (run->counted);
  g_array_unref (run->actives);
  g_array_unref (run->entries);
  g_array_unref (run->same);
  g_hash_table_unref (run->seen);
}

void
pdg_retention_run_units (const PdgScan *scan, const PdgRetentionOptions *options, guint64 actor, guint64 actor_end, PdgRetentionResult *result)
{
  PdgChoice choice = { .masks = options->masks, .key_masks = options->key_masks, .n_keys = options->n_keys, .every = options->every_event,
                       .from_ms = options->cohort == PDG_RETENTION_RECURRING ? options->edges[0] : G_MININT64,
                       .last_ms = pdg_retention_get_last_ms (options) };
  Run run;

  run_init (&run, options, result);
  pdg_scan_each_actor (scan, &choice, actor, actor_end, take_actor, &run);
  run_clear (&run);
}
