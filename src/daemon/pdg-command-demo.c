#include "config.h"
#include "daemon/pdg-command.h"

#include "runtime/pdg-runtime.h"

#include <glib-unix.h>
#include <signal.h>

#define USAGE "demo [--seed N] [--days N] [--sessions N] [--rate EVENTS_PER_SECOND]"

static gboolean
stop_cb (gpointer user_data)
{
  g_cancellable_cancel (user_data);
  return G_SOURCE_CONTINUE;
}

/* The main thread plays; signals arrive on a context of their own. */
static gpointer
signal_thread (gpointer data)
{
  g_main_loop_run (data);
  return NULL;
}

static gboolean
play_live (PdgRuntime *runtime, const PdgDemoOptions *options, GError **error)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  GThread *thread;
  gboolean ok;

  g_unix_signal_add (SIGTERM, stop_cb, cancellable);
  g_unix_signal_add (SIGINT, stop_cb, cancellable);
  thread = g_thread_new ("signals", signal_thread, loop);
  g_print ("Playing %g events a second into project %s. Stop it with Ctrl+C.\n", options->events_per_second, PDG_DEMO_PROJECT_ID);
  ok = pdg_demo_player_play_live (pdg_runtime_get_demo_player (runtime), pdg_runtime_get_principal (runtime), options, cancellable, error);
  g_main_loop_quit (loop);
  g_thread_join (thread);
  return ok;
}

static gboolean
load_history (PdgRuntime *runtime, const PdgDemoOptions *options, GError **error)
{
  PdgDemoPlayer *player = pdg_runtime_get_demo_player (runtime);
  PdgDemoProgress progress;

  pdg_demo_player_start (player, pdg_runtime_get_principal (runtime), options);
  if (!pdg_demo_player_wait (player, error))
    return FALSE;
  pdg_demo_player_get_progress (player, &progress);
  g_print ("Stored %" G_GUINT64_FORMAT " events in project %s.\n", progress.done, PDG_DEMO_PROJECT_ID);
  g_free (progress.error);
  return TRUE;
}

int
pdg_command_demo (PdgConfig *config, int argc, char **argv)
{
  gint64 seed = 1;
  int n_days = 14, n_sessions = 4000;
  double rate = 0;
  const GOptionEntry entries[] = {
    { "seed", 0, 0, G_OPTION_ARG_INT64, &seed, "Same seed, same shop", "N" },
    { "days", 0, 0, G_OPTION_ARG_INT, &n_days, "Length of the history", "N" },
    { "sessions", 0, 0, G_OPTION_ARG_INT, &n_sessions, "Sessions of the history", "N" },
    { "rate", 0, 0, G_OPTION_ARG_DOUBLE, &rate, "Play live traffic at this rate", "EVENTS_PER_SECOND" },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_auto (GStrv) words = g_new0 (char *, argc + 2);
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgRuntime) runtime = NULL;
  PdgDemoOptions options = { 0 };
  gboolean ok;

  words[0] = g_strdup ("demo");
  for (int i = 0; i < argc; i++)
    words[i + 1] = g_strdup (argv[i]);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse_strv (context, &words, &error) || words[1] != NULL || n_days < 1 || n_days > 365 || n_sessions < 1
      || n_sessions > 1000000 || rate < 0 || rate > 10000)
    return pdg_command_usage (USAGE);
  runtime = pdg_runtime_start (config, PDG_RUNTIME_NO_SERVER, NULL, NULL, &error);
  if (runtime == NULL)
    return pdg_command_fail (error);
  options.seed = (guint64) seed;
  options.end_usec = g_get_real_time ();
  options.n_days = (guint) n_days;
  options.n_sessions = (guint) n_sessions;
  options.events_per_second = rate;
  ok = rate > 0 ? play_live (runtime, &options, &error) : load_history (runtime, &options, &error);
  return ok ? 0 : pdg_command_fail (error);
}
