#include "config.h"
#include "analytics/pdg-funnel.h"

#include "analytics/pdg-funnel-fast.h"
#include "analytics/pdg-funnel-unit.h"
#include "analytics/pdg-masks-private.h"

#include <gio/gio.h>
#include <string.h>

#define STEPS (PDG_FUNNEL_STEP (PDG_FUNNEL_MAX_STEPS) - 1)
/* Of an event that is looked at, and is no step, no exclusion, and breaks nothing. */
#define NOTHING (1u << 30)

struct _PdgFunnelResult
{
  GHashTable *rows; /* value -> PdgFunnelRow */
  PdgTally *times;
  guint n_buckets;
  PdgFunnelBucket *buckets;
};

typedef struct
{
  const PdgFunnelOptions *options;
  PdgFunnelResult *result;
  PdgFunnelUnit *unit;
  GArray *scratch[3]; /* of PdgChosen: by hold, session, breakdown */
  guint32 actor;
} Run;

static gboolean
refuse (GError **error, const char *what)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, what);
  return FALSE;
}

/* The bits of the steps (@from, @to]. */
static guint32
steps_between (guint from, guint to)
{
  return (PDG_FUNNEL_STEP (to + 1) - 1) & ~(PDG_FUNNEL_STEP (from + 1) - 1);
}

/* @masks: of all keys. */
static gboolean
check_exclusions (const PdgFunnelOptions *options, const guint32 *masks, gsize n_masks, GError **error)
{
  for (gsize key = 0; key < n_masks; key++)
    for (guint j = 0; j < options->n_exclusions; j++)
      if ((masks[key] & PDG_FUNNEL_EXCLUSION (j)) != 0
          && (masks[key] & steps_between (options->exclusions[j].from, options->exclusions[j].to)) != 0)
        return refuse (error, "An exclusion may not be an event of a step that lies within it.");
  return TRUE;
}

static gboolean
check_optional (const PdgFunnelOptions *options, const guint32 *masks, gsize n_masks, GError **error)
{
  for (guint k = 1; k + 1 < options->n_steps; k++)
    {
      guint next = k + 1;
      guint32 differs = 0;

      if (!options->steps[k].optional)
        continue;
      while (options->steps[next].optional)
        next++;
      for (gsize key = 0; key < n_masks; key++)
        differs |= ((masks[key] >> k) ^ (masks[key] >> next)) & 1;
      if (differs == 0)
        return refuse (error, "An optional step may not be the same as the required step after it.");
    }
  return TRUE;
}

/* Where filters ask about sessions and actors the dictionary of keys does not tell what an event can be; nor where there is none. */
static gboolean
check_keys (const PdgFunnelOptions *options, GError **error)
{
  const guint32 *masks = options->masks != NULL ? options->masks->table : options->key_masks;
  gsize n = options->masks != NULL ? (gsize) options->masks->n_keys + 1 : options->n_keys;

  if (n == 0 || (options->masks != NULL && pdg_masks_get_n_tables (options->masks) > 1))
    return TRUE;
  return check_exclusions (options, masks, n, error) && check_optional (options, masks, n, error);
}

gboolean
pdg_funnel_check (const PdgFunnelOptions *options, GError **error)
{
  gboolean unordered = options->order == PDG_FUNNEL_UNORDERED;

  if (options->n_steps < 2 || options->n_steps > PDG_FUNNEL_MAX_STEPS)
    return refuse (error, "A funnel has 2 to 20 steps.");
  if (options->n_exclusions > PDG_FUNNEL_MAX_EXCLUSIONS || options->n_hold > PDG_FUNNEL_MAX_HOLD)
    return refuse (error, "A funnel has at most 8 exclusions and holds at most 3 properties.");
  if (options->steps[0].optional || options->steps[options->n_steps - 1].optional)
    return refuse (error, "The first and the last step may not be optional.");
  if (options->grace_ms < 0 || options->grace_ms > PDG_FUNNEL_MAX_GRACE_MS)
    return refuse (error, "The grace between steps is 0 to 60 seconds.");
  if (options->time_to >= options->n_steps || options->time_from > options->time_to || options->attribution_step >= options->n_steps)
    return refuse (error, "There is no such step.");
  for (guint k = 1; unordered && k < options->n_steps; k++)
    if (options->steps[k].optional || options->steps[k].window_ms != PDG_FUNNEL_NO_WINDOW)
      return refuse (error, "Steps in any order have no windows of their own, and none is optional.");
  for (guint j = 0; j < options->n_exclusions; j++)
    {
      if (options->exclusions[j].from >= options->exclusions[j].to || options->exclusions[j].to >= options->n_steps)
        return refuse (error, "An exclusion goes from a step to a later one.");
      if (unordered && (options->exclusions[j].from != 0 || options->exclusions[j].to != options->n_steps - 1))
        return refuse (error, "Where steps come in any order, an exclusion holds from the first to the last.");
    }
  return check_keys (options, error);
}

