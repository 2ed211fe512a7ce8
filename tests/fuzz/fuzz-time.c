#include "config.h"
#include "base/pdg-time.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* What is read as a time is written as a time, and that text stands for itself from then on (the ends of the calendar are clamped). */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  char text[PDG_RFC3339_BYTES], second[PDG_RFC3339_BYTES];
  gint64 usec, again;

  if (pdg_time_parse_rfc3339 ((const char *) data, size, &usec))
    {
      pdg_time_format_rfc3339 (usec, text);
      g_assert_true (pdg_time_parse_rfc3339 (text, strlen (text), &again));
      pdg_time_format_rfc3339 (again, second);
      g_assert_cmpstr (text, ==, second);
    }
  return 0;
}
