#pragma once

#include "analytics/pdg-filter.h"
#include "analytics/pdg-tally.h"

G_BEGIN_DECLS

/* Trends as docs/analytics.md defines them: events, actors and sessions in buckets of time, and over the whole range. A period to compare with is
 * a report of its own, over the buckets before (pdg_buckets_before). */

#define PDG_TRENDS_MAX_BUCKETS 10000
#define PDG_TRENDS_OTHER G_MAXUINT32

/* The bits of the masks. */
#define PDG_TRENDS_COUNTED (1u << 0)
#define PDG_TRENDS_KIND (1u << 1) /* of the event's kind, filters or not; for PDG_TRENDS_FIRST_EVER */

typedef enum
{
  PDG_TRENDS_ANY_TIME,
  PDG_TRENDS_FIRST_EVER,     /* only the first event of the kind in the scan, and only if it passes the filters */
  PDG_TRENDS_FIRST_MATCHING, /* only the first event in the scan that passes the filters */
} PdgTrendsFirst;

/* What is counted beside events and actors. */
typedef enum
{
  PDG_TRENDS_SESSIONS = 1 << 0,
  PDG_TRENDS_PER_ACTOR = 1 << 1, /* how many events each actor has */
} PdgTrendsMeasures;

/* An actor in a bucket of a row, with its events there. */
typedef void (*PdgTrendsUnitFunc) (guint32 actor, guint32 value, guint bucket, guint64 events, gpointer user_data);

/* Everything is borrowed. Zeroes are the defaults. */
typedef struct
{
  const PdgMasks *masks; /* (nullable) every event counts */
  PdgTrendsFirst first;
  PdgTrendsMeasures measures;
  const gint64 *edges; /* n_buckets + 1, ascending: the range */
  guint n_buckets;
  const gint64 *window_starts; /* (nullable) n_buckets, ascending, at most the end of the bucket: active are the actors with an event from there to the end of
                                * the bucket, as in WAU and MAU */
  const gint64 *key_amounts; /* (nullable) n_keys amounts: with them cells have a distribution of those of their events */
  const guint8 *key_has_amount; /* (nullable) all have; an event without one is not in the distribution */
  guint32 n_keys;
  PdgProperty breakdown;
  const guint32 *keep; /* (nullable) values that have a row; all others are one row, PDG_TRENDS_OTHER */
  guint n_keep;
  PdgTrendsUnitFunc unit_func; /* (nullable) */
  gpointer unit_data;
} PdgTrendsOptions;

typedef struct
{
  guint64 events, actors, sessions;
  guint64 active;      /* 0 in a total */
  PdgTally *per_actor; /* (nullable) of the actors that have an event there */
  PdgTally *amounts;   /* (nullable) */
} PdgTrendsCell;

typedef struct
{
  guint32 value;        /* of the breakdown, 0 = none; PDG_TRENDS_OTHER */
  PdgTrendsCell *cells; /* n_buckets, then the whole range */
} PdgTrendsRow;

typedef struct _PdgTrendsResult PdgTrendsResult;

/* Says what of the options cannot be; FALSE then. @error: G_IO_ERROR_INVALID_ARGUMENT */
gboolean         pdg_trends_check (const PdgTrendsOptions *options, GError **error);

/* The report over actors [actor, actor_end) of the scan, with options that passed the check. The scan has the days of the range and of the
 * windows; for first times, those before it. A session of two actors counts for each. Pure; any thread. (transfer full) */
PdgTrendsResult *pdg_trends_run (const PdgScan *scan, const PdgTrendsOptions *options, guint64 actor, guint64 actor_end);
void             pdg_trends_result_free (PdgTrendsResult *result);

/* Adds @other, of the same options and of other actors. */
void             pdg_trends_result_add (PdgTrendsResult *result, const PdgTrendsResult *other);

/* Rows by events over the range, the most first, then by value; the row of the others comes last. Without a breakdown there is always one.
 * (transfer container) (element-type PdgTrendsRow) */
GPtrArray       *pdg_trends_result_list_rows (const PdgTrendsResult *result);

/* The first @top values by events, for `keep`: a report of one bucket ranks the values, the next one has exact numbers for the others together, in
 * which an actor with two of them is one. (transfer full) (element-type guint32) */
GArray          *pdg_trends_result_list_top (const PdgTrendsResult *result, guint top);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgTrendsResult, pdg_trends_result_free)

G_END_DECLS
