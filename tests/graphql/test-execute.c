#include "config.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "graphql/pdg-graphql.h"

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

typedef struct
{
  guint calls;       /* of Screen.name */
  guint parents;     /* of its last call */
  GString *log;
  int total;
  gboolean selects_name;
  gboolean selects_deep;
} World;

static World world;

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

  g_assert_true (pdg_gql_call_get_context (call) == &world);
  world.selects_name = pdg_gql_call_selects (call, "name");
  world.selects_deep = pdg_gql_call_selects (call, "next.visits");
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
  world.calls++;
  world.parents = pdg_gql_call_get_n (call);
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
  world.total += (int) pdg_gql_call_arg_int (call, "n");
  pdg_gql_call_set_int (call, 0, world.total);
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

static PdgGqlSchema *
make_schema (void)
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
  world = (World) { 0 };
  return schema;
}

static PdgGqlOperation *
prepare (PdgGqlSchema *schema,
         const char   *query,
         const char   *variables,
         const char   *operation_name,
         char        **refusal)
{
  g_autoptr(JsonNode) node = variables != NULL ? json_from_string (variables, NULL) : NULL;
  PdgGqlRequest request = { .query = query, .query_len = -1, .variables = node, .operation_name = operation_name, .suggest = TRUE };
  g_autoptr(GBytes) response = NULL;
  PdgGqlOperation *operation = pdg_gql_prepare (schema, &request, &response);

  g_assert_true ((operation == NULL) == (response != NULL));
  if (response != NULL)
    *refusal = g_strndup (g_bytes_get_data (response, NULL), g_bytes_get_size (response));
  return operation;
}

static char *
run (PdgGqlSchema *schema,
     const char   *query,
     const char   *variables,
     gpointer      root)
{
  char *refusal = NULL;
  g_autoptr(PdgGqlOperation) operation = prepare (schema, query, variables, NULL, &refusal);
  g_autoptr(GBytes) response = NULL;

  if (operation == NULL)
    return refusal;
  response = pdg_gql_operation_execute (operation, root, &world, NULL);
  return g_strndup (g_bytes_get_data (response, NULL), g_bytes_get_size (response));
}

#define INVALID(text, place) "{\"errors\":[{\"message\":\"" text "\",\"locations\":[" place "],\"extensions\":{\"code\":\"BAD_USER_INPUT\"}}]}"
#define FAILED(text, place, path, code) \
  "{\"message\":\"" text "\",\"locations\":[" place "],\"path\":[" path "],\"extensions\":{\"code\":\"" code "\"}}"
#define AT(line, column) "{\"line\":" #line ",\"column\":" #column "}"

