#pragma once

#include "codec/pdg-codec-error.h"

G_BEGIN_DECLS

/* What a request says of its body, and what is allowed of it. A plain value; texts are borrowed and nullable. */
typedef struct
{
  const char *content_encoding; /* the header as it came */
  const char *query_data;       /* the query parameter data, decoded */
  const char *compression;      /* the query parameter compression: base64, gzip-js, … */
  gboolean forms;               /* the protocol has forms: data=BASE64, as the body or in the query */
  gsize max_bytes;              /* of what comes out, and of each step on the way */
} PdgBodyHints;

/* Undoes whatever a client did to its body: Content-Encoding gzip or deflate; gzip recognised by its first bytes whatever the
 * headers say; a form or query data=BASE64 of the same; base64 when the query says so. A header that claims a compression which
 * the bytes have not is not believed (a proxy may have undone it). At most three steps, each ended as soon as it grows beyond
 * max_bytes, so that a bomb costs no more than that.
 *
 * Returns: (transfer full) (nullable): the bytes, @body itself when there was nothing to undo; NULL with PDG_CODEC_ERROR_TOO_LARGE
 * or PDG_CODEC_ERROR_ENCODING. Any thread. */
GBytes *pdg_body_decode (GBytes *body, const PdgBodyHints *hints, GError **error);

/* Whether a header Content-Encoding (nullable) is one that can be undone. */
gboolean pdg_body_is_known_coding (const char *content_encoding);

G_END_DECLS
