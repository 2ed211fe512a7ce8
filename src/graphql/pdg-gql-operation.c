#include "config.h"
#include "graphql/pdg-gql-operation.h"

#include <string.h>

#include "graphql/pdg-gql-execute-private.h"
#include "graphql/pdg-gql-parser-private.h"
#include "graphql/pdg-gql-validate-private.h"

#define HARD_MAX_TOKENS  20000
#define HARD_MAX_NESTING 500

struct _PdgGqlOperation
{
  gatomicrefcount ref_count;
  PdgGqlSchema *schema;
  PdgArena *arena;
  PdgGqlDocument document;
  const PdgGqlAstDefinition *ast;
  PdgGqlVariables variables;
  PdgGqlPlan *root;
  gsize max_response_bytes;
};

PdgGqlOperation *
pdg_gql_operation_ref (PdgGqlOperation *operation)
{
  g_atomic_ref_count_inc (&operation->ref_count);
  return operation;
}

void
pdg_gql_operation_unref (PdgGqlOperation *operation)
{
  if (operation == NULL || !g_atomic_ref_count_dec (&operation->ref_count))
    return;
  pdg_gql_document_clear (&operation->document);
  pdg_arena_free (operation->arena);
  pdg_gql_schema_unref (operation->schema);
  g_free (operation);
}

static guint
clamp (guint limit,
       guint hard)
{
  return limit == 0 ? hard : MIN (limit, hard);
}

static gboolean
parse (PdgGqlOperation     *operation,
       const PdgGqlRequest *request,
       const PdgGqlLimits  *limits,
       PdgGqlErrors        *errors)
{
  PdgGqlParseResult result;
  PdgGqlLocation location;
  g_autofree char *message = NULL;
  gsize len = request->query_len < 0 ? strlen (request->query) : (gsize) request->query_len;
  PdgGqlAstDocument *ast = pdg_gql_parse (operation->arena, request->query, len, clamp (limits->max_tokens, HARD_MAX_TOKENS),
                                          clamp (limits->max_nesting, HARD_MAX_NESTING), &result, &message, &location);

  if (ast == NULL)
    {
      pdg_gql_errors_take (errors, result == PDG_GQL_PARSE_LIMIT ? PDG_GQL_CODE_LIMIT : PDG_GQL_CODE_SYNTAX, &location, 1,
                           g_strconcat ("Syntax Error: ", message, NULL));
      return FALSE;
    }
  pdg_gql_document_init (&operation->document, operation->schema, operation->arena, ast);
  return TRUE;
}

static gboolean
choose (PdgGqlOperation *operation,
        const char      *name,
        PdgGqlErrors    *errors)
{
  static const char *const kinds[] = { "query", "mutation", "subscription" };
  const PdgGqlAstDocument *ast = operation->document.ast;
  guint n = 0;

  for (guint i = 0; i < ast->n; i++)
    if (ast->items[i]->kind == PDG_GQL_AST_OPERATION && (name == NULL || g_strcmp0 (ast->items[i]->name.text, name) == 0))
      {
        operation->ast = ast->items[i];
        n++;
      }
  if (n == 1 && operation->schema->roots[operation->ast->operation] != NULL)
    return TRUE;
  if (n == 1)
    pdg_gql_errors_take (errors, PDG_GQL_CODE_VALIDATION, &operation->ast->location, 1,
                         g_strdup_printf ("Schema is not configured to execute %s operation.", kinds[operation->ast->operation]));
  else
    pdg_gql_errors_take (errors, PDG_GQL_CODE_INPUT, NULL, 0,
                         n > 1          ? g_strdup ("Must provide operation name if query contains multiple operations.")
                         : name != NULL ? g_strdup_printf ("Unknown operation named \"%s\".", name)
                                        : g_strdup ("Must provide an operation."));
  return FALSE;
}

static gboolean
coerce (PdgGqlOperation     *operation,
        const PdgGqlRequest *request,
        PdgGqlErrors        *errors)
{
  JsonNode *node = request->variables;
  gboolean absent = node == NULL || JSON_NODE_HOLDS_NULL (node);

  if (!absent && !JSON_NODE_HOLDS_OBJECT (node))
    {
      pdg_gql_errors_take (errors, PDG_GQL_CODE_INPUT, NULL, 0, g_strdup ("Variables must be an object."));
      return FALSE;
    }
  pdg_gql_coerce_variables (operation->arena, operation->schema, operation->ast, absent ? NULL : json_node_get_object (node),
                            request->suggest, &operation->variables, errors);
  return pdg_gql_errors_get_n (errors) == 0;
}

static gboolean
plan_root (PdgGqlOperation *operation,
           PdgGqlErrors    *errors)
{
  PdgGqlType *type = operation->schema->roots[operation->ast->operation];
  const PdgGqlAstSelectionSet *set = operation->ast->set;

  operation->root = pdg_gql_plan_new (&operation->document, operation->arena, &operation->variables, type, &set, 1);
  if (operation->ast->operation == PDG_GQL_AST_SUBSCRIPTION && operation->root->n > 0 && operation->root->fields[0].args_error != NULL)
    {
      pdg_gql_errors_take (errors, PDG_GQL_CODE_INPUT, &operation->root->fields[0].args_location, 1,
                           g_strdup (operation->root->fields[0].args_error));
      return FALSE;
    }
  return TRUE;
}

