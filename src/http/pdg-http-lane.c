#include "config.h"
#include "http/pdg-http-lane-private.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define WATCHED_EVENTS 64
#define PATIENCE_USEC G_GINT64_CONSTANT (20000)
#define LOOK_USEC G_GINT64_CONSTANT (5000)

/* --- connections -------------------------------------------------------------------------------------------------- */

static gboolean
is_loopback_address (GSocketAddress *address)
{
  return g_inet_address_get_is_loopback (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)));
}

static void
wake_watcher (PdgHttpLane *lane)
{
  guint64 one = 1;

  while (write (lane->wake_fd, &one, sizeof one) < 0 && errno == EINTR)
    ;
}

static guint
get_deadline_ms (const PdgHttpLimits *limits, PdgHttpPhase phase)
{
  return phase == PDG_HTTP_PHASE_IDLE      ? limits->idle_deadline_ms
         : phase == PDG_HTTP_PHASE_HEADERS ? limits->header_deadline_ms
         : phase == PDG_HTTP_PHASE_BODY    ? limits->body_deadline_ms
         : phase == PDG_HTTP_PHASE_WRITE   ? limits->write_deadline_ms
                                           : 0;
}

void
pdg_http_lane_set_phase (PdgHttpLaneConnection *self, PdgHttpPhase phase, gint64 now_usec)
{
  guint deadline_ms = get_deadline_ms (&self->lane->server->limits, phase);

  __atomic_store_n (&self->phase, (int) phase, __ATOMIC_RELAXED);
  __atomic_store_n (&self->deadline_usec, deadline_ms > 0 ? now_usec + deadline_ms * G_GINT64_CONSTANT (1000) : G_MAXINT64, __ATOMIC_RELAXED);
}

/* Lets the next event come; afterwards the connection may be another thread's. FALSE: nothing will come. The watcher looks at the deadlines when the earliest
 * of those that it knew has passed, so that only one that is earlier still must be told. */
static gboolean
park (PdgHttpLaneConnection *self, int operation, guint events)
{
  PdgHttpLane *lane = self->lane;
  struct epoll_event event = { .events = events | EPOLLONESHOT, .data.ptr = self };
  gint64 deadline_usec = self->deadline_usec;

  __atomic_store_n (&self->turn, PDG_HTTP_LANE_PARKED, __ATOMIC_SEQ_CST);
  if (epoll_ctl (lane->epoll_fd, operation, self->fd, &event) != 0)
    return FALSE;
  if (deadline_usec >= __atomic_load_n (&lane->armed_usec, __ATOMIC_SEQ_CST))
    return TRUE;
  g_mutex_lock (&lane->lock);
  if (deadline_usec < lane->armed_usec)
    {
      __atomic_store_n (&lane->armed_usec, deadline_usec, __ATOMIC_SEQ_CST);
      wake_watcher (lane);
    }
  g_mutex_unlock (&lane->lock);
  return TRUE;
}

void
pdg_http_lane_begin_request (PdgHttpLaneConnection *self)
{
  if (self->begun)
    return;
  self->begun = TRUE;
  g_atomic_int_inc (&self->lane->n_busy);
  PDG_HTTP_COUNT (self->lane->server->counters.requests_in_flight, 1);
}

/* The last one that was busy tells the workers that wait for it. */
static void
end_work (PdgHttpLane *lane)
{
  if (g_atomic_int_dec_and_test (&lane->n_busy) && g_atomic_int_get (&lane->stopping))
    for (guint i = 0; i < lane->server->workers->len; i++)
      pdg_http_worker_nudge (g_ptr_array_index (lane->server->workers, i));
}

void
pdg_http_lane_end_request (PdgHttpLaneConnection *self)
{
  if (!self->begun)
    return;
  self->begun = FALSE;
  PDG_HTTP_COUNT (self->lane->server->counters.requests_in_flight, -1);
  end_work (self->lane);
}

static void
connection_free (gpointer data)
{
  PdgHttpLaneConnection *self = data;

  pdg_http_lane_end_request (self);
  if (self->fd >= 0)
    {
      close (self->fd);
      PDG_HTTP_COUNT (self->lane->server->counters.connections_open, -1);
    }
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->pending, g_byte_array_unref);
  g_clear_pointer (&self->unsent, g_bytes_unref);
  g_object_unref (self->remote_address);
  g_ref_string_release (self->remote);
  pdg_http_worker_unref (self->worker);
  g_free (self);
}

