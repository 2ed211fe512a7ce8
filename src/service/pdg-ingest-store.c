#include "config.h"
#include "service/pdg-ingest-private.h"

#include "base/pdg-clock.h"
#include "base/pdg-time.h"
#include "db/pdg-db-error.h"
#include "service/pdg-letters.h"
#include "store/pdg-store-flush.h"

#include <string.h>

/* One flush into the database: its rows, their sessions and the word of it in one transaction. As a rule every row is new, and COPY
 * takes them all. When one is not, the transaction is lost, and the same rows go in by way of ON CONFLICT, which says which they are. */

#define SESSION_SETTINGS "SET statement_timeout TO 60000"
#define AHEAD 8 /* places that are asked of memory before they are needed */

gboolean
pdg_ingest_storer_prepare (PdgIngestStorer *storer, GError **error)
{
  g_autoptr (PdgDbTx) tx = pdg_db_tx_begin_maintenance (storer->conn, error);
  g_autoptr (GError) local = NULL;
  gboolean may_copy = FALSE;

  if (tx == NULL || !pdg_db_tx_exec_script (tx, SESSION_SETTINGS, error) || !pdg_store_events_may_copy (tx, &may_copy, error)
      || !pdg_store_may_flush_log (tx, &storer->may_flush_log, error) || !pdg_store_events_ensure_partitions (tx, error)
      || !pdg_db_tx_commit (tx, error))
    return FALSE;
  storer->mode = PDG_INGEST_BY_COPY;
  if (may_copy)
    return TRUE;
  pdg_db_tx_free (tx);
  tx = pdg_db_tx_begin_maintenance (storer->conn, error);
  if (tx == NULL)
    return FALSE;
  storer->mode = PDG_INGEST_BY_STAGE;
  if (pdg_store_events_make_stage (tx, &local) && pdg_db_tx_commit (tx, &local))
    return TRUE;
  storer->mode = PDG_INGEST_BY_ARRAY;
  if (g_error_matches (local, PDG_DB_ERROR, PDG_DB_ERROR_PERMISSION))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

gboolean
pdg_ingest_storer_connect (PdgIngestStorer *storer, const char *uri, const char *set_role, GError **error)
{
  if (storer->conn != NULL && pdg_db_conn_is_usable (storer->conn))
    return TRUE;
  g_clear_pointer (&storer->conn, pdg_db_conn_free);
  storer->conn = pdg_db_conn_open (uri, set_role, "productgraph writer", error);
  if (storer->conn != NULL && pdg_ingest_storer_prepare (storer, error))
    {
      storer->n_connected++;
      return TRUE;
    }
  g_clear_pointer (&storer->conn, pdg_db_conn_free);
  return FALSE;
}

void
pdg_ingest_storer_clear (PdgIngestStorer *storer)
{
  g_clear_pointer (&storer->conn, pdg_db_conn_free);
  g_clear_pointer (&storer->buffer, pdg_db_copy_buffer_free);
}

static gint64
get_day (const PdgEventRow *row)
{
  return pdg_time_get_utc_day (row->event->timestamp_usec);
}

static int
compare_days (gconstpointer a, gconstpointer b, gpointer data)
{
  const PdgEventRow *rows = data;
  const guint *x = a, *y = b;
  gint64 i = get_day (&rows[*x]), j = get_day (&rows[*y]);

  return i != j ? (i > j) - (i < j) : (*x > *y) - (*x < *y);
}

/* The places of the rows by day, or NULL where they are all of one. COPY fills the partitions, which are days, one after another in the
 * order in which it met them: so that two collectors which are sent the same events never wait in a circle, it meets them in order. */
static guint *
sort_by_day (const PdgEventRow *rows, guint n)
{
  guint *order, i = 0;

  while (i < n && get_day (&rows[i]) == get_day (&rows[0]))
    i++;
  if (i == n)
    return NULL;
  order = g_new (guint, n);
  for (i = 0; i < n; i++)
    order[i] = i;
  g_qsort_with_data (order, (gint) n, sizeof *order, compare_days, (gpointer) rows);
  return order;
}

static gboolean
store_sorted (PdgIngestStorer *storer, PdgDbTx *tx, const PdgEventRow *rows, guint n, PdgIngestMode mode, guint8 *inserted, GError **error)
{
  memset (inserted, 1, n);
  if (mode == PDG_INGEST_BY_COPY)
    return pdg_store_events_copy (tx, storer->buffer, rows, n, error);
  if (mode == PDG_INGEST_BY_STAGE)
    return pdg_store_events_stage (tx, storer->buffer, rows, n, error);
  return pdg_store_events_insert (tx, rows, n, inserted, error);
}

static gboolean
store_rows (PdgIngestStorer *storer, PdgDbTx *tx, PdgFlush *flush, PdgIngestMode mode, guint8 *inserted, GError **error)
{
  const PdgEventRow *rows = (const PdgEventRow *) (void *) flush->rows->data;
  guint n = flush->rows->len;
  g_autofree guint *order = sort_by_day (rows, n);
  g_autofree PdgEventRow *sorted = NULL;
  g_autofree guint8 *inserted_here = NULL;

  if (order == NULL)
    return store_sorted (storer, tx, rows, n, mode, inserted, error);
  sorted = g_new (PdgEventRow, n);
  inserted_here = g_new (guint8, n);
  for (guint i = 0; i < n; i++)
    sorted[i] = rows[order[i]];
  if (!store_sorted (storer, tx, sorted, n, mode, inserted_here, error))
    return FALSE;
  for (guint i = 0; i < n; i++)
    inserted[order[i]] = inserted_here[i];
  return TRUE;
}

/* The rows that were there already, and what their contents are. */
static gboolean
find_old (PdgDbTx *tx, PdgFlush *flush, const guint8 *inserted, GError **error)
{
  GArray *old = flush->old;

  for (guint i = 0; i < flush->rows->len; i++)
    if (!inserted[i])
      g_array_append_val (old, g_array_index (flush->rows, PdgEventRow, i));
  g_array_set_size (flush->old_hashes, old->len);
  return old->len == 0
         || pdg_store_events_find_payloads (tx, (const PdgEventRow *) (void *) old->data, old->len,
                                            (gint32 *) (void *) flush->old_hashes->data, error);
}

/* Dead letters whose events are stored end; one that was sent again and has the id of another event stays. */
static gboolean
settle_letters (PdgDbTx *tx, const PdgFlush *flush, const guint8 *inserted, GError **error)
{
  guint n_old = 0;

  for (guint i = 0; i < flush->rows->len; i++)
    {
      const PdgEventRow *row = &g_array_index (flush->rows, PdgEventRow, i);
      gint32 hash = inserted[i] ? 0 : g_array_index (flush->old_hashes, gint32, n_old++);

      if ((hash == 0 || pdg_event_payload_equals (hash, row->event->payload_hash)) && !pdg_letters_settle (tx, row->owner, error))
        return FALSE;
    }
  return TRUE;
}

/* The requests of events that were there already are told, and what is remembered of these is the content that is stored. */
static void
settle_old (const PdgFlush *flush, PdgIngestMemory *memory)
{
  for (guint i = 0; i < flush->old->len; i++)
    {
      const PdgEventRow *row = &g_array_index (flush->old, PdgEventRow, i);
      gint32 hash = g_array_index (flush->old_hashes, gint32, i);
      PdgIngestRequest *request = row->owner;
      PdgIngestKey key;

      if (hash == 0 || pdg_event_payload_equals (hash, row->event->payload_hash))
        {
          request->n_duplicates++;
          continue;
        }
      pdg_ingest_note_conflict (request, row->event);
      pdg_ingest_memory_make_key (memory, PDG_INGEST_KEY_EVENT, (guint32) row->project_no, row->event->event_key, sizeof row->event->event_key, key);
      pdg_number_map_insert (memory->stored, key, hash);
    }
}

void
pdg_flush_settle (PdgFlush *flush, PdgIngestMemory *memory)
{
  g_mutex_lock (&memory->lock);
  pdg_ingest_memory_remember_titles (memory, flush->titles);
  for (guint i = 0; i < flush->identities->len; i++)
    {
      const PdgFlushIdentity *identity = &g_array_index (flush->identities, PdgFlushIdentity, i);

      if (i + AHEAD < flush->identities->len)
        pdg_number_map_prefetch (memory->stored, identity[AHEAD].key);
      pdg_number_map_insert (memory->stored, identity->key, identity->payload_hash);
    }
  settle_old (flush, memory);
  g_mutex_unlock (&memory->lock);
}

/* One transaction. */
static gboolean
store (PdgIngestStorer *storer, PdgFlush *flush, PdgPrincipal *principal, PdgIngestMode mode, gboolean durable_later, GError **error)
{
  g_autoptr (PdgDbTx) tx = pdg_db_tx_begin_writer (storer->conn, storer->mode == PDG_INGEST_BY_COPY ? NULL : principal, error);
  g_autofree guint8 *inserted = g_malloc (flush->rows->len);
  g_autoptr (GArray) deltas = NULL;
  PdgFlushEnd end = { .origin = storer->origin, .received_usec = pdg_clock_now_usec (), .durable_later = durable_later };

  g_clear_pointer (&flush->old, g_array_unref);
  g_clear_pointer (&flush->old_hashes, g_array_unref);
  g_clear_pointer (&flush->titles, g_array_unref);
  flush->old = g_array_new (FALSE, FALSE, sizeof (PdgEventRow));
  flush->old_hashes = g_array_new (FALSE, TRUE, sizeof (gint32));
  if (tx == NULL || !store_rows (storer, tx, flush, mode, inserted, error) || !find_old (tx, flush, inserted, error)
      || !settle_letters (tx, flush, inserted, error))
    return FALSE;
  deltas = pdg_flush_list_session_deltas (flush, inserted);
  flush->titles = pdg_flush_list_titles (flush, storer->memory);
  end.deltas = (const PdgSessionDelta *) (void *) deltas->data;
  end.n_deltas = deltas->len;
  end.titles = (const PdgScreenTitle *) (void *) flush->titles->data;
  end.n_titles = flush->titles->len;
  end.projects = (const PdgTouchedProject *) (void *) flush->projects->data;
  end.n_projects = flush->projects->len;
  return pdg_store_finish_flush (tx, &end, TRUE, error);
}

gboolean
pdg_ingest_storer_store (PdgIngestStorer *storer, PdgFlush *flush, PdgPrincipal *principal, gboolean durable_later, gboolean *slow,
                         GError **error)
{
  g_autoptr (GError) local = NULL;

  *slow = storer->mode == PDG_INGEST_BY_ARRAY;
  if (store (storer, flush, principal, storer->mode, durable_later, &local))
    return TRUE;
  if (*slow || !g_error_matches (local, PDG_DB_ERROR, PDG_DB_ERROR_UNIQUE_VIOLATION) || pdg_store_is_refused_number (local))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  *slow = TRUE;
  return store (storer, flush, principal, PDG_INGEST_BY_ARRAY, durable_later, error);
}

gboolean
pdg_ingest_storer_flush_log (PdgIngestStorer *storer, GError **error)
{
  g_autoptr (PdgDbTx) tx = pdg_db_tx_begin_maintenance (storer->conn, error);

  return tx != NULL && pdg_store_flush_log (tx, error);
}
