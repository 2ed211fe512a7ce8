#include "config.h"
#include "service/pdg-ingest-private.h"

#include "base/pdg-bounded-queue.h"
#include "base/pdg-clock.h"
#include "base/pdg-time.h"
#include "db/pdg-db-error.h"
#include "service/pdg-ingest-settler.h"
#include "service/pdg-letters.h"
#include "store/pdg-store-flush.h"

/* One thread takes what is queued, finds numbers and leaves out what is stored; others, each with a connection, store it. One flush is
 * under way at a time, and meanwhile the next one gathers, as long as that is enough; when half of as much waits as the one under way
 * holds, the next one is stored beside it, and those that store do not wait for the disk (pdg-ingest-settler.h). Half, since what each
 * flush costs whatever it holds would be more than what the second connection gains with less. */

#define RECONNECT_MIN_MS 100
#define RECONNECT_MAX_MS 2000
#define MAX_RETRIES 4
#define N_STORERS 2
#define MAX_HELD (N_STORERS + 1) /* flushes that are stored, or committed but not on the disk: what they hold is memory */
#define PARALLEL_MIN_EVENTS 100
#define PARALLEL_MAX_EVENTS 1000
#define TURN_USEC G_USEC_PER_SEC

/* Requests that are stored together, and how often that was tried. */
typedef struct
{
  GPtrArray *requests; /* PdgIngestRequest */
  PdgFlush *flush; /* NULL until it is prepared */
  guint life; /* of the ingest, in which it was prepared */
  guint n_tries;
} Job;

struct _PdgIngest
{
  PdgIngestOptions options;
  char *uri;
  char *set_role;
  PdgHub *hub;
  PdgBoundedQueue *queue;
  PdgIngestMemory *memory;
  PdgLetters *letters; /* NULL when none are kept */
  GThread *preparer;
  GThread *storers[N_STORERS];
  PdgIngestSettler *settler;
  gint connected;

  GMutex lock;
  GCond room; /* for the preparer: a flush may start, or it stops */
  GCond work; /* for the storers */
  gboolean stopping; /* no more waiting for the database */
  gboolean finished; /* no more jobs */
  gboolean forgets_numbers; /* some that are remembered were taken back, or may be lost */
  guint life; /* begins with each new connection */
  GQueue prepared; /* Job: for the storers */
  GQueue again; /* Job: to be prepared anew */
  guint n_flying; /* flushes with the storers */
  guint n_flying_events;
  guint n_unsettled; /* and with the settler */
  PdgIngestMetrics metrics;

  /* The preparer's own. */
  PdgIngestStorer base; /* it stores nothing: its connection hands out numbers */
  gint32 partitions_day;
  guint reconnect_ms;
};

G_DEFINE_QUARK (pdg - ingest - error - quark, pdg_ingest_error)

static Job *
job_new (guint n_tries)
{
  Job *job = g_new0 (Job, 1);

  job->requests = g_ptr_array_new ();
  job->n_tries = n_tries;
  return job;
}

static void
job_free (Job *job)
{
  g_ptr_array_unref (job->requests);
  g_clear_pointer (&job->flush, pdg_flush_free);
  g_free (job);
}

/* Gathers what was refused. */
static void
add_letters (PdgIngest *self, const Job *job)
{
  for (guint i = 0; self->letters != NULL && i < job->requests->len; i++)
    pdg_letters_add_request (self->letters, job->requests->pdata[i]);
}

static void
request_succeed (PdgIngest *self, PdgIngestRequest *request)
{
  guint n_events;
  PdgIngestResult result;
  guint n_own = request->texts->len;

  pdg_event_batch_get_events (request->batch, &n_events);
  pdg_ingest_request_sort_issues (request);
  result.n_accepted = n_events - n_own;
  result.n_duplicates = request->n_duplicates;
  result.n_issues = request->issues->len;
  result.issues = (const PdgEventIssue *) (void *) request->issues->data;
  g_mutex_lock (&self->lock);
  self->metrics.accepted += result.n_accepted;
  self->metrics.duplicates += result.n_duplicates;
  self->metrics.rejected += result.n_issues;
  self->metrics.conflicts += request->conflicts->len;
  g_mutex_unlock (&self->lock);
  request->done (&result, NULL, request->user_data);
  pdg_ingest_request_free (request);
}

