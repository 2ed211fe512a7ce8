#include "config.h"
#include "analytics/pdg-paths.h"

#include "analytics/pdg-flow-private.h"

#include <gio/gio.h>

G_STATIC_ASSERT (PDG_PATHS_VIEW == PDG_FLOW_VIEW);

struct _PdgPathsResult
{
  guint64 n_paths;
  GHashTable *edges; /* PdgPathsEdge, by position and ends, to itself */
};

typedef struct
{
  const PdgPathsOptions *options;
  PdgPathsResult *result;
} Run;

gboolean
pdg_paths_check (const PdgPathsOptions *options, GError **error)
{
  const char *what = NULL;

  if (options->masks == NULL || options->key_screens == NULL)
    what = "Paths have to know which events are page views, and of which screens.";
  else if (options->n_steps < 2 || options->n_steps > PDG_PATHS_MAX_STEPS)
    what = "A path has 2 to 20 steps.";
  for (guint32 key = 0; what == NULL && key < options->n_keys; key++)
    if (options->key_screens[key] >= PDG_PATHS_OTHER)
      what = "There is no such screen.";
  if (what != NULL)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, what);
  return what == NULL;
}

static guint
edge_hash (gconstpointer data)
{
  const PdgPathsEdge *edge = data;
  guint64 ends = (guint64) edge->from << 32 | edge->to;

  return (guint) ((ends * 31 + edge->position) * G_GUINT64_CONSTANT (11400714819323198485) >> 32);
}

static gboolean
edge_equal (gconstpointer a, gconstpointer b)
{
  const PdgPathsEdge *x = a, *y = b;

  return x->position == y->position && x->from == y->from && x->to == y->to;
}

static void
add_edge (GHashTable *edges, guint position, guint32 from, guint32 to, guint64 count, guint64 dwell_ms)
{
  PdgPathsEdge key = { position, from, to, 0, 0 };
  PdgPathsEdge *edge = g_hash_table_lookup (edges, &key);

  if (edge == NULL)
    {
      edge = g_memdup2 (&key, sizeof (key));
      g_hash_table_add (edges, edge);
    }
  edge->count += count;
  edge->dwell_ms += dwell_ms;
}

static GHashTable *
edges_new (void)
{
  return g_hash_table_new_full (edge_hash, edge_equal, g_free, NULL);
}

/* The first visit of the screen from @at on; the number of visits when there is none. */
static guint
find_visit (const GArray *visits, guint at, guint32 screen)
{
  while (at < visits->len && g_array_index (visits, PdgFlowVisit, at).screen != screen)
    at++;
  return at;
}

/* @steps: visits, or screen PDG_PATHS_GAP. @first: the number of the first step. */
static void
count_path (const Run *run, guint32 actor, guint32 session, const PdgFlowVisit *steps, guint n, guint first, guint32 source, guint32 sink)
{
  guint32 screens[PDG_PATHS_MAX_STEPS + 1];
  GHashTable *edges = run->result->edges;

  run->result->n_paths++;
  add_edge (edges, first - 1, source, steps[0].screen, 1, 0);
  for (guint i = 0; i + 1 < n; i++)
    add_edge (edges, first + i, steps[i].screen, steps[i + 1].screen, 1, (guint64) (steps[i + 1].began - steps[i].began));
  add_edge (edges, first + n - 1, steps[n - 1].screen, sink, 1, 0);
  for (guint i = 0; i < n; i++)
    screens[i] = steps[i].screen;
  if (run->options->unit_func != NULL)
    run->options->unit_func (actor, session, screens, n, run->options->unit_data);
}

static void
take_session (guint32 actor, guint32 session, const GArray *visits, gpointer data)
{
  const Run *run = data;
  const PdgPathsOptions *options = run->options;
  const PdgFlowVisit *steps = (const PdgFlowVisit *) (const void *) visits->data;
  guint from = options->start_screen != 0 ? find_visit (visits, 0, options->start_screen) : 0;
  guint to = visits->len, n = options->n_steps, half = (n + 1) / 2;
  PdgFlowVisit halves[PDG_PATHS_MAX_STEPS + 1];
  guint32 source;

  if (options->end_screen != 0 && from < to)
    to = find_visit (visits, options->start_screen != 0 ? from + 1 : from, options->end_screen) + 1;
  if (from >= visits->len || to > visits->len)
    return;
  source = from == 0 ? PDG_PATHS_BEGIN : PDG_PATHS_MORE;
  if (options->end_screen == 0)
    {
      guint length = MIN (to - from, n);

      count_path (run, actor, session, &steps[from], length, 1, source, from + length < to ? PDG_PATHS_MORE : PDG_PATHS_END);
    }
  else if (options->start_screen == 0)
    {
      guint length = MIN (to - from, n);

      count_path (run, actor, session, &steps[to - length], length, n - length + 1, to > length ? PDG_PATHS_MORE : PDG_PATHS_BEGIN, PDG_PATHS_END);
    }
  else if (to - from <= n)
    {
      count_path (run, actor, session, &steps[from], to - from, 1, source, PDG_PATHS_END);
    }
  else
    {
      for (guint i = 0; i < half; i++)
        halves[i] = steps[from + i];
      halves[half] = (PdgFlowVisit) { PDG_PATHS_GAP, FALSE, steps[from + half].began };
      for (guint i = half; i < n; i++)
        halves[i + 1] = steps[to - n + i];
      count_path (run, actor, session, halves, n + 1, 1, source, PDG_PATHS_END);
    }
}

