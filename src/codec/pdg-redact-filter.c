#include "config.h"
#include "codec/pdg-redact-filter.h"

#include "codec/pdg-redact-match.h"

#include <string.h>

#if defined(__SSE2__) && !defined(PDG_JSON_SCALAR)
#include <emmintrin.h>
#define HAVE_VECTOR 1
#else
#define HAVE_VECTOR 0
#endif

#define BLOCK 16
#define MIN_DIGITS 6 /* of 13 or more, in groups of three or more, so many lie in one block at least */
#define MIN_BYTES 6  /* "a@b.co" */

/* ---- Keys */

static guint
get_place (const char *end)
{
  return (guint) (end[-3] & 31) << 10 | (guint) (end[-2] & 31) << 5 | (guint) (end[-1] & 31);
}

void
pdg_redact_filter_add (PdgRedactFilter *filter, const char *name, gsize len)
{
  guint place = 0, n_open;

  filter->keys = TRUE;
  while (len > 0 && !g_ascii_isalpha (name[len - 1]))
    len--;
  /* the letters that are missing in front stand for any */
  n_open = 5 * (3 - MIN (len, 3));
  for (gsize i = 1; i <= MIN (len, 3); i++)
    place |= (guint) (name[len - i] & 31) << 5 * (i - 1);
  for (guint open = 0; open < 1u << n_open; open++)
    {
      guint any = place | open << (15 - n_open);

      filter->endings[any / 8] |= (guint8) (1 << any % 8);
    }
}

gboolean
pdg_redact_filter_has_ending (const PdgRedactFilter *filter, const char *begin, const char *end)
{
  guint place;

  while (end > begin && !g_ascii_isalpha (end[-1]) && (guchar) end[-1] < 0x80 && end[-1] != '"')
    end--;
  if (end - begin < 3)
    return end > begin; /* too short to tell */
  place = get_place (end);
  return (filter->endings[place / 8] >> place % 8) & 1;
}

/* Whether the colon or equals sign at @p stands behind a key that may be denied. */
static gboolean
is_maybe_key (const PdgRedactFilter *filter, const char *begin, const char *p)
{
  const char *end = p;

  if (*p == ':')
    {
      while (end > begin && (end[-1] == ' ' || end[-1] == '\n' || end[-1] == '\r' || end[-1] == '\t'))
        end--;
      if (end == begin || end[-1] != '"')
        return FALSE;
      end--;
      while (end > begin && end[-1] == '\\')
        end--;
    }
  return pdg_redact_filter_has_ending (filter, begin, end);
}

/* ---- Patterns: an @ or its %40, a token's beginning, many digits, or two letters and two digits as of an IBAN */

/* Whether no word runs on at @p: the letter of an escape ("\n") is none. */
static gboolean
begins_word (const char *text, const char *p)
{
  return p == text || !g_ascii_isalnum (p[-1]) || (p - text >= 2 && p[-2] == '\\');
}

#if HAVE_VECTOR

/* Whether enough of 16 bytes are digits, and three of them in a row; the first test is the cheaper one. */
static inline gboolean
has_digits (guint digits)
{
  return (digits & digits >> 1 & digits >> 2) != 0 && __builtin_popcount (digits) >= MIN_DIGITS;
}

/* What a block of 16 bytes has, a bit for each of them. */
typedef struct
{
  guint digits, letters, marks, keys;
} Masks;

static inline Masks
classify (__m128i bytes)
{
  const __m128i from_zero = _mm_sub_epi8 (bytes, _mm_set1_epi8 ('0'));
  const __m128i from_a = _mm_sub_epi8 (_mm_or_si128 (bytes, _mm_set1_epi8 (0x20)), _mm_set1_epi8 ('a'));
  const __m128i digits = _mm_cmpeq_epi8 (_mm_min_epu8 (from_zero, _mm_set1_epi8 (9)), from_zero);
  const __m128i letters = _mm_cmpeq_epi8 (_mm_min_epu8 (from_a, _mm_set1_epi8 (25)), from_a);
  const __m128i marks = _mm_or_si128 (_mm_or_si128 (_mm_cmpeq_epi8 (bytes, _mm_set1_epi8 ('@')), _mm_cmpeq_epi8 (bytes, _mm_set1_epi8 ('J'))),
                                      _mm_cmpeq_epi8 (bytes, _mm_set1_epi8 ('%')));
  const __m128i keys = _mm_or_si128 (_mm_cmpeq_epi8 (bytes, _mm_set1_epi8 (':')), _mm_cmpeq_epi8 (bytes, _mm_set1_epi8 ('=')));

  return (Masks) {
    .digits = (guint) _mm_movemask_epi8 (digits),
    .letters = (guint) _mm_movemask_epi8 (letters),
    .marks = (guint) _mm_movemask_epi8 (marks),
    .keys = (guint) _mm_movemask_epi8 (keys),
  };
}

/* Whether one of the marked bytes of the block at @p is what it seems. */
static gboolean
has_mark (const char *text, const char *p, guint marks)
{
  for (; marks != 0; marks &= marks - 1)
    {
      const char *mark = p + __builtin_ctz (marks);

      if (*mark != 'J' || (mark - text >= 2 && mark[-1] == 'y' && mark[-2] == 'e'))
        return TRUE;
    }
  return FALSE;
}

/* Whether an IBAN may begin in @text at @p, whose bytes have these masks: two letters that are a country, two digits. */
static gboolean
has_iban (const char *text, const char *p, guint64 letters, guint64 digits)
{
  for (guint64 starts = letters & letters >> 1 & digits >> 2 & digits >> 3; starts != 0; starts &= starts - 1)
    {
      const char *start = p + __builtin_ctzll (starts);

      if (begins_word (text, start) && pdg_redact_is_iban_country (start))
        return TRUE;
    }
  return FALSE;
}

