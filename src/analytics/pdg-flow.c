#include "config.h"
#include "analytics/pdg-flow-private.h"

#include <gio/gio.h>
#include <string.h>

#define MAX_DENSE 1024

typedef struct
{
  const PdgFlowOptions *options;
  PdgFlowResult *result;
  guint64 *screen_sessions; /* by screen: the session that was counted last, as the next */
  guint64 *screen_actors;
  guint64 session_no, actor_no; /* of the session that is counted, in this run; both from 1 on */
} Run;

gboolean
pdg_flow_check (const PdgFlowOptions *options, GError **error)
{
  const char *what = NULL;

  if (options->masks == NULL || options->key_screens == NULL)
    what = "A graph of journeys has to know which events are page views, and of which screens.";
  else if (options->n_screens > PDG_FLOW_MAX_SCREENS)
    what = "A graph of journeys has at most 1,000,000 screens.";
  for (guint32 key = 0; what == NULL && key < options->n_keys; key++)
    if (options->key_screens[key] > options->n_screens)
      what = "There is no such screen.";
  if (what != NULL)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, what);
  return what == NULL;
}

static PdgFlowResult *
result_new (const PdgFlowOptions *options)
{
  PdgFlowResult *result = g_new0 (PdgFlowResult, 1);

  result->n_screens = options->n_screens;
  result->units = options->units;
  result->screens = g_new0 (PdgFlowScreen, (gsize) options->n_screens + 1);
  result->sums = g_array_new (FALSE, TRUE, sizeof (PdgFlowSum));
  result->ends = g_array_new (FALSE, FALSE, sizeof (guint64));
  result->edge_units = g_array_new (FALSE, TRUE, sizeof (PdgFlowUnits));
  if (options->n_screens < MAX_DENSE)
    result->dense = g_new0 (guint32, (gsize) (options->n_screens + 1) * (options->n_screens + 1));
  else
    result->sparse = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  return result;
}

void
pdg_flow_result_free (PdgFlowResult *result)
{
  for (guint i = 0; i < result->edge_units->len; i++)
    pdg_tally_free (g_array_index (result->edge_units, PdgFlowUnits, i).dwells);
  g_free (result->screens);
  g_free (result->dense);
  g_clear_pointer (&result->sparse, g_hash_table_unref);
  g_array_unref (result->sums);
  g_array_unref (result->ends);
  g_array_unref (result->edge_units);
  g_free (result);
}

guint32
pdg_flow_result_add_edge (PdgFlowResult *result, guint32 from, guint32 to)
{
  guint64 ends = (guint64) from << 32 | to;
  guint32 n = result->sums->len;

  if (result->dense != NULL)
    {
      result->dense[(gsize) from * (result->n_screens + 1) + to] = n + 1;
    }
  else
    {
      guint32 known = GPOINTER_TO_UINT (g_hash_table_lookup (result->sparse, &ends));

      if (known > 0)
        return known - 1;
      g_hash_table_insert (result->sparse, g_memdup2 (&ends, sizeof (ends)), GUINT_TO_POINTER (n + 1));
    }
  g_array_set_size (result->sums, n + 1);
  g_array_append_val (result->ends, ends);
  if (result->units)
    {
      g_array_set_size (result->edge_units, n + 1);
      g_array_index (result->edge_units, PdgFlowUnits, n).dwells = pdg_tally_new ();
    }
  return n;
}

/* The visits of a session's events into @visits. */
static void
list_visits (const PdgChosen *events, guint32 n, const guint32 *key_screens, guint32 n_keys, GArray *visits)
{
  PdgFlowVisit *last = NULL;

  g_array_set_size (visits, 0);
  for (guint32 i = 0; i < n; i++)
    {
      guint32 screen = (events[i].mask & PDG_FLOW_VIEW) != 0 && events[i].key < n_keys ? key_screens[events[i].key] : 0;

      if (screen != 0 && (last == NULL || last->screen != screen))
        {
          PdgFlowVisit visit = { screen, FALSE, events[i].t };

          g_array_append_val (visits, visit);
          last = &g_array_index (visits, PdgFlowVisit, visits->len - 1);
        }
      if (last != NULL && (events[i].mask & PDG_FLOW_ERROR) != 0)
        last->failed = TRUE;
    }
}

typedef struct
{
  const guint32 *key_screens;
  guint32 n_keys;
  GArray *visits;
  PdgFlowSessionFunc func;
  gpointer data;
} Split;

