#include "config.h"
#include "graphql/pdg-gql-validate-private.h"

#include <string.h>

#include "graphql/pdg-gql-suggest-private.h"

/* Rules on the arguments of fields and directives. */

static void
known_argument_names (PdgGqlValidation *validation,
                      PdgGqlVisit       visit,
                      gconstpointer     node)
{
  const PdgGqlAstArgument *argument = node;
  gboolean of_directive = validation->directive_ast != NULL;
  g_autoptr(GPtrArray) names = NULL;
  const PdgGqlInput *inputs;
  GString *message;
  guint n;

  if (validation->argument != NULL || (of_directive ? validation->directive == NULL : validation->field == NULL))
    return;
  message = g_string_new (NULL);
  if (of_directive)
    g_string_printf (message, "Unknown argument \"%s\" on directive \"@%s\".", argument->name.text, validation->directive->name);
  else
    g_string_printf (message, "Unknown argument \"%s\" on field \"%s.%s\".", argument->name.text, validation->parent_type->name,
                     validation->field->name);
  if (validation->suggest)
    {
      inputs = of_directive ? validation->directive->args : validation->field->args;
      n = of_directive ? validation->directive->n_args : validation->field->n_args;
      names = g_ptr_array_new ();
      for (guint i = 0; i < n; i++)
        g_ptr_array_add (names, (gpointer) inputs[i].name);
      pdg_gql_suggest (message, argument->name.text, names);
    }
  pdg_gql_validation_take (validation, &argument->name.location, 1, message);
}

static const PdgGqlName *
get_argument_name (gconstpointer items,
                   guint         index)
{
  return &((const PdgGqlAstArgument *) items)[index].name;
}

static void
unique_argument_names (PdgGqlValidation *validation,
                       PdgGqlVisit       visit,
                       gconstpointer     node)
{
  const PdgGqlAstSelection *field = node;
  const PdgGqlAstDirective *directive = node;

  if (visit == PDG_GQL_VISIT_FIELD)
    pdg_gql_validation_unique (validation, field->arguments, field->n_arguments, get_argument_name, "argument named \"");
  else
    pdg_gql_validation_unique (validation, directive->arguments, directive->n_arguments, get_argument_name, "argument named \"");
}

static gboolean
is_given (const PdgGqlInput       *input,
          const PdgGqlAstArgument *arguments,
          guint                    n)
{
  for (guint i = 0; i < n; i++)
    if (strcmp (arguments[i].name.text, input->name) == 0)
      return TRUE;
  return FALSE;
}

static void
provided_required_arguments (PdgGqlValidation *validation,
                             PdgGqlVisit       visit,
                             gconstpointer     node)
{
  gboolean of_directive = visit == PDG_GQL_VISIT_DIRECTIVE_END;
  const PdgGqlAstSelection *field = node;
  const PdgGqlAstDirective *directive = node;
  const PdgGqlInput *inputs;
  guint n;

  if (of_directive ? validation->directive == NULL : validation->field == NULL)
    return;
  inputs = of_directive ? validation->directive->args : validation->field->args;
  n = of_directive ? validation->directive->n_args : validation->field->n_args;
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *type = NULL;

      if (!pdg_gql_input_is_required (&inputs[i])
          || (of_directive ? is_given (&inputs[i], directive->arguments, directive->n_arguments)
                           : is_given (&inputs[i], field->arguments, field->n_arguments)))
        continue;
      type = pdg_gql_type_print (inputs[i].type);
      pdg_gql_validation_error (validation, of_directive ? directive->location : field->location,
                                "%s%s\" argument \"%s\" of type \"%s\" is required, but it was not provided.",
                                of_directive ? "Directive \"@" : "Field \"",
                                of_directive ? validation->directive->name : validation->field->name, inputs[i].name, type);
    }
}

const PdgGqlRule pdg_gql_argument_rules[] = {
  { "KnownArgumentNamesRule", PDG_GQL_VISIT_ARGUMENT, known_argument_names },
  { "UniqueArgumentNamesRule", PDG_GQL_VISIT_FIELD | PDG_GQL_VISIT_DIRECTIVE, unique_argument_names },
  { "ProvidedRequiredArgumentsRule", PDG_GQL_VISIT_FIELD_END | PDG_GQL_VISIT_DIRECTIVE_END, provided_required_arguments },
  { NULL, 0, NULL },
};
