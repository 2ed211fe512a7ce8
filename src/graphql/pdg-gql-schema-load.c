#include "config.h"
#include "graphql/pdg-gql-schema-private.h"

#include <string.h>

#include "graphql/pdg-gql-coerce-private.h"

/* From the syntax tree to types. First every type gets its name, then the parts of each (definition and extensions)
 * are put together, so definitions may come in any order. */

typedef struct
{
  PdgGqlSchema *schema;
  gboolean builtin; /* reading the built-in definitions */
  GError **error;
} Loader;

gboolean
pdg_gql_schema_fail (GError       **error,
                     PdgGqlLocation location,
                     const char    *format,
                     ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  if (location.line > 0)
    g_set_error (error, PDG_GQL_ERROR, PDG_GQL_ERROR_SCHEMA, "line %u, column %u: %s", location.line, location.column, text);
  else
    g_set_error_literal (error, PDG_GQL_ERROR, PDG_GQL_ERROR_SCHEMA, text);
  return FALSE;
}

static gpointer
new_array (Loader *loader,
           guint   n,
           gsize   size)
{
  return memset (pdg_arena_alloc (loader->schema->arena, MAX (n, 1) * size), 0, MAX (n, 1) * size);
}

static gboolean
check_name (Loader           *loader,
            const PdgGqlName *name)
{
  if (!loader->builtin && g_str_has_prefix (name->text, "__"))
    return pdg_gql_schema_fail (loader->error, name->location,
                                "Name \"%s\" must not begin with \"__\", which is reserved by GraphQL introspection.", name->text);
  return TRUE;
}

static PdgGqlType *
resolve (Loader              *loader,
         const PdgGqlAstType *ast)
{
  PdgGqlType *type, *wrapper;

  if (ast->kind == PDG_GQL_AST_NAMED_TYPE)
    {
      type = pdg_gql_schema_lookup_type (loader->schema, ast->name);
      if (type == NULL)
        pdg_gql_schema_fail (loader->error, ast->location, "Unknown type \"%s\".", ast->name);
      return type;
    }
  type = resolve (loader, ast->of);
  if (type == NULL)
    return NULL;
  wrapper = pdg_gql_type_wrap (loader->schema->arena, type,
                               ast->kind == PDG_GQL_AST_LIST_TYPE ? PDG_GQL_TYPE_LIST : PDG_GQL_TYPE_NON_NULL);
  if (ast->kind == PDG_GQL_AST_LIST_TYPE)
    type->list_type = wrapper;
  else
    type->non_null_type = wrapper;
  return wrapper;
}

static const PdgGqlAstDirective *
find_directive (const PdgGqlAstDirectives *directives,
                const char                *name)
{
  for (guint i = 0; i < directives->n; i++)
    if (strcmp (directives->items[i].name.text, name) == 0)
      return &directives->items[i];
  return NULL;
}

static const char *
get_text_argument (const PdgGqlAstDirective *directive,
                   const char               *fallback)
{
  for (guint i = 0; i < directive->n_arguments; i++)
    if (directive->arguments[i].value->kind == PDG_GQL_AST_STRING)
      return directive->arguments[i].value->text;
  return fallback;
}

static const char *
get_deprecation (const PdgGqlAstDirectives *directives)
{
  const PdgGqlAstDirective *directive = find_directive (directives, "deprecated");

  return directive != NULL ? get_text_argument (directive, "No longer supported") : NULL;
}

static gboolean
load_inputs (Loader               *loader,
             const PdgGqlAstInput *asts,
             guint                 n,
             PdgGqlInput          *inputs)
{
  for (guint i = 0; i < n; i++)
    {
      const PdgGqlAstInput *ast = &asts[i];
      PdgGqlInput *input = &inputs[i];

      input->name = ast->name.text;
      input->location = ast->name.location;
      input->description = ast->description;
      input->default_ast = ast->default_value;
      input->deprecation_reason = get_deprecation (&ast->directives);
      input->type = resolve (loader, ast->type);
      if (input->type == NULL || !check_name (loader, &ast->name))
        return FALSE;
      if (!pdg_gql_type_is_input (input->type))
        return pdg_gql_schema_fail (loader->error, ast->type->location, "The type of \"%s\" must be an input type, but is \"%s\".",
                                    ast->name.text, pdg_gql_type_get_named (input->type)->name);
    }
  return TRUE;
}