/* Out of the sets by hand: a child that was forked just now may still hold the socket. */
static void
leave (PdgHttpLaneConnection *self)
{
  PdgHttpLane *lane = self->lane;

  epoll_ctl (lane->watch_fd, EPOLL_CTL_DEL, self->fd, NULL);
  epoll_ctl (lane->epoll_fd, EPOLL_CTL_DEL, self->fd, NULL);
  g_mutex_lock (&lane->lock);
  g_hash_table_steal (lane->connections, &self->number);
  g_mutex_unlock (&lane->lock);
}

void
pdg_http_lane_close (PdgHttpLaneConnection *self)
{
  leave (self);
  connection_free (self);
}

PdgHttpLaneResult
pdg_http_lane_give (PdgHttpLaneConnection *self, PdgHttpHandoverKind kind, const char *text, gsize len)
{
  PdgHttpHandover *handover = g_new0 (PdgHttpHandover, 1);

  leave (self);
  handover->fd = self->fd;
  handover->kind = kind;
  handover->route = self->reading;
  handover->remote_address = g_object_ref (self->remote_address);
  if (len > 0)
    handover->text = g_bytes_new (text, len);
  self->fd = -1;
  pdg_http_worker_hand_over (self->worker, handover);
  connection_free (self);
  return PDG_HTTP_LANE_GIVEN;
}

void
pdg_http_lane_adopt (PdgHttpLane *lane, PdgHttpWorker *worker, int fd, GSocketAddress *remote_address)
{
  PdgHttpLaneConnection *self = g_new0 (PdgHttpLaneConnection, 1);
  g_autofree char *remote = g_inet_address_to_string (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (remote_address)));
  struct epoll_event watched = { .events = EPOLLRDHUP | EPOLLET };

  self->lane = lane;
  self->worker = pdg_http_worker_ref (worker);
  self->remote_address = g_object_ref (remote_address);
  self->remote = g_ref_string_new (remote);
  self->is_loopback = is_loopback_address (remote_address);
  self->fd = fd;
  self->turn = PDG_HTTP_LANE_BUSY;
  g_mutex_lock (&lane->lock);
  self->number = ++lane->last_number;
  g_hash_table_insert (lane->connections, &self->number, self);
  g_mutex_unlock (&lane->lock);
  watched.data.u64 = self->number;
  pdg_http_lane_set_phase (self, PDG_HTTP_PHASE_HEADERS, g_get_monotonic_time ());
  if (epoll_ctl (lane->watch_fd, EPOLL_CTL_ADD, fd, &watched) != 0 || !park (self, EPOLL_CTL_ADD, EPOLLIN))
    pdg_http_lane_close (self);
}

char *
pdg_http_lane_connection_get_remote (PdgHttpLaneConnection *self, gboolean *is_loopback)
{
  *is_loopback = self->is_loopback;
  return self->remote;
}

PdgHttpWorker *
pdg_http_lane_connection_get_worker (PdgHttpLaneConnection *self)
{
  return self->worker;
}

GCancellable *
pdg_http_lane_connection_get_cancellable (PdgHttpLaneConnection *self)
{
  if (self->cancellable == NULL)
    {
      g_mutex_lock (&self->lane->lock);
      self->cancellable = g_cancellable_new ();
      g_mutex_unlock (&self->lane->lock);
    }
  if (g_atomic_int_get (&self->gone) || g_atomic_int_get (&self->cut_off))
    g_cancellable_cancel (self->cancellable);
  return self->cancellable;
}

/* --- how many run ------------------------------------------------------------------------------------------------- */

static gboolean
is_full (PdgHttpLane *lane)
{
  return g_atomic_int_get (&lane->n_running) >= (int) lane->n_threads;
}

/* Few threads that are always at it serve quick requests best: each that is added wakes up and sleeps more. When all of them run
 * something and none has ended it between two looks, one more is woken up, and sleeps again after its turn. */
