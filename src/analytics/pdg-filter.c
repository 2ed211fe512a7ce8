#include "config.h"
#include "analytics/pdg-filter.h"

#include "analytics/pdg-masks-private.h"

#include <gio/gio.h>
#include <string.h>

static gboolean
refuse (GError **error, const char *what)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, what);
  return FALSE;
}

static gboolean
check_test (PdgFilterType type, PdgFilterOperator op, guint n_operands, GError **error)
{
  if (op == PDG_TEST_IS_SET || op == PDG_TEST_IS_NOT_SET)
    return n_operands == 0 || refuse (error, "Whether there is a value is asked without an operand.");
  if (n_operands == 0)
    return refuse (error, "The test of a filter needs an operand.");
  if (type != PDG_TEST_TEXT && op >= PDG_TEST_CONTAINS && op <= PDG_TEST_ENDS_WITH)
    return refuse (error, "Only a text contains, starts with or ends with another.");
  if (type != PDG_TEST_NUMBER && op >= PDG_TEST_LESS && op <= PDG_TEST_GREATER_OR_EQUAL)
    return refuse (error, "Only numbers are less or greater.");
  return TRUE;
}

static gboolean
passes_text (PdgFilterOperator op, const char *value, const char *folded, const char *operand)
{
  switch (op)
    {
    case PDG_TEST_IS:
    case PDG_TEST_IS_NOT:
      return g_str_equal (value, operand);
    case PDG_TEST_STARTS_WITH:
      return g_str_has_prefix (folded, operand);
    case PDG_TEST_ENDS_WITH:
      return g_str_has_suffix (folded, operand);
    default:
      return strstr (folded, operand) != NULL;
    }
}

static gboolean
passes_number (PdgFilterOperator op, double value, double operand)
{
  switch (op)
    {
    case PDG_TEST_LESS:
      return value < operand;
    case PDG_TEST_LESS_OR_EQUAL:
      return value <= operand;
    case PDG_TEST_GREATER:
      return value > operand;
    case PDG_TEST_GREATER_OR_EQUAL:
      return value >= operand;
    default:
      return !(value < operand) && !(value > operand);
    }
}

static gboolean
is_negation (PdgFilterOperator op)
{
  return op == PDG_TEST_IS_NOT || op == PDG_TEST_CONTAINS_NOT || op == PDG_TEST_IS_NOT_SET;
}

static PdgFilter *
filter_new (PdgFilterNode node)
{
  PdgFilter *filter = g_new0 (PdgFilter, 1);

  g_atomic_ref_count_init (&filter->refs);
  filter->node = node;
  filter->depth = 1;
  return filter;
}

/* Whether one of the operands is true of the value. */
static gboolean
passes_value (const PdgFilterColumn *column, PdgFilterOperator op, guint32 value, char *const *texts, const double *numbers, guint n_operands)
{
  g_autofree char *folded = NULL;
  gboolean passes = op == PDG_TEST_IS_SET || op == PDG_TEST_IS_NOT_SET;

  if (column->type == PDG_TEST_TEXT && op >= PDG_TEST_CONTAINS && op <= PDG_TEST_ENDS_WITH)
    folded = g_utf8_casefold (column->texts[value], -1);
  for (guint i = 0; i < n_operands && !passes; i++)
    passes = column->type == PDG_TEST_TEXT ? passes_text (op, column->texts[value], folded, texts[i])
                                             : passes_number (op, column->numbers[value], numbers[i]);
  return passes;
}

