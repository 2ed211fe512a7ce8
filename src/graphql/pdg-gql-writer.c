#include "config.h"
#include "graphql/pdg-gql-writer-private.h"

#include "base/pdg-decimal.h"

#include <math.h>
#include <string.h>

PdgGqlWriter *
pdg_gql_writer_new (gsize reserve_bytes)
{
  PdgGqlWriter *writer = g_new0 (PdgGqlWriter, 1);

  writer->allocated = MAX (reserve_bytes, 64);
  writer->data = g_malloc (writer->allocated);
  return writer;
}

void
pdg_gql_writer_free (PdgGqlWriter *writer)
{
  if (writer == NULL)
    return;
  g_free (writer->data);
  g_free (writer);
}

GBytes *
pdg_gql_writer_free_to_bytes (PdgGqlWriter *writer)
{
  GBytes *bytes = g_bytes_new_take (g_steal_pointer (&writer->data), writer->len);

  pdg_gql_writer_free (writer);
  return bytes;
}

gsize
pdg_gql_writer_get_length (const PdgGqlWriter *writer)
{
  return writer->len;
}

void
pdg_gql_writer_grow (PdgGqlWriter *writer,
                     gsize         more)
{
  writer->allocated = MAX (writer->allocated * 2, writer->len + more);
  writer->data = g_realloc (writer->data, writer->allocated);
}

void
pdg_gql_writer_add_raw (PdgGqlWriter *writer,
                        const char   *text,
                        gsize         len)
{
  memcpy (pdg_gql_writer_reserve (writer, len), text, len);
  writer->len += len;
}

static inline void
separate (PdgGqlWriter *writer)
{
  if (writer->comma)
    pdg_gql_writer_add_raw (writer, ",", 1);
  writer->comma = TRUE;
}

static void
open_bracket (PdgGqlWriter *writer,
              const char   *bracket)
{
  separate (writer);
  pdg_gql_writer_add_raw (writer, bracket, 1);
  writer->comma = FALSE;
}

static void
close_bracket (PdgGqlWriter *writer,
               const char   *bracket)
{
  pdg_gql_writer_add_raw (writer, bracket, 1);
  writer->comma = TRUE;
}

void
pdg_gql_writer_begin_object (PdgGqlWriter *writer)
{
  open_bracket (writer, "{");
}

void
pdg_gql_writer_end_object (PdgGqlWriter *writer)
{
  close_bracket (writer, "}");
}

void
pdg_gql_writer_begin_array (PdgGqlWriter *writer)
{
  open_bracket (writer, "[");
}

void
pdg_gql_writer_end_array (PdgGqlWriter *writer)
{
  close_bracket (writer, "]");
}

/* Bytes at the start of @text that can be copied as they are: ASCII without quote, backslash and controls. */
static inline gsize
measure_plain (const char *text,
               gsize       len)
{
  const guint64 ones = G_GUINT64_CONSTANT (0x0101010101010101), high = ones << 7;
  gsize i = 0;

  for (; i + 8 <= len; i += 8)
    {
      guint64 word, quote, slash;

      memcpy (&word, text + i, 8);
      quote = word ^ (ones * '"');
      slash = word ^ (ones * '\\');
      if ((((word - ones * 0x20) | (quote - ones) | (slash - ones) | word) & high) != 0)
        break; /* a borrow from the byte below can only stop too early */
    }
  while (i < len && (guchar) text[i] >= 0x20 && (guchar) text[i] < 0x80 && text[i] != '"' && text[i] != '\\')
    i++;
  return i;
}

static gsize
write_escape (char  *out,
              guchar c)
{
  static const char hex[] = "0123456789abcdef";
  static const char from[] = "\"\\\n\r\t\b\f", to[] = "\"\\nrtbf";
  const char *simple = c != 0 ? strchr (from, c) : NULL;

  out[0] = '\\';
  if (simple != NULL)
    {
      out[1] = to[simple - from];
      return 2;
    }
  memcpy (out + 1, "u00", 3);
  out[4] = hex[c >> 4];
  out[5] = hex[c & 15];
  return 6;
}

/* Escapes or copies the one character at @text; returns the bytes read. */
static gsize
write_character (PdgGqlWriter *writer,
                 const char   *text,
                 gsize         len)
{
  char *out = pdg_gql_writer_reserve (writer, 8);
  gunichar c;
  gsize n;

  if ((guchar) text[0] < 0x80)
    {
      writer->len += write_escape (out, (guchar) text[0]);
      return 1;
    }
  c = g_utf8_get_char_validated (text, (gssize) len);
  if (c >= 0x80000000u)
    {
      memcpy (out, "\xef\xbf\xbd", 3);
      writer->len += 3;
      return 1;
    }
  n = (gsize) g_unichar_to_utf8 (c, out);
  writer->len += n;
  return n;
}

