#include "config.h"
#include "analytics/pdg-retention.h"

#include <gio/gio.h>
#include <math.h>

#define DAY 20780
#define HOUR_MS G_GINT64_CONSTANT (3600000)
#define DAY_MS ((gint64) PDG_MS_PER_DAY)
#define BASE_MS (DAY * DAY_MS)
#define N_DAYS 8

/* Keys and what they are. */
enum { KEY_A, KEY_B, KEY_BOTH, KEY_KIND, N_KEYS };

static const guint32 masks[N_KEYS] = { PDG_RETENTION_START | PDG_RETENTION_KIND, PDG_RETENTION_RETURN, PDG_RETENTION_START | PDG_RETENTION_RETURN,
                                       PDG_RETENTION_KIND };
static gint64 edges[N_DAYS + 1];

static void
add (GArray *rows, guint32 actor, gint64 ms, guint32 key)
{
  PdgPartRow row = { BASE_MS + ms, actor, actor, key };

  g_array_append_val (rows, row);
}

/* @rows, of the days of the edges, into a part a day. */
static PdgScan *
make_scan (const GArray *rows)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func ((GDestroyNotify) pdg_part_unref);
  g_autoptr (GError) error = NULL;
  PdgScan *scan;

  for (gint32 day = DAY; day < DAY + N_DAYS; day++)
    {
      PdgPartId id = { 1, 2, day };
      g_autoptr (GArray) of_day = g_array_new (FALSE, FALSE, sizeof (PdgPartRow));
      g_autoptr (GBytes) bytes = NULL;

      for (guint i = 0; i < rows->len; i++)
        if (g_array_index (rows, PdgPartRow, i).ts_ms / DAY_MS == day)
          g_array_append_val (of_day, g_array_index (rows, PdgPartRow, i));
      bytes = pdg_part_pack (id, (const PdgPartRow *) (const void *) of_day->data, of_day->len);
      g_ptr_array_add (parts, pdg_part_open (bytes, id, &error));
      g_assert_no_error (error);
    }
  scan = pdg_scan_new ((PdgPart *const *) parts->pdata, parts->len, &error);
  g_assert_no_error (error);
  return scan;
}

static PdgRetentionOptions
make_options (guint n_cohorts, guint n_intervals)
{
  return (PdgRetentionOptions) { .key_masks = masks, .n_keys = N_KEYS, .edges = edges, .n_buckets = N_DAYS, .n_cohorts = n_cohorts,
                                 .n_intervals = n_intervals, .period_ms = DAY_MS };
}

/* (element-type PdgRetentionRow) */
static GPtrArray *
run (const GArray *rows, const PdgRetentionOptions *options)
{
  g_autoptr (PdgScan) scan = make_scan (rows);
  g_autoptr (PdgRetentionResult) result = NULL;
  g_autoptr (GError) error = NULL;

  pdg_retention_check (options, &error);
  g_assert_no_error (error);
  result = pdg_retention_run (scan, options, 0, G_MAXUINT64);
  return pdg_retention_result_list_rows (result, 0);
}

static guint64
actors_at (const GPtrArray *rows, const PdgRetentionOptions *options, guint cohort, guint interval)
{
  return ((const PdgRetentionRow *) rows->pdata[0])->cells[cohort * options->n_intervals + interval].actors;
}

