#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Watches the bytes of a connection on their way to libsoup, and knows where each request's head begins and ends. It stops what
 * libsoup 3.2 takes too lightly: heads without end, framing that can be read in two ways (RFC 9112, section 6), and transfer
 * codings that it does not know, for which it loses the request's path each time. A plain value; zero is the start. */
typedef struct
{
  guint state;
  gsize head_bytes;  /* of the present head so far */
  guint64 body_left;
  guint64 length;
  guint has_length : 1;
  guint is_chunked : 1;
  guint began : 1;
  guint name_len;
  guint value_len;
  char name[20];
  char value[24];
} PdgHttpHead;

/* Takes the next @len bytes. Returns 0, or the status to refuse the connection with: 400, 431 (a head longer than
 * @max_head_bytes) or 501. After a chunked request it no longer looks: such a connection ends with its answer. */
guint    pdg_http_head_feed (PdgHttpHead *head, const char *data, gsize len, gsize max_head_bytes);

/* Whether a request has begun whose head is not complete. */
gboolean pdg_http_head_is_inside (const PdgHttpHead *head);

G_END_DECLS