static const struct
{
  const char *query;
  const char *variables;
  const char *response;
} cases[] = {
  /* Leaves. */
  { "{ int big float bool color time any text tags numbers }", NULL,
    "{\"data\":{\"int\":-42,\"big\":2147483647,\"float\":0.25,\"bool\":true,\"color\":\"RED\",\"time\":\"t12345678901234\",\"any\":{\"a\":[1,null]},"
    "\"text\":\"line\\n\\\"quoted\\\"\",\"tags\":[\"a\",\"b\\\"\"],\"numbers\":[1,-2,3]}}" },
  { "{ tooBig }", NULL, "{\"errors\":[" FAILED ("Int cannot represent non 32-bit signed integer value: 2147483648", AT (1, 3), "\"tooBig\"", "INTERNAL_SERVER_ERROR") "],\"data\":{\"tooBig\":null}}" },
  { "{ nan }", NULL, "{\"errors\":[" FAILED ("Float cannot represent non numeric value: nan", AT (1, 3), "\"nan\"", "INTERNAL_SERVER_ERROR") "],\"data\":{\"nan\":null}}" },
  { "{ bits }", NULL, "{\"errors\":[" FAILED ("Float cannot represent non numeric value: nan", AT (1, 3), "\"bits\",1", "INTERNAL_SERVER_ERROR") "],\"data\":{\"bits\":[0.5,null,2]}}" },
  { "{ badColor }", NULL, "{\"errors\":[" FAILED ("Enum \\\"Color\\\" cannot represent value: \\\"PINK\\\"", AT (1, 3), "\"badColor\"", "INTERNAL_SERVER_ERROR") "],\"data\":{\"badColor\":null}}" },
  { "{ badTime }", NULL, "{\"errors\":[" FAILED ("A time is a number inside.", AT (1, 3), "\"badTime\"", "INTERNAL_SERVER_ERROR") "],\"data\":{\"badTime\":null}}" },
  { "{ wrong }", NULL, "{\"errors\":[" FAILED ("Int cannot represent non-integer value: \\\"7\\\"", AT (1, 3), "\"wrong\"", "INTERNAL_SERVER_ERROR") "],\"data\":{\"wrong\":null}}" },
  { "{ unset }", NULL, "{\"errors\":[" FAILED ("The resolver gave no value.", AT (1, 3), "\"unset\"", "INTERNAL_SERVER_ERROR") "],\"data\":{\"unset\":null}}" },
  /* Errors and nulls. */
  { "{ int error }", NULL, "{\"errors\":[" FAILED ("Not yours.", AT (1, 7), "\"error\"", "FORBIDDEN") "],\"data\":{\"int\":-42,\"error\":null}}" },
  { "{ int x: nonNullError }", NULL, "{\"errors\":[" FAILED ("Not yours.", AT (1, 7), "\"x\"", "FORBIDDEN") "],\"data\":null}" },
  { "{ int strict { id fails } }", NULL, "{\"errors\":[" FAILED ("Something went wrong.", AT (1, 19), "\"strict\",1,\"fails\"", "INTERNAL_SERVER_ERROR") "],\"data\":{\"int\":-42,\"strict\":null}}" },
  { "{ looseItem { id fails } }", NULL, "{\"errors\":[" FAILED ("Something went wrong.", AT (1, 18), "\"looseItem\",1,\"fails\"", "INTERNAL_SERVER_ERROR") "],\"data\":{\"looseItem\":[{\"id\":\"0\",\"fails\":\"fine\"},null,null]}}" },
  { "{ nullItem { id } }", NULL, "{\"errors\":[" FAILED ("Cannot return null for non-nullable field Query.nullItem.", AT (1, 3), "\"nullItem\",2", "INTERNAL_SERVER_ERROR") "],\"data\":{\"nullItem\":null}}" },
  { "{ screen(id: 2) { parent { id fails parent { id } } } }", NULL, "{\"errors\":[" FAILED ("Something went wrong.", AT (1, 31), "\"screen\",\"parent\",\"fails\"", "INTERNAL_SERVER_ERROR") "],\"data\":{\"screen\":{\"parent\":null}}}" },
  { "{ screens { fails } int }", NULL, "{\"errors\":[" FAILED ("Something went wrong.", AT (1, 13), "\"screens\",1,\"fails\"", "INTERNAL_SERVER_ERROR") "],\"data\":null}" },
  /* Selections. */
  { "{ b: int a: int int }", NULL, "{\"data\":{\"b\":-42,\"a\":-42,\"int\":-42}}" },
  { "{ screens(first: 2) { ...F next { visits ...F } } } fragment F on Screen { id name }", NULL,
    "{\"data\":{\"screens\":[{\"id\":\"0\",\"name\":\"home\",\"next\":[{\"visits\":10,\"id\":\"1\",\"name\":\"cart\"},{\"visits\":20,\"id\":\"2\",\"name\":\"pay\"}]},"
    "{\"id\":\"1\",\"name\":\"cart\",\"next\":[{\"visits\":20,\"id\":\"2\",\"name\":\"pay\"}]}]}}" },
  { "{ screen(id: 1) { id parent { id } } screen(id: 1) { name parent { name } } }", NULL,
    "{\"data\":{\"screen\":{\"id\":\"1\",\"parent\":{\"id\":\"0\",\"name\":\"home\"},\"name\":\"cart\"}}}" },
  { "{ nodes { __typename id ... on Screen { name } ... on Session { length } } }", NULL,
    "{\"data\":{\"nodes\":[{\"__typename\":\"Session\",\"id\":\"s\",\"length\":1.5},{\"__typename\":\"Screen\",\"id\":\"1\",\"name\":\"cart\"},null,"
    "{\"__typename\":\"Session\",\"id\":\"s\",\"length\":1.5}]}}" },
  { "{ found { __typename ... on Node { id } ... on Screen { name } } }", NULL, "{\"data\":{\"found\":{\"__typename\":\"Session\",\"id\":\"s\"}}}" },
  { "query ($yes: Boolean!, $no: Boolean = false) { a: int @skip(if: $yes) b: int @include(if: $no) c: int @include(if: $yes) @skip(if: $no) "
    "... @skip(if: true) { d: int } ...F @include(if: false) e: bool } fragment F on Query { f: int }", "{\"yes\":true}",
    "{\"data\":{\"c\":-42,\"e\":true}}" },
  { "query ($yes: Boolean!) { int @skip(if: $yes) }", "{\"yes\":true}", "{\"data\":{}}" },
  /* Arguments and variables. */
  { "{ echo }", NULL, "{\"data\":{\"echo\":\"\"}}" },
  { "{ echo(range: {from: \"t5\"}, pick: {id: 7}, any: {a: [1, 2.5, \"x\", E, null]}, id: 12, float: 3, bool: false, list: 4) }", NULL,
    "{\"data\":{\"echo\":\"range={from:5,step:5,color:GREEN} pick={id:'7'} any={a:[1,2.5d,'x',E,null]} id='12' float=3d bool=false list=[4]\"}}" },
  { "query ($r: Range, $p: Pick, $a: Any, $i: ID, $f: Float, $l: [Int]) { echo(range: $r, pick: $p, any: $a, id: $i, float: $f, list: $l) }",
    "{\"r\":{\"to\":\"t9\",\"step\":1,\"color\":\"RED\",\"tags\":\"one\"},\"p\":{\"name\":\"n\"},\"a\":{\"b\":[true,null,{\"c\":1}]},\"i\":5,\"f\":2,\"l\":[1,null]}",
    "{\"data\":{\"echo\":\"range={to:9,step:1,color:RED,tags:['one']} pick={name:'n'} any={b:[true,null,{c:1}]} id='5' float=2d list=[1,null]\"}}" },
  { "query ($x: Int, $t: Time = \"t3\", $n: String) { echo(list: [1, $x], range: {from: $t, to: null, tags: null}, any: {v: $x, n: $n}) }", "{\"n\":null}",
    "{\"data\":{\"echo\":\"range={from:3,to:null,step:5,color:GREEN,tags:null} any={n:null} list=[1,null]\"}}" },
  { "query ($x: Int = 3) { need(n: $x) }", NULL, "{\"data\":{\"need\":3}}" },
  { "query ($x: Int = 3) { need(n: $x) }", "{\"x\":null}",
    "{\"errors\":[" FAILED ("Argument \\\"n\\\" of non-null type \\\"Int!\\\" must not be null.", AT (1, 23), "\"need\"", "BAD_USER_INPUT") "],\"data\":{\"need\":null}}" },
  { "query ($x: Int!) { need(n: $x) }", NULL, INVALID ("Variable \\\"$x\\\" of required type \\\"Int!\\\" was not provided.", AT (1, 8)) },
  { "query ($x: Int!) { need(n: $x) }", "{\"x\":null}", INVALID ("Variable \\\"$x\\\" of non-null type \\\"Int!\\\" must not be null.", AT (1, 8)) },
  { "query ($x: Int!) { need(n: $x) }", "{\"x\":1.5}", INVALID ("Variable \\\"$x\\\" got invalid value 1.5; Int cannot represent non-integer value.", AT (1, 8)) },
  { "query ($x: Int!) { need(n: $x) }", "{\"x\":3000000000}", INVALID ("Variable \\\"$x\\\" got invalid value 3000000000; Int cannot represent non 32-bit signed integer value.", AT (1, 8)) },
  { "query ($x: Int!) { need(n: $x) }", "{\"x\":\"1\"}", INVALID ("Variable \\\"$x\\\" got invalid value \\\"1\\\"; Int cannot represent non-integer value.", AT (1, 8)) },
  { "query ($x: Int!) { need(n: $x) }", "{\"x\":2.0}", "{\"data\":{\"need\":2}}" },
  { "query ($x: [Int!]) { echo(list: $x) }", "{\"x\":[1,null]}", INVALID ("Variable \\\"$x\\\" got invalid value null at \\\"x[1]\\\"; Expected non-nullable type \\\"Int!\\\" not to be null.", AT (1, 8)) },
  { "query ($r: Range) { echo(range: $r) }", "{\"r\":{\"colour\":1}}", INVALID ("Variable \\\"$r\\\" got invalid value {…}; Field \\\"colour\\\" is not defined by type \\\"Range\\\". Did you mean \\\"color\\\"?", AT (1, 8)) },
  { "query ($r: Range) { echo(range: $r) }", "{\"r\":{\"color\":\"RAD\"}}", INVALID ("Variable \\\"$r\\\" got invalid value \\\"RAD\\\" at \\\"r.color\\\"; Value \\\"RAD\\\" does not exist in \\\"Color\\\" enum. Did you mean the enum value \\\"RED\\\"?", AT (1, 8)) },
  { "query ($r: Range) { echo(range: $r) }", "{\"r\":{\"from\":\"x\"}}", INVALID ("Variable \\\"$r\\\" got invalid value \\\"x\\\" at \\\"r.from\\\"; Expected type \\\"Time\\\". A time looks like t12.", AT (1, 8)) },
  { "query ($p: Pick) { echo(pick: $p) }", "{\"p\":{\"id\":1,\"name\":\"x\"}}", INVALID ("Variable \\\"$p\\\" got invalid value {…}; Exactly one key must be specified for OneOf type \\\"Pick\\\".", AT (1, 8)) },
  { "query ($p: Pick) { echo(pick: $p) }", "{\"p\":{\"id\":null}}", INVALID ("Variable \\\"$p\\\" got invalid value {…}; Field \\\"id\\\" must be non-null.", AT (1, 8)) },
  { "query ($p: Pick) { echo(pick: $p) }", "[1]", "{\"errors\":[{\"message\":\"Variables must be an object.\",\"extensions\":{\"code\":\"BAD_USER_INPUT\"}}]}" },
  /* Mutations. */
  { "mutation { a: add(n: 1) b: add(n: 10) fail c: add(n: 100) }", NULL,
    "{\"errors\":[" FAILED ("Given up.", AT (1, 39), "\"fail\"", "CANCELLED") "],\"data\":{\"a\":1,\"b\":11,\"fail\":null,\"c\":111}}" },
  /* Refusals. */
  { "{ a b ", NULL, "{\"errors\":[{\"message\":\"Syntax Error: Expected Name, found <EOF>.\",\"locations\":[" AT (1, 7) "],\"extensions\":{\"code\":\"GRAPHQL_PARSE_FAILED\"}}]}" },
  { "{ inn }", NULL, "{\"errors\":[{\"message\":\"Cannot query field \\\"inn\\\" on type \\\"Query\\\". Did you mean \\\"int\\\", \\\"any\\\", or \\\"nan\\\"?\",\"locations\":[" AT (1, 3) "],\"extensions\":{\"code\":\"GRAPHQL_VALIDATION_FAILED\"}}]}" },
  { "query A { int } query B { int }", NULL, "{\"errors\":[{\"message\":\"Must provide operation name if query contains multiple operations.\",\"extensions\":{\"code\":\"BAD_USER_INPUT\"}}]}" },
};