static void
split_actor (guint32 actor, PdgChosen *events, guint32 n, gpointer data)
{
  const Split *split = data;

  pdg_chosen_sort_by_session (events, n);
  for (guint32 from = 0, to = 0; from < n; from = to)
    {
      while (to < n && events[to].session == events[from].session)
        to++;
      list_visits (&events[from], to - from, split->key_screens, split->n_keys, split->visits);
      split->func (actor, events[from].session, split->visits, split->data);
    }
}

void
pdg_flow_each_session (const PdgScan *scan, const PdgChoice *choice, guint64 actor, guint64 actor_end, const guint32 *key_screens, guint32 n_keys,
                       PdgFlowSessionFunc func, gpointer data)
{
  g_autoptr (GArray) visits = g_array_new (FALSE, FALSE, sizeof (PdgFlowVisit));
  Split split = { key_screens, n_keys, visits, func, data };

  pdg_scan_each_actor (scan, choice, actor, actor_end, split_actor, &split);
}

static void
count_edge (Run *run, guint32 from, guint32 to, gint64 dwell_ms)
{
  PdgFlowResult *result = run->result;
  guint32 edge = pdg_flow_result_ensure_edge (result, from, to);
  PdgFlowSum *sum = &g_array_index (result->sums, PdgFlowSum, edge);
  PdgFlowUnits *units;

  sum->count++;
  sum->dwell_ms += (guint64) dwell_ms;
  result->screens[from].dwell_ms += (guint64) dwell_ms;
  if (!result->units)
    return;
  units = &g_array_index (result->edge_units, PdgFlowUnits, edge);
  units->sessions += units->last_session != run->session_no;
  units->last_session = run->session_no;
  units->actors += units->last_actor != run->actor_no;
  units->last_actor = run->actor_no;
  pdg_tally_add (units->dwells, dwell_ms, 1);
}

static void
tell (const Run *run, guint32 actor, guint32 session, guint32 from, guint32 to)
{
  if (run->options->unit_func != NULL)
    run->options->unit_func (actor, session, from, to, run->options->unit_data);
}

static void
count_session (guint32 actor, guint32 session, const GArray *visits, gpointer data)
{
  Run *run = data;
  PdgFlowResult *result = run->result;

  if (visits->len == 0)
    return;
  run->actor_no = (guint64) actor + 1;
  result->n_sessions++;
  run->session_no++;
  for (guint i = 0; i < visits->len; i++)
    {
      const PdgFlowVisit *visit = &g_array_index (visits, PdgFlowVisit, i);
      PdgFlowScreen *screen = &result->screens[visit->screen];

      screen->visits++;
      screen->errors += visit->failed;
      screen->sessions += run->screen_sessions[visit->screen] != run->session_no;
      run->screen_sessions[visit->screen] = run->session_no;
      screen->actors += run->screen_actors[visit->screen] != run->actor_no;
      run->screen_actors[visit->screen] = run->actor_no;
      if (i == 0)
        screen->entries++;
      else
        count_edge (run, visit[-1].screen, visit->screen, visit->began - visit[-1].began);
      tell (run, actor, session, i == 0 ? 0 : visit[-1].screen, visit->screen);
      if (i + 1 == visits->len)
        {
          screen->exits++;
          tell (run, actor, session, visit->screen, 0);
        }
    }
}

PdgFlowResult *
pdg_flow_run (const PdgScan *scan, const PdgFlowOptions *options, guint64 actor, guint64 actor_end)
{
  PdgFlowResult *result = result_new (options);
  PdgChoice choice = { .masks = options->masks, .from_ms = options->from_ms, .last_ms = options->to_ms - 1 };
  Run run = { .options = options, .result = result };

  if (!options->units && options->unit_func == NULL)
    {
      pdg_flow_run_fast (scan, options, actor, MIN (actor_end, scan->actor_end), result);
      return result;
    }
  run.screen_sessions = g_new0 (guint64, (gsize) options->n_screens + 1);
  run.screen_actors = g_new0 (guint64, (gsize) options->n_screens + 1);
  pdg_flow_each_session (scan, &choice, actor, actor_end, options->key_screens, options->n_keys, count_session, &run);
  g_free (run.screen_sessions);
  g_free (run.screen_actors);
  return result;
}

