#include "config.h"
#include "graphql/pdg-gql-validate-private.h"

#include <string.h>

#include "graphql/pdg-gql-suggest-private.h"

/* Rules on operations and on names of types. */

static void
executable_definitions (PdgGqlValidation *validation,
                        PdgGqlVisit       visit,
                        gconstpointer     node)
{
  const PdgGqlAstDocument *document = node;

  for (guint i = 0; i < document->n; i++)
    {
      const PdgGqlAstDefinition *definition = document->items[i];

      if (definition->set != NULL)
        continue;
      if (definition->kind == PDG_GQL_AST_SCHEMA)
        pdg_gql_validation_error (validation, definition->location, "The schema definition is not executable.");
      else
        pdg_gql_validation_error (validation, definition->location, "The \"%s\" definition is not executable.", definition->name.text);
    }
}

/* One error for each definition of @kind whose name an earlier one has. */
static void
check_unique_names (PdgGqlValidation       *validation,
                    PdgGqlAstDefinitionKind kind,
                    const char             *what)
{
  g_autoptr(GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < validation->definitions->len; i++)
    {
      const PdgGqlAstDefinition *definition = ((PdgGqlDefinition *) validation->definitions->pdata[i])->ast;
      const PdgGqlName *first;

      if (definition->kind != kind || definition->name.text == NULL)
        continue;
      first = g_hash_table_lookup (known, definition->name.text);
      if (first != NULL)
        pdg_gql_validation_error2 (validation, first->location, definition->name.location, "There can be only one %s named \"%s\".",
                                   what, definition->name.text);
      else
        g_hash_table_insert (known, (gpointer) definition->name.text, (gpointer) &definition->name);
    }
}

static void
unique_operation_names (PdgGqlValidation *validation,
                        PdgGqlVisit       visit,
                        gconstpointer     node)
{
  check_unique_names (validation, PDG_GQL_AST_OPERATION, "operation");
}

static void
unique_fragment_names (PdgGqlValidation *validation,
                       PdgGqlVisit       visit,
                       gconstpointer     node)
{
  check_unique_names (validation, PDG_GQL_AST_FRAGMENT, "fragment");
}

static void
lone_anonymous_operation (PdgGqlValidation *validation,
                          PdgGqlVisit       visit,
                          gconstpointer     node)
{
  const PdgGqlAstDocument *document = node;
  guint n = 0;

  for (guint i = 0; i < document->n; i++)
    n += document->items[i]->kind == PDG_GQL_AST_OPERATION;
  for (guint i = 0; n > 1 && i < document->n; i++)
    if (document->items[i]->kind == PDG_GQL_AST_OPERATION && document->items[i]->name.text == NULL)
      pdg_gql_validation_error (validation, document->items[i]->location, "This anonymous operation must be the only defined operation.");
}

/* The root fields of a subscription, by response key. */
typedef struct
{
  PdgGqlValidation *validation;
  PdgGqlType *type;
  GHashTable *visited;
  GHashTable *by_key; /* response key -> its group */
  GPtrArray *groups;  /* GArray of PdgGqlLocation */
  GArray *conditions; /* PdgGqlLocation of @skip and @include, which must not be here */
  GPtrArray *fields;  /* the first of each */
} RootFields;

static void
add_root_field (RootFields               *roots,
                const PdgGqlAstSelection *field)
{
  const char *key = pdg_gql_ast_response_key (field);
  GArray *group = g_hash_table_lookup (roots->by_key, key);

  if (group == NULL)
    {
      group = g_array_new (FALSE, FALSE, sizeof (PdgGqlLocation));
      g_hash_table_insert (roots->by_key, (gpointer) key, group);
      g_ptr_array_add (roots->fields, (gpointer) field);
      g_ptr_array_add (roots->groups, group);
    }
  g_array_append_val (group, field->location);
}

static gboolean
applies (const RootFields *roots,
         const PdgGqlType *condition)
{
  return condition == roots->type || (condition != NULL && pdg_gql_type_has_possible (condition, roots->type));
}

