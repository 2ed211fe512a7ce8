#include "config.h"

#include "base/pdg-buckets.h"
#include "base/pdg-time.h"

#include <string.h>

/* @edges: as the clock of UTC shows them. What is wanted follows from the tz database's rules for the zone, by hand. */
typedef struct
{
  const char *name;
  const char *zone;
  PdgBucketUnit unit;
  GDateWeekday week_start;
  const char *from, *to;
  const char *edges[6];
} Vector;

static const Vector vectors[] = {
  { "kolkata-days", "Asia/Kolkata", PDG_BUCKET_DAY, G_DATE_MONDAY, "2026-01-01T18:29:59Z", "2026-01-02T18:30:01Z",
    { "2025-12-31T18:30Z", "2026-01-01T18:30Z", "2026-01-02T18:30Z", "2026-01-03T18:30Z" } },
  { "kolkata-hours", "Asia/Kolkata", PDG_BUCKET_HOUR, G_DATE_MONDAY, "2026-01-01T10:00Z", "2026-01-01T12:00Z",
    { "2026-01-01T09:30Z", "2026-01-01T10:30Z", "2026-01-01T11:30Z", "2026-01-01T12:30Z" } },
  { "st-johns-23-hours", "America/St_Johns", PDG_BUCKET_DAY, G_DATE_MONDAY, "2026-03-08T03:30Z", "2026-03-09T02:30:01Z",
    { "2026-03-08T03:30Z", "2026-03-09T02:30Z", "2026-03-10T02:30Z" } },
  { "st-johns-25-hours", "America/St_Johns", PDG_BUCKET_DAY, G_DATE_MONDAY, "2026-11-01T02:30Z", "2026-11-02T03:30Z",
    { "2026-11-01T02:30Z", "2026-11-02T03:30Z" } },
  { "st-johns-hour-twice", "America/St_Johns", PDG_BUCKET_HOUR, G_DATE_MONDAY, "2026-11-01T03:30Z", "2026-11-01T06:30Z",
    { "2026-11-01T03:30Z", "2026-11-01T04:30Z", "2026-11-01T05:30Z", "2026-11-01T06:30Z" } },
  /* Until 2011 the clock went from 00:01 back to 23:01: the day begins once, when it is 00:00 for the first time. */
  { "st-johns-one-minute", "America/St_Johns", PDG_BUCKET_DAY, G_DATE_MONDAY, "2006-10-28T12:00Z", "2006-10-29T12:00Z",
    { "2006-10-28T02:30Z", "2006-10-29T02:30Z", "2006-10-30T03:30Z" } },
  { "st-johns-one-minute-hour", "America/St_Johns", PDG_BUCKET_HOUR, G_DATE_MONDAY, "2006-10-29T02:00Z", "2006-10-29T03:00Z",
    { "2006-10-29T01:30Z", "2006-10-29T02:30Z", "2006-10-29T02:31Z", "2006-10-29T03:30Z" } },
  /* Midnight does not exist: the day begins at 01:00. */
  { "cairo-no-midnight", "Africa/Cairo", PDG_BUCKET_DAY, G_DATE_MONDAY, "2026-04-24T00:00Z", "2026-04-25T00:00Z",
    { "2026-04-23T22:00Z", "2026-04-24T21:00Z", "2026-04-25T21:00Z" } },
  { "cairo-25-hours", "Africa/Cairo", PDG_BUCKET_DAY, G_DATE_MONDAY, "2026-10-29T00:00Z", "2026-10-30T00:00Z",
    { "2026-10-28T21:00Z", "2026-10-29T22:00Z", "2026-10-30T22:00Z" } },
  /* There was no 30 December 2011. */
  { "apia-no-30th", "Pacific/Apia", PDG_BUCKET_DAY, G_DATE_MONDAY, "2011-12-29T12:00Z", "2011-12-30T12:00Z",
    { "2011-12-29T10:00Z", "2011-12-30T10:00Z", "2011-12-31T10:00Z" } },
  { "apia-month", "Pacific/Apia", PDG_BUCKET_MONTH, G_DATE_MONDAY, "2011-12-30T12:00Z", "2011-12-31T11:00Z",
    { "2011-12-01T10:00Z", "2011-12-31T10:00Z", "2012-01-31T10:00Z" } },
  { "week-monday", "Africa/Cairo", PDG_BUCKET_WEEK, G_DATE_MONDAY, "2026-04-23T12:00Z", "2026-04-27T00:00Z",
    { "2026-04-19T22:00Z", "2026-04-26T21:00Z", "2026-05-03T21:00Z" } },
  { "week-sunday", "Africa/Cairo", PDG_BUCKET_WEEK, G_DATE_SUNDAY, "2026-04-23T12:00Z", "2026-04-25T20:00Z",
    { "2026-04-18T22:00Z", "2026-04-25T21:00Z" } },
  { "week-saturday", "UTC", PDG_BUCKET_WEEK, G_DATE_SATURDAY, "2026-04-24T12:00Z", "2026-04-25T12:00Z",
    { "2026-04-18T00:00Z", "2026-04-25T00:00Z", "2026-05-02T00:00Z" } },
  { "month-leap", "America/St_Johns", PDG_BUCKET_MONTH, G_DATE_MONDAY, "2024-02-29T12:00Z", "2024-03-31T00:00Z",
    { "2024-02-01T03:30Z", "2024-03-01T03:30Z", "2024-04-01T02:30Z" } },
  { "before-1970", "UTC", PDG_BUCKET_WEEK, G_DATE_MONDAY, "1969-12-31T23:59:59.999Z", "1970-01-01T00:00:00.001Z",
    { "1969-12-29T00:00Z", "1970-01-05T00:00Z" } },
};

