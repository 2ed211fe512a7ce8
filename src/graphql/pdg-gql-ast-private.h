#pragma once

#include "base/pdg-arena.h"

G_BEGIN_DECLS

/* The syntax tree of a document: plain structs in one arena, never changed after parsing, so any thread may read them.
 * Absent names have text NULL, absent nodes are NULL, lists are an array and its length. */

typedef struct
{
  guint line;   /* from 1 */
  guint column; /* from 1, in characters */
} PdgGqlLocation;

typedef struct
{
  const char    *text;
  PdgGqlLocation location;
} PdgGqlName;

typedef struct _PdgGqlAstValue PdgGqlAstValue;
typedef struct _PdgGqlAstType PdgGqlAstType;
typedef struct _PdgGqlAstSelectionSet PdgGqlAstSelectionSet;

typedef enum
{
  PDG_GQL_AST_VARIABLE,
  PDG_GQL_AST_INT,
  PDG_GQL_AST_FLOAT,
  PDG_GQL_AST_STRING,
  PDG_GQL_AST_BOOL,
  PDG_GQL_AST_NULL,
  PDG_GQL_AST_ENUM,
  PDG_GQL_AST_LIST,
  PDG_GQL_AST_OBJECT,
} PdgGqlAstValueKind;

/* An argument, or a field of an input object literal. */
typedef struct
{
  PdgGqlName      name;
  PdgGqlAstValue *value;
} PdgGqlAstArgument;

struct _PdgGqlAstValue
{
  PdgGqlAstValueKind  kind;
  gboolean            block; /* a block string */
  PdgGqlLocation      location;
  const char         *text;  /* name, digits, or decoded string */
  guint               n_items;
  PdgGqlAstValue    **items;
  PdgGqlAstArgument  *fields; /* of an object; n_items of them */
};

typedef struct
{
  PdgGqlLocation     location;
  PdgGqlName         name;
  guint              n_arguments;
  PdgGqlAstArgument *arguments;
} PdgGqlAstDirective;

typedef struct
{
  guint               n;
  PdgGqlAstDirective *items;
} PdgGqlAstDirectives;

typedef enum
{
  PDG_GQL_AST_NAMED_TYPE,
  PDG_GQL_AST_LIST_TYPE,
  PDG_GQL_AST_NON_NULL_TYPE,
} PdgGqlAstTypeKind;

struct _PdgGqlAstType
{
  PdgGqlAstTypeKind kind;
  PdgGqlLocation    location;
  const char       *name; /* of a named type */
  PdgGqlAstType    *of;
};

typedef enum
{
  PDG_GQL_AST_FIELD,
  PDG_GQL_AST_SPREAD,
  PDG_GQL_AST_INLINE,
} PdgGqlAstSelectionKind;

typedef struct
{
  PdgGqlAstSelectionKind kind;
  PdgGqlLocation         location;
  PdgGqlName             alias;
  PdgGqlName             name;      /* of the field, or of the fragment spread */
  guint                  n_arguments;
  PdgGqlAstArgument     *arguments;
  PdgGqlAstDirectives    directives;
  PdgGqlAstType         *condition; /* of an inline fragment (nullable) */
  PdgGqlAstSelectionSet *set;       /* (nullable) */
} PdgGqlAstSelection;

struct _PdgGqlAstSelectionSet
{
  PdgGqlLocation       location;
  guint                n;
  PdgGqlAstSelection **items;
};

typedef struct
{
  PdgGqlLocation      location;
  PdgGqlName          name;
  PdgGqlAstType      *type;
  PdgGqlAstValue     *default_value;
  PdgGqlAstDirectives directives;
} PdgGqlAstVariable;

/* An argument definition or a field of an input object type. */
typedef struct
{
  PdgGqlLocation      location;
  PdgGqlName          name;
  const char         *description;
  PdgGqlAstType      *type;
  PdgGqlAstValue     *default_value;
  PdgGqlAstDirectives directives;
} PdgGqlAstInput;

typedef struct
{
  PdgGqlLocation      location;
  PdgGqlName          name;
  const char         *description;
  guint               n_arguments;
  PdgGqlAstInput     *arguments;
  PdgGqlAstType      *type; /* NULL for a value of an enum */
  PdgGqlAstDirectives directives;
} PdgGqlAstField;

typedef enum
{
  PDG_GQL_AST_OPERATION,
  PDG_GQL_AST_FRAGMENT,
  PDG_GQL_AST_SCHEMA,
  PDG_GQL_AST_SCALAR,
  PDG_GQL_AST_OBJECT_TYPE,
  PDG_GQL_AST_INTERFACE,
  PDG_GQL_AST_UNION,
  PDG_GQL_AST_ENUM_TYPE,
  PDG_GQL_AST_INPUT_TYPE,
  PDG_GQL_AST_DIRECTIVE,
} PdgGqlAstDefinitionKind;

typedef enum
{
  PDG_GQL_AST_QUERY,
  PDG_GQL_AST_MUTATION,
  PDG_GQL_AST_SUBSCRIPTION,
} PdgGqlAstOperationKind;

typedef struct
{
  PdgGqlLocation         location;
  PdgGqlAstOperationKind kind;
  PdgGqlAstType         *type;
} PdgGqlAstRoot;

typedef struct
{
  PdgGqlAstDefinitionKind kind;
  gboolean                extend;
  PdgGqlLocation          location; /* of the description, when there is one */
  const char             *description;
  PdgGqlName              name;     /* absent for an anonymous operation and for schema */
  PdgGqlAstDirectives     directives;

  PdgGqlAstOperationKind  operation;
  guint                   n_variables;
  PdgGqlAstVariable      *variables;
  PdgGqlAstType          *condition; /* of a fragment */
  PdgGqlAstSelectionSet  *set;

  guint                   n_roots; /* of schema */
  PdgGqlAstRoot          *roots;
  guint                   n_types; /* interfaces, or members of a union */
  PdgGqlAstType         **types;
  guint                   n_fields; /* of objects and interfaces, or values of an enum */
  PdgGqlAstField         *fields;
  guint                   n_inputs; /* of input objects, or arguments of a directive */
  PdgGqlAstInput         *inputs;
  gboolean                repeatable;
  guint                   n_locations; /* of a directive */
  PdgGqlName             *locations;
} PdgGqlAstDefinition;

typedef struct
{
  guint                 n;
  PdgGqlAstDefinition **items;
} PdgGqlAstDocument;

/* Appends a value or a type as GraphQL text. */
void        pdg_gql_ast_print_value (const PdgGqlAstValue *value, GString *out);
void        pdg_gql_ast_print_type (const PdgGqlAstType *type, GString *out);

/* Whether two literals are the same, members of objects in any order. */
gboolean    pdg_gql_ast_value_equal (const PdgGqlAstValue *a, const PdgGqlAstValue *b);
gboolean    pdg_gql_ast_value_has_variable (const PdgGqlAstValue *value);

/* The name under which a field answers. */
static inline const char *
pdg_gql_ast_response_key (const PdgGqlAstSelection *field)
{
  return field->alias.text != NULL ? field->alias.text : field->name.text;
}

G_END_DECLS
