#include "config.h"
#include "graphql/pdg-gql-coerce-private.h"

#include <math.h>
#include <string.h>

#include "graphql/pdg-gql-suggest-private.h"

#define MAX_NESTING 100

/* One variable being read. */
typedef struct
{
  PdgArena *arena;
  PdgGqlErrors *errors;
  PdgGqlLocation location;
  const char *name;
  GString *path; /* of the value at hand, below the variable */
  guint nesting;
  gboolean suggest;
} Reader;

static const PdgGqlValue *read_typed (Reader *reader, PdgGqlType *type, JsonNode *node);

static char *
print_json (JsonNode *node)
{
  g_autoptr(JsonGenerator) generator = NULL;
  g_autofree char *text = NULL;

  if (JSON_NODE_HOLDS_ARRAY (node))
    return g_strdup ("[…]");
  if (JSON_NODE_HOLDS_OBJECT (node))
    return g_strdup ("{…}");
  generator = json_generator_new ();
  json_generator_set_root (generator, node);
  text = json_generator_to_data (generator, NULL);
  if (g_utf8_strlen (text, -1) > 100)
    {
      g_autofree char *cut = g_utf8_substring (text, 0, 100);

      return g_strconcat (cut, "…", NULL);
    }
  return g_steal_pointer (&text);
}

G_GNUC_PRINTF (3, 4) static const PdgGqlValue *
fail (Reader     *reader,
      JsonNode   *node,
      const char *format,
      ...)
{
  g_autofree char *printed = print_json (node), *detail = NULL;
  va_list args;

  va_start (args, format);
  detail = g_strdup_vprintf (format, args);
  va_end (args);
  pdg_gql_errors_take (reader->errors, PDG_GQL_CODE_INPUT, &reader->location, 1,
                       reader->path->len > 0
                           ? g_strdup_printf ("Variable \"$%s\" got invalid value %s at \"%s%s\"; %s", reader->name,
                                              printed, reader->name, reader->path->str, detail)
                           : g_strdup_printf ("Variable \"$%s\" got invalid value %s; %s", reader->name, printed, detail));
  return NULL;
}

/* JSON as it is, for custom scalars. */
static const PdgGqlValue *
read_untyped (Reader   *reader,
              JsonNode *node)
{
  PdgGqlValue *value;
  JsonObjectIter iter;
  const char *name;
  JsonNode *member;
  guint n = 0;

  if (JSON_NODE_HOLDS_NULL (node) || reader->nesting >= MAX_NESTING)
    return &pdg_gql_null; /* the nesting is refused by the caller before it comes here */
  if (JSON_NODE_HOLDS_VALUE (node))
    switch (json_node_get_value_type (node))
      {
      case G_TYPE_INT64:
        return pdg_gql_value_new_int (reader->arena, json_node_get_int (node));
      case G_TYPE_DOUBLE:
        return pdg_gql_value_new_double (reader->arena, json_node_get_double (node));
      case G_TYPE_BOOLEAN:
        return pdg_gql_value_new_bool (reader->arena, json_node_get_boolean (node));
      default:
        return pdg_gql_value_new_string (reader->arena, json_node_get_string (node), -1);
      }
  reader->nesting++;
  if (JSON_NODE_HOLDS_ARRAY (node))
    {
      JsonArray *array = json_node_get_array (node);

      value = pdg_gql_value_new_list (reader->arena, json_array_get_length (array));
      for (guint i = 0; i < value->n; i++)
        value->items[i] = read_untyped (reader, json_array_get_element (array, i));
    }
  else
    {
      value = pdg_gql_value_new_object (reader->arena, json_object_get_size (json_node_get_object (node)));
      json_object_iter_init_ordered (&iter, json_node_get_object (node));
      while (json_object_iter_next_ordered (&iter, &name, &member))
        {
          value->names[n] = pdg_arena_strndup (reader->arena, name, strlen (name));
          value->items[n++] = read_untyped (reader, member);
        }
    }
  reader->nesting--;
  return value;
}

