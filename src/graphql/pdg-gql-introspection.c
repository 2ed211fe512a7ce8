#include "config.h"
#include "graphql/pdg-gql-schema-private.h"

#include "graphql/pdg-gql-call.h"
#include "graphql/pdg-gql-execute-private.h"

/* Introspection (spec section 4) is a schema like any other: its types are SDL, its resolvers get the structures of
 * pdg-gql-schema-private.h as sources. __Meta holds the fields that every schema has and is not part of it. */
static const char introspection_sdl[] =
  "\"The `Int` scalar type represents non-fractional signed whole numeric values between -(2^31) and 2^31 - 1.\"\n"
  "scalar Int\n"
  "\"The `Float` scalar type represents signed double-precision fractional values as specified by IEEE 754.\"\n"
  "scalar Float\n"
  "\"The `String` scalar type represents textual data as UTF-8 character sequences.\"\n"
  "scalar String\n"
  "\"The `Boolean` scalar type represents `true` or `false`.\"\n"
  "scalar Boolean\n"
  "\"The `ID` scalar type represents a unique identifier; it is serialized as a String, and a number is accepted as input.\"\n"
  "scalar ID\n"
  "\"Directs the executor to include this field or fragment only when the `if` argument is true.\"\n"
  "directive @include(\"Included when true.\" if: Boolean!) on FIELD | FRAGMENT_SPREAD | INLINE_FRAGMENT\n"
  "\"Directs the executor to skip this field or fragment when the `if` argument is true.\"\n"
  "directive @skip(\"Skipped when true.\" if: Boolean!) on FIELD | FRAGMENT_SPREAD | INLINE_FRAGMENT\n"
  "\"Marks an element of a GraphQL schema as no longer supported.\"\n"
  "directive @deprecated(\"Why, and what to use instead, in Markdown (CommonMark).\" reason: String! = \"No longer supported\")\n"
  "  on FIELD_DEFINITION | ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION | ENUM_VALUE\n"
  "\"Exposes a URL that specifies the behavior of this scalar.\"\n"
  "directive @specifiedBy(\"The URL that specifies the behavior of this scalar.\" url: String!) on SCALAR\n"
  "\"Indicates exactly one field must be supplied and this field must not be `null`.\"\n"
  "directive @oneOf on INPUT_OBJECT\n"
  "\"What a GraphQL service can do: its types, its directives, and the entry points of each kind of operation.\"\n"
  "type __Schema {\n"
  "  description: String\n"
  "  \"A list of all types supported by this server.\"\n"
  "  types: [__Type!]!\n"
  "  \"The type that query operations will be rooted at.\"\n"
  "  queryType: __Type!\n"
  "  \"The type that mutation operations will be rooted at, if this server supports them.\"\n"
  "  mutationType: __Type\n"
  "  \"The type that subscription operations will be rooted at, if this server supports them.\"\n"
  "  subscriptionType: __Type\n"
  "  \"A list of all directives supported by this server.\"\n"
  "  directives: [__Directive!]!\n"
  "}\n"
  "\"A type of any kind; which of its fields answer depends on `kind`.\"\n"
  "type __Type {\n"
  "  kind: __TypeKind!\n"
  "  name: String\n"
  "  description: String\n"
  "  specifiedByURL: String\n"
  "  fields(includeDeprecated: Boolean! = false): [__Field!]\n"
  "  interfaces: [__Type!]\n"
  "  possibleTypes: [__Type!]\n"
  "  enumValues(includeDeprecated: Boolean! = false): [__EnumValue!]\n"
  "  inputFields(includeDeprecated: Boolean! = false): [__InputValue!]\n"
  "  ofType: __Type\n"
  "  isOneOf: Boolean\n"
  "}\n"
  "\"What a `__Type` is.\"\n"
  "enum __TypeKind { SCALAR OBJECT INTERFACE UNION ENUM INPUT_OBJECT LIST NON_NULL }\n"
  "\"A field of an object or interface type, with its arguments.\"\n"
  "type __Field {\n"
  "  name: String!\n"
  "  description: String\n"
  "  args(includeDeprecated: Boolean! = false): [__InputValue!]!\n"
  "  type: __Type!\n"
  "  isDeprecated: Boolean!\n"
  "  deprecationReason: String\n"
  "}\n"
  "\"An argument of a field or directive, or a field of an input object.\"\n"
  "type __InputValue {\n"
  "  name: String!\n"
  "  description: String\n"
  "  type: __Type!\n"
  "  \"The default value as GraphQL text.\"\n"
  "  defaultValue: String\n"
  "  isDeprecated: Boolean!\n"
  "  deprecationReason: String\n"
  "}\n"
  "\"One of the values of an enum.\"\n"
  "type __EnumValue {\n"
  "  name: String!\n"
  "  description: String\n"
  "  isDeprecated: Boolean!\n"
  "  deprecationReason: String\n"
  "}\n"
  "\"A directive, and where it may stand.\"\n"
  "type __Directive {\n"
  "  name: String!\n"
  "  description: String\n"
  "  isRepeatable: Boolean!\n"
  "  locations: [__DirectiveLocation!]!\n"
  "  args(includeDeprecated: Boolean! = false): [__InputValue!]!\n"
  "}\n"
  "\"A place in a document or schema where a directive may stand.\"\n"
  "enum __DirectiveLocation {\n"
  "  QUERY MUTATION SUBSCRIPTION FIELD FRAGMENT_DEFINITION FRAGMENT_SPREAD INLINE_FRAGMENT VARIABLE_DEFINITION\n"
  "  SCHEMA SCALAR OBJECT FIELD_DEFINITION ARGUMENT_DEFINITION INTERFACE UNION ENUM ENUM_VALUE INPUT_OBJECT\n"
  "  INPUT_FIELD_DEFINITION\n"
  "}\n"
  "type __Meta {\n"
  "  \"Access the current type schema of this server.\"\n"
  "  __schema: __Schema!\n"
  "  \"Request the type information of a single type.\"\n"
  "  __type(name: String!): __Type\n"
  "  \"The name of the current Object type at runtime.\"\n"
  "  __typename: String!\n"
  "}\n";

