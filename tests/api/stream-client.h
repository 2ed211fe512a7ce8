#pragma once

#include "api/api-fixture.h"

G_BEGIN_DECLS

/* Clients of the ways that stay open, as bytes on a socket. A failure ends the test, and so does waiting for 10 s. */
typedef enum
{
  SOCKET, /* graphql-transport-ws */
  EVENTS, /* one operation, at /graphql */
  PARTS,  /* the same as multipart */
  SHARED, /* many operations, at /graphql/stream */
  N_WAYS,
} Way;

/* An API on a server of its own. */
typedef struct
{
  PdgApi *api;
  PdgHttpServer *server;
  guint16 port;
} Service;

void       service_start (Service *service, const PdgApiOptions *options);
void       service_stop  (Service *service);

/* What /metrics says. */
guint64    read_metric    (const Service *service, const char *name);
guint64    count_refusals (const Service *service, const char *guard);

/* {"query":…} with what stands behind it, ",\"a\":1". (transfer full) */
char      *make_body (const char *document, const char *more);

/* A request with this token (nullable); of the first the answer stays in the socket. */
int        begin_request (guint16 port, const char *method, const char *path, const char *token, const char *headers, const char *body);
RawAnswer *request       (guint16 port, const char *method, const char *path, const char *token, const char *headers, const char *body);

/* A WebSocket; connection_init with this token (nullable), and what came of it. hear() skips pings, and tells a close as "CODE REASON". */
int        open_socket (guint16 port);
char      *introduce   (int fd, const char *token);
void       say         (int fd, const char *text);
char      *hear        (int fd);

/* An event stream with many operations, whose token is in @stream; starts one there, and the status of that. */
int        open_shared  (guint16 port, const char *token, char **stream);
guint      start_shared (guint16 port, const char *token, const char *stream, const char *id, const char *body);

/* Somebody with one operation, "a", under way. */
typedef struct
{
  Way way;
  guint16 port;
  const char *token;
  char *stream;
  int fd;
} Client;

Client     ask      (Way way, guint16 port, const char *token, const char *document);
Client     ask_body (Way way, guint16 port, const char *token, const char *body);
void       drop     (Client *client);

/* Ends the operation, and stays. */
void       end_politely (Client *client);

/* All that comes until @marker has come; the end of a body is THE_END. (transfer full) */
#define THE_END "(the end)"
char      *read_until (Client *client, const char *marker);

/* The operation is refused in its way's own words, with @code. */
void       assert_refused (Client *client, const char *code);

G_END_DECLS
