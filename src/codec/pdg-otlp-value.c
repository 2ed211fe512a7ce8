#include "config.h"
#include "codec/pdg-otlp-model.h"

#include "base/pdg-decimal.h"
#include "codec/pdg-json-text.h"

#include <math.h>

/* What JSON has no number for is a string. */
static void
append_double (GString *json, double value)
{
  char text[PDG_DECIMAL_BYTES];

  if (!isfinite (value))
    {
      g_string_append (json, isnan (value) ? "\"NaN\"" : value > 0 ? "\"Infinity\"" : "\"-Infinity\"");
      return;
    }
  g_string_append (json, pdg_decimal_format (value, text));
}

void
pdg_otlp_append_text (GString *json, PdgSlice text)
{
  g_autofree char *valid = g_utf8_make_valid (text.data != NULL ? text.data : "", (gssize) text.len);

  pdg_json_append_string (json, valid);
}

void
pdg_otlp_append_value (GString *json, const PdgOtlpValue *value)
{
  g_autofree char *base64 = NULL;

  switch ((PdgOtlpValueKind) value->kind)
    {
    case PDG_OTLP_NULL:
      g_string_append (json, "null");
      break;
    case PDG_OTLP_STRING:
      pdg_otlp_append_text (json, value->text);
      break;
    case PDG_OTLP_BOOL:
      g_string_append (json, value->integer != 0 ? "true" : "false");
      break;
    case PDG_OTLP_INT:
      g_string_append_printf (json, "%" G_GINT64_FORMAT, value->integer);
      break;
    case PDG_OTLP_DOUBLE:
      append_double (json, value->number);
      break;
    case PDG_OTLP_BYTES:
      base64 = g_base64_encode ((const guchar *) (value->text.data != NULL ? value->text.data : ""), value->text.len);
      g_string_append_printf (json, "\"%s\"", base64);
      break;
    case PDG_OTLP_ARRAY:
      g_string_append_c (json, '[');
      for (const PdgOtlpValue *item = value->items.first; item != NULL; item = item->next)
        {
          if (item != value->items.first)
            g_string_append_c (json, ',');
          pdg_otlp_append_value (json, item);
        }
      g_string_append_c (json, ']');
      break;
    case PDG_OTLP_MAP:
      g_string_append_c (json, '{');
      for (const PdgOtlpAttribute *item = value->items.first; item != NULL; item = item->next)
        {
          if (item != value->items.first)
            g_string_append_c (json, ',');
          pdg_otlp_append_text (json, item->key);
          g_string_append_c (json, ':');
          pdg_otlp_append_value (json, &item->value);
        }
      g_string_append_c (json, '}');
      break;
    }
}

void
pdg_otlp_append_member (GString *json, const char *name, PdgSlice text)
{
  if (text.len == 0)
    return;
  g_string_append_printf (json, ",\"%s\":", name);
  pdg_otlp_append_text (json, text);
}

void
pdg_otlp_append_number (GString *json, const char *name, gint64 number)
{
  if (number != 0)
    g_string_append_printf (json, ",\"%s\":%" G_GINT64_FORMAT, name, number);
}

void
pdg_otlp_append_id (GString *json, const char *name, PdgSlice id)
{
  if (id.len == 0)
    return;
  g_string_append_printf (json, ",\"%s\":\"", name);
  for (guint32 i = 0; i < id.len; i++)
    g_string_append_printf (json, "%02x", (guchar) id.data[i]);
  g_string_append_c (json, '"');
}

void
pdg_otlp_append_attributes (GString *json, const char *name, const PdgOtlpList *attributes)
{
  PdgOtlpValue map = { .kind = PDG_OTLP_MAP, .items = *attributes };

  if (attributes->n == 0)
    return;
  g_string_append_printf (json, ",\"%s\":", name);
  pdg_otlp_append_value (json, &map);
}
