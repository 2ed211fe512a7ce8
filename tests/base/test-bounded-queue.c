#include "config.h"

#include "base/pdg-bounded-queue.h"

#define N_PRODUCERS 4
#define N_CONSUMERS 2
#define N_ITEMS 20000
#define MAX_WEIGHT 100
#define LONG_USEC (20 * G_USEC_PER_SEC)

static guint n_freed;

static void
count_free (gpointer item)
{
  n_freed++;
}

static void
test_order_and_weight (void)
{
  g_autoptr (PdgBoundedQueue) queue = pdg_bounded_queue_new (10, NULL);
  g_autoptr (GPtrArray) items = g_ptr_array_new ();

  for (guint i = 1; i <= 5; i++)
    g_assert_true (pdg_bounded_queue_try_push (queue, GUINT_TO_POINTER (i), 2));
  g_assert_cmpuint (pdg_bounded_queue_get_weight (queue), ==, 10);
  g_assert_false (pdg_bounded_queue_try_push (queue, GUINT_TO_POINTER (6), 1));

  g_assert_cmpuint (pdg_bounded_queue_pop_many (queue, items, 5, 0), ==, 2);
  g_assert_cmpuint (pdg_bounded_queue_get_weight (queue), ==, 6);
  g_assert_cmpuint (pdg_bounded_queue_pop_many (queue, items, 1, 0), ==, 1); /* at least one */
  g_assert_true (pdg_bounded_queue_try_push (queue, GUINT_TO_POINTER (6), 6));
  g_assert_false (pdg_bounded_queue_try_push (queue, GUINT_TO_POINTER (7), 1));
  g_assert_cmpuint (pdg_bounded_queue_pop_many (queue, items, 1000, 0), ==, 3);
  g_assert_cmpuint (pdg_bounded_queue_get_weight (queue), ==, 0);
  for (guint i = 0; i < items->len; i++)
    g_assert_cmpuint (GPOINTER_TO_UINT (g_ptr_array_index (items, i)), ==, i + 1);
}

static void
test_too_heavy (void)
{
  g_autoptr (PdgBoundedQueue) queue = pdg_bounded_queue_new (10, NULL);
  g_autoptr (GPtrArray) items = g_ptr_array_new ();

  /* An empty queue takes any weight, else a heavy item could never pass; and then nothing more. */
  g_assert_true (pdg_bounded_queue_try_push (queue, queue, 1000));
  g_assert_false (pdg_bounded_queue_try_push (queue, queue, 1));
  g_assert_cmpuint (pdg_bounded_queue_pop_many (queue, items, 10, 0), ==, 1);
  /* A weight that would wrap the sum round is still too much. */
  g_assert_true (pdg_bounded_queue_try_push (queue, queue, 5));
  g_assert_false (pdg_bounded_queue_try_push (queue, queue, G_MAXSIZE - 2));
  g_assert_true (pdg_bounded_queue_try_push (queue, queue, 5));
}

static void
test_timeout (void)
{
  g_autoptr (PdgBoundedQueue) queue = pdg_bounded_queue_new (10, NULL);
  g_autoptr (GPtrArray) items = g_ptr_array_new ();
  gint64 start = g_get_monotonic_time ();

  g_assert_cmpuint (pdg_bounded_queue_pop_many (queue, items, 10, 0), ==, 0);
  g_assert_cmpuint (pdg_bounded_queue_pop_many (queue, items, 10, 20000), ==, 0);
  g_assert_cmpint (g_get_monotonic_time () - start, >=, 20000);
}

static void
test_close (void)
{
  g_autoptr (PdgBoundedQueue) queue = pdg_bounded_queue_new (10, NULL);
  g_autoptr (GPtrArray) items = g_ptr_array_new ();

  g_assert_true (pdg_bounded_queue_try_push (queue, queue, 1));
  g_assert_false (pdg_bounded_queue_is_closed (queue));
  pdg_bounded_queue_close (queue);
  g_assert_true (pdg_bounded_queue_is_closed (queue));
  g_assert_false (pdg_bounded_queue_try_push (queue, queue, 1));
  g_assert_cmpuint (pdg_bounded_queue_pop_many (queue, items, 10, -1), ==, 1);
  g_assert_cmpuint (pdg_bounded_queue_pop_many (queue, items, 10, -1), ==, 0);
}

