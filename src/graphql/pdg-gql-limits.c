#include "config.h"
#include "graphql/pdg-gql-document-private.h"

#include <string.h>

/* Guards that look at the document alone, each in time linear in its length: what a fragment costs is computed once. */

typedef struct
{
  guint depth;               /* of fields, introspection left out */
  guint introspection_depth; /* of fields below __schema and __type */
  guint inner_depth;         /* of fields, whatever they are */
  guint lists;               /* nested lists of introspection */
  guint fields;              /* all of them, saturating */
  guint top_fields;          /* of the selection set itself */
} Cost;

typedef struct
{
  const PdgGqlDocument *document;
  Cost *costs;    /* of the fragments */
  guint8 *states; /* 0 to do, 1 under way, 2 done */
  guint aliases;
  guint directives;
} Counter;

static guint
add (guint a,
     guint b)
{
  return a > G_MAXUINT / 4 || b > G_MAXUINT / 4 ? G_MAXUINT / 4 : a + b;
}

static Cost measure_set (Counter *counter, const PdgGqlAstSelectionSet *set);

static void
merge (Cost       *cost,
       const Cost *other)
{
  cost->depth = MAX (cost->depth, other->depth);
  cost->introspection_depth = MAX (cost->introspection_depth, other->introspection_depth);
  cost->inner_depth = MAX (cost->inner_depth, other->inner_depth);
  cost->lists = MAX (cost->lists, other->lists);
  cost->fields = add (cost->fields, other->fields);
  cost->top_fields = add (cost->top_fields, other->top_fields);
}

static Cost
measure_fragment (Counter    *counter,
                  const char *name)
{
  const PdgGqlFragment *fragment = pdg_gql_document_lookup_fragment (counter->document, name);
  guint aliases = counter->aliases, directives = counter->directives;

  if (fragment == NULL || counter->states[fragment->index] == 1)
    return (Cost) { 0 }; /* unknown, or a cycle: validation tells */
  if (counter->states[fragment->index] == 0)
    {
      counter->states[fragment->index] = 1;
      counter->costs[fragment->index] = measure_set (counter, fragment->ast->set);
      counter->states[fragment->index] = 2;
      counter->aliases = aliases; /* those of fragments are counted where they are defined */
      counter->directives = directives;
    }
  return counter->costs[fragment->index];
}

static gboolean
is_introspection_list (const char *name)
{
  return strcmp (name, "fields") == 0 || strcmp (name, "interfaces") == 0 || strcmp (name, "possibleTypes") == 0
         || strcmp (name, "inputFields") == 0;
}

static Cost
measure_field (Counter                  *counter,
               const PdgGqlAstSelection *field)
{
  Cost cost = { 0 };

  if (field->set != NULL)
    cost = measure_set (counter, field->set);
  cost.fields = add (cost.fields, 1);
  cost.top_fields = 1;
  cost.inner_depth = add (cost.inner_depth, 1);
  if (is_introspection_list (field->name.text))
    cost.lists++;
  if (strcmp (field->name.text, "__schema") == 0 || strcmp (field->name.text, "__type") == 0)
    {
      cost.introspection_depth = cost.inner_depth;
      cost.depth = 1;
      cost.inner_depth = 1;
    }
  else
    cost.depth = add (cost.depth, 1);
  return cost;
}

static Cost
measure_set (Counter                     *counter,
             const PdgGqlAstSelectionSet *set)
{
  Cost cost = { 0 };

  for (guint i = 0; i < set->n; i++)
    {
      const PdgGqlAstSelection *selection = set->items[i];
      Cost one;

      counter->directives += selection->directives.n;
      if (selection->kind == PDG_GQL_AST_SPREAD)
        one = measure_fragment (counter, selection->name.text);
      else if (selection->kind == PDG_GQL_AST_INLINE)
        one = measure_set (counter, selection->set);
      else
        {
          counter->aliases += selection->alias.text != NULL;
          one = measure_field (counter, selection);
        }
      merge (&cost, &one);
    }
  return cost;
}

