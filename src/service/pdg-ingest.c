#include "config.h"
#include "service/pdg-ingest-private.h"

#include "base/pdg-bounded-queue.h"
#include "base/pdg-clock.h"
#include "base/pdg-id.h"
#include "base/pdg-time.h"
#include "db/pdg-db-error.h"
#include "service/pdg-letters.h"
#include "store/pdg-store-events.h"

#include <string.h>

#define RECONNECT_MIN_MS 100
#define RECONNECT_MAX_MS 2000
#define MAX_RETRIES 4
#define STATEMENT_TIMEOUT_MS 60000

struct _PdgIngest
{
  PdgIngestOptions options;
  char *uri;
  char *set_role;
  PdgHub *hub;
  PdgBoundedQueue *queue;
  GThread *thread;
  GMutex lock; /* stop and the metrics */
  GCond stop_cond;
  gboolean stopping;
  gint connected;
  PdgIngestMetrics metrics;

  /* The writer thread's own. */
  PdgDbConn *conn;
  PdgIngestMemory *memory;
  PdgDbCopyBuffer *buffer;
  PdgLetters *letters;
  gboolean bypasses_rls;
  gint32 partitions_day;
  guint reconnect_ms;
};

G_DEFINE_QUARK (pdg-ingest-error-quark, pdg_ingest_error)

static void
request_free (gpointer data)
{
  PdgIngestRequest *request = data;

  pdg_principal_unref (request->principal);
  pdg_event_batch_unref (request->batch);
  g_array_unref (request->issues);
  g_ptr_array_unref (request->texts);
  g_free (request);
}

static void
request_fail (PdgIngest *self, PdgIngestRequest *request, const GError *error)
{
  request->done (NULL, error, request->user_data);
  request_free (request);
}

static int
compare_issues (gconstpointer a, gconstpointer b)
{
  const PdgEventIssue *x = a, *y = b;

  return (x->index > y->index) - (x->index < y->index);
}

static void
request_succeed (PdgIngest *self, PdgIngestRequest *request)
{
  guint n_events;
  PdgIngestResult result;
  guint n_own = request->texts->len;

  pdg_event_batch_get_events (request->batch, &n_events);
  g_array_sort (request->issues, compare_issues);
  result.n_accepted = n_events - n_own;
  result.n_duplicates = request->n_duplicates;
  result.n_issues = request->issues->len;
  result.issues = (const PdgEventIssue *) (void *) request->issues->data;
  g_mutex_lock (&self->lock);
  self->metrics.accepted += result.n_accepted;
  self->metrics.duplicates += result.n_duplicates;
  self->metrics.rejected += result.n_issues;
  g_mutex_unlock (&self->lock);
  if (self->options.max_letters > 0)
    pdg_letters_add_request (self->letters, request);
  request->done (&result, NULL, request->user_data);
  request_free (request);
}

/* Forgets the verdicts of an attempt that failed, so that the next one starts clean. */
static void
request_reset (PdgIngestRequest *request)
{
  guint n_issues;
  const PdgEventIssue *issues = pdg_event_batch_get_issues (request->batch, &n_issues);

  g_array_set_size (request->issues, 0);
  if (n_issues > 0)
    g_array_append_vals (request->issues, issues, n_issues);
  g_ptr_array_set_size (request->texts, 0);
  request->n_duplicates = 0;
}

/* The newest title that a flush brings for a screen. */
typedef struct
{
  gint64 screen; /* project and screen number */
  PdgSlice title;
  gint64 usec;
} NewTitle;

/* The newest title of each screen in the flush. Screens that stand for many pages take none. */
static GArray *
list_titles (PdgFlush *flush)
{
  GArray *titles = g_array_new (FALSE, FALSE, sizeof (NewTitle));
  g_autoptr (GHashTable) places = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);

  for (guint i = 0; i < flush->rows->len; i++)
    {
      const PdgEventRow *row = &g_array_index (flush->rows, PdgFlushRow, i).row;
      const PdgEvent *event = row->event;
      NewTitle title = { (gint64) row->project_no << 32 | (guint32) row->screen_no, event->page_title, event->timestamp_usec };
      guint place;

      if (!(event->flags & PDG_EVENT_IS_PAGE_VIEW) || event->page_title.data == NULL || row->screen_no == 0 || row->screen_is_pattern)
        continue;
      place = GPOINTER_TO_UINT (g_hash_table_lookup (places, &title.screen));
      if (place == 0)
        {
          g_array_append_val (titles, title);
          g_hash_table_insert (places, g_memdup2 (&title.screen, sizeof title.screen), GUINT_TO_POINTER (titles->len));
        }
      else if (g_array_index (titles, NewTitle, place - 1).usec <= title.usec)
        g_array_index (titles, NewTitle, place - 1) = title;
    }
  return titles;
}

