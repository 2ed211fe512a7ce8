#include "config.h"
#include "app/pdg-application.h"
#include "app/pdg-process.h"
#include "desktop/pdg-backend.h"
#include "runtime/pdg-serve.h"

#include <glib-unix.h>
#include <locale.h>
#include <signal.h>

static PdgClient *
start_cb (gpointer user_data)
{
  return pdg_backend_start (user_data);
}

static void
restart_cb (PdgClient *client, gpointer user_data)
{
  pdg_backend_restart (user_data);
}

static void
stop_cb (PdgClient *client, gpointer user_data)
{
  pdg_backend_stop (user_data);
}

/* SIGTERM and SIGINT close the window as the user would, so that everything is stored first. */
static gboolean
signal_cb (gpointer user_data)
{
  GApplication *application = g_application_get_default ();

  if (application != NULL)
    g_action_group_activate_action (G_ACTION_GROUP (application), "quit", NULL);
  return G_SOURCE_CONTINUE;
}

/* Whether a window can be opened. Nothing is asked of a display server when the environment names none. */
static gboolean
has_display (void)
{
  g_autofree char *wayland = g_build_filename (g_get_user_runtime_dir (), "wayland-0", NULL);

  if (g_getenv ("DISPLAY") == NULL && g_getenv ("WAYLAND_DISPLAY") == NULL && g_getenv ("BROADWAY_DISPLAY") == NULL
      && !g_file_test (wayland, G_FILE_TEST_EXISTS))
    return FALSE;
  pdg_process_prepare ();
  return gtk_init_check ();
}

static gboolean
parse_options (PdgConfig *config, gboolean *headless, gboolean *version, int *argc, char ***argv, GError **error)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autofree char *settings = pdg_config_describe (FALSE);
  g_autofree char *description = g_strdup_printf ("Settings, as option, environment variable, or key of the file:\n%s", settings);
  const GOptionEntry entries[] = {
    { "headless", 0, 0, G_OPTION_ARG_NONE, headless, "Collect without a window", NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, version, "Print the version", NULL },
    { NULL },
  };

  g_option_context_set_summary (context, "ProductGraph: what the users of a product really do. Collects events while it is open.");
  g_option_context_set_description (context, description);
  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_add_group (context, pdg_config_new_option_group (config));
  return g_option_context_parse (context, argc, argv, error);
}

static int
fail (const GError *error, int status)
{
  g_printerr ("productgraph: %s\n", error->message);
  return status;
}

int
main (int argc, char *argv[])
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgConfig) config = NULL;
  g_autoptr (PdgBackend) backend = NULL;
  gboolean headless = FALSE, version = FALSE;
  PdgAppHooks hooks = { start_cb, restart_cb, stop_cb, NULL };

  setlocale (LC_ALL, "");
  g_set_prgname (PDG_APP_ID);
  config = pdg_config_load (NULL, &error);
  if (config == NULL || !parse_options (config, &headless, &version, &argc, &argv, &error))
    return fail (error, 2);
  if (version)
    {
      g_print ("productgraph %s\n", PDG_VERSION);
      return 0;
    }
  if (!headless && !has_display ())
    {
      g_print ("There is no display here: ProductGraph runs headless and only collects. Open the app where there is a screen.\n");
      headless = TRUE;
    }
  if (headless)
    return pdg_serve_until_signal (config, &error) ? 0 : fail (error, 1);
  g_unix_signal_add (SIGTERM, signal_cb, NULL);
  g_unix_signal_add (SIGINT, signal_cb, NULL);
  backend = pdg_backend_new (config);
  hooks.user_data = backend;
  return pdg_app_run (&hooks, argc, argv);
}
