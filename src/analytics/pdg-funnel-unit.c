#include "config.h"
#include "analytics/pdg-funnel-unit.h"

#include <string.h>

#define STEPS (PDG_FUNNEL_STEP (PDG_FUNNEL_MAX_STEPS) - 1)
#define NONE (-1)

/* A chain of steps by its last one. */
typedef struct
{
  gint64 start;
  gint64 last;
  guint32 event;
  gint32 before;
  guint step;
} Link;

/* The chains that end at a step. Without windows of steps only that with the latest start matters; with them also those that
 * started earlier and came to the step later. Starts fall, lasts rise. */
typedef struct
{
  gint32 *links;
  guint n, room;
} Level;

struct _PdgFunnelUnit
{
  const PdgFunnelOptions *options;
  gboolean step_windows;
  gint64 window_ms;
  Link *links;
  gint32 n_links, room;
  Level levels[PDG_FUNNEL_MAX_STEPS];
};

PdgFunnelUnit *
pdg_funnel_unit_new (const PdgFunnelOptions *options)
{
  PdgFunnelUnit *unit = g_new0 (PdgFunnelUnit, 1);

  unit->options = options;
  unit->window_ms = options->window_ms == PDG_FUNNEL_NO_WINDOW ? G_MAXINT64 / 4 : options->window_ms;
  for (guint k = 1; k < options->n_steps; k++)
    unit->step_windows |= options->steps[k].window_ms != PDG_FUNNEL_NO_WINDOW;
  return unit;
}

void
pdg_funnel_unit_free (PdgFunnelUnit *unit)
{
  for (guint k = 0; k < PDG_FUNNEL_MAX_STEPS; k++)
    g_free (unit->levels[k].links);
  g_free (unit->links);
  g_free (unit);
}

static gint32
add_link (PdgFunnelUnit *unit, Link link)
{
  if (unit->n_links == unit->room)
    {
      unit->room = MAX (64, 2 * unit->room);
      unit->links = g_renew (Link, unit->links, unit->room);
    }
  unit->links[unit->n_links] = link;
  return unit->n_links++;
}

/* The chain of the level with the latest start that an event at @t can still continue within @step_window_ms. */
static gint32
find_in_level (const PdgFunnelUnit *unit, const Level *level, gint64 t, gint64 step_window_ms)
{
  for (guint i = 0; i < level->n; i++)
    {
      const Link *link = &unit->links[level->links[i]];

      if (t - link->start > unit->window_ms)
        return NONE;
      if (step_window_ms == PDG_FUNNEL_NO_WINDOW || t - link->last <= step_window_ms)
        return level->links[i];
    }
  return NONE;
}

/* What an event at @t continues as step @k: a chain that reached the step before, or one before optional steps. The latest start wins, then the
 * nearest step. */
static gint32
find_before (const PdgFunnelUnit *unit, guint k, gint64 t)
{
  gint32 best = NONE;

  for (guint j = k; j-- > 0;)
    {
      gint32 found = find_in_level (unit, &unit->levels[j], t, unit->options->steps[k].window_ms);

      if (found != NONE && (best == NONE || unit->links[found].start > unit->links[best].start))
        best = found;
      if (!unit->options->steps[j].optional)
        break;
    }
  return best;
}

/* FALSE when the chain adds nothing. */
static gboolean
put_in_level (PdgFunnelUnit *unit, guint k, Link link)
{
  Level *level = &unit->levels[k];

  if (unit->step_windows)
    while (level->n > 0 && unit->links[level->links[level->n - 1]].start <= link.start)
      level->n--;
  else if (level->n > 0 && unit->links[level->links[0]].start >= link.start)
    return FALSE;
  else
    level->n = 0;
  if (level->n == level->room)
    {
      level->room = MAX (4, 2 * level->room);
      level->links = g_renew (gint32, level->links, level->room);
    }
  level->links[level->n++] = add_link (unit, link);
  return TRUE;
}

/* In strict order a chain ends with the first event that does not continue it. */
static gboolean
is_unbroken (const PdgFunnelUnit *unit, gint32 link)
{
  const Level *level = &unit->levels[unit->links[link].step];

  return unit->options->order != PDG_FUNNEL_STRICT || (level->n > 0 && level->links[0] == link);
}

