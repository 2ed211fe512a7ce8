#include "config.h"
#include "codec/pdg-body.h"

#include <gio/gio.h>
#include <string.h>

#define JSON "{\"a\":\"\xc3\xa9+/=&\"}"
#define MAX_BYTES 65536

static GBytes *
pack (const void *data, gsize size, GZlibCompressorFormat format)
{
  g_autoptr (GConverter) compressor = G_CONVERTER (g_zlib_compressor_new (format, 9));
  g_autoptr (GInputStream) source = g_memory_input_stream_new_from_data (data, (gssize) size, NULL);
  g_autoptr (GInputStream) stream = g_converter_input_stream_new (source, compressor);
  g_autoptr (GOutputStream) sink = g_memory_output_stream_new_resizable ();
  g_autoptr (GError) error = NULL;

  g_output_stream_splice (sink, stream, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, NULL, &error);
  g_assert_no_error (error);
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (sink));
}

typedef enum
{
  PLAIN,
  GZIP,
  GZIP_TWICE,
  ZLIB,
  RAW,
  BASE64,
  FORM,      /* data=BASE64, escaped */
  FORM_BARE, /* the same with its plus signs as they are */
  FORM_JSON,
  FORM_GZIP,
  EMPTY,
} Shape;

static GBytes *
shape_body (Shape shape)
{
  const char *json = JSON;
  gsize len = strlen (json);
  g_autofree char *base64 = g_base64_encode ((const guchar *) json, len), *escaped = g_uri_escape_string (base64, NULL, FALSE);
  g_autoptr (GBytes) gzip = pack (json, len, G_ZLIB_COMPRESSOR_FORMAT_GZIP);
  gsize gzip_len;
  const guint8 *gzip_data = g_bytes_get_data (gzip, &gzip_len);
  g_autofree char *text = NULL;

  switch (shape)
    {
    case PLAIN:
      return g_bytes_new (json, len);
    case GZIP:
      return g_bytes_ref (gzip);
    case GZIP_TWICE:
      return pack (gzip_data, gzip_len, G_ZLIB_COMPRESSOR_FORMAT_GZIP);
    case ZLIB:
      return pack (json, len, G_ZLIB_COMPRESSOR_FORMAT_ZLIB);
    case RAW:
      return pack (json, len, G_ZLIB_COMPRESSOR_FORMAT_RAW);
    case BASE64:
      return g_bytes_new (base64, strlen (base64));
    case FORM:
      text = g_strdup_printf ("ip=1&data=%s&verbose=1", escaped);
      break;
    case FORM_BARE:
      text = g_strdup_printf ("data=%s", base64);
      break;
    case FORM_JSON:
      g_free (escaped);
      escaped = g_uri_escape_string (json, NULL, FALSE);
      text = g_strdup_printf ("data=%s", escaped);
      break;
    case FORM_GZIP:
      g_free (base64);
      base64 = g_base64_encode (gzip_data, gzip_len);
      text = g_strdup_printf ("data=%s", base64);
      break;
    case EMPTY:
      return g_bytes_new (NULL, 0);
    default:
      g_assert_not_reached ();
    }
  return g_bytes_new (text, strlen (text));
}

