#include "config.h"
#include "graphql/pdg-gql-schema.h"

#include <string.h>

#include "graphql/pdg-gql-coerce-private.h"
#include "graphql/pdg-gql-parser-private.h"
#include "graphql/pdg-gql-schema-private.h"

#define MAX_SDL_NESTING 100

G_DEFINE_QUARK (pdg-gql-error-quark, pdg_gql_error)

static PdgGqlAstDocument *
parse_sdl (PdgArena   *arena,
           const char *sdl,
           gsize       len,
           GError    **error)
{
  PdgGqlParseResult result;
  PdgGqlLocation location;
  g_autofree char *message = NULL;
  PdgGqlAstDocument *document = pdg_gql_parse (arena, sdl, len, 0, MAX_SDL_NESTING, &result, &message, &location);

  if (document == NULL)
    g_set_error (error, PDG_GQL_ERROR, PDG_GQL_ERROR_SYNTAX, "line %u, column %u: Syntax Error: %s", location.line, location.column, message);
  return document;
}

static void
mark_inputs (GHashTable  *used,
             PdgGqlInput *inputs,
             guint        n)
{
  for (guint i = 0; i < n; i++)
    g_hash_table_add (used, pdg_gql_type_get_named (inputs[i].type));
}

/* A built-in scalar that nothing refers to is not part of the schema (spec section 3.5). */
static void
drop_unused_scalars (PdgGqlSchema *schema)
{
  g_autoptr(GHashTable) used = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < schema->type_list->len; i++)
    {
      PdgGqlType *type = schema->type_list->pdata[i];

      mark_inputs (used, type->inputs, type->n_inputs);
      for (guint j = 0; j < type->n_fields; j++)
        {
          g_hash_table_add (used, pdg_gql_type_get_named (type->fields[j].type));
          mark_inputs (used, type->fields[j].args, type->fields[j].n_args);
        }
    }
  for (guint i = 0; i < schema->directive_list->len; i++)
    {
      PdgGqlDirective *directive = schema->directive_list->pdata[i];

      mark_inputs (used, directive->args, directive->n_args);
    }
  for (guint i = schema->type_list->len; i > 0; i--)
    {
      PdgGqlType *type = schema->type_list->pdata[i - 1];

      if (type->scalar == PDG_GQL_SCALAR_CUSTOM || g_hash_table_contains (used, type))
        continue;
      g_hash_table_remove (schema->types, type->name);
      g_ptr_array_remove_index (schema->type_list, i - 1);
      g_ptr_array_unref (g_steal_pointer (&type->parts));
    }
}

PdgGqlSchema *
pdg_gql_schema_new (const char *sdl,
                    gssize      len,
                    GError    **error)
{
  g_autoptr(PdgGqlSchema) schema = g_new0 (PdgGqlSchema, 1);
  const char *builtin_sdl = pdg_gql_introspection_get_sdl ();
  PdgGqlAstDocument *builtin, *document;

  g_atomic_ref_count_init (&schema->ref_count);
  schema->arena = pdg_arena_new (64 * 1024);
  schema->types = g_hash_table_new (g_str_hash, g_str_equal);
  schema->type_list = g_ptr_array_new ();
  schema->directives = g_hash_table_new (g_str_hash, g_str_equal);
  schema->directive_list = g_ptr_array_new ();
  builtin = parse_sdl (schema->arena, builtin_sdl, strlen (builtin_sdl), error);
  if (builtin == NULL)
    return NULL;
  document = parse_sdl (schema->arena, sdl, len < 0 ? strlen (sdl) : (gsize) len, error);
  if (document == NULL || !pdg_gql_schema_load (schema, builtin, document, error) || !pdg_gql_schema_verify (schema, error)
      || !pdg_gql_schema_verify_document (schema, document, error))
    return NULL;
  drop_unused_scalars (schema);
  pdg_gql_introspection_bind (schema);
  return g_steal_pointer (&schema);
}

PdgGqlSchema *
pdg_gql_schema_ref (PdgGqlSchema *schema)
{
  g_atomic_ref_count_inc (&schema->ref_count);
  return schema;
}

static void
clear_type (PdgGqlType *type)
{
  g_clear_pointer (&type->field_index, g_hash_table_unref);
  g_clear_pointer (&type->value_index, g_hash_table_unref);
  g_clear_pointer (&type->parts, g_ptr_array_unref);
}

void
pdg_gql_schema_unref (PdgGqlSchema *schema)
{
  if (schema == NULL || !g_atomic_ref_count_dec (&schema->ref_count))
    return;
  for (guint i = 0; i < schema->type_list->len; i++)
    if (schema->type_list->pdata[i] != schema->meta)
      clear_type (schema->type_list->pdata[i]);
  if (schema->meta != NULL)
    clear_type (schema->meta);
  g_ptr_array_unref (schema->type_list);
  g_hash_table_unref (schema->types);
  g_ptr_array_unref (schema->directive_list);
  g_hash_table_unref (schema->directives);
  pdg_arena_free (schema->arena);
  g_free (schema);
}

