#include "config.h"
#include "engine-cases.h"

#include "analytics/pdg-funnel.h"

#include <stdio.h>

/* Answers the cases of reference.py: numbers on standard input, a line of numbers for each case on standard output. */

static int
compare_values (gconstpointer a, gconstpointer b)
{
  const PdgFunnelRow *x = a, *y = b;

  return x->value < y->value ? -1 : x->value > y->value;
}

static void
print_histogram (PdgTally *times, guint bins)
{
  PdgTallyHistogram histogram;

  pdg_tally_get_histogram (times, bins, &histogram);
  if (histogram.n_bins == 0)
    {
      printf ("none ");
      return;
    }
  printf ("%" G_GINT64_FORMAT "+%" G_GINT64_FORMAT ":", histogram.low_ms / 1000, histogram.width_ms / 1000);
  for (guint i = 0; i < histogram.n_bins; i++)
    printf ("%s%" G_GUINT64_FORMAT, i > 0 ? "," : "", histogram.counts[i]);
  printf (" ");
}

static void
print_funnel (PdgFunnelResult *result, const PdgFunnelOptions *options)
{
  g_autoptr (GArray) rows = pdg_funnel_result_list_rows (result, 0);
  PdgTally *times = pdg_funnel_result_get_times (result);
  const PdgFunnelBucket *buckets = pdg_funnel_result_get_buckets (result);

  g_array_sort (rows, compare_values);
  for (guint i = 0; i < rows->len; i++)
    {
      const PdgFunnelRow *row = &g_array_index (rows, PdgFunnelRow, i);

      printf ("v%u", row->value);
      for (guint k = 0; k < options->n_steps; k++)
        printf (" %" G_GUINT64_FORMAT, row->counts[k]);
      printf (" p%" G_GUINT64_FORMAT " x%" G_GUINT64_FORMAT " ", row->pending, row->excluded);
    }
  print_stats (times);
  print_histogram (times, 0);
  print_histogram (times, 3);
  for (guint i = 0; buckets != NULL && i < options->n_buckets; i++)
    printf ("b%" G_GUINT64_FORMAT ",%" G_GUINT64_FORMAT ",%" G_GUINT64_FORMAT " ", buckets[i].entered, buckets[i].converted, buckets[i].pending);
  printf ("\n");
}

static void
read_steps (PdgFunnelOptions *options)
{
  options->n_steps = (guint) next_number ();
  for (guint k = 0; k < options->n_steps; k++)
    {
      options->steps[k].window_ms = next_number ();
      options->steps[k].optional = next_number () != 0;
      options->steps[k].first = (PdgFunnelFirst) next_number ();
    }
  options->n_exclusions = (guint) next_number ();
  for (guint j = 0; j < options->n_exclusions; j++)
    {
      options->exclusions[j].from = (guint) next_number ();
      options->exclusions[j].to = (guint) next_number ();
    }
  options->exclusion_mode = (PdgFunnelExclusionMode) next_number ();
}

static void
answer_funnel (void)
{
  PdgFunnelOptions options = { 0 };
  g_autofree guint32 *masks = NULL, *kinds = NULL;
  g_autofree gint64 *edges = NULL;
  g_autoptr (PdgScan) scan = NULL;
  g_autoptr (PdgFunnelResult) result = NULL, second = NULL;
  g_autoptr (PdgMasks) compiled = NULL;
  g_autoptr (PdgFilter) segment = NULL;
  g_autoptr (GError) error = NULL;
  guint64 middle;

  options.order = (PdgFunnelOrder) next_number ();
  options.entry = (PdgFunnelEntry) next_number ();
  options.counting = (PdgFunnelCounting) next_number ();
  options.window_ms = next_number ();
  options.grace_ms = next_number ();
  options.within_session = next_number () != 0;
  options.from_ms = next_number ();
  options.to_ms = next_number ();
  options.now_ms = next_number ();
  read_steps (&options);
  options.key_masks = masks = next_numbers (&options.n_keys);
  options.key_kinds = kinds = next_numbers (&options.n_keys);
  options.masks = compiled = next_number () != 0 ? next_masks () : NULL;
  options.segment = segment = next_number () != 0 ? next_filter () : NULL;
  options.n_hold = (guint) next_number ();
  for (guint h = 0; h < options.n_hold; h++)
    options.hold[h] = next_property ();
  options.hold_mode = (PdgFunnelHoldMode) next_number ();
  options.breakdown = next_property ();
  options.attribution = (PdgFunnelAttribution) next_number ();
  options.attribution_step = (guint) next_number ();
  options.time_from = (guint) next_number ();
  options.time_to = (guint) next_number ();
  options.n_buckets = (guint) next_number ();
  edges = g_new (gint64, options.n_buckets + 1);
  for (guint i = 0; options.n_buckets > 0 && i <= options.n_buckets; i++)
    edges[i] = next_number ();
  options.bucket_edges = options.n_buckets > 0 ? edges : NULL;
  middle = (guint64) next_number ();
  scan = next_scan ();
  if (!pdg_funnel_check (&options, &error))
    {
      printf ("refused\n");
    }
  else
    {
      result = pdg_funnel_run (scan, &options, middle, G_MAXUINT64);
      second = pdg_funnel_run (scan, &options, 0, middle);
      pdg_funnel_result_add (result, second);
      print_funnel (result, &options);
    }
  for (guint h = 0; h < options.n_hold; h++)
    g_free ((gpointer) options.hold[h].values);
  g_free ((gpointer) options.breakdown.values);
  free_columns ();
}

int
main (void)
{
  char report[16];

  while (scanf ("%15s", report) == 1)
    {
      if (g_str_equal (report, "funnel"))
        answer_funnel ();
      else if (g_str_equal (report, "retention"))
        answer_retention ();
      else if (g_str_equal (report, "buckets"))
        answer_buckets ();
      else if (g_str_equal (report, "trends"))
        answer_trends ();
      else if (g_str_equal (report, "activity"))
        answer_activity ();
      else if (g_str_equal (report, "sessions"))
        answer_sessions ();
      else if (g_str_equal (report, "flow"))
        answer_flow ();
      else if (g_str_equal (report, "paths"))
        answer_paths ();
      else
        g_error ("no report %s", report);
    }
  return 0;
}
