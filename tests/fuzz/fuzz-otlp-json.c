#include "config.h"
#include "codec/pdg-otlp.h"

#include "check-events.h"

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* Both signals from the same bytes. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (PdgClientNeeds) needs = pdg_client_needs_new ();
  PdgDialectContext context = { .project = "p", .needs = needs, .host = "h", .received_usec = RECEIVED_USEC, .limits = PDG_EVENT_JSON_LIMITS_DEFAULT };
  g_autoptr (GBytes) body = g_bytes_new_static (data, size);
  static const PdgOtlpSignal signals[] = { PDG_OTLP_LOGS, PDG_OTLP_TRACES };

  for (gsize i = 0; i < G_N_ELEMENTS (signals); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (PdgEventBatch) batch = pdg_otlp_read (body, signals[i], PDG_OTLP_JSON, &context, &error);

      check_batch (batch, error);
    }
  return 0;
}