static void
test_cases (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(PdgGqlSchema) schema = make_schema ();
      g_autofree char *response = run (schema, cases[i].query, cases[i].variables, NULL);

      g_test_message ("%s", cases[i].query);
      g_assert_cmpstr (response, ==, cases[i].response);
    }
}

/* Every parent of a level in one call, however deep the list is. */
static void
test_batches (void)
{
  g_autoptr(PdgGqlSchema) schema = make_schema ();
  g_autofree char *one = run (schema, "{ screens(first: 100) { name } }", NULL, NULL), *two = NULL, *three = NULL;

  g_assert_cmpuint (world.calls, ==, 1);
  g_assert_cmpuint (world.parents, ==, 100);
  g_assert_true (world.selects_name);
  g_assert_false (world.selects_deep);
  world.calls = 0;
  two = run (schema, "{ screens(first: 100) { next { ...F } } } fragment F on Screen { next { n: name visits } }", NULL, NULL);
  g_assert_cmpuint (world.calls, ==, 1);
  g_assert_false (world.selects_name);
  g_assert_false (world.selects_deep);
  three = run (schema, "query ($x: Boolean = true) { screens { next { ... on Node { id } ... { visits } } name @skip(if: $x) } }", NULL, NULL);
  g_assert_false (world.selects_name);
  g_assert_true (world.selects_deep);
}

