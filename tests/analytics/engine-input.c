#include "config.h"
#include "engine-cases.h"

#include <stdio.h>
#include <stdlib.h>

gint64
next_number (void)
{
  char word[32];

  if (scanf ("%31s", word) != 1)
    exit (0);
  return g_ascii_strtoll (word, NULL, 10);
}

guint32 *
next_numbers (guint32 *out_n)
{
  guint32 *numbers;

  *out_n = (guint32) next_number ();
  numbers = g_new (guint32, MAX (*out_n, 1));
  for (guint32 i = 0; i < *out_n; i++)
    numbers[i] = (guint32) next_number ();
  return numbers;
}

static gint32
day_of (gint64 ms)
{
  return (gint32) ((ms - ((ms % PDG_MS_PER_DAY) + PDG_MS_PER_DAY) % PDG_MS_PER_DAY) / PDG_MS_PER_DAY);
}

static int
compare_rows (gconstpointer a, gconstpointer b)
{
  gint64 x = ((const PdgPartRow *) a)->ts_ms, y = ((const PdgPartRow *) b)->ts_ms;

  return x < y ? -1 : x > y;
}

/* Events as they come, into a part a day. */
PdgScan *
next_scan (void)
{
  guint32 n = (guint32) next_number ();
  g_autofree PdgPartRow *rows = g_new (PdgPartRow, MAX (n, 1));
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func ((GDestroyNotify) pdg_part_unref);
  g_autoptr (GError) error = NULL;
  PdgScan *scan;

  for (guint32 i = 0; i < n; i++)
    {
      rows[i].ts_ms = next_number ();
      rows[i].actor = (guint32) next_number ();
      rows[i].session = (guint32) next_number ();
      rows[i].key = (guint32) next_number ();
    }
  qsort (rows, n, sizeof (PdgPartRow), compare_rows);
  for (guint32 from = 0, to = 0; from < n; from = to)
    {
      PdgPartId id = { 1, 2, day_of (rows[from].ts_ms) };
      g_autoptr (GBytes) bytes = NULL;

      while (to < n && day_of (rows[to].ts_ms) == id.day)
        to++;
      bytes = pdg_part_pack (id, rows + from, to - from);
      g_ptr_array_add (parts, pdg_part_open (bytes, id, &error));
      g_assert_no_error (error);
    }
  scan = pdg_scan_new ((PdgPart *const *) parts->pdata, parts->len, &error);
  g_assert_no_error (error);
  return scan;
}

PdgProperty
next_property (void)
{
  PdgProperty property = { (PdgPropertyOf) next_number () };

  property.values = next_numbers (&property.n_values);
  return property;
}
