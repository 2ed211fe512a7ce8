#include "config.h"
#include "codec/pdg-body.h"

#include <stddef.h>
#include <stdint.h>

#define MAX_BYTES 20000

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* The first byte chooses what the request says of its body. What comes out keeps the limit, and a refusal has a reason. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const char *const encodings[] = { NULL, "gzip", "deflate", "br" };
  static const char *const compressions[] = { NULL, "base64" };
  uint8_t choice = size > 0 ? data[0] - '0' : 0;
  PdgBodyHints hints = { .content_encoding = encodings[choice % 4], .compression = compressions[choice / 4 % 2], .forms = choice / 8 % 2,
                         .max_bytes = MAX_BYTES };
  g_autoptr (GBytes) body = g_bytes_new_static (data + (size > 0), size - (size > 0));
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) out = pdg_body_decode (body, &hints, &error);

  g_assert_true ((out == NULL) == (error != NULL));
  if (out == NULL)
    g_assert_true (error->domain == PDG_CODEC_ERROR && g_utf8_validate (error->message, -1, NULL));
  else
    g_assert_cmpuint (g_bytes_get_size (out), <=, MAX_BYTES);
  return 0;
}
