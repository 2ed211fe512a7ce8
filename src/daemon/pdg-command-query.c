#include "config.h"
#include "daemon/pdg-command.h"

#include "runtime/pdg-runtime.h"

#include <string.h>

#define USAGE "query FILE.graphql [VARIABLES.json]"

typedef struct
{
  GMainLoop *loop;
  GBytes *response;
  GError *error;
} Run;

static char *
read_file (const char *path, GError **error)
{
  g_autofree char *text = NULL;

  if (!g_file_get_contents (strcmp (path, "-") == 0 ? "/dev/stdin" : path, &text, NULL, error))
    return NULL;
  return g_steal_pointer (&text);
}

static void
executed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;

  run->response = pdg_api_execute_finish (NULL, result, &run->error);
  g_main_loop_quit (run->loop);
}

/* Prints the response, indented. FALSE when it has errors. */
static gboolean
print_response (GBytes *response)
{
  g_autoptr (JsonNode) node = NULL;
  g_autofree char *raw = g_strndup (g_bytes_get_data (response, NULL), g_bytes_get_size (response));
  g_autofree char *text = NULL;

  node = json_from_string (raw, NULL);
  g_return_val_if_fail (node != NULL, FALSE);
  text = json_to_string (node, TRUE);
  g_print ("%s\n", text);
  return !json_object_has_member (json_node_get_object (node), "errors");
}

int
pdg_command_query (PdgConfig *config, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *document = NULL;
  g_autofree char *variables_text = NULL;
  g_autoptr (JsonNode) variables = NULL;
  g_autoptr (PdgRuntime) runtime = NULL;
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GBytes) response = NULL;
  Run run = { loop, NULL, NULL };

  if (argc < 1 || argc > 2)
    return pdg_command_usage (USAGE);
  document = read_file (argv[0], &error);
  if (document == NULL || (argc == 2 && (variables_text = read_file (argv[1], &error)) == NULL))
    return pdg_command_fail (error);
  if (variables_text != NULL && ((variables = json_from_string (variables_text, &error)) == NULL || !JSON_NODE_HOLDS_OBJECT (variables)))
    {
      g_printerr ("productgraphd: %s: the variables must be a JSON object\n", argv[1]);
      return 1;
    }
  runtime = pdg_runtime_start (config, PDG_RUNTIME_NO_SERVER, NULL, NULL, &error);
  if (runtime == NULL)
    return pdg_command_fail (error);
  pdg_api_execute_async (pdg_runtime_get_api (runtime), pdg_runtime_get_principal (runtime), document, NULL, variables, NULL, executed_cb,
                         &run);
  g_main_loop_run (loop);
  response = run.response;
  error = run.error;
  if (response == NULL)
    return pdg_command_fail (error);
  return print_response (response) ? 0 : 1;
}
