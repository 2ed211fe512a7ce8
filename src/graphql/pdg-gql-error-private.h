#pragma once

#include "graphql/pdg-gql-ast-private.h"
#include "graphql/pdg-gql-writer.h"

G_BEGIN_DECLS

/* The errors of one request that was refused before it was executed. */

#define PDG_GQL_CODE_SYNTAX     "GRAPHQL_PARSE_FAILED"
#define PDG_GQL_CODE_VALIDATION "GRAPHQL_VALIDATION_FAILED"
#define PDG_GQL_CODE_INPUT      "BAD_USER_INPUT"
#define PDG_GQL_CODE_LIMIT      "QUERY_TOO_COMPLEX"
#define PDG_GQL_CODE_INTERNAL   "INTERNAL_SERVER_ERROR"
#define PDG_GQL_CODE_CANCELLED  "CANCELLED"

typedef struct
{
  char           *message;
  const char     *code; /* static */
  guint           n_locations;
  PdgGqlLocation *locations;
} PdgGqlErrorItem;

typedef struct _PdgGqlErrors PdgGqlErrors;

PdgGqlErrors          *pdg_gql_errors_new (guint max /* 0 = no limit */);
void                   pdg_gql_errors_free (PdgGqlErrors *errors);

/* Names the guard that refuses the request; static. The first one stays. */
void                   pdg_gql_errors_set_guard (PdgGqlErrors *errors, const char *guard);
const char            *pdg_gql_errors_get_guard (PdgGqlErrors *errors);

/* The response then has extensions.cost, as in pdg_gql_error_write_cost(). */
void                   pdg_gql_errors_set_cost (PdgGqlErrors *errors, gint64 requested, gint64 limit);

/* Adds one; past the limit, says once that there are more. @message is taken, @code is static. */
void                   pdg_gql_errors_take (PdgGqlErrors *errors, const char *code, const PdgGqlLocation *locations,
                                            guint n_locations, char *message);
gboolean               pdg_gql_errors_is_full (PdgGqlErrors *errors);
guint                  pdg_gql_errors_get_n (PdgGqlErrors *errors);
const PdgGqlErrorItem *pdg_gql_errors_get (PdgGqlErrors *errors, guint index);

/* {"errors":[…]} (transfer full) */
GBytes                *pdg_gql_errors_to_response (PdgGqlErrors *errors);

/* "extensions":{"cost":{"requested":…,"limit":…}}; nothing when there is no limit. */
void                   pdg_gql_error_write_cost (PdgGqlWriter *writer, gint64 requested, gint64 limit);

/* "locations":[…], nothing when there are none. */
void                   pdg_gql_error_write_locations (PdgGqlWriter *writer, const PdgGqlLocation *locations, guint n_locations);

/* "extensions":{"code":…} */
void                   pdg_gql_error_write_code (PdgGqlWriter *writer, const char *code);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgGqlErrors, pdg_gql_errors_free)

G_END_DECLS