static PdgFunnelResult *
result_new (const PdgFunnelOptions *options)
{
  PdgFunnelResult *result = g_new0 (PdgFunnelResult, 1);

  result->rows = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  result->times = pdg_tally_new ();
  result->n_buckets = options->bucket_edges != NULL ? options->n_buckets : 0;
  if (result->n_buckets > 0)
    result->buckets = g_new0 (PdgFunnelBucket, result->n_buckets);
  return result;
}

void
pdg_funnel_result_free (PdgFunnelResult *result)
{
  g_hash_table_unref (result->rows);
  pdg_tally_free (result->times);
  g_free (result->buckets);
  g_free (result);
}

static PdgFunnelRow *
ensure_row (PdgFunnelResult *result, guint32 value)
{
  PdgFunnelRow *row = g_hash_table_lookup (result->rows, GUINT_TO_POINTER (value));

  if (row == NULL)
    {
      row = g_new0 (PdgFunnelRow, 1);
      row->value = value;
      g_hash_table_insert (result->rows, GUINT_TO_POINTER (value), row);
    }
  return row;
}

static void
row_add (PdgFunnelRow *row, const PdgFunnelRow *other)
{
  for (guint k = 0; k < PDG_FUNNEL_MAX_STEPS; k++)
    {
      row->counts[k] += other->counts[k];
      row->stopped[k] += other->stopped[k];
    }
  row->pending += other->pending;
  row->excluded += other->excluded;
}

void
pdg_funnel_result_add (PdgFunnelResult *result, const PdgFunnelResult *other)
{
  GHashTableIter iter;
  gpointer row;

  g_hash_table_iter_init (&iter, other->rows);
  while (g_hash_table_iter_next (&iter, NULL, &row))
    row_add (ensure_row (result, ((PdgFunnelRow *) row)->value), row);
  pdg_tally_add_all (result->times, other->times);
  for (guint i = 0; i < result->n_buckets; i++)
    {
      result->buckets[i].entered += other->buckets[i].entered;
      result->buckets[i].converted += other->buckets[i].converted;
      result->buckets[i].pending += other->buckets[i].pending;
    }
}

static int
compare_rows (gconstpointer a, gconstpointer b)
{
  const PdgFunnelRow *x = a, *y = b;

  if (x->counts[0] != y->counts[0])
    return x->counts[0] < y->counts[0] ? 1 : -1;
  return x->value < y->value ? -1 : x->value > y->value;
}

GArray *
pdg_funnel_result_list_rows (const PdgFunnelResult *result, guint top)
{
  GArray *rows = g_array_new (FALSE, FALSE, sizeof (PdgFunnelRow));
  GHashTableIter iter;
  gpointer row;

  g_hash_table_iter_init (&iter, result->rows);
  while (g_hash_table_iter_next (&iter, NULL, &row))
    g_array_append_vals (rows, row, 1);
  g_array_sort (rows, compare_rows);
  if (top > 0 && rows->len > top)
    {
      PdgFunnelRow *other = &g_array_index (rows, PdgFunnelRow, top);

      for (guint i = top + 1; i < rows->len; i++)
        row_add (other, &g_array_index (rows, PdgFunnelRow, i));
      other->value = PDG_FUNNEL_OTHER;
      g_array_set_size (rows, top + 1);
    }
  return rows;
}

