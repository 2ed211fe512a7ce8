#include "config.h"
#include "analytics/pdg-trends-private.h"

#include "analytics/pdg-scan-private.h"
#include "base/pdg-buckets.h"

#include <gio/gio.h>

#define N_SMALL 1024

/* What is known of the actor at hand in a row. */
typedef struct
{
  PdgTrendsRow *row;
  gboolean touched;
  guint bucket;
  guint64 in_bucket, in_range;
  guint active_end; /* buckets below it have counted the actor as active, or will not */
  GArray *sessions, *all_sessions;
} State;

typedef struct
{
  const PdgTrendsOptions *options;
  PdgTrendsResult *result;
  GHashTable *keep;   /* (nullable) */
  GHashTable *states; /* value -> State */
  State *small[N_SMALL]; /* the same by value, without a look-up */
  GPtrArray *touched;
  guint32 actor;
} Run;

static gboolean
refuse (GError **error, const char *what)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, what);
  return FALSE;
}

gboolean
pdg_trends_check (const PdgTrendsOptions *options, GError **error)
{
  if (options->n_buckets < 1 || options->n_buckets > PDG_TRENDS_MAX_BUCKETS)
    return refuse (error, "A trend has 1 to 10,000 buckets.");
  if (options->first == PDG_TRENDS_FIRST_EVER && options->masks == NULL)
    return refuse (error, "The first event of a kind needs to know which kind.");
  for (guint i = 0; options->window_starts != NULL && i < options->n_buckets; i++)
    if (options->window_starts[i] > options->edges[i + 1] || (i > 0 && options->window_starts[i] < options->window_starts[i - 1]))
      return refuse (error, "The windows of active actors end with the buckets and come in their order.");
  return TRUE;
}

static void
row_free (gpointer data)
{
  PdgTrendsRow *row = data;

  for (PdgTrendsCell *cell = row->cells; cell->active != G_MAXUINT64; cell++)
    {
      pdg_tally_free (cell->per_actor);
      pdg_tally_free (cell->amounts);
    }
  g_free (row->cells);
  g_free (row);
}

PdgTrendsRow *
pdg_trends_result_ensure_row (PdgTrendsResult *result, guint32 value)
{
  PdgTrendsRow *row = g_hash_table_lookup (result->rows, GUINT_TO_POINTER (value));

  if (row == NULL)
    {
      row = g_new0 (PdgTrendsRow, 1);
      row->value = value;
      row->cells = g_new0 (PdgTrendsCell, result->n_buckets + 2);
      row->cells[result->n_buckets + 1].active = G_MAXUINT64; /* where row_free ends */
      g_hash_table_insert (result->rows, GUINT_TO_POINTER (value), row);
    }
  return row;
}

static void
add_tally (PdgTally **tally, const PdgTally *other)
{
  if (other == NULL)
    return;
  if (*tally == NULL)
    *tally = pdg_tally_new ();
  pdg_tally_add_all (*tally, other);
}

void
pdg_trends_result_add (PdgTrendsResult *result, const PdgTrendsResult *other)
{
  GHashTableIter iter;
  gpointer data;

  g_hash_table_iter_init (&iter, other->rows);
  while (g_hash_table_iter_next (&iter, NULL, &data))
    {
      const PdgTrendsRow *from = data;
      PdgTrendsRow *row = pdg_trends_result_ensure_row (result, from->value);

      for (guint i = 0; i <= result->n_buckets; i++)
        {
          row->cells[i].events += from->cells[i].events;
          row->cells[i].actors += from->cells[i].actors;
          row->cells[i].sessions += from->cells[i].sessions;
          row->cells[i].active += from->cells[i].active;
          add_tally (&row->cells[i].per_actor, from->cells[i].per_actor);
          add_tally (&row->cells[i].amounts, from->cells[i].amounts);
        }
    }
}

void
pdg_trends_result_free (PdgTrendsResult *result)
{
  g_hash_table_unref (result->rows);
  g_free (result);
}

static int
compare_rows (gconstpointer a, gconstpointer b, gpointer data)
{
  const PdgTrendsRow *x = *(PdgTrendsRow *const *) a, *y = *(PdgTrendsRow *const *) b;
  guint n_buckets = GPOINTER_TO_UINT (data);
  guint64 x_events = x->cells[n_buckets].events, y_events = y->cells[n_buckets].events;

  if ((x->value == PDG_TRENDS_OTHER) != (y->value == PDG_TRENDS_OTHER))
    return x->value == PDG_TRENDS_OTHER ? 1 : -1;
  if (x_events != y_events)
    return x_events < y_events ? 1 : -1;
  return x->value < y->value ? -1 : x->value > y->value;
}

