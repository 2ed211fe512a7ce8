#include "config.h"
#include "app/pdg-settings.h"

#include <errno.h>
#include <glib/gstdio.h>

#define GROUP "window"
#define DEFAULT_WIDTH 1440
#define DEFAULT_HEIGHT 900
#define MIN_WIDTH 400
#define MIN_HEIGHT 300
#define MAX_SIDE 16384

static const char *const appearance_nicks[PDG_N_APPEARANCES] = { "system", "light", "dark" };

const char *
pdg_appearance_get_nick (PdgAppearance appearance)
{
  return appearance_nicks[appearance];
}

PdgAppearance
pdg_appearance_from_nick (const char *nick)
{
  for (guint i = 0; i < PDG_N_APPEARANCES; i++)
    if (g_strcmp0 (nick, appearance_nicks[i]) == 0)
      return (PdgAppearance) i;
  return PDG_APPEARANCE_SYSTEM;
}

static int
read_side (GKeyFile *file, const char *key, int minimum, int missing)
{
  int value = g_key_file_get_integer (file, GROUP, key, NULL);

  return value >= minimum && value <= MAX_SIDE ? value : missing;
}

/* On, unless it was switched off. */
static gboolean
read_on (GKeyFile *file, const char *key)
{
  return !g_key_file_has_key (file, GROUP, key, NULL) || g_key_file_get_boolean (file, GROUP, key, NULL);
}

PdgSettings *
pdg_settings_load (const char *path)
{
  PdgSettings *settings = g_new0 (PdgSettings, 1);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *range = NULL;
  g_autofree char *appearance = NULL;

  g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, NULL); /* a first start has none */
  range = g_key_file_get_string (file, GROUP, "range", NULL);
  appearance = g_key_file_get_string (file, GROUP, "appearance", NULL);
  settings->width = read_side (file, "width", MIN_WIDTH, DEFAULT_WIDTH);
  settings->height = read_side (file, "height", MIN_HEIGHT, DEFAULT_HEIGHT);
  settings->maximized = g_key_file_get_boolean (file, GROUP, "maximized", NULL);
  settings->rail_visible = read_on (file, "rail");
  settings->closeups = read_on (file, "closeups");
  settings->wheel_zooms = g_key_file_get_boolean (file, GROUP, "wheel-zooms", NULL);
  settings->project_id = g_key_file_get_string (file, GROUP, "project", NULL);
  settings->range = pdg_time_range_from_nick (range);
  settings->appearance = pdg_appearance_from_nick (appearance);
  return settings;
}

gboolean
pdg_settings_save (const PdgSettings *settings, const char *path, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *folder = g_path_get_dirname (path);

  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      int code = errno;

      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code), "%s: %s", folder, g_strerror (code));
      return FALSE;
    }
  g_key_file_set_integer (file, GROUP, "width", settings->width);
  g_key_file_set_integer (file, GROUP, "height", settings->height);
  g_key_file_set_boolean (file, GROUP, "maximized", settings->maximized);
  g_key_file_set_boolean (file, GROUP, "rail", settings->rail_visible);
  g_key_file_set_boolean (file, GROUP, "wheel-zooms", settings->wheel_zooms);
  g_key_file_set_boolean (file, GROUP, "closeups", settings->closeups);
  if (settings->project_id != NULL)
    g_key_file_set_string (file, GROUP, "project", settings->project_id);
  g_key_file_set_string (file, GROUP, "range", pdg_time_range_get_nick (settings->range));
  g_key_file_set_string (file, GROUP, "appearance", pdg_appearance_get_nick (settings->appearance));
  return g_key_file_save_to_file (file, path, error);
}

void
pdg_settings_free (PdgSettings *settings)
{
  g_free (settings->project_id);
  g_free (settings);
}

char *
pdg_settings_dup_default_path (void)
{
  return g_build_filename (g_get_user_config_dir (), "productgraph", "app.ini", NULL);
}
