#include "config.h"

#include <string.h>

#include "gql-fixture.h"

#define INVALID(text, place) "{\"errors\":[{\"message\":\"" text "\",\"locations\":[" place "],\"extensions\":{\"code\":\"BAD_USER_INPUT\"}}]}"
#define FAILED(text, place, path, code) \
  "{\"message\":\"" text "\",\"locations\":[" place "],\"path\":[" path "],\"extensions\":{\"code\":\"" code "\"}}"
#define INTERNAL "INTERNAL_SERVER_ERROR"
#define AT(line, column) "{\"line\":" #line ",\"column\":" #column "}"

/* clang-format off */
static const struct
{
  const char *query;
  const char *variables;
  const char *response;
} cases[] = {
  /* Leaves. */
  { "{ int big float bool color time any text tags numbers }", NULL,
    "{\"data\":{\"int\":-42,\"big\":2147483647,\"float\":0.25,\"bool\":true,\"color\":\"RED\",\"time\":\"t12345678901234\","
    "\"any\":{\"a\":[1,null]},"
    "\"text\":\"line\\n\\\"quoted\\\"\",\"tags\":[\"a\",\"b\\\"\"],\"numbers\":[1,-2,3]}}" },
  { "{ tooBig }", NULL, "{\"errors\":[" FAILED ("Int cannot represent non 32-bit signed integer value: 2147483648", AT (1, 3), "\"tooBig\"", INTERNAL) "],\"data\":{\"tooBig\":null}}" },
  { "{ nan }", NULL, "{\"errors\":[" FAILED ("Float cannot represent non numeric value: nan", AT (1, 3), "\"nan\"", INTERNAL) "],\"data\":{\"nan\":null}}" },
  { "{ bits }", NULL, "{\"errors\":[" FAILED ("Float cannot represent non numeric value: nan", AT (1, 3), "\"bits\",1", INTERNAL) "],\"data\":{\"bits\":[0.5,null,2]}}" },
  { "{ badColor }", NULL, "{\"errors\":[" FAILED ("Enum \\\"Color\\\" cannot represent value: \\\"PINK\\\"", AT (1, 3), "\"badColor\"", INTERNAL) "],\"data\":{\"badColor\":null}}" },
  { "{ badTime }", NULL, "{\"errors\":[" FAILED ("A time is a number inside.", AT (1, 3), "\"badTime\"", INTERNAL) "],"
    "\"data\":{\"badTime\":null}}" },
  { "{ wrong }", NULL, "{\"errors\":[" FAILED ("Int cannot represent non-integer value: \\\"7\\\"", AT (1, 3), "\"wrong\"", INTERNAL) "],\"data\":{\"wrong\":null}}" },
  { "{ unset }", NULL, "{\"errors\":[" FAILED ("The resolver gave no value.", AT (1, 3), "\"unset\"", INTERNAL) "],"
    "\"data\":{\"unset\":null}}" },
  /* Errors and nulls. */
  { "{ int error }", NULL, "{\"errors\":[" FAILED ("Not yours.", AT (1, 7), "\"error\"", "FORBIDDEN") "],\"data\":{\"int\":-42,"
    "\"error\":null}}" },
  { "{ int x: nonNullError }", NULL, "{\"errors\":[" FAILED ("Not yours.", AT (1, 7), "\"x\"", "FORBIDDEN") "],\"data\":null}" },
  { "{ int strict { id fails } }", NULL, "{\"errors\":[" FAILED ("Something went wrong.", AT (1, 19), "\"strict\",1,\"fails\"", INTERNAL) "],\"data\":{\"int\":-42,\"strict\":null}}" },
  { "{ looseItem { id fails } }", NULL, "{\"errors\":[" FAILED ("Something went wrong.", AT (1, 18), "\"looseItem\",1,\"fails\"", INTERNAL) "],\"data\":{\"looseItem\":[{\"id\":\"0\",\"fails\":\"fine\"},null,null]}}" },
  { "{ nullItem { id } }", NULL, "{\"errors\":[" FAILED ("Cannot return null for non-nullable field Query.nullItem.", AT (1, 3), "\"nullIte"
    "m\",2", INTERNAL) "],\"data\":{\"nullItem\":null}}" },
  { "{ screen(id: 2) { parent { id fails parent { id } } } }", NULL, "{\"errors\":[" FAILED ("Something went wrong.", AT (1, 31), "\"scree"
    "n\",\"parent\",\"fails\"", INTERNAL) "],\"data\":{\"screen\":{\"parent\":null}}}" },
  { "{ screens { fails } int }", NULL, "{\"errors\":[" FAILED ("Something went wrong.", AT (1, 13), "\"screens\",1,\"fails\"", INTERNAL) "],\"data\":null}" },
  /* Selections. */
  { "{ b: int a: int int }", NULL, "{\"data\":{\"b\":-42,\"a\":-42,\"int\":-42}}" },
  { "{ screens(first: 2) { ...F next { visits ...F } } } fragment F on Screen { id name }", NULL,
    "{\"data\":{\"screens\":[{\"id\":\"0\",\"name\":\"home\",\"next\":[{\"visits\":10,\"id\":\"1\",\"name\":\"cart\"},{\"visits\":20,"
    "\"id\":\"2\",\"name\":\"pay\"}]},"
    "{\"id\":\"1\",\"name\":\"cart\",\"next\":[{\"visits\":20,\"id\":\"2\",\"name\":\"pay\"}]}]}}" },
  { "{ screen(id: 1) { id parent { id } } screen(id: 1) { name parent { name } } }", NULL,
    "{\"data\":{\"screen\":{\"id\":\"1\",\"parent\":{\"id\":\"0\",\"name\":\"home\"},\"name\":\"cart\"}}}" },
  { "{ nodes { __typename id ... on Screen { name } ... on Session { length } } }", NULL,
    "{\"data\":{\"nodes\":[{\"__typename\":\"Session\",\"id\":\"s\",\"length\":1.5},{\"__typename\":\"Screen\",\"id\":\"1\","
    "\"name\":\"cart\"},null,"
    "{\"__typename\":\"Session\",\"id\":\"s\",\"length\":1.5}]}}" },
  { "{ found { __typename ... on Node { id } ... on Screen { name } } }", NULL, "{\"data\":{\"found\":{\"__typename\":\"Session\","
    "\"id\":\"s\"}}}" },
  { "query ($yes: Boolean!, $no: Boolean = false) { a: int @skip(if: $yes) b: int @include(if: $no) c: int @include(if: $yes) @skip(if: $no"
    ") "
    "... @skip(if: true) { d: int } ...F @include(if: false) e: bool } fragment F on Query { f: int }", "{\"yes\":true}",
    "{\"data\":{\"c\":-42,\"e\":true}}" },
  { "query ($yes: Boolean!) { int @skip(if: $yes) }", "{\"yes\":true}", "{\"data\":{}}" },
  /* Arguments and variables. */
  { "{ echo }", NULL, "{\"data\":{\"echo\":\"\"}}" },
  { "{ echo(range: {from: \"t5\"}, pick: {id: 7}, any: {a: [1, 2.5, \"x\", E, null]}, id: 12, float: 3, bool: false, list: 4) }", NULL,
    "{\"data\":{\"echo\":\"range={from:5,step:5,color:GREEN} pick={id:'7'} any={a:[1,2.5d,'x',E,null]} "
    "id='12' float=3d bool=false list=[4]\"}}" },
  { "query ($r: Range, $p: Pick, $a: Any, $i: ID, $f: Float, $l: [Int]) { echo(range: $r, pick: $p, any: $a, id: $i, float: $f, list: $l) }",
    "{\"r\":{\"to\":\"t9\",\"step\":1,\"color\":\"RED\",\"tags\":\"one\"},\"p\":{\"name\":\"n\"},\"a\":{\"b\":[true,null,{\"c\":1}]},"
    "\"i\":5,\"f\":2,\"l\":[1,null]}",
    "{\"data\":{\"echo\":\"range={to:9,step:1,color:RED,tags:['one']} pick={name:'n'} any={b:[true,null,{c:1}]} id='5' float=2d list=[1,"
    "null]\"}}" },
  { "query ($x: Int, $t: Time = \"t3\", $n: String) { echo(list: [1, $x], range: {from: $t, to: null, tags: null}, any: {v: $x, n: $n}) "
    "}", "{\"n\":null}",
    "{\"data\":{\"echo\":\"range={from:3,to:null,step:5,color:GREEN,tags:null} any={n:null} list=[1,null]\"}}" },
  { "query ($x: Int = 3) { need(n: $x) }", NULL, "{\"data\":{\"need\":3}}" },
  { "query ($x: Int = 3) { need(n: $x) }", "{\"x\":null}",
    "{\"errors\":[" FAILED ("Argument \\\"n\\\" of non-null type \\\"Int!\\\" must not be null.", AT (1, 31), "\"need\"", "BAD_USER_INPU"
      "T") "],\"data\":{\"need\":null}}" },
  { "query ($x: Int!) { need(n: $x) }", NULL, INVALID ("Variable \\\"$x\\\" of required type \\\"Int!\\\" was not provided.", AT (1, 8)) },
  { "query ($x: Int!) { need(n: $x) }", "{\"x\":null}", INVALID ("Variable \\\"$x\\\" of non-null type \\\"Int!\\\" must not be null.", AT (1, 8)) },
  { "query ($x: Int!) { need(n: $x) }", "{\"x\":1.5}", INVALID ("Variable \\\"$x\\\" got invalid value 1.5; Int cannot represent non-intege"
    "r value.", AT (1, 8)) },
  { "query ($x: Int!) { need(n: $x) }", "{\"x\":3000000000}", INVALID ("Variable \\\"$x\\\" got invalid value 3000000000; Int cannot repres"
    "ent non 32-bit signed integer value.", AT (1, 8)) },
  { "query ($x: Int!) { need(n: $x) }", "{\"x\":\"1\"}", INVALID ("Variable \\\"$x\\\" got invalid value \\\"1\\\"; Int cannot represent no"
    "n-integer value.", AT (1, 8)) },
  { "query ($x: Int!) { need(n: $x) }", "{\"x\":2.0}", "{\"data\":{\"need\":2}}" },
  { "query ($x: [Int!]) { echo(list: $x) }", "{\"x\":[1,null]}", INVALID ("Variable \\\"$x\\\" got invalid value null at \\\"x[1]\\\"; Expe"
    "cted non-nullable type \\\"Int!\\\" not to be null.", AT (1, 8)) },
  { "query ($r: Range) { echo(range: $r) }", "{\"r\":{\"colour\":1}}", INVALID ("Variable \\\"$r\\\" got invalid value {…}; Field \\\"colou"
    "r\\\" is not defined by type \\\"Range\\\". Did you mean \\\"color\\\"?", AT (1, 8)) },
  { "query ($r: Range) { echo(range: $r) }", "{\"r\":{\"color\":\"RAD\"}}", INVALID ("Variable \\\"$r\\\" got invalid value \\\"RAD\\\" at"
    " \\\"r.color\\\"; Value \\\"RAD\\\" does not exist in \\\"Color\\\" enum. Did you mean the enum value \\\"RED\\\"?", AT (1, 8)) },
  { "query ($r: Range) { echo(range: $r) }", "{\"r\":{\"from\":\"x\"}}", INVALID ("Variable \\\"$r\\\" got invalid value \\\"x\\\" at \\\"r"
    ".from\\\"; Expected type \\\"Time\\\". A time looks like t12.", AT (1, 8)) },
  { "query ($p: Pick) { echo(pick: $p) }", "{\"p\":{\"id\":1,\"name\":\"x\"}}", INVALID ("Variable \\\"$p\\\" got invalid value {…}; Exactl"
    "y one key must be specified for OneOf type \\\"Pick\\\".", AT (1, 8)) },
  { "query ($p: Pick) { echo(pick: $p) }", "{\"p\":{\"id\":null}}", INVALID ("Variable \\\"$p\\\" got invalid value null at \\\"p.id\\\"; Fi"
    "eld \\\"id\\\" must be non-null.", AT (1, 8)) },
  { "query ($p: Pick) { echo(pick: $p) }", "{\"p\":{}}", INVALID ("Variable \\\"$p\\\" got invalid value {…}; Exactly one key must be s"
    "pecified for OneOf type \\\"Pick\\\".", AT (1, 8)) },
  { "query ($p: Pick) { echo(pick: $p) }", "[1]", "{\"errors\":[{\"message\":\"Variables must be an object.\","
    "\"extensions\":{\"code\":\"BAD_USER_INPUT\"}}]}" },
  /* Mutations. */
  { "mutation { a: add(n: 1) b: add(n: 10) fail c: add(n: 100) }", NULL,
    "{\"errors\":[" FAILED ("Given up.", AT (1, 39), "\"fail\"", "CANCELLED") "],\"data\":{\"a\":1,\"b\":11,\"fail\":null,\"c\":111}}" },
  /* Refusals. */
  { "{ a b ", NULL, "{\"errors\":[{\"message\":\"Syntax Error: Expected Name, found <EOF>.\",\"locations\":[" AT (1, 7) "],"
    "\"extensions\":{\"code\":\"GRAPHQL_PARSE_FAILED\"}}]}" },
  { "{ inn }", NULL, "{\"errors\":[{\"message\":\"Cannot query field \\\"inn\\\" on type \\\"Query\\\". Did you mean \\\"int\\\","
    " \\\"any\\\", or \\\"nan\\\"?\",\"locations\":[" AT (1, 3) "],\"extensions\":{\"code\":\"GRAPHQL_VALIDATION_FAILED\"}}]}" },
  { "query A { int } query B { int }", NULL, "{\"errors\":[{\"message\":\"Must provide operation name if query contains multiple operations"
    ".\",\"extensions\":{\"code\":\"BAD_USER_INPUT\"}}]}" },
};
/* clang-format on */

