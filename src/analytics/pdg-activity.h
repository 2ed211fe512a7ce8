#pragma once

#include "analytics/pdg-filter.h"

G_BEGIN_DECLS

/* Stickiness and lifecycle as docs/analytics.md defines them: both ask in which buckets an actor was active, that is, had an event whose mask
 * is not 0. */

#define PDG_ACTIVITY_MAX_BUCKETS 10000

typedef enum { PDG_LIFECYCLE_NEW, PDG_LIFECYCLE_RETURNING, PDG_LIFECYCLE_RESURRECTING, PDG_LIFECYCLE_DORMANT, PDG_LIFECYCLE_N } PdgLifecycle;

/* Stickiness: an actor that was active in @n_active buckets. Lifecycle: what an actor is in a bucket. */
typedef void (*PdgStickinessUnitFunc) (guint32 actor, guint n_active, gpointer user_data);
typedef void (*PdgLifecycleUnitFunc) (guint32 actor, guint bucket, PdgLifecycle what, gpointer user_data);

/* Everything is borrowed. */
typedef struct
{
  const PdgMasks *masks; /* (nullable) every event counts */
  const gint64 *edges;   /* n_buckets + 1, ascending. Of a lifecycle bucket 0 is the one before the range */
  guint n_buckets;
  PdgStickinessUnitFunc stickiness_func; /* (nullable) */
  PdgLifecycleUnitFunc lifecycle_func;   /* (nullable) */
  gpointer unit_data;
} PdgActivityOptions;

/* Says what of the options cannot be; FALSE then. @error: G_IO_ERROR_INVALID_ARGUMENT */
gboolean pdg_activity_check (const PdgActivityOptions *options, GError **error);

/* For k of 1 to n_buckets the actors in [actor, actor_end) that were active in exactly k of the buckets, added to @counts[k - 1]: so reports of
 * other actors add up. The scan has the days of the range. Pure; any thread. */
void     pdg_stickiness_run (const PdgScan *scan, const PdgActivityOptions *options, guint64 actor, guint64 actor_end, guint64 *counts);

/* Makes "exactly k" into "k or more". */
void     pdg_stickiness_cumulate (guint64 *counts, guint n_buckets);

/* For each bucket but the first the actors that are new, returning, resurrecting and dormant in it, added to @counts[bucket][what]; those of
 * bucket 0 stay as they are. The scan has the days from the first of all on. Pure; any thread. */
void     pdg_lifecycle_run (const PdgScan *scan, const PdgActivityOptions *options, guint64 actor, guint64 actor_end,
                            guint64 (*counts)[PDG_LIFECYCLE_N]);

/* (new + resurrecting) / dormant; FALSE when nobody is dormant. */
gboolean pdg_lifecycle_get_pulse (const guint64 counts[PDG_LIFECYCLE_N], double *out_pulse);

G_END_DECLS
