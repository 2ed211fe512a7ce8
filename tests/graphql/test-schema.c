#include "config.h"

#include <math.h>

#include "graphql/pdg-graphql.h"

static const struct
{
  const char *sdl;
  const char *message; /* NULL = it is a schema */
} cases[] = {
  { "type Query { a: Int }", NULL },
  { "schema { query: A } type A { a: Int }", NULL },
  { "type Query { a: Int } extend type Query { b(x: In = {y: 1}): E } input In { y: Int z: In } enum E { A } extend enum E { B }", NULL },
  { "interface N { id: ID! } interface M implements N { id: ID! } type Query implements M & N { id: ID! x(a: Int): Int } union U = Query", NULL },
  { "input A { a: A = null } type Query { a(a: A = {}): Int }", NULL },
  { "type Query { a: Int @deprecated } directive @x(a: [Int!]! = [1]) repeatable on FIELD_DEFINITION", NULL },
  { "{", "line 1, column 2: Syntax Error: Expected Name, found <EOF>." },
  { "{ a }", "line 1, column 1: A schema cannot contain operations or fragments." },
  { "type A { a: Int }", "Query root type must be provided." },
  { "type Query { a: Foo }", "line 1, column 17: Unknown type \"Foo\"." },
  { "type Query { a: In } input In { a: Int }", "line 1, column 17: The type of \"Query.a\" must be an output type, but is \"In\"." },
  { "type Query { a(b: Query): Int }", "line 1, column 19: The type of \"b\" must be an input type, but is \"Query\"." },
  { "type Query { a: Int a: Int }", "line 1, column 21: Field \"Query.a\" can only be defined once." },
  { "type Query { a(b: Int, b: Int): Int }", "line 1, column 24: Argument or field \"a(b:)\" can only be defined once." },
  { "type Query { a: Int } type Query { b: Int }", "line 1, column 28: There can be only one type named \"Query\"." },
  { "type Query { a: Int } extend type Foo { b: Int }", "line 1, column 35: Cannot extend type \"Foo\" because it is not defined." },
  { "type Query { a: Int } extend input Query { b: Int }", "line 1, column 36: Cannot extend type \"Query\" as another kind of type." },
  { "type Query { __a: Int }", "line 1, column 14: Name \"__a\" must not begin with \"__\", which is reserved by GraphQL introspection." },
  { "type __Query { a: Int }", "line 1, column 6: Name \"__Query\" must not begin with \"__\", which is reserved by GraphQL introspection." },
  { "type Query", "line 1, column 6: Type Query must define one or more fields." },
  { "type Query { a: Int } enum E", "line 1, column 28: Enum type E must define one or more values." },
  { "type Query { a: Int } enum E { A A }", "line 1, column 34: Enum value \"E.A\" can only be defined once." },
  { "type Query { a: Int } union U", "line 1, column 29: Union type U must define one or more member types." },
  { "type Query { a: Int } union U = Query | Query", "line 1, column 41: Union type U can only include type Query once." },
  { "type Query { a: Int } union U = Int", "line 1, column 33: Union type U can only include object types, it cannot include Int." },
  { "type Query implements Query { a: Int }", "line 1, column 23: Type Query must only implement interface types, it cannot implement Query." },
  { "interface I { b: Int } type Query implements I { a: Int }", "line 1, column 29: Interface field I.b expected but Query does not provide it." },
  { "interface I { a: Int! } type Query implements I { a: Int }", "line 1, column 51: Interface field I.a expects type Int! but Query.a is type Int." },
  { "interface I { a(x: Int): Int } type Query implements I { a: Int }",
    "line 1, column 58: Interface field argument I.a(x:) expected with the same type, but Query.a does not provide it." },
  { "interface I { a: Int } type Query implements I { a(x: Int!): Int }",
    "line 1, column 52: Field Query.a includes required argument x that is missing from the interface field I.a." },
  { "interface N { a: Int } interface M implements N { a: Int } type Query implements M { a: Int }",
    "line 1, column 65: Type Query must implement N because it is implemented by M." },
  { "interface N implements N { a: Int } type Query { a: Int }",
    "line 1, column 11: Type N cannot implement itself because it would create a circular reference." },
  { "input A { a: A! } type Query { a(a: A): Int }",
    "line 1, column 7: Cannot reference Input Object \"A\" within itself through a series of non-null fields." },
  { "input A { b: B! } input B { a: A! } type Query { a(a: A): Int }",
    "line 1, column 7: Cannot reference Input Object \"A\" within itself through a series of non-null fields." },
  { "input A { a: A = {} } type Query { a(a: A): Int }", "line 1, column 18: The default value of \"a\" is no A." },
  { "type Query { a(b: Int = \"x\"): Int }", "line 1, column 25: The default value of \"b\" is no Int." },
  { "type Query { a(b: Int! @deprecated): Int }", "line 1, column 16: Required argument or field \"a(b:)\" cannot be deprecated." },
  { "input O @oneOf { a: Int! } type Query { a(o: O): Int }",
    "line 1, column 18: OneOf input field O.a must be nullable and cannot have a default value." },
  { "type Query { a: Int @foo }", "line 1, column 21: Unknown directive \"@foo\"." },
  { "schema @deprecated { query: Query } type Query { a: Int }", "line 1, column 8: Directive \"@deprecated\" may not be used on SCHEMA." },
  { "type Query @deprecated { a: Int }", "line 1, column 12: Directive \"@deprecated\" may not be used on OBJECT." },
  { "type Query { a: Int @deprecated @deprecated }", "line 1, column 33: The directive \"@deprecated\" can only be used once at this location." },
  { "type Query { a: Int @deprecated(why: \"x\") }", "line 1, column 33: Unknown argument \"why\" on directive \"@deprecated\"." },
  { "scalar S @specifiedBy type Query { a: S }", "line 1, column 10: Argument \"url\" of required type \"String!\" was not provided." },
  { "schema { query: Query } schema { query: Query } type Query { a: Int }", "line 1, column 25: Must provide only one schema definition." },
  { "schema { query: Query mutation: Query } type Query { a: Int }",
    "line 1, column 23: All root types must be different, \"Query\" type is used twice." },
  { "schema { query: In } input In { a: Int }", "line 1, column 10: The root type \"In\" must be an object type." },
  { "directive @d on FIELD directive @d on FIELD type Query { a: Int }", "line 1, column 34: There can be only one directive named \"@d\"." },
};

