#include "config.h"
#include "gql-fixture.h"

#include <math.h>
#include <string.h>

static const char sdl[] =
  "schema { query: Query mutation: Mutation subscription: Subscription }\n"
  "scalar Time @specifiedBy(url: \"https://example.com/time\")\n"
  "scalar Any\n"
  "enum Color { RED GREEN BLUE @deprecated(reason: \"faded\") }\n"
  "interface Node { id: ID! }\n"
  "type Screen implements Node { id: ID! name: String visits: Int! next: [Screen!] parent: Screen fails: String! }\n"
  "type Session implements Node { id: ID! length: Float }\n"
  "union Found = Screen | Session\n"
  "input Range { from: Time to: Time step: Int! = 5 color: Color = GREEN tags: [String!] }\n"
  "input Pick @oneOf { id: ID name: String }\n"
  "type Query {\n"
  "  screens(first: Int! = 3): [Screen!]!\n"
  "  screen(id: ID!): Screen\n"
  "  nodes: [Node]\n"
  "  found: Found\n"
  "  echo(range: Range, pick: Pick, any: Any, id: ID, float: Float, bool: Boolean, list: [Int]): String\n"
  "  need(n: Int!): Int\n"
  "  int: Int big: Int tooBig: Int float: Float nan: Float bool: Boolean color: Color badColor: Color\n"
  "  time: Time badTime: Time any: Any text: String unset: Int tags: [String!]! numbers: [Int!] bits: [Float] wrong: Int\n"
  "  error: Int nonNullError: Int! strict: [Screen!] nullItem: [Screen!] looseItem: [Screen]\n"
  "}\n"
  "type Mutation { add(n: Int!): Int! fail: Int }\n"
  "type Subscription { changed(id: ID!, n: Int = 7): Int! other: Int }\n";

World gql_world;

static char *names[] = { "home", "cart", "pay" };

/* A screen is its number + 1. */
static gpointer
screen (guint number)
{
  return GUINT_TO_POINTER (number + 1);
}

static guint
number_of (PdgGqlCall *call,
           guint       index)
{
  return GPOINTER_TO_UINT (pdg_gql_call_get_source (call, index)) - 1;
}

static void
query_screens (PdgGqlCall *call)
{
  GPtrArray *list = g_ptr_array_new ();

  g_assert_true (pdg_gql_call_get_context (call) == &gql_world);
  gql_world.selects_name = pdg_gql_call_selects (call, "name");
  gql_world.selects_deep = pdg_gql_call_selects (call, "next.visits");
  for (gint64 i = 0; i < pdg_gql_call_arg_int (call, "first"); i++)
    g_ptr_array_add (list, screen ((guint) i));
  pdg_gql_call_set_list (call, 0, list);
}

static void
query_screen (PdgGqlCall *call)
{
  guint64 id = g_ascii_strtoull (pdg_gql_call_arg_string (call, "id"), NULL, 10);

  pdg_gql_call_set_object (call, 0, id < 3 ? screen ((guint) id) : NULL, NULL);
}

static void
query_nodes (PdgGqlCall *call)
{
  static const char *const types[] = { "Session", "Screen", "Screen", "Session" };
  GPtrArray *list = g_ptr_array_new ();

  g_ptr_array_add (list, screen (0));
  g_ptr_array_add (list, screen (1));
  g_ptr_array_add (list, NULL);
  g_ptr_array_add (list, screen (2));
  pdg_gql_call_set_typed_list (call, 0, list, types);
}

static void
query_found (PdgGqlCall *call)
{
  pdg_gql_call_set_typed_object (call, 0, "Session", g_memdup2 ("\1\0\0\0\0\0\0", 8), g_free);
}

