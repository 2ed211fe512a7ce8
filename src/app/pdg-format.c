#include "config.h"
#include "app/pdg-format.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "base/pdg-stats.h"

#define NOTHING "–"

char *
pdg_format_count (guint64 count)
{
  char digits[24];
  int n = g_snprintf (digits, sizeof digits, "%" G_GUINT64_FORMAT, count);
  GString *out = g_string_sized_new ((gsize) n + 8);

  for (int i = 0; i < n; i++)
    {
      if (i > 0 && (n - i) % 3 == 0)
        /* Translators: what separates thousands */
        g_string_append (out, C_ ("thousands separator", ","));
      g_string_append_c (out, digits[i]);
    }
  return g_string_free (out, FALSE);
}

/* One digit after the point, never "1000.0": the caller picked the unit after rounding. */
static char *
format_scaled (double value, const char *unit)
{
  return value < 99.95 ? g_strdup_printf ("%.1f %s", value, unit) : g_strdup_printf ("%.0f %s", value, unit);
}

char *
pdg_format_short_count (guint64 count)
{
  if (count < 10000)
    return pdg_format_count (count);
  if (count < 999500)
    return format_scaled ((double) count / 1e3, C_ ("thousands", "k"));
  if (count < 999500000)
    return format_scaled ((double) count / 1e6, C_ ("millions", "M"));
  return format_scaled ((double) count / 1e9, C_ ("billions", "bn"));
}

char *
pdg_format_share (guint64 count, guint64 base)
{
  double percent;

  if (base == 0)
    return g_strdup (NOTHING);
  percent = 100.0 * (double) count / (double) base;
  if (count > 0 && percent < 0.1)
    return g_strdup ("< 0.1 %");
  if (count < base && percent > 99.9)
    return g_strdup ("> 99.9 %");
  if (count == 0 || (percent >= 9.95 && percent <= 99.0) || count == base)
    return g_strdup_printf ("%.0f %%", percent);
  return g_strdup_printf ("%.1f %%", percent);
}

char *
pdg_format_share_interval (guint64 count, guint64 base)
{
  double low, high;

  if (!pdg_stats_wilson (count, base, &low, &high))
    return g_strdup (NOTHING);
  return g_strdup_printf (count == 0 || count >= base ? "%.0f %% ± %.1f" : "%.1f %% ± %.1f",
                          100.0 * (double) MIN (count, base) / (double) base, 50.0 * (high - low));
}

char *
pdg_format_duration_ms (double ms)
{
  guint64 seconds;

  if (!isfinite (ms) || ms < 0 || ms > 1e15)
    return g_strdup (NOTHING);
  if (ms < 999.5)
    return g_strdup_printf (_ ("%.0f ms"), ms);
  if (ms < 9995)
    return g_strdup_printf (_ ("%.2f s"), ms / 1000);
  if (ms < 59500)
    return g_strdup_printf (_ ("%.0f s"), ms / 1000);
  seconds = (guint64) (ms / 1000 + 0.5);
  if (seconds < 3600)
    return g_strdup_printf (_ ("%d min %02d s"), (int) (seconds / 60), (int) (seconds % 60));
  if (seconds < 100 * 3600)
    return g_strdup_printf (_ ("%d h %02d min"), (int) (seconds / 3600), (int) (seconds / 60 % 60));
  return g_strdup_printf (_ ("%d days"), (int) MIN (seconds / 86400, G_MAXINT));
}

static char *
format_local (gint64 usec, const char *format)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (usec / G_USEC_PER_SEC);
  g_autoptr (GDateTime) local = utc != NULL ? g_date_time_to_local (utc) : NULL;
  char *text = local != NULL ? g_date_time_format (local, format) : NULL;

  return text != NULL ? text : g_strdup (NOTHING);
}

char *
pdg_format_clock (gint64 usec)
{
  return format_local (usec, "%H:%M:%S");
}

char *
pdg_format_date (gint64 usec)
{
  /* Translators: a date as strftime() has it, "15 Jan 2024" */
  return format_local (usec, C_ ("date format", "%-d %b %Y"));
}

char *
pdg_format_age (gint64 usec, gint64 now_usec)
{
  gint64 seconds = (now_usec - usec) / G_USEC_PER_SEC;

  if (seconds < 60)
    return g_strdup (_ ("just now"));
  if (seconds < 3600)
    return g_strdup_printf (_ ("%d min ago"), (int) (seconds / 60));
  if (seconds < 24 * 3600)
    return g_strdup_printf (_ ("%d h ago"), (int) (seconds / 3600));
  if (seconds < 6 * 24 * 3600)
    /* Translators: a day of the last week and a time as strftime() has it, "Tue 14:05" */
    return format_local (usec, C_ ("date format", "%a %H:%M"));
  return pdg_format_date (usec);
}
