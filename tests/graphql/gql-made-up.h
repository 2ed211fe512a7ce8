#pragma once

#include "graphql/pdg-graphql.h"

/* Binds every field of @schema, whose introspection @introspection answers, to a resolver whose values are made up: a
 * function of the parent, the type, the field and the arguments alone. tests/conformance/http/made-up.mjs does the same
 * with graphql-js; what the two answer can be compared. Lives as long as the program. */
void     gql_made_up_bind (PdgGqlSchema *schema, GBytes *introspection);

/* What gql_made_up_bind() needs to know. */
extern const char gql_made_up_query[];

/* The object at the root. */
gpointer gql_made_up_root (void);