static void
describe_value (const PdgGqlValue *value,
                GString           *out)
{
  guint n = pdg_gql_value_get_length (value);

  switch (pdg_gql_value_get_kind (value))
    {
    case PDG_GQL_VALUE_INT:
      g_string_append_printf (out, "%" G_GINT64_FORMAT, pdg_gql_value_get_int (value, 0));
      break;
    case PDG_GQL_VALUE_DOUBLE:
      g_string_append_printf (out, "%gd", pdg_gql_value_get_double (value, 0));
      break;
    case PDG_GQL_VALUE_BOOL:
      g_string_append (out, pdg_gql_value_get_bool (value, FALSE) ? "true" : "false");
      break;
    case PDG_GQL_VALUE_STRING:
      g_string_append_printf (out, "'%s'", pdg_gql_value_get_string (value));
      break;
    case PDG_GQL_VALUE_ENUM:
      g_string_append (out, pdg_gql_value_get_string (value));
      break;
    case PDG_GQL_VALUE_LIST:
    case PDG_GQL_VALUE_OBJECT:
      g_string_append_c (out, pdg_gql_value_get_kind (value) == PDG_GQL_VALUE_LIST ? '[' : '{');
      for (guint i = 0; i < n; i++)
        {
          g_string_append (out, i > 0 ? "," : "");
          if (pdg_gql_value_get_member_name (value, i) != NULL)
            {
              g_assert_true (pdg_gql_value_lookup (value, pdg_gql_value_get_member_name (value, i)) == pdg_gql_value_get_item (value, i));
              g_string_append_printf (out, "%s:", pdg_gql_value_get_member_name (value, i));
            }
          describe_value (pdg_gql_value_get_item (value, i), out);
        }
      g_string_append_c (out, pdg_gql_value_get_kind (value) == PDG_GQL_VALUE_LIST ? ']' : '}');
      break;
    case PDG_GQL_VALUE_NULL:
    default:
      g_string_append (out, "null");
    }
}

static void
query_echo (PdgGqlCall *call)
{
  static const char *const args[] = { "range", "pick", "any", "id", "float", "bool", "list" };
  g_autoptr(GString) out = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (args); i++)
    if (pdg_gql_call_has_arg (call, args[i]))
      {
        g_string_append_printf (out, "%s%s=", out->len > 0 ? " " : "", args[i]);
        describe_value (pdg_gql_call_arg_value (call, args[i]), out);
      }
  pdg_gql_call_set_string (call, 0, out->str);
}

static void
query_need (PdgGqlCall *call)
{
  pdg_gql_call_set_int64 (call, 0, pdg_gql_call_arg_int (call, "n"));
}

static void
query_leaf (PdgGqlCall *call)
{
  static const gint64 numbers[] = { 1, -2, 3 };
  static const double bits[] = { 0.5, NAN, 2 };
  static const char *const tags[] = { "a", "b\"", NULL };
  const char *field = pdg_gql_call_get_field_name (call);

  g_assert_cmpstr (pdg_gql_call_get_type_name (call), ==, "Query");
  if (g_str_equal (field, "int"))
    pdg_gql_call_set_int (call, 0, -42);
  else if (g_str_equal (field, "big"))
    pdg_gql_call_set_int64 (call, 0, G_MAXINT32);
  else if (g_str_equal (field, "tooBig"))
    pdg_gql_call_set_int64 (call, 0, (gint64) G_MAXINT32 + 1);
  else if (g_str_equal (field, "float"))
    pdg_gql_call_set_double (call, 0, 0.25);
  else if (g_str_equal (field, "nan"))
    pdg_gql_call_set_double (call, 0, NAN);
  else if (g_str_equal (field, "bool"))
    pdg_gql_call_set_bool (call, 0, TRUE);
  else if (g_str_equal (field, "color"))
    pdg_gql_call_set_string (call, 0, "RED");
  else if (g_str_equal (field, "badColor"))
    pdg_gql_call_set_string (call, 0, "PINK");
  else if (g_str_equal (field, "time"))
    pdg_gql_call_set_int64 (call, 0, G_GINT64_CONSTANT (12345678901234));
  else if (g_str_equal (field, "badTime"))
    pdg_gql_call_set_bool (call, 0, TRUE);
  else if (g_str_equal (field, "any"))
    pdg_gql_call_set_json (call, 0, "{\"a\":[1,null]}", -1);
  else if (g_str_equal (field, "text"))
    pdg_gql_call_take_string (call, 0, g_strdup ("line\n\"quoted\""));
  else if (g_str_equal (field, "tags"))
    pdg_gql_call_set_strings (call, 0, tags);
  else if (g_str_equal (field, "numbers"))
    pdg_gql_call_set_int64s (call, 0, numbers, 3);
  else if (g_str_equal (field, "bits"))
    pdg_gql_call_set_doubles (call, 0, bits, 3);
  else if (g_str_equal (field, "wrong"))
    pdg_gql_call_set_string (call, 0, "7");
}

