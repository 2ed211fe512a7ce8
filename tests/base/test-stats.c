#include "config.h"

#include "base/pdg-stats.h"

/* Reference values of the score interval, from the closed form evaluated with 50 digits. */
static void
test_wilson (void)
{
  static const struct
  {
    guint64 count;
    guint64 base;
    double low;
    double high;
  } rows[] = {
    { 0, 10, 0.0, 0.277533 },
    { 5, 10, 0.236593, 0.763407 },
    { 10, 10, 0.722467, 1.0 },
    { 7, 10, 0.396778, 0.892209 }, /* semantics.md: 39.7 to 89.2 % */
    { 70, 100, 0.604152, 0.781051 },
    { 1033, 4287, 0.228395, 0.253991 },
  };
  double low, high;

  g_assert_false (pdg_stats_wilson (0, 0, &low, &high));
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_assert_true (pdg_stats_wilson (rows[i].count, rows[i].base, &low, &high));
      g_assert_cmpfloat_with_epsilon (low, rows[i].low, 5e-6);
      g_assert_cmpfloat_with_epsilon (high, rows[i].high, 5e-6);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/stats/wilson", test_wilson);
  return g_test_run ();
}
