#include "config.h"
#include "base/pdg-stats.h"

#include <math.h>

#define Z_95 1.959963984540054

gboolean
pdg_stats_wilson (guint64 count, guint64 base, double *out_low, double *out_high)
{
  double n, p, z2, centre, half;

  if (base == 0)
    return FALSE;
  n = (double) base;
  p = (double) MIN (count, base) / n;
  z2 = Z_95 * Z_95;
  centre = (p + z2 / (2 * n)) / (1 + z2 / n);
  half = Z_95 * sqrt (p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n);
  *out_low = MAX (0.0, centre - half);
  *out_high = MIN (1.0, centre + half);
  return TRUE;
}
