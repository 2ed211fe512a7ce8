#include "config.h"

#include "base/pdg-arena.h"

#include <string.h>

static void
test_pieces (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  g_autoptr (PdgArena) arena = pdg_arena_new (256);
  guint8 *pieces[2000];
  gsize sizes[2000], used = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (pieces); i++)
    {
      sizes[i] = (gsize) g_rand_int_range (rand, 0, i % 50 == 0 ? 5000 : 64);
      pieces[i] = pdg_arena_alloc (arena, sizes[i]);
      g_assert_cmpuint (GPOINTER_TO_SIZE (pieces[i]) % 8, ==, 0);
      if (sizes[i] > 0)
        memset (pieces[i], (int) (i & 0xff), sizes[i]);
      used += sizes[i];
    }
  g_assert_cmpuint (pdg_arena_get_used (arena), >=, used);
  g_assert_cmpuint (pdg_arena_get_used (arena), <=, used + 8 * G_N_ELEMENTS (pieces));
  for (gsize i = 0; i < G_N_ELEMENTS (pieces); i++)
    for (gsize j = 0; j < sizes[i]; j++)
      g_assert_cmpuint (pieces[i][j], ==, i & 0xff);
}

static void
test_strndup (void)
{
  g_autoptr (PdgArena) arena = pdg_arena_new (0);

  g_assert_cmpstr (pdg_arena_strndup (arena, "screens", 6), ==, "screen");
  g_assert_cmpstr (pdg_arena_strndup (arena, NULL, 0), ==, "");
}

static void
test_unused (void)
{
  g_autoptr (PdgArena) arena = pdg_arena_new (64);

  g_assert_cmpuint (pdg_arena_get_used (arena), ==, 0);
  pdg_arena_free (NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/arena/pieces", test_pieces);
  g_test_add_func ("/base/arena/strndup", test_strndup);
  g_test_add_func ("/base/arena/unused", test_unused);
  return g_test_run ();
}