/* What is remembered of a screen's title: under the screen, a number that stands for the text. */
static gint32
make_title_number (PdgIngest *self, const NewTitle *title, guint8 key[16])
{
  guint8 hash[16];
  guint32 number;

  pdg_hash128 (&title->screen, sizeof title->screen, self->memory->seed, key);
  pdg_hash128 (title->title.data, title->title.len, self->memory->seed, hash);
  memcpy (&number, hash, sizeof number);
  return (gint32) (number & G_MAXINT32) | 1;
}

/* Gives the screens of the flush their newest titles, where they are news; *@told are those, to be remembered after the commit. */
static gboolean
name_screens (PdgIngest *self, PdgDbTx *tx, PdgFlush *flush, GArray **told, GError **error)
{
  g_autoptr (GArray) projects = g_array_new (FALSE, FALSE, sizeof (gint32));
  g_autoptr (GArray) screens = g_array_new (FALSE, FALSE, sizeof (gint32));
  g_autoptr (GArray) texts = g_array_new (FALSE, FALSE, sizeof (PdgSlice));
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (gint64));
  GArray *titles = *told = list_titles (flush);

  for (guint i = titles->len; i > 0; i--)
    {
      const NewTitle *title = &g_array_index (titles, NewTitle, i - 1);
      gint32 project_no = (gint32) (title->screen >> 32), screen_no = (gint32) title->screen;
      guint8 key[16];
      gint32 number = make_title_number (self, title, key);

      if (pdg_number_map_lookup (self->memory->titles, key) == number)
        {
          g_array_remove_index_fast (titles, i - 1);
          continue;
        }
      g_array_append_val (projects, project_no);
      g_array_append_val (screens, screen_no);
      g_array_append_val (texts, title->title);
      g_array_append_val (times, title->usec);
    }
  return titles->len == 0
         || pdg_store_events_name_screens (tx, (const gint32 *) (void *) projects->data, (const gint32 *) (void *) screens->data,
                                           (const PdgSlice *) (void *) texts->data, (const gint64 *) (void *) times->data,
                                           texts->len, error);
}

/* After the commit. */
static void
remember_titles (PdgIngest *self, GArray *told)
{
  for (guint i = 0; i < told->len; i++)
    {
      guint8 key[16];
      gint32 number = make_title_number (self, &g_array_index (told, NewTitle, i), key);

      pdg_number_map_insert (self->memory->titles, key, number);
    }
}

/* Tells every process, once a project; rows are sorted by project. */
static gboolean
notify_projects (PdgIngest *self, PdgDbTx *tx, PdgFlush *flush, GError **error)
{
  g_autoptr (GArray) orgs = g_array_new (FALSE, FALSE, sizeof (gint32));
  g_autoptr (GArray) projects = g_array_new (FALSE, FALSE, sizeof (gint32));
  gint32 last = 0;

  for (guint i = 0; i < flush->rows->len; i++)
    {
      const PdgEventRow *row = &g_array_index (flush->rows, PdgFlushRow, i).row;

      if (row->project_no == last)
        continue;
      g_array_append_val (orgs, row->org_no);
      g_array_append_val (projects, row->project_no);
      last = row->project_no;
    }
  return pdg_store_events_notify (tx, (const gint32 *) (void *) orgs->data, (const gint32 *) (void *) projects->data, projects->len,
                                  pdg_hub_get_origin (self->hub), error);
}

