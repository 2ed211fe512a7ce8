#include "config.h"
#include "codec/pdg-dialect.h"

#include "check-events.h"

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* What posthog clients send, and where a key stands in it. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  PdgDialectContext context = { .project = "p", .client = "c", .host = "h", .received_usec = RECEIVED_USEC, .limits = PDG_EVENT_JSON_LIMITS_DEFAULT };
  g_autoptr (GBytes) body = g_bytes_new_static (data, size);
  g_autoptr (GError) error = NULL;
  guint n_unsupported;
  g_autoptr (PdgEventBatch) batch = pdg_posthog_read (body, &context, &n_unsupported, &error);
  g_autofree char *key = pdg_dialect_dup_key (body);

  check_batch (batch, error);
  g_assert_true (key == NULL || g_utf8_validate (key, -1, NULL));
  return 0;
}
