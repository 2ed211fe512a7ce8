#include "config.h"
#include "http/pdg-http-private.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define EVENTS_A_TURN 256
#define LAST_TURNS 1000
#define LAST_WORDS_USEC G_GINT64_CONSTANT (250000)

/* One source that stands for all sockets of the worker: its listeners, its connections, and the wake-up of other threads. */
typedef struct
{
  GSource source;
  PdgHttpWorker *worker;
} Poller;

static void
poller_take_event (PdgHttpWorker *worker, const struct epoll_event *event)
{
  PdgHttpConnection *connection = event->data.ptr;

  if (event->data.ptr == worker)
    {
      worker->accept_ready = TRUE;
      return;
    }
  if (event->data.ptr == NULL)
    {
      worker->woken = TRUE;
      return;
    }
  if (connection->stream != NULL)
    pdg_http_stream_set_ready (connection->stream, (event->events & EPOLLIN) != 0, (event->events & EPOLLOUT) != 0,
                               (event->events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0);
  if (!connection->has_event && (connection->undecided || connection->phase == PDG_HTTP_PHASE_LINGER || connection->phase == PDG_HTTP_PHASE_WORK
                                 || connection->phase == PDG_HTTP_PHASE_OPEN))
    {
      connection->has_event = TRUE;
      g_queue_push_tail_link (&worker->events, &connection->event_link);
    }
}

/* Only sets flags: the sources of the streams come after this one and find them in the same turn of the loop. */
static gboolean
poller_check (GSource *source)
{
  PdgHttpWorker *worker = ((Poller *) source)->worker;
  struct epoll_event events[EVENTS_A_TURN];
  int n;

  if ((g_source_query_unix_fd (source, worker->epoll_tag) & G_IO_IN) != 0)
    {
      n = epoll_wait (worker->epoll_fd, events, EVENTS_A_TURN, 0);
      for (int i = 0; i < n; i++)
        poller_take_event (worker, &events[i]);
    }
  return worker->accept_ready || worker->woken || worker->answered_here || worker->events.length > 0;
}

/* What this thread itself has answered waits for no system call. */
static gboolean
poller_prepare (GSource *source, int *timeout_ms)
{
  *timeout_ms = -1;
  return ((Poller *) source)->worker->answered_here;
}

static void
stop_channels (PdgHttpWorker *worker)
{
  for (GList *l = worker->connections.head; l != NULL; l = l->next)
    {
      PdgHttpConnection *connection = l->data;

      if (connection->channel != NULL)
        pdg_http_channel_stop (connection->channel);
    }
}

static gboolean
has_channels (PdgHttpWorker *worker)
{
  gboolean any;

  g_mutex_lock (&worker->lock);
  any = worker->n_channels > 0;
  g_mutex_unlock (&worker->lock);
  return any;
}

/* Of its own, or on the lane, which may still have something for it. */
static gboolean
has_work (PdgHttpWorker *worker)
{
  PdgHttpLane *lane = worker->server->lane;

  return worker->n_in_flight > 0 || has_channels (worker) || (lane != NULL && pdg_http_lane_is_busy (lane));
}

static void
take_wake_up (PdgHttpWorker *worker)
{
  g_autoptr (GPtrArray) answered = NULL;
  g_autoptr (GPtrArray) dirty = NULL;
  g_autoptr (GPtrArray) handovers = NULL;
  guint64 count;
  gint64 stop_usec;

  while (worker->woken && read (worker->event_fd, &count, sizeof count) < 0 && errno == EINTR)
    ;
  worker->woken = worker->answered_here = FALSE;
  g_mutex_lock (&worker->lock);
  answered = g_steal_pointer (&worker->answered);
  worker->answered = g_ptr_array_new_with_free_func ((GDestroyNotify) pdg_http_request_unref);
  dirty = g_steal_pointer (&worker->dirty_channels);
  worker->dirty_channels = g_ptr_array_new_with_free_func ((GDestroyNotify) pdg_http_channel_unref);
  handovers = g_steal_pointer (&worker->handovers);
  stop_usec = worker->stop_requested_usec;
  g_mutex_unlock (&worker->lock);

  for (guint i = 0; handovers != NULL && i < handovers->len; i++)
    pdg_http_worker_take_handover (worker, g_ptr_array_index (handovers, i));
  for (guint i = 0; i < answered->len; i++)
    {
      PdgHttpRequest *request = g_ptr_array_index (answered, i);

      pdg_http_exchange_complete (request->exchange, request);
    }
  for (guint i = 0; i < dirty->len; i++)
    pdg_http_channel_dispatch (g_ptr_array_index (dirty, i));
  if (stop_usec != 0 && !worker->stopping)
    {
      worker->stop_usec = stop_usec;
      pdg_http_worker_close_listeners (worker);
      worker->stopping = TRUE;
      pdg_http_worker_arm (worker, stop_usec);
      stop_channels (worker);
    }
}

static void
take_connection_events (PdgHttpWorker *worker)
{
  PdgHttpConnection *connection;
  guint n = worker->events.length; /* some come back */

  while (n-- > 0 && (connection = g_queue_peek_head (&worker->events)) != NULL)
    {
      g_queue_unlink (&worker->events, &connection->event_link);
      connection->has_event = FALSE;
      pdg_http_connection_handle_event (connection);
    }
}

static void
take_deadlines (PdgHttpWorker *worker, gint64 now_usec)
{
  gint64 next_usec = G_MAXINT64;

  for (guint phase = PDG_HTTP_PHASE_IDLE; phase < PDG_HTTP_N_PHASES; phase++)
    {
      PdgHttpConnection *first;

      while ((first = g_queue_peek_head (&worker->deadlines[phase])) != NULL && first->deadline_usec <= now_usec)
        pdg_http_connection_expire (first);
      if (first != NULL)
        next_usec = MIN (next_usec, first->deadline_usec);
    }
  if (worker->accept_again_usec != 0 && worker->accept_again_usec <= now_usec)
    {
      pdg_http_worker_watch_listeners (worker);
      worker->accept_ready = TRUE;
    }
  if (worker->accept_again_usec != 0)
    next_usec = MIN (next_usec, worker->accept_again_usec);
  if (worker->stopping && worker->stop_usec > now_usec)
    next_usec = MIN (next_usec, worker->stop_usec);

  worker->armed_usec = G_MAXINT64;
  g_source_set_ready_time (worker->poller, -1);
  if (next_usec != G_MAXINT64)
    pdg_http_worker_arm (worker, next_usec);
}

static gboolean
poller_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  PdgHttpWorker *worker = ((Poller *) source)->worker;

  if (worker->woken || worker->answered_here)
    take_wake_up (worker);
  take_connection_events (worker);
  if (worker->armed_usec != G_MAXINT64)
    {
      gint64 now_usec = g_get_monotonic_time ();

      if (worker->armed_usec <= now_usec)
        take_deadlines (worker, now_usec);
    }
  if (worker->accept_ready)
    {
      worker->accept_ready = FALSE;
      pdg_http_worker_accept (worker, g_get_monotonic_time ());
    }
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs poller_funcs = { poller_prepare, poller_check, poller_dispatch, NULL, NULL, NULL };

void
pdg_http_worker_arm (PdgHttpWorker *worker, gint64 usec)
{
  if (usec >= worker->armed_usec)
    return;
  worker->armed_usec = usec;
  g_source_set_ready_time (worker->poller, usec);
}

/* --- libsoup's server ------------------------------------------------------------------------------------------ */

static void
request_started_cb (SoupServer *soup, SoupServerMessage *message, gpointer user_data)
{
  PdgHttpConnection *connection = pdg_http_connection_of (message);

  if (connection == NULL)
    return;
  pdg_http_stream_set_between_requests (connection->stream, FALSE);
  if (connection->phase == PDG_HTTP_PHASE_IDLE) /* pipelined: its bytes came with the request before */
    pdg_http_connection_set_phase (connection, PDG_HTTP_PHASE_HEADERS);
  pdg_http_exchange_watch (connection, message);
}

/* libsoup says "aborted" also of every complete answer 500. */
static void
request_ended_cb (SoupServer *soup, SoupServerMessage *message, gpointer user_data)
{
  PdgHttpConnection *connection = pdg_http_connection_of (message);

  if (connection == NULL || connection->exchange == NULL)
    return;
  /* Having removed the length of a 204, libsoup takes the response for one that ends with the connection. */
  if (soup_server_message_get_status (message) == 204)
    soup_message_headers_set_encoding (soup_server_message_get_response_headers (message), SOUP_ENCODING_NONE);
  pdg_http_exchange_finish (connection);
  pdg_http_stream_set_between_requests (connection->stream, TRUE);
  pdg_http_connection_set_phase (connection, pdg_http_stream_is_abandoned (connection->stream) ? PDG_HTTP_PHASE_WORK
                                                                                               : PDG_HTTP_PHASE_IDLE);
}

static void
request_read_cb (SoupServer *soup, SoupServerMessage *message, const char *path, GHashTable *query, gpointer user_data)
{
  PdgHttpConnection *connection = pdg_http_connection_of (message);

  if (connection != NULL)
    pdg_http_exchange_got_body (connection);
}

/* libsoup keeps connections alive only while it has a listener. This one is a connected pair of sockets, so it never accepts. */
static gboolean
add_silent_listener (PdgHttpWorker *worker, GError **error)
{
  g_autoptr (GSocket) socket = NULL;
  int pair[2];

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) != 0)
    {
      g_set_error (error, PDG_HTTP_ERROR, PDG_HTTP_ERROR_FAILED, "cannot start a server thread: %s", g_strerror (errno));
      return FALSE;
    }
  worker->keep_alive_fd = pair[1];
  socket = g_socket_new_from_fd (pair[0], error);
  if (socket == NULL)
    {
      close (pair[0]);
      return FALSE;
    }
  return soup_server_listen_socket (worker->soup, socket, 0, error);
}

