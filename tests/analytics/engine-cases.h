#pragma once

#include "analytics/pdg-filter.h"
#include "analytics/pdg-tally.h"
#include "base/pdg-buckets.h"

/* What the answers to reference.py share: reading a case from standard input. */

gint64       next_number (void);
guint32     *next_numbers (guint32 *out_n);

/* Events as they come, into a part a day. */
PdgScan     *next_scan (void);
PdgProperty  next_property (void);
GTimeZone   *next_zone (void);

/* Edges of the buckets of the next zone, unit, week start and range; what of these is asked for. */
GArray      *next_edges (GTimeZone **out_zone, PdgBucketUnit *out_unit, GDateWeekday *out_week_start);

/* Filters of keys below 5, compiled; what they borrow stays until free_columns(). */
PdgFilter   *next_filter (void);
PdgMasks    *next_masks (void);
void         free_columns (void);

/* Of a distribution, or "none". */
void         print_stats (PdgTally *tally);

/* Lines in the order of their bytes, each followed by a space; frees them. */
void         print_sorted (GPtrArray *lines);

void         answer_buckets (void);
void         answer_retention (void);
void         answer_trends (void);
void         answer_activity (void);
void         answer_sessions (void);
void         answer_flow (void);
void         answer_paths (void);