static gboolean
load_field (Loader               *loader,
            PdgGqlType           *type,
            const PdgGqlAstField *ast,
            PdgGqlField          *field)
{
  field->name = ast->name.text;
  field->location = ast->name.location;
  field->description = ast->description;
  field->parent = type;
  field->deprecation_reason = get_deprecation (&ast->directives);
  field->type = resolve (loader, ast->type);
  if (field->type == NULL || (type != loader->schema->meta && !check_name (loader, &ast->name)))
    return FALSE;
  if (!pdg_gql_type_is_output (field->type))
    return pdg_gql_schema_fail (loader->error, ast->type->location, "The type of \"%s.%s\" must be an output type, but is \"%s\".",
                                type->name, field->name, pdg_gql_type_get_named (field->type)->name);
  field->n_args = ast->n_arguments;
  field->args = new_array (loader, ast->n_arguments, sizeof (PdgGqlInput));
  return load_inputs (loader, ast->arguments, ast->n_arguments, field->args);
}

static PdgGqlAstDefinition *
get_part (PdgGqlType *type,
          guint       i)
{
  return g_ptr_array_index (type->parts, i);
}

static gboolean
load_fields (Loader     *loader,
             PdgGqlType *type)
{
  guint n = 0;

  for (guint i = 0; i < type->parts->len; i++)
    n += get_part (type, i)->n_fields;
  type->fields = new_array (loader, n, sizeof (PdgGqlField));
  type->field_index = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < type->parts->len; i++)
    for (guint j = 0; j < get_part (type, i)->n_fields; j++)
      {
        const PdgGqlAstField *ast = &get_part (type, i)->fields[j];
        PdgGqlField *field = &type->fields[type->n_fields++];

        if (!load_field (loader, type, ast, field))
          return FALSE;
        if (!g_hash_table_insert (type->field_index, (gpointer) field->name, field))
          return pdg_gql_schema_fail (loader->error, ast->name.location, "Field \"%s.%s\" can only be defined once.", type->name, field->name);
      }
  return TRUE;
}

static gboolean
load_values (Loader     *loader,
             PdgGqlType *type)
{
  guint n = 0;

  for (guint i = 0; i < type->parts->len; i++)
    n += get_part (type, i)->n_fields;
  type->values = new_array (loader, n, sizeof (PdgGqlEnumValue));
  type->value_index = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < type->parts->len; i++)
    for (guint j = 0; j < get_part (type, i)->n_fields; j++)
      {
        const PdgGqlAstField *ast = &get_part (type, i)->fields[j];
        PdgGqlEnumValue *value = &type->values[type->n_values++];

        value->name = ast->name.text;
        value->description = ast->description;
        value->deprecation_reason = get_deprecation (&ast->directives);
        if (!check_name (loader, &ast->name))
          return FALSE;
        if (!g_hash_table_insert (type->value_index, (gpointer) value->name, value))
          return pdg_gql_schema_fail (loader->error, ast->name.location, "Enum value \"%s.%s\" can only be defined once.", type->name, value->name);
      }
  return TRUE;
}

static gboolean
load_input_fields (Loader     *loader,
                   PdgGqlType *type)
{
  guint n = 0;

  for (guint i = 0; i < type->parts->len; i++)
    n += get_part (type, i)->n_inputs;
  type->inputs = new_array (loader, n, sizeof (PdgGqlInput));
  for (guint i = 0; i < type->parts->len; i++)
    {
      const PdgGqlAstDefinition *part = get_part (type, i);

      if (!load_inputs (loader, part->inputs, part->n_inputs, type->inputs + type->n_inputs))
        return FALSE;
      type->n_inputs += part->n_inputs;
    }
  return TRUE;
}

/* Interfaces of an object or interface, or members of a union. */
static gboolean
load_references (Loader        *loader,
                 PdgGqlType    *type,
                 PdgGqlTypeKind kind,
                 PdgGqlType  ***list,
                 guint         *n_list)
{
  guint n = 0;

  for (guint i = 0; i < type->parts->len; i++)
    n += get_part (type, i)->n_types;
  *list = new_array (loader, n, sizeof (PdgGqlType *));
  for (guint i = 0; i < type->parts->len; i++)
    for (guint j = 0; j < get_part (type, i)->n_types; j++)
      {
        const PdgGqlAstType *ast = get_part (type, i)->types[j];
        PdgGqlType *found = resolve (loader, ast);

        if (found == NULL)
          return FALSE;
        if (found->kind != kind)
          return pdg_gql_schema_fail (loader->error, ast->location,
                                      kind == PDG_GQL_TYPE_OBJECT ? "Union type %s can only include object types, it cannot include %s."
                                                                  : "Type %s must only implement interface types, it cannot implement %s.",
                                      type->name, found->name);
        for (guint k = 0; k < *n_list; k++)
          if ((*list)[k] == found)
            return pdg_gql_schema_fail (loader->error, ast->location,
                                        kind == PDG_GQL_TYPE_OBJECT ? "Union type %s can only include type %s once."
                                                                    : "Type %s can only implement %s once.",
                                        type->name, found->name);
        (*list)[(*n_list)++] = found;
      }
  return TRUE;
}

