#include "config.h"

#include "base/pdg-clock.h"

static gint64
read_fixed (gpointer user_data)
{
  return *(gint64 *) user_data;
}

static void
test_real (void)
{
  gint64 before = g_get_real_time (), now = pdg_clock_now_usec ();

  g_assert_cmpint (now, >=, before);
  g_assert_cmpint (now, <=, g_get_real_time ());
}

static void
test_source (void)
{
  gint64 now = 42;

  pdg_clock_set_source (read_fixed, &now);
  g_assert_cmpint (pdg_clock_now_usec (), ==, 42);
  now = 43;
  g_assert_cmpint (pdg_clock_now_usec (), ==, 43);
  pdg_clock_set_source (NULL, NULL);
  g_assert_cmpint (pdg_clock_now_usec (), >, 43);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/clock/real", test_real);
  g_test_add_func ("/base/clock/source", test_source);
  return g_test_run ();
}
