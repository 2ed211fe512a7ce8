#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The rows of one statement, read from the wire's binary form. Immutable; any thread, one at a time. */
typedef struct _PdgDbResult PdgDbResult;

void        pdg_db_result_free (PdgDbResult *result);

guint       pdg_db_result_get_n_rows (const PdgDbResult *result);
guint       pdg_db_result_get_n_columns (const PdgDbResult *result);
gboolean    pdg_db_result_is_null (const PdgDbResult *result, guint row, guint col);

/* Getters: an SQL null reads as 0, FALSE, NULL. Numbers widen (int8 reads int2, int4, int8, oid; double also float4 and
 * numeric); any other mismatch of type is a programming error: a critical, and 0. */
gboolean    pdg_db_result_get_bool (const PdgDbResult *result, guint row, guint col);
gint32      pdg_db_result_get_int4 (const PdgDbResult *result, guint row, guint col);
gint64      pdg_db_result_get_int8 (const PdgDbResult *result, guint row, guint col);
double      pdg_db_result_get_double (const PdgDbResult *result, guint row, guint col);

/* text, varchar, char, name, json, jsonb: NUL-terminated, owned by the result. (nullable) */
const char *pdg_db_result_get_text (const PdgDbResult *result, guint row, guint col);
/* The same with its length; any type's raw bytes for bytea. @len may be NULL. (nullable) */
const char *pdg_db_result_get_text_len (const PdgDbResult *result, guint row, guint col, gsize *len);
const guint8 *pdg_db_result_get_bytea (const PdgDbResult *result, guint row, guint col, gsize *len);

/* 16 bytes owned by the result. (nullable) */
const guint8 *pdg_db_result_get_uuid (const PdgDbResult *result, guint row, guint col);

/* timestamptz, timestamp (as UTC) or date as microseconds since 1970; G_MININT64 and G_MAXINT64 are the infinities. */
gint64      pdg_db_result_get_usec (const PdgDbResult *result, guint row, guint col);

/* One-dimensional arrays: new memory with @n elements, SQL null elements read as 0 (text: as ""); NULL for an SQL null.
 * An int8 array also reads int4[] and int2[]. (transfer full) (nullable) */
gint64     *pdg_db_result_dup_int8_array (const PdgDbResult *result, guint row, guint col, gsize *n);
char      **pdg_db_result_dup_text_array (const PdgDbResult *result, guint row, guint col, gsize *n);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgDbResult, pdg_db_result_free)

G_END_DECLS
