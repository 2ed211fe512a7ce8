#include "config.h"

#include <json-glib/json-glib.h>
#include <stdint.h>
#include <string.h>

#include "graphql/pdg-graphql.h"

/* Input: a document, optionally U+0001 and JSON variables after it; or, after U+0002, a schema, optionally U+0001 and what
 * to ask it, as before. Whatever comes, a response must be JSON and nothing may crash. */

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static const char sdl[] =
  "interface Node { id: ID! }\n"
  "type Item implements Node { id: ID! name(upper: Boolean = false, range: Range): String count: Int! next(first: Int = 2): [Item!] self: Node any: Any }\n"
  "type Other implements Node { id: ID! size: Float self: Both }\n"
  "union Both = Item | Other\n"
  "enum Color { RED GREEN }\n"
  "input Range { from: Int! = 1 to: [Int!] nested: Range color: Color pick: Pick }\n"
  "input Pick @oneOf { a: Int b: String }\n"
  "scalar Any\n"
  "directive @mark(at: Range) repeatable on QUERY | FIELD | FRAGMENT_DEFINITION | INLINE_FRAGMENT | FRAGMENT_SPREAD | VARIABLE_DEFINITION\n"
  "type Query { item(id: ID!, pick: Pick): Item node(range: Range!): Node both: [Both] list(a: [[Int!]], c: Color): [String] any(x: Any): Any }\n"
  "type Mutation { item: Item! }\n"
  "type Subscription { item(id: ID): Item! other: Int }\n";

static char item[] = "item";

static void
answer_id (PdgGqlCall *call)
{
  for (guint i = 0; i < pdg_gql_call_get_n (call); i++)
    pdg_gql_call_set_int64 (call, i, i);
}

static void
answer_name (PdgGqlCall *call)
{
  for (guint i = 0; i < pdg_gql_call_get_n (call); i++)
    if (i % 3 == 2)
      pdg_gql_call_set_error (call, i, g_error_new_literal (PDG_GQL_ERROR, PDG_GQL_ERROR_VALUE, "no"));
    else
      pdg_gql_call_set_string (call, i, pdg_gql_call_arg_bool (call, "upper") ? "N\"" : NULL);
}

static void
answer_count (PdgGqlCall *call)
{
  for (guint i = 0; i < pdg_gql_call_get_n (call); i++)
    if (i % 5 == 4)
      pdg_gql_call_set_null (call, i);
    else
      pdg_gql_call_set_int64 (call, i, i);
}

static void
answer_size (PdgGqlCall *call)
{
  for (guint i = 0; i < pdg_gql_call_get_n (call); i++)
    pdg_gql_call_set_double (call, i, i / 3.0);
}

static void
answer_object (PdgGqlCall *call)
{
  gboolean look = pdg_gql_call_selects (call, "next.self.id");

  for (guint i = 0; i < pdg_gql_call_get_n (call); i++)
    pdg_gql_call_set_typed_object (call, i, (i % 2 == 1) == look ? "Item" : "Other", item, NULL);
}

static void
answer_item (PdgGqlCall *call)
{
  for (guint i = 0; i < pdg_gql_call_get_n (call); i++)
    pdg_gql_call_set_object (call, i, item, NULL);
}

static void
answer_list (PdgGqlCall *call)
{
  static const char *const types[] = { "Item", "Other", "Item" };
  gboolean typed = strcmp (pdg_gql_call_get_field_name (call), "both") == 0;

  for (guint i = 0; i < pdg_gql_call_get_n (call); i++)
    {
      GPtrArray *sources = g_ptr_array_new ();

      g_ptr_array_add (sources, item);
      g_ptr_array_add (sources, i % 4 == 3 ? NULL : item);
      pdg_gql_call_set_typed_list (call, i, sources, typed ? types : NULL);
      if (i % 7 == 6)
        pdg_gql_call_set_null (call, i);
    }
}

static void
answer_texts (PdgGqlCall *call)
{
  static const char *const texts[] = { "a", "\xff", NULL };

  for (guint i = 0; i < pdg_gql_call_get_n (call); i++)
    pdg_gql_call_set_strings (call, i, texts);
}

static void
answer_any (PdgGqlCall *call)
{
  for (guint i = 0; i < pdg_gql_call_get_n (call); i++)
    pdg_gql_call_set_json (call, i, "[1]", -1);
}

static const PdgGqlBinding bindings[] = {
  { "Item.id", answer_id },      { "Item.name", answer_name },     { "Item.count", answer_count },        { "Item.next", answer_list },
  { "Item.self", answer_object }, { "Item.any", answer_any },      { "Other.id", answer_id },             { "Other.size", answer_size },
  { "Other.self", answer_object }, { "Query.item", answer_item },  { "Query.node", answer_object },       { "Query.both", answer_list },
  { "Query.list", answer_texts }, { "Query.any", answer_any },     { "Mutation.item", answer_item },      { "Subscription.item", answer_item },
  { "Subscription.other", answer_id },
};

