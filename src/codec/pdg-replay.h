#pragma once

#include "codec/pdg-codec-error.h"

G_BEGIN_DECLS

/* Recordings of PostHog's client for the browser: arrays of rrweb events, in some of which the large parts are gzip in a string
 * ("cv":"2024-10"). They are stored as they came, and made readable when somebody reads. Any thread. */

/* gzip of @bytes. (transfer full) */
GBytes *pdg_replay_pack (GBytes *bytes);

/* The rrweb events of a stored array, gzipped or plain, as a JSON array of at most @max_bytes with nothing in it packed. An event whose
 * parts cannot be unpacked stays as it came. NULL with a PDG_CODEC_ERROR. (transfer full) */
GBytes *pdg_replay_unpack (GBytes *packed, gsize max_bytes, GError **error);

G_END_DECLS
