#include "config.h"
#include "app/pdg-time-range.h"

#include "base/pdg-time.h"

#include <glib/gi18n-lib.h>

static const struct
{
  const char *nick;
  const char *label;
  int days;
} ranges[PDG_N_TIME_RANGES] = {
  [PDG_TIME_RANGE_DAY] = { "24h", N_ ("Last 24 hours"), 1 },
  [PDG_TIME_RANGE_WEEK] = { "7d", N_ ("Last 7 days"), 7 },
  [PDG_TIME_RANGE_MONTH] = { "30d", N_ ("Last 30 days"), 30 },
  [PDG_TIME_RANGE_QUARTER] = { "90d", N_ ("Last 90 days"), 90 },
  [PDG_TIME_RANGE_ALL] = { "all", N_ ("All time"), 0 },
};

const char *
pdg_time_range_get_nick (PdgTimeRange range)
{
  return ranges[range].nick;
}

PdgTimeRange
pdg_time_range_from_nick (const char *nick)
{
  for (guint i = 0; i < PDG_N_TIME_RANGES; i++)
    if (g_strcmp0 (ranges[i].nick, nick) == 0)
      return (PdgTimeRange) i;
  return PDG_TIME_RANGE_DEFAULT;
}

const char *
pdg_time_range_get_label (PdgTimeRange range)
{
  return _ (ranges[range].label);
}

gboolean
pdg_time_range_get_start (PdgTimeRange range, gint64 now_usec, gint64 *out_usec)
{
  gint64 start;

  if (ranges[range].days == 0)
    return FALSE;
  start = now_usec - ranges[range].days * PDG_USEC_PER_DAY;
  *out_usec = start - start % (60 * PDG_USEC_PER_SEC);
  return TRUE;
}