static gboolean
is_connection_error (const GError *error)
{
  return g_error_matches (error, PDG_DB_ERROR, PDG_DB_ERROR_CONNECTION);
}

/* A project was removed that is remembered, or numbers of it were taken back or lost: the database refuses them. */
static gboolean
is_of_forgotten_number (const GError *error)
{
  return g_error_matches (error, PDG_DB_ERROR, PDG_DB_ERROR_PERMISSION) || pdg_store_is_refused_number (error);
}

static void
fail_all (PdgIngest *self, Job *job, const GError *cause)
{
  g_autoptr (GError) error = NULL;

  if (is_connection_error (cause))
    error = g_error_new_literal (PDG_INGEST_ERROR, PDG_INGEST_ERROR_AWAY, "the database is away; send the same events again");
  else
    error = g_error_new_literal (PDG_INGEST_ERROR, PDG_INGEST_ERROR_FAILED, "the events could not be stored; send them again later");
  g_mutex_lock (&self->lock);
  self->metrics.failed_flushes++;
  g_mutex_unlock (&self->lock);
  g_warning ("%u requests failed: %s (%s)", job->requests->len, cause->message,
             pdg_db_error_get_detail (cause) != NULL ? pdg_db_error_get_detail (cause) : "no detail");
  for (guint i = 0; i < job->requests->len; i++)
    {
      PdgIngestRequest *request = job->requests->pdata[i];

      request->done (NULL, error, request->user_data);
      pdg_ingest_request_free (request);
    }
  job_free (job);
}

static void
push_again (PdgIngest *self, Job *job)
{
  g_mutex_lock (&self->lock);
  g_queue_push_tail (&self->again, job);
  g_mutex_unlock (&self->lock);
}

/* A failure that is not the connection's is narrowed down by halves, so that what one request holds cannot take the others with it. */
static void
recover (PdgIngest *self, Job *job, const GError *error)
{
  gboolean forgets = job->n_tries == 0 && is_of_forgotten_number (error);

  if (job->n_tries < MAX_RETRIES && (forgets || g_error_matches (error, PDG_DB_ERROR, PDG_DB_ERROR_SERIALIZATION)))
    {
      g_mutex_lock (&self->lock);
      self->forgets_numbers |= forgets;
      g_mutex_unlock (&self->lock);
      g_clear_pointer (&job->flush, pdg_flush_free);
      job->n_tries++;
      push_again (self, job);
    }
  else if (job->requests->len > 1 && !is_connection_error (error))
    {
      Job *halves[2] = { job_new (0), job_new (0) };

      for (guint i = 0; i < job->requests->len; i++)
        g_ptr_array_add (halves[i >= job->requests->len / 2]->requests, job->requests->pdata[i]);
      job_free (job);
      push_again (self, halves[0]);
      push_again (self, halves[1]);
    }
  else
    fail_all (self, job, error);
}

static void
succeed (PdgIngest *self, Job *job)
{
  const GArray *projects = job->flush->projects;

  for (guint i = 0; i < projects->len; i++)
    pdg_hub_publish (self->hub, g_array_index (projects, PdgTouchedProject, i).project_no);
  for (guint i = 0; i < job->requests->len; i++)
    request_succeed (self, job->requests->pdata[i]);
  job_free (job);
}

/* What the job stored is durable: it is remembered, and what was refused gathered. */
static void
settle (PdgIngest *self, Job *job)
{
  pdg_flush_settle (job->flush, self->memory);
  add_letters (self, job);
}

/* ---- Storing */

/* Under the lock. */
static gboolean
has_work (PdgIngest *self)
{
  return !g_queue_is_empty (&self->again) || pdg_bounded_queue_get_weight (self->queue) > 0;
}