/* semantics.md: 500 of 1000, 400 of 500 and an incomplete 10 of 700 are 60 % pooled, 65 % simple. */
static void
test_mean (void)
{
  static const guint sizes[] = { 1000, 500, 700 }, returned[] = { 500, 400, 10 };
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (PdgPartRow));
  PdgRetentionOptions options = make_options (3, 2);
  g_autoptr (GPtrArray) list = NULL;
  PdgRetentionMean mean;
  guint32 actor = 0;

  for (guint c = 0; c < 3; c++)
    for (guint i = 0; i < sizes[c]; i++, actor++)
      {
        add (rows, actor, c * DAY_MS + i, KEY_A);
        if (i < returned[c])
          add (rows, actor, (c + 1) * DAY_MS + i, KEY_B);
      }
  list = run (rows, &options);
  mean = pdg_retention_get_mean (&options, list->pdata[0], 1, PDG_RETENTION_OF_COHORT, edges[4] - 1);
  g_assert_cmpuint (mean.n_cohorts, ==, 2);
  g_assert_cmpuint (mean.count, ==, 900);
  g_assert_cmpuint (mean.base, ==, 1500);
  g_assert_cmpfloat_with_epsilon (mean.simple, 0.65, 1e-12);
  g_assert_cmpuint (actors_at (list, &options, 2, 1), ==, 10);
  mean = pdg_retention_get_mean (&options, list->pdata[0], 1, PDG_RETENTION_OF_COHORT, edges[4]);
  g_assert_cmpuint (mean.base, ==, 2200);
  mean = pdg_retention_get_mean (&options, list->pdata[0], 1, PDG_RETENTION_OF_COHORT, edges[0]);
  g_assert_cmpuint (mean.base, ==, 0);
  g_assert_true (isnan (mean.simple));
}

/* One actor with its events; what it is counted in, interval by interval, as "1" and "0". */
typedef struct
{
  const char *name;
  struct
  {
    double hours;
    guint32 key;
  } events[6];
  guint n_events;
  PdgRetentionCohort cohort;
  PdgRetentionTime time;
  PdgRetentionZero zero;
  PdgRetentionCriterion criterion;
  guint n_cohorts, min_returns;
  const char *counted; /* NULL when it is in no cohort */
} Vector;

static const Vector vectors[] = {
  /* Docs of the anchors: 17:59 to 17:00 of the next day. By elapsed time that is day 0; clock hours are in test_hours. */
  { "rolling-exact", { { 17 + 59 / 60.0, KEY_A }, { 24 + 17, KEY_B } }, 2, 0, PDG_RETENTION_ROLLING, PDG_RETENTION_ZERO_RETURNED, 0, 1, 0, "1000" },
  { "rolling-24-hours", { { 17, KEY_A }, { 24 + 17, KEY_B } }, 2, 0, PDG_RETENTION_ROLLING, PDG_RETENTION_ZERO_RETURNED, 0, 1, 0, "0100" },
  { "calendar-minutes-apart", { { 23.9, KEY_A }, { 24.1, KEY_B } }, 2, 0, 0, PDG_RETENTION_ZERO_RETURNED, 0, 1, 0, "0100" },
  { "whole-cohort-at-zero", { { 1, KEY_A } }, 1, 0, 0, PDG_RETENTION_ZERO_WHOLE, 0, 1, 0, "1000" },
  { "same-row-is-no-return", { { 1, KEY_BOTH } }, 1, 0, 0, PDG_RETENTION_ZERO_RETURNED, 0, 1, 0, "0000" },
  { "second-row-is-one", { { 1, KEY_BOTH }, { 2, KEY_BOTH } }, 2, 0, 0, PDG_RETENTION_ZERO_RETURNED, 0, 1, 0, "1000" },
  { "before-the-start-is-none", { { 1, KEY_B }, { 2, KEY_A } }, 2, 0, 0, PDG_RETENTION_ZERO_RETURNED, 0, 1, 0, "0000" },
  { "in-the-same-ms", { { 1, KEY_A }, { 1, KEY_B } }, 2, 0, 0, PDG_RETENTION_ZERO_RETURNED, 0, 1, 0, "1000" },
  { "on", { { 1, KEY_A }, { 25, KEY_B }, { 73, KEY_B } }, 3, 0, 0, PDG_RETENTION_ZERO_WHOLE, PDG_RETENTION_ON, 1, 0, "1101" },
  { "on-or-after", { { 1, KEY_A }, { 49, KEY_B } }, 2, 0, 0, PDG_RETENTION_ZERO_WHOLE, PDG_RETENTION_ON_OR_AFTER, 1, 0, "1110" },
  { "on-or-before", { { 1, KEY_A }, { 49, KEY_B } }, 2, 0, 0, PDG_RETENTION_ZERO_RETURNED, PDG_RETENTION_ON_OR_BEFORE, 1, 0, "0011" },
  { "streak", { { 1, KEY_A }, { 25, KEY_B }, { 73, KEY_B } }, 3, 0, 0, PDG_RETENTION_ZERO_WHOLE, PDG_RETENTION_STREAK, 1, 0, "1100" },
  { "twice", { { 1, KEY_A }, { 25, KEY_B }, { 49, KEY_B }, { 50, KEY_B } }, 4, 0, 0, PDG_RETENTION_ZERO_WHOLE, 0, 1, 2, "1010" },
  { "first-ever-fails-the-filters", { { 1, KEY_KIND }, { 25, KEY_A } }, 2, PDG_RETENTION_FIRST_EVER, 0, 0, 0, 2, 0, NULL },
  { "first-matching-passes", { { 1, KEY_KIND }, { 25, KEY_A } }, 2, PDG_RETENTION_FIRST_MATCHING, 0, 0, 0, 2, 0, "1000" },
  { "first-behind-the-range", { { 49, KEY_A } }, 1, PDG_RETENTION_FIRST_MATCHING, 0, 0, 0, 2, 0, NULL },
};

