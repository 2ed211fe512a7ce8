#include "config.h"
#include "graphql/pdg-gql-coerce-private.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "graphql/pdg-gql-suggest-private.h"

const PdgGqlValue *
pdg_gql_variables_lookup (const PdgGqlVariables *variables,
                          const char            *name)
{
  for (guint i = 0; variables != NULL && i < variables->n; i++)
    if (strcmp (variables->names[i], name) == 0)
      return variables->values[i];
  return NULL;
}

void
pdg_gql_suggest_inputs (GString          *message,
                        const PdgGqlType *type,
                        const char       *name)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new ();

  for (guint i = 0; i < type->n_inputs; i++)
    g_ptr_array_add (names, (gpointer) type->inputs[i].name);
  pdg_gql_suggest (message, name, names);
}

void
pdg_gql_suggest_values (GString          *message,
                        const PdgGqlType *type,
                        const char       *name)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new ();
  gsize before = message->len;
  char *hint;

  for (guint i = 0; i < type->n_values; i++)
    g_ptr_array_add (names, (gpointer) type->values[i].name);
  pdg_gql_suggest (message, name, names);
  hint = strstr (message->str + before, "mean ");
  if (hint != NULL)
    g_string_insert (message, hint + 5 - message->str, "the enum value ");
}

static gboolean
is_missing (const PdgGqlAstValue  *ast,
            const PdgGqlVariables *variables)
{
  return ast->kind == PDG_GQL_AST_VARIABLE && pdg_gql_variables_lookup (variables, ast->text) == NULL;
}

static const PdgGqlValue *
read_number (PdgArena   *arena,
             const char *text,
             gboolean    is_float)
{
  char *end = NULL;
  gint64 number;

  errno = 0;
  number = g_ascii_strtoll (text, &end, 10);
  if (!is_float && errno == 0 && *end == '\0')
    return pdg_gql_value_new_int (arena, number);
  return pdg_gql_value_new_double (arena, g_ascii_strtod (text, NULL));
}

static const PdgGqlValue *coerce_untyped (PdgArena *arena, const PdgGqlAstValue *ast, const PdgGqlVariables *variables);

static const PdgGqlValue *
coerce_untyped_nested (PdgArena              *arena,
                       const PdgGqlAstValue  *ast,
                       const PdgGqlVariables *variables)
{
  gboolean is_list = ast->kind == PDG_GQL_AST_LIST;
  PdgGqlValue *value = is_list ? pdg_gql_value_new_list (arena, ast->n_items) : pdg_gql_value_new_object (arena, ast->n_items);
  guint n = 0;

  for (guint i = 0; i < ast->n_items; i++)
    {
      const PdgGqlAstValue *item = is_list ? ast->items[i] : ast->fields[i].value;

      if (!is_list && is_missing (item, variables))
        continue;
      if (!is_list)
        value->names[n] = ast->fields[i].name.text;
      value->items[n++] = coerce_untyped (arena, item, variables);
    }
  value->n = n;
  return value;
}

/* A literal for a custom scalar, which may be anything. */
static const PdgGqlValue *
coerce_untyped (PdgArena              *arena,
                const PdgGqlAstValue  *ast,
                const PdgGqlVariables *variables)
{
  const PdgGqlValue *found;
  PdgGqlValue *value;

  switch (ast->kind)
    {
    case PDG_GQL_AST_VARIABLE:
      found = pdg_gql_variables_lookup (variables, ast->text);
      return found != NULL ? found : &pdg_gql_null;
    case PDG_GQL_AST_INT:
    case PDG_GQL_AST_FLOAT:
      return read_number (arena, ast->text, ast->kind == PDG_GQL_AST_FLOAT);
    case PDG_GQL_AST_STRING:
    case PDG_GQL_AST_ENUM:
      value = pdg_gql_value_new (arena, ast->kind == PDG_GQL_AST_ENUM ? PDG_GQL_VALUE_ENUM : PDG_GQL_VALUE_STRING);
      value->text = ast->text;
      return value;
    case PDG_GQL_AST_BOOL:
      return pdg_gql_value_new_bool (arena, ast->text[0] == 't');
    case PDG_GQL_AST_LIST:
    case PDG_GQL_AST_OBJECT:
      return coerce_untyped_nested (arena, ast, variables);
    case PDG_GQL_AST_NULL:
    default:
      return &pdg_gql_null;
    }
}