static void
test_subscription (void)
{
  g_autoptr(PdgGqlSchema) schema = make_schema ();
  g_autofree char *refusal = NULL, *second = NULL;
  g_autoptr(PdgGqlOperation) operation = prepare (schema, "subscription S($id: ID!) { ...F } fragment F on Subscription { a: changed(id: $id) }",
                                                  "{\"id\":\"x\"}", NULL, &refusal);

  g_assert_cmpstr (refusal, ==, NULL);
  g_assert_cmpint (pdg_gql_operation_get_kind (operation), ==, PDG_GQL_SUBSCRIPTION);
  g_assert_cmpstr (pdg_gql_operation_get_name (operation), ==, "S");
  g_assert_cmpstr (pdg_gql_operation_get_root_field (operation), ==, "changed");
  g_assert_cmpstr (pdg_gql_value_get_string (pdg_gql_operation_get_root_arg (operation, "id")), ==, "x");
  g_assert_cmpint (pdg_gql_value_get_int (pdg_gql_operation_get_root_arg (operation, "n"), 0), ==, 7);
  g_assert_null (pdg_gql_operation_get_root_arg (operation, "nothing"));
  for (int event = 1; event < 4; event++)
    {
      g_autoptr(GBytes) response = pdg_gql_operation_execute (operation, &event, &world, NULL);
      g_autofree char *expected = g_strdup_printf ("{\"data\":{\"a\":%d}}", event);

      g_assert_cmpmem (g_bytes_get_data (response, NULL), g_bytes_get_size (response), expected, strlen (expected));
    }
  g_assert_null (prepare (schema, "subscription { changed(id: 1) other }", NULL, NULL, &second));
  g_assert_nonnull (strstr (second, "must select only one top level field"));
}

