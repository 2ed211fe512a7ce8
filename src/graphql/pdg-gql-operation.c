#include "config.h"
#include "graphql/pdg-gql-operation.h"

#include <string.h>

#include "graphql/pdg-gql-execute-private.h"
#include "graphql/pdg-gql-parser-private.h"
#include "graphql/pdg-gql-validate-private.h"

#define HARD_MAX_TOKENS  20000
#define HARD_MAX_NESTING 500

/* From 64 KiB on, the allocator tidies up all of its memory whenever a block is freed. */
#define EXECUTION_BLOCK_BYTES (32 * 1024)

struct _PdgGqlChecked
{
  gatomicrefcount ref_count;
  PdgGqlSchema *schema;
  PdgArena *arena;
  PdgGqlDocument document;
  guint max_page_size; /* of the limits it was checked with */
  gboolean has_one_operation;
  gpointer known_cost; /* atomic: what its only operation costs whatever the variables are, plus 1; NULL = not known */
};

struct _PdgGqlOperation
{
  gatomicrefcount ref_count;
  PdgGqlChecked *checked;
  PdgArena *arena;
  const PdgGqlAstDefinition *ast;
  PdgGqlVariables variables;
  PdgGqlPlan *root;
  gsize max_response_bytes;
  gint64 cost;
  gint64 max_cost;
};

PdgGqlChecked *
pdg_gql_checked_ref (PdgGqlChecked *checked)
{
  g_atomic_ref_count_inc (&checked->ref_count);
  return checked;
}

void
pdg_gql_checked_unref (PdgGqlChecked *checked)
{
  if (checked == NULL || !g_atomic_ref_count_dec (&checked->ref_count))
    return;
  pdg_gql_document_clear (&checked->document);
  pdg_arena_free (checked->arena);
  pdg_gql_schema_unref (checked->schema);
  g_free (checked);
}

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
  pdg_arena_free (operation->arena);
  pdg_gql_checked_unref (operation->checked);
  g_free (operation);
}

static guint
clamp (guint limit,
       guint hard)
{
  return limit == 0 ? hard : MIN (limit, hard);
}

static gboolean
parse (PdgGqlChecked       *checked,
       const PdgGqlRequest *request,
       const PdgGqlLimits  *limits,
       PdgGqlErrors        *errors)
{
  PdgGqlParseResult result;
  PdgGqlLocation location;
  g_autofree char *message = NULL;
  gsize len = request->query_len < 0 ? strlen (request->query) : (gsize) request->query_len;
  PdgGqlAstDocument *ast = pdg_gql_parse (checked->arena, request->query, len, clamp (limits->max_tokens, HARD_MAX_TOKENS),
                                          clamp (limits->max_nesting, HARD_MAX_NESTING), &result, &message, &location);

  if (ast == NULL)
    {
      if (result == PDG_GQL_PARSE_LIMIT)
        pdg_gql_errors_set_guard (errors, strstr (message, "tokens") != NULL ? "tokens" : "nesting");
      pdg_gql_errors_take (errors, result == PDG_GQL_PARSE_LIMIT ? PDG_GQL_CODE_LIMIT : PDG_GQL_CODE_SYNTAX, &location, 1,
                           g_strconcat ("Syntax Error: ", message, NULL));
      return FALSE;
    }
  pdg_gql_document_init (&checked->document, checked->schema, checked->arena, ast);
  return TRUE;
}

static gboolean
choose (PdgGqlOperation *operation,
        const char      *name,
        PdgGqlErrors    *errors)
{
  static const char *const kinds[] = { "query", "mutation", "subscription" };
  const PdgGqlAstDocument *ast = operation->checked->document.ast;
  guint n = 0;

  for (guint i = 0; i < ast->n; i++)
    if (ast->items[i]->kind == PDG_GQL_AST_OPERATION && (name == NULL || g_strcmp0 (ast->items[i]->name.text, name) == 0))
      {
        operation->ast = ast->items[i];
        n++;
      }
  if (n == 1 && operation->checked->schema->roots[operation->ast->operation] != NULL)
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
  pdg_gql_coerce_variables (operation->arena, operation->checked->schema, operation->ast, absent ? NULL : json_node_get_object (node),
                            request->suggest, &operation->variables, errors);
  return pdg_gql_errors_get_n (errors) == 0;
}

static gboolean
plan_root (PdgGqlOperation *operation,
           PdgGqlErrors    *errors)
{
  PdgGqlType *type = operation->checked->schema->roots[operation->ast->operation];
  const PdgGqlAstSelectionSet *set = operation->ast->set;

  operation->root = pdg_gql_plan_new (&operation->checked->document, operation->arena, &operation->variables, type, &set, 1);
  if (operation->ast->operation == PDG_GQL_AST_SUBSCRIPTION && operation->root->n > 0 && operation->root->fields[0].args_error != NULL)
    {
      pdg_gql_errors_take (errors, PDG_GQL_CODE_INPUT, &operation->root->fields[0].args_location, 1,
                           g_strdup (operation->root->fields[0].args_error));
      return FALSE;
    }
  return TRUE;
}