static void
exclude (PdgFunnelUnit *unit, guint32 mask, gint64 t, gint32 best, PdgFunnelAttempt *out)
{
  const PdgFunnelOptions *options = unit->options;

  for (guint j = 0; j < options->n_exclusions; j++)
    {
      const PdgFunnelExclusion *exclusion = &options->exclusions[j];

      if ((mask & PDG_FUNNEL_EXCLUSION (j)) == 0)
        continue;
      if (options->exclusion_mode == PDG_FUNNEL_DROP_ACTOR && out->depth > exclusion->from && out->depth <= exclusion->to
          && t - unit->links[best].start <= unit->window_ms && is_unbroken (unit, best))
        out->excluded = TRUE;
      for (guint k = exclusion->from; k < exclusion->to; k++)
        unit->levels[k].n = 0;
    }
}

static gboolean
has_chain (const PdgFunnelUnit *unit)
{
  for (guint k = 0; k < unit->options->n_steps; k++)
    if (unit->levels[k].n > 0)
      return TRUE;
  return FALSE;
}

static void
note_chain (const PdgFunnelUnit *unit, gint32 link, PdgFunnelAttempt *out)
{
  out->reached = 0;
  for (; link != NONE; link = unit->links[link].before)
    {
      out->reached |= PDG_FUNNEL_STEP (unit->links[link].step);
      out->at[unit->links[link].step] = unit->links[link].event;
    }
}

/* Lets the event be every step that it matches, the last first, so that it is not two steps of a chain. */
static void
take_steps (PdgFunnelUnit *unit, const PdgChosen *event, guint32 index, gboolean may_enter, gint32 *best, PdgFunnelAttempt *out)
{
  gboolean strict = unit->options->order == PDG_FUNNEL_STRICT;

  for (guint k = unit->options->n_steps; k-- > 0;)
    {
      Link link = { event->t, event->t, index, NONE, k };
      gboolean fits = (event->mask & PDG_FUNNEL_STEP (k)) != 0;

      if (fits && k == 0)
        {
          fits = may_enter;
        }
      else if (fits)
        {
          link.before = find_before (unit, k, event->t);
          fits = link.before != NONE;
          if (fits)
            link.start = unit->links[link.before].start;
        }
      if (strict)
        unit->levels[k].n = 0;
      if (fits && put_in_level (unit, k, link) && k + 1 > out->depth)
        {
          out->depth = k + 1;
          out->excluded = FALSE;
          *best = unit->n_links - 1;
        }
    }
}

static gboolean
is_pending (const PdgFunnelUnit *unit)
{
  for (guint k = 0; k + 1 < unit->options->n_steps; k++)
    if (unit->levels[k].n > 0 && unit->links[unit->levels[k].links[0]].start + unit->window_ms >= unit->options->now_ms)
      return TRUE;
  return FALSE;
}

static void
run_in_order (PdgFunnelUnit *unit, const PdgChosen *events, guint32 n, guint32 first, gint64 from_ms, gint64 to_ms, gboolean once,
              PdgFunnelAttempt *out)
{
  const PdgFunnelOptions *options = unit->options;
  gboolean strict = options->order == PDG_FUNNEL_STRICT;
  gboolean entered = FALSE;
  gint64 start = 0;
  gint32 best = NONE;
  guint32 i;

  unit->n_links = 0;
  for (guint k = 0; k < options->n_steps; k++)
    unit->levels[k].n = 0;
  for (i = first; i < n && out->depth < options->n_steps; i++)
    {
      const PdgChosen *event = &events[i];
      gboolean may_enter = event->t >= from_ms && event->t < to_ms && !(once && entered);

      if (once && entered && event->t - start > unit->window_ms)
        break;
      exclude (unit, event->mask, event->t, best, out);
      if (once && entered && !has_chain (unit))
        break;
      if ((event->mask & STEPS) != 0 || (strict && (event->mask & PDG_FUNNEL_BREAKS) != 0))
        take_steps (unit, event, i, may_enter, &best, out);
      if (may_enter && (event->mask & PDG_FUNNEL_STEP (0)) != 0 && !entered)
        {
          entered = TRUE;
          start = event->t;
        }
      if (once && entered && !has_chain (unit))
        break;
    }
  out->next = i;
  out->pending = out->depth > 0 && out->depth < options->n_steps && !out->excluded && is_pending (unit);
  note_chain (unit, best, out);
}

