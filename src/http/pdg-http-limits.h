#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What one server lets its clients take. A plain value: start from the defaults and change single fields. A deadline of 0
 * means none; max_connections and max_header_bytes must be positive. */
typedef struct
{
  guint max_connections;  /* open at once, all threads together; above it the longest idle one goes, else 503 */
  gsize max_header_bytes; /* request line and headers; at most 48 KiB; above it 431 */
  gsize drain_bytes;      /* a refused request's body up to this long is read away so that the connection lives on */
  guint header_deadline_ms; /* from the first byte (or the connection) to the end of the headers; then 408 */
  guint body_deadline_ms;   /* from the end of the headers to the end of the body; then 408 */
  guint write_deadline_ms;  /* from the response to its last byte handed to the kernel; then the connection closes */
  guint idle_deadline_ms;   /* between two requests of a connection; then it closes */
  guint stream_keep_alive_ms;  /* between two signs of life on a WebSocket or in a streaming response */
  guint stream_stall_ms;       /* such a connection whose client takes nothing of what waits this long is closed */
  guint stream_silence_ms;     /* a WebSocket whose client says nothing this long, pongs included, is closed */
  gsize stream_queue_bytes;    /* at most this much waits for one client; a single longer piece may */
  guint stream_queue_messages;
  guint lane_threads;          /* that run handlers which may wait, on connections of their own; 0 = none */
  guint lane_ready_threads;    /* of these, so many as long as none waits for long; 0 = all */
} PdgHttpLimits;

#define PDG_HTTP_LIMITS_DEFAULT \
  { \
    .max_connections = 1024, .max_header_bytes = 32 * 1024, .drain_bytes = 64 * 1024, .header_deadline_ms = 10000, \
    .body_deadline_ms = 60000, .write_deadline_ms = 60000, .idle_deadline_ms = 75000, .stream_keep_alive_ms = 12000, .stream_stall_ms = 30000, \
    .stream_silence_ms = 40000, .stream_queue_bytes = 1024 * 1024, .stream_queue_messages = 256, \
  }

G_END_DECLS