/* Which of the settler's connections the commit may rely on; 0 = none, and it waits for the disk. */
static guint
choose_settler (PdgIngest *self, const PdgIngestStorer *storer)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return storer->may_flush_log && (self->n_flying > 1 || has_work (self)) ? pdg_ingest_settler_get_life (self->settler) : 0;
}

/* With a new connection: the database may have crashed since the one before, and lost what is remembered of it. */
static void
begin_life (PdgIngest *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->life++;
  self->forgets_numbers = TRUE;
}

/* Whether the job was prepared in an earlier life, so that its numbers may be other texts' by now; then it is prepared anew. */
static gboolean
send_back (PdgIngest *self, Job *job)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (job->life == self->life)
    return FALSE;
  self->n_flying--;
  self->n_flying_events -= job->flush->rows->len;
  g_clear_pointer (&job->flush, pdg_flush_free);
  g_queue_push_head (&self->again, job);
  g_cond_signal (&self->room);
  return TRUE;
}

static void
store_job (PdgIngest *self, PdgIngestStorer *storer, Job *job)
{
  guint n_connected_before = storer->n_connected;
  g_autoptr (GError) error = NULL;
  gint64 began = g_get_monotonic_time ();
  guint n_events = job->flush->rows->len;
  gboolean slow = FALSE, ok = pdg_ingest_storer_connect (storer, self->uri, self->set_role, &error);
  guint life = ok ? choose_settler (self, storer) : 0;

  if (storer->n_connected != n_connected_before)
    begin_life (self);
  if (send_back (self, job))
    return;
  ok = ok && pdg_ingest_storer_store (storer, job->flush, ((PdgIngestRequest *) job->requests->pdata[0])->principal, life != 0, &slow, &error);
  if (!ok && (storer->conn == NULL || !pdg_db_conn_is_usable (storer->conn)))
    g_atomic_int_set (&self->connected, FALSE);
  g_mutex_lock (&self->lock);
  self->metrics.slow_flushes += ok && slow;
  self->metrics.flushes++;
  self->metrics.flush_usec += (guint64) (g_get_monotonic_time () - began);
  g_mutex_unlock (&self->lock);
  if (!ok)
    recover (self, job, error);
  else if (life == 0)
    settle (self, job);
  g_mutex_lock (&self->lock);
  self->n_flying--;
  self->n_flying_events -= n_events;
  self->n_unsettled += ok && life != 0;
  g_cond_signal (&self->room);
  g_mutex_unlock (&self->lock);
  if (ok && life != 0)
    pdg_ingest_settler_push (self->settler, life, job);
  else if (ok)
    succeed (self, job);
}

static gpointer
storer_thread (gpointer data)
{
  PdgIngest *self = data;
  PdgIngestStorer storer = { .memory = self->memory, .origin = pdg_hub_get_origin (self->hub), .buffer = pdg_db_copy_buffer_new (0) };

  g_mutex_lock (&self->lock);
  for (;;)
    {
      Job *job = g_queue_pop_head (&self->prepared);

      if (job == NULL && self->finished)
        break;
      if (job == NULL)
        {
          g_cond_wait (&self->work, &self->lock);
          continue;
        }
      g_mutex_unlock (&self->lock);
      store_job (self, &storer, job);
      g_mutex_lock (&self->lock);
    }
  g_mutex_unlock (&self->lock);
  pdg_ingest_storer_clear (&storer);
  return NULL;
}

/* ---- Settling */

/* On the settler's thread. */
static void
settled_cb (gpointer data, gboolean is_durable, gpointer user_data)
{
  g_autoptr (GError) lost = NULL;
  PdgIngest *self = user_data;
  Job *job = data;

  if (is_durable)
    {
      settle (self, job);
      succeed (self, job);
    }
  else
    {
      lost = g_error_new_literal (PDG_DB_ERROR, PDG_DB_ERROR_CONNECTION, "the connection was lost before the events were on the disk");
      fail_all (self, job, lost);
    }
  g_mutex_lock (&self->lock);
  self->n_unsettled--;
  g_cond_signal (&self->room);
  g_mutex_unlock (&self->lock);
}