static void
test_operation_name (void)
{
  g_autoptr(PdgGqlSchema) schema = make_schema ();
  g_autofree char *refusal = NULL;
  g_autoptr(PdgGqlOperation) operation = prepare (schema, "query A { int } mutation B { add(n: 1) }", NULL, "B", &refusal);

  g_assert_cmpint (pdg_gql_operation_get_kind (operation), ==, PDG_GQL_MUTATION);
  g_assert_null (prepare (schema, "query A { int }", NULL, "C", &refusal));
  g_assert_nonnull (strstr (refusal, "Unknown operation named \\\"C\\\"."));
}

static void
test_cancelled (void)
{
  g_autoptr(PdgGqlSchema) schema = make_schema ();
  g_autofree char *refusal = NULL;
  g_autoptr(PdgGqlOperation) operation = prepare (schema, "{ int }", NULL, NULL, &refusal);
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GBytes) response = NULL;
  static const char expected[] = "{\"errors\":[" FAILED ("The request was cancelled.", AT (1, 3), "\"int\"", "CANCELLED") "],\"data\":{\"int\":null}}";

  g_cancellable_cancel (cancellable);
  response = pdg_gql_operation_execute (operation, NULL, &world, cancellable);
  g_assert_cmpmem (g_bytes_get_data (response, NULL), g_bytes_get_size (response), expected, strlen (expected));
}

