#include "config.h"
#include "graphql/pdg-gql-validate-private.h"

#include <string.h>

/* Rules on variables: what an operation declares against what it and the fragments it reaches use. */

static void
variables_are_input_types (PdgGqlValidation *validation,
                           PdgGqlVisit       visit,
                           gconstpointer     node)
{
  const PdgGqlAstVariable *variable = node;
  PdgGqlType *type = pdg_gql_schema_resolve_type (validation->schema, variable->type, validation->arena);
  g_autoptr(GString) printed = NULL;

  if (type == NULL || pdg_gql_type_is_input (type))
    return;
  printed = g_string_new (NULL);
  pdg_gql_ast_print_type (variable->type, printed);
  pdg_gql_validation_error (validation, variable->type->location, "Variable \"$%s\" cannot be non-input type \"%s\".", variable->name.text,
                            printed->str);
}

static const PdgGqlName *
get_variable_name (gconstpointer items,
                   guint         index)
{
  return &((const PdgGqlAstVariable *) items)[index].name;
}

static void
unique_variable_names (PdgGqlValidation *validation,
                       PdgGqlVisit       visit,
                       gconstpointer     node)
{
  const PdgGqlAstDefinition *operation = node;

  pdg_gql_validation_unique (validation, operation->variables, operation->n_variables, get_variable_name, "variable named \"$");
}

/* Calls @func for every use of a variable that @operation reaches. */
typedef void (*UsageFunc) (PdgGqlValidation *validation, const PdgGqlAstDefinition *operation, GHashTable *variables,
                           const PdgGqlUsage *usage);

static void
for_each_usage (PdgGqlValidation *validation,
                UsageFunc         func)
{
  for (guint i = 0; i < validation->definitions->len; i++)
    {
      PdgGqlDefinition *operation = validation->definitions->pdata[i];
      g_autoptr(GPtrArray) reached = NULL;
      g_autoptr(GHashTable) variables = NULL;

      if (operation->ast->kind != PDG_GQL_AST_OPERATION)
        continue;
      reached = pdg_gql_validation_reach (validation, operation);
      variables = g_hash_table_new (g_str_hash, g_str_equal);
      for (guint j = 0; j < operation->ast->n_variables; j++)
        g_hash_table_insert (variables, (gpointer) operation->ast->variables[j].name.text, &operation->ast->variables[j]);
      for (guint j = 0; j < reached->len; j++)
        {
          const GArray *usages = ((PdgGqlDefinition *) reached->pdata[j])->usages;

          for (guint k = 0; k < usages->len && !pdg_gql_errors_is_full (validation->errors); k++)
            func (validation, operation->ast, variables, &g_array_index (usages, PdgGqlUsage, k));
        }
    }
}

static void
check_defined (PdgGqlValidation          *validation,
               const PdgGqlAstDefinition *operation,
               GHashTable                *variables,
               const PdgGqlUsage         *usage)
{
  if (g_hash_table_contains (variables, usage->ast->text))
    return;
  if (operation->name.text != NULL)
    pdg_gql_validation_error2 (validation, usage->ast->location, operation->location, "Variable \"$%s\" is not defined by operation \"%s\".",
                               usage->ast->text, operation->name.text);
  else
    pdg_gql_validation_error2 (validation, usage->ast->location, operation->location, "Variable \"$%s\" is not defined.", usage->ast->text);
}

static void
no_undefined_variables (PdgGqlValidation *validation,
                        PdgGqlVisit       visit,
                        gconstpointer     node)
{
  for_each_usage (validation, check_defined);
}

