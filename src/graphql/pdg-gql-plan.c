#include "config.h"
#include "graphql/pdg-gql-document-private.h"

#include <string.h>

/* A field while it is being collected: its nodes are a list in the arena. */
typedef struct _Node Node;
struct _Node
{
  const PdgGqlAstSelection *ast;
  Node *next;
};

typedef struct
{
  const char *key;
  guint n_nodes;
  Node *first;
  Node *last;
} Group;

typedef struct
{
  const PdgGqlDocument *document;
  PdgArena *arena;
  const PdgGqlVariables *variables;
  PdgGqlType *type;
  GArray *groups;    /* Group, in the order of the document */
  GHashTable *index; /* key -> position + 1, once there are many */
  guint8 *visited;   /* fragments */
} Collector;

#define INDEX_FROM 12

gboolean
pdg_gql_plan_is_included (const PdgGqlAstDirectives *directives,
                          const PdgGqlVariables     *variables)
{
  for (guint i = 0; i < directives->n; i++)
    {
      const PdgGqlAstDirective *directive = &directives->items[i];
      gboolean skip = strcmp (directive->name.text, "skip") == 0;
      const PdgGqlAstValue *condition = directive->n_arguments > 0 ? directive->arguments[0].value : NULL;
      gboolean value;

      if (condition == NULL || (!skip && strcmp (directive->name.text, "include") != 0))
        continue;
      value = condition->kind == PDG_GQL_AST_VARIABLE
                  ? pdg_gql_value_get_bool (pdg_gql_variables_lookup (variables, condition->text), FALSE)
                  : condition->kind == PDG_GQL_AST_BOOL && condition->text[0] == 't';
      if (value == skip)
        return FALSE;
    }
  return TRUE;
}

static Group *
find_group (Collector  *collector,
            const char *key)
{
  Group added = { .key = key };
  guint position;

  if (collector->index != NULL)
    {
      position = GPOINTER_TO_UINT (g_hash_table_lookup (collector->index, key));
      if (position > 0)
        return &g_array_index (collector->groups, Group, position - 1);
    }
  else
    for (position = 0; position < collector->groups->len; position++)
      if (strcmp (g_array_index (collector->groups, Group, position).key, key) == 0)
        return &g_array_index (collector->groups, Group, position);

  g_array_append_val (collector->groups, added);
  position = collector->groups->len;
  if (collector->index == NULL && position > INDEX_FROM)
    {
      collector->index = g_hash_table_new (g_str_hash, g_str_equal);
      for (guint i = 0; i < position; i++)
        g_hash_table_insert (collector->index, (gpointer) g_array_index (collector->groups, Group, i).key, GUINT_TO_POINTER (i + 1));
    }
  else if (collector->index != NULL)
    g_hash_table_insert (collector->index, (gpointer) key, GUINT_TO_POINTER (position));
  return &g_array_index (collector->groups, Group, position - 1);
}

static void
add_field (Collector                *collector,
           const PdgGqlAstSelection *field)
{
  Group *group = find_group (collector, pdg_gql_ast_response_key (field));
  Node *node = pdg_arena_alloc (collector->arena, sizeof *node);

  *node = (Node) { .ast = field };
  if (group->last != NULL)
    group->last->next = node;
  else
    group->first = node;
  group->last = node;
  group->n_nodes++;
}

static gboolean
applies (const Collector  *collector,
         const PdgGqlType *condition)
{
  return condition != NULL && (condition == collector->type || pdg_gql_type_has_possible (condition, collector->type));
}

