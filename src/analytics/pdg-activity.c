#include "config.h"
#include "analytics/pdg-activity.h"

#include "analytics/pdg-scan-private.h"
#include "base/pdg-buckets.h"

#include <gio/gio.h>

typedef struct
{
  const PdgActivityOptions *options;
  guint64 *sticky;
  guint64 (*lifecycle)[PDG_LIFECYCLE_N];
} Run;

gboolean
pdg_activity_check (const PdgActivityOptions *options, GError **error)
{
  if (options->n_buckets >= 1 && options->n_buckets <= PDG_ACTIVITY_MAX_BUCKETS)
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "Stickiness and lifecycle have 1 to 10,000 buckets.");
  return FALSE;
}

/* The bucket of the next event that is in another one than @bucket; n_buckets when there is none. */
static guint
next_bucket (const PdgActivityOptions *options, const PdgChosen *events, guint32 n, guint32 *at, gint64 from_ms)
{
  while (*at < n && events[*at].t < from_ms)
    (*at)++;
  return *at < n ? pdg_buckets_find (options->edges, options->n_buckets, events[*at].t) : options->n_buckets;
}

static void
take_sticky (guint32 actor, PdgChosen *events, guint32 n, gpointer data)
{
  const Run *run = data;
  const PdgActivityOptions *options = run->options;
  guint n_active = 0, bucket;
  guint32 at = 0;

  for (bucket = next_bucket (options, events, n, &at, options->edges[0]); bucket < options->n_buckets;
       bucket = next_bucket (options, events, n, &at, options->edges[bucket + 1]))
    n_active++;
  if (n_active == 0)
    return;
  run->sticky[n_active - 1]++;
  if (options->stickiness_func != NULL)
    options->stickiness_func (actor, n_active, options->unit_data);
}

static void
note (const Run *run, guint32 actor, guint bucket, PdgLifecycle what)
{
  if (bucket == 0 || bucket >= run->options->n_buckets)
    return;
  run->lifecycle[bucket][what]++;
  if (run->options->lifecycle_func != NULL)
    run->options->lifecycle_func (actor, bucket, what, run->options->unit_data);
}

static void
take_lifecycle (guint32 actor, PdgChosen *events, guint32 n, gpointer data)
{
  const Run *run = data;
  const PdgActivityOptions *options = run->options;
  gboolean seen = events[0].t < options->edges[0];
  guint before = G_MAXUINT - 1, bucket; /* the last bucket in which it was active */
  guint32 at = 0;

  for (bucket = next_bucket (options, events, n, &at, options->edges[0]); bucket < options->n_buckets;
       bucket = next_bucket (options, events, n, &at, options->edges[bucket + 1]))
    {
      if (before + 1 == bucket)
        {
          note (run, actor, bucket, PDG_LIFECYCLE_RETURNING);
        }
      else
        {
          note (run, actor, before + 1, PDG_LIFECYCLE_DORMANT);
          note (run, actor, bucket, seen ? PDG_LIFECYCLE_RESURRECTING : PDG_LIFECYCLE_NEW);
        }
      seen = TRUE;
      before = bucket;
    }
  note (run, actor, before + 1, PDG_LIFECYCLE_DORMANT);
}

static void
run_actors (Run *run, const PdgScan *scan, guint64 actor, guint64 actor_end, gint64 from_ms, PdgActorFunc func)
{
  const PdgActivityOptions *options = run->options;
  PdgChoice choice = { .masks = options->masks, .every = options->masks == NULL, .from_ms = from_ms, .last_ms = options->edges[options->n_buckets] - 1 };

  pdg_scan_each_actor (scan, &choice, actor, actor_end, func, run);
}

void
pdg_stickiness_run (const PdgScan *scan, const PdgActivityOptions *options, guint64 actor, guint64 actor_end, guint64 *counts)
{
  Run run = { .options = options, .sticky = counts };

  run_actors (&run, scan, actor, actor_end, options->edges[0], take_sticky);
}

void
pdg_stickiness_cumulate (guint64 *counts, guint n_buckets)
{
  for (guint k = n_buckets; k-- > 1;)
    counts[k - 1] += counts[k];
}

void
pdg_lifecycle_run (const PdgScan *scan, const PdgActivityOptions *options, guint64 actor, guint64 actor_end, guint64 (*counts)[PDG_LIFECYCLE_N])
{
  Run run = { .options = options, .lifecycle = counts };

  run_actors (&run, scan, actor, actor_end, G_MININT64, take_lifecycle);
}

gboolean
pdg_lifecycle_get_pulse (const guint64 counts[PDG_LIFECYCLE_N], double *out_pulse)
{
  if (counts[PDG_LIFECYCLE_DORMANT] == 0)
    return FALSE;
  *out_pulse = (double) (counts[PDG_LIFECYCLE_NEW] + counts[PDG_LIFECYCLE_RESURRECTING]) / (double) counts[PDG_LIFECYCLE_DORMANT];
  return TRUE;
}