static gboolean
is_nested_too_deeply (JsonNode *node,
                      guint     levels)
{
  JsonObjectIter iter;
  JsonNode *member;

  if (JSON_NODE_HOLDS_ARRAY (node))
    {
      JsonArray *array = json_node_get_array (node);

      for (guint i = 0; levels > 0 && i < json_array_get_length (array); i++)
        if (is_nested_too_deeply (json_array_get_element (array, i), levels - 1))
          return TRUE;
      return levels == 0;
    }
  if (JSON_NODE_HOLDS_OBJECT (node))
    {
      json_object_iter_init (&iter, json_node_get_object (node));
      while (levels > 0 && json_object_iter_next (&iter, NULL, &member))
        if (is_nested_too_deeply (member, levels - 1))
          return TRUE;
      return levels == 0;
    }
  return FALSE;
}

static const PdgGqlValue *
read_custom (Reader     *reader,
             PdgGqlType *type,
             JsonNode   *node)
{
  g_autoptr(GError) error = NULL;
  const PdgGqlValue *value;

  if (is_nested_too_deeply (node, MAX_NESTING))
    return fail (reader, node, "It is nested more than %d levels deep.", MAX_NESTING);
  value = read_untyped (reader, node);
  if (type->parse == NULL)
    return value;
  value = type->parse (value, reader->arena, &error);
  if (value == NULL)
    return fail (reader, node, "Expected type \"%s\".%s%s", type->name, error != NULL ? " " : "",
                 error != NULL ? error->message : "");
  return value;
}

static const PdgGqlValue *
read_int (Reader   *reader,
          JsonNode *node,
          GType     holds)
{
  double number = holds == G_TYPE_INT64 || holds == G_TYPE_DOUBLE ? json_node_get_double (node) : 0.5;

  if (number != floor (number))
    return fail (reader, node, "Int cannot represent non-integer value.");
  if (number < G_MININT32 || number > G_MAXINT32)
    return fail (reader, node, "Int cannot represent non 32-bit signed integer value.");
  return pdg_gql_value_new_int (reader->arena, (gint64) number);
}

static const PdgGqlValue *
read_enum (Reader     *reader,
           PdgGqlType *type,
           JsonNode   *node,
           GType       holds)
{
  const char *text = holds == G_TYPE_STRING ? json_node_get_string (node) : NULL;
  PdgGqlEnumValue *found = text != NULL ? pdg_gql_type_lookup_value (type, text) : NULL;
  g_autoptr(GString) hint = NULL;
  PdgGqlValue *value;

  if (found != NULL)
    {
      value = pdg_gql_value_new (reader->arena, PDG_GQL_VALUE_ENUM);
      value->text = found->name;
      return value;
    }
  if (text == NULL)
    return fail (reader, node, "Enum \"%s\" cannot represent non-string value.", type->name);
  hint = g_string_new (NULL);
  if (reader->suggest)
    pdg_gql_suggest_values (hint, type, text);
  return fail (reader, node, "Value \"%s\" does not exist in \"%s\" enum.%s", text, type->name, hint->str);
}

static const PdgGqlValue *
read_leaf (Reader     *reader,
           PdgGqlType *type,
           JsonNode   *node)
{
  GType holds = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_INVALID;
  gboolean numeric = holds == G_TYPE_INT64 || holds == G_TYPE_DOUBLE;
  char digits[24];

  if (type->kind == PDG_GQL_TYPE_ENUM)
    return read_enum (reader, type, node, holds);
  switch (type->scalar)
    {
    case PDG_GQL_SCALAR_INT:
      return read_int (reader, node, holds);
    case PDG_GQL_SCALAR_FLOAT:
      if (!numeric || !isfinite (json_node_get_double (node)))
        return fail (reader, node, "Float cannot represent non numeric value.");
      return pdg_gql_value_new_double (reader->arena, json_node_get_double (node));
    case PDG_GQL_SCALAR_BOOLEAN:
      if (holds != G_TYPE_BOOLEAN)
        return fail (reader, node, "Boolean cannot represent a non boolean value.");
      return pdg_gql_value_new_bool (reader->arena, json_node_get_boolean (node));
    case PDG_GQL_SCALAR_STRING:
      if (holds != G_TYPE_STRING)
        return fail (reader, node, "String cannot represent a non string value.");
      return pdg_gql_value_new_string (reader->arena, json_node_get_string (node), -1);
    case PDG_GQL_SCALAR_ID:
      if (holds == G_TYPE_STRING)
        return pdg_gql_value_new_string (reader->arena, json_node_get_string (node), -1);
      if (holds != G_TYPE_INT64)
        return fail (reader, node, "ID cannot represent a non-string and non-integer value.");
      g_snprintf (digits, sizeof digits, "%" G_GINT64_FORMAT, json_node_get_int (node));
      return pdg_gql_value_new_string (reader->arena, digits, -1);
    case PDG_GQL_SCALAR_CUSTOM:
    default:
      return read_custom (reader, type, node);
    }
}

