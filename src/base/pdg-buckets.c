#include "config.h"
#include "base/pdg-buckets.h"

#define HOUR_S G_GINT64_CONSTANT (3600)
#define DAY_S G_GINT64_CONSTANT (86400)
#define MS G_GINT64_CONSTANT (1000)
#define STRIDE_S (20 * DAY_S)
/* No zone sets its clock by more than this, and no month or week is longer. */
#define MARGIN_S (33 * DAY_S)

/* A time in which the clock is not set: [from, to) in seconds UTC. */
typedef struct
{
  gint64 from, to;
  gint64 offset;
} Stretch;

static gint64
floor_div (gint64 a, gint64 b)
{
  return a / b - (a % b < 0);
}

static gint
interval_at (GTimeZone *zone, gint64 t)
{
  return g_time_zone_find_interval (zone, G_TIME_TYPE_UNIVERSAL, t);
}

/* The first second in (@low, @high] of another interval than @low is in, or @high. Intervals are numbered in the order of time. */
static gint64
find_change (GTimeZone *zone, gint64 low, gint64 high)
{
  gint interval = interval_at (zone, low);

  if (interval_at (zone, high) == interval)
    return high;
  while (high - low > 1)
    {
      gint64 middle = low + (high - low) / 2;

      if (interval_at (zone, middle) == interval)
        low = middle;
      else
        high = middle;
    }
  return high;
}

static GArray *
list_stretches (GTimeZone *zone, gint64 from, gint64 to)
{
  GArray *stretches = g_array_new (FALSE, FALSE, sizeof (Stretch));

  for (gint64 at = from; at < to;)
    {
      Stretch stretch = { at, find_change (zone, at, MIN (at + STRIDE_S, to)), g_time_zone_get_offset (zone, interval_at (zone, at)) };
      Stretch *last = stretches->len > 0 ? &g_array_index (stretches, Stretch, stretches->len - 1) : NULL;

      if (last != NULL && last->offset == stretch.offset)
        last->to = stretch.to;
      else
        g_array_append_val (stretches, stretch);
      at = stretch.to;
    }
  return stretches;
}

/* The first instant at which the clock shows @local, counted as if it were UTC, or later. A day that the clock leaves out has no instant of
 * its own, one that it comes back to begins when it first came. */
static gint64
first_instant (const GArray *stretches, gint64 local)
{
  for (guint i = 0; i < stretches->len; i++)
    {
      const Stretch *stretch = &g_array_index (stretches, Stretch, i);
      gint64 at = MAX (stretch->from, local - stretch->offset);

      if (at < stretch->to)
        return at;
    }
  return g_array_index (stretches, Stretch, stretches->len - 1).to;
}

static gint64
local_day_at (GTimeZone *zone, gint64 t)
{
  return floor_div (t + g_time_zone_get_offset (zone, interval_at (zone, t)), DAY_S);
}

/* The first day of the month of @day, or @add months on; days since 1970. */
static gint64
month_of (gint64 day, guint add)
{
  GDate date, epoch;

  g_date_clear (&date, 1);
  g_date_clear (&epoch, 1);
  g_date_set_dmy (&epoch, 1, G_DATE_JANUARY, 1970);
  g_date_set_julian (&date, (guint32) (g_date_get_julian (&epoch) + day));
  g_date_set_day (&date, 1);
  if (add > 0)
    g_date_add_months (&date, add);
  return (gint64) g_date_get_julian (&date) - g_date_get_julian (&epoch);
}

/* The first day of what @day lies in; 1970-01-01 was a Thursday. */
static gint64
truncate_day (gint64 day, PdgBucketUnit unit, GDateWeekday week_start)
{
  if (unit == PDG_BUCKET_MONTH)
    return month_of (day, 0);
  if (unit == PDG_BUCKET_WEEK)
    return day - (((day + 4 - (gint64) week_start % 7) % 7) + 7) % 7;
  return day;
}

