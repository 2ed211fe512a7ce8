#include "config.h"
#include "graphql/pdg-gql-parser-private.h"

#include <string.h>

void
pdg_gql_parser_fail (PdgGqlParser  *parser,
                     PdgGqlLocation location,
                     const char    *format,
                     ...)
{
  va_list args;

  if (parser->result != PDG_GQL_PARSE_OK)
    return;
  va_start (args, format);
  parser->message = g_strdup_vprintf (format, args);
  va_end (args);
  parser->result = PDG_GQL_PARSE_SYNTAX;
  parser->location = location;
  parser->token = (PdgGqlToken) { .kind = PDG_GQL_TOKEN_EOF, .location = location };
}

static char *
describe_token (const PdgGqlToken *token)
{
  static const char *const kinds[] = { "<EOF>", "", "Name", "Int", "Float", "String", "BlockString" };

  if (token->kind == PDG_GQL_TOKEN_EOF)
    return g_strdup (kinds[0]);
  if (token->kind == PDG_GQL_TOKEN_PUNCTUATOR)
    return token->punctuator == '.' ? g_strdup ("\"...\"") : g_strdup_printf ("\"%c\"", token->punctuator);
  return g_strdup_printf ("%s \"%.100s\"", kinds[token->kind], token->text);
}

void
pdg_gql_parser_unexpected (PdgGqlParser *parser)
{
  g_autofree char *found = describe_token (&parser->token);

  pdg_gql_parser_fail (parser, parser->token.location, "Unexpected %s.", found);
}

void
pdg_gql_parser_advance (PdgGqlParser *parser)
{
  if (parser->result != PDG_GQL_PARSE_OK)
    return;
  if (!pdg_gql_lexer_next (&parser->lexer, &parser->token))
    {
      pdg_gql_parser_fail (parser, parser->lexer.error_location, "%s", parser->lexer.error);
      return;
    }
  if (parser->token.kind == PDG_GQL_TOKEN_EOF)
    return;
  if (++parser->n_tokens > parser->max_tokens && parser->max_tokens > 0)
    {
      pdg_gql_parser_fail (parser, parser->token.location, "Document contains more than %u tokens. Parsing aborted.",
                           parser->max_tokens);
      parser->result = PDG_GQL_PARSE_LIMIT;
    }
}

static gboolean
enter (PdgGqlParser *parser)
{
  if (++parser->nesting <= parser->max_nesting)
    return parser->result == PDG_GQL_PARSE_OK;
  if (parser->result == PDG_GQL_PARSE_OK)
    {
      pdg_gql_parser_fail (parser, parser->token.location, "Document is nested more than %u levels deep. Parsing aborted.",
                           parser->max_nesting);
      parser->result = PDG_GQL_PARSE_LIMIT;
    }
  return FALSE;
}

static void
leave (PdgGqlParser *parser)
{
  parser->nesting--;
}

gboolean
pdg_gql_parser_peek (PdgGqlParser *parser,
                     char          punctuator)
{
  return parser->token.kind == PDG_GQL_TOKEN_PUNCTUATOR && parser->token.punctuator == punctuator;
}

gboolean
pdg_gql_parser_peek_keyword (PdgGqlParser *parser,
                             const char   *keyword)
{
  return parser->token.kind == PDG_GQL_TOKEN_NAME && strcmp (parser->token.text, keyword) == 0;
}

gboolean
pdg_gql_parser_accept (PdgGqlParser *parser,
                       char          punctuator)
{
  if (!pdg_gql_parser_peek (parser, punctuator))
    return FALSE;
  pdg_gql_parser_advance (parser);
  return TRUE;
}

gboolean
pdg_gql_parser_accept_keyword (PdgGqlParser *parser,
                               const char   *keyword)
{
  if (!pdg_gql_parser_peek_keyword (parser, keyword))
    return FALSE;
  pdg_gql_parser_advance (parser);
  return TRUE;
}

static void
expected (PdgGqlParser *parser,
          const char   *what)
{
  g_autofree char *found = describe_token (&parser->token);

  pdg_gql_parser_fail (parser, parser->token.location, "Expected %s, found %s.", what, found);
}

void
pdg_gql_parser_expect (PdgGqlParser *parser,
                       char          punctuator)
{
  char what[] = { '"', punctuator, '"', '\0' };

  if (!pdg_gql_parser_accept (parser, punctuator))
    expected (parser, what);
}

