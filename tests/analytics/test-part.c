#include "config.h"
#include "analytics/pdg-part-merge.h"

#include <string.h>

#define DAY 20780
#define BASE_MS ((gint64) DAY * PDG_MS_PER_DAY)

static const PdgPartId part_id = { 7, 11, DAY };

/* Few numbers, so that ties, runs and repeated rows are common; sometimes a key that needs four bytes. */
static PdgPartRow *
make_rows (GRand *rand, gsize n)
{
  PdgPartRow *rows = g_new (PdgPartRow, MAX (n, 1));
  gint32 max_key = g_rand_boolean (rand) ? 5 : 70000;

  for (gsize i = 0; i < n; i++)
    rows[i] = (PdgPartRow) {
      BASE_MS + (g_rand_int_range (rand, 0, 10) == 0 ? PDG_MS_PER_DAY - 1 : g_rand_int_range (rand, 0, 12)),
      (guint32) g_rand_int_range (rand, 0, 6),
      (guint32) g_rand_int_range (rand, 0, 4),
      (guint32) g_rand_int_range (rand, 0, max_key),
    };
  return rows;
}

static PdgPart *
open_part (GBytes *bytes)
{
  g_autoptr (GError) error = NULL;
  PdgPart *part = pdg_part_open (bytes, part_id, &error);

  g_assert_no_error (error);
  return part;
}

static PdgPart *
pack (const PdgPartRow *rows, gsize n)
{
  g_autoptr (GBytes) bytes = pdg_part_pack (part_id, rows, n);

  return open_part (bytes);
}

static void
assert_same (GBytes *a, GBytes *b)
{
  g_assert_cmpmem (g_bytes_get_data (a, NULL), g_bytes_get_size (a), g_bytes_get_data (b, NULL), g_bytes_get_size (b));
}

static void
test_layout (void)
{
  PdgPartRow rows[] = { { BASE_MS + 5, 2, 9, 3 }, { BASE_MS + 1, 1, 8, 4 }, { BASE_MS + 5, 2, 9, 1 }, { BASE_MS + 2, 1, 8, 65535 } };
  static const guint32 columns[] = { 1, 2, 5, 5, 1, 2, 8, 9, 0, 2, 4 };
  static const guint16 keys[] = { 4, 65535, 1, 3 };
  g_autoptr (GBytes) bytes = pdg_part_pack (part_id, rows, G_N_ELEMENTS (rows));
  const guint8 *data = g_bytes_get_data (bytes, NULL);

  g_assert_cmpuint (g_bytes_get_size (bytes), ==, PDG_PART_HEADER_BYTES + sizeof (columns) + sizeof (keys));
  g_assert_cmpmem (data, 4, "PDGP", 4);
  g_assert_cmpmem (data + PDG_PART_HEADER_BYTES, sizeof (columns), columns, sizeof (columns));
  g_assert_cmpmem (data + PDG_PART_HEADER_BYTES + sizeof (columns), sizeof (keys), keys, sizeof (keys));
}

static void
test_merge_equals_pack (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);

  for (int round = 0; round < 2000; round++)
    {
      gsize n = (gsize) g_rand_int_range (rand, 0, 60), n_parts = (gsize) g_rand_int_range (rand, 1, 7), n_back;
      g_autofree PdgPartRow *rows = make_rows (rand, n), *back = NULL;
      g_autoptr (PdgPart) whole = pack (rows, n);
      PdgPart *parts[8], *grouped[2];
      gsize cuts[9] = { 0 };
      g_autoptr (GBytes) merged = NULL, left = NULL, again = NULL, repacked = NULL;

      for (gsize i = 0; i < n_parts; i++)
        {
          cuts[i + 1] = i + 1 == n_parts ? n : (gsize) g_rand_int_range (rand, (gint32) cuts[i], (gint32) n + 1);
          parts[n_parts - 1 - i] = pack (rows + cuts[i], cuts[i + 1] - cuts[i]);
        }
      merged = pdg_part_merge (parts, n_parts, NULL);
      assert_same (merged, pdg_part_get_bytes (whole));
      /* Grouped otherwise: ((all but the last), the last). */
      left = pdg_part_merge (parts, MAX (n_parts - 1, 1), NULL);
      grouped[0] = parts[n_parts - 1];
      grouped[1] = open_part (left);
      again = pdg_part_merge (grouped, n_parts > 1 ? 2 : 1, NULL);
      assert_same (again, merged);
      back = pdg_part_dup_rows (whole, &n_back);
      repacked = pdg_part_pack (part_id, back, n_back);
      assert_same (repacked, merged);
      pdg_part_unref (grouped[1]);
      for (gsize i = 0; i < n_parts; i++)
        pdg_part_unref (parts[i]);
    }
}

static void
test_actors (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (4);

  for (int round = 0; round < 2000; round++)
    {
      gsize n = (gsize) g_rand_int_range (rand, 0, 60), n_left = 0;
      g_autofree PdgPartRow *rows = make_rows (rand, n), *left = g_new (PdgPartRow, n + 1);
      g_autoptr (PdgPart) part = pack (rows, n);
      guint32 actor = (guint32) g_rand_int_range (rand, 0, 7), to = (guint32) g_rand_int_range (rand, 0, 7);
      g_autoptr (GBytes) removed = pdg_part_remove_actor (part, actor), moved = pdg_part_remap_actor (part, actor, to);
      g_autoptr (GBytes) expect_removed = NULL, expect_moved = NULL;

      for (gsize i = 0; i < n; i++)
        if (rows[i].actor != actor)
          left[n_left++] = rows[i];
      for (gsize i = 0; i < n; i++)
        if (rows[i].actor == actor)
          rows[i].actor = to;
      expect_removed = pdg_part_pack (part_id, left, n_left);
      expect_moved = pdg_part_pack (part_id, rows, n);
      g_assert_true ((removed == NULL) == (n_left == n));
      g_assert_true ((moved == NULL) == (n_left == n || actor == to));
      if (removed != NULL)
        assert_same (removed, expect_removed);
      if (moved != NULL)
        assert_same (moved, expect_moved);
    }
}

