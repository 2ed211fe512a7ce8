#include "config.h"
#include "analytics/pdg-retention-private.h"

#include "base/pdg-buckets.h"

#include <gio/gio.h>
#include <math.h>
#include <string.h>

#define MAX_SPAN 100000
#define MAX_PERIOD_MS (G_GINT64_CONSTANT (366) * PDG_MS_PER_DAY)
#define HOUR_MS G_GINT64_CONSTANT (3600000)

static gboolean
refuse (GError **error, const char *what)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, what);
  return FALSE;
}

guint64
pdg_retention_get_offset (const PdgRetentionOptions *options, guint interval)
{
  guint64 offset = 0;

  if (options->widths == NULL)
    return interval;
  for (guint k = 0; k < interval; k++)
    offset += options->widths[k];
  return offset;
}

gint64
pdg_retention_get_last_ms (const PdgRetentionOptions *options)
{
  guint64 span = pdg_retention_get_offset (options, options->n_intervals);

  if (options->time == PDG_RETENTION_CALENDAR)
    return options->edges[options->n_cohorts - 1 + span] - 1;
  return options->edges[options->n_cohorts] - 2 + (gint64) span * options->period_ms + (options->hour_edges != NULL ? HOUR_MS : 0);
}

static gboolean
check_time (const PdgRetentionOptions *options, GError **error)
{
  guint64 span = pdg_retention_get_offset (options, options->n_intervals);

  if (span > MAX_SPAN)
    return refuse (error, "The intervals are too wide.");
  if (options->n_buckets < options->n_cohorts || options->edges == NULL)
    return refuse (error, "A cohort is a bucket.");
  if (options->time == PDG_RETENTION_CALENDAR)
    return options->n_buckets >= options->n_cohorts + span - 1 || refuse (error, "The buckets do not reach to the last interval.");
  if (options->period_ms < 1 || options->period_ms > MAX_PERIOD_MS)
    return refuse (error, "A period takes 1 ms to 366 days.");
  if (options->hour_edges != NULL
      && (options->n_hours == 0 || options->hour_edges[0] > options->edges[0]
          || options->hour_edges[options->n_hours] <= pdg_retention_get_last_ms (options)))
    return refuse (error, "The hours do not reach from the first cohort to the last interval.");
  return TRUE;
}

gboolean
pdg_retention_check (const PdgRetentionOptions *options, GError **error)
{
  if (options->n_intervals < 1 || options->n_intervals > PDG_RETENTION_MAX_INTERVALS)
    return refuse (error, "Retention has 1 to 400 intervals.");
  if (options->n_cohorts < 1 || options->n_cohorts > PDG_RETENTION_MAX_CELLS / options->n_intervals)
    return refuse (error, "Retention has at least one cohort, and at most 250,000 cells.");
  for (guint k = 0; options->widths != NULL && k < options->n_intervals; k++)
    if (options->widths[k] < 1)
      return refuse (error, "An interval is at least one period wide.");
  if (options->breakdown_mode == PDG_RETENTION_SAME_VALUE && options->cohort != PDG_RETENTION_RECURRING)
    return refuse (error, "With first times the value of the breakdown is that at the start.");
  return check_time (options, error);
}

static PdgRetentionRow *
row_new (guint n_cohorts, guint n_intervals, guint32 value)
{
  PdgRetentionRow *row = g_new0 (PdgRetentionRow, 1);

  row->value = value;
  row->sizes = g_new0 (guint64, n_cohorts);
  row->cells = g_new0 (PdgRetentionCell, (gsize) n_cohorts * n_intervals);
  return row;
}

static void
row_free (gpointer data)
{
  PdgRetentionRow *row = data;

  g_free (row->sizes);
  g_free (row->cells);
  g_free (row);
}

static void
row_add (PdgRetentionRow *row, const PdgRetentionRow *other, guint n_cohorts, guint n_intervals)
{
  row->total += other->total;
  for (guint c = 0; c < n_cohorts; c++)
    row->sizes[c] += other->sizes[c];
  for (gsize i = 0; i < (gsize) n_cohorts * n_intervals; i++)
    {
      row->cells[i].actors += other->cells[i].actors;
      row->cells[i].returns += other->cells[i].returns;
      row->cells[i].amount += other->cells[i].amount;
    }
}

PdgRetentionRow *
pdg_retention_result_ensure_row (PdgRetentionResult *result, guint32 value)
{
  PdgRetentionRow *row = g_hash_table_lookup (result->rows, GUINT_TO_POINTER (value));

  if (row == NULL)
    {
      row = row_new (result->n_cohorts, result->n_intervals, value);
      g_hash_table_insert (result->rows, GUINT_TO_POINTER (value), row);
    }
  return row;
}

