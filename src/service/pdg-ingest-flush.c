#include "config.h"
#include "service/pdg-ingest-private.h"

#include "store/pdg-store-numbers.h"

#include <string.h>

/* The project's number and epoch; the number is 0 when the event was rejected for it. */
static gboolean
find_project (PdgIngestMemory *memory, PdgDbConn *conn, gboolean bypasses_rls, PdgIngestRequest *request, const PdgEvent *event,
              gint32 *project_no, gint32 *epoch, GError **error)
{
  gint32 org_no = pdg_principal_get_org_no (request->principal);
  gint32 bound = pdg_principal_get_project_no (request->principal);
  PdgIngestKey key;

  pdg_ingest_memory_make_key (memory, PDG_INGEST_KEY_PROJECT, (guint32) org_no, event->project.data, event->project.len, key);
  *project_no = pdg_number_map_lookup (memory->projects, key);
  *epoch = *project_no > 0 ? pdg_ingest_memory_find_epoch (memory, *project_no) : -1;
  if (*epoch < 0)
    {
      g_autoptr (PdgDbTx) tx = pdg_db_tx_begin_writer (conn, bypasses_rls ? NULL : request->principal, error);

      if (tx == NULL || !pdg_store_find_project (tx, org_no, &event->project, project_no, epoch, error) || !pdg_db_tx_commit (tx, error))
        return FALSE;
      if (*project_no > 0)
        {
          pdg_number_map_insert (memory->projects, key, *project_no);
          pdg_ingest_memory_remember_epoch (memory, *project_no, *epoch);
        }
    }
  if (*project_no == 0)
    pdg_ingest_request_refuse (request, event,
                               g_strdup_printf ("project_id: there is no project \"%.*s\"; make it in the app or with productgraphd project create",
                                                (int) event->project.len, event->project.data));
  else if (bound > 0 && bound != *project_no)
    {
      pdg_ingest_request_refuse (request, event, g_strdup ("project_id: this key belongs to another project"));
      *project_no = 0;
    }
  return TRUE;
}

/* The identities of one flush: open addressing, at most half full, of places in flush->identities + 1. */
typedef struct
{
  const GArray *identities;
  guint32 *slots;
  gsize mask;
} Here;

/* The place + 1 of an event with this identity, or where to put one. */
static guint32 *
find_here (Here *here, const PdgIngestKey key)
{
  gsize i;

  memcpy (&i, key, sizeof i);
  for (i &= here->mask; here->slots[i] != 0; i = (i + 1) & here->mask)
    if (memcmp (g_array_index (here->identities, PdgFlushIdentity, here->slots[i] - 1).key, key, sizeof (PdgIngestKey)) == 0)
      break;
  return &here->slots[i];
}

/* Whether the event is new. One that has come before is counted, or noted when its content is another. */
static gboolean
is_new (PdgFlush *flush, Here *here, PdgIngestMemory *memory, const PdgEventRow *row, const PdgIngestKey key)
{
  PdgIngestRequest *request = row->owner;
  guint32 *slot = find_here (here, key);
  gint32 hash = *slot != 0 ? g_array_index (flush->identities, PdgFlushIdentity, *slot - 1).payload_hash
                           : pdg_number_map_lookup (memory->stored, key);
  PdgFlushIdentity identity = { .payload_hash = row->event->payload_hash };

  if (hash == 0)
    {
      memcpy (identity.key, key, sizeof identity.key);
      g_array_append_val (flush->identities, identity);
      *slot = flush->identities->len;
    }
  else if (pdg_event_payload_equals (hash, row->event->payload_hash))
    request->n_duplicates++;
  else
    pdg_ingest_note_conflict (request, row->event);
  return hash == 0;
}

/* The rows from @first on were collected without asking whether they are new: leaves those that are. What is remembered of the next
 * ones is on its way into the processor's cache meanwhile. */
static void
keep_new_rows (PdgFlush *flush, Here *here, PdgIngestMemory *memory, guint first, PdgIngestKey *keys)
{
  PdgEventRow *rows = (PdgEventRow *) (void *) flush->rows->data;
  guint n = flush->rows->len, n_kept = first;

  for (guint i = first; i < n; i++)
    {
      pdg_ingest_memory_make_key (memory, PDG_INGEST_KEY_EVENT, (guint32) rows[i].project_no, rows[i].event->event_key,
                                  sizeof rows[i].event->event_key, keys[i - first]);
      pdg_number_map_prefetch (memory->stored, keys[i - first]);
    }
  for (guint i = first; i < n; i++)
    if (is_new (flush, here, memory, &rows[i], keys[i - first]))
      rows[n_kept++] = rows[i];
  g_array_set_size (flush->rows, n_kept);
}