static void
start_looking (PdgHttpLane *lane)
{
  g_mutex_lock (&lane->lock);
  if (lane->look_usec == G_MAXINT64)
    {
      g_atomic_int_set (&lane->looking, TRUE);
      lane->n_ended_then = g_atomic_int_get (&lane->n_ended);
      lane->look_usec = g_get_monotonic_time () + LOOK_USEC;
      wake_watcher (lane);
    }
  g_mutex_unlock (&lane->lock);
}

/* Under the lock. */
static void
look_at_threads (PdgHttpLane *lane, gint64 now_usec)
{
  int n_ended = g_atomic_int_get (&lane->n_ended);
  int n_running = g_atomic_int_get (&lane->n_running);

  if (n_running == 0 && n_ended == lane->n_ended_then)
    {
      g_atomic_int_set (&lane->looking, FALSE);
      lane->look_usec = G_MAXINT64;
      return;
    }
  if (n_running >= lane->n_awake && n_ended == lane->n_ended_then && lane->n_awake < (int) lane->n_threads)
    {
      g_atomic_int_inc (&lane->n_awake);
      lane->n_wanted++;
      g_cond_signal (&lane->wanted);
    }
  lane->n_ended_then = n_ended;
  lane->look_usec = now_usec + LOOK_USEC;
}

/* A thread that is not needed any more sleeps until it is. */
static void
rest (PdgHttpLane *lane, gboolean is_asleep)
{
  g_mutex_lock (&lane->lock);
  if (is_asleep || lane->n_awake > (int) lane->n_ready)
    {
      g_atomic_int_add (&lane->n_awake, is_asleep ? 0 : -1);
      while (lane->n_wanted == 0 && !lane->threads_quit)
        g_cond_wait (&lane->wanted, &lane->lock);
      lane->n_wanted -= lane->n_wanted > 0 ? 1 : 0;
    }
  g_mutex_unlock (&lane->lock);
}

/* Those that leave signal under the lock, when they see that somebody waits; or he sees that they have left. */
gboolean
pdg_http_lane_enter (PdgHttpLane *lane)
{
  gint64 until_usec;
  gboolean full;

  if (!g_atomic_int_get (&lane->looking))
    start_looking (lane);
  if (g_atomic_int_add (&lane->n_running, 1) + 1 < (int) lane->n_threads)
    return TRUE;
  until_usec = g_get_monotonic_time () + PATIENCE_USEC;
  g_mutex_lock (&lane->lock);
  g_atomic_int_inc (&lane->n_waiting);
  while ((full = is_full (lane)) && g_cond_wait_until (&lane->ended, &lane->lock, until_usec))
    ;
  g_atomic_int_add (&lane->n_waiting, -1);
  g_mutex_unlock (&lane->lock);
  if (full)
    g_atomic_int_add (&lane->n_running, -1);
  return !full;
}

void
pdg_http_lane_leave (PdgHttpLane *lane)
{
  g_atomic_int_inc (&lane->n_ended);
  g_atomic_int_add (&lane->n_running, -1);
  if (g_atomic_int_get (&lane->n_waiting) == 0)
    return;
  g_mutex_lock (&lane->lock);
  g_cond_signal (&lane->ended);
  g_mutex_unlock (&lane->lock);
}

/* --- the threads -------------------------------------------------------------------------------------------------- */

void
pdg_http_lane_end_turn (PdgHttpLane *lane, PdgHttpLaneConnection *self, PdgHttpLaneResult result)
{
  if (result == PDG_HTTP_LANE_CLOSE
      || (result != PDG_HTTP_LANE_GIVEN && !park (self, EPOLL_CTL_MOD, result == PDG_HTTP_LANE_READ ? EPOLLIN : EPOLLOUT)))
    pdg_http_lane_close (self);
  end_work (lane);
}

/* Nobody else has seen their events, which the set tells again when it is armed again. */
void
pdg_http_lane_release (PdgHttpLaneThread *thread)
{
  for (; thread->n_taken < thread->n_events; thread->n_taken++)
    {
      PdgHttpLaneConnection *connection = thread->events[thread->n_taken].data.ptr;
      struct epoll_event event = { .events = EPOLLONESHOT, .data.ptr = connection };

      if (connection == NULL)
        continue;
      event.events |= connection->unsent != NULL ? EPOLLOUT : EPOLLIN;
      if (epoll_ctl (thread->lane->epoll_fd, EPOLL_CTL_MOD, connection->fd, &event) != 0)
        {
          __atomic_store_n (&connection->turn, PDG_HTTP_LANE_BUSY, __ATOMIC_SEQ_CST);
          pdg_http_lane_close (connection);
        }
    }
}

