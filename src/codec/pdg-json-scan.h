#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Private to codec/: a validating scanner of JSON (RFC 8259) over bytes that need no NUL at the end. It builds nothing;
 * it says where values begin and end and what is special about them. Strings are checked to be UTF-8 (RFC 3629). */

typedef enum
{
  PDG_JSON_NULL,
  PDG_JSON_FALSE,
  PDG_JSON_TRUE,
  PDG_JSON_NUMBER,
  PDG_JSON_STRING,
  PDG_JSON_ARRAY,
  PDG_JSON_OBJECT,
} PdgJsonKind;

typedef enum
{
  PDG_JSON_ESCAPED = 1 << 0,  /* a string in it has a backslash */
  PDG_JSON_UNFIT = 1 << 1,    /* a string in it has U+0000 or a lone surrogate as an escape */
  PDG_JSON_HUGE = 1 << 2,     /* a number in it is beyond what a PostgreSQL numeric holds */
  PDG_JSON_TOO_DEEP = 1 << 3, /* it is nested deeper than the scan's limit */
  PDG_JSON_INTEGER = 1 << 4,  /* a number without fraction and exponent */
} PdgJsonFlags;

/* A value of the text, as it stands there; a string with its quotes. */
typedef struct
{
  const char *text;
  guint32 len;
  guint8 kind;  /* PdgJsonKind */
  guint8 flags; /* PdgJsonFlags */
} PdgJsonSpan;

#define PDG_JSON_INLINE_DEPTH 64

/* One scan. A plain value; the fields before `error` are set by pdg_json_scan_init (). */
typedef struct
{
  const guint8 *begin;
  const guint8 *end;
  guint max_depth;
  const char *error;      /* what is wrong, a constant text; NULL while nothing is */
  const guint8 *error_at; /* and where */
  guint8 *nesting;        /* for each open level, whether it is an object */
  gsize nesting_size;
  guint8 nesting_inline[PDG_JSON_INLINE_DEPTH];
} PdgJsonScan;

/* Starts on @len bytes; values nested deeper than @max_depth are flagged, and scanned to their end all the same. */
void          pdg_json_scan_init (PdgJsonScan *scan, gconstpointer data, gsize len, guint max_depth);
void          pdg_json_scan_clear (PdgJsonScan *scan);

/* Notes what is wrong at @p, unless something was before. Returns NULL. */
const guint8 *pdg_json_scan_fail (PdgJsonScan *scan, const guint8 *p, const char *error);

/* Reads the string whose opening quote is at @p. Returns the byte after its closing quote, or NULL. */
const guint8 *pdg_json_scan_string (PdgJsonScan *scan, const guint8 *p, PdgJsonSpan *span);

/* Reads the value at @p, no white space before it, inside @depth open levels. Returns the byte after it, or NULL. */
const guint8 *pdg_json_scan_value (PdgJsonScan *scan, const guint8 *p, guint depth, PdgJsonSpan *span);

/* Skips white space. Returns the next byte's place, which may be the end. */
static inline const guint8 *
pdg_json_skip_space (const PdgJsonScan *scan, const guint8 *p)
{
  while (p < scan->end && *p <= ' ' && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t'))
    p++;
  return p;
}

G_END_DECLS
