#include "config.h"
#include "graphql/pdg-gql-validate-private.h"

#include <string.h>

/* OverlappingFieldsCanBeMerged: fields that answer under one key must be the same field with the same arguments, or
 * stand on objects that cannot be the same. Compares pairs of selections as the reference implementation does: what
 * two fragments have in conflict is computed once for each pair of them, so the work is bounded by the pairs of
 * fragments and of fields, and a budget bounds that. */

#define HARD_MAX_BUDGET  500000
#define CONFLICT_COST    20
#define MAX_REASON_BYTES 1000
#define MAX_PLACES       20

typedef struct
{
  const PdgGqlAstSelection *ast;
  PdgGqlType *parent; /* (nullable) */
  PdgGqlField *field; /* (nullable) */
} Use;

/* The fields of one selection set by key, inline fragments included, and the fragments it spreads. */
typedef struct _Fields Fields;
struct _Fields
{
  PdgGqlType *parent; /* (nullable) */
  Fields *next;       /* of the same selection set, on another parent */
  GPtrArray *keys;
  GHashTable *groups;     /* key -> GArray of Use */
  GPtrArray *fragments;   /* PdgGqlFragment */
  GHashTable *compared;   /* fragment -> COMPARED_… */
};

typedef struct
{
  const char *key;
  char *reason;
  GArray *first; /* PdgGqlLocation */
  GArray *second;
} Conflict;

enum
{
  COMPARED_EXCLUSIVE = 1, /* as parts of objects that cannot be the same */
  COMPARED_FULLY = 2,
};

typedef struct
{
  PdgGqlValidation *validation;
  GHashTable *cache; /* selection set -> Fields */
  GHashTable *pairs; /* two fragments -> COMPARED_… */
  int budget;
} Comparison;

static void
free_fields (gpointer data)
{
  Fields *fields = data;

  g_ptr_array_unref (fields->keys);
  g_hash_table_unref (fields->groups);
  g_ptr_array_unref (fields->fragments);
  g_hash_table_unref (fields->compared);
  if (fields->next != NULL)
    free_fields (fields->next);
  g_free (fields);
}

static void
free_conflict (gpointer data)
{
  Conflict *conflict = data;

  g_free (conflict->reason);
  g_array_unref (conflict->first);
  g_array_unref (conflict->second);
  g_free (conflict);
}

static Conflict *
new_conflict (const char *key,
              char       *reason,
              const Use  *first,
              const Use  *second)
{
  Conflict *conflict = g_new0 (Conflict, 1);

  conflict->key = key;
  conflict->reason = reason;
  conflict->first = g_array_new (FALSE, FALSE, sizeof (PdgGqlLocation));
  conflict->second = g_array_new (FALSE, FALSE, sizeof (PdgGqlLocation));
  g_array_append_val (conflict->first, first->ast->location);
  g_array_append_val (conflict->second, second->ast->location);
  return conflict;
}

static gboolean
spend (Comparison *comparison,
       int         cost)
{
  comparison->budget -= cost;
  return comparison->budget >= 0;
}

static void
collect (Comparison                  *comparison,
         Fields                      *fields,
         const PdgGqlAstSelectionSet *set,
         PdgGqlType                  *parent)
{
  PdgGqlValidation *validation = comparison->validation;

  for (guint i = 0; i < set->n; i++)
    {
      const PdgGqlAstSelection *selection = set->items[i];
      Use use = { .ast = selection, .parent = parent };
      PdgGqlFragment *fragment;
      const char *key;
      GArray *group;

      if (selection->kind == PDG_GQL_AST_INLINE)
        {
          collect (comparison, fields, selection->set,
                   selection->condition != NULL ? pdg_gql_schema_lookup_type (validation->schema, selection->condition->name) : parent);
          continue;
        }
      if (selection->kind == PDG_GQL_AST_SPREAD)
        {
          fragment = pdg_gql_document_lookup_fragment (validation->document, selection->name.text);
          if (fragment != NULL && !g_ptr_array_find (fields->fragments, fragment, NULL))
            g_ptr_array_add (fields->fragments, fragment);
          continue;
        }
      use.field = parent != NULL ? pdg_gql_type_lookup_field (parent, selection->name.text) : NULL;
      key = pdg_gql_ast_response_key (selection);
      group = g_hash_table_lookup (fields->groups, key);
      if (group == NULL)
        {
          group = g_array_new (FALSE, FALSE, sizeof (Use));
          g_hash_table_insert (fields->groups, (gpointer) key, group);
          g_ptr_array_add (fields->keys, (gpointer) key);
        }
      g_array_append_val (group, use);
    }
}