/* FALSE when the thread shall end. */
static gboolean
take_turns (PdgHttpLaneThread *thread)
{
  gboolean go_on = TRUE;

  while (thread->n_taken < thread->n_events)
    {
      PdgHttpLaneConnection *connection = thread->events[thread->n_taken++].data.ptr;
      PdgHttpLaneResult result;
      int before;

      if (connection == NULL)
        {
          go_on = FALSE;
          continue;
        }
      g_atomic_int_inc (&thread->lane->n_busy);
      before = __atomic_exchange_n (&connection->turn, PDG_HTTP_LANE_BUSY, __ATOMIC_ACQ_REL);
      connection->thread = thread;
      result = pdg_http_lane_serve (thread, connection, before == PDG_HTTP_LANE_DUE);
      if (result != PDG_HTTP_LANE_DEFERRED && result != PDG_HTTP_LANE_LEFT)
        pdg_http_lane_end_turn (thread->lane, connection, result);
    }
  pdg_http_lane_answer_deferred (thread);
  if (thread->entered)
    pdg_http_lane_leave (thread->lane);
  thread->entered = FALSE;
  return go_on;
}

/* A thread takes several connections at once only after a request that can be answered together with others: one that takes long
 * keeps nobody waiting. */
static guint
wait_for_events (PdgHttpLaneThread *thread)
{
  int n = epoll_wait (thread->lane->epoll_fd, thread->events, thread->is_quick ? PDG_HTTP_LANE_TOGETHER : 1, -1);

  thread->n_taken = 0;
  return thread->n_events = (guint) MAX (n, 0);
}

static gpointer
lane_thread (gpointer data)
{
  PdgHttpLane *lane = data;
  PdgHttpLaneThread thread = { .lane = lane, .writer.date_sec = -1 };

  thread.text_bytes = lane->server->limits.max_header_bytes + PDG_HTTP_LANE_BODY_MAX;
  thread.writer.head = g_string_sized_new (512);
  if (g_atomic_int_add (&lane->n_started, 1) >= (int) lane->n_ready)
    rest (lane, TRUE);
  for (;;)
    {
      if (wait_for_events (&thread) > 0 && !take_turns (&thread))
        break;
      if (g_atomic_int_get (&lane->n_awake) > (int) lane->n_ready)
        rest (lane, FALSE);
    }
  for (guint i = 0; i < PDG_HTTP_LANE_TOGETHER; i++)
    g_free (thread.slots[i].text);
  g_free (thread.writer.date);
  g_string_free (thread.writer.head, TRUE);
  return NULL;
}

/* --- the watcher -------------------------------------------------------------------------------------------------- */

static PdgHttpPhase
get_phase (PdgHttpLaneConnection *connection)
{
  return (PdgHttpPhase) __atomic_load_n (&connection->phase, __ATOMIC_RELAXED);
}

static gint64
get_deadline (PdgHttpLaneConnection *connection)
{
  return __atomic_load_n (&connection->deadline_usec, __ATOMIC_RELAXED);
}

/* Under the lock. A connection is there as long as it is in the table; whoever claims it finds that it is due, at once, since its
 * socket has something to say now. */