GPtrArray *
pdg_trends_result_list_rows (const PdgTrendsResult *result)
{
  GPtrArray *rows = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer row;

  g_hash_table_iter_init (&iter, result->rows);
  while (g_hash_table_iter_next (&iter, NULL, &row))
    g_ptr_array_add (rows, row);
  g_ptr_array_sort_with_data (rows, compare_rows, GUINT_TO_POINTER (result->n_buckets));
  return rows;
}

GArray *
pdg_trends_result_list_top (const PdgTrendsResult *result, guint top)
{
  g_autoptr (GPtrArray) rows = pdg_trends_result_list_rows (result);
  GArray *values = g_array_new (FALSE, FALSE, sizeof (guint32));

  for (guint i = 0; i < rows->len && values->len < top; i++)
    {
      const PdgTrendsRow *row = rows->pdata[i];

      if (row->value != PDG_TRENDS_OTHER && row->cells[result->n_buckets].events > 0)
        g_array_append_val (values, row->value);
    }
  return values;
}

static void
state_free (gpointer data)
{
  State *state = data;

  g_array_unref (state->sessions);
  g_array_unref (state->all_sessions);
  g_free (state);
}

static State *
find_state (Run *run, guint32 value)
{
  State *state;

  if (run->keep != NULL && !g_hash_table_contains (run->keep, GUINT_TO_POINTER (value)))
    value = PDG_TRENDS_OTHER;
  state = g_hash_table_lookup (run->states, GUINT_TO_POINTER (value));
  if (state == NULL)
    {
      state = g_new0 (State, 1);
      state->row = pdg_trends_result_ensure_row (run->result, value);
      state->sessions = g_array_new (FALSE, FALSE, sizeof (guint32));
      state->all_sessions = g_array_new (FALSE, FALSE, sizeof (guint32));
      g_hash_table_insert (run->states, GUINT_TO_POINTER (value), state);
    }
  return state;
}

static State *
ensure_state (Run *run, guint32 value)
{
  State *state = value < N_SMALL ? run->small[value] : NULL;

  if (state == NULL)
    state = find_state (run, value);
  if (value < N_SMALL)
    run->small[value] = state;
  if (!state->touched)
    {
      state->touched = TRUE;
      state->in_bucket = state->in_range = 0;
      state->active_end = 0;
      g_ptr_array_add (run->touched, state);
    }
  return state;
}

static int
compare_numbers (gconstpointer a, gconstpointer b)
{
  guint32 x = *(const guint32 *) a, y = *(const guint32 *) b;

  return x < y ? -1 : x > y;
}

static inline void
add_different (GArray *numbers, guint32 number)
{
  if (numbers->len == 0 || g_array_index (numbers, guint32, numbers->len - 1) != number)
    g_array_append_val (numbers, number);
}

/* How many different numbers there are; empties the array. */
static guint64
take_different (GArray *numbers)
{
  guint64 n = 0;

  if (numbers->len > 1)
    g_array_sort (numbers, compare_numbers);
  for (guint i = 0; i < numbers->len; i++)
    n += i == 0 || g_array_index (numbers, guint32, i) != g_array_index (numbers, guint32, i - 1);
  g_array_set_size (numbers, 0);
  return n;
}

static void
count_actor (const PdgTrendsOptions *options, PdgTrendsCell *cell, guint64 events, GArray *sessions)
{
  cell->actors++;
  cell->sessions += take_different (sessions);
  if ((options->measures & PDG_TRENDS_PER_ACTOR) == 0)
    return;
  if (cell->per_actor == NULL)
    cell->per_actor = pdg_tally_new ();
  pdg_tally_add (cell->per_actor, (gint64) events, 1);
}

static void
end_bucket (Run *run, State *state)
{
  if (state->in_bucket == 0)
    return;
  count_actor (run->options, &state->row->cells[state->bucket], state->in_bucket, state->sessions);
  if (run->options->unit_func != NULL)
    run->options->unit_func (run->actor, state->row->value, state->bucket, state->in_bucket, run->options->unit_data);
  state->in_bucket = 0;
}

static void
add_amount (const PdgTrendsOptions *options, PdgTrendsCell *cell, guint32 key)
{
  if (options->key_amounts == NULL || key >= options->n_keys || (options->key_has_amount != NULL && !options->key_has_amount[key]))
    return;
  if (cell->amounts == NULL)
    cell->amounts = pdg_tally_new ();
  pdg_tally_add (cell->amounts, options->key_amounts[key], 1);
}

/* The buckets at whose ends the actor has been active since the event. */
static void
mark_active (const PdgTrendsOptions *options, State *state, gint64 t)
{
  guint bucket = t < options->edges[0] ? 0 : pdg_buckets_find (options->edges, options->n_buckets, t);

  for (bucket = MAX (bucket, state->active_end); bucket < options->n_buckets && options->window_starts[bucket] <= t; bucket++)
    state->row->cells[bucket].active++;
  state->active_end = MAX (state->active_end, bucket);
}