static void
test_cases (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(PdgGqlSchema) schema = gql_make_schema ();
      g_autofree char *response = gql_run (schema, cases[i].query, cases[i].variables, NULL);

      g_test_message ("%s", cases[i].query);
      g_assert_cmpstr (response, ==, cases[i].response);
    }
}

/* Every parent of a level in one call, however deep the list is. */
static void
test_batches (void)
{
  g_autoptr(PdgGqlSchema) schema = gql_make_schema ();
  g_autofree char *one = gql_run (schema, "{ screens(first: 100) { name } }", NULL, NULL), *two = NULL, *three = NULL;

  g_assert_cmpuint (gql_world.calls, ==, 1);
  g_assert_cmpuint (gql_world.parents, ==, 100);
  g_assert_true (gql_world.selects_name);
  g_assert_false (gql_world.selects_deep);
  gql_world.calls = 0;
  two = gql_run (schema, "{ screens(first: 100) { next { ...F } } } fragment F on Screen { next { n: name visits } }", NULL, NULL);
  g_assert_cmpuint (gql_world.calls, ==, 1);
  g_assert_false (gql_world.selects_name);
  g_assert_false (gql_world.selects_deep);
  three = gql_run (schema, "query ($x: Boolean = true) { screens { next { ... on Node { id } ... { visits } } name @skip(if: $x) } }", NULL, NULL);
  g_assert_false (gql_world.selects_name);
  g_assert_true (gql_world.selects_deep);
}