static gboolean
make_due (PdgHttpLaneConnection *connection)
{
  int expected = PDG_HTTP_LANE_PARKED;

  if (!__atomic_compare_exchange_n (&connection->turn, &expected, PDG_HTTP_LANE_DUE, FALSE, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
    return FALSE;
  if (get_phase (connection) == PDG_HTTP_PHASE_WRITE)
    shutdown (connection->fd, SHUT_RDWR);
  else
    shutdown (connection->fd, SHUT_RD);
  return TRUE;
}

/* Under the lock. Who parks meanwhile is seen, or sees that nothing is armed. */
static void
look_at_deadlines (PdgHttpLane *lane, gint64 now_usec)
{
  gint64 next_usec = G_MAXINT64;
  GHashTableIter iter;
  gpointer value;

  __atomic_store_n (&lane->armed_usec, G_MAXINT64, __ATOMIC_SEQ_CST);
  g_hash_table_iter_init (&iter, lane->connections);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      PdgHttpLaneConnection *connection = value;
      gint64 deadline_usec = get_deadline (connection);

      if (__atomic_load_n (&connection->turn, __ATOMIC_SEQ_CST) != PDG_HTTP_LANE_PARKED)
        continue;
      if (deadline_usec > now_usec)
        next_usec = MIN (next_usec, deadline_usec);
      else
        make_due (connection);
    }
  __atomic_store_n (&lane->armed_usec, next_usec, __ATOMIC_SEQ_CST);
}

/* The client of @number sends nothing more. */
static void
notice_end (PdgHttpLane *lane, guint64 number)
{
  g_autoptr (GCancellable) cancellable = NULL;
  PdgHttpLaneConnection *connection;

  g_mutex_lock (&lane->lock);
  connection = g_hash_table_lookup (lane->connections, &number);
  if (connection != NULL)
    {
      g_atomic_int_set (&connection->gone, TRUE);
      g_set_object (&cancellable, connection->cancellable);
    }
  g_mutex_unlock (&lane->lock);
  if (cancellable != NULL)
    g_cancellable_cancel (cancellable);
}

static int
get_timeout_ms (gint64 armed_usec, gint64 now_usec)
{
  if (armed_usec == G_MAXINT64)
    return -1;
  return (int) MIN ((MAX (armed_usec - now_usec, 0) + 999) / 1000, G_MAXINT);
}

static gpointer
watcher_thread (gpointer data)
{
  PdgHttpLane *lane = data;
  struct epoll_event events[WATCHED_EVENTS];
  gboolean quit = FALSE;

  while (!quit)
    {
      gint64 now_usec = g_get_monotonic_time ();
      guint64 count;
      int timeout_ms, n;

      g_mutex_lock (&lane->lock);
      if (lane->armed_usec <= now_usec)
        look_at_deadlines (lane, now_usec);
      if (lane->look_usec <= now_usec)
        look_at_threads (lane, now_usec);
      timeout_ms = get_timeout_ms (MIN (lane->armed_usec, lane->look_usec), now_usec);
      quit = lane->watcher_quits;
      g_mutex_unlock (&lane->lock);

      n = quit ? 0 : epoll_wait (lane->watch_fd, events, WATCHED_EVENTS, timeout_ms);
      for (int i = 0; i < n; i++)
        {
          if (events[i].data.u64 != 0)
            notice_end (lane, events[i].data.u64);
          else if (read (lane->wake_fd, &count, sizeof count) < 0)
            g_debug ("lane: %s", g_strerror (errno));
        }
    }
  return NULL;
}

gboolean
pdg_http_lane_evict (PdgHttpLane *lane, gint64 due_usec)
{
  PdgHttpLaneConnection *oldest = NULL;
  GHashTableIter iter;
  gpointer value;
  gboolean done;
  int n_unread = 0;

  g_mutex_lock (&lane->lock);
  g_hash_table_iter_init (&iter, lane->connections);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      PdgHttpLaneConnection *connection = value;

      if (__atomic_load_n (&connection->turn, __ATOMIC_ACQUIRE) == PDG_HTTP_LANE_PARKED && get_phase (connection) == PDG_HTTP_PHASE_IDLE
          && get_deadline (connection) < due_usec)
        {
          oldest = connection;
          due_usec = get_deadline (connection);
        }
    }
  done = oldest != NULL && ioctl (oldest->fd, FIONREAD, &n_unread) == 0 && n_unread == 0 && make_due (oldest);
  g_mutex_unlock (&lane->lock);
  return done;
}

/* --- begin and end ------------------------------------------------------------------------------------------------ */

PdgHttpLane *
pdg_http_lane_new (PdgHttpServer *server)
{
  PdgHttpLane *lane = g_new0 (PdgHttpLane, 1);

  lane->server = server;
  lane->n_threads = server->limits.lane_threads + 1;
  lane->n_ready = server->limits.lane_ready_threads > 0 ? MIN (server->limits.lane_ready_threads, lane->n_threads) : lane->n_threads;
  lane->n_awake = (int) lane->n_ready;
  lane->look_usec = G_MAXINT64;
  lane->threads = g_new0 (GThread *, lane->n_threads);
  lane->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  lane->watch_fd = epoll_create1 (EPOLL_CLOEXEC);
  lane->quit_fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  lane->wake_fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  lane->connections = g_hash_table_new (g_int64_hash, g_int64_equal);
  lane->armed_usec = G_MAXINT64;
  g_mutex_init (&lane->lock);
  g_cond_init (&lane->ended);
  g_cond_init (&lane->wanted);
  return lane;
}