void
pdg_gql_parser_expect_keyword (PdgGqlParser *parser,
                               const char   *keyword)
{
  g_autofree char *what = NULL;

  if (pdg_gql_parser_accept_keyword (parser, keyword))
    return;
  what = g_strdup_printf ("\"%s\"", keyword);
  expected (parser, what);
}

PdgGqlName
pdg_gql_parser_name (PdgGqlParser *parser)
{
  PdgGqlName name = { "", parser->token.location };

  if (parser->token.kind != PDG_GQL_TOKEN_NAME)
    {
      expected (parser, "Name");
      return name;
    }
  name.text = parser->token.text;
  pdg_gql_parser_advance (parser);
  return name;
}

const char *
pdg_gql_parser_description (PdgGqlParser *parser)
{
  const char *text = parser->token.text;

  if (parser->token.kind != PDG_GQL_TOKEN_STRING && parser->token.kind != PDG_GQL_TOKEN_BLOCK_STRING)
    return NULL;
  pdg_gql_parser_advance (parser);
  return text;
}

gsize
pdg_gql_parser_mark (PdgGqlParser *parser)
{
  return parser->stack->len;
}

void
pdg_gql_parser_push (PdgGqlParser *parser,
                     gconstpointer item,
                     gsize         size)
{
  g_byte_array_append (parser->stack, item, (guint) size);
}

gpointer
pdg_gql_parser_take (PdgGqlParser *parser,
                     gsize         mark,
                     gsize         size,
                     guint        *n)
{
  gsize bytes = parser->stack->len - mark;
  gpointer items = pdg_arena_alloc (parser->arena, MAX (bytes, 1));

  if (bytes > 0)
    memcpy (items, parser->stack->data + mark, bytes);
  g_byte_array_set_size (parser->stack, (guint) mark);
  *n = (guint) (bytes / size);
  return items;
}

static gpointer
new_node (PdgGqlParser *parser,
          gsize         size)
{
  return memset (pdg_arena_alloc (parser->arena, size), 0, size);
}

#define NEW(parser, type) ((type *) new_node ((parser), sizeof (type)))

static PdgGqlAstArgument
parse_argument (PdgGqlParser *parser,
                gboolean      constant)
{
  PdgGqlAstArgument argument = { .name = pdg_gql_parser_name (parser) };

  pdg_gql_parser_expect (parser, ':');
  argument.value = pdg_gql_parser_value (parser, constant);
  return argument;
}

static void
parse_list (PdgGqlParser   *parser,
            PdgGqlAstValue *value,
            gboolean        constant)
{
  gsize mark = pdg_gql_parser_mark (parser);

  value->kind = PDG_GQL_AST_LIST;
  pdg_gql_parser_advance (parser);
  if (enter (parser))
    while (!pdg_gql_parser_accept (parser, ']') && parser->result == PDG_GQL_PARSE_OK)
      {
        PdgGqlAstValue *item = pdg_gql_parser_value (parser, constant);

        pdg_gql_parser_push (parser, &item, sizeof item);
      }
  leave (parser);
  value->items = pdg_gql_parser_take (parser, mark, sizeof (PdgGqlAstValue *), &value->n_items);
}

static void
parse_object (PdgGqlParser   *parser,
              PdgGqlAstValue *value,
              gboolean        constant)
{
  gsize mark = pdg_gql_parser_mark (parser);

  value->kind = PDG_GQL_AST_OBJECT;
  pdg_gql_parser_advance (parser);
  if (enter (parser))
    while (!pdg_gql_parser_accept (parser, '}') && parser->result == PDG_GQL_PARSE_OK)
      {
        PdgGqlAstArgument field = parse_argument (parser, constant);

        pdg_gql_parser_push (parser, &field, sizeof field);
      }
  leave (parser);
  value->fields = pdg_gql_parser_take (parser, mark, sizeof (PdgGqlAstArgument), &value->n_items);
}

static void
parse_variable (PdgGqlParser   *parser,
                PdgGqlAstValue *value,
                gboolean        constant)
{
  value->kind = PDG_GQL_AST_VARIABLE;
  pdg_gql_parser_advance (parser);
  if (constant && parser->token.kind == PDG_GQL_TOKEN_NAME)
    pdg_gql_parser_fail (parser, value->location, "Unexpected variable \"$%s\" in constant value.", parser->token.text);
  else if (constant)
    pdg_gql_parser_fail (parser, value->location, "Unexpected \"$\".");
  value->text = pdg_gql_parser_name (parser).text;
}

