#include "config.h"
#include "graphql/pdg-gql-validate-private.h"

#include <string.h>

#define MAX_RULES 40

typedef struct
{
  PdgGqlValidation base;
  guint n_rules;
  const PdgGqlRule *rules[MAX_RULES];
} Walk;

static void
tell (Walk         *walk,
      PdgGqlVisit   visit,
      gconstpointer node)
{
  for (guint i = 0; i < walk->n_rules; i++)
    if (walk->rules[i]->visits & visit)
      walk->rules[i]->visit (&walk->base, visit, node);
}

void
pdg_gql_validation_take (PdgGqlValidation     *validation,
                         const PdgGqlLocation *locations,
                         guint                 n,
                         GString              *message)
{
  pdg_gql_errors_take (validation->errors, PDG_GQL_CODE_VALIDATION, locations, n, g_string_free (message, FALSE));
}

void
pdg_gql_validation_error (PdgGqlValidation *validation,
                          PdgGqlLocation    location,
                          const char       *format,
                          ...)
{
  va_list args;

  va_start (args, format);
  pdg_gql_errors_take (validation->errors, PDG_GQL_CODE_VALIDATION, &location, 1, g_strdup_vprintf (format, args));
  va_end (args);
}

void
pdg_gql_validation_error2 (PdgGqlValidation *validation,
                           PdgGqlLocation    first,
                           PdgGqlLocation    second,
                           const char       *format,
                           ...)
{
  PdgGqlLocation locations[] = { first, second };
  va_list args;

  va_start (args, format);
  pdg_gql_errors_take (validation->errors, PDG_GQL_CODE_VALIDATION, locations, 2, g_strdup_vprintf (format, args));
  va_end (args);
}

PdgGqlDefinition *
pdg_gql_validation_lookup (PdgGqlValidation *validation,
                           const char       *fragment)
{
  return g_hash_table_lookup (validation->by_name, fragment);
}

GPtrArray *
pdg_gql_validation_reach (PdgGqlValidation *validation,
                          PdgGqlDefinition *operation)
{
  GPtrArray *reached = g_ptr_array_new ();
  guint mark = ++validation->n_searches;

  g_ptr_array_add (reached, operation);
  for (guint i = 0; i < reached->len; i++)
    {
      const PdgGqlDefinition *definition = reached->pdata[i];

      for (guint j = 0; j < definition->targets->len; j++)
        {
          PdgGqlDefinition *fragment = definition->targets->pdata[j];

          if (fragment->mark != mark)
            g_ptr_array_add (reached, fragment);
          fragment->mark = mark;
        }
    }
  return reached;
}

void
pdg_gql_validation_unique (PdgGqlValidation *validation,
                           gconstpointer     items,
                           guint             n,
                           PdgGqlNameFunc    get_name,
                           const char       *what)
{
  g_autoptr(GHashTable) groups = NULL;
  g_autoptr(GPtrArray) order = NULL;

  if (n < 2)
    return;
  groups = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) g_array_unref);
  order = g_ptr_array_new ();
  for (guint i = 0; i < n; i++)
    {
      const PdgGqlName *name = get_name (items, i);
      GArray *places = g_hash_table_lookup (groups, name->text);

      if (places == NULL)
        {
          places = g_array_new (FALSE, FALSE, sizeof (PdgGqlLocation));
          g_hash_table_insert (groups, (gpointer) name->text, places);
          g_ptr_array_add (order, (gpointer) name->text);
        }
      g_array_append_val (places, name->location);
    }
  for (guint i = 0; i < order->len; i++)
    {
      GArray *places = g_hash_table_lookup (groups, order->pdata[i]);
      GString *message;

      if (places->len < 2)
        continue;
      message = g_string_new (NULL);
      g_string_printf (message, "There can be only one %s%s\".", what, (const char *) order->pdata[i]);
      pdg_gql_validation_take (validation, (const PdgGqlLocation *) places->data, places->len, message);
    }
}

static void
add_usage (Walk                 *walk,
           const PdgGqlAstValue *ast,
           PdgGqlType           *type,
           PdgGqlType           *parent_type,
           gboolean              has_default)
{
  PdgGqlUsage usage = { .ast = ast, .type = type, .parent_type = parent_type, .has_default = has_default };

  g_array_append_val (walk->base.definition->usages, usage);
}

