#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A small HTTP client for tools and tests: one request, one answer, whole bodies. Bound to the thread and thread-default main
 * context it was made on. Connections are kept alive and used again. */
typedef struct _PdgHttpClient PdgHttpClient;

/* One answer. */
typedef struct _PdgHttpAnswer PdgHttpAnswer;

/* @timeout_ms: for a whole request; 0 = 30 s. (transfer full) */
PdgHttpClient *pdg_http_client_new  (guint timeout_ms);
void           pdg_http_client_free (PdgHttpClient *client);

/* Answers longer than this are an error; default 64 MiB. */
void           pdg_http_client_set_max_body_bytes (PdgHttpClient *client, gsize max_body_bytes);

/* Says that the server takes a request that comes twice as one (events with ids): then POST uses open connections again too, and
 * is repeated when such a connection turns out to be dead. Off by default. */
void           pdg_http_client_set_idempotent (PdgHttpClient *client, gboolean idempotent);

/* Sends and waits; blocks the thread and runs no main loop of the caller's.
 * @headers: name, value, name, value, …, NULL; nullable. "Content-Type" belongs here. @body: borrowed, nullable.
 * Any status is an answer; NULL with PDG_HTTP_ERROR_CLIENT or G_IO_ERROR_CANCELLED when there is none. (transfer full) */
PdgHttpAnswer *pdg_http_client_request (PdgHttpClient *client, const char *method, const char *url, const char *const *headers,
                                        GBytes *body, GCancellable *cancellable, GError **error);

/* The same without blocking; the callback comes on the context the client was made on. */
void           pdg_http_client_request_async (PdgHttpClient *client, const char *method, const char *url,
                                              const char *const *headers, GBytes *body, GCancellable *cancellable,
                                              GAsyncReadyCallback callback, gpointer user_data);
PdgHttpAnswer *pdg_http_client_request_finish (PdgHttpClient *client, GAsyncResult *result, GError **error);

guint          pdg_http_answer_get_status (PdgHttpAnswer *answer);

/* (transfer none); empty, never NULL. */
GBytes        *pdg_http_answer_get_body   (PdgHttpAnswer *answer);

/* Value of the header @name (any case) or NULL. (transfer none) */
const char    *pdg_http_answer_get_header (PdgHttpAnswer *answer, const char *name);
void           pdg_http_answer_free       (PdgHttpAnswer *answer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgHttpClient, pdg_http_client_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgHttpAnswer, pdg_http_answer_free)

G_END_DECLS