const char *
pdg_gql_introspection_get_sdl (void)
{
  return introspection_sdl;
}

#define FOR_EACH(call, Type, source) \
  for (guint i = 0; i < pdg_gql_call_get_n (call); i++) \
    for (const Type *source = pdg_gql_call_get_source ((call), i); source != NULL; source = NULL)

#define TEXT_RESOLVER(name, Type, member) \
  static void \
  name (PdgGqlCall *call) \
  { \
    FOR_EACH (call, Type, source) \
      pdg_gql_call_set_borrowed_string (call, i, source->member); \
  }

#define DEPRECATED_RESOLVER(name, Type) \
  static void \
  name (PdgGqlCall *call) \
  { \
    FOR_EACH (call, Type, source) \
      pdg_gql_call_set_bool (call, i, source->deprecation_reason != NULL); \
  }

TEXT_RESOLVER (schema_description, PdgGqlSchema, description)
TEXT_RESOLVER (type_name, PdgGqlType, name)
TEXT_RESOLVER (type_description, PdgGqlType, description)
TEXT_RESOLVER (type_specified_by_url, PdgGqlType, specified_by_url)
TEXT_RESOLVER (field_name, PdgGqlField, name)
TEXT_RESOLVER (field_description, PdgGqlField, description)
TEXT_RESOLVER (field_reason, PdgGqlField, deprecation_reason)
DEPRECATED_RESOLVER (field_deprecated, PdgGqlField)
TEXT_RESOLVER (input_name, PdgGqlInput, name)
TEXT_RESOLVER (input_description, PdgGqlInput, description)
TEXT_RESOLVER (input_reason, PdgGqlInput, deprecation_reason)
DEPRECATED_RESOLVER (input_deprecated, PdgGqlInput)
TEXT_RESOLVER (value_name, PdgGqlEnumValue, name)
TEXT_RESOLVER (value_description, PdgGqlEnumValue, description)
TEXT_RESOLVER (value_reason, PdgGqlEnumValue, deprecation_reason)
DEPRECATED_RESOLVER (value_deprecated, PdgGqlEnumValue)
TEXT_RESOLVER (directive_name, PdgGqlDirective, name)
TEXT_RESOLVER (directive_description, PdgGqlDirective, description)

static void
meta_schema (PdgGqlCall *call)
{
  for (guint i = 0; i < pdg_gql_call_get_n (call); i++)
    pdg_gql_call_set_object (call, i, pdg_gql_call_get_schema (call), NULL);
}

static void
meta_type (PdgGqlCall *call)
{
  PdgGqlType *type = pdg_gql_schema_lookup_type (pdg_gql_call_get_schema (call), pdg_gql_call_arg_string (call, "name"));

  for (guint i = 0; i < pdg_gql_call_get_n (call); i++)
    pdg_gql_call_set_object (call, i, type, NULL);
}

