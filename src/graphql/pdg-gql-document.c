#include "config.h"
#include "graphql/pdg-gql-document-private.h"

void
pdg_gql_document_init (PdgGqlDocument          *document,
                       PdgGqlSchema            *schema,
                       PdgArena                *arena,
                       const PdgGqlAstDocument *ast)
{
  *document = (PdgGqlDocument) { .schema = schema, .arena = arena, .ast = ast };
  document->fragments = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < ast->n; i++)
    {
      const PdgGqlAstDefinition *definition = ast->items[i];
      PdgGqlFragment *fragment;

      if (definition->kind != PDG_GQL_AST_FRAGMENT)
        continue;
      fragment = pdg_arena_alloc (arena, sizeof *fragment);
      fragment->index = document->n_fragments++;
      fragment->ast = definition;
      fragment->type = pdg_gql_schema_lookup_type (schema, definition->condition->name);
      g_hash_table_replace (document->fragments, (gpointer) definition->name.text, fragment);
    }
}

void
pdg_gql_document_clear (PdgGqlDocument *document)
{
  g_clear_pointer (&document->fragments, g_hash_table_unref);
}

PdgGqlFragment *
pdg_gql_document_lookup_fragment (const PdgGqlDocument *document,
                                  const char           *name)
{
  return g_hash_table_lookup (document->fragments, name);
}