static void
test_highest_actor (void)
{
  PdgPartRow row = { BASE_MS, G_MAXUINT32, G_MAXUINT32, G_MAXUINT32 };
  g_autoptr (PdgPart) part = pack (&row, 1);
  g_autoptr (GBytes) removed = pdg_part_remove_actor (part, G_MAXUINT32);
  g_autoptr (PdgPart) empty = open_part (removed);

  g_assert_cmpuint (pdg_part_get_n_events (part), ==, 1);
  g_assert_cmpuint (pdg_part_get_n_events (empty), ==, 0);
}

typedef struct
{
  const char *what;
  guint at;
  guint8 value;
  int code;
} Refusal;

static void
test_refusals (void)
{
  static const Refusal refusals[] = {
    { "magic", 0, 'X', PDG_PART_ERROR_FOREIGN },
    { "version", 4, 2, PDG_PART_ERROR_FOREIGN },
    { "organisation", 8, 9, PDG_PART_ERROR_FOREIGN },
    { "project", 12, 9, PDG_PART_ERROR_FOREIGN },
    { "day", 16, 9, PDG_PART_ERROR_FOREIGN },
    { "key bytes", 6, 3, PDG_PART_ERROR_BROKEN },
    { "column bytes", 7, 1, PDG_PART_ERROR_BROKEN },
    { "zero bytes", 63, 1, PDG_PART_ERROR_BROKEN },
    { "too many events", 23, 255, PDG_PART_ERROR_TOO_LARGE },
    { "one event more", 20, 4, PDG_PART_ERROR_BROKEN },
    { "more runs than events", 24, 4, PDG_PART_ERROR_BROKEN },
    { "times fall", 64, 9, PDG_PART_ERROR_BROKEN },
    { "beyond the day", 75, 255, PDG_PART_ERROR_BROKEN },
    { "actors fall", 76, 9, PDG_PART_ERROR_BROKEN },
    { "one run as two", 80, 1, PDG_PART_ERROR_BROKEN },
    { "first event is not 0", 92, 1, PDG_PART_ERROR_BROKEN },
    { "run starts behind the end", 96, 200, PDG_PART_ERROR_BROKEN },
    { "last is not n", 100, 2, PDG_PART_ERROR_BROKEN },
  };
  /* Two events of a run, then one of another actor in the same session. */
  PdgPartRow rows[] = { { BASE_MS + 3, 1, 8, 1 }, { BASE_MS + 4, 1, 8, 2 }, { BASE_MS + 3, 2, 8, 1 } };
  g_autoptr (GBytes) bytes = pdg_part_pack (part_id, rows, G_N_ELEMENTS (rows));
  gsize size = g_bytes_get_size (bytes);

  for (gsize i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      guint8 *data = g_memdup2 (g_bytes_get_data (bytes, NULL), size);
      g_autoptr (GBytes) broken = NULL;
      g_autoptr (GError) error = NULL;

      data[refusals[i].at] = refusals[i].value;
      broken = g_bytes_new_take (data, size);
      g_test_message ("%s", refusals[i].what);
      g_assert_null (pdg_part_open (broken, part_id, &error));
      g_assert_error (error, PDG_PART_ERROR, refusals[i].code);
    }
  for (gsize cut = 0; cut < size; cut++)
    {
      g_autoptr (GBytes) shorter = g_bytes_new_from_bytes (bytes, 0, cut);

      g_assert_null (pdg_part_open (shorter, part_id, NULL));
    }
}

static void
test_unaligned (void)
{
  PdgPartRow rows[] = { { BASE_MS + 3, 1, 8, 1 }, { BASE_MS + 4, 1, 8, 70000 } };
  g_autoptr (GBytes) bytes = pdg_part_pack (part_id, rows, G_N_ELEMENTS (rows));
  gsize size = g_bytes_get_size (bytes);
  g_autofree guint8 *room = g_malloc (size + 1);
  g_autoptr (GBytes) shifted = NULL;
  g_autoptr (PdgPart) part = NULL;
  g_autofree PdgPartRow *back = NULL;
  gsize n;

  memcpy (room + 1, g_bytes_get_data (bytes, NULL), size);
  shifted = g_bytes_new_static (room + 1, size);
  part = open_part (shifted);
  back = pdg_part_dup_rows (part, &n);
  g_assert_cmpuint (n, ==, 2);
  g_assert_cmpuint (back[1].key, ==, 70000);
  g_assert_cmpint (back[1].ts_ms, ==, BASE_MS + 4);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/analytics/part/layout", test_layout);
  g_test_add_func ("/analytics/part/merge-equals-pack", test_merge_equals_pack);
  g_test_add_func ("/analytics/part/actors", test_actors);
  g_test_add_func ("/analytics/part/highest-actor", test_highest_actor);
  g_test_add_func ("/analytics/part/refusals", test_refusals);
  g_test_add_func ("/analytics/part/unaligned", test_unaligned);
  return g_test_run ();
}
