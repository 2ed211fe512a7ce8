#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A connection that libsoup has let go of: bytes both ways, and a bounded queue of what is still to be sent. WebSockets and
 * streaming responses are made of it. Internal to this module. Reference-counted; any thread may send. */
typedef struct _PdgHttpChannel PdgHttpChannel;

/* All of them on the worker's thread. */
typedef struct
{
  /* @len bytes came in. FALSE: nothing more is read. */
  gboolean (*received) (gpointer owner, guint8 *data, gsize len);
  /* Every stream_keep_alive_ms, as long as it is open. @silent_usec: how long nothing came in. */
  void     (*tick)     (gpointer owner, gint64 silent_usec);
  /* The server stops: say good-bye and finish. */
  void     (*stopping) (gpointer owner);
  /* It is over; called once, nothing is called afterwards. */
  void     (*closed)   (gpointer owner);
} PdgHttpChannelFuncs;

typedef struct
{
  gsize max_queued_bytes;
  guint max_queued_pieces;
} PdgHttpChannelLimits;

typedef enum
{
  PDG_HTTP_SEND_OK,
  PDG_HTTP_SEND_CLOSED, /* it is over, or finishing */
  PDG_HTTP_SEND_FULL,   /* the client reads too slowly; nothing was queued */
} PdgHttpSendResult;

PdgHttpChannel   *pdg_http_channel_ref   (PdgHttpChannel *channel);
void              pdg_http_channel_unref (PdgHttpChannel *channel);

/* Queues @bytes. One piece of any size is taken when nothing waits; @force: always taken (the small last words). */
PdgHttpSendResult pdg_http_channel_send   (PdgHttpChannel *channel, GBytes *bytes, gboolean force);

/* Forgets what nobody began to send, so that @last (nullable) is the next thing the client sees, and finishes. */
void              pdg_http_channel_cut_short (PdgHttpChannel *channel, GBytes *last);

/* Sends what is queued, then closes. */
void              pdg_http_channel_finish (PdgHttpChannel *channel);

/* How many bytes wait. */
gsize             pdg_http_channel_get_queued_bytes (PdgHttpChannel *channel);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgHttpChannel, pdg_http_channel_unref)

G_END_DECLS
