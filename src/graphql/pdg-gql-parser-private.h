#pragma once

#include "graphql/pdg-gql-lexer-private.h"

G_BEGIN_DECLS

typedef enum
{
  PDG_GQL_PARSE_OK,
  PDG_GQL_PARSE_SYNTAX,
  PDG_GQL_PARSE_LIMIT, /* too many tokens, nested too deeply */
} PdgGqlParseResult;

/* State of one run of the parser; the functions below are for its two files, executable documents and SDL. After an
 * error every function returns at once with what it has: nodes are never NULL, loops end on parser->result. */
typedef struct
{
  PdgGqlLexer       lexer;
  PdgArena         *arena;
  PdgGqlToken       token;
  GByteArray       *stack; /* lists under construction */
  guint             max_tokens;
  guint             n_tokens;
  guint             max_nesting;
  guint             nesting;
  PdgGqlParseResult result;
  char             *message;
  PdgGqlLocation    location;
} PdgGqlParser;

/* Reads a document of operations, fragments and type definitions. On failure NULL, *@message (transfer full) without
 * the words "Syntax Error: ", *@location and the kind of failure in *@result. @max_tokens 0 = no limit. */
PdgGqlAstDocument *pdg_gql_parse (PdgArena *arena, const char *text, gsize len, guint max_tokens, guint max_nesting,
                                  PdgGqlParseResult *result, char **message, PdgGqlLocation *location);

void                 pdg_gql_parser_advance (PdgGqlParser *parser);
void                 pdg_gql_parser_fail (PdgGqlParser *parser, PdgGqlLocation location, const char *format, ...) G_GNUC_PRINTF (3, 4);
void                 pdg_gql_parser_unexpected (PdgGqlParser *parser);
gboolean             pdg_gql_parser_peek (PdgGqlParser *parser, char punctuator);
gboolean             pdg_gql_parser_peek_keyword (PdgGqlParser *parser, const char *keyword);
gboolean             pdg_gql_parser_accept (PdgGqlParser *parser, char punctuator);
gboolean             pdg_gql_parser_accept_keyword (PdgGqlParser *parser, const char *keyword);
void                 pdg_gql_parser_expect (PdgGqlParser *parser, char punctuator);
void                 pdg_gql_parser_expect_keyword (PdgGqlParser *parser, const char *keyword);
PdgGqlName           pdg_gql_parser_name (PdgGqlParser *parser);
const char          *pdg_gql_parser_description (PdgGqlParser *parser); /* (nullable) */
PdgGqlAstValue      *pdg_gql_parser_value (PdgGqlParser *parser, gboolean constant);
PdgGqlAstType       *pdg_gql_parser_type (PdgGqlParser *parser);
PdgGqlAstType       *pdg_gql_parser_named_type (PdgGqlParser *parser);
PdgGqlAstDirectives  pdg_gql_parser_directives (PdgGqlParser *parser, gboolean constant);
gboolean             pdg_gql_parser_is_sdl (PdgGqlParser *parser);
PdgGqlAstDefinition *pdg_gql_parser_sdl (PdgGqlParser *parser, PdgGqlLocation location, const char *description);

/* A list under construction: remember the mark, push items, take them as an array. */
gsize                pdg_gql_parser_mark (PdgGqlParser *parser);
void                 pdg_gql_parser_push (PdgGqlParser *parser, gconstpointer item, gsize size);
gpointer             pdg_gql_parser_take (PdgGqlParser *parser, gsize mark, gsize size, guint *n);

G_END_DECLS
