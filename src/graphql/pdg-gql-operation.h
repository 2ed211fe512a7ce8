#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

#include "graphql/pdg-gql-schema.h"

G_BEGIN_DECLS

/* Guards against hostile documents; a plain value struct. Take PDG_GQL_LIMITS_DEFAULT and change what you need; 0
 * switches a guard off, except the first two and the last, which then are what they can be at most. */
typedef struct
{
  guint max_tokens;              /* of a document, at most 20000: 5000 */
  guint max_nesting;             /* of brackets of any kind while parsing, at most 500: 100 */
  guint max_depth;               /* of fields, fragments expanded, introspection counted apart: 10 */
  guint max_introspection_depth; /* of fields below __schema and __type: 20 */
  guint max_introspection_lists; /* nested fields, interfaces, possibleTypes and inputFields there: 2 */
  guint max_fields;              /* fields in all, fragments expanded at every use: 5000 */
  guint max_aliases;             /* 30 */
  guint max_directives;          /* 50 */
  guint max_root_fields;         /* fragments expanded: 20 */
  guint max_errors;              /* of validation or coercion reported: 100 */
  gsize max_response_bytes;      /* 64 MiB */
  guint max_cost;                /* of an operation, see pdg_gql_operation_get_cost(): none */
  guint max_page_size;           /* of the arguments first and last; a field of a type …Connection needs one: none */
  guint max_overlap;             /* pairs of selections compared for whether they can be merged, at most 500000: 500000 */
} PdgGqlLimits;

#define PDG_GQL_LIMITS_DEFAULT \
  { 5000, 100, 10, 20, 2, 5000, 30, 50, 20, 100, 64 * 1024 * 1024, 0, 0, 500000 }

/* A request as a transport reads it; a plain value struct, borrowed during pdg_gql_prepare() only. */
typedef struct
{
  const char         *query;
  gssize              query_len;      /* -1 = NUL-terminated */
  const char         *operation_name; /* (nullable) */
  JsonNode           *variables;      /* (nullable) an object or null */
  const PdgGqlLimits *limits;         /* (nullable) = PDG_GQL_LIMITS_DEFAULT */
  gboolean            suggest;        /* whether errors may say "Did you mean …", which tells names of the schema */
} PdgGqlRequest;

typedef enum
{
  PDG_GQL_QUERY,
  PDG_GQL_MUTATION,
  PDG_GQL_SUBSCRIPTION,
} PdgGqlOperationKind;

/* One operation, parsed, validated, with its variables: immutable, refcounted, may be executed many times and by
 * many threads at once. */
typedef struct _PdgGqlOperation PdgGqlOperation;

/* Why a request was refused; a plain value struct. */
typedef enum
{
  PDG_GQL_REFUSED_SYNTAX,
  PDG_GQL_REFUSED_VALIDATION,
  PDG_GQL_REFUSED_INPUT, /* variables, operation name */
  PDG_GQL_REFUSED_LIMIT,
} PdgGqlRefusalKind;

typedef struct
{
  PdgGqlRefusalKind kind;
  const char       *guard; /* static: "tokens", "nesting", "depth", "introspection", "fields", "aliases", "directives",
                            * "root-fields", "overlap", "errors", "page-size" or "cost" (nullable) */
} PdgGqlRefusal;

/* A document, parsed and validated: immutable, refcounted, good for many requests at once. */
typedef struct _PdgGqlChecked PdgGqlChecked;

/* Parses and validates @request's document; of the rest it uses limits and suggest. NULL when it is refused, as in
 * pdg_gql_prepare(). @refusal: (out). Any thread. (transfer full) */
PdgGqlChecked      *pdg_gql_check (PdgGqlSchema *schema, const PdgGqlRequest *request, PdgGqlRefusal *refusal, GBytes **error_response);
PdgGqlChecked      *pdg_gql_checked_ref (PdgGqlChecked *checked);
void                pdg_gql_checked_unref (PdgGqlChecked *checked);

