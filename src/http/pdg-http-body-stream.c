#include "config.h"
#include "http/pdg-http-body-stream.h"

#include <string.h>

#include "http/pdg-http-private.h"

struct _PdgHttpBodyStream
{
  gatomicrefcount ref_count;
  PdgHttpChannel *channel;
  GBytes *keep_alive; /* framed; nullable */
  PdgHttpBodyClosedFunc closed;
  gpointer user_data;
  gboolean chunked;
  int ended;   /* atomic */
  int overrun; /* atomic */
};

PdgHttpBodyStream *
pdg_http_body_stream_ref (PdgHttpBodyStream *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
pdg_http_body_stream_unref (PdgHttpBodyStream *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  pdg_http_channel_unref (self->channel);
  g_clear_pointer (&self->keep_alive, g_bytes_unref);
  g_free (self);
}

static GBytes *
chunk_new (PdgHttpBodyStream *self, const void *data, gsize len)
{
  GString *text;

  if (!self->chunked)
    return g_bytes_new (data, len);
  text = g_string_sized_new (len + 24);
  g_string_append_printf (text, "%" G_GSIZE_MODIFIER "x\r\n", len);
  g_string_append_len (text, data, (gssize) len);
  g_string_append (text, "\r\n");
  return g_string_free_to_bytes (text);
}

static void
end (PdgHttpBodyStream *self, gboolean complete)
{
  if (!g_atomic_int_compare_and_exchange (&self->ended, FALSE, TRUE))
    return;
  if (!complete)
    {
      pdg_http_channel_cut_short (self->channel, NULL);
      return;
    }
  if (self->chunked)
    {
      g_autoptr (GBytes) last = g_bytes_new_static ("0\r\n\r\n", 5);

      pdg_http_channel_send (self->channel, last, TRUE);
    }
  pdg_http_channel_finish (self->channel);
}

gboolean
pdg_http_body_stream_write (PdgHttpBodyStream *self, const void *data, gsize len)
{
  g_autoptr (GBytes) chunk = NULL;
  PdgHttpSendResult result;

  if (g_atomic_int_get (&self->ended))
    return FALSE;
  if (len == 0)
    return TRUE;
  chunk = chunk_new (self, data, len);
  result = pdg_http_channel_send (self->channel, chunk, FALSE);
  if (result == PDG_HTTP_SEND_FULL)
    {
      g_atomic_int_set (&self->overrun, TRUE);
      end (self, FALSE);
    }
  return result == PDG_HTTP_SEND_OK;
}

void
pdg_http_body_stream_end (PdgHttpBodyStream *self)
{
  end (self, TRUE);
}

gboolean
pdg_http_body_stream_is_overrun (PdgHttpBodyStream *self)
{
  return g_atomic_int_get (&self->overrun);
}

gsize
pdg_http_body_stream_get_queued_bytes (PdgHttpBodyStream *self)
{
  return pdg_http_channel_get_queued_bytes (self->channel);
}

/* --- what the channel tells --------------------------------------------------------------------------------------- */

/* Whatever comes behind the request: the connection closes after this response, so it is not read as one. */
static gboolean
received_cb (gpointer owner, guint8 *data, gsize len)
{
  return FALSE;
}

static void
tick_cb (gpointer owner, gint64 silent_usec)
{
  PdgHttpBodyStream *self = owner;

  if (self->keep_alive != NULL && !g_atomic_int_get (&self->ended))
    pdg_http_channel_send (self->channel, self->keep_alive, FALSE);
}

static void
stopping_cb (gpointer owner)
{
  end (owner, TRUE);
}

static void
closed_cb (gpointer owner)
{
  PdgHttpBodyStream *self = owner;

  g_atomic_int_set (&self->ended, TRUE);
  if (self->closed != NULL)
    self->closed (self, self->user_data);
  pdg_http_body_stream_unref (self); /* the channel's */
}

static const PdgHttpChannelFuncs channel_funcs = { received_cb, tick_cb, stopping_cb, closed_cb };

/* --- the beginning ------------------------------------------------------------------------------------------------ */

static GBytes *
head_new (PdgHttpRequest *request, guint status, const char *content_type, gboolean chunked)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *date = soup_date_time_to_string (now, SOUP_DATE_HTTP);
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "HTTP/1.1 %u %s\r\nDate: %s\r\nConnection: close\r\nContent-Type: %s\r\n", status,
                          soup_status_get_phrase (status), date, content_type);
  if (chunked)
    g_string_append (text, "Transfer-Encoding: chunked\r\n");
  for (guint i = 0; request->response_headers != NULL && i + 1 < request->response_headers->len; i += 2)
    g_string_append_printf (text, "%s: %s\r\n", (char *) g_ptr_array_index (request->response_headers, i),
                            (char *) g_ptr_array_index (request->response_headers, i + 1));
  g_string_append (text, "\r\n");
  return g_string_free_to_bytes (text);
}

PdgHttpBodyStream *
pdg_http_request_respond_start (PdgHttpRequest *request, guint status, const char *content_type, GBytes *keep_alive,
                                PdgHttpBodyClosedFunc closed, gpointer user_data)
{
  PdgHttpChannelLimits limits = { request->stream_queue_bytes, request->stream_queue_messages };
  g_autoptr (PdgHttpBodyStream) self = NULL;
  g_autoptr (GBytes) head = NULL;

  g_return_val_if_fail (!pdg_http_request_may_wait (request), NULL);
  g_return_val_if_fail (status >= 200 && status < PDG_HTTP_STATUS_END && status != 204 && status != 304, NULL);
  g_return_val_if_fail (content_type != NULL && strpbrk (content_type, "\r\n") == NULL, NULL);

  if (!g_atomic_int_compare_and_exchange (&request->answered, FALSE, TRUE))
    return NULL;
  self = g_new0 (PdgHttpBodyStream, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->closed = closed;
  self->user_data = user_data;
  self->chunked = request->is_http_1_1;
  if (keep_alive != NULL)
    self->keep_alive = chunk_new (self, g_bytes_get_data (keep_alive, NULL), g_bytes_get_size (keep_alive));
  self->channel = pdg_http_channel_new (request->exchange->worker, &channel_funcs, pdg_http_body_stream_ref (self), &limits);
  head = head_new (request, status, content_type, self->chunked);
  pdg_http_channel_send (self->channel, head, TRUE);
  if (g_str_equal (request->method, "HEAD"))
    {
      g_atomic_int_set (&self->ended, TRUE);
      pdg_http_channel_finish (self->channel);
    }
  request->status = status;
  request->channel = pdg_http_channel_ref (self->channel);
  if (pdg_http_request_deliver (request))
    return g_steal_pointer (&self);
  pdg_http_body_stream_unref (self); /* the channel's */
  return NULL;
}