/* Rows for the events that have a project and are not stored yet. */
static gboolean
collect_rows (PdgFlush *flush, PdgIngestMemory *memory, PdgDbConn *conn, gboolean bypasses_rls, PdgIngestRequest **requests,
              guint n_requests, GError **error)
{
  g_autofree guint32 *slots = NULL;
  g_autofree PdgIngestKey *keys = NULL;
  Here here = { .identities = flush->identities };
  gsize n_all = 1, n_slots = 1, n_most = 1;

  for (guint r = 0; r < n_requests; r++)
    {
      guint n_events;

      pdg_event_batch_get_events (requests[r]->batch, &n_events);
      n_all += n_events;
      n_most = MAX (n_most, n_events);
    }
  keys = g_new (PdgIngestKey, n_most);
  while (n_slots < 2 * n_all)
    n_slots *= 2;
  here.slots = slots = g_new0 (guint32, n_slots);
  here.mask = n_slots - 1;
  for (guint r = 0; r < n_requests; r++)
    {
      PdgIngestRequest *request = requests[r];
      guint n_events, first = flush->rows->len;
      const PdgEvent *events = pdg_event_batch_get_events (request->batch, &n_events), *last = NULL;
      gint32 last_no = 0, epoch = 0;

      for (guint i = 0; i < n_events; i++)
        {
          PdgEventRow row = { .event = &events[i], .owner = request, .project_no = last_no };

          if ((last == NULL || last->project.len != events[i].project.len
               || memcmp (last->project.data, events[i].project.data, last->project.len) != 0)
              && !find_project (memory, conn, bypasses_rls, request, &events[i], &row.project_no, &epoch, error))
            return FALSE;
          last = row.project_no > 0 ? &events[i] : NULL;
          last_no = row.project_no;
          if (row.project_no == 0)
            continue;
          row.epoch = epoch;
          row.org_no = pdg_principal_get_org_no (request->principal);
          row.received_usec = pdg_event_batch_get_received_usec (request->batch);
          g_array_append_val (flush->rows, row);
        }
      keep_new_rows (flush, &here, memory, first, keys);
    }
  return TRUE;
}

/* What a row is sorted by, and its place. */
typedef struct
{
  guint64 session; /* project and session number */
  gint64 usec;
  const PdgEventRow *row;
} RowOrder;

/* By project, session, time and key: the order of the table's unique index, which makes COPY cheaper. */
static int
compare_orders (gconstpointer a, gconstpointer b, gpointer data)
{
  const RowOrder *x = a, *y = b;

  if (x->session != y->session)
    return x->session < y->session ? -1 : 1;
  if (x->usec != y->usec)
    return x->usec < y->usec ? -1 : 1;
  return memcmp (x->row->event->event_key, y->row->event->event_key, 16);
}

static void
sort_rows (PdgFlush *flush)
{
  guint n = flush->rows->len;
  const PdgEventRow *rows = (const PdgEventRow *) (void *) flush->rows->data;
  g_autofree RowOrder *orders = g_new (RowOrder, n);
  GArray *sorted = g_array_sized_new (FALSE, TRUE, sizeof (PdgEventRow), n);

  for (guint i = 0; i < n; i++)
    orders[i] = (RowOrder) { (guint64) (guint32) rows[i].project_no << 32 | (guint32) rows[i].session_no, rows[i].event->timestamp_usec, &rows[i] };
  g_qsort_with_data (orders, (gint) n, sizeof *orders, compare_orders, NULL);
  for (guint i = 0; i < n; i++)
    g_array_append_vals (sorted, orders[i].row, 1);
  g_array_unref (flush->rows);
  flush->rows = sorted;
}

/* The rows are sorted by project. Numbers of two epochs do not go together: of them the older counts, which the database refuses. */
static void
list_projects (PdgFlush *flush)
{
  PdgTouchedProject *last = NULL;

  for (guint i = 0; i < flush->rows->len; i++)
    {
      const PdgEventRow *row = &g_array_index (flush->rows, PdgEventRow, i);
      PdgTouchedProject project = { .org_no = row->org_no, .project_no = row->project_no, .epoch = row->epoch };

      if (i == 0 || row->project_no != last->project_no)
        {
          g_array_append_val (flush->projects, project);
          last = &g_array_index (flush->projects, PdgTouchedProject, flush->projects->len - 1);
        }
      last->epoch = MIN (last->epoch, row->epoch);
    }
}

