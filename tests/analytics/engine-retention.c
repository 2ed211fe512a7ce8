#include "config.h"
#include "engine-cases.h"

#include "analytics/pdg-retention.h"
#include "base/pdg-buckets.h"

#include <math.h>
#include <stdio.h>

void
answer_buckets (void)
{
  g_autoptr (GTimeZone) zone = next_zone ();
  PdgBucketUnit unit = (PdgBucketUnit) next_number ();
  GDateWeekday week_start = (GDateWeekday) next_number ();
  gint64 from = next_number (), to = next_number ();
  g_autoptr (GArray) edges = pdg_buckets_edges (from, to, unit, zone, week_start);

  if (edges == NULL)
    printf ("none");
  for (guint i = 0; edges != NULL && i < edges->len; i++)
    printf ("%" G_GINT64_FORMAT " ", g_array_index (edges, gint64, i));
  printf ("\n");
}

static void
print_mean (const PdgRetentionOptions *options, const PdgRetentionRow *row, guint interval, PdgRetentionReference reference, gint64 now_ms)
{
  PdgRetentionMean mean = pdg_retention_get_mean (options, row, interval, reference, now_ms);

  printf ("%u:%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT ":", mean.n_cohorts, mean.count, mean.base);
  if (isnan (mean.simple))
    printf ("none ");
  else
    printf ("%.9f ", mean.simple);
}

static void
print_rows (const PdgRetentionResult *result, const PdgRetentionOptions *options, guint top, gint64 now_ms)
{
  g_autoptr (GPtrArray) rows = pdg_retention_result_list_rows (result, top);

  for (guint i = 0; i < rows->len; i++)
    {
      const PdgRetentionRow *row = rows->pdata[i];
      const PdgRetentionCell *cell = row->cells;

      printf ("v%u ", row->value);
      for (guint c = 0; c < options->n_cohorts; c++)
        {
          printf ("s%" G_GUINT64_FORMAT " ", row->sizes[c]);
          for (guint k = 0; k < options->n_intervals; k++, cell++)
            printf ("%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT "/%" G_GINT64_FORMAT " ", cell->actors, cell->returns, cell->amount);
        }
      for (guint k = 0; k < options->n_intervals; k++)
        {
          print_mean (options, row, k, PDG_RETENTION_OF_COHORT, now_ms);
          print_mean (options, row, k, PDG_RETENTION_OF_PREVIOUS, now_ms);
        }
    }
}

typedef struct
{
  const PdgRetentionOptions *options;
  GPtrArray *lines;
} Units;

/* Lines that sort as the numbers in them, which have one digit here. */
static void
take_unit (guint32 actor, guint32 value, guint cohort, const guint8 *counted, gpointer data)
{
  Units *units = data;
  GString *line = g_string_new (NULL);

  g_string_printf (line, "u%u,%u,%u,", actor, value, cohort);
  for (guint k = 0; k < units->options->n_intervals; k++)
    g_string_append_c (line, counted[k] ? '1' : '0');
  g_ptr_array_add (units->lines, g_string_free (line, FALSE));
}

/* Edges of the cohorts, and of as many buckets behind them as @span asks for. */
static GArray *
make_edges (PdgRetentionOptions *options, PdgBucketUnit unit, GTimeZone *zone, GDateWeekday week_start, gint64 from, gint64 to, guint32 span)
{
  static const gint64 longest_hours[] = { 1, 25, 7 * 24 + 1, 31 * 24 + 1 };
  GArray *edges = pdg_buckets_edges (from, to + span * longest_hours[unit] * 3600000, unit, zone, week_start);

  g_assert_nonnull (edges);
  options->edges = &g_array_index (edges, gint64, 0);
  options->n_buckets = edges->len - 1;
  options->n_cohorts = pdg_buckets_find (options->edges, options->n_buckets, to - 1) + 1;
  return edges;
}

static void
print_retention (const PdgScan *scan, const PdgRetentionOptions *options, guint top, gint64 now_ms, guint64 middle)
{
  g_autoptr (PdgRetentionResult) result = pdg_retention_run (scan, options, middle, G_MAXUINT64);
  g_autoptr (PdgRetentionResult) second = pdg_retention_run (scan, options, 0, middle);

  pdg_retention_result_add (result, second);
  print_rows (result, options, top, now_ms);
}

void
answer_retention (void)
{
  g_autoptr (GTimeZone) zone = next_zone ();
  PdgBucketUnit unit = (PdgBucketUnit) next_number ();
  GDateWeekday week_start = (GDateWeekday) next_number ();
  gint64 from = next_number (), to = next_number (), now_ms;
  PdgRetentionOptions options = { .cohort = (PdgRetentionCohort) next_number () };
  g_autoptr (GArray) edges = NULL, hours = NULL;
  g_autofree guint32 *widths = NULL, *masks = NULL, *amounts = NULL;
  g_autofree gint64 *key_amounts = NULL;
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (PdgScan) scan = NULL;
  g_autoptr (GError) error = NULL;
  Units units = { &options, lines };
  guint32 n, span = 0;
  gboolean hourly;
  guint64 middle;
  guint top;

  options.time = (PdgRetentionTime) next_number ();
  options.zero = (PdgRetentionZero) next_number ();
  options.criterion = (PdgRetentionCriterion) next_number ();
  options.n_intervals = (guint) next_number ();
  widths = next_numbers (&n);
  options.widths = n > 0 ? widths : NULL;
  for (guint k = 0; k < options.n_intervals; k++)
    span += n > 0 ? widths[k] : 1;
  options.period_ms = next_number ();
  hourly = next_number () != 0;
  options.min_returns = (guint) next_number ();
  options.key_masks = masks = next_numbers (&options.n_keys);
  options.every_event = (guint32) next_number ();
  amounts = next_numbers (&n);
  key_amounts = g_new (gint64, n + 1);
  for (guint32 i = 0; i < n; i++)
    key_amounts[i] = (gint32) amounts[i];
  options.key_amounts = n > 0 ? key_amounts : NULL;
  options.breakdown = next_property ();
  options.breakdown_mode = (PdgRetentionBreakdown) next_number ();
  if (next_number () != 0)
    {
      options.unit_func = take_unit;
      options.unit_data = &units;
    }
  top = (guint) next_number ();
  now_ms = next_number ();
  middle = (guint64) next_number ();
  scan = next_scan ();
  edges = make_edges (&options, unit, zone, week_start, from, to, span);
  if (hourly)
    {
      hours = pdg_buckets_edges (options.edges[0], options.edges[options.n_cohorts] + ((gint64) span * options.period_ms) + 3600000, PDG_BUCKET_HOUR,
                                 zone, week_start);
      options.hour_edges = &g_array_index (hours, gint64, 0);
      options.n_hours = hours->len - 1;
    }
  if (pdg_retention_check (&options, &error))
    print_retention (scan, &options, top, now_ms, middle);
  else if (options.breakdown_mode == PDG_RETENTION_SAME_VALUE)
    printf ("refused");
  else
    printf ("refused: %s", error->message);
  print_sorted (lines);
  printf ("\n");
  g_free ((gpointer) options.breakdown.values);
}
