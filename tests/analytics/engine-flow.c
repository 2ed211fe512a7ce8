#include "config.h"
#include "engine-cases.h"

#include "analytics/pdg-flow.h"
#include "analytics/pdg-paths.h"

#include <stdio.h>

static void
add_flow_unit (guint32 actor, guint32 session, guint32 from, guint32 to, gpointer data)
{
  g_ptr_array_add (data, g_strdup_printf ("u%u,%u,%u,%u", actor, session, from, to));
}

static void
print_flow (const PdgFlowResult *result, guint32 n_screens, gboolean units)
{
  const PdgFlowScreen *screens = pdg_flow_result_get_screens (result);
  g_autoptr (GArray) edges = pdg_flow_result_list_edges (result, 0);

  printf ("%" G_GUINT64_FORMAT " ", pdg_flow_result_get_n_sessions (result));
  for (guint32 i = 0; i <= n_screens; i++)
    if (screens[i].visits > 0)
      printf ("%u:%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT
              "/%" G_GUINT64_FORMAT " ",
              i, screens[i].visits, screens[i].entries, screens[i].exits, screens[i].errors, screens[i].dwell_ms, screens[i].sessions, screens[i].actors);
  for (guint i = 0; i < edges->len; i++)
    {
      const PdgFlowEdge *edge = &g_array_index (edges, PdgFlowEdge, i);

      printf ("%u>%u:%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT " ", edge->from, edge->to, edge->count, edge->dwell_ms);
      if (units)
        {
          printf ("%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT "/", edge->sessions, edge->actors);
          print_stats (edge->dwells);
        }
    }
}

static void
print_folded (const PdgFlowResult *result, const guint8 *keep, guint32 n_screens)
{
  g_autofree PdgFlowScreen *screens = g_new0 (PdgFlowScreen, n_screens + 1);
  g_autoptr (GArray) edges = pdg_flow_result_fold (result, keep, screens);

  for (guint32 i = 0; i <= n_screens; i++)
    if (screens[i].visits > 0)
      printf ("f%u:%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT " ", i, screens[i].visits, screens[i].entries, screens[i].exits);
  for (guint i = 0; i < edges->len; i++)
    {
      const PdgFlowEdge *edge = &g_array_index (edges, PdgFlowEdge, i);

      printf ("f%u>%u:%" G_GUINT64_FORMAT " ", edge->from, edge->to, edge->count);
    }
}

void
answer_flow (void)
{
  g_autoptr (PdgMasks) masks = next_masks ();
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (PdgFlowResult) result = NULL, second = NULL;
  g_autoptr (PdgScan) scan = NULL;
  g_autofree guint32 *screens = NULL, *kept = NULL;
  g_autofree guint8 *keep = NULL;
  PdgFlowOptions options = { .masks = masks, .unit_data = lines };
  guint64 middle;
  guint32 n;

  options.key_screens = screens = next_numbers (&options.n_keys);
  options.n_screens = (guint32) next_number ();
  options.from_ms = next_number ();
  options.to_ms = next_number ();
  options.units = next_number () != 0;
  options.unit_func = options.units ? add_flow_unit : NULL;
  kept = next_numbers (&n);
  keep = g_new (guint8, n);
  for (guint32 i = 0; i < n; i++)
    keep[i] = kept[i] != 0;
  middle = (guint64) next_number ();
  scan = next_scan ();
  g_assert_true (pdg_flow_check (&options, NULL));
  result = pdg_flow_run (scan, &options, middle, G_MAXUINT64);
  second = pdg_flow_run (scan, &options, 0, middle);
  pdg_flow_result_add (result, second);
  print_flow (result, options.n_screens, options.units);
  print_folded (result, keep, options.n_screens);
  print_sorted (lines);
  printf ("\n");
  free_columns ();
}

static void
add_path (guint32 actor, guint32 session, const guint32 *steps, guint n_steps, gpointer data)
{
  GString *line = g_string_new (NULL);

  g_string_printf (line, "u%u,%u,", actor, session);
  for (guint i = 0; i < n_steps; i++)
    g_string_append_printf (line, "%s%u", i > 0 ? "," : "", steps[i]);
  g_ptr_array_add (data, g_string_free (line, FALSE));
}

void
answer_paths (void)
{
  g_autoptr (PdgMasks) masks = next_masks ();
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (PdgPathsResult) result = NULL, second = NULL;
  g_autoptr (PdgScan) scan = NULL;
  g_autoptr (GArray) edges = NULL;
  g_autofree guint32 *screens = NULL;
  PdgPathsOptions options = { .masks = masks, .unit_func = add_path, .unit_data = lines };
  guint64 middle;
  guint top;

  options.key_screens = screens = next_numbers (&options.n_keys);
  next_number ();
  options.from_ms = next_number ();
  options.to_ms = next_number ();
  options.n_steps = (guint) next_number ();
  options.start_screen = (guint32) next_number ();
  options.end_screen = (guint32) next_number ();
  top = (guint) next_number ();
  middle = (guint64) next_number ();
  scan = next_scan ();
  g_assert_true (pdg_paths_check (&options, NULL));
  result = pdg_paths_run (scan, &options, middle, G_MAXUINT64);
  second = pdg_paths_run (scan, &options, 0, middle);
  pdg_paths_result_add (result, second);
  edges = pdg_paths_result_list_edges (result, top);
  printf ("%" G_GUINT64_FORMAT " ", pdg_paths_result_get_n_paths (result));
  for (guint i = 0; i < edges->len; i++)
    {
      const PdgPathsEdge *edge = &g_array_index (edges, PdgPathsEdge, i);

      printf ("%u:%u>%u:%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT " ", edge->position, edge->from, edge->to, edge->count, edge->dwell_ms);
    }
  print_sorted (lines);
  printf ("\n");
  free_columns ();
}