static gboolean
worker_set_up (PdgHttpWorker *worker, GError **error)
{
  struct epoll_event event = { .events = EPOLLIN, .data.ptr = NULL };

  worker->poller = g_source_new (&poller_funcs, sizeof (Poller));
  ((Poller *) worker->poller)->worker = worker;
  g_source_set_static_name (worker->poller, "productgraph http poller");
  /* else GLib takes its descriptor out and puts it back at each dispatch, and wakes itself up both times */
  g_source_set_can_recurse (worker->poller, TRUE);
  worker->epoll_tag = g_source_add_unix_fd (worker->poller, worker->epoll_fd, G_IO_IN);
  g_source_attach (worker->poller, worker->context);

  worker->soup = g_object_new (SOUP_TYPE_SERVER, "raw-paths", TRUE, NULL);
  soup_server_add_handler (worker->soup, NULL, request_read_cb, NULL, NULL);
  g_signal_connect (worker->soup, "request-started", G_CALLBACK (request_started_cb), NULL);
  g_signal_connect (worker->soup, "request-finished", G_CALLBACK (request_ended_cb), NULL);
  g_signal_connect (worker->soup, "request-aborted", G_CALLBACK (request_ended_cb), NULL);
  if (!add_silent_listener (worker, error))
    return FALSE;
  if (epoll_ctl (worker->epoll_fd, EPOLL_CTL_ADD, worker->event_fd, &event) != 0 || !pdg_http_worker_watch_listeners (worker))
    {
      g_set_error (error, PDG_HTTP_ERROR, PDG_HTTP_ERROR_FAILED, "cannot start a server thread: %s", g_strerror (errno));
      return FALSE;
    }
  return TRUE;
}

