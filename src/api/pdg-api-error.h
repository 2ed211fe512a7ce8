#pragma once

#include "graphql/pdg-gql-schema.h"

G_BEGIN_DECLS

/* The status of a request that its client gave up: nobody reads it. */
#define PDG_API_STATUS_CANCELLED 499

/* What a client is told of an error: the one table from our errors to HTTP statuses, GraphQL and JSON-RPC codes. */
typedef struct
{
  guint http_status;
  const char *graphql_code;
  int jsonrpc_code;
  gboolean show_message; /* the error's own text is fit for the client */
} PdgApiVerdict;

const PdgApiVerdict *pdg_api_verdict_for (const GError *error);

/* A PdgGqlErrorCodeFunc. */
const char          *pdg_api_error_code (const GError *error, const char **message);

/* The text for the client. */
const char          *pdg_api_error_message (const GError *error);

G_END_DECLS