static char *
complain (const char           *what,
          const PdgGqlAstValue *ast)
{
  g_autoptr(GString) text = g_string_new (what);

  pdg_gql_ast_print_value (ast, text);
  return g_strdup (text->str);
}

static const PdgGqlValue *
coerce_int (PdgArena             *arena,
            const PdgGqlAstValue *ast,
            char                **message)
{
  const PdgGqlValue *value = ast->kind == PDG_GQL_AST_INT ? read_number (arena, ast->text, FALSE) : NULL;

  if (value == NULL)
    *message = complain ("Int cannot represent non-integer value: ", ast);
  else if (value->kind != PDG_GQL_VALUE_INT || value->number < G_MININT32 || value->number > G_MAXINT32)
    *message = complain ("Int cannot represent non 32-bit signed integer value: ", ast);
  else
    return value;
  return NULL;
}

static const PdgGqlValue *
coerce_float (PdgArena             *arena,
              const PdgGqlAstValue *ast,
              char                **message)
{
  double number = 0;
  gboolean fits = ast->kind == PDG_GQL_AST_INT || ast->kind == PDG_GQL_AST_FLOAT;

  if (fits)
    number = g_ascii_strtod (ast->text, NULL);
  if (fits && isfinite (number))
    return pdg_gql_value_new_double (arena, number);
  *message = complain ("Float cannot represent non numeric value: ", ast);
  return NULL;
}

static const PdgGqlValue *
coerce_text (PdgArena             *arena,
             const PdgGqlAstValue *ast,
             PdgGqlScalarKind      scalar,
             char                **message)
{
  gboolean is_id = scalar == PDG_GQL_SCALAR_ID;
  PdgGqlValue *value;

  if (ast->kind == PDG_GQL_AST_STRING || (is_id && ast->kind == PDG_GQL_AST_INT))
    {
      value = pdg_gql_value_new (arena, PDG_GQL_VALUE_STRING);
      value->text = ast->text;
      return value;
    }
  *message = complain (is_id ? "ID cannot represent a non-string and non-integer value: "
                             : "String cannot represent a non string value: ", ast);
  return NULL;
}

static const PdgGqlValue *
coerce_bool (PdgArena             *arena,
             const PdgGqlAstValue *ast,
             char                **message)
{
  if (ast->kind == PDG_GQL_AST_BOOL)
    return pdg_gql_value_new_bool (arena, ast->text[0] == 't');
  *message = complain ("Boolean cannot represent a non boolean value: ", ast);
  return NULL;
}

static const PdgGqlValue *
coerce_enum (PdgArena             *arena,
             const PdgGqlType     *type,
             const PdgGqlAstValue *ast,
             gboolean              suggest,
             char                **message)
{
  PdgGqlEnumValue *found = ast->kind == PDG_GQL_AST_ENUM ? pdg_gql_type_lookup_value (type, ast->text) : NULL;
  g_autoptr(GString) text = NULL;
  g_autofree char *printed = NULL;
  PdgGqlValue *value;

  if (found != NULL)
    {
      value = pdg_gql_value_new (arena, PDG_GQL_VALUE_ENUM);
      value->text = found->name;
      return value;
    }
  text = g_string_new (NULL);
  printed = complain ("", ast);
  if (ast->kind == PDG_GQL_AST_ENUM)
    g_string_printf (text, "Value \"%s\" does not exist in \"%s\" enum.", printed, type->name);
  else
    g_string_printf (text, "Enum \"%s\" cannot represent non-enum value: %s.", type->name, printed);
  if (suggest)
    pdg_gql_suggest_values (text, type, printed);
  *message = g_strdup (text->str);
  return NULL;
}

