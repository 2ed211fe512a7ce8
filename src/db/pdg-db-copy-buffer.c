#include "config.h"
#include "db/pdg-db-copy-buffer.h"

#include <string.h>

#include "db/pdg-db-private.h"

struct _PdgDbCopyBuffer
{
  guint8 *data;
  gsize len;
  gsize size;
};

static const guint8 header[19] = "PGCOPY\n\377\r\n"; /* signature with its NUL, no flags, no extension */

PdgDbCopyBuffer *
pdg_db_copy_buffer_new (gsize reserve_bytes)
{
  PdgDbCopyBuffer *buffer = g_new (PdgDbCopyBuffer, 1);

  buffer->size = reserve_bytes > 0 ? reserve_bytes : 64 * 1024;
  buffer->data = g_malloc (buffer->size);
  buffer->len = 0;
  return buffer;
}

void
pdg_db_copy_buffer_free (PdgDbCopyBuffer *buffer)
{
  if (buffer == NULL)
    return;
  g_free (buffer->data);
  g_free (buffer);
}

static G_GNUC_NO_INLINE void
grow (PdgDbCopyBuffer *buffer, gsize needed)
{
  buffer->size = MAX (buffer->size * 2, buffer->len + needed);
  buffer->data = g_realloc (buffer->data, buffer->size);
}

static inline guint8 *
extend (PdgDbCopyBuffer *buffer, gsize n)
{
  guint8 *p;

  if (G_UNLIKELY (buffer->size - buffer->len < n))
    grow (buffer, n);
  p = buffer->data + buffer->len;
  buffer->len += n;
  return p;
}

static inline void
write_int4 (guint8 *p, guint32 value)
{
  guint32 wire = GUINT32_TO_BE (value);

  memcpy (p, &wire, sizeof wire);
}

static inline void
add_8_bytes (PdgDbCopyBuffer *buffer, guint64 value)
{
  guint8 *p = extend (buffer, 12);
  guint64 wire = GUINT64_TO_BE (value);

  write_int4 (p, 8);
  memcpy (p + 4, &wire, sizeof wire);
}

static inline void
add_data (PdgDbCopyBuffer *buffer, gconstpointer data, gsize len)
{
  guint8 *p = extend (buffer, 4 + len);

  write_int4 (p, len);
  if (len > 0)
    memcpy (p + 4, data, len);
}

void
pdg_db_copy_buffer_add_header (PdgDbCopyBuffer *buffer)
{
  memcpy (extend (buffer, sizeof header), header, sizeof header);
}

void
pdg_db_copy_buffer_add_trailer (PdgDbCopyBuffer *buffer)
{
  memset (extend (buffer, 2), 0xff, 2);
}

void
pdg_db_copy_buffer_begin_row (PdgDbCopyBuffer *buffer, guint n_fields)
{
  guint16 wire = GUINT16_TO_BE ((guint16) n_fields);

  memcpy (extend (buffer, sizeof wire), &wire, sizeof wire);
}

void
pdg_db_copy_buffer_add_null (PdgDbCopyBuffer *buffer)
{
  memset (extend (buffer, 4), 0xff, 4);
}

void
pdg_db_copy_buffer_add_bool (PdgDbCopyBuffer *buffer, gboolean value)
{
  guint8 *p = extend (buffer, 5);

  write_int4 (p, 1);
  p[4] = value ? 1 : 0;
}

void
pdg_db_copy_buffer_add_int2 (PdgDbCopyBuffer *buffer, gint16 value)
{
  guint8 *p = extend (buffer, 6);
  guint16 wire = GUINT16_TO_BE ((guint16) value);

  write_int4 (p, 2);
  memcpy (p + 4, &wire, sizeof wire);
}

void
pdg_db_copy_buffer_add_int4 (PdgDbCopyBuffer *buffer, gint32 value)
{
  guint8 *p = extend (buffer, 8);

  write_int4 (p, 4);
  write_int4 (p + 4, value);
}

void
pdg_db_copy_buffer_add_int8 (PdgDbCopyBuffer *buffer, gint64 value)
{
  add_8_bytes (buffer, value);
}

void
pdg_db_copy_buffer_add_double (PdgDbCopyBuffer *buffer, double value)
{
  guint64 bits;

  memcpy (&bits, &value, sizeof bits);
  add_8_bytes (buffer, bits);
}

void
pdg_db_copy_buffer_add_timestamptz (PdgDbCopyBuffer *buffer, gint64 unix_usec)
{
  add_8_bytes (buffer, pdg_db_usec_to_server (unix_usec));
}

void
pdg_db_copy_buffer_add_uuid (PdgDbCopyBuffer *buffer, const guint8 uuid[16])
{
  add_data (buffer, uuid, 16);
}

void
pdg_db_copy_buffer_add_text (PdgDbCopyBuffer *buffer, const char *text, gsize len)
{
  if (text == NULL)
    pdg_db_copy_buffer_add_null (buffer);
  else
    add_data (buffer, text, len);
}

void
pdg_db_copy_buffer_add_bytea (PdgDbCopyBuffer *buffer, gconstpointer data, gsize len)
{
  if (data == NULL)
    pdg_db_copy_buffer_add_null (buffer);
  else
    add_data (buffer, data, len);
}

void
pdg_db_copy_buffer_append (PdgDbCopyBuffer *buffer, gconstpointer rows, gsize len)
{
  if (len > 0)
    memcpy (extend (buffer, len), rows, len);
}

gconstpointer
pdg_db_copy_buffer_get_data (const PdgDbCopyBuffer *buffer)
{
  return buffer->data;
}

gsize
pdg_db_copy_buffer_get_length (const PdgDbCopyBuffer *buffer)
{
  return buffer->len;
}

void
pdg_db_copy_buffer_truncate (PdgDbCopyBuffer *buffer, gsize len)
{
  g_return_if_fail (len <= buffer->len);
  buffer->len = len;
}