static void
test_subscription (void)
{
  g_autoptr(PdgGqlSchema) schema = gql_make_schema ();
  g_autofree char *refusal = NULL, *second = NULL;
  static const char document[] = "subscription S($id: ID!) { ...F } fragment F on Subscription { a: changed(id: $id) }";
  g_autoptr(PdgGqlOperation) operation = gql_prepare (schema, document, "{\"id\":\"x\"}", NULL, &refusal);

  g_assert_cmpstr (refusal, ==, NULL);
  g_assert_cmpint (pdg_gql_operation_get_kind (operation), ==, PDG_GQL_SUBSCRIPTION);
  g_assert_cmpstr (pdg_gql_operation_get_name (operation), ==, "S");
  g_assert_cmpstr (pdg_gql_operation_get_root_field (operation), ==, "changed");
  g_assert_cmpstr (pdg_gql_value_get_string (pdg_gql_operation_get_root_arg (operation, "id")), ==, "x");
  g_assert_cmpint (pdg_gql_value_get_int (pdg_gql_operation_get_root_arg (operation, "n"), 0), ==, 7);
  g_assert_null (pdg_gql_operation_get_root_arg (operation, "nothing"));
  for (int event = 1; event < 4; event++)
    {
      g_autoptr(GBytes) response = pdg_gql_operation_execute (operation, &event, &gql_world, NULL);
      g_autofree char *expected = g_strdup_printf ("{\"data\":{\"a\":%d}}", event);

      g_assert_cmpmem (g_bytes_get_data (response, NULL), g_bytes_get_size (response), expected, strlen (expected));
    }
  g_assert_null (gql_prepare (schema, "subscription { changed(id: 1) other }", NULL, NULL, &second));
  g_assert_nonnull (strstr (second, "must select only one top level field"));
  g_clear_pointer (&second, g_free);
  g_assert_null (gql_prepare (schema, "subscription { ...F ... @skip(if: true) { __typename } } fragment F on Subscription { other @include(if: true) }",
                              NULL, NULL, &second));
  g_assert_cmpstr (second, ==, "{\"errors\":[{\"message\":\"Anonymous Subscription must not use `@skip` or `@include` directives in the top level "
                               "selection.\",\"locations\":[{\"line\":1,\"column\":93},{\"line\":1,\"column\":25}],"
                               "\"extensions\":{\"code\":\"GRAPHQL_VALIDATION_FAILED\"}}]}");
}

