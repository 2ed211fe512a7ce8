#include "config.h"

#include "base/pdg-time.h"

#include <string.h>

typedef struct
{
  const char *text;
  gint64 usec;
} Valid;

#define SEC(n) (G_GINT64_CONSTANT (n) * 1000000)

/* Seconds from `date -u -d … +%s`. */
static const Valid valid[] = {
  { "1970-01-01T00:00:00Z", 0 },
  { "1970-01-01T00:00:00.000001Z", 1 },
  { "1969-12-31T23:59:59Z", SEC (-1) },
  { "1969-12-31T23:59:59.999999Z", -1 },
  { "2024-01-15T10:30:00Z", SEC (1705314600) },
  { "2024-01-15t10:30:00z", SEC (1705314600) },
  { "2024-01-15 10:30:00Z", SEC (1705314600) },
  { "2024-01-15T10:30:00+00:00", SEC (1705314600) },
  { "2024-01-15T10:30:00-00:00", SEC (1705314600) },
  { "2024-01-15T16:00:00+05:30", SEC (1705314600) },
  { "2024-01-15T07:00:00-03:30", SEC (1705314600) },
  { "2024-01-16T10:29:00+23:59", SEC (1705314600) },
  { "2024-01-14T10:31:00-23:59", SEC (1705314600) },
  { "2024-01-15T10:30:00.1Z", SEC (1705314600) + 100000 },
  { "2024-01-15T10:30:00.123Z", SEC (1705314600) + 123000 },
  { "2024-01-15T10:30:00.123456Z", SEC (1705314600) + 123456 },
  { "2024-01-15T10:30:00.123456789Z", SEC (1705314600) + 123456 },
  { "2024-01-15T10:30:00.999999999Z", SEC (1705314600) + 999999 },
  { "2024-01-15T10:30:00.000000000+01:00", SEC (1705311000) },
  { "2024-02-29T00:00:00Z", SEC (1709164800) },
  { "2000-02-29T12:00:00Z", SEC (951825600) },
  { "2023-12-31T23:59:59Z", SEC (1704067199) },
  { "2023-12-31T23:59:60Z", SEC (1704067200) },
  { "2016-12-31T23:59:60.5Z", SEC (1483228800) + 500000 },
  { "0001-01-01T00:00:00Z", SEC (-62135596800) },
  { "9999-12-31T23:59:59.999999Z", SEC (253402300799) + 999999 },
  { "1900-03-01T00:00:00Z", SEC (-2203891200) },
  { "2038-01-19T03:14:08Z", SEC (2147483648) },
};

static const char *const invalid[] = {
  "",
  "2024",
  "2024-01-15",
  "2024-01-15T",
  "2024-01-15T10:30",
  "2024-01-15T10:30Z",
  "2024-01-15T10:30:00",
  "2024-01-15T10:30:00 ",
  "2024-01-15T10:30:00Z ",
  " 2024-01-15T10:30:00Z",
  "2024-01-15T10:30:00ZZ",
  "2024-01-15_10:30:00Z",
  "2024-01-15T10:30:00.Z",
  "2024-01-15T10:30:00.1234567890Z",
  "2024-01-15T10:30:00,5Z",
  "2024-01-15T10:30:00+0530",
  "2024-01-15T10:30:00+05",
  "2024-01-15T10:30:00+5:30",
  "2024-01-15T10:30:00+24:00",
  "2024-01-15T10:30:00+05:60",
  "2024-01-15T10:30:00+05:30Z",
  "2024-01-15T24:00:00Z",
  "2024-01-15T10:60:00Z",
  "2024-01-15T10:30:61Z",
  "2024-00-15T10:30:00Z",
  "2024-13-15T10:30:00Z",
  "2024-01-00T10:30:00Z",
  "2024-01-32T10:30:00Z",
  "2024-04-31T10:30:00Z",
  "2023-02-29T10:30:00Z",
  "1900-02-29T10:30:00Z",
  "0000-01-01T00:00:00Z",
  "10000-01-01T00:00:00Z",
  "-2024-01-15T10:30:00Z",
  "24-01-15T10:30:00Z",
  "2024-1-15T10:30:00Z",
  "20240115T103000Z",
  "2024-W03-1T10:30:00Z",
  "1705314600",
  "Mon, 15 Jan 2024 10:30:00 GMT",
  "２024-01-15T10:30:00Z",
};

static void
test_parse_valid (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (valid); i++)
    {
      gsize len = strlen (valid[i].text);
      g_autofree char *exact = g_memdup2 (valid[i].text, len); /* no NUL behind it */
      gint64 usec = 0;

      g_test_message ("%s", valid[i].text);
      g_assert_true (pdg_time_parse_rfc3339 (exact, len, &usec));
      g_assert_cmpint (usec, ==, valid[i].usec);
    }
}

