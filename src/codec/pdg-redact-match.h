#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Private to codec/: finds e-mail addresses, card numbers, IBANs and JSON web tokens in text. */

typedef enum
{
  PDG_REDACT_EMAIL, /* RFC 5321 as people write it, also with %40 for the @ */
  PDG_REDACT_CARD,  /* 13 to 19 digits that begin and count as an issuer's (ISO/IEC 7812) and pass Luhn's check */
  PDG_REDACT_IBAN,  /* of a country's length, with its checksum (ISO 13616) */
  PDG_REDACT_JWT,   /* three parts or more whose first is an object (RFC 7519) */
  PDG_REDACT_KEY,   /* the value of a key that is denied */
  PDG_REDACT_ADDRESS, /* a key for the address of a machine, whose value is one; always dropped */
} PdgRedactRule;

#define PDG_REDACT_N_PATTERNS 4
#define PDG_REDACT_N_RULES 6

typedef struct
{
  PdgRedactRule rule;
  gsize start;
  gsize len;
} PdgRedactMatch;

/* The first match at or after @from of the patterns whose bits (1 << PdgRedactRule) are in @patterns. The text is read as it
 * stands: without the escapes of JSON. */
gboolean pdg_redact_match_next (guint patterns, const char *text, gsize len, gsize from, PdgRedactMatch *match);

/* Whether the two letters at @p begin the IBANs of a country. */
gboolean pdg_redact_is_iban_country (const char *p);

G_END_DECLS
