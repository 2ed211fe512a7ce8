#include "config.h"
#include "codec/pdg-json-text.h"

#include <string.h>

#define REPLACEMENT 0xFFFD

static guint
read_hex4 (const char *p)
{
  guint value = 0;

  for (int i = 0; i < 4; i++)
    value = value << 4 | (guint) g_ascii_xdigit_value (p[i]);
  return value;
}

/* The character of the \u escape at *p, which may be a pair of them; moves *p behind it. */
static guint
take_unicode_escape (const char **p, const char *end)
{
  guint unit = read_hex4 (*p + 2);

  *p += 6;
  if (unit >= 0xD800 && unit <= 0xDBFF && end - *p >= 6 && (*p)[0] == '\\' && (*p)[1] == 'u')
    {
      guint low = read_hex4 (*p + 2);

      if (low >= 0xDC00 && low <= 0xDFFF)
        {
          *p += 6;
          return 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
        }
    }
  return unit == 0 || (unit >= 0xD800 && unit <= 0xDFFF) ? REPLACEMENT : unit;
}

static char
read_short_escape (char letter)
{
  switch (letter)
    {
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    default: return letter;
    }
}

gsize
pdg_json_unescape (const PdgJsonSpan *span, char *out)
{
  const char *p = span->text + 1, *end = span->text + span->len - 1;
  char *start = out;

  while (p < end)
    {
      const char *backslash = memchr (p, '\\', (gsize) (end - p));
      gsize n_plain = (gsize) ((backslash != NULL ? backslash : end) - p);

      memcpy (out, p, n_plain);
      out += n_plain;
      p += n_plain;
      if (backslash == NULL)
        break;
      if (p[1] == 'u')
        out += g_unichar_to_utf8 (take_unicode_escape (&p, end), out);
      else
        {
          *out++ = read_short_escape (p[1]);
          p += 2;
        }
    }
  return (gsize) (out - start);
}

char *
pdg_json_copy_fit (const PdgJsonSpan *span, char *out)
{
  const char *p = span->text, *end = span->text + span->len;

  memcpy (out, span->text, span->len);
  if ((span->flags & PDG_JSON_UNFIT) != 0)
    while ((p = memchr (p, '\\', (gsize) (end - p))) != NULL)
      {
        const char *escape = p;

        if (p[1] != 'u')
          p += 2;
        else if (take_unicode_escape (&p, end) == REPLACEMENT)
          memcpy (out + (escape - span->text), "\\ufffd", 6);
      }
  return out + span->len;
}

void
pdg_json_append_string (GString *json, const char *text)
{
  g_string_append_c (json, '"');
  for (const char *p = text; *p != '\0'; p++)
    {
      if (*p == '"' || *p == '\\')
        g_string_append_printf (json, "\\%c", *p);
      else if ((guchar) *p < 0x20)
        g_string_append_printf (json, "\\u%04x", (guint) (guchar) *p);
      else
        g_string_append_c (json, *p);
    }
  g_string_append_c (json, '"');
}
