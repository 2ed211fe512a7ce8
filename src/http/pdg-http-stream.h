#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The byte stream of one accepted socket, for libsoup. It never asks the kernel what is ready: its worker's epoll tells it, so
 * that a connection costs no poll descriptor and no wake-up of the main context. Everything on the worker's thread. */
#define PDG_TYPE_HTTP_STREAM (pdg_http_stream_get_type ())
G_DECLARE_FINAL_TYPE (PdgHttpStream, pdg_http_stream, PDG, HTTP_STREAM, GIOStream)

/* What the connection wants to know. */
typedef struct
{
  /* @len bytes came in; FALSE when the connection has been given up because of them. */
  gboolean (*received) (gpointer owner, const char *data, gsize len);
  /* libsoup writes; TRUE when the connection answered by itself and the bytes are to be forgotten. */
  gboolean (*writing)  (gpointer owner, const char *data, gsize len);
  /* @n_bytes went out. */
  void     (*sent)     (gpointer owner, gsize n_bytes);
  /* libsoup closed the stream. The owner takes the socket with pdg_http_stream_steal_fd(), or it is closed. */
  void     (*closed)   (gpointer owner);
} PdgHttpStreamFuncs;

/* Takes @fd (non-blocking). (transfer full) */
PdgHttpStream *pdg_http_stream_new (int fd, const PdgHttpStreamFuncs *funcs, gpointer owner);

/* The owner goes away and hears nothing more. */
void           pdg_http_stream_forget_owner (PdgHttpStream *stream);

/* The socket, or -1. */
int            pdg_http_stream_get_fd   (PdgHttpStream *stream);
int            pdg_http_stream_steal_fd (PdgHttpStream *stream);

/* News from epoll (edge-triggered). @hung_up: the peer will send nothing more. */
void           pdg_http_stream_set_ready (PdgHttpStream *stream, gboolean readable, gboolean writable, gboolean hung_up);
gboolean       pdg_http_stream_is_hung_up (PdgHttpStream *stream);

/* Whether the socket may hold bytes that nobody read. */
gboolean       pdg_http_stream_has_unread (PdgHttpStream *stream);

/* Has @text (nullable) read before what the socket holds. */
void           pdg_http_stream_unread   (PdgHttpStream *stream, GBytes *text);

/* Whether libsoup waits for the first byte of a request that is not the connection's first. */
void           pdg_http_stream_set_between_requests (PdgHttpStream *stream, gboolean between);

/* Keeps the next write (the headers) back and sends it in one piece with the one after it (the body). */
void           pdg_http_stream_join_writes (PdgHttpStream *stream);

/* Sends @data past libsoup as the last thing on this connection; then as pdg_http_stream_abandon(). */
void           pdg_http_stream_finish_with (PdgHttpStream *stream, const char *data, gsize len);

/* From now on libsoup's reads fail and its writes go nowhere, so that it closes the stream. */
void           pdg_http_stream_abandon (PdgHttpStream *stream);
gboolean       pdg_http_stream_is_abandoned (PdgHttpStream *stream);

/* Whether a write failed because the peer has gone. */
gboolean       pdg_http_stream_is_broken (PdgHttpStream *stream);

G_END_DECLS