static void
load_type_directives (PdgGqlType *type)
{
  for (guint i = 0; i < type->parts->len; i++)
    {
      const PdgGqlAstDirectives *directives = &get_part (type, i)->directives;
      const PdgGqlAstDirective *specified_by = find_directive (directives, "specifiedBy");

      if (type->kind == PDG_GQL_TYPE_INPUT && find_directive (directives, "oneOf") != NULL)
        type->is_one_of = TRUE;
      if (type->kind == PDG_GQL_TYPE_SCALAR && specified_by != NULL)
        type->specified_by_url = get_text_argument (specified_by, NULL);
    }
}

static gboolean
load_type (Loader     *loader,
           PdgGqlType *type)
{
  load_type_directives (type);
  switch (type->kind)
    {
    case PDG_GQL_TYPE_OBJECT:
    case PDG_GQL_TYPE_INTERFACE:
      return load_fields (loader, type)
             && load_references (loader, type, PDG_GQL_TYPE_INTERFACE, &type->interfaces, &type->n_interfaces);
    case PDG_GQL_TYPE_UNION:
      return load_references (loader, type, PDG_GQL_TYPE_OBJECT, &type->possible, &type->n_possible);
    case PDG_GQL_TYPE_ENUM:
      return load_values (loader, type);
    case PDG_GQL_TYPE_INPUT:
      return load_input_fields (loader, type);
    case PDG_GQL_TYPE_SCALAR:
    case PDG_GQL_TYPE_LIST:
    case PDG_GQL_TYPE_NON_NULL:
    default:
      return TRUE;
    }
}

/* The objects that implement each interface, and each object as the one possible type of itself. */
static void
load_possible (Loader *loader)
{
  GPtrArray *types = loader->schema->type_list;

  for (guint i = 0; i < types->len; i++)
    {
      PdgGqlType *type = types->pdata[i];

      if (type->kind == PDG_GQL_TYPE_OBJECT || type->kind == PDG_GQL_TYPE_INTERFACE)
        type->possible = new_array (loader, type->kind == PDG_GQL_TYPE_OBJECT ? 1 : types->len, sizeof (PdgGqlType *));
    }
  for (guint i = 0; i < types->len; i++)
    {
      PdgGqlType *type = types->pdata[i];

      if (type->kind != PDG_GQL_TYPE_OBJECT)
        continue;
      type->possible[type->n_possible++] = type;
      for (guint j = 0; j < type->n_interfaces; j++)
        type->interfaces[j]->possible[type->interfaces[j]->n_possible++] = type;
    }
}

static gboolean
is_type (const PdgGqlAstDefinition *definition)
{
  return definition->kind != PDG_GQL_AST_OPERATION && definition->kind != PDG_GQL_AST_FRAGMENT
         && definition->kind != PDG_GQL_AST_SCHEMA && definition->kind != PDG_GQL_AST_DIRECTIVE;
}

static PdgGqlTypeKind
get_type_kind (PdgGqlAstDefinitionKind kind)
{
  switch (kind)
    {
    case PDG_GQL_AST_OBJECT_TYPE:
      return PDG_GQL_TYPE_OBJECT;
    case PDG_GQL_AST_INTERFACE:
      return PDG_GQL_TYPE_INTERFACE;
    case PDG_GQL_AST_UNION:
      return PDG_GQL_TYPE_UNION;
    case PDG_GQL_AST_ENUM_TYPE:
      return PDG_GQL_TYPE_ENUM;
    case PDG_GQL_AST_INPUT_TYPE:
      return PDG_GQL_TYPE_INPUT;
    case PDG_GQL_AST_SCALAR:
    case PDG_GQL_AST_OPERATION:
    case PDG_GQL_AST_FRAGMENT:
    case PDG_GQL_AST_SCHEMA:
    case PDG_GQL_AST_DIRECTIVE:
    default:
      return PDG_GQL_TYPE_SCALAR;
    }
}

static PdgGqlScalarKind
get_scalar_kind (const char *name)
{
  static const char *const names[] = { "", "Int", "Float", "String", "Boolean", "ID" };

  for (guint i = 1; i < G_N_ELEMENTS (names); i++)
    if (strcmp (name, names[i]) == 0)
      return (PdgGqlScalarKind) i;
  return PDG_GQL_SCALAR_CUSTOM;
}

