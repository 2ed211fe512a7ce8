#include "config.h"

#include <string.h>

#include "graphql/pdg-gql-parser-private.h"

typedef struct
{
  const char *text;
  const char *message; /* NULL = it parses */
  guint line;
  guint column;
} ParseCase;

static const ParseCase cases[] = {
  { "{a}", NULL, 0, 0 },
  { "\xef\xbb\xbf {a,,b}", NULL, 0, 0 },
  { "query Q($a:[Int!]! = [1,2] @d, \"text\" $b:X={y:$z}) {a}", "Unexpected variable \"$z\" in constant value.", 1, 47 },
  { "\"what it does\" query Q { a } \"\"\"block\"\"\" fragment F on T { a }", NULL, 0, 0 },
  { "query ($a: Int @d(x: [1 {y: Z}])) @e { ...F @f ... on T @g { a } ... @h { a } ... { b: c(d: \"\") @i { e } } }", NULL, 0, 0 },
  { "\"no\" { a }", "Unexpected description, descriptions are not supported on shorthand queries.", 1, 1 },
  { "", "Unexpected <EOF>.", 1, 1 },
  { "{", "Expected Name, found <EOF>.", 1, 2 },
  { "{}", "Expected Name, found \"}\".", 1, 2 },
  { "{ a(", "Expected Name, found <EOF>.", 1, 5 },
  { "{ a() }", "Expected Name, found \")\".", 1, 5 },
  { "{ a }\n }", "Unexpected \"}\".", 2, 2 },
  { "{ a(b: 01) }", "Invalid number, unexpected digit after 0: \"1\".", 1, 9 },
  { "{ a(b: 1x) }", "Invalid number, expected digit but got: \"x\".", 1, 9 },
  { "{ a(b: 1.) }", "Invalid number, expected digit but got: \")\".", 1, 10 },
  { "{ a(b: 1.5.5) }", "Invalid number, expected digit but got: \".\".", 1, 11 },
  { "{ a(b: 1e) }", "Invalid number, expected digit but got: \")\".", 1, 10 },
  { "{ a(b: -) }", "Invalid number, expected digit but got: \")\".", 1, 9 },
  { "{ a(b: [0 -0 -1 1.5 1e3 1E-3 -1.0e+30 true null E \"x\"]) }", NULL, 0, 0 },
  { "{ a(b: \"x) }", "Unterminated string.", 1, 13 },
  { "{ a(b: \"x\n\") }", "Unterminated string.", 1, 10 },
  { "{ a(b: \"\\x\") }", "Invalid character escape sequence: \"\\x\".", 1, 9 },
  { "{ a(b: \"\\u12\") }", "Invalid Unicode escape sequence.", 1, 9 },
  { "{ a(b: \"\\uD83D\") }", "Invalid Unicode escape sequence.", 1, 9 },
  { "{ a(b: \"\\uDE00\\uD83D\") }", "Invalid Unicode escape sequence.", 1, 9 },
  { "{ a(b: \"\\u{}\") }", "Invalid Unicode escape sequence.", 1, 9 },
  { "{ a(b: \"\\u{110000}\") }", "Invalid Unicode escape sequence.", 1, 9 },
  { "{ a(b: \"\\u{D800}\") }", "Invalid Unicode escape sequence.", 1, 9 },
  { "{ a(b: \"\\u0000\") }", "U+0000 is not supported in strings.", 1, 9 },
  { "{ a(b: \"\"\"x\n\r\n\ny) }", "Unterminated string.", 4, 5 },
  { "{ a(b: 'x') }", "Unexpected single quote character ('), did you mean to use a double quote (\")?", 1, 8 },
  { "{ a ? }", "Unexpected character: \"?\".", 1, 5 },
  { "{ a \xc3\xa4 }", "Unexpected character: U+00E4.", 1, 5 },
  { "{ # \xc3\xa4\xc3\xb6\n  \xe2\x82\xac }", "Unexpected character: U+20AC.", 2, 3 },
  { "{ a(b: \"\xc3\xa4\xf0\x9f\x98\x80\", ?) }", "Unexpected character: \"?\".", 1, 15 }, /* in UTF-16 code units */
  { "{ a \xff }", "The document is not UTF-8 text, or contains U+0000.", 1, 1 },
  { "{ a .. b }", "Unexpected character: \".\".", 1, 5 },
  { "fragment on on T { a }", "Unexpected Name \"on\".", 1, 10 },
  { "query { ...on }", "Expected Name, found \"}\".", 1, 15 },
  { "notanoperation Foo { field }", "Unexpected Name \"notanoperation\".", 1, 1 },
  { "type T implements & A & B @d { \"d\" f(\"e\" a: Int = 1 @x): [T!]! @y } extend type T { g: Int } interface I implements J { a: Int } "
    "union U @u = | A | B extend union U = C enum E { A @a B } input I @oneOf { a: Int = 1 @z } scalar S @s extend scalar S @t "
    "directive @d(a: Int) repeatable on | FIELD | QUERY schema @s { query: Q mutation: M } extend schema { subscription: S }", NULL, 0, 0 },
  { "extend type T", "Unexpected <EOF>.", 1, 14 },
  { "\"x\" extend type T @a", "Unexpected description, only GraphQL definitions support descriptions.", 1, 1 },
  { "\"x\" on T", "Unexpected description, only GraphQL definitions support descriptions.", 1, 1 },
  { "\"x\" @on", "Unexpected \"@\".", 1, 5 },
  { "enum E { true }", "Name \"true\" is reserved and cannot be used for an enum value.", 1, 10 },
  { "directive @d on WRONG", "Unexpected Name \"WRONG\".", 1, 17 },
  { "type T { }", "Expected Name, found \"}\".", 1, 10 },
};