static gint64
ms_of (const char *text)
{
  g_autofree char *full = strlen (text) == strlen ("2026-01-01T00:00Z") ? g_strdup_printf ("%.16s:00Z", text) : g_strdup (text);
  gint64 usec;

  g_assert_true (pdg_time_parse_rfc3339 (full, strlen (full), &usec));
  return usec / 1000 - (usec % 1000 < 0);
}

static GTimeZone *
zone_of (const char *name)
{
  GTimeZone *zone = g_time_zone_new_identifier (name);

  g_assert_nonnull (zone); /* without the tz database nothing here can hold */
  return zone;
}

static void
test_vector (gconstpointer data)
{
  const Vector *vector = data;
  g_autoptr (GTimeZone) zone = zone_of (vector->zone);
  g_autoptr (GArray) edges = pdg_buckets_edges (ms_of (vector->from), ms_of (vector->to), vector->unit, zone, vector->week_start);
  guint n = 0;

  g_assert_nonnull (edges);
  for (; n < edges->len; n++)
    {
      char text[PDG_RFC3339_BYTES];

      pdg_time_format_rfc3339 (g_array_index (edges, gint64, n) * 1000, text);
      g_test_message ("edge %u: %s", n, text);
      g_assert_nonnull (vector->edges[n]);
      g_assert_cmpint (g_array_index (edges, gint64, n), ==, ms_of (vector->edges[n]));
    }
  g_assert_null (vector->edges[n]);
}

static void
test_find (void)
{
  static const gint64 edges[] = { 0, 10, 11, 100 };
  static const struct
  {
    gint64 t;
    guint bucket;
  } rows[] = { { -1, 3 }, { 0, 0 }, { 9, 0 }, { 10, 1 }, { 11, 2 }, { 99, 2 }, { 100, 3 } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpuint (pdg_buckets_find (edges, 3, rows[i].t), ==, rows[i].bucket);
  g_assert_cmpuint (pdg_buckets_find (edges, 0, 0), ==, 0);
  g_assert_true (pdg_buckets_is_incomplete (edges, 1, 10));
  g_assert_false (pdg_buckets_is_incomplete (edges, 1, 11));
}

static void
test_limits (void)
{
  g_autoptr (GTimeZone) zone = zone_of ("UTC");
  g_autoptr (GArray) widest = pdg_buckets_edges (PDG_BUCKETS_MIN_MS, PDG_BUCKETS_MAX_MS, PDG_BUCKET_MONTH, zone, G_DATE_MONDAY);

  g_assert_cmpuint (widest->len, ==, 300 * 12 + 1);
  g_assert_null (pdg_buckets_edges (5, 5, PDG_BUCKET_DAY, zone, G_DATE_MONDAY));
  g_assert_null (pdg_buckets_edges (G_MININT64, 5, PDG_BUCKET_DAY, zone, G_DATE_MONDAY));
  g_assert_null (pdg_buckets_edges (5, G_MAXINT64, PDG_BUCKET_DAY, zone, G_DATE_MONDAY));
  g_assert_null (pdg_buckets_edges (0, PDG_BUCKETS_MAX_MS, PDG_BUCKET_HOUR, zone, G_DATE_MONDAY));
}

/* Whatever the range: the buckets hold it, ascend, and a day in them has 22 to 25 hours. */
static void
test_years_of_days (void)
{
  static const char *const zones[] = { "Asia/Kolkata", "America/St_Johns", "Africa/Cairo", "Pacific/Apia", "Australia/Lord_Howe", "Africa/Casablanca" };

  for (guint z = 0; z < G_N_ELEMENTS (zones); z++)
    {
      g_autoptr (GTimeZone) zone = zone_of (zones[z]);
      gint64 from = ms_of ("2000-01-01T12:00Z"), to = ms_of ("2030-01-01T12:00Z");
      g_autoptr (GArray) edges = pdg_buckets_edges (from, to, PDG_BUCKET_DAY, zone, G_DATE_MONDAY);

      g_assert_cmpint (g_array_index (edges, gint64, 0), <=, from);
      g_assert_cmpint (g_array_index (edges, gint64, 1), >, from);
      g_assert_cmpint (g_array_index (edges, gint64, edges->len - 1), >=, to);
      g_assert_cmpint (g_array_index (edges, gint64, edges->len - 2), <, to);
      for (guint i = 1; i < edges->len; i++)
        {
          gint64 length = g_array_index (edges, gint64, i) - g_array_index (edges, gint64, i - 1);

          g_assert_cmpint (length, >=, 22 * 3600000);
          g_assert_cmpint (length, <=, 25 * 3600000);
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *path = g_strconcat ("/base/buckets/", vectors[i].name, NULL);

      g_test_add_data_func (path, &vectors[i], test_vector);
    }
  g_test_add_func ("/base/buckets/find", test_find);
  g_test_add_func ("/base/buckets/limits", test_limits);
  g_test_add_func ("/base/buckets/years-of-days", test_years_of_days);
  return g_test_run ();
}