static void
test_shapes (void)
{
  static const struct
  {
    Shape shape;
    const char *encoding, *compression, *query_data;
    gboolean forms;
  } cases[] = {
    { PLAIN, NULL, NULL, NULL, FALSE },
    { PLAIN, "", NULL, NULL, TRUE },
    { PLAIN, " Identity ", NULL, NULL, TRUE },
    { PLAIN, "gzip", NULL, NULL, TRUE }, /* undone on the way */
    { PLAIN, "deflate", NULL, NULL, TRUE },
    { GZIP, "gzip", NULL, NULL, FALSE },
    { GZIP, "x-gzip", NULL, NULL, FALSE },
    { GZIP, NULL, NULL, NULL, FALSE }, /* by its magic */
    { GZIP, "identity", "gzip-js", NULL, TRUE },
    { GZIP, "deflate", NULL, NULL, FALSE },
    { GZIP, NULL, "base64", NULL, TRUE },
    { GZIP_TWICE, "gzip", NULL, NULL, FALSE },
    { ZLIB, "deflate", NULL, NULL, FALSE },
    { RAW, "deflate", NULL, NULL, TRUE },
    { BASE64, NULL, "base64", NULL, TRUE },
    { FORM, NULL, NULL, NULL, TRUE },
    { FORM, NULL, "base64", NULL, TRUE },
    { FORM_BARE, NULL, NULL, NULL, TRUE },
    { FORM_JSON, NULL, NULL, NULL, TRUE },
    { FORM_GZIP, NULL, NULL, NULL, TRUE },
    { EMPTY, NULL, NULL, "eyJhIjoiw6krLz0mIn0=", TRUE },
    { EMPTY, NULL, NULL, "eyJhIjoiw6krLz0mIn0", TRUE },
    { EMPTY, NULL, NULL, JSON, TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) body = shape_body (cases[i].shape);
      PdgBodyHints hints = { cases[i].encoding, cases[i].query_data, cases[i].compression, cases[i].forms, MAX_BYTES };
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) out = pdg_body_decode (body, &hints, &error);

      g_test_message ("case %" G_GSIZE_FORMAT, i);
      g_assert_no_error (error);
      g_assert_cmpmem (g_bytes_get_data (out, NULL), g_bytes_get_size (out), JSON, strlen (JSON));
    }
}

/* Every byte value, both alphabets, and lengths that end in each place of a group. */
static void
test_base64 (void)
{
  for (gsize len = 0; len < 70; len++)
    for (int url = 0; url < 2; url++)
      {
        guint8 data[70];
        g_autofree char *base64 = NULL;
        g_autoptr (GBytes) body = NULL, out = NULL;
        PdgBodyHints hints = { NULL, NULL, "base64", TRUE, MAX_BYTES };

        for (gsize i = 0; i < len; i++)
          data[i] = (guint8) (i * 37 + len * 101);
        if (len > 0)
          data[0] = 0x1F + (len % 2 == 0); /* no gzip, no JSON */
        base64 = g_base64_encode (data, len);
        if (url)
          {
            g_strdelimit (base64, "+", '-');
            g_strdelimit (base64, "/", '_');
          }
        if (len == 0)
          continue;
        body = g_bytes_new (base64, strlen (base64));
        out = pdg_body_decode (body, &hints, NULL);
        g_assert_nonnull (out);
        g_assert_cmpmem (g_bytes_get_data (out, NULL), g_bytes_get_size (out), data, len);
      }
}

static void
test_refused (void)
{
  g_autoptr (GBytes) whole = shape_body (GZIP);
  static const struct
  {
    const char *body, *encoding, *compression;
    int code;
    const char *message;
  } cases[] = {
    { "{}", "br", NULL, PDG_CODEC_ERROR_ENCODING, "Content-Encoding: only gzip and deflate are understood; send it so, or without" },
    { "{}", "gzip, gzip", NULL, PDG_CODEC_ERROR_ENCODING, "Content-Encoding: only gzip and deflate are understood; send it so, or without" },
    { "\x1f\x8b\x08", NULL, NULL, PDG_CODEC_ERROR_ENCODING, "the compressed body is damaged or cut off; send it again" },
    { "\x1f\x8b\x08xxxxxxxxxxxxxxx", "gzip", NULL, PDG_CODEC_ERROR_ENCODING, "the compressed body is damaged or cut off; send it again" },
    { "\xff\xff\xff", "deflate", NULL, PDG_CODEC_ERROR_ENCODING, "the compressed body is damaged or cut off; send it again" },
    { "data=%7", NULL, NULL, PDG_CODEC_ERROR_ENCODING, "data: not base64" },
    { "data=abcde", NULL, NULL, PDG_CODEC_ERROR_ENCODING, "data: base64 that is cut off" },
    { "!", NULL, "base64", PDG_CODEC_ERROR_ENCODING, "data: not base64" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) body = g_bytes_new (cases[i].body, strlen (cases[i].body));
      PdgBodyHints hints = { cases[i].encoding, NULL, cases[i].compression, TRUE, MAX_BYTES };
      g_autoptr (GError) error = NULL;

      g_test_message ("case %" G_GSIZE_FORMAT, i);
      g_assert_null (pdg_body_decode (body, &hints, &error));
      g_assert_error (error, PDG_CODEC_ERROR, cases[i].code);
      g_assert_cmpstr (error->message, ==, cases[i].message);
    }
  for (gsize len = 3; len < g_bytes_get_size (whole); len++)
    {
      g_autoptr (GBytes) body = g_bytes_new_from_bytes (whole, 0, len);
      PdgBodyHints hints = { "gzip", NULL, NULL, FALSE, MAX_BYTES };
      g_autoptr (GError) error = NULL;

      g_assert_null (pdg_body_decode (body, &hints, &error));
      g_assert_error (error, PDG_CODEC_ERROR, PDG_CODEC_ERROR_ENCODING);
    }
}

