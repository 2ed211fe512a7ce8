#pragma once

#include "graphql/pdg-gql-coerce-private.h"
#include "graphql/pdg-gql-operation.h"

G_BEGIN_DECLS

/* A parsed executable document with its fragments by name. */
typedef struct
{
  PdgGqlSchema               *schema;   /* borrowed */
  PdgArena                   *arena;    /* borrowed */
  const PdgGqlAstDocument    *ast;
  GHashTable                 *fragments; /* name -> PdgGqlFragment, the last of each name */
  guint                       n_fragments;
} PdgGqlDocument;

typedef struct
{
  guint                      index;
  const PdgGqlAstDefinition *ast;
  PdgGqlType                *type; /* of its condition (nullable) */
} PdgGqlFragment;

void            pdg_gql_document_init (PdgGqlDocument *document, PdgGqlSchema *schema, PdgArena *arena, const PdgGqlAstDocument *ast);
void            pdg_gql_document_clear (PdgGqlDocument *document);
PdgGqlFragment *pdg_gql_document_lookup_fragment (const PdgGqlDocument *document, const char *name);

/* Whether the document is within @limits; if not, an error is added. Must hold before it is validated. */
gboolean        pdg_gql_document_check_limits (const PdgGqlDocument *document, const PdgGqlLimits *limits, PdgGqlErrors *errors);

/* What @operation costs (see pdg_gql_operation_get_cost()); -1 with an error when a page is larger than @limits allow, or
 * not limited at all. The document is valid. */
gint64          pdg_gql_document_measure_cost (const PdgGqlDocument *document, const PdgGqlAstDefinition *operation,
                                               const PdgGqlVariables *variables, const PdgGqlLimits *limits, PdgGqlErrors *errors);

/* Fields of one selection set, or of several that are merged, for objects of one type. */

typedef struct
{
  const char                *key;
  guint                      key_len;
  guint                      n_nodes;
  const PdgGqlAstSelection **nodes; /* the fields that are merged into this one */
  PdgGqlField               *field;
  const PdgGqlValue        **args;  /* in the order of field->args; NULL = absent */
  const char                *args_error; /* (nullable) why they do not fit */
  PdgGqlLocation             args_location;
} PdgGqlPlanField;

typedef struct
{
  PdgGqlType      *type;
  guint            n;
  PdgGqlPlanField *fields;
} PdgGqlPlan;

/* Collects (spec CollectFields) what @sets select on an object of @type, with the arguments; the plan and what it
 * refers to live in @arena. */
PdgGqlPlan     *pdg_gql_plan_new (const PdgGqlDocument *document, PdgArena *arena, const PdgGqlVariables *variables, PdgGqlType *type,
                                  const PdgGqlAstSelectionSet *const *sets, guint n_sets);

/* One field of such a plan: @nodes (at least one) are merged into it. Its field is NULL when @type has none of this name. */
void            pdg_gql_plan_fill_field (const PdgGqlDocument *document, PdgArena *arena, const PdgGqlVariables *variables, PdgGqlType *type,
                                         const PdgGqlAstSelection *const *nodes, guint n_nodes, PdgGqlPlanField *field);

/* Whether @skip and @include let a selection pass. */
gboolean        pdg_gql_plan_is_included (const PdgGqlAstDirectives *directives, const PdgGqlVariables *variables);

G_END_DECLS
