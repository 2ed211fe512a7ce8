#pragma once

#include "http/pdg-http-request.h"

G_BEGIN_DECLS

/* One WebSocket (RFC 6455), server side, text messages only. Reference-counted. Handlers come on the server's thread that the
 * socket lives on, with that thread's context as the thread-default one; sending and closing may come from any thread. Pings,
 * and the limits of PdgHttpLimits' stream fields, are kept without the owner. */
typedef struct _PdgHttpWebSocket PdgHttpWebSocket;

#define PDG_HTTP_CLOSE_NORMAL 1000
#define PDG_HTTP_CLOSE_GOING_AWAY 1001
#define PDG_HTTP_CLOSE_PROTOCOL_ERROR 1002
#define PDG_HTTP_CLOSE_UNSUPPORTED 1003
#define PDG_HTTP_CLOSE_INVALID_TEXT 1007
#define PDG_HTTP_CLOSE_TOO_BIG 1009
#define PDG_HTTP_CLOSE_TRY_AGAIN_LATER 1013

/* A whole message: valid UTF-8 and NUL-terminated behind @len. */
typedef void (*PdgHttpWebSocketMessageFunc) (PdgHttpWebSocket *socket, const char *text, gsize len, gpointer user_data);

/* It is over, called once; nothing is called afterwards, and the user data may go. */
typedef void (*PdgHttpWebSocketClosedFunc) (PdgHttpWebSocket *socket, gpointer user_data);

/* A new socket; @socket is borrowed: set the handlers here, and keep a reference to send later. */
typedef void (*PdgHttpWebSocketOpenFunc) (PdgHttpWebSocket *socket, gpointer user_data);

PdgHttpWebSocket *pdg_http_web_socket_ref   (PdgHttpWebSocket *socket);
void              pdg_http_web_socket_unref (PdgHttpWebSocket *socket);

/* In the open function only. */
void              pdg_http_web_socket_set_handlers (PdgHttpWebSocket *socket, PdgHttpWebSocketMessageFunc message,
                                                    PdgHttpWebSocketClosedFunc closed, gpointer user_data);

/* The request that opened it, for its headers and its peer. (transfer none) */
PdgHttpRequest   *pdg_http_web_socket_get_request (PdgHttpWebSocket *socket);

/* The protocol that was agreed on, or NULL when the client offered none of ours. (transfer none) */
const char       *pdg_http_web_socket_get_protocol (PdgHttpWebSocket *socket);

/* Queues a message; @text is valid UTF-8. A client that reads too slowly for the limits is closed with 1013. FALSE when the message will not be
 * sent. Any thread. */
gboolean          pdg_http_web_socket_send_text (PdgHttpWebSocket *socket, const char *text, gsize len);

/* Closes behind what is queued; later calls do nothing. @reason: nullable, cut to 123 bytes. Handlers other than closed are not
 * called any more when this is called on the socket's thread. Any thread. */
void              pdg_http_web_socket_close (PdgHttpWebSocket *socket, guint16 code, const char *reason);

/* The code of the close frame that was sent; 0 = none yet. Any thread. */
guint             pdg_http_web_socket_get_close_code (PdgHttpWebSocket *socket);

/* How many bytes wait for the client. Any thread. */
gsize             pdg_http_web_socket_get_queued_bytes (PdgHttpWebSocket *socket);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgHttpWebSocket, pdg_http_web_socket_unref)

G_END_DECLS
