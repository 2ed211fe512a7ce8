#pragma once

#include "graphql/pdg-gql-value.h"
#include "graphql/pdg-gql-writer.h"

G_BEGIN_DECLS

#define PDG_GQL_ERROR (pdg_gql_error_quark ())
GQuark pdg_gql_error_quark (void);

typedef enum
{
  PDG_GQL_ERROR_SYNTAX,    /* the SDL does not parse */
  PDG_GQL_ERROR_SCHEMA,    /* it parses and is not a valid schema */
  PDG_GQL_ERROR_BINDING,   /* a binding names no field or scalar, or fields are left unbound */
  PDG_GQL_ERROR_VALUE,     /* a value does not fit its type: text for the client */
  PDG_GQL_ERROR_CANCELLED, /* the cancellable of the execution was cancelled */
} PdgGqlError;

/* A type system read from SDL, with what to call for each field. Refcounted. Bind everything on one thread first;
 * from the first pdg_gql_prepare() on it is immutable and may be used by any thread. */
typedef struct _PdgGqlSchema PdgGqlSchema;

/* One field of one selection set, to be answered for all parents at once: see pdg-gql-call.h. */
typedef struct _PdgGqlCall PdgGqlCall;
typedef void (*PdgGqlResolver) (PdgGqlCall *call);

typedef struct
{
  const char    *field;    /* "Type.field" of an object type */
  PdgGqlResolver resolver;
} PdgGqlBinding;

/* Reads a schema (September 2025 SDL, extensions included). Error domain PDG_GQL_ERROR, with line and column.
 * @len -1 = NUL-terminated. (transfer full) */
PdgGqlSchema *pdg_gql_schema_new (const char *sdl, gssize len, GError **error);
PdgGqlSchema *pdg_gql_schema_ref (PdgGqlSchema *schema);
void          pdg_gql_schema_unref (PdgGqlSchema *schema);

/* Binds resolvers. FALSE when one names no field of an object type, or names a field twice. May be called several times. */
gboolean      pdg_gql_schema_bind (PdgGqlSchema *schema, const PdgGqlBinding *bindings, gsize n_bindings, GError **error);

/* Whether every field of every object type is bound; the error lists the missing ones. */
gboolean      pdg_gql_schema_check (PdgGqlSchema *schema, GError **error);

/* Input: the value as written (a literal without variables, or JSON) to the value that resolvers see, made in @arena
 * or @input itself. NULL with PDG_GQL_ERROR_VALUE when it is not one; the message completes "Expected value of type
 * "DateTime", found 1; MESSAGE". @input is never null. */
typedef const PdgGqlValue *(*PdgGqlScalarParse) (const PdgGqlValue *input, PdgArena *arena, GError **error);

/* Output: what the resolver set (64-bit ints allowed) as exactly one JSON value on @writer. FALSE, and nothing
 * written, with an error that the client sees. @value is never null. */
typedef gboolean (*PdgGqlScalarSerialize) (const PdgGqlValue *value, PdgGqlWriter *writer, GError **error);

/* Hooks of a custom scalar; either may be NULL, which takes and gives the value as it is. Hooks run on any thread. */
gboolean      pdg_gql_schema_bind_scalar (PdgGqlSchema *schema, const char *name, PdgGqlScalarParse parse,
                                          PdgGqlScalarSerialize serialize, GError **error);

/* Maps an error that a resolver set to extensions.code (a static text; NULL = "INTERNAL_SERVER_ERROR").
 * *@message is the text for the client, error->message at first; the hook may put a static text there instead. */
typedef const char *(*PdgGqlErrorCodeFunc) (const GError *error, const char **message);
void          pdg_gql_schema_set_error_code_func (PdgGqlSchema *schema, PdgGqlErrorCodeFunc func);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgGqlSchema, pdg_gql_schema_unref)

G_END_DECLS