static PdgGqlAstValueKind
classify_name (const char *text)
{
  if (strcmp (text, "true") == 0 || strcmp (text, "false") == 0)
    return PDG_GQL_AST_BOOL;
  return strcmp (text, "null") == 0 ? PDG_GQL_AST_NULL : PDG_GQL_AST_ENUM;
}

PdgGqlAstValue *
pdg_gql_parser_value (PdgGqlParser *parser,
                      gboolean      constant)
{
  PdgGqlAstValue *value = NEW (parser, PdgGqlAstValue);

  value->kind = PDG_GQL_AST_NULL;
  value->location = parser->token.location;
  value->text = parser->token.text != NULL ? parser->token.text : "null";
  switch (parser->token.kind)
    {
    case PDG_GQL_TOKEN_INT:
      value->kind = PDG_GQL_AST_INT;
      break;
    case PDG_GQL_TOKEN_FLOAT:
      value->kind = PDG_GQL_AST_FLOAT;
      break;
    case PDG_GQL_TOKEN_BLOCK_STRING:
    case PDG_GQL_TOKEN_STRING:
      value->kind = PDG_GQL_AST_STRING;
      value->block = parser->token.kind == PDG_GQL_TOKEN_BLOCK_STRING;
      break;
    case PDG_GQL_TOKEN_NAME:
      value->kind = classify_name (value->text);
      break;
    case PDG_GQL_TOKEN_PUNCTUATOR:
    case PDG_GQL_TOKEN_EOF:
    default:
      if (pdg_gql_parser_peek (parser, '['))
        parse_list (parser, value, constant);
      else if (pdg_gql_parser_peek (parser, '{'))
        parse_object (parser, value, constant);
      else if (pdg_gql_parser_peek (parser, '$'))
        parse_variable (parser, value, constant);
      else
        pdg_gql_parser_unexpected (parser);
      return value;
    }
  pdg_gql_parser_advance (parser);
  return value;
}

PdgGqlAstType *
pdg_gql_parser_named_type (PdgGqlParser *parser)
{
  PdgGqlAstType *type = NEW (parser, PdgGqlAstType);

  type->kind = PDG_GQL_AST_NAMED_TYPE;
  type->location = parser->token.location;
  type->name = pdg_gql_parser_name (parser).text;
  return type;
}

PdgGqlAstType *
pdg_gql_parser_type (PdgGqlParser *parser)
{
  PdgGqlLocation location = parser->token.location;
  PdgGqlAstType *type, *outer;

  if (pdg_gql_parser_accept (parser, '['))
    {
      type = NEW (parser, PdgGqlAstType);
      type->kind = PDG_GQL_AST_LIST_TYPE;
      type->location = location;
      type->of = enter (parser) ? pdg_gql_parser_type (parser) : pdg_gql_parser_named_type (parser);
      leave (parser);
      pdg_gql_parser_expect (parser, ']');
    }
  else
    type = pdg_gql_parser_named_type (parser);
  if (!pdg_gql_parser_accept (parser, '!'))
    return type;
  outer = NEW (parser, PdgGqlAstType);
  outer->kind = PDG_GQL_AST_NON_NULL_TYPE;
  outer->location = location;
  outer->of = type;
  return outer;
}

static PdgGqlAstArgument *
parse_arguments (PdgGqlParser *parser,
                 gboolean      constant,
                 guint        *n)
{
  gsize mark = pdg_gql_parser_mark (parser);

  if (pdg_gql_parser_accept (parser, '('))
    do
      {
        PdgGqlAstArgument argument = parse_argument (parser, constant);

        pdg_gql_parser_push (parser, &argument, sizeof argument);
      }
    while (!pdg_gql_parser_accept (parser, ')') && parser->result == PDG_GQL_PARSE_OK);
  return pdg_gql_parser_take (parser, mark, sizeof (PdgGqlAstArgument), n);
}

