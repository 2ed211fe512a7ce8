#include "config.h"
#include "codec/pdg-dialect.h"
#include "codec/pdg-json-check.h"

#include "check-events.h"

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* What posthog clients send, and where a key stands in it. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (PdgClientNeeds) needs = pdg_client_needs_new ();
  PdgDialectContext context = { .project = "p", .needs = needs, .host = "h", .received_usec = RECEIVED_USEC, .limits = PDG_EVENT_JSON_LIMITS_DEFAULT };
  g_autoptr (GBytes) body = g_bytes_new_static (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgEventBatch) batch = pdg_posthog_read (body, &context, &error);
  g_autofree char *key = pdg_dialect_dup_key (body);

  check_batch (batch, error);
  for (guint i = 0; i < needs->replays->len; i++)
    {
      const PdgReplayChunk *chunk = needs->replays->pdata[i];

      g_assert_cmpint (chunk->started_usec, <=, chunk->ended_usec);
      g_assert_true (g_utf8_validate (chunk->session_id, -1, NULL) && g_bytes_get_size (chunk->bytes) >= 2);
    }
  if (batch != NULL)
    {
      guint n_issues;
      const PdgEventIssue *issues = pdg_event_batch_get_issues (batch, &n_issues);
      g_autoptr (GBytes) verdicts = pdg_posthog_write_verdicts (body, issues, n_issues);

      g_assert_true (pdg_json_is_valid (g_bytes_get_data (verdicts, NULL), g_bytes_get_size (verdicts)));
    }
  g_assert_true (key == NULL || g_utf8_validate (key, -1, NULL));
  return 0;
}
