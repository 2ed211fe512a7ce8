#include "config.h"

#include <string.h>

#include "gql-fixture.h"

/* clang-format off */
static const struct
{
  const char *query;
  const char *response;
} introspection[] = {
  { "{ __type(name: \"Pick\") { kind isOneOf inputFields { name type { kind name ofType { name } } defaultValue } fields { name } } }",
    "{\"data\":{\"__type\":{\"kind\":\"INPUT_OBJECT\",\"isOneOf\":true,\"inputFields\":[{\"name\":\"id\",\"type\":{\"kind\":\"SCALAR\","
    "\"name\":\"ID\",\"ofType\":null},\"defaultValue\":null},"
    "{\"name\":\"name\",\"type\":{\"kind\":\"SCALAR\",\"name\":\"String\",\"ofType\":null},\"defaultValue\":null}],\"fields\":null}}}" },
  { "{ __type(name: \"Color\") { enumValues { name } all: enumValues(includeDeprecated: true) { name isDeprecated deprecationReason } } }",
    "{\"data\":{\"__type\":{\"enumValues\":[{\"name\":\"RED\"},{\"name\":\"GREEN\"}],\"all\":[{\"name\":\"RED\",\"isDeprecated\":false,"
    "\"deprecationReason\":null},"
    "{\"name\":\"GREEN\",\"isDeprecated\":false,\"deprecationReason\":null},{\"name\":\"BLUE\",\"isDeprecated\":true,"
    "\"deprecationReason\":\"faded\"}]}}}" },
  { "{ __type(name: \"Time\") { specifiedByURL kind isOneOf } }", "{\"data\":{\"__type\":{\"specifiedByURL\":\"https://example.com/time\","
    "\"kind\":\"SCALAR\",\"isOneOf\":null}}}" },
  { "{ __type(name: \"Node\") { possibleTypes { name } interfaces { name } } }",
    "{\"data\":{\"__type\":{\"possibleTypes\":[{\"name\":\"Screen\"},{\"name\":\"Session\"}],\"interfaces\":[]}}}" },
  { "{ __type(name: \"Nothing\") { name } }", "{\"data\":{\"__type\":null}}" },
  { "{ __schema { __typename queryType { name } mutationType { name } subscriptionType { name } "
    "directives { name isRepeatable locations args { name type { kind ofType { name } } defaultValue } } } }",
    "{\"data\":{\"__schema\":{\"__typename\":\"__Schema\",\"queryType\":{\"name\":\"Query\"},\"mutationType\":{\"name\":\"Mutation\"},"
    "\"subscriptionType\":{\"name\":\"Subscription\"},"
    "\"directives\":[{\"name\":\"include\",\"isRepeatable\":false,\"locations\":[\"FIELD\",\"FRAGMENT_SPREAD\",\"INLINE_FRAGMENT\"],"
    "\"args\":[{\"name\":\"if\",\"type\":{\"kind\":\"NON_NULL\",\"ofType\":{\"name\":\"Boolean\"}},\"defaultValue\":null}]},"
    "{\"name\":\"skip\",\"isRepeatable\":false,\"locations\":[\"FIELD\",\"FRAGMENT_SPREAD\",\"INLINE_FRAGMENT\"],"
    "\"args\":[{\"name\":\"if\",\"type\":{\"kind\":\"NON_NULL\",\"ofType\":{\"name\":\"Boolean\"}},\"defaultValue\":null}]},"
    "{\"name\":\"deprecated\",\"isRepeatable\":false,\"locations\":[\"FIELD_DEFINITION\",\"ARGUMENT_DEFINITION\","
    "\"INPUT_FIELD_DEFINITION\",\"ENUM_VALUE\"],\"args\":[{\"name\":\"reason\",\"type\":{\"kind\":\"NON_NULL\","
    "\"ofType\":{\"name\":\"String\"}},\"defaultValue\":\"\\\"No longer supported\\\"\"}]},"
    "{\"name\":\"specifiedBy\",\"isRepeatable\":false,\"locations\":[\"SCALAR\"],\"args\":[{\"name\":\"url\","
    "\"type\":{\"kind\":\"NON_NULL\",\"ofType\":{\"name\":\"String\"}},\"defaultValue\":null}]},"
    "{\"name\":\"oneOf\",\"isRepeatable\":false,\"locations\":[\"INPUT_OBJECT\"],\"args\":[]}]}}}" },
  { "{ __schema { types { name } } }",
    "{\"data\":{\"__schema\":{\"types\":[{\"name\":\"Time\"},{\"name\":\"Any\"},{\"name\":\"Color\"},{\"name\":\"Node\"},"
    "{\"name\":\"Screen\"},{\"name\":\"Session\"},{\"name\":\"Found\"},{\"name\":\"Range\"},"
    "{\"name\":\"Pick\"},{\"name\":\"Query\"},{\"name\":\"Mutation\"},{\"name\":\"Subscription\"},{\"name\":\"Int\"},{\"name\":\"Float\"},"
    "{\"name\":\"String\"},{\"name\":\"Boolean\"},{\"name\":\"ID\"},"
    "{\"name\":\"__Schema\"},{\"name\":\"__Type\"},{\"name\":\"__TypeKind\"},{\"name\":\"__Field\"},{\"name\":\"__InputValue\"},"
    "{\"name\":\"__EnumValue\"},{\"name\":\"__Directive\"},{\"name\":\"__DirectiveLocation\"}]}}}" },
};
/* clang-format on */

static void
test_introspection (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (introspection); i++)
    {
      g_autoptr(PdgGqlSchema) schema = gql_make_schema ();
      g_autofree char *response = gql_run (schema, introspection[i].query, NULL, NULL);

      g_assert_cmpstr (response, ==, introspection[i].response);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/graphql/introspection/cases", test_introspection);
  return g_test_run ();
}
