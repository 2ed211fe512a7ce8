#pragma once

#include "model/pdg-event.h"

G_BEGIN_DECLS

/* A part of a form (RFC 7578). A plain value that points into the body. */
typedef struct
{
  PdgSlice name;
  PdgSlice media_type; /* of length 0: not said */
  PdgSlice data;
} PdgMultipartPart;

#define PDG_MULTIPART_MAX_PARTS 64

/* The parts of @body, which must outlive them; @content_type is the request's whole header, with its boundary. NULL when it is no whole
 * form: one that ends before its closing line is refused. Errors: PDG_CODEC_ERROR. Any thread. (transfer full) (element-type
 * PdgMultipartPart) */
GArray *pdg_multipart_parse (const char *content_type, GBytes *body, GError **error);

G_END_DECLS