/* The steps that are filled by distinct events so far. */
typedef struct
{
  guint32 mask[PDG_FUNNEL_MAX_STEPS]; /* of the event that fills the step */
  guint32 filled;
} Matching;

/* Gives the event a step, moving others if need be (augmenting path, H. W. Kuhn 1955). */
static gboolean
place (Matching *matching, guint32 mask, guint32 *seen)
{
  for (guint32 left = mask & STEPS & ~*seen; left != 0; left = mask & STEPS & ~*seen)
    {
      guint k = (guint) __builtin_ctz (left);

      *seen |= PDG_FUNNEL_STEP (k);
      if ((matching->filled & PDG_FUNNEL_STEP (k)) == 0 || place (matching, matching->mask[k], seen))
        {
          matching->filled |= PDG_FUNNEL_STEP (k);
          matching->mask[k] = mask;
          return TRUE;
        }
    }
  return FALSE;
}

/* The window that begins with event @first: depth, and the events that made it. */
static void
fill_window (const PdgFunnelUnit *unit, const PdgChosen *events, guint32 n, guint32 first, PdgFunnelAttempt *out)
{
  Matching matching = { 0 };
  guint32 exclusions = (PDG_FUNNEL_EXCLUSION (unit->options->n_exclusions) - PDG_FUNNEL_EXCLUSION (0)) & ~PDG_FUNNEL_BREAKS;
  guint32 i;
  gboolean cut = FALSE;

  *out = (PdgFunnelAttempt) { 0 };
  for (i = first; i < n && out->depth < unit->options->n_steps && events[i].t - events[first].t <= unit->window_ms; i++)
    {
      guint32 seen = 0;

      cut = i > first && (events[i].mask & exclusions) != 0;
      if (cut)
        break;
      if (place (&matching, events[i].mask, &seen))
        out->at[out->depth++] = i;
    }
  out->next = i;
  out->reached = ((guint64) 1 << out->depth) - 1;
  out->excluded = cut && unit->options->exclusion_mode == PDG_FUNNEL_DROP_ACTOR;
  out->pending = !cut && out->depth < unit->options->n_steps && events[first].t + unit->window_ms >= unit->options->now_ms;
}

/* The most steps; among equals that which came to them first, then that which began last. */
static void
run_without_order (PdgFunnelUnit *unit, const PdgChosen *events, guint32 n, guint32 first, gint64 from_ms, gint64 to_ms, gboolean once,
                   PdgFunnelAttempt *out)
{
  gboolean pending = FALSE;

  out->next = n;
  for (guint32 i = first; i < n && events[i].t < to_ms; i++)
    {
      PdgFunnelAttempt window;

      if ((events[i].mask & STEPS) == 0 || events[i].t < from_ms)
        continue;
      fill_window (unit, events, n, i, &window);
      pending |= window.pending;
      if (window.depth > out->depth || (window.depth == out->depth && window.at[window.depth - 1] <= out->at[out->depth - 1]))
        *out = window;
      if (once)
        break;
    }
  out->pending = pending && out->depth < unit->options->n_steps && !out->excluded;
}

void
pdg_funnel_unit_run (PdgFunnelUnit *unit, const PdgChosen *events, guint32 n, guint32 first, gint64 entry_from_ms, gint64 entry_to_ms,
                     gboolean once, PdgFunnelAttempt *out)
{
  memset (out, 0, sizeof (*out));
  if (unit->options->order == PDG_FUNNEL_UNORDERED)
    run_without_order (unit, events, n, first, entry_from_ms, entry_to_ms, once, out);
  else
    run_in_order (unit, events, n, first, entry_from_ms, entry_to_ms, once, out);
}
