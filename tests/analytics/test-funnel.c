#include "config.h"
#include "analytics/pdg-funnel.h"

#include <string.h>

#define MINUTE G_GINT64_CONSTANT (60000)
#define DAY 20780
#define BASE_MS ((gint64) DAY * PDG_MS_PER_DAY)
#define WIDE G_GINT64_CONSTANT (1000)

/* A golden vector: events as letters, each at its minute (and second), steps as letters. Two events of one time come in the order of the steps, since
 * a part keeps no order within a millisecond: so 9b is 2 in each mode. */
typedef struct
{
  const char *name;
  const char *events;
  double minutes[6];
  const char *steps;
  gint64 window_minutes;
  guint best_entry, first_entry, strict, unordered, step_windows;
} Golden;

static const Golden golden[] = {
  { "G1", "AABC", { 0, 30, 45, 75 }, "ABC", 60, 3, 2, 3, 3, 3 },
  { "G2", "ABDCDE", { 0, 1, 2, 3, 4, 5 }, "ABCDE", WIDE, 5, 5, 2, 5, 5 },
  { "G3", "BA", { 0, 5 }, "AB", 60, 1, 1, 1, 2, 1 },
  { "G4", "AB", { 0, 60 }, "AB", 60, 2, 2, 2, 2, 2 },
  { "G4b", "AB", { 0, 60 + 1.0 / 60 }, "AB", 60, 1, 1, 1, 1, 1 },
  { "G5", "AXB", { 0, 1, 2 }, "AB", 60, 2, 2, 1, 2, 2 },
  { "G6", "A", { 0 }, "AA", 60, 1, 1, 1, 1, 1 },
  { "G7", "ABC", { 0, 50, 100 }, "ABC", 60, 2, 2, 2, 2, 3 },
  { "G8", "ABABC", { 0, 10, 70, 80, 90 }, "ABC", 60, 3, 2, 3, 3, 3 },
  { "G9", "AB", { 0, 0 }, "AB", 60, 2, 2, 2, 2, 2 },
  { "G9b", "BA", { 0, 0 }, "AB", 60, 2, 2, 2, 2, 2 },
  { "G10", "OPPP", { 0, 10, 10, 11 }, "OPP", 60, 3, 3, 3, 3, 3 },
};

static void
note_depth (guint32 actor, guint32 session, guint32 value, guint depth, guint32 reached, gboolean pending, gpointer data)
{
  *(guint *) data = depth;
}

static PdgScan *
make_scan (const PdgPartRow *rows, gsize n)
{
  PdgPartId id = { 1, 2, DAY };
  g_autoptr (GBytes) bytes = pdg_part_pack (id, rows, n);
  g_autoptr (PdgPart) part = pdg_part_open (bytes, id, NULL);
  PdgScan *scan = pdg_scan_new (&part, 1, NULL);

  g_assert_nonnull (scan);
  return scan;
}

static void
init_options (PdgFunnelOptions *options, const Golden *vector, guint32 masks[26])
{
  *options = (PdgFunnelOptions) {
    .key_masks = masks, .n_keys = 26, .n_steps = (guint) strlen (vector->steps), .window_ms = vector->window_minutes * MINUTE,
    .from_ms = BASE_MS, .to_ms = BASE_MS + PDG_MS_PER_DAY, .now_ms = BASE_MS + 2 * (gint64) PDG_MS_PER_DAY
  };
  for (guint i = 0; i < 26; i++)
    masks[i] = PDG_FUNNEL_BREAKS;
  for (guint k = 0; k < options->n_steps; k++)
    {
      options->steps[k].window_ms = PDG_FUNNEL_NO_WINDOW;
      masks[vector->steps[k] - 'A'] |= PDG_FUNNEL_STEP (k);
    }
}

static guint
depth_of (const PdgScan *scan, const PdgFunnelOptions *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgFunnelResult) result = NULL;
  g_autoptr (GArray) rows = NULL;
  guint depth = 0;

  g_assert_true (pdg_funnel_check (options, &error));
  g_assert_no_error (error);
  result = pdg_funnel_run (scan, options, 0, G_MAXUINT64);
  rows = pdg_funnel_result_list_rows (result, 0);
  g_assert_cmpuint (rows->len, ==, 1);
  while (depth < options->n_steps && g_array_index (rows, PdgFunnelRow, 0).counts[depth] == 1)
    depth++;
  for (guint k = 0; k < options->n_steps; k++) /* the furthest step, and no other */
    g_assert_cmpuint (g_array_index (rows, PdgFunnelRow, 0).stopped[k], ==, k + 1 == depth);
  return depth;
}

