#include "config.h"
#include "demo-fixture.h"

#include "base/pdg-time.h"

typedef struct
{
  GHashTable *ids;
  GHashTable *sequences; /* session to its last sequence */
  gint64 last_usec;
  guint64 n_events;
} Seen;

static Seen *
seen_new (void)
{
  Seen *seen = g_new0 (Seen, 1);

  seen->ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  seen->sequences = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return seen;
}

static void
seen_free (Seen *seen)
{
  g_hash_table_unref (seen->ids);
  g_hash_table_unref (seen->sequences);
  g_free (seen);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Seen, seen_free)

/* Takes everything that is due at @now and checks it. Returns how many events that were. */
static guint
take_due (PdgDemoLive *live, gint64 now, gint64 earliest, Seen *seen)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  guint total = 0, n;
  GBytes *body;

  while ((body = pdg_demo_live_next (live, now, &n)) != NULL)
    {
      JsonArray *events = demo_parse_events (parser, body, n);

      g_assert_cmpuint (n, <=, PDG_DEMO_MAX_BATCH);
      for (guint i = 0; i < n; i++)
        {
          JsonObject *event = json_array_get_object_element (events, i);
          const char *session = demo_get_text (event, "session.id"), *timestamp = demo_get_text (event, "event.timestamp");
          int sequence = (int) json_object_get_int_member (event, "event.sequence");
          gint64 usec;

          g_assert_true (g_hash_table_add (seen->ids, g_strdup (demo_get_text (event, "event_id"))));
          g_assert_cmpint (sequence, ==, GPOINTER_TO_INT (g_hash_table_lookup (seen->sequences, session)) + 1);
          g_hash_table_insert (seen->sequences, g_strdup (session), GINT_TO_POINTER (sequence));
          g_assert_true (pdg_time_parse_rfc3339 (timestamp, strlen (timestamp), &usec));
          g_assert_cmpint (usec, >=, seen->last_usec);
          g_assert_cmpint (usec, >=, earliest / 1000 * 1000);
          g_assert_cmpint (usec, <=, now);
          seen->last_usec = usec;
        }
      total += n;
      g_bytes_unref (body);
    }
  g_assert_cmpuint (n, ==, 0);
  seen->n_events += total;
  return total;
}

static void
test_rate (gconstpointer data)
{
  double rate = GPOINTER_TO_UINT (data);
  PdgDemoOptions options = { .seed = 9, .events_per_second = rate };
  g_autoptr (PdgDemoLive) live = pdg_demo_live_new (&options);
  g_autoptr (Seen) seen = seen_new ();
  gint64 now = DEMO_END_USEC;

  g_assert_cmpuint (take_due (live, now, now, seen), ==, 0);
  for (int i = 1; i <= 300; i++) /* half a minute in steps of 100 ms */
    {
      take_due (live, now + 100000, now, seen);
      now += 100000;
      g_assert_cmpfloat (ABS ((double) seen->n_events - rate * i / 10), <=, 1.0);
    }
  if (rate >= 100)
    g_assert_cmpuint (g_hash_table_size (seen->sequences), >, (guint) rate / 2); /* many sessions, interleaved */
}

/* After the machine slept, there is no flood: five seconds' worth, then the usual rate. */
static void
test_pause (void)
{
  PdgDemoOptions options = { .seed = 9, .events_per_second = 40 };
  g_autoptr (PdgDemoLive) live = pdg_demo_live_new (&options);
  g_autoptr (Seen) seen = seen_new ();
  gint64 now = DEMO_END_USEC, day = PDG_USEC_PER_DAY;
  guint n;

  take_due (live, now, now, seen);
  g_assert_cmpuint (take_due (live, now + PDG_USEC_PER_SEC, now, seen), ==, 40);
  now += PDG_USEC_PER_SEC + day;
  n = take_due (live, now, now - 5 * PDG_USEC_PER_SEC, seen);
  g_assert_cmpuint (n, >=, 200);
  g_assert_cmpuint (n, <=, 201);
  n = take_due (live, now + PDG_USEC_PER_SEC, now, seen);
  g_assert_cmpuint (n, >=, 39);
  g_assert_cmpuint (n, <=, 40);
}

/* A clock that was set back makes the stream wait, never repeat itself. */
static void
test_clock_set_back (void)
{
  PdgDemoOptions options = { .seed = 9, .events_per_second = 40 };
  g_autoptr (PdgDemoLive) live = pdg_demo_live_new (&options);
  g_autoptr (Seen) seen = seen_new ();

  take_due (live, DEMO_END_USEC, 0, seen);
  take_due (live, DEMO_END_USEC + PDG_USEC_PER_SEC, 0, seen);
  g_assert_cmpuint (take_due (live, DEMO_END_USEC - PDG_USEC_PER_DAY, 0, seen), ==, 0);
  g_assert_cmpuint (take_due (live, DEMO_END_USEC + 2 * PDG_USEC_PER_SEC, 0, seen), ==, 40);
}

/* Two streams of the same seed that begin at different times never meet. */
static void
test_restart (void)
{
  PdgDemoOptions options = { .seed = 9, .events_per_second = 200 };
  g_autoptr (Seen) seen = seen_new ();

  for (int i = 0; i < 2; i++)
    {
      g_autoptr (PdgDemoLive) live = pdg_demo_live_new (&options);
      gint64 start = DEMO_END_USEC + i * 60 * PDG_USEC_PER_SEC;

      take_due (live, start, start, seen);
      g_assert_cmpuint (take_due (live, start + 4 * PDG_USEC_PER_SEC, start, seen), ==, 800);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/demo/live/rate/3", GUINT_TO_POINTER (3), test_rate);
  g_test_add_data_func ("/demo/live/rate/100", GUINT_TO_POINTER (100), test_rate);
  g_test_add_data_func ("/demo/live/rate/2500", GUINT_TO_POINTER (2500), test_rate);
  g_test_add_func ("/demo/live/pause-is-not-made-up-for", test_pause);
  g_test_add_func ("/demo/live/clock-set-back", test_clock_set_back);
  g_test_add_func ("/demo/live/restart-repeats-nothing", test_restart);
  return g_test_run ();
}
