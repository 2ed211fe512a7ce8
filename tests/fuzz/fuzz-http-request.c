#include "config.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "http/pdg-http-head.h"
#include "http/pdg-http-router.h"

#define MAX_HEAD_BYTES 4096

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* The verdict on a stream of requests does not depend on how the network cuts it. */
static void
check_cuts (const char *bytes, gsize len)
{
  PdgHttpHead whole = { 0 };
  PdgHttpHead cut = { 0 };
  guint expected = pdg_http_head_feed (&whole, bytes, len, MAX_HEAD_BYTES);
  guint status = 0;

  for (gsize i = 0; i < len && status == 0; i++)
    status = pdg_http_head_feed (&cut, bytes + i, 1, MAX_HEAD_BYTES);
  g_assert_cmpuint (status, ==, expected);
  g_assert_true (status == 0 || status == 400 || status == 431 || status == 501);
}

/* A decoded path is absolute UTF-8 that stays below its root. */
static void
check_target (const char *text)
{
  g_autofree char *path = pdg_http_decode_path (text);
  g_autofree char *value = pdg_http_query_dup_value (text, "a");

  if (path != NULL)
    {
      g_assert_true (*path == '/' && g_utf8_validate (path, -1, NULL));
      g_assert_null (strstr (path, "/../"));
      g_assert_false (g_str_has_suffix (path, "/.."));
    }
  g_assert_true (value == NULL || g_utf8_validate (value, -1, NULL));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);

  check_cuts ((const char *) data, size);
  check_target (text);
  return 0;
}