static void
test_golden (gconstpointer data)
{
  const Golden *vector = data;
  PdgPartRow rows[6];
  gsize n = strlen (vector->events);
  g_autoptr (PdgScan) scan = NULL;
  PdgFunnelOptions options;
  guint32 masks[26];
  guint told = 0;

  for (gsize i = 0; i < n; i++)
    rows[i] = (PdgPartRow) { BASE_MS + (gint64) (vector->minutes[i] * MINUTE + 0.5), 1, 1, (guint32) (vector->events[i] - 'A') };
  scan = make_scan (rows, n);
  init_options (&options, vector, masks);
  g_assert_cmpuint (depth_of (scan, &options), ==, vector->best_entry); /* the short way */
  options.unit_func = note_depth;
  options.unit_data = &told;
  g_assert_cmpuint (depth_of (scan, &options), ==, vector->best_entry); /* the long way */
  g_assert_cmpuint (told, ==, vector->best_entry);
  options.entry = PDG_FUNNEL_FIRST_ENTRY;
  g_assert_cmpuint (depth_of (scan, &options), ==, vector->first_entry);
  options.entry = PDG_FUNNEL_BEST_ENTRY;
  options.order = PDG_FUNNEL_STRICT;
  g_assert_cmpuint (depth_of (scan, &options), ==, vector->strict);
  options.order = PDG_FUNNEL_UNORDERED;
  g_assert_cmpuint (depth_of (scan, &options), ==, vector->unordered);
  options.order = PDG_FUNNEL_ORDERED;
  options.window_ms = PDG_FUNNEL_NO_WINDOW;
  for (guint k = 1; k < options.n_steps; k++)
    options.steps[k].window_ms = vector->window_minutes * MINUTE;
  g_assert_cmpuint (depth_of (scan, &options), ==, vector->step_windows);
}

/* The rest of a breakdown is one row, and its numbers are all there. */
static void
test_top (void)
{
  static const guint32 masks[] = { PDG_FUNNEL_STEP (0), PDG_FUNNEL_STEP (1) };
  static const guint32 values[] = { 1, 1, 1, 2, 2, 3, 4 };
  PdgFunnelOptions options = { .key_masks = masks, .n_keys = 2, .n_steps = 2, .window_ms = PDG_FUNNEL_NO_WINDOW, .from_ms = BASE_MS,
                               .to_ms = BASE_MS + 1000, .now_ms = BASE_MS + 1000,
                               .breakdown = { PDG_PROPERTY_OF_ACTOR, G_N_ELEMENTS (values), values } };
  PdgPartRow events[G_N_ELEMENTS (values)];
  g_autoptr (PdgScan) scan = NULL;
  g_autoptr (PdgFunnelResult) result = NULL;
  g_autoptr (GArray) rows = NULL;

  options.steps[0].window_ms = options.steps[1].window_ms = PDG_FUNNEL_NO_WINDOW;
  for (guint32 i = 0; i < G_N_ELEMENTS (values); i++)
    events[i] = (PdgPartRow) { BASE_MS + i, i, i, 0 };
  scan = make_scan (events, G_N_ELEMENTS (events));
  result = pdg_funnel_run (scan, &options, 0, G_MAXUINT64);
  rows = pdg_funnel_result_list_rows (result, 1);
  g_assert_cmpuint (rows->len, ==, 2);
  g_assert_cmpuint (g_array_index (rows, PdgFunnelRow, 0).value, ==, 1);
  g_assert_cmpuint (g_array_index (rows, PdgFunnelRow, 0).counts[0], ==, 3);
  g_assert_cmpuint (g_array_index (rows, PdgFunnelRow, 1).value, ==, PDG_FUNNEL_OTHER);
  g_assert_cmpuint (g_array_index (rows, PdgFunnelRow, 1).counts[0], ==, 4);
  g_assert_cmpuint (g_array_index (rows, PdgFunnelRow, 1).pending, ==, 4);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (golden); i++)
    {
      g_autofree char *path = g_strconcat ("/analytics/funnel/golden/", golden[i].name, NULL);

      g_test_add_data_func (path, &golden[i], test_golden);
    }
  g_test_add_func ("/analytics/funnel/top", test_top);
  return g_test_run ();
}