static gboolean
may_connect (gpointer user_data)
{
  return pdg_ingest_is_connected (user_data);
}

/* ---- Preparing */

/* Waits for the next attempt, but not once the ingest stops. */
static void
pause_before_reconnect (PdgIngest *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  gint64 deadline = g_get_monotonic_time () + self->reconnect_ms * 1000;

  while (!self->stopping && g_cond_wait_until (&self->room, &self->lock, deadline))
    ;
  self->reconnect_ms = MIN (self->reconnect_ms * 2, RECONNECT_MAX_MS);
}

static gboolean
ensure_base (PdgIngest *self, GError **error)
{
  gboolean was_there = self->base.conn != NULL;
  guint n_connected_before = self->base.n_connected;

  if (!pdg_ingest_storer_connect (&self->base, self->uri, self->set_role, error))
    {
      g_atomic_int_set (&self->connected, FALSE);
      return FALSE;
    }
  if (self->base.n_connected != n_connected_before)
    begin_life (self);
  if (!was_there || self->partitions_day != pdg_time_get_utc_day (pdg_clock_now_usec ()))
    {
      if (was_there && !pdg_ingest_storer_prepare (&self->base, error))
        return FALSE;
      self->partitions_day = pdg_time_get_utc_day (pdg_clock_now_usec ());
    }
  self->reconnect_ms = RECONNECT_MIN_MS;
  g_atomic_int_set (&self->connected, TRUE);
  return TRUE;
}

static gboolean
may_fly (PdgIngest *self)
{
  if (self->n_flying + self->n_unsettled >= MAX_HELD || (self->n_unsettled > 0 && pdg_bounded_queue_is_closed (self->queue) && !has_work (self)))
    return FALSE;
  if (self->n_flying == 0)
    return TRUE;
  return self->n_flying < N_STORERS
         && (!g_queue_is_empty (&self->again)
             || pdg_bounded_queue_get_weight (self->queue) >= CLAMP (self->n_flying_events / 2, PARALLEL_MIN_EVENTS, PARALLEL_MAX_EVENTS));
}

/* Waits until a flush may start, for a turn at most. A job that waits for its turn or is to be tried again comes first. */
static gboolean
wait_for_room (PdgIngest *self, Job **job)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  gint64 deadline = g_get_monotonic_time () + TURN_USEC;

  *job = NULL;
  while (!may_fly (self))
    if (!g_cond_wait_until (&self->room, &self->lock, deadline))
      return FALSE;
  *job = g_queue_pop_head (&self->again);
  return TRUE;
}

/* Makes the job's flush, with its numbers; and stores who is who, as it says. */
static gboolean
make_flush (PdgIngest *self, Job *job, GError **error)
{
  gboolean bypasses_rls = self->base.mode == PDG_INGEST_BY_COPY;
  PdgIngestRequest **requests = (PdgIngestRequest **) job->requests->pdata;

  job->flush = pdg_flush_new (self->memory, self->base.conn, bypasses_rls, requests, job->requests->len, error);
  return job->flush != NULL
         && pdg_ingest_store_identities (job->flush, self->memory, self->base.conn, bypasses_rls ? NULL : requests[0]->principal, error);
}

/* Answers what holds nothing new, hands the rest to the storers. */
static void
prepare_job (PdgIngest *self, Job *job, GError *away)
{
  g_autoptr (GError) error = NULL;

  if (away != NULL)
    {
      fail_all (self, job, away);
      return;
    }
  for (guint i = 0; i < job->requests->len; i++)
    pdg_ingest_request_reset (job->requests->pdata[i]);
  g_mutex_lock (&self->lock);
  if (self->forgets_numbers)
    pdg_ingest_memory_forget (self->memory);
  self->forgets_numbers = FALSE;
  job->life = self->life;
  g_mutex_unlock (&self->lock);
  if (!make_flush (self, job, &error))
    {
      if (!pdg_db_conn_is_usable (self->base.conn))
        g_atomic_int_set (&self->connected, FALSE);
      recover (self, job, error);
      return;
    }
  if (job->flush->rows->len == 0)
    {
      add_letters (self, job);
      succeed (self, job);
      return;
    }
  g_mutex_lock (&self->lock);
  self->n_flying++;
  self->n_flying_events += job->flush->rows->len;
  g_queue_push_tail (&self->prepared, job);
  g_cond_signal (&self->work);
  g_mutex_unlock (&self->lock);
}

