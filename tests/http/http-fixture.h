#pragma once

#include "http/pdg-http-server.h"

/* A server on a free port, with the routes that the tests share, and a raw socket client with deadlines. */
typedef struct
{
  PdgHttpServer *server;
  guint16 port;
  int n_destroyed; /* user data of routes and filter */
  int n_calls;     /* handlers run, atomic */
  int n_early;
  GAsyncQueue *held; /* requests that /hold was asked, a reference each */
  guint n_fds_before;
  gboolean strict_stop; /* teardown expects that nothing had to be cut off */
} HttpFixture;

/* Routes: GET /hello, POST /echo (1 MiB) and /small (100 bytes), GET /echo, GET,POST /hold (kept for the test to answer), POST
 * /checked (early function wants "X-Key: good"; 1 MiB), GET /files/ followed by an asterisk, GET /big (8 MiB), GET /drop, POST
 * /drop (unanswered), GET /info. @limits: nullable. */
HttpFixture *http_fixture_new   (const PdgHttpLimits *limits, guint n_threads);

/* Stops, and checks that no connection, request, user data or descriptor is left. */
void         http_fixture_free  (HttpFixture *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HttpFixture, http_fixture_free)

/* The next request of /hold; fails the test after 10 s. (transfer full) */
PdgHttpRequest *http_fixture_next_held (HttpFixture *self);

/* Counters now. (transfer full) */
PdgHttpMetrics *http_fixture_metrics (HttpFixture *self);
guint64         http_fixture_count   (HttpFixture *self, const char *route, guint status);

/* Waits until @getter of the metrics is @value; fails after 10 s. */
#define http_fixture_wait_for(self, field, op, value) \
  G_STMT_START \
  { \
    gint64 until_ = g_get_monotonic_time () + 10 * G_USEC_PER_SEC; \
    while (TRUE) \
      { \
        g_autoptr (PdgHttpMetrics) metrics_ = http_fixture_metrics (self); \
        if (metrics_->field op (value)) \
          break; \
        g_assert_cmpint (g_get_monotonic_time (), <, until_); \
        g_usleep (1000); \
      } \
  } \
  G_STMT_END

typedef struct
{
  guint status;
  char *head; /* status line and headers */
  char *body;
  gsize body_len;
} RawAnswer;

void raw_answer_free (RawAnswer *answer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RawAnswer, raw_answer_free)

int        raw_connect      (guint16 port);
/* Whether a new connection is taken; a listening socket on its way out may still complete a handshake. */
gboolean   raw_can_connect  (guint16 port);
void       raw_send         (int fd, const char *text);
void       raw_send_bytes   (int fd, const void *data, gsize len);
/* As much as the peer takes; FALSE when it stopped listening. */
gboolean   raw_try_send     (int fd, const void *data, gsize len);
/* One response by Content-Length (@head_only: none follows). NULL when the connection ended before it began. */
RawAnswer *raw_read         (int fd, gboolean head_only);
/* Exactly @len bytes, or the test fails. */
void       raw_read_exactly (int fd, void *buffer, gsize len);
/* Status line and headers. (transfer full) */
char      *raw_read_head    (int fd);
/* A masked WebSocket frame of up to 65535 bytes; @first: FIN, reserved bits, opcode. */
void       raw_send_frame   (int fd, guint first, const void *payload, gsize len);
/* The payload of a frame from the server, with a NUL behind. (transfer full) */
char      *raw_read_frame   (int fd, guint *opcode, gsize *len);
/* Whether the peer closes within 10 s without another byte. */
gboolean   raw_is_closed    (int fd);
/* Value of a header or NULL. (transfer full) */
char      *raw_header       (RawAnswer *answer, const char *name);
/* Connects, sends @text, reads one response, closes. */
RawAnswer *raw_exchange     (guint16 port, const char *text);
guint      count_open_fds   (void);
