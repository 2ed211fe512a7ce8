#pragma once

#include "codec/pdg-json-scan.h"

G_BEGIN_DECLS

/* Private to codec/: pieces of JSON that a scan has found valid, turned into something else. */

/* Copies the string @span without quotes and escapes to @out, which has room for span->len bytes; U+0000 and lone
 * surrogates become U+FFFD. Returns the length. */
gsize pdg_json_unescape (const PdgJsonSpan *span, char *out);

/* Copies @span as it stands, except that escapes which jsonb refuses become \ufffd. Returns the byte after the copy. */
char *pdg_json_copy_fit (const PdgJsonSpan *span, char *out);

/* Appends @text, valid UTF-8, as a JSON string with its quotes. */
void  pdg_json_append_string (GString *json, const char *text);

G_END_DECLS