PdgRetentionResult *
pdg_retention_run (const PdgScan *scan, const PdgRetentionOptions *options, guint64 actor, guint64 actor_end)
{
  PdgRetentionResult *result = g_new0 (PdgRetentionResult, 1);

  result->n_cohorts = options->n_cohorts;
  result->n_intervals = options->n_intervals;
  result->rows = g_hash_table_new_full (NULL, NULL, NULL, row_free);
  actor_end = MIN (actor_end, pdg_scan_get_actor_end (scan));
  if (!pdg_retention_run_bits (scan, options, actor, actor_end, result))
    pdg_retention_run_units (scan, options, actor, actor_end, result);
  return result;
}

void
pdg_retention_result_free (PdgRetentionResult *result)
{
  g_hash_table_unref (result->rows);
  g_free (result);
}

void
pdg_retention_result_add (PdgRetentionResult *result, const PdgRetentionResult *other)
{
  GHashTableIter iter;
  gpointer row;

  g_hash_table_iter_init (&iter, other->rows);
  while (g_hash_table_iter_next (&iter, NULL, &row))
    row_add (pdg_retention_result_ensure_row (result, ((PdgRetentionRow *) row)->value), row, result->n_cohorts, result->n_intervals);
}

static int
compare_rows (gconstpointer a, gconstpointer b)
{
  const PdgRetentionRow *x = *(PdgRetentionRow *const *) a, *y = *(PdgRetentionRow *const *) b;

  if (x->total != y->total)
    return x->total < y->total ? 1 : -1;
  return x->value < y->value ? -1 : x->value > y->value;
}

GPtrArray *
pdg_retention_result_list_rows (const PdgRetentionResult *result, guint top)
{
  g_autoptr (GPtrArray) sorted = g_ptr_array_new ();
  GPtrArray *rows = g_ptr_array_new_with_free_func (row_free);
  GHashTableIter iter;
  gpointer row;

  g_hash_table_iter_init (&iter, result->rows);
  while (g_hash_table_iter_next (&iter, NULL, &row))
    g_ptr_array_add (sorted, row);
  g_ptr_array_sort (sorted, compare_rows);
  for (guint i = 0; i < sorted->len; i++)
    {
      const PdgRetentionRow *from = sorted->pdata[i];

      if (top == 0 || i < top)
        g_ptr_array_add (rows, row_new (result->n_cohorts, result->n_intervals, from->value));
      else if (i == top)
        g_ptr_array_add (rows, row_new (result->n_cohorts, result->n_intervals, PDG_RETENTION_OTHER));
      row_add (rows->pdata[rows->len - 1], from, result->n_cohorts, result->n_intervals);
    }
  return rows;
}

gboolean
pdg_retention_is_complete (const PdgRetentionOptions *options, guint cohort, guint interval, gint64 now_ms)
{
  guint last = options->criterion == PDG_RETENTION_ON_OR_AFTER ? options->n_intervals - 1 : interval;
  guint64 end = pdg_retention_get_offset (options, last + 1);

  if (options->time == PDG_RETENTION_CALENDAR)
    return !pdg_buckets_is_incomplete (options->edges, cohort + (guint) end - 1, now_ms);
  return options->edges[cohort + 1] - 1 + (gint64) end * options->period_ms + (options->hour_edges != NULL ? HOUR_MS : 0) <= now_ms;
}

guint64
pdg_retention_get_base (const PdgRetentionOptions *options, const PdgRetentionRow *row, guint cohort, guint interval,
                        PdgRetentionReference reference)
{
  if (reference == PDG_RETENTION_OF_COHORT || interval == 0)
    return row->sizes[cohort];
  return row->cells[(gsize) cohort * options->n_intervals + interval - 1].actors;
}

PdgRetentionMean
pdg_retention_get_mean (const PdgRetentionOptions *options, const PdgRetentionRow *row, guint interval, PdgRetentionReference reference,
                        gint64 now_ms)
{
  PdgRetentionMean mean = { 0 };
  double rates = 0;
  guint n_rates = 0;

  for (guint c = 0; c < options->n_cohorts; c++)
    {
      guint64 count = row->cells[(gsize) c * options->n_intervals + interval].actors;
      guint64 base = pdg_retention_get_base (options, row, c, interval, reference);

      if (!pdg_retention_is_complete (options, c, interval, now_ms))
        continue;
      mean.n_cohorts++;
      mean.count += count;
      mean.base += base;
      if (base > 0)
        {
          rates += (double) count / (double) base;
          n_rates++;
        }
    }
  mean.simple = n_rates > 0 ? rates / n_rates : (double) NAN;
  return mean;
}