PdgTally *
pdg_funnel_result_get_times (PdgFunnelResult *result)
{
  return result->times;
}

const PdgFunnelBucket *
pdg_funnel_result_get_buckets (const PdgFunnelResult *result)
{
  return result->buckets;
}

static guint32
touch (const Run *run, const PdgChosen *events, guint32 n, gboolean last)
{
  guint32 value = 0;

  for (guint32 i = 0; i < n && (last || value == 0); i++)
    {
      guint32 found = (events[i].mask & STEPS) != 0
        ? pdg_property_get (&run->options->breakdown, run->actor, events[i].session, events[i].key) : 0;

      value = found != 0 ? found : value;
    }
  return value;
}

/* The global filter comes after the matching. */
static gboolean
is_in_segment (const Run *run, const PdgChosen *events, const PdgFunnelAttempt *attempt)
{
  const PdgChosen *entry = &events[attempt->at[0]];

  return run->options->segment == NULL || pdg_filter_test (run->options->segment, run->actor, entry->session, entry->key);
}

/* @value: of the breakdown where that is of the unit, not of a step. */
static void
count_attempt (Run *run, const PdgChosen *events, const PdgFunnelAttempt *attempt, guint32 value)
{
  const PdgFunnelOptions *options = run->options;
  PdgFunnelRow *row;

  if (attempt->depth == 0 || !is_in_segment (run, events, attempt))
    return;
  if (options->breakdown.of != PDG_PROPERTY_NONE && options->attribution == PDG_FUNNEL_STEP_K)
    {
      const PdgChosen *event = &events[attempt->at[options->attribution_step]];

      if ((attempt->reached & PDG_FUNNEL_STEP (options->attribution_step)) == 0)
        return;
      value = pdg_property_get (&options->breakdown, run->actor, event->session, event->key);
      if (value == 0)
        return;
    }
  row = ensure_row (run->result, value);
  if (attempt->excluded)
    {
      row->excluded++;
      return;
    }
  for (guint k = 0; k < options->n_steps; k++)
    row->counts[k] += attempt->reached >> k & 1;
  row->stopped[attempt->depth - 1]++;
  row->pending += attempt->pending;
  if (options->time_to > 0 && (attempt->reached >> options->time_from & 1) != 0 && (attempt->reached >> options->time_to & 1) != 0)
    {
      pdg_tally_add (run->result->times, events[attempt->at[options->time_to]].t - events[attempt->at[options->time_from]].t, 1);
    }
  if (options->unit_func != NULL)
    options->unit_func (run->actor, events[attempt->at[0]].session, value, attempt->depth, (guint32) attempt->reached,
                        attempt->pending, options->unit_data);
}

/* What opens an attempt. */
static inline gboolean
is_entry (const PdgFunnelOptions *options, const PdgChosen *event)
{
  return (event->mask & (options->order == PDG_FUNNEL_UNORDERED ? STEPS : PDG_FUNNEL_STEP (0))) != 0 && event->t >= options->from_ms
         && event->t < options->to_ms;
}

/* Each bucket in which the unit enters, once. */
static void
count_buckets (Run *run, const PdgChosen *events, guint32 n)
{
  const PdgFunnelOptions *options = run->options;
  const gint64 *edges = options->bucket_edges;
  guint bucket = 0;

  for (guint32 i = 0; i < n && bucket < options->n_buckets; i++)
    {
      PdgFunnelAttempt attempt;

      if (!is_entry (options, &events[i]) || events[i].t < edges[bucket])
        continue;
      while (bucket < options->n_buckets && edges[bucket + 1] <= events[i].t)
        bucket++;
      if (bucket == options->n_buckets)
        break;
      pdg_funnel_unit_run (run->unit, events, n, i, MAX (edges[bucket], options->from_ms), MIN (edges[bucket + 1], options->to_ms),
                           options->entry == PDG_FUNNEL_FIRST_ENTRY, &attempt);
      if (!attempt.excluded && is_in_segment (run, events, &attempt))
        {
          run->result->buckets[bucket].entered++;
          run->result->buckets[bucket].converted += attempt.depth == options->n_steps;
          run->result->buckets[bucket].pending += attempt.pending;
        }
      bucket++;
    }
}