/* Finds the variables in a value and the types of their positions. */
static void
find_usages (Walk                 *walk,
             const PdgGqlAstValue *ast,
             PdgGqlType           *type,
             PdgGqlType           *parent_type,
             gboolean              has_default)
{
  PdgGqlType *nullable = pdg_gql_type_get_nullable (type);
  PdgGqlType *named = pdg_gql_type_get_named (type);

  if (ast->kind == PDG_GQL_AST_VARIABLE)
    add_usage (walk, ast, type, parent_type, has_default);
  else if (ast->kind == PDG_GQL_AST_LIST)
    for (guint i = 0; i < ast->n_items; i++)
      find_usages (walk, ast->items[i], nullable != NULL && nullable->kind == PDG_GQL_TYPE_LIST ? nullable->of : nullable,
                   type != NULL && type->kind == PDG_GQL_TYPE_INPUT ? type : NULL, FALSE); /* a list in place of an object */
  else if (ast->kind == PDG_GQL_AST_OBJECT)
    for (guint i = 0; i < ast->n_items; i++)
      {
        gboolean is_input = named != NULL && named->kind == PDG_GQL_TYPE_INPUT;
        PdgGqlInput *input = is_input ? pdg_gql_type_lookup_input (named, ast->fields[i].name.text) : NULL;

        find_usages (walk, ast->fields[i].value, input != NULL ? input->type : NULL, is_input ? named : NULL,
                     input != NULL && input->default_ast != NULL);
      }
}

static void
walk_arguments (Walk                    *walk,
                const PdgGqlAstArgument *arguments,
                guint                    n,
                PdgGqlInput             *inputs,
                guint                    n_inputs)
{
  PdgGqlValidation *base = &walk->base;

  for (guint i = 0; i < n; i++)
    {
      base->argument = pdg_gql_inputs_lookup (inputs, n_inputs, arguments[i].name.text);
      base->input_type = base->argument != NULL ? base->argument->type : NULL;
      tell (walk, PDG_GQL_VISIT_ARGUMENT, &arguments[i]);
      tell (walk, PDG_GQL_VISIT_VALUE, arguments[i].value);
      find_usages (walk, arguments[i].value, base->input_type, NULL, base->argument != NULL && base->argument->default_ast != NULL);
    }
  base->argument = NULL;
  base->input_type = NULL;
}

static void
walk_directives (Walk                      *walk,
                 const PdgGqlAstDirectives *directives,
                 const char                *location)
{
  PdgGqlValidation *base = &walk->base;

  if (directives->n == 0)
    return;
  base->location = location;
  tell (walk, PDG_GQL_VISIT_DIRECTIVES, directives);
  for (guint i = 0; i < directives->n; i++)
    {
      const PdgGqlAstDirective *directive = &directives->items[i];

      base->directive_ast = directive;
      base->directive = pdg_gql_schema_lookup_directive (base->schema, directive->name.text);
      tell (walk, PDG_GQL_VISIT_DIRECTIVE, directive);
      walk_arguments (walk, directive->arguments, directive->n_arguments, base->directive != NULL ? base->directive->args : NULL,
                      base->directive != NULL ? base->directive->n_args : 0);
      tell (walk, PDG_GQL_VISIT_DIRECTIVE_END, directive);
    }
  base->directive_ast = NULL;
  base->directive = NULL;
}

static void walk_set (Walk *walk, const PdgGqlAstSelectionSet *set, PdgGqlType *type, gboolean own_level);

static void
walk_field (Walk                     *walk,
            const PdgGqlAstSelection *field)
{
  PdgGqlValidation *base = &walk->base;
  PdgGqlField *found = base->parent_type != NULL ? pdg_gql_schema_lookup_field (base->schema, base->parent_type, field->name.text) : NULL;
  PdgGqlType *type = found != NULL ? found->type : NULL;

  base->field = found;
  base->type = type;
  tell (walk, PDG_GQL_VISIT_FIELD, field);
  walk_arguments (walk, field->arguments, field->n_arguments, found != NULL ? found->args : NULL, found != NULL ? found->n_args : 0);
  walk_directives (walk, &field->directives, "FIELD");
  if (field->set != NULL)
    walk_set (walk, field->set, type, TRUE);
  base->field = found;
  base->type = type;
  tell (walk, PDG_GQL_VISIT_FIELD_END, field);
}

static void
walk_inline (Walk                     *walk,
             const PdgGqlAstSelection *inline_fragment)
{
  PdgGqlValidation *base = &walk->base;
  PdgGqlType *type = inline_fragment->condition != NULL ? pdg_gql_schema_lookup_type (base->schema, inline_fragment->condition->name)
                                                        : base->parent_type;

  base->type = type;
  tell (walk, PDG_GQL_VISIT_INLINE, inline_fragment);
  if (inline_fragment->condition != NULL)
    tell (walk, PDG_GQL_VISIT_TYPE, inline_fragment->condition);
  walk_directives (walk, &inline_fragment->directives, "INLINE_FRAGMENT");
  walk_set (walk, inline_fragment->set, type, FALSE);
}

