#include "config.h"

#include <json-glib/json-glib.h>
#include <stdio.h>

#include "graphql/pdg-graphql.h"

/* gqlcheck SCHEMA.graphql: reads documents from standard input, one JSON string a line, and writes a response a line:
 * the errors of a document that is refused, what introspection answers, or {} for any other valid one. For comparing
 * verdicts with other implementations. */

static GBytes *
check (PdgGqlSchema *schema,
       const char   *query)
{
  PdgGqlLimits limits = { 0 };
  PdgGqlRequest request = { .query = query, .query_len = -1, .limits = &limits, .suggest = TRUE };
  GBytes *response = NULL;
  g_autoptr(PdgGqlOperation) operation = pdg_gql_prepare (schema, &request, &response);

  if (operation == NULL)
    return response;
  if (g_strcmp0 (pdg_gql_operation_get_root_field (operation), "__schema") == 0)
    return pdg_gql_operation_execute (operation, NULL, NULL, NULL);
  return g_bytes_new_static ("{}", 2);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr(PdgGqlSchema) schema = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *sdl = NULL, *line = NULL;
  gsize allocated = 0;

  if (argc != 2 || !g_file_get_contents (argv[1], &sdl, NULL, &error) || (schema = pdg_gql_schema_new (sdl, -1, &error)) == NULL)
    {
      g_printerr ("%s\n", error != NULL ? error->message : "usage: gqlcheck SCHEMA.graphql");
      return 1;
    }
  while (getline (&line, &allocated, stdin) > 0)
    {
      g_autoptr(JsonNode) node = json_from_string (line, NULL);
      g_autoptr(GBytes) response = check (schema, json_node_get_string (node));

      fwrite (g_bytes_get_data (response, NULL), 1, g_bytes_get_size (response), stdout);
      putchar ('\n');
    }
  return 0;
}
