#include "config.h"
#include "codec/pdg-otlp.h"

#include "codec/pdg-json-text.h"

#include <string.h>

/* Answers are a few fields long, so they are written by hand. */

static void
append_varint (GByteArray *out, guint64 value)
{
  guint8 byte;

  do
    {
      byte = (guint8) (value & 0x7F) | (value > 0x7F ? 0x80 : 0);
      g_byte_array_append (out, &byte, 1);
      value >>= 7;
    }
  while (value != 0);
}

static void
append_bytes_field (GByteArray *out, guint number, const void *data, gsize len)
{
  append_varint (out, number << 3 | 2);
  append_varint (out, len);
  g_byte_array_append (out, data, (guint) len);
}

/* How many records have an issue: one record may have become several events. */
static guint
count_records (const PdgEventIssue *issues, guint n_issues)
{
  guint n = 0;

  for (guint i = 0; i < n_issues; i++)
    n += i == 0 || issues[i].index != issues[i - 1].index;
  return n;
}

GBytes *
pdg_otlp_write_result (PdgOtlpSignal signal, PdgOtlpEncoding encoding, const PdgEventIssue *issues, guint n_issues)
{
  guint n_rejected = count_records (issues, n_issues);
  g_autofree char *message = n_rejected > 0 ? g_strdup_printf ("record %u: %s", issues[0].index, issues[0].error) : NULL;
  g_autoptr (GByteArray) inside = g_byte_array_new ();
  g_autoptr (GByteArray) out = g_byte_array_new ();
  GString *json = g_string_new ("{");

  if (encoding == PDG_OTLP_JSON)
    {
      if (n_rejected > 0)
        {
          g_string_append_printf (json, "\"partialSuccess\":{\"%s\":\"%u\",\"errorMessage\":",
                                  signal == PDG_OTLP_LOGS ? "rejectedLogRecords" : "rejectedSpans", n_rejected);
          pdg_json_append_string (json, message);
          g_string_append_c (json, '}');
        }
      g_string_append_c (json, '}');
      return g_string_free_to_bytes (json);
    }
  g_string_free (json, TRUE);
  if (n_rejected > 0)
    {
      append_varint (inside, 1 << 3);
      append_varint (inside, n_rejected);
      append_bytes_field (inside, 2, message, strlen (message));
      append_bytes_field (out, 1, inside->data, inside->len);
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&out));
}

GBytes *
pdg_otlp_write_status (PdgOtlpEncoding encoding, const char *message)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();
  GString *json;

  if (encoding == PDG_OTLP_PROTOBUF)
    {
      append_bytes_field (out, 2, message, strlen (message));
      return g_byte_array_free_to_bytes (g_steal_pointer (&out));
    }
  json = g_string_new ("{\"message\":");
  pdg_json_append_string (json, message);
  g_string_append_c (json, '}');
  return g_string_free_to_bytes (json);
}