/* Each guard: a document just inside and one just outside. */
static const struct
{
  PdgGqlLimits limits;
  const char *inside;
  const char *outside;
  const char *message;
} guards[] = {
  { { .max_tokens = 5 }, "{ int big int }", "{ int big int int }", "more than 5 tokens" },
  { { .max_nesting = 2 }, "{ screens { id } }", "{ screens { next { id } } }", "nested more than 2 levels" },
  { { .max_depth = 2 }, "{ screens { ...F } } fragment F on Screen { id }", "{ screens { ...F } } fragment F on Screen { next { id } }",
    "more than 2 levels of fields" },
  { { .max_depth = 2, .max_introspection_depth = 3 }, "{ __schema { types { name } } }", "{ __schema { types { ofType { name } } } }",
    "more than 3 levels of introspection fields" },
  { { .max_introspection_lists = 1 }, "{ __schema { types { fields { name } } } }", "{ __schema { types { fields { type { fields { name } } } } } }",
    "more than 1 nested lists of introspection" },
  { { .max_fields = 5 }, "{ screens { id } a: screens { ...F } } fragment F on Screen { id }",
    "{ a: screens { ...F } b: screens { ...F } } fragment F on Screen { x: id y: id }", "more than 5 fields" },
  { { .max_aliases = 1 }, "{ a: int int }", "{ a: int ...F } fragment F on Query { b: int }", "more than 1 aliases" },
  { { .max_directives = 1 }, "{ int @skip(if: false) }", "{ int @skip(if: false) @include(if: true) }", "more than 1 directives" },
  { { .max_root_fields = 2 }, "{ int big }", "{ int ...F } fragment F on Query { big float }", "more than 2 root fields" },
  { { .max_response_bytes = 60 }, "{ screens(first: 1) { id } }", "{ screens(first: 100) { id } }", "larger than this server sends" },
};

static char *
run_limited (PdgGqlSchema       *schema,
             const char         *query,
             const PdgGqlLimits *limits)
{
  PdgGqlRequest request = { .query = query, .query_len = -1, .limits = limits };
  g_autoptr(GBytes) response = NULL;
  g_autoptr(PdgGqlOperation) operation = pdg_gql_prepare (schema, &request, &response);

  if (operation != NULL)
    response = pdg_gql_operation_execute (operation, NULL, &world, NULL);
  return g_strndup (g_bytes_get_data (response, NULL), g_bytes_get_size (response));
}

static void
test_limits (void)
{
  g_autoptr(PdgGqlSchema) schema = make_schema ();

  for (gsize i = 0; i < G_N_ELEMENTS (guards); i++)
    {
      g_autofree char *inside = run_limited (schema, guards[i].inside, &guards[i].limits);
      g_autofree char *outside = run_limited (schema, guards[i].outside, &guards[i].limits);

      g_test_message ("%s", guards[i].outside);
      g_assert_true (g_str_has_prefix (inside, "{\"data\""));
      g_assert_nonnull (strstr (outside, guards[i].message));
      g_assert_nonnull (strstr (outside, "QUERY_TOO_COMPLEX"));
      g_assert_null (strstr (outside, "\"data\""));
    }
}

