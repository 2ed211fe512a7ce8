#include "base/pdg-decimal.h"

#include <locale.h>
#include <math.h>

static void
test_short (void)
{
  static const struct { double value; const char *text; } rows[] = {
    { 0, "0" }, { 49.9, "49.9" }, { -0.1, "-0.1" }, { 1e300, "1e+300" }, { 0.1 + 0.2, "0.30000000000000004" }, { 1.0 / 3, "0.3333333333333333" },
    { 9007199254740993.0, "9007199254740992" },
  };
  char text[PDG_DECIMAL_BYTES];

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpstr (pdg_decimal_format (rows[i].value, text), ==, rows[i].text);
}

/* Of any number, also the smallest and the largest. */
static void
test_reads_back (void)
{
  char text[PDG_DECIMAL_BYTES];

  for (guint i = 0; i < 10000; i++)
    {
      union { guint64 bits; double value; } u = { .bits = (guint64) g_test_rand_int () << 32 | (guint32) g_test_rand_int () };

      if (isfinite (u.value))
        g_assert_true (g_ascii_strtod (pdg_decimal_format (u.value, text), NULL) == u.value);
    }
  g_assert_true (g_ascii_strtod (pdg_decimal_format (G_MAXDOUBLE, text), NULL) == G_MAXDOUBLE);
  g_assert_true (g_ascii_strtod (pdg_decimal_format (5e-324, text), NULL) == 5e-324);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/decimal/short", test_short);
  g_test_add_func ("/base/decimal/reads-back", test_reads_back);
  return g_test_run ();
}