/* Chooses the operation and reads the variables of @request, whose query is not looked at. NULL when that is refused.
 * @refusal: (out). Any thread. (transfer full) */
PdgGqlOperation    *pdg_gql_checked_prepare (PdgGqlChecked *checked, const PdgGqlRequest *request, PdgGqlRefusal *refusal,
                                             GBytes **error_response);

/* Both steps: reads a request. NULL when it is refused: then *@error_response is the whole response {"errors":[…]} without data,
 * and nothing was executed. The errors have extensions.code GRAPHQL_PARSE_FAILED, GRAPHQL_VALIDATION_FAILED,
 * BAD_USER_INPUT (variables, operation name) or QUERY_TOO_COMPLEX (limits). Any thread. (transfer full) */
PdgGqlOperation    *pdg_gql_prepare (PdgGqlSchema *schema, const PdgGqlRequest *request, GBytes **error_response);
PdgGqlOperation    *pdg_gql_operation_ref (PdgGqlOperation *operation);
void                pdg_gql_operation_unref (PdgGqlOperation *operation);

PdgGqlOperationKind pdg_gql_operation_get_kind (PdgGqlOperation *operation);

/* What it asks for: 1 a leaf, 2 an object and 1.5 times what is below it, that times first or last; introspection is
 * counted as 10 a root field. With a limit, responses have extensions.cost {requested, limit}. */
gint64              pdg_gql_operation_get_cost (PdgGqlOperation *operation);

/* Name of the operation. (nullable) */
const char         *pdg_gql_operation_get_name (PdgGqlOperation *operation);

/* The document that it was prepared from: the same for all of that text, while it is remembered. (transfer none) */
const PdgGqlChecked *pdg_gql_operation_get_document (PdgGqlOperation *operation);

/* Name of the first root field (the only one of a subscription), not its alias; NULL when all are skipped. (nullable) */
const char         *pdg_gql_operation_get_root_field (PdgGqlOperation *operation);

/* Coerced argument @name of the first root field; NULL when absent. Lives as long as the operation. (nullable) */
const PdgGqlValue  *pdg_gql_operation_get_root_arg (PdgGqlOperation *operation, const char *name);

/* Runs it: {"errors":[…],"data":…}, errors only when there are any. The resolvers of the root get @root_source (for
 * a subscription: the event), all of them @context. Blocks as long as the resolvers do; any thread. (transfer full) */
GBytes             *pdg_gql_operation_execute (PdgGqlOperation *operation, gpointer root_source, gpointer context,
                                               GCancellable *cancellable);

/* The same in two steps, for those who want to know before it runs what it will read. It keeps the operation. (transfer full) */
typedef struct _PdgGqlExecution PdgGqlExecution;
PdgGqlExecution    *pdg_gql_execution_new (PdgGqlOperation *operation, gpointer root_source, gpointer context);

/* Its only root field, to look at its arguments and ahead; there is nothing to set. NULL when there are several, or when its arguments do
 * not fit. (transfer none) (nullable) */
PdgGqlCall         *pdg_gql_execution_look_ahead (PdgGqlExecution *execution);

/* Runs it, once. (transfer full) */
GBytes             *pdg_gql_execution_run (PdgGqlExecution *execution, GCancellable *cancellable);
void                pdg_gql_execution_free (PdgGqlExecution *execution);

/* Whether a response that this module wrote has errors, and whether it has data that is not null. */
gboolean            pdg_gql_response_has_errors (GBytes *response);
gboolean            pdg_gql_response_has_data (GBytes *response);

/* The response {"errors":[…]} for a request refused by the caller, with extensions.code @code. (transfer full) */
GBytes             *pdg_gql_error_response (const char *message, const char *code);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgGqlChecked, pdg_gql_checked_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgGqlOperation, pdg_gql_operation_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgGqlExecution, pdg_gql_execution_free)

G_END_DECLS