/* Documents built to make a naive validator exponential: they end soon, with an answer or with a refusal. */
static void
test_bombs (void)
{
  g_autoptr(PdgGqlSchema) schema = make_schema ();
  g_autoptr(GString) spreads = g_string_new ("{ screens { ...F0 ...F0 } }");
  g_autoptr(GString) overlap = g_string_new ("{ screens {");
  g_autoptr(GString) fields = g_string_new ("{");
  PdgGqlLimits none = { .max_errors = 10 };
  gint64 start = g_get_monotonic_time ();

  for (guint i = 0; i < 200; i++)
    g_string_append_printf (spreads, " fragment F%u on Screen { next { ...F%u ...F%u } a: next { ...F%u } }", i, i + 1, i + 1, i + 1);
  g_string_append (spreads, " fragment F200 on Screen { id }");
  for (guint i = 0; i < 60; i++)
    g_string_append (overlap, " next { next { next { id");
  for (guint i = 0; i < 60; i++)
    g_string_append (overlap, " } } }");
  g_string_append (overlap, " } }");
  for (guint i = 0; i < 4000; i++)
    g_string_append (fields, " a: int");
  g_string_append (fields, " }");
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *response = run_limited (schema, i == 0 ? spreads->str : i == 1 ? overlap->str : fields->str, &none);

      g_assert_nonnull (response);
    }
  g_assert_cmpint (g_get_monotonic_time () - start, <, 5 * G_USEC_PER_SEC);
}

static gpointer
run_thread (gpointer data)
{
  for (guint i = 0; i < 200; i++)
    {
      g_autoptr(GBytes) response = pdg_gql_operation_execute (data, NULL, &world, NULL);

      g_assert_true (g_str_has_prefix (g_bytes_get_data (response, NULL), "{\"data\":{\"nodes\":[{"));
    }
  return NULL;
}

