#include "config.h"
#include "graphql/pdg-gql-schema-private.h"

#include <string.h>

#include "graphql/pdg-gql-coerce-private.h"

/* The rules of the type system (spec section 3) that can only be checked when all types are known. */

static gboolean
verify_unique_inputs (const PdgGqlInput *inputs,
                      guint              n,
                      const char        *owner,
                      GError           **error)
{
  for (guint i = 0; i < n; i++)
    {
      for (guint j = 0; j < i; j++)
        if (strcmp (inputs[i].name, inputs[j].name) == 0)
          return pdg_gql_schema_fail (error, inputs[i].location, "Argument or field \"%s(%s:)\" can only be defined once.", owner, inputs[i].name);
      if (inputs[i].deprecation_reason != NULL && pdg_gql_input_is_required (&inputs[i]))
        return pdg_gql_schema_fail (error, inputs[i].location, "Required argument or field \"%s(%s:)\" cannot be deprecated.", owner, inputs[i].name);
    }
  return TRUE;
}

static gboolean
verify_implemented_args (const PdgGqlType  *type,
                         const PdgGqlField *mine,
                         const PdgGqlField *theirs,
                         GError           **error)
{
  for (guint i = 0; i < theirs->n_args; i++)
    {
      const PdgGqlInput *arg = pdg_gql_inputs_lookup (mine->args, mine->n_args, theirs->args[i].name);

      if (arg == NULL || !pdg_gql_type_equal (arg->type, theirs->args[i].type))
        return pdg_gql_schema_fail (error, mine->location,
                                    "Interface field argument %s.%s(%s:) expected with the same type, but %s.%s does not provide it.",
                                    theirs->parent->name, theirs->name, theirs->args[i].name, type->name, mine->name);
    }
  for (guint i = 0; i < mine->n_args; i++)
    if (pdg_gql_input_is_required (&mine->args[i])
        && pdg_gql_inputs_lookup (theirs->args, theirs->n_args, mine->args[i].name) == NULL)
      return pdg_gql_schema_fail (error, mine->args[i].location,
                                  "Field %s.%s includes required argument %s that is missing from the interface field %s.%s.",
                                  type->name, mine->name, mine->args[i].name, theirs->parent->name, theirs->name);
  return TRUE;
}