/* Whether the cost of this operation is the same in each request: its document has no other, and it takes no variables. */
static gboolean
has_one_cost (const PdgGqlOperation *operation,
              const PdgGqlLimits    *limits)
{
  return operation->ast->n_variables == 0 && operation->checked->has_one_operation && operation->checked->max_page_size == limits->max_page_size
         && operation->cost < G_MAXINT32;
}

static gint64
get_known_cost (PdgGqlOperation    *operation,
                const PdgGqlLimits *limits)
{
  return has_one_cost (operation, limits) ? (gint64) GPOINTER_TO_SIZE (g_atomic_pointer_get (&operation->checked->known_cost)) - 1 : -1;
}

static gboolean
measure (PdgGqlOperation    *operation,
         const PdgGqlLimits *limits,
         PdgGqlErrors       *errors)
{
  operation->max_cost = limits->max_cost;
  operation->cost = get_known_cost (operation, limits);
  if (operation->cost < 0)
    operation->cost = pdg_gql_document_measure_cost (&operation->checked->document, operation->ast, &operation->variables, limits, errors);
  if (operation->cost < 0)
    return FALSE;
  if (has_one_cost (operation, limits))
    g_atomic_pointer_set (&operation->checked->known_cost, GSIZE_TO_POINTER ((gsize) operation->cost + 1));
  pdg_gql_errors_set_cost (errors, operation->cost, operation->max_cost);
  if (operation->max_cost == 0 || operation->cost <= operation->max_cost)
    return TRUE;
  pdg_gql_errors_set_guard (errors, "cost");
  pdg_gql_errors_take (errors, PDG_GQL_CODE_LIMIT, &operation->ast->location, 1,
                       g_strdup_printf ("This operation costs %" G_GINT64_FORMAT ", and %" G_GINT64_FORMAT " is allowed. Ask for fewer "
                                        "fields or smaller pages.", operation->cost, operation->max_cost));
  return FALSE;
}

static guint
count_operations (const PdgGqlAstDocument *ast)
{
  guint n = 0;

  for (guint i = 0; i < ast->n; i++)
    n += ast->items[i]->kind == PDG_GQL_AST_OPERATION;
  return n;
}

static GBytes *
refuse (PdgGqlErrors  *errors,
        PdgGqlRefusal *refusal)
{
  const char *code = pdg_gql_errors_get (errors, 0)->code;

  refusal->guard = pdg_gql_errors_get_guard (errors);
  refusal->kind = strcmp (code, PDG_GQL_CODE_SYNTAX) == 0       ? PDG_GQL_REFUSED_SYNTAX
                  : strcmp (code, PDG_GQL_CODE_VALIDATION) == 0 ? PDG_GQL_REFUSED_VALIDATION
                  : strcmp (code, PDG_GQL_CODE_LIMIT) == 0      ? PDG_GQL_REFUSED_LIMIT
                                                                : PDG_GQL_REFUSED_INPUT;
  return pdg_gql_errors_to_response (errors);
}

static const PdgGqlLimits *
get_limits (const PdgGqlRequest *request)
{
  static const PdgGqlLimits defaults = PDG_GQL_LIMITS_DEFAULT;

  return request->limits != NULL ? request->limits : &defaults;
}

PdgGqlChecked *
pdg_gql_check (PdgGqlSchema        *schema,
               const PdgGqlRequest *request,
               PdgGqlRefusal       *refusal,
               GBytes             **error_response)
{
  const PdgGqlLimits *limits = get_limits (request);
  g_autoptr(PdgGqlErrors) errors = pdg_gql_errors_new (limits->max_errors);
  g_autoptr(PdgGqlChecked) checked = g_new0 (PdgGqlChecked, 1);

  g_atomic_ref_count_init (&checked->ref_count);
  checked->schema = pdg_gql_schema_ref (schema);
  checked->arena = pdg_arena_new (8 * 1024);
  if (parse (checked, request, limits, errors) && pdg_gql_document_check_limits (&checked->document, limits, errors))
    {
      pdg_gql_validate (&checked->document, request->suggest, limits->max_overlap, NULL, errors);
      checked->max_page_size = limits->max_page_size;
      checked->has_one_operation = count_operations (checked->document.ast) == 1;
      if (pdg_gql_errors_get_n (errors) == 0)
        return g_steal_pointer (&checked);
    }
  *error_response = refuse (errors, refusal);
  return NULL;
}

PdgGqlOperation *
pdg_gql_checked_prepare (PdgGqlChecked       *checked,
                         const PdgGqlRequest *request,
                         PdgGqlRefusal       *refusal,
                         GBytes             **error_response)
{
  const PdgGqlLimits *limits = get_limits (request);
  g_autoptr(PdgGqlErrors) errors = pdg_gql_errors_new (limits->max_errors);
  g_autoptr(PdgGqlOperation) operation = g_new0 (PdgGqlOperation, 1);

  g_atomic_ref_count_init (&operation->ref_count);
  operation->checked = pdg_gql_checked_ref (checked);
  operation->arena = pdg_arena_new (2 * 1024);
  operation->max_response_bytes = limits->max_response_bytes;
  if (choose (operation, request->operation_name, errors) && coerce (operation, request, errors) && measure (operation, limits, errors)
      && plan_root (operation, errors))
    return g_steal_pointer (&operation);
  *error_response = refuse (errors, refusal);
  return NULL;
}

