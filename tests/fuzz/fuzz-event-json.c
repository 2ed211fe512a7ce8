#include "config.h"
#include "check-events.h"

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* What is read keeps every promise of pdg-event.h; a request adds up; an answer can be written. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) body = g_bytes_new_static (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgEventBatch) batch = pdg_event_json_parse (body, RECEIVED_USEC, NULL, &error);
  g_autoptr (GBytes) answer = NULL;
  const PdgEvent *events;
  const PdgEventIssue *issues;
  guint n_events, n_issues, event = 0, issue = 0;

  g_assert_true ((batch == NULL) == (error != NULL));
  if (batch == NULL)
    {
      g_assert_true (error->domain == PDG_CODEC_ERROR && g_utf8_validate (error->message, -1, NULL));
      return 0;
    }
  events = pdg_event_batch_get_events (batch, &n_events);
  issues = pdg_event_batch_get_issues (batch, &n_issues);
  for (guint i = 0; i < n_events + n_issues; i++)
    {
      if (event < n_events && events[event].index == i)
        check_event (&events[event++]);
      else
        g_assert_true (issue < n_issues && issues[issue++].index == i);
    }
  answer = pdg_event_json_write_result (n_events, issues, n_issues, (PdgEventJsonParts) { 0 });
  g_assert_cmpuint (g_bytes_get_size (answer), >, 0);
  return 0;
}
