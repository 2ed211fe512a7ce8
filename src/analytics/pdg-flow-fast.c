#include "config.h"
#include "analytics/pdg-flow-private.h"

/* The visit that an actor is in. */
typedef struct
{
  gint64 began;
  guint32 session;
  guint32 screen; /* 0 = the session has none yet */
  gint64 max_session; /* the highest seen; -1 = none */
  gboolean failed;
} Current;

typedef struct
{
  const PdgScan *scan;
  const PdgFlowOptions *options;
  PdgFlowResult *result;
  Current current[PDG_BLOCK_ACTORS];
} Fast;

static inline guint32
screen_of (const PdgFlowOptions *options, guint32 mask, guint32 key)
{
  return (mask & PDG_FLOW_VIEW) != 0 && key < options->n_keys ? options->key_screens[key] : 0;
}

/* Goes back over the events of a run that is of the session; TRUE when the begin of the visit is known to be found. */
static gboolean
go_back (const PdgFlowOptions *options, const PdgPart *part, guint32 run, const guint32 *table, Current *visit, gboolean *failed_after)
{
  for (guint32 i = part->run_first[run + 1]; i-- > part->run_first[run];)
    {
      gint64 t = part->base_ms + part->ts[i];
      guint32 key = pdg_part_key_at (part, i), mask = table[MIN (key, options->masks->n_keys)], screen = screen_of (options, mask, key);

      if (t < options->from_ms || t >= options->to_ms)
        continue;
      if (screen != 0 && visit->screen != 0 && visit->screen != screen)
        return TRUE;
      *failed_after |= (mask & PDG_FLOW_ERROR) != 0;
      if (screen != 0)
        {
          visit->screen = screen;
          visit->began = t;
          visit->failed |= *failed_after;
          *failed_after = FALSE;
        }
    }
  return FALSE;
}

/* The visit in which a session was before a run, where it may have been left for another. */
static void
resume (const Fast *fast, guint32 p, guint32 run, guint32 actor, Current *visit, const guint32 *table)
{
  gboolean failed_after = FALSE, found = FALSE;

  for (guint32 at = p + 1; at-- > 0 && !found;)
    {
      const PdgPart *part = fast->scan->parts[at];
      guint32 end = at == p ? run : pdg_part_find_run (part, (guint64) actor + 1);

      if (part->base_ms + PDG_MS_PER_DAY <= fast->options->from_ms)
        return;
      while (!found && end > 0 && part->run_actor[end - 1] == actor)
        {
          end--;
          if (part->run_session[end] == visit->session)
            found = go_back (fast->options, part, end, table, visit, &failed_after);
        }
    }
}

static inline void
begin_visit (PdgFlowResult *result, Current *current, guint32 screen, gint64 t)
{
  result->screens[screen].visits++;
  if (current->screen == 0)
    {
      result->screens[screen].entries++;
      result->n_sessions++;
    }
  else
    {
      guint32 edge = pdg_flow_result_ensure_edge (result, current->screen, screen);
      PdgFlowSum *sum = &g_array_index (result->sums, PdgFlowSum, edge);

      sum->count++;
      sum->dwell_ms += (guint64) (t - current->began);
    }
  current->screen = screen;
  current->began = t;
  current->failed = FALSE;
}

static void
take_run (Fast *fast, const PdgPart *part, guint32 run, Current *current, const guint32 *table, gboolean whole)
{
  const PdgFlowOptions *options = fast->options;
  const guint32 last_key = options->masks->n_keys;

  for (guint32 i = part->run_first[run]; i < part->run_first[run + 1]; i++)
    {
      gint64 t = part->base_ms + part->ts[i];
      guint32 key = pdg_part_key_at (part, i), mask = table[MIN (key, last_key)], screen;

      if (mask == 0 || (!whole && (t < options->from_ms || t >= options->to_ms)))
        continue;
      screen = screen_of (options, mask, key);
      if (screen != 0 && screen != current->screen)
        begin_visit (fast->result, current, screen, t);
      if ((mask & PDG_FLOW_ERROR) != 0 && current->screen != 0 && !current->failed)
        {
          fast->result->screens[current->screen].errors++;
          current->failed = TRUE;
        }
    }
}

static void
take_part (Fast *fast, guint32 p, guint64 actor, guint64 end)
{
  const PdgPart *part = fast->scan->parts[p];
  const PdgFlowOptions *options = fast->options;
  guint32 to_run = pdg_part_find_run (part, end);
  gboolean whole = part->base_ms >= options->from_ms && part->base_ms + PDG_MS_PER_DAY <= options->to_ms;

  for (guint32 run = pdg_part_find_run (part, actor); run < to_run; run++)
    {
      guint32 run_actor = part->run_actor[run], session = part->run_session[run];
      Current *current = &fast->current[run_actor - actor];
      const guint32 *table = pdg_masks_of_run (options->masks, run_actor, session);

      if (current->max_session < 0 || current->session != session)
        {
          gint64 max_session = current->max_session;

          *current = (Current) { .session = session, .max_session = MAX (max_session, (gint64) session) };
          if (session <= max_session)
            resume (fast, p, run, run_actor, current, table);
        }
      take_run (fast, part, run, current, table, whole);
    }
}

/* What leaves a screen for another is a transition; the other visits are exits. */
static void
end_counts (PdgFlowResult *result)
{
  for (guint32 i = 0; i <= result->n_screens; i++)
    result->screens[i].exits = result->screens[i].visits;
  for (guint i = 0; i < result->sums->len; i++)
    {
      guint32 from = (guint32) (g_array_index (result->ends, guint64, i) >> 32);

      result->screens[from].exits -= g_array_index (result->sums, PdgFlowSum, i).count;
      result->screens[from].dwell_ms += g_array_index (result->sums, PdgFlowSum, i).dwell_ms;
    }
}

void
pdg_flow_run_fast (const PdgScan *scan, const PdgFlowOptions *options, guint64 actor, guint64 actor_end, PdgFlowResult *result)
{
  Fast *fast = g_new0 (Fast, 1);

  fast->scan = scan;
  fast->options = options;
  fast->result = result;
  for (; actor < actor_end; actor += PDG_BLOCK_ACTORS)
    {
      for (guint i = 0; i < PDG_BLOCK_ACTORS; i++)
        fast->current[i] = (Current) { .max_session = -1 };
      for (guint32 p = 0; p < scan->n_parts; p++)
        if (scan->parts[p]->base_ms < options->to_ms && scan->parts[p]->base_ms + PDG_MS_PER_DAY > options->from_ms)
          take_part (fast, p, actor, MIN (actor + PDG_BLOCK_ACTORS, actor_end));
    }
  end_counts (result);
  g_free (fast);
}
