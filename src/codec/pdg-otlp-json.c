#include "config.h"
#include "codec/pdg-otlp-model.h"

#include "codec/pdg-codec-error.h"
#include "codec/pdg-json-read.h"
#include "codec/pdg-json-text.h"

#include <math.h>
#include <string.h>

/* OTLP's JSON (opentelemetry.io/docs/specs/otlp, "JSON Protobuf Encoding"), by the table of pdg-otlp-model.c. A member that the table
 * does not know, or that is of another type, is skipped. */

static gboolean read_message (PdgOtlpReader *reader, const PdgJsonSpan *object, const PdgOtlpMessage *message, gpointer out, guint depth);

static PdgSlice
take_string (PdgOtlpReader *reader, const PdgJsonSpan *span)
{
  char *text;

  if ((span->flags & PDG_JSON_ESCAPED) == 0)
    return (PdgSlice) { span->text + 1, span->len - 2 };
  text = pdg_arena_alloc (reader->arena, span->len);
  return (PdgSlice) { text, (guint32) pdg_json_unescape (span, text) };
}

/* Hexadecimal digits in either case, else nothing. */
static PdgSlice
take_id (PdgOtlpReader *reader, const PdgJsonSpan *span)
{
  PdgSlice text = take_string (reader, span);
  char *bytes = pdg_arena_alloc (reader->arena, text.len / 2 + 1);

  for (guint32 i = 0; i + 1 < text.len; i += 2)
    {
      if (!g_ascii_isxdigit (text.data[i]) || !g_ascii_isxdigit (text.data[i + 1]))
        return (PdgSlice) { NULL, 0 };
      bytes[i / 2] = (char) (g_ascii_xdigit_value (text.data[i]) << 4 | g_ascii_xdigit_value (text.data[i + 1]));
    }
  return (PdgSlice) { bytes, text.len / 2 };
}

static PdgSlice
take_bytes (PdgOtlpReader *reader, const PdgJsonSpan *span)
{
  PdgSlice text = take_string (reader, span);
  char *copy = pdg_arena_strndup (reader->arena, text.data, text.len);
  gsize len = 0;

  if (text.len > 0)
    g_base64_decode_inplace (copy, &len);
  return (PdgSlice) { copy, (guint32) len };
}

static gboolean
is_text_or_number (const PdgJsonSpan *span)
{
  return span->kind == PDG_JSON_STRING || span->kind == PDG_JSON_NUMBER;
}

/* 64-bit integers may be strings or numbers. */
static gint64
take_integer (const PdgJsonSpan *span)
{
  g_autofree char *text = NULL;
  char *end;
  gint64 value;
  double number;

  if (span->kind == PDG_JSON_TRUE || !is_text_or_number (span))
    return span->kind == PDG_JSON_TRUE;
  text = pdg_json_dup_text (span);
  if (text == NULL)
    return 0;
  value = *text == '-' ? g_ascii_strtoll (text, &end, 10) : (gint64) g_ascii_strtoull (text, &end, 10);
  if (*end == '\0')
    return value;
  number = g_ascii_strtod (text, NULL);
  return fabs (number) < 9e18 ? (gint64) number : 0;
}

static gboolean
take_double (const PdgJsonSpan *span, double *out)
{
  g_autofree char *text = is_text_or_number (span) ? pdg_json_dup_text (span) : NULL;
  char *end;

  if (text == NULL)
    return FALSE;
  *out = g_ascii_strtod (text, &end);
  return *end == '\0';
}

static gboolean
take_list (PdgOtlpReader *reader, const PdgOtlpField *field, const PdgJsonSpan *array, PdgOtlpList *list, guint depth)
{
  g_auto (PdgJsonIter) iter = { 0 };
  PdgJsonMember element;

  if (array->kind != PDG_JSON_ARRAY)
    return TRUE;
  pdg_json_iter_init (&iter, array, 0, G_MAXUINT);
  while (pdg_json_iter_next (&iter, &element))
    {
      gpointer item = pdg_otlp_reader_append (reader, list, field->message);

      if (item == NULL || !read_message (reader, &element.value, field->message, item, depth))
        return FALSE;
    }
  return TRUE;
}

