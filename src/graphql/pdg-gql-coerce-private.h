#pragma once

#include <json-glib/json-glib.h>

#include "graphql/pdg-gql-error-private.h"
#include "graphql/pdg-gql-schema-private.h"
#include "graphql/pdg-gql-value-private.h"

G_BEGIN_DECLS

/* The variables of an operation after coercion; a NULL value is an absent variable. */
typedef struct
{
  guint               n;
  const char        **names;
  const PdgGqlValue **values;
} PdgGqlVariables;

/* The value of variable @name; NULL when it is absent. (nullable) */
const PdgGqlValue *pdg_gql_variables_lookup (const PdgGqlVariables *variables, const char *name);

/* A literal of a leaf type (neither list nor null). NULL when it does not fit; then *@message (transfer full, may be
 * NULL) says why. @location_type is the type as the position has it, for the message. */
const PdgGqlValue *pdg_gql_coerce_leaf (PdgArena *arena, const PdgGqlType *type, const PdgGqlType *location_type,
                                        const PdgGqlAstValue *ast, const PdgGqlVariables *variables, gboolean suggest,
                                        char **message);

/* Any literal with the variables put in, defaults of input fields filled in (spec section 3, input coercion). NULL
 * when it does not fit @type, or is a variable that is absent. */
const PdgGqlValue *pdg_gql_coerce_literal (PdgArena *arena, PdgGqlType *type, const PdgGqlAstValue *ast,
                                           const PdgGqlVariables *variables);

/* The default of an argument or input field, coerced at the first call, on the thread that loads the schema. NULL
 * when it has none, or it does not fit. */
const PdgGqlValue *pdg_gql_coerce_default (PdgArena *arena, PdgGqlInput *input);

/* Arguments of a field or directive, in the order of @inputs; absent ones are NULL. FALSE with *@message (transfer
 * full) and *@location when one does not fit (spec CoerceArgumentValues). */
gboolean           pdg_gql_coerce_arguments (PdgArena *arena, PdgGqlInput *inputs, guint n_inputs,
                                             const PdgGqlAstArgument *arguments, guint n_arguments,
                                             const PdgGqlVariables *variables, const PdgGqlValue **values,
                                             char **message, PdgGqlLocation *location);

/* JSON variables by the definitions of an operation (spec CoerceVariableValues). Whatever does not fit is added to
 * @errors. @json is an object, or NULL. */
void               pdg_gql_coerce_variables (PdgArena *arena, const PdgGqlSchema *schema, const PdgGqlAstDefinition *operation,
                                             JsonObject *json, gboolean suggest, PdgGqlVariables *variables,
                                             PdgGqlErrors *errors);

/* "Did you mean" for the fields of an input object or values of an enum. */
void               pdg_gql_suggest_inputs (GString *message, const PdgGqlType *type, const char *name);
void               pdg_gql_suggest_values (GString *message, const PdgGqlType *type, const char *name);

G_END_DECLS