static void
note_counted (guint32 actor, guint32 value, guint cohort, const guint8 *counted, gpointer data)
{
  for (guint k = 0; k < 4; k++)
    ((char *) data)[k] = counted[k] ? '1' : '0';
}

static void
test_vector (gconstpointer data)
{
  const Vector *vector = data;
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (PdgPartRow));
  PdgRetentionOptions options = make_options (vector->n_cohorts, 4);
  g_autoptr (GPtrArray) plain = NULL, list = NULL;
  char counted[5] = "";

  for (guint i = 0; i < vector->n_events; i++)
    add (rows, 7, (gint64) (vector->events[i].hours * HOUR_MS), vector->events[i].key);
  options.cohort = vector->cohort;
  options.time = vector->time;
  options.zero = vector->zero;
  options.criterion = vector->criterion;
  options.min_returns = vector->min_returns;
  plain = run (rows, &options);
  options.unit_func = note_counted;
  options.unit_data = counted;
  list = run (rows, &options);
  g_assert_cmpuint (plain->len, ==, vector->counted != NULL);
  g_assert_cmpstr (counted, ==, vector->counted != NULL ? vector->counted : "");
  for (guint c = 0; vector->counted != NULL && c < vector->n_cohorts; c++)
    for (guint k = 0; k < 4; k++)
      g_assert_cmpuint (actors_at (plain, &options, c, k), ==, actors_at (list, &options, c, k));
}

/* Before the range there is history only for first times, of the actor alone, also in the next block of actors. */
static void
test_history (void)
{
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (PdgPartRow));
  PdgRetentionOptions options = make_options (2, 2);

  options.edges = edges + 1;
  options.n_buckets = N_DAYS - 1;
  add (rows, 1, HOUR_MS, KEY_A);
  add (rows, 1, DAY_MS + HOUR_MS, KEY_A);
  add (rows, 1 + 4096, DAY_MS + HOUR_MS, KEY_A);
  for (guint cohort = PDG_RETENTION_RECURRING; cohort <= PDG_RETENTION_FIRST_MATCHING; cohort++)
    {
      g_autoptr (GPtrArray) list = NULL;

      options.cohort = (PdgRetentionCohort) cohort;
      list = run (rows, &options);
      g_assert_cmpuint (list->len, ==, 1);
      g_assert_cmpuint (((PdgRetentionRow *) list->pdata[0])->sizes[0], ==, cohort == PDG_RETENTION_RECURRING ? 2 : 1);
    }
}