/* 48 MB of zeros in 48 KB, packed once more into some hundred bytes: refused as soon as the limit is passed, and what has exactly
 * the limit's size is not. */
static void
test_bombs (void)
{
  gsize size = 48 * 1024 * 1024;
  g_autofree char *zeros = g_malloc0 (size);
  g_autoptr (GBytes) bomb = pack (zeros, size, G_ZLIB_COMPRESSOR_FORMAT_GZIP), fits = pack (zeros, MAX_BYTES, G_ZLIB_COMPRESSOR_FORMAT_GZIP);
  g_autoptr (GBytes) over = pack (zeros, MAX_BYTES + 1, G_ZLIB_COMPRESSOR_FORMAT_GZIP);
  g_autoptr (GBytes) twice = pack (g_bytes_get_data (bomb, NULL), g_bytes_get_size (bomb), G_ZLIB_COMPRESSOR_FORMAT_GZIP);
  g_autoptr (GBytes) cut = g_bytes_new_from_bytes (bomb, 0, g_bytes_get_size (bomb) / 2); /* its end is never reached */
  GBytes *bombs[] = { bomb, over, twice, cut };
  PdgBodyHints hints = { "gzip", NULL, NULL, FALSE, MAX_BYTES };
  g_autoptr (GBytes) out = pdg_body_decode (fits, &hints, NULL);
  gint64 start_usec = g_get_monotonic_time ();

  g_assert_cmpuint (g_bytes_get_size (out), ==, MAX_BYTES);
  g_assert_cmpuint (g_bytes_get_size (bomb), <, MAX_BYTES);
  for (gsize i = 0; i < G_N_ELEMENTS (bombs); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (pdg_body_decode (bombs[i], &hints, &error));
      g_assert_error (error, PDG_CODEC_ERROR, PDG_CODEC_ERROR_TOO_LARGE);
      g_assert_cmpstr (error->message, ==, "the body is larger than 64 KB when it is unpacked; send less at once");
    }
  g_assert_cmpint (g_get_monotonic_time () - start_usec, <, G_USEC_PER_SEC / 2);
}

static void
test_joined_streams (void)
{
  g_autoptr (GBytes) one = pack ("{\"a\":", 5, G_ZLIB_COMPRESSOR_FORMAT_GZIP), two = pack ("1}", 2, G_ZLIB_COMPRESSOR_FORMAT_GZIP);
  g_autoptr (GByteArray) both = g_byte_array_new ();
  g_autoptr (GBytes) body = NULL, out = NULL;
  PdgBodyHints hints = { NULL, NULL, NULL, FALSE, MAX_BYTES };

  g_byte_array_append (both, g_bytes_get_data (one, NULL), (guint) g_bytes_get_size (one));
  g_byte_array_append (both, g_bytes_get_data (two, NULL), (guint) g_bytes_get_size (two));
  g_byte_array_append (both, (const guint8 *) "trash", 5);
  body = g_byte_array_free_to_bytes (g_steal_pointer (&both));
  out = pdg_body_decode (body, &hints, NULL);
  g_assert_cmpmem (g_bytes_get_data (out, NULL), g_bytes_get_size (out), "{\"a\":1}", 7);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/codec/body/shapes", test_shapes);
  g_test_add_func ("/codec/body/base64", test_base64);
  g_test_add_func ("/codec/body/refused", test_refused);
  g_test_add_func ("/codec/body/bombs", test_bombs);
  g_test_add_func ("/codec/body/joined-streams", test_joined_streams);
  return g_test_run ();
}
