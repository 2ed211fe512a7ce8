#include "config.h"
#include "codec/pdg-dialect.h"

#include "check-events.h"

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* The other dialects in JSON; the first byte chooses. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (PdgClientNeeds) needs = pdg_client_needs_new ();
  PdgDialectContext context = { .project = "p", .needs = needs, .host = "h", .received_usec = RECEIVED_USEC, .limits = PDG_EVENT_JSON_LIMITS_DEFAULT };
  g_autoptr (GBytes) body = g_bytes_new_static (data + (size > 0), size - (size > 0));
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgEventBatch) batch = NULL;

  switch (size > 0 ? (data[0] - '0') % 6 : 0)
    {
    case 1:
      batch = pdg_segment_read (body, "page", &context, &error);
      break;
    case 2:
      batch = pdg_mixpanel_read (body, PDG_MIXPANEL_TRACK, &context, &error);
      break;
    case 3:
      batch = pdg_mixpanel_read (body, PDG_MIXPANEL_ENGAGE, &context, &error);
      break;
    case 4:
      batch = pdg_amplitude_read (body, &context, &error);
      break;
    default:
      batch = pdg_segment_read (body, NULL, &context, &error);
      break;
    }
  check_batch (batch, error);
  return 0;
}
