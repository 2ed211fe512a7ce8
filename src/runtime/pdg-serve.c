#include "config.h"
#include "runtime/pdg-serve.h"

#include "runtime/pdg-runtime.h"

#include <glib-unix.h>
#include <malloc.h>
#include <signal.h>

#define KEPT_BYTES (32 * 1024 * 1024)
#define MAX_ARENAS 8

static gboolean
signal_cb (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_REMOVE;
}

static void
state_cb (gboolean connected, const char *message, gpointer user_data)
{
  if (connected)
    g_message ("the database is there");
  else
    g_message ("%s", message);
}

gboolean
pdg_serve_until_signal (PdgConfig *config, GError **error)
{
  gint64 began = g_get_monotonic_time ();
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (PdgRuntime) runtime = NULL;

#ifdef __GLIBC__
  /* Answers of some hundred kilobytes come and go: keep their memory instead of faulting it in anew each time. */
  mallopt (M_MMAP_THRESHOLD, KEPT_BYTES);
  mallopt (M_TRIM_THRESHOLD, KEPT_BYTES);
  mallopt (M_TOP_PAD, 1024 * 1024);
  /* Each arena keeps that much, and there are eight for each processor: under load for ten minutes they kept four times what was in use. */
  mallopt (M_ARENA_MAX, (int) MIN (2 * g_get_num_processors (), MAX_ARENAS));
#endif
  g_unix_signal_add (SIGTERM, signal_cb, loop);
  g_unix_signal_add (SIGINT, signal_cb, loop);
  runtime = pdg_runtime_start (config, PDG_RUNTIME_DEFAULT, state_cb, NULL, error);
  if (runtime == NULL)
    return FALSE;
  g_print ("ProductGraph %s listens on %s (ready after %.0f ms). Stop it with Ctrl+C.\n", PDG_VERSION, pdg_runtime_get_url (runtime),
           (double) (g_get_monotonic_time () - began) / 1000.0);
  g_main_loop_run (loop);
  g_print ("Stopping: what was accepted is being stored.\n");
  return TRUE;
}