/* One transaction: the rows, their sessions, the notification. @slow: by way of ON CONFLICT. */
static gboolean
store_rows (PdgIngest *self, PdgFlush *flush, PdgPrincipal *principal, gboolean slow, guint8 *inserted, GError **error)
{
  g_autoptr (PdgDbTx) tx = pdg_ingest_begin (self->conn, self->bypasses_rls, principal, error);
  g_autofree PdgEventRow *rows = g_new (PdgEventRow, flush->rows->len);
  g_autoptr (GArray) deltas = NULL;
  g_autoptr (GArray) told = NULL;
  guint n = flush->rows->len;

  if (tx == NULL || !pdg_db_tx_set_timeout (tx, STATEMENT_TIMEOUT_MS, error) || !pdg_ingest_hold_projects (tx, flush, self->memory, error))
    return FALSE;
  for (guint i = 0; i < n; i++)
    rows[i] = g_array_index (flush->rows, PdgFlushRow, i).row;
  if (slow)
    {
      if (!pdg_store_events_insert (tx, rows, n, inserted, error))
        return FALSE;
    }
  else
    {
      memset (inserted, 1, n);
      if (!pdg_store_events_copy (tx, self->buffer, rows, n, error))
        return FALSE;
    }
  deltas = pdg_flush_list_session_deltas (flush, inserted);
  if (deltas->len > 0
      && !pdg_store_events_apply_sessions (tx, (const PdgSessionDelta *) (void *) deltas->data, deltas->len, pdg_clock_now_usec (), error))
    return FALSE;
  if (!pdg_letters_settle (tx, flush, error) || !name_screens (self, tx, flush, &told, error) || !notify_projects (self, tx, flush, error)
      || !pdg_db_tx_commit (tx, error))
    return FALSE;
  remember_titles (self, told);
  return TRUE;
}

static void
publish_projects (PdgIngest *self, PdgFlush *flush)
{
  gint32 last = 0;

  for (guint i = 0; i < flush->rows->len; i++)
    {
      gint32 project_no = g_array_index (flush->rows, PdgFlushRow, i).row.project_no;

      if (project_no != last)
        pdg_hub_publish (self->hub, project_no);
      last = project_no;
    }
}

static gboolean
try_flush (PdgIngest *self, PdgIngestRequest **requests, guint n_requests, GError **error)
{
  g_autoptr (PdgFlush) flush = pdg_flush_new (self->memory, self->conn, self->bypasses_rls, requests, n_requests, error);
  g_autofree guint8 *inserted = NULL;
  gboolean slow = !self->bypasses_rls, stored;

  if (flush == NULL)
    return FALSE;
  if (flush->rows->len == 0)
    return TRUE;
  if (!pdg_ingest_store_identities (flush, self->memory, self->conn, self->bypasses_rls, requests[0]->principal, error))
    return FALSE;
  inserted = g_malloc0 (flush->rows->len);
  stored = FALSE;
  if (!slow)
    {
      g_autoptr (GError) local = NULL;

      stored = store_rows (self, flush, requests[0]->principal, FALSE, inserted, &local);
      slow = !stored && g_error_matches (local, PDG_DB_ERROR, PDG_DB_ERROR_UNIQUE_VIOLATION);
      if (!stored && !slow)
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
    }
  if (slow && !store_rows (self, flush, requests[0]->principal, TRUE, inserted, error))
    return FALSE;
  for (guint i = 0; i < flush->rows->len; i++)
    if (!inserted[i])
      g_array_index (flush->rows, PdgFlushRow, i).request->n_duplicates++;
  pdg_flush_remember (flush, self->memory);
  publish_projects (self, flush);
  g_mutex_lock (&self->lock);
  self->metrics.slow_flushes += slow;
  g_mutex_unlock (&self->lock);
  return TRUE;
}

static gboolean
is_connection_error (const GError *error)
{
  return g_error_matches (error, PDG_DB_ERROR, PDG_DB_ERROR_CONNECTION);
}

static void
fail_all (PdgIngest *self, PdgIngestRequest **requests, guint n, const GError *cause)
{
  g_autoptr (GError) error = NULL;

  if (is_connection_error (cause))
    error = g_error_new_literal (PDG_INGEST_ERROR, PDG_INGEST_ERROR_AWAY, "the database is away; send the same events again");
  else
    error = g_error_new_literal (PDG_INGEST_ERROR, PDG_INGEST_ERROR_FAILED, "the events could not be stored; send them again later");
  g_mutex_lock (&self->lock);
  self->metrics.failed_flushes++;
  g_mutex_unlock (&self->lock);
  g_warning ("%u requests failed: %s (%s)", n, cause->message,
             pdg_db_error_get_detail (cause) != NULL ? pdg_db_error_get_detail (cause) : "no detail");
  for (guint i = 0; i < n; i++)
    request_fail (self, requests[i], error);
}

/* A project was removed that is remembered, or numbers of it were taken back: the database refuses them. */
static gboolean
is_of_forgotten_number (const GError *error)
{
  return g_error_matches (error, PDG_DB_ERROR, PDG_DB_ERROR_PERMISSION) || strcmp (pdg_db_error_get_sqlstate (error), "23503") == 0;
}

/* Stores the requests and answers each. A failure that is not the connection's is narrowed down by halves, so that what
 * one request holds cannot take the others with it. */
