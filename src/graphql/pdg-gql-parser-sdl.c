#include "config.h"
#include "graphql/pdg-gql-parser-private.h"

#include <string.h>

static const struct
{
  const char             *keyword;
  PdgGqlAstDefinitionKind kind;
} definitions[] = {
  { "schema", PDG_GQL_AST_SCHEMA },        { "scalar", PDG_GQL_AST_SCALAR },      { "type", PDG_GQL_AST_OBJECT_TYPE },
  { "interface", PDG_GQL_AST_INTERFACE },  { "union", PDG_GQL_AST_UNION },        { "enum", PDG_GQL_AST_ENUM_TYPE },
  { "input", PDG_GQL_AST_INPUT_TYPE },     { "directive", PDG_GQL_AST_DIRECTIVE },
};

static const char *const directive_locations[] = {
  "QUERY", "MUTATION", "SUBSCRIPTION", "FIELD", "FRAGMENT_DEFINITION", "FRAGMENT_SPREAD", "INLINE_FRAGMENT",
  "VARIABLE_DEFINITION", "SCHEMA", "SCALAR", "OBJECT", "FIELD_DEFINITION", "ARGUMENT_DEFINITION", "INTERFACE", "UNION",
  "ENUM", "ENUM_VALUE", "INPUT_OBJECT", "INPUT_FIELD_DEFINITION", NULL,
};

gboolean
pdg_gql_parser_is_sdl (PdgGqlParser *parser)
{
  if (pdg_gql_parser_peek_keyword (parser, "extend"))
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (definitions); i++)
    if (pdg_gql_parser_peek_keyword (parser, definitions[i].keyword))
      return TRUE;
  return FALSE;
}

static PdgGqlAstInput
parse_input (PdgGqlParser *parser)
{
  PdgGqlAstInput input = { .location = parser->token.location };

  input.description = pdg_gql_parser_description (parser);
  input.name = pdg_gql_parser_name (parser);
  pdg_gql_parser_expect (parser, ':');
  input.type = pdg_gql_parser_type (parser);
  if (pdg_gql_parser_accept (parser, '='))
    input.default_value = pdg_gql_parser_value (parser, TRUE);
  input.directives = pdg_gql_parser_directives (parser, TRUE);
  return input;
}

static PdgGqlAstInput *
parse_inputs (PdgGqlParser *parser,
              char          open,
              char          close,
              guint        *n)
{
  gsize mark = pdg_gql_parser_mark (parser);

  if (pdg_gql_parser_accept (parser, open))
    do
      {
        PdgGqlAstInput input = parse_input (parser);

        pdg_gql_parser_push (parser, &input, sizeof input);
      }
    while (!pdg_gql_parser_accept (parser, close) && parser->result == PDG_GQL_PARSE_OK);
  return pdg_gql_parser_take (parser, mark, sizeof (PdgGqlAstInput), n);
}

static void
parse_enum_value_name (PdgGqlParser   *parser,
                       PdgGqlAstField *value)
{
  if (pdg_gql_parser_peek_keyword (parser, "true") || pdg_gql_parser_peek_keyword (parser, "false")
      || pdg_gql_parser_peek_keyword (parser, "null"))
    pdg_gql_parser_fail (parser, parser->token.location, "Name \"%s\" is reserved and cannot be used for an enum value.",
                         parser->token.text);
  value->name = pdg_gql_parser_name (parser);
}

static void
parse_fields (PdgGqlParser        *parser,
              PdgGqlAstDefinition *definition)
{
  gboolean is_enum = definition->kind == PDG_GQL_AST_ENUM_TYPE;
  gsize mark = pdg_gql_parser_mark (parser);

  if (pdg_gql_parser_accept (parser, '{'))
    do
      {
        PdgGqlAstField field = { .location = parser->token.location };

        field.description = pdg_gql_parser_description (parser);
        if (is_enum)
          parse_enum_value_name (parser, &field);
        else
          {
            field.name = pdg_gql_parser_name (parser);
            field.arguments = parse_inputs (parser, '(', ')', &field.n_arguments);
            pdg_gql_parser_expect (parser, ':');
            field.type = pdg_gql_parser_type (parser);
          }
        field.directives = pdg_gql_parser_directives (parser, TRUE);
        pdg_gql_parser_push (parser, &field, sizeof field);
      }
    while (!pdg_gql_parser_accept (parser, '}') && parser->result == PDG_GQL_PARSE_OK);
  definition->fields = pdg_gql_parser_take (parser, mark, sizeof (PdgGqlAstField), &definition->n_fields);
}

/* "A & B" or "A | B", with an optional separator in front. */
static void
parse_type_names (PdgGqlParser        *parser,
                  PdgGqlAstDefinition *definition,
                  char                 separator)
{
  gsize mark = pdg_gql_parser_mark (parser);

  pdg_gql_parser_accept (parser, separator);
  do
    {
      PdgGqlAstType *type = pdg_gql_parser_named_type (parser);

      pdg_gql_parser_push (parser, &type, sizeof type);
    }
  while (pdg_gql_parser_accept (parser, separator));
  definition->types = pdg_gql_parser_take (parser, mark, sizeof (PdgGqlAstType *), &definition->n_types);
}

