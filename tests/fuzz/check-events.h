#pragma once

#include "codec/pdg-event-json.h"

#include <string.h>

/* What every reader of events promises of a batch (pdg-event.h), for the fuzz targets. */

#define RECEIVED_USEC G_GINT64_CONSTANT (1795343400000000)

static inline void
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
static inline void
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

static inline void
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

/* The batch of a reader whose records may become several events, or none: all of them well-formed, in order. */
static inline void
check_batch (PdgEventBatch *batch, const GError *error)
{
  guint n_events, n_issues;
  const PdgEvent *events;
  const PdgEventIssue *issues;

  g_assert_true ((batch == NULL) == (error != NULL));
  if (batch == NULL)
    {
      g_assert_true (error->domain == PDG_CODEC_ERROR && g_utf8_validate (error->message, -1, NULL));
      return;
    }
  events = pdg_event_batch_get_events (batch, &n_events);
  issues = pdg_event_batch_get_issues (batch, &n_issues);
  for (guint i = 0; i < n_events; i++)
    {
      g_assert_true (i == 0 || events[i - 1].index <= events[i].index);
      check_event (&events[i]);
    }
  for (guint i = 0; i < n_issues; i++)
    g_assert_true ((i == 0 || issues[i - 1].index <= issues[i].index) && g_utf8_validate (issues[i].error, -1, NULL));
}
