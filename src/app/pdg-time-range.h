#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The ranges that the chooser offers, in its order. */
typedef enum
{
  PDG_TIME_RANGE_DAY,
  PDG_TIME_RANGE_WEEK,
  PDG_TIME_RANGE_MONTH,
  PDG_TIME_RANGE_QUARTER,
  PDG_TIME_RANGE_ALL,
} PdgTimeRange;

#define PDG_N_TIME_RANGES (PDG_TIME_RANGE_ALL + 1)
#define PDG_TIME_RANGE_DEFAULT PDG_TIME_RANGE_WEEK

/* Words of the settings file: "24h", "7d", "30d", "90d", "all". */
const char  *pdg_time_range_get_nick (PdgTimeRange range);

/* The default for an unknown or absent word. */
PdgTimeRange pdg_time_range_from_nick (const char *nick);

/* "Last 7 days", translated. */
const char  *pdg_time_range_get_label (PdgTimeRange range);

/* First instant of the range at @now_usec, cut to the minute; FALSE when it has no beginning. */
gboolean     pdg_time_range_get_start (PdgTimeRange range, gint64 now_usec, gint64 *out_usec);

G_END_DECLS