/* Clock hours: 17:59 to 17:00 of the next day is day 1. */
static void
test_hours (void)
{
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (PdgPartRow));
  PdgRetentionOptions options = make_options (1, 2);
  g_autoptr (GPtrArray) list = NULL;
  gint64 hours[4 * 24 + 1];

  for (guint i = 0; i < G_N_ELEMENTS (hours); i++)
    hours[i] = BASE_MS + i * HOUR_MS;
  add (rows, 1, 17 * HOUR_MS + 59 * 60000, KEY_A);
  add (rows, 1, DAY_MS + 17 * HOUR_MS, KEY_B);
  options.time = PDG_RETENTION_ROLLING;
  options.hour_edges = hours;
  options.n_hours = G_N_ELEMENTS (hours) - 1;
  list = run (rows, &options);
  g_assert_cmpuint (actors_at (list, &options, 0, 1), ==, 1);
}

/* Brackets of 1, 3 and 4 days, and the amounts in them. */
static void
test_brackets (void)
{
  static const guint32 widths[] = { 1, 3, 4 };
  static const gint64 amounts[N_KEYS] = { 1000, 7, 0, 0 };
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (PdgPartRow));
  PdgRetentionOptions options = make_options (1, 3);
  g_autoptr (GPtrArray) list = NULL;
  const PdgRetentionCell *cells;

  options.widths = widths;
  options.key_amounts = amounts;
  add (rows, 1, 0, KEY_A);
  add (rows, 1, DAY_MS, KEY_B);
  add (rows, 1, 4 * DAY_MS - 1, KEY_B);
  add (rows, 1, 4 * DAY_MS, KEY_B);
  list = run (rows, &options);
  cells = ((PdgRetentionRow *) list->pdata[0])->cells;
  g_assert_cmpuint (cells[1].actors, ==, 1);
  g_assert_cmpuint (cells[1].returns, ==, 2);
  g_assert_cmpint (cells[1].amount, ==, 14);
  g_assert_cmpint (cells[2].amount, ==, 7);
  options.criterion = PDG_RETENTION_ON_OR_BEFORE;
  g_clear_pointer (&list, g_ptr_array_unref);
  list = run (rows, &options);
  g_assert_cmpint (((PdgRetentionRow *) list->pdata[0])->cells[2].amount, ==, 21);
}

static void
test_refused (void)
{
  static const guint32 zero[] = { 1, 0 };
  PdgRetentionOptions good = make_options (2, 2), bad;
  g_autoptr (GError) error = NULL;

  g_assert_true (pdg_retention_check (&good, &error));
#define REFUSED(change) \
  bad = good; \
  bad.change; \
  g_assert_false (pdg_retention_check (&bad, &error)); \
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT); \
  g_clear_error (&error)
  REFUSED (n_intervals = 0);
  REFUSED (n_intervals = 401);
  REFUSED (n_intervals = N_DAYS);
  REFUSED (n_cohorts = 0);
  REFUSED (n_cohorts = N_DAYS + 1);
  REFUSED (n_cohorts = G_MAXUINT);
  REFUSED (widths = zero);
  good.time = PDG_RETENTION_ROLLING;
  REFUSED (period_ms = 0);
  REFUSED (period_ms = G_MAXINT64);
  REFUSED (hour_edges = edges);
  good.cohort = PDG_RETENTION_FIRST_EVER;
  REFUSED (breakdown_mode = PDG_RETENTION_SAME_VALUE);
#undef REFUSED
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i <= N_DAYS; i++)
    edges[i] = BASE_MS + i * DAY_MS;
  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *path = g_strconcat ("/analytics/retention/", vectors[i].name, NULL);

      g_test_add_data_func (path, &vectors[i], test_vector);
    }
  g_test_add_func ("/analytics/retention/mean", test_mean);
  g_test_add_func ("/analytics/retention/history", test_history);
  g_test_add_func ("/analytics/retention/clock-hours", test_hours);
  g_test_add_func ("/analytics/retention/brackets", test_brackets);
  g_test_add_func ("/analytics/retention/refused", test_refused);
  return g_test_run ();
}