/* The @skip of a selection, or else its @include. */
static const PdgGqlAstDirective *
find_condition (const PdgGqlAstSelection *selection)
{
  static const char *const names[] = { "skip", "include" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    for (guint j = 0; j < selection->directives.n; j++)
      if (strcmp (selection->directives.items[j].name.text, names[i]) == 0)
        return &selection->directives.items[j];
  return NULL;
}

static void
collect_root_fields (RootFields                  *roots,
                     const PdgGqlAstSelectionSet *set)
{
  for (guint i = 0; i < set->n; i++)
    {
      const PdgGqlAstSelection *selection = set->items[i];
      const PdgGqlAstDirective *condition = find_condition (selection);
      const PdgGqlFragment *fragment;

      if (condition != NULL)
        g_array_append_val (roots->conditions, condition->location);
      else if (selection->kind == PDG_GQL_AST_FIELD)
        add_root_field (roots, selection);
      else if (selection->kind == PDG_GQL_AST_INLINE)
        {
          if (selection->condition == NULL
              || applies (roots, pdg_gql_schema_lookup_type (roots->validation->schema, selection->condition->name)))
            collect_root_fields (roots, selection->set);
        }
      else
        {
          fragment = pdg_gql_document_lookup_fragment (roots->validation->document, selection->name.text);
          if (fragment != NULL && g_hash_table_add (roots->visited, (gpointer) fragment) && applies (roots, fragment->type))
            collect_root_fields (roots, fragment->ast->set);
        }
    }
}

static void
check_root_fields (RootFields                *roots,
                   const PdgGqlAstDefinition *operation)
{
  g_autofree char *subject = operation->name.text != NULL ? g_strdup_printf ("Subscription \"%s\"", operation->name.text)
                                                          : g_strdup ("Anonymous Subscription");
  g_autoptr(GArray) extra = g_array_new (FALSE, FALSE, sizeof (PdgGqlLocation));

  if (roots->conditions->len > 0)
    {
      GString *message = g_string_new (subject);

      g_string_append (message, " must not use `@skip` or `@include` directives in the top level selection.");
      pdg_gql_validation_take (roots->validation, (const PdgGqlLocation *) roots->conditions->data, roots->conditions->len, message);
      return; /* what else is there depends on them */
    }
  for (guint i = 1; i < roots->groups->len; i++)
    {
      const GArray *group = roots->groups->pdata[i];

      g_array_append_vals (extra, group->data, group->len);
    }
  if (extra->len > 0)
    {
      GString *message = g_string_new (subject);

      g_string_append (message, " must select only one top level field.");
      pdg_gql_validation_take (roots->validation, (const PdgGqlLocation *) extra->data, extra->len, message);
    }
  for (guint i = 0; i < roots->groups->len; i++)
    if (g_str_has_prefix (((const PdgGqlAstSelection *) roots->fields->pdata[i])->name.text, "__"))
      {
        const GArray *group = roots->groups->pdata[i];
        GString *message = g_string_new (subject);

        g_string_append (message, " must not select an introspection top level field.");
        pdg_gql_validation_take (roots->validation, (const PdgGqlLocation *) group->data, group->len, message);
      }
}

static void
single_field_subscriptions (PdgGqlValidation *validation,
                            PdgGqlVisit       visit,
                            gconstpointer     node)
{
  const PdgGqlAstDefinition *operation = node;
  g_autoptr(GHashTable) visited = NULL, by_key = NULL;
  g_autoptr(GPtrArray) groups = NULL, fields = NULL;
  g_autoptr(GArray) conditions = NULL;
  RootFields roots;

  if (operation->operation != PDG_GQL_AST_SUBSCRIPTION || validation->schema->roots[PDG_GQL_AST_SUBSCRIPTION] == NULL)
    return;
  visited = g_hash_table_new (NULL, NULL);
  by_key = g_hash_table_new (g_str_hash, g_str_equal);
  fields = g_ptr_array_new ();
  groups = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  conditions = g_array_new (FALSE, FALSE, sizeof (PdgGqlLocation));
  roots = (RootFields) { .validation = validation, .type = validation->schema->roots[PDG_GQL_AST_SUBSCRIPTION], .visited = visited,
                         .by_key = by_key, .groups = groups, .conditions = conditions, .fields = fields };
  collect_root_fields (&roots, operation->set);
  check_root_fields (&roots, operation);
}

static gboolean
is_defined_here (PdgGqlValidation *validation,
                 const char       *name)
{
  const PdgGqlAstDocument *document = validation->document->ast;

  for (guint i = 0; i < document->n; i++)
    if (document->items[i]->set == NULL && !document->items[i]->extend && document->items[i]->kind != PDG_GQL_AST_DIRECTIVE
        && document->items[i]->name.text != NULL && strcmp (document->items[i]->name.text, name) == 0)
      return TRUE;
  return FALSE;
}

static void
known_type_names (PdgGqlValidation *validation,
                  PdgGqlVisit       visit,
                  gconstpointer     node)
{
  const PdgGqlAstType *type = node;
  g_autoptr(GPtrArray) names = NULL;
  GString *message;

  if (pdg_gql_schema_lookup_type (validation->schema, type->name) != NULL || is_defined_here (validation, type->name))
    return;
  message = g_string_new (NULL);
  g_string_printf (message, "Unknown type \"%s\".", type->name);
  if (validation->suggest)
    {
      names = g_ptr_array_new ();
      for (guint i = 0; i < validation->schema->type_list->len; i++)
        g_ptr_array_add (names, (gpointer) ((PdgGqlType *) validation->schema->type_list->pdata[i])->name);
      pdg_gql_suggest (message, type->name, names);
    }
  pdg_gql_validation_take (validation, &type->location, 1, message);
}

const PdgGqlRule pdg_gql_operation_rules[] = {
  { "ExecutableDefinitionsRule", PDG_GQL_VISIT_DOCUMENT, executable_definitions },
  { "UniqueOperationNamesRule", PDG_GQL_VISIT_DOCUMENT, unique_operation_names },
  { "LoneAnonymousOperationRule", PDG_GQL_VISIT_DOCUMENT, lone_anonymous_operation },
  { "SingleFieldSubscriptionsRule", PDG_GQL_VISIT_OPERATION, single_field_subscriptions },
  { "KnownTypeNamesRule", PDG_GQL_VISIT_TYPE, known_type_names },
  { "UniqueFragmentNamesRule", PDG_GQL_VISIT_DOCUMENT, unique_fragment_names },
  { NULL, 0, NULL },
};