/* Requests that nobody answered in time. */
static void
cut_off_work (PdgHttpWorker *worker)
{
  for (GList *l = worker->connections.head; l != NULL; l = l->next)
    {
      PdgHttpConnection *connection = l->data;

      if (connection->exchange == NULL)
        continue;
      worker->cut_off = TRUE;
      pdg_http_exchange_cancel (connection->exchange);
      if (connection->phase == PDG_HTTP_PHASE_WORK || connection->phase == PDG_HTTP_PHASE_BODY)
        pdg_http_connection_reject_error (connection, 503, "the server is stopping: try again in a moment");
    }
}

/* Connections that linger have been answered; closing them now could still lose the answer. */
static void
let_last_words_arrive (PdgHttpWorker *worker)
{
  gint64 until_usec = g_get_monotonic_time () + LAST_WORDS_USEC;

  while (g_main_context_iteration (worker->context, FALSE))
    ;
  while (worker->n_lingering > 0 && g_get_monotonic_time () < until_usec)
    {
      pdg_http_worker_arm (worker, until_usec);
      g_main_context_iteration (worker->context, TRUE);
    }
}

static void
worker_close_everything (PdgHttpWorker *worker)
{
  PdgHttpConnection *connection;

  g_mutex_lock (&worker->lock);
  worker->closed = TRUE;
  g_mutex_unlock (&worker->lock);

  for (guint i = 0; worker->handovers != NULL && i < worker->handovers->len; i++)
    pdg_http_worker_take_handover (worker, g_ptr_array_index (worker->handovers, i));
  g_clear_pointer (&worker->handovers, g_ptr_array_unref);
  worker->closing_all = TRUE;
  soup_server_disconnect (worker->soup);
  while (g_main_context_iteration (worker->context, FALSE))
    ;
  while ((connection = g_queue_peek_head (&worker->connections)) != NULL)
    pdg_http_connection_free (connection);
  g_clear_object (&worker->soup);
  g_source_destroy (worker->poller);
  g_clear_pointer (&worker->poller, g_source_unref);
  while (g_main_context_iteration (worker->context, FALSE))
    ;
  if (worker->keep_alive_fd >= 0)
    close (worker->keep_alive_fd);
  worker->keep_alive_fd = -1;
}

