#pragma once

#include "analytics/pdg-filter.h"
#include "analytics/pdg-tally.h"

G_BEGIN_DECLS

/* Funnels as docs/analytics.md defines them. Filters are evaluated on the dictionary of keys by the caller: each key has a mask of what its
 * events are in this funnel, so that an event costs one look-up. */

#define PDG_FUNNEL_MAX_STEPS 20
#define PDG_FUNNEL_MAX_EXCLUSIONS 8
#define PDG_FUNNEL_MAX_HOLD 3
#define PDG_FUNNEL_MAX_GRACE_MS 60000
#define PDG_FUNNEL_NO_WINDOW G_GINT64_CONSTANT (-1)

/* Steps and exclusions are counted from 0. */
#define PDG_FUNNEL_STEP(k) (1u << (k))
#define PDG_FUNNEL_EXCLUSION(j) (1u << (PDG_FUNNEL_MAX_STEPS + (j)))
/* In strict order such an event may not lie between two steps, whatever else it is. */
#define PDG_FUNNEL_BREAKS (1u << 31)

typedef enum { PDG_FUNNEL_ORDERED, PDG_FUNNEL_STRICT, PDG_FUNNEL_UNORDERED } PdgFunnelOrder;
typedef enum { PDG_FUNNEL_BEST_ENTRY, PDG_FUNNEL_FIRST_ENTRY } PdgFunnelEntry;
typedef enum { PDG_FUNNEL_UNIQUES, PDG_FUNNEL_TOTALS, PDG_FUNNEL_SESSIONS } PdgFunnelCounting;
typedef enum { PDG_FUNNEL_END_ATTEMPT, PDG_FUNNEL_DROP_ACTOR } PdgFunnelExclusionMode;
typedef enum { PDG_FUNNEL_HOLD_PAIRS, PDG_FUNNEL_HOLD_FIRST } PdgFunnelHoldMode;

typedef enum
{
  PDG_FUNNEL_FIRST_TOUCH, /* the value of the first event of any step that has one */
  PDG_FUNNEL_LAST_TOUCH,
  PDG_FUNNEL_ALL_EVENTS,  /* a funnel a value, over the events that have it */
  PDG_FUNNEL_STEP_K,      /* the value at a step; who has none there is not counted */
} PdgFunnelAttribution;

typedef enum
{
  PDG_FUNNEL_ANY_TIME,
  PDG_FUNNEL_FIRST_EVER,     /* the first event of the step's kind (key_kinds) in the scan, and only if it passes the filters */
  PDG_FUNNEL_FIRST_MATCHING, /* the first event in the scan that passes the filters */
} PdgFunnelFirst;

typedef struct
{
  gint64 window_ms; /* since the step before it; PDG_FUNNEL_NO_WINDOW */
  gboolean optional;
  PdgFunnelFirst first;
} PdgFunnelStep;

/* Between step @from and step @to the event may not happen. */
typedef struct
{
  guint from, to;
} PdgFunnelExclusion;

/* One unit that entered: an actor, or what the options make of it. @value: of the breakdown. @reached: the bits of its steps, of which one
 * that is optional may be missing; @depth: one more than the furthest of them. */
typedef void (*PdgFunnelUnitFunc) (guint32 actor, guint32 session, guint32 value, guint depth, guint32 reached, gboolean pending,
                                   gpointer user_data);

/* Everything is borrowed. Zeroes are the defaults but for the windows. */
typedef struct
{
  const PdgMasks *masks; /* (nullable) of the bits above; then the table of keys is not looked at */
  const guint32 *key_masks;
  const guint32 *key_kinds; /* (nullable) steps whose kind the event is of, filters or not; for PDG_FUNNEL_FIRST_EVER */
  guint32 n_keys;
  guint n_steps;
  PdgFunnelStep steps[PDG_FUNNEL_MAX_STEPS];
  guint n_exclusions;
  PdgFunnelExclusion exclusions[PDG_FUNNEL_MAX_EXCLUSIONS];
  PdgFunnelExclusionMode exclusion_mode;
  PdgFunnelOrder order;
  PdgFunnelEntry entry;
  PdgFunnelCounting counting;
  gint64 window_ms;
  gboolean within_session;
  gint64 grace_ms; /* steps that lie no further apart are taken in the order of the funnel */
  gint64 from_ms, to_ms; /* of the entry, half-open */
  gint64 now_ms;
  guint n_hold;
  PdgProperty hold[PDG_FUNNEL_MAX_HOLD];
  PdgFunnelHoldMode hold_mode;
  const PdgFilter *segment; /* (nullable) the global filter, of the event that was step 1: units that do not pass are left out after matching */
  PdgProperty breakdown;
  PdgFunnelAttribution attribution;
  guint attribution_step;
  guint time_from, time_to;  /* steps whose distance in time is kept; both 0 = none */
  const gint64 *bucket_edges; /* (nullable) of the trend, ascending */
  guint n_buckets;           /* one less than the edges */
  PdgFunnelUnitFunc unit_func; /* (nullable) */
  gpointer unit_data;
} PdgFunnelOptions;

typedef struct
{
  guint32 value; /* of the breakdown; PDG_FUNNEL_OTHER */
  guint64 counts[PDG_FUNNEL_MAX_STEPS];
  guint64 stopped[PDG_FUNNEL_MAX_STEPS]; /* by their furthest step; the last has those who converted */
  guint64 pending;  /* not converted, and may still */
  guint64 excluded; /* left out by an exclusion */
} PdgFunnelRow;

#define PDG_FUNNEL_OTHER G_MAXUINT32

typedef struct
{
  guint64 entered, converted, pending;
} PdgFunnelBucket;

typedef struct _PdgFunnelResult PdgFunnelResult;

/* Says what of the options cannot be together; FALSE then. @error: G_IO_ERROR_INVALID_ARGUMENT */
gboolean         pdg_funnel_check (const PdgFunnelOptions *options, GError **error);

/* The funnel over actors [actor, actor_end) of the scan, with options that passed the check. The scan has the days of the range, those of the
 * window behind it and, for first times, those before it. Pure; any thread. (transfer full) */
PdgFunnelResult *pdg_funnel_run (const PdgScan *scan, const PdgFunnelOptions *options, guint64 actor, guint64 actor_end);
void             pdg_funnel_result_free (PdgFunnelResult *result);

/* Adds @other, of the same options and of other actors. */
void             pdg_funnel_result_add (PdgFunnelResult *result, const PdgFunnelResult *other);

/* Rows by first count, the largest first, then by value; without a breakdown one row or none. What comes after the first @top is one row,
 * PDG_FUNNEL_OTHER; @top 0 = all are given. (transfer full) (element-type PdgFunnelRow) */
GArray          *pdg_funnel_result_list_rows (const PdgFunnelResult *result, guint top);

/* Times between the two steps in ms, of the units that reached both. (transfer none) */
PdgTally        *pdg_funnel_result_get_times (PdgFunnelResult *result);

/* (transfer none) (nullable) (array length=n_buckets) */
const PdgFunnelBucket *pdg_funnel_result_get_buckets (const PdgFunnelResult *result);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgFunnelResult, pdg_funnel_result_free)

G_END_DECLS