PdgGqlAstDirectives
pdg_gql_parser_directives (PdgGqlParser *parser,
                           gboolean      constant)
{
  gsize mark = pdg_gql_parser_mark (parser);
  PdgGqlAstDirectives directives;

  while (pdg_gql_parser_peek (parser, '@'))
    {
      PdgGqlAstDirective directive = { .location = parser->token.location };

      pdg_gql_parser_advance (parser);
      directive.name = pdg_gql_parser_name (parser);
      directive.arguments = parse_arguments (parser, constant, &directive.n_arguments);
      pdg_gql_parser_push (parser, &directive, sizeof directive);
    }
  directives.items = pdg_gql_parser_take (parser, mark, sizeof (PdgGqlAstDirective), &directives.n);
  return directives;
}

static PdgGqlAstSelectionSet *parse_selection_set (PdgGqlParser *parser);

static void
parse_fragment_use (PdgGqlParser       *parser,
                    PdgGqlAstSelection *selection)
{
  gboolean conditional = pdg_gql_parser_accept_keyword (parser, "on");

  if (!conditional && parser->token.kind == PDG_GQL_TOKEN_NAME)
    {
      selection->kind = PDG_GQL_AST_SPREAD;
      selection->name = pdg_gql_parser_name (parser);
      selection->directives = pdg_gql_parser_directives (parser, FALSE);
      return;
    }
  selection->kind = PDG_GQL_AST_INLINE;
  selection->condition = conditional ? pdg_gql_parser_named_type (parser) : NULL;
  selection->directives = pdg_gql_parser_directives (parser, FALSE);
  selection->set = parse_selection_set (parser);
}

static PdgGqlAstSelection *
parse_selection (PdgGqlParser *parser)
{
  PdgGqlAstSelection *selection = NEW (parser, PdgGqlAstSelection);

  selection->location = parser->token.location;
  if (pdg_gql_parser_accept (parser, '.'))
    {
      parse_fragment_use (parser, selection);
      return selection;
    }
  selection->name = pdg_gql_parser_name (parser);
  if (pdg_gql_parser_accept (parser, ':'))
    {
      selection->alias = selection->name;
      selection->name = pdg_gql_parser_name (parser);
    }
  selection->arguments = parse_arguments (parser, FALSE, &selection->n_arguments);
  selection->directives = pdg_gql_parser_directives (parser, FALSE);
  if (pdg_gql_parser_peek (parser, '{'))
    selection->set = parse_selection_set (parser);
  return selection;
}

static PdgGqlAstSelectionSet *
parse_selection_set (PdgGqlParser *parser)
{
  PdgGqlAstSelectionSet *set = NEW (parser, PdgGqlAstSelectionSet);
  gsize mark = pdg_gql_parser_mark (parser);

  set->location = parser->token.location;
  pdg_gql_parser_expect (parser, '{');
  if (enter (parser))
    do
      {
        PdgGqlAstSelection *selection = parse_selection (parser);

        pdg_gql_parser_push (parser, &selection, sizeof selection);
      }
    while (!pdg_gql_parser_accept (parser, '}') && parser->result == PDG_GQL_PARSE_OK);
  leave (parser);
  set->items = pdg_gql_parser_take (parser, mark, sizeof (PdgGqlAstSelection *), &set->n);
  return set;
}

static void
parse_variables (PdgGqlParser        *parser,
                 PdgGqlAstDefinition *definition)
{
  gsize mark = pdg_gql_parser_mark (parser);

  if (pdg_gql_parser_accept (parser, '('))
    do
      {
        PdgGqlAstVariable variable = { .location = parser->token.location };

        pdg_gql_parser_description (parser);
        pdg_gql_parser_expect (parser, '$');
        variable.name = pdg_gql_parser_name (parser);
        pdg_gql_parser_expect (parser, ':');
        variable.type = pdg_gql_parser_type (parser);
        if (pdg_gql_parser_accept (parser, '='))
          variable.default_value = pdg_gql_parser_value (parser, TRUE);
        variable.directives = pdg_gql_parser_directives (parser, TRUE);
        pdg_gql_parser_push (parser, &variable, sizeof variable);
      }
    while (!pdg_gql_parser_accept (parser, ')') && parser->result == PDG_GQL_PARSE_OK);
  definition->variables = pdg_gql_parser_take (parser, mark, sizeof (PdgGqlAstVariable), &definition->n_variables);
}

