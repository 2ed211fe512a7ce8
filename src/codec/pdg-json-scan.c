#include "config.h"
#include "codec/pdg-json-scan.h"

#include <string.h>

#if defined(__SSE2__) && !defined(PDG_JSON_SCALAR)
#include <emmintrin.h>
#define HAVE_VECTOR 1
#else
#define HAVE_VECTOR 0
#endif

/* What a numeric holds is 131,072 digits before the point and 16,383 after it. The exponent is held much shorter, a
 * little beyond a double's: text such as 1e131000 would turn a small event into megabytes each time it is printed. */
#define NUMERIC_INTEGER_DIGITS 131072
#define NUMERIC_FRACTION_DIGITS 16383
#define EXPONENT_MAX 400

void
pdg_json_scan_init (PdgJsonScan *scan, gconstpointer data, gsize len, guint max_depth)
{
  static const guint8 nothing;

  scan->begin = len > 0 ? data : &nothing;
  scan->end = scan->begin + len;
  scan->max_depth = max_depth;
  scan->error = NULL;
  scan->error_at = NULL;
  scan->nesting = scan->nesting_inline;
  scan->nesting_size = sizeof scan->nesting_inline;
}

void
pdg_json_scan_clear (PdgJsonScan *scan)
{
  if (scan->nesting != scan->nesting_inline)
    g_free (scan->nesting);
  scan->nesting = scan->nesting_inline;
}

const guint8 *
pdg_json_scan_fail (PdgJsonScan *scan, const guint8 *p, const char *error)
{
  if (scan->error == NULL)
    {
      scan->error = p < scan->end ? error : "unexpected end";
      scan->error_at = p;
    }
  return NULL;
}

/* The first byte that is not plain inside a string: a quote, a backslash, a control character or one beyond ASCII. */
static inline const guint8 *
find_special (const guint8 *p, const guint8 *end)
{
#if HAVE_VECTOR
  const __m128i quote = _mm_set1_epi8 ('"'), backslash = _mm_set1_epi8 ('\\'), space = _mm_set1_epi8 (' ');

  for (; end - p >= 16; p += 16)
    {
      __m128i bytes = _mm_loadu_si128 ((const __m128i *) (const void *) p);
      /* Signed comparison: bytes of 0x80 and above are negative, so they are below the space as well. */
      __m128i special = _mm_or_si128 (_mm_or_si128 (_mm_cmpeq_epi8 (bytes, quote), _mm_cmpeq_epi8 (bytes, backslash)),
                                      _mm_cmplt_epi8 (bytes, space));
      int mask = _mm_movemask_epi8 (special);

      if (mask != 0)
        return p + __builtin_ctz ((unsigned int) mask);
    }
#endif
  while (p < end && *p >= ' ' && *p < 0x80 && *p != '"' && *p != '\\')
    p++;
  return p;
}

/* Reads one character beyond ASCII (RFC 3629, table in section 4). Returns the byte after it, or NULL. */
static inline const guint8 *
scan_utf8 (PdgJsonScan *scan, const guint8 *p)
{
  guint8 low = 0x80, high = 0xBF;
  int n_more;

  if (*p >= 0xC2 && *p <= 0xDF)
    n_more = 1;
  else if (*p >= 0xE0 && *p <= 0xEF)
    {
      n_more = 2;
      if (*p == 0xE0)
        low = 0xA0;
      else if (*p == 0xED)
        high = 0x9F;
    }
  else if (*p >= 0xF0 && *p <= 0xF4)
    {
      n_more = 3;
      if (*p == 0xF0)
        low = 0x90;
      else if (*p == 0xF4)
        high = 0x8F;
    }
  else
    return pdg_json_scan_fail (scan, p, "not UTF-8");

  for (const guint8 *q = p + 1; n_more > 0; n_more--, q++)
    {
      if (q >= scan->end || *q < low || *q > high)
        return pdg_json_scan_fail (scan, q < scan->end ? p : q, "not UTF-8");
      low = 0x80;
      high = 0xBF;
      if (n_more == 1)
        return q + 1;
    }
  g_assert_not_reached ();
}

/* The four hexadecimal digits at @p, or -1. */
static inline int
take_hex4 (const guint8 *p, const guint8 *end)
{
  int value = 0;

  if (end - p < 4)
    return -1;
  for (int i = 0; i < 4; i++)
    {
      int digit = g_ascii_xdigit_value ((char) p[i]);

      if (digit < 0)
        return -1;
      value = value << 4 | digit;
    }
  return value;
}

