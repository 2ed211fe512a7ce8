#include "config.h"

#include <string.h>

#include "http/pdg-http-head.h"

#define GET "GET / HTTP/1.1\r\n"

static const struct
{
  const char *name, *bytes;
  gsize len; /* 0 = strlen */
  guint status;
} heads[] = {
  { "empty", "", 0, 0 },
  { "plain", GET "Host: h\r\n\r\n", 0, 0 },
  { "bare-line-feeds", "GET / HTTP/1.1\nHost: h\n\n", 0, 0 },
  { "one-empty-line-before", "\r\n" GET "\r\n", 0, 0 },
  { "two-empty-lines-before", "\r\n\r\n" GET "\r\n", 0, 400 },
  { "two-line-feeds-before", "\n\n" GET "\r\n", 0, 400 },
  { "space-before", " " GET "\r\n", 0, 400 },
  { "tls", "\x16\x03\x01", 0, 400 },
  { "nul-in-request-line", "GET /\0 HTTP/1.1\r\n\r\n", 19, 400 },
  { "nul-in-name", GET "A\0: b\r\n\r\n", 25, 400 },
  { "nul-in-value", GET "A: \0b\r\n\r\n", 25, 400 },
  { "escape-in-value", GET "A: \x1b[0m\r\n\r\n", 0, 400 },
  { "latin-1-in-value", GET "A: \xe9\r\n\r\n", 0, 0 },
  { "tab-in-value", GET "A:\tb\tc\r\n\r\n", 0, 0 },
  { "empty-value", GET "A:\r\n\r\n", 0, 0 },
  { "empty-name", GET ": b\r\n\r\n", 0, 400 },
  { "space-in-name", GET "A b: c\r\n\r\n", 0, 400 },
  { "no-colon", GET "Abc\r\n\r\n", 0, 400 },
  { "folded", GET "A: b\r\n c\r\n\r\n", 0, 400 },
  { "bare-carriage-return", GET "A: b\rc\r\n\r\n", 0, 400 },
  { "carriage-return-at-end", GET "\rx", 0, 400 },
  { "long-name", GET "A-very-long-name-that-is-longer-than-any-we-know: b\r\n\r\n", 0, 0 },
  { "length", GET "Content-Length: 3\r\n\r\nabc" GET "\r\n", 0, 0 },
  { "length-zero", GET "CONTENT-LENGTH:0\r\n\r\n" GET "\r\n", 0, 0 },
  { "length-too-short-by-one", GET "Content-Length: 2\r\n\r\na\x01\x01" GET "\r\n", 0, 400 },
  { "length-with-blanks", GET "Content-Length: \t 3 \t\r\n\r\nabc", 0, 0 },
  { "length-empty", GET "Content-Length:\r\n\r\n", 0, 400 },
  { "length-signed", GET "Content-Length: +3\r\n\r\n", 0, 400 },
  { "length-negative", GET "Content-Length: -3\r\n\r\n", 0, 400 },
  { "length-hexadecimal", GET "Content-Length: 0x3\r\n\r\n", 0, 400 },
  { "length-list", GET "Content-Length: 3, 3\r\n\r\n", 0, 400 },
  { "length-twice", GET "Content-Length: 3\r\nContent-Length: 3\r\n\r\n", 0, 400 },
  { "length-18-digits", GET "Content-Length: 999999999999999999\r\n\r\n", 0, 0 },
  { "length-19-digits", GET "Content-Length: 1000000000000000000\r\n\r\n", 0, 400 },
  { "length-very-many-digits", GET "Content-Length: 000000000000000000000000000000000003\r\n\r\n", 0, 400 },
  { "length-like-another-name", GET "Content-Lengths: x\r\nXContent-Length: y\r\n\r\n", 0, 0 },
  { "chunked", GET "Transfer-Encoding: Chunked\r\n\r\n\x01\x02\x03", 0, 0 },
  { "chunked-twice", GET "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", 0, 400 },
  { "chunked-list", GET "Transfer-Encoding: gzip, chunked\r\n\r\n", 0, 501 },
  { "transfer-encoding-unknown", GET "Transfer-Encoding: xchunked\r\n\r\n", 0, 501 },
  { "transfer-encoding-long", GET "Transfer-Encoding: chunkedchunkedchunkedchunked\r\n\r\n", 0, 501 },
  { "transfer-encoding-empty", GET "Transfer-Encoding:\r\n\r\n", 0, 501 },
  { "length-then-chunked", GET "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", 0, 400 },
  { "chunked-then-length", GET "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n", 0, 400 },
};

/* In one piece, and cut at every place: the verdict is the same. */
static void
test_verdict (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  gsize len = heads[i].len > 0 ? heads[i].len : strlen (heads[i].bytes);

  for (gsize cut = 0; cut <= len; cut++)
    {
      PdgHttpHead head = { 0 };
      guint status = pdg_http_head_feed (&head, heads[i].bytes, cut, 1000);

      if (status == 0)
        status = pdg_http_head_feed (&head, heads[i].bytes + cut, len - cut, 1000);
      g_assert_cmpuint (status, ==, heads[i].status);
    }
}

static void
test_limit (void)
{
  static const char text[] = GET "Host: h\r\nContent-Length: 100\r\n\r\n";
  gsize len = strlen (text);
  g_autofree char *body = g_strnfill (100, 'x');
  PdgHttpHead head = { 0 };

  /* Each request has the limit for itself, and its body does not count. */
  for (guint i = 0; i < 3; i++)
    {
      g_assert_cmpuint (pdg_http_head_feed (&head, text, len, len), ==, 0);
      g_assert_false (pdg_http_head_is_inside (&head));
      g_assert_cmpuint (pdg_http_head_feed (&head, body, 100, len), ==, 0);
    }
  g_assert_cmpuint (pdg_http_head_feed (&head, text, 5, len), ==, 0);
  g_assert_true (pdg_http_head_is_inside (&head));

  head = (PdgHttpHead) { 0 };
  g_assert_cmpuint (pdg_http_head_feed (&head, text, len, len - 1), ==, 431);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (heads); i++)
    {
      g_autofree char *path = g_strdup_printf ("/http/head/%s", heads[i].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_verdict);
    }
  g_test_add_func ("/http/head/limit", test_limit);
  return g_test_run ();
}