static const PdgGqlValue *
coerce_custom (PdgArena              *arena,
               const PdgGqlType      *type,
               const PdgGqlType      *location_type,
               const PdgGqlAstValue  *ast,
               const PdgGqlVariables *variables,
               char                 **message)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *name = NULL, *printed = NULL;
  const PdgGqlValue *value = coerce_untyped (arena, ast, variables);

  if (type->parse == NULL || value->kind == PDG_GQL_VALUE_NULL)
    return value;
  value = type->parse (value, arena, &error);
  if (value != NULL)
    return value;
  name = pdg_gql_type_print (location_type);
  printed = complain ("", ast);
  *message = g_strdup_printf ("Expected value of type \"%s\", found %s%s%s", name, printed, error != NULL ? "; " : ".",
                              error != NULL ? error->message : "");
  return NULL;
}

const PdgGqlValue *
pdg_gql_coerce_leaf (PdgArena              *arena,
                     const PdgGqlType      *type,
                     const PdgGqlType      *location_type,
                     const PdgGqlAstValue  *ast,
                     const PdgGqlVariables *variables,
                     gboolean               suggest,
                     char                 **message)
{
  if (type->kind == PDG_GQL_TYPE_ENUM)
    return coerce_enum (arena, type, ast, suggest, message);
  switch (type->scalar)
    {
    case PDG_GQL_SCALAR_INT:
      return coerce_int (arena, ast, message);
    case PDG_GQL_SCALAR_FLOAT:
      return coerce_float (arena, ast, message);
    case PDG_GQL_SCALAR_BOOLEAN:
      return coerce_bool (arena, ast, message);
    case PDG_GQL_SCALAR_STRING:
    case PDG_GQL_SCALAR_ID:
      return coerce_text (arena, ast, type->scalar, message);
    case PDG_GQL_SCALAR_CUSTOM:
    default:
      return coerce_custom (arena, type, location_type, ast, variables, message);
    }
}

static const PdgGqlValue *
coerce_list (PdgArena              *arena,
             PdgGqlType            *type,
             const PdgGqlAstValue  *ast,
             const PdgGqlVariables *variables)
{
  gboolean single = ast->kind != PDG_GQL_AST_LIST;
  guint n = single ? 1 : ast->n_items;
  PdgGqlValue *list = pdg_gql_value_new_list (arena, n);

  for (guint i = 0; i < n; i++)
    {
      const PdgGqlAstValue *item = single ? ast : ast->items[i];

      if (is_missing (item, variables))
        list->items[i] = type->of->kind == PDG_GQL_TYPE_NON_NULL ? NULL : &pdg_gql_null;
      else
        list->items[i] = pdg_gql_coerce_literal (arena, type->of, item, variables);
      if (list->items[i] == NULL)
        return NULL;
    }
  return list;
}

static const PdgGqlAstArgument *
lookup_argument (const PdgGqlAstArgument *arguments,
                 guint                    n,
                 const char              *name)
{
  for (guint i = 0; i < n; i++)
    if (strcmp (arguments[i].name.text, name) == 0)
      return &arguments[i];
  return NULL;
}

static gboolean
is_one_of_fulfilled (const PdgGqlValue *object)
{
  return object->n == 1 && object->items[0]->kind != PDG_GQL_VALUE_NULL;
}

static const PdgGqlValue *
coerce_object (PdgArena              *arena,
               PdgGqlType            *type,
               const PdgGqlAstValue  *ast,
               const PdgGqlVariables *variables)
{
  PdgGqlValue *object;
  guint n = 0;

  if (ast->kind != PDG_GQL_AST_OBJECT)
    return NULL;
  object = pdg_gql_value_new_object (arena, type->n_inputs);
  for (guint i = 0; i < ast->n_items; i++)
    if (pdg_gql_type_lookup_input (type, ast->fields[i].name.text) == NULL)
      return NULL;
  for (guint i = 0; i < type->n_inputs; i++)
    {
      PdgGqlInput *input = &type->inputs[i];
      const PdgGqlAstArgument *field = lookup_argument (ast->fields, ast->n_items, input->name);
      const PdgGqlValue *value;

      if (field == NULL || is_missing (field->value, variables))
        value = pdg_gql_coerce_default (arena, input);
      else
        value = pdg_gql_coerce_literal (arena, input->type, field->value, variables);
      if (value == NULL && (input->default_ast != NULL || input->type->kind == PDG_GQL_TYPE_NON_NULL
                            || (field != NULL && !is_missing (field->value, variables))))
        return NULL;
      if (value == NULL)
        continue;
      object->names[n] = input->name;
      object->items[n++] = value;
    }
  object->n = n;
  return type->is_one_of && !is_one_of_fulfilled (object) ? NULL : object;
}