static void
meta_typename (PdgGqlCall *call)
{
  for (guint i = 0; i < pdg_gql_call_get_n (call); i++)
    pdg_gql_call_set_borrowed_string (call, i, pdg_gql_call_get_type_name (call));
}

static void
schema_types (PdgGqlCall *call)
{
  FOR_EACH (call, PdgGqlSchema, schema)
    pdg_gql_call_set_borrowed_list (call, i, schema->type_list->pdata, schema->type_list->len);
}

static void
schema_directives (PdgGqlCall *call)
{
  FOR_EACH (call, PdgGqlSchema, schema)
    pdg_gql_call_set_borrowed_list (call, i, schema->directive_list->pdata, schema->directive_list->len);
}

#define ROOT_RESOLVER(name, kind) \
  static void \
  name (PdgGqlCall *call) \
  { \
    FOR_EACH (call, PdgGqlSchema, schema) \
      pdg_gql_call_set_object (call, i, schema->roots[kind], NULL); \
  }

ROOT_RESOLVER (schema_query_type, PDG_GQL_AST_QUERY)
ROOT_RESOLVER (schema_mutation_type, PDG_GQL_AST_MUTATION)
ROOT_RESOLVER (schema_subscription_type, PDG_GQL_AST_SUBSCRIPTION)

static void
type_kind (PdgGqlCall *call)
{
  static const char *const names[] = { "SCALAR", "OBJECT", "INTERFACE", "UNION", "ENUM", "INPUT_OBJECT", "LIST", "NON_NULL" };

  FOR_EACH (call, PdgGqlType, type)
    pdg_gql_call_set_borrowed_string (call, i, names[type->kind]);
}

static void
type_of_type (PdgGqlCall *call)
{
  FOR_EACH (call, PdgGqlType, type)
    pdg_gql_call_set_object (call, i, type->of, NULL);
}

static void
type_is_one_of (PdgGqlCall *call)
{
  FOR_EACH (call, PdgGqlType, type)
    if (type->kind == PDG_GQL_TYPE_INPUT)
      pdg_gql_call_set_bool (call, i, type->is_one_of);
    else
      pdg_gql_call_set_null (call, i);
}

static void
type_fields (PdgGqlCall *call)
{
  gboolean all = pdg_gql_call_arg_bool (call, "includeDeprecated");

  FOR_EACH (call, PdgGqlType, type)
    {
      GPtrArray *list;

      if (type->field_index == NULL)
        {
          pdg_gql_call_set_null (call, i);
          continue;
        }
      list = g_ptr_array_sized_new (type->n_fields);
      for (guint j = 0; j < type->n_fields; j++)
        if (all || type->fields[j].deprecation_reason == NULL)
          g_ptr_array_add (list, &type->fields[j]);
      pdg_gql_call_set_list (call, i, list);
    }
}

static void
set_inputs (PdgGqlCall  *call,
            guint        index,
            PdgGqlInput *inputs,
            guint        n)
{
  gboolean all = pdg_gql_call_arg_bool (call, "includeDeprecated");
  GPtrArray *list = g_ptr_array_sized_new (n);

  for (guint i = 0; i < n; i++)
    if (all || inputs[i].deprecation_reason == NULL)
      g_ptr_array_add (list, &inputs[i]);
  pdg_gql_call_set_list (call, index, list);
}

static void
type_input_fields (PdgGqlCall *call)
{
  FOR_EACH (call, PdgGqlType, type)
    if (type->kind == PDG_GQL_TYPE_INPUT)
      set_inputs (call, i, type->inputs, type->n_inputs);
    else
      pdg_gql_call_set_null (call, i);
}

static void
type_enum_values (PdgGqlCall *call)
{
  gboolean all = pdg_gql_call_arg_bool (call, "includeDeprecated");

  FOR_EACH (call, PdgGqlType, type)
    {
      GPtrArray *list;

      if (type->kind != PDG_GQL_TYPE_ENUM)
        {
          pdg_gql_call_set_null (call, i);
          continue;
        }
      list = g_ptr_array_sized_new (type->n_values);
      for (guint j = 0; j < type->n_values; j++)
        if (all || type->values[j].deprecation_reason == NULL)
          g_ptr_array_add (list, &type->values[j]);
      pdg_gql_call_set_list (call, i, list);
    }
}

static void
type_interfaces (PdgGqlCall *call)
{
  FOR_EACH (call, PdgGqlType, type)
    if (type->field_index != NULL)
      pdg_gql_call_set_borrowed_list (call, i, (gpointer const *) type->interfaces, type->n_interfaces);
    else
      pdg_gql_call_set_null (call, i);
}

