#include "config.h"
#include "graphql/pdg-gql-call.h"

#include <string.h>

#include "graphql/pdg-gql-execute-private.h"

/* What a resolver may ask about the fields below its own. */

#define MAX_PATH 128

/* Look-ahead without fragments: each selection is seen once, and nothing has to be remembered. */
static gboolean
selects_plainly (const PdgGqlExecution       *execution,
                 const PdgGqlAstSelectionSet *set,
                 const char                  *path)
{
  const char *end = strchrnul (path, '.');
  gsize len = (gsize) (end - path);

  for (guint i = 0; i < set->n; i++)
    {
      const PdgGqlAstSelection *selection = set->items[i];

      if (selection->directives.n > 0 && !pdg_gql_plan_is_included (&selection->directives, execution->variables))
        continue;
      if (selection->kind == PDG_GQL_AST_INLINE)
        {
          if (selects_plainly (execution, selection->set, path))
            return TRUE;
        }
      else if (strncmp (selection->name.text, path, len) == 0 && selection->name.text[len] == '\0'
               && (*end == '\0' || (selection->set != NULL && selects_plainly (execution, selection->set, end + 1))))
        return TRUE;
    }
  return FALSE;
}

/* One step of a look-ahead: the selection sets of the fields called @name in @sets. */
typedef struct
{
  PdgGqlExecution *execution;
  const char *name;
  gsize len;
  GPtrArray *found;
  guint8 *visited;
  gboolean any;
} Look;

static void
look_into (Look                        *look,
           const PdgGqlAstSelectionSet *set)
{
  for (guint i = 0; i < set->n; i++)
    {
      const PdgGqlAstSelection *selection = set->items[i];
      const PdgGqlFragment *fragment;

      if (!pdg_gql_plan_is_included (&selection->directives, look->execution->variables))
        continue;
      if (selection->kind == PDG_GQL_AST_INLINE)
        look_into (look, selection->set);
      else if (selection->kind == PDG_GQL_AST_SPREAD)
        {
          fragment = pdg_gql_document_lookup_fragment (look->execution->document, selection->name.text);
          if (fragment == NULL || look->visited[fragment->index])
            continue;
          look->visited[fragment->index] = 1;
          look_into (look, fragment->ast->set);
        }
      else if (strncmp (selection->name.text, look->name, look->len) == 0 && selection->name.text[look->len] == '\0')
        {
          look->any = TRUE;
          if (selection->set != NULL)
            g_ptr_array_add (look->found, selection->set);
        }
    }
}

/* Whether each field of @set is in @names, by its path from where that began; @at: where its name goes in @path. */
static gboolean
is_within (const PdgGqlAstSelectionSet *set,
           const char *const           *names,
           char                         path[MAX_PATH],
           gsize                        at)
{
  for (guint i = 0; i < set->n; i++)
    {
      const PdgGqlAstSelection *selection = set->items[i];
      gsize len = selection->kind == PDG_GQL_AST_FIELD ? strlen (selection->name.text) : MAX_PATH;

      if (at + len + 2 > MAX_PATH)
        return FALSE;
      memcpy (path + at, selection->name.text, len + 1);
      if (selection->set != NULL)
        {
          path[at + len] = '.';
          if (!is_within (selection->set, names, path, at + len + 1))
            return FALSE;
        }
      else if (!g_strv_contains (names, path))
        return FALSE;
    }
  return TRUE;
}

gboolean
pdg_gql_call_is_all (PdgGqlCall        *call,
                     const char *const *names)
{
  const PdgGqlPlanField *plan = call->column->plan;
  char path[MAX_PATH];

  if (call->level->above != NULL || call->level->plan->n != 1)
    return FALSE;
  for (guint i = 0; i < plan->n_nodes; i++)
    if (plan->nodes[i]->set != NULL && !is_within (plan->nodes[i]->set, names, path, 0))
      return FALSE;
  return TRUE;
}

static gboolean
selects_with_fragments (PdgGqlCall *call,
                        const char *path)
{
  g_autoptr(GPtrArray) sets = g_ptr_array_new ();
  guint n_fragments = call->execution->document->n_fragments;
  g_autofree guint8 *visited = g_malloc (n_fragments + 1);

  for (guint i = 0; i < call->column->plan->n_nodes; i++)
    if (call->column->plan->nodes[i]->set != NULL)
      g_ptr_array_add (sets, call->column->plan->nodes[i]->set);
  for (;;)
    {
      const char *end = strchrnul (path, '.');
      Look look = { .execution = call->execution, .name = path, .len = (gsize) (end - path), .visited = visited };

      look.found = g_ptr_array_new ();
      memset (visited, 0, n_fragments + 1);
      for (guint i = 0; i < sets->len; i++)
        look_into (&look, sets->pdata[i]);
      g_ptr_array_unref (sets);
      sets = look.found;
      if (!look.any || *end == '\0')
        return look.any;
      path = end + 1;
    }
}

