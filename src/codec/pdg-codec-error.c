#include "config.h"
#include "codec/pdg-codec-error.h"

G_DEFINE_QUARK (pdg-codec-error-quark, pdg_codec_error)
