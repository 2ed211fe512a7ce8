#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Rows in the binary form of COPY, in one growing buffer. One thread at a time. The order is: header, rows, trailer; rows
 * may also be encoded without the two and appended to another buffer later, in any order. */
typedef struct _PdgDbCopyBuffer PdgDbCopyBuffer;

/* @reserve_bytes: first size (0 = 64 KiB). (transfer full) */
PdgDbCopyBuffer *pdg_db_copy_buffer_new (gsize reserve_bytes);
void             pdg_db_copy_buffer_free (PdgDbCopyBuffer *buffer);

void             pdg_db_copy_buffer_add_header (PdgDbCopyBuffer *buffer);
void             pdg_db_copy_buffer_add_trailer (PdgDbCopyBuffer *buffer);

/* Starts a row; exactly @n_fields values follow, of the columns' own types (COPY casts nothing). */
void             pdg_db_copy_buffer_begin_row (PdgDbCopyBuffer *buffer, guint n_fields);
void             pdg_db_copy_buffer_add_null (PdgDbCopyBuffer *buffer);
void             pdg_db_copy_buffer_add_bool (PdgDbCopyBuffer *buffer, gboolean value);
void             pdg_db_copy_buffer_add_int2 (PdgDbCopyBuffer *buffer, gint16 value);
void             pdg_db_copy_buffer_add_int4 (PdgDbCopyBuffer *buffer, gint32 value);
void             pdg_db_copy_buffer_add_int8 (PdgDbCopyBuffer *buffer, gint64 value);
void             pdg_db_copy_buffer_add_double (PdgDbCopyBuffer *buffer, double value);
void             pdg_db_copy_buffer_add_timestamptz (PdgDbCopyBuffer *buffer, gint64 unix_usec);
void             pdg_db_copy_buffer_add_uuid (PdgDbCopyBuffer *buffer, const guint8 uuid[16]);
void             pdg_db_copy_buffer_add_text (PdgDbCopyBuffer *buffer, const char *text, gsize len); /* NULL = SQL null */
void             pdg_db_copy_buffer_add_bytea (PdgDbCopyBuffer *buffer, gconstpointer data, gsize len);

/* Rows that were encoded elsewhere. */
void             pdg_db_copy_buffer_append (PdgDbCopyBuffer *buffer, gconstpointer rows, gsize len);

/* What is there so far; the pointer is valid until the next call that adds. (transfer none) */
gconstpointer    pdg_db_copy_buffer_get_data (const PdgDbCopyBuffer *buffer);
gsize            pdg_db_copy_buffer_get_length (const PdgDbCopyBuffer *buffer);

/* Cuts back to @len bytes (0 = empty) and keeps the memory. */
void             pdg_db_copy_buffer_truncate (PdgDbCopyBuffer *buffer, gsize len);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgDbCopyBuffer, pdg_db_copy_buffer_free)

G_END_DECLS