static void
test_operation_name (void)
{
  g_autoptr(PdgGqlSchema) schema = gql_make_schema ();
  g_autofree char *refusal = NULL;
  g_autoptr(PdgGqlOperation) operation = gql_prepare (schema, "query A { int } mutation B { add(n: 1) }", NULL, "B", &refusal);

  g_assert_cmpint (pdg_gql_operation_get_kind (operation), ==, PDG_GQL_MUTATION);
  g_assert_null (gql_prepare (schema, "query A { int }", NULL, "C", &refusal));
  g_assert_nonnull (strstr (refusal, "Unknown operation named \\\"C\\\"."));
}

static void
test_cancelled (void)
{
  g_autoptr(PdgGqlSchema) schema = gql_make_schema ();
  g_autofree char *refusal = NULL;
  g_autoptr(PdgGqlOperation) operation = gql_prepare (schema, "{ int }", NULL, NULL, &refusal);
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GBytes) response = NULL;
  static const char expected[] = "{\"errors\":[" FAILED ("The request was cancelled.", AT (1, 3), "\"int\"", "CANCELLED") "],\"data\":{\"int\":null}}";

  g_cancellable_cancel (cancellable);
  response = pdg_gql_operation_execute (operation, NULL, &gql_world, cancellable);
  g_assert_cmpmem (g_bytes_get_data (response, NULL), g_bytes_get_size (response), expected, strlen (expected));
}

/* Each guard: a document just inside and one just outside. */

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/graphql/execute/cases", test_cases);
  g_test_add_func ("/graphql/execute/batches", test_batches);
  g_test_add_func ("/graphql/execute/subscription", test_subscription);
  g_test_add_func ("/graphql/execute/operation-name", test_operation_name);
  g_test_add_func ("/graphql/execute/cancelled", test_cancelled);
  return g_test_run ();
}
