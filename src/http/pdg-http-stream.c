#include "config.h"
#include "http/pdg-http-stream.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define HELD_BYTES_MAX 16384

struct _PdgHttpStream
{
  GIOStream parent_instance;

  const PdgHttpStreamFuncs *funcs;
  gpointer owner;
  int fd;

  GInputStream *input;
  GOutputStream *output;
  GByteArray *held;
  GBytes *unread; /* nullable */
  guint readable : 1;
  guint writable : 1;
  guint hung_up : 1;
  guint join_next : 1;
  guint abandoned : 1;
  guint broken : 1;
  guint ended : 1;
  guint between_requests : 1;
};

G_DEFINE_FINAL_TYPE (PdgHttpStream, pdg_http_stream, G_TYPE_IO_STREAM)

/* Both halves only point back: libsoup keeps the whole stream alive as long as it uses a half. */
#define PDG_TYPE_HTTP_INPUT (pdg_http_input_get_type ())
G_DECLARE_FINAL_TYPE (PdgHttpInput, pdg_http_input, PDG, HTTP_INPUT, GInputStream)
#define PDG_TYPE_HTTP_OUTPUT (pdg_http_output_get_type ())
G_DECLARE_FINAL_TYPE (PdgHttpOutput, pdg_http_output, PDG, HTTP_OUTPUT, GOutputStream)

struct _PdgHttpInput
{
  GInputStream parent_instance;
  PdgHttpStream *stream;
};

struct _PdgHttpOutput
{
  GOutputStream parent_instance;
  PdgHttpStream *stream;
};

static void pdg_http_input_pollable_init (GPollableInputStreamInterface *iface);
static void pdg_http_output_pollable_init (GPollableOutputStreamInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (PdgHttpInput, pdg_http_input, G_TYPE_INPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_INPUT_STREAM, pdg_http_input_pollable_init))
G_DEFINE_FINAL_TYPE_WITH_CODE (PdgHttpOutput, pdg_http_output, G_TYPE_OUTPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_OUTPUT_STREAM, pdg_http_output_pollable_init))

/* A source without a descriptor: ready when epoll said so. The worker's poller is attached before any of these, so its
 * check() has set the flags by the time ours runs in the same turn of the loop. */
typedef struct
{
  GSource source;
  GObject *half;
  PdgHttpStream *stream;
  gboolean for_output;
} StreamSource;

static gboolean
stream_source_is_ready (StreamSource *self)
{
  PdgHttpStream *stream = self->stream;

  return stream == NULL || stream->abandoned || (self->for_output ? stream->writable : stream->readable);
}

static gboolean
stream_source_prepare (GSource *source, int *timeout)
{
  *timeout = -1;
  return stream_source_is_ready ((StreamSource *) source);
}

static gboolean
stream_source_check (GSource *source)
{
  return stream_source_is_ready ((StreamSource *) source);
}

static gboolean
stream_source_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  return ((GPollableSourceFunc) (void (*) (void)) callback) (((StreamSource *) source)->half, user_data);
}

static void
stream_source_finalize (GSource *source)
{
  StreamSource *self = (StreamSource *) source;

  g_clear_object (&self->half);
  g_clear_object (&self->stream);
}

/* What g_source_set_closure() makes of a closure: the shape of a GPollableSourceFunc. */
static gboolean
stream_source_closure_cb (GObject *half, gpointer data)
{
  GClosure *closure = data;
  g_auto (GValue) result = G_VALUE_INIT;
  g_auto (GValue) param = G_VALUE_INIT;

  g_value_init (&result, G_TYPE_BOOLEAN);
  g_value_init (&param, G_TYPE_OBJECT);
  g_value_set_object (&param, half);
  g_closure_invoke (closure, &result, 1, &param, NULL);
  return g_value_get_boolean (&result);
}

static GSourceFuncs stream_source_funcs = {
  .prepare = stream_source_prepare,
  .check = stream_source_check,
  .dispatch = stream_source_dispatch,
  .finalize = stream_source_finalize,
  .closure_callback = (GSourceFunc) (void (*) (void)) stream_source_closure_cb,
  .closure_marshal = (GSourceDummyMarshal) (void (*) (void)) g_cclosure_marshal_generic,
};

static GSource *
stream_source_new (PdgHttpStream *stream, gpointer half, gboolean for_output)
{
  GSource *source = g_source_new (&stream_source_funcs, sizeof (StreamSource));
  StreamSource *self = (StreamSource *) source;

  g_source_set_static_name (source, "productgraph http stream");
  self->half = g_object_ref (half);
  self->stream = stream != NULL ? g_object_ref (stream) : NULL;
  self->for_output = for_output;
  return source;
}

