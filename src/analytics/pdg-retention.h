#pragma once

#include "analytics/pdg-filter.h"

G_BEGIN_DECLS

/* Retention as docs/analytics.md defines it: A enters an actor into a cohort, B brings it back. As with funnels, the caller evaluates the
 * filters on the dictionary of keys, and makes the buckets of the project's time zone (base/pdg-buckets.h). */

#define PDG_RETENTION_MAX_INTERVALS 400
#define PDG_RETENTION_MAX_CELLS 250000
#define PDG_RETENTION_OTHER G_MAXUINT32

/* What the events of a key are. */
#define PDG_RETENTION_START (1u << 0)  /* A */
#define PDG_RETENTION_RETURN (1u << 1) /* B */
#define PDG_RETENTION_KIND (1u << 2)   /* of A's kind, filters or not; for PDG_RETENTION_FIRST_EVER */

typedef enum
{
  PDG_RETENTION_RECURRING,      /* each bucket in which the actor did A; with rolling time its first A in range */
  PDG_RETENTION_FIRST_EVER,     /* the first event of A's kind in the scan, and only if it passes the filters */
  PDG_RETENTION_FIRST_MATCHING, /* the first A in the scan */
} PdgRetentionCohort;

typedef enum { PDG_RETENTION_CALENDAR, PDG_RETENTION_ROLLING } PdgRetentionTime;
typedef enum { PDG_RETENTION_ZERO_WHOLE, PDG_RETENTION_ZERO_RETURNED } PdgRetentionZero;
typedef enum { PDG_RETENTION_ON, PDG_RETENTION_ON_OR_AFTER, PDG_RETENTION_ON_OR_BEFORE, PDG_RETENTION_STREAK } PdgRetentionCriterion;
typedef enum { PDG_RETENTION_OF_COHORT, PDG_RETENTION_OF_PREVIOUS } PdgRetentionReference;

typedef enum
{
  PDG_RETENTION_VALUE_AT_START, /* of the A that entered, 0 = it has none */
  PDG_RETENTION_SAME_VALUE,     /* a report a value, over the events that have it; recurring only */
} PdgRetentionBreakdown;

/* One actor in one cohort. @counted: n_intervals times whether it is counted there. */
typedef void (*PdgRetentionUnitFunc) (guint32 actor, guint32 value, guint cohort, const guint8 *counted, gpointer user_data);

/* Everything is borrowed. Zeroes are the defaults. */
typedef struct
{
  const PdgMasks *masks; /* (nullable) of PDG_RETENTION_START, _RETURN and _KIND; then the table of keys is not looked at */
  const guint32 *key_masks;
  guint32 n_keys; /* of the amounts, too */
  guint32 every_event; /* what each event is beside, whatever its key */
  PdgRetentionCohort cohort;
  PdgRetentionTime time;
  PdgRetentionZero zero;
  PdgRetentionCriterion criterion;
  const gint64 *edges; /* of the buckets; the first n_cohorts of them are the cohorts and the range of A */
  guint n_buckets;     /* calendar: at least n_cohorts + what the intervals span - 1 */
  guint n_cohorts;
  guint n_intervals;
  const guint32 *widths; /* (nullable) of the intervals, in periods; without them 1 each */
  gint64 period_ms;      /* rolling */
  const gint64 *hour_edges; /* (nullable) rolling: both times are cut to the hour of these in which they are */
  guint n_hours;
  guint min_returns; /* in an interval; 0 = 1 */
  const gint64 *key_amounts; /* (nullable) n_keys amounts of B, whose sum has to fit; with them cells have returns and amounts */
  PdgProperty breakdown;
  PdgRetentionBreakdown breakdown_mode;
  PdgRetentionUnitFunc unit_func; /* (nullable) */
  gpointer unit_data;
} PdgRetentionOptions;

typedef struct
{
  guint64 actors;
  guint64 returns; /* B of these actors in the intervals that the criterion looks at */
  gint64 amount;   /* their amounts */
} PdgRetentionCell;

typedef struct
{
  guint32 value;           /* of the breakdown; PDG_RETENTION_OTHER */
  guint64 total;           /* the sum of the sizes */
  guint64 *sizes;          /* n_cohorts */
  PdgRetentionCell *cells; /* n_cohorts rows of n_intervals */
} PdgRetentionRow;

/* The mean of an interval over the cohorts whose cell is complete. @simple: mean of the rates of those with a base, NAN without any. */
typedef struct
{
  guint64 count, base; /* pooled */
  double simple;
  guint n_cohorts;
} PdgRetentionMean;

typedef struct _PdgRetentionResult PdgRetentionResult;

/* Says what of the options cannot be together; FALSE then. @error: G_IO_ERROR_INVALID_ARGUMENT */
gboolean            pdg_retention_check (const PdgRetentionOptions *options, GError **error);

/* The report over actors [actor, actor_end) of the scan, with options that passed the check. The scan has the days of the range, those of the
 * intervals behind it and, for first times, those before it. Pure; any thread. (transfer full) */
PdgRetentionResult *pdg_retention_run (const PdgScan *scan, const PdgRetentionOptions *options, guint64 actor, guint64 actor_end);
void                pdg_retention_result_free (PdgRetentionResult *result);

/* Adds @other, of the same options and of other actors. */
void                pdg_retention_result_add (PdgRetentionResult *result, const PdgRetentionResult *other);

/* Rows by total, the largest first, then by value; without a breakdown one row or none. What comes after the first @top is one row,
 * PDG_RETENTION_OTHER; @top 0 = all are given. (transfer full) (element-type PdgRetentionRow) */
GPtrArray          *pdg_retention_result_list_rows (const PdgRetentionResult *result, guint top);

/* Whether no event at @now_ms or later can change the cell. */
gboolean            pdg_retention_is_complete (const PdgRetentionOptions *options, guint cohort, guint interval, gint64 now_ms);

/* What the actors of a cell are a share of. */
guint64             pdg_retention_get_base (const PdgRetentionOptions *options, const PdgRetentionRow *row, guint cohort, guint interval,
                                            PdgRetentionReference reference);

PdgRetentionMean    pdg_retention_get_mean (const PdgRetentionOptions *options, const PdgRetentionRow *row, guint interval,
                                            PdgRetentionReference reference, gint64 now_ms);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgRetentionResult, pdg_retention_result_free)

G_END_DECLS