gboolean
pdg_gql_call_selects (PdgGqlCall *call,
                      const char *path)
{
  const PdgGqlPlanField *plan = call->column->plan;

  if (call->execution->document->n_fragments > 0)
    return selects_with_fragments (call, path);
  for (guint i = 0; i < plan->n_nodes; i++)
    if (plan->nodes[i]->set != NULL && selects_plainly (call->execution, plan->nodes[i]->set, path))
      return TRUE;
  return FALSE;
}

/* The only field called @name in @set; NULL when there are several, or fragments, which may hold more of them. */
static const PdgGqlAstSelection *
find_only (const PdgGqlExecution       *execution,
           const PdgGqlAstSelectionSet *set,
           const char                  *name,
           gsize                        len)
{
  const PdgGqlAstSelection *found = NULL;

  for (guint i = 0; set != NULL && i < set->n; i++)
    {
      const PdgGqlAstSelection *selection = set->items[i];

      if (selection->kind != PDG_GQL_AST_FIELD)
        return NULL;
      if (strncmp (selection->name.text, name, len) != 0 || selection->name.text[len] != '\0'
          || !pdg_gql_plan_is_included (&selection->directives, execution->variables))
        continue;
      if (found != NULL)
        return NULL;
      found = selection;
    }
  return found;
}

/* A call without parents, and all that it stands on. */
typedef struct
{
  PdgGqlCall call;
  PdgGqlLevel level;
  PdgGqlColumn column;
  PdgGqlPlan plan;
  PdgGqlPlanField plan_field;
} Ahead;

PdgGqlCall *
pdg_gql_call_look_ahead (PdgGqlCall *call,
                         const char *path)
{
  PdgGqlExecution *execution = call->execution;
  PdgArena *arena = execution->arena;
  const PdgGqlPlanField *plan = call->column->plan;
  const PdgGqlAstSelection *selection = plan->n_nodes == 1 ? plan->nodes[0] : NULL;
  const PdgGqlField *field = plan->field;
  PdgGqlType *type = NULL;
  Ahead *ahead;

  while (selection != NULL && field != NULL && path != NULL)
    {
      const char *end = strchr (path, '.');

      type = pdg_gql_type_get_named (field->type);
      selection = type->kind == PDG_GQL_TYPE_OBJECT
                      ? find_only (execution, selection->set, path, end != NULL ? (gsize) (end - path) : strlen (path)) : NULL;
      if (selection != NULL)
        field = pdg_gql_schema_lookup_field (execution->schema, type, selection->name.text);
      path = end != NULL ? end + 1 : NULL;
    }
  if (selection == NULL || field == NULL)
    return NULL;
  ahead = pdg_arena_alloc (arena, sizeof *ahead);
  memset (ahead, 0, sizeof *ahead);
  pdg_gql_plan_fill_field (execution->document, arena, execution->variables, type, &selection, 1, &ahead->plan_field);
  ahead->plan = (PdgGqlPlan) { type, 1, &ahead->plan_field };
  ahead->column.plan = &ahead->plan_field;
  ahead->level = (PdgGqlLevel) { .plan = &ahead->plan, .above = call->level, .columns = &ahead->column };
  ahead->call = (PdgGqlCall) { .execution = execution, .level = &ahead->level, .column = &ahead->column };
  return ahead->plan_field.args_error == NULL ? &ahead->call : NULL;
}

gconstpointer
pdg_gql_call_get_selection (PdgGqlCall *call)
{
  return call->column->plan->n_nodes == 1 ? call->column->plan->nodes[0] : NULL;
}

PdgGqlCall *
pdg_gql_execution_look_ahead (PdgGqlExecution *execution)
{
  PdgGqlPlan *plan = execution->root.plan;
  Ahead *ahead;

  if (plan->n != 1 || plan->fields[0].args_error != NULL)
    return NULL;
  ahead = pdg_arena_alloc (execution->arena, sizeof *ahead);
  memset (ahead, 0, sizeof *ahead);
  ahead->column.plan = &plan->fields[0];
  ahead->call = (PdgGqlCall) { .execution = execution, .level = &execution->root, .column = &ahead->column };
  return &ahead->call;
}