static void
count_totals (Run *run, const PdgChosen *events, guint32 n, guint32 value)
{
  for (guint32 i = 0; i < n;)
    {
      PdgFunnelAttempt attempt;

      if (!is_entry (run->options, &events[i]))
        {
          i++;
          continue;
        }
      pdg_funnel_unit_run (run->unit, events, n, i, run->options->from_ms, run->options->to_ms, TRUE, &attempt);
      count_attempt (run, events, &attempt, value);
      i = attempt.next;
    }
}

/* Whether the first is the better of two attempts of an actor: deeper, or as deep and sooner there. */
static gboolean
is_better (const PdgFunnelAttempt *a, const PdgChosen *a_events, const PdgFunnelAttempt *b, const PdgChosen *b_events)
{
  if (a->depth != b->depth || a->depth == 0)
    return a->depth > b->depth;
  return a_events[a->at[a->depth - 1]].t < b_events[b->at[b->depth - 1]].t;
}

/* Each session by itself: as units, or for the best of the actor. */
static void
count_in_sessions (Run *run, const PdgChosen *events, guint32 n, guint32 value)
{
  GArray *sorted = run->scratch[1];
  gboolean once = run->options->entry == PDG_FUNNEL_FIRST_ENTRY, pending = FALSE;
  PdgFunnelAttempt best = { 0 };
  const PdgChosen *best_events = events;

  g_array_set_size (sorted, 0);
  g_array_append_vals (sorted, events, n);
  pdg_chosen_sort_by_session ((PdgChosen *) (void *) sorted->data, n);
  for (guint32 from = 0, to = 0; from < n; from = to)
    {
      const PdgChosen *group = &g_array_index (sorted, PdgChosen, from);
      PdgFunnelAttempt attempt;

      while (to < n && g_array_index (sorted, PdgChosen, to).session == group->session)
        to++;
      if (run->options->counting == PDG_FUNNEL_TOTALS)
        {
          count_totals (run, group, to - from, value);
          continue;
        }
      pdg_funnel_unit_run (run->unit, group, to - from, 0, run->options->from_ms, run->options->to_ms, once, &attempt);
      if (run->options->counting == PDG_FUNNEL_SESSIONS)
        {
          count_attempt (run, group, &attempt, value);
          continue;
        }
      pending |= attempt.pending;
      if (is_better (&attempt, group, &best, best_events))
        {
          best = attempt;
          best_events = group;
        }
    }
  best.pending = pending && best.depth < run->options->n_steps && !best.excluded;
  count_attempt (run, best_events, &best, value);
}

static void
count_unit (Run *run, const PdgChosen *events, guint32 n, guint32 value)
{
  const PdgFunnelOptions *options = run->options;
  PdgFunnelAttempt attempt;

  if (options->within_session || options->counting == PDG_FUNNEL_SESSIONS)
    {
      count_in_sessions (run, events, n, value);
    }
  else if (options->counting == PDG_FUNNEL_TOTALS)
    {
      count_totals (run, events, n, value);
    }
  else
    {
      pdg_funnel_unit_run (run->unit, events, n, 0, options->from_ms, options->to_ms, options->entry == PDG_FUNNEL_FIRST_ENTRY, &attempt);
      count_attempt (run, events, &attempt, value);
    }
}

/* The events of a unit, before the breakdown. */
static void
count_events (Run *run, const PdgChosen *events, guint32 n)
{
  const PdgFunnelOptions *options = run->options;
  g_autoptr (GHashTable) done = NULL;

  if (options->bucket_edges != NULL)
    count_buckets (run, events, n);
  if (options->breakdown.of == PDG_PROPERTY_NONE || options->attribution == PDG_FUNNEL_STEP_K)
    {
      count_unit (run, events, n, 0);
      return;
    }
  if (options->attribution != PDG_FUNNEL_ALL_EVENTS)
    {
      count_unit (run, events, n, touch (run, events, n, options->attribution == PDG_FUNNEL_LAST_TOUCH));
      return;
    }
  done = g_hash_table_new (NULL, NULL);
  for (guint32 i = 0; i < n; i++)
    {
      guint32 value = pdg_property_get (&options->breakdown, run->actor, events[i].session, events[i].key);

      if (value == 0 || !g_hash_table_add (done, GUINT_TO_POINTER (value)))
        continue;
      g_array_set_size (run->scratch[2], 0);
      for (guint32 j = i; j < n; j++)
        if (pdg_property_get (&options->breakdown, run->actor, events[j].session, events[j].key) == value)
          g_array_append_vals (run->scratch[2], &events[j], 1);
      count_unit (run, (const PdgChosen *) (void *) run->scratch[2]->data, run->scratch[2]->len, value);
    }
}