static gboolean
exceeds (guint                      found,
         guint                      limit,
         const char                *guard,
         const char                *what,
         const PdgGqlAstDefinition *at,
         PdgGqlErrors              *errors)
{
  if (limit == 0 || found <= limit)
    return FALSE;
  pdg_gql_errors_set_guard (errors, guard);
  pdg_gql_errors_take (errors, PDG_GQL_CODE_LIMIT, at != NULL ? &at->location : NULL, at != NULL,
                       g_strdup_printf ("Document has more than %u %s. Ask for less at once.", limit, what));
  return TRUE;
}

/* The lists of introspection only count below __schema and __type; the deepest nesting below any of them. */
static guint
measure_introspection_lists (Counter                     *counter,
                             const PdgGqlAstSelectionSet *set,
                             GHashTable                  *seen)
{
  guint lists = 0;

  for (guint i = 0; i < set->n; i++)
    {
      const PdgGqlAstSelection *selection = set->items[i];
      const PdgGqlFragment *fragment;
      guint found = 0;

      if (selection->kind == PDG_GQL_AST_SPREAD)
        {
          fragment = pdg_gql_document_lookup_fragment (counter->document, selection->name.text);
          if (fragment != NULL && g_hash_table_add (seen, (gpointer) fragment))
            found = measure_introspection_lists (counter, fragment->ast->set, seen);
        }
      else if (selection->kind == PDG_GQL_AST_FIELD && g_str_has_prefix (selection->name.text, "__"))
        found = measure_field (counter, selection).lists;
      else if (selection->set != NULL)
        found = measure_introspection_lists (counter, selection->set, seen);
      lists = MAX (lists, found);
    }
  return lists;
}

static gboolean
check_operation (Counter                   *counter,
                 const PdgGqlAstDefinition *definition,
                 const PdgGqlLimits        *limits,
                 PdgGqlErrors              *errors)
{
  Cost cost = measure_set (counter, definition->set);

  counter->directives += definition->directives.n;
  for (guint i = 0; i < definition->n_variables; i++)
    counter->directives += definition->variables[i].directives.n;
  if (definition->kind == PDG_GQL_AST_FRAGMENT)
    return TRUE; /* counts where it is spread: perhaps below __schema */
  if (exceeds (cost.depth, limits->max_depth, "depth", "levels of fields", definition, errors)
      || exceeds (cost.introspection_depth, limits->max_introspection_depth, "introspection", "levels of introspection fields", definition, errors)
      || exceeds (cost.fields, limits->max_fields, "fields", "fields, with fragments expanded", definition, errors))
    return FALSE;
  return !exceeds (cost.top_fields, limits->max_root_fields, "root-fields", "root fields", definition, errors);
}

gboolean
pdg_gql_document_check_limits (const PdgGqlDocument *document,
                               const PdgGqlLimits   *limits,
                               PdgGqlErrors         *errors)
{
  g_autofree Cost *costs = g_new0 (Cost, document->n_fragments + 1);
  g_autofree guint8 *states = g_new0 (guint8, document->n_fragments + 1);
  g_autoptr(GHashTable) seen = g_hash_table_new (NULL, NULL);
  Counter counter = { .document = document, .costs = costs, .states = states };
  guint lists = 0, aliases, directives;

  for (guint i = 0; i < document->ast->n; i++)
    if (document->ast->items[i]->set != NULL && !check_operation (&counter, document->ast->items[i], limits, errors))
      return FALSE;
  aliases = counter.aliases;
  directives = counter.directives;
  for (guint i = 0; i < document->ast->n; i++)
    if (document->ast->items[i]->kind == PDG_GQL_AST_OPERATION)
      lists = MAX (lists, measure_introspection_lists (&counter, document->ast->items[i]->set, seen));
  return !exceeds (aliases, limits->max_aliases, "aliases", "aliases", NULL, errors)
         && !exceeds (directives, limits->max_directives, "directives", "directives", NULL, errors)
         && !exceeds (lists, limits->max_introspection_lists, "introspection", "nested lists of introspection", NULL, errors);
}
