#include "config.h"
#include "codec/pdg-event-json.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define RECEIVED_USEC G_GINT64_CONSTANT (1795343400000000)

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
check_slice (PdgSlice slice, gboolean required, gsize max_bytes)
{
  g_assert_true (slice.data != NULL || (slice.len == 0 && !required));
  if (slice.data != NULL)
    {
      g_assert_cmpuint (slice.len, >, 0);
      g_assert_cmpuint (slice.len, <=, max_bytes);
      g_assert_true (g_utf8_validate_len (slice.data, slice.len, NULL)); /* which refuses NUL as well */
    }
}

/* What is kept is JSON again, whose reading changes nothing more: nothing in it is left to be mended. */
static void
check_data (PdgSlice kept)
{
  static const char before[] = "{\"events\":[{\"event_id\":\"e\",\"project_id\":\"p\",\"session.id\":\"s\",\"event.type\":\"t\","
                               "\"event.timestamp\":\"2026-11-22T10:30:00Z\",\"metadata\":";
  PdgEventJsonLimits limits = PDG_EVENT_JSON_LIMITS_DEFAULT;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = NULL;
  g_autoptr (PdgEventBatch) batch = NULL;
  GString *text = g_string_new (before);
  const PdgEvent *event;
  guint n_events;

  g_string_append_len (text, kept.data, (gssize) kept.len);
  g_string_append (text, "}]}");
  body = g_string_free_to_bytes (text);
  limits.max_event_bytes *= 2;
  limits.max_depth += 2;
  batch = pdg_event_json_parse (body, RECEIVED_USEC, &limits, &error);
  g_assert_no_error (error);
  event = pdg_event_batch_get_events (batch, &n_events);
  g_assert_cmpuint (n_events, ==, 1);
  g_assert_cmpuint (event->data.len, ==, kept.len + strlen ("{\"metadata\":}"));
  g_assert_cmpmem (event->data.data + strlen ("{\"metadata\":"), kept.len, kept.data, kept.len);
}

static void
check_event (const PdgEvent *event)
{
  check_slice (event->event_id, TRUE, 512);
  check_slice (event->project, TRUE, 64);
  check_slice (event->session, TRUE, 256);
  check_slice (event->type, TRUE, 64);
  check_slice (event->name, FALSE, 256);
  check_slice (event->user, FALSE, 256);
  check_slice (event->anonymous, FALSE, 256);
  check_slice (event->page_path, FALSE, 2048);
  check_slice (event->page_title, FALSE, 1024);
  check_slice (event->component, FALSE, 256);
  check_slice (event->component_path, FALSE, 1024);
  check_slice (event->journey, FALSE, 256);
  check_slice (event->step, FALSE, 256);
  check_slice (event->release, FALSE, 128);
  check_slice (event->data, FALSE, 2 * 100 * 1024);
  g_assert_cmpint (event->timestamp_usec, <=, RECEIVED_USEC + G_GINT64_CONSTANT (86400000000));
  if (event->data.data != NULL)
    check_data (event->data);
}

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
  answer = pdg_event_json_write_result (n_events, issues, n_issues, 0);
  g_assert_cmpuint (g_bytes_get_size (answer), >, 0);
  return 0;
}