const PdgGqlValue *
pdg_gql_coerce_literal (PdgArena              *arena,
                        PdgGqlType            *type,
                        const PdgGqlAstValue  *ast,
                        const PdgGqlVariables *variables)
{
  g_autofree char *message = NULL;

  if (ast->kind == PDG_GQL_AST_VARIABLE)
    {
      const PdgGqlValue *value = pdg_gql_variables_lookup (variables, ast->text);

      return value != NULL && value->kind == PDG_GQL_VALUE_NULL && type->kind == PDG_GQL_TYPE_NON_NULL ? NULL : value;
    }
  if (ast->kind == PDG_GQL_AST_NULL)
    return type->kind == PDG_GQL_TYPE_NON_NULL ? NULL : &pdg_gql_null;
  type = pdg_gql_type_get_nullable (type);
  if (type->kind == PDG_GQL_TYPE_LIST)
    return coerce_list (arena, type, ast, variables);
  if (type->kind == PDG_GQL_TYPE_INPUT)
    return coerce_object (arena, type, ast, variables);
  return pdg_gql_coerce_leaf (arena, type, type, ast, variables, FALSE, &message);
}

const PdgGqlValue *
pdg_gql_coerce_default (PdgArena    *arena,
                        PdgGqlInput *input)
{
  if (input->default_ast == NULL || input->default_state == 1)
    return NULL; /* state 1: a default that needs itself */
  if (input->default_state == 0)
    {
      input->default_state = 1;
      input->default_value = pdg_gql_coerce_literal (arena, input->type, input->default_ast, NULL);
      input->default_state = 2;
    }
  return input->default_value;
}

static gboolean
coerce_argument (PdgArena              *arena,
                 PdgGqlInput           *input,
                 const PdgGqlAstValue  *ast,
                 const PdgGqlVariables *variables,
                 const PdgGqlValue    **value,
                 char                 **message)
{
  gboolean non_null = input->type->kind == PDG_GQL_TYPE_NON_NULL;
  gboolean missing = ast == NULL || is_missing (ast, variables);
  g_autofree char *type = NULL, *printed = NULL;

  if (missing)
    {
      *value = pdg_gql_coerce_default (arena, input);
      if (*value != NULL || !non_null)
        return TRUE;
      type = pdg_gql_type_print (input->type);
      *message = ast == NULL
                     ? g_strdup_printf ("Argument \"%s\" of required type \"%s\" was not provided.", input->name, type)
                     : g_strdup_printf ("Argument \"%s\" of required type \"%s\" was provided the variable \"$%s\" which "
                                        "was not provided a runtime value.", input->name, type, ast->text);
      return FALSE;
    }
  *value = pdg_gql_coerce_literal (arena, input->type, ast, variables);
  if (*value != NULL)
    return TRUE;
  type = pdg_gql_type_print (input->type);
  printed = complain ("", ast);
  *message = non_null && (ast->kind == PDG_GQL_AST_NULL || ast->kind == PDG_GQL_AST_VARIABLE)
                 ? g_strdup_printf ("Argument \"%s\" of non-null type \"%s\" must not be null.", input->name, type)
                 : g_strdup_printf ("Argument \"%s\" has invalid value %s.", input->name, printed);
  return FALSE;
}

gboolean
pdg_gql_coerce_arguments (PdgArena                *arena,
                          PdgGqlInput             *inputs,
                          guint                    n_inputs,
                          const PdgGqlAstArgument *arguments,
                          guint                    n_arguments,
                          const PdgGqlVariables   *variables,
                          const PdgGqlValue      **values,
                          char                   **message,
                          PdgGqlLocation          *location)
{
  for (guint i = 0; i < n_inputs; i++)
    {
      const PdgGqlAstArgument *argument = lookup_argument (arguments, n_arguments, inputs[i].name);

      if (coerce_argument (arena, &inputs[i], argument != NULL ? argument->value : NULL, variables, &values[i], message))
        continue;
      if (argument != NULL)
        *location = argument->value->location;
      return FALSE;
    }
  return TRUE;
}
