#pragma once

#include "codec/pdg-json-scan.h"

G_BEGIN_DECLS

/* Private to codec/: walks JSON without building it. The text is checked once, whole; after that the members of an object and
 * the elements of an array are handed out as the spans they are, a level at a time. */

typedef struct
{
  PdgJsonSpan key;   /* with its quotes; empty in an array */
  PdgJsonSpan value;
  gboolean taken;    /* the caller's own mark */
} PdgJsonMember;

/* A walk over one object or array. Clear it, also before its end. */
typedef struct
{
  PdgJsonScan scan;
  const guint8 *p; /* NULL = over */
  guint depth;
  gboolean is_object;
} PdgJsonIter;

/* Checks all of @data. FALSE with PDG_CODEC_ERROR_SYNTAX, which names the byte. */
gboolean       pdg_json_check (gconstpointer data, gsize size, PdgJsonSpan *root, GError **error);

/* Starts on a span that was checked; anything but an object or array has no members. @depth: the open levels around its members
 * in what will be kept, against @max_depth (PDG_JSON_TOO_DEEP). */
void           pdg_json_iter_init (PdgJsonIter *iter, const PdgJsonSpan *container, guint depth, guint max_depth);
gboolean       pdg_json_iter_next (PdgJsonIter *iter, PdgJsonMember *member);
void           pdg_json_iter_clear (PdgJsonIter *iter);

/* All of them, appended to @members. */
void           pdg_json_list (const PdgJsonSpan *container, guint depth, guint max_depth, GArray *members);

/* The last member called @name that is not null, or NULL. */
PdgJsonMember *pdg_json_find (GArray *members, const char *name);

/* The member @name of a span; FALSE when it has none or it is null. */
gboolean       pdg_json_get (const PdgJsonSpan *object, const char *name, PdgJsonSpan *value);

/* Whether the string @span says @text. */
gboolean       pdg_json_is (const PdgJsonSpan *span, const char *text);

/* The text of a string, or a number as it is written; NULL for anything else and for "". (transfer full) */
char          *pdg_json_dup_text (const PdgJsonSpan *span);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PdgJsonIter, pdg_json_iter_clear)

G_END_DECLS
