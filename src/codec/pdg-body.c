#include "config.h"
#include "codec/pdg-body.h"

#include <gio/gio.h>
#include <string.h>

#define MAX_STEPS 3
#define PIECE_BYTES (32 * 1024)

typedef enum
{
  FORM_PLAIN,
  FORM_GZIP,
  FORM_ZLIB,
  FORM_DEFLATE,
} Form;

static GBytes *
fail_size (gsize max_bytes, GError **error)
{
  g_set_error (error, PDG_CODEC_ERROR, PDG_CODEC_ERROR_TOO_LARGE,
               "the body is larger than %" G_GSIZE_FORMAT " KB when it is unpacked; send less at once", max_bytes / 1024);
  return NULL;
}

static GBytes *
fail_encoding (GError **error, const char *message)
{
  g_set_error_literal (error, PDG_CODEC_ERROR, PDG_CODEC_ERROR_ENCODING, message);
  return NULL;
}

static gboolean
is_gzip (const guint8 *data, gsize size)
{
  return size >= 3 && data[0] == 0x1F && data[1] == 0x8B && data[2] == 8;
}

/* RFC 1950: the method and the check bits of the first two bytes. */
static gboolean
is_zlib (const guint8 *data, gsize size)
{
  return size >= 2 && (data[0] & 0x0F) == 8 && (data[0] >> 4) <= 7 && ((guint) data[0] << 8 | data[1]) % 31 == 0;
}

/* Runs one compressed stream at *data into @out. FALSE with an error; *data and *size are moved behind the stream. */
static gboolean
inflate_stream (GConverter *converter, const guint8 **data, gsize *size, GByteArray *out, gsize max_bytes, GError **error)
{
  g_autofree guint8 *piece = g_malloc (PIECE_BYTES);
  GConverterResult result = G_CONVERTER_CONVERTED;

  while (result != G_CONVERTER_FINISHED)
    {
      gsize n_read = 0, n_written = 0;

      result = g_converter_convert (converter, *data, *size, piece, PIECE_BYTES, G_CONVERTER_INPUT_AT_END, &n_read, &n_written, NULL);
      if (result == G_CONVERTER_ERROR)
        {
          fail_encoding (error, "the compressed body is damaged or cut off; send it again");
          return FALSE;
        }
      *data += n_read;
      *size -= n_read;
      if (n_written > max_bytes - out->len)
        {
          fail_size (max_bytes, error);
          return FALSE;
        }
      g_byte_array_append (out, piece, (guint) n_written);
    }
  return TRUE;
}

/* gzip may be several streams in a row; what follows the last one and is none is left out, as gunzip does. */
static GBytes *
inflate (const guint8 *data, gsize size, Form form, gsize max_bytes, GError **error)
{
  static const GZlibCompressorFormat formats[] = {
    [FORM_GZIP] = G_ZLIB_COMPRESSOR_FORMAT_GZIP,
    [FORM_ZLIB] = G_ZLIB_COMPRESSOR_FORMAT_ZLIB,
    [FORM_DEFLATE] = G_ZLIB_COMPRESSOR_FORMAT_RAW,
  };
  g_autoptr (GByteArray) out = g_byte_array_new ();

  do
    {
      g_autoptr (GZlibDecompressor) decompressor = g_zlib_decompressor_new (formats[form]);

      if (!inflate_stream (G_CONVERTER (decompressor), &data, &size, out, max_bytes, error))
        return NULL;
    }
  while (form == FORM_GZIP && is_gzip (data, size));
  return g_byte_array_free_to_bytes (g_steal_pointer (&out));
}

/* Base64 of either alphabet, padded or not; blanks count as the plus signs that a form decoder made of them. */
static GBytes *
decode_base64 (const guint8 *data, gsize size, GError **error)
{
  g_autofree char *text = g_malloc (size + 4);
  gsize len = 0, n_bytes = 0;

  for (gsize i = 0; i < size; i++)
    {
      char c = (char) data[i];

      if (c == '-' || c == ' ')
        c = '+';
      else if (c == '_')
        c = '/';
      if (g_ascii_isalnum (c) || c == '+' || c == '/')
        text[len++] = c;
      else if (c != '=' && c != '\r' && c != '\n')
        return fail_encoding (error, "data: not base64");
    }
  if (len % 4 == 1)
    return fail_encoding (error, "data: base64 that is cut off");
  while (len % 4 != 0)
    text[len++] = '=';
  text[len] = '\0';
  if (len > 0)
    g_base64_decode_inplace (text, &n_bytes);
  return g_bytes_new (text, n_bytes);
}

static gboolean
looks_like_json (const guint8 *data, gsize size)
{
  gsize at = 0;

  while (at < size && g_ascii_isspace ((char) data[at]))
    at++;
  return at < size && (data[at] == '{' || data[at] == '[');
}

/* What stands for a form's value: JSON as it is, or base64 of it. */
static GBytes *
decode_value (const guint8 *data, gsize size, GError **error)
{
  return looks_like_json (data, size) || is_gzip (data, size) ? g_bytes_new (data, size) : decode_base64 (data, size, error);
}

