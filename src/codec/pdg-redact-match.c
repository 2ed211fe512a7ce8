#include "config.h"
#include "codec/pdg-redact-match.h"

#include <string.h>

#define MAX_CARD_DIGITS 19
#define MIN_CARD_DIGITS 13
#define MIN_GROUP_DIGITS 3 /* of a number written in groups: dates and times have shorter ones */
#define MAX_GROUPS 8
#define IBAN_MAX 34
#define MIN_JWT_HEADER 10
#define BIT(rule) (1u << (rule))

/* Text with its end, and the place where a match may begin. */
typedef struct
{
  const guchar *begin;
  const guchar *end;
} Text;

static inline gboolean
is_digit (guchar c)
{
  return c >= '0' && c <= '9';
}

static inline gboolean
is_letter (guchar c)
{
  return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

/* What a number or token may not touch; anything beyond ASCII may stand beside it, as most of it is punctuation. */
static inline gboolean
is_word (guchar c)
{
  return is_digit (c) || is_letter (c);
}

/* ---- E-mail addresses */

static gboolean
is_local (guchar c)
{
  return is_word (c) || c >= 0x80 || (c != '\0' && strchr (".!#$%'*+-_~^", c) != NULL);
}

static gboolean
is_domain (guchar c)
{
  return is_word (c) || c >= 0x80 || c == '-' || c == '.';
}

static gboolean
is_image (const guchar *p, gsize len)
{
  static const char *const names[] = { "png", "jpg", "jpeg", "gif", "svg", "webp", "avif" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (strlen (names[i]) == len && g_ascii_strncasecmp (names[i], (const char *) p, len) == 0)
      return TRUE;
  return FALSE;
}

/* Where the domain at @p ends; NULL when it is none: it needs a point and a last label that is no number. A version
 * ("react@18.2.0-rc.next") and a picture for dense screens ("icon@2x.png") are none either. */
static const guchar *
find_domain_end (const guchar *p, const guchar *end)
{
  const guchar *start = p, *point = NULL, *last;

  while (p < end && is_domain (*p))
    p++;
  while (p > start && (p[-1] == '.' || p[-1] == '-'))
    p--;
  for (last = p; last > start && point == NULL; last--)
    if (last[-1] == '.')
      point = last - 1;
  if (point == NULL || point == start || p - point < 3)
    return NULL;
  last = point + 1;
  while (last < p && !is_letter (*last) && *last < 0x80)
    last++;
  if (last == p)
    return NULL;
  last = start;
  while (last < p && is_digit (*last))
    last++;
  if (last > start && last + 1 < p && *last == '.' && is_digit (last[1]))
    return NULL;
  if (point - start == 2 && is_digit (start[0]) && start[1] == 'x' && is_image (point + 1, (gsize) (p - point - 1)))
    return NULL;
  return p;
}

static gboolean
match_email (const Text *text, const guchar *at, gsize at_len, PdgRedactMatch *match)
{
  const guchar *start = at, *end = find_domain_end (at + at_len, text->end);

  if (end == NULL)
    return FALSE;
  while (start > text->begin && is_local (start[-1]))
    start--;
  while (start < at && (*start == '.' || *start == '\''))
    start++;
  if (start == at)
    return FALSE;
  match->rule = PDG_REDACT_EMAIL;
  match->start = (gsize) (start - text->begin);
  match->len = (gsize) (end - start);
  return TRUE;
}

/* ---- Card numbers */

typedef struct
{
  guint from, to; /* the first four digits */
  guint lengths;  /* bits */
} Issuer;

#define L(n) (1u << (n))

static const Issuer issuers[] = {
  { 2221, 2720, L (16) },                            /* Mastercard */
  { 3000, 3059, L (14) | L (16) | L (19) },          /* Diners Club */
  { 3095, 3095, L (14) },
  { 3400, 3499, L (15) },                            /* American Express */
  { 3528, 3589, L (16) | L (17) | L (18) | L (19) }, /* JCB */
  { 3600, 3699, L (14) | L (16) | L (19) },
  { 3700, 3799, L (15) },
  { 3800, 3999, L (14) | L (16) | L (19) },
  { 4000, 4999, L (13) | L (16) | L (18) | L (19) }, /* Visa */
  { 5000, 5099, L (13) | L (14) | L (15) | L (16) | L (17) | L (18) | L (19) }, /* Maestro and others */
  { 5100, 5599, L (16) },                                                       /* Mastercard */
  { 5600, 5899, L (13) | L (14) | L (15) | L (16) | L (17) | L (18) | L (19) },
  { 6000, 6999, L (13) | L (14) | L (15) | L (16) | L (17) | L (18) | L (19) }, /* Discover, UnionPay, Maestro, RuPay */
};

static gboolean
passes_luhn (const guint8 *digits, guint n)
{
  guint sum = 0;

  for (guint i = 0; i < n; i++)
    {
      guint digit = digits[n - 1 - i];

      if (i % 2 == 1)
        digit = digit > 4 ? 2 * digit - 9 : 2 * digit;
      sum += digit;
    }
  return sum % 10 == 0;
}

/* The number on a product, EAN-13, which has its own check digit. */
static gboolean
is_product (const guint8 *digits)
{
  guint sum = 0;

  for (guint i = 0; i < 13; i++)
    sum += digits[i] * (i % 2 == 0 ? 1 : 3);
  return sum % 10 == 0;
}

static gboolean
is_card (const guint8 *digits, guint n)
{
  guint head;

  if (n < MIN_CARD_DIGITS || n > MAX_CARD_DIGITS || digits[0] < 2 || digits[0] > 6)
    return FALSE;
  head = digits[0] * 1000u + digits[1] * 100u + digits[2] * 10u + digits[3];
  for (gsize i = 0; i < G_N_ELEMENTS (issuers); i++)
    if (head >= issuers[i].from && head <= issuers[i].to && (issuers[i].lengths & L (n)) != 0)
      return passes_luhn (digits, n) && !(n == 13 && is_product (digits));
  return FALSE;
}

/* How many bytes separate two groups at @p: one blank, hyphen or plus, also as %20 and as a no-break space; *kind tells which. */
static gsize
take_separator (const guchar *p, const guchar *end, guchar *kind)
{
  *kind = ' ';
  if (p < end && (*p == ' ' || *p == '+'))
    return 1;
  if (p < end && *p == '-')
    {
      *kind = '-';
      return 1;
    }
  if (end - p >= 3 && memcmp (p, "%20", 3) == 0)
    return 3;
  if (end - p >= 2 && p[0] == 0xC2 && p[1] == 0xA0)
    return 2;
  return 0;
}

typedef struct
{
  const guchar *start;
  const guchar *end;
  guint n_before; /* digits of the groups before it */
  guint n;
} Group;

/* Whether the groups from @first to @last are a card's, and nothing runs on at either side. */
static gboolean
is_card_of_groups (const Text *text, const Group *groups, guint first, guint last, guchar kind, const guint8 *digits)
{
  const guchar *start = groups[first].start, *end = groups[last].end;

  if (!is_card (digits + groups[first].n_before, groups[last].n_before + groups[last].n - groups[first].n_before))
    return FALSE;
  if (kind == '-' && ((start - text->begin >= 2 && start[-1] == '-' && is_word (start[-2])) || (text->end - end >= 2 && *end == '-' && is_word (end[1]))))
    return FALSE;
  return !(text->end - end >= 2 && *end == '.' && is_digit (end[1]));
}

/* Reads the digits at @p with their groups, and looks for a card among them. *next: where to go on when there is none. */
static gboolean
match_card (const Text *text, const guchar *p, const guchar **next, PdgRedactMatch *match)
{
  guint8 digits[MAX_GROUPS * MAX_CARD_DIGITS];
  Group groups[MAX_GROUPS];
  guint n_groups = 0, n = 0;
  guchar kind = 0;

  *next = p;
  while (n_groups < MAX_GROUPS)
    {
      Group *group = &groups[n_groups];
      guchar this_kind;
      gsize separator;

      *group = (Group) { p, p, n, 0 };
      while (group->end < text->end && is_digit (*group->end))
        {
          if (group->n < MAX_CARD_DIGITS)
            digits[n++] = *group->end - '0';
          group->n++;
          group->end++;
        }
      if (group->n > 0)
        *next = group->end;
      if (group->n < MIN_GROUP_DIGITS || group->n > MAX_CARD_DIGITS || (group->end < text->end && is_word (*group->end)))
        break;
      n_groups++;
      separator = take_separator (group->end, text->end, &this_kind);
      if (separator == 0 || (kind != 0 && kind != this_kind))
        break;
      kind = this_kind;
      p = group->end + separator;
    }
  for (guint first = 0; first < n_groups; first++)
    for (guint last = n_groups; last > first; last--)
      if (is_card_of_groups (text, groups, first, last - 1, kind, digits))
        {
          match->rule = PDG_REDACT_CARD;
          match->start = (gsize) (groups[first].start - text->begin);
          match->len = (gsize) (groups[last - 1].end - groups[first].start);
          return TRUE;
        }
  if (n_groups > 1)
    *next = groups[n_groups - 1].start; /* the last group may begin another number */
  return FALSE;
}

/* ---- IBANs */

/* The lengths by country of the registry that SWIFT keeps for ISO 13616, release 98. */
static const char iban_lengths[] =
  "AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22CY28CZ24DE22DJ27DK18DO28EE20EG29ES24FI18FK18FO18FR27GB22GE22GI23GL18GR27GT28"
  "HN28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20LB28LC32LI21LT20LU20LV21LY25MC27MD24ME22MK19MN20MR27MT31MU30NI28NL18NO15OM23PK24PL28PS29"
  "PT25QA29RO24RS22RU33SA24SC31SD18SE24SI19SK24SM27SO23ST25SV28TL23TN24TR26UA29VA22VG24XK20YE30";

static inline guint
get_iban_length (guchar a, guchar b)
{
  a &= (guchar) ~0x20;
  b &= (guchar) ~0x20;
  for (const char *p = iban_lengths; *p != '\0'; p += 4)
    if ((guchar) p[0] == a && (guchar) p[1] == b)
      return (guint) (p[2] - '0') * 10 + (guint) (p[3] - '0');
  return 0;
}

gboolean
pdg_redact_is_iban_country (const char *p)
{
  return get_iban_length ((guchar) p[0], (guchar) p[1]) != 0;
}

static guint
add_to_remainder (guint remainder, guchar c)
{
  if (is_digit (c))
    return (remainder * 10 + (guint) (c - '0')) % 97;
  return (remainder * 100 + (guint) ((c & ~0x20) - 'A') + 10) % 97;
}

/* ISO 7064 mod 97-10 with the first four characters moved to the end. */
static gboolean
passes_mod97 (const guchar *letters, guint n)
{
  guint remainder = 0;

  for (guint i = 0; i < n; i++)
    remainder = add_to_remainder (remainder, letters[(i + 4) % n]);
  return remainder == 1;
}

static gboolean
match_iban (const Text *text, const guchar *start, PdgRedactMatch *match)
{
  guint wanted = get_iban_length (start[0], start[1]), n = 0;
  const guchar *p = start;
  guchar letters[IBAN_MAX];

  if (wanted == 0)
    return FALSE;
  while (n < wanted)
    {
      guchar kind;
      gsize separator = n > 0 ? take_separator (p, text->end, &kind) : 0;

      p += separator;
      if (p >= text->end || !(is_digit (*p) || is_letter (*p)))
        return FALSE;
      letters[n++] = *p++;
    }
  if ((p < text->end && is_word (*p)) || !passes_mod97 (letters, n))
    return FALSE;
  match->rule = PDG_REDACT_IBAN;
  match->start = (gsize) (start - text->begin);
  match->len = (gsize) (p - start);
  return TRUE;
}

/* ---- JSON web tokens */

static const guchar *
skip_base64url (const guchar *p, const guchar *end)
{
  while (p < end && (is_digit (*p) || is_letter (*p) || *p == '-' || *p == '_'))
    p++;
  return p;
}

/* *header_end: where its first part ends; no other token begins before it. */
static gboolean
match_jwt (const Text *text, const guchar *start, const guchar **header_end, PdgRedactMatch *match)
{
  const guchar *p = skip_base64url (start, text->end), *part;

  *header_end = p;
  if (p - start < MIN_JWT_HEADER || p >= text->end || *p != '.')
    return FALSE;
  part = p + 1;
  p = skip_base64url (part, text->end);
  if (p - part < 2 || p >= text->end || *p != '.')
    return FALSE;
  while (p < text->end && *p == '.')
    p = skip_base64url (p + 1, text->end);
  match->rule = PDG_REDACT_JWT;
  match->start = (gsize) (start - text->begin);
  match->len = (gsize) (p - start);
  return TRUE;
}

static inline gboolean
begins_word (const Text *text, const guchar *p)
{
  return p == text->begin || !is_word (p[-1]);
}

/* A number begins here, and not the digits behind a point ("0.4111111111111111"). */
static inline gboolean
begins_number (const Text *text, const guchar *p)
{
  return begins_word (text, p) && !(p - text->begin >= 2 && p[-1] == '.' && is_digit (p[-2]));
}

gboolean
pdg_redact_match_next (guint patterns, const char *bytes, gsize len, gsize from, PdgRedactMatch *match)
{
  const Text text = { (const guchar *) bytes + from, (const guchar *) bytes + len };
  const guchar *p = text.begin, *jwt_from = p;

  while (p < text.end)
    {
      gsize left = (gsize) (text.end - p);
      gboolean found = FALSE;
      const guchar *next = p + 1;

      if (is_digit (*p))
        {
          if ((patterns & BIT (PDG_REDACT_CARD)) != 0 && begins_number (&text, p))
            found = match_card (&text, p, &next, match);
          else
            while (next < text.end && is_digit (*next))
              next++;
        }
      else if (*p == '@')
        found = (patterns & BIT (PDG_REDACT_EMAIL)) != 0 && match_email (&text, p, 1, match);
      else if (*p == '%')
        found = (patterns & BIT (PDG_REDACT_EMAIL)) != 0 && left > 3 && p[1] == '4' && p[2] == '0' && match_email (&text, p, 3, match);
      else if (is_letter (*p))
        {
          if (left > 4 && p >= jwt_from && *p == 'e' && p[1] == 'y' && p[2] == 'J' && (patterns & BIT (PDG_REDACT_JWT)) != 0)
            found = match_jwt (&text, p, &jwt_from, match);
          if (!found && (patterns & BIT (PDG_REDACT_IBAN)) != 0 && left >= 15 && is_letter (p[1]) && is_digit (p[2]) && is_digit (p[3])
              && begins_word (&text, p))
            found = match_iban (&text, p, match);
        }
      if (found)
        {
          match->start += from;
          return TRUE;
        }
      p = MAX (next, p + 1);
    }
  return FALSE;
}