static const PdgGqlValue *
read_list (Reader     *reader,
           PdgGqlType *type,
           JsonNode   *node)
{
  gsize len = reader->path->len;
  PdgGqlValue *list;
  JsonArray *array;
  gboolean fits = TRUE;

  if (!JSON_NODE_HOLDS_ARRAY (node))
    {
      list = pdg_gql_value_new_list (reader->arena, 1);
      list->items[0] = read_typed (reader, type->of, node);
      return list->items[0] != NULL ? list : NULL;
    }
  array = json_node_get_array (node);
  list = pdg_gql_value_new_list (reader->arena, json_array_get_length (array));
  for (guint i = 0; i < list->n && !pdg_gql_errors_is_full (reader->errors); i++)
    {
      g_string_append_printf (reader->path, "[%u]", i);
      list->items[i] = read_typed (reader, type->of, json_array_get_element (array, i));
      fits = fits && list->items[i] != NULL;
      g_string_truncate (reader->path, len);
    }
  return fits ? list : NULL;
}

static gboolean
check_member_names (Reader     *reader,
                    PdgGqlType *type,
                    JsonNode   *node)
{
  gboolean known = TRUE;
  JsonObjectIter iter;
  const char *name;

  json_object_iter_init_ordered (&iter, json_node_get_object (node));
  while (json_object_iter_next_ordered (&iter, &name, NULL))
    if (pdg_gql_type_lookup_input (type, name) == NULL)
      {
        g_autoptr(GString) hint = g_string_new (NULL);

        if (reader->suggest)
          pdg_gql_suggest_inputs (hint, type, name);
        fail (reader, node, "Field \"%s\" is not defined by type \"%s\".%s", name, type->name, hint->str);
        known = FALSE;
      }
  return known;
}

/* Whether a @oneOf object has exactly one of its members, and that one not null; also told of members that fail themselves. */
static gboolean
check_one_of (Reader           *reader,
              const PdgGqlType *type,
              JsonNode         *node)
{
  gsize len = reader->path->len;
  const char *first = NULL;
  JsonNode *member, *value = NULL;
  guint n = 0;

  for (guint i = 0; type->is_one_of && i < type->n_inputs; i++)
    {
      member = json_object_get_member (json_node_get_object (node), type->inputs[i].name);
      if (member == NULL || n++ > 0)
        continue;
      first = type->inputs[i].name;
      value = member;
    }
  if (type->is_one_of && n != 1)
    fail (reader, node, "Exactly one key must be specified for OneOf type \"%s\".", type->name);
  if (value != NULL && JSON_NODE_HOLDS_NULL (value))
    {
      g_string_append_printf (reader->path, ".%s", first);
      fail (reader, value, "Field \"%s\" must be non-null.", first);
      g_string_truncate (reader->path, len);
    }
  return !type->is_one_of || (n == 1 && !JSON_NODE_HOLDS_NULL (value));
}

static const PdgGqlValue *
read_object (Reader     *reader,
             PdgGqlType *type,
             JsonNode   *node)
{
  gsize len = reader->path->len;
  gboolean fits = TRUE;
  PdgGqlValue *object;
  guint n = 0;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return fail (reader, node, "Expected type \"%s\" to be an object.", type->name);
  object = pdg_gql_value_new_object (reader->arena, type->n_inputs);
  for (guint i = 0; i < type->n_inputs; i++)
    {
      PdgGqlInput *input = &type->inputs[i];
      JsonNode *member = json_object_get_member (json_node_get_object (node), input->name);
      const PdgGqlValue *value = NULL;

      if (member != NULL)
        {
          g_string_append_printf (reader->path, ".%s", input->name);
          value = read_typed (reader, input->type, member);
          g_string_truncate (reader->path, len);
          fits = fits && value != NULL;
        }
      else if (pdg_gql_input_is_required (input))
        {
          g_autofree char *printed = pdg_gql_type_print (input->type);

          fits = FALSE;
          fail (reader, node, "Field \"%s\" of required type \"%s\" was not provided.", input->name, printed);
        }
      else
        value = pdg_gql_coerce_default (reader->arena, input);
      if (value == NULL)
        continue;
      object->names[n] = input->name;
      object->items[n++] = value;
    }
  object->n = n;
  fits = check_member_names (reader, type, node) && fits;
  return check_one_of (reader, type, node) && fits ? object : NULL;
}

