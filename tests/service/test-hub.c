#include "config.h"

#include "service/pdg-hub.h"

#define DEADLINE_USEC (10 * G_USEC_PER_SEC)

typedef struct
{
  GThread *thread; /* that it came on */
  gint n;
  gint n_destroyed;
  gint64 last_sequence;
  gint64 at_usec[64];
} Ear;

static void
heard_cb (gint32 topic, gint64 sequence, gpointer user_data)
{
  Ear *ear = user_data;

  g_assert_cmpint (sequence, >, ear->last_sequence);
  ear->last_sequence = sequence;
  ear->thread = g_thread_self ();
  if (ear->n < (gint) G_N_ELEMENTS (ear->at_usec))
    ear->at_usec[ear->n] = g_get_monotonic_time ();
  g_atomic_int_inc (&ear->n);
}

static void
ear_destroyed (gpointer user_data)
{
  g_atomic_int_inc (&((Ear *) user_data)->n_destroyed);
}

static void
iterate_until (const Ear *ear, int n)
{
  gint64 deadline = g_get_monotonic_time () + DEADLINE_USEC;

  while (g_atomic_int_get (&ear->n) < n)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_main_context_iteration (NULL, FALSE);
    }
}

static void
iterate_for (gint64 usec)
{
  gint64 until = g_get_monotonic_time () + usec;

  while (g_get_monotonic_time () < until)
    g_main_context_iteration (NULL, FALSE);
}

static void
test_first_at_once (void)
{
  g_autoptr (PdgHub) hub = pdg_hub_new ();
  Ear ear = { 0 };
  guint id = pdg_hub_subscribe (hub, 7, NULL, heard_cb, &ear, ear_destroyed);
  gint64 began = g_get_monotonic_time ();

  g_assert_cmpuint (id, >, 0);
  pdg_hub_publish (hub, 7);
  g_assert_cmpint (ear.n, ==, 0); /* never nested */
  iterate_until (&ear, 1);
  g_assert_cmpint (ear.at_usec[0] - began, <, 80 * 1000);
  pdg_hub_unsubscribe (hub, id);
  g_assert_cmpint (ear.n_destroyed, ==, 1);
}

static void
test_other_topics_are_not_heard (void)
{
  g_autoptr (PdgHub) hub = pdg_hub_new ();
  Ear ear = { 0 }, other = { 0 };
  guint id = pdg_hub_subscribe (hub, 7, NULL, heard_cb, &ear, NULL);
  guint other_id = pdg_hub_subscribe (hub, 8, NULL, heard_cb, &other, NULL);

  pdg_hub_publish (hub, 8);
  iterate_until (&other, 1);
  g_assert_cmpint (ear.n, ==, 0);
  pdg_hub_publish_all (hub);
  iterate_until (&ear, 1);
  iterate_until (&other, 2);
  pdg_hub_unsubscribe (hub, id);
  pdg_hub_unsubscribe (hub, other_id);
}

/* A storm: at most ten a second, and one after the last of it. */
static void
test_throttled (void)
{
  g_autoptr (PdgHub) hub = pdg_hub_new ();
  Ear ear = { 0 };
  guint id = pdg_hub_subscribe (hub, 1, NULL, heard_cb, &ear, NULL);
  gint64 began = g_get_monotonic_time (), last_published;
  int n_at_last;

  while (g_get_monotonic_time () < began + G_USEC_PER_SEC)
    {
      pdg_hub_publish (hub, 1);
      g_main_context_iteration (NULL, FALSE);
    }
  pdg_hub_publish (hub, 1);
  last_published = g_get_monotonic_time ();
  n_at_last = ear.n;
  iterate_until (&ear, n_at_last + 1);
  g_assert_cmpint (ear.at_usec[ear.n - 1], >=, last_published);
  g_assert_cmpint (ear.n, >=, 3);
  g_assert_cmpint (ear.n, <=, 13);
  for (int i = 1; i < ear.n; i++)
    g_assert_cmpint (ear.at_usec[i] - ear.at_usec[i - 1], >=, 98 * 1000);
  iterate_for (250 * 1000);
  g_assert_cmpint (ear.n, ==, n_at_last + 1);
  pdg_hub_unsubscribe (hub, id);
}

static void
test_nothing_after_unsubscribe (void)
{
  g_autoptr (PdgHub) hub = pdg_hub_new ();
  Ear ear = { 0 };
  guint id = pdg_hub_subscribe (hub, 1, NULL, heard_cb, &ear, ear_destroyed);

  pdg_hub_publish (hub, 1); /* queued */
  pdg_hub_unsubscribe (hub, id);
  iterate_for (150 * 1000);
  g_assert_cmpint (ear.n, ==, 0);
  g_assert_cmpint (ear.n_destroyed, ==, 1);
  pdg_hub_unsubscribe (hub, id); /* harmless */
  pdg_hub_publish (hub, 1);
}