static void
walk_set (Walk                        *walk,
          const PdgGqlAstSelectionSet *set,
          PdgGqlType                  *type,
          gboolean                     own_level)
{
  PdgGqlValidation *base = &walk->base;
  PdgGqlType *outer = base->parent_type;
  PdgGqlType *named = pdg_gql_type_get_named (type);

  base->parent_type = named != NULL && pdg_gql_type_is_composite (named) ? named : NULL;
  if (own_level)
    tell (walk, PDG_GQL_VISIT_SELECTION_SET, set);
  for (guint i = 0; i < set->n && !pdg_gql_errors_is_full (base->errors); i++)
    {
      const PdgGqlAstSelection *selection = set->items[i];

      if (selection->kind == PDG_GQL_AST_FIELD)
        walk_field (walk, selection);
      else if (selection->kind == PDG_GQL_AST_INLINE)
        walk_inline (walk, selection);
      else
        {
          tell (walk, PDG_GQL_VISIT_SPREAD, selection);
          walk_directives (walk, &selection->directives, "FRAGMENT_SPREAD");
        }
    }
  base->parent_type = outer;
}

static void
walk_variable (Walk                    *walk,
               const PdgGqlAstVariable *variable)
{
  const PdgGqlAstType *named = variable->type;
  PdgGqlType *type = pdg_gql_schema_resolve_type (walk->base.schema, variable->type, walk->base.arena);

  while (named->kind != PDG_GQL_AST_NAMED_TYPE)
    named = named->of;
  tell (walk, PDG_GQL_VISIT_VARIABLE, variable);
  tell (walk, PDG_GQL_VISIT_TYPE, named);
  if (variable->default_value != NULL)
    {
      walk->base.input_type = type != NULL && pdg_gql_type_is_input (type) ? type : NULL;
      tell (walk, PDG_GQL_VISIT_VALUE, variable->default_value);
      walk->base.input_type = NULL;
    }
  walk_directives (walk, &variable->directives, "VARIABLE_DEFINITION");
}

static void
walk_definition (Walk                      *walk,
                 const PdgGqlAstDefinition *ast)
{
  static const char *const locations[] = { "QUERY", "MUTATION", "SUBSCRIPTION" };
  PdgGqlValidation *base = &walk->base;
  PdgGqlType *type;

  if (ast->kind == PDG_GQL_AST_OPERATION)
    {
      type = base->schema->roots[ast->operation];
      base->type = type;
      tell (walk, PDG_GQL_VISIT_OPERATION, ast);
      for (guint i = 0; i < ast->n_variables; i++)
        walk_variable (walk, &ast->variables[i]);
      walk_directives (walk, &ast->directives, locations[ast->operation]);
    }
  else
    {
      type = pdg_gql_schema_lookup_type (base->schema, ast->condition->name);
      base->type = type;
      tell (walk, PDG_GQL_VISIT_FRAGMENT, ast);
      tell (walk, PDG_GQL_VISIT_TYPE, ast->condition);
      walk_directives (walk, &ast->directives, "FRAGMENT_DEFINITION");
    }
  walk_set (walk, ast->set, type, TRUE);
}

static void
walk_sdl_type (Walk                *walk,
               const PdgGqlAstType *type)
{
  static const char *const builtin[] = { "Int", "Float", "String", "Boolean", "ID", NULL };

  while (type->kind != PDG_GQL_AST_NAMED_TYPE)
    type = type->of;
  if (!g_strv_contains (builtin, type->name))
    tell (walk, PDG_GQL_VISIT_TYPE, type);
}

static void
walk_sdl_inputs (Walk                 *walk,
                 const PdgGqlAstInput *inputs,
                 guint                 n,
                 const char           *location)
{
  for (guint i = 0; i < n; i++)
    {
      walk_sdl_type (walk, inputs[i].type);
      walk_directives (walk, &inputs[i].directives, location);
    }
}

/* A type system definition has no place in an executable document, which one rule says; others look into it too. */
static void
walk_sdl (Walk                      *walk,
          const PdgGqlAstDefinition *ast)
{
  static const char *const locations[] = { "", "", "SCHEMA", "SCALAR", "OBJECT", "INTERFACE", "UNION", "ENUM", "INPUT_OBJECT", "" };
  gboolean is_enum = ast->kind == PDG_GQL_AST_ENUM_TYPE;

  walk_directives (walk, &ast->directives, locations[ast->kind]);
  for (guint i = 0; i < ast->n_roots; i++)
    walk_sdl_type (walk, ast->roots[i].type);
  for (guint i = 0; i < ast->n_types; i++)
    walk_sdl_type (walk, ast->types[i]);
  for (guint i = 0; i < ast->n_fields; i++)
    {
      if (!is_enum)
        walk_sdl_type (walk, ast->fields[i].type);
      walk_sdl_inputs (walk, ast->fields[i].arguments, ast->fields[i].n_arguments, "ARGUMENT_DEFINITION");
      walk_directives (walk, &ast->fields[i].directives, is_enum ? "ENUM_VALUE" : "FIELD_DEFINITION");
    }
  walk_sdl_inputs (walk, ast->inputs, ast->n_inputs,
                   ast->kind == PDG_GQL_AST_INPUT_TYPE ? "INPUT_FIELD_DEFINITION" : "ARGUMENT_DEFINITION");
}

