#include "config.h"

#include "db/pdg-db-listener.h"
#include "pdg-test-db.h"

typedef struct
{
  PdgDbListener *listener;
  GString *heard;
  guint n_connected;
  guint n_away;
  gboolean free_on_notify;
} Ear;

static void
on_notify (const char *payload, gpointer user_data)
{
  Ear *ear = user_data;

  g_string_append_printf (ear->heard, "%s;", payload);
  if (ear->free_on_notify)
    g_clear_pointer (&ear->listener, pdg_db_listener_free);
}

static void
on_state (gboolean connected, gpointer user_data)
{
  Ear *ear = user_data;

  ear->n_connected += connected ? 1 : 0;
  ear->n_away += connected ? 0 : 1;
}

static void
iterate_until_at_least (GMainContext *context, const guint *value, guint wanted)
{
  gint64 deadline = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;

  while (*value < wanted)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      if (!g_main_context_iteration (context, FALSE))
        g_usleep (500);
    }
}

static void
iterate_until_heard (GMainContext *context, Ear *ear, const char *wanted)
{
  gint64 deadline = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;

  while (!g_str_equal (ear->heard->str, wanted))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      if (!g_main_context_iteration (context, FALSE))
        g_usleep (500);
    }
}

static void
test_listener_hears (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GString) heard = g_string_new (NULL);
  Ear ear = { NULL, heard };

  ear.listener = pdg_db_listener_new (pdg_test_cluster_get_server_uri (), "weird \"channel", context, on_notify, on_state, &ear);
  g_assert_false (pdg_db_listener_is_connected (ear.listener));
  iterate_until_at_least (context, &ear.n_connected, 1);
  g_assert_true (pdg_db_listener_is_connected (ear.listener));
  pdg_test_cluster_run_sql ("NOTIFY \"weird \"\"channel\", 'one'; NOTIFY \"weird \"\"channel\", 'two'; NOTIFY other, 'three'");
  iterate_until_heard (context, &ear, "one;two;");
  g_assert_cmpuint (ear.n_away, ==, 0);
  pdg_db_listener_free (ear.listener);
}

static void
test_listener_returns (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GString) heard = g_string_new (NULL);
  Ear ear = { NULL, heard };

  ear.listener = pdg_db_listener_new (pdg_test_cluster_get_server_uri (), "events", context, on_notify, on_state, &ear);
  iterate_until_at_least (context, &ear.n_connected, 1);
  for (guint i = 1; i <= 3; i++)
    {
      pdg_test_cluster_run_sql ("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'productgraph listener'");
      iterate_until_at_least (context, &ear.n_away, i);
      g_assert_false (pdg_db_listener_is_connected (ear.listener));
      iterate_until_at_least (context, &ear.n_connected, i + 1);
    }
  g_assert_cmpuint (ear.n_away, ==, 3);
  pdg_test_cluster_run_sql ("NOTIFY events, 'x'");
  iterate_until_heard (context, &ear, "x;");
  pdg_db_listener_free (ear.listener);
}

static void
test_listener_freed_inside (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GString) heard = g_string_new (NULL);
  Ear ear = { NULL, heard, .free_on_notify = TRUE };

  ear.listener = pdg_db_listener_new (pdg_test_cluster_get_server_uri (), "events", context, on_notify, on_state, &ear);
  iterate_until_at_least (context, &ear.n_connected, 1);
  pdg_test_cluster_run_sql ("NOTIFY events, 'a'; NOTIFY events, 'b'");
  iterate_until_heard (context, &ear, "a;");
  g_assert_null (ear.listener);
  g_assert_false (g_main_context_pending (context));
}

static void
test_listener_away_from_the_start (void)
{
  static const char *const uris[] = { "postgresql://u:p@/d?host=/nonexistent", "not an address" };

  for (guint i = 0; i < G_N_ELEMENTS (uris); i++)
    {
      g_autoptr (GMainContext) context = g_main_context_new ();
      g_autoptr (GString) heard = g_string_new (NULL);
      Ear ear = { NULL, heard };

      ear.listener = pdg_db_listener_new (uris[i], "events", context, on_notify, on_state, &ear);
      iterate_until_at_least (context, &ear.n_away, 1);
      g_assert_cmpuint (ear.n_connected, ==, 0);
      pdg_db_listener_free (ear.listener);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/db/listener/hears", test_listener_hears);
  g_test_add_func ("/db/listener/returns", test_listener_returns);
  g_test_add_func ("/db/listener/freed-inside", test_listener_freed_inside);
  g_test_add_func ("/db/listener/away-from-the-start", test_listener_away_from_the_start);
  return g_test_run ();
}