static gssize
fail_with_errno (int code, GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (code), g_strerror (code));
  return -1;
}

/* --- reading ------------------------------------------------------------------------------------------------ */

/* The end, by whatever cause. Between two requests libsoup 3.2 forgets the connection without closing it, unless the next
 * request has begun: an empty line begins one, and the read after that ends it. */
static gssize
stream_end (PdgHttpStream *stream, char *buffer, int code, GError **error)
{
  if (stream != NULL && stream->between_requests)
    {
      stream->between_requests = FALSE;
      *buffer = '\n';
      return 1;
    }
  return fail_with_errno (code, error);
}

static gssize
take_unread (PdgHttpStream *stream, void *buffer, gsize count)
{
  g_autoptr (GBytes) text = g_steal_pointer (&stream->unread);
  gsize size;
  gconstpointer data = g_bytes_get_data (text, &size);
  gsize n = MIN (size, count);

  memcpy (buffer, data, n);
  if (n < size)
    stream->unread = g_bytes_new_from_bytes (text, n, size - n);
  return (gssize) n;
}

static gssize
stream_receive (PdgHttpStream *stream, void *buffer, gsize count, GError **error)
{
  gssize n;

  if (stream == NULL || stream->abandoned || stream->ended || stream->fd < 0)
    return stream_end (stream, buffer, ECONNABORTED, error);

  if (stream->unread != NULL && count > 0)
    {
      n = take_unread (stream, buffer, count);
      return stream->owner != NULL && !stream->funcs->received (stream->owner, buffer, (gsize) n) ? fail_with_errno (ECONNABORTED, error) : n;
    }
  do
    n = recv (stream->fd, buffer, count, MSG_DONTWAIT);
  while (n < 0 && errno == EINTR);

  if (n < 0)
    {
      if (errno == EAGAIN)
        {
          stream->readable = FALSE;
          return fail_with_errno (EAGAIN, error);
        }
      stream->ended = TRUE;
      return stream_end (stream, buffer, errno, error);
    }
  if (n == 0 && count > 0)
    {
      stream->ended = TRUE;
      return stream->between_requests ? stream_end (stream, buffer, ECONNRESET, error) : 0;
    }
  /* A short read has emptied the socket; the next byte raises the edge again. Only the end of the stream does not. */
  if ((gsize) n < count && !stream->hung_up)
    stream->readable = FALSE;
  if (stream->owner != NULL && !stream->funcs->received (stream->owner, buffer, n))
    return fail_with_errno (ECONNABORTED, error);
  return n;
}

static gssize
pdg_http_input_read_nonblocking (GPollableInputStream *pollable, void *buffer, gsize count, GError **error)
{
  return stream_receive (PDG_HTTP_INPUT (pollable)->stream, buffer, count, error);
}

/* libsoup reads without blocking; this one completes the stream's contract. */
static gssize
pdg_http_input_read (GInputStream *input, void *buffer, gsize count, GCancellable *cancellable, GError **error)
{
  PdgHttpStream *stream = PDG_HTTP_INPUT (input)->stream;

  if (stream != NULL && stream->fd >= 0)
    {
      struct pollfd item = { .fd = stream->fd, .events = POLLIN };

      while (poll (&item, 1, -1) < 0 && errno == EINTR)
        ;
    }
  return stream_receive (stream, buffer, count, error);
}

static gboolean
pdg_http_input_is_readable (GPollableInputStream *pollable)
{
  PdgHttpStream *stream = PDG_HTTP_INPUT (pollable)->stream;

  return stream == NULL || stream->abandoned || stream->readable;
}

static GSource *
pdg_http_input_create_source (GPollableInputStream *pollable, GCancellable *cancellable)
{
  return stream_source_new (PDG_HTTP_INPUT (pollable)->stream, pollable, FALSE);
}

static void
pdg_http_input_pollable_init (GPollableInputStreamInterface *iface)
{
  iface->is_readable = pdg_http_input_is_readable;
  iface->create_source = pdg_http_input_create_source;
  iface->read_nonblocking = pdg_http_input_read_nonblocking;
}

static void
pdg_http_input_class_init (PdgHttpInputClass *klass)
{
  G_INPUT_STREAM_CLASS (klass)->read_fn = pdg_http_input_read;
}

static void
pdg_http_input_init (PdgHttpInput *self)
{
}

