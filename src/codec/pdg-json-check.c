#include "config.h"
#include "codec/pdg-json-check.h"

#include "codec/pdg-json-scan.h"

gboolean
pdg_json_is_valid (const char *text, gsize len)
{
  PdgJsonScan scan;
  PdgJsonSpan span;
  const guint8 *p;
  gboolean valid;

  pdg_json_scan_init (&scan, text, len, G_MAXUINT);
  p = pdg_json_skip_space (&scan, scan.begin);
  p = pdg_json_scan_value (&scan, p, 0, &span);
  valid = p != NULL && pdg_json_skip_space (&scan, p) == scan.end;
  pdg_json_scan_clear (&scan);
  return valid;
}
