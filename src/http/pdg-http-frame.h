#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Reads the frames that a WebSocket client sends (RFC 6455, section 5): unmasks, joins fragments, keeps the limits. Internal to
 * this module. A plain value; zero is the start, clear at the end. */
typedef struct
{
  gsize max_message_bytes;
  guint8 head[14];
  guint head_len;
  guint head_needed;
  guint64 payload_left;
  guint mask_at;
  GByteArray *message; /* of text, so far */
  guint8 control[125];
  guint control_len;
  guint opcode;
  guint is_final : 1;
  guint in_payload : 1;
  guint in_message : 1;
} PdgHttpFrameReader;

typedef enum
{
  PDG_HTTP_FRAME_MORE, /* all bytes are used up */
  PDG_HTTP_FRAME_TEXT, /* reader->message is whole, valid UTF-8 with a NUL behind it */
  PDG_HTTP_FRAME_PING, /* reader->control */
  PDG_HTTP_FRAME_PONG,
  PDG_HTTP_FRAME_CLOSE,
  PDG_HTTP_FRAME_ERROR,
} PdgHttpFrameEvent;

#define PDG_HTTP_FRAME_OPCODE_TEXT 1
#define PDG_HTTP_FRAME_OPCODE_CLOSE 8
#define PDG_HTTP_FRAME_OPCODE_PING 9
#define PDG_HTTP_FRAME_OPCODE_PONG 10

/* Reads up to the next event; @data is changed. @used: (out) how many bytes were read. @close_code: (out) set on an error. */
PdgHttpFrameEvent pdg_http_frame_reader_feed (PdgHttpFrameReader *reader, guint8 *data, gsize len, gsize *used, guint *close_code);
void              pdg_http_frame_reader_clear (PdgHttpFrameReader *reader);

/* One whole unmasked frame, as a server sends it. (transfer full) */
GBytes           *pdg_http_frame_new (guint opcode, const void *payload, gsize len);

G_END_DECLS