static Fields *
get_fields (Comparison                  *comparison,
            const PdgGqlAstSelectionSet *set,
            PdgGqlType                  *parent)
{
  Fields *first = g_hash_table_lookup (comparison->cache, set);
  Fields *fields;

  /* At most two: a fragment on what is no composite type has no parent from within, and that type where it is spread. */
  for (fields = first; fields != NULL; fields = fields->next)
    if (fields->parent == parent)
      return fields;
  fields = g_new0 (Fields, 1);
  fields->parent = parent;
  fields->keys = g_ptr_array_new ();
  fields->groups = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) g_array_unref);
  fields->fragments = g_ptr_array_new ();
  fields->compared = g_hash_table_new (NULL, NULL);
  if (first != NULL)
    {
      fields->next = first->next;
      first->next = fields;
    }
  else
    g_hash_table_insert (comparison->cache, (gpointer) set, fields);
  collect (comparison, fields, set, parent);
  return fields;
}

static Fields *
get_fragment_fields (Comparison           *comparison,
                     const PdgGqlFragment *fragment)
{
  return get_fields (comparison, fragment->ast->set, fragment->type);
}

static gboolean
types_conflict (const PdgGqlType *a,
                const PdgGqlType *b)
{
  while (a != b)
    {
      if (a->kind == PDG_GQL_TYPE_LIST || b->kind == PDG_GQL_TYPE_LIST || a->kind == PDG_GQL_TYPE_NON_NULL
          || b->kind == PDG_GQL_TYPE_NON_NULL)
        {
          if (a->kind != b->kind)
            return TRUE;
          a = a->of;
          b = b->of;
        }
      else
        return pdg_gql_type_is_leaf (a) || pdg_gql_type_is_leaf (b);
    }
  return FALSE;
}

static const PdgGqlAstValue *
find_argument (const PdgGqlAstSelection *field,
               const char               *name)
{
  for (guint i = field->n_arguments; i > 0; i--)
    if (strcmp (field->arguments[i - 1].name.text, name) == 0)
      return field->arguments[i - 1].value;
  return NULL;
}

static gboolean
same_arguments (Comparison               *comparison,
                const PdgGqlAstSelection *a,
                const PdgGqlAstSelection *b)
{
  if (a->n_arguments != b->n_arguments)
    return FALSE;
  for (guint i = 0; i < a->n_arguments; i++)
    {
      const PdgGqlAstValue *other = find_argument (b, a->arguments[i].name.text);

      spend (comparison, 1 + (int) MIN (b->n_arguments, 1000));
      if (other == NULL || !pdg_gql_ast_value_equal (a->arguments[i].value, other))
        return FALSE;
    }
  return TRUE;
}

static char *
compare_selves (Comparison *comparison,
                const Use  *a,
                const Use  *b)
{
  if (strcmp (a->ast->name.text, b->ast->name.text) != 0)
    return g_strdup_printf ("\"%s\" and \"%s\" are different fields", a->ast->name.text, b->ast->name.text);
  return same_arguments (comparison, a->ast, b->ast) ? NULL : g_strdup ("they have differing arguments");
}

static char *
compare_types (const Use *a,
               const Use *b)
{
  g_autofree char *left = NULL, *right = NULL;

  if (a->field == NULL || b->field == NULL || !types_conflict (a->field->type, b->field->type))
    return NULL;
  left = pdg_gql_type_print (a->field->type);
  right = pdg_gql_type_print (b->field->type);
  return g_strdup_printf ("they return conflicting types \"%s\" and \"%s\"", left, right);
}

static void compare_subselections (Comparison *comparison, GPtrArray *conflicts, gboolean exclusive, const Use *a, const Use *b);

/* The last ones when there are too many: those are the deeper fields. */
static void
append_places (GArray       *to,
               const GArray *from)
{
  guint n = to->len < MAX_PLACES ? MIN (from->len, MAX_PLACES - to->len) : 0;

  g_array_append_vals (to, &g_array_index (from, PdgGqlLocation, from->len - n), n);
}

/* The conflicts of two selections as one of the fields above them; takes nothing from @conflicts. */
static Conflict *
summarize (GPtrArray  *conflicts,
           const char *key,
           const Use  *a,
           const Use  *b)
{
  GString *reason = g_string_new (NULL);
  Conflict *summary = new_conflict (key, NULL, a, b);

  for (guint i = 0; i < conflicts->len; i++)
    {
      const Conflict *conflict = conflicts->pdata[i];

      if (reason->len <= MAX_REASON_BYTES)
        g_string_append_printf (reason, "%ssubfields \"%s\" conflict because %s", i > 0 ? " and " : "", conflict->key, conflict->reason);
      append_places (summary->first, conflict->first);
      append_places (summary->second, conflict->second);
    }
  summary->reason = g_string_free (reason, FALSE);
  return summary;
}

