#include "config.h"
#include "http/pdg-http-private.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define LINGER_MS 3000
#define LINGER_BYTES_MAX (64 * 1024 * 1024)
#define N_LINGERING_MAX 256

static GQuark connection_quark (void);
G_DEFINE_QUARK (pdg-http-connection, connection)

static gboolean connection_received (gpointer owner, const char *data, gsize len);
static gboolean connection_writing (gpointer owner, const char *data, gsize len);
static void connection_sent (gpointer owner, gsize n_bytes);
static void connection_closed (gpointer owner);

static const PdgHttpStreamFuncs stream_funcs = {
  connection_received, connection_writing, connection_sent, connection_closed,
};

static gboolean
is_loopback_address (GSocketAddress *address)
{
  return g_inet_address_get_is_loopback (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)));
}

PdgHttpConnection *
pdg_http_connection_new (PdgHttpWorker *worker, int fd, GSocketAddress *remote_address)
{
  PdgHttpConnection *self = g_new0 (PdgHttpConnection, 1);
  g_autofree char *remote = NULL;

  remote = g_inet_address_to_string (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (remote_address)));
  self->worker = worker;
  self->link.data = self;
  self->deadline_link.data = self;
  self->event_link.data = self;
  self->linger_fd = -1;
  self->channel_fd = -1;
  self->remote = g_ref_string_new (remote);
  self->is_loopback = is_loopback_address (remote_address);
  self->remote_address = g_object_ref (remote_address);
  g_object_set_qdata (G_OBJECT (remote_address), connection_quark (), self);
  self->stream = pdg_http_stream_new (fd, &stream_funcs, self);
  g_queue_push_tail_link (&worker->connections, &self->link);
  return self;
}

/* libsoup has no way from a message to its stream, but keeps the very address object it was given. */
PdgHttpConnection *
pdg_http_connection_of (SoupServerMessage *message)
{
  GSocketAddress *address = soup_server_message_get_remote_address (message);

  return address != NULL ? g_object_get_qdata (G_OBJECT (address), connection_quark ()) : NULL;
}

static void
connection_leave_queue (PdgHttpConnection *self)
{
  if (self->phase != PDG_HTTP_PHASE_WORK)
    g_queue_unlink (&self->worker->deadlines[self->phase], &self->deadline_link);
  self->phase = PDG_HTTP_PHASE_WORK;
}

/* Out of the epoll set by hand: a child that was forked just now may still hold the socket, and events would go on coming
 * for a connection that is no more. */