static const PdgGqlValue *
parse_any (const PdgGqlValue *input,
           PdgArena          *arena,
           GError           **error)
{
  if (pdg_gql_value_get_kind (input) != PDG_GQL_VALUE_STRING)
    return input;
  if (strlen (pdg_gql_value_get_string (input)) % 2 == 0)
    return pdg_gql_value_new_string (arena, pdg_gql_value_get_string (input), -1);
  g_set_error_literal (error, PDG_GQL_ERROR, PDG_GQL_ERROR_VALUE, "It is odd.");
  return NULL;
}

static PdgGqlSchema *
get_schema (void)
{
  static PdgGqlSchema *schema;

  if (schema == NULL)
    {
      schema = pdg_gql_schema_new (sdl, -1, NULL);
      g_assert_true (pdg_gql_schema_bind (schema, bindings, G_N_ELEMENTS (bindings), NULL));
      g_assert_true (pdg_gql_schema_bind_scalar (schema, "Any", parse_any, NULL, NULL));
      g_assert_true (pdg_gql_schema_check (schema, NULL));
    }
  return schema;
}

static void
check_json (GBytes *bytes)
{
  g_autoptr(JsonParser) parser = json_parser_new ();

  g_assert_true (g_utf8_validate_len (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), NULL));
  g_assert_true (json_parser_load_from_data (parser, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes), NULL));
  g_assert_true (JSON_NODE_HOLDS_OBJECT (json_parser_get_root (parser)));
}

static gboolean
is_shallow (const uint8_t *data,
            size_t         size)
{
  size_t depth = 0;

  for (size_t i = 0; i < size; i++)
    depth += data[i] == '[' || data[i] == '{';
  return depth < 500; /* json-glib's own parser has no limit */
}

static void
try_document (PdgGqlSchema  *schema,
              const uint8_t *data,
              size_t         size)
{
  const uint8_t *split = memchr (data, 1, size);
  size_t len = split != NULL ? (size_t) (split - data) : size;
  g_autofree char *json = split != NULL ? g_strndup ((const char *) split + 1, size - len - 1) : NULL;
  g_autoptr(JsonNode) variables = json != NULL && is_shallow (split, size - len) ? json_from_string (json, NULL) : NULL;
  PdgGqlLimits limits = PDG_GQL_LIMITS_DEFAULT;
  PdgGqlRequest request = { .query = (const char *) data, .query_len = (gssize) len, .variables = variables, .limits = &limits, .suggest = size % 2 };
  g_autoptr(GBytes) response = NULL;
  g_autoptr(PdgGqlOperation) operation = NULL;

  limits.max_fields = 200;
  limits.max_response_bytes = 200000;
  limits.max_cost = size % 3 * 500;
  limits.max_page_size = size % 5 * 20;
  operation = pdg_gql_prepare (schema, &request, &response);
  if (operation != NULL)
    {
      if (g_strcmp0 (pdg_gql_operation_get_root_field (operation), "list") == 0 && schema == get_schema ())
        pdg_gql_operation_get_root_arg (operation, "a");
      response = pdg_gql_operation_execute (operation, item, NULL, NULL);
    }
  check_json (response);
}

/* A schema that loads says so of itself, and takes documents. */
static void
try_schema (const uint8_t *data,
            size_t         size)
{
  static const char introspection[] =
    "{ __schema { description types { name kind description specifiedByURL isOneOf interfaces { name } possibleTypes { name } inputFields { name "
    "defaultValue type { name ofType { name } } } enumValues(includeDeprecated: true) { name deprecationReason } fields(includeDeprecated: true) { "
    "name description args(includeDeprecated: true) { name defaultValue deprecationReason } } } directives { name locations isRepeatable args { "
    "defaultValue } } } }";
  const uint8_t *split = memchr (data, 1, size);
  size_t len = split != NULL ? (size_t) (split - data) : size;
  g_autoptr(GError) error = NULL;
  g_autoptr(PdgGqlSchema) schema = pdg_gql_schema_new ((const char *) data, (gssize) len, &error);
  PdgGqlLimits none = { 0 };
  PdgGqlRequest request = { .query = introspection, .query_len = -1, .limits = &none };
  g_autoptr(GBytes) response = NULL;
  g_autoptr(PdgGqlOperation) operation = NULL;

  g_assert_true ((schema == NULL) == (error != NULL));
  if (schema == NULL)
    return;
  operation = pdg_gql_prepare (schema, &request, &response);
  g_assert_nonnull (operation);
  response = pdg_gql_operation_execute (operation, NULL, NULL, NULL);
  check_json (response);
  g_assert_false (pdg_gql_response_has_errors (response));
  if (split != NULL)
    try_document (schema, split + 1, size - len - 1);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  if (size == 0 || size > 64 * 1024)
    return 0;
  if (data[0] == 2)
    try_schema (data + 1, size - 1);
  else
    try_document (get_schema (), data, size);
  return 0;
}