void
pdg_http_lane_free (PdgHttpLane *lane)
{
  const int fds[] = { lane->epoll_fd, lane->watch_fd, lane->quit_fd, lane->wake_fd };

  for (gsize i = 0; i < G_N_ELEMENTS (fds); i++)
    if (fds[i] >= 0)
      close (fds[i]);
  g_hash_table_unref (lane->connections);
  g_cond_clear (&lane->ended);
  g_cond_clear (&lane->wanted);
  g_mutex_clear (&lane->lock);
  g_free (lane->threads);
  g_free (lane);
}

gboolean
pdg_http_lane_start (PdgHttpLane *lane, GError **error)
{
  struct epoll_event quit = { .events = EPOLLIN, .data.ptr = NULL };
  struct epoll_event wake = { .events = EPOLLIN, .data.u64 = 0 };

  if (lane->epoll_fd < 0 || lane->watch_fd < 0 || lane->quit_fd < 0 || lane->wake_fd < 0
      || epoll_ctl (lane->epoll_fd, EPOLL_CTL_ADD, lane->quit_fd, &quit) != 0
      || epoll_ctl (lane->watch_fd, EPOLL_CTL_ADD, lane->wake_fd, &wake) != 0)
    {
      g_set_error_literal (error, PDG_HTTP_ERROR, PDG_HTTP_ERROR_FAILED,
                           "cannot start a server thread: no file descriptors left, raise the limit (ulimit -n)");
      return FALSE;
    }
  lane->watcher = g_thread_new ("http-watch", watcher_thread, lane);
  for (guint i = 0; i < lane->n_threads; i++)
    {
      g_autofree char *name = g_strdup_printf ("http-lane-%u", i);

      lane->threads[i] = g_thread_new (name, lane_thread, lane);
    }
  return TRUE;
}

void
pdg_http_lane_begin_stop (PdgHttpLane *lane)
{
  g_atomic_int_set (&lane->stopping, TRUE);
}

gboolean
pdg_http_lane_is_busy (PdgHttpLane *lane)
{
  return g_atomic_int_get (&lane->n_busy) > 0;
}

static void
cut_off_work (PdgHttpLane *lane)
{
  g_autoptr (GPtrArray) cancellables = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer value;

  g_mutex_lock (&lane->lock);
  g_hash_table_iter_init (&iter, lane->connections);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      PdgHttpLaneConnection *connection = value;

      g_atomic_int_set (&connection->cut_off, TRUE);
      if (connection->cancellable != NULL)
        g_ptr_array_add (cancellables, g_object_ref (connection->cancellable));
    }
  g_mutex_unlock (&lane->lock);
  for (guint i = 0; i < cancellables->len; i++)
    g_cancellable_cancel (g_ptr_array_index (cancellables, i));
}

gboolean
pdg_http_lane_end (PdgHttpLane *lane)
{
  guint64 one = 1;
  GHashTableIter iter;
  gpointer value;

  cut_off_work (lane);
  g_mutex_lock (&lane->lock);
  lane->threads_quit = TRUE;
  g_cond_broadcast (&lane->wanted);
  g_mutex_unlock (&lane->lock);
  while (write (lane->quit_fd, &one, sizeof one) < 0 && errno == EINTR)
    ;
  for (guint i = 0; i < lane->n_threads; i++)
    g_thread_join (lane->threads[i]);
  pdg_http_lane_abandon_left (lane);
  g_mutex_lock (&lane->lock);
  lane->watcher_quits = TRUE;
  wake_watcher (lane);
  g_mutex_unlock (&lane->lock);
  g_thread_join (lane->watcher);

  g_hash_table_iter_init (&iter, lane->connections);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      g_hash_table_iter_steal (&iter);
      lane->cut_off |= pdg_http_lane_cut_off (value);
      connection_free (value);
    }
  return !lane->cut_off;
}