/* Whether a member of this kind can be the field. */
static gboolean
fits (const PdgOtlpField *field, const PdgJsonSpan *span)
{
  double ignored;

  switch ((PdgOtlpFieldKind) field->kind)
    {
    case PDG_OTLP_FIELD_STRING:
    case PDG_OTLP_FIELD_BYTES:
    case PDG_OTLP_FIELD_ID:
      return span->kind == PDG_JSON_STRING;
    case PDG_OTLP_FIELD_VARINT:
    case PDG_OTLP_FIELD_FIXED64:
    case PDG_OTLP_FIELD_FIXED32:
      return is_text_or_number (span) || span->kind == PDG_JSON_TRUE || span->kind == PDG_JSON_FALSE;
    case PDG_OTLP_FIELD_DOUBLE:
      return take_double (span, &ignored);
    case PDG_OTLP_FIELD_MESSAGE:
      return span->kind == PDG_JSON_OBJECT;
    case PDG_OTLP_FIELD_REPEATED:
      return span->kind == PDG_JSON_ARRAY;
    }
  return FALSE;
}

static gboolean
take_field (PdgOtlpReader *reader, const PdgOtlpField *field, const PdgJsonSpan *span, gpointer out, guint depth)
{
  gpointer at = (char *) out + field->offset;

  if (!fits (field, span))
    return TRUE;
  if (field->value_is != PDG_OTLP_NULL)
    pdg_otlp_value_become (out, field->value_is);
  switch ((PdgOtlpFieldKind) field->kind)
    {
    case PDG_OTLP_FIELD_STRING:
      *(PdgSlice *) at = take_string (reader, span);
      return TRUE;
    case PDG_OTLP_FIELD_BYTES:
      *(PdgSlice *) at = take_bytes (reader, span);
      return TRUE;
    case PDG_OTLP_FIELD_ID:
      *(PdgSlice *) at = take_id (reader, span);
      return TRUE;
    case PDG_OTLP_FIELD_VARINT:
    case PDG_OTLP_FIELD_FIXED64:
    case PDG_OTLP_FIELD_FIXED32:
      *(gint64 *) at = take_integer (span);
      return TRUE;
    case PDG_OTLP_FIELD_DOUBLE:
      return take_double (span, at);
    case PDG_OTLP_FIELD_MESSAGE:
      return read_message (reader, span, field->message, at, depth);
    case PDG_OTLP_FIELD_REPEATED:
      return take_list (reader, field, span, at, depth);
    }
  g_assert_not_reached ();
}

static gboolean
read_message (PdgOtlpReader *reader, const PdgJsonSpan *object, const PdgOtlpMessage *message, gpointer out, guint depth)
{
  g_auto (PdgJsonIter) iter = { 0 };
  PdgJsonMember member;

  if (object->kind != PDG_JSON_OBJECT || (message->is_value && ++depth > reader->max_depth))
    return TRUE;
  pdg_json_iter_init (&iter, object, 0, G_MAXUINT);
  while (pdg_json_iter_next (&iter, &member))
    for (guint i = 0; i < message->n_fields; i++)
      if (pdg_json_is (&member.key, message->fields[i].name))
        {
          if (!take_field (reader, &message->fields[i], &member.value, out, depth))
            return FALSE;
          break;
        }
  return TRUE;
}

gboolean
pdg_otlp_read_json (PdgOtlpReader *reader, gconstpointer data, gsize size, const PdgOtlpMessage *message, gpointer request)
{
  PdgJsonSpan root, list;

  if (!pdg_json_check (data, size, &root, &reader->error))
    return FALSE;
  if (root.kind != PDG_JSON_OBJECT)
    g_set_error_literal (&reader->error, PDG_CODEC_ERROR, PDG_CODEC_ERROR_ENVELOPE, "the body must be an object");
  else if (pdg_json_get (&root, message->fields[0].name, &list) && list.kind != PDG_JSON_ARRAY)
    g_set_error (&reader->error, PDG_CODEC_ERROR, PDG_CODEC_ERROR_ENVELOPE, "%s: must be an array", message->fields[0].name);
  return reader->error == NULL && read_message (reader, &root, message, request, 0);
}