static int
compare_requests_by_org (gconstpointer a, gconstpointer b)
{
  const PdgIngestRequest *x = *(PdgIngestRequest *const *) a, *y = *(PdgIngestRequest *const *) b;
  gint32 i = pdg_principal_get_org_no (x->principal), j = pdg_principal_get_org_no (y->principal);

  return (i > j) - (i < j);
}

/* Under row-level security a transaction is one organisation's: the others' requests wait for their turn. */
static void
split_by_organisation (PdgIngest *self, Job *job)
{
  guint first = 0, n_kept = job->requests->len;

  g_ptr_array_sort (job->requests, compare_requests_by_org);
  for (guint i = 1; i <= job->requests->len; i++)
    {
      Job *other;

      if (i < job->requests->len && compare_requests_by_org (&job->requests->pdata[first], &job->requests->pdata[i]) == 0)
        continue;
      if (first == 0)
        n_kept = first = i;
      else
        {
          other = job_new (0);
          for (; first < i; first++)
            g_ptr_array_add (other->requests, job->requests->pdata[first]);
          push_again (self, other);
        }
    }
  g_ptr_array_set_size (job->requests, (gint) n_kept);
}

/* Whether the preparer has to wait: for a storer, or for events. */
static gboolean
has_time (PdgIngest *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return !may_fly (self) || !has_work (self);
}

/* Writes dead letters while there is nothing else to do. */
static void
write_letters (PdgIngest *self, gboolean connected)
{
  if (self->letters != NULL && connected && has_time (self))
    pdg_letters_flush (self->letters, self->base.conn, self->base.mode == PDG_INGEST_BY_COPY);
}

/* The next requests that are to be stored together, or NULL when none came within a turn. */
static Job *
take_job (PdgIngest *self, gboolean connected)
{
  Job *job;

  write_letters (self, connected);
  if (!wait_for_room (self, &job) || job != NULL)
    return job;
  write_letters (self, connected);
  job = job_new (0);
  if (pdg_bounded_queue_pop_many (self->queue, job->requests, self->options.max_flush_events, connected ? TURN_USEC : 0) > 0)
    return job;
  job_free (job);
  return NULL;
}

static gboolean
is_done (PdgIngest *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return pdg_bounded_queue_is_closed (self->queue) && self->n_flying == 0 && self->n_unsettled == 0 && !has_work (self);
}

static gpointer
preparer_thread (gpointer data)
{
  PdgIngest *self = data;

  while (!is_done (self))
    {
      g_autoptr (GError) error = NULL;
      gboolean connected = ensure_base (self, &error);
      Job *job;

      if (!connected)
        pause_before_reconnect (self);
      job = take_job (self, connected);
      if (job == NULL)
        continue;
      /* a connection that died since is replaced at once */
      if (connected)
        connected = ensure_base (self, &error);
      if (connected && self->base.mode != PDG_INGEST_BY_COPY)
        split_by_organisation (self, job);
      prepare_job (self, job, connected ? NULL : error);
    }
  g_mutex_lock (&self->lock);
  self->finished = TRUE;
  g_cond_broadcast (&self->work);
  g_mutex_unlock (&self->lock);
  write_letters (self, self->base.conn != NULL);
  pdg_ingest_storer_clear (&self->base);
  return NULL;
}

/* ---- The public side */