PdgPathsResult *
pdg_paths_run (const PdgScan *scan, const PdgPathsOptions *options, guint64 actor, guint64 actor_end)
{
  PdgPathsResult *result = g_new0 (PdgPathsResult, 1);
  PdgChoice choice = { .masks = options->masks, .from_ms = options->from_ms, .last_ms = options->to_ms - 1 };
  Run run = { options, result };

  result->edges = edges_new ();
  pdg_flow_each_session (scan, &choice, actor, actor_end, options->key_screens, options->n_keys, take_session, &run);
  return result;
}

void
pdg_paths_result_free (PdgPathsResult *result)
{
  g_hash_table_unref (result->edges);
  g_free (result);
}

void
pdg_paths_result_add (PdgPathsResult *result, const PdgPathsResult *other)
{
  GHashTableIter iter;
  gpointer data;

  result->n_paths += other->n_paths;
  g_hash_table_iter_init (&iter, other->edges);
  while (g_hash_table_iter_next (&iter, &data, NULL))
    {
      const PdgPathsEdge *edge = data;

      add_edge (result->edges, edge->position, edge->from, edge->to, edge->count, edge->dwell_ms);
    }
}

guint64
pdg_paths_result_get_n_paths (const PdgPathsResult *result)
{
  return result->n_paths;
}

static int
compare_edges (gconstpointer a, gconstpointer b)
{
  const PdgPathsEdge *x = a, *y = b;

  if (x->position != y->position)
    return x->position < y->position ? -1 : 1;
  if (x->count != y->count)
    return x->count < y->count ? 1 : -1;
  if (x->from != y->from)
    return x->from < y->from ? -1 : 1;
  return x->to < y->to ? -1 : x->to > y->to;
}

static GArray *
list_sorted (GHashTable *edges)
{
  GArray *list = g_array_new (FALSE, FALSE, sizeof (PdgPathsEdge));
  GHashTableIter iter;
  gpointer edge;

  g_hash_table_iter_init (&iter, edges);
  while (g_hash_table_iter_next (&iter, &edge, NULL))
    g_array_append_vals (list, edge, 1);
  g_array_sort (list, compare_edges);
  return list;
}

static gboolean
is_screen (guint32 step)
{
  return step != PDG_PATHS_BEGIN && step < PDG_PATHS_OTHER;
}

/* The screens that stay, as edges that lead to them: their position is that before the step. */
static GHashTable *
find_top (GHashTable *edges, guint top)
{
  g_autoptr (GHashTable) nodes = edges_new ();
  g_autoptr (GArray) list = NULL;
  GHashTable *kept = edges_new ();
  GHashTableIter iter;
  gpointer data;
  guint n = 0;

  g_hash_table_iter_init (&iter, edges);
  while (g_hash_table_iter_next (&iter, &data, NULL))
    {
      const PdgPathsEdge *edge = data;

      if (is_screen (edge->to))
        add_edge (nodes, edge->position, 0, edge->to, edge->count, 0);
    }
  list = list_sorted (nodes);
  for (guint i = 0; i < list->len; i++)
    {
      const PdgPathsEdge *node = &g_array_index (list, PdgPathsEdge, i);

      n = i > 0 && node->position == node[-1].position ? n + 1 : 0;
      if (n < top)
        add_edge (kept, node->position, 0, node->to, 0, 0);
    }
  return kept;
}

static guint32
name_step (GHashTable *kept, guint position, guint32 step)
{
  PdgPathsEdge node = { position - 1, 0, step, 0, 0 };

  return !is_screen (step) || g_hash_table_contains (kept, &node) ? step : PDG_PATHS_OTHER;
}

GArray *
pdg_paths_result_list_edges (const PdgPathsResult *result, guint top)
{
  g_autoptr (GHashTable) kept = NULL, folded = NULL;
  GHashTableIter iter;
  gpointer data;

  if (top == 0)
    return list_sorted (result->edges);
  kept = find_top (result->edges, top);
  folded = edges_new ();
  g_hash_table_iter_init (&iter, result->edges);
  while (g_hash_table_iter_next (&iter, &data, NULL))
    {
      const PdgPathsEdge *edge = data;

      add_edge (folded, edge->position, name_step (kept, edge->position, edge->from), name_step (kept, edge->position + 1, edge->to), edge->count,
                edge->dwell_ms);
    }
  return list_sorted (folded);
}