static gboolean
declare_type (Loader              *loader,
              PdgGqlAstDefinition *definition)
{
  PdgGqlType *type = pdg_gql_schema_lookup_type (loader->schema, definition->name.text);

  if (type != NULL && type->scalar != PDG_GQL_SCALAR_CUSTOM && definition->kind == PDG_GQL_AST_SCALAR)
    return TRUE; /* a document may name the built-in scalars */
  if (type != NULL)
    return pdg_gql_schema_fail (loader->error, definition->name.location, "There can be only one type named \"%s\".", type->name);
  if (!check_name (loader, &definition->name))
    return FALSE;
  type = new_array (loader, 1, sizeof *type);
  type->kind = get_type_kind (definition->kind);
  type->name = definition->name.text;
  type->location = definition->name.location;
  type->description = definition->description;
  type->is_introspection = loader->builtin && type->kind != PDG_GQL_TYPE_SCALAR;
  if (loader->builtin && type->kind == PDG_GQL_TYPE_SCALAR)
    type->scalar = get_scalar_kind (type->name);
  type->parts = g_ptr_array_new ();
  g_ptr_array_add (type->parts, definition);
  g_hash_table_insert (loader->schema->types, (gpointer) type->name, type);
  g_ptr_array_add (loader->schema->type_list, type);
  if (loader->builtin && strcmp (type->name, "__Meta") == 0)
    loader->schema->meta = type;
  return TRUE;
}

static gboolean
extend_type (Loader              *loader,
             PdgGqlAstDefinition *definition)
{
  PdgGqlType *type = pdg_gql_schema_lookup_type (loader->schema, definition->name.text);

  if (type == NULL)
    return pdg_gql_schema_fail (loader->error, definition->name.location, "Cannot extend type \"%s\" because it is not defined.",
                                definition->name.text);
  if (type->is_introspection || type->kind != get_type_kind (definition->kind))
    return pdg_gql_schema_fail (loader->error, definition->name.location, "Cannot extend type \"%s\" as another kind of type.", type->name);
  g_ptr_array_add (type->parts, definition);
  return TRUE;
}

static gboolean
load_directive (Loader              *loader,
                PdgGqlAstDefinition *definition)
{
  PdgGqlSchema *schema = loader->schema;
  PdgGqlDirective *directive = pdg_gql_schema_lookup_directive (schema, definition->name.text);
  gboolean is_new = directive == NULL;

  if (!check_name (loader, &definition->name))
    return FALSE;
  if (is_new)
    {
      directive = new_array (loader, 1, sizeof *directive);
      g_ptr_array_add (schema->directive_list, directive);
    }
  directive->name = definition->name.text;
  directive->description = definition->description;
  directive->repeatable = definition->repeatable;
  directive->n_locations = definition->n_locations;
  directive->locations = new_array (loader, definition->n_locations, sizeof (char *));
  for (guint i = 0; i < definition->n_locations; i++)
    directive->locations[i] = definition->locations[i].text;
  directive->n_args = definition->n_inputs;
  directive->args = new_array (loader, definition->n_inputs, sizeof (PdgGqlInput));
  g_hash_table_replace (schema->directives, (gpointer) directive->name, directive);
  return load_inputs (loader, definition->inputs, definition->n_inputs, directive->args);
}

static gboolean
set_root (Loader              *loader,
          const PdgGqlAstRoot *root)
{
  PdgGqlType *type = resolve (loader, root->type);

  if (type == NULL)
    return FALSE;
  if (loader->schema->roots[root->kind] != NULL)
    return pdg_gql_schema_fail (loader->error, root->location, "There can be only one type for each operation in schema.");
  for (guint i = 0; i < G_N_ELEMENTS (loader->schema->roots); i++)
    if (loader->schema->roots[i] == type)
      return pdg_gql_schema_fail (loader->error, root->location, "All root types must be different, \"%s\" type is used twice.", type->name);
  if (type->kind != PDG_GQL_TYPE_OBJECT)
    return pdg_gql_schema_fail (loader->error, root->location, "The root type \"%s\" must be an object type.", type->name);
  loader->schema->roots[root->kind] = type;
  return TRUE;
}