/* Late requests keep the worker, but not its descriptors. */
static void
worker_release_descriptors (PdgHttpWorker *worker)
{
  pdg_http_listeners_close (&worker->listeners);
  g_clear_pointer (&worker->context, g_main_context_unref);
  if (worker->epoll_fd >= 0)
    close (worker->epoll_fd);
  if (worker->event_fd >= 0)
    close (worker->event_fd);
  worker->epoll_fd = worker->event_fd = -1;
}

typedef struct
{
  PdgHttpWorker *worker;
  GMutex lock;
  GCond cond;
  gboolean done;
  GError *error;
} Start;

static void
start_report (Start *start, GError *error)
{
  g_mutex_lock (&start->lock);
  start->done = TRUE;
  start->error = error;
  g_cond_signal (&start->cond);
  g_mutex_unlock (&start->lock);
}

static gpointer
worker_thread (gpointer data)
{
  Start *start = data;
  PdgHttpWorker *worker = start->worker;
  GError *error = NULL;
  gboolean ok;

  g_main_context_push_thread_default (worker->context);
  worker->thread = g_thread_self ();
  ok = worker_set_up (worker, &error);
  start_report (start, error);

  if (ok)
    {
      while (!worker->stopping || (has_work (worker) && g_get_monotonic_time () < worker->stop_usec))
        g_main_context_iteration (worker->context, TRUE);
      /* Requests that had already arrived still hear that we stop. */
      for (guint i = 0; i < LAST_TURNS && g_main_context_iteration (worker->context, FALSE); i++)
        ;
      cut_off_work (worker);
      let_last_words_arrive (worker);
    }
  worker_close_everything (worker);
  g_main_context_pop_thread_default (worker->context);
  worker_release_descriptors (worker);
  pdg_http_worker_unref (worker);
  return NULL;
}

/* --- from other threads ---------------------------------------------------------------------------------------- */

static void
handover_free (gpointer data)
{
  PdgHttpHandover *handover = data;

  if (handover->fd >= 0)
    close (handover->fd);
  g_object_unref (handover->remote_address);
  g_clear_pointer (&handover->text, g_bytes_unref);
  g_free (handover);
}

PdgHttpWorker *
pdg_http_worker_new (PdgHttpServer *server, const PdgHttpListeners *listeners)
{
  PdgHttpWorker *worker = g_new0 (PdgHttpWorker, 1);

  g_atomic_ref_count_init (&worker->ref_count);
  g_mutex_init (&worker->lock);
  worker->server = server;
  worker->router = pdg_http_router_ref (server->router);
  worker->listeners = *listeners;
  worker->context = g_main_context_new ();
  worker->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  worker->event_fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  worker->keep_alive_fd = -1;
  worker->armed_usec = G_MAXINT64;
  worker->answered = g_ptr_array_new_with_free_func ((GDestroyNotify) pdg_http_request_unref);
  worker->dirty_channels = g_ptr_array_new_with_free_func ((GDestroyNotify) pdg_http_channel_unref);
  return worker;
}