PdgFilter *
pdg_filter_new_test (const PdgFilterColumn *column, PdgFilterOperator op, const char *const *texts, const double *numbers, guint n_operands,
                     GError **error)
{
  g_auto (GStrv) operands = g_new0 (char *, n_operands + 1);
  gboolean folds = op >= PDG_TEST_CONTAINS && op <= PDG_TEST_ENDS_WITH;
  PdgFilter *filter;

  if (!check_test (column->type, op, n_operands, error))
    return NULL;
  for (guint i = 0; column->type == PDG_TEST_TEXT && i < n_operands; i++)
    operands[i] = folds ? g_utf8_casefold (texts[i], -1) : g_strdup (texts[i]);
  filter = filter_new (PDG_TEST_NODE_TEST);
  filter->property = column->property;
  filter->of_key = column->property.of == PDG_PROPERTY_OF_KEY;
  filter->of_run = column->property.of == PDG_PROPERTY_OF_SESSION || column->property.of == PDG_PROPERTY_OF_ACTOR;
  filter->n_values = MAX (column->n_values, 1);
  filter->passes = g_malloc0 (filter->n_values);
  for (guint32 value = 1; value < filter->n_values; value++)
    filter->passes[value] = passes_value (column, op, value, operands, numbers, n_operands);
  for (guint32 value = 0; is_negation (op) && value < filter->n_values; value++)
    filter->passes[value] = !filter->passes[value];
  return filter;
}

static void
take_child (PdgFilter *filter, PdgFilter *child)
{
  filter->children[filter->n_children++] = pdg_filter_ref (child);
  filter->of_key |= child->of_key;
  filter->of_run |= child->of_run;
  filter->depth = MAX (filter->depth, child->depth + 1);
}

/* What asks about sessions and actors alone is joined by itself, so that it is one question about a run. */
static PdgFilter *
join (PdgFilterNode node, PdgFilter *const *filters, guint n_filters, GError **error)
{
  g_autoptr (PdgFilter) filter = filter_new (node);
  g_autoptr (PdgFilter) of_runs = filter_new (node);

  filter->children = g_new (PdgFilter *, n_filters + 1);
  of_runs->children = g_new (PdgFilter *, n_filters + 1);
  for (guint i = 0; i < n_filters; i++)
    take_child (filters[i]->of_run && !filters[i]->of_key ? of_runs : filter, filters[i]);
  if (filter->n_children > 0 && of_runs->n_children > 1)
    take_child (filter, of_runs);
  else
    for (guint i = 0; i < of_runs->n_children; i++)
      take_child (filter, of_runs->children[i]);
  if (filter->depth > PDG_TEST_MAX_DEPTH)
    {
      refuse (error, "A filter is at most 32 levels deep.");
      return NULL;
    }
  return g_steal_pointer (&filter);
}

PdgFilter *
pdg_filter_new_all (PdgFilter *const *filters, guint n_filters, GError **error)
{
  return join (PDG_TEST_NODE_ALL, filters, n_filters, error);
}

PdgFilter *
pdg_filter_new_any (PdgFilter *const *filters, guint n_filters, GError **error)
{
  return join (PDG_TEST_NODE_ANY, filters, n_filters, error);
}

PdgFilter *
pdg_filter_new_not (PdgFilter *filter, GError **error)
{
  return join (PDG_TEST_NODE_NOT, &filter, 1, error);
}

PdgFilter *
pdg_filter_ref (PdgFilter *filter)
{
  g_atomic_ref_count_inc (&filter->refs);
  return filter;
}

void
pdg_filter_unref (PdgFilter *filter)
{
  if (!g_atomic_ref_count_dec (&filter->refs))
    return;
  for (guint i = 0; i < filter->n_children; i++)
    pdg_filter_unref (filter->children[i]);
  g_free (filter->children);
  g_free (filter->passes);
  g_free (filter);
}

gboolean
pdg_filter_test (const PdgFilter *filter, guint32 actor, guint32 session, guint32 key)
{
  guint32 value;

  if (filter->node == PDG_TEST_NODE_TEST)
    {
      value = pdg_property_get (&filter->property, actor, session, key);
      /* A value that the dictionary does not know yet is like none. */
      return filter->passes[value < filter->n_values ? value : 0];
    }
  if (filter->node == PDG_TEST_NODE_NOT)
    return !pdg_filter_test (filter->children[0], actor, session, key);
  for (guint i = 0; i < filter->n_children; i++)
    if (pdg_filter_test (filter->children[i], actor, session, key) != (filter->node == PDG_TEST_NODE_ALL))
      return filter->node == PDG_TEST_NODE_ANY;
  return filter->node == PDG_TEST_NODE_ALL;
}
