#include "config.h"
#include "analytics/pdg-flow-private.h"

#include <string.h>

/* The visit that a session is in. */
typedef struct
{
  guint64 key; /* session and actor of the block, + 1; 0 = none */
  gint64 began;
  guint32 screen; /* 0 = none yet */
  gboolean failed;
} Current;

/* Of each actor of a block its newest session; those that it left are kept aside, since they may go on. */
typedef struct
{
  const PdgScan *scan;
  const PdgFlowOptions *options;
  PdgFlowResult *result;
  Current current[PDG_BLOCK_ACTORS];
  gint64 max_session[PDG_BLOCK_ACTORS]; /* the highest seen; -1 = none */
  Current *left; /* open addressing */
  gsize room;    /* a power of two */
  gsize n_left;
} Fast;

static inline guint32
screen_of (const PdgFlowOptions *options, guint32 mask, guint32 key)
{
  return (mask & PDG_FLOW_VIEW) != 0 && key < options->n_keys ? options->key_screens[key] : 0;
}

/* Where the session is, or its free place (Fibonacci hashing). */
static inline Current *
find_left (const Fast *fast, guint64 key)
{
  gsize at = (gsize) ((key * G_GUINT64_CONSTANT (11400714819323198485)) >> 24) & (fast->room - 1);

  while (fast->left[at].key != 0 && fast->left[at].key != key)
    at = (at + 1) & (fast->room - 1);
  return &fast->left[at];
}

static void
grow_left (Fast *fast)
{
  Current *old = fast->left;
  gsize room = fast->room;

  fast->room = 2 * room;
  fast->left = g_new0 (Current, fast->room);
  for (gsize i = 0; i < room; i++)
    if (old[i].key != 0)
      *find_left (fast, old[i].key) = old[i];
  g_free (old);
}

/* Goes over to another session of the actor. A number above all before is new. */
static void
change_session (Fast *fast, guint32 actor, guint32 session)
{
  Current *current = &fast->current[actor];
  guint64 key = ((guint64) session << 32 | actor) + 1;

  if (current->key != 0)
    {
      Current *place = find_left (fast, current->key);

      fast->n_left += place->key == 0;
      *place = *current;
      if (2 * fast->n_left > fast->room)
        grow_left (fast);
    }
  if ((gint64) session <= fast->max_session[actor])
    *current = *find_left (fast, key);
  else
    *current = (Current) { 0 };
  if (current->key == 0)
    *current = (Current) { .key = key };
  fast->max_session[actor] = MAX (fast->max_session[actor], (gint64) session);
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
take_part (Fast *fast, const PdgPart *part, guint64 actor, guint64 end)
{
  const PdgFlowOptions *options = fast->options;
  guint32 to_run = pdg_part_find_run (part, end);
  gboolean whole = part->base_ms >= options->from_ms && part->base_ms + PDG_MS_PER_DAY <= options->to_ms;

  for (guint32 run = pdg_part_find_run (part, actor); run < to_run; run++)
    {
      guint32 run_actor = part->run_actor[run], session = part->run_session[run];
      guint32 a = (guint32) (run_actor - actor);

      if (fast->current[a].key != ((guint64) session << 32 | a) + 1)
        change_session (fast, a, session);
      take_run (fast, part, run, &fast->current[a], pdg_masks_of_run (options->masks, run_actor, session), whole);
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
  fast->room = 1024;
  fast->left = g_new (Current, fast->room);
  for (; actor < actor_end; actor += PDG_BLOCK_ACTORS)
    {
      memset (fast->current, 0, sizeof (fast->current));
      memset (fast->max_session, 0xff, sizeof (fast->max_session));
      memset (fast->left, 0, sizeof (Current) * fast->room);
      fast->n_left = 0;
      for (guint32 p = 0; p < scan->n_parts; p++)
        if (scan->parts[p]->base_ms < options->to_ms && scan->parts[p]->base_ms + PDG_MS_PER_DAY > options->from_ms)
          take_part (fast, scan->parts[p], actor, MIN (actor + PDG_BLOCK_ACTORS, actor_end));
    }
  end_counts (result);
  g_free (fast->left);
  g_free (fast);
}
