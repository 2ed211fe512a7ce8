#include "config.h"

#include "model/pdg-event.h"

#include <string.h>

static void
test_build (void)
{
  static const char text[] = "the request's body";
  GBytes *body = g_bytes_new (text, sizeof text - 1);
  PdgEventBatch *batch = pdg_event_batch_new (body, 42), *second;
  const PdgEvent *events;
  const PdgEventIssue *issues;
  guint n;

  for (guint32 i = 0; i < 1000; i++)
    {
      PdgEvent *event = pdg_event_batch_add (batch);
      char *name = pdg_event_batch_alloc (batch, 16);

      g_assert_null (event->event_id.data);
      g_assert_cmpint (event->sequence, ==, PDG_SEQUENCE_NONE);
      event->index = i;
      event->event_id = (PdgSlice) { g_bytes_get_data (body, NULL), 3 };
      event->name = (PdgSlice) { name, (guint32) g_snprintf (name, 16, "event %u", i) };
      if (i % 3 == 2)
        {
          pdg_event_batch_drop_last (batch);
          pdg_event_batch_take_issue (batch, i, g_strdup_printf ("event_id: %u", i));
        }
    }
  g_bytes_unref (body); /* the batch keeps it */
  second = pdg_event_batch_ref (batch);
  pdg_event_batch_unref (batch);

  g_assert_cmpint (pdg_event_batch_get_received_usec (second), ==, 42);
  events = pdg_event_batch_get_events (second, &n);
  g_assert_cmpuint (n, ==, 667);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *name = g_strdup_printf ("event %u", events[i].index);

      g_assert_cmpuint (events[i].index, ==, i / 2 * 3 + i % 2);
      g_assert_cmpmem (events[i].event_id.data, events[i].event_id.len, "the", 3);
      g_assert_cmpmem (events[i].name.data, events[i].name.len, name, strlen (name));
      g_assert_null (events[i].type.data);
    }
  issues = pdg_event_batch_get_issues (second, &n);
  g_assert_cmpuint (n, ==, 333);
  g_assert_cmpuint (issues[332].index, ==, 998);
  g_assert_cmpstr (issues[332].error, ==, "event_id: 998");
  pdg_event_batch_unref (second);
}

/* What a dropped event had must not shine through in the next. */
static void
test_drop_clears (void)
{
  g_autoptr (PdgEventBatch) batch = pdg_event_batch_new (NULL, 0);
  PdgEvent *event = pdg_event_batch_add (batch);
  guint n;

  event->page_title = PDG_SLICE_LITERAL ("left over");
  event->flags = PDG_EVENT_LATE;
  event->sequence = 5;
  pdg_event_batch_drop_last (batch);
  event = pdg_event_batch_add (batch);
  g_assert_null (event->page_title.data);
  g_assert_cmpuint (event->flags, ==, 0);
  g_assert_cmpint (event->sequence, ==, PDG_SEQUENCE_NONE);
  pdg_event_batch_get_events (batch, &n);
  g_assert_cmpuint (n, ==, 1);
}

static void
test_empty (void)
{
  g_autoptr (PdgEventBatch) batch = pdg_event_batch_new (NULL, 0);
  guint n = 5;

  pdg_event_batch_get_events (batch, &n);
  g_assert_cmpuint (n, ==, 0);
  n = 5;
  pdg_event_batch_get_issues (batch, &n);
  g_assert_cmpuint (n, ==, 0);
  pdg_event_batch_unref (NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/event/build", test_build);
  g_test_add_func ("/model/event/drop-clears", test_drop_clears);
  g_test_add_func ("/model/event/empty", test_empty);
  return g_test_run ();
}