static void
test_parse_invalid (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (invalid); i++)
    {
      gint64 usec;

      g_test_message ("\"%s\"", invalid[i]);
      g_assert_false (pdg_time_parse_rfc3339 (invalid[i], strlen (invalid[i]), &usec));
    }
}

/* Every beginning of a time that is not the whole of it is none. */
static void
test_parse_prefixes (void)
{
  static const char text[] = "2024-01-15T10:30:00.123456+05:30";
  gint64 usec;

  for (gsize len = 0; len < sizeof text - 1; len++)
    {
      g_autofree char *exact = g_memdup2 (text, len);

      g_assert_false (pdg_time_parse_rfc3339 (exact != NULL ? exact : "", len, &usec));
    }
  g_assert_true (pdg_time_parse_rfc3339 (text, sizeof text - 1, &usec));
}

static void
test_format (void)
{
  static const struct
  {
    gint64 usec;
    const char *text;
  } cases[] = {
    { 0, "1970-01-01T00:00:00Z" },
    { -1, "1969-12-31T23:59:59.999999Z" },
    { 1000, "1970-01-01T00:00:00.001Z" },
    { 1, "1970-01-01T00:00:00.000001Z" },
    { SEC (1705314600) + 120000, "2024-01-15T10:30:00.120Z" },
    { SEC (1709164800), "2024-02-29T00:00:00Z" },
    { SEC (-62135596800), "0001-01-01T00:00:00Z" },
    { SEC (-62135596800) - 1, "0001-01-01T00:00:00Z" },
    { SEC (-30610224000), "1000-01-01T00:00:00Z" },
    { SEC (-30610224000) - SEC (86400), "0999-12-31T00:00:00Z" },
    { SEC (253402300799) + 999999, "9999-12-31T23:59:59.999999Z" },
    { SEC (253402300800), "9999-12-31T23:59:59.999999Z" },
    { G_MAXINT64, "9999-12-31T23:59:59.999999Z" },
    { G_MININT64, "0001-01-01T00:00:00Z" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      char text[PDG_RFC3339_BYTES];

      pdg_time_format_rfc3339 (cases[i].usec, text);
      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

/* What is written can be read, over the whole range, and GDateTime agrees about the calendar. */
static void
test_round_trip (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);

  for (int i = 0; i < 20000; i++)
    {
      gint64 seconds = (gint64) g_rand_double_range (rand, -62135596800.0, 253402300799.0);
      gint64 usec = seconds * 1000000 + g_rand_int_range (rand, 0, 1000000), back;
      g_autoptr (GDateTime) when = g_date_time_new_from_unix_utc (seconds);
      char text[PDG_RFC3339_BYTES], expected[32];

      pdg_time_format_rfc3339 (usec, text);
      g_snprintf (expected, sizeof expected, "%04d-%02d-%02dT%02d:%02d:%02d", g_date_time_get_year (when),
                  g_date_time_get_month (when), g_date_time_get_day_of_month (when), g_date_time_get_hour (when),
                  g_date_time_get_minute (when), g_date_time_get_second (when));
      g_assert_cmpmem (text, 19, expected, 19);
      g_assert_true (pdg_time_parse_rfc3339 (text, strlen (text), &back));
      g_assert_cmpint (back, ==, usec);
    }
}

static void
test_utc_day (void)
{
  g_assert_cmpint (pdg_time_get_utc_day (0), ==, 0);
  g_assert_cmpint (pdg_time_get_utc_day (PDG_USEC_PER_DAY - 1), ==, 0);
  g_assert_cmpint (pdg_time_get_utc_day (PDG_USEC_PER_DAY), ==, 1);
  g_assert_cmpint (pdg_time_get_utc_day (-1), ==, -1);
  g_assert_cmpint (pdg_time_get_utc_day (-PDG_USEC_PER_DAY), ==, -1);
  g_assert_cmpint (pdg_time_get_utc_day (-PDG_USEC_PER_DAY - 1), ==, -2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/time/parse-valid", test_parse_valid);
  g_test_add_func ("/base/time/parse-invalid", test_parse_invalid);
  g_test_add_func ("/base/time/parse-prefixes", test_parse_prefixes);
  g_test_add_func ("/base/time/format", test_format);
  g_test_add_func ("/base/time/round-trip", test_round_trip);
  g_test_add_func ("/base/time/utc-day", test_utc_day);
  return g_test_run ();
}