static void
close_socket (PdgHttpWorker *worker, int fd)
{
  epoll_ctl (worker->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
  close (fd);
}

void
pdg_http_connection_free (PdgHttpConnection *self)
{
  PdgHttpWorker *worker = self->worker;

  if (self->channel != NULL)
    pdg_http_channel_lose (self->channel);
  connection_leave_queue (self);
  g_queue_unlink (&worker->connections, &self->link);
  if (self->has_event)
    g_queue_unlink (&worker->events, &self->event_link);
  if (self->is_counted)
    PDG_HTTP_COUNT (worker->server->counters.connections_open, -1);
  if (self->linger_fd >= 0)
    {
      worker->n_lingering--;
      close_socket (worker, self->linger_fd);
    }
  if (self->channel_fd >= 0)
    close_socket (worker, self->channel_fd);
  if (self->stream != NULL)
    {
      pdg_http_stream_forget_owner (self->stream);
      if (pdg_http_stream_get_fd (self->stream) >= 0)
        close_socket (worker, pdg_http_stream_steal_fd (self->stream));
    }
  g_clear_object (&self->stream);
  g_object_set_qdata (G_OBJECT (self->remote_address), connection_quark (), NULL);
  g_clear_object (&self->remote_address);
  g_ref_string_release (self->remote);
  g_free (self);
}

static guint
phase_deadline_ms (PdgHttpConnection *self, PdgHttpPhase phase)
{
  const PdgHttpLimits *limits = &self->worker->server->limits;

  switch (phase)
    {
    case PDG_HTTP_PHASE_IDLE:
      return limits->idle_deadline_ms;
    case PDG_HTTP_PHASE_HEADERS:
      return limits->header_deadline_ms;
    case PDG_HTTP_PHASE_BODY:
      return limits->body_deadline_ms;
    case PDG_HTTP_PHASE_WRITE:
      return self->rejected && limits->write_deadline_ms > 0 ? MIN (limits->write_deadline_ms, LINGER_MS) : limits->write_deadline_ms;
    case PDG_HTTP_PHASE_OPEN:
      return limits->stream_keep_alive_ms;
    case PDG_HTTP_PHASE_LINGER:
      return LINGER_MS;
    case PDG_HTTP_PHASE_WORK:
    case PDG_HTTP_N_PHASES:
    default:
      return 0;
    }
}

/* A phase without a deadline still has its queue: eviction looks for idle connections there. */
void
pdg_http_connection_set_phase (PdgHttpConnection *self, PdgHttpPhase phase)
{
  guint deadline_ms = phase_deadline_ms (self, phase);

  connection_leave_queue (self);
  self->phase = phase;
  if (phase == PDG_HTTP_PHASE_WORK)
    return;
  self->deadline_usec = deadline_ms > 0 ? g_get_monotonic_time () + deadline_ms * G_GINT64_CONSTANT (1000) : G_MAXINT64;
  g_queue_push_tail_link (&self->worker->deadlines[phase], &self->deadline_link);
  if (deadline_ms > 0)
    pdg_http_worker_arm (self->worker, self->deadline_usec);
}

/* --- answering past libsoup ----------------------------------------------------------------------------------- */

void
pdg_http_connection_reject (PdgHttpConnection *self, guint status, const char *content_type, GBytes *body, GPtrArray *headers)
{
  g_autoptr (GString) text = g_string_sized_new (512);
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *date = soup_date_time_to_string (now, SOUP_DATE_HTTP);
  gsize body_bytes = body != NULL ? g_bytes_get_size (body) : 0;

  if (self->rejected || pdg_http_stream_is_abandoned (self->stream))
    return;
  g_string_append_printf (text, "HTTP/1.1 %u %s\r\nDate: %s\r\nConnection: close\r\n", status, soup_status_get_phrase (status),
                          date);
  for (guint i = 0; headers != NULL && i + 1 < headers->len; i += 2)
    g_string_append_printf (text, "%s: %s\r\n", (char *) g_ptr_array_index (headers, i),
                            (char *) g_ptr_array_index (headers, i + 1));
  if (content_type != NULL)
    g_string_append_printf (text, "Content-Type: %s\r\n", content_type);
  if (status != 204 && status != 304)
    g_string_append_printf (text, "Content-Length: %" G_GSIZE_FORMAT "\r\n", body_bytes);
  g_string_append (text, "\r\n");
  if (body_bytes > 0)
    g_string_append_len (text, g_bytes_get_data (body, NULL), body_bytes);

  self->rejected = TRUE;
  pdg_http_router_count (self->worker->router, self->exchange != NULL ? self->exchange->route : self->route, status,
                         self->exchange != NULL ? self->exchange->start_usec : 0);
  /* libsoup ends the stream when it looks at it again; of some requests it does not */
  pdg_http_connection_set_phase (self, PDG_HTTP_PHASE_WRITE);
  pdg_http_stream_finish_with (self->stream, text->str, text->len);
}

void
pdg_http_connection_reject_error (PdgHttpConnection *self, guint status, const char *message)
{
  char *json = pdg_http_dup_error_json (message);
  g_autoptr (GBytes) body = g_bytes_new_take (json, strlen (json));

  if (self->exchange != NULL)
    self->exchange->status = status;
  pdg_http_connection_reject (self, status, "application/json", body, NULL);
}

/* --- what the stream tells ------------------------------------------------------------------------------------ */

static const char *
text_of_status (guint status)
{
  switch (status)
    {
    case 417:
      return "this Expect is not understood: use 100-continue, or none";
    case 431:
      return "the request's headers are too long: send fewer or shorter ones";
    case 501:
      return "this Transfer-Encoding is not understood: use chunked, or Content-Length";
    case 505:
      return "this HTTP version is not spoken here: use HTTP/1.1";
    default:
      return "the request line or a header is not valid HTTP/1.1: check the client";
    }
}

static gboolean
connection_received (gpointer owner, const char *data, gsize len)
{
  PdgHttpConnection *self = owner;
  PdgHttpServer *server = self->worker->server;
  guint status;

  PDG_HTTP_COUNT (server->counters.bytes_in, len);
  if (self->phase == PDG_HTTP_PHASE_WORK || self->rejected)
    return TRUE;
  if (self->phase == PDG_HTTP_PHASE_IDLE)
    pdg_http_connection_set_phase (self, PDG_HTTP_PHASE_HEADERS);
  status = pdg_http_head_feed (&self->head, data, len, server->limits.max_header_bytes);
  if (status == 0)
    return TRUE;
  pdg_http_connection_reject_error (self, status, text_of_status (status));
  return FALSE;
}

static void
connection_sent (gpointer owner, gsize n_bytes)
{
  PdgHttpConnection *self = owner;

  PDG_HTTP_COUNT (self->worker->server->counters.bytes_out, n_bytes);
}

/* libsoup writes without an exchange only when it could not read the request; its answer has no body, ours has. */
static gboolean
connection_writing (gpointer owner, const char *data, gsize len)
{
  PdgHttpConnection *self = owner;
  guint status = len > 12 && g_str_has_prefix (data, "HTTP/1.") ? g_ascii_strtoull (data + 9, NULL, 10) : 400;

  if (self->exchange != NULL)
    return FALSE;
  pdg_http_connection_reject_error (self, status, text_of_status (status));
  return TRUE;
}

gboolean
pdg_http_connection_may_linger (PdgHttpConnection *self)
{
  return !self->worker->closing_all && self->worker->n_lingering < N_LINGERING_MAX;
}

/* Closing a socket that holds unread bytes resets it, and the client may lose our last words. */
void
pdg_http_connection_linger (PdgHttpConnection *self)
{
  PdgHttpWorker *worker = self->worker;

  if (self->is_counted)
    PDG_HTTP_COUNT (worker->server->counters.connections_open, -1);
  self->is_counted = FALSE;
  if (self->stream != NULL)
    {
      self->linger_fd = pdg_http_stream_steal_fd (self->stream);
      pdg_http_stream_forget_owner (self->stream);
      g_clear_object (&self->stream);
    }
  else
    {
      self->linger_fd = self->channel_fd;
      self->channel_fd = -1;
    }
  worker->n_lingering++;
  shutdown (self->linger_fd, SHUT_WR);
  pdg_http_connection_set_phase (self, PDG_HTTP_PHASE_LINGER);
  pdg_http_connection_handle_event (self);
}

static void
connection_closed (gpointer owner)
{
  PdgHttpConnection *self = owner;
  gboolean linger = pdg_http_stream_has_unread (self->stream) || self->rejected;

  pdg_http_exchange_finish (self);
  if (linger && pdg_http_connection_may_linger (self))
    pdg_http_connection_linger (self);
  else
    pdg_http_connection_free (self);
}

/* --- what the worker tells ------------------------------------------------------------------------------------ */

static void
connection_read_away (PdgHttpConnection *self)
{
  char buffer[16384];
  gssize n;

  do
    {
      n = recv (self->linger_fd, buffer, sizeof buffer, MSG_DONTWAIT);
      self->lingered_bytes += MAX (n, 0);
    }
  while ((n > 0 && self->lingered_bytes < LINGER_BYTES_MAX) || (n < 0 && errno == EINTR));

  if (n < 0 && errno == EAGAIN)
    return;
  pdg_http_connection_free (self);
}

/* libsoup is left with an abandoned stream and a message that we no longer watch; it clears both away by itself. */
void
pdg_http_connection_take_over (PdgHttpConnection *self, PdgHttpChannel *channel)
{
  self->channel = channel;
  self->channel_fd = pdg_http_stream_steal_fd (self->stream);
  pdg_http_stream_forget_owner (self->stream);
  pdg_http_stream_abandon (self->stream);
  g_clear_object (&self->stream);
  g_object_set_qdata (G_OBJECT (self->remote_address), connection_quark (), NULL);
  pdg_http_connection_set_phase (self, PDG_HTTP_PHASE_OPEN);
}

void
pdg_http_connection_look_again (PdgHttpConnection *self)
{
  if (!self->has_event)
    {
      self->has_event = TRUE;
      g_queue_push_tail_link (&self->worker->events, &self->event_link);
    }
  pdg_http_worker_arm (self->worker, g_get_monotonic_time ());
}

/* Epoll had news for a connection that libsoup does not wait for. */
void
pdg_http_connection_handle_event (PdgHttpConnection *self)
{
  if (self->undecided)
    pdg_http_connection_decide (self);
  else if (self->phase == PDG_HTTP_PHASE_OPEN)
    pdg_http_channel_dispatch (self->channel);
  else if (self->phase == PDG_HTTP_PHASE_LINGER)
    connection_read_away (self);
  else if (self->phase == PDG_HTTP_PHASE_WORK && self->exchange != NULL && self->exchange->status == 0 &&
           pdg_http_stream_is_hung_up (self->stream))
    pdg_http_exchange_client_gone (self->exchange);
}

/* The deadline of the present phase has passed. */
void
pdg_http_connection_expire (PdgHttpConnection *self)
{
  PdgHttpPhase phase = self->phase;

  connection_leave_queue (self);
  if (phase == PDG_HTTP_PHASE_OPEN)
    {
      pdg_http_connection_set_phase (self, PDG_HTTP_PHASE_OPEN);
      pdg_http_channel_tick (self->channel);
      return;
    }
  if (phase == PDG_HTTP_PHASE_LINGER || self->undecided)
    {
      pdg_http_connection_free (self);
      return;
    }
  if (self->rejected)
    {
      pdg_http_stream_abandon (self->stream);
      connection_closed (self);
      return;
    }
  if (phase == PDG_HTTP_PHASE_BODY || phase == PDG_HTTP_PHASE_WRITE || pdg_http_head_is_inside (&self->head))
    PDG_HTTP_COUNT (self->worker->server->counters.deadlines_missed, 1);
  if (phase == PDG_HTTP_PHASE_BODY || (phase == PDG_HTTP_PHASE_HEADERS && pdg_http_head_is_inside (&self->head)))
    pdg_http_connection_reject_error (self, 408, "the request took too long to arrive: try again on a new connection");
  pdg_http_stream_abandon (self->stream);
}