/* --- writing ------------------------------------------------------------------------------------------------ */

/* Sends what is held and then @data; returns how much of @data went out, 0 when only held bytes did. */
static gssize
stream_send_joined (PdgHttpStream *stream, const void *data, gsize len)
{
  struct iovec parts[2] = { { stream->held->data, stream->held->len }, { (void *) data, len } };
  struct msghdr message = { .msg_iov = stream->held->len > 0 ? parts : parts + 1, .msg_iovlen = stream->held->len > 0 ? 2 : 1 };
  gssize n;

  do
    n = sendmsg (stream->fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
  while (n < 0 && errno == EINTR);

  if (n < 0)
    return -1;
  if (stream->owner != NULL)
    stream->funcs->sent (stream->owner, n);
  if ((gsize) n < stream->held->len)
    {
      g_byte_array_remove_range (stream->held, 0, n);
      return 0;
    }
  n -= stream->held->len;
  g_byte_array_set_size (stream->held, 0);
  return n;
}

static gssize
stream_write (PdgHttpStream *stream, const void *data, gsize len, GError **error)
{
  gssize n;

  if (stream == NULL || stream->fd < 0)
    return fail_with_errno (EPIPE, error);
  if (!stream->abandoned && stream->owner != NULL && stream->funcs->writing (stream->owner, data, len))
    return len;
  if (stream->abandoned)
    return len;
  if (stream->join_next && len <= HELD_BYTES_MAX)
    {
      stream->join_next = FALSE;
      g_byte_array_append (stream->held, data, len);
      return len;
    }

  n = stream_send_joined (stream, data, len);
  if (n > 0 || (n == 0 && len == 0))
    return n;
  if (n < 0 && errno != EAGAIN)
    {
      stream->broken = TRUE;
      return fail_with_errno (errno, error);
    }
  stream->writable = FALSE;
  return fail_with_errno (EAGAIN, error);
}

static gssize
pdg_http_output_write_nonblocking (GPollableOutputStream *pollable, const void *data, gsize len, GError **error)
{
  return stream_write (PDG_HTTP_OUTPUT (pollable)->stream, data, len, error);
}

static gssize
pdg_http_output_write (GOutputStream *output, const void *data, gsize len, GCancellable *cancellable, GError **error)
{
  PdgHttpStream *stream = PDG_HTTP_OUTPUT (output)->stream;

  if (stream != NULL && stream->fd >= 0)
    {
      struct pollfd item = { .fd = stream->fd, .events = POLLOUT };

      while (poll (&item, 1, -1) < 0 && errno == EINTR)
        ;
    }
  return stream_write (stream, data, len, error);
}

/* A response whose body never followed its headers: rare, so one attempt. */
static gboolean
pdg_http_output_flush (GOutputStream *output, GCancellable *cancellable, GError **error)
{
  PdgHttpStream *stream = PDG_HTTP_OUTPUT (output)->stream;

  if (stream == NULL || stream->fd < 0 || stream->abandoned)
    return TRUE;
  stream->join_next = FALSE;
  if (stream->held->len > 0 && (stream_send_joined (stream, NULL, 0) < 0 || stream->held->len > 0))
    return fail_with_errno (EAGAIN, error) >= 0;
  return TRUE;
}

static gboolean
pdg_http_output_is_writable (GPollableOutputStream *pollable)
{
  PdgHttpStream *stream = PDG_HTTP_OUTPUT (pollable)->stream;

  return stream == NULL || stream->abandoned || stream->writable;
}

static GSource *
pdg_http_output_create_source (GPollableOutputStream *pollable, GCancellable *cancellable)
{
  return stream_source_new (PDG_HTTP_OUTPUT (pollable)->stream, pollable, TRUE);
}

static void
pdg_http_output_pollable_init (GPollableOutputStreamInterface *iface)
{
  iface->is_writable = pdg_http_output_is_writable;
  iface->create_source = pdg_http_output_create_source;
  iface->write_nonblocking = pdg_http_output_write_nonblocking;
}

static void
pdg_http_output_class_init (PdgHttpOutputClass *klass)
{
  G_OUTPUT_STREAM_CLASS (klass)->write_fn = pdg_http_output_write;
  G_OUTPUT_STREAM_CLASS (klass)->flush = pdg_http_output_flush;
}

static void
pdg_http_output_init (PdgHttpOutput *self)
{
}

/* --- the stream --------------------------------------------------------------------------------------------- */

static GInputStream *
pdg_http_stream_get_input_stream (GIOStream *io)
{
  return PDG_HTTP_STREAM (io)->input;
}

static GOutputStream *
pdg_http_stream_get_output_stream (GIOStream *io)
{
  return PDG_HTTP_STREAM (io)->output;
}

static gboolean
pdg_http_stream_close (GIOStream *io, GCancellable *cancellable, GError **error)
{
  PdgHttpStream *self = PDG_HTTP_STREAM (io);

  if (self->owner != NULL)
    self->funcs->closed (self->owner);
  if (self->fd >= 0)
    close (pdg_http_stream_steal_fd (self));
  return TRUE;
}

static void
pdg_http_stream_finalize (GObject *object)
{
  PdgHttpStream *self = PDG_HTTP_STREAM (object);

  if (self->fd >= 0)
    close (self->fd);
  PDG_HTTP_INPUT (self->input)->stream = NULL;
  PDG_HTTP_OUTPUT (self->output)->stream = NULL;
  g_clear_object (&self->input);
  g_clear_object (&self->output);
  g_byte_array_unref (self->held);
  g_clear_pointer (&self->unread, g_bytes_unref);
  G_OBJECT_CLASS (pdg_http_stream_parent_class)->finalize (object);
}

static void
pdg_http_stream_class_init (PdgHttpStreamClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = pdg_http_stream_finalize;
  G_IO_STREAM_CLASS (klass)->get_input_stream = pdg_http_stream_get_input_stream;
  G_IO_STREAM_CLASS (klass)->get_output_stream = pdg_http_stream_get_output_stream;
  G_IO_STREAM_CLASS (klass)->close_fn = pdg_http_stream_close;
}

static void
pdg_http_stream_init (PdgHttpStream *self)
{
  self->fd = -1;
  self->writable = TRUE;
  self->held = g_byte_array_new ();
  self->input = g_object_new (PDG_TYPE_HTTP_INPUT, NULL);
  self->output = g_object_new (PDG_TYPE_HTTP_OUTPUT, NULL);
  PDG_HTTP_INPUT (self->input)->stream = self;
  PDG_HTTP_OUTPUT (self->output)->stream = self;
}

PdgHttpStream *
pdg_http_stream_new (int fd, const PdgHttpStreamFuncs *funcs, gpointer owner)
{
  PdgHttpStream *self = g_object_new (PDG_TYPE_HTTP_STREAM, NULL);

  self->fd = fd;
  self->funcs = funcs;
  self->owner = owner;
  return self;
}

void
pdg_http_stream_forget_owner (PdgHttpStream *self)
{
  self->owner = NULL;
}

int
pdg_http_stream_get_fd (PdgHttpStream *self)
{
  return self->fd;
}

int
pdg_http_stream_steal_fd (PdgHttpStream *self)
{
  int fd = self->fd;

  self->fd = -1;
  return fd;
}

void
pdg_http_stream_set_ready (PdgHttpStream *self, gboolean readable, gboolean writable, gboolean hung_up)
{
  self->readable |= readable || hung_up;
  self->writable |= writable || hung_up;
  self->hung_up |= hung_up;
}

gboolean
pdg_http_stream_is_hung_up (PdgHttpStream *self)
{
  return self->hung_up;
}

gboolean
pdg_http_stream_has_unread (PdgHttpStream *self)
{
  return self->readable && !self->ended;
}

void
pdg_http_stream_unread (PdgHttpStream *self, GBytes *text)
{
  self->unread = text != NULL ? g_bytes_ref (text) : NULL;
  self->readable = TRUE;
}

void
pdg_http_stream_set_between_requests (PdgHttpStream *self, gboolean between)
{
  self->between_requests = between;
}

void
pdg_http_stream_join_writes (PdgHttpStream *self)
{
  self->join_next = TRUE;
}

void
pdg_http_stream_finish_with (PdgHttpStream *self, const char *data, gsize len)
{
  if (self->abandoned || self->fd < 0)
    return;
  self->join_next = FALSE;
  if (stream_send_joined (self, data, len) < 0 && errno != EAGAIN)
    self->broken = TRUE;
  pdg_http_stream_abandon (self);
}

void
pdg_http_stream_abandon (PdgHttpStream *self)
{
  self->abandoned = TRUE;
}

gboolean
pdg_http_stream_is_abandoned (PdgHttpStream *self)
{
  return self->abandoned;
}

gboolean
pdg_http_stream_is_broken (PdgHttpStream *self)
{
  return self->broken;
}