static gboolean
load_roots (Loader                  *loader,
            const PdgGqlAstDocument *document)
{
  static const char *const defaults[] = { "Query", "Mutation", "Subscription" };
  PdgGqlSchema *schema = loader->schema;
  const PdgGqlAstDefinition *defined = NULL;

  for (guint i = 0; i < document->n; i++)
    if (document->items[i]->kind == PDG_GQL_AST_SCHEMA)
      {
        const PdgGqlAstDefinition *definition = document->items[i];

        if (!definition->extend && defined != NULL)
          return pdg_gql_schema_fail (loader->error, definition->location, "Must provide only one schema definition.");
        if (!definition->extend)
          {
            defined = definition;
            schema->description = definition->description;
          }
        for (guint j = 0; j < definition->n_roots; j++)
          if (!set_root (loader, &definition->roots[j]))
            return FALSE;
      }
  for (guint i = 0; defined == NULL && i < G_N_ELEMENTS (defaults); i++)
    {
      PdgGqlType *type = pdg_gql_schema_lookup_type (schema, defaults[i]);

      if (type != NULL && type->kind == PDG_GQL_TYPE_OBJECT && schema->roots[i] == NULL)
        schema->roots[i] = type;
    }
  if (schema->roots[PDG_GQL_AST_QUERY] == NULL)
    return pdg_gql_schema_fail (loader->error, (PdgGqlLocation) { 0, 0 }, "Query root type must be provided.");
  return TRUE;
}

static gboolean
declare_document (Loader                  *loader,
                  const PdgGqlAstDocument *document)
{
  for (guint i = 0; i < document->n; i++)
    {
      PdgGqlAstDefinition *definition = document->items[i];

      if (definition->kind == PDG_GQL_AST_OPERATION || definition->kind == PDG_GQL_AST_FRAGMENT)
        return pdg_gql_schema_fail (loader->error, definition->location, "A schema cannot contain operations or fragments.");
      if (is_type (definition) && !definition->extend && !declare_type (loader, definition))
        return FALSE;
    }
  for (guint i = 0; i < document->n; i++)
    if (is_type (document->items[i]) && document->items[i]->extend && !extend_type (loader, document->items[i]))
      return FALSE;
  return TRUE;
}

static gboolean
load_directives (Loader                  *loader,
                 const PdgGqlAstDocument *document)
{
  g_autoptr(GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < document->n; i++)
    if (document->items[i]->kind == PDG_GQL_AST_DIRECTIVE)
      {
        const PdgGqlName *name = &document->items[i]->name;

        if (!g_hash_table_add (seen, (gpointer) name->text))
          return pdg_gql_schema_fail (loader->error, name->location, "There can be only one directive named \"@%s\".", name->text);
        if (!load_directive (loader, document->items[i]))
          return FALSE;
      }
  return TRUE;
}

/* The introspection types go last, and the type that only holds the meta fields goes away. */
static void
order_types (PdgGqlSchema *schema,
             guint         n_builtin)
{
  g_autoptr(GPtrArray) old = g_steal_pointer (&schema->type_list);

  schema->type_list = g_ptr_array_new ();
  for (guint i = n_builtin; i < old->len; i++)
    g_ptr_array_add (schema->type_list, old->pdata[i]);
  for (guint i = 0; i < n_builtin; i++)
    if (old->pdata[i] != schema->meta)
      g_ptr_array_add (schema->type_list, old->pdata[i]);
  g_hash_table_remove (schema->types, schema->meta->name);
}

gboolean
pdg_gql_schema_load (PdgGqlSchema      *schema,
                     PdgGqlAstDocument *builtin,
                     PdgGqlAstDocument *document,
                     GError           **error)
{
  Loader loader = { .schema = schema, .builtin = TRUE, .error = error };
  guint n_builtin;

  if (!declare_document (&loader, builtin) || !load_directives (&loader, builtin))
    return FALSE;
  n_builtin = schema->type_list->len;
  for (guint i = 0; i < n_builtin; i++)
    if (!load_type (&loader, schema->type_list->pdata[i]))
      return FALSE;
  loader.builtin = FALSE;
  if (!declare_document (&loader, document) || !load_directives (&loader, document))
    return FALSE;
  for (guint i = n_builtin; i < schema->type_list->len; i++)
    if (!load_type (&loader, schema->type_list->pdata[i]))
      return FALSE;
  if (!load_roots (&loader, document))
    return FALSE;
  load_possible (&loader);
  schema->meta_schema = pdg_gql_type_lookup_field (schema->meta, "__schema");
  schema->meta_type = pdg_gql_type_lookup_field (schema->meta, "__type");
  schema->meta_typename = pdg_gql_type_lookup_field (schema->meta, "__typename");
  order_types (schema, n_builtin);
  return TRUE;
}