PdgHttpWorker *
pdg_http_worker_ref (PdgHttpWorker *worker)
{
  g_atomic_ref_count_inc (&worker->ref_count);
  return worker;
}

void
pdg_http_worker_unref (PdgHttpWorker *worker)
{
  if (!g_atomic_ref_count_dec (&worker->ref_count))
    return;
  worker_release_descriptors (worker);
  g_ptr_array_unref (worker->answered);
  g_ptr_array_unref (worker->dirty_channels);
  pdg_http_router_unref (worker->router);
  g_mutex_clear (&worker->lock);
  g_free (worker);
}

gboolean
pdg_http_worker_start (PdgHttpWorker *worker, guint index, GError **error)
{
  g_autofree char *name = g_strdup_printf ("http-%u", index);
  Start start = { .worker = pdg_http_worker_ref (worker) };
  GThread *thread;

  if (worker->epoll_fd < 0 || worker->event_fd < 0)
    {
      g_set_error_literal (error, PDG_HTTP_ERROR, PDG_HTTP_ERROR_FAILED,
                           "cannot start a server thread: no file descriptors left, raise the limit (ulimit -n)");
      pdg_http_worker_unref (worker);
      return FALSE;
    }
  g_mutex_init (&start.lock);
  g_cond_init (&start.cond);
  thread = g_thread_new (name, worker_thread, &start);
  g_mutex_lock (&start.lock);
  while (!start.done)
    g_cond_wait (&start.cond, &start.lock);
  g_mutex_unlock (&start.lock);
  g_cond_clear (&start.cond);
  g_mutex_clear (&start.lock);
  if (start.error != NULL)
    {
      g_thread_join (thread);
      g_propagate_error (error, start.error);
      return FALSE;
    }
  return TRUE;
}

void
pdg_http_worker_wake_up (PdgHttpWorker *worker)
{
  guint64 one = 1;

  while (write (worker->event_fd, &one, sizeof one) < 0 && errno == EINTR)
    ;
}

void
pdg_http_worker_nudge (PdgHttpWorker *worker)
{
  g_mutex_lock (&worker->lock);
  if (!worker->closed)
    pdg_http_worker_wake_up (worker);
  g_mutex_unlock (&worker->lock);
}

void
pdg_http_worker_hand_over (PdgHttpWorker *worker, PdgHttpHandover *handover)
{
  gboolean closed;

  g_mutex_lock (&worker->lock);
  closed = worker->closed;
  if (!closed)
    {
      if (worker->handovers == NULL)
        worker->handovers = g_ptr_array_new_with_free_func (handover_free);
      g_ptr_array_add (worker->handovers, handover);
      if (worker->handovers->len == 1)
        pdg_http_worker_wake_up (worker);
    }
  g_mutex_unlock (&worker->lock);
  if (closed)
    {
      PDG_HTTP_COUNT (worker->server->counters.connections_open, -1);
      handover_free (handover);
    }
}

gboolean
pdg_http_worker_push_answered (PdgHttpWorker *worker, PdgHttpRequest *request)
{
  gboolean first;

  g_mutex_lock (&worker->lock);
  if (worker->closed)
    {
      g_mutex_unlock (&worker->lock);
      return FALSE;
    }
  first = worker->answered->len == 0;
  g_ptr_array_add (worker->answered, pdg_http_request_ref (request));
  if (g_thread_self () == worker->thread)
    worker->answered_here = TRUE;
  else if (first)
    pdg_http_worker_wake_up (worker);
  g_mutex_unlock (&worker->lock);
  return TRUE;
}

void
pdg_http_worker_request_stop (PdgHttpWorker *worker, gint64 until_usec)
{
  g_mutex_lock (&worker->lock);
  worker->stop_requested_usec = until_usec;
  pdg_http_worker_wake_up (worker);
  g_mutex_unlock (&worker->lock);
}

gboolean
pdg_http_worker_join (PdgHttpWorker *worker)
{
  g_thread_join (worker->thread);
  return !worker->cut_off;
}