static void
query_error (PdgGqlCall *call)
{
  pdg_gql_call_set_error (call, 0, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, "Not yours."));
  pdg_gql_call_set_int (call, 0, 1); /* does not undo it */
}

static void
query_lists (PdgGqlCall *call)
{
  gpointer sources[] = { screen (0), screen (1), NULL };
  gboolean with_null = !g_str_equal (pdg_gql_call_get_field_name (call), "strict");

  pdg_gql_call_set_borrowed_list (call, 0, sources, with_null ? 3 : 2);
}

static void
screen_id (PdgGqlCall *call)
{
  for (guint i = 0; i < pdg_gql_call_get_n (call); i++)
    pdg_gql_call_set_int (call, i, (int) number_of (call, i));
}

static void
screen_name (PdgGqlCall *call)
{
  gql_world.calls++;
  gql_world.parents = pdg_gql_call_get_n (call);
  for (guint i = 0; i < pdg_gql_call_get_n (call); i++)
    pdg_gql_call_set_borrowed_string (call, i, names[number_of (call, i) % 3]);
}

static void
screen_visits (PdgGqlCall *call)
{
  for (guint i = 0; i < pdg_gql_call_get_n (call); i++)
    pdg_gql_call_set_int (call, i, (int) (number_of (call, i) * 10));
}

static void
screen_next (PdgGqlCall *call)
{
  for (guint i = 0; i < pdg_gql_call_get_n (call); i++)
    {
      gpointer next[] = { screen (number_of (call, i) + 1), screen (number_of (call, i) + 2) };

      if (number_of (call, i) == 2)
        pdg_gql_call_set_null (call, i);
      else
        pdg_gql_call_set_borrowed_list (call, i, next, number_of (call, i) == 0 ? 2 : 1);
    }
}

static void
screen_parent (PdgGqlCall *call)
{
  for (guint i = 0; i < pdg_gql_call_get_n (call); i++)
    pdg_gql_call_set_object (call, i, number_of (call, i) > 0 ? screen (number_of (call, i) - 1) : NULL, NULL);
}

static void
screen_fails (PdgGqlCall *call)
{
  for (guint i = 0; i < pdg_gql_call_get_n (call); i++)
    if (number_of (call, i) == 1)
      pdg_gql_call_set_error (call, i, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, "secret detail"));
    else
      pdg_gql_call_set_string (call, i, "fine");
}

static void
session_id (PdgGqlCall *call)
{
  for (guint i = 0; i < pdg_gql_call_get_n (call); i++)
    pdg_gql_call_set_string (call, i, "s");
}

static void
session_length (PdgGqlCall *call)
{
  for (guint i = 0; i < pdg_gql_call_get_n (call); i++)
    pdg_gql_call_set_double (call, i, 1.5);
}

static void
mutation_add (PdgGqlCall *call)
{
  gql_world.total += (int) pdg_gql_call_arg_int (call, "n");
  pdg_gql_call_set_int (call, 0, gql_world.total);
}

static void
mutation_fail (PdgGqlCall *call)
{
  pdg_gql_call_fail_all (call, g_error_new_literal (PDG_GQL_ERROR, PDG_GQL_ERROR_CANCELLED, "Given up."));
}

static void
subscription_changed (PdgGqlCall *call)
{
  pdg_gql_call_set_int (call, 0, *(int *) pdg_gql_call_get_source (call, 0));
}

