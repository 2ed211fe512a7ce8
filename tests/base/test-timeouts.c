#include "config.h"

#include "base/pdg-timeouts.h"

#define LONG_MS 3600000

typedef struct
{
  PdgTimeout timeout;
  GAsyncQueue *reached_queue;
  gint64 reached_usec;
} Wait;

static void
reached_cb (gpointer data)
{
  Wait *wait = data;

  wait->reached_usec = g_get_monotonic_time ();
  g_async_queue_push (wait->reached_queue, wait);
}

static void
begin (PdgTimeouts *timeouts, Wait *wait, GAsyncQueue *queue)
{
  *wait = (Wait) { .timeout = { .reached = reached_cb, .data = wait }, .reached_queue = queue };
  pdg_timeouts_begin (timeouts, &wait->timeout);
}

/* Not before its time, in the order in which they began, and once. */
static void
test_reached (void)
{
  g_autoptr (PdgTimeouts) timeouts = pdg_timeouts_new (30);
  g_autoptr (GAsyncQueue) queue = g_async_queue_new ();
  Wait waits[5];

  for (guint round = 0; round < 2; round++) /* the second after it slept */
    {
      for (guint i = 0; i < G_N_ELEMENTS (waits); i++)
        begin (timeouts, &waits[i], queue);
      for (guint i = 0; i < G_N_ELEMENTS (waits); i++)
        {
          g_assert_true (g_async_queue_timeout_pop (queue, 10 * G_USEC_PER_SEC) == &waits[i]);
          g_assert_cmpint (waits[i].reached_usec, >=, waits[i].timeout.at_usec);
          pdg_timeouts_end (timeouts, &waits[i].timeout);
        }
    }
  g_assert_null (g_async_queue_timeout_pop (queue, 60000));
}

/* One that was ended is not reached, whichever of them it is. */
static void
test_ended (void)
{
  g_autoptr (PdgTimeouts) timeouts = pdg_timeouts_new (30);
  g_autoptr (GAsyncQueue) queue = g_async_queue_new ();
  Wait waits[4];

  for (guint i = 0; i < G_N_ELEMENTS (waits); i++)
    begin (timeouts, &waits[i], queue);
  pdg_timeouts_end (timeouts, &waits[0].timeout);
  pdg_timeouts_end (timeouts, &waits[2].timeout);
  g_assert_true (g_async_queue_timeout_pop (queue, 10 * G_USEC_PER_SEC) == &waits[1]);
  g_assert_true (g_async_queue_timeout_pop (queue, 10 * G_USEC_PER_SEC) == &waits[3]);
  g_assert_cmpint (waits[0].reached_usec, ==, 0);
  g_assert_cmpint (waits[2].reached_usec, ==, 0);
}

static gpointer
hurry_thread (gpointer data)
{
  for (guint i = 0; i < 5000; i++)
    {
      Wait wait;

      begin (data, &wait, NULL);
      pdg_timeouts_end (data, &wait.timeout);
    }
  return NULL;
}

static void
test_many_threads (void)
{
  g_autoptr (PdgTimeouts) timeouts = pdg_timeouts_new (LONG_MS);
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("hurry", hurry_thread, timeouts);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/timeouts/reached", test_reached);
  g_test_add_func ("/base/timeouts/ended", test_ended);
  g_test_add_func ("/base/timeouts/many-threads", test_many_threads);
  return g_test_run ();
}