static void
flush_requests (PdgIngest *self, PdgIngestRequest **requests, guint n)
{
  g_autoptr (GError) error = NULL;

  for (int attempt = 0; attempt < MAX_RETRIES; attempt++)
    {
      g_clear_error (&error);
      for (guint i = 0; i < n; i++)
        request_reset (requests[i]);
      if (try_flush (self, requests, n, &error))
        {
          for (guint i = 0; i < n; i++)
            request_succeed (self, requests[i]);
          return;
        }
      if (attempt == 0 && is_of_forgotten_number (error))
        pdg_ingest_memory_forget (self->memory);
      else if (!g_error_matches (error, PDG_DB_ERROR, PDG_DB_ERROR_SERIALIZATION))
        break;
    }
  if (n > 1 && !is_connection_error (error))
    {
      flush_requests (self, requests, n / 2);
      flush_requests (self, requests + n / 2, n - n / 2);
      return;
    }
  fail_all (self, requests, n, error);
}

static int
compare_requests_by_org (gconstpointer a, gconstpointer b)
{
  const PdgIngestRequest *x = *(PdgIngestRequest *const *) a, *y = *(PdgIngestRequest *const *) b;
  gint32 i = pdg_principal_get_org_no (x->principal), j = pdg_principal_get_org_no (y->principal);

  return (i > j) - (i < j);
}

/* Under row-level security a transaction is one organisation's. */
static void
flush_by_organisation (PdgIngest *self, GPtrArray *requests)
{
  guint first = 0;

  g_ptr_array_sort (requests, compare_requests_by_org);
  for (guint i = 1; i <= requests->len; i++)
    if (i == requests->len || compare_requests_by_org (&requests->pdata[first], &requests->pdata[i]) != 0)
      {
        flush_requests (self, (PdgIngestRequest **) requests->pdata + first, i - first);
        first = i;
      }
}

static gboolean
prepare_connection (PdgIngest *self, GError **error)
{
  g_autoptr (PdgDbTx) tx = pdg_db_tx_begin_maintenance (self->conn, error);

  if (tx == NULL || !pdg_store_events_may_copy (tx, &self->bypasses_rls, error) || !pdg_store_events_ensure_partitions (tx, error)
      || !pdg_db_tx_commit (tx, error))
    return FALSE;
  self->partitions_day = pdg_time_get_utc_day (pdg_clock_now_usec ());
  return TRUE;
}

/* Waits for the next attempt, or until the ingest stops. */
static void
pause_before_reconnect (PdgIngest *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  gint64 deadline = g_get_monotonic_time () + self->reconnect_ms * 1000;

  while (!self->stopping && g_cond_wait_until (&self->stop_cond, &self->lock, deadline))
    ;
  self->reconnect_ms = MIN (self->reconnect_ms * 2, RECONNECT_MAX_MS);
}

static gboolean
is_stopping (PdgIngest *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return self->stopping;
}

static void
set_connected (PdgIngest *self, gboolean connected)
{
  g_atomic_int_set (&self->connected, connected);
}

static gboolean
ensure_connection (PdgIngest *self, GError **error)
{
  if (self->conn != NULL && pdg_db_conn_is_usable (self->conn))
    return TRUE;
  set_connected (self, FALSE);
  g_clear_pointer (&self->conn, pdg_db_conn_free);
  self->conn = pdg_db_conn_open (self->uri, self->set_role, "productgraph writer", error);
  if (self->conn == NULL || !prepare_connection (self, error))
    {
      g_clear_pointer (&self->conn, pdg_db_conn_free);
      return FALSE;
    }
  self->reconnect_ms = RECONNECT_MIN_MS;
  set_connected (self, TRUE);
  return TRUE;
}

static void
ensure_todays_partitions (PdgIngest *self)
{
  g_autoptr (GError) error = NULL;

  if (self->partitions_day != pdg_time_get_utc_day (pdg_clock_now_usec ()) && !prepare_connection (self, &error))
    g_warning ("partitions of the day: %s", error->message);
}

static void
flush_queue (PdgIngest *self, GPtrArray *requests)
{
  g_autoptr (GError) error = NULL;
  gint64 began = g_get_monotonic_time ();

  if (!ensure_connection (self, &error))
    {
      fail_all (self, (PdgIngestRequest **) requests->pdata, requests->len, error);
      return;
    }
  ensure_todays_partitions (self);
  if (self->bypasses_rls)
    flush_requests (self, (PdgIngestRequest **) requests->pdata, requests->len);
  else
    flush_by_organisation (self, requests);
  pdg_letters_flush (self->letters, self->conn, self->bypasses_rls);
  if (!pdg_db_conn_is_usable (self->conn))
    set_connected (self, FALSE);
  g_mutex_lock (&self->lock);
  self->metrics.flushes++;
  self->metrics.flush_usec += (guint64) (g_get_monotonic_time () - began);
  g_mutex_unlock (&self->lock);
}

