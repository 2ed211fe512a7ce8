#include "config.h"
#include "analytics/pdg-sessions.h"

#include "analytics/pdg-scan-private.h"
#include "base/pdg-buckets.h"

#include <gio/gio.h>

struct _PdgSessionsResult
{
  guint n_buckets;
  GHashTable *rows; /* value -> PdgSessionsRow */
};

typedef struct
{
  const PdgSessionsOptions *options;
  PdgSessionsResult *result;
} Run;

gboolean
pdg_sessions_check (const PdgSessionsOptions *options, GError **error)
{
  if (options->n_buckets >= 1 && options->n_buckets <= PDG_SESSIONS_MAX_BUCKETS && options->gap_ms >= 0)
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "Sessions have 1 to 10,000 buckets, and a gap that is not below 0.");
  return FALSE;
}

static void
row_free (gpointer data)
{
  PdgSessionsRow *row = data;

  for (PdgSessionsCell *cell = row->cells; cell->durations != NULL; cell++)
    pdg_tally_free (cell->durations);
  g_free (row->cells);
  g_free (row);
}

static PdgSessionsRow *
ensure_row (PdgSessionsResult *result, guint32 value)
{
  PdgSessionsRow *row = g_hash_table_lookup (result->rows, GUINT_TO_POINTER (value));

  if (row == NULL)
    {
      row = g_new0 (PdgSessionsRow, 1);
      row->value = value;
      row->cells = g_new0 (PdgSessionsCell, result->n_buckets + 1);
      for (guint i = 0; i < result->n_buckets; i++)
        row->cells[i].durations = pdg_tally_new ();
      g_hash_table_insert (result->rows, GUINT_TO_POINTER (value), row);
    }
  return row;
}

/* A whole session, its events in order. */
static void
take_session (const Run *run, guint32 actor, const PdgChosen *events, guint32 n)
{
  const PdgSessionsOptions *options = run->options;
  gint64 duration = events[n - 1].t - events[0].t;
  guint bucket = pdg_buckets_find (options->edges, options->n_buckets, events[0].t);
  guint32 value = pdg_property_get (&options->breakdown, actor, events[0].session, events[0].key);
  guint views = 0;
  PdgSessionsRow *row;
  PdgSessionsCell *cell;

  if (bucket == options->n_buckets)
    return;
  for (guint32 i = 0; i < n && views < 2; i++)
    views += (events[i].mask & PDG_SESSIONS_VIEW) != 0;
  row = ensure_row (run->result, value);
  cell = &row->cells[bucket];
  row->total++;
  cell->sessions++;
  cell->events += n;
  cell->bounces += views < 2;
  pdg_tally_add (cell->durations, duration, 1);
  if (options->unit_func != NULL)
    options->unit_func (actor, events[0].session, value, bucket, duration, views < 2, options->unit_data);
}

static void
take_actor (guint32 actor, PdgChosen *events, guint32 n, gpointer data)
{
  const Run *run = data;
  gint64 gap_ms = run->options->gap_ms;

  if (gap_ms == 0)
    pdg_chosen_sort_by_session (events, n);
  for (guint32 from = 0, to = 0; from < n; from = to)
    {
      while (to < n && (to == from || (gap_ms == 0 ? events[to].session == events[from].session
                                                   : events[to].t - events[to - 1].t < gap_ms && events[to].t - events[from].t < PDG_SESSIONS_MAX_MS)))
        to++;
      take_session (run, actor, &events[from], to - from);
    }
}

PdgSessionsResult *
pdg_sessions_run (const PdgScan *scan, const PdgSessionsOptions *options, guint64 actor, guint64 actor_end)
{
  PdgSessionsResult *result = g_new0 (PdgSessionsResult, 1);
  PdgChoice choice = { .masks = options->masks, .every = options->masks == NULL ? PDG_SESSIONS_EVENT : 0, .from_ms = G_MININT64, .last_ms = G_MAXINT64 };
  Run run = { options, result };

  result->n_buckets = options->n_buckets;
  result->rows = g_hash_table_new_full (NULL, NULL, NULL, row_free);
  pdg_scan_each_actor (scan, &choice, actor, actor_end, take_actor, &run);
  return result;
}

void
pdg_sessions_result_free (PdgSessionsResult *result)
{
  g_hash_table_unref (result->rows);
  g_free (result);
}

void
pdg_sessions_result_add (PdgSessionsResult *result, const PdgSessionsResult *other)
{
  GHashTableIter iter;
  gpointer data;

  g_hash_table_iter_init (&iter, other->rows);
  while (g_hash_table_iter_next (&iter, NULL, &data))
    {
      const PdgSessionsRow *from = data;
      PdgSessionsRow *row = ensure_row (result, from->value);

      row->total += from->total;
      for (guint i = 0; i < result->n_buckets; i++)
        {
          row->cells[i].sessions += from->cells[i].sessions;
          row->cells[i].bounces += from->cells[i].bounces;
          row->cells[i].events += from->cells[i].events;
          pdg_tally_add_all (row->cells[i].durations, from->cells[i].durations);
        }
    }
}

static int
compare_rows (gconstpointer a, gconstpointer b)
{
  const PdgSessionsRow *x = *(PdgSessionsRow *const *) a, *y = *(PdgSessionsRow *const *) b;

  if (x->total != y->total)
    return x->total < y->total ? 1 : -1;
  return x->value < y->value ? -1 : x->value > y->value;
}

GPtrArray *
pdg_sessions_result_list_rows (const PdgSessionsResult *result)
{
  GPtrArray *rows = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer row;

  g_hash_table_iter_init (&iter, result->rows);
  while (g_hash_table_iter_next (&iter, NULL, &row))
    g_ptr_array_add (rows, row);
  g_ptr_array_sort (rows, compare_rows);
  return rows;
}