static void
parse_roots (PdgGqlParser        *parser,
             PdgGqlAstDefinition *definition)
{
  gsize mark = pdg_gql_parser_mark (parser);

  if (!definition->extend || pdg_gql_parser_peek (parser, '{'))
    {
      pdg_gql_parser_expect (parser, '{');
      do
        {
          PdgGqlAstRoot root = { .location = parser->token.location };

          if (pdg_gql_parser_accept_keyword (parser, "mutation"))
            root.kind = PDG_GQL_AST_MUTATION;
          else if (pdg_gql_parser_accept_keyword (parser, "subscription"))
            root.kind = PDG_GQL_AST_SUBSCRIPTION;
          else if (!pdg_gql_parser_accept_keyword (parser, "query"))
            pdg_gql_parser_unexpected (parser);
          pdg_gql_parser_expect (parser, ':');
          root.type = pdg_gql_parser_named_type (parser);
          pdg_gql_parser_push (parser, &root, sizeof root);
        }
      while (!pdg_gql_parser_accept (parser, '}') && parser->result == PDG_GQL_PARSE_OK);
    }
  definition->roots = pdg_gql_parser_take (parser, mark, sizeof (PdgGqlAstRoot), &definition->n_roots);
}

static void
parse_locations (PdgGqlParser        *parser,
                 PdgGqlAstDefinition *definition)
{
  gsize mark = pdg_gql_parser_mark (parser);

  pdg_gql_parser_accept (parser, '|');
  do
    {
      PdgGqlName name;

      if (parser->token.kind == PDG_GQL_TOKEN_NAME && !g_strv_contains (directive_locations, parser->token.text))
        pdg_gql_parser_unexpected (parser);
      name = pdg_gql_parser_name (parser);
      pdg_gql_parser_push (parser, &name, sizeof name);
    }
  while (pdg_gql_parser_accept (parser, '|'));
  definition->locations = pdg_gql_parser_take (parser, mark, sizeof (PdgGqlName), &definition->n_locations);
}

static void
parse_directive (PdgGqlParser        *parser,
                 PdgGqlAstDefinition *definition)
{
  if (definition->extend)
    pdg_gql_parser_unexpected (parser);
  pdg_gql_parser_expect (parser, '@');
  definition->name = pdg_gql_parser_name (parser);
  definition->inputs = parse_inputs (parser, '(', ')', &definition->n_inputs);
  definition->repeatable = pdg_gql_parser_accept_keyword (parser, "repeatable");
  pdg_gql_parser_expect_keyword (parser, "on");
  parse_locations (parser, definition);
}

static void
parse_body (PdgGqlParser        *parser,
            PdgGqlAstDefinition *definition)
{
  if (definition->kind != PDG_GQL_AST_SCHEMA)
    definition->name = pdg_gql_parser_name (parser);
  if ((definition->kind == PDG_GQL_AST_OBJECT_TYPE || definition->kind == PDG_GQL_AST_INTERFACE)
      && pdg_gql_parser_accept_keyword (parser, "implements"))
    parse_type_names (parser, definition, '&');
  definition->directives = pdg_gql_parser_directives (parser, TRUE);
  if (definition->kind == PDG_GQL_AST_SCHEMA)
    parse_roots (parser, definition);
  else if (definition->kind == PDG_GQL_AST_INPUT_TYPE)
    definition->inputs = parse_inputs (parser, '{', '}', &definition->n_inputs);
  else if (definition->kind == PDG_GQL_AST_UNION && pdg_gql_parser_accept (parser, '='))
    parse_type_names (parser, definition, '|');
  else if (definition->kind != PDG_GQL_AST_UNION && definition->kind != PDG_GQL_AST_SCALAR)
    parse_fields (parser, definition);
  if (definition->extend && definition->directives.n + definition->n_roots + definition->n_types + definition->n_fields + definition->n_inputs == 0)
    pdg_gql_parser_unexpected (parser);
}

PdgGqlAstDefinition *
pdg_gql_parser_sdl (PdgGqlParser  *parser,
                    PdgGqlLocation location,
                    const char    *description)
{
  PdgGqlAstDefinition *definition = pdg_arena_alloc (parser->arena, sizeof *definition);
  gsize i = 0;

  memset (definition, 0, sizeof *definition);
  definition->location = location;
  definition->description = description;
  definition->extend = pdg_gql_parser_accept_keyword (parser, "extend");
  if (definition->extend && description != NULL)
    pdg_gql_parser_fail (parser, location, "Unexpected description, only GraphQL definitions support descriptions.");
  while (i < G_N_ELEMENTS (definitions) && !pdg_gql_parser_peek_keyword (parser, definitions[i].keyword))
    i++;
  if (i == G_N_ELEMENTS (definitions))
    {
      pdg_gql_parser_unexpected (parser);
      return definition;
    }
  definition->kind = definitions[i].kind;
  if (definition->kind == PDG_GQL_AST_DIRECTIVE && definition->extend)
    pdg_gql_parser_unexpected (parser);
  pdg_gql_parser_advance (parser);
  if (definition->kind == PDG_GQL_AST_DIRECTIVE)
    parse_directive (parser, definition);
  else
    parse_body (parser, definition);
  return definition;
}