static void
collect (Collector                   *collector,
         const PdgGqlAstSelectionSet *set)
{
  for (guint i = 0; i < set->n; i++)
    {
      const PdgGqlAstSelection *selection = set->items[i];
      const PdgGqlFragment *fragment;

      if (selection->directives.n > 0 && !pdg_gql_plan_is_included (&selection->directives, collector->variables))
        continue;
      if (selection->kind == PDG_GQL_AST_FIELD)
        add_field (collector, selection);
      else if (selection->kind == PDG_GQL_AST_INLINE)
        {
          if (selection->condition == NULL
              || applies (collector, pdg_gql_schema_lookup_type (collector->document->schema, selection->condition->name)))
            collect (collector, selection->set);
        }
      else
        {
          fragment = pdg_gql_document_lookup_fragment (collector->document, selection->name.text);
          if (fragment == NULL || collector->visited[fragment->index])
            continue;
          collector->visited[fragment->index] = 1;
          if (applies (collector, fragment->type))
            collect (collector, fragment->ast->set);
        }
    }
}

void
pdg_gql_plan_fill_field (const PdgGqlDocument            *document,
                         PdgArena                        *arena,
                         const PdgGqlVariables           *variables,
                         PdgGqlType                      *type,
                         const PdgGqlAstSelection *const *nodes,
                         guint                            n_nodes,
                         PdgGqlPlanField                 *field)
{
  const PdgGqlAstSelection *ast = nodes[0];
  const char *key = pdg_gql_ast_response_key (ast);
  char *message = NULL;

  *field = (PdgGqlPlanField) { .key = key, .key_len = (guint) strlen (key), .n_nodes = n_nodes };
  field->nodes = pdg_arena_alloc (arena, n_nodes * sizeof (gpointer));
  memcpy (field->nodes, nodes, n_nodes * sizeof (gpointer));
  field->field = pdg_gql_schema_lookup_field (document->schema, type, ast->name.text);
  field->args_location = ast->location;
  if (field->field == NULL || field->field->n_args == 0)
    return;
  field->args = pdg_arena_alloc (arena, field->field->n_args * sizeof (gpointer));
  memset (field->args, 0, field->field->n_args * sizeof (gpointer));
  if (!pdg_gql_coerce_arguments (arena, field->field->args, field->field->n_args, ast->arguments, ast->n_arguments, variables, field->args,
                                 &message, &field->args_location))
    field->args_error = pdg_arena_strndup (arena, message, strlen (message));
  g_free (message);
}

static void
fill_field (Collector       *collector,
            const Group     *group,
            PdgGqlPlanField *field)
{
  g_autofree const PdgGqlAstSelection **many = group->n_nodes > 1 ? g_new (const PdgGqlAstSelection *, group->n_nodes) : NULL;
  guint i = 0;

  for (const Node *node = group->first; many != NULL && node != NULL; node = node->next)
    many[i++] = node->ast;
  pdg_gql_plan_fill_field (collector->document, collector->arena, collector->variables, collector->type, many != NULL ? many : &group->first->ast,
                           group->n_nodes, field);
}

PdgGqlPlan *
pdg_gql_plan_new (const PdgGqlDocument               *document,
                  PdgArena                           *arena,
                  const PdgGqlVariables              *variables,
                  PdgGqlType                         *type,
                  const PdgGqlAstSelectionSet *const *sets,
                  guint                               n_sets)
{
  PdgGqlPlan *plan = pdg_arena_alloc (arena, sizeof *plan);
  g_autoptr(GArray) groups = g_array_sized_new (FALSE, FALSE, sizeof (Group), 16);
  g_autofree guint8 *visited = g_new0 (guint8, document->n_fragments + 1);
  Collector collector = { .document = document, .arena = arena, .variables = variables, .type = type, .groups = groups,
                          .visited = visited };

  for (guint i = 0; i < n_sets; i++)
    collect (&collector, sets[i]);
  g_clear_pointer (&collector.index, g_hash_table_unref);
  plan->type = type;
  plan->n = 0;
  plan->fields = pdg_arena_alloc (arena, MAX (groups->len, 1) * sizeof (PdgGqlPlanField));
  for (guint i = 0; i < groups->len; i++)
    {
      fill_field (&collector, &g_array_index (groups, Group, i), &plan->fields[plan->n]);
      if (plan->fields[plan->n].field != NULL) /* validation has refused unknown fields */
        plan->n++;
    }
  return plan;
}