static void
type_possible_types (PdgGqlCall *call)
{
  FOR_EACH (call, PdgGqlType, type)
    if (pdg_gql_type_is_abstract (type))
      pdg_gql_call_set_borrowed_list (call, i, (gpointer const *) type->possible, type->n_possible);
    else
      pdg_gql_call_set_null (call, i);
}

static void
field_args (PdgGqlCall *call)
{
  FOR_EACH (call, PdgGqlField, field)
    set_inputs (call, i, field->args, field->n_args);
}

static void
field_type (PdgGqlCall *call)
{
  FOR_EACH (call, PdgGqlField, field)
    pdg_gql_call_set_object (call, i, field->type, NULL);
}

static void
input_type (PdgGqlCall *call)
{
  FOR_EACH (call, PdgGqlInput, input)
    pdg_gql_call_set_object (call, i, input->type, NULL);
}

static void
input_default (PdgGqlCall *call)
{
  FOR_EACH (call, PdgGqlInput, input)
    {
      g_autoptr(GString) text = g_string_new (NULL);

      if (input->default_ast != NULL)
        pdg_gql_ast_print_value (input->default_ast, text);
      pdg_gql_call_set_string (call, i, input->default_ast != NULL ? text->str : NULL);
    }
}

static void
directive_repeatable (PdgGqlCall *call)
{
  FOR_EACH (call, PdgGqlDirective, directive)
    pdg_gql_call_set_bool (call, i, directive->repeatable);
}

static void
directive_locations (PdgGqlCall *call)
{
  FOR_EACH (call, PdgGqlDirective, directive)
    {
      g_autoptr(GPtrArray) names = g_ptr_array_new ();

      for (guint j = 0; j < directive->n_locations; j++)
        g_ptr_array_add (names, (gpointer) directive->locations[j]);
      g_ptr_array_add (names, NULL);
      pdg_gql_call_set_strings (call, i, (const char *const *) names->pdata);
    }
}

static void
directive_args (PdgGqlCall *call)
{
  FOR_EACH (call, PdgGqlDirective, directive)
    set_inputs (call, i, directive->args, directive->n_args);
}

static const struct
{
  const char *type;
  const char *field;
  PdgGqlResolver resolver;
} bindings[] = {
  { "__Schema", "description", schema_description },
  { "__Schema", "types", schema_types },
  { "__Schema", "queryType", schema_query_type },
  { "__Schema", "mutationType", schema_mutation_type },
  { "__Schema", "subscriptionType", schema_subscription_type },
  { "__Schema", "directives", schema_directives },
  { "__Type", "kind", type_kind },
  { "__Type", "name", type_name },
  { "__Type", "description", type_description },
  { "__Type", "specifiedByURL", type_specified_by_url },
  { "__Type", "fields", type_fields },
  { "__Type", "interfaces", type_interfaces },
  { "__Type", "possibleTypes", type_possible_types },
  { "__Type", "enumValues", type_enum_values },
  { "__Type", "inputFields", type_input_fields },
  { "__Type", "ofType", type_of_type },
  { "__Type", "isOneOf", type_is_one_of },
  { "__Field", "name", field_name },
  { "__Field", "description", field_description },
  { "__Field", "args", field_args },
  { "__Field", "type", field_type },
  { "__Field", "isDeprecated", field_deprecated },
  { "__Field", "deprecationReason", field_reason },
  { "__InputValue", "name", input_name },
  { "__InputValue", "description", input_description },
  { "__InputValue", "type", input_type },
  { "__InputValue", "defaultValue", input_default },
  { "__InputValue", "isDeprecated", input_deprecated },
  { "__InputValue", "deprecationReason", input_reason },
  { "__EnumValue", "name", value_name },
  { "__EnumValue", "description", value_description },
  { "__EnumValue", "isDeprecated", value_deprecated },
  { "__EnumValue", "deprecationReason", value_reason },
  { "__Directive", "name", directive_name },
  { "__Directive", "description", directive_description },
  { "__Directive", "isRepeatable", directive_repeatable },
  { "__Directive", "locations", directive_locations },
  { "__Directive", "args", directive_args },
};

void
pdg_gql_introspection_bind (PdgGqlSchema *schema)
{
  for (gsize i = 0; i < G_N_ELEMENTS (bindings); i++)
    pdg_gql_type_lookup_field (pdg_gql_schema_lookup_type (schema, bindings[i].type), bindings[i].field)->resolver = bindings[i].resolver;
  schema->meta_schema->resolver = meta_schema;
  schema->meta_type->resolver = meta_type;
  schema->meta_typename->resolver = meta_typename;
}
