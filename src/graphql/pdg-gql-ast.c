#include "config.h"
#include "graphql/pdg-gql-ast-private.h"

#include <string.h>

static void
print_string (const char *text, GString *out)
{
  g_string_append_c (out, '"');
  for (const char *p = text; *p != '\0'; p++)
    {
      guchar c = (guchar) *p;

      if (c == '"' || c == '\\')
        g_string_append_printf (out, "\\%c", c);
      else if (c == '\n')
        g_string_append (out, "\\n");
      else if (c < 0x20 || c == 0x7f)
        g_string_append_printf (out, "\\u%04X", c);
      else
        g_string_append_c (out, (char) c);
    }
  g_string_append_c (out, '"');
}

void
pdg_gql_ast_print_value (const PdgGqlAstValue *value,
                         GString              *out)
{
  switch (value->kind)
    {
    case PDG_GQL_AST_VARIABLE:
      g_string_append_printf (out, "$%s", value->text);
      break;
    case PDG_GQL_AST_STRING:
      print_string (value->text, out);
      break;
    case PDG_GQL_AST_LIST:
      g_string_append_c (out, '[');
      for (guint i = 0; i < value->n_items; i++)
        {
          g_string_append (out, i > 0 ? ", " : "");
          pdg_gql_ast_print_value (value->items[i], out);
        }
      g_string_append_c (out, ']');
      break;
    case PDG_GQL_AST_OBJECT:
      g_string_append_c (out, '{');
      for (guint i = 0; i < value->n_items; i++)
        {
          g_string_append_printf (out, "%s%s: ", i > 0 ? ", " : "", value->fields[i].name.text);
          pdg_gql_ast_print_value (value->fields[i].value, out);
        }
      g_string_append_c (out, '}');
      break;
    case PDG_GQL_AST_INT:
    case PDG_GQL_AST_FLOAT:
    case PDG_GQL_AST_BOOL:
    case PDG_GQL_AST_NULL:
    case PDG_GQL_AST_ENUM:
    default:
      g_string_append (out, value->text);
    }
}

void
pdg_gql_ast_print_type (const PdgGqlAstType *type,
                        GString             *out)
{
  switch (type->kind)
    {
    case PDG_GQL_AST_LIST_TYPE:
      g_string_append_c (out, '[');
      pdg_gql_ast_print_type (type->of, out);
      g_string_append_c (out, ']');
      break;
    case PDG_GQL_AST_NON_NULL_TYPE:
      pdg_gql_ast_print_type (type->of, out);
      g_string_append_c (out, '!');
      break;
    case PDG_GQL_AST_NAMED_TYPE:
    default:
      g_string_append (out, type->name);
    }
}

static int
compare_fields (gconstpointer a,
                gconstpointer b)
{
  const PdgGqlAstArgument *left = *(const PdgGqlAstArgument *const *) a;
  const PdgGqlAstArgument *right = *(const PdgGqlAstArgument *const *) b;

  return strcmp (left->name.text, right->name.text);
}

static GPtrArray *
sort_fields (const PdgGqlAstValue *value)
{
  GPtrArray *fields = g_ptr_array_sized_new (value->n_items);

  for (guint i = 0; i < value->n_items; i++)
    g_ptr_array_add (fields, &value->fields[i]);
  g_ptr_array_sort (fields, compare_fields);
  return fields;
}

static gboolean
objects_equal (const PdgGqlAstValue *a,
               const PdgGqlAstValue *b)
{
  g_autoptr(GPtrArray) left = sort_fields (a);
  g_autoptr(GPtrArray) right = sort_fields (b);

  for (guint i = 0; i < left->len; i++)
    if (compare_fields (&left->pdata[i], &right->pdata[i]) != 0
        || !pdg_gql_ast_value_equal (((PdgGqlAstArgument *) left->pdata[i])->value,
                                     ((PdgGqlAstArgument *) right->pdata[i])->value))
      return FALSE;
  return TRUE;
}

gboolean
pdg_gql_ast_value_equal (const PdgGqlAstValue *a,
                         const PdgGqlAstValue *b)
{
  if (a->kind != b->kind || a->n_items != b->n_items || a->block != b->block)
    return FALSE;
  if (a->kind == PDG_GQL_AST_OBJECT)
    return objects_equal (a, b);
  if (a->kind != PDG_GQL_AST_LIST)
    return strcmp (a->text, b->text) == 0;
  for (guint i = 0; i < a->n_items; i++)
    if (!pdg_gql_ast_value_equal (a->items[i], b->items[i]))
      return FALSE;
  return TRUE;
}

gboolean
pdg_gql_ast_value_has_variable (const PdgGqlAstValue *value)
{
  if (value->kind == PDG_GQL_AST_VARIABLE)
    return TRUE;
  for (guint i = 0; i < value->n_items; i++)
    if (pdg_gql_ast_value_has_variable (value->kind == PDG_GQL_AST_LIST ? value->items[i] : value->fields[i].value))
      return TRUE;
  return FALSE;
}
