#pragma once

#include "codec/pdg-event-fields.h"
#include "codec/pdg-json-scan.h"
#include "codec/pdg-redact-filter.h"
#include "codec/pdg-redact.h"

G_BEGIN_DECLS

/* Private to codec/: rules as they are applied. */

/* A key that is denied. */
typedef struct
{
  char *squashed; /* the letters and digits of its last part, in lower case */
  gsize len;
  char *path;     /* (nullable) all of it in lower case, when it has more than one part */
  gboolean is_address;
} PdgRedactKey;

struct _PdgRedactRules
{
  guint version;
  guint patterns;
  GArray *keys;          /* PdgRedactKey */
  guint64 denied_fields; /* bits of the keys of the wire that are denied as such */
  PdgRedactFilter filter;
};

typedef enum
{
  PDG_REDACT_KEEP,
  PDG_REDACT_DENY,
  PDG_REDACT_DROP_ADDRESS, /* when its value is one */
} PdgRedactVerdict;

/* What becomes of the key @name inside of the path @parent (nullable: unknown, and then a key that names a path may match). */
PdgRedactVerdict pdg_redact_rules_judge (const PdgRedactRules *rules, const char *parent, const char *name, gsize len);

/* Whether @span is the text of an IP address, or of several, with ports or without. */
gboolean       pdg_redact_is_address (const PdgJsonSpan *span);

/* The first and second look at the JSON @span: whether it has to be walked. FALSE for nearly every one. */
gboolean       pdg_redact_is_suspect (const PdgRedactRules *rules, const PdgJsonSpan *span);

/* Walks the value @span at @path: @out is what is left of it. FALSE when nothing was taken out. */
gboolean       pdg_redact_span (const PdgRedactRules *rules, const char *path, const PdgJsonSpan *span, GString *out, PdgRedactFoundFunc found,
                                gpointer user_data);

G_END_DECLS
