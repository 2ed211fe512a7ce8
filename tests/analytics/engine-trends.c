#include "config.h"
#include "engine-cases.h"

#include "analytics/pdg-activity.h"
#include "analytics/pdg-sessions.h"
#include "analytics/pdg-trends.h"

#include <stdio.h>

static void
add_trends_unit (guint32 actor, guint32 value, guint bucket, guint64 events, gpointer data)
{
  g_ptr_array_add (data, g_strdup_printf ("u%u,%u,%u,%" G_GUINT64_FORMAT, actor, value, bucket, events));
}

static void
print_trends (const PdgTrendsResult *result, guint n_buckets)
{
  g_autoptr (GPtrArray) rows = pdg_trends_result_list_rows (result);
  g_autoptr (GArray) top = pdg_trends_result_list_top (result, 2);

  for (guint i = 0; i < rows->len; i++)
    {
      const PdgTrendsRow *row = rows->pdata[i];

      printf ("v%u ", row->value);
      for (guint b = 0; b <= n_buckets; b++)
        {
          const PdgTrendsCell *cell = &row->cells[b];

          printf ("%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT " ", cell->events, cell->actors, cell->sessions,
                  cell->active);
          print_stats (cell->per_actor);
          print_stats (cell->amounts);
        }
    }
  printf ("top ");
  for (guint i = 0; i < top->len; i++)
    printf ("%u ", g_array_index (top, guint32, i));
}

static void
next_amounts (PdgTrendsOptions *options, gint64 amounts[5], guint8 has[5])
{
  guint32 n = (guint32) next_number ();

  for (guint32 i = 0; i < n; i++)
    amounts[i] = next_number ();
  for (guint32 i = 0; i < n; i++)
    has[i] = next_number () != 0;
  options->n_keys = n;
  options->key_amounts = n > 0 ? amounts : NULL;
  options->key_has_amount = n > 0 ? has : NULL;
}

void
answer_trends (void)
{
  g_autoptr (GArray) edges = next_edges (NULL, NULL, NULL);
  g_autoptr (PdgMasks) masks = next_masks ();
  g_autoptr (PdgScan) scan = NULL;
  g_autoptr (PdgTrendsResult) result = NULL, second = NULL;
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  g_autofree gint64 *windows = g_new (gint64, edges->len);
  g_autofree guint32 *keep = NULL;
  PdgTrendsOptions options = { .masks = masks, .edges = &g_array_index (edges, gint64, 0), .n_buckets = edges->len - 1 };
  gint64 amounts[5], window, period;
  guint8 has[5];
  guint64 middle;

  options.first = (PdgTrendsFirst) next_number ();
  options.measures = (PdgTrendsMeasures) next_number ();
  window = next_number ();
  period = next_number ();
  for (guint i = 0; i < options.n_buckets; i++)
    windows[i] = options.edges[i + 1] - window * period;
  options.window_starts = window > 0 ? windows : NULL;
  next_amounts (&options, amounts, has);
  options.breakdown = next_property ();
  keep = next_numbers (&options.n_keep);
  options.keep = options.n_keep > 0 ? keep : NULL;
  if (next_number () != 0)
    {
      options.unit_func = add_trends_unit;
      options.unit_data = lines;
    }
  middle = (guint64) next_number ();
  scan = next_scan ();
  pdg_trends_check (&options, &error);
  g_assert_no_error (error);
  result = pdg_trends_run (scan, &options, middle, G_MAXUINT64);
  second = pdg_trends_run (scan, &options, 0, middle);
  pdg_trends_result_add (result, second);
  print_trends (result, options.n_buckets);
  print_sorted (lines);
  printf ("\n");
  g_free ((gpointer) options.breakdown.values);
  free_columns ();
}

static void
add_sticky_unit (guint32 actor, guint n_active, gpointer data)
{
  g_ptr_array_add (data, g_strdup_printf ("k%u,%u", actor, n_active));
}

static void
add_lifecycle_unit (guint32 actor, guint bucket, PdgLifecycle what, gpointer data)
{
  g_ptr_array_add (data, g_strdup_printf ("l%u,%u,%d", actor, bucket, what));
}