static void
test_cases (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(PdgGqlSchema) schema = pdg_gql_schema_new (cases[i].sdl, -1, &error);

      g_test_message ("%s", cases[i].sdl);
      g_assert_cmpstr (error != NULL ? error->message : NULL, ==, cases[i].message);
      g_assert_true ((schema == NULL) == (error != NULL));
    }
}

static void
answer (PdgGqlCall *call)
{
}

static void
test_binding (void)
{
  static const PdgGqlBinding good[] = { { "Query.a", answer } };
  static const PdgGqlBinding bad[] = { { "Query.x", answer } };
  static const PdgGqlBinding interface[] = { { "I.c", answer } };
  g_autoptr(PdgGqlSchema) schema = pdg_gql_schema_new ("type Query { a: Int b: [[Int]] } interface I { c: Int } scalar S", -1, NULL);
  g_autoptr(GError) error = NULL;

  g_assert_true (pdg_gql_schema_bind (schema, good, 1, &error));
  g_assert_no_error (error);
  g_assert_false (pdg_gql_schema_bind (schema, good, 1, &error));
  g_assert_error (error, PDG_GQL_ERROR, PDG_GQL_ERROR_BINDING);
  g_clear_error (&error);
  g_assert_false (pdg_gql_schema_bind (schema, bad, 1, &error));
  g_assert_cmpstr (error->message, ==, "The schema has no field \"Query.x\" of an object type.");
  g_clear_error (&error);
  g_assert_false (pdg_gql_schema_bind (schema, interface, 1, NULL));
  g_assert_false (pdg_gql_schema_check (schema, &error));
  g_assert_cmpstr (error->message, ==, "Fields without a resolver: Query.b");
  g_clear_error (&error);
  g_assert_false (pdg_gql_schema_bind_scalar (schema, "Int", NULL, NULL, &error));
  g_assert_error (error, PDG_GQL_ERROR, PDG_GQL_ERROR_BINDING);
  g_assert_true (pdg_gql_schema_bind_scalar (schema, "S", NULL, NULL, NULL));
}

