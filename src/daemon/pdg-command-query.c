#include "config.h"
#include "daemon/pdg-command.h"

#include "http/pdg-http-client.h"
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

static char *
write_request (const char *document, JsonNode *variables)
{
  g_autoptr (JsonNode) root = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "query", document);
  if (variables != NULL)
    json_object_set_member (object, "variables", json_node_copy (variables));
  json_node_take_object (root, object);
  return json_to_string (root, FALSE);
}

/* With a token, the server at host and port is asked instead of the database. (transfer full) */
static GBytes *
ask_server (PdgConfig *config, const char *token, const char *document, JsonNode *variables, GError **error)
{
  g_autofree char *url = g_strdup_printf ("http://%s:%" G_GINT64_FORMAT "/graphql", pdg_config_get_string (config, PDG_CONFIG_HOST),
                                          pdg_config_get_int (config, PDG_CONFIG_PORT));
  g_autofree char *authorization = g_strconcat ("Bearer ", token, NULL);
  const char *const headers[] = { "Content-Type", "application/json", "Authorization", authorization, NULL };
  g_autofree char *text = write_request (document, variables);
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));
  g_autoptr (PdgHttpClient) client = pdg_http_client_new (0);
  g_autoptr (PdgHttpAnswer) answer = pdg_http_client_request (client, "POST", url, headers, body, NULL, error);
  guint status;

  if (answer == NULL)
    return NULL;
  status = pdg_http_answer_get_status (answer);
  if (status == 200)
    return g_bytes_ref (pdg_http_answer_get_body (answer));
  g_set_error (error, PDG_HTTP_ERROR, PDG_HTTP_ERROR_CLIENT, "%s answered %u: %.*s", url, status,
               (int) g_bytes_get_size (pdg_http_answer_get_body (answer)),
               (const char *) g_bytes_get_data (pdg_http_answer_get_body (answer), NULL));
  return NULL;
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
  const char *token = pdg_config_get_string (config, PDG_CONFIG_TOKEN);
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
  if (token != NULL)
    {
      response = ask_server (config, token, document, variables, &error);
      if (response == NULL)
        return pdg_command_fail (error);
      return print_response (response) ? 0 : 1;
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
