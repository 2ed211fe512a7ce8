#include "config.h"
#include "graphql/pdg-gql-validate-private.h"

#include <string.h>

/* Rules on literals. */

static void
check_leaf (PdgGqlValidation     *validation,
            const PdgGqlAstValue *ast,
            PdgGqlType           *location_type)
{
  PdgGqlType *type = pdg_gql_type_get_named (location_type);
  g_autofree char *message = NULL, *printed = NULL;
  GString *text;

  if (type == NULL)
    return;
  if (pdg_gql_type_is_leaf (type))
    {
      if (type->scalar == PDG_GQL_SCALAR_CUSTOM && type->kind == PDG_GQL_TYPE_SCALAR && pdg_gql_ast_value_has_variable (ast))
        return; /* known when it is executed */
      if (pdg_gql_coerce_leaf (validation->arena, type, location_type, ast, NULL, validation->suggest, &message) != NULL)
        return;
    }
  text = g_string_new (message);
  if (message == NULL)
    {
      printed = pdg_gql_type_print (location_type);
      g_string_printf (text, "Expected value of type \"%s\", found ", printed);
      pdg_gql_ast_print_value (ast, text);
      g_string_append_c (text, '.');
    }
  pdg_gql_validation_take (validation, &ast->location, 1, text);
}

static const PdgGqlAstValue *
find_member (const PdgGqlAstValue *object,
             const char           *name)
{
  for (guint i = object->n_items; i > 0; i--) /* the last of equal names, as the reference implementation */
    if (strcmp (object->fields[i - 1].name.text, name) == 0)
      return object->fields[i - 1].value;
  return NULL;
}

static gboolean
is_nullable_variable (PdgGqlValidation     *validation,
                      const PdgGqlAstValue *value)
{
  const PdgGqlAstDefinition *operation = validation->definition != NULL ? validation->definition->ast : NULL;

  for (guint i = 0; operation != NULL && value->kind == PDG_GQL_AST_VARIABLE && i < operation->n_variables; i++)
    if (strcmp (operation->variables[i].name.text, value->text) == 0)
      return operation->variables[i].type->kind != PDG_GQL_AST_NON_NULL_TYPE;
  return FALSE; /* of fragments, the rule on positions tells */
}

static void
check_one_of (PdgGqlValidation     *validation,
              const PdgGqlAstValue *object,
              const PdgGqlType     *type)
{
  const char *first = object->n_items > 0 ? object->fields[0].name.text : "";
  const PdgGqlAstValue *value = find_member (object, first);
  gboolean single = value != NULL;

  for (guint i = 1; i < object->n_items; i++)
    single = single && strcmp (object->fields[i].name.text, first) == 0;
  if (!single)
    pdg_gql_validation_error (validation, object->location, "OneOf Input Object \"%s\" must specify exactly one key.", type->name);
  else if (value->kind == PDG_GQL_AST_NULL)
    pdg_gql_validation_error (validation, object->location, "Field \"%s.%s\" must be non-null.", type->name, first);
  else if (is_nullable_variable (validation, value))
    pdg_gql_validation_error (validation, object->location,
                              "Variable \"%s\" must be non-nullable to be used for OneOf Input Object \"%s\".", value->text, type->name);
}

static void check_value (PdgGqlValidation *validation, const PdgGqlAstValue *ast, PdgGqlType *type);

static void
check_object (PdgGqlValidation     *validation,
              const PdgGqlAstValue *object,
              PdgGqlType           *type)
{
  for (guint i = 0; i < type->n_inputs; i++)
    if (pdg_gql_input_is_required (&type->inputs[i]) && find_member (object, type->inputs[i].name) == NULL)
      {
        g_autofree char *printed = pdg_gql_type_print (type->inputs[i].type);

        pdg_gql_validation_error (validation, object->location, "Field \"%s.%s\" of required type \"%s\" was not provided.", type->name,
                                  type->inputs[i].name, printed);
      }
  if (type->is_one_of)
    check_one_of (validation, object, type);
  for (guint i = 0; i < object->n_items; i++)
    {
      const PdgGqlName *name = &object->fields[i].name;
      PdgGqlInput *input = pdg_gql_type_lookup_input (type, name->text);

      if (input == NULL)
        {
          GString *message = g_string_new (NULL);

          g_string_printf (message, "Field \"%s\" is not defined by type \"%s\".", name->text, type->name);
          if (validation->suggest)
            pdg_gql_suggest_inputs (message, type, name->text);
          pdg_gql_validation_take (validation, &name->location, 1, message);
        }
      check_value (validation, object->fields[i].value, input != NULL ? input->type : NULL);
    }
}

static void
check_value (PdgGqlValidation     *validation,
             const PdgGqlAstValue *ast,
             PdgGqlType           *type)
{
  PdgGqlType *nullable = pdg_gql_type_get_nullable (type);
  PdgGqlType *named = pdg_gql_type_get_named (type);
  g_autofree char *printed = NULL;

  if (type == NULL || ast->kind == PDG_GQL_AST_VARIABLE || pdg_gql_errors_is_full (validation->errors))
    return;
  if (ast->kind == PDG_GQL_AST_NULL)
    {
      if (type->kind != PDG_GQL_TYPE_NON_NULL)
        return;
      printed = pdg_gql_type_print (type);
      pdg_gql_validation_error (validation, ast->location, "Expected value of type \"%s\", found null.", printed);
    }
  else if (ast->kind == PDG_GQL_AST_LIST && nullable->kind == PDG_GQL_TYPE_LIST)
    for (guint i = 0; i < ast->n_items; i++)
      check_value (validation, ast->items[i], nullable->of);
  else if (ast->kind == PDG_GQL_AST_OBJECT && named->kind == PDG_GQL_TYPE_INPUT)
    check_object (validation, ast, named);
  else
    check_leaf (validation, ast, ast->kind == PDG_GQL_AST_LIST ? nullable : type);
}

static void
values_of_correct_type (PdgGqlValidation *validation,
                        PdgGqlVisit       visit,
                        gconstpointer     node)
{
  check_value (validation, node, validation->input_type);
}

static void
check_member_names (PdgGqlValidation     *validation,
                    const PdgGqlAstValue *ast)
{
  g_autoptr(GHashTable) known = NULL;

  if (ast->kind == PDG_GQL_AST_OBJECT && ast->n_items > 1)
    known = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < ast->n_items; i++)
    {
      const PdgGqlName *name, *first;

      if (known != NULL)
        {
          name = &ast->fields[i].name;
          first = g_hash_table_lookup (known, name->text);
          if (first != NULL)
            pdg_gql_validation_error2 (validation, first->location, name->location, "There can be only one input field named \"%s\".",
                                       name->text);
          else
            g_hash_table_insert (known, (gpointer) name->text, (gpointer) name);
        }
      check_member_names (validation, ast->kind == PDG_GQL_AST_LIST ? ast->items[i] : ast->fields[i].value);
    }
}

static void
unique_input_field_names (PdgGqlValidation *validation,
                          PdgGqlVisit       visit,
                          gconstpointer     node)
{
  check_member_names (validation, node);
}

const PdgGqlRule pdg_gql_value_rules[] = {
  { "ValuesOfCorrectTypeRule", PDG_GQL_VISIT_VALUE, values_of_correct_type },
  { "UniqueInputFieldNamesRule", PDG_GQL_VISIT_VALUE, unique_input_field_names },
  { NULL, 0, NULL },
};