static void
take_event (Run *run, const PdgChosen *event)
{
  const PdgTrendsOptions *options = run->options;
  State *state = ensure_state (run, pdg_property_get (&options->breakdown, run->actor, event->session, event->key));
  guint bucket;

  if (options->window_starts != NULL)
    mark_active (options, state, event->t);
  if (event->t < options->edges[0])
    return;
  bucket = state->in_bucket > 0 && event->t < options->edges[state->bucket + 1] ? state->bucket
                                                                                : pdg_buckets_find (options->edges, options->n_buckets, event->t);
  if (state->in_bucket > 0 && bucket != state->bucket)
    end_bucket (run, state);
  state->bucket = bucket;
  state->in_bucket++;
  state->in_range++;
  state->row->cells[bucket].events++;
  state->row->cells[options->n_buckets].events++;
  add_amount (options, &state->row->cells[bucket], event->key);
  add_amount (options, &state->row->cells[options->n_buckets], event->key);
  if ((options->measures & PDG_TRENDS_SESSIONS) != 0)
    {
      add_different (state->sessions, event->session);
      add_different (state->all_sessions, event->session);
    }
}

/* The one event that is the first; n when there is none. */
static guint32
find_first (const PdgTrendsOptions *options, const PdgChosen *events, guint32 n)
{
  guint32 looked_at = PDG_TRENDS_COUNTED | (options->first == PDG_TRENDS_FIRST_EVER ? PDG_TRENDS_KIND : 0);
  guint32 i = 0, first;

  while (i < n && (events[i].mask & looked_at) == 0)
    i++;
  for (first = i; i < n && events[i].t == events[first].t; i++)
    if ((events[i].mask & PDG_TRENDS_COUNTED) != 0)
      return i;
  return n;
}

static void
take_actor (guint32 actor, PdgChosen *events, guint32 n, gpointer data)
{
  Run *run = data;
  const PdgTrendsOptions *options = run->options;
  gint64 from_ms = options->window_starts != NULL ? MIN (options->window_starts[0], options->edges[0]) : options->edges[0];
  guint32 i = 0;

  run->actor = actor;
  if (options->first != PDG_TRENDS_ANY_TIME)
    {
      i = find_first (options, events, n);
      n = MIN (n, i + 1);
    }
  for (; i < n; i++)
    if ((events[i].mask & PDG_TRENDS_COUNTED) != 0 && events[i].t >= from_ms)
      take_event (run, &events[i]);
  for (i = 0; i < run->touched->len; i++)
    {
      State *state = run->touched->pdata[i];

      end_bucket (run, state);
      if (state->in_range > 0)
        count_actor (options, &state->row->cells[options->n_buckets], state->in_range, state->all_sessions);
      state->touched = FALSE;
    }
  g_ptr_array_set_size (run->touched, 0);
}

static void
run_actors (const PdgScan *scan, const PdgTrendsOptions *options, guint64 actor, guint64 actor_end, PdgTrendsResult *result)
{
  PdgChoice choice = { .masks = options->masks, .every = options->masks == NULL ? PDG_TRENDS_COUNTED : 0, .from_ms = options->edges[0],
                       .last_ms = options->edges[options->n_buckets] - 1 };
  Run run = { .options = options, .result = result };

  if (options->window_starts != NULL)
    choice.from_ms = MIN (choice.from_ms, options->window_starts[0]);
  if (options->first != PDG_TRENDS_ANY_TIME)
    choice.from_ms = G_MININT64;
  if (options->keep != NULL && options->breakdown.of != PDG_PROPERTY_NONE)
    {
      run.keep = g_hash_table_new (NULL, NULL);
      for (guint i = 0; i < options->n_keep; i++)
        g_hash_table_add (run.keep, GUINT_TO_POINTER (options->keep[i]));
    }
  run.states = g_hash_table_new_full (NULL, NULL, NULL, state_free);
  run.touched = g_ptr_array_new ();
  pdg_scan_each_actor (scan, &choice, actor, actor_end, take_actor, &run);
  g_clear_pointer (&run.keep, g_hash_table_unref);
  g_hash_table_unref (run.states);
  g_ptr_array_unref (run.touched);
}

PdgTrendsResult *
pdg_trends_run (const PdgScan *scan, const PdgTrendsOptions *options, guint64 actor, guint64 actor_end)
{
  PdgTrendsResult *result = g_new0 (PdgTrendsResult, 1);

  result->n_buckets = options->n_buckets;
  result->rows = g_hash_table_new_full (NULL, NULL, NULL, row_free);
  if (options->breakdown.of == PDG_PROPERTY_NONE)
    pdg_trends_result_ensure_row (result, 0);
  actor_end = MIN (actor_end, pdg_scan_get_actor_end (scan));
  if (!pdg_trends_run_bits (scan, options, actor, actor_end, result))
    run_actors (scan, options, actor, actor_end, result);
  return result;
}