/* FALSE when the event lacks one of the held properties. */
static gboolean
get_held (const Run *run, const PdgChosen *event, guint32 held[PDG_FUNNEL_MAX_HOLD])
{
  for (guint h = 0; h < run->options->n_hold; h++)
    {
      held[h] = pdg_property_get (&run->options->hold[h], run->actor, event->session, event->key);
      if (held[h] == 0)
        return FALSE;
    }
  return TRUE;
}

/* The events after @first, and it, that have the same values held. */
static void
count_held (Run *run, const PdgChosen *events, guint32 n, guint32 first)
{
  guint32 value[PDG_FUNNEL_MAX_HOLD] = { 0 }, other[PDG_FUNNEL_MAX_HOLD] = { 0 };

  if (!get_held (run, &events[first], value))
    return;
  g_array_set_size (run->scratch[0], 0);
  for (guint32 i = 0; i < n; i++)
    if (get_held (run, &events[i], other) && memcmp (value, other, sizeof (value)) == 0)
      {
        if (i < first && run->options->hold_mode == PDG_FUNNEL_HOLD_PAIRS)
          return;
        g_array_append_vals (run->scratch[0], &events[i], 1);
      }
  count_events (run, (const PdgChosen *) (void *) run->scratch[0]->data, run->scratch[0]->len);
}

static void
count_actor (Run *run, const PdgChosen *events, guint32 n)
{
  const PdgFunnelOptions *options = run->options;

  if (options->n_hold == 0)
    {
      count_events (run, events, n);
      return;
    }
  for (guint32 i = 0; i < n; i++)
    if (options->hold_mode == PDG_FUNNEL_HOLD_PAIRS)
      {
        count_held (run, events, n, i);
      }
    else if (is_entry (options, &events[i]))
      {
        count_held (run, events, n, i);
        break;
      }
}

static inline guint64
rank_of (guint32 mask)
{
  guint32 steps = mask & STEPS;

  return steps == 0 ? G_MAXUINT64 : (guint64) __builtin_ctz (steps) << 32 | steps;
}

/* Events of one time come in the order of their steps, so that no conversion is lost to a tie. */
static void
order_ties (PdgChosen *events, guint32 n)
{
  for (guint32 i = 1; i < n; i++)
    {
      PdgChosen event = events[i];
      guint32 j = i;

      for (; j > 0 && events[j - 1].t == event.t && rank_of (events[j - 1].mask) > rank_of (event.mask); j--)
        events[j] = events[j - 1];
      events[j] = event;
    }
}

/* Each step goes before later steps that lie directly before it (but for events of no step) and not further back than the grace. Then the order rules
 * the time, as the sequence does in a session: no time lies before the one before. */
static void
order_within_grace (PdgChosen *events, guint32 n, gint64 grace_ms)
{
  for (guint32 i = 1; i < n; i++)
    {
      PdgChosen event = events[i];
      guint32 to = i;

      if ((event.mask & STEPS) == 0)
        continue;
      for (guint32 j = i; j > 0 && events[j - 1].t + grace_ms >= event.t; j--)
        {
          if ((events[j - 1].mask & STEPS) == 0)
            continue;
          if (rank_of (events[j - 1].mask) <= rank_of (event.mask))
            break;
          to = j - 1;
        }
      memmove (&events[to + 1], &events[to], (i - to) * sizeof (PdgChosen));
      events[to] = event;
    }
  for (guint32 i = 1; i < n; i++)
    events[i].t = MAX (events[i].t, events[i - 1].t);
}

