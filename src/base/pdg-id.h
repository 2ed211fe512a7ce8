#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define PDG_UUID_TEXT_BYTES 37

/* Fills @out with a version 7 UUID (RFC 9562): time-ordered, monotonic within the process. Any thread. */
void     pdg_uuid_make_v7 (guint8 out[16]);

/* The same as text. (transfer full) */
char    *pdg_uuid_new_string (void);

/* Reads the canonical 8-4-4-4-12 form in either case; FALSE when it is anything else. */
gboolean pdg_uuid_parse (const char *text, gsize len, guint8 out[16]);

/* Writes the canonical lower-case form and a NUL. */
void     pdg_uuid_format (const guint8 uuid[16], char out[PDG_UUID_TEXT_BYTES]);

/* 128-bit fingerprint of @len bytes (MurmurHash3 x64 128, public domain by A. Appleby). Not for secrets. */
void     pdg_hash128 (const void *data, gsize len, guint64 seed, guint8 out[16]);

/* @n_bytes (up to 64) from the kernel's random source as URL-safe base64 without padding. (transfer full) */
char    *pdg_random_token (gsize n_bytes);

/* Lower-case hexadecimal SHA-256 of @len bytes. (transfer full) */
char    *pdg_sha256_hex (const void *data, gsize len);

G_END_DECLS
