#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define PDG_CODEC_ERROR (pdg_codec_error_quark ())

/* Why a whole request was refused. The message is made for the client: it names the place and says what is wrong. */
typedef enum
{
  PDG_CODEC_ERROR_SYNTAX,    /* not JSON, or not UTF-8; the message has the byte */
  PDG_CODEC_ERROR_ENVELOPE,  /* JSON, but not {"events": [...]} */
  PDG_CODEC_ERROR_TOO_MANY,  /* more events than one request may have */
  PDG_CODEC_ERROR_TOO_DEEP,  /* an envelope member nested deeper than the limit */
  PDG_CODEC_ERROR_TOO_LARGE, /* a body larger than the limit */
  PDG_CODEC_ERROR_ENCODING,  /* packed in a way that cannot be undone */
} PdgCodecError;

GQuark pdg_codec_error_quark (void);

G_END_DECLS