static gboolean
verify_interface (const PdgGqlType *type,
                  const PdgGqlType *interface,
                  GError          **error)
{
  if (type == interface)
    return pdg_gql_schema_fail (error, type->location, "Type %s cannot implement itself because it would create a circular reference.", type->name);
  for (guint i = 0; i < interface->n_interfaces; i++)
    {
      gboolean found = FALSE;

      if (interface->interfaces[i] == type)
        return pdg_gql_schema_fail (error, type->location, "Type %s cannot implement %s because it would create a circular reference.",
                                    type->name, interface->name);
      for (guint j = 0; j < type->n_interfaces; j++)
        found = found || type->interfaces[j] == interface->interfaces[i];
      if (!found)
        return pdg_gql_schema_fail (error, type->location, "Type %s must implement %s because it is implemented by %s.", type->name,
                                    interface->interfaces[i]->name, interface->name);
    }
  for (guint i = 0; i < interface->n_fields; i++)
    {
      const PdgGqlField *theirs = &interface->fields[i];
      const PdgGqlField *mine = pdg_gql_type_lookup_field (type, theirs->name);

      if (mine == NULL)
        return pdg_gql_schema_fail (error, type->location, "Interface field %s.%s expected but %s does not provide it.", interface->name,
                                    theirs->name, type->name);
      if (!pdg_gql_type_is_subtype (mine->type, theirs->type))
        {
          g_autofree char *expected = pdg_gql_type_print (theirs->type);
          g_autofree char *found = pdg_gql_type_print (mine->type);

          return pdg_gql_schema_fail (error, mine->location, "Interface field %s.%s expects type %s but %s.%s is type %s.",
                                      interface->name, theirs->name, expected, type->name, mine->name, found);
        }
      if (!verify_implemented_args (type, mine, theirs, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
verify_composite (const PdgGqlType *type,
                  GError          **error)
{
  if (type->n_fields == 0)
    return pdg_gql_schema_fail (error, type->location, "Type %s must define one or more fields.", type->name);
  for (guint i = 0; i < type->n_fields; i++)
    if (!verify_unique_inputs (type->fields[i].args, type->fields[i].n_args, type->fields[i].name, error))
      return FALSE;
  for (guint i = 0; i < type->n_interfaces; i++)
    if (!verify_interface (type, type->interfaces[i], error))
      return FALSE;
  return TRUE;
}

/* Whether a value of @type would have to contain a value of @target: a chain of non-null fields. */
static gboolean
requires_itself (const PdgGqlType *type,
                 const PdgGqlType *target,
                 GHashTable       *seen)
{
  for (guint i = 0; i < type->n_inputs; i++)
    {
      const PdgGqlType *inner = type->inputs[i].type->kind == PDG_GQL_TYPE_NON_NULL ? type->inputs[i].type->of : NULL;

      if (inner == NULL || inner->kind != PDG_GQL_TYPE_INPUT)
        continue;
      if (inner == target || (g_hash_table_add (seen, (gpointer) inner) && requires_itself (inner, target, seen)))
        return TRUE;
    }
  return FALSE;
}

static gboolean
verify_input (const PdgGqlType *type,
              GError          **error)
{
  g_autoptr(GHashTable) seen = g_hash_table_new (NULL, NULL);

  if (type->n_inputs == 0)
    return pdg_gql_schema_fail (error, type->location, "Input Object type %s must define one or more fields.", type->name);
  for (guint i = 0; type->is_one_of && i < type->n_inputs; i++)
    if (type->inputs[i].type->kind == PDG_GQL_TYPE_NON_NULL || type->inputs[i].default_ast != NULL)
      return pdg_gql_schema_fail (error, type->inputs[i].location, "OneOf input field %s.%s must be nullable and cannot have a default value.",
                                  type->name, type->inputs[i].name);
  if (requires_itself (type, type, seen))
    return pdg_gql_schema_fail (error, type->location,
                                "Cannot reference Input Object \"%s\" within itself through a series of non-null fields.", type->name);
  return verify_unique_inputs (type->inputs, type->n_inputs, type->name, error);
}

static gboolean
verify_defaults (PdgGqlSchema *schema,
                 PdgGqlInput  *inputs,
                 guint         n,
                 GError      **error)
{
  for (guint i = 0; i < n; i++)
    if (inputs[i].default_ast != NULL && pdg_gql_coerce_default (schema->arena, &inputs[i]) == NULL)
      {
        g_autofree char *type = pdg_gql_type_print (inputs[i].type);

        return pdg_gql_schema_fail (error, inputs[i].default_ast->location, "The default value of \"%s\" is no %s.", inputs[i].name, type);
      }
  return TRUE;
}

static gboolean
verify_applied (PdgGqlSchema              *schema,
                const PdgGqlAstDirectives *directives,
                const char                *location,
                GError                   **error)
{
  for (guint i = 0; i < directives->n; i++)
    {
      const PdgGqlAstDirective *applied = &directives->items[i];
      PdgGqlDirective *directive = pdg_gql_schema_lookup_directive (schema, applied->name.text);
      g_autofree const PdgGqlValue **values = NULL;
      g_autofree char *message = NULL;
      PdgGqlLocation at = applied->location;
      gboolean allowed = FALSE;

      if (directive == NULL)
        return pdg_gql_schema_fail (error, applied->location, "Unknown directive \"@%s\".", applied->name.text);
      for (guint j = 0; j < directive->n_locations; j++)
        allowed = allowed || strcmp (directive->locations[j], location) == 0;
      if (!allowed)
        return pdg_gql_schema_fail (error, applied->location, "Directive \"@%s\" may not be used on %s.", directive->name, location);
      for (guint j = 0; j < i; j++)
        if (!directive->repeatable && strcmp (directives->items[j].name.text, directive->name) == 0)
          return pdg_gql_schema_fail (error, applied->location, "The directive \"@%s\" can only be used once at this location.", directive->name);
      for (guint j = 0; j < applied->n_arguments; j++)
        if (pdg_gql_inputs_lookup (directive->args, directive->n_args, applied->arguments[j].name.text) == NULL)
          return pdg_gql_schema_fail (error, applied->arguments[j].name.location, "Unknown argument \"%s\" on directive \"@%s\".",
                                      applied->arguments[j].name.text, directive->name);
      values = g_new0 (const PdgGqlValue *, directive->n_args + 1);
      if (!pdg_gql_coerce_arguments (schema->arena, directive->args, directive->n_args, applied->arguments, applied->n_arguments,
                                     NULL, values, &message, &at))
        return pdg_gql_schema_fail (error, at, "%s", message);
    }
  return TRUE;
}

static gboolean
verify_applied_inputs (PdgGqlSchema         *schema,
                       const PdgGqlAstInput *inputs,
                       guint                 n,
                       const char           *location,
                       GError              **error)
{
  for (guint i = 0; i < n; i++)
    if (!verify_applied (schema, &inputs[i].directives, location, error))
      return FALSE;
  return TRUE;
}

static gboolean
verify_applied_part (PdgGqlSchema              *schema,
                     const PdgGqlAstDefinition *part,
                     GError                   **error)
{
  static const char *const locations[] = { "", "", "SCHEMA", "SCALAR", "OBJECT", "INTERFACE", "UNION", "ENUM", "INPUT_OBJECT", "" };
  gboolean is_enum = part->kind == PDG_GQL_AST_ENUM_TYPE;

  if (!verify_applied (schema, &part->directives, locations[part->kind], error))
    return FALSE;
  for (guint i = 0; i < part->n_fields; i++)
    if (!verify_applied (schema, &part->fields[i].directives, is_enum ? "ENUM_VALUE" : "FIELD_DEFINITION", error)
        || !verify_applied_inputs (schema, part->fields[i].arguments, part->fields[i].n_arguments, "ARGUMENT_DEFINITION", error))
      return FALSE;
  return verify_applied_inputs (schema, part->inputs, part->n_inputs,
                                part->kind == PDG_GQL_AST_INPUT_TYPE ? "INPUT_FIELD_DEFINITION" : "ARGUMENT_DEFINITION", error);
}

static gboolean
verify_type (PdgGqlSchema *schema,
             PdgGqlType   *type,
             GError      **error)
{
  for (guint i = 0; i < type->parts->len; i++)
    if (!verify_applied_part (schema, type->parts->pdata[i], error))
      return FALSE;
  if (!verify_defaults (schema, type->inputs, type->n_inputs, error))
    return FALSE;
  for (guint i = 0; i < type->n_fields; i++)
    if (!verify_defaults (schema, type->fields[i].args, type->fields[i].n_args, error))
      return FALSE;
  if (type->kind == PDG_GQL_TYPE_OBJECT || type->kind == PDG_GQL_TYPE_INTERFACE)
    return verify_composite (type, error);
  if (type->kind == PDG_GQL_TYPE_INPUT)
    return verify_input (type, error);
  if (type->kind == PDG_GQL_TYPE_UNION && type->n_possible == 0)
    return pdg_gql_schema_fail (error, type->location, "Union type %s must define one or more member types.", type->name);
  if (type->kind == PDG_GQL_TYPE_ENUM && type->n_values == 0)
    return pdg_gql_schema_fail (error, type->location, "Enum type %s must define one or more values.", type->name);
  return TRUE;
}

gboolean
pdg_gql_schema_verify (PdgGqlSchema *schema,
                       GError      **error)
{
  for (guint i = 0; i < schema->type_list->len; i++)
    if (!verify_type (schema, schema->type_list->pdata[i], error))
      return FALSE;
  for (guint i = 0; i < schema->directive_list->len; i++)
    {
      PdgGqlDirective *directive = schema->directive_list->pdata[i];

      if (!verify_unique_inputs (directive->args, directive->n_args, directive->name, error)
          || !verify_defaults (schema, directive->args, directive->n_args, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
pdg_gql_schema_verify_document (PdgGqlSchema            *schema,
                                const PdgGqlAstDocument *document,
                                GError                 **error)
{
  for (guint i = 0; i < document->n; i++)
    if ((document->items[i]->kind == PDG_GQL_AST_SCHEMA || document->items[i]->kind == PDG_GQL_AST_DIRECTIVE)
        && !verify_applied_part (schema, document->items[i], error))
      return FALSE;
  return TRUE;
}