/* Leaves a step that asks for the first time only with its first event. */
static void
keep_first_times (const PdgFunnelOptions *options, PdgChosen *events, guint32 n)
{
  for (guint k = 0; k < options->n_steps; k++)
    {
      gboolean seen = FALSE;

      if (options->steps[k].first == PDG_FUNNEL_ANY_TIME)
        continue;
      for (guint32 i = 0; i < n; i++)
        {
          gboolean matches = (events[i].mask & PDG_FUNNEL_STEP (k)) != 0;
          gboolean of_kind = options->steps[k].first == PDG_FUNNEL_FIRST_EVER && options->key_kinds != NULL
                             && events[i].key < options->n_keys
                             && (options->key_kinds[events[i].key] & PDG_FUNNEL_STEP (k)) != 0;

          if (seen)
            events[i].mask &= ~PDG_FUNNEL_STEP (k);
          seen |= matches || of_kind;
        }
    }
}

static gboolean
wants_history (const PdgFunnelOptions *options)
{
  for (guint k = 0; k < options->n_steps; k++)
    if (options->steps[k].first != PDG_FUNNEL_ANY_TIME)
      return TRUE;
  return FALSE;
}

static void
take_actor (guint32 actor, PdgChosen *events, guint32 n, gpointer data)
{
  Run *run = data;
  gboolean history = wants_history (run->options);
  guint32 first = 0;

  order_ties (events, n);
  if (history)
    keep_first_times (run->options, events, n);
  if (run->options->grace_ms > 0)
    order_within_grace (events, n, run->options->grace_ms);
  while (history && first < n && events[first].t < run->options->from_ms)
    first++;
  run->actor = actor;
  if (first < n)
    count_actor (run, events + first, n - first);
}

/* Masks that are not 0 for every event that has to be looked at. (transfer full) (nullable) when those of the options do */
static guint32 *
masks_with_kinds (const PdgFunnelOptions *options)
{
  guint32 *masks;

  if (options->key_kinds == NULL || options->masks != NULL)
    return NULL;
  masks = g_memdup2 (options->key_masks, sizeof (guint32) * MAX (options->n_keys, 1));
  for (guint32 key = 0; key < options->n_keys; key++)
    if (masks[key] == 0 && options->key_kinds[key] != 0)
      masks[key] = NOTHING;
  return masks;
}

PdgFunnelResult *
pdg_funnel_run (const PdgScan *scan, const PdgFunnelOptions *options, guint64 actor, guint64 actor_end)
{
  PdgFunnelResult *result = result_new (options);
  g_autoptr (PdgFunnelUnit) unit = NULL;
  g_autofree guint32 *masks = NULL;
  gboolean history = wants_history (options);
  PdgChoice choice = { .masks = options->masks, .key_masks = options->key_masks, .n_keys = options->n_keys,
                       .from_ms = history ? G_MININT64 : options->from_ms,
                       .last_ms = options->window_ms == PDG_FUNNEL_NO_WINDOW ? G_MAXINT64 : options->to_ms - 1 + options->window_ms };
  PdgFunnelRow plain = { 0 };
  Run run = { options, result };

  actor_end = MIN (actor_end, scan->actor_end);
  if (pdg_funnel_run_fast (scan, options, actor, actor_end, &plain))
    {
      if (plain.counts[0] > 0)
        row_add (ensure_row (result, 0), &plain);
      return result;
    }
  run.unit = unit = pdg_funnel_unit_new (options);
  masks = masks_with_kinds (options);
  if (masks != NULL)
    choice.key_masks = masks;
  else if (options->key_kinds != NULL)
    choice.every = NOTHING;
  for (guint i = 0; i < G_N_ELEMENTS (run.scratch); i++)
    run.scratch[i] = g_array_new (FALSE, FALSE, sizeof (PdgChosen));
  pdg_scan_each_actor (scan, &choice, actor, actor_end, take_actor, &run);
  for (guint i = 0; i < G_N_ELEMENTS (run.scratch); i++)
    g_array_unref (run.scratch[i]);
  return result;
}