PdgFlush *
pdg_flush_new (PdgIngestMemory *memory, PdgDbConn *conn, gboolean bypasses_rls, PdgIngestRequest **requests, guint n_requests,
               GError **error)
{
  g_autoptr (PdgFlush) flush = g_new0 (PdgFlush, 1);
  gboolean ok;

  flush->arena = pdg_arena_new (64 * 1024);
  flush->rows = g_array_new (FALSE, TRUE, sizeof (PdgEventRow));
  flush->identities = g_array_new (FALSE, FALSE, sizeof (PdgFlushIdentity));
  flush->projects = g_array_new (FALSE, FALSE, sizeof (PdgTouchedProject));
  g_mutex_lock (&memory->lock);
  ok = collect_rows (flush, memory, conn, bypasses_rls, requests, n_requests, error);
  g_mutex_unlock (&memory->lock);
  if (!ok || !pdg_flush_assign_numbers (flush, memory, conn, bypasses_rls ? NULL : requests[0]->principal, error))
    return NULL;
  sort_rows (flush);
  list_projects (flush);
  return g_steal_pointer (&flush);
}

void
pdg_flush_free (PdgFlush *flush)
{
  if (flush == NULL)
    return;
  pdg_arena_free (flush->arena);
  g_array_unref (flush->rows);
  g_array_unref (flush->identities);
  g_array_unref (flush->projects);
  g_clear_pointer (&flush->titles, g_array_unref);
  g_clear_pointer (&flush->old, g_array_unref);
  g_clear_pointer (&flush->old_hashes, g_array_unref);
  g_free (flush);
}

/* By time, sequence, and at last the number, so that equal times give the same in any order of arrival; as apply_sessions (). */
static int
compare_places (gint64 a_usec, gint32 a_seq, gint32 a_no, gint64 b_usec, gint32 b_seq, gint32 b_no)
{
  if (a_usec != b_usec)
    return a_usec < b_usec ? -1 : 1;
  if (a_seq != b_seq)
    return a_seq < b_seq ? -1 : 1;
  return (a_no > b_no) - (a_no < b_no);
}

static void
add_to_delta (PdgSessionDelta *delta, const PdgEventRow *row)
{
  const PdgEvent *event = row->event;
  gint64 ts = event->timestamp_usec;

  delta->events++;
  delta->page_views += (event->flags & PDG_EVENT_IS_PAGE_VIEW) != 0;
  delta->errors += (event->flags & PDG_EVENT_IS_ERROR) != 0;
  delta->start_usec = MIN (delta->start_usec, ts);
  delta->end_usec = delta->end_usec == G_MAXINT64 ? ts : MAX (delta->end_usec, ts);
  if ((event->flags & PDG_EVENT_IS_PAGE_VIEW) && row->screen_no > 0)
    {
      if (delta->entry_screen_no == 0
          || compare_places (ts, event->sequence, row->screen_no, delta->entry_usec, delta->entry_seq, delta->entry_screen_no) < 0)
        {
          delta->entry_screen_no = row->screen_no;
          delta->entry_usec = ts;
          delta->entry_seq = event->sequence;
        }
      if (delta->exit_screen_no == 0
          || compare_places (ts, event->sequence, row->screen_no, delta->exit_usec, delta->exit_seq, delta->exit_screen_no) > 0)
        {
          delta->exit_screen_no = row->screen_no;
          delta->exit_usec = ts;
          delta->exit_seq = event->sequence;
        }
    }
  if (row->release_no > 0
      && (delta->release_no == 0 || compare_places (ts, 0, row->release_no, delta->release_usec, 0, delta->release_no) > 0))
    {
      delta->release_no = row->release_no;
      delta->release_usec = ts;
    }
  if (row->actor_kind > delta->actor_kind
      || (row->actor_kind == delta->actor_kind && compare_places (ts, 0, row->actor_no, delta->actor_usec, 0, delta->actor_no) < 0))
    {
      delta->actor_kind = row->actor_kind;
      delta->actor_no = row->actor_no;
      delta->actor_usec = ts;
    }
}

GArray *
pdg_flush_list_session_deltas (const PdgFlush *flush, const guint8 *inserted)
{
  GArray *deltas = g_array_new (FALSE, FALSE, sizeof (PdgSessionDelta));
  PdgSessionDelta *delta = NULL;

  for (guint i = 0; i < flush->rows->len; i++)
    {
      const PdgEventRow *row = &g_array_index (flush->rows, PdgEventRow, i);

      if (!inserted[i])
        continue;
      if (delta == NULL || delta->project_no != row->project_no || delta->session_no != row->session_no)
        {
          PdgSessionDelta fresh = {
            .project_no = row->project_no, .session_no = row->session_no, .start_usec = G_MAXINT64, .end_usec = G_MAXINT64,
            .entry_usec = G_MAXINT64, .exit_usec = G_MAXINT64, .release_usec = G_MAXINT64, .actor_kind = -1,
          };

          g_array_append_val (deltas, fresh);
          delta = &g_array_index (deltas, PdgSessionDelta, deltas->len - 1);
        }
      add_to_delta (delta, row);
    }
  return deltas;
}