/* Percent escapes and plus signs of a form's value, any bytes. */
static gsize
unescape_form (const guint8 *data, gsize size, guint8 *out)
{
  guint8 *start = out;

  for (gsize i = 0; i < size; i++)
    {
      if (data[i] == '%' && i + 2 < size && g_ascii_isxdigit ((char) data[i + 1]) && g_ascii_isxdigit ((char) data[i + 2]))
        {
          *out++ = (guint8) (g_ascii_xdigit_value ((char) data[i + 1]) << 4 | g_ascii_xdigit_value ((char) data[i + 2]));
          i += 2;
        }
      else
        *out++ = data[i] == '+' ? ' ' : data[i];
    }
  return (gsize) (out - start);
}

/* The value of data= in a form; NULL without an error when it is no such form. */
static GBytes *
decode_form (const guint8 *data, gsize size, GError **error)
{
  static const char name[] = "data=";
  gsize name_len = sizeof name - 1;

  for (gsize at = 0; at + name_len <= size;)
    {
      const guint8 *end = memchr (data + at, '&', size - at);
      gsize part = (end != NULL ? (gsize) (end - data) : size) - at;

      if (part >= name_len && memcmp (data + at, name, name_len) == 0)
        {
          g_autofree guint8 *value = g_malloc (part);

          return decode_value (value, unescape_form (data + at + name_len, part - name_len, value), error);
        }
      at += part + 1;
    }
  return NULL;
}

/* The header's coding; FALSE when it is one that nobody here can undo. */
static gboolean
read_coding (const char *header, Form *form)
{
  g_autofree char *coding = header != NULL ? g_strstrip (g_ascii_strdown (header, -1)) : NULL;

  *form = FORM_PLAIN;
  if (coding == NULL || *coding == '\0' || g_str_equal (coding, "identity"))
    return TRUE;
  if (g_str_equal (coding, "gzip") || g_str_equal (coding, "x-gzip") || g_str_equal (coding, "gzip-js"))
    *form = FORM_GZIP;
  else if (g_str_equal (coding, "deflate"))
    *form = FORM_DEFLATE;
  return *form != FORM_PLAIN;
}

gboolean
pdg_body_is_known_coding (const char *content_encoding)
{
  Form form;

  return read_coding (content_encoding, &form);
}

/* How the bytes are packed: gzip shows itself; deflate (with zlib's head or bare) needs the header's word, and may have been
 * undone on the way all the same. */
static Form
recognise (const guint8 *data, gsize size, Form claimed, gboolean forms)
{
  if (is_gzip (data, size))
    return FORM_GZIP;
  if (claimed == FORM_DEFLATE && is_zlib (data, size))
    return FORM_ZLIB;
  if (claimed == FORM_DEFLATE && !looks_like_json (data, size) && !(forms && size >= 5 && memcmp (data, "data=", 5) == 0))
    return FORM_DEFLATE;
  return FORM_PLAIN;
}

/* One step of undoing; NULL without an error when there is nothing more to undo. Inside a form's value there is no other form. */
static GBytes *
undo (GBytes *body, PdgBodyHints *hints, Form claimed, GError **error)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (body, &size);
  Form form = recognise (data, size, claimed, hints->forms);

  if (form != FORM_PLAIN)
    return inflate (data, size, form, hints->max_bytes, error);
  if (!hints->forms || size == 0 || looks_like_json (data, size))
    return NULL;
  hints->forms = FALSE;
  if (memchr (data, '=', size) != NULL)
    {
      g_autoptr (GError) local = NULL;
      GBytes *value = decode_form (data, size, &local);

      if (value != NULL || local != NULL)
        {
          if (local != NULL)
            g_propagate_error (error, g_steal_pointer (&local));
          return value;
        }
    }
  return g_strcmp0 (hints->compression, "base64") == 0 ? decode_base64 (data, size, error) : NULL;
}

GBytes *
pdg_body_decode (GBytes *body, const PdgBodyHints *hints, GError **error)
{
  PdgBodyHints left = *hints;
  g_autoptr (GBytes) bytes = NULL;
  Form claimed;

  if (!read_coding (hints->content_encoding, &claimed))
    return fail_encoding (error, "Content-Encoding: only gzip and deflate are understood; send it so, or without");
  if (hints->forms && hints->query_data != NULL && g_bytes_get_size (body) == 0)
    {
      bytes = decode_value ((const guint8 *) hints->query_data, strlen (hints->query_data), error);
      left.forms = FALSE;
    }
  else
    bytes = g_bytes_ref (body);
  for (int step = 0; bytes != NULL && step < MAX_STEPS; step++)
    {
      g_autoptr (GError) local = NULL;
      g_autoptr (GBytes) next = NULL;

      if (g_bytes_get_size (bytes) > hints->max_bytes)
        return fail_size (hints->max_bytes, error);
      next = undo (bytes, &left, claimed, &local);
      if (local != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return NULL;
        }
      if (next == NULL)
        break;
      if (g_bytes_get_size (next) > hints->max_bytes)
        return fail_size (hints->max_bytes, error);
      claimed = FORM_PLAIN;
      g_bytes_unref (bytes);
      bytes = g_steal_pointer (&next);
    }
  return g_steal_pointer (&bytes);
}
