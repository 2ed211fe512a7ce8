#include "config.h"
#include "codec/pdg-otlp-model.h"

#include "codec/pdg-codec-error.h"

#include <string.h>

/* The wire format of Protocol Buffers (protobuf.dev/programming-guides/encoding), by the table of pdg-otlp-model.c. A field that the
 * table does not know, or that comes in another wire type, is skipped, as the format asks. */

typedef enum
{
  WIRE_VARINT = 0,
  WIRE_FIXED64 = 1,
  WIRE_BYTES = 2,
  WIRE_FIXED32 = 5,
} WireType;

typedef struct
{
  const guint8 *p;
  const guint8 *end;
} Cursor;

static gboolean
fail (PdgOtlpReader *reader, const char *what)
{
  if (reader->error == NULL)
    g_set_error (&reader->error, PDG_CODEC_ERROR, PDG_CODEC_ERROR_SYNTAX, "not this message in protobuf: %s", what);
  return FALSE;
}

static gboolean
read_varint (Cursor *cursor, guint64 *value)
{
  *value = 0;
  for (guint shift = 0; shift < 70 && cursor->p < cursor->end; shift += 7)
    {
      guint8 byte = *cursor->p++;

      if (shift < 64)
        *value |= (guint64) (byte & 0x7F) << shift;
      if ((byte & 0x80) == 0)
        return TRUE;
    }
  return FALSE;
}

static gboolean
read_fixed (Cursor *cursor, gsize size, guint64 *value)
{
  *value = 0;
  if ((gsize) (cursor->end - cursor->p) < size)
    return FALSE;
  for (gsize i = size; i > 0; i--)
    *value = *value << 8 | cursor->p[i - 1];
  cursor->p += size;
  return TRUE;
}

static gboolean
read_bytes (Cursor *cursor, Cursor *inside)
{
  guint64 len;

  if (!read_varint (cursor, &len) || len > (guint64) (cursor->end - cursor->p))
    return FALSE;
  inside->p = cursor->p;
  cursor->p += len;
  inside->end = cursor->p;
  return TRUE;
}

/* One field's content: a number, or the bytes of the rest. */
static gboolean
read_content (Cursor *cursor, guint wire, guint64 *number, Cursor *inside)
{
  switch (wire)
    {
    case WIRE_VARINT:
      return read_varint (cursor, number);
    case WIRE_FIXED64:
      return read_fixed (cursor, 8, number);
    case WIRE_FIXED32:
      return read_fixed (cursor, 4, number);
    case WIRE_BYTES:
      return read_bytes (cursor, inside);
    default:
      return FALSE; /* groups, which nobody writes any more */
    }
}

static const PdgOtlpField *
find_field (const PdgOtlpMessage *message, guint64 number, guint wire)
{
  static const guint8 wires[] = {
    [PDG_OTLP_FIELD_STRING] = WIRE_BYTES,     [PDG_OTLP_FIELD_BYTES] = WIRE_BYTES,     [PDG_OTLP_FIELD_ID] = WIRE_BYTES,
    [PDG_OTLP_FIELD_VARINT] = WIRE_VARINT,    [PDG_OTLP_FIELD_FIXED64] = WIRE_FIXED64, [PDG_OTLP_FIELD_FIXED32] = WIRE_FIXED32,
    [PDG_OTLP_FIELD_DOUBLE] = WIRE_FIXED64,   [PDG_OTLP_FIELD_MESSAGE] = WIRE_BYTES,   [PDG_OTLP_FIELD_REPEATED] = WIRE_BYTES,
  };

  for (guint i = 0; i < message->n_fields; i++)
    if (message->fields[i].number == number)
      return wires[message->fields[i].kind] == wire ? &message->fields[i] : NULL;
  return NULL;
}

static gboolean read_message (PdgOtlpReader *reader, Cursor cursor, const PdgOtlpMessage *message, gpointer out, guint depth);

static gboolean
take_field (PdgOtlpReader *reader, const PdgOtlpField *field, guint64 number, Cursor inside, gpointer out, guint depth)
{
  gpointer at = (char *) out + field->offset, item;

  if (field->value_is != PDG_OTLP_NULL)
    pdg_otlp_value_become (out, field->value_is);
  switch ((PdgOtlpFieldKind) field->kind)
    {
    case PDG_OTLP_FIELD_VARINT:
    case PDG_OTLP_FIELD_FIXED64:
    case PDG_OTLP_FIELD_FIXED32:
      *(gint64 *) at = (gint64) number;
      return TRUE;
    case PDG_OTLP_FIELD_DOUBLE:
      memcpy (at, &number, sizeof number);
      return TRUE;
    case PDG_OTLP_FIELD_STRING:
    case PDG_OTLP_FIELD_BYTES:
    case PDG_OTLP_FIELD_ID:
      *(PdgSlice *) at = (PdgSlice) { (const char *) inside.p, (guint32) (inside.end - inside.p) };
      return TRUE;
    case PDG_OTLP_FIELD_MESSAGE:
      return read_message (reader, inside, field->message, at, depth);
    case PDG_OTLP_FIELD_REPEATED:
      item = pdg_otlp_reader_append (reader, at, field->message);
      return item != NULL && read_message (reader, inside, field->message, item, depth);
    }
  g_assert_not_reached ();
}

static gboolean
read_message (PdgOtlpReader *reader, Cursor cursor, const PdgOtlpMessage *message, gpointer out, guint depth)
{
  if (message->is_value && ++depth > reader->max_depth)
    return TRUE;
  while (cursor.p < cursor.end)
    {
      guint64 tag, number = 0;
      Cursor inside = { NULL, NULL };
      const PdgOtlpField *field;

      if (!read_varint (&cursor, &tag) || tag >> 3 == 0)
        return fail (reader, "a field's number is damaged");
      if (!read_content (&cursor, tag & 7, &number, &inside))
        return fail (reader, "a field is cut off, or of a type that is not used");
      field = find_field (message, tag >> 3, tag & 7);
      if (field != NULL && !take_field (reader, field, number, inside, out, depth))
        return FALSE;
    }
  return TRUE;
}

gboolean
pdg_otlp_read_proto (PdgOtlpReader *reader, gconstpointer data, gsize size, const PdgOtlpMessage *message, gpointer request)
{
  Cursor cursor = { data, (const guint8 *) data + size };

  return read_message (reader, cursor, message, request, 0);
}