static gboolean
prepare (PdgGqlOperation     *operation,
         const PdgGqlRequest *request,
         const PdgGqlLimits  *limits,
         PdgGqlErrors        *errors)
{
  if (!parse (operation, request, limits, errors) || !pdg_gql_document_check_limits (&operation->document, limits, errors))
    return FALSE;
  pdg_gql_validate (&operation->document, request->suggest, NULL, errors);
  return pdg_gql_errors_get_n (errors) == 0 && choose (operation, request->operation_name, errors)
         && coerce (operation, request, errors) && plan_root (operation, errors);
}

PdgGqlOperation *
pdg_gql_prepare (PdgGqlSchema        *schema,
                 const PdgGqlRequest *request,
                 GBytes             **error_response)
{
  static const PdgGqlLimits defaults = PDG_GQL_LIMITS_DEFAULT;
  const PdgGqlLimits *limits = request->limits != NULL ? request->limits : &defaults;
  g_autoptr(PdgGqlErrors) errors = pdg_gql_errors_new (limits->max_errors);
  g_autoptr(PdgGqlOperation) operation = g_new0 (PdgGqlOperation, 1);

  g_atomic_ref_count_init (&operation->ref_count);
  operation->schema = pdg_gql_schema_ref (schema);
  operation->arena = pdg_arena_new (8 * 1024);
  operation->max_response_bytes = limits->max_response_bytes;
  if (prepare (operation, request, limits, errors))
    return g_steal_pointer (&operation);
  *error_response = pdg_gql_errors_to_response (errors);
  return NULL;
}

PdgGqlOperationKind
pdg_gql_operation_get_kind (PdgGqlOperation *operation)
{
  switch (operation->ast->operation)
    {
    case PDG_GQL_AST_MUTATION:
      return PDG_GQL_MUTATION;
    case PDG_GQL_AST_SUBSCRIPTION:
      return PDG_GQL_SUBSCRIPTION;
    case PDG_GQL_AST_QUERY:
    default:
      return PDG_GQL_QUERY;
    }
}

const char *
pdg_gql_operation_get_name (PdgGqlOperation *operation)
{
  return operation->ast->name.text;
}

const char *
pdg_gql_operation_get_root_field (PdgGqlOperation *operation)
{
  return operation->root->n > 0 ? operation->root->fields[0].field->name : NULL;
}

const PdgGqlValue *
pdg_gql_operation_get_root_arg (PdgGqlOperation *operation,
                                const char      *name)
{
  const PdgGqlPlanField *plan = operation->root->n > 0 ? &operation->root->fields[0] : NULL;

  for (guint i = 0; plan != NULL && plan->args_error == NULL && i < plan->field->n_args; i++)
    if (strcmp (plan->field->args[i].name, name) == 0)
      return plan->args[i];
  return NULL;
}

static void
release (PdgGqlExecution *execution)
{
  /* The last kept first: what was kept may point into what was kept before. */
  for (guint i = execution->kept->len; i > 0; i--)
    {
      PdgGqlKept *kept = &g_array_index (execution->kept, PdgGqlKept, i - 1);

      kept->destroy (kept->data);
    }
  g_array_unref (execution->kept);
  g_clear_pointer (&execution->errors, pdg_gql_writer_free);
  pdg_arena_free (execution->arena);
}

static GBytes *
write_response (PdgGqlExecution *execution,
                PdgGqlLevel     *root,
                gsize            max_bytes)
{
  PdgGqlWriter *writer = pdg_gql_writer_new (pdg_arena_get_used (execution->arena) / 2 + 256);

  writer->limit = max_bytes;
  pdg_gql_writer_begin_object (writer);
  if (execution->errors != NULL)
    {
      pdg_gql_writer_add_name (writer, "errors", -1);
      pdg_gql_writer_begin_array (writer);
      pdg_gql_writer_add_json (writer, execution->errors->data, (gssize) execution->errors->len);
      pdg_gql_writer_end_array (writer);
    }
  pdg_gql_writer_add_name (writer, "data", -1);
  if (root->dead[0])
    pdg_gql_writer_add_null (writer);
  else
    pdg_gql_write_object (writer, root, 0);
  pdg_gql_writer_end_object (writer);
  if (max_bytes == 0 || writer->len <= max_bytes)
    return pdg_gql_writer_free_to_bytes (writer);
  pdg_gql_writer_free (writer);
  return pdg_gql_error_response ("The response is larger than this server sends. Ask for less at once.", PDG_GQL_CODE_LIMIT);
}

GBytes *
pdg_gql_operation_execute (PdgGqlOperation *operation,
                           gpointer         root_source,
                           gpointer         context,
                           GCancellable    *cancellable)
{
  PdgGqlExecution execution = { .schema = operation->schema, .document = &operation->document, .variables = &operation->variables,
                                .context = context, .cancellable = cancellable };
  guint origin = 0;
  guint8 dead = FALSE;
  PdgGqlLevel root = { .plan = operation->root, .n = 1, .sources = &root_source, .origin = &origin, .dead = &dead };
  GBytes *response;

  execution.arena = pdg_arena_new (64 * 1024);
  execution.kept = g_array_new (FALSE, FALSE, sizeof (PdgGqlKept));
  pdg_gql_execute_level (&execution, &root);
  response = write_response (&execution, &root, operation->max_response_bytes);
  release (&execution);
  return response;
}