typedef struct
{
  PdgHub *hub;
  guint id;
  int n;
} SelfEnding;

static void
end_oneself_cb (gint32 topic, gint64 sequence, gpointer user_data)
{
  SelfEnding *self = user_data;

  self->n++;
  pdg_hub_unsubscribe (self->hub, self->id);
  pdg_hub_publish (self->hub, topic);
}

static void
test_unsubscribe_inside (void)
{
  g_autoptr (PdgHub) hub = pdg_hub_new ();
  SelfEnding self = { hub, 0, 0 };

  self.id = pdg_hub_subscribe (hub, 1, NULL, end_oneself_cb, &self, NULL);
  pdg_hub_publish (hub, 1);
  iterate_for (250 * 1000);
  g_assert_cmpint (self.n, ==, 1);
}

static gpointer
context_thread (gpointer data)
{
  GMainLoop *loop = data;

  g_main_context_push_thread_default (g_main_loop_get_context (loop));
  g_main_loop_run (loop);
  g_main_context_pop_thread_default (g_main_loop_get_context (loop));
  return NULL;
}

/* Each subscriber hears on its own context, whoever publishes; several threads publish at once. */
static gpointer
publish_thread (gpointer data)
{
  for (int i = 0; i < 2000; i++)
    pdg_hub_publish (data, i % 2);
  return NULL;
}

static void
test_contexts (void)
{
  g_autoptr (PdgHub) hub = pdg_hub_new ();
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GMainLoop) loop = g_main_loop_new (context, FALSE);
  GThread *thread = g_thread_new ("ear", context_thread, loop);
  GThread *publishers[3];
  Ear there = { 0 }, here = { 0 };
  guint there_id = pdg_hub_subscribe (hub, 0, context, heard_cb, &there, ear_destroyed);
  guint here_id = pdg_hub_subscribe (hub, 1, NULL, heard_cb, &here, ear_destroyed);

  for (gsize i = 0; i < G_N_ELEMENTS (publishers); i++)
    publishers[i] = g_thread_new ("publisher", publish_thread, hub);
  for (gsize i = 0; i < G_N_ELEMENTS (publishers); i++)
    g_thread_join (publishers[i]);
  iterate_until (&here, 1);
  iterate_until (&there, 1);
  g_assert_true (here.thread == g_thread_self ());
  g_assert_true (there.thread == thread);
  pdg_hub_unsubscribe (hub, here_id);
  pdg_hub_unsubscribe (hub, there_id);
  g_main_loop_quit (loop);
  g_thread_join (thread);
}

/* The database tells every process of a commit, also the one that made it, which has published it already. */
static void
test_own_notifications (void)
{
  g_autoptr (PdgHub) hub = pdg_hub_new ();
  g_autoptr (PdgHub) elsewhere = pdg_hub_new ();
  g_autofree char *own = g_strdup_printf ("1 7 %s", pdg_hub_get_origin (hub));
  g_autofree char *theirs = g_strdup_printf ("1 7 %s", pdg_hub_get_origin (elsewhere));
  Ear ear = { 0 };
  guint id = pdg_hub_subscribe (hub, 7, NULL, heard_cb, &ear, NULL);

  pdg_hub_publish_notification (hub, own);
  pdg_hub_publish_notification (hub, "nonsense");
  iterate_for (50 * 1000);
  g_assert_cmpint (ear.n, ==, 0);
  pdg_hub_publish_notification (hub, theirs);
  iterate_until (&ear, 1);
  pdg_hub_publish_notification (hub, "1 7"); /* of a version that names no origin */
  iterate_until (&ear, 2);
  pdg_hub_unsubscribe (hub, id);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/service/hub/first-at-once", test_first_at_once);
  g_test_add_func ("/service/hub/other-topics-are-not-heard", test_other_topics_are_not_heard);
  g_test_add_func ("/service/hub/throttled", test_throttled);
  g_test_add_func ("/service/hub/nothing-after-unsubscribe", test_nothing_after_unsubscribe);
  g_test_add_func ("/service/hub/unsubscribe-inside", test_unsubscribe_inside);
  g_test_add_func ("/service/hub/contexts", test_contexts);
  g_test_add_func ("/service/hub/own-notifications", test_own_notifications);
  return g_test_run ();
}