PdgIngest *
pdg_ingest_new (const PdgIngestOptions *options, PdgHub *hub)
{
  PdgIngest *self = g_new0 (PdgIngest, 1);

  self->options = *options;
  self->uri = g_strdup (options->uri);
  self->set_role = g_strdup (options->set_role);
  self->hub = pdg_hub_ref (hub);
  self->queue = pdg_bounded_queue_new (options->max_queued_events, pdg_ingest_request_free);
  self->memory = pdg_ingest_memory_new ();
  if (options->max_letters > 0)
    self->letters = pdg_letters_new (options->max_letters, options->max_letter_bytes);
  self->reconnect_ms = RECONNECT_MIN_MS;
  g_mutex_init (&self->lock);
  g_cond_init (&self->room);
  g_cond_init (&self->work);
  self->settler = pdg_ingest_settler_new (self->uri, self->set_role, may_connect, settled_cb, self);
  self->preparer = g_thread_new ("ingest prepare", preparer_thread, self);
  for (guint i = 0; i < N_STORERS; i++)
    self->storers[i] = g_thread_new ("ingest store", storer_thread, self);
  return self;
}

void
pdg_ingest_free (PdgIngest *self)
{
  if (self == NULL)
    return;
  pdg_bounded_queue_close (self->queue);
  g_mutex_lock (&self->lock);
  self->stopping = TRUE;
  g_cond_signal (&self->room);
  g_mutex_unlock (&self->lock);
  g_thread_join (self->preparer);
  for (guint i = 0; i < N_STORERS; i++)
    g_thread_join (self->storers[i]);
  pdg_ingest_settler_free (self->settler);
  pdg_bounded_queue_free (self->queue);
  pdg_ingest_memory_free (self->memory);
  g_clear_pointer (&self->letters, pdg_letters_free);
  pdg_hub_unref (self->hub);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->room);
  g_cond_clear (&self->work);
  g_free (self->uri);
  g_free (self->set_role);
  g_free (self);
}

static void
set_full (GError **error)
{
  g_set_error_literal (error, PDG_INGEST_ERROR, PDG_INGEST_ERROR_FULL,
                       "more events arrive than the database takes; send the same events again a little later");
}

gboolean
pdg_ingest_check_room (PdgIngest *self, GError **error)
{
  if (!pdg_ingest_is_connected (self))
    g_set_error_literal (error, PDG_INGEST_ERROR, PDG_INGEST_ERROR_AWAY, "the database is away; send the same events again");
  else if (pdg_bounded_queue_get_weight (self->queue) >= self->options.max_queued_events)
    set_full (error);
  else
    return TRUE;
  return FALSE;
}

gboolean
pdg_ingest_submit (PdgIngest *self, PdgPrincipal *principal, PdgEventBatch *batch, PdgIngestDoneFunc done, gpointer user_data,
                   GError **error)
{
  PdgIngestRequest *request;
  guint n_events;

  if (!pdg_ingest_check_room (self, error))
    return FALSE;
  pdg_event_batch_get_events (batch, &n_events);
  request = g_new0 (PdgIngestRequest, 1);
  request->principal = pdg_principal_ref (principal);
  request->batch = pdg_event_batch_ref (batch);
  request->done = done;
  request->user_data = user_data;
  request->issues = g_array_new (FALSE, FALSE, sizeof (PdgEventIssue));
  request->texts = g_ptr_array_new_with_free_func (g_free);
  request->conflicts = g_array_new (FALSE, FALSE, sizeof (guint32));
  if (pdg_bounded_queue_try_push (self->queue, request, MAX (n_events, 1)))
    {
      /* the preparer may be waiting for as much as this */
      g_mutex_lock (&self->lock);
      if (self->n_flying > 0 && may_fly (self))
        g_cond_signal (&self->room);
      g_mutex_unlock (&self->lock);
      return TRUE;
    }
  pdg_ingest_request_free (request);
  set_full (error);
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
  if (self->letters != NULL)
    pdg_letters_get_counts (self->letters, metrics->letters, &metrics->lost_letters);
  metrics->queued_events = pdg_bounded_queue_get_weight (self->queue);
  metrics->connected = pdg_ingest_is_connected (self);
}
