#include "config.h"
#include "base/pdg-time.h"

#include <string.h>

#define MIN_USEC (G_GINT64_CONSTANT (-62135596800) * PDG_USEC_PER_SEC)       /* 0001-01-01T00:00:00Z */
#define MAX_USEC (G_GINT64_CONSTANT (253402300800) * PDG_USEC_PER_SEC - 1) /* 9999-12-31T23:59:59.999999Z */

/* Days since 1970-01-01 of a proleptic Gregorian date (H. Hinnant, "chrono-compatible low-level date algorithms"). */
static gint64
days_from_civil (int year, int month, int day)
{
  int era, year_of_era, day_of_year, day_of_era;

  year -= month <= 2;
  era = (year >= 0 ? year : year - 399) / 400;
  year_of_era = year - era * 400;
  day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return (gint64) era * 146097 + day_of_era - 719468;
}

static gboolean
take_digits (const char **p, const char *end, int n, int *out)
{
  int value = 0;

  if (end - *p < n)
    return FALSE;
  for (int i = 0; i < n; i++)
    {
      char c = (*p)[i];

      if (c < '0' || c > '9')
        return FALSE;
      value = value * 10 + (c - '0');
    }
  *p += n;
  *out = value;
  return TRUE;
}

static gboolean
take_char (const char **p, const char *end, char c)
{
  if (*p >= end || **p != c)
    return FALSE;
  (*p)++;
  return TRUE;
}

static gboolean
take_fraction (const char **p, const char *end, int *usec)
{
  int n = 0;

  *usec = 0;
  if (!take_char (p, end, '.'))
    return TRUE;
  while (*p < end && **p >= '0' && **p <= '9')
    {
      if (n < 6)
        *usec = *usec * 10 + (**p - '0');
      n++;
      (*p)++;
    }
  if (n == 0 || n > 9)
    return FALSE;
  for (; n < 6; n++)
    *usec *= 10;
  return TRUE;
}

static gboolean
take_offset (const char **p, const char *end, int *minutes)
{
  int hour, minute, sign;

  *minutes = 0;
  if (*p >= end)
    return FALSE;
  if (**p == 'Z' || **p == 'z')
    {
      (*p)++;
      return TRUE;
    }
  if (**p != '+' && **p != '-')
    return FALSE;
  sign = **p == '-' ? -1 : 1;
  (*p)++;
  if (!take_digits (p, end, 2, &hour) || !take_char (p, end, ':') || !take_digits (p, end, 2, &minute))
    return FALSE;
  if (hour > 23 || minute > 59)
    return FALSE;
  *minutes = sign * (hour * 60 + minute);
  return TRUE;
}

gboolean
pdg_time_parse_rfc3339 (const char *text, gsize len, gint64 *out_usec)
{
  static const int month_days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
  const char *p = text, *end = text + len;
  int year, month, day, hour, minute, second, usec, offset;
  gboolean leap;

  if (!take_digits (&p, end, 4, &year) || !take_char (&p, end, '-') || !take_digits (&p, end, 2, &month)
      || !take_char (&p, end, '-') || !take_digits (&p, end, 2, &day))
    return FALSE;
  if (p >= end || (*p != 'T' && *p != 't' && *p != ' '))
    return FALSE;
  p++;
  if (!take_digits (&p, end, 2, &hour) || !take_char (&p, end, ':') || !take_digits (&p, end, 2, &minute)
      || !take_char (&p, end, ':') || !take_digits (&p, end, 2, &second) || !take_fraction (&p, end, &usec)
      || !take_offset (&p, end, &offset) || p != end)
    return FALSE;
  if (year < 1 || month < 1 || month > 12 || hour > 23 || minute > 59 || second > 60)
    return FALSE;
  leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  if (day < 1 || day > month_days[month - 1] + (month == 2 && leap))
    return FALSE;

  *out_usec = (((days_from_civil (year, month, day) * 24 + hour) * 60 + minute - offset) * 60 + second) * PDG_USEC_PER_SEC + usec;
  return TRUE;
}

/* The opposite of days_from_civil (), from the same source. */
static void
civil_from_days (gint64 days, int *year, int *month, int *day)
{
  gint64 era;
  int day_of_era, year_of_era, day_of_year, shifted_month;

  days += 719468;
  era = (days >= 0 ? days : days - 146096) / 146097;
  day_of_era = (int) (days - era * 146097);
  year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  shifted_month = (5 * day_of_year + 2) / 153;
  *day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
  *month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
  *year = (int) (year_of_era + era * 400) + (*month <= 2);
}

/* @number in two digits; returns where they end. */
static inline char *
write_pair (char *out, int number)
{
  out[0] = (char) ('0' + number / 10);
  out[1] = (char) ('0' + number % 10);
  return out + 2;
}

/* @number in @width digits; returns where they end. A response may hold thousands of times, and printf takes ten times as long. */
static char *
write_digits (char *out, int number, int width)
{
  for (int i = width; i > 0; i--, number /= 10)
    out[i - 1] = (char) ('0' + number % 10);
  return out + width;
}

/* The times of a response lie on few days: the last one is remembered. */
static char *
write_date (char *out, gint32 days)
{
  static _Thread_local gint32 last_days;
  static _Thread_local char last[10] = "1970-01-01";

  if (days != last_days)
    {
      int year, month, day;
      char *p;

      civil_from_days (days, &year, &month, &day);
      p = write_digits (last, year, 4);
      *p++ = '-';
      p = write_pair (p, month);
      *p++ = '-';
      write_pair (p, day);
      last_days = days;
    }
  memcpy (out, last, sizeof last);
  return out + sizeof last;
}

void
pdg_time_format_rfc3339 (gint64 usec, char out[PDG_RFC3339_BYTES])
{
  gint64 in_range = CLAMP (usec, MIN_USEC, MAX_USEC);
  gint32 days = pdg_time_get_utc_day (in_range);
  gint64 of_day = in_range - days * PDG_USEC_PER_DAY;
  int fraction = (int) (of_day % PDG_USEC_PER_SEC), second = (int) (of_day / PDG_USEC_PER_SEC);

  out = write_date (out, days);
  *out++ = 'T';
  out = write_pair (out, second / 3600);
  *out++ = ':';
  out = write_pair (out, second / 60 % 60);
  *out++ = ':';
  out = write_pair (out, second % 60);
  if (fraction != 0)
    {
      *out++ = '.';
      out = fraction % 1000 == 0 ? write_digits (out, fraction / 1000, 3) : write_digits (out, fraction, 6);
    }
  *out++ = 'Z';
  *out = '\0';
}

gint32
pdg_time_get_utc_day (gint64 usec)
{
  gint64 day = usec / PDG_USEC_PER_DAY;

  return (gint32) (usec % PDG_USEC_PER_DAY < 0 ? day - 1 : day);
}