/* Reads the escape whose backslash is at @p; a pair of surrogates counts as one. Returns the byte after it, or NULL. */
static const guint8 *
scan_escape (PdgJsonScan *scan, const guint8 *p, guint *flags)
{
  int unit;

  if (scan->end - p < 2)
    return pdg_json_scan_fail (scan, scan->end, "bad escape");
  if (p[1] != 'u')
    {
      if (memchr ("\"\\/bfnrt", p[1], 8) == NULL)
        return pdg_json_scan_fail (scan, p, "bad escape");
      return p + 2;
    }
  unit = take_hex4 (p + 2, scan->end);
  if (unit < 0)
    return pdg_json_scan_fail (scan, p, "bad escape");
  if (unit >= 0xD800 && unit <= 0xDBFF && scan->end - p >= 12 && p[6] == '\\' && p[7] == 'u')
    {
      int low = take_hex4 (p + 8, scan->end);

      if (low >= 0xDC00 && low <= 0xDFFF)
        return p + 12;
    }
  if (unit == 0 || (unit >= 0xD800 && unit <= 0xDFFF))
    *flags |= PDG_JSON_UNFIT;
  return p + 6;
}

/* The same as pdg_json_scan_string (), from the byte after the opening quote. */
static inline const guint8 *
scan_string_rest (PdgJsonScan *scan, const guint8 *p, guint *flags)
{
  while (TRUE)
    {
      p = find_special (p, scan->end);
      if (p >= scan->end)
        return pdg_json_scan_fail (scan, p, NULL);
      if (*p == '"')
        return p + 1;
      if (*p >= 0x80)
        {
          while (p < scan->end && *p >= 0x80)
            if ((p = scan_utf8 (scan, p)) == NULL)
              return NULL;
        }
      else if (*p == '\\')
        {
          *flags |= PDG_JSON_ESCAPED;
          if ((p = scan_escape (scan, p, flags)) == NULL)
            return NULL;
        }
      else
        return pdg_json_scan_fail (scan, p, "control character in a string");
    }
}

const guint8 *
pdg_json_scan_string (PdgJsonScan *scan, const guint8 *p, PdgJsonSpan *span)
{
  guint flags = 0;
  const guint8 *after = scan_string_rest (scan, p + 1, &flags);

  if (after == NULL)
    return NULL;
  *span = (PdgJsonSpan) { (const char *) p, (guint32) (after - p), PDG_JSON_STRING, (guint8) flags };
  return after;
}

static inline const guint8 *
skip_digits (const guint8 *p, const guint8 *end)
{
  while (p < end && *p >= '0' && *p <= '9')
    p++;
  return p;
}

/* Reads the number at @p. Returns the byte after it, or NULL. */
static const guint8 *
scan_number (PdgJsonScan *scan, const guint8 *p, guint *flags)
{
  const guint8 *end = scan->end, *digits;
  gssize n_integer, n_fraction = 0;
  int exponent = 0;

  if (*p == '-')
    p++;
  digits = p;
  p = skip_digits (p, end);
  n_integer = p - digits;
  if (n_integer == 0 || (n_integer > 1 && *digits == '0'))
    return pdg_json_scan_fail (scan, digits, "bad number");
  if (p < end && *p == '.')
    {
      digits = ++p;
      p = skip_digits (p, end);
      n_fraction = p - digits;
      if (n_fraction == 0)
        return pdg_json_scan_fail (scan, p, "bad number");
    }
  else if (p >= end || (*p | 0x20) != 'e')
    *flags |= PDG_JSON_INTEGER;
  if (p < end && (*p | 0x20) == 'e')
    {
      gboolean negative;

      p++;
      negative = p < end && *p == '-';
      if (p < end && (*p == '-' || *p == '+'))
        p++;
      digits = p;
      for (; p < end && *p >= '0' && *p <= '9'; p++)
        exponent = MIN (exponent * 10 + (*p - '0'), 2 * EXPONENT_MAX);
      if (p == digits)
        return pdg_json_scan_fail (scan, p, "bad number");
      if (exponent > EXPONENT_MAX)
        *flags |= PDG_JSON_HUGE;
      if (negative)
        exponent = -exponent;
    }
  if (n_integer + exponent > NUMERIC_INTEGER_DIGITS || n_fraction - exponent > NUMERIC_FRACTION_DIGITS)
    *flags |= PDG_JSON_HUGE;
  return p;
}

static const guint8 *
scan_word (PdgJsonScan *scan, const guint8 *p, const char *word, gsize len)
{
  for (gsize i = 0; i < len; i++)
    if (p + i >= scan->end || p[i] != (guint8) word[i])
      return pdg_json_scan_fail (scan, p + i < scan->end ? p : p + i, "expected a value");
  return p + len;
}

