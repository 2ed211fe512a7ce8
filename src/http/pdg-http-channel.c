#include "config.h"
#include "http/pdg-http-channel.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "http/pdg-http-private.h"

#define PIECES_A_WRITE 32
#define READ_BYTES 16384
#define READS_A_TURN 4

struct _PdgHttpChannel
{
  gatomicrefcount ref_count;
  PdgHttpWorker *worker;
  const PdgHttpChannelFuncs *funcs;
  gpointer owner;
  PdgHttpChannelLimits limits;

  /* the worker's thread */
  PdgHttpConnection *connection;
  gint64 received_usec;
  gint64 progress_usec;
  guint read_ended : 1;
  guint over : 1;

  /* under the worker's lock */
  GQueue queue; /* of GBytes */
  gsize head_sent;
  gsize queued_bytes;
  gboolean dirty;
  gboolean finishing;
  gboolean closed;
};

PdgHttpChannel *
pdg_http_channel_new (PdgHttpWorker *worker, const PdgHttpChannelFuncs *funcs, gpointer owner, const PdgHttpChannelLimits *limits)
{
  PdgHttpChannel *self = g_new0 (PdgHttpChannel, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->worker = pdg_http_worker_ref (worker);
  self->funcs = funcs;
  self->owner = owner;
  self->limits = *limits;
  g_queue_init (&self->queue);
  g_mutex_lock (&worker->lock);
  worker->n_channels++;
  g_mutex_unlock (&worker->lock);
  return self;
}

PdgHttpChannel *
pdg_http_channel_ref (PdgHttpChannel *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/* A worker that stops waits for the last reference: whoever answers on its context still holds one. */
void
pdg_http_channel_unref (PdgHttpChannel *self)
{
  PdgHttpWorker *worker = self->worker;

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_mutex_lock (&worker->lock);
  worker->n_channels--;
  if (worker->n_channels == 0 && worker->stop_requested_usec != 0 && !worker->closed)
    pdg_http_worker_wake_up (worker);
  g_mutex_unlock (&worker->lock);
  g_queue_clear_full (&self->queue, (GDestroyNotify) g_bytes_unref);
  pdg_http_worker_unref (worker);
  g_free (self);
}

/* Under the lock. The worker holds a reference until it has looked. */
static void
channel_mark_dirty (PdgHttpChannel *self)
{
  PdgHttpWorker *worker = self->worker;

  if (self->dirty || worker->closed)
    return;
  self->dirty = TRUE;
  if (worker->dirty_channels->len == 0)
    pdg_http_worker_wake_up (worker);
  g_ptr_array_add (worker->dirty_channels, pdg_http_channel_ref (self));
}

static void
channel_push (PdgHttpChannel *self, GBytes *bytes)
{
  g_queue_push_tail (&self->queue, g_bytes_ref (bytes));
  self->queued_bytes += g_bytes_get_size (bytes);
  channel_mark_dirty (self);
}

PdgHttpSendResult
pdg_http_channel_send (PdgHttpChannel *self, GBytes *bytes, gboolean force)
{
  PdgHttpSendResult result = PDG_HTTP_SEND_OK;
  gsize size = g_bytes_get_size (bytes);

  g_return_val_if_fail (size > 0, PDG_HTTP_SEND_OK);
  g_mutex_lock (&self->worker->lock);
  if (self->closed || self->finishing)
    result = PDG_HTTP_SEND_CLOSED;
  else if (!force && self->queue.length > 0
           && (self->queued_bytes + size > self->limits.max_queued_bytes || self->queue.length >= self->limits.max_queued_pieces))
    result = PDG_HTTP_SEND_FULL;
  else
    channel_push (self, bytes);
  g_mutex_unlock (&self->worker->lock);
  return result;
}

void
pdg_http_channel_cut_short (PdgHttpChannel *self, GBytes *last)
{
  GQueue forgotten = G_QUEUE_INIT;

  g_mutex_lock (&self->worker->lock);
  if (!self->closed && !self->finishing)
    {
      while (self->queue.length > (self->head_sent > 0 ? 1 : 0))
        {
          GBytes *bytes = g_queue_pop_tail (&self->queue);

          self->queued_bytes -= g_bytes_get_size (bytes);
          g_queue_push_tail (&forgotten, bytes);
        }
      if (last != NULL)
        channel_push (self, last);
      self->finishing = TRUE;
      channel_mark_dirty (self);
    }
  g_mutex_unlock (&self->worker->lock);
  g_queue_clear_full (&forgotten, (GDestroyNotify) g_bytes_unref);
}

void
pdg_http_channel_finish (PdgHttpChannel *self)
{
  g_mutex_lock (&self->worker->lock);
  self->finishing = TRUE;
  channel_mark_dirty (self);
  g_mutex_unlock (&self->worker->lock);
}

gsize
pdg_http_channel_get_queued_bytes (PdgHttpChannel *self)
{
  gsize bytes;

  g_mutex_lock (&self->worker->lock);
  bytes = self->queued_bytes;
  g_mutex_unlock (&self->worker->lock);
  return bytes;
}

/* --- on the worker's thread --------------------------------------------------------------------------------------- */

/* The connection may be freed by the caller afterwards. */
static void
channel_end (PdgHttpChannel *self)
{
  if (self->over)
    return;
  self->over = TRUE;
  g_mutex_lock (&self->worker->lock);
  self->closed = TRUE;
  g_queue_clear_full (&self->queue, (GDestroyNotify) g_bytes_unref);
  self->queued_bytes = 0;
  g_mutex_unlock (&self->worker->lock);
  if (self->connection != NULL)
    {
      self->connection->channel = NULL;
      self->connection = NULL;
      pdg_http_channel_ref (self);
      self->funcs->closed (self->owner);
      pdg_http_channel_unref (self);
      pdg_http_channel_unref (self); /* the connection's */
      return;
    }
  self->funcs->closed (self->owner);
}

static void
channel_close (PdgHttpChannel *self, gboolean linger)
{
  PdgHttpConnection *connection = self->connection;

  channel_end (self);
  if (connection == NULL)
    return;
  if (linger && pdg_http_connection_may_linger (connection))
    pdg_http_connection_linger (connection);
  else
    pdg_http_connection_free (connection);
}

/* Under the lock: the pieces to send next. */
static guint
channel_gather (PdgHttpChannel *self, struct iovec *parts, GBytes **pieces)
{
  guint n = 0;

  for (GList *l = self->queue.head; l != NULL && n < PIECES_A_WRITE; l = l->next, n++)
    {
      gsize size;
      guint8 *data = (guint8 *) g_bytes_get_data (l->data, &size);
      gsize skipped = n == 0 ? self->head_sent : 0;

      pieces[n] = g_bytes_ref (l->data);
      parts[n] = (struct iovec) { data + skipped, size - skipped };
    }
  return n;
}

/* Under the lock. Only this thread sends, and whoever cuts the queue short leaves a begun piece; so the head is still ours,
 * unless the whole of it was cut while we were sending. */
static void
channel_take_sent (PdgHttpChannel *self, gsize sent, GBytes **pieces, guint n_pieces)
{
  for (guint i = 0; i < n_pieces && sent > 0; i++)
    {
      gsize left = g_bytes_get_size (pieces[i]) - (i == 0 ? self->head_sent : 0);

      if (sent < left)
        {
          self->head_sent = (i == 0 ? self->head_sent : 0) + sent;
          return;
        }
      sent -= left;
      self->head_sent = 0;
      self->queued_bytes -= g_bytes_get_size (pieces[i]);
      g_bytes_unref (g_queue_pop_head (&self->queue));
    }
}

typedef enum
{
  FLUSH_DONE,
  FLUSH_BLOCKED,
  FLUSH_BROKEN,
  FLUSH_FINISHED,
} FlushResult;

/* The lock is held while sending, which does not wait: so that a queue that is cut short meanwhile stays what was sent. */
static FlushResult
channel_flush_some (PdgHttpChannel *self)
{
  struct iovec parts[PIECES_A_WRITE];
  GBytes *pieces[PIECES_A_WRITE];
  struct msghdr message = { .msg_iov = parts };
  FlushResult result;
  guint n_pieces;
  gssize n;

  g_mutex_lock (&self->worker->lock);
  n_pieces = channel_gather (self, parts, pieces);
  if (n_pieces == 0)
    {
      result = self->finishing ? FLUSH_FINISHED : FLUSH_BLOCKED;
      g_mutex_unlock (&self->worker->lock);
      return result;
    }
  message.msg_iovlen = n_pieces;
  do
    n = sendmsg (self->connection->channel_fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
  while (n < 0 && errno == EINTR);
  result = n >= 0 ? FLUSH_DONE : errno == EAGAIN ? FLUSH_BLOCKED : FLUSH_BROKEN;
  if (n > 0)
    channel_take_sent (self, (gsize) n, pieces, n_pieces);
  g_mutex_unlock (&self->worker->lock);

  for (guint i = 0; i < n_pieces; i++)
    g_bytes_unref (pieces[i]);
  if (n > 0)
    {
      self->progress_usec = g_get_monotonic_time ();
      PDG_HTTP_COUNT (self->worker->server->counters.bytes_out, (guint64) n);
    }
  return result;
}

/* FALSE when the connection is no more. */
static gboolean
channel_flush (PdgHttpChannel *self)
{
  FlushResult result;

  do
    result = channel_flush_some (self);
  while (result == FLUSH_DONE);
  if (result == FLUSH_BLOCKED)
    return TRUE;
  channel_close (self, result == FLUSH_FINISHED);
  return FALSE;
}

static gboolean
channel_is_congested (PdgHttpChannel *self)
{
  gboolean congested;

  g_mutex_lock (&self->worker->lock);
  congested = self->queued_bytes > self->limits.max_queued_bytes / 2 || self->queue.length > self->limits.max_queued_pieces / 2;
  g_mutex_unlock (&self->worker->lock);
  return congested;
}

/* A client that does not read what we answer is not read either. FALSE when the connection is no more. */
static gboolean
channel_read (PdgHttpChannel *self)
{
  guint8 buffer[READ_BYTES];

  for (guint turn = 0; turn < READS_A_TURN; turn++)
    {
      gssize n;

      if (channel_is_congested (self))
        return TRUE;
      do
        n = recv (self->connection->channel_fd, buffer, sizeof buffer, MSG_DONTWAIT);
      while (n < 0 && errno == EINTR);
      if (n < 0 && errno == EAGAIN)
        return TRUE;
      if (n <= 0)
        {
          channel_close (self, FALSE);
          return FALSE;
        }
      PDG_HTTP_COUNT (self->worker->server->counters.bytes_in, (guint64) n);
      self->received_usec = g_get_monotonic_time ();
      if (!self->read_ended && !self->funcs->received (self->owner, buffer, (gsize) n))
        self->read_ended = TRUE;
      if (self->connection == NULL)
        return FALSE;
    }
  pdg_http_connection_look_again (self->connection);
  return TRUE;
}

/* Epoll had news, or somebody sent. */
void
pdg_http_channel_dispatch (PdgHttpChannel *self)
{
  pdg_http_channel_ref (self);
  g_mutex_lock (&self->worker->lock);
  self->dirty = FALSE;
  g_mutex_unlock (&self->worker->lock);
  if (self->connection != NULL && channel_flush (self) && channel_read (self))
    channel_flush (self);
  pdg_http_channel_unref (self);
}

/* The deadline of its phase: FALSE when the connection is no more. */
gboolean
pdg_http_channel_tick (PdgHttpChannel *self)
{
  gint64 now_usec = g_get_monotonic_time ();
  gint64 patience_usec = self->worker->server->limits.stream_stall_ms * G_GINT64_CONSTANT (1000);
  gboolean stalled = pdg_http_channel_get_queued_bytes (self) > 0 && now_usec - self->progress_usec > patience_usec;
  gboolean alive;

  pdg_http_channel_ref (self);
  if (stalled && patience_usec > 0)
    {
      PDG_HTTP_COUNT (self->worker->server->counters.deadlines_missed, 1);
      channel_close (self, FALSE);
    }
  else
    self->funcs->tick (self->owner, now_usec - self->received_usec);
  alive = self->connection != NULL;
  pdg_http_channel_unref (self);
  return alive;
}

void
pdg_http_channel_stop (PdgHttpChannel *self)
{
  self->funcs->stopping (self->owner);
}

/* The connection goes, by whatever cause. */
void
pdg_http_channel_lose (PdgHttpChannel *self)
{
  channel_end (self);
}

/* NULL: there is no connection any more. */
void
pdg_http_channel_attach (PdgHttpChannel *self, PdgHttpConnection *connection)
{
  self->received_usec = self->progress_usec = g_get_monotonic_time ();
  if (connection == NULL)
    {
      channel_end (self);
      return;
    }
  self->connection = connection;
  pdg_http_connection_take_over (connection, pdg_http_channel_ref (self));
  if (self->worker->stopping)
    pdg_http_channel_stop (self);
  pdg_http_channel_dispatch (self);
}
