#pragma once

#include "analytics/pdg-trends.h"

G_BEGIN_DECLS

struct _PdgTrendsResult
{
  guint n_buckets;
  GHashTable *rows; /* value -> PdgTrendsRow */
};

/* (transfer none) */
PdgTrendsRow *pdg_trends_result_ensure_row (PdgTrendsResult *result, guint32 value);

/* Events and actors alone, of at most 64 values: bits of the values that an actor has in a bucket. FALSE, and nothing done, when the options ask
 * for more. */
gboolean      pdg_trends_run_bits (const PdgScan *scan, const PdgTrendsOptions *options, guint64 actor, guint64 actor_end, PdgTrendsResult *result);

G_END_DECLS