static PdgGqlAstDocument *
parse (PdgArena       *arena,
       const char     *text,
       char          **message,
       PdgGqlLocation *location)
{
  PdgGqlParseResult result;

  return pdg_gql_parse (arena, text, strlen (text), 0, 100, &result, message, location);
}

static void
test_cases (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(PdgArena) arena = pdg_arena_new (0);
      g_autofree char *message = NULL, *shown = NULL;
      PdgGqlLocation location = { 0, 0 };

      shown = g_strescape (cases[i].text, NULL);
      g_test_message ("%s", shown);
      parse (arena, cases[i].text, &message, &location);
      g_assert_cmpstr (message, ==, cases[i].message);
      g_assert_cmpuint (location.line, ==, cases[i].line);
      g_assert_cmpuint (location.column, ==, cases[i].column);
    }
}

static const struct
{
  const char *literal;
  const char *value;
} strings[] = {
  { "\"\"", "" },
  { "\"a\\n\\t\\\"\\\\\\/\\b\\f\\r\"", "a\n\t\"\\/\b\f\r" },
  { "\"\\u00e4\\uD83D\\uDE00\\u{1F600}\\u{41}\"", "\xc3\xa4\xf0\x9f\x98\x80\xf0\x9f\x98\x80" "A" },
  { "\"\"\"\"\"\"", "" },
  { "\"\"\" one line \"\"\"", " one line " },
  { "\"\"\"\n    Hello,\n      World!\n\n    Yours,\r\n      GraphQL.\n  \"\"\"", "Hello,\n  World!\n\nYours,\n  GraphQL." },
  { "\"\"\"first\n    second\n   third\"\"\"", "first\n second\nthird" },
  { "\"\"\"\n\n  \t \n\"\"\"", "" },
  { "\"\"\"a \\\"\"\" b \\n \\u0041\"\"\"", "a \"\"\" b \\n \\u0041" },
  { "\"\"\"a\\\\\"\"\" c\"\"\"", "a\\\"\"\" c" },
};

static void
test_strings (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (strings); i++)
    {
      g_autoptr(PdgArena) arena = pdg_arena_new (0);
      g_autofree char *text = g_strdup_printf ("{ a(b: %s) }", strings[i].literal);
      g_autofree char *shown = g_strescape (text, NULL);
      g_autofree char *message = NULL;
      PdgGqlLocation location;
      PdgGqlAstDocument *document = parse (arena, text, &message, &location);

      g_test_message ("%s", shown);
      g_assert_cmpstr (message, ==, NULL);
      g_assert_cmpstr (document->items[0]->set->items[0]->arguments[0].value->text, ==, strings[i].value);
    }
}

static void
test_printing (void)
{
  static const char text[] = "query ($v: [[T!]]! = [1, -2.5e3, \"a\\\"b\", true, null, E, {x: {y: []}, z: \"\"}]) { a(b: $v) }";
  g_autoptr(PdgArena) arena = pdg_arena_new (0);
  g_autoptr(GString) out = g_string_new (NULL);
  g_autofree char *message = NULL;
  PdgGqlLocation location;
  PdgGqlAstDocument *document = parse (arena, text, &message, &location);
  PdgGqlAstVariable *variable = &document->items[0]->variables[0];

  pdg_gql_ast_print_type (variable->type, out);
  g_string_append (out, " = ");
  pdg_gql_ast_print_value (variable->default_value, out);
  g_assert_cmpstr (out->str, ==, "[[T!]]! = [1, -2.5e3, \"a\\\"b\", true, null, E, {x: {y: []}, z: \"\"}]");
}

/* Hostile nesting of every kind ends at the limit, not at the end of the stack. */
static void
test_nesting (void)
{
  static const char *const openings[] = { "{a", "{a(b:[", "{a(b:{c:", "query($a:[", "{...", "type T{a:[", "input I{a:Int=[" };
  static const char *const repeated[] = { "{a", "[", "{c:", "[", "{...", "[", "[" };

  for (gsize i = 0; i < G_N_ELEMENTS (openings); i++)
    {
      g_autoptr(GString) text = g_string_new (openings[i]);
      g_autoptr(PdgArena) arena = pdg_arena_new (0);
      g_autofree char *message = NULL;
      PdgGqlParseResult result;
      PdgGqlLocation location;

      for (guint j = 0; j < 200000; j++)
        g_string_append (text, repeated[i]);
      g_assert_null (pdg_gql_parse (arena, text->str, text->len, 0, 100, &result, &message, &location));
      g_assert_cmpint (result, ==, PDG_GQL_PARSE_LIMIT);
      g_assert_cmpstr (message, ==, "Document is nested more than 100 levels deep. Parsing aborted.");
    }
}

static void
test_tokens (void)
{
  g_autoptr(PdgArena) arena = pdg_arena_new (0);
  g_autofree char *message = NULL, *second = NULL;
  PdgGqlParseResult result;
  PdgGqlLocation location;

  g_assert_nonnull (pdg_gql_parse (arena, "{ a b c }", 9, 5, 100, &result, &message, &location));
  g_assert_null (pdg_gql_parse (arena, "{ a b c }", 9, 4, 100, &result, &second, &location));
  g_assert_cmpint (result, ==, PDG_GQL_PARSE_LIMIT);
  g_assert_cmpuint (location.column, ==, 9);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/graphql/parser/cases", test_cases);
  g_test_add_func ("/graphql/parser/strings", test_strings);
  g_test_add_func ("/graphql/parser/printing", test_printing);
  g_test_add_func ("/graphql/parser/nesting-limit", test_nesting);
  g_test_add_func ("/graphql/parser/token-limit", test_tokens);
  return g_test_run ();
}
