#include "config.h"
#include "daemon/pdg-command.h"

#include "http/pdg-http-client.h"
#include "runtime/pdg-database.h"
#include "runtime/pdg-serve.h"

int
pdg_command_serve (PdgConfig *config, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  if (argc > 0)
    return pdg_command_usage ("serve");
  return pdg_serve_until_signal (config, &error) ? 0 : pdg_command_fail (error);
}

int
pdg_command_migrate (PdgConfig *config, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgDatabase) database = NULL;
  GPtrArray *applied;

  if (argc > 0)
    return pdg_command_usage ("migrate");
  database = pdg_database_open (config, &error);
  if (database == NULL)
    return pdg_command_fail (error);
  applied = pdg_database_get_applied (database);
  for (guint i = 0; applied != NULL && i < applied->len; i++)
    g_print ("applied %s\n", (const char *) applied->pdata[i]);
  if (applied == NULL || applied->len == 0)
    g_print ("the schema is up to date\n");
  return 0;
}

int
pdg_command_health (PdgConfig *config, int argc, char **argv)
{
  static const char *const paths[] = { "/health", "/ready" };
  g_autoptr (PdgHttpClient) client = pdg_http_client_new (5000);
  int status = 0;

  if (argc > 0)
    return pdg_command_usage ("health");
  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autofree char *url = g_strdup_printf ("http://%s:%" G_GINT64_FORMAT "%s", pdg_config_get_string (config, PDG_CONFIG_HOST),
                                              pdg_config_get_int (config, PDG_CONFIG_PORT), paths[i]);
      g_autoptr (GError) error = NULL;
      g_autoptr (PdgHttpAnswer) answer = pdg_http_client_request (client, "GET", url, NULL, NULL, NULL, &error);
      gsize len;
      const char *text;

      if (answer == NULL)
        return pdg_command_fail (error);
      text = g_bytes_get_data (pdg_http_answer_get_body (answer), &len);
      g_print ("%s %u %.*s\n", paths[i], pdg_http_answer_get_status (answer), (int) len, text);
      if (pdg_http_answer_get_status (answer) != 200)
        status = 1;
    }
  return status;
}

int
pdg_command_settings (PdgConfig *config, int argc, char **argv)
{
  gboolean markdown = argc == 1 && g_str_equal (argv[0], "--markdown");
  g_autofree char *text = NULL;

  if (argc > 0 && !markdown)
    return pdg_command_usage ("settings [--markdown]");
  text = pdg_config_describe (markdown);
  g_print ("%s", text);
  return 0;
}
