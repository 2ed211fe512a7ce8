#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Private to codec/: a quick look at text which says whether anything in it may have to be redacted. Nearly all text has
 * nothing, so this is what redaction costs. */

/* The last three letters of the keys that are denied, in any case: five bits of each. */
#define PDG_REDACT_N_ENDINGS (1 << 15)

typedef struct
{
  gboolean keys;
  guint8 endings[PDG_REDACT_N_ENDINGS / 8];
} PdgRedactFilter;

typedef enum
{
  PDG_REDACT_MAYBE_PATTERN = 1 << 0,
  PDG_REDACT_MAYBE_KEY = 1 << 1,
} PdgRedactMaybe;

/* Where an ending stands in the bits; trailing digits and separators of a key do not count. @end: after the key's last byte. */
gboolean       pdg_redact_filter_has_ending (const PdgRedactFilter *filter, const char *begin, const char *end);

/* Adds the keys that end like @name; those of fewer than three letters stand for all that end so. */
void           pdg_redact_filter_add (PdgRedactFilter *filter, const char *name, gsize len);

/* Looks at @len bytes, which may be JSON or plain text. Never misses: a pattern or key that is there is said to be there. */
PdgRedactMaybe pdg_redact_filter_look (const PdgRedactFilter *filter, const char *text, gsize len);

/* Whether a backslash stands before a u: \uXXXX, also of JSON inside a string, whose backslash is written as two. */
gboolean       pdg_redact_filter_has_unicode_escape (const char *text, gsize len);

G_END_DECLS