static void
test_threads (void)
{
  g_autoptr(PdgGqlSchema) schema = make_schema ();
  g_autofree char *refusal = NULL;
  g_autoptr(PdgGqlOperation) operation = prepare (schema, "{ nodes { id } __schema { types { name fields { name args { defaultValue } } } } }", NULL, NULL, &refusal);
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("execute", run_thread, operation);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

static const struct
{
  const char *query;
  const char *response;
} introspection[] = {
  { "{ __type(name: \"Pick\") { kind isOneOf inputFields { name type { kind name ofType { name } } defaultValue } fields { name } } }",
    "{\"data\":{\"__type\":{\"kind\":\"INPUT_OBJECT\",\"isOneOf\":true,\"inputFields\":[{\"name\":\"id\",\"type\":{\"kind\":\"SCALAR\",\"name\":\"ID\",\"ofType\":null},\"defaultValue\":null},"
    "{\"name\":\"name\",\"type\":{\"kind\":\"SCALAR\",\"name\":\"String\",\"ofType\":null},\"defaultValue\":null}],\"fields\":null}}}" },
  { "{ __type(name: \"Color\") { enumValues { name } all: enumValues(includeDeprecated: true) { name isDeprecated deprecationReason } } }",
    "{\"data\":{\"__type\":{\"enumValues\":[{\"name\":\"RED\"},{\"name\":\"GREEN\"}],\"all\":[{\"name\":\"RED\",\"isDeprecated\":false,\"deprecationReason\":null},"
    "{\"name\":\"GREEN\",\"isDeprecated\":false,\"deprecationReason\":null},{\"name\":\"BLUE\",\"isDeprecated\":true,\"deprecationReason\":\"faded\"}]}}}" },
  { "{ __type(name: \"Time\") { specifiedByURL kind isOneOf } }", "{\"data\":{\"__type\":{\"specifiedByURL\":\"https://example.com/time\",\"kind\":\"SCALAR\",\"isOneOf\":null}}}" },
  { "{ __type(name: \"Node\") { possibleTypes { name } interfaces { name } } }",
    "{\"data\":{\"__type\":{\"possibleTypes\":[{\"name\":\"Screen\"},{\"name\":\"Session\"}],\"interfaces\":[]}}}" },
  { "{ __type(name: \"Nothing\") { name } }", "{\"data\":{\"__type\":null}}" },
  { "{ __schema { __typename queryType { name } mutationType { name } subscriptionType { name } directives { name isRepeatable locations args { name type { kind ofType { name } } defaultValue } } } }",
    "{\"data\":{\"__schema\":{\"__typename\":\"__Schema\",\"queryType\":{\"name\":\"Query\"},\"mutationType\":{\"name\":\"Mutation\"},\"subscriptionType\":{\"name\":\"Subscription\"},"
    "\"directives\":[{\"name\":\"include\",\"isRepeatable\":false,\"locations\":[\"FIELD\",\"FRAGMENT_SPREAD\",\"INLINE_FRAGMENT\"],\"args\":[{\"name\":\"if\",\"type\":{\"kind\":\"NON_NULL\",\"ofType\":{\"name\":\"Boolean\"}},\"defaultValue\":null}]},"
    "{\"name\":\"skip\",\"isRepeatable\":false,\"locations\":[\"FIELD\",\"FRAGMENT_SPREAD\",\"INLINE_FRAGMENT\"],\"args\":[{\"name\":\"if\",\"type\":{\"kind\":\"NON_NULL\",\"ofType\":{\"name\":\"Boolean\"}},\"defaultValue\":null}]},"
    "{\"name\":\"deprecated\",\"isRepeatable\":false,\"locations\":[\"FIELD_DEFINITION\",\"ARGUMENT_DEFINITION\",\"INPUT_FIELD_DEFINITION\",\"ENUM_VALUE\"],\"args\":[{\"name\":\"reason\",\"type\":{\"kind\":\"NON_NULL\",\"ofType\":{\"name\":\"String\"}},\"defaultValue\":\"\\\"No longer supported\\\"\"}]},"
    "{\"name\":\"specifiedBy\",\"isRepeatable\":false,\"locations\":[\"SCALAR\"],\"args\":[{\"name\":\"url\",\"type\":{\"kind\":\"NON_NULL\",\"ofType\":{\"name\":\"String\"}},\"defaultValue\":null}]},"
    "{\"name\":\"oneOf\",\"isRepeatable\":false,\"locations\":[\"INPUT_OBJECT\"],\"args\":[]}]}}}" },
  { "{ __schema { types { name } } }",
    "{\"data\":{\"__schema\":{\"types\":[{\"name\":\"Time\"},{\"name\":\"Any\"},{\"name\":\"Color\"},{\"name\":\"Node\"},{\"name\":\"Screen\"},{\"name\":\"Session\"},{\"name\":\"Found\"},{\"name\":\"Range\"},"
    "{\"name\":\"Pick\"},{\"name\":\"Query\"},{\"name\":\"Mutation\"},{\"name\":\"Subscription\"},{\"name\":\"Int\"},{\"name\":\"Float\"},{\"name\":\"String\"},{\"name\":\"Boolean\"},{\"name\":\"ID\"},"
    "{\"name\":\"__Schema\"},{\"name\":\"__Type\"},{\"name\":\"__TypeKind\"},{\"name\":\"__Field\"},{\"name\":\"__InputValue\"},{\"name\":\"__EnumValue\"},{\"name\":\"__Directive\"},{\"name\":\"__DirectiveLocation\"}]}}}" },
};

static void
test_introspection (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (introspection); i++)
    {
      g_autoptr(PdgGqlSchema) schema = make_schema ();
      g_autofree char *response = run (schema, introspection[i].query, NULL, NULL);

      g_assert_cmpstr (response, ==, introspection[i].response);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/graphql/execute/cases", test_cases);
  g_test_add_func ("/graphql/execute/batches", test_batches);
  g_test_add_func ("/graphql/execute/subscription", test_subscription);
  g_test_add_func ("/graphql/execute/operation-name", test_operation_name);
  g_test_add_func ("/graphql/execute/cancelled", test_cancelled);
  g_test_add_func ("/graphql/execute/limits", test_limits);
  g_test_add_func ("/graphql/execute/bombs", test_bombs);
  g_test_add_func ("/graphql/execute/threads", test_threads);
  g_test_add_func ("/graphql/execute/introspection", test_introspection);
  return g_test_run ();
}
