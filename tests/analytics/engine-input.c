#include "config.h"
#include "engine-cases.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

gint64
next_number (void)
{
  char word[32];

  if (scanf ("%31s", word) != 1)
    exit (0);
  return g_ascii_strtoll (word, NULL, 10);
}

guint32 *
next_numbers (guint32 *out_n)
{
  guint32 *numbers;

  *out_n = (guint32) next_number ();
  numbers = g_new (guint32, MAX (*out_n, 1));
  for (guint32 i = 0; i < *out_n; i++)
    numbers[i] = (guint32) next_number ();
  return numbers;
}

static gint32
day_of (gint64 ms)
{
  return (gint32) ((ms - ((ms % PDG_MS_PER_DAY) + PDG_MS_PER_DAY) % PDG_MS_PER_DAY) / PDG_MS_PER_DAY);
}

static int
compare_rows (gconstpointer a, gconstpointer b)
{
  gint64 x = ((const PdgPartRow *) a)->ts_ms, y = ((const PdgPartRow *) b)->ts_ms;

  return x < y ? -1 : x > y;
}

/* Events as they come, into a part a day. */
PdgScan *
next_scan (void)
{
  guint32 n = (guint32) next_number ();
  g_autofree PdgPartRow *rows = g_new (PdgPartRow, MAX (n, 1));
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func ((GDestroyNotify) pdg_part_unref);
  g_autoptr (GError) error = NULL;
  PdgScan *scan;

  for (guint32 i = 0; i < n; i++)
    {
      rows[i].ts_ms = next_number ();
      rows[i].actor = (guint32) next_number ();
      rows[i].session = (guint32) next_number ();
      rows[i].key = (guint32) next_number ();
    }
  qsort (rows, n, sizeof (PdgPartRow), compare_rows);
  for (guint32 from = 0, to = 0; from < n; from = to)
    {
      PdgPartId id = { 1, 2, day_of (rows[from].ts_ms) };
      g_autoptr (GBytes) bytes = NULL;

      while (to < n && day_of (rows[to].ts_ms) == id.day)
        to++;
      bytes = pdg_part_pack (id, rows + from, to - from);
      g_ptr_array_add (parts, pdg_part_open (bytes, id, &error));
      g_assert_no_error (error);
    }
  scan = pdg_scan_new ((PdgPart *const *) parts->pdata, parts->len, &error);
  g_assert_no_error (error);
  return scan;
}

PdgProperty
next_property (void)
{
  PdgProperty property = { (PdgPropertyOf) next_number () };

  property.values = next_numbers (&property.n_values);
  return property;
}

GTimeZone *
next_zone (void)
{
  char name[64];
  GTimeZone *zone;

  g_assert_cmpint (scanf ("%63s", name), ==, 1);
  zone = g_time_zone_new_identifier (name);
  g_assert_nonnull (zone);
  return zone;
}

GArray *
next_edges (GTimeZone **out_zone, PdgBucketUnit *out_unit, GDateWeekday *out_week_start)
{
  GTimeZone *zone = next_zone ();
  PdgBucketUnit unit = (PdgBucketUnit) next_number ();
  GDateWeekday week_start = (GDateWeekday) next_number ();
  gint64 from = next_number (), to = next_number ();
  GArray *edges = pdg_buckets_edges (from, to, unit, zone, week_start);

  g_assert_nonnull (edges);
  if (out_zone != NULL)
    *out_zone = g_time_zone_ref (zone);
  if (out_unit != NULL)
    *out_unit = unit;
  if (out_week_start != NULL)
    *out_week_start = week_start;
  g_time_zone_unref (zone);
  return edges;
}

/* What filters borrow. */
static GPtrArray *columns;

static gpointer
keep_column (gpointer memory)
{
  if (columns == NULL)
    columns = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (columns, memory);
  return memory;
}

void
free_columns (void)
{
  g_clear_pointer (&columns, g_ptr_array_unref);
}

static char *
next_word (void)
{
  char word[32];

  g_assert_cmpint (scanf ("%31s", word), ==, 1);
  return keep_column (g_strdup (word));
}

static PdgFilter *
next_test (void)
{
  PdgFilterColumn column = { .property = next_property () };
  const char *texts[8], **words;
  double numbers[8], *amounts;
  PdgFilterOperator operator;
  g_autoptr (GError) error = NULL;
  PdgFilter *filter;
  guint n;

  keep_column ((gpointer) column.property.values);
  column.type = (PdgFilterType) next_number ();
  column.n_values = (guint32) next_number ();
  column.texts = words = keep_column (g_new0 (const char *, column.n_values));
  column.numbers = amounts = keep_column (g_new0 (double, column.n_values));
  for (guint32 i = 0; i < column.n_values; i++)
    {
      words[i] = next_word ();
      amounts[i] = g_ascii_strtod (words[i], NULL);
    }
  operator = (PdgFilterOperator) next_number ();
  n = (guint) next_number ();
  for (guint i = 0; i < n; i++)
    {
      texts[i] = next_word ();
      numbers[i] = g_ascii_strtod (texts[i], NULL);
    }
  filter = pdg_filter_new_test (&column, operator, texts, numbers, n, &error);
  g_assert_no_error (error);
  return filter;
}

PdgFilter *
next_filter (void)
{
  gint64 kind = next_number ();
  g_autoptr (GPtrArray) children = g_ptr_array_new_with_free_func ((GDestroyNotify) pdg_filter_unref);
  g_autoptr (GError) error = NULL;
  PdgFilter *filter = NULL;

  if (kind == 0)
    return next_test ();
  if (kind == 4)
    return NULL;
  for (gint64 n = next_number (); n > 0; n--)
    g_ptr_array_add (children, next_filter ());
  if (kind == 1)
    filter = pdg_filter_new_all ((PdgFilter *const *) children->pdata, children->len, &error);
  else if (kind == 2)
    filter = pdg_filter_new_any ((PdgFilter *const *) children->pdata, children->len, &error);
  else
    filter = pdg_filter_new_not (children->pdata[0], &error);
  g_assert_no_error (error);
  return filter;
}

PdgMasks *
next_masks (void)
{
  guint n = (guint) next_number ();
  g_autofree PdgFilter **filters = g_new0 (PdgFilter *, n);
  g_autoptr (GError) error = NULL;
  PdgMasks *masks;

  for (guint i = 0; i < n; i++)
    filters[i] = next_filter ();
  masks = pdg_masks_new (filters, n, 5, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < n; i++)
    g_clear_pointer (&filters[i], pdg_filter_unref);
  return masks;
}

void
print_stats (PdgTally *tally)
{
  PdgTallyStats stats = { 0 };

  if (tally != NULL)
    stats = pdg_tally_get_stats (tally);
  if (stats.n == 0)
    {
      printf ("none ");
      return;
    }
  g_assert_cmpfloat (fabs (stats.mean * (double) stats.n - (double) stats.sum), <, 0.5);
  printf ("%" G_GUINT64_FORMAT ":%" G_GINT64_FORMAT ":%" G_GINT64_FORMAT ":%" G_GINT64_FORMAT ":%.4f:%.4f:%.4f ", stats.n, stats.sum, stats.min,
          stats.max, pdg_tally_get_quantile (tally, 0.1), pdg_tally_get_quantile (tally, 0.5), pdg_tally_get_quantile (tally, 0.9));
}

static int
compare_lines (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(char *const *) a, *(char *const *) b);
}

void
print_sorted (GPtrArray *lines)
{
  g_ptr_array_sort (lines, compare_lines);
  for (guint i = 0; i < lines->len; i++)
    printf ("%s ", (const char *) lines->pdata[i]);
}