static void
test_free_items (void)
{
  PdgBoundedQueue *queue = pdg_bounded_queue_new (10, count_free);
  g_autoptr (GPtrArray) items = g_ptr_array_new ();

  n_freed = 0;
  for (int i = 0; i < 3; i++)
    g_assert_true (pdg_bounded_queue_try_push (queue, queue, 1));
  g_assert_cmpuint (pdg_bounded_queue_pop_many (queue, items, 1, 0), ==, 1);
  g_assert_false (pdg_bounded_queue_try_push (queue, queue, 20)); /* stays with the caller */
  pdg_bounded_queue_free (queue);
  g_assert_cmpuint (n_freed, ==, 2);
}

static gpointer
pop_for_ever_worker (gpointer data)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new ();

  return GUINT_TO_POINTER (pdg_bounded_queue_pop_many (data, items, 10, -1));
}

static void
test_close_wakes (void)
{
  g_autoptr (PdgBoundedQueue) queue = pdg_bounded_queue_new (10, NULL);
  GThread *waiters[3];

  for (gsize i = 0; i < G_N_ELEMENTS (waiters); i++)
    waiters[i] = g_thread_new ("waiter", pop_for_ever_worker, queue);
  pdg_bounded_queue_close (queue);
  for (gsize i = 0; i < G_N_ELEMENTS (waiters); i++)
    g_assert_cmpuint (GPOINTER_TO_UINT (g_thread_join (waiters[i])), ==, 0);
}

typedef struct
{
  PdgBoundedQueue *queue;
  guint first;
  guint last[N_PRODUCERS]; /* consumers: the newest item seen of each producer */
  guint64 sum;
  guint n;
} Worker;

static gpointer
produce_worker (gpointer data)
{
  Worker *worker = data;

  for (guint i = 0; i < N_ITEMS; i++)
    while (!pdg_bounded_queue_try_push (worker->queue, GUINT_TO_POINTER (worker->first + i + 1), 1 + i % 7))
      g_thread_yield ();
  return NULL;
}

static gpointer
consume_worker (gpointer data)
{
  Worker *worker = data;
  g_autoptr (GPtrArray) items = g_ptr_array_new ();

  while (pdg_bounded_queue_pop_many (worker->queue, items, 30, LONG_USEC) > 0)
    {
      g_assert_cmpuint (pdg_bounded_queue_get_weight (worker->queue), <=, MAX_WEIGHT);
      for (guint i = 0; i < items->len; i++)
        {
          guint item = GPOINTER_TO_UINT (g_ptr_array_index (items, i)), producer = (item - 1) / N_ITEMS;

          g_assert_cmpuint (item, >, worker->last[producer]);
          worker->last[producer] = item;
          worker->sum += item;
          worker->n++;
        }
      g_ptr_array_set_size (items, 0);
    }
  return NULL;
}

/* Nothing is lost, doubled or overtaken, and the limit holds, with several on both sides. */
static void
test_threads (void)
{
  g_autoptr (PdgBoundedQueue) queue = pdg_bounded_queue_new (MAX_WEIGHT, NULL);
  Worker producers[N_PRODUCERS] = { 0 }, consumers[N_CONSUMERS] = { 0 };
  GThread *producer_threads[N_PRODUCERS], *consumer_threads[N_CONSUMERS];
  guint64 n = (guint64) N_PRODUCERS * N_ITEMS, sum = 0, count = 0;

  for (guint i = 0; i < N_CONSUMERS; i++)
    {
      consumers[i].queue = queue;
      consumer_threads[i] = g_thread_new ("consumer", consume_worker, &consumers[i]);
    }
  for (guint i = 0; i < N_PRODUCERS; i++)
    {
      producers[i].queue = queue;
      producers[i].first = i * N_ITEMS;
      producer_threads[i] = g_thread_new ("producer", produce_worker, &producers[i]);
    }
  for (guint i = 0; i < N_PRODUCERS; i++)
    g_thread_join (producer_threads[i]);
  pdg_bounded_queue_close (queue);
  for (guint i = 0; i < N_CONSUMERS; i++)
    {
      g_thread_join (consumer_threads[i]);
      sum += consumers[i].sum;
      count += consumers[i].n;
    }
  g_assert_cmpuint (count, ==, n);
  g_assert_cmpuint (sum, ==, n * (n + 1) / 2);
  g_assert_cmpuint (pdg_bounded_queue_get_weight (queue), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/bounded-queue/order-and-weight", test_order_and_weight);
  g_test_add_func ("/base/bounded-queue/too-heavy", test_too_heavy);
  g_test_add_func ("/base/bounded-queue/timeout", test_timeout);
  g_test_add_func ("/base/bounded-queue/close", test_close);
  g_test_add_func ("/base/bounded-queue/free-items", test_free_items);
  g_test_add_func ("/base/bounded-queue/close-wakes", test_close_wakes);
  g_test_add_func ("/base/bounded-queue/threads", test_threads);
  return g_test_run ();
}
