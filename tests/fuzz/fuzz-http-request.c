#include "config.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "http/pdg-http-head.h"
#include "http/pdg-http-plain.h"
#include "http/pdg-http-router.h"

#define MAX_HEAD_BYTES 4096
#define MAX_BODY_BYTES 256

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

/* What is taken for a plain request is one, however the network cuts it; and whoever reads it after us sees it end at the same byte. */
static void
check_plain (const char *bytes, gsize len)
{
  PdgHttpHead head = { 0 };
  PdgHttpPlain plain, part;
  gsize request_bytes;

  if (pdg_http_plain_read (&plain, bytes, len, MAX_HEAD_BYTES, MAX_BODY_BYTES) != PDG_HTTP_PLAIN_WHOLE)
    return;
  request_bytes = plain.head_bytes + plain.body_bytes;
  g_assert_true (request_bytes <= len && plain.head_bytes <= MAX_HEAD_BYTES && plain.body_bytes <= MAX_BODY_BYTES);
  for (gsize i = 0; i < request_bytes; i++)
    g_assert_cmpint (pdg_http_plain_read (&part, bytes, i, MAX_HEAD_BYTES, MAX_BODY_BYTES), ==, PDG_HTTP_PLAIN_MORE);
  g_assert_cmpint (pdg_http_plain_read (&part, bytes, request_bytes, MAX_HEAD_BYTES, MAX_BODY_BYTES), ==, PDG_HTTP_PLAIN_WHOLE);
  g_assert_true (part.head_bytes == plain.head_bytes && part.body_bytes == plain.body_bytes);

  g_assert_cmpuint (pdg_http_head_feed (&head, bytes, request_bytes, MAX_HEAD_BYTES), ==, 0);
  g_assert_true (!pdg_http_head_is_inside (&head) && head.body_left == 0);
  g_assert_true (plain.path[0] == '/' && plain.path + plain.path_len < bytes + plain.head_bytes);
  for (guint i = 0; i < plain.n_fields; i++)
    {
      const PdgHttpPlainField *field = &plain.fields[i];

      g_assert_true (field->name > bytes && field->value > field->name && field->value + field->value_len < bytes + plain.head_bytes);
      g_assert_true (field->after == '\r' || field->after == ' ' || field->after == '\t');
    }
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
  check_plain ((const char *) data, size);
  check_target (text);
  return 0;
}