static void
write_string (PdgGqlWriter *writer,
              const char   *text,
              gsize         len)
{
  gsize plain = measure_plain (text, len);
  char *out = pdg_gql_writer_reserve (writer, len + 2);

  *out++ = '"';
  memcpy (out, text, plain);
  out[plain] = '"';
  writer->len += plain + 1;
  if (G_LIKELY (plain == len))
    {
      writer->len++;
      return;
    }
  for (;;)
    {
      gsize used;

      text += plain;
      len -= plain;
      if (len == 0)
        break;
      used = write_character (writer, text, len);
      text += used;
      len -= used;
      plain = measure_plain (text, len);
      pdg_gql_writer_add_raw (writer, text, plain);
    }
  pdg_gql_writer_add_raw (writer, "\"", 1);
}

void
pdg_gql_writer_add_name (PdgGqlWriter *writer,
                         const char   *name,
                         gssize        len)
{
  separate (writer);
  write_string (writer, name, len < 0 ? strlen (name) : (gsize) len);
  pdg_gql_writer_add_raw (writer, ":", 1);
  writer->comma = FALSE;
}

void
pdg_gql_writer_add_string (PdgGqlWriter *writer,
                           const char   *text,
                           gssize        len)
{
  separate (writer);
  write_string (writer, text, len < 0 ? strlen (text) : (gsize) len);
}

static void
write_int (PdgGqlWriter *writer,
           gint64        number)
{
  char digits[24];
  guint at = sizeof digits;
  guint64 rest = number < 0 ? -(guint64) number : (guint64) number;

  do
    {
      digits[--at] = (char) ('0' + rest % 10);
      rest /= 10;
    }
  while (rest > 0);
  if (number < 0)
    digits[--at] = '-';
  pdg_gql_writer_add_raw (writer, digits + at, sizeof digits - at);
}

void
pdg_gql_writer_add_int (PdgGqlWriter *writer,
                        gint64        number)
{
  separate (writer);
  write_int (writer, number);
}

/* Decimals of few digits, which most figures are: n / 10^k is exact to the last bit for n below 2^53, so a k for which
 * it gives @number back is a text that reads back, and the least such k is the shortest. */
static gboolean
write_short_decimal (PdgGqlWriter *writer,
                     double        number)
{
  static const double powers[] = { 1, 10, 100, 1e3, 1e4, 1e5, 1e6 };
  double magnitude = fabs (number);
  char *point;

  if (magnitude >= 1e9 || (number == 0 && signbit (number)))
    return FALSE;
  for (guint k = 0; k < G_N_ELEMENTS (powers); k++)
    {
      double scaled = nearbyint (magnitude * powers[k]);
      guint64 whole;

      if (scaled / powers[k] != magnitude)
        continue;
      if (number < 0)
        pdg_gql_writer_add_raw (writer, "-", 1);
      whole = (guint64) scaled;
      write_int (writer, (gint64) (whole / (guint64) powers[k]));
      if (k == 0)
        return TRUE;
      whole %= (guint64) powers[k];
      point = pdg_gql_writer_reserve (writer, k + 1);
      point[0] = '.';
      for (guint digit = k; digit > 0; digit--, whole /= 10)
        point[digit] = (char) ('0' + whole % 10);
      writer->len += k + 1;
      return TRUE;
    }
  return FALSE;
}

gboolean
pdg_gql_writer_add_double (PdgGqlWriter *writer,
                           double        number)
{
  char text[PDG_DECIMAL_BYTES];

  if (!isfinite (number))
    return FALSE;
  separate (writer);
  if (write_short_decimal (writer, number))
    return TRUE;
  pdg_decimal_format (number, text);
  pdg_gql_writer_add_raw (writer, text, strlen (text));
  return TRUE;
}

void
pdg_gql_writer_add_bool (PdgGqlWriter *writer,
                         gboolean      boolean)
{
  separate (writer);
  pdg_gql_writer_add_raw (writer, boolean ? "true" : "false", boolean ? 4 : 5);
}

void
pdg_gql_writer_add_null (PdgGqlWriter *writer)
{
  separate (writer);
  pdg_gql_writer_add_raw (writer, "null", 4);
}

void
pdg_gql_writer_add_json (PdgGqlWriter *writer,
                         const char   *json,
                         gssize        len)
{
  separate (writer);
  pdg_gql_writer_add_raw (writer, json, len < 0 ? strlen (json) : (gsize) len);
}
