#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Reads requests of the plainest form, which nearly all are: HTTP/1.1, GET or POST, no transfer coding, nothing to upgrade or to expect, a
 * connection that is kept. Whatever is not surely such a one is libsoup's to read, and to refuse. Internal to this module. */
#define PDG_HTTP_PLAIN_FIELDS_MAX 48

/* Points into the text that was read; nothing in it ends with a NUL. @after: the byte behind the value. */
typedef struct
{
  const char *name;
  const char *value;
  guint name_len;
  guint value_len;
  char after;
} PdgHttpPlainField;

/* A plain value. */
typedef struct
{
  gboolean is_post;
  const char *path; /* without the query */
  gsize path_len;
  const char *query; /* NULL = none */
  gsize query_len;
  guint n_fields;
  PdgHttpPlainField fields[PDG_HTTP_PLAIN_FIELDS_MAX];
  gsize head_bytes; /* 0 = the head is not complete */
  gsize body_bytes;
} PdgHttpPlain;

typedef enum
{
  PDG_HTTP_PLAIN_MORE,  /* so far it may be one; head_bytes tells which part is missing */
  PDG_HTTP_PLAIN_WHOLE, /* head_bytes and then body_bytes of the text are one request */
  PDG_HTTP_PLAIN_OTHER,
} PdgHttpPlainVerdict;

/* @max_head_bytes, @max_body_bytes: a longer one is another's. */
PdgHttpPlainVerdict      pdg_http_plain_read   (PdgHttpPlain *plain, const char *text, gsize len, gsize max_head_bytes, gsize max_body_bytes);

/* The last field of that name, in any case. NULL when there is none. */
const PdgHttpPlainField *pdg_http_plain_lookup (const PdgHttpPlain *plain, const char *name);

G_END_DECLS
