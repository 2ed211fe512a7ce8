#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Buckets of time in a project's time zone: hours, days, weeks and months of its clock and calendar, as instants in ms since 1970 UTC. n
 * buckets are n + 1 edges, ascending; bucket i is [edge i, edge i+1). Docs: docs/analytics.md. */

typedef enum { PDG_BUCKET_HOUR, PDG_BUCKET_DAY, PDG_BUCKET_WEEK, PDG_BUCKET_MONTH } PdgBucketUnit;

/* Days of the years 1900 to 2199, in ms. */
#define PDG_BUCKETS_MIN_MS G_GINT64_CONSTANT (-2208988800000)
#define PDG_BUCKETS_MAX_MS G_GINT64_CONSTANT (7258118400000)
#define PDG_BUCKETS_MAX 100000

/* The edges of the buckets that [@from_ms, @to_ms) touches: the first is @from_ms or before it, the last @to_ms or behind it. @week_start is
 * looked at for weeks only. Pure; any thread. (transfer full) (nullable) when the range is empty, or beyond the limits above
 * (element-type gint64) */
GArray  *pdg_buckets_edges (gint64 from_ms, gint64 to_ms, PdgBucketUnit unit, GTimeZone *zone, GDateWeekday week_start);

/* The edges of the @n buckets before @end_ms, which is an edge itself, for a period to compare with. Pure; any thread. (transfer full) (nullable) when they
 * begin beyond the limits (element-type gint64) */
GArray  *pdg_buckets_before (gint64 end_ms, guint n, PdgBucketUnit unit, GTimeZone *zone, GDateWeekday week_start);

/* The bucket that @t_ms is in; @n_buckets when it is in none. Any thread. */
guint    pdg_buckets_find (const gint64 *edges, guint n_buckets, gint64 t_ms);

/* Whether a bucket is not over yet, so that its number may still grow. Any thread. */
gboolean pdg_buckets_is_incomplete (const gint64 *edges, guint bucket, gint64 now_ms);

G_END_DECLS