/* The spreads of a definition, breadth and depth mixed as the reference implementation does: the order decides which
 * of several errors of a cycle is told. */
static void
find_spreads (PdgGqlDefinition *definition)
{
  g_autoptr(GPtrArray) sets = g_ptr_array_new ();

  g_ptr_array_add (sets, definition->ast->set);
  while (sets->len > 0)
    {
      const PdgGqlAstSelectionSet *set = g_ptr_array_steal_index (sets, sets->len - 1);

      for (guint i = 0; i < set->n; i++)
        if (set->items[i]->kind == PDG_GQL_AST_SPREAD)
          g_ptr_array_add (definition->spreads, set->items[i]);
        else if (set->items[i]->set != NULL)
          g_ptr_array_add (sets, set->items[i]->set);
    }
}

static void
free_definition (gpointer data)
{
  PdgGqlDefinition *definition = data;

  g_array_unref (definition->usages);
  g_ptr_array_unref (definition->spreads);
  g_ptr_array_unref (definition->targets);
  g_free (definition);
}

static void
add_definitions (PdgGqlValidation *base)
{
  for (guint i = 0; i < base->document->ast->n; i++)
    {
      const PdgGqlAstDefinition *ast = base->document->ast->items[i];
      PdgGqlDefinition *definition;

      if (ast->set == NULL)
        continue;
      definition = g_new0 (PdgGqlDefinition, 1);
      definition->ast = ast;
      definition->usages = g_array_new (FALSE, FALSE, sizeof (PdgGqlUsage));
      definition->spreads = g_ptr_array_new ();
      definition->targets = g_ptr_array_new ();
      find_spreads (definition);
      g_ptr_array_add (base->definitions, definition);
      if (ast->kind == PDG_GQL_AST_FRAGMENT)
        g_hash_table_replace (base->by_name, (gpointer) ast->name.text, definition);
    }
  for (guint i = 0; i < base->definitions->len; i++)
    {
      PdgGqlDefinition *definition = base->definitions->pdata[i];

      for (guint j = 0; j < definition->spreads->len; j++)
        {
          PdgGqlDefinition *target = pdg_gql_validation_lookup (base, ((const PdgGqlAstSelection *) definition->spreads->pdata[j])->name.text);

          if (target != NULL)
            g_ptr_array_add (definition->targets, target);
        }
    }
}

static void
add_rules (Walk       *walk,
           const char *only)
{
  const PdgGqlRule *const families[] = {
    pdg_gql_operation_rules, pdg_gql_fragment_rules, pdg_gql_field_rules,   pdg_gql_argument_rules,
    pdg_gql_value_rules,     pdg_gql_variable_rules, pdg_gql_overlap_rules,
  };

  for (guint i = 0; i < G_N_ELEMENTS (families); i++)
    for (const PdgGqlRule *rule = families[i]; rule->name != NULL; rule++)
      if (only == NULL || strcmp (rule->name, only) == 0)
        {
          g_assert (walk->n_rules < MAX_RULES);
          walk->rules[walk->n_rules++] = rule;
        }
}

void
pdg_gql_validate (const PdgGqlDocument *document,
                  gboolean              suggest,
                  guint                 max_overlap,
                  const char           *only,
                  PdgGqlErrors         *errors)
{
  Walk walk = { .base = { .schema = document->schema, .document = document, .arena = document->arena, .errors = errors, .suggest = suggest } };
  PdgGqlValidation *base = &walk.base;

  base->max_overlap = max_overlap;
  add_rules (&walk, only);
  base->definitions = g_ptr_array_new_with_free_func (free_definition);
  base->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  add_definitions (base);
  tell (&walk, PDG_GQL_VISIT_DOCUMENT, document->ast);
  for (guint i = 0; i < document->ast->n; i++)
    if (document->ast->items[i]->set == NULL)
      walk_sdl (&walk, document->ast->items[i]);
  for (guint i = 0; i < base->definitions->len; i++)
    {
      base->definition = base->definitions->pdata[i];
      walk_definition (&walk, base->definition->ast);
    }
  base->definition = NULL;
  tell (&walk, PDG_GQL_VISIT_DOCUMENT_END, document->ast);
  g_hash_table_unref (base->by_name);
  g_ptr_array_unref (base->definitions);
}