void
pdg_flow_result_add (PdgFlowResult *result, const PdgFlowResult *other)
{
  result->n_sessions += other->n_sessions;
  for (guint32 i = 0; i <= result->n_screens; i++)
    {
      PdgFlowScreen *screen = &result->screens[i];
      const PdgFlowScreen *from = &other->screens[i];

      screen->visits += from->visits;
      screen->entries += from->entries;
      screen->exits += from->exits;
      screen->errors += from->errors;
      screen->dwell_ms += from->dwell_ms;
      screen->sessions += from->sessions;
      screen->actors += from->actors;
    }
  for (guint i = 0; i < other->sums->len; i++)
    {
      guint64 ends = g_array_index (other->ends, guint64, i);
      guint32 edge = pdg_flow_result_ensure_edge (result, (guint32) (ends >> 32), (guint32) ends);
      PdgFlowSum *sum = &g_array_index (result->sums, PdgFlowSum, edge);

      sum->count += g_array_index (other->sums, PdgFlowSum, i).count;
      sum->dwell_ms += g_array_index (other->sums, PdgFlowSum, i).dwell_ms;
      if (result->units)
        {
          PdgFlowUnits *units = &g_array_index (result->edge_units, PdgFlowUnits, edge);
          const PdgFlowUnits *from = &g_array_index (other->edge_units, PdgFlowUnits, i);

          units->sessions += from->sessions;
          units->actors += from->actors;
          pdg_tally_add_all (units->dwells, from->dwells);
        }
    }
}

guint64
pdg_flow_result_get_n_sessions (const PdgFlowResult *result)
{
  return result->n_sessions;
}

const PdgFlowScreen *
pdg_flow_result_get_screens (const PdgFlowResult *result)
{
  return result->screens;
}

static int
compare_edges (gconstpointer a, gconstpointer b)
{
  const PdgFlowEdge *x = a, *y = b;

  if (x->count != y->count)
    return x->count < y->count ? 1 : -1;
  if (x->from != y->from)
    return x->from < y->from ? -1 : 1;
  return x->to < y->to ? -1 : x->to > y->to;
}

GArray *
pdg_flow_result_list_edges (const PdgFlowResult *result, guint top)
{
  GArray *edges = g_array_new (FALSE, FALSE, sizeof (PdgFlowEdge));

  for (guint i = 0; i < result->sums->len; i++)
    {
      guint64 ends = g_array_index (result->ends, guint64, i);
      const PdgFlowSum *sum = &g_array_index (result->sums, PdgFlowSum, i);
      PdgFlowEdge edge = { .from = (guint32) (ends >> 32), .to = (guint32) ends, .count = sum->count, .dwell_ms = sum->dwell_ms };

      if (result->units)
        {
          const PdgFlowUnits *units = &g_array_index (result->edge_units, PdgFlowUnits, i);

          edge.sessions = units->sessions;
          edge.actors = units->actors;
          edge.dwells = units->dwells;
        }
      g_array_append_val (edges, edge);
    }
  g_array_sort (edges, compare_edges);
  if (top > 0 && edges->len > top)
    g_array_set_size (edges, top);
  return edges;
}

GArray *
pdg_flow_result_fold (const PdgFlowResult *result, const guint8 *keep, PdgFlowScreen *out_screens)
{
  PdgFlowOptions options = { .n_screens = result->n_screens };
  g_autoptr (PdgFlowResult) folded = result_new (&options);

  for (guint32 i = 0; i <= result->n_screens; i++)
    {
      PdgFlowScreen *screen = &folded->screens[keep[i] ? i : 0];

      screen->visits += result->screens[i].visits;
      screen->entries += result->screens[i].entries;
      screen->exits += result->screens[i].exits;
    }
  for (guint i = 0; i < result->sums->len; i++)
    {
      guint64 ends = g_array_index (result->ends, guint64, i);
      guint32 from = (guint32) (ends >> 32), to = (guint32) ends;
      guint32 edge = pdg_flow_result_ensure_edge (folded, keep[from] ? from : 0, keep[to] ? to : 0);

      g_array_index (folded->sums, PdgFlowSum, edge).count += g_array_index (result->sums, PdgFlowSum, i).count;
    }
  memcpy (out_screens, folded->screens, sizeof (PdgFlowScreen) * ((gsize) result->n_screens + 1));
  return pdg_flow_result_list_edges (folded, 0);
}