static void
print_activity (guint64 *sticky, guint64 (*lifecycle)[PDG_LIFECYCLE_N], guint n)
{
  double pulse;

  for (guint round = 0; round < 2; round++)
    {
      for (guint k = 0; k < n; k++)
        printf ("%" G_GUINT64_FORMAT " ", sticky[k]);
      pdg_stickiness_cumulate (sticky, n);
    }
  for (guint b = 0; b < n; b++)
    printf ("%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT " ", lifecycle[b][0], lifecycle[b][1], lifecycle[b][2],
            lifecycle[b][3]);
  for (guint b = 0; b < n; b++)
    if (pdg_lifecycle_get_pulse (lifecycle[b], &pulse))
      printf ("%.6f ", pulse);
    else
      printf ("none ");
}

void
answer_activity (void)
{
  g_autoptr (GTimeZone) zone = NULL;
  PdgBucketUnit unit;
  GDateWeekday week_start;
  g_autoptr (GArray) edges = next_edges (&zone, &unit, &week_start), before = NULL;
  g_autoptr (PdgMasks) masks = next_masks ();
  guint n_before = (guint) next_number ();
  guint64 middle = (guint64) next_number ();
  g_autoptr (PdgScan) scan = next_scan ();
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  PdgActivityOptions options = { .masks = masks, .edges = &g_array_index (edges, gint64, 0), .n_buckets = edges->len - 1,
                                 .stickiness_func = add_sticky_unit, .lifecycle_func = add_lifecycle_unit, .unit_data = lines };
  g_autofree guint64 *sticky = g_new0 (guint64, options.n_buckets);
  g_autofree guint64 (*lifecycle)[PDG_LIFECYCLE_N] = g_malloc0_n (options.n_buckets, sizeof (*lifecycle));

  g_assert_true (pdg_activity_check (&options, NULL));
  pdg_stickiness_run (scan, &options, middle, G_MAXUINT64, sticky);
  pdg_stickiness_run (scan, &options, 0, middle, sticky);
  pdg_lifecycle_run (scan, &options, 0, middle, lifecycle);
  pdg_lifecycle_run (scan, &options, middle, G_MAXUINT64, lifecycle);
  print_activity (sticky, lifecycle, options.n_buckets);
  before = pdg_buckets_before (options.edges[0], n_before, unit, zone, week_start);
  g_assert_nonnull (before);
  for (guint i = 0; i < before->len; i++)
    printf ("%" G_GINT64_FORMAT " ", g_array_index (before, gint64, i));
  print_sorted (lines);
  printf ("\n");
  free_columns ();
}

static void
add_session (guint32 actor, guint32 session, guint32 value, guint bucket, gint64 duration_ms, gboolean bounce, gpointer data)
{
  g_ptr_array_add (data, g_strdup_printf ("u%u,%u,%u,%u,%" G_GINT64_FORMAT ",%d", actor, session, value, bucket, duration_ms, bounce));
}

void
answer_sessions (void)
{
  g_autoptr (GArray) edges = next_edges (NULL, NULL, NULL);
  g_autoptr (PdgMasks) masks = next_masks ();
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free), rows = NULL;
  g_autoptr (PdgSessionsResult) result = NULL, second = NULL;
  g_autoptr (PdgScan) scan = NULL;
  PdgSessionsOptions options = { .masks = masks, .edges = &g_array_index (edges, gint64, 0), .n_buckets = edges->len - 1, .unit_func = add_session,
                                 .unit_data = lines };
  guint64 middle;

  options.gap_ms = next_number ();
  options.breakdown = next_property ();
  middle = (guint64) next_number ();
  scan = next_scan ();
  g_assert_true (pdg_sessions_check (&options, NULL));
  result = pdg_sessions_run (scan, &options, middle, G_MAXUINT64);
  second = pdg_sessions_run (scan, &options, 0, middle);
  pdg_sessions_result_add (result, second);
  rows = pdg_sessions_result_list_rows (result);
  for (guint i = 0; i < rows->len; i++)
    {
      const PdgSessionsRow *row = rows->pdata[i];

      printf ("v%u ", row->value);
      for (guint b = 0; b < options.n_buckets; b++)
        {
          printf ("%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT " ", row->cells[b].sessions, row->cells[b].bounces, row->cells[b].events);
          print_stats (row->cells[b].durations);
        }
    }
  print_sorted (lines);
  printf ("\n");
  g_free ((gpointer) options.breakdown.values);
  free_columns ();
}