static void
parse_operation (PdgGqlParser        *parser,
                 PdgGqlAstDefinition *definition)
{
  definition->kind = PDG_GQL_AST_OPERATION;
  if (!pdg_gql_parser_peek (parser, '{'))
    {
      definition->operation = pdg_gql_parser_peek_keyword (parser, "mutation")       ? PDG_GQL_AST_MUTATION
                              : pdg_gql_parser_peek_keyword (parser, "subscription") ? PDG_GQL_AST_SUBSCRIPTION
                                                                                     : PDG_GQL_AST_QUERY;
      pdg_gql_parser_advance (parser);
      if (parser->token.kind == PDG_GQL_TOKEN_NAME)
        definition->name = pdg_gql_parser_name (parser);
      parse_variables (parser, definition);
      definition->directives = pdg_gql_parser_directives (parser, FALSE);
    }
  definition->set = parse_selection_set (parser);
}

static void
parse_fragment (PdgGqlParser        *parser,
                PdgGqlAstDefinition *definition)
{
  definition->kind = PDG_GQL_AST_FRAGMENT;
  pdg_gql_parser_advance (parser);
  if (pdg_gql_parser_peek_keyword (parser, "on"))
    pdg_gql_parser_unexpected (parser);
  definition->name = pdg_gql_parser_name (parser);
  pdg_gql_parser_expect_keyword (parser, "on");
  definition->condition = pdg_gql_parser_named_type (parser);
  definition->directives = pdg_gql_parser_directives (parser, FALSE);
  definition->set = parse_selection_set (parser);
}

static PdgGqlAstDefinition *
parse_definition (PdgGqlParser *parser)
{
  PdgGqlLocation location = parser->token.location;
  const char *description = pdg_gql_parser_description (parser);
  PdgGqlAstDefinition *definition;

  if (description != NULL && pdg_gql_parser_peek (parser, '{'))
    pdg_gql_parser_fail (parser, location,
                         "Unexpected description, descriptions are not supported on shorthand queries.");
  if (pdg_gql_parser_is_sdl (parser))
    return pdg_gql_parser_sdl (parser, location, description);

  definition = NEW (parser, PdgGqlAstDefinition);
  definition->location = location;
  definition->description = description;
  if (pdg_gql_parser_peek (parser, '{') || pdg_gql_parser_peek_keyword (parser, "query")
      || pdg_gql_parser_peek_keyword (parser, "mutation") || pdg_gql_parser_peek_keyword (parser, "subscription"))
    parse_operation (parser, definition);
  else if (pdg_gql_parser_peek_keyword (parser, "fragment"))
    parse_fragment (parser, definition);
  else if (description != NULL && parser->token.kind == PDG_GQL_TOKEN_NAME)
    pdg_gql_parser_fail (parser, location, "Unexpected description, only GraphQL definitions support descriptions.");
  else
    pdg_gql_parser_unexpected (parser);
  return definition;
}

static PdgGqlAstDocument *
parse_document (PdgGqlParser *parser)
{
  PdgGqlAstDocument *document = NEW (parser, PdgGqlAstDocument);
  gsize mark = pdg_gql_parser_mark (parser);

  pdg_gql_parser_advance (parser);
  do
    {
      PdgGqlAstDefinition *definition = parse_definition (parser);

      pdg_gql_parser_push (parser, &definition, sizeof definition);
    }
  while (parser->token.kind != PDG_GQL_TOKEN_EOF && parser->result == PDG_GQL_PARSE_OK);
  document->items = pdg_gql_parser_take (parser, mark, sizeof (PdgGqlAstDefinition *), &document->n);
  return document;
}

PdgGqlAstDocument *
pdg_gql_parse (PdgArena          *arena,
               const char        *text,
               gsize              len,
               guint              max_tokens,
               guint              max_nesting,
               PdgGqlParseResult *result,
               char             **message,
               PdgGqlLocation    *location)
{
  PdgGqlParser parser = { .arena = arena, .max_tokens = max_tokens, .max_nesting = max_nesting };
  PdgGqlAstDocument *document;

  parser.stack = g_byte_array_new ();
  pdg_gql_lexer_init (&parser.lexer, text, len, arena);
  document = parse_document (&parser);
  pdg_gql_lexer_clear (&parser.lexer);
  g_byte_array_unref (parser.stack);
  *result = parser.result;
  *message = parser.message;
  *location = parser.location;
  return parser.result == PDG_GQL_PARSE_OK ? document : NULL;
}