static const PdgGqlValue *
read_typed (Reader     *reader,
            PdgGqlType *type,
            JsonNode   *node)
{
  const PdgGqlValue *value;

  if (JSON_NODE_HOLDS_NULL (node))
    {
      g_autofree char *printed = NULL;

      if (type->kind != PDG_GQL_TYPE_NON_NULL)
        return &pdg_gql_null;
      printed = pdg_gql_type_print (type);
      return fail (reader, node, "Expected non-nullable type \"%s\" not to be null.", printed);
    }
  if (reader->nesting >= MAX_NESTING)
    return fail (reader, node, "It is nested more than %d levels deep.", MAX_NESTING);
  reader->nesting++;
  type = pdg_gql_type_get_nullable (type);
  if (type->kind == PDG_GQL_TYPE_LIST)
    value = read_list (reader, type, node);
  else if (type->kind == PDG_GQL_TYPE_INPUT)
    value = read_object (reader, type, node);
  else
    value = read_leaf (reader, type, node);
  reader->nesting--;
  return value;
}

static void
read_variable (Reader                  *reader,
               const PdgGqlAstVariable *variable,
               PdgGqlType              *type,
               JsonNode                *node,
               const PdgGqlValue      **value)
{
  g_autofree char *printed = NULL;

  *value = NULL;
  if (node == NULL && variable->default_value != NULL)
    *value = pdg_gql_coerce_literal (reader->arena, type, variable->default_value, NULL);
  if (node != NULL && !(JSON_NODE_HOLDS_NULL (node) && type->kind == PDG_GQL_TYPE_NON_NULL))
    *value = read_typed (reader, type, node);
  else if (*value == NULL && type->kind == PDG_GQL_TYPE_NON_NULL)
    {
      printed = pdg_gql_type_print (type);
      pdg_gql_errors_take (reader->errors, PDG_GQL_CODE_INPUT, &variable->location, 1,
                           node == NULL
                               ? g_strdup_printf ("Variable \"$%s\" of required type \"%s\" was not provided.",
                                                  reader->name, printed)
                               : g_strdup_printf ("Variable \"$%s\" of non-null type \"%s\" must not be null.",
                                                  reader->name, printed));
    }
}

void
pdg_gql_coerce_variables (PdgArena                  *arena,
                          const PdgGqlSchema        *schema,
                          const PdgGqlAstDefinition *operation,
                          JsonObject                *json,
                          gboolean                   suggest,
                          PdgGqlVariables           *variables,
                          PdgGqlErrors              *errors)
{
  g_autoptr(GString) path = g_string_new (NULL);
  gsize bytes = MAX (operation->n_variables, 1) * sizeof (gpointer);

  variables->n = operation->n_variables;
  variables->names = pdg_arena_alloc (arena, bytes);
  variables->values = memset (pdg_arena_alloc (arena, bytes), 0, bytes);
  for (guint i = 0; i < operation->n_variables && !pdg_gql_errors_is_full (errors); i++)
    {
      const PdgGqlAstVariable *variable = &operation->variables[i];
      PdgGqlType *type = pdg_gql_schema_resolve_type (schema, variable->type, arena);
      JsonNode *node = json != NULL ? json_object_get_member (json, variable->name.text) : NULL;
      Reader reader = { .arena = arena, .errors = errors, .location = variable->location, .name = variable->name.text,
                        .path = path, .suggest = suggest };

      variables->names[i] = variable->name.text;
      read_variable (&reader, variable, type, node, &variables->values[i]);
    }
  for (guint i = 0; i < operation->n_variables; i++)
    variables->names[i] = operation->variables[i].name.text;
}
