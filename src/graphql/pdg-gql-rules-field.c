#include "config.h"
#include "graphql/pdg-gql-validate-private.h"

#include <string.h>

#include "graphql/pdg-gql-suggest-private.h"

/* Rules on fields and directives. */

typedef struct
{
  const PdgGqlType *type;
  guint uses;
} Candidate;

static void
add_candidate (GArray           *found,
               const PdgGqlType *type,
               const char       *field)
{
  Candidate added = { type, 1 };

  if (pdg_gql_type_lookup_field (type, field) == NULL)
    return;
  for (guint i = 0; i < found->len; i++)
    if (g_array_index (found, Candidate, i).type == type)
      {
        g_array_index (found, Candidate, i).uses++;
        return;
      }
  g_array_append_val (found, added);
}

/* The most common first, interfaces before what implements them, then by name. */
static int
compare_candidates (gconstpointer a,
                    gconstpointer b)
{
  const Candidate *left = a, *right = b;

  if (left->uses != right->uses)
    return left->uses > right->uses ? -1 : 1;
  if (left->type->kind == PDG_GQL_TYPE_INTERFACE && pdg_gql_type_is_subtype (right->type, left->type))
    return -1;
  if (right->type->kind == PDG_GQL_TYPE_INTERFACE && pdg_gql_type_is_subtype (left->type, right->type))
    return 1;
  return strcmp (left->type->name, right->type->name);
}

/* Types that do have the field: possible types of an abstract one, and their interfaces. */
static gboolean
suggest_types (GString          *message,
               const PdgGqlType *type,
               const char       *field)
{
  g_autoptr(GArray) found = g_array_new (FALSE, FALSE, sizeof (Candidate));
  g_autoptr(GPtrArray) names = g_ptr_array_new ();

  for (guint i = 0; pdg_gql_type_is_abstract (type) && i < type->n_possible; i++)
    {
      const PdgGqlType *object = type->possible[i];

      if (pdg_gql_type_lookup_field (object, field) == NULL)
        continue;
      add_candidate (found, object, field);
      for (guint j = 0; j < object->n_interfaces; j++)
        add_candidate (found, object->interfaces[j], field);
    }
  g_array_sort (found, compare_candidates);
  for (guint i = 0; i < found->len; i++)
    g_ptr_array_add (names, (gpointer) g_array_index (found, Candidate, i).type->name);
  pdg_gql_suggest_list (message, "to use an inline fragment on ", names);
  return names->len > 0;
}

static void
fields_on_correct_type (PdgGqlValidation *validation,
                        PdgGqlVisit       visit,
                        gconstpointer     node)
{
  const PdgGqlAstSelection *field = node;
  const PdgGqlType *type = validation->parent_type;
  GString *message;

  if (type == NULL || validation->field != NULL)
    return;
  message = g_string_new (NULL);
  g_string_printf (message, "Cannot query field \"%s\" on type \"%s\".", field->name.text, type->name);
  if (validation->suggest && !suggest_types (message, type, field->name.text))
    {
      g_autoptr(GPtrArray) names = g_ptr_array_new ();

      for (guint i = 0; i < type->n_fields; i++)
        g_ptr_array_add (names, (gpointer) type->fields[i].name);
      pdg_gql_suggest (message, field->name.text, names);
    }
  pdg_gql_validation_take (validation, &field->location, 1, message);
}

static void
scalar_leafs (PdgGqlValidation *validation,
              PdgGqlVisit       visit,
              gconstpointer     node)
{
  const PdgGqlAstSelection *field = node;
  g_autofree char *type = NULL;
  gboolean leaf;

  if (validation->type == NULL)
    return;
  leaf = pdg_gql_type_is_leaf (pdg_gql_type_get_named (validation->type));
  if (leaf != (field->set != NULL))
    return;
  type = pdg_gql_type_print (validation->type);
  if (leaf)
    pdg_gql_validation_error (validation, field->set->location,
                              "Field \"%s\" must not have a selection since type \"%s\" has no subfields.", field->name.text, type);
  else
    pdg_gql_validation_error (validation, field->location,
                              "Field \"%s\" of type \"%s\" must have a selection of subfields. Did you mean \"%s { ... }\"?",
                              field->name.text, type, field->name.text);
}

static gboolean
is_defined_here (PdgGqlValidation *validation,
                 const char       *name)
{
  const PdgGqlAstDocument *document = validation->document->ast;

  for (guint i = 0; i < document->n; i++)
    if (document->items[i]->kind == PDG_GQL_AST_DIRECTIVE && strcmp (document->items[i]->name.text, name) == 0)
      return TRUE;
  return FALSE;
}

static void
known_directives (PdgGqlValidation *validation,
                  PdgGqlVisit       visit,
                  gconstpointer     node)
{
  const PdgGqlAstDirective *directive = node;

  if (is_defined_here (validation, directive->name.text))
    return;
  if (validation->directive == NULL)
    {
      pdg_gql_validation_error (validation, directive->location, "Unknown directive \"@%s\".", directive->name.text);
      return;
    }
  for (guint i = 0; i < validation->directive->n_locations; i++)
    if (strcmp (validation->directive->locations[i], validation->location) == 0)
      return;
  pdg_gql_validation_error (validation, directive->location, "Directive \"@%s\" may not be used on %s.", directive->name.text,
                            validation->location);
}

static void
unique_directives_per_location (PdgGqlValidation *validation,
                                PdgGqlVisit       visit,
                                gconstpointer     node)
{
  const PdgGqlAstDirectives *directives = node;
  g_autoptr(GHashTable) seen = NULL;

  if (directives->n < 2)
    return;
  seen = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < directives->n; i++)
    {
      const PdgGqlAstDirective *directive = &directives->items[i];
      const PdgGqlDirective *definition = pdg_gql_schema_lookup_directive (validation->schema, directive->name.text);
      const PdgGqlAstDirective *first;

      if (definition == NULL || definition->repeatable)
        continue;
      first = g_hash_table_lookup (seen, directive->name.text);
      if (first != NULL)
        pdg_gql_validation_error2 (validation, first->location, directive->location,
                                   "The directive \"@%s\" can only be used once at this location.", directive->name.text);
      else
        g_hash_table_insert (seen, (gpointer) directive->name.text, (gpointer) directive);
    }
}

const PdgGqlRule pdg_gql_field_rules[] = {
  { "ScalarLeafsRule", PDG_GQL_VISIT_FIELD, scalar_leafs },
  { "FieldsOnCorrectTypeRule", PDG_GQL_VISIT_FIELD, fields_on_correct_type },
  { "KnownDirectivesRule", PDG_GQL_VISIT_DIRECTIVE, known_directives },
  { "UniqueDirectivesPerLocationRule", PDG_GQL_VISIT_DIRECTIVES, unique_directives_per_location },
  { NULL, 0, NULL },
};