static void
no_unused_variables (PdgGqlValidation *validation,
                     PdgGqlVisit       visit,
                     gconstpointer     node)
{
  for (guint i = 0; i < validation->definitions->len; i++)
    {
      PdgGqlDefinition *operation = validation->definitions->pdata[i];
      g_autoptr(GPtrArray) reached = NULL;
      g_autoptr(GHashTable) used = NULL;

      if (operation->ast->n_variables == 0)
        continue;
      reached = pdg_gql_validation_reach (validation, operation);
      used = g_hash_table_new (g_str_hash, g_str_equal);
      for (guint j = 0; j < reached->len; j++)
        {
          const GArray *usages = ((PdgGqlDefinition *) reached->pdata[j])->usages;

          for (guint k = 0; k < usages->len; k++)
            g_hash_table_add (used, (gpointer) g_array_index (usages, PdgGqlUsage, k).ast->text);
        }
      for (guint j = 0; j < operation->ast->n_variables; j++)
        {
          const PdgGqlAstVariable *variable = &operation->ast->variables[j];

          if (g_hash_table_contains (used, variable->name.text))
            continue;
          if (operation->ast->name.text != NULL)
            pdg_gql_validation_error (validation, variable->location, "Variable \"$%s\" is never used in operation \"%s\".",
                                      variable->name.text, operation->ast->name.text);
          else
            pdg_gql_validation_error (validation, variable->location, "Variable \"$%s\" is never used.", variable->name.text);
        }
    }
}

static gboolean
is_allowed (const PdgGqlAstVariable *variable,
            PdgGqlType              *type,
            const PdgGqlUsage       *usage)
{
  gboolean has_value;

  if (usage->type->kind != PDG_GQL_TYPE_NON_NULL || type->kind == PDG_GQL_TYPE_NON_NULL)
    return pdg_gql_type_is_subtype (type, usage->type);
  has_value = variable->default_value != NULL && variable->default_value->kind != PDG_GQL_AST_NULL;
  return (has_value || usage->has_default) && pdg_gql_type_is_subtype (type, usage->type->of);
}

static void
check_position (PdgGqlValidation          *validation,
                const PdgGqlAstDefinition *operation,
                GHashTable                *variables,
                const PdgGqlUsage         *usage)
{
  const PdgGqlAstVariable *variable = g_hash_table_lookup (variables, usage->ast->text);
  PdgGqlType *type = variable != NULL ? pdg_gql_schema_resolve_type (validation->schema, variable->type, validation->arena) : NULL;
  g_autofree char *printed = NULL, *expected = NULL;
  gboolean allowed, one_of;

  if (type == NULL || usage->type == NULL)
    return;
  allowed = is_allowed (variable, type, usage);
  one_of = usage->parent_type != NULL && usage->parent_type->is_one_of && type->kind != PDG_GQL_TYPE_NON_NULL;
  if (allowed && !one_of)
    return;
  printed = pdg_gql_type_print (type);
  expected = pdg_gql_type_print (usage->type);
  if (!allowed)
    pdg_gql_validation_error2 (validation, variable->location, usage->ast->location,
                               "Variable \"$%s\" of type \"%s\" used in position expecting type \"%s\".", variable->name.text, printed, expected);
  if (one_of)
    pdg_gql_validation_error2 (validation, variable->location, usage->ast->location,
                               "Variable \"$%s\" is of type \"%s\" but must be non-nullable to be used for OneOf Input Object \"%s\".",
                               variable->name.text, printed, usage->parent_type->name);
}

static void
variables_in_allowed_position (PdgGqlValidation *validation,
                               PdgGqlVisit       visit,
                               gconstpointer     node)
{
  for_each_usage (validation, check_position);
}

const PdgGqlRule pdg_gql_variable_rules[] = {
  { "VariablesAreInputTypesRule", PDG_GQL_VISIT_VARIABLE, variables_are_input_types },
  { "UniqueVariableNamesRule", PDG_GQL_VISIT_OPERATION, unique_variable_names },
  { "NoUndefinedVariablesRule", PDG_GQL_VISIT_DOCUMENT_END, no_undefined_variables },
  { "NoUnusedVariablesRule", PDG_GQL_VISIT_DOCUMENT_END, no_unused_variables },
  { "VariablesInAllowedPositionRule", PDG_GQL_VISIT_DOCUMENT_END, variables_in_allowed_position },
  { NULL, 0, NULL },
};
