#include "config.h"

#include "base/pdg-id.h"
#include "service/pdg-number-map.h"

#include <string.h>

static void
make_key (guint32 i, guint8 key[16])
{
  pdg_hash128 (&i, sizeof i, 7, key);
}

static void
test_keeps_what_it_got (void)
{
  g_autoptr (PdgNumberMap) map = pdg_number_map_new (100000);
  guint8 key[16];

  /* through several growths */
  for (guint32 i = 1; i <= 50000; i++)
    {
      make_key (i, key);
      g_assert_cmpint (pdg_number_map_lookup (map, key), ==, 0);
      pdg_number_map_insert (map, key, (gint32) i);
    }
  for (guint32 i = 1; i <= 50000; i++)
    {
      make_key (i, key);
      g_assert_cmpint (pdg_number_map_lookup (map, key), ==, i);
    }
}

static void
test_replaces (void)
{
  g_autoptr (PdgNumberMap) map = pdg_number_map_new (1000);
  guint8 key[16];

  make_key (1, key);
  for (gint32 i = 1; i <= 3000; i++)
    pdg_number_map_insert (map, key, i);
  g_assert_cmpint (pdg_number_map_lookup (map, key), ==, 3000);
}

/* Keys that share their first eight bytes, which choose the slot, are told apart. */
static void
test_collisions (void)
{
  g_autoptr (PdgNumberMap) map = pdg_number_map_new (1000);
  guint8 key[16] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

  for (gint32 i = 1; i <= 300; i++)
    {
      memcpy (key + 12, &i, sizeof i);
      pdg_number_map_insert (map, key, i);
    }
  for (gint32 i = 1; i <= 300; i++)
    {
      memcpy (key + 12, &i, sizeof i);
      g_assert_cmpint (pdg_number_map_lookup (map, key), ==, i);
    }
}

/* Two generations: what is used stays for ever, what is not is forgotten, and never is a number wrong. */
static void
test_forgets_what_is_not_used (void)
{
  g_autoptr (PdgNumberMap) map = pdg_number_map_new (512);
  guint8 used[16], key[16];
  guint n_known = 0;

  make_key (0, used);
  pdg_number_map_insert (map, used, 77);
  for (guint32 i = 1; i <= 20000; i++)
    {
      make_key (i, key);
      pdg_number_map_insert (map, key, (gint32) i);
      if (i % 100 == 0)
        g_assert_cmpint (pdg_number_map_lookup (map, used), ==, 77);
    }
  for (guint32 i = 1; i <= 20000; i++)
    {
      gint32 number;

      make_key (i, key);
      number = pdg_number_map_lookup (map, key);
      g_assert_true (number == 0 || number == (gint32) i);
      n_known += number != 0;
    }
  g_assert_cmpuint (n_known, <=, 2 * 512);
  /* the newest are there */
  pdg_number_map_insert (map, key, 5);
  g_assert_cmpint (pdg_number_map_lookup (map, key), ==, 5);
}

static void
test_empty (void)
{
  g_autoptr (PdgNumberMap) map = pdg_number_map_new (0);
  guint8 key[16] = { 0 };

  g_assert_cmpint (pdg_number_map_lookup (map, key), ==, 0);
  pdg_number_map_insert (map, key, G_MAXINT32);
  g_assert_cmpint (pdg_number_map_lookup (map, key), ==, G_MAXINT32);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/service/number-map/keeps-what-it-got", test_keeps_what_it_got);
  g_test_add_func ("/service/number-map/replaces", test_replaces);
  g_test_add_func ("/service/number-map/collisions", test_collisions);
  g_test_add_func ("/service/number-map/forgets-what-is-not-used", test_forgets_what_is_not_used);
  g_test_add_func ("/service/number-map/empty", test_empty);
  return g_test_run ();
}
