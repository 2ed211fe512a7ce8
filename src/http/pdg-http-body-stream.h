#pragma once

#include "http/pdg-http-request.h"

G_BEGIN_DECLS

/* A response that is written piece by piece, for as long as it takes (server-sent events, multipart). Reference-counted; any
 * thread may write. The limits of PdgHttpLimits' stream fields hold. The connection closes with it. */
typedef struct _PdgHttpBodyStream PdgHttpBodyStream;

/* It is over, by end, by the client or by the server stopping: called once, on the server's thread. */
typedef void (*PdgHttpBodyClosedFunc) (PdgHttpBodyStream *stream, gpointer user_data);

/* Answers @request with headers now and a body to be written. @keep_alive: sent every stream_keep_alive_ms, nullable.
 * @closed: nullable; always called, later than this returns unless it is called on the server's thread after the client has gone.
 * NULL when the request had been answered already, or the server has stopped; @closed is not called then. (transfer full) */
PdgHttpBodyStream *pdg_http_request_respond_start (PdgHttpRequest *request, guint status, const char *content_type,
                                                   GBytes *keep_alive, PdgHttpBodyClosedFunc closed, gpointer user_data);

PdgHttpBodyStream *pdg_http_body_stream_ref   (PdgHttpBodyStream *stream);
void               pdg_http_body_stream_unref (PdgHttpBodyStream *stream);

/* Queues a piece of the body. FALSE when it will not be sent: the stream is over, or the client reads too slowly for the limits,
 * and then the response is broken off. */
gboolean           pdg_http_body_stream_write (PdgHttpBodyStream *stream, const void *data, gsize len);

/* The body is complete. */
void               pdg_http_body_stream_end   (PdgHttpBodyStream *stream);

/* Whether it was broken off because the client reads too slowly. */
gboolean           pdg_http_body_stream_is_overrun (PdgHttpBodyStream *stream);

/* How many bytes wait for the client. */
gsize              pdg_http_body_stream_get_queued_bytes (PdgHttpBodyStream *stream);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgHttpBodyStream, pdg_http_body_stream_unref)

G_END_DECLS
