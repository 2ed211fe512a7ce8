#pragma once

#include "graphql/pdg-gql-ast-private.h"

G_BEGIN_DECLS

typedef enum
{
  PDG_GQL_TOKEN_EOF,
  PDG_GQL_TOKEN_PUNCTUATOR, /* which one is in punctuator; "..." is '.' */
  PDG_GQL_TOKEN_NAME,
  PDG_GQL_TOKEN_INT,
  PDG_GQL_TOKEN_FLOAT,
  PDG_GQL_TOKEN_STRING,
  PDG_GQL_TOKEN_BLOCK_STRING,
} PdgGqlTokenKind;

typedef struct
{
  PdgGqlTokenKind kind;
  char            punctuator;
  PdgGqlLocation  location;
  const char     *text; /* of a name, number or string, in the arena */
} PdgGqlToken;

/* Reads UTF-8 text token by token (spec section 2.1); a value on the parser's stack. */
typedef struct
{
  const char    *text;
  gsize          len;
  gsize          at;
  gsize          line_start;
  gsize          extra; /* bytes since line_start without a UTF-16 code unit of their own: columns count those */
  guint          line;
  PdgArena      *arena; /* borrowed */
  char          *error; /* (nullable) owned: what is wrong at error_location */
  PdgGqlLocation error_location;
} PdgGqlLexer;

void     pdg_gql_lexer_init (PdgGqlLexer *lexer, const char *text, gsize len, PdgArena *arena);
void     pdg_gql_lexer_clear (PdgGqlLexer *lexer);

/* Reads the next token. FALSE with lexer->error set when the text is not GraphQL. */
gboolean pdg_gql_lexer_next (PdgGqlLexer *lexer, PdgGqlToken *token);

G_END_DECLS
