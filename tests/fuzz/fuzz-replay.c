#include "config.h"
#include "codec/pdg-json-check.h"
#include "codec/pdg-replay.h"

#include <stddef.h>
#include <stdint.h>

#define MAX_BYTES 100000

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* A recording as it is stored: what comes out is JSON within the limit, and a refusal has a reason. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) packed = g_bytes_new_static (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) out = pdg_replay_unpack (packed, MAX_BYTES, &error);
  const char *text;
  gsize len;

  g_assert_true ((out == NULL) == (error != NULL));
  if (out == NULL)
    {
      g_assert_true (error->domain == PDG_CODEC_ERROR && g_utf8_validate (error->message, -1, NULL));
      return 0;
    }
  text = g_bytes_get_data (out, &len);
  g_assert_cmpuint (len, <=, MAX_BYTES);
  g_assert_true (pdg_json_is_valid (text, len) && text[0] == '[');
  return 0;
}