/* Reads a value that holds no others. Returns the byte after it, or NULL. */
static inline const guint8 *
scan_scalar (PdgJsonScan *scan, const guint8 *p, PdgJsonKind *kind, guint *flags)
{
  switch (*p)
    {
    case '"':
      *kind = PDG_JSON_STRING;
      return scan_string_rest (scan, p + 1, flags);
    case 't':
      *kind = PDG_JSON_TRUE;
      return scan_word (scan, p, "true", 4);
    case 'f':
      *kind = PDG_JSON_FALSE;
      return scan_word (scan, p, "false", 5);
    case 'n':
      *kind = PDG_JSON_NULL;
      return scan_word (scan, p, "null", 4);
    default:
      if (*p != '-' && !(*p >= '0' && *p <= '9'))
        return pdg_json_scan_fail (scan, p, "expected a value");
      *kind = PDG_JSON_NUMBER;
      return scan_number (scan, p, flags);
    }
}

static void
nesting_grow (PdgJsonScan *scan)
{
  guint8 *old = scan->nesting == scan->nesting_inline ? NULL : scan->nesting;

  scan->nesting = g_realloc (old, scan->nesting_size * 2);
  if (old == NULL)
    memcpy (scan->nesting, scan->nesting_inline, scan->nesting_size);
  scan->nesting_size *= 2;
}

/* Reads `"key" :` and the space around it. Returns the value's place, or NULL. */
static inline const guint8 *
scan_key (PdgJsonScan *scan, const guint8 *p, guint *flags)
{
  if (p >= scan->end || *p != '"')
    return pdg_json_scan_fail (scan, p, "expected a key in quotes");
  if ((p = scan_string_rest (scan, p + 1, flags)) == NULL)
    return NULL;
  p = pdg_json_skip_space (scan, p);
  if (p >= scan->end || *p != ':')
    return pdg_json_scan_fail (scan, p, "expected ':'");
  return pdg_json_skip_space (scan, p + 1);
}

/* Reads the object or array at @p, without recursion, since the sender chooses how deep it goes. */
static const guint8 *
scan_nested (PdgJsonScan *scan, const guint8 *p, guint depth, guint *flags)
{
  gsize level = 0, deepest = 0;
  gboolean in_object;

  while (TRUE)
    {
      PdgJsonKind ignored;

      /* At a value. */
      if (p >= scan->end)
        return pdg_json_scan_fail (scan, p, NULL);
      if (*p == '{' || *p == '[')
        {
          in_object = *p == '{';
          if (level == scan->nesting_size)
            nesting_grow (scan);
          scan->nesting[level++] = (guint8) in_object;
          deepest = MAX (deepest, level);
          p = pdg_json_skip_space (scan, p + 1);
          if (p >= scan->end || *p != (in_object ? '}' : ']'))
            {
              if (in_object && (p = scan_key (scan, p, flags)) == NULL)
                return NULL;
              continue;
            }
        }
      else
        {
          in_object = scan->nesting[level - 1];
          if ((p = scan_scalar (scan, p, &ignored, flags)) == NULL)
            return NULL;
          p = pdg_json_skip_space (scan, p);
        }

      /* After a value, or at the end of an empty object or array. */
      while (p < scan->end && *p == (in_object ? '}' : ']'))
        {
          p++;
          if (--level == 0)
            {
              if (deepest + depth > scan->max_depth)
                *flags |= PDG_JSON_TOO_DEEP;
              return p;
            }
          in_object = scan->nesting[level - 1];
          p = pdg_json_skip_space (scan, p);
        }
      if (p >= scan->end || *p != ',')
        return pdg_json_scan_fail (scan, p, in_object ? "expected ',' or '}'" : "expected ',' or ']'");
      p = pdg_json_skip_space (scan, p + 1);
      if (in_object && (p = scan_key (scan, p, flags)) == NULL)
        return NULL;
    }
}

const guint8 *
pdg_json_scan_value (PdgJsonScan *scan, const guint8 *p, guint depth, PdgJsonSpan *span)
{
  const guint8 *start = p;
  PdgJsonKind kind;
  guint flags = 0;

  if (p >= scan->end)
    return pdg_json_scan_fail (scan, p, NULL);
  if (*p == '{' || *p == '[')
    {
      kind = *p == '{' ? PDG_JSON_OBJECT : PDG_JSON_ARRAY;
      p = scan_nested (scan, p, depth, &flags);
    }
  else
    p = scan_scalar (scan, p, &kind, &flags);
  if (p == NULL)
    return NULL;
  *span = (PdgJsonSpan) { (const char *) start, (guint32) (p - start), (guint8) kind, (guint8) flags };
  return p;
}