PdgGqlOperation *
pdg_gql_prepare (PdgGqlSchema        *schema,
                 const PdgGqlRequest *request,
                 GBytes             **error_response)
{
  PdgGqlRefusal refusal;
  g_autoptr(PdgGqlChecked) checked = pdg_gql_check (schema, request, &refusal, error_response);

  return checked != NULL ? pdg_gql_checked_prepare (checked, request, &refusal, error_response) : NULL;
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

gint64
pdg_gql_operation_get_cost (PdgGqlOperation *operation)
{
  return operation->cost;
}

const char *
pdg_gql_operation_get_name (PdgGqlOperation *operation)
{
  return operation->ast->name.text;
}

const PdgGqlChecked *
pdg_gql_operation_get_document (PdgGqlOperation *operation)
{
  return operation->checked;
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

static GBytes *
write_response (PdgGqlExecution *execution)
{
  const PdgGqlOperation *operation = execution->operation;
  gsize max_bytes = operation->max_response_bytes;
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
  if (execution->root_dead)
    pdg_gql_writer_add_null (writer);
  else
    pdg_gql_write_object (writer, &execution->root, 0);
  pdg_gql_error_write_cost (writer, operation->cost, operation->max_cost);
  pdg_gql_writer_end_object (writer);
  if (max_bytes == 0 || writer->len <= max_bytes)
    return pdg_gql_writer_free_to_bytes (writer);
  pdg_gql_writer_free (writer);
  return pdg_gql_error_response ("The response is larger than this server sends. Ask for less at once.", PDG_GQL_CODE_LIMIT);
}

PdgGqlExecution *
pdg_gql_execution_new (PdgGqlOperation *operation,
                       gpointer         root_source,
                       gpointer         context)
{
  PdgArena *arena = pdg_arena_new (EXECUTION_BLOCK_BYTES);
  PdgGqlExecution *execution = pdg_arena_alloc (arena, sizeof *execution);

  *execution = (PdgGqlExecution) {
    .schema = operation->checked->schema, .document = &operation->checked->document, .variables = &operation->variables, .arena = arena,
    .context = context, .kept = g_array_new (FALSE, FALSE, sizeof (PdgGqlKept)), .operation = pdg_gql_operation_ref (operation),
    .root_source = root_source,
  };
  execution->root = (PdgGqlLevel) {
    .plan = operation->root, .n = 1, .sources = &execution->root_source, .origin = &execution->root_origin, .dead = &execution->root_dead,
  };
  return execution;
}

GBytes *
pdg_gql_execution_run (PdgGqlExecution *execution,
                       GCancellable    *cancellable)
{
  execution->cancellable = cancellable;
  pdg_gql_execute_level (execution, &execution->root);
  return write_response (execution);
}

void
pdg_gql_execution_free (PdgGqlExecution *execution)
{
  if (execution == NULL)
    return;
  /* The last kept first: what was kept may point into what was kept before. */
  for (guint i = execution->kept->len; i > 0; i--)
    {
      PdgGqlKept *kept = &g_array_index (execution->kept, PdgGqlKept, i - 1);

      kept->destroy (kept->data);
    }
  g_array_unref (execution->kept);
  g_clear_pointer (&execution->errors, pdg_gql_writer_free);
  g_clear_pointer (&execution->scratch, pdg_gql_writer_free);
  pdg_gql_operation_unref (execution->operation);
  pdg_arena_free (execution->arena);
}

GBytes *
pdg_gql_operation_execute (PdgGqlOperation *operation,
                           gpointer         root_source,
                           gpointer         context,
                           GCancellable    *cancellable)
{
  g_autoptr(PdgGqlExecution) execution = pdg_gql_execution_new (operation, root_source, context);

  return pdg_gql_execution_run (execution, cancellable);
}

/* Errors come first, and data begins in a fixed way: see write_response(). */
gboolean
pdg_gql_response_has_errors (GBytes *response)
{
  gsize len;
  const char *text = g_bytes_get_data (response, &len);

  return len > 9 && memcmp (text, "{\"errors\"", 9) == 0;
}

gboolean
pdg_gql_response_has_data (GBytes *response)
{
  static const char mark[] = ",\"data\":{";
  gsize len;
  const char *text = g_bytes_get_data (response, &len);

  if (len > 8 && memcmp (text, "{\"data\":", 8) == 0)
    return text[8] == '{';
  /* In a string the mark's quotes would be escaped; in an object of errors there is no such member. */
  return memmem (text, len, mark, sizeof mark - 1) != NULL;
}
