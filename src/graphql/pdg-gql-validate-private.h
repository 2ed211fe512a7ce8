#pragma once

#include "graphql/pdg-gql-document-private.h"

G_BEGIN_DECLS

/* Validation (spec section 5): one walk over the document tells every rule what it meets, with the types at that place. */

typedef struct _PdgGqlValidation PdgGqlValidation;

typedef enum
{
  PDG_GQL_VISIT_DOCUMENT       = 1 << 0,  /* PdgGqlAstDocument */
  PDG_GQL_VISIT_DOCUMENT_END   = 1 << 1,
  PDG_GQL_VISIT_OPERATION      = 1 << 2,  /* PdgGqlAstDefinition */
  PDG_GQL_VISIT_FRAGMENT       = 1 << 3,  /* PdgGqlAstDefinition */
  PDG_GQL_VISIT_VARIABLE       = 1 << 4,  /* PdgGqlAstVariable */
  PDG_GQL_VISIT_TYPE           = 1 << 5,  /* PdgGqlAstType, a named one */
  PDG_GQL_VISIT_SELECTION_SET  = 1 << 6,  /* PdgGqlAstSelectionSet, not of inline fragments */
  PDG_GQL_VISIT_FIELD          = 1 << 7,  /* PdgGqlAstSelection */
  PDG_GQL_VISIT_FIELD_END      = 1 << 8,
  PDG_GQL_VISIT_SPREAD         = 1 << 9,  /* PdgGqlAstSelection */
  PDG_GQL_VISIT_INLINE         = 1 << 10, /* PdgGqlAstSelection */
  PDG_GQL_VISIT_DIRECTIVES     = 1 << 11, /* PdgGqlAstDirectives of one place */
  PDG_GQL_VISIT_DIRECTIVE      = 1 << 12, /* PdgGqlAstDirective */
  PDG_GQL_VISIT_DIRECTIVE_END  = 1 << 13,
  PDG_GQL_VISIT_ARGUMENT       = 1 << 14, /* PdgGqlAstArgument of a field or directive */
  PDG_GQL_VISIT_VALUE          = 1 << 15, /* PdgGqlAstValue of an argument, or the default of a variable */
} PdgGqlVisit;

typedef struct
{
  const char *name; /* as in the reference implementation */
  guint       visits;
  void      (*visit) (PdgGqlValidation *validation, PdgGqlVisit visit, gconstpointer node);
} PdgGqlRule;

/* A variable where it is used. */
typedef struct
{
  const PdgGqlAstValue *ast;
  PdgGqlType           *type;        /* of the position (nullable) = unknown */
  PdgGqlType           *parent_type; /* when it is a field of an input object (nullable) */
  gboolean              has_default; /* the position */
} PdgGqlUsage;

/* What an operation or fragment uses, in the order of the document. */
typedef struct
{
  const PdgGqlAstDefinition *ast;
  GArray                    *usages;  /* PdgGqlUsage */
  GPtrArray                 *spreads; /* PdgGqlAstSelection */
  GPtrArray                 *targets; /* PdgGqlDefinition of the spreads whose fragment is there */
  guint                      mark;    /* of the search that met it last */
} PdgGqlDefinition;

struct _PdgGqlValidation
{
  PdgGqlSchema         *schema;
  const PdgGqlDocument *document;
  PdgArena             *arena;
  PdgGqlErrors         *errors;
  gboolean              suggest;

  /* Where the walk is. */
  PdgGqlDefinition          *definition;
  PdgGqlType                *parent_type;    /* what is selected on (nullable) */
  PdgGqlType                *type;           /* of the field, or of the fragment's condition (nullable) */
  PdgGqlField               *field;          /* (nullable) */
  PdgGqlDirective           *directive;      /* (nullable) */
  const PdgGqlAstDirective  *directive_ast;  /* NULL outside of directives */
  const char                *location;       /* of directives, such as "FIELD" */
  PdgGqlInput               *argument;       /* (nullable) */
  PdgGqlType                *input_type;     /* of the value (nullable) */

  GPtrArray   *definitions; /* PdgGqlDefinition of every operation and fragment */
  GHashTable *by_name;     /* fragment name -> PdgGqlDefinition, the last */
  guint        max_overlap; /* 0 = as many as can be */
  guint        n_searches;
  gpointer     overlap;     /* state of pdg-gql-rules-overlap.c */
};

/* Runs all rules, or only the one called @only. */
void pdg_gql_validate (const PdgGqlDocument *document, gboolean suggest, guint max_overlap, const char *only, PdgGqlErrors *errors);

/* Adds an error at one or two places. */
void pdg_gql_validation_error (PdgGqlValidation *validation, PdgGqlLocation location, const char *format, ...) G_GNUC_PRINTF (3, 4);
void pdg_gql_validation_error2 (PdgGqlValidation *validation, PdgGqlLocation first, PdgGqlLocation second, const char *format, ...) G_GNUC_PRINTF (4, 5);
void pdg_gql_validation_take (PdgGqlValidation *validation, const PdgGqlLocation *locations, guint n, GString *message);

/* The definition of @operation itself, then those of all fragments it reaches. (transfer container) */
GPtrArray        *pdg_gql_validation_reach (PdgGqlValidation *validation, PdgGqlDefinition *operation);
PdgGqlDefinition *pdg_gql_validation_lookup (PdgGqlValidation *validation, const char *fragment);

/* One error for each name that several of @items have: 'There can be only one @what + name + "' with all places. */
typedef const PdgGqlName *(*PdgGqlNameFunc) (gconstpointer items, guint index);
void pdg_gql_validation_unique (PdgGqlValidation *validation, gconstpointer items, guint n, PdgGqlNameFunc get_name, const char *what);

extern const PdgGqlRule pdg_gql_operation_rules[], pdg_gql_fragment_rules[], pdg_gql_field_rules[], pdg_gql_argument_rules[],
  pdg_gql_value_rules[], pdg_gql_variable_rules[], pdg_gql_overlap_rules[];

G_END_DECLS
