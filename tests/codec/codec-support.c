#include "config.h"
#include "codec-support.h"

#include <string.h>

PdgEventBatch *
codec_parse (const char *body, gssize len, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (body, len < 0 ? strlen (body) : (gsize) len);

  return pdg_event_json_parse (bytes, RECEIVED_USEC, NULL, error);
}

PdgEventBatch *
codec_parse_members (const char *members)
{
  g_autofree char *body = g_strdup_printf ("{\"events\":[{" REQUIRED_MEMBERS "%s%s}]}", *members != '\0' ? "," : "", members);
  g_autoptr (GError) error = NULL;
  PdgEventBatch *batch = codec_parse (body, -1, &error);

  g_assert_no_error (error);
  return batch;
}

const PdgEvent *
codec_get_event (PdgEventBatch *batch)
{
  guint n_events, n_issues;
  const PdgEvent *events = pdg_event_batch_get_events (batch, &n_events);
  const PdgEventIssue *issues = pdg_event_batch_get_issues (batch, &n_issues);

  if (n_issues > 0)
    g_error ("refused: %s", issues[0].error);
  g_assert_cmpuint (n_events, ==, 1);
  return events;
}

const char *
codec_get_issue (PdgEventBatch *batch)
{
  guint n_events, n_issues;
  const PdgEventIssue *issues = pdg_event_batch_get_issues (batch, &n_issues);

  pdg_event_batch_get_events (batch, &n_events);
  g_assert_cmpuint (n_events, ==, 0);
  g_assert_cmpuint (n_issues, ==, 1);
  return issues[0].error;
}

void
codec_assert_slice (PdgSlice slice, const char *expected)
{
  g_autofree char *text = slice.data != NULL ? g_strndup (slice.data, slice.len) : NULL;

  g_assert_cmpstr (text, ==, expected);
  if (text != NULL)
    g_assert_cmpuint (strlen (text), ==, slice.len);
}