static gpointer
writer_thread (gpointer data)
{
  PdgIngest *self = data;
  g_autoptr (GPtrArray) requests = g_ptr_array_new ();

  self->memory = pdg_ingest_memory_new ();
  self->buffer = pdg_db_copy_buffer_new (0);
  self->letters = pdg_letters_new (self->options.max_letters, self->options.max_letter_bytes);
  for (;;)
    {
      g_autoptr (GError) error = NULL;
      gboolean connected = ensure_connection (self, &error);

      if (!connected && !is_stopping (self))
        pause_before_reconnect (self);
      g_ptr_array_set_size (requests, 0);
      if (pdg_bounded_queue_pop_many (self->queue, requests, self->options.max_flush_events, connected ? 1000 * 1000 : 0) > 0)
        flush_queue (self, requests);
      else if (pdg_bounded_queue_is_closed (self->queue))
        break;
    }
  g_clear_pointer (&self->conn, pdg_db_conn_free);
  g_clear_pointer (&self->memory, pdg_ingest_memory_free);
  g_clear_pointer (&self->buffer, pdg_db_copy_buffer_free);
  g_clear_pointer (&self->letters, pdg_letters_free);
  return NULL;
}

PdgIngest *
pdg_ingest_new (const PdgIngestOptions *options, PdgHub *hub)
{
  PdgIngest *self = g_new0 (PdgIngest, 1);

  self->options = *options;
  self->uri = g_strdup (options->uri);
  self->set_role = g_strdup (options->set_role);
  self->hub = pdg_hub_ref (hub);
  self->queue = pdg_bounded_queue_new (options->max_queued_events, request_free);
  self->reconnect_ms = RECONNECT_MIN_MS;
  g_mutex_init (&self->lock);
  g_cond_init (&self->stop_cond);
  self->thread = g_thread_new ("ingest writer", writer_thread, self);
  return self;
}

void
pdg_ingest_free (PdgIngest *self)
{
  if (self == NULL)
    return;
  g_mutex_lock (&self->lock);
  self->stopping = TRUE;
  g_cond_broadcast (&self->stop_cond);
  g_mutex_unlock (&self->lock);
  pdg_bounded_queue_close (self->queue);
  g_thread_join (self->thread);
  pdg_bounded_queue_free (self->queue);
  pdg_hub_unref (self->hub);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->stop_cond);
  g_free (self->uri);
  g_free (self->set_role);
  g_free (self);
}

gboolean
pdg_ingest_submit (PdgIngest *self, PdgPrincipal *principal, PdgEventBatch *batch, PdgIngestDoneFunc done, gpointer user_data,
                   GError **error)
{
  PdgIngestRequest *request;
  guint n_events;

  if (!pdg_ingest_is_connected (self))
    {
      g_set_error_literal (error, PDG_INGEST_ERROR, PDG_INGEST_ERROR_AWAY, "the database is away; send the same events again");
      return FALSE;
    }
  pdg_event_batch_get_events (batch, &n_events);
  request = g_new0 (PdgIngestRequest, 1);
  request->principal = pdg_principal_ref (principal);
  request->batch = pdg_event_batch_ref (batch);
  request->done = done;
  request->user_data = user_data;
  request->issues = g_array_new (FALSE, FALSE, sizeof (PdgEventIssue));
  request->texts = g_ptr_array_new_with_free_func (g_free);
  if (pdg_bounded_queue_try_push (self->queue, request, MAX (n_events, 1)))
    return TRUE;
  request_free (request);
  g_set_error_literal (error, PDG_INGEST_ERROR, PDG_INGEST_ERROR_FULL,
                       "more events arrive than the database takes; send the same events again a little later");
  return FALSE;
}

gboolean
pdg_ingest_is_connected (PdgIngest *self)
{
  return g_atomic_int_get (&self->connected);
}

void
pdg_ingest_get_metrics (PdgIngest *self, PdgIngestMetrics *metrics)
{
  g_mutex_lock (&self->lock);
  *metrics = self->metrics;
  g_mutex_unlock (&self->lock);
  metrics->queued_events = pdg_bounded_queue_get_weight (self->queue);
  metrics->connected = pdg_ingest_is_connected (self);
}