static const PdgGqlBinding bindings[] = {
  { "Query.screens", query_screens },   { "Query.screen", query_screen },     { "Query.nodes", query_nodes },
  { "Query.found", query_found },       { "Query.echo", query_echo },         { "Query.need", query_need },
  { "Query.int", query_leaf },          { "Query.big", query_leaf },          { "Query.tooBig", query_leaf },
  { "Query.float", query_leaf },        { "Query.nan", query_leaf },          { "Query.bool", query_leaf },
  { "Query.color", query_leaf },        { "Query.badColor", query_leaf },     { "Query.time", query_leaf },
  { "Query.badTime", query_leaf },      { "Query.any", query_leaf },          { "Query.text", query_leaf },
  { "Query.unset", query_leaf },        { "Query.tags", query_leaf },         { "Query.numbers", query_leaf },
  { "Query.bits", query_leaf },         { "Query.wrong", query_leaf },        { "Query.error", query_error },
  { "Query.nonNullError", query_error }, { "Query.strict", query_lists },     { "Query.nullItem", query_lists },
  { "Query.looseItem", query_lists },   { "Screen.id", screen_id },           { "Screen.name", screen_name },
  { "Screen.visits", screen_visits },   { "Screen.next", screen_next },       { "Screen.parent", screen_parent },
  { "Screen.fails", screen_fails },     { "Session.id", session_id },         { "Session.length", session_length },
  { "Mutation.add", mutation_add },     { "Mutation.fail", mutation_fail },   { "Subscription.changed", subscription_changed },
  { "Subscription.other", subscription_changed },
};

static const PdgGqlValue *
parse_time (const PdgGqlValue *input,
            PdgArena          *arena,
            GError           **error)
{
  const char *text = pdg_gql_value_get_string (input);

  if (text == NULL || text[0] != 't')
    {
      g_set_error_literal (error, PDG_GQL_ERROR, PDG_GQL_ERROR_VALUE, "A time looks like t12.");
      return NULL;
    }
  return pdg_gql_value_new_int (arena, g_ascii_strtoll (text + 1, NULL, 10));
}

static gboolean
serialize_time (const PdgGqlValue *value,
                PdgGqlWriter      *writer,
                GError           **error)
{
  g_autofree char *text = NULL;

  if (pdg_gql_value_get_kind (value) != PDG_GQL_VALUE_INT)
    {
      g_set_error_literal (error, PDG_GQL_ERROR, PDG_GQL_ERROR_VALUE, "A time is a number inside.");
      return FALSE;
    }
  text = g_strdup_printf ("t%" G_GINT64_FORMAT, pdg_gql_value_get_int (value, 0));
  pdg_gql_writer_add_string (writer, text, -1);
  return TRUE;
}

static const char *
get_code (const GError *error,
          const char  **message)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED))
    return "FORBIDDEN";
  if (error->domain == G_IO_ERROR)
    *message = "Something went wrong.";
  return NULL;
}

PdgGqlSchema *
gql_make_schema (void)
{
  g_autoptr(GError) error = NULL;
  PdgGqlSchema *schema = pdg_gql_schema_new (sdl, -1, &error);

  g_assert_no_error (error);
  pdg_gql_schema_bind (schema, bindings, G_N_ELEMENTS (bindings), &error);
  g_assert_no_error (error);
  pdg_gql_schema_bind_scalar (schema, "Time", parse_time, serialize_time, &error);
  g_assert_no_error (error);
  pdg_gql_schema_set_error_code_func (schema, get_code);
  pdg_gql_schema_check (schema, &error);
  g_assert_no_error (error);
  gql_world = (World){ 0 };
  return schema;
}

PdgGqlOperation *
gql_prepare (PdgGqlSchema *schema,
             const char *query,
             const char *variables,
             const char *operation_name,
             char **refusal)
{
  g_autoptr (JsonNode) node = variables != NULL ? json_from_string (variables, NULL) : NULL;
  PdgGqlRequest request = { .query = query, .query_len = -1, .variables = node, .operation_name = operation_name, .suggest = TRUE };
  g_autoptr (GBytes) response = NULL;
  PdgGqlOperation *operation = pdg_gql_prepare (schema, &request, &response);

  g_assert_true ((operation == NULL) == (response != NULL));
  if (response != NULL)
    *refusal = g_strndup (g_bytes_get_data (response, NULL), g_bytes_get_size (response));
  return operation;
}

char *
gql_run (PdgGqlSchema *schema,
         const char *query,
         const char *variables,
         gpointer root)
{
  char *refusal = NULL;
  g_autoptr (PdgGqlOperation) operation = gql_prepare (schema, query, variables, NULL, &refusal);
  g_autoptr (GBytes) response = NULL;

  if (operation == NULL)
    return refusal;
  response = pdg_gql_operation_execute (operation, root, &gql_world, NULL);
  return g_strndup (g_bytes_get_data (response, NULL), g_bytes_get_size (response));
}
