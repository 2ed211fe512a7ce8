#include "config.h"

#include "base/pdg-context.h"

typedef struct
{
  GMainContext *context;
  GThread *ran_on;
  gboolean was_current;
  gboolean destroyed;
} Post;

static gboolean
run_cb (gpointer data)
{
  Post *post = data;

  post->ran_on = g_thread_self ();
  post->was_current = pdg_context_is_current (post->context);
  return G_SOURCE_REMOVE;
}

static void
destroy_cb (gpointer data)
{
  Post *post = data;

  post->destroyed = TRUE;
}

static gpointer
post_worker (gpointer data)
{
  Post *post = data;

  pdg_context_post (post->context, run_cb, post, destroy_cb);
  return GINT_TO_POINTER (pdg_context_is_current (post->context));
}

static void
test_is_current (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  Post post = { .context = context };

  g_assert_true (pdg_context_is_current (NULL));
  g_assert_true (pdg_context_is_current (context)); /* nobody's */
  g_assert_true (g_main_context_acquire (context));
  g_assert_true (pdg_context_is_current (context));
  g_assert_false (GPOINTER_TO_INT (g_thread_join (g_thread_new ("other", post_worker, &post))));
  g_main_context_release (context);
}

static void
test_post_crosses_threads (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  Post post = { .context = context };

  g_thread_join (g_thread_new ("poster", post_worker, &post));
  g_assert_null (post.ran_on); /* always later, and here */
  while (!post.destroyed)
    g_main_context_iteration (context, TRUE);
  g_assert_true (post.ran_on == g_thread_self ());
  g_assert_true (post.was_current);
}

static void
test_post_is_later (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  Post post = { .context = context };

  pdg_context_post (context, run_cb, &post, destroy_cb);
  g_assert_null (post.ran_on);
  g_assert_true (g_main_context_iteration (context, FALSE));
  g_assert_nonnull (post.ran_on);
  g_assert_true (post.destroyed);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/context/is-current", test_is_current);
  g_test_add_func ("/base/context/post-crosses-threads", test_post_crosses_threads);
  g_test_add_func ("/base/context/post-is-later", test_post_is_later);
  return g_test_run ();
}