static const struct
{
  const char *text;
  gssize len;
  const char *json;
} strings[] = {
  { "", -1, "\"\"" },
  { "plain text that is longer than eight bytes", -1, "\"plain text that is longer than eight bytes\"" },
  { "12345678\"", -1, "\"12345678\\\"\"" },
  { "a\"b\\c/d\n\r\t\b\f\x01\x1f\x7f", -1, "\"a\\\"b\\\\c/d\\n\\r\\t\\b\\f\\u0001\\u001f\x7f\"" },
  { "a\0b", 3, "\"a\\u0000b\"" },
  { "gr\xc3\xbc\xc3\x9f\xf0\x9f\x98\x80", -1, "\"gr\xc3\xbc\xc3\x9f\xf0\x9f\x98\x80\"" },
  { "bad\xff\xc3", -1, "\"bad\xef\xbf\xbd\xef\xbf\xbd\"" },
  { "\xed\xa0\x80", -1, "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"" },
};

static void
test_strings (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (strings); i++)
    {
      PdgGqlWriter *writer = pdg_gql_writer_new (1);
      g_autoptr(GBytes) bytes = NULL;

      pdg_gql_writer_add_string (writer, strings[i].text, strings[i].len);
      bytes = pdg_gql_writer_free_to_bytes (writer);
      g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), strings[i].json, strlen (strings[i].json));
    }
}

static char *
write_double (double number)
{
  g_autoptr(PdgGqlWriter) writer = pdg_gql_writer_new (0);
  g_autoptr(GBytes) bytes = NULL;

  if (!pdg_gql_writer_add_double (writer, number))
    {
      g_assert_cmpuint (pdg_gql_writer_get_length (writer), ==, 0);
      return NULL;
    }
  bytes = pdg_gql_writer_free_to_bytes (g_steal_pointer (&writer));
  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static void
test_doubles (void)
{
  static const struct
  {
    double number;
    const char *text;
  } numbers[] = {
    { 0, "0" },       { 1, "1" },         { -1.5, "-1.5" },       { 0.1, "0.1" },         { 0.000001, "0.000001" },
    { 12.34, "12.34" }, { 100, "100" },   { 1e21, "1e+21" },      { 0.1 + 0.2, "0.30000000000000004" },
    { 5e-324, "4.94065645841247e-324" },  { 1.7976931348623157e308, "1.7976931348623157e+308" },
    { 1.05, "1.05" }, { 999999999.999999, "999999999.999999" },   { -0.0, "-0" },         { 123456789012345680.0, "1.2345678901234568e+17" },
  };
  g_autoptr(GRand) random = g_rand_new_with_seed (7);

  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      g_autofree char *text = write_double (numbers[i].number);

      g_assert_cmpstr (text, ==, numbers[i].text);
    }
  for (guint i = 0; i < 20000; i++)
    {
      guint64 bits = (guint64) g_rand_int (random) << 32 | g_rand_int (random);
      double number = i % 2 == 0 ? g_rand_double_range (random, -1e6, 1e6) : 0;
      g_autofree char *text = NULL;

      if (i % 2 == 1)
        memcpy (&number, &bits, sizeof number);
      if (i % 4 == 0)
        number = round (number * 100) / 100;
      text = write_double (number);
      g_assert_true (isfinite (number) == (text != NULL));
      if (text != NULL)
        g_assert_true (g_ascii_strtod (text, NULL) == number);
      if (i % 4 == 0)
        g_assert_cmpuint (strlen (text), <=, 11);
    }
  g_assert_null (write_double (INFINITY));
  g_assert_null (write_double (NAN));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/graphql/schema/cases", test_cases);
  g_test_add_func ("/graphql/schema/binding", test_binding);
  g_test_add_func ("/graphql/writer/strings", test_strings);
  g_test_add_func ("/graphql/writer/doubles", test_doubles);
  return g_test_run ();
}
