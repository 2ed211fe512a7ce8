#include "config.h"
#include "graphql/pdg-gql-validate-private.h"

#include <string.h>

/* Rules on fragments. */

static gboolean
is_composite_name (PdgGqlValidation    *validation,
                   const PdgGqlAstType *condition)
{
  const PdgGqlType *type = pdg_gql_schema_lookup_type (validation->schema, condition->name);

  return type == NULL || pdg_gql_type_is_composite (type); /* unknown ones are told by another rule */
}

static void
fragments_on_composite_types (PdgGqlValidation *validation,
                              PdgGqlVisit       visit,
                              gconstpointer     node)
{
  const PdgGqlAstType *condition = visit == PDG_GQL_VISIT_INLINE ? ((const PdgGqlAstSelection *) node)->condition
                                                                  : ((const PdgGqlAstDefinition *) node)->condition;

  if (condition == NULL || is_composite_name (validation, condition))
    return;
  if (visit == PDG_GQL_VISIT_INLINE)
    pdg_gql_validation_error (validation, condition->location, "Fragment cannot condition on non composite type \"%s\".", condition->name);
  else
    pdg_gql_validation_error (validation, condition->location, "Fragment \"%s\" cannot condition on non composite type \"%s\".",
                              ((const PdgGqlAstDefinition *) node)->name.text, condition->name);
}

static void
known_fragment_names (PdgGqlValidation *validation,
                      PdgGqlVisit       visit,
                      gconstpointer     node)
{
  const PdgGqlAstSelection *spread = node;

  if (pdg_gql_validation_lookup (validation, spread->name.text) == NULL)
    pdg_gql_validation_error (validation, spread->name.location, "Unknown fragment \"%s\".", spread->name.text);
}

static void
no_unused_fragments (PdgGqlValidation *validation,
                     PdgGqlVisit       visit,
                     gconstpointer     node)
{
  g_autoptr(GHashTable) used = g_hash_table_new (NULL, NULL); /* of equal names the last, which stands for all of them */

  for (guint i = 0; i < validation->definitions->len; i++)
    {
      PdgGqlDefinition *operation = validation->definitions->pdata[i];
      g_autoptr(GPtrArray) reached = NULL;

      if (operation->ast->kind != PDG_GQL_AST_OPERATION)
        continue;
      reached = pdg_gql_validation_reach (validation, operation);
      for (guint j = 1; j < reached->len; j++)
        g_hash_table_add (used, reached->pdata[j]);
    }
  for (guint i = 0; i < validation->definitions->len; i++)
    {
      const PdgGqlAstDefinition *fragment = ((PdgGqlDefinition *) validation->definitions->pdata[i])->ast;

      if (fragment->kind == PDG_GQL_AST_FRAGMENT && !g_hash_table_contains (used, pdg_gql_validation_lookup (validation, fragment->name.text)))
        pdg_gql_validation_error (validation, fragment->location, "Fragment \"%s\" is never used.", fragment->name.text);
    }
}

static void
possible_fragment_spreads (PdgGqlValidation *validation,
                           PdgGqlVisit       visit,
                           gconstpointer     node)
{
  const PdgGqlAstSelection *selection = node;
  const PdgGqlType *parent = validation->parent_type, *type = validation->type;
  const PdgGqlFragment *fragment;

  if (visit == PDG_GQL_VISIT_SPREAD)
    {
      fragment = pdg_gql_document_lookup_fragment (validation->document, selection->name.text);
      type = fragment != NULL ? fragment->type : NULL;
    }
  if (type == NULL || parent == NULL || !pdg_gql_type_is_composite (type) || pdg_gql_type_overlap (type, parent))
    return;
  if (visit == PDG_GQL_VISIT_SPREAD)
    pdg_gql_validation_error (validation, selection->location,
                              "Fragment \"%s\" cannot be spread here as objects of type \"%s\" can never be of type \"%s\".",
                              selection->name.text, parent->name, type->name);
  else
    pdg_gql_validation_error (validation, selection->location,
                              "Fragment cannot be spread here as objects of type \"%s\" can never be of type \"%s\".", parent->name, type->name);
}

typedef struct
{
  PdgGqlValidation *validation;
  GHashTable *visited;
  GHashTable *positions; /* fragment name -> position in the path + 1 */
  GPtrArray *path;       /* PdgGqlAstSelection */
} Search;

static void
tell_cycle (Search                   *search,
            guint                     from,
            const PdgGqlAstSelection *last)
{
  g_autoptr(GArray) places = g_array_new (FALSE, FALSE, sizeof (PdgGqlLocation));
  GString *message = g_string_new (NULL);

  g_string_printf (message, "Cannot spread fragment \"%s\" within itself", last->name.text);
  for (guint i = from; i < search->path->len; i++)
    {
      const PdgGqlAstSelection *spread = search->path->pdata[i];

      g_array_append_val (places, spread->location);
      if (i + 1 < search->path->len)
        g_string_append_printf (message, "%s\"%s\"", i == from ? " via " : ", ", spread->name.text);
    }
  g_string_append_c (message, '.');
  pdg_gql_validation_take (search->validation, (const PdgGqlLocation *) places->data, places->len, message);
}

static void
find_cycles (Search                 *search,
             const PdgGqlDefinition *fragment)
{
  const char *name = fragment->ast->name.text;

  if (!g_hash_table_add (search->visited, (gpointer) name))
    return;
  g_hash_table_insert (search->positions, (gpointer) name, GUINT_TO_POINTER (search->path->len + 1));
  for (guint i = 0; i < fragment->spreads->len && !pdg_gql_errors_is_full (search->validation->errors); i++)
    {
      PdgGqlAstSelection *spread = fragment->spreads->pdata[i];
      guint position = GPOINTER_TO_UINT (g_hash_table_lookup (search->positions, spread->name.text));
      const PdgGqlDefinition *next = pdg_gql_validation_lookup (search->validation, spread->name.text);

      g_ptr_array_add (search->path, spread);
      if (position > 0)
        tell_cycle (search, position - 1, spread);
      else if (next != NULL)
        find_cycles (search, next);
      g_ptr_array_set_size (search->path, (int) search->path->len - 1);
    }
  g_hash_table_remove (search->positions, name);
}

static void
no_fragment_cycles (PdgGqlValidation *validation,
                    PdgGqlVisit       visit,
                    gconstpointer     node)
{
  g_autoptr(GHashTable) visited = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr(GHashTable) positions = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr(GPtrArray) path = g_ptr_array_new ();
  Search search = { .validation = validation, .visited = visited, .positions = positions, .path = path };

  for (guint i = 0; i < validation->definitions->len; i++)
    {
      const PdgGqlDefinition *definition = validation->definitions->pdata[i];

      if (definition->ast->kind == PDG_GQL_AST_FRAGMENT)
        find_cycles (&search, definition);
    }
}

const PdgGqlRule pdg_gql_fragment_rules[] = {
  { "FragmentsOnCompositeTypesRule", PDG_GQL_VISIT_INLINE | PDG_GQL_VISIT_FRAGMENT, fragments_on_composite_types },
  { "KnownFragmentNamesRule", PDG_GQL_VISIT_SPREAD, known_fragment_names },
  { "NoUnusedFragmentsRule", PDG_GQL_VISIT_DOCUMENT_END, no_unused_fragments },
  { "PossibleFragmentSpreadsRule", PDG_GQL_VISIT_SPREAD | PDG_GQL_VISIT_INLINE, possible_fragment_spreads },
  { "NoFragmentCyclesRule", PDG_GQL_VISIT_DOCUMENT, no_fragment_cycles },
  { NULL, 0, NULL },
};
