#include "config.h"

#include <json-glib/json-glib.h>
#include <stdio.h>

#include "gql-made-up.h"

/* gqlcheck SCHEMA.graphql: reads requests from standard input, one JSON object {"query", "operationName", "variables",
 * "execute"} a line, and writes a response a line: the errors of one that is refused; of any other what it answers with
 * values that are made up, or, without "execute", {}. For comparing with other implementations. */

static PdgGqlOperation *
prepare (PdgGqlSchema *schema,
         const char   *query,
         const char   *operation_name,
         JsonNode     *variables,
         GBytes      **response)
{
  PdgGqlLimits limits = { .max_nesting = 500, .max_tokens = 20000 };
  PdgGqlRequest request = { .query = query, .query_len = -1, .operation_name = operation_name, .variables = variables,
                            .limits = &limits, .suggest = TRUE };

  return pdg_gql_prepare (schema, &request, response);
}

static GBytes *
answer (PdgGqlSchema *schema,
        JsonObject   *request)
{
  gboolean execute = json_object_get_boolean_member_with_default (request, "execute", FALSE);
  GBytes *response = NULL;
  g_autoptr(PdgGqlChecked) checked = NULL;
  g_autoptr(PdgGqlOperation) operation = NULL;

  if (!execute)
    {
      PdgGqlLimits limits = { .max_nesting = 500, .max_tokens = 20000 };
      PdgGqlRequest document = { .query = json_object_get_string_member (request, "query"), .query_len = -1, .limits = &limits,
                                 .suggest = TRUE };
      PdgGqlRefusal refusal = { 0 };

      checked = pdg_gql_check (schema, &document, &refusal, &response);
      return checked != NULL ? g_bytes_new_static ("{}", 2) : response;
    }
  operation = prepare (schema, json_object_get_string_member (request, "query"),
                       json_object_get_string_member_with_default (request, "operationName", NULL),
                       json_object_get_member (request, "variables"), &response);
  return operation != NULL ? pdg_gql_operation_execute (operation, gql_made_up_root (), NULL, NULL) : response;
}

/* Asks a schema of its own: one that was asked cannot be bound any more. */
static GBytes *
introspect (const char *sdl)
{
  g_autoptr(PdgGqlSchema) schema = pdg_gql_schema_new (sdl, -1, NULL);
  GBytes *response = NULL;
  g_autoptr(PdgGqlOperation) operation = prepare (schema, gql_made_up_query, NULL, NULL, &response);

  g_assert_nonnull (operation);
  return pdg_gql_operation_execute (operation, NULL, NULL, NULL);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr(PdgGqlSchema) schema = NULL;
  g_autoptr(GBytes) introspection = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *sdl = NULL, *line = NULL;
  gsize allocated = 0;

  if (argc != 2 || !g_file_get_contents (argv[1], &sdl, NULL, &error) || (schema = pdg_gql_schema_new (sdl, -1, &error)) == NULL)
    {
      g_printerr ("%s\n", error != NULL ? error->message : "usage: gqlcheck SCHEMA.graphql");
      return 1;
    }
  introspection = introspect (sdl);
  gql_made_up_bind (schema, introspection);
  while (getline (&line, &allocated, stdin) > 0)
    {
      g_autoptr(JsonNode) node = json_from_string (line, NULL);
      g_autoptr(GBytes) response = answer (schema, json_node_get_object (node));

      fwrite (g_bytes_get_data (response, NULL), 1, g_bytes_get_size (response), stdout);
      putchar ('\n');
    }
  return 0;
}