static gboolean
has_key (const PdgRedactFilter *filter, const char *text, const char *p, guint keys)
{
  for (; keys != 0; keys &= keys - 1)
    if (is_maybe_key (filter, text, p + __builtin_ctz (keys)))
      return TRUE;
  return FALSE;
}

/* The bytes of a text shorter than a block: its first and last eight, or four, which overlap. */
static PdgRedactMaybe
look_at_short (const PdgRedactFilter *filter, const char *text, gsize len)
{
  guint64 first = 0, last = 0;
  PdgRedactMaybe maybe = 0;
  Masks masks;

  if (len >= 8)
    {
      memcpy (&first, text, 8);
      memcpy (&last, text + len - 8, 8);
    }
  else
    {
      memcpy (&first, text, 4);
      memcpy (&last, text + len - 4, 4);
    }
  masks = classify (_mm_set_epi64x ((gint64) last, (gint64) first));
  /* One digit may be seen twice, which errs on the safe side. An IBAN is longer than this but for its shortest, of 15. */
  if (masks.marks != 0 || has_digits (masks.digits) || (len == BLOCK - 1 && has_iban (text, text, masks.letters, masks.digits)))
    maybe |= PDG_REDACT_MAYBE_PATTERN;
  if (masks.keys != 0 && filter->keys)
    for (gsize i = 0; i < len; i++)
      if ((text[i] == ':' || text[i] == '=') && is_maybe_key (filter, text, text + i))
        maybe |= PDG_REDACT_MAYBE_KEY;
  return maybe;
}

PdgRedactMaybe
pdg_redact_filter_look (const PdgRedactFilter *filter, const char *text, gsize len)
{
  PdgRedactMaybe maybe = 0;
  const char *p = text;
  Masks masks;

  if (len < BLOCK)
    return len >= MIN_BYTES || (filter->keys && len >= 4) ? look_at_short (filter, text, len) : 0;
  masks = classify (_mm_loadu_si128 ((const __m128i *) (const void *) p));
  for (;;)
    {
      gsize left = (gsize) (text + len - p) - BLOCK, step = MIN (left, BLOCK); /* the last block overlaps the one before */
      Masks next = { 0 };

      if ((masks.marks != 0 && has_mark (text, p, masks.marks)) || has_digits (masks.digits))
        maybe |= PDG_REDACT_MAYBE_PATTERN;
      if (masks.keys != 0 && filter->keys && has_key (filter, text, p, masks.keys))
        maybe |= PDG_REDACT_MAYBE_KEY;
      if (step > 0)
        next = classify (_mm_loadu_si128 ((const __m128i *) (const void *) (p + step)));
      if (has_iban (text, p, masks.letters | (guint64) next.letters << step, masks.digits | (guint64) next.digits << step))
        maybe |= PDG_REDACT_MAYBE_PATTERN;
      if (step == 0 || maybe == (PDG_REDACT_MAYBE_PATTERN | PDG_REDACT_MAYBE_KEY))
        return maybe;
      masks = next;
      p += step;
    }
}

gboolean
pdg_redact_filter_has_unicode_escape (const char *text, gsize len)
{
  const __m128i backslash = _mm_set1_epi8 ('\\'), letter = _mm_set1_epi8 ('u');
  gsize i = 0;

  for (; i + BLOCK < len; i += BLOCK)
    {
      __m128i first = _mm_cmpeq_epi8 (_mm_loadu_si128 ((const __m128i *) (const void *) (text + i)), backslash);
      __m128i second = _mm_cmpeq_epi8 (_mm_loadu_si128 ((const __m128i *) (const void *) (text + i + 1)), letter);

      if (_mm_movemask_epi8 (_mm_and_si128 (first, second)) != 0)
        return TRUE;
    }
  for (; i + 1 < len; i++)
    if (text[i] == '\\' && text[i + 1] == 'u')
      return TRUE;
  return FALSE;
}

#else

gboolean
pdg_redact_filter_has_unicode_escape (const char *text, gsize len)
{
  for (gsize i = 0; i + 1 < len; i++)
    if (text[i] == '\\' && text[i + 1] == 'u')
      return TRUE;
  return FALSE;
}

PdgRedactMaybe
pdg_redact_filter_look (const PdgRedactFilter *filter, const char *text, gsize len)
{
  PdgRedactMaybe maybe = 0;
  guint n_digits = 0;

  for (gsize i = 0; i < len; i++)
    {
      const char *p = text + i;

      n_digits += g_ascii_isdigit (*p) != 0;
      if (i >= BLOCK)
        n_digits -= g_ascii_isdigit (p[-BLOCK]) != 0;
      if (*p == '@' || *p == '%' || (*p == 'J' && i >= 2 && p[-1] == 'y' && p[-2] == 'e') || n_digits >= MIN_DIGITS
          || (len - i >= 4 && g_ascii_isalpha (*p) && g_ascii_isalpha (p[1]) && g_ascii_isdigit (p[2]) && g_ascii_isdigit (p[3])
              && begins_word (text, p) && pdg_redact_is_iban_country (p)))
        maybe |= PDG_REDACT_MAYBE_PATTERN;
      if ((*p == ':' || *p == '=') && filter->keys && is_maybe_key (filter, text, p))
        maybe |= PDG_REDACT_MAYBE_KEY;
    }
  return maybe;
}

#endif