static void
compare_uses (Comparison *comparison,
              GPtrArray  *conflicts,
              gboolean    exclusive,
              const char *key,
              const Use  *a,
              const Use  *b)
{
  g_autoptr(GPtrArray) below = NULL;
  char *reason = NULL;

  if (!spend (comparison, 2))
    return;
  exclusive = exclusive
              || (a->parent != b->parent && a->parent != NULL && b->parent != NULL && a->parent->kind == PDG_GQL_TYPE_OBJECT
                  && b->parent->kind == PDG_GQL_TYPE_OBJECT);
  if (!exclusive)
    reason = compare_selves (comparison, a, b);
  if (reason == NULL)
    reason = compare_types (a, b);
  if (reason != NULL)
    {
      spend (comparison, CONFLICT_COST);
      g_ptr_array_add (conflicts, new_conflict (key, reason, a, b));
      return;
    }
  if (a->ast->set == NULL || b->ast->set == NULL)
    return;
  below = g_ptr_array_new_with_free_func (free_conflict);
  compare_subselections (comparison, below, exclusive, a, b);
  if (below->len > 0)
    g_ptr_array_add (conflicts, summarize (below, key, a, b));
}

static void
compare_fields (Comparison *comparison,
                GPtrArray  *conflicts,
                gboolean    exclusive,
                Fields     *a,
                Fields     *b)
{
  for (guint i = 0; i < a->keys->len && spend (comparison, 1); i++)
    {
      const GArray *left = g_hash_table_lookup (a->groups, a->keys->pdata[i]);
      const GArray *right = g_hash_table_lookup (b->groups, a->keys->pdata[i]);

      for (guint j = 0; right != NULL && j < left->len; j++)
        for (guint k = 0; k < right->len; k++)
          compare_uses (comparison, conflicts, exclusive, a->keys->pdata[i], &g_array_index (left, Use, j), &g_array_index (right, Use, k));
    }
}

static void
compare_with_fragment (Comparison     *comparison,
                       GPtrArray      *conflicts,
                       gboolean        exclusive,
                       Fields         *fields,
                       PdgGqlFragment *fragment)
{
  int state = GPOINTER_TO_INT (g_hash_table_lookup (fields->compared, fragment));
  Fields *other;

  if (!spend (comparison, 1) || fields->keys->len == 0 || state == COMPARED_FULLY || (exclusive && state == COMPARED_EXCLUSIVE))
    return;
  g_hash_table_insert (fields->compared, fragment, GINT_TO_POINTER (exclusive ? COMPARED_EXCLUSIVE : COMPARED_FULLY));
  other = get_fragment_fields (comparison, fragment);
  if (other == fields)
    return;
  compare_fields (comparison, conflicts, exclusive, fields, other);
  for (guint i = 0; i < other->fragments->len; i++)
    compare_with_fragment (comparison, conflicts, exclusive, fields, other->fragments->pdata[i]);
}

static gboolean
is_new_pair (Comparison           *comparison,
             const PdgGqlFragment *a,
             const PdgGqlFragment *b,
             gboolean              exclusive)
{
  gsize low = MIN (a->index, b->index), high = MAX (a->index, b->index);
  gpointer key = GSIZE_TO_POINTER (low * comparison->validation->document->n_fragments + high);
  int state = GPOINTER_TO_INT (g_hash_table_lookup (comparison->pairs, key));

  if (state == COMPARED_FULLY || (exclusive && state == COMPARED_EXCLUSIVE))
    return FALSE;
  g_hash_table_insert (comparison->pairs, key, GINT_TO_POINTER (exclusive ? COMPARED_EXCLUSIVE : COMPARED_FULLY));
  return TRUE;
}

static void
compare_fragments (Comparison     *comparison,
                   GPtrArray      *conflicts,
                   gboolean        exclusive,
                   PdgGqlFragment *a,
                   PdgGqlFragment *b)
{
  Fields *left, *right;

  if (!spend (comparison, 2) || a == b || !is_new_pair (comparison, a, b, exclusive))
    return;
  left = get_fragment_fields (comparison, a);
  right = get_fragment_fields (comparison, b);
  compare_fields (comparison, conflicts, exclusive, left, right);
  for (guint i = 0; i < right->fragments->len; i++)
    compare_fragments (comparison, conflicts, exclusive, a, right->fragments->pdata[i]);
  for (guint i = 0; i < left->fragments->len; i++)
    compare_fragments (comparison, conflicts, exclusive, left->fragments->pdata[i], b);
}