static gint64
next_day (gint64 day, PdgBucketUnit unit)
{
  return unit == PDG_BUCKET_MONTH ? month_of (day, 1) : day + (unit == PDG_BUCKET_WEEK ? 7 : 1);
}

/* Takes the next edge. Only the last one that is not behind the range's begin is kept. FALSE when that was the last. */
static gboolean
take_edge (GArray *edges, gint64 edge_ms, gint64 from_ms, gint64 to_ms)
{
  gint64 *last = edges->len > 0 ? &g_array_index (edges, gint64, edges->len - 1) : NULL;

  if (last != NULL && edge_ms <= *last)
    return TRUE;
  if (last != NULL && edge_ms <= from_ms)
    *last = edge_ms;
  else
    g_array_append_val (edges, edge_ms);
  return edge_ms < to_ms && edges->len <= PDG_BUCKETS_MAX;
}

/* Whole hours of the clock; an hour also ends when the clock is set. */
static void
take_hours (GArray *edges, const GArray *stretches, gint64 from_ms, gint64 to_ms)
{
  for (guint i = 0; i < stretches->len; i++)
    {
      const Stretch *stretch = &g_array_index (stretches, Stretch, i);
      gint64 edge = MAX (stretch->from, floor_div (from_ms, MS) - 2 * HOUR_S);

      while (edge < stretch->to)
        {
          if (!take_edge (edges, edge * MS, from_ms, to_ms))
            return;
          edge = (floor_div (edge + stretch->offset, HOUR_S) + 1) * HOUR_S - stretch->offset;
        }
    }
}

GArray *
pdg_buckets_edges (gint64 from_ms, gint64 to_ms, PdgBucketUnit unit, GTimeZone *zone, GDateWeekday week_start)
{
  g_autoptr (GArray) stretches = NULL, edges = NULL;
  gint64 from = floor_div (from_ms, MS), to = -floor_div (-to_ms, MS);

  if (from_ms >= to_ms || from_ms < PDG_BUCKETS_MIN_MS || to_ms > PDG_BUCKETS_MAX_MS)
    return NULL;
  edges = g_array_new (FALSE, FALSE, sizeof (gint64));
  stretches = list_stretches (zone, from - MARGIN_S, to + MARGIN_S);
  if (unit == PDG_BUCKET_HOUR)
    take_hours (edges, stretches, from_ms, to_ms);
  else
    for (gint64 day = truncate_day (local_day_at (zone, from), unit, week_start);
         take_edge (edges, first_instant (stretches, day * DAY_S) * MS, from_ms, to_ms); day = next_day (day, unit))
      ;
  return edges->len <= PDG_BUCKETS_MAX ? g_steal_pointer (&edges) : NULL;
}

GArray *
pdg_buckets_before (gint64 end_ms, guint n, PdgBucketUnit unit, GTimeZone *zone, GDateWeekday week_start)
{
  static const gint64 longest_hours[] = { 2, 50, 9 * 24, 33 * 24 }; /* a bucket, and a day that is left out */
  g_autoptr (GArray) edges = NULL;

  if (n == 0 || n > PDG_BUCKETS_MAX / 4)
    return NULL;
  edges = pdg_buckets_edges (end_ms - (n + 1) * longest_hours[unit] * HOUR_S * MS, end_ms, unit, zone, week_start);
  if (edges == NULL || edges->len < n + 1)
    return NULL;
  g_array_remove_range (edges, 0, edges->len - n - 1);
  return g_steal_pointer (&edges);
}

guint
pdg_buckets_find (const gint64 *edges, guint n_buckets, gint64 t_ms)
{
  guint low = 0, high = n_buckets;

  if (n_buckets == 0 || t_ms < edges[0] || t_ms >= edges[n_buckets])
    return n_buckets;
  while (high - low > 1)
    {
      guint middle = low + (high - low) / 2;

      if (edges[middle] <= t_ms)
        low = middle;
      else
        high = middle;
    }
  return low;
}

gboolean
pdg_buckets_is_incomplete (const gint64 *edges, guint bucket, gint64 now_ms)
{
  return edges[bucket + 1] > now_ms;
}
