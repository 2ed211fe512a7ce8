#include "config.h"
#include "http/pdg-http-frame.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define MAX_MESSAGE_BYTES 4096

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* A checksum of all that happened, the last event included. */
static guint
read_all (const uint8_t *data, size_t size, size_t step)
{
  PdgHttpFrameReader reader = { .max_message_bytes = MAX_MESSAGE_BYTES };
  g_autofree guint8 *copy = g_memdup2 (data, size);
  PdgHttpFrameEvent event = PDG_HTTP_FRAME_MORE;
  guint close_code = 0, sum = 0;

  for (size_t at = 0; at < size && event != PDG_HTTP_FRAME_ERROR;)
    {
      gsize used;

      event = pdg_http_frame_reader_feed (&reader, copy + at, MIN (step, size - at), &used, &close_code);
      g_assert_cmpuint (used, <=, MIN (step, size - at));
      at += used;
      if (event != PDG_HTTP_FRAME_MORE)
        sum = sum * 31 + event + close_code + reader.control_len;
      if (event == PDG_HTTP_FRAME_TEXT)
        {
          g_assert_cmpuint (reader.message->len, <=, MAX_MESSAGE_BYTES);
          g_assert_cmpuint (strlen ((const char *) reader.message->data), ==, reader.message->len);
          g_assert_true (g_utf8_validate ((const char *) reader.message->data, -1, NULL));
        }
      g_assert_true (event != PDG_HTTP_FRAME_ERROR || close_code >= 1002);
    }
  pdg_http_frame_reader_clear (&reader);
  return sum;
}

/* Frames say the same in whatever pieces they arrive. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  guint whole = read_all (data, size, MAX (size, 1));

  g_assert_cmpuint (read_all (data, size, 1), ==, whole);
  g_assert_cmpuint (read_all (data, size, 7), ==, whole);
  return 0;
}
