#include "config.h"
#include "codec/pdg-replay.h"

#include "codec/pdg-body.h"
#include "codec/pdg-json-check.h"
#include "codec/pdg-json-read.h"
#include "codec/pdg-json-text.h"

#include <gio/gio.h>
#include <string.h>

#define PACKED_BY "2024-10"
#define PIECE_BYTES (32 * 1024)
#define REPLACEMENT 0xFFFD

GBytes *
pdg_replay_pack (GBytes *bytes)
{
  g_autoptr (GConverter) compressor = G_CONVERTER (g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, -1));
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autofree guint8 *piece = g_malloc (PIECE_BYTES);
  GConverterResult result = G_CONVERTER_CONVERTED;
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  while (result != G_CONVERTER_FINISHED)
    {
      gsize n_read = 0, n_written = 0;

      result = g_converter_convert (compressor, data, size, piece, PIECE_BYTES, G_CONVERTER_INPUT_AT_END, &n_read, &n_written, NULL);
      g_assert (result != G_CONVERTER_ERROR);
      data += n_read;
      size -= n_read;
      g_byte_array_append (out, piece, (guint) n_written);
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&out));
}

/* The bytes that a string has as its characters U+0000 to U+00FF; NULL when it has others. Unescaping makes U+FFFD of U+0000. */
static GBytes *
read_characters (const PdgJsonSpan *string)
{
  g_autofree char *text = g_malloc (string->len);
  g_autofree guint8 *bytes = g_malloc (string->len);
  const char *end = text + pdg_json_unescape (string, text);
  gsize n = 0;

  for (const char *p = text; p < end; p = g_utf8_next_char (p))
    {
      gunichar character = g_utf8_get_char (p);

      if (character > 0xFF && character != REPLACEMENT)
        return NULL;
      bytes[n++] = character == REPLACEMENT ? 0 : (guint8) character;
    }
  return g_bytes_new_take (g_steal_pointer (&bytes), n);
}

/* Appends a value, unpacked when it is gzip in a string; FALSE when that cannot be undone. */
static gboolean
append_part (GString *json, const PdgJsonSpan *value, gsize max_bytes)
{
  PdgBodyHints hints = { .max_bytes = max_bytes - MIN (json->len, max_bytes) };
  g_autoptr (GBytes) bytes = NULL, part = NULL;
  const char *text;
  gsize len;

  if (value->kind != PDG_JSON_STRING)
    {
      g_string_append_len (json, value->text, (gssize) value->len);
      return TRUE;
    }
  bytes = read_characters (value);
  part = bytes != NULL ? pdg_body_decode (bytes, &hints, NULL) : NULL;
  if (part == NULL || part == bytes)
    return FALSE;
  text = g_bytes_get_data (part, &len);
  if (!pdg_json_is_valid (text, len))
    return FALSE;
  g_string_append_len (json, text, (gssize) len);
  return TRUE;
}

static gboolean
is_part (const PdgJsonSpan *name)
{
  static const char *const parts[] = { "texts", "attributes", "removes", "adds" };

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    if (pdg_json_is (name, parts[i]))
      return TRUE;
  return FALSE;
}

static void
append_name (GString *json, const PdgJsonSpan *name, gboolean *first)
{
  g_string_append_c (json, *first ? '{' : ',');
  g_string_append_len (json, name->text, (gssize) name->len);
  g_string_append_c (json, ':');
  *first = FALSE;
}

/* The data of a mutation: an object, some of whose members are packed. */
static gboolean
append_data (GString *json, const PdgJsonSpan *data, gsize max_bytes)
{
  g_auto (PdgJsonIter) iter = { 0 };
  PdgJsonMember member;
  gboolean first = TRUE;

  if (data->kind != PDG_JSON_OBJECT)
    return append_part (json, data, max_bytes);
  pdg_json_iter_init (&iter, data, 0, G_MAXUINT);
  while (pdg_json_iter_next (&iter, &member))
    {
      append_name (json, &member.key, &first);
      if (!is_part (&member.key))
        g_string_append_len (json, member.value.text, (gssize) member.value.len);
      else if (!append_part (json, &member.value, max_bytes))
        return FALSE;
    }
  g_string_append (json, first ? "{}" : "}");
  return TRUE;
}

/* The event without "cv" and with its data unpacked; FALSE when that cannot be done. */
static gboolean
append_unpacked (GString *json, const PdgJsonSpan *event, gsize max_bytes)
{
  g_auto (PdgJsonIter) iter = { 0 };
  PdgJsonMember member;
  gboolean first = TRUE;

  pdg_json_iter_init (&iter, event, 0, G_MAXUINT);
  while (pdg_json_iter_next (&iter, &member))
    {
      if (pdg_json_is (&member.key, "cv"))
        continue;
      append_name (json, &member.key, &first);
      if (!pdg_json_is (&member.key, "data"))
        g_string_append_len (json, member.value.text, (gssize) member.value.len);
      else if (!append_data (json, &member.value, max_bytes))
        return FALSE;
    }
  g_string_append (json, first ? "{}" : "}");
  return TRUE;
}

static void
append_event (GString *json, const PdgJsonSpan *event, gsize max_bytes)
{
  gsize before = json->len;
  PdgJsonSpan version;

  if (event->kind == PDG_JSON_OBJECT && pdg_json_get (event, "cv", &version) && pdg_json_is (&version, PACKED_BY)
      && append_unpacked (json, event, max_bytes))
    return;
  g_string_truncate (json, before);
  g_string_append_len (json, event->text, (gssize) event->len);
}

GBytes *
pdg_replay_unpack (GBytes *packed, gsize max_bytes, GError **error)
{
  PdgBodyHints hints = { .max_bytes = max_bytes };
  g_autoptr (GBytes) bytes = pdg_body_decode (packed, &hints, error);
  g_autoptr (GString) json = NULL;
  g_auto (PdgJsonIter) iter = { 0 };
  PdgJsonMember element;
  PdgJsonSpan root;
  gconstpointer data;
  gsize size;

  if (bytes == NULL)
    return NULL;
  data = g_bytes_get_data (bytes, &size);
  if (!pdg_json_check (data, size, &root, error))
    return NULL;
  if (root.kind != PDG_JSON_ARRAY)
    {
      g_set_error_literal (error, PDG_CODEC_ERROR, PDG_CODEC_ERROR_ENVELOPE, "a recording is an array of events");
      return NULL;
    }
  json = g_string_new ("[");
  pdg_json_iter_init (&iter, &root, 0, G_MAXUINT);
  while (pdg_json_iter_next (&iter, &element))
    {
      if (json->len > 1)
        g_string_append_c (json, ',');
      append_event (json, &element.value, max_bytes);
      if (json->len >= max_bytes)
        {
          g_set_error (error, PDG_CODEC_ERROR, PDG_CODEC_ERROR_TOO_LARGE, "the recording is larger than %" G_GSIZE_FORMAT " KB when it is unpacked",
                       max_bytes / 1024);
          return NULL;
        }
    }
  g_string_append_c (json, ']');
  return g_string_free_to_bytes (g_steal_pointer (&json));
}
