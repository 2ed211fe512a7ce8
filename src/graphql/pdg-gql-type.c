#include "config.h"
#include "graphql/pdg-gql-schema-private.h"

#include <string.h>

PdgGqlType *
pdg_gql_schema_lookup_type (const PdgGqlSchema *schema,
                            const char         *name)
{
  return g_hash_table_lookup (schema->types, name);
}

PdgGqlDirective *
pdg_gql_schema_lookup_directive (const PdgGqlSchema *schema,
                                 const char         *name)
{
  return g_hash_table_lookup (schema->directives, name);
}

PdgGqlField *
pdg_gql_type_lookup_field (const PdgGqlType *type,
                           const char       *name)
{
  return type->field_index != NULL ? g_hash_table_lookup (type->field_index, name) : NULL;
}

PdgGqlField *
pdg_gql_schema_lookup_field (const PdgGqlSchema *schema,
                             const PdgGqlType   *type,
                             const char         *name)
{
  if (name[0] == '_' && name[1] == '_')
    {
      if (strcmp (name, "__typename") == 0 && pdg_gql_type_is_composite (type))
        return schema->meta_typename;
      if (type == schema->roots[PDG_GQL_AST_QUERY] && strcmp (name, "__schema") == 0)
        return schema->meta_schema;
      if (type == schema->roots[PDG_GQL_AST_QUERY] && strcmp (name, "__type") == 0)
        return schema->meta_type;
    }
  return pdg_gql_type_lookup_field (type, name);
}

PdgGqlInput *
pdg_gql_inputs_lookup (PdgGqlInput *inputs,
                       guint        n_inputs,
                       const char  *name)
{
  for (guint i = 0; i < n_inputs; i++)
    if (strcmp (inputs[i].name, name) == 0)
      return &inputs[i];
  return NULL;
}

PdgGqlInput *
pdg_gql_type_lookup_input (const PdgGqlType *type,
                           const char       *name)
{
  return pdg_gql_inputs_lookup (type->inputs, type->n_inputs, name);
}

PdgGqlEnumValue *
pdg_gql_type_lookup_value (const PdgGqlType *type,
                           const char       *name)
{
  return type->value_index != NULL ? g_hash_table_lookup (type->value_index, name) : NULL;
}

PdgGqlType *
pdg_gql_type_wrap (PdgArena      *arena,
                   PdgGqlType    *type,
                   PdgGqlTypeKind kind)
{
  PdgGqlType *wrapper = kind == PDG_GQL_TYPE_LIST ? type->list_type : type->non_null_type;

  if (wrapper != NULL)
    return wrapper;
  wrapper = memset (pdg_arena_alloc (arena, sizeof *wrapper), 0, sizeof *wrapper);
  wrapper->kind = kind;
  wrapper->of = type;
  return wrapper;
}

PdgGqlType *
pdg_gql_schema_resolve_type (const PdgGqlSchema  *schema,
                             const PdgGqlAstType *ast,
                             PdgArena            *arena)
{
  PdgGqlType *inner;

  if (ast->kind == PDG_GQL_AST_NAMED_TYPE)
    return pdg_gql_schema_lookup_type (schema, ast->name);
  inner = pdg_gql_schema_resolve_type (schema, ast->of, arena);
  if (inner == NULL)
    return NULL;
  return pdg_gql_type_wrap (arena, inner, ast->kind == PDG_GQL_AST_LIST_TYPE ? PDG_GQL_TYPE_LIST : PDG_GQL_TYPE_NON_NULL);
}

PdgGqlType *
pdg_gql_type_get_named (PdgGqlType *type)
{
  while (type != NULL && type->of != NULL)
    type = type->of;
  return type;
}

PdgGqlType *
pdg_gql_type_get_nullable (PdgGqlType *type)
{
  return type != NULL && type->kind == PDG_GQL_TYPE_NON_NULL ? type->of : type;
}

gboolean
pdg_gql_type_is_input (PdgGqlType *type)
{
  const PdgGqlType *named = pdg_gql_type_get_named (type);

  return pdg_gql_type_is_leaf (named) || named->kind == PDG_GQL_TYPE_INPUT;
}

gboolean
pdg_gql_type_is_output (PdgGqlType *type)
{
  return pdg_gql_type_get_named (type)->kind != PDG_GQL_TYPE_INPUT;
}

gboolean
pdg_gql_type_equal (const PdgGqlType *a,
                    const PdgGqlType *b)
{
  while (a != b)
    {
      if (a->kind != b->kind || a->of == NULL || b->of == NULL)
        return FALSE;
      a = a->of;
      b = b->of;
    }
  return TRUE;
}

gboolean
pdg_gql_type_has_possible (const PdgGqlType *type,
                           const PdgGqlType *object)
{
  for (guint i = 0; i < type->n_possible; i++)
    if (type->possible[i] == object)
      return TRUE;
  return FALSE;
}

static gboolean
implements (const PdgGqlType *type,
            const PdgGqlType *interface)
{
  for (guint i = 0; i < type->n_interfaces; i++)
    if (type->interfaces[i] == interface)
      return TRUE;
  return FALSE;
}

gboolean
pdg_gql_type_is_subtype (const PdgGqlType *type,
                         const PdgGqlType *of)
{
  for (;;)
    {
      if (type == of)
        return TRUE;
      if (of->kind == PDG_GQL_TYPE_NON_NULL || of->kind == PDG_GQL_TYPE_LIST)
        {
          if (of->kind == PDG_GQL_TYPE_LIST && type->kind == PDG_GQL_TYPE_NON_NULL)
            type = type->of;
          if (type->kind != of->kind)
            return FALSE;
          type = type->of;
          of = of->of;
        }
      else if (type->kind == PDG_GQL_TYPE_NON_NULL)
        type = type->of;
      else if (type->kind == PDG_GQL_TYPE_LIST)
        return FALSE;
      else
        return pdg_gql_type_is_abstract (of)
               && (type->kind == PDG_GQL_TYPE_OBJECT ? pdg_gql_type_has_possible (of, type) : implements (type, of));
    }
}

gboolean
pdg_gql_type_overlap (const PdgGqlType *a,
                      const PdgGqlType *b)
{
  if (a == b)
    return TRUE;
  for (guint i = 0; i < a->n_possible; i++)
    if (pdg_gql_type_has_possible (b, a->possible[i]))
      return TRUE;
  return FALSE;
}

char *
pdg_gql_type_print (const PdgGqlType *type)
{
  g_autofree char *inner = NULL;

  if (type->of == NULL)
    return g_strdup (type->name);
  inner = pdg_gql_type_print (type->of);
  return type->kind == PDG_GQL_TYPE_LIST ? g_strdup_printf ("[%s]", inner) : g_strdup_printf ("%s!", inner);
}