static void
compare_subselections (Comparison *comparison,
                       GPtrArray  *conflicts,
                       gboolean    exclusive,
                       const Use  *a,
                       const Use  *b)
{
  Fields *left = get_fields (comparison, a->ast->set, a->field != NULL ? pdg_gql_type_get_named (a->field->type) : NULL);
  Fields *right = get_fields (comparison, b->ast->set, b->field != NULL ? pdg_gql_type_get_named (b->field->type) : NULL);

  compare_fields (comparison, conflicts, exclusive, left, right);
  for (guint i = 0; i < right->fragments->len; i++)
    compare_with_fragment (comparison, conflicts, exclusive, left, right->fragments->pdata[i]);
  for (guint i = 0; i < left->fragments->len; i++)
    compare_with_fragment (comparison, conflicts, exclusive, right, left->fragments->pdata[i]);
  for (guint i = 0; i < left->fragments->len; i++)
    for (guint j = 0; j < right->fragments->len; j++)
      compare_fragments (comparison, conflicts, exclusive, left->fragments->pdata[i], right->fragments->pdata[j]);
}

static void
compare_within (Comparison *comparison,
                GPtrArray  *conflicts,
                Fields     *fields)
{
  for (guint i = 0; i < fields->keys->len; i++)
    {
      const GArray *group = g_hash_table_lookup (fields->groups, fields->keys->pdata[i]);

      for (guint j = 0; j < group->len; j++)
        for (guint k = j + 1; k < group->len && comparison->budget >= 0; k++)
          compare_uses (comparison, conflicts, FALSE, fields->keys->pdata[i], &g_array_index (group, Use, j), &g_array_index (group, Use, k));
    }
  for (guint i = 0; i < fields->fragments->len; i++)
    {
      compare_with_fragment (comparison, conflicts, FALSE, fields, fields->fragments->pdata[i]);
      for (guint j = i + 1; j < fields->fragments->len; j++)
        compare_fragments (comparison, conflicts, FALSE, fields->fragments->pdata[i], fields->fragments->pdata[j]);
    }
}

static void
tell_conflicts (PdgGqlValidation *validation,
                GPtrArray        *conflicts)
{
  for (guint i = 0; i < conflicts->len; i++)
    {
      Conflict *conflict = conflicts->pdata[i];
      GString *message = g_string_new (NULL);

      g_string_printf (message, "Fields \"%s\" conflict because %s. Use different aliases on the fields to fetch both if this was intentional.",
                       conflict->key, conflict->reason);
      g_array_append_vals (conflict->first, conflict->second->data, conflict->second->len);
      pdg_gql_validation_take (validation, (const PdgGqlLocation *) conflict->first->data, conflict->first->len, message);
    }
}

static void
compare_set (Comparison                  *comparison,
             const PdgGqlAstSelectionSet *set,
             PdgGqlType                  *parent)
{
  g_autoptr(GPtrArray) conflicts = NULL;

  if (comparison->budget < 0 || (set->n <= 1 && set->items[0]->kind != PDG_GQL_AST_INLINE))
    return;
  conflicts = g_ptr_array_new_with_free_func (free_conflict);
  compare_within (comparison, conflicts, get_fields (comparison, set, parent));
  tell_conflicts (comparison->validation, conflicts);
}

static void
overlapping_fields_can_be_merged (PdgGqlValidation *validation,
                                  PdgGqlVisit       visit,
                                  gconstpointer     node)
{
  Comparison *comparison = validation->overlap;

  if (visit == PDG_GQL_VISIT_DOCUMENT)
    {
      validation->overlap = comparison = g_new0 (Comparison, 1);
      comparison->validation = validation;
      comparison->budget = (int) (validation->max_overlap == 0 ? HARD_MAX_BUDGET : MIN (validation->max_overlap, HARD_MAX_BUDGET));
      comparison->cache = g_hash_table_new_full (NULL, NULL, NULL, free_fields);
      comparison->pairs = g_hash_table_new (NULL, NULL);
    }
  else if (visit == PDG_GQL_VISIT_SELECTION_SET)
    compare_set (comparison, node, validation->parent_type);
  else
    {
      if (comparison->budget < 0)
        pdg_gql_errors_set_guard (validation->errors, "overlap");
      if (comparison->budget < 0)
        pdg_gql_errors_take (validation->errors, PDG_GQL_CODE_LIMIT, NULL, 0,
                             g_strdup ("Too many selections overlap to be compared. Validation aborted."));
      g_hash_table_unref (comparison->cache);
      g_hash_table_unref (comparison->pairs);
      g_clear_pointer (&validation->overlap, g_free);
    }
}

const PdgGqlRule pdg_gql_overlap_rules[] = {
  { "OverlappingFieldsCanBeMergedRule", PDG_GQL_VISIT_DOCUMENT | PDG_GQL_VISIT_SELECTION_SET | PDG_GQL_VISIT_DOCUMENT_END,
    overlapping_fields_can_be_merged },
  { NULL, 0, NULL },
};
