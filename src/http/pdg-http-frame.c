#include "config.h"
#include "http/pdg-http-frame.h"

#include <string.h>

#include "http/pdg-http-websocket.h"

#define OPCODE_CONTINUATION 0
#define OPCODE_BINARY 2
#define KEPT_BYTES 65536

static gboolean
is_control (guint opcode)
{
  return opcode >= PDG_HTTP_FRAME_OPCODE_CLOSE;
}

static PdgHttpFrameEvent
fail (guint *close_code, guint code)
{
  *close_code = code;
  return PDG_HTTP_FRAME_ERROR;
}

/* The first two bytes are in: what they say, and how long the head is. 0 or a close code. */
static guint
take_first_bytes (PdgHttpFrameReader *reader)
{
  guint length = reader->head[1] & 0x7f;

  reader->is_final = (reader->head[0] & 0x80) != 0;
  reader->opcode = reader->head[0] & 0x0f;
  if ((reader->head[0] & 0x70) != 0 || (reader->head[1] & 0x80) == 0)
    return PDG_HTTP_CLOSE_PROTOCOL_ERROR;
  if (is_control (reader->opcode))
    {
      if (reader->opcode > PDG_HTTP_FRAME_OPCODE_PONG || !reader->is_final || length > 125)
        return PDG_HTTP_CLOSE_PROTOCOL_ERROR;
    }
  else if (reader->opcode > OPCODE_BINARY || (reader->opcode == OPCODE_CONTINUATION) != reader->in_message)
    return PDG_HTTP_CLOSE_PROTOCOL_ERROR;
  else if (reader->opcode == OPCODE_BINARY)
    return PDG_HTTP_CLOSE_UNSUPPORTED;
  reader->head_needed = 6 + (length == 126 ? 2 : length == 127 ? 8 : 0);
  return 0;
}

/* The whole head is in. 0 or a close code. */
static guint
take_head (PdgHttpFrameReader *reader)
{
  guint length_bytes = reader->head_needed - 6;
  guint64 length = 0;

  for (guint i = 0; i < length_bytes; i++)
    length = (length << 8) | reader->head[2 + i];
  if (length_bytes == 0)
    length = reader->head[1] & 0x7f;
  else if ((length_bytes == 2 && length < 126) || (length_bytes == 8 && (length < 65536 || length > G_MAXINT64)))
    return PDG_HTTP_CLOSE_PROTOCOL_ERROR;

  if (is_control (reader->opcode))
    reader->control_len = 0;
  else
    {
      if (reader->message == NULL)
        reader->message = g_byte_array_new ();
      if (!reader->in_message)
        g_byte_array_set_size (reader->message, 0);
      if (length > reader->max_message_bytes || reader->message->len > reader->max_message_bytes - length)
        return PDG_HTTP_CLOSE_TOO_BIG;
      reader->in_message = TRUE;
    }
  reader->payload_left = length;
  reader->mask_at = 0;
  reader->in_payload = TRUE;
  return 0;
}

static gsize
take_payload (PdgHttpFrameReader *reader, guint8 *data, gsize len)
{
  const guint8 *mask = reader->head + reader->head_needed - 4;
  gsize n = MIN (reader->payload_left, len);

  for (gsize i = 0; i < n; i++)
    data[i] ^= mask[(reader->mask_at + i) & 3];
  reader->mask_at = (reader->mask_at + n) & 3;
  reader->payload_left -= n;
  if (is_control (reader->opcode))
    {
      memcpy (reader->control + reader->control_len, data, n);
      reader->control_len += n;
    }
  else
    g_byte_array_append (reader->message, data, n);
  return n;
}

static PdgHttpFrameEvent
end_frame (PdgHttpFrameReader *reader, guint *close_code)
{
  reader->in_payload = FALSE;
  reader->head_len = 0;
  switch (reader->opcode)
    {
    case PDG_HTTP_FRAME_OPCODE_PING:
      return PDG_HTTP_FRAME_PING;
    case PDG_HTTP_FRAME_OPCODE_PONG:
      return PDG_HTTP_FRAME_PONG;
    case PDG_HTTP_FRAME_OPCODE_CLOSE:
      if (reader->control_len == 1)
        return fail (close_code, PDG_HTTP_CLOSE_PROTOCOL_ERROR);
      return PDG_HTTP_FRAME_CLOSE;
    default:
      break;
    }
  if (!reader->is_final)
    return PDG_HTTP_FRAME_MORE;
  reader->in_message = FALSE;
  if (!g_utf8_validate_len ((const char *) reader->message->data, reader->message->len, NULL))
    return fail (close_code, PDG_HTTP_CLOSE_INVALID_TEXT);
  g_byte_array_append (reader->message, (const guint8 *) "", 1);
  g_byte_array_set_size (reader->message, reader->message->len - 1);
  return PDG_HTTP_FRAME_TEXT;
}

PdgHttpFrameEvent
pdg_http_frame_reader_feed (PdgHttpFrameReader *reader, guint8 *data, gsize len, gsize *used, guint *close_code)
{
  *used = 0;
  if (reader->message != NULL && !reader->in_message && reader->message->len > KEPT_BYTES) /* a long one was delivered */
    g_clear_pointer (&reader->message, g_byte_array_unref);
  while (*used < len || (reader->in_payload && reader->payload_left == 0))
    {
      PdgHttpFrameEvent event;
      guint code = 0;

      if (!reader->in_payload)
        {
          reader->head[reader->head_len++] = data[(*used)++];
          if (reader->head_len == 2)
            code = take_first_bytes (reader);
          else if (reader->head_len > 2 && reader->head_len == reader->head_needed)
            code = take_head (reader);
          if (code != 0)
            return fail (close_code, code);
          continue;
        }
      *used += take_payload (reader, data + *used, len - *used);
      if (reader->payload_left > 0)
        continue;
      event = end_frame (reader, close_code);
      if (event != PDG_HTTP_FRAME_MORE)
        return event;
    }
  return PDG_HTTP_FRAME_MORE;
}

void
pdg_http_frame_reader_clear (PdgHttpFrameReader *reader)
{
  g_clear_pointer (&reader->message, g_byte_array_unref);
}

GBytes *
pdg_http_frame_new (guint opcode, const void *payload, gsize len)
{
  guint8 head[10] = { (guint8) (0x80 | opcode) };
  guint length_bytes = len < 126 ? 0 : len < 65536 ? 2 : 8;
  guint8 *data = g_malloc (2 + length_bytes + len);

  head[1] = length_bytes == 0 ? (guint8) len : length_bytes == 2 ? 126 : 127;
  for (guint i = 0; i < length_bytes; i++)
    head[2 + i] = (guint8) ((guint64) len >> (8 * (length_bytes - 1 - i)));
  memcpy (data, head, 2 + length_bytes);
  if (len > 0)
    memcpy (data + 2 + length_bytes, payload, len);
  return g_bytes_new_take (data, 2 + length_bytes + len);
}
