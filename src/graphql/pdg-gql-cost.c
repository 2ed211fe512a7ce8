#include "config.h"
#include "graphql/pdg-gql-document-private.h"

#include <math.h>
#include <string.h>

/* What an operation asks for, in time linear in the document: what is below a fragment is computed once. */

#define COST_LEAF          1.0
#define COST_OBJECT        2.0
#define COST_INTROSPECTION 10.0
#define DEPTH_FACTOR       1.5
#define MOST               1e15

typedef struct
{
  const PdgGqlDocument *document;
  const PdgGqlVariables *variables;
  const PdgGqlLimits *limits;
  PdgGqlErrors *errors;
  double *costs; /* of the fragments; negative = to do */
} Meter;

static double measure_set (Meter *meter, const PdgGqlAstSelectionSet *set, PdgGqlType *type);

/* The value of the argument or of its default as a number; FALSE when there is none. */
static gboolean
read_number (const Meter              *meter,
             const PdgGqlAstSelection *field,
             const PdgGqlInput        *input,
             gint64                   *number)
{
  const PdgGqlAstValue *ast = input->default_ast;
  const PdgGqlValue *value;

  for (guint i = 0; i < field->n_arguments; i++)
    if (strcmp (field->arguments[i].name.text, input->name) == 0)
      {
        const PdgGqlAstValue *given = field->arguments[i].value;

        value = given->kind == PDG_GQL_AST_VARIABLE ? pdg_gql_variables_lookup (meter->variables, given->text) : NULL;
        if (value != NULL)
          {
            *number = pdg_gql_value_get_int (value, 0);
            return !pdg_gql_value_is_null (value);
          }
        if (given->kind != PDG_GQL_AST_VARIABLE)
          ast = given;
      }
  if (ast == NULL || ast->kind != PDG_GQL_AST_INT)
    return FALSE;
  *number = g_ascii_strtoll (ast->text, NULL, 10);
  return TRUE;
}

static void
refuse (Meter                    *meter,
        const PdgGqlAstSelection *field,
        char                     *message)
{
  pdg_gql_errors_set_guard (meter->errors, "page-size");
  pdg_gql_errors_take (meter->errors, PDG_GQL_CODE_INPUT, &field->location, 1, message);
}

/* How many objects the field answers with at most, as far as its arguments say so. */
static double
measure_page (Meter                    *meter,
              const PdgGqlAstSelection *ast,
              const PdgGqlField        *field)
{
  static const char *const names[] = { "first", "last" };
  const PdgGqlType *named = pdg_gql_type_get_named (field->type);
  gint64 largest = 0, max = meter->limits->max_page_size;
  gboolean paged = FALSE;

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const PdgGqlInput *input = pdg_gql_inputs_lookup (field->args, field->n_args, names[i]);
      gint64 number;

      if (input == NULL)
        continue;
      paged = TRUE;
      if (!read_number (meter, ast, input, &number))
        continue;
      if (max > 0 && (number < 1 || number > max))
        refuse (meter, ast, g_strdup_printf ("%s: ask for 1 to %" G_GINT64_FORMAT " at a time", names[i], max));
      largest = MAX (largest, number);
    }
  if (largest == 0 && max > 0 && paged && g_str_has_suffix (named->name, "Connection"))
    refuse (meter, ast, g_strdup_printf ("\"%s\" needs first or last, from 1 to %" G_GINT64_FORMAT, ast->name.text, max));
  return (double) MAX (largest, 1);
}

static double
measure_field (Meter                    *meter,
               const PdgGqlAstSelection *ast,
               PdgGqlType               *parent)
{
  const PdgGqlField *field = pdg_gql_schema_lookup_field (meter->document->schema, parent, ast->name.text);
  double page;

  if (field == NULL || ast->set == NULL)
    return COST_LEAF;
  if (g_str_has_prefix (ast->name.text, "__"))
    return COST_INTROSPECTION;
  page = measure_page (meter, ast, field);
  return MIN (COST_OBJECT + DEPTH_FACTOR * page * measure_set (meter, ast->set, pdg_gql_type_get_named (field->type)), MOST);
}

static double
measure_fragment (Meter      *meter,
                  const char *name)
{
  const PdgGqlFragment *fragment = pdg_gql_document_lookup_fragment (meter->document, name);

  if (fragment == NULL || fragment->type == NULL)
    return 0;
  if (meter->costs[fragment->index] < 0)
    meter->costs[fragment->index] = measure_set (meter, fragment->ast->set, fragment->type);
  return meter->costs[fragment->index];
}

static double
measure_set (Meter                       *meter,
             const PdgGqlAstSelectionSet *set,
             PdgGqlType                  *type)
{
  double cost = 0;

  for (guint i = 0; i < set->n && pdg_gql_errors_get_n (meter->errors) == 0; i++)
    {
      const PdgGqlAstSelection *selection = set->items[i];

      if (!pdg_gql_plan_is_included (&selection->directives, meter->variables))
        continue;
      if (selection->kind == PDG_GQL_AST_FIELD)
        cost += measure_field (meter, selection, type);
      else if (selection->kind == PDG_GQL_AST_SPREAD)
        cost += measure_fragment (meter, selection->name.text);
      else
        cost += measure_set (meter, selection->set,
                             selection->condition != NULL ? pdg_gql_schema_lookup_type (meter->document->schema, selection->condition->name)
                                                          : type);
    }
  return MIN (cost, MOST);
}

gint64
pdg_gql_document_measure_cost (const PdgGqlDocument      *document,
                               const PdgGqlAstDefinition *operation,
                               const PdgGqlVariables     *variables,
                               const PdgGqlLimits        *limits,
                               PdgGqlErrors              *errors)
{
  g_autofree double *costs = g_new (double, document->n_fragments + 1);
  Meter meter = { .document = document, .variables = variables, .limits = limits, .errors = errors, .costs = costs };
  double cost;

  if (limits->max_cost == 0 && limits->max_page_size == 0)
    return 0;
  for (guint i = 0; i < document->n_fragments; i++)
    costs[i] = -1;
  cost = measure_set (&meter, operation->set, document->schema->roots[operation->operation]);
  return pdg_gql_errors_get_n (errors) > 0 ? -1 : (gint64) ceil (cost);
}