static PdgGqlField *
find_field (PdgGqlSchema *schema,
            const char   *coordinate)
{
  const char *point = strchr (coordinate, '.');
  g_autofree char *type_name = point != NULL ? g_strndup (coordinate, (gsize) (point - coordinate)) : NULL;
  PdgGqlType *type = type_name != NULL ? pdg_gql_schema_lookup_type (schema, type_name) : NULL;

  if (type == NULL || type->kind != PDG_GQL_TYPE_OBJECT || type->is_introspection)
    return NULL;
  return pdg_gql_type_lookup_field (type, point + 1);
}

gboolean
pdg_gql_schema_bind (PdgGqlSchema        *schema,
                     const PdgGqlBinding *bindings,
                     gsize                n_bindings,
                     GError             **error)
{
  for (gsize i = 0; i < n_bindings; i++)
    {
      PdgGqlField *field = find_field (schema, bindings[i].field);

      if (field == NULL || field->resolver != NULL)
        {
          g_set_error (error, PDG_GQL_ERROR, PDG_GQL_ERROR_BINDING,
                       field == NULL ? "The schema has no field \"%s\" of an object type." : "The field \"%s\" is bound twice.",
                       bindings[i].field);
          return FALSE;
        }
      field->resolver = bindings[i].resolver;
    }
  return TRUE;
}

/* The executor answers lists of objects, not lists of lists. */
static gboolean
is_supported (const PdgGqlType *type)
{
  guint lists = 0;

  for (; type->of != NULL; type = type->of)
    lists += type->kind == PDG_GQL_TYPE_LIST;
  return lists <= 1;
}

gboolean
pdg_gql_schema_check (PdgGqlSchema *schema,
                      GError      **error)
{
  g_autoptr(GString) missing = g_string_new (NULL);

  for (guint i = 0; i < schema->type_list->len; i++)
    {
      PdgGqlType *type = schema->type_list->pdata[i];

      for (guint j = 0; type->kind == PDG_GQL_TYPE_OBJECT && j < type->n_fields; j++)
        if (type->fields[j].resolver == NULL)
          g_string_append_printf (missing, "%s%s.%s", missing->len > 0 ? ", " : "", type->name, type->fields[j].name);
        else if (!is_supported (type->fields[j].type))
          g_string_append_printf (missing, "%s%s.%s (a list of lists)", missing->len > 0 ? ", " : "", type->name, type->fields[j].name);
    }
  if (missing->len > 0)
    g_set_error (error, PDG_GQL_ERROR, PDG_GQL_ERROR_BINDING, "Fields without a resolver: %s", missing->str);
  return missing->len == 0;
}

static void
reset_defaults (PdgGqlInput *inputs,
                guint        n)
{
  for (guint i = 0; i < n; i++)
    inputs[i].default_state = 0;
}

/* Defaults were read without the hook: read them again. */
static gboolean
read_defaults_again (PdgGqlSchema *schema,
                     GError      **error)
{
  for (guint i = 0; i < schema->type_list->len; i++)
    {
      PdgGqlType *type = schema->type_list->pdata[i];

      reset_defaults (type->inputs, type->n_inputs);
      for (guint j = 0; j < type->n_fields; j++)
        reset_defaults (type->fields[j].args, type->fields[j].n_args);
    }
  for (guint i = 0; i < schema->directive_list->len; i++)
    {
      PdgGqlDirective *directive = schema->directive_list->pdata[i];

      reset_defaults (directive->args, directive->n_args);
    }
  return pdg_gql_schema_verify (schema, error);
}

gboolean
pdg_gql_schema_bind_scalar (PdgGqlSchema         *schema,
                            const char           *name,
                            PdgGqlScalarParse     parse,
                            PdgGqlScalarSerialize serialize,
                            GError              **error)
{
  PdgGqlType *type = pdg_gql_schema_lookup_type (schema, name);

  if (type == NULL || type->kind != PDG_GQL_TYPE_SCALAR || type->scalar != PDG_GQL_SCALAR_CUSTOM)
    {
      g_set_error (error, PDG_GQL_ERROR, PDG_GQL_ERROR_BINDING, "The schema has no custom scalar \"%s\".", name);
      return FALSE;
    }
  type->parse = parse;
  type->serialize = serialize;
  return read_defaults_again (schema, error);
}

void
pdg_gql_schema_set_error_code_func (PdgGqlSchema       *schema,
                                    PdgGqlErrorCodeFunc func)
{
  schema->error_code = func;
}
