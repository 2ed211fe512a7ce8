#include "config.h"
#include "base/pdg-decimal.h"

const char *
pdg_decimal_format (double value, char text[PDG_DECIMAL_BYTES])
{
  static const char *const formats[] = { "%.15g", "%.16g", "%.17g" };

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_ascii_formatd (text, PDG_DECIMAL_BYTES, formats[i], value);
      if (g_ascii_strtod (text, NULL) == value)
        break;
    }
  return text;
}
