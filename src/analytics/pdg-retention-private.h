#pragma once

#include "analytics/pdg-retention.h"

G_BEGIN_DECLS

struct _PdgRetentionResult
{
  guint n_cohorts, n_intervals;
  GHashTable *rows; /* value -> PdgRetentionRow */
};

/* (transfer none) */
PdgRetentionRow *pdg_retention_result_ensure_row (PdgRetentionResult *result, guint32 value);

/* Periods that the intervals before @interval take. */
guint64          pdg_retention_get_offset (const PdgRetentionOptions *options, guint interval);

/* The time of the last event that the report can need. */
gint64           pdg_retention_get_last_ms (const PdgRetentionOptions *options);

/* Any options: actor by actor over its chosen events. */
void             pdg_retention_run_units (const PdgScan *scan, const PdgRetentionOptions *options, guint64 actor, guint64 actor_end,
                                          PdgRetentionResult *result);

/* The plain options, by bits of the buckets in which an actor was there; FALSE when these are not. */
gboolean         pdg_retention_run_bits (const PdgScan *scan, const PdgRetentionOptions *options, guint64 actor, guint64 actor_end,
                                         PdgRetentionResult *result);

G_END_DECLS
